"""Shape of a statistical neighbour workbook (DfE): ten neighbours with their closeness."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from ingest.authorities import Reference
from ingest.schemas.faults import Describe, named_check

CLOSENESS = ("Extremely close", "Very close", "Close", "Somewhat close", "Not close")


def neighbours_schema(reference: Reference) -> pa.DataFrameSchema:
    """One row for each authority and position: columns area_code, position, neighbour_code,
    closeness."""
    known = named_check("neighbour_known", lambda s: s.isin(set(reference.authority_by_code)))
    return pa.DataFrameSchema(
        {
            "area_code": pa.Column(checks=known),
            "neighbour_code": pa.Column(checks=known),
            "closeness": pa.Column(
                checks=named_check("neighbours_sound", lambda s: s.isin(CLOSENESS))
            ),
        },
        checks=[
            named_check(
                "key_unique", lambda df: ~df.duplicated(["area_code", "position"], keep=False)
            ),
            named_check("neighbours_sound", _different_others),
        ],
    )


def _different_others(frame: pd.DataFrame) -> pd.Series:
    own = frame["area_code"] == frame["neighbour_code"]
    return ~own & ~frame.duplicated(["area_code", "neighbour_code"])


def _cell(row: pd.Series) -> str:
    return str(row[row.name])


DESCRIBE: dict[str, Describe] = {
    "neighbour_known": lambda row: f"“{_cell(row)}” is not in the reference tables.",
    "key_unique": lambda row: f"Authority {row['area_code']} is there more than once.",
    "neighbours_sound": lambda row: (
        f"“{_cell(row)}” is not one of: {', '.join(CLOSENESS)}."
        if row.name == "closeness"
        else f"Authority {row['area_code']} has itself, or the same neighbour twice: "
        f"{row['neighbour_code']}."
    ),
}
