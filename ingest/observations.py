"""Observations of the declared indicators, from tables in the shape that readers give them.

Knows nothing of kinds of files. A joint return is given to each of its authorities, marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from ingest.authorities import split_joint_code
from ingest.catalogue import Catalogue, FileSpec, Indicator
from ingest.checks import CHECKS
from ingest.errors import Finding
from ingest.periods import Period, parse_ees_period
from ingest.schemas.ees import area_keys
from ingest.statuses import MISSING, NOT_APPLICABLE, REPORTED
from ingest.symbols import Cells, parse_cells
from ingest.tables import Load, RawTable, RowAccount, SetAside

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Table:
    """A file's rows with their keys worked out once, and its columns parsed when asked for."""

    raw: RawTable

    @property
    def spec(self) -> FileSpec:
        return self.raw.file.spec

    @cached_property
    def _parsed(self) -> dict[str, Cells]:
        return {}

    def cells(self, column: str) -> Cells:
        """One column of figures, parsed."""
        if column not in self._parsed:
            self._parsed[column] = parse_cells(self.raw.frame[column])
        return self._parsed[column]

    @cached_property
    def areas(self) -> npt.NDArray[np.object_]:
        """Published area code of each row (a joint return as published)."""
        return area_keys(self.raw.frame).to_numpy(dtype=object)

    @cached_property
    def periods(self) -> dict[str, Period]:
        """Each published period, read."""
        pairs = self.raw.frame[["time_period", "time_identifier"]].drop_duplicates()
        read_periods = {
            text: parse_ees_period(text, identifier, self.spec.year_end)
            for text, identifier in zip(pairs["time_period"], pairs["time_identifier"], strict=True)
        }
        return {text: period for text, period in read_periods.items() if period is not None}

    @cached_property
    def years(self) -> npt.NDArray[np.int64]:
        """The calendar year in which each row's period ends."""
        ends = {text: period.end.year for text, period in self.periods.items()}
        return self.raw.frame["time_period"].map(ends).to_numpy(dtype=np.int64)

    @cached_property
    def _filter_codes(self) -> dict[str, tuple[Positions, dict[str, int]]]:
        coded = {}
        for name in self.spec.filters:
            codes, values = pd.factorize(self.raw.frame[name])
            coded[name] = (codes, {str(value): i for i, value in enumerate(values)})
        return coded

    @cached_property
    def selected(self) -> npt.NDArray[np.bool_]:
        """Which rows some indicator asked for; set as indicators are observed."""
        return np.zeros(len(self.raw.frame), dtype=bool)

    @cached_property
    def used(self) -> npt.NDArray[np.bool_]:
        """Which rows some figure came from; set as indicators are observed."""
        return np.zeros(len(self.raw.frame), dtype=bool)

    def account(self) -> RowAccount:
        """What became of every row, once all indicators are observed."""
        unasked = SetAside("of a breakdown that no indicator reads", int((~self.selected).sum()))
        idle = SetAside(
            "a denominator of a year or an area that no figure needs",
            int((self.selected & ~self.used).sum()),
        )
        aside = tuple(item for item in (unasked, idle) if item.rows)
        return RowAccount(self.raw.file.source_file_id, int(self.used.sum()), aside)

    def select(self, where: dict[str, str]) -> Positions:
        """Positions of the rows whose filters have these values."""
        mask = np.ones(len(self.raw.frame), dtype=bool)
        for name, value in where.items():
            codes, index = self._filter_codes[name]
            mask &= codes == index.get(value, -1)
        return np.flatnonzero(mask)

    def rows_without(self, rows: Positions) -> Positions:
        """Rows of an area of which none is among `rows`, in a period and at a geographic level of
        which some are."""
        level = self.raw.frame["geographic_level"].to_numpy()
        groups = pd.MultiIndex.from_arrays([self.years, level])
        areas = pd.MultiIndex.from_arrays([self.years, self.areas])
        return np.flatnonzero(groups.isin(groups[rows].unique()) & ~areas.isin(areas[rows]))

    def keys(self, rows: Positions, years_before: int = 0) -> pd.MultiIndex:
        """(area, year) of those rows, the year moved back."""
        return pd.MultiIndex.from_arrays([self.areas[rows], self.years[rows] - years_before])


