"""What became of authorities that stood alike: against a plain walk through every stretch."""

from __future__ import annotations

from datetime import date
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.history import (
    ALIKE,
    Spells,
    chance_of_as_much,
    common_change,
    find_spells,
    has_history,
    moved_as_far,
    read_history,
    usual_beyond,
    usual_change,
)
from indicators.set_summary import quantile
from tests.indicators.histories import SCORE, Series, rows_of, series
from tests.indicators.rows import PERCENT, RATE

FIRST = 2015


def walked(figures: Series, level: float, year: int, years: int) -> list[tuple[Any, ...]]:
    """Every stretch as a person would find it with paper and pencil: who, from when, how far, and
    how far beyond the median."""
    by_year = [[v[i] for v in figures.values() if v[i] is not None] for i in range(6)]
    centre = [median(known) if known else None for known in by_year]
    spread = []
    for known in by_year:
        wide = (quantile(known, 0.75) - quantile(known, 0.25)) / 1.349 if len(known) >= 10 else 0
        spread.append(wide or None)
    here = year - FIRST
    if spread[here] is None:
        return []
    place = (level - centre[here]) / spread[here]
    found = []
    for code, values in figures.items():
        for i in range(6 - years):
            start, end = values[i], values[i + years]
            if start is None or end is None or spread[i] is None:
                continue
            if abs((start - centre[i]) / spread[i] - place) <= ALIKE:
                moved = end - start
                common = centre[i + years] - centre[i]
                found.append((code, FIRST + i, moved, moved - common))
    return sorted(found)


@given(series, st.integers(0, 60), st.integers(2015, 2020), st.integers(1, 5))
def test_the_stretches_are_those_that_a_plain_walk_finds(
    figures: Series, level: int, year: int, years: int
) -> None:
    found = find_spells(read_history(rows_of(figures), "none", SCORE), level, year, years)
    expected = walked(figures, level, year, years)
    if found is None:
        assert not expected
        return
    assert list(zip(found.codes, found.starts, strict=True)) == [one[:2] for one in expected]
    assert found.changes == pytest.approx([one[2] for one in expected])
    assert found.beyond == pytest.approx([one[3] for one in expected])


@given(series, st.integers(0, 60), st.integers(-300, 300).filter(bool).map(lambda n: n / 10))
def test_who_moved_as_far_is_counted_once_for_each_authority(
    figures: Series, level: int, change: float
) -> None:
    spells = find_spells(read_history(rows_of(figures), "none", SCORE), level, 2018, 2)
    if spells is None or not spells.n:
        return
    shares: dict[str, list[bool]] = {}
    for code, moved in zip(spells.codes, spells.changes, strict=True):
        shares.setdefault(code, []).append(moved >= change if change > 0 else moved <= change)
    found = moved_as_far(spells, change)
    assert found.n == len(shares)
    assert found.ever == sum(any(held) for held in shares.values())
    assert found.far == sum(map(sum, shares.values()))
    assert found.share == pytest.approx(
        sum(sum(held) / len(held) for held in shares.values()) / len(shares)
    )
    assert {code for code, _ in found.who} == {code for code, held in shares.items() if any(held)}


def spells_of(*moves: tuple[str, float]) -> Spells:
    codes, changes = zip(*sorted(moves), strict=True)
    starts = tuple(range(2000, 2000 + len(codes)))
    return Spells(2, 0.0, 1.0, 0.5, codes, starts, changes, changes)


def test_the_band_weighs_each_authority_alike() -> None:
    # Ten authorities that moved by 1 to 10; the first stood there four times more, and moved by 9.
    alone = spells_of(*((f"a{i:02}", float(i)) for i in range(1, 11)))
    band = usual_change(alone)
    assert band is not None
    assert (band.low, band.middle, band.high) == (1.0, 5.0, 9.0)
    often = spells_of(*((f"a{i:02}", float(i)) for i in range(1, 11)), *[("a01", 9.0)] * 4)
    band = usual_change(often)
    assert band is not None
    # By hand: 1 weighs 0.2 of 10, 2 to 10 one each, 9 also 0.8 of the first: half is reached at 6.
    assert (band.low, band.middle, band.high) == (2.0, 6.0, 9.0)


def test_of_few_nothing_is_usual() -> None:
    nine = spells_of(*((f"a{i}", float(i)) for i in range(9)))
    assert usual_change(nine) is None
    assert usual_beyond(nine) is None


