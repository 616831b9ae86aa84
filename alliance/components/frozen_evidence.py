"""A figure taken into the challenge log, as its pages show it: picture, facts as a table, the
way back to the live page. Draws what was frozen; decides and tests nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from dash import dcc, html

from alliance.charts.style import svg_address
from alliance.components.tables import plain_table
from alliance.log.entry import FrozenEvidence
from alliance.log.freezing import NEIGHBOURS, REGION
from alliance.log.writing import Figure
from alliance.people.routes import same_site_path
from alliance.scope import split_scope
from indicators.rank_interval import RankInterval, rank_interval_words
from indicators.words import (
    GRADE,
    NOT_THEN,
    format_day,
    format_number,
    format_value,
    format_with_unit,
)

Frozen = Mapping[str, Any]
_VERDICTS = {"higher": "above", "lower": "below", "similar": "no different beyond chance"}


def frozen_evidence(
    evidence: Figure | FrozenEvidence, changes: Sequence[str] = (), *, heading: str = ""
) -> html.Section:
    """The section of one figure: a preview, or evidence as `alliance.log.drift.as_shown` gives it.
    `changes` are the sentences of what became of it since."""
    frozen = evidence.frozen
    return html.Section(
        [
            html.H3(heading or f"{frozen['indicator']['title']}, {evidence.period}"),
            html.P(evidence.sentence, className="sentence"),
            *([_changed(changes)] if changes else []),
            *_picture(evidence),
            html.Details(
                [
                    html.Summary("The figure in numbers"),
                    plain_table(
                        "The figure as it was taken", ["What", "As it was"],
                        {"": [list(row) for row in facts_of(frozen)]},
                    ),
                    *_members(frozen),
                    *_bears(frozen),
                ]
            ),
            html.P(dcc.Link("The figure as it is now", href=same_site_path(evidence.address))),
        ],
        className="frozen-evidence",
    )  # fmt: skip


def _changed(changes: Sequence[str]) -> html.Div:
    """What became of the figure since, in words before any colour."""
    return html.Div(
        [
            html.P(
                [html.Span("△", **{"aria-hidden": "true"}), " Since it was taken:"],
                className="drift-lead",
            ),
            html.Ul([html.Li(words) for words in changes]),
        ],
        className="drift",
        role="note",
    )


def _picture(evidence: Figure | FrozenEvidence) -> Iterable[html.Div]:
    """The picture as a picture, so that nothing in it can run; it scrolls where it is too wide."""
    if evidence.picture:
        yield html.Div(
            html.Img(src=svg_address(evidence.picture), alt=evidence.sentence),
            className="frozen-picture",
            tabIndex=0,
            role="group",
            **{"aria-label": "Picture of the figure"},
        )


def _bears(frozen: Frozen) -> Iterable[Any]:
    """What the figure could bear, as it was tested then."""
    points = (frozen.get("evidence") or {}).get("points") or ()
    if points:
        yield html.H4("What it could bear")
        yield html.Dl(
            [part for point in points
             for part in (html.Dt(point["label"]), html.Dd(point["sentence"]))],
            className="evidence",
        )  # fmt: skip


def _members(frozen: Frozen) -> Iterable[Any]:
    """The set's figures, as the picture has them: small print on a telephone."""
    indicator = frozen["indicator"]
    members = [m for m in frozen["set"]["members"] if m["absence"] != NOT_THEN]
    ranked = sorted(
        members, key=lambda m: (m["rank_england"] is None, m["rank_england"] or 0, m["name"])
    )
    rows = [
        [
            member["name"],
            member["absence"]
            if member["value"] is None
            else format_value(member["value"], indicator["unit"], indicator["decimals"]),
        ]
        for member in ranked
    ]
    if rows:
        caption = f"Compared with {frozen['set']['name']}"
        yield plain_table(caption, ["Authority", "Figure"], {"": rows})


# The facts --------------------------------------------------------------------------------------


def facts_of(frozen: Frozen) -> list[tuple[str, str]]:
    """The frozen figure as pairs of what and how much; what is not there has no row."""
    rows = [*_own(frozen), *_comparators(frozen), *_places(frozen), *_origin(frozen)]
    return [(what, words) for what, words in rows if words]


