"""Rows as `Release.figures` and `Release.series` give them, made by hand from counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from indicators.intervals import byar_limits, wilson_limits

PERCENT = {
    "unit": "percent", "polarity": "low", "interval_method": "wilson", "decimals": 1,
    "denominator_label": "children looked after on 31 March",
}  # fmt: skip
RATE = {
    "unit": "per_10000", "polarity": "none", "interval_method": "byar", "decimals": 0,
    "denominator_label": "children aged 0 to 17",
}  # fmt: skip


def figure(
    code: str, x: float | None, n: float | None, scale: float = 100.0, **more: Any
) -> dict[str, Any]:
    """One authority's row; without `x` suppressed, with its limits where the counts are whole."""
    value = None if x is None or not n else x / n * scale
    row: dict[str, Any] = {
        "area_code": code, "value": value, "numerator": x, "denominator": n, "joint_with": None,
        "status": "suppressed" if value is None else "reported", "ci95_low": None,
        "ci95_high": None, "period": "2025", "period_end": date(2025, 3, 31),
    }  # fmt: skip
    return row | more


def with_limits(row: dict[str, Any], method: str, scale: float) -> dict[str, Any]:
    """The row with the 95 % limits that the release would hold."""
    x, n = row["numerator"], row["denominator"]
    if method == "wilson":
        low, high = wilson_limits(x, n)
    else:
        low, high = (limit / n for limit in byar_limits(x))
    return row | {"ci95_low": low * scale, "ci95_high": high * scale}


def years(
    counts: list[tuple[float | None, float | None]], scale: float = 100.0, first: int = 2021
) -> list[dict[str, Any]]:
    """One authority's rows of years in a row, oldest first."""
    return [
        figure("901", x, n, scale, period=str(year), period_end=date(year, 3, 31))
        for year, (x, n) in enumerate(counts, first)
    ]
