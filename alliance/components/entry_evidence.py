"""The figures that an entry rests on, each as it was when it was taken in: its sentence, its
picture, its period and release, and the way to the figure as it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dash import html

from alliance.charts.style import svg_address
from alliance.log.entry import FrozenEvidence
from alliance.log.freezing import hidden_fields, preview
from alliance.log.words import Names
from alliance.people.routes import same_site_path
from alliance.service import Served
from alliance.view import parse_view
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


@dataclass(frozen=True, slots=True)
class Asked:
    """The figure that a form would take as evidence: as its reader sees it, and what the form sends
    unseen. Nothing of both where none is asked for."""

    shown: tuple[Any, ...] = ()
    unseen: Mapping[str, str] = field(default_factory=dict)


def read_evidence_asked(served: Served, query: Mapping[str, str | None]) -> Asked:
    """The figure that an address or a form names, as it would be frozen now (`freezing.preview`).
    Only an address that says where it is seen (`from`), or its period, asks for one."""
    if not (query.get("from") or query.get("period")):
        return Asked()
    figure = preview(served, parse_view(served, query), query)
    if figure is None:
        return Asked()
    card = html.Section(
        [
            html.H2("The figure it rests on"),
            _figure_card(
                figure.sentence, figure.picture,
                ["It is kept as it is now, with the challenge, whatever is revised later."],
            ),
        ],
        className="card",
    )  # fmt: skip
    return Asked((card,), hidden_fields(figure, query))


def evidence_card(item: FrozenEvidence, names: Names) -> html.Figure:
    """One frozen figure. The picture is shown as a picture, so that nothing in it can run."""
    title = names.indicators.get(item.indicator_id, item.indicator_id)
    taken = format_day(item.at.date())
    return _figure_card(
        item.sentence,
        item.picture,
        [
            f"{title}, {names.authority(item.area_code)}, {item.period}. Frozen on {taken} by "
            f"{names.author(item.by)} from release {item.release_id}. ",
            html.A("The figure as it is now", href=same_site_path(item.address)),
        ],
    )


def _figure_card(sentence: str, picture: str, caption: list[Any]) -> html.Figure:
    shown = html.Div(
        html.Img(src=svg_address(picture), alt=sentence),
        className="frozen-picture",
        tabIndex=0,
        role="group",
        **{"aria-label": "Picture of the figure"},
    )
    return html.Figure(
        [
            html.P(sentence, className="frozen-sentence"),
            *([shown] if picture else []),
            html.Figcaption(caption),
        ],
        className="frozen",
    )
