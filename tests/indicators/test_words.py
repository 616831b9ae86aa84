"""Figures in words: numbers with their units, ranks, and the sentence before a chart."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.words import (
    UNRANKED_UNITS,
    absence_words,
    change_words,
    england_words,
    figure_sentence,
    format_day,
    format_difference,
    format_number,
    format_value,
    format_with_unit,
    ordinal,
    period_words,
    rank_words,
    titled,
    unit_words,
)
from ingest.catalogue import Unit
from ingest.statuses import STATUSES


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 0, "0"),
        (1234567.891, 1, "1,234,567.9"),
        (-3.2, 1, "−3.2"),
        (-0.04, 1, "0.0"),
        (-0.4, 0, "0"),
        (67, 0, "67"),
        (12.0, 1, "12.0"),
    ],
)
def test_a_number_has_thousands_a_true_minus_and_no_negative_nought(
    value: float, decimals: int, text: str
) -> None:
    assert format_number(value, decimals) == text


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_any_number_reads_back_as_itself_rounded(value: float, decimals: int) -> None:
    text = format_number(value, decimals)
    assert "-" not in text
    back = float(text.replace("−", "-").replace(",", ""))
    assert back == pytest.approx(round(value, decimals), abs=10.0**-decimals)
    assert len(text.partition(".")[2]) == decimals


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "short", "long"),
    [
        (12.34, "percent", 1, "12.3%", "12.3%"),
        (1234, "gbp", 0, "£1,234", "£1,234"),
        (-1234, "gbp", 0, "−£1,234", "−£1,234"),
        (67, "per_10000", 0, "67", "67 per 10,000"),
        (2.5, "per_100000", 1, "2.5", "2.5 per 100,000"),
        (431, "days", 0, "431", "431 days"),
        (17.3, "score", 1, "17.3", "17.3"),
    ],
)
def test_a_value_is_short_in_a_cell_and_has_its_unit_in_text(
    value: float, unit: str, decimals: int, short: str, long: str
) -> None:
    assert format_value(value, unit, decimals) == short
    assert format_with_unit(value, unit, decimals) == long


@pytest.mark.parametrize("unit", Unit.__args__)  # type: ignore[attr-defined]
def test_every_unit_has_words(unit: str) -> None:
    assert unit_words(unit)
    assert format_with_unit(4, unit, 0)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1, "percent", "1 percentage point"),
        (-2, "percent", "2 percentage points"),
        (-3, "per_10000", "3 per 10,000"),
    ],
)
def test_a_difference_of_percentages_is_in_percentage_points(
    value: float, unit: str, text: str
) -> None:
    assert format_difference(value, unit, 0) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (21, "21st"), (101, "101st"), (111, "111th"), (112, "112th"), (123, "123rd"), (153, "153rd")],
)  # fmt: skip
def test_an_ordinal_is_written_as_it_is_said(number: int, text: str) -> None:
    assert ordinal(number) == text


@pytest.mark.parametrize(
    ("rank", "n", "polarity", "text"),
    [
        (1, 11, "low", "best of 11"),
        (3, 11, "high", "3rd best of 11"),
        (1, 11, "none", "highest of 11"),
        (3, 11, "none", "3rd highest of 11"),
        (11, 11, "none", "lowest of 11"),
        (11, 11, "low", "last of 11"),
    ],
)
def test_a_rank_is_of_the_best_or_where_there_is_no_polarity_of_the_highest(
    rank: int, n: int, polarity: str, text: str
) -> None:
    assert rank_words(rank, n, polarity) == text


@pytest.mark.parametrize(
    ("rank", "equal", "text"),
    [(1, 2, "joint best of 11"), (4, 3, "joint 4th best of 11"), (1, 11, "equal with all 11")],
)
def test_a_shared_rank_is_said_to_be_shared(rank: int, equal: int, text: str) -> None:
    assert rank_words(rank, 11, "low", equal) == text


def test_a_day_and_a_period_are_written_in_full() -> None:
    day = date(2025, 3, 31)
    assert format_day(day) == "31 March 2025"
    assert period_words("2025", day, "snapshot") == "on 31 March 2025"
    assert period_words("2025", day, "year") == "in the year to 31 March 2025"
    assert period_words("2024/25", day, "year") == "in 2024/25"
    assert period_words("2023-25", day, "year") == "in 2023-25"


@pytest.mark.parametrize("status", STATUSES)
def test_a_missing_figure_says_why_and_never_nought(status: str) -> None:
    words = absence_words(status, existed=True)
    assert words
    assert "reported" not in words
    assert not any(letter.isdigit() for letter in words)


def test_an_authority_that_did_not_exist_then_is_said_not_to_have() -> None:
    assert absence_words("not_applicable", existed=False) == "did not exist then"
    assert absence_words(None, existed=False) == "did not exist then"
    assert absence_words(None, existed=True) == "no figure"
    # A publisher who suppressed a figure had one.
    assert absence_words("suppressed", existed=False) == "suppressed"


FIGURE: dict[str, Any] = {
    "period": "2025", "period_end": date(2025, 3, 31), "value": 67.0, "status": "reported",
    "england": 65.0, "vs_england": "higher", "rank_region": 3, "n_region": 11, "change": 2.0,
    "joint_with": None, "provisional": False, "n_equal_region": 1,
}  # fmt: skip
INDICATOR = {"unit": "per_10000", "decimals": 0, "polarity": "none", "timing": "snapshot"}


def sentence(figure: dict[str, Any], **options: Any) -> str:
    changed = {**FIGURE, **figure}
    return figure_sentence(
        "Fenshire", changed, INDICATOR, region="the East", country="England", **options
    )


def test_the_sentence_says_value_day_rank_country_and_change() -> None:
    assert sentence({}) == (
        "Fenshire: 67 per 10,000 on 31 March 2025, 3rd highest of 11 in the East; "
        "above England (65); up 2 per 10,000 on a year earlier."
    )


@pytest.mark.parametrize(
    ("figure", "present", "absent"),
    [
        ({"vs_england": "similar"}, "similar to England (65)", "above"),
        ({"vs_england": None}, "England: 65", "above"),
        ({"england": None, "vs_england": None}, "no figure for England", "65"),
        ({"change": None}, "67 per 10,000", "year earlier"),
        ({"change": 0.2}, "no change on a year earlier", "up"),
        ({"change": -4.0}, "down 4 per 10,000 on a year earlier", "up"),
        ({"joint_with": "941"}, "joint return", "no figure"),
        ({"provisional": True}, "(provisional)", "no figure"),
        ({"n_equal_region": 2}, "joint 3rd highest of 11", "no figure"),
        ({"period": "2023-25"}, "the period before, which overlaps it", "a year earlier"),
        ({"n_region": 1, "rank_region": 1}, "67 per 10,000", "of 1"),
    ],
)
def test_the_sentence_says_only_what_is_known(
    figure: dict[str, Any], present: str, absent: str
) -> None:
    assert present in sentence(figure)
    assert absent not in sentence(figure)


def test_the_sentence_of_a_missing_figure_says_why_and_makes_no_comparison() -> None:
    missing = {"value": None, "status": "suppressed", "rank_region": None, "change": None}
    assert sentence(missing) == "Fenshire: suppressed on 31 March 2025."
    padded = missing | {"status": "not_applicable"}
    assert sentence(padded, existed=False) == "Fenshire: did not exist on 31 March 2025."


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("better", "better than"),
        ("worse", "worse than"),
        ("higher", "above"),
        ("lower", "below"),
        ("similar", "similar to"),
    ],
)
def test_every_verdict_has_its_words(verdict: str, words: str) -> None:
    assert england_words({**FIGURE, "vs_england": verdict}, INDICATOR, "England").startswith(words)


def test_a_first_figure_has_no_change_to_speak_of() -> None:
    assert change_words({**FIGURE, "change": None}, INDICATOR) == ""


@pytest.mark.parametrize("unit", UNRANKED_UNITS)
def test_a_number_is_neither_ranked_nor_set_beside_a_total(unit: str) -> None:
    indicator = INDICATOR | {"unit": unit}
    words = figure_sentence("Fenshire", FIGURE, indicator, region="the East", country="England")
    assert "in the East" not in words
    assert "England" not in words
    assert "on a year earlier" in words


@pytest.mark.parametrize("status", ["missing", "not_available", "not_applicable"])
def test_what_is_not_there_is_called_a_figure_and_it_is_said_whose_word_that_is(
    status: str,
) -> None:
    found = sentence(FIGURE | {"value": None, "status": status})
    assert found.startswith("Fenshire: no figure on 31 March 2025: the publisher ")
    assert "missing" not in found


@pytest.mark.parametrize(
    ("title", "unit", "words"),
    [
        ("Children looked after per 10,000 children", "per_10000", ""),
        ("Children looked after", "per_10000", " (per 10,000)"),
        ("Care leavers in work", "percent", " (%)"),
        ("% of care leavers in work", "percent", ""),
        ("Percentage of care leavers in work", "percent", ""),
        ("Children’s social care as a share of all spending", "percent", ""),
        ("Shared care", "percent", " (%)"),
        ("Attainment 8 score: children in need", "score", ""),
        ("Administration of medicine", "ratio", " (ratio)"),
        ("Holidays", "days", " (days)"),
    ],
)
def test_a_title_has_its_unit_once(title: str, unit: str, words: str) -> None:
    assert titled({"title": title, "unit": unit}) == f"{title}{words}"
