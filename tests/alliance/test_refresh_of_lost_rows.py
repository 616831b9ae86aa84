"""Rows that a file should have and has not, rows that no comparison needs, and files and neighbours
that are not as they were: what a refresh of the invented country makes of them."""

from __future__ import annotations

import pytest

from alliance.publishing import Outcome
from indicators.impact import Impact, read_impact
from ingest.errors import Finding
from tests import builders
from tests.builders import CODES, LONG, NEAR_2021, NEAR_2025, NEED, WORKFORCE, Cell, area_cells
from tests.conftest import Small

NEW_SINCE_2023 = "715"
"""East Gorse, which stands in the place of an authority that was split."""


def stopped(small: Small, files: dict[str, bytes]) -> list[Finding]:
    """The errors for which the sources of these files stop; what is served stays as it was."""
    before = small.served()
    small.put(files)
    report = small.refresh()
    assert not report.published
    assert small.served() == before
    return [item for source in report.stopped for item in source.errors]


def told(small: Small, files: dict[str, bytes], section: str) -> list[str]:
    """What the impact report says in one section once these files are published."""
    old = small.store.current_path()
    small.put(files)
    assert small.refresh().published
    impact = read_impact(small.store.current_path(), old)
    return sentences(impact, section)


def sentences(impact: Impact, section: str) -> list[str]:
    [part] = [part for part in impact.parts if part.section == section]
    return [line.sentence for line in part.lines]


# Rows that are missing -------------------------------------------------------------------------


def test_an_authority_that_replaced_another_is_missed_though_it_stands_nowhere(
    small: Small,
) -> None:
    table = builders.ees_files()[NEED]
    table.rows = [row for row in table.rows if row["old_la_code"] != NEW_SINCE_2023]
    errors = stopped(small, {NEED: table.bytes()})
    assert {item.check_id for item in errors} == {"periods_whole"}
    assert all("no row for East Gorse." in item.message for item in errors)
    assert len(errors) == len({row["time_period"] for row in table.rows} - {"2022", "2023"})


def test_an_authority_that_the_tool_s_data_set_lacks_is_named(small: Small) -> None:
    frame = builders.long_frame()
    data = builders.parquet_bytes(frame[frame["LA Number"] != 703])
    [error] = stopped(small, {LONG: data})
    assert error.check_id == "periods_whole"
    assert "no row for Cedarham." in error.message


def test_a_row_that_one_year_of_a_measure_lacks_is_named(small: Small) -> None:
    frame = builders.long_frame()
    row = frame[frame["LA Number"] == 703].index[0]
    errors = stopped(small, {LONG: builders.parquet_bytes(frame.drop(index=row))})
    [error] = errors
    assert (error.check_id, error.area_code) == ("periods_whole", "703")
    assert frame.loc[row, ["Short Desc", "Years"]].tolist() == ["Absent", "2023 (Rev)"]
    assert "Absent has no row for Cedarham in 2023." in error.message


def test_an_authority_that_the_tool_s_list_lacks_is_named(small: Small) -> None:
    rows = [row for row in builders.code_rows() if row[0] != 703]
    [error] = stopped(small, {CODES: builders.workbook_bytes(rows)})
    assert (error.check_id, error.file_name) == ("periods_whole", CODES)
    assert "no row for Cedarham." in error.message


def test_another_region_in_the_tool_s_list_is_a_warning(small: Small) -> None:
    rows = builders.code_rows()
    [row] = [row for row in rows if row[0] == 703]
    row[2] = "Southland"
    small.put({CODES: builders.workbook_bytes(rows)})
    report = small.refresh()
    assert report.outcome is Outcome.UNCHANGED
    [found] = [item for item in report.findings if item.check_id == "region_agrees"]
    assert (found.file_name, found.column, found.area_code) == (CODES, "Region", "703")
    assert found.rows == (rows.index(row) + 1,)


# Rows that no comparison needs -----------------------------------------------------------------


