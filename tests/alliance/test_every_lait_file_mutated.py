"""The same mutations in copies of the five files of the Local Authority Interactive Tool: its data
set, dictionary, list of authorities and two neighbour workbooks.

The whole data set is changed once, in a release of everything that is published; the rest works on
a data set of a few of its measures, which only saves time.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from math import nan
from pathlib import Path

import pandas as pd
import pytest

from alliance.publishing import Outcome
from alliance.refresh import RefreshReport, refresh
from indicators.impact import Line
from ingest.authorities import Reference
from ingest.release import ReleaseStore
from tests.conftest import NOW
from tests.mutations import Key, ParquetCopy, Place, same_number
from tests.published import REGION_OF_LAIT_NUMBER, lait_label
from tests.workshop import (
    CATALOGUE,
    Workshop,
    assert_refused,
    key_of,
    lines_of,
    open_workshop,
    query,
    real_files,
)

DATA, DICTIONARY = "bds_long_0.parquet", "lait_data_dictionary.csv"
CODES, NEAR_2025, NEAR_2021 = "la_code_list.xlsx", "sn_may_2025.xlsx", "sn_april_2021.xlsx"
LAIT = (DATA, DICTIONARY, CODES, NEAR_2025, NEAR_2021)
EVERY = 40
"""Of the measures, in the data set's order, the smaller one has each of that number."""
CAMDEN = "202"


@pytest.fixture(scope="module")
def small(
    published: Path, reference: Reference, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workshop]:
    """The five files, the data set with few measures; each test says which file it changes."""
    place = tmp_path_factory.mktemp("lait")
    paths = real_files(published)
    copy = ParquetCopy(paths[DATA].read_bytes())
    names = list(copy.frame["Short Desc"].unique())[2::EVERY]
    others = ~copy.frame["Short Desc"].isin(names)
    (place / DATA).write_bytes(copy.edited(without=others.to_numpy().nonzero()[0].tolist()))
    spec = next(item for item in CATALOGUE.files if item.name == DATA)
    lait = {name: paths[name] for name in LAIT} | {DATA: place / DATA}
    yield open_workshop(spec, lait, reference, place, also=LAIT)
    shutil.rmtree(place)


@pytest.fixture
def at(small: Workshop) -> Callable[[str], Workshop]:
    """The workshop with another of its files on the bench."""

    def choose(name: str) -> Workshop:
        spec = next(item for item in CATALOGUE.files if item.name == name)
        return Workshop(
            spec, small.folder, small.home, small.catalogue, small.reference, small.paths,
            small.at_work,
        )  # fmt: skip

    return choose


# The data set -----------------------------------------------------------------------------------


def choose_cells(
    frame: pd.DataFrame, measures: Mapping[str, str], reference: Reference, number: int
) -> list[tuple[int, Key, float]]:
    """Rows of the data set that hold a figure of an authority of today: position, figure, number;
    of one measure each."""
    chooser = random.Random(DATA)
    chosen: list[tuple[int, Key, float]] = []
    for measure in chooser.sample(sorted(measures), len(measures)):
        rows = frame[(frame["Short Desc"] == measure) & (frame["Values"] != "-")]
        rows = rows[rows["Years"].map(lait_label).notna()]
        codes = rows["LA Number"].map(lambda value: str(int(value)))
        today = {a.area_code for a in reference.authorities if a.valid_to is None}
        rows = rows[codes.isin(today) & (pd.to_numeric(rows["Values"]).abs() >= 2)]
        if rows.empty:
            continue
        position = chooser.choice(list(rows.index))
        row = rows.loc[position]
        label = lait_label(row["Years"])
        assert label is not None
        key = (measures[measure], str(int(row["LA Number"])), label)
        chosen.append((int(position), key, float(row["Values"])))
        if len(chosen) == number:
            return chosen
    raise AssertionError("too few measures have a figure")


def measures_in(release: Path) -> dict[str, str]:
    """indicator_id by the tool's name of the measure."""
    frame = query(release, "SELECT source_key, indicator_id FROM indicator WHERE NOT headline")
    names = frame[frame["indicator_id"].str.startswith("lait_")]
    return dict(zip(names["source_key"], names["indicator_id"], strict=True))


