"""The analyst's own download is an edition like any other, dated by the analyst."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ingest.live import LiveError, register_folder
from tests.ingest.live import samples
from tests.ingest.live.conftest import NOW, Home, bodies
from tests.ingest.live.samples import CARE, MOVES, PEOPLE
from tests.ingest.live.server import Publisher


def folder_of(path: Path, year: str, mark: str = "by hand ") -> Path:
    path.mkdir()
    for table in samples.tables(year, mark=mark):
        (path / table.name).write_bytes(table.body)
    (path / "care_2013_to_2025.meta.csv").write_bytes(b"a,b")
    (path / "notes.txt").write_text("mine")
    return path


def register(home: Home, place: Path, day: date) -> dict[str, bytes]:
    register_folder(home.catalogue, home.cache, place, published_on=day, now=NOW)
    return {file.spec: file.path.read_bytes() for file in home.cache.newest_files(home.catalogue)}


def test_the_files_of_a_folder_are_taken_in_by_source(home: Home, tmp_path: Path) -> None:
    place = folder_of(tmp_path / "mine", "2025")
    editions = register_folder(
        home.catalogue, home.cache, place, published_on=date(2025, 11, 20), now=NOW
    )
    assert {edition.source_id: len(edition.files) for edition in editions} == {
        "care": 2, "people": 1,
    }  # fmt: skip
    file = editions[0].files[0]
    assert file.address == "by hand: care_2013_to_2025.csv"
    assert (file.dated_by, file.published_on) == ("analyst", date(2025, 11, 20))
    assert str(tmp_path) not in file.path.with_name(f"{file.name}.manifest.json").read_text()


def test_a_release_archive_is_taken_as_it_is(home: Home, tmp_path: Path) -> None:
    for place in (tmp_path / "release.zip", tmp_path / "folder"):
        path = place if place.suffix else place / "release.zip"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(samples.release("2025").archive)
        taken = register(home, place, date(2025, 11, 20))
        care, moves, people, _ = samples.tables("2025")
        assert taken == {CARE: care.body, MOVES: moves.body, PEOPLE: people.body}
    assert len(home.cache.editions("care")) == 1
    assert home.cache.editions("care")[0].files[0].member == "data/care_2013_to_2025.csv"
    assert not (home.cache.work / "by-hand").exists()


def test_the_same_files_again_are_the_same_edition(home: Home, tmp_path: Path) -> None:
    place = folder_of(tmp_path / "mine", "2025")
    for _ in range(2):
        register(home, place, date(2025, 11, 20))
    assert len(home.cache.editions("care")) == 1


def test_the_day_of_publication_decides_between_hand_and_publisher(
    home: Home, publisher: Publisher, tmp_path: Path
) -> None:
    samples.release("2025").publish(publisher)
    live = home.only("care", "people")
    older = folder_of(tmp_path / "older", "2024")
    register(home, older, date(2024, 11, 14))
    assert bodies(live.fetch())[CARE] == samples.tables("2025")[0].body
    assert register(home, older, date(2024, 11, 15))[CARE] == samples.tables("2025")[0].body
    newer = folder_of(tmp_path / "newer", "2026")
    mine = samples.tables("2026", mark="by hand ")[0].body
    assert register(home, newer, date(2026, 11, 19))[CARE] == mine
    publisher.log.clear()
    assert bodies(live.fetch())[CARE] == mine, "an older release does not replace it"
    assert publisher.bodies_asked() == []
    samples.release("2026").publish(publisher)
    assert bodies(live.fetch())[CARE] == samples.tables("2026")[0].body


def test_a_folder_without_any_of_the_files_is_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "empty", tmp_path / "nowhere"):
        with pytest.raises(LiveError, match="holds no file that the catalogue names"):
            register(home, place, date(2025, 11, 20))


def test_two_different_files_of_one_name_are_refused(home: Home, tmp_path: Path) -> None:
    place = folder_of(tmp_path / "mine", "2025")
    (place / "care_2013_to_2024.csv").write_bytes(b"another,one\r\n")
    with pytest.raises(LiveError, match=r"Two files are care_\*_to_\*\.csv"):
        register(home, place, date(2025, 11, 20))


def test_a_web_page_that_was_saved_as_a_table_is_refused(home: Home, tmp_path: Path) -> None:
    place = folder_of(tmp_path / "mine", "2025")
    (place / "moves.csv").write_bytes(b"<html>Sorry</html>")
    with pytest.raises(LiveError, match="a web page came"):
        register(home, place, date(2025, 11, 20))
    assert home.cache.editions("care") == []


def test_an_archive_that_leads_out_of_its_folder_is_refused(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "release.zip"
    path.write_bytes(samples.archive_of({"../moves.csv": b"a,b\r\n"}))
    with pytest.raises(LiveError, match="leads out of the folder"):
        register(home, path, date(2025, 11, 20))
