"""What the words on the pages never do, whatever the figures: properties beside the cases of
`tests/indicators/test_words.py`."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.words import (
    absence_sentence,
    figure_sentence,
    format_difference,
    format_value,
    format_with_unit,
    ordinal,
    rank_words,
    unit_title,
)
from ingest.catalogue import Unit
from ingest.statuses import STATUSES
from tests.alliance.drawn import JUDGEMENT, UNREADABLE, grammar_faults, says_a_figure

UNITS = get_args(Unit)
QUANTITIES = [unit for unit in UNITS if unit != "grade"]
"""Grades are words and no quantity: tests/indicators/test_grades.py has them."""
NUMBERS = st.floats(-1e7, 1e7)
VERDICTS = {"none": ["higher", "lower", "similar"], "high": ["better", "worse", "similar"]}
VERDICTS["low"] = VERDICTS["high"]


@pytest.mark.parametrize("number", range(1, 201))
def test_an_ordinal_ends_as_it_is_said(number: int) -> None:
    teen = number % 100 in {11, 12, 13}
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    assert ordinal(number) == f"{number}{ending}"


@given(value=NUMBERS, unit=st.sampled_from(QUANTITIES), decimals=st.integers(0, 3))
def test_no_figure_is_minus_nought_or_has_a_hyphen_for_a_minus(
    value: float, unit: str, decimals: int
) -> None:
    for text in (format_value(value, unit, decimals), format_difference(value, unit, decimals)):
        assert not re.search(r"-\d", text)
        assert not re.match(r"−£?0(\.0+)?(?![.\d])", text)


@given(value=NUMBERS, decimals=st.integers(0, 3))
def test_a_difference_of_percentages_is_never_in_per_cent(value: float, decimals: int) -> None:
    text = format_difference(value, "percent", decimals)
    assert "%" not in text
    assert re.search(r"percentage points?$", text)
    assert text.endswith("point") == text.startswith("1 ")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1, "days", "1 day"),
        (2, "days", "2 days"),
        (0, "days", "0 days"),
        (1, "fte", "1 full-time equivalent"),
        (1.2, "fte", "1 full-time equivalent"),
        (21, "fte", "21 full-time equivalents"),
        (1, "count", "1"),
        (1, "gbp", "£1"),
    ],
)
def test_one_of_a_thing_is_in_the_singular(value: float, unit: str, text: str) -> None:
    assert format_with_unit(value, unit, 0) == text
    assert format_difference(value, unit, 0) == text


@pytest.mark.parametrize("unit", UNITS)
def test_an_axis_is_headed_by_its_unit(unit: str) -> None:
    title = unit_title(unit)
    assert title[0].isupper()
    assert not UNREADABLE.search(title)


@given(
    n=st.integers(1, 153),
    polarity=st.sampled_from(["high", "low", "none"]),
    data=st.data(),
)
def test_a_rank_names_its_end_of_the_order_and_how_many_there_are(
    n: int, polarity: str, data: st.DataObject
) -> None:
    rank = data.draw(st.integers(1, n))
    equal = data.draw(st.integers(1, n - rank + 1))
    words = rank_words(rank, n, polarity, equal)
    assert words.endswith(str(n))
    assert bool(JUDGEMENT.search(words)) == (polarity != "none" and not equal == n > 1)


@pytest.mark.parametrize("existed", [True, False])
@pytest.mark.parametrize("status", [*STATUSES, None])
def test_an_absence_is_a_sentence_with_a_reason(status: str | None, existed: bool) -> None:
    sentence = absence_sentence("Fenshire", status, "on 31 March 2025", existed=existed)
    assert grammar_faults(sentence) == []
    assert says_a_figure(sentence.replace("31", "").replace("2025", ""))


@st.composite
def figures(draw: st.DrawFn, polarity: str) -> dict[str, Any]:
    """A row of a comparison as a release may hold it."""
    n = draw(st.integers(0, 33))
    value = draw(st.none() | NUMBERS) if n else None
    rank = draw(st.integers(1, n)) if value is not None else None
    england = draw(st.none() | NUMBERS)
    verdicts = [None, *(VERDICTS[polarity] if england is not None else [])]
    return {
        "period": draw(st.sampled_from(["2025", "2024/25", "2020-22", "2021/22-2023/24"])),
        "period_end": draw(st.dates(date(2013, 1, 1), date(2026, 12, 31))),
        "value": value,
        "status": "reported" if value is not None else draw(st.sampled_from(STATUSES[1:])),
        "england": england,
        "vs_england": draw(st.sampled_from(verdicts)),
        "rank_region": rank,
        "n_region": n,
        "n_equal_region": draw(st.integers(1, n - rank + 1)) if rank else 0,
        "change": draw(st.none() | NUMBERS) if value is not None else None,
        "joint_with": draw(st.sampled_from([None, "512"])),
        "provisional": draw(st.booleans()),
    }


@given(data=st.data(), polarity=st.sampled_from(["high", "low", "none"]))
def test_any_figure_makes_a_sentence(data: st.DataObject, polarity: str) -> None:
    figure = data.draw(figures(polarity))
    indicator = {
        "unit": data.draw(st.sampled_from(QUANTITIES)),
        "decimals": data.draw(st.integers(0, 3)),
        "polarity": polarity,
        "timing": data.draw(st.sampled_from(["snapshot", "year"])),
    }
    sentence = figure_sentence(
        "Fenshire", figure, indicator, region="Eastmere", country="Aldermark",
        existed=data.draw(st.booleans()),
    )  # fmt: skip
    assert sentence.startswith("Fenshire: ")
    assert grammar_faults(sentence) == []
    assert says_a_figure(sentence)
    assert not UNREADABLE.search(sentence)
    assert polarity != "none" or not JUDGEMENT.search(sentence)
    assert ("joint return" in sentence) == bool(
        figure["joint_with"] and figure["value"] is not None
    )
