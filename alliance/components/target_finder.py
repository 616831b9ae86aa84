"""Finding a target before a priority is written: a form that asks for an authority, an indicator
and a day, and the page that it leads to, from which a level is taken into a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dash import html

from alliance.components.entry_form import Offered, indicator_options
from alliance.components.native import Input, Option, Select
from alliance.components.targets_section import targets_section
from alliance.log.addresses import TARGETS, begin_address
from alliance.log.kinds.priority import PRIORITY
from alliance.prospects import Prospects
from alliance.service import Served
from alliance.view import View, address
from indicators.targets import Target
from indicators.words import format_value

PREFIX = "targets-"
TITLE = "What a target would mean"
LEAD = (
    "What the neighbours’ median, the best quarter and an authority’s own trend would come to by a "
    "day, in figures and in children, and whether anybody who stood there ever moved so far."
)
NOTHING_YET = "Choose an indicator and a day, and press “Show”."
DRAFT = PRIORITY.begins[0]


def finder_form(
    offers: Offered, query: Mapping[str, str | None], us: str, *, apart: bool
) -> html.Form:
    """The form. `apart`: its answer opens in a new tab, so that what is typed beside it stays."""
    where = {"target": "_blank"} if apart else {}
    button = "Show in a new tab" if apart else "Show"
    places: list[Option] = [(k, name, "") for k, name in offers.known.authorities.items()]
    if us not in offers.known.authorities:
        places.insert(0, ("", "Choose", ""))
    return html.Form(
        [
            _labelled("us", "Authority", Select(options=places, value=us, **_named("us"))),
            _labelled(
                "indicator_id",
                "Indicator",
                Select(
                    options=[("", "Choose", ""), *indicator_options(offers)],
                    value=query.get("indicator_id") or "",
                    **_named("indicator_id"),
                ),
            ),
            _labelled(
                "due_on",
                "By when",
                Input(type="date", value=query.get("due_on") or "", **_named("due_on")),
            ),
            html.Button(button, type="submit", className="form-button form-button-second"),
        ],
        action=TARGETS,
        method="get",
        className="entry-form targets-form",
        **where,
    )


def _named(name: str) -> dict[str, str]:
    css = "answer-day" if name == "due_on" else "answer-choice"
    return {"id": f"{PREFIX}{name}", "name": name, "className": css}


def _labelled(name: str, label: str, field: Any) -> html.Div:
    return html.Div([html.Label(label, htmlFor=f"{PREFIX}{name}"), field], className="form-group")


def finder_beside(offers: Offered, query: Mapping[str, str | None], us: str) -> html.Details:
    """The form as it stands beside the one that a priority is written in."""
    return html.Details(
        [html.Summary(TITLE), html.P(LEAD), finder_form(offers, query, us, apart=True)],
        className="card targets-finder",
    )


def finder_page(
    served: Served, view: View, offers: Offered, query: Mapping[str, str | None]
) -> list[Any]:
    """The page for a query of `us`, `indicator_id` and `due_on`."""
    head = [html.H1(TITLE), html.P(LEAD, className="lead")]
    form = finder_form(offers, query, view.us, apart=False)
    indicator_id = query.get("indicator_id") or ""
    by, fault = _day(query.get("due_on") or "")
    faults = [html.P(fault, className="error-message")] if fault else []
    if indicator_id not in served.indicators:
        return [*head, form, *faults, html.P(NOTHING_YET, className="empty")]

    def take(found: Prospects, target: Target) -> Any:
        return _take(served, found, target)

    shown = targets_section(served, view, view.us, indicator_id, by, prefix=PREFIX, take=take)
    return [*head, form, *faults, shown]


def _day(text: str) -> tuple[date | None, str]:
    try:
        return (date.fromisoformat(text) if text else None), ""
    except ValueError:
        return None, f"“{text[:20]}” is no day: give one such as 2027-03-31."


def _take(served: Served, found: Prospects, target: Target) -> Any:
    """The way to a draft that has the level as its target and the latest figure as its start."""
    if target.reached:
        return ""
    indicator, decimals = found.indicator, found.indicator["decimals"]
    query = {
        "indicator_id": indicator["indicator_id"],
        "authorities": found.code,
        "due_on": found.by.isoformat() if found.by else None,
        "baseline": f"{found.row['value']:.{decimals}f}",
        "baseline_period": found.row["period"],
        "baseline_release": served.info.release_id,
        "target": f"{target.level.value:.{decimals}f}",
    }
    shown = format_value(target.level.value, indicator["unit"], decimals)
    words = ["Draft", html.Span(f" a priority that aims at {shown}", className="vh")]
    return html.A(words, href=address(begin_address(PRIORITY.id, DRAFT.id), query))
