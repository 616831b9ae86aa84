"""What is odd in an EES file that can be read all the same: blank and legacy cells, area columns
that do not fit the level, names and regions not on record, parts that do not make their total.

Reports warnings only. What makes a file unreadable is in `ingest.schemas.ees`. The rules are those
of the Department for Education's data screener (github.com/dfe-analytical-services/eesyscreener),
unless docs/checks.md says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ingest.authorities import Reference, fold_name, split_joint_code
from ingest.catalogue import FileSpec
from ingest.schemas.ees import (
    AREA_COLUMN,
    LOCAL,
    NATIONAL,
    REGIONAL,
    area_keys,
    figure_columns,
)
from ingest.symbols import parse_cells

LEGACY_SYMBOLS = (":", "~", "..", ".", "-", "N/A")
"""Marks that the statistical service gave up for letters; some have had more than one meaning."""

_COUNTRY, _REGION = ("country_code", "country_name"), ("region_code", "region_name")
_AUTHORITY = ("old_la_code", "new_la_code", "la_name")
FILLED_COLUMNS = {
    NATIONAL: _COUNTRY,
    REGIONAL: (*_COUNTRY, *_REGION),
    LOCAL: (*_COUNTRY, *_REGION, *_AUTHORITY),
}
"""The area columns that a row of each level fills; it leaves the others empty."""

LEAST_GROUPS = 10
"""A filter is taken to part a total only where at least so many totals can be added up …"""
LEAST_AGREEMENT = 0.9
"""… and at least this share of them is the sum of its parts. Categories that overlap, or that leave
some out, disagree nearly everywhere, and then there is nothing to report."""
ROUNDED_TO = 10.0
"""What the counts of regions and of the country are rounded to."""
_NEARLY = 1e-6

_TOTAL = re.compile(r"(total|all)\b.*|.*\btotal", re.IGNORECASE)

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Note:
    """One oddity: a registered check, a sentence, the positions of the rows and their column."""

    check_id: str
    message: str
    positions: tuple[int, ...]
    column: str
    area_code: str | None = None


def find_notes(frame: pd.DataFrame, spec: FileSpec, reference: Reference) -> Iterator[Note]:
    """Every oddity of the area and figure columns. One note for each kind and column."""
    yield from _symbol_notes(frame, spec)
    distinct = frame.drop_duplicates(["geographic_level", *_COUNTRY, *_REGION, *_AUTHORITY])
    if any(_area_notes(distinct, reference)):
        yield from _area_notes(frame, reference)


def is_total(value: str) -> bool:
    """True for a filter value that stands for all the others: “Total”, “All …”, “… total”."""
    return bool(_TOTAL.fullmatch(value))


# Cells ------------------------------------------------------------------------------------------


def _symbol_notes(frame: pd.DataFrame, spec: FileSpec) -> Iterator[Note]:
    for column in figure_columns(frame, spec):
        cells = frame[column]
        odd = np.flatnonzero(cells.isin(["", *LEGACY_SYMBOLS]))
        if not len(odd):
            continue
        texts = cells.iloc[odd]
        blank = odd[(texts == "").to_numpy()]
        legacy = odd[(texts != "").to_numpy()]
        if len(blank):
            message = f"{_count(len(blank), 'cell is', 'cells are')} blank."
            yield Note("figure_filled", message, _tuple(blank), column)
        if len(legacy):
            used = ", ".join(f"“{text}”" for text in sorted(set(cells.iloc[legacy])))
            message = f"{_count(len(legacy), 'cell has', 'cells have')} {used}."
            yield Note("symbol_current", message, _tuple(legacy), column)


# Areas ------------------------------------------------------------------------------------------


def _area_notes(frame: pd.DataFrame, reference: Reference) -> Iterator[Note]:
    yield from _level_notes(frame)
    yield from _region_notes(frame, reference)
    yield from _area_name_notes(frame, reference)


def _level_notes(frame: pd.DataFrame) -> Iterator[Note]:
    """Area columns that a level leaves empty and should not, or the other way round. An empty code
    of the row's own area is not among them: that is an error (`authority_known`)."""
    level = frame["geographic_level"]
    for column in (*_COUNTRY, *_REGION, *_AUTHORITY):
        filled = (frame[column] != "").to_numpy()
        fills = {name for name, columns in FILLED_COLUMNS.items() if column in columns}
        own = {name for name in fills if AREA_COLUMN[name] == column}
        empty = np.flatnonzero(level.isin(fills - own).to_numpy() & ~filled)
        if len(empty):
            name = level.iloc[empty[0]]
            message = f"{_count(len(empty), 'row', 'rows')} (level {name}) left it empty."
            yield Note("area_columns", message, _tuple(empty), column)
        extra = np.flatnonzero(level.isin(FILLED_COLUMNS.keys() - fills).to_numpy() & filled)
        if len(extra):
            name = level.iloc[extra[0]]
            message = (
                f"“{frame[column].iloc[extra[0]]}” stands on a row of level {name}, which has none."
            )
            yield Note("area_columns", message, _tuple(extra), column)


