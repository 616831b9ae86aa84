"""What a target would mean for one authority and indicator: the levels that others and its own
trend give, how far each is, and whether anybody who stood there ever moved so far.

Reads the release and nothing of the challenge log; the arithmetic is in `indicators.targets`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from alliance.comparison_set import choose_set
from alliance.service import Served
from alliance.view import View
from indicators.counts import unrounded
from indicators.history import History, Spells, find_spells, has_history, read_history
from indicators.own_trend import CarriedOn, carry_on
from indicators.series import latest_figure
from indicators.set_summary import summarise_set
from indicators.targets import (
    AGREED,
    NEIGHBOURS,
    QUARTER,
    TREND,
    Level,
    Step,
    Target,
    usual_course,
    weigh_target,
    years_until,
)
from indicators.words import format_value

Row = Mapping[str, Any]
FEWEST_OF_A_QUARTER = 4
"""A set has quarters where so many of it have a figure."""


@dataclass(frozen=True, slots=True)
class Prospects:
    """For one authority: `row` is its latest figure, `by` the day that is looked to and `years` how
    many yearly figures there are until then; `spells` what others did in as many years from a like
    place, None where that cannot be told; `course` what usually happens year by year; `neighbours`
    are its statistical neighbours."""

    indicator: Row
    code: str
    row: Row
    by: date | None
    years: int
    targets: tuple[Target, ...]
    trend: CarriedOn | None
    spells: Spells | None
    course: tuple[Step, ...]
    neighbours: frozenset[str]


def read_prospects(
    served: Served,
    view: View,
    code: str,
    indicator_id: str,
    by: date | None,
    *,
    agreed: float | None = None,
) -> Prospects | None:
    """The prospects of an authority from its latest published figure; `agreed` is a target that is
    to be weighed with the others. None where it has no figure, or one of a grade or a number."""
    indicator = served.indicators[indicator_id]
    series = served.release.series(indicator_id, code)
    row = latest_figure(series)
    if row is None or not has_history(indicator):
        return None
    known = list(series[: series.index(row) + 1])
    years = years_until(row["period_end"], by)
    history = history_of(served, indicator_id, code)
    value, year = float(unrounded(row, indicator)["value"]), row["period_end"].year
    spells = find_spells(history, value, year, years) if years else None
    trend = carry_on(known, years, unit=indicator["unit"]) if years else None
    neighbours = frozenset(one["neighbour_code"] for one in served.release.neighbours(code))
    levels = _levels(served, view, code, row, indicator, neighbours, trend, agreed)
    targets = tuple(weigh_target(row, level, indicator, spells) for level in levels)
    course = usual_course(history, row, years, indicator)
    return Prospects(indicator, code, row, by, years, targets, trend, spells, course, neighbours)


def usual_from(served: Served, code: str, row: Row, years: int, indicator: Row) -> tuple[Step, ...]:
    """What is usual year by year from a figure of an authority; nothing of a grade or a number."""
    if not has_history(indicator):
        return ()
    history = history_of(served, indicator["indicator_id"], code)
    return usual_course(history, row, years, indicator)


def history_of(served: Served, indicator_id: str, code: str) -> History:
    """The history of all other authorities."""
    rows = served.release.history(indicator_id)
    return read_history(rows, code, served.indicators[indicator_id])


def _levels(
    served: Served,
    view: View,
    code: str,
    row: Row,
    indicator: Row,
    neighbours: frozenset[str],
    trend: CarriedOn | None,
    agreed: float | None,
) -> Iterator[Level]:
    figures = served.release.figures(indicator["indicator_id"], row["period"])
    yield from _of_neighbours(neighbours, code, row, indicator, figures)
    yield from _of_quarter(served, view, code, row, indicator, figures)
    if trend is not None:
        low, high = (
            format_value(limit, indicator["unit"], indicator["decimals"])
            for limit in (trend.low, trend.high)
        )
        basis = (
            f"the straight line from {trend.first_period} to {trend.last_period} carried on; four "
            f"times in five a figure would lie between {low} and {high}, if the line held"
        )
        yield Level(TREND, trend.value, "its own trend", basis)
    if agreed is not None:
        yield Level(AGREED, agreed, "the target", "as it is written here")


def _of_neighbours(
    codes: frozenset[str], code: str, row: Row, indicator: Row, figures: Sequence[Row]
) -> Iterator[Level]:
    summary = summarise_set([f for f in figures if f["area_code"] in codes], code, indicator)
    if summary.median is not None:
        basis = f"{summary.n} of {len(codes)} with a figure for {row['period']}"
        yield Level(NEIGHBOURS, summary.median, "the neighbours’ median", basis)


def _of_quarter(
    served: Served, view: View, code: str, row: Row, indicator: Row, figures: Sequence[Row]
) -> Iterator[Level]:
    chosen = choose_set(served, view, view.scope, figures)
    summary = summarise_set(chosen.rows, code, indicator)
    if summary.best_quarter is not None and summary.n >= FEWEST_OF_A_QUARTER:
        basis = f"{summary.n} others with a figure for {row['period']}"
        yield Level(QUARTER, summary.best_quarter, f"the best quarter of {chosen.name}", basis)
