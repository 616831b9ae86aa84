"""Figures in words: numbers with their units, ranks, and the sentence that says where one stands.

The sentence stands before a chart and is also the chart's accessible name. It never says good or
bad of a measure without polarity, and says “better” or “worse” than England only beyond chance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ingest.grades import GRADE_WORDS, grade_words
from ingest.statuses import (
    MISSING,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    REPORTED,
    STATUS_WORDS,
    SUPPRESSED,
)

Figure = Mapping[str, Any]
"""One row of `Release.figures`, `Release.series` or `Release.rug`; an absent figure is None."""

NOT_THEN = "did not exist then"
NO_FIGURE = "no figure"

GRADE = "grade"
"""The unit of an ordinal, which has words for figures and nothing to reckon with."""

UNRANKED_UNITS = ("count", "fte")
"""A number follows the size of the authority: such figures stand in no order, and the region's and
the country's are totals that say nothing of one authority."""

_WHY_ABSENT = {
    MISSING: "the publisher gives none and does not say why",
    NOT_AVAILABLE: "the publisher says that it is not available",
    NOT_APPLICABLE: "the publisher says that none applies",
}
"""Why a figure is not there, where its status leaves open what is meant and who says so."""

NOT_AVERAGED = "not averaged"
"""What stands for the country in a row of grades."""

_PER = {
    "per_1000": "per 1,000",
    "per_10000": "per 10,000",
    "per_100000": "per 100,000",
}
_UNIT_WORDS = {
    "percent": "%",
    "count": "number",
    "score": "score",
    "gbp": "£",
    "fte": "full-time equivalents",
    "days": "days",
    "grade": "grade",
    "ratio": "ratio",
    **_PER,
}


_SAID_AS = {
    "percent": ("percentage", "per cent", "proportion", "share of"),
    "count": ("number of",),
    "days": ("days",),
    "score": ("score",),
    "ratio": ("ratio",),
}
"""Words of a title that say its unit, beside the unit's own."""


def unit_words(unit: str) -> str:
    """The unit as a column heading has it: `%`, `per 10,000`, `number`."""
    return _UNIT_WORDS[unit]


def unit_unless_said(title: str, unit: str) -> str:
    """The unit as a column heading has it; nothing where the title says it already."""
    words = unit_words(unit)
    said = "|".join(re.escape(word) for word in (words, *_SAID_AS.get(unit, ())))
    return "" if re.search(rf"(?<!\w)({said})(?!\w)", title, re.IGNORECASE) else words


def titled(indicator: Mapping[str, Any]) -> str:
    """`Care leavers in work (%)`: an indicator's title with its unit, unless the title says it."""
    title = str(indicator["title"])
    unit = unit_unless_said(title, indicator["unit"])
    return f"{title} ({unit})" if unit else title


def unit_title(unit: str) -> str:
    """The unit as an axis has it: `Per cent (%)`, `Pounds (£)`, `Per 10,000`."""
    words = unit_words(unit)
    return {"%": "Per cent (%)", "£": "Pounds (£)"}.get(words, f"{words[:1].upper()}{words[1:]}")


def grades_key() -> str:
    """What each grade's number stands for: `1 Outstanding, 2 Good, …`."""
    return ", ".join(f"{grade} {words}" for grade, words in GRADE_WORDS.items())


def format_number(value: float, decimals: int) -> str:
    """A number with thousands separators and a true minus sign; never “-0”."""
    text = f"{value:,.{decimals}f}"
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return text.replace("-", "−")


def format_value(value: float, unit: str, decimals: int) -> str:
    """A figure as short as a table cell allows: `12.3%`, `£1,234`, `67`, `Good` of a grade.

    Raises `KeyError` for a grade that is none: whoever asks has averaged what cannot be.
    """
    if unit == GRADE:
        return grade_words(value)
    number = format_number(value, decimals)
    if unit == "percent":
        return f"{number}%"
    if unit == "gbp":
        return f"−£{number[1:]}" if number.startswith("−") else f"£{number}"
    return number


def format_with_unit(value: float, unit: str, decimals: int) -> str:
    """A figure as running text has it: `67 per 10,000`, `12.3%`, `431 days`."""
    short = format_value(value, unit, decimals)
    if unit in _PER:
        return f"{short} {_PER[unit]}"
    if unit not in {"fte", "days"}:
        return short
    return f"{short} {unit_words(unit).removesuffix('s') if short == '1' else unit_words(unit)}"


def format_difference(value: float, unit: str, decimals: int) -> str:
    """The size of a difference: of percentages in percentage points."""
    size = abs(value)
    if unit == "percent":
        number = format_number(size, decimals)
        return f"{number} percentage {'point' if number == '1' else 'points'}"
    return format_with_unit(size, unit, decimals)


def format_day(day: date) -> str:
    """`31 March 2025`."""
    return f"{day.day} {day:%B %Y}"


