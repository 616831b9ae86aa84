"""One fault in one cell of an upload, in words: the check that found it, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.checks import CHECKS
from ingest.errors import Finding, Severity

LONGEST_VALUE = 60
_SEVERITY_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with a cell, or with the file where `cell` is empty.

    `row` is the row as a spreadsheet numbers it (its header is row 1), 0 where it is the file.
    `value` is the cell as it was written, cut short where it is long.
    """

    check_id: str
    severity: Severity
    message: str
    cell: str = ""
    row: int = 0
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = self.cell + (f" ({self.column})" if self.cell and self.column else "")
        return f"{place or self.column}: {self.message}" if place or self.column else self.message


def fault(
    check_id: str, message: str, *, row: int = 0, at: int | None = None, column: str = "",
    value: str = "", sheet: str = "",
) -> CellFault:  # fmt: skip
    """A fault of a registered check; its remedy is added to the message.

    `at` is the position of the cell's column, the first being 0; `sheet` is named where it is not
    the one that holds the return.
    """
    check = CHECKS[check_id]
    cell = f"{column_letters(at)}{row}" if at is not None and row else ""
    return CellFault(
        check_id,
        check.severity,
        f"{message} {check.remedy}".strip(),
        f"{sheet}!{cell}" if sheet and cell else cell,
        row,
        column,
        value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…",
    )


def of_finding(finding: Finding, header: list[str]) -> list[CellFault]:
    """A finding about a CSV file, one fault for each row that it names."""
    at = header.index(finding.column) if finding.column in header else None
    return [
        CellFault(
            finding.check_id,
            finding.severity,
            finding.message,
            f"{column_letters(at)}{row}" if at is not None and row else "",
            row,
            finding.column,
        )
        for row in (finding.rows or (0,))
    ]


def column_letters(position: int) -> str:
    """The column as a spreadsheet letters it: 0 is A, 26 is AA."""
    letters = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def in_order(faults: Iterable[CellFault]) -> tuple[CellFault, ...]:
    """Errors first, then as one reads the sheet; each once."""
    return tuple(
        sorted(
            dict.fromkeys(faults),
            key=lambda f: (_SEVERITY_ORDER[f.severity], f.row, len(f.cell), f.cell, f.column),
        )
    )
