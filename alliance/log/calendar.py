"""What the challenge log does by itself when a day has come: the review of a challenge is called.

It is done by “alliance”, with the right of somebody who could do it, through the one write path;
nothing is decided here.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from alliance.access import NotAllowedError, Person
from alliance.log.entries import list_entries
from alliance.log.errors import LogError
from alliance.log.fields import Known
from alliance.log.words import ACTOR
from alliance.log.writing import make_move, moves_open_to
from alliance.people.accounts import person_of
from alliance.store import ConflictError, Store
from alliance.store.accounts import list_accounts

ON_THEIR_DAY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"challenge": ("in_action", "call_review")}
)
"""By kind, the state in which its day counts and the move that is made then, which asks nothing."""
_NOBODY = Known(authorities={}, people={}, indicators={})
_log = logging.getLogger(__name__)


def make_due_moves(store: Store, *, now: datetime) -> int:
    """Make every move whose day has come; how many were made. What somebody else moved meanwhile is
    theirs. Entries that nobody with an account in use could move stay as they are."""
    made = 0
    for ref, (person, move, version) in _due(store, now).items():
        try:
            with store.write(now=now, actor=ACTOR) as unit:
                make_move(unit, person, _NOBODY, ref, move, {}, version=version)
        except (ConflictError, LogError, NotAllowedError) as error:
            _log.info("A move whose day has come was not made: %s", type(error).__name__)
        else:
            made += 1
    return made


def _due(store: Store, now: datetime) -> dict[str, tuple[Person, str, int]]:
    """By reference, what is due: somebody who could make the move, the move, the version read."""
    found: dict[str, tuple[Person, str, int]] = {}
    with store.read() as session:
        for person in map(person_of, list_accounts(session)):
            for kind, (state, move) in ON_THEIR_DAY.items():
                for entry in list_entries(session, person, kind, states=(state,)):
                    late = entry.due_on is not None and entry.due_on <= now.date()
                    if late and move in {m.id for m in moves_open_to(person, entry)}:
                        found.setdefault(entry.ref, (person, move, entry.version))
    return found
