"""What one release changes against another: every difference told once, in words, and no figure
that the newer one has withdrawn."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators import impact as module
from indicators.impact import (
    CSV_COLUMNS,
    FIGURES,
    GROUPS,
    RANK_MOVES,
    SECTIONS,
    Change,
    Impact,
    Line,
    ReleasePair,
    format_pair,
    read_impact,
    safe_cell,
    write_impact_csv,
)
from ingest.errors import ReleaseError
from tests import builders
from tests.builders import NEED
from tests.conftest import Small

RATE, CEDARHAM, DUNSTAN = "rereferral_pct", "703", "704"
SIGNAL_COLUMNS = (
    "(area_code, indicator_id, period, rule, sentence, p_value, q_value, kind, evidence)"
)
THE_CELL = f"indicator_id = '{RATE}' AND area_code = '{CEDARHAM}' AND period = '2024'"
EXISTING = 13
"""Authorities that make returns in 2025: all but the one that was split."""


@pytest.fixture(scope="module")
def good(small_template: Path) -> Path:
    """The good release of the invented country. Not to be changed."""
    return next((small_template / "home" / "releases").glob("*.duckdb"))


@pytest.fixture
def edit(good: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the good release with statements run on it."""
    made: list[Path] = []

    def copy(*statements: str) -> Path:
        path = tmp_path / f"copy-{len(made)}.duckdb"
        made.append(path)
        shutil.copy(good, path)
        with duckdb.connect(str(path)) as connection:
            for statement in statements:
                connection.execute(statement)
        return path

    return copy


def set_figure(value: float, where: str = THE_CELL) -> tuple[str, ...]:
    """The statements that give a figure another value."""
    return tuple(f"UPDATE {t} SET value = {value} WHERE {where}" for t in FIGURE_TABLES)


def suppress(where: str = THE_CELL) -> tuple[str, ...]:
    """The statements that suppress figures."""
    return (
        "UPDATE observation SET status = 'suppressed', symbol = 'c', value = NULL, "
        f"numerator = NULL, denominator = NULL WHERE {where}",
        f"UPDATE comparison SET value = NULL, rank_region = NULL WHERE {where}",
    )


FIGURE_TABLES = ("observation", "comparison")


def delete(where: str) -> tuple[str, ...]:
    """The statements that remove figures."""
    return tuple(f"DELETE FROM {table} WHERE {where}" for table in FIGURE_TABLES)


def sentences(report: Impact, section: str) -> list[str]:
    """What a section says."""
    return [
        line.sentence for part in report.parts if part.section == section for line in part.lines
    ]


def told(report: Impact) -> set[str]:
    """The sections that have lines."""
    return {part.section for part in report.parts if part.total}


def csv_rows(new: Path, old: Path | None, **options: Any) -> list[dict[str, str]]:
    buffer = io.StringIO(newline="")
    written = write_impact_csv(buffer, new, old, **options)
    rows = list(csv.DictReader(io.StringIO(buffer.getvalue(), newline="")))
    assert written == len(rows)
    return rows


# The registry ------------------------------------------------------------------------------------


def test_every_section_has_its_query_and_stands_in_a_group() -> None:
    assert {section.id for section in SECTIONS} <= set(module._QUERIES)
    assert len({section.id for section in SECTIONS}) == len(SECTIONS)
    assert {section.group for section in SECTIONS} == set(GROUPS)
    assert set(FIGURES) <= {section.id for section in SECTIONS}


def test_every_query_is_read_by_a_section_or_by_another_query() -> None:
    used = {section.id for section in SECTIONS}
    for name in module._QUERIES:
        others = " ".join(text for other, text in module._QUERIES.items() if other != name)
        assert name in used or re.search(rf"\b{name}\b", others), name


def test_every_basis_of_a_comparison_of_ranks_has_its_thresholds() -> None:
    bases = set(re.findall(r"'(\w+_period)'", module._QUERIES["pair"]))
    assert bases == set(RANK_MOVES)


# Nothing and everything ---------------------------------------------------------------------------


def test_a_release_changes_nothing_against_itself(good: Path) -> None:
    report = read_impact(good, good)
    assert report.is_empty
    assert told(report) == set()
    assert csv_rows(good, good) == []


