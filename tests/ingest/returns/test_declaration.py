"""Declared returns: each is walked, and every fault is told with its file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.catalogue import load_catalogue
from ingest.errors import CatalogueError
from ingest.paths import data_dir
from ingest.returns.declaration import POPULATION, Return, load_returns
from tests.ingest.returns.samples import RETURN_TOML, read_declared, small_catalogue

CATALOGUE = load_catalogue(data_dir() / "catalogue")
RETURNS = load_returns(data_dir() / "catalogue" / "returns", CATALOGUE)


@pytest.fixture(params=RETURNS, ids=[item.id for item in RETURNS])
def declared(request: pytest.FixtureRequest) -> Return:
    """Every return of the product in turn."""
    found: Return = request.param
    return found


def test_there_is_a_return() -> None:
    assert RETURNS


def test_every_column_is_used_and_explained(declared: Return) -> None:
    used = {column for item in declared.indicators for column in item.columns}
    used |= {name for rule in declared.balances for name in (rule.stock, rule.came, rule.left)}
    assert used == set(declared.measure_by_column)
    for measure in declared.measures:
        assert measure.definition.endswith(".")
        assert measure.label[0].isupper()
        assert len(measure.label) <= 60


def test_every_share_has_a_rule_that_its_part_is_no_more_than_its_whole(declared: Return) -> None:
    rules = {(rule.part, rule.whole) for rule in declared.relations}
    for item in declared.indicators:
        single = len(item.denominators) == 1 and item.denominators[0] != POPULATION
        if item.unit == "percent" and single:
            assert (item.numerator, item.denominators[0]) in rules


def test_an_indicator_stands_beside_a_published_one_of_its_unit_and_polarity(
    declared: Return,
) -> None:
    published = {item.id: item for item in CATALOGUE.indicators}
    beside = [item for item in declared.indicators if item.published_as]
    assert len(beside) >= 12
    for item in beside:
        other = published[item.published_as]
        assert (item.unit, item.polarity) == (other.unit, other.polarity)
        assert item.topic == other.domain
        assert item.difference.endswith(".")
        assert item.agreement.endswith(".")


def test_no_local_figure_has_the_id_of_a_published_one(declared: Return) -> None:
    assert not {i.id for i in declared.indicators} & {i.id for i in CATALOGUE.indicators}


FAULTS = [
    ('column = "again"', 'column = "Again"', "must be lower-case letters"),
    ('column = "again"', 'column = "referrals"', "referrals is declared twice"),
    ('column = "again"', 'column = "quarter"', "is a name that every return has already"),
    ('unit = "fte"', 'unit = "score"', "unit"),
    ('whole = "referrals"', 'whole = "referral"', "referral is no declared column"),
    ('left = "closed"', 'left = "gone"', "gone is no declared column"),
    ('denominator = "workers_fte"', 'denominator = "workers"', "workers is no declared column"),
    ('published_as = "need_rate"', 'published_as = "needs_rate"', "no published headline"),
    ('difference = "Of one quarter, where the published figure is of a year."\n', "",
     "published_as needs difference"),
    ('population_of = "need_rate"', 'population_of = "stable_pct"', "rate per head"),
    ('population_of = "need_rate"\n', "", "the denominator population needs population_of"),
    ('id = "quarterly_need_rate"', 'id = "quarterly_again_pct"', "is declared twice"),
    ('cadence = "quarterly"', 'cadence = "weekly"', "cadence"),
    ("due_days = 30", "due_days = -1", "due_days"),
    ("annualised = true", 'annualised = "yes"', "annualised"),
    ("[[balance]]", "[[balances]]", "balances does not belong in this file"),
    ('denominator = "workers_fte"\n', "", "unit ratio needs a denominator"),
    ('id = "quarterly"\n', 'id = "quarterly"\ncolour = "red"\n', "unknown key colour"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), FAULTS, ids=[f[2] for f in FAULTS])
def test_a_fault_is_told_with_its_line(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert RETURN_TOML.count(old) >= 1
    with pytest.raises(CatalogueError) as error:
        read_declared(RETURN_TOML.replace(old, new, 1), tmp_path)
    assert said in str(error.value)
    assert re.search(r"quarterly\.toml, line \d+", str(error.value))


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = RETURN_TOML.replace('unit = "fte"', 'unit = "score"').replace("due_days = 30", "")
    with pytest.raises(CatalogueError) as error:
        read_declared(text, tmp_path)
    assert "unit" in str(error.value)
    assert "due_days is missing" in str(error.value)


SECOND_HEADING = RETURN_TOML.split("[[measure]]")[0].replace('"quarterly"', '"other"', 1)


@pytest.mark.parametrize("text", ["", SECOND_HEADING + RETURN_TOML])
def test_a_file_declares_one_return(text: str, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="give one table headed"):
        read_declared(text, tmp_path)


def test_two_files_declare_two_returns(tmp_path: Path) -> None:
    folder = tmp_path / "returns"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.toml").write_text(RETURN_TOML, encoding="utf-8")
    with pytest.raises(CatalogueError, match="declared in two files"):
        load_returns(folder, small_catalogue(tmp_path))
