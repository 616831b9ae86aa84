"""A home with one release that is served and one that waits for review, for tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from alliance.access import Person, Role
from alliance.publishing import ListedRelease, ReleaseDesk, State, open_desk
from alliance.refresh import RefreshReport, refresh
from alliance.settings import Settings
from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.release import ReleaseStore
from tests import builders
from tests.builders import ABSENCE, NEAR_2025, NEED, POPULATION
from tests.conftest import NOW, Small

FILES = {
    name: data
    for name, data in builders.all_files().items()
    if name in {NEED, POPULATION, ABSENCE, NEAR_2025}
}
"""Enough to build a release of."""
BUILDER, COLLEAGUE = "a.ashby", "b.birch"
HELD_REASON = "The morning of the publication"


def person(name: str, *roles: Role) -> Person:
    """Somebody with those roles; by default an analyst."""
    return Person(name, name, None, None, frozenset(roles or {Role.ANALYST}))


def cell(text: str) -> dict[str, bytes]:
    """The file of need with another figure for one authority in its latest year."""
    table = builders.ees_files()[NEED]
    table.find(old_la_code="703")[0]["again_percent"] = text
    return {NEED: table.bytes()}


@dataclass
class Waiting:
    """The home. `first` is served, `second` is held; `small` refreshes it."""

    small: Small
    first: str
    second: str

    @property
    def store(self) -> ReleaseStore:
        return self.small.store

    @property
    def home(self) -> Path:
        return self.small.store.home

    def copy(self, to: Path) -> Waiting:
        """The same in a folder of its own, to be changed."""
        root = self.home.parent
        shutil.copytree(root, to, dirs_exist_ok=True)
        small = Small(
            self.small.catalogue, self.small.reference, to / "published",
            ReleaseStore(to / "home"), list(self.small.clock),
        )  # fmt: skip
        return Waiting(small, self.first, self.second)

    @contextmanager
    def desk(self, *, second_person: bool = False) -> Iterator[ReleaseDesk]:
        """The desk of the home, with its record."""
        with open_desk(Settings(self.home, second_person=second_person)) as opened:
            yield opened

    def refresh(self, desk: ReleaseDesk, **options: object) -> RefreshReport:
        """Refresh by the builder, recorded."""
        return self.small.refresh(desk=desk, actor=BUILDER, **options)

    def states(self) -> dict[str, State]:
        """The state of each release."""
        with self.desk() as desk:
            return {item.info.release_id: item.state for item in desk.listed()}

    def listed(self, release_id: str) -> ListedRelease:
        """One release as it is listed."""
        with self.desk() as desk:
            return next(i for i in desk.listed() if i.info.release_id == release_id)

    def actions(self, release_id: str | None = None) -> list[str]:
        """What is recorded, oldest first."""
        with self.desk() as desk:
            return [event.action for event in desk.history(release_id)]


def build_waiting(root: Path, catalogue: Catalogue, reference: Reference) -> Waiting:
    """Publish a first release and hold a second, both recorded."""
    folder = builders.write_files(root / "published", FILES)
    store = ReleaseStore(root / "home")
    small = Small(catalogue, reference, folder, store)
    with open_desk(Settings(store.home)) as desk:
        first = refresh(
            store, folder, catalogue, reference, now=NOW, actor=BUILDER, desk=desk
        ).info.release_id  # fmt: skip
        small.put(cell("55"))
        small.clock[0] += timedelta(hours=1)
        second = refresh(
            store, folder, catalogue, reference, now=small.clock[0], actor=BUILDER,
            desk=desk, hold=True, reason=HELD_REASON,
        ).info.release_id  # fmt: skip
    return Waiting(small, first, second)
