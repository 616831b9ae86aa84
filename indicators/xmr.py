"""XmR chart of a quarterly series: its natural process limits, and the points that are signals.

W. A. Shewhart's individuals chart as D. J. Wheeler gives it (Understanding variation, 1993): mean
± 2.66 × mean moving range, moving ranges up to 3.268 × their mean. Rules: a point outside the
limits, and eight in a row on one side of the mean (NHS England's Making data count uses seven).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean

LIMIT_FACTOR = 2.66
RANGE_FACTOR = 3.268
LEAST = 6
"""Points without which limits say too little (Wheeler gives five or six as the fewest)."""
RUN = 8

OUTSIDE, ONE_SIDE = "outside", "one_side"
RULE_WORDS = {
    OUTSIDE: "outside the natural process limits",
    ONE_SIDE: f"one of {RUN} or more in a row on one side of the mean",
}


@dataclass(frozen=True, slots=True)
class Xmr:
    """`moving_ranges` has one for each value (None for the first and beside a gap); `signals` are
    pairs of a value's place and the rule that it breaks, in order."""

    mean: float
    low: float
    high: float
    moving_ranges: tuple[float | None, ...]
    range_limit: float
    signals: tuple[tuple[int, str], ...]


def build_xmr(
    values: Sequence[float | None], *, least: float | None = None, most: float | None = None
) -> Xmr | None:
    """The chart of values in order of time; a missing one is a gap that no range spans and that
    ends a run. `least` and `most` are the ends of what the measure can be: limits stop there.

    None of fewer than six values, and where no two values stand side by side.
    """
    known = [value for value in values if value is not None]
    ranges = moving_ranges(values)
    measured = [size for size in ranges if size is not None]
    if len(known) < LEAST or not measured:
        return None
    # The exact mean: a rounded one puts values that never move beside themselves.
    centre, mean_range = mean(known), mean(measured)
    low, high = centre - LIMIT_FACTOR * mean_range, centre + LIMIT_FACTOR * mean_range
    signals = [(i, OUTSIDE) for i, v in enumerate(values) if v is not None and not low <= v <= high]
    signals += [(i, ONE_SIDE) for i in _runs(values, centre)]
    return Xmr(
        centre,
        low if least is None else max(low, least),
        high if most is None else min(high, most),
        ranges,
        RANGE_FACTOR * mean_range,
        tuple(sorted(signals)),
    )


def moving_ranges(values: Sequence[float | None]) -> tuple[float | None, ...]:
    """How far each value is from the one before it; None where either is missing."""
    if not values:
        return ()
    steps = (None if a is None or b is None else abs(b - a) for a, b in pairwise(values))
    return (None, *steps)


def _runs(values: Sequence[float | None], centre: float) -> list[int]:
    """The places of every value in a run of eight or more on one side; one on the mean ends it."""
    found: list[int] = []
    run: list[int] = []
    side = 0
    for i, value in enumerate([*values, None]):
        here = 0 if value is None or value == centre else 1 if value > centre else -1
        if here and here == side:
            run.append(i)
            continue
        found += run if len(run) >= RUN else []
        run, side = ([i] if here else []), here
    return found
