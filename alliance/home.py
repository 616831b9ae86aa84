"""What the commands share: the catalogue, the reference tables, the demonstration's home."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from alliance.demonstration.log import fill_log
from alliance.demonstration.published_files import write_published_files
from alliance.demonstration.returns import fill_returns
from alliance.people.demonstration import add_people, refuse_real_accounts
from alliance.publishing import open_desk
from alliance.refresh import RefreshReport, refresh, refuse_mixing
from alliance.returns.declared import open_returns
from alliance.service import ReleaseService, Served
from alliance.settings import load_settings
from alliance.store import open_store
from indicators.queries import Release
from ingest.authorities import Reference, load_reference
from ingest.catalogue import Catalogue, load_catalogue
from ingest.folder import Folder, find_files
from ingest.paths import data_dir
from ingest.release import ReleaseStore

DEMONSTRATION_HOME = Path("~/.alliance-demonstration")
EDITIONS: tuple[Literal["previous", "latest"], ...] = ("previous", "latest")
DAY_OF_EDITION = {"previous": date(2024, 11, 21), "latest": date(2025, 11, 20)}
REASONS = {"previous": "the first edition", "latest": "the autumn publications"}
_SETTINGS = """# Whose figures the demonstration shows first.
authority = "629"

[alliances]
"Fen and coast alliance" = ["629", "625", "640", "643", "632", "631"]
"""


def open_catalogue() -> Catalogue:
    """The declared sources, files and indicators. Raises `CatalogueError`."""
    return load_catalogue(data_dir() / "catalogue")


def open_reference(*, demo: bool = False) -> Reference:
    """England's reference tables, or the fictional country's. Raises `CatalogueError`."""
    return load_reference(data_dir() / ("demo/reference" if demo else "reference"))


def demonstration_catalogue(catalogue: Catalogue, real: Reference) -> Catalogue:
    """The catalogue for invented figures: no publisher answers for them, and no caveat that tells
    of a real authority stays."""
    sources = [
        replace(
            source,
            publisher="Demonstration",
            publication=f"Invented figures in the form of “{source.publication}”",
            licence="no licence: invented",
            homepage="",
        )
        for source in catalogue.sources
    ]
    names = [authority.name for authority in real.authorities]
    indicators = [
        replace(indicator, caveats=_without_sentences_naming(indicator.caveats, names))
        for indicator in catalogue.indicators
    ]
    return Catalogue(tuple(sources), catalogue.files, tuple(indicators))


def _without_sentences_naming(text: str, names: Sequence[str]) -> str:
    sentences = re.split(r"(?<=[.;])\s+", text)
    named = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names))
    kept = " ".join(sentence for sentence in sentences if not named.search(sentence))
    return f"{kept.removesuffix(';')}." if kept.endswith(";") else kept


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def build_demonstration(
    home: Path, *, actor: str, progress: Callable[[str], None]
) -> RefreshReport:
    """Make the demonstration in `home`: the files of two editions, refreshed one after the other,
    so that there is something new and something revised. Where it is there already, the latest
    edition is refreshed again, which publishes nothing unless the catalogue or the code changed.
    Its people get accounts, and their authorities a year of local returns, in the home's own store.
    Raises `ReleaseError` if the home holds real figures, `AllianceError` if it holds accounts of
    real people: then it stays as it is.
    """
    store = ReleaseStore(home)
    refuse_mixing(store, demo=True)
    editions = EDITIONS if store.current_id() is None else EDITIONS[-1:]
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "settings.toml"
    if not settings.exists():
        settings.write_text(_SETTINGS, encoding="utf-8")
    _add_demonstration_people(home, actor=actor)
    catalogue = demonstration_catalogue(open_catalogue(), open_reference())
    reference = open_reference(demo=True)
    for edition in editions:
        folder = home / "published" / edition
        folder.mkdir(parents=True, exist_ok=True)
        progress(f"writing the {edition} edition")
        write_published_files(
            folder, edition=edition, reference_dir=data_dir() / "demo" / "reference"
        )
        with open_desk(load_settings(home, {})) as desk:
            report = refresh(
                store, _dated(folder, catalogue, edition), catalogue, reference,
                now=utc_now(), actor=actor, demo=True, desk=desk, reason=REASONS[edition],
                progress=progress,
            )  # fmt: skip
    progress("giving the alliance's local returns")
    _fill_demonstration_returns(home)
    progress("writing the alliance's year into its log")
    _fill_demonstration_log(home, store)
    return report


def _dated(folder: Path, catalogue: Catalogue, edition: str) -> Folder:
    """The folder's files as if they had come out on the edition's day."""
    found = find_files(folder, catalogue, now=utc_now())
    day = DAY_OF_EDITION[edition]
    origins = {path: replace(item, published_on=day) for path, item in found.origins.items()}
    return replace(found, origins=origins)


def _fill_demonstration_returns(home: Path) -> None:
    settings = load_settings(home, {})
    store = open_store(settings)
    try:
        fill_returns(store, ReleaseService(settings).current(), open_returns(), now=utc_now())
    finally:
        store.close()


def _fill_demonstration_log(home: Path, releases: ReleaseStore) -> None:
    """Of a home whose first edition is not kept any more, everything was seen in the latest."""
    settings = load_settings(home, {})
    latest = ReleaseService(settings).current()
    before = releases.path_of(latest.info.previous_release_id or "none")
    previous = Served(Release(before), settings) if before.is_file() else latest
    store = open_store(settings)
    try:
        fill_log(store, {"previous": previous, "latest": latest}, now=utc_now())
    finally:
        store.close()


def _add_demonstration_people(home: Path, *, actor: str) -> None:
    settings = load_settings(home, {})
    store = open_store(settings)
    try:
        refuse_real_accounts(store)
        add_people(store, settings, now=utc_now(), actor=actor)
    finally:
        store.close()
