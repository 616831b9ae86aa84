"""The pickers of the comparison: indicators, authorities, years and the way to show them.

What is chosen goes into the address; nothing is kept anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from alliance.compare.selection import (
    EVERY,
    INTERVALS,
    MULTIPLES,
    SCATTER,
    SHOWN,
    TABLE,
    VALUES,
    Selection,
    compare_address,
    compare_query,
    years_of,
)
from alliance.comparison_set import scope_options
from alliance.components.pickers import PICKER_LIST, select
from alliance.search import words_for
from alliance.service import Served
from alliance.view import View

P = "compare"
INDICATORS, NAMED_AREAS, SCOPE = f"{P}-indicators", f"{P}-areas", f"{P}-scope"
FROM, TO, CELLS, OF, X, Y = (f"{P}-{part}" for part in ("from", "to", "cells", "of", "x", "y"))
SHOW, APPLY = f"{P}-show", f"{P}-apply"
NAMED_SCOPE = "named"
"""In the picker of sets: the authorities chosen by name."""


def choose_what(served: Served, view: View, chosen: Selection) -> html.Section:
    """Indicators, authorities and years."""
    named = bool(chosen.named)
    sets = [*scope_options(served, view), _by_name()]
    edit = compare_address(compare_query(chosen, view, areas=",".join(chosen.areas), scope=None))
    return html.Section(
        [
            html.H2("What to compare", id=f"{P}-what"),
            html.Div(
                [
                    _several(
                        "Indicators", INDICATORS, indicator_options(served), chosen.indicators,
                        "Type a word: care, agency, NEET…", "compare-wide",
                    ),
                    select("Authorities", SCOPE, sets, NAMED_SCOPE if named else chosen.scope),
                    _several(
                        "Authorities by name", NAMED_AREAS, _authorities(served),
                        chosen.named, "Any others, by name", "compare-named",
                    ),
                    _years("From year", FROM, served, chosen, chosen.first),
                    _years("To year", TO, served, chosen, chosen.last),
                    html.Button("Show", id=APPLY, className="act compare-apply", n_clicks=0),
                ],
                className="pickers compare-pickers",
                role="group",
                **{"aria-labelledby": f"{P}-what"},
            ),
            html.P(
                [
                    "Press Show when you have chosen indicators or names. ",
                    *([] if named else
                      [dcc.Link("Choose from this set by name", href=edit), "."]),
                ],
                className="small",
            ),
        ],
        className="card compare-what",
    )  # fmt: skip


def choose_how(served: Served, view: View, chosen: Selection) -> html.Div:
    """The ways to show it, as links, and what each of them can be asked besides."""
    links = [
        html.Span(words, className="show-link show-here", **{"aria-current": "true"})
        if key == chosen.show
        else dcc.Link(
            words, href=compare_address(compare_query(chosen, view, show=key)),
            className="show-link",
        )
        for key, words in SHOWN.items()
    ]  # fmt: skip
    return html.Div(
        [
            html.Nav(links, className="show", id=SHOW, **{"aria-label": "How to show it"}),
            html.Div(
                [
                    _shown_for(TABLE, chosen, select("In each cell", CELLS, _CELLS, chosen.cells)),
                    _shown_for(MULTIPLES, chosen,
                               select("A panel for each", OF, _panels(served, view, chosen),
                                      chosen.of)),
                    _shown_for(SCATTER, chosen, _axis(served, "Across", X, chosen, chosen.x)),
                    _shown_for(SCATTER, chosen, _axis(served, "Up", Y, chosen, chosen.y)),
                ],
                className="pickers show-pickers",
            ),
        ],
        className="compare-how",
    )  # fmt: skip


_CELLS = [
    {"value": VALUES, "label": "Figures"},
    {"value": INTERVALS, "label": "Figures and 95% intervals"},
]


def _shown_for(show: str, chosen: Selection, picker: Any) -> html.Div:
    """A picker that only one way of showing has; the others keep it hidden, for its value."""
    return html.Div(picker, className="show-picker", hidden=show != chosen.show)


def _axis(
    served: Served, label: str, component_id: str, chosen: Selection, value: str
) -> dmc.Select:
    """The picker of an axis; hidden, it only keeps its value."""
    shown = chosen.show == SCATTER
    titles = {key: row["title"] for key, row in served.indicators.items()}
    data = [{"value": value, "label": titles[value]}] if value else []
    picker = select(label, component_id, indicator_options(served) if shown else data, value)
    picker.filter = {"function": "compareFilter"}
    return picker


def _by_name() -> dict[str, Any]:
    return {
        "group": "By name",
        "items": [{"value": NAMED_SCOPE, "label": "Those named beside this"}],
    }


def _several(
    label: str, component_id: str, data: list[Any], value: Sequence[str], hint: str, css: str
) -> html.Div:
    """A picker of any number of things, with a search that knows what people call them."""
    picker = dmc.MultiSelect(
        id=component_id,
        label=label,
        data=data,
        value=list(value),
        searchable=True,
        clearable=True,
        hidePickedOptions=True,
        nothingFoundMessage="Nothing found",
        placeholder=hint,
        withScrollArea=False,
        attributes=PICKER_LIST,
        filter={"function": "compareFilter"},
        clearButtonProps={"aria-label": f"Clear {label.lower()}"},
        comboboxProps={"withinPortal": True},
    )
    return html.Div(picker, className=f"several {css}")


def indicator_options(served: Served) -> list[Any]:
    """Every indicator under its topic, the headline ones first, with what people call it: made
    once for a release, and not to be changed."""
    return served.kept(_indicators)


def _indicators(served: Served) -> list[Any]:
    topics: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(served.indicators.values(), key=lambda row: not row["headline"]):
        topics.setdefault(row["domain"], []).append(row)
    domains = dict.fromkeys(row["domain"] for row in served.indicators.values())
    return [
        {
            "group": topic,
            "items": [
                {"value": row["indicator_id"], "label": row["title"],
                 "words": words_for(served, row["indicator_id"])}
                for row in topics[topic]
            ],
        }
        for topic in domains
    ]  # fmt: skip


def _authorities(served: Served) -> list[Any]:
    regions: dict[str, list[dict[str, str]]] = {}
    for code, area in served.authorities.items():
        ceased = " (ceased)" if area["valid_to"] is not None else ""
        item = {"value": code, "label": f"{area['name']}{ceased}"}
        regions.setdefault(area["region"], []).append(item)
    return [{"group": region, "items": items} for region, items in sorted(regions.items())]


def _years(
    label: str, component_id: str, served: Served, chosen: Selection, value: int
) -> dmc.Select:
    years = years_of(served, chosen.indicators or tuple(filter(None, (chosen.x, chosen.y))))
    data = [str(year) for year in reversed(years)]
    picker = select(label, component_id, data, str(value) if data else "")
    picker.disabled = not data
    picker.className = "picker compare-year"
    return picker


def _panels(served: Served, view: View, chosen: Selection) -> list[dict[str, str]]:
    found = [
        {"value": key, "label": f"Authority: {served.indicators[key]['title']}"}
        for key in chosen.indicators
    ]
    if len(chosen.indicators) > 1:
        found.append({"value": EVERY, "label": f"Indicator, {served.name(view.us)} alone"})
    return found
