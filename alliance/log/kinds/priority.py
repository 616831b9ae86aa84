"""A priority: what an authority, or the alliance, has agreed to improve, from where to where, by
when, and whether it did."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from alliance.access import Audience
from alliance.log.fields import Field, FieldKind
from alliance.log.kinds.common import (
    AUTHORITIES_ONLY,
    DISCARDED,
    MANAGER,
    OWNER,
    THE_ALLIANCE,
    analyst,
    audience_field,
    comment,
    director,
    discard,
    due_field,
    in_the_future,
    indicator_field,
    needs_no_more_readers,
    note_field,
    owner_field,
    text,
    title_field,
)
from alliance.log.kinds.positions import AGREED, POSITIONS, all_hold, take
from alliance.log.workflow import NEW, Changes, EntryKind, Facts, Move, State

OWN = "own"
PUBLISHED = "published"
"""Where a priority's content holds what each authority has published of it, by code."""
PUBLISHABLE = ("active", "met", "not_met", "stopped")
_REFERENCE = re.compile(r"\b[A-Z]-[2-9A-Z]{5}\b")
_WHO = (director(OWN), MANAGER)

STATES = (
    State("draft", "Draft", "Only those who draft it see it.", private=True),
    State("proposed", "Proposed", "Waits for each of its authorities to agree."),
    State("active", "Active", "Agreed, and being worked on."),
    State("met", "Met", "The target was met.", final=True),
    State("not_met", "Not met", "The time came and the target was not met.", final=True),
    State("stopped", "Stopped", "Ended before its time, for the reason given.", final=True),
    DISCARDED,
)


def needs_measure(facts: Facts) -> str:
    """A measure with where it stood and where it should be, or how it is known in words."""
    content = facts.content
    indicator = content.get("indicator_id") or (facts.entry and facts.entry.indicator_id)
    if indicator and content.get("baseline") is not None and content.get("target") is not None:
        return ""
    if not indicator and content.get("measure"):
        return ""
    if indicator:
        return "Give the figure that it starts from and the figure that it should come to."
    return "Choose an indicator, or say in words how you will know."


def needs_target_that_differs(facts: Facts) -> str:
    """A target that is where one stands already is none."""
    content = facts.content
    if content.get("baseline") is not None and content.get("baseline") == content.get("target"):
        return "The target is the figure that it starts from: give the figure that it should be."
    return ""


def needs_lead_member(facts: Facts) -> str:
    """Elected members know of it."""
    if facts.content.get("lead_member") and facts.content.get("lead_member_on"):
        return ""
    return "Say which lead member was informed, and when: elected members answer for it."


def _forget_agreement(_facts: Facts) -> Changes:
    """What is changed has nobody's agreement yet."""
    return Changes(content={POSITIONS: None})


def _agree(facts: Facts) -> Changes:
    """It is active when every authority that it belongs to has agreed: none binds another."""
    held = take(facts, AGREED)
    if not all_hold(held, facts.existing.on_side(OWN), AGREED):
        return Changes(state="proposed", content={POSITIONS: held})
    return Changes(
        content={
            POSITIONS: held,
            "agreed_on": facts.today.isoformat(),
            "agreed_by": facts.person.username,
        }
    )


def _end(facts: Facts) -> Changes:
    return Changes(content={"ended_on": facts.today.isoformat(), "result": facts.answers["result"]})


def needs_no_reference(facts: Facts) -> str:
    """What is published leads to nothing of the log."""
    for words in facts.answers.values():
        found = _REFERENCE.search(words) if isinstance(words, str) else None
        if found:
            return (
                f"It names an entry of the log ({found[0]}), which is confidential: leave it out."
            )
    return ""


def needs_something_published(facts: Facts) -> str:
    """The person's own authority has published it."""
    if (facts.person.authority_code or "") in published_in(facts.existing.content):
        return ""
    return "Your authority has not published it, so there is nothing to take back."


