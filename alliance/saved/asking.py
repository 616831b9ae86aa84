"""What the person who asks may see of what is kept, within a request. Outside one, and where nobody
is signed in, that is nothing: the store is not even opened.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import has_request_context

from alliance.access import ANONYMOUS, Person
from alliance.people.current import current_person
from alliance.saved.records import Kind, Saved, find_saved, list_saved
from alliance.store.accounts import Account, list_accounts
from alliance.store.in_app import current_store


def asking_person() -> Person:
    """Who is asking; `ANONYMOUS` outside a request."""
    return current_person() if has_request_context() else ANONYMOUS


def saved_of(kind: Kind) -> list[Saved]:
    """Everything of that kind that the person may see, by name."""
    person = asking_person()
    if not person.username:
        return []
    with current_store().read() as session:
        return list_saved(session, person, kind)


def one_saved(kind: Kind, number: int) -> Saved | None:
    """The one of that number, if the person may see it."""
    person = asking_person()
    if not person.username:
        return None
    with current_store().read() as session:
        return find_saved(session, person, kind, number)


def keepers(kept: Iterable[Saved]) -> dict[str, Account]:
    """The accounts of those whose kept things these are, by username."""
    wanted = {saved.owner for saved in kept}
    if not wanted:
        return {}
    with current_store().read() as session:
        return {a.username: a for a in list_accounts(session) if a.username in wanted}
