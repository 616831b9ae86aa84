"""A comparator set in a few figures, each labelled as what it is: the best of it, mean, median,
the set taken as one, and what the publisher itself says of region and country.

Knows no component. Ours is in none of the set's own figures, so that we are not compared with
ourselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alliance.comparison_set import ComparisonSet, Row
from alliance.scope import split_scope
from alliance.service import Served
from indicators.counts import others_with_figure
from indicators.set_summary import SetSummary, summarise_set
from indicators.words import (
    GRADE,
    UNRANKED_UNITS,
    format_difference,
    format_value,
    list_words,
)
from ingest.grades import grade_words

BEST, MEAN, MEDIAN, AS_ONE, REGION, COUNTRY = (
    "best", "mean", "median", "as_one", "region", "country",
)  # fmt: skip
NOBODY = "Nobody else of the set has a figure."
NAMED = 6
"""So many that share the best figure are named; of more it is said how many there are."""


@dataclass(frozen=True, slots=True)
class SetFigure:
    """One figure: what it is called, as it is shown, how ours stands to it, and what it is. `value`
    in the indicator's unit; None where there is none, and `shown` then says why."""

    key: str
    label: str
    value: float | None
    shown: str
    against: str
    what: str


def set_figures(
    served: Served, us: str, indicator: Row, chosen: ComparisonSet, figures: Sequence[Row]
) -> list[SetFigure]:
    """The figures of `chosen` for one indicator and period, of which `figures` holds every row.

    Grades have a best and nothing else. Nothing but figures as published goes in: whoever has none,
    or has it suppressed, is left out and counted.
    """
    read = _Read(served, us, indicator, chosen, figures)
    if indicator["unit"] == GRADE:
        return [_best(read)]
    return [_best(read), *_of_the_set(read), *_published(read)]


@dataclass(frozen=True, slots=True)
class SetMedian:
    """The median that charts draw of a set: its name in a legend, with of how many it is;
    `neighbours` where the set is that of the statistical neighbours."""

    label: str
    value: float
    neighbours: bool


def set_median(us: str, indicator: Row, chosen: ComparisonSet) -> SetMedian | None:
    """The median of the set's other members with a figure; None of grades, or where nobody has
    one."""
    summary = summarise_set(chosen.rows, us, indicator)
    if summary.median is None:
        return None
    near, n = split_scope(chosen.key)[0] == "neighbours", summary.n
    of_set = f"Median of the set ({n} {'other' if n == 1 else 'others'})"
    label = f"Median of {n} {'neighbour' if n == 1 else 'neighbours'}" if near else of_set
    return SetMedian(label, summary.median, near)


@dataclass(frozen=True)
class _Read:
    """What the figures are made of."""

    served: Served
    us: str
    indicator: Row
    chosen: ComparisonSet
    figures: Sequence[Row]

    @property
    def summary(self) -> SetSummary:
        return summarise_set(self.chosen.rows, self.us, self.indicator)

    @property
    def others(self) -> list[Row]:
        """The rows that the summary is of."""
        return others_with_figure(self.chosen.rows, self.us)

    @property
    def mine(self) -> Row | None:
        return next((row for row in self.figures if row["area_code"] == self.us), None)

    def show(self, value: float, more: int = 0) -> str:
        unit, decimals = self.indicator["unit"], self.indicator["decimals"]
        return format_value(value, unit, decimals if not more else max(decimals, more))

    def made(self, key: str, label: str, value: float | None, what: str) -> SetFigure:
        """A figure, or that there is none."""
        shown = "no figure" if value is None else self.show(value)
        return SetFigure(key, label, value, shown, self.against(value), what)

    def against(self, value: float | None) -> str:
        """`12 per 10,000 higher`: ours against it, as it is and not as it is rounded."""
        own = None if self.mine is None else self.mine["value"]
        if own is None or value is None:
            return ""
        if self.indicator["unit"] == GRADE:
            return "the same" if own == value else f"ours: {grade_words(own)}"
        unit, decimals = self.indicator["unit"], self.indicator["decimals"]
        size = format_difference(own - value, unit, decimals)
        if size == format_difference(0.0, unit, decimals):
            return "the same, as rounded"
        return f"{size} {'higher' if own > value else 'lower'}"


# The best ---------------------------------------------------------------------------------------


def _best(read: _Read) -> SetFigure:
    """The best single figure and whose it is; why there is no best where there is none."""
    label = "Best in the set"
    reason = _no_best(read)
    if reason:
        return SetFigure(BEST, label, None, "none", "", reason)
    sign = -1 if read.indicator["polarity"] == "high" else 1
    value = min((row["value"] for row in read.others), key=lambda found: sign * found)
    holders = [row for row in read.others if row["value"] == value]
    return SetFigure(
        BEST, label, float(value), read.show(value), read.against(value), _whose(read, holders)
    )


def _no_best(read: _Read) -> str:
    if not read.others:
        return NOBODY
    if read.indicator["unit"] in UNRANKED_UNITS:
        return "A number follows the size of an authority, so none is the best."
    if read.indicator["polarity"] not in {"high", "low"}:
        return "Neither a higher nor a lower figure is better, so none is the best."
    return ""


def _whose(read: _Read, holders: Sequence[Row]) -> str:
    """Whose figure it is, and how far chance alone could move it."""
    names = [read.served.name(row["area_code"]) for row in holders]
    who = list_words(names) if len(names) <= NAMED else f"{len(names)} authorities"
    n = len(read.others)
    text = f"{who}, of {n} {'other' if n == 1 else 'others'} with a figure."
    if len(holders) > 1 or read.indicator["unit"] == GRADE:
        return text
    (row,) = holders
    marks = " It is provisional." if row["provisional"] else ""
    if row["ci95_low"] is None:
        return f"{text}{marks}"
    low, high = (read.show(row[end], more=1) for end in ("ci95_low", "ci95_high"))
    return (
        f"{text} Its 95% interval is {low} to {high}: the best of several owes something to "
        f"chance.{marks}"
    )


# The set, and the publisher's -------------------------------------------------------------------


def _of_the_set(read: _Read) -> Iterable[SetFigure]:
    summary = read.summary
    n = summary.n
    if not n:
        for key, label in ((MEAN, "Mean of the set"), (MEDIAN, "Median of the set")):
            yield read.made(key, label, None, NOBODY)
        return
    counted = f"{n} {'other' if n == 1 else 'others'} with a figure"
    yield read.made(
        MEAN, "Mean of the set", summary.mean,
        f"Worked out here: the plain average of {counted}, each counting the same whatever its "
        "size.",
    )  # fmt: skip
    yield read.made(
        MEDIAN, "Median of the set", summary.median,
        f"Worked out here: the middle of {counted}.",
    )  # fmt: skip
    if summary.aggregate is not None:
        k = summary.aggregate_n
        yield read.made(
            AS_ONE, "The set taken as one", summary.aggregate,
            f"Worked out here, not published: all they counted over all it is out of, for the {k} "
            f"{'return' if k == 1 else 'returns'} with both; larger authorities weigh more.",
        )  # fmt: skip


def _published(read: _Read) -> Iterable[SetFigure]:
    """The publisher's own aggregates: the country's always, the region's with our row."""
    published = (
        "Published: the publisher’s own figure for the whole, not an average of authorities."
    )
    row = read.mine or next(iter(read.figures), None)
    if row is None:
        return
    if read.mine is not None:
        yield read.made(
            REGION, f"{read.served.region_name(read.mine)}, as published", row["region"], published
        )
    country = str(read.served.country["name"])
    yield read.made(COUNTRY, f"{country}, as published", row["england"], published)
