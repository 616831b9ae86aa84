"""One authority's quarterly local figures over time, and the published ones of the same measure.

Reads what a person may see (`Shared`) and nothing else; never joins the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from alliance.returns.shared import Shared
from alliance.service import Served
from indicators.xmr import Xmr, build_xmr
from ingest.returns.declaration import ReturnIndicator
from ingest.returns.quarters import Quarter

YEARS_BEFORE = timedelta(days=2 * 366)
"""How long before the first quarter a published figure still stands beside the series."""
_ENDS: Mapping[str, tuple[float, float | None]] = {"percent": (0.0, 100.0)}
"""What a measure can be, by unit; of every other unit nothing below nought."""


@dataclass(frozen=True, slots=True)
class QuarterlySeries:
    """`quarters`: label, period_end, value and words of each, oldest first, a gap for one that is
    not given; `chart` None where there are too few; `published`: period, period_start (None for a
    figure of one day), period_end, value, oldest first."""

    indicator: ReturnIndicator
    quarters: tuple[dict[str, Any], ...]
    published: tuple[dict[str, Any], ...]
    chart: Xmr | None

    @property
    def known(self) -> tuple[dict[str, Any], ...]:
        """The quarters with a figure."""
        return tuple(row for row in self.quarters if row["value"] is not None)


def read_series(
    served: Served, shared: Shared, indicator: ReturnIndicator, code: str
) -> QuarterlySeries:
    """The series of a member of the alliance; without quarters where it has given none."""
    quarters = _quarters(shared, indicator, code)
    least, most = _ENDS.get(indicator.unit, (0.0, None))
    chart = build_xmr([row["value"] for row in quarters], least=least, most=most)
    since = quarters[0]["period_end"] - YEARS_BEFORE if quarters else date.max
    published = _published(served, indicator, code, since)
    return QuarterlySeries(indicator, quarters, published, chart)


def _quarters(shared: Shared, indicator: ReturnIndicator, code: str) -> tuple[dict[str, Any], ...]:
    given = sorted(quarter for authority, quarter in shared.figures if authority == code)
    found = []
    for quarter in _between(given[0], given[-1]) if given else []:
        derived = shared.derived(indicator, code, quarter)
        found.append(
            {
                "label": quarter.label,
                "period_end": quarter.end,
                "value": derived.value if derived else None,
                "words": shared.words(indicator, code, quarter),
            }
        )
    return tuple(found)


def _between(first: Quarter, last: Quarter) -> list[Quarter]:
    """Every quarter from one to another."""
    found = [last]
    while found[-1] > first:
        found.append(found[-1].previous)
    return list(reversed(found))


def _published(
    served: Served, indicator: ReturnIndicator, code: str, since: date
) -> tuple[dict[str, Any], ...]:
    """The authority's own published figures since that day that are numbers."""
    published = served.indicators.get(indicator.published_as)
    if published is None:
        return ()
    snapshot = published["timing"] == "snapshot"
    return tuple(
        {
            "period": row["period"],
            "period_start": None if snapshot else row["period_start"],
            "period_end": row["period_end"],
            "value": row["value"],
        }
        for row in served.release.series(indicator.published_as, code)
        if row["value"] is not None and row["period_end"] >= since
    )
