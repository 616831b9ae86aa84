"""Authorities over time: who a published code stands for, and when that authority existed.

The key is the DfE number: GSS codes change under an unchanged authority, and names name two.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from ingest.errors import CatalogueError

_KINDS = frozenset({"ua", "cc", "mbc"})
"""Unitary authority, county council, metropolitan borough council: after a name in some tables."""

ENGLAND = "england"
REGION = "region"
AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority. `valid_from` / `valid_to`: first and last day, None where open."""

    area_code: str
    name: str
    region_code: str
    subregion_code: str
    authority_type: str
    valid_from: date | None
    valid_to: date | None
    successor_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A region, a part of a region (`parent_code`), or the country (`area_level` england)."""

    area_code: str
    area_level: str
    name: str
    lait_number: str
    parent_code: str


@dataclass(frozen=True, slots=True)
class GssCode:
    """A GSS code that an authority has or had."""

    area_code: str
    gss_code: str
    valid_from: date | None
    valid_to: date | None
    note: str


@dataclass(frozen=True)
class Reference:
    """The reference tables of one country."""

    authorities: tuple[Authority, ...]
    regions: tuple[Region, ...]
    gss_codes: tuple[GssCode, ...]
    names: tuple[tuple[str, str], ...]

    @cached_property
    def authority_by_code(self) -> dict[str, Authority]:
        """Authority by its DfE number."""
        return {authority.area_code: authority for authority in self.authorities}

    @cached_property
    def region_by_code(self) -> dict[str, Region]:
        """Region, sub-region or country by its GSS code."""
        return {region.area_code: region for region in self.regions}

    @cached_property
    def country(self) -> Region:
        """The whole country's row."""
        return next(region for region in self.regions if region.area_level == ENGLAND)

    @cached_property
    def area_by_lait_number(self) -> dict[str, str]:
        """Area code by the number that the LAIT data set uses (regions have numbers there)."""
        own = {code: code for code in self.authority_by_code}
        return own | {r.lait_number: r.area_code for r in self.regions if r.lait_number}

    @cached_property
    def gss_of(self) -> dict[str, frozenset[str]]:
        """Every GSS code that each authority has had."""
        codes: dict[str, set[str]] = {}
        for item in self.gss_codes:
            codes.setdefault(item.area_code, set()).add(item.gss_code)
        return {area: frozenset(found) for area, found in codes.items()}

    @cached_property
    def code_of_gss(self) -> dict[str, str]:
        """The authority that each GSS code stands or stood for."""
        return {item.gss_code: item.area_code for item in self.gss_codes}

    @cached_property
    def current_gss(self) -> dict[str, str]:
        """The newest GSS code of each authority."""
        newest: dict[str, GssCode] = {}
        for item in self.gss_codes:
            held = newest.get(item.area_code)
            if held is None or (item.valid_to or date.max) > (held.valid_to or date.max):
                newest[item.area_code] = item
        return {area: item.gss_code for area, item in newest.items()}

    @cached_property
    def known_names(self) -> dict[str, frozenset[str]]:
        """Every spelling known for each authority and region, folded for comparison."""
        found: dict[str, set[str]] = {}
        spellings = [(item.area_code, item.name) for item in self.authorities]
        spellings += [(item.area_code, item.name) for item in self.regions]
        for code, name in [*spellings, *self.names]:
            found.setdefault(code, set()).add(fold_name(name))
        return {code: frozenset(names) for code, names in found.items()}


def fold_name(name: str) -> str:
    """Fold what publishers write differently: case, “&” and “and”, dots, hyphens, doubled spaces,
    and the kind of authority after its name (“ UA”, “ CC”, “ MBC”)."""
    plain = name.casefold().replace("&", "and").replace(".", "")
    words = re.sub("[,\u2010-\u2013-]", " ", plain).split()
    return " ".join(words[:-1] if len(words) > 1 and words[-1] in _KINDS else words)


def split_joint_code(code: str) -> tuple[str, ...]:
    """The authorities that a published code stands for: `314 / 318` is a joint return of two."""
    return tuple(part.strip() for part in code.split("/"))


