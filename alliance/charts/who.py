"""Whose mark is whose in a chart of many authorities: ours, those of our set, the others. Told
apart by shape and by name as well as by colour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from alliance.charts.style import PEER, US

SET = "#4B555D"
"""Members of the set: dark grey on white, and beside the others' outlines."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of mark: its name in the legend and its look."""

    label: str
    symbol: str
    size: int
    fill: str
    line: str


@dataclass(frozen=True, slots=True)
class Who:
    """The authority looked from, the set it is compared with (`set_name`, as in “compared with
    …”), and everyone's names. `members` of an empty set: everybody is just an other authority."""

    us: str
    members: frozenset[str]
    names: Mapping[str, str]
    set_name: str = ""
    colour: str = US

    def name(self, area_code: str) -> str:
        """The authority's name."""
        return self.names[area_code]

    @property
    def kinds(self) -> tuple[Kind, Kind, Kind]:
        """The others', the set's and our own mark, in the order in which they are drawn."""
        mine = self.names.get(self.us, "")
        return (
            Kind("Other authorities", "circle", 7, "#FFFFFF", PEER),
            Kind(self.set_name or "Members of the set", "circle", 8, SET, "#FFFFFF"),
            Kind(mine, "diamond", 14, self.colour, "#FFFFFF"),
        )

    def split(
        self, items: Iterable[Item], code_of: Callable[[Item], str]
    ) -> list[tuple[Kind, list[Item]]]:
        """The items of each kind, ours last so that it lies on top; kinds with none left out."""
        found: tuple[list[Item], list[Item], list[Item]] = ([], [], [])
        for item in items:
            code = code_of(item)
            found[2 if code == self.us else 1 if code in self.members else 0].append(item)
        return [(kind, some) for kind, some in zip(self.kinds, found, strict=True) if some]


def dots(
    kind: Kind, x: Sequence[float], y: Sequence[float], hover: Sequence[str]
) -> dict[str, Any]:
    """The marks of one kind at those places."""
    return {
        "type": "scatter", "mode": "markers", "name": kind.label,
        "x": list(x), "y": list(y), "hovertext": list(hover), "hoverinfo": "text",
        "marker": {"symbol": kind.symbol, "size": kind.size, "color": kind.fill,
                   "line": {"color": kind.line, "width": 1.25}},
    }  # fmt: skip
