"""A challenge: a question that one authority puts to others on the evidence, to its end.

Both sides must agree before anything is agreed; whoever raised it does not verify alone.
"""

from __future__ import annotations

from alliance.access import TRIAD_SIDE, Audience
from alliance.log.entry import Entry
from alliance.log.fields import Field, FieldKind
from alliance.log.kinds.common import (
    AUTHORITIES_ONLY,
    DISCARDED,
    MANAGER,
    THE_ALLIANCE,
    THE_TRIAD,
    analyst,
    audience_field,
    comment,
    director,
    discard,
    drafters,
    due_field,
    in_the_future,
    indicator_field,
    needs_triad,
    note_field,
    text,
    title_field,
)
from alliance.log.kinds.positions import (
    AGREED,
    DISPUTED,
    POSITIONS,
    RESPONDED,
    all_hold,
    positions_of,
    take,
)
from alliance.log.workflow import NEW, Begin, Changes, EntryKind, Facts, Move, State

RAISING, RESPONDING = "raising", "responding"
EITHER = (director(RAISING), director(RESPONDING))
ALL_SIDES = (*EITHER, analyst(RAISING), analyst(RESPONDING))

STATES = (
    State("draft", "Draft", "Only the authority that raises it sees it.", private=True),
    State("shared", "Shared", "Waits for the response of those that were asked."),
    State("responded", "Responded", "Everyone asked has responded; it waits for the meeting."),
    State("discussed", "Discussed", "What was proposed waits for every side to agree."),
    State("agreed", "Agreed", "Every side has agreed what will be done."),
    State("disputed", "Disputed", "A side does not agree, and has said why."),
    State("in_action", "In action", "What was agreed is being done."),
    State("review_due", "Review due", "It is time to see whether anything changed."),
    State("closed", "Closed", "Reviewed, with its outcome.", final=True),
    State("withdrawn", "Withdrawn", "Taken back by whoever raised it.", final=True),
    State("carried_forward", "Carried forward", "Goes on as a new challenge.", final=True),
    DISCARDED,
)
OUTCOMES = (
    ("improved", "Improved"),
    ("not_improved", "Not improved"),
    ("data_artefact", "It lay in the data, not in practice"),
    ("no_concern", "No longer a concern"),
)


def _all_sides(entry: Entry) -> tuple[str, ...]:
    return (*entry.on_side(RAISING), *entry.on_side(RESPONDING))


def _respond(facts: Facts) -> Changes:
    held = take(facts, RESPONDED)
    everyone = all_hold(held, facts.existing.on_side(RESPONDING), RESPONDED)
    return Changes(state="responded" if everyone else "shared", content={POSITIONS: held})


def _forget_agreement(facts: Facts) -> Changes:
    """A proposal that is new or other than before has nobody's agreement yet."""
    return Changes(content={POSITIONS: {}})


def _agree(facts: Facts) -> Changes:
    held = take(facts, AGREED)
    everyone = all_hold(held, _all_sides(facts.existing), AGREED)
    return Changes(state="agreed" if everyone else "discussed", content={POSITIONS: held})


def _dispute(facts: Facts) -> Changes:
    return Changes(content={POSITIONS: take(facts, DISPUTED)})


def _propose_closing(facts: Facts) -> Changes:
    person = facts.person
    return Changes(
        content={
            "closing": {
                "outcome": facts.answers["outcome"],
                "finding": facts.answers["finding"],
                "by": person.username,
                "authority": person.authority_code or "",
                "on": facts.today.isoformat(),
            }
        }
    )


def _close(facts: Facts) -> Changes:
    closing = facts.existing.content["closing"]
    return Changes(
        content={
            "outcome": closing["outcome"], "finding": closing["finding"],
            "verified_by": facts.person.username,
        }
    )  # fmt: skip


def _go_on(_facts: Facts) -> Changes:
    """What was proposed before the work went on is no proposal any more."""
    return Changes(content={"closing": None})


