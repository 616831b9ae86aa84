"""Raw shape of an Explore Education Statistics CSV file (DfE, “Creating statistics: file format”).

Every cell is text. Which columns are filters the catalogue says; every other column that is not one
of the standard ones holds figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa

from ingest.authorities import REGION, Reference, split_joint_code
from ingest.catalogue import FileSpec
from ingest.periods import SIX_DIGIT_IDENTIFIERS, Period, is_consecutive, parse_ees_period
from ingest.schemas.faults import Describe, named_check
from ingest.symbols import is_number_or_symbol

STANDARD_COLUMNS = (
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "old_la_code",
    "new_la_code",
    "la_name",
)
NATIONAL, REGIONAL, LOCAL = "National", "Regional", "Local authority"
LEVELS = (NATIONAL, REGIONAL, LOCAL)
OTHER_LEVELS = {
    "Local authority district": ("lad_code", "lad_name"),
    "Parliamentary constituency": ("pcon_code", "pcon_name"),
    "Ward": ("ward_code", "ward_name"),
    "English devolved area": ("english_devolved_area_code", "english_devolved_area_name"),
    "Mayoral combined authority": (
        "mayoral_combined_authority_code", "mayoral_combined_authority_name",
    ),
    "Local enterprise partnership": (
        "local_enterprise_partnership_code", "local_enterprise_partnership_name",
    ),
    "Local skills improvement plan area": ("lsip_code", "lsip_name"),
    "Opportunity area": ("opportunity_area_code", "opportunity_area_name"),
    "Planning area": ("planning_area_code", "planning_area_name"),
    "RSC region": ("rsc_region_lead_name",),
    "MAT": ("trust_id", "trust_name"),
    "Sponsor": ("sponsor_id", "sponsor_name"),
    "School": (
        "school_laestab", "school_name", "school_urn", "school_estab", "school_postcode",
    ),
    "Provider": ("provider_ukprn", "provider_name", "provider_urn", "provider_upin"),
    "Institution": ("institution_id", "institution_name"),
}  # fmt: skip
"""The format's other geographic levels, with the columns that name their areas: no authority is
compared by them, and their rows are set aside."""
OTHER_LEVEL = "of a geographic level at which authorities are not compared"
_OTHER_AREAS = frozenset(name for names in OTHER_LEVELS.values() for name in names)
_SIX_DIGITS = re.compile("[0-9]{6}")
AREA_COLUMN = {NATIONAL: "country_code", REGIONAL: "region_code", LOCAL: "old_la_code"}


def figure_columns(frame: pd.DataFrame, spec: FileSpec) -> list[str]:
    """The columns of the file that hold figures."""
    others = {*STANDARD_COLUMNS, *_OTHER_AREAS, *spec.filters}
    return [name for name in frame.columns if name not in others]


def area_keys(frame: pd.DataFrame) -> pd.Series:
    """The published code of each row's area: of the country, the region or the authority."""
    level = frame["geographic_level"]
    keys = frame["old_la_code"].where(level != REGIONAL, frame["region_code"])
    return keys.where(level != NATIONAL, frame["country_code"])


def known_areas(frame: pd.DataFrame, reference: Reference) -> npt.NDArray[np.bool_]:
    """True for each row whose area (or, in a joint return, each of its areas) is known."""
    regions = {code for code, item in reference.region_by_code.items() if item.area_level == REGION}
    known = {
        NATIONAL: {reference.country.area_code},
        REGIONAL: regions,
        LOCAL: set(reference.authority_by_code),
    }
    keys = pd.DataFrame({"level": frame["geographic_level"], "key": area_keys(frame)})
    distinct = keys.drop_duplicates()
    good = [
        level not in known or (set(split_joint_code(key)) <= known[level] and key == key.strip())
        for level, key in zip(distinct["level"], distinct["key"], strict=True)
    ]
    return _spread(keys, distinct, good)


