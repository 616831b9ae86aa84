"""What one figure of one authority can bear, as plain sentences and the numbers behind them.

Reads the release and judges nothing twice: every test lies in `indicators`. An `Evidence` is
frozen and becomes JSON as it stands, so that it can be kept as it was when it was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from alliance.comparison_set import ComparisonSet, Row, choose_set, members_of
from alliance.country_ranks import country_ranks
from alliance.service import Served
from alliance.view import View
from indicators import funnel as fn
from indicators.change_test import Change, change_words, test_change
from indicators.counts import METHODS, counts_of, has_small_counts, scale_of, unrounded
from indicators.funnel import Funnel, FunnelPoint, build_funnel
from indicators.gap import (
    SAME,
    Gap,
    counted_noun,
    difference_words,
    gap_of,
    gap_words,
    is_of_people,
    rounding_words,
)
from indicators.rank_interval import RankInterval, rank_interval_of, rank_interval_words
from indicators.recent_trend import NO_COUNTS, Trend, find_trend, trend_words
from indicators.robust import SIMILAR, Survival, survives
from indicators.set_summary import SetSummary, summarise_set
from indicators.words import (
    GRADE,
    UNRANKED_UNITS,
    absence_sentence,
    format_difference,
    format_with_unit,
    list_words,
    period_words,
    rank_words,
)
from ingest.catalogue import SCALE_OF_UNIT
from ingest.grades import grade_words
from ingest.statuses import SUPPRESSED

MANY_SUPPRESSED = 0.1
"""Share of authorities suppressed above which those that remain are no fair picture of all."""
FEW_MEMBERS = 4
"""Members with a figure below which a set has no quarters to speak of."""

NO_AIM = (
    "That is the size of the difference and not an aim: neither more nor fewer is right in itself"
)
"""What is said of the gap of a measure of context."""

SURVIVES, SURVIVES_SOME, DEPENDS, NO_DIFFERENCE, ONE_SET, NOT_TESTED = (
    "survives", "survives_some", "depends", "no_difference", "one_set", "not_tested",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that the figure can or cannot bear: a key, its name, sentences with a full stop,
    and for the choice of comparators the badge."""

    key: str
    label: str
    sentence: str
    badge: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was read and tested; what could not be is None. Figures are in the
    indicator's unit, as published."""

    release_id: str
    indicator_id: str
    area_code: str
    period: str
    scope: str
    set_name: str
    set_codes: tuple[str, ...]
    value: float | None
    points: tuple[Point, ...]
    rank: RankInterval | None = None
    rank_in_set: RankInterval | None = None
    trend: Trend | None = None
    change: Change | None = None
    funnel_place: str | None = None
    funnel_z: float | None = None
    funnel_overdispersed: bool | None = None
    survival: Survival | None = None
    set_summary: SetSummary | None = None
    gap_to_median: Gap | None = None
    gap_to_best_quarter: Gap | None = None

    def as_json(self) -> dict[str, Any]:
        """Nested plain values, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Read:
    """What the sentences are made of."""

    served: Served
    view: View
    indicator: Row
    mine: Row
    figures: Sequence[Row]
    chosen: ComparisonSet

    @property
    def method(self) -> str:
        return str(self.indicator["interval_method"])

    @property
    def polarity(self) -> str:
        return str(self.indicator["polarity"])

    @property
    def scale(self) -> float:
        return scale_of(self.indicator)

    @property
    def country(self) -> str:
        return str(self.served.country["name"])

    @property
    def set_rows(self) -> list[Row]:
        """The set's rows, our own among them."""
        others = [row for row in self.chosen.rows if row["area_code"] != self.view.us]
        return [self.mine, *others]


def read_evidence(served: Served, view: View, indicator: Row, period: str, scope: str) -> Evidence:
    """What the figure of `view.us` for one indicator and period can bear, against the set that
    `scope` names. `indicator` is a row of `served.indicators`."""
    figures = served.release.figures(indicator["indicator_id"], period)
    chosen = choose_set(served, view, scope, figures)
    mine = next((row for row in figures if row["area_code"] == view.us), None)
    value = None if mine is None else mine["value"]
    evidence = Evidence(
        served.info.release_id, indicator["indicator_id"], view.us, period, scope,
        chosen.name, tuple(sorted(chosen.codes)), value, (),
    )  # fmt: skip
    if mine is None or value is None:
        return replace(evidence, points=(_absent(served, view, indicator, period, mine),))
    read = _Read(served, view, indicator, mine, figures, chosen)
    if indicator["unit"] == GRADE:
        return replace(evidence, points=(_grade(read), *_marks(read)))
    if counts_of(mine, read.method) is None:
        summary = summarise_set(read.set_rows, view.us, indicator)
        return replace(evidence, set_summary=summary, points=_untested(read, summary))
    return _tested(read, evidence)


