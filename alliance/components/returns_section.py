"""Local returns beside a published indicator: our quarters as an XmR chart, the members' as a
table, for members of the alliance, and nothing at all for anybody else. The two are never one line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from alliance.charts import CHARTS
from alliance.charts.xmr import xmr
from alliance.components.chart_frame import chart_frame, describe
from alliance.components.tables import plain_table
from alliance.people.current import current_person, current_time
from alliance.returns.declared import current_returns
from alliance.returns.routes import FIGURES
from alliance.returns.series import QuarterlySeries, read_series
from alliance.returns.shared import Shared, alliance_of, notice, published_beside, read_shared
from alliance.service import Served
from alliance.store import StoreError
from alliance.store.in_app import current_store
from alliance.view import CHART, View, link
from indicators.words import format_value, format_with_unit, unit_title, unit_words
from indicators.xmr import LEAST, RULE_WORDS
from ingest.returns.declaration import ReturnIndicator


def returns_section(served: Served, view: View, indicator: Mapping[str, Any]) -> list[Any]:
    """The section for those who may see it; an empty list for everybody else."""
    person = current_person()
    if alliance_of(served, person) is None:
        return []
    beside = [
        (declaration, found)
        for declaration in current_returns().values()
        for found in declaration.beside(indicator["indicator_id"])
    ]
    if not beside:
        return []
    try:
        parts = [
            part
            for declaration, found in beside
            if (shared := read_shared(current_store(), served, person, declaration,
                                      today=current_time().date()))
            for part in _beside(served, view, shared, found)
        ]  # fmt: skip
    except StoreError:
        parts = [html.P("Local returns cannot be read at the moment.", className="small")]
    title = "indicator-returns-title"
    return [
        html.Section(
            [
                html.H2("Local returns", id=title),
                *parts,
                html.P(dcc.Link("All local returns", href=link("/returns", view))),
            ],
            className="card local-returns",
            **{"aria-labelledby": title},
        )
    ]


def _beside(served: Served, view: View, shared: Shared, indicator: ReturnIndicator) -> list[Any]:
    words = notice(served, shared.alliance.name)
    series = read_series(served, shared, indicator, view.us)
    return [
        html.P(words, className="provisional"),
        *([_over_time(served, view, shared, series, words)] if series.quarters else []),
        reconciliation(indicator),
        html.H3(f"{shared.alliance.name}: the last quarters"),
        figures_table(served, shared, indicator),
    ]


def reconciliation(indicator: ReturnIndicator) -> html.Dl:
    """In what the local and the published figure agree, and in what they differ."""
    rows = [("What the two have in common", indicator.agreement)]
    rows.append(("How it differs from the published figure", indicator.difference))
    parts = [part for what, words in rows if words for part in (html.Dt(what), html.Dd(words))]
    return html.Dl(parts, className="reconciled")


# Our quarters ------------------------------------------------------------------------------------


def _over_time(
    served: Served, view: View, shared: Shared, series: QuarterlySeries, words: str
) -> html.Section:
    """The chart of our quarters with the published figures beside them; the same as a table."""
    indicator, name = series.indicator, served.name(view.us)
    figure = None
    if series.known:
        figure = xmr(
            series.quarters,
            series.published,
            series.chart,
            unit=indicator.unit,
            decimals=indicator.decimals,
            unit_title=unit_title(indicator.unit),
        )
        describe(
            figure,
            title=f"{name}: {indicator.title}",
            source=f"{words}. Release {served.info.release_id}.",
            caveats=indicator.difference,
        )
    return chart_frame(
        CHARTS["xmr"],
        prefix=f"indicator-{indicator.id}",
        title=f"{indicator.title}, by quarter",
        sentence=series_sentence(name, series),
        figure=figure,
        table=_series_table(name, series),
        tab=CHART,
        csv_address=f"{FIGURES}/{shared.declaration.id}.csv",
        file_name=f"{indicator.id}_{view.us}",
        notes=[],
    )


def series_sentence(name: str, series: QuarterlySeries) -> str:
    """The last quarter, what is ordinary for the series, and which quarters are not."""
    unit, decimals = series.indicator.unit, series.indicator.decimals
    if not series.known:
        return f"{name}: no figure in any of {len(series.quarters)} quarters."
    last = series.known[-1]
    text = f"{name}: {format_with_unit(last['value'], unit, decimals)} in {last['label']}"
    if series.chart is None:
        number = len(series.known)
        have = f"{number} {'has' if number == 1 else 'have'}"
        return f"{text}, by its own count. Limits need {LEAST} quarters with a figure; {have} one."
    low, mean, high = (
        format_value(value, unit, decimals)
        for value in (series.chart.low, series.chart.mean, series.chart.high)
    )
    signals = dict.fromkeys(series.quarters[place]["label"] for place, _ in series.chart.signals)
    told = f"Worth asking about: {', '.join(signals)}." if signals else "No quarter is a signal."
    return f"{text}, by its own count; mean {mean}, ordinarily between {low} and {high}. {told}"


def _series_table(name: str, series: QuarterlySeries) -> html.Div:
    """Quarters and published figures, newest first, each in a table of its own."""
    indicator = series.indicator

    def show(value: float | None) -> str:
        return "" if value is None else format_value(value, indicator.unit, indicator.decimals)

    rules: dict[int, list[str]] = {}
    for place, rule in series.chart.signals if series.chart else ():
        rules.setdefault(place, []).append(RULE_WORDS[rule])
    ranges = series.chart.moving_ranges if series.chart else [None] * len(series.quarters)
    quarters = [
        [row["label"], _cell(row["words"]), show(ranges[place]), "; ".join(rules.get(place, []))]
        for place, row in enumerate(series.quarters)
    ]
    published = [[row["period"], show(row["value"])] for row in series.published]
    unit = unit_words(indicator.unit)
    head = ["Quarter", f"Local, {unit}", "Moving range", "Signal"]
    tables = [plain_table(f"{name}: local figures by quarter", head, {"": quarters[::-1]})]
    if published:
        caption = f"{name}: published annual figures"
        tables.append(plain_table(caption, ["Period", f"Published, {unit}"], {"": published[::-1]}))
    return html.Div(tables, className="two-tables")


# The members' quarters ---------------------------------------------------------------------------


def figures_table(served: Served, shared: Shared, indicator: ReturnIndicator) -> Any:
    """Authorities by quarter, with the published annual figure in a column of its own."""
    period, published = published_beside(served, indicator, shared.alliance.members)
    head: list[Any] = ["Authority", *(quarter.label for quarter in shared.quarters)]
    if period:
        head.append(
            [f"Published, {period}", html.Br(), html.Span("a year’s figure", className="unit")]
        )
    rows = [
        [
            served.name(code),
            *(_cell(shared.words(indicator, code, quarter)) for quarter in shared.quarters),
            *(
                [html.Span(published.get(code, "no figure"), className="published")]
                if period
                else []
            ),
        ]
        for code in shared.alliance.members
    ]
    caption = f"{indicator.title} ({unit_words(indicator.unit)}), provisional"
    kind = "return-figures with-published" if period else "return-figures"
    return plain_table(caption, head, {"": rows}, kind=kind)


def difference_note(indicator: ReturnIndicator, more: Sequence[Any] = ()) -> html.P:
    """How the two differ by definition, and what `more` there is to say."""
    words: list[Any] = ["Not among the published indicators here."]
    if indicator.published_as:
        words = [html.Strong("How it differs from the published figure. "), indicator.difference]
    return html.P([*words, *more], className="small")


def _cell(words: str) -> Any:
    return (
        words if words[:1].isdigit() or words[:1] == "£" else html.Span(words, className="absent")
    )
