"""The catalogue: every entry is walked, and every fault is reported with its file and line."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import python_calamine

from ingest.catalogue import (
    SCALE_OF_UNIT,
    TABULAR_KINDS,
    Catalogue,
    FileSpec,
    Indicator,
    load_catalogue,
)
from ingest.errors import CatalogueError
from ingest.paths import data_dir
from ingest.readers import FAMILIES, reader_for
from tests import builders
from tests import published as raw
from tests.builders import INDICATORS_TOML, SOURCES_TOML
from tests.workbooks import FINGERTIPS_COLUMNS

INDICATORS = [item.id for item in load_catalogue(data_dir() / "catalogue").indicators]


@pytest.fixture(params=INDICATORS)
def indicator(request: pytest.FixtureRequest, catalogue: Catalogue) -> Indicator:
    """Every declared indicator in turn."""
    return next(item for item in catalogue.indicators if item.id == request.param)


def test_an_entry_is_complete_and_reads_from_a_declared_file(
    indicator: Indicator, catalogue: Catalogue
) -> None:
    spec = next(item for item in catalogue.files if item.name == indicator.file)
    assert spec.kind in TABULAR_KINDS
    assert spec.source in catalogue.source_by_id
    assert {*indicator.where} <= {*spec.filters}
    for text in (indicator.title, indicator.domain, indicator.definition):
        assert text == text.strip()
        assert text
    assert 0 <= indicator.decimals <= 2
    assert indicator.value or (indicator.numerator and indicator.denominator_columns)
    if indicator.unit == "grade":
        assert (indicator.polarity, indicator.interval) == ("low", "none")
        assert indicator.value
        assert not indicator.numerator
    if indicator.interval != "none":
        assert indicator.numerator_label
        assert indicator.denominator_label
        assert indicator.unit in SCALE_OF_UNIT


def test_an_entry_s_selection_finds_rows_in_the_published_file(
    indicator: Indicator, catalogue: Catalogue, published: Path
) -> None:
    spec = next(item for item in catalogue.files if item.name == indicator.file)
    if spec.kind != "ees":
        assert {*indicator.columns} - {*spec.filters} <= _other_columns(spec, published)
        return
    paths = [path for path in (published / "ees").iterdir() if spec.matches(path.name)]
    if not paths:
        # Not published here: the entry must name what headline_indicators.csv names.
        table = raw.read_text(published / "headline_indicators.csv").set_index("id")
        row = table.loc[indicator.id]
        assert spec.matches(row["file"])
        assert indicator.numerator == row["numerator"]
        assert indicator.value == row["published_value"]
        return
    table = raw.with_keys(raw.read_text(paths[0]))
    assert {*indicator.columns, *spec.filters} <= set(table.columns)
    for where in (indicator.where, indicator.where | _own_denominator(indicator)):
        chosen = table
        for column, value in where.items():
            chosen = chosen[chosen[column] == value]
        assert len(chosen) > 100
        assert not chosen.duplicated(["time_period", "area"]).any()


def _other_columns(spec: FileSpec, published: Path) -> set[str]:
    """Column names of a published workbook's sheet, or of a download that is not there."""
    if not spec.sheet:
        return set(FINGERTIPS_COLUMNS)
    (path,) = (path for path in published.rglob("*.ods") if spec.matches(path.name))
    book = python_calamine.CalamineWorkbook.from_path(path)
    (name,) = (name for name in book.sheet_names if fnmatch.fnmatchcase(name, spec.sheet))
    return {cell for row in book.get_sheet_by_name(name).to_python()[:10] for cell in row}


def _own_denominator(indicator: Indicator) -> dict[str, str]:
    return {} if indicator.denominator_file else indicator.denominator_where


def test_every_headline_row_whose_file_is_an_ees_file_has_an_entry(
    catalogue: Catalogue, published: Path
) -> None:
    table = raw.read_text(published / "headline_indicators.csv")
    wanted = set(table.loc[table["file"].str.endswith(".csv"), "id"])
    assert wanted <= {item.id for item in catalogue.indicators}
    assert all(item.headline for item in catalogue.indicators if item.id in wanted)


