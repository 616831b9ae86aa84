"""The figures that an entry rests on, each as it was when it was taken in: its sentence, its
picture, its period and release, and the way to the figure as it is now."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from dash import html

from alliance.log.entry import FrozenEvidence
from alliance.log.words import Names
from alliance.people.routes import same_site_path
from indicators.words import format_day


def evidence_section(evidence: Sequence[FrozenEvidence], names: Names, *, prefix: str) -> list[Any]:
    """The section with all figures, oldest first."""
    return [
        html.Section(
            [html.H2("What it rests on"), *(evidence_card(item, names) for item in evidence)],
            className="card",
            id=f"{prefix}evidence",
        )
    ]


def evidence_card(item: FrozenEvidence, names: Names) -> html.Figure:
    """One frozen figure. The picture is shown as a picture, so that nothing in it can run."""
    title = names.indicators.get(item.indicator_id, item.indicator_id)
    taken = format_day(item.at.date())
    data = b64encode(item.picture.encode()).decode()
    picture = (
        [html.Img(src=f"data:image/svg+xml;base64,{data}", alt=item.sentence)]
        if item.picture
        else []
    )
    now = same_site_path(item.address)
    return html.Figure(
        [
            html.P(item.sentence, className="frozen-sentence"),
            *picture,
            html.Figcaption(
                [
                    f"{title}, {names.authority(item.area_code)}, {item.period}. Frozen on {taken} "
                    f"by {names.author(item.by)} from release {item.release_id}. ",
                    html.A("The figure as it is now", href=now),
                ]
            ),
        ],
        className="frozen",
    )
