"""From a comparator set to the pages that compare with it."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from alliance.service import Served
from alliance.view import View, link


def set_addresses(served: Served, view: View, scope: str) -> dict[str, str]:
    """Where a set leads, by what the link says."""
    first = next(iter(served.headline or served.indicators))
    return {
        "Overview": link("/", view, scope=scope),
        "One indicator": link(f"/indicator/{first}", view, scope=scope),
        "Several at once": link("/compare", view, scope=scope),
    }


def set_links(
    served: Served, view: View, scope: str, name: str, *, ids: tuple[str, ...] = ()
) -> html.P:
    """“Compare with this set” and its links; `name` tells them apart for whoever hears them. `ids`
    name the links, in their order."""
    parts: list[Any] = ["Compare with this set: "]
    for place, (label, address) in enumerate(set_addresses(served, view, scope).items()):
        named = {"id": ids[place]} if ids else {}
        words = [label, html.Span(f", compared with {name}", className="vh")]
        parts += [", " if place else "", dcc.Link(words, href=address, **named)]
    return html.P(parts, className="set-links")
