"""The comparison as small multiples: a panel for each authority, or for each indicator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from alliance.charts import CHARTS
from alliance.charts.small_multiples import Panel, draw_panel, small_multiples, value_range
from alliance.compare.rows import Compared, list_names
from alliance.compare.selection import EVERY, compare_query
from alliance.components.chart_frame import chart_frame, stamp
from alliance.components.tables import plain_table
from alliance.service import Served
from alliance.view import View
from indicators.words import GRADE, format_value, format_with_unit, grades_key, unit_words

PREFIX = "compare-chart"


def multiples_section(served: Served, view: View, compared: Compared, tab: str) -> html.Section:
    """The panels of the selection with the sentence before them."""
    every = compared.chosen.of == EVERY
    panels = _by_indicator(compared) if every else _by_authority(compared)
    figure = small_multiples([panel for panel, _ in panels], same_scale=not every)
    about = served.indicators[compared.indicators[0]]
    subject = about if not every else about | {"title": served.name(view.us), "caveats": ""}
    stamp(figure, served, subject, _span(compared))
    drawn = any(v is not None for panel, _ in panels for v in panel.values)
    return chart_frame(
        CHARTS["small_multiples"],
        prefix=PREFIX,
        title=_title(served, view, compared),
        sentence=_indicators_sentence(compared) if every else _authorities_sentence(compared),
        figure=figure if drawn else None,
        table=_table(compared, panels),
        tab=tab,
        file_name="small-multiples",
        notes=_notes(compared),
        export=("compare", compare_query(compared.chosen, view)),
        drawing=_draw(panels, figure, same_scale=not every) if drawn else None,
    )


Named = tuple[Panel, str]
"""A panel, and the periods in which it has no figure, in words."""


def _panel(compared: Compared, key: str, code: str, title: str, *, ours: bool) -> Named:
    indicator, periods = compared.served.indicators[key], compared.periods(key)
    panel = Panel(
        title=title,
        periods=periods,
        values=tuple(compared.value(key, period, code) for period in periods),
        median=tuple(compared.median(key, period) for period in periods),
        unit=indicator["unit"],
        decimals=indicator["decimals"],
        ours=ours,
    )
    gaps: dict[str, list[str]] = {}
    for period, value in zip(periods, panel.values, strict=True):
        if value is None:
            gaps.setdefault(compared.absence(key, period, code), []).append(period)
    words = "; ".join(f"{', '.join(when)}: {why}" for why, when in gaps.items())
    if len(gaps) == 1 and all(value is None for value in panel.values) and len(periods) > 1:
        words = f"{next(iter(gaps))} in every period"
    return panel, words


def _by_authority(compared: Compared) -> list[Named]:
    key, us = compared.indicators[0], compared.chosen.areas[0]
    return [
        _panel(compared, key, code, compared.served.name(code), ours=code == us)
        for code in compared.chosen.areas
    ]


def _by_indicator(compared: Compared) -> list[Named]:
    us, known = compared.chosen.areas[0], compared.served.indicators
    return [
        _panel(compared, key, us, known[key]["title"], ours=True)
        for key in compared.indicators
        if compared.periods(key)
    ]


def _span(compared: Compared) -> str:
    chosen = compared.chosen
    return str(chosen.last) if chosen.first == chosen.last else f"{chosen.first} to {chosen.last}"


def _title(served: Served, view: View, compared: Compared) -> str:
    if compared.chosen.of == EVERY:
        return f"{served.name(view.us)}: every indicator chosen"
    return str(served.indicators[compared.indicators[0]]["title"])


def _authorities_sentence(compared: Compared) -> str:
    """How the reader's figure went, and how many of the others went which way: facts, no trend."""
    key = compared.indicators[0]
    indicator, periods = compared.served.indicators[key], compared.periods(key)
    us = compared.chosen.areas[0]
    if not periods:
        return f"{compared.served.name(us)}: no figure in these years."
    start = _went(compared, key, us)
    if indicator["unit"] == GRADE or len(periods) < 2 or len(compared.chosen.areas) < 2:
        return f"{start}."
    return f"{start}. {_others_went(compared, key, periods)}"


def _went(compared: Compared, key: str, code: str) -> str:
    indicator, periods = compared.served.indicators[key], compared.periods(key)
    name, unit, decimals = compared.served.name(code), indicator["unit"], indicator["decimals"]
    values = [(period, compared.value(key, period, code)) for period in periods]
    known = [(period, value) for period, value in values if value is not None]
    if not known:
        return f"{name}: {compared.absence(key, periods[-1], code)} in {periods[-1]}"
    words = f"{name}: {format_with_unit(known[-1][1], unit, decimals)} in {known[-1][0]}"
    if len(known) == 1:
        return words
    return f"{words}; it was {format_value(known[0][1], unit, decimals)} in {known[0][0]}"


