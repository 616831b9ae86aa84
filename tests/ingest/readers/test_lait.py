"""The comparison tool's files, hand-made: what a measure and a figure become."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.lait import read_update, slug, unit_of_axis
from tests import builders
from tests.builders import LONG, PLACES
from tests.conftest import Small

Sql = Callable[..., pd.DataFrame]


@pytest.fixture(scope="module")
def measures(small_sql: Sql) -> pd.DataFrame:
    """The indicators that the tool's measures became, by the tool's own name."""
    frame = small_sql("SELECT * FROM indicator WHERE source_id = 'tool'")
    return frame.set_index("source_key")


@pytest.fixture(scope="module")
def held(small_sql: Sql) -> pd.DataFrame:
    """The tool's observations by measure, area and period."""
    frame = small_sql(
        "SELECT o.*, i.source_key FROM observation AS o JOIN indicator AS i USING (indicator_id) "
        "WHERE i.source_id = 'tool'"
    )
    return frame.set_index(["source_key", "area_code", "period"]).sort_index()


@pytest.mark.parametrize(
    ("measure", "name"),
    [
        ("Absent", "lait_absent"),
        ("Absent%", "lait_absent_pct"),
        ("% Absent", "lait_pct_absent"),
        ("KS2 RWM (Exp)", "lait_ks2_rwm_exp"),
        ("a-b_c  d", "lait_a_b_c_d"),
    ],
)
def test_a_measure_s_id_is_made_of_its_short_name(measure: str, name: str) -> None:
    assert slug(measure) == name


@given(st.text(min_size=1))
def test_any_short_name_makes_an_id_of_plain_letters(measure: str) -> None:
    assert set(slug(measure)) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
    assert slug(measure).startswith("lait_")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("45992", date(2025, 12, 1)),
        (" 45992 ", date(2025, 12, 1)),
        ("TBC", None),
        ("NA", None),
        ("", None),
        ("4599", None),
        ("45992.5", None),
        ("4５992", None),
    ],
)
def test_the_next_update_is_the_day_of_a_spreadsheet_s_number(text: str, day: date | None) -> None:
    assert read_update(text) == day


@pytest.mark.parametrize(
    ("axis", "unit"),
    [
        ("% of children", "percent"),
        ("Rate per 10,000", "per_10000"),
        ("Rate per 100,000", "per_100000"),
        ("Spend", "gbp"),
        ("Unit Cost", "gbp"),
        ("Average Score", "score"),
        ("Number of children", "count"),
        ("Bananas", None),
        ("", None),
    ],
)
def test_the_unit_is_told_by_the_axis_label(axis: str, unit: str | None) -> None:
    assert unit_of_axis(axis) == unit


def test_every_measure_but_the_discontinued_is_an_indicator(measures: pd.DataFrame) -> None:
    assert set(measures.index) == {"Absent", "Absent%", "Spend", "Span"}
    assert not measures["headline"].any()


def test_a_measure_has_the_words_of_the_dictionary(measures: pd.DataFrame) -> None:
    assert measures.loc["Absent", "title"] == "Title of Absent"
    assert measures.loc["Absent", "definition"] == "What Absent is,\nin two lines."
    assert measures.loc["Absent", "methodology"] == "Counted by hand."
    assert dict(measures["polarity"]) == {
        "Absent": "low", "Absent%": "high", "Spend": "none", "Span": "none",
    }  # fmt: skip
    assert dict(measures["decimals"]) == {"Absent": 0, "Absent%": 1, "Spend": 1, "Span": 1}
    assert dict(measures["unit"]) == {
        "Absent": "percent", "Absent%": "percent", "Spend": "gbp", "Span": "per_10000",
    }  # fmt: skip
    assert dict(measures["publisher_bands"]) == {
        "Absent": True, "Absent%": True, "Spend": False, "Span": True,
    }  # fmt: skip
    assert str(measures.loc["Absent", "next_update"])[:10] == "2025-12-01"
    assert pd.isna(measures.loc["Absent%", "next_update"])


