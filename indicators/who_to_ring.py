"""Who to ring: of authorities that are alike in context, those whose figure is better than ours
beyond chance, or that have improved beyond chance and are at least as good.

Never the top of a ranking: whoever is not alike is not looked at, a difference that chance explains
is none, and those that are left are told in order of likeness. All tests of one question share one
false discovery rate (Y. Benjamini and Y. Hochberg, JRSS B 57 (1995) 289–300).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from indicators.change_test import p_of_proportions, p_of_rates
from indicators.counts import METHODS, WILSON, Row, counts_of, return_of
from indicators.recent_trend import IMPROVING, SIGNIFICANT, Trend, find_trend, p_words
from indicators.series import latest_figure
from indicators.words import format_value, format_with_unit, ordinal

RATE = SIGNIFICANT
"""The share of those named that may be there by chance alone."""
BETTER, WORSE = "better", "worse"


@dataclass(frozen=True, slots=True)
class Kinship:
    """How alike an authority is: its place among so many statistical neighbours, and among so many
    authorities by measures of context; None where it is not among them."""

    code: str
    neighbour: int | None = None
    neighbours: int = 0
    nearest: int | None = None
    nearest_of: int = 0

    @property
    def order(self) -> tuple[int, int, str]:
        """Likest first: by the better of its two places."""
        places = [place for place in (self.neighbour, self.nearest) if place is not None]
        return (min(places, default=10**6), -len(places), self.code)


@dataclass(frozen=True, slots=True)
class Tested:
    """An authority alike that could be tested: its figure of our latest period, the chance of such
    a difference (`p_better`, 1 where it is not the better one), its recent trend, and since when it
    was the better one of us two without a break (empty where it is not)."""

    kin: Kinship
    row: Row
    p_better: float
    since: str
    trend: Trend
    is_better: bool = False
    has_improved: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What was found of a concern: `ours` is the figure that it is about; `ring` whom to ring, the
    likest first; `alike` how many authorities are alike, `tested` how many of them could be tested,
    with `tests` tests in all. `reason` says why none could be, where none could."""

    ours: Row | None
    ring: tuple[Tested, ...]
    alike: int
    tested: int
    tests: int
    reason: str


def whom_to_ring(
    ours: Sequence[Row], others: Mapping[str, Sequence[Row]], kin: Sequence[Kinship], indicator: Row
) -> Asked:
    """Whom to ring about our figure. `ours` and `others` (by code) are rows of `Release.series_of`,
    oldest first; `kin` those that are alike, each once."""
    row = latest_figure(ours)
    reason = _why_nobody(row, indicator)
    if row is None or reason:
        return Asked(row, (), len(kin), 0, 0, reason)
    known = list(ours[: ours.index(row) + 1])
    found = [
        tested
        for one in sorted(kin, key=lambda one: one.order)
        if (tested := _tested(known, others.get(one.code, ()), one, indicator)) is not None
    ]
    called = _called(found)
    ring = tuple(one for one in called if one.is_better or one.has_improved)
    tests = sum(1 + (one.trend.p_value is not None) for one in found)
    return Asked(row, ring, len(kin), len(found), tests, "")


def _why_nobody(row: Row | None, indicator: Row) -> str:
    if indicator["polarity"] not in ("high", "low"):
        return "it is a measure of context, of which neither direction is called the right one"
    if row is None:
        return "there is no figure to hold others against"
    if indicator["interval_method"] not in METHODS:
        return "the measure has no counts of separate children or cases to test with"
    if counts_of(row, indicator["interval_method"]) is None:
        return f"there are no whole counts for {row['period']}"
    return ""


def _tested(
    ours: Sequence[Row], theirs: Sequence[Row], kin: Kinship, indicator: Row
) -> Tested | None:
    """One that is alike, held against us; None where its figure of the period cannot be tested, or
    where it answered together with us."""
    method, polarity, mine = indicator["interval_method"], indicator["polarity"], ours[-1]
    known = [row for row in theirs if row["period_end"] <= mine["period_end"]]
    if not known or known[-1]["period"] != mine["period"]:
        return None
    row = known[-1]
    together = mine["area_code"] in return_of(row)
    a, b = counts_of(mine, method), counts_of(row, method)
    if together or a is None or b is None:
        return None
    test = p_of_proportions if method == WILSON else p_of_rates
    ahead = _is_ahead(b.share, a.share, polarity)
    trend = find_trend(known, method=method, polarity=polarity)
    return Tested(kin, row, test(a, b) if ahead else 1.0, _since(ours, known, polarity), trend)


