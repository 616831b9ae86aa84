"""The tables of the challenge log: entries of every kind, who has a part in them, and what is only
ever added to them: notes, evidence and the history of every version."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alliance.store.base import Base, Document, Identity


class EntryRow(Base):
    """An entry as it stands. `content` holds the words of its kind's fields; `root_id` is the entry
    that decides who may see this one, where it is a part of another."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("ref"),
        CheckConstraint("audience IN ('authorities', 'triad', 'alliance')", name="known_audience"),
        CheckConstraint("(parent_id IS NULL) = (root_id IS NULL)", name="root_of_a_part"),
        Index("ix_entry_alliance", "alliance", "kind", "state"),
        Index("ix_entry_parent", "parent_id"),
        Index("ix_entry_root", "root_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    ref: Mapped[str]
    kind: Mapped[str]
    alliance: Mapped[str]
    state: Mapped[str]
    private: Mapped[bool]
    audience: Mapped[str]
    lead: Mapped[str]
    title: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(Document)
    owner: Mapped[str]
    indicator_id: Mapped[str | None]
    due_on: Mapped[date | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    root_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    version: Mapped[int]


class PartyRow(Base):
    """An authority on a side of an entry."""

    __tablename__ = "entry_party"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    side: Mapped[str] = mapped_column(primary_key=True)
    authority_code: Mapped[str] = mapped_column(primary_key=True)


class ReaderRow(Base):
    """Somebody an entry is shared with by name."""

    __tablename__ = "entry_reader"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    username: Mapped[str] = mapped_column(primary_key=True)


class LinkRow(Base):
    """That one entry is about another: an agenda item and a challenge, a priority and what led to
    it. Who may see one end is not thereby allowed the other."""

    __tablename__ = "entry_link"

    from_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    relation: Mapped[str] = mapped_column(primary_key=True)


class NoteRow(Base):
    """What somebody wrote about an entry with a move. Only ever added."""

    __tablename__ = "entry_note"
    __table_args__ = (Index("ix_entry_note_entry", "entry_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    entry_version: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    authority_code: Mapped[str | None]
    move: Mapped[str]
    text: Mapped[str]


class EvidenceRow(Base):
    """A figure as it was when somebody took it into an entry, with its picture. Only ever added."""

    __tablename__ = "entry_evidence"
    __table_args__ = (Index("ix_entry_evidence_entry", "entry_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    release_id: Mapped[str]
    indicator_id: Mapped[str]
    area_code: Mapped[str]
    period: Mapped[str]
    sentence: Mapped[str]
    address: Mapped[str]
    frozen: Mapped[dict[str, Any]] = mapped_column(Document)
    picture: Mapped[str]


class HistoryRow(Base):
    """An entry as it stood after each change. Only ever added: as many rows as its version says."""

    __tablename__ = "entry_history"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    move: Mapped[str]
    snapshot: Mapped[dict[str, Any]] = mapped_column(Document)
