"""What people say that they want to be told is theirs alone to say and to see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alliance.store.accounts import find_account
from alliance.store.mail_choices import MailChoice, find_choice
from tests.alliance.people.homes import Browser, Home, home_of
from tests.conftest import Small

PAGE = "/you/settings"


@pytest.fixture
def home(small: Small) -> Iterator[Home]:
    made = home_of(small.store.home)
    made.add(email="jo@council.example")
    made.add("p.nair", display_name="Priya Nair", email="priya@council.example")
    yield made
    made.store.close()
    made.app.server.extensions["alliance_store"].store().close()


def choice(home: Home, name: str = "j.ashby") -> MailChoice:
    with home.store.read() as session:
        account = find_account(session, name)
        assert account is not None
        return find_choice(session, account)


def signed_in(home: Home, name: str = "j.ashby") -> Browser:
    browser = home.browser()
    assert browser.sign_in(name).status_code == 303
    browser.get("/")
    return browser


def test_everything_is_told_until_somebody_says_otherwise(home: Home) -> None:
    browser = signed_in(home)
    assert browser.get(PAGE).text.count(" checked") == 2
    assert browser.post(PAGE, messages="yes").status_code == 200
    assert choice(home) == MailChoice(messages=True, digest=False)
    assert browser.get(PAGE).text.count(" checked") == 1
    assert browser.person() == "Jo Ashby, analyst", "one stays signed in"
    browser.post(PAGE)
    assert choice(home) == MailChoice(messages=False, digest=False)
    assert choice(home, "p.nair") == MailChoice()


def test_the_page_of_a_home_without_mail_says_so(home: Home) -> None:
    assert "No email is sent here" in signed_in(home).get(PAGE).text


def test_who_is_not_signed_in_is_led_to_sign_in(home: Home) -> None:
    answer = home.browser().get(PAGE)
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={PAGE}")
    assert home.browser().post(PAGE, messages="yes").status_code == 403
    assert home.store.events("account", "j.ashby")[-1].action == "added"


def test_no_page_shows_the_address_of_another(home: Home) -> None:
    browser = signed_in(home)
    for path in (PAGE, "/sign-in", "/forgotten"):
        assert "priya@council.example" not in browser.get(path).text
    browser.callback()
    assert "priya@" not in browser.callback().text
