"""Overview: the alliance on one screen, authorities by headline indicators (the “tartan rug”)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from alliance.comparison_set import members_of, scope_name, scope_options
from alliance.components.enquiries import PATH, kind_mark
from alliance.components.frame import page_frame, page_layout
from alliance.components.navigation import register_navigation
from alliance.components.pickers import pickers, select
from alliance.components.rug import Figures, rug
from alliance.log.asides import arrange_for_reader
from alliance.pages.you import strip
from alliance.service import Served
from alliance.view import ALL_TOPICS, View, link, parse_view
from alliance.worth_discussing import read_worth
from indicators.tally import tally_figures, tally_words

URL, ALLIANCE, US = "overview-url", "overview-alliance", "overview-us"
SCOPE, TOPIC = "overview-scope", "overview-topic"
LEADING = 3
"""So many items of the list of what is worth discussing are shown."""
NAMED: dict[str, Any] = {
    URL: dcc.Location, ALLIANCE: dmc.Select, US: dmc.Select, SCOPE: dmc.Select, TOPIC: dmc.Select,
}  # fmt: skip


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page for a query of `alliance`, `us`, `scope` and `topic`."""
    view = parse_view(served, query)
    topics = list(dict.fromkeys(row["domain"] for row in served.headline.values()))
    topic = query.get("topic") or ALL_TOPICS
    topic = topic if topic in topics else ALL_TOPICS
    codes, name = members_of(served, view, view.scope), scope_name(served, view, view.scope)
    figures = {(row["indicator_id"], row["area_code"]): row for row in served.release.cells(codes)}
    choices = [{"value": ALL_TOPICS, "label": "All topics"}]
    choices += [{"value": name, "label": name} for name in topics]
    return page_frame(
        served,
        view,
        "overview",
        [
            html.H1(f"{name[:1].upper()}{name[1:]}"),
            *strip(served, view),
            html.P(
                [
                    f"{_summary(served, view, figures)} ",
                    dcc.Link(
                        f"What stands out for {served.name(view.us)}",
                        href=link(f"/authority/{view.us}", view),
                    ),
                    ".",
                ],
                className="lead",
            ),
            pickers(
                served,
                view,
                alliance_id=ALLIANCE,
                us_id=US,
                more=[
                    select("Show", SCOPE, scope_options(served, view), view.scope),
                    select("Topic", TOPIC, choices, topic),
                ],
            ),
            *_worth(served, view),
            *_changes(served, view),
            rug(served, view, figures, None if topic == ALL_TOPICS else topic, codes, name),
        ],
        url_id=URL,
    )


def register(app: Any) -> None:
    """A choice leads to the address that shows it."""
    register_navigation(
        app, url_id=URL, alliance_id=ALLIANCE, us_id=US, more={"scope": SCOPE, "topic": TOPIC}
    )


def _summary(served: Served, view: View, figures: Figures) -> str:
    """How our figures stand to the country's, and on how many that rests."""
    tally = tally_figures(_own(served, view, figures))
    name, country = served.authorities[view.us]["name"], str(served.country["name"])
    if not tally.shown:
        return f"{name} has no figure among the {len(served.headline)} headline indicators."
    return (
        f"{name} has a figure for {tally.shown} of {len(served.headline)} headline indicators. "
        f"{tally_words(tally, country)}"
    )


def _own(served: Served, view: View, figures: Figures) -> list[Mapping[str, Any]]:
    """The figures that its profile shows: the latest, or the last of one that is no more."""
    if served.authorities[view.us]["valid_to"] is not None:
        return list(served.release.last_figures(view.us))
    return [row for (_, code), row in figures.items() if code == view.us]


def _worth(served: Served, view: View) -> list[Any]:
    """What leads the list of what is worth discussing, as its reader sees that; nothing where the
    release has none."""
    worth = read_worth(served, view.us)
    shown = arrange_for_reader(served, worth).shown if worth.items else ()
    if not shown:
        return []
    rows = [
        html.Li([kind_mark(one.item), f" {one.item.title}"], className="enquiry-brief")
        for one in shown[:LEADING]
    ]
    more = len(shown) - len(rows)
    words = f"The list with reasons{f', and {more} more' if more > 0 else ''}"
    return [
        html.Section(
            [
                html.H2(f"Worth discussing for {served.name(view.us)}"),
                html.Ol(rows),
                html.P(dcc.Link(words, href=link(PATH, view))),
            ],
            className="card",
            id="overview-worth",
        )
    ]


def _changes(served: Served, view: View) -> list[Any]:
    """What the last refresh brought, where there was a release before it."""
    rows = served.release.changes()
    if not rows:
        return []
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        kinds.setdefault(row["kind"], []).append(row)
    items, short = [], []
    for kind, words, brief in (
        ("new_period", "A new period for", "a new period for {}"),
        ("revised", "Revised figures in", "revised figures in {}"),
        ("new_indicator", "New:", "{} new"),
        ("lost_figures", "Figures no longer there in", "figures lost in {}"),
    ):
        found = {row["indicator_id"]: row["title"] for row in kinds.get(kind, [])}
        if found:
            number = _indicators(len(found))
            items.append(html.Li([f"{words} {number}: ", *_links(found, view)]))
            short.append(brief.format(number))
    if kinds.get("lost_indicator"):
        lost = ", ".join(row["title"] for row in kinds["lost_indicator"])
        items.append(html.Li(f"No longer there: {lost}."))
        short.append(f"{_indicators(len(kinds['lost_indicator']))} lost")
    return [
        html.Details(
            [
                html.Summary(f"What the last refresh changed: {', '.join(short)}"),
                html.Ul(items),
            ],
            className="card",
        )
    ]


def _indicators(number: int) -> str:
    return f"{number} {'indicator' if number == 1 else 'indicators'}"


def _links(found: Mapping[str, str], view: View, shown: int = 8) -> list[Any]:
    links: list[Any] = []
    for indicator_id, title in list(found.items())[:shown]:
        links += [dcc.Link(title, href=link(f"/indicator/{indicator_id}", view)), ", "]
    links.pop()
    more = len(found) - shown
    return [*links, f" and {more} more." if more > 0 else "."]
