"""“Did it work?”: the verdict on what was agreed, with what it rests on. Draws what
`indicators.did_it_work` found; decides nothing and says nothing of causes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dash import html

from alliance.prospects import history_of
from alliance.service import Served
from indicators.did_it_work import (
    Review,
    Verdict,
    reasons_in_words,
    review_change,
    verdict_sentence,
)

MARKS: Mapping[Verdict, str] = {
    Verdict.BEYOND: "✓",
    Verdict.MOVED_BEYOND: "↕",
    Verdict.NO_MORE: "=",
    Verdict.TOO_EARLY: "…",
    Verdict.CANNOT_TELL: "?",
}
"""A mark for each verdict, beside its words."""
HOW_TO_READ = (
    "Before is the last figure of a time before it was agreed, after the latest of a time that "
    "lies wholly or mostly after. “Beyond what usually happens” is said only where the change "
    "goes the agreed way, chance does not explain it (where there are counts to test with), it "
    "goes further than the median of all others and of the statistical neighbours, and fewer than "
    "one in twenty of those that once stood alike went as far in as many years. What is picked "
    "because it stands out drifts back by itself: how far, the history of all authorities says. "
    "Even so it may not be the work that brought a change about, and work that keeps a figure "
    "where it is does not show here."
)


def read_review(
    served: Served, code: str, indicator_id: str, agreed_on: date, aim: float
) -> Review:
    """The review of what was agreed for an authority; `aim` as `review_change` has it."""
    near = [row["neighbour_code"] for row in served.release.neighbours(code)]
    return review_change(
        served.release.series(indicator_id, code),
        agreed_on,
        aim,
        history_of(served, indicator_id, code),
        served.release.series_of(indicator_id, near),
        served.indicators[indicator_id],
    )


def did_it_work_section(
    served: Served, code: str, indicator_id: str, agreed_on: date, aim: float, *, prefix: str
) -> html.Section:
    """The section for an authority. `aim`: positive where the figure was to rise, negative where it
    was to fall, nought where nobody said."""
    found = read_review(served, code, indicator_id, agreed_on, aim)
    indicator = served.indicators[indicator_id]
    sentence = verdict_sentence(found, agreed_on, indicator)
    reasons = reasons_in_words(found, served.name(code), indicator)
    parts: list[Any] = [
        html.H2("Did it work?"),
        html.P(
            [html.Span(f"{MARKS[found.verdict]} ", **{"aria-hidden": "true"}), sentence],
            className="sentence",
        ),
    ]
    parts += [html.Ul([html.Li(text) for text in reasons])] if reasons else []
    parts.append(html.Details([html.Summary("How to read this"), html.P(HOW_TO_READ)]))
    return html.Section(parts, className="card", id=f"{prefix}worked")
