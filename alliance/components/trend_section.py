"""One indicator over time: the sentence, the lines and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash import html

from alliance.charts import CHARTS
from alliance.charts.trend import TOTALS, Peers, lines_of, trend
from alliance.comparison_set import Row
from alliance.components.chart_frame import chart_frame, stamp
from alliance.components.indicator_subject import Subject
from alliance.components.raise_challenge import raise_on
from alliance.components.ranked_section import interval_words
from alliance.components.tables import plain_table
from alliance.service import Served
from alliance.view import View
from indicators.series import with_missing_years
from indicators.set_summary import medians_by_period
from indicators.words import GRADE, format_value, format_with_unit

SECTION = "trend"
MEDIAN = "Median of the set"
MANY = 40
"""Above so many members, their lines would be a tangle."""
NONE: tuple[None, int] = (None, 0)
"""The median of nobody, and of how many."""
Members = Mapping[str, Sequence[tuple[str, float | None]]]

TREND = "indicator-trend"


def trend_section(subject: Subject, tab: str) -> html.Section:
    """The section of the authority looked from, among its set; `tab` is the one that is open."""
    served, view, indicator = subject.served, subject.view, subject.indicator
    rows = served.release.series(subject.key, view.us)
    theirs = _member_rows(subject)
    members, middles = _by_name(served, theirs), medians_by_period(theirs, view.us)
    series = [
        {**row, **dict(zip(("set_median", "set_n"), middles.get(row["period"], NONE), strict=True))}
        for row in with_missing_years(rows)
    ]
    median = "" if subject.graded or subject.scope == "neighbours" else MEDIAN
    lines = lines_of(subject.name, _region(served, view, rows), subject.country, median)
    if subject.counted:
        lines = tuple(line for line in lines if line.column not in TOTALS)
    drawn = {} if len(members) > MANY else members
    figure = None
    periods = _periods_drawn(series, [line.column for line in lines], drawn)
    if len(periods) > 1:
        figure = trend(
            series,
            lines,
            unit=subject.unit,
            decimals=subject.decimals,
            unit_title=subject.unit_title,
            peers=Peers("Members of the set", drawn),
        )
        stamp(figure, served, indicator, "All periods")
    section = chart_frame(
        CHARTS["trend"],
        prefix=TREND,
        title="Over time",
        sentence=_sentence(subject.name, series, indicator),
        figure=figure,
        table=_table(subject, series, drawn),
        tab=tab,
        export=("series", subject.query()),
        file_name=f"{subject.key}_{view.us}",
        notes=_notes(subject, series, members),
        actions=raise_on(subject, SECTION),
        empty=_nothing_drawn(periods),
    )
    section.id = SECTION
    return section


def _periods_drawn(
    series: Sequence[Row], columns: Sequence[str], members: Members
) -> dict[str, None]:
    """The periods in which any of the lines has a figure, in order; a set that keeps it."""
    theirs = {p for figures in members.values() for p, value in figures if value is not None}
    return {
        row["period"]: None
        for row in series
        if row["period"] in theirs or any(row[column] is not None for column in columns)
    }


def _nothing_drawn(periods: Mapping[str, None]) -> str:
    """Why there are no lines."""
    if not periods:
        return "There is no figure to draw."
    return f"Only {next(iter(periods))} has a figure: a line needs two."


def _member_rows(subject: Subject) -> list[Row]:
    """The figures over time of the set's other members. None of a grade, for lines of judgements
    say nothing side by side."""
    if subject.graded:
        return []
    codes = sorted(subject.chosen.codes - {subject.view.us})
    return [*subject.served.release.area_series(subject.key, codes)]


def _by_name(served: Served, rows: Sequence[Row]) -> dict[str, list[tuple[str, float | None]]]:
    """The same by name: (period, value), oldest first; of those alone that have a figure."""
    found: dict[str, list[tuple[str, float | None]]] = {}
    for row in rows:
        name = served.name(row["area_code"])
        found.setdefault(name, []).append((row["period"], row["value"]))
    return {
        name: series
        for name, series in sorted(found.items())
        if any(value is not None for _, value in series)
    }


def _notes(subject: Subject, series: Sequence[Row], members: Members) -> list[Any]:
    served = subject.served
    gaps = [f"{row['period']}: {served.absence(row)}" for row in series if row["value"] is None]
    texts = [f"No figure for {subject.name}. {'; '.join(gaps)}."] if gaps else []
    if subject.counted:
        texts.append(
            f"The figures of {_region(served, subject.view, series)} and of {subject.country} are "
            "totals of many authorities: they are in the table and not drawn."
        )
    if len(members) > MANY:
        texts.append(
            f"The set has {len(members)} other authorities, too many for a line each: their median "
            "is drawn."
        )
    return [html.P(text, className="absences") for text in texts]


def _region(served: Served, view: View, rows: Sequence[Row]) -> str:
    """The name of the area whose figures the region's line shows, from the latest that has one."""
    with_region = [row for row in rows if row["region_basis"]]
    return served.region_name(with_region[-1]) if with_region else served.region_of(view.us)


