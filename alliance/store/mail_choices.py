"""Data access to what people want to be told by email."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from alliance.store.accounts import KIND, Account
from alliance.store.store import Unit
from alliance.store.tables.mail_choice import MailChoiceRow


@dataclass(frozen=True, slots=True)
class MailChoice:
    """Whether somebody wants a message when something happens, and a digest a day; the day of the
    last digest."""

    messages: bool = True
    digest: bool = True
    digest_on: date | None = None


def find_choice(session: Session, account: Account) -> MailChoice:
    """What that person wants: everything, until they say otherwise."""
    row = session.get(MailChoiceRow, account.id)
    return MailChoice() if row is None else MailChoice(row.messages, row.digest, row.digest_on)


def set_choice(unit: Unit, account: Account, *, messages: bool, digest: bool) -> None:
    """Keep what that person wants, and its event."""
    row = _row(unit, account)
    row.messages, row.digest = messages, digest
    details = {"messages": messages, "digest": digest}
    unit.record("mail_chosen", KIND, account.username, details=details)


def claim_digest(unit: Unit, account: Account, day: date) -> bool:
    """Take that day's digest for that person upon oneself. False where somebody has."""
    row = _row(unit, account)
    if row.digest_on is not None and row.digest_on >= day:
        return False
    row.digest_on = day
    return True


def give_digest_back(unit: Unit, account: Account, before: date | None) -> None:
    """Say that the digest that was claimed was not sent: it may be claimed again."""
    _row(unit, account).digest_on = before


def _row(unit: Unit, account: Account) -> MailChoiceRow:
    row = unit.session.get(MailChoiceRow, account.id)
    if row is None:
        row = MailChoiceRow(account_id=account.id, messages=True, digest=True, digest_on=None)
        unit.session.add(row)
    return row
