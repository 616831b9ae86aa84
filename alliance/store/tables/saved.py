"""The tables of what people keep under a name: comparator sets and views, each their own or shared
with their alliance."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from alliance.store.base import Base, Document, Identity


class SavedRow(Base):
    """What every kept thing has. `shared` with `alliance`, the owner's when it was kept; one that
    is `deleted` stays, so that its owner can bring it back."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    owner: Mapped[str]
    alliance: Mapped[str | None]
    name: Mapped[str]
    shared: Mapped[bool]
    deleted: Mapped[bool]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int]


class SavedSetRow(SavedRow):
    """A comparator set made by hand: the DfE numbers of its authorities."""

    __tablename__ = "saved_set"
    __table_args__ = (
        CheckConstraint("NOT shared OR alliance IS NOT NULL", name="shared_with_an_alliance"),
        Index("ix_saved_set_owner", "owner"),
        Index("ix_saved_set_alliance", "alliance"),
        {"sqlite_autoincrement": True},
    )

    codes: Mapped[list[str]] = mapped_column(Document)


class SavedViewRow(SavedRow):
    """A view: the address of a page with its query, and the section to go to."""

    __tablename__ = "saved_view"
    __table_args__ = (
        CheckConstraint("NOT shared OR alliance IS NOT NULL", name="shared_with_an_alliance"),
        Index("ix_saved_view_owner", "owner"),
        Index("ix_saved_view_alliance", "alliance"),
        {"sqlite_autoincrement": True},
    )

    address: Mapped[str]