def _carry_forward(facts: Facts) -> Changes:
    """A new challenge of the same question, between the same: its answer is wanted anew, so that
    the day of the old one is not its day."""
    entry = facts.existing
    return Changes(
        new=(
            Begin(
                kind="challenge",
                state="shared",
                title=entry.title,
                content={
                    key: value for key, value in entry.content.items()
                    if key in ("question", "evidence_note")
                },
                audience=entry.audience,
                parties=entry.parties,
                relation="carries_on",
                owner=entry.owner,
                indicator_id=entry.indicator_id,
            ),
        )
    )  # fmt: skip


def _change_audience(facts: Facts) -> Changes:
    """One authority proposes to let more people see it; the word of every other makes it so."""
    return Changes(
        content={
            "wider": {
                "audience": facts.answers["wider"],
                "triad": list(facts.answers["triad"] or ()),
                "by": facts.person.username,
                "authority": facts.person.authority_code or "",
                "agreed": [facts.person.authority_code or ""],
            }
        }
    )


def _accept_audience(facts: Facts) -> Changes:
    entry = facts.existing
    wider = entry.content["wider"]
    agreed = sorted({*wider["agreed"], facts.person.authority_code or ""})
    if not set(_all_sides(entry)) <= set(agreed):
        return Changes(content={"wider": {**wider, "agreed": agreed}})
    parties = {party for party in entry.parties if party[0] != TRIAD_SIDE}
    parties |= {(TRIAD_SIDE, code) for code in wider["triad"]}
    return Changes(
        audience=Audience(wider["audience"]), parties=frozenset(parties), content={"wider": None}
    )


def _narrow(facts: Facts) -> Changes:
    parties = {party for party in facts.existing.parties if party[0] != TRIAD_SIDE}
    return Changes(
        audience=Audience.AUTHORITIES, parties=frozenset(parties), content={"wider": None}
    )


# What stands in the way ---------------------------------------------------------------------------


def needs_responders(facts: Facts) -> str:
    """Somebody else is asked than oneself."""
    own = facts.entry.on_side(RAISING) if facts.entry else (facts.person.authority_code,)
    if set(facts.answers["responders"]) & set(own):
        return "An authority cannot challenge itself: choose another."
    return ""


def needs_evidence(facts: Facts) -> str:
    """A figure, or the reason why there is none."""
    if facts.evidence or facts.content.get("evidence_note"):
        return ""
    return (
        "There is no evidence yet: raise it from a chart, or say in words what the question rests "
        "on."
    )


def needs_own_response(facts: Facts) -> str:
    """A response is given once; what comes after is a note."""
    entry = facts.entry
    held = positions_of(entry.content) if entry else {}
    if (facts.person.authority_code or "") in held:
        return "Your authority has responded already: add a note instead."
    return ""


def needs_somebody_to_act(facts: Facts) -> str:
    """An action that was not dropped; each has an owner and a day."""
    if any(part.kind == "action" and part.state != "dropped" for part in facts.parts):
        return ""
    return "Add an action with an owner and a day first: what was agreed must be somebody's."


def needs_nothing_open(facts: Facts) -> str:
    """Every action has come to an end."""
    open_ones = [part for part in facts.parts if part.kind == "action" and part.state == "open"]
    if not open_ones:
        return ""
    names = "; ".join(f"“{part.title}”" for part in open_ones)
    return (
        f"{len(open_ones)} of its actions {'is' if len(open_ones) == 1 else 'are'} open: {names}."
    )


def needs_proposed_outcome(facts: Facts) -> str:
    """Somebody has proposed an outcome."""
    entry = facts.entry
    if entry is None or not entry.content.get("closing"):
        return "Nobody has proposed an outcome: propose to close it first."
    return ""