def mutate_data(
    copy: ParquetCopy, release: Path, reference: Reference
) -> tuple[bytes, dict[Key, tuple[float, float]], set[Key]]:
    """The data set with four figures halved and three withdrawn; which they are."""
    chosen = choose_cells(copy.frame, measures_in(release), reference, 7)
    cells: dict[Place, str] = {}
    revised: dict[Key, tuple[float, float]] = {}
    for position, key, value in chosen[:4]:
        text = repr(round(value / 2, 6))
        cells[position, "Values"] = text
        revised[key] = (value, float(text))
    cells |= {(position, "Values"): "-" for position, _, _ in chosen[4:]}
    return copy.edited(cells), revised, {key for _, key, _ in chosen[4:]}


def assert_data_told(
    lines: Mapping[str, tuple[Line, ...]],
    revised: Mapping[Key, tuple[float, float]],
    withdrawn: set[Key],
) -> None:
    """Each halved figure with old and new, each withdrawn one without the old; nothing else."""
    assert set(lines) <= {
        "files", "revisions", "revised", "other_statuses", "positions", "signals", "new_findings",
        "gone_findings",
    }  # fmt: skip
    assert [line.sentence.split(" is ")[0] for line in lines["files"]] == [DATA]
    told = {key_of(line): line.changes[0] for line in lines["revised"]}
    assert told.keys() == revised.keys()
    for key, (old, new) in revised.items():
        assert (told[key].old, told[key].new) == pytest.approx((old, new))
    assert {key_of(line) for line in lines["other_statuses"]} == withdrawn
    for line in lines["other_statuses"]:
        said = line.sentence.removeprefix(f"{line.area}, {line.title}, {line.period}: ")
        assert said == "figure withdrawn: now not given"
        assert {type(change.old) for change in line.changes} <= {str, type(None)}
    about = {key[0] for key in (*revised, *withdrawn)}
    for section in ("positions", "signals", "new_findings", "gone_findings"):
        assert {line.indicator_id for line in lines.get(section, ())} <= about


def assert_withdrawn(old: Path, new: Path, withdrawn: set[Key]) -> None:
    """A withdrawn figure has no number and no rank, and the others are ranked among fewer."""
    for indicator, area, period in withdrawn:
        place = (indicator, area, period)
        where = "WHERE indicator_id = ? AND area_code = ? AND period = ?"
        seen = query(new, f"SELECT * FROM observation {where}", *place).iloc[0]
        assert (seen["status"], seen["symbol"]) == ("missing", "-")
        assert same_number(seen["value"], nan)
        ranks = query(new, f"SELECT * FROM comparison {where}", *place).iloc[0]
        of_it = ["value", "rank_england", "rank_region", "rank_neighbours", "quartile_band"]
        assert ranks[[*of_it, "change", "ci95_low", "vs_england"]].isna().all()
        count = "SELECT MAX(n_england) AS n FROM comparison WHERE indicator_id = ? AND period = ?"
        n = [query(path, count, indicator, period)["n"].iloc[0] for path in (old, new)]
        assert n[0] - n[1] == 1
        assert_neighbours_rank_fewer(old, new, place)


def assert_neighbours_rank_fewer(old: Path, new: Path, place: Key) -> None:
    """Whoever has the authority among its neighbours is ranked among one fewer of them."""
    sql = (
        "SELECT c.area_code, c.n_neighbours, c.neighbours_n FROM comparison AS c "
        "JOIN neighbour AS n ON n.area_code = c.area_code AND n.neighbour_code = ? "
        "AND n.model = '2025' "
        "WHERE c.indicator_id = ? AND c.period = ? AND c.value IS NOT NULL"
    )
    indicator, area, period = place
    before, after = (
        query(path, sql, area, indicator, period).set_index("area_code").sort_index()
        for path in (old, new)
    )
    if not before.empty:
        assert (before - after == 1).all(axis=None)


