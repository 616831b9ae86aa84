"""From counts of authorities to rows as Explore Education Statistics publishes them.

Owns which areas a table lists, how counts add up, rounding, suppression and symbols, and the CSV
file itself. Knows no measure.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from alliance.demonstration.country import Authority, Country
from alliance.demonstration.simulation import (
    FIRST_YEAR,
    Counts,
    Floats,
    Gap,
    Levels,
    Simulation,
)

Texts = npt.NDArray[np.object_]
Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]

NATIONAL, REGIONAL, LOCAL = "National", "Regional", "Local authority"
REPORTING_YEAR, ACADEMIC_YEAR = "Reporting year", "Academic year"
SUPPRESSED, NOT_AVAILABLE, NOT_APPLICABLE, ROUNDS_TO_ZERO = "c", "x", "z", "k"

PERIOD_COLUMNS = ("time_period", "time_identifier", "geographic_level")
REGION_COLUMNS = ("country_code", "country_name", "region_code", "region_name")
NAME_LAST = (*PERIOD_COLUMNS, *REGION_COLUMNS, "old_la_code", "new_la_code", "la_name")
CODE_LAST = (*PERIOD_COLUMNS, *REGION_COLUMNS, "old_la_code", "la_name", "new_la_code")

SMALL = (1, 5)
"""Counts that are suppressed, both included."""
ROUND_TO = 10
"""What counts of regions and of the country are rounded to."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How one table is published.

    file_name: with `{first}` and `{last}` where the publisher puts years in it. identity: columns
    that say which period and area a row is for, in their order. day: month and day of the year on
    which an authority must exist to be listed. padded: authorities that did not exist are listed,
    as not applicable. newest_codes: GSS codes are back-dated. byte_order_mark: the file has one.
    """

    file_name: str
    identity: tuple[str, ...]
    first_year: int
    last_year: int
    identifier: str = REPORTING_YEAR
    day: tuple[int, int] = (3, 31)
    padded: bool = False
    newest_codes: bool = False
    other_names: bool = False
    by_code: bool = False
    byte_order_mark: bool = False
    years_left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A published table: file name, its columns in order (texts of one length), and its mark."""

    file_name: str
    columns: Mapping[str, Texts]
    byte_order_mark: bool


@dataclass(frozen=True, slots=True)
class _Area:
    """A row's area: its identity cells, its members among today's authorities, whether it is."""

    level: str
    region_code: str
    region_name: str
    old_la_code: str
    new_la_code: str
    la_name: str
    members: tuple[int, ...]
    exists: bool = True


def format_numbers(values: Floats, decimals: int) -> Texts:
    """Numbers as text with at most that many decimals, trailing zeros left out; halves go up."""
    scaled = np.floor(np.nan_to_num(values) * 10**decimals + 0.5 + 1e-9).astype(np.int64)
    distinct, position = np.unique(scaled, return_inverse=True)
    texts = np.array([_format_scaled(int(number), decimals) for number in distinct], dtype=object)
    return np.asarray(texts[position], dtype=object)


def _format_scaled(number: int, decimals: int) -> str:
    sign = "-" if number < 0 else ""
    whole, part = divmod(abs(number), 10**decimals)
    fraction = f"{part:0{decimals}d}".rstrip("0") if decimals else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


