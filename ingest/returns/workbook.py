"""Reads a workbook whose container was found safe: values as text, and which cells are formulas.

Parses by a parser that expands no entity; follows no link and computes no formula. How much there
may be to parse was measured before (`ingest.returns.container`).
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import parse

from ingest.returns.faults import CellFault, fault
from ingest.returns.sheet import MAX_COLUMNS, MAX_ROWS, SHEET, Sheet, SheetRow

FORMULAS_SHOWN = 50
"""After so many formulas it is enough to say that there are more."""
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_TRUTH = {"0": "FALSE", "1": "TRUE"}


class _OverflowError(Exception):
    """A sheet has more rows or columns than a return could have."""


@dataclass(frozen=True, slots=True)
class _Cell:
    row: int
    at: int
    text: str
    formula: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    """A sheet as the workbook lists it."""

    name: str
    state: str
    part: str


def read_workbook(data: bytes) -> tuple[Sheet | None, list[CellFault]]:
    """The sheet “Return” and what is wrong with the workbook; None where it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive)
    except (KeyError, ParseError, ValueError, IndexError):
        return None, [fault("return_kind", "The workbook lacks a part that every workbook has.")]


def _read(archive: zipfile.ZipFile) -> tuple[Sheet | None, list[CellFault]]:
    entries = _entries(archive)
    faults = [
        fault("return_hidden_sheet", f"The sheet “{entry.name}” is hidden.")
        for entry in entries
        if entry.state != "visible"
    ]
    wanted = next((e for e in entries if e.name.strip().casefold() == SHEET.casefold()), None)
    if wanted is None:
        names = ", ".join(f"“{entry.name}”" for entry in entries)
        faults.append(fault("return_sheet", f"There is no sheet “{SHEET}”; there is {names}."))
    texts = _shared_texts(archive)
    sheet = None
    for entry in entries:
        try:
            cells = list(_cells(archive, entry, texts))
        except _OverflowError:
            faults.append(
                fault(
                    "return_rows",
                    f"The sheet “{entry.name}” has more than {MAX_ROWS} rows or "
                    f"{MAX_COLUMNS} columns.",
                )
            )
            continue
        faults += _formulas(cells, "" if entry is wanted else entry.name)
        if entry is wanted:
            sheet = _sheet(cells)
    return sheet, faults


def _entries(archive: zipfile.ZipFile) -> list[_Entry]:
    """The workbook's sheets of cells, in its order."""
    with archive.open(_RELATIONS) as stream:
        parts = {
            item.get("Id", ""): _part(item.get("Target", ""))
            for item in parse(stream).getroot()
            if item.get("Type", "").endswith("/worksheet")
        }
    with archive.open(_WORKBOOK) as stream:
        listed = _elements(stream, "sheet")
    found = []
    for item in listed:
        relation = next((value for key, value in item.items() if key.endswith("}id")), "")
        state = item.get("state", "visible")
        found.append(_Entry(item.get("name", ""), state, parts.get(relation, "")))
    return found


def _part(target: str) -> str:
    """The name of the part that a relation of the workbook points to."""
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _elements(stream: IO[bytes], wanted: str) -> list[Element]:
    """Every element of that name. How many a part may have was measured before."""
    return [element for element in parse(stream).getroot().iter() if _tag(element) == wanted]


def _shared_texts(archive: zipfile.ZipFile) -> list[str]:
    name = next((n for n in archive.namelist() if n.casefold() == "xl/sharedstrings.xml"), None)
    if name is None:
        return []
    with archive.open(name) as stream:
        return [_text_of(item) for item in _elements(stream, "si")]


def _text_of(item: Element) -> str:
    """The text of a shared or inline string: its runs joined, without phonetic guides."""
    if _tag(item) == "rPh":
        return ""
    if _tag(item) == "t":
        return item.text or ""
    return "".join(_text_of(child) for child in item)


def _cells(archive: zipfile.ZipFile, entry: _Entry, texts: list[str]) -> Iterator[_Cell]:
    """Every cell with something in it, in order. Raises `_OverflowError` for too many."""
    if not entry.part:
        return
    rows: set[int] = set()
    row = at = 0
    with archive.open(entry.part) as stream:
        for element in _elements(stream, "row"):
            row, at = _number(element, row + 1), -1
            for child in element:
                if _tag(child) != "c":
                    continue
                at = _position(child, at + 1)
                cell = _Cell(row, at, _value(child, texts), _is_formula(child))
                if not cell.text and not cell.formula:
                    continue
                rows.add(row)
                if len(rows) > MAX_ROWS or at >= MAX_COLUMNS:
                    raise _OverflowError
                yield cell


def _number(row: Element, counted: int) -> int:
    written = row.get("r", "")
    return int(written) if written.isascii() and written.isdigit() else counted


def _position(cell: Element, counted: int) -> int:
    match = _ADDRESS.fullmatch(cell.get("r", ""))
    if match is None:
        return counted
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _is_formula(cell: Element) -> bool:
    return any(_tag(child) == "f" for child in cell)


def _value(cell: Element, texts: list[str]) -> str:
    """The cell as text: a whole number without decimals, a text without spaces at its ends."""
    kind = cell.get("t", "n")
    inner = {_tag(child): child for child in cell}
    if kind == "inlineStr":
        return _text_of(inner["is"]).strip() if "is" in inner else ""
    raw = ((inner["v"].text or "") if "v" in inner else "").strip()
    if kind == "s" and raw:
        return texts[int(raw)].strip()
    if kind == "b":
        return _TRUTH.get(raw, raw)
    return _plain(raw) if kind == "n" else raw


def _plain(raw: str) -> str:
    """A number as it is read, not as it is stored: 12 for 12.0, 0.3 for 0.29999999999999999."""
    try:
        number = float(raw)
    except ValueError:
        return raw
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return repr(number)


def _formulas(cells: list[_Cell], sheet: str) -> list[CellFault]:
    found = [cell for cell in cells if cell.formula]
    shown = [
        fault(
            "return_formula",
            "The cell holds a formula.",
            row=cell.row,
            at=cell.at,
            value=cell.text,
            sheet=sheet,
        )
        for cell in found[:FORMULAS_SHOWN]
    ]
    more = len(found) - len(shown)
    return shown + ([fault("return_formula", f"There are {more:,} more formulas.")] if more else [])


def _sheet(cells: list[_Cell]) -> Sheet:
    """The first row is the names, whatever stands above the first figures is read as a row."""
    rows: dict[int, dict[int, str]] = {}
    for cell in cells:
        if cell.text:
            rows.setdefault(cell.row, {})[cell.at] = cell.text
    header = _spread(rows.pop(1, {}))
    return Sheet(header, tuple(SheetRow(n, _spread(found)) for n, found in sorted(rows.items())))


def _spread(cells: dict[int, str]) -> tuple[str, ...]:
    return tuple(cells.get(at, "") for at in range(max(cells, default=-1) + 1))
