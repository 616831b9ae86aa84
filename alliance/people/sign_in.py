"""Signing in with a password: one answer for every failure, and guessing is slowed down.

Knows nothing of the web: the caller hands over what was typed, from which network address, when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alliance.people.passwords import hash_password, is_outdated, verify_password
from alliance.store import Store, Unit
from alliance.store.accounts import Account, change_account, find_account
from alliance.store.sign_ins import (
    Attempt,
    add_attempt,
    begin_session,
    end_session,
    latest_attempts,
    note_outcome,
)

FAILURES_ALLOWED = 5
WINDOW = timedelta(minutes=15)
PAUSE = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=12)
LONGEST_TYPED = 100
KIND = "sign_in"
"""The `subject_kind` of the events of signing in and out; the `subject_id` is the username."""
NOBODY = "not signed in"
"""The actor of an attempt: it is not known who it was."""
WRONG = "The username or the password is wrong. Check both and try again."
PAUSED = "Too many attempts have failed. Wait 15 minutes, then try again."


@dataclass(frozen=True, slots=True)
class Outcome:
    """How signing in ended: with a token for the browser, or a sentence that says why not."""

    token: str = ""
    refusal: str = ""
    paused: bool = False


def sign_in(store: Store, *, username: str, password: str, address: str, now: datetime) -> Outcome:
    """Try to begin a session. Whether the account is unknown, out of use or the password wrong
    cannot be told from the answer nor from the time that it takes."""
    typed = username.strip().lower().replace("\x00", "")[:LONGEST_TYPED]
    with store.write(now=now, actor=NOBODY) as unit:
        attempts = latest_attempts(unit.session, typed, address, FAILURES_ALLOWED)
        if is_paused(attempts, now):
            return Outcome(refusal=PAUSED, paused=True)
        attempt = add_attempt(unit, typed, address, kept=WINDOW + PAUSE)
        account = find_account(unit.session, typed)
    kept = account.password_hash if account is not None and account.active else None
    right = verify_password(kept, password)
    if account is None or not right:
        with store.write(now=now, actor=NOBODY) as unit:
            note_outcome(unit, attempt, succeeded=False)
            if account is not None:
                unit.record("refused", KIND, account.username, details={"address": address})
        return Outcome(refusal=WRONG)
    with store.write(now=now, actor=account.username) as unit:
        note_outcome(unit, attempt, succeeded=True)
        account = _keep_password_well(unit, account, password)
        token = begin_session(unit, account, lasts=SESSION_LASTS)
        unit.record("signed_in", KIND, account.username, details={"address": address})
    return Outcome(token=token)


def begin_for(store: Store, account: Account, *, address: str, now: datetime, how: str) -> Outcome:
    """Begin a session for somebody who has proved otherwise who they are: `how` says by what."""
    with store.write(now=now, actor=account.username) as unit:
        token = begin_session(unit, account, lasts=SESSION_LASTS)
        details = {"address": address, "by": how}
        unit.record("signed_in", KIND, account.username, details=details)
    return Outcome(token=token)


def sign_out(store: Store, token: str, *, now: datetime, actor: str) -> None:
    """End the session wherever its token is held."""
    with store.write(now=now, actor=actor) as unit:
        end_session(unit, token)
        unit.record("signed_out", KIND, actor)


def is_paused(attempts: Sequence[Attempt], now: datetime) -> bool:
    """Whether the latest attempts, newest first, failed so often within the window that the next
    one must wait: until `PAUSE` after the last of them."""
    failures = attempts[:FAILURES_ALLOWED]
    if len(failures) < FAILURES_ALLOWED or any(attempt.succeeded for attempt in failures):
        return False
    newest, oldest = failures[0].at, failures[-1].at
    return newest - oldest <= WINDOW and now - newest < PAUSE


def _keep_password_well(unit: Unit, account: Account, password: str) -> Account:
    """Hash the password anew where it was kept in a weaker way than today's."""
    if not is_outdated(account.password_hash):
        return account
    kept = hash_password(password)
    change_account(unit, account, action="password_hashed_anew", password_hash=kept)
    return find_account(unit.session, account.username) or account
