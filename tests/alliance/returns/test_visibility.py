"""Who sees local returns: members of the alliance. Nobody else gets a row, a count or a byte, and
nothing public ever holds one."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.access import Person, Role
from alliance.returns.records import (
    current_versions,
    figures_of,
    find_submission,
    list_versions,
    newest_id,
)
from alliance.returns.shared import alliance_of, read_shared
from alliance.service import Served
from alliance.store import Store
from tests.alliance.returns.samples import (
    ANALYST,
    COLLEAGUE,
    MANAGER,
    MEMBERS,
    NEIGHBOUR,
    NOW,
    OUTSIDERS,
    person,
    submit,
)
from tests.demonstration import FENSHIRE, NAMED_ALLIANCE
from tests.ingest.returns.samples import small_return

ID = small_return().id


def seen(store: Store, who: Person) -> tuple[int, int, int, int]:
    """How much of a return somebody gets, by every way of asking."""
    with store.read() as session:
        known = list_versions(session, ANALYST, ID)
        figures = figures_of(session, who, known)
        return (
            len(list_versions(session, who, ID)),
            len(current_versions(session, who, ID)),
            sum(len(found) for found in figures.values()),
            newest_id(session, who, ID, FENSHIRE),
        )


@pytest.mark.parametrize("who", MEMBERS, ids=lambda who: who.username)
def test_every_member_of_the_alliance_sees_it(
    store: Store, demo_served: Served, who: Person
) -> None:
    (version,) = submit(store, demo_served).versions
    assert seen(store, who) == (1, 1, 6, version.id)
    shared = read_shared(store, demo_served, who, small_return(), today=NOW.date())
    assert shared is not None
    assert len(shared.versions) == 1


@pytest.mark.parametrize("who", OUTSIDERS, ids=lambda who: who.username or "nobody")
def test_nobody_else_gets_anything_not_even_a_count(
    store: Store, demo_served: Served, who: Person
) -> None:
    submit(store, demo_served)
    assert seen(store, who) == (0, 0, 0, 0)
    shared = read_shared(store, demo_served, who, small_return(), today=NOW.date())
    assert shared is None or shared.versions == ()


def test_only_the_authoritys_own_people_get_the_file_itself(
    store: Store, demo_served: Served
) -> None:
    (version,) = submit(store, demo_served).versions
    with store.read() as session:
        for who in (ANALYST, COLLEAGUE):
            assert find_submission(session, who, version.submission_id or 0) is not None
        for other in (NEIGHBOUR, MANAGER, *OUTSIDERS):
            assert find_submission(session, other, version.submission_id or 0) is None


@pytest.fixture
def filled(store: Store, demo_served: Served) -> Store:
    """A store with a return of the alliance."""
    submit(store, demo_served)
    return store


ALLIANCES = st.sampled_from(
    [None, "", " ", NAMED_ALLIANCE, NAMED_ALLIANCE.upper(), f"{NAMED_ALLIANCE} ", "%", "X12000006"]
)
CODES = st.sampled_from([None, "", FENSHIRE, "625", "%"])
ROLES = st.sets(st.sampled_from(list(Role)))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.sampled_from(["", "ana", "zoe"]), code=CODES, alliance=ALLIANCES, roles=ROLES)
def test_whoever_one_is_one_sees_returns_exactly_as_a_member(
    filled: Store, name: str, code: str | None, alliance: str | None, roles: set[Role]
) -> None:
    who = person(name, code, alliance, *roles)
    member = bool(name) and bool(roles - {Role.OBSERVER}) and alliance == NAMED_ALLIANCE
    assert (seen(filled, who)[:3] == (1, 1, 6)) is member
    if not member:
        assert seen(filled, who) == (0, 0, 0, 0)


def test_an_alliance_that_the_release_does_not_know_shows_nothing(demo_served: Served) -> None:
    assert alliance_of(demo_served, person("far", FENSHIRE, "Another set", Role.ANALYST)) is None


def test_the_release_holds_nothing_of_a_return(demo_served: Served) -> None:
    with duckdb.connect(str(demo_served.release.path), read_only=True) as connection:
        tables = {name for (name,) in connection.execute(
            "SELECT table_name FROM information_schema.tables"
        ).fetchall()}  # fmt: skip
        ids = {i for (i,) in connection.execute("SELECT indicator_id FROM indicator").fetchall()}
        files = {f for (f,) in connection.execute("SELECT file_name FROM source_file").fetchall()}
    assert not [name for name in tables if "return" in name]
    assert not [name for name in ids if name.startswith("quarterly_")]
    assert not [name for name in files if "return" in name]