def test_against_nothing_everything_is_new(good: Path) -> None:
    report = read_impact(good, None)
    with duckdb.connect(str(good), read_only=True) as connection:
        figures = connection.execute("SELECT count(*) FROM observation").fetchone()
        titles = connection.execute("SELECT title FROM indicator").fetchall()
    assert report.old is None
    assert report.counts["new_indicators"] == len(titles)
    assert report.counts["new_figures"] == figures[0]  # type: ignore[index]
    assert {title for (title,) in titles} == {
        sentence.split(" is a new indicator")[0] for sentence in sentences(report, "new_indicators")
    }
    assert not {"revised", "positions", "lost_figures"} & told(report)


@pytest.mark.parametrize("which", ["new", "old"])
def test_a_file_that_is_no_release_is_a_clear_error(which: str, good: Path, tmp_path: Path) -> None:
    junk = tmp_path / "junk.duckdb"
    junk.write_bytes(b"junk" * 3000)
    files = {"new": good, "old": good} | {which: junk}
    with pytest.raises(ReleaseError, match=re.escape(str(junk))):
        read_impact(**files)


# What is new --------------------------------------------------------------------------------------


def test_a_new_period_is_told_with_the_number_of_authorities(
    good: Path, edit: Callable[..., Path]
) -> None:
    old = edit(*delete(f"indicator_id = '{RATE}' AND period = '2025'"))
    report = read_impact(good, old)
    assert sentences(report, "new_periods") == [
        f"Re-referrals: 2025 is new for {EXISTING} authorities"
    ]
    assert report.counts["revised"] == 0
    mine = read_impact(good, old, areas={CEDARHAM})
    assert sentences(mine, "new_periods") == ["Re-referrals: 2025 is new for Cedarham"]
    back = read_impact(old, good)
    assert sentences(back, "lost_periods") == [
        f"Re-referrals: 2025 is no longer there, for {EXISTING} authorities"
    ]


def test_a_new_period_says_what_is_suppressed_and_provisional(
    edit: Callable[..., Path], good: Path
) -> None:
    where = f"indicator_id = '{RATE}' AND period = '2025'"
    new = edit(
        f"UPDATE observation SET provisional = true WHERE {where}",
        *suppress(f"{where} AND area_code = '{DUNSTAN}'"),
    )
    old = edit(*delete(where))
    assert sentences(read_impact(new, old), "new_periods") == [
        "Re-referrals: 2025 is new for 12 authorities (suppressed for 1, provisional)"
    ]


def test_an_indicator_that_came_or_went_is_told_once_and_not_figure_by_figure(
    good: Path, edit: Callable[..., Path]
) -> None:
    lacks = edit(
        *delete(f"indicator_id = '{RATE}'"), f"DELETE FROM indicator WHERE indicator_id = '{RATE}'"
    )
    came, went = read_impact(good, lacks), read_impact(lacks, good)
    assert sentences(came, "new_indicators") == [
        "Re-referrals is a new indicator (4 periods, figures of 14 authorities)"
    ]
    assert sentences(went, "lost_indicators") == [
        "Re-referrals is no longer there (it had 4 periods)"
    ]
    assert told(came) == {"new_indicators"}
    assert told(went) == {"lost_indicators"}


def test_an_indicator_that_is_declared_anew_says_in_what(
    good: Path, edit: Callable[..., Path]
) -> None:
    new = edit(
        f"UPDATE indicator SET polarity = 'high', caveats = 'Mind.' WHERE indicator_id = '{RATE}'"
    )
    assert sentences(read_impact(new, good), "changed_indicators") == [
        "Re-referrals: declared anew (polarity, caveats)"
    ]


def test_authorities_and_neighbours_that_change_are_told(
    good: Path, edit: Callable[..., Path]
) -> None:
    new = edit(
        "UPDATE area SET name = 'Ashby and Vale', valid_to = DATE '2026-03-31' "
        "WHERE area_code = '701'",
        "UPDATE neighbour SET neighbour_code = '799' "
        "WHERE area_code = '703' AND model = '2025' AND position = 1",
    )
    report = read_impact(new, good)
    assert sentences(report, "areas") == ["Ashby: now named Ashby and Vale, until 2026-03-31"]
    (said,) = sentences(report, "neighbours")
    assert re.fullmatch(
        r"Cedarham: 1 of \d+ statistical neighbours are new \(model of 2025\)", said
    )


