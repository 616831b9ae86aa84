"""Fills the demonstration's challenge log with a year of its alliance: the story's moves, each made
by its person on its day, by the same path as any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alliance.access import Person
from alliance.demonstration.story import (
    MEMBERS,
    STORIES,
    Answer,
    Day,
    Listed,
    Seen,
    Step,
    Story,
    Value,
)
from alliance.log.asking import enquiries_of
from alliance.log.entries import list_entries
from alliance.log.fields import Known
from alliance.log.freezing import preview
from alliance.log.kinds.aside import enquiry_key
from alliance.log.writing import Figure, begin_entry, make_move
from alliance.people.demonstration import everyone_of
from alliance.service import Served
from alliance.store import Store
from alliance.view import address, parse_view
from alliance.worth_discussing import read_worth
from ingest.errors import AllianceError


@dataclass(frozen=True)
class Stage:
    """Where the story is played: the people by username, the releases by edition, and today."""

    store: Store
    people: Mapping[str, Person]
    known: Known
    editions: Mapping[str, Served]
    today: datetime
    refs: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)


def fill_log(store: Store, editions: Mapping[str, Served], *, now: datetime) -> int:
    """Give the demonstration's alliance its year, where its log is empty; how many moves were made.
    `editions`: the releases of the `previous` and the `latest` edition. Nothing where settings name
    another alliance than the story's. Raises `AllianceError` as `play`."""
    served = editions["latest"]
    people = {person.username: person for person in everyone_of(served.settings)}
    alliance = served.alliances.get(people["m.ashby"].alliance or "")
    if alliance is None or not set(MEMBERS) <= set(alliance.members):
        return 0
    known = Known(
        authorities={code: served.name(code) for code in alliance.members},
        people={name: person.display_name for name, person in people.items()},
        indicators={key: str(row["title"]) for key, row in served.indicators.items()},
        enquiries={
            key: title for code in MEMBERS for key, title in enquiries_of(served, code).items()
        },
    )
    return play(Stage(store, people, known, editions, now))


def play(stage: Stage, stories: Sequence[Story] = STORIES) -> int:
    """Make every move of the stories, the earliest first; how many were made. Where the log holds
    anything that its manager sees it is left as it is.

    Raises `AllianceError` where the product's own rules refuse a move.
    """
    with stage.store.read() as session:
        if any(list_entries(session, person) for person in stage.people.values()):
            return 0
    moves = [(step, story) for story in stories for step in story.steps]
    for step, story in sorted(moves, key=lambda move: move[0].days):
        _make(stage, story, step)
    return len(moves)


def _make(stage: Stage, story: Story, step: Step) -> None:
    person = stage.people[step.who]
    at = min(stage.today + timedelta(days=step.days), stage.today)
    raw = {key: _raw(stage, answer) for key, answer in step.answers.items()}
    try:
        with stage.store.write(now=at, actor=person.username) as unit:
            if story.key not in stage.refs:
                entry = begin_entry(
                    unit, person, stage.known, story.kind, step.move, raw,
                    parent_ref=stage.refs[story.parent] if story.parent else None,
                    figures=[_freeze(stage.editions[seen.edition], seen) for seen in story.seen],
                    about=[(relation, stage.refs[key]) for relation, key in story.about],
                )  # fmt: skip
            else:
                entry = make_move(
                    unit, person, stage.known, stage.refs[story.key], step.move, raw,
                    version=stage.versions[story.key],
                )  # fmt: skip
    except AllianceError as error:
        raise AllianceError(
            f"The demonstration’s “{story.key}” could not make its move “{step.move}”: {error}"
        ) from error
    stage.refs[story.key], stage.versions[story.key] = entry.ref, entry.version


def _freeze(served: Served, seen: Seen) -> Figure:
    """A figure as the page of its indicator showed it."""
    query = {"us": seen.authority, "indicator": seen.indicator, "scope": seen.scope}
    page = address(f"/indicator/{seen.indicator}", {"us": seen.authority, "scope": seen.scope})
    figure = preview(served, parse_view(served, query), {**query, "from": page})
    if figure is None:
        raise AllianceError(f"The release has no {seen.indicator} of {seen.authority}.")
    return figure


def _raw(stage: Stage, answer: Answer) -> Sequence[str]:
    """An answer as a form sends it."""
    if isinstance(answer, Day):
        return [(stage.today + timedelta(days=answer.days)).date().isoformat()]
    if isinstance(answer, Value):
        return [_figure(stage, answer)]
    if isinstance(answer, Listed):
        return [_listed(stage, answer)]
    return list(answer) if isinstance(answer, tuple) else [answer]


def _listed(stage: Stage, wanted: Listed) -> str:
    items = read_worth(stage.editions["latest"], wanted.authority).items
    found = next((item for item in items if item.lead[0] == wanted.indicator), None)
    if found is None:
        raise AllianceError(f"{wanted.indicator} leads no line of {wanted.authority}’s list.")
    return enquiry_key(found.id, found.fingerprint)


def _figure(stage: Stage, wanted: Value) -> str:
    series = stage.editions[wanted.edition].release.series(wanted.indicator, wanted.authority)
    known = [row["value"] for row in series if row["value"] is not None
             and wanted.period in (None, row["period"])]  # fmt: skip
    return f"{known[-1] - wanted.less:.1f}"
