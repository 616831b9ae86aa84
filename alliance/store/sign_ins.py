"""Data access to sessions, attempts to sign in, and links by which a password is set anew."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from alliance.store.accounts import Account, account_of
from alliance.store.store import Unit
from alliance.store.tables.account import AccountRow
from alliance.store.tables.sign_in import AttemptRow, ResetLinkRow, SessionRow

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to sign in."""

    at: datetime
    succeeded: bool


def begin_session(unit: Unit, account: Account, *, lasts: timedelta) -> str:
    """Begin a session of that account; returns the token for the browser, which is kept nowhere.
    Sessions that have expired are forgotten."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    unit.session.execute(delete(SessionRow).where(SessionRow.expires_at <= unit.now))
    unit.session.add(
        SessionRow(
            token_hash=_hash(token),
            account_id=account.id,
            account_version=account.version,
            begun_at=unit.now,
            expires_at=unit.now + lasts,
        )
    )
    return token


def find_session(session: Session, token: str, *, now: datetime) -> Account | None:
    """The account whose session that is; None where it has ended, expired, or the account was
    changed or taken out of use since."""
    query = (
        select(AccountRow)
        .join(SessionRow, SessionRow.account_id == AccountRow.id)
        .where(
            SessionRow.token_hash == _hash(token),
            SessionRow.expires_at > now,
            SessionRow.account_version == AccountRow.version,
            AccountRow.active,
        )
    )
    row = session.scalars(query).one_or_none()
    return None if row is None else account_of(row)


def end_session(unit: Unit, token: str) -> None:
    """End a session, wherever its token is held."""
    unit.session.execute(delete(SessionRow).where(SessionRow.token_hash == _hash(token)))


def add_attempt(unit: Unit, username: str, address: str, *, kept: timedelta) -> int:
    """Note an attempt, as failed until it is known to have succeeded; returns its id. Attempts
    longer ago than `kept` are forgotten."""
    unit.session.execute(delete(AttemptRow).where(AttemptRow.at < unit.now - kept))
    row = AttemptRow(at=unit.now, username=username, address=address, succeeded=False)
    unit.session.add(row)
    unit.session.flush()
    return row.id


def note_outcome(unit: Unit, attempt_id: int, *, succeeded: bool) -> None:
    """Note how an attempt ended. That it failed is written anew, so that it takes as long."""
    statement = update(AttemptRow).where(AttemptRow.id == attempt_id)
    unit.session.execute(statement.values(succeeded=succeeded))


def latest_attempts(session: Session, username: str, address: str, number: int) -> list[Attempt]:
    """The latest attempts with that username from that address, newest first."""
    query = (
        select(AttemptRow)
        .where(AttemptRow.username == username, AttemptRow.address == address)
        .order_by(AttemptRow.id.desc())
        .limit(number)
    )
    return [Attempt(row.at, row.succeeded) for row in session.scalars(query)]


def add_reset_link(unit: Unit, account: Account, *, lasts: timedelta) -> str:
    """Make a link for that account; returns its token, which is kept nowhere. Links that have
    expired are forgotten."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    unit.session.execute(delete(ResetLinkRow).where(ResetLinkRow.expires_at <= unit.now))
    unit.session.add(
        ResetLinkRow(
            token_hash=_hash(token),
            account_id=account.id,
            account_version=account.version,
            made_at=unit.now,
            expires_at=unit.now + lasts,
        )
    )
    return token


def count_reset_links(session: Session, account: Account, *, now: datetime) -> int:
    """How many links of that account have not expired."""
    query = select(func.count()).where(
        ResetLinkRow.account_id == account.id, ResetLinkRow.expires_at > now
    )
    return int(session.scalar(query) or 0)


def find_reset_link(session: Session, token: str, *, now: datetime) -> Account | None:
    """The account whose password that link may set; None where it was used or has expired, or the
    account was changed or taken out of use since."""
    query = (
        select(AccountRow)
        .join(ResetLinkRow, ResetLinkRow.account_id == AccountRow.id)
        .where(
            ResetLinkRow.token_hash == _hash(token),
            ResetLinkRow.expires_at > now,
            ResetLinkRow.account_version == AccountRow.version,
            AccountRow.active,
        )
    )
    row = session.scalars(query).one_or_none()
    return None if row is None else account_of(row)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
