"""Families of indicators: every category is an indicator of the family's unit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from alliance.families import declared_families, family_of, load_families
from ingest.catalogue import Catalogue
from ingest.errors import CatalogueError

TWO = [("a", "Under 1"), ("b", "1 to 4")]


def write(folder: Path, *families: str) -> Path:
    path = folder / "families.toml"
    path.write_text("\n".join(families), encoding="utf-8")
    return path


def family(unit: str = "percent", members: list[tuple[str, str]] = TWO) -> str:
    lines = "".join(f'    {{ indicator = "{i}", label = "{label}" }},\n' for i, label in members)
    return f'[[family]]\nid = "ages"\ntitle = "Ages"\nunit = "{unit}"\ncategories = [\n{lines}]\n'


def test_families_are_read_in_their_order_with_their_categories(tmp_path: Path) -> None:
    (found,) = load_families(write(tmp_path, family()))
    assert [(member.indicator, member.label) for member in found.categories] == TWO
    assert found.parts is False


FAULTS = {
    "twice": ([family(), family()], "line 10: family ages: is declared twice"),
    "one category": ([family(members=TWO[:1])], "needs 2 categories at least"),
    "a label twice": ([family(members=[("a", "x"), ("b", "x")])], "label x stands in it twice"),
    "an indicator twice": ([family(members=[("a", "x"), ("a", "y")])], "indicator a stands in it"),
    "a unit that is none": ([family(unit="children")], "unit"),
    "a key that is none": ([family() + 'colour = "red"\n'], "unknown key colour"),
}


@pytest.mark.parametrize(("texts", "words"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_a_family_is_named_with_its_line(
    texts: list[str], words: str, tmp_path: Path
) -> None:
    with pytest.raises(CatalogueError, match=words):
        load_families(write(tmp_path, *texts))


def test_shares_and_counts_never_stand_in_one_breakdown() -> None:
    units = {"cl_eet_19": "percent", "cl_he_19": "percent", "cl_neet_19": "count"}
    found = family_of("cl_eet_19", {key: {"unit": unit} for key, unit in units.items()})
    assert found is not None
    assert [member.indicator for member in found.categories] == ["cl_eet_19", "cl_he_19"]
    assert family_of("cl_neet_19", {key: {"unit": unit} for key, unit in units.items()}) is None


def test_an_indicator_without_siblings_in_the_release_has_no_family() -> None:
    assert family_of("cla_rate", {"cla_rate": {"unit": "per_10000"}}) is None
    assert family_of("cl_eet_19", {"cl_eet_19": {"unit": "percent"}}) is None


def test_categories_of_the_catalogue_are_declared_there_in_the_family_s_unit(
    catalogue: Catalogue,
) -> None:
    units = {indicator.id: indicator.unit for indicator in catalogue.indicators}
    own = [(f, m.indicator) for f in declared_families() for m in f.categories
           if not m.indicator.startswith("lait_")]  # fmt: skip
    assert len(own) > 30
    assert {m: units.get(m) for f, m in own if units.get(m) != f.unit} == {}


def test_categories_of_lait_are_in_the_release_in_the_family_s_unit(
    published_sql: Callable[..., pd.DataFrame],
) -> None:
    units = dict(published_sql("SELECT indicator_id, unit FROM indicator").itertuples(index=False))
    held = {m.indicator: f.unit for f in declared_families() for m in f.categories
            if m.indicator.startswith("lait_")}  # fmt: skip
    assert len(held) > 90
    assert {key: units.get(key) for key, unit in held.items() if units.get(key) != unit} == {}


def test_parts_of_a_whole_add_up_to_it(published_sql: Callable[..., pd.DataFrame]) -> None:
    """Of every authority and period that has all parts, within what rounding may take off each."""
    for found in declared_families():
        if not (found.parts and found.unit == "percent") or found.id == "cin_absence":
            continue
        ids = [member.indicator for member in found.categories]
        sums = published_sql(
            "SELECT SUM(value) AS whole FROM comparison WHERE list_contains(?, indicator_id)"
            " GROUP BY area_code, period HAVING COUNT(value) = ?",
            ids, len(ids),
        )["whole"]  # fmt: skip
        assert len(sums) > 100, found.id
        assert (sums - 100).abs().quantile(0.99) <= len(ids) * 0.5, found.id
