"""Quarters of a financial year: how a return writes them, and the days that they span."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.periods import is_consecutive, last_day

_WRITTEN = re.compile(r"(20[0-9]{2})[/-]([0-9]{2})\s*[Qq]([1-4])")
FIRST_MONTH = 4


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Quarter `number` (1 to 4) of the financial year that begins in April of `year`."""

    year: int
    number: int

    @property
    def label(self) -> str:
        """`2025/26 Q1`, as the return's `quarter` column has it."""
        return f"{self.year}/{(self.year + 1) % 100:02d} Q{self.number}"

    @property
    def start(self) -> date:
        """Its first day."""
        months = FIRST_MONTH - 1 + 3 * (self.number - 1)
        return date(self.year + months // 12, months % 12 + 1, 1)

    @property
    def end(self) -> date:
        """Its last day."""
        return last_day(self.start.year, self.start.month + 2, 31)

    @property
    def previous(self) -> Quarter:
        """The quarter before it."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    def due(self, days: int) -> date:
        """The last day on which a return for it is in time."""
        return self.end + timedelta(days=days)


def parse_quarter(text: str) -> Quarter | None:
    """Read `2025/26 Q1` (a hyphen will do, and a small q); None where it is no quarter."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None or not is_consecutive(int(match[1]), int(match[2])):
        return None
    return Quarter(int(match[1]), int(match[3]))


def quarter_of(day: date) -> Quarter:
    """The quarter in which a day lies."""
    months = (day.month - FIRST_MONTH) % 12
    return Quarter(day.year if day.month >= FIRST_MONTH else day.year - 1, months // 3 + 1)


def last_ended(day: date) -> Quarter:
    """The last quarter that had ended by that day: its own last day has to be past."""
    return quarter_of(day).previous


def last_quarters(day: date, number: int) -> tuple[Quarter, ...]:
    """The last quarters that had ended, oldest first."""
    found = [last_ended(day)]
    while len(found) < number:
        found.append(found[-1].previous)
    return tuple(reversed(found))
