"""Ofsted's local authority inspection outcomes: latest judgements as an ordinal, and the history.

A judgement becomes the number of its grade (1 Outstanding to 4 Inadequate), which is for comparing
and counting alone; the history keeps the words as published.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd
import pandera.pandas as pa

from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.checks import CHECKS
from ingest.errors import Finding
from ingest.grades import GRADE_OF_WORDS
from ingest.layouts import apply_layout
from ingest.readers.places import gap_findings, warn_of_names, with_identity
from ingest.readers.workbook import (
    Sheet,
    SheetTable,
    Workbook,
    find_sheet,
    open_workbook,
    read_table,
)
from ingest.schemas.faults import collect_faults
from ingest.schemas.ofsted import (
    CODE,
    DESCRIBE,
    EVENT,
    HISTORY_COLUMNS,
    INSPECTED,
    JUDGEMENTS,
    LATEST_COLUMNS,
    NAME,
    PUBLISHED,
    THEME,
    VISIT_NAMES,
    history_schema,
    latest_schema,
    read_day,
)
from ingest.symbols import BLANK_NOT_APPLICABLE
from ingest.tables import PublishedFile, RawTable, SetAside

HISTORY_SHEET = "ILACS_inspection_history"
VISITS_SHEET = "In-year_inspections"
FRAMEWORK = "ILACS"
"""Inspecting local authority children's services, the framework since 2018."""
REPORTING_YEAR = "Reporting year"
LISTED_TWICE = "inspections of the year that the history lists too"

_AS_AT = re.compile(r"as at ([0-9]{1,2} [A-Z][a-z]+ [0-9]{4})")
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass
class _Reading:
    """One workbook as it is read: what was found so far."""

    file: PublishedFile
    catalogue: Catalogue
    reference: Reference
    findings: list[Finding] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return any(item.severity == "error" for item in self.findings)


def read(file: PublishedFile, catalogue: Catalogue, reference: Reference) -> RawTable:
    """Read the latest judgements, the history and the year's visits, and check their shape."""
    reading = _Reading(file, catalogue, reference)
    workbook, reading.findings = open_workbook(file)
    if workbook is None:
        return RawTable(file, pd.DataFrame(), tuple(reading.findings))
    latest = _read_latest(reading, workbook)
    history = _read_events(reading, workbook, HISTORY_SHEET, judged=True)
    visits = SheetTable(Sheet(VISITS_SHEET, []))
    if VISITS_SHEET in workbook.names:
        visits = _read_events(reading, workbook, VISITS_SHEET, judged=False)
    day = _as_at(latest.sheet, reading)
    if reading.failed or day is None:
        return RawTable(file, pd.DataFrame(), tuple(reading.findings))
    events, listed_twice = _without_repeats(history, visits)
    _compare_with_history(reading, latest, history)
    raw = RawTable(
        file,
        _frame(latest.frame, str(day.year), reference),
        findings=(),
        periods=frozenset({str(day.year)}),
        row_numbers=latest.row_numbers,
        set_aside=(SetAside(LISTED_TWICE, listed_twice),) if listed_twice else (),
        inspections=_inspections(events, reference),
    )
    reading.findings += gap_findings(raw, reference, CODE)
    return replace(raw, findings=tuple(reading.findings))


def _read_latest(reading: _Reading, workbook: Workbook) -> SheetTable:
    """The sheet that the catalogue names, checked."""
    needed = [*LATEST_COLUMNS, *sorted(reading.catalogue.columns_of(reading.file.spec))]
    table = _read_sheet(reading, workbook, reading.file.spec.sheet, list(dict.fromkeys(needed)))
    if not table.frame.empty:
        _check(reading, table, latest_schema(reading.reference))
    return table


def _read_events(reading: _Reading, workbook: Workbook, sheet: str, *, judged: bool) -> SheetTable:
    """A sheet with a row for each inspection or visit, checked."""
    table = _read_sheet(reading, workbook, sheet, list(HISTORY_COLUMNS))
    if not table.frame.empty:
        _check(reading, table, history_schema(reading.reference, judged=judged))
    return table


def _read_sheet(reading: _Reading, workbook: Workbook, name: str, needed: list[str]) -> SheetTable:
    """The table of a sheet; empty where a finding says that it cannot be read."""
    sheet, found = find_sheet(workbook, name, reading.file)
    if sheet is None:
        reading.findings += found
        return SheetTable(Sheet(name, []))
    table, found = read_table(sheet, [*needed, *VISIT_NAMES], reading.file)
    frame = table.frame.rename(columns=VISIT_NAMES)
    if not found:
        frame, found = apply_layout(
            frame, reading.file.spec, needed, file_name=reading.file.name, row=table.header_row
        )
    reading.findings += found
    if any(item.severity == "error" for item in found):
        return SheetTable(sheet)
    return SheetTable(sheet, frame, table.row_numbers, table.header_row)


