"""The table of accounts: who may sign in, for which authority and alliance, in which roles."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alliance.store.base import Base, Document, Identity


class AccountRow(Base):
    """One account. `username` is in small letters, so that it is unique whatever the case;
    `password_hash` is empty where nobody can sign in with a password; `email`, in small letters, is
    for telling that person alone."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("username"),
        CheckConstraint("username = lower(username)", name="username_in_small_letters"),
        Index("ix_account_email", "email", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    username: Mapped[str]
    display_name: Mapped[str]
    password_hash: Mapped[str]
    authority_code: Mapped[str | None]
    alliance: Mapped[str | None]
    roles: Mapped[list[str]] = mapped_column(Document)
    active: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    version: Mapped[int]
    email: Mapped[str | None]
