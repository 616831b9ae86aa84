"""What the person who asks may see and name in the challenge log, within a request. Outside one,
and where nobody is signed in, that is nothing: the store is not even opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from alliance.access import INSIDERS, Person, Role
from alliance.log.entries import list_entries
from alliance.log.entry import Entry
from alliance.log.fields import Known
from alliance.log.kinds.aside import enquiry_key
from alliance.log.words import Names
from alliance.people.accounts import person_of
from alliance.people.current import current_time
from alliance.saved.asking import asking_person
from alliance.service import Served
from alliance.store.accounts import Account, list_accounts
from alliance.store.in_app import current_store
from alliance.worth_discussing import read_worth

NOTHING = Known({}, {}, {})


@dataclass(frozen=True, slots=True)
class Asking:
    """A question to the challenge log: who asks, when, and a session in which nothing changes."""

    served: Served
    person: Person
    session: Session
    today: date
    names: Names

    def known(self) -> Known:
        """What the person's answers may name."""
        return known_of(self.served, self.person, list_accounts(self.session))


@contextmanager
def asking(served: Served) -> Iterator[Asking]:
    """Ask the challenge log something for whoever is asking. Only where somebody is signed in."""
    with current_store().read() as session:
        yield Asking(
            served, asking_person(), session, current_time().date(), names_of(served, session)
        )


def may_have_entries(person: Person) -> bool:
    """Whether there may be anything in the log for the person: what is there they are told by
    `alliance.log.entries`."""
    return bool(person.alliance) and bool(person.roles & {*INSIDERS, Role.OBSERVER})


def is_insider(person: Person) -> bool:
    """Whether the person writes in the log, as one of an alliance."""
    return bool(person.alliance) and bool(person.roles & set(INSIDERS))


def known_of(served: Served, person: Person, accounts: list[Account] | None = None) -> Known:
    """What the person's answers may name: the members of their alliance, everyone with an account
    in use there who is more than an observer, the indicators of the release, and what is worth
    discussing of their own authority. Nothing for whoever does not write in the log."""
    if not is_insider(person):
        return NOTHING
    if accounts is None:
        with current_store().read() as session:
            accounts = list_accounts(session)
    alliance = served.alliances.get(person.alliance or "")
    members = alliance.members if alliance else ()
    return Known(
        authorities={code: served.name(code) for code in members},
        people={
            account.username: _label(served, account)
            for account in sorted(accounts, key=lambda a: a.display_name.casefold())
            if account.alliance == person.alliance and is_insider(person_of(account))
        },
        indicators={key: row["title"] for key, row in served.indicators.items()},
        enquiries=enquiries_of(served, person.authority_code),
    )


def enquiries_of(served: Served, code: str | None) -> dict[str, str]:
    """The list of what is worth discussing of an authority, by the key that a form sends."""
    if code not in served.authorities:
        return {}
    items = read_worth(served, code).items if code else ()
    return {enquiry_key(one.id, one.fingerprint): one.title for one in items}


def observers_among(asked: Asking) -> dict[str, str]:
    """The observers of the person's alliance with an account in use: name by username."""
    return {
        account.username: account.display_name
        for account in list_accounts(asked.session)
        if account.active
        and account.alliance == asked.person.alliance
        and Role.OBSERVER in account.roles
    }


def names_of(served: Served, session: Session) -> Names:
    """The names that go with the keys of authorities, people and indicators."""
    accounts = list_accounts(session)
    return Names(
        authorities={code: str(area["name"]) for code, area in served.authorities.items()},
        people={account.username: account.display_name for account in accounts},
        places={account.username: account.authority_code for account in accounts},
        indicators={key: str(row["title"]) for key, row in served.indicators.items()},
    )


def entries(served: Served, kind: str | None = None) -> list[Entry]:
    """Every entry of a kind (of every kind: None) that the person who asks may see, newest change
    first."""
    if not may_have_entries(asking_person()):
        return []
    with asking(served) as asked:
        return list_entries(asked.session, asked.person, kind)


def _label(served: Served, account: Account) -> str:
    """“Morgan Ashby (Fenshire)”."""
    code = account.authority_code
    place = f" ({served.name(code)})" if code in served.authorities and code else ""
    return f"{account.display_name}{place}"
