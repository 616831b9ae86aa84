"""Measures of context and their weights: declared, chosen in an address, and refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.context_measures import (
    MOST_MEASURES,
    choosable_measures,
    context_values,
    declared_measures,
    default_weights,
    read_weights,
    write_weights,
)
from alliance.service import Served
from ingest.errors import CatalogueError
from tests.demonstration import ABOLISHED, Figures


def test_what_is_declared_is_of_the_catalogue_or_of_the_lait_data(demo_served: Served) -> None:
    for measure in declared_measures():
        known = measure.indicator_id in demo_served.indicators
        assert known or measure.indicator_id.startswith("lait_"), measure
        assert measure.why.endswith(".")
    assert len(default_weights(demo_served)) >= 2


def test_every_declared_measure_is_in_the_real_release(real_figures: Figures) -> None:
    known = set(real_figures.column("SELECT DISTINCT indicator_id FROM comparison WHERE value > 0"))
    assert {measure.indicator_id for measure in declared_measures()} <= known


def test_only_numbers_that_say_neither_good_nor_bad_are_offered(demo_served: Served) -> None:
    declared = {measure.indicator_id for measure in declared_measures()}
    for key, row in choosable_measures(demo_served).items():
        assert row["polarity"] == "none" or key in declared
        assert row["unit"] != "grade"


def test_values_are_of_authorities_that_there_are_in_the_latest_period(
    demo_served: Served, demo_figures: Figures
) -> None:
    found = context_values(demo_served, ["population_0_17"])["population_0_17"]
    rows = demo_figures.rows(
        "SELECT area_code, value FROM comparison WHERE indicator_id = 'population_0_17'"
        " AND value IS NOT NULL AND area_code <> ? AND period ="
        " (SELECT MAX(period) FROM comparison WHERE indicator_id = 'population_0_17')",
        ABOLISHED,
    )
    assert found == {row["area_code"]: row["value"] for row in rows}


@pytest.mark.parametrize(
    ("measures", "weights", "expected", "notes"),
    [
        ("", "", {}, 0),
        ("cla_rate", "", {"cla_rate": 1}, 0),
        ("cla_rate,cin_rate", "2,0.5", {"cla_rate": 2, "cin_rate": 0.5}, 0),
        ("cla_rate,cin_rate", "2", {"cla_rate": 2, "cin_rate": 1}, 0),
        ("cla_rate,cin_rate", "0,3", {"cin_rate": 3}, 0),
        ("cla_rate,cla_rate", "2", {"cla_rate": 2}, 0),
        ("nothing,cin_rate", "9,3", {"cin_rate": 3}, 1),
        ("cl_eet_17", "", {}, 1),
        ("cla_rate", "nan", {"cla_rate": 1}, 1),
        ("cla_rate", "-1", {"cla_rate": 1}, 1),
        ("cla_rate", "1e9", {"cla_rate": 1}, 1),
    ],
)
def test_an_address_is_read_as_far_as_it_can_be(
    demo_served: Served, measures: str, weights: str, expected: dict[str, float], notes: int
) -> None:
    found, said = read_weights(demo_served, measures, weights)
    assert dict(found) == expected
    assert len(said) == notes


def test_there_is_a_most_of_measures(demo_served: Served) -> None:
    names = list(choosable_measures(demo_served))
    found, notes = read_weights(demo_served, ",".join(names), "")
    assert [name for name, _ in found] == names[:MOST_MEASURES]
    assert len(notes) == 1


@given(data=st.data())
def test_what_is_chosen_is_written_and_read_back(demo_served: Served, data: st.DataObject) -> None:
    names = data.draw(
        st.lists(st.sampled_from(list(choosable_measures(demo_served))), max_size=8, unique=True)
    )
    weights = data.draw(st.lists(st.integers(10, 1000), min_size=len(names), max_size=len(names)))
    chosen = tuple(zip(names, [weight / 100 for weight in weights], strict=True))
    written = write_weights(chosen)
    read, notes = read_weights(demo_served, written["measures"] or "", written["weights"] or "")
    assert (read, notes) == (chosen, [])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[measure]]\nindicator = 'a'\n", "measure 1: it must have"),
        ("[[measure]]\nindicator = 'a'\nweight = 1\nwhy = 'x.'\n", "measure 1: weight"),
        ("[[measure]]\nindicator = 'a'\nweight = -1.0\nwhy = 'x.'\n", "measure 1: weight"),
        ("[[measure]]\nindicator = ''\nweight = 1.0\nwhy = 'x.'\n", "must be texts"),
        ("[[measure]]\nindicator = 'a'\nweight = 1.0\nwhy = 'x.'\n" * 2, "a is declared twice"),
        ("[[measure", "cannot be read"),
    ],
)
def test_a_fault_in_the_declaration_is_said_with_its_place(
    tmp_path: Path, text: str, fault: str
) -> None:
    path = tmp_path / "context.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=fault) as error:
        declared_measures(path)
    assert str(path) in str(error.value)