def test_cells_changed_and_withdrawn_in_the_whole_data_set_are_told_one_by_one(
    published_report: RefreshReport,
    published: Path,
    reference: Reference,
    tmp_path: Path,
) -> None:
    old = published_report.path
    shutil.copytree(old.parent.parent, tmp_path / "home")
    copy = ParquetCopy(real_files(published)[DATA].read_bytes())
    data, revised, withdrawn = mutate_data(copy, old, reference)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / DATA).write_bytes(data)
    store = ReleaseStore(tmp_path / "home")
    report = refresh(
        store,
        tmp_path / "folder",
        CATALOGUE,
        reference,
        now=NOW + timedelta(hours=1),
        actor="an analyst",
    )
    assert report.published
    assert report.stopped == ()
    lines = dict(lines_of(store.current_path(), old))
    notes = [x for x in lines.get("new_findings", ()) if "The file was not given" not in x.sentence]
    gone = [x for x in lines.get("gone_findings", ()) if "file_not_used" not in x.sentence]
    lines |= {"new_findings": tuple(notes), "gone_findings": tuple(gone)}
    assert_data_told(lines, revised, withdrawn)
    assert_withdrawn(old, store.current_path(), withdrawn)


def test_a_deleted_authority_stops_the_tool(at: Callable[[str], Workshop]) -> None:
    workshop = at(DATA)
    copy = workshop.open()
    rows = (copy.frame["LA Number"] == float(CAMDEN)).to_numpy().nonzero()[0].tolist()
    report = assert_refused(workshop, copy.edited(without=rows), {"periods_whole"})
    [error] = report.stopped[0].errors
    assert "no row for Camden." in error.message


def test_an_authority_deleted_from_one_year_of_one_measure_stops_the_tool(
    at: Callable[[str], Workshop],
) -> None:
    workshop = at(DATA)
    copy = workshop.open()
    measures = measures_in(workshop.base)
    [(position, key, _)] = choose_cells(copy.frame, measures, workshop.reference, 1)
    row = copy.frame.loc[position]
    [error] = workshop.check(copy.edited(without=[position]))
    assert (error.check_id, error.area_code) == ("periods_whole", key[1])
    name = workshop.reference.authority_by_code[key[1]].name
    assert f"{row['Short Desc']} has no row for {name} in {key[2]}." in error.message


@pytest.mark.parametrize("column", ["Short Desc", "Years", "Values", "LA Number", "LA and Regions"])
def test_a_renamed_column_of_the_data_set_is_named(
    at: Callable[[str], Workshop], column: str
) -> None:
    workshop = at(DATA)
    data = workshop.open().edited(renamed={column: f"{column}s"})
    assert_column_named(workshop, data, column, f"{column}s")


def assert_column_named(workshop: Workshop, data: bytes, old: str, new: str) -> None:
    errors = workshop.check(data)
    assert [(item.check_id, item.column) for item in errors] == [("columns_known", old)]
    assert new in errors[0].message


def test_a_renamed_column_stops_the_tool(at: Callable[[str], Workshop]) -> None:
    workshop = at(DATA)
    data = workshop.open().edited(renamed={"Values": "Value"})
    report = assert_refused(workshop, data, {"columns_known"})
    assert report.stopped[0].errors[0].column == "Values"
    assert set(report.stopped[0].kept) == set(LAIT)


# The dictionary ---------------------------------------------------------------------------------

DESCRIBED = {
    "Measure": ("title", "Another title"),
    "Topic": ("topic", "Other topic"),
    "Polarity": ("polarity", None),
    "y_axis_name": ("unit", None),
    "dps": ("decimals", None),
    "Description": ("definition", "Something else is counted now."),
    "Methodology": ("methodology", "Counted in another way."),
    "No_Quartile": ("quartile bands", None),
}
"""What a column of the dictionary says of an indicator, and what a test writes there; None where it
depends on what stands there."""
OTHER_TERM = {
    "Polarity": lambda text: "Low" if text == "High" else "High",
    "y_axis_name": lambda text: "Rate per 10,000" if "%" in text else "Percentage (%)",
    "dps": lambda text: "1" if text == "0" else "0",
    "No_Quartile": lambda text: "NA" if text == "N" else "N",
}


def described_row(workshop: Workshop, chosen: int = 0) -> tuple[int, str]:
    """The position and the indicator of a measure that stands once in the dictionary."""
    frame = workshop.open().frame
    measures = measures_in(workshop.base)
    single = frame["Measure_short"].value_counts()
    rows = [
        i for i, name in enumerate(frame["Measure_short"]) if name in measures and single[name] == 1
    ]
    return rows[chosen], measures[str(frame["Measure_short"].iat[rows[chosen]])]


