"""One indicator: ranked comparison, the set in figures, what the figure can bear, trend,
funnel, spread, map, breakdown, local returns, definition and caveats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, dcc, html

from alliance.comparison_set import read_scope, scope_options
from alliance.components import national_sections
from alliance.components.breakdown_section import BREAKDOWN, breakdown_section
from alliance.components.entries_about import about_indicator
from alliance.components.evidence_panel import evidence_panel
from alliance.components.frame import page_frame, page_layout, page_title
from alliance.components.indicator_subject import read_subject
from alliance.components.navigation import register_navigation
from alliance.components.pickers import pickers, select
from alliance.components.ranked_section import RANKED, ranked_section
from alliance.components.returns_section import returns_section
from alliance.components.set_section import set_section
from alliance.components.trend_section import TREND, trend_section
from alliance.pages import not_found
from alliance.service import Served
from alliance.view import CHART, TABLE, View, link, parse_view
from indicators.words import GRADE, format_day, grades_key

URL, ALLIANCE, US = "indicator-url", "indicator-alliance", "indicator-us"
PERIOD, SCOPE = "indicator-period", "indicator-scope"
TABS = {
    "ranked": f"{RANKED}-tab",
    "trend": f"{TREND}-tab",
    "funnel": f"{national_sections.FUNNEL}-tab",
    "spread": f"{national_sections.SPREAD}-tab",
    "map": f"{national_sections.MAP}-tab",
    "breakdown": f"{BREAKDOWN}-tab",
}
"""The tabs of the sections, by the query parameter that holds which is open. A page has those of
the sections that its indicator bears; `keep_tabs` in the browser takes them in this order."""
NAMED: dict[str, Any] = {
    URL: dcc.Location,
    **dict.fromkeys((ALLIANCE, US, PERIOD, SCOPE), dmc.Select),
    **dict.fromkeys(TABS.values(), dmc.Tabs),
}

POLARITY_WORDS = {
    "high": "A higher figure is better.",
    "low": "A lower figure is better.",
    "none": "Neither a higher nor a lower figure is better: it describes the context.",
}


def title(indicator_id: str | None = None) -> str:
    """The browser's title for the page."""
    return page_title(lambda served: _named(served, indicator_id or ""), "Indicator")


def _named(served: Served, indicator_id: str) -> str | None:
    found = served.indicators.get(indicator_id)
    return str(found["title"]) if found else None


@page_layout
def layout(served: Served, /, indicator_id: str | None = None, **query: str | None) -> Any:
    """The page for a query of `alliance`, `us`, `period`, `scope` and those of `TABS`."""
    view = parse_view(served, query)
    indicator = served.indicators.get(indicator_id or next(iter(served.indicators)))
    if indicator is None:
        return not_found.page(served, view, "indicator", url_id=URL)
    periods = [row["period"] for row in served.periods.get(indicator["indicator_id"], [])]
    period = query.get("period") or ""
    period = period if period in periods else (periods[-1] if periods else "")
    scope = read_scope(served, view, query)
    subject = read_subject(served, view, indicator, period, scope)
    return page_frame(
        served,
        view,
        "indicator",
        [
            _crumbs(served, view, indicator),
            html.H1(indicator["title"]),
            pickers(
                served,
                view,
                alliance_id=ALLIANCE,
                us_id=US,
                more=[
                    select("Period", PERIOD, list(reversed(periods)), period),
                    select(
                        "Compare with",
                        SCOPE,
                        scope_options(served, view),
                        scope,
                    ),
                ],
            ),
            ranked_section(subject, _tab(query, "ranked")),
            set_section(subject),
            evidence_panel(served, view, indicator, period, scope),
            trend_section(subject, _tab(query, "trend")),
            *(
                section
                for name, draw in national_sections.SECTIONS.items()
                for section in draw(subject, _tab(query, name))
            ),
            *breakdown_section(subject, _tab(query, "breakdown")),
            *returns_section(served, view, indicator),
            *about_indicator(served, indicator["indicator_id"], prefix="indicator-"),
            _about(served, view, indicator, period),
        ],
        url_id=URL,
    )


def _tab(query: Mapping[str, str | None], parameter: str) -> str:
    return TABLE if query.get(parameter) == TABLE else CHART


def register(app: Any) -> None:
    """A choice leads to the address that shows it; tabs and pictures need no server."""
    register_navigation(
        app,
        url_id=URL,
        alliance_id=ALLIANCE,
        us_id=US,
        more={"period": PERIOD, "scope": SCOPE},
        states=TABS,
    )
    app.clientside_callback(
        ClientsideFunction("alliance", "keep_tabs"),
        *(Input(tab, "value", allow_optional=True) for tab in TABS.values()),
        prevent_initial_call=True,
    )


def _crumbs(served: Served, view: View, indicator: Mapping[str, Any]) -> html.Nav:
    """Where the indicator stands in its topic, with the ones before and after it."""
    same = [row for row in served.indicators.values() if row["domain"] == indicator["domain"]]
    place = next(
        i for i, row in enumerate(same) if row["indicator_id"] == indicator["indicator_id"]
    )
    links: list[Any] = [dcc.Link("Indicators", href=link("/indicator", view)), " / ",
                        indicator["domain"]]  # fmt: skip
    for row, words in (
        (same[place - 1] if place else None, "← Previous"),
        (same[place + 1] if place + 1 < len(same) else None, "Next →"),
    ):
        if row is not None:
            here = link(f"/indicator/{row['indicator_id']}", view)
            links += [" ", dcc.Link(words, href=here, title=row["title"], className="beside")]
    return html.Nav(links, className="crumbs", **{"aria-label": "Topic"})


def _about(served: Served, view: View, indicator: Mapping[str, Any], period: str) -> html.Section:
    key = indicator["indicator_id"]
    source = served.release.sources_of(key)
    place = link("/data", view, indicator=key, period=period)
    rows: list[tuple[str, Any]] = [
        ("Definition", _paragraphs(indicator["definition"])),
        ("Counted", indicator["numerator_label"]),
        ("Out of", indicator["denominator_label"]),
        ("Reading it", _reading(indicator)),
        ("Caveats", _paragraphs(indicator["caveats"])),
        ("Checks found", _warnings(served, key)),
        ("Method", _paragraphs(indicator["methodology"])),
        ("Source", served.attribution(indicator).removeprefix("Source: ")),
        ("File", ", ".join(f"{row['file_name']} (sha256 {row['sha256'][:12]}…)" for row in source)),
        (
            "This figure",
            dcc.Link(
                f"The row that {served.name(view.us)}'s figure for {period} stands in", href=place
            ),
        ),
        ("Publisher's key", indicator["source_key"]),
        ("Next update", format_day(indicator["next_update"]) if indicator["next_update"] else ""),
    ]
    entries = [part for term, words in rows if words for part in (html.Dt(term), html.Dd(words))]
    return html.Section(
        [html.H2("About this indicator"), html.Dl(entries)], id="about", className="card about"
    )


def _warnings(served: Served, indicator_id: str) -> list[Any]:
    """What the checks warn of in this indicator's figures."""
    return [
        html.P(row["message"])
        for row in served.release.findings()
        if row["indicator_id"] == indicator_id and row["severity"] != "info"
    ]


def _reading(indicator: Mapping[str, Any]) -> str:
    """Which way is better, if either; of a grade, what the order is."""
    if indicator["unit"] == GRADE:
        return f"From the best to the worst: {grades_key()}."
    return POLARITY_WORDS[indicator["polarity"]]


def _paragraphs(text: str) -> list[Any]:
    return [html.P(part.strip()) for part in text.splitlines() if part.strip()]
