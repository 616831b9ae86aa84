"""What is known of each source after a look at its publisher, in figures and in words."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from ingest.durable import write_whole
from ingest.live.editions import CachedEdition, Edition
from ingest.live.errors import RouteFailure

STATES = "states.json"

Outcome = Literal["up_to_date", "new", "fetched", "failed"]
"""The cache has the latest; it has not; it has it now; it could not be had."""


@dataclass(frozen=True, slots=True)
class EditionName:
    """Which edition: what a person calls it, when it came out and by which route it was found."""

    title: str
    slug: str
    published_on: date | None
    route: str

    @classmethod
    def of(cls, edition: Edition | CachedEdition) -> EditionName:
        """The name of an offered or a cached edition."""
        return cls(edition.title, edition.slug, edition.published_on, edition.route)

    def __str__(self) -> str:
        return f"{self.title} ({say_date(self.published_on)})" if self.published_on else self.title


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source: what was cached, what is the latest, whether it is new, when the next is due.

    `new` are the files that the latest edition has (or, being an archive, may have) and the cache
    had not; `fetched` those that were downloaded; `absent` those that the latest edition does not
    have. `latest` is None where no route answered; `failures` says why each that was tried did not.
    """

    source_id: str
    publication: str
    checked_at: datetime
    outcome: Outcome
    cached: EditionName | None = None
    latest: EditionName | None = None
    new: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    next_due: str = ""
    notes: tuple[str, ...] = ()
    failures: tuple[RouteFailure, ...] = ()

    @property
    def is_new(self) -> bool:
        """True where the publisher has something that the cache had not."""
        return bool(self.new)

    @property
    def sentence(self) -> str:
        """The state in words."""
        kept = f"still in use: {self.cached}" if self.cached else "there is nothing in the cache"
        due = f" Next due: {say_due(self.next_due)}." if self.next_due else ""
        files = "1 file" if len(self.fetched) == 1 else f"{len(self.fetched)} files"
        words = {
            "failed": f"could not download {self.latest}; {kept}.",
            "fetched": f"downloaded {self.latest}, {files}.{due}",
            "new": f"there is something new: {self.latest}.{due}",
            "up_to_date": f"up to date with {self.latest}.{due}",
        }
        if self.latest is None:
            return f"{self.publication}: no route to the publisher answered; {kept}."
        return f"{self.publication}: {words[self.outcome]}"


def say_date(day: date) -> str:
    """31 March 2025."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def say_due(text: str) -> str:
    """An ISO date, year and month, or year, in words."""
    try:
        numbers = [int(part) for part in text.split("-")]
        if len(numbers) == 3:
            return say_date(date(*numbers))
        if len(numbers) == 2:
            return f"{calendar.month_name[numbers[1]]} {numbers[0]}"
    except (ValueError, IndexError):
        return text
    return text


_STATES = TypeAdapter(dict[str, SourceState])


def save_states(root: Path, states: list[SourceState]) -> None:
    """Keep the states beside the editions, over those of the same sources."""
    merged = load_states(root) | {state.source_id: state for state in states}
    write_whole(root / STATES, _STATES.dump_json(merged, indent=2).decode())


def load_states(root: Path) -> dict[str, SourceState]:
    """The states that were last kept, by source; none where there are none that can be read."""
    try:
        return _STATES.validate_json((root / STATES).read_bytes())
    except (OSError, ValidationError):
        return {}
