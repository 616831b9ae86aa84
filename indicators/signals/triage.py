"""The short list of an authority: its lines of enquiry in order, as many as twelve minutes bear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indicators.signals.find import BETTER, CONTEXT, DATA, Signal, mark_of
from indicators.signals.lines import Line, line_of

LISTED = 6
"""Lines that are listed: two minutes for each."""
LISTED_DATA = 1
"""Of these, lines about the data at most."""


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One line: its signals, the leading one first; `line` None of one about the data."""

    signals: tuple[Signal, ...]
    line: Line | None

    @property
    def lead(self) -> Signal:
        """The signal that stands out most."""
        return self.signals[0]

    @property
    def id(self) -> str:
        """Of the authority and what the line is of, whichever indicator leads it."""
        if self.line is None:
            return f"{self.lead.area_code}-{self.lead.rule}-data"
        return f"{self.lead.area_code}-{self.line.id}"

    @property
    def fingerprint(self) -> str:
        """The mark of the authority's own figures in all its signals."""
        return mark_of(dict.fromkeys(signal.fingerprint for signal in self.signals))

    @property
    def indicators(self) -> tuple[str, ...]:
        """Its indicators, the leading one first."""
        return tuple(dict.fromkeys(signal.indicator_id for signal in self.signals))

    @property
    def is_mixed(self) -> bool:
        """Whether measures of context stand beside others."""
        return len({signal.kind for signal in self.signals}) > 1


def list_enquiries(signals: Iterable[Signal], of: Sequence[Line]) -> tuple[Enquiry, ...]:
    """The lines of one authority in order: worse, then of context, then better, the smallest p
    first; one about its data last. `of` are all the lines that there may be."""
    ordered = sorted(signals, key=_order)
    by_line = line_of(of)
    groups: dict[str, list[Signal]] = {}
    for signal in ordered:
        if signal.kind != DATA:
            groups.setdefault(by_line[signal.indicator_id].id, []).append(signal)
    tested = [Enquiry(tuple(g), by_line[g[0].indicator_id]) for g in groups.values()]
    data = _group_data([s for s in ordered if s.kind == DATA])[:LISTED_DATA]
    return (*tested[: LISTED - len(data)], *data)


def _order(signal: Signal) -> tuple[object, ...]:
    place = 3 if signal.kind == DATA else 2 if signal.direction == BETTER else 0
    place += signal.kind == CONTEXT
    return place, signal.p_value or 0.0, signal.indicator_id, signal.rule


def _group_data(ordered: Sequence[Signal]) -> list[Enquiry]:
    """One line for each rule, the rarest first: what is so of a figure alone says more than what is
    so of a whole return."""
    by_rule: dict[str, list[Signal]] = {}
    for signal in ordered:
        by_rule.setdefault(signal.rule, []).append(signal)
    return [Enquiry(tuple(group), None) for group in sorted(by_rule.values(), key=len)]
