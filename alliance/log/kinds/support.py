"""Support between authorities: asked for or offered, brokered, given, and what came of it."""

from __future__ import annotations

from alliance.access import Audience
from alliance.log.fields import Field, FieldKind
from alliance.log.kinds.common import (
    AUTHORITIES_ONLY,
    MANAGER,
    THE_ALLIANCE,
    analyst,
    audience_field,
    comment,
    director,
    due_field,
    indicator_field,
    note_field,
    text,
    title_field,
)
from alliance.log.workflow import NEW, Changes, EntryKind, Facts, Move, State

ASKING, GIVING = "asking", "giving"
KINDS_OF_SUPPORT = (
    ("peer_review", "Peer review"),
    ("secondment", "Secondment"),
    ("practice", "Practice shared"),
    ("coaching", "Coaching or mentoring"),
    ("other", "Something else"),
)
WORTH = (
    ("much", "It helped much"),
    ("some", "It helped somewhat"),
    ("none", "It did not help"),
    ("early", "Too early to say"),
)
_ASKERS = (director(ASKING), analyst(ASKING))
_GIVERS = (director(GIVING), analyst(GIVING))

STATES = (
    State("asked", "Asked for", "An authority asks for support."),
    State("offered", "Offered", "An authority offers support."),
    State("brokered", "Arranged", "Who gives what to whom is arranged."),
    State("given", "Given", "The support was given; it waits for what came of it."),
    State("evaluated", "Evaluated", "Both know what came of it.", final=True),
    State("withdrawn", "Withdrawn", "It is not wanted or offered any more.", final=True),
)


def needs_both(facts: Facts) -> str:
    """Somebody gives and somebody else gets."""
    entry = facts.entry
    if entry is None:
        return ""
    sides = {}
    for side in (ASKING, GIVING):
        given = facts.answers.get(side)
        sides[side] = {given} if given else set(entry.on_side(side))
    if not sides[ASKING] or not sides[GIVING]:
        return "Say which authority gives the support and which gets it."
    if sides[ASKING] & sides[GIVING]:
        return "An authority does not give support to itself: choose another."
    return ""


def _give(facts: Facts) -> Changes:
    return Changes(content={"given_on": facts.today.isoformat()})


_ABOUT = (
    title_field("In a line"),
    Field("support_kind", "Kind of support", FieldKind.CHOICE, required=True,
          choices=KINDS_OF_SUPPORT),
    text("what", "What it is about", "What would help, with what, for how long.", required=True),
    indicator_field("Indicator that it is about"),
    audience_field(THE_ALLIANCE, AUTHORITIES_ONLY),
)  # fmt: skip


def _side(side: str, label: str) -> Field:
    return Field(side, label, FieldKind.AUTHORITY, required=True, into=f"side:{side}")


SUPPORT = EntryKind(
    id="support",
    prefix="S",
    words="support",
    plural="Support",
    lead=ASKING,
    states=STATES,
    audience=Audience.ALLIANCE,
    moves=(
        Move("ask", "Ask for support", "asked for it", (NEW,), "asked", (*_ASKERS, MANAGER),
             asks=(*_ABOUT, _side(ASKING, "Which authority asks")), tells=(MANAGER,)),
        Move("offer", "Offer support", "offered it", (NEW,), "offered", (*_GIVERS, MANAGER),
             asks=(*_ABOUT, _side(GIVING, "Which authority offers")), tells=(MANAGER,)),
        Move("broker", "Arrange it", "arranged it", ("asked", "offered"), "brokered",
             (MANAGER, director(ASKING), director(GIVING)),
             asks=(_side(ASKING, "Who gets it"), _side(GIVING, "Who gives it"),
                   due_field("Until when", required=False),
                   note_field("What was arranged")),
             needs=(needs_both,), tells=(*_ASKERS, *_GIVERS)),
        Move("give", "It was given", "recorded that it was given", ("brokered",), "given",
             (*_ASKERS, *_GIVERS, MANAGER), asks=(note_field("What was given"),), effect=_give,
             tells=(*_ASKERS, *_GIVERS)),
        Move("evaluate", "Say what came of it", "said what came of it", ("given",), "evaluated",
             (director(ASKING),),
             asks=(Field("worth", "Did it help?", FieldKind.CHOICE, required=True, choices=WORTH),
                   text("came_of_it", "What came of it", "What changed, and how you know.",
                        required=True)),
             tells=(*_GIVERS, MANAGER)),
        Move("withdraw", "Withdraw it", "withdrew it", ("asked", "offered", "brokered"),
             "withdrawn", (director(ASKING), director(GIVING), MANAGER),
             asks=(note_field("Why"),), tells=(*_ASKERS, *_GIVERS, MANAGER)),
        comment(STATES),
    ),
)  # fmt: skip
"""The kind itself."""
