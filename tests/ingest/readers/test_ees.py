"""EES files, hand-made: what a row becomes, and what makes the real files hard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests import builders
from tests.builders import (
    ABSENCE,
    CARE,
    JOINT_CODE,
    NEED,
    PLACES,
    POPULATION,
    WORKFORCE,
    Table,
)
from tests.conftest import Small

Sql = Callable[..., pd.DataFrame]
STATUS_OF = {"c": "suppressed", "x": "not_available", "z": "not_applicable"}


@pytest.fixture(scope="module")
def held(small_sql: Sql) -> pd.DataFrame:
    """The observations of the good release, by indicator, area and period."""
    frame = small_sql("SELECT * FROM observation")
    return frame.set_index(["indicator_id", "area_code", "period"]).sort_index()


def area_of(row: builders.Row) -> str:
    return row["old_la_code"] or row["region_code"] or row["country_code"]


def cells(name: str, **where: str) -> dict[tuple[str, str], builders.Row]:
    """Rows of a hand-made file by area and period."""
    return {(area_of(r), r["time_period"]): r for r in builders.ees_files()[name].find(**where)}


def number(cell: str) -> float:
    return float("nan") if cell in STATUS_OF else float(cell)


def check(row: Any, value: str, numerator: str, denominator: str) -> None:
    """One observation against three published cells."""
    expected = [number(value), number(numerator), number(denominator)]
    np.testing.assert_array_equal(
        row[["value", "numerator", "denominator"]].astype(float), expected
    )
    assert row["status"] == STATUS_OF.get(value, "reported")
    assert row["symbol"] == value if value in STATUS_OF else pd.isna(row["symbol"])


def test_a_published_rate_is_kept_with_its_numerator_and_denominator(held: pd.DataFrame) -> None:
    rows = cells(NEED)
    assert len(held.loc["rereferral_pct"]) == len(rows)
    for (area, period), row in rows.items():
        observation = held.loc[("rereferral_pct", area, period)]
        check(observation, row["again_percent"], row["again"], row["referrals"])


def test_a_denominator_in_another_row_is_that_of_the_same_area_and_period(
    held: pd.DataFrame,
) -> None:
    totals = cells(CARE, stability="Total children")
    rows = cells(CARE, stability="Stable")
    assert len(held.loc["stable_pct"]) == len(rows)
    for key, row in rows.items():
        observation = held.loc[("stable_pct", *key)]
        check(observation, row["percentage"], row["number"], totals[key]["number"])


def test_a_derived_rate_is_the_count_over_the_population_of_the_year_before(
    held: pd.DataFrame,
) -> None:
    people = cells(POPULATION)
    rows = cells(NEED)
    for (area, period), row in rows.items():
        observation = held.loc[("need_rate", area, period)]
        base = people.get((area, str(int(period) - 1)))
        if base is None:
            assert area in {"715", "716"}  # made in 2023: no population the year before
            assert period == "2024"
            assert (observation["status"], pd.isna(observation["symbol"])) == ("missing", True)
            assert np.isnan(observation["value"])
            continue
        count, size = float(row["open_cases"]), float(base["population_estimate"])
        assert observation["value"] == pytest.approx(count / size * 10_000, rel=1e-14)
        assert (observation["numerator"], observation["denominator"]) == (count, size)


def test_a_denominator_of_several_columns_is_their_sum(held: pd.DataFrame) -> None:
    for (area, period), row in cells(WORKFORCE).items():
        for code in area.split(" / "):
            observation = held.loc[("vacancy_pct", code, period)]
            total = float(row["inpost"]) + float(row["vacancies"])
            assert observation["denominator"] == pytest.approx(total, rel=1e-14)


def test_the_days_of_a_period_are_those_of_the_file_s_year(held: pd.DataFrame) -> None:
    def days(*key: str) -> tuple[str, str]:
        row = held.loc[key]
        return str(row["period_start"])[:10], str(row["period_end"])[:10]

    assert days("rereferral_pct", "701", "2025") == ("2024-04-01", "2025-03-31")
    assert days("need_rate", "701", "2025") == ("2025-03-31", "2025-03-31")
    assert days("absence_pct", "701", "2024/25") == ("2024-09-01", "2025-08-31")
    assert days("vacancy_pct", "701", "2025") == ("2025-09-30", "2025-09-30")


# Hard things -----------------------------------------------------------------------------------


def test_both_authorities_of_a_joint_return_show_the_joint_figure_marked_as_joint(
    held: pd.DataFrame, small_sql: Sql
) -> None:
    rows = cells(WORKFORCE, old_la_code=JOINT_CODE)
    assert len(rows) == 3
    for (_, period), row in rows.items():
        for code, other in (("711", "712"), ("712", "711")):
            observation = held.loc[("vacancy_pct", code, period)]
            assert observation["value"] == float(row["vacancy_rate"])
            assert observation["numerator"] == float(row["vacancies"])
            assert observation["joint_with"] == other
    marked = held[held["joint_with"].notna()]
    assert len(marked) == 6
    note = small_sql("SELECT * FROM finding WHERE check_id = 'joint_return'")
    table = builders.ees_files()[WORKFORCE]
    numbers = [table.row_number(row) for row in table.find(old_la_code=JOINT_CODE)]
    assert [int(n) for n in note["rows"].item().split()] == numbers
    # Both are ranked with the joint figure, and the file's own code is nowhere.
    assert JOINT_CODE not in held.index.get_level_values("area_code")


@pytest.mark.parametrize("code", ["711/712", "712 / 711", "711 / 712 / 714"])
def test_a_joint_code_may_be_spaced_ordered_and_long_as_publishers_like(
    code: str, lean: Small
) -> None:
    table = builders.ees_files()[WORKFORCE]
    parts = [part.strip() for part in code.split("/")]
    table.rows = [r for r in table.rows if r["old_la_code"] not in parts]
    for row in table.find(old_la_code=JOINT_CODE):
        row["old_la_code"] = code
    lean.put({WORKFORCE: table.bytes()})
    lean.refresh()
    held = lean.sql(
        "SELECT area_code, joint_with, value FROM observation "
        "WHERE indicator_id = 'vacancy_pct' AND period = '2025' AND joint_with IS NOT NULL"
    )
    assert set(held["area_code"]) == set(parts)
    assert held["value"].nunique() == 1
    for row in held.to_dict("records"):
        assert row["joint_with"].split() == [part for part in parts if part != row["area_code"]]


def test_a_reorganised_authority_has_rows_up_to_its_end_and_its_successors_from_then(
    held: pd.DataFrame,
) -> None:
    def years(code: str) -> set[str]:
        rows = held.xs(("rereferral_pct", code), level=("indicator_id", "area_code"))
        return set(rows.dropna(subset="value").index)

    assert years("713") == {"2022", "2023"}
    assert years("715") == years("716") == {"2024", "2025"}
    assert years("714") == {"2022", "2023", "2024", "2025"}


def test_padding_of_authorities_that_do_not_exist_is_not_applicable_and_unranked(
    held: pd.DataFrame, small_sql: Sql
) -> None:
    for code, period in (("713", "2025"), ("713", "2024"), ("715", "2023"), ("716", "2023")):
        row = held.loc[("stable_pct", code, period)]
        assert (row["status"], row["symbol"]) == ("not_applicable", "z")
        assert np.isnan(row["value"])
    n = small_sql(
        "SELECT DISTINCT n_england FROM comparison WHERE indicator_id = 'stable_pct' "
        "AND period = '2025'"
    )
    with_value = len([p for p in PLACES if not p.last]) - 1  # one is suppressed
    assert n["n_england"].item() == with_value


def test_a_suppressed_figure_is_no_nought_and_leaves_no_denominator_behind(
    held: pd.DataFrame,
) -> None:
    row = held.loc[("stable_pct", "704", "2025")]
    assert (row["status"], row["symbol"]) == ("suppressed", "c")
    assert np.isnan(row["value"])
    assert np.isnan(row["numerator"])
    assert row["denominator"] > 0


def test_a_year_of_nothing_but_x_is_kept_as_not_available(
    held: pd.DataFrame, small_sql: Sql
) -> None:
    year = held.loc["absence_pct"].xs("2022/23", level="period")
    assert len(year) == len(builders.areas_in(2023))
    assert set(year["status"]) == {"not_available"}
    assert set(year["symbol"]) == {"x"}
    assert year[["value", "numerator", "denominator"]].isna().all(axis=None)
    compared = small_sql(
        "SELECT period, count(rank_england) AS ranked, count(change) AS changes, "
        "max(n_england) AS n FROM comparison WHERE indicator_id = 'absence_pct' GROUP BY period"
    ).set_index("period")
    assert tuple(compared.loc["2022/23"]) == (0, 0, 0)
    assert compared.loc["2023/24", "changes"] == 0  # the year before has none
    assert compared.loc["2024/25", "changes"] == 13
    assert compared.loc["2021/22", "n"] == 12


def test_parts_of_the_capital_are_kept_beside_it(held: pd.DataFrame) -> None:
    areas = set(held.loc["rereferral_pct"].index.get_level_values("area_code"))
    assert {"T12000007", "T13000001", "T13000002", "T92000001"} <= areas


def test_authorities_of_the_capital_are_compared_with_the_capital_not_with_their_part(
    held: pd.DataFrame, small_sql: Sql
) -> None:
    rows = small_sql(
        "SELECT area_code, region, region_basis, n_region FROM comparison "
        "WHERE indicator_id = 'rereferral_pct' AND period = '2025'"
    ).set_index("area_code")
    capital = held.loc[("rereferral_pct", "T12000007", "2025"), "value"]
    assert {p.code for p in PLACES if p.region.startswith("T13")} == {"721", "722", "723", "724"}
    for code in ("721", "722", "723", "724"):
        assert tuple(rows.loc[code]) == (capital, "T12000007", 4)


def test_where_only_the_parts_of_the_capital_are_published_the_part_stands_in(
    lean: Small,
) -> None:
    table = builders.ees_files()[NEED]
    table.rows = [row for row in table.rows if row["region_code"] != "T12000007"]
    lean.put({NEED: table.bytes()})
    lean.refresh()
    rows = lean.sql(
        "SELECT c.area_code, c.region, c.region_basis, o.value AS part, c.n_region "
        "FROM comparison AS c JOIN area AS a USING (area_code) "
        "JOIN observation AS o ON o.area_code = a.subregion_code AND o.period = c.period "
        "AND o.indicator_id = c.indicator_id "
        "WHERE c.indicator_id = 'rereferral_pct' AND c.period = '2025'"
    )
    assert len(rows) == 4
    assert (rows["region"] == rows["part"]).all()
    assert set(rows["region_basis"]) == {"T13000001", "T13000002"}
    assert set(rows["n_region"]) == {4}


def test_a_byte_order_mark_changes_nothing(small: Small) -> None:
    small.put({NEED: b"\xef\xbb\xbf" + builders.all_files()[NEED]})
    assert not small.refresh().published


@pytest.fixture
def lean(bare: Small) -> Small:
    """The invented country without the comparison tool's files, and nothing in its home yet."""
    for name in set(builders.all_files()) - set(builders.EES_FILES):
        (bare.folder / name).unlink()
    return bare