# What was revised ---------------------------------------------------------------------------------


def test_a_revised_figure_is_told_with_old_and_new(edit: Callable[..., Path]) -> None:
    report = read_impact(edit(*set_figure(67)), edit(*set_figure(66)))
    assert sentences(report, "revised") == ["Cedarham, Re-referrals, 2024: 66% → 67%"]
    assert sentences(report, "revisions") == [
        "Re-referrals, 2024: 1 figure revised: Cedarham, 66% → 67%"
    ]
    (line,) = (line for part in report.parts if part.section == "revised" for line in part.lines)
    assert line.changes == (Change("value", 66.0, 67.0),)
    assert line.changes[0].difference == 1
    assert (line.indicator_id, line.area_code, line.period) == (RATE, CEDARHAM, "2024")


def test_revisions_of_a_period_are_counted_up_and_down_with_the_largest(
    edit: Callable[..., Path],
) -> None:
    places = {"701": (50, 51), "702": (50, 45), "703": (50, 50.4)}

    def release(which: int) -> Path:
        statements: list[str] = []
        for code, values in places.items():
            where = f"indicator_id = '{RATE}' AND area_code = '{code}' AND period = '2024'"
            statements += set_figure(values[which], where)
        return edit(*statements)

    report = read_impact(release(1), release(0))
    assert sentences(report, "revisions") == [
        "Re-referrals, 2024: 3 figures revised, 2 up and 1 down; most: Birch and Holt, 50% → 45%"
    ]


def test_the_largest_revision_is_that_of_most_spreads_and_not_of_the_largest_numbers(
    edit: Callable[..., Path],
) -> None:
    def release(rate: float, need: float) -> Path:
        spread = [
            f"UPDATE {table} SET value = 300 + 40 * CAST(area_code AS INTEGER) % 1000 "
            "WHERE indicator_id = 'need_rate' AND period = '2024' AND area_code < '800'"
            for table in FIGURE_TABLES
        ]
        need_cell = THE_CELL.replace(RATE, "need_rate")
        return edit(*spread, *set_figure(rate), *set_figure(need, need_cell))

    report = read_impact(release(45, 330), release(15, 320))
    assert [s.split(",")[1] for s in sentences(report, "revised")] == [
        " Re-referrals",
        " Children in need per 10",
    ]


@pytest.mark.parametrize(
    ("old", "new", "unit", "decimals", "words"),
    [
        (66, 67, "per_10000", 0, "66 → 67 per 10,000"),
        (66.2, 66.4, "percent", 0, "66.2% → 66.4%"),
        (0.0001, 0.0002, "percent", 1, "0.0001% → 0.0002%"),
        (1, 1.25, "days", 0, "1.0 → 1.2 days"),
        (-1200, 1200, "gbp", 0, "−£1,200 → £1,200"),
        (3, 2, "grade", 0, "Requires improvement to be good → Good"),
    ],
)
def test_a_pair_has_as_many_decimals_as_it_takes_to_tell_it_apart(
    old: float, new: float, unit: str, decimals: int, words: str
) -> None:
    assert format_pair(old, new, unit, decimals) == words


def test_a_suppressed_figure_is_withdrawn_and_its_old_value_is_nowhere(
    edit: Callable[..., Path],
) -> None:
    old = edit(
        *set_figure(43.21987),
        f"UPDATE comparison SET rank_region = 5 WHERE {THE_CELL}",
        f"INSERT INTO finding VALUES ('odd', 'warning', NULL, 'f.csv', NULL, '{RATE}', "
        f"'{CEDARHAM}', '2024', 'It is 43.21987.', NULL)",
        f"INSERT INTO signal {SIGNAL_COLUMNS} VALUES ('703', 'rereferral_pct', '2024', "
        "'far', 'It is 43.21987.', NULL, NULL, 'performance', '{}')",
    )
    new = edit(*suppress())
    report = read_impact(new, old)
    assert sentences(report, "suppression_came") == [
        "Cedarham, Re-referrals, 2024: figure withdrawn: now suppressed"
    ]
    rows = csv_rows(new, old)
    assert [row["new"] for row in rows if row["section"] == "suppression_came"] == ["suppressed"]
    assert "43.2" not in repr(report)
    assert "43.2" not in repr(rows)
    assert {"signals", "gone_findings"} <= told(report)
    assert not {"positions", "latest_positions", "revised"} & told(report)