def test_every_source_is_used_and_says_where_it_is_from(catalogue: Catalogue) -> None:
    used = {spec.source for spec in catalogue.files}
    for source in catalogue.sources:
        assert source.id in used
        assert source.homepage.startswith("https://")
        assert source.licence == "Open Government Licence v3.0"


def test_every_declared_file_has_a_reader(catalogue: Catalogue) -> None:
    for spec in catalogue.files:
        assert reader_for(spec.kind) in FAMILIES
    with pytest.raises((KeyError, StopIteration)):
        reader_for("carrier pigeon")


def test_no_published_file_matches_two_declared_files(
    catalogue: Catalogue, published: Path
) -> None:
    names = [path.name for path in published.rglob("*") if path.is_file()]
    for name in names:
        assert sum(spec.matches(name) for spec in catalogue.files) <= 1, name


def test_a_file_of_another_year_is_the_same_file(catalogue: Catalogue) -> None:
    spec = catalogue.file_for("b1_children_in_need_2014_to_2026.csv")
    assert spec is not None
    assert spec is catalogue.file_for("b1_children_in_need_2013_to_2025.csv")
    assert catalogue.file_for("b1_children_in_need.csv") is None


def test_the_columns_of_a_file_include_those_it_lends(small_catalogue: Catalogue) -> None:
    spec = small_catalogue.file_for(builders.POPULATION)
    assert spec is not None
    assert small_catalogue.columns_of(spec) == {"age_group", "population_estimate"}
    need = small_catalogue.file_for(builders.NEED)
    assert need is not None
    assert small_catalogue.columns_of(need) == {
        "category", "open_cases", "again_percent", "again", "referrals",
    }  # fmt: skip


def test_domains_keep_the_order_in_which_they_are_declared(small_catalogue: Catalogue) -> None:
    assert small_catalogue.domains == ("Need", "Care", "Attendance", "Workforce")


# Faults ---------------------------------------------------------------------------------------

Change = Callable[[str], str]


