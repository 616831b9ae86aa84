"""Shape of Ofsted's local authority inspection outcomes: the latest judgements of each authority,
the history of its inspections, and the visits of the year.
"""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ingest.authorities import Reference
from ingest.grades import GRADE_OF_WORDS
from ingest.schemas.faults import Describe, named_check

CODE, NAME = "Local authority area code", "Local authority name"
INSPECTED, PUBLISHED = "Inspection date", "Publication date"
EVENT, THEME = "Inspection type", "Visit Theme"
JUDGEMENTS = {
    "overall": "Overall effectiveness",
    "leaders": "The impact of leaders on social work practice with children and families",
    "help_protection": "The experiences and progress of children who need help and protection",
    "care": "The experiences and progress of children in care",
    "care_leavers": "The experiences and progress of care leavers",
}
"""The release's name of each judgement, and the publisher's."""
CARE_LEAVERS = JUDGEMENTS["care_leavers"]
CARE_LEAVERS_SINCE = date(2023, 1, 1)
"""The day from which inspections judge the experiences of care leavers on their own."""

LATEST_COLUMNS = (CODE, NAME, INSPECTED, PUBLISHED, *JUDGEMENTS.values())
HISTORY_COLUMNS = (*LATEST_COLUMNS, EVENT)
VISIT_NAMES = {"Inspection/Visit date": INSPECTED, "Inspection/Visit type": EVENT}
"""How the sheet of the year's visits names what the history has too."""

_DAYS_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def read_day(text: str) -> date | None:
    """The day that a cell holds: `2025-03-31` or `31/03/2025`; None for anything else."""
    match = _DAYS_FIRST.fullmatch(text.strip())
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def latest_schema(reference: Reference) -> pa.DataFrameSchema:
    """One row for each authority, every judgement made."""
    unique = named_check("key_unique", lambda df: _unique(df, reference, []))
    return _schema(reference, unique, judged=True)


def history_schema(reference: Reference, *, judged: bool) -> pa.DataFrameSchema:
    """One row for each inspection or visit; `judged`: each of them judged the authority."""
    unique = named_check("key_unique", lambda df: _unique(df, reference, [INSPECTED, EVENT]))
    return _schema(reference, unique, judged=judged)


def _schema(reference: Reference, unique: pa.Check, *, judged: bool) -> pa.DataFrameSchema:
    known = set(reference.code_of_gss)
    blank = set() if judged else {""}
    grades = named_check("grade_known", lambda s: s.isin({*GRADE_OF_WORDS, *blank}))
    return pa.DataFrameSchema(
        {
            CODE: pa.Column(checks=named_check("authority_known", lambda s: s.isin(known))),
            INSPECTED: pa.Column(checks=named_check("date_readable", _are_days)),
            PUBLISHED: pa.Column(checks=named_check("date_readable", _are_days)),
            **{
                name: pa.Column(checks=grades)
                for name in JUDGEMENTS.values()
                if name != CARE_LEAVERS
            },
        },
        checks=[
            named_check("grade_known", lambda df: _care_leavers_judged(df, blank)),
            named_check("date_readable", _in_order),
            unique,
        ],
        strict=False,
    )


def _are_days(cells: pd.Series) -> list[bool]:
    return [read_day(text) is not None for text in cells]


def _care_leavers_judged(frame: pd.DataFrame, blank: set[str]) -> list[bool]:
    """True where the judgement on care leavers is a grade, or could not be made yet."""
    days = [read_day(text) or date.min for text in frame[INSPECTED]]
    return [
        cell in GRADE_OF_WORDS or cell in blank or (cell == "" and day < CARE_LEAVERS_SINCE)
        for cell, day in zip(frame[CARE_LEAVERS], days, strict=True)
    ]


def _in_order(frame: pd.DataFrame) -> list[bool]:
    pairs = zip(frame[INSPECTED], frame[PUBLISHED], strict=True)
    days = [(read_day(begun), read_day(out)) for begun, out in pairs]
    return [begun is None or out is None or begun <= out for begun, out in days]


def _unique(frame: pd.DataFrame, reference: Reference, also: list[str]) -> np.ndarray:
    keys = frame[also].assign(area=frame[CODE].map(reference.code_of_gss).fillna(frame[CODE]))
    return (~keys.duplicated(keep=False)).to_numpy()


def _cell(row: pd.Series) -> str:
    return str(row[row.name])


def _grade(row: pd.Series) -> str:
    column = row.name if row.name in row.index else CARE_LEAVERS
    cell = str(row[column])
    words = f"“{cell}”" if cell else "A blank cell"
    return f"{words} is no judgement on “{column}” ({row[NAME]}, inspected {row[INSPECTED]})."


def _dates(row: pd.Series) -> str:
    if row.name in row.index:
        return f"“{_cell(row)}” is not a date ({row[NAME]})."
    return f"{row[NAME]}: published {row[PUBLISHED]}, before the inspection of {row[INSPECTED]}."


DESCRIBE: dict[str, Describe] = {
    "authority_known": lambda row: (
        f"The code “{row[CODE]}” ({row[NAME] or 'no name'}) is not in the reference tables."
    ),
    "grade_known": _grade,
    "date_readable": _dates,
    "key_unique": lambda row: f"{row[NAME]} ({row[CODE]}) is there more than once.",
}
