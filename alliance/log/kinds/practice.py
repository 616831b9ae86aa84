"""Practice: what an authority did, for whom, what shows that it worked, and whom to ask."""

from __future__ import annotations

from alliance.access import Audience
from alliance.log.fields import Field, FieldKind
from alliance.log.kinds.common import (
    DISCARDED,
    MANAGER,
    comment,
    director,
    discard,
    drafters,
    indicator_field,
    note_field,
    text,
    title_field,
)
from alliance.log.workflow import NEW, EntryKind, Move, State

STRENGTH = (
    ("evaluated", "Evaluated with a comparison"),
    ("before_after", "Figures before and after"),
    ("told", "What staff and families say"),
    ("none", "Not evaluated yet"),
)
_WHO = drafters("own")
STATES = (
    State("draft", "Draft", "Only the authority that writes it sees it.", private=True),
    State("shared", "Shared", "In the library of the alliance."),
    State("retired", "Retired", "Not done any more; kept for what was learnt.", final=True),
    DISCARDED,
)
_ASKS = (
    title_field("Practice, in a line"),
    text("done", "What was done", required=True),
    text("whom", "For whom", "Which children, families or staff, and how many.", required=True),
    text("result", "What came of it", "Figures with their periods, and what they cannot show."),
    Field("strength", "How well that is known", FieldKind.CHOICE, required=True, choices=STRENGTH),
    indicator_field("Indicator that it is about"),
    Field("review", "Published evidence review", FieldKind.ADDRESS,
          "Such as one of the What Works centre."),
    Field("contact", "Whom to ask", FieldKind.LINE, "A name and a post, no private number.",
          required=True),
)  # fmt: skip

PRACTICE = EntryKind(
    id="practice",
    prefix="L",
    words="practice",
    plural="Practice library",
    lead="own",
    states=STATES,
    audience=Audience.ALLIANCE,
    moves=(
        Move("draft", "Save as a draft", "began it", (NEW,), "draft", _WHO, asks=_ASKS),
        Move("edit", "Change it", "changed it", ("draft", "shared"), "", _WHO, asks=_ASKS),
        Move("share", "Put it into the library", "put it into the library", ("draft",), "shared",
             (director("own"),), tells=(MANAGER,)),
        Move("retire", "Retire it", "retired it", ("shared",), "retired",
             (director("own"),), asks=(note_field("Why"),)),
        discard("own"),
        comment(STATES),
    ),
)  # fmt: skip
"""The kind itself."""
