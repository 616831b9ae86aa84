"""“The set in figures” of an indicator's page: best, mean, median and aggregates, each
said to be what it is."""

from __future__ import annotations

from typing import Any

from dash import html

from alliance.components.indicator_subject import Subject
from alliance.components.tables import plain_table
from alliance.set_figures import SetFigure, set_figures

SECTION = "set-figures"


def set_section(subject: Subject) -> html.Section:
    """The set that the page compares with, in its period."""
    found = set_figures(
        subject.served, subject.view.us, subject.indicator, subject.chosen, subject.figures
    )
    ours = any(figure.against for figure in found)
    head = ["Figure", subject.unit_title, *([subject.name] if ours else [])]
    title = f"The set in figures: {subject.chosen.name}"
    return html.Section(
        [
            html.H2(title),
            plain_table(title, head, {"": [_row(figure, ours=ours) for figure in found]}),
        ],
        className="card",
        id=SECTION,
    )


def _row(figure: SetFigure, *, ours: bool) -> list[Any]:
    shown: Any = figure.shown
    if figure.value is None:
        shown = html.Span(figure.shown, className="absent")
    label = [figure.label, html.Span(figure.what, className="row-note")]
    return [label, shown, *([figure.against or "–"] if ours else [])]
