"""Inspections: the latest judgements of a set of authorities, who is good or better in every one,
and judgements over time. Grades stand in words and shapes, never as an average."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from alliance.comparison_set import members_of, scope_name, scope_options
from alliance.components.frame import page_frame, page_layout
from alliance.components.judgements import GRADE_MARKS
from alliance.components.navigation import register_navigation
from alliance.components.pickers import pickers, select
from alliance.components.rug import plain_part
from alliance.components.tables import plain_table
from alliance.exports.table import export_address
from alliance.inspections import (
    JUDGED,
    NOT_JUDGED,
    RULE,
    Inspection,
    Judged,
    event_words,
    read_judged,
    summary_sentence,
)
from alliance.service import Served
from alliance.view import View, link, parse_view
from indicators.words import format_day
from ingest.grades import GRADE_OF_WORDS, GRADE_WORDS

URL, ALLIANCE, US = "inspections-url", "inspections-alliance", "inspections-us"
SCOPE, JUDGEMENT = "inspections-scope", "inspections-judgement"
NAMED: dict[str, Any] = {
    URL: dcc.Location, ALLIANCE: dmc.Select, US: dmc.Select, SCOPE: dmc.Select,
    JUDGEMENT: dmc.Select,
}  # fmt: skip
OVERALL = "overall"
MANY = 40
"""Of more authorities than that, the page counts first and shows them region by region: all at once
they are as long as thirty screens."""


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page for a query of `alliance`, `us`, `scope` and `judgement`."""
    view = parse_view(served, query)
    codes, name = members_of(served, view, view.scope), scope_name(served, view, view.scope)
    judged = read_judged(served, codes)
    column = query.get("judgement") or OVERALL
    column = column if column in JUDGED else OVERALL
    choices = [{"value": key, "label": words} for key, words in JUDGED.items()]
    return page_frame(
        served,
        view,
        "inspections",
        [
            html.H1("Inspections"),
            html.P(summary_sentence(served, view, name, judged), className="lead"),
            pickers(
                served, view, alliance_id=ALLIANCE, us_id=US,
                more=[
                    select("Show", SCOPE, scope_options(served, view), view.scope),
                    select("Judgement over time", JUDGEMENT, choices, column),
                ],
            ),
            *_sections(served, view, judged, column),
        ],
        url_id=URL,
    )  # fmt: skip


def register(app: Any) -> None:
    """A choice leads to the address that shows it."""
    register_navigation(
        app, url_id=URL, alliance_id=ALLIANCE, us_id=US,
        more={"scope": SCOPE, "judgement": JUDGEMENT},
    )  # fmt: skip


def _sections(served: Served, view: View, judged: Sequence[Judged], column: str) -> list[Any]:
    if not any(one.rows for one in judged):
        return [
            html.P(
                "No inspection of these authorities is in this release. They come with Ofsted’s "
                "inspection outcomes; the Data page says whether that publication is there.",
                className="empty",
            )
        ]
    return [
        *(
            [_section("counted", "How many hold each grade", _counted(judged))]
            if len(judged) > MANY
            else []
        ),
        _section("good", "Good or better in every judgement", _good(served, view, judged)),
        _section("latest", "Latest judgements", _latest(served, view, judged)),
        _section(
            "over-time",
            f"{JUDGED[column]} over time",
            _over_time(served, view, judged, column),
        ),
    ]


def _section(key: str, title: str, parts: Sequence[Any]) -> html.Section:
    name = f"inspections-{key}"
    return html.Section(
        [html.H2(title, id=f"{name}-title"), *parts],
        id=name,
        className="card",
        **{"aria-labelledby": f"{name}-title"},
    )


def _name(view: View, one: Judged) -> Any:
    """The authority's name, ours in bold, leading to its profile."""
    found = dcc.Link(one.area["name"], href=link(f"/authority/{one.code}", view))
    return html.Strong(found) if one.code == view.us else found


# Many authorities --------------------------------------------------------------------------------


def _counted(judged: Sequence[Judged]) -> list[Any]:
    """How many hold each grade by their latest inspection, judgement by judgement."""
    head = ["Judgement", *(_grade(words) for words in GRADE_WORDS.values()), "Not judged"]
    rows = []
    for column, title in JUDGED.items():
        held = Counter(one.grades.get(column) for one in judged)
        rows.append([title, *(str(held[grade]) for grade in GRADE_WORDS), str(held[None])])
    return [plain_table("How many hold each grade", head, {"": rows})]


def _by_region(
    served: Served,
    view: View,
    judged: Sequence[Judged],
    draw: Callable[[Sequence[Judged], str], Any],
    words: Callable[[Sequence[Judged]], str],
) -> list[Any]:
    """What `draw` makes of those authorities and of a name to tell it by: of a few at once, of many
    in a part for each region, ours open, which `words` sum up."""
    if len(judged) <= MANY:
        return [draw(judged, "")]
    regions: dict[str, list[Judged]] = {}
    for one in judged:
        regions.setdefault(served.region_of(one.code), []).append(one)
    return [
        html.Details(
            [html.Summary(f"{region}: {words(found)}"), draw(found, f", {region}")],
            open=region == served.region_of(view.us),
            className="by-region",
        )
        for region, found in sorted(regions.items())
    ]


def _good_of(judged: Sequence[Judged]) -> str:
    good = sum(one.is_good_overall for one in judged)
    return f"{good} of {len(judged)} good or better overall"