@dataclass(frozen=True)
class Sheet:
    """The areas of one table in all its periods, newest first, and how counts become cells.

    row_of, unit_of: pairs of a row and an authority of today that is part of the row's area.
    no_return: (authorities of today, years), True where an authority's figures are not there.
    """

    layout: Layout
    identity: Mapping[str, Texts]
    years: npt.NDArray[np.int64]
    row_of: Positions
    unit_of: Positions
    exists: Flags
    no_return: Flags

    @cached_property
    def local(self) -> Flags:
        """True for rows of authorities, (rows,)."""
        return np.asarray(self.identity["geographic_level"] == LOCAL, dtype=bool)

    @cached_property
    def _absent(self) -> Flags:
        """True for rows of authorities without a return, (rows,)."""
        returned = self._add_up((~self.no_return).astype(np.float64))
        return np.asarray(self.local & self.exists & (returned == 0.0), dtype=bool)

    def _add_up(self, by_unit: Floats) -> Floats:
        """Sum over each row's authorities in the row's year, (rows,)."""
        cells = by_unit[self.unit_of, self.years[self.row_of] - FIRST_YEAR]
        sums = np.bincount(self.row_of, weights=cells, minlength=len(self.years))
        return np.asarray(sums, dtype=np.float64)

    def without(self, gaps: Iterable[Gap], country: Country) -> Sheet:
        """The same areas, with authorities that sent no return left out of every total."""
        no_return = np.zeros_like(self.no_return)
        for gap in gaps:
            years = [year - FIRST_YEAR for year in gap.years]
            no_return[country.unit_position[gap.area_code], years] = True
        return replace(self, no_return=no_return)

    def total(self, counts: Counts | Floats) -> Floats:
        """Unrounded total of each row, (rows,), of counts (authorities of today, years)."""
        return self._add_up(np.where(self.no_return, 0.0, counts))

    def mark(self, cells: Texts) -> Texts:
        """The cells, with symbols where an authority did not exist or sent no return."""
        cells[~self.exists] = NOT_APPLICABLE
        cells[self._absent] = NOT_AVAILABLE
        return cells

    def all_cells(self, symbol: str) -> Texts:
        """A column that shows nothing but that symbol."""
        return np.full(len(self.years), symbol, dtype=object)

    def small(self, totals: Floats, limits: tuple[int, int] | None) -> Flags:
        """True for authorities' totals between the limits, which are suppressed."""
        if limits is None:
            return np.zeros(len(totals), dtype=bool)
        return np.asarray(self.local & (totals >= limits[0]) & (totals <= limits[1]), dtype=bool)

    def count(
        self,
        counts: Counts | Floats,
        *,
        limits: tuple[int, int] | None = SMALL,
        decimals: int = 0,
        exact: bool = False,
    ) -> Texts:
        """Cells of a count: authorities as they are or suppressed, other areas rounded.

        limits: smallest and largest count to suppress, None for none. exact: nothing is rounded.
        """
        totals = self.total(counts)
        rounded = totals if exact else np.floor(totals / ROUND_TO + 0.5) * ROUND_TO
        cells = format_numbers(np.where(self.local, totals, rounded), decimals)
        cells[self.small(totals, limits)] = SUPPRESSED
        return self.mark(cells)

    def ratio(
        self,
        part: Counts | Floats,
        whole: Counts | Floats,
        *,
        scale: float = 100.0,
        decimals: int = 1,
        limits: tuple[int, int] | None = SMALL,
        rounds_to_zero: bool = False,
    ) -> Texts:
        """Cells of a percentage or rate from unrounded totals; suppressed with its count."""
        parts, wholes = self.total(part), self.total(whole)
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.where(wholes > 0, scale * parts / wholes, 0.0)
        cells = format_numbers(values, decimals)
        if rounds_to_zero:
            cells[(parts > 0) & (cells == "0")] = ROUNDS_TO_ZERO
        cells[self.small(parts, limits) | (self.small(wholes, limits) & (parts > 0))] = SUPPRESSED
        cells[wholes == 0] = NOT_APPLICABLE
        return self.mark(cells)

    def table(
        self, figures: Mapping[str, Texts], filters: Mapping[str, str] | None = None
    ) -> Table:
        """The table with one row for each area and period."""
        same = {
            name: np.full(len(self.years), value, dtype=object)
            for name, value in (filters or {}).items()
        }
        return self._file({**self._identity_columns(), **same, **figures})

    def long_table(self, rows: Sequence[tuple[Mapping[str, str], Mapping[str, Texts]]]) -> Table:
        """The table with one row for each area, period and set of filter values, in that order."""
        repeated = {name: np.repeat(c, len(rows)) for name, c in self._identity_columns().items()}
        areas = len(self.years)
        filters = {
            name: np.tile(np.array([values[name] for values, _ in rows], dtype=object), areas)
            for name in rows[0][0]
        }
        figures = {
            name: np.stack([cells[name] for _, cells in rows], axis=1).ravel()
            for name in rows[0][1]
        }
        return self._file({**repeated, **filters, **figures})

    def _identity_columns(self) -> dict[str, Texts]:
        return {name: self.identity[name] for name in self.layout.identity}

    def _file(self, columns: Mapping[str, Texts]) -> Table:
        first, last = int(self.years.min()), int(self.years.max())
        name = self.layout.file_name.format(first=first, last=last)
        return Table(name, columns, self.layout.byte_order_mark)


