"""The authorities nearest to ours by measures of context: the choice of measures and weights, the
ten, and each one's distance explained measure by measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from alliance.comparison_set import computed_neighbours, missing_context, weights_of
from alliance.components.set_links import set_links
from alliance.components.tables import plain_table
from alliance.context_measures import (
    choosable_measures,
    context_values,
    declared_measures,
)
from alliance.context_routes import ADD, WEIGHT, weigh_address
from alliance.service import Served
from alliance.view import View, link
from indicators.nearest import Neighbour, context_indicators
from indicators.words import format_value, list_words

SECTION = "neighbours-computed"
OFFERED = {0.0: "leave out", 0.5: "half", 1.0: "1", 2.0: "2", 3.0: "3", 5.0: "5"}
HOW = (
    "For each measure we take how far an authority lies from ours, in standard deviations over all "
    "authorities with a figure for every measure chosen; square it, times the weight; add the "
    "squares up and take the root (a standardised Euclidean distance, as in CIPFA’s nearest "
    "neighbours model). 0 would be just like us. The share says how much of the squared distance "
    "comes from one measure. Which measures count, and how much, is a choice and not a finding: "
    "see whether a conclusion outlives another choice."
)


def computed_section(served: Served, view: View) -> html.Section:
    """The ten by the view's measures, and the form that changes those."""
    weights = dict(weights_of(served, view))
    found = computed_neighbours(served, view)
    values = context_values(served, weights)
    ten = {row["neighbour_code"] for row in served.release.neighbours(view.us)}
    return html.Section(
        [
            html.H2("Nearest by context measures"),
            html.P(_sentence(served, view, found, weights, ten), className="lead"),
            *([_table(served, view, found, values, ten)] if found else []),
            *([set_links(served, view, "computed", "the nearest by context")] if found else []),
            _chooser(served, view, weights),
            html.Details([html.Summary("How to read this"), html.P(HOW)]),
        ],
        className="card",
        id=SECTION,
    )


def _sentence(
    served: Served,
    view: View,
    found: Sequence[Neighbour],
    weights: Mapping[str, float],
    ten: set[str],
) -> str:
    us = served.name(view.us)
    if not weights:
        return "No measure of context is in this release, so nobody can be found by one."
    if not found:
        missing = missing_context(served, view)
        return (
            f"{us} has no figure for {list_words(missing)}, so its distance to others cannot be "
            f"worked out. Leave {'that' if len(missing) == 1 else 'those'} out below."
        )
    shared = sum(near.area_code in ten for near in found)
    nearest = served.name(found[0].area_code)
    measures = "1 measure" if len(weights) == 1 else f"{len(weights)} measures"
    text = f"By {measures}, {nearest} is the nearest to {us}"
    if not ten:
        return f"{text}."
    return f"{text}; {shared or 'none'} of these {len(found)} {_be(shared)} statistical neighbours."


def _be(number: int) -> str:
    return "is among our" if number == 1 else "are among our"


def _table(
    served: Served,
    view: View,
    found: Sequence[Neighbour],
    values: Mapping[str, Mapping[str, float]],
    ten: set[str],
) -> html.Div:
    head = ["Authority", "Distance", "In the ten", *(served.indicators[key]["title"]
                                                    for key in values)]  # fmt: skip
    ours = [
        html.Strong(f"{served.name(view.us)} (us)"), "–", "–",
        *(html.Strong(_shown(served, key, values[key][view.us])) for key in values),
    ]  # fmt: skip
    rows = [
        [
            dcc.Link(served.name(near.area_code), href=link(f"/authority/{near.area_code}", view)),
            f"{near.distance:.2f}",
            "yes" if near.area_code in ten else "no",
            *(_cell(served, key, values[key][near.area_code], near.parts[key]) for key in values),
        ]
        for near in found
    ]
    caption = "The nearest, with each measure’s figure and its share of the distance"
    return plain_table(caption, head, {"": [ours, *rows]}, kind="distances")


