"""The fictional country's published files, written as the real publishers write theirs.

One seeded simulation is written out in two editions, so that a refresh finds a new period and a
revision. The figures are invented; `data/demo/levels.toml` says how.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from alliance.demonstration import children_in_need, looked_after, schools, workforce
from alliance.demonstration.country import read_country
from alliance.demonstration.ees_tables import Layout, Publisher, Table, write_table
from alliance.demonstration.neighbours import write_neighbours
from alliance.demonstration.simulation import Simulation, read_levels
from alliance.demonstration.workbooks import write_workbooks

Edition = Literal["previous", "latest"]

DEFAULT_SEED = 20260331
REFERENCE_DIR = Path(__file__).resolve().parents[2] / "data" / "demo" / "reference"
LEVELS_FILE = "levels.toml"

TABLES: tuple[tuple[Layout, Callable[[Publisher], Table]], ...] = (
    (children_in_need.POPULATION, children_in_need.population_table),
    (children_in_need.CHILDREN_IN_NEED, children_in_need.children_in_need_table),
    (children_in_need.REFERRALS, children_in_need.referrals_table),
    (children_in_need.FACTORS, children_in_need.factors_table),
    (children_in_need.PLAN_STARTS, children_in_need.plan_starts_table),
    (children_in_need.PLANS, children_in_need.plans_table),
    (looked_after.LOOKED_AFTER, looked_after.looked_after_table),
    (looked_after.PLACEMENTS, looked_after.placements_table),
    (looked_after.NEW_PLACEMENTS, looked_after.new_placements_table),
    (looked_after.SCHOOL_MOVES, looked_after.school_moves_table),
    (looked_after.SOCIAL_WORKER_CHANGES, looked_after.social_worker_changes_table),
    (looked_after.OUTCOMES, looked_after.outcomes_table),
    (looked_after.ACTIVITY, looked_after.activity_table),
    (looked_after.SUITABILITY, looked_after.suitability_table),
    (schools.ABSENCE, schools.absence_table),
    (schools.KEY_STAGE_2, schools.key_stage_2_table),
    (schools.KEY_STAGE_4, schools.key_stage_4_table),
    (workforce.WORKFORCE, workforce.workforce_table),
)
"""Every published table: how it is laid out, and what makes it."""


def write_published_files(
    directory: Path,
    *,
    edition: Edition,
    seed: int = DEFAULT_SEED,
    reference_dir: Path = REFERENCE_DIR,
) -> list[Path]:
    """Write the tables and the workbooks of one edition into an existing folder.

    `latest` has every period. `previous` is the edition before: without the newest period of each
    table (and without a table or a workbook that has only that period), its file names naming its
    own last year, and with the figures that `latest` revises. `reference_dir` holds the country's
    reference tables, its parent `levels.toml`. The same arguments give the same bytes.

    Returns the paths of the files, in the order of `TABLES`, the workbooks last. Raises
    `ValueError` for an edition that there is not.
    """
    if edition not in {"previous", "latest"}:
        raise ValueError(f"There is no edition {edition!r}: it is 'previous' or 'latest'.")
    country = read_country(reference_dir)
    levels = read_levels(reference_dir.parent / LEVELS_FILE)
    simulation = Simulation(country, levels, seed)
    publisher = Publisher(country, levels, simulation, previous=edition == "previous")
    paths = [
        write_table(make_table(publisher), directory)
        for layout, make_table in TABLES
        if publisher.publishes(layout)
    ]
    paths.append(write_neighbours(country, simulation, directory))
    if edition == "latest":
        paths += write_workbooks(country, levels, simulation, directory)
    return paths
