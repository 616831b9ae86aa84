"""The comparison as a table: authorities down, indicators and their periods across.

A column is of one indicator and one period, so that sorting never mixes measures. No ranks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_ag_grid as dag
from dash import html

from alliance.compare.rows import Compared, Row, find_change, list_names
from alliance.compare.selection import INTERVALS
from alliance.components.tables import GRID_OPTIONS
from alliance.service import Served
from alliance.view import View, link
from indicators.words import GRADE, format_difference, format_value, titled

GRID = "compare-grid"
ROW_HEIGHT, HEAD_HEIGHT, MOST = 40, 120, 660
CELL, WIDE_CELL, GRADE_CELL = 108, 205, 205


def compare_grid(served: Served, view: View, compared: Compared) -> html.Div:
    """The grid: the reader's authority first, median, mean and best of the others above them."""
    columns = [_Column.of(compared, number, key) for number, key in enumerate(compared.indicators)]
    records = [_record(served, view, compared, columns, code) for code in compared.chosen.areas]
    pinned = [_middle_record(compared, *middle) for middle in _MIDDLES]
    pinned.append(_best_record(compared))
    height = min(MOST, HEAD_HEIGHT + ROW_HEIGHT * (len(records) + len(pinned)) + 24)
    options = GRID_OPTIONS | {
        "pinnedTopRowData": pinned,
        "suppressColumnVirtualisation": False,
        "suppressMultiSort": True,
        "tooltipShowDelay": 200,
        "rowHeight": ROW_HEIGHT,
    }
    return html.Div(
        dag.AgGrid(
            id=GRID,
            columnDefs=_columns(compared),
            rowData=records,
            defaultColDef={"sortable": True, "cellDataType": False,
                           "resizable": True, "wrapHeaderText": True,
                           "autoHeaderHeight": True, "suppressHeaderMenuButton": True,
                           "comparator": {"function": "compareFigures"},
                           "valueFormatter": {"function": "compareText(params)"},
                           "tooltipValueGetter": {"function": "compareNote(params)"},
                           "sortingOrder": ["desc", "asc", None]},
            dashGridOptions=options,
            getRowStyle={"styleConditions": [
                {"condition": "params.data.us",
                 "style": {"fontWeight": 700, "backgroundColor": "#EEF3F8"}},
                {"condition": "params.node.rowPinned",
                 "style": {"backgroundColor": "#F4F6F8"}},
            ]},
            columnSize=None,
            style={"height": f"{height}px", "width": "100%"},
            className="grid compare-grid",
            dangerously_allow_code=False,
        ),
        role="region",
        **{"aria-label": "Comparison"},
    )  # fmt: skip


def _columns(compared: Compared) -> list[dict[str, Any]]:
    first = {
        "field": "name", "headerName": "Authority", "pinned": "left", "width": 190,
        "cellRenderer": "CompareAuthority", "comparator": None, "valueFormatter": None,
        "wrapText": True, "sortingOrder": ["asc", "desc", None], "tooltipValueGetter": None,
    }  # fmt: skip
    groups = [_group(compared, number, key) for number, key in enumerate(compared.indicators)]
    n = len(compared.chosen.areas)
    who = {"headerName": f"{n} {'authority' if n == 1 else 'authorities'}", "children": [first]}
    return [who, *(group for group in groups if group["children"])]


def _group(compared: Compared, number: int, key: str) -> dict[str, Any]:
    indicator = compared.served.indicators[key]
    graded = indicator["unit"] == GRADE
    width = GRADE_CELL if graded else WIDE_CELL if _wide(compared) else CELL
    periods = compared.periods(key)
    children: list[dict[str, Any]] = [
        {"field": f"v{number}_{place}", "headerName": period, "width": width,
         "type": "" if graded else "rightAligned"}
        for place, period in enumerate(periods)
    ]  # fmt: skip
    if len(periods) > 1 and not graded:
        children.append(
            {"field": f"v{number}_change", "headerName": f"Change {periods[0]} to {periods[-1]}",
             "width": 130, "type": "rightAligned"}
        )  # fmt: skip
    return {
        "headerName": titled(indicator),
        "children": children,
        "marryChildren": True,
        "wrapHeaderText": True,
        "autoHeaderHeight": True,
        "headerClass": "compare-group",
    }


def _wide(compared: Compared) -> bool:
    return compared.chosen.cells == INTERVALS


@dataclass(frozen=True, slots=True)
class _Column:
    """One indicator of the table, looked up once for all its lines: for each period the names of
    its text, value and note."""

    key: str
    indicator: Row
    periods: tuple[tuple[str, str, str, str], ...]
    change: str

    @classmethod
    def of(cls, compared: Compared, number: int, key: str) -> _Column:
        """The column of the indicator that stands in that place."""
        periods = tuple(
            (period, f"t{number}_{place}", f"v{number}_{place}", f"n{number}_{place}")
            for place, period in enumerate(compared.periods(key))
        )
        return cls(key, compared.served.indicators[key], periods, f"{number}_change")


def _record(
    served: Served, view: View, compared: Compared, columns: Sequence[_Column], code: str
) -> dict[str, Any]:
    """One authority's line: value (v), text (t) and note (n) of each cell."""
    record: dict[str, Any] = {
        "name": served.name(code),
        "link": link(f"/authority/{code}", view),
        "us": code == view.us,
    }
    wide, by_key = _wide(compared), compared.by_key
    for column in columns:
        values: list[float | None] = []
        for period, text, value, noted in column.periods:
            row = by_key.get((column.key, period, code))
            if row is None or row["value"] is None:
                record[text] = compared.absence(column.key, period, code)
                values.append(None)
                continue
            values.append(row["value"])
            record[value] = row["value"]
            record[text] = _text(row, column.indicator, wide=wide)
            if note := _note(row, column.indicator):
                record[noted] = note
        _add_change(record, column.change, values, column.indicator)
    return record


