"""The rank intervals of one indicator and period among all authorities: drawn once for everything
that shows one of them. Keeps the last ones of a release; reads and draws nothing itself.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

from alliance.service import Served
from indicators.counts import scale_of
from indicators.rank_interval import RankInterval, rank_intervals

Row = Mapping[str, Any]
Ranks = Mapping[str, RankInterval | None]
"""By area code, of every authority with a figure; None of those whose counts are not there."""

_KEPT = 128
_ranks: OrderedDict[tuple[str, str, str], Ranks] = OrderedDict()
_lock = Lock()


def country_ranks(served: Served, indicator: Row, period: str, figures: Sequence[Row]) -> Ranks:
    """The intervals among `figures`, the rows of `Release.figures` for that indicator and period;
    simulated once, as a release never changes."""
    key = (served.info.release_id, str(indicator["indicator_id"]), period)
    with _lock:
        if key in _ranks:
            _ranks.move_to_end(key)
            return _ranks[key]
    found = rank_intervals(
        figures,
        polarity=indicator["polarity"],
        method=indicator["interval_method"],
        scale=scale_of(indicator),
    )
    with _lock:
        _ranks[key] = found
        while len(_ranks) > _KEPT:
            _ranks.popitem(last=False)
    return found
