"""“Raise a challenge”: the way from a figure to a question about it, for those who may ask one.

Whether somebody may is decided in `alliance.access`; the address names the figure, and the page
that it leads to reads it anew.
"""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from flask import g, has_request_context

from alliance.components.indicator_subject import Subject
from alliance.context_measures import write_weights
from alliance.log.kinds.challenge import CHALLENGE
from alliance.log.waiting import may_begin
from alliance.saved.asking import asking_person
from alliance.view import View, address, link

NEW_CHALLENGE = "/challenges/new"
LABEL = "Raise a challenge"


def raising() -> bool:
    """Whether whoever asks may raise a challenge, found once for a request."""
    if not has_request_context():
        return False
    if "alliance_raising" not in g:
        g.alliance_raising = any(
            may_begin(asking_person(), CHALLENGE, move) for move in CHALLENGE.begins
        )
    return bool(g.alliance_raising)


def raise_address(
    view: View, indicator_id: str, period: str, *, scope: str, us: str = "", page: str = ""
) -> str:
    """Where a challenge on a figure is raised. `us` is whose figure it is (the view's own where
    none is named), `page` the one that it is seen on (the indicator's where none is named)."""
    whose = us or view.us
    here = page or link(f"/indicator/{indicator_id}", view, us=whose, period=period, scope=scope)
    query: dict[str, str | None] = {
        "indicator": indicator_id,
        "period": period,
        "alliance": view.alliance.key,
        "us": whose,
        "scope": scope,
        **write_weights(view.weights),
        "from": here,
    }
    return address(NEW_CHALLENGE, query)


def raise_on(subject: Subject, section: str) -> list[Any]:
    """The link of a section of an indicator's page, to which its reader comes back."""
    page = link(f"/indicator/{subject.key}", subject.view, period=subject.period,
                scope=subject.scope)  # fmt: skip
    return raise_link(
        subject.view, subject.key, subject.period, scope=subject.scope,
        about=f"{subject.indicator['title']} of {subject.name}", page=f"{page}#{section}",
    )  # fmt: skip


def raise_link(
    view: View,
    indicator_id: str,
    period: str,
    *,
    scope: str,
    about: str,
    us: str = "",
    page: str = "",
    label: str = LABEL,
) -> list[Any]:
    """The link, for somebody who may raise a challenge; nothing for everybody else. `about` ends
    its name for those who hear it among others."""
    if not raising():
        return []
    here = raise_address(view, indicator_id, period, scope=scope, us=us, page=page)
    return [
        dcc.Link(
            [label, html.Span(f" on {about}", className="vh")], href=here, className="raise-link"
        )
    ]
