"""Each rule holds of what was planted for it and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from indicators.signals.find import DATA, Signal, find_signals
from indicators.signals.panel import Grid, Panel
from indicators.signals.rules import RULES, WIDE_GAP, _apart
from ingest.statuses import LOW_RELIABILITY, SUPPRESSED
from tests.indicators.signals.alliances import grid_of, indicator_of

SIZE, PERIODS, ONE = 40, 5, 7
"""Authorities of a grid, its periods, and the authority of which something is planted."""
ALIKE = 400.0
QUARTER_ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))


@dataclass(frozen=True)
class Planted:
    """A grid in which a rule holds of `who` and, of all authorities, of nobody else."""

    grid: Grid
    who: tuple[int, ...] = (ONE,)


def shares(method: str = "byar") -> tuple[np.ndarray, np.ndarray]:
    """Numerators and denominators of authorities that hardly differ and do not move."""
    wave = 6 * np.sin(np.arange(SIZE))[:, None] + 3 * np.cos(np.arange(PERIODS))[None, :]
    numerator = np.round(ALIKE + wave)
    denominator = np.full((SIZE, PERIODS), 2_000.0 if method == "wilson" else 60_000.0)
    return numerator, denominator


def counted(numerator: np.ndarray, denominator: np.ndarray, method: str = "byar") -> Grid:
    return grid_of(indicator_of("planted", method, "low"), numerator, denominator)


def without_counts(value: np.ndarray, **more: Any) -> Grid:
    empty = np.full(value.shape, np.nan)
    indicator = indicator_of("planted", "none", "low", **more)
    return grid_of(indicator, empty, empty, value)


def far_from_all() -> Planted:
    numerator, denominator = shares()
    numerator[ONE] *= 2
    return Planted(counted(numerator, denominator))


def rising() -> Planted:
    numerator, denominator = shares("wilson")
    numerator[ONE] = [300, 350, 400, 450, 500]
    return Planted(counted(numerator, denominator, "wilson"))


def changed_last() -> Planted:
    numerator, denominator = shares("wilson")
    numerator[ONE, -1] += 200
    return Planted(counted(numerator, denominator, "wilson"))


def going_its_own_way() -> Planted:
    numerator, denominator = shares()
    numerator[ONE] = [405, 440, 520, 640, 800]
    return Planted(counted(numerator, denominator))


def quarters(value: np.ndarray) -> Grid:
    """The same for quarters, the newest of March 2026."""
    ends = [date(2016 + q // 4, *QUARTER_ENDS[q % 4]) for q in range(1, 41)][-value.shape[1] :]
    grid = without_counts(value)
    return replace(
        grid, ends=tuple(ends), periods=tuple(f"{e:%Y} Q{(e.month + 2) // 3}" for e in ends)
    )


def a_quarter_out_of_line() -> Planted:
    value = 50 + np.sin(np.arange(SIZE)[:, None] + 2.1 * np.arange(12)[None, :])
    value[ONE, -1] += 9
    return Planted(quarters(value))


def many_children() -> Planted:
    numerator, denominator = shares()
    numerator[ONE, -1] = ALIKE + 150
    return Planted(counted(numerator, denominator))


def one_score_apart() -> Planted:
    value = 5 + np.sin(np.arange(SIZE) * 1.7)[:, None] * np.ones(PERIODS)
    value[ONE, -1] += 400
    return Planted(without_counts(value))


def withheld(status: str) -> Planted:
    numerator, denominator = shares()
    grid = counted(numerator, denominator)
    grid.status[ONE, -1] = status
    for held in (grid.value, grid.numerator, grid.denominator):
        held[ONE, -1] = np.nan
    return Planted(grid)


def answered_together() -> Planted:
    grid = counted(*shares())
    grid.joint_with[[ONE, 8], -1] = ["008", "007"]
    return Planted(grid, (ONE, 8))


def all_step() -> Planted:
    value = 50 + np.sin(np.arange(SIZE))[:, None] + np.array([0.0, 0.1, 0.2, 0.3, 9.0])[None, :]
    return Planted(without_counts(value), tuple(range(SIZE)))


CASES: dict[str, Callable[[], Planted]] = {
    "outside_funnel": far_from_all,
    "recent_trend": rising,
    "latest_change": changed_last,
    "pulling_away": going_its_own_way,
    "outside_process": a_quarter_out_of_line,
    "wide_gap": many_children,
    "far_from_neighbours": one_score_apart,
    "suppression_came": lambda: withheld(SUPPRESSED),
    "low_reliability": lambda: withheld(LOW_RELIABILITY),
    "joint_return": answered_together,
    "step_of_all": all_step,
}


def signals_of(grid: Grid, rule: str) -> list[Signal]:
    names = dict(zip(grid.areas, grid.names, strict=True))
    return [s for s in find_signals(Panel((grid,), names)).signals if s.rule == rule]


def test_something_is_planted_for_every_rule() -> None:
    assert list(CASES) == list(RULES)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_holds_of_what_was_planted_and_of_nothing_else(rule: str) -> None:
    planted = CASES[rule]()
    found = signals_of(planted.grid, rule)
    assert [s.area_code for s in found] == [planted.grid.areas[i] for i in planted.who]
    for signal in found:
        assert (signal.kind == DATA) is not RULES[rule].is_test
        assert (signal.p_value is None) is not RULES[rule].is_test


@pytest.mark.parametrize("rule", [key for key, rule in RULES.items() if rule.is_test])
def test_where_nobody_differs_nobody_stands_out(rule: str) -> None:
    kinds = {"outside_process": a_quarter_out_of_line, "far_from_neighbours": one_score_apart}
    grid = kinds.get(rule, lambda: Planted(counted(*shares())))().grid
    if rule in kinds:
        grid.value[ONE] = grid.value[ONE + 1]
    assert signals_of(grid, rule) == []


@given(st.integers(8, 24), st.floats(-12, 12), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_the_newest_quarter_has_the_p_of_one_more_draw_beside_those_before(
    periods: int, moved: float, seed: int
) -> None:
    value = 50 + np.random.default_rng(seed).standard_normal((SIZE, periods))
    value[ONE, -1] += moved
    tests = RULES["outside_process"].find(quarters(value))
    assert tests is not None
    for i in (ONE, 0):
        before, newest = value[i, :-1], value[i, -1]
        two = stats.ttest_ind(before, [newest])
        assert tests.p[i] == pytest.approx(two.pvalue, rel=1e-9, abs=1e-300)
        limit = 3 * np.abs(np.diff(before)).mean() / 1.128
        outside = abs(newest - before.mean()) > limit
        assert not outside or tests.fires[i]
        assert bool(tests.higher[i]) == (newest > before.mean())


def test_a_yearly_series_has_no_process_limits_and_a_quarterly_one_no_neighbours() -> None:
    yearly = without_counts(np.ones((SIZE, PERIODS)))
    assert RULES["outside_process"].find(yearly) is None
    assert RULES["far_from_neighbours"].find(a_quarter_out_of_line().grid) is None


def test_fewer_children_than_are_worth_talking_about_are_no_wide_gap() -> None:
    planted = many_children().grid
    middle = float(np.median(planted.numerator[:, -1]))
    planted.numerator[ONE, -1] = middle + WIDE_GAP - 2
    planted.value[ONE, -1] = planted.numerator[ONE, -1] / 6
    assert signals_of(planted, "wide_gap") == []


def test_what_others_report_changes_no_mark_of_ones_own_figures() -> None:
    before = many_children().grid
    after = many_children().grid
    after.numerator[8:] += 10
    after.value[8:] = after.numerator[8:] / after.denominator[8:] * 10_000
    old, new = (signals_of(grid, "wide_gap")[0] for grid in (before, after))
    assert old.sentence != new.sentence
    assert old.fingerprint == new.fingerprint
    after.numerator[ONE, -1] += 1
    assert signals_of(after, "wide_gap")[0].fingerprint != old.fingerprint


def test_nobody_moves_away_because_a_neighbour_has_no_figure_any_more() -> None:
    numerator, denominator = shares()
    numerator[ONE] += 200
    grid = counted(numerator, denominator)
    for step, gone in enumerate((8, 9, 10), 2):
        grid.numerator[gone, :step] *= 3
        for held in (grid.value, grid.numerator, grid.denominator):
            held[gone, step:] = np.nan
    tests = RULES["pulling_away"].find(grid)
    assert tests is not None
    assert not tests.fires[ONE]


def test_two_that_answered_together_are_one_neighbour_and_no_neighbour_of_each_other() -> None:
    grid = counted(*shares())
    grid.joint_with[[8, 9], -1] = ["009", "008"]
    grid.neighbour[8, 9] = grid.neighbour[9, 8] = True
    apart = _apart(grid)
    assert grid.neighbour[ONE, [8, 9]].all()
    assert apart[ONE, [8, 9]].sum() == 1
    assert not apart[8, 9]
    assert not apart[9, 8]
    rest = [i for i in range(SIZE) if i not in (8, 9)]
    assert (apart[ONE, rest] == grid.neighbour[ONE, rest]).all()


def test_a_gap_in_children_is_told_of_nobody_who_answered_together_with_another() -> None:
    planted = many_children().grid
    planted.joint_with[[ONE, 8], -1] = ["008", "007"]
    assert signals_of(planted, "wide_gap") == []


def test_quarters_and_years_that_leave_one_out_are_no_years() -> None:
    assert a_quarter_out_of_line().grid.years(2) is None
    grid = without_counts(np.ones((SIZE, 3)))
    assert grid.years(3) == [0, 1, 2]
    ends = (grid.ends[0], grid.ends[1], grid.ends[2].replace(year=2027))
    assert replace(grid, ends=ends).years(3) is None
    moved = (grid.ends[0], grid.ends[1].replace(day=1), grid.ends[2])
    assert replace(grid, ends=moved).years(3) == [0, 1, 2]


@pytest.mark.parametrize(("polarity", "words"), [("low", "would match"), ("high", "than at")])
def test_nobody_is_told_to_come_down_to_a_median_that_is_worse(polarity: str, words: str) -> None:
    grid = many_children().grid
    grid = replace(grid, indicator={**grid.indicator, "polarity": polarity})
    (signal,) = signals_of(grid, "wide_gap")
    assert words in signal.sentence
