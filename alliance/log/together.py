"""What everybody who may read a meeting may also read: the most that its agenda, its shared screen
and its pack may show, whoever opens them. Decides nothing itself: `alliance.access` is asked for
people who stand for all others."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from alliance.access import Person, Role, decide
from alliance.log.entry import Entry

STANDS_FOR = "\N{BULLET}"
"""Begins the names of those who stand for others, which no account has."""


def audience_of(meeting: Entry, members: Collection[str]) -> tuple[Person, ...]:
    """People who stand for everyone that may read the meeting, each with no more rights than any
    of those: a member of each authority of the alliance (`members`, by code) and of each with a
    part in the meeting, one of none, a manager, and whoever it is shared with by name."""
    codes = sorted({*members, *(code for _, code in meeting.parties)})
    people = [
        *(_stand_in(meeting, code, Role.MEMBER) for code in (*codes, None)),
        _stand_in(meeting, None, Role.MANAGER),
        *(_named(meeting, username) for username in sorted(meeting.readers)),
    ]
    return tuple(one for one in people if decide(one, "entry.read", meeting.subject).allowed)


def seen_together(
    meeting: Entry, entries: Iterable[Entry], members: Collection[str]
) -> list[Entry]:
    """Those of the entries that everybody who may read the meeting may read, in their order."""
    audience = audience_of(meeting, members)
    return [entry for entry in entries if may_all_read(audience, entry)]


def may_all_read(audience: Iterable[Person], entry: Entry) -> bool:
    """Whether each of these people may read the entry."""
    return all(decide(one, "entry.read", entry.subject).allowed for one in audience)


def _stand_in(meeting: Entry, code: str | None, role: Role) -> Person:
    name = f"{STANDS_FOR} {role.value} of {code}"
    return Person(name, name, code, meeting.alliance, frozenset({role}))


def _named(meeting: Entry, username: str) -> Person:
    """Somebody it is shared with by name, with no right but that."""
    return Person(username, username, None, meeting.alliance, frozenset({Role.OBSERVER}))
