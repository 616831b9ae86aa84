"""The entries of the list of indicators: under their topics, or as a search found them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dash import dcc, html

from alliance.search import AreaMatch, Match, search_areas, search_indicators
from alliance.service import Served
from alliance.view import View, link
from indicators.words import unit_words

Row = Mapping[str, Any]
MOST_SHOWN = 60
"""Of what a search finds, so many are listed at first; a link shows them all."""


def entries_for(served: Served, view: View, words: str, *, all_of_them: bool = False) -> list[Any]:
    """What the list shows for those words: every indicator by topic where there are none."""
    words = words.strip()
    if not words:
        return _by_topic(served, view)
    areas, found = search_areas(served, words), search_indicators(served, words)
    shown = found if all_of_them else found[:MOST_SHOWN]
    reason = _shared_reason(shown)
    count = [_count(words, areas, found, reason)]
    if len(found) > len(shown):
        whole = link("/indicator", view, q=words, all="yes")
        label = f"Show all {len(found)}"
        count += [f" The first {MOST_SHOWN} are shown. ", dcc.Link(label, href=whole), "."]
    return [
        html.P(count, className="lead found-count", role="status"),
        *_areas(served, view, areas),
        *_found(served, view, shown, reason),
    ]


def _shared_reason(found: Sequence[Match]) -> str:
    """The reason that most of them have, to be said once."""
    common = Counter(match.reason for match in found).most_common(1)
    shared = bool(common) and common[0][1] > max(1, len(found) // 2)
    return common[0][0] if shared and common[0][0].startswith("matches") else ""


def _count(words: str, areas: Sequence[AreaMatch], found: Sequence[Match], reason: str) -> str:
    if not found and not areas:
        return f"Nothing found for “{words}”. Try fewer words, or other ones."
    parts = [_many(len(areas), "authority", "authorities")] if areas else []
    parts += [_many(len(found), "indicator", "indicators")] if found or not areas else []
    why = f": “{words}” {reason}" if reason else ""
    return f"{' and '.join(parts)} found{why}."


def _many(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _areas(served: Served, view: View, areas: Sequence[AreaMatch]) -> list[Any]:
    if not areas:
        return []
    items = []
    for match in areas:
        area = served.authorities[match.area_code]
        ceased = ", ceased" if area["valid_to"] is not None else ""
        items.append(
            html.Li(
                [
                    dcc.Link(area["name"], href=link(f"/authority/{match.area_code}", view)),
                    html.Span(f" {area['region']}{ceased}", className="unit"),
                ]
            )
        )
    return [
        html.Section(
            [
                html.H2("Authorities", id="indicators-authorities"),
                html.Ul(items, className="places"),
            ],
            className="card topic-card",
            **{"aria-labelledby": "indicators-authorities"},
        )
    ]


def _found(served: Served, view: View, found: Sequence[Match], shared: str) -> list[Any]:
    if not found:
        return []
    rows = [
        _entry(
            served, view, served.indicators[match.indicator_id],
            "" if match.reason == shared else match.reason, topic=True,
        )
        for match in found
    ]  # fmt: skip
    return [_card("Indicators", "indicators-list", rows)]


def _by_topic(served: Served, view: View) -> list[Any]:
    topics: dict[str, list[Row]] = {}
    for row in served.indicators.values():
        topics.setdefault(row["domain"], []).append(row)
    numbered = [
        (f"indicators-topic-{n}", topic, rows) for n, (topic, rows) in enumerate(topics.items(), 1)
    ]
    jump = html.Nav(
        html.Ul(
            [
                html.Li([html.A(topic, href=f"#{key}"), html.Span(f" {len(rows)}")])
                for key, topic, rows in numbered
            ]
        ),
        className="topics",
        **{"aria-label": "Topics"},
    )
    return [jump, *(_topic(served, view, *found) for found in numbered)]


def _topic(served: Served, view: View, key: str, topic: str, rows: Iterable[Row]) -> html.Section:
    ordered = sorted(rows, key=lambda row: not row["headline"])
    return _card(topic, key, [_entry(served, view, row, "", topic=False) for row in ordered])


def _card(title: str, key: str, entries: list[html.Li]) -> html.Section:
    return html.Section(
        [html.H2(title, id=key), html.Ul(entries, className="entries")],
        className="card topic-card",
        **{"aria-labelledby": key},
    )


def _entry(served: Served, view: View, row: Row, reason: str, *, topic: bool) -> html.Li:
    """One indicator: its title, then unit, latest period and publisher."""
    periods = served.periods.get(row["indicator_id"], ())
    latest = periods[-1]["period"] if periods else "no figures"
    place = f"{row['domain']} · " if topic else ""
    return html.Li(
        [
            html.Div(
                [
                    dcc.Link(row["title"], href=link(f"/indicator/{row['indicator_id']}", view)),
                    *([html.Span("Headline", className="tag")] if row["headline"] else []),
                    *([html.Span(reason, className="reason-found")] if reason else []),
                ],
                className="entry-title",
            ),
            html.Div(f"{place}{unit_words(row['unit'])}", className="entry-unit"),
            html.Div(latest, className="entry-period"),
            html.Div(row["publisher"] or "", className="entry-publisher"),
        ],
        className="entry",
    )
