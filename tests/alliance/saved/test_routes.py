"""The forms of sets and views and the pages that show them: who may, what is said and kept."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.test import TestResponse

from alliance.access import Role
from alliance.saved.records import SET, VIEW
from alliance.store.accounts import change_account, find_account
from tests.alliance.drawn import Drawn, draw_for, text_of, walk
from tests.alliance.people.homes import Browser, Home, home_of
from tests.conftest import Small

TRIAD = "Test triad"


@pytest.fixture
def home(small: Small) -> Iterator[Home]:
    """A home with two members of an alliance and an outsider (both databases: `test_records`)."""
    (small.store.home / "settings.toml").write_text(
        f'authority = "701"\n[alliances]\n"{TRIAD}" = ["701", "702", "711"]\n', encoding="utf-8"
    )
    made = home_of(small.store.home)
    made.add("ana", alliance=TRIAD, display_name="Ana Ashby", authority_code="701")
    made.add("ben", Role.DIRECTOR, alliance=TRIAD, display_name="Ben Birch")
    made.add("far", alliance="T12000002")
    yield made
    made.store.close()
    made.app.server.extensions["alliance_store"].store().close()


def signed_in(home: Home, username: str) -> Browser:
    browser = home.browser()
    assert browser.sign_in(username).status_code == 303
    browser.get("/")
    return browser


def page(browser: Browser, path: str, query: str = "") -> Drawn:
    return draw_for(browser.client, path, query, token=browser.token())


def keep_set(browser: Browser, **more: str) -> TestResponse:
    values = {"name": "Coast", "codes": "702,711", "shared": "yes", "next": "/neighbours/701"}
    return browser.post("/saved/sets", **(values | more))


def notes(drawn: Drawn) -> list[str]:
    return [text_of(part) for part in drawn.find(css="saved-note")]


def options(browser: Browser) -> dict[str, str]:
    """The comparator sets that the indicator page offers: label by key."""
    drawn = page(browser, "/indicator/need_rate")
    groups = drawn.ids["indicator-scope"]["props"]["data"]
    return {item["value"]: item["label"] for group in groups for item in group["items"]}


def test_a_set_is_kept_offered_where_figures_are_compared_and_compared_with(home: Home) -> None:
    ana = signed_in(home, "ana")
    answer = keep_set(ana)
    assert (answer.status_code, answer.location) == (303, "/neighbours/701")
    drawn = page(ana, "/neighbours/701")
    assert notes(drawn) == ["The set “Coast” is saved."]
    assert notes(page(ana, "/neighbours/701")) == []
    assert "Coast" in drawn.headings
    assert options(ana)["set-1"] == "Coast"
    csv = ana.get("/download/figures/need_rate.csv?us=701&scope=set-1&period=2025")
    codes = [line.split(",")[0] for line in csv.text.splitlines() if line[:1].isdigit()]
    assert codes == ["701", "702", "711"]
    shown = page(ana, "/indicator/need_rate", "?us=701&scope=set-1")
    assert "the set “Coast”" in " ".join(shown.headings)


def test_a_shared_set_is_the_alliances_and_a_private_one_only_its_owners(home: Home) -> None:
    ana, ben, far = (signed_in(home, name) for name in ("ana", "ben", "far"))
    keep_set(ana)
    keep_set(ana, name="Private", shared="")
    assert {"set-1", "set-2"} <= options(ana).keys()
    assert {key for key in options(ben) if key.startswith("set-")} == {"set-1"}
    assert {key for key in options(far) if key.startswith("set-")} == set()
    nobody = home.browser()
    for browser, number in ((ben, 2), (far, 1), (far, 2), (nobody, 1), (nobody, 2)):
        guessed = page(browser, "/indicator/need_rate", f"?us=701&scope=set-{number}")
        missing = page(browser, "/indicator/need_rate", "?us=701&scope=set-99")
        assert [text_of(a) for a in guessed.find("Alert")] == [
            text_of(a) for a in missing.find("Alert")
        ]
        assert guessed.headings == missing.headings
        query = f"?us=701&period=2025&scope=set-{number}"
        assert browser.get(f"/download/figures/need_rate.csv{query}").status_code == 404
        texts = " ".join(page(browser, "/neighbours/701", f"?set={number}").texts)
        assert ("Coast" if number == 1 else "Private") not in texts
    theirs = page(ben, "/neighbours/701")
    assert "Shared by Ana Ashby." in theirs.texts
    assert not [p for p in theirs.find("Form") if "/saved/sets/1" in p["props"]["action"]]


def move(home: Home, username: str, alliance: str) -> None:
    """An administrator puts somebody into another alliance."""
    with home.store.write(now=home.clock[0], actor="root") as unit:
        account = find_account(unit.session, username)
        assert account is not None
        change_account(unit, account, action="moved", alliance=alliance)


@pytest.mark.parametrize("kind", ["sets", "views"])
def test_what_one_shared_stays_behind_when_one_moves_to_another_alliance(
    home: Home, kind: str
) -> None:
    ana, ben, far = (signed_in(home, name) for name in ("ana", "ben", "far"))
    where = "/neighbours/701" if kind == "sets" else "/views"
    content = {"codes": "702,711"} if kind == "sets" else {"address": "/help"}
    ana.post(f"/saved/{kind}", name="Coast", shared="yes", next=where, **content)
    page(ana, where)
    move(home, "ana", "T12000002")
    ana = signed_in(home, "ana")
    assert "Coast" not in " ".join(page(far, where).texts)
    theirs = " ".join(page(ben, where).texts)
    assert "Coast" in theirs
    assert "Shared by Ana Ashby, who has since left the alliance." in theirs
    drawn = page(ana, where)
    assert f"Yours, shared with your former alliance, {TRIAD}:" in " ".join(drawn.texts)
    ana.post(f"/saved/{kind}/1", version="1", name="New words", shared="yes", next=where)
    (refused,) = notes(page(ana, where))
    assert "an alliance that you have left" in refused
    assert "New words" in refused
    assert "Coast" in " ".join(page(ben, where).texts)
    (stop,) = [f for f in drawn.find("Form") if f["props"]["action"] == f"/saved/{kind}/1"]
    hidden = {f["props"]["name"]: f["props"]["value"] for f in walk(stop) if f["type"] == "Input"}
    ana.post(stop["props"]["action"], **{k: v for k, v in hidden.items() if k != "csrf_token"})
    assert "Coast" not in " ".join(page(ben, where).texts)
    ana.post(f"/saved/{kind}/1", version="2", name="Coast", shared="yes", next=where)
    assert "Shared by Ana Ashby." in " ".join(page(far, where).texts)
    assert "Coast" not in " ".join(page(ben, where).texts)


def test_a_deleted_set_is_gone_for_all_until_its_owner_undoes_it(home: Home) -> None:
    ana, ben = signed_in(home, "ana"), signed_in(home, "ben")
    keep_set(ana)
    assert ben.post("/saved/sets/1/delete", version="1", next="/views").status_code == 303
    assert "save one of your own" in notes(page(ben, "/views"))[0]
    ana.post("/saved/sets/1/delete", version="1", next="/neighbours/701")
    drawn = page(ana, "/neighbours/701")
    (undo,) = [part for part in drawn.find("Form") if "restore" in part["props"]["action"]]
    assert "set-1" not in options(ana).keys() | options(ben).keys()
    ana.post(undo["props"]["action"], next="/neighbours/701")
    assert notes(page(ana, "/neighbours/701")) == ["The set “Coast” is there again."]
    assert "set-1" in options(ben)


def test_a_set_is_changed_with_what_it_holds_before_ones_eyes(home: Home) -> None:
    ana = signed_in(home, "ana")
    keep_set(ana, shared="")
    drawn = page(ana, "/neighbours/701", "?set=1")
    assert drawn.ids["neighbours-codes"]["props"]["value"] == ["702", "711"]
    assert "Change the set “Coast”" in drawn.headings
    ana.post("/saved/sets/1", version="1", name="Coast", codes="702 703", shared="yes", next="/")
    assert notes(page(ana, "/")) == ["The set “Coast” is changed."]
    ana.post("/saved/sets/1", version="1", name="Coastline", codes="704", shared="", next="/")
    (refused,) = notes(page(ana, "/"))
    assert "Somebody else changed this" in refused
    assert "Coastline" in refused
    with home.store.read() as session:
        row = session.get_one(SET.row, 1)
        assert (row.codes, row.shared, row.version) == (["702", "703"], True, 2)


NOT_KEPT: tuple[tuple[dict[str, str], str], ...] = (
    ({"name": " "}, "Give it a name"),
    ({"codes": ""}, "Choose one authority or more"),
    ({"codes": "702,999"}, "There is no authority 999"),
    ({"name": "n" * 81}, "at most 80"),
)


def test_what_cannot_be_kept_is_said_with_what_was_typed(home: Home) -> None:
    ana = signed_in(home, "ana")
    for values, reason in NOT_KEPT:
        keep_set(ana, **values)
        (note,) = notes(page(ana, "/neighbours/701"))
        assert reason in note
        assert (values.get("name") or "Coast").strip() in note
    assert home.store.events(SET.id) == []


def test_a_view_is_kept_and_opens_the_same_page_again(home: Home) -> None:
    ana, ben = signed_in(home, "ana"), signed_in(home, "ben")
    address = "/indicator/need_rate?us=701&scope=england&ranked=table#indicator-trend-title"
    answer = ana.post("/saved/views", name="Care", address=address, shared="yes")
    assert answer.location == "/"
    for browser, section in ((ana, "views-own"), (ben, "views-shared")):
        drawn = page(browser, "/views")
        (link,) = [
            part for part in walk(drawn.ids[section]["props"]["children"])
            if part["type"] == "Link"
        ]  # fmt: skip
        assert (text_of(link), link["props"]["href"]) == ("Care", address)
        assert drawn.faults() == []
    ana.post("/saved/views/1", version="1", name="Children in care", shared="", next="/views")
    assert "Children in care" in page(ana, "/views").texts
    assert "Children in care" not in page(ben, "/views").texts


def test_only_pages_of_the_product_are_kept_as_views(home: Home) -> None:
    ana = signed_in(home, "ana")
    for address in ("https://elsewhere.example/", "//elsewhere.example", "/sign-out", "about:x"):
        ana.post("/saved/views", name="Odd", address=address, next="/views")
        assert "Only a page of this product" in notes(page(ana, "/views"))[0]
    assert home.store.events(VIEW.id) == []


def test_without_a_script_the_view_is_the_page_that_the_form_was_on(home: Home) -> None:
    ana = signed_in(home, "ana")
    here = "/indicator/need_rate?us=702"
    sent = {"name": "Care", "address": "", "csrf_token": ana.token()}
    answer = ana.client.post(
        "/saved/views", data=sent, headers={"Referer": f"http://localhost{here}"}
    )
    assert answer.location == here
    with home.store.read() as session:
        assert session.get_one(VIEW.row, 1).address == here


def test_who_is_not_signed_in_is_told_what_to_do_and_nothing_is_kept(home: Home) -> None:
    nobody = home.browser()
    answer = keep_set(nobody)
    assert answer.status_code == 403
    assert "sign in first" in answer.text
    for path, bars in (("/views", 0), ("/neighbours/701", 1)):
        drawn = page(nobody, path)
        assert "Sign in" in drawn.texts, path
        assert drawn.faults() == [], path
        found = list(drawn.find(css="view-bar"))
        assert len(found) == bars, path
        assert not [part for bar in found for part in walk(bar) if part["type"] == "Form"]
    assert home.store.events(SET.id) == []


def test_no_form_is_taken_without_the_pages_own_token_or_the_version_it_shows(home: Home) -> None:
    ana = signed_in(home, "ana")
    keep_set(ana)
    for path in ("/saved/sets", "/saved/sets/1", "/saved/sets/1/delete", "/saved/views"):
        sent = {"name": "Other", "codes": "702", "version": "1"}
        assert ana.post(path, "guessed", **sent).status_code == 400
    for version in ("", "x", "-1", "9" * 20):
        assert ana.post("/saved/sets/1", version=version, name="Other").status_code == 400
    assert len(home.store.events(SET.id)) == 1


def test_measures_and_weights_that_are_chosen_become_an_address(home: Home) -> None:
    nobody = home.browser()
    answer = nobody.get(
        "/neighbours/701/weigh?weight.need_rate=2&weight.absence_pct=0&add=nothing&weight.odd=x"
    )
    parts = urlsplit(answer.location)
    assert (answer.status_code, parts.path, parts.fragment) == (
        303, "/neighbours/701", "neighbours-computed",
    )  # fmt: skip
    query = dict(parse_qsl(parts.query))
    assert (query["measures"], query["weights"]) == ("need_rate", "2")
    assert nobody.get("/neighbours/999/weigh").status_code == 404
