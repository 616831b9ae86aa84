"""Where a priority stands by the published figures since it was agreed."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.log.trajectory import (
    Aim,
    Course,
    Standing,
    agreed_words,
    children_words,
    latest_words,
    standing_of,
)
from alliance.service import Served

START, BY = date(2024, 3, 31), date(2027, 3, 31)
TODAY = date(2026, 6, 1)
NUMBERS = st.floats(0, 1000, allow_nan=False)


def indicator(polarity: str = "low") -> dict[str, Any]:
    return {
        "indicator_id": "agency", "title": "Agency social workers", "unit": "percent",
        "decimals": 1, "polarity": polarity, "interval_method": "wilson",
        "numerator_label": "children with agency workers", "denominator_label": "children",
    }  # fmt: skip


def aim(baseline: float, target: float, *, polarity: str = "low", by: date | None = BY) -> Aim:
    return Aim(indicator(polarity), baseline, target, START, by)


def course(*values: float | None, interval: tuple[float, float] | None = None) -> Course:
    low, high = interval or (None, None)
    rows = [
        {"period": str(2025 + i), "period_end": date(2025 + i, 3, 31), "value": value,
         "ci95_low": low, "ci95_high": high, "numerator": None, "denominator": None,
         "provisional": False}
        for i, value in enumerate(values)
    ]  # fmt: skip
    return Course("701", rows, rows)


@pytest.mark.parametrize(
    ("baseline", "target", "values", "expected"),
    [
        (20.8, 15.8, (25.7,), Standing.FURTHER_AWAY),
        (20.8, 15.8, (18.0,), Standing.ON_THE_WAY),
        (20.8, 15.8, (20.84,), Standing.NOT_MOVING),
        (20.8, 15.8, (15.8,), Standing.REACHED),
        (20.8, 15.8, (12.0,), Standing.REACHED),
        (20.8, 15.8, (18.0, None), Standing.ON_THE_WAY),
        (20.8, 15.8, (None,), Standing.NOTHING_YET),
        (20.8, 15.8, (), Standing.NOTHING_YET),
        (50.0, 60.0, (55.0,), Standing.ON_THE_WAY),
        (50.0, 60.0, (45.0,), Standing.FURTHER_AWAY),
        (50.0, 60.0, (61.0,), Standing.REACHED),
    ],
)
def test_a_course_stands_as_its_latest_figure_says(
    baseline: float, target: float, values: tuple[float | None, ...], expected: Standing
) -> None:
    assert standing_of(aim(baseline, target), course(*values), TODAY) == expected


def test_what_chance_explains_is_no_move() -> None:
    near = course(18.0, interval=(15.0, 21.0))
    assert standing_of(aim(20.8, 15.0), near, TODAY) == Standing.NOT_MOVING
    sure = course(18.0, interval=(16.0, 20.0))
    assert standing_of(aim(20.8, 15.0), sure, TODAY) == Standing.ON_THE_WAY


def test_after_its_day_a_target_was_reached_or_not() -> None:
    after = date(2027, 4, 1)
    assert standing_of(aim(20.8, 15.8), course(18.0), after) == Standing.PAST
    assert standing_of(aim(20.8, 15.8), course(15.0), after) == Standing.REACHED
    assert standing_of(aim(20.8, 15.8), course(18.0), BY) == Standing.ON_THE_WAY
    assert standing_of(aim(20.8, 15.8, by=None), course(18.0), after) == Standing.ON_THE_WAY


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_context_measure_is_above_or_below_and_never_good_or_bad(
    baseline: float, target: float, value: float
) -> None:
    neutral = {Standing.ABOVE, Standing.BELOW, Standing.ON_PATH}
    assert standing_of(aim(baseline, target, polarity="none"), course(value), BY) in neutral


@given(NUMBERS, NUMBERS, st.dates(START, BY))
def test_the_path_runs_from_the_baseline_to_the_target_and_never_beyond(
    baseline: float, target: float, day: date
) -> None:
    path = aim(baseline, target).path_at(day)
    assert path is not None
    assert min(baseline, target) - 1e-9 <= path <= max(baseline, target) + 1e-9
    assert aim(baseline, target).path_at(START) == baseline
    assert aim(baseline, target).path_at(BY) == pytest.approx(target)


def test_the_path_of_a_day_half_way_is_half_way() -> None:
    path = Aim(indicator(), 20.0, 10.0, date(2025, 1, 1), date(2025, 1, 11))
    assert path.path_at(date(2025, 1, 6)) == pytest.approx(15.0)
    assert path.path_at(date(2024, 12, 31)) is None
    assert aim(20.0, 10.0, by=None).path_at(TODAY) is None


def test_the_way_left_is_told_in_children_only_from_published_counts() -> None:
    bare = course(25.0)
    assert children_words(aim(20.0, 15.0), bare) == ""
    row = dict(bare.rows[0]) | {"numerator": 50, "denominator": 200}
    counted = Course("701", [row], [row])
    assert children_words(aim(20.0, 15.0), counted) == (
        "20 fewer children would match the target of 15.0% (20.0 before rounding), by the figure "
        "of 2025."
    )
    reached = Course("701", [row | {"value": 14.0}], [row | {"value": 14.0}])
    assert children_words(aim(20.0, 15.0), reached) == ""
    neutral = children_words(aim(20.0, 15.0, polarity="none"), counted)
    assert neutral.startswith("20 more children than at the target of 15.0%")


def test_what_was_agreed_is_told_with_its_day_where_there_is_one() -> None:
    assert agreed_words(aim(20.8, 15.8)) == "From 20.8% to 15.8% by 31 March 2027."
    assert agreed_words(aim(20.8, 15.8, by=None)) == "From 20.8% to 15.8%."


@pytest.mark.parametrize(
    ("courses", "said"),
    [
        ((course(), course(None)), "All 2 authorities: nothing published since."),
        ((course(15.0), course(18.0), course()),
         "Of 3 authorities: 1 with the target reached, 1 on the way "
         "and 1 with nothing published since."),
    ],
)  # fmt: skip
def test_of_several_it_is_told_how_many_stand_how(courses: tuple[Course, ...], said: str) -> None:
    nowhere = cast(Served, None)
    assert latest_words(nowhere, aim(20.8, 15.8), courses, TODAY) == said
