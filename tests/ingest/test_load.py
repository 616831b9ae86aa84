"""From a folder to the frames of a release."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.errors import AllianceError
from ingest.folder import find_files, open_file
from ingest.load import areas_frame, load_folder
from ingest.paths import data_dir
from tests import builders
from tests.builders import CARE, NEED, PLACES
from tests.conftest import NOW, REPOSITORY, Small


def test_files_are_found_in_sub_folders_by_their_names(
    small_catalogue: Catalogue, tmp_path: Path
) -> None:
    files = {f"2026/spring/{NEED}": b"x", CARE: b"x", "notes/readme.md": b"x", ".hidden": b"x"}
    folder = find_files(builders.write_files(tmp_path, files), small_catalogue, now=NOW)
    assert {(path.name, spec.name) for path, spec in folder.files} == {
        (NEED, "need_*.csv"),
        (CARE, CARE),
    }
    notes = {(f.check_id, f.file_name) for f in folder.findings}
    assert ("file_not_used", "notes/readme.md") in notes
    assert not any(".hidden" in name for _, name in notes)


def test_a_file_in_other_letter_case_is_another_file(
    small_catalogue: Catalogue, tmp_path: Path
) -> None:
    builders.write_files(tmp_path, {NEED: b"x", CARE.upper(): b"x"})
    folder = find_files(tmp_path, small_catalogue, now=NOW)
    assert [path.name for path, _ in folder.files] == [NEED]


def test_a_file_that_cannot_be_read_is_named(small_catalogue: Catalogue, tmp_path: Path) -> None:
    spec = small_catalogue.file_for(NEED)
    assert spec is not None
    with pytest.raises(AllianceError, match=NEED):
        open_file(tmp_path / NEED, spec)


def test_the_same_bytes_under_the_same_name_have_the_same_id(
    small_catalogue: Catalogue, tmp_path: Path
) -> None:
    spec = small_catalogue.file_for(CARE)
    assert spec is not None
    builders.write_files(tmp_path, {f"a/{CARE}": b"x", f"b/{CARE}": b"x", f"c/{CARE}": b"y"})
    one, two, other = (open_file(tmp_path / sub / CARE, spec) for sub in "abc")
    assert one.source_file_id == two.source_file_id != other.source_file_id


def test_the_areas_are_the_country_its_regions_and_every_authority_there_was(
    small_reference: Reference,
) -> None:
    frame = areas_frame(small_reference).set_index("area_code")
    assert len(frame) == 1 + len(builders.REGIONS) + len(PLACES)
    assert frame.loc["T92000001", "area_level"] == "england"
    assert frame.loc["T13000001", "region_code"] == "T12000007"
    assert frame.loc["721", "region"] == "Capital"
    assert frame.loc["721", "subregion_code"] == "T13000001"
    assert frame.loc["713", "successor_codes"] == ["715", "716"]
    assert frame["gss_code"].is_unique


def test_progress_is_told_every_file_before_it_is_read(small: Small) -> None:
    told: list[str] = []
    folder = find_files(small.folder, small.catalogue, now=NOW)
    loaded = load_folder(folder, small.catalogue, small.reference, progress=told.append)
    assert told[-1] == "indicators"
    assert sorted(told[:-1]) == sorted(builders.all_files())
    assert len(loaded.tables) == len(builders.all_files())


def test_a_loaded_folder_says_what_it_read(small: Small) -> None:
    folder = find_files(small.folder, small.catalogue, now=NOW)
    loaded = load_folder(folder, small.catalogue, small.reference)
    files = loaded.source_files.set_index("file_name")
    data = builders.all_files()
    assert set(files.index) == set(data)
    assert {name: int(size) for name, size in files["bytes"].items()} == {
        name: len(content) for name, content in data.items()
    }
    assert files.loc[NEED, "rows"] == len(builders.ees_files()[NEED].rows)
    domains = loaded.indicators.drop_duplicates("domain").set_index("domain")["domain_order"]
    assert list(domains) == list(range(len(domains)))
    assert list(domains.index[:4]) == list(small.catalogue.domains)
    assert list(loaded.indicators["indicator_order"]) == list(range(len(loaded.indicators)))


def test_the_product_s_own_data_lies_beside_the_packages() -> None:
    assert data_dir() == REPOSITORY / "data"
    for name in ("catalogue/sources.toml", "reference/authorities.csv", "demo"):
        assert (data_dir() / name).exists()
