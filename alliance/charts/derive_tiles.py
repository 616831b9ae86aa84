"""Derives `tiles.csv`, the tile map's coordinates, once from a country's geography.

A tool for whoever changes the authorities: nothing of the product imports it, and no page runs it.

    python -m alliance.charts.derive_tiles england BOUNDARIES.json LOOKUP.csv data/reference
    python -m alliance.charts.derive_tiles demo data/demo/region_centres.csv data/demo/reference
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import Delaunay

from alliance.charts.tiles import COLUMNS, FILE_NAME, Tile
from ingest.authorities import Reference, load_reference

Points = NDArray[np.float64]
Links = list[tuple[int, int]]

TILE_KM = 28.0
"""A tile's side once the map is evened out: England's authorities fill about as much as it is."""
NEIGHBOURS_WITHIN_KM = 110.0
DRAWN_TOGETHER_WITHIN_KM = 170.0
STEPS, PUSH, PULL, HOME = 600, 0.25, 0.02, 0.01
GRIDS_TRIED = 4
SWEEPS = 8
REACH = 3
"""Two tiles may change places where they are at most that many apart."""
TRUE_ENOUGH = 0.85
"""A neighbour is on its true side while the cosine of the angle between is at least so much."""


def main(arguments: Sequence[str]) -> None:
    """Write `tiles.csv` into the last folder named. Raises `SystemExit` for other words."""
    match list(arguments):
        case ["england", boundaries, lookup, folder]:
            reference = load_reference(Path(folder))
            places = read_places(reference, Path(boundaries), Path(lookup))
            capital = "E12000007"
        case ["demo", centres, folder]:
            reference = load_reference(Path(folder))
            places = invent_places(reference, Path(centres))
            capital = "X12000007"
        case _:
            raise SystemExit(__doc__)
    write_tiles(Path(folder) / FILE_NAME, derive_tiles(reference, places, capital))


def current_codes(reference: Reference) -> list[str]:
    """The authorities that exist now: an abolished one has no tile."""
    return [a.area_code for a in reference.authorities if a.valid_to is None]


def read_places(
    reference: Reference, boundaries: Path, lookup: Path
) -> dict[str, tuple[float, float]]:
    """Kilometres east and north of each current authority: its districts' published points,
    weighted by their areas."""
    features = json.loads(boundaries.read_text(encoding="utf-8"))["features"]
    districts = {f["properties"]["LAD23CD"]: f["properties"] for f in features}
    parts: dict[str, list[Mapping[str, float]]] = {}
    with lookup.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            code = reference.code_of_gss.get(row["UTLA23CD"])
            if code is not None:
                parts.setdefault(code, []).append(districts[row["LTLA23CD"]])
    return {code: _centre(parts[code]) for code in current_codes(reference)}


def _centre(districts: Sequence[Mapping[str, float]]) -> tuple[float, float]:
    areas = [district["SHAPE_Area"] for district in districts]
    east = np.average([district["BNG_E"] for district in districts], weights=areas)
    north = np.average([district["BNG_N"] for district in districts], weights=areas)
    return float(east) / 1000, float(north) / 1000


def invent_places(reference: Reference, centres: Path) -> dict[str, tuple[float, float]]:
    """Kilometres east and north in an invented country: each region's authorities wind about the
    centre that the file gives it (`region_code,east,north,spread`), in order of their codes."""
    with centres.open(encoding="utf-8", newline="") as file:
        found = {row["region_code"]: row for row in csv.DictReader(file)}
    placed: dict[str, tuple[float, float]] = {}
    so_far: dict[str, int] = {}
    for code in sorted(current_codes(reference)):
        region = reference.authority_by_code[code].region_code
        turn = so_far[region] = so_far.get(region, -1) + 1
        radius, angle = float(found[region]["spread"]) * np.sqrt(turn + 0.5), turn * 2.399963
        placed[code] = (
            float(found[region]["east"]) + float(radius * np.cos(angle)),
            float(found[region]["north"]) + float(radius * np.sin(angle)),
        )
    return placed


def derive_tiles(
    reference: Reference, places: Mapping[str, tuple[float, float]], capital: str
) -> list[Tile]:
    """A tile for each place: crowded parts are spread out, each authority takes the tile that is
    nearest over all (the assignment problem), and tiles change places while that puts neighbours
    more nearly beside each other and on their true side."""
    codes = list(places)
    true = np.array([places[code] for code in codes])
    regions = [reference.authority_by_code[code].region_code for code in codes]
    within = np.array([region == capital for region in regions])
    even = _spread_evenly(_make_room(true, within))
    at = _improve(_assign(even), true, regions)
    northernmost = int(true[:, 1].argmax())
    others = np.delete(at[:, 1], northernmost)
    at[northernmost, 1] = max(at[northernmost, 1], others.max() + 1)
    at[:, 0] -= at[:, 0].min()
    at[:, 1] = at[:, 1].max() - at[:, 1]
    tiles = [Tile(code, row=int(r), column=int(c)) for code, (c, r) in zip(codes, at, strict=True)]
    return sorted(tiles, key=lambda tile: tile.area_code)


def _make_room(points: Points, within: NDArray[np.bool_]) -> Points:
    """Blow the capital up to the size of its tiles and move all else outward from it, so that it
    stays in one piece with the same authorities around it."""
    centre = points[within].mean(axis=0)
    away = points - centre
    distance = np.hypot(*away.T)
    edge = distance[within].max() + 2.0
    room = float(np.sqrt(within.sum() / np.pi)) * TILE_KM
    outside = np.sqrt(np.maximum(distance**2 - edge**2, 0) + (room + TILE_KM / 2) ** 2)
    inside = distance * (room - 0.4 * TILE_KM) / edge
    moved = np.where(within, inside, outside)
    return np.asarray(centre + away * (moved / np.maximum(distance, 1e-9))[:, None])


def _links(points: Points, within_km: float) -> Links:
    """Pairs of points that lie beside each other."""
    triangles = Delaunay(points).simplices
    pairs = {
        (min(a, b), max(a, b))
        for corners in triangles.tolist()
        for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)
    }
    return sorted(p for p in pairs if np.hypot(*(points[p[0]] - points[p[1]])) < within_km)


def _spread_evenly(points: Points) -> Points:
    """Push apart what is nearer than a tile's side, pull together what lies beside each other."""
    links = np.array(_links(points, DRAWN_TOGETHER_WITHIN_KM))
    moving = points.copy()
    for step in range(STEPS):
        gaps = moving[:, None] - moving[None]
        distance = np.hypot(gaps[..., 0], gaps[..., 1]) + 1e-9
        overlap = np.clip(TILE_KM - distance, 0, None)
        np.fill_diagonal(overlap, 0)
        push = (gaps * (overlap / distance)[..., None]).sum(axis=1) * PUSH
        link = moving[links[:, 1]] - moving[links[:, 0]]
        length = np.hypot(*link.T)[:, None] + 1e-9
        force = np.clip(length - TILE_KM, 0, None) * link / length * PULL
        pull = np.zeros_like(moving)
        np.add.at(pull, links[:, 0], force)
        np.add.at(pull, links[:, 1], -force)
        moving = moving + push + pull + (points - moving) * HOME * (1 - step / STEPS)
    return moving


