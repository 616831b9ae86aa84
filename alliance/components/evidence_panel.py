"""“What this figure can bear”: the evidence of one figure as a short list of sentences.

It draws what `alliance.evidence` read; it tests nothing itself.
"""

from __future__ import annotations

from typing import Any

from dash import html

from alliance.comparison_set import Row
from alliance.evidence import (
    DEPENDS,
    NO_DIFFERENCE,
    NOT_TESTED,
    ONE_SET,
    SURVIVES,
    SURVIVES_SOME,
    Evidence,
    Point,
    read_evidence,
)
from alliance.service import Served
from alliance.view import View

EVIDENCE = "evidence"

BADGES = {
    SURVIVES: ("✔", "Survives"),
    SURVIVES_SOME: ("✔", "Survives the sets that could be tested"),
    DEPENDS: ("≠", "Depends on the set"),
    NO_DIFFERENCE: ("●", "No difference in any set"),
    ONE_SET: ("1", "One set only"),
    NOT_TESTED: ("–", "Not tested"),
}
"""An icon and words for what the choice of comparators does to a finding."""

HOW_TO_READ = (
    "A rank moves with chance: the span is where the authority would stand in 95 of 100 repeats in "
    "which only chance moved the figures. A trend needs five years in a row; it and the latest "
    "change are called only where chance would give as much less than one time in twenty. With "
    "forty measures, two would be called by chance alone, so ask what else points the same way. "
    "The funnel's limits are for the average of the authorities with counts at this authority's "
    "size, and allow for authorities that differ by more than chance. The choice of comparators is "
    "tested with the figure's own 95% interval against each set taken together. Chance is not the "
    "only reason for a difference: practice and recording differ too, and no test here sees them."
)


def evidence_panel(
    served: Served, view: View, indicator: Row, period: str, scope: str
) -> html.Section:
    """The section for the authority looked from; `scope` is the set that the page compares with."""
    return draw_evidence(read_evidence(served, view, indicator, period, scope))


def draw_evidence(evidence: Evidence) -> html.Section:
    """The section of evidence that was read, now or then."""
    return html.Section(
        [
            html.H2("What this figure can bear", id=f"{EVIDENCE}-title"),
            html.Dl([_entry(point) for point in evidence.points], className="evidence"),
            *_how_to_read(evidence),
        ],
        id=EVIDENCE,
        className="card",
        **{"aria-labelledby": f"{EVIDENCE}-title"},
    )


def _how_to_read(evidence: Evidence) -> list[html.Details]:
    """How the tests are to be read, where any was made."""
    if evidence.rank is None:
        return []
    return [html.Details([html.Summary("How to read this"), html.P(HOW_TO_READ)])]


def _entry(point: Point) -> html.Div:
    words: list[Any] = [point.sentence]
    if point.badge:
        words = [_badge(point.badge), " ", point.sentence]
    return html.Div([html.Dt(point.label), html.Dd(words)], className=f"bears bears-{point.key}")


def _badge(badge: str) -> html.Span:
    icon, words = BADGES[badge]
    return html.Span(
        [html.Span(icon, className="badge-icon", **{"aria-hidden": "true"}), f" {words}."],
        className=f"survival survival-{badge.replace('_', '-')}",
    )
