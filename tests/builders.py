"""A small invented country and its hand-made files, for tests.

Twelve authorities with one of everything that makes real files hard: a reorganised authority, a
joint return, a region in two parts, a changed code, padding, symbols. Figures follow a formula, so
a test can say what any cell holds without reading it back.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

STANDARD = (
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "old_la_code",
    "new_la_code",
    "la_name",
)
COUNTRY = ("T92000001", "Testland")
REGIONS = {
    "T12000001": "Northland",
    "T12000002": "Southland",
    "T12000007": "Capital",
    "T13000001": "Inner Capital",
    "T13000002": "Outer Capital",
}
LAIT_NUMBER_OF_REGION = {
    "T92000001": "970",
    "T12000001": "980",
    "T12000002": "981",
    "T12000007": "986",
    "T13000001": "987",
    "T13000002": "988",
}


@dataclass(frozen=True)
class Place:
    """An invented authority: `region` is the code that files put on its rows."""

    code: str
    name: str
    region: str
    gss: str
    first: str = ""
    last: str = ""
    successors: str = ""


PLACES = (
    Place("701", "Ashby", "T12000001", "T06000001"),
    Place("702", "Birch and Holt", "T12000001", "T06000002"),
    Place("703", "Cedarham", "T12000001", "T06000003"),
    Place("704", "St. Dunstan", "T12000001", "T06000004"),
    Place("711", "Elmstead", "T12000002", "T06000011"),
    Place("712", "Fernley", "T12000002", "T06000012"),
    Place("713", "Gorse", "T12000002", "T10000013", last="2023-03-31", successors="715 716"),
    Place("714", "Hazel", "T12000002", "T06000044"),
    Place("715", "East Gorse", "T12000002", "T06000015", first="2023-04-01"),
    Place("716", "West Gorse", "T12000002", "T06000016", first="2023-04-01"),
    Place("721", "Ivybridge", "T13000001", "T09000021"),
    Place("722", "Juniper", "T13000001", "T09000022"),
    Place("723", "Kelton", "T13000002", "T09000023"),
    Place("724", "Larch", "T13000002", "T09000024"),
)
PLACE = {place.code: place for place in PLACES}
JOINT = ("711", "712")
JOINT_CODE = "711 / 712"


def capital_part(code: str) -> str:
    """The part of the capital that an authority lies in, or nothing."""
    region = PLACE[code].region
    return region if region.startswith("T13") else ""


def region_of(code: str) -> str:
    """The whole region of an authority: parts of the capital belong to the capital."""
    return "T12000007" if capital_part(code) else PLACE[code].region


def exists_in(place: Place, year: int) -> bool:
    """True where the authority makes a return for the year ending in March of that year."""
    return not (place.last and year > 2023) and not (place.first and year < 2024)


# Reference tables -----------------------------------------------------------------------------

AUTHORITIES_CSV = (
    "area_code,name,region_code,subregion_code,authority_type,valid_from,valid_to,successor_codes\n"
    + "".join(
        f"{p.code},{p.name},{region_of(p.code)},{capital_part(p.code)},unitary authority,"
        f"{p.first},{p.last},{p.successors}\n"
        for p in PLACES
    )
)
PARENT = {"T13000001": "T12000007", "T13000002": "T12000007"}
REGIONS_CSV = (
    "area_code,area_level,name,lait_number,parent_code\nT92000001,england,Testland,970,\n"
    + "".join(
        f"{code},region,{name},{LAIT_NUMBER_OF_REGION[code]},{PARENT.get(code, '')}\n"
        for code, name in REGIONS.items()
    )
)
GSS_CSV = (
    "area_code,gss_code,valid_from,valid_to,note\n"
    + "".join(f"{p.code},{p.gss},,,\n" for p in PLACES)
    + "714,T10000014,,2022-03-31,the code before Hazel became one authority\n"
)
NAMES_CSV = "area_code,name\n702,Birch (with Holt)\n"


def write_reference(directory: Path) -> Path:
    """Write the four reference tables of the invented country."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "authorities.csv": AUTHORITIES_CSV,
        "regions.csv": REGIONS_CSV,
        "gss_codes.csv": GSS_CSV,
        "names.csv": NAMES_CSV,
    }.items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory


