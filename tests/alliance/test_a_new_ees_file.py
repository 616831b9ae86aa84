"""A file of a shape that nobody has seen, in EES format, becomes an indicator by a TOML entry
alone: what CONTRIBUTING.md tells a newcomer to write, and nothing else. The figures are of an
invented country.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan, nan
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from alliance.refresh import RefreshReport, refresh
from ingest.authorities import Reference
from ingest.catalogue import Catalogue, load_catalogue
from ingest.load import check_file
from ingest.paths import data_dir
from ingest.release import ReleaseStore
from tests.alliance.conftest import make_app
from tests.alliance.drawn import draw
from tests.builders import Row, Table, area_cells, areas_in, seed, size
from tests.conftest import NOW, REPOSITORY

SYMBOL_FOR = {"703": "c", "712": "low", "721": "z"}
"""Authorities that have a symbol in place of a figure in the newest year."""
YEARS = (2022, 2023, 2024)
DISTRICT = "Local authority district"
BREAKDOWNS = (("Total", "Total", 2), ("Total", "Girls", 1), ("Theft", "Total", 1))


def cells_of(level: str, code: str, year: int, part: int) -> Row:
    """The figures of a made-up table: children cautioned, children, rate per 1,000."""
    count = (20 + seed(level, code, year) % 50) * part * size(level)
    children = 4000 * size(level)
    rate = f"{count * 1000 / children:.2f}"
    symbol = SYMBOL_FOR.get(code, "") if year == YEARS[-1] else ""
    return {
        "children_cautioned": symbol or str(count),
        "population_10_to_17": str(children),
        "rate_per_1000": symbol or rate,
        "average_age": "14.6",
        "reoffended_percent": symbol or "31.2",
    }


@dataclass(frozen=True)
class Shape:
    """A file as its publisher might lay it out, with what the guide has one write for it."""

    file_name: str
    table: Table
    toml_of_file: str
    toml_of_indicator: str
    mark: str = ""

    @property
    def bytes(self) -> bytes:
        return (self.mark + self.table.text()).encode("utf-8")


def cautions() -> Shape:
    """Calendar years, two filters, figures before areas, oldest year first, a byte order mark."""
    rows = [
        {
            "offence": offence,
            "sex": sex,
            **cells_of(level, code, year, part),
            **area_cells(level, code),
            "time_identifier": "Calendar year",
            "time_period": str(year),
        }
        for year in YEARS
        for level, code in areas_in(year)
        for offence, sex, part in BREAKDOWNS
    ]
    return Shape(
        "yjs_cautions_2022_2024.csv",
        Table(list(reversed(rows[0])), rows),
        """
[[file]]
name = "yjs_cautions_*_*.csv"
source = "dfe_outcomes"
kind = "ees"
filters = ["offence", "sex"]
""",
        """
[[indicator]]
id = "cautioned_rate"
title = "Children cautioned or sentenced"
domain = "Youth justice"
file = "yjs_cautions_*_*.csv"
where = { offence = "Total", sex = "Total" }
value = "rate_per_1000"
numerator = "children_cautioned"
denominator = "population_10_to_17"
unit = "per_1000"
polarity = "low"
decimals = 1
interval = "byar"
timing = "year"
numerator_label = "children cautioned or sentenced in the year"
denominator_label = "children aged 10 to 17"
definition = "Children cautioned or sentenced in the year, per 1,000 aged 10 to 17."
caveats = "Diversion schemes differ."
headline = true
""",
        mark="\ufeff",
    )


def district_cells(level: str, code: str) -> Row:
    """The columns of a geographic level that the product does not compare: of districts."""
    there = level == DISTRICT
    return {"lad_code": f"T07000{code}" if there else "", "lad_name": "East" if there else ""}


def hearings() -> Shape:
    """Financial years, districts among the areas, no published rate: one row is divided by
    another."""
    rows = [
        {
            "time_identifier": "Financial year",
            **area_cells(level, code),
            **district_cells(level, code),
            "time_period": f"{year - 1}{year % 100:02d}",
            "hearing": hearing,
            **cells_of("Local authority" if level == DISTRICT else level, code, year, part),
        }
        for year in YEARS
        for level, code in [(DISTRICT, "701"), *areas_in(year)]
        for hearing, part in (("On time", 1), ("All hearings", 4))
    ]
    return Shape(
        "court_hearings.csv",
        Table(list(rows[0]), rows),
        """