# Who may offer -----------------------------------------------------------------------------------


def _good(served: Served, view: View, judged: Sequence[Judged]) -> list[Any]:
    """The list by the rule, and the rule."""

    def listed(some: Sequence[Judged], _: str) -> Any:
        found = [one for one in some if one.is_good_throughout]
        if not found:
            return html.P("None of these authorities.", className="empty")
        lines = [_offer(view, one, one.latest) for one in found if one.latest is not None]
        return html.Ul(lines, className="good-throughout")

    def words(some: Sequence[Judged]) -> str:
        return f"{sum(one.is_good_throughout for one in some)} of {len(some)}"

    parts = _by_region(served, view, judged, listed, words)
    return [*parts, html.P([html.Strong("The rule. "), RULE], className="small")]


def _offer(view: View, one: Judged, latest: Inspection) -> html.Li:
    """Who it is, by which grades and since when."""
    return html.Li(
        [
            _name(view, one),
            f": {_grade_words(one.grades)} ({latest['inspected_on']:%B %Y}",
            "" if "care_leavers" in one.grades else f"; care leavers {NOT_JUDGED}",
            ")",
        ]
    )


def _grade_words(grades: Mapping[str, int]) -> str:
    """`Outstanding overall`, and in how many judgements of how many."""
    best = sum(grade == 1 for grade in grades.values())
    words = GRADE_WORDS[grades[OVERALL]].lower()
    if best in {0, len(grades)}:
        return f"{words} in all {len(grades)} judgements"
    return f"{words} overall, outstanding in {best} of {len(grades)} judgements"


# The latest --------------------------------------------------------------------------------------


def _latest(served: Served, view: View, judged: Sequence[Judged]) -> list[Any]:
    head = ["Authority", *JUDGED.values(), "Every judgement good or better", "Inspection"]
    query = {"scope": view.scope}
    files = [
        html.A(
            label,
            href=export_address("inspections", form, view, **query),
            className="download",
            **{"aria-label": f"Download inspections as {label}"},
        )
        for form, label in (("csv", "CSV"), ("xlsx", "Excel"))
    ]
    return [
        html.Div(["Download all inspections and visits:", *files], className="downloads"),
        *_by_region(
            served,
            view,
            judged,
            lambda some, of: plain_table(
                f"Latest judgements{of}",
                head,
                {"": [_latest_row(view, one) for one in some]},
                kind="judged",
            ),
            _good_of,
        ),
    ]


def _latest_row(view: View, one: Judged) -> list[Any]:
    row = one.latest
    if row is None:
        none = html.Span("not judged yet", className="absent")
        return [_name(view, one), none, *[""] * len(JUDGED), ""]
    when = (
        f"{event_words(row)} ({row['framework']}), began {format_day(row['inspected_on'])}; report "
        f"{format_day(row['published_on'])}"
    )
    return [
        _name(view, one),
        *(_grade(row[column]) for column in JUDGED),
        "✓ yes" if one.is_good_throughout else "no",
        html.Span(when, className="unit"),
    ]


def _grade(words: str | None) -> Any:
    """A grade with its shape; why there is none, where there is none."""
    if words is None:
        return plain_part("Span", NOT_JUDGED, className="absent")
    grade = GRADE_OF_WORDS[words]
    mark = plain_part("Span", GRADE_MARKS[grade], className="grade-mark", **{"aria-hidden": "true"})
    return plain_part("Span", [mark, GRADE_WORDS[grade]], className=f"grade grade-{grade}")


# Over time ---------------------------------------------------------------------------------------


def _over_time(served: Served, view: View, judged: Sequence[Judged], column: str) -> list[Any]:
    """Authorities by the year in which an inspection or visit began."""
    known = sorted({year for one in judged for year in one.years})
    years = list(range(known[0], known[-1] + 1))

    def row(one: Judged) -> list[Any]:
        held = one.years
        return [_name(view, one),
                *(_year(served, one, held.get(year, []), column) for year in years)]  # fmt: skip

    key = ", ".join(f"{GRADE_MARKS[grade]} {words}" for grade, words in GRADE_WORDS.items())
    frameworks = sorted({str(row["framework"]) for one in judged for row in one.rows})
    note = (
        f"{key}. An empty cell is a year in which no inspection began. A visit looks at one matter "
        f"and judges nothing. Framework: {', '.join(frameworks)}."
    )
    head = ["Authority", *(str(year) for year in years)]
    return [
        html.P(note, className="small"),
        *_by_region(
            served,
            view,
            judged,
            lambda some, of: plain_table(
                f"{JUDGED[column]} over time{of}",
                head,
                {"": [row(one) for one in some]},
                kind="judged years",
            ),
            lambda some: f"{len(some)} {'authority' if len(some) == 1 else 'authorities'}",
        ),
    ]


def _year(served: Served, one: Judged, rows: Sequence[Inspection], column: str) -> Any:
    parts: list[Any] = []
    for row in rows:
        of = "" if row["area_code"] == one.code else f", {served.name(row['area_code'])}"
        when = f"{row['inspected_on']:%B}{of}"
        if row["overall"] is None:
            visit = f"{event_words(row).lower()}, {when}"
            parts.append(plain_part("Div", visit, className="absent"))
        else:
            month = plain_part("Div", when, className="unit")
            parts.append(plain_part("Div", [_grade(row[column]), month]))
    return parts or ""
