"""Accounts are added and changed by rules, and every change leaves an event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from alliance.access import ANONYMOUS, PERMISSIONS, ReturnSubject, Role, decide
from alliance.people.accounts import (
    AccountError,
    check_alliance,
    check_authority,
    check_display_name,
    check_username,
    create_account,
    get_account,
    person_of,
    set_active,
    set_password,
)
from alliance.people.passwords import PasswordError, is_outdated
from alliance.people.sign_in import sign_in
from alliance.settings import Settings
from alliance.store import Store, StoreError
from alliance.store.accounts import Account, change_account, find_account, list_accounts
from ingest.authorities import Reference

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TRIAD = {"Eastern triad": ("873", "874", "926")}


def add(store: Store, username: str = "j.ashby", **more: object) -> Account:
    values: dict[str, object] = {
        "username": username, "display_name": "Jo Ashby", "password": "three words together",
        "authority_code": "873", "alliance": "Eastern triad", "roles": [Role.ANALYST],
        "now": NOW, "actor": "root",
    }  # fmt: skip
    return create_account(store, **(values | more))  # type: ignore[arg-type]


def test_an_account_is_kept_as_it_was_added(store: Store) -> None:
    add(store, "J.Ashby", roles=[Role.DIRECTOR, Role.ANALYST, Role.ANALYST])
    account = get_account(store, "J.ASHBY")
    assert (account.username, account.display_name) == ("j.ashby", "Jo Ashby")
    assert (account.authority_code, account.alliance) == ("873", "Eastern triad")
    assert account.roles == ("analyst", "director")
    assert account.active
    assert (account.created_at, account.created_by, account.version) == (NOW, "root", 1)
    assert account.password_hash.startswith("$argon2id$")


def test_a_username_is_unique_whatever_its_case(store: Store) -> None:
    add(store)
    with pytest.raises(StoreError, match=r"There is an account “j\.ashby” already"):
        add(store, "J.ASHBY", display_name="Another")
    with store.read() as session:
        assert [account.display_name for account in list_accounts(session)] == ["Jo Ashby"]
    assert len(store.events("account")) == 1


def test_the_database_itself_refuses_a_username_in_capitals(store: Store) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    add(store)
    with pytest.raises(IntegrityError), store.write(now=NOW, actor="x") as unit:
        unit.session.execute(text("UPDATE account SET username = 'J.Ashby'"))


@pytest.mark.parametrize(
    "username", ["", " ", "j ashby", "-j", "j.", "jö", "a" * 65, "x/y", "j\x00", "j\nk", "../x"]
)
def test_what_cannot_be_a_username_is_refused(username: str) -> None:
    with pytest.raises(AccountError, match="cannot be a username"):
        check_username(username)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00b", "a\u202eb"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(AccountError, match="display name"):
        check_display_name(name)
    assert check_display_name("  Zoë  O’Brien ") == "Zoë O’Brien"


def test_an_account_that_is_refused_leaves_nothing(store: Store) -> None:
    with pytest.raises(AccountError, match="needs a role"):
        add(store, roles=[])
    with pytest.raises(PasswordError):
        add(store, password="short")
    with store.read() as session:
        assert list_accounts(session) == []
    assert store.events("account") == []


def test_every_change_leaves_an_event_and_history_counts_the_version(store: Store) -> None:
    add(store)
    later = NOW + timedelta(days=1)
    assert set_active(store, "j.ashby", False, now=later, actor="root", reason="Left.")
    assert not set_active(store, "j.ashby", False, now=later, actor="root")
    assert set_active(store, "j.ashby", True, now=later, actor="root")
    set_password(store, "j.ashby", "another three words", now=later, actor="root")
    events = store.events("account", "j.ashby")
    assert [event.action for event in events] == ["added", "disabled", "enabled", "password_set"]
    assert events[1].reason == "Left."
    assert events[1].details == {"active": {"before": True, "after": False}}
    assert len(events) == get_account(store, "j.ashby").version == 4


def test_no_event_tells_a_password_or_its_hash(store: Store) -> None:
    add(store)
    set_password(store, "j.ashby", "another three words", now=NOW, actor="root")
    told = repr(store.events("account"))
    assert "argon2" not in told
    assert "three words" not in told


def test_what_is_no_part_of_an_account_cannot_be_changed(store: Store) -> None:
    account = add(store)
    with pytest.raises(ValueError, match="username"), store.write(now=NOW, actor="x") as unit:
        change_account(unit, account, action="renamed", username="another")


def test_an_account_that_is_not_there_is_told(store: Store) -> None:
    with pytest.raises(AccountError, match="There is no account “nobody”"):
        set_active(store, "nobody", False, now=NOW, actor="root")


def test_a_password_kept_in_a_weaker_way_is_kept_anew_at_sign_in(store: Store) -> None:
    account = add(store)
    weaker = PasswordHasher(time_cost=1, memory_cost=1024).hash("three words together")
    with store.write(now=NOW, actor="root") as unit:
        change_account(unit, account, action="imported", password_hash=weaker)
    outcome = sign_in(
        store, username="j.ashby", password="three words together", address="a", now=NOW
    )
    assert outcome.token
    assert not is_outdated(get_account(store, "j.ashby").password_hash)
    assert sign_in(
        store, username="j.ashby", password="three words together", address="a", now=NOW
    ).token


def test_an_account_out_of_use_has_no_rights_but_anyones(store: Store) -> None:
    add(store, roles=list(Role))
    assert person_of(get_account(store, "j.ashby")).roles == frozenset(Role)
    set_active(store, "j.ashby", False, now=NOW, actor="root")
    person = person_of(get_account(store, "j.ashby"))
    assert person == ANONYMOUS
    ours = ReturnSubject("873", "Eastern triad")
    allowed = {key for key in PERMISSIONS if decide(person, key, ours).allowed}
    assert allowed == {"figures.read", "report.read"}


def test_a_role_of_a_later_version_gives_no_right(store: Store) -> None:
    account = add(store)
    with store.write(now=NOW, actor="root") as unit:
        change_account(unit, account, action="changed", roles=["archangel", "member"])
    with store.read() as session:
        assert person_of(find_account(session, "j.ashby")).roles == {Role.MEMBER}


def test_an_alliance_is_a_set_of_the_settings_or_a_region(
    reference: Reference, tmp_path: object
) -> None:
    from pathlib import Path

    settings = Settings(Path(str(tmp_path)), alliances=TRIAD)
    assert check_alliance(None, "873", settings, reference) is None
    assert check_alliance("Eastern triad", "873", settings, reference) == "Eastern triad"
    assert check_alliance("Eastern triad", None, settings, reference) == "Eastern triad"
    region = reference.authority_by_code["873"].region_code
    assert check_alliance(region, "873", settings, reference) == region
    name = reference.region_by_code[region].name
    assert check_alliance(name, "873", settings, reference) == region
    with pytest.raises(AccountError, match="There is no alliance “Nowhere”; known: Eastern triad"):
        check_alliance("Nowhere", None, settings, reference)
    with pytest.raises(AccountError, match="201 does not belong to the alliance “Eastern triad”"):
        check_alliance("Eastern triad", "201", settings, reference)
    with pytest.raises(AccountError, match="There is no authority 999"):
        check_authority("999", reference)
    assert check_authority("873", reference) == "873"
