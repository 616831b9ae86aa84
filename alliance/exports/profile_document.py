"""One authority's profile as a document for people who never sign in: its words and figures.

Says what the page of the authority says, and what each indicator is; sets no type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from alliance.charts.sparkline import sparkline
from alliance.components.badges import VERDICT_MARKS
from alliance.exports.about import (
    FIGURES_OF,
    INTERVALS,
    RANKS,
    SUPPRESSION,
    release_pair,
    source_pairs,
)
from alliance.exports.pdf_file import render_pdf
from alliance.exports.table import NotThereError
from alliance.inspections import JUDGED, NOT_JUDGED
from alliance.profile import Finding, Profile, marks_of, read_profile
from alliance.profile_export import compared_with
from alliance.service import DEMONSTRATION, Served
from alliance.standing import BETTER, WORSE, findings_note, standing_sentences
from indicators.rank_interval import rank_interval_words
from indicators.recent_trend import UNTESTED
from indicators.words import (
    GRADE,
    NOT_AVERAGED,
    figure_sentence,
    format_day,
    format_value,
    unit_words,
)

Row = Mapping[str, Any]
TEMPLATE = "profile.typ"
READING = (
    "Under a figure stands how it differs from the country beyond chance, by its 95% interval; a "
    "figure without a mark either has no interval or rests on a measure that is not compared. "
    "Rank 1 is the best figure where there is a better direction, else the highest; under a rank "
    "stand the ranks that chance alone would allow it. The line over time has no scale: it shows "
    "the direction, and a gap in it is a year without a figure."
)


def render_profile(served: Served, code: str) -> bytes:
    """The profile of an authority as a tagged PDF. Raises `NotThereError` for one that is not in
    the release."""
    return render_pdf(TEMPLATE, profile_data(served, code), at=served.info.built_at)


def profile_name(served: Served, code: str) -> str:
    """The file's name without its ending."""
    return f"profile_{code}_{served.name(code)}"


def profile_data(served: Served, code: str) -> dict[str, Any]:
    """Everything that the template sets, as texts; a picture as SVG with its words."""
    if code not in served.authorities:
        raise NotThereError(f"There is no authority “{code[:60]}” in the release being served.")
    profile = read_profile(served, code)
    country = str(served.country["name"])
    chosen = profile.chosen(None)
    topics: dict[str, list[dict[str, Any]]] = {}
    for indicator, figure in chosen:
        topics.setdefault(indicator["domain"], []).append(_row(profile, indicator, figure))
    judged = _judged(profile)
    return {
        "title": f"{profile.area['name']}: profile of children’s services",
        "name": profile.area["name"],
        "subtitle": "Profile of children’s services",
        "demonstration": DEMONSTRATION if served.info.demo else "",
        "marking": "",
        "release": ": ".join(release_pair(served)),
        "facts": _facts(profile),
        "in_short": standing_sentences(profile),
        "findings": _findings(profile, country),
        "findings_note": findings_note(profile) if profile.tally(None).tested else "",
        "judgements": judged[0],
        "judgement_note": judged[1],
        "columns": ["Indicator", "Figure", country, "Region", "Neighbours’ median",
                    f"Rank in {served.region_of(code)}", "Over time"],
        "reading": READING,
        "topics": [{"title": title, "rows": rows} for title, rows in topics.items()],
        "no_figures": "This release has no headline figure for this authority.",
        "notes": _notes(profile),
        "about": _about(profile, [indicator for indicator, _ in chosen]),
        "definitions": [_definition(indicator) for indicator, _ in chosen],
    }  # fmt: skip


def _facts(profile: Profile) -> list[str]:
    """Type, region, what became of it, and its statistical neighbours."""
    area, served = profile.area, profile.served
    kind = str(area["authority_type"])
    first = [f"{kind[:1].upper()}{kind[1:]} in {area['region']}."]
    if area["valid_from"] is not None:
        first.append(f"It came into being on {format_day(area['valid_from'])}.")
    if area["valid_to"] is not None:
        names = ", ".join(served.name(item) for item in area["successor_codes"])
        first.append(f"It ceased on {format_day(area['valid_to'])} and became {names}.")
    lines = [" ".join(first)]
    if profile.neighbours:
        names = ", ".join(served.name(item) for item in profile.neighbours)
        lines.append(f"Statistical neighbours, the closest first: {names}.")
    return lines


def _findings(profile: Profile, country: str) -> list[dict[str, Any]]:
    """What is better and what is worse, that first which stands out among authorities."""
    if not profile.tally(None).tested:
        return []
    return [
        {
            "title": f"{VERDICT_MARKS[verdict]} {words} than {country} beyond chance",
            "standing_out": _listed(profile, country, verdict, standing_out=True),
            "ordinary": _listed(profile, country, verdict, standing_out=False),
            "ordinary_words": "By more than chance, and not shown to be by more than authorities "
            "ordinarily differ:",
            "none": "No indicator.",
        }
        for verdict, words in ((BETTER, "Better"), (WORSE, "Worse"))
    ]


