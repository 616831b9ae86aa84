"""The Local Authority Interactive Tool's background data (DfE): parquet data set and dictionary.

Every measure that the dictionary does not mark as discontinued becomes an indicator. The data set
writes every kind of missing figure as “-”, so its missing figures cannot be told apart.
"""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.authorities import Reference, fold_name
from ingest.catalogue import Catalogue
from ingest.checks import CHECKS
from ingest.errors import Finding
from ingest.paths import data_dir
from ingest.periods import LAIT_YEAR_ENDS, Period, parse_lait_period
from ingest.readers.delimited import read_delimited
from ingest.readers.workbook import read_sheet
from ingest.schemas.faults import FIRST_DATA_ROW, collect_faults
from ingest.schemas.lait import (
    CODE_LIST_COLUMNS,
    DATA_COLUMNS,
    DESCRIBE,
    DICTIONARY_COLUMNS,
    code_list_schema,
    data_schema,
    dictionary_schema,
)
from ingest.statuses import REPORTED, STATUSES
from ingest.symbols import parse_cells
from ingest.tables import Load, PublishedFile, RawTable, RowAccount, SetAside

KINDS = frozenset({"lait_data", "lait_dictionary", "lait_authorities"})
POLARITY = {"high": "high", "low": "low"}
DEFAULT_DECIMALS = 1
DECIMALS = frozenset("01234")
NO_POLARITY = frozenset({"", "-", "na", "none", "neither"})
MEASURES_SHOWN = 3
NAMES_SHOWN = 3
WHOLE_LIST = 0.9
"""The share of all areas from which on a year of a measure is meant to list every one."""
EXCEL_EPOCH = date(1899, 12, 30)


def read(file: PublishedFile, catalogue: Catalogue, reference: Reference) -> RawTable:
    """Read one of the three files as text and check its raw shape."""
    readers = {
        "lait_data": _read_data,
        "lait_dictionary": _read_dictionary,
        "lait_authorities": _read_code_list,
    }
    return readers[file.spec.kind](file, reference)


def _rename(
    frame: pd.DataFrame,
    columns: dict[str, str],
    file: PublishedFile,
    present: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, list[Finding]]:
    present = list(frame.columns) if present is None else present
    findings = [
        CHECKS["columns_known"].finding(
            f"The header repeats {name}.", file_name=file.name, rows=(1,), column=name
        )
        for name in columns
        if list(present).count(name) > 1
    ]
    missing = [name for name in columns if name not in present]
    findings += [
        CHECKS["columns_known"].finding(
            f"The column is missing; the file has {', '.join(present)}.",
            file_name=file.name, rows=(1,), column=name,
        )
        for name in missing
    ]  # fmt: skip
    return (frame if findings else frame[list(columns)].rename(columns=columns)), findings


def _as_published(findings: list[Finding], columns: dict[str, str]) -> list[Finding]:
    """The findings with the publisher's column names in place of ours."""
    published = {own: name for name, own in columns.items()}
    return [replace(item, column=published.get(item.column, item.column)) for item in findings]


def _read_data(file: PublishedFile, reference: Reference) -> RawTable:
    if not file.data.strip():
        finding = CHECKS["file_readable"].finding("The file is empty.", file_name=file.name)
        return RawTable(file, pd.DataFrame(), (finding,))
    try:
        table = pq.ParquetFile(io.BytesIO(file.data)).read()
        wanted = [i for i, name in enumerate(table.column_names) if name in DATA_COLUMNS]
        texts = _as_text(table.select(wanted))
        texts.validate(full=True)
        text = texts.to_pandas()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        finding = CHECKS["file_kind"].finding(
            f"The file cannot be read as Parquet ({error}).", file_name=file.name
        )
        return RawTable(file, pd.DataFrame(), (finding,))
    frame, findings = _rename(text, DATA_COLUMNS, file, present=table.column_names)
    if not findings and frame.empty:
        findings = [CHECKS["rows_present"].finding("The file has no rows.", file_name=file.name)]
    if not findings:
        findings = _as_published(
            collect_faults(data_schema(reference), frame, file_name=file.name, describe=DESCRIBE),
            DATA_COLUMNS,
        )
        if not findings:
            findings = _missing_authorities(frame, file, reference)
        if not findings:
            findings = _missing_rows(frame, file, reference)
    return RawTable(file, frame, tuple(findings), frozenset(frame.get("year", ())))


