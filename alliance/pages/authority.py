"""One authority's profile for somebody with twelve minutes: in short, what differs beyond chance,
every headline indicator against every authority's, judgements, programmes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, dcc, html

from alliance.components.badges import VERDICT_MARKS
from alliance.components.entries_about import about_authority
from alliance.components.frame import page_frame, page_layout, page_title
from alliance.components.judgements import judgements, latest_sentence
from alliance.components.navigation import register_navigation
from alliance.components.pickers import pickers, select
from alliance.components.profile_section import PROFILE, profile_section
from alliance.components.programmes import programmes_section
from alliance.packs.addresses import report_address
from alliance.pages import not_found
from alliance.profile import Finding, Profile, read_profile
from alliance.service import Served
from alliance.standing import BETTER, WORSE, findings_note, standing_sentences
from alliance.view import ALL_TOPICS, CHART, TABLE, View, address, link, parse_view
from indicators.funnel import ABOVE_95, BELOW_95, INSIDE
from indicators.recent_trend import Trend
from indicators.words import figure_sentence, format_day

URL, ALLIANCE, US = "authority-url", "authority-alliance", "authority-us"
PROFILE_PDF = "/download/profile.pdf"
TOPIC, TAB = "authority-topic", f"{PROFILE}-tab"
NAMED: dict[str, Any] = {
    URL: dcc.Location, ALLIANCE: dmc.Select, US: dmc.Select, TOPIC: dmc.Select, TAB: dmc.Tabs,
}  # fmt: skip

Row = Mapping[str, Any]


def title(code: str | None = None) -> str:
    """The browser's title for the page."""
    return page_title(lambda served: _named(served, code or ""), "Authority")


def _named(served: Served, code: str) -> str | None:
    found = served.authorities.get(code)
    return str(found["name"]) if found else None


@page_layout
def layout(served: Served, /, code: str | None = None, **query: str | None) -> Any:
    """The page for a query of `alliance`, `us`, `topic` and `profile` (the tab that is open)."""
    view = parse_view(served, query if code is None else {"us": code, **query})
    code = code or view.us
    if code not in served.authorities:
        return not_found.page(served, view, "authority", url_id=URL)
    profile = read_profile(served, code)
    topics = list(dict.fromkeys(indicator["domain"] for indicator, _ in profile.chosen(None)))
    topic = query.get("topic") or ALL_TOPICS
    topic = topic if topic in topics else ALL_TOPICS
    choices = [{"value": ALL_TOPICS, "label": "All topics"}]
    choices += [{"value": name, "label": name} for name in topics]
    return page_frame(
        served,
        view,
        "authority" if code == view.us else "",
        [
            html.H1(profile.area["name"]),
            html.P(_facts(served, view, profile), className="lead"),
            pickers(
                served, view, alliance_id=ALLIANCE, us_id=US,
                more=[select("Topic", TOPIC, choices, topic)],
            ),
            _in_short(served, view, profile),
            *about_authority(served, code, prefix="authority-"),
            *_beyond_chance(served, view, profile),
            profile_section(
                view,
                profile,
                topic=None if topic == ALL_TOPICS else topic,
                tab=TABLE if query.get("profile") == TABLE else CHART,
            ),
            *judgements(served, profile.area),
            *programmes_section(served, view, profile.area),
        ],
        url_id=URL,
    )  # fmt: skip


def register(app: Any) -> None:
    """A choice leads to the address that shows it: another authority to its own profile."""
    register_navigation(
        app,
        url_id=URL,
        alliance_id=ALLIANCE,
        us_id=US,
        more={"topic": TOPIC},
        states={"profile": TAB},
        path_of_us="/authority/{us}",
    )
    app.clientside_callback(
        ClientsideFunction("alliance", "keep_profile_tab"),
        Input(TAB, "value", allow_optional=True),
        prevent_initial_call=True,
    )


def _facts(served: Served, view: View, profile: Profile) -> list[Any]:
    """Type, region, what became of it, and its statistical neighbours."""
    area = profile.area
    kind = str(area["authority_type"])
    parts: list[Any] = [f"{kind[:1].upper()}{kind[1:]} in {area['region']}. "]
    if area["valid_from"] is not None:
        parts.append(f"It came into being on {format_day(area['valid_from'])}. ")
    if area["valid_to"] is not None:
        parts.append(f"It ceased on {format_day(area['valid_to'])} and became ")
        parts += [*_names(served, view, list(area["successor_codes"])), ". "]
    if profile.neighbours:
        names = _names(served, view, profile.neighbours)
        parts += ["Statistical neighbours: ", *names, "."]
    return parts