[[file]]
name = "court_hearings.csv"
source = "dfe_outcomes"
kind = "ees"
filters = ["hearing"]
""",
        """
[[indicator]]
id = "cautioned_rate"
title = "Hearings on time"
domain = "Courts"
file = "court_hearings.csv"
where = { hearing = "On time" }
numerator = "children_cautioned"
denominator = "children_cautioned"
denominator_where = { hearing = "All hearings" }
unit = "percent"
polarity = "high"
decimals = 1
interval = "wilson"
timing = "year"
numerator_label = "hearings on time"
denominator_label = "hearings"
definition = "Of all hearings, the share that was held on time."
caveats = ""
headline = false
""",
    )


SHAPES = [cautions(), hearings()]


@dataclass(frozen=True)
class Made:
    """What came of following the guide."""

    shape: Shape
    catalogue: Catalogue
    reference: Reference
    path: Path
    store: ReleaseStore
    report: RefreshReport

    def sql(self, query: str) -> pd.DataFrame:
        with duckdb.connect(str(self.report.path), read_only=True) as connection:
            return connection.execute(query).df()


@pytest.fixture(scope="module", params=SHAPES, ids=lambda shape: shape.file_name)
def made(
    request: pytest.FixtureRequest,
    small_reference: Reference,
    tmp_path_factory: pytest.TempPathFactory,
) -> Made:
    """The product's own catalogue with the two entries at the ends of its files; a refresh."""
    shape: Shape = request.param
    place = tmp_path_factory.mktemp("new")
    entries = shutil.copytree(data_dir() / "catalogue", place / "catalogue")
    for name, text in (
        ("sources.toml", shape.toml_of_file),
        ("indicators/02_children_in_need.toml", shape.toml_of_indicator),
    ):
        with (entries / name).open("a", encoding="utf-8") as file:
            file.write(text)
    catalogue = load_catalogue(entries)
    path = place / "folder" / shape.file_name
    path.parent.mkdir()
    path.write_bytes(shape.bytes)
    store = ReleaseStore(place / "home")
    report = refresh(store, path.parent, catalogue, small_reference, now=NOW, actor="a newcomer")
    return Made(shape, catalogue, small_reference, path, store, report)


def expected(shape: Shape) -> dict[tuple[str, str], float]:
    """The figure of each area and period, from the table's cells; NaN for a symbol."""
    found: dict[tuple[str, str], float] = {}
    if shape.file_name == "court_hearings.csv":
        for row in shape.table.find(hearing="On time", lad_code=""):
            top = row["children_cautioned"]
            value = 25.0 if top.isdigit() else nan
            time = row["time_period"]
            found[area_of(row), f"{time[:4]}/{time[4:]}"] = value
        return found
    for row in shape.table.find(offence="Total", sex="Total"):
        text = row["rate_per_1000"]
        value = float(text) if text.replace(".", "").isdigit() else nan
        found[area_of(row), row["time_period"]] = value
    return found


def area_of(row: Row) -> str:
    level = row["geographic_level"]
    column = {"National": "country_code", "Regional": "region_code"}.get(level, "old_la_code")
    return row[column]


def test_the_guide_names_every_key_that_the_entries_use() -> None:
    guide = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert "CONTRIBUTING.md" in (REPOSITORY / "README.md").read_text(encoding="utf-8")
    for shape in SHAPES:
        for text in (shape.toml_of_file, shape.toml_of_indicator):
            keys = [line.split(" = ")[0] for line in text.splitlines() if " = " in line]
            assert keys
            assert all(f"`{key}`" in guide or f"`{key} =" in guide for key in keys), keys


def test_check_reads_the_new_file_without_a_fault(made: Made) -> None:
    checked = check_file(made.path, made.catalogue, made.reference)
    assert checked.indicators == ("cautioned_rate",)
    assert [item for item in checked.findings if item.severity == "error"] == []
    rows = made.shape.table.rows
    assert checked.rows == sum(1 for row in rows if not row.get("lad_code"))


def test_the_new_file_s_figures_are_in_the_release_as_published(made: Made) -> None:
    assert made.report.published
    assert made.report.stopped == ()
    seen = made.sql("SELECT area_code, period, value FROM observation")
    told = {(x.area_code, x.period): x.value for x in seen.itertuples()}
    wanted = expected(made.shape)
    assert told.keys() == wanted.keys()
    for key, value in wanted.items():
        assert (isnan(value) and isnan(told[key])) or told[key] == pytest.approx(value)


