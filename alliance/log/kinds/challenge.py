"""A challenge: a question that one authority puts to others on the evidence, to its end.

Both sides must agree before anything is agreed; whoever raised it does not verify alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from alliance.access import TRIAD_SIDE, Audience
from alliance.log.fields import Field, FieldKind
from alliance.log.kinds.common import (
    AUTHORITIES_ONLY,
    MANAGER,
    THE_ALLIANCE,
    THE_TRIAD,
    analyst,
    audience_field,
    comment,
    director,
    drafters,
    due_field,
    in_the_future,
    indicator_field,
    note_field,
    text,
    title_field,
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
)
OUTCOMES = (
    ("improved", "Improved"),
    ("not_improved", "Not improved"),
    ("data_artefact", "It lay in the data, not in practice"),
    ("no_concern", "No longer a concern"),
)

POSITIONS = "positions"
"""Where the content keeps what each authority has said: code to position, who and when."""
RESPONDED, AGREED, DISPUTED = "responded", "agreed", "disputed"


def positions_of(content: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    """What each authority has said, by code."""
    found: Mapping[str, Mapping[str, str]] = content.get(POSITIONS) or {}
    return found


def _take(facts: Facts, position: str) -> dict[str, dict[str, str]]:
    """Positions with that of the person's own authority."""
    assert facts.entry is not None  # noqa: S101  (a position is taken on an entry that is there)
    held = {code: dict(said) for code, said in positions_of(facts.entry.content).items()}
    code = facts.person.authority_code or ""
    held[code] = {
        "position": position, "by": facts.person.username, "on": facts.today.isoformat(),
    }  # fmt: skip
    return held


def _all_hold(facts: Facts, held: Mapping[str, Mapping[str, str]], codes: Iterable[str],
              positions: tuple[str, ...]) -> bool:  # fmt: skip
    return all(held.get(code, {}).get("position") in positions for code in codes)


def _respond(facts: Facts) -> Changes:
    held = _take(facts, RESPONDED)
    entry = facts.entry
    everyone = entry is not None and _all_hold(facts, held, entry.on_side(RESPONDING), (RESPONDED,))
    return Changes(state="responded" if everyone else "shared", content={POSITIONS: held})


def _forget_agreement(facts: Facts) -> Changes:
    """A proposal that is new or other than before has nobody's agreement yet."""
    return Changes(content={POSITIONS: {}})


def _agree(facts: Facts) -> Changes:
    held = _take(facts, AGREED)
    entry = facts.entry
    assert entry is not None  # noqa: S101
    both = (*entry.on_side(RAISING), *entry.on_side(RESPONDING))
    everyone = _all_hold(facts, held, both, (AGREED,))
    return Changes(state="agreed" if everyone else "discussed", content={POSITIONS: held})


def _dispute(facts: Facts) -> Changes:
    return Changes(content={POSITIONS: _take(facts, DISPUTED)})


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
    entry = facts.entry
    assert entry is not None  # noqa: S101
    closing = entry.content["closing"]
    return Changes(
        content={
            "outcome": closing["outcome"], "finding": closing["finding"],
            "verified_by": facts.person.username,
        }
    )  # fmt: skip


def _carry_forward(facts: Facts) -> Changes:
    entry = facts.entry
    assert entry is not None  # noqa: S101
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
                due_on=entry.due_on,
            ),
        )
    )  # fmt: skip


def _change_audience(facts: Facts) -> Changes:
    """One side proposes to let more people see it; the other side's word makes it so."""
    entry = facts.entry
    assert entry is not None  # noqa: S101
    return Changes(
        content={
            "wider": {
                "audience": facts.answers["wider"],
                "triad": list(facts.answers["triad"] or ()),
                "by": facts.person.username,
                "authority": facts.person.authority_code or "",
            }
        }
    )


def _accept_audience(facts: Facts) -> Changes:
    entry = facts.entry
    assert entry is not None  # noqa: S101
    wider = entry.content["wider"]
    parties = {party for party in entry.parties if party[0] != TRIAD_SIDE}
    parties |= {(TRIAD_SIDE, code) for code in wider["triad"]}
    return Changes(
        audience=Audience(wider["audience"]), parties=frozenset(parties), content={"wider": None}
    )


def _narrow(_facts: Facts) -> Changes:
    return Changes(audience=Audience.AUTHORITIES, content={"wider": None})


# What stands in the way ---------------------------------------------------------------------------


def needs_responders(facts: Facts) -> str:
    """Somebody is asked, and not oneself."""
    entry = facts.entry
    asked = facts.answers.get("responders")
    if asked is None and entry is not None:
        asked = entry.on_side(RESPONDING)
    if not asked:
        return "Choose the authority, or authorities, that the question is for."
    own = entry.on_side(RAISING) if entry else (facts.person.authority_code,)
    if set(asked) & set(own):
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


def needs_triad(facts: Facts) -> str:
    """Where a triad is to see it, its authorities are known."""
    wanted = facts.answers.get("audience") or facts.answers.get("wider")
    if wanted == "triad" and not facts.answers.get("triad"):
        return "Choose the other authorities of your triad, who are to see it."
    return ""


def needs_own_response(facts: Facts) -> str:
    """A response is given once; what comes after is a note."""
    entry = facts.entry
    held = positions_of(entry.content) if entry else {}
    if (facts.person.authority_code or "") in held:
        return "Your authority has responded already: add a note instead."
    return ""


def needs_somebody_to_act(facts: Facts) -> str:
    """An action with an owner and a day, or a priority."""
    if any(part.kind == "action" and part.owner and part.due_on for part in facts.parts):
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
    """Whoever proposed the outcome, their authority or the raiser does not verify it alone."""
    entry = facts.entry
    closing = entry.content.get("closing") if entry else None
    if entry is None or not closing:
        return ""
    person = facts.person
    if person.username == closing["by"]:
        return "You proposed the outcome: somebody else must confirm it."
    if person.authority_code and person.authority_code == closing["authority"]:
        return "Your authority proposed the outcome: another must confirm it."
    if person.username == entry.created_by and closing["authority"] not in entry.on_side(
        RESPONDING
    ):
        return "You raised it: somebody of another authority must confirm the outcome."
    return ""


def needs_wider(facts: Facts) -> str:
    """The other side proposed to widen it."""
    entry = facts.entry
    wider = entry.content.get("wider") if entry else None
    if not wider:
        return "Nobody has proposed to let more people see it."
    if wider["authority"] == (facts.person.authority_code or ""):
        return "Your authority proposed it: one of the other side must agree."
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
         needs=(needs_responders, needs_evidence),
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
         needs=(in_the_future("due_on", "The day of the next review"),), tells=EITHER),
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
         ("draft", "shared", "responded", "discussed", "disputed"), "withdrawn",
         (director(RAISING),), asks=(note_field("Why it is withdrawn"),),
         tells=(director(RESPONDING), MANAGER)),
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