def _region_notes(frame: pd.DataFrame, reference: Reference) -> Iterator[Note]:
    """Authorities' rows under a region that is not theirs, and any row under another country."""
    local = frame["geographic_level"] == LOCAL
    pairs = frame.loc[local, ["old_la_code", "region_code"]].drop_duplicates()
    wrong = [
        (code, region)
        for code, region in zip(pairs["old_la_code"], pairs["region_code"], strict=True)
        if region and not _lies_in(code, region, reference)
    ]
    if wrong:
        keys = pd.MultiIndex.from_frame(frame[["old_la_code", "region_code"]])
        rows = np.flatnonzero(local.to_numpy() & keys.isin(wrong))
        code, region = wrong[0]
        message = f"“{region}” is not the region of authority {code}{_more(len(wrong) - 1)}."
        yield Note("region_agrees", message, _tuple(rows), "region_code", _only(wrong))
    country = frame["country_code"]
    odd = (frame["geographic_level"] != NATIONAL) & ~country.isin(["", reference.country.area_code])
    if odd.any():
        rows = np.flatnonzero(odd)
        message = f"“{country.iloc[rows[0]]}” is not the code of {reference.country.name}."
        yield Note("region_agrees", message, _tuple(rows), "country_code")


def _lies_in(code: str, region: str, reference: Reference) -> bool:
    """True where a published code's authority (or one of a joint return's) lies in the region, or
    where the authority is not known, which is reported elsewhere."""
    parts = [reference.authority_by_code.get(part) for part in split_joint_code(code)]
    return any(part is None or region in {part.region_code, part.subregion_code} for part in parts)


def _only(pairs: list[tuple[str, str]]) -> str | None:
    code = split_joint_code(pairs[0][0])[0]
    return code if len(pairs) == 1 else None


def _area_name_notes(frame: pd.DataFrame, reference: Reference) -> Iterator[Note]:
    """Names of regions and of the country that are not on record for their code."""
    for code_column, name_column in (_COUNTRY, _REGION):
        pairs = frame[[code_column, name_column]].drop_duplicates()
        wrong = [
            (code, name)
            for code, name in zip(pairs[code_column], pairs[name_column], strict=True)
            if name
            and code in reference.region_by_code
            and fold_name(name) not in reference.known_names[code]
        ]
        if wrong:
            keys = pd.MultiIndex.from_frame(frame[[code_column, name_column]])
            code, name = wrong[0]
            message = f"“{name}” is not a known name of {code}{_more(len(wrong) - 1)}."
            yield Note("name_known", message, _tuple(np.flatnonzero(keys.isin(wrong))), name_column)


# Totals -----------------------------------------------------------------------------------------


def find_total_notes(frame: pd.DataFrame, spec: FileSpec) -> Iterator[Note]:
    """Totals that are missing where the publisher has them otherwise, and totals that their parts
    do not make. For a file whose keys are sound.

    A filter parts a total where nearly every total that can be checked is the sum of its parts.
    Only totals of which every part is published are looked at, so nothing suppressed shows.
    """
    for name in spec.filters:
        if not any(is_total(str(value)) for value in frame[name].unique()):
            continue
        groups = _Groups(frame, spec, name)
        yield from _missing_totals(frame, spec, groups)
        for column in figure_columns(frame, spec):
            yield from _sum_notes(frame, groups, column)


class _Groups:
    """The rows of a file that differ in one filter alone: a group is a period, an area and the
    values of the other filters.

    `total`: True for the row that is its group's total, `part`: True for what should add up to it.
    Another subtotal is neither.
    """

    def __init__(self, frame: pd.DataFrame, spec: FileSpec, name: str) -> None:
        self.name = name
        others = [item for item in spec.filters if item != name]
        keys = frame[["time_period", *others]].assign(area=area_keys(frame))
        self.number = keys.groupby(list(keys.columns), sort=False).ngroup().to_numpy()
        self.count = int(self.number.max()) + 1 if len(frame) else 0
        values = frame[name]
        totals = {value for value in values.unique() if is_total(str(value))}
        exact = {value for value in totals if str(value).casefold() == "total"}
        total_like = values.isin(totals).to_numpy()
        plain = values.isin(exact).to_numpy()
        has_plain = np.bincount(self.number[plain], minlength=self.count) > 0
        chosen = np.where(has_plain[self.number], plain, total_like)
        single = np.bincount(self.number[chosen], minlength=self.count) == 1
        self.total = chosen & single[self.number]
        self.part = ~total_like & single[self.number]
        self.parts = np.bincount(self.number[self.part], minlength=self.count)


