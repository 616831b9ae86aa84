"""Explore Education Statistics CSV files (DfE): the raw table, its shape checked.

Matches authorities on the DfE number. Where the publisher's meta file lies beside a data file the
two are compared; nothing is loaded from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ingest.authorities import Reference, fold_name, split_joint_code
from ingest.catalogue import Catalogue
from ingest.checks import CHECKS
from ingest.errors import Finding
from ingest.folder import META
from ingest.layouts import apply_layout
from ingest.readers.delimited import read_delimited
from ingest.readers.ees_meta import find_meta_faults
from ingest.schemas.ees import (
    DESCRIBE,
    LOCAL,
    OTHER_LEVEL,
    OTHER_LEVELS,
    STANDARD_COLUMNS,
    ees_schema,
    find_gaps,
    find_missing_comparators,
)
from ingest.schemas.ees_notes import Note, find_notes, find_total_notes
from ingest.schemas.faults import FIRST_DATA_ROW, collect_faults
from ingest.tables import PublishedFile, RawTable, SetAside


def read(file: PublishedFile, catalogue: Catalogue, reference: Reference) -> RawTable:
    """Read one file as text and run every check of its raw shape."""
    frame, findings = read_delimited(file.data, file.name, line_breaks_in_cells=False)
    if findings:
        return RawTable(file, frame, tuple(findings))
    needed = [*STANDARD_COLUMNS, *sorted(catalogue.columns_of(file.spec))]
    published = frame.columns
    frame, findings = apply_layout(frame, file.spec, needed, file_name=file.name)
    if any(item.severity == "error" for item in findings):
        return RawTable(file, frame, tuple(findings), frozenset(frame.get("time_period", ())))
    renamed = dict(zip(published, frame.columns, strict=True))
    kept, aside = _compared_levels(frame)
    raw = RawTable(file, kept, (), frozenset(kept["time_period"]), aside, _set_aside(frame, kept))
    found = _find_faults(kept, file, reference)
    findings += [
        replace(item, rows=raw.rows_at(row - FIRST_DATA_ROW for row in item.rows)) for item in found
    ]
    findings += _meta_findings(frame, file, catalogue, renamed)
    return replace(raw, findings=tuple(findings))


def _compared_levels(
    frame: pd.DataFrame,
) -> tuple[pd.DataFrame, npt.NDArray[np.int64] | None]:
    """The rows but those of the format's other geographic levels, and where they stand in the file
    where that is not one after the other."""
    other = frame["geographic_level"].isin(list(OTHER_LEVELS)).to_numpy()
    if not other.any():
        return frame, None
    return frame[~other].reset_index(drop=True), np.flatnonzero(~other) + FIRST_DATA_ROW


def _set_aside(frame: pd.DataFrame, kept: pd.DataFrame) -> tuple[SetAside, ...]:
    rows = len(frame) - len(kept)
    return (SetAside(OTHER_LEVEL, rows),) if rows else ()


def _find_faults(frame: pd.DataFrame, file: PublishedFile, reference: Reference) -> list[Finding]:
    """What every check of the raw shape finds; rows are counted as if they were the only ones."""
    if frame.empty:
        message = "No row is of the country, a region or an authority."
        return [CHECKS["rows_present"].finding(message, file_name=file.name)]
    findings: list[Finding] = []
    schema = ees_schema(frame, file.spec, reference)
    faults = collect_faults(schema, frame, file_name=file.name, describe=DESCRIBE)
    if not faults:
        findings += _comparator_warnings(frame, file, reference)
        faults = _gap_findings(frame, file, reference)
    findings += faults
    findings += _name_warnings(frame, file, reference)
    findings += _note_findings(find_notes(frame, file.spec, reference), file)
    findings += [] if faults else _note_findings(find_total_notes(frame, file.spec), file)
    return findings


def _comparator_warnings(
    frame: pd.DataFrame, file: PublishedFile, reference: Reference
) -> list[Finding]:
    return [
        CHECKS["comparators_present"].finding(
            message,
            file_name=file.name,
            rows=tuple(position + FIRST_DATA_ROW for position in positions),
            column="geographic_level",
        )
        for message, positions in find_missing_comparators(frame, reference)
    ]


def _note_findings(notes: Iterable[Note], file: PublishedFile) -> list[Finding]:
    return [
        CHECKS[note.check_id].finding(
            note.message,
            file_name=file.name,
            rows=tuple(position + FIRST_DATA_ROW for position in note.positions),
            column=note.column,
            area_code=note.area_code,
        )
        for note in notes
    ]


def _meta_findings(
    frame: pd.DataFrame, file: PublishedFile, catalogue: Catalogue, renamed: Mapping[str, str]
) -> list[Finding]:
    """What the meta file beside the data file says otherwise, where there is one."""
    path = file.path.with_name(file.path.stem + META)
    if not path.is_file():
        return []
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"{path.name} cannot be opened ({error.strerror})."
        return [CHECKS["meta_readable"].finding(message, file_name=file.name)]
    return find_meta_faults(frame, data, file.spec, catalogue, file.name, renamed=renamed)


def _gap_findings(frame: pd.DataFrame, file: PublishedFile, reference: Reference) -> list[Finding]:
    """What the file lacks, once its keys are sound."""
    return [
        CHECKS["periods_whole"].finding(
            sentence,
            file_name=file.name,
            rows=tuple(int(row) + FIRST_DATA_ROW for row in rows),
            column="old_la_code",
        )
        for sentence, rows in find_gaps(frame, file.spec, reference)
    ]


def _name_warnings(frame: pd.DataFrame, file: PublishedFile, reference: Reference) -> list[Finding]:
    """Codes and names of authorities that differ from those on record (matched all the same)."""
    local = frame[frame["geographic_level"] == LOCAL]
    distinct = local.drop_duplicates(["old_la_code", "new_la_code", "la_name"])
    found = []
    for position, row in distinct.iterrows():
        codes = split_joint_code(row["old_la_code"])
        names = split_joint_code(row["la_name"]) if len(codes) > 1 else (row["la_name"],)
        gss_codes = split_joint_code(row["new_la_code"])
        place = (int(str(position)) + FIRST_DATA_ROW,)
        for code, name, gss in zip(codes, names, gss_codes, strict=False):
            if code not in reference.authority_by_code:
                continue
            if gss and gss not in reference.gss_of[code]:
                found.append(
                    CHECKS["gss_code_known"].finding(
                        f"“{gss}” is not a code of authority {code}.",
                        file_name=file.name,
                        rows=place,
                        column="new_la_code",
                        area_code=code,
                    )
                )
            if name and fold_name(name) not in reference.known_names[code]:
                found.append(
                    CHECKS["name_known"].finding(
                        f"“{name}” is not a known name of authority {code}.",
                        file_name=file.name,
                        rows=place,
                        column="la_name",
                        area_code=code,
                    )
                )
    return found
