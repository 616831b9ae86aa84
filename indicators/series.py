"""Series over time: the latest figure of one, and the years that a publication left out put back as
gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

R = TypeVar("R", bound=Mapping[str, Any])


def latest_figure(rows: Sequence[R]) -> R | None:
    """The last of the rows of one series, oldest first, whose value is a number; None of none."""
    return next((row for row in reversed(rows) if row["value"] is not None), None)


def years_on(day: date, years: int = 1) -> date:
    """The same day so many years later; the 28th for a 29 February, whatever that year has."""
    last = min(day.day, 28) if day.month == 2 else day.day
    return day.replace(year=day.year + years, day=last)


def next_label(period: str) -> str | None:
    """The year after: `2025` gives `2026`, `2024/25` gives `2025/26`; None for other spans."""
    if re.fullmatch(r"\d{4}", period):
        return str(int(period) + 1)
    if match := re.fullmatch(r"(\d{4})/(\d{2})", period):
        return f"{int(match[1]) + 1}/{(int(match[2]) + 1) % 100:02d}"
    return None


def with_missing_years(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows of one series, oldest first, with a row of nothing but its period for each year
    between two of them that the publication does not have: a gap must look like one."""
    previous: Mapping[str, Any] | None = None
    for row in rows:
        if previous is not None:
            yield from _between(previous, row)
        yield dict(row)
        previous = row


def _between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    label = next_label(before["period"])
    end = before["period_end"]
    while label is not None and end.year + 1 < after["period_end"].year:
        end = years_on(end)
        empty: dict[str, Any] = dict.fromkeys(after)
        yield empty | {
            "indicator_id": after.get("indicator_id"),
            "area_code": after.get("area_code"),
            "period": label,
            "period_end": end,
        }
        label = next_label(label)
