"""Statistical neighbour workbooks (DfE): ten neighbours of each authority, with their closeness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.checks import CHECKS
from ingest.errors import Finding
from ingest.readers.workbook import Rows, read_sheet
from ingest.schemas.faults import FIRST_DATA_ROW, collect_faults
from ingest.schemas.neighbours import DESCRIBE, neighbours_schema
from ingest.tables import Load, PublishedFile, RawTable, RowAccount, SetAside

KINDS = frozenset({"neighbours"})
NEIGHBOURS = 10
CLOSENESS = "SNP"
"""Heads the column after each neighbour's, with or without its number."""
NO_NEIGHBOUR = frozenset({"", "-"})
"""Written for an authority that the model does not cover (new ones, in an older model)."""


def read(file: PublishedFile, catalogue: Catalogue, reference: Reference) -> RawTable:
    """Read a workbook into one row for each authority and position.

    The header is the first row with the cells `LA num` and `SN1`; rows before it are the tool's
    own look-up numbers.
    """
    rows, findings = read_sheet(file)
    if findings:
        return RawTable(file, pd.DataFrame(), tuple(findings))
    header = next((i for i, row in enumerate(rows) if {"LA num", "SN1"} <= set(row)), None)
    wanted = [f"SN{i}" for i in range(1, NEIGHBOURS + 1)]
    missing = wanted if header is None else [name for name in wanted if name not in rows[header]]
    if header is None or missing:
        finding = CHECKS["columns_known"].finding(
            f"No header row with the columns LA num and {', '.join(missing)}.",
            file_name=file.name, rows=((header or 0) + 1,), column=missing[0],
        )  # fmt: skip
        return RawTable(file, pd.DataFrame(), (finding,))
    strangers = _not_closeness(rows[header], wanted)
    if strangers:
        finding = CHECKS["columns_known"].finding(
            f"The column after {strangers[0]} should be its closeness, SNP.",
            file_name=file.name, rows=(header + 1,), column=f"the one after {strangers[0]}",
        )  # fmt: skip
        return RawTable(file, pd.DataFrame(), (finding,))
    frame, sheet_rows = _unfold(rows, header)
    if frame.empty:
        finding = CHECKS["rows_present"].finding(
            "No authority stands below the header.", file_name=file.name, rows=(header + 1,)
        )
        return RawTable(file, frame, (finding,))
    faults = collect_faults(
        neighbours_schema(reference), frame, file_name=file.name, describe=DESCRIBE
    )
    filled = sum(1 for row in rows if any(row))
    return RawTable(
        file,
        frame,
        tuple(_in_sheet(faults, frame, sheet_rows)),
        set_aside=(SetAside("without an authority's neighbours", filled - len({*sheet_rows}) - 1),),
        unfolded_from=len({*sheet_rows}),
    )


def _not_closeness(names: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The columns of neighbours after which a column stands that is not their closeness."""
    return [
        name
        for number, name in enumerate(wanted, start=1)
        for after in names[names.index(name) + 1 :][:1]
        if after and after not in {CLOSENESS, f"{CLOSENESS}{number}"}
    ]


def _unfold(rows: Rows, header: int) -> tuple[pd.DataFrame, list[int]]:
    names = rows[header]
    authority = names.index("LA num")
    columns = [names.index(f"SN{i}") for i in range(1, NEIGHBOURS + 1)]
    records, sheet_rows = [], []
    for number, row in enumerate(rows[header + 1 :], start=header + 2):
        if not row[authority].strip():
            continue
        for position, column in enumerate(columns, start=1):
            if row[column].strip() in NO_NEIGHBOUR:
                continue
            sheet_rows.append(number)
            records.append(
                {
                    "area_code": row[authority].strip(),
                    "position": position,
                    "neighbour_code": row[column].strip(),
                    "closeness": "".join(row[column + 1 : column + 2]).strip().capitalize(),
                }
            )
    return pd.DataFrame(records), sheet_rows


def _in_sheet(
    faults: list[Finding], frame: pd.DataFrame, sheet_rows: list[int]
) -> Iterator[Finding]:
    """The faults with the sheet's rows and columns in place of the unfolded frame's."""
    for fault in faults:
        first = frame.iloc[fault.rows[0] - FIRST_DATA_ROW] if fault.rows else None
        columns = {"area_code": "LA num"}
        if first is not None:
            columns["neighbour_code"] = columns[""] = f"SN{first['position']}"
            columns["closeness"] = f"the one after SN{first['position']}"
        rows = {sheet_rows[row - FIRST_DATA_ROW] for row in fault.rows}
        column = columns.get(fault.column, fault.column)
        yield replace(fault, rows=tuple(sorted(rows)), column=column)


def load(tables: Sequence[RawTable], catalogue: Catalogue, reference: Reference) -> Load:
    """The neighbours of every model, as the release's `neighbour` table."""
    frames = [table.frame.assign(model=table.file.spec.model) for table in tables]
    if not frames:
        return Load()
    columns = ["model", "area_code", "position", "neighbour_code", "closeness"]
    accounts = tuple(
        RowAccount(table.file.source_file_id, table.unfolded_from or 0) for table in tables
    )
    return Load(neighbours=pd.concat(frames, ignore_index=True)[columns], accounts=accounts)
