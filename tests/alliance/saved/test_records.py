"""Sets and views are kept, changed, deleted and brought back on both databases; nobody sees
another's that is not shared with them, however they ask."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.access import ANONYMOUS, NotAllowedError, Person, Role
from alliance.saved.records import (
    SET,
    VIEW,
    Kind,
    Saved,
    SavedError,
    change,
    clean_name,
    delete,
    find_saved,
    keep,
    list_saved,
    restore,
)
from alliance.store import ConflictError, Store

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TRIAD = "Fen and coast alliance"
CONTENT: dict[str, Any] = {SET.id: ["629", "625"], VIEW.id: "/indicator/cla_rate?us=629#about"}


def person(name: str, alliance: str | None = TRIAD, *roles: Role) -> Person:
    return Person(name, name.title(), "629", alliance, frozenset(roles or (Role.ANALYST,)))


ANA, BEN = person("ana"), person("ben")
FAR, ALONE = person("far", "Another set"), person("sol", None)


def put(
    store: Store, who: Person, kind: Kind = SET, *, name: str = "Ours", shared: bool = False
) -> Saved:
    with store.write(now=NOW, actor=who.username or "x") as unit:
        return keep(unit, who, kind, name=name, content=CONTENT[kind.id], shared=shared)


def seen(store: Store, who: Person, kind: Kind = SET) -> list[str]:
    with store.read() as session:
        return [saved.name for saved in list_saved(session, who, kind)]


def found(store: Store, who: Person, number: int, kind: Kind = SET) -> bool:
    with store.read() as session:
        return find_saved(session, who, kind, number) is not None


@pytest.mark.parametrize("kind", [SET, VIEW], ids=lambda kind: kind.id)
def test_what_is_kept_is_changed_deleted_and_brought_back_and_history_tells_it(
    store: Store, kind: Kind
) -> None:
    saved = put(store, ANA, kind)
    assert (saved.name, saved.content, saved.version) == ("Ours", CONTENT[kind.id], 1)
    with store.write(now=NOW, actor="ana") as unit:
        changed = change(unit, ANA, kind, saved.id, 1, name="  Coast   and fen ", shared=True)
    assert (changed.name, changed.shared, changed.alliance) == ("Coast and fen", True, TRIAD)
    assert seen(store, BEN, kind) == ["Coast and fen"]
    with store.write(now=NOW, actor="ana") as unit:
        delete(unit, ANA, kind, saved.id, 2)
    assert seen(store, ANA, kind) == seen(store, BEN, kind) == []
    assert not found(store, ANA, saved.id, kind)
    with store.write(now=NOW, actor="ana") as unit:
        restore(unit, ANA, kind, saved.id)
    assert seen(store, ANA, kind) == seen(store, BEN, kind) == ["Coast and fen"]
    events = store.events(kind.id, str(saved.id))
    assert [event.action for event in events] == ["kept", "changed", "deleted", "restored"]
    assert events[1].details["before"]["name"] == "Ours"
    assert events[2].details["after"]["content"] == CONTENT[kind.id]


def test_a_change_of_something_older_is_refused_and_nothing_is_written(store: Store) -> None:
    saved = put(store, ANA)
    with store.write(now=NOW, actor="ana") as unit:
        change(unit, ANA, SET, saved.id, 1, name="First")
    with pytest.raises(ConflictError), store.write(now=NOW, actor="ana") as unit:
        change(unit, ANA, SET, saved.id, 1, name="Second")
    assert seen(store, ANA) == ["First"]


def test_only_its_owner_changes_what_is_shared(store: Store) -> None:
    saved = put(store, ANA, shared=True)
    assert found(store, BEN, saved.id)
    for act in (
        lambda unit: change(unit, BEN, SET, saved.id, 1, name="Mine"),
        lambda unit: delete(unit, BEN, SET, saved.id, 1),
        lambda unit: restore(unit, BEN, SET, saved.id),
    ):
        with (
            pytest.raises(NotAllowedError, match="save one of your own"),
            store.write(now=NOW, actor="ben") as unit,
        ):
            act(unit)
    assert seen(store, ANA) == ["Ours"]


def test_what_one_may_not_see_is_refused_as_what_is_not_there(store: Store) -> None:
    saved = put(store, ANA)
    told = []
    for number in (saved.id, 999):
        with pytest.raises(SavedError) as error, store.write(now=NOW, actor="ben") as unit:
            change(unit, BEN, SET, number, 1, name="Mine")
        told.append(str(error.value).replace(str(number), "#"))
    assert told[0] == told[1]


def test_somebody_without_an_alliance_keeps_but_does_not_share(store: Store) -> None:
    put(store, ALONE)
    with pytest.raises(NotAllowedError, match="no alliance"):
        put(store, ALONE, shared=True)
    assert seen(store, ALONE) == ["Ours"]
    assert seen(store, person("lee", None)) == []


def test_nobody_who_is_not_signed_in_keeps_anything(store: Store) -> None:
    with pytest.raises(NotAllowedError, match="sign in"):
        put(store, ANONYMOUS)
    with pytest.raises(NotAllowedError):
        put(store, Person("ana", "Ana", None, TRIAD, frozenset()))


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "x" * 81, "\u202e"])
def test_a_name_that_cannot_be_is_refused_and_says_what_to_do(store: Store, name: str) -> None:
    with pytest.raises(SavedError):
        put(store, ANA, name=name)
    assert seen(store, ANA) == []


@given(st.text(max_size=200))
def test_a_name_is_kept_without_odd_spaces_or_not_at_all(name: str) -> None:
    try:
        kept = clean_name(name)
    except SavedError:
        return
    assert 0 < len(kept) <= 80
    assert kept == " ".join(kept.split())
    assert kept.isprintable()


NAMES = st.sampled_from(["", "ana", "ben", "ANA", "%"])
ALLIANCES = st.sampled_from([None, "", TRIAD, TRIAD.upper(), f"{TRIAD} ", "Another set", "%"])
ROLES = st.sets(st.sampled_from(list(Role)))


@pytest.fixture
def filled(store: Store) -> dict[str, Any]:
    """A store with a private and a shared thing of one person, and another alliance's."""
    ids = {}
    for kind in (SET, VIEW):
        ids[kind.id] = {
            "own": put(store, ANA, kind, name="own").id,
            "shared": put(store, ANA, kind, name="shared", shared=True).id,
            "far": put(store, FAR, kind, name="far", shared=True).id,
        }
    return {"store": store, "ids": ids}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=NAMES, alliance=ALLIANCES, roles=ROLES, kind=st.sampled_from([SET, VIEW]))
