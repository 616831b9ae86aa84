"""Help: how to read each chart, the methods in short, what the words mean, where figures come from.

Says nothing itself: charts, methods and terms are declared elsewhere and walked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from alliance.api.errors import DESCRIPTION
from alliance.api.errors import ROOT as API
from alliance.charts import CHARTS, Chart
from alliance.components.frame import OGL, page_frame, page_layout
from alliance.components.tables import plain_table
from alliance.glossary import TOPICS, Term, open_glossary
from alliance.methods import METHODS, Method
from alliance.service import Served
from alliance.view import parse_view
from indicators.words import format_day

URL = "help-url"
NAMED: dict[str, Any] = {URL: dcc.Location}

CHART_ANCHOR, TERM_ANCHOR, METHOD_ANCHOR = "help-chart-", "help-term-", "help-method-"
SECTIONS = (
    ("help-charts", "How to read the charts"),
    ("help-methods", "Methods in short"),
    ("help-words", "What the words mean"),
    ("help-numbers", "The numbers themselves"),
    ("help-sources", "Where the figures come from"),
)
"""The sections of the page: anchor and heading, in order."""


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page; the query only carries the view on."""
    view = parse_view(served, query)
    terms = open_glossary()
    parts = (
        _charts(terms),
        [html.P(_METHODS_LEAD), _side_by_side([_method(method) for method in METHODS])],
        [part for topic in TOPICS for part in _topic(topic, terms)],
        _numbers(),
        [html.P(_rights(served)), _files(served)],
    )
    return page_frame(
        served,
        view,
        "help",
        [
            html.H1("Help"),
            _contents(),
            *(
                html.Section([html.H2(heading), *children], id=anchor, className="card help-part")
                for (anchor, heading), children in zip(SECTIONS, parts, strict=True)
            ),
        ],
        url_id=URL,
    )


_METHODS_LEAD = (
    "How the numbers are worked out, and where each method comes from. Intervals, limits and tests "
    "allow for chance alone: practice and recording differ between authorities too."
)


def _contents() -> html.Nav:
    return html.Nav(
        html.Ul([html.Li(_jump(anchor, heading)) for anchor, heading in SECTIONS]),
        className="help-contents",
        **{"aria-label": "On this page"},
    )


def _jump(anchor: str, words: str) -> html.A:
    return html.A(words, href=f"#{anchor}")


def _charts(terms: Sequence[Term]) -> list[Any]:
    return [_side_by_side([_chart(chart, terms) for chart in CHARTS.values()])]


def _side_by_side(items: Sequence[list[Any]]) -> html.Div:
    """Pieces in as many columns as there is room for."""
    return html.Div([html.Div(item) for item in items], className="help-grid")


def _chart(chart: Chart, terms: Sequence[Term]) -> list[Any]:
    """How to read a chart, and the words that one needs for it."""
    parts = [
        html.H3(chart.title, id=f"{CHART_ANCHOR}{chart.id}"),
        html.P(chart.how_to_read),
    ]
    needed = [term for term in terms if chart.id in term.charts]
    return [*parts, _links("Words: ", needed)] if needed else parts


def _links(lead: str, terms: Sequence[Term]) -> html.P:
    """Links to terms of the glossary, after a word or two."""
    links: list[Any] = [lead]
    for term in terms:
        links += [_jump(f"{TERM_ANCHOR}{term.id}", _short(term)), ", "]
    return html.P([*links[:-1], "."], className="help-see")


def _short(term: Term) -> str:
    """A term as running text has it."""
    name = term.term.split(":")[0]
    return name if name[:2].isupper() or name.startswith("XmR") else name[:1].lower() + name[1:]


def _method(method: Method) -> list[Any]:
    parts: list[Any] = [
        html.H3(method.title, id=f"{METHOD_ANCHOR}{method.id}"),
        html.P(method.words),
    ]
    if method.formula:
        parts.append(html.P(method.formula, className="help-formula"))
    if method.links:
        sources: list[Any] = ["Source: "]
        for words, place in method.links:
            sources += [html.A(words, href=place) if place else words, "; "]
        parts.append(html.P([*sources[:-1], "."], className="help-see"))
    return parts


def _topic(topic: str, terms: Sequence[Term]) -> list[Any]:
    known = {term.id: term for term in terms}
    entries = [
        part
        for term in sorted(terms, key=lambda term: term.term.casefold())
        if term.topic == topic
        for part in (
            html.Dt(_name(term), id=f"{TERM_ANCHOR}{term.id}"),
            html.Dd([html.P(term.meaning), *_see(term, known)]),
        )
    ]
    return [html.H3(topic), html.Div(html.Dl(entries), className="about")]


def _name(term: Term) -> list[Any]:
    also = [html.Span(f" also {', '.join(term.also)}", className="unit")] if term.also else []
    return [term.term, *also]


def _see(term: Term, known: dict[str, Term]) -> list[Any]:
    return [_links("See ", [known[other] for other in term.see])] if term.see else []


def _numbers() -> list[Any]:
    """For an analyst: how to have the figures without the pages."""
    return [
        html.P(
            [
                "Every chart and table can be downloaded where it stands. The whole release is "
                "also there for programs, read-only and without signing in: as JSON and CSV under ",
                html.Code(API),
                " (",
                html.A("its description", href=DESCRIPTION),
                ", in OpenAPI), and as ",
                html.A("one DuckDB file", href=f"{API}/release/file"),
                " to attach. Whoever passes figures on names their publisher, as each file does.",
            ]
        )
    ]


def _files(served: Served) -> Any:
    head = ["Publication", "Publisher", "File", "Rows", "sha256", "Loaded on"]
    body = [
        [
            row["publication"],
            row["publisher"],
            row["file_name"],
            f"{row['rows']:,}",
            row["sha256"][:12] + "…",
            format_day(row["retrieved_at"].date()),
        ]
        for row in served.release.source_files()
    ]
    return plain_table("Published files in this release", head, {"": body})


def _rights(served: Served) -> list[Any]:
    if served.info.demo:
        return [
            "Every authority and every figure here is invented, in the format of the real files."
        ]
    return [
        "Crown copyright, licensed under the ",
        html.A("Open Government Licence v3.0", href=OGL),
        ". Attribution: each publisher and publication below.",
    ]


def register(app: Any) -> None:
    """No callbacks."""
