"""The measures of context by which authorities are found to be alike, and the weights they have.

Declared in `data/catalogue/context.toml`; a reader may choose others in the address. The distance
itself is reckoned in `indicators.nearest`.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alliance.service import Served
from indicators.words import GRADE
from ingest.errors import CatalogueError
from ingest.paths import data_dir

MOST_MEASURES = 12
HEAVIEST = 10.0
LIGHTEST = 0.1
_KEYS = {"indicator", "weight", "why"}

Weights = tuple[tuple[str, float], ...]
"""Indicator ids with their weights, each above 0, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class ContextMeasure:
    """A declared measure: the weight that the reckoning starts with (0: it is only offered), and
    what it stands for."""

    indicator_id: str
    weight: float
    why: str


@cache
def declared_measures(path: Path | None = None) -> tuple[ContextMeasure, ...]:
    """The declared measures in their order. Raises `CatalogueError` naming file and entry."""
    path = path or data_dir() / "catalogue" / "context.toml"
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("measure", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{path} cannot be read: {error}") from error
    found = [_measure(entry, f"{path}, measure {n}") for n, entry in enumerate(entries, 1)]
    names = [measure.indicator_id for measure in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CatalogueError(f"{path}: {', '.join(twice)} is declared twice.")
    return tuple(found)


def _measure(entry: Mapping[str, Any], where: str) -> ContextMeasure:
    if set(entry) != _KEYS:
        raise CatalogueError(f"{where}: it must have {', '.join(sorted(_KEYS))} and nothing else.")
    weight = entry["weight"]
    if not isinstance(weight, float) or not 0 <= weight <= HEAVIEST:
        raise CatalogueError(f"{where}: weight must be a number such as 1.0, {HEAVIEST} at most.")
    if not all(isinstance(entry[key], str) and entry[key] for key in ("indicator", "why")):
        raise CatalogueError(f"{where}: indicator and why must be texts.")
    return ContextMeasure(entry["indicator"], weight, entry["why"])


def choosable_measures(served: Served) -> dict[str, Mapping[str, Any]]:
    """The indicators by which likeness may be reckoned, by id: those declared, then every other
    that says neither good nor bad and is a number."""
    declared = [measure.indicator_id for measure in declared_measures()]
    others = [key for key, row in served.indicators.items() if row["polarity"] == "none"]
    ids = dict.fromkeys([*declared, *others])
    return {
        key: served.indicators[key]
        for key in ids
        if key in served.periods and served.indicators[key]["unit"] != GRADE
    }


def default_weights(served: Served) -> Weights:
    """The declared measures that the release holds, with the weights that they start with."""
    known = choosable_measures(served)
    return tuple(
        (measure.indicator_id, measure.weight)
        for measure in declared_measures()
        if measure.weight and measure.indicator_id in known
    )


def read_weights(served: Served, measures: str, weights: str) -> tuple[Weights, list[str]]:
    """What an address says of measures and weights, and a note for each part that cannot be used.

    Without measures nothing is chosen. A measure without a weight, or with one that is none,
    counts in full; one with the weight 0 is left out.
    """
    names = list(dict.fromkeys(name for name in measures.split(",") if name))
    if not names:
        return (), []
    known = choosable_measures(served)
    notes = [
        f"“{name[:40]}” is no measure of context here, so it is left out."
        for name in names[:MOST_MEASURES]
        if name not in known
    ]
    if len(names) > MOST_MEASURES:
        notes.append(f"At most {MOST_MEASURES} measures can be weighed, so the rest are left out.")
    written = weights.split(",") if weights else []
    numbers = [_weight(text) for text in written]
    if any(number is None for number in numbers):
        notes.append(
            f"A weight must be a number up to {HEAVIEST:g}, so one that is not counts as 1."
        )
    chosen = {}
    for place, name in enumerate(names[:MOST_MEASURES]):
        number = numbers[place] if place < len(numbers) else 1.0
        if name in known and number != 0:
            chosen[name] = 1.0 if number is None else number
    return tuple(chosen.items()), notes


def _weight(text: str) -> float | None:
    """A weight as it was typed: 0 for none, None where it is not a number that can be used."""
    try:
        number = float(text)
    except ValueError:
        return None
    usable = math.isfinite(number) and (number == 0 or LIGHTEST <= number <= HEAVIEST)
    return round(number, 2) if usable else None


def write_weights(weights: Iterable[tuple[str, float]]) -> dict[str, str | None]:
    """The address parameters `measures` and `weights`; None for each where nothing is chosen, and
    no weights where all are 1."""
    chosen = list(weights)
    plain = all(weight == 1 for _, weight in chosen)
    return {
        "measures": ",".join(name for name, _ in chosen) or None,
        "weights": None if plain else ",".join(f"{weight:g}" for _, weight in chosen),
    }


def context_values(served: Served, ids: Iterable[str]) -> dict[str, dict[str, float]]:
    """Each measure's values in its latest period, by id and then by authority, of authorities that
    there are now."""
    wanted = list(ids)
    kept = served.kept(_no_values)
    missing = [key for key in wanted if key not in kept]
    if missing:
        kept.update(_read_values(served, missing))
    return {key: kept[key] for key in wanted}


def _read_values(served: Served, ids: list[str]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {key: {} for key in ids}
    for row in served.release.latest_values(ids):
        if served.authorities[row["area_code"]]["valid_to"] is None:
            found[row["indicator_id"]][row["area_code"]] = row["value"]
    return found


def _no_values(_served: Served) -> dict[str, dict[str, float]]:
    return {}
