"""The figures that an entry rests on, each as it was when it was taken in, with what became of it
since; and the figure that a form would take in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dash import html

from alliance.components.frozen_evidence import frozen_evidence
from alliance.log.drift import as_shown, drifting
from alliance.log.entry import FrozenEvidence
from alliance.log.freezing import hidden_fields, previews
from alliance.log.words import Names
from alliance.service import Served
from alliance.view import parse_view
from indicators.words import format_day


def evidence_section(
    served: Served, evidence: Sequence[FrozenEvidence], names: Names, *, prefix: str
) -> list[Any]:
    """The section with all figures, oldest first, and what became of each in the release served."""
    drifts = drifting(served, evidence)
    cards = [
        evidence_card(served, item, names, drifts[item.id].sentences if item.id in drifts else ())
        for item in evidence
    ]
    return [
        html.Section(
            [html.H2("What it rests on"), *cards],
            className="card",
            id=f"{prefix}evidence",
        )
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """The figures that a form would take as evidence: as their reader sees them, and what the form
    sends unseen. Nothing of both where none is asked for."""

    shown: tuple[Any, ...] = ()
    unseen: Mapping[str, str] = field(default_factory=dict)


def read_evidence_asked(served: Served, query: Mapping[str, str | None]) -> Asked:
    """The figures that an address or a form names, as they would be frozen now
    (`freezing.previews`). Only an address that says where they are seen (`from`), or a period,
    asks for any."""
    if not (query.get("from") or query.get("period")):
        return Asked()
    figures = previews(served, parse_view(served, query), query)
    if not figures:
        return Asked()
    one = len(figures) == 1
    kept = f"{'It is' if one else 'They are'} kept as {'it is' if one else 'they are'} now"
    card = html.Section(
        [
            html.H2("The figure it rests on" if one else "The figures it rests on"),
            *(frozen_evidence(figure) for figure in figures),
            html.P(f"{kept}, with the challenge, whatever is revised later."),
        ],
        className="card",
    )
    return Asked((card,), hidden_fields(figures, query))


def evidence_card(
    served: Served, item: FrozenEvidence, names: Names, changes: Sequence[str]
) -> html.Figure:
    """One figure as it was frozen, but for what the release being served no longer gives, with what
    became of it since."""
    taken = format_day(item.at.date())
    return html.Figure(
        [
            frozen_evidence(as_shown(served, item), changes),
            html.Figcaption(
                f"{names.authority(item.area_code)}. Frozen on {taken} by "
                f"{names.author(item.by)} from release {item.release_id}."
            ),
        ],
        className="frozen",
    )
