"""An impact report on the terminal and as JSON: what publishing a release would change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from alliance.commands.session import count, session

if TYPE_CHECKING:
    from indicators.impact import Impact, Part

OF_THE_LOG = (
    "Of the challenge log nothing is told here: the Data page tells those who sign in what their "
    "own entries rest on."
)
"""Said whether or not any entry rests on what changes: a report that anybody on the machine reads
must not tell."""
LINES_SHOWN = 6
"""How many lines of each section a terminal gets."""


def print_impact(impact: Impact, *, lines: int = LINES_SHOWN) -> None:
    """The report in the order in which it is read; the first lines of each section."""
    from indicators.impact import GROUPS  # noqa: PLC0415

    out = session.out
    against = f"release {impact.old.release_id}" if impact.old else "nothing: there is no release"
    out.print(f"\nImpact of {impact.new.release_id} against {against}", markup=False)
    if impact.is_empty:
        out.print("\n  No figure, rank, signal or finding changes.", markup=False)
    for group in GROUPS:
        parts = impact.group(group)
        if parts:
            out.print(f"\n{group}", markup=False)
            _print_parts(impact, parts, lines)
    out.print(f"\n{OF_THE_LOG}", markup=False)


def _print_parts(impact: Impact, parts: Iterable[Part], lines: int) -> None:
    out = session.out
    for part in parts:
        out.print(f"  {part.heading}: {part.total:,}{_detail(impact, part)}", markup=False)
        for line in part.lines[:lines]:
            out.print(f"    {line.sentence}", markup=False)
        if part.total > lines:
            out.print(f"    and {part.total - min(lines, len(part.lines)):,} more", markup=False)


def _detail(impact: Impact, part: Part) -> str:
    """How many ranks, bands and verdicts there are among the positions that change."""
    if part.section != "positions":
        return ""
    kinds = (("moved_ranks", "rank"), ("flipped_bands", "band"), ("flipped_verdicts", "verdict"))
    return f" ({', '.join(count(impact.counts[key], noun) for key, noun in kinds)})"


def impact_json(impact: Impact) -> dict[str, Any]:
    """The report for a program; each section with its total and its first lines."""
    return {
        "release_id": impact.new.release_id,
        "against": impact.old.release_id if impact.old else None,
        "counts": dict(impact.counts),
        "sections": [
            {
                "section": part.section,
                "heading": part.heading,
                "group": part.group,
                "total": part.total,
                "lines": [asdict(line) for line in part.lines],
            }
            for part in impact.parts
        ],
    }
