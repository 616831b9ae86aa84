"""A difference of two rates as a number of children: how many fewer or more would close it, or of a
measure without a better direction how many there are between the two.

Only of percentages and rates whose denominator counts people; the rounding is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indicators.counts import counts_of, scale_of
from indicators.words import format_number
from ingest.catalogue import SCALE_OF_UNIT

FEWER, MORE, SAME = "fewer", "more", "same"

_NOUNS = {
    "children": "child",
    "referrals": "referral",
    "episodes": "episode",
    "plans": "plan",
    "child protection plans": "child protection plan",
    "care leavers": "care leaver",
    "pupils": "pupil",
    "new placements": "new placement",
    "placements": "placement",
}
"""What numerators count, by the words that their labels begin with: more than one, and one."""
PEOPLE = ("children", "care leavers", "pupils")
"""The words that a denominator's label begins with where it counts people. A share of referrals or
plans comes to no number of children: one child may have several."""


@dataclass(frozen=True, slots=True)
class Gap:
    """`children` (whole, not negative) `fewer` or `more` would close a gap of `unrounded`, which is
    positive where the authority has more than the comparator would give it."""

    children: int
    unrounded: float
    direction: str


def children_gap(
    value: float | None, comparator: float | None, denominator: float | None, *, unit: str
) -> Gap | None:
    """(value − comparator) × denominator / the unit's scale, in whole children.

    None of a unit that is no percentage or rate, and where a part is missing. The caller answers
    for the denominator counting people; `gap_of` looks.
    """
    scale = SCALE_OF_UNIT.get(unit)
    if scale is None or value is None or comparator is None or not denominator or denominator < 0:
        return None
    unrounded = (value - comparator) * denominator / scale
    children = math.floor(abs(unrounded) + 0.5)
    direction = SAME if children == 0 else FEWER if unrounded > 0 else MORE
    return Gap(children, unrounded, direction)


def gap_of(
    row: Mapping[str, Any], comparator: float | None, indicator: Mapping[str, Any]
) -> Gap | None:
    """The gap of a row of `Release.figures`, from its own counts and not from the rounded figure.

    None where the measure is no share or rate of people, or its counts are not there.
    """
    counted = counts_of(row, indicator["interval_method"])
    if counted is None or not is_of_people(indicator):
        return None
    value = counted.share * scale_of(indicator)
    return children_gap(value, comparator, counted.denominator, unit=indicator["unit"])


def is_of_people(indicator: Mapping[str, Any]) -> bool:
    """True of a measure whose denominator counts people."""
    return str(indicator["denominator_label"] or "").startswith(PEOPLE)


def counted_noun(numerator_label: str) -> tuple[str, str]:
    """What a numerator counts, for one and for more: `("child", "children")`."""
    for plural in sorted(_NOUNS, key=len, reverse=True):
        if numerator_label.startswith(plural):
            return _NOUNS[plural], plural
    return "case", "cases"


def gap_words(gap: Gap, to: str, noun: tuple[str, str] = ("child", "children")) -> str:
    """`98 fewer children would match the neighbours' median (97.6 before rounding)`; `to` names the
    comparator. No full stop."""
    if gap.direction == SAME:
        return _hardly(gap, to, noun)
    counted = f"{gap.children:,} {gap.direction} {_of(gap, noun)}"
    return f"{counted} would match {to} ({rounding_words(gap)} before rounding)"


def difference_words(gap: Gap, to: str, noun: tuple[str, str] = ("child", "children")) -> str:
    """The same of a measure without a better direction, or on the better side, as a fact and no
    aim: `98 more children than at the neighbours' median (97.6 before rounding)`. No full stop."""
    if gap.direction == SAME:
        return _hardly(gap, to, noun)
    there_are = MORE if gap.direction == FEWER else FEWER
    counted = f"{gap.children:,} {there_are} {_of(gap, noun)}"
    return f"{counted} than at {to} ({rounding_words(gap)} before rounding)"


def _hardly(gap: Gap, to: str, noun: tuple[str, str]) -> str:
    return f"less than half {_a(noun[0])} away from {to} ({rounding_words(gap)} before rounding)"


def _of(gap: Gap, noun: tuple[str, str]) -> str:
    return noun[0] if gap.children == 1 else noun[1]


def rounding_words(gap: Gap) -> str:
    """The gap before rounding, with as many decimals (one to three) as show which way it was
    rounded; a gap that would show as nought says that it is below a tenth."""
    size = abs(gap.unrounded)
    if 0 < size < 0.05:
        return "under 0.1"
    for decimals in (1, 2, 3):
        if math.floor(round(size, decimals) + 0.5) == gap.children:
            return format_number(size, decimals)
    return f"just under {format_number(gap.children + 0.5, 1)}"


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
