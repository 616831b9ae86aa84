"""A gap in children: the arithmetic, the rounding and the words."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.gap import (
    Gap,
    children_gap,
    counted_noun,
    difference_words,
    gap_of,
    gap_words,
    is_of_people,
)
from ingest.catalogue import Catalogue
from tests.indicators.drawn_words import is_clean
from tests.indicators.rows import PERCENT, RATE, figure

rates = st.floats(0, 1000)


def test_a_hundred_children_looked_after() -> None:
    # 75 against 68.1 per 10,000 of 141,449 children: 6.9 × 14.1449 = 97.6.
    gap = children_gap(75, 68.1, 141_449, unit="per_10000")
    assert gap is not None
    assert (gap.children, gap.direction) == (98, "fewer")
    assert gap_words(gap, "the neighbours' median") == (
        "98 fewer children would match the neighbours' median (97.6 before rounding)"
    )


def test_of_a_percentage_the_other_way() -> None:
    gap = children_gap(40.0, 50.0, 31, unit="percent")
    assert gap == Gap(3, pytest.approx(-3.1), "more")  # type: ignore[arg-type]


@given(value=rates, comparator=rates, denominator=st.integers(1, 400_000))
def test_it_rounds_to_the_nearest_whole_child_and_turns_with_the_sides(
    value: float, comparator: float, denominator: int
) -> None:
    gap = children_gap(value, comparator, denominator, unit="per_10000")
    back = children_gap(comparator, value, denominator, unit="per_10000")
    assert gap is not None
    assert back is not None
    exact = abs(Decimal(gap.unrounded))
    assert gap.children == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert (gap.direction == "same") == (gap.children == 0)
    turned = {"fewer": "more", "more": "fewer", "same": "same"}
    assert (back.children, back.direction) == (gap.children, turned[gap.direction])
    assert gap.unrounded * 10_000 == pytest.approx((value - comparator) * denominator)


@given(x=st.integers(0, 500), more=st.integers(0, 500), n=st.integers(1000, 20_000))
def test_so_many_fewer_children_give_the_comparator_s_rate(x: int, more: int, n: int) -> None:
    row = figure("901", x + more, n, 10_000)
    gap = gap_of(row, x / n * 10_000, RATE)
    assert gap is not None
    assert gap.unrounded == pytest.approx(more, abs=1e-6)
    assert gap.children == more


def test_it_is_of_the_counts_and_not_of_the_rounded_figure() -> None:
    gap = gap_of(figure("901", 92, 300, value=31.0), 31.0, PERCENT)
    assert gap is not None
    assert gap.unrounded == pytest.approx(-1)


@pytest.mark.parametrize("unit", ["score", "gbp", "fte", "days", "grade", "ratio", "count"])
def test_a_unit_that_is_no_rate_has_no_gap(unit: str) -> None:
    assert children_gap(5, 3, 100, unit=unit) is None


@pytest.mark.parametrize(
    ("value", "comparator", "denominator"),
    [(None, 3, 100), (5, None, 100), (5, 3, None), (5, 3, 0), (5, 3, -4)],
)
def test_without_a_part_there_is_no_gap(
    value: float | None, comparator: float | None, denominator: float | None
) -> None:
    assert children_gap(value, comparator, denominator, unit="percent") is None


def test_of_what_is_not_counted_there_is_no_gap() -> None:
    assert gap_of(figure("901", 3.5, 10), 20.0, PERCENT) is None
    assert gap_of(figure("901", None, 10), 20.0, PERCENT) is None
    sessions = PERCENT | {"interval_method": "none"}
    assert gap_of(figure("901", 3, 10), 20.0, sessions) is None


def test_a_share_of_what_is_no_person_has_no_gap_in_children() -> None:
    for label in ("referrals in the year", "child protection plans starting in the year",
                  "placements starting in the year", "", None):  # fmt: skip
        assert gap_of(figure("901", 30, 100), 20.0, PERCENT | {"denominator_label": label}) is None


def test_every_denominator_that_is_counted_is_known_to_be_of_people_or_of_something_else(
    catalogue: Catalogue,
) -> None:
    things = ("referrals", "child protection plans", "episodes", "placements")
    counted = [i for i in catalogue.indicators if i.interval != "none"]
    assert len(counted) > 40
    for indicator in counted:
        label = indicator.denominator_label or ""
        assert is_of_people({"denominator_label": label}) != label.startswith(things), label
        assert counted_noun(indicator.numerator_label)[0] != "case", indicator.numerator_label


@pytest.mark.parametrize(
    ("unrounded", "words"),
    [
        (97.6, "98 more children than at the median (97.6 before rounding)"),
        (-1.2, "1 fewer child than at the median (1.2 before rounding)"),
        (0.2, "less than half a child away from the median (0.2 before rounding)"),
    ],
)
def test_of_a_measure_of_context_the_gap_is_a_fact_and_no_aim(unrounded: float, words: str) -> None:
    gap = children_gap(unrounded, 0.0, 100, unit="percent")
    assert gap is not None
    assert difference_words(gap, "the median") == words


@pytest.mark.parametrize(
    ("label", "noun"),
    [
        ("children looked after on 31 March", ("child", "children")),
        ("care leavers aged 17 to 18 in suitable accommodation", ("care leaver", "care leavers")),
        ("plans that were a second or later plan", ("plan", "plans")),
        ("new placements outside the boundary", ("new placement", "new placements")),
        ("something else", ("case", "cases")),
    ],
)
def test_a_label_says_what_is_counted(label: str, noun: tuple[str, str]) -> None:
    assert counted_noun(label) == noun


@pytest.mark.parametrize(
    ("unrounded", "words"),
    [
        (1.2, "1 fewer episode would match the median (1.2 before rounding)"),
        (-2.5, "3 more episodes would match the median (2.5 before rounding)"),
        (1234.0, "1,234 fewer episodes would match the median (1,234.0 before rounding)"),
        (0.0, "less than half an episode away from the median (0.0 before rounding)"),
        (0.02, "less than half an episode away from the median (under 0.1 before rounding)"),
        (-0.49, "less than half an episode away from the median (0.49 before rounding)"),
        (40.46, "40 fewer episodes would match the median (40.46 before rounding)"),
        (40.49999, "40 fewer episodes would match the median (just under 40.5 before rounding)"),
    ],
)
def test_the_words_of_a_gap(unrounded: float, words: str) -> None:
    gap = children_gap(unrounded, 0.0, 100, unit="percent")
    assert gap is not None
    assert gap_words(gap, "the median", ("episode", "episodes")) == words


@given(value=rates, comparator=rates, denominator=st.integers(1, 400_000))
def test_the_words_never_count_nought_children(
    value: float, comparator: float, denominator: int
) -> None:
    gap = children_gap(value, comparator, denominator, unit="per_1000")
    assert gap is not None
    assert is_clean(gap_words(gap, "the median"))