def load_reference(directory: Path) -> Reference:
    """Read the four reference tables. Raises `CatalogueError` naming file and row."""
    authorities = tuple(_read_authorities(directory / "authorities.csv"))
    regions = tuple(
        Region(r["area_code"], r["area_level"], r["name"], r["lait_number"], r["parent_code"])
        for _, r in _rows(directory / "regions.csv")
    )
    gss_codes = tuple(
        GssCode(
            r["area_code"],
            r["gss_code"],
            _day(r["valid_from"], place),
            _day(r["valid_to"], place),
            r["note"],
        )
        for place, r in _rows(directory / "gss_codes.csv")
    )
    names = tuple((r["area_code"], r["name"]) for _, r in _rows(directory / "names.csv"))
    reference = Reference(authorities, regions, gss_codes, names)
    _check(reference, directory)
    return reference


_COLUMNS = {
    "authorities.csv": {
        "area_code",
        "name",
        "region_code",
        "subregion_code",
        "authority_type",
        "valid_from",
        "valid_to",
        "successor_codes",
    },
    "regions.csv": {"area_code", "area_level", "name", "lait_number", "parent_code"},
    "gss_codes.csv": {"area_code", "gss_code", "valid_from", "valid_to", "note"},
    "names.csv": {"area_code", "name"},
}


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = _COLUMNS[path.name] - set(reader.fieldnames or ())
            if missing:
                raise CatalogueError(
                    f"{path}, row 1: lacks the columns {', '.join(sorted(missing))}."
                )
            for number, row in enumerate(reader, start=2):
                if None in row or None in row.values():
                    raise CatalogueError(f"{path}, row {number}: has too many or too few cells.")
                yield f"{path.name}, row {number}", row
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: cannot be read: {error}") from error


def _read_authorities(path: Path) -> Iterator[Authority]:
    for place, row in _rows(path):
        yield Authority(
            row["area_code"],
            row["name"],
            row["region_code"],
            row["subregion_code"],
            row["authority_type"],
            _day(row["valid_from"], place),
            _day(row["valid_to"], place),
            tuple(row["successor_codes"].split()),
        )


def _day(text: str, place: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CatalogueError(f"{place}: {text!r} is not a date such as 2023-04-01.") from error


def _check(reference: Reference, directory: Path) -> None:
    codes = set(reference.authority_by_code)
    faults = [
        f"authority {a.area_code}: region {code or '(blank)'} is not in regions.csv"
        for a in reference.authorities
        for code in (a.region_code, *filter(None, [a.subregion_code]))
        if code not in reference.region_by_code
    ]
    faults += [
        f"region {region.area_code}: parent {region.parent_code} is not in regions.csv"
        for region in reference.regions
        if region.parent_code and region.parent_code not in reference.region_by_code
    ]
    faults += [
        f"authority {a.area_code}: successor {code} is not in authorities.csv"
        for a in reference.authorities
        for code in a.successor_codes
        if code not in codes
    ]
    faults += [f"authority {code}: has no GSS code" for code in codes - set(reference.gss_of)]
    faults += [
        f"gss_codes.csv: authority {item.area_code} is not in authorities.csv"
        for item in reference.gss_codes
        if item.area_code not in codes
    ]
    faults += [
        f"names.csv: area {code} is in neither authorities.csv nor regions.csv"
        for code, _ in reference.names
        if code not in codes and code not in reference.region_by_code
    ]
    faults += [
        f"{table}: {column} {value} is there twice"
        for table, column, values in (
            ("authorities.csv", "area_code", [a.area_code for a in reference.authorities]),
            ("regions.csv", "area_code", [r.area_code for r in reference.regions]),
            ("regions.csv", "lait_number", [r.lait_number for r in reference.regions]),
        )
        for value, times in Counter(filter(None, values)).items()
        if times > 1
    ]
    if sum(region.area_level == ENGLAND for region in reference.regions) != 1:
        faults.append("regions.csv: exactly one row must have area_level england")
    if faults:
        raise CatalogueError(
            f"The reference tables in {directory} have faults.\n" + "\n".join(faults)
        )
