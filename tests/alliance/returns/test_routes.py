"""The plain pages and downloads of local returns, as a browser without a script meets them."""

from __future__ import annotations

import base64
import csv
import io
import re
import shutil
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from werkzeug.test import TestResponse

from alliance.returns.declared import open_returns
from alliance.returns.records import list_versions
from alliance.returns.routes import KEPT_BYTES
from alliance.service import DEMONSTRATION
from ingest.returns.container import MAX_UPLOAD
from tests.alliance.drawn import text_of, walk
from tests.alliance.people.homes import HELP, Browser, Home, home_of
from tests.alliance.returns.samples import ANALYST
from tests.demonstration import CITY, FENSHIRE, MEMBERS, NAMED_ALLIANCE

(RETURN,) = open_returns()
GIVE = f"/returns/give/{RETURN.id}"
TEMPLATE = f"/returns/template/{RETURN.id}.xlsx"
FIGURES = f"/returns/figures/{RETURN.id}.csv"
WITHDRAW = f"/returns/withdraw/{RETURN.id}"
PROVISIONAL = f"Provisional local return – for members of {NAMED_ALLIANCE} only"
NOTE = "Checked with the service manager."
INSIDE = ("director", "analyst", "neighbour", "manager")
OUTSIDE = ("administrator", "nobody")


@pytest.fixture
def home(demonstration: Path, tmp_path: Path) -> Home:
    """A home of one's own, on the day after the demonstration was built: its time is today's."""
    shutil.copytree(demonstration, tmp_path / "home")
    found = home_of(tmp_path / "home")
    found.clock[0] = datetime.now(UTC)
    return found


def browser_of(home: Home, part: str) -> Browser:
    browser = home.browser()
    assert browser.post("/demonstration/part", part=part).status_code == 303
    return browser


@pytest.fixture
def browser(home: Home) -> Browser:
    """The analyst of Fenshire."""
    return browser_of(home, "analyst")


def send(
    browser: Browser, data: bytes | None, name: str = "filled.xlsx", **fields: str
) -> TestResponse:
    """Send the form with a file."""
    values: dict[str, Any] = {"csrf_token": browser.token(), "seen": seen_in(browser), **fields}
    if data is not None:
        values["file"] = (io.BytesIO(data), name)
    return browser.client.post(GIVE, data=values, content_type="multipart/form-data")


def seen_in(browser: Browser) -> str:
    return field_of(browser.get(GIVE).text, "seen")


def field_of(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


def words(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def filled(browser: Browser, **cells: object) -> bytes:
    """The template, filled with the figures that the demonstration gave for the last quarter."""
    book = openpyxl.load_workbook(io.BytesIO(browser.get(TEMPLATE).data))
    sheet = book["Return"]
    columns = [str(cell.value) for cell in sheet[1]]
    given = dict(zip(columns, next(csv.reader(io.StringIO(last_file(browser)))), strict=True))
    for at, name in enumerate(columns[2:], start=3):
        value = cells.get(name, float(given[name]))
        sheet.cell(2, at).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def last_file(browser: Browser) -> str:
    """The row of the CSV file that the demonstration gave for Fenshire last."""
    with browser.home.store.read() as session:
        versions = list_versions(session, ANALYST, RETURN.id)
    own = max(
        (v for v in versions if v.authority_code == FENSHIRE and v.file_name.endswith(".csv")),
        key=lambda v: v.quarter,
    )
    return browser.get(f"/returns/original/{own.submission_id}").text.splitlines()[1]


def versions_of(home: Home, code: str = FENSHIRE) -> list[tuple[str, int, str]]:
    with home.store.read() as session:
        found = list_versions(session, ANALYST, RETURN.id)
    return [(v.quarter.label, v.version, v.state) for v in found if v.authority_code == code]


def test_the_template_names_the_authority_the_quarter_and_what_it_is(browser: Browser) -> None:
    answer = browser.get(TEMPLATE)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    first = " ".join(str(c) for (c,) in book["Read me"].iter_rows(max_col=1, values_only=True))
    assert DEMONSTRATION in first
    assert PROVISIONAL in first
    assert book["Return"]["A2"].value == FENSHIRE
    assert answer.data == browser.get(TEMPLATE).data


def test_a_filled_template_is_taken_and_shown_to_a_neighbour(home: Home, browser: Browser) -> None:
    before = versions_of(home)
    answer = send(browser, filled(browser, contacts=1234), note=NOTE)
    assert answer.status_code == 200, words(answer)
    assert "The return is stored" in words(answer)
    assert "version 2" in words(answer)
    assert len(versions_of(home)) == len(before) + 1
    assert NOTE in page_words(browser_of(home, "neighbour"))


def test_faults_are_answered_cell_by_cell_and_nothing_typed_is_lost(
    home: Home, browser: Browser
) -> None:
    before = versions_of(home)
    answer = send(
        browser, filled(browser, contacts="many", referrals="=C2"), note="My <b>words</b>"
    )
    assert answer.status_code == 422
    said = words(answer)
    assert "Nothing was stored" in said
    for cell in ("C2", "D2", "“many” is not a number", "The cell holds a formula"):
        assert cell in said
    assert "My &lt;b&gt;words&lt;/b&gt;</textarea>" in answer.text
    assert versions_of(home) == before


def test_the_answer_can_be_taken_away_as_csv(browser: Browser) -> None:
    answer = send(browser, filled(browser, contacts="=cmd|' /C calc'!A0"))
    found = re.search(r'href="data:text/csv;charset=utf-8;base64,([^"]+)" download', answer.text)
    assert found
    text = base64.b64decode(unescape(found[1])).decode()
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0]["cell"] == "C2"
    assert rows[0]["severity"] == "error"
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row.values())


