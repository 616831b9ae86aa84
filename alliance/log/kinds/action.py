"""An action: what somebody does by a day, as a part of a challenge, a priority or support."""

from __future__ import annotations

from alliance.access import Audience, authorities_it_is_for
from alliance.log.fields import Field, FieldKind
from alliance.log.kinds.common import (
    MANAGER,
    OWNER,
    comment,
    director,
    due_field,
    note_field,
    owner_field,
    title_field,
)
from alliance.log.workflow import NEW, EntryKind, Facts, Move, State

DOING = "doing"
_SIDES = ("raising", "responding", "own", "asking", "giving")
_PARTIES = tuple(director(side) for side in _SIDES)
_CHANGERS = (*_PARTIES, MANAGER, OWNER)

STATES = (
    State("open", "Open", "Somebody is doing it."),
    State("done", "Done", "It has been done.", final=True),
    State("dropped", "Dropped", "It will not be done, for the reason given.", final=True),
)


def needs_a_party(facts: Facts) -> str:
    """Whoever acts may see what the action is for."""
    root = facts.parent.subject if facts.parent else facts.entry.subject if facts.entry else None
    if root is None or root.audience == Audience.ALLIANCE:
        return ""
    if facts.answers[DOING] in authorities_it_is_for(root):
        return ""
    return "That authority has no part in what the action is for, so it cannot see it."


_TITLE = title_field("What will be done", "One thing, so that it is clear when it is done.")
_OWNER = owner_field("Who does it")
_DOING = Field(
    DOING, "For which authority", FieldKind.AUTHORITY, required=True, into=f"side:{DOING}"
)
_DUE = due_field("By when")
_ASKS = (_TITLE, _OWNER, _DOING, _DUE)

ACTION = EntryKind(
    id="action",
    prefix="A",
    words="an action",
    plural="Actions",
    lead=DOING,
    states=STATES,
    part_of=("challenge", "priority", "support"),
    moves=(
        Move("add", "Add the action", "added it", (NEW,), "open", (*_PARTIES, MANAGER),
             asks=_ASKS, needs=(needs_a_party,), tells=(OWNER, director(DOING))),
        Move("edit", "Change it", "changed it", ("open",), "open", _CHANGERS,
             asks=(*_ASKS, note_field("Why it is changed", required=False)),
             needs=(needs_a_party,), tells=(OWNER,)),
        Move("progress", "Tell how it goes", "told how it goes", ("open",), "open", _CHANGERS,
             asks=(note_field("How it goes"),), tells=(OWNER,)),
        Move("finish", "It is done", "did it", ("open",), "done", _CHANGERS,
             asks=(note_field("What was done, and what came of it"),),
             tells=(*_PARTIES, MANAGER)),
        Move("drop", "Drop it", "dropped it", ("open",), "dropped", _CHANGERS,
             asks=(note_field("Why it will not be done"),), tells=(*_PARTIES, MANAGER)),
        Move("reopen", "Open it again", "opened it again", ("done", "dropped"), "open", _CHANGERS,
             asks=(note_field("Why it is opened again"), _DUE), tells=(OWNER,)),
        comment(STATES),
    ),
)  # fmt: skip
"""The kind itself."""