def test_the_place_of_a_withdrawn_figure_is_not_told_by_way_of_a_new_period(
    edit: Callable[..., Path],
) -> None:
    latest = f"indicator_id = '{RATE}' AND period = '2025'"
    far = f"UPDATE comparison SET value = 99, rank_region = 4, quartile_band = 'D' WHERE {THE_CELL}"
    old = edit(*delete(latest), far)
    assert any("Cedarham" in s for s in sentences(read_impact(edit(far), old), "latest_positions"))
    report = read_impact(edit(*suppress()), old)
    assert report.counts["latest_positions"] > 0
    assert not any("Cedarham" in s for s in sentences(report, "latest_positions"))


def test_a_figure_that_is_no_longer_suppressed_is_shown(edit: Callable[..., Path]) -> None:
    report = read_impact(edit(*set_figure(12)), edit(*suppress()))
    assert sentences(report, "suppression_went") == [
        "Cedarham, Re-referrals, 2024: no longer suppressed: 12%"
    ]


@pytest.mark.parametrize(
    ("old", "new", "section", "words"),
    [
        ("reported", "low_reliability", "other_statuses",
         "figure withdrawn: now low reliability, not shown"),
        ("missing", "reported", "other_statuses", "12% (was not given)"),
        ("not_available", "missing", "other_statuses", "now not given (was not available)"),
        ("missing", "suppressed", "suppression_came", "now suppressed (was not given)"),
        ("suppressed", "not_available", "suppression_went", "no longer suppressed: not available"),
        (None, "reported", "added_figures", "12%, where there was no figure"),
        (None, "missing", "added_figures", "not given, where there was nothing"),
        (None, "suppressed", "suppression_came", "now suppressed (there was no figure)"),
        ("reported", None, "lost_figures", "no longer there (was reported)"),
    ],
)  # fmt: skip
def test_every_other_change_of_status_is_told_in_words(
    old: str | None, new: str | None, section: str, words: str, edit: Callable[..., Path]
) -> None:
    def release(status: str | None) -> Path:
        if status is None:
            return edit(*delete(THE_CELL))
        value = "12" if status == "reported" else "NULL"
        return edit(
            f"UPDATE observation SET status = '{status}', value = {value} WHERE {THE_CELL}",
            f"UPDATE comparison SET value = {value} WHERE {THE_CELL}",
        )

    report = read_impact(release(new), release(old))
    assert sentences(report, section) == [f"Cedarham, Re-referrals, 2024: {words}"]
    assert report.counts["revised"] == 0


def test_counts_behind_a_figure_and_its_being_provisional_are_told(
    good: Path, edit: Callable[..., Path]
) -> None:
    new = edit(
        f"UPDATE observation SET numerator = numerator + 1 WHERE {THE_CELL}",
        f"UPDATE observation SET provisional = true WHERE {THE_CELL.replace('2024', '2023')}",
    )
    report = read_impact(new, good)
    assert sentences(report, "revised_counts") == [
        "Re-referrals, 2024: numerator or denominator revised behind 1 figure that stay the same"
    ]
    assert sentences(report, "provisional") == ["Re-referrals, 2023: 1 figure now provisional"]
    assert told(report) == {"revised_counts", "provisional"}


