"""Who one can be in the demonstration, and whether a home is one.

A demonstration is told from the release that is served, not from a setting: figures and their
`demo` mark lie in one immutable file, and a home never mixes invented releases with real ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from alliance.access import ANONYMOUS, Person, Role
from alliance.demonstration.colleagues import COLLEAGUES
from alliance.people.accounts import create_account
from alliance.service import EXTENSION, ReleaseService
from alliance.settings import Settings
from alliance.store import Store
from alliance.store.accounts import list_accounts
from ingest.errors import AllianceError, ReleaseError

AUTHORITY = "629"
"""Whose director one is where settings name no authority."""
FIRST = "director"


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody one can be. `place` says where their authority is found: the demonstration's own,
    its neighbour in the alliance, or none."""

    key: str
    label: str
    username: str
    display_name: str
    roles: tuple[Role, ...]
    place: str = ""
    in_alliance: bool = True


PARTS: tuple[Part, ...] = (
    Part(FIRST, "Director", "m.ashby", "Morgan Ashby", (Role.DIRECTOR,), "own"),
    Part("analyst", "Analyst", "p.nair", "Priya Nair", (Role.ANALYST,), "own"),
    Part("manager", "Alliance manager", "t.hale", "Tom Hale", (Role.MANAGER,)),
    Part(
        "administrator", "Administrator", "s.oduya", "Sam Oduya", (Role.ADMINISTRATOR,),
        in_alliance=False,
    ),
    Part(
        "neighbour", "Somebody from a neighbouring authority", "j.lister", "Jo Lister",
        (Role.DIRECTOR,), "neighbour",
    ),
    Part("observer", "Observer, from a department", "r.vane", "Robin Vane", (Role.OBSERVER,)),
)  # fmt: skip
NOT_SIGNED_IN = "nobody"


def people_of(settings: Settings) -> Mapping[str, Person]:
    """Everybody one can be in the demonstration with these settings, by key; `nobody` last."""
    own = settings.authority or AUTHORITY
    sets = [(name, codes) for name, codes in settings.alliances.items() if own in codes]
    alliance, members = sets[0] if sets else (None, ())
    neighbour = next((code for code in members if code != own), None)
    places = {"own": own, "neighbour": neighbour}
    people = {
        part.key: Person(
            part.username,
            part.display_name,
            places.get(part.place),
            alliance if part.in_alliance else None,
            frozenset(part.roles),
        )
        for part in PARTS
    }
    return people | {NOT_SIGNED_IN: ANONYMOUS}


def everyone_of(settings: Settings) -> tuple[Person, ...]:
    """Everybody with an account in the demonstration: who one can be, and the directors of the
    alliance's other authorities."""
    parts = tuple(person for person in people_of(settings).values() if person.username)
    alliance = next((person.alliance for person in parts if person.alliance), None)
    members = settings.alliances.get(alliance or "", ())
    spoken_for = {person.authority_code for person in parts}
    others = (
        one.person(alliance or "")
        for one in COLLEAGUES
        if one.authority_code in members and one.authority_code not in spoken_for
    )
    return (*parts, *others)


def is_demonstration() -> bool:
    """Whether the request is answered from a demonstration: invented figures are served, and what
    is written goes into the same home, not into a database that a real home may share."""
    service: ReleaseService = current_app.extensions[EXTENSION]
    if service.settings.database_url:
        return False
    try:
        return service.current().info.demo
    except ReleaseError:
        return False


def refuse_real_accounts(store: Store) -> None:
    """Raises `AllianceError` where the home has accounts of real people: it may not become a
    demonstration, in which everyone is somebody."""
    known = {part.username for part in PARTS} | {one.username for one in COLLEAGUES}
    with store.read() as session:
        real = [a.username for a in list_accounts(session) if a.username not in known]
    if real:
        raise AllianceError(
            f"{store.place} holds accounts of real people ({', '.join(real[:3])}), so this home "
            "may not become a demonstration. Choose another with --home DIR."
        )


def add_people(store: Store, settings: Settings, *, now: datetime, actor: str) -> None:
    """Give the demonstration's people accounts, so that what they write has a name. Nobody can
    sign in to them with a password."""
    with store.read() as session:
        there = {account.username for account in list_accounts(session)}
    for person in everyone_of(settings):
        if person.username not in there:
            create_account(
                store,
                username=person.username,
                display_name=person.display_name,
                password=None,
                authority_code=person.authority_code,
                alliance=person.alliance,
                roles=person.roles,
                now=now,
                actor=actor,
            )
