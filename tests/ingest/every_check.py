"""One small bad input for each check that a file, a folder or a release can fail.

Each case makes files of the invented country with one thing wrong, against files without it, and
says at which step it comes to light. `test_every_check` runs them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from tests import builders
from tests.builders import (
    ABSENCE,
    CARE,
    DICTIONARY,
    JOINT,
    JOINT_CODE,
    LONG,
    NEAR_2025,
    NEED,
    Row,
    Table,
)

Files = dict[str, bytes]
Step = Literal["read", "load", "release", "next_release"]
"""Where a fault comes to light: reading one file, loading a folder, in a first release, in a
release after another."""

GOOD = builders.all_files()
CEDARHAM = {"old_la_code": "703", "time_period": "2024"}
CEDARHAM_AT_SCHOOL = {"old_la_code": "703", "time_period": "202425"}
REGIONAL = {"geographic_level": "Regional", "region_code": "T12000001", "time_period": "2024"}


@dataclass(frozen=True)
class Case:
    """`bad` are files over those of the invented country, `good` the same without the fault."""

    step: Step
    bad: Callable[[], Files]
    good: Callable[[], Files] = dict
    without: frozenset[str] = frozenset()


def table(name: str) -> Table:
    return builders.ees_files()[name]


def edited(name: str, where: Row, **cells: str) -> Callable[[], Files]:
    """A file with cells of one row changed."""

    def files() -> Files:
        made = table(name)
        made.find(**where)[0].update(cells)
        return {name: made.bytes()}

    return files


def lines(name: str, change: Callable[[list[str]], object]) -> Callable[[], Files]:
    """A file with something done to its lines."""

    def files() -> Files:
        found = GOOD[name].decode().splitlines(keepends=True)
        change(found)
        return {name: "".join(found).encode()}

    return files


def without_row(name: str, where: Row) -> Callable[[], Files]:
    def files() -> Files:
        made = table(name)
        made.rows.remove(made.find(**where)[0])
        return {name: made.bytes()}

    return files


def fixed(files: Mapping[str, bytes]) -> Callable[[], Files]:
    return lambda: dict(files)


# Tables with something that the usual ones have not ---------------------------------------------


def phases() -> Table:
    """Absence by phase: sessions missed in two phases make the total."""

    def figures(level: str, code: str, year: int, cells: Row) -> Row:
        first = (300 + 7 * builders.seed(level, code, year)) * builders.size(level)
        second = 500 * builders.size(level)
        missed = {"Primary": first, "Secondary": second, "Total": first + second}[cells["phase"]]
        return {
            "missed": str(missed),
            "possible": str(20_000 * builders.size(level)),
            "absence_percent": f"{missed / (200 * builders.size(level)):.1f}",
        }

    names = ("Primary", "Secondary", "Total")
    filters = [{"phase": name} for name in names]
    return builders.ees_table(range(2022, 2026), filters, figures, academic=True)


def phases_without_a_total() -> Files:
    made = phases()
    made.rows = [r for r in made.rows if (r["time_period"], r["phase"]) != ("202223", "Total")]
    return {ABSENCE: made.bytes()}


def phases_with_a_wrong_part() -> Files:
    made = phases()
    row = made.find(**CEDARHAM_AT_SCHOOL, phase="Primary")[0]
    row["missed"] = str(int(row["missed"]) + 7)
    return {ABSENCE: made.bytes()}


def meta(**kinds: str) -> str:
    """The meta file of the children in need; `kinds` are changed or, if blank, left out."""
    told = {"category": "Filter"} | dict.fromkeys(
        ("open_cases", "referrals", "again", "again_percent"), "Indicator"
    )
    rows = [f"{column},{kind}" for column, kind in (told | kinds).items() if kind]
    return "\n".join(["col_name,col_type", *rows, ""])


def need_with_meta(text: str) -> Callable[[], Files]:
    return fixed({NEED: GOOD[NEED], NEED.removesuffix(".csv") + ".meta.csv": text.encode()})


def additive(extra: int = 0) -> Callable[[], Files]:
    """Children in need whose regions and country are the sums of their authorities. `extra` cases
    are added to one region."""

    def files() -> Files:
        made = table(NEED)
        for year in {row["time_period"] for row in made.rows}:
            local = made.find(time_period=year, geographic_level="Local authority")
            for row in made.find(time_period=year):
                if row["geographic_level"] == "Local authority":
                    continue
                own = [part for part in local if belongs(part["old_la_code"], row["region_code"])]
                for column in ("open_cases", "referrals", "again"):
                    row[column] = str(sum(int(part[column]) for part in own))
                row["again_percent"] = f"{100 * int(row['again']) / int(row['referrals']):.1f}"
        row = made.find(**REGIONAL)[0]
        row["open_cases"] = str(int(row["open_cases"]) + extra)
        return {NEED: made.bytes()}

    return files


def belongs(code: str, region: str) -> bool:
    return region in {"", builders.region_of(code), builders.capital_part(code)}


def steady(latest: int | None = None) -> Callable[[], Files]:
    """Absence over ten quiet years; `latest` is what Cedarham misses in the last."""

    def figures(level: str, code: str, year: int, _: Row) -> Row:
        missed = 1_000 + 10 * (builders.seed(level, code, year) % 5)
        if latest is not None and (code, year) == ("703", 2025):
            missed = latest
        return {
            "missed": str(missed),
            "possible": "20000",
            "absence_percent": f"{missed / 200:.1f}",
        }

    def files() -> Files:
        years = range(2016, 2026)
        made = builders.ees_table(years, [{"phase": "Total"}], figures, academic=True)
        return {ABSENCE: made.bytes()}

    return files


def suppressed_in_the_last_year() -> Files:
    made = table(ABSENCE)
    for row in made.find(time_period="202425", geographic_level="Local authority")[:5]:
        row |= {"missed": "c", "possible": "c", "absence_percent": "c"}
    return {ABSENCE: made.bytes()}


def row_of_an_authority_that_was_not_there() -> Files:
    made = table(NEED)
    row = made.find(old_la_code="715", time_period="2024")[0]
    place = made.row_number(made.find(old_la_code="714", time_period="2022")[0]) - 2
    made.rows.insert(place, row | {"time_period": "2022"})
    return {NEED: made.bytes()}


def joint_in_need() -> Files:
    made = table(NEED)
    made.rows = [row for row in made.rows if row["old_la_code"] != JOINT[1]]
    for row in made.find(old_la_code=JOINT[0]):
        row.update(builders.area_cells("Local authority", JOINT_CODE))
    return {NEED: made.bytes()}


def long_with(change: Callable[[list[list[object]]], object]) -> Callable[[], Files]:
    """The tool's data set with something done to its rows."""

    def files() -> Files:
        frame = builders.long_frame()
        rows = [list(row) for row in frame.itertuples(index=False)]
        change(rows)
        return {LONG: builders.parquet_bytes(frame.__class__(rows, columns=frame.columns))}

    return files