def published_in(content: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """What each authority has published of a priority, by code: its own words, and what of the
    aim stood then."""
    return content.get(PUBLISHED) or {}


def _publish(facts: Facts) -> Changes:
    """An authority publishes for itself alone: the words of the form, and the aim as it stands."""
    entry, code = facts.existing, facts.person.authority_code or ""
    words = {key: facts.answers[f"public_{key}"] for key in ("objective", "done", "result")}
    aim = {
        "indicator_id": entry.indicator_id,
        "baseline_period": entry.content.get("baseline_period"),
        "target": entry.content.get("target"),
        "by": entry.due_on.isoformat() if entry.due_on else None,
        "state": entry.state,
        "on": facts.today.isoformat(),
    }
    return Changes(content={PUBLISHED: {**published_in(entry.content), code: {**words, **aim}}})


def _unpublish(facts: Facts) -> Changes:
    held = dict(published_in(facts.existing.content))
    held.pop(facts.person.authority_code or "", None)
    return Changes(content={PUBLISHED: held or None})


_ASKS = (
    title_field("Objective", "What will be better, for whom."),
    text("why", "Why it matters", "What the figures and families say.", required=True),
    indicator_field("Indicator", "The measure that shows whether it worked."),
    Field("baseline", "Figure it starts from", FieldKind.NUMBER),
    Field("baseline_period", "Period of that figure", FieldKind.LINE),
    Field("baseline_release", "Release of that figure", FieldKind.LINE),
    Field("target", "Figure it should come to", FieldKind.NUMBER),
    text("measure", "How you will know, where no indicator shows it"),
    due_field("By when"),
    owner_field("Link director", "Who answers for it."),
    Field("authorities", "Authorities it belongs to", FieldKind.AUTHORITIES,
          "All of them for a priority of the whole alliance.", required=True, into=f"side:{OWN}"),
    audience_field(AUTHORITIES_ONLY, THE_ALLIANCE),
    Field("lead_member", "Lead member informed", FieldKind.LINE),
    Field("lead_member_on", "Informed on", FieldKind.DAY),
)  # fmt: skip

_PUBLIC = (
    Field("public_objective", "Objective, in words for everyone", FieldKind.LINE,
          "What is to be better, for whom.", required=True, into=""),
    Field("public_done", "What was done", FieldKind.TEXT,
          "Name nobody, no other authority, and nothing that others wrote in confidence.",
          required=True, into=""),
    Field("public_result", "What came of it, beside the figures", FieldKind.TEXT, into=""),
    Field("public_sure", "Nothing in these words is confidential", FieldKind.YES, required=True,
          into=""),
)  # fmt: skip

PRIORITY = EntryKind(
    id="priority",
    prefix="P",
    words="a priority",
    plural="Priorities",
    lead=OWN,
    states=STATES,
    audience=Audience.ALLIANCE,
    moves=(
        Move("draft", "Save as a draft", "began it", (NEW,), "draft",
             (director(OWN), analyst(OWN), MANAGER), asks=_ASKS,
             needs=(needs_target_that_differs,)),
        Move("edit", "Change it", "changed it", ("draft", "proposed"), "",
             (director(OWN), analyst(OWN), MANAGER), asks=_ASKS,
             needs=(needs_target_that_differs, needs_no_more_readers(OWN)),
             effect=_forget_agreement),
        Move("propose", "Propose it", "proposed it", ("draft",), "proposed", _WHO,
             needs=(needs_measure,), tells=(*_WHO, OWNER)),
        Move("agree", "Agree it", "agreed it", ("proposed",), "active", (director(OWN),),
             needs=(needs_measure, needs_lead_member), effect=_agree, tells=(*_WHO, OWNER),
             hint="It is agreed when every authority that it belongs to has agreed."),
        Move("review", "Record a review", "reviewed it", ("active",), "active", (*_WHO, OWNER),
             asks=(note_field("What the figures and the work show"),), tells=_WHO),
        Move("move_date", "Move the day", "moved the day", ("active",), "active", (director(OWN),),
             asks=(due_field("By when"), note_field("Why it is moved")),
             needs=(in_the_future("due_on", "The new day"),), tells=(*_WHO, OWNER)),
        Move("meet", "It was met", "recorded that it was met", ("active",), "met",
             _WHO, asks=(text("result", "What shows that it was met", required=True),),
             effect=_end, tells=(*_WHO, OWNER)),
        Move("miss", "It was not met", "recorded that it was not met", ("active",), "not_met",
             _WHO, asks=(text("result", "What was found, and what follows", required=True),),
             effect=_end, tells=(*_WHO, OWNER)),
        Move("stop", "Stop it", "stopped it", ("proposed", "active"), "stopped",
             (director(OWN),), asks=(text("result", "Why it is stopped", required=True),),
             effect=_end, tells=(*_WHO, OWNER)),
        Move("publish", "Publish it to elected members and the public",
             "published it for the own authority", PUBLISHABLE, "", (director(OWN),),
             asks=_PUBLIC, needs=(needs_no_reference,), effect=_publish,
             hint="Anybody can then read these words, without signing in, in your authority’s "
             "public report, beside the published figures of its indicator. Nothing else of it is "
             "published."),
        Move("unpublish", "Take it out of the public report",
             "took it out of the public report", PUBLISHABLE, "", (director(OWN),),
             needs=(needs_something_published,), effect=_unpublish),
        discard(OWN),
        comment(STATES),
    ),
)  # fmt: skip
"""The kind itself."""
