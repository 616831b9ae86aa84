"""Sources that stop while the others go on, editions that are older or newer, files that are not
given: what a refresh makes of them."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.errors import IngestError
from ingest.kept_files import KeptFiles
from tests import builders
from tests.builders import ABSENCE, CARE, LONG, NEED, WORKFORCE
from tests.conftest import Small

GOOD = builders.all_files()
VALUE = "SELECT value FROM observation WHERE indicator_id = ? AND area_code = ? AND period = ?"


def need(**changed: str) -> bytes:
    """The file of children in need, with Cedarham's figures of 2024 changed."""
    table = builders.ees_files()[NEED]
    table.find(time_period="2024", old_la_code="711")[0].update(changed)
    return table.bytes()


def need_until(year: str) -> bytes:
    """The edition of that file which ended in an earlier year."""
    table = builders.ees_files()[NEED]
    table.rows = [row for row in table.rows if row["time_period"] <= year]
    return table.bytes()


def last_year_of(name: str) -> str:
    return max(row["time_period"] for row in builders.ees_files()[name].rows)


def files_in_use(small: Small) -> dict[str, str]:
    frame = small.sql("SELECT file_name, sha256 FROM source_file")
    return dict(zip(frame["file_name"], frame["sha256"], strict=True))


# Sources that stop -----------------------------------------------------------------------------


def test_a_source_with_an_error_keeps_its_files_and_the_others_go_on(small: Small) -> None:
    care = builders.ees_files()[CARE]
    changed = care.find(geographic_level="Local authority")[0]
    before = files_in_use(small)
    changed["number"] = str(int(changed["number"]) + 1)
    small.put({LONG: b"not a table", CARE: care.bytes()})
    report = small.refresh()
    assert report.published
    [stopped] = report.stopped
    assert LONG in stopped.kept
    assert {item.file_name for item in stopped.errors} == {LONG}
    after = files_in_use(small)
    assert after[LONG] == before[LONG]
    assert after[CARE] != before[CARE]
    errors = small.sql("SELECT file_name FROM finding WHERE severity = 'error'")
    assert set(errors["file_name"]) == {LONG}


def test_a_source_with_an_error_is_left_out_where_nothing_is_held(bare: Small) -> None:
    bare.put({LONG: b"not a table"})
    report = bare.refresh()
    assert report.published
    assert [stopped.kept for stopped in report.stopped] == [()]
    assert LONG not in files_in_use(bare)
    assert bare.row("SELECT count(*) AS n FROM indicator WHERE indicator_id LIKE 'lait%'")["n"] == 0
    assert bare.row("SELECT count(*) AS n FROM indicator")["n"] > 3


def test_a_refresh_of_nothing_but_faults_publishes_nothing(bare: Small) -> None:
    bare.put(dict.fromkeys(GOOD, b""))
    with pytest.raises(IngestError) as caught:
        bare.refresh()
    assert {item.file_name for item in caught.value.findings} == set(GOOD)
    assert bare.store.current_id() is None


def test_the_fault_put_right_the_source_goes_on(small: Small) -> None:
    small.put({NEED: b"not,a,table\n"})
    assert small.refresh().stopped
    small.put({NEED: need(again_percent="57")})
    report = small.refresh()
    assert report.published
    assert report.stopped == ()
    assert small.row("SELECT count(*) AS n FROM finding WHERE severity = 'error'")["n"] == 0


def test_a_fault_that_shows_only_when_indicators_are_read_stops_that_source_too(
    small: Small,
) -> None:
    table = builders.ees_files()[CARE]
    for row in table.find(stability="Stable"):
        row["stability"] = "Settled"
    small.put({CARE: table.bytes()})
    report = small.refresh()
    assert not report.published
    [stopped] = report.stopped
    assert CARE in stopped.kept
    assert {item.check_id for item in stopped.errors} == {"selection_found"}


# Editions --------------------------------------------------------------------------------------


def test_of_two_editions_in_a_folder_the_newest_is_read_and_the_other_noted(bare: Small) -> None:
    last = last_year_of(NEED)
    older = str(int(last) - 1)
    bare.put({"old/need_2021_to_2024.csv": need_until(older)})
    report = bare.refresh()
    assert NEED in files_in_use(bare)
    assert "need_2021_to_2024.csv" not in files_in_use(bare)
    [note] = [item for item in report.findings if item.check_id == "older_edition"]
    assert note.severity == "warning"
    [account] = [item for item in report.accounts if item.file_name == "need_2021_to_2024.csv"]
    assert account.used == 0
    assert sum(part.rows for part in account.set_aside) == account.rows > 0


def test_an_older_edition_never_replaces_newer_figures(small: Small) -> None:
    before = small.served()
    older = str(int(last_year_of(NEED)) - 1)
    small.put({NEED: need_until(older)})
    report = small.refresh()
    assert not report.published
    assert small.served() == before
    assert [item.file_name for item in report.findings if item.check_id == "older_edition"] == [
        NEED
    ]


def test_a_file_that_a_later_edition_replaced_does_not_come_back(small: Small) -> None:
    small.put({NEED: need(again_percent="57")})
    assert small.refresh().published
    revised = files_in_use(small)[NEED]
    small.put({NEED: GOOD[NEED]})
    report = small.refresh()
    assert not report.published
    assert files_in_use(small)[NEED] == revised
    assert any(item.check_id == "older_edition" for item in report.findings)


