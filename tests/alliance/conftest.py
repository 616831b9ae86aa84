"""The app over the demonstration, and over the real published files where they are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from dash import Dash

from alliance.people import passwords
from alliance.refresh import RefreshReport
from alliance.server import create_app
from alliance.service import Served, current_release
from alliance.settings import load_settings
from tests.alliance.stores import postgresql, store, store_settings
from tests.demonstration import Figures, demonstration_home, figures_of

__all__ = ["postgresql", "store", "store_settings"]


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are kept in the least time that argon2 takes: what that costs on purpose would be
    most of the time of the tests that sign in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(1, 8, 1))
        passwords._nobodys.cache_clear()
        yield


def make_app(home: Path) -> Dash:
    """The app over a home; an exception in it is the test's."""
    app = create_app(load_settings(home, {}))
    app.server.testing = True
    return app


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's home. Not to be changed."""
    return demonstration_home(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def demo_figures(demonstration: Path) -> Iterator[Figures]:
    """The figures of the demonstration's release."""
    with figures_of(demonstration) as figures:
        yield figures


@pytest.fixture(scope="session")
def demo_app(demonstration: Path) -> Dash:
    """The app over the demonstration."""
    return make_app(demonstration)


@pytest.fixture(scope="session")
def demo_served(demo_app: Dash) -> Served:
    """The demonstration's release as pages see it."""
    with demo_app.server.app_context():
        return current_release()


@pytest.fixture(scope="session")
def real_home(published_report: RefreshReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of this worker's own with a release of the real published files."""
    built, home = published_report.path.parent.parent, tmp_path_factory.mktemp("real-home")
    (home / "releases").mkdir()
    os.link(published_report.path, home / "releases" / published_report.path.name)
    shutil.copyfile(built / "current", home / "current")
    return home


@pytest.fixture(scope="session")
def real_figures(real_home: Path) -> Iterator[Figures]:
    """The figures of that release."""
    with figures_of(real_home) as figures:
        yield figures


@pytest.fixture(scope="session")
def real_app(real_home: Path) -> Dash:
    """The app over the real published files."""
    return make_app(real_home)
