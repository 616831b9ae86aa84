"""An authority's inspection judgements: the latest in words with their date, and the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from alliance.components.tables import plain_table
from alliance.inspections import JUDGED, NOT_JUDGED, Inspection, event_words, read_judged
from alliance.service import Served
from indicators.words import format_day
from ingest.grades import GRADE_OF_WORDS

GRADE_MARKS = {1: "★", 2: "●", 3: "◐", 4: "○"}
"""A shape for each grade, so that colour says nothing by itself."""


def judgements(served: Served, area: Mapping[str, Any]) -> list[Any]:
    """The section of an authority's page; nothing where the release tells of no inspection of it
    or of an authority that it replaced."""
    (judged,) = read_judged(served, [area["area_code"]])
    rows, latest = judged.rows, judged.latest
    if not rows:
        return []
    return [
        html.Section(
            [
                html.H2("Inspection judgements"),
                *(_latest(latest) if latest else [_none_yet(area)]),
                html.Details(
                    [
                        html.Summary(f"All inspections and visits ({len(rows)})"),
                        _history(served, area, rows),
                    ]
                ),
            ],
            className="card judgements",
            id="authority-judgements",
        )
    ]


def latest_sentence(served: Served, area: Mapping[str, Any]) -> str:
    """The latest overall judgement and its date; empty where the release tells of none."""
    (judged,) = read_judged(served, [area["area_code"]])
    found = judged.latest
    if found is None:
        return ""
    when = format_day(found["inspected_on"])
    return f"Judged “{found['overall']}” overall by the inspection that began on {when}."


def _none_yet(area: Mapping[str, Any]) -> html.P:
    return html.P(f"{area['name']} itself has not been judged yet.")


def _latest(inspection: Inspection) -> list[Any]:
    """A tile for each judgement, and when it was made."""
    tiles = [
        html.Div(
            [html.Dt(title), html.Dd(_grade(inspection[column], column))],
            className="judgement",
        )
        for column, title in JUDGED.items()
    ]
    when = (
        f"{event_words(inspection)}, which began on {format_day(inspection['inspected_on'])}; "
        f"report published on {format_day(inspection['published_on'])}. A judgement is of that "
        "time."
    )
    return [html.Dl(tiles, className="judgement-tiles"), html.P(when, className="small")]


def _grade(words: str | None, column: str) -> Any:
    """A grade with its mark; why there is none, where there is none."""
    if words is None:
        text = NOT_JUDGED if column == "care_leavers" else "not judged"
        return html.Span(text, className="absent")
    grade = GRADE_OF_WORDS[words]
    mark = html.Span(GRADE_MARKS[grade], className="grade-mark", **{"aria-hidden": "true"})
    return html.Span([mark, words], className=f"grade grade-{grade}")


def _history(served: Served, area: Mapping[str, Any], rows: Sequence[Inspection]) -> html.Div:
    body = [
        [
            format_day(row["inspected_on"]),
            _what(served, area, row),
            format_day(row["published_on"]),
            *(_cell(row, column) for column in JUDGED),
        ]
        for row in rows
    ]
    head = ["Began", "Inspection or visit", "Report published", *JUDGED.values()]
    return plain_table(
        f"Inspections of {area['name']} and visits to it", head, {"": body}, kind="history"
    )


def _what(served: Served, area: Mapping[str, Any], row: Inspection) -> str:
    parts = [event_words(row)]
    if row["theme"]:
        parts.append(f"theme: {row['theme'][:1].lower()}{row['theme'][1:]}")
    if row["area_code"] != area["area_code"]:
        parts.append(f"of {served.name(row['area_code'])}, which it replaced in whole or in part")
    return ", ".join(parts)


def _cell(row: Inspection, column: str) -> Any:
    """A judgement in the table; blank for a visit, which judges nothing."""
    if row[column] is not None:
        return _grade(row[column], column)
    return "" if row["overall"] is None else html.Span(NOT_JUDGED, className="absent")
