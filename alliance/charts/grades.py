"""How many authorities hold each of Ofsted's grades: an ordinal is counted, never averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alliance.charts.style import (
    AXIS,
    NAME_WIDTH,
    NARROW,
    PEER,
    US,
    base_layout,
    fit,
    names_above,
    wrap,
)
from ingest.grades import GRADE_WORDS

BAR_HEIGHT = 46
TEXT_ROOM = 1.3
"""The axis is that much longer than the longest bar, for the words at its end."""
NAMED = 12
"""Up to that many authorities of a grade are named where it is pointed at."""


def grade_bars(
    rows: Sequence[Mapping[str, Any]], names: Mapping[str, str], *, us: str
) -> dict[str, Any]:
    """A bar for each grade, the best on top, as long as the number of authorities that hold it.

    rows: `Release.figures`, each with area_code and value (1 to 4, None where there is none).
    """
    holders = {
        grade: sorted((row["area_code"] for row in rows if row["value"] == grade), key=names.get)  # type: ignore[arg-type]
        for grade in GRADE_WORDS
    }
    ours = [us in codes for codes in holders.values()]
    layout = base_layout(height=BAR_HEIGHT * len(holders) + 60)
    layout["yaxis"] = AXIS | {
        "tickvals": list(holders),
        "ticktext": [
            f"<b>{wrap(words)}</b>  " if mine else f"{wrap(words)}  "
            for words, mine in zip(GRADE_WORDS.values(), ours, strict=True)
        ],
        "range": [len(holders) + 0.5, 0.5],
        "showgrid": False,
        "ticks": "",
    }
    layout["xaxis"] = AXIS | {
        "title": {"text": "Number of authorities", "font": {"size": 13}},
        "rangemode": "tozero",
        "tickformat": "d",
        "range": [0, max(1, *(len(codes) for codes in holders.values())) * TEXT_ROOM],
    }
    layout["bargap"] = 0.35
    above = [
        f"<b>{words}, with {names[us]}</b>" if mine else words
        for words, mine in zip(GRADE_WORDS.values(), ours, strict=True)
    ]
    counts = [f"<b>{len(codes)}</b>" for codes in holders.values()]
    labels = [wrap(words, NAME_WIDTH) for words in above]
    narrow = names_above(layout, labels, list(holders), other=60)
    fit(layout, narrow, most=NARROW, data=[{"text": counts}])
    bar = {
        "type": "bar",
        "orientation": "h",
        "x": [len(codes) for codes in holders.values()],
        "y": list(holders),
        "marker": {"color": [US if mine else PEER for mine in ours]},
        "text": [
            f"<b>{len(codes)}, with {names[us]}</b>" if mine else str(len(codes))
            for codes, mine in zip(holders.values(), ours, strict=True)
        ],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [
            f"<b>{words}</b>: {len(codes)}<br>{_list(codes, names)}"
            for words, codes in zip(GRADE_WORDS.values(), holders.values(), strict=True)
        ],
        "hoverinfo": "text",
        "showlegend": False,
    }
    return {"data": [bar], "layout": layout}


def _list(codes: Sequence[str], names: Mapping[str, str]) -> str:
    shown = "<br>".join(names[code] for code in codes[:NAMED])
    more = len(codes) - NAMED
    return f"{shown}<br>and {more} more" if more > 0 else shown