def test_whoever_one_is_one_sees_ones_own_and_what_ones_alliance_shares_and_nothing_else(
    filled: dict[str, Any], name: str, alliance: str | None, roles: set[Role], kind: Kind
) -> None:
    who = Person(name, name, None, alliance, frozenset(roles))
    known = bool(name) and bool(roles)
    belongs = bool(roles - {Role.OBSERVER})
    expected = {
        "own": known and name == "ana",
        "shared": known and (name == "ana" or (belongs and alliance == TRIAD)),
        "far": known and belongs and alliance == "Another set",
    }
    store, ids = filled["store"], filled["ids"][kind.id]
    assert set(seen(store, who, kind)) == {key for key, visible in expected.items() if visible}
    assert {key: found(store, who, ids[key], kind) for key in ids} == expected


ELSEWHERE = "Another set"
MOVES = st.tuples(st.just("move"), st.sampled_from([TRIAD, ELSEWHERE, None]))
ACTS = st.one_of(
    MOVES,
    st.tuples(st.sampled_from(["share", "rename", "take back", "delete", "restore"]), st.none()),
)


def attempt(store: Store, who: Person, kind: Kind, number: int, act: str) -> bool:
    """Whether it was allowed."""
    values: dict[str, dict[str, Any]] = {
        "share": {"shared": True},
        "rename": {"name": "Words written now", "shared": True},
        "take back": {"shared": False},
    }
    with store.read() as session:
        version = session.get_one(kind.row, number).version
    try:
        with store.write(now=NOW, actor=who.username) as unit:
            if act == "delete":
                delete(unit, who, kind, number, version)
            elif act == "restore":
                restore(unit, who, kind, number)
            else:
                change(unit, who, kind, number, version, **values[act])
    except (NotAllowedError, SavedError):
        return False
    return True


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kind=st.sampled_from([SET, VIEW]), acts=st.lists(ACTS, max_size=9))
def test_what_was_shared_stays_with_that_alliance_wherever_its_owner_goes(
    store: Store, kind: Kind, acts: list[tuple[str, str | None]]
) -> None:
    """The rule in a few lines: sharing binds to the alliance of that moment, a move changes
    nothing for anybody else, and only its members' words are seen there."""
    number = put(store, ANA, kind).id
    at: str | None = TRIAD
    shared_with: str | None = None
    deleted = False
    for act, where in acts:
        owner = person("ana", at)
        if act == "move":
            at = where
        else:
            behind = shared_with is not None and shared_with != at
            allowed = {
                "share": not deleted and not behind and at is not None,
                "rename": not deleted and not behind and at is not None,
                "take back": not deleted,
                "delete": not deleted,
                "restore": True,
            }[act]
            assert attempt(store, owner, kind, number, act) is allowed, (act, at, shared_with)
            if allowed:
                deleted = {"delete": True, "restore": False}.get(act, deleted)
                if act in {"share", "rename"}:
                    shared_with = at
                elif act == "take back":
                    shared_with = None
        assert found(store, person("ana", at), number, kind) is not deleted
        for alliance in (TRIAD, ELSEWHERE, None):
            reads = shared_with is not None and alliance == shared_with and not deleted
            assert found(store, person("ben", alliance), number, kind) is reads
            assert not attempt(store, person("ben", alliance), kind, number, "take back")


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_a_number_that_no_record_has_finds_nothing(store: Store, number: int) -> None:
    put(store, ANA)
    assert not found(store, ANA, number)