def _others_went(compared: Compared, key: str, periods: Sequence[str]) -> str:
    ends = [
        [compared.value(key, period, code) for period in (periods[0], periods[-1])]
        for code in compared.chosen.areas[1:]
    ]
    both = [(first, last) for first, last in ends if first is not None and last is not None]
    higher = sum(last > first for first, last in both)
    lower = sum(last < first for first, last in both)
    words = (
        f"Of {len(both)} other {'authority' if len(both) == 1 else 'authorities'} with a figure in "
        f"both {periods[0]} and {periods[-1]}, {higher} had a higher figure and {lower} a lower"
    )
    return f"{words}."


def _indicators_sentence(compared: Compared) -> str:
    name, n = compared.served.name(compared.chosen.areas[0]), len(compared.indicators)
    words = f"{n} {'indicator' if n == 1 else 'indicators'}, {_span(compared)}"
    return f"{name}: {words}, each on a scale of its own."


def _draw(panels: Sequence[Named], figure: dict[str, Any], *, same_scale: bool) -> html.Div:
    """The panels in rows as long as the screen allows."""
    common = value_range([panel for panel, _ in panels])
    meta = figure["layout"]["meta"]
    return html.Div(
        [_figure(panel, gaps, common if same_scale else value_range([panel]))
         for panel, gaps in panels],
        className="panels",
        **{f"data-{key}": str(meta[key] or "") for key in ("title", "source", "caveats")},
    )  # fmt: skip


def _figure(panel: Panel, gaps: str, ends: tuple[float, float]) -> html.Figure:
    known = [(p, v) for p, v in zip(panel.periods, panel.values, strict=True) if v is not None]
    shown = ""
    if known:
        shown = format_value(known[-1][1], panel.unit, panel.decimals)
        shown += "" if known[-1][0] == panel.periods[-1] else f" ({known[-1][0]})"
    kind = "panel panel-us" if panel.ours else "panel"
    return html.Figure(
        [
            html.Figcaption(
                [html.Span(panel.title, className="panel-name"),
                 html.Span(shown, className="panel-last")]
            ),
            html.Img(src=draw_panel(panel, ends), alt=_alternative(panel, known)),
            *([html.P(f"No figure: {gaps}.", className="panel-gaps")] if gaps else []),
        ],
        className=kind,
    )  # fmt: skip


def _alternative(panel: Panel, known: Sequence[tuple[str, float]]) -> str:
    if not known:
        return f"{panel.title}: no figure"
    ends = [known[0]] if len(known) == 1 else [known[0], known[-1]]
    said = [f"{format_value(v, panel.unit, panel.decimals)} in {p}" for p, v in ends]
    return f"{panel.title}: {', then '.join(said)}"


def _notes(compared: Compared) -> list[Any]:
    keys = [key for key in compared.indicators if compared.periods(key)]
    units = sorted({unit_words(compared.served.indicators[key]["unit"]) for key in keys})
    lines = [f"Dashed grey line: median of the other authorities. Unit: {list_names(units)}."]
    if any(compared.served.indicators[key]["unit"] == GRADE for key in keys):
        lines = [f"Grades: {grades_key()}. Grades are an order and have no median."]
    return [html.Div([html.P(line) for line in lines], className="absences")]


def _table(compared: Compared, panels: Sequence[Named]) -> html.Div:
    """The numbers of the panels: a row for each, a column for each period."""
    periods = list(dict.fromkeys(p for panel, _ in panels for p in panel.periods))
    codes = compared.chosen.areas
    body: list[list[Any]] = []
    for place, (panel, _) in enumerate(panels):
        every = compared.chosen.of == EVERY
        key = next(iter(compared.indicators))
        if every:
            key = [k for k in compared.indicators if compared.periods(k)][place]
        code = codes[0] if every else codes[place]
        values = dict(zip(panel.periods, panel.values, strict=True))
        cells: list[Any] = [
            "" if period not in values
            else compared.absence(key, period, code) if (value := values[period]) is None
            else format_value(value, panel.unit, panel.decimals)
            for period in periods
        ]  # fmt: skip
        name = f"{panel.title} ({unit_words(panel.unit)})" if every else panel.title
        body.append([name, *cells])
    if compared.chosen.of != EVERY and panels and any(v is not None for v in panels[0][0].median):
        panel = panels[0][0]
        body.append(
            ["Median of the others",
             *("no figure" if v is None else format_value(v, panel.unit, panel.decimals)
               for v in panel.median)]
        )  # fmt: skip
    first = "Indicator" if compared.chosen.of == EVERY else "Authority"
    return plain_table("The figures of the small multiples", [first, *periods], {"": body})
