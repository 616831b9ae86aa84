"""Finds the latest edition of each source and brings what has changed into the cache.

A source is brought whole or not at all: while one of its files cannot be had, the edition before
stays in use, and the other sources go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ingest.catalogue import Catalogue, FileSpec, Route, Source
from ingest.live.bring import Bringer
from ingest.live.cache import EditionCache
from ingest.live.client import LiveClient
from ingest.live.download import Progress
from ingest.live.editions import (
    CachedEdition,
    CachedFile,
    Edition,
    files_by_spec,
    find_additions,
)
from ingest.live.errors import LiveError, NoRouteError, RouteFailure
from ingest.live.routes import FINDERS, Search
from ingest.live.states import EditionName, Outcome, SourceState, save_states


@dataclass(frozen=True, slots=True)
class FetchedFolder:
    """The newest edition of each file, with provenance, and what is known of each source."""

    root: Path
    files: tuple[CachedFile, ...]
    states: tuple[SourceState, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_changed(self) -> bool:
        """True where something was downloaded."""
        return any(state.fetched for state in self.states)

    @property
    def failed(self) -> tuple[SourceState, ...]:
        """The sources of which the latest edition could not be had."""
        return tuple(state for state in self.states if state.outcome == "failed")

    def pairs(self, catalogue: Catalogue) -> tuple[tuple[Path, FileSpec], ...]:
        """Path and declaration of each file: what `ingest.load` reads."""
        specs = {spec.name: spec for spec in catalogue.files}
        return tuple((file.path, specs[file.spec]) for file in self.files)


def find_latest(source: Source, catalogue: Catalogue, client: LiveClient) -> Edition:
    """The latest edition, by the first of the source's routes that answers; routes that did not are
    in its notes. Raises `NoRouteError` with the failure of each."""
    failures: list[RouteFailure] = []
    for _, edition in _found_along_routes(source, catalogue, client, failures):
        fell_back = tuple(f"A route did not answer. {failure}" for failure in failures)
        return replace(edition, notes=(*fell_back, *edition.notes))
    raise NoRouteError(source.id, tuple(failures))


def check_sources(
    catalogue: Catalogue,
    cache: EditionCache,
    client: LiveClient,
    *,
    now: datetime,
    progress: Progress = lambda _: None,
) -> list[SourceState]:
    """Compare the cache with every source that has a route, without downloading a data file.
    Raises `LiveError` where the cache cannot be used."""
    with cache.exclusive():
        states = []
        for source in _live_sources(catalogue):
            progress(source.publication)
            states.append(_check(source, catalogue, cache, client, now))
        save_states(cache.root, states)
    return states


def fetch_sources(
    catalogue: Catalogue,
    cache: EditionCache,
    client: LiveClient,
    *,
    now: datetime,
    progress: Progress = lambda _: None,
) -> FetchedFolder:
    """Download what has changed of every source that has a route; returns the newest edition of
    each file in the cache. `now` is in UTC.

    A source that cannot be had is reported in its state and the others go on. Raises `LiveError`
    where the cache cannot be used.
    """
    with cache.exclusive():
        notes = tuple(cache.set_aside_damaged())
        bringer = Bringer(cache, client, now, progress)
        states = [
            _fetch(source, catalogue, cache, client, bringer) for source in _live_sources(catalogue)
        ]
        bringer.clear()
        if not any(state.outcome == "failed" for state in states):
            cache.clear_work()
        save_states(cache.root, states)
        return FetchedFolder(cache.root, cache.newest_files(catalogue), tuple(states), notes)


def _check(
    source: Source, catalogue: Catalogue, cache: EditionCache, client: LiveClient, now: datetime
) -> SourceState:
    """Compare the cache with the latest edition of one source, by the first route that answers."""
    specs, held = _specs_of(source, catalogue), cache.editions(source.id)
    failures: list[RouteFailure] = []
    state = _unanswered(source, held, now)
    for route, edition in _found_along_routes(source, catalogue, client, failures):
        try:
            state = _compared(state, edition, specs, held)
        except LiveError as error:
            failures.append(RouteFailure(route.id, str(error)))
            continue
        break
    return replace(state, failures=tuple(failures))


def _fetch(
    source: Source,
    catalogue: Catalogue,
    cache: EditionCache,
    client: LiveClient,
    bringer: Bringer,
) -> SourceState:
    """Bring the latest edition of one source into the cache, by the first route that can."""
    bringer.progress(source.publication)
    specs, held = _specs_of(source, catalogue), cache.editions(source.id)
    failures: list[RouteFailure] = []
    state = _unanswered(source, held, bringer.now)
    for route, edition in _found_along_routes(source, catalogue, client, failures):
        try:
            compared = _compared(state, edition, specs, held)
            if state.new and not compared.new:
                raise LiveError(f"has nothing newer than the cache, where {state.latest} is out.")
            state = compared
            if state.new:
                wanted = [spec for spec in specs if spec.name in state.new]
                brought = bringer.bring(route, edition, specs, wanted)
                state = _brought(state, brought.fetched, brought.absent)
        except LiveError as error:
            state = replace(state, outcome="failed")
            failures.append(RouteFailure(route.id, str(error)))
            continue
        break
    return replace(state, failures=tuple(failures))


def _live_sources(catalogue: Catalogue) -> list[Source]:
    """The sources that a route of the catalogue leads to; the demonstration has none."""
    declared = {route.id for route in catalogue.routes}
    return [source for source in catalogue.sources if declared.intersection(source.routes)]


def _specs_of(source: Source, catalogue: Catalogue) -> tuple[FileSpec, ...]:
    return tuple(spec for spec in catalogue.files if spec.source == source.id)


def _found_along_routes(
    source: Source, catalogue: Catalogue, client: LiveClient, failures: list[RouteFailure]
) -> Iterator[tuple[Route, Edition]]:
    """What each of the source's routes finds, in order; those that fail go into `failures`."""
    routes = {route.id: route for route in catalogue.routes}
    specs = _specs_of(source, catalogue)
    for route_id in (item for item in source.routes if item in routes):
        search = Search(source, specs, routes[route_id], catalogue, client)
        try:
            edition = FINDERS[route_id](search)
        except LiveError as error:
            failures.append(RouteFailure(route_id, str(error)))
            continue
        yield search.route, edition