def test_grades_are_never_subtracted_nor_placed(edit: Callable[..., Path]) -> None:
    grade = f"UPDATE indicator SET unit = 'grade' WHERE indicator_id = '{RATE}'"

    def release(value: int, rank: int) -> Path:
        rows = f"indicator_id = '{RATE}'"
        return edit(
            grade,
            f"UPDATE observation SET value = 2 WHERE {rows} AND value IS NOT NULL",
            f"UPDATE comparison SET value = 2 WHERE {rows} AND value IS NOT NULL",
            *set_figure(value, THE_CELL.replace("2024", "2025")),
            f"UPDATE comparison SET rank_region = {rank} WHERE {THE_CELL.replace('2024', '2025')}",
        )

    new, old = release(1, 1), release(3, 4)
    report = read_impact(new, old)
    said = "Requires improvement to be good → Outstanding"
    assert sentences(report, "revised") == [f"Cedarham, Re-referrals, 2025: {said}"]
    assert sentences(report, "revisions") == ["Re-referrals, 2025: 1 grade revised"]
    assert report.counts["positions"] == 0
    assert {row["difference"] for row in csv_rows(new, old) if row["measure"] == "value"} == {""}


# Whose position changes ---------------------------------------------------------------------------


PLACED = THE_CELL.replace("2024", "2025")


def place(**columns: object) -> str:
    """The statement that puts the authority somewhere in the latest period."""
    cells = ", ".join(f"{name} = {value!r}" for name, value in columns.items())
    return f"UPDATE comparison SET {cells} WHERE {PLACED}"


def test_ranks_bands_and_verdicts_that_change_are_told_in_one_sentence(
    edit: Callable[..., Path],
) -> None:
    here = {"n_region": 4, "n_neighbours": 6, "n_england": 13, "rank_neighbours": 2}
    before = {"rank_region": 3, "rank_england": 2, "quartile_band": "B", "vs_england": "similar"}
    after = {"rank_region": 4, "rank_england": 12, "quartile_band": "C", "vs_england": "worse"}
    old = edit(*set_figure(66, PLACED), place(**here, **before))
    new = edit(*set_figure(67, PLACED), place(**here, **after))
    report = read_impact(new, old)
    assert sentences(report, "positions") == [
        "Cedarham, Re-referrals, 2025: 66% → 67%; rank in the region 3rd → 4th of 4; "
        "rank in Testland 2nd → 12th of 13; band B → C; similar to → worse than Testland"
    ]
    names = ("moved_ranks", "flipped_bands", "flipped_verdicts")
    assert [report.counts[name] for name in names] == [1, 1, 1]


@pytest.mark.parametrize(
    ("moves", "told_of"), [({"rank_england": 10}, False), ({"rank_england": 11}, True)]
)
def test_a_move_of_fewer_places_than_is_declared_is_not_told(
    moves: dict[str, int], told_of: bool, edit: Callable[..., Path]
) -> None:
    assert RANK_MOVES["same_period"].england == 10
    old, new = edit(place(rank_england=1)), edit(place(**moves))
    assert bool(read_impact(new, old).counts["positions"]) is told_of


def test_a_band_that_the_publisher_does_not_show_does_not_flip(edit: Callable[..., Path]) -> None:
    hidden = f"UPDATE indicator SET publisher_bands = false WHERE indicator_id = '{RATE}'"
    old, new = edit(hidden, place(quartile_band="A")), edit(hidden, place(quartile_band="D"))
    assert read_impact(new, old).counts["positions"] == 0


def test_only_the_latest_period_that_both_have_is_looked_at(edit: Callable[..., Path]) -> None:
    earlier = f"UPDATE comparison SET rank_region = 4 WHERE {THE_CELL}"
    later = delete(f"indicator_id = '{RATE}' AND period = '2025'")
    old = edit("UPDATE comparison SET rank_region = 1", *later)
    assert read_impact(edit("UPDATE comparison SET rank_region = 1", earlier), old).counts[
        "positions"
    ]
    both = edit("UPDATE comparison SET rank_region = 1")
    new = edit("UPDATE comparison SET rank_region = 1", earlier)
    assert read_impact(new, both).counts["positions"] == 0


