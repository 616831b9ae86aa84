"""One message a day for each person who wants it: what waits for them in the challenge log, what is
due soon and what is late. Nothing, where nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from alliance.log.addresses import entry_address
from alliance.log.entries import list_entries
from alliance.log.entry import Entry
from alliance.log.waiting import Step, is_theirs, waiting_for
from alliance.log.words import ACTOR, Due, due_of
from alliance.mail.letter import Letter, Part, write_message
from alliance.mail.news import close
from alliance.mail.sending import Office, Run
from alliance.mail.transport import MailError, UnreachableError
from alliance.people.accounts import person_of
from alliance.store.accounts import Account, list_accounts
from alliance.store.mail_choices import claim_digest, find_choice, give_digest_back

SUBJECT = "Alliance: what waits for you"
CONFIDENTIAL = "Confidential: for you"


def send_digests(office: Office) -> Run:
    """Send today's digest to everyone who wants one, has something waiting and has not had it.

    Each is claimed for the day before it is sent and given back where it was not taken: at most one
    a day, and none where a crash comes between.
    """
    run = Run()
    with office.store.read() as session:
        accounts = [account for account in list_accounts(session) if account.email]
    for account in accounts:
        if not _send_one(office, account, run):
            break
    return run


def _send_one(office: Office, account: Account, run: Run) -> bool:
    """False where the server is not there."""
    now = office.clock()
    with office.store.read() as session:
        choice = find_choice(session, account)
        letter = digest_for(session, account, now, office.settings.base_url)
    if letter is None or not choice.digest:
        return True
    with office.store.write(now=now, actor=ACTOR) as unit:
        claimed = claim_digest(unit, account, now.date())
    if not claimed:
        return True
    try:
        office.deliver(write_message(letter, office.settings, now=now))
    except MailError as error:
        with office.store.write(now=now, actor=ACTOR) as unit:
            give_digest_back(unit, account, choice.digest_on)
        run.later, run.fault = run.later + 1, str(error)
        return not isinstance(error, UnreachableError)
    run.sent += 1
    return True


def digest_for(session: Session, account: Account, now: datetime, base_url: str) -> Letter | None:
    """What that person is told of today; None where nothing waits and nothing is due."""
    person, today = person_of(account), now.date()
    if not account.email or not person.username:
        return None
    entries = list_entries(session, person)
    waiting = waiting_for(session, person, entries, today)
    others = {entry.id for entry, _ in waiting}
    due = [
        (entry, stands)
        for entry in entries
        if entry.id not in others
        and is_theirs(person, entry)
        and (stands := due_of(entry, today)) is not None
        and (stands.soon or stands.late)
    ]
    if not waiting and not due:
        return None
    parts = [
        Part(f"Dear {account.display_name},"),
        *_waiting_parts(waiting, today, base_url),
        *_due_parts(due, base_url),
        *close(base_url, CONFIDENTIAL),
    ]
    return Letter(account.email, SUBJECT, parts, f"digest/{account.id}/{today}")


def _waiting_parts(waiting: list[tuple[Entry, Step]], today: date, base_url: str) -> Iterator[Part]:
    if waiting:
        yield Part("Waits for you", heading=True)
    for entry, step in waiting:
        stands = due_of(entry, today)
        when = f" {stands.label}: {stands.words}." if stands and stands.soon else ""
        yield _line(f"{step.move.label}: {entry.title} ({entry.ref}).{when}", entry, base_url)


def _due_parts(due: list[tuple[Entry, Due]], base_url: str) -> Iterator[Part]:
    for heading, late in (("Late", True), ("Due soon", False)):
        found = [(entry, stands) for entry, stands in due if stands.late == late]
        if found:
            yield Part(heading, heading=True)
        for entry, stands in found:
            words = f"{entry.title} ({entry.ref}). {stands.label}: {stands.words}."
            yield _line(words, entry, base_url)


def _line(words: str, entry: Entry, base_url: str) -> Part:
    return Part(words, href=f"{base_url}{entry_address(entry.kind, entry.ref)}")