def with_districts(cells: dict[str, str]) -> bytes:
    """The file of children in need with a row for a district above all others."""
    table = builders.ees_files()[NEED]
    district = table.rows[-1] | area_cells("Local authority district", "703") | cells
    names = {"lad_code": "T07000001", "lad_name": "East Cedarham"}
    blank = dict.fromkeys(names, "")
    table.rows = [district | names, *(row | blank for row in table.rows)]
    table.columns = [*table.columns, *names]
    return table.bytes()


def test_rows_of_another_geographic_level_are_set_aside_with_a_reason(small: Small) -> None:
    small.put({NEED: with_districts({})})
    report = small.refresh()
    assert report.outcome is Outcome.UNCHANGED
    [account] = [item for item in report.accounts if item.file_name == NEED]
    [part] = account.set_aside
    assert part.rows == 1
    assert "geographic level" in part.reason
    assert account.rows == account.used + 1


def test_a_level_that_the_format_does_not_have_is_still_an_error(small: Small) -> None:
    errors = stopped(small, {NEED: with_districts({"geographic_level": "District"})})
    assert "geographic_level" in {item.check_id for item in errors}


# Files and neighbours that are not as they were --------------------------------------------------


def test_a_file_that_is_not_as_it_was_is_told(small: Small) -> None:
    table = builders.ees_files()[NEED]
    table.find(time_period="2024", old_la_code="711")[0].update(referrals="577")
    rows = f"{len(table.rows):,}"
    assert told(small, {NEED: table.bytes()}, "files") == [
        f"{NEED} is not as it was ({rows} rows as before)"
    ]


def test_a_file_that_goes_and_one_that_comes_are_told(small: Small) -> None:
    old = small.store.current_path()
    good = (small.folder / WORKFORCE).read_bytes()
    (small.folder / WORKFORCE).unlink()
    small.refresh(allow_loss=True)
    without = small.store.current_path()
    [gone] = sentences(read_impact(without, old), "files")
    assert gone.startswith(f"{WORKFORCE} is no longer in use (")
    assert told(small, {WORKFORCE: good}, "files")[0].startswith(f"{WORKFORCE} is new (")
    assert sentences(read_impact(without, old, areas={"703"}), "files") == []


def neighbour_sheet(model: str, name: str, cell: Cell) -> bytes:
    """A neighbour workbook with another cell in Cedarham's row."""
    rows = builders.neighbour_rows(model)
    [row] = [row for row in rows if row[0] == 703]
    row[rows[1].index(name)] = cell
    return builders.workbook_bytes(rows)


@pytest.mark.parametrize(("file", "model"), [(NEAR_2025, "2025"), (NEAR_2021, "2021")])
def test_a_closeness_that_changes_is_told_of_either_model(
    small: Small, file: str, model: str
) -> None:
    assert told(small, {file: neighbour_sheet(model, "SNP1", "Not close")}, "neighbours") == [
        "Cedarham: 1 of 10 statistical neighbours are nearer or further than they were "
        f"(model of {model})"
    ]


def test_neighbours_in_another_order_are_told(small: Small) -> None:
    first, second = builders.neighbours_of("703", "2021")[:2]
    rows = builders.neighbour_rows("2021")
    [row] = [row for row in rows if row[0] == 703]
    header = rows[1]
    row[header.index("SN1")], row[header.index("SN2")] = int(second), int(first)
    assert told(small, {NEAR_2021: builders.workbook_bytes(rows)}, "neighbours") == [
        "Cedarham: 2 of 10 statistical neighbours stand in another order (model of 2021)"
    ]


def test_a_neighbour_that_goes_is_told(small: Small) -> None:
    assert told(small, {NEAR_2021: neighbour_sheet("2021", "SN10", "")}, "neighbours") == [
        "Cedarham: 1 of 10 statistical neighbours went (model of 2021)"
    ]


def test_a_column_that_is_no_closeness_is_named(small: Small) -> None:
    rows = builders.neighbour_rows("2025")
    rows[1][rows[1].index("SNP3")] = "Distance"
    [error] = stopped(small, {NEAR_2025: builders.workbook_bytes(rows)})
    assert (error.check_id, error.column) == ("columns_known", "the one after SN3")
