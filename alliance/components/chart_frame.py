"""A chart with the sentence before it, the same numbers in a Table tab, and its downloads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from alliance.charts import Chart
from alliance.charts.style import GRAPH_CONFIG, wrap_legend
from alliance.exports.table import query_address
from alliance.service import Served
from alliance.view import CHART, TABLE


def chart_frame(
    chart: Chart,
    *,
    prefix: str,
    title: str,
    sentence: str,
    figure: dict[str, Any] | None,
    table: Any,
    tab: str,
    csv_address: str = "",
    file_name: str,
    notes: list[Any],
    export: tuple[str, Mapping[str, str | None]] | None = None,
    drawing: Any = None,
    actions: Sequence[Any] = (),
    empty: str = "No authority has a figure to draw.",
) -> html.Section:
    """`prefix` makes the ids; `tab` is the open one; `figure` None where no figure is published.

    `export`: the kind of `alliance.exports.kinds` and the page's whole query, from which the links
    to the files follow in the forms that the chart names; `csv_address` where there is no kind.
    `drawing` stands in the place of a graph where the page draws the figure itself, `empty` where
    there is nothing to draw; `actions` are what the reader may do with the figure, after the
    sentence.
    """
    picture: Any = html.P(empty, className="empty")
    if figure is not None:
        wrap_legend(figure)
        _complete(figure, chart, sentence, notes)
    if drawing is not None:
        picture = drawing
    elif figure is not None:
        graph = dcc.Graph(
            id=f"{prefix}-graph",
            figure=figure,
            config=GRAPH_CONFIG,
            style={"height": f"{figure['layout']['height']}px"},
        )
        picture = html.Div(graph, role="img", className="graph", **{"aria-label": sentence})
    return html.Section(
        [
            html.H2(title, id=f"{prefix}-title"),
            html.P(sentence, className="sentence"),
            *([html.P(list(actions), className="raise")] if actions else []),
            dmc.Tabs(
                [
                    html.Div(
                        [
                            dmc.TabsList([dmc.TabsTab("Chart", value=CHART),
                                          dmc.TabsTab("Table", value=TABLE)]),
                            _downloads(chart, prefix, _files(chart, csv_address, export), file_name,
                                       drawn=figure is not None),
                        ],
                        className="chart-bar",
                    ),
                    dmc.TabsPanel([picture, *notes], value=CHART),
                    dmc.TabsPanel(table, value=TABLE),
                ],
                id=f"{prefix}-tab",
                value=tab,
                keepMounted=False,
            ),
            html.Details([html.Summary("How to read this"), html.P(chart.how_to_read)]),
        ],
        className="card",
        **{"aria-labelledby": f"{prefix}-title"},
    )  # fmt: skip


def stamp(figure: dict[str, Any], served: Served, indicator: Mapping[str, Any], what: str) -> None:
    """Title, source, period and release in the figure itself, for the pictures that leave here."""
    describe(
        figure,
        title=indicator["title"],
        source=f"{served.attribution(indicator)}. {what}. Release {served.info.release_id}.",
        caveats=indicator["caveats"],
    )


def describe(figure: dict[str, Any], **words: str) -> None:
    """Write title, source and caveats into a figure, beside what the chart says there itself."""
    figure["layout"].setdefault("meta", {}).update(words)


def _complete(figure: dict[str, Any], chart: Chart, sentence: str, notes: list[Any]) -> None:
    """What a picture of the chart says beside title, source and caveats: the sentence, who is left
    out and why, and how the chart is read."""
    meta = figure["layout"].setdefault("meta", {})
    meta.setdefault("sentence", sentence)
    meta.setdefault("notes", [text for note in notes if (text := text_of(note))])
    meta.setdefault("reading", f"How to read this: {chart.how_to_read}")


def text_of(component: Any) -> str:
    """The text of a component and of all within it, on one line."""
    if isinstance(component, list | tuple):
        return " ".join(text for part in component if (text := text_of(part)))
    if component is None or isinstance(component, str):
        return component or ""
    return text_of(getattr(component, "children", None))


FILE_WORDS = {"csv": "CSV", "xlsx": "Excel", "pptx": "PowerPoint"}
"""What the links to files are called, in their order."""
_WHAT = {"csv": "table as CSV", "xlsx": "table as Excel", "pptx": "slide as PowerPoint"}


def _files(
    chart: Chart, csv_address: str, export: tuple[str, Mapping[str, str | None]] | None
) -> dict[str, str]:
    """The address of each form of file that there is."""
    if export is None:
        return {"csv": csv_address} if csv_address else {}
    kind, query = export
    return {form: query_address(kind, form, query) for form in FILE_WORDS if form in chart.exports}


def _downloads(
    chart: Chart, prefix: str, files: Mapping[str, str], file_name: str, *, drawn: bool
) -> html.Div:
    pictures = [
        html.Button(
            kind.upper(),
            id=f"{prefix}-{kind}",
            className="download",
            title=f"Download the chart as {kind.upper()}",
            **{
                "data-file": f"{file_name}.{kind}",
                "aria-label": f"Download chart as {kind.upper()}",
            },
        )
        for kind in ("png", "svg")
        if drawn and kind in chart.exports
    ]
    links = [
        html.A(
            FILE_WORDS[form],
            href=href,
            className="download",
            title=f"Download the {_WHAT[form]}",
            **{"aria-label": f"Download {_WHAT[form]}"},
        )
        for form, href in files.items()
    ]
    return html.Div(["Download:", *pictures, *links], className="downloads")
