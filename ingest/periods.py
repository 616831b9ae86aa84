"""Periods: how publishers write a year, and the days that it spans.

`period` is `2025` for a year point or a reporting year, `2024/25` for a year that spans two, and a
longer span as published (`2020-22`, `2021/22-2023/24`).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

FOUR_DIGIT_IDENTIFIERS = frozenset({"Calendar year", "Reporting year"})
SIX_DIGIT_IDENTIFIERS = frozenset({"Academic year", "Financial year", "Tax year"})
ACADEMIC_YEAR_END = (8, 31)
FINANCIAL_YEAR_END = (3, 31)
CALENDAR_YEAR_END = (12, 31)
LONGEST_SPAN = 20
"""Years between the first and the last of a span; one that seems longer runs backwards."""

_YEAR = re.compile("(19|20)[0-9]{2}")
_TWO_YEARS = re.compile("(19|20)[0-9]{4}")
_SPAN = re.compile("((?:19|20)[0-9]{2})[-/]([0-9]{2})")
_SPAN_OF_TWO_YEARS = re.compile("((?:19|20)[0-9]{2})/([0-9]{2})-([0-9]{2})/([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Period:
    """A label with its first and last day (both included)."""

    label: str
    start: date
    end: date


def last_day(year: int, month: int, day: int) -> date:
    """That day, or the month's last where the month is shorter (29 February)."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def year_ending(year: int, month_day: tuple[int, int]) -> tuple[date, date]:
    """First and last day of the twelve months that end on that day of that year."""
    end = last_day(year, *month_day)
    return last_day(year - 1, *month_day) + timedelta(days=1), end


def is_consecutive(first: int, last: int) -> bool:
    """True where a two-digit year follows a year: 2024 and 25, 1999 and 00."""
    return (first + 1) % 100 == last


def parse_ees_period(text: str, identifier: str, year_ends: tuple[int, int]) -> Period | None:
    """Read `time_period` with its `time_identifier`; None where the two do not fit together.

    `year_ends` is the (month, day) on which a four-digit year of this file ends.
    """
    if identifier in FOUR_DIGIT_IDENTIFIERS and _YEAR.fullmatch(text):
        ends = CALENDAR_YEAR_END if identifier == "Calendar year" else year_ends
        return Period(text, *year_ending(int(text), ends))
    if identifier in SIX_DIGIT_IDENTIFIERS and _TWO_YEARS.fullmatch(text):
        first, last = int(text[:4]), int(text[4:])
        if is_consecutive(first, last):
            academic = identifier == "Academic year"
            ends = ACADEMIC_YEAR_END if academic else FINANCIAL_YEAR_END
            return Period(f"{first}/{last:02d}", *year_ending(first + 1, ends))
    return None


LAIT_YEAR_ENDS = {
    "Calendar Year": CALENDAR_YEAR_END,
    "Financial Year": FINANCIAL_YEAR_END,
    "Academic Year": ACADEMIC_YEAR_END,
    "Annual": FINANCIAL_YEAR_END,
    "Annual (end of Sept)": (9, 30),
    "Annual - January": (1, 31),
}
"""LAIT's `Year_Type` and the day on which such a year ends."""

_LAIT_SUFFIX = re.compile(r"^(?P<year>.*?)\s*(?:\((?P<suffix>[^)]*)\))?$")


def parse_lait_period(text: str, year_type: str) -> tuple[Period, bool] | None:
    """Read a year of the LAIT data set: the period and whether it is provisional.

    Suffixes such as `(Rev)`, `(Final)` and `(OT)` (outturn) are dropped from the label; `(prov)`
    marks the figure as provisional. None for what is no year (`0` occurs).
    """
    match = _LAIT_SUFFIX.match(text.strip())
    if match is None:
        return None
    year, suffix = match["year"].strip(), (match["suffix"] or "").casefold()
    ends = LAIT_YEAR_ENDS.get(year_type, CALENDAR_YEAR_END)
    label_and_years = _read_lait_years(year)
    if label_and_years is None:
        return None
    label, first, last = label_and_years
    start = year_ending(first, ends)[0]
    return Period(label, start, year_ending(last, ends)[1]), suffix.startswith("prov")


def _read_lait_years(year: str) -> tuple[str, int, int] | None:
    """Label, and the years in which the first and the last twelve months end."""
    if _YEAR.fullmatch(year):
        return year, int(year), int(year)
    if match := _SPAN.fullmatch(year):
        first, last = int(match[1]), int(match[2])
        if is_consecutive(first, last):
            return f"{first}/{last:02d}", first + 1, first + 1
        span = (last - first) % 100
        return (f"{first}-{last:02d}", first, first + span) if 1 < span <= LONGEST_SPAN else None
    if match := _SPAN_OF_TWO_YEARS.fullmatch(year):
        first = int(match[1])
        span = (int(match[3]) - first) % 100
        final = first + span
        forward = 0 < span <= LONGEST_SPAN
        if (
            forward
            and is_consecutive(first, int(match[2]))
            and is_consecutive(final, int(match[4]))
        ):
            return f"{first}/{match[2]}-{final}/{match[4]}", first + 1, final + 1
    return None