def observe_all(tables: Sequence[RawTable], catalogue: Catalogue) -> Load:
    """Observations and indicator rows of every declared indicator whose files are there. Where one
    file has a table for each year, the newest last, each is observed by itself."""
    by_name: dict[str, list[Table]] = {}
    for raw in tables:
        by_name.setdefault(raw.file.spec.name, []).append(Table(raw))
    observations, rows, findings = [], [], []
    for indicator in catalogue.indicators:
        own = by_name.get(indicator.file)
        lenders = by_name.get(indicator.denominator_file or indicator.file)
        if own is None or lenders is None:
            continue
        pairs = [(table, lenders[-1] if indicator.denominator_file else table) for table in own]
        faults = [
            fault
            for table, lender in pairs
            for fault in _selection_faults(indicator, table, lender)
        ]
        findings += faults
        if faults:
            continue
        observations += [_observe(indicator, table, lender) for table, lender in pairs]
        rows.append(_describe_indicator(indicator, own[-1], catalogue))
    every = [table for tables_of_one in by_name.values() for table in tables_of_one]
    findings += [finding for table in every for finding in _joint_notes(table)]
    together = [pd.concat(observations, ignore_index=True)] if observations else []
    accounts = tuple(table.account() for table in every)
    return Load(together, pd.DataFrame(rows), findings=tuple(findings), accounts=accounts)


def find_selection_faults(raw: RawTable, catalogue: Catalogue) -> list[Finding]:
    """What keeps the indicators of one file, looked at by itself, from being read."""
    table = Table(raw)
    return [
        fault
        for indicator in catalogue.indicators_of(table.spec)
        for fault in _selection_faults(
            indicator, table, None if indicator.denominator_file else table
        )
    ]


def _selection_faults(
    indicator: Indicator, table: Table, lender: Table | None
) -> Iterator[Finding]:
    """Says why a selection does not find exactly one row for each area and period, and where a
    count is negative. `lender` is the table that the denominator stands in, None where it is not
    at hand."""
    lent = indicator.denominator_where
    lent_where = lent if indicator.denominator_file else indicator.where | lent
    selections = [(table, indicator.where, {*indicator.numerator_columns})]
    if indicator.denominator_columns and lender is not None:
        selections.append((lender, lent_where, {*indicator.denominator_columns}))
    for source, where, counts in selections:
        fault = _selection_fault(indicator, source, where)
        if fault is not None:
            yield fault
            continue
        rows = source.select(where)
        for column in sorted(counts):
            negative = rows[source.cells(column).take(rows).values < 0]
            if len(negative):
                yield CHECKS["number_or_symbol"].finding(
                    f"“{source.raw.frame[column].iloc[negative[0]]}” is less than nought.",
                    file_name=source.raw.file.name,
                    rows=source.raw.rows_at(negative),
                    column=column,
                    indicator_id=indicator.id,
                )


def _selection_fault(indicator: Indicator, table: Table, where: dict[str, str]) -> Finding | None:
    check, name = CHECKS["selection_found"], table.raw.file.name
    rows = table.select(where)
    words = ", ".join(f"{column} = “{value}”" for column, value in where.items())
    if not len(rows):
        column = next(iter(where), "")
        return check.finding(
            f"No row has {words}.", file_name=name, column=column, indicator_id=indicator.id
        )
    repeated = table.keys(rows).duplicated(keep=False)
    if repeated.any():
        open_filters = [c for c in table.spec.filters if c not in where]
        return check.finding(
            f"More than one row for an area and period has {words or 'no filter set'}.",
            file_name=name,
            rows=table.raw.rows_at(rows[repeated]),
            column=", ".join(open_filters),
            indicator_id=indicator.id,
        )
    lost = table.rows_without(rows)
    if len(lost):
        area, period = table.areas[lost[0]], table.raw.frame["time_period"].iloc[lost[0]]
        return check.finding(
            f"No row for {area} in {period} has {words}, and other areas have one.",
            file_name=name,
            rows=table.raw.rows_at(lost),
            column=", ".join(where),
            indicator_id=indicator.id,
        )
    return None


def _observe(indicator: Indicator, table: Table, lender: Table) -> pd.DataFrame:
    """One row for each area and period that the file has for the indicator."""
    rows = table.select(indicator.where)
    table.selected[rows] = table.used[rows] = True
    nothing = _absent(len(rows))
    numerator = _numerator(indicator, table).take(rows) if indicator.numerator else nothing
    denominator = _denominator(indicator, table, lender, rows)
    if indicator.value:
        value = table.cells(indicator.value).take(rows)
    else:
        value = _derive(numerator, denominator, indicator.multiplier)
    periods = [table.periods[text] for text in table.raw.frame["time_period"].to_numpy()[rows]]
    snapshot = indicator.timing == "snapshot"
    frame = pd.DataFrame(
        {
            "indicator_id": indicator.id,
            "area_code": table.areas[rows],
            "period": [period.label for period in periods],
            "period_start": _days(period.end if snapshot else period.start for period in periods),
            "period_end": _days(period.end for period in periods),
            "value": value.values,
            "numerator": numerator.values,
            "denominator": denominator.values,
            "status": value.status,
            "symbol": value.symbol,
            "provisional": False,
            "joint_with": None,
            "source_file_id": table.raw.file.source_file_id,
            "source_row": np.array(table.raw.rows_at(rows), dtype=np.int32),
        }
    )
    return _expand_joint(frame)