def _unanswered(source: Source, held: Sequence[CachedEdition], now: datetime) -> SourceState:
    """The state of a source before any route has answered."""
    cached = EditionName.of(held[0]) if held else None
    return SourceState(source.id, source.publication, now, "failed", cached)


def _compared(
    state: SourceState,
    edition: Edition,
    specs: Sequence[FileSpec],
    held: Sequence[CachedEdition],
) -> SourceState:
    """The state once the latest edition is known, before anything is fetched."""
    new = tuple(spec.name for spec in find_additions(edition, specs, held))
    same = next(
        (item for item in held if edition.version and item.version == edition.version), None
    )
    return replace(
        state,
        outcome="new" if new else "up_to_date",
        latest=EditionName.of(same or edition),
        new=new,
        absent=_absent_of(edition, specs),
        next_due=edition.next_release,
        notes=edition.notes,
    )


def _brought(state: SourceState, fetched: tuple[str, ...], absent: tuple[str, ...]) -> SourceState:
    outcome: Outcome = "fetched" if fetched else "up_to_date"
    return replace(state, outcome=outcome, fetched=fetched, absent=absent or state.absent)


def _absent_of(edition: Edition, specs: Sequence[FileSpec]) -> tuple[str, ...]:
    """The files that the edition does not offer; what an archive lacks shows once it is open."""
    if any(offer.is_archive for offer in edition.files):
        return ()
    offered = files_by_spec(edition, specs)
    fixed = any(spec.address for spec in specs)
    wanted = [spec for spec in specs if spec.address or not fixed]
    return tuple(spec.name for spec in wanted if spec.name not in offered)