# Catalogue ------------------------------------------------------------------------------------

SOURCES_TOML = """\
[[source]]
id = "care_statistics"
publisher = "Ministry of Testing"
publication = "Care statistics"
homepage = "https://example.org/care"
licence = "Open Government Licence v3.0"
cadence = "annual"

[[source]]
id = "tool"
publisher = "Ministry of Testing"
publication = "Comparison tool"
homepage = "https://example.org/tool"
licence = "Open Government Licence v3.0"
cadence = "annual"

[[file]]
name = "need_*.csv"
source = "care_statistics"
kind = "ees"
filters = ["category"]
year_ends = "03-31"

[[file]]
name = "population_*.csv"
source = "care_statistics"
kind = "ees"
filters = ["age_group"]
year_ends = "06-30"

[[file]]
name = "care.csv"
source = "care_statistics"
kind = "ees"
filters = ["cla_group", "stability"]
year_ends = "03-31"

[[file]]
name = "absence.csv"
source = "care_statistics"
kind = "ees"
filters = ["phase"]

[[file]]
name = "workforce_*.csv"
source = "care_statistics"
kind = "ees"
filters = []
year_ends = "09-30"

[[file]]
name = "tool_long.parquet"
source = "tool"
kind = "lait_data"

[[file]]
name = "tool_dictionary.csv"
source = "tool"
kind = "lait_dictionary"

[[file]]
name = "tool_codes.xlsx"
source = "tool"
kind = "lait_authorities"

[[file]]
name = "near_2021.xlsx"
source = "tool"
kind = "neighbours"
model = "2021"

[[file]]
name = "near_2025.xlsx"
source = "tool"
kind = "neighbours"
model = "2025"
"""

INDICATORS_TOML = """\
[[indicator]]
id = "need_rate"
title = "Children in need per 10,000 children"
domain = "Need"
file = "need_*.csv"
where = { category = "All" }
numerator = "open_cases"
denominator = "population_estimate"
denominator_file = "population_*.csv"
denominator_years_before = 1
unit = "per_10000"
polarity = "none"
decimals = 1
interval = "byar"
timing = "snapshot"
definition = "Children in need on 31 March, per 10,000 children."
headline = true

[[indicator]]
id = "rereferral_pct"
title = "Re-referrals"
domain = "Need"
file = "need_*.csv"
where = { category = "All" }
value = "again_percent"
numerator = "again"
denominator = "referrals"
unit = "percent"
polarity = "low"
decimals = 0
interval = "wilson"
definition = "Referrals within a year of another, as a share of all."
headline = true

[[indicator]]
id = "stable_pct"
title = "Children looked after with a stable home"
domain = "Care"
file = "care.csv"
where = { cla_group = "All", stability = "Stable" }
value = "percentage"
numerator = "number"
denominator = "number"
denominator_where = { stability = "Total children" }
unit = "percent"
polarity = "high"
decimals = 0
interval = "wilson"
definition = "Children who live where they lived two years ago."
headline = true

[[indicator]]
id = "absence_pct"
title = "Absence"
domain = "Attendance"
file = "absence.csv"
where = { phase = "Total" }
value = "absence_percent"
numerator = "missed"
denominator = "possible"
unit = "percent"
polarity = "low"
decimals = 1
definition = "Sessions missed as a share of those possible."
headline = true

[[indicator]]
id = "vacancy_pct"
title = "Vacancies"
domain = "Workforce"
file = "workforce_*.csv"
value = "vacancy_rate"
numerator = "vacancies"
denominator = ["inpost", "vacancies"]
unit = "percent"
polarity = "low"
decimals = 1
timing = "snapshot"
definition = "Vacant posts as a share of all posts."
"""


def write_catalogue(directory: Path, sources: str = SOURCES_TOML, **indicator_files: str) -> Path:
    """Write a catalogue; `indicator_files` are file stems and their TOML (by default, ours)."""
    (directory / "indicators").mkdir(parents=True, exist_ok=True)
    (directory / "sources.toml").write_text(sources, encoding="utf-8")
    for stem, text in (indicator_files or {"all": INDICATORS_TOML}).items():
        (directory / "indicators" / f"{stem}.toml").write_text(text, encoding="utf-8")
    return directory