def test_a_symbol_of_the_new_file_stays_a_symbol(made: Made) -> None:
    last = made.sql("SELECT MAX(period) AS period FROM observation")["period"].iloc[0]
    seen = made.sql(
        f"SELECT area_code, status, symbol FROM observation WHERE period = '{last}' "
        "AND symbol IS NOT NULL"
    )
    told = {x.area_code: (x.status, x.symbol) for x in seen.itertuples()}
    assert told == {
        "703": ("suppressed", "c"),
        "712": ("rounds_to_zero", "low"),
        "721": ("not_applicable", "z"),
    }


def ranks_of(values: dict[str, float], *, high_is_best: bool) -> dict[str, int]:
    """1 for the best; those that are alike share the smallest."""
    best = sorted(values.values(), reverse=high_is_best)
    return {area: best.index(value) + 1 for area, value in values.items()}


def test_authorities_are_ranked_by_the_new_figures(made: Made) -> None:
    period = made.sql("SELECT MAX(period) AS period FROM comparison")["period"].iloc[0]
    values = {
        area: value
        for (area, time), value in expected(made.shape).items()
        if time == period and area.isdigit() and not isnan(value)
    }
    high = 'polarity = "high"' in made.shape.toml_of_indicator
    wanted = ranks_of(values, high_is_best=high)
    seen = made.sql(
        f"SELECT area_code, rank_england, n_england FROM comparison WHERE period = '{period}' "
        "AND rank_england IS NOT NULL"
    )
    assert {x.area_code: x.rank_england for x in seen.itertuples()} == wanted
    assert set(seen["n_england"]) == {len(wanted)}


def test_every_row_of_the_new_file_is_accounted_for(made: Made) -> None:
    [account] = made.report.accounts
    rows = made.shape.table.rows
    districts = sum(1 for row in rows if row.get("lad_code"))
    asked = len(rows) - districts if districts else len(rows) // 3
    assert (account.rows, account.used) == (len(rows), asked)
    [aside] = account.set_aside
    assert aside.rows == len(rows) - asked
    assert ("geographic level" in aside.reason) is bool(districts)


def test_a_fault_below_rows_set_aside_is_told_with_its_own_row(made: Made, tmp_path: Path) -> None:
    table = made.shape.table
    row = table.find(old_la_code="714")[-1]
    number = table.row_number(row)
    lines = made.shape.bytes.decode("utf-8").splitlines(keepends=True)
    lines[number - 1] = lines[number - 1].replace(row["average_age"], "fourteen")
    path = tmp_path / made.shape.file_name
    path.write_text("".join(lines), encoding="utf-8")
    findings = check_file(path, made.catalogue, made.reference).findings
    [error] = [item for item in findings if item.severity == "error"]
    assert (error.check_id, error.column) == ("number_or_symbol", "average_age")
    assert error.rows == (number,)


def words_of(parts: Iterable[str]) -> str:
    return " ".join(parts)


def test_the_new_indicator_has_its_page(made: Made) -> None:
    app = make_app(made.store.home)
    page = draw(app, "/indicator/cautioned_rate")
    title = made.sql("SELECT title FROM indicator")["title"].iloc[0]
    assert title in words_of(page.headings)
    assert page.faults() == []
    profile = words_of(str(part["props"]) for part in draw(app, "/authority/701").parts)
    assert (title in profile) is ("headline = true" in made.shape.toml_of_indicator)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('polarity = "low"\n', "", "polarity is missing"),
        ('value = "rate_per_1000"', 'valeu = "rate_per_1000"', "unknown key valeu"),
        ('sex = "Total" }', 'gender = "Total" }', "gender is not among the filters"),
        ('unit = "per_1000"', 'unit = "per 1000"', "unit"),
    ],
)
def test_a_slip_in_the_entry_is_told_with_file_and_line(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    shape = cautions()
    entries = shutil.copytree(data_dir() / "catalogue", tmp_path / "catalogue")
    with (entries / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(shape.toml_of_file)
    target = entries / "indicators" / "02_children_in_need.toml"
    before = target.read_text(encoding="utf-8")
    assert old in shape.toml_of_indicator
    target.write_text(before + shape.toml_of_indicator.replace(old, new), encoding="utf-8")
    with pytest.raises(Exception, match=told) as caught:
        load_catalogue(entries)
    assert "02_children_in_need.toml, line " in str(caught.value)
    number = int(str(caught.value).split("02_children_in_need.toml, line ")[1].split(":")[0])
    assert number > before.count("\n")
