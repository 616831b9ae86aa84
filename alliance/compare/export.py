"""The export of a comparison: one line for each figure; in a workbook a sheet for each indicator.

Nothing here sets one measure beside another in a table that could be ranked. Figures are read one
indicator at a time, so that a comparison of everything needs no more room than one of one thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from alliance.compare.rows import Compared
from alliance.compare.scatter_section import pair_periods
from alliance.compare.selection import EVERY, MULTIPLES, SCATTER, Selection, read_selection
from alliance.compare.table_section import comparison_sentence
from alliance.comparison_set import describe_set
from alliance.exports.about import Pairs, about_indicators
from alliance.exports.figures import IN_SET, figure_record, in_set_words
from alliance.exports.table import Column, ExportTable, LazyRows, NotThereError
from alliance.service import Served
from alliance.view import View
from indicators.words import GRADE, titled, unit_title, unit_words

Row = Mapping[str, Any]
Query = Mapping[str, str]
_NOT_OF_GRADES = (
    "ci95_low", "ci95_high", "numerator", "denominator", "others_median", "others_n",
)  # fmt: skip


def build_comparison(served: Served, view: View, query: Query) -> ExportTable:
    """The figures that `/compare` shows for the same query.

    Raises `NotThereError` for a query that names nothing to compare, what is not there, or a year
    or a way of showing of which the page would show another.
    """
    asked = read_selection(served, view, query)
    if asked.notes or asked.empty:
        raise NotThereError(" ".join(asked.notes) or "The address names nothing to compare.")
    _refuse_what_is_not_shown(served, asked, query)
    figures = _Figures(
        served, _of_the_page(served, asked), _indicators(asked), frozenset(asked.areas)
    )
    found = [served.indicators[key] for key in figures.keys]
    table = ExportTable(
        title="Comparison",
        columns=_long_columns(figures),
        rows=figures.rows(figures.keys),
        about=about_indicators(served, found, _span(figures), *_set_pairs(served, view, asked)),
        sentence=comparison_sentence(served, view, figures.compared(figures.keys)),
        name="comparison",
    )
    return replace(table, parts=tuple(_part(table, figures, row) for row in found))


@dataclass(frozen=True)
class _Figures:
    """What the file holds: the selection with every authority shown, the indicators, and who
    belongs to the set."""

    served: Served
    chosen: Selection
    keys: tuple[str, ...]
    members: frozenset[str]

    @property
    def scattered(self) -> bool:
        """True of a scatter, which shows every authority, the set among them."""
        return self.chosen.show == SCATTER

    @property
    def areas(self) -> tuple[str, ...]:
        """Whose lines the file has: where a panel is drawn for each indicator, ours alone."""
        alone = self.chosen.show == MULTIPLES and self.chosen.of == EVERY
        return self.chosen.areas[: 1 if alone else None]

    def compared(self, keys: Sequence[str]) -> Compared:
        """The figures of some of the indicators, read when they are first asked for."""
        return Compared(self.served, self.chosen, tuple(keys))

    @cached_property
    def _counts(self) -> dict[str, int]:
        shown = self.compared(self.keys)
        counts = dict.fromkeys(self.keys, 0)
        for row in self.served.release.compared_counts(self.keys, self.areas):
            if row["period"] in shown.periods(row["indicator_id"]):
                counts[row["indicator_id"]] += row["n"]
        return counts

    def rows(self, keys: Sequence[str]) -> LazyRows:
        """A line for each indicator, authority and period, in the page's order."""
        return LazyRows(sum(self._counts[key] for key in keys), lambda: self._walk(keys))

    def _walk(self, keys: Sequence[str]) -> Iterator[Row]:
        for key in keys:
            compared = self.compared((key,))
            periods = compared.periods(key)
            beside = {period: self._beside(compared, key, period) for period in periods}
            for code in self.areas:
                for period in periods:
                    row = compared.figure(key, period, code)
                    if row is not None:
                        yield self._record(row) | beside[period]

    def _record(self, row: Row) -> dict[str, Any]:
        indicator = self.served.indicators[row["indicator_id"]]
        return {
            **figure_record(self.served, row),
            "indicator": indicator["title"],
            "unit": unit_words(indicator["unit"]),
            "in_set": in_set_words(row["area_code"] in self.members),
        }

    def _beside(self, compared: Compared, key: str, period: str) -> dict[str, Any]:
        """What a table or a panel shows beside the figures of a period."""
        if self.scattered:
            return {}
        return {
            "others_median": compared.median(key, period),
            "others_n": len(compared.others(key, period)),
        }


