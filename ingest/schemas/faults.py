"""Runs a pandera schema lazily and turns all that it reports into findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from ingest.checks import CHECKS
from ingest.errors import Finding

FIRST_DATA_ROW = 2
"""Row 1 of a file is its header, as in a spreadsheet."""

Describe = Callable[[pd.Series], str]


def named_check(check_id: str, test: Callable[[Any], Any]) -> pa.Check:
    """A pandera check that carries the id of a registered check.

    `test` takes the column (or, in a schema's own checks, the frame) and gives one truth for each
    row, as a Series or an array.
    """

    def run(subject: pd.Series | pd.DataFrame) -> pd.Series:
        return pd.Series(test(subject), index=subject.index)

    return pa.Check(run, name=check_id, error=check_id, ignore_na=False)


def collect_faults(
    schema: pa.DataFrameSchema,
    frame: pd.DataFrame,
    *,
    file_name: str,
    describe: dict[str, Describe],
    fallback: str = "release_shape",
    row_numbers: npt.NDArray[np.int64] | None = None,
) -> list[Finding]:
    """Validate the whole frame and report one finding for each check and column that failed.

    `describe` gives, by check id, the sentence for the first row that failed (a Series of that
    row). A failure that carries no registered check id becomes a finding of `fallback`.
    `row_numbers` says where each row of the frame stands in the file, as a spreadsheet shows it;
    without it the frame follows a header in row 1.
    """
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        found = _findings(errors.failure_cases, frame, file_name, describe, fallback)
        if row_numbers is None:
            return found
        return [
            replace(fault, rows=tuple(int(row_numbers[row - FIRST_DATA_ROW]) for row in fault.rows))
            for fault in found
        ]
    return []


def _findings(
    cases: pd.DataFrame,
    frame: pd.DataFrame,
    file_name: str,
    describe: dict[str, Describe],
    fallback: str,
) -> list[Finding]:
    findings = []
    cases = cases.assign(
        column=[
            column if context == "Column" else ""
            for column, context in zip(cases["column"], cases["schema_context"], strict=True)
        ]
    )
    for (name, column), group in cases.groupby(["check", "column"], sort=False, dropna=False):
        check_id = name if name in CHECKS else fallback
        positions = sorted({int(i) for i in group["index"].dropna()})
        if name in describe and positions:
            row = frame.iloc[positions[0]]
            message = describe[name](row if not column else row.rename(column))
        else:
            message = f"{column or 'The table'} fails “{name}” ({group['failure_case'].iloc[0]})."
        findings.append(
            CHECKS[check_id].finding(
                message,
                file_name=file_name,
                rows=tuple(position + FIRST_DATA_ROW for position in positions),
                column=column,
            )
        )
    return findings
