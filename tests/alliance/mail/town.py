"""People of one alliance with accounts and email addresses, and a challenge between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from alliance.access import Person, Role
from alliance.log.entries import find_entry
from alliance.log.entry import Entry
from alliance.log.fields import Known
from alliance.log.writing import begin_entry, make_move
from alliance.mail.sending import Office
from alliance.people.accounts import create_account, person_of
from alliance.store import Store
from alliance.store.accounts import find_account
from alliance.store.outbox import Item, list_items
from tests.alliance.mail.post_office import settings_at

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ALLIANCE = "Eastern triad"
AUTHORITIES = {"901": "Fenshire", "902": "Broadshire", "903": "Oxenshire"}
PEOPLE: Mapping[str, tuple[str, str | None, Role]] = {
    "kit": ("Kit Marsh", "901", Role.DIRECTOR),
    "jo": ("Jo Lister", "902", Role.DIRECTOR),
    "ana": ("Ana Fenn", "902", Role.ANALYST),
    "tom": ("Tom Hale", None, Role.MANAGER),
    "zoe": ("Zoe Lowe", "903", Role.DIRECTOR),
    "obi": ("Obi Vane", None, Role.OBSERVER),
}
TITLE = "Why do more children return to care?"
DRAFT = {
    "title": [TITLE], "question": ["The rate rose twice, and <b>nobody</b> knows why."],
    "responders": ["902"], "audience": ["authorities"], "evidence_note": ["An audit."],
}  # fmt: skip
KNOWN = Known(
    AUTHORITIES, {name: words for name, (words, _, _) in PEOPLE.items()}, {"cla_rate": "Rate"}
)


@dataclass
class Town:
    """The alliance and its clock."""

    store: Store
    clock: list[datetime] = field(default_factory=lambda: [NOW])
    letters: list[EmailMessage] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name, (display_name, code, role) in PEOPLE.items():
            create_account(
                self.store, username=name, display_name=display_name, password=None,
                authority_code=code, alliance=ALLIANCE, roles=[role], now=NOW, actor="root",
                email=f"{name}@council.example",
            )  # fmt: skip

    def later(self, **by: float) -> None:
        self.clock[0] += timedelta(**by)

    def person(self, name: str) -> Person:
        with self.store.read() as session:
            return person_of(find_account(session, name))

    def raise_challenge(self, **said: list[str]) -> Entry:
        """A challenge of Fenshire's, shared with Broadshire: Jo and Ana are told."""
        with self.store.write(now=self.clock[0], actor="kit") as unit:
            entry = begin_entry(
                unit, self.person("kit"), KNOWN, "challenge", "raise", {**DRAFT, **said}
            )
        return self.move("kit", entry, "share")

    def move(self, name: str, entry: Entry, move: str, **said: list[str]) -> Entry:
        with self.store.write(now=self.clock[0], actor=name) as unit:
            person = self.person(name)
            version = find_entry(unit.session, person, entry.ref).version
            return make_move(unit, person, KNOWN, entry.ref, move, said, version=version)

    def put_into_action(self, due_on: str) -> Entry:
        """A challenge that was agreed, with an action, to be reviewed on that day."""
        entry = self.raise_challenge()
        self.move("jo", entry, "respond", note=["We looked at it."])
        self.move("kit", entry, "discuss", note=["Talked."], agreement=["A team at the edge."])
        self.move("kit", entry, "agree")
        self.move("jo", entry, "agree")
        with self.store.write(now=self.clock[0], actor="jo") as unit:
            begin_entry(
                unit, self.person("jo"), KNOWN, "action", "add",
                {"title": ["Begin the team"], "owner": ["ana"], "doing": ["902"],
                 "due_on": ["2026-03-10"]},
                parent_ref=entry.ref,
            )  # fmt: skip
        return self.move("kit", entry, "start", due_on=[due_on])

    def outbox(self) -> list[Item]:
        """What is in the outbox, oldest first."""
        with self.store.read() as session:
            return list_items(session)[::-1]

    def states(self) -> list[tuple[str, str]]:
        return [(item.username, item.state) for item in self.outbox()]

    def office(self, port: int = 25) -> Office:
        """A sender by the server at that port."""
        from alliance.mail.transport import deliver_by

        settings = settings_at(port)
        return Office(
            self.store, settings, AUTHORITIES, deliver_by(settings), lambda: self.clock[0]
        )

    def own_office(self) -> Office:
        """A sender whose letters lie in `letters`."""
        return Office(
            self.store, settings_at(25), AUTHORITIES, self.letters.append, lambda: self.clock[0]
        )
