"""How fresh every source is, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from alliance.components.tables import plain_table
from alliance.freshness import STANDING_WORDS, Freshness
from indicators.words import format_day

MARKS = {"stopped": "■", "new": "▲", "overdue": "▲", "unknown": "○", "current": "●"}


def freshness_section(sources: Sequence[Freshness]) -> html.Section:
    """Every source with its latest period, its dates and what is due next."""
    wanting = [item for item in sources if item.standing not in {"current", "unknown"}]
    looks = [item.checked_at for item in sources if item.checked_at is not None]
    return html.Section(
        [
            html.H2("How fresh each source is"),
            html.P(_lead(len(sources), len(wanting)), className="sentence"),
            plain_table(
                "How fresh each source is",
                ["Publication", "Latest period", "Came out on", "Loaded on", "Next due", "State"],
                {"": [_row(item) for item in sources]},
                kind="wide",
            ),
            html.P(
                f"The publishers were last asked on {format_day(max(looks).date())}."
                if looks
                else "The publishers have not been asked yet: “alliance refresh --check” does.",
                className="small",
            ),
        ],
        className="card",
        id="data-sources",
    )


def _lead(sources: int, wanting: int) -> str:
    if not wanting:
        return f"{sources} sources; none is known to have anything newer."
    return f"{sources} sources; {wanting} {'wants' if wanting == 1 else 'want'} attention."


def _row(item: Freshness) -> list[Any]:
    name: Any = html.A(item.publication, href=item.homepage) if item.homepage else item.publication
    files = "1 file" if item.files == 1 else f"{item.files} files"
    return [
        html.Span([name, html.Br(), html.Span(f"{item.publisher}, {files}", className="unit")]),
        item.period,
        format_day(item.published_on) if item.published_on else "not said in the files",
        format_day(item.retrieved_at.date()),
        item.due,
        html.Span(
            [
                html.Span(MARKS[item.standing], **{"aria-hidden": "true"}),
                f" {STANDING_WORDS[item.standing]}",
            ],
            className=f"standing standing-{item.standing}",
        ),
    ]