def _own(frozen: Frozen) -> Iterable[tuple[str, str]]:
    own, indicator = frozen["figure"], frozen["indicator"]
    name = f"{frozen['area']['name']}, {frozen['period']['when']}"
    value = own["absence"] if own["value"] is None else _shown(frozen, own["value"])
    marks = [
        *(["provisional"] if own["provisional"] else []),
        *([f"joint return with {own['joint_with']}"] if own["joint_with"] else []),
    ]
    yield name, f"{value} ({', '.join(marks)})" if marks else str(value)
    for width, words in (("95", "95% interval"), ("998", "99.8% interval")):
        yield words, _interval(frozen, width)
    for key in ("numerator", "denominator"):
        if own[key] is not None:
            label = str(indicator[f"{key}_label"] or key)
            yield f"{label[:1].upper()}{label[1:]}", _number(own[key])


def _interval(frozen: Frozen, width: str) -> str:
    own, indicator = frozen["figure"], frozen["indicator"]
    ends = (own[f"ci{width}_low"], own[f"ci{width}_high"])
    if None in ends:
        return ""
    places = max(1, indicator["decimals"])
    return " to ".join(format_value(end, indicator["unit"], places) for end in ends)


def _comparators(frozen: Frozen) -> Iterable[tuple[str, str]]:
    kept, verdicts = frozen["comparators"], frozen["verdicts"]
    near = f"{kept['neighbours_n']} statistical neighbours" if kept["neighbours_n"] else ""
    median = frozen["set"].get("median")
    if median and split_scope(frozen["set"]["scope"])[0] != "neighbours":
        yield f"{median['label']}: {frozen['set']['name']}", _shown(frozen, median["value"])
    for name, value, verdict in (
        (frozen["country"], kept["england"], verdicts["england"]),
        (kept["region_name"], kept["region"], verdicts[REGION]),
        (f"Median of {near}", kept["neighbours_median"], verdicts[NEIGHBOURS]),
        (f"Mean of {near}", kept["neighbours_mean"], None),
    ):
        if value is not None:
            said = f"; the figure is {_VERDICTS.get(verdict, verdict)}" if verdict else ""
            yield str(name), f"{_shown(frozen, value)}{said}"


def _places(frozen: Frozen) -> Iterable[tuple[str, str]]:
    own, graded = frozen["figure"], frozen["indicator"]["unit"] == GRADE
    if own["value"] is None or graded:
        return
    for among, name in (
        ("region", frozen["area"]["region"]),
        ("neighbours", "its statistical neighbours"),
        ("england", frozen["country"]),
    ):
        rank, n = own[f"rank_{among}"], own[f"n_{among}"]
        if rank and n and n > 1:
            by_chance = _by_chance(frozen, "rank") if among == "england" else ""
            yield (
                f"Rank in {name}" if among != "neighbours" else f"Rank among {name}",
                (f"{rank} of {n}{by_chance}"),
            )
    yield (
        f"Rank compared with {frozen['set']['name']}",
        (_by_chance(frozen, "rank_in_set").removeprefix("; ")),
    )


def _by_chance(frozen: Frozen, key: str) -> str:
    found = (frozen.get("evidence") or {}).get(key)
    return f"; by chance {rank_interval_words(RankInterval(**found))}" if found else ""


def _origin(frozen: Frozen) -> Iterable[tuple[str, str]]:
    source, release = frozen["source"], frozen["release"]
    members = frozen["set"]["members"]
    known = sum(member["value"] is not None for member in members)
    yield "Compared with", f"{frozen['set']['name']} ({known} of {len(members)} with a figure)"
    yield "Definition", str(frozen["indicator"]["definition"] or "")
    yield "Source", str(frozen["attribution"]).removeprefix("Source: ")
    if source["published_on"]:
        yield "Came out on", format_day(date.fromisoformat(source["published_on"]))
    yield "File", str(source["file_name"] or "")
    yield "sha256 of the file", str(source["sha256"] or "")
    yield "Release", str(release["release_id"])


def _shown(frozen: Frozen, value: float) -> str:
    indicator = frozen["indicator"]
    return format_with_unit(value, indicator["unit"], indicator["decimals"])


def _number(value: float) -> str:
    return format_number(value, 0 if float(value).is_integer() else 1)
