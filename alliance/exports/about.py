"""What a file says of its figures: whose they are, of when, of which release, and how to take them.

One place for every export, so that none leaves without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from alliance.exports.table import DEMO
from alliance.service import DEMONSTRATION, Served
from indicators.words import GRADE, grades_key

Pairs = tuple[tuple[str, str], ...]

SUPPRESSION = (
    "A figure that is suppressed, not available, not applicable or missing stands as that word, "
    "never as nought, and leaves every count, median and rank."
)
INTERVALS = {
    "wilson": "95% confidence limits of a proportion by Wilson's score method, from the published "
    "counts. A difference within them may be chance.",
    "byar": "95% confidence limits of a rate by Byar's method (exact Poisson below 10), from the "
    "published counts. A difference within them may be chance.",
    "none": "None can be had: the published counts are not enough for one.",
}
"""What the 95 % limits are, by an indicator's `interval_method`."""

FIGURES_OF = {"wilson": "proportions", "byar": "rates", "none": "other figures"}
"""What has intervals by that method, where a file holds several."""

RANKS = (
    "Within one measure, period and set only: 1 is the best figure where there is a better "
    "direction, else the highest. Read a rank with its interval: neighbours in a ranking often "
    "differ by chance alone."
)


def about_indicators(
    served: Served, indicators: Iterable[Mapping[str, Any]], period: str, *more: tuple[str, str]
) -> Pairs:
    """What a file of one or several indicators says. period: as the file's reader is to have it.

    One indicator's definition and caveats stand by themselves, several with their titles.
    """
    chosen = list(indicators)
    several = len(chosen) > 1

    def of(what: str, row: Mapping[str, Any]) -> str:
        return f"{what} of {row['title']}" if several else what

    pairs: list[tuple[str, str]] = [*source_pairs(served, chosen), release_pair(served)]
    if any(row["unit"] == GRADE for row in chosen):
        pairs.append(("Grades", grades_key()))
    for row in chosen:
        pairs.append((of("Definition", row), row["definition"]))
        pairs.append((of("Caveats", row), row["caveats"] or "none recorded"))
    pairs.append(("Period", period))
    if any(row["unit"] != GRADE for row in chosen):
        pairs += _intervals(chosen)
    return tuple(_clean([*pairs, ("Figures that are not numbers", SUPPRESSION), *more]))


def source_pairs(served: Served, indicators: Iterable[Mapping[str, Any]]) -> Pairs:
    """Whose figures they are; of a demonstration, that they are nobody's."""
    if served.info.demo:
        what, words = DEMONSTRATION.split(": ", 1)
        return ((what, words),)
    found = dict.fromkeys(served.attribution(row) for row in indicators)
    return tuple(("Source", words.removeprefix("Source: ")) for words in found)


def release_pair(served: Served) -> tuple[str, str]:
    """The release's name and when it was built."""
    return "Release", f"{served.info.release_id}, built {served.info.built_at:%Y-%m-%d %H:%M} UTC"


def opening_lines(served: Served) -> list[str]:
    """The lines of a file that is about the release and no indicator."""
    demo = [DEMONSTRATION] if served.info.demo else []
    return [*demo, ": ".join(release_pair(served))]


def _intervals(indicators: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    methods = dict.fromkeys(row["interval_method"] for row in indicators if row["unit"] != GRADE)
    several = len(methods) > 1
    return [
        (f"Intervals of {FIGURES_OF[method]}" if several else "Intervals", INTERVALS[method])
        for method in methods
    ]


def _clean(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((" ".join(what.split()), " ".join(words.split())) for what, words in pairs)


__all__ = [
    "DEMO", "INTERVALS", "RANKS", "SUPPRESSION", "about_indicators", "opening_lines",
    "release_pair", "source_pairs",
]  # fmt: skip
