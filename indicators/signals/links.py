"""Which indicators are declared to belong together (`data/catalogue/links.toml`), and whether their
figures do move together. Neither says that one causes the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
from pydantic import ConfigDict

from indicators.rank_correlation import RankCorrelation, correlate_ranks
from indicators.signals.panel import Grid, Panel
from ingest.catalogue import Text, read_declared
from ingest.errors import CatalogueError
from ingest.paths import data_dir

FILE_NAME = "links.toml"


@dataclass(frozen=True, slots=True)
class Link:
    """Indicators that one conversation would take together: `title` names it, `why` says what
    joins them, without a full stop."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: Text
    title: Text
    why: Text
    indicators: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """Two indicators of a link whose figures do move together."""

    link: Link
    correlation: RankCorrelation


Ties = Mapping[frozenset[str], Tie]


@cache
def declared_links() -> tuple[Link, ...]:
    """The product's own links. Raises as `load_links`."""
    return load_links(data_dir() / "catalogue" / FILE_NAME)


def load_links(path: Path) -> tuple[Link, ...]:
    """Read the links. Raises `CatalogueError` with every fault, each with file and line."""
    faults: list[str] = []
    found = read_declared(path, "link", Link, faults, ("link",))
    for link, place in found:
        if len(set(link.indicators)) < max(2, len(link.indicators)):
            faults.append(f"{place}: link {link.id}: name two indicators or more, each once.")
    if faults:
        raise CatalogueError(faults)
    return tuple(link for link, _ in found)


def find_ties(panel: Panel, links: Iterable[Link]) -> Ties:
    """The declared pairs whose newest figures are correlated across authorities beyond chance: the
    95 % interval of Spearman's rho leaves nought out."""
    grids = {grid.indicator["indicator_id"]: grid for grid in panel.grids}
    ties: dict[frozenset[str], Tie] = {}
    for link in links:
        for one, other in combinations(link.indicators, 2):
            pair = frozenset((one, other))
            if one in grids and other in grids and pair not in ties:
                found = correlate_ranks(_pairs(grids[one], grids[other]))
                if found.low is not None and found.high is not None and found.low * found.high > 0:
                    ties[pair] = Tie(link, found)
    return ties


def _pairs(one: Grid, other: Grid) -> list[tuple[float, float]]:
    theirs = dict(zip(other.areas, other.value[:, -1], strict=True))
    found = (
        (float(x), float(theirs[code]))
        for code, x in zip(one.areas, one.value[:, -1], strict=True)
        if code in theirs
    )
    return [(x, y) for x, y in found if not (np.isnan(x) or np.isnan(y))]
