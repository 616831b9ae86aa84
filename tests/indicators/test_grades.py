"""Grades are an ordinal: ranked and counted, and nothing is worked out of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from alliance.refresh import refresh
from indicators.queries import Release
from indicators.words import figure_sentence, format_value
from ingest.authorities import Reference
from ingest.errors import IngestError
from ingest.grades import GRADE_OF_WORDS, GRADE_WORDS, grade_words
from ingest.release import ReleaseStore
from ingest.release_writer import ReleaseWriter
from ingest.schemas.faults import collect_faults
from ingest.schemas.release import COMPARISON
from tests import builders, workbooks
from tests.conftest import NOW
from tests.workbooks import NOW_THERE, OUTCOMES, grade_of

Sql = Callable[..., pd.DataFrame]
NOT_OF_GRADES = (
    "england", "england_unrounded", "region", "region_basis", "neighbours_mean",
    "neighbours_median", "quartile_band", "change", "ci95_low", "ci95_high", "ci998_low",
    "ci998_high", "vs_england",
)  # fmt: skip


@pytest.fixture(scope="module")
def release(small_reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the small country with its inspection outcomes."""
    root = tmp_path_factory.mktemp("graded")
    files = builders.all_files() | {OUTCOMES: workbooks.ods_bytes(workbooks.outcome_sheets())}
    builders.write_files(root / "published", files)
    catalogue = workbooks.open_catalogue(root / "catalogue")
    store = ReleaseStore(root / "home")
    refresh(store, root / "published", catalogue, small_reference, now=NOW, actor="tests")
    return store.current_path()


@pytest.fixture(scope="module")
def sql(release: Path) -> Iterator[Sql]:
    with duckdb.connect(str(release), read_only=True) as connection:
        yield lambda query, *values: connection.execute(query, list(values)).df()


def test_a_grade_has_a_rank_and_no_mean_difference_interval_quarter_or_verdict(sql: Sql) -> None:
    held = sql("SELECT * FROM comparison WHERE indicator_id = 'overall'")
    assert len(held) == len(NOW_THERE)
    assert held[list(NOT_OF_GRADES)].isna().all(axis=None)
    assert (held["neighbours_n"] > 0).all()
    other = sql("SELECT * FROM comparison WHERE indicator_id = 'rereferral_pct'")
    assert other[["england", "region", "neighbours_mean", "quartile_band"]].notna().any().all()


def test_authorities_with_the_same_grade_share_the_smallest_rank(sql: Sql) -> None:
    held = sql("SELECT * FROM comparison WHERE indicator_id = 'overall'").set_index("area_code")
    grades = {place.code: grade_of(place.code) for place in NOW_THERE}
    for code, grade in grades.items():
        better = sum(other < grade for other in grades.values())
        assert held.loc[code, "rank_england"] == better + 1
        region = [c for c in grades if builders.region_of(c) == builders.region_of(code)]
        assert held.loc[code, "n_equal_region"] == sum(grades[c] == grade for c in region)


def test_an_authority_without_a_grade_has_no_rank(sql: Sql) -> None:
    held = sql("SELECT * FROM comparison WHERE indicator_id = 'leavers'")
    without = held["value"].isna()
    assert 0 < without.sum() < len(held)
    assert held.loc[without, "rank_england"].isna().all()
    assert set(held["n_england"]) == {int((~without).sum())}


@pytest.mark.parametrize("column", ["england", "neighbours_median", "change", "ci95_low"])
def test_a_figure_worked_out_of_grades_breaks_the_rules_of_the_table(column: str, sql: Sql) -> None:
    frame = sql("SELECT *, true AS is_grade FROM comparison WHERE indicator_id = 'overall'")
    assert collect_faults(COMPARISON, frame, file_name="", describe={}) == []
    frame[column] = frame["value"]
    faults = collect_faults(COMPARISON, frame, file_name="", describe={})
    assert any("worked out of a grade" in fault.message for fault in faults)


def test_a_grade_is_written_in_words_and_a_mean_of_grades_cannot_be() -> None:
    assert [format_value(grade, "grade", 0) for grade in (1.0, 2.0, 3.0, 4.0)] == [
        "Outstanding", "Good", "Requires improvement to be good", "Inadequate",
    ]  # fmt: skip
    for mean in (1.5, 0.0, 5.0, -1.0):
        with pytest.raises(KeyError):
            format_value(mean, "grade", 0)


def test_words_and_grades_are_one_to_one_but_for_the_older_wording() -> None:
    assert all(GRADE_OF_WORDS[grade_words(grade)] == grade for grade in GRADE_WORDS)
    assert set(GRADE_OF_WORDS) - set(GRADE_WORDS.values()) == {"Requires improvement"}


@pytest.mark.parametrize(
    ("same", "rank", "words"),
    [
        (3, 1, "3 of 4 in Northland have this judgement; none a better one."),
        (1, 3, "the only one of 4 in Northland with this judgement; 2 a better one."),
    ],
)
def test_the_sentence_counts_who_has_the_same_grade_and_who_a_better_one(
    same: int, rank: int, words: str, sql: Sql
) -> None:
    frame = sql("SELECT * FROM comparison WHERE indicator_id = 'overall' AND area_code = '701'")
    figure = frame.iloc[0].to_dict() | {
        "value": 2.0, "n_equal_region": same, "rank_region": rank, "n_region": 4,
        "provisional": False, "joint_with": None, "status": "reported",
    }  # fmt: skip
    indicator = {"unit": "grade", "decimals": 0, "timing": "snapshot", "polarity": "low"}
    sentence = figure_sentence("Ashby", figure, indicator, region="Northland", country="Testland")
    assert sentence == f"Ashby: Good on 31 March 2025; {words}"


def test_inspections_are_read_newest_first_in_the_words_published(release: Path) -> None:
    with Release(release) as opened:
        rows = opened.inspections(["701", "702"])
        assert [row["area_code"] for row in rows if row["theme"]] == ["702"]
        days = [row["inspected_on"] for row in rows]
        assert days == sorted(days, reverse=True)
        first = rows[-1]
        assert (first["overall"], first["care_leavers"]) == ("Inadequate", None)
        assert opened.inspections(["799"]) == []


def test_a_release_from_before_there_were_inspections_has_none(
    release: Path, tmp_path: Path
) -> None:
    older = tmp_path / "20250101T000000Z-00000000.duckdb"
    older.write_bytes(release.read_bytes())
    with duckdb.connect(str(older)) as connection:
        connection.execute("DROP TABLE inspection")
    with Release(older) as opened:
        assert opened.inspections(["701"]) == []


def test_two_inspections_of_one_kind_on_one_day_break_the_rules_of_the_table(
    sql: Sql, tmp_path: Path
) -> None:
    frame = sql("SELECT * FROM inspection")
    again = pd.concat([frame, frame.iloc[[0]]], ignore_index=True)
    with pytest.raises(IngestError, match="unique key"), ReleaseWriter(tmp_path / "a") as writer:
        writer.insert("inspection", again)
