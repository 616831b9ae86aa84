"""How fresh each source is: what is loaded, what was last known of the publisher, what is due when.

Reads the release and what the last look at the publishers left; asks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from alliance.live import last_look
from alliance.service import Served
from indicators.queries import Rows
from indicators.words import format_day
from ingest.live.states import SourceState, say_due

Standing = Literal["stopped", "new", "overdue", "unknown", "current"]

STANDING_WORDS: Mapping[Standing, str] = {
    "stopped": "Stopped: its new files have errors, so those before stay in use",
    "new": "The publisher has something newer",
    "overdue": "Overdue: something newer should be out",
    "unknown": "Not known: its publisher has not been asked",
    "current": "Up to date as far as is known",
}
DAYS_BETWEEN = {"annual": 366, "termly": 123, "quarterly": 92}
UNKNOWN = "not known"
GRACE_DAYS = 31
"""Publishers move a day of publication by a few weeks without its being late."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """One source. `due` is in words; `checked_at`: when its publisher was last asked."""

    source_id: str
    publication: str
    publisher: str
    homepage: str
    files: int
    period: str
    published_on: date | None
    retrieved_at: datetime
    due: str
    checked_at: datetime | None
    standing: Standing


def list_freshness(served: Served, findings: Rows, *, today: date) -> list[Freshness]:
    """Every source of the release that has these `findings`; those that want doing first."""
    looks = last_look(served.settings.home)
    stopped = _stopped_sources(served, findings)
    order = list(STANDING_WORDS)
    found = [
        _describe(row, looks.get(row["source_id"]), stopped, today)
        for row in served.release.freshness(today)
    ]
    return sorted(found, key=lambda item: (order.index(item.standing), item.publication))


def _stopped_sources(served: Served, findings: Rows) -> frozenset[str]:
    """The sources of which a file has an error among the findings."""
    files = {row["file_name"]: row["source_id"] for row in served.release.source_files()}
    return frozenset(
        files[row["file_name"]]
        for row in findings
        if row["severity"] == "error" and row["file_name"] in files
    )


def _describe(
    row: Mapping[str, Any], look: SourceState | None, stopped: frozenset[str], today: date
) -> Freshness:
    expected = _expected(row)
    due, late = UNKNOWN, False
    if row["next_update"] is not None:
        due = format_day(row["next_update"])
    elif look is not None and look.next_due:
        due = say_due(look.next_due)
        late = _is_past(look.next_due, today)
    elif expected is not None:
        due = f"about {expected:%B %Y}"
        late = expected + timedelta(days=GRACE_DAYS) < today
    standing: Standing = "overdue" if late else "current"
    if due == UNKNOWN and look is None:
        standing = "unknown"
    if look is not None and look.is_new and look.outcome != "fetched":
        standing = "new"
    if row["source_id"] in stopped:
        standing = "stopped"
    return Freshness(
        row["source_id"],
        row["publication"],
        row["publisher"],
        row["homepage"],
        row["files"],
        row["period"] or "no figures of its own",
        row["published_on"],
        row["retrieved_at"],
        due,
        look.checked_at if look else None,
        standing,
    )


def _expected(row: Mapping[str, Any]) -> date | None:
    """The day on which the next edition is due if the publisher keeps its rhythm."""
    days = DAYS_BETWEEN.get(row["cadence"] or "")
    if days is None or row["published_on"] is None:
        return None
    published: date = row["published_on"]
    return published + timedelta(days=days)


def _is_past(due: str, today: date) -> bool:
    """True if a day (or month, or year), as ISO, lies wholly before today."""
    return due < today.isoformat()[: len(due)]
