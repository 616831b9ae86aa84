"""The inspections page: latest judgements, the rule, years, and what is no judgement at all."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from dash import Dash

from alliance.inspections import JUDGED, NOT_JUDGED, RULE, Judged, read_judged
from alliance.service import Served
from ingest.grades import GRADE_OF_WORDS, GRADE_WORDS
from tests.alliance.drawn import Drawn, draw, text_of, walk
from tests.demonstration import ABOLISHED, CITY, FENSHIRE, SUCCESSORS, Figures

WORST, RI = "Inadequate", "Requires improvement to be good"


def inspection(
    day: date, *grades: str | None, code: str = "901", event: str = "ILACS Inspection"
) -> dict[str, Any]:
    """One inspection with the grades in the order of `JUDGED`; a visit has none."""
    found = dict.fromkeys(JUDGED)
    return {
        "area_code": code, "framework": "ILACS", "event": event, "theme": None,
        "inspected_on": day, "published_on": day,
        **(found | dict(zip(JUDGED, grades, strict=False))),
    }  # fmt: skip


def judged(*rows: dict[str, Any]) -> Judged:
    return Judged({"area_code": "901", "name": "Fenshire"}, rows)


GOOD = ("Good",) * 5


@pytest.mark.parametrize(
    ("grades", "throughout"),
    [
        (GOOD, True),
        (("Outstanding",) * 5, True),
        (("Good", "Good", "Good", "Good", None), True),
        (("Good", "Good", "Good", "Good", RI), False),
        (("Good", "Good", RI, "Good", "Good"), False),
        (("Outstanding", "Good", "Good", WORST, None), False),
        ((RI, "Good", "Good", "Good", "Good"), False),
        (("Requires improvement", "Good", "Good", "Good", "Good"), False),
    ],
)
def test_the_rule_asks_for_good_in_every_judgement_that_was_made(
    grades: tuple[str | None, ...], throughout: bool
) -> None:
    assert judged(inspection(date(2024, 5, 1), *grades)).is_good_throughout == throughout


def test_a_visit_after_the_inspection_changes_no_judgement() -> None:
    one = judged(
        inspection(date(2025, 2, 1), event="LA Monitoring visit"),
        inspection(date(2024, 5, 1), *GOOD),
    )
    assert one.latest is not None
    assert one.latest["inspected_on"] == date(2024, 5, 1)
    assert one.is_good_throughout


def test_the_latest_inspection_counts_and_not_the_best() -> None:
    one = judged(
        inspection(date(2024, 5, 1), RI, "Good", "Good", "Good", "Good"),
        inspection(date(2019, 5, 1), *GOOD[:4], None),
    )
    assert not one.is_good_overall


def test_whoever_was_only_visited_or_only_followed_another_is_not_judged() -> None:
    visited = judged(inspection(date(2025, 2, 1), event="ILACS Focused Visit"))
    heir = judged(inspection(date(2022, 5, 1), *GOOD[:4], None, code="900"))
    for one in (visited, heir, judged()):
        assert one.latest is None
        assert not one.is_good_overall
        assert not one.is_good_throughout


def test_years_hold_everything_that_began_in_them() -> None:
    first, visit = inspection(date(2024, 1, 1), *GOOD), inspection(date(2024, 9, 1))
    one = judged(visit, first)
    assert one.years == {2024: [first, visit]}


SCOPES = ["alliance", "region", "neighbours", "england"]


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("us", [FENSHIRE, CITY, ABOLISHED, SUCCESSORS[0]])
def test_the_page_is_whole_in_every_scope(us: str, scope: str, demo_app: Dash) -> None:
    drawn = page(demo_app, us=us, scope=scope)
    assert drawn.faults() == []
    assert len(drawn.headings) == (5 if scope == "england" else 4)


def page(app: Dash, **query: str) -> Drawn:
    return draw(app, "/inspections", "?" + "&".join(f"{k}={v}" for k, v in query.items()))


@pytest.mark.parametrize("column", JUDGED)
def test_each_judgement_can_be_followed_over_the_years(column: str, demo_app: Dash) -> None:
    drawn = page(demo_app, us=FENSHIRE, judgement=column)
    assert drawn.faults() == []
    assert f"{JUDGED[column]} over time" in drawn.headings


def test_grades_stand_in_words_with_a_shape_and_never_as_a_number(demo_app: Dash) -> None:
    drawn = page(demo_app, us=FENSHIRE, scope="england")
    grades = {text_of(cell) for cell in drawn.find(css="grade")}
    assert {words[1:] for words in grades} <= set(GRADE_WORDS.values())
    assert len({words[0] for words in grades}) == len(grades)


def test_who_may_offer_is_told_with_the_rule(
    demo_app: Dash, demo_served: Served, demo_figures: Figures
) -> None:
    drawn = page(demo_app, us=FENSHIRE, scope="england")
    names = {text_of(part) for listed in drawn.find(css="good-throughout")
             for part in walk(listed) if part["type"] == "Link"}  # fmt: skip
    expected = set()
    for code, area in demo_served.authorities.items():
        if area["valid_to"] is None:
            rows = demo_figures.rows(
                "SELECT * FROM inspection WHERE area_code = ? AND overall IS NOT NULL "
                "ORDER BY inspected_on DESC LIMIT 1",
                code,
            )
            made = [row[column] for row in rows for column in JUDGED if row[column] is not None]
            if made and max(GRADE_OF_WORDS[str(words)] for words in made) <= 2:
                expected.add(area["name"])
    assert names == expected
    assert len(expected) > 5
    assert any(RULE in text for text in drawn.texts)


def test_a_judgement_that_was_not_made_says_so(demo_app: Dash, demo_figures: Figures) -> None:
    old = demo_figures.column(
        "SELECT area_code FROM inspection WHERE overall IS NOT NULL GROUP BY area_code "
        "HAVING COUNT(care_leavers) = 0 ORDER BY 1"
    )
    drawn = page(demo_app, us=str(old[0]))
    assert any(NOT_JUDGED in text_of(cell) for cell in drawn.find(css="absent"))


def test_an_heir_shows_its_predecessor_s_judgements_under_that_name(
    demo_app: Dash, demo_served: Served
) -> None:
    (one,) = read_judged(demo_served, [SUCCESSORS[0]])
    assert {row["area_code"] for row in one.rows} >= {ABOLISHED}
    (years,) = page(demo_app, us=SUCCESSORS[0]).find(css="years")
    assert demo_served.name(ABOLISHED) in text_of(years)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_download_is_of_the_set_on_the_page(form: str, demo_app: Dash) -> None:
    drawn = page(demo_app, us=FENSHIRE, scope="neighbours")
    hrefs = [part["props"]["href"] for part in drawn.find("A", css="download")]
    address = next(href for href in hrefs if f"inspections.{form}" in href)
    answer = demo_app.server.test_client().get(address)
    assert answer.status_code == 200
    if form == "csv":
        lines = answer.data.decode("utf-8-sig").splitlines()
        assert any("Demonstration" in line for line in lines)
        body = [line for line in lines if not line.startswith("#")]
        rows = list(csv.DictReader(io.StringIO("\n".join(body))))
        assert len({row["area_code"] for row in rows}) == 11
        assert {row["overall"] for row in rows} <= {"", *GRADE_WORDS.values()}


def test_many_authorities_are_counted_first_and_shown_by_region_with_ours_open(
    demo_app: Dash, demo_served: Served
) -> None:
    drawn = draw(demo_app, "/inspections", f"?scope=england&us={FENSHIRE}")
    ours, regions = demo_served.region_of(FENSHIRE), set()
    for name in ("inspections-good", "inspections-latest", "inspections-over-time"):
        parts = [p for p in walk(drawn.ids[name]) if p["type"] == "Details"]
        heads = [text_of(next(p for p in walk(part) if p["type"] == "Summary")) for part in parts]
        regions = {head.split(":")[0] for head in heads}
        assert len(regions) == len(heads) > 8
        assert [head for head, part in zip(heads, parts, strict=True) if part["props"]["open"]] == [
            head for head in heads if head.startswith(f"{ours}: ")
        ]
    current = [c for c, a in demo_served.authorities.items() if a["valid_to"] is None]
    assert regions == {demo_served.region_of(code) for code in current}
    rows = [row for row in walk(drawn.ids["inspections-latest"]) if row["type"] == "Tr"]
    assert len(rows) == len(current) + len(regions)
    lines = [row for row in walk(drawn.ids["inspections-counted"]) if row["type"] == "Tr"][1:]
    counted = [[int(text_of(c)) for c in walk(row) if c["type"] == "Td"] for row in lines]
    assert len(counted) == len(JUDGED)
    assert {sum(row) for row in counted} == {len(current)}
    judged_now = read_judged(demo_served, current)
    assert counted[0][:2] == [
        sum(one.grades.get("overall") == grade for one in judged_now) for grade in (1, 2)
    ]


def test_a_few_authorities_are_shown_at_once(demo_app: Dash) -> None:
    drawn = draw(demo_app, "/inspections", f"?us={FENSHIRE}")
    assert "inspections-counted" not in drawn.ids
    assert not [p for p in walk(drawn.ids["inspections-latest"]) if p["type"] == "Details"]