def _refuse_what_is_not_shown(served: Served, asked: Selection, query: Query) -> None:
    """The page shows the nearest thing to what it cannot; a file of it would be taken for what was
    asked for."""
    if query.get("areas") and query.get("scope"):
        raise NotThereError("The address names both areas and scope: give one of them.")
    for key, used in (("show", asked.show), ("cells", asked.cells), ("of", asked.of)):
        if query.get(key) and query[key] != used:
            raise NotThereError(f"“{query[key][:60]}” is not among what {key} can be.")
    keys = asked.indicators or tuple(filter(None, (asked.x, asked.y)))
    rows = [row for key in keys for row in served.periods.get(key, ())]
    periods = {row["period"] for row in rows}
    strangers = [period for period in asked.periods if period not in periods]
    if strangers:
        raise NotThereError(f"No indicator chosen has a period “{strangers[0][:60]}”.")
    years = sorted({row["period_end"].year for row in rows})
    for key in ("from", "to"):
        _refuse_year(query.get(key) or "", years, first=key == "from")


def _refuse_year(words: str, years: Sequence[int], *, first: bool) -> None:
    if not words:
        return
    if not (words.isascii() and words.isdecimal() and len(words) == 4):
        raise NotThereError(f"“{words[:60]}” is no year: give four digits, such as 2025.")
    if years and (int(words) > years[-1] if first else int(words) < years[0]):
        raise NotThereError(
            f"The indicators chosen have no figure {'from' if first else 'up to'} {words}: their "
            f"years are {years[0]} to {years[-1]}."
        )


def _indicators(chosen: Selection) -> tuple[str, ...]:
    """Those that the page shows in the way that was chosen."""
    if chosen.show == SCATTER:
        return tuple(dict.fromkeys(filter(None, (chosen.x, chosen.y))))
    if chosen.show == MULTIPLES and chosen.of != EVERY:
        return (chosen.of,)
    return chosen.indicators


def _of_the_page(served: Served, chosen: Selection) -> Selection:
    """The selection whose figures the page shows: a scatter's are of one pair of periods."""
    if chosen.show != SCATTER:
        return chosen
    year = chosen.last if chosen.years_asked else None
    periods = pair_periods(served, chosen.x, chosen.y, year) if chosen.x and chosen.y else None
    if periods is None:
        raise NotThereError("The two indicators have no year in common.")
    areas = tuple(dict.fromkeys((*chosen.areas, *served.authorities)))
    return replace(chosen, areas=areas, periods=tuple(dict.fromkeys(periods)), first=1, last=9999)


def _long_columns(figures: _Figures) -> tuple[Column, ...]:
    return (
        Column("indicator_id", "Indicator’s id", csv_only=True),
        Column("indicator", "Indicator"),
        Column("unit", "Unit"),
        *_columns(figures, "score", None, "Value"),
    )


def _columns(figures: _Figures, unit: str, decimals: int | None, value: str) -> tuple[Column, ...]:
    ends = None if decimals is None else max(1, decimals)
    beside = (
        Column("others_median", "Median of the others", unit, decimals),
        Column("others_n", "Others with a figure", "count", 0),
    )
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
        *([IN_SET] if figures.scattered else beside),
    )


def _part(table: ExportTable, figures: _Figures, indicator: Row) -> ExportTable:
    """One indicator's figures with its own unit and decimals."""
    unit, key = indicator["unit"], indicator["indicator_id"]
    columns = _columns(figures, unit, indicator["decimals"], unit_title(unit))
    return replace(
        table,
        title=titled(indicator),
        columns=tuple(c for c in columns if unit != GRADE or c.key not in _NOT_OF_GRADES),
        rows=figures.rows((key,)),
        parts=(),
        name=key,
    )


def _set_pairs(served: Served, view: View, asked: Selection) -> Pairs:
    """Whose figures were asked for: ours, and the set or those chosen by name."""
    ours = ("Authority", served.name(view.us))
    if not asked.named:
        return (ours, *describe_set(served, view, asked.scope))
    names = "; ".join(served.name(code) for code in asked.areas[1:])
    return (
        ours,
        ("Compared with", "authorities chosen by name"),
        ("Members of the set", names or "none: no other is named"),
    )


def _span(figures: _Figures) -> str:
    """The periods of each indicator that the page shows."""
    compared = figures.compared(figures.keys)
    return "; ".join(
        f"{figures.served.indicators[key]['title']}: {', '.join(compared.periods(key)) or 'none'}"
        for key in figures.keys
    )
