"""Which published files there are to load: found in a folder, or gathered from a cache.

Knows files by their names alone and reads none of them, but for `open_file`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from ingest.catalogue import Catalogue, FileSpec
from ingest.checks import CHECKS
from ingest.errors import AllianceError, Finding
from ingest.tables import PublishedFile

META = ".meta.csv"
"""Ends the name of the file that describes a data file of the same name in an EES archive."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file came from, when it was fetched and, where known, when it came out."""

    retrieved_from: str
    retrieved_at: datetime
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """The files to load, as the catalogue names them (more than one may go by one name), and what
    was noted of others. `place` says in words where they lie; `origins` is of each path."""

    place: str
    files: tuple[tuple[Path, FileSpec], ...]
    findings: tuple[Finding, ...]
    origins: Mapping[Path, Origin]


def find_files(directory: Path, catalogue: Catalogue, *, now: datetime) -> Folder:
    """Look through a folder and its sub-folders for the files that the catalogue names.

    Raises `AllianceError` if the folder is not there or holds none of them.
    """
    if not directory.is_dir():
        raise AllianceError(f"{directory} is not a folder. Give the folder of published files.")
    found: list[tuple[Path, FileSpec]] = []
    findings = []
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        spec = catalogue.file_for(path.name)
        if spec is not None and not path.name.endswith(META):
            found.append((path, spec))
        elif not path.name.startswith(".") and not _describes_data(path, catalogue):
            findings.append(
                CHECKS["file_not_used"].finding(
                    "The file is not in the catalogue.",
                    file_name=str(path.relative_to(directory)),
                )
            )
    if not found:
        raise AllianceError(
            f"No file in {directory} is in the catalogue. Give the folder that holds the published "
            f"files, such as {catalogue.files[0].name}."
        )
    found.sort(key=lambda pair: (pair[1].name, pair[0]))
    origins = {path: Origin(str(path.relative_to(directory)), now) for path, _ in found}
    return Folder(str(directory), tuple(found), tuple(findings), origins)


def _describes_data(path: Path, catalogue: Catalogue) -> bool:
    return path.name.endswith(META) and catalogue.file_for(data_name(path.name)) is not None


def data_name(meta_name: str) -> str:
    """The name of the data file that a meta file describes."""
    return meta_name.removesuffix(META) + ".csv"


def gather_files(
    pairs: Iterable[tuple[Path, FileSpec]], origins: Mapping[Path, Origin], place: str
) -> Folder:
    """The same for files that are known already, such as those of a cache of editions."""
    return Folder(place, tuple(sorted(pairs, key=lambda pair: pair[1].name)), (), origins)


def open_file(path: Path, spec: FileSpec) -> PublishedFile:
    """Read a file's bytes. Raises `AllianceError` where it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AllianceError(f"{path} cannot be read: {error.strerror}.") from error
    return PublishedFile(path, spec, data, hashlib.sha256(data).hexdigest())
