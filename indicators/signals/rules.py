"""The rules by which a figure stands out: each declared once, with its test, the form of its
sentence and its reference. A rule looks at one indicator's grid; how many tests there are in all is
not its business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from indicators.change_test import p_of_proportions, p_of_rates
from indicators.counts import METHODS, WILSON, Counted
from indicators.funnel import build_funnel, transform
from indicators.gap import gap_of
from indicators.intervals import CONFIDENCE_998
from indicators.recent_trend import POINTS, trend_statistic
from indicators.signals import sentences as say
from indicators.signals.error_rate import (
    allow_for_usual_spread,
    distance_of,
    distance_p,
    exact_p,
    p_of_z,
    row_medians,
)
from indicators.signals.panel import Floats, Grid
from indicators.xmr import LEAST as FEWEST_QUARTERS
from indicators.xmr import OUTSIDE, build_xmr
from ingest.statuses import LOW_RELIABILITY, REPORTED, SUPPRESSED

OUTSIDE_998 = 1 - CONFIDENCE_998
PERIODS_APART = 3
"""Periods running in which an authority has to move away from its neighbours."""
FEWEST_NEIGHBOURS = 5
FEWEST_COUNTED = 10
"""Of either kind, for a normal approximation on the transformed scale."""
WIDE_GAP = 20
"""Children from which on a gap is wide enough to talk about."""

Evidence = dict[str, Any]


@dataclass(frozen=True)
class Tests:
    """What a rule made of a grid, a place for each of its areas: `p` (NaN where nothing was
    tested), `fires` where the rule's other conditions hold, `higher` which way, and the evidence
    of one."""

    __test__ = False

    p: Floats
    fires: NDArray[np.bool_]
    higher: NDArray[np.bool_]
    evidence: Callable[[int], Evidence]


@dataclass(frozen=True)
class Rule:
    """`tests`: what is tested, in words; `form`: the sentence with its parts named; `uses`: the
    figures that it can use. `is_test` False of a rule about the data, which has no p-value.
    `most_p`: the largest p at which the rule holds at all."""

    id: str
    title: str
    tests: str
    form: str
    reference: str
    uses: str
    find: Callable[[Grid], Tests | None]
    say: Callable[[Grid, int, Evidence], str]
    is_test: bool = True
    most_p: float = OUTSIDE_998


# Tests --------------------------------------------------------------------------------------------


def find_outside_funnel(grid: Grid) -> Tests | None:
    """The funnel's z, allowed for over-dispersion; where counts are few the exact tail is longer
    than the transformed scale has it, and the larger p counts."""
    last = len(grid.periods) - 1
    rows = [grid.row(i, last) for i in _where(grid.counted[:, last])]
    funnel = build_funnel(rows, method=grid.method, scale=grid.scale)
    if funnel is None:
        return None
    z = np.full(len(grid.areas), np.nan)
    at = {code: i for i, code in enumerate(grid.areas)}
    for point in funnel.points:
        z[at[point.area_code]] = point.z
    target = np.full(len(z), funnel.target / grid.scale)
    exact = exact_p(grid.numerator[:, last], grid.denominator[:, last], target, grid.method)
    p = allow_for_usual_spread(np.maximum(p_of_z(z), np.where(np.isnan(z), np.nan, exact)))

    def evidence(i: int) -> Evidence:
        return _figure(grid, i, last) | {
            "comparator": f"the {funnel.line}", "comparator_value": funnel.target,
            "z": float(z[i]), "overdispersed": funnel.overdispersed,
        }  # fmt: skip

    return Tests(p, ~np.isnan(z), z > 0, evidence)


def find_recent_trend(grid: Grid) -> Tests | None:
    """Chi-square for trend over five years in a row, beyond what authorities usually move."""
    columns = grid.years(POINTS)
    if columns is None or grid.method not in METHODS:
        return None
    p, slope = np.full(len(grid.areas), np.nan), np.zeros(len(grid.areas))
    for i in _where(_all_counted(grid, columns)):
        points = [_counted(grid, i, c) for c in columns]
        statistic, slope[i] = trend_statistic(points, grid.method)
        p[i] = special.chdtrc(1, statistic)
    moved = grid.shown[:, columns[-1]] - grid.shown[:, columns[0]]
    return _moved(grid, allow_for_usual_spread(p), moved, moved * slope > 0, columns[0])


def find_latest_change(grid: Grid) -> Tests | None:
    """Two figures a year apart, beyond what authorities usually move in that year."""
    columns = grid.years(2)
    if columns is None or grid.method not in METHODS:
        return None
    test = p_of_proportions if grid.method == WILSON else p_of_rates
    p = np.full(len(grid.areas), np.nan)
    for i in _where(_all_counted(grid, columns)):
        p[i] = test(_counted(grid, i, columns[0]), _counted(grid, i, columns[1]))
    moved = grid.shown[:, columns[1]] - grid.shown[:, columns[0]]
    return _moved(grid, allow_for_usual_spread(p), moved, moved != 0, columns[0])


def find_pulling_away(grid: Grid) -> Tests | None:
    """The distance from the neighbours' average, four years in a row: it grows on one side in each
    of the three steps, and from first to last by more than chance."""
    columns = grid.years(PERIODS_APART + 1)
    if columns is None or grid.method not in METHODS or not grid.neighbour.any():
        return None
    # The same neighbours in every year: an average must not move because one of them is missing.
    whole = np.asarray(grid.counted[:, columns].all(axis=1))
    x = np.where(whole[:, None], grid.numerator[:, columns], 0.0)
    n = np.where(whole[:, None], grid.denominator[:, columns], 0.0)
    others = (_apart(grid) & whole[None, :]).astype(float)
    x_others, n_others, how_many = others @ x, others @ n, others.sum(axis=1)
    enough = whole & (how_many >= FEWEST_NEIGHBOURS)
    rest = n - x if grid.method == WILSON else x
    enough &= (np.minimum(x, rest)[:, [0, -1]] >= FEWEST_COUNTED).all(axis=1)
    enough &= (x_others > 0).all(axis=1)
    if not enough.any():
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        away = transform(x / n, grid.method) - transform(x_others / n_others, grid.method)
        variance = (1 / (4 * n) + 1 / (4 * n_others))[:, [0, -1]].sum(axis=1)
        z = (away[:, -1] - away[:, 0]) / np.sqrt(variance)
        average = x_others / n_others * grid.scale
        gap = x / n * grid.scale - average
    p = allow_for_usual_spread(np.where(enough, p_of_z(z), np.nan))
    higher = away[:, -1] > 0
    side = np.where(higher, 1.0, -1.0)[:, None]
    grows = (np.diff(gap * side, axis=1) > 0).all(axis=1) & (gap[:, 0] * side[:, 0] >= 0)

    def evidence(i: int) -> Evidence:
        return _figure(grid, i, columns[-1]) | _from(grid, i, columns[0]) | {
            "comparator": f"the average of {how_many[i]:.0f} statistical neighbours",
            "comparator_value": float(average[i, -1]), "comparator_from": float(average[i, 0]),
            "gaps": [float(step) for step in gap[i]],
        }  # fmt: skip

    return Tests(p, enough & grows, higher, evidence)


def find_wide_gap(grid: Grid) -> Tests | None:
    """The figure against the neighbours' median by the exact tail, where the gap comes to twenty
    children or more."""
    last = len(grid.periods) - 1
    middle, how_many = row_medians(_others(grid, grid.shown[:, last]))
    # A median of nought is of figures too small to be shown, and any child is beyond it.
    # A joint return is of the children of two, and a gap in them would be told of each.
    alone = np.array([other is None for other in grid.joint_with[:, last]])
    tested = grid.counted[:, last] & alone & (how_many >= FEWEST_NEIGHBOURS) & (middle > 0)
    if not tested.any():
        return None
    expected = np.where(tested, middle / grid.scale, 0.5)
    exact = exact_p(grid.numerator[:, last], grid.denominator[:, last], expected, grid.method)
    p = allow_for_usual_spread(np.where(tested, exact, np.nan))
    gaps = [
        gap_of(grid.row(i, last), float(middle[i]), grid.indicator) if tested[i] else None
        for i in range(len(grid.areas))
    ]
    wide = np.array([gap is not None and gap.children >= WIDE_GAP for gap in gaps])
    if not wide.any():
        return None

    def evidence(i: int) -> Evidence:
        gap = gaps[i]
        assert gap is not None  # noqa: S101 - the rule fires only where there is one
        return _figure(grid, i, last) | {
            "comparator": f"the median of {how_many[i]:.0f} statistical neighbours",
            "comparator_value": float(middle[i]), "children": gap.children,
            "children_unrounded": gap.unrounded, "children_direction": gap.direction,
        }  # fmt: skip

    return Tests(p, wide, grid.shown[:, last] > middle, evidence)


def find_far_from_neighbours(grid: Grid) -> Tests | None:
    """Of a measure without counts: how many median absolute deviations of the neighbours it is from
    their median, with the error rate that a simulation of authorities alike gives that distance."""
    if grid.method in METHODS or grid.is_quarterly() or grid.indicator["unit"] in ("count", "fte"):
        return None
    last = len(grid.periods) - 1
    value = grid.value[:, last]
    others = _others(grid, value)
    middle, how_many = row_medians(others)
    distance = distance_of(value, others)
    p = np.array([distance_p(float(d), int(n)) for d, n in zip(distance, how_many, strict=True)])
    if np.isnan(p).all():
        return None

    def evidence(i: int) -> Evidence:
        return _figure(grid, i, last) | {
            "comparator": f"the median of {how_many[i]:.0f} statistical neighbours",
            "comparator_value": float(middle[i]), "distance": float(distance[i]),
        }  # fmt: skip

    higher = value > middle
    return Tests(allow_for_usual_spread(p), ~np.isnan(p), higher, evidence)


def find_outside_process(grid: Grid) -> Tests | None:
    """The newest quarter outside the limits of the quarters before it; its p is that of one more
    normal draw beside them (Student's t of a prediction)."""
    last = len(grid.periods) - 1
    if not grid.is_quarterly() or last < FEWEST_QUARTERS or grid.indicator["unit"] == "grade":
        return None
    p, facts = np.full(len(grid.areas), np.nan), {}
    fires = np.zeros(len(p), dtype=bool)
    for i in range(len(p)):
        series = [None if np.isnan(v) else float(v) for v in grid.value[i]]
        chart = build_xmr(series[:-1])
        known = np.array([v for v in series[:-1] if v is not None])
        if chart is None or series[-1] is None or known.std() == 0:
            continue
        error = known.std(ddof=1) * np.sqrt(1 + 1 / len(known))
        p[i] = 2 * special.stdtr(len(known) - 1, -abs(series[-1] - chart.mean) / error)
        outside = not chart.low <= series[-1] <= chart.high
        fires[i] = outside or (last, OUTSIDE) in getattr(build_xmr(series), "signals", ())
        facts[i] = (chart, len(known))
    centre = np.array([facts[i][0].mean if i in facts else np.nan for i in range(len(p))])

    def evidence(i: int) -> Evidence:
        chart, quarters = facts[i]
        return _figure(grid, i, last) | {
            "comparator": f"its own mean of the {quarters} quarters before",
            "comparator_value": chart.mean, "low": chart.low, "high": chart.high,
        }  # fmt: skip

    return Tests(p, fires, grid.value[:, last] > centre, evidence)


# The data -----------------------------------------------------------------------------------------


def find_suppression_came(grid: Grid) -> Tests | None:
    """Suppressed where a figure was published the period before."""
    return _status_came(grid, SUPPRESSED)


def find_low_reliability(grid: Grid) -> Tests | None:
    """Marked by the publisher as of low reliability, so that there is no figure."""
    return _status_came(grid, LOW_RELIABILITY)


def find_joint_return(grid: Grid) -> Tests | None:
    """A figure that stands for two authorities together."""
    last = len(grid.periods) - 1
    joint = np.array([other is not None for other in grid.joint_with[:, last]])
    joint &= ~np.isnan(grid.value[:, last])

    def evidence(i: int) -> Evidence:
        return _figure(grid, i, last) | _middle(grid, last) | {"with": grid.joint_with[i, last]}

    return _without_test(joint, evidence)


def find_step_of_all(grid: Grid) -> Tests | None:
    """Nearly every authority with a figure moves the same way in a year, and the middle one by more
    than authorities differ from each other: more likely a new definition than practice."""
    columns = grid.years(2)
    if columns is None:
        return None
    before, now = (grid.shown[:, c] for c in columns)
    step = now - before
    known = ~np.isnan(step)
    if known.sum() < 2 * FEWEST_COUNTED:
        return None
    up = float((step[known] > 0).mean())
    low, high = np.quantile(before[known], [0.25, 0.75])
    same_way, wide = max(up, 1 - up) >= 0.95, abs(np.median(step[known])) > high - low
    if not (same_way and wide):
        return None

    def evidence(i: int) -> Evidence:
        return (
            _figure(grid, i, columns[1]) | _from(grid, i, columns[0]) | _middles(grid, columns[0])
        )

    return _without_test(known, evidence)


def _status_came(grid: Grid, status: str) -> Tests | None:
    last = len(grid.periods) - 1
    if not last:
        return None
    came = (grid.status[:, last] == status) & (grid.status[:, last - 1] == REPORTED)

    def evidence(i: int) -> Evidence:
        marked = int((grid.status[:, last] == status).sum())
        return _figure(grid, i, last) | _from(grid, i, last - 1) | _middle(grid, last) | {
            "marked": marked, "status": status,
        }  # fmt: skip

    return _without_test(came, evidence)


def _without_test(fires: NDArray[np.bool_], evidence: Callable[[int], Evidence]) -> Tests:
    return Tests(np.full(len(fires), np.nan), fires, np.zeros(len(fires), dtype=bool), evidence)


# Parts --------------------------------------------------------------------------------------------


def _where(mask: NDArray[np.bool_]) -> list[int]:
    return [int(i) for i in np.flatnonzero(mask)]


def _all_counted(grid: Grid, columns: list[int]) -> NDArray[np.bool_]:
    return np.asarray(grid.counted[:, columns].all(axis=1))


def _counted(grid: Grid, area: int, column: int) -> Counted:
    return Counted(int(grid.numerator[area, column]), int(grid.denominator[area, column]))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _figure(grid: Grid, i: int, column: int) -> Evidence:
    """The figure that stands out, with its counts."""
    return {
        "value": _number(grid.shown[i, column]), "period": grid.periods[column],
        "numerator": _number(grid.numerator[i, column]) if grid.counted[i, column] else None,
        "denominator": _number(grid.denominator[i, column]) if grid.counted[i, column] else None,
        "column": column,
    }  # fmt: skip


def _from(grid: Grid, i: int, column: int) -> Evidence:
    """The earlier figure that it is held against."""
    return {
        "value_from": _number(grid.shown[i, column]), "period_from": grid.periods[column],
        "column_from": column,
    }  # fmt: skip


def _middle(grid: Grid, column: int) -> Evidence:
    return {
        "comparator": f"the median of {grid.n(column)} authorities",
        "comparator_value": grid.median(column),
    }


def _middles(grid: Grid, first: int) -> Evidence:
    """The median of all authorities, then and now."""
    return _middle(grid, len(grid.periods) - 1) | {"comparator_from": grid.median(first)}


def _moved(
    grid: Grid, p: Floats, moved: Floats, fires: NDArray[np.bool_], first: int
) -> Tests | None:
    if np.isnan(p).all():
        return None
    last = len(grid.periods) - 1

    def evidence(i: int) -> Evidence:
        return _figure(grid, i, last) | _from(grid, i, first) | _middles(grid, first)

    return Tests(p, ~np.isnan(p) & fires, moved > 0, evidence)


def _others(grid: Grid, shown: Floats) -> Floats:
    """The figures of each area's neighbours in its row, NaN elsewhere."""
    return np.where(_apart(grid), shown[None, :], np.nan)


def _apart(grid: Grid) -> NDArray[np.bool_]:
    """Each area's neighbours in its row: none that answered together with it, and of those that
    answered together with each other one."""
    partner = grid.joint_with[:, -1]
    apart = grid.neighbour & (np.array(grid.areas, dtype=object)[None, :] != partner[:, None])
    at = {code: i for i, code in enumerate(grid.areas)}
    for second, code in enumerate(partner):
        first = at.get(code, second)
        if first < second:
            apart[:, second] &= ~apart[:, first]
    return apart


_COUNTS = "whole counts of a proportion or a rate"
_DATA = "every headline figure"
RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule(
            "outside_funnel", "Outside the 99.8% funnel limits",
            "whether the figure lies within what is usual for an authority of its size around the "
            "average of all, over-dispersion allowed for",
            "[measure]: [authority] at [figure] [period], outside the 99.8% funnel limits, [side] "
            "[average]",
            "Spiegelhalter, Statistics in Medicine 24 (2005) 1185–1202", _COUNTS,
            find_outside_funnel, say.outside_funnel,
        ),
        Rule(
            "recent_trend", "Recent trend",
            "whether the last five figures rise or fall by more than chance and than is usual",
            "[measure]: [authority] rose or fell from [figure] [period] to [figure] [period], "
            "while [median of all] went from [figure] to [figure]",
            "Armitage, Biometrics 11 (1955) 375–386; Devlin and Roeder, Biometrics 55 (1999) "
            "997–1004", _COUNTS, find_recent_trend, say.recent_trend,
        ),
        Rule(
            "latest_change", "Latest change",
            "whether the last two figures differ by more than chance and than is usual in a year",
            "[measure]: [authority] rose or fell from [figure] [period] to [figure] [period], "
            "while [median of all] went from [figure] to [figure]",
            "Pearson's chi-square, Fisher's exact test; Przyborowski and Wilenski, Biometrika 31 "
            "(1940) 313–323", _COUNTS, find_latest_change, say.latest_change,
        ),
        Rule(
            "pulling_away", "Pulling away from its neighbours",
            "whether the distance from the neighbours' average grew in each of three periods, and "
            "in all by more than chance",
            "[measure]: [authority] moved further from [neighbours] three periods running, from "
            "[gap] to [gap]",
            "Difference of two on the steady scale of Spiegelhalter (2005)", _COUNTS,
            find_pulling_away, say.pulling_away,
        ),
        Rule(
            "outside_process", "Outside its own natural process limits",
            "whether the newest quarter lies outside the limits of the quarters before it",
            "[measure]: [authority] at [figure] [period], outside its limits around [own mean]",
            "Wheeler, Understanding variation (1993)", "a quarterly series of seven or more",
            find_outside_process, say.outside_process,
        ),
        Rule(
            "wide_gap", "A wide gap in children",
            "whether the figure differs from the neighbours' median by more than chance, and the "
            "gap comes to twenty children or more",
            "[measure]: [authority] at [figure] [period]; [children] would match [neighbours]",
            "Exact binomial and Poisson tails; Devlin and Roeder (1999)",
            f"{_COUNTS} of people", find_wide_gap, say.wide_gap,
        ),
        Rule(
            "far_from_neighbours", "Far from its neighbours",
            "whether the distance from the neighbours' median, in their median absolute "
            "deviations, is beyond what simulated authorities alike show",
            "[measure]: [authority] at [figure] [period], far from [neighbours' median]",
            "Monte Carlo p of North and others, American Journal of Human Genetics 71 (2002) "
            "439–441", "figures without counts",
            find_far_from_neighbours, say.far_from_neighbours,
        ),
        Rule(
            "suppression_came", "Newly suppressed",
            "nothing: the figure is suppressed where one was published the period before",
            "[measure]: [authority] suppressed [period], after [figure] [period]; [how many]",
            "The publisher's symbols", _DATA,
            find_suppression_came, say.suppression_came, is_test=False,
        ),
        Rule(
            "low_reliability", "Marked as unreliable",
            "nothing: the publisher marks the authority's own return as of low reliability",
            "[measure]: [authority] marked as unreliable [period], after [figure] [period]",
            "The publisher's symbols", _DATA,
            find_low_reliability, say.low_reliability, is_test=False,
        ),
        Rule(
            "joint_return", "A joint return",
            "nothing: the figure stands for two authorities together",
            "[measure]: [authority] at [figure] [period] together with [other]; [median of all]",
            "The publisher's rows", _DATA, find_joint_return, say.joint_return, is_test=False,
        ),
        Rule(
            "step_of_all", "A step of nearly all authorities",
            "nothing: nearly all authorities moved one way at once, by more than they differ, so "
            "that the definition has more likely changed than practice",
            "[measure]: [authority] from [figure] [period] to [figure] [period], as nearly all did",
            "A rule of this product", _DATA, find_step_of_all, say.step_of_all, is_test=False,
        ),
    )
}  # fmt: skip
"""Every rule, by id."""
