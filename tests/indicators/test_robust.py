"""Whether a finding survives the choice of who it is compared with."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.robust import survives
from indicators.set_summary import SetSummary, summarise_set
from tests.indicators.drawn_words import is_clean
from tests.indicators.rows import PERCENT, figure, with_limits


def summary(x: int, n: int = 1000, polarity: str = "low") -> SetSummary:
    """A set of one other authority."""
    return summarise_set([figure("950", x, n)], "900", PERCENT | {"polarity": polarity})


def mine(x: int = 100, n: int = 1000) -> dict[str, Any]:
    return with_limits(figure("900", x, n), "wilson", 100.0)


@pytest.mark.parametrize(
    ("polarity", "above", "below"),
    [("low", "better", "worse"), ("high", "worse", "better"), ("none", "lower", "higher")],
)
def test_the_verdict_is_by_the_interval_and_which_way_is_better(
    polarity: str, above: str, below: str
) -> None:
    sets = {
        "a": summary(200, polarity=polarity),
        "b": summary(50, polarity=polarity),
        "c": summary(101, polarity=polarity),
    }
    assert survives(mine(), sets).verdicts == {"a": above, "b": below, "c": "similar"}


def test_a_finding_that_every_set_gives_survives() -> None:
    found = survives(mine(), {"its region": summary(50), "the ten": summary(60)})
    assert (found.agreed, found.words) == ("worse", "worse than its region and the ten alike")


def test_a_finding_that_one_set_gives_does_not() -> None:
    sets = {"its region": summary(50), "the ten": summary(100), "the rest": summary(101)}
    found = survives(mine(), sets)
    assert found.agreed is None
    assert found.words == "worse than its region, but similar to the ten and the rest"


def test_one_set_alone_proves_nothing_of_the_choice() -> None:
    found = survives(mine(), {"its region": summary(50)})
    assert (found.agreed, found.words) == (None, "worse than its region")


def test_a_set_without_figures_gives_no_verdict() -> None:
    empty = summarise_set([], "900", PERCENT)
    found = survives(mine(), {"its region": summary(50), "the ten": empty, "more": summary(40)})
    assert found.verdicts["the ten"] is None
    assert found.agreed == "worse"
    assert "the ten" not in found.words


def test_without_an_interval_nothing_is_tested() -> None:
    found = survives(figure("900", 100, 1000), {"its region": summary(50)})
    assert (found.verdicts, found.agreed) == ({"its region": None}, None)
    assert found.words.startswith("not tested")
    assert survives(mine(), {}).words.startswith("not tested")


@given(
    x=st.integers(0, 300),
    others=st.lists(st.integers(0, 1000), max_size=4),
    polarity=st.sampled_from(["high", "low", "none"]),
)
def test_they_agree_only_where_all_say_the_same(x: int, others: list[int], polarity: str) -> None:
    sets = {f"set {i}": summary(other, polarity=polarity) for i, other in enumerate(others)}
    found = survives(mine(x, 300), sets)
    said = set(found.verdicts.values())
    assert (found.agreed is not None) == (len(said) == 1 and len(others) > 1)
    assert found.agreed is None or {found.agreed} == said
    assert is_clean(found.words)
    if polarity == "none":
        assert not said & {"better", "worse"}