def needs_another_to_verify(facts: Facts) -> str:
    """Whoever proposed the outcome, or their authority, does not confirm it; nor does an authority
    that raised it, unless one that was asked proposed the outcome."""
    entry = facts.entry
    closing = entry.content.get("closing") if entry else None
    if entry is None or not closing:
        return ""
    person = facts.person
    if person.username == closing["by"]:
        return "You proposed the outcome: somebody else must confirm it."
    if person.authority_code and person.authority_code == closing["authority"]:
        return "Your authority proposed the outcome: another must confirm it."
    raised = person.authority_code in entry.on_side(RAISING)
    if raised and closing["authority"] not in entry.on_side(RESPONDING):
        return "Your authority raised it: one that was asked must confirm the outcome."
    return ""


def needs_wider(facts: Facts) -> str:
    """Another authority proposed to widen it, and the person's own has not agreed yet."""
    wider = facts.existing.content.get("wider")
    if not wider:
        return "Nobody has proposed to let more people see it."
    if (facts.person.authority_code or "") in wider["agreed"]:
        return "Your authority wants it already: every other with a part in it must agree."
    return ""


_TITLE = title_field(
    "Key line of enquiry", "A question in a line, such as “Why do more children return to care?”"
)
_QUESTION = text(
    "question", "What do you want to understand?",
    "What the figures show, why it matters, and what an answer would help with.", required=True,
)  # fmt: skip
_RESPONDERS = Field(
    "responders", "Which authorities is it for?", FieldKind.AUTHORITIES, required=True,
    into=f"side:{RESPONDING}",
)  # fmt: skip
_TRIAD = Field(
    "triad", "Other authorities of our triad", FieldKind.AUTHORITIES,
    "Only where the triad is to see it.", into=f"side:{TRIAD_SIDE}",
)  # fmt: skip
_EVIDENCE_NOTE = text(
    "evidence_note", "What it rests on, where that is not a figure",
    "A visit, an audit, an inspection report.",
)  # fmt: skip
_INDICATOR = indicator_field("Indicator", "The measure that it is about, if it is about one.")
_DUE = due_field("Response wanted by", required=False)
_AUDIENCE = audience_field(AUTHORITIES_ONLY, THE_TRIAD, THE_ALLIANCE)
_DRAFTED = (_TITLE, _QUESTION, _RESPONDERS, _AUDIENCE, _TRIAD, _INDICATOR, _EVIDENCE_NOTE, _DUE)
_AGREEMENT = text(
    "agreement", "What is proposed",
    "What each authority will do, by when, and how you will both know that it worked.",
    required=True,
)  # fmt: skip
_OPEN = ("shared", "responded", "discussed", "agreed", "disputed", "in_action", "review_due")

