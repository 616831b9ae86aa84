"""Tile map: one tile of the same size for each authority, near where it lies, in four shades that
a number in the tile says too. Small authorities are as large as large ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from alliance.charts.distribution import quartiles
from alliance.charts.style import AXIS, INK, PHONE, base_layout, fit, legend
from alliance.charts.tiles import Tile
from alliance.charts.who import Who
from indicators.words import GRADE, format_value
from ingest.grades import GRADE_WORDS

SHADES = ("#EFEAF7", "#CDBDE6", "#9C7CC9", "#4F2F85")
"""Light to dark, of one hue, and told apart in grey as well."""
ON_SHADE = (INK, INK, INK, "#FFFFFF")
QUARTERS = ("Lowest quarter", "Second quarter", "Third quarter", "Highest quarter")
NO_FIGURE = "No figure"
SIDE, GAP = 0.86, 0.06
HEIGHT, ON_PHONE = 700, 560
"""Pixels: on a telephone the width bounds the tiles, and more height would stand empty."""


@dataclass(frozen=True, slots=True)
class Band:
    """A shade of the map: the figures from `low` to `high`, both included, that it stands for."""

    label: str
    low: float
    high: float


def tile_map(
    rows: Sequence[Mapping[str, Any]],
    who: Who,
    tiles: Mapping[str, Tile],
    *,
    unit: str,
    decimals: int,
    regions: Mapping[str, str],
) -> dict[str, Any]:
    """A tile for each row whose authority has one; hatched where there is no figure.

    rows: `Release.figures`. `regions`: the region's name of each authority: a line stands between
    tiles of different regions.
    """
    placed = [row for row in rows if row["area_code"] in tiles]
    bands = find_bands(rows, unit, decimals)
    numbered = {row["area_code"]: band_of(row["value"], bands) for row in placed}
    layout = base_layout(height=HEIGHT)
    fit(layout, {"height": ON_PHONE}, most=PHONE)
    layout["xaxis"] = _axis([tiles[row["area_code"]].column for row in placed])
    layout["yaxis"] = _axis([tiles[row["area_code"]].row for row in placed], down=True)
    layout["yaxis"] |= {"scaleanchor": "x", "scaleratio": 1, "constraintoward": "top"}
    layout |= {"barmode": "overlay", "bargap": 0, "hovermode": "closest"}
    layout |= legend()
    data = [
        _shade(number, band, [row for row in placed if numbered[row["area_code"]] == number],
               who, tiles, unit, decimals, regions)
        for number, band in enumerate(bands)
    ]  # fmt: skip
    without = [row for row in placed if numbered[row["area_code"]] is None]
    if without:
        data.append(_hatched(without, who, tiles, regions))
    layout["shapes"] = _borders(placed, tiles, regions)
    return {"data": [*data, *_ours(who, tiles, placed)], "layout": layout}


def find_bands(rows: Sequence[Mapping[str, Any]], unit: str, decimals: int) -> list[Band]:
    """The quarters of the figures, lowest first; fewer where many are equal; the grades of grades;
    none where there is no figure."""
    values = sorted(row["value"] for row in rows if row["value"] is not None)
    if unit == GRADE:
        return [Band(words, grade, grade) for grade, words in sorted(GRADE_WORDS.items())]
    if not values:
        return []
    edges = [values[0], *dict.fromkeys(quartiles(values)), values[-1]]
    found = []
    for i, (low, high) in enumerate(pairwise(edges)):
        inside = [v for v in values if v <= high and (v > low or i == 0)]
        if inside:
            found.append(Band("", inside[0], inside[-1]))
    names = QUARTERS if len(found) == len(QUARTERS) else [""] * len(found)
    return [
        Band(_words(name, band, unit, decimals), band.low, band.high)
        for name, band in zip(names, found, strict=True)
    ]


def _words(name: str, band: Band, unit: str, decimals: int) -> str:
    ends = [format_value(end, unit, decimals) for end in (band.low, band.high)]
    span = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    return f"{name}: {span}" if name else span


def band_of(value: float | None, bands: Sequence[Band]) -> int | None:
    """The number of the band that a figure lies in, from 0; None without a figure."""
    if value is None:
        return None
    return next((i for i, band in enumerate(bands) if value <= band.high), len(bands) - 1)


def _axis(places: Sequence[int], *, down: bool = False) -> dict[str, Any]:
    ends = [min(places, default=0) - 0.6, max(places, default=0) + 0.6]
    return AXIS | {
        "range": ends[::-1] if down else ends,
        "tickvals": [],
        "showgrid": False,
        "showline": False,
        "constrain": "domain",
    }


def _tiles(
    rows: Sequence[Mapping[str, Any]], tiles: Mapping[str, Tile], hover: list[str]
) -> dict[str, Any]:
    """Bars of a tile's size on the tiles of the rows."""
    found = [tiles[row["area_code"]] for row in rows]
    return {
        "type": "bar",
        "x": [tile.column for tile in found],
        "base": [tile.row - SIDE / 2 for tile in found],
        "y": [SIDE for _ in found],
        "width": SIDE,
        "hovertext": hover,
        "hoverinfo": "text",
        "insidetextanchor": "middle",
        "textposition": "inside",
        "textangle": 0,
        "constraintext": "none",
    }


