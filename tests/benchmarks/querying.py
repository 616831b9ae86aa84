"""Each query of `indicators` that answers with figures, beside the same answer got the usual way:
filter the whole long table in pandas and compare, at each click.

Queries of small tables that are no part of the long table (neighbours, inspections, lists of what
is worth discussing, files, findings) have no such counterpart and are not held against one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from time import perf_counter
from typing import Any

import pandas as pd

from indicators.queries import KEPT, Release
from ingest.release import ReleaseStore
from tests.benchmarks.plain import Long
from tests.benchmarks.registry import Asked, Result, at_least, middle

GOAL = 30
TIMES_OURS = KEPT + 8
"""More questions than answers are kept, so that none is merely repeated."""
TIMES_PLAIN = 3


@dataclass(frozen=True, slots=True)
class Question:
    """What a click asks for."""

    indicator_id: str
    period: str
    area_code: str
    some: list[str]
    headline: list[str]
    days: tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A query of a release and its counterpart in pandas; both answer with the same rows."""

    name: str
    ours: Callable[[Release, Question], Sequence[Any]]
    plain: Callable[[Long, Question], pd.DataFrame]


def _is(frame: pd.DataFrame, *codes: str) -> pd.DataFrame:
    return frame[frame["area_code"].isin(codes)]


def _known(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["value"].notna() & (frame["area_level"] == "authority")]


def _headline(long: Long) -> pd.DataFrame:
    return long.rows[long.rows["headline"]]


def _between(long: Long, q: Question) -> pd.DataFrame:
    rows = long.rows[long.rows["indicator_id"].isin(q.headline)]
    rows = rows[rows["period_end"].between(*map(pd.Timestamp, q.days))]
    return _is(long.compared(rows), *q.some)


def _periods(long: Long) -> pd.DataFrame:
    own = long.rows[long.rows["area_level"] == "authority"]
    return own.groupby(["indicator_id", "period", "period_end"])["value"].count().reset_index()


def _last_of(long: Long, q: Question) -> pd.DataFrame:
    known = _known(_is(_headline(long), q.area_code))
    newest = known.sort_values("period_end").groupby("indicator_id").tail(1)
    keys = newest[["indicator_id", "period"]]
    return _is(long.compared(long.rows.merge(keys)), q.area_code)


def _counts(long: Long, q: Question) -> pd.DataFrame:
    rows = long.rows[long.rows["indicator_id"].isin(q.headline)]
    return _is(rows, *q.some).groupby(["indicator_id", "period"]).size().reset_index()


QUERIES = (
    Query("periods", lambda r, _: r.periods(), lambda p, _: _periods(p)),
    Query("figures", lambda r, q: r.figures(q.indicator_id, q.period),
          lambda p, q: p.compared(p.of(q.indicator_id, q.period))),
    Query("series", lambda r, q: r.series(q.indicator_id, q.area_code),
          lambda p, q: _is(p.compared(p.of(q.indicator_id)), q.area_code)),
    Query("area_series", lambda r, q: r.area_series(q.indicator_id, q.some),
          lambda p, q: _is(p.of(q.indicator_id), *q.some)),
    Query("series_of", lambda r, q: r.series_of(q.indicator_id, q.some),
          lambda p, q: _is(p.compared(p.of(q.indicator_id)), *q.some)),
    Query("history", lambda r, q: r.history(q.indicator_id),
          lambda p, q: _known(p.compared(p.of(q.indicator_id)))),
    Query("compared_counts", lambda r, q: r.compared_counts(q.headline, q.some), _counts),
    Query("compared",
          lambda r, q: r.compared(q.headline, q.some, first=q.days[0], last=q.days[1]), _between),
    Query("rug", lambda r, q: r.rug(q.some),
          lambda p, q: _is(p.compared(p.latest(q.headline)), *q.some)),
    Query("cells", lambda r, q: r.cells(q.some),
          lambda p, q: _is(p.compared(p.latest(q.headline)), *q.some)),
    Query("known_figures", lambda r, q: r.known_figures({q.indicator_id: q.period}),
          lambda p, q: _known(p.compared(p.of(q.indicator_id, q.period)))),
    Query("last_figures", lambda r, q: r.last_figures(q.area_code), _last_of),
    Query("profile_series", lambda r, q: r.profile_series(q.area_code),
          lambda p, q: _is(p.compared(_headline(p)), q.area_code)),
    Query("latest_values", lambda r, q: r.latest_values(q.headline),
          lambda p, q: _known(p.latest(q.headline))),
    Query("provenance", lambda r, q: r.provenance(q.indicator_id, q.area_code, q.period),
          lambda p, q: _is(p.of(q.indicator_id, q.period), q.area_code)),
)  # fmt: skip
"""Every query that answers from the long table."""


def questions(release: Release) -> Iterator[Question]:
    """Clicks on ever other indicators and authorities."""
    rows = release.indicators()
    known = {row["indicator_id"]: row for row in release.periods() if row["n_values"]}
    headline = [r["indicator_id"] for r in rows if r["headline"] and r["indicator_id"] in known]
    codes = [
        a["area_code"] for a in release.areas()
        if a["area_level"] == "authority" and a["valid_to"] is None
    ]  # fmt: skip
    for place, (key, code) in enumerate(zip(cycle(known), cycle(codes), strict=False)):
        start = place % max(1, len(codes) - 12)
        last = known[key]["period_end"]
        first = last.replace(year=last.year - 5, day=1)
        yield Question(key, known[key]["period"], code, codes[start : start + 12], headline,
                       (first, last))  # fmt: skip


def measure_queries(asked: Asked) -> list[Result]:
    """One result for each query: how many times as long the usual way takes."""
    with Release(ReleaseStore(asked.home).current_path()) as release:
        long = Long(release)
        return [_beside(query, release, long) for query in QUERIES]


def _beside(query: Query, release: Release, long: Long) -> Result:
    clicks = list(islice(questions(release), TIMES_OURS))
    ours = [_time(lambda q=q: query.ours(release, q)) for q in clicks]
    plain = [_time(lambda q=q: query.plain(long, q)) for q in clicks[:TIMES_PLAIN]]
    for (_, mine), (_, theirs) in zip(ours, plain, strict=False):
        if mine != theirs:
            raise RuntimeError(f"{query.name} has {mine} rows, and {theirs} in pandas.")
    mine, theirs = (middle([seconds for seconds, _ in part]) * 1000 for part in (ours, plain))
    words = f"{mine:.2f} ms beside {theirs:.0f} ms in pandas"
    return at_least(f"query {query.name}", theirs / mine, GOAL, words)


def _time(ask: Callable[[], Any]) -> tuple[float, int]:
    begun = perf_counter()
    found = ask()
    return perf_counter() - begun, len(found)
