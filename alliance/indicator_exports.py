"""The exports of an indicator's page that are its own: the funnel's points, and a breakdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alliance.charts.funnel import place_words
from alliance.comparison_set import describe_set
from alliance.components.breakdown_section import MEDIAN, read_breakdown
from alliance.components.indicator_subject import Subject, read_subject
from alliance.components.national_sections import line_words, read_funnel
from alliance.exports.about import about_indicators
from alliance.exports.figures import IN_SET, in_set_words, known_period
from alliance.exports.table import Absent, Column, ExportTable, NotThereError
from alliance.service import Served
from alliance.view import View
from indicators.words import titled, unit_title, unit_words

Query = Mapping[str, str]


def build_funnel_export(served: Served, view: View, query: Query) -> ExportTable:
    """Every point of a funnel with its size and its distance. query: `indicator`, `period`.

    Raises `NotThereError` for what the release does not have, and where there is no funnel.
    """
    subject = _subject(served, view, query)
    found = read_funnel(subject)
    members = subject.chosen.codes
    if found is None:
        raise NotThereError(f"{subject.key} has no funnel for {subject.period}: it has no counts.")
    spread = "widened by the variance between authorities" if found.overdispersed else "chance"
    rows: list[dict[str, Any]] = [
        {
            "area_code": point.area_code,
            "name": served.name(point.area_code),
            "value": point.value,
            "denominator": point.denominator,
            "z": point.z,
            "place": place_words(point.place),
            "in_set": in_set_words(point.area_code in members),
        }
        for point in found.points
    ]
    label = subject.indicator["denominator_label"] or "denominator"
    columns = (
        Column("area_code", "Code"),
        Column("name", "Authority"),
        Column("value", unit_title(subject.unit), subject.unit, max(1, subject.decimals)),
        Column("denominator", f"{label[:1].upper()}{label[1:]}", "count", 0),
        Column("z", "Standard deviations from the average", "score", 2),
        Column("place", "Place"),
        IN_SET,
    )
    line = f"{line_words(subject, found)}; unit: {unit_words(subject.unit)}"
    about = (("Average that the limits are of", line), ("Limits", spread))
    return _table(subject, "funnel", columns, rows, *about)


def build_breakdown_export(served: Served, view: View, query: Query) -> ExportTable:
    """The categories of an indicator's family. query: `indicator`, `period`, `scope`.

    Raises `NotThereError` for what the release does not have, and where there is no breakdown.
    """
    subject = _subject(served, view, query)
    found = read_breakdown(subject)
    if found is None:
        raise NotThereError(f"{subject.key} has no breakdown for {subject.period}.")
    family, categories = found
    rows: list[dict[str, Any]] = [
        {
            "category": category.label,
            "value": Absent(category.absence) if category.value is None else category.value,
            "country": category.country,
            "median": category.median,
        }
        for category in categories
    ]
    columns = (
        Column("category", "Category"),
        Column("value", subject.name, subject.unit, subject.decimals),
        Column("country", subject.country, subject.unit, subject.decimals),
        Column("median", MEDIAN, subject.unit, subject.decimals),
    )
    return _table(subject, "breakdown", columns, rows, ("Breakdown", family.title))


def _subject(served: Served, view: View, query: Query) -> Subject:
    """Raises `NotThereError` for an indicator or period that is not there."""
    indicator, period = known_period(served, query)
    return read_subject(served, view, indicator, period, view.scope)


def _table(
    subject: Subject,
    kind: str,
    columns: tuple[Column, ...],
    rows: list[dict[str, Any]],
    *about: tuple[str, str],
) -> ExportTable:
    indicator = subject.indicator
    return ExportTable(
        title=titled(indicator),
        columns=columns,
        rows=rows,
        about=about_indicators(
            subject.served,
            [indicator],
            subject.period,
            ("Authority", subject.name),
            *describe_set(subject.served, subject.view, subject.scope),
            *about,
        ),
        chart=None,
        name=f"{subject.file_stem}_{kind}",
    )
