"""The demonstration's statistical neighbours: a workbook in the Department for Education's layout.

Neighbours are the authorities whose invented context is nearest.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xlsxwriter

from alliance.demonstration.country import Authority, Country
from alliance.demonstration.simulation import FIRST_YEAR, Floats, Simulation

FILE_NAME = "sn_may_2025.xlsx"
SHEET_NAME = "LA SN Groups"
MADE_ON = datetime(2025, 5, 1, tzinfo=UTC)
MODEL_YEAR = 2024
NEIGHBOURS = 10

CLOSENESS = ("Extremely close", "Very close", "Close", "Somewhat close", "Not close")
SHARES = (0.02, 0.55, 0.88, 0.97)
"""Shares of all pairs of neighbours that are at most so close."""
OTHER_WRITINGS = ("{}", "{} ", "{}", "{}")
"""How the workbook writes the same words from row to row."""

Cell = str | int
Positions = npt.NDArray[np.intp]


def write_neighbours(country: Country, simulation: Simulation, directory: Path) -> Path:
    """Write the workbook: today's authorities by name, then those that were abolished."""
    distances = measure_distances(simulation)
    cuts = np.quantile(np.sort(distances, axis=1)[:, :NEIGHBOURS], SHARES)
    current = sorted(country.units, key=lambda authority: authority.name)
    abolished = [a for a in country.authorities if a.area_code not in country.unit_position]
    rows: list[list[Cell]] = [
        ["A", "B", "C", "D", "E", *range(3, 23)],
        list(range(1, 26)),
        ["LA num", "LA Name", "LA number", "GOInd", "GOReg", *_neighbour_titles()],
        *(_row(country, authority, distances, cuts) for authority in current),
        [],
        ["", "Old SNs:"],
        [],
        *(_row(country, authority, distances, cuts) for authority in abolished),
    ]
    return _write_rows(rows, directory / FILE_NAME)


def measure_distances(simulation: Simulation) -> Floats:
    """Distance between every two authorities in context, (authorities, authorities).

    An authority is infinitely far from itself.
    """
    size = np.log(simulation.population[:, MODEL_YEAR - FIRST_YEAR])
    context = np.stack(
        [
            simulation.deprivation,
            0.5 * simulation.threshold,
            simulation.urban,
            1.5 * simulation.capital,
            0.5 * (size - size.mean()),
        ],
        axis=1,
    )
    noise = simulation.stream("neighbours").standard_normal(context.shape)
    context = context + 0.1 * noise
    distances = np.sqrt(((context[:, None, :] - context[None, :, :]) ** 2).sum(axis=2))
    np.fill_diagonal(distances, np.inf)
    return np.asarray(distances)


def _neighbour_titles() -> list[str]:
    return [title for place in range(1, NEIGHBOURS + 1) for title in (f"SN{place}", "SNP")]


def _row(country: Country, authority: Authority, distances: Floats, cuts: Floats) -> list[Cell]:
    """One authority's row: number, name, number, region, then neighbours and how close they are."""
    members = country.units_of_authority(authority.area_code)
    own = distances[members].mean(axis=0)
    own[members] = np.inf
    nearest = np.argsort(own, kind="stable")[:NEIGHBOURS]
    number = int(authority.area_code)
    cells: list[Cell] = [number, authority.other_name, number, *_region(country, authority)]
    for place, position in enumerate(nearest):
        words = CLOSENESS[int(np.searchsorted(cuts, own[position]))]
        cells += [int(country.units[position].area_code), _write_words(words, number, place)]
    return cells


def _write_words(words: str, number: int, place: int) -> str:
    """The words as the workbook happens to write them: capitals and trailing spaces vary."""
    if number % 9 == 0:
        return words.title()
    return f"{words} " if (number + place) % 7 == 0 else words


def _region(country: Country, authority: Authority) -> tuple[int, str]:
    """The region's place in the alphabet, and its name with the part in brackets."""
    whole = country.region_by_code[authority.region_code]
    names = sorted(region.name for region in country.regions if not region.parent_code)
    index = names.index(whole.name) + 1
    if not authority.subregion_code:
        return index, whole.name
    part = country.region_by_code[authority.subregion_code].name
    return index, f"{whole.name} ({part.removesuffix(whole.name).strip()})"


def _write_rows(rows: list[list[Cell]], path: Path) -> Path:
    with xlsxwriter.Workbook(path, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": MADE_ON.replace(tzinfo=None)})
        sheet = workbook.add_worksheet(SHEET_NAME)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path