def _add_change(
    record: dict[str, Any], cell: str, values: list[float | None], indicator: Row
) -> None:
    change = None if indicator["unit"] == GRADE else find_change(values)
    record[f"t{cell}"] = "" if change is None else signed_words(change, indicator)
    if change is not None:
        record[f"v{cell}"] = change


MOST_LINES = 60
"""Of more indicators and periods than that, what the lines on top rest on is said for the latest
period of each indicator alone."""


def lines_on_top(compared: Compared) -> tuple[list[list[str]], bool]:
    """What the lines above the table rest on, in words that need no pointing: of each indicator and
    period its title, the period, of how many the median and the mean are, and the best figure with
    all whose it is. True beside them where they are of each indicator's latest period alone."""
    named = [(key, period) for key in compared.indicators for period in compared.periods(key)]
    latest = len(named) > MOST_LINES
    if latest:
        named = [(key, compared.periods(key)[-1]) for key in compared.indicators
                 if compared.periods(key)]  # fmt: skip
    n = len(compared.chosen.areas) - 1
    return [
        [
            titled(compared.served.indicators[key]),
            period,
            f"{len(compared.others(key, period))} of {n}",
            _best_words(compared, key, period),
        ]
        for key, period in named
    ], latest


def _best_words(compared: Compared, key: str, period: str) -> str:
    """`12.3%: Fenshire, Wenbridge`; why there is no best where there is none."""
    found = compared.best(key, period)
    if found is None:
        return "none is better" if compared.others(key, period) else "no figure"
    value, codes = found
    whose = list_names((compared.served.name(code) for code in codes), most=6)
    return f"{_shown(value, compared.served.indicators[key])}: {whose}"


_MIDDLES = (("Median", Compared.median), ("Mean", Compared.mean))


def _best_record(compared: Compared) -> dict[str, Any]:
    """The best figure of the others, each with whose it is; “none” where neither way is better."""
    record: dict[str, Any] = {"name": "Best of the others", "link": "", "us": False}
    for number, key in enumerate(compared.indicators):
        indicator = compared.served.indicators[key]
        for place, period in enumerate(compared.periods(key)):
            found, cell = compared.best(key, period), f"{number}_{place}"
            if found is None:
                record[f"t{cell}"] = "none" if compared.others(key, period) else "no figure"
                continue
            value, codes = found
            record[f"v{cell}"] = value
            record[f"t{cell}"] = _shown(value, indicator)
            record[f"n{cell}"] = list_names((compared.served.name(code) for code in codes), most=6)
        record[f"t{number}_change"] = ""
    return record


def _middle_record(
    compared: Compared, name: str, middle: Callable[[Compared, str, str], float | None]
) -> dict[str, Any]:
    """Medians or means of the others, each with how many of them have a figure."""
    record: dict[str, Any] = {"name": f"{name} of the others", "link": "", "us": False}
    n = len(compared.chosen.areas) - 1
    for number, key in enumerate(compared.indicators):
        indicator = compared.served.indicators[key]
        for place, period in enumerate(compared.periods(key)):
            value, cell = middle(compared, key, period), f"{number}_{place}"
            if value is None:
                graded = indicator["unit"] == GRADE
                record[f"t{cell}"] = "not averaged" if graded else "no figure"
                continue
            known = len(compared.others(key, period))
            record[f"v{cell}"] = value
            record[f"t{cell}"] = _shown(value, indicator)
            record[f"n{cell}"] = f"{name} of {known} of {n} other authorities"
        record[f"t{number}_change"] = ""
    return record


def _shown(value: float, indicator: Row) -> str:
    return format_value(value, indicator["unit"], indicator["decimals"])


def _text(row: Row, indicator: Row, *, wide: bool) -> str:
    shown = _shown(row["value"], indicator)
    if wide and row["ci95_low"] is not None:
        shown += f" ({interval_of(row, indicator)})"
    shown += " p" if row["provisional"] else ""
    return shown + (" *" if row["joint_with"] else "")


def interval_of(row: Row, indicator: Row) -> str:
    """`62.1 to 72.4`: the 95 % interval of a row that has one."""
    places = max(1, indicator["decimals"])
    low, high = (
        format_value(row[end], indicator["unit"], places) for end in ("ci95_low", "ci95_high")
    )
    return f"{low} to {high}"


def _note(row: Row, indicator: Row) -> str:
    parts = []
    if row["ci95_low"] is not None:
        parts.append(f"95% interval {interval_of(row, indicator)}")
    if row["provisional"]:
        parts.append("provisional")
    if row["joint_with"]:
        parts.append("joint return, one figure for two authorities")
    words = "; ".join(parts)
    return f"{words[:1].upper()}{words[1:]}"


def signed_words(change: float, indicator: Mapping[str, Any]) -> str:
    """`+3.2`, `−1.0 points`: a difference with its sign; of percentages in points."""
    size = format_difference(change, indicator["unit"], indicator["decimals"])
    number = size.split()[0]
    points = f"{number} points" if indicator["unit"] == "percent" else number
    if number.strip("0.,£") == "":
        return points
    return f"+{points}" if change > 0 else f"−{points}"
