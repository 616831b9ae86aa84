"""The rules of the release's tables: a good frame passes, a broken one is refused by its rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from ingest.schemas.faults import collect_faults
from ingest.schemas.release import SCHEMAS

Sql = Callable[..., pd.DataFrame]


def set_first(column: str, value: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.astype({column: object})
        frame.loc[frame.index[0], column] = value
        return frame

    return change


def repeat_first(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[[0]]], ignore_index=True)


def set_where(condition: str, **cells: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        row = frame.query(condition).index[0]
        for column, value in cells.items():
            frame.loc[row, column] = value
        return frame

    return change


FAULTS = [
    # table, change, words of the rule that is broken
    ("area", repeat_first, "area_code"),
    ("area", set_first("area_level", "county"), "area_level"),
    ("area", set_first("name", ""), "name"),
    ("area", set_first("gss_code", ""), "gss_code"),
    ("indicator", repeat_first, "indicator_id"),
    ("indicator", set_first("title", ""), "title"),
    ("indicator", set_first("domain", ""), "domain"),
    ("indicator", set_first("unit", "pct"), "unit"),
    ("indicator", set_first("polarity", "up"), "polarity"),
    ("indicator", set_first("decimals", 9), "decimals"),
    ("indicator", set_first("decimals", -1), "decimals"),
    ("indicator", set_first("interval_method", "normal"), "interval_method"),
    ("indicator", set_first("timing", "once"), "timing"),
    ("indicator", set_first("source_key", ""), "source_key"),
    ("observation", set_first("status", "lost"), "status"),
    ("observation", set_first("period", ""), "period"),
    ("observation", set_where("denominator > 0", denominator=-1.0), "denominator"),
    ("observation", set_where("value > 0", value=None), "reported and nowhere else"),
    ("observation", set_where("value != value", value=0.0), "reported and nowhere else"),
    ("observation", set_where("value > 0", status="suppressed"), "reported and nowhere else"),
    (
        "observation",
        set_where("value > 0", period_end=pd.Timestamp("1999-01-01")),
        "starts before it ends",
    ),
    ("observation", repeat_first, "unique key"),
    ("neighbour", set_first("position", 0), "position"),
    ("neighbour", repeat_first, "unique key"),
    ("neighbour", lambda f: f.assign(neighbour_code=f["area_code"]), "not its own neighbour"),
    ("comparison", set_where("rank_england > 0", quartile_band="E"), "quartile_band"),
    ("comparison", set_where("rank_england > 0", vs_england="fine"), "vs_england"),
    ("comparison", set_where("rank_england > 0", rank_england=0), "rank_england"),
    ("comparison", set_where("rank_england > 0", rank_england=999), "rank_england"),
    ("comparison", set_where("rank_region > 0", rank_region=99), "rank_region"),
    ("comparison", set_where("rank_neighbours > 0", rank_neighbours=99), "rank_neighbours"),
    ("comparison", set_where("ci95_low > 0", ci95_low=1e9), "ci95_low"),
    ("comparison", set_where("ci95_low > 0", ci95_low=None), "ci95_low"),
    ("comparison", set_where("ci998_low > 0", ci998_high=-1e9), "ci998_low"),
    ("comparison", set_where("rank_england > 0", rank_england=None), "ranked if valued"),
    ("comparison", set_where("neighbours_n > 0", neighbours_n=0), "how many it rests on"),
    ("source_file", repeat_first, "source_file_id"),
    ("source_file", set_first("sha256", "abc"), "sha256"),
    ("source_file", set_first("rows", -1), "rows"),
    ("finding", set_first("check_id", ""), "check_id"),
    ("finding", set_first("severity", "fatal"), "severity"),
    ("finding", set_first("message", ""), "message"),
]


def faults_of(table: str, frame: pd.DataFrame) -> list[str]:
    findings = collect_faults(SCHEMAS[table], frame, file_name=f"table {table}", describe={})
    assert {f.check_id for f in findings} <= {"release_shape"}
    return [f"{f.column} {f.message}" for f in findings]


@pytest.mark.parametrize("table", SCHEMAS)
def test_the_tables_of_a_good_release_pass(table: str, small_sql: Sql) -> None:
    frame = small_sql(f"SELECT * FROM {table}")
    # The small country has no inspections; `tests.indicators.test_grades` has some.
    assert (len(frame) > 0) == (table != "inspection")
    assert faults_of(table, frame) == []


@pytest.mark.parametrize(
    ("table", "change", "words"), FAULTS, ids=[f"{t}-{i}-{w}" for i, (t, _, w) in enumerate(FAULTS)]
)
def test_a_frame_that_breaks_a_rule_is_refused_by_that_rule(
    table: str, change: Callable[[pd.DataFrame], pd.DataFrame], words: str, small_sql: Sql
) -> None:
    faults = faults_of(table, change(small_sql(f"SELECT * FROM {table}")))
    assert any(words in fault for fault in faults), faults


@pytest.mark.parametrize("table", SCHEMAS)
def test_a_frame_that_lacks_a_ruled_column_is_refused(table: str, small_sql: Sql) -> None:
    for column in SCHEMAS[table].columns:
        frame = small_sql(f"SELECT * FROM {table}").drop(columns=column)
        assert any(column in fault for fault in faults_of(table, frame)), column


def test_every_fault_of_a_frame_is_reported_at_once(small_sql: Sql) -> None:
    frame = small_sql("SELECT * FROM indicator")
    frame.loc[0, "unit"] = "pct"
    frame.loc[1, "polarity"] = "up"
    frame.loc[2, "title"] = ""
    faults = " ".join(faults_of("indicator", frame))
    for words in ("unit", "polarity", "title"):
        assert words in faults


def test_every_table_but_the_written_last_has_a_schema() -> None:
    assert set(SCHEMAS) == {
        "area", "indicator", "observation", "neighbour", "inspection", "comparison",
        "source_file", "finding", "signal", "enquiry", "triage",
    }  # fmt: skip