def test_the_positions_of_a_refresh_are_those_of_the_two_files(small: Small) -> None:
    old = small.store.current_path()
    table = builders.ees_files()[NEED]
    for row in table.find(old_la_code=CEDARHAM, time_period="2025"):
        row["again_percent"] = "55"
    small.put({NEED: table.bytes()})
    new = small.refresh().path
    report = read_impact(new, old)
    expected = {}
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{old}' AS o (READ_ONLY)")
        connection.execute(f"ATTACH '{new}' AS n (READ_ONLY)")
        rows = connection.execute(
            "SELECT a.area_code, b.rank_region, a.rank_region, b.quartile_band, a.quartile_band "
            "FROM n.comparison AS a JOIN o.comparison AS b "
            "USING (indicator_id, area_code, period) WHERE indicator_id = ? AND period = '2025'",
            [RATE],
        ).fetchall()
    for code, *values in rows:
        expected[code] = values
    found = {line.area_code: line for p in report.parts if p.section == "positions"
             for line in p.lines}  # fmt: skip
    assert CEDARHAM in found
    for code, (old_rank, new_rank, old_band, new_band) in expected.items():
        changes = {c.measure: (c.old, c.new) for c in found[code].changes} if code in found else {}
        if old_rank != new_rank:
            assert changes["rank_region"] == (old_rank, new_rank)
        if old_band != new_band:
            assert changes["quartile_band"] == (old_band, new_band)
    assert sentences(report, "revised") == [line.sentence for line in lines_of(new, old, "revised")]


def lines_of(new: Path, old: Path | None, section: str) -> list[Line]:
    with ReleasePair(new, old) as pair:
        return list(pair.lines(next(s for s in SECTIONS if s.id == section)))


# What to watch ------------------------------------------------------------------------------------


def signal(rule: str, period: str, sentence: str, kind: str = "performance") -> str:
    return (
        f"INSERT INTO signal {SIGNAL_COLUMNS} VALUES ('{CEDARHAM}', '{RATE}', '{period}', "
        f"'{rule}', '{sentence}', 0.01, 0.04, '{kind}', '{{}}')"
    )


def test_signals_that_came_went_or_changed_are_told_and_others_not(
    edit: Callable[..., Path],
) -> None:
    old = edit(
        signal("gone", "2025", "It was far."),
        signal("same", "2025", "It is the same."),
        signal("later", "2024", "It was so in 2024."),
        signal("kind", "2025", "It is odd."),
        signal("words", "2025", "It is 5 above."),
    )
    new = edit(
        signal("came", "2025", "It is far."),
        signal("same", "2025", "It is the same."),
        signal("later", "2024", "It was so in 2024."),
        signal("later", "2025", "It is so in 2025."),
        signal("kind", "2025", "It is odd.", "data"),
        signal("words", "2025", "It is 6 above."),
    )
    assert sentences(read_impact(new, old), "signals") == [
        "Cedarham, Re-referrals: new: It is far.",
        "Cedarham, Re-referrals: now: It is odd.",
        "Cedarham, Re-referrals: now: It is 6 above.",
        "Cedarham, Re-referrals: no longer: It was far.",
    ]


def finding(message: str, area: str | None = None, severity: str = "warning") -> str:
    code = f"'{area}'" if area else "NULL"
    return (
        f"INSERT INTO finding VALUES ('jump', '{severity}', NULL, 'need.csv', NULL, '{RATE}', "
        f"{code}, '2025', '{message}', '7')"
    )


def test_findings_that_came_are_told_in_full_and_those_that_went_without_words(
    edit: Callable[..., Path],
) -> None:
    old = edit(finding("It was 12 and jumped.", CEDARHAM), finding("As ever."))
    new = edit(finding("It fell.", CEDARHAM), finding("As ever."), finding("Bad.", None, "error"))
    report = read_impact(new, old)
    assert sentences(report, "new_findings") == [
        "New error: need.csv: Bad.",
        "New warning: need.csv: It fell.",
    ]
    assert sentences(report, "gone_findings") == [
        "No longer found: 1 warning of jump (need.csv, Re-referrals, Cedarham, 2025)"
    ]
    assert sentences(read_impact(new, old, areas={CEDARHAM}), "new_findings") == [
        "New warning: need.csv: It fell."
    ]