def _tested(read: _Read, evidence: Evidence) -> Evidence:
    """Every test of a figure with whole counts."""
    us = read.view.us
    rank = country_ranks(read.served, read.indicator, evidence.period, read.figures).get(us)
    rank_in_set = _rank_in_set(read)
    series = _series_to(read)
    trend = find_trend(series, method=read.method, polarity=read.polarity)
    change = _change(read, series)
    funnel = build_funnel(read.figures, method=read.method, scale=read.scale)
    point = funnel.point(us) if funnel else None
    survival = survives(read.mine, _sets(read))
    summary = summarise_set(read.set_rows, us, read.indicator)
    to_median, to_best = _gaps(read)
    return replace(
        evidence,
        rank=rank,
        rank_in_set=rank_in_set,
        trend=trend,
        change=change,
        funnel_place=point.place if point else None,
        funnel_z=point.z if point else None,
        funnel_overdispersed=funnel.overdispersed if funnel else None,
        survival=survival,
        set_summary=summary,
        gap_to_median=to_median,
        gap_to_best_quarter=to_best,
        points=(
            _rank_point(read, rank, rank_in_set),
            *_set_points(read, summary),
            Point("trend", "Recent trend", _sentence(trend_words(trend))),
            _change_point(read, change),
            _funnel_point(read, funnel, point),
            _survival_point(survival),
            *_gap_points(read, to_median, to_best, summary.n),
            *_marks(read),
        ),
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


# What is not there, and what has no counts


def _absent(served: Served, view: View, indicator: Row, period: str, mine: Row | None) -> Point:
    ends = mine["period_end"] if mine else served.period_end(indicator["indicator_id"], period)
    name = served.name(view.us)
    if ends is None:
        return Point("absent", "No figure", f"{name}: no figure in any period.")
    when = period_words(period, ends, indicator["timing"])
    existed = served.existed(view.us, ends)
    words = absence_sentence(name, mine["status"] if mine else None, when, existed=existed)
    return Point("absent", "No figure", f"{words} There is nothing to test.")


def _grade(read: _Read) -> Point:
    """A grade is counted and nothing else."""
    graded = [row for row in read.set_rows if row["value"] is not None]
    same = sum(row["value"] == read.mine["value"] for row in graded) - 1
    better = sum(row["value"] < read.mine["value"] for row in graded)
    others = len(graded) - 1
    counted = f"{grade_words(read.mine['value'])}. "
    if others:
        counted += (
            (
                f"Of the {others} others of {read.chosen.name} with a judgement, {same or 'none'} "
                f"{_has(same)} the same and {better or 'none'} {_has(better)} a better one. "
            )
            if others > 1
            else f"One other of {read.chosen.name} has a judgement. "
        )
    return Point(
        "grade",
        "Judgement",
        f"{counted}A grade is an order and not a quantity, so there is no interval, trend, change "
        "or gap to test.",
    )


def _has(n: int) -> str:
    return "has" if n == 1 else "have"


def _untested(read: _Read, summary: SetSummary) -> tuple[Point, ...]:
    """A figure that no interval can be had of: its place as a fact, and why nothing is tested."""
    if read.method in METHODS:
        why = f"there are no whole counts for {read.mine['period']}"
    else:
        why = NO_COUNTS
    return (
        *_bare_rank(read, why),
        *_set_points(read, summary),
        Point(
            "untested",
            "Cannot be tested",
            "Trend, latest change, place in the funnel, choice of comparators and the gap in "
            f"children: {why}.",
        ),
        *_marks(read),
    )


def _bare_rank(read: _Read, why: str) -> Iterable[Point]:
    if read.indicator["unit"] in UNRANKED_UNITS:
        words = "Not ranked: a number follows the size of the authority, so an order says little."
        yield Point("rank", "Rank", words)
        return
    place = _place(read.figures, read)
    words = f"{place} in {read.country}. How far chance may have moved it cannot be said: {why}."
    yield Point("rank", "Rank", _capital(words))


# One sentence for each test


def _place(rows: Sequence[Row], read: _Read) -> str:
    """`3rd highest of 11` among those rows."""
    sign = 1 if read.polarity == "low" else -1
    own = sign * read.mine["value"]
    values = [sign * row["value"] for row in rows if row["value"] is not None]
    better, equal = sum(v < own for v in values), sum(v == own for v in values)
    return rank_words(better + 1, len(values), read.polarity, equal)


def _rank_in_set(read: _Read) -> RankInterval | None:
    return rank_interval_of(
        read.view.us, read.set_rows, polarity=read.polarity, method=read.method, scale=read.scale
    )


def _rank_point(read: _Read, rank: RankInterval | None, in_set: RankInterval | None) -> Point:
    words = f"{_place(read.figures, read)} in {read.country}{_by_chance(rank)}."
    if read.chosen.name != read.country and in_set and in_set.n > 1:
        place = _place(read.set_rows, read)
        words += f" Compared with {read.chosen.name}: {place}{_by_chance(in_set)}."
    return Point("rank", "Rank", _capital(words))


def _by_chance(interval: RankInterval | None) -> str:
    if interval is None:
        return ""
    if interval.low == interval.high:
        return "; chance leaves no doubt of it"
    return f"; allowing for chance, {rank_interval_words(interval)}"


def _set_points(read: _Read, summary: SetSummary) -> Iterable[Point]:
    """The set in numbers, each called what it is; the published figures beside them."""
    parts = [*_averages(read, summary), *_published(read)]
    if parts:
        yield Point("set", "What it is set beside", " ".join(_sentence(part) for part in parts))


def _averages(read: _Read, summary: SetSummary) -> Iterable[str]:
    if summary.mean is None or summary.median is None:
        return
    if summary.n == 1:
        yield f"one other of {read.chosen.name} has a figure: {_shown(read, summary.median)}"
        return
    others = f"the {summary.n} others of {read.chosen.name} with a figure"
    hidden = sum(row["status"] == SUPPRESSED for row in read.set_rows)
    if hidden:
        yield f"{others}: median {_shown(read, summary.median)}"
        yield _no_sums(hidden)
    else:
        means = f"mean {_shown(read, summary.mean)}, median {_shown(read, summary.median)}"
        yield f"{others}: {means}, each authority counting once"
    if summary.aggregate is not None and summary.aggregate_n > 1 and not hidden:
        yield (
            f"the counts of {summary.aggregate_n} returns among them added up: "
            f"{_shown(read, summary.aggregate)}, worked out here and not published"
        )
    if summary.best_value is not None and read.indicator["unit"] not in UNRANKED_UNITS:
        yield _best_of(read, summary.best_value)


def _no_sums(hidden: int) -> str:
    """Why there is no mean: a mean times its number, taken from a published total, is what was
    suppressed."""
    of = "one of the set is" if hidden == 1 else f"{hidden} of the set are"
    return f"no mean and no sum, for {of} suppressed"


def _best_of(read: _Read, best: float) -> str:
    holders = [
        row["area_code"]
        for row in read.set_rows
        if row["value"] == best and row["area_code"] != read.view.us
    ]
    who = read.served.name(holders[0]) if len(holders) == 1 else f"{len(holders)} authorities"
    return f"the best of them: {_published_figure(read, best)} ({who})"


def _published(read: _Read) -> Iterable[str]:
    """The rows of the country and the region as published."""
    found = [(read.country, read.mine["england"])]
    if read.mine["region"] is not None:
        found.append((read.served.region_name(read.mine), read.mine["region"]))
    known = [f"{name} {_published_figure(read, v)}" for name, v in found if v is not None]
    if known:
        yield f"published figures: {list_words(known)}"


def _shown(read: _Read, value: float) -> str:
    """A figure worked out here; a percentage or a rate to one decimal at least."""
    unit, decimals = read.indicator["unit"], read.indicator["decimals"]
    return format_with_unit(value, unit, max(decimals, 1) if unit in SCALE_OF_UNIT else decimals)


def _published_figure(read: _Read, value: float) -> str:
    return format_with_unit(value, read.indicator["unit"], read.indicator["decimals"])


def _series_to(read: _Read) -> list[Row]:
    """Our figures up to the period that is looked at."""
    rows = read.served.release.series(read.indicator["indicator_id"], read.view.us)
    return [row for row in rows if row["period_end"] <= read.mine["period_end"]]


def _change(read: _Read, series: Sequence[Row]) -> Change:
    """The change since the figure a year earlier; its size is that of the published figures."""
    year = read.mine["period_end"].year - 1
    earlier = next((row for row in series if row["period_end"].year == year), None)
    change = test_change(earlier, read.mine, method=read.method, scale=read.scale)
    published = read.mine["change"]
    if change.significant is None or published is None:
        return change
    return replace(change, difference=published)


def _change_point(read: _Read, change: Change) -> Point:
    unit, decimals = read.indicator["unit"], read.indicator["decimals"]
    words = change_words(change, unit=unit, decimals=decimals, since="on a year earlier")
    return Point("change", "Latest change", _sentence(words))


_PLACES = {
    fn.INSIDE: "inside the limits for an authority of its size",
    fn.ABOVE_95: "above the 95% limit for an authority of its size, and inside the 99.8% limit",
    fn.BELOW_95: "below the 95% limit for an authority of its size, and inside the 99.8% limit",
    fn.ABOVE_998: "above the 99.8% limit for an authority of its size",
    fn.BELOW_998: "below the 99.8% limit for an authority of its size",
}
_CHANCE = {
    fn.INSIDE: "",
    fn.ABOVE_95: " About one authority in twenty is outside the 95% limits by chance.",
    fn.BELOW_95: " About one authority in twenty is outside the 95% limits by chance.",
    fn.ABOVE_998: " About one authority in five hundred is that far out by chance.",
    fn.BELOW_998: " About one authority in five hundred is that far out by chance.",
}


def _funnel_point(read: _Read, funnel: Funnel | None, point: FunnelPoint | None) -> Point:
    label = "Place in the funnel"
    if funnel is None or point is None:
        return Point("funnel", label, f"Not tested: fewer than {fn.LEAST} authorities have counts.")
    unit, decimals = read.indicator["unit"], read.indicator["decimals"]
    target = format_with_unit(funnel.target, unit, max(decimals, 1))
    words = f"{_PLACES[point.place]}{_side(point, read.polarity)}."
    words += f" The {funnel.line}: {target}."
    words += _CHANCE[point.place]
    words += (
        " Authorities differ from each other by more than chance, and the limits allow for that."
        if funnel.overdispersed
        else " Authorities differ from each other by no more than chance explains."
    )
    return Point("funnel", label, _capital(words) + _left_out(read, funnel))


def _left_out(read: _Read, funnel: Funnel) -> str:
    """Who takes no part: authorities that have no figure count where they existed."""
    with_counts = {point.area_code for point in funnel.points}
    without = [
        row
        for row in read.figures
        if row["area_code"] not in with_counts
        and read.served.existed(row["area_code"], row["period_end"])
    ]
    if not without:
        return ""
    words = f" {len(without)} without published counts {_is(len(without))} left out"
    hidden = sum(row["status"] == SUPPRESSED for row in without)
    if hidden > MANY_SUPPRESSED * len(read.figures):
        words += f", {hidden} of them suppressed, so the limits rest on those with larger numbers"
    return f"{words}."


def _is(n: int) -> str:
    return "is" if n == 1 else "are"


def _side(point: FunnelPoint, polarity: str) -> str:
    if point.place == fn.INSIDE or polarity not in ("high", "low"):
        return ""
    return ", the better side" if (point.z > 0) == (polarity == "high") else ", the worse side"


def _survival_point(survival: Survival) -> Point:
    badge = _badge_of(survival)
    more = {
        SURVIVES: " The finding does not hang on who it is compared with.",
        DEPENDS: " The finding hangs on who it is compared with: say with whom.",
    }
    words = _capital(f"{survival.words}.") + more.get(badge, "") + _not_tested(survival)
    return Point("survival", "Choice of comparators", words, badge)


def _not_tested(survival: Survival) -> str:
    """The sets that say nothing, where another does."""
    silent = [label for label, verdict in survival.verdicts.items() if verdict is None]
    if not silent or len(silent) == len(survival.verdicts):
        return ""
    return f" Not tested against {list_words(silent)}: nobody there has a figure to test with."


def _badge_of(survival: Survival) -> str:
    """`survives` is said only where every set was tested."""
    tested = [verdict for verdict in survival.verdicts.values() if verdict]
    if not tested:
        return NOT_TESTED
    if len(tested) == 1:
        return ONE_SET
    if survival.agreed is None:
        return DEPENDS
    if survival.agreed == SIMILAR:
        return NO_DIFFERENCE
    return SURVIVES if len(tested) == len(survival.verdicts) else SURVIVES_SOME


def _sets(read: _Read) -> dict[str, SetSummary]:
    """The region, the statistical neighbours and the computed set, ours left out of each."""
    found = {}
    for label, codes in _members(read).items():
        rows = [row for row in read.figures if row["area_code"] in codes]
        found[label] = summarise_set(rows, read.view.us, read.indicator)
    return found


def _members(read: _Read) -> dict[str, frozenset[str]]:
    served, us = read.served, read.view.us
    region = served.authorities[us]["region_code"]
    same = (c for c, area in served.authorities.items() if area["region_code"] == region)
    return {
        "its region": frozenset(same),
        "its statistical neighbours": frozenset(
            row["neighbour_code"] for row in served.release.neighbours(us)
        ),
        "the computed set": frozenset(members_of(served, read.view, "computed")),
    }


# The gap in children


def _gaps(read: _Read) -> tuple[Gap | None, Gap | None]:
    """The gap to the set's median and to its best quarter, all from counts and not from rounded
    figures."""
    rows = [unrounded(row, read.indicator) for row in read.set_rows]
    summary = summarise_set(rows, read.view.us, read.indicator)
    best = summary.best_quarter if summary.n >= FEW_MEMBERS else None
    return (
        gap_of(read.mine, summary.median, read.indicator),
        gap_of(read.mine, best, read.indicator),
    )


def _gap_points(read: _Read, to_median: Gap | None, to_best: Gap | None, n: int) -> Iterable[Point]:
    label = "In whole numbers"
    if not is_of_people(read.indicator):
        of = read.indicator["denominator_label"]
        yield Point("gap", label, f"No gap in children: the figure is of {of}, not of children.")
        return
    if to_median is None:
        yield Point("gap", label, f"No gap: nobody else of {read.chosen.name} has a figure.")
        return
    words = [_gap_to(read, to_median, f"the median of {read.chosen.name}")]
    if read.polarity not in ("high", "low"):
        words.append(NO_AIM)
    if to_best is not None:
        words.append(_best_quarter(read, to_best))
    others = "one other" if n == 1 else f"{n} others"
    words.append(
        f"Counted are {read.indicator['numerator_label']}{_of_both(read)}; {others} of the set "
        f"{_has(n)} a figure"
    )
    yield Point("gap", label, " ".join(_sentence(part) for part in words))


def _of_both(read: _Read) -> str:
    """Whose they are, where two authorities answered together."""
    partner = read.mine["joint_with"]
    return f" here and in {read.served.name(partner)} together" if partner else ""


def _gap_to(read: _Read, gap: Gap, to: str) -> str:
    """What would close the gap, or how far on the better side of it the figure is; of a measure of
    context how large it is."""
    noun = counted_noun(read.indicator["numerator_label"])
    if read.polarity not in ("high", "low"):
        return difference_words(gap, to, noun)
    if gap.direction == SAME or not _is_better(gap, read.polarity):
        return gap_words(gap, to, noun)
    counted = f"{gap.children:,} {noun[0] if gap.children == 1 else noun[1]}"
    return f"{counted} on the better side of {to} ({rounding_words(gap)} before rounding)"


def _best_quarter(read: _Read, gap: Gap) -> str:
    if gap.unrounded == 0 or _is_better(gap, read.polarity):
        return "already in the best quarter of that set"
    noun = counted_noun(read.indicator["numerator_label"])
    return gap_words(gap, "the best quarter of that set", noun)


def _is_better(gap: Gap, polarity: str) -> bool:
    """True where the figure is already beyond the comparator in the better direction."""
    return (polarity == "high" and gap.unrounded > 0) or (polarity == "low" and gap.unrounded < 0)


# Marks


def _marks(read: _Read) -> Iterable[Point]:
    """What to bear in mind of the figure itself."""
    small = _small(read)
    if small:
        yield Point("small", "Small numbers", small)
    if read.mine["provisional"]:
        words = "The figure is provisional: the publisher may still change it."
        yield Point("provisional", "Provisional", words)
    partner = read.mine["joint_with"]
    if partner:
        words = f"The figure is of a joint return with {read.served.name(partner)}."
        yield Point("joint", "Joint return", words)


def _small(read: _Read) -> str:
    """What one more or fewer does to a figure of few; empty where there are enough."""
    if not has_small_counts(read.mine, read.method):
        return ""
    counted = counts_of(read.mine, read.method)
    if counted is None:
        return "The figure rests on few, and not all of its counts are published: it says little."
    unit, decimals = read.indicator["unit"], read.indicator["decimals"]
    step = format_difference(read.scale / counted.denominator, unit, max(decimals, 1))
    one, _ = counted_noun(read.indicator["numerator_label"])
    return (
        f"The figure rests on {counted.numerator:,} of {counted.denominator:,}: one {one} more or "
        f"fewer moves it by {step}."
    )


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