def edited(name: str, change: Callable[[Table], None]) -> dict[str, bytes]:
    table = builders.ees_files()[name]
    change(table)
    return {name: table.bytes()}


def set_cell(column: str, text: str, **where: str) -> Callable[[Table], None]:
    def change(table: Table) -> None:
        for row in table.find(**where):
            row[column] = text

    return change


ASHBY = {"old_la_code": "701", "time_period": "2025"}


@pytest.mark.parametrize(
    ("change", "status", "symbol"),
    [
        (set_cell("open_cases", "c", **ASHBY), "suppressed", "c"),
        (set_cell("open_cases", "low", **ASHBY), "rounds_to_zero", "low"),
        (set_cell("open_cases", "u", **ASHBY), "low_reliability", "u"),
        (set_cell("open_cases", "", **ASHBY), "missing", ""),
        (set_cell("open_cases", "~", **ASHBY), "missing", "~"),
    ],
)
def test_a_derived_figure_over_a_symbol_has_that_symbol(
    change: Callable[[Table], None], status: str, symbol: str, lean: Small
) -> None:
    lean.put(edited(NEED, change))
    lean.refresh()
    row = lean.row(
        "SELECT * FROM observation WHERE indicator_id = 'need_rate' AND area_code = '701' "
        "AND period = '2025'"
    )
    assert (row["status"], row["symbol"]) == (status, symbol)
    assert np.isnan(row["value"])
    assert row["denominator"] > 0