MOVES = (
    Move("raise", "Save as a draft", "began it", (NEW,), "draft", drafters(RAISING),
         asks=_DRAFTED, needs=(needs_responders, needs_triad)),
    Move("edit", "Change the draft", "changed the draft", ("draft",), "draft",
         drafters(RAISING), asks=_DRAFTED, needs=(needs_responders, needs_triad)),
    Move("share", "Share it", "shared it", ("draft",), "shared", (director(RAISING),),
         needs=(needs_evidence,),
         hint="Those that were asked see it, and are told.",
         tells=(director(RESPONDING), analyst(RESPONDING))),
    Move("respond", "Respond", "responded", ("shared",), "responded", (director(RESPONDING),),
         asks=(note_field("Your response", "What you know, how you know it, and what you are doing "
                          "about it."),),
         needs=(needs_own_response,), effect=_respond,
         tells=(director(RAISING), analyst(RAISING), MANAGER)),
    Move("discuss", "Record the discussion", "recorded the discussion", ("responded", "disputed"),
         "discussed", (*EITHER, MANAGER),
         asks=(note_field("What was said"), _AGREEMENT), effect=_forget_agreement, tells=EITHER),
    Move("amend", "Change what is proposed", "changed what is proposed", ("discussed",),
         "discussed", (*EITHER, MANAGER),
         asks=(_AGREEMENT, note_field("Why it is changed", required=False)),
         effect=_forget_agreement, tells=EITHER),
    Move("agree", "Agree", "agreed", ("discussed",), "agreed", EITHER,
         asks=(note_field("A word with it", required=False),), effect=_agree,
         hint="It is agreed when every authority with a part in it has agreed.",
         tells=(*EITHER, MANAGER)),
    Move("dispute", "Disagree", "disagreed", ("discussed", "agreed"), "disputed", EITHER,
         asks=(note_field("Why you do not agree"),), effect=_dispute, tells=(*EITHER, MANAGER)),
    Move("start", "Start the work", "started the work", ("agreed",), "in_action",
         (*EITHER, MANAGER), asks=(due_field("Review on", "When you will look whether anything "
                                             "changed."),),
         needs=(needs_somebody_to_act, in_the_future("due_on", "The day of the review")),
         tells=ALL_SIDES),
    Move("call_review", "Call the review", "called the review", ("in_action",), "review_due",
         (*EITHER, MANAGER), tells=(*EITHER, MANAGER)),
    Move("go_on", "Go on with the work", "went on with the work", ("review_due",), "in_action",
         (*EITHER, MANAGER),
         asks=(note_field("What the review found"), due_field("Review again on")),
         needs=(in_the_future("due_on", "The day of the next review"),), effect=_go_on,
         tells=EITHER),
    Move("propose_closing", "Propose to close it", "proposed to close it", ("review_due",),
         "review_due", (*EITHER, MANAGER),
         asks=(Field("outcome", "Outcome", FieldKind.CHOICE, required=True, choices=OUTCOMES,
                     into=""),
               Field("finding", "What was found", FieldKind.TEXT, "What changed, and how you know.",
                     required=True, into="")),
         needs=(needs_nothing_open,), effect=_propose_closing, tells=(*EITHER, MANAGER)),
    Move("close", "Confirm and close", "confirmed the outcome and closed it", ("review_due",),
         "closed", (*EITHER, MANAGER),
         asks=(note_field("A word with it", required=False),),
         needs=(needs_proposed_outcome, needs_nothing_open, needs_another_to_verify),
         effect=_close, tells=ALL_SIDES),
    Move("withdraw", "Withdraw it", "withdrew it",
         ("shared", "responded", "discussed", "disputed"), "withdrawn",
         (director(RAISING),), asks=(note_field("Why it is withdrawn"),),
         tells=(director(RESPONDING), MANAGER)),
    discard(RAISING),
    Move("carry_forward", "Carry it forward", "carried it forward",
         ("responded", "discussed", "disputed", "agreed", "in_action", "review_due"),
         "carried_forward", (*EITHER, MANAGER), asks=(note_field("Why, and until when"),),
         effect=_carry_forward, tells=EITHER),
    Move("propose_audience", "Propose to let more people see it",
         "proposed to let more people see it", _OPEN, "", EITHER,
         asks=(Field("wider", "Who is to see it", FieldKind.CHOICE, required=True,
                     choices=(THE_TRIAD, THE_ALLIANCE), into=""),
               Field("triad", "Other authorities of our triad", FieldKind.AUTHORITIES, into="")),
         needs=(needs_triad,), effect=_change_audience, tells=EITHER),
    Move("accept_audience", "Let more people see it", "let more people see it", _OPEN, "", EITHER,
         needs=(needs_wider,), effect=_accept_audience, tells=EITHER),
    Move("narrow_audience", "Keep it to its authorities", "kept it to its authorities", _OPEN, "",
         EITHER, effect=_narrow, tells=EITHER),
    comment(STATES),
)  # fmt: skip

CHALLENGE = EntryKind(
    id="challenge",
    prefix="C",
    words="a challenge",
    plural="Challenges",
    lead=RAISING,
    states=STATES,
    moves=MOVES,
)
"""The kind itself."""