def _check(reading: _Reading, table: SheetTable, schema: pa.DataFrameSchema) -> None:
    """Note every fault of a table, its sheet named, and every unknown spelling of a name."""
    faults = collect_faults(
        schema, table.frame,
        file_name=reading.file.name, describe=DESCRIBE, row_numbers=table.row_numbers,
    )  # fmt: skip
    reading.findings += [
        replace(fault, message=f"Sheet {table.sheet.name}: {fault.message}") for fault in faults
    ]
    places = zip(table.frame[CODE], table.frame[NAME], table.row_numbers.tolist(), strict=True)
    reading.findings += warn_of_names(
        places, reading.reference, file_name=reading.file.name, column=NAME
    )


def _as_at(sheet: Sheet, reading: _Reading) -> date | None:
    """The day that the judgements are of, from the sheet's title; None with a finding where it is
    not told, or where the file's name or the catalogue tells another."""
    title = sheet.rows[0][0] if sheet.rows and sheet.rows[0] else ""
    match = _AS_AT.search(title)
    day = _read_long_day(match[1]) if match else None
    spec, name = reading.file.spec, reading.file.name
    if day is None:
        if sheet.rows:
            _disagree(reading, f"The sheet's title, “{title}”, does not say “as at” which day.")
        return None
    if (day.month, day.day) != spec.year_end:
        _disagree(reading, f"The sheet is of {match[1]}, the catalogue says {spec.year_ends}.")  # type: ignore[index]
    for year in _YEAR.findall(name):
        if int(year) != day.year:
            _disagree(reading, f"The sheet is of {day.year}, the file's name says {year}.")
    return day


def _disagree(reading: _Reading, message: str) -> None:
    finding = CHECKS["year_agrees"].finding(message, file_name=reading.file.name, rows=(1,))
    reading.findings.append(finding)


def _read_long_day(text: str) -> date | None:
    """`31 March 2025`, whatever the language of the machine."""
    day, month, year = text.split()
    try:
        return date(int(year), _MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None


def _without_repeats(history: SheetTable, visits: SheetTable) -> tuple[pd.DataFrame, int]:
    """The history and the visits that it does not list, and how many rows it lists too."""
    if visits.frame.empty:
        return history.frame, 0
    keys = [CODE, INSPECTED, EVENT]
    known = pd.MultiIndex.from_frame(history.frame[keys])
    repeated = pd.MultiIndex.from_frame(visits.frame[keys]).isin(known)
    together = pd.concat([history.frame, visits.frame[~repeated]], ignore_index=True)
    return together.fillna(""), int(repeated.sum())


def _compare_with_history(reading: _Reading, latest: SheetTable, history: SheetTable) -> None:
    """A warning for each authority whose latest judgements are not its newest in the history."""
    newest = history.frame.sort_values(INSPECTED, key=_by_day).groupby(CODE).last()
    for row, number in zip(
        latest.frame.to_dict("records"), latest.row_numbers.tolist(), strict=True
    ):
        there = newest.loc[row[CODE]] if row[CODE] in newest.index else None
        if there is not None and _agree(row, there):
            continue
        told = f"of {there[INSPECTED]}" if there is not None else "nowhere to be found"
        reading.findings.append(
            CHECKS["history_agrees"].finding(
                f"The judgements of {row[NAME]} are of {row[INSPECTED]}; its newest in the "
                f"history are {told}, or differ.",
                file_name=reading.file.name,
                rows=(number,),
                column=INSPECTED,
                area_code=reading.reference.code_of_gss[row[CODE]],
            )
        )


def _agree(row: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """True where two rows tell of one inspection and judge alike."""
    same_day = read_day(row[INSPECTED]) == read_day(other[INSPECTED])
    return same_day and all(row[name] == other[name] for name in JUDGEMENTS.values())


def _by_day(cells: pd.Series) -> pd.Series:
    return pd.Series([read_day(text) for text in cells], index=cells.index)


def _frame(latest: pd.DataFrame, period: str, reference: Reference) -> pd.DataFrame:
    """The latest judgements as numbers, in the columns of the EES format."""
    numbers = {words: str(grade) for words, grade in GRADE_OF_WORDS.items()}
    figures = latest[list(JUDGEMENTS.values())].replace(numbers | {"": BLANK_NOT_APPLICABLE})
    return with_identity(
        figures,
        codes=latest[CODE].tolist(),
        names=latest[NAME].tolist(),
        periods=[period] * len(latest),
        identifiers=[REPORTING_YEAR] * len(latest),
        reference=reference,
    )


def _inspections(events: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Inspections and visits as the release's table has them; a judgement not made is None."""
    themes = events[THEME] if THEME in events else pd.Series("", index=events.index)
    columns = {
        "area_code": events[CODE].map(reference.code_of_gss),
        "framework": FRAMEWORK,
        "event": events[EVENT],
        "theme": themes.where(themes != "", None),
        "inspected_on": [read_day(text) for text in events[INSPECTED]],
        "published_on": [read_day(text) for text in events[PUBLISHED]],
        **{
            name: events[column].where(events[column] != "", None)
            for name, column in JUDGEMENTS.items()
        },
    }
    frame = pd.DataFrame(columns)
    return frame.sort_values(["area_code", "inspected_on"]).reset_index(drop=True)
