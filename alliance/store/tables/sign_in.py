"""The tables of signing in: sessions that were begun, attempts, by which guessing is slowed, and
links by which a password is set anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alliance.store.base import Base, Identity


class SessionRow(Base):
    """One session: `token_hash` is the SHA-256 of what the browser holds, `account_version` the
    account's when it began. A session of an older version than the account's is over."""

    __tablename__ = "sign_in_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    account_version: Mapped[int]
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AttemptRow(Base):
    """One attempt to sign in: the username as typed, in small letters, and the network address."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_who", "username", "address", "at"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    at: Mapped[datetime]
    username: Mapped[str]
    address: Mapped[str]
    succeeded: Mapped[bool]


class ResetLinkRow(Base):
    """A link by which a password may be set anew, once: `token_hash` is the SHA-256 of what the
    link holds. As a session it is over when the account is changed."""

    __tablename__ = "reset_link"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    account_version: Mapped[int]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
