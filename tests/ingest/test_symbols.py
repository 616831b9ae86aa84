"""What a published cell means: numbers stay numbers, symbols stay symbols."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.statuses import STATUS_WORDS, STATUSES
from ingest.symbols import is_number, is_number_or_symbol, parse_cells

SYMBOLS = [
    ("c", "suppressed"),
    ("[c]", "suppressed"),
    ("x", "not_available"),
    ("[x]", "not_available"),
    (":", "not_available"),
    ("..", "not_available"),
    ("N/A", "not_available"),
    ("z", "not_applicable"),
    ("[z]", "not_applicable"),
    (".", "not_applicable"),
    ("k", "rounds_to_zero"),
    ("low", "rounds_to_zero"),
    ("u", "low_reliability"),
    ("", "missing"),
    ("-", "missing"),
    ("~", "missing"),
]
NUMBERS = [
    ("0", 0.0),
    ("12", 12.0),
    ("-3", -3.0),
    ("12.50", 12.5),
    (".5", 0.5),
    ("5.", 5.0),
    ("007", 7.0),
    ("1e3", 1000.0),
    ("2.5E-2", 0.025),
    ("-0", 0.0),
    ("999999999999999", 999999999999999.0),
]
NEITHER = [
    "1,234", " 12", "12 ", "１２", "٣", "−5", "+5", "nan", "NaN", "inf", "-inf", "Infinity",
    "1e999", "1e15", "0x1F", "1_000", "1.2.3", "--1", "12%", "£5", "C", "X", "c ", " ", "null",
    "None", "NA", "12\n", "e5", "1e", "½", "1 234", "1\u00a0234",
]  # fmt: skip


def parse(*cells: str) -> tuple[list[float], list[str | None], list[str | None]]:
    parsed = parse_cells(pd.Series(cells, dtype="str"))
    return list(parsed.values), list(parsed.status), list(parsed.symbol)


@pytest.mark.parametrize(("cell", "status"), SYMBOLS)
def test_a_symbol_gives_its_status_is_kept_and_has_no_value(cell: str, status: str) -> None:
    values, statuses, symbols = parse(cell)
    assert math.isnan(values[0])
    assert statuses == [status]
    assert symbols == [cell]
    assert is_number_or_symbol(pd.Series([cell])).all()
    assert not is_number(pd.Series([cell])).any()


@pytest.mark.parametrize(("cell", "value"), NUMBERS)
def test_a_number_is_read_as_published_and_has_no_symbol(cell: str, value: float) -> None:
    assert parse(cell) == ([value], ["reported"], [None])
    assert is_number(pd.Series([cell])).all()


@pytest.mark.parametrize("cell", NEITHER)
def test_what_is_neither_number_nor_symbol_is_refused_and_never_read_as_a_number(
    cell: str,
) -> None:
    assert not is_number_or_symbol(pd.Series([cell])).any()
    values, statuses, symbols = parse(cell)
    assert math.isnan(values[0])
    assert statuses == [None]
    assert symbols == [cell]


def test_a_column_is_parsed_cell_by_cell_in_order() -> None:
    values, statuses, symbols = parse("1", "c", "2.5", "", "oops")
    np.testing.assert_array_equal(values, [1.0, np.nan, 2.5, np.nan, np.nan])
    assert statuses == ["reported", "suppressed", "reported", "missing", None]
    assert symbols == [None, "c", None, "", "oops"]


def test_an_empty_column_gives_nothing() -> None:
    assert parse() == ([], [], [])


def test_taking_rows_takes_value_status_and_symbol_together() -> None:
    taken = parse_cells(pd.Series(["1", "c", "3"])).take(np.array([2, 1]))
    np.testing.assert_array_equal(taken.values, [3.0, np.nan])
    assert list(taken.status) == ["reported", "suppressed"]
    assert list(taken.symbol) == [None, "c"]


def test_every_status_has_words_for_people() -> None:
    assert set(STATUS_WORDS) == set(STATUSES)
    assert len(STATUSES) == 7


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**14), max_value=10**14))
def test_any_decimal_is_read_as_the_float_nearest_to_it(number: Decimal) -> None:
    text = f"{number:f}"
    assert parse(text) == ([float(text)], ["reported"], [None])


@given(st.text(max_size=8))
def test_any_text_is_a_finite_number_a_symbol_or_refused(text: str) -> None:
    values, statuses, symbols = parse(text)
    if statuses[0] == "reported":
        assert math.isfinite(values[0])
        assert text.isascii()
        assert float(text) == values[0]
        assert symbols == [None]
    else:
        assert math.isnan(values[0])
        assert symbols == [text]
        assert statuses[0] == dict(SYMBOLS).get(text, _bracketed(text))


def _bracketed(text: str) -> str | None:
    return {"[low]": "rounds_to_zero", "[u]": "low_reliability"}.get(text)


@given(st.lists(st.sampled_from([cell for cell, _ in [*SYMBOLS, *NUMBERS]]), max_size=30))
def test_a_symbol_never_changes_what_stands_beside_it(cells: list[str]) -> None:
    together = parse(*cells)
    apart = [parse(cell) for cell in cells]
    np.testing.assert_array_equal(together[0], [values[0] for values, _, _ in apart])
    assert together[1] == [statuses[0] for _, statuses, _ in apart]
    assert together[2] == [symbols[0] for _, _, symbols in apart]