def swap(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def line_of(text: str, words: str, nth: int = 1) -> int:
    lines = [i for i, line in enumerate(text.splitlines(), start=1) if words in line]
    return lines[nth - 1]


def faults_of(
    tmp_path: Path, *, sources: str = SOURCES_TOML, indicators: str = INDICATORS_TOML
) -> list[str]:
    directory = builders.write_catalogue(tmp_path, sources, all=indicators)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(directory)
    return str(caught.value).splitlines()[1:]


NEED_RATE, REREFERRAL, STABLE = 1, 2, 3
"""The first indicators of the small catalogue, in order."""

INDICATOR_FAULTS = [
    # change, text of the line it is on (nth time), words of the message
    (swap('polarity = "low"', 'colour = "red"\npolarity = "low"'), "colour", 1, "unknown key"),
    (swap('polarity = "low"\n', ""), "[[indicator]]", REREFERRAL, "polarity is missing"),
    (swap('polarity = "low"', 'polarity = "lower"'), "lower", 1, "polarity"),
    (swap('unit = "percent"', 'unit = "pct"'), '"pct"', 1, "unit"),
    (swap("decimals = 1", 'decimals = "one"'), '"one"', 1, "decimals"),
    (swap("decimals = 1", "decimals = -1"), "-1", 1, "decimals"),
    (swap("decimals = 1", "decimals = true"), "decimals = true", 1, "decimals"),
    (swap("headline = true", 'headline = "yes"'), '"yes"', 1, "headline"),
    (swap('title = "Absence"', 'title = ""'), 'title = ""', 1, "title"),
    (swap('"need_rate"', '"Need rate"'), "[[indicator]]", NEED_RATE, "id must be lower-case"),
    (swap('"need_rate"', '"need_rate\\n"'), "[[indicator]]", NEED_RATE, "id must be lower-case"),
    (swap('id = "stable_pct"', 'id = "need_rate"'), "[[indicator]]", STABLE, "already declared at"),
    (swap('"care.csv"', '"cares.csv"'), "[[indicator]]", STABLE, "cares.csv is not declared"),
    (
        swap('file = "absence.csv"\nwhere = { phase = "Total" }', 'file = "tool_long.parquet"'),
        "[[indicator]]", 4, "must be one of ees",
    ),
    (swap("{ category =", "{ categori ="), "[[indicator]]", NEED_RATE, "categori is not among"),
    (swap('category = "All"', "category = 5"), "category = 5", 1, "where"),
    (
        swap("{ stability =", "{ stabilty ="),
        "[[indicator]]", STABLE, "stabilty is not among the filters of care.csv",
    ),
    (
        swap('denominator_file = "population_*.csv"', 'denominator_file = "people.csv"'),
        "[[indicator]]", NEED_RATE, "denominator_file people.csv is not declared",
    ),
    (
        swap("denominator_years_before = 1", 'denominator_where = { category = "All" }'),
        "[[indicator]]", NEED_RATE, "category is not among the filters of population_*.csv",
    ),
    (
        swap('numerator = "again"', 'numerator = "again"\ndenominator_years_before = 1'),
        "[[indicator]]", REREFERRAL, "denominator_years_before needs denominator_file",
    ),
    (swap('denominator = "population_estimate"\n', ""), "[[indicator]]", NEED_RATE, "give value"),
    (swap('denominator = "referrals"\n', ""), "[[indicator]]", REREFERRAL, "interval wilson needs"),
    (swap('unit = "percent"', 'unit = "score"'), "[[indicator]]", REREFERRAL, "interval wilson is"),
    (
        swap('numerator = "open_cases"\n', 'numerator_less = "again"\nvalue = "open_cases"\n'),
        "[[indicator]]", NEED_RATE, "numerator_less needs numerator",
    ),
    (swap('unit = "per_10000"', 'unit = "gbp"\nscale = 1000'),
     "[[indicator]]", NEED_RATE, "scale is for a figure that is derived"),
    (swap('unit = "per_10000"', 'unit = "gbp"\nscale = -1'), "scale = -1", 1, "scale"),
    (swap('unit = "percent"\npolarity = "low"', 'unit = "grade"\npolarity = "low"'),
     "[[indicator]]", REREFERRAL, "a grade is given as value"),
    (swap('unit = "percent"\npolarity = "high"', 'unit = "grade"\npolarity = "high"'),
     "[[indicator]]", STABLE, "a grade has polarity low"),
    (swap("interval =", "intervall ="), "intervall", 1, "unknown key intervall"),
    (lambda t: t + '\n[[indicater]]\nid = "x"\n', "[[indicater]]", 1, "indicater does not belong"),
    (lambda t: t + '\n[[source]]\nid = "x"\n', "[[source]]", 1, "source does not belong"),
    (lambda t: "x = 1\n" + t, "x = 1", 1, "x does not belong"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "place", "nth", "words"),
    INDICATOR_FAULTS,
    ids=[f"{i}-{case[3][:28]}" for i, case in enumerate(INDICATOR_FAULTS)],
)
def test_a_fault_of_an_indicator_is_reported_with_its_file_and_line(
    change: Change, place: str, nth: int, words: str, tmp_path: Path
) -> None:
    text = change(INDICATORS_TOML)
    faults = faults_of(tmp_path, indicators=text)
    assert faults[0].startswith(f"all.toml, line {line_of(text, place, nth)}: "), faults
    assert words in "\n".join(faults)


SOURCE_FAULTS = [
    (swap('year_ends = "03-31"', 'year_ends = "31-03"'), "[[file]]", 1, "year_ends must be MM-DD"),
    (swap('year_ends = "03-31"', 'year_ends = "02-30"'), "[[file]]", 1, "year_ends must be MM-DD"),
    (swap('year_ends = "03-31"', 'year_ends = "3-31"'), "[[file]]", 1, "year_ends must be MM-DD"),
    (swap('year_ends = "03-31"', "year_ends = 331"), "year_ends = 331", 1, "year_ends"),
    (swap('source = "tool"', 'source = "tol"'), "[[file]]", 6, "source tol is not declared"),
    (swap('kind = "ees"', 'kind = "eess"'), '"eess"', 1, "kind"),
    (swap('model = "2025"\n', ""), "[[file]]", 10, "model is missing"),
    (swap('kind = "ees"', 'kind = "mhclg_outturn"'), "[[file]]", 1, "sheet is missing"),
    (swap('kind = "ees"', 'kind = "ees"\nsheet = "Data"'), "[[file]]", 1, "sheet is only for"),
    (swap('name = "care.csv"', 'name = "absence.csv"'), "[[file]]", 4, "already declared at"),
    (swap('id = "tool"', 'id = "care_statistics"'), "[[source]]", 2, "already declared at"),
    (swap('cadence = "annual"', 'cadence = "yearly"'), '"yearly"', 1, "cadence"),
    (swap('licence = "Open Government Licence v3.0"\n', ""), "[[source]]", 1, "licence is missing"),
    (lambda t: t + '[[fiel]]\nname = "x"\n', "[[fiel]]", 1, "fiel does not belong"),
    (lambda t: t + '[[indicator]]\nid = "x"\n', "[[indicator]]", 1, "indicator does not belong"),
]


@pytest.mark.parametrize(
    ("change", "place", "nth", "words"),
    SOURCE_FAULTS,
    ids=[f"{i}-{case[3][:28]}" for i, case in enumerate(SOURCE_FAULTS)],
)
def test_a_fault_of_a_source_or_file_is_reported_with_its_file_and_line(
    change: Change, place: str, nth: int, words: str, tmp_path: Path
) -> None:
    text = change(SOURCES_TOML)
    faults = faults_of(tmp_path, sources=text)
    start = f"sources.toml, line {line_of(text, place, nth)}: "
    mine = [fault for fault in faults if fault.startswith(start) and words in fault]
    assert len(mine) == 1, faults


def test_every_fault_of_every_file_is_reported_at_once(tmp_path: Path) -> None:
    sources = swap('source = "tool"', 'source = "tol"')(
        swap('year_ends = "03-31"', 'year_ends = "31-03"')(SOURCES_TOML)
    )
    indicators = swap('polarity = "high"\n', "")(
        swap('unit = "percent"', 'unit = "pct"')(INDICATORS_TOML)
    )
    text = "\n".join(faults_of(tmp_path, sources=sources, indicators=indicators))
    for words in ("31-03", "source tol", "polarity is missing", "unit: Input should be"):
        assert words in text


def test_an_id_declared_in_two_files_names_both(tmp_path: Path) -> None:
    entry = "[[indicator]]" + INDICATORS_TOML.split("[[indicator]]")[1]
    directory = builders.write_catalogue(tmp_path, one=INDICATORS_TOML, two=entry)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(directory)
    assert "two.toml, line 1: id need_rate is already declared at one.toml, line 1" in str(
        caught.value
    )


@pytest.mark.parametrize(
    ("text", "line"), [("x = = 1\n", 1), (INDICATORS_TOML + '\n[[indicator]]\nid = "x\n', None)]
)
def test_toml_that_cannot_be_read_names_the_file_and_line(
    text: str, line: int | None, tmp_path: Path
) -> None:
    wanted = line or len(text.splitlines())
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    faults = faults_of(tmp_path, indicators=text)
    assert faults[0].startswith("all.toml: not valid TOML")
    assert f"line {wanted}," in faults[0]


@pytest.mark.parametrize(
    "text", ["indicator = 5\n", "indicator = [1, 2]\n", '[indicator]\nid = "x"\n']
)
def test_an_entry_under_the_wrong_kind_of_heading_is_told_the_right_one(
    text: str, tmp_path: Path
) -> None:
    assert faults_of(tmp_path, indicators=text) == [
        "all.toml, line 1: write each indicator as a table headed [[indicator]]"
    ]


def test_a_missing_or_wrongly_encoded_catalogue_file_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert str(caught.value).count("sources.toml: cannot be read") == 1
    directory = builders.write_catalogue(tmp_path)
    path = directory / "indicators" / "all.toml"
    path.write_bytes(path.read_bytes().replace(b"Absence", b"Abs\xe9nce"))
    with pytest.raises(CatalogueError, match=r"all\.toml: cannot be read"):
        load_catalogue(directory)


def test_the_small_catalogue_is_without_fault(small_catalogue: Catalogue) -> None:
    assert [item.id for item in small_catalogue.indicators] == re.findall(
        r'^id = "(.*)"', INDICATORS_TOML, flags=re.MULTILINE
    )