def test_each_term_changed_in_the_dictionary_is_told_of_its_measure(
    at: Callable[[str], Workshop],
) -> None:
    workshop = at(DICTIONARY)
    copy = workshop.open()
    cells: dict[Place, str] = {}
    wanted: dict[str, set[str]] = {}
    for number, (column, (word, text)) in enumerate(DESCRIBED.items()):
        row, indicator = described_row(workshop, number)
        old = str(copy.frame[column].iat[row])
        cells[row, column] = text or OTHER_TERM[column](old)
        wanted[indicator] = {word}
    report, store = workshop.refresh(copy.edited(cells))
    assert report.published
    lines = lines_of(store.current_path(), workshop.base)
    assert set(lines) <= {
        "files", "changed_indicators", "positions", "signals", "new_findings", "gone_findings",
    }  # fmt: skip
    told = {
        line.indicator_id: set(re.sub(r".*\(|\)", "", line.sentence).split(", "))
        for line in lines["changed_indicators"]
    }
    assert told.keys() == wanted.keys()
    for indicator, words in wanted.items():
        also = {"domain"} if words == {"topic"} else set()
        assert words <= told[str(indicator)] <= words | also


def test_a_measure_deleted_from_the_dictionary_stops_the_tool(
    at: Callable[[str], Workshop],
) -> None:
    workshop = at(DICTIONARY)
    copy = workshop.open()
    row, _ = described_row(workshop)
    before = query(workshop.base, "SELECT release_id FROM release")
    report, store = workshop.refresh(copy.edited(without=[row]))
    assert not report.published
    assert query(store.current_path(), "SELECT release_id FROM release").equals(before)
    [stopped] = report.stopped
    [error] = stopped.errors
    assert error.check_id == "measure_described"
    assert f"“{copy.frame['Measure_short'].iat[row]}”" in error.message


@pytest.mark.parametrize("column", ["Measure_short", "Topic", "Measure"])
def test_a_blanked_name_in_the_dictionary_is_named(
    at: Callable[[str], Workshop], column: str
) -> None:
    workshop = at(DICTIONARY)
    row, _ = described_row(workshop)
    [error] = workshop.check(workshop.open().edited({(row, column): ""}))
    assert (error.check_id, error.column) == ("filter_filled", column)


def test_a_renamed_column_of_the_dictionary_is_named(at: Callable[[str], Workshop]) -> None:
    workshop = at(DICTIONARY)
    for column in (*DESCRIBED, "Measure_short", "Table_status", "Year_Type", "Next Update"):
        data = workshop.open().edited(renamed={column: f"{column}s"})
        assert_column_named(workshop, data, column, f"{column}s")


# The list of authorities -------------------------------------------------------------------------


def row_of(workshop: Workshop, column: str, code: str) -> int:
    return list(workshop.open().frame[column]).index(code)


@pytest.mark.parametrize(
    ("column", "text", "check"),
    [("LA Name", "Camden Town", "name_known"), ("Region", "North East", "region_agrees")],
)
def test_a_changed_cell_of_the_list_of_authorities_is_a_warning_about_it(
    at: Callable[[str], Workshop], column: str, text: str, check: str
) -> None:
    workshop = at(CODES)
    row = row_of(workshop, "LA Number", CAMDEN)
    report, store = workshop.refresh(workshop.open().edited({(row, column): text}))
    assert report.outcome is Outcome.UNCHANGED
    assert store.current_path().read_bytes() == workshop.base.read_bytes()
    [found] = [item for item in report.findings if item.check_id == check]
    assert (found.severity, found.area_code, found.column) == ("warning", CAMDEN, column)
    assert (found.rows, found.file_name) == ((row + 2,), CODES)
    assert f"“{text}”" in found.message
    assert not [item for item in report.findings if item.file_name == CODES and item != found]


@pytest.mark.parametrize("text", ["1202", ""])
def test_another_number_in_the_list_of_authorities_stops_the_tool(
    at: Callable[[str], Workshop], text: str
) -> None:
    workshop = at(CODES)
    row = row_of(workshop, "LA Number", CAMDEN)
    data = workshop.open().edited({(row, "LA Number"): text})
    errors = workshop.check(data)
    assert [item.check_id for item in errors] == ["authority_known"]
    assert "Camden" in errors[0].message


