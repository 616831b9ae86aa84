"""Did it work: an authority's figure before something was agreed and after it, held against
chance, its neighbours over the same time, and what usually happens to those who stood alike.

Regression to the mean is estimated from the history of all others, never assumed (J. Bland and D.
Altman, BMJ 308 (1994) 1499; A. Barnett and others, International Journal of Epidemiology 34 (2005)
215–220). Four verdicts, and none says what brought a change about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from statistics import median

from indicators.change_test import Change, change_words, moved_words, test_change
from indicators.counts import Row, others_with_figure, scale_of, unrounded
from indicators.history import (
    Band,
    History,
    chance_of_as_much,
    common_change,
    find_spells,
    has_history,
    median_of,
    usual_beyond,
)
from indicators.recent_trend import SIGNIFICANT
from indicators.series import latest_figure
from indicators.targets import percent_words, years_words
from indicators.words import format_day, format_with_unit, is_span, period_words

ENOUGH = 19
"""So many authorities alike are needed: with fewer, none of whom moved as much, the chance of as
much would still be above one in twenty."""
AFTER_DAYS: Mapping[str, int] = {"snapshot": 183, "year": 274}
"""How long before the end of a period something must have been agreed for its figure to show it:
half a year before a count on a day, three quarters of the year that a figure is of."""
FEWEST_NEIGHBOURS = 3


class Verdict(StrEnum):
    """What can be said of a change. Of a measure of context it `moved` and did not improve."""

    BEYOND = "improved beyond what usually happens"
    MOVED_BEYOND = "moved beyond what usually happens"
    NO_MORE = "no more than usual"
    TOO_EARLY = "too early to tell"
    CANNOT_TELL = "can’t tell"


@dataclass(frozen=True, slots=True)
class Review:
    """A verdict with what it rests on; a part is None where it could not be had. `change` is in the
    indicator's unit, `beyond` what of it goes beyond `common`, the change of the median of all
    others, which was `median` before; `usual` is that of the `n` who stood alike, `p_value` the
    share of them that moved as much. `neighbours`: the median change of so many."""

    verdict: Verdict
    reason: str
    before: Row | None = None
    after: Row | None = None
    years: int = 0
    change: float | None = None
    tested: Change | None = None
    neighbours: tuple[float, int] | None = None
    median: float | None = None
    common: float | None = None
    beyond: float | None = None
    usual: Band | None = None
    n: int = 0
    p_value: float | None = None


def review_change(
    series: Sequence[Row],
    agreed_on: date,
    aim: float,
    history: History,
    neighbours: Iterable[Row],
    indicator: Row,
) -> Review:
    """The review of what was agreed on a day.

    `series`: rows of `Release.series`. `aim`: positive where the figure was to rise, negative where
    it was to fall. `neighbours`: their rows of every period.
    """
    found = _before_and_after(series, agreed_on, indicator)
    if found.before is not None:
        found = replace(found, median=median_of(history, found.before["period_end"].year))
    if found.verdict is Verdict.CANNOT_TELL and not found.reason:
        return _judged(_measured(found, history, neighbours, indicator), aim, indicator)
    return found


def _before_and_after(series: Sequence[Row], agreed_on: date, indicator: Row) -> Review:
    """The two figures; the reason where there are not two."""
    days = AFTER_DAYS.get(indicator["timing"], AFTER_DAYS["year"])
    earlier = [row for row in series if row["period_end"] <= agreed_on]
    later = [row for row in series if (row["period_end"] - agreed_on).days >= days]
    before, after = latest_figure(earlier), latest_figure(later)
    found = Review(Verdict.CANNOT_TELL, "", before, after)
    if not has_history(indicator):
        return replace(found, reason="the measure is a grade or a number, and nobody stands alike")
    if not later:
        return replace(
            found, verdict=Verdict.TOO_EARLY, reason="no figure of a time after it is out"
        )
    if before is None:
        return replace(found, reason="there is no figure of a time before it")
    if after is None:
        return replace(found, reason="no figure is published for a time after it")
    if is_span(after["period"]):
        return replace(found, reason="the periods overlap")
    return replace(found, years=after["period_end"].year - before["period_end"].year)


def _measured(found: Review, history: History, neighbours: Iterable[Row], indicator: Row) -> Review:
    """With everything that can be reckoned of the two figures."""
    before, after = found.before, found.after
    if before is None or after is None:
        return found
    level = float(unrounded(before, indicator)["value"])
    change = float(unrounded(after, indicator)["value"]) - level
    year, years = before["period_end"].year, found.years
    method, scale = indicator["interval_method"], scale_of(indicator)
    found = replace(
        found,
        change=change,
        tested=test_change(before, after, method=method, scale=scale),
        neighbours=_neighbours(neighbours, before, after, indicator),
    )
    spells = find_spells(history, level, year, years)
    common = common_change(history, year, years)
    if spells is None or common is None:
        return found
    beyond = change - common
    return replace(
        found,
        common=common,
        beyond=beyond,
        usual=usual_beyond(spells),
        n=spells.n,
        p_value=chance_of_as_much(spells, beyond),
    )


def _neighbours(
    rows: Iterable[Row], before: Row, after: Row, indicator: Row
) -> tuple[float, int] | None:
    """The median change of those with both figures, whoever answered with us left out."""
    ends = before["period_end"], after["period_end"]
    held: dict[str, dict[date, float]] = {}
    for row in others_with_figure(rows, before["area_code"]):
        if row["period_end"] in ends:
            value = float(unrounded(row, indicator)["value"])
            held.setdefault(row["area_code"], {})[row["period_end"]] = value
    changes = [both[ends[1]] - both[ends[0]] for both in held.values() if len(both) == 2]
    return (median(changes), len(changes)) if len(changes) >= FEWEST_NEIGHBOURS else None


@dataclass(frozen=True, slots=True)
class Rule:
    """What a verdict follows from: `holds` of the review and the sign of what was agreed. `reason`
    may name the number of those who stood `{alike}`."""

    verdict: Verdict
    reason: str
    holds: Callable[[Review, int], bool]


RULES: tuple[Rule, ...] = (
    Rule(Verdict.CANNOT_TELL, "neither direction was agreed", lambda _, sign: sign == 0),
    Rule(Verdict.CANNOT_TELL, "too few other authorities have a figure for both years",
         lambda found, _: found.p_value is None),
    Rule(Verdict.NO_MORE, "it did not move the way that was agreed",
         lambda found, sign: sign * (found.change or 0.0) <= 0),
    Rule(Verdict.NO_MORE, "chance alone would explain the change",
         lambda found, _: found.tested is not None and found.tested.significant is False),
    Rule(Verdict.NO_MORE, "the median of all others moved as far",
         lambda found, sign: sign * (found.beyond or 0.0) <= 0),
    Rule(Verdict.NO_MORE, "the median of its neighbours moved as far",
         lambda found, sign: found.neighbours is not None
         and sign * ((found.change or 0.0) - found.neighbours[0]) <= 0),
    Rule(Verdict.CANNOT_TELL, "of others that stood alike the history holds only {alike}",
         lambda found, _: found.n < ENOUGH),
    Rule(Verdict.NO_MORE, "one in twenty or more of the {alike} that stood alike did as much",
         lambda found, _: (found.p_value or 1.0) >= SIGNIFICANT),
)  # fmt: skip
"""In order: the first that holds decides. Where none does, every test that could be made says that
the change goes beyond what usually happens."""


def _judged(found: Review, aim: float, indicator: Row) -> Review:
    sign = (aim > 0) - (aim < 0)
    for rule in RULES:
        if rule.holds(found, sign):
            reason = rule.reason.format(alike=found.n or "none")
            return replace(found, verdict=rule.verdict, reason=reason)
    neutral = indicator["polarity"] == "none"
    reason = f"fewer than one in twenty of the {found.n} others that stood alike did as much"
    verdict = Verdict.MOVED_BEYOND if neutral else Verdict.BEYOND
    return replace(found, verdict=verdict, reason=reason)


# Words --------------------------------------------------------------------------------------------


def verdict_sentence(found: Review, agreed_on: date, indicator: Row) -> str:
    """The verdict in a sentence with figure, comparator and period."""
    head = f"{found.verdict[:1].upper()}{found.verdict[1:]}"
    if found.change is None or found.before is None or found.after is None:
        return f"{head}: {found.reason}. {_until_now(found, agreed_on, indicator)}"
    unit, decimals = indicator["unit"], indicator["decimals"]
    moved = moved_words(found.after["value"] - found.before["value"], unit, decimals)
    when = f"from {found.before['period']} to {found.after['period']}"
    others = ""
    if found.common is not None:
        others = f", the median of all others {moved_words(found.common, unit, decimals)}"
    return f"{head}: {moved} {when}{others}; {found.reason}."


def _until_now(found: Review, agreed_on: date, indicator: Row) -> str:
    """When it was agreed and where the authority and the median stood before."""
    agreed = f"It was agreed on {format_day(agreed_on)}"
    row = found.before
    if row is None:
        return f"{agreed}."
    when = period_words(row["period"], row["period_end"], indicator["timing"])
    others = ""
    if found.median is not None:
        level = format_with_unit(found.median, indicator["unit"], indicator["decimals"])
        others = f", when the median of all others was {level}"
    return f"{agreed}; the latest figure before that is {_shown(row, indicator)} {when}{others}."


def reasons_in_words(found: Review, name: str, indicator: Row) -> list[str]:
    """What the verdict rests on, in whole sentences; nothing where nothing could be reckoned."""
    if found.change is None or found.before is None or found.after is None:
        return []
    before, after = found.before, found.after
    provisional = " (provisional)" if after.get("provisional") else ""
    return [
        f"{name}: {_shown(before, indicator)} in {before['period']}, before it was agreed; "
        f"{_shown(after, indicator)} in {after['period']}{provisional}, after it.",
        *_chance_sentence(found, indicator),
        *_neighbours_sentence(found, indicator),
        *_usual_sentence(found, name, indicator),
    ]


def _shown(row: Row, indicator: Row) -> str:
    return format_with_unit(row["value"], indicator["unit"], indicator["decimals"])


def _chance_sentence(found: Review, indicator: Row) -> list[str]:
    tested, before, after = found.tested, found.before, found.after
    if tested is None or before is None or after is None:
        return []
    if tested.significant is None:
        when = f"from {before['period']} to {after['period']}"
        return [f"Chance could not be tested {when}: {tested.reason}."]
    unit, decimals = indicator["unit"], indicator["decimals"]
    words = change_words(tested, unit=unit, decimals=decimals, since=f"on {before['period']}")
    return [f"Chance: {words}."]


def _neighbours_sentence(found: Review, indicator: Row) -> list[str]:
    if found.neighbours is None:
        return [f"Fewer than {FEWEST_NEIGHBOURS} of its statistical neighbours have both figures."]
    change, n = found.neighbours
    moved = moved_words(change, indicator["unit"], indicator["decimals"])
    return [
        f"Neighbours: the median change of {n} statistical neighbours with both figures is {moved} "
        f"in the same {_time(found)}. What they did in that time is not known here."
    ]


def _time(found: Review) -> str:
    return "year" if found.years == 1 else years_words(found.years)


def _usual_sentence(found: Review, name: str, indicator: Row) -> list[str]:
    if found.beyond is None or found.p_value is None or found.usual is None:
        return []
    unit, decimals = indicator["unit"], indicator["decimals"]
    own, low, middle, high = (
        _beside(value, unit, decimals)
        for value in (found.beyond, found.usual.low, found.usual.middle, found.usual.high)
    )
    return [
        f"Regression to the mean: of {found.n} others that once stood alike the middle one went "
        f"{middle} beside the median of all in {years_words(found.years)}, and four in five of "
        f"them between {low} and {high}, whatever they did. {name} went {own} beside it; with "
        f"itself counted, {percent_words(found.p_value)} of them went so far."
    ]


def _beside(value: float, unit: str, decimals: int) -> str:
    words = moved_words(value, unit, decimals)
    return words if words.startswith(("up", "down")) else "neither up nor down"