def inspection(event: str, overall: str, day: str = "2025-03-04") -> str:
    return (
        "INSERT INTO inspection BY NAME SELECT '703' AS area_code, 'ILACS' AS framework, "
        f"'{event}' AS event, DATE '{day}' AS inspected_on, DATE '{day}' AS published_on, "
        f"'{overall}' AS overall, 'x' AS source_file_id"
    )


def test_inspections_that_came_went_or_changed_are_told(edit: Callable[..., Path]) -> None:
    old = edit(inspection("Short", "Good"), inspection("Visit", "Good"))
    new = edit(inspection("Short", "Outstanding"), inspection("Standard", "Inadequate"))
    assert sentences(read_impact(new, old), "inspections") == [
        "Cedarham: Short of 4 March 2025 has changed: overall Outstanding",
        "Cedarham: Standard of 4 March 2025 is new: overall Inadequate",
        "Cedarham: Visit of 4 March 2025 is no longer there",
    ]


def test_releases_of_a_version_without_inspections_can_be_compared(
    edit: Callable[..., Path],
) -> None:
    without = edit("DROP TABLE inspection")
    new = edit(inspection("Short", "Good"), *set_figure(67))
    assert read_impact(new, without).counts["inspections"] == 1
    assert read_impact(without, new).counts["inspections"] == 1
    assert read_impact(edit("DROP TABLE inspection"), without).counts["inspections"] == 0


def test_a_column_that_an_earlier_version_did_not_have_is_empty_there(
    good: Path, edit: Callable[..., Path]
) -> None:
    without = edit("ALTER TABLE indicator DROP COLUMN caveats")
    assert all(
        "caveats" in sentence
        for sentence in sentences(read_impact(good, without), "changed_indicators")
    )
    assert read_impact(without, good).counts["changed_indicators"] > 0


def test_drift_of_evidence_is_told_where_somebody_finds_it(good: Path, tmp_path: Path) -> None:
    seen: list[tuple[Path, Path]] = []

    def find_drift(old: Path, new: Path) -> Iterable[Line]:
        seen.append((old, new))
        return [Line("drift", f"Challenge {number} rests on another figure") for number in (1, 2)]

    report = read_impact(good, good, find_drift=find_drift, shown=1)
    (part,) = report.group("What to watch")
    assert (part.total, [line.sentence for line in part.lines]) == (
        2,
        ["Challenge 1 rests on another figure"],
    )
    assert seen == [(good, good)]
    assert not report.is_empty


# Some areas, and everything -----------------------------------------------------------------------


def test_a_report_for_some_areas_tells_of_no_other(edit: Callable[..., Path]) -> None:
    elsewhere = THE_CELL.replace(CEDARHAM, DUNSTAN)
    old = edit(*set_figure(50), *set_figure(50, elsewhere))
    new = edit(*set_figure(51), *suppress(elsewhere))
    rows = csv_rows(new, old, areas={CEDARHAM})
    assert {row["area_code"] for row in rows} == {CEDARHAM, ""}
    assert "Dunstan" not in repr(rows)
    assert read_impact(new, old, areas=set()).counts["revised"] == 0
    both = read_impact(new, old, areas={CEDARHAM, DUNSTAN})
    assert (both.counts["revised"], both.counts["suppression_came"]) == (1, 1)


def test_a_report_holds_the_first_lines_and_the_csv_all_of_them(
    good: Path, edit: Callable[..., Path]
) -> None:
    new = edit("UPDATE observation SET value = value + 1 WHERE value IS NOT NULL")
    report = read_impact(new, good, shown=3)
    part = next(part for part in report.parts if part.section == "revised")
    rows = [row for row in csv_rows(new, good) if row["section"] == "revised"]
    assert len(part.lines) == 3
    assert part.total == len(rows) == report.counts["revised"] > 100
    assert [line.sentence for line in part.lines] == [row["sentence"] for row in rows[:3]]


