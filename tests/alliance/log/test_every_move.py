"""Every state × move × person × confidentiality of every kind, against a table of its own: who may
see it, who may move it where to, and that a move which is refused writes nothing at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from alliance.access import NotAllowedError, Person, Role
from alliance.log.entries import find_entry, list_entries
from alliance.log.entry import Entry
from alliance.log.errors import NoEntryError, NotNowError, ObstaclesError
from alliance.log.kinds import KINDS
from alliance.log.workflow import NEW
from alliance.log.writing import begin_entry, moves_open_to
from alliance.store import Store
from tests.alliance.log.world import (
    BEGUN_BY,
    DIRECTOR,
    EVERYBODY,
    HERE,
    KNOWN,
    LEAD,
    MANAGER,
    MEMBER,
    NOW,
    OTHER,
    OWNER,
    PARENTS,
    PATHS,
    THIRD,
    begin,
    dump,
    form,
    make,
    make_in,
    reach,
    tried,
)

OPEN = "shared responded discussed agreed disputed in_action review_due"
MOVES: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "challenge": {
        "raise": ("", "draft", "director:raising analyst:raising"),
        "edit": ("draft", "draft", "director:raising analyst:raising"),
        "share": ("draft", "shared", "director:raising"),
        "discard": ("draft", "discarded", "director:raising"),
        "respond": ("shared", "responded", "director:responding"),
        "discuss": ("responded disputed", "discussed",
                    "director:raising director:responding manager"),
        "amend": ("discussed", "discussed", "director:raising director:responding manager"),
        "agree": ("discussed", "agreed discussed", "director:raising director:responding"),
        "dispute": ("discussed agreed", "disputed", "director:raising director:responding"),
        "start": ("agreed", "in_action", "director:raising director:responding manager"),
        "call_review": ("in_action", "review_due", "director:raising director:responding manager"),
        "go_on": ("review_due", "in_action", "director:raising director:responding manager"),
        "propose_closing": ("review_due", "review_due",
                            "director:raising director:responding manager"),
        "close": ("review_due", "closed", "director:raising director:responding manager"),
        "withdraw": ("shared responded discussed disputed", "withdrawn", "director:raising"),
        "carry_forward": ("responded discussed disputed agreed in_action review_due",
                          "carried_forward", "director:raising director:responding manager"),
        "propose_audience": (OPEN, "=", "director:raising director:responding"),
        "accept_audience": (OPEN, "=", "director:raising director:responding"),
        "narrow_audience": (OPEN, "=", "director:raising director:responding"),
        "note": (OPEN, "=", "anybody"),
    },
    "priority": {
        "draft": ("", "draft", "director:own analyst:own manager"),
        "edit": ("draft proposed", "=", "director:own analyst:own manager"),
        "propose": ("draft", "proposed", "director:own manager"),
        "discard": ("draft", "discarded", "director:own"),
        "agree": ("proposed", "active proposed", "director:own"),
        "review": ("active", "active", "director:own manager owner"),
        "move_date": ("active", "active", "director:own"),
        "meet": ("active", "met", "director:own manager"),
        "miss": ("active", "not_met", "director:own manager"),
        "stop": ("proposed active", "stopped", "director:own"),
        "publish": ("active met not_met stopped", "=", "director:own"),
        "unpublish": ("active met not_met stopped", "=", "director:own"),
        "note": ("proposed active", "=", "anybody"),
    },
    "milestone": {
        "add": ("", "ahead", "director:own manager"),
        "edit": ("ahead", "ahead", "director:own manager"),
        "decide": ("ahead", "decided", "director:own manager owner"),
        "drop": ("ahead", "dropped", "director:own manager"),
    },
    "action": {
        "add": ("", "open", "director:raising director:responding manager"),
        "edit": ("open", "open", "director:raising director:responding manager owner"),
        "progress": ("open", "open", "director:raising director:responding manager owner"),
        "finish": ("open", "done", "director:raising director:responding manager owner"),
        "drop": ("open", "dropped", "director:raising director:responding manager owner"),
        "reopen": ("done dropped", "open", "director:raising director:responding manager owner"),
        "note": ("open", "=", "anybody"),
    },
    "support": {
        "ask": ("", "asked", "director:asking analyst:asking manager"),
        "offer": ("", "offered", "director:giving analyst:giving manager"),
        "broker": ("asked offered", "brokered", "manager"),
        "take_up": ("asked", "brokered", "director"),
        "accept": ("offered", "brokered", "director"),
        "give": ("brokered", "given", "director:asking analyst:asking director:giving "
                                      "analyst:giving manager"),
        "evaluate": ("given", "evaluated", "director:asking"),
        "withdraw": ("asked offered brokered", "withdrawn",
                     "director:asking director:giving manager"),
        "note": ("asked offered brokered given", "=", "anybody"),
    },
    "practice": {
        "draft": ("", "draft", "director:own analyst:own"),
        "edit": ("draft shared", "=", "director:own analyst:own"),
        "share": ("draft", "shared", "director:own"),
        "discard": ("draft", "discarded", "director:own"),
        "retire": ("shared", "retired", "director:own"),
        "note": ("shared", "=", "anybody"),
    },
    "assessment": {
        "draft": ("", "draft", "director:own analyst:own"),
        "edit": ("draft", "draft", "director:own analyst:own"),
        "approve": ("draft", "approved", "director:own"),
        "back": ("approved", "draft", "director:own"),
        "share": ("approved", "shared", "director:own"),
        "discard": ("draft", "discarded", "director:own"),
        "moderate": ("shared", "moderated", "manager"),
        "amend": ("shared moderated", "=", "director:own"),
        "withdraw": ("shared", "withdrawn", "director:own"),
        "note": ("shared moderated", "=", "anybody"),
    },
    "cycle": {
        "open": ("", "open", "manager"),
        "edit": ("open", "open", "manager"),
        "end": ("open", "ended", "manager"),
        "note": ("open", "=", "anybody"),
    },
    "meeting": {
        "plan": ("", "planned", "manager"),
        "edit": ("planned", "planned", "manager owner"),
        "begin": ("planned", "running", "manager owner"),
        "end": ("running", "held", "manager owner"),
        "agree_minutes": ("held", "minuted", "manager owner"),
        "put_right": ("minuted", "minuted", "manager owner"),
        "cancel": ("planned", "cancelled", "manager owner"),
        "note": ("planned running held", "=", "anybody"),
    },
    "item": {
        "list": ("", "listed", "manager owner"),
        "edit": ("listed", "listed", "manager owner"),
        "decide": ("listed", "decided", "manager owner"),
        "leave": ("listed", "left", "manager owner"),
        "take_up": ("left", "listed", "manager owner"),
    },
    "aside": {
        "set_aside": ("", "aside", "director:own analyst:own"),
        "bring_back": ("aside", "back", "director:own analyst:own"),
        "note": ("aside", "=", "anybody"),
    },
}  # fmt: skip
"""From where, to where (`=`: it stays), and whose office it is. The owner of a part's offices is
whoever owns what it is a part of, but for an action."""
PRIVATE = {
    ("challenge", "draft"), ("challenge", "discarded"), ("priority", "draft"),
    ("priority", "discarded"), ("practice", "draft"), ("practice", "discarded"),
    ("assessment", "draft"), ("assessment", "approved"), ("assessment", "discarded"),
}  # fmt: skip
SIDES: Mapping[str, Mapping[str, str]] = {
    "challenge": {"raising": LEAD, "responding": OTHER},
    "priority": {"own": f"{LEAD} {OTHER}"},
    "milestone": {"own": f"{LEAD} {OTHER}"},
    "action": {"raising": LEAD, "responding": OTHER},
    "support": {"asking": LEAD, "giving": OTHER},
    "practice": {"own": LEAD},
    "assessment": {"own": LEAD},
    "aside": {"own": LEAD},
}
AUDIENCES: Mapping[str, tuple[str, ...]] = {
    "challenge": ("authorities", "triad", "alliance"), "action": ("authorities", "triad"),
    "priority": ("authorities", "alliance"), "milestone": ("authorities",),
    "support": ("authorities", "alliance"), "practice": ("alliance",),
    "assessment": ("authorities", "alliance"), "cycle": ("alliance",),
    "meeting": ("triad", "alliance"), "item": ("triad", "alliance"),
    "aside": ("authorities", "alliance"),
}  # fmt: skip
SEEN_BY: Mapping[str, Mapping[str, str]] = {
    "authorities": dict.fromkeys(SIDES, f"{LEAD} {OTHER}") | {"assessment": LEAD, "aside": LEAD},
    "triad": dict.fromkeys(KINDS, f"{LEAD} {OTHER} {THIRD}") | {
        "meeting": THIRD, "item": THIRD,
    },
    "alliance": dict.fromkeys(KINDS, f"{LEAD} {OTHER} {THIRD} {MEMBER} None"),
}  # fmt: skip
"""The authorities whose people see it once it is shared. None is who works for no authority."""
TALKING = {Role.MEMBER, Role.ANALYST, Role.DIRECTOR, Role.MANAGER}
UNREACHED = {("assessment", "moderated", "authorities")}
"""What nobody but its authority sees, nobody moderates."""
CASES = [
    (kind, state, audience)
    for kind, paths in PATHS.items()
    for state in paths
    for audience in AUDIENCES[kind]
    if (kind, state, audience) not in UNREACHED
]


def sides_of(kind: str, state: str) -> dict[str, str]:
    turned = {"asking": OTHER, "giving": LEAD}
    return turned if (kind, state) == ("support", "offered") else dict(SIDES.get(kind, {}))


def sees(who: Person, kind: str, state: str, audience: str) -> bool:
    """As the alliance has agreed it."""
    (role,) = who.roles
    if who.alliance != HERE or role not in TALKING:
        return False
    if (kind, state) in PRIVATE:
        return str(who.authority_code) in SIDES[kind].get("raising", SIDES[kind].get("own", ""))
    if audience == "triad" and role == Role.MANAGER:
        return True
    return str(who.authority_code) in SEEN_BY[audience][kind]


def holds(who: Person, kind: str, state: str, offices: str) -> bool:
    (role,) = who.roles
    if role not in TALKING:
        return False
    for office in offices.split():
        name, _, side = office.partition(":")
        if name == "anybody" or (name == "owner" and who == OWNER):
            return True
        if name == role and (
            not side or str(who.authority_code) in sides_of(kind, state).get(side, "")
        ):
            return True
    return False


def refusals(store: Store, who: Person, entry: Entry, moves: list[str]) -> list[Any]:
    """How each of these moves is refused, all in one unit, which is then kept: none writes.

    A person tries a part of them, so that each is tried by several in every state."""
    found: list[Any] = []
    with store.write(now=NOW, actor=who.username) as unit:
        for move in moves:
            try:
                make_in(unit, who, entry, move)
            except (NoEntryError, NotAllowedError, NotNowError) as refusal:
                found.append(type(refusal))
            else:
                found.append(move)
    return found


def outcome(store: Store, who: Person, entry: Entry, move: str, audience: str) -> str | None:
    """The state that a move comes to, or None where an obstacle is in its way. Nothing is kept."""
    try:
        with tried(store, who) as unit:
            return make_in(unit, who, entry, move, audience=audience).state
    except ObstaclesError:
        return None


def test_the_table_of_this_test_names_every_kind_state_and_move() -> None:
    assert {kind: set(moves) for kind, moves in MOVES.items()} == {
        kind.id: {move.id for move in kind.moves} for kind in KINDS.values()
    }
    assert {kind: set(paths) for kind, paths in PATHS.items()} == {
        kind.id: {state.id for state in kind.states} for kind in KINDS.values()
    }
    private = {
        (kind.id, state.id) for kind in KINDS.values() for state in kind.states if state.private
    }
    assert private == PRIVATE


@pytest.mark.parametrize(("kind", "state", "audience"), CASES)
def test_everybody_sees_and_moves_what_the_table_says_and_nothing_else(
    sqlite_store: Store, kind: str, state: str, audience: str
) -> None:
    store = sqlite_store
    entry = reach(store, kind, state, audience=audience)
    before = dump(store)
    for number, who in enumerate(EVERYBODY.values()):
        moves = list(MOVES[kind])
        if not sees(who, kind, state, audience):
            with store.read() as session:
                assert list_entries(session, who, kind) == []
            some = [moves[(number + place) % len(moves)] for place in (0, 1, 2)]
            assert refusals(store, who, entry, some) == [NoEntryError] * 3, who.username
            continue
        held = {m for m in moves if holds(who, kind, state, MOVES[kind][m][2])}
        now = {m for m in held if state in MOVES[kind][m][0].split()}
        with store.read() as session:
            assert entry.ref in {found.ref for found in list_entries(session, who, kind)}
            assert {move.id for move in moves_open_to(who, entry)} == now, who.username
        refused = [move for move in moves if move not in now][number % 4 :: 4]
        reasons = [NotNowError if move in held else NotAllowedError for move in refused]
        assert refusals(store, who, entry, refused) == reasons, (who.username, refused)
        for move in now:
            target = MOVES[kind][move][1].replace("=", state)
            came = outcome(store, who, entry, move, audience)
            assert came is None or came in target.split(), (who.username, move)
    assert dump(store) == before, "what is refused or given up writes nothing"


BEGINNINGS = [
    (kind, move, audience)
    for kind, moves in MOVES.items()
    for move, (sources, _, _) in moves.items()
    if sources == NEW
    for audience in AUDIENCES[kind]
]


@pytest.mark.parametrize(("kind", "move", "audience"), BEGINNINGS)
def test_everybody_begins_what_the_table_says_and_nothing_else(
    sqlite_store: Store, kind: str, move: str, audience: str
) -> None:
    store = sqlite_store
    parent = reach(store, *PARENTS[kind], audience=audience) if kind in PARENTS else None
    before = dump(store)
    _, target, offices = MOVES[kind][move]
    declared = KINDS[kind].move(move)
    assert declared is not None
    for who in EVERYBODY.values():
        if parent is None and who.alliance != HERE:
            continue  # an alliance of their own, which the next test is about
        said: dict[str, Any] = {"audience": audience}
        if move == "offer":
            said |= {"giving": who.authority_code or OTHER, "asking": THIRD}
        elif kind == "support":
            said |= {"asking": who.authority_code or LEAD, "giving": THIRD}
        elif kind == "priority":
            said |= {"authorities": [who.authority_code or LEAD]}
        elif kind == "challenge":
            said |= {"responders": [OTHER if who.authority_code != OTHER else LEAD]}
        came: Any
        try:
            with tried(store, who) as unit:
                came = begin_entry(
                    unit, who, KNOWN, kind, move, form(declared, kind, said),
                    parent_ref=parent.ref if parent else None,
                ).state  # fmt: skip
        except (NoEntryError, NotAllowedError, ObstaclesError) as refusal:
            came = type(refusal)
        (role,) = who.roles
        if parent is not None and not sees(who, parent.kind, parent.state, audience):
            assert came is NoEntryError, who.username
        elif role not in TALKING or not _may_begin(who, kind, offices):
            assert came is NotAllowedError, who.username
        elif (kind, audience, who) == ("support", "authorities", MANAGER):
            assert came is NotAllowedError, "between two authorities it is not the manager's"
        else:
            assert came is ObstaclesError or came == target, who.username
    assert dump(store) == before


def _may_begin(who: Person, kind: str, offices: str) -> bool:
    """An office for an authority is held by whoever works for one; of a part, for those on a side
    of what it is a part of."""
    (role,) = who.roles
    if kind in PARENTS:
        return holds(who, kind, "", offices)
    named = [office.partition(":") for office in offices.split()]
    return any(name == role and (not side or who.authority_code) for name, _, side in named)


def test_what_another_alliance_begins_is_seen_there_alone(sqlite_store: Store) -> None:
    stranger = EVERYBODY["director.outside"]
    entry = begin(sqlite_store, stranger, "practice")
    entry = make(sqlite_store, stranger, entry, "share")
    assert entry.alliance == stranger.alliance
    with sqlite_store.read() as session:
        seen = [who for who in EVERYBODY.values() if list_entries(session, who)]
    assert {who.alliance for who in seen} == {stranger.alliance}


def test_nobody_begins_anything_for_an_authority_that_is_not_theirs(sqlite_store: Store) -> None:
    refused = {
        ("priority", "draft"): {"authorities": [OTHER]},
        ("support", "ask"): {"asking": OTHER, "giving": THIRD, "audience": "alliance"},
        ("support", "offer"): {"giving": OTHER, "asking": THIRD, "audience": "alliance"},
    }
    before = dump(sqlite_store)
    for (kind, move), said in refused.items():
        declared = KINDS[kind].move(move)
        assert declared is not None
        with (
            pytest.raises(NotAllowedError),
            sqlite_store.write(now=NOW, actor=DIRECTOR.username) as unit,
        ):
            begin_entry(unit, DIRECTOR, KNOWN, kind, move, form(declared, kind, said))
    assert dump(sqlite_store) == before


def test_a_manager_of_one_authority_lets_its_people_see_nothing_by_arranging(
    sqlite_store: Store,
) -> None:
    manager = Person("m", "M", MEMBER, HERE, frozenset({Role.MANAGER}))
    with sqlite_store.write(now=NOW, actor="m") as unit:
        plan = KINDS["meeting"].begins[0]
        meeting = begin_entry(unit, manager, KNOWN, "meeting", plan.id, form(plan, "meeting"))
    assert meeting.parties == {("triad", THIRD)}
    with sqlite_store.read() as session:
        assert find_entry(session, manager, meeting.ref).ref == meeting.ref
        assert find_entry(session, MANAGER, meeting.ref).ref == meeting.ref
        with pytest.raises(NoEntryError):
            find_entry(session, EVERYBODY["director.member"], meeting.ref)


def test_whoever_begins_an_entry_of_each_kind_is_known(sqlite_store: Store) -> None:
    for kind in KINDS:
        who = BEGUN_BY.get(kind, DIRECTOR)
        assert reach(sqlite_store, kind, next(iter(PATHS[kind]))).created_by == who.username
