"""From the outbox to the mail server: claim, write, send, say how it went.

A message is sent at least once: it is claimed before it is sent and settled after, so that a crash
between repeats it (with the same Message-ID) rather than losing it. Nothing here undoes a move.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from alliance.log.words import ACTOR, Names
from alliance.mail.letter import Letter, write_message
from alliance.mail.news import news_for
from alliance.mail.settings import MailSettings
from alliance.mail.transport import Deliver, LaterError, MailError, RefusedError, UnreachableError
from alliance.people.accounts import person_of
from alliance.store import Store
from alliance.store.accounts import find_account, list_accounts
from alliance.store.mail_choices import find_choice
from alliance.store.outbox import (
    GIVEN_UP,
    NOT_WANTED,
    SENT,
    WAITING,
    Item,
    claim_item,
    settle_item,
)

Clock = Callable[[], datetime]
LEASE = timedelta(minutes=15)
"""How long whoever claims a thing has for it: more than any server may take by its timeouts."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
GIVE_UP_AFTER, FEWEST_TRIES = timedelta(days=1), 5
STALE = timedelta(days=3)
"""What nobody tried to send for so long is no news: the digest tells what still waits."""
MOST_IN_A_RUN = 1000


@dataclass
class Run:
    """How a run ended: how many messages were sent, are tried again later, were given up, were not
    wanted any more; and what kept the server from being reached."""

    sent: int = 0
    later: int = 0
    given_up: int = 0
    not_wanted: int = 0
    fault: str = ""


@dataclass(frozen=True)
class Office:
    """What the sender works with: the store, settings, the names of authorities by code, the way to
    the server, and the time."""

    store: Store
    settings: MailSettings
    authorities: Mapping[str, str]
    deliver: Deliver
    clock: Clock


def send_waiting(office: Office) -> Run:
    """Send everything in the outbox whose time has come. Where the server cannot be reached the
    rest stays as it is: the next run tries again."""
    run = Run()
    for _ in range(MOST_IN_A_RUN):
        with office.store.write(now=office.clock(), actor=ACTOR) as unit:
            item = claim_item(unit, lease=LEASE)
        if item is None or not _send(office, item, run):
            break
    return run


def _send(office: Office, item: Item, run: Run) -> bool:
    """Send one thing that was claimed, and say how it went. False where the server is not there."""
    now = office.clock()
    if item.attempts == 1 and now - item.at >= STALE:
        _settle(office, item, run, GIVEN_UP, "It was three days old before mail could be sent.")
        return True
    letter, reason = _letter_for(office, item, now)
    if letter is None:
        _settle(office, item, run, NOT_WANTED, reason)
        return True
    try:
        office.deliver(write_message(letter, office.settings, now=now))
    except RefusedError as error:
        _settle(office, item, run, GIVEN_UP, str(error))
    except (LaterError, UnreachableError) as error:
        _try_later(office, item, run, error)
        return not isinstance(error, UnreachableError)
    else:
        _settle(office, item, run, SENT, "")
    return True


def _letter_for(office: Office, item: Item, now: datetime) -> tuple[Letter | None, str]:
    """The letter, or why none is wanted: in words that tell nothing of the entry."""
    with office.store.read() as session:
        account = find_account(session, item.username)
        person = person_of(account)
        if account is None or not person.username:
            return None, "The account is out of use."
        if not account.email:
            return None, "The account has no email address."
        if not find_choice(session, account).messages:
            return None, "They do not want messages."
        letter = news_for(
            session, account, person, item, names_of(session, office.authorities),
            base_url=office.settings.base_url, today=now.date(),
        )  # fmt: skip
    return letter, "" if letter else "There is nothing to tell them any more."


def names_of(session: Session, authorities: Mapping[str, str]) -> Names:
    """The names that letters are written with."""
    accounts = list_accounts(session)
    return Names(
        authorities=authorities,
        people={account.username: account.display_name for account in accounts},
        places={account.username: account.authority_code for account in accounts},
        indicators={},
    )


def _try_later(office: Office, item: Item, run: Run, error: MailError) -> None:
    now = office.clock()
    if isinstance(error, UnreachableError):
        run.fault = str(error)
    if now - item.at >= GIVE_UP_AFTER and item.attempts >= FEWEST_TRIES:
        _settle(office, item, run, GIVEN_UP, f"Given up after {item.attempts} tries. {error}")
        return
    _settle(office, item, run, WAITING, str(error), next_try_at=now + pause_after(item.attempts))


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many tries: twice as long each time, to a limit, and by chance up
    to a quarter less, so that not everything is tried at once."""
    whole = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return whole * random.uniform(0.75, 1)  # noqa: S311


def _settle(
    office: Office,
    item: Item,
    run: Run,
    state: str,
    fault: str,
    *,
    next_try_at: datetime | None = None,
) -> None:
    with office.store.write(now=office.clock(), actor=ACTOR) as unit:
        settle_item(unit, item, state, fault=fault, next_try_at=next_try_at)
    count = "later" if state == WAITING else state
    setattr(run, count, getattr(run, count) + 1)