def test_a_population_that_is_a_symbol_leaves_the_rate_with_that_symbol(lean: Small) -> None:
    change = set_cell("population_estimate", "x", old_la_code="701", time_period="2024")
    lean.put(edited(POPULATION, change))
    lean.refresh()
    row = lean.row(
        "SELECT * FROM observation WHERE indicator_id = 'need_rate' AND area_code = '701' "
        "AND period = '2025'"
    )
    assert (row["status"], row["symbol"]) == ("not_available", "x")
    assert row["numerator"] > 0
    assert np.isnan(row["denominator"])


def test_a_rate_over_nobody_is_not_applicable_and_never_infinite(lean: Small) -> None:
    change = set_cell("population_estimate", "0", old_la_code="701", time_period="2024")
    lean.put(edited(POPULATION, change))
    lean.refresh()
    row = lean.row(
        "SELECT * FROM observation WHERE indicator_id = 'need_rate' AND area_code = '701' "
        "AND period = '2025'"
    )
    assert row["status"] == "not_applicable"
    assert np.isnan(row["value"])


def test_a_missing_population_file_leaves_only_its_indicators_out(small: Small) -> None:
    (small.folder / POPULATION).unlink()
    report = small.refresh(allow_loss=True)
    assert [c["indicator_id"] for c in report.changes] == ["need_rate"]
    assert any(f.check_id == "file_absent" for f in report.findings)


