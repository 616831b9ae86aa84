"""Data access to accounts. Their rules (passwords, who may change one) are not its business."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from alliance.store.errors import StoreError
from alliance.store.store import Unit
from alliance.store.tables.account import AccountRow

KIND = "account"
"""The `subject_kind` of an account's events; the `subject_id` is the username."""
_SECRET = {"password_hash", "email"}
"""What an event tells only the change of, never the value."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it stood when it was read; `version` grows by one with each change."""

    id: int
    username: str
    display_name: str
    password_hash: str
    authority_code: str | None
    alliance: str | None
    roles: tuple[str, ...]
    active: bool
    created_at: datetime
    created_by: str
    version: int
    email: str | None = None


def add_account(
    unit: Unit,
    *,
    username: str,
    display_name: str,
    password_hash: str,
    authority_code: str | None,
    alliance: str | None,
    roles: Iterable[str],
    email: str | None = None,
) -> Account:
    """Add an account, in use from now on, and its event. Raises `StoreError` where the username or
    the email address is taken, whatever its case."""
    row = AccountRow(
        username=username.lower(),
        display_name=display_name,
        password_hash=password_hash,
        authority_code=authority_code,
        alliance=alliance,
        roles=sorted(set(roles)),
        active=True,
        created_at=unit.now,
        created_by=unit.actor,
        version=1,
        email=email,
    )
    unit.session.add(row)
    _flush(unit, f"There is an account “{row.username}” already")
    account = _account(row)
    details = {name: _told(getattr(account, name)) for name in _CHANGEABLE if name not in _SECRET}
    unit.record("added", KIND, account.username, details=details)
    return account


_CHANGEABLE = (
    "display_name", "password_hash", "authority_code", "alliance", "roles", "active", "email",
)  # fmt: skip


def _flush(unit: Unit, taken: str) -> None:
    """Write what there is to write, so that a name that is taken is told here."""
    try:
        unit.session.flush()
    except IntegrityError as error:
        raise StoreError(f"{taken}, or one with that address. Nothing was written.") from error


def change_account(
    unit: Unit, account: Account, *, action: str, reason: str = "", **values: Any
) -> None:
    """Give an account new values of what may be changed, and append the event with before and
    after. Raises `ConflictError` if it was changed since it was read, `StoreError` for an email
    address that is taken, `ValueError` for a value that is no part of an account."""
    strangers = sorted(set(values) - set(_CHANGEABLE))
    if strangers:
        raise ValueError(f"An account has no {', '.join(strangers)} that can be changed.")
    unit.claim(AccountRow, account.id, account.version)
    row = unit.session.get_one(AccountRow, account.id, populate_existing=True)
    for name, value in values.items():
        setattr(row, name, _told(value))
    _flush(unit, "There is another account of that name")
    open_values = {name: value for name, value in values.items() if name not in _SECRET}
    details: dict[str, Any] = {
        name: {"before": _told(getattr(account, name)), "after": _told(value)}
        for name, value in open_values.items()
    }
    if "email" in values:
        details["email"] = "changed"
    unit.record(action, KIND, account.username, reason=reason, details=details)


def find_account(session: Session, username: str) -> Account | None:
    """The account of that username, whatever its case."""
    query = select(AccountRow).where(AccountRow.username == username.strip().lower())
    row = session.scalars(query).one_or_none()
    return None if row is None else _account(row)


def accounts_called(session: Session, name: str) -> list[Account]:
    """The accounts with that username or email address, whatever its case: two at most."""
    plain = name.strip().lower()
    query = select(AccountRow).where(or_(AccountRow.username == plain, AccountRow.email == plain))
    return [_account(row) for row in session.scalars(query.order_by(AccountRow.id))]


def list_accounts(session: Session) -> list[Account]:
    """Every account, by username."""
    return [_account(row) for row in session.scalars(select(AccountRow).order_by("username"))]


def account_of(row: AccountRow) -> Account:
    """The account that a row holds."""
    return _account(row)


def _account(row: AccountRow) -> Account:
    return Account(
        row.id,
        row.username,
        row.display_name,
        row.password_hash,
        row.authority_code,
        row.alliance,
        tuple(row.roles),
        row.active,
        row.created_at,
        row.created_by,
        row.version,
        row.email,
    )


def _told(value: Any) -> Any:
    """A value as JSON has it."""
    return sorted(set(value)) if isinstance(value, tuple | list | set | frozenset) else value