def _listed(
    profile: Profile, country: str, verdict: str, *, standing_out: bool
) -> list[dict[str, str]]:
    found = profile.found(verdict, standing_out=standing_out)
    return [_finding(profile, item, country) for item in found]


def _finding(profile: Profile, finding: Finding, country: str) -> dict[str, str]:
    indicator = finding.indicator
    title = str(indicator["title"])
    region = str(profile.area["region"])
    words = figure_sentence(title, finding.figure, indicator, region=region, country=country)
    return {"title": title, "words": words.removeprefix(f"{title}: ")}


def _judged(profile: Profile) -> tuple[list[dict[str, str]], str]:
    """The latest judgements of the authority itself, and of when they are."""
    rows = profile.served.release.inspections([profile.code])
    latest = next((row for row in rows if row["overall"] is not None), None)
    if latest is None:
        return [], ""
    found = [
        {"what": title, "grade": latest[column] or _not_judged(column)}
        for column, title in JUDGED.items()
    ]
    note = (
        f"Inspection that began on {format_day(latest['inspected_on'])}; report published on "
        f"{format_day(latest['published_on'])}. A judgement is of that time."
    )
    return found, note


def _not_judged(column: str) -> str:
    return NOT_JUDGED if column == "care_leavers" else "not judged"


def _row(profile: Profile, indicator: Row, figure: Row) -> dict[str, Any]:
    """One line of a topic's table."""
    key, unit = indicator["indicator_id"], indicator["unit"]
    graded = unit == GRADE
    value = figure["value"]
    verdict = figure["vs_england"]

    def shown(number: float | None) -> str:
        if graded:
            return NOT_AVERAGED
        return "no figure" if number is None else format_value(number, unit, indicator["decimals"])

    rank, interval = ("", "") if graded else _rank(profile, indicator, figure)
    spark, words = ("", "") if graded else _spark(profile, indicator)
    return {
        "title": indicator["title"],
        "unit": f"{unit_words(unit)}, {figure['period']}",
        "absent": value is None,
        "value": profile.served.absence(figure) if value is None
        else format_value(value, unit, indicator["decimals"]),
        "marks": ", ".join(
            [*marks_of(indicator, figure), *(["joint return"] if figure["joint_with"] else [])]
        ),
        "versus": f"{VERDICT_MARKS[verdict]} {verdict}" if verdict else "",
        "england": shown(figure["england"]),
        "region": shown(figure["region"]),
        "neighbours": shown(figure["neighbours_median"]),
        "rank": rank,
        "rank_interval": interval,
        "spark": spark,
        "spark_alt": words,
        "trend": _trend(profile, key),
    }  # fmt: skip


def _rank(profile: Profile, indicator: Row, figure: Row) -> tuple[str, str]:
    """The rank in the region, and between which ranks chance alone would let it stand."""
    rank, n = figure["rank_region"], figure["n_region"]
    if rank is None or n <= 1:
        return "", ""
    interval = profile.rank_interval(indicator, figure, "region")
    bears = "no interval" if interval is None else rank_interval_words(interval)
    return f"{rank} of {n}", bears.removesuffix(f" of {n}")


def _spark(profile: Profile, indicator: Row) -> tuple[str, str]:
    """The line over time as SVG, and what it shows in words."""
    rows = profile.series.get(indicator["indicator_id"], [])
    address = sparkline([row["value"] for row in rows])
    if address is None:
        return "", ""
    known = [row for row in rows if row["value"] is not None]
    first, last = (
        f"{format_value(row['value'], indicator['unit'], indicator['decimals'])} in {row['period']}"
        for row in (known[0], known[-1])
    )
    return unquote(address.partition(",")[2]), f"{indicator['title']}: from {first} to {last}"


def _trend(profile: Profile, key: str) -> str:
    trend = profile.trends.get(key)
    if trend is None or trend.direction == UNTESTED:
        return ""
    words = trend.verdict or {"none": "no trend"}.get(trend.direction, trend.direction)
    return f"{words} since {trend.first_period}"


def _notes(profile: Profile) -> list[str]:
    if any(figure["joint_with"] for _, figure in profile.chosen(None)):
        return ["A joint return is of two authorities: both have the same figure."]
    return []


def _about(profile: Profile, indicators: list[Row]) -> list[tuple[str, str]]:
    """Sources, release, whom it is compared with, and how intervals, ranks and absent figures are
    to be taken."""
    served = profile.served
    methods = dict.fromkeys(row["interval_method"] for row in indicators if row["unit"] != GRADE)
    return [
        *source_pairs(served, indicators),
        release_pair(served),
        ("Period", "the latest of each indicator, as its line says"),
        ("Compared with", compared_with(profile)),
        *(
            (f"Intervals of {FIGURES_OF[method]}", INTERVALS[method])
            for method in methods
            if method != "none"
        ),
        ("Ranks", RANKS),
        ("Figures that are not numbers", SUPPRESSION),
    ]


def _definition(indicator: Row) -> dict[str, str]:
    return {
        "title": indicator["title"],
        "definition": " ".join((indicator["definition"] or "").split()),
        "caveats": " ".join((indicator["caveats"] or "").split()),
    }
