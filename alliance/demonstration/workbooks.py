"""The demonstration's workbooks: inspection judgements and revenue outturn, laid out as published.

Invented, and from the same simulation as the tables: a judgement follows the quality of practice
of its year, spending follows how many children are looked after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import xlsxwriter

from alliance.demonstration.country import Authority, Country
from alliance.demonstration.simulation import FIRST_YEAR, Floats, Levels, Simulation

MADE_ON = datetime(2025, 9, 25, tzinfo=UTC)
YEAR = 2025
"""The year in which the judgements' day, 31 March, and the financial year's end lie."""
SHEET_LIMIT = 31
"""Characters that Excel allows in a sheet's name."""

OUTCOMES_FILE = f"LA_Inspection_Outcomes_as_at_31_March_{YEAR}.xlsx"
LATEST_SHEET, VISITS_SHEET = "Inspections_as_at_31_March", "In-year_inspections"
HISTORY_SHEET = "ILACS_inspection_history"
LINK = "Ofsted Local Authority Webpage"
JUDGEMENTS = (
    "Overall effectiveness",
    "The impact of leaders on social work practice with children and families",
    "The experiences and progress of children who need help and protection",
    "The experiences and progress of children in care",
    "The experiences and progress of care leavers",
)
GRADES = ("Outstanding", "Good", "Requires improvement to be good", "Inadequate")
CARE_LEAVERS_SINCE = date(2023, 1, 1)
THEMES = ("Front door", "Children in care", "Care leavers", "Achieving permanence")

FIRST_INSPECTIONS = date(2018, 1, 15)
LAST_INSPECTION = date(YEAR, 3, 24)
WEEKS_BETWEEN = (150, 200)
WEEKS_TO_REPORT = (6, 9)
SHORT = "ILACS Short Inspection"
STANDARD = "ILACS Standard Inspection"
VISIT = "ILACS Focused Visit"

CLASSES = {
    "city corporation": ("LB", "London"),
    "inner capital borough": ("LB", "London"),
    "outer capital borough": ("LB", "London"),
    "metropolitan district": ("MD", "MD"),
    "unitary authority": ("UA", "UA"),
    "county": ("SC", "SC"),
}
CLASS_NAMES = {"UA": ("X06", "Unitary Authorities"), "MD": ("X08", "Metropolitan Districts"),
               "LB": ("X09", "London Boroughs"), "SC": ("X10", "Shire Counties")}  # fmt: skip
OUTTURN_KEYS = (
    "E-code", "ONS Code", "Local authority", "Notes", "Class", "Detailed Class", "Certification",
)  # fmt: skip
NOT_RECEIVED = "[x]"
ENDINGS = {
    "exp": "Total Expenditure (C3 = C1 + C2)",
    "inc": "Total Income (C6 = C4 + C5)",
    "net": "Net Current Expenditure (C7 = C3 - C6)",
}
CHILDREN, ADULTS, EDUCATION = "Children Social Care", "Adult Social Care", "Education services"
TOTAL = "Total Service Expenditure"
LOOKED_AFTER = "Children's social care - Children Looked After"
FAMILIES = "Children's social care - Family Support Services"
TOTAL_CHILDREN = "TOTAL CHILDREN SOCIAL CARE"
INCOME_SHARE = 0.08

Cell = str | int | float | date


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspection, or a visit, which has no judgements; `theme` is a visit's."""

    authority: Authority
    begun: date
    published: date
    event: str
    judgements: tuple[str, ...]
    theme: str = ""


def write_workbooks(
    country: Country, levels: Levels, simulation: Simulation, directory: Path
) -> list[Path]:
    """Write the inspection outcomes and the two outturn workbooks; returns their paths."""
    inspector = Inspector(country, simulation)
    treasurer = Treasurer(country, levels, simulation)
    return [
        _write(directory / OUTCOMES_FILE, inspector.sheets()),
        *(_write(directory / name, sheets) for name, sheets in treasurer.workbooks().items()),
    ]


def _write(path: Path, sheets: Mapping[str, Iterable[Sequence[Cell]]]) -> Path:
    with xlsxwriter.Workbook(path, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": MADE_ON.replace(tzinfo=None)})
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name[:SHEET_LIMIT])
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, column, cell, day)
                    elif cell != "":
                        sheet.write(number, column, cell)
    return path


