"""The export of a comparison: one line for each figure; in a workbook a sheet for each indicator.

Nothing here sets one measure beside another in a table that could be ranked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from alliance.compare.rows import Compared
from alliance.compare.scatter_section import pair_periods
from alliance.compare.selection import EVERY, MULTIPLES, SCATTER, Selection, read_selection
from alliance.exports.about import about_indicators
from alliance.exports.figures import figure_record, known_scope
from alliance.exports.table import Column, ExportTable, NotThereError
from alliance.service import Served
from alliance.view import View
from indicators.words import GRADE, format_with_unit, unit_title, unit_words

Row = Mapping[str, Any]
_NOT_OF_GRADES = ("ci95_low", "ci95_high", "numerator", "denominator")


def build_comparison(served: Served, view: View, query: Mapping[str, str]) -> ExportTable:
    """The figures that `/compare` shows for the same query.

    Raises `NotThereError` for a query that names nothing to compare, or what is not there.
    """
    if not query.get("areas"):
        known_scope(served, view, query)
    chosen = read_selection(served, view, query)
    if chosen.notes or chosen.empty:
        raise NotThereError(" ".join(chosen.notes) or "The address names nothing to compare.")
    compared = Compared(served, _of_the_page(served, chosen), _indicators(chosen))
    found = [served.indicators[key] for key in compared.indicators]
    rows = list(_records(compared))
    table = ExportTable(
        title="Comparison",
        columns=_long_columns(),
        rows=rows,
        about=about_indicators(served, found, _span(compared)),
        sentence=_sentence(served, view, compared),
        name="comparison",
    )
    return replace(table, parts=tuple(_part(table, row) for row in found))


def _indicators(chosen: Selection) -> tuple[str, ...]:
    """Those that the page shows in the way that was chosen."""
    if chosen.show == SCATTER:
        return tuple(dict.fromkeys(filter(None, (chosen.x, chosen.y))))
    if chosen.show == MULTIPLES and chosen.of != EVERY:
        return (chosen.of,)
    return chosen.indicators


def _of_the_page(served: Served, chosen: Selection) -> Selection:
    """The selection whose figures the page shows: a scatter's are every authority's in one pair of
    periods, a panel for each indicator is of one authority."""
    if chosen.show == MULTIPLES and chosen.of == EVERY:
        return replace(chosen, areas=chosen.areas[:1])
    if chosen.show != SCATTER:
        return chosen
    year = chosen.last if chosen.years_asked else None
    periods = pair_periods(served, chosen.x, chosen.y, year) if chosen.x and chosen.y else None
    if periods is None:
        raise NotThereError("The two indicators have no year in common.")
    areas = tuple(dict.fromkeys((*chosen.areas, *served.authorities)))
    return replace(chosen, areas=areas, periods=tuple(dict.fromkeys(periods)), first=1, last=9999)


def _records(compared: Compared) -> Iterator[dict[str, Any]]:
    """A line for each indicator, authority and period, in the page's order."""
    for key in compared.indicators:
        indicator = compared.served.indicators[key]
        for code in compared.chosen.areas:
            for period in compared.periods(key):
                row = compared.figure(key, period, code)
                if row is not None:
                    yield _record(compared, indicator, row)


def _record(compared: Compared, indicator: Row, row: Row) -> dict[str, Any]:
    return {
        **figure_record(compared.served, row),
        "indicator": indicator["title"],
        "unit": unit_words(indicator["unit"]),
    }


def _long_columns() -> tuple[Column, ...]:
    return (
        Column("indicator_id", "Indicator’s id", csv_only=True),
        Column("indicator", "Indicator"),
        Column("unit", "Unit"),
        *_columns("score", None, "Value"),
    )


def _columns(unit: str, decimals: int | None, value: str) -> tuple[Column, ...]:
    ends = None if decimals is None else max(1, decimals)
    return (
        Column("area_code", "Code"),
        Column("name", "Authority"),
        Column("region_name", "Region"),
        Column("period", "Period"),
        Column("value", value, unit, decimals),
        Column("status", "Status"),
        Column("ci95_low", "95% interval, low", unit, ends),
        Column("ci95_high", "95% interval, high", unit, ends),
        Column("numerator", "Numerator", "count"),
        Column("denominator", "Denominator", "count"),
    )


def _part(table: ExportTable, indicator: Row) -> ExportTable:
    """One indicator's figures with its own unit and decimals."""
    unit = indicator["unit"]
    columns: Sequence[Column] = _columns(unit, indicator["decimals"], unit_title(unit))
    if unit == GRADE:
        columns = [column for column in columns if column.key not in _NOT_OF_GRADES]
    key = indicator["indicator_id"]
    return replace(
        table,
        title=f"{indicator['title']} ({unit_words(unit)})",
        columns=tuple(columns),
        rows=[row for row in table.rows if row["indicator_id"] == key],
        parts=(),
        name=key,
    )


def _span(compared: Compared) -> str:
    periods = [compared.periods(key) for key in compared.indicators]
    return "; ".join(
        f"{compared.served.indicators[key]['title']}: {', '.join(shown) or 'none'}"
        for key, shown in zip(compared.indicators, periods, strict=True)
    )


def _sentence(served: Served, view: View, compared: Compared) -> str:
    """Our own latest figure of each indicator."""
    said = []
    for key in compared.indicators:
        periods, indicator = compared.periods(key), served.indicators[key]
        if periods:
            value = compared.value(key, periods[-1], view.us)
            words = (
                compared.absence(key, periods[-1], view.us)
                if value is None
                else format_with_unit(value, indicator["unit"], indicator["decimals"])
            )
            said.append(f"{indicator['title']}, {words} in {periods[-1]}")
    return f"{served.name(view.us)}: {'; '.join(said)}." if said else ""
