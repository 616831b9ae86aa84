"""One refresh: what is published is whole, what fails changes nothing, and the same files give the
same content."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from alliance.refresh import refresh
from indicators.queries import Release
from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.errors import ReleaseError
from ingest.release import ReleaseStore
from ingest.release_writer import ReleaseWriter
from tests import builders
from tests.builders import ABSENCE, EES_FILES, NEAR_2025, NEED, POPULATION, WORKFORCE
from tests.conftest import NOW, REPOSITORY, Small

FILES = {
    name: data
    for name, data in builders.all_files().items()
    if name in {NEED, POPULATION, ABSENCE, WORKFORCE, NEAR_2025}
}
"""Enough to refresh from: half the invented country's files."""


@pytest.fixture(scope="module")
def small_template(
    small_catalogue: Catalogue,
    small_reference: Reference,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder with those files alone and a home with one release of them."""
    root = tmp_path_factory.mktemp("half")
    folder = builders.write_files(root / "published", FILES)
    store = ReleaseStore(root / "home")
    refresh(store, folder, small_catalogue, small_reference, now=NOW, actor="an analyst")
    return root


def hash_of(release_id: str) -> str:
    return release_id.rsplit("-", 1)[1]


# The same files --------------------------------------------------------------------------------


def test_a_first_refresh_publishes_a_release(bare: Small) -> None:
    report = bare.refresh()
    assert report.published
    assert report.path == bare.store.current_path()
    assert report.info.release_id == bare.store.current_id()
    assert report.info.release_id.startswith("20260302T103000Z-")
    assert report.info.previous_release_id is None
    assert report.files == len(FILES)
    assert report.bytes_read == sum(len(data) for data in FILES.values())
    assert report.n_headline == 3
    assert report.changes == []
    assert not list(bare.store.releases_dir.glob(".building-*"))


def test_a_second_refresh_of_the_same_files_publishes_nothing(small: Small) -> None:
    before = small.served()
    report = small.refresh()
    assert not report.published
    assert report.info.release_id == small.store.current_id()
    assert report.changes == []
    assert small.served() == before
    assert not list(small.store.releases_dir.glob(".building-*"))


def test_the_same_files_give_the_same_content_hash_in_another_home_at_another_time(
    small: Small, tmp_path: Path
) -> None:
    other = ReleaseStore(tmp_path / "another home")
    report = small.refresh(store=other, actor="someone else", now=NOW + timedelta(days=400))
    assert report.published
    assert report.info.release_id != small.store.current_id()
    assert hash_of(report.info.release_id) == hash_of(str(small.store.current_id()))


def test_other_folders_file_order_row_order_and_column_order_change_nothing(
    small: Small, tmp_path: Path
) -> None:
    files = {}
    for i, (name, data) in enumerate(sorted(FILES.items(), reverse=True)):
        if name in EES_FILES:
            table = builders.ees_files()[name]
            table.rows.reverse()
            table.columns.reverse()
            files[f"{i:02d}/{name}"] = b"\xef\xbb\xbf" + table.text(line_end="\r\n").encode()
        else:
            files[f"{i:02d}/{name}"] = data
    folder = builders.write_files(tmp_path / "elsewhere", files)
    before = small.served()
    report = small.refresh(folder=folder)
    assert not report.published
    assert small.served() == before


def change_cell(name: str, column: str, text: str) -> dict[str, bytes]:
    table = builders.ees_files()[name]
    table.find(old_la_code="703")[0][column] = text
    return {name: table.bytes()}


@pytest.mark.parametrize(
    ("name", "column", "text"),
    [
        (NEED, "open_cases", "399"),
        (NEED, "open_cases", "c"),
        (NEED, "again_percent", "0"),
        (ABSENCE, "possible", "20001"),
        (WORKFORCE, "vacancy_rate", ""),
    ],
)
def test_one_changed_cell_makes_another_release(
    name: str, column: str, text: str, small: Small
) -> None:
    before = str(small.store.current_id())
    small.put(change_cell(name, column, text))
    report = small.refresh()
    assert report.published
    assert hash_of(report.info.release_id) != hash_of(before)
    assert report.info.previous_release_id == before
    assert small.store.ids() == [report.info.release_id, before]


def test_a_cell_put_back_as_it_was_makes_the_content_as_it_was_under_a_new_name(
    small: Small,
) -> None:
    first = str(small.store.current_id())
    small.put(change_cell(NEED, "again_percent", "55"))
    second = small.refresh().info.release_id
    small.put({NEED: FILES[NEED]})
    third = small.refresh(allow_loss=True).info.release_id
    assert hash_of(third) == hash_of(first) != hash_of(second)
    assert len({first, second, third}) == 3


def test_a_cell_that_no_indicator_reads_changes_nothing(small: Small) -> None:
    table = builders.ees_files()[NEED]
    table.columns.append("awaiting")
    for row in table.rows:
        row["awaiting"] = "7"
    small.put({NEED: table.bytes()})
    assert not small.refresh().published


def test_the_changes_against_the_release_before_are_listed(small: Small) -> None:
    files = builders.ees_files()
    need = files[NEED]
    need.find(old_la_code="703", time_period="2024")[0]["again_percent"] = "12.3"
    need.find(old_la_code="704", time_period="2024")[0]["again_percent"] = "c"
    absence = files[ABSENCE]
    absence.rows += [
        {**row, "time_period": "202526"} for row in absence.rows if row["time_period"] == "202425"
    ]
    small.put({NEED: need.bytes(), ABSENCE: absence.bytes()})
    (small.folder / WORKFORCE).unlink()
    changes = {
        (c["kind"], c["indicator_id"], c["period"], c["figures"])
        for c in small.refresh(allow_loss=True).changes
    }
    assert changes == {
        ("revised", "rereferral_pct", "2024", 2),
        ("new_period", "absence_pct", "2025/26", 13),
        ("lost_indicator", "vacancy_pct", None, None),
    }
    small.put({WORKFORCE: FILES[WORKFORCE]})
    changes = {(c["kind"], c["indicator_id"]) for c in small.refresh().changes}
    assert changes == {("new_indicator", "vacancy_pct")}


def lost_year() -> dict[str, bytes]:
    """A file cut between two years: whole in itself, with a year less than it had."""
    table = builders.ees_files()[NEED]
    table.rows = [row for row in table.rows if row["time_period"] != "2022"]
    return {NEED: table.bytes()}


def test_a_refresh_that_would_lose_figures_is_refused_and_changes_nothing(small: Small) -> None:
    small.put(lost_year())
    before = small.served()
    with pytest.raises(ReleaseError, match="would lose") as caught:
        small.refresh()
    assert "2022" in str(caught.value)
    assert "--allow-loss" in str(caught.value)
    assert small.served() == before
    assert not list(small.store.releases_dir.glob(".building-*"))


def test_a_loss_that_is_meant_is_published_and_listed(small: Small) -> None:
    small.put(lost_year())
    report = small.refresh(allow_loss=True)
    assert report.published
    lost = [c for c in report.changes if c["kind"] == "lost_figures"]
    assert {(c["indicator_id"], c["period"], c["figures"]) for c in lost} == {
        ("need_rate", "2022", 12),
        ("rereferral_pct", "2022", 12),
    }


# Readers ---------------------------------------------------------------------------------------


def test_a_reader_keeps_its_release_while_a_new_one_is_published(small: Small) -> None:
    with Release(small.store.current_path()) as old:
        before = old.figures("rereferral_pct", "2025")
        small.put(change_cell(NEED, "again_percent", "55"))
        report = small.refresh()
        assert report.published
        assert old.figures("rereferral_pct", "2025") == before
        with Release(small.store.current_path()) as new:
            after = {
                row["area_code"]: row["value"] for row in new.figures("rereferral_pct", "2025")
            }
    assert after["703"] == 55.0
    assert {row["area_code"]: row["value"] for row in before}["703"] != 55.0


def test_a_published_release_is_never_written_to_again(small: Small) -> None:
    first = small.store.current_path()
    content, changed_at = first.read_bytes(), first.stat().st_mtime_ns
    small.put(change_cell(NEED, "again_percent", "55"))
    small.refresh()
    assert first.read_bytes() == content
    assert first.stat().st_mtime_ns == changed_at


# Demonstration and real ------------------------------------------------------------------------


@pytest.mark.parametrize("demo", [True, False])
def test_demonstration_and_real_figures_never_share_a_home(demo: bool, bare: Small) -> None:
    assert bare.refresh(demo=demo).info.demo == demo
    before = bare.served()
    with pytest.raises(ReleaseError, match="never go into the same home"):
        bare.refresh(demo=not demo)
    assert bare.served() == before


def test_an_unpublished_release_of_the_other_kind_counts_too(bare: Small) -> None:
    bare.refresh(demo=True)
    bare.store.pointer.unlink()
    with pytest.raises(ReleaseError, match="holds demonstration figures"):
        bare.refresh(demo=False)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe"])
def test_a_corrupt_pointer_stops_the_refresh_with_a_clear_error(
    content: bytes, small: Small
) -> None:
    small.store.pointer.write_bytes(content)
    before = small.served()
    with pytest.raises(ReleaseError, match="current"):
        small.refresh()
    assert small.served() == before


def test_a_damaged_release_that_is_not_served_is_told_of_and_stops_nothing(small: Small) -> None:
    damaged = small.store.path_of("20200101T000000Z-00000000")
    damaged.write_bytes(b"junk" * 2000)
    small.put(change_cell(NEED, "again_percent", "55"))
    assert small.refresh().published
    assert len(small.store.infos()) == 2
    assert [str(damaged) in why for why in small.store.damaged()] == [True]


@pytest.mark.parametrize("content", [b"", b"junk" * 4000])
def test_a_damaged_release_that_is_served_stops_the_refresh_with_an_error_that_names_it(
    content: bytes, small: Small
) -> None:
    path = small.store.current_path()
    path.write_bytes(content)
    with pytest.raises(ReleaseError) as caught:
        small.refresh()
    assert str(path) in str(caught.value)
    assert path.read_bytes() == content
    assert small.store.current_path() == path


# A build that fails ----------------------------------------------------------------------------


def steps(small: Small, tmp_path: Path) -> list[str]:
    """The progress steps of a refresh, by doing one elsewhere."""
    told: list[str] = []
    small.refresh(store=ReleaseStore(tmp_path / "rehearsal"), progress=told.append)
    return told


class InterruptionError(Exception):
    """Raised at a step of a refresh by a test."""


def test_a_refresh_says_which_file_it_reads_and_which_step_it_takes(
    small: Small, tmp_path: Path
) -> None:
    told = steps(small, tmp_path)
    assert sorted(told[: len(FILES)]) == sorted(FILES)
    steps_told = ["indicators", "observations", "comparisons", "signals", "publishing"]
    assert told[len(FILES) :] == steps_told


def test_an_exception_at_any_step_leaves_pointer_and_release_as_they_were(
    small: Small, tmp_path: Path
) -> None:
    told = steps(small, tmp_path)
    small.put(change_cell(NEED, "again_percent", "55"))
    before = small.served()
    for i in range(len(told)):
        seen: list[str] = []

        def interrupt(step: str, seen: list[str] = seen, last: int = i) -> None:
            seen.append(step)
            if len(seen) > last:
                raise InterruptionError(step)

        with pytest.raises(InterruptionError):
            small.refresh(progress=interrupt)
        assert seen == told[: i + 1]
        assert small.served() == before, told[i]
    report = small.refresh()
    assert report.published
    assert not list(small.store.releases_dir.glob(".building-*"))


@pytest.mark.parametrize("method", ["insert", "insert_unchecked", "content_hash"])
def test_an_exception_in_the_middle_of_writing_leaves_no_file_behind(
    method: str, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.put(change_cell(NEED, "again_percent", "55"))
    before = small.served()

    def fail(*_: object, **__: object) -> None:
        raise InterruptionError(method)

    with monkeypatch.context() as patch:
        patch.setattr(ReleaseWriter, method, fail)
        with pytest.raises(InterruptionError):
            small.refresh()
    assert small.served() == before
    assert not list(small.store.releases_dir.glob(".building-*"))
    assert small.refresh().published


def test_a_pointer_that_cannot_be_replaced_leaves_the_old_release_served(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.put(change_cell(NEED, "again_percent", "55"))
    current, content = small.store.current_id(), small.store.current_path().read_bytes()

    def fail(self: Path, target: Path) -> Path:
        if self.name.startswith(".current-"):
            raise OSError(28, "No space left on device")
        return replace(self, target)

    replace = Path.replace
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(ReleaseError, match="No space left"):
            small.refresh()
    assert small.store.current_id() == current
    assert small.store.current_path().read_bytes() == content
    assert small.refresh().published


CHILDREN = """
import json, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from alliance.refresh import refresh
from ingest.authorities import load_reference
from ingest.catalogue import load_catalogue
from ingest.release import ReleaseStore
from ingest.release_writer import ReleaseWriter

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def refresh_until(point, home, folder, catalogue, reference):
    insert, replace = ReleaseWriter.insert_unchecked, Path.replace

    def insert_and_die(self, table, *rest):
        insert(self, table, *rest)
        if table == point.removeprefix("insert "):
            die()

    def replace_or_die(self, target):
        return die() if self.name.startswith(".current") else replace(self, target)

    if point.startswith("insert "):
        ReleaseWriter.insert_unchecked = insert_and_die
    elif point == "pointer":
        Path.replace = replace_or_die
    elif point in {"keep", "publish"}:
        setattr(ReleaseStore, point, die)
    refresh(
        ReleaseStore(Path(home)),
        Path(folder),
        load_catalogue(Path(catalogue)),
        load_reference(Path(reference)),
        now=datetime(2026, 4, 1, tzinfo=UTC),
        actor="a child",
        progress=lambda step: die() if step == point else None,
    )

ends = {}
for point, *places in json.loads(sys.argv[1]):
    child = os.fork()
    if child == 0:
        refresh_until(point, *places)
        os._exit(0)
    ends[point] = os.WTERMSIG(os.waitpid(child, 0)[1])
sys.stdout.write(json.dumps(ends))
"""
POINTS = [NEED, "insert observation", "insert release", "keep", "publish", "pointer"]  # fmt: skip


@dataclass(frozen=True)
class Killed:
    """A home whose refresh was killed, and what it showed before."""

    small: Small
    before: dict[str, bytes]


@pytest.fixture(scope="module")
def killed(
    small_template: Path,
    small_catalogue: Catalogue,
    small_reference: Reference,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Killed]:
    """A home for each point, in which a process that was refreshing was killed outright there."""
    made, orders = {}, []
    for point in POINTS:
        root = tmp_path_factory.mktemp("killed")
        shutil.copytree(small_template, root, dirs_exist_ok=True)
        store = ReleaseStore(root / "home")
        small = Small(small_catalogue, small_reference, root / "published", store)
        small.put(change_cell(NEED, "again_percent", "55"))
        made[point] = Killed(small, small.served())
        catalogue = builders.write_catalogue(root / "catalogue")
        reference = builders.write_reference(root / "reference")
        orders.append([point, *map(str, (store.home, small.folder, catalogue, reference))])
    parent = subprocess.run(
        [sys.executable, "-c", CHILDREN, json.dumps(orders)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(parent.stdout) == dict.fromkeys(POINTS, signal.SIGKILL.value), parent.stderr
    return made


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_refresh_leaves_the_release_served_and_the_next_one_works(
    point: str, killed: dict[str, Killed]
) -> None:
    home = killed[point]
    store, seen = home.small.store, home.small.served()
    # At most a whole release that no pointer names is there besides what was there before.
    assert seen.items() >= home.before.items()
    whole = point in {"publish", "pointer"}
    assert len(seen) - len(home.before) == (1 if whole else 0)
    assert all(info.n_indicators == 4 for info in store.infos())
    report = home.small.refresh()
    assert report.published
    assert store.current_id() == report.info.release_id
    assert not list(store.releases_dir.glob(".building-*"))
    with duckdb.connect(str(store.current_path()), read_only=True) as connection:
        value = connection.execute(
            "SELECT value FROM observation "
            "WHERE indicator_id = 'rereferral_pct' AND area_code = '703' AND period = '2025'"
        ).fetchone()
    assert value == (55.0,)


# Two at once -----------------------------------------------------------------------------------


def test_of_two_refreshes_at_once_one_is_told_to_wait_and_the_other_is_unharmed(
    small: Small,
) -> None:
    small.put(change_cell(NEED, "again_percent", "55"))
    reached, go_on = threading.Event(), threading.Event()
    reports: list[Any] = []

    def wait(step: str) -> None:
        if step == "comparisons":
            reached.set()
            assert go_on.wait(60)

    slow = threading.Thread(target=lambda: reports.append(small.refresh(progress=wait)))
    slow.start()
    try:
        assert reached.wait(60)
        before = small.served()
        with pytest.raises(ReleaseError, match="Another refresh is running"):
            small.refresh()
        assert small.served() == before
        assert list(small.store.releases_dir.glob(".building-*"))
    finally:
        go_on.set()
        slow.join(60)
    assert [report.published for report in reports] == [True]
    assert small.store.current_id() == reports[0].info.release_id
