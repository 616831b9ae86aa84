"""Shape of a revenue outturn data sheet (MHCLG): one row for each authority and, below them, the
country's row and totals. Figures are in thousands of pounds.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ingest.authorities import Reference
from ingest.schemas.faults import Describe, named_check
from ingest.symbols import is_number_or_symbol

CODE, NAME, CLASS = "ONS Code", "Local authority", "Class"
KEY_COLUMNS = ("E-code", CODE, NAME, CLASS, "Certification")
OTHER_COLUMNS = (*KEY_COLUMNS, "Notes", "Detailed Class")
"""The columns that hold no figure."""

COUNTRY = "Eng"
UPPER_TIER = frozenset({"UA", "MD", "LB", "SC"})
"""Unitary authorities, metropolitan districts, London boroughs, shire counties."""
WITHOUT_SERVICES = {
    "SD": "shire districts, which run no children's services",
    "O": "police, fire, park, waste and combined authorities, which run no children's services",
}
"""The other classes, as the reason for which their rows are set aside."""
TOTALS = "totals of one class of authority"
TOTAL_CODE = r"[A-Z][0-9]{2}"
"""The code that stands in a total's row instead of an authority's nine characters."""

BASIS, RETURN, ESTIMATE = "basis", "return", "estimate"
"""A filter that the reader adds: an authority's own return, or the country's published total, for
which the publisher estimates what those without a return spent."""


def outturn_schema(
    frame: pd.DataFrame, figures: Collection[str], reference: Reference
) -> pa.DataFrameSchema:
    """The schema of the rows of authorities and of the country; `figures` are its columns that
    hold numbers or symbols."""
    known = {*reference.code_of_gss, reference.country.area_code}
    return pa.DataFrameSchema(
        {
            CODE: pa.Column(
                checks=[
                    named_check("authority_known", lambda s: s.isin(known)),
                    named_check("key_unique", lambda s: _one_row_each(s, reference)),
                ]
            ),
            CLASS: pa.Column(
                checks=named_check("class_known", lambda s: s.isin({*UPPER_TIER, COUNTRY}))
            ),
            **{
                name: pa.Column(checks=named_check("number_or_symbol", is_number_or_symbol))
                for name in figures
                if not is_number_or_symbol(frame[name]).all()
            },
        },
        strict=False,
    )


def _one_row_each(codes: pd.Series, reference: Reference) -> np.ndarray:
    """False where an authority has another row, under this code or another of its own."""
    authorities = codes.map(reference.code_of_gss).fillna(codes)
    return (~authorities.duplicated(keep=False)).to_numpy()


def _cell(row: pd.Series) -> str:
    return str(row[row.name])


DESCRIBE: dict[str, Describe] = {
    "authority_known": lambda row: (
        f"The code “{row[CODE]}” ({row[NAME] or 'no name'}) is not in the reference tables."
    ),
    "key_unique": lambda row: f"{row[NAME]} ({row[CODE]}) is there more than once.",
    "class_known": lambda row: f"“{row[CLASS]}” of {row[NAME]} is not a known class.",
    "number_or_symbol": lambda row: f"“{_cell(row)}” is not a number or a known symbol.",
}