def dictionary_with(short: str, **cells: str) -> Callable[[], Files]:
    """The tool's dictionary with cells of a measure's first row changed."""

    def files() -> Files:
        made = builders.dictionary_table()
        made.find(Measure_short=short)[0].update(cells)
        return {DICTIONARY: made.bytes()}

    return files


def neighbours_with(place: int, value: builders.Cell) -> Callable[[], Files]:
    def files() -> Files:
        rows = builders.neighbour_rows("2025")
        rows[2][place] = value
        return {NEAR_2025: builders.workbook_bytes(rows)}

    return files


def older_need() -> Files:
    made = table(NEED)
    made.rows = [row for row in made.rows if row["time_period"] != "2025"]
    return {"old/need_2022_to_2024.csv": made.bytes()}


def revised(year: str) -> Callable[[], Files]:
    """Cedarham's re-referrals of a year with one more, the percentage with it."""

    def files() -> Files:
        made = table(NEED)
        row = made.find(old_la_code="703", time_period=year)[0]
        row["again"] = str(int(row["again"]) + 9)
        row["again_percent"] = f"{100 * int(row['again']) / int(row['referrals']):.1f}"
        return {NEED: made.bytes()}

    return files


def leave_out(code: str) -> Callable[[list[str]], None]:
    """Every line of one authority taken out of an EES file."""

    def change(rows: list[str]) -> None:
        rows[:] = [row for row in rows if f",{code}," not in row]

    return change


