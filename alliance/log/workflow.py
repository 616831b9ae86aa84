"""How a kind of entry is declared: its fields, its states, and the moves between them.

Declarations alone, walked by tests; they are carried out in `alliance.log.writing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from alliance.access import Audience, Office, Party, Person
from alliance.log.entry import Entry
from alliance.log.fields import Field

NEW = ""
"""The state from which an entry is begun."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a move is judged by. `entry` is as it stands (None where it is begun), `answers` what
    the form says, `parts` the entries that are parts of it, `evidence` how many figures it has."""

    person: Person
    answers: Mapping[str, Any]
    today: date
    entry: Entry | None = None
    parent: Entry | None = None
    parts: tuple[Entry, ...] = ()
    evidence: int = 0

    @property
    def existing(self) -> Entry:
        """The entry, of a move that is made of one that is there. Raises `ValueError`."""
        if self.entry is None:
            raise ValueError("This move is made of an entry that is there already.")
        return self.entry

    @property
    def content(self) -> Mapping[str, Any]:
        """The entry's words as they will stand: kept ones under new answers."""
        kept = self.entry.content if self.entry else {}
        return {**kept, **self.answers}


@dataclass(frozen=True, slots=True)
class Changes:
    """What a move changes beyond what its fields say. `state` where it is not the move's target;
    `content` is laid over the entry's; `new` entries are begun with it, linked to it."""

    state: str | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    audience: Audience | None = None
    parties: frozenset[Party] | None = None
    new: tuple[Begin, ...] = ()


@dataclass(frozen=True, slots=True)
class Begin:
    """An entry that a move begins: in which state, with what in it, and how it is related to the
    one that the move is made on."""

    kind: str
    state: str
    title: str
    content: Mapping[str, Any]
    audience: Audience
    parties: frozenset[Party]
    relation: str
    owner: str = ""
    indicator_id: str | None = None
    due_on: date | None = None


Requirement = Callable[[Facts], str]
"""What stands in the way of a move: a sentence that says what to do, or nothing."""
Effect = Callable[[Facts], Changes]


def no_effect(_facts: Facts) -> Changes:
    """The move changes what its fields say, and nothing else."""
    return Changes()


@dataclass(frozen=True, slots=True)
class Move:
    """A move: from which states to which, who makes it, what it asks, what it needs.

    `label` is its button, `past` what the thread says of it (“shared it with Fenshire”), `tells`
    who is told besides those that made it. `sources` holds `NEW` alone where it begins an entry.
    """

    id: str
    label: str
    past: str
    sources: tuple[str, ...]
    target: str
    offices: tuple[Office, ...]
    asks: tuple[Field, ...] = ()
    needs: tuple[Requirement, ...] = ()
    effect: Effect = no_effect
    tells: tuple[Office, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A state: its word, and what it means for a reader. Nobody but the lead side sees a `private`
    one. A `final` one is an end: nothing is added in it but what is published of it, and what
    leaves it opens it again. In a
    `sealed` one the entry and its parts stay as they are; what is wrong is put right beside."""

    id: str
    words: str
    meaning: str
    private: bool = False
    final: bool = False
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class EntryKind:
    """A kind of entry. `prefix` begins its references; `lead` is the side that it belongs to;
    `part_of` are the kinds that it is a part of, whose confidentiality it has."""

    id: str
    prefix: str
    words: str
    plural: str
    lead: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    audience: Audience = Audience.AUTHORITIES
    part_of: tuple[str, ...] = ()

    def state(self, key: str) -> State:
        """The state of that key. Raises `KeyError` for one that is not declared."""
        return next_of(self.states, key)

    def move(self, key: str) -> Move | None:
        """The move of that key, None where there is none."""
        return next((move for move in self.moves if move.id == key), None)

    @property
    def begins(self) -> tuple[Move, ...]:
        """The moves by which an entry of this kind is begun."""
        return tuple(move for move in self.moves if NEW in move.sources)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Every field that a move of this kind asks for, by id: the first declaration stands."""
        found: dict[str, Field] = {}
        for move in self.moves:
            for asked in move.asks:
                found.setdefault(asked.id, asked)
        return found


def next_of(states: tuple[State, ...], key: str) -> State:
    """The state of that key. Raises `KeyError`."""
    for state in states:
        if state.id == key:
            return state
    raise KeyError(key)
