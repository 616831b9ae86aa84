"""The demonstration's year of local returns is believable and was given like any other."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alliance.demonstration.returns import fill_returns
from alliance.people.demonstration import people_of
from alliance.returns.declared import open_returns
from alliance.returns.records import KIND, Version, list_versions
from alliance.returns.shared import Shared, read_shared
from alliance.service import ReleaseService, Served
from alliance.settings import load_settings
from alliance.store import Store, open_store
from tests.demonstration import FENSHIRE, Figures

(RETURN,) = open_returns()


@pytest.fixture
def store(demonstration: Path, tmp_path: Path) -> Store:
    """A copy of the demonstration's store."""
    shutil.copytree(demonstration, tmp_path / "home")
    return open_store(load_settings(tmp_path / "home", {}))


@pytest.fixture
def versions(store: Store, demo_served: Served) -> list[Version]:
    director = people_of(demo_served.settings)["director"]
    with store.read() as session:
        return list_versions(session, director, RETURN.id)


@pytest.fixture
def shared(store: Store, demo_served: Served) -> Shared:
    director = people_of(demo_served.settings)["director"]
    found = read_shared(store, demo_served, director, RETURN, today=datetime.now(UTC).date())
    assert found is not None
    return found


def test_there_is_a_year_with_one_authority_late_and_one_second_version(
    shared: Shared, versions: list[Version]
) -> None:
    states = {item.authority_code: item.version is not None for item in shared.standing()}
    assert states == {
        "629": True, "625": True, "640": True, "643": True, "632": True, "631": False,
    }  # fmt: skip
    quarters = {v.quarter for v in versions if v.authority_code == FENSHIRE}
    assert len(quarters) >= 4
    assert [v.authority_code for v in versions if v.version == 2] == ["625"]


def test_every_version_has_its_event(store: Store, versions: list[Version]) -> None:
    assert len(store.events(KIND)) == len(versions)


def test_the_returns_are_tied_to_the_published_figures(
    shared: Shared, demo_figures: Figures
) -> None:
    newest = max(quarter for code, quarter in shared.figures if code == FENSHIRE)
    for indicator in RETURN.indicators:
        if not indicator.comparable:
            continue
        value = demo_figures.rows(
            "SELECT value FROM observation WHERE indicator_id = ? AND area_code = ? "
            "AND value IS NOT NULL ORDER BY period_end DESC LIMIT 1",
            indicator.published_as, FENSHIRE,
        )  # fmt: skip
        found = shared.derived(indicator, FENSHIRE, newest)
        assert value, indicator.id
        assert found is not None
        assert found.value == pytest.approx(value[0]["value"], rel=0.35), indicator.id


def test_filling_again_adds_nothing(store: Store, demo_served: Served) -> None:
    assert fill_returns(store, demo_served, open_returns(), now=datetime.now(UTC)) == 0


@pytest.mark.parametrize("day", ["2026-04-01", "2026-05-20", "2027-01-02", "2028-02-29"])
def test_the_year_can_be_made_on_any_day(demonstration: Path, tmp_path: Path, day: str) -> None:
    shutil.copytree(demonstration, tmp_path / "home")
    for file in (tmp_path / "home").glob("alliance.sqlite*"):
        file.unlink()
    settings = load_settings(tmp_path / "home", {})
    opened = open_store(settings)
    now = datetime.fromisoformat(f"{day}T08:00:00+00:00")
    assert fill_returns(opened, ReleaseService(settings).current(), open_returns(), now=now) >= 12
    with opened.read() as session:
        found = list_versions(session, people_of(settings)["director"], RETURN.id)
    assert max(version.at for version in found) <= now
    opened.close()