def test_an_authority_that_the_publisher_leaves_out_may_be_declared(
    small: Small, tmp_path: Any
) -> None:
    from ingest.catalogue import load_catalogue

    def drop(table: Table) -> None:
        table.rows = [row for row in table.rows if row["old_la_code"] != "702"]

    small.put(edited(ABSENCE, drop))
    declared = builders.SOURCES_TOML.replace(
        'filters = ["phase"]', 'filters = ["phase"]\nomits = ["702"]'
    )
    catalogue = load_catalogue(builders.write_catalogue(tmp_path / "c", declared))
    report = small.refresh(catalogue=catalogue, allow_loss=True)
    assert report.published
    lost = [c for c in report.changes if c["kind"] == "lost_figures"]
    assert {c["indicator_id"] for c in lost} == {"absence_pct"}


def test_extra_columns_and_another_column_order_are_read_all_the_same(small: Small) -> None:
    def shuffle(table: Table) -> None:
        table.columns = ["Rate, per 10,000", *reversed(table.columns)]
        for row in table.rows:
            row["Rate, per 10,000"] = "7"

    small.put(edited(NEED, shuffle))
    assert not small.refresh().published


def test_another_category_beside_the_selected_one_is_left_alone(small: Small) -> None:
    def double(table: Table) -> None:
        table.rows += [{**row, "category": "Boys", "open_cases": "1"} for row in table.rows]

    small.put(edited(NEED, double))
    assert not small.refresh().published
