"""The rules between figures: parts and wholes, what came and left, the quarter before, and the
published figure."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.returns.figures import Figures, PublishedFigure, ReturnFigure, derive
from ingest.returns.quarters import Quarter
from ingest.returns.rules import Known
from tests.ingest.returns.samples import ROW, check_csv, found, only, row, small_return

BEFORE = Quarter(2025, 1)
INDICATOR = {item.id: item for item in small_return().indicators}


def given_before(**figures: float | str) -> Known:
    """A return of the quarter before."""
    read: Figures = {
        name: ReturnFigure(None, "suppressed", value)
        if isinstance(value, str)
        else ReturnFigure(float(value))
        for name, value in figures.items()
    }
    return Known({BEFORE: read}, {})


def published(**values: float) -> Known:
    return Known({}, {k: PublishedFigure(v, "2025") for k, v in values.items()}, 50_000)


def test_those_who_came_and_left_must_add_up() -> None:
    assert check_csv(ROW, known=given_before(open_cases=490)).faults == ()
    fault = only(check_csv(ROW, known=given_before(open_cases=480)))
    assert (fault.check_id, fault.cell, fault.severity) == ("return_balance", "E2", "warning")
    assert "Children in need is 500, but the quarter before (480) plus those who came (60) less " \
        "those who left (50) is 490." in fault.message  # fmt: skip


def test_the_quarter_before_may_stand_in_the_same_file() -> None:
    answer = check_csv(row(quarter="2025/26 Q1", open_cases="480"), ROW)
    assert found(answer) == [("return_balance", "E3")]
    assert answer.accepted


@pytest.mark.parametrize(
    ("before", "cells", "cell"),
    [
        (490, {"open_cases": "c"}, "E2"),
        (490, {"opened": "c"}, "F2"),
        (490, {"closed": "c"}, "G2"),
        ("c", {}, "E2"),
    ],
)
def test_a_suppressed_figure_that_could_be_worked_out_is_warned_of(
    before: float | str, cells: dict[str, str], cell: str
) -> None:
    fault = only(check_csv(row(**cells), known=given_before(open_cases=before)))
    assert (fault.check_id, fault.cell) == ("return_suppression", cell)
    assert "490" not in fault.message


def test_two_suppressed_figures_hide_each_other() -> None:
    answer = check_csv(row(opened="c", closed="c"), known=given_before(open_cases=490))
    assert answer.faults == ()


@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [(200, 320, True), (200, 290, False), (200, 90, True), (4, 9, False), (0, 0, False),
     (0, 12, True), (1000, 1501, True), (1000, 1499, False)],
)  # fmt: skip
def test_a_jump_is_asked_about_where_it_is_large_and_beyond_chance(
    before: float, now: int, asked: bool
) -> None:
    answer = check_csv(row(referrals=str(now), again="0"), known=given_before(referrals=before))
    assert (("return_jump", "C2") in found(answer)) is asked
    assert answer.accepted


def test_a_figure_far_from_the_published_one_is_asked_about() -> None:
    near = check_csv(ROW, known=published(rereferral_pct=21.0, need_rate=101.0))
    assert near.faults == ()
    far = check_csv(ROW, known=published(rereferral_pct=60.0, need_rate=300.0))
    assert found(far) == [("return_published", "D2"), ("return_published", "E2")]
    assert "20.0 from this return, where the published figure for 2025 is 60.0" in (
        far.faults[0].message
    )
    assert far.accepted


def test_small_numbers_are_not_asked_about() -> None:
    answer = check_csv(row(referrals="5", again="3"), known=published(rereferral_pct=20.0))
    assert answer.faults == ()


COUNTS = st.integers(0, 10_000)


@given(COUNTS, COUNTS)
@settings(deadline=None, max_examples=50)
def test_a_part_is_refused_exactly_where_it_is_more_than_its_whole(part: int, whole: int) -> None:
    answer = check_csv(row(referrals=str(whole), again=str(part)))
    assert answer.accepted is (part <= whole)


STATES = st.one_of(
    st.floats(0, 1e6).map(ReturnFigure),
    st.sampled_from(
        [ReturnFigure(None, s, "") for s in ("suppressed", "not_available", "not_applicable",
                                             "missing")]
    ),
)  # fmt: skip


@given(STATES, STATES, st.sampled_from(list(INDICATOR)), st.sampled_from([None, 50_000.0]))
def test_what_is_divided_by_or_of_no_number_is_no_number(
    one: ReturnFigure, other: ReturnFigure, name: str, population: float | None
) -> None:
    indicator = INDICATOR[name]
    figures: Mapping[str, ReturnFigure] = dict(zip(indicator.columns, (one, other), strict=False))
    result = derive(indicator, figures, population)
    used = list(figures.values())
    assert (result.value is None) == (result.status != "reported")
    if any(figure.status == "suppressed" for figure in used):
        assert result.status == "suppressed"
        assert (result.numerator, result.denominator) == (None, None)
    elif any(figure.value is None for figure in used):
        assert result.value is None
    if result.value is not None:
        assert result.value >= 0


def test_a_share_of_nothing_is_not_applicable_and_not_zero() -> None:
    figures = {"again": ReturnFigure(0.0), "referrals": ReturnFigure(0.0)}
    assert derive(INDICATOR["quarterly_again_pct"], figures).status == "not_applicable"


def test_figures_are_divided_and_scaled_as_declared() -> None:
    figures = {
        "again": ReturnFigure(40.0), "referrals": ReturnFigure(200.0),
        "open_cases": ReturnFigure(500.0), "workers_fte": ReturnFigure(40.0),
    }  # fmt: skip
    expected = {
        "quarterly_again_pct": 20.0,
        "quarterly_need_rate": 100.0,
        "quarterly_referral_rate": 160.0,
        "quarterly_cases_per_worker": 12.5,
    }
    for name, value in expected.items():
        assert derive(INDICATOR[name], figures, 50_000).value == pytest.approx(value)


def test_without_a_population_there_is_no_rate() -> None:
    figures = {"open_cases": ReturnFigure(500.0)}
    assert derive(INDICATOR["quarterly_need_rate"], figures, None).status == "not_available"
