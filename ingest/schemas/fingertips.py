"""Shape of a Fingertips download (OHID): a row for each indicator, area, period, sex, age and
category. A blank category is the whole; the others repeat the country's figure in parts.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa

from ingest.authorities import REGION, Reference
from ingest.schemas.faults import Describe, named_check
from ingest.symbols import is_number_or_symbol

INDICATOR, PERIOD, VALUE, NOTE = "Indicator ID", "Time period", "Value", "Value note"
CODE, NAME, AREA_TYPE = "Area Code", "Area Name", "Area Type"
FILTERS = (INDICATOR, "Sex", "Age", "Category Type", "Category")
"""What tells apart the rows of one area and period; an indicator is to name all of them."""
FIGURES = (
    VALUE,
    "Lower CI 95.0 limit",
    "Upper CI 95.0 limit",
    "Lower CI 99.8 limit",
    "Upper CI 99.8 limit",
    "Count",
    "Denominator",
)
COLUMNS = (*FILTERS, CODE, NAME, AREA_TYPE, PERIOD, *FIGURES, NOTE)
"""The columns that are read; downloads of other years have more, and they may stand anywhere."""

UPPER_TIER = re.compile(
    r"(counties|county) (&|and) uas?\b|upper tier local authorit", re.IGNORECASE
)
"""“Counties & UAs (from Apr 2023)”, “County & UA (pre 4/19)”, “Upper tier local authorities”."""

ONE_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
TWO_YEARS = re.compile(r"((?:19|20)[0-9]{2})/([0-9]{2})")


def fingertips_schema(reference: Reference) -> pa.DataFrameSchema:
    """The schema of the rows that are kept: of the country, regions and upper-tier authorities."""
    regions = {code for code, item in reference.region_by_code.items() if item.area_level == REGION}
    known = {*reference.code_of_gss, *regions, reference.country.area_code}
    return pa.DataFrameSchema(
        {
            CODE: pa.Column(checks=named_check("authority_known", lambda s: s.isin(known))),
            INDICATOR: pa.Column(checks=named_check("filter_filled", _filled)),
            "Sex": pa.Column(checks=named_check("filter_filled", _filled)),
            "Age": pa.Column(checks=named_check("filter_filled", _filled)),
            "Category Type": pa.Column(checks=named_check("filter_filled", _stripped)),
            "Category": pa.Column(checks=named_check("filter_filled", _stripped)),
            **{
                name: pa.Column(checks=named_check("number_or_symbol", is_number_or_symbol))
                for name in FIGURES
            },
        },
        checks=[named_check("key_unique", lambda df: _unique(df, reference))],
        strict=False,
    )


def _filled(cells: pd.Series) -> pd.Series:
    return (cells != "") & _stripped(cells)


def _stripped(cells: pd.Series) -> pd.Series:
    return cells == cells.str.strip()


def _unique(frame: pd.DataFrame, reference: Reference) -> npt.NDArray[np.bool_]:
    areas = frame[CODE].map(reference.code_of_gss).fillna(frame[CODE])
    keys = frame[[PERIOD, *FILTERS]].assign(area=areas)
    return (~keys.duplicated(keep=False)).to_numpy()


def _cell(row: pd.Series) -> str:
    return str(row[row.name])


DESCRIBE: dict[str, Describe] = {
    "authority_known": lambda row: (
        f"The code “{row[CODE]}” ({row[NAME] or 'no name'}) is not in the reference tables."
    ),
    "filter_filled": lambda row: (
        f"“{_cell(row)}” has a space at an end." if _cell(row).strip() else "The cell is empty."
    ),
    "number_or_symbol": lambda row: f"“{_cell(row)}” is not a number or a known symbol.",
    "key_unique": lambda row: (
        f"Indicator {row[INDICATOR]} has more than one row for {row[NAME]} in {row[PERIOD]} with "
        "the same sex, age and category."
    ),
}
