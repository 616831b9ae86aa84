"""An authority's headline indicators as an export: every figure with what it can bear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alliance.components.badges import shown_band
from alliance.exports.about import RANKS, about_indicators
from alliance.exports.figures import value_and_status
from alliance.exports.table import Column, ExportTable, NotThereError
from alliance.profile import Profile, marks_of, read_profile
from alliance.service import Served
from alliance.view import ALL_TOPICS, View
from indicators.recent_trend import trend_words
from indicators.words import GRADE, grades_key, unit_words

Row = Mapping[str, Any]


def build_profile(served: Served, view: View, query: Mapping[str, str]) -> ExportTable:
    """One authority's latest headline figures. query: `authority` (else the view's) and `topic`.

    Raises `NotThereError` for an authority or a topic that is not there.
    """
    code = query.get("authority") or view.us
    if code not in served.authorities:
        raise NotThereError(f"There is no authority “{code[:60]}” in the release being served.")
    profile = read_profile(served, code)
    topic = query.get("topic") or ALL_TOPICS
    chosen = profile.chosen(None if topic == ALL_TOPICS else topic)
    if not chosen and topic != ALL_TOPICS:
        raise NotThereError(f"There is no topic “{topic[:60]}” in this authority's profile.")
    name = str(profile.area["name"])
    return ExportTable(
        title=f"{name}: headline indicators",
        columns=_columns(served),
        rows=[_record(profile, indicator, figure) for indicator, figure in chosen],
        about=about_indicators(
            served,
            [indicator for indicator, _ in chosen],
            "the latest of each indicator, as its row says",
            ("Authority", name),
            ("Compared with", compared_with(profile)),
            ("Grades", grades_key()),
            ("Ranks", RANKS),
        ),
        name=f"profile_{code}",
    )


def compared_with(profile: Profile) -> str:
    """What a profile stands beside, whichever set a page has chosen."""
    served = profile.served
    model = next(iter(served.neighbour_models), "")
    names = "; ".join(served.name(code) for code in profile.neighbours)
    near = f"its statistical neighbours in the model of {model}: {names}"
    none = "no statistical neighbours, of which this release has none for it"
    return (
        f"{served.country['name']}; its region, {served.region_of(profile.code)}; and "
        f"{near if names else none}"
    )


def _columns(served: Served) -> tuple[Column, ...]:
    country = served.country["name"]
    return (
        Column("indicator_id", "Id", csv_only=True),
        Column("title", "Indicator"),
        Column("domain", "Topic"),
        Column("unit", "Unit"),
        Column("period", "Period"),
        Column("value", "Figure", by_row=True),
        Column("status", "Status"),
        Column("ci95_low", "95% interval, low", by_row=True),
        Column("ci95_high", "95% interval, high", by_row=True),
        Column("england", country, by_row=True),
        Column("vs_england", f"Against {country}"),
        Column("region", "Region", by_row=True),
        Column("quartile_band", "Quarter (A best)"),
        *(
            column
            for among, words in (("region", "in region"), ("neighbours", "among neighbours"))
            for column in (
                Column(f"rank_{among}", f"Rank {words}", "count", 0),
                Column(f"n_{among}", "of", "count", 0),
                Column(f"rank_{among}_low", "by chance from", "count", 0),
                Column(f"rank_{among}_high", "to", "count", 0),
            )
        ),
        Column("trend", "Recent trend"),
    )


def _record(profile: Profile, indicator: Row, figure: Row) -> dict[str, Any]:
    key, graded = indicator["indicator_id"], indicator["unit"] == GRADE
    return {
        **value_and_status(profile.served, figure, marks_of(indicator, figure)),
        "indicator_id": key,
        "title": indicator["title"],
        "domain": indicator["domain"],
        "unit": unit_words(indicator["unit"]),
        "shown_unit": indicator["unit"],
        "shown_decimals": indicator["decimals"],
        "period": figure["period"],
        "trend": "" if graded else trend_words(profile.trends[key]),
        **({} if graded else _bearing(profile, indicator, figure)),
    }


def _bearing(profile: Profile, indicator: Row, figure: Row) -> dict[str, Any]:
    """What a figure that is no grade stands beside, and what its ranks can bear."""
    found = {
        name: figure[name]
        for name in ("ci95_low", "ci95_high", "england", "vs_england", "region",
                     "rank_region", "n_region", "rank_neighbours", "n_neighbours")
    } | {"quartile_band": shown_band(figure, indicator)}  # fmt: skip
    for among in ("region", "neighbours"):
        interval = profile.rank_interval(indicator, figure, among)
        if interval is not None:
            found |= {f"rank_{among}_low": interval.low, f"rank_{among}_high": interval.high}
    return found
