"""File names and version numbers as publishers write them. Pure functions."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable

from ingest.catalogue import FileSpec

Version = tuple[int, int, int]

_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?")
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._()&,'-]{0,200}")


def parse_version(text: str) -> Version | None:
    """`major.minor[.patch]` as integers, which compare as versions do; None for anything else."""
    match = _VERSION.fullmatch(text) if text.isascii() else None
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def base_name(path: str) -> str:
    """The last part of a path written with either kind of slash."""
    return re.split(r"[/\\]", path)[-1]


def match_name(path: str, specs: Iterable[FileSpec]) -> FileSpec | None:
    """The declared file that a published file of that name is, letter case aside; None for one
    that is not declared, for a `.meta.csv` beside a table, and for a name no folder should hold."""
    name = base_name(path)
    if not _SAFE_NAME.fullmatch(name) or name.lower().endswith((".meta.csv", ".json")):
        return None
    lower = name.lower()
    return next((s for s in specs if fnmatch.fnmatchcase(lower, s.name.lower())), None)


def kept_name(path: str, spec: FileSpec) -> str:
    """The name under which a published file is kept: its own, in the catalogue's letter case."""
    name = base_name(path)
    if spec.matches(name):
        return name
    return name.lower() if spec.matches(name.lower()) else _in_case_of(spec.name, name)


def _in_case_of(pattern: str, name: str) -> str:
    """The name with the letters of the pattern; each star keeps what the publisher put there."""
    parts = pattern.split("*")
    match = re.fullmatch("(.*)".join(re.escape(part) for part in parts), name, re.IGNORECASE)
    if match is None:
        return name
    stars = [*match.groups(), ""]
    return "".join(part + star for part, star in zip(parts, stars, strict=True))


def fill_pattern(spec: FileSpec, first: str, last: str) -> str:
    """A name for a table that its publisher serves without one: the catalogue's pattern with the
    first and last year in place of its stars."""
    years = iter([re.sub(r"\D+", "-", first).strip("-"), re.sub(r"\D+", "-", last).strip("-")])
    return re.sub(r"\*", lambda _: next(years, "") or "unknown", spec.name)
