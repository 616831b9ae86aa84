"""The sentence of each rule: a number, what it is held against, and a period. It says better or
worse of a measure with a polarity only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indicators.gap import Gap, counted_noun, difference_words, gap_words
from indicators.signals.panel import Grid
from indicators.words import format_difference, format_with_unit, period_words, titled

Evidence = Mapping[str, Any]


def outside_funnel(grid: Grid, i: int, e: Evidence) -> str:
    """Outside the 99.8 % limits."""
    return (
        f"{_start(grid, i)} stood at {_value(grid, e, 'value')} {_when(grid, e)}, outside the "
        f"99.8% funnel limits, {_side(grid, e)} {_value(grid, e, 'comparator_value')}, "
        f"{e['comparator']}."
    )


def recent_trend(grid: Grid, i: int, e: Evidence) -> str:
    """Five years in a row."""
    return _moved(grid, i, e, "more than chance and the usual drift would explain")


def latest_change(grid: Grid, i: int, e: Evidence) -> str:
    """The last two years."""
    return _moved(grid, i, e, "more than chance and a usual year would explain")


def pulling_away(grid: Grid, i: int, e: Evidence) -> str:
    """Three periods running."""
    first, last = (format_difference(e["gaps"][k], *_as(grid)) for k in (0, -1))
    side = "above" if e["gaps"][-1] > 0 else "below"
    apart = f"from {first} {side} it to {last} {side} it"
    return (
        f"{_start(grid, i)} moved away from {e['comparator']} in each of the three periods to "
        f"{e['period']}, {apart}; it stood at {_value(grid, e, 'value')} {_when(grid, e)}, "
        f"against {_value(grid, e, 'comparator_value')}{_judged(grid, e['gaps'][-1] > 0)}."
    )


def outside_process(grid: Grid, i: int, e: Evidence) -> str:
    """The newest quarter."""
    return (
        f"{_start(grid, i)} stood at {_value(grid, e, 'value')} {_when(grid, e)}, outside its "
        f"natural process limits, {_side(grid, e)} {_value(grid, e, 'comparator_value')}, "
        f"{e['comparator']}."
    )


def wide_gap(grid: Grid, i: int, e: Evidence) -> str:
    """So many children."""
    gap = Gap(e["children"], e["children_unrounded"], e["children_direction"])
    worse = _verdict(grid, e["value"] > e["comparator_value"]) == "worse"
    say = gap_words if worse else difference_words
    words = say(gap, e["comparator"], counted_noun(grid.indicator["numerator_label"]))
    return (
        f"{_start(grid, i)} stood at {_value(grid, e, 'value')} {_when(grid, e)}, {_side(grid, e)} "
        f"{_value(grid, e, 'comparator_value')}: {words}."
    )


def far_from_neighbours(grid: Grid, i: int, e: Evidence) -> str:
    """A measure without counts."""
    return (
        f"{_start(grid, i)} stood at {_value(grid, e, 'value')} {_when(grid, e)}, further than "
        f"chance would explain from its neighbours, {_side(grid, e)} "
        f"{_value(grid, e, 'comparator_value')}, {e['comparator']}."
    )


def suppression_came(grid: Grid, i: int, e: Evidence) -> str:
    """A figure that is no longer given."""
    return _gone(grid, i, e, "is suppressed by the publisher")


def low_reliability(grid: Grid, i: int, e: Evidence) -> str:
    """A figure that the publisher does not stand by."""
    return _gone(grid, i, e, "is marked by the publisher as of low reliability and not shown")


def joint_return(grid: Grid, i: int, e: Evidence) -> str:
    """A figure of two."""
    return (
        f"{_start(grid, i)} stood at {_value(grid, e, 'value')} {_when(grid, e)}, the same figure "
        f"for each of its authorities, against "
        f"{_value(grid, e, 'comparator_value')}, {e['comparator']}."
    )


def step_of_all(grid: Grid, i: int, e: Evidence) -> str:
    """A definition that has probably changed."""
    return (
        f"{_start(grid, i)} went from {_value(grid, e, 'value_from')} {_since(grid, e)} to "
        f"{_value(grid, e, 'value')} {_when(grid, e)}, as nearly all authorities did: "
        f"{e['comparator']} went from {_value(grid, e, 'comparator_from')} to "
        f"{_value(grid, e, 'comparator_value')}, so the definition may have changed."
    )


def _as(grid: Grid) -> tuple[str, int]:
    return grid.indicator["unit"], max(1, grid.indicator["decimals"])


def _start(grid: Grid, i: int) -> str:
    joint = grid.joint_with[i, -1] is not None
    return f"{titled(grid.indicator)}: {grid.names[i]}{' (in a joint return)' if joint else ''}"


def _value(grid: Grid, e: Evidence, key: str) -> str:
    return format_with_unit(e[key], *_as(grid))


def _period(grid: Grid, column: int) -> str:
    return period_words(grid.periods[column], grid.ends[column], grid.indicator["timing"])


def _when(grid: Grid, e: Evidence) -> str:
    return _period(grid, e["column"])


def _since(grid: Grid, e: Evidence) -> str:
    return _period(grid, e["column_from"])


def _side(grid: Grid, e: Evidence) -> str:
    """`above`, or `on the worse side (above) of` where one direction is better."""
    higher = e["value"] > e["comparator_value"]
    way = "above" if higher else "below"
    judged = _verdict(grid, higher)
    return f"on the {judged} side ({way}) of" if judged else way


def _verdict(grid: Grid, higher: bool) -> str:
    polarity = grid.indicator["polarity"]
    if polarity not in ("high", "low"):
        return ""
    return "better" if higher == (polarity == "high") else "worse"


def _judged(grid: Grid, higher: bool) -> str:
    judged = _verdict(grid, higher)
    return f", on the {judged} side" if judged else ""


def _moved(grid: Grid, i: int, e: Evidence, beyond: str) -> str:
    higher = e["value"] > e["value_from"]
    judged = {"better": " (improving)", "worse": " (worsening)"}.get(_verdict(grid, higher), "")
    return (
        f"{_start(grid, i)} {'rose' if higher else 'fell'} from {_value(grid, e, 'value_from')} "
        f"{_since(grid, e)} to {_value(grid, e, 'value')} {_when(grid, e)}, {beyond}{judged}; "
        f"{e['comparator']} went from {_value(grid, e, 'comparator_from')} to "
        f"{_value(grid, e, 'comparator_value')}."
    )


def _gone(grid: Grid, i: int, e: Evidence, how: str) -> str:
    others = "the only authority" if e["marked"] == 1 else f"one of {e['marked']} authorities"
    return (
        f"{_start(grid, i)} has no figure {_when(grid, e)}: it {how}, {others} of which that is "
        f"so, after {_value(grid, e, 'value_from')} {_since(grid, e)}; "
        f"{e['comparator']} is {_value(grid, e, 'comparator_value')}."
    )
