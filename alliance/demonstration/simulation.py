"""Invented figures: context, levels and seeded draws for the fictional country's authorities.

Every array is (authorities of today, years 2012 to 2025). A reorganised county is the sum of its
successors, so that every level adds up. Says nothing of how figures are published.
"""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from alliance.demonstration.country import Country

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

FIRST_YEAR = 2012
LAST_YEAR = 2025
YEARS = np.arange(FIRST_YEAR, LAST_YEAR + 1)

SMALLEST_POPULATION = 8_000
LARGEST_POPULATION = 300_000
CONTEXT_SPREAD = {"deprivation": 0.7, "threshold": 0.8, "urban": 0.5}
QUALITY_MEMORY = 0.97
RETURN_TO_TARGET = 0.5
"""Share of a stock's distance from its expected value that is made up within a year."""
FEWEST_ENDS = 0.4
"""Fewest that leave care in a year, as a share of those who enter."""
STORY_NOISE = 0.25
"""Share of the usual year-to-year noise that is left where a story fixes the path."""

LOG_UNITS = {"per_10000": 10_000.0, "ratio": 1.0, "score": 1.0}


@dataclass(frozen=True, slots=True)
class Measure:
    """How one measure behaves; see the head of `levels.toml`."""

    unit: str
    level: dict[str, float]
    deprivation: float = 0.0
    threshold: float = 0.0
    quality: float = 0.0
    urban: float = 0.0
    capital: float = 0.0
    spread: float = 0.0
    wobble: float = 0.0
    memory: float = 0.7
    follows: str = ""
    slope: float = 0.0

    def link(self, values: Floats) -> Floats:
        """Published unit to the scale on which effects add up."""
        if self.unit == "percent":
            return np.asarray(np.log(values / (100.0 - values)))
        return values if self.unit == "points" else np.asarray(np.log(values))

    def unlink(self, values: Floats) -> Floats:
        """The scale of the effects to a share, a rate per child, or the unit itself."""
        if self.unit == "percent":
            return np.asarray(1.0 / (1.0 + np.exp(-values)))
        if self.unit == "points":
            return values
        return np.asarray(np.exp(values) / LOG_UNITS[self.unit])


@dataclass(frozen=True, slots=True)
class Story:
    """A path of deviations, by year, that one authority follows on one measure."""

    area_code: str
    measure: str
    path: dict[str, float]


@dataclass(frozen=True, slots=True)
class Gap:
    """A return that is missing from some tables in some years.

    columns: those that lack figures, shown as `symbol`; none stands for the whole return.
    """

    tables: tuple[str, ...]
    area_code: str
    years: tuple[int, ...]
    columns: tuple[str, ...] = ()
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """Counts that the edition before had otherwise: times a factor, by year."""

    table: str
    area_codes: tuple[str, ...]
    years: dict[str, float]


@dataclass(frozen=True)
class Levels:
    """All of `levels.toml`."""

    growth: dict[str, Any]
    types: dict[str, dict[str, float]]
    regions: dict[str, dict[str, float]]
    areas: dict[str, dict[str, float]]
    measures: dict[str, Measure]
    stories: tuple[Story, ...] = ()
    gaps: tuple[Gap, ...] = ()
    revisions: tuple[Revision, ...] = ()
    joint_returns: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_levels(path: Path) -> Levels:
    """Read the hand-set levels."""
    with path.open("rb") as file:
        raw = tomllib.load(file)
    return Levels(
        growth=raw["growth"],
        types=raw["types"],
        regions=raw["regions"],
        areas=raw["areas"],
        measures={name: Measure(**entry) for name, entry in raw["measures"].items()},
        stories=tuple(Story(**entry) for entry in raw["story"]),
        gaps=tuple(Gap(**_as_tuples(entry)) for entry in raw["gap"]),
        revisions=tuple(Revision(**_as_tuples(entry)) for entry in raw["revision"]),
        joint_returns={
            table: tuple(entry["area_codes"])
            for entry in raw["joint_return"]
            for table in entry["tables"]
        },
    )


