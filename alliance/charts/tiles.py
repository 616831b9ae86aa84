"""Where each authority's tile stands on the tile map. Reads `tiles.csv` beside the reference
tables of a country, and refuses one that has faults."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.errors import CatalogueError
from ingest.paths import data_dir

FILE_NAME = "tiles.csv"
COLUMNS = ("area_code", "row", "column")


@dataclass(frozen=True, slots=True)
class Tile:
    """An authority's place on the map: rows from the north, columns from the west, both from 0."""

    area_code: str
    row: int
    column: int


@cache
def country_tiles(*, demo: bool) -> dict[str, Tile]:
    """The tiles of England, or of the demonstration's country. Raises as `load_tiles`."""
    folder = data_dir() / "demo" / "reference" if demo else data_dir() / "reference"
    return load_tiles(folder / FILE_NAME)


def load_tiles(path: Path) -> dict[str, Tile]:
    """Tile by area code. Raises `CatalogueError` with every fault, each with file and line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read: {error}") from error
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise CatalogueError(f"{path}: the columns must be {', '.join(COLUMNS)}")
    tiles: dict[str, Tile] = {}
    faults: list[str] = []
    for line, row in enumerate(reader, start=2):
        tile = _read_tile(row)
        problems = ["row and column must be whole numbers from 0"] if tile is None else []
        if tile is not None:
            problems += _clashes(tile, tiles)
            tiles.setdefault(tile.area_code, tile)
        faults += [f"{path.name}, line {line}: {problem}" for problem in problems]
    if faults:
        raise CatalogueError("The tile map has faults; correct them.\n" + "\n".join(faults))
    return tiles


def _read_tile(row: dict[str, str]) -> Tile | None:
    place = (row["row"] or "", row["column"] or "")
    if not all(text.isascii() and text.isdigit() for text in place):
        return None
    return Tile(row["area_code"], int(place[0]), int(place[1]))


def _clashes(tile: Tile, tiles: dict[str, Tile]) -> Iterator[str]:
    if tile.area_code in tiles:
        yield f"{tile.area_code} has a tile already"
    for other in tiles.values():
        if (other.row, other.column) == (tile.row, tile.column):
            yield f"{tile.area_code} stands on the tile of {other.area_code}"