@dataclass(frozen=True)
class Publisher:
    """What every table is made from: the simulation and the edition's newest periods."""

    country: Country
    levels: Levels
    simulation: Simulation
    previous: bool

    def publishes(self, layout: Layout) -> bool:
        """False where the edition before came out ahead of the table's first period."""
        return self._last_year(layout) >= layout.first_year

    def _last_year(self, layout: Layout) -> int:
        return layout.last_year - (1 if self.previous else 0)

    def gaps(self, table: str, *, whole: bool = True) -> tuple[Gap, ...]:
        """Missing returns of a table: of whole returns, or of some of their columns."""
        return tuple(
            gap for gap in self.levels.gaps if table in gap.tables and (not gap.columns) == whole
        )

    def sheet(self, layout: Layout, table: str) -> Sheet:
        """The areas of a table in all periods of this edition."""
        joint = self.levels.joint_returns.get(table, ())
        years = [
            year
            for year in range(self._last_year(layout), layout.first_year - 1, -1)
            if year not in layout.years_left_out
        ]
        periods = [(year, _areas(self.country, layout, year, joint)) for year in years]
        areas = [area for _, found in periods for area in found]
        sheet = Sheet(
            layout=layout,
            identity=_identity(self.country, layout, periods),
            years=np.repeat(years, [len(found) for _, found in periods]),
            row_of=np.repeat(np.arange(len(areas)), [len(area.members) for area in areas]),
            unit_of=np.array([unit for area in areas for unit in area.members]),
            exists=np.array([area.exists for area in areas]),
            no_return=np.zeros(self.simulation.shape, dtype=bool),
        )
        return sheet.without(self.gaps(table), self.country)

    def hide_columns(self, table: str, sheet: Sheet, figures: dict[str, Texts]) -> None:
        """Put symbols into the columns that an authority's return lacked."""
        for gap in self.gaps(table, whole=False):
            rows = (sheet.identity["old_la_code"] == gap.area_code) & np.isin(
                sheet.years, gap.years
            )
            for column in gap.columns:
                figures[column][rows] = gap.symbol

    def restated(self, table: str, counts: Counts) -> Counts:
        """Counts as this edition has them: those of the edition before were later revised."""
        if not self.previous:
            return counts
        earlier = counts.copy()
        for revision in self.levels.revisions:
            if revision.table != table:
                continue
            for code in revision.area_codes:
                for year, factor in revision.years.items():
                    place = self.country.unit_position[code], int(year) - FIRST_YEAR
                    earlier[place] = round(earlier[place] * factor)
        return earlier


def _areas(country: Country, layout: Layout, year: int, joint: tuple[str, ...]) -> list[_Area]:
    """Areas of one period: the country, the regions, the authorities region by region."""
    everyone = tuple(range(len(country.units)))
    national = _Area(NATIONAL, "", "", "", "", "", everyone)
    regional = [
        _Area(
            REGIONAL, r.area_code, r.name, "", "", "", tuple(country.units_of_region(r.area_code))
        )
        for r in country.regions
    ]
    day = date(year, *layout.day)
    local = [
        _local_area(country, layout, authority, day)
        for authority in country.authorities
        if (layout.padded or authority.exists_on(day)) and authority.area_code not in joint
    ]
    if joint:
        local.append(_joint_area(country, layout, joint, day))
    return [national, *regional, *sorted(local, key=lambda area: _order(layout, area))]


def _order(layout: Layout, area: _Area) -> tuple[str, str]:
    return area.region_code, area.new_la_code if layout.by_code else area.la_name


def _local_area(country: Country, layout: Layout, authority: Authority, day: date) -> _Area:
    region = country.region_by_code[authority.published_region_code]
    code = authority.area_code
    return _Area(
        level=LOCAL,
        region_code=region.area_code,
        region_name=region.name,
        old_la_code=code,
        new_la_code=(
            country.newest_gss_code(code) if layout.newest_codes else country.gss_code_on(code, day)
        ),
        la_name=authority.other_name if layout.other_names else authority.name,
        members=tuple(country.units_of_authority(code)),
        exists=authority.exists_on(day),
    )


def _joint_area(country: Country, layout: Layout, codes: tuple[str, ...], day: date) -> _Area:
    """One row for authorities that send one return together."""
    parts = [
        _local_area(country, layout, authority, day)
        for authority in country.authorities
        if authority.area_code in codes
    ]
    return replace(
        parts[0],
        old_la_code=" / ".join(part.old_la_code for part in parts),
        new_la_code=" / ".join(part.new_la_code for part in parts),
        la_name=" / ".join(part.la_name for part in parts),
        members=tuple(member for part in parts for member in part.members),
    )


def _identity(
    country: Country, layout: Layout, areas: Sequence[tuple[int, Sequence[_Area]]]
) -> dict[str, Texts]:
    rows = [
        (
            _period(layout, year),
            layout.identifier,
            area.level,
            country.area_code,
            country.name,
            area.region_code,
            area.region_name,
            area.old_la_code,
            area.new_la_code,
            area.la_name,
        )
        for year, found in areas
        for area in found
    ]
    return {
        name: np.array(cells, dtype=object)
        for name, cells in zip(NAME_LAST, zip(*rows, strict=True), strict=True)
    }


def _period(layout: Layout, year: int) -> str:
    """A reporting year is `2025`; the academic year that ends in 2025 is `202425`."""
    return str(year) if layout.identifier == REPORTING_YEAR else f"{year - 1}{year % 100:02d}"


def write_table(table: Table, directory: Path) -> Path:
    """Write the CSV file (UTF-8, with a byte order mark where the table has one)."""
    path = directory / table.file_name
    encoding = "utf-8-sig" if table.byte_order_mark else "utf-8"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(zip(*(cells.tolist() for cells in table.columns.values()), strict=True))
    return path
