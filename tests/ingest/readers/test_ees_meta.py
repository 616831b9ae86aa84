"""The meta file beside an EES data file: where it, the data and the catalogue disagree."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.errors import Finding
from ingest.folder import find_files, open_file
from ingest.load import read_file
from ingest.readers.ees_meta import find_meta_faults
from tests import builders
from tests.builders import NEED, Table
from tests.conftest import NOW
from tests.ingest.every_check import meta

META = NEED.removesuffix(".csv") + ".meta.csv"


def faults(
    text: str | bytes, catalogue: Catalogue, table: Table | None = None, **renamed: str
) -> list[Finding]:
    """What a meta file of the children in need gives rise to."""
    made = table or builders.ees_files()[NEED]
    frame = pd.read_csv(io.StringIO(made.text()), dtype=str, keep_default_na=False)
    spec = catalogue.file_for(NEED)
    assert spec is not None
    data = text.encode() if isinstance(text, str) else text
    return find_meta_faults(frame, data, spec, catalogue, NEED, renamed=renamed)


def test_a_meta_file_that_agrees_gives_no_finding(small_catalogue: Catalogue) -> None:
    assert faults(meta(), small_catalogue) == []


def test_a_byte_order_mark_and_more_columns_make_no_difference(small_catalogue: Catalogue) -> None:
    text = "\ufeff" + meta().replace("col_type\n", "col_type,label,indicator_unit\n").replace(
        "Indicator\n", 'Indicator,"A label, in words",%\n'
    ).replace("Filter\n", "Filter,Category,\n")
    assert faults(text, small_catalogue) == []


def test_a_column_that_only_the_meta_file_has_is_named(small_catalogue: Catalogue) -> None:
    (finding,) = faults(meta(gone="Indicator", lost="Filter"), small_catalogue)
    assert (finding.check_id, finding.column) == ("meta_columns", "gone, lost")
    assert f"The data file lacks gone, lost, which {META} describes." in finding.message
    assert finding.file_name == NEED


def test_a_column_that_only_the_data_have_is_named(small_catalogue: Catalogue) -> None:
    (finding,) = faults(meta(again=""), small_catalogue)
    assert (finding.check_id, finding.column) == ("meta_columns", "again")
    assert finding.severity == "warning"


def test_a_column_of_one_value_and_one_of_other_areas_need_not_be_described(
    small_catalogue: Catalogue,
) -> None:
    table = builders.ees_files()[NEED]
    table.columns.append("district_code")
    for number, row in enumerate(table.rows):
        row["district_code"] = f"T0700{number:04}"
    assert faults(meta(category=""), small_catalogue, table) == []


def test_a_filter_that_the_meta_file_calls_an_indicator_stops_the_source(
    small_catalogue: Catalogue,
) -> None:
    (finding,) = faults(meta(category="Indicator"), small_catalogue)
    assert (finding.check_id, finding.severity) == ("meta_kinds", "error")
    assert finding.column == "category"
    assert "takes category for filters" in finding.message


def test_a_figure_that_the_meta_file_calls_a_filter_stops_the_source(
    small_catalogue: Catalogue,
) -> None:
    (finding,) = faults(meta(referrals="Filter", again="Filter"), small_catalogue)
    assert (finding.check_id, finding.column) == ("meta_kinds", "again, referrals")


def test_a_filter_that_only_groups_another_counts_as_a_filter(small_catalogue: Catalogue) -> None:
    text = "col_name,col_type,filter_grouping_column\nage,Filter,category\n"
    text += "".join(
        f"{name},Indicator,\n" for name in ("open_cases", "referrals", "again", "again_percent")
    )
    table = builders.ees_files()[NEED]
    table.columns.append("age")
    for number, row in enumerate(table.rows):
        row["age"] = str(number % 3)
    assert faults(text, small_catalogue, table) == []


def test_the_default_that_the_meta_file_names_must_be_in_the_data(
    small_catalogue: Catalogue,
) -> None:
    rows = meta().replace("col_type\n", "col_type,filter_default\n")
    rows = rows.replace("Indicator\n", "Indicator,\n")
    assert faults(rows.replace("Filter\n", "Filter,All\n"), small_catalogue) == []
    assert faults(rows.replace("Filter\n", "Filter,\n"), small_catalogue) == []
    (finding,) = faults(rows.replace("Filter\n", "Filter,Total\n"), small_catalogue)
    assert (finding.check_id, finding.column) == ("total_present", "category")


@pytest.mark.parametrize(
    "text", [b"", b"PK\x03\x04", b"col_name\nagain\n", "col_name,col_type\n".encode("utf-16")]
)
def test_a_meta_file_that_cannot_be_read_is_a_warning(
    text: bytes, small_catalogue: Catalogue
) -> None:
    (finding,) = faults(text, small_catalogue)
    assert (finding.check_id, finding.severity) == ("meta_readable", "warning")
    assert META in finding.message


def test_a_column_that_is_read_by_its_present_name_is_compared_by_it(
    small_catalogue: Catalogue,
) -> None:
    text = meta().replace("again,", "again_count,")
    assert faults(text, small_catalogue, again_count="again") == []
    assert faults(text, small_catalogue) != []


def test_the_meta_file_beside_a_data_file_is_compared_and_is_no_stranger(
    small_catalogue: Catalogue, small_reference: Reference, tmp_path: Path
) -> None:
    good = builders.all_files()[NEED]
    builders.write_files(tmp_path, {NEED: good, META: meta(again="Filter").encode()})
    folder = find_files(tmp_path, small_catalogue, now=NOW)
    assert [path.name for path, _ in folder.files] == [NEED]
    assert folder.findings == ()
    path, spec = folder.files[0]
    table = read_file(open_file(path, spec), small_catalogue, small_reference)
    assert [finding.check_id for finding in table.findings] == ["meta_kinds"]
