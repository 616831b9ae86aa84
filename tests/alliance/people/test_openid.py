"""Signing in with a council's own account, against a real provider: who is let in and who not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from alliance.people.accounts import set_active
from alliance.people.openid_settings import CLIENT_SECRET_VARIABLE
from alliance.settings import load_settings
from ingest.errors import AllianceError
from tests.alliance.people.homes import NOW, PASSWORD, Browser, Home
from tests.alliance.people.provider import CLIENT, SECRET, Idp, serving
from tests.conftest import Small

Open = Callable[..., Home]


@pytest.fixture(scope="module")
def running_idp() -> Iterator[Idp]:
    with serving(Idp()) as idp:
        yield idp


@pytest.fixture
def idp(running_idp: Idp) -> Idp:
    """The provider as it is when it does nothing wrong."""
    fresh = Idp(issuer=running_idp.issuer, key=running_idp.key)
    running_idp.__dict__.update(fresh.__dict__)
    return running_idp


@pytest.fixture
def open_home(small: Small, idp: Idp) -> Iterator[Open]:
    """Opens a home that takes that provider's word."""
    opened: list[Home] = []

    def open_home(more: str = "") -> Home:
        (small.store.home / "settings.toml").write_text(
            f'[openid]\nissuer = "{idp.issuer}"\nclient_id = "{CLIENT}"\n{more}', encoding="utf-8"
        )
        home = Home(load_settings(small.store.home, {CLIENT_SECRET_VARIABLE: SECRET}))
        home.add(email="jo@council.example")
        opened.append(home)
        return home

    yield open_home
    for home in opened:
        home.store.close()
        home.app.server.extensions["alliance_store"].store().close()


def leave(browser: Browser, **more: str) -> str:
    """Leave for the provider; where it sends the browser back to."""
    answer = browser.post("/sign-in/openid", **more)
    assert answer.status_code == 302, answer.text
    assert answer.location
    sent_back = requests.get(answer.location, allow_redirects=False, timeout=30)
    assert sent_back.status_code == 302, sent_back.text
    return sent_back.headers["Location"]


def come_back(browser: Browser, address: str) -> TestResponse:
    parts = urlsplit(address)
    assert parts.netloc == "localhost"
    return browser.get(f"{parts.path}?{parts.query}")


def sign_in(home: Home, **more: str) -> tuple[Browser, TestResponse]:
    browser = home.browser()
    return browser, come_back(browser, leave(browser, **more))


def refusals(home: Home) -> list[dict[str, Any]]:
    events = home.store.events("sign_in")
    return [dict(event.details) for event in events if event.action == "refused"]


def test_whom_the_council_knows_and_who_has_an_account_is_signed_in(
    open_home: Open, idp: Idp
) -> None:
    home = open_home()
    browser, answer = sign_in(home, next="/help?us=901")
    assert (answer.status_code, answer.location) == (303, "/help?us=901")
    assert browser.person() == "Jo Ashby, analyst"
    (event,) = home.store.events("sign_in", "j.ashby")
    assert event.action == "signed_in"
    assert event.details["by"] == "openid"
    assert idp.challenges == ["S256"], "the code was bound to this browser"


@pytest.mark.parametrize(
    ("more", "user", "status"),
    [
        ("", {"preferred_username": "Jo@Council.Example"}, 303),
        ('claim = "email"\n', {"email": "jo@council.example"}, 303),
        ('claim = "email"\n', {"email": "jo@council.example", "email_verified": False}, 403),
        ('claim = "email"\n', {"preferred_username": "j.ashby"}, 403),
    ],
)
def test_an_email_address_that_is_not_disproved_names_the_account(
    open_home: Open, idp: Idp, more: str, user: dict[str, Any], status: int
) -> None:
    idp.user = {"sub": "1", **user}
    assert sign_in(open_home(more))[1].status_code == status


@pytest.mark.parametrize(
    "user",
    [
        {"sub": "1", "preferred_username": "nobody.here"},
        {"sub": "1"},
        {"sub": "1", "preferred_username": ""},
        {"sub": "1", "preferred_username": ["j.ashby"]},
        {"sub": "1", "preferred_username": "j.ashby\x00"},
    ],
)
def test_who_has_no_account_gets_none(open_home: Open, idp: Idp, user: dict[str, Any]) -> None:
    idp.user = user
    home = open_home()
    browser, answer = sign_in(home)
    assert answer.status_code == 403
    assert "there is no account for you here" in answer.text
    assert browser.person() == "nobody"
    assert [one["why"] for one in refusals(home)] == ["no account"]
    assert len(home.store.events("account")) == 1


def test_an_account_out_of_use_stays_so(open_home: Open) -> None:
    home = open_home()
    set_active(home.store, "j.ashby", False, now=NOW, actor="root")
    browser, answer = sign_in(home)
    assert answer.status_code == 403
    assert browser.person() == "nobody"