def test_the_csv_is_long_with_a_row_for_each_change(edit: Callable[..., Path]) -> None:
    formula = "UPDATE area SET name = '=1+1' WHERE area_code = '703'"
    old, new = edit(formula, *set_figure(0.1)), edit(formula, *set_figure(0.3))
    (row,) = (row for row in csv_rows(new, old) if row["section"] == "revised")
    assert tuple(row) == CSV_COLUMNS
    assert (row["measure"], row["old"], row["new"], row["difference"]) == (
        "value", "0.1", "0.3", "0.2",
    )  # fmt: skip
    assert row["area"] == "'=1+1"
    assert row["sentence"] == "'=1+1, Re-referrals, 2024: 0.1% → 0.3%"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\tx", "\rx"])
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell(-1) == -1


def test_dates_of_an_area_are_in_the_csv_as_dates(good: Path, edit: Callable[..., Path]) -> None:
    new = edit("UPDATE area SET valid_to = DATE '2026-03-31' WHERE area_code = '701'")
    (row,) = csv_rows(new, good)
    assert (row["measure"], row["old"], row["new"]) == ("valid_to", "", str(date(2026, 3, 31)))


# The arithmetic of it -----------------------------------------------------------------------------

Figures = dict[tuple[str, str, str], tuple[str, float | None]]


def figures_of(path: Path) -> Figures:
    """Every figure of a release: its status and value."""
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "SELECT indicator_id, area_code, period, status, value FROM observation"
        ).fetchall()
    return {(i, a, p): (status, value) for i, a, p, status, value in rows}


def apply(figures: Figures, lines: Iterable[Line]) -> Figures:
    """The figures with what the lines say done to them."""
    after = dict(figures)
    for line in lines:
        key = (str(line.indicator_id), str(line.area_code), str(line.period))
        status, value = after.pop(key, (None, None))
        changes = {change.measure: change.new for change in line.changes}
        new_status = changes.get("status", status)
        if new_status is not None:
            kept = value if new_status == "reported" else None
            after[key] = (new_status, changes.get("value", kept))
    return after


ACTS = ("nothing", "revise", "suppress", "unsay", "remove")
acts = st.lists(
    st.tuples(
        st.sampled_from(["need_rate", RATE, "stable_pct", "absence_pct"]),
        st.sampled_from(["701", "703", "704", "721", "T12000001", "T92000001"]),
        st.sampled_from(["2022", "2023", "2024", "2025", "2024/25"]),
        st.sampled_from(ACTS),
        st.floats(-1000, 1000, allow_nan=False).map(lambda x: round(x, 3)),
    ),
    max_size=12,
)


def act(path: Path, what: Iterable[tuple[str, str, str, str, float]]) -> Path:
    """Do to each figure what is said; a cell that was nowhere is left so."""
    with duckdb.connect(str(path)) as connection:
        for indicator, area, period, name, value in what:
            where = f"indicator_id = '{indicator}' AND area_code = '{area}' AND period = '{period}'"
            statements: tuple[str, ...] = {
                "nothing": (),
                "revise": (
                    f"UPDATE observation SET status = 'reported', value = {value} WHERE {where}",
                    f"UPDATE comparison SET value = {value} WHERE {where}",
                ),
                "suppress": suppress(where),
                "unsay": (
                    f"UPDATE observation SET status = 'missing', value = NULL WHERE {where}",
                    f"UPDATE comparison SET value = NULL WHERE {where}",
                ),
                "remove": delete(where),
            }[name]
            for statement in statements:
                connection.execute(statement)
    return path


@settings(max_examples=25)
@given(before=acts, after=acts)
def test_what_is_told_of_the_old_figures_gives_the_new_ones(
    before: list[Any], after: list[Any], good: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("acts")
    old = act(Path(shutil.copy(good, folder / "old.duckdb")), before)
    new = act(Path(shutil.copy(good, folder / "new.duckdb")), after)
    lines: list[Line] = []
    with ReleasePair(new, old) as pair:
        for section in SECTIONS:
            if section.id in FIGURES:
                lines += pair.lines(section)
    keys = [(line.indicator_id, line.area_code, line.period) for line in lines]
    assert len(keys) == len(set(keys)), "a figure is told of once"
    earlier, later = figures_of(old), figures_of(new)
    assert apply(earlier, lines) == later
    changed = {k for k in earlier.keys() | later.keys() if earlier.get(k) != later.get(k)}
    assert set(keys) == changed
    shutil.rmtree(folder)
