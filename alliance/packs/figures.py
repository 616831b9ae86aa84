"""A figure as a pack shows it: in a sentence, in numbers, as a picture for paper and as a chart
that PowerPoint draws. Whatever the release being served no longer gives is not in any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from alliance.charts.trajectory import Path, Travelled
from alliance.charts.trajectory_picture import draw_trajectory
from alliance.components.frozen_evidence import facts_of
from alliance.exports.table import Comparator, NativeChart, NativeSeries, Role
from alliance.log.entry import Entry, FrozenEvidence
from alliance.log.trajectory import (
    Aim,
    Course,
    Standing,
    agreed_words,
    aim_of,
    children_words,
    course_sentence,
    courses_of,
    is_withheld,
    latest_words,
    restated_words,
    standing_of,
    withheld_words,
)
from alliance.packs.document import Block, heading, pairs, para, picture, small, warning
from alliance.service import Served
from indicators.series import latest_figure
from indicators.words import GRADE, NOT_THEN, format_value, unit_title
from ingest.grades import GRADE_WORDS

LEFT_OUT = ("File", "sha256 of the file", "Definition")
"""Of a figure's facts, what a meeting has no use for on paper."""
SINCE = "What became of this figure since it was taken"
_LINES: tuple[Role, ...] = ("us", "region", "neighbours", "england", "set", "peer")


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure to show. `about` is what a slide says of it; `notes` whom its chart leaves out."""

    title: str
    sentence: str
    since: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    svg: str
    chart: NativeChart | None
    about: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def blocks_of(shown: Shown) -> list[Block]:
    """The figure on paper."""
    return [
        heading(shown.title, 3),
        para(shown.sentence, strong=True),
        *([warning(f"{SINCE}:", shown.since)] if shown.since else []),
        *([pairs(("What", "As it was taken"), shown.facts)] if shown.facts else []),
        *([picture(shown.svg, shown.sentence)] if shown.svg else []),
        *(small(words) for words in shown.notes),
    ]


# Evidence -----------------------------------------------------------------------------------------


def shown_evidence(fit: FrozenEvidence, since: Sequence[str]) -> Shown:
    """Evidence as `alliance.log.drift.as_shown` gives it; `since`: what became of it."""
    frozen = fit.frozen
    return Shown(
        title=f"{frozen['indicator']['title']}, {fit.period}",
        sentence=fit.sentence,
        since=tuple(since),
        facts=tuple(pair for pair in facts_of(frozen) if pair[0] not in LEFT_OUT),
        svg=fit.picture,
        chart=_chart(frozen),
        about=(
            ("Source", str(frozen["attribution"]).removeprefix("Source: ").removesuffix(".")),
            ("Period", str(frozen["period"]["period"])),
            ("Release", str(frozen["release"]["release_id"])),
            ("Compared with", str(frozen["set"]["name"])),
        ),
        notes=tuple(_without_figure(frozen)),
    )


def _chart(frozen: Mapping[str, Any]) -> NativeChart | None:
    """The bars that can be drawn; None where nobody has a figure."""
    indicator = frozen["indicator"]
    if indicator["unit"] == GRADE:
        return _grades(frozen)
    us = frozen["area"]["code"]
    members = _members(frozen)
    known = [member for member in members if member["value"] is not None]
    if not known:
        return None
    ranked = sorted(
        known,
        key=lambda m: (m["rank_england"] is None, m["rank_england"] or 0, -m["value"], m["name"]),
    )
    series = NativeSeries(
        name=str(indicator["title"]),
        values=tuple(member["value"] for member in ranked),
        low=tuple(member["ci95_low"] for member in ranked),
        high=tuple(member["ci95_high"] for member in ranked),
        roles=tuple("us" if member["code"] == us else "peer" for member in ranked),
    )
    return NativeChart(
        kind="bar",
        categories=tuple(str(member["name"]) for member in ranked),
        series=(series,),
        axis_title=unit_title(indicator["unit"]),
        unit=indicator["unit"],
        decimals=indicator["decimals"],
        comparators=tuple(_comparators(frozen)),
    )


def _members(frozen: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Whoever is in the set, with the figure's own authority."""
    members = list(frozen["set"]["members"])
    us = frozen["area"]["code"]
    if us not in {member["code"] for member in members}:
        members.append({"code": us, "name": frozen["area"]["name"], **frozen["figure"]})
    return members


