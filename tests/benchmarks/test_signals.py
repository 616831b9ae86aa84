"""The two tables of the signals are reckoned rightly."""

from __future__ import annotations

from datetime import date

import numpy as np

from indicators.signals.panel import Panel
from tests.benchmarks.signals import (
    COUNTRY,
    measure_simulated,
    replay,
    replay_table,
    simulated_table,
)
from tests.indicators.signals.alliances import grid_of, indicator_of


def history() -> Panel:
    """Twenty authorities over six years; the first has three times the figure of the others from
    the fourth year on."""
    x = np.full((20, 6), 200.0) + np.arange(20)[:, None]
    x[0, 3:] = 600.0
    grid = grid_of(indicator_of("share", "wilson", "low"), x, np.full((20, 6), 1000.0))
    return Panel((grid,), {})


def test_what_is_planted_large_is_found() -> None:
    found = measure_simulated(3.0, 2)
    assert found.power is not None
    assert found.power > 0.9
    assert found.flags > 0


def test_of_lines_of_linked_measures_no_more_are_false_than_is_promised() -> None:
    """Forty lines and more, of which one in twenty may be false, with room for chance."""
    found = measure_simulated(1.5, 3, COUNTRY)
    assert found.flags > 40
    assert found.false_share < 0.12


def test_the_simulation_has_a_row_for_each_size() -> None:
    lines = simulated_table(2, 1, 1).splitlines()
    assert len(lines) == 2 + 2 + 3 * 5
    assert len({line.count("|") for line in lines}) == 1


def test_history_flags_from_the_year_on_and_not_before() -> None:
    told = {year: (flagged, differed) for year, flagged, _, differed in replay(history())}
    assert sorted(told) == [2020, 2021, 2022, 2023, 2024]
    assert not told[2022][0]["the list"]
    assert ("000", "share") in told[2023][0]["the list"]
    assert told[2022][1] == {("000", "share")}


def test_history_does_not_know_what_came_later() -> None:
    panel = history()
    before = [flagged for year, flagged, _, _ in replay(panel.at(date(2024, 12, 31)))]
    panel.grids[0].numerator[:, -1] = 1.0
    assert [flagged for year, flagged, _, _ in replay(panel.at(date(2024, 12, 31)))] == before


def test_the_tables_of_history_have_every_year() -> None:
    table = replay_table(history())
    assert all(f"| {year} |" in table for year in range(2020, 2025))
    assert "| top or bottom 20% |" in table