def _as_tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items()}


def along_years(points: dict[str, float]) -> Floats:
    """Values of all years on straight lines between the years given, flat beyond them."""
    years = [float(year) for year in points]
    return np.interp(YEARS, years, list(points.values()))


@dataclass(frozen=True, slots=True)
class Flow:
    """A stock at the end of each year, and what came in and went out during it."""

    at_end: Counts
    starting: Counts
    ending: Counts


class Simulation:
    """Draws the fictional authorities' figures. The same seed gives the same figures.

    Each measure has its own random stream, so that a new measure leaves the others as they were.
    """

    def __init__(self, country: Country, levels: Levels, seed: int) -> None:
        self.country = country
        self.levels = levels
        self.seed = seed
        self.shape = (len(country.units), len(YEARS))
        self._deviations: dict[str, Floats] = {}

    def stream(self, name: str) -> np.random.Generator:
        """The random stream of that name."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    # Context

    def _settled(self, key: str) -> dict[int, float]:
        """Position and value of the authorities for which `levels.toml` settles a context value."""
        return {
            self.country.unit_position[code]: entry[key]
            for code, entry in self.levels.areas.items()
            if key in entry
        }

    def _context(self, key: str) -> Floats:
        """A context measure of each authority, (authorities,), mean about 0."""
        centre = [
            self.levels.types[unit.authority_type].get(key, 0.0)
            + self.levels.regions[unit.region_code].get(key, 0.0)
            for unit in self.country.units
        ]
        noise = self.stream(f"context {key}").standard_normal(self.shape[0])
        values = np.array(centre) + CONTEXT_SPREAD[key] * noise
        for position, value in self._settled(key).items():
            values[position] = value
        return values

    @cached_property
    def deprivation(self) -> Floats:
        """Deprivation, (authorities,)."""
        return self._context("deprivation")

    @cached_property
    def threshold(self) -> Floats:
        """How readily the authority steps in, (authorities,)."""
        return self._context("threshold")

    @cached_property
    def urban(self) -> Floats:
        """How built-up the authority is, (authorities,)."""
        return self._context("urban")

    @cached_property
    def capital(self) -> Floats:
        """1 for authorities of the capital region, (authorities,)."""
        return np.array([float(bool(unit.subregion_code)) for unit in self.country.units])

    @cached_property
    def quality(self) -> Floats:
        """Quality of practice, (authorities, years): it changes, slowly."""
        noise = self.stream("context quality").standard_normal(self.shape)
        start = np.array(noise[:, 0])
        for position, value in self._settled("quality").items():
            start[position] = value
            noise[position] = 0.0
        values = self._fading(noise, QUALITY_MEMORY)
        values += (start - values[:, 0])[:, None]
        for position, path in self._paths("quality").items():
            values[position] = path
        return values

    @cached_property
    def population(self) -> Floats:
        """Children aged 0 to 17 in the middle of each year, whole numbers."""
        noise = self.stream("population").standard_normal((self.shape[0], 2 + self.shape[1]))
        sizes = [self.levels.types[unit.authority_type] for unit in self.country.units]
        start = np.array([size["population"] for size in sizes])
        start = start * np.exp(np.array([size["spread"] for size in sizes]) * noise[:, 0])
        start = np.clip(start, SMALLEST_POPULATION, LARGEST_POPULATION / 1.1)
        for position, value in self._settled("population").items():
            start[position] = value
        growth = self.levels.growth
        yearly = along_years(growth["level"]) + growth["spread"] * noise[:, 1, None]
        yearly = (yearly + growth["wobble"] * noise[:, 2:]) / 100.0
        yearly[:, 0] = 0.0
        return np.round(start[:, None] * np.exp(np.cumsum(yearly, axis=1)))

    @cached_property
    def population_before(self) -> Floats:
        """Children in the middle of the year before, which published rates divide by."""
        return np.concatenate([self.population[:, :1], self.population[:, :-1]], axis=1)

    # Levels

    def _paths(self, measure: str) -> dict[int, Floats]:
        """Position and path of the authorities with a story on that measure."""
        return {
            self.country.unit_position[story.area_code]: along_years(story.path)
            for story in self.levels.stories
            if story.measure == measure
        }

    @staticmethod
    def _fading(noise: Floats, memory: float) -> Floats:
        """Standard normal noise made to remember the year before, standard deviation still 1."""
        values = np.array(noise)
        fresh = np.sqrt(1.0 - memory**2)
        for year in range(1, values.shape[1]):
            values[:, year] = memory * values[:, year - 1] + fresh * noise[:, year]
        return values

    def deviation(self, name: str) -> Floats:
        """How far each authority lies from the level of the year, on the scale of the effects."""
        if name not in self._deviations:
            self._deviations[name] = self._deviate(name, self.levels.measures[name])
        return self._deviations[name]

    def _deviate(self, name: str, measure: Measure) -> Floats:
        stream = self.stream(f"level {name}")
        lasting = measure.spread * stream.standard_normal(self.shape[0])
        noise = self._fading(stream.standard_normal(self.shape), measure.memory)
        context = (
            measure.deprivation * self.deprivation
            + measure.threshold * self.threshold
            + measure.urban * self.urban
            + measure.capital * self.capital
        )
        values = (context + lasting)[:, None] + measure.quality * self.quality
        values = values + measure.wobble * noise
        if measure.follows:
            values = values + measure.slope * self.deviation(measure.follows)
        for position, path in self._paths(name).items():
            values[position] = path + STORY_NOISE * measure.wobble * noise[position]
        return values

    def expected(self, name: str) -> Floats:
        """Expected value of a measure: a share (0 to 1), a rate per child, or the unit itself."""
        measure = self.levels.measures[name]
        return measure.unlink(measure.link(along_years(measure.level)) + self.deviation(name))

    # Draws

    def draw_rate(self, name: str, children: Floats) -> Counts:
        """Counts of a measure per child, given the children."""
        return self.stream(f"draw {name}").poisson(self.expected(name) * children)

    def draw_share(self, name: str, whole: Counts, stream: str = "") -> Counts:
        """Counts of the part of a whole; never more than the whole.

        `stream` tells apart draws of the same measure from different wholes.
        """
        return self.stream(f"draw {name} {stream}").binomial(whole, self.expected(name))

    # What several tables count

    @cached_property
    def children_in_need(self) -> Counts:
        """Children in need on 31 March."""
        return self.draw_rate("children_in_need", self.population_before)

    @cached_property
    def plans(self) -> Counts:
        """Children on a child protection plan on 31 March."""
        return self.draw_share("plans", self.children_in_need)

    @cached_property
    def looked_after(self) -> Flow:
        """Children looked after: the stock is last year's, plus starts, less ends."""
        target = self.expected("looked_after") * self.population_before
        expected_starts = self.expected("looked_after_starts") * self.population_before
        stream = self.stream("draw looked_after")
        starting = stream.poisson(expected_starts)
        ending = np.zeros_like(starting)
        at_end = np.zeros_like(starting)
        held = stream.poisson(target[:, 0])
        for year in range(self.shape[1]):
            before = target[:, max(year - 1, 0)]
            mean = (
                expected_starts[:, year]
                + RETURN_TO_TARGET * (held - before)
                + (before - target[:, year])
            )
            mean = np.maximum(mean, FEWEST_ENDS * expected_starts[:, year])
            ending[:, year] = np.minimum(stream.poisson(mean), held + starting[:, year])
            held = held + starting[:, year] - ending[:, year]
            at_end[:, year] = held
        return Flow(at_end, starting, ending)