def _comparators(frozen: Mapping[str, Any]) -> list[Comparator]:
    kept, n = frozen["comparators"], frozen["comparators"]["neighbours_n"]
    near = f"Median of {n} statistical neighbour{'' if n == 1 else 's'}"
    named: tuple[tuple[str, str, Role], ...] = (
        ("england", str(frozen["country"]), "england"),
        ("region", str(kept["region_name"]), "region"),
        ("neighbours_median", near, "neighbours"),
    )
    return [
        Comparator(label, kept[key], role) for key, label, role in named if kept[key] is not None
    ]


def _grades(frozen: Mapping[str, Any]) -> NativeChart | None:
    """How many of the set hold each grade: grades are counted and nothing else."""
    held = [member["value"] for member in frozen["set"]["members"] if member["value"] is not None]
    if not held:
        return None
    own = frozen["figure"]["value"]
    series = NativeSeries(
        name="Number of authorities",
        values=tuple(float(held.count(grade)) for grade in GRADE_WORDS),
        roles=tuple("us" if grade == own else "peer" for grade in GRADE_WORDS),
    )
    return NativeChart("bar", tuple(GRADE_WORDS.values()), (series,), "Number of authorities")


def _without_figure(frozen: Mapping[str, Any]) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for member in _members(frozen):
        if member["value"] is None and member["absence"] != NOT_THEN:
            reasons.setdefault(str(member["absence"]), []).append(str(member["name"]))
    return [f"No figure ({reason}): {', '.join(names)}." for reason, names in reasons.items()]


# Trajectories -------------------------------------------------------------------------------------


def shown_trajectory(served: Served, entry: Entry, today: date) -> Shown | None:
    """Where a priority stands; None where it has no figure to follow."""
    aim = aim_of(served, entry)
    if aim is None:
        return None
    courses = courses_of(served, entry, aim)
    if is_withheld(aim, courses):
        return _withheld(served, aim, courses)
    notes = [restated_words(served, aim, courses)]
    for course in courses:
        words = children_words(aim, course)
        notes.append(f"{served.name(course.code)}: {words}" if words else "")
    return show_course(
        served, aim.indicator, courses, aim,
        sentence=course_sentence(served, aim, courses, today),
        notes=[*(note for note in notes if note), *gap_notes(served, courses)],
    )  # fmt: skip


def standing_words(served: Served, entry: Entry, today: date) -> str:
    """Where a priority stands by published figures, in a sentence or two; nothing where it has no
    figure to follow."""
    aim = aim_of(served, entry)
    if aim is None:
        return ""
    courses = courses_of(served, entry, aim)
    if is_withheld(aim, courses):
        return "The figure that it started from is no longer published."
    return f"{agreed_words(aim)} {latest_words(served, aim, courses, today)}"


def standings_of(served: Served, entry: Entry, today: date) -> list[Standing]:
    """How each authority of a priority stands; none where it has no figure to follow, or the one
    that it started from is no longer published."""
    aim = aim_of(served, entry)
    courses = courses_of(served, entry, aim) if aim else []
    if aim is None or is_withheld(aim, courses):
        return []
    return [standing_of(aim, course, today) for course in courses]


def _withheld(served: Served, aim: Aim, courses: Sequence[Course]) -> Shown:
    """Without the figure that it began with, nor the path that begins there."""
    return show_course(
        served, aim.indicator, courses, None, sentence=withheld_words(aim),
        notes=gap_notes(served, courses),
    )  # fmt: skip


