"""Where a priority stands: what was agreed, the published figures since, and what they come to.

Owns the arithmetic of a priority's path and its words; knows no page. A context measure is above or
below the path and never good or bad; a figure that is not published is never one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from alliance.log.entry import Entry
from alliance.log.words import count, in_a_list
from alliance.service import Served
from indicators.gap import counted_noun, difference_words, gap_of, gap_words
from indicators.series import latest_figure, with_missing_years
from indicators.words import format_day, format_value, format_with_unit

Row = Mapping[str, Any]
OWN = "own"


@dataclass(frozen=True, slots=True)
class Aim:
    """What was agreed: from `baseline` at `start` to `target` at `by`, where a day is agreed. Only
    figures of a time after `start` show what became of it."""

    indicator: Row
    baseline: float
    target: float
    start: date
    by: date | None

    def path_at(self, day: date) -> float | None:
        """The figure on the straight way from the baseline to the target on a day: that of either
        end beyond it, None before the start and where no day is agreed."""
        if self.by is None or day < self.start or self.by <= self.start:
            return None
        share = min(1.0, (day - self.start).days / (self.by - self.start).days)
        return self.baseline + share * (self.target - self.baseline)

    def is_reached_by(self, value: float) -> bool:
        """Whether a figure is the target or beyond it, seen from the baseline. A context measure
        has a path beside which it lies, and reaches nothing."""
        if self.indicator["polarity"] == "none":
            return False
        share = (value - self.baseline) / ((self.target - self.baseline) or 1.0)
        return share >= 1 or self.is_shown_alike(value, self.target)

    def show(self, value: float) -> str:
        """A figure of its indicator as running text has it."""
        return format_with_unit(value, self.indicator["unit"], self.indicator["decimals"])

    def is_shown_alike(self, one: float, other: float) -> bool:
        """Whether two figures are the same as they are shown."""
        unit, decimals = self.indicator["unit"], self.indicator["decimals"]
        return format_value(one, unit, decimals) == format_value(other, unit, decimals)


@dataclass(frozen=True, slots=True)
class Course:
    """An authority's published figures, oldest first, with a row of nothing for a year left out;
    `since` are those of a time after the start."""

    code: str
    rows: Sequence[Row]
    since: Sequence[Row]

    @property
    def latest(self) -> Row | None:
        """The latest figure since the start that is a number."""
        return latest_figure(self.since)


class Standing(StrEnum):
    """How a course stands to what was agreed, in words that say it."""

    REACHED = "target reached"
    ON_THE_WAY = "on the way"
    NOT_MOVING = "not moving"
    FURTHER_AWAY = "further away"
    PAST = "past the day, target not reached"
    ABOVE = "above the agreed path"
    BELOW = "below the agreed path"
    ON_PATH = "on the agreed path"
    NOTHING_YET = "nothing published since"


_BY_NUMBER = {
    Standing.PAST: "past the day without reaching the target",
    Standing.REACHED: "with the target reached",
    Standing.NOTHING_YET: "with nothing published since",
}
"""How so many of several stand, where that is said otherwise than of one."""


def aim_of(served: Served, entry: Entry) -> Aim | None:
    """What a priority aims at; None where its measure is in words, its indicator not in this
    release, or a figure of it not given yet."""
    indicator = served.indicators.get(entry.indicator_id or "")
    baseline, target = entry.content.get("baseline"), entry.content.get("target")
    if indicator is None or baseline is None or target is None:
        return None
    return Aim(indicator, float(baseline), float(target), _start(served, entry), entry.due_on)


def _start(served: Served, entry: Entry) -> date:
    """The end of the period of its baseline; else the day on which it was agreed or begun."""
    period = str(entry.content.get("baseline_period") or "").strip()
    known = served.period_end(entry.indicator_id or "", period)
    agreed = entry.content.get("agreed_on")
    return known or (date.fromisoformat(agreed) if agreed else entry.created_at.date())


def courses_of(served: Served, entry: Entry, aim: Aim) -> list[Course]:
    """The course of each authority that a priority belongs to, in order of name."""
    codes = [code for code in entry.on_side(OWN) if code in served.authorities]
    found: dict[str, list[Row]] = {code: [] for code in sorted(codes, key=served.name)}
    for row in served.release.series_of(aim.indicator["indicator_id"], codes):
        found[row["area_code"]].append(row)
    courses = []
    for code, rows in found.items():
        whole = list(with_missing_years(rows))
        since = [row for row in whole if row["period_end"] > aim.start]
        courses.append(Course(code, whole, since))
    return courses


def is_withheld(aim: Aim, courses: Sequence[Course]) -> bool:
    """Whether a figure that the priority started from is published no more: then neither that
    figure is shown nor the path from it, whoever wrote it down while it was."""
    return any(
        row["period_end"] == aim.start and row["value"] is None
        for course in courses
        for row in course.rows
    )


def unpublished_fields(served: Served, entry: Entry) -> frozenset[str]:
    """The fields of a priority whose figure is published no more."""
    aim = aim_of(served, entry)
    gone = aim is not None and is_withheld(aim, courses_of(served, entry, aim))
    return frozenset({"baseline"} if gone else ())


def withheld_words(aim: Aim) -> str:
    """What is said of a priority in place of the figure that it started from."""
    by = f" by {format_day(aim.by)}" if aim.by else ""
    return (
        f"{aim.indicator['title']}: the figure that it started from is no longer published, so it "
        f"is not shown. The target is {aim.show(aim.target)}{by}."
    )


def standing_of(aim: Aim, course: Course, today: date) -> Standing:
    """How a course stands by its latest figure. It does not move where the figure is shown as the
    baseline is, or where chance explains the difference (its 95 % interval holds the baseline)."""
    latest = course.latest
    if latest is None:
        return Standing.NOTHING_YET
    if aim.indicator["polarity"] == "none":
        return _beside_path(aim, latest)
    if aim.is_reached_by(latest["value"]):
        return Standing.REACHED
    if aim.by is not None and today > aim.by:
        return Standing.PAST
    low, high = latest["ci95_low"], latest["ci95_high"]
    by_chance = low is not None and high is not None and low <= aim.baseline <= high
    if by_chance or aim.is_shown_alike(latest["value"], aim.baseline):
        return Standing.NOT_MOVING
    nearer = (latest["value"] - aim.baseline) * (aim.target - aim.baseline) > 0
    return Standing.ON_THE_WAY if nearer else Standing.FURTHER_AWAY


def _beside_path(aim: Aim, latest: Row) -> Standing:
    """Where a figure of a context measure lies: a fact, neither good nor bad."""
    path = aim.path_at(latest["period_end"])
    path = aim.target if path is None else path
    if aim.is_shown_alike(latest["value"], path):
        return Standing.ON_PATH
    return Standing.ABOVE if latest["value"] > path else Standing.BELOW


def agreed_words(aim: Aim) -> str:
    """“From 20.8% to 15.8% by 31 March 2027.”"""
    by = f" by {format_day(aim.by)}" if aim.by else ""
    return f"From {aim.show(aim.baseline)} to {aim.show(aim.target)}{by}."


def latest_words(served: Served, aim: Aim, courses: Sequence[Course], today: date) -> str:
    """Where it stands by the latest published figures: of one authority with its figure, of several
    how many stand how."""
    if len(courses) == 1:
        return f"{_latest_of(served, aim, courses[0], today)}."
    if not courses:
        return "None of its authorities is in this release."
    held: dict[Standing, int] = {}
    for course in courses:
        standing = standing_of(aim, course, today)
        held[standing] = held.get(standing, 0) + 1
    authorities = count(len(courses), "authority", "authorities")
    if len(held) == 1:
        return f"All {authorities}: {next(iter(held))}."
    parts = [f"{held[one]} {_BY_NUMBER.get(one, one)}" for one in Standing if one in held]
    return f"Of {authorities}: {in_a_list(parts)}."


def _latest_of(served: Served, aim: Aim, course: Course, today: date) -> str:
    latest, standing = course.latest, standing_of(aim, course, today)
    absent = course.since[-1] if course.since and course.since[-1]["value"] is None else None
    beside = f" ({served.absence(absent)} in {absent['period']})" if absent else ""
    if latest is None:
        return f"No figure has been published since{beside}"
    provisional = " (provisional)" if latest["provisional"] else ""
    now = f"Latest: {aim.show(latest['value'])} in {latest['period']}{provisional}"
    return f"{now}{beside}: {standing}"


def course_sentence(served: Served, aim: Aim, courses: Sequence[Course], today: date) -> str:
    """“Agency social workers, Fenshire: 20.8% when agreed, 25.7% in 2025; the target is 15.8% by
    31 March 2027; further away.”"""
    by = f" by {format_day(aim.by)}" if aim.by else ""
    target = f"the target is {aim.show(aim.target)}{by}"
    title, before = aim.indicator["title"], f"{aim.show(aim.baseline)} when agreed"
    if len(courses) != 1:
        return f"{title}: {before}; {target}. {latest_words(served, aim, courses, today)}"
    course, latest = courses[0], courses[0].latest
    now = f"{aim.show(latest['value'])} in {latest['period']}" if latest else ""
    parts = [f"{before}, {now}" if now else before, target]
    parts.append(str(standing_of(aim, course, today)))
    return f"{title}, {served.name(course.code)}: {'; '.join(parts)}."


def children_words(aim: Aim, course: Course) -> str:
    """The way that is left to the target in children, from the authority's own counts; nothing
    where the measure counts no people or the counts are not published."""
    latest = course.latest
    gap = gap_of(latest, aim.target, aim.indicator) if latest else None
    if latest is None or gap is None or aim.is_reached_by(latest["value"]):
        return ""
    noun = counted_noun(aim.indicator["numerator_label"])
    words = difference_words if aim.indicator["polarity"] == "none" else gap_words
    text = words(gap, f"the target of {aim.show(aim.target)}", noun)
    return f"{text[:1].upper()}{text[1:]}, by the figure of {latest['period']}."


def restated_words(served: Served, aim: Aim, courses: Sequence[Course]) -> str:
    """That the figure which one authority started from is now published otherwise; else nothing."""
    if len(courses) != 1:
        return ""
    row = next((row for row in courses[0].rows if row["period_end"] == aim.start), None)
    if row is None or (row["value"] is not None and aim.is_shown_alike(row["value"], aim.baseline)):
        return ""
    now = served.absence(row) if row["value"] is None else aim.show(row["value"])
    return (
        f"The figure of {row['period']} that it started from was {aim.show(aim.baseline)} when it "
        f"was agreed; as published now it is {now}."
    )