def _as_text(table: pa.Table) -> pa.Table:
    """Every column as strings: a column of whole numbers without fractions, nulls as empty."""
    columns = []
    for column in table.columns:
        is_float = pa.types.is_floating(column.type)
        try:
            whole = column.cast(pa.int64()) if is_float else column
        except pa.ArrowInvalid:
            whole = column
        columns.append(pc.fill_null(whole.cast(pa.string()), ""))
    return pa.table(columns, names=table.column_names)


def _read_dictionary(file: PublishedFile, reference: Reference) -> RawTable:
    frame, findings = read_delimited(file.data, file.name)
    if not findings:
        frame, findings = _rename(frame, DICTIONARY_COLUMNS, file)
    if not findings:
        findings = _as_published(
            collect_faults(dictionary_schema(), frame, file_name=file.name, describe=DESCRIBE),
            DICTIONARY_COLUMNS,
        )
    return RawTable(file, frame, tuple(findings))


def _read_code_list(file: PublishedFile, reference: Reference) -> RawTable:
    rows, findings = read_sheet(file)
    if not findings and len(rows) < FIRST_DATA_ROW:
        message = "No area stands below the header."
        findings = [CHECKS["rows_present"].finding(message, file_name=file.name, rows=(1,))]
    if findings:
        return RawTable(file, pd.DataFrame(), tuple(findings))
    frame, findings = _rename(pd.DataFrame(rows[1:], columns=rows[0]), CODE_LIST_COLUMNS, file)
    if findings:
        return RawTable(file, frame, tuple(findings))
    findings = _as_published(
        collect_faults(code_list_schema(reference), frame, file_name=file.name, describe=DESCRIBE),
        CODE_LIST_COLUMNS,
    )
    findings += [] if findings else _missing_authorities(frame, file, reference)
    findings += _unknown_names(frame, file, reference)
    findings += _other_regions(frame, file, reference)
    return RawTable(file, frame, tuple(findings))


def _missing_rows(frame: pd.DataFrame, file: PublishedFile, reference: Reference) -> list[Finding]:
    """An error where a year of a measure that lists (nearly) every area, as all do, lacks an
    authority of today. A row of the measure whose year cannot be read may be the one."""
    labels = {year: _year_label(year) for year in frame["year"].unique()}
    rows = frame[["measure", "number"]].assign(year=frame["year"].map(labels))
    keys = ["measure", "year"]
    sizes = rows.groupby(keys, sort=False)["number"].nunique()
    short = sizes[(sizes < sizes.max()) & (sizes >= WHOLE_LIST * sizes.max())]
    if short.empty:
        return []
    today = {item.area_code for item in reference.authorities if item.valid_to is None}
    expected = (today & {*rows["number"].unique()}) - {*file.spec.omits}
    of_no_year = {*rows.loc[rows["year"].isna(), ["measure", "number"]].itertuples(index=False)}
    suspects = rows[pd.MultiIndex.from_frame(rows[keys]).isin(short.index)]
    missing = [
        (str(measure), str(year), number)
        for (measure, year), numbers in suspects.groupby(keys, sort=False)["number"]
        for number in sorted(expected - {*numbers})
        if (measure, number) not in of_no_year
    ]
    return _missing_row_findings(missing, file, reference)


def _year_label(text: str) -> str | None:
    period = parse_lait_period(text, "")
    return period[0].label if period else None


def _missing_row_findings(
    missing: list[tuple[str, str, str]], file: PublishedFile, reference: Reference
) -> list[Finding]:
    """One finding for all rows that are missing: measure, year and number of each."""
    if not missing:
        return []
    measure, year, number = missing[0]
    others = f" and lacks {len(missing) - 1:,} rows more" if len(missing) > 1 else ""
    name = reference.authority_by_code[number].name
    codes = {item[2] for item in missing}
    return [
        CHECKS["periods_whole"].finding(
            f"{measure} has no row for {name} in {year}{others}.",
            file_name=file.name,
            column="LA Number",
            area_code=number if len(codes) == 1 else None,
        )
    ]


