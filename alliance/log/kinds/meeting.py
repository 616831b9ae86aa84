"""A meeting, and the items of its agenda: what is talked about, what was decided, and the minutes,
which nothing changes once they are agreed."""

from __future__ import annotations

from alliance.access import TRIAD_SIDE, Audience
from alliance.log.fields import Field, FieldKind
from alliance.log.kinds.common import (
    ANYBODY,
    MANAGER,
    OWNER,
    ROOT_OWNER,
    THE_ALLIANCE,
    THE_TRIAD,
    audience_field,
    due_field,
    needs_no_more_readers,
    needs_triad,
    note_field,
    owner_field,
    text,
    title_field,
)
from alliance.log.workflow import NEW, EntryKind, Facts, Move, State

_WHO = (MANAGER, OWNER)
_ITEM_WHO = (MANAGER, ROOT_OWNER)
"""The manager, or the chair of the meeting."""

STATES = (
    State("planned", "Planned", "Its agenda can be changed."),
    State("running", "Under way", "Decisions are recorded as they are made."),
    State("held", "Held", "Its minutes wait to be agreed."),
    State(
        "minuted",
        "Minutes agreed",
        "Nothing changes them; what is wrong is put right beside.",
        sealed=True,
    ),
    State("cancelled", "Cancelled", "It did not take place.", final=True),
)


def needs_everything_decided(facts: Facts) -> str:
    """Every item has been dealt with or left out."""
    waiting = [part.title for part in facts.parts if part.state == "listed"]
    if not waiting:
        return ""
    names = "; ".join(f"“{title}”" for title in waiting)
    return f"Not dealt with yet: {names}. Record what was decided, or leave it for another meeting."


_ASKS = (
    title_field("Meeting"),
    due_field("On"),
    Field("starts_at", "From", FieldKind.LINE, "Such as 10:00."),
    Field("ends_at", "Until", FieldKind.LINE, "Such as 12:30."),
    Field("place", "Where", FieldKind.LINE),
    owner_field("Chair"),
    audience_field(THE_ALLIANCE, THE_TRIAD),
    Field("triad", "Authorities of the triad", FieldKind.AUTHORITIES, into=f"side:{TRIAD_SIDE}"),
    text("attendees", "Who attends"),
)  # fmt: skip

MEETING = EntryKind(
    id="meeting",
    prefix="M",
    words="a meeting",
    plural="Meetings",
    lead="own",
    states=STATES,
    audience=Audience.ALLIANCE,
    moves=(
        Move("plan", "Plan the meeting", "planned it", (NEW,), "planned", (MANAGER,), asks=_ASKS,
             needs=(needs_triad,)),
        Move("edit", "Change it", "changed it", ("planned",), "planned", _WHO, asks=_ASKS,
             needs=(needs_triad, needs_no_more_readers(TRIAD_SIDE))),
        Move("begin", "Begin the meeting", "began the meeting", ("planned",), "running", _WHO),
        Move("end", "End the meeting", "ended the meeting", ("running",), "held", _WHO,
             asks=(text("attended", "Who was there", required=True),),
             needs=(needs_everything_decided,)),
        Move("agree_minutes", "Agree the minutes", "agreed the minutes", ("held",), "minuted",
             _WHO, asks=(text("summary", "In short"),), needs=(needs_everything_decided,),
             tells=(ANYBODY,)),
        Move("put_right", "Put something right", "put something right", ("minuted",), "minuted",
             _WHO, asks=(note_field("What is wrong in the minutes, and what is right"),),
             tells=(ANYBODY,)),
        Move("cancel", "Cancel it", "cancelled it", ("planned",), "cancelled", _WHO,
             asks=(note_field("Why"),), tells=(ANYBODY,)),
        Move("note", "Add a note", "added a note", ("planned", "running", "held"), "", (ANYBODY,),
             asks=(note_field("Your note"),)),
    ),
)  # fmt: skip
"""The kind itself."""

ITEM_STATES = (
    State("listed", "On the agenda", "To be dealt with."),
    State("decided", "Dealt with", "What was decided is recorded.", final=True),
    State("left", "Left", "Left for another meeting or taken off.", final=True),
)


ITEM = EntryKind(
    id="item",
    prefix="I",
    words="an item",
    plural="Items",
    lead="own",
    states=ITEM_STATES,
    part_of=("meeting",),
    moves=(
        Move("list", "Put it on the agenda", "put it on the agenda", (NEW,), "listed", _ITEM_WHO,
             asks=(title_field("Item"), text("why", "Why it is on the agenda"),
                   Field("minutes", "Minutes", FieldKind.NUMBER),
                   Field("place_in_order", "Place", FieldKind.NUMBER))),
        Move("edit", "Change it", "changed it", ("listed",), "listed", _ITEM_WHO,
             asks=(title_field("Item"), text("why", "Why it is on the agenda"),
                   Field("minutes", "Minutes", FieldKind.NUMBER),
                   Field("place_in_order", "Place", FieldKind.NUMBER))),
        Move("decide", "Record the decision", "recorded the decision", ("listed",), "decided",
             _ITEM_WHO, asks=(text("decision", "What was decided", required=True),
                         text("discussion", "What was said"))),
        Move("leave", "Leave it", "left it", ("listed",), "left", _ITEM_WHO,
             asks=(text("decision", "Why it is left"),)),
        Move("take_up", "Take it up again", "took it up again", ("left",), "listed", _ITEM_WHO),
    ),
)  # fmt: skip
"""An item of a meeting's agenda."""
