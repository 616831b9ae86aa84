"""Whom an authority might ring about a figure: who is alike to it, and what the log holds of them
that the person who asks may see. The arithmetic is in `indicators.who_to_ring`.

The log is read by `alliance.log.entries` alone, as that person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session

from alliance.access import Person
from alliance.context_measures import context_values, default_weights
from alliance.log.asking import may_have_entries, names_of
from alliance.log.entries import list_entries
from alliance.log.entry import Entry
from alliance.log.kinds.practice import PRACTICE
from alliance.log.kinds.support import GIVING, SUPPORT
from alliance.log.words import Names
from alliance.service import Served
from alliance.store.in_app import current_store
from indicators.nearest import nearest
from indicators.who_to_ring import Asked, Kinship, whom_to_ring

ALIKE = 10
"""So many of the nearest by context are alike, beside the statistical neighbours."""
SHARED, OFFERED = ("shared",), ("offered",)
"""States in which a practice can be learnt from, and support can be taken."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an authority has written in the log: a practice, or an offer of support. `contact` says
    whom to ask, as it is recorded there."""

    code: str
    entry: Entry
    contact: str
    same: bool
    """Whether it is about the very indicator, and not only about its topic."""


def kin_of(served: Served, code: str) -> tuple[Kinship, ...]:
    """Who is alike to an authority: its statistical neighbours of the newest model, and those that
    the declared measures of context bring nearest; without those that are no more."""
    rows = served.release.neighbours(code)
    places = {row["neighbour_code"]: place for place, row in enumerate(rows, 1)}
    weights = dict(default_weights(served))
    values = context_values(served, weights)
    ordered = nearest(values, weights, code, n=len(served.authorities)) if weights else ()
    near = {one.area_code: place for place, one in enumerate(ordered[:ALIKE], 1)}
    return tuple(
        Kinship(other, places.get(other), len(rows), near.get(other), len(ordered))
        for other in dict.fromkeys([*places, *near])
        if other in served.authorities and served.authorities[other]["valid_to"] is None
    )


def read_asked(served: Served, code: str, indicator_id: str) -> Asked:
    """Whom the figures name for a concern: an authority and an indicator."""
    kin = kin_of(served, code)
    codes = [code, *(one.code for one in kin)]
    series: dict[str, list[dict[str, object]]] = {other: [] for other in codes}
    for row in served.release.series_of(indicator_id, codes):
        series[row["area_code"]].append(row)
    ours = series.pop(code)
    return whom_to_ring(ours, series, kin, served.indicators[indicator_id])


def read_written(
    served: Served, code: str, indicator_id: str, person: Person
) -> tuple[tuple[Written, ...], Names] | None:
    """What others have written about the indicator or its topic that the person may see, that about
    the very indicator first. None for whoever has no part in a log."""
    if not may_have_entries(person):
        return None
    with current_store().read() as session:
        names = names_of(served, session)
        found = [*_practices(session, person), *_offers(session, person, names)]
    topic = served.indicators[indicator_id]["domain"]

    @cache
    def topic_of(other: str | None) -> str:
        return str(served.indicators[other]["domain"]) if other in served.indicators else ""

    wanted = [
        Written(whose, entry, contact, entry.indicator_id == indicator_id)
        for whose, entry, contact in found
        if whose != code and topic_of(entry.indicator_id) == topic
    ]
    return tuple(sorted(wanted, key=lambda one: (not one.same, -one.entry.id))), names


def _practices(session: Session, person: Person) -> Sequence[tuple[str, Entry, str]]:
    found = list_entries(session, person, PRACTICE.id, states=SHARED)
    return [
        (code, entry, str(entry.content.get("contact") or ""))
        for entry in found
        for code in entry.on_side(PRACTICE.lead)
    ]


def _offers(session: Session, person: Person, names: Names) -> Sequence[tuple[str, Entry, str]]:
    """Offers of support; whom to ask is who wrote it."""
    found = list_entries(session, person, SUPPORT.id, states=OFFERED)
    return [
        (code, entry, names.author(entry.created_by))
        for entry in found
        for code in entry.on_side(GIVING)
    ]
