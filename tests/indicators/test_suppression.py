"""No statistic knows a suppressed figure: whatever it hides, all that is worked out is the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.change_test import test_change as change_of
from indicators.did_it_work import review_change
from indicators.funnel import build_funnel
from indicators.gap import gap_of
from indicators.history import find_spells, read_history
from indicators.nearest import nearest
from indicators.own_trend import carry_on
from indicators.rank_interval import rank_intervals
from indicators.recent_trend import find_trend
from indicators.robust import survives
from indicators.set_summary import summarise_set
from indicators.tally import tally_figures
from tests.indicators.rows import PERCENT, figure, with_limits, years

Rows = list[dict[str, Any]]


def _robust(rows: Rows) -> Any:
    mine = with_limits(figure("899", 20, 60), "wilson", 100.0)
    return survives(mine, {"a set": summarise_set(rows, "899", PERCENT)})


def _gap(rows: Rows) -> Any:
    return gap_of(figure("899", 20, 60), summarise_set(rows, "899", PERCENT).median, PERCENT)


def _spells(rows: Rows) -> Any:
    """Those of a history in which everybody's second year is the first one turned round."""
    later = [
        row | {"value": other["value"], "numerator": other["numerator"],
               "denominator": other["denominator"], "period": "2026",
               "period_end": date(2026, 3, 31)}
        for row, other in zip(rows, reversed(rows), strict=True)
    ]  # fmt: skip
    return find_spells(read_history([*rows, *later], "899", PERCENT), 40.0, 2025, 1)


def _worked(rows: Rows) -> Any:
    """What is said of one whose figure of the year after is known."""
    later = [
        row | {"period": "2026", "period_end": date(2026, 3, 31)} for row in reversed(rows[:-1])
    ]
    whole = [*rows, *later]
    mine = [figure("899", 90, 100), figure("899", 20, 100) | later[0] | {"value": 20.0}]
    history = read_history(whole, "899", PERCENT)
    snapshot = PERCENT | {"timing": "snapshot"}
    return review_change(mine, date(2025, 3, 31), -1.0, history, whole, snapshot)


def _trend(rows: Rows) -> Any:
    counts = [(row["numerator"], row["denominator"]) for row in rows[:4]]
    series = [*years(counts), rows[-1] | {"period": "2025"}]
    return find_trend(series, method="wilson", polarity="low")


def _nearest(rows: Rows) -> Any:
    known = {row["area_code"]: row["value"] for row in rows if row["value"] is not None}
    return nearest({"a": known}, {}, rows[0]["area_code"])


STATISTICS: dict[str, Callable[[Rows], Any]] = {
    "set summary": lambda rows: summarise_set(rows, "899", PERCENT),
    "choice of comparators": _robust,
    "gap": _gap,
    "funnel": lambda rows: build_funnel(rows, method="wilson", scale=100.0),
    "rank interval": lambda rows: rank_intervals(
        rows, polarity="low", method="wilson", scale=100.0
    ),
    "trend": _trend,
    "change": lambda rows: change_of(rows[0], rows[-1], method="wilson", scale=100.0),
    "nearest": _nearest,
    "history": _spells,
    "did it work": _worked,
    "own trend": lambda rows: carry_on(
        [row | {"period": str(2000 + i)} for i, row in enumerate(rows[-5:])], 2, unit="percent"
    ),
    "tally": lambda rows: tally_figures(
        row | {"vs_england": "better" if row["value"] else None} for row in rows
    ),
}

published = st.lists(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=11,
    max_size=14,
)


@pytest.mark.parametrize("name", STATISTICS)
@settings(max_examples=25)
@given(pairs=published, a=st.integers(0, 50), b=st.integers(0, 50), n=st.integers(50, 400))
def test_what_is_suppressed_changes_nothing(
    name: str, pairs: list[tuple[int, int]], a: int, b: int, n: int
) -> None:
    # The last is suppressed; what it hides stands in the row, as no release would have it.
    rows = [figure(f"{900 + i}", *pair) for i, pair in enumerate(pairs)]
    hidden = figure("990", None, n)
    work_out = STATISTICS[name]
    told = [work_out([*rows, hidden | {"numerator": x}]) for x in (a, b, None)]
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize(
    "name", ["set summary", "choice of comparators", "gap", "funnel", "rank interval", "nearest"]
)
@settings(max_examples=25)
@given(pairs=published, x=st.integers(0, 50), n=st.integers(50, 400))
def test_who_is_suppressed_is_as_if_not_there(
    name: str, pairs: list[tuple[int, int]], x: int, n: int
) -> None:
    rows = [figure(f"{900 + i}", *pair) for i, pair in enumerate(pairs)]
    hidden = figure("990", None, n) | {"numerator": x}
    assert STATISTICS[name]([*rows, hidden]) == STATISTICS[name](rows)
