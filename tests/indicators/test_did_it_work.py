"""Did it work: the verdict follows from every test that could be made, and chance or a drift back
to the median alone hardly ever passes for work."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.did_it_work import (
    RULES,
    Review,
    Verdict,
    reasons_in_words,
    review_change,
    verdict_sentence,
)
from indicators.history import read_history
from tests.alliance.drawn import JUDGEMENT, UNREADABLE, grammar_faults
from tests.indicators.histories import SCORE, Series, rows_of, series
from tests.indicators.rows import PERCENT, years

AGREED = date(2017, 3, 31)
LOW = SCORE | {"timing": "snapshot", "title": "Caseload"}
SHARE = PERCENT | {"timing": "snapshot", "title": "Placements", "denominator_label": "children"}
LEVELS: Series = {f"{900 + i}": [10.0 + i % 10] * 6 for i in range(80)}
"""Eighty authorities that never move, eight at each level from 10 to 19."""


def reviewed(
    mine: list[float | None], others: Series = LEVELS, *, near: Series | None = None, **more: Any
) -> Review:
    """The review of a series of ours from 2015 that was to fall, agreed at the end of 2017's."""
    indicator = more.get("indicator", LOW)
    own = [row | {"status": "reported"} for row in rows_of({"899": mine})]
    absent = [
        row | {"value": None, "period": str(2015 + i), "period_end": date(2015 + i, 3, 31)}
        for i, value in enumerate(mine)
        if value is None
        for row in own[:1]
    ]
    whole = sorted([*own, *absent], key=lambda row: row["period_end"])
    history = read_history(rows_of(others), "899", indicator)
    return review_change(
        whole, more.get("agreed", AGREED), more.get("aim", -1.0), history,
        rows_of(near or {}), indicator,
    )  # fmt: skip


STILL = {"a": [15.0] * 6, "b": [14.0] * 6, "c": [16.0] * 6}


@pytest.mark.parametrize(
    ("mine", "more", "verdict", "reason"),
    [
        ([15.0, 15.0, 15.0, 14.0, 12.0], {}, Verdict.BEYOND, "fewer than one in twenty of the"),
        ([15.0, 15.0, 15.0, 15.0, 16.0], {}, Verdict.NO_MORE, "did not move the way"),
        ([15.0, 15.0, 15.0, 15.0, 15.0], {}, Verdict.NO_MORE, "did not move the way"),
        ([15.0, 15.0, 15.0], {}, Verdict.TOO_EARLY, "no figure of a time after it is out"),
        ([15.0, 15.0, 15.0, None], {}, Verdict.CANNOT_TELL, "no figure is published for a time"),
        ([None, None, None, 12.0], {}, Verdict.CANNOT_TELL, "no figure of a time before it"),
        ([15.0, 15.0, 15.0, 12.0], {"aim": 0.0}, Verdict.CANNOT_TELL, "neither direction"),
        ([15.0, 15.0, 15.0, 12.0], {"aim": 1.0}, Verdict.NO_MORE, "did not move the way"),
        ([50.0, 50.0, 50.0, 45.0], {}, Verdict.CANNOT_TELL, "stood alike the history holds only"),
        ([15.0, 15.0, 15.0, 12.0],
         {"near": {c: [15.0, 15.0, 15.0, 11.0] for c in STILL}}, Verdict.NO_MORE,
         "the median of its neighbours moved as far"),
        ([15.0, 15.0, 15.0, 12.0], {"near": STILL}, Verdict.BEYOND, "fewer than one in twenty"),
        ([15.0, 15.0, 15.0, 12.0], {"indicator": LOW | {"unit": "grade"}}, Verdict.CANNOT_TELL,
         "a grade or a number"),
        ([15.0, 15.0, 15.0, 12.0], {"indicator": LOW | {"polarity": "none"}},
         Verdict.MOVED_BEYOND, "fewer than one in twenty"),
    ],
)  # fmt: skip
def test_the_verdict_follows_from_the_figures(
    mine: list[float | None], more: dict[str, Any], verdict: Verdict, reason: str
) -> None:
    found = reviewed(mine, **more)
    assert found.verdict == verdict
    assert reason in found.reason


def test_a_move_that_all_made_is_no_more_than_usual() -> None:
    everybody = {code: [*values[:3], *(v - 5.0 for v in values[3:])] for code, values in
                 LEVELS.items()}  # fmt: skip
    assert reviewed([15.0, 15.0, 15.0, 12.0], everybody).reason == (
        "the median of all others moved as far"
    )