def test_an_authority_deleted_from_the_list_stops_the_tool(at: Callable[[str], Workshop]) -> None:
    workshop = at(CODES)
    row = row_of(workshop, "LA Number", CAMDEN)
    report = assert_refused(workshop, workshop.open().edited(without=[row]), {"periods_whole"})
    assert "no row for Camden." in report.stopped[0].errors[0].message


def test_a_renamed_column_of_the_list_of_authorities_is_named(
    at: Callable[[str], Workshop],
) -> None:
    workshop = at(CODES)
    for column in ("LA Name", "Region", "Type"):
        data = workshop.open().edited(renamed={column: f"{column}s"})
        assert_column_named(workshop, data, column, f"{column}s")


# The neighbours ----------------------------------------------------------------------------------

WORKBOOKS = [(NEAR_2025, "2025"), (NEAR_2021, "2021")]


def neighbours_in(workshop: Workshop, code: str) -> list[str]:
    frame = workshop.open().frame
    row = row_of(workshop, "LA num", code)
    return [str(frame[f"SN{i}"].iat[row]) for i in range(1, 11)]


def told_of_neighbours(workshop: Workshop, data: bytes) -> list[tuple[str | None, str]]:
    """Area and sentence of each line about neighbours, and nothing told but what follows of it."""
    report, store = workshop.refresh(data)
    assert report.published
    lines = lines_of(store.current_path(), workshop.base)
    assert set(lines) <= {"files", "neighbours", "positions", "signals"}
    assert {line.area_code for line in lines.get("positions", ())} <= {CAMDEN}
    return [(line.area_code, line.sentence) for line in lines["neighbours"]]


@pytest.mark.parametrize(("name", "model"), WORKBOOKS)
def test_another_neighbour_is_told(at: Callable[[str], Workshop], name: str, model: str) -> None:
    workshop = at(name)
    other = next(
        code for code in ("301", "302", "303") if code not in neighbours_in(workshop, CAMDEN)
    )
    data = workshop.open().edited({(row_of(workshop, "LA num", CAMDEN), "SN4"): other})
    assert told_of_neighbours(workshop, data) == [
        (CAMDEN, f"Camden: 1 of 10 statistical neighbours are new (model of {model})")
    ]


@pytest.mark.parametrize(("name", "model"), WORKBOOKS)
def test_another_closeness_is_told(at: Callable[[str], Workshop], name: str, model: str) -> None:
    workshop = at(name)
    data = workshop.open().edited({(row_of(workshop, "LA num", CAMDEN), "SNP 2"): "Not close"})
    assert told_of_neighbours(workshop, data) == [
        (
            CAMDEN,
            "Camden: 1 of 10 statistical neighbours are nearer or further than they were "
            f"(model of {model})",
        )
    ]


@pytest.mark.parametrize(("name", "model"), WORKBOOKS)
def test_a_blanked_neighbour_is_told(at: Callable[[str], Workshop], name: str, model: str) -> None:
    workshop = at(name)
    data = workshop.open().edited({(row_of(workshop, "LA num", CAMDEN), "SN10"): ""})
    assert told_of_neighbours(workshop, data) == [
        (CAMDEN, f"Camden: 1 of 10 statistical neighbours went (model of {model})")
    ]


@pytest.mark.parametrize(("name", "model"), WORKBOOKS)
def test_a_deleted_authority_s_neighbours_are_told(
    at: Callable[[str], Workshop], name: str, model: str
) -> None:
    workshop = at(name)
    data = workshop.open().edited(without=[row_of(workshop, "LA num", CAMDEN)])
    assert told_of_neighbours(workshop, data) == [
        (CAMDEN, f"Camden no longer has statistical neighbours (model of {model})")
    ]


@pytest.mark.parametrize(("name", "model"), WORKBOOKS)
def test_a_renamed_column_of_neighbours_is_named(
    at: Callable[[str], Workshop], name: str, model: str
) -> None:
    workshop = at(name)
    for column, named in (("SN3", "SN3"), ("SNP 3", "the one after SN3"), ("LA num", "SN1")):
        [error] = workshop.check(workshop.open().edited(renamed={column: "Another"}))
        assert (error.check_id, error.column) == ("columns_known", named)


def test_the_regions_of_the_tool_are_no_authorities(reference: Reference) -> None:
    """The mutations above are of authorities: the tool's numbers of regions are none."""
    assert not set(REGION_OF_LAIT_NUMBER) & set(reference.authority_by_code)
