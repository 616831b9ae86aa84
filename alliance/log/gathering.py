"""A meeting as whoever asks looks at it, for its page and for its packs."""

from __future__ import annotations

from alliance.log.agenda import Gathering
from alliance.log.asking import Asking
from alliance.log.entry import Entry


def gather(asked: Asking, meeting: Entry) -> Gathering:
    """The meeting with the authorities of its alliance, as far as the release names them."""
    alliance = asked.served.alliances.get(meeting.alliance)
    members = alliance.members if alliance else ()
    return Gathering(asked.session, asked.person, meeting, members, asked.names, asked.today)
