"""Targets that make sense: what an authority's figure would have to become to match a comparator or
to follow its own trend, how far that is in children, and whether others ever moved so far.

Owns the arithmetic and its words; chooses no target. Of a context measure nothing is an aim that is
better: its levels are levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from indicators.counts import Row, unrounded
from indicators.gap import SAME, Gap, counted_noun, gap_of, rounding_words
from indicators.history import (
    History,
    Moved,
    Spells,
    find_spells,
    moved_as_far,
    usual_change,
)
from indicators.own_trend import limits_of_unit
from indicators.series import years_on
from indicators.words import (
    format_difference,
    format_number,
    format_value,
)

NEIGHBOURS, QUARTER, TREND, AGREED = "neighbours", "quarter", "trend", "agreed"


@dataclass(frozen=True, slots=True)
class Level:
    """A figure that might be aimed at: which kind, what it is in words (“the median of …”), and how
    it was come by (“9 of 10 have a figure for 2025”)."""

    kind: str
    value: float
    name: str
    basis: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a level would mean: the change to it (nought or the other way where it is `reached`),
    the gap in children where the measure counts people, and how many others moved as far; None
    where it is reached or there is no history of so many years."""

    level: Level
    change: float
    reached: bool
    gap: Gap | None
    moved: Moved | None


@dataclass(frozen=True, slots=True)
class Step:
    """What usually happens from a place by the end of one year: the middle figure, and the figures
    between which four in five authorities came to lie."""

    day: date
    years: int
    low: float
    middle: float
    high: float
    n: int


def years_until(start: date, by: date | None) -> int:
    """How many yearly figures there will be after `start` of which the last is of `by` or before;
    nought where no day is agreed or none is of a time before it."""
    if by is None:
        return 0
    years = by.year - start.year - ((by.month, by.day) < (start.month, start.day))
    return max(0, years)


def weigh_target(row: Row, level: Level, indicator: Row, spells: Spells | None) -> Target:
    """What a level would mean for the authority of a row of `Release.series`."""
    value = float(unrounded(row, indicator)["value"])
    change = level.value - value
    polarity = indicator["polarity"]
    shown = format_value(level.value, indicator["unit"], indicator["decimals"])
    alike = shown == format_value(value, indicator["unit"], indicator["decimals"])
    beyond = (polarity == "low" and change >= 0) or (polarity == "high" and change <= 0)
    reached = alike or beyond
    moved = None if reached or spells is None or not spells.n else moved_as_far(spells, change)
    return Target(level, change, reached, gap_of(row, level.value, indicator), moved)


def usual_course(history: History, row: Row, years: int, indicator: Row) -> tuple[Step, ...]:
    """What usually happens year by year from where a row of `Release.series` stands: the band of an
    honest trajectory. Ends with the last year of which enough is known."""
    found = []
    value, end = float(unrounded(row, indicator)["value"]), row["period_end"]
    least, most = limits_of_unit(indicator["unit"])
    for ahead in range(1, years + 1):
        spells = find_spells(history, value, end.year, ahead)
        band = usual_change(spells) if spells is not None else None
        if band is None or spells is None:
            break
        low, middle, high = (
            min(max(value + change, least), most) for change in (band.low, band.middle, band.high)
        )
        found.append(Step(years_on(end, ahead), ahead, low, middle, high, spells.n))
    return tuple(found)


# Words --------------------------------------------------------------------------------------------


def alike_words(spells: Spells, name: str, indicator: Row) -> str:
    """“121 other authorities have stood about as far from the median of all as Fenshire does, which
    now would be between 8.5% and 18.3%”. No full stop."""
    unit, decimals = indicator["unit"], indicator["decimals"]
    low, high = (format_value(v, unit, decimals) for v in (spells.low, spells.high))
    who = "1 other authority has" if spells.n == 1 else f"{spells.n} other authorities have"
    return (
        f"{who} stood about as far from the median of all as {name} does, which now would be "
        f"between {low} and {high}"
    )


def moved_words(moved: Moved) -> str:
    """“12 of 121 did, in 14 of 403 stretches (3%)”, where the share counts each authority once; no
    full stop."""
    if not moved.ever:
        return f"not one of {moved.n} did"
    share = percent_words(moved.share)
    stretches = "stretch" if moved.spells == 1 else "stretches"
    return f"{moved.ever} of {moved.n} did, in {moved.far} of {moved.spells} {stretches} ({share})"


def years_words(years: int) -> str:
    """“a year”, “3 years”."""
    return "a year" if years == 1 else f"{years} years"


def percent_words(share: float) -> str:
    """A share as a whole percentage, “under 1%” and “over 99%” at its ends."""
    if 0 < share < 0.005:
        return "under 1%"
    if 0.995 <= share < 1:
        return "over 99%"
    return f"{format_number(100 * share, 0)}%"


def usual_words(step: Step, row: Row, indicator: Row) -> str:
    """“what four in five of 121 did in 2 years would bring 13.4% to between 3.6% and 26.6%, what
    the middle one did to 12.9%”: a band for the authority of a row, no forecast. No full stop."""
    unit, decimals = indicator["unit"], indicator["decimals"]
    low, middle, high = (
        format_value(value, unit, decimals) for value in (step.low, step.middle, step.high)
    )
    now = format_value(row["value"], unit, decimals)
    return (
        f"what four in five of {step.n} did in {years_words(step.years)} would bring {now} to "
        f"between {low} and {high}, what the middle one did to {middle}"
    )


def change_size(change: float, indicator: Row) -> str:
    """“3.2 percentage points lower”."""
    unit, decimals = indicator["unit"], indicator["decimals"]
    size = format_difference(change, unit, decimals)
    return f"{size} {'higher' if change > 0 else 'lower'}"


def in_children(target: Target, indicator: Row) -> str:
    """“98 fewer children (97.6 before rounding)”; nothing of a measure that counts no people."""
    gap = target.gap
    if gap is None:
        return ""
    one, many = counted_noun(indicator["numerator_label"])
    if gap.direction == SAME:
        return f"less than half a {one}"
    counted = f"{gap.children:,} {gap.direction} {one if gap.children == 1 else many}"
    return f"{counted} ({rounding_words(gap)} before rounding)"
