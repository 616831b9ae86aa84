"""One cell changed, one authority deleted, one value suppressed, one column renamed, in a copy of
every real file that the catalogue names: each is reported as exactly that, or refused.

What should be reported is worked out from the catalogue's entries and the files' cells in
`tests/mutations.py`, never read off the program's output.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

import pandas as pd
import pytest

from alliance.refresh import RefreshReport
from indicators.impact import Line
from ingest.authorities import Reference
from ingest.catalogue import FileSpec, Indicator
from ingest.errors import Finding
from tests.mutations import (
    GRADES,
    Figure,
    Key,
    Place,
    Table,
    differences,
    figures_of_areas,
    same_number,
)
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

FIGURE_KINDS = {"ees", "fingertips", "mhclg_outturn", "ofsted_outcomes"}
NOT_PUBLISHED_HERE = {"la_conviction_health_outcome_cla.csv", "ks2_la.csv", "fingertips_*.csv"}
"""Files that are declared and not in the folder: no copy of them can be made."""
FIGURE_FILES = [
    spec
    for spec in CATALOGUE.files
    if spec.kind in FIGURE_KINDS and spec.name not in NOT_PUBLISHED_HERE
]
OTHER_FILES = {
    "bds_long_0.parquet",
    "lait_data_dictionary.csv",
    "la_code_list.xlsx",
    "sn_may_2025.xlsx",
    "sn_april_2021.xlsx",
}
"""Files that no declared indicator reads: `test_every_lait_file_mutated.py` has theirs."""
SUPPRESSED_AS = {"ees": "c", "mhclg_outturn": "[c]"}
AT_RANDOM = 3
FIRST_ROWS = 40
"""As many rows as it takes to rename a column: the header is read before them."""
EES_COLUMNS = (
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name",
    "region_code", "region_name", "old_la_code", "new_la_code", "la_name",
)  # fmt: skip
OWN_COLUMNS = {
    "ees": EES_COLUMNS,
    "mhclg_outturn": ("E-code", "Local authority", "Class", "Certification"),
    "ofsted_outcomes": ("Local authority name", "Inspection date", "Publication date"),
}
"""Columns that a file of the kind must have besides those of its indicators; a workbook's code
column is what its header row is known by."""
MADE_BY_THE_READER = {"basis"}


def test_every_source_with_a_real_file_is_mutated(published: Path) -> None:
    mutated = {spec.name for spec in FIGURE_FILES} | OTHER_FILES
    assert set(real_files(published)) == mutated
    assert {spec.name for spec in CATALOGUE.files} - mutated == NOT_PUBLISHED_HERE
    sources = {spec.source for spec in CATALOGUE.files if spec.name in mutated}
    assert {source.id for source in CATALOGUE.sources} - sources == {"ohid_fingertips"}


# A file, the files that it is divided by or divides, and a release of them ------------------------


@pytest.fixture(scope="module", params=FIGURE_FILES, ids=lambda spec: spec.name)
def workshop(
    request: pytest.FixtureRequest,
    published: Path,
    reference: Reference,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Workshop]:
    """Each declared file of figures in turn."""
    place = tmp_path_factory.mktemp("mutated")
    yield open_workshop(request.param, real_files(published), reference, place)
    shutil.rmtree(place)


# Which cells ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """That an indicator reads a column of the file in the rows of a selection."""

    indicator: Indicator
    role: str
    column: str
    where: Mapping[str, str]


def readings(spec: FileSpec, files: Collection[str]) -> list[Reading]:
    """Everything that the indicators of these files read in one of them."""
    found = []
    for item in CATALOGUE.indicators:
        if item.file not in files or (item.denominator_file or item.file) not in files:
            continue
        if item.file == spec.name:
            own = {"value": item.value, "numerator": item.numerator}
            own["numerator_less"] = item.numerator_less
            found += [Reading(item, role, name, item.where) for role, name in own.items() if name]
        if (item.denominator_file or item.file) == spec.name:
            same = {} if item.denominator_file else item.where
            found += [
                Reading(item, "denominator", name, same | item.denominator_where)
                for name in item.denominator_columns
            ]
    return found


def decides(reading: Reading) -> bool:
    """True where a figure is the cell, or is worked out from it."""
    return reading.role == "value" or not reading.indicator.value


def other_number(text: str, reading: Reading) -> str:
    """A number that may stand there instead: half a published rate, one fewer, or one more."""
    if reading.indicator.unit == "grade":
        words = {number: name for name, number in GRADES.items() if name != "Requires improvement"}
        return words["2" if GRADES[text] == "1" else str(int(GRADES[text]) - 1)]
    places = len(text.partition(".")[2])
    number = float(text)
    if reading.role == "value":
        return f"{number / 2:.{places}f}"
    return f"{number + (1 if reading.role == 'denominator' else -1):.{places}f}"


Change = Callable[[str, Reading], str]


@dataclass
class Mutation:
    """Cells to change, and what must follow for every figure of the areas that they are of."""

    cells: dict[Place, str]
    areas: set[str]
    expected: dict[Key, tuple[Figure, Figure]] = field(default_factory=dict)


class Chooser:
    """Chooses cells of a file that stand for a real authority's figures and may be changed."""

    def __init__(self, workshop: Workshop, change: Change) -> None:
        self.workshop, self.change = workshop, change
        self.copy = workshop.open()
        copies = {name: workshop.open(name=name) for name in workshop.paths}
        copies[workshop.spec.name] = self.copy
        self.tables = {name: workshop.table(copy, name) for name, copy in copies.items()}
        self.table = self.tables[workshop.spec.name]
        self.random = random.Random(workshop.spec.name)
        self.readings = readings(workshop.spec, set(workshop.paths))

    def cell_of(self, reading: Reading, taken: Collection[str]) -> tuple[Place, str, str]:
        """A cell that the reading reads, its new text and its area: of an authority that is not
        yet `taken`, with a figure before and one that can be after."""
        rows = [
            i for i, area in enumerate(self.table.areas) if area[:1].isdigit() and area not in taken
        ]
        self.random.shuffle(rows)
        for row in rows:
            area = self.table.areas[row]
            if row not in self.table.rows(area, reading.where):
                continue
            text = self.table.column(reading.column)[row]
            if text not in GRADES and (not re.fullmatch(r"\d+(\.\d+)?", text) or float(text) < 2):
                continue
            new = self.change(text, reading)
            if self.is_good(reading, area, (row, reading.column), new):
                return (row, reading.column), new, area
        raise AssertionError(f"no cell for {reading}")

    def is_good(self, reading: Reading, area: str, place: Place, new: str) -> bool:
        """True where the change shows in the reading's own figure and no figure is absurd."""
        mutation = self.predict({place: new}, {area})
        changed = {key[0] for key in mutation.expected}
        return reading.indicator.id in changed and all(
            before.status == "reported" and self.is_possible(key, after)
            for key, (before, after) in mutation.expected.items()
        )

    def is_possible(self, key: Key, figure: Figure) -> bool:
        indicator = next(item for item in CATALOGUE.indicators if item.id == key[0])
        if indicator.interval != "wilson":
            return True
        return not figure.value > 100 and not figure.numerator > figure.denominator

    def predict(self, cells: dict[Place, str], areas: set[str]) -> Mutation:
        """What follows from cells of these areas, by the oracle."""
        table = self.table.with_cells(cells)
        before = figures_of_areas(CATALOGUE, self.tables, areas)
        after = figures_of_areas(CATALOGUE, self.tables | {table.spec.name: table}, areas)
        return Mutation(cells, areas, differences(before, after))

    def choose(self, wanted: Callable[[Reading], bool]) -> Mutation:
        """One cell of each role that is wanted, and some at random; of as many authorities."""
        chosen = list({r.role: r for r in reversed(self.readings) if wanted(r)}.values())
        may = [r for r in self.readings if wanted(r)]
        chosen += self.random.sample(may, min(AT_RANDOM, len(may)))
        cells: dict[Place, str] = {}
        areas: set[str] = set()
        for reading in chosen:
            place, text, area = self.cell_of(reading, areas)
            cells[place] = text
            areas.add(area)
        return self.predict(cells, areas)