HEADER, FIRST = 0, 1
CASES: dict[str, Case] = {
    "file_readable": Case("read", fixed({NEED: b""})),
    "file_kind": Case("read", fixed({NEED: b"PK\x03\x04" + GOOD[NEED]})),
    "file_encoding": Case("read", fixed({NEED: GOOD[NEED].decode().encode("utf-16")})),
    "csv_delimiter": Case("read", lambda: {NEED: table(NEED).text(";").encode()}),
    "csv_rows_whole": Case("read", fixed({NEED: GOOD[NEED] + b"one cell\n"})),
    "columns_known": Case(
        "read", lines(NEED, lambda rows: rows.insert(0, rows.pop(0).replace("la_name", "name")))
    ),
    "rows_present": Case("read", lambda: {NEED: GOOD[NEED].splitlines(keepends=True)[HEADER]}),
    "geographic_level": Case("read", edited(NEED, CEDARHAM, geographic_level="Parish")),
    "time_period": Case("read", edited(NEED, CEDARHAM, time_period="202425")),
    "years_consecutive": Case("read", edited(ABSENCE, CEDARHAM_AT_SCHOOL, time_period="202426")),
    "authority_known": Case("read", edited(NEED, CEDARHAM, old_la_code="999")),
    "filter_filled": Case("read", edited(NEED, CEDARHAM, category="All ")),
    "number_or_symbol": Case("read", edited(NEED, CEDARHAM, again="many")),
    "key_unique": Case("read", lines(NEED, lambda rows: rows.append(rows[FIRST]))),
    "periods_whole": Case("read", without_row(NEED, CEDARHAM)),
    "comparators_present": Case("read", without_row(NEED, REGIONAL)),
    "gss_code_known": Case("read", edited(NEED, CEDARHAM, new_la_code="T06000099")),
    "name_known": Case("read", edited(NEED, REGIONAL, region_name="North country")),
    "area_columns": Case("read", edited(NEED, CEDARHAM, region_name="")),
    "region_agrees": Case(
        "read", edited(NEED, CEDARHAM, region_code="T12000002", region_name="Southland")
    ),
    "figure_filled": Case("read", edited(NEED, CEDARHAM, again="")),
    "symbol_current": Case("read", edited(NEED, CEDARHAM, again="~")),
    "total_present": Case("read", phases_without_a_total, lambda: {ABSENCE: phases().bytes()}),
    "parts_and_total": Case("read", phases_with_a_wrong_part, lambda: {ABSENCE: phases().bytes()}),
    "meta_readable": Case("read", need_with_meta("column,type\nagain,Indicator\n")),
    "meta_columns": Case("read", need_with_meta(meta(again=""))),
    "meta_kinds": Case("read", need_with_meta(meta(again="Filter"))),
    "selection_found": Case("load", edited(NEED, CEDARHAM, category="Some")),
    "file_unique": Case("load", lambda: {"copy/" + NEED: revised("2025")()[NEED]}),
    "file_repeated": Case("load", fixed({"copy/" + NEED: GOOD[NEED]})),
    "older_edition": Case("load", older_need),
    "file_absent": Case("load", dict, without=frozenset({ABSENCE})),
    "file_not_used": Case("load", fixed({"notes.txt": b"to do"})),
    "joint_return": Case("load", joint_in_need),
    "measure_described": Case(
        "load", long_with(lambda rows: rows.append(["New", "2024", "Ashby", "1", 701.0]))
    ),
    "measure_discontinued": Case("load", dictionary_with("Absent", Table_status="Discontinued")),
    "year_readable": Case(
        "load", long_with(lambda rows: rows.append(["Absent", "soon", "Ashby", "1", 701.0]))
    ),
    "unit_known": Case("load", dictionary_with("Span", y_axis_name="Bushels")),
    "term_known": Case("load", dictionary_with("Span", Polarity="Sideways")),
    "outside_lifetime": Case(
        "load",
        long_with(
            lambda rows: next(
                row for row in rows if row[:2] == ["Absent%", "2024"] and row[4] == 713.0
            ).__setitem__(3, "5")
        ),
    ),
    "dictionary_agrees": Case("load", dictionary_with("Spend", dps="2")),
    "neighbour_known": Case("load", neighbours_with(2, 999)),
    "neighbours_sound": Case("load", neighbours_with(2, 701)),
    "value_possible": Case("load", edited(NEED, CEDARHAM, again_percent="101.5")),
    "value_in_range": Case("load", edited(ABSENCE, CEDARHAM_AT_SCHOOL, absence_percent="101.5")),
    "numerator_within": Case("load", edited(NEED, CEDARHAM, again="9999")),
    "rate_recomputed": Case("release", edited(NEED, CEDARHAM, again_percent="55.5")),
    "region_and_authorities": Case("release", additive(extra=50), additive()),
    "history_jump": Case("release", steady(latest=4_000), steady()),
    "coverage_fallen": Case("release", suppressed_in_the_last_year),
    "authority_missing": Case("release", lines(NEED, leave_out("713"))),
    "authority_extra": Case("release", row_of_an_authority_that_was_not_there),
    "file_carried": Case("next_release", dict, without=frozenset({CARE})),
    "closed_year_changed": Case("next_release", revised("2024")),
}
"""By the id of the only check that the bad files fail and the good ones do not."""
