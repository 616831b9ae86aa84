"""The release that is being served, and what every page needs to know of it.

Follows the pointer on each request: a new release is a new path, opened afresh. Holds at most two
releases open, so that requests under way finish on the one they began with.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar

from flask import current_app

from alliance.settings import Settings
from indicators.queries import Release, Rows
from indicators.words import absence_words
from ingest.release import ReleaseInfo, ReleaseStore

T = TypeVar("T")

KEPT_OPEN = 2
EXTENSION = "alliance"
DEMONSTRATION = "Demonstration: invented authorities and figures"


@dataclass(frozen=True, slots=True)
class Alliance:
    """A set of authorities that compare themselves: a region, or a set named in settings."""

    key: str
    name: str
    members: tuple[str, ...]


class Served:
    """An open release with its areas, indicators and periods, read once."""

    def __init__(self, release: Release, settings: Settings) -> None:
        self.release = release
        self.settings = settings
        self._kept: dict[Callable[[Served], Any], Any] = {}

    def kept(self, make: Callable[[Served], T]) -> T:
        """What `make` makes of this release, made when first asked for: a release never changes, so
        it holds for as long as the release is served."""
        if make not in self._kept:
            self._kept.setdefault(make, make(self))
        found: T = self._kept[make]
        return found

    @property
    def info(self) -> ReleaseInfo:
        """The release's own row."""
        return self.release.info

    @cached_property
    def areas(self) -> dict[str, dict[str, Any]]:
        """Area by code."""
        return {row["area_code"]: row for row in self.release.areas()}

    @cached_property
    def country(self) -> dict[str, Any]:
        """The whole country's area."""
        return next(a for a in self.areas.values() if a["area_level"] == "england")

    @cached_property
    def authorities(self) -> dict[str, dict[str, Any]]:
        """Every authority there is or was, by code, in order of name."""
        return {c: a for c, a in self.areas.items() if a["area_level"] == "authority"}

    @cached_property
    def indicators(self) -> dict[str, dict[str, Any]]:
        """Indicator by id, in display order."""
        return {row["indicator_id"]: row for row in self.release.indicators()}

    @cached_property
    def headline(self) -> dict[str, dict[str, Any]]:
        """The headline indicators by id, in display order."""
        return {key: row for key, row in self.indicators.items() if row["headline"]}

    @cached_property
    def periods(self) -> dict[str, Rows]:
        """The periods of each indicator in which some authority has a value, oldest first."""
        found: dict[str, Rows] = {}
        for row in self.release.periods():
            if row["n_values"]:
                found.setdefault(row["indicator_id"], []).append(row)
        return found

    @cached_property
    def alliances(self) -> dict[str, Alliance]:
        """Every alliance by key: the sets that settings name, then each region."""
        found = [
            Alliance(name, name, tuple(code for code in codes if code in self.authorities))
            for name, codes in self.settings.alliances.items()
        ]
        found += [
            Alliance(code, area["name"], self._members(code))
            for code, area in self.areas.items()
            if area["area_level"] == "region" and not area["region_code"]
        ]
        return {alliance.key: alliance for alliance in found if alliance.members}

    def _members(self, region_code: str) -> tuple[str, ...]:
        return tuple(
            code
            for code, area in self.authorities.items()
            if area["region_code"] == region_code and area["valid_to"] is None
        )

    @cached_property
    def neighbour_models(self) -> tuple[str, ...]:
        """The models of statistical neighbours that the release holds, newest first."""
        return tuple(self.release.neighbour_models())

    def attribution(self, indicator: Mapping[str, Any]) -> str:
        """Whose figures they are, as every chart and file that leaves the product must say."""
        if self.info.demo:
            return DEMONSTRATION
        publication = f"{indicator['publisher']}, {indicator['publication']}"
        return f"Source: {publication} ({indicator['licence']})"

    def name(self, area_code: str) -> str:
        """The area's name."""
        return str(self.areas[area_code]["name"])

    def region_of(self, area_code: str) -> str:
        """The name of an authority's region."""
        return str(self.authorities[area_code]["region"])

    def region_name(self, figure: Mapping[str, Any]) -> str:
        """The name of the area whose published row a figure's `region` is: for a London borough
        that is Inner or Outer London where London's own is not published."""
        basis = figure["region_basis"]
        return self.name(basis) if basis else self.region_of(figure["area_code"])

    def period_end(self, indicator_id: str, period: str) -> date | None:
        """The last day of one of the indicator's periods."""
        rows = self.periods.get(indicator_id, [])
        return next((row["period_end"] for row in rows if row["period"] == period), None)

    def existed(self, area_code: str, period_end: date) -> bool:
        """True if the authority existed at some time in the year that ends on that day (publishers
        also give figures for years before it was made: a figure is shown whenever there is one)."""
        area = self.areas[area_code]
        begun = area["valid_from"] is None or area["valid_from"] <= period_end
        a_year_before = period_end - timedelta(days=365)
        return begun and (area["valid_to"] is None or area["valid_to"] > a_year_before)

    def absence(self, figure: Mapping[str, Any]) -> str:
        """Why a figure is not there, in words; what the publisher says of it comes first."""
        existed = self.existed(figure["area_code"], figure["period_end"])
        return absence_words(figure["status"], existed)

    @cached_property
    def settings_faults(self) -> tuple[str, ...]:
        """What settings.toml names that this release does not have."""
        known = self.settings
        faults = []
        if known.authority and known.authority not in self.authorities:
            faults.append(f"authority {known.authority}")
        if known.alliance and known.alliance not in self.alliances:
            faults.append(f"alliance “{known.alliance}”")
        for name, codes in known.alliances.items():
            strangers = [code for code in codes if code not in self.authorities]
            if strangers:
                faults.append(f"{', '.join(strangers)} in alliance “{name}”")
        return tuple(
            f"settings.toml names {fault}, which is not in this release." for fault in faults
        )


class ReleaseService:
    """Opens the current release when the pointer moves."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = ReleaseStore(settings.home)
        self._open: OrderedDict[str, Served] = OrderedDict()
        self._lock = Lock()

    def current(self) -> Served:
        """The release being served. Raises `ReleaseError` if there is none."""
        path = self.store.current_path()
        with self._lock:
            served = self._open.get(path.stem)
            if served is None:
                served = self._open[path.stem] = Served(Release(path), self.settings)
                while len(self._open) > KEPT_OPEN:
                    self._open.popitem(last=False)
            return served


def current_release() -> Served:
    """The release being served, within a request of the app."""
    service: ReleaseService = current_app.extensions[EXTENSION]
    return service.current()