def test_a_move_that_one_in_ten_makes_is_no_more_than_usual() -> None:
    some = {
        code: [*values[:3], *(v - 9.0 * (i % 10 == i // 8) for v in values[3:])]
        for i, (code, values) in enumerate(LEVELS.items())
    }
    found = reviewed([15.0, 15.0, 15.0, 12.0], some)
    assert found.verdict in (Verdict.NO_MORE, Verdict.CANNOT_TELL)


def test_what_chance_explains_is_no_more_than_usual() -> None:
    others = {f"{900 + i}": [20.0 + i % 10] * 3 for i in range(80)}
    history = read_history(rows_of(others, first=2021), "901", SHARE)
    few = years([(5, 20), (5, 20), (4, 20)])
    found = review_change(few, date(2022, 3, 31), -1.0, history, [], SHARE)
    assert (found.verdict, found.reason) == (
        Verdict.NO_MORE, "chance alone would explain the change",
    )  # fmt: skip
    many = years([(500, 2000), (500, 2000), (400, 2000)])
    found = review_change(many, date(2022, 3, 31), -1.0, history, [], SHARE)
    assert found.verdict == Verdict.BEYOND


@pytest.mark.parametrize(
    ("timing", "agreed", "early"),
    [
        ("snapshot", date(2017, 9, 29), False),
        ("snapshot", date(2017, 10, 1), True),
        ("year", date(2017, 6, 30), False),
        ("year", date(2017, 7, 2), True),
    ],
)
def test_a_figure_shows_it_only_where_most_of_its_time_lies_after(
    timing: str, agreed: date, early: bool
) -> None:
    found = reviewed([15.0, 15.0, 15.0, 12.0], agreed=agreed, indicator=LOW | {"timing": timing})
    assert (found.verdict == Verdict.TOO_EARLY) == early


@given(series, st.lists(st.integers(0, 60).map(float), min_size=6, max_size=6))
def test_beyond_the_usual_is_said_only_where_every_test_says_so(
    figures: Series, mine: list[float]
) -> None:
    found = reviewed(list(mine), figures, near=dict(list(figures.items())[:5]))
    if found.verdict != Verdict.BEYOND:
        assert found.reason
        return
    assert found.change is not None
    assert found.common is not None
    assert found.change == mine[5] - mine[2] < 0
    assert found.change < found.common
    assert found.p_value is not None
    assert found.p_value < 0.05
    assert found.n >= 19
    if found.neighbours is not None:
        assert found.change < found.neighbours[0]


def test_every_rule_has_a_reason_and_no_rule_calls_it_work() -> None:
    assert all(rule.reason and rule.verdict != Verdict.BEYOND for rule in RULES)
    assert len({rule.reason for rule in RULES}) == len(RULES)


def noise(seed: int, n: int = 120) -> dict[str, list[float]]:
    """Authorities that each have a level of their own from which only chance takes them."""
    rng = random.Random(seed)
    levels = [rng.gauss(30, 4) for _ in range(n)]
    return {f"{900 + i}": [rng.gauss(level, 4) for _ in range(6)] for i, level in enumerate(levels)}


def test_those_picked_because_they_stood_out_drift_back_and_hardly_pass_for_work() -> None:
    verdicts, better = [], []
    for seed in range(40):
        figures = noise(seed)
        worst = sorted(figures, key=lambda code: -figures[code][2])[:6]
        for code in worst:
            others: Series = {other: v for other, v in figures.items() if other != code}
            found = reviewed(list(figures[code]), others)
            verdicts.append(found.verdict)
            assert found.change is not None
            better.append(found.change < 0)
    # Nothing was done for anybody. Nearly all of the worst look better three years on …
    assert sum(better) / len(better) > 0.75
    # … and no more than one in twenty of them, with the slack of 240 draws, passes for work.
    assert verdicts.count(Verdict.BEYOND) <= 0.05 * len(verdicts) + 2 * (240 * 0.05 * 0.95) ** 0.5


def test_a_planted_effect_is_found() -> None:
    hits = 0
    for seed in range(40):
        figures = noise(seed)
        code = sorted(figures, key=lambda one: -figures[one][2])[12]
        others: Series = {other: v for other, v in figures.items() if other != code}
        helped = [*figures[code][:3], *(v - 16.0 for v in figures[code][3:])]
        hits += reviewed(list(helped), others).verdict == Verdict.BEYOND
    assert hits > 20


@settings(max_examples=150)
@given(
    series,
    st.lists(st.one_of(st.none(), st.integers(0, 60).map(float)), min_size=6, max_size=6),
    st.sampled_from(["low", "high", "none"]),
    st.sampled_from([-1.0, 0.0, 1.0]),
)
def test_every_sentence_is_whole_and_none_judges_a_context_measure(
    figures: Series, mine: list[float | None], polarity: str, aim: float
) -> None:
    if all(value is None for value in mine):
        return
    indicator = LOW | {"polarity": polarity}
    near = dict(list(figures.items())[:5])
    found = reviewed(mine, figures, near=near, indicator=indicator, aim=aim)
    sentences = [
        verdict_sentence(found, AGREED, indicator),
        *reasons_in_words(found, "Fenshire", indicator),
    ]
    for text in sentences:
        assert grammar_faults(text) == [], text
        assert not UNREADABLE.search(text), text
        assert any(digit.isdigit() for digit in text) or "neighbours have both" in text, text
        if polarity == "none":
            assert not JUDGEMENT.search(text), text
            assert "improved" not in text, text
    assert len(set(sentences)) == len(sentences)
    assert all(a != b for a, b in pairwise(sentences))


def test_the_sentence_has_figure_comparator_and_period() -> None:
    found = reviewed([15.0, 15.0, 15.0, 14.0, 12.0], near=STILL)
    assert verdict_sentence(found, AGREED, LOW) == (
        "Improved beyond what usually happens: down 3.0 from 2017 to 2019, the median of all "
        f"others no change; fewer than one in twenty of the {found.n} others that stood alike did "
        "as much."
    )
    assert reasons_in_words(found, "Fenshire", LOW)[2].startswith(
        "Neighbours: the median change of 3 statistical neighbours with both figures is no change"
    )
    early = reviewed([15.0, 15.0, 15.0])
    assert verdict_sentence(early, AGREED, LOW) == (
        "Too early to tell: no figure of a time after it is out. It was agreed on 31 March 2017; "
        "the latest figure before that is 15.0 on 31 March 2017, when the median of all others was "
        "14.5."
    )
