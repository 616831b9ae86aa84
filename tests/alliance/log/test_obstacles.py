"""Every requirement stands in the way of its move, alone, and gives it free again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from alliance.access import NotAllowedError, Person
from alliance.log.entries import parts_of
from alliance.log.entry import Entry
from alliance.log.errors import AnswersError, NotNowError, ObstaclesError
from alliance.log.kinds import KINDS
from alliance.store import Store
from tests.alliance.log.world import (
    DIRECTOR,
    LEAD,
    MANAGER,
    MEMBER_DIRECTOR,
    NOW,
    OTHER,
    OTHER_DIRECTOR,
    OWNER,
    THIRD,
    THIRD_DIRECTOR,
    Step,
    add_accounts,
    begin,
    begin_in,
    dump,
    make,
    make_in,
    reach,
)

Way = Callable[[Store, Entry], object]


@dataclass(frozen=True)
class Case:
    """A move that one requirement stands in the way of: how the entry got there, who makes it with
    which answers, what they are told, and what gives the way free."""

    kind: str
    move: str
    needs: str
    words: str
    state: str = ""
    who: Person = DIRECTOR
    said: dict[str, Any] = field(default_factory=dict)
    begun: dict[str, Any] = field(default_factory=dict)
    before: tuple[Step, ...] = ()
    then: dict[str, Any] = field(default_factory=dict)
    then_who: Person | None = None
    after: tuple[Step, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.move}.{self.needs}"


def _drop_actions(store: Store, entry: Entry) -> object:
    with store.read() as session:
        parts = [part for part in parts_of(session, DIRECTOR, entry) if part.state == "open"]
    return [make(store, DIRECTOR, part, "drop") for part in parts]


def _add_action(store: Store, entry: Entry) -> object:
    return begin(store, DIRECTOR, "action", parent=entry)


def _add_dropped(store: Store, entry: Entry) -> object:
    return make(store, DIRECTOR, begin(store, DIRECTOR, "action", parent=entry), "drop")


def _list(store: Store, entry: Entry) -> object:
    return begin(store, MANAGER, "item", parent=entry)


def _decide_all(store: Store, entry: Entry) -> object:
    with store.read() as session:
        parts = [part for part in parts_of(session, MANAGER, entry) if part.state == "listed"]
    return [make(store, MANAGER, part, "decide") for part in parts]


def _propose(store: Store, entry: Entry) -> object:
    return make(store, MANAGER, entry, "propose_closing")


NO_EVIDENCE = {"evidence_note": []}
PAST = {"due_on": "2026-03-01"}
CASES = [
    Case("challenge", "raise", "needs_responders", "cannot challenge itself",
         said={"responders": [LEAD, OTHER]}, then={"responders": [OTHER]}),
    Case("challenge", "edit", "needs_responders", "cannot challenge itself", "draft",
         said={"responders": [LEAD]}),
    Case("challenge", "raise", "needs_triad", "other authorities of your triad",
         said={"audience": "triad", "triad": []}, then={"audience": "triad", "triad": [THIRD]}),
    Case("challenge", "raise", "needs_triad", "other authorities of your triad",
         said={"audience": "triad", "triad": [LEAD, OTHER]}),
    Case("challenge", "edit", "needs_triad", "other authorities of your triad", "draft",
         said={"audience": "triad", "triad": []}),
    Case("challenge", "share", "needs_evidence", "no evidence yet", "draft", begun=NO_EVIDENCE,
         after=((DIRECTOR, "edit"),)),
    Case("challenge", "respond", "needs_own_response", "has responded already", "shared",
         OTHER_DIRECTOR, begun={"responders": [OTHER, THIRD]},
         before=((OTHER_DIRECTOR, "respond"),), then_who=THIRD_DIRECTOR),
    Case("challenge", "start", "needs_somebody_to_act", "Add an action", "agreed",
         after=(_add_action,)),
    Case("challenge", "start", "needs_somebody_to_act", "Add an action", "agreed",
         before=(_add_dropped,), after=(_add_action,)),
    Case("challenge", "start", "in_the_future", "lies in the past", "agreed",
         before=(_add_action,), said=PAST),
    Case("challenge", "go_on", "in_the_future", "lies in the past", "review_due", said=PAST),
    Case("challenge", "propose_closing", "needs_nothing_open", "1 of its actions is open",
         "review_due", before=(_add_action,), after=(_drop_actions,)),
    Case("challenge", "close", "needs_nothing_open", "1 of its actions is open", "review_due",
         OTHER_DIRECTOR, before=((DIRECTOR, "propose_closing"), _add_action),
         after=(_drop_actions,)),
    Case("challenge", "close", "needs_proposed_outcome", "propose to close it first",
         "review_due", OTHER_DIRECTOR, after=((DIRECTOR, "propose_closing"),)),
    Case("challenge", "close", "needs_proposed_outcome", "propose to close it first",
         "review_due", OTHER_DIRECTOR,
         before=((DIRECTOR, "propose_closing"), (DIRECTOR, "go_on"), (DIRECTOR, "call_review")),
         after=((DIRECTOR, "propose_closing"),)),
    Case("challenge", "close", "needs_another_to_verify", "somebody else must confirm",
         "review_due", before=((DIRECTOR, "propose_closing"),), then_who=OTHER_DIRECTOR),
    Case("challenge", "close", "needs_another_to_verify", "one that was asked must confirm",
         "review_due", begun={"audience": "alliance"}, before=(_propose,),
         then_who=OTHER_DIRECTOR),
    Case("challenge", "propose_audience", "needs_triad", "other authorities of your triad",
         "shared", said={"wider": "triad", "triad": []},
         then={"wider": "triad", "triad": [THIRD]}),
    Case("challenge", "accept_audience", "needs_wider", "Nobody has proposed", "shared",
         OTHER_DIRECTOR, after=((DIRECTOR, "propose_audience"),)),
    Case("challenge", "accept_audience", "needs_wider", "Your authority wants it already",
         "shared", before=((DIRECTOR, "propose_audience"),), then_who=OTHER_DIRECTOR),
    Case("priority", "draft", "needs_target_that_differs", "figure that it starts from",
         said={"baseline": "60", "target": "60"}),
    Case("priority", "edit", "needs_target_that_differs", "figure that it starts from", "draft",
         said={"baseline": "60", "target": "60"}),
    Case("priority", "edit", "needs_no_more_readers", "shared with fewer than that", "proposed",
         said={"audience": "alliance"}),
    Case("priority", "edit", "needs_no_more_readers", "shared with fewer than that", "proposed",
         said={"authorities": [LEAD, OTHER, THIRD]}, then={"authorities": [LEAD]}),
    Case("priority", "propose", "needs_measure", "how you will know", "draft",
         begun={"indicator_id": [], "measure": []}, after=((DIRECTOR, "edit"),)),
    Case("priority", "propose", "needs_measure", "figure that it should come to", "draft",
         begun={"target": []}, after=((DIRECTOR, "edit"),)),
    Case("priority", "agree", "needs_measure", "how you will know", "proposed",
         before=(lambda s, e: make(s, DIRECTOR, e, "edit", indicator_id=[], measure=[]),),
         after=((DIRECTOR, "edit"),)),
    Case("priority", "agree", "needs_lead_member", "which lead member", "proposed",
         begun={"lead_member": []}, after=((DIRECTOR, "edit"),)),
    Case("priority", "move_date", "in_the_future", "lies in the past", "active", said=PAST),
    Case("priority", "publish", "needs_no_reference", "C-7KQ4M", "active",
         said={"public_done": "What C-7KQ4M asked for."}),
    Case("priority", "unpublish", "needs_something_published", "nothing to take back", "met",
         after=((DIRECTOR, "publish"),)),
    Case("action", "add", "needs_a_party", "has no part", said={"doing": THIRD}),
    Case("action", "edit", "needs_a_party", "has no part", "open", said={"doing": THIRD}),
    Case("support", "ask", "needs_two", "give support to itself",
         said={"asking": LEAD, "giving": LEAD}),
    Case("support", "offer", "needs_two", "give support to itself",
         said={"asking": LEAD, "giving": LEAD}, then={"giving": LEAD, "asking": OTHER}),
    Case("support", "ask", "needs_somebody_who_sees_it", "Nobody else would see it",
         said={"giving": []}, then={"giving": [], "audience": "alliance"}),
    Case("support", "offer", "needs_somebody_who_sees_it", "Nobody else would see it",
         said={"giving": LEAD, "asking": []}, then={"giving": LEAD, "asking": OTHER}),
    Case("support", "broker", "needs_two", "give support to itself", "asked", MANAGER,
         begun={"audience": "alliance"}, said={"giving": LEAD}),
    Case("support", "broker", "needs_those_who_began_it", "stays on their side", "asked", MANAGER,
         begun={"audience": "alliance"}, said={"asking": THIRD}),
    Case("support", "take_up", "_needs_to_be_free", "your own authority that began it", "asked",
         then_who=OTHER_DIRECTOR),
    Case("support", "take_up", "_needs_to_be_free", "put to another authority", "asked",
         MEMBER_DIRECTOR, begun={"audience": "alliance"}, then_who=OTHER_DIRECTOR),
    Case("support", "accept", "_needs_to_be_free", "your own authority that began it", "offered",
         then_who=OTHER_DIRECTOR),
    Case("support", "withdraw", "needs_own_to_withdraw", "takes it back", "asked", OTHER_DIRECTOR,
         then_who=DIRECTOR),
    Case("assessment", "approve", "needs_a_domain", "Nothing is said", "draft",
         begun={f"{key}_know": [] for key in ("leaders", "front_door", "protection", "care",
                                              "leavers", "workforce")},
         after=((DIRECTOR, "edit"),)),
    Case("assessment", "approve", "needs_a_domain", "Say how you know it: Workforce.", "draft",
         begun={"workforce_how": []}, after=((DIRECTOR, "edit"),)),
    Case("meeting", "plan", "needs_triad", "other authorities of your triad", who=MANAGER,
         said={"triad": []}),
    Case("meeting", "edit", "needs_triad", "other authorities of your triad", "planned", MANAGER,
         said={"triad": []}),
    Case("meeting", "edit", "needs_no_more_readers", "shared with fewer than that", "planned",
         MANAGER, said={"audience": "alliance"}),
    Case("meeting", "edit", "needs_no_more_readers", "shared with fewer than that", "planned",
         MANAGER, said={"triad": [LEAD, THIRD]}),
    Case("meeting", "end", "needs_everything_decided", "Not dealt with yet", "running", MANAGER,
         before=(_list,), after=(_decide_all,)),
    Case("meeting", "agree_minutes", "needs_everything_decided", "Not dealt with yet", "held",
         MANAGER, before=(_list,), after=(_decide_all,)),
]  # fmt: skip


def test_every_requirement_of_every_move_has_its_case() -> None:
    declared = {
        (kind.id, move.id, needs.__qualname__.partition(".")[0])
        for kind in KINDS.values()
        for move in kind.moves
        for needs in move.needs
    }
    assert declared == {(case.kind, case.move, case.needs) for case in CASES}


def take(store: Store, entry: Entry, steps: tuple[Step, ...]) -> None:
    for step in steps:
        if callable(step):
            step(store, entry)
        else:
            make(store, step[0], entry, step[1])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_alone_stands_in_the_way_and_gives_it_free(sqlite_store: Store, case: Case) -> None:
    store = sqlite_store
    entry, parent = None, None
    if case.state:
        entry = reach(store, case.kind, case.state, **case.begun)
        take(store, entry, case.before)
    elif case.kind == "action":
        parent = reach(store, "challenge", "agreed")

    def attempt(who: Person, said: dict[str, Any]) -> Entry:
        if entry is not None:
            return make(store, who, entry, case.move, **said)
        return begin(store, who, case.kind, move=case.move, parent=parent, **said)

    before = dump(store)
    with pytest.raises(ObstaclesError) as told:
        attempt(case.who, case.said)
    (obstacle,) = told.value.obstacles
    assert case.words in obstacle
    assert obstacle.endswith(".")
    assert dump(store) == before
    if entry is not None:
        take(store, entry, case.after)
    assert attempt(case.then_who or case.who, case.then).version >= 1


def test_every_obstacle_is_told_at_once(sqlite_store: Store) -> None:
    entry = reach(sqlite_store, "challenge", "agreed")
    with pytest.raises(ObstaclesError) as told:
        make(sqlite_store, DIRECTOR, entry, "start", due_on="2026-03-01")
    assert len(told.value.obstacles) == 2


def test_every_fault_of_the_answers_is_told_at_once_and_nothing_is_kept(
    sqlite_store: Store,
) -> None:
    before = dump(sqlite_store)
    with (
        pytest.raises(AnswersError) as told,
        sqlite_store.write(now=NOW, actor=DIRECTOR.username) as unit,
    ):
        begin_in(unit, DIRECTOR, "challenge", title="", responders=["999"], due_on="soon")
    assert set(told.value.faults) == {"title", "responders", "due_on"}
    assert dump(sqlite_store) == before


def test_whoever_is_named_to_answer_for_it_can_see_it(sqlite_store: Store) -> None:
    store = sqlite_store
    add_accounts(store)
    entry = reach(store, "challenge", "agreed")
    before = dump(store)
    for blind in ("director.third", "administrator.lead", "observer.lead", "manager.nowhere"):
        with (
            pytest.raises(ObstaclesError, match="cannot see it"),
            store.write(now=NOW, actor=DIRECTOR.username) as unit,
        ):
            begin_in(unit, DIRECTOR, "action", parent=entry, owner=blind)
    assert dump(store) == before
    assert begin(store, DIRECTOR, "action", parent=entry, owner="member.lead").owner


def test_one_director_of_two_authorities_agrees_for_their_own_alone(sqlite_store: Store) -> None:
    store = sqlite_store
    entry = reach(store, "priority", "proposed")
    assert make(store, DIRECTOR, entry, "agree").state == "proposed"
    assert make(store, DIRECTOR, entry, "agree").state == "proposed"
    assert make(store, OTHER_DIRECTOR, entry, "edit").state == "proposed"
    assert make(store, OTHER_DIRECTOR, entry, "agree").state == "proposed", "it was changed since"
    assert make(store, DIRECTOR, entry, "agree").state == "active"


def test_every_authority_with_a_part_in_it_says_that_more_may_see_it(sqlite_store: Store) -> None:
    store = sqlite_store
    entry = reach(store, "challenge", "shared", responders=[OTHER, THIRD], triad=[])
    make(store, OTHER_DIRECTOR, entry, "propose_audience", wider="alliance", triad=[])
    assert make(store, THIRD_DIRECTOR, entry, "accept_audience").audience == "authorities"
    assert make(store, DIRECTOR, entry, "accept_audience").audience == "alliance"
    again = make(store, DIRECTOR, entry, "narrow_audience")
    assert (again.audience, again.content.get("wider")) == ("authorities", None)


def test_a_proposal_that_is_changed_has_nobodys_agreement(sqlite_store: Store) -> None:
    store = sqlite_store
    entry = reach(store, "challenge", "discussed")
    make(store, DIRECTOR, entry, "agree")
    make(store, OTHER_DIRECTOR, entry, "amend", agreement="Something else")
    assert make(store, OTHER_DIRECTOR, entry, "agree").state == "discussed"
    assert make(store, DIRECTOR, entry, "agree").state == "agreed"
    disputed = make(store, OTHER_DIRECTOR, entry, "dispute")
    assert disputed.state == "disputed"
    discussed = make(store, DIRECTOR, entry, "discuss")
    assert discussed.content["positions"] == {}


def test_who_takes_support_up_speaks_for_their_own_authority(sqlite_store: Store) -> None:
    store = sqlite_store
    entry = begin(store, DIRECTOR, "support", giving=[], audience="alliance")
    taken = make(store, MEMBER_DIRECTOR, entry, "take_up")
    assert taken.parties == {("asking", LEAD), ("giving", "704")}


def test_an_assessment_that_is_taken_back_is_not_approved(sqlite_store: Store) -> None:
    entry = reach(sqlite_store, "assessment", "approved")
    assert entry.content["chief_name"]
    back = make(sqlite_store, DIRECTOR, entry, "back")
    assert "chief_name" not in back.content


def test_the_chair_of_a_meeting_and_nobody_else_puts_items_on_its_agenda(
    sqlite_store: Store,
) -> None:
    meeting = reach(sqlite_store, "meeting", "planned", audience="alliance")
    item = begin(sqlite_store, OWNER, "item", parent=meeting)
    assert make(sqlite_store, OWNER, item, "decide").state == "decided"
    with pytest.raises(NotAllowedError, match="whoever owns what it belongs to"):
        begin(sqlite_store, DIRECTOR, "item", parent=meeting)


def test_parts_of_what_has_ended_stay_as_they_are(sqlite_store: Store) -> None:
    meeting = reach(sqlite_store, "meeting", "minuted")
    with pytest.raises(NotNowError, match="stays as it is"):
        begin(sqlite_store, MANAGER, "item", parent=meeting)
    entry = reach(sqlite_store, "challenge", "in_action")
    with sqlite_store.read() as session:
        (part,) = parts_of(session, DIRECTOR, entry)
    make(sqlite_store, DIRECTOR, entry, "carry_forward")
    with (
        pytest.raises(NotNowError, match="stays as it is"),
        sqlite_store.write(now=NOW, actor=DIRECTOR.username) as unit,
    ):
        make_in(unit, DIRECTOR, part, "progress")
