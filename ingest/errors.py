"""The one error family of the product, and the findings that checks report.

An error's message says what happened, where, and what to do. Nothing here prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]

ROWS_SHOWN = 5


class AllianceError(Exception):
    """Base of every error that a person is meant to read."""


class CatalogueError(AllianceError):
    """The catalogue or the reference tables are wrong: names the file and the line."""


class ReleaseError(AllianceError):
    """A release cannot be found, opened or published."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found in one file (or in the release, where `file_name` is empty).

    `rows` are row numbers as a spreadsheet shows them: the header is row 1.
    """

    check_id: str
    severity: Severity
    message: str
    file_name: str = ""
    rows: tuple[int, ...] = ()
    column: str = ""
    indicator_id: str | None = None
    area_code: str | None = None
    period: str | None = None

    def __str__(self) -> str:
        place = [self.file_name] if self.file_name else []
        if self.rows:
            place.append(f"{'row' if len(self.rows) == 1 else 'rows'} {list_rows(self.rows)}")
        if self.column:
            place.append(f"column {self.column}")
        return f"{', '.join(place)}: {self.message}" if place else self.message


class IngestError(AllianceError):
    """Files could not be loaded. Carries every fault that was found, not only the first."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def list_rows(rows: Sequence[int]) -> str:
    """Write row numbers for a person: the first few, then how many more."""
    shown = ", ".join(str(row) for row in rows[:ROWS_SHOWN])
    more = len(rows) - ROWS_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def raise_errors(findings: Iterable[Finding]) -> None:
    """Raise `IngestError` if any of the findings is an error."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise IngestError(errors)