def test_the_chance_of_as_much_counts_the_one_that_is_looked_at() -> None:
    spells = spells_of(*((f"a{i:02}", float(i)) for i in range(19)))
    assert chance_of_as_much(spells, 18.0) == pytest.approx(2 / 20)
    assert chance_of_as_much(spells, 18.5) == pytest.approx(1 / 20)
    assert chance_of_as_much(spells, -0.5) == pytest.approx(1 / 20)
    assert chance_of_as_much(spells, 0.0) == 1.0


@given(series, st.integers(0, 60), st.integers(1, 4))
def test_only_what_had_ended_by_then_is_known_then(figures: Series, level: int, years: int) -> None:
    history = read_history(rows_of(figures), "none", SCORE)
    known = find_spells(history, level, 2018, years, until=2018)
    everything = find_spells(history, level, 2018, years)
    if known is None or everything is None:
        assert known is everything
        return
    assert all(start + years <= 2018 for start in known.starts)
    whole = zip(everything.codes, everything.starts, strict=True)
    then = {pair for pair in whole if pair[1] + years <= 2018}
    assert set(zip(known.codes, known.starts, strict=True)) == then


def test_neither_we_nor_whoever_answered_with_us_are_in_our_history() -> None:
    figures = {f"{900 + i}": [10.0 + i] * 6 for i in range(14)}
    rows = rows_of(figures)
    together = [
        row | {"joint_with": {"900": "901", "901": "900", "905": "906", "906": "905"}.get(
            row["area_code"])}
        for row in rows
    ]  # fmt: skip
    history = read_history(together, "900", SCORE)
    assert "900" not in history.codes
    assert "901" not in history.codes
    # Two others with one return are one.
    assert "905" in history.codes
    assert "906" not in history.codes


def test_figures_come_from_counts_where_there_are_any() -> None:
    rows = rows_of({"900": [33.0]}, numerator=1, denominator=3)
    assert read_history(rows, "none", PERCENT).values[0, 0] == pytest.approx(100 / 3)
    assert read_history(rows, "none", SCORE).values[0, 0] == 33.0


def test_a_year_in_which_all_are_alike_or_few_have_a_figure_has_no_place() -> None:
    alike = read_history(rows_of({f"{i}": [5.0] * 3 for i in range(900, 915)}), "none", SCORE)
    assert find_spells(alike, 5.0, 2015, 1) is None
    few = read_history(rows_of({f"{i}": [float(i)] * 3 for i in range(9)}), "none", SCORE)
    assert find_spells(few, 5.0, 2015, 1) is None
    assert find_spells(few, 5.0, 2030, 1) is None
    nothing = read_history([], "none", SCORE)
    assert find_spells(nothing, 5.0, 2015, 1) is None


def test_the_median_moves_as_the_others_do() -> None:
    history = read_history(rows_of({"1": [1.0, 3.0], "2": [2.0, 5.0], "3": [9.0, 9.0]}), "x", SCORE)
    assert common_change(history, 2015, 1) == 3.0
    assert common_change(history, 2015, 2) is None


@settings(max_examples=30)
@given(series, st.integers(0, 60))
def test_one_who_only_moves_with_the_median_has_moved_by_nothing_beyond(
    figures: Series, level: int
) -> None:
    shifted = {
        code: [None if v is None else v + 7.0 * i for i, v in enumerate(values)]
        for code, values in figures.items()
    }
    plain = find_spells(read_history(rows_of(figures), "x", SCORE), level, 2015, 2)
    moved = find_spells(read_history(rows_of(shifted), "x", SCORE), level, 2015, 2)
    assert (plain is None) == (moved is None)
    if plain is not None and moved is not None:
        assert moved.beyond == pytest.approx(plain.beyond)
        assert moved.changes == pytest.approx([change + 14.0 for change in plain.changes])


def test_grades_and_numbers_have_no_history_of_places() -> None:
    assert has_history(RATE)
    assert not has_history({"unit": "grade"})
    assert not has_history({"unit": "count"})
    assert not has_history({"unit": "fte"})


def test_periods_are_known_by_the_year_in_which_they_end() -> None:
    row = rows_of({"900": [1.0]})[0] | {"period": "2024/25", "period_end": date(2025, 8, 31)}
    assert read_history([row], "x", SCORE).years == (2025,)