def _cell(served: Served, key: str, value: float, share: float) -> list[Any]:
    """Their figure, and how much of the distance it makes: in words and as a bar."""
    per_cent = round(100 * share)
    bar = html.Span(style={"width": f"{per_cent}%"}, className="share-bar")
    return [
        html.Span(_shown(served, key, value)),
        html.Span(f"{per_cent}% of the distance", className="share-words"),
        html.Span(bar, className="share", **{"aria-hidden": "true"}),
    ]


def _shown(served: Served, key: str, value: float) -> str:
    row = served.indicators[key]
    return format_value(value, row["unit"], row["decimals"])


# Choosing ---------------------------------------------------------------------------------------


def _chooser(served: Served, view: View, weights: Mapping[str, float]) -> html.Details:
    """The form of measures and weights: plain, so that it needs no script and its answer is an
    address."""
    known = choosable_measures(served)
    declared = {measure.indicator_id: measure.why for measure in declared_measures()}
    shown = [key for key in dict.fromkeys([*weights, *declared]) if key in known]
    others = [row for key, row in known.items() if key not in shown]
    hidden = [("alliance", view.alliance.key)]
    return html.Details(
        [
            html.Summary("Choose measures and weights"),
            html.Form(
                [
                    *(dcc.Input(type="hidden", name=name, value=text) for name, text in hidden),
                    plain_table(
                        "Measures and weights",
                        ["Measure", f"{served.name(view.us)}", "Weight"],
                        {"": _choices(served, view, shown, weights, declared)},
                    ),
                    _add(others),
                    html.Div(
                        [
                            html.Button("Find the nearest again", type="submit", className="act"),
                            dcc.Link(
                                "Back to the usual measures",
                                href=f"{link(_path(view), _plain(view))}#{SECTION}",
                            ),
                        ],
                        className="form-buttons",
                    ),
                ],
                action=weigh_address(view.us),
                method="get",
                className="weights",
            ),
        ],
        open=bool(view.weights),
    )


def _path(view: View) -> str:
    return f"/neighbours/{view.us}"


def _plain(view: View) -> View:
    return View(view.alliance, view.us)


def _choices(
    served: Served,
    view: View,
    shown: Sequence[str],
    weights: Mapping[str, float],
    declared: Mapping[str, str],
) -> list[list[Any]]:
    values = context_values(served, shown)
    rows = []
    for key in shown:
        title = served.indicators[key]["title"]
        ours = values[key].get(view.us)
        rows.append(
            [
                [title, html.Span(declared.get(key, ""), className="why")],
                html.Span("no figure", className="absent")
                if ours is None
                else _shown(served, key, ours),
                _weight(key, title, weights.get(key, 0.0)),
            ]
        )
    return rows


def _weight(key: str, title: str, chosen: float) -> html.Label:
    offered = dict(sorted((OFFERED | {chosen: OFFERED.get(chosen, f"{chosen:g}")}).items()))
    return html.Label(
        [
            html.Span(f"Weight of {title}", className="vh"),
            html.Select(
                [
                    html.Option(words, value=f"{weight:g}", selected=weight == chosen)
                    for weight, words in offered.items()
                ],
                name=f"{WEIGHT}{key}",
                className="chosen",
            ),
        ]
    )


def _add(others: Sequence[Mapping[str, Any]]) -> html.Label:
    """Any other measure that says neither good nor bad; those of context before the rest."""
    context = context_indicators(others)
    first = {row["indicator_id"] for row in context}
    rest = [row for row in others if row["indicator_id"] not in first]
    return html.Label(
        [
            html.Span("Add another measure"),
            html.Select(
                [
                    html.Option("No other measure", value="", selected=True),
                    *(
                        html.Option(f"{row['title']} ({row['domain']})", value=row["indicator_id"])
                        for row in [*context, *rest]
                    ),
                ],
                name=ADD,
                className="chosen",
            ),
        ],
        className="form-field",
    )
