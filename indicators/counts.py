"""The unrounded counts under a figure: which rows have them, and what they amount to.

Owns the one rule of which rows a test may use. It never makes a count out of a published rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from indicators.intervals import CONFIDENCE_95, Limits, byar_limits, wilson_limits
from indicators.words import UNRANKED_UNITS
from ingest.catalogue import SCALE_OF_UNIT

Row = Mapping[str, Any]

WILSON, BYAR = "wilson", "byar"
"""An indicator's `interval_method`: a proportion of separate things, or a rate of a population."""
METHODS = (WILSON, BYAR)


FEW_NUMERATOR, FEW_DENOMINATOR = 10, 30
"""Below either, one child more or less moves the figure so far that it says little."""


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of so many; both whole."""

    numerator: int
    denominator: int

    @property
    def share(self) -> float:
        """Numerator / denominator, before any scale."""
        return self.numerator / self.denominator


def scale_of(indicator: Row) -> float:
    """What numerator / denominator is multiplied by in the indicator's unit."""
    return float(SCALE_OF_UNIT.get(indicator["unit"], 1.0))


def counts_of(row: Row, method: str) -> Counted | None:
    """The counts of a row that has a figure; None where they are not published whole, where the
    figure itself is not there, or where the method has no use for them."""
    numerator, denominator = row.get("numerator"), row.get("denominator")
    if method not in METHODS or row["value"] is None or numerator is None or not denominator:
        return None
    whole = float(numerator).is_integer() and float(denominator).is_integer()
    if not whole or numerator < 0 or denominator < 0:
        return None
    if method == WILSON and numerator > denominator:
        return None
    return Counted(int(numerator), int(denominator))


def has_small_counts(row: Row, method: str) -> bool:
    """True of a figure that rests on few, by whichever of its counts is published: 0% of a number
    that is suppressed is of few all the same."""
    if method not in METHODS or row["value"] is None:
        return False
    parts = (row.get("numerator"), FEW_NUMERATOR), (row.get("denominator"), FEW_DENOMINATOR)
    return any(part is not None and part < few for part, few in parts)


def bears_a_quarter(row: Row, indicator: Row) -> bool:
    """True unless a figure is none to be put into the best or the worst quarter: a number, which
    follows the size of the authority, or a share of so few, or of so many that are suppressed, that
    one child more would move it to another."""
    if indicator["unit"] in UNRANKED_UNITS:
        return False
    if indicator["interval_method"] not in METHODS:
        return True
    return row["denominator"] is not None and row["denominator"] >= FEW_DENOMINATOR


def unrounded(row: Row, indicator: Row) -> Row:
    """The row with its figure as its counts give it; as published where it has none. Most
    percentages are printed whole, and half a point is several children."""
    counted = counts_of(row, indicator["interval_method"])
    return row if counted is None else {**row, "value": counted.share * scale_of(indicator)}


def limits_of(counted: Counted, method: str, confidence: float = CONFIDENCE_95) -> Limits:
    """The figure's own confidence limits, before any scale."""
    if method == WILSON:
        return wilson_limits(counted.numerator, counted.denominator, confidence)
    low, high = byar_limits(counted.numerator, confidence)
    return low / counted.denominator, high / counted.denominator


def return_of(row: Row) -> tuple[str, ...]:
    """The authorities that a row's figure is of: two where they answered together."""
    return tuple(sorted({row["area_code"], row.get("joint_with") or row["area_code"]}))


def others_with_figure(rows: Iterable[Row], us: str) -> list[Row]:
    """The rows with a figure of others than `us`, without whoever answered together with `us`:
    theirs is the same figure, and nobody is compared with themselves."""
    return [row for row in rows if row["value"] is not None and us not in return_of(row)]


def separate_returns(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows without the second of two authorities that answered together: a sum must not count
    the same children twice."""
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        key = return_of(row)
        if key not in seen:
            seen.add(key)
            yield row
