"""Data access to events: they are added and listed, nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alliance.store.errors import StoreError
from alliance.store.tables.event import EventRow


@dataclass(frozen=True, slots=True)
class Event:
    """What somebody did: `action` (a past participle such as "published") to the subject named by
    `subject_kind` and `subject_id`, at a time in UTC, with the reason given and further details."""

    id: int
    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    reason: str
    details: Mapping[str, Any]


def add_event(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject_kind: str,
    subject_id: str,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append an event. `details` holds what JSON can. Raises `StoreError` for what cannot be kept
    as it stands: an event without an actor, action or subject, or with the character NUL."""
    named = {"actor": actor, "action": action, "subject": subject_kind, "subject id": subject_id}
    missing = [name for name, value in named.items() if not value]
    if missing:
        raise StoreError(f"An event needs its {' and '.join(missing)}: nothing was written.")
    kept = json.loads(json.dumps(dict(details or {}), ensure_ascii=False, allow_nan=False))
    if any("\x00" in text for text in _texts([*named.values(), reason, kept])):
        raise StoreError("A text holds the character NUL, which cannot be kept: take it out.")
    session.add(
        EventRow(
            at=at,
            actor=actor,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            reason=reason,
            details=kept,
        )
    )


def list_events(session: Session, subject_kind: str, subject_id: str | None = None) -> list[Event]:
    """The events of one subject, or of every subject of that kind; newest last."""
    query = select(EventRow).where(EventRow.subject_kind == subject_kind).order_by(EventRow.id)
    if subject_id is not None:
        query = query.where(EventRow.subject_id == subject_id)
    return [_event(row) for row in session.scalars(query)]


def _texts(value: Any) -> Iterator[str]:
    """Every text within a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts([*value.keys(), *value.values()])
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _event(row: EventRow) -> Event:
    return Event(
        row.id,
        row.at,
        row.actor,
        row.action,
        row.subject_kind,
        row.subject_id,
        row.reason,
        row.details,
    )
