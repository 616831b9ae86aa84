"""The Data page: releases and decisions, freshness, provenance, findings, every row."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alliance.access import Role
from alliance.live import editions_of
from ingest.live.states import EditionName, SourceState, save_states
from tests import builders
from tests.alliance.drawn import Drawn, draw_for, text_of, walk
from tests.alliance.people.homes import Browser, Home, home_of
from tests.builders import NEED
from tests.conftest import Small

GOOD = builders.all_files()
BUILDER, OTHER = "a.builder", "b.other"


def revised(again: str) -> bytes:
    """The file of children in need with one published share changed."""
    table = builders.ees_files()[NEED]
    table.find(time_period="2024", old_la_code="711")[0]["again_percent"] = again
    return table.bytes()


@pytest.fixture
def home(small: Small) -> Home:
    """A served home with an analyst who builds, another analyst and a director."""
    found = home_of(small.store.home)
    found.add(BUILDER, Role.ANALYST)
    found.add(OTHER, Role.ANALYST)
    found.add("c.director", Role.DIRECTOR)
    return found


def hold(small: Small, again: str = "57") -> str:
    """Build a release and hold it; its id."""
    small.put({NEED: revised(again)})
    report = small.refresh(actor=BUILDER, hold=True, reason="the spring edition")
    assert not report.published
    return report.info.release_id


def signed_in(home: Home, username: str) -> Browser:
    browser = home.browser()
    assert browser.sign_in(username).status_code in {302, 303}
    return browser


def data_page(browser: Browser, query: str = "") -> Drawn:
    return draw_for(browser.client, "/data", query, token=browser.token())


def words(drawn: Drawn) -> str:
    return " ".join(drawn.texts)


def decide(browser: Browser, release_id: str, action: str, reason: str, against: str = "") -> Drawn:
    """Send the form of a decision; the page that it leads to."""
    answer = browser.post(f"/data/releases/{release_id}/{action}", reason=reason, against=against)
    assert answer.status_code == 303
    place = answer.headers["Location"].split("#")[0]
    assert place.startswith("/data")
    return data_page(browser, place.removeprefix("/data"))


# Releases --------------------------------------------------------------------------------------


def test_a_release_that_waits_is_shown_to_reviewers_and_to_nobody_else(
    small: Small, home: Home
) -> None:
    before = words(data_page(home.browser()))
    held = hold(small)
    for browser in (home.browser(), signed_in(home, "c.director")):
        for query in ("", f"?release={held}"):
            shown = words(data_page(browser, query))
            assert held not in shown
            assert "wait" not in shown.replace("none waits for a decision", "")
        assert browser.get(f"/download/impact/{held}.csv").status_code == 404
    assert words(data_page(home.browser())) == before
    assert held in words(data_page(signed_in(home, OTHER)))


def test_the_impact_of_a_held_release_says_what_was_revised(small: Small, home: Home) -> None:
    held = hold(small)
    browser = signed_in(home, OTHER)
    shown = words(data_page(browser, f"?release={held}"))
    assert f"What release {held} would change" in shown
    assert small.row("SELECT name FROM area WHERE area_code = '711'")["name"] in shown
    text = browser.get(f"/download/impact/{held}.csv").text
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    changed = [row for row in rows if row["section"] == "revised" and row["measure"] == "value"]
    assert [(row["area_code"], row["period"], float(row["new"])) for row in changed] == [
        ("711", "2024", 57.0)
    ]


def test_an_analyst_publishes_a_held_release_and_it_is_served(small: Small, home: Home) -> None:
    served, held = str(small.store.current_id()), hold(small)
    browser = signed_in(home, OTHER)
    shown = words(decide(browser, held, "publish", "checked against the tables", served))
    assert f"Release {held} is published and served now." in shown
    assert small.store.current_id() == held
    assert "checked against the tables" in shown
    assert OTHER in shown
    assert f"You are looking at release {held}" in words(data_page(home.browser()))


def test_a_release_is_rolled_back_and_both_decisions_are_recorded(small: Small, home: Home) -> None:
    served, held = str(small.store.current_id()), hold(small)
    browser = signed_in(home, OTHER)
    decide(browser, held, "publish", "it looked right", served)
    shown = words(decide(browser, served, "roll-back", "the publisher withdrew it"))
    assert small.store.current_id() == served
    assert "it looked right" in shown
    assert "the publisher withdrew it" in shown


def test_a_held_release_is_discarded(small: Small, home: Home) -> None:
    held = hold(small)
    shown = words(decide(signed_in(home, OTHER), held, "discard", "a wrong folder"))
    assert held not in small.store.ids()
    assert "a wrong folder" in shown


def test_where_settings_ask_for_a_second_person_the_builder_is_refused(small: Small) -> None:
    folder = small.store.home
    (folder / "settings.toml").write_text("[publishing]\nsecond_person = true\n")
    home = home_of(folder)
    home.add(BUILDER, Role.ANALYST)
    home.add(OTHER, Role.ANALYST)
    served, held = str(small.store.current_id()), hold(small)
    builder = signed_in(home, BUILDER)
    offered = data_page(builder, f"?release={held}")
    assert "data-publish-reason" not in offered.ids
    refused = decide(builder, held, "publish", "my own work", served)
    assert small.store.current_id() == served
    assert any("built" in text for text in refused.texts)
    decide(signed_in(home, OTHER), held, "publish", "looked through", served)
    assert small.store.current_id() == held


def test_a_reason_is_asked_for_and_what_was_typed_is_kept_when_refused(
    small: Small, home: Home
) -> None:
    first, second = hold(small, "57"), hold(small, "58")
    served = str(small.store.current_id())
    browser = signed_in(home, OTHER)
    decide(browser, first, "publish", "fine", served)
    refused = decide(browser, second, "publish", "also fine, I think", served)
    assert small.store.current_id() == first
    assert refused.ids["data-publish-reason"]["props"]["value"] == "also fine, I think"
    decide(browser, second, "publish", "  ", first)
    assert small.store.current_id() == first


@pytest.mark.parametrize("action", ["publish", "roll-back", "discard"])
@pytest.mark.parametrize("who", ["", "c.director"])
def test_nobody_without_the_right_decides(action: str, who: str, small: Small, home: Home) -> None:
    served, held = str(small.store.current_id()), hold(small)
    browser = signed_in(home, who) if who else home.browser()
    target = served if action == "roll-back" else held
    browser.post(f"/data/releases/{target}/{action}", reason="because", against=served)
    assert small.store.current_id() == served
    assert held in small.store.ids()


def test_a_decision_needs_the_token_of_the_page(small: Small, home: Home) -> None:
    served, held = str(small.store.current_id()), hold(small)
    browser = signed_in(home, OTHER)
    answer = browser.post(f"/data/releases/{held}/publish", token="", reason="x", against=served)
    assert answer.status_code == 400
    assert small.store.current_id() == served


@pytest.mark.parametrize("release_id", ["nonsense", "20260101T000000Z-00000000"])
def test_an_address_of_no_release_decides_nothing(
    release_id: str, small: Small, home: Home
) -> None:
    served = small.store.current_id()
    browser = signed_in(home, OTHER)
    for action in ("publish", "discard", "nothing"):
        answer = browser.post(f"/data/releases/{release_id}/{action}", reason="x")
        assert answer.status_code in {303, 404, 405}
    assert browser.get(f"/download/impact/{release_id}.csv").status_code == 404
    assert small.store.current_id() == served


# Where a figure comes from ---------------------------------------------------------------------


def about(drawn: Drawn) -> dict[str, str]:
    """Terms and their descriptions."""
    terms = [text_of(part) for part in drawn.find("Dt")]
    return dict(zip(terms, (text_of(part) for part in drawn.find("Dd")), strict=True))


@pytest.mark.parametrize(("authority", "year"), [("711", "2024"), ("701", "2025")])
def test_a_figure_is_followed_to_the_row_of_its_file(
    authority: str, year: str, small: Small, home: Home
) -> None:
    query = f"?us={authority}&indicator=rereferral_pct&period={year}"
    facts = about(data_page(home.browser(), query))
    assert facts["File"] == NEED
    lines = GOOD[NEED].decode().splitlines()
    row = dict(zip(lines[0].split(","), lines[int(facts["Row"]) - 1].split(","), strict=True))
    assert (row["old_la_code"], row["time_period"]) == (authority, year)
    import hashlib

    assert facts["sha256 of the file"] == hashlib.sha256(GOOD[NEED]).hexdigest()


def test_the_page_of_an_indicator_leads_to_the_row(home: Home) -> None:
    browser = home.browser()
    query = "?us=711&period=2024"
    drawn = draw_for(browser.client, "/indicator/rereferral_pct", query, token=browser.token())
    [place] = [
        part["props"]["href"] for part in drawn.find("Link") if "figure for 2024" in text_of(part)
    ]
    assert place.startswith("/data?")
    assert {"us=711", "indicator=rereferral_pct", "period=2024"} <= set(
        place.removeprefix("/data?").split("&")
    )


# Findings and rows -----------------------------------------------------------------------------


def shown_findings(drawn: Drawn) -> list[dict[str, str]]:
    """The rows of the table of findings, by heading."""
    found = []
    for row in drawn.find("Tr"):
        cells = [text_of(part) for part in walk(row) if part["type"] in {"Th", "Td"}]
        if cells[0] in {"Error", "Warning", "Note"}:
            found.append(dict(zip(("severity", "check", "file", "rows", "message"), cells,
                                  strict=True)))  # fmt: skip
    return found


def test_findings_are_chosen_by_severity_and_downloaded_as_shown(small: Small, home: Home) -> None:
    browser = home.browser()
    every = shown_findings(data_page(browser))
    assert len(every) == small.row("SELECT count(*) AS n FROM finding")["n"] > 0
    for severity, word in (("warning", "Warning"), ("info", "Note"), ("error", "Error")):
        shown = shown_findings(data_page(browser, f"?severity={severity}"))
        assert shown == [row for row in every if row["severity"] == word]
        text = browser.get(f"/download/findings.csv?severity={severity}").text
        lines = [line for line in text.lstrip("\ufeff").splitlines(True) if line[:1] != "#"]
        rows = list(csv.DictReader(lines))
        assert [row["message"] for row in rows] == [row["message"] for row in shown]


def test_an_error_of_a_stopped_source_stands_first(small: Small, home: Home) -> None:
    table = builders.ees_files()[builders.CARE]
    table.find(geographic_level="Local authority")[0]["number"] = "77"
    small.put({builders.LONG: b"not a table", builders.CARE: table.bytes()})
    assert small.refresh().published
    shown = data_page(home.browser())
    assert shown_findings(shown)[0]["severity"] == "Error"
    assert shown_findings(shown)[0]["file"] == builders.LONG
    [state] = {text_of(p) for p in shown.find(css="standing-stopped")}
    assert "Stopped" in state


@pytest.mark.parametrize(
    "query",
    [
        "?severity=grave",
        "?check=nothing",
        "?release=x&impact=y",
        "?indicator=none&period=1066",
        "?severity=any&us=0",
    ],
)
def test_words_in_the_address_that_mean_nothing_are_passed_over(query: str, home: Home) -> None:
    assert data_page(home.browser(), query).faults() == []


@pytest.mark.parametrize("query", ["severity=grave", "check=nothing"])
def test_a_download_of_no_such_findings_is_not_found(query: str, home: Home) -> None:
    assert home.browser().get(f"/download/findings.csv?{query}").status_code == 404


def test_every_row_is_accounted_for_file_by_file(small: Small, home: Home) -> None:
    shown = " ".join(data_page(home.browser()).texts)
    used = small.row("SELECT sum(rows) AS n FROM row_account WHERE outcome = 'used'")["n"]
    every = small.row("SELECT sum(rows) AS n FROM row_account")["n"]
    assert f"{int(every):,} rows read = {int(used):,} used" in shown


# Freshness -------------------------------------------------------------------------------------


def source_of(small: Small, file_name: str) -> str:
    return str(
        small.row("SELECT source_id FROM source_file WHERE file_name = ?", file_name)["source_id"]
    )


def look(folder: Path, source_id: str, **more: Any) -> None:
    """Leave behind what a look at that publisher found."""
    state = SourceState(
        source_id, "A publication", datetime(2026, 3, 1, 8, 0, tzinfo=UTC), "up_to_date",
        latest=EditionName("The newest", "newest", None, "ees_content"),
    )  # fmt: skip
    cache = editions_of(folder)
    cache.work.mkdir(parents=True, exist_ok=True)
    save_states(cache.root, [replace(state, **more)])


def standings(home: Home) -> list[str]:
    shown = data_page(home.browser())
    return [
        text_of(part) for kind in ("stopped", "new", "overdue", "unknown", "current")
        for part in shown.find(css=f"standing-{kind}")
    ]  # fmt: skip


def test_a_source_whose_publisher_was_never_asked_is_not_said_to_be_up_to_date(
    home: Home,
) -> None:
    assert standings(home)
    assert all("not been asked" in words for words in standings(home))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"outcome": "new", "new": (NEED,)}, "something newer"),
        ({"next_due": "2026-02"}, "Overdue"),
        ({"next_due": "2026-03"}, "Up to date"),
        ({"next_due": "2026-03-02"}, "Up to date"),
        ({"next_due": "2026-03-01"}, "Overdue"),
        ({"next_due": "2027"}, "Up to date"),
    ],
)
def test_what_was_last_heard_of_a_publisher_is_said(
    more: dict[str, Any], expected: str, small: Small, home: Home
) -> None:
    look(small.store.home, source_of(small, NEED), **more)
    assert sum(expected in words for words in standings(home)) == 1