def period_words(period: str, period_end: date, timing: str) -> str:
    """When a figure is of: `on 31 March 2025`, `in the year to 31 March 2025`, `in 2023-25`."""
    if timing == "snapshot":
        return f"on {format_day(period_end)}"
    if timing == "year" and period.isdigit():
        return f"in the year to {format_day(period_end)}"
    return f"in {period}"


def is_span(period: str) -> bool:
    """True for a period of more than a year: `2020-22`, `2021/22-2023/24`."""
    return "-" in period


def list_words(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`. Raises `ValueError` of nothing."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th, 102nd."""
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 <= number % 100 <= 20 else suffix}"


def rank_words(rank: int, n: int, polarity: str, equal: int = 1) -> str:
    """`3rd highest of 11` of a context measure, `3rd best of 11` of one with a polarity, `joint
    best of 11` where `equal` authorities share the rank."""
    word, end = ("highest", "lowest") if polarity == "none" else ("best", "last")
    if equal == n > 1:
        return f"equal with all {n}"
    if equal > 1:
        return f"joint {rank_words(rank, n, polarity)}"
    if rank == 1:
        return f"{word} of {n}"
    if rank == n:
        return f"{end} of {n}"
    return f"{ordinal(rank)} {word} of {n}"


def absence_words(status: str | None, existed: bool) -> str:
    """Why there is no figure, in words."""
    if not existed and status != SUPPRESSED:
        return NOT_THEN
    return STATUS_WORDS.get(status or "", NO_FIGURE) if status != REPORTED else NO_FIGURE


def absence_sentence(name: str, status: str | None, when: str, *, existed: bool) -> str:
    """`Fenshire: suppressed on 31 March 2025.`, and why where the status alone would not say that.
    `when` is as `period_words` says it."""
    words = absence_words(status, existed)
    why = _WHY_ABSENT.get(status or "") if words != NOT_THEN else None
    return (
        f"{name}: no figure {when}: {why}."
        if why
        else f"{name}: {words.removesuffix(' then')} {when}."
    )


def england_words(figure: Figure, indicator: Figure, country: str) -> str:
    """How the figure stands to England's: beyond chance, or merely beside it where no interval
    can be had (then no claim is made)."""
    england = figure["england"]
    if england is None:
        return f"no figure for {country}"
    shown = format_value(england, indicator["unit"], indicator["decimals"])
    verdict = figure["vs_england"]
    words = {
        "better": f"better than {country} ({shown})",
        "worse": f"worse than {country} ({shown})",
        "higher": f"above {country} ({shown})",
        "lower": f"below {country} ({shown})",
        "similar": f"similar to {country} ({shown})",
    }
    return words.get(verdict, f"{country}: {shown}")


def change_words(figure: Figure, indicator: Figure) -> str:
    """The change since a year earlier, as a fact about two figures and not a trend."""
    change = figure["change"]
    if change is None:
        return ""
    before = (
        "a year earlier"
        if not is_span(figure["period"])
        else ("the period before, which overlaps it")
    )
    if format_number(abs(change), indicator["decimals"]).strip("0.,") == "":
        return f"no change on {before}"
    size = format_difference(change, indicator["unit"], indicator["decimals"])
    return f"{'up' if change > 0 else 'down'} {size} on {before}"


def grade_parts(figure: Figure, region: str) -> list[str]:
    """How many authorities of the region have the same grade, and how many a better one; nothing
    where there is no other."""
    if figure["n_region"] <= 1:
        return []
    same, better = figure["n_equal_region"], figure["rank_region"] - 1
    alone = f"the only one of {figure['n_region']} in {region} with this judgement"
    shared = f"{same} of {figure['n_region']} in {region} have this judgement"
    return [alone if same == 1 else shared, f"{better or 'none'} a better one"]


def figure_sentence(
    name: str,
    figure: Figure,
    indicator: Figure,
    *,
    region: str,
    country: str,
    existed: bool = True,
) -> str:
    """Where an authority stands, in one sentence. A number stands in no order and beside no total.

    `Fenshire: 67 per 10,000 on 31 March 2025, 3rd highest of 11 in East of England; above England
    (65); up 2 per 10,000 on a year earlier.`
    """
    when = period_words(figure["period"], figure["period_end"], indicator["timing"])
    if figure["value"] is None:
        return absence_sentence(name, figure["status"], when, existed=existed)
    value = format_with_unit(figure["value"], indicator["unit"], indicator["decimals"])
    parts = [f"{name}: {value} {when}{' (provisional)' if figure['provisional'] else ''}"]
    if indicator["unit"] == GRADE:
        return "; ".join([*parts, *grade_parts(figure, region)]) + "."
    counted = indicator["unit"] in UNRANKED_UNITS
    if figure["n_region"] > 1 and not counted:
        rank = rank_words(
            figure["rank_region"],
            figure["n_region"],
            indicator["polarity"],
            figure["n_equal_region"],
        )
        parts[0] += f", {rank} in {region}"
    if not counted:
        parts.append(england_words(figure, indicator, country))
    parts.append(change_words(figure, indicator))
    if figure["joint_with"]:
        parts.append("a joint return, the same figure for each of its authorities")
    return "; ".join(part for part in parts if part) + "."
