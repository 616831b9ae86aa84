"""Support between authorities: asked for or offered, brokered, given, and what came of it."""

from __future__ import annotations

from alliance.access import Audience, Office, Role
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
from alliance.log.workflow import (
    NEW,
    Changes,
    Effect,
    EntryKind,
    Facts,
    Move,
    Requirement,
    State,
)

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
_ANY_DIRECTOR = Office(Role.DIRECTOR)
"""A director of any authority that may see it, who speaks for that authority alone."""

STATES = (
    State("asked", "Asked for", "An authority asks for support."),
    State("offered", "Offered", "An authority offers support."),
    State("brokered", "Arranged", "Who gives what to whom is arranged."),
    State("given", "Given", "The support was given; it waits for what came of it."),
    State("evaluated", "Evaluated", "Both know what came of it.", final=True),
    State("withdrawn", "Withdrawn", "It is not wanted or offered any more.", final=True),
)


def _named(facts: Facts, side: str) -> set[str]:
    """The authorities on a side as they will stand."""
    if side in facts.answers:
        return {facts.answers[side]} - {None}
    return set(facts.entry.on_side(side)) if facts.entry else set()


def needs_two(facts: Facts) -> str:
    """Nobody gives support to themselves."""
    if _named(facts, ASKING) & _named(facts, GIVING):
        return "An authority does not give support to itself: choose another."
    return ""


def needs_somebody_who_sees_it(facts: Facts) -> str:
    """What only its authorities see is put to one of them."""
    alone = facts.answers["audience"] == Audience.AUTHORITIES
    if alone and not (_named(facts, ASKING) and _named(facts, GIVING)):
        return "Nobody else would see it: name the authority that you put it to, or let all see it."
    return ""


def needs_those_who_began_it(facts: Facts) -> str:
    """Who asked stays the one who gets it, and who offered the one who gives it."""
    entry = facts.existing
    side = ASKING if entry.state == "asked" else GIVING
    if _named(facts, side) == set(entry.on_side(side)):
        return ""
    return "Whoever asked for it, or offered it, stays on their side: change the other authority."


def _needs_to_be_free(side: str) -> Requirement:
    """The side is nobody's yet or was put to the person's own authority, which has not begun it."""

    def needs(facts: Facts) -> str:
        entry, own = facts.existing, facts.person.authority_code
        if own in {code for held, code in entry.parties if held != side}:
            return "It was your own authority that began it: another, or the manager, must say so."
        if not own or not set(entry.on_side(side)) <= {own}:
            return "It was put to another authority: that one, or the manager, must say so."
        return ""

    return needs


needs_a_request_of_another = _needs_to_be_free(GIVING)
needs_an_offer_of_another = _needs_to_be_free(ASKING)


def needs_own_to_withdraw(facts: Facts) -> str:
    """Before it is arranged, whoever began it takes it back, and nobody it was put to."""
    entry = facts.existing
    began = {"asked": ASKING, "offered": GIVING}.get(entry.state)
    own = facts.person.authority_code
    if began is None or own in entry.on_side(began) or Role.MANAGER in facts.person.roles:
        return ""
    return "Only the authority that began it takes it back. You can say in a note that you cannot."


def _take_side(side: str) -> Effect:
    """The person's own authority comes onto the side, by its own word."""

    def effect(facts: Facts) -> Changes:
        own = {(side, facts.person.authority_code or "")}
        return Changes(parties=frozenset(facts.existing.parties | own))

    return effect


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


def _side(side: str, label: str, *, required: bool = True) -> Field:
    return Field(side, label, FieldKind.AUTHORITY, required=required, into=f"side:{side}")


_ARRANGED = (due_field("Until when", required=False), note_field("What was arranged"))


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
             asks=(*_ABOUT, _side(ASKING, "Which authority asks"),
                   _side(GIVING, "Which authority you ask, if one", required=False)),
             needs=(needs_two, needs_somebody_who_sees_it),
             tells=(MANAGER, director(GIVING))),
        Move("offer", "Offer support", "offered it", (NEW,), "offered", (*_GIVERS, MANAGER),
             asks=(*_ABOUT, _side(GIVING, "Which authority offers"),
                   _side(ASKING, "Which authority you offer it to, if one", required=False)),
             needs=(needs_two, needs_somebody_who_sees_it),
             tells=(MANAGER, director(ASKING))),
        Move("broker", "Arrange it", "arranged it", ("asked", "offered"), "brokered", (MANAGER,),
             asks=(_side(ASKING, "Who gets it"), _side(GIVING, "Who gives it"), *_ARRANGED),
             needs=(needs_two, needs_those_who_began_it), tells=(*_ASKERS, *_GIVERS)),
        Move("take_up", "Give the support", "took it up", ("asked",), "brokered",
             (_ANY_DIRECTOR,), asks=_ARRANGED, needs=(needs_a_request_of_another,),
             effect=_take_side(GIVING), tells=(*_ASKERS, *_GIVERS, MANAGER)),
        Move("accept", "Take the offer", "took the offer", ("offered",), "brokered",
             (_ANY_DIRECTOR,), asks=_ARRANGED, needs=(needs_an_offer_of_another,),
             effect=_take_side(ASKING), tells=(*_ASKERS, *_GIVERS, MANAGER)),
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
             asks=(note_field("Why"),), needs=(needs_own_to_withdraw,),
             tells=(*_ASKERS, *_GIVERS, MANAGER)),
        comment(STATES),
    ),
)  # fmt: skip
"""The kind itself."""
