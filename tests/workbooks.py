"""Hand-made workbooks and downloads of the small invented country: inspection outcomes, revenue
outturn, Fingertips. Figures follow formulas, so that a test can say what any cell holds.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from ingest.authorities import Reference
from ingest.catalogue import Catalogue, load_catalogue
from ingest.load import read_file
from ingest.tables import PublishedFile, RawTable
from tests import builders
from tests.builders import COUNTRY, PLACE, PLACES, REGIONS

Cell = str | int | float | date
Sheets = dict[str, list[list[Cell]]]

OUTCOMES = "outcomes_as_at_31_March_2025.ods"
SUMMARY, DETAIL = "RSX_2024-25.ods", "RO3_2024-25.ods"
FINGERTIPS = "fingertips_injuries.csv"
LATEST, HISTORY, VISITS = "Judgements", "ILACS_inspection_history", "In-year_inspections"
NOW_THERE = tuple(place for place in PLACES if not place.last)

SOURCES_TOML = f"""\
{builders.SOURCES_TOML}
[[file]]
name = "outcomes_as_at_*.*"
source = "care_statistics"
kind = "ofsted_outcomes"
sheet = "{LATEST}"

[[file]]
name = "RSX_*.*"
source = "care_statistics"
kind = "mhclg_outturn"
sheet = "RSX_LA_Data_*"
filters = ["basis"]

[[file]]
name = "RO3_*.*"
source = "care_statistics"
kind = "mhclg_outturn"
sheet = "RO3_LA_Data_*"
filters = ["basis"]

[[file]]
name = "fingertips_*.csv"
source = "care_statistics"
kind = "fingertips"
filters = ["Indicator ID", "Sex", "Age", "Category Type", "Category"]
omits = ["724"]
"""

CHILDREN = "Children Social Care - Total Expenditure (C3 = C1 + C2)"
ALL_SERVICES = "Total Service Expenditure - Total Expenditure (C3 = C1 + C2)"
ADULTS = "Adult Social Care - Total Expenditure (C3 = C1 + C2)"
ALL_CHILDREN = "TOTAL CHILDREN SOCIAL CARE - Total Expenditure (C3 = C1 + C2)"
LOOKED_AFTER = "Children's social care - Children Looked After - Total Expenditure (C3 = C1 + C2)"

INDICATORS_TOML = f"""\
{builders.INDICATORS_TOML}
[[indicator]]
id = "overall"
title = "Overall effectiveness"
domain = "Inspection"
file = "outcomes_as_at_*.*"
value = "Overall effectiveness"
unit = "grade"
polarity = "low"
decimals = 0
timing = "snapshot"
definition = "The latest judgement."
headline = true

[[indicator]]
id = "leavers"
title = "Care leavers"
domain = "Inspection"
file = "outcomes_as_at_*.*"
value = "The experiences and progress of care leavers"
unit = "grade"
polarity = "low"
decimals = 0
timing = "snapshot"
definition = "The latest judgement on care leavers."
headline = true

[[indicator]]
id = "share_of_spend"
title = "Share of spending"
domain = "Spending"
file = "RSX_*.*"
where = {{ basis = "return" }}
numerator = "{CHILDREN}"
denominator = "{ALL_SERVICES}"
unit = "percent"
polarity = "none"
decimals = 1
definition = "Children's social care as a share of all spending."

[[indicator]]
id = "spend_per_child"
title = "Spending per child"
domain = "Spending"
file = "RSX_*.*"
numerator = "{CHILDREN}"
denominator = "population_estimate"
denominator_file = "population_*.csv"
denominator_years_before = 1
scale = 1000
unit = "gbp"
polarity = "none"
decimals = 0
definition = "Pounds for each child."

[[indicator]]
id = "not_on_care"
title = "Spending not on children looked after"
domain = "Spending"
file = "RO3_*.*"
numerator = "{ALL_CHILDREN}"
numerator_less = "{LOOKED_AFTER}"
denominator = "{ALL_CHILDREN}"
unit = "percent"
polarity = "none"
decimals = 1
definition = "The share of spending that is not on children looked after."

