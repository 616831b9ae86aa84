"""What is measured: every benchmark is declared once, run by `tests.benchmarks.__main__`.

A figure in seconds says more of the machine than of the product, so each stands beside a yardstick
measured in the same run, in turn with it, and a goal in absolute units is given as so many
yardsticks too. The two figures that a ratio is made of are printed beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Milliseconds = Sequence[float]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked for: a home with a release, and how often to repeat."""

    home: Path
    rounds: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What one kind of request took, in milliseconds, one by one, and what its yardstick took."""

    name: str
    taken: Milliseconds
    yardstick: Milliseconds
    processor: Milliseconds
    slowest: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A benchmark's outcome. ratio: ours over the yardstick's, or the other way round where more is
    better. goal: the ratio that just meets it. beside: the two figures, in words."""

    name: str
    ratio: float
    goal: float
    met: bool
    beside: str


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark: `measure` gives one `Result` or several."""

    id: str
    sentence: str
    measure: Callable[[Asked], Sequence[Result]]


def percentile(values: Milliseconds, share: float) -> float:
    """The smallest value that at least that share of the values do not exceed (nearest rank).

    Raises `ValueError` where there is no value.
    """
    if not values:
        raise ValueError("Nothing was measured.")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def judge(measured: Measured, goal_ms: float) -> Result:
    """The 95th percentile of what was measured beside that of its yardstick, and the goal in
    milliseconds as so many yardsticks."""
    p95 = percentile(measured.taken, 0.95)
    unit = percentile(measured.yardstick, 0.95)
    return Result(
        measured.name,
        round(p95 / unit, 2),
        round(goal_ms / unit, 2),
        p95 <= goal_ms,
        f"{len(measured.taken)} requests, median {percentile(measured.taken, 0.5):.1f} ms, "
        f"95th percentile {p95:.1f} ms (of which processor "
        f"{percentile(measured.processor, 0.95):.1f} ms) beside {unit:.1f} ms; "
        f"slowest `{measured.slowest}`",
    )


def at_most(name: str, ours: float, yardstick: float, goal: float, beside: str) -> Result:
    """Ours over the yardstick's, which is to be no more than `goal`."""
    ratio = ours / yardstick
    return Result(name, significant(ratio), significant(goal), ratio <= goal, beside)


def at_least(name: str, ratio: float, goal: float, beside: str) -> Result:
    """A ratio that is to be no less than `goal`."""
    return Result(name, significant(ratio), significant(goal), ratio >= goal, beside)


def significant(value: float, digits: int = 3) -> float:
    """The value to so many significant digits."""
    return float(f"{value:.{digits}g}")


def middle(values: Sequence[float]) -> float:
    """The median of several rounds: one that something else held up does not count."""
    return median(values)
