"""The short list of an authority: signals of indicators that belong together make one line of
enquiry, and as many lines are listed as twelve minutes bear.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indicators.signals.find import BETTER, CONTEXT, DATA, Signal, mark_of
from indicators.signals.links import Tie, Ties

LISTED = 6
"""Lines that are listed: two minutes for each."""
LISTED_DATA = 1
"""Of these, lines about the data at most."""

Tied = tuple[tuple[str, Tie], ...]


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One line: its signals, the leading one first; `ties` joins each other indicator to it."""

    signals: tuple[Signal, ...]
    ties: Tied

    @property
    def lead(self) -> Signal:
        """The signal that stands out most."""
        return self.signals[0]

    @property
    def id(self) -> str:
        """Of the authority and the leading indicator, whatever its place on the list."""
        data = "-data" if self.lead.kind == DATA else ""
        return f"{self.lead.area_code}-{self.lead.indicator_id}{data}"

    @property
    def fingerprint(self) -> str:
        """The mark of all its signals."""
        return mark_of(signal.fingerprint for signal in self.signals)

    @property
    def indicators(self) -> tuple[str, ...]:
        """Its indicators, the leading one first."""
        return tuple(dict.fromkeys(signal.indicator_id for signal in self.signals))


def list_enquiries(signals: Iterable[Signal], ties: Ties) -> tuple[Enquiry, ...]:
    """The lines of one authority in order: worse, then of context, then better, the smallest p
    first; one about its data last."""
    ordered = sorted(signals, key=_order)
    tested = _group([s for s in ordered if s.kind != DATA], ties)
    data = _group_data([s for s in ordered if s.kind == DATA])[:LISTED_DATA]
    return (*tested[: LISTED - len(data)], *data)


def _order(signal: Signal) -> tuple[object, ...]:
    place = 3 if signal.kind == DATA else 2 if signal.direction == BETTER else 0
    place += signal.kind == CONTEXT
    return place, signal.p_value or 0.0, signal.indicator_id, signal.rule


def _group(ordered: Sequence[Signal], ties: Ties) -> list[Enquiry]:
    """Each line begins with what stands out most of what is left, and takes with it what else there
    is of that indicator and of those that are tied to it."""
    left, found = list(ordered), []
    while left:
        lead = left[0].indicator_id
        tied = tuple(
            (other, tie)
            for other in dict.fromkeys(s.indicator_id for s in left)
            if (tie := ties.get(frozenset((lead, other)))) is not None
        )
        members = {lead, *(other for other, _ in tied)}
        found.append(Enquiry(tuple(s for s in left if s.indicator_id in members), tied))
        left = [s for s in left if s.indicator_id not in members]
    return found


def _group_data(ordered: Sequence[Signal]) -> list[Enquiry]:
    """One line for each rule, the rarest first: what is so of a figure alone says more than what is
    so of a whole return."""
    by_rule: dict[str, list[Signal]] = {}
    for signal in ordered:
        by_rule.setdefault(signal.rule, []).append(signal)
    return [Enquiry(tuple(group), ()) for group in sorted(by_rule.values(), key=len)]