# What is reported -------------------------------------------------------------------------------


DISAGREEMENTS = (
    "not the sum of the parts",
    "parts_and_total",
    "its newest in the history",
    "history_agrees",
)
"""What the checks say of parts that no longer make their total, and of a latest judgement that is
not its inspection's; or, of a finding that went, its check."""
FOLLOW = {
    "files", "revisions", "revised", "revised_counts", "suppression_came", "other_statuses",
    "positions", "signals", "new_findings", "gone_findings",
}  # fmt: skip
"""The only sections that a changed or suppressed cell may fill."""


def is_of_the_file(line: Line, file_name: str) -> bool:
    """True for what a check says of a file whose cells no longer agree with each other."""
    words = line.sentence
    return (
        line.indicator_id is None
        and line.section in {"new_findings", "gone_findings"}
        and file_name in words
        and any(text in words for text in DISAGREEMENTS)
    )


def assert_told_exactly(
    lines: Mapping[str, tuple[Line, ...]],
    expected: Mapping[Key, tuple[Figure, Figure]],
    file_name: str,
) -> None:
    """Every expected difference is told once, with old and new value, and nothing else is."""
    assert set(lines) <= FOLLOW
    [file] = lines["files"]
    assert file.sentence.startswith(f"{file_name} is not as it was (")
    revised = {
        key: pair
        for key, pair in expected.items()
        if pair[1].status == "reported" and not same_number(pair[0].value, pair[1].value)
    }
    told = {key_of(line): line for line in lines.get("revised", ())}
    assert told.keys() == revised.keys()
    for key, (before, after) in revised.items():
        [change] = told[key].changes
        assert change.measure == "value"
        assert change.old == pytest.approx(before.value, rel=1e-12)
        assert change.new == pytest.approx(after.value, rel=1e-12)
    periods = {(indicator, period) for indicator, _, period in revised}
    assert {(x.indicator_id, x.period) for x in lines.get("revisions", ())} == periods
    suppressed = {key for key, (_, after) in expected.items() if after.status == "suppressed"}
    assert {key_of(line) for line in lines.get("suppression_came", ())} == suppressed
    assert "other_statuses" not in lines
    counts = expected.keys() - revised.keys() - suppressed
    assert_counts_told(lines, counts)
    about = {indicator for indicator, _, _ in expected}
    for section in ("positions", "signals", "new_findings", "gone_findings"):
        for line in lines.get(section, ()):
            assert line.indicator_id in about or is_of_the_file(line, file_name), line