@dataclass(frozen=True)
class Inspector:
    """Inspections of today's authorities since 2018, and of those that were abolished since."""

    country: Country
    simulation: Simulation

    @cached_property
    def inspections(self) -> tuple[Inspection, ...]:
        """Every inspection, in order of authority and day."""
        stream = self.simulation.stream("inspections")
        found = [
            inspection
            for authority in self.country.authorities
            for inspection in self._history(authority, stream)
        ]
        return tuple(sorted(found, key=lambda item: (item.authority.name, item.begun)))

    def _history(self, authority: Authority, stream: np.random.Generator) -> list[Inspection]:
        """Inspections some years apart, while the authority existed."""
        day = FIRST_INSPECTIONS + timedelta(weeks=int(stream.integers(0, WEEKS_BETWEEN[0])))
        begun = max(day, authority.valid_from + timedelta(weeks=40)) if _is_new(authority) else day
        found: list[Inspection] = []
        while begun <= min(LAST_INSPECTION, authority.valid_to):
            found.append(self._inspect(authority, begun, found, stream))
            begun += timedelta(weeks=int(stream.integers(*WEEKS_BETWEEN)))
        return found

    def _inspect(
        self,
        authority: Authority,
        begun: date,
        before: Sequence[Inspection],
        stream: np.random.Generator,
    ) -> Inspection:
        units = self.country.units_of_authority(authority.area_code)
        quality = float(self.simulation.quality[units, begun.year - FIRST_YEAR].mean())
        overall = _grade(quality + 0.35 * stream.standard_normal())
        others = [int(np.clip(overall + step, 0, 3)) for step in stream.choice(
            [-1, 0, 0, 0, 0, 1], size=len(JUDGEMENTS) - 1)]  # fmt: skip
        words = [GRADES[grade] for grade in (overall, *others)]
        if begun < CARE_LEAVERS_SINCE:
            words[-1] = ""
        good = bool(before) and before[-1].judgements[0] in GRADES[:2]
        weeks = int(stream.integers(*WEEKS_TO_REPORT))
        return Inspection(
            authority,
            begun,
            begun + timedelta(weeks=weeks),
            SHORT if good else STANDARD,
            tuple(words),
        )

    @cached_property
    def visits(self) -> tuple[Inspection, ...]:
        """Visits of the last year to authorities that were not inspected in it."""
        stream = self.simulation.stream("visits")
        visited = [unit for unit in self.country.units if stream.random() < 0.25]
        recent = {item.authority.area_code for item in self._of_the_year()}
        return tuple(
            Inspection(
                unit,
                begun := date(YEAR - 1, 5, 7) + timedelta(weeks=int(stream.integers(0, 40))),
                begun + timedelta(weeks=5),
                VISIT,
                ("",) * len(JUDGEMENTS),
                str(stream.choice(THEMES)),
            )
            for unit in visited
            if unit.area_code not in recent
        )

    def _of_the_year(self) -> list[Inspection]:
        return [item for item in self.inspections if item.begun > date(YEAR - 1, 3, 31)]

    def sheets(self) -> dict[str, list[list[Cell]]]:
        """The workbook's three sheets: latest judgements, the year, the history."""
        head = ["Web link", "Local authority area code", "Local authority name"]
        newest = {item.authority.area_code: item for item in self.inspections}
        latest = [item for item in newest.values() if item.authority.valid_to == date.max]
        year = sorted(
            [*self._of_the_year(), *self.visits], key=lambda item: (item.authority.name, item.begun)
        )
        note = "This worksheet contains one table, which begins in cell A3."
        return {
            LATEST_SHEET: [
                [f"Local authority inspection judgements as at 31 March {YEAR}"],
                [note],
                [*head, "Ofsted region", "Inspection date", "Publication date", *JUDGEMENTS],
                *([*self._identity(item), *_dates(item), *item.judgements] for item in latest),
            ],
            VISITS_SHEET: [
                [f"Local authority in-year inspection activity {YEAR - 1}-{YEAR % 100}"],
                [note],
                [*head, "Region", "Inspection/Visit date", "Publication date",
                 "Inspection/Visit type", *JUDGEMENTS, "Visit Theme"],
                *([*self._identity(item), *_dates(item), item.event, *item.judgements, item.theme]
                  for item in year),
            ],
            HISTORY_SHEET: [
                [f"ILACS inspection history from 2018-{YEAR}"],
                [note],
                [*head, "Local authority status", "Ofsted region", "Inspection date",
                 "Publication date", "Inspection type", *JUDGEMENTS],
                *(
                    [*self._identity(item)[:3], _status(item.authority), self._identity(item)[3],
                     *_dates(item), item.event, *item.judgements]
                    for item in self.inspections
                ),
            ],
        }  # fmt: skip

    def _identity(self, item: Inspection) -> list[Cell]:
        authority = item.authority
        code = self.country.newest_gss_code(authority.area_code)
        region = self.country.region_by_code[authority.region_code].name
        return [LINK, code, authority.name, region]


def _is_new(authority: Authority) -> bool:
    return authority.valid_from > FIRST_INSPECTIONS


def _grade(quality: float) -> int:
    """The position of a grade: the better the practice, the better the judgement."""
    cuts = (1.0, -0.35, -1.55)
    return int(sum(quality < cut for cut in cuts))


def _dates(item: Inspection) -> list[Cell]:
    return [item.begun, item.published]


def _status(authority: Authority) -> str:
    return "Current" if authority.valid_to == date.max else "No longer exists"