def _days(days: Iterable[date]) -> npt.NDArray[np.datetime64]:
    return np.array(list(days), dtype="datetime64[s]")


def _numerator(indicator: Indicator, table: Table) -> Cells:
    """The numerator of every row: its column, less the one that is taken off it."""
    whole = table.cells(indicator.numerator)
    if not indicator.numerator_less:
        return whole
    part = table.cells(indicator.numerator_less)
    return _combine(whole, part, whole.values - part.values)


def _denominator(indicator: Indicator, table: Table, other: Table, rows: Positions) -> Cells:
    """The denominator of each of those rows, from the same row, another row or another file."""
    columns = indicator.denominator_columns
    if not columns:
        return _absent(len(rows))
    if not indicator.denominator_file and not indicator.denominator_where:
        return _add([table.cells(column).take(rows) for column in columns])
    where = indicator.denominator_where
    other_rows = other.select(where if indicator.denominator_file else indicator.where | where)
    positions = other.keys(other_rows).get_indexer(
        table.keys(rows, indicator.denominator_years_before)
    )
    other.selected[other_rows] = True
    other.used[other_rows[positions[positions >= 0]]] = True
    total = _add([other.cells(column).take(other_rows) for column in columns])
    return _lookup(total, positions)


def _absent(length: int) -> Cells:
    status = np.full(length, MISSING, dtype=object)
    return Cells(np.full(length, np.nan), status, np.full(length, None, dtype=object))


def _add(parts: list[Cells]) -> Cells:
    """Sum of the parts; where a part is no number the sum is none either, with that symbol."""
    total = parts[0]
    for part in parts[1:]:
        total = _combine(total, part, total.values + part.values)
    return total


def _combine(first: Cells, second: Cells, values: npt.NDArray[np.float64]) -> Cells:
    """`values` where both are reported; else the status and symbol of the first that is not."""
    reported = first.status == REPORTED
    return Cells(
        values,
        np.where(reported, second.status, first.status),
        np.where(reported, second.symbol, first.symbol),
    )


def _lookup(cells: Cells, positions: Positions) -> Cells:
    """The cells at those positions, missing where the position is -1."""
    taken, absent = cells.take(positions), _absent(len(positions))
    found = positions >= 0
    return Cells(
        np.where(found, taken.values, absent.values),
        np.where(found, taken.status, absent.status),
        np.where(found, taken.symbol, absent.symbol),
    )


def _derive(numerator: Cells, denominator: Cells, scale: float) -> Cells:
    """numerator / denominator x scale; no figure (not applicable) over a denominator of nought."""
    with np.errstate(divide="ignore", invalid="ignore"):
        values = numerator.values / denominator.values * scale
    cells = _combine(numerator, denominator, values)
    undefined = (cells.status == REPORTED) & ~np.isfinite(values)
    return Cells(
        np.where(undefined, np.nan, values),
        np.where(undefined, NOT_APPLICABLE, cells.status),
        cells.symbol,
    )


def _expand_joint(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a joint return's row to each of its authorities, naming the others in `joint_with`."""
    joint = frame["area_code"].str.contains("/", regex=False)
    if not joint.any():
        return frame
    copies = []
    for _, row in frame[joint].iterrows():
        codes = split_joint_code(row["area_code"])
        for code in codes:
            others = " ".join(other for other in codes if other != code)
            copies.append({**row.to_dict(), "area_code": code, "joint_with": others})
    return pd.concat([frame[~joint], pd.DataFrame(copies)], ignore_index=True)


def _joint_notes(table: Table) -> list[Finding]:
    frame = table.raw.frame
    joint = frame[frame["old_la_code"].str.contains("/", regex=False)]
    return [
        CHECKS["joint_return"].finding(
            f"{name} ({code}) is one return for both: each shows the joint figure, marked.",
            file_name=table.raw.file.name,
            rows=table.raw.rows_at(group.index),
            column="old_la_code",
            area_code=split_joint_code(str(code))[0],
        )
        for (code, name), group in joint.groupby(["old_la_code", "la_name"])
    ]


def _describe_indicator(
    indicator: Indicator, table: Table, catalogue: Catalogue
) -> dict[str, object]:
    source = catalogue.source_by_id[table.spec.source]
    return {
        "indicator_id": indicator.id,
        "title": indicator.title,
        "domain": indicator.domain,
        "topic": indicator.domain,
        "unit": indicator.unit,
        "polarity": indicator.polarity,
        "decimals": indicator.decimals,
        "numerator_label": indicator.numerator_label,
        "denominator_label": indicator.denominator_label,
        "source_id": source.id,
        "source_key": table.raw.file.name,
        "headline": indicator.headline,
        "definition": indicator.definition,
        "methodology": "",
        "caveats": indicator.caveats,
        "cadence": source.cadence,
        "next_update": None,
        "interval_method": indicator.interval,
        "timing": indicator.timing,
        "publisher_bands": True,
    }
