"""What a return asks for, declared in TOML beside the catalogue: its columns, the rules between
them, and the indicators that come of it. Every fault is collected, with its file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from ingest.catalogue import Catalogue, Decimals, Polarity, Text, Unit, YesNo, read_declared
from ingest.errors import CatalogueError

AUTHORITY, QUARTER = "authority_code", "quarter"
KEY_COLUMNS = (AUTHORITY, QUARTER)
"""The columns that every return has before its own."""
POPULATION = "population"
"""A denominator that no return asks for: the release's own population of children."""

_STRICT = ConfigDict(extra="forbid")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_TABLES = ("return", "measure", "relation", "balance", "indicator")

Percent = Annotated[int, Field(strict=True, gt=0, le=1_000)]
Days = Annotated[int, Field(strict=True, ge=0, le=366)]


@dataclass(frozen=True, slots=True)
class Heading:
    """The return itself. `population_of` is the published indicator whose denominator, a mid-year
    estimate of the Office for National Statistics, is the population that rates divide by."""

    __pydantic_config__ = _STRICT

    id: str
    title: Text
    cadence: Literal["quarterly"]
    due_days: Days
    introduction: Text
    population_of: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One column: a count, or full-time equivalents, of a quarter or on its last day.

    `jump_percent`: a change against the quarter before that is larger, and beyond chance, is asked
    about.
    """

    __pydantic_config__ = _STRICT

    column: str
    label: Text
    topic: Text
    definition: Text
    unit: Literal["count", "fte"]
    timing: Literal["quarter", "snapshot", "twelve_months"]
    required: YesNo = True
    jump_percent: Percent = 50


@dataclass(frozen=True, slots=True)
class Relation:
    """`part` is never more than `whole`, because it is a part of it."""

    __pydantic_config__ = _STRICT

    part: str
    whole: str
    because: Text


@dataclass(frozen=True, slots=True)
class Balance:
    """The number at the end is the number at the end before, plus `came`, less `left`."""

    __pydantic_config__ = _STRICT

    stock: str
    came: str
    left: str


@dataclass(frozen=True, slots=True)
class ReturnIndicator:
    """A figure that comes of the return: numerator / denominator, in the unit's scale. Where the
    denominator is a list of columns, they are added.

    `annualised`: the quarter's count times four, so that it is of the size of a year's.
    `published_as`: the published headline indicator that it stands beside, never mixed with it;
    `difference` says how their definitions differ, `agreement` in what they agree. `comparable`:
    near enough for a check that asks about a figure more than `published_percent` away from the
    published one.
    """

    __pydantic_config__ = _STRICT

    id: str
    title: Text
    topic: Text
    unit: Unit
    polarity: Polarity
    decimals: Decimals
    numerator: str
    denominator: str | tuple[str, ...] = ()
    annualised: YesNo = False
    published_as: str = ""
    difference: str = ""
    agreement: str = ""
    comparable: YesNo = False
    published_percent: Percent = 30

    @property
    def denominators(self) -> tuple[str, ...]:
        """What is added to make the denominator: columns of the return, or the population."""
        if isinstance(self.denominator, str):
            return (self.denominator,) if self.denominator else ()
        return self.denominator

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the return that it is made of."""
        return (self.numerator, *(c for c in self.denominators if c != POPULATION))


