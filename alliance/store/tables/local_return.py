"""The tables of local returns: what was uploaded, the versions of each quarter, their figures. Rows
are only ever added."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alliance.store.base import Base, Document, Identity


class SubmissionRow(Base):
    """One accepted upload: its bytes as they came, and the warnings that the note answers."""

    __tablename__ = "return_submission"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    return_id: Mapped[str]
    authority_code: Mapped[str]
    alliance: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    data: Mapped[bytes] = mapped_column(deferred=True)
    note: Mapped[str]
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    submitted_by: Mapped[str]
    submitted_at: Mapped[datetime]


class VersionRow(Base):
    """One version of one quarter of a return: given by a submission, or withdrawn."""

    __tablename__ = "return_version"
    __table_args__ = (
        UniqueConstraint("alliance", "return_id", "authority_code", "quarter", "version"),
        CheckConstraint("state IN ('given', 'withdrawn')", name="known_state"),
        CheckConstraint(
            "(state = 'given') = (submission_id IS NOT NULL)", name="given_by_a_submission"
        ),
        Index("ix_return_version_newest", "alliance", "return_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("return_submission.id"))
    return_id: Mapped[str]
    authority_code: Mapped[str]
    alliance: Mapped[str]
    quarter: Mapped[str]
    quarter_end: Mapped[date]
    version: Mapped[int]
    state: Mapped[str]
    note: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class FigureRow(Base):
    """One figure of a given version: a value, or the symbol that stands in its place."""

    __tablename__ = "return_figure"
    __table_args__ = (
        CheckConstraint("(value IS NULL) = (status <> 'reported')", name="value_or_status"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("return_version.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float | None]
    status: Mapped[str]
    symbol: Mapped[str | None]