def test_a_figure_that_stands_out_asks_for_a_comment_and_keeps_the_file(
    home: Home, browser: Browser
) -> None:
    before = versions_of(home)
    answer = send(browser, filled(browser, contacts=99_999))
    assert answer.status_code == 422
    assert "Say in the comment" in words(answer)
    assert versions_of(home) == before
    again = browser.post(
        GIVE, seen=field_of(answer.text, "seen"), kept=field_of(answer.text, "kept"),
        kept_name=field_of(answer.text, "kept_name"), note=NOTE,
    )  # fmt: skip
    assert "The return is stored" in words(again)
    assert "from filled.xlsx" in words(again)
    assert len(versions_of(home)) == len(before) + 1


def test_checking_alone_stores_nothing(home: Home, browser: Browser) -> None:
    before = versions_of(home)
    answer = send(browser, filled(browser, contacts=1234), check="1", note=NOTE)
    assert "Nothing has been stored yet" in words(answer)
    assert NOTE in answer.text
    assert versions_of(home) == before


def test_the_same_file_again_is_there_already(browser: Browser) -> None:
    data = filled(browser, contacts=1234)
    send(browser, data, note=NOTE)
    answer = send(browser, data, note=NOTE)
    assert "This very file is there already" in words(answer)


def test_whoever_was_overtaken_is_told_and_may_go_on(home: Home, browser: Browser) -> None:
    seen = seen_in(browser)
    send(browser_of(home, "director"), filled(browser, contacts=1234), note=NOTE)
    answer = send(browser, filled(browser, contacts=1235), seen=seen, note=NOTE)
    assert answer.status_code == 422
    assert "Somebody else gave figures for the same quarter" in words(answer)
    again = browser.post(
        GIVE, seen=field_of(answer.text, "seen"), kept=field_of(answer.text, "kept"),
        kept_name="mine.xlsx", note=NOTE,
    )  # fmt: skip
    assert "version 3" in words(again)


@pytest.mark.parametrize("fields", [{}, {"kept": "no base64 !"}, {"kept": ""}])
def test_without_a_file_the_form_asks_for_one(browser: Browser, fields: dict[str, str]) -> None:
    answer = send(browser, None, note="My words", **fields)
    assert answer.status_code == 400
    assert "Choose the file that you have filled" in words(answer)
    assert "My words</textarea>" in answer.text


