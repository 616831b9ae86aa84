"""How publishers write a year, and the days it spans."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.periods import (
    last_day,
    parse_ees_period,
    parse_lait_period,
    year_ending,
)

MARCH = (3, 31)


@pytest.mark.parametrize(
    ("text", "identifier", "ends", "label", "start", "end"),
    [
        ("2025", "Reporting year", (3, 31), "2025", date(2024, 4, 1), date(2025, 3, 31)),
        ("2025", "Reporting year", (9, 30), "2025", date(2024, 10, 1), date(2025, 9, 30)),
        ("2024", "Reporting year", (6, 30), "2024", date(2023, 7, 1), date(2024, 6, 30)),
        ("2024", "Calendar year", (3, 31), "2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("202425", "Academic year", (3, 31), "2024/25", date(2024, 9, 1), date(2025, 8, 31)),
        ("202425", "Financial year", (9, 30), "2024/25", date(2024, 4, 1), date(2025, 3, 31)),
        ("199900", "Academic year", (3, 31), "1999/00", date(1999, 9, 1), date(2000, 8, 31)),
        ("2024", "Reporting year", (2, 29), "2024", date(2023, 3, 1), date(2024, 2, 29)),
        ("2025", "Reporting year", (2, 29), "2025", date(2024, 3, 1), date(2025, 2, 28)),
    ],
)
def test_a_period_has_a_label_and_its_first_and_last_day(
    text: str, identifier: str, ends: tuple[int, int], label: str, start: date, end: date
) -> None:
    period = parse_ees_period(text, identifier, ends)
    assert period is not None
    assert (period.label, period.start, period.end) == (label, start, end)


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("202426", "Academic year"),
        ("202524", "Academic year"),
        ("202424", "Financial year"),
        ("2025", "Academic year"),
        ("202425", "Reporting year"),
        ("202425", "Calendar year"),
        ("2025", "reporting year"),
        ("2025", "Reporting year "),
        ("2025", "Week 1"),
        ("2025", ""),
        ("", "Reporting year"),
        (" 2025", "Reporting year"),
        ("2025\n", "Reporting year"),
        ("25", "Reporting year"),
        ("20255", "Reporting year"),
        ("1825", "Reporting year"),
        ("20２５", "Reporting year"),
        ("2025.0", "Reporting year"),
        ("2024/25", "Academic year"),
        ("2024-25", "Academic year"),
        ("20２４25", "Academic year"),
    ],
)
def test_digits_that_do_not_fit_the_identifier_are_no_period(text: str, identifier: str) -> None:
    assert parse_ees_period(text, identifier, MARCH) is None


@pytest.mark.parametrize(
    ("text", "kind", "label", "start", "end", "provisional"),
    [
        ("2023", "Financial Year", "2023", date(2022, 4, 1), date(2023, 3, 31), False),
        ("2023", "Calendar Year", "2023", date(2023, 1, 1), date(2023, 12, 31), False),
        ("2023", "Academic Year", "2023", date(2022, 9, 1), date(2023, 8, 31), False),
        ("2023", "Annual (end of Sept)", "2023", date(2022, 10, 1), date(2023, 9, 30), False),
        ("2023", "Annual - January", "2023", date(2022, 2, 1), date(2023, 1, 31), False),
        ("2023 (Rev)", "Financial Year", "2023", date(2022, 4, 1), date(2023, 3, 31), False),
        ("2020 (Final)", "Financial Year", "2020", date(2019, 4, 1), date(2020, 3, 31), False),
        ("2025 (prov)", "Financial Year", "2025", date(2024, 4, 1), date(2025, 3, 31), True),
        ("2025 (Provisional)", "Calendar Year", "2025", date(2025, 1, 1), date(2025, 12, 31), True),
        ("2016-17 (OT)", "Financial Year", "2016/17", date(2016, 4, 1), date(2017, 3, 31), False),
        ("2016-17", "Academic Year", "2016/17", date(2016, 9, 1), date(2017, 8, 31), False),
        ("2015/16", "Financial Year", "2015/16", date(2015, 4, 1), date(2016, 3, 31), False),
        ("1999/00", "Financial Year", "1999/00", date(1999, 4, 1), date(2000, 3, 31), False),
        ("2020-22", "Calendar Year", "2020-22", date(2020, 1, 1), date(2022, 12, 31), False),
        (
            "2013/14-15/16", "Financial Year", "2013/14-2015/16",
            date(2013, 4, 1), date(2016, 3, 31), False,
        ),
        (
            "1998/99-00/01", "Financial Year", "1998/99-2000/01",
            date(1998, 4, 1), date(2001, 3, 31), False,
        ),
    ],
)  # fmt: skip
def test_a_year_of_the_comparison_tool_is_read_with_its_suffix(
    text: str, kind: str, label: str, start: date, end: date, provisional: bool
) -> None:
    parsed = parse_lait_period(text, kind)
    assert parsed is not None
    period, flag = parsed
    assert (period.label, period.start, period.end, flag) == (label, start, end, provisional)


@pytest.mark.parametrize(
    "text",
    [
        "0", "", "-", "(Rev)", "20２４", "2020-19", "2020-20", "2020-60", "2013/15-15/16",
        "2013/14-15/17", "2015/16-13/14", "24", "2024/2025", "Q1 2024", "2024 to 2025", "1066",
    ],
)  # fmt: skip
def test_what_is_no_year_of_the_comparison_tool_is_not_guessed(text: str) -> None:
    assert parse_lait_period(text, "Financial Year") is None


months_and_days = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda d: (d.month, d.day))


@given(st.integers(1901, 2099), months_and_days)
def test_a_year_is_twelve_months_and_the_next_begins_the_day_after_it_ends(
    year: int, ends: tuple[int, int]
) -> None:
    start, end = year_ending(year, ends)
    assert end == last_day(year, *ends)
    assert (end - start).days in {364, 365, 366}
    assert year_ending(year + 1, ends)[0] == end + timedelta(days=1)


@given(st.integers(1900, 2099), months_and_days)
def test_any_reporting_year_is_read_and_ends_in_the_year_it_names(
    year: int, ends: tuple[int, int]
) -> None:
    period = parse_ees_period(str(year), "Reporting year", ends)
    assert period is not None
    assert period.label == str(year)
    assert period.end.year == year


@given(st.text(max_size=8), st.sampled_from(["Academic year", "Reporting year", "Calendar year"]))
def test_any_text_is_a_period_only_if_its_digits_spell_one(text: str, identifier: str) -> None:
    period = parse_ees_period(text, identifier, MARCH)
    if period is None:
        return
    assert text.isascii()
    assert text.isdigit()
    if len(text) == 6:
        assert int(text[4:]) == (int(text[:4]) + 1) % 100
        assert identifier == "Academic year"
    else:
        assert len(text) == 4
        assert identifier != "Academic year"


@given(st.integers(1990, 2060), st.integers(2, 20), st.sampled_from(["-", "/"]))
def test_a_span_of_years_runs_from_its_first_to_its_last_year(
    first: int, span: int, mark: str
) -> None:
    parsed = parse_lait_period(f"{first}{mark}{(first + span) % 100:02d}", "Calendar Year")
    assert parsed is not None
    assert parsed[0].start == date(first, 1, 1)
    assert parsed[0].end == date(first + span, 12, 31)
