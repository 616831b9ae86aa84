"""What a published cell that is not a number means. A missing figure is never zero.

The letters are those of the Government Statistical Service's guidance on symbols in tables and of
the Explore Education Statistics file format; older tables use punctuation, some of it with more
than one meaning, and that is kept as `missing` with the symbol beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ingest.statuses import (
    LOW_RELIABILITY,
    MISSING,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    REPORTED,
    ROUNDS_TO_ZERO,
    SUPPRESSED,
)

BLANK_SUPPRESSED = "(blank: suppressed)"
BLANK_NOT_APPLICABLE = "(blank: not applicable)"
"""A blank cell of which the file says beside it, in words, why it is blank: readers write these."""

NOTES = 30
"""A cell may hold nothing but the mark of a note, which says why there is no figure."""

STATUS_OF_SYMBOL = {
    "c": SUPPRESSED,
    "[c]": SUPPRESSED,
    "x": NOT_AVAILABLE,
    "[x]": NOT_AVAILABLE,
    ":": NOT_AVAILABLE,
    "..": NOT_AVAILABLE,
    "N/A": NOT_AVAILABLE,
    "z": NOT_APPLICABLE,
    "[z]": NOT_APPLICABLE,
    ".": NOT_APPLICABLE,
    "k": ROUNDS_TO_ZERO,
    "low": ROUNDS_TO_ZERO,
    "[low]": ROUNDS_TO_ZERO,
    "u": LOW_RELIABILITY,
    "[u]": LOW_RELIABILITY,
    "[n]": NOT_AVAILABLE,
    **dict.fromkeys((f"[note {number}]" for number in range(1, NOTES + 1)), NOT_AVAILABLE),
    BLANK_SUPPRESSED: SUPPRESSED,
    BLANK_NOT_APPLICABLE: NOT_APPLICABLE,
    "": MISSING,
    "-": MISSING,
    "~": MISSING,
}

LARGEST = 1e15
"""Figures are less than this: a larger one is no count of anything, and is not held exactly."""

NUMBER_PATTERN = r"^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"

_SYMBOLS = pa.array(list(STATUS_OF_SYMBOL), pa.string())
_STATUSES = np.array([STATUS_OF_SYMBOL[symbol] for symbol in STATUS_OF_SYMBOL], dtype=object)


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of published cells, parsed. Arrays of one length.

    values: float64, NaN where the cell is a symbol. status: one of `STATUSES`, None where the cell
    is neither a number nor a known symbol. symbol: the cell as published where it is no number.
    """

    values: npt.NDArray[np.float64]
    status: npt.NDArray[np.object_]
    symbol: npt.NDArray[np.object_]

    def take(self, rows: npt.NDArray[np.intp]) -> Cells:
        """The cells of these row positions."""
        return Cells(self.values[rows], self.status[rows], self.symbol[rows])


def _as_arrow(cells: pd.Series[str]) -> pa.Array:
    array = pa.array(cells, pa.string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _read_numbers(text: pa.Array) -> npt.NDArray[np.float64]:
    """The number that each text is, NaN where it is none (or is too large)."""
    matches = pc.fill_null(pc.match_substring_regex(text, NUMBER_PATTERN), False)
    numbers = pc.if_else(matches, text, pa.scalar(None, pa.string())).cast(pa.float64())
    values = np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)
    return np.where(np.abs(values) < LARGEST, values, np.nan)


def is_number(cells: pd.Series[str]) -> npt.NDArray[np.bool_]:
    """True for each text that is a plain finite decimal number (no thousands separators)."""
    return np.isfinite(_read_numbers(_as_arrow(cells)))


def is_number_or_symbol(cells: pd.Series[str]) -> npt.NDArray[np.bool_]:
    """True for each text that is a number or one of the known symbols."""
    known = pc.is_in(_as_arrow(cells), value_set=_SYMBOLS)
    return is_number(cells) | np.asarray(known.to_numpy(zero_copy_only=False), dtype=bool)


def parse_cells(cells: pd.Series[str]) -> Cells:
    """Parse a column of published text into values, statuses and symbols. Never raises: a cell
    that is neither number nor symbol has status None, and it is for the caller's check to say so.
    """
    text = _as_arrow(cells)
    values = _read_numbers(text)
    numeric = np.isfinite(values)
    found = pc.index_in(text, value_set=_SYMBOLS)
    position = np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.intp)
    status = _STATUSES[position]
    status[position < 0] = None
    status[numeric] = REPORTED
    symbol = np.asarray(cells, dtype=object).copy()
    symbol[numeric] = None
    return Cells(values, status, symbol)
