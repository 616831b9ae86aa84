"""Statistical neighbour workbooks, hand-made."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from tests import builders
from tests.builders import CLOSENESS, NEAR_2025, PLACES
from tests.conftest import Small

Sql = Callable[..., pd.DataFrame]


@pytest.mark.parametrize("model", ["2021", "2025"])
def test_each_model_gives_ten_neighbours_in_order_with_their_closeness(
    model: str, small_sql: Sql
) -> None:
    held = small_sql("SELECT * FROM neighbour WHERE model = ?", model)
    covered = [p.code for p in PLACES if not p.last and not (model == "2021" and p.first)]
    assert set(held["area_code"]) == set(covered)
    for code in covered:
        mine = held[held["area_code"] == code].sort_values("position")
        assert list(mine["position"]) == list(range(1, 11))
        assert list(mine["neighbour_code"]) == builders.neighbours_of(code, model)
        assert list(mine["closeness"]) == [CLOSENESS[i // 2].capitalize() for i in range(10)]


def test_numbers_may_be_written_as_text_and_letter_case_may_differ(small: Small) -> None:
    rows = [
        [str(cell).upper() if isinstance(cell, str) and cell in CLOSENESS else cell for cell in row]
        for row in builders.neighbour_rows("2025")
    ]
    rows[2:] = [[str(c) if isinstance(c, int) else c for c in row] for row in rows[2:]]
    small.put({NEAR_2025: builders.workbook_bytes(rows)})
    assert not small.refresh().published


def test_an_authority_that_a_model_does_not_cover_may_be_dashes(small: Small) -> None:
    rows = builders.neighbour_rows("2025")
    rows[2][2:] = ["-"] * 20
    rows.append(["", "A note below the table"] + [""] * 20)
    small.put({NEAR_2025: builders.workbook_bytes(rows)})
    small.refresh()
    held = small.sql("SELECT DISTINCT area_code FROM neighbour WHERE model = '2025'")
    assert "701" not in set(held["area_code"])
    assert "702" in set(held["area_code"])
    without = small.row(
        "SELECT neighbours_n, neighbours_mean FROM comparison WHERE area_code = '701' "
        "AND indicator_id = 'rereferral_pct' AND period = '2025'"
    )
    assert without["neighbours_n"] == 0
    assert pd.isna(without["neighbours_mean"])


def test_a_home_without_any_workbook_has_comparisons_without_neighbours(small: Small) -> None:
    (small.folder / NEAR_2025).unlink()
    (small.folder / builders.NEAR_2021).unlink()
    small.refresh(allow_loss=True)
    row = small.row("SELECT max(neighbours_n) AS n, count(*) AS rows FROM comparison")
    assert row["n"] == 0
    assert row["rows"] > 100