def _shade(
    number: int,
    band: Band,
    rows: Sequence[Mapping[str, Any]],
    who: Who,
    tiles: Mapping[str, Tile],
    unit: str,
    decimals: int,
    regions: Mapping[str, str],
) -> dict[str, Any]:
    """The tiles of one band; a band without any is in the legend all the same."""
    hover = [
        _hover(row, who, regions, [format_value(row["value"], unit, decimals), band.label])
        for row in rows
    ]
    shade = round(number * (len(SHADES) - 1) / max(1, len(SHADES) - 1))
    return _tiles(rows, tiles, hover) | {
        "name": f"{number + 1}  {band.label.replace(' quarter:', ':')}",
        "text": [str(number + 1) for _ in rows],
        "textfont": {"color": ON_SHADE[shade], "size": 12},
        "marker": {"color": SHADES[shade], "line": {"color": "#8672A8", "width": 0.75}},
        **({} if rows else {"x": [None], "y": [None], "base": None}),
    }


def _hatched(
    rows: Sequence[Mapping[str, Any]],
    who: Who,
    tiles: Mapping[str, Tile],
    regions: Mapping[str, str],
) -> dict[str, Any]:
    hover = [_hover(row, who, regions, [row["absence"]]) for row in rows]
    return _tiles(rows, tiles, hover) | {
        "name": NO_FIGURE,
        "marker": {
            "color": "#FFFFFF",
            "line": {"color": "#8A939B", "width": 0.75},
            "pattern": {"shape": "/", "fgcolor": "#8A939B", "size": 6, "solidity": 0.25},
        },
    }


def _hover(
    row: Mapping[str, Any], who: Who, regions: Mapping[str, str], words: Sequence[str]
) -> str:
    code = row["area_code"]
    joint = ["joint return"] if row.get("joint_with") else []
    return "<br>".join([f"<b>{who.name(code)}</b>", *words, *joint, regions.get(code, "")])


def _ours(
    who: Who, tiles: Mapping[str, Tile], rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Outlines: heavy around ours, fine around the members of the set."""
    codes = [row["area_code"] for row in rows]
    found = []
    others = [code for code in codes if code in who.members and code != who.us]
    if others and len(others) < len(codes) - 1:
        found.append(_outline(others, tiles, who.set_name, INK, 1.75))
    if who.us in codes:
        found.append(_outline([who.us], tiles, who.name(who.us), who.colour, 4))
    return found


def _outline(
    codes: Sequence[str], tiles: Mapping[str, Tile], name: str, colour: str, width: float
) -> dict[str, Any]:
    """Square outlines as one line with gaps, so that they grow with the tiles."""
    half = SIDE / 2 + GAP / 2
    corners = ((-half, -half), (half, -half), (half, half), (-half, half), (-half, -half))
    x: list[float | None] = []
    y: list[float | None] = []
    for code in codes:
        tile = tiles[code]
        x += [*(tile.column + dx for dx, _ in corners), None]
        y += [*(tile.row + dy for _, dy in corners), None]
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "name": f"{name} (outlined)",
        "line": {"color": colour, "width": width}, "hoverinfo": "skip",
    }  # fmt: skip


def _borders(
    rows: Sequence[Mapping[str, Any]], tiles: Mapping[str, Tile], regions: Mapping[str, str]
) -> list[dict[str, Any]]:
    """A line between tiles that touch and are of different regions."""
    at = {(t.row, t.column): regions.get(r["area_code"], "") for r in rows
          for t in [tiles[r["area_code"]]]}  # fmt: skip
    path = []
    for (row, column), region in sorted(at.items()):
        if at.get((row, column + 1), region) != region:
            path.append(f"M{column + 0.5},{row - 0.5}L{column + 0.5},{row + 0.5}")
        if at.get((row + 1, column), region) != region:
            path.append(f"M{column - 0.5},{row + 0.5}L{column + 0.5},{row + 0.5}")
    if not path:
        return []
    line = {"color": "#5A646C", "width": 1.5}
    return [{"type": "path", "path": "".join(path), "line": line, "layer": "below"}]
