"""An authority's headline indicators: the spine, and the same figures as a table with what each can
bear. Draws a `Profile`; reads nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from alliance.charts import CHARTS
from alliance.charts.sparkline import HEIGHT, WIDTH, sparkline
from alliance.charts.spine import SpineRow, spine
from alliance.components.badges import VERDICT_MARKS, band_badge, shown_band
from alliance.components.chart_frame import chart_frame, describe
from alliance.components.raise_challenge import raise_link
from alliance.components.tables import plain_table
from alliance.profile import Profile, marks_of
from alliance.service import DEMONSTRATION
from alliance.view import ALL_TOPICS, TABLE, View, link
from indicators.rank_interval import rank_interval_words
from indicators.recent_trend import UNTESTED, Trend
from indicators.tally import tally_words
from indicators.words import GRADE, NOT_AVERAGED, format_value, unit_unless_said

Row = Mapping[str, Any]

PROFILE = "authority-profile"
KIND = "profile"
"""The kind of export that holds the same figures."""
TREND_MARKS = {"rising": "↗", "falling": "↘", "none": "→"}


def profile_section(view: View, profile: Profile, *, topic: str | None, tab: str) -> html.Div:
    """The section; `topic` None for all, `tab` the one that is open."""
    served, name = profile.served, str(profile.area["name"])
    region, country = served.region_of(profile.code), str(served.country["name"])
    rows = profile.spine_rows(topic)
    figure = None
    if rows:
        figure = spine(rows, us=name, region=region, country=country)
        describe(
            figure,
            title=f"{name}: headline indicators",
            source=f"{_source(profile)} Release {served.info.release_id}.",
            caveats="Each row has a scale of its own.",
        )
    return html.Div(
        chart_frame(
            CHARTS["spine"],
            prefix=PROFILE,
            title="Headline indicators",
            sentence=spine_sentence(profile, topic),
            figure=figure,
            table=_table(view, profile, topic),
            tab=tab,
            export=(KIND, {"us": profile.code, "topic": topic or ALL_TOPICS}),
            file_name=f"profile_{profile.code}",
            notes=_not_drawn(profile, rows, topic),
        ),
        className="spine",
    )


def spine_sentence(profile: Profile, topic: str | None) -> str:
    """How many of the figures are better, worse, or neither, and on what that rests."""
    country = str(profile.served.country["name"])
    words = tally_words(profile.tally(topic), country)
    whose = f"{profile.area['name']}{f', {topic}' if topic else ''}"
    return f"{whose}: {words[:1].lower()}{words[1:]}"


def trend_cell(trend: Trend | None, indicator: Row) -> Any:
    """The recent trend as a table has it: the direction in words, and since when."""
    if trend is None or indicator["unit"] == GRADE:
        return ""
    if trend.direction == UNTESTED:
        return html.Span("not tested", className="absent", title=trend.reason)
    words = trend.verdict or {"none": "no trend"}.get(trend.direction, trend.direction)
    mark = html.Span(TREND_MARKS[trend.direction], **{"aria-hidden": "true"})
    since = f" since {trend.first_period}"
    return html.Span([mark, f"\u00a0{words}", html.Span(since, className="unit")])


def _source(profile: Profile) -> str:
    served = profile.served
    if served.info.demo:
        return f"{DEMONSTRATION}."
    publishers = dict.fromkeys(i["publisher"] for i, _ in profile.chosen(None))
    return f"Sources: {', '.join(str(name) for name in publishers if name)}."


def _not_drawn(profile: Profile, rows: Sequence[SpineRow], topic: str | None) -> list[Any]:
    """Which indicators the chart leaves out, and why; the table has them all."""
    drawn = {row.indicator["indicator_id"] for row in rows}
    reasons: dict[str, list[str]] = {}
    for indicator, figure in profile.chosen(topic):
        if indicator["indicator_id"] not in drawn:
            reasons.setdefault(_why_not(profile, indicator, figure), []).append(indicator["title"])
    if not reasons:
        return []
    lines = [html.P(f"Not drawn ({why}): {'; '.join(names)}.") for why, names in reasons.items()]
    return [html.Div(lines, className="absences")]


def _why_not(profile: Profile, indicator: Row, figure: Row) -> str:
    if indicator["unit"] == GRADE:
        return "a grade, which has no average"
    if figure["value"] is None:
        return profile.served.absence(figure)
    return f"no figure for {profile.served.country['name']}"


def _table(view: View, profile: Profile, topic: str | None) -> html.Div:
    country = profile.served.country["name"]
    head = ["Indicator", "Figure", "Over time", "Recent trend", country, f"Against {country}",
            "Quarter", "Rank in region", "Rank among neighbours"]  # fmt: skip
    topics: dict[str, list[list[Any]]] = {}
    for indicator, figure in profile.chosen(topic):
        topics.setdefault(indicator["domain"], []).append(_row(view, profile, indicator, figure))
    if not topics:
        return html.Div(html.P("This release has no headline figure for this authority."))
    notes = [
        html.P(
            "Under each rank: the ranks that chance alone would allow it (95%). Without them, the "
            "counts behind the figure are not published, and its rank can bear no more.",
            className="small",
        )
    ]
    if any(figure["joint_with"] for _, figure in profile.chosen(topic)):
        joint = "* A joint return of two authorities: both have the same figure."
        notes.append(html.P(joint, className="small"))
    caption = f"Headline indicators of {profile.area['name']}"
    return html.Div([plain_table(caption, head, topics, kind="profile"), *notes])


def _row(view: View, profile: Profile, indicator: Row, figure: Row) -> list[Any]:
    key, graded = indicator["indicator_id"], indicator["unit"] == GRADE
    return [
        [
            dcc.Link(indicator["title"], href=link(f"/indicator/{key}", view)),
            html.Span(f" {_unit_and_period(indicator, figure)}", className="unit"),
            *_raise(view, profile, indicator, figure),
        ],
        _figure(profile, indicator, figure),
        _past(profile, indicator),
        trend_cell(profile.trends.get(key), indicator),
        _england(indicator, figure),
        _against(figure),
        band_badge(shown_band(figure, indicator)),
        *("" if graded else _rank(profile, indicator, figure, among)
          for among in ("region", "neighbours")),
    ]  # fmt: skip


def _unit_and_period(indicator: Row, figure: Row) -> str:
    unit = unit_unless_said(indicator["title"], indicator["unit"])
    return f"{unit}, {figure['period']}" if unit else str(figure["period"])


def _raise(view: View, profile: Profile, indicator: Row, figure: Row) -> list[Any]:
    """The way to a question about the figure, which leads back to this table."""
    page = f"{link(f'/authority/{profile.code}', view, profile=TABLE)}#{PROFILE}-title"
    found = raise_link(
        view, indicator["indicator_id"], figure["period"], scope="region", us=profile.code,
        about=f"{indicator['title']} of {profile.area['name']}", page=page,
    )  # fmt: skip
    return [html.Div(found, className="raise")] if found else []


def _figure(profile: Profile, indicator: Row, figure: Row) -> Any:
    if figure["value"] is None:
        return html.Span(profile.served.absence(figure), className="absent")
    shown = format_value(figure["value"], indicator["unit"], indicator["decimals"])
    marks = ["*"] if figure["joint_with"] else []
    words = marks_of(indicator, figure)
    marks += [" ", html.Span(", ".join(words), className="unit")] if words else []
    return [shown, *marks] if marks else shown


def _past(profile: Profile, indicator: Row) -> Any:
    """The trend line; grades have none."""
    unit, decimals = indicator["unit"], indicator["decimals"]
    values = [row["value"] for row in profile.series.get(indicator["indicator_id"], [])]
    picture = None if unit == GRADE else sparkline(values)
    if picture is None:
        return ""
    known = [value for value in values if value is not None]
    first, last = (format_value(value, unit, decimals) for value in (known[0], known[-1]))
    return html.Img(src=picture, alt=f"From {first} to {last}", width=WIDTH, height=HEIGHT)


def _england(indicator: Row, figure: Row) -> Any:
    if indicator["unit"] == GRADE:
        return html.Span(NOT_AVERAGED, className="absent")
    if figure["england"] is None:
        return html.Span("no figure", className="absent")
    return format_value(figure["england"], indicator["unit"], indicator["decimals"])


def _against(figure: Row) -> str:
    verdict = figure["vs_england"]
    return f"{VERDICT_MARKS[verdict]} {verdict}" if verdict else ""


def _rank(profile: Profile, indicator: Row, figure: Row, among: str) -> Any:
    """The rank, and below it between which ranks chance alone would let it stand."""
    rank, n = figure[f"rank_{among}"], figure[f"n_{among}"]
    if rank is None or n <= 1:
        return ""
    interval = profile.rank_interval(indicator, figure, among)
    shown: list[Any] = [f"{rank} of {n}"]
    if interval is not None:
        words = rank_interval_words(interval).removesuffix(f" of {n}")
        shown += [html.Br(), html.Span(words, className="unit")]
    return shown
