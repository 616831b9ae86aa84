"""Who to ring: alike, and better or improved beyond chance; never merely the top of a ranking."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from indicators.who_to_ring import (
    Asked,
    Kinship,
    asked_sentence,
    kinship_words,
    ring_sentence,
    whom_to_ring,
)
from tests.alliance.drawn import JUDGEMENT, UNREADABLE, grammar_faults
from tests.indicators.rows import PERCENT, RATE, figure

LOW = PERCENT | {"title": "Children who come back"}
Rows = list[dict[str, Any]]
KIN = tuple(Kinship(f"{900 + i}", i + 1, 10, None, 0) for i in range(10))


def series(code: str, counts: Sequence[int | None], n: int, **more: Any) -> Rows:
    """One authority's rows of the years up to 2025."""
    first = 2026 - len(counts)
    return [
        figure(code, x, n, period=str(first + i), period_end=date(first + i, 3, 31),
               vs_england="similar", **more)
        for i, x in enumerate(counts)
    ]  # fmt: skip


def ask(
    ours: Rows, others: dict[str, Rows], kin: Sequence[Kinship] = KIN, **indicator: Any
) -> Asked:
    return whom_to_ring(ours, others, kin, LOW | indicator)


def named(asked: Asked) -> list[str]:
    return [one.kin.code for one in asked.ring]


OURS = series("899", [60] * 5, 200)


def test_whoever_is_alike_and_better_beyond_chance_is_named_with_since_when() -> None:
    better = series("900", [60, 58, 30, 30, 30], 200)
    asked = ask(OURS, {"900": better, "901": series("901", [58] * 5, 200)})
    assert named(asked) == ["900"]
    (one,) = asked.ring
    assert (one.is_better, one.since) == (True, "2022")
    assert one.p_better == pytest.approx(
        stats.chi2_contingency([[60, 140], [30, 170]], correction=False).pvalue
    )
    assert ring_sentence(one, OURS[-1], "Hillshire", "Fenshire", LOW).startswith(
        "Hillshire: 15.0% in 2025 against 30.0% in Fenshire; better by more than chance would "
        "explain (p\N{NO-BREAK SPACE}<\N{NO-BREAK SPACE}0.001); the better figure of the two in "
        "every year since 2022"
    )


def test_the_best_of_all_is_not_named_where_it_is_not_alike() -> None:
    assert named(ask(OURS, {"777": series("777", [1] * 5, 200)})) == []


def test_a_better_figure_that_chance_explains_is_not_named() -> None:
    assert named(ask(OURS, {"900": series("900", [55] * 5, 200)})) == []


def test_whoever_improved_beyond_chance_to_a_better_figure_is_named() -> None:
    improving = series("900", [110, 95, 80, 65, 56], 200)
    asked = ask(OURS, {"900": improving})
    (one,) = asked.ring
    assert (one.is_better, one.has_improved) == (False, True)
    still_worse = series("900", [190, 170, 150, 130, 110], 200)
    assert named(ask(OURS, {"900": still_worse})) == []


def test_whoever_is_worse_than_the_country_is_not_called_better() -> None:
    worse = [row | {"vs_england": "worse"} for row in series("900", [30] * 5, 200)]
    assert named(ask(OURS, {"900": worse})) == []


def test_whoever_answered_with_us_is_not_somebody_else() -> None:
    joint = series("900", [30] * 5, 200, joint_with="899")
    assert ask(OURS, {"900": joint}).tested == 0


def test_a_year_without_a_figure_ends_since_when() -> None:
    better = series("900", [30, 30, None, 30, 30], 200)
    (one,) = ask(OURS, {"900": better}).ring
    assert one.since == "2024"


def test_whoever_is_suppressed_is_as_if_not_there() -> None:
    hidden = series("900", [30, 30, 30, 30, None], 200)
    with_hidden = ask(OURS, {"900": hidden, "901": series("901", [30] * 5, 200)})
    without = ask(OURS, {"901": series("901", [30] * 5, 200)})
    assert with_hidden == without
    hints = [hidden[-1] | {"numerator": x} for x in (1, 199)]
    assert all(ask(OURS, {"900": [*hidden[:-1], hint]}).tested == 0 for hint in hints)