def test_an_older_edition_that_is_meant_is_read(small: Small) -> None:
    small.put({NEED: need(again_percent="57")})
    small.refresh()
    small.put({NEED: GOOD[NEED]})
    assert small.refresh(allow_loss=True).published
    assert files_in_use(small)[NEED] == hashlib.sha256(GOOD[NEED]).hexdigest()


def test_the_same_bytes_twice_are_read_once(small: Small) -> None:
    small.put({f"copy/{NEED}": GOOD[NEED]})
    report = small.refresh()
    assert not report.published
    assert report.stopped == ()
    assert any(item.check_id == "file_repeated" for item in report.findings)


# Files that are not given ----------------------------------------------------------------------


def test_files_that_are_not_given_are_taken_from_the_release_before(
    small: Small, tmp_path: Path
) -> None:
    folder = builders.write_files(tmp_path / "new", {NEED: need(again_percent="57")})
    report = small.refresh(folder=folder)
    assert report.published
    assert set(files_in_use(small)) == set(GOOD)
    carried = {item.file_name for item in report.findings if item.check_id == "file_carried"}
    assert len(carried) == len(GOOD) - 1
    assert not [c for c in report.changes if c["kind"].startswith("lost")]


def test_files_that_are_not_given_go_where_that_is_meant(small: Small) -> None:
    (small.folder / WORKFORCE).unlink()
    report = small.refresh(allow_loss=True)
    assert report.published
    assert WORKFORCE not in files_in_use(small)
    assert any(c["kind"] == "lost_indicator" for c in report.changes)


def test_where_the_home_keeps_no_files_a_missing_one_is_a_loss_and_refused(small: Small) -> None:
    from ingest.errors import ReleaseError

    shutil.rmtree(KeptFiles(small.store.home).root)
    (small.folder / ABSENCE).unlink()
    with pytest.raises(ReleaseError, match="would lose"):
        small.refresh()


def test_every_file_of_a_release_is_kept_as_it_was(small: Small) -> None:
    kept = KeptFiles(small.store.home)
    for name, sha256 in files_in_use(small).items():
        path = kept.find(sha256, name)
        assert path is not None
        assert path.read_bytes() == GOOD[name]


# Every row -------------------------------------------------------------------------------------


def test_every_row_of_every_file_is_used_or_set_aside_with_a_reason(small: Small) -> None:
    accounts = small.sql(
        "SELECT file_name, outcome, reason, rows FROM row_account ORDER BY file_name"
    )
    assert set(accounts["file_name"]) == set(GOOD)
    sums = accounts.groupby("file_name")["rows"].sum()
    for name, table in builders.ees_files().items():
        assert sums[name] == len(table.rows)
    aside = accounts[accounts["outcome"] == "set_aside"]
    assert (aside["rows"] > 0).all()
    assert aside["reason"].str.len().gt(10).all()


def test_a_breakdown_that_no_indicator_reads_is_set_aside(small: Small) -> None:
    table = builders.ees_files()[NEED]
    extra = [{**row, "category": "Another kind"} for row in table.rows]
    table.rows += extra
    small.put({NEED: table.bytes()})
    [account] = [item for item in small.refresh().accounts if item.file_name == NEED]
    assert account.rows == 2 * account.used == 2 * len(extra)
    assert [part.rows for part in account.set_aside] == [len(extra)]


# Files that hold one year each -----------------------------------------------------------------


def year_by_year(small: Small) -> dict[str, bytes]:
    """The file of children in need cut into one for each year, declared as such."""
    files = tuple(
        replace(spec, one_year=True) if spec.matches(NEED) else spec
        for spec in small.catalogue.files
    )
    small.catalogue = replace(small.catalogue, files=files)
    (small.folder / NEED).unlink()
    cut = {}
    for year in sorted({row["time_period"] for row in builders.ees_files()[NEED].rows}):
        table = builders.ees_files()[NEED]
        table.rows = [row for row in table.rows if row["time_period"] == year]
        cut[f"need_{year}_to_{year}.csv"] = table.bytes()
    return cut


def test_files_of_one_year_each_stand_side_by_side(small: Small) -> None:
    whole = small.sql("SELECT * EXCLUDE (source_file_id, source_row) FROM observation ORDER BY ALL")
    shutil.rmtree(small.store.home)
    small.put(year_by_year(small))
    report = small.refresh()
    assert report.published
    assert report.stopped == ()
    parts = small.sql("SELECT * EXCLUDE (source_file_id, source_row) FROM observation ORDER BY ALL")
    assert parts.equals(whole)
    assert sum("need_" in name for name in files_in_use(small)) == 4


def test_a_new_year_s_file_alone_leaves_the_years_before_in_place(
    small: Small, tmp_path: Path
) -> None:
    cut = year_by_year(small)
    *older, newest = cut
    shutil.rmtree(small.store.home)
    small.put({name: cut[name] for name in older})
    small.refresh()
    before = small.sql("SELECT * FROM observation WHERE indicator_id = 'rereferral_pct'")
    folder = builders.write_files(tmp_path / "new", {newest: cut[newest]})
    report = small.refresh(folder=folder)
    assert report.published
    assert not [c for c in report.changes if c["kind"].startswith("lost")]
    after = small.sql("SELECT * FROM observation WHERE indicator_id = 'rereferral_pct'")
    assert len(after) > len(before)
    assert set(before["period"]) < set(after["period"])
    again = small.refresh(folder=builders.write_files(tmp_path / "old", {older[0]: cut[older[0]]}))
    assert not again.published
    assert not [item for item in again.findings if item.check_id == "older_edition"]
