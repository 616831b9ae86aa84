"""What an authority has set aside of the list of what is worth discussing, with its reason: off the
list until the evidence changes, never lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alliance.log.fields import Field, FieldKind
from alliance.log.kinds.common import (
    AUTHORITIES_ONLY,
    THE_ALLIANCE,
    audience_field,
    comment,
    drafters,
    note_field,
    text,
    title_field,
)
from alliance.log.workflow import NEW, EntryKind, Move, State

ITEM = "item"
"""The field that names what is set aside, and the evidence for which it is."""
_MARK = "~"
_WHO = drafters("own")
STATES = (
    State("aside", "Set aside", "Off the list until its evidence changes."),
    State("back", "Back on the list", "It was taken up again.", final=True),
)

ASIDE = EntryKind(
    id="aside",
    prefix="W",
    words="an item set aside",
    plural="Set aside",
    lead="own",
    states=STATES,
    moves=(
        Move("set_aside", "Set it aside", "set it aside", (NEW,), "aside", _WHO,
             asks=(Field(ITEM, "Item of the list", FieldKind.ENQUIRY, required=True),
                   title_field("What it is about"),
                   text("reason", "Why it is not for discussion now",
                        "What you know of it, and how you know it.", required=True),
                   audience_field(AUTHORITIES_ONLY, THE_ALLIANCE)),
             hint="It comes back by itself when the figures that it rests on change."),
        Move("bring_back", "Bring it back", "brought it back", ("aside",), "back", _WHO,
             asks=(note_field("Why", required=False),)),
        comment(STATES),
    ),
)  # fmt: skip
"""The kind itself."""


def enquiry_key(enquiry_id: str, fingerprint: str) -> str:
    """What a form says of an item of the list: which, and for which evidence."""
    return f"{enquiry_id}{_MARK}{fingerprint}"


def aside_of(content: Mapping[str, Any]) -> tuple[str, str]:
    """The item that an entry sets aside and the mark of its evidence then."""
    enquiry_id, _, fingerprint = str(content.get(ITEM, "")).rpartition(_MARK)
    return enquiry_id, fingerprint
