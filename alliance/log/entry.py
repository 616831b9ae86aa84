"""An entry of the challenge log as it stood when it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from alliance.access import Audience, EntrySubject, Party


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry. `subject` is how permissions know it: of a part of another entry, that one's
    confidentiality. `parent_ref` and `parent_kind` are of the entry that it is a part of."""

    id: int
    ref: str
    kind: str
    alliance: str
    state: str
    title: str
    content: Mapping[str, Any]
    owner: str
    indicator_id: str | None
    due_on: date | None
    parties: frozenset[Party]
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str
    version: int
    subject: EntrySubject
    parent_id: int | None = None

    @property
    def audience(self) -> Audience:
        """Who it is for."""
        return self.subject.audience

    @property
    def readers(self) -> frozenset[str]:
        """The people it is shared with by name."""
        return self.subject.readers

    def on_side(self, side: str) -> tuple[str, ...]:
        """The authorities on a side, by code."""
        return tuple(sorted(code for held, code in self.parties if held == side))

    def side_of(self, authority_code: str | None) -> str | None:
        """The first side that the authority is on, None where it has no part."""
        found = sorted(side for side, code in self.parties if code == authority_code)
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Published:
    """What a director decided to publish of a priority for an authority: the words written for
    that, and what of the aim stood then. Nothing else of the entry."""

    objective: str
    done: str
    result: str
    indicator_id: str | None
    baseline_period: str
    target: float | None
    by: date | None
    state: str
    on: date


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote with a move."""

    id: int
    entry_id: int
    entry_version: int
    at: datetime
    by: str
    authority_code: str | None
    move: str
    text: str


@dataclass(frozen=True, slots=True)
class FrozenEvidence:
    """A figure as it was when it was taken into an entry. `frozen` holds what `alliance.evidence`
    said of it then, the comparators and their figures; `picture` an SVG."""

    id: int
    entry_id: int
    at: datetime
    by: str
    release_id: str
    indicator_id: str
    area_code: str
    period: str
    sentence: str
    address: str
    frozen: Mapping[str, Any]
    picture: str


@dataclass(frozen=True, slots=True)
class Version:
    """An entry as it stood after a change: `snapshot` holds all of it."""

    version: int
    at: datetime
    by: str
    move: str
    snapshot: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What stood in one place of an entry before and after a change. `place` is a key of its
    content, a column, or `side:<side>` for the codes on a side; None where there was nothing."""

    place: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of an entry: the version that it made, what was different then, and what somebody
    wrote with it."""

    version: Version
    differences: tuple[Difference, ...]
    notes: tuple[Note, ...]