@dataclass(frozen=True)
class Return:
    """A declared return: what it asks for and what comes of it."""

    heading: Heading
    measures: tuple[Measure, ...]
    relations: tuple[Relation, ...]
    balances: tuple[Balance, ...]
    indicators: tuple[ReturnIndicator, ...]

    @property
    def id(self) -> str:
        """Its id."""
        return self.heading.id

    @property
    def title(self) -> str:
        """Its title."""
        return self.heading.title

    @cached_property
    def measure_by_column(self) -> dict[str, Measure]:
        """Measure by the name of its column."""
        return {measure.column: measure for measure in self.measures}

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column, in the template's order."""
        return (*KEY_COLUMNS, *self.measure_by_column)

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics of its indicators, in declared order."""
        return tuple(dict.fromkeys(indicator.topic for indicator in self.indicators))

    def beside(self, indicator_id: str) -> tuple[ReturnIndicator, ...]:
        """The figures of the return that stand beside that published indicator."""
        return tuple(item for item in self.indicators if item.published_as == indicator_id)


def load_returns(directory: Path, catalogue: Catalogue) -> tuple[Return, ...]:
    """Read every declared return of a folder, in order of file name.

    Raises `CatalogueError` with every fault (unknown or missing key, wrong value, a name declared
    twice, a reference to something undeclared), each with file and line.
    """
    faults: list[str] = []
    found = [
        item
        for path in sorted(directory.glob("*.toml"))
        if (item := _load(path, catalogue, faults)) is not None
    ]
    faults += _twice(
        [(item.id, directory.name) for item in found], "return", "is declared in two files"
    )
    if faults:
        raise CatalogueError(
            "The declared returns have faults; correct them and run again.\n" + "\n".join(faults)
        )
    return tuple(found)


def _load(path: Path, catalogue: Catalogue, faults: list[str]) -> Return | None:
    headings = read_declared(path, "return", Heading, faults, _TABLES)
    measures = read_declared(path, "measure", Measure, faults, _TABLES)
    relations = read_declared(path, "relation", Relation, faults, _TABLES)
    balances = read_declared(path, "balance", Balance, faults, _TABLES)
    indicators = read_declared(path, "indicator", ReturnIndicator, faults, _TABLES)
    columns = {measure.column for measure, _ in measures}
    faults += _twice([(m.column, place) for m, place in measures], "column", "is declared twice")
    faults += _twice([(i.id, place) for i, place in indicators], "indicator", "is declared twice")
    faults += [fault for item, place in measures for fault in _measure_faults(item, place)]
    for relation, place in relations:
        faults += _undeclared((relation.part, relation.whole), columns, place)
    for balance, place in balances:
        faults += _undeclared((balance.stock, balance.came, balance.left), columns, place)
    population = bool(headings and headings[0][0].population_of)
    for indicator, place in indicators:
        faults += _undeclared(indicator.columns, columns, place)
        faults += _indicator_faults(indicator, place, catalogue, population=population)
    if len(headings) != 1:
        faults.append(f"{path.name}: give one table headed [[return]] (found {len(headings)})")
        return None
    heading, place = headings[0]
    faults += _heading_faults(heading, place, catalogue)
    return Return(
        heading,
        tuple(item for item, _ in measures),
        tuple(item for item, _ in relations),
        tuple(item for item, _ in balances),
        tuple(item for item, _ in indicators),
    )


def _twice(named: list[tuple[str, str]], what: str, words: str) -> Iterator[str]:
    seen: set[str] = set()
    for name, place in named:
        if name in seen:
            yield f"{place}: {what} {name} {words}"
        seen.add(name)


def _undeclared(names: tuple[str, ...], columns: set[str], place: str) -> Iterator[str]:
    for name in names:
        if name not in columns:
            yield f"{place}: {name} is no declared column"


def _measure_faults(measure: Measure, place: str) -> Iterator[str]:
    if not _NAME.fullmatch(measure.column):
        yield (
            f"{place}: column {measure.column!r} must be lower-case letters, digits and "
            "underscores, 60 at most"
        )
    if measure.column in {*KEY_COLUMNS, POPULATION}:
        yield f"{place}: column {measure.column} is a name that every return has already"


def _heading_faults(heading: Heading, place: str, catalogue: Catalogue) -> Iterator[str]:
    if not _NAME.fullmatch(heading.id):
        yield f"{place}: id must be lower-case letters, digits and underscores, 60 at most"
    if heading.population_of:
        published = {item.id: item for item in catalogue.indicators}
        indicator = published.get(heading.population_of)
        if indicator is None or indicator.interval != "byar":
            yield (
                f"{place}: population_of must be a published rate per head of population "
                f"(found {heading.population_of!r})"
            )


def _indicator_faults(
    indicator: ReturnIndicator, place: str, catalogue: Catalogue, *, population: bool
) -> Iterator[str]:
    headline = {item.id for item in catalogue.indicators if item.headline}
    if not _NAME.fullmatch(indicator.id):
        yield f"{place}: id must be lower-case letters, digits and underscores, 60 at most"
    if POPULATION in indicator.denominators and not population:
        yield f"{place}: the denominator population needs population_of in [[return]]"
    if indicator.published_as and indicator.published_as not in headline:
        yield f"{place}: published_as {indicator.published_as} is no published headline indicator"
    if indicator.published_as and not indicator.difference:
        yield f"{place}: published_as needs difference: how the two definitions differ"
    if indicator.agreement and not indicator.published_as:
        yield f"{place}: agreement needs published_as"
    if indicator.comparable and not indicator.published_as:
        yield f"{place}: comparable needs published_as"
    if not indicator.denominators and indicator.unit not in {"count", "fte"}:
        yield f"{place}: unit {indicator.unit} needs a denominator"
