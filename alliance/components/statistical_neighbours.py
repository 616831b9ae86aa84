"""The statistical neighbours of an authority: the newest model beside the older ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from alliance.components.set_links import set_links
from alliance.components.tables import plain_table
from alliance.service import Served
from alliance.view import View, link
from indicators.words import ordinal

SECTION = "neighbours-statistical"
Row = Mapping[str, Any]


def statistical_section(served: Served, view: View) -> html.Section:
    """Who the models name, how close each is, and who is in both."""
    models = {model: _by_code(served, view, model) for model in served.neighbour_models}
    return html.Section(
        [
            html.H2("Statistical neighbours"),
            html.P(_sentence(served, view, models), className="lead"),
            *([_table(served, view, models)] if any(models.values()) else []),
            *(
                set_links(served, view, _scope(served, model), f"the neighbours of {model}")
                for model, rows in list(models.items())[:1]
                if rows
            ),
            *_older_links(served, view, models),
            html.Details(
                [
                    html.Summary("How to read this"),
                    html.P(
                        "A statistical model names ten authorities whose social and economic "
                        "characteristics are most like ours. Closeness is the publisher’s own "
                        "word: “Not close” means that even the nearest differ a good deal, and a "
                        "comparison with them says less. A newer model rests on newer data, and "
                        "may name others: a finding that holds against both is the firmer."
                    ),
                ]
            ),
        ],
        className="card",
        id=SECTION,
    )


def _by_code(served: Served, view: View, model: str) -> dict[str, Row]:
    return {row["neighbour_code"]: row for row in served.release.neighbours(view.us, model)}


def _scope(served: Served, model: str) -> str:
    return "neighbours" if model == served.neighbour_models[0] else f"neighbours-{model}"


def _older_links(
    served: Served, view: View, models: Mapping[str, Mapping[str, Row]]
) -> list[html.P]:
    """The older models as sets of their own."""
    return [
        html.P(
            [
                f"The older model of {model} can be compared with too: ",
                dcc.Link(
                    f"overview with the neighbours of {model}",
                    href=link("/", view, scope=_scope(served, model)),
                ),
                ".",
            ],
            className="small",
        )
        for model, rows in list(models.items())[1:]
        if rows
    ]


def _sentence(served: Served, view: View, models: Mapping[str, Mapping[str, Row]]) -> str:
    us = served.name(view.us)
    named = [(model, rows) for model, rows in models.items() if rows]
    if not named:
        return f"No model of this release names neighbours of {us}."
    (model, rows), older = named[0], named[1:]
    text = f"The model of {model} names {len(rows)} neighbours of {us}"
    if model != next(iter(models)):
        text += f", which the newer model of {next(iter(models))} leaves out"
    for other, others in older:
        both = len(rows.keys() & others.keys())
        text += f"; {both or 'none'} of them {'is' if both == 1 else 'are'} in that of {other} too"
    return f"{text}."


def _table(served: Served, view: View, models: Mapping[str, Mapping[str, Row]]) -> html.Div:
    newest, *older = models
    first = models[newest]
    only_older = dict.fromkeys(
        code for model in older for code in models[model] if code not in first
    )
    head = ["Authority", *(f"Model of {model}" for model in models)]
    groups = {
        f"In the model of {newest}": [_row(served, view, code, models) for code in first],
        "Only in an older model": [_row(served, view, code, models) for code in only_older],
    }
    return plain_table(
        f"Statistical neighbours of {served.name(view.us)}",
        head,
        {name if older else "": rows for name, rows in groups.items() if rows},
    )


def _row(
    served: Served, view: View, code: str, models: Mapping[str, Mapping[str, Row]]
) -> Sequence[Any]:
    name = dcc.Link(served.name(code), href=link(f"/authority/{code}", view))
    return [name, *(_place(rows.get(code)) for rows in models.values())]


def _place(row: Row | None) -> Any:
    if row is None:
        return html.Span("not in it", className="absent")
    words = f", {row['closeness'][:1].lower()}{row['closeness'][1:]}" if row["closeness"] else ""
    return f"{ordinal(row['position'])}{words}"
