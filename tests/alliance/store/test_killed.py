"""A writer that is killed loses nothing that it was told to have written, and leaves no half."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

from alliance.settings import Settings
from alliance.store import open_store
from tests.conftest import REPOSITORY


def start(settings: Settings, name: str) -> subprocess.Popen[str]:
    words = [str(settings.home), settings.database_url, name]
    command = [sys.executable, "-m", "tests.alliance.store.writer", *words]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


def test_all_that_was_taken_is_there_after_the_writers_are_killed(
    store_settings: Settings,
) -> None:
    writers = {name: start(store_settings, name) for name in ("one", "two")}
    taken: dict[str, int] = {}
    for writer in writers.values():
        assert writer.stdout is not None
        for _ in range(40):
            assert writer.stdout.readline()
    for name, writer in writers.items():
        writer.kill()
        out, _ = writer.communicate()
        taken[name] = 40 + out.count("\n")
    store = open_store(store_settings)
    halves = Counter(event.subject_id for event in store.events("thing"))
    store.close()
    promised = {f"{name} {number}" for name, last in taken.items() for number in range(last)}
    assert promised <= set(halves)
    assert set(halves.values()) == {2}
    assert len(halves) <= len(promised) + len(writers), "only what was under way is extra"


def test_a_store_can_be_written_to_after_its_writer_was_killed(store_settings: Settings) -> None:
    for turn in range(3):
        writer = start(store_settings, f"turn {turn}")
        assert writer.stdout is not None
        assert writer.stdout.readline()
        writer.kill()
        writer.communicate()
    store = open_store(store_settings)
    assert {event.actor for event in store.events("thing")} == {f"turn {n}" for n in range(3)}
    store.close()