def _missing_authorities(
    frame: pd.DataFrame, file: PublishedFile, reference: Reference
) -> list[Finding]:
    """An error where authorities that exist today are nowhere in a file that lists them all."""
    there = {*frame["number"].unique(), *file.spec.omits}
    missing = [
        item.name
        for item in reference.authorities
        if item.valid_to is None and item.area_code not in there
    ]
    if not missing:
        return []
    more = f" and {len(missing) - NAMES_SHOWN} more" if len(missing) > NAMES_SHOWN else ""
    message = f"The file has no row for {', '.join(missing[:NAMES_SHOWN])}{more}."
    check = CHECKS["periods_whole"]
    return [check.finding(message, file_name=file.name, column="LA Number")]


def _other_regions(frame: pd.DataFrame, file: PublishedFile, reference: Reference) -> list[Finding]:
    """A warning for each authority that the list puts into another region than the one on record
    (for London: into another part of it)."""
    findings = []
    for position, (number, region) in enumerate(zip(frame["number"], frame["region"], strict=True)):
        authority = reference.authority_by_code.get(number)
        if authority is None:
            continue
        code = authority.subregion_code or authority.region_code
        if fold_name(region) not in reference.known_names[code]:
            findings.append(
                CHECKS["region_agrees"].finding(
                    f"“{region}” is not the region of {authority.name} ({number}).",
                    file_name=file.name,
                    rows=(position + FIRST_DATA_ROW,),
                    column="Region",
                    area_code=number,
                )
            )
    return findings


def _unknown_names(frame: pd.DataFrame, file: PublishedFile, reference: Reference) -> list[Finding]:
    findings = []
    for position, (number, name) in enumerate(zip(frame["number"], frame["name"], strict=True)):
        code = reference.area_by_lait_number.get(number)
        if code is not None and fold_name(name) not in reference.known_names[code]:
            findings.append(
                CHECKS["name_known"].finding(
                    f"“{name}” is not a known name of {code}.",
                    file_name=file.name,
                    rows=(position + FIRST_DATA_ROW,),
                    column="LA Name",
                    area_code=code,
                )
            )
    return findings


def load(tables: Sequence[RawTable], catalogue: Catalogue, reference: Reference) -> Load:
    """Observations and indicator rows of every measure that is not discontinued."""
    by_kind = {table.file.spec.kind: table for table in tables}
    data, dictionary = by_kind.get("lait_data"), by_kind.get("lait_dictionary")
    codes = [_account(table, {}) for table in tables if table.file.spec.kind == "lait_authorities"]
    if data is None or dictionary is None:
        return Load(accounts=tuple(codes))
    measures, findings = _describe_measures(dictionary, data, catalogue)
    faults = _clashing_names(measures, dictionary)
    if measures.empty or faults:
        return Load(findings=(*findings, *faults))
    observations, more = _observe(data, measures, reference)
    described = measures["source_key"]
    accounts = (
        *codes,
        _account(dictionary, _dictionary_rows(dictionary, described)),
        _account(data, _data_rows(data, described, len(observations))),
    )
    return Load(
        [observations],
        measures.drop(columns="year_type"),
        findings=(*findings, *more),
        accounts=accounts,
    )


def _account(table: RawTable, aside: dict[str, int]) -> RowAccount:
    parts = tuple(SetAside(reason, rows) for reason, rows in aside.items() if rows)
    used = len(table.frame) - sum(part.rows for part in parts)
    return RowAccount(table.file.source_file_id, used, parts)


def _dictionary_rows(dictionary: RawTable, described: pd.Series) -> dict[str, int]:
    """Why rows of the dictionary describe no indicator, and how many."""
    ended = _discontinued(dictionary)
    idle = ~dictionary.frame["measure"].isin(described) & ~ended
    return {
        "of a measure that is discontinued": int(ended.sum()),
        "of a measure without figures": int(idle.sum()),
    }


def _data_rows(data: RawTable, described: pd.Series, observed: int) -> dict[str, int]:
    """Why rows of the data set are no observation, and how many."""
    other = int((~data.frame["measure"].isin(described)).sum())
    return {
        "of a measure that is discontinued": other,
        "of a year that cannot be read": len(data.frame) - other - observed,
    }


def _discontinued(dictionary: RawTable) -> pd.Series:
    return dictionary.frame["table_status"].str.casefold().str.contains("discontinued")


def _clashing_names(measures: pd.DataFrame, dictionary: RawTable) -> list[Finding]:
    """Findings on measures whose names make the same indicator id."""
    if measures.empty:
        return []
    clashing = measures[measures["indicator_id"].duplicated(keep=False)]
    return [
        CHECKS["key_unique"].finding(
            f"The measures {' and '.join(group['source_key'])} would both be called {name}.",
            file_name=dictionary.file.name,
            column="Measure_short",
            indicator_id=str(name),
        )
        for name, group in clashing.groupby("indicator_id")
    ]


