"""The list of a kind of entry as an address asks for it: by state, authority, indicator and words,
over what the person may see and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from alliance.access import Person
from alliance.log.entries import list_entries, notes_of
from alliance.log.entry import Entry
from alliance.log.kinds import KINDS
from alliance.log.words import Names
from alliance.log.workflow import EntryKind

OPEN, ENDED, ALL = "open", "ended", "all"
LONGEST_WORDS = 200
GROUPS = {OPEN: "All that are open", ENDED: "All that have ended", ALL: "Every state"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows: a state or group of states, an authority with a part in it, an indicator,
    and words that are all in it."""

    state: str = OPEN
    authority: str = ""
    indicator: str = ""
    words: str = ""

    @property
    def query(self) -> dict[str, str]:
        """As an address has it."""
        state = "" if self.state == OPEN else self.state
        return {
            "state": state, "authority": self.authority, "indicator": self.indicator,
            "q": self.words,
        }  # fmt: skip

    @property
    def is_narrow(self) -> bool:
        """Whether anything is chosen but the open ones."""
        return bool(self.authority or self.indicator or self.words) or self.state not in (OPEN, ALL)


def read_filters(kinds: Iterable[EntryKind], query: Mapping[str, str | None]) -> Filters:
    """What an address asks for; a state that none of the kinds has is left out."""
    state = query.get("state") or OPEN
    if state not in GROUPS and state not in {s.id for kind in kinds for s in kind.states}:
        state = OPEN
    return Filters(
        state=state,
        authority=(query.get("authority") or "")[:20],
        indicator=(query.get("indicator") or "")[:100],
        words=" ".join((query.get("q") or "").split())[:LONGEST_WORDS],
    )


def filtered(
    session: Session, person: Person, kind_id: str, filters: Filters, names: Names
) -> list[Entry]:
    """The entries of the kind that the person may see and that are as the filters say, newest
    change first."""
    kind = KINDS[kind_id]
    found = list_entries(
        session, person, kind_id, states=_states(kind, filters.state),
        indicator_id=filters.indicator or None,
    )  # fmt: skip
    if filters.authority:
        found = [e for e in found if filters.authority in {code for _, code in e.parties}]
    if filters.words:
        found = [e for e in found if _holds(session, person, e, filters.words, names)]
    return found


def _states(kind: EntryKind, chosen: str) -> list[str]:
    if chosen == ALL:
        return [state.id for state in kind.states]
    if chosen in (OPEN, ENDED):
        return [state.id for state in kind.states if state.final == (chosen == ENDED)]
    return [chosen]


def _holds(session: Session, person: Person, entry: Entry, words: str, names: Names) -> bool:
    text = " ".join(_texts(session, person, entry, names)).casefold()
    return all(word in text for word in words.casefold().split())


def _texts(session: Session, person: Person, entry: Entry, names: Names) -> Iterable[str]:
    """Everything that is written in an entry and that its page shows to the person."""
    yield entry.ref
    yield entry.title
    yield from (text for text in entry.content.values() if isinstance(text, str))
    yield from (names.authority(code) for _, code in entry.parties)
    yield names.person(entry.owner)
    yield names.indicators.get(entry.indicator_id or "", "")
    yield from (note.text for note in notes_of(session, person, entry))
