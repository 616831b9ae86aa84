"""Copies of published files that differ in one place, and what that place means.

Edits a file in its own format and keeps every other byte, cell or row as it was. Says by its own
arithmetic, from the catalogue's entries and the files' cells, which figures follow from a cell;
nothing here calls what it is to test.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isclose, isnan, nan
from typing import ClassVar
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine

from ingest.authorities import Reference
from ingest.catalogue import Catalogue, FileSpec, Indicator
from tests.published import label

Place = tuple[int, str]
"""A cell: the position of its row below the header, and the name of its column."""

# Copies of a file -----------------------------------------------------------------------------


class Copy:
    """A published file open for mutation. `frame`: every cell as text, with the publisher's column
    names (a repeated name has a number after it); rows by position below the header."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @property
    def frame(self) -> pd.DataFrame:
        raise NotImplementedError

    def edited(
        self,
        cells: Mapping[Place, str] | None = None,
        *,
        without: Collection[int] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> bytes:
        """The file's bytes with other cells, without some rows, with columns under other names."""
        raise NotImplementedError


def _unique_names(names: Sequence[str]) -> list[str]:
    return [
        name if name not in names[:i] else f"{name} {names[:i].count(name) + 1}"
        for i, name in enumerate(names)
    ]


class CsvCopy(Copy):
    """Text: an edit replaces the characters of its cells."""

    _RECORD = re.compile(r'(?:[^"\r\n]|"(?:[^"]|"")*")*(?:\r?\n|\Z)')
    _CELL = re.compile(r'(?:"(?:[^"]|"")*"|[^",\r\n]*)(?=,|\r?\n|\Z)')

    @cached_property
    def text(self) -> str:
        return self.data.decode("utf-8")

    @cached_property
    def frame(self) -> pd.DataFrame:  # type: ignore[override]
        rows = list(csv.reader(io.StringIO(self.text.removeprefix("\ufeff"), newline="")))
        return pd.DataFrame(rows[1:], columns=_unique_names(rows[0]), dtype="str")

    def edited(
        self,
        cells: Mapping[Place, str] | None = None,
        *,
        without: Collection[int] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> bytes:
        columns = list(self.frame.columns)
        changes: dict[int, dict[int, str]] = {}
        for (row, column), text in (cells or {}).items():
            changes.setdefault(row + 1, {})[columns.index(column)] = text
        for old, new in (renamed or {}).items():
            changes.setdefault(0, {})[columns.index(old)] = new
        records = [match[0] for match in self._RECORD.finditer(self.text) if match[0]]
        gone = {row + 1 for row in without}
        kept = (
            self._with(record, changes[number]) if number in changes else record
            for number, record in enumerate(records)
            if number not in gone
        )
        return "".join(kept).encode("utf-8")

    def _with(self, record: str, texts: Mapping[int, str]) -> str:
        mark = "\ufeff" if record.startswith("\ufeff") else ""
        body = record.removeprefix(mark)
        cells, place = [], 0
        while (match := self._CELL.match(body, place)) is not None:
            cells.append(match[0])
            place = match.end() + 1
            if body[match.end() : place] != ",":
                break
        ending = body[place - 1 :]
        for column, text in texts.items():
            quoted = '"' in cells[column] or re.search(r'[",\r\n]', text)
            cells[column] = '"' + text.replace('"', '""') + '"' if quoted else text
        return mark + ",".join(cells) + ending


class ParquetCopy(Copy):
    """A table of columns: an edit replaces values and keeps each column's type."""

    @cached_property
    def table(self) -> pa.Table:
        return pq.read_table(io.BytesIO(self.data))

    @cached_property
    def frame(self) -> pd.DataFrame:  # type: ignore[override]
        return self.table.to_pandas()

    def edited(
        self,
        cells: Mapping[Place, str] | None = None,
        *,
        without: Collection[int] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> bytes:
        table = self.table
        for (row, column), text in (cells or {}).items():
            index = table.column_names.index(column)
            old = table.column(index)
            new = pa.array([text]).cast(old.type)
            parts = [*old.slice(0, row).chunks, new, *old.slice(row + 1).chunks]
            table = table.set_column(index, table.field(index), pa.chunked_array(parts))
        if without:
            gone = set(without)
            keep = pa.array([i not in gone for i in range(table.num_rows)])
            table = table.filter(keep)
        names = [(renamed or {}).get(name, name) for name in table.column_names]
        target = io.BytesIO()
        pq.write_table(table.rename_columns(names), target)
        return target.getvalue()


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


class SheetCopy(Copy):
    """One sheet of a workbook; the header is the first row that holds the cell `anchor`."""

    def __init__(self, data: bytes, anchor: str, sheet: str = "") -> None:
        super().__init__(data)
        self.anchor, self.wanted = anchor, sheet

    @cached_property
    def rows(self) -> list[list[str]]:
        """Every row of the sheet, as text."""
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self.data))
        sheet = book.get_sheet_by_name(self.sheet)
        cells = sheet.to_python(skip_empty_area=False)
        return [[_cell_text(cell) for cell in row] for row in cells]

    @cached_property
    def sheet(self) -> str:
        """The name of the sheet: the wanted one (its end may be *), or the first."""
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self.data))
        start = self.wanted.removesuffix("*")
        return next(name for name in book.sheet_names if name.startswith(start))

    @cached_property
    def header(self) -> int:
        return next(i for i, row in enumerate(self.rows) if self.anchor in row)

    @cached_property
    def columns(self) -> list[str]:
        return _unique_names(self.rows[self.header])

    @cached_property
    def frame(self) -> pd.DataFrame:  # type: ignore[override]
        return pd.DataFrame(self.rows[self.header + 1 :], columns=self.columns, dtype="str")

    def _targets(
        self, cells: Mapping[Place, str] | None, renamed: Mapping[str, str] | None
    ) -> dict[tuple[int, int], str]:
        """The text of each changed cell, by its row and column in the sheet."""
        places = {
            (self.header + 1 + row, self.columns.index(column)): text
            for (row, column), text in (cells or {}).items()
        }
        names = (renamed or {}).items()
        return places | {(self.header, self.columns.index(old)): new for old, new in names}