def test_a_long_file_does_not_stay_in_the_form(browser: Browser) -> None:
    answer = send(browser, b"a,b\n" + b"1,2\n" * (KEPT_BYTES // 4), "long.csv")
    assert answer.status_code == 422
    assert 'name="kept"' not in answer.text


@pytest.mark.parametrize("seen", ["-1", "x", "", "٣", "1e9"])
def test_a_form_that_was_tampered_with_does_no_harm(browser: Browser, seen: str) -> None:
    answer = send(browser, filled(browser), seen=seen, note=NOTE)
    assert answer.status_code in {200, 422}


def test_a_request_that_is_too_large_is_refused_before_it_is_read(browser: Browser) -> None:
    answer = send(browser, bytes(MAX_UPLOAD + 2_000_000))
    assert answer.status_code == 413
    assert "The file is too large" in words(answer)
    assert "20 MB" in words(answer)


def test_a_form_without_its_token_changes_nothing(home: Home, browser: Browser) -> None:
    before = versions_of(home)
    answer = browser.client.post(
        GIVE, data={"file": (io.BytesIO(filled(browser)), "a.xlsx"), "note": NOTE},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 400
    assert versions_of(home) == before


@pytest.mark.parametrize("part", ["manager", "administrator", "nobody"])
def test_whoever_may_not_submit_is_refused_with_the_reason(home: Home, part: str) -> None:
    browser = browser_of(home, part)
    assert browser.get(GIVE).status_code == 403
    assert "You may not do this" in words(browser.get(GIVE))
    answer = browser.post(GIVE, note=NOTE, kept=base64.b64encode(b"x").decode())
    assert answer.status_code == 403


def test_the_figures_go_to_members_and_say_for_whom_they_are(home: Home) -> None:
    for part in INSIDE:
        answer = browser_of(home, part).get(FIGURES)
        rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert len(rows) > 100
        assert {row["notice"] for row in rows} == {f"{DEMONSTRATION}. {PROVISIONAL}"}
        assert {row["authority_code"] for row in rows} == MEMBERS
        assert answer.headers["Cache-Control"] == "no-store"
    for part in OUTSIDE:
        assert browser_of(home, part).get(FIGURES).status_code == 403


@pytest.mark.parametrize("part", ["neighbour", "manager", "administrator", "nobody"])
def test_the_file_itself_goes_to_the_authoritys_own_people_alone(home: Home, part: str) -> None:
    with home.store.read() as session:
        own = next(
            v for v in list_versions(session, ANALYST, RETURN.id) if v.authority_code == FENSHIRE
        )
    address = f"/returns/original/{own.submission_id}"
    assert browser_of(home, "analyst").get(address).status_code == 200
    answer = browser_of(home, part).get(address)
    assert answer.status_code == browser_of(home, part).get("/returns/original/99999").status_code
    assert answer.status_code == 404


def test_a_version_is_withdrawn_with_a_reason_and_stays_in_the_history(
    home: Home, browser: Browser
) -> None:
    with home.store.read() as session:
        version = next(
            v for v in list_versions(session, ANALYST, RETURN.id) if v.authority_code == FENSHIRE
        )
    missing = browser.post(WITHDRAW, version=str(version.id), reason=" ")
    assert missing.status_code == 400
    assert "Say why" in words(missing)
    done = browser.post(WITHDRAW, version=str(version.id), reason="Wrong extract.")
    assert done.status_code == 303
    assert versions_of(home)[0] == (version.quarter.label, version.version + 1, "withdrawn")
    assert browser.post(WITHDRAW, version=str(version.id), reason="x").status_code == 409
    other = browser_of(home, "neighbour").post(WITHDRAW, version=str(version.id), reason="x")
    assert other.status_code == 403
    stranger = browser_of(home, "nobody").post(WITHDRAW, version=str(version.id), reason="x")
    assert stranger.status_code == 404


def test_a_return_that_is_not_declared_is_not_found(browser: Browser) -> None:
    for address in ("/returns/give/x", "/returns/template/x.xlsx", "/returns/figures/x.csv"):
        assert browser.get(address).status_code == 404


# The page ---------------------------------------------------------------------------------------


def page_tree(browser: Browser, path: str = "/returns", search: str = "") -> list[dict[str, Any]]:
    """The parts of a page that Dash draws."""
    ask = {**HELP, "inputs": [
        {"id": "_pages_location", "property": "pathname", "value": path},
        {"id": "_pages_location", "property": "search", "value": search},
    ]}  # fmt: skip
    answer = browser.client.post(
        "/_dash-update-component", json=ask, headers={"X-CSRFToken": browser.token()}
    )
    assert answer.status_code == 200, answer.text[:300]
    return list(walk(answer.get_json()["response"]["_pages_content"]["children"]))


def page_words(browser: Browser, path: str = "/returns", search: str = "") -> str:
    parts = page_tree(browser, path, search)
    (main,) = [part for part in parts if part["type"] == "Main"]
    return text_of(main)


@pytest.mark.parametrize("part", INSIDE)
def test_a_member_sees_who_has_given_what_and_the_figures(home: Home, part: str) -> None:
    said = page_words(browser_of(home, part))
    for expected in (PROVISIONAL, DEMONSTRATION, "Fenshire", "Oxenshire", "5 of 6 authorities",
                     "✓ Given", "Re-referrals within 12 months", "How it differs from the",
                     "Every version of every quarter", "Corrected: a batch"):  # fmt: skip
        assert expected in said, expected
    assert ("Give a return" in said) is (part != "manager")
    assert ("Withdraw" in said) is (part != "manager")


@pytest.mark.parametrize("part", OUTSIDE)
def test_anybody_else_learns_how_to_sign_in_and_nothing_of_what_is_there(
    home: Home, part: str
) -> None:
    full = page_words(browser_of(home, part))
    for hidden in (
        "Fenshire",
        "Oxenshire",
        "Provisional local return",
        "Given",
        "version",
        "2025/26",
    ):
        assert hidden not in full
    assert "only the alliance’s own members can see them" in full


@pytest.mark.parametrize("part", INSIDE)
def test_local_figures_stand_beside_the_published_ones_for_a_member(home: Home, part: str) -> None:
    said = page_words(browser_of(home, part), "/indicator/cla_rate")
    assert "Local returns" in said
    assert PROVISIONAL in said
    assert "Published, 2025" in said


@pytest.mark.parametrize("part", OUTSIDE)
def test_the_indicator_of_anybody_else_is_as_if_there_were_no_return(home: Home, part: str) -> None:
    browser = browser_of(home, part)
    said = page_words(browser, "/indicator/cla_rate")
    assert "Local returns" not in said
    assert "Provisional local return" not in said


def test_an_indicator_without_a_local_figure_has_no_such_section(browser: Browser) -> None:
    assert "Local returns" not in page_words(browser, "/indicator/cla_sdq_avg")


LOCAL = "indicator-quarterly_cla_rate-graph"


def graphs(browser: Browser, search: str = "") -> dict[str, str]:
    """Every graph of an indicator's page by its id."""
    parts = page_tree(browser, "/indicator/cla_rate", search)
    return {p["props"]["id"]: str(p["props"]["figure"]) for p in parts if p["type"] == "Graph"}


@pytest.mark.parametrize("part", INSIDE)
def test_a_local_figure_is_drawn_in_a_chart_of_its_own_alone(home: Home, part: str) -> None:
    found = graphs(browser_of(home, part), f"?us={FENSHIRE}")
    local = found.pop(LOCAL)
    assert "Local, quarterly" in local
    assert PROVISIONAL in local
    assert found
    assert not [text for text in found.values() if " Q1" in text or "quarterly" in text]


@pytest.mark.parametrize("part", OUTSIDE)
def test_nobody_else_is_sent_a_local_chart(home: Home, part: str) -> None:
    found = graphs(browser_of(home, part), f"?us={FENSHIRE}")
    assert found
    assert not [text for text in found.values() if " Q1" in text or "Local" in text]


def test_an_authority_outside_the_alliance_has_no_local_chart(browser: Browser) -> None:
    assert LOCAL not in graphs(browser, f"?us={CITY}")


def test_local_and_published_are_reconciled_in_words(browser: Browser) -> None:
    said = page_words(browser, "/indicator/cla_rate")
    assert "What the two have in common" in said
    assert "How it differs from the published figure" in said


@pytest.mark.parametrize("part", ["analyst", "nobody"])
def test_no_public_download_holds_a_local_figure(home: Home, part: str) -> None:
    browser = browser_of(home, part)
    for address in (
        "/download/figures/cla_rate.csv?period=2025",
        f"/download/series/cla_rate.csv?us={FENSHIRE}",
    ):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert " Q1" not in answer.text
        assert "local return" not in answer.text.casefold()
        assert answer.data == browser_of(home, "nobody").get(address).data
    assert browser.get("/download/figures/quarterly_cla_rate.csv?period=2025").status_code == 404