[[indicator]]
id = "injuries"
title = "Injuries"
domain = "Health"
file = "fingertips_*.csv"
where = {{ "Indicator ID" = "90284", Sex = "Persons", Age = "<15 yrs", "Category Type" = "", Category = "" }}
value = "Value"
numerator = "Count"
denominator = "Denominator"
unit = "per_10000"
polarity = "low"
decimals = 1
definition = "Admissions for injuries."
"""  # noqa: E501


def open_catalogue(directory: Path) -> Catalogue:
    """The invented country's catalogue with its workbooks and its download."""
    written = builders.write_catalogue(directory, SOURCES_TOML, all=INDICATORS_TOML)
    return load_catalogue(written)


def read(data: bytes, name: str, catalogue: Catalogue, reference: Reference) -> RawTable:
    """Read the bytes as a published file of that name."""
    spec = catalogue.file_for(name)
    assert spec is not None, name
    return read_file(PublishedFile(Path(name), spec, data, "0" * 64), catalogue, reference)


# Workbooks as bytes ---------------------------------------------------------------------------


def ods_bytes(sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """Sheets of typed cells as an OpenDocument spreadsheet."""
    document = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        sheet = Table(name=name)
        for row in rows:
            line = TableRow()
            for cell in row:
                line.addElement(_ods_cell(cell))
            sheet.addElement(line)
        document.spreadsheet.addElement(sheet)
    buffer = io.BytesIO()
    document.write(buffer)
    return buffer.getvalue()


def _ods_cell(cell: Cell) -> TableCell:
    if cell == "":
        return TableCell()
    if isinstance(cell, date):
        made = TableCell(valuetype="date", datevalue=cell.isoformat())
    elif isinstance(cell, str):
        made = TableCell(valuetype="string")
    else:
        made = TableCell(valuetype="float", value=cell)
    made.addElement(P(text=str(cell)))
    return made


def xlsx_bytes(sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """The same as an Excel workbook."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC)})
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(i, j, cell, day)
                    elif cell != "":
                        sheet.write(i, j, cell)
    return buffer.getvalue()


# Inspection outcomes --------------------------------------------------------------------------

JUDGEMENTS = (
    "Overall effectiveness",
    "The impact of leaders on social work practice with children and families",
    "The experiences and progress of children who need help and protection",
    "The experiences and progress of children in care",
    "The experiences and progress of care leavers",
)
GRADES = ("Outstanding", "Good", "Requires improvement to be good", "Inadequate")
HEADER = 3
"""The header's row number in every sheet of the outcomes."""


def grade_of(code: str) -> int:
    """The overall grade of an authority, 1 to 4."""
    return int(code) % 4 + 1


def inspected_on(code: str) -> date:
    """The day of its last inspection: before 2023 for one in three, who have no grade for care
    leavers."""
    return date(2022 if int(code) % 3 == 0 else 2024, 5, 1 + int(code) % 20)


def judgements_of(code: str) -> list[Cell]:
    """The five judgements of an authority's last inspection."""
    first = grade_of(code) - 1
    words = [GRADES[(first + (1 if place == 3 else 0)) % 4] for place in range(5)]
    return [*words[:4], words[4] if inspected_on(code).year > 2022 else ""]


def outcome_sheets() -> Sheets:
    """The latest judgements of the authorities that there are, their history, and three visits."""
    head: list[Cell] = ["Web link", "Local authority area code", "Local authority name"]
    latest: list[list[Cell]] = [
        ["Local authority inspection judgements as at 31 March 2025"],
        ["This worksheet contains one table."],
        [*head, "Ofsted region", "Inspection date", "Publication date", *JUDGEMENTS],
    ]
    history: list[list[Cell]] = [
        ["ILACS inspection history from 2018-2025"],
        ["This worksheet contains one table."],
        [*head, "Local authority status", "Ofsted region", "Inspection date", "Publication date",
         "Inspection type", *JUDGEMENTS],
    ]  # fmt: skip
    for place in PLACES:
        gone = bool(place.last)
        day = date(2019, 6, 3) if gone else inspected_on(place.code)
        out = day.replace(month=7)
        grades = [*judgements_of(place.code)[:4], ""] if gone else judgements_of(place.code)
        who: list[Cell] = ["Webpage", place.gss, place.name]
        status = "No longer exists" if gone else "Current"
        if place.code == "701":
            history.append([*who, status, "North", date(2018, 9, 3), date(2018, 10, 1),
                            "ILACS Standard Inspection", *[GRADES[3]] * 4, ""])  # fmt: skip
        history.append([*who, status, "North", day, out, "ILACS Short Inspection", *grades])
        if not gone:
            latest.append([*who, "North", day, out, *grades])
    day = inspected_on("701")
    visits: list[list[Cell]] = [
        ["Local authority in-year inspection activity 2024-25"],
        ["This worksheet contains one table."],
        [*head, "Region", "Inspection/Visit date", "Publication date", "Inspection/Visit type",
         *JUDGEMENTS, "Visit Theme"],
        ["Webpage", "T06000001", "Ashby", "North", day, day.replace(month=7),
         "ILACS Short Inspection", *judgements_of("701"), ""],
        ["Webpage", "T06000002", "Birch and Holt", "North", date(2024, 9, 3), date(2024, 10, 1),
         "ILACS Focused Visit", "", "", "", "", "", "Care leavers"],
        ["Webpage", "T06000003", "Cedarham", "North", date(2025, 1, 14), date(2025, 2, 11),
         "LA Monitoring visit", "", "", "", "", "", "Front door"],
    ]  # fmt: skip
    return {LATEST: latest, VISITS: visits, HISTORY: history}


# Revenue outturn ------------------------------------------------------------------------------

OUTTURN_HEADER = 7
"""The header's row number in a data sheet."""
OUTTURN_KEYS: tuple[Cell, ...] = (
    "E-code", "ONS Code", "Local authority", "Notes", "Class", "Detailed Class", "Certification",
)  # fmt: skip
NO_RETURN = "704"
"""The authority whose return came too late."""
CLASS_OF_REGION = {"T12000001": "UA", "T12000002": "MD", "T13000001": "LB", "T13000002": "SC"}


def spent(code: str) -> dict[str, float]:
    """What an authority spent, in thousands of pounds, by column of both sheets."""
    children = 1_000.0 + int(code)
    return {
        CHILDREN: children,
        ADULTS: 2.5 * children,
        ALL_SERVICES: 8_000.0 + int(code),
        LOOKED_AFTER: children / 2 + 10,
        ALL_CHILDREN: children,
    }


def country_spent(column: str) -> float:
    """The publisher's total, with an estimate for the authority without a return and something of
    bodies that are not authorities."""
    return sum(spent(place.code)[column] for place in NOW_THERE) + 50.0


def outturn_sheets(form: str = "RSX") -> Sheets:
    """One data sheet, with a district, a police force, the country, totals and a hidden row."""
    columns = [CHILDREN, ADULTS, ALL_SERVICES] if form == "RSX" else [LOOKED_AFTER, ALL_CHILDREN]
    rows: list[list[Cell]] = [
        [f"Worksheet 2: Revenue Outturn (RO) 2024-25: ({form}) data"],
        *([f"Note {number}"] for number in range(2, OUTTURN_HEADER)),
        [*OUTTURN_KEYS, *columns],
        ["E1", "T07000001", "Little Ashby", "", "SD", "SD", "Y", *[1.5] * len(columns)],
    ]
    for place in NOW_THERE:
        kind = CLASS_OF_REGION[place.region]
        figures: list[Cell] = [spent(place.code)[column] for column in columns]
        if place.code == NO_RETURN:
            figures = ["[x]"] * len(columns)
        certified = "[x]" if place.code == NO_RETURN else "Y"
        rows.append([f"E{place.code}", place.gss, place.name, "", kind, kind, certified, *figures])
    rows += [
        ["E9", "T23000001", "Northland Police", "", "O", "Police", "Y", *[7.0] * len(columns)],
        ["Eng", COUNTRY[0], "TESTLAND", "", "Eng", "Eng", "[Y]",
         *(country_spent(column) for column in columns)],
        [*OUTTURN_KEYS, *columns],
        ["[Y]", "T06", "Unitary Authorities", "", "UA", "UA", 4, *[99.0] * len(columns)],
        ["", "", "", "", "", "", "", *(f"{form}-{number}" for number in range(len(columns)))],
    ]  # fmt: skip
    return {"Front_Page": [["About"]], f"{form}_LA_Data_202425": rows}


# Fingertips -----------------------------------------------------------------------------------

FINGERTIPS_COLUMNS = (
    "Indicator ID", "Indicator Name", "Parent Code", "Parent Name", "Area Code", "Area Name",
    "Area Type", "Sex", "Age", "Category Type", "Category", "Time period", "Value",
    "Lower CI 95.0 limit", "Upper CI 95.0 limit", "Lower CI 99.8 limit", "Upper CI 99.8 limit",
    "Count", "Denominator", "Value note", "Recent Trend",
    "Compared to England value or percentiles", "Compared to percentiles", "Time period Sortable",
    "New data", "Compared to goal", "Time period range",
)  # fmt: skip
COUNTIES = "Counties & UAs (from Apr 2023)"


def admissions(code: str, year: int) -> int:
    """Admissions in the financial year that ends in that year."""
    return 100 + sum(map(int, code[-3:])) * 5 + year - 2020


def fingertips_row(
    code: str, name: str, kind: str, year: int, *, sex: str = "Persons", deprivation: str = ""
) -> builders.Row:
    """One row of the download."""
    count = admissions(code, year) // (1 if sex == "Persons" else 2)
    return dict.fromkeys(FINGERTIPS_COLUMNS, "") | {
        "Indicator ID": "90284",
        "Indicator Name": "Hospital admissions caused by injuries in children (0 to 14 years)",
        "Area Code": code,
        "Area Name": name,
        "Area Type": kind,
        "Sex": sex,
        "Age": "<15 yrs",
        "Category Type": "Deprivation deciles" if deprivation else "",
        "Category": deprivation,
        "Time period": f"{year - 1}/{year % 100:02d}",
        "Value": repr(count / 2),
        "Lower CI 95.0 limit": repr(count / 2 - 1),
        "Upper CI 95.0 limit": repr(count / 2 + 1),
        "Count": str(count),
        "Denominator": "20000",
        "Time period Sortable": f"{year - 1}0000",
        "Time period range": "1y",
    }


def fingertips_table(years: Sequence[int] = (2024, 2025)) -> builders.Table:
    """The download: the country whole and in deciles, regions, authorities, by sex; districts."""
    rows = []
    for year in years:
        for sex in ("Persons", "Male", "Female"):
            rows.append(fingertips_row(*COUNTRY, "England", year, sex=sex))
            rows += [
                fingertips_row(code, name, "Regions (statistical)", year, sex=sex)
                for code, name in REGIONS.items()
                if not code.startswith("T13")
            ]
            rows += [
                fingertips_row(place.gss, place.name, COUNTIES, year, sex=sex)
                for place in NOW_THERE
                if place.code != "724"
            ]
        rows += [
            fingertips_row(*COUNTRY, "England", year, deprivation=decile)
            for decile in ("Most deprived decile", "Least deprived decile")
        ]
        rows.append(
            fingertips_row("T07000001", "Little Ashby", "Districts & UAs (from Apr 2023)", year)
        )
    return builders.Table(list(FINGERTIPS_COLUMNS), rows)


def gss(code: str) -> str:
    """The GSS code of an authority."""
    return PLACE[code].gss
