"""The table of what people are to be told: an entry and a person, never words. What is said is made
when it is sent, of what that person may then see."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alliance.store.base import Base, Identity


class OutboxRow(Base):
    """One thing to tell one person: what happened to an entry, and how far the telling has got."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'sent', 'given_up', 'not_wanted')", name="known_state"
        ),
        Index("ix_outbox_state", "state", "next_try_at"),
        Index("ix_outbox_username", "username", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    username: Mapped[str]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    move: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str]
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    fault: Mapped[str]