def _assign(points: Points) -> Points:
    """Column and height of the tile that each point takes, on the best of a few grids."""
    best, chosen = np.inf, points
    low, high = points.min(axis=0) - TILE_KM, points.max(axis=0) + TILE_KM
    for offset in np.ndindex(GRIDS_TRIED, GRIDS_TRIED):
        start = low + np.array(offset) * TILE_KM / GRIDS_TRIED
        across, up = (np.arange(start[i], high[i], TILE_KM) for i in (0, 1))
        cells = np.array([(x, y) for y in up for x in across])
        cost = ((points[:, None] - cells[None]) ** 2).sum(axis=2)
        rows, taken = linear_sum_assignment(cost)
        if cost[rows, taken].sum() < best:
            best = cost[rows, taken].sum()
            chosen = np.column_stack([taken % len(across), taken // len(across)]).astype(float)
    return chosen


def _improve(at: Points, true: Points, regions: Sequence[str]) -> Points:
    """Move single tiles, and let two change places, as long as the map gets truer."""
    board = _Board(at.copy(), true, regions)
    for _ in range(SWEEPS):
        moves = sum(board.swap(a, b) for a in range(len(at)) for b in range(a + 1, len(at)))
        moves += sum(board.move(a) for a in range(len(at)))
        if not moves:
            break
    return board.at


class _Board:
    """Tiles on their places, and how far each is from being right."""

    def __init__(self, at: Points, true: Points, regions: Sequence[str]) -> None:
        self.at, self.home = at, at.copy()
        self.low, self.high = at.min(axis=0) - 1, at.max(axis=0) + 1
        self.beside: list[list[tuple[int, Points, float]]] = [[] for _ in at]
        for a, b in _links(true, NEIGHBOURS_WITHIN_KM):
            way = (true[b] - true[a]) / np.hypot(*(true[b] - true[a]))
            weight = 2.5 if regions[a] == regions[b] else 1.0
            self.beside[a].append((b, way, weight))
            self.beside[b].append((a, -way, weight))

    def swap(self, a: int, b: int) -> bool:
        """Let two near each other change places if that is better."""
        if np.abs(self.at[a] - self.at[b]).max() > REACH:
            return False
        before = self._wrong(a) + self._wrong(b)
        self.at[[a, b]] = self.at[[b, a]]
        if self._wrong(a) + self._wrong(b) < before - 1e-9:
            return True
        self.at[[a, b]] = self.at[[b, a]]
        return False

    def move(self, a: int) -> bool:
        """Move one to an empty place near it if that is better."""
        moved = False
        for step in np.ndindex(5, 5):
            here, there = self.at[a].copy(), self.at[a] + np.array(step) - 2
            taken = (self.at == there).all(axis=1).any()
            if taken or (there < self.low).any() or (there > self.high).any():
                continue
            before = self._wrong(a)
            self.at[a] = there
            if self._wrong(a) < before - 1e-9:
                moved = True
            else:
                self.at[a] = here
        return moved

    def _wrong(self, a: int) -> float:
        """How far its neighbours are from touching it on the right side, and it from its place."""
        total = 0.05 * float(((self.at[a] - self.home[a]) ** 2).sum())
        for b, way, weight in self.beside[a]:
            gap = self.at[b] - self.at[a]
            length = float(np.hypot(*gap))
            side = max(0.0, TRUE_ENOUGH - float(gap @ way) / length)
            apart = max(0.0, length - 1.42)
            total += weight * (side**2 + apart**2)
        return total


def write_tiles(path: Path, tiles: Sequence[Tile]) -> None:
    """Write the file that `alliance.charts.tiles` reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((tile.area_code, tile.row, tile.column) for tile in tiles)


if __name__ == "__main__":
    main(sys.argv[1:])
