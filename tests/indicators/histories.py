"""Histories made by hand, and by hypothesis: rows as `Release.history` gives them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

SCORE = {"unit": "score", "polarity": "low", "interval_method": "none", "decimals": 1}

Series = Mapping[str, Sequence[float | None]]
"""Figures of years in a row from 2015, by authority."""


def rows_of(series: Series, first: int = 2015, **more: Any) -> list[dict[str, Any]]:
    """The rows of those figures; None leaves the year out."""
    return [
        {
            "area_code": code, "period": str(year), "period_end": date(year, 3, 31),
            "value": value, "joint_with": None, "numerator": None, "denominator": None,
        } | more
        for code, values in series.items()
        for year, value in enumerate(values, first)
        if value is not None
    ]  # fmt: skip


@st.composite
def _series(draw: st.DrawFn) -> dict[str, list[float | None]]:
    rng = random.Random(draw(st.integers(0, 2**32)))
    gaps = draw(st.sampled_from([0.0, 0.1, 0.4]))
    most = draw(st.sampled_from([3, 60]))
    return {
        f"{900 + i}": [
            None if rng.random() < gaps else float(rng.randint(0, most)) for _ in range(6)
        ]
        for i in range(draw(st.integers(11, 16)))
    }


series = _series()
"""Eleven authorities or more over six years, with or without gaps, some with many ties."""
