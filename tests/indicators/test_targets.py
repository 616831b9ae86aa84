"""What a target would mean, in figures, in children and by what others did."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.history import Moved, find_spells, read_history
from indicators.targets import (
    Level,
    alike_words,
    change_size,
    in_children,
    moved_words,
    percent_words,
    usual_course,
    usual_words,
    weigh_target,
    years_until,
)
from tests.indicators.histories import SCORE, Series, rows_of, series
from tests.indicators.rows import PERCENT, RATE, figure

LEVEL = Level("agreed", 20.0, "the target", "")
NEUTRAL = RATE | {"numerator_label": "children looked after"}
LOW = PERCENT | {"numerator_label": "children with three placements"}


@pytest.mark.parametrize(
    ("by", "years"),
    [
        (date(2027, 3, 31), 2),
        (date(2027, 3, 30), 1),
        (date(2026, 3, 30), 0),
        (date(2025, 3, 31), 0),
        (date(2020, 1, 1), 0),
        (None, 0),
    ],
)
def test_as_many_years_as_there_will_be_figures_by_the_day(by: date | None, years: int) -> None:
    assert years_until(date(2025, 3, 31), by) == years


def test_a_target_is_told_in_children_from_the_counts() -> None:
    target = weigh_target(figure("900", 60, 200), LEVEL, LOW, None)
    assert target.change == pytest.approx(-10.0)
    assert not target.reached
    assert in_children(target, LOW) == "20 fewer children (20.0 before rounding)"
    assert change_size(target.change, LOW) == "10.0 percentage points lower"


def test_what_counts_no_people_comes_to_no_children() -> None:
    plans = LOW | {"denominator_label": "child protection plans"}
    assert in_children(weigh_target(figure("900", 60, 200), LEVEL, plans, None), plans) == ""


@pytest.mark.parametrize(
    ("polarity", "x", "reached"),
    [("low", 30, True), ("low", 60, False), ("high", 30, False), ("high", 60, True),
     ("none", 30, False), ("none", 60, False), ("none", 40, True)],
)  # fmt: skip
def test_who_is_there_already_has_no_way_to_go(polarity: str, x: int, reached: bool) -> None:
    indicator = LOW | {"polarity": polarity}
    assert weigh_target(figure("900", x, 200), LEVEL, indicator, None).reached == reached


@given(series, st.integers(0, 60), st.integers(1, 4))
def test_the_usual_course_opens_from_a_figure_that_others_had(
    figures: Series, value: int, years: int
) -> None:
    row = {"value": float(value), "period_end": date(2018, 3, 31), "area_code": "x"}
    course = usual_course(read_history(rows_of(figures), "x", SCORE), row, years, SCORE)
    assert [step.years for step in course] == list(range(1, len(course) + 1))
    for step in course:
        assert step.low <= step.middle <= step.high
        assert step.n >= 10
        assert step.day == date(2018 + step.years, 3, 31)


def test_no_percentage_is_usual_that_cannot_be() -> None:
    many = {f"{900 + i}": [float(2 * i), float(2 * i) - 6.0 * (i % 4)] for i in range(40)}
    percent = SCORE | {"unit": "percent"}
    row = {"value": 1.0, "period_end": date(2015, 3, 31), "area_code": "x"}
    for step in usual_course(read_history(rows_of(many), "x", percent), row, 1, percent):
        assert 0 <= step.low <= step.high <= 100


def test_the_words_have_numbers_and_a_comparator() -> None:
    many = {f"{900 + i}": [10.0 + i % 12, 12.0 + i % 12, 9.0 + i % 12] for i in range(40)}
    history = read_history(rows_of(many), "x", SCORE)
    row: dict[str, Any] = {
        "value": 16.0, "period_end": date(2015, 3, 31), "area_code": "x",
    }  # fmt: skip
    spells = find_spells(history, 16.0, 2015, 2)
    assert spells is not None
    assert alike_words(spells, "Fenshire", SCORE).startswith(
        f"{spells.n} other authorities have stood about as far from the median of all as Fenshire"
    )
    step = usual_course(history, row, 2, SCORE)[-1]
    assert usual_words(step, row, SCORE) == (
        f"what four in five of {step.n} did in 2 years would bring 16.0 to between 15.0 and 15.0, "
        "what the middle one did to 15.0"
    )


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        (Moved(29, 149, 38, 628, 0.06, ()), "29 of 149 did, in 38 of 628 stretches (6%)"),
        (Moved(0, 12, 0, 30, 0.0, ()), "not one of 12 did"),
        (Moved(1, 1, 1, 1, 1.0, ()), "1 of 1 did, in 1 of 1 stretch (100%)"),
    ],
)
def test_how_many_moved_so_far(moved: Moved, said: str) -> None:
    assert moved_words(moved) == said


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0%"), (0.002, "under 1%"), (0.997, "over 99%"), (1.0, "100%")]
)
def test_a_share_is_never_rounded_to_nought_or_all(share: float, said: str) -> None:
    assert percent_words(share) == said
