"""Inspection judgements on an authority's page, and grades wherever figures are shown."""

from __future__ import annotations

import csv
import io

import pytest
from dash import Dash

from ingest.grades import GRADE_WORDS
from tests.alliance.drawn import Drawn, draw, text_of
from tests.demonstration import ABOLISHED, CITY, FENSHIRE, SUCCESSORS, Figures

OVERALL = "ofsted_overall"
SECTION = "Inspection judgements"


def page(app: Dash, code: str) -> Drawn:
    return draw(app, f"/authority/{code}")


def tiles(drawn: Drawn) -> list[str]:
    """Title and words of each of the latest judgements."""
    return [text_of(tile) for tile in drawn.find(css="judgement")]


def latest(figures: Figures, code: str) -> dict[str, object]:
    return figures.row(
        "SELECT * FROM inspection WHERE area_code = ? AND overall IS NOT NULL "
        "ORDER BY inspected_on DESC LIMIT 1",
        code,
    )


@pytest.mark.parametrize("code", [FENSHIRE, CITY, ABOLISHED])
def test_an_authority_s_latest_judgements_stand_in_words_with_their_date(
    code: str, demo_app: Dash, demo_figures: Figures
) -> None:
    drawn = page(demo_app, code)
    told = latest(demo_figures, code)
    assert SECTION in drawn.headings
    shown = tiles(drawn)
    assert len(shown) == 5
    for text, column in zip(
        shown, ("overall", "leaders", "help_protection", "care", "care_leavers"), strict=True
    ):
        assert text.endswith(str(told[column] or "not judged on its own before 2023")), text
    begun = told["inspected_on"]
    assert any(f"began on {begun:%-d %B %Y}" in text for text in drawn.texts)


def test_the_history_lists_every_inspection_and_visit_newest_first(
    demo_app: Dash, demo_figures: Figures
) -> None:
    code = demo_figures.row(
        "SELECT area_code FROM inspection WHERE theme IS NOT NULL ORDER BY area_code LIMIT 1"
    )["area_code"]
    rows = demo_figures.rows(
        "SELECT * FROM inspection WHERE area_code = ? ORDER BY inspected_on DESC", code
    )
    drawn = page(demo_app, str(code))
    (table,) = drawn.find(css="history")
    words = text_of(table)
    places = [words.index(f"{row['inspected_on']:%-d %B %Y}") for row in rows]
    assert places == sorted(places)
    theme = next(str(row["theme"]) for row in rows if row["theme"])
    assert f"theme: {theme[:1].lower()}{theme[1:]}" in words


def test_an_authority_that_replaced_another_shows_its_inspections_as_the_other_s(
    demo_app: Dash, demo_figures: Figures
) -> None:
    name = demo_figures.row("SELECT name FROM area WHERE area_code = ?", ABOLISHED)["name"]
    (table,) = page(demo_app, SUCCESSORS[0]).find(css="history")
    assert f"of {name}, which it replaced in whole or in part" in text_of(table)


@pytest.mark.parametrize("scope", ["alliance", "neighbours", "england"])
def test_an_indicator_of_grades_counts_authorities_and_averages_nothing(
    scope: str, demo_app: Dash
) -> None:
    drawn = draw(demo_app, f"/indicator/{OVERALL}", f"?scope={scope}&us={FENSHIRE}")
    assert drawn.faults() == []
    (bar,) = next(drawn.find("Graph"))["props"]["figure"]["data"]
    assert all(isinstance(count, int) for count in bar["x"])
    assert list(bar["y"]) == list(GRADE_WORDS)
    texts = " ".join(drawn.texts)
    for word in ("edian", "mean of", "95% interval", "Quarter (A best)"):
        assert word not in texts
    table = draw(demo_app, f"/indicator/{OVERALL}", f"?scope={scope}&us={FENSHIRE}&ranked=table")
    grid, *_ = table.find("AgGrid")
    assert grid["props"]["id"] == "indicator-ranked-grid"
    assert [column["field"] for column in grid["props"]["columnDefs"]][:2] == ["name", "value"]
    assert {row["shown"] for row in grid["props"]["rowData"]} <= set(GRADE_WORDS.values())


def test_the_sentence_says_the_grade_and_how_many_share_it(
    demo_app: Dash, demo_figures: Figures
) -> None:
    row = demo_figures.row(
        "SELECT * FROM comparison WHERE indicator_id = ? AND area_code = ?", OVERALL, FENSHIRE
    )
    sentence = draw(demo_app, f"/indicator/{OVERALL}", f"?us={FENSHIRE}").sentences[0]
    assert sentence.startswith(f"Fenshire: {GRADE_WORDS[int(row['value'])]} on 31 March 2025; ")
    assert f"{row['n_equal_region']} of {row['n_region']} in Eastmere" in sentence


def test_the_overview_shows_grades_in_words_and_no_average(demo_app: Dash) -> None:
    drawn = draw(demo_app, "/", f"?topic=Inspection&us={FENSHIRE}")
    assert drawn.faults() == []
    cells = [text_of(cell) for cell in drawn.find(css="words")]
    assert cells.count("not averaged") == 5
    assert set(cells) - {"not averaged"} <= set(GRADE_WORDS.values())


def test_the_download_of_grades_says_what_the_numbers_stand_for(demo_app: Dash) -> None:
    answer = demo_app.server.test_client().get(
        f"/download/figures/{OVERALL}.csv?period=2025&us={FENSHIRE}&scope=england"
    )
    text = answer.data.decode("utf-8-sig")
    assert (
        "# Grades: 1 Outstanding, 2 Good, 3 Requires improvement to be good, 4 Inadequate" in text
    )
    body = [line for line in text.splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(io.StringIO("\n".join(body))))
    assert {row["value"] for row in rows} <= {"1.0", "2.0", "3.0", "4.0"}
    assert {row["england"] + row["neighbours_mean"] + row["change"] for row in rows} == {""}


def test_spending_is_shown_in_pounds_and_an_absent_return_as_not_available(
    demo_app: Dash, demo_figures: Figures
) -> None:
    late = demo_figures.column(
        "SELECT area_code FROM observation WHERE indicator_id = 'cs_spend_per_child' "
        "AND symbol = '[x]' ORDER BY 1"
    )
    assert len(late) == 2
    drawn = draw(demo_app, "/indicator/cs_spend_per_child", f"?us={late[0]}")
    assert "not available" in drawn.sentences[0]
    ours = draw(demo_app, "/indicator/cs_spend_per_child", f"?us={FENSHIRE}").sentences[0]
    assert "£" in ours
