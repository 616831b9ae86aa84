"""The fictional country: its authorities over time and the regions they add up to.

Reads the demonstration's reference tables. Knows nothing of figures or of file formats.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

COUNTRY_LEVEL = "england"


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority. `other_name`: another spelling that some tables use (or the same)."""

    area_code: str
    name: str
    other_name: str
    region_code: str
    subregion_code: str
    authority_type: str
    valid_from: date
    valid_to: date
    successor_codes: tuple[str, ...]

    @property
    def published_region_code(self) -> str:
        """The region that its rows carry: part of the capital region where it lies in one."""
        return self.subregion_code or self.region_code

    def exists_on(self, day: date) -> bool:
        """True where the authority existed on that day."""
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True, slots=True)
class Region:
    """A region, a part of one (`parent_code`), or the country."""

    area_code: str
    area_level: str
    name: str
    parent_code: str


@dataclass(frozen=True, slots=True)
class GssCode:
    """A GSS code and the days on which it was in force."""

    gss_code: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class Country:
    """Authorities, regions and codes of the fictional country."""

    area_code: str
    name: str
    regions: tuple[Region, ...]
    authorities: tuple[Authority, ...]
    gss_codes: dict[str, tuple[GssCode, ...]]

    @cached_property
    def units(self) -> tuple[Authority, ...]:
        """Today's authorities, in order of their code: what the simulation draws figures for."""
        return tuple(a for a in self.authorities if a.valid_to == date.max)

    @cached_property
    def unit_position(self) -> dict[str, int]:
        """Position of each of today's authorities in `units`."""
        return {unit.area_code: position for position, unit in enumerate(self.units)}

    @cached_property
    def region_by_code(self) -> dict[str, Region]:
        """Region by its code."""
        return {region.area_code: region for region in self.regions}

    def units_of_authority(self, area_code: str) -> list[int]:
        """Positions in `units` of an authority, or of those that succeeded it."""
        if area_code in self.unit_position:
            return [self.unit_position[area_code]]
        found = next(a for a in self.authorities if a.area_code == area_code)
        return [p for code in found.successor_codes for p in self.units_of_authority(code)]

    def units_of_region(self, region_code: str) -> list[int]:
        """Positions in `units` of the authorities of a region or of a part of one."""
        return [
            position
            for position, unit in enumerate(self.units)
            if region_code in {unit.region_code, unit.subregion_code}
        ]

    def gss_code_on(self, area_code: str, day: date) -> str:
        """The GSS code in force on that day, or the nearest newer or older one."""
        codes = self.gss_codes[area_code]
        in_force = [code for code in codes if code.valid_to >= day]
        return (in_force or codes)[0 if in_force else -1].gss_code

    def newest_gss_code(self, area_code: str) -> str:
        """The newest GSS code of an authority."""
        return self.gss_codes[area_code][-1].gss_code


def read_country(reference_dir: Path) -> Country:
    """Read `authorities.csv`, `gss_codes.csv`, `regions.csv` and `names.csv` of that folder."""
    regions = tuple(
        Region(row["area_code"], row["area_level"], row["name"], row["parent_code"])
        for row in _rows(reference_dir / "regions.csv")
    )
    top = next(region for region in regions if region.area_level == COUNTRY_LEVEL)
    other_names = {row["area_code"]: row["name"] for row in _rows(reference_dir / "names.csv")}
    authorities = tuple(
        _authority(row, other_names) for row in _rows(reference_dir / "authorities.csv")
    )
    return Country(
        area_code=top.area_code,
        name=top.name,
        regions=tuple(region for region in regions if region is not top),
        authorities=authorities,
        gss_codes=_read_gss_codes(reference_dir / "gss_codes.csv"),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str, where_blank: date) -> date:
    return date.fromisoformat(text) if text else where_blank


def _authority(row: dict[str, str], other_names: dict[str, str]) -> Authority:
    return Authority(
        area_code=row["area_code"],
        name=row["name"],
        other_name=other_names.get(row["area_code"], row["name"]),
        region_code=row["region_code"],
        subregion_code=row["subregion_code"],
        authority_type=row["authority_type"],
        valid_from=_day(row["valid_from"], date.min),
        valid_to=_day(row["valid_to"], date.max),
        successor_codes=tuple(row["successor_codes"].split()),
    )


def _read_gss_codes(path: Path) -> dict[str, tuple[GssCode, ...]]:
    """GSS codes of each authority, oldest first."""
    codes: dict[str, list[GssCode]] = {}
    for row in _rows(path):
        code = GssCode(
            row["gss_code"],
            _day(row["valid_from"], date.min),
            _day(row["valid_to"], date.max),
        )
        codes.setdefault(row["area_code"], []).append(code)
    return {
        area_code: tuple(sorted(found, key=lambda code: code.valid_from))
        for area_code, found in codes.items()
    }
