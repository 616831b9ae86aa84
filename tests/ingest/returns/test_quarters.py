"""Quarters of the financial year: how they are written, and when they have ended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.returns.quarters import (
    Quarter,
    last_ended,
    last_quarters,
    parse_quarter,
    quarter_of,
)

DAYS = st.dates(date(2001, 4, 1), date(2098, 12, 31))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025/26 Q1", date(2025, 4, 1), date(2025, 6, 30)),
        ("2025/26 Q2", date(2025, 7, 1), date(2025, 9, 30)),
        ("2025/26 Q3", date(2025, 10, 1), date(2025, 12, 31)),
        ("2025/26 Q4", date(2026, 1, 1), date(2026, 3, 31)),
        ("2099/00 Q1", date(2099, 4, 1), date(2099, 6, 30)),
        (" 2025-26q1 ", date(2025, 4, 1), date(2025, 6, 30)),
    ],
)
def test_a_quarter_of_the_financial_year_spans_its_three_months(
    text: str, start: date, end: date
) -> None:
    quarter = parse_quarter(text)
    assert quarter is not None
    assert (quarter.start, quarter.end) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025/26",
        "2025/27 Q1",
        "2025/26 Q5",
        "2025/26 Q0",
        "Q1 2025/26",
        "2025 Q1",
        "٢٠٢٥/٢٦ Q1",
    ],
)
def test_what_is_no_quarter_is_not_read_as_one(text: str) -> None:
    assert parse_quarter(text) is None


@given(DAYS)
def test_a_day_lies_in_its_quarter_which_reads_back_from_its_label(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.start <= day <= quarter.end
    assert parse_quarter(quarter.label) == quarter


@given(DAYS)
def test_quarters_follow_one_another_without_a_gap(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.previous.end + timedelta(days=1) == quarter.start
    assert quarter.previous < quarter


@given(DAYS)
def test_the_last_quarter_that_ended_ends_before_the_day_and_its_successor_does_not(
    day: date,
) -> None:
    last = last_ended(day)
    assert last.end < day <= quarter_of(day).end
    assert quarter_of(last.end + timedelta(days=1)) == quarter_of(day)


def test_a_quarter_has_not_ended_on_its_last_day() -> None:
    assert last_ended(date(2025, 9, 30)) == Quarter(2025, 1)
    assert last_ended(date(2025, 10, 1)) == Quarter(2025, 2)


def test_the_last_quarters_are_in_order() -> None:
    labels = [item.label for item in last_quarters(date(2025, 5, 2), 3)]
    assert labels == ["2024/25 Q2", "2024/25 Q3", "2024/25 Q4"]
