"""The releases of the home: which is served, which wait, what each would change or did change, and
the decisions about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import dash_mantine_components as dmc
from dash import dcc, html
from flask import get_flashed_messages, session
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]

from alliance.access import Decision, Person, ReleaseSubject, decide
from alliance.components.tables import plain_table
from alliance.log.resting import drift_finder
from alliance.publishing import (
    STATE_WORDS,
    ListedRelease,
    ReleaseDesk,
    State,
    event_sentence,
)
from alliance.release_routes import (
    ACTIONS,
    ALLIANCE,
    EVERYONE,
    MOST_REASON,
    TYPED,
    US,
    action_address,
    areas_of,
    impact_csv_address,
)
from alliance.service import Served
from alliance.settings import Settings
from alliance.store.in_app import current_store
from alliance.view import View, link
from indicators.impact import DRIFT, GROUPS, Impact, Part
from indicators.words import format_day

LINES_SHOWN = 8
EVENTS_SHOWN = 20
STATE_MARKS = {State.SERVED: "●", State.HELD: "▲", State.KEPT: "○", State.FOUND: "▲"}
SCOPES = {EVERYONE: "Everyone", ALLIANCE: "The alliance", US: "Our authority"}


def releases_section(
    served: Served, view: View, desk: ReleaseDesk, person: Person, wanted: str, scope: str
) -> html.Section:
    """The releases that this person may see, the one that is `wanted` opened below the list."""
    reviews = decide(person, "release.review").allowed
    listed = [item for item in desk.listed() if reviews or not item.waits]
    chosen = next((item for item in listed if item.info.release_id == wanted), None)
    return html.Section(
        [
            html.H2("Releases"),
            *_told(),
            html.P(_lead(listed), className="sentence"),
            plain_table(
                "Releases",
                ["Release", "State", "Built", "Holds", "What it changes"],
                {"": [_row(item, view) for item in listed]},
                kind="wide",
            ),
            *(_opened(view, desk, person, chosen, scope, served.settings) if chosen else []),
            *(_record(desk) if reviews else []),
        ],
        className="card",
        id="data-releases",
    )


def _told() -> list[Any]:
    """What became of the decision just made."""
    colours = {"done": "teal", "refused": "orange"}
    return [
        dmc.Alert(text, color=colours.get(kind, "gray"), className="note")
        for kind, text in cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))
        if kind in colours
    ]


def _lead(listed: Sequence[ListedRelease]) -> str:
    waiting = sum(item.waits for item in listed)
    kept = f"{len(listed)} releases are kept" if len(listed) != 1 else "1 release is kept"
    if not waiting:
        return f"{kept}; none waits for a decision."
    return f"{kept}; {waiting} {'waits' if waiting == 1 else 'wait'} for somebody to decide."


def _row(item: ListedRelease, view: View) -> list[Any]:
    info = item.info
    words = STATE_WORDS[item.state] + (", rolled back from" if item.rolled_back else "")
    return [
        info.release_id,
        [html.Span(STATE_MARKS[item.state], **{"aria-hidden": "true"}), f" {words.capitalize()}"],
        f"{format_day(info.built_at.date())} at {info.built_at:%H:%M} UTC by {info.built_by}",
        f"{info.n_indicators} indicators, {info.n_observations:,} figures",
        dcc.Link("Impact", href=f"{link('/data', view, release=info.release_id)}#data-releases"),
    ]


def _opened(
    view: View,
    desk: ReleaseDesk,
    person: Person,
    item: ListedRelease,
    scope: str,
    settings: Settings,
) -> list[Any]:
    areas = areas_of(view, scope)
    finds = drift_finder(current_store(), person, settings, areas) if desk.store else None
    impact = desk.impact(item.info.release_id, areas=areas, shown=LINES_SHOWN, find_drift=finds)
    would = "changed" if item.state is State.SERVED else "would change"
    if impact.old is None:
        against = "There is no release to compare it with."
    else:
        against = f"Against release {impact.old.release_id}."
    return [
        html.H3(f"What release {item.info.release_id} {would}"),
        html.P([against, " For: ", *_scopes(view, item, scope)], className="scopes"),
        *_report(impact),
        html.P(
            [
                "Every difference as ",
                html.A("CSV", href=impact_csv_address(item.info.release_id, view, scope)),
                ", without what concerns the challenge log: a file goes to anybody.",
            ],
            className="small",
        ),
        *_decisions(desk, person, item, impact),
    ]


def _scopes(view: View, item: ListedRelease, scope: str) -> list[Any]:
    parts: list[Any] = []
    for key, label in SCOPES.items():
        here = link("/data", view, release=item.info.release_id, impact=key)
        mark: dict[str, Any] = {"aria-current": "true"} if key == scope else {}
        shown = html.Strong(label, **mark) if key == scope else dcc.Link(label, href=here)
        parts += [shown, " · "]
    return parts[:-1]


def _report(impact: Impact) -> list[Any]:
    if impact.is_empty:
        return [html.P("No figure, rank, signal or finding changes.", className="empty")]
    return [
        block
        for group in GROUPS
        if impact.group(group)
        for block in (html.H4(group), *(_part(part) for part in impact.group(group)))
    ]


def _part(part: Part) -> html.Details:
    more = part.total - len(part.lines)
    lines: list[Any] = [html.Li(line.sentence) for line in part.lines]
    if more > 0:
        where = "on their own pages" if part.section == DRIFT else "in the CSV"
        lines.append(html.Li(f"and {more:,} more, {where}"))
    return html.Details(
        [html.Summary(f"{part.heading}: {part.total:,}"), html.Ul(lines)],
        open=part.total <= LINES_SHOWN,
        className="impact-part",
    )


def _decisions(
    desk: ReleaseDesk, person: Person, item: ListedRelease, impact: Impact
) -> Iterable[Any]:
    """The forms of what may be done with the release; of what may not be done, why."""
    seen = impact.old.release_id if impact.old else ""
    subject = ReleaseSubject(item.info.built_by, desk.second_person)
    if item.waits:
        yield _form("publish", item, decide(person, "release.publish", subject), seen)
        discard = decide(person, "release.publish", ReleaseSubject(built_by=""))
        yield _form("discard", item, discard, seen)
    elif item.state is State.KEPT:
        yield _form("roll-back", item, decide(person, "release.roll_back"), seen)


def _form(action_id: str, item: ListedRelease, decision: Decision, seen: str) -> Any:
    action, release_id = ACTIONS[action_id], item.info.release_id
    if not decision.allowed:
        return html.P(f"{action.label}: {decision.reason}", className="small")
    field = f"data-{action_id}-reason"
    return html.Form(
        [
            dcc.Input(type="hidden", name="csrf_token", value=generate_csrf()),
            dcc.Input(type="hidden", name="against", value=seen),
            html.Label("Why: this is recorded with your name", htmlFor=field),
            dcc.Input(
                id=field, name="reason", type="text", required=True, maxLength=MOST_REASON,
                value=_typed(release_id), className="reason", autoComplete="off",
            ),
            html.Button(action.label, type="submit", className=f"act act-{action_id}"),
        ],
        action=action_address(action_id, release_id),
        method="post",
        className="decision",
    )  # fmt: skip


def _typed(release_id: str) -> str:
    """The reason that was typed for a decision that was refused."""
    kept = session.get(TYPED)
    return str(kept[1]) if kept and kept[0] == release_id else ""


def _record(desk: ReleaseDesk) -> list[Any]:
    events = desk.history()[-EVENTS_SHOWN:]
    if not events:
        return []
    rows = [
        [f"{format_day(event.at.date())} at {event.at:%H:%M} UTC", event.actor,
         event_sentence(event).capitalize(), event.reason or "–"]
        for event in reversed(events)
    ]  # fmt: skip
    return [
        html.Details(
            [
                html.Summary("Who did what, when and why"),
                plain_table(
                    "What was done with releases", ["When", "Who", "What", "Why"], {"": rows},
                    kind="wide",
                ),
            ]
        )
    ]  # fmt: skip
