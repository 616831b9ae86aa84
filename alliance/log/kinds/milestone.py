"""A milestone: a stage of a priority, at whose end somebody decides to go on, change or stop."""

from __future__ import annotations

from alliance.log.fields import Field, FieldKind
from alliance.log.kinds.common import (
    MANAGER,
    ROOT_OWNER,
    director,
    due_field,
    note_field,
    text,
    title_field,
)
from alliance.log.workflow import NEW, Changes, EntryKind, Facts, Move, State

DECISIONS = (("go_on", "Go on"), ("change", "Change what is done"), ("stop", "Stop"))
_WHO = (director("own"), MANAGER)

STATES = (
    State("ahead", "Ahead", "Not decided yet."),
    State("decided", "Decided", "It was decided to go on, change or stop.", final=True),
    State("dropped", "Dropped", "It is no milestone any more.", final=True),
)
_ASKS = (
    title_field("Milestone", "What will be there by then."),
    due_field("Decide on"),
    text("test", "What the decision rests on", "A figure, an audit, what families say."),
)


def _decide(facts: Facts) -> Changes:
    return Changes(content={"decided_on": facts.today.isoformat()})


MILESTONE = EntryKind(
    id="milestone",
    prefix="N",
    words="a milestone",
    plural="Milestones",
    lead="own",
    states=STATES,
    part_of=("priority",),
    moves=(
        Move("add", "Add the milestone", "added it", (NEW,), "ahead", _WHO, asks=_ASKS),
        Move("edit", "Change it", "changed it", ("ahead",), "ahead", _WHO, asks=_ASKS),
        Move("decide", "Decide", "decided", ("ahead",), "decided", (*_WHO, ROOT_OWNER),
             asks=(Field("decision", "Decision", FieldKind.CHOICE, required=True,
                         choices=DECISIONS),
                   note_field("Why")),
             effect=_decide, tells=_WHO),
        Move("drop", "Drop it", "dropped it", ("ahead",), "dropped", _WHO,
             asks=(note_field("Why"),)),
    ),
)  # fmt: skip
"""The kind itself."""