def readable_periods(frame: pd.DataFrame, spec: FileSpec) -> npt.NDArray[np.bool_]:
    """True for each row whose period and time identifier fit together, and whose identifier is the
    one that most rows of its period have. Years that do not follow each other are let through:
    `consecutive_years` reports them."""
    keys = frame[["time_period", "time_identifier"]]
    distinct = keys.value_counts().index.to_frame(index=False)
    odd = distinct.duplicated("time_period")
    good = [
        not is_odd
        and (
            _skips_years(period, identifier)
            or parse_ees_period(period, identifier, spec.year_end) is not None
        )
        for period, identifier, is_odd in zip(
            distinct["time_period"], distinct["time_identifier"], odd, strict=True
        )
    ]
    return _spread(keys, distinct, good)


def consecutive_years(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """False for each row whose six-digit period joins two years of which the second is not the
    one after the first: 202426."""
    keys = frame[["time_period", "time_identifier"]]
    distinct = keys.drop_duplicates()
    pairs = zip(distinct["time_period"], distinct["time_identifier"], strict=True)
    return _spread(keys, distinct, [not _skips_years(*pair) for pair in pairs])


def _skips_years(period: str, identifier: str) -> bool:
    six_digits = identifier in SIX_DIGIT_IDENTIFIERS and _SIX_DIGITS.fullmatch(period)
    return bool(six_digits) and not is_consecutive(int(period[:4]), int(period[4:]))


def _spread(keys: pd.DataFrame, distinct: pd.DataFrame, good: list[bool]) -> npt.NDArray[np.bool_]:
    if all(good):
        return np.ones(len(keys), dtype=bool)
    bad = distinct[~np.array(good)]
    marked = keys.merge(bad.assign(bad=True), how="left", on=list(keys.columns), validate="m:1")
    return marked["bad"].isna().to_numpy()


def unique_keys(frame: pd.DataFrame, spec: FileSpec) -> npt.NDArray[np.bool_]:
    """False for each row that repeats the period, area and filters of another row. A joint return
    is a row of each of its authorities."""
    keys = frame[["time_period", *spec.filters]].assign(area=area_keys(frame))
    joint = keys["area"].str.contains("/", regex=False)
    parts = keys[joint].assign(area=keys.loc[joint, "area"].map(split_joint_code)).explode("area")
    keys = pd.concat([keys[~joint], parts])
    repeated = keys.index[keys.duplicated(keep=False)]
    return ~frame.index.isin(repeated)


Gap = tuple[str, tuple[int, ...]]
"""A sentence on what is missing, and the positions of the rows beside it."""


def find_gaps(frame: pd.DataFrame, spec: FileSpec, reference: Reference) -> Iterator[Gap]:
    """What a file that was cut short lacks.

    Within a period every area of a level has as many rows, and every authority is there that
    existed all through the period and exists still, or that the file has elsewhere.
    """
    areas = area_keys(frame)
    yield from _short_areas(frame, areas)
    yield from find_missing_authorities(frame, spec, reference)


def find_missing_comparators(frame: pd.DataFrame, reference: Reference) -> Iterator[Gap]:
    """Periods without the country's row or without a region's, and years between the first and the
    last that the file does not have: nothing is wrong with the rest, but comparisons are thinner.
    """
    expected = {code for code, item in reference.region_by_code.items() if not item.parent_code}
    areas = area_keys(frame)
    for text, group in areas.groupby(frame["time_period"]):
        missing = sorted(expected - set(group.unique()))
        if missing:
            names = ", ".join(reference.region_by_code[code].name for code in missing[:3])
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            yield f"Period {text} has no row for {names}{more}.", (int(group.index[0]),)


def _short_areas(frame: pd.DataFrame, areas: pd.Series) -> Iterator[Gap]:
    keys = frame[["time_period", "geographic_level"]].assign(area=areas)
    rows = keys.groupby(list(keys.columns), sort=False).size()
    usual = rows.groupby(level=["time_period", "geographic_level"]).transform("max")
    short = pd.DataFrame({"rows": rows, "usual": usual})[rows < usual].reset_index()
    for gap in short.to_dict("records"):
        here = (frame["time_period"] == gap["time_period"]) & (areas == gap["area"])
        yield (
            f"Period {gap['time_period']} has {gap['rows']} rows for {gap['area']} where others "
            f"have {gap['usual']}.",
            tuple(int(i) for i in np.flatnonzero(here)),
        )


def find_missing_authorities(
    frame: pd.DataFrame, spec: FileSpec, reference: Reference
) -> Iterator[Gap]:
    """Authorities without a row in a period all through which they existed."""
    areas = area_keys(frame)
    local = frame["geographic_level"] == LOCAL
    present = {
        text: {part for code in group.unique() for part in split_joint_code(code)}
        for text, group in areas[local].groupby(frame["time_period"])
    }
    somewhere = set().union(*present.values())
    pairs = frame[["time_period", "time_identifier"]].drop_duplicates()
    for text, identifier in zip(pairs["time_period"], pairs["time_identifier"], strict=True):
        period = parse_ees_period(text, identifier, spec.year_end)
        expected = _expected_authorities(period, somewhere, reference) if period else set()
        missing = sorted(expected - present.get(text, set()) - {*spec.omits})
        if missing:
            names = ", ".join(reference.authority_by_code[code].name for code in missing[:3])
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            yield f"Period {text} has no row for {names}{more}.", (len(frame) - 1,)


def _expected_authorities(period: Period, somewhere: set[str], reference: Reference) -> set[str]:
    return {
        item.area_code
        for item in reference.authorities
        if (item.area_code in somewhere or item.valid_to is None)
        and (item.valid_from or date.min) <= period.start
        and (item.valid_to or date.max) >= period.end
    }


def ees_schema(frame: pd.DataFrame, spec: FileSpec, reference: Reference) -> pa.DataFrameSchema:
    """The schema of one file; `frame` tells only which columns there are."""
    filters = {
        name: pa.Column(
            checks=named_check("filter_filled", lambda s: (s != "") & (s == s.str.strip()))
        )
        for name in spec.filters
    }
    figures = {
        name: pa.Column(checks=named_check("number_or_symbol", is_number_or_symbol))
        for name in figure_columns(frame, spec)
    }
    level = pa.Column(checks=named_check("geographic_level", lambda s: s.isin(LEVELS)))
    return pa.DataFrameSchema(
        {"geographic_level": level, **filters, **figures},
        checks=[
            named_check("time_period", lambda df: readable_periods(df, spec)),
            named_check("years_consecutive", consecutive_years),
            named_check("authority_known", lambda df: known_areas(df, reference)),
            named_check("key_unique", lambda df: unique_keys(df, spec)),
        ],
        strict=False,
    )


def _area_words(row: pd.Series) -> str:
    level = row["geographic_level"]
    column = AREA_COLUMN.get(level, "old_la_code")
    name = {NATIONAL: "country_name", REGIONAL: "region_name"}.get(level, "la_name")
    return f"“{row[column]}” ({row[name] or 'no name'}, column {column})"


def _cell(row: pd.Series) -> str:
    return str(row[row.name])


DESCRIBE: dict[str, Describe] = {
    "geographic_level": lambda row: f"“{_cell(row)}” is not a geographic level.",
    "filter_filled": lambda row: (
        f"“{_cell(row)}” has a space at an end." if _cell(row).strip() else "The cell is empty."
    ),
    "number_or_symbol": lambda row: f"“{_cell(row)}” is not a number or a known symbol.",
    "time_period": lambda row: (
        f"The period “{row['time_period']}” (column time_period) does not fit "
        f"“{row['time_identifier']}”."
    ),
    "years_consecutive": lambda row: (
        f"The period “{row['time_period']}” (column time_period) joins years that do not follow "
        "each other."
    ),
    "authority_known": lambda row: f"The area {_area_words(row)} is not in the reference tables.",
    "key_unique": lambda row: (
        f"The key is there more than once (columns time_period {row['time_period']}, "
        f"area {_area_words(row)} and the filters)."
    ),
}