class ExcelCopy(SheetCopy):
    """An Excel workbook: an edit sets cells and deletes rows."""

    def edited(
        self,
        cells: Mapping[Place, str] | None = None,
        *,
        without: Collection[int] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(self.data))
        sheet = book[self.sheet]
        for (row, column), text in self._targets(cells, renamed).items():
            cell = sheet.cell(row + 1, column + 1)
            was_number = isinstance(cell.value, int | float)
            cell.value = float(text) if was_number and text else text or None
        for row in sorted(without, reverse=True):
            sheet.delete_rows(self.header + 1 + row + 1)
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()


class OdsCopy(SheetCopy):
    """An OpenDocument workbook: an edit replaces elements of its content and nothing else."""

    _ROW = re.compile(r"<table:table-row\b[^>]*?(?:/>|>.*?</table:table-row>)", re.DOTALL)
    _CELL = re.compile(
        r"<table:(?:covered-)?table-cell\b[^>]*?(?:/>|>.*?</table:(?:covered-)?table-cell>)",
        re.DOTALL,
    )
    _REPEATED: ClassVar = {
        "row": re.compile(r'table:number-rows-repeated="(\d+)"'),
        "cell": re.compile(r'table:number-columns-repeated="(\d+)"'),
    }

    def edited(
        self,
        cells: Mapping[Place, str] | None = None,
        *,
        without: Collection[int] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> bytes:
        changes: dict[int, dict[int, str]] = {}
        for (row, column), text in self._targets(cells, renamed).items():
            changes.setdefault(row, {})[column] = text
        gone = {self.header + 1 + row for row in without}
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            content = archive.read("content.xml").decode("utf-8")
            changed = self._content(content, changes, gone)
            target = io.BytesIO()
            with zipfile.ZipFile(target, "w") as copy:
                for item in archive.infolist():
                    own = item.filename == "content.xml"
                    copy.writestr(
                        item,
                        changed.encode("utf-8") if own else archive.read(item),
                        compresslevel=1,
                    )
        return target.getvalue()

    def _content(
        self, content: str, changes: Mapping[int, Mapping[int, str]], gone: set[int]
    ) -> str:
        start = content.index(f'<table:table table:name="{escape(self.sheet)}"')
        end = content.index("</table:table>", start)
        pieces, place, number = [], start, 0
        for match in self._ROW.finditer(content, start, end):
            if number in changes or number in gone:
                assert self._size(match[0], "row") == 1
                pieces.append(content[place : match.start()])
                pieces.append("" if number in gone else self._row(match[0], changes[number]))
                place = match.end()
            number += self._size(match[0], "row")
        return content[:start] + "".join(pieces) + content[place:]

    def _size(self, element: str, kind: str) -> int:
        match = self._REPEATED[kind].search(element[: element.index(">")])
        return int(match[1]) if match else 1

    def _row(self, row: str, texts: Mapping[int, str]) -> str:
        pieces, place, column = [], 0, 0
        for match in self._CELL.finditer(row):
            size = self._size(match[0], "cell")
            hits = sorted(c for c in texts if column <= c < column + size)
            if hits:
                pieces.append(row[place : match.start()])
                before = column
                for hit in hits:
                    pieces += self._filler(match[0], hit - before)
                    pieces.append(self._new(texts[hit]))
                    before = hit + 1
                pieces += self._filler(match[0], column + size - before)
                place = match.end()
            column += size
        return "".join(pieces) + row[place:]

    def _filler(self, element: str, size: int) -> list[str]:
        if not size:
            return []
        repeated = f'table:number-columns-repeated="{size}"'
        return [self._REPEATED["cell"].sub(repeated, element, count=1)]

    @staticmethod
    def _new(text: str) -> str:
        kind = (
            f'office:value-type="float" office:value="{text}"'
            if re.fullmatch(r"-?\d+(\.\d+)?", text)
            else 'office:value-type="string"'
        )
        body = f"<text:p>{escape(text)}</text:p>" if text else ""
        return f"<table:table-cell {kind if text else ''}>{body}</table:table-cell>"


ANCHOR_OF_KIND = {
    "lait_authorities": "LA Number",
    "neighbours": "SN1",
    "mhclg_outturn": "ONS Code",
    "ofsted_outcomes": "Local authority area code",
}
"""A cell that only the header row of a workbook of that kind holds."""


def open_copy(data: bytes, name: str, spec: FileSpec, sheet: str = "") -> Copy:
    """A file open for mutation, by the ending of its name. `sheet`: if not the catalogue's."""
    if name.endswith(".csv"):
        return CsvCopy(data)
    if name.endswith(".parquet"):
        return ParquetCopy(data)
    kind = ExcelCopy if name.endswith(".xlsx") else OdsCopy
    return kind(data, ANCHOR_OF_KIND[spec.kind], sheet or spec.sheet)


# What a cell means ------------------------------------------------------------------------------

STATUS_OF_CELL = {
    "c": "suppressed",
    "[c]": "suppressed",
    "x": "not_available",
    "[x]": "not_available",
    ":": "not_available",
    "z": "not_applicable",
    "[z]": "not_applicable",
    "k": "rounds_to_zero",
    "low": "rounds_to_zero",
    "u": "low_reliability",
    "": "missing",
    "-": "missing",
}
GRADES = {
    "Outstanding": "1",
    "Good": "2",
    "Requires improvement to be good": "3",
    "Requires improvement": "3",
    "Inadequate": "4",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as a release must have it. What is no number is NaN."""

    value: float
    numerator: float
    denominator: float
    status: str

    def same_as(self, other: Figure) -> bool:
        """True where a release would hold the same."""
        pairs = (
            (self.value, other.value),
            (self.numerator, other.numerator),
            (self.denominator, other.denominator),
        )
        return self.status == other.status and all(same_number(a, b) for a, b in pairs)


def same_number(a: float | None, b: float | None) -> bool:
    """True where both are the same number, or neither is one."""
    first, second = (nan if x is None else x for x in (a, b))
    return (isnan(first) and isnan(second)) or isclose(first, second, rel_tol=1e-12)


Key = tuple[str, str, str]
"""indicator_id, area_code, period."""


@dataclass(frozen=True)
class Table:
    """A published table of figures: for each row of `frame` the area as published, the label of the
    period and the year in which it ends."""

    spec: FileSpec
    frame: pd.DataFrame
    areas: Sequence[str]
    labels: Sequence[str]
    years: Sequence[int]

    @cached_property
    def rows_of_area(self) -> dict[str, list[int]]:
        """Positions of the rows of each area."""
        found: dict[str, list[int]] = {}
        for position, area in enumerate(self.areas):
            found.setdefault(area, []).append(position)
        return found

    @cached_property
    def _columns(self) -> dict[str, list[str]]:
        return {}

    def column(self, name: str) -> list[str]:
        """The cells of a column, row by row."""
        if name not in self._columns:
            self._columns[name] = [str(cell) for cell in self.frame[name]]
        return self._columns[name]

    def cell(self, position: int, column: str) -> str:
        text = self.column(column)[position]
        return GRADES.get(text, text) if self.spec.kind == "ofsted_outcomes" else text

    def rows(self, area: str, where: Mapping[str, str]) -> list[int]:
        """The rows of an area that a selection finds."""
        wanted = [(self.column(name), value) for name, value in where.items()]
        return [
            i
            for i in self.rows_of_area.get(area, [])
            if all(cells[i] == value for cells, value in wanted)
        ]

    def with_cells(self, cells: Mapping[Place, str]) -> Table:
        """The table with other cells."""
        other = Table(self.spec, self.frame, self.areas, self.labels, self.years)
        other.__dict__["rows_of_area"] = self.rows_of_area
        other.__dict__["_columns"] = dict(self._columns)
        for (row, column), text in cells.items():
            changed = list(other.column(column))
            changed[row] = text
            other._columns[column] = changed
        return other


def read_table(copy: Copy, name: str, spec: FileSpec, reference: Reference) -> Table:
    """What a file's rows are of, by its kind. Rows of no area of England's are of the area ""."""
    frame = copy.frame
    if spec.kind == "ees":
        column_of = {"National": "country_code", "Regional": "region_code"}
        codes = {column: frame[column].tolist() for column in ("country_code", "region_code")}
        codes["old_la_code"] = frame["old_la_code"].tolist()
        areas = [
            codes[column_of.get(level, "old_la_code")][i]
            for i, level in enumerate(frame["geographic_level"].tolist())
        ]
        times = frame["time_period"].tolist()
        years = [int(text) if len(text) == 4 else int(text[:4]) + 1 for text in times]
        return Table(spec, frame, areas, [label(text) for text in times], years)
    areas = [_authority(code, reference) for code in frame[ANCHOR_OF_KIND[spec.kind]].tolist()]
    if spec.kind == "mhclg_outturn":
        frame = frame.assign(basis=["estimate" if a == "E92000001" else "return" for a in areas])
        period = re.search(r"(\d{4})-(\d{2})", name)
        assert period is not None
        years = [int(period[1]) + 1] * len(frame)
        return Table(spec, frame, areas, [f"{period[1]}/{period[2]}"] * len(frame), years)
    year = re.search(r"(\d{4})", name)
    assert year is not None
    return Table(spec, frame, areas, [year[1]] * len(frame), [int(year[1])] * len(frame))


def _authority(code: str, reference: Reference) -> str:
    return "E92000001" if code == "E92000001" else reference.code_of_gss.get(code, "")


def _meaning(cell: str) -> tuple[float, str]:
    if cell in STATUS_OF_CELL:
        return nan, STATUS_OF_CELL[cell]
    return float(cell), "reported"


Part = tuple[float, str]


def _sum(parts: Sequence[Part]) -> Part:
    status = next((status for _, status in parts if status != "reported"), "reported")
    return sum(value for value, _ in parts), status


def figures_of(
    indicator: Indicator, tables: Mapping[str, Table], area: str
) -> Iterator[tuple[str, Figure]]:
    """Period and figure of an area (as published) for an indicator."""
    table = tables[indicator.file]
    lender = tables.get(indicator.denominator_file or indicator.file)
    if lender is None:
        return
    for row in table.rows(area, indicator.where):
        bottom = _denominator(indicator, table, lender, area, row)
        top: Part = (nan, "missing")
        if indicator.numerator:
            top = _meaning(table.cell(row, indicator.numerator))
            if indicator.numerator_less:
                less = _meaning(table.cell(row, indicator.numerator_less))
                status = top[1] if top[1] != "reported" else less[1]
                top = (top[0] - less[0], status)
        if indicator.value:
            value = _meaning(table.cell(row, indicator.value))
        else:
            value = _ratio(top, bottom, indicator)
        yield table.labels[row], Figure(value[0], top[0], bottom[0], value[1])


def _denominator(indicator: Indicator, table: Table, lender: Table, area: str, row: int) -> Part:
    columns = indicator.denominator_columns
    if not columns:
        return nan, "missing"
    if not indicator.denominator_file and not indicator.denominator_where:
        return _sum([_meaning(table.cell(row, column)) for column in columns])
    same = {} if indicator.denominator_file else indicator.where
    year = table.years[row] - indicator.denominator_years_before
    rows = [
        i for i in lender.rows(area, same | indicator.denominator_where) if lender.years[i] == year
    ]
    if not rows:
        return nan, "missing"
    [there] = rows
    return _sum([_meaning(lender.cell(there, column)) for column in columns])


def _ratio(top: Part, bottom: Part, indicator: Indicator) -> Part:
    status = top[1] if top[1] != "reported" else bottom[1]
    if status != "reported":
        return nan, status
    if not bottom[0]:
        return nan, "not_applicable"
    scale = {"percent": 100, "per_1000": 1_000, "per_10000": 10_000, "per_100000": 100_000}
    return top[0] / bottom[0] * (indicator.scale or scale.get(indicator.unit, 1)), "reported"


def figures_of_areas(
    catalogue: Catalogue, tables: Mapping[str, Table], areas: Collection[str]
) -> dict[Key, Figure]:
    """Every figure of these areas; a joint return's is of each authority in it."""
    return {
        (indicator.id, code, period): figure
        for indicator in catalogue.indicators
        if indicator.file in tables
        for area in areas
        for period, figure in figures_of(indicator, tables, area)
        for code in area.split(" / ")
    }


def differences(
    before: Mapping[Key, Figure], after: Mapping[Key, Figure]
) -> dict[Key, tuple[Figure, Figure]]:
    """The figures that are not the same: as they were, and as they are."""
    assert before.keys() == after.keys()
    return {
        key: (figure, after[key])
        for key, figure in before.items()
        if not figure.same_as(after[key])
    }