def assert_counts_told(lines: Mapping[str, tuple[Line, ...]], counts: Collection[Key]) -> None:
    """A numerator or denominator behind a figure that stays is told by indicator and period."""
    number: dict[tuple[str | None, str | None], int] = {}
    for indicator, _, period in counts:
        number[indicator, period] = number.get((indicator, period), 0) + 1
    told = {(x.indicator_id, x.period): x.changes[0].new for x in lines.get("revised_counts", ())}
    assert told == number


def assert_inconsistent_rates_found(
    report: RefreshReport, expected: Mapping[Key, tuple[Figure, Figure]]
) -> None:
    """Where a published rate no longer fits its counts by far, the named check says so."""
    found = {item.indicator_id for item in report.findings if item.check_id == "rate_recomputed"}
    for (indicator_id, _, _), (_, after) in expected.items():
        item = next(item for item in CATALOGUE.indicators if item.id == indicator_id)
        if not item.value or not isfinite(after.value) or not after.denominator > 0:
            continue
        ratio = after.numerator / after.denominator * item.multiplier
        if abs(ratio - after.value) > max(1.5, after.value / 4):
            assert indicator_id in found, (indicator_id, after)


# One cell ---------------------------------------------------------------------------------------


def test_a_changed_cell_is_reported_as_the_figures_that_it_changes(workshop: Workshop) -> None:
    chooser = Chooser(workshop, other_number)
    mutation = chooser.choose(lambda reading: True)
    data = chooser.copy.edited(mutation.cells)
    after = workshop.table(workshop.open(data))
    tables = chooser.tables | {workshop.spec.name: after}
    figures = figures_of_areas(CATALOGUE, chooser.tables, mutation.areas)
    assert mutation.expected == differences(
        figures, figures_of_areas(CATALOGUE, tables, mutation.areas)
    )
    report, store = workshop.refresh(data)
    assert report.published
    assert report.stopped == ()
    lines = lines_of(store.current_path(), workshop.base)
    assert_told_exactly(lines, mutation.expected, workshop.path.name)
    assert_inconsistent_rates_found(report, mutation.expected)
    assert_judgements_compared(workshop, report, mutation)
    assert_changes_kept(report, mutation.expected)


def assert_judgements_compared(
    workshop: Workshop, report: RefreshReport, mutation: Mutation
) -> None:
    """A latest judgement that is not its inspection's is found out, of exactly that authority."""
    found = {x.area_code for x in report.findings if x.check_id == "history_agrees"}
    wanted = mutation.areas if workshop.spec.kind == "ofsted_outcomes" else set()
    assert found == wanted


