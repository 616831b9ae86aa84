"""A refresh brings what has changed, whole, and loses nothing that the cache had."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from ingest.live import LiveError, load_states
from ingest.live.content import hash_file
from tests.ingest.live import samples
from tests.ingest.live.conftest import Home, bodies, states
from tests.ingest.live.samples import CARE, CODES, DICTIONARY, LONG, MOVES, PEOPLE, TOOL_BASE
from tests.ingest.live.server import (
    API,
    CONTENT,
    RAW,
    SITE,
    Page,
    Publisher,
    announce,
    as_gzip,
    as_html,
    as_json,
    instead,
    moment,
    status,
    truncate,
)

ALL = {CARE, MOVES, PEOPLE, LONG, DICTIONARY, CODES}
PAGE_ROUTE = ("ees_release_page",)
API_ROUTE = ("ees_api",)


@pytest.fixture
def served(publisher: Publisher) -> Publisher:
    """The publishers, each with one edition."""
    samples.release("2025").publish(publisher)
    samples.publish_tool(publisher, samples.tool_files("a"), "a")
    return publisher


def expected(year: str, mark: str = "") -> dict[str, bytes]:
    """What the care statistics of that year hold, by catalogue name."""
    care, moves, people, _ = samples.tables(year, mark=mark)
    return {CARE: care.body, MOVES: moves.body, PEOPLE: people.body}


def test_the_newest_edition_of_every_file_is_brought_with_its_provenance(
    home: Home, served: Publisher
) -> None:
    folder = home.fetch()
    assert bodies(folder) == expected("2025") | samples.tool_files("a")
    assert folder.is_changed
    assert folder.failed == ()
    for file in folder.files:
        assert file.sha256 == hash_file(file.path)
        assert file.bytes == file.path.stat().st_size
        assert file.retrieved_at == home.now
        assert file.address.startswith("https://")
        manifest = json.loads(Path(f"{file.path}.manifest.json").read_text(encoding="utf-8"))
        assert manifest["sha256"] == file.sha256
        assert manifest["etag"] == file.etag
    care = folder.files[0]
    assert care.path.parent.name.startswith("2025-11-20_2025_")
    assert care.path.parent.parent == home.cache.root / "care"
    assert (care.published_on, care.dated_by) == (date(2025, 11, 20), "publisher")
    tool = folder.files[-1]
    assert (tool.published_at, tool.dated_by) == (home.now, "retrieval")
    assert home.left_over() in ([], [".lock"])


def test_what_is_brought_can_be_handed_to_the_loader(home: Home, served: Publisher) -> None:
    folder = home.fetch()
    pairs = folder.pairs(home.catalogue)
    assert {spec.name for _, spec in pairs} == ALL
    assert all(spec.matches(path.name) for path, spec in pairs)


def test_a_second_run_downloads_nothing_and_changes_nothing(home: Home, served: Publisher) -> None:
    home.fetch()
    before = home.stored()
    served.log.clear()
    folder = home.fetch()
    assert served.bodies_asked() == []
    assert not folder.is_changed
    assert home.stored() == before
    assert {state.outcome for state in folder.states} == {"up_to_date"}


def test_a_check_tells_what_is_new_and_downloads_no_data_file(
    home: Home, served: Publisher
) -> None:
    found = home.check()
    assert {name: state.outcome for name, state in found.items()} == {
        "care": "new", "people": "new", "tool": "new",
    }  # fmt: skip
    assert found["care"].new == (CARE, MOVES)
    assert found["care"].cached is None
    assert found["care"].next_due == "2026-11"
    assert served.bodies_asked() == []
    assert home.stored() == {}
    home.fetch()
    found = home.check()
    assert {state.outcome for state in found.values()} == {"up_to_date"}
    assert str(found["care"].cached) == "Reporting year 2025 (20 November 2025)"
    samples.release("2026").publish(served)
    served.change(RAW, TOOL_BASE + CODES, etag='"b"')
    found = home.check()
    assert found["care"].is_new
    assert found["people"].is_new
    assert found["tool"].is_new
    assert home.told[-1] == "The tool"


def test_the_states_are_said_in_words_and_kept(home: Home, served: Publisher) -> None:
    assert home.check()["care"].sentence == (
        "Care statistics: there is something new: Reporting year 2025 (20 November 2025). "
        "Next due: November 2026."
    )
    assert states(home.fetch())["care"].sentence == (
        "Care statistics: downloaded Reporting year 2025 (20 November 2025), 2 files. "
        "Next due: November 2026."
    )
    home.fetch()
    kept = load_states(home.cache.root)
    assert kept["care"].sentence == (
        "Care statistics: up to date with Reporting year 2025 (20 November 2025). "
        "Next due: November 2026."
    )
    assert "5 January 2026" in kept["tool"].sentence
    assert kept["care"].checked_at == home.now
    served.clear()
    assert states(home.fetch())["care"].sentence == (
        "Care statistics: no route to the publisher answered; "
        "still in use: Reporting year 2025 (20 November 2025)."
    )
    assert load_states(home.cache.root / "nowhere") == {}


def test_a_new_release_is_brought_beside_the_old_one(home: Home, served: Publisher) -> None:
    home.fetch()
    before = home.stored()
    samples.release("2026").publish(served)
    folder = home.fetch()
    assert bodies(folder) == expected("2026") | samples.tool_files("a")
    after = home.stored()
    assert {name: after[name] for name in before} == before
    assert [edition.slug for edition in home.cache.editions("care")] == ["2026", "2025"]
    assert states(folder)["care"].fetched == (CARE, MOVES)
    assert states(folder)["tool"].outcome == "up_to_date"


def test_a_corrected_release_of_the_same_name_replaces_the_first(
    home: Home, served: Publisher
) -> None:
    home.fetch()
    samples.release(
        "2025", version="v-2025-b", published="2025-12-01T09:30:00Z",
        files=samples.tables("2025", mark="corrected"),
    ).publish(served)  # fmt: skip
    folder = home.fetch()
    assert bodies(folder)[CARE] == expected("2025", "corrected")[CARE]
    assert len(home.cache.editions("care")) == 2


def test_an_older_release_never_replaces_a_newer_one(home: Home, served: Publisher) -> None:
    home.fetch()
    samples.release("2024").publish(served)
    served.log.clear()
    folder = home.fetch()
    assert bodies(folder) == expected("2025") | samples.tool_files("a")
    assert states(folder)["care"].outcome == "up_to_date"
    assert served.bodies_asked() == []


@pytest.mark.parametrize("routes", [PAGE_ROUTE, API_ROUTE])
def test_every_route_brings_the_same_figures(
    routes: tuple[str, ...], home: Home, served: Publisher
) -> None:
    folder = home.only("care", "people", routes=routes).fetch()
    assert bodies(folder) == expected("2025")
    assert {state.latest.route for state in folder.states if state.latest} == {*routes}


def test_another_route_to_the_same_release_brings_nothing_again(
    home: Home, served: Publisher
) -> None:
    home.only("care", "people").fetch()
    for routes in (PAGE_ROUTE, API_ROUTE):
        served.log.clear()
        folder = home.only("care", "people", routes=routes).fetch()
        assert {state.outcome for state in folder.states} == {"up_to_date"}
        assert served.bodies_asked() == []


def test_what_the_api_lacked_is_brought_once_another_route_answers(
    home: Home, served: Publisher
) -> None:
    care, moves, *others = samples.tables("2025")
    moves = replace(moves, in_api=False)
    samples.release("2025", files=(care, moves, *others)).publish(served)
    part = home.only("care", routes=API_ROUTE).fetch()
    assert {*bodies(part)} == {CARE}
    assert states(part)["care"].absent == (MOVES,)
    whole = home.only("care").fetch()
    assert states(whole)["care"].fetched == (MOVES,)
    assert {*bodies(whole)} == {CARE, MOVES}


def test_an_archive_that_two_sources_share_is_downloaded_once(
    home: Home, served: Publisher
) -> None:
    folder = home.only("care", "people", routes=PAGE_ROUTE).fetch()
    assert len(served.asked("GET", CONTENT, "/files")) == 1
    assert bodies(folder) == expected("2025")
    care = folder.files[0]
    assert care.member == "data/care_2013_to_2025.csv"
    assert home.left_over() in ([], [".lock"])


def test_an_archive_without_one_of_the_files_is_not_downloaded_again_and_again(
    home: Home, served: Publisher
) -> None:
    files = samples.tables("2025")[:1]
    samples.release("2025", files=files).publish(served)
    care = home.only("care", routes=PAGE_ROUTE)
    assert states(care.fetch())["care"].absent == (MOVES,)
    served.log.clear()
    assert states(care.fetch())["care"].outcome == "up_to_date"
    assert served.bodies_asked() == []


def test_an_archive_that_is_redirected_within_its_host_is_brought(
    home: Home, served: Publisher
) -> None:
    release = samples.release("2025")
    served.put(CONTENT, "/api/all-files/v-2025/v1", Page(release.archive))
    served.fail(CONTENT, release.archive_path, status(302, Location="/api/all-files/v-2025/v1"))
    assert bodies(home.only("care", routes=PAGE_ROUTE).fetch())[CARE] == expected("2025")[CARE]


def test_a_file_that_is_renamed_in_letter_case_and_years_is_the_same_file(
    home: Home, served: Publisher
) -> None:
    care, moves, *others = samples.tables("2025")
    care = replace(care, name="Care_2013_TO_2025.CSV")
    samples.release("2025", files=(care, moves, *others)).publish(served)
    folder = home.fetch()
    assert folder.files[0].name == "care_2013_to_2025.csv"
    assert bodies(folder)[CARE] == care.body


def test_a_file_that_the_new_release_does_not_have_stays_as_it_was_and_is_named(
    home: Home, served: Publisher
) -> None:
    home.fetch()
    care, moves, *others = samples.tables("2026")
    moves = replace(moves, name="moves_renamed.csv")
    samples.release("2026", files=(care, moves, *others)).publish(served)
    folder = home.fetch()
    assert states(folder)["care"].absent == (MOVES,)
    assert bodies(folder)[CARE] == expected("2026")[CARE]
    assert bodies(folder)[MOVES] == expected("2025")[MOVES]


def test_an_empty_release_is_a_failure_and_what_was_there_stays(
    home: Home, served: Publisher
) -> None:
    home.fetch()
    before = home.stored()
    samples.release("2026", files=()).publish(served)
    folder = home.fetch()
    assert states(folder)["care"].outcome == "failed"
    assert "holds none of the files" in str(states(folder)["care"].failures[0])
    assert bodies(folder) == expected("2025") | samples.tool_files("a")
    assert home.stored() == before


def test_a_web_page_in_place_of_one_table_leaves_the_whole_source_as_it_was(
    home: Home, served: Publisher
) -> None:
    home.fetch()
    new = samples.release("2026")
    new.publish(served)
    served.put(CONTENT, new.path_of(new.tables[1]), as_html("<html>Sorry</html>"))
    only = home.only("care", "people", routes=("ees_content",))
    folder = only.fetch()
    state = states(folder)["care"]
    assert state.outcome == "failed"
    assert "a web page came in place of the file" in str(state.failures[0])
    assert bodies(folder)[CARE] == expected("2025")[CARE]
    assert bodies(folder)[PEOPLE] == expected("2026")[PEOPLE]
    assert str(state.latest) == "Reporting year 2026 (20 November 2026)"
    assert state.sentence == (
        "Care statistics: could not download Reporting year 2026 (20 November 2026); "
        "still in use: Reporting year 2025 (20 November 2025)."
    )
    new.publish(served)
    served.log.clear()
    assert bodies(only.fetch())[CARE] == expected("2026")[CARE]
    paths = [seen.path for seen in served.bodies_asked()]
    assert paths == [new.path_of(new.tables[1])], "the file that came whole is not fetched again"


def test_where_a_file_cannot_be_had_by_one_route_the_next_brings_the_release(
    home: Home, served: Publisher
) -> None:
    release = samples.release("2025")
    served.put(CONTENT, release.path_of(release.tables[1]), as_html("<html>Sorry</html>"))
    folder = home.fetch()
    state = states(folder)["care"]
    assert state.outcome == "fetched"
    assert [failure.route for failure in state.failures] == ["ees_content"]
    assert state.latest is not None
    assert state.latest.route == "ees_release_page"
    assert bodies(folder) == expected("2025") | samples.tool_files("a")


def test_a_route_with_an_older_release_does_not_hide_that_the_newer_could_not_be_had(
    home: Home, served: Publisher
) -> None:
    home.fetch()
    samples.release("2026").publish(served)
    samples.release("2025")._api(served)
    for path in ("/api/releases/v-2026/files", *_downloads(served)):
        served.put(CONTENT, path, as_json({"title": "Gone"}, 410))
    state = states(home.fetch())["care"]
    assert state.outcome == "failed"
    assert str(state.latest) == "Reporting year 2026 (20 November 2026)"
    assert "nothing newer than the cache" in str(state.failures[-1])


def _downloads(publisher: Publisher) -> list[str]:
    return [path for host, path in publisher.pages if host == CONTENT and "v-2026/down" in path]


def test_one_source_that_cannot_be_had_does_not_stop_the_others(
    home: Home, served: Publisher
) -> None:
    served.put(CONTENT, f"/api/publications/{samples.SLUG}", as_json({}, 404))
    served.put(SITE, f"/find-statistics/{samples.SLUG}", as_json({}, 500))
    served.put(API, "/statistics/v1/publications", as_json({}, 504))
    folder = home.fetch()
    assert {state.source_id for state in folder.failed} == {"care", "people"}
    assert {*bodies(folder)} == {LONG, DICTIONARY, CODES}
    assert len(states(folder)["care"].failures) == 3


def test_a_data_set_id_that_changes_between_list_and_download_is_asked_for_anew(
    home: Home, served: Publisher
) -> None:
    release = samples.release("2025")
    served.put(CONTENT, release.path_of(release.tables[0]), as_json({"title": "Not Found"}, 404))
    only = home.only("care", routes=("ees_content",))
    assert states(only.fetch())["care"].outcome == "failed"
    samples.release("2025", version="v-2025-b").publish(served)
    assert bodies(only.fetch()) == {CARE: expected("2025")[CARE], MOVES: expected("2025")[MOVES]}


def test_an_api_version_that_is_not_known_any_more_is_a_failure_in_words(
    home: Home, served: Publisher
) -> None:
    release = samples.release("2025")
    known = served.pages[API, release.api_path_of(release.tables[1])]
    assert callable(known)
    served.put(API, release.api_path_of(release.tables[1]), lambda _: known({}))
    state = states(home.only("care", routes=API_ROUTE).fetch())["care"]
    assert state.outcome == "failed"
    assert "The data set version does not exist." in str(state.failures[0])


def test_a_gzip_bomb_of_the_api_is_refused(home: Home, served: Publisher) -> None:
    release = samples.release("2025")
    bomb = as_gzip(b"0," * 3_000_000)
    served.put(API, release.api_path_of(release.tables[0]), bomb)
    folder = home.only("care", routes=API_ROUTE).fetch()
    assert "once unpacked" in str(states(folder)["care"].failures[0])
    assert folder.files == ()
    assert not [name for name in home.left_over() if name.endswith((".part", ".csv"))]


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"data/moves.csv": b"0," * 3_000_000}, "says it unpacks to"),
        ({"../moves.csv": b"a,b\r\n"}, "leads out of the folder"),
        ({"data/moves.csv": b"<html>Sorry</html>"}, "a web page came"),
        ({"data/moves.csv": samples.archive_of({"moves.csv": b"a,b"})}, "not a CSV file"),
        ({"inner.zip": samples.archive_of({"data/moves.csv": b"a,b"})}, "none of the files"),
        ({"readme.txt": b"words"}, "none of the files"),
        ({}, "none of the files"),
        (
            {"data/care_1_to_2.csv": b"a,b\r\n", "data/care_1_to_3.csv": b"a,b\r\n"},
            "2 files are",
        ),
    ],
)
def test_an_archive_that_is_not_as_it_should_be_brings_nothing(
    members: dict[str, bytes], words: str, home: Home, served: Publisher
) -> None:
    samples.release("2025", archive=samples.archive_of(members)).publish(served)
    folder = home.only("care", routes=PAGE_ROUTE).fetch()
    assert words in str(states(folder)["care"].failures[0])
    assert folder.files == ()
    assert home.stored() == {}
    assert not [path for path in home.cache.root.parent.rglob("*moves.csv") if path.is_file()]


def test_an_archive_that_is_too_large_is_refused(home: Home, served: Publisher) -> None:
    served.put(CONTENT, "/api/releases/v-2025/files", Page(b"PK" * 1_500_000))
    folder = home.only("care", routes=PAGE_ROUTE).fetch()
    assert "larger than the 2,000,000 bytes" in str(states(folder)["care"].failures[0])


def test_an_archive_that_breaks_off_is_gone_on_with(home: Home, served: Publisher) -> None:
    release = samples.release("2025")
    served.fail(CONTENT, release.archive_path, truncate(3_000), truncate(1_000))
    folder = home.only("care", "people", routes=PAGE_ROUTE).fetch()
    assert bodies(folder) == expected("2025")
    assert len(served.asked("GET", CONTENT, "/files")) == 3


def test_a_table_of_the_api_that_breaks_off_is_gone_on_with(home: Home, served: Publisher) -> None:
    release = samples.release("2025")
    packed = as_gzip(release.tables[0].body, etag='"z"')
    served.put(API, release.api_path_of(release.tables[0]), packed)
    served.fail(API, release.api_path_of(release.tables[0]), truncate(100))
    assert bodies(home.only("care", routes=API_ROUTE).fetch())[CARE] == release.tables[0].body


# Files at fixed addresses ---------------------------------------------------------------------


def test_of_fixed_files_only_the_changed_one_is_sent(home: Home, served: Publisher) -> None:
    tool = home.only("tool")
    tool.fetch()
    newer = samples.workbook("b")
    served.change(RAW, TOOL_BASE + CODES, body=newer, etag='"b"')
    served.log.clear()
    folder = tool.fetch()
    gets = {seen.path.removeprefix(TOOL_BASE): seen for seen in served.asked("GET", RAW)}
    assert {*gets} == {LONG, DICTIONARY, CODES}
    assert all(seen.headers["if-none-match"].startswith('"a-') for seen in gets.values())
    assert states(folder)["tool"].fetched == (CODES,)
    assert bodies(folder) == samples.tool_files("a") | {CODES: newer}
    first, second = sorted(home.cache.editions("tool"), key=lambda item: item.folder.name)
    assert len(first.files) == len(second.files) == 3
    untouched = next(file for file in folder.files if file.spec == LONG)
    assert untouched.retrieved_at < tool.now, "what did not change keeps its day"


def test_a_server_that_sends_an_unchanged_file_again_adds_no_edition(
    home: Home, served: Publisher
) -> None:
    for name, body in samples.tool_files("a").items():
        served.put(RAW, TOOL_BASE + name, Page(body))
    tool = home.only("tool")
    tool.fetch()
    before = home.stored()
    folder = tool.fetch()
    assert states(folder)["tool"].outcome == "up_to_date"
    assert home.stored() == before
    served.change(RAW, TOOL_BASE + LONG, body=samples.parquet("b"))
    folder = tool.fetch()
    assert states(folder)["tool"].fetched == (LONG,)
    assert bodies(folder)[LONG] == samples.parquet("b")
    assert bodies(folder)[DICTIONARY] == samples.tool_files("a")[DICTIONARY]


def test_fixed_files_with_dates_are_asked_for_by_date(home: Home, served: Publisher) -> None:
    for name, body in samples.tool_files("a").items():
        page = Page(body, last_modified=moment("2025-11-20"))
        served.put(RAW, TOOL_BASE + name, page)
    tool = home.only("tool")
    first = tool.fetch()
    assert {file.published_on for file in first.files} == {date(2025, 11, 20)}
    assert {file.dated_by for file in first.files} == {"publisher"}
    served.change(RAW, TOOL_BASE + LONG, last_modified=moment("2025-12-01"))
    served.log.clear()
    tool.fetch()
    assert {seen.headers.get("if-modified-since") for seen in served.asked("GET", RAW)} == {
        moment("2025-11-20")
    }


def test_an_unfinished_edition_of_fixed_files_is_finished_by_the_next_run(
    home: Home, served: Publisher
) -> None:
    served.fail(RAW, TOOL_BASE + CODES, *[status(500)] * 4)
    tool = home.only("tool")
    assert states(tool.fetch())["tool"].outcome == "failed"
    assert home.stored() == {}
    served.log.clear()
    assert bodies(tool.fetch()) == samples.tool_files("a")
    assert [seen.path for seen in served.asked("GET", RAW)] == [TOOL_BASE + CODES]


def test_a_file_of_an_unfinished_run_that_is_damaged_is_fetched_again(
    home: Home, served: Publisher
) -> None:
    served.fail(RAW, TOOL_BASE + CODES, *[status(500)] * 4)
    tool = home.only("tool")
    tool.fetch()
    staged = next((home.cache.root / ".staging").rglob(DICTIONARY))
    staged.write_bytes(staged.read_bytes()[:-100])
    assert bodies(tool.fetch()) == samples.tool_files("a")


def test_what_changed_since_an_unfinished_run_is_not_taken_from_it(
    home: Home, served: Publisher
) -> None:
    served.fail(RAW, TOOL_BASE + CODES, *[status(500)] * 4)
    tool = home.only("tool")
    tool.fetch()
    samples.publish_tool(served, samples.tool_files("b"), "b")
    assert bodies(tool.fetch()) == samples.tool_files("b")
    assert home.left_over() in ([], [".lock"])


def test_a_fixed_file_that_was_announced_too_short_is_not_taken_for_whole(
    home: Home, served: Publisher
) -> None:
    served.fail(RAW, TOOL_BASE + LONG, announce(len(samples.tool_files("a")[LONG]) - 500))
    tool = home.only("tool")
    state = states(tool.fetch())["tool"]
    assert "not a whole Parquet file" in str(state.failures[0])
    assert bodies(tool.fetch()) == samples.tool_files("a")


# The cache --------------------------------------------------------------------------------------


def test_a_cached_file_that_was_tampered_with_is_set_aside_and_fetched_again(
    home: Home, served: Publisher
) -> None:
    care = next(file for file in home.fetch().files if file.spec == CARE)
    care.path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    care.path.write_bytes(care.path.read_bytes().replace(b"e2025", b"e2099", 1))
    folder = home.fetch()
    assert bodies(folder) == expected("2025") | samples.tool_files("a")
    assert "was damaged: it was set aside" in folder.notes[0]
    assert list((home.cache.root / ".damaged" / "care").iterdir())


@pytest.mark.parametrize("name", ["care_2013_to_2025.csv", "care_2013_to_2025.csv.manifest.json"])
def test_a_cached_file_that_was_removed_is_fetched_again(
    name: str, home: Home, served: Publisher
) -> None:
    next(home.fetch() and (home.cache.root / "care").glob(f"*/{name}")).unlink()
    assert bodies(home.fetch()) == expected("2025") | samples.tool_files("a")


@pytest.mark.parametrize("text", ["", "{}", "not json", "[]", '{"source_id": 5}'])
def test_an_edition_whose_manifest_cannot_be_read_is_no_edition(
    text: str, home: Home, served: Publisher
) -> None:
    home.fetch()
    next((home.cache.root / "care").glob("*/edition.json")).write_text(text, encoding="utf-8")
    assert home.cache.editions("care") == []
    assert bodies(home.fetch()) == expected("2025") | samples.tool_files("a")


def test_two_refreshes_never_download_at_once(home: Home, served: Publisher) -> None:
    home.cache.root.mkdir(parents=True)
    with (
        FileLock(home.cache.root / ".lock"),
        pytest.raises(LiveError, match="Another refresh is downloading"),
    ):
        home.fetch()


def test_a_disk_that_fails_is_named_and_nothing_half_done_is_seen(
    home: Home, served: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.fetch()
    before = home.stored()
    samples.release("2026").publish(served)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "/editions")

    with monkeypatch.context() as patch:
        patch.setattr("ingest.live.bring.shutil.copyfile", fail)
        with pytest.raises(LiveError, match=r"/editions: No space left on device\. Whole editions"):
            home.fetch()
    assert home.stored() == before
    assert bodies(home.fetch())[CARE] == expected("2026")[CARE]


def test_a_cache_that_cannot_be_written_to_is_said_to_be_one(home: Home) -> None:
    home.cache.root.parent.mkdir(parents=True, exist_ok=True)
    home.cache.root.write_text("a file")
    with pytest.raises(LiveError, match="cannot be written to"):
        home.fetch()


def test_without_any_route_there_is_nothing_to_look_for(home: Home, publisher: Publisher) -> None:
    folder = home.only("unreached").fetch()
    assert (folder.states, folder.files, publisher.log) == ((), (), [])


def test_a_catalogue_without_routes_such_as_the_demonstration_s_is_never_looked_for(
    home: Home, publisher: Publisher
) -> None:
    offline = replace(home, catalogue=replace(home.catalogue, routes=()))
    assert offline.check() == {}
    assert (offline.fetch().states, publisher.log) == ((), [])


def test_refusals_and_failures_name_the_address(home: Home, served: Publisher) -> None:
    release = samples.release("2025")
    path = release.path_of(release.tables[0])
    served.fail(CONTENT, path, instead(as_html("<html>")), *[status(500)] * 9)
    only = home.only("care", routes=("ees_content",))
    assert "care_2013_to_2025.csv" in str(states(only.fetch())["care"].failures[0])
    assert path in str(states(only.fetch())["care"].failures[0])


def test_times_are_kept_in_utc(home: Home, served: Publisher) -> None:
    samples.release("2025", published="2025-11-20T09:30:00+05:00").publish(served)
    care = home.fetch().files[0]
    assert care.published_at == datetime(2025, 11, 20, 4, 30, tzinfo=UTC)
