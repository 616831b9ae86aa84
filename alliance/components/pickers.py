"""Pickers of the alliance and of the authority to look from, and where a choice leads."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from alliance.service import Served
from alliance.view import View

PICKER_LIST = {"options": {"tabIndex": 0}}
"""Of Mantine's pickers: their list is walked with the arrow keys from the field, and as it scrolls
it can have the focus itself too."""


def pickers(
    served: Served, view: View, *, alliance_id: str, us_id: str, more: list[Any] | None = None
) -> html.Div:
    """The row of pickers; `more` holds a page's own."""
    return html.Div(
        [
            select("Alliance", alliance_id, _alliances(served), view.alliance.key),
            select("Our authority", us_id, _authorities(served, view), view.us),
            *(more or []),
        ],
        className="pickers",
        role="group",
        **{"aria-label": "What to show"},
    )


def select(label: str, component_id: str, data: list[Any], value: str) -> dmc.Select:
    """A labelled picker with search, in the product's style."""
    return dmc.Select(
        id=component_id,
        label=label,
        data=data,
        value=value,
        searchable=True,
        openOnFocus=False,
        allowDeselect=False,
        nothingFoundMessage="Nothing found",
        withScrollArea=False,
        attributes=PICKER_LIST,
        className="picker",
        comboboxProps={"withinPortal": True},
    )


def _alliances(served: Served) -> list[Any]:
    named = [a for a in served.alliances.values() if a.key not in served.areas]
    regions = [a for a in served.alliances.values() if a.key in served.areas]
    groups = [("Named alliances", named), ("Regions", regions)]
    return [
        {"group": title, "items": [{"value": a.key, "label": a.name} for a in found]}
        for title, found in groups
        if found
    ]


def _authorities(served: Served, view: View) -> list[Any]:
    def items(codes: list[str]) -> list[dict[str, str]]:
        return [{"value": code, "label": served.authorities[code]["name"]} for code in codes]

    members = list(view.alliance.members)
    gone = served.authorities[view.us]["valid_to"] is not None
    others = [
        code
        for code, area in served.authorities.items()
        if code not in members and (area["valid_to"] is None or (gone and code == view.us))
    ]
    return [
        {"group": view.alliance.name, "items": items(members)},
        {"group": "Other authorities", "items": items(others)},
    ]


def chosen(
    served: Served, triggered: str | None, alliance: str, us: str, *, alliance_id: str, us_id: str
) -> dict[str, str | None]:
    """What a choice makes of the view: where the alliance and the authority do not fit together,
    the one that was just chosen stands; a choice of something else leaves both."""
    known = served.alliances.get(alliance)
    fits = known is None or us in known.members
    return {
        "alliance": None if triggered == us_id and not fits else alliance,
        "us": None if triggered == alliance_id and not fits else us,
    }
