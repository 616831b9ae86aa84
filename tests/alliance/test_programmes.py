"""Programmes are kept with dates and source, faults are named with file and line, and the real ones
and the invented ones never mix."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from dash import Dash
from hypothesis import given
from hypothesis import strategies as st
from plotly.utils import PlotlyJSONEncoder

from alliance.components.programmes import programmes_section
from alliance.programmes import (
    COLUMNS,
    FILE,
    KINDS,
    RUNNING,
    Taken,
    kind_key,
    load_programmes,
    programme_key,
    programmes_by_key,
    programmes_of,
    when_words,
)
from alliance.service import Served, current_release
from alliance.view import parse_view
from ingest.errors import CatalogueError
from ingest.paths import data_dir
from tests.alliance.drawn import grammar_faults, text_of, walk
from tests.builders import write_reference
from tests.demonstration import FENSHIRE

GOOD = "701,Pathfinder,innovation_pilot,2017-04,2019,,A page,https://example.org/page,,,2026-11-22"
LATER = "A later page,https://example.org/later"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_reference(tmp_path / "reference")


def write(folder: Path, *lines: str, head: str = ",".join(COLUMNS)) -> Path:
    (folder / FILE).write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
    return folder


def test_a_line_is_read_as_it_stands(folder: Path) -> None:
    (taken,) = load_programmes(write(folder, GOOD))
    assert taken == Taken(
        "701", "Pathfinder", "innovation_pilot", "2017-04", "2019", "", "A page",
        "https://example.org/page", "", "", date(2026, 11, 22),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (GOOD.replace("701", "999"), "there is no authority “999”"),
        (GOOD.replace("innovation_pilot", "pilot"), "kind “pilot” is none of"),
        (GOOD.replace("Pathfinder", " "), "needs the name of the programme"),
        (GOOD.replace("A page", ""), "needs the title of its source"),
        (GOOD.replace("https://example.org/page", "a page"), "source_url must be a whole"),
        (GOOD.replace("2017-04", "April 2017"), "from “April 2017” must be a year"),
        (GOOD.replace("2019", "2019-13"), "to “2019-13” must be a year"),
        (GOOD.replace("2019", "2016"), "ends (2016) before it begins (2017-04)"),
        (GOOD.replace("2026-11-22", "2026"), "read_on must be a day"),
        (GOOD.replace("2026-11-22", ""), "read_on must be a day"),
        (GOOD.removesuffix(",2026-11-22"), "10 cells, not 11"),
        (GOOD.replace(",2019,,", ",2019,2018,"), "cannot both have an end and be running"),
        (GOOD.replace(",2019,,", ",,2016,"), "is running (2016) before it begins (2017-04)"),
        (GOOD.replace(",2019,,", ",,2026-12,"), "running_on “2026-12” is after the day"),
        (GOOD.replace("2019", "2027"), "to “2027” is after the day"),
        (GOOD.replace("2019", "over"), "to “over” must be a year"),
        (GOOD.replace(",,,2026", ",A later page,,2026"), "needs both its title and a whole"),
        (GOOD.replace(",2019,", ",,").replace(",,,2026", f",{LATER},2026"), "tells neither of"),
    ],
)
def test_a_fault_is_said_with_file_and_line(folder: Path, line: str, fault: str) -> None:
    good = GOOD.replace("701", "702")
    with pytest.raises(CatalogueError) as error:
        load_programmes(write(folder, good, line))
    assert fault in str(error.value)
    assert f"{folder / FILE}, line 3" in str(error.value)


def test_every_fault_is_said_at_once_and_so_is_a_line_that_stands_twice(folder: Path) -> None:
    with pytest.raises(CatalogueError) as error:
        load_programmes(write(folder, GOOD, GOOD.replace("701", "999"), GOOD))
    assert "line 3" in str(error.value)
    assert "701 has “Pathfinder” twice" in str(error.value)


def test_a_file_that_is_missing_or_of_other_columns_is_refused(folder: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_programmes(folder)
    with pytest.raises(CatalogueError, match="line 1: the columns must be area_code"):
        load_programmes(write(folder, GOOD, head="area_code,programme"))


@given(st.text(max_size=60))
def test_a_programmes_key_can_stand_in_an_address(name: str) -> None:
    assert set(programme_key(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def taken(
    begun: str = "", ended: str = "", running_on: str = "", *, code: str = "701", name: str = "P"
) -> Taken:
    read_on = date(2026, 11, 22)
    return Taken(
        code, name, "intervention", begun, ended, running_on, "S", "", "", "", read_on
    )  # fmt: skip


@pytest.mark.parametrize(
    ("begun", "ended", "running_on", "words"),
    [
        ("2017-04-01", "2019", "", "from 1 April 2017 to 2019"),
        ("2017-04", "", "", "from April 2017; end not recorded"),
        ("2012", "", "", "from 2012; end not recorded"),
        ("", "2021", "", "until 2021; beginning not recorded"),
        ("2013-04", "ended", "", "from April 2013; ended, date not recorded"),
        ("", "ended", "", "ended; dates not recorded"),
        ("2014", "", "2023-08-25", "from 2014; running on 25 August 2023, end not recorded"),
        ("", "", "2018", "beginning not recorded; running in 2018, end not recorded"),
        ("", "", "", "dates not recorded"),
    ],
)
def test_dates_are_as_precise_as_the_source_and_an_end_that_is_not_known_is_said(
    begun: str, ended: str, running_on: str, words: str
) -> None:
    assert when_words(taken(begun, ended, running_on)) == words


DATES = st.sampled_from(["", "2012", "2014-05", "2015-06-07"])


@given(begun=DATES, ended=st.sampled_from(["", "ended", "2019", "2020-01"]), running_on=DATES)
def test_nothing_reads_as_current_unless_a_source_saw_it_run_on_a_day(
    begun: str, ended: str, running_on: str
) -> None:
    part = taken(begun, ended, running_on)
    assert (part.state == RUNNING) is (bool(running_on) and not ended)
    assert ("running" in when_words(part)) is (part.state == RUNNING)
    assert any(word in when_words(part) for word in (" to ", "until", "ended", "not recorded"))


# What the product keeps -------------------------------------------------------------------------


def test_the_products_own_programmes_are_whole_and_have_their_sources() -> None:
    real = load_programmes(data_dir() / "reference")
    assert {item.kind for item in real} == set(KINDS)
    doncaster = next(item for item in real if item.area_code == "371")
    assert (doncaster.kind, doncaster.begun[:4]) == ("trust_or_mutual", "2014")
    assert all(item.source_url.startswith("http") for item in real)
    assert not [item for item in real if "demonstration" in item.source_url.casefold()]


def test_a_demonstration_shows_only_invented_programmes(demo_served: Served) -> None:
    real = load_programmes(data_dir() / "reference")
    invented = load_programmes(data_dir() / "demo" / "reference")
    assert {i.area_code for i in real}.isdisjoint(i.area_code for i in invented)
    assert all(item.source_url.startswith("https://demonstration.invalid/") for item in invented)
    assert programmes_of(demo_served) == invented


def test_a_real_release_shows_only_real_programmes(real_app: Dash) -> None:
    with real_app.server.app_context():
        served = current_release()
    assert programmes_of(served) == load_programmes(data_dir() / "reference")
    sets = programmes_by_key(served)
    assert {"314", "318", "868"} == set(sets["achieving-for-children"].codes)
    assert "doncaster-children-s-services-trust" not in sets
    assert "371" in sets["trust-or-mutual"].codes
    assert sets["trust-or-mutual"].set_name.endswith("now or before")


def test_a_set_of_those_running_holds_nobody_whose_end_is_known_or_who_was_never_seen_at_it(
    real_app: Dash,
) -> None:
    with real_app.server.app_context():
        served = current_release()
    parts = programmes_of(served)
    for key, programme in programmes_by_key(served).items():
        if not programme.running:
            continue
        assert "running when last recorded (20" in programme.set_name
        for code in programme.codes:
            own = [p for p in parts if p.area_code == code and p.state == RUNNING]
            assert any(
                key.removesuffix("-running") in (kind_key(p.kind), programme_key(p.programme))
                for p in own
            ), (key, code)
    running = programmes_by_key(served)["trust-or-mutual-running"].codes
    assert {"314", "330", "871"} <= set(running)
    assert not {"371", "885", "928", "380"} & set(running)


def test_a_profile_tells_what_an_authority_takes_part_in(
    demo_app: Dash, demo_served: Served
) -> None:
    with demo_app.server.test_request_context("/"):
        for code, area in demo_served.authorities.items():
            view = parse_view(demo_served, {"us": code})
            (section,) = programmes_section(demo_served, view, area)
            tree = list(walk(json.loads(json.dumps(section, cls=PlotlyJSONEncoder))))
            (lead,) = [p for p in tree if p["props"].get("className") == "lead"]
            assert grammar_faults(text_of(lead)) == []
            if code == FENSHIRE:
                assert text_of(lead) == (
                    "Fenshire: Partner in Practice (running in November 2025); "
                    "Innovation programme (ended)."
                )
                rows = [text_of(part) for part in tree if part["type"] == "Tr"]
                assert any(
                    "Family partnership pilotFrom April 2022 to March 2024" in r for r in rows
                )
                links = [p["props"]["href"] for p in tree if p["type"] == "Link"]
                assert any("scope=programme-partner-in-practice" in link for link in links)
            if code == "500":
                assert text_of(lead).endswith("no programme or structure is recorded.")