SPOILT: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another nonce": lambda c: {**c, "nonce": "another"},
    "no nonce": lambda c: {key: value for key, value in c.items() if key != "nonce"},
    "expired": lambda c: {**c, "iat": int(time.time()) - 900, "exp": int(time.time()) - 600},
    "for another client": lambda c: {**c, "aud": ["somebody-else"]},
    "for another client, by us": lambda c: {**c, "aud": ["somebody-else"], "azp": CLIENT},
    "of another issuer": lambda c: {**c, "iss": "https://evil.example"},
    "not yet": lambda c: {**c, "nbf": int(time.time()) + 3600},
    "no subject": lambda c: {key: value for key, value in c.items() if key != "sub"},
    "no end": lambda c: {key: value for key, value in c.items() if key != "exp"},
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_token_that_is_wrong_signs_nobody_in(
    open_home: Open, idp: Idp, spoil: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    idp.spoil = spoil
    refuse(open_home())


def refuse(home: Home, words: str = "could not be confirmed") -> None:
    browser, answer = sign_in(home)
    assert answer.status_code == 403
    assert words in answer.text
    assert browser.person() == "nobody"
    (refusal,) = refusals(home)
    assert refusal["by"] == "openid"
    assert refusal["why"]


def test_a_token_that_somebody_else_signed_signs_nobody_in(open_home: Open, idp: Idp) -> None:
    idp.sign_with = RSAKey.generate_key(2048, {"kid": "one"})
    refuse(open_home())


def test_who_is_refused_there_is_told_so(open_home: Open, idp: Idp) -> None:
    idp.denies = True
    refuse(open_home(), "You were not signed in at your council.")


def test_an_answer_counts_once(open_home: Open) -> None:
    home = open_home()
    browser = home.browser()
    address = leave(browser)
    assert come_back(browser, address).status_code == 303
    browser.post("/sign-out")
    again = come_back(browser, address)
    assert again.status_code == 403
    assert "was begun elsewhere, took too long or was used already" in again.text
    assert browser.person() == "nobody"
    assert refusals(home)[0]["why"].startswith("MismatchingStateError")


def test_an_answer_meant_for_another_browser_is_refused(open_home: Open) -> None:
    home = open_home()
    address = leave(home.browser())
    other = home.browser()
    assert come_back(other, address).status_code == 403
    assert other.person() == "nobody"


def test_an_answer_with_the_state_of_this_browser_and_the_code_of_another_is_refused(
    open_home: Open,
) -> None:
    home = open_home()
    mine, theirs = home.browser(), home.browser()
    state = parse_qs(urlsplit(leave(mine)).query)["state"][0]
    code = parse_qs(urlsplit(leave(theirs)).query)["code"][0]
    answer = mine.get(f"/sign-in/openid/answer?state={state}&code={code}")
    assert answer.status_code == 403
    assert mine.person() == "nobody"


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?error=server_error&state=x"])
def test_an_answer_to_nothing_is_refused(open_home: Open, query: str) -> None:
    home = open_home()
    answer = home.browser().get(f"/sign-in/openid/answer{query}")
    assert answer.status_code == 403
    assert len(refusals(home)) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda m: {**m, "issuer": "https://login.example/other"},
        lambda m: {**m, "token_endpoint": "http://elsewhere.example/token"},
        lambda m: {key: value for key, value in m.items() if key != "jwks_uri"},
    ],
    ids=["another issuer", "a line that others read", "no keys"],
)
def test_a_provider_that_is_not_what_settings_say_is_not_asked(
    open_home: Open, idp: Idp, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    idp.metadata = change
    home = open_home()
    answer = home.browser().post("/sign-in/openid")
    assert answer.status_code == 403
    assert len(refusals(home)) == 1


def test_a_provider_that_does_not_answer_is_told_in_words(open_home: Open, idp: Idp) -> None:
    issuer, idp.issuer = idp.issuer, "http://127.0.0.1:1"
    home = open_home()
    idp.issuer = issuer
    answer = home.browser().post("/sign-in/openid")
    assert answer.status_code == 403
    assert "does not answer at the moment" in answer.text


def test_passwords_may_be_switched_off(open_home: Open) -> None:
    home = open_home("passwords = false\n")
    browser = home.browser()
    page = browser.get("/sign-in").text
    assert 'name="password"' not in page
    assert "Sign in with your council account" in page
    assert browser.sign_in(password=PASSWORD).status_code == 200
    assert browser.person() == "nobody"
    assert browser.get("/forgotten").status_code == 200
    assert "Forgotten" not in browser.get("/forgotten").text
    assert sign_in(home)[1].status_code == 303


def test_both_ways_stand_beside_each_other(open_home: Open) -> None:
    browser = open_home('label = "Sign in with Fenshire"\n').browser()
    page = browser.get("/sign-in").text
    assert "Sign in with Fenshire" in page
    assert 'name="password"' in page
    assert browser.sign_in().status_code == 303


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            'issuer = "http://login.example"\nclient_id = "x"',
            "issuer must be an address that begins",
        ),
        ('issuer = "https://u@login.example"\nclient_id = "x"', "issuer must be an address"),
        ('client_id = "x"', "issuer is missing"),
        ('issuer = "https://login.example"', "client_id is missing"),
        (
            'issuer = "https://login.microsoftonline.com/common/v2.0"\nclient_id = "x"',
            "issuer must be that of your own tenant",
        ),
        ('issuer = "https://a.example"\nclient_id = "x"\nsecret = "s"', "has unknown secret"),
        ('issuer = "https://a.example"\nclient_id = "x"\npasswords = 1', "must be true or false"),
    ],
)
def test_a_fault_in_the_section_is_named(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "settings.toml").write_text(f"[openid]\n{text}\n", encoding="utf-8")
    with pytest.raises(AllianceError, match=fault):
        load_settings(tmp_path, {CLIENT_SECRET_VARIABLE: SECRET})


def test_the_secret_comes_from_the_environment_and_is_never_shown(tmp_path: Path) -> None:
    text = '[openid]\nissuer = "https://a.example/"\nclient_id = "x"\n'
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(AllianceError, match=CLIENT_SECRET_VARIABLE):
        load_settings(tmp_path, {})
    settings = load_settings(tmp_path, {CLIENT_SECRET_VARIABLE: SECRET})
    assert settings.openid is not None
    assert settings.openid.client_secret == SECRET
    assert settings.openid.issuer == "https://a.example"
    assert SECRET not in repr(settings)
