"""Runs every rule over a panel, and keeps what the false discovery rate of all the tests together
leaves. It writes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicators.signals.error_rate import RATE, Floats, false_discovery_q, simes_p
from indicators.signals.lines import Line, line_of
from indicators.signals.panel import Grid, Panel
from indicators.signals.rules import RULES, Rule, Tests

PERFORMANCE, CONTEXT, DATA = "performance", "context", "data"
WORSE, BETTER, HIGHER, LOWER = "worse", "better", "higher", "lower"
KEPT = 10
"""Significant digits of what a release keeps: the last bits of a number depend on the machine, and
a release of the same figures is the same everywhere."""
OWN = (
    "value", "numerator", "denominator", "period", "value_from", "period_from", "status", "with",
)  # fmt: skip
"""The evidence that is the authority's own: what others reported since makes it no other."""
_INNER = ("column", "column_from")
"""What the evidence of a sentence has beyond what a file gives."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule that holds of one figure. `p_value` None of a rule about the data, and `q_value`,
    which is that of its line; `fingerprint` marks the authority's own figures in it."""

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
    """The signals of a panel; how many tests each authority had, and how many of its lines stand
    out by them."""

    signals: tuple[Signal, ...]
    n_tests: Mapping[str, int]
    n_lines: Mapping[str, int]


@dataclass(frozen=True)
class _Run:
    """One rule on one grid; `p` is 1 where the rule's other conditions do not hold, which makes a
    valid p-value no smaller."""

    grid: Grid
    rule: Rule
    tests: Tests
    p: Floats


def find_signals(panel: Panel, lines: Sequence[Line] = (), rate: float = RATE) -> Found:
    """What stands out in the newest period of each indicator: lines of enquiry at that false
    discovery rate over all authorities and lines, and within each line what bears it.

    A line of an authority is one hypothesis, that nothing stands out in any of its figures; its p
    is that of Simes over all its tests. In a line that is kept the tests are held to the share of
    lines that were kept (Y. Benjamini and M. Bogomolov, Journal of the Royal Statistical Society B
    76 (2014) 297–318). `lines` partition the indicators; without any each is a line.
    """
    runs = list(_runs(panel))
    keys = dict.fromkeys(run.grid.indicator["indicator_id"] for run in runs)
    codes = sorted({code for run in runs for code in run.grid.areas})
    tested = [run for run in runs if run.rule.is_test]
    of = line_of(lines or [Line((key,)) for key in keys])
    place = {code: i for i, code in enumerate(codes)}
    tables = _tables(tested, of, place)
    line_p = [simes_p(table) for _, table in tables.values()]
    p = np.column_stack(line_p) if line_p else np.empty((len(codes), 0))
    q = np.full(p.shape, np.nan)
    known = ~np.isnan(p)
    q[known] = false_discovery_q(p[known])
    kept = q <= rate
    share = rate * kept.sum() / max(1, known.sum())
    flags: dict[int, Floats] = {}
    for column, (members, table) in enumerate(tables.values()):
        chosen = _within(table, kept[:, column], float(share))
        for k, run in enumerate(members):
            flags[id(run)] = np.where(chosen[:, k], q[:, column], np.nan)
    found = [signal for run in runs for signal in _signals(run, flags.get(id(run)), place)]
    n_tests = sum((~np.isnan(t)).sum(axis=1) for _, t in tables.values())
    return Found(
        tuple(found),
        {code: int(n) for code, n in zip(codes, np.broadcast_to(n_tests, len(codes)), strict=True)},
        {code: int(n) for code, n in zip(codes, kept.sum(axis=1), strict=True)},
    )


def _tables(
    tested: Sequence[_Run], of: Mapping[str, Line], place: Mapping[str, int]
) -> dict[str, tuple[list[_Run], Floats]]:
    """The tests of each line as a table: a row for each authority, a column for each test."""
    members: dict[str, list[_Run]] = {}
    for run in tested:
        members.setdefault(of[run.grid.indicator["indicator_id"]].id, []).append(run)
    tables = {}
    for line, own in members.items():
        table = np.full((len(place), len(own)), np.nan)
        for column, run in enumerate(own):
            table[[place[code] for code in run.grid.areas], column] = run.p
        tables[line] = (own, table)
    return tables


def _within(table: Floats, kept: NDArray[np.bool_], share: float) -> NDArray[np.bool_]:
    """Which tests of the lines that are kept bear them."""
    chosen = np.zeros(table.shape, dtype=bool)
    for i in np.flatnonzero(kept):
        known = ~np.isnan(table[i])
        chosen[i, known] = false_discovery_q(table[i, known]) <= share * (1 + 1e-12)
    return chosen & (table < 1)


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


def _signals(run: _Run, q: Floats | None, place: Mapping[str, int]) -> Iterator[Signal]:
    """Of a test those with a q, in the order of the authorities; of a rule about the data all."""
    for i, code in enumerate(run.grid.areas):
        own = float("nan") if q is None else float(q[place[code]])
        if not np.isnan(own) if run.rule.is_test else run.tests.fires[i]:
            yield _signal(run, i, own)


def _signal(run: _Run, i: int, q: float) -> Signal:
    grid, rule = run.grid, run.rule
    evidence = run.tests.evidence(i)
    shown = {key: value for key, value in evidence.items() if key not in _INNER}
    area, indicator, period = grid.areas[i], grid.indicator["indicator_id"], grid.periods[-1]
    kind, direction = _about(run, i)
    facts = json.dumps({k: _rounded(shown[k], 6) for k in OWN if k in shown}, sort_keys=True)
    signal = Signal(
        area, indicator, period, rule.id, rule.say(grid, i, evidence), kind, direction, None, None,
        mark_of([area, indicator, period, facts]),
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
