"""A cycle: the round of returns, self-assessments and meetings of an alliance, and its triads."""

from __future__ import annotations

from alliance.access import Audience
from alliance.log.fields import Field, FieldKind
from alliance.log.kinds.common import MANAGER, comment, due_field, note_field, text, title_field
from alliance.log.workflow import NEW, EntryKind, Move, State

STATES = (
    State("open", "Open", "The round that is under way."),
    State("ended", "Ended", "The round is over.", final=True),
)
MOST_TRIADS = 8
_ASKS = (
    title_field("Name of the cycle", "Such as “Autumn 2026”."),
    Field("starts_on", "Begins on", FieldKind.DAY, required=True),
    due_field("Ends on"),
    text("focus", "What this round is about"),
    *(
        Field(f"triad_{number}", f"Triad {number}", FieldKind.AUTHORITIES,
              "Two to four authorities that challenge each other." if number == 1 else "")
        for number in range(1, MOST_TRIADS + 1)
    ),
)  # fmt: skip

CYCLE = EntryKind(
    id="cycle",
    prefix="Y",
    words="a cycle",
    plural="Cycles",
    lead="own",
    states=STATES,
    audience=Audience.ALLIANCE,
    moves=(
        Move("open", "Open the cycle", "opened it", (NEW,), "open", (MANAGER,), asks=_ASKS),
        Move("edit", "Change it", "changed it", ("open",), "open", (MANAGER,), asks=_ASKS),
        Move("end", "End the cycle", "ended it", ("open",), "ended", (MANAGER,),
             asks=(note_field("What the round came to"),)),
        comment(STATES),
    ),
)  # fmt: skip
"""The kind itself."""


def triads_of(content: dict[str, object]) -> list[tuple[str, ...]]:
    """The triads that a cycle's words name, each as its authorities' codes."""
    found = (content.get(f"triad_{number}") for number in range(1, MOST_TRIADS + 1))
    return [tuple(triad) for triad in found if isinstance(triad, list | tuple) and triad]
