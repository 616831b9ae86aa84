"""The tartan rug as an export: every headline indicator's latest figure for each authority of a
set, a row for each with its measure's name and unit, and no rank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alliance.comparison_set import describe_set, members_of, scope_name
from alliance.components.badges import shown_band
from alliance.exports.about import about_indicators
from alliance.exports.figures import value_and_status
from alliance.exports.table import Absent, Column, ExportTable, NotThereError
from alliance.service import Served
from alliance.view import ALL_TOPICS, View
from indicators.words import GRADE, NO_FIGURE, grades_key, unit_words

Row = Mapping[str, Any]


def build_rug(served: Served, view: View, query: Mapping[str, str]) -> ExportTable:
    """The headline figures of the view's set, ours first. query: `topic`, besides those of a set.

    Raises `NotThereError` for a topic that is not there.
    """
    topic = query.get("topic") or ALL_TOPICS
    indicators = [row for row in served.headline.values() if topic in {ALL_TOPICS, row["domain"]}]
    if not indicators:
        raise NotThereError(f"There is no topic “{topic[:60]}” among the headline indicators.")
    codes = members_of(served, view, view.scope)
    name = scope_name(served, view, view.scope)
    return ExportTable(
        title=f"Headline indicators: {name}",
        columns=_columns(served),
        rows=list(_records(served, indicators, codes)),
        about=about_indicators(
            served,
            indicators,
            "the latest of each indicator, as its row says",
            ("Authority", served.name(view.us)),
            *describe_set(served, view, view.scope),
            ("Grades", grades_key()),
        ),
        name="headline_indicators",
    )


def _columns(served: Served) -> tuple[Column, ...]:
    country = served.country["name"]
    return (
        Column("indicator_id", "Id", csv_only=True),
        Column("title", "Indicator"),
        Column("domain", "Topic"),
        Column("unit", "Unit"),
        Column("period", "Period"),
        Column("area_code", "Code"),
        Column("name", "Authority"),
        Column("value", "Figure", by_row=True),
        Column("status", "Status"),
        Column("ci95_low", "95% interval, low", by_row=True),
        Column("ci95_high", "95% interval, high", by_row=True),
        Column("england", country, by_row=True),
        Column("vs_england", f"Against {country}"),
        Column("quartile_band", "Quarter (A best)"),
    )


def _records(
    served: Served, indicators: Sequence[Row], codes: Sequence[str]
) -> Iterator[dict[str, Any]]:
    found = {(row["indicator_id"], row["area_code"]): row for row in served.release.rug(codes)}
    for indicator in indicators:
        key = indicator["indicator_id"]
        periods = served.periods.get(key, ())
        for code in codes:
            yield {
                "indicator_id": key,
                "title": indicator["title"],
                "domain": indicator["domain"],
                "unit": unit_words(indicator["unit"]),
                "shown_unit": indicator["unit"],
                "shown_decimals": indicator["decimals"],
                "period": periods[-1]["period"] if periods else "",
                "area_code": code,
                "name": served.name(code),
                **_figure(served, indicator, found.get((key, code))),
            }


def _figure(served: Served, indicator: Row, row: Row | None) -> dict[str, Any]:
    """The figure with what it stands beside; of one that is not there the reason."""
    if row is None:
        return {"value": Absent(NO_FIGURE), "status": NO_FIGURE}
    found = value_and_status(served, row)
    if row["value"] is None or indicator["unit"] == GRADE:
        return found
    beside = {name: row[name] for name in ("ci95_low", "ci95_high", "england", "vs_england")}
    return found | beside | {"quartile_band": shown_band(row, indicator)}
