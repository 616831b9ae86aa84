"""The comparison as a scatter: one indicator against another, with what the link can bear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import dash_mantine_components as dmc
from dash import html

from alliance.charts import CHARTS
from alliance.charts.scatter import NAMED, Axis, place_names, scatter
from alliance.compare.rows import list_names
from alliance.compare.selection import Selection, compare_query
from alliance.components.chart_frame import chart_frame, describe
from alliance.components.tables import grid
from alliance.service import Served
from alliance.view import View
from indicators.rank_correlation import correlate_ranks, correlation_words
from indicators.words import GRADE, NOT_THEN, format_value, format_with_unit, unit_words

PREFIX = "compare-chart"
GRID = f"{PREFIX}-grid"
NO_CAUSE = (
    "It does not show that one brings about the other: what authorities have in common with each "
    "other, such as deprivation, may lie behind both."
)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Both figures of every authority in one pair of periods: `both` has numbers on both sides,
    `lacking` the reason by authority."""

    periods: tuple[str, str]
    both: tuple[Row, ...]
    lacking: dict[str, str]


def pair_periods(served: Served, x: str, y: str, year: int | None) -> tuple[str, str] | None:
    """The latest period of each indicator that end in the same year, not after `year`; None where
    the two have no year in common."""
    ends = [
        {row["period_end"].year: row["period"] for row in served.periods.get(key, [])}
        for key in (x, y)
    ]
    shared = sorted(ends[0].keys() & ends[1].keys())
    usable = [found for found in shared if year is None or found <= year] or shared[:1]
    return (ends[0][usable[-1]], ends[1][usable[-1]]) if usable else None


def pair_figures(served: Served, x: str, y: str, periods: tuple[str, str]) -> Pairs:
    """Both figures of every authority that has a row on either side."""
    sides = [
        {row["area_code"]: row for row in served.release.figures(key, period)}
        for key, period in zip((x, y), periods, strict=True)
    ]
    both: list[Row] = []
    lacking: dict[str, str] = {}
    for code in served.authorities:
        rows = [side.get(code) for side in sides]
        values = [None if row is None else row["value"] for row in rows]
        if all(value is not None for value in values):
            both.append({"area_code": code, "x": values[0], "y": values[1]})
        elif any(row is not None for row in rows):
            lacking[code] = _reason(served, rows)
    return Pairs(periods, tuple(both), lacking)


def _reason(served: Served, rows: Sequence[Row | None]) -> str:
    reasons = dict.fromkeys(
        "no figure" if row is None else served.absence(row)
        for row in rows
        if row is None or row["value"] is None
    )
    return " and ".join(reasons)


def scatter_section(served: Served, view: View, chosen: Selection, tab: str) -> html.Section:
    """The chart with its sentence; says so where the two have no year in common."""
    x, y = served.indicators[chosen.x], served.indicators[chosen.y]
    year = chosen.last if chosen.years_asked else None
    periods = pair_periods(served, chosen.x, chosen.y, year)
    if periods is None:
        return html.Section(
            [
                html.H2("No year in common"),
                html.P(
                    f"“{x['title']}” and “{y['title']}” have no year in common. Choose another "
                    "pair.",
                    className="empty",
                ),
                html.Div(dmc.Tabs([], id=f"{PREFIX}-tab"), hidden=True),
            ],
            className="card",
        )
    pairs = pair_figures(served, chosen.x, chosen.y, periods)
    figure = _figure(served, view, chosen, pairs, (x, y)) if pairs.both else None
    return chart_frame(
        CHARTS["scatter"],
        prefix=PREFIX,
        title=f"{x['title']} against {_lower(y['title'])}",
        sentence=_sentence(served, view, (x, y), pairs),
        figure=figure,
        table=_table(served, chosen, (x, y), pairs),
        tab=tab,
        file_name=f"{chosen.x}_against_{chosen.y}",
        notes=_notes(served, pairs, chosen),
        export=("compare", compare_query(chosen, view)),
    )