@dataclass(frozen=True)
class Treasurer:
    """What today's authorities spent in the financial year, in thousands of pounds."""

    country: Country
    levels: Levels
    simulation: Simulation

    @cached_property
    def spending(self) -> dict[str, Floats]:
        """Total expenditure on each service, (authorities,)."""
        year = YEAR - FIRST_YEAR
        children = self.simulation.population[:, year - 1]
        looked_after = self.simulation.looked_after.at_end[:, year]
        placements = looked_after * self.simulation.expected("cost_of_care")[:, year]
        families = children * self.simulation.expected("families_spend")[:, year]
        social_care = placements + families
        share = self.simulation.expected("social_care_share")[:, year]
        rest = social_care * (1.0 - share) / share
        schools = self.simulation.expected("schools_share")[:, year]
        return {
            LOOKED_AFTER: np.round(placements),
            FAMILIES: np.round(families),
            CHILDREN: np.round(placements) + np.round(families),
            EDUCATION: np.round(rest * schools),
            ADULTS: np.round(rest * (1.0 - schools)),
        }

    @cached_property
    def absent(self) -> set[str]:
        """The authorities without a return."""
        gaps = [gap for gap in self.levels.gaps if "outturn" in gap.tables and YEAR in gap.years]
        return {gap.area_code for gap in gaps}

    def workbooks(self) -> dict[str, dict[str, list[list[Cell]]]]:
        """The two workbooks' sheets, by file name."""
        spent = self.spending
        summary = {EDUCATION: spent[EDUCATION], CHILDREN: spent[CHILDREN], ADULTS: spent[ADULTS]}
        summary[TOTAL] = spent[EDUCATION] + spent[CHILDREN] + spent[ADULTS]
        detail = {
            LOOKED_AFTER: spent[LOOKED_AFTER],
            FAMILIES: spent[FAMILIES],
            TOTAL_CHILDREN: spent[CHILDREN],
        }
        years = f"{YEAR - 1}-{YEAR % 100}"
        return {
            f"{form}_LA_Data_{years}_data_by_LA.xlsx": {
                f"{form}_LA_Data_{YEAR - 1}{YEAR % 100}": self._sheet(form, title, years, services)
            }
            for form, title, services in (
                ("RSX", "Service Expenditure Summary (RSX)", summary),
                ("RO3", "Social Care and Public Health (RO3)", detail),
            )
        }

    def _sheet(
        self, form: str, title: str, years: str, services: Mapping[str, Floats]
    ) -> list[list[Cell]]:
        names = [f"{service} - {ending}" for service in services for ending in ENDINGS.values()]
        header: list[Cell] = [*OUTTURN_KEYS, *names]
        units = sorted(self.country.units, key=lambda unit: unit.name)
        return [
            [f"Worksheet 2: Revenue Outturn (RO) {years}: {title} data"],
            ["This worksheet contains two tables. Data are reported in £ thousand."],
            ["This table contains notes, which can be found in the Notes worksheet."],
            ["Blank cells indicate that there is no note in that row."],
            ["The last row is hidden: the drop-down list needs its codes."],
            [f"Source: Revenue Outturn (RO) returns {years}"],
            header,
            *(self._row(unit, services) for unit in units),
            ["Eng", self.country.area_code, self.country.name.upper(), "", "Eng", "Eng", "[Y]",
             *_figures([float(values.sum()) for values in services.values()])],
            header,
            *self._totals(services),
            ["", "", "", "", "", "", "", *(f"{form}-{number}" for number in range(len(names)))],
        ]  # fmt: skip

    def _row(self, unit: Authority, services: Mapping[str, Floats]) -> list[Cell]:
        position = self.country.unit_position[unit.area_code]
        code = self.country.newest_gss_code(unit.area_code)
        kind = CLASSES[unit.authority_type]
        if unit.area_code in self.absent:
            figures: list[Cell] = [NOT_RECEIVED] * (len(services) * len(ENDINGS))
            return [f"E{unit.area_code}", code, unit.name, "M", *kind, NOT_RECEIVED, *figures]
        figures = _figures([float(values[position]) for values in services.values()])
        return [f"E{unit.area_code}", code, unit.name, "", *kind, "Y", *figures]

    def _totals(self, services: Mapping[str, Floats]) -> list[list[Cell]]:
        """A row for each class: the sum of the authorities with a return."""
        rows: list[list[Cell]] = []
        for kind, (code, name) in CLASS_NAMES.items():
            members = [
                self.country.unit_position[unit.area_code]
                for unit in self.country.units
                if CLASSES[unit.authority_type][0] == kind and unit.area_code not in self.absent
            ]
            sums = [float(values[members].sum()) for values in services.values()]
            rows.append(["[Y]", code, name, "", kind, kind, len(members), *_figures(sums)])
        return rows


def _figures(spent: Sequence[float]) -> list[Cell]:
    """Expenditure, income and net expenditure of each service."""
    return [
        cell
        for total in spent
        for income in [round(total * INCOME_SHARE)]
        for cell in (total, income, total - income)
    ]