def gap_notes(served: Served, courses: Sequence[Course]) -> list[str]:
    """The years without a figure, each with its reason."""
    found = []
    for course in courses:
        gaps = [f"{r['period']}: {served.absence(r)}" for r in course.rows if r["value"] is None]
        if gaps:
            found.append(f"No figure for {served.name(course.code)}. {'; '.join(gaps)}.")
    return found


def show_course(
    served: Served,
    indicator: Mapping[str, Any],
    courses: Sequence[Course],
    aim: Aim | None,
    *,
    sentence: str,
    notes: Sequence[str],
) -> Shown:
    """Published figures over time, with the path that was agreed where there is one to show."""
    unit, decimals = indicator["unit"], indicator["decimals"]
    alone = len(courses) == 1
    travelled = [Travelled(served.name(c.code), c.rows, alone) for c in courses]
    known = any(row["value"] is not None for course in courses for row in course.rows)
    title = f"{indicator['title']}: " + ("agreed and actual" if aim else "as published")
    svg = (
        draw_trajectory(
            travelled, _path(aim) if aim else None, title=title, sentence=sentence,
            unit_title=unit_title(unit), show=lambda value: format_value(value, unit, decimals),
        )
        if known
        else ""
    )  # fmt: skip
    return Shown(
        title=title,
        sentence=sentence,
        since=(),
        facts=(),
        svg=svg,
        chart=_line_chart(served, indicator, courses, aim) if known else None,
        about=(
            ("Source", served.attribution(indicator).removeprefix("Source: ").removesuffix(".")),
            ("Release", served.info.release_id),
        ),
        notes=(*_latest(served, indicator, courses), *notes),
    )


def _latest(
    served: Served, indicator: Mapping[str, Any], courses: Sequence[Course]
) -> Iterator[str]:
    """The last figure of each of several authorities: their lines cross."""
    if len(courses) < 2:
        return
    found = []
    for course in courses:
        last = latest_figure(course.rows)
        if last is not None:
            shown = format_value(last["value"], indicator["unit"], indicator["decimals"])
            found.append(f"{served.name(course.code)} {shown} in {last['period']}")
    if found:
        yield f"The latest figures: {'; '.join(found)}."


def _path(aim: Aim) -> Path:
    end = (aim.by, aim.target) if aim.by and aim.by > aim.start else None
    return Path((aim.start, aim.baseline), end, aim.target)


def _line_chart(
    served: Served, indicator: Mapping[str, Any], courses: Sequence[Course], aim: Aim | None
) -> NativeChart:
    """A category for each period, and one for the day of the target where that lies beyond."""
    ends = {row["period"]: row["period_end"] for course in courses for row in course.rows}
    periods = sorted(ends, key=lambda period: (ends[period], period))
    beyond = aim.by if aim and aim.by and aim.by > max(ends.values()) else None
    series = [
        NativeSeries(
            name=served.name(course.code),
            values=(*(_value(course, period) for period in periods), *([None] if beyond else [])),
            role=_LINES[place % len(_LINES)] if len(courses) > 1 else "us",
        )
        for place, course in enumerate(courses)
    ]
    if aim is not None:
        path = [_on_path(aim, ends[period]) for period in periods]
        values = (*path, *([aim.target] if beyond else []))
        name = "Agreed path to the target" if aim.by else "Target"
        series.append(NativeSeries(name, values, role="region" if len(courses) == 1 else "peer"))
    return NativeChart(
        kind="line",
        categories=(*periods, *(["Target"] if beyond else [])),
        series=tuple(series),
        axis_title=unit_title(indicator["unit"]),
        unit=indicator["unit"],
        decimals=indicator["decimals"],
    )


def _value(course: Course, period: str) -> float | None:
    row = next((row for row in course.rows if row["period"] == period), None)
    return None if row is None else row["value"]


def _on_path(aim: Aim, day: date) -> float | None:
    return aim.target if aim.by is None else aim.path_at(day)
