"""The tartan rug: headline indicators down, authorities across, each cell a figure with its band.

Only the row and column heads are links: sixty rows of cells would be six hundred stops of the tab
key on the way through the page. A set of many authorities is a grid, which draws what is in sight
and is walked with the arrow keys: ten thousand cells at once would keep a browser for seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from dash import dcc, html

from alliance.components.badges import BAND_WORDS, VERDICT_MARKS, shown_band, verdict_words
from alliance.components.tables import grid
from alliance.exports.table import export_address
from alliance.service import Served
from alliance.view import View, link
from indicators.words import GRADE, NOT_AVERAGED, format_value, unit_unless_said

Figures = Mapping[tuple[str, str], Mapping[str, Any]]
"""Figure by (indicator id, area code)."""


MANY = 40
"""Above this many authorities the rug is a grid."""
GRID = "overview-grid"


def rug(
    served: Served, view: View, figures: Figures, topic: str | None, codes: Sequence[str], name: str
) -> html.Section:
    """The rug of those authorities, ours first, who are called `name`; of one topic, or all
    (None)."""
    draw = _grid if len(codes) > MANY else _table
    return html.Section(
        [
            html.H2("Headline indicators", id="rug-heading"),
            html.P(_what_is_shown(served, view, codes, name), className="sentence"),
            _downloads(view, topic),
            _legend(served.country["name"]),
            draw(served, view, figures, _topics(served, topic), tuple(codes)),
        ],
        className="card",
    )


def _what_is_shown(served: Served, view: View, codes: Sequence[str], name: str) -> str:
    others = len(codes) - 1
    us = served.name(view.us)
    if not others:
        return f"1 authority, {us}: nobody else is in this set ({name})."
    return (
        f"{us} and {others} {'other' if others == 1 else 'others'} ({name}). Each indicator’s "
        "latest period stands with its name. A quarter is of all authorities in the country, and "
        "says nothing of chance."
    )


def _downloads(view: View, topic: str | None) -> html.Div:
    files = [
        html.A(
            label,
            href=export_address("rug", form, view, scope=view.scope, topic=topic),
            className="download",
            **{"aria-label": f"Download the headline indicators as {label}"},
        )
        for form, label in (("csv", "CSV"), ("xlsx", "Excel"))
    ]
    return html.Div(["Download:", *files], className="downloads")


def _topics(served: Served, topic: str | None) -> dict[str, list[Mapping[str, Any]]]:
    """The headline indicators to show, by topic, in display order."""
    chosen = (row for row in served.headline.values() if topic in {None, row["domain"]})
    return {name: list(rows) for name, rows in groupby(chosen, lambda row: str(row["domain"]))}


def _table(
    served: Served,
    view: View,
    figures: Figures,
    topics: Mapping[str, list[Mapping[str, Any]]],
    columns: tuple[str, ...],
) -> html.Div:
    body: list[Any] = []
    for topic, indicators in topics.items():
        body.append(_topic_row(topic, len(columns) + 2))
        body += [_row(served, view, row, figures, columns) for row in indicators]
    head = html.Tr(
        [
            html.Th("Indicator", scope="col", className="rug-title"),
            _head(served, view, view.us),
            html.Th(served.country["name"], scope="col", className="rug-england"),
            *(_head(served, view, code) for code in columns[1:]),
        ]
    )
    return html.Div(
        html.Table([html.Thead(head), html.Tbody(body)], className="rug"),
        className="table-scroll rug-scroll",
        tabIndex=0,
        role="region",
        **{"aria-labelledby": "rug-heading"},
    )


# Many authorities --------------------------------------------------------------------------------


def _grid(
    served: Served,
    view: View,
    figures: Figures,
    topics: Mapping[str, list[Mapping[str, Any]]],
    codes: tuple[str, ...],
) -> html.Div:
    rows: list[dict[str, Any]] = []
    for topic, indicators in topics.items():
        rows.append({"title": f"**{topic}**"})
        rows += [_grid_row(served, view, row, figures, codes) for row in indicators]
    return html.Div(
        grid(GRID, "Headline indicators", _grid_columns(served, codes), rows, height=760),
        className="rug-grid",
    )


def _grid_columns(served: Served, codes: tuple[str, ...]) -> list[dict[str, Any]]:
    """The indicator stays in sight (ours too would leave a telephone no room for anybody else);
    ours comes first, the others stand under their regions."""
    us, country = codes[0], served.country["name"]
    by_region = sorted(codes[1:], key=served.region_of)
    regions: list[dict[str, Any]] = [
        {"headerName": region, "children": [_grid_column(served, code) for code in found]}
        for region, found in groupby(by_region, served.region_of)
    ]
    return [
        {"field": "title", "headerName": "Indicator", "pinned": "left", "width": 198,
         "cellRenderer": "markdown", "sortable": False, "wrapText": True, "autoHeight": True},
        _grid_column(served, us) | {"headerClass": "rug-us", "cellClass": "rug-us"},
        {"field": "england", "headerName": country, "width": 92, "sortable": False},
        *regions,
    ]  # fmt: skip


def _grid_column(served: Served, code: str) -> dict[str, Any]:
    shades = {f"cell-{band.lower()}": f"params.data.b{code} == '{band}'" for band in BAND_WORDS}
    return {
        "field": f"v{code}", "headerName": served.name(code), "width": 124, "sortable": False,
        "cellClassRules": shades,
    }  # fmt: skip


def _grid_row(
    served: Served,
    view: View,
    indicator: Mapping[str, Any],
    figures: Figures,
    codes: tuple[str, ...],
) -> dict[str, Any]:
    key = indicator["indicator_id"]
    found = {code: figures.get((key, code)) for code in codes}
    known = next((figure for figure in found.values() if figure is not None), None)
    address = link(f"/indicator/{key}", view, scope=view.scope)
    row = {
        "title": f"[{indicator['title']}]({address}) {_unit_and_period(indicator, known)}",
        "england": _england(indicator, known),
    }
    for code, text, band in _grid_cells(served, indicator, found):
        row[f"v{code}"] = text
        row |= {f"b{code}": band} if band else {}
    return row


def _grid_cells(
    served: Served,
    indicator: Mapping[str, Any],
    found: Mapping[str, Mapping[str, Any] | None],
) -> Iterator[tuple[str, str, str | None]]:
    """Code, words and band of each cell of a row."""
    for code, figure in found.items():
        if figure is None:
            yield code, "no figure", None
        elif figure["value"] is None:
            yield code, served.absence(figure), None
        else:
            band, mark = shown_band(figure, indicator), _mark(figure, indicator)
            yield code, f"{_shown(figure, indicator)} {mark}".strip(), band


# Every cell at once ------------------------------------------------------------------------------


def _topic_row(topic: str, columns: int) -> html.Tr:
    return html.Tr(
        html.Th(html.Span(topic), colSpan=columns, scope="colgroup"), className="rug-topic"
    )


def _head(served: Served, view: View, code: str) -> html.Th:
    name = served.authorities[code]["name"]
    return html.Th(
        dcc.Link(name, href=link(f"/authority/{code}", view)),
        scope="col",
        className="rug-us" if code == view.us else "rug-peer",
    )


def _row(
    served: Served,
    view: View,
    indicator: Mapping[str, Any],
    figures: Figures,
    columns: tuple[str, ...],
) -> html.Tr:
    indicator_id = indicator["indicator_id"]
    found = [figures.get((indicator_id, code)) for code in columns]
    known = next((figure for figure in found if figure is not None), None)
    shown = _england(indicator, known)
    cells = [
        _cell(served, indicator, figure, code, us=code == view.us)
        for code, figure in zip(columns, found, strict=True)
    ]
    return html.Tr(
        [
            html.Th(
                [
                    dcc.Link(
                        indicator["title"],
                        href=link(f"/indicator/{indicator_id}", view, scope=view.scope),
                    ),
                    html.Span(f" {_unit_and_period(indicator, known)}", className="unit"),
                ],
                scope="row",
                className="rug-title",
            ),
            cells[0],
            html.Td(shown, className=f"rug-england{' words absent' * (shown == NOT_AVERAGED)}"),
            *cells[1:],
        ]
    )


def _cell(
    served: Served,
    indicator: Mapping[str, Any],
    figure: Mapping[str, Any] | None,
    code: str,
    *,
    us: bool,
) -> dict[str, Any]:
    column = "rug-us" if us else "rug-peer"
    if figure is None:
        return plain_part("Td", "no figure", className=f"{column} absent")
    if figure["value"] is None:
        return plain_part("Td", served.absence(figure), className=f"{column} absent")
    band, mark = shown_band(figure, indicator), _mark(figure, indicator)
    words = (
        BAND_WORDS[band] if band else verdict_words(figure["vs_england"], served.country["name"])
    )
    if figure["joint_with"]:
        words = f"{words}; joint return".strip("; ")
    children: list[Any] = [_shown(figure, indicator)]
    if mark:
        children.append(plain_part("Span", mark, className="mark"))
    shade = f"cell-{band.lower()}" if band else "cell-context"
    shade += " words" if indicator["unit"] == GRADE else ""
    title = {"title": words} if words else {}
    return plain_part("Td", children, className=f"{column} {shade}", **title)


def plain_part(kind: str, children: Any, **properties: str) -> dict[str, Any]:
    """A component of `dash.html` as it is sent to the browser. Of a thousand cells, making and
    sending an object for each would take longer than all else on the page."""
    return {
        "type": kind,
        "namespace": "dash_html_components",
        "props": {"children": children, **properties},
    }


def _unit_and_period(indicator: Mapping[str, Any], figure: Mapping[str, Any] | None) -> str:
    unit = unit_unless_said(indicator["title"], indicator["unit"])
    period = figure["period"] if figure else "no figure"
    return f"{unit}, {period}" if unit else str(period)


def _england(indicator: Mapping[str, Any], figure: Mapping[str, Any] | None) -> str:
    if indicator["unit"] == GRADE:
        return NOT_AVERAGED
    if figure is None or figure["england"] is None:
        return "no figure"
    return format_value(figure["england"], indicator["unit"], indicator["decimals"])


def _shown(figure: Mapping[str, Any], indicator: Mapping[str, Any]) -> str:
    text = format_value(figure["value"], indicator["unit"], indicator["decimals"])
    return f"{text}*" if figure["joint_with"] else text


def _mark(figure: Mapping[str, Any], indicator: Mapping[str, Any]) -> str:
    """The letter of the band, or where neither side is better how it differs beyond chance."""
    verdict = figure["vs_england"]
    band = shown_band(figure, indicator)
    return band or (VERDICT_MARKS[verdict] if verdict in {"higher", "lower"} else "")


def _legend(country: str) -> html.Ul:
    bands = [
        html.Li([html.Span(band, className=f"band band-{band.lower()}"), f" {words}"])
        for band, words in BAND_WORDS.items()
    ]
    return html.Ul(
        [
            *bands,
            html.Li(
                f"△ ▽ higher or lower than {country} by its 95% interval, where neither is better"
            ),
            html.Li("* joint return of two authorities"),
        ],
        className="legend",
    )
