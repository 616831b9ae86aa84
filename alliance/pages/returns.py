"""Local returns of an alliance: what is due, who has given it, the figures and their history. For
members; anybody else learns how to sign in, and nothing of what is there.
"""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]

from alliance.access import ANONYMOUS, Person
from alliance.components.frame import page_frame, page_layout
from alliance.components.returns_section import difference_note, figures_table
from alliance.components.tables import plain_table
from alliance.people.current import current_person, current_time
from alliance.people.routes import SIGN_IN
from alliance.returns.declared import current_returns
from alliance.returns.records import Version
from alliance.returns.routes import (
    FIGURES,
    GIVE,
    ORIGINAL,
    PAGE,
    WITHDRAW,
    may_submit,
    template_address,
)
from alliance.returns.shared import Shared, Standing, notice, read_shared
from alliance.service import Served
from alliance.store.in_app import current_store
from alliance.view import View, link, parse_view
from indicators.words import format_day

URL = "returns-url"
NAMED: dict[str, Any] = {URL: dcc.Location}
TITLE = "Local returns"


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page; what it shows depends on who asks, not on the address."""
    view = parse_view(served, query)
    person = current_person()
    body: list[Any] = []
    for declaration in current_returns().values():
        shared = (
            read_shared(current_store(), served, person, declaration, today=current_time().date())
            if person != ANONYMOUS
            else None
        )
        if shared is None:
            return page_frame(served, view, "returns", _for_others(served, person), url_id=URL)
        body += _for_members(served, view, person, shared)
    return page_frame(served, view, "returns", [html.H1(TITLE), *body], url_id=URL)


def register(_app: Any) -> None:
    """Nothing: links and plain forms need no callback."""


def _for_others(served: Served, person: Person) -> list[Any]:
    """For whoever is no member: the same words whatever there may be."""
    lead = html.P(
        "Members of an alliance share quarterly figures here before anything is published. They "
        "are provisional, and only the alliance’s own members can see them.",
        className="lead",
    )
    if person != ANONYMOUS:
        how: Any = html.P(
            "Your account belongs to no alliance that is known here. Ask whoever runs Alliance for "
            "your area."
        )
    elif served.info.demo:
        how = html.P(
            "You are not signed in. At the top of the page you can be the director or the analyst "
            "of an authority."
        )
    else:
        how = html.P(html.A("Sign in", href=f"{SIGN_IN}?next={PAGE}"))
    return [html.H1(TITLE), lead, how]


def _for_members(served: Served, view: View, person: Person, shared: Shared) -> list[Any]:
    words = notice(served, shared.alliance.name)
    return [
        html.Div(html.P(words), className="provisional", role="note"),
        _due(served, person, shared),
        _figures(served, view, shared),
        _history(served, person, shared),
    ]


def _due(served: Served, person: Person, shared: Shared) -> html.Section:
    """The quarter that is due, who has given it, and how to give it."""
    quarter, title = shared.quarter_due, "returns-due"
    span = f"{quarter.start:%B} to {quarter.end:%B %Y}"
    given = sum(item.state == "given" for item in shared.standing())
    due = format_day(shared.due_on)
    is_over = shared.today > shared.due_on
    sentence = (
        f"{quarter.label} ({span}) {'was' if is_over else 'is'} due by {due}. {given} of "
        f"{len(shared.alliance.members)} authorities have given it."
    )
    rows = [
        [served.name(item.authority_code), _state(item), *_given_cells(shared, item.version)]
        for item in shared.standing()
    ]
    return html.Section(
        [
            html.H2(shared.declaration.title, id=title),
            html.P(sentence, className="sentence"),
            plain_table(
                f"{shared.declaration.title}, {quarter.label}",
                ["Authority", "State", "Version", "Given on", "By", "Comment"],
                {"": rows},
                kind="return-states",
            ),
            *_actions(person, shared),
        ],
        className="card",
        **{"aria-labelledby": title},
    )


def _state(standing: Standing) -> html.Span:
    marks = {"given": "✓ Given", "late": "! Late", "due": "Due"}
    words = marks[standing.state]
    if standing.version is not None and not standing.version.given:
        words = f"{words}: withdrawn"
    return html.Span(words, className="return-state")


def _given_cells(shared: Shared, version: Version | None) -> list[str]:
    if version is None:
        return ["–", "–", "–", "–"]
    return [
        str(version.version),
        format_day(version.at.date()),
        shared.names[version.by],
        version.note or "–",
    ]


def _actions(person: Person, shared: Shared) -> list[Any]:
    declaration = shared.declaration
    figures = html.A(
        "Download all figures (CSV)", href=f"{FIGURES}/{declaration.id}.csv", className="download"
    )
    if not may_submit(person):
        words = (
            "A return is given by an analyst or the director of the authority itself; you can "
            "read what the others have given."
        )
        return [html.P(words, className="small"), html.P(figures)]
    return [
        html.Div(
            [
                html.A("Give a return", href=f"{GIVE}/{declaration.id}", className="form-button"),
                html.A(
                    "Download the template (Excel)",
                    href=template_address(declaration.id),
                    className="download",
                ),
                figures,
            ],
            className="return-actions",
        )
    ]


def _figures(served: Served, view: View, shared: Shared) -> html.Section:
    """A small table for each figure, by topic; the first topic is open."""
    title = "returns-figures"
    topics = [
        html.Details(
            [
                html.Summary(topic),
                *(
                    part
                    for indicator in shared.declaration.indicators
                    if indicator.topic == topic
                    for part in (
                        html.H3(indicator.title),
                        figures_table(served, shared, indicator),
                        difference_note(
                            indicator, _to_published(view, served, indicator.published_as)
                        ),
                    )
                ),
            ],
            open=number == 0,
        )
        for number, topic in enumerate(shared.declaration.topics)
    ]
    return html.Section(
        [
            html.H2("The figures", id=title),
            html.P(
                "Quarters as the authorities gave them, worked out alike for all. The published "
                "annual figure stands beside them and is never mixed with them.",
                className="lead",
            ),
            html.Div(topics, className="return-topics"),
        ],
        className="card",
        **{"aria-labelledby": title},
    )


def _to_published(view: View, served: Served, indicator_id: str) -> list[Any]:
    if indicator_id not in served.indicators:
        return []
    title = served.indicators[indicator_id]["title"]
    return [" Published: ", dcc.Link(title, href=link(f"/indicator/{indicator_id}", view)), "."]


def _history(served: Served, person: Person, shared: Shared) -> html.Section:
    title = "returns-history"
    submits = may_submit(person)
    rows = [
        [
            version.quarter.label,
            served.name(version.authority_code),
            str(version.version),
            "given" if version.given else "withdrawn",
            f"{format_day(version.at.date())}, {version.at:%H:%M} UTC",
            shared.names[version.by],
            version.note or "–",
            _file(version, own=submits and version.authority_code == person.authority_code),
            _withdraw(shared, version)
            if submits and version.authority_code == person.authority_code
            else "",
        ]
        for version in sorted(shared.versions, key=lambda v: (v.at, v.id), reverse=True)
    ]
    head = ["Quarter", "Authority", "Version", "State", "When", "By", "Comment", "File", ""]
    table: Any = plain_table(
        "Every version of every quarter, newest first", head, {"": rows}, kind="return-history"
    )
    if not rows:
        table = html.P("No return has been given yet.", className="empty")
    return html.Section(
        [
            html.H2("History", id=title),
            html.P("Nothing is overwritten: a new upload is a new version.", className="lead"),
            table,
        ],
        className="card",
        **{"aria-labelledby": title},
    )


def _file(version: Version, *, own: bool) -> Any:
    if version.submission_id is None:
        return "–"
    if not own:
        return version.file_name
    return html.A(version.file_name, href=f"{ORIGINAL}/{version.submission_id}")


def _withdraw(shared: Shared, version: Version) -> Any:
    current = shared.current[version.authority_code, version.quarter]
    if current.id != version.id or not version.given:
        return ""
    reason = f"returns-withdraw-{version.id}"
    return html.Details(
        [
            html.Summary("Withdraw"),
            html.Form(
                [
                    dcc.Input(type="hidden", name="csrf_token", value=generate_csrf()),
                    dcc.Input(type="hidden", name="version", value=str(version.id)),
                    html.Label("Why the figures no longer stand", htmlFor=reason),
                    dcc.Input(id=reason, name="reason", type="text", required=True,
                              className="return-field"),
                    html.Button(
                        f"Withdraw version {version.version} of {version.quarter.label}",
                        type="submit", className="form-button",
                    ),
                ],
                action=f"{WITHDRAW}/{shared.declaration.id}",
                method="post",
            ),
        ],
        className="withdraw",
    )  # fmt: skip