def _missing_totals(frame: pd.DataFrame, spec: FileSpec, groups: _Groups) -> Iterator[Note]:
    """Periods without a total for values of the other filters that have one in another period."""
    others = [item for item in spec.filters if item != groups.name]
    keys = frame[["time_period", *others]].astype(str)
    has_total = frame[groups.name].map({v: is_total(v) for v in frame[groups.name].unique()})
    by_period = has_total.groupby([keys[column] for column in keys]).any().reset_index(name="has")
    if others:
        elsewhere = by_period.groupby(others)["has"].transform("any")
    else:
        elsewhere = by_period["has"].any()
    missing = by_period[elsewhere & ~by_period["has"]]
    if len(missing):
        first = missing.iloc[0]
        wanted = pd.MultiIndex.from_frame(missing[list(keys.columns)])
        rows = np.flatnonzero(pd.MultiIndex.from_frame(keys).isin(wanted))
        message = f"Period {first['time_period']} has no total, and other periods have one."
        yield Note("total_present", message, _tuple(rows), groups.name)


def _sum_notes(frame: pd.DataFrame, groups: _Groups, column: str) -> Iterator[Note]:
    values = parse_cells(frame[column]).values
    total = _by_group(groups, groups.total, values)
    parts = _by_group(groups, groups.part, values)
    checkable = np.isfinite(total) & np.isfinite(parts) & (groups.parts > 1)
    local = np.zeros(groups.count, dtype=bool)
    local[groups.number] = (frame["geographic_level"] == LOCAL).to_numpy()
    known = total[checkable & local]
    if len(known) < LEAST_GROUPS or np.ptp(known) == 0:
        return
    exactly = np.where(local, _NEARLY, ROUNDED_TO / 2)
    tolerance = np.maximum(exactly, _grain(values) / 2) * (groups.parts + 1)
    differs = checkable & (np.abs(total - parts) > tolerance + _NEARLY)
    if (differs & local).sum() > (1 - LEAST_AGREEMENT) * len(known) or not differs.any():
        return
    rows = np.flatnonzero(groups.total & differs[groups.number])
    gaps = np.abs(total - parts)[groups.number[rows]]
    worst = int(rows[np.argmax(gaps)])
    group = groups.number[worst]
    row = frame.iloc[worst]
    yield Note(
        "parts_and_total",
        f"{_count(len(rows), 'total', 'totals')} of {int(checkable.sum()):,} that can be checked "
        f"{'is' if len(rows) == 1 else 'are'} not the sum of the parts by {groups.name}. Furthest "
        f"off: {_area_name(row)}, {row['time_period']}, “{row[groups.name]}” is {total[group]:,g} "
        f"and its parts make {parts[group]:,g}.",
        _tuple(rows),
        column,
    )


def _by_group(
    groups: _Groups, chosen: npt.NDArray[np.bool_], values: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The sum of the chosen rows of each group; NaN where one of them is no number, or none is."""
    number = groups.number[chosen]
    rows = np.bincount(number, minlength=groups.count)
    sums = np.bincount(number, weights=values[chosen], minlength=groups.count)
    return np.where(rows > 0, sums, np.nan)


def _grain(values: npt.NDArray[np.float64]) -> float:
    """What figures are rounded to if they have decimals: 0.1 or 0.01; 0 where all are whole."""
    known = values[np.isfinite(values)]
    for grain in (1.0, 0.1):
        if np.all(np.abs(known / grain - np.round(known / grain)) < _NEARLY):
            return 0.0 if grain == 1.0 else grain
    return 0.01


def _area_name(row: pd.Series) -> str:
    column = {NATIONAL: "country_name", REGIONAL: "region_name"}
    return str(row[column.get(row["geographic_level"], "la_name")])


# Words ------------------------------------------------------------------------------------------


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _more(number: int) -> str:
    return f" (and {number:,} more)" if number else ""


def _tuple(positions: Iterable[int]) -> tuple[int, ...]:
    return tuple(int(position) for position in positions)