@pytest.mark.parametrize(
    ("indicator", "reason"),
    [
        ({"polarity": "none"}, "a measure of context"),
        ({"interval_method": "none"}, "no counts"),
    ],
)
def test_where_nothing_can_be_tested_nobody_is_named_and_it_is_said_why(
    indicator: dict[str, Any], reason: str
) -> None:
    asked = ask(OURS, {"900": series("900", [1] * 5, 200)}, **indicator)
    assert (asked.ring, asked.tests) == ((), 0)
    sentence = asked_sentence(asked, "Fenshire", LOW | indicator)
    assert reason in sentence
    if indicator.get("polarity") == "none":
        assert not JUDGEMENT.search(sentence)
    assert (
        ask(series("899", [None] * 3, 200), {}).reason
        == "there is no figure to hold others against"
    )


counts = st.lists(st.lists(st.integers(5, 95), min_size=5, max_size=5), min_size=1, max_size=10)


@settings(max_examples=60)
@given(counts, st.integers(5, 95), st.sampled_from(["low", "high"]), st.booleans())
def test_those_named_are_those_that_an_independent_reckoning_names(
    others: list[list[int]], mine: int, polarity: str, rates: bool
) -> None:
    kind = (RATE | {"title": "Referrals"}) if rates else LOW
    indicator = kind | {"polarity": polarity}
    ours = series("899", [mine] * 5, 100)
    held = {f"{900 + i}": series(f"{900 + i}", xs, 100) for i, xs in enumerate(others)}
    asked = whom_to_ring(ours, held, KIN, indicator)
    sign = 1 if polarity == "high" else -1
    p_better, p_trend = [], []
    for xs in others:
        p_better.append(_p_of_two(mine, xs[-1], rates) if sign * (xs[-1] - mine) > 0 else 1.0)
        p_trend.append(_p_of_trend(xs, rates))
    passed, _, _, _ = multipletests([*p_better, *p_trend], alpha=0.05, method="fdr_bh")
    expected = []
    for i, xs in enumerate(others):
        ahead = sign * (xs[-1] - mine) > 0
        improves = sign * sum(t * x for t, x in zip((-2, -1, 0, 1, 2), xs, strict=True)) > 0
        if ahead and (passed[i] or (passed[len(others) + i] and improves)):
            expected.append(f"{900 + i}")
    assert named(asked) == expected


def _p_of_two(a: int, b: int, rates: bool) -> float:
    if rates:
        return float(stats.binomtest(b, a + b, 0.5).pvalue)
    pooled = (a + b) / 200
    if min(pooled, 1 - pooled) * 100 < 5:
        return float(stats.fisher_exact([[a, 100 - a], [b, 100 - b]]).pvalue)
    return float(stats.chi2_contingency([[a, 100 - a], [b, 100 - b]], correction=False).pvalue)


def _p_of_trend(xs: Sequence[int], rates: bool) -> float:
    level = sum(xs) / 500
    spread = level if rates else level * (1 - level)
    score = sum(t * x for t, x in zip((-2, -1, 0, 1, 2), xs, strict=True))
    return float(stats.chi2.sf(score**2 / (spread * 100 * 10), 1))


def test_they_stand_in_order_of_likeness_and_not_of_their_figures() -> None:
    kin = (
        Kinship("901", 9, 10, None, 150),
        Kinship("902", None, 10, 2, 150),
        Kinship("903", 1, 10, 7, 150),
    )
    held = {code: series(code, [x] * 5, 200) for code, x in (("901", 5), ("902", 20), ("903", 30))}
    assert named(ask(OURS, held, kin)) == ["903", "902", "901"]
    assert (
        kinship_words(kin[2]) == "1st of 10 statistical neighbours, 7th nearest of 150 by context"
    )


def test_where_nobody_differs_hardly_anybody_is_named() -> None:
    rng = random.Random(6)

    def draw(code: str) -> Rows:
        return series(code, [sum(rng.random() < 0.3 for _ in range(150)) for _ in range(5)], 150)

    calls = 300
    anybody = sum(
        bool(ask(draw("899"), {one.code: draw(one.code) for one in KIN}).ring) for _ in range(calls)
    )
    # One in twenty at most, with the slack of so many draws.
    assert anybody <= 0.05 * calls + 2 * (calls * 0.05 * 0.95) ** 0.5


@given(counts, st.integers(5, 95))
def test_every_sentence_is_whole(others: list[list[int]], mine: int) -> None:
    held = {f"{900 + i}": series(f"{900 + i}", xs, 100) for i, xs in enumerate(others)}
    ours = series("899", [mine] * 5, 100)
    asked = ask(ours, held)
    told = [asked_sentence(asked, "Fenshire", LOW)]
    told += [ring_sentence(one, ours[-1], "Hillshire", "Fenshire", LOW) for one in asked.ring]
    for text in told:
        assert grammar_faults(text) == [], text
        assert not UNREADABLE.search(text), text
        assert "2025" in text
