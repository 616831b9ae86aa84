"""Raw shape of the files of the Local Authority Interactive Tool (DfE)."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from ingest.authorities import Reference
from ingest.schemas.faults import Describe, named_check
from ingest.symbols import is_number_or_symbol

DATA_COLUMNS = {
    "Short Desc": "measure",
    "Years": "year",
    "LA and Regions": "name",
    "Values": "value",
    "LA Number": "number",
}
"""Published column and the name it has from here on."""

DICTIONARY_COLUMNS = {
    "Measure_short": "measure",
    "Topic": "topic",
    "Measure": "title",
    "Polarity": "polarity",
    "y_axis_name": "axis",
    "Table_status": "table_status",
    "Description": "description",
    "Methodology": "methodology",
    "Last Update": "last_update",
    "Next Update": "next_update",
    "dps": "decimals",
    "Year_Type": "year_type",
    "No_Quartile": "no_quartile",
}

CODE_LIST_COLUMNS = {"LA Number": "number", "LA Name": "name", "Region": "region", "Type": "type"}


def data_schema(reference: Reference) -> pa.DataFrameSchema:
    """The long data set: one row for each measure, year and area."""
    known = set(reference.area_by_lait_number)
    return pa.DataFrameSchema(
        {
            "measure": pa.Column(checks=named_check("filter_filled", lambda s: s != "")),
            "number": pa.Column(checks=named_check("authority_known", lambda s: s.isin(known))),
            "value": pa.Column(checks=named_check("number_or_symbol", is_number_or_symbol)),
        },
        checks=[
            named_check(
                "key_unique",
                lambda df: ~df.duplicated(["measure", "year", "number"], keep=False),
            )
        ],
    )


def dictionary_schema() -> pa.DataFrameSchema:
    """The data dictionary: one row for each measure and topic (14 measures stand in two topics)."""
    filled = named_check("filter_filled", lambda s: s.str.strip() != "")
    return pa.DataFrameSchema(
        {
            "measure": pa.Column(checks=filled),
            "title": pa.Column(checks=filled),
            "topic": pa.Column(checks=filled),
        },
        checks=[
            named_check("key_unique", lambda df: ~df.duplicated(["measure", "topic"], keep=False))
        ],
    )


def code_list_schema(reference: Reference) -> pa.DataFrameSchema:
    """The list of authorities; regions and England are in it too, by number."""
    known = set(reference.area_by_lait_number)
    return pa.DataFrameSchema(
        checks=[
            named_check(
                "authority_known",
                lambda df: (
                    df["number"].isin(known) | df["name"].str.contains("discontinued", case=False)
                ),
            ),
            named_check("key_unique", lambda df: ~df.duplicated(["number", "name"], keep=False)),
        ]
    )


def _cell(row: pd.Series) -> str:
    return str(row[row.name])


DESCRIBE: dict[str, Describe] = {
    "filter_filled": lambda row: "The cell is empty.",
    "authority_known": lambda row: (
        f"“{row['number']}” ({row['name']}, column LA Number) is not in the reference tables."
    ),
    "number_or_symbol": lambda row: f"“{_cell(row)}” is not a number or a known symbol.",
    "key_unique": lambda row: (
        f"The key of {row.get('measure', row.get('name'))} is there more than once."
    ),
}
