"""The meta file that the publisher puts beside an EES data file: `<name>.meta.csv`.

It says of each column whether it is a filter or an indicator. Checks that it, the data file and the
catalogue say the same; nothing is loaded from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import pandas as pd

from ingest.catalogue import Catalogue, FileSpec
from ingest.checks import CHECKS
from ingest.errors import Finding
from ingest.folder import META
from ingest.readers.delimited import read_delimited
from ingest.schemas.ees import STANDARD_COLUMNS

FILTER, INDICATOR = "Filter", "Indicator"
META_COLUMNS = ("col_name", "col_type")
"""The columns that a meta file cannot do without; others may be there or not."""

_OTHER_AREA_COLUMN = re.compile(r".*_(code|name|urn|ukprn|laestab)")
"""Columns of areas other than authorities: they stand in no meta file."""


def find_meta_faults(
    data_frame: pd.DataFrame,
    meta_bytes: bytes,
    spec: FileSpec,
    catalogue: Catalogue,
    file_name: str,
    *,
    renamed: Mapping[str, str] = MappingProxyType({}),
) -> list[Finding]:
    """How a meta file differs from its data file and from the catalogue.

    `data_frame`: the data file as text; `file_name`: its name, on which the findings are;
    `renamed`: present names of columns whose publisher named them otherwise. A filter
    that only groups another (`filter_grouping_column`) counts as one. As in the publisher's
    screener, a column with one value throughout need not be in the meta file.
    """
    meta_name = file_name.removesuffix(".csv") + META
    meta, unreadable = read_delimited(meta_bytes, meta_name)
    if not unreadable and not {*META_COLUMNS} <= {*meta.columns}:
        return [_unreadable(f"{meta_name} lacks col_name or col_type.", file_name)]
    if unreadable:
        return [_unreadable(f"{meta_name}: {unreadable[0].message}", file_name)]
    meta = meta.assign(col_name=[renamed.get(name, name) for name in meta["col_name"]])
    groups = set(meta.get("filter_grouping_column", pd.Series(dtype=str))) - {""}
    kinds = {renamed.get(name, name): FILTER for name in sorted(groups)}
    kinds |= dict(zip(meta["col_name"], meta["col_type"], strict=True))
    return [
        *_column_faults(data_frame, kinds, meta_name, file_name),
        *_kind_faults(kinds, spec, catalogue, meta_name, file_name),
        *_default_faults(data_frame, meta, meta_name, file_name),
    ]


def _unreadable(message: str, file_name: str) -> Finding:
    return CHECKS["meta_readable"].finding(message, file_name=file_name)


def _column_faults(
    frame: pd.DataFrame, kinds: dict[str, str], meta_name: str, file_name: str
) -> Iterator[Finding]:
    check = CHECKS["meta_columns"]
    gone = [name for name in kinds if name not in frame.columns]
    if gone:
        message = f"The data file lacks {_list(gone)}, which {meta_name} describes."
        yield check.finding(message, file_name=file_name, column=", ".join(gone))
    new = [
        name
        for name in frame.columns
        if name not in kinds
        and name not in STANDARD_COLUMNS
        and not _OTHER_AREA_COLUMN.fullmatch(name)
        and frame[name].nunique() > 1
    ]
    if new:
        message = f"{meta_name} does not describe {_list(new)}."
        yield check.finding(message, file_name=file_name, column=", ".join(new))


def _kind_faults(
    kinds: dict[str, str], spec: FileSpec, catalogue: Catalogue, meta_name: str, file_name: str
) -> Iterator[Finding]:
    figures = sorted(catalogue.columns_of(spec) - {*spec.filters})
    for names, right, wrong in ((spec.filters, FILTER, INDICATOR), (figures, INDICATOR, FILTER)):
        odd = [name for name in names if kinds.get(name, right) != right]
        if odd:
            yield CHECKS["meta_kinds"].finding(
                f"The catalogue takes {_list(odd)} for {right.lower()}s, and {meta_name} has "
                f"“{kinds[odd[0]] or wrong}”.",
                file_name=file_name,
                column=", ".join(odd),
            )


def _default_faults(
    frame: pd.DataFrame, meta: pd.DataFrame, meta_name: str, file_name: str
) -> Iterator[Finding]:
    """Filters whose default value, where the meta file names one, is not in the data."""
    if "filter_default" not in meta.columns:
        return
    for name, default in zip(meta["col_name"], meta["filter_default"], strict=True):
        if default and name in frame.columns and not (frame[name] == default).any():
            message = f"{meta_name} names “{default}” as the total, and no row has it."
            yield CHECKS["total_present"].finding(message, file_name=file_name, column=name)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