def _is_ahead(theirs: float, ours: float, polarity: str) -> bool:
    return theirs < ours if polarity == "low" else theirs > ours


def _since(ours: Sequence[Row], theirs: Sequence[Row], polarity: str) -> str:
    """The first period of those, up to the latest, in each of which theirs was the better figure; a
    period in which either has none ends them."""
    by_period = {row["period"]: row for row in theirs}
    first = ""
    for mine in reversed(ours):
        row = by_period.get(mine["period"])
        if row is None or row["value"] is None or mine["value"] is None:
            break
        if not _is_ahead(row["value"], mine["value"], polarity):
            break
        first = mine["period"]
    return first


def _called(found: Sequence[Tested]) -> list[Tested]:
    """With what stands when all tests share one false discovery rate. A trend counts where it
    improves and has come to a figure at least as good as ours; who is worse than the country is not
    called better."""
    p_values = [one.p_better for one in found]
    p_values += [1.0 if one.trend.p_value is None else one.trend.p_value for one in found]
    if not p_values:
        return []
    from scipy.stats import false_discovery_control  # noqa: PLC0415  (a third of the start)

    adjusted = false_discovery_control([min(1.0, max(0.0, p)) for p in p_values])
    better, improved = adjusted[: len(found)], adjusted[len(found) :]
    return [
        replace(
            one,
            is_better=bool(q1 <= RATE and one.since and one.row["vs_england"] != WORSE),
            has_improved=bool(q2 <= RATE and one.trend.verdict == IMPROVING and one.since),
        )
        for one, q1, q2 in zip(found, better, improved, strict=True)
    ]


# Words --------------------------------------------------------------------------------------------


def kinship_words(kin: Kinship) -> str:
    """`3rd of 10 statistical neighbours, 5th of 150 by context`."""
    parts = []
    if kin.neighbour is not None:
        parts.append(f"{ordinal(kin.neighbour)} of {kin.neighbours} statistical neighbours")
    if kin.nearest is not None:
        parts.append(f"{ordinal(kin.nearest)} nearest of {kin.nearest_of} by context")
    return ", ".join(parts)


def ring_sentence(one: Tested, ours: Row, name: str, our_name: str, indicator: Row) -> str:
    """Why one would ring an authority: its figure, ours, the period, and what chance allows."""
    unit, decimals = indicator["unit"], indicator["decimals"]
    now = format_with_unit(one.row["value"], unit, decimals)
    against = format_value(ours["value"], unit, decimals)
    parts = [f"{name}: {now} in {ours['period']} against {against} in {our_name}"]
    if one.is_better:
        parts.append(f"better by more than chance would explain ({p_words(one.p_better)})")
    if one.since != ours["period"]:
        parts.append(f"the better figure of the two in every year since {one.since}")
    if one.has_improved:
        parts.append(
            f"improved from {one.trend.first_period} to {one.trend.last_period} by more than "
            f"chance would explain ({p_words(one.trend.p_value)})"
        )
    return f"{'; '.join(parts)}."


def asked_sentence(asked: Asked, our_name: str, indicator: Row) -> str:
    """What was looked at, and how many were found."""
    title = indicator["title"]
    if asked.reason or asked.ours is None:
        return f"{title}: nobody is named on the strength of figures: {asked.reason}."
    now = format_with_unit(asked.ours["value"], indicator["unit"], indicator["decimals"])
    alike = f"{asked.alike} {'authority' if asked.alike == 1 else 'authorities'} alike"
    could = f"{asked.tested} could be tested" if asked.tested else "none could be tested"
    found = f"{len(asked.ring)} of them" if asked.ring else "none of them"
    says = (
        ""
        if not asked.tested
        else (f"; {found} did better, or improved, by more than chance would explain")
    )
    return f"{title}, {our_name}: {now} in {asked.ours['period']}. Of {alike}, {could}{says}."