# EES files ------------------------------------------------------------------------------------

Row = dict[str, str]


@dataclass
class Table:
    """A CSV file in the making: columns in file order, rows of text."""

    columns: list[str]
    rows: list[Row] = field(default_factory=list)

    def text(self, delimiter: str = ",", line_end: str = "\n") -> str:
        """The file's text; a cell is quoted only where it must be."""
        lines = [self.columns, *([row[name] for name in self.columns] for row in self.rows)]
        return "".join(
            delimiter.join(_quote(cell, delimiter) for cell in cells) + line_end for cells in lines
        )

    def bytes(self) -> bytes:
        """The file as it is on disk."""
        return self.text().encode("utf-8")

    def find(self, **cells: str) -> list[Row]:
        """The rows that have all of these cells."""
        return [row for row in self.rows if all(row[k] == v for k, v in cells.items())]

    def row_number(self, row: Row) -> int:
        """The number of a row as a spreadsheet shows it."""
        return next(i for i, other in enumerate(self.rows, start=2) if other is row)


def _quote(cell: str, delimiter: str) -> str:
    if any(mark in cell for mark in (delimiter, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def area_cells(level: str, code: str) -> Row:
    """The geographic cells of a row; `code` may be that of a joint return."""
    row = dict.fromkeys(STANDARD[2:], "")
    row |= {"geographic_level": level, "country_code": COUNTRY[0], "country_name": COUNTRY[1]}
    if level == "Regional":
        row |= {"region_code": code, "region_name": REGIONS[code]}
    if level == "Local authority":
        parts = [PLACE[part] for part in code.split(" / ")]
        region = parts[0].region
        row |= {"region_code": region, "region_name": REGIONS[region], "old_la_code": code}
        row |= {"new_la_code": " / ".join(p.gss for p in parts)}
        row |= {"la_name": " / ".join(p.name for p in parts)}
    return row


def areas_in(year: int, *, joint: bool = False, padded: bool = False) -> list[tuple[str, str]]:
    """(level, published code) of every row that a file has for a year, in the publishers' order."""
    codes = [p.code for p in PLACES if padded or exists_in(p, year)]
    if joint:
        codes = [JOINT_CODE if code == JOINT[0] else code for code in codes if code != JOINT[1]]
    return [
        ("National", COUNTRY[0]),
        *(("Regional", code) for code in REGIONS),
        *(("Local authority", code) for code in codes),
    ]


Figures = Callable[[str, str, int, Row], Row]


def ees_table(
    years: Iterable[int],
    filters: Sequence[Row],
    figures: Figures,
    *,
    academic: bool = False,
    joint: bool = False,
    padded: bool = False,
) -> Table:
    """A file with a row for each year, area and filter combination, newest year first.

    `figures(level, code, year, filter cells)` gives the other cells of a row.
    """
    rows = []
    for year in sorted(years, reverse=True):
        time = {"time_period": str(year), "time_identifier": "Reporting year"}
        if academic:
            time = {
                "time_period": f"{year - 1}{year % 100:02d}",
                "time_identifier": "Academic year",
            }
        for level, code in areas_in(year, joint=joint, padded=padded):
            for cells in filters:
                rows.append(
                    time | area_cells(level, code) | cells | figures(level, code, year, cells)
                )
    return Table(list(rows[0]), rows)


def seed(level: str, code: str, year: int) -> int:
    """A number between 0 and 96 that differs from area to area and moves from year to year."""
    return (
        int(code[:3] if level == "Local authority" else code[-3:]) * 31 + (year % 100) * 17
    ) % 97


def size(level: str) -> int:
    """How many times as large an area of that level is as an authority."""
    return {"National": 12, "Regional": 4, "Local authority": 1}[level]


def _need(level: str, code: str, year: int, _: Row) -> Row:
    s, k = seed(level, code, year), size(level)
    referrals, again = (400 + 3 * s) * k, (40 + s) * k
    return {
        "open_cases": str((150 + 2 * s) * k),
        "referrals": str(referrals),
        "again": str(again),
        "again_percent": f"{100 * again / referrals:.1f}",
    }


def _population(level: str, code: str, year: int, _: Row) -> Row:
    return {"population_estimate": str((9_000 + 50 * seed(level, code, year)) * size(level))}


def _care(level: str, code: str, year: int, cells: Row) -> Row:
    if level == "Local authority" and not exists_in(PLACE[code], year):
        return {"number": "z", "percentage": "z"}
    s, k = seed(level, code, year), size(level)
    total, stable = (110 + s) * k, (60 + s // 2) * k
    if cells["stability"] == "Total children":
        return {"number": str(total), "percentage": "100"}
    if code == "704":
        return {"number": "c", "percentage": "c"}
    return {"number": str(stable), "percentage": f"{100 * stable / total:.0f}"}


def _absence(level: str, code: str, year: int, _: Row) -> Row:
    if year == 2023:
        return {"missed": "x", "possible": "x", "absence_percent": "x"}
    s, k = seed(level, code, year), size(level)
    missed, possible = (900 + 10 * s) * k, 20_000 * k
    return {
        "missed": str(missed),
        "possible": str(possible),
        "absence_percent": f"{100 * missed / possible:.1f}",
    }


def _workforce(level: str, code: str, year: int, _: Row) -> Row:
    s, k = seed(level, code, year), size(level)
    inpost, vacancies = (120 + s) * k + 0.5, (10 + s / 4) * k
    return {
        "inpost": f"{inpost:.1f}",
        "vacancies": f"{vacancies:.2f}",
        "vacancy_rate": f"{100 * vacancies / (inpost + vacancies):.1f}",
    }


NEED, POPULATION = "need_2022_to_2025.csv", "population_2021_to_2024.csv"
CARE, ABSENCE, WORKFORCE = "care.csv", "absence.csv", "workforce_2023_to_2025.csv"
EES_FILES = (NEED, POPULATION, CARE, ABSENCE, WORKFORCE)


def ees_files() -> dict[str, Table]:
    """The five EES files of the invented country."""
    care_filters = [
        {"cla_group": "All", "stability": "Stable"},
        {"cla_group": "All", "stability": "Total children"},
    ]
    return {
        NEED: ees_table(range(2022, 2026), [{"category": "All"}], _need),
        POPULATION: ees_table(range(2021, 2025), [{"age_group": "0 to 17"}], _population),
        CARE: ees_table(range(2023, 2026), care_filters, _care, padded=True),
        ABSENCE: ees_table(range(2022, 2026), [{"phase": "Total"}], _absence, academic=True),
        WORKFORCE: ees_table(range(2023, 2026), [{}], _workforce, joint=True),
    }


# The comparison tool's files ------------------------------------------------------------------

DICTIONARY_COLUMNS = (
    "Measure_code", "Topic", "Measure", "Measure_short", "Polarity", "y_axis_name",
    "Table_status", "Description", "Last Update", "Next Update", "Methodology", "dps",
    "Year_Type", "No_Quartile",
)  # fmt: skip


def dictionary_row(short: str, **cells: str) -> Row:
    """A row of the dictionary, with what most measures have."""
    row = dict.fromkeys(DICTIONARY_COLUMNS, "NA") | {
        "Measure_code": f"{short} code",
        "Topic": "Context",
        "Measure": f"Title of {short}",
        "Measure_short": short,
        "Polarity": "-",
        "y_axis_name": "% of children",
        "Description": f"What {short} is,\nin two lines.",
        "Next Update": "45992",
        "Methodology": "Counted by hand.",
        "Year_Type": "Financial Year",
    }
    return row | cells


def dictionary_table() -> Table:
    """Five measures: two of a pair told apart by a % sign, one in two topics, one discontinued."""
    rows = [
        dictionary_row("Absent", Polarity="Low", dps="0", Year_Type="Academic Year"),
        dictionary_row("Absent%", Polarity="high ", **{"Next Update": "TBC"}),
        dictionary_row("Spend", y_axis_name="Unit cost", No_Quartile="N", Topic="Money"),
        dictionary_row("Spend", y_axis_name="Unit cost", No_Quartile="N", Topic="Children"),
        dictionary_row("Span", y_axis_name="Rate per 10,000", Year_Type="Calendar Year"),
        dictionary_row("Gone", Table_status="DISContinued"),
    ]
    return Table(list(DICTIONARY_COLUMNS), rows)


LONG_YEARS = {
    "Absent": ("2023 (Rev)", "2024", "2025 (prov)"),
    "Absent%": ("2023", "2024"),
    "Spend": ("2022-23 (OT)", "2023-24", "0"),
    "Span": ("2019-21", "2020/21-22/23"),
    "Gone": ("2024",),
}


def long_frame() -> pd.DataFrame:
    """The tool's long data set: every area, every measure, “-” for what is missing."""
    records = []
    numbers = [(p.code, p.name) for p in PLACES] + [
        (LAIT_NUMBER_OF_REGION[code], name) for code, name in [COUNTRY, *REGIONS.items()]
    ]
    for measure, years in LONG_YEARS.items():
        for i, year in enumerate(years):
            for number, name in numbers:
                missing = year == "0" or number == "713" or (measure == "Spend" and number == "702")
                value = "-" if missing else f"{(int(number) * 13 + i * 29) % 83 + i / 4:g}"
                records.append((measure, year, name, value, float(number)))
    columns = ["Short Desc", "Years", "LA and Regions", "Values", "LA Number"]
    return pd.DataFrame(records, columns=columns)


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as Parquet."""
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), buffer)
    return buffer.getvalue()


Cell = str | int | float


def workbook_bytes(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Rows of cells as the first sheet of a workbook."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC)})
        sheet = workbook.add_worksheet()
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                sheet.write(i, j, cell)
    return buffer.getvalue()


def code_rows() -> list[list[Cell]]:
    """The tool's list of areas."""
    rows: list[list[Cell]] = [["LA Number", "LA Name", "Region", "Type"]]
    rows += [[int(p.code), p.name, REGIONS[p.region], "Unitary"] for p in PLACES]
    rows.append([999, "Nowhere (Discontinued)", "Northland", "Unitary"])
    return rows


def neighbours_of(code: str, model: str) -> list[str]:
    """The ten neighbours of an authority: the others in turn, from another start in each model."""
    others = [p.code for p in PLACES if p.code != code and not p.last]
    start = (int(code) + int(model)) % len(others)
    return [others[(start + i) % len(others)] for i in range(10)]


CLOSENESS = ("Extremely close", "Very close", "Close", "Somewhat close", "not close")


def neighbour_rows(model: str) -> list[list[Cell]]:
    """A neighbour workbook: a row of the tool's own numbers, a header, a row for each authority."""
    header: list[Cell] = ["LA num", "LA Name"]
    for i in range(1, 11):
        header += [f"SN{i}", f"SNP{i}"]
    rows: list[list[Cell]] = [list(range(1, len(header) + 1)), header]
    for place in PLACES:
        if place.last or (model == "2021" and place.first):
            continue
        row: list[Cell] = [int(place.code), place.name]
        for i, code in enumerate(neighbours_of(place.code, model)):
            row += [int(code), CLOSENESS[i // 2]]
        rows.append(row)
    return rows


LONG, DICTIONARY, CODES = "tool_long.parquet", "tool_dictionary.csv", "tool_codes.xlsx"
NEAR_2021, NEAR_2025 = "near_2021.xlsx", "near_2025.xlsx"


def all_files() -> dict[str, bytes]:
    """Every file of the invented country's publishers, by name."""
    return {name: table.bytes() for name, table in ees_files().items()} | {
        LONG: parquet_bytes(long_frame()),
        DICTIONARY: dictionary_table().bytes(),
        CODES: workbook_bytes(code_rows()),
        NEAR_2021: workbook_bytes(neighbour_rows("2021")),
        NEAR_2025: workbook_bytes(neighbour_rows("2025")),
    }


def write_files(directory: Path, files: dict[str, bytes]) -> Path:
    """Write files into a folder (names may hold sub-folders)."""
    for name, data in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return directory
