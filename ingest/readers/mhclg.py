"""Local authority revenue outturn workbooks (MHCLG): what each authority spent, by service.

Keeps the authorities that run children's services, and the country's row as published. Adds
nothing up.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.checks import CHECKS
from ingest.errors import Finding
from ingest.layouts import apply_layout
from ingest.readers.places import gap_findings, warn_of_names, with_identity
from ingest.readers.workbook import Sheet, SheetTable, find_sheet, open_workbook, read_table
from ingest.schemas.faults import collect_faults
from ingest.schemas.mhclg import (
    BASIS,
    CLASS,
    CODE,
    DESCRIBE,
    ESTIMATE,
    KEY_COLUMNS,
    NAME,
    OTHER_COLUMNS,
    RETURN,
    TOTAL_CODE,
    TOTALS,
    UPPER_TIER,
    WITHOUT_SERVICES,
    outturn_schema,
)
from ingest.tables import PublishedFile, RawTable, SetAside

FINANCIAL_YEAR = "Financial year"
_SHEET_YEAR = re.compile(r"_((?:19|20)[0-9]{2})([0-9]{2})$")
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})-([0-9]{2})(?![0-9])")
SECOND_HEADER = "a header repeated above the totals"
LOOK_UP_CODES = "the hidden row of codes that the workbook's drop-down list needs"


def read(file: PublishedFile, catalogue: Catalogue, reference: Reference) -> RawTable:
    """Read the sheet that the catalogue names and run every check of its shape."""
    workbook, findings = open_workbook(file)
    if workbook is None:
        return RawTable(file, pd.DataFrame(), tuple(findings))
    sheet, findings = find_sheet(workbook, file.spec.sheet, file)
    if sheet is None:
        return RawTable(file, pd.DataFrame(), tuple(findings))
    needed = [*KEY_COLUMNS, *sorted(catalogue.columns_of(file.spec) - {BASIS})]
    table, findings = read_table(sheet, needed, file)
    if not findings:
        frame, findings = apply_layout(
            table.frame, file.spec, needed, file_name=file.name, row=table.header_row
        )
        table = SheetTable(sheet, frame, table.row_numbers, table.header_row)
    period, faults = _read_year(sheet, file)
    findings += faults
    if any(item.severity == "error" for item in findings):
        return RawTable(file, pd.DataFrame(), tuple(findings))
    return _shape(table, period, findings, file, reference)


def _read_year(sheet: Sheet, file: PublishedFile) -> tuple[str, list[Finding]]:
    """The year in the sheet's name, as `202425`; findings where its title or the file's name tells
    another."""
    match = _SHEET_YEAR.search(sheet.name)
    if match is None:
        message = f"The sheet's name, {sheet.name}, does not end in a year such as 202425."
        return "", [CHECKS["year_agrees"].finding(message, file_name=file.name)]
    title = sheet.rows[0][0] if sheet.rows and sheet.rows[0] else ""
    findings = [
        CHECKS["year_agrees"].finding(
            f"The sheet is {sheet.name}, and {place} says {other[0]}.", file_name=file.name
        )
        for place, text in (("its title", title), ("the file's name", file.name))
        for other in _YEAR.finditer(text)
        if other.groups() != match.groups()
    ]
    return "".join(match.groups()), findings


def _shape(
    table: SheetTable,
    period: str,
    findings: list[Finding],
    file: PublishedFile,
    reference: Reference,
) -> RawTable:
    """The rows that are kept, in the columns of the EES format, and what their checks found."""
    reasons = _reasons(table.frame)
    kept = table.keep(reasons == "")
    figures = [name for name in kept.frame.columns if name not in OTHER_COLUMNS]
    findings += collect_faults(
        outturn_schema(kept.frame, figures, reference), kept.frame,
        file_name=file.name, describe=DESCRIBE, row_numbers=kept.row_numbers,
    )  # fmt: skip
    if kept.frame.empty:
        message = f"Sheet {table.sheet.name} has no row of an authority with children's services."
        findings.append(
            CHECKS["rows_present"].finding(
                message, file_name=file.name, rows=(table.header_row,), column=CLASS
            )
        )
    if any(item.severity == "error" for item in findings):
        return RawTable(file, pd.DataFrame(), tuple(findings))
    raw = RawTable(
        file,
        _frame(kept.frame, figures, period, reference),
        periods=frozenset({period}),
        findings=(),
        row_numbers=kept.row_numbers,
        set_aside=tuple(
            SetAside(str(reason), int(rows))
            for reason, rows in pd.Series(reasons[reasons != ""]).value_counts(sort=False).items()
        ),
    )
    findings += gap_findings(raw, reference, CODE)
    places = zip(kept.frame[CODE], kept.frame[NAME], kept.row_numbers.tolist(), strict=True)
    findings += warn_of_names(places, reference, file_name=file.name, column=NAME)
    return RawTable(file, raw.frame, tuple(findings), raw.periods, raw.row_numbers, raw.set_aside)


def _reasons(frame: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Why each row is set aside; blank where it is kept (or is of a class that nobody knows)."""
    reasons = frame[CLASS].map(WITHOUT_SERVICES).fillna("")
    reasons[frame[CODE].str.fullmatch(TOTAL_CODE)] = TOTALS
    reasons[(frame[CODE] == CODE) & (frame[CLASS] == CLASS)] = SECOND_HEADER
    reasons[(frame[list(KEY_COLUMNS)] == "").all(axis="columns")] = LOOK_UP_CODES
    return reasons.to_numpy(dtype=object)


def _frame(
    kept: pd.DataFrame, figures: list[str], period: str, reference: Reference
) -> pd.DataFrame:
    upper_tier = kept[CLASS].isin(UPPER_TIER)
    basis = pd.Series(ESTIMATE, index=kept.index).where(~upper_tier, RETURN)
    return with_identity(
        pd.concat([basis.rename(BASIS), kept[figures]], axis="columns"),
        codes=kept[CODE].tolist(),
        names=kept[NAME].tolist(),
        periods=[period] * len(kept),
        identifiers=[FINANCIAL_YEAR] * len(kept),
        reference=reference,
    )