def slug(measure: str) -> str:
    """`lait_` and the measure's short name in lower case: `%` as `_pct` (it alone tells two
    pairs of measures apart), all else but letters and digits as `_`."""
    words = measure.casefold().replace("%", "_pct")
    return "lait_" + re.sub(r"[^a-z0-9]+", "_", words).strip("_")


def _describe_measures(
    dictionary: RawTable, data: RawTable, catalogue: Catalogue
) -> tuple[pd.DataFrame, list[Finding]]:
    """The `indicator` rows, with LAIT's year type; and what was left out or not understood."""
    frame = dictionary.frame
    discontinued = _discontinued(dictionary)
    source = catalogue.source_by_id[dictionary.file.spec.source]
    kept = frame[~discontinued]
    present = set(data.frame["measure"].unique())
    findings = [
        CHECKS["measure_described"].finding(
            f"The measure “{name}” is not in the dictionary.",
            file_name=data.file.name, column="Short Desc",
        )
        for name in sorted(present - set(frame["measure"]))
    ]  # fmt: skip
    dropped = sorted(set(frame.loc[discontinued, "measure"]))
    if dropped:
        findings.append(
            CHECKS["measure_discontinued"].finding(
                f"Left out as discontinued: {', '.join(dropped)}.", file_name=dictionary.file.name
            )
        )
    rows = []
    for measure, group in kept[kept["measure"].isin(present)].groupby("measure", sort=False):
        first = {str(key): str(value) for key, value in group.iloc[0].items()}
        unit = unit_of_axis(first["axis"])
        if unit is None:
            findings.append(
                CHECKS["unit_known"].finding(
                    f"The axis label “{first['axis']}” of {measure} tells no unit.",
                    file_name=dictionary.file.name,
                    column="y_axis_name",
                    indicator_id=slug(str(measure)),
                )
            )
        findings += _odd_terms(str(measure), first, dictionary)
        findings += _disagreements(str(measure), group, dictionary)
        if "N" in set(group["no_quartile"].str.strip()):
            first["no_quartile"] = "N"
        rows.append(_indicator_row(first, list(group["topic"]), unit or "count", source))
    return pd.DataFrame(rows), findings


def _odd_terms(measure: str, row: dict[str, str], dictionary: RawTable) -> list[Finding]:
    """Warnings on a polarity or a kind of year that is none of the known ones."""
    polarity = row["polarity"].strip().casefold()
    odd = {
        "Polarity": row["polarity"] if polarity not in {*POLARITY, *NO_POLARITY} else "",
        "Year_Type": row["year_type"] if row["year_type"] not in LAIT_YEAR_ENDS else "",
    }
    return [
        CHECKS["term_known"].finding(
            f"“{term}” of {measure} is not a known {column}.",
            file_name=dictionary.file.name, column=column, indicator_id=slug(measure),
        )
        for column, term in odd.items() if term
    ]  # fmt: skip


def _disagreements(measure: str, group: pd.DataFrame, dictionary: RawTable) -> list[Finding]:
    """A warning where a measure that stands under two topics is described in two ways."""
    published = {name: column for column, name in DICTIONARY_COLUMNS.items()}
    differing = [
        published[name]
        for name in ("polarity", "axis", "decimals", "year_type", "no_quartile")
        if group[name].nunique() > 1
    ]
    if not differing:
        return []
    return [
        CHECKS["dictionary_agrees"].finding(
            f"The rows of {measure} differ in {', '.join(differing)}.",
            file_name=dictionary.file.name,
            rows=tuple(int(str(i)) + FIRST_DATA_ROW for i in group.index),
            column=differing[0],
            indicator_id=slug(measure),
        )
    ]


