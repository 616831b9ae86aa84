"""People of two alliances, and returns for the demonstration's authorities."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alliance.access import ANONYMOUS, Person, Role
from alliance.returns.submitting import Outcome, Upload, submit_return
from alliance.service import Served
from alliance.store import Store
from ingest.returns.declaration import Return
from tests.demonstration import FENSHIRE, NAMED_ALLIANCE
from tests.ingest.returns.samples import csv_of, row, small_return

NOW = datetime(2025, 11, 20, 9, 30, tzinfo=UTC)
BROADSHIRE, OXENSHIRE, STRANGE = "625", "640", "520"


def person(name: str, code: str | None, alliance: str | None, *roles: Role) -> Person:
    return Person(name, name.title(), code, alliance, frozenset(roles))


ANALYST = person("ana", FENSHIRE, NAMED_ALLIANCE, Role.ANALYST)
COLLEAGUE = person("col", FENSHIRE, NAMED_ALLIANCE, Role.DIRECTOR)
NEIGHBOUR = person("ned", BROADSHIRE, NAMED_ALLIANCE, Role.ANALYST)
MANAGER = person("max", None, NAMED_ALLIANCE, Role.MANAGER)
MEMBERS = (ANALYST, COLLEAGUE, NEIGHBOUR, MANAGER)
OUTSIDERS = (
    ANONYMOUS,
    person("odd", STRANGE, "X12000007", Role.ANALYST),
    person("own", FENSHIRE, None, Role.ANALYST),
    person("far", FENSHIRE, "Another set", Role.DIRECTOR, Role.ANALYST),
    person("bare", FENSHIRE, NAMED_ALLIANCE),
    person("root", None, None, Role.ADMINISTRATOR),
    person("blank", FENSHIRE, "", Role.ANALYST),
    person("obi", None, NAMED_ALLIANCE, Role.OBSERVER),
    person("oda", FENSHIRE, NAMED_ALLIANCE, Role.OBSERVER),
)
"""Everybody to whom the alliance's returns are closed."""


def upload(note: str = "", name: str = "return.csv", code: str = FENSHIRE, **cells: str) -> Upload:
    """A CSV file of one row for that authority."""
    return Upload(name, csv_of(row(authority_code=code, **cells)), note)


def submit(
    store: Store, served: Served, given: Upload | None = None, who: Person = ANALYST,
    declaration: Return | None = None, **more: Any,
) -> Outcome:  # fmt: skip
    """Give a return for the person's own authority."""
    return submit_return(
        store, served, who, declaration or small_return(), who.authority_code or FENSHIRE,
        given or upload(code=who.authority_code or FENSHIRE), **({"now": NOW} | more),
    )  # fmt: skip
