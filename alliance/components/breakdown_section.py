"""The categories of an indicator's family in one period: the sentence, the bars, the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from dash import dcc, html

from alliance.charts import CHARTS
from alliance.charts.breakdown import Category, Marks, breakdown
from alliance.components.chart_frame import chart_frame, stamp
from alliance.components.indicator_subject import Subject
from alliance.components.tables import plain_table
from alliance.families import LEAST, Family, family_of
from alliance.service import Served
from alliance.view import link
from indicators.counts import others_with_figure
from indicators.words import UNRANKED_UNITS, format_value, format_with_unit

SECTION, BREAKDOWN = "breakdown", "indicator-breakdown"
MEDIAN = "Median of the set"

_CATEGORIES = """
SELECT c.indicator_id, c.area_code, c.period, c.period_end, c.value, c.england, o.status,
    o.joint_with
FROM comparison AS c
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE list_contains($indicator_ids, c.indicator_id)
    AND list_contains($area_codes, c.area_code)
    AND c.period = $period
ORDER BY c.indicator_id, c.area_code
"""


def breakdown_section(subject: Subject, tab: str) -> list[html.Section]:
    """The breakdown; nothing where the indicator has no family, or the family no figure of ours."""
    found = read_breakdown(subject)
    if found is None:
        return []
    family, categories = found
    marks = Marks(subject.name, subject.country, MEDIAN)
    figure = breakdown(
        categories, marks, unit=family.unit, decimals=subject.decimals,
        unit_title=subject.unit_title,
    )  # fmt: skip
    stamp(figure, subject.served, subject.indicator, subject.period)
    section = chart_frame(
        CHARTS["breakdown"],
        prefix=BREAKDOWN,
        title=family.title,
        sentence=_sentence(subject, categories),
        figure=figure,
        table=_table(subject, family, categories),
        tab=tab,
        export=("breakdown", subject.query()),
        file_name=f"{subject.file_stem}_{SECTION}",
        notes=[_links(subject, family)],
    )
    section.id = SECTION
    return [section]


def read_breakdown(subject: Subject) -> tuple[Family, list[Category]] | None:
    """The family and its categories in the subject's period; None where ours has not two figures
    to set side by side."""
    family = family_of(subject.key, subject.served.indicators)
    if family is None:
        return None
    rows = subject.served.release.ask(
        _CATEGORIES,
        indicator_ids=[member.indicator for member in family.categories],
        area_codes=sorted({subject.view.us, *subject.chosen.codes}),
        period=subject.period,
    )
    by_indicator: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_indicator.setdefault(row["indicator_id"], []).append(row)
    categories = [
        _category(subject, member.indicator, member.label, by_indicator.get(member.indicator, []))
        for member in family.categories
    ]
    known = [category for category in categories if category.value is not None]
    return (family, categories) if len(known) >= LEAST else None


def _category(
    subject: Subject, indicator_id: str, label: str, rows: Sequence[Mapping[str, Any]]
) -> Category:
    """One category; the country's number is no measure for ours, so of numbers it is left out."""
    mine = next((row for row in rows if row["area_code"] == subject.view.us), None)
    others = [row["value"] for row in others_with_figure(rows, subject.view.us)]
    numbers = subject.unit in UNRANKED_UNITS
    value = mine["value"] if mine else None
    return Category(
        label,
        value,
        country=None if numbers or not rows else rows[0]["england"],
        median=median(others) if others and not numbers else None,
        absence="" if value is not None else _absence(subject.served, mine),
        here=indicator_id == subject.key,
    )


def _absence(served: Served, row: Mapping[str, Any] | None) -> str:
    return "no figure" if row is None else served.absence(row)


def _sentence(subject: Subject, categories: Sequence[Category]) -> str:
    """Every category's figure, in the order of the family."""
    known = [category for category in categories if category.value is not None]
    parts = [
        f"{format_with_unit(category.value, subject.unit, subject.decimals)} “{category.label}”"
        for category in known
        if category.value is not None
    ]
    without = len(categories) - len(known)
    tail = f"; {without} without a figure" if without else ""
    return f"{subject.name} in {subject.period}: {', '.join(parts)}{tail}."


def _links(subject: Subject, family: Family) -> html.P:
    """The pages of the other categories."""
    parts: list[Any] = []
    for member in family.categories:
        if member.indicator != subject.key:
            href = link(f"/indicator/{member.indicator}", subject.view, scope=subject.scope)
            parts += [" · ", dcc.Link(member.label, href=href)]
    whole = "Parts of one whole." if family.parts else "These do not add up to a whole."
    return html.P([f"{whole} Each on its own page: ", *parts[1:], "."], className="small siblings")


def _table(subject: Subject, family: Family, categories: Sequence[Category]) -> Any:
    def show(value: float | None) -> str:
        return "no figure" if value is None else format_value(value, subject.unit, subject.decimals)

    numbers = family.unit in UNRANKED_UNITS
    head = ["Category", subject.name, *([] if numbers else [subject.country, MEDIAN])]
    body = [
        [
            category.label,
            category.absence or show(category.value),
            *([] if numbers else [show(category.country), show(category.median)]),
        ]
        for category in categories
    ]
    return plain_table(f"{family.title}, {subject.period}", head, {"": body})
