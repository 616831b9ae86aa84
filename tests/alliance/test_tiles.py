"""Every authority has one tile of its own, near where it lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance.charts.derive_tiles import derive_tiles, read_places, write_tiles
from alliance.charts.tiles import FILE_NAME, Tile, country_tiles, load_tiles
from ingest.authorities import Reference, load_reference
from ingest.errors import CatalogueError
from ingest.paths import data_dir

LONDON = "E12000007"
COUNTRIES = {"england": data_dir() / "reference", "demo": data_dir() / "demo" / "reference"}

WHERE = [
    ("929", "north", "391", "Northumberland", "Newcastle"),
    ("908", "south", "878", "Cornwall", "Devon"),
    ("908", "west", "878", "Cornwall", "Devon"),
    ("420", "south", "908", "Isles of Scilly", "Cornwall"),
    ("935", "east", "873", "Suffolk", "Cambridgeshire"),
    ("886", "east", "936", "Kent", "Surrey"),
    ("921", "south", "850", "Isle of Wight", "Hampshire"),
    ("342", "west", "352", "St", "Manchester"),
    ("308", "north", "306", "Enfield", "Croydon"),
    ("313", "west", "301", "Hounslow", "Barking and Dagenham"),
    ("825", "north", "850", "Buckinghamshire", "Hampshire"),
    ("815", "north", "830", "North Yorkshire", "Derbyshire"),
    ("884", "west", "885", "Herefordshire", "Worcestershire"),
    ("846", "south", "305", "Brighton and Hove", "Bromley"),
]


def touching(tiles: dict[str, Tile], codes: set[str]) -> set[str]:
    """Those of the codes that can be reached from the first by tiles that share a side."""
    at = {(tiles[code].row, tiles[code].column): code for code in codes}
    reached, left = set(), [min(codes)]
    while left:
        code = left.pop()
        reached.add(code)
        row, column = tiles[code].row, tiles[code].column
        beside = ((row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1))
        left += [at[place] for place in beside if at.get(place, code) not in reached | {code}]
    return reached


@pytest.mark.parametrize("folder", COUNTRIES.values(), ids=COUNTRIES)
def test_the_tiles_are_of_exactly_the_authorities_that_exist(folder: Path) -> None:
    tiles = load_tiles(folder / FILE_NAME)
    current = {a.area_code for a in load_reference(folder).authorities if a.valid_to is None}
    assert set(tiles) == current
    assert len(current) > 150
    assert len({(tile.row, tile.column) for tile in tiles.values()}) == len(current)


@pytest.mark.parametrize(("code", "side", "other", "name", "beside"), WHERE)
def test_an_authority_lies_on_the_true_side_of_another(
    code: str, side: str, other: str, name: str, beside: str, reference: Reference
) -> None:
    assert reference.authority_by_code[code].name.startswith(name)
    assert reference.authority_by_code[other].name.startswith(beside)
    tiles = country_tiles(demo=False)
    down = tiles[code].row - tiles[other].row
    right = tiles[code].column - tiles[other].column
    assert {"north": -down, "south": down, "east": right, "west": -right}[side] > 0


@pytest.mark.parametrize(
    ("demo", "region"), [(False, LONDON), (True, "X12000007")], ids=["london", "demo"]
)
def test_the_capital_is_in_one_piece_and_compact(demo: bool, region: str) -> None:
    tiles = country_tiles(demo=demo)
    authorities = load_reference(COUNTRIES["demo" if demo else "england"]).authorities
    codes = {a.area_code for a in authorities if a.region_code == region and not a.valid_to}
    if not demo:
        assert touching(tiles, codes) == codes
    rows, columns = ({getattr(tiles[c], n) for c in codes} for n in ("row", "column"))
    assert len(rows) <= 9
    assert len(columns) <= 9


def test_the_map_is_small_enough_for_a_telephone() -> None:
    for demo in (False, True):
        tiles = country_tiles(demo=demo).values()
        assert max(tile.column for tile in tiles) < 15
        assert max(tile.row for tile in tiles) < 20


def test_the_coordinates_are_what_the_tool_makes_of_the_boundaries(
    published: Path, reference: Reference, tmp_path: Path
) -> None:
    folder = published / "ons"
    places = read_places(
        reference,
        folder / "local_authority_districts_boundaries.json",
        folder / "LTLA-UTLA_Apr23_Lookup_England-Wales.csv",
    )
    write_tiles(tmp_path / FILE_NAME, derive_tiles(reference, places, LONDON))
    assert load_tiles(tmp_path / FILE_NAME) == country_tiles(demo=False)


FAULTS = {
    "a tile twice": ("873,1,1\n874,1,1\n", "line 3: 874 stands on the tile of 873"),
    "an authority twice": ("873,1,1\n873,2,1\n", "line 3: 873 has a tile already"),
    "no number": ("873,x,1\n", "line 2: row and column must be whole numbers"),
    "a negative number": ("873,-1,1\n", "line 2: row and column must be whole numbers"),
    "a cell too few": ("873,1\n", "line 2: row and column must be whole numbers"),
}


@pytest.mark.parametrize(("lines", "words"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_the_coordinates_is_named_with_its_line(
    lines: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(f"area_code,row,column\n{lines}", encoding="utf-8")
    with pytest.raises(CatalogueError, match=words):
        load_tiles(path)


def test_coordinates_with_other_columns_or_none_at_all_are_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_tiles(path)
    path.write_text("code,x,y\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="the columns must be area_code, row, column"):
        load_tiles(path)
