"""The rank that chance allows: exact answers for two, and what must always hold."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from indicators.rank_interval import (
    RankInterval,
    rank_interval_of,
    rank_interval_words,
    rank_intervals,
)
from tests.indicators.rows import figure

SCALES = {"wilson": 100.0, "byar": 10_000.0}
methods = st.sampled_from(sorted(SCALES))
polarities = st.sampled_from(["high", "low", "none"])
counts = st.lists(
    st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=15,
)
few = settings(max_examples=30)


def rows_of(pairs: list[tuple[int, int]], method: str) -> list[dict[str, Any]]:
    return [figure(f"{900 + i}", x, n, SCALES[method]) for i, (x, n) in enumerate(pairs)]


def ranked(
    rows: list[dict[str, Any]], polarity: str, method: str
) -> dict[str, RankInterval | None]:
    return rank_intervals(rows, polarity=polarity, method=method, scale=SCALES[method])


def published_rank(rows: list[dict[str, Any]], code: str, polarity: str) -> int:
    values = {row["area_code"]: row["value"] for row in rows}
    own = values[code]
    return 1 + sum(v < own if polarity == "low" else v > own for v in values.values())


@few
@given(pairs=counts, method=methods, polarity=polarities)
def test_an_interval_holds_the_published_rank_and_stays_within_the_field(
    pairs: list[tuple[int, int]], method: str, polarity: str
) -> None:
    rows = rows_of(pairs, method)
    for code, interval in ranked(rows, polarity, method).items():
        assert interval is not None
        assert interval.n == len(pairs)
        assert 1 <= interval.low <= published_rank(rows, code, polarity) <= interval.high
        assert interval.high <= len(pairs)


@few
@given(pairs=counts, method=methods, polarity=polarities, seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing_and_one_alone_has_the_same(
    pairs: list[tuple[int, int]], method: str, polarity: str, seed: int
) -> None:
    rows = rows_of(pairs, method)
    found = ranked(rows, polarity, method)
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert ranked(shuffled, polarity, method) == found
    alone = rank_interval_of("900", rows, polarity=polarity, method=method, scale=SCALES[method])
    assert alone == found["900"]


@few
@given(pairs=counts, method=methods)
def test_where_the_other_end_is_better_the_ranks_turn(
    pairs: list[tuple[int, int]], method: str
) -> None:
    values = [x / n for x, n in pairs]
    assume(len(set(values)) == len(values))
    rows, n = rows_of(pairs, method), len(pairs)
    high, low = ranked(rows, "high", method), ranked(rows, "low", method)
    for code, interval in high.items():
        turned = low[code]
        assert interval is not None
        assert turned is not None
        assert (turned.low, turned.high) == (n + 1 - interval.high, n + 1 - interval.low)


@settings(max_examples=60)
@given(
    a=st.tuples(st.integers(0, 300), st.integers(300, 3000)),
    b=st.tuples(st.integers(0, 300), st.integers(300, 3000)),
)
def test_of_two_rates_the_interval_is_by_the_exact_chance_of_their_order(
    a: tuple[int, int], b: tuple[int, int]
) -> None:
    # The ratio of two gamma-distributed rates is a beta-distributed share.
    (x, n), (y, m) = a, b
    above = stats.beta.sf(n / (n + m), x + 0.5, y + 0.5)
    assume(abs(above - 0.025) > 0.02)
    assume(abs(above - 0.975) > 0.02)
    interval = ranked(rows_of([a, b], "byar"), "high", "byar")["900"]
    first = published_rank(rows_of([a, b], "byar"), "900", "high")
    assert interval is not None
    expected = (1, 2) if 0.025 < above < 0.975 else (1, 1) if above > 0.5 else (2, 2)
    assert (interval.low, interval.high) == (min(expected[0], first), max(expected[1], first))


def test_figures_far_apart_keep_their_rank() -> None:
    rows = rows_of([(100, 10_000), (2000, 10_000), (6000, 10_000)], "wilson")
    found = ranked(rows, "low", "wilson")
    assert [found[code] for code in ("900", "901", "902")] == [
        RankInterval(1, 1, 3), RankInterval(2, 2, 3), RankInterval(3, 3, 3),
    ]  # fmt: skip


def test_equal_figures_may_stand_anywhere() -> None:
    found = ranked(rows_of([(50, 500)] * 20, "wilson"), "low", "wilson")
    assert all(
        interval and interval.low <= 2 and interval.high >= 19 for interval in found.values()
    )


def test_larger_counts_make_narrower_intervals() -> None:
    shares = [10, 12, 14, 16, 18, 20, 22, 24, 26, 28]
    small = ranked(rows_of([(s, 100) for s in shares], "wilson"), "low", "wilson")
    large = ranked(rows_of([(s * 50, 5000) for s in shares], "wilson"), "low", "wilson")
    for code, wide in small.items():
        narrow = large[code]
        assert wide is not None
        assert narrow is not None
        assert narrow.high - narrow.low < wide.high - wide.low


def test_without_counts_there_is_a_place_and_no_interval() -> None:
    rows = [figure("900", 10, 1000), figure("901", 50.5, 100), figure("902", 900, 1000)]
    found = ranked(rows, "low", "wilson")
    assert found == {"900": RankInterval(1, 1, 3), "901": None, "902": RankInterval(3, 3, 3)}


def test_without_a_figure_there_is_no_rank_and_no_place() -> None:
    rows = [figure("900", 10, 1000), figure("901", None, 100)]
    found = ranked(rows, "low", "wilson")
    assert found == {"900": RankInterval(1, 1, 1)}
    assert rank_interval_of("901", rows, polarity="low", method="wilson", scale=100) is None
    assert rank_interval_of("999", rows, polarity="low", method="wilson", scale=100) is None


def test_of_nobody_there_are_none() -> None:
    assert ranked([], "low", "wilson") == {}
    assert rank_intervals([figure("1", 2, 3)], polarity="low", method="none", scale=1) == {
        "1": None
    }


def test_two_that_answered_together_move_together() -> None:
    pair = [
        figure("900", 50, 500, joint_with="901"),
        figure("901", 50, 500, joint_with="900"),
    ]
    found = ranked([*pair, figure("902", 5, 500), figure("903", 300, 500)], "low", "wilson")
    assert found["900"] == found["901"] == RankInterval(2, 2, 4)


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        (RankInterval(3, 15, 153), "between 3rd and 15th of 153"),
        (RankInterval(1, 2, 11), "between 1st and 2nd of 11"),
        (RankInterval(7, 7, 11), "7th of 11"),
    ],
)
def test_the_words_of_an_interval(interval: RankInterval, words: str) -> None:
    assert rank_interval_words(interval) == words
