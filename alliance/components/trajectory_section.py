"""A priority's trajectory: the sentence, the agreed path with the published figures, and the same
numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import html

from alliance.charts import CHARTS
from alliance.charts.trajectory import Path, Travelled, Usual, trajectory
from alliance.components.chart_frame import chart_frame, stamp
from alliance.components.tables import plain_table
from alliance.exports.table import query_address
from alliance.log.entry import Entry
from alliance.log.trajectory import (
    Aim,
    Course,
    Row,
    aim_of,
    children_words,
    course_sentence,
    courses_of,
    is_withheld,
    restated_words,
    withheld_words,
)
from alliance.log.words import Names, marking
from alliance.prospects import usual_from
from alliance.service import Served
from alliance.view import CHART, View
from indicators.targets import Step, years_until
from indicators.words import format_day, format_value, unit_title


def trajectory_section(
    served: Served, view: View, entry: Entry, names: Names, today: date, *, prefix: str
) -> list[Any]:
    """The section of a priority; none where there is no figure to draw a path of."""
    aim = aim_of(served, entry)
    if aim is None:
        return []
    courses = courses_of(served, entry, aim)
    if is_withheld(aim, courses):
        return [
            html.Section(
                [
                    html.H2("Agreed and actual"),
                    html.P(withheld_words(aim), className="sentence"),
                ],
                className="card",
            )
        ]
    known = any(row["value"] is not None for course in courses for row in course.rows)
    usual = _usual(served, view, aim, courses)
    figure = _figure(served, view, aim, courses, usual) if known else None
    if figure is not None:
        stamp(figure, served, aim.indicator, f"{marking(entry, names)}. {entry.ref}")
    return [
        chart_frame(
            CHARTS["trajectory"],
            prefix=f"{prefix}trajectory",
            title="Agreed and actual",
            sentence=course_sentence(served, aim, courses, today),
            figure=figure,
            table=_table(served, aim, courses, usual),
            tab=CHART,
            csv_address=_series_address(view, aim, courses),
            file_name=f"{entry.ref}_trajectory",
            notes=_notes(served, aim, courses),
        )
    ]


def _usual(served: Served, view: View, aim: Aim, courses: Sequence[Course]) -> tuple[Step, ...]:
    """What was usual from the published figure that the authority looked from started with."""
    mine = [course for course in courses if len(courses) == 1 or course.code == view.us]
    years = years_until(aim.start, aim.by)
    for course in mine:
        for row in course.rows:
            if row["period_end"] == aim.start and row["value"] is not None:
                return usual_from(served, course.code, row, years, aim.indicator)
    return ()


def _figure(
    served: Served,
    view: View,
    aim: Aim,
    courses: Sequence[Course],
    usual: Sequence[Step],
) -> dict[str, Any]:
    unit = aim.indicator["unit"]
    alone = len(courses) == 1
    travelled = [
        Travelled(served.name(course.code), course.rows, alone or course.code == view.us)
        for course in courses
    ]
    end = (aim.by, aim.target) if aim.by and aim.by > aim.start else None
    path = Path((aim.start, aim.baseline), end, aim.target)
    return trajectory(
        travelled,
        path,
        unit=unit,
        decimals=aim.indicator["decimals"],
        unit_title=unit_title(unit),
        usual=[Usual(step.day, step.low, step.high) for step in usual],
    )


def _series_address(view: View, aim: Aim, courses: Sequence[Course]) -> str:
    """The published series as a file, which holds nothing of the priority."""
    code = view.us if view.us in {course.code for course in courses} else courses[0].code
    query = {"indicator": aim.indicator["indicator_id"], "us": code}
    return query_address("series", "csv", query)


def _notes(served: Served, aim: Aim, courses: Sequence[Course]) -> list[Any]:
    texts = [restated_words(served, aim, courses)]
    for course in courses:
        name = served.name(course.code)
        words = children_words(aim, course)
        texts.append(f"{name}: {words}" if words else "")
        gaps = [f"{r['period']}: {served.absence(r)}" for r in course.since if r["value"] is None]
        texts.append(f"No figure for {name}. {'; '.join(gaps)}." if gaps else "")
    return [html.P(text, className="absences") for text in texts if text]


def _table(served: Served, aim: Aim, courses: Sequence[Course], usual: Sequence[Step]) -> Any:
    """A row for each period, newest first, below the target; a column for each authority. Then what
    is usual, year by year."""
    unit, decimals = aim.indicator["unit"], aim.indicator["decimals"]
    ends = {row["period"]: row["period_end"] for course in courses for row in course.rows}
    by_course = [{row["period"]: row for row in course.rows} for course in courses]
    target = f"Target, {format_day(aim.by)}" if aim.by else "Target, no day agreed"
    blank = [""] * len(courses)
    body: list[list[str]] = [[target, *blank, format_value(aim.target, unit, decimals)]]
    for period in sorted(ends, key=lambda key: (ends[key], key), reverse=True):
        path = aim.path_at(ends[period])
        path_words = "" if path is None else format_value(path, unit, decimals)
        cells = [_cell(served, rows.get(period), unit, decimals) for rows in by_course]
        body.append([period, *cells, path_words])
    start = f"Baseline, {format_day(aim.start)}"
    body.append([start, *blank, format_value(aim.baseline, unit, decimals)])
    head = ["Period", *(served.name(course.code) for course in courses), "Agreed path"]
    groups = {"": body}
    if usual:
        over = "Where four in five that stood alike came to lie: no forecast"
        groups[over] = [[format_day(step.day), *blank, _span(step, unit, decimals)]
                        for step in usual]  # fmt: skip
    return plain_table(f"{aim.indicator['title']}: agreed and actual", head, groups)


def _span(step: Step, unit: str, decimals: int) -> str:
    low, high = (format_value(value, unit, decimals) for value in (step.low, step.high))
    return f"{low} to {high} ({step.n} authorities)"


def _cell(served: Served, row: Row | None, unit: str, decimals: int) -> str:
    if row is None:
        return "no figure"
    if row["value"] is None:
        return served.absence(row)
    provisional = " (provisional)" if row["provisional"] else ""
    return f"{format_value(row['value'], unit, decimals)}{provisional}"
