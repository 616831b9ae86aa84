"""Signing in, out and being somebody, as a browser meets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.access import ANONYMOUS, NotAllowedError, Role
from alliance.people.accounts import set_active, set_password
from alliance.people.current import current_person
from alliance.people.routes import same_site_path
from alliance.people.sign_in import PAUSED, WRONG, is_paused, sign_in
from alliance.settings import Settings
from alliance.store import Store
from alliance.store.sign_ins import Attempt
from tests.alliance.people.homes import NOW, PASSWORD, Browser, Home, home_of
from tests.conftest import Small

CODE = "901"


@pytest.fixture
def home(small: Small, store_settings: Settings) -> Iterator[Home]:
    """A home with real figures and one account; what is written lies in either database."""
    environment = {"ALLIANCE_DATABASE_URL": store_settings.database_url}
    made = home_of(small.store.home, **environment)
    made.add()
    yield made
    made.store.close()
    made.app.server.extensions["alliance_store"].store().close()


@pytest.fixture
def browser(home: Home) -> Browser:
    return home.browser()


def test_published_figures_are_read_without_signing_in(browser: Browser) -> None:
    assert browser.opened.status_code == 200
    assert browser.callback().status_code == 200
    assert browser.person() == "nobody"


def test_who_signs_in_is_somebody_until_they_sign_out(home: Home, browser: Browser) -> None:
    answer = browser.sign_in()
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.person() == "Jo Ashby, analyst"
    assert browser.post("/sign-out").status_code == 303
    assert browser.person() == "nobody"
    events = home.store.events("sign_in", "j.ashby")
    assert [event.action for event in events] == ["signed_in", "signed_out"]
    assert {event.at for event in events} == {NOW}


def test_the_username_may_be_typed_in_any_case(browser: Browser) -> None:
    assert browser.sign_in(" J.Ashby ").status_code == 303


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("j.ashby", "another password"),
        ("j.ashby", ""),
        ("nobody.here", PASSWORD),
        ("", ""),
        ("j.ashby\x00", "x"),
        ("x" * 10_000, "y" * 10_000),
        ("' OR 1=1 --", PASSWORD),
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(
    browser: Browser, username: str, password: str
) -> None:
    answer = browser.sign_in(username, password)
    assert answer.status_code == 403
    assert WRONG in answer.text
    assert "<title>Error: Sign in – Alliance</title>" in answer.text
    assert len(password) < 5 or password not in answer.text
    assert browser.person() == "nobody"


def test_a_wrong_username_is_shown_again_as_text(browser: Browser) -> None:
    answer = browser.sign_in('"><script>alert(1)</script>')
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_an_account_out_of_use_cannot_sign_in_and_its_sessions_end(
    home: Home, browser: Browser
) -> None:
    browser.sign_in()
    set_active(home.store, "j.ashby", False, now=NOW, actor="root")
    assert browser.person() == "nobody"
    refused = home.browser().sign_in()
    assert (refused.status_code, WRONG in refused.text) == (403, True)
    set_active(home.store, "j.ashby", True, now=NOW, actor="root")
    assert browser.person() == "nobody", "the old session does not come back"
    assert browser.sign_in().status_code == 303


def test_a_new_password_ends_every_session(home: Home, browser: Browser) -> None:
    browser.sign_in()
    set_password(home.store, "j.ashby", "another three words", now=NOW, actor="root")
    assert browser.person() == "nobody"
    assert browser.sign_in().status_code == 403
    assert browser.sign_in(password="another three words").status_code == 303


def test_a_session_ends_after_twelve_hours_whatever_is_done(home: Home, browser: Browser) -> None:
    browser.sign_in()
    for _ in range(11):
        home.later(hours=1)
        assert browser.person() != "nobody"
    home.later(minutes=59)
    assert browser.person() != "nobody"
    home.later(minutes=1)
    assert browser.person() == "nobody"


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(home: Home, browser: Browser) -> None:
    browser.sign_in()
    name = home.app.server.config["SESSION_COOKIE_NAME"]
    stolen = browser.client.get_cookie(name)
    assert stolen is not None
    thief = home.browser()
    thief.client.set_cookie(name, stolen.value)
    thief.get("/")
    assert thief.person() == "Jo Ashby, analyst"
    browser.post("/sign-out")
    assert thief.person() == "nobody"


def test_signing_in_begins_a_new_session_with_a_new_token(home: Home, browser: Browser) -> None:
    name = home.app.server.config["SESSION_COOKIE_NAME"]
    before = browser.client.get_cookie(name)
    token = browser.token()
    browser.sign_in()
    after = browser.client.get_cookie(name)
    assert before is not None
    assert after is not None
    assert after.value != before.value
    assert browser.callback(token).status_code == 400, "the token of the old session is refused"
    planted = home.browser()
    planted.client.set_cookie(name, before.value)
    planted.get("/")
    assert planted.person() == "nobody", "nor is the old session signed in"


def test_cookies_are_kept_from_scripts_other_sites_and_plain_http(home: Home) -> None:
    def cookies(**environment: str) -> dict[str, str]:
        browser = home.browser(**environment)
        answer = browser.client.post(
            "/sign-in",
            data={"username": "j.ashby", "password": PASSWORD, "csrf_token": browser.token()},
            environ_overrides=environment,
            headers={"Referer": "https://localhost/"},
        )
        assert answer.status_code == 303
        return {line.split("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}

    name = home.app.server.config["SESSION_COOKIE_NAME"]
    plain, secure = cookies()[name], cookies(**{"wsgi.url_scheme": "https"})[name]
    for cookie in (plain, secure):
        assert "; HttpOnly" in cookie
        assert "; SameSite=Lax" in cookie
        assert "; Expires=" not in cookie
        assert "; Max-Age=" not in cookie
    assert "; Secure" in secure
    assert "; Secure" not in plain


# Guessing ------------------------------------------------------------------------------------


def test_after_five_failures_the_sixth_must_wait_fifteen_minutes(
    home: Home, browser: Browser
) -> None:
    for _ in range(5):
        assert browser.sign_in(password="a guess").status_code == 403
        home.later(minutes=1)
    refused = browser.sign_in()
    assert refused.status_code == 429
    assert PAUSED in refused.text
    home.later(minutes=13)
    assert browser.sign_in().status_code == 429
    home.later(minutes=1)
    assert browser.sign_in().status_code == 303


def test_waiting_is_for_that_name_from_that_address_alone(home: Home, browser: Browser) -> None:
    home.add("p.nair")
    for _ in range(5):
        browser.sign_in("J.ASHBY", "a guess")
    assert browser.sign_in().status_code == 429
    assert browser.sign_in("p.nair").status_code == 303
    assert home.browser(REMOTE_ADDR="10.0.0.7").sign_in().status_code == 303


def test_a_success_clears_the_failures_before_it(home: Home, browser: Browser) -> None:
    for _ in range(3):
        for _ in range(4):
            assert browser.sign_in(password="a guess").status_code == 403
        assert browser.sign_in().status_code == 303
        browser.post("/sign-out")


def test_an_unknown_name_must_wait_as_well(browser: Browser) -> None:
    answers = [browser.sign_in("nobody.here", "a guess").status_code for _ in range(6)]
    assert answers == [403] * 5 + [429]


def test_old_attempts_are_forgotten(home: Home, browser: Browser) -> None:
    from sqlalchemy import func, select

    from alliance.store.tables.sign_in import AttemptRow

    for _ in range(3):
        browser.sign_in(password="a guess")
    home.later(hours=1)
    browser.sign_in()
    with home.store.read() as session:
        assert session.scalar(select(func.count()).select_from(AttemptRow)) == 1


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=6), st.integers(0, 60))
def test_the_pause_is_what_its_rule_says(passed: list[tuple[int, bool]], after: int) -> None:
    from datetime import timedelta

    moments, at = [], NOW
    for minutes, succeeded in passed:
        at += timedelta(minutes=minutes)
        moments.append(Attempt(at, succeeded))
    now = at + timedelta(minutes=after)
    last_five = moments[-5:]
    expected = (
        len(last_five) == 5
        and not any(attempt.succeeded for attempt in last_five)
        and sum(minutes for minutes, _ in passed[-4:]) <= 15
        and after < 15
    )
    assert is_paused(moments[::-1][:5], now) == expected


def test_an_unknown_name_costs_the_same_work_as_a_known_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from argon2 import PasswordHasher
    from sqlalchemy import event

    from alliance.people import passwords
    from alliance.people.accounts import create_account

    create_account(
        store, username="known", display_name="K", password=PASSWORD, authority_code=None,
        alliance=None, roles=[Role.MEMBER], now=NOW, actor="root",
    )  # fmt: skip
    verified: list[str] = []
    commits: list[int] = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, kept: str, password: str) -> bool:
        verified.append(kept.rsplit("$", 2)[0])
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    event.listen(store.engine, "commit", lambda _: commits.append(1))
    passwords.verify_password(None, "warms up")
    work = {}
    for name in ("known", "unknown"):
        verified.clear()
        commits.clear()
        outcome = sign_in(store, username=name, password="wrong", address="a", now=NOW)
        assert outcome.refusal == WRONG
        work[name] = (verified.copy(), len(commits))
    assert work["known"] == work["unknown"]
    assert len(work["known"][0]) == 1
    assert work["known"][0][0].startswith("$argon2id$")


# The token -----------------------------------------------------------------------------------


def test_a_callback_without_the_token_is_refused(browser: Browser) -> None:
    assert browser.callback("").status_code == 400
    assert browser.callback("x" + browser.token()[1:]).status_code == 400
    assert browser.callback().status_code == 200


def test_the_token_of_another_browser_is_refused(home: Home, browser: Browser) -> None:
    assert browser.callback(home.browser().token()).status_code == 400


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/demonstration/part"])
def test_a_form_without_the_token_changes_nothing(home: Home, browser: Browser, path: str) -> None:
    browser.sign_in()
    answer = browser.post(path, "", username="j.ashby", password=PASSWORD, part="analyst")
    assert answer.status_code == 400
    assert "Nothing was changed." in answer.text
    assert browser.person() == "Jo Ashby, analyst"
    assert [e.action for e in home.store.events("sign_in")] == ["signed_in"]


def test_everything_that_changes_state_wants_the_token(home: Home) -> None:
    server = home.app.server
    changing = {
        rule.rule: method
        for rule in server.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"})
    }
    assert {"/sign-in", "/sign-out", "/_dash-update-component"} <= set(changing)
    for rule, method in changing.items():
        path = re.sub(r"<[^>]+>", "x", re.sub(r"<int:\w+>", "1", rule))
        assert server.test_client().open(path, method=method).status_code == 400, path


def test_the_token_of_the_form_is_as_good_as_that_of_the_page(browser: Browser) -> None:
    answer = browser.post("/sign-in", browser.form_token(), username="j.ashby", password=PASSWORD)
    assert answer.status_code == 303


def test_a_page_goes_on_answering_however_long_it_stays_open(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    next_month = time.time() + 30 * 24 * 3600
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: next_month)
    assert browser.callback().status_code == 200


# Where one goes on to ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("/indicator/cla_rate?us=901&scope=england", "/indicator/cla_rate?us=901&scope=england"),
        ("/help#words", "/help#words"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/ /evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http:/evil.example", "/"),
        ("/sign-in", "/"),
        ("/sign-out", "/"),
        ("/_dash-update-component", "/"),
        ("///evil.example", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("help", "/"),
    ],
)
def test_one_goes_on_to_a_page_of_this_product(named: str, expected: str) -> None:
    assert same_site_path(named) == expected


def test_the_form_says_where_one_goes_on_to(browser: Browser) -> None:
    named = {"/help?us=901": "/help?us=901", "https://evil.example/": "/"}
    for target, expected in named.items():
        answer = browser.post("/sign-in", username="j.ashby", password=PASSWORD, next=target)
        assert (answer.status_code, answer.location) == (303, expected)
        browser.post("/sign-out")


@given(st.text() | st.from_regex(r"[/\\]{1,3}[a-z.:@\\/]*"))
def test_no_text_leads_to_another_site(text: str) -> None:
    path = same_site_path(text)
    assert path.startswith("/")
    assert not re.match(r"/[/\\]", path)
    assert urlsplit(f"https://ours.example{path}").netloc == "ours.example"
    assert path in {text, "/"}


def test_the_page_that_one_came_from_is_where_one_goes_on(browser: Browser) -> None:
    came = {"Referer": "http://localhost/indicator?q=care"}
    assert 'name="next" value="/indicator?q=care"' in browser.get("/sign-in", headers=came).text
    other = {"Referer": "https://evil.example/indicator"}
    assert 'name="next" value="/"' in browser.get("/sign-in", headers=other).text


# What is not a demonstration -----------------------------------------------------------------


def test_in_a_real_home_nobody_changes_who_they_are(browser: Browser) -> None:
    assert browser.post("/demonstration/part", part="administrator").status_code == 404
    assert browser.person() == "nobody"


def test_who_is_asking_is_known_to_everything_within_a_request(home: Home) -> None:
    with home.app.server.test_request_context("/"):
        assert current_person() == ANONYMOUS


def test_a_refusal_is_a_page_that_gives_the_reason(home: Home, browser: Browser) -> None:
    def refuse() -> None:
        raise NotAllowedError("Local returns are for members of their own alliance only.")

    home.app.server.view_functions["show_sign_in"] = refuse
    answer = browser.get("/sign-in")
    assert answer.status_code == 403
    assert "Local returns are for members of their own alliance only." in answer.text


def test_what_the_store_says_of_itself_is_not_shown(small: Small) -> None:
    address = "postgresql://alliance:hunter2@127.0.0.1:1/nowhere"
    served = home_of_broken(small.store.home, address)
    browser = Browser(served, {})  # type: ignore[arg-type]
    assert browser.callback().status_code == 200, "published figures need no store"
    answer = browser.sign_in()
    assert answer.status_code == 503
    assert "Published figures can still be read." in answer.text
    assert "127.0.0.1" not in answer.text


class home_of_broken:  # noqa: N801
    """A home whose store does not answer."""

    def __init__(self, folder: Path, address: str) -> None:
        from alliance.server import create_app

        self.app = create_app(Settings(folder, database_url=address))