def _indicator_row(
    row: dict[str, str], topics: list[str], unit: str, source: Any
) -> dict[str, object]:
    next_update = read_update(row["next_update"])
    notes = (
        [f"Also listed by the publisher under {' and '.join(topics[1:])}."] if topics[1:] else []
    )
    if next_update is None and row["next_update"].strip() not in {"", "NA", "TBC"}:
        notes.append(f"Next update: {row['next_update'].strip()}.")
    return {
        "indicator_id": slug(row["measure"]),
        "title": " ".join(row["title"].split()),
        "domain": domain_of_topic(topics[0]),
        "topic": topics[0],
        "unit": unit,
        "polarity": POLARITY.get(row["polarity"].strip().casefold(), "none"),
        "decimals": int(row["decimals"]) if row["decimals"] in DECIMALS else DEFAULT_DECIMALS,
        "numerator_label": "",
        "denominator_label": "",
        "source_id": source.id,
        "source_key": row["measure"],
        "headline": False,
        "definition": row["description"].strip(),
        "methodology": row["methodology"].strip(),
        "caveats": " ".join(notes),
        "cadence": source.cadence,
        "next_update": next_update,
        "interval_method": "none",
        "timing": "label",
        "publisher_bands": row["no_quartile"].strip() != "N",
        "year_type": row["year_type"],
    }


def domain_of_topic(topic: str) -> str:
    """The publisher's topic in sentence case, so that it falls in with our domain of that name:
    `Children Looked After` as `Children looked after`.
    """
    first, *rest = topic.replace("\\", " and ").replace("&", "and").split()
    return " ".join([first, *(word if word.isupper() else word.lower() for word in rest)])


@cache
def _unit_patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    text = (data_dir() / "catalogue" / "lait_units.toml").read_text(encoding="utf-8")
    return tuple(
        (re.compile(entry["pattern"], re.IGNORECASE), entry["unit"])
        for entry in tomllib.loads(text)["unit"]
    )


def unit_of_axis(axis: str) -> str | None:
    """The unit that an axis label of the dictionary tells, or None."""
    return next((unit for pattern, unit in _unit_patterns() if pattern.search(axis)), None)


def read_update(text: str) -> date | None:
    """The day that the dictionary's update column holds (an Excel day number), or None."""
    days = text.strip()
    return EXCEL_EPOCH + timedelta(days=int(days)) if re.fullmatch("[1-9][0-9]{4}", days) else None