def test_a_measure_in_two_topics_is_one_indicator_that_names_the_other(
    measures: pd.DataFrame,
) -> None:
    assert measures.index.tolist().count("Spend") == 1
    assert measures.loc["Spend", "topic"] == "Money"
    assert "Children" in measures.loc["Spend", "caveats"]


def test_every_figure_is_kept_for_every_area_and_missing_is_no_nought(held: pd.DataFrame) -> None:
    frame = builders.long_frame()
    code_of = {v: k for k, v in builders.LAIT_NUMBER_OF_REGION.items()}
    label_of = {
        "2023 (Rev)": "2023", "2025 (prov)": "2025", "2022-23 (OT)": "2022/23",
        "2023-24": "2023/24", "2020/21-22/23": "2020/21-2022/23",
    }  # fmt: skip
    count = 0
    for row in frame.to_dict("records"):
        if row["Short Desc"] == "Gone" or row["Years"] == "0":
            continue
        number = f"{row['LA Number']:.0f}"
        key = (
            row["Short Desc"],
            code_of.get(number, number),
            label_of.get(row["Years"], row["Years"]),
        )
        observation = held.loc[key]
        if row["Values"] == "-":
            assert (observation["status"], observation["symbol"]) == ("missing", "-")
            assert np.isnan(observation["value"])
        else:
            assert (observation["status"], observation["value"]) == (
                "reported",
                float(row["Values"]),
            )
        assert observation["provisional"] == (row["Years"] == "2025 (prov)")
        count += 1
    assert count == len(held)


def test_a_period_s_days_are_those_of_the_measure_s_kind_of_year(held: pd.DataFrame) -> None:
    def days(*key: str) -> tuple[str, str]:
        row = held.loc[key]
        return str(row["period_start"])[:10], str(row["period_end"])[:10]

    assert days("Absent", "701", "2024") == ("2023-09-01", "2024-08-31")
    assert days("Spend", "701", "2022/23") == ("2022-04-01", "2023-03-31")
    assert days("Span", "701", "2019-21") == ("2019-01-01", "2021-12-31")
    assert days("Span", "701", "2020/21-2022/23") == ("2021-01-01", "2023-12-31")


def test_what_was_left_out_is_noted(small_sql: Sql) -> None:
    notes = small_sql("SELECT check_id, message, rows FROM finding").set_index("check_id")
    assert "Gone" in notes.loc["measure_discontinued", "message"]
    assert len(notes.loc["year_readable", "rows"].split()) == len(PLACES) + 6


@pytest.mark.parametrize("kind", ["float", "int", "text", "category"])
def test_the_columns_may_have_other_types_and_the_figures_stay_the_same(
    kind: str, small: Small
) -> None:
    frame = builders.long_frame()
    if kind == "float":
        frame["Values"] = pd.to_numeric(frame["Values"].where(frame["Values"] != "-"))
    elif kind == "int":
        frame["LA Number"] = frame["LA Number"].astype(int)
    elif kind == "text":
        frame["LA Number"] = frame["LA Number"].astype(int).astype(str)
    else:
        frame = frame.astype({"Years": "category", "Short Desc": "category"})
    before = small.sql(
        "SELECT indicator_id, area_code, period, value FROM observation ORDER BY ALL"
    )
    small.put({LONG: builders.parquet_bytes(frame.assign(Notes=[[1]] * len(frame)))})
    small.refresh()
    after = small.sql("SELECT indicator_id, area_code, period, value FROM observation ORDER BY ALL")
    pd.testing.assert_frame_equal(before, after)


def test_without_the_dictionary_or_the_data_the_tool_s_measures_are_left_out(small: Small) -> None:
    (small.folder / builders.DICTIONARY).unlink()
    report = small.refresh(allow_loss=True)
    lost = {c["indicator_id"] for c in report.changes if c["kind"] == "lost_indicator"}
    assert lost == {"lait_absent", "lait_absent_pct", "lait_spend", "lait_span"}
