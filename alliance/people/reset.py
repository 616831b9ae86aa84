"""A password that is forgotten: links by which it is set anew, once, within the hour.

Knows nothing of the web nor of mail: whoever asks for a link gives it to that person.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from alliance.people.accounts import AccountError, get_account
from alliance.people.passwords import check_password, hash_password
from alliance.people.sign_in import (
    FAILURES_ALLOWED,
    LONGEST_TYPED,
    NOBODY,
    PAUSE,
    WINDOW,
    is_paused,
)
from alliance.store import ConflictError, Store
from alliance.store.accounts import KIND, Account, accounts_called, change_account
from alliance.store.sign_ins import (
    add_attempt,
    add_reset_link,
    count_reset_links,
    find_reset_link,
    latest_attempts,
)

LINK_LASTS = timedelta(hours=1)
LINKS_AT_ONCE = 3
"""How many links that have not expired somebody may have been sent."""
RESET = "/reset"
"""Where a link leads, followed by its token."""
FORGOTTEN = "forgotten:"
"""What stands before a name in the record of attempts, so that asking for a link keeps nobody from
signing in. No username holds a colon."""
OVER = (
    "This link does not work any more. It is good for one hour and for one use, and a newer change "
    "of the account ends it. Ask for another."
)


class LinkError(AccountError):
    """A link was used, has expired, or there never was one."""


def make_link(store: Store, username: str, *, now: datetime, actor: str) -> str:
    """The path of a new link for that account. Raises `AccountError` where there is none, or it is
    out of use."""
    account = get_account(store, username)
    if not account.active:
        raise AccountError(
            f"{account.username} is out of use: “alliance users enable” puts it back first."
        )
    return _make(store, account, now=now, actor=actor)


def _make(store: Store, account: Account, *, now: datetime, actor: str) -> str:
    with store.write(now=now, actor=actor) as unit:
        token = add_reset_link(unit, account, lasts=LINK_LASTS)
        unit.record("reset_link_made", KIND, account.username)
    return f"{RESET}/{token}"


def find_owner(store: Store, token: str, *, now: datetime) -> Account | None:
    """Whose password the link may set; None where it is over. Looking does not use it."""
    with store.read() as session:
        return find_reset_link(session, token, now=now)


def use_link(store: Store, token: str, password: str, *, now: datetime) -> Account:
    """Set the password of the link's account, which ends its sessions and every link of it; whose
    it is. Raises `LinkError`, or `PasswordError` if somebody would guess the password."""
    account = find_owner(store, token, now=now)
    if account is None:
        raise LinkError(OVER)
    check_password(password, account.username)
    kept = hash_password(password)
    try:
        with store.write(now=now, actor=account.username) as unit:
            change_account(unit, account, action="password_set_by_link", password_hash=kept)
    except ConflictError as error:
        raise LinkError(OVER) from error
    return account


def may_ask(store: Store, typed: str, *, address: str, now: datetime) -> bool:
    """Whether somebody at that network address may ask for a link of that name or email address, as
    often as signing in may fail. Notes that they asked."""
    key = FORGOTTEN + plain_name(typed)
    with store.write(now=now, actor=NOBODY) as unit:
        if is_paused(latest_attempts(unit.session, key, address, FAILURES_ALLOWED), now):
            return False
        add_attempt(unit, key, address, kept=WINDOW + PAUSE)
    return True


def make_link_for(store: Store, typed: str, *, now: datetime) -> tuple[Account, str] | None:
    """The account of that username or email address and the path of a new link for it. None where
    there is none in use with an address to send it to, or it has been sent enough of them."""
    with store.read() as session:
        found = accounts_called(session, plain_name(typed))
        account = found[0] if len(found) == 1 else None
        if account is None or not account.active or not account.email:
            return None
        if count_reset_links(session, account, now=now) >= LINKS_AT_ONCE:
            return None
    return account, _make(store, account, now=now, actor=NOBODY)


def plain_name(typed: str) -> str:
    """What was typed, as names and addresses are kept."""
    return typed.strip().lower().replace("\x00", "")[:LONGEST_TYPED]
