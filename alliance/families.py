"""Families of indicators: which are the categories of one breakdown. Declared in
`data/catalogue/families.toml`; reads no figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict

from ingest.catalogue import Text, Unit, YesNo, read_declared
from ingest.errors import CatalogueError
from ingest.paths import data_dir

FILE_NAME = "families.toml"
_STRICT = ConfigDict(extra="forbid")
LEAST = 2
"""A breakdown needs two categories at least."""


@dataclass(frozen=True, slots=True)
class Member:
    """One category: its indicator, and its name among the others."""

    __pydantic_config__ = _STRICT

    indicator: Text
    label: Text


@dataclass(frozen=True, slots=True)
class Family:
    """The categories of one breakdown. `parts`: they are parts of one whole that do not overlap."""

    __pydantic_config__ = _STRICT

    id: Text
    title: Text
    unit: Unit
    categories: tuple[Member, ...]
    parts: YesNo = False


@cache
def declared_families() -> tuple[Family, ...]:
    """The product's own families. Raises as `load_families`."""
    return load_families(data_dir() / "catalogue" / FILE_NAME)


def load_families(path: Path) -> tuple[Family, ...]:
    """Read the families. Raises `CatalogueError` with every fault, each with file and line."""
    faults: list[str] = []
    found = read_declared(path, "family", Family, faults, ("family",))
    known: set[str] = set()
    for family, place in found:
        faults += [f"{place}: family {family.id}: {fault}" for fault in _faults(family, known)]
        known.add(family.id)
    if faults:
        raise CatalogueError(
            "The families of indicators have faults; correct them.\n" + "\n".join(faults)
        )
    return tuple(family for family, _ in found)


def _faults(family: Family, known: set[str]) -> Iterator[str]:
    if family.id in known:
        yield "is declared twice"
    if len(family.categories) < LEAST:
        yield f"needs {LEAST} categories at least"
    for name in ("indicator", "label"):
        held = [getattr(member, name) for member in family.categories]
        for twice in sorted({value for value in held if held.count(value) > 1}):
            yield f"{name} {twice} stands in it twice"


def family_of(indicator_id: str, indicators: Mapping[str, Mapping[str, Any]]) -> Family | None:
    """The family that an indicator belongs to, with those of its categories that the release has in
    the family's unit; None where fewer than two are left."""
    for family in declared_families():
        if indicator_id not in {member.indicator for member in family.categories}:
            continue
        held = tuple(
            member
            for member in family.categories
            if indicators.get(member.indicator, {}).get("unit") == family.unit
        )
        if len(held) >= LEAST and indicator_id in {member.indicator for member in held}:
            return Family(family.id, family.title, family.unit, held, family.parts)
    return None