def _lower(title: str) -> str:
    """A title within a sentence: its first letter small, unless the word is an abbreviation."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _figure(
    served: Served, view: View, chosen: Selection, pairs: Pairs, indicators: tuple[Row, Row]
) -> dict[str, Any]:
    names = {row["area_code"]: served.name(row["area_code"]) for row in pairs.both}
    axes = [
        Axis(
            _axis_title(indicator, period),
            indicator["unit"],
            indicator["decimals"],
            None if indicator["unit"] == GRADE else median(row[side] for row in pairs.both),
            _from_nought([row[side] for row in pairs.both]),
        )
        for indicator, period, side in zip(indicators, pairs.periods, ("x", "y"), strict=True)
    ]
    figure = scatter(
        pairs.both, names, *axes, us=view.us, members=frozenset(chosen.areas)
    )  # fmt: skip
    sources = dict.fromkeys(served.attribution(indicator) for indicator in indicators)
    describe(
        figure,
        title=f"{indicators[0]['title']} against {_lower(indicators[1]['title'])}",
        source=f"{'. '.join(sources)}. {' and '.join(dict.fromkeys(pairs.periods))}. "
        f"Release {served.info.release_id}.",
        caveats=" ".join(i["caveats"] for i in indicators if i["caveats"]),
    )
    return figure


def _from_nought(values: Sequence[float]) -> bool:
    """True where the figures span enough of the way to nought for the axis to begin there."""
    return 0 <= min(values) < max(values) / 2


def _axis_title(indicator: Row, period: str) -> str:
    """Title, period and unit; without the unit where the title has it."""
    title, unit = _short(indicator["title"]), unit_words(indicator["unit"])
    return f"{title}, {period}" + ("" if unit in title else f" ({unit})")


def _short(title: str) -> str:
    return title if len(title) <= 60 else f"{title[:57].rsplit(' ', 1)[0]}…"


def _sentence(served: Served, view: View, indicators: tuple[Row, Row], pairs: Pairs) -> str:
    name = served.name(view.us)
    mine = next((row for row in pairs.both if row["area_code"] == view.us), None)
    if mine is None:
        why = pairs.lacking.get(view.us, "no figure")
        ours = f"{name} is not drawn ({why})."
    else:
        shown = [
            f"{format_with_unit(mine[side], i['unit'], i['decimals'])} in {period}"
            for side, i, period in zip(("x", "y"), indicators, pairs.periods, strict=True)
        ]
        ours = f"{name}: {shown[0]} across and {shown[1]} up."
    found = correlate_ranks([(row["x"], row["y"]) for row in pairs.both])
    n = f"{found.n} {'authority has' if found.n == 1 else 'authorities have'} both figures."
    return f"{ours} {n} {correlation_words(found)} {NO_CAUSE}"


def _notes(served: Served, pairs: Pairs, chosen: Selection) -> list[Any]:
    reasons: dict[str, list[str]] = {}
    for code, why in pairs.lacking.items():
        if NOT_THEN not in why:
            reasons.setdefault(why, []).append(served.name(code))
    lines = _unnamed(served, pairs, chosen)
    lines += [f"Not drawn ({why}): {list_names(names)}." for why, names in reasons.items()]
    if pairs.periods[0] != pairs.periods[1]:
        lines.insert(
            0, f"{pairs.periods[0]} across and {pairs.periods[1]} up: both end in the same year."
        )
    return [html.Div([html.P(line) for line in lines], className="absences")] if lines else []


def _unnamed(served: Served, pairs: Pairs, chosen: Selection) -> list[str]:
    """Who of the set has a point without a name beside it."""
    shown = [row for row in pairs.both if row["area_code"] in chosen.areas]
    if len(shown) > NAMED:
        return ["A point’s name shows when it is pointed at; all names are in the table."]
    names = {row["area_code"]: served.name(row["area_code"]) for row in shown}
    order = sorted(shown, key=lambda row: row["area_code"] != chosen.areas[0])
    placed = place_names(order, pairs.both, names)
    left = [names[row["area_code"]] for row in order if row["area_code"] not in placed]
    return [f"No room for a name beside the point of: {list_names(left)}."] if left else []


def _table(
    served: Served, chosen: Selection, indicators: tuple[Row, Row], pairs: Pairs
) -> html.Div:
    members = frozenset(chosen.areas)
    rows: list[dict[str, Any]] = [
        {
            "name": served.name(row["area_code"]),
            "set": "yes" if row["area_code"] in members else "",
            **{
                key: value
                for side, i in zip(("x", "y"), indicators, strict=True)
                for key, value in (
                    (side, row[side]),
                    (f"{side}_shown", format_value(row[side], i["unit"], i["decimals"])),
                )
            },
        }
        for row in pairs.both
    ]
    rows.sort(key=lambda row: (not row["set"], row["name"]))
    columns = [
        {"field": "name", "headerName": "Authority", "pinned": "left", "width": 205},
        *(
            {"field": side, "headerName": f"{i['title']}, {period}", "width": 220,
             "type": "rightAligned", "valueFormatter": {"function": f"params.data.{side}_shown"}}
            for side, i, period in zip(("x", "y"), indicators, pairs.periods, strict=True)
        ),
        {"field": "set", "headerName": "In the set compared", "width": 120},
    ]  # fmt: skip
    return grid(GRID, "Both figures of each authority", columns, rows)