def _names(served: Served, view: View, codes: Sequence[str]) -> list[Any]:
    links: list[Any] = []
    for code in codes:
        links += [dcc.Link(served.authorities[code]["name"], href=link(f"/authority/{code}", view)),
                  ", "]  # fmt: skip
    return links[:-1]


# In short ----------------------------------------------------------------------------------------


def _in_short(served: Served, view: View, profile: Profile) -> html.Section:
    """What it comes to, and where to go from here."""
    sentences = [latest_sentence(served, profile.area), *standing_sentences(profile)]
    code = profile.code
    leads = [
        dcc.Link("Compare with others", href=link("/compare", view, us=code)),
        dcc.Link("Who is like us", href=link(f"/neighbours/{code}", view)),
        dcc.Link("Inspections", href=link("/inspections", view)),
        html.A("Download profile (PDF)", href=address(PROFILE_PDF, {"us": code})),
        html.A("Report for elected members and the public (PDF)", href=report_address(code)),
    ]
    return html.Section(
        [
            html.H2("In short"),
            html.Ul([html.Li(words) for words in sentences if words], className="in-short-facts"),
            html.Ul([html.Li(lead) for lead in leads], className="leads"),
        ],
        className="card in-short",
    )


# Strengths and concerns --------------------------------------------------------------------------


def _beyond_chance(served: Served, view: View, profile: Profile) -> list[Any]:
    """Two lists: what is better and what is worse than the country beyond chance, that first which
    stands out among authorities."""
    country = served.country["name"]
    if not profile.tally(None).tested:
        return []
    sections = [
        html.Section(
            [
                html.H2(f"{VERDICT_MARKS[verdict]} {words}"),
                *_standing_out(served, view, profile, profile.found(verdict, standing_out=True)),
                *_ordinary(served, view, profile, profile.found(verdict, standing_out=False)),
            ],
            className="card half",
        )
        for verdict, words in (
            (BETTER, f"Better than {country}"),
            (WORSE, f"Worse than {country}"),
        )
    ]
    note = html.P(findings_note(profile), className="small")
    return [html.Div(sections, className="halves"), note]


def _standing_out(
    served: Served, view: View, profile: Profile, found: Sequence[Finding]
) -> list[Any]:
    if not found:
        return [html.P("Nothing beyond what authorities ordinarily differ by.")]
    return [html.Ul([_item(served, view, profile, finding) for finding in found])]


def _ordinary(served: Served, view: View, profile: Profile, found: Sequence[Finding]) -> list[Any]:
    """Those that chance does not explain but the ordinary spread between authorities may."""
    if not found:
        return []
    return [
        html.Details(
            [
                html.Summary(f"Not shown to be more than authorities differ by ({len(found)})"),
                html.Ul([_item(served, view, profile, finding) for finding in found]),
            ]
        )
    ]


def _item(served: Served, view: View, profile: Profile, finding: Finding) -> html.Li:
    indicator, key = finding.indicator, finding.indicator["indicator_id"]
    sentence = figure_sentence(
        indicator["title"], finding.figure, indicator,
        region=str(profile.area["region"]), country=served.country["name"],
    ).removeprefix(f"{indicator['title']}: ")  # fmt: skip
    more = [_place_words(finding.place), _trend_words(profile.trends.get(key))]
    return html.Li(
        [
            dcc.Link(indicator["title"], href=link(f"/indicator/{key}", view)),
            f": {sentence}",
            *(f" {words}" for words in more if words),
        ]
    )


def _place_words(place: str | None) -> str:
    if place is None or place == INSIDE:
        return ""
    limits = "95%" if place in {ABOVE_95, BELOW_95} else "99.8%"
    return f"Outside the {limits} limits of the funnel."


def _trend_words(trend: Trend | None) -> str:
    if trend is None or trend.verdict is None:
        return ""
    return f"Recent trend: {trend.verdict} since {trend.first_period}."