def _observe(
    data: RawTable, measures: pd.DataFrame, reference: Reference
) -> tuple[pd.DataFrame, list[Finding]]:
    """One row for each measure, area and period; columns repeat few values, so they are coded."""
    frame = data.frame
    measure = _codes(frame["measure"])
    year = _codes(frame["year"])
    number = _codes(frame["number"])
    position = {name: i for i, name in enumerate(measures["source_key"])}
    row_of = np.array([position.get(name, -1) for name in measure.categories], dtype=np.intp)
    indicator = row_of[measure.codes]
    pairs = measure.codes.astype(np.int64) * len(year.categories) + year.codes
    distinct, inverse = np.unique(pairs, return_inverse=True)
    year_types = [*measures["year_type"], ""]
    periods = [
        parse_lait_period(
            str(year.categories[pair % len(year.categories)]),
            year_types[row_of[pair // len(year.categories)]],
        )
        for pair in distinct
    ]
    readable = np.array([period is not None for period in periods])[inverse]
    wanted = indicator >= 0
    findings = _unread_years(data, wanted & ~readable)
    keep = np.flatnonzero(wanted & readable)
    findings += _repeated_years(data, periods, pairs, distinct, keep)
    starts = _days([period[0].start if period else None for period in periods])[inverse]
    late = _after_its_end(data, keep, starts, reference)
    findings += _figures_after_the_end(data, late, reference)
    cells = parse_cells(frame["value"].iloc[keep])
    areas = [reference.area_by_lait_number[number] for number in number.categories]
    known = [period or (None, False) for period in periods]
    of_pair = inverse[keep]
    observations = pd.DataFrame(
        {
            "indicator_id": pd.Categorical.from_codes(
                indicator[keep], list(measures["indicator_id"])
            ),
            "area_code": pd.Categorical.from_codes(number.codes[keep], areas),
            "period": _spread([p.label if p else "" for p, _ in known], of_pair),
            "period_start": _days([p.start if p else None for p, _ in known])[of_pair],
            "period_end": _days([p.end if p else None for p, _ in known])[of_pair],
            "value": cells.values,
            "numerator": np.nan,
            "denominator": np.nan,
            "status": pd.Categorical(cells.status, categories=list(STATUSES)),
            "symbol": pd.Categorical(cells.symbol),
            "provisional": np.array([flag for _, flag in known])[of_pair],
            "joint_with": pd.Categorical([None] * len(keep)),
            "source_file_id": pd.Categorical.from_codes(
                np.zeros(len(keep), dtype=np.int8), [data.file.source_file_id]
            ),
            "source_row": (keep + FIRST_DATA_ROW).astype(np.int32),
        }
    )
    return observations, findings


def _after_its_end(
    data: RawTable, keep: np.ndarray, starts: np.ndarray, reference: Reference
) -> np.ndarray:
    """Positions of figures (symbols aside) of an authority for a period that began after its end.

    Some are right (a cohort is placed where it went to school), some stale: only the publisher
    knows, so they are kept and reported.
    """
    ended = {
        code: np.datetime64(authority.valid_to, "s")
        for code, authority in reference.authority_by_code.items()
        if authority.valid_to is not None
    }
    numbers = data.frame["number"].iloc[keep]
    suspects = keep[numbers.isin(ended).to_numpy()]
    ends = data.frame["number"].iloc[suspects].map(ended).to_numpy(dtype="datetime64[s]")
    suspects = suspects[starts[suspects] > ends]
    return suspects[parse_cells(data.frame["value"].iloc[suspects]).status == REPORTED]


def _figures_after_the_end(data: RawTable, late: np.ndarray, reference: Reference) -> list[Finding]:
    """A warning for each authority that is given figures for years after it had ceased."""
    rows = data.frame.iloc[late]
    findings = []
    for number, group in rows.groupby("number"):
        authority = reference.authority_by_code[str(number)]
        measures = sorted(group["measure"].unique())
        findings.append(
            CHECKS["outside_lifetime"].finding(
                f"{authority.name} ({number}) ceased on {authority.valid_to}, and the file gives "
                f"it {len(group):,} figures for later years, in {len(measures)} measures such as "
                f"{', '.join(measures[:MEASURES_SHOWN])}.",
                file_name=data.file.name,
                rows=tuple(int(str(i)) + FIRST_DATA_ROW for i in group.index),
                column="LA Number",
                area_code=str(number),
            )
        )
    return findings


def _repeated_years(
    data: RawTable,
    periods: list[tuple[Period, bool] | None],
    pairs: np.ndarray,
    distinct: np.ndarray,
    keep: np.ndarray,
) -> list[Finding]:
    """Findings where one year of a measure is written in two ways and an area has both."""
    label_of = {
        pair: period[0].label
        for pair, period in zip(distinct.tolist(), periods, strict=True)
        if period is not None
    }
    rows = data.frame.iloc[keep][["measure", "year", "number"]]
    rows = rows.assign(period=[label_of[pair] for pair in pairs[keep].tolist()])
    written = rows.drop_duplicates(["measure", "year"])
    suspects = written.loc[written.duplicated(["measure", "period"], keep=False), "measure"]
    rows = rows[rows["measure"].isin(suspects)]
    rows = rows[rows.duplicated(["measure", "period", "number"], keep=False)]
    return [
        CHECKS["key_unique"].finding(
            f"{measure} has more than one figure for {period}: the years are written "
            f"{' and '.join(f'“{year}”' for year in group['year'].unique())}.",
            file_name=data.file.name,
            rows=tuple(int(str(i)) + FIRST_DATA_ROW for i in group.index),
            column="Years",
        )
        for (measure, period), group in rows.groupby(["measure", "period"])
    ]


def _codes(series: pd.Series) -> pd.Categorical:
    return pd.Categorical(series)


def _spread(labels: list[str], positions: np.ndarray) -> pd.Categorical:
    distinct = sorted(set(labels))
    index = {label: i for i, label in enumerate(distinct)}
    codes = np.array([index[label] for label in labels])
    return pd.Categorical.from_codes(codes[positions], distinct)


def _days(days: list[date | None]) -> np.ndarray:
    return np.array(days, dtype="datetime64[s]")


def _unread_years(data: RawTable, bad: np.ndarray) -> list[Finding]:
    rows = np.flatnonzero(bad)
    if not len(rows):
        return []
    lost = data.frame.iloc[rows]
    figures = int((parse_cells(lost["value"]).status == "reported").sum())
    return [
        CHECKS["year_readable"].finding(
            f"The year “{lost['year'].iloc[0]}” of {lost['measure'].iloc[0]} is no year; "
            f"{figures:,} of these {len(rows):,} rows hold a figure.",
            file_name=data.file.name,
            rows=tuple(int(row) + FIRST_DATA_ROW for row in rows),
            column="Years",
        )
    ]
