"""An observer sees what is shared with that one, and of everything else no more than anyone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from alliance.access import Role
from alliance.people.demonstration import people_of
from alliance.settings import load_settings
from tests.alliance.drawn import Drawn, draw_for
from tests.alliance.people.homes import Browser, Home, home_of
from tests.alliance.test_data_page import hold
from tests.conftest import Small

TRIAD = "Test triad"
SET, VIEW = "Ashby's own set", "Ashby's own view"
PAGES = (
    ("/", ""), ("/indicator", ""), ("/indicator/need_rate", "?us=701"), ("/authority/701", ""),
    ("/compare", ""), ("/inspections", ""), ("/returns", ""), ("/data", ""), ("/help", ""),
    ("/neighbours/701", ""), ("/views", ""),
)  # fmt: skip
SAMPLE = {
    "indicator_id": "need_rate", "name": "need_rate", "authority": "701", "code": "701",
    "form": "csv", "number": "1", "return_id": "quarterly", "submission_id": "1", "token": "x",
    "path": "x", "filename": "x",
}  # fmt: skip


@pytest.fixture
def home(small: Small) -> Iterator[Home]:
    """A home with an alliance, an observer in it, a set and a view that a member shares, and a
    release that waits for a decision."""
    (small.store.home / "settings.toml").write_text(
        f'authority = "701"\n[alliances]\n"{TRIAD}" = ["701", "702", "711"]\n', encoding="utf-8"
    )
    made = home_of(small.store.home)
    made.add("ana", Role.ANALYST, Role.MANAGER, alliance=TRIAD, authority_code="701")
    made.add("obi", Role.OBSERVER, alliance=TRIAD, display_name="Obi Vane")
    ana = signed_in(made, "ana")
    shared = {"shared": "yes", "next": "/views"}
    assert ana.post("/saved/sets", name=SET, codes="702,711", **shared).status_code == 303
    assert ana.post("/saved/views", name=VIEW, address="/compare", **shared).status_code == 303
    hold(small)
    yield made
    made.store.close()
    made.app.server.extensions["alliance_store"].store().close()


def signed_in(home: Home, username: str) -> Browser:
    browser = home.browser()
    assert browser.sign_in(username).status_code == 303
    browser.get("/")
    return browser


def page(browser: Browser, path: str, query: str) -> Drawn:
    return draw_for(browser.client, path, query, token=browser.token())


def seen(browser: Browser) -> set[str]:
    """Every text of every page."""
    return {text for path, query in PAGES for text in page(browser, path, query).texts}


def test_an_observer_signs_in_and_the_header_says_who_they_are(home: Home) -> None:
    assert signed_in(home, "obi").person() == "Obi Vane, observer"


def test_an_observer_sees_no_page_otherwise_than_who_is_not_signed_in_but_for_keeping_things(
    home: Home,
) -> None:
    ana, obi, nobody = (
        seen(signed_in(home, "ana")),
        seen(signed_in(home, "obi")),
        seen(home.browser()),
    )
    secret = ana - nobody
    assert {text for text in secret if SET in text}
    assert {text for text in secret if VIEW in text}
    waiting = {text for text in secret if "wait" in text.casefold()}
    assert waiting, "a release under review"
    assert not waiting & obi
    more = obi - nobody
    assert not [text for text in more if SET in text or VIEW in text]
    assert not [text for text in more if "the spring edition" in text or "ana" in text.split()]


def routes(home: Home, method: str) -> list[str]:
    """An address for every rule that takes that method."""
    found = []
    for rule in home.app.server.url_map.iter_rules():
        if method in (rule.methods or set()) and not rule.rule.startswith("/_dash"):
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: SAMPLE.get(m[1], "x"), rule.rule)
            found.append(path)
    return sorted(set(found))


def test_no_address_gives_an_observer_more_than_anyone(home: Home) -> None:
    obi, nobody = signed_in(home, "obi"), home.browser()
    paths = routes(home, "GET")
    assert len(paths) > 20
    for path in paths:
        answers = [browser.get(path) for browser in (obi, nobody)]
        for secret in (SET, VIEW, "the spring edition"):
            assert secret not in text_of(answers[0]), path
        if path.startswith(("/you", "/sign-in")):
            continue
        if answers[1].status_code == 200:
            assert answers[0].status_code == 200, path
        elif path not in ("/views",):
            assert answers[0].status_code >= 300, path


def text_of(answer: TestResponse) -> str:
    return answer.get_data().decode("utf-8", "replace")


def test_an_observer_changes_nothing_of_the_alliances(home: Home) -> None:
    before = [(e.subject_kind, e.action) for kind in ("release", "saved_set", "saved_view")
              for e in home.store.events(kind)]  # fmt: skip
    obi = signed_in(home, "obi")
    obi.post("/saved/sets/1", name="Mine now", version="1")
    obi.post("/saved/sets/1/delete", version="1")
    obi.post("/saved/views/1/delete", version="1")
    obi.post("/saved/sets", name="For all", codes="702", shared="yes", next="/views")
    for path in routes(home, "POST"):
        if path.startswith(("/sign", "/you", "/saved", "/_dash", "/forgotten", "/reset")):
            continue
        answer = obi.post(path, action="publish", reason="because")
        assert answer.status_code >= 400 or answer.status_code == 303, path
    after = [(e.subject_kind, e.action) for kind in ("release", "saved_set", "saved_view")
             for e in home.store.events(kind)]  # fmt: skip
    assert after == before


def test_the_small_home_is_no_demonstration(home: Home) -> None:
    """What is tested here is what real people meet."""
    assert home.browser().post("/demonstration/part", part="director").status_code == 404
    assert people_of(load_settings(home.settings.home, {}))