def _sentence(name: str, series: Sequence[Row], indicator: Row) -> str:
    """First and last figure as facts; whether it is a trend needs a test, and none is claimed."""
    known = [row for row in series if row["value"] is not None]
    if not known:
        return f"{name}: no figure in any period."
    unit, decimals = indicator["unit"], indicator["decimals"]
    last = known[-1]
    text = f"{name}: {format_with_unit(last['value'], unit, decimals)} in {last['period']}"
    text += " (provisional)" if last["provisional"] else ""
    if len(known) == 1:
        return f"{text}, the only period with a figure."
    first = known[0]
    return f"{text}; it was {format_value(first['value'], unit, decimals)} in {first['period']}."


def _grade_table(served: Served, view: View, indicator: Row, series: Sequence[Row]) -> Any:
    """The grades alone: there is no average of others' to set beside them."""
    unit, decimals = indicator["unit"], indicator["decimals"]
    body = [
        [
            row["period"],
            served.absence(row) if row["value"] is None
            else format_value(row["value"], unit, decimals),
        ]
        for row in reversed(series)
    ]  # fmt: skip
    head = ["Period", served.name(view.us)]
    return plain_table(f"{indicator['title']} over time", head, {"": body})


def _table(subject: Subject, series: Sequence[Row], drawn: Members) -> Any:
    served, view, indicator = subject.served, subject.view, subject.indicator
    unit, decimals = subject.unit, subject.decimals
    if unit == GRADE:
        return _grade_table(served, view, indicator, series)

    def show(value: float | None) -> str:
        return "no figure" if value is None else format_value(value, unit, decimals)

    def own(row: Row) -> str:
        if row["value"] is None:
            return served.absence(row)
        return show(row["value"]) + (" (provisional)" if row["provisional"] else "")

    def rests_on(value: float | None, n: int | None) -> str:
        return "no figure" if value is None else f"{show(value)} ({n})"

    def rank(row: Row, among: str) -> str:
        return f"{row[f'rank_{among}']} of {row[f'n_{among}']}" if row[f"rank_{among}"] else ""

    body = [
        [
            row["period"],
            own(row),
            interval_words(row, indicator),
            rests_on(row["set_median"], row["set_n"]),
            rests_on(row["region"], row["n_region"]),
            rests_on(row["neighbours_median"], row["neighbours_n"]),
            rests_on(row["england"], row["n_england"]),
            *([] if subject.counted else [rank(row, "region"), rank(row, "england")]),
        ]
        for row in reversed(series)
    ]
    head = [
        "Period", served.name(view.us), "95% interval", MEDIAN, served.region_of(view.us),
        "Neighbours' median", served.country["name"],
        *([] if subject.counted else ["Rank in region", "Rank in country"]),
    ]  # fmt: skip
    return html.Div(
        [
            plain_table(f"{indicator['title']} over time", head, {"": body}),
            html.P("In brackets: how many authorities have a figure.", className="small"),
            *_member_table(indicator, series, drawn, show),
        ]
    )


def _member_table(
    indicator: Row, series: Sequence[Row], drawn: Members, show: Callable[[float | None], str]
) -> list[Any]:
    """The figures of the faint lines: a row for each member, a column for each period."""
    if not drawn:
        return []
    periods = [row["period"] for row in series]
    body = [
        [name, *(show(dict(figures).get(period)) for period in periods)]
        for name, figures in drawn.items()
    ]
    caption = f"{indicator['title']}: members of the set over time"
    table = plain_table(caption, ["Authority", *periods], {"": body})
    return [html.H3("Members of the set"), table]
