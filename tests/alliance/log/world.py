"""A small alliance that writes in its log: its people, forms that can be kept, and how every state
of every kind is reached by real moves. Says nothing of who may do what: that is for the tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from alliance.access import Person, Role
from alliance.log.entries import find_entry, parts_of
from alliance.log.entry import Entry
from alliance.log.fields import Field, FieldKind, Known
from alliance.log.kinds import KINDS
from alliance.log.workflow import Move
from alliance.log.writing import Figure, begin_entry, make_move
from alliance.store import Store, Unit
from alliance.store.accounts import add_account
from alliance.store.base import Base

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HERE, ELSEWHERE = "Fen and coast", "Hills"
LEAD, OTHER, THIRD, MEMBER, OUTSIDE = "701", "702", "703", "704", "711"
"""The authority that begins it, the other with a part in it, the third of their triad, another
member of the alliance, one of another alliance."""
PLACES: Mapping[str, tuple[str | None, str]] = {
    "lead": (LEAD, HERE), "other": (OTHER, HERE), "third": (THIRD, HERE),
    "member": (MEMBER, HERE), "outside": (OUTSIDE, ELSEWHERE), "nowhere": (None, HERE),
}  # fmt: skip


def person(role: Role, place: str) -> Person:
    """Somebody with one role, such as `director.lead`."""
    code, alliance = PLACES[place]
    name = f"{role.value}.{place}"
    return Person(name, name.title(), code, alliance, frozenset({role}))


EVERYBODY: Mapping[str, Person] = {
    one.username: one for one in (person(role, place) for role in Role for place in PLACES)
}
DIRECTOR, OTHER_DIRECTOR = EVERYBODY["director.lead"], EVERYBODY["director.other"]
THIRD_DIRECTOR, MEMBER_DIRECTOR = EVERYBODY["director.third"], EVERYBODY["director.member"]
ANALYST, MANAGER = EVERYBODY["analyst.lead"], EVERYBODY["manager.nowhere"]
OWNER = EVERYBODY["member.other"]
"""Answers for actions, chairs meetings and links priorities, and holds no other office."""
OBSERVER = EVERYBODY["observer.nowhere"]
KNOWN = Known(
    authorities={code: f"Authority {code}" for code in (LEAD, OTHER, THIRD, MEMBER)},
    people={
        one.username: one.display_name for one in EVERYBODY.values() if one.alliance == HERE
    },
    indicators={"need_rate": "Children in care"},
    enquiries={"701-need_rate~aaaa1111": "More children are in care"},
)  # fmt: skip
FIGURE = Figure(
    "20260301T000000Z-0a1b2c3d", "need_rate", OTHER, "2025", "67 per 10,000.",
    "/indicator/need_rate", {"value": 67.0}, "<svg/>",
)  # fmt: skip

SAID: Mapping[str, Sequence[str]] = {
    "responders": [OTHER], "triad": [THIRD], "audience": ["authorities"], "authorities":
    [LEAD, OTHER], "asking": [LEAD], "giving": [OTHER], "doing": [OTHER], "owner": [OWNER.username],
    "due_on": ["2027-03-31"], "wider": ["alliance"], "baseline": ["67"], "target": ["60"],
    "indicator_id": ["need_rate"],
}  # fmt: skip
BY_FIELD: Mapping[FieldKind, str] = {
    FieldKind.LINE: "A line of {}", FieldKind.TEXT: "Words of {}.\nAnd more.",
    FieldKind.DAY: "2026-02-01", FieldKind.NUMBER: "7", FieldKind.YES: "yes",
    FieldKind.AUTHORITY: LEAD, FieldKind.AUTHORITIES: LEAD, FieldKind.PERSON: OWNER.username,
    FieldKind.INDICATOR: "need_rate", FieldKind.ENQUIRY: "701-need_rate~aaaa1111",
    FieldKind.ADDRESS: "https://example.org/review",
}  # fmt: skip
AUDIENCES: Mapping[str, str] = {"meeting": "triad", "assessment": "alliance"}
"""What a form says of its audience where the authorities alone are no choice, or not the usual."""


def form(move: Move, kind: str, said: Mapping[str, Any] | None = None) -> dict[str, list[str]]:
    """A form of that move with everything filled in; what is `said` stands instead."""
    filled = {asked.id: _filled(asked, kind) for asked in move.asks}
    for key, value in (said or {}).items():
        filled[key] = [value] if isinstance(value, str) else list(value)
    return filled


def _filled(asked: Field, kind: str) -> list[str]:
    if asked.id == "audience" and kind in AUDIENCES:
        return [AUDIENCES[kind]]
    if asked.id in SAID:
        return list(SAID[asked.id])
    if asked.kind == FieldKind.CHOICE:
        return [asked.choices[0][0]]
    return [BY_FIELD[asked.kind].format(asked.id)]


def begin(
    store: Store, who: Person, kind: str, *, move: str = "", parent: Entry | None = None,
    **said: Any,
) -> Entry:  # fmt: skip
    """Begin an entry in a unit of its own, by the first move of its kind if none is named."""
    with store.write(now=NOW, actor=who.username) as unit:
        return begin_in(unit, who, kind, move=move, parent=parent, **said)


def begin_in(
    unit: Unit, who: Person, kind: str, *, move: str = "", parent: Entry | None = None,
    figures: Sequence[Figure] = (), about: Sequence[tuple[str, str]] = (), **said: Any,
) -> Entry:  # fmt: skip
    """Begin an entry within a unit."""
    declared = KINDS[kind].move(move) if move else KINDS[kind].begins[0]
    assert declared is not None
    return begin_entry(
        unit, who, KNOWN, kind, declared.id, form(declared, kind, said),
        parent_ref=parent.ref if parent else None, figures=figures, about=about,
    )  # fmt: skip


def make(store: Store, who: Person, entry: Entry, move: str, **said: Any) -> Entry:
    """Make a move in a unit of its own, of the entry as it now stands."""
    with store.write(now=NOW, actor=who.username) as unit:
        now = find_entry(unit.session, who, entry.ref)
        return make_in(unit, who, now, move, **said)


def make_in(unit: Unit, who: Person, entry: Entry, move: str, **said: Any) -> Entry:
    """Make a move within a unit, of an entry that was read before."""
    declared = KINDS[entry.kind].move(move)
    assert declared is not None
    return make_move(
        unit, who, KNOWN, entry.ref, move, form(declared, entry.kind, said), version=entry.version
    )


def now_of(store: Store, who: Person, entry: Entry) -> Entry:
    """The entry as it now stands for somebody."""
    with store.read() as session:
        return find_entry(session, who, entry.ref)


class RolledBackError(Exception):
    """Ends a unit of which nothing is to be kept."""


@contextmanager
def tried(store: Store, who: Person) -> Any:
    """A unit of which nothing is kept."""
    try:
        with store.write(now=NOW, actor=who.username) as unit:
            yield unit
            raise RolledBackError
    except RolledBackError:
        pass


def add_accounts(store: Store) -> None:
    """Give everybody an account."""
    with store.write(now=NOW, actor="somebody") as unit:
        for one in EVERYBODY.values():
            add_account(
                unit, username=one.username, display_name=one.display_name, password_hash="",
                authority_code=one.authority_code, alliance=one.alliance,
                roles=[role.value for role in one.roles],
                email=f"{one.username}@council.example",
            )  # fmt: skip


def dump(store: Store) -> dict[str, list[Any]]:
    """Every row of every table."""
    with store.read() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
        }


# How every state is reached -----------------------------------------------------------------------

Step = tuple[Person, str] | Callable[[Store, Entry], object]


def _add_action(store: Store, entry: Entry) -> object:
    return begin(store, DIRECTOR, "action", parent=entry)


def _finish_actions(store: Store, entry: Entry) -> object:
    with store.read() as session:
        parts = parts_of(session, DIRECTOR, entry)
    return [make(store, DIRECTOR, part, "finish") for part in parts]


_SHARED: tuple[Step, ...] = ((DIRECTOR, "share"),)
_RESPONDED: tuple[Step, ...] = (*_SHARED, (OTHER_DIRECTOR, "respond"))
_DISCUSSED: tuple[Step, ...] = (*_RESPONDED, (DIRECTOR, "discuss"))
_AGREED: tuple[Step, ...] = (*_DISCUSSED, (DIRECTOR, "agree"), (OTHER_DIRECTOR, "agree"))
_IN_ACTION: tuple[Step, ...] = (*_AGREED, _add_action, (DIRECTOR, "start"))
_REVIEW: tuple[Step, ...] = (*_IN_ACTION, _finish_actions, (DIRECTOR, "call_review"))
_PROPOSED: tuple[Step, ...] = ((DIRECTOR, "propose"),)
_ACTIVE: tuple[Step, ...] = (*_PROPOSED, (DIRECTOR, "agree"), (OTHER_DIRECTOR, "agree"))
_GIVEN: tuple[Step, ...] = ((OTHER_DIRECTOR, "take_up"), (DIRECTOR, "give"))
_HELD: tuple[Step, ...] = ((MANAGER, "begin"), (MANAGER, "end"))

PATHS: Mapping[str, Mapping[str, tuple[Step, ...]]] = {
    "challenge": {
        "draft": (), "discarded": ((DIRECTOR, "discard"),), "shared": _SHARED,
        "responded": _RESPONDED, "discussed": _DISCUSSED, "agreed": _AGREED,
        "disputed": (*_DISCUSSED, (OTHER_DIRECTOR, "dispute")), "in_action": _IN_ACTION,
        "review_due": _REVIEW,
        "closed": (*_REVIEW, (DIRECTOR, "propose_closing"), (OTHER_DIRECTOR, "close")),
        "withdrawn": (*_SHARED, (DIRECTOR, "withdraw")),
        "carried_forward": (*_RESPONDED, (DIRECTOR, "carry_forward")),
    },
    "priority": {
        "draft": (), "discarded": ((DIRECTOR, "discard"),), "proposed": _PROPOSED,
        "active": _ACTIVE, "met": (*_ACTIVE, (DIRECTOR, "meet")),
        "not_met": (*_ACTIVE, (DIRECTOR, "miss")), "stopped": (*_ACTIVE, (DIRECTOR, "stop")),
    },
    "milestone": {
        "ahead": (), "decided": ((DIRECTOR, "decide"),), "dropped": ((DIRECTOR, "drop"),),
    },
    "action": {"open": (), "done": ((DIRECTOR, "finish"),), "dropped": ((DIRECTOR, "drop"),)},
    "support": {
        "asked": (), "brokered": _GIVEN[:1], "given": _GIVEN,
        "evaluated": (*_GIVEN, (DIRECTOR, "evaluate")), "withdrawn": ((DIRECTOR, "withdraw"),),
        "offered": (),
    },
    "practice": {
        "draft": (), "discarded": ((DIRECTOR, "discard"),), "shared": _SHARED,
        "retired": (*_SHARED, (DIRECTOR, "retire")),
    },
    "assessment": {
        "draft": (), "discarded": ((DIRECTOR, "discard"),), "approved": ((DIRECTOR, "approve"),),
        "shared": ((DIRECTOR, "approve"), (DIRECTOR, "share")),
        "moderated": ((DIRECTOR, "approve"), (DIRECTOR, "share"), (MANAGER, "moderate")),
        "withdrawn": ((DIRECTOR, "approve"), (DIRECTOR, "share"), (DIRECTOR, "withdraw")),
    },
    "cycle": {"open": (), "ended": ((MANAGER, "end"),)},
    "meeting": {
        "planned": (), "running": _HELD[:1], "held": _HELD,
        "minuted": (*_HELD, (MANAGER, "agree_minutes")), "cancelled": ((MANAGER, "cancel"),),
    },
    "item": {"listed": (), "decided": ((MANAGER, "decide"),), "left": ((MANAGER, "leave"),)},
    "aside": {"aside": (), "back": ((DIRECTOR, "bring_back"),)},
}  # fmt: skip
PARENTS: Mapping[str, tuple[str, str]] = {
    "action": ("challenge", "in_action"), "milestone": ("priority", "active"),
    "item": ("meeting", "planned"),
}  # fmt: skip
"""What a part is a part of, in which state."""
BEGUN_BY: Mapping[str, Person] = {"cycle": MANAGER, "meeting": MANAGER, "item": MANAGER}


def reach(store: Store, kind: str, state: str, **said: Any) -> Entry:
    """An entry of that kind in that state, reached by the moves of its people."""
    parent = reach(store, *PARENTS[kind], **said) if kind in PARENTS else None
    who = BEGUN_BY.get(kind, DIRECTOR)
    if parent is not None:
        said = {}
    if kind == "support" and state == "offered":
        said = {"move": "offer", "asking": OTHER, "giving": LEAD, **said}
    entry = begin(store, who, kind, parent=parent, **said)
    for step in PATHS[kind][state]:
        if callable(step):
            step(store, now_of(store, who, entry))
        else:
            make(store, step[0], entry, step[1])
    found = now_of(store, who, entry)
    assert found.state == state
    return found
