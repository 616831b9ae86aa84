"""Fingertips downloads (Office for Health Improvement and Disparities): CSV, one row for each
indicator, area, period, sex, age and category. Selecting among them is the catalogue's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ingest.authorities import REGION, Reference
from ingest.catalogue import Catalogue, FileSpec
from ingest.checks import CHECKS
from ingest.errors import Finding
from ingest.layouts import apply_layout
from ingest.periods import ACADEMIC_YEAR_END, is_consecutive
from ingest.readers.delimited import read_delimited
from ingest.readers.places import warn_of_names, with_identity
from ingest.schemas.ees import find_missing_authorities
from ingest.schemas.faults import FIRST_DATA_ROW, collect_faults
from ingest.schemas.fingertips import (
    AREA_TYPE,
    CODE,
    COLUMNS,
    DESCRIBE,
    FIGURES,
    FILTERS,
    NAME,
    NOTE,
    ONE_YEAR,
    PERIOD,
    TWO_YEARS,
    UPPER_TIER,
    VALUE,
    fingertips_schema,
)
from ingest.symbols import BLANK_SUPPRESSED
from ingest.tables import PublishedFile, RawTable, SetAside

CALENDAR_YEAR, FINANCIAL_YEAR, ACADEMIC_YEAR = "Calendar year", "Financial year", "Academic year"
SUPPRESSED_WORDS = "suppress|disclosure"
"""A value note with one of these says why the value beside it is blank."""


def read(file: PublishedFile, catalogue: Catalogue, reference: Reference) -> RawTable:
    """Read one download as text and run every check of its shape."""
    frame, findings = read_delimited(file.data, file.name)
    needed = [*COLUMNS, *sorted(catalogue.columns_of(file.spec))]
    if not findings:
        frame, findings = apply_layout(frame, file.spec, needed, file_name=file.name)
    if any(item.severity == "error" for item in findings):
        return RawTable(file, pd.DataFrame(), tuple(findings))
    reasons = _reasons(frame, reference)
    kept = frame[reasons == ""].reset_index(drop=True)
    rows = np.flatnonzero(reasons == "") + FIRST_DATA_ROW
    findings += collect_faults(
        fingertips_schema(reference), kept,
        file_name=file.name, describe=DESCRIBE, row_numbers=rows,
    )  # fmt: skip
    if kept.empty:
        message = f"No row is of a year and an area that can be used: {reasons[0]}."
        findings.append(CHECKS["rows_present"].finding(message, file_name=file.name))
    if any(item.severity == "error" for item in findings):
        return RawTable(file, pd.DataFrame(), tuple(findings))
    aside = pd.Series(reasons[reasons != ""]).value_counts(sort=False)
    raw = RawTable(
        file,
        shaped := _frame(kept, file.spec, reference),
        findings=(),
        periods=frozenset(shaped["time_period"]),
        row_numbers=rows,
        set_aside=tuple(SetAside(str(why), int(n)) for why, n in aside.items()),
    )
    findings += _missing_authorities(raw, reference)
    local = (kept.loc[shaped["old_la_code"] != "", name] for name in (CODE, NAME))
    places = zip(*local, rows[(shaped["old_la_code"] != "").to_numpy()].tolist(), strict=True)
    findings += warn_of_names(places, reference, file_name=file.name, column=NAME)
    return replace(raw, findings=tuple(findings))


def _reasons(frame: pd.DataFrame, reference: Reference) -> npt.NDArray[np.object_]:
    """Why each row is set aside; blank where it is kept."""
    regions = {code for code, item in reference.region_by_code.items() if item.area_level == REGION}
    comparators = {*regions, reference.country.area_code}
    kinds = {
        kind: "" if UPPER_TIER.search(kind) else f"areas of the type “{kind}”"
        for kind in frame[AREA_TYPE].unique()
    }
    reasons = frame[AREA_TYPE].map(kinds).mask(frame[CODE].isin(comparators), "")
    periods = {text: _why_no_period(text) for text in frame[PERIOD].unique()}
    return reasons.where(reasons != "", frame[PERIOD].map(periods)).to_numpy(dtype=object)


def _why_no_period(text: str) -> str:
    """Why a time period is no single year, as a reason; blank for one that is."""
    two_years = TWO_YEARS.fullmatch(text)
    if ONE_YEAR.fullmatch(text) or (two_years and is_consecutive(*map(int, two_years.groups()))):
        return ""
    spans = "-" in text
    return f"the period “{text}”, which {'spans several years' if spans else 'is no whole year'}"


def _frame(kept: pd.DataFrame, spec: FileSpec, reference: Reference) -> pd.DataFrame:
    two_years = kept[PERIOD].str.contains("/", regex=False)
    of_two = ACADEMIC_YEAR if spec.year_end == ACADEMIC_YEAR_END else FINANCIAL_YEAR
    figures = kept[[*dict.fromkeys((*FILTERS, *spec.filters)), *FIGURES]].copy()
    hidden = (kept[VALUE] == "") & kept[NOTE].str.contains(SUPPRESSED_WORDS, case=False)
    figures[VALUE] = kept[VALUE].mask(hidden, BLANK_SUPPRESSED)
    return with_identity(
        figures,
        codes=kept[CODE].tolist(),
        names=kept[NAME].tolist(),
        periods=kept[PERIOD].str.replace("/", "").tolist(),
        identifiers=two_years.map({True: of_two, False: CALENDAR_YEAR}).tolist(),
        reference=reference,
    )


def _missing_authorities(raw: RawTable, reference: Reference) -> list[Finding]:
    """Authorities that some period has no row for: a download of some areas, or one cut short."""
    return [
        CHECKS["periods_whole"].finding(
            sentence, file_name=raw.file.name, rows=raw.rows_at(positions), column=CODE
        )
        for sentence, positions in find_missing_authorities(raw.frame, raw.file.spec, reference)
    ]
