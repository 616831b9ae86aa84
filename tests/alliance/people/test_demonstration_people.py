"""In the demonstration one is somebody at once and may be somebody else; nowhere else."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alliance.access import ANONYMOUS, Role
from alliance.home import build_demonstration
from alliance.people.accounts import create_account, person_of
from alliance.people.demonstration import (
    NOT_SIGNED_IN,
    PARTS,
    add_people,
    everyone_of,
    people_of,
)
from alliance.settings import Settings, load_settings
from alliance.store import Store, open_store
from alliance.store.accounts import list_accounts
from ingest.errors import AllianceError
from tests.alliance.drawn import text_of
from tests.alliance.people.homes import Browser, Home, home_of
from tests.demonstration import FENSHIRE, NAMED_ALLIANCE

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def demo_home(demonstration: Path) -> Home:
    return home_of(demonstration)


@pytest.fixture
def browser(demo_home: Home) -> Browser:
    return demo_home.browser()


def who(browser: Browser) -> str:
    """Who the header says one is."""
    (summary,) = [part for part in browser.header() if part["type"] == "Summary"]
    return text_of(summary).removesuffix("Change").strip()


def test_one_is_a_director_of_the_demonstrations_own_authority_at_once(browser: Browser) -> None:
    assert who(browser) == "You are Morgan Ashby, director, Fenshire"


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("director", "You are Morgan Ashby, director, Fenshire"),
        ("analyst", "You are Priya Nair, analyst, Fenshire"),
        ("manager", "You are Tom Hale, alliance manager"),
        ("administrator", "You are Sam Oduya, administrator"),
        ("neighbour", "You are Jo Lister, director, Broadshire"),
        ("observer", "You are Robin Vane, observer"),
        ("nobody", "You are not signed in"),
    ],
)
def test_one_may_be_each_of_the_others(browser: Browser, part: str, expected: str) -> None:
    assert browser.post("/demonstration/part", part=part).status_code == 303
    assert who(browser) == expected
    browser.post("/demonstration/part", part="director")
    assert who(browser) == "You are Morgan Ashby, director, Fenshire"


def test_the_switch_marks_who_one_is(browser: Browser) -> None:
    browser.post("/demonstration/part", part="manager")
    buttons = [part["props"] for part in browser.header() if part["type"] == "Button"]
    assert [b["value"] for b in buttons] == [*(part.key for part in PARTS), NOT_SIGNED_IN]
    assert [b["value"] for b in buttons if b.get("aria-current") == "true"] == ["manager"]


@pytest.mark.parametrize("part", ["", "root", "DIRECTOR", "m.ashby"])
def test_nobody_else_can_be_chosen(browser: Browser, part: str) -> None:
    assert browser.post("/demonstration/part", part=part).status_code == 404
    assert who(browser) == "You are Morgan Ashby, director, Fenshire"


def test_nobody_signs_in_to_the_demonstration_with_a_password(browser: Browser) -> None:
    assert "Nobody signs in to the demonstration" in browser.get("/sign-in").text
    answer = browser.sign_in("m.ashby", "three words together")
    assert answer.status_code == 200
    assert who(browser) == "You are Morgan Ashby, director, Fenshire"


def test_a_demonstration_over_a_database_that_others_may_share_has_no_switch(
    demonstration: Path,
) -> None:
    served = home_of_shared(demonstration)
    assert served.post("/demonstration/part", part="administrator").status_code == 404
    assert served.person() == "nobody"
    assert not [part for part in served.header() if part["type"] == "Details"]


def home_of_shared(folder: Path) -> Browser:
    """A browser of that home, served with a database that nobody reaches."""
    from alliance.server import create_app

    class Shared:
        app = create_app(Settings(folder, database_url="postgresql://x@127.0.0.1:1/x"))

    return Browser(Shared, {})  # type: ignore[arg-type]


def test_each_part_has_one_role_and_the_neighbour_is_of_the_same_alliance(
    demonstration: Path,
) -> None:
    people = people_of(load_settings(demonstration, {}))
    assert people[NOT_SIGNED_IN] == ANONYMOUS
    assert people["director"].authority_code == people["analyst"].authority_code == FENSHIRE
    assert people["neighbour"].authority_code == "625"
    assert people["neighbour"].alliance == people["director"].alliance == NAMED_ALLIANCE
    assert people["administrator"].alliance is None
    assert [p.roles for p in people.values()] == [
        {Role.DIRECTOR}, {Role.ANALYST}, {Role.MANAGER}, {Role.ADMINISTRATOR}, {Role.DIRECTOR},
        {Role.OBSERVER}, frozenset(),
    ]  # fmt: skip


def test_settings_without_a_named_alliance_still_have_a_director(tmp_path: Path) -> None:
    people = people_of(Settings(tmp_path))
    assert people["director"].authority_code == FENSHIRE
    assert people["director"].alliance is None
    assert people["neighbour"].authority_code is None


def test_the_demonstrations_people_have_accounts_that_nobody_can_sign_in_to(
    demonstration: Path,
) -> None:
    settings = load_settings(demonstration, {})
    store = open_store(settings)
    with store.read() as session:
        accounts = {account.username: account for account in list_accounts(session)}
    store.close()
    expected = {person.username: person for person in everyone_of(settings)}
    assert {name: person_of(account) for name, account in accounts.items()} == expected
    assert {account.password_hash for account in accounts.values()} == {""}


def test_adding_the_people_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    for _ in range(2):
        add_people(store, Settings(tmp_path), now=NOW, actor="x")
    assert len(store.events("account")) == len(PARTS)


def test_a_home_with_accounts_of_real_people_never_becomes_a_demonstration(tmp_path: Path) -> None:
    store = open_store(Settings(tmp_path))
    create_account(
        store, username="real.person", display_name="Real", password=None, authority_code=None,
        alliance=None, roles=[Role.MEMBER], now=NOW, actor="root",
    )  # fmt: skip
    store.close()
    with pytest.raises(AllianceError, match=r"accounts of real people \(real\.person\)"):
        build_demonstration(tmp_path, actor="x", progress=lambda _: None)
    assert not (tmp_path / "releases").exists() or not list((tmp_path / "releases").iterdir())


def test_a_home_whose_demonstration_is_older_gets_its_people(
    demonstration: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(demonstration, tmp_path / "home"))
    for path in home.glob("alliance.sqlite*"):
        path.unlink()
    browser = home_of(home).browser()
    assert who(browser) == "You are Morgan Ashby, director, Fenshire"
