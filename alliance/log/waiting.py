"""What may be done next in the challenge log, and what waits for whom.

Which move a state leads to is declared here for every kind; whether the person may make it is
asked of `alliance.access`, what stands in its way of the move's own requirements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType

from sqlalchemy.orm import Session

from alliance.access import TRIAD_SIDE, EntrySubject, MoveSubject, Person, Role, decide
from alliance.log.entries import evidence_of, parts_of
from alliance.log.entry import Entry
from alliance.log.fields import NOTE
from alliance.log.kinds import KINDS
from alliance.log.words import due_of, kind_of
from alliance.log.workflow import EntryKind, Facts, Move
from alliance.log.writing import moves_open_to

NEXT: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "challenge": {
            "draft": ("share", "edit"),
            "shared": ("respond",),
            "responded": ("discuss",),
            "discussed": ("agree",),
            "disputed": ("discuss",),
            "agreed": ("start",),
            "in_action": ("call_review",),
            "review_due": ("close", "propose_closing"),
        },
        "priority": {
            "draft": ("propose", "edit"),
            "proposed": ("agree",),
            "active": ("review",),
        },
        "milestone": {"ahead": ("decide",)},
        "action": {"open": ("finish",)},
        "support": {
            "asked": ("broker",),
            "offered": ("broker",),
            "brokered": ("give",),
            "given": ("evaluate",),
        },
        "practice": {"draft": ("share", "edit")},
        "assessment": {
            "draft": ("approve", "edit"),
            "approved": ("share",),
            "shared": ("moderate",),
        },
        "cycle": {},
        "meeting": {
            "planned": ("begin",),
            "running": ("end",),
            "held": ("agree_minutes",),
        },
        "item": {"listed": ("decide",)},
        "aside": {},
    }
)
"""By kind and state, the moves that lead on: the first that nothing stands in the way of is the
main one."""
EDIT = "edit"
"""The move by which whoever may write an entry changes what it says."""
PROPOSED: Mapping[str, str] = MappingProxyType({"propose_closing": "closing"})
"""Moves that propose, and where an entry holds what was proposed: then the next step is to confirm
it, also for whoever may not."""
UNDER_WAY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "challenge": ("in_action",),
        "priority": ("active",),
        "milestone": ("ahead",),
        "action": ("open",),
        "support": ("brokered",),
        "meeting": ("planned", "running"),
        "item": ("listed",),
    }
)
"""States in which somebody is at work: they wait for nobody until the day is near."""


@dataclass(frozen=True, slots=True)
class Step:
    """A move that the person may make, and what stands in its way as far as that can be told before
    the form is filled."""

    move: Move
    obstacles: tuple[str, ...] = ()


def steps_of(
    session: Session, person: Person, entry: Entry, today: date
) -> tuple[Step | None, list[Step]]:
    """The main step that is open to the person, if any, and the others in order of declaration."""
    moves = {move.id: move for move in moves_open_to(person, entry)}
    step = _stepper(session, person, entry, today)
    main = _main_step(entry, moves, step)
    return main, [step(move) for move in moves.values() if main is None or move is not main.move]


def _main_step(
    entry: Entry, moves: Mapping[str, Move], step: Callable[[Move], Step]
) -> Step | None:
    """Of the moves that are open, the one that leads on: the first that nothing stands in the way
    of, else the first."""
    wanted = [
        step(moves[key])
        for key in NEXT[entry.kind].get(entry.state, ())
        if key in moves and not entry.content.get(PROPOSED.get(key, ""))
    ]
    return next((one for one in wanted if not one.obstacles), wanted[0] if wanted else None)


def _stepper(session: Session, person: Person, entry: Entry, today: date) -> Callable[[Move], Step]:
    """Makes steps of moves. What their requirements look at is read once, and only where one
    looks: a list asks this of every entry."""

    @cache
    def facts() -> Facts:
        return Facts(
            person,
            {},
            today,
            entry=entry,
            parts=tuple(parts_of(session, person, entry)),
            evidence=len(evidence_of(session, person, entry)),
        )

    def step(move: Move) -> Step:
        return Step(move, obstacles_to(move, facts()) if _tells_before(move) else ())

    return step


def obstacles_to(move: Move, facts: Facts) -> tuple[str, ...]:
    """What stands in the way of a move whose form cannot remove it: where the form asks for more
    than a note and a day, its requirements are told when it is sent."""
    if not _tells_before(move):
        return ()
    return tuple(words for needs in move.needs if (words := needs(facts)))


def _tells_before(move: Move) -> bool:
    return bool(move.needs) and all(asked.into in (NOTE, "due_on") for asked in move.asks)


def waits_for(session: Session, person: Person, entry: Entry, today: date) -> Step | None:
    """The step that the entry waits for this person to make, also where they must first change
    what stands in its way; None where it waits for nothing, or for somebody else."""
    moves = {move.id: move for move in moves_open_to(person, entry)}
    main = _main_step(entry, moves, _stepper(session, person, entry, today))
    if main is None or (main.obstacles and EDIT not in moves):
        return None
    if entry.state in UNDER_WAY.get(entry.kind, ()):
        due = due_of(entry, today)
        near = due is not None and due.soon
        mine = entry.owner == person.username or entry.kind == "challenge"
        return main if near and mine else None
    return main


def waiting_for(
    session: Session, person: Person, entries: Iterable[Entry], today: date
) -> list[tuple[Entry, Step]]:
    """Of these entries, those that wait for the person, with the step: what is due first, first."""
    found = [
        (entry, step)
        for entry in entries
        if (step := waits_for(session, person, entry, today)) is not None
    ]

    def urgency(pair: tuple[Entry, Step]) -> tuple[bool, date, datetime]:
        due = due_of(pair[0], today)
        counts = due is not None and due.soon
        return (not counts, pair[0].due_on or date.max, pair[0].changed_at)

    return sorted(found, key=urgency)


def is_theirs(person: Person, entry: Entry) -> bool:
    """Whether the person answers for it: as its owner, or as a director for their authority's
    part in it."""
    if entry.owner == person.username:
        return True
    code = person.authority_code
    sides = {side for side, held in entry.parties if code and held == code}
    return Role.DIRECTOR in person.roles and bool(sides - {TRIAD_SIDE})


def may_begin(person: Person, kind: EntryKind, move: Move, parent: Entry | None = None) -> bool:
    """Whether the person may begin an entry of the kind by that move, as a part of `parent` where
    it is one."""
    if parent is not None:
        state = kind_of(parent).state(parent.state)
        if parent.kind not in kind.part_of or state.final or state.sealed:
            return False
        return decide(person, "entry.move", MoveSubject(parent.subject, move.offices)).allowed
    if kind.part_of:
        return False
    side = next((office.side for office in move.offices if office.side), kind.lead)
    own = {(side, person.authority_code)} if person.authority_code else set()
    will_be = EntrySubject(
        alliance=person.alliance or "",
        audience=kind.audience,
        private=kind.state(move.target).private,
        lead=kind.lead,
        created_by=person.username,
        owner=person.username,
        parties=frozenset(own),
    )
    return decide(person, "entry.move", MoveSubject(will_be, move.offices)).allowed


def begins_open_to(person: Person, parent: Entry | None = None) -> list[tuple[EntryKind, Move]]:
    """The first moves that the person may make: of every kind that stands alone, or of the parts of
    `parent`."""
    return [
        (kind, move)
        for kind in KINDS.values()
        for move in kind.begins
        if may_begin(person, kind, move, parent)
    ]
