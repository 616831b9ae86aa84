"""A forgotten password: a link, once, within the hour, and nobody learns who has an account."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text

from alliance.people.accounts import change, set_active
from alliance.people.passwords import verify_password
from alliance.people.reset import OVER, RESET, make_link, use_link
from alliance.people.sign_in import PAUSED
from alliance.settings import Settings
from alliance.store.accounts import find_account
from alliance.store.sign_ins import add_reset_link
from alliance.store.tables.sign_in import ResetLinkRow
from tests.alliance.mail.post_office import PostOffice, running, text_of
from tests.alliance.people.homes import NOW, PASSWORD, Browser, Home, home_of
from tests.conftest import Small

NEW = "another three words"


@pytest.fixture
def home(small: Small, store_settings: Settings) -> Iterator[Home]:
    """A home without mail, on either database."""
    made = home_of(small.store.home, ALLIANCE_DATABASE_URL=store_settings.database_url)
    made.add(email="jo@council.example")
    yield made
    made.store.close()
    made.app.server.extensions["alliance_store"].store().close()


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def mailing(small: Small, office: PostOffice) -> Iterator[Home]:
    """A home with a mail server."""
    with running(office) as port:
        (small.store.home / "settings.toml").write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
            'from = "alliance@council.example"\nbase_url = "https://alliance.example"\n',
            encoding="utf-8",
        )
        made = home_of(small.store.home)
        made.add(email="jo@council.example")
        yield made
        settle(made)
        made.store.close()
        made.app.server.extensions["alliance_store"].store().close()


def settle(home: Home) -> None:
    """Wait until everything that was asked for has been done."""
    home.app.server.extensions["alliance_letters"].submit(int).result(timeout=60)


def set_by(browser: Browser, link: str, password: str = NEW, again: str = "") -> int:
    answer = browser.post(link, password=password, again=again or password)
    return answer.status_code


def test_a_link_sets_the_password_once_and_ends_every_session(home: Home) -> None:
    elsewhere = home.browser()
    elsewhere.sign_in()
    link = make_link(home.store, "j.ashby", now=NOW, actor="root")
    other = make_link(home.store, "j.ashby", now=NOW, actor="root")
    browser = home.browser()
    assert browser.get(link).status_code == 200
    assert browser.get(link).status_code == 200, "looking does not use it"
    assert set_by(browser, link) == 200
    assert elsewhere.person() == "nobody"
    assert [set_by(browser, used, "yet another three words") for used in (link, other)] == [
        410,
        410,
    ]
    assert browser.sign_in(password=PASSWORD).status_code == 403
    assert browser.sign_in(password=NEW).status_code == 303
    events = home.store.events("account", "j.ashby")
    assert [(event.action, event.actor) for event in events] == [
        ("added", "root"), ("reset_link_made", "root"), ("reset_link_made", "root"),
        ("password_set_by_link", "j.ashby"),
    ]  # fmt: skip


def test_a_link_is_good_for_one_hour(home: Home) -> None:
    link = make_link(home.store, "j.ashby", now=NOW, actor="root")
    home.later(minutes=59)
    assert home.browser().get(link).status_code == 200
    home.later(minutes=1)
    browser = home.browser()
    assert OVER in browser.get(link).text
    assert set_by(browser, link) == 410
    assert browser.sign_in().status_code == 303, "the old password stands"


def test_a_link_ends_with_the_account_and_with_each_change_of_it(home: Home) -> None:
    browser = home.browser()
    link = make_link(home.store, "j.ashby", now=NOW, actor="root")
    change(home.store, "j.ashby", now=NOW, actor="root", display_name="Jo Birch")
    assert set_by(browser, link) == 410
    link = make_link(home.store, "j.ashby", now=NOW, actor="root")
    set_active(home.store, "j.ashby", False, now=NOW, actor="root")
    assert set_by(browser, link) == 410


def test_only_the_hash_of_a_link_is_kept(home: Home) -> None:
    link = make_link(home.store, "j.ashby", now=NOW, actor="root")
    token = link.removeprefix(f"{RESET}/")
    with home.store.read() as session:
        (row,) = session.scalars(select(ResetLinkRow))
        assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
        events = session.execute(text("SELECT * FROM event")).all()
    assert token not in repr(events)


def test_the_new_password_follows_the_same_rules_and_is_typed_twice(home: Home) -> None:
    browser = home.browser()
    link = make_link(home.store, "j.ashby", now=NOW, actor="root")
    answer = browser.post(link, password="short", again="short")
    assert answer.status_code == 403
    assert "12 characters or more" in answer.text
    assert set_by(browser, link, "j.ashby j.ashby") == 403
    answer = browser.post(link, password=NEW, again="another three word")
    assert answer.status_code == 403
    assert "are not the same" in answer.text
    assert set_by(browser, link) == 200


def test_two_who_use_a_link_at_once_set_one_password(home: Home) -> None:
    from concurrent.futures import ThreadPoolExecutor

    token = make_link(home.store, "j.ashby", now=NOW, actor="root").removeprefix(f"{RESET}/")

    def use(password: str) -> str:
        from alliance.people.reset import LinkError

        try:
            use_link(home.store, token, password, now=NOW)
        except LinkError:
            return ""
        return password

    with ThreadPoolExecutor(2) as pool:
        used = [one for one in pool.map(use, [NEW, "yet another three words"]) if one]
    assert len(used) == 1
    with home.store.read() as session:
        account = find_account(session, "j.ashby")
    assert account is not None
    assert verify_password(account.password_hash, used[0])


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "..", "' OR 1=1"])
def test_a_link_that_never_was_is_over(home: Home, token: str) -> None:
    assert home.browser().get(f"/reset/{token}").status_code in (404, 410)


def test_the_page_of_a_link_tells_its_address_to_nobody(home: Home) -> None:
    link = make_link(home.store, "j.ashby", now=NOW, actor="root")
    answer = home.browser().get(link)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "http" not in re.sub(r"<!DOCTYPE[^>]*>", "", answer.text), "nothing of another site"


def test_without_mail_the_page_says_whom_to_ask(home: Home) -> None:
    browser = home.browser()
    assert 'href="/forgotten"' in browser.get("/sign-in").text
    page = browser.get("/forgotten").text
    assert "Ask whoever runs Alliance for your area" in page
    assert "<form" not in page
    assert browser.post("/forgotten", name="j.ashby").status_code == 200
    assert [e.action for e in home.store.events("account", "j.ashby")] == ["added"]


# By mail ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["j.ashby", "J.Ashby ", "Jo@Council.example"])
def test_a_link_comes_by_mail_and_works(mailing: Home, office: PostOffice, typed: str) -> None:
    browser = mailing.browser()
    assert "Look at your email" in browser.post("/forgotten", name=typed).text
    settle(mailing)
    (letter,) = office.letters
    assert letter["To"] == "jo@council.example"
    assert letter["Subject"] == "Alliance: set a new password"
    found = re.search(r"https://alliance\.example(/reset/\S+)", text_of(letter))
    assert found
    assert set_by(browser, found[1]) == 200
    assert browser.sign_in(password=NEW).status_code == 303
    actions = [event.action for event in mailing.store.events("account", "j.ashby")]
    assert actions == ["added", "reset_link_made", "reset_link_sent", "password_set_by_link"]


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(
    mailing: Home, office: PostOffice
) -> None:
    mailing.add("no.address")
    mailing.add("gone", email="gone@council.example")
    set_active(mailing.store, "gone", False, now=NOW, actor="root")
    answers = set()
    for name in ("j.ashby", "no.address", "gone", "nobody.here", "", "x" * 500, "a\x00b"):
        answer = mailing.browser().post("/forgotten", name=name)
        token = re.compile(r'name="csrf_token" value="[^"]+"')
        answers.add((answer.status_code, token.sub("", answer.text)))
    assert len(answers) == 1
    settle(mailing)
    assert office.recipients == ["jo@council.example"]


def test_the_link_leads_where_settings_say_whatever_the_browser_claims(
    mailing: Home, office: PostOffice
) -> None:
    browser = mailing.browser()
    browser.client.post(
        "/forgotten", data={"name": "j.ashby", "csrf_token": browser.token()},
        headers={"Host": "localhost", "X-Forwarded-Host": "evil.example"},
    )  # fmt: skip
    settle(mailing)
    assert "evil.example" not in office.letters[0].as_string()
    assert "https://alliance.example/reset/" in text_of(office.letters[0])


def test_asking_is_slowed_down_and_keeps_nobody_from_signing_in(
    mailing: Home, office: PostOffice
) -> None:
    browser = mailing.browser()
    statuses = [browser.post("/forgotten", name="j.ashby").status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert PAUSED in browser.post("/forgotten", name="J.ASHBY").text
    assert browser.post("/forgotten", name="nobody").status_code == 200
    assert browser.sign_in().status_code == 303
    settle(mailing)
    assert len(office.letters) == 3, "and nobody gets more than three links in an hour"
    for number in range(3):
        mailing.browser(REMOTE_ADDR=f"10.0.0.{number}").post("/forgotten", name="j.ashby")
    settle(mailing)
    assert len(office.letters) == 3


def test_a_server_that_refuses_is_on_the_record_and_not_in_the_answer(
    mailing: Home, office: PostOffice
) -> None:
    office.at_rcpt = lambda _address: "550 No"
    assert mailing.browser().post("/forgotten", name="j.ashby").status_code == 200
    settle(mailing)
    event = mailing.store.events("account", "j.ashby")[-1]
    assert event.action == "reset_link_not_sent"
    assert event.reason == "The mail server answered 550: No"


def test_links_that_have_expired_are_forgotten(home: Home) -> None:
    make_link(home.store, "j.ashby", now=NOW, actor="root")
    home.later(hours=2)
    with home.store.write(now=home.clock[0], actor="root") as unit:
        account = find_account(unit.session, "j.ashby")
        assert account is not None
        from datetime import timedelta

        add_reset_link(unit, account, lasts=timedelta(hours=1))
    with home.store.read() as session:
        assert len(session.scalars(select(ResetLinkRow)).all()) == 1
