"""Runs every rule over a panel, and keeps what the false discovery rate of all the tests together
leaves. It writes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from indicators.signals.error_rate import RATE, Floats, false_discovery_q
from indicators.signals.panel import Grid, Panel
from indicators.signals.rules import RULES, Rule, Tests

PERFORMANCE, CONTEXT, DATA = "performance", "context", "data"
WORSE, BETTER, HIGHER, LOWER = "worse", "better", "higher", "lower"
KEPT = 10
"""Significant digits of what a release keeps: the last bits of a number depend on the machine, and
a release of the same figures is the same everywhere."""
_INNER = ("column", "column_from")
"""What the evidence of a sentence has beyond what a file gives."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule that holds of one figure. `p_value` and `q_value` None of a rule about the data."""

    area_code: str
    indicator_id: str
    period: str
    rule: str
    sentence: str
    kind: str
    direction: str | None
    p_value: float | None
    q_value: float | None
    fingerprint: str
    evidence: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Found:
    """The signals of a panel, and how many tests each authority had."""

    signals: tuple[Signal, ...]
    n_tests: Mapping[str, int]


@dataclass(frozen=True)
class _Run:
    """One rule on one grid; `p` is 1 where the rule's other conditions do not hold, which makes a
    valid p-value no smaller."""

    grid: Grid
    rule: Rule
    tests: Tests
    p: Floats


def find_signals(panel: Panel, rate: float = RATE) -> Found:
    """Every signal of the newest period of each indicator, at that false discovery rate over all
    authorities, indicators and rules."""
    runs = list(_runs(panel))
    tested = [run.p for run in runs if run.rule.is_test]
    p = np.concatenate(tested) if tested else np.empty(0)
    q = np.full(len(p), np.nan)
    known = ~np.isnan(p)
    q[known] = false_discovery_q(p[known])
    found: list[Signal] = []
    n_tests: dict[str, int] = {}
    start = 0
    for run in runs:
        own = np.full(len(run.p), np.nan)
        if run.rule.is_test:
            own = q[start : start + len(run.p)]
            start += len(run.p)
            for i in np.flatnonzero(~np.isnan(run.p)):
                code = run.grid.areas[i]
                n_tests[code] = n_tests.get(code, 0) + 1
        found += _signals(run, own, rate)
    return Found(tuple(found), n_tests)


def mark_of(parts: Iterable[str]) -> str:
    """Twelve hex digits that are the same for the same parts in any order."""
    text = "\n".join(sorted(parts))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _runs(panel: Panel) -> Iterator[_Run]:
    for grid in panel.grids:
        for rule in RULES.values():
            tests = rule.find(grid)
            if tests is not None:
                held = tests.fires & (tests.p <= rule.most_p)
                p = np.where(np.isnan(tests.p), np.nan, np.where(held, tests.p, 1.0))
                yield _Run(grid, rule, tests, p)


def _signals(run: _Run, q: Floats, rate: float) -> Iterator[Signal]:
    flagged = (q <= rate) & (run.p < 1) if run.rule.is_test else run.tests.fires
    for i in np.flatnonzero(flagged):
        yield _signal(run, int(i), float(q[i]))


def _signal(run: _Run, i: int, q: float) -> Signal:
    grid, rule = run.grid, run.rule
    evidence = run.tests.evidence(i)
    shown = {key: value for key, value in evidence.items() if key not in _INNER}
    area, indicator, period = grid.areas[i], grid.indicator["indicator_id"], grid.periods[-1]
    kind, direction = _about(run, i)
    facts = json.dumps({key: _rounded(value, 6) for key, value in shown.items()}, sort_keys=True)
    signal = Signal(
        area, indicator, period, rule.id, rule.say(grid, i, evidence), kind, direction, None, None,
        mark_of([area, indicator, period, rule.id, facts]),
        {key: _rounded(value, KEPT) for key, value in shown.items()},
    )  # fmt: skip
    if not rule.is_test:
        return signal
    return replace(signal, p_value=_rounded(float(run.p[i]), KEPT), q_value=_rounded(q, KEPT))


def _about(run: _Run, i: int) -> tuple[str, str | None]:
    """What kind of signal it is, and which way it points."""
    if not run.rule.is_test:
        return DATA, None
    higher, polarity = bool(run.tests.higher[i]), run.grid.indicator["polarity"]
    if polarity not in ("high", "low"):
        return CONTEXT, HIGHER if higher else LOWER
    return PERFORMANCE, BETTER if higher == (polarity == "high") else WORSE


def _rounded(value: Any, digits: int) -> Any:
    """So many significant digits: the last bits of a sum are no change of the evidence."""
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    return [_rounded(part, digits) for part in value] if isinstance(value, list) else value