def assert_changes_kept(
    report: RefreshReport, expected: Mapping[Key, tuple[Figure, Figure]]
) -> None:
    """The release's own `change` table names each indicator and period that was revised."""
    kept = {(x["indicator_id"], x["period"]) for x in report.changes if x["kind"] == "revised"}
    figures = {
        (indicator, period)
        for (indicator, _, period), (before, after) in expected.items()
        if not same_number(before.value, after.value)
    }
    assert figures <= kept
    assert {indicator for indicator, _ in kept} <= {indicator for indicator, _, _ in expected}


# One value suppressed ---------------------------------------------------------------------------


def test_a_suppressed_value_is_reported_as_suppressed_and_nothing_is_made_of_it(
    workshop: Workshop,
) -> None:
    if workshop.spec.kind == "ofsted_outcomes":
        return assert_a_suppressed_judgement_is_refused(workshop)
    symbol = SUPPRESSED_AS[workshop.spec.kind]
    chooser = Chooser(workshop, lambda text, reading: symbol)
    mutation = chooser.choose(decides)
    report, store = workshop.refresh(chooser.copy.edited(mutation.cells))
    assert report.published
    assert report.stopped == ()
    lines = lines_of(store.current_path(), workshop.base)
    assert_told_exactly(lines, mutation.expected, workshop.path.name)
    gone = {k: pair for k, pair in mutation.expected.items() if pair[1].status == "suppressed"}
    assert gone
    for line in lines["suppression_came"]:
        said = line.sentence.removeprefix(f"{line.area}, {line.title}, {line.period}: ")
        assert said == "figure withdrawn: now suppressed"
        assert [(x.measure, x.old, x.new) for x in line.changes] == [
            ("status", "reported", "suppressed")
        ]
    assert_old_values_unsaid(workshop, lines, report, gone)
    assert_nothing_derived(workshop.base, store.current_path(), gone)
    return None


def assert_old_values_unsaid(
    workshop: Workshop,
    lines: Mapping[str, tuple[Line, ...]],
    report: RefreshReport,
    gone: Mapping[Key, tuple[Figure, Figure]],
) -> None:
    """No line and no finding about an indicator repeats what was withdrawn beside the area."""
    texts = {
        (item.indicator_id, text)
        for part in lines.values()
        for item in part
        for text in (item.sentence, *(str(c.old) for c in item.changes))
    } | {(item.indicator_id, item.message) for item in report.findings}
    for (indicator_id, code, _), (before, _) in gone.items():
        name = workshop.reference.authority_by_code[code].name
        old = f"{before.value:,.2f}".rstrip("0").rstrip(".")
        for about, text in texts:
            if about == indicator_id and name in text and len(old) > 2:
                assert not re.search(rf"(?<![\d.,]){re.escape(old)}(?![\d.,]*\d)", text), text


OF_A_FIGURE = (
    "value", "rank_england", "rank_region", "rank_neighbours", "quartile_band", "change",
    "ci95_low", "ci95_high", "ci998_low", "ci998_high", "vs_england",
)  # fmt: skip


def assert_nothing_derived(old: Path, new: Path, gone: Mapping[Key, tuple[Figure, Figure]]) -> None:
    """The figure has no number, no rank and no interval; the others are ranked among fewer."""
    for indicator_id in {key[0] for key in gone}:
        seen = query(new, "SELECT * FROM observation WHERE indicator_id = ?", indicator_id)
        seen = seen.set_index(["area_code", "period"])
        ranked, before = (
            query(path, "SELECT * FROM comparison WHERE indicator_id = ?", indicator_id).set_index(
                ["area_code", "period"]
            )
            for path in (new, old)
        )
        own = [(area, period) for indicator, area, period in gone if indicator == indicator_id]
        for place in own:
            assert seen.loc[place, "status"] == "suppressed"
            assert seen.loc[place, "symbol"] in {"c", "[c]"}
            assert pd.isna(seen.loc[place, "value"])
            assert ranked.loc[place, list(OF_A_FIGURE)].isna().all()
        fewer = pd.Series([period for _, period in own]).value_counts()
        n = [frame.groupby("period")["n_england"].max() for frame in (before, ranked)]
        assert (n[0] - n[1]).loc[fewer.index].to_dict() == fewer.to_dict()
        assert_regions_rank_fewer(new, before, ranked, own)


def assert_regions_rank_fewer(
    release: Path, before: pd.DataFrame, ranked: pd.DataFrame, own: Collection[tuple[str, str]]
) -> None:
    region = query(release, "SELECT area_code, region_code FROM area").set_index("area_code")[
        "region_code"
    ]
    fewer: dict[tuple[str, str], int] = {}
    for area, period in own:
        fewer[region[area], period] = fewer.get((region[area], period), 0) + 1
    for (code, period), number in fewer.items():
        members = [a for a, p in ranked.index if p == period and region[a] == code]
        there = [(a, period) for a in members if not pd.isna(ranked.loc[(a, period), "value"])]
        for place in there:
            assert before.loc[place, "n_region"] - ranked.loc[place, "n_region"] == number


