"""Data access to the outbox: what waits is claimed before it is sent, so that of two senders one
sends it. What is said to whom is not its business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alliance.store.store import Unit
from alliance.store.tables.outbox import OutboxRow

WAITING, SENT, GIVEN_UP, NOT_WANTED = "waiting", "sent", "given_up", "not_wanted"
LONGEST_FAULT = 300


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell one person, as it stood when it was read. `attempts` counts the claim by
    which it was read."""

    id: int
    username: str
    entry_id: int
    move: str
    at: datetime
    state: str
    attempts: int
    next_try_at: datetime
    fault: str


def claim_item(unit: Unit, *, lease: timedelta) -> Item | None:
    """The thing that has waited longest for its next try, None where nothing is due. Nobody else
    gets it within the lease: whoever claims it tells `settle_item` before then how it went."""
    query = (
        select(OutboxRow)
        .where(OutboxRow.state == WAITING, OutboxRow.next_try_at <= unit.now)
        .order_by(OutboxRow.next_try_at, OutboxRow.id)
        .limit(1)
    )
    row = unit.session.scalars(query).one_or_none()
    if row is None:
        return None
    row.attempts += 1
    row.next_try_at = unit.now + lease
    unit.session.flush()
    return _item(row)


def settle_item(
    unit: Unit, item: Item, state: str, *, fault: str = "", next_try_at: datetime | None = None
) -> bool:
    """Say how the try ended that `item` was claimed for. False where somebody else claimed it
    since, because the lease was over: then it is theirs to say."""
    row = unit.session.get_one(OutboxRow, item.id, populate_existing=True)
    if row.state != WAITING or row.attempts != item.attempts:
        return False
    row.state = state
    row.fault = fault.replace("\x00", "")[:LONGEST_FAULT]
    row.next_try_at = next_try_at or unit.now
    return True


def list_items(session: Session, *, state: str | None = None, most: int = 100) -> list[Item]:
    """What is in the outbox, newest first; of one state, or of every state."""
    query = select(OutboxRow).order_by(OutboxRow.id.desc()).limit(most)
    if state is not None:
        query = query.where(OutboxRow.state == state)
    return [_item(row) for row in session.scalars(query)]


def count_items(session: Session) -> Mapping[str, int]:
    """How many things are in each state."""
    query = select(OutboxRow.state, func.count()).group_by(OutboxRow.state)
    found = {state: number for state, number in session.execute(query)}  # noqa: C416
    return {state: found.get(state, 0) for state in (WAITING, SENT, GIVEN_UP, NOT_WANTED)}


def _item(row: OutboxRow) -> Item:
    return Item(
        row.id, row.username, row.entry_id, row.move, row.at, row.state, row.attempts,
        row.next_try_at, row.fault,
    )  # fmt: skip
