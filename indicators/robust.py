"""Whether a finding survives the choice of who it is compared with.

A figure is tested against each set by its own 95 % interval; two models of statistical neighbours
may share nine of fifteen, so a finding that only one set gives is a finding of that set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indicators.counts import Row
from indicators.set_summary import SetSummary
from indicators.words import list_words

SIMILAR = "similar"
_THAN = {"similar": "similar to"}


@dataclass(frozen=True, slots=True)
class Survival:
    """`verdicts` by set (None where it could not be tested); `agreed` is the verdict that every
    tested set gives, where at least two could be; `words` says it, without a full stop."""

    verdicts: Mapping[str, str | None]
    agreed: str | None
    words: str


def survives(row: Row, sets: Mapping[str, SetSummary]) -> Survival:
    """The figure of a row of `Release.figures` against each set, by the set's name in words."""
    verdicts = {label: _verdict(row, summary) for label, summary in sets.items()}
    tested = {label: verdict for label, verdict in verdicts.items() if verdict}
    same = len(set(tested.values())) == 1
    agreed = next(iter(tested.values())) if same and len(tested) > 1 else None
    return Survival(verdicts, agreed, _words(tested, agreed))


def _verdict(row: Row, summary: SetSummary) -> str | None:
    low, high, other = row["ci95_low"], row["ci95_high"], summary.comparator
    if low is None or high is None or other is None:
        return None
    if low <= other <= high:
        return SIMILAR
    above = low > other
    if summary.polarity not in ("high", "low"):
        return "higher" if above else "lower"
    return "better" if above == (summary.polarity == "high") else "worse"


def _words(tested: Mapping[str, str], agreed: str | None) -> str:
    """`worse than the region, the DfE neighbours and the computed set alike`, or which say what."""
    if not tested:
        return "not tested: neither the figure has an interval nor the sets figures to test it with"
    if agreed:
        return f"{_than(agreed)} {list_words(list(tested))} alike"
    groups: dict[str, list[str]] = {}
    for label, verdict in tested.items():
        groups.setdefault(verdict, []).append(label)
    said = [f"{_than(verdict)} {list_words(labels)}" for verdict, labels in groups.items()]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])}, but {said[-1]}"


def _than(verdict: str) -> str:
    return _THAN.get(verdict, f"{verdict} than")
