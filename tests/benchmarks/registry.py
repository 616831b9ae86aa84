"""What is measured: every benchmark is declared once, run by `tests.benchmarks.__main__`.

A figure in seconds says more of the machine than of the product, so each stands beside a yardstick
measured in the same run, in turn with it, and a goal in milliseconds is given as so many yardsticks
too. The time of the processors is printed as well: on a machine that others use it moves less.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Milliseconds = Sequence[float]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one benchmark took, in milliseconds, request by request, and what its yardstick took."""

    name: str
    taken: Milliseconds
    yardstick: Milliseconds
    processor: Milliseconds
    slowest: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A benchmark's outcome. ratio: its 95th percentile over the yardstick's. goal: the largest
    ratio that still meets the goal in milliseconds."""

    name: str
    ratio: float
    goal: float
    met: bool
    p50_ms: float
    p95_ms: float
    processor_p95_ms: float
    goal_ms: float
    requests: int
    slowest: str


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark: `measure` is handed a home with a release, and how often to repeat; it gives
    one or several `Measured`, each held against `goal_ms` at the 95th percentile."""

    id: str
    sentence: str
    goal_ms: float
    measure: Callable[[Path, int], Sequence[Measured]]


def percentile(values: Milliseconds, share: float) -> float:
    """The smallest value that at least that share of the values do not exceed (nearest rank).

    Raises `ValueError` where there is no value.
    """
    if not values:
        raise ValueError("Nothing was measured.")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def judge(measured: Measured, goal_ms: float) -> Result:
    """What was measured beside its goal."""
    p95 = percentile(measured.taken, 0.95)
    unit = percentile(measured.yardstick, 0.95)
    return Result(
        measured.name,
        round(p95 / unit, 2),
        round(goal_ms / unit, 2),
        p95 <= goal_ms,
        round(percentile(measured.taken, 0.5), 1),
        round(p95, 1),
        round(percentile(measured.processor, 0.95), 1),
        goal_ms,
        len(measured.taken),
        measured.slowest,
    )