def assert_a_suppressed_judgement_is_refused(workshop: Workshop) -> None:
    """A judgement is made or not made: there is no such thing as a suppressed one."""
    chooser = Chooser(workshop, other_number)
    place, _, area = chooser.cell_of(chooser.readings[0], set())
    report = assert_refused(workshop, chooser.copy.edited({place: "[c]"}), {"grade_known"})
    [error] = report.stopped[0].errors
    assert "“[c]”" in error.message
    assert workshop.reference.authority_by_code[area].name in error.message
    assert error.column == place[1]


# One authority deleted --------------------------------------------------------------------------


def authorities_in(table: Table, reference: Reference) -> list[str]:
    """Authorities with rows of their own that exist today."""
    return [
        code
        for code in sorted(table.rows_of_area)
        if code in reference.authority_by_code
        and reference.authority_by_code[code].valid_to is None
    ]


def test_a_deleted_authority_is_named_and_stops_its_source(workshop: Workshop) -> None:
    copy = workshop.open()
    table = workshop.table(copy)
    code = authorities_in(table, workshop.reference)[0]
    data = copy.edited(without=table.rows_of_area[code])
    report = assert_refused(workshop, data, {"periods_whole"})
    name = workshop.reference.authority_by_code[code].name
    assert all(f"no row for {name}." in item.message for item in report.stopped[0].errors)
    assert len(report.stopped[0].errors) == len(set(table.labels))


def test_any_authority_deleted_from_any_period_is_named(workshop: Workshop) -> None:
    copy = workshop.open()
    table = workshop.table(copy)
    chosen = random.Random(workshop.spec.name).sample(
        authorities_in(table, workshop.reference), AT_RANDOM
    )
    reorganised = [
        code
        for code in authorities_in(table, workshop.reference)
        if workshop.reference.authority_by_code[code].valid_from is not None
    ]
    last = max(table.labels)
    for code in chosen:
        gone = [i for i in table.rows_of_area[code] if table.labels[i] == last]
        assert_named(workshop, copy.edited(without=gone), code)
    for code in reorganised[:1]:
        assert_named(workshop, copy.edited(without=table.rows_of_area[code]), code)


def assert_named(workshop: Workshop, data: bytes, code: str) -> None:
    errors = workshop.check(data)
    name = workshop.reference.authority_by_code[code].name
    assert {item.check_id for item in errors} == {"periods_whole"}
    assert all(f"no row for {name}." in item.message for item in errors)


# One column renamed -----------------------------------------------------------------------------


def columns_read(spec: FileSpec) -> list[str]:
    """Every column without which the file cannot be read, by the catalogue and by its kind."""
    read = {r.column for r in readings(spec, {item.name for item in CATALOGUE.files})}
    return sorted({*read, *spec.filters, *OWN_COLUMNS[spec.kind]} - MADE_BY_THE_READER)


def test_a_renamed_column_is_named_with_its_new_name_and_stops_its_source(
    workshop: Workshop,
) -> None:
    column = readings(workshop.spec, set(workshop.paths))[0].column
    data = workshop.open().edited(renamed={column: f"{column}s"})
    checks = {"columns_known", "layout_known"} if workshop.spec.layouts else {"columns_known"}
    report = assert_refused(workshop, data, checks)
    assert_renamed(report.stopped[0].errors, column, f"{column}s")


def test_any_column_that_is_read_is_named_when_it_is_renamed(workshop: Workshop) -> None:
    whole = workshop.open()
    copy = workshop.open(whole.edited(without=range(FIRST_ROWS, len(whole.frame))))
    columns = columns_read(workshop.spec)
    assert len(columns) > len(OWN_COLUMNS[workshop.spec.kind])
    for column in columns:
        errors = workshop.check(copy.edited(renamed={column: f"{column}s"}))
        assert_renamed(errors, column, f"{column}s")


def assert_renamed(errors: Collection[Finding], old: str, new: str) -> None:
    [missing] = [item for item in errors if item.check_id == "columns_known"]
    assert missing.column == old
    assert f"The nearest name there is {new}." in missing.message
    for item in errors:
        if item.check_id == "layout_known":
            assert old in item.message
            assert new in item.message
