"""What every reader takes and gives. Nothing after this interface knows which kind a file was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from ingest.authorities import Reference
from ingest.catalogue import Catalogue, FileSpec
from ingest.errors import Finding
from ingest.schemas.faults import FIRST_DATA_ROW


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A published file as it lies in the folder, with its bytes and what the catalogue says."""

    path: Path
    spec: FileSpec
    data: bytes = field(repr=False)
    sha256: str

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.name

    @property
    def source_file_id(self) -> str:
        """Identifies these very bytes under this name in the release."""
        return f"{self.sha256[:12]}-{self.path.stem}"


@dataclass(frozen=True, slots=True)
class SetAside:
    """Rows of a file that go no further, and why: a phrase that reads on from “set aside:”."""

    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class RawTable:
    """A file read as text, row for row, and what its checks found.

    `frame`: every cell a str; it is empty where an error among `findings` made it unreadable.
    `row_numbers`: where each row of the frame stands in the file or sheet, its first row being 1;
    None where the frame follows a header in row 1 without a gap.
    `set_aside`: rows of the file that are not in the frame.
    `inspections`: what a file tells of inspections beside its figures, as the release's table of
    them (without `source_file_id`); None where it tells of none.
    `unfolded_from`: how many rows of the file made the frame, where one made several of it.
    """

    file: PublishedFile
    frame: pd.DataFrame
    findings: tuple[Finding, ...]
    periods: frozenset[str] = frozenset()
    row_numbers: npt.NDArray[np.int64] | None = None
    set_aside: tuple[SetAside, ...] = ()
    inspections: pd.DataFrame | None = None
    unfolded_from: int | None = None

    def rows_at(self, positions: Iterable[int]) -> tuple[int, ...]:
        """The row numbers of those rows of the frame, as a spreadsheet shows them."""
        if self.row_numbers is None:
            return tuple(int(position) + FIRST_DATA_ROW for position in positions)
        return tuple(int(self.row_numbers[position]) for position in positions)

    @property
    def rows_read(self) -> int:
        """Every row below the header, those set aside and the inspections included."""
        events = 0 if self.inspections is None else len(self.inspections)
        kept = len(self.frame) if self.unfolded_from is None else self.unfolded_from
        return kept + events + sum(item.rows for item in self.set_aside)


@dataclass(frozen=True, slots=True)
class RowAccount:
    """How many rows of the file in its frame were used, and why each of the others was not."""

    source_file_id: str
    used: int
    set_aside: tuple[SetAside, ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """What a family of files gives to a release; each frame shaped as `ingest.schemas.release`."""

    observations: Sequence[pd.DataFrame] = ()
    indicators: pd.DataFrame | None = None
    neighbours: pd.DataFrame | None = None
    inspections: pd.DataFrame | None = None
    findings: tuple[Finding, ...] = ()
    accounts: tuple[RowAccount, ...] = ()


class Reader(Protocol):
    """A family of files that belong together."""

    KINDS: frozenset[str]

    def read(self, file: PublishedFile, catalogue: Catalogue, reference: Reference) -> RawTable:
        """Read one file and check its raw shape. Never raises for bad content: it reports."""

    def load(self, tables: Sequence[RawTable], catalogue: Catalogue, reference: Reference) -> Load:
        """Turn the family's error-free tables into observations, indicators or neighbours."""
