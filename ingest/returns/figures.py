"""What a return says: a figure for each column and quarter, and what comes of them by division.

A blank is not given and never zero; what is divided by a figure that is not there is not there
either, for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.catalogue import SCALE_OF_UNIT
from ingest.returns.declaration import POPULATION, ReturnIndicator
from ingest.returns.quarters import Quarter
from ingest.statuses import MISSING, NOT_APPLICABLE, NOT_AVAILABLE, REPORTED, SUPPRESSED

SYMBOLS = {"c": SUPPRESSED, "x": NOT_AVAILABLE, "z": NOT_APPLICABLE}
"""What a return may hold in a figure's place; `[c]` is read as `c`."""
QUARTERS_A_YEAR = 4


@dataclass(frozen=True, slots=True)
class ReturnFigure:
    """One figure, or why there is none. `value` is None wherever `status` is not reported."""

    value: float | None
    status: str = REPORTED
    symbol: str | None = None


NOT_GIVEN = ReturnFigure(None, MISSING, "")
Figures = Mapping[str, ReturnFigure]
"""Figure by column, of one quarter."""


@dataclass(frozen=True, slots=True)
class QuarterFigures:
    """One row of a return."""

    quarter: Quarter
    figures: Figures


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """An authority's own published annual figure, for a return to stand beside."""

    value: float
    period: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure that comes of a return: `value` in the indicator's unit, or why there is none."""

    value: float | None
    status: str
    numerator: float | None = None
    denominator: float | None = None


def derive(
    indicator: ReturnIndicator, figures: Figures, population: float | None = None
) -> Derived:
    """The indicator's figure in one quarter.

    A part that is suppressed suppresses the whole; one that is not there leaves none; a
    denominator of zero leaves nothing to divide (not applicable). `population`: children aged 0 to
    17, None where the release has none.
    """
    parts = [figures.get(column, NOT_GIVEN) for column in indicator.columns]
    for status in (SUPPRESSED, NOT_APPLICABLE, NOT_AVAILABLE, MISSING):
        if any(part.status == status for part in parts):
            return Derived(None, status)
    values = {POPULATION: population} | {
        column: part.value for column, part in zip(indicator.columns, parts, strict=True)
    }
    numerator = values[indicator.numerator]
    below = [values[name] for name in indicator.denominators]
    known = [value for value in below if value is not None]
    if numerator is None or len(known) < len(below):
        return Derived(None, NOT_AVAILABLE)
    if not known:
        return Derived(numerator, REPORTED, numerator)
    denominator = sum(known)
    if not denominator:
        return Derived(None, NOT_APPLICABLE, numerator, denominator)
    times = SCALE_OF_UNIT.get(indicator.unit, 1.0)
    times *= QUARTERS_A_YEAR if indicator.annualised else 1
    return Derived(numerator / denominator * times, REPORTED, numerator, denominator)
