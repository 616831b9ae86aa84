"""What is proposed for a meeting, why and in which order, and what its agenda shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.access import Person
from alliance.log.agenda import (
    CONCERNS,
    Gathering,
    agenda_of,
    neutral_title,
    propose,
    read_clock,
)
from alliance.log.entry import Entry, FrozenEvidence
from alliance.log.kinds import KINDS
from alliance.log.words import Names
from alliance.store import Store
from tests.alliance.log.world import (
    DIRECTOR,
    FIGURE,
    KNOWN,
    LEAD,
    MANAGER,
    OTHER,
    OTHER_DIRECTOR,
    THIRD,
    THIRD_DIRECTOR,
    add_accounts,
    begin,
    begin_in,
    make,
    reach,
)

TODAY = date(2026, 3, 2)
EVERYONE = {"audience": "triad", "triad": [THIRD]}
NAMES = Names(KNOWN.authorities, KNOWN.people, {}, KNOWN.indicators)


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    add_accounts(sqlite_store)
    return sqlite_store


@pytest.fixture
def meeting(store: Store) -> Entry:
    """A meeting of the triad."""
    return begin(store, MANAGER, "meeting", triad=[LEAD, OTHER, THIRD], starts_at="9.30")


@contextmanager
def looked_at(
    store: Store, who: Person, meeting: Entry, today: date = TODAY
) -> Iterator[Gathering]:
    with store.read() as session:
        yield Gathering(session, who, meeting, tuple(KNOWN.authorities), NAMES, today)


def nothing_drifted(_evidence: Sequence[FrozenEvidence]) -> Mapping[int, Sequence[str]]:
    return {}


def put_on(store: Store, meeting: Entry, entry: Entry, **said: str) -> Entry:
    """Put an entry on the agenda as the page does."""
    said = {"title": neutral_title(entry), "place_in_order": "", **said}
    with store.write(now=meeting.created_at, actor=MANAGER.username) as unit:
        return begin_in(unit, MANAGER, "item", parent=meeting, about=[("about", entry.ref)], **said)


def test_a_proposal_says_why_and_what_matters_most_stands_first(
    store: Store, meeting: Entry
) -> None:
    responded = reach(store, "challenge", "responded", title="Responded", **EVERYONE)
    discussed = reach(store, "challenge", "discussed", title="Discussed", **EVERYONE)
    make(store, OTHER_DIRECTOR, discussed, "agree")
    acting = reach(store, "challenge", "in_action", title="Acting", **EVERYONE)
    late = begin(store, DIRECTOR, "action", parent=acting, title="Late", due_on="2026-02-20")
    review = reach(store, "challenge", "review_due", title="Review", **EVERYONE)
    disputed = reach(store, "challenge", "disputed", title="Disputed", **EVERYONE)
    reach(store, "challenge", "closed", title="Closed", **EVERYONE)
    reach(store, "challenge", "shared", title="Shared", **EVERYONE)
    with looked_at(store, MANAGER, meeting) as gathering:
        found = propose(gathering, nothing_drifted)
    assert [(one.entry.ref, one.reasons) for one in found] == [
        (disputed.ref, ("It is disputed: Authority 702 did not agree.",)),
        (review.ref, ("Its review is due.",)),
        (discussed.ref, ("It was discussed, and waits for Authority 701 to agree.",)),
        (responded.ref, ("Everyone asked has responded, and it waits to be discussed.",)),
        (late.ref, ("It was due on 20 February 2026, and is 10 days late.",)),
    ]
    assert all(one.minutes > 0 for one in found)
    with looked_at(store, MANAGER, meeting, date(2027, 4, 1)) as gathering:
        later = {one.entry.ref: one.reasons for one in propose(gathering, nothing_drifted)}
    assert later[review.ref] == ("Its review was due on 31 March 2027.",)
    assert later[acting.ref] == (
        "Its review was wanted by 31 March 2027, and nobody has called it.",
    )


def test_evidence_that_drifted_is_a_reason_in_its_own_sentence(
    store: Store, meeting: Entry
) -> None:
    with store.write(now=meeting.created_at, actor=DIRECTOR.username) as unit:
        drifted = begin_in(unit, DIRECTOR, "challenge", figures=[FIGURE], **EVERYONE)
    make(store, DIRECTOR, drifted, "share")
    asked: list[FrozenEvidence] = []

    def drifting(evidence: Sequence[FrozenEvidence]) -> Mapping[int, Sequence[str]]:
        asked.extend(evidence)
        return {one.id: ("The figure was revised.", "And more.") for one in evidence}

    with looked_at(store, MANAGER, meeting) as gathering:
        (found,) = propose(gathering, drifting)
    assert found.entry.ref == drifted.ref
    assert found.reasons == ("What it rests on has moved on. The figure was revised.",)
    assert [one.sentence for one in asked] == [FIGURE.sentence]


def test_what_some_at_the_meeting_may_not_see_is_not_proposed_to_those_who_may(
    store: Store, meeting: Entry
) -> None:
    reach(store, "challenge", "disputed", title="Between two", audience="authorities", triad=[])
    wide = reach(store, "challenge", "disputed", title="For all", audience="alliance", triad=[])
    for who in (MANAGER, DIRECTOR, OTHER_DIRECTOR, THIRD_DIRECTOR):
        with looked_at(store, who, meeting) as gathering:
            assert [one.entry.ref for one in propose(gathering, nothing_drifted)] == [wide.ref]


def test_what_is_on_the_agenda_is_not_proposed_again(store: Store, meeting: Entry) -> None:
    entry = reach(store, "challenge", "disputed", **EVERYONE)
    put_on(store, meeting, entry)
    with looked_at(store, MANAGER, meeting) as gathering:
        assert propose(gathering, nothing_drifted) == []


def test_an_item_holds_no_word_of_what_it_is_about_and_shows_its_line_while_all_may_read_it(
    store: Store, meeting: Entry
) -> None:
    entry = reach(store, "challenge", "disputed", title="A delicate question", **EVERYONE)
    item = put_on(store, meeting, entry)
    assert "delicate" not in item.title
    for who in (MANAGER, DIRECTOR, THIRD_DIRECTOR):
        with looked_at(store, who, meeting) as gathering:
            assert [one.title for one in agenda_of(gathering)] == ["A delicate question"]
    make(store, DIRECTOR, entry, "narrow_audience")
    for who in (MANAGER, DIRECTOR, THIRD_DIRECTOR):
        with looked_at(store, who, meeting) as gathering:
            (listed,) = agenda_of(gathering)
        assert (listed.title, listed.about) == ("A challenge", None), who


def test_items_stand_in_their_order_and_their_minutes_add_up(store: Store, meeting: Entry) -> None:
    for title, place, minutes in (("Last", "", "5"), ("Second", "2", "20"), ("First", "1", "15")):
        begin(store, MANAGER, "item", parent=meeting, title=title, place_in_order=place,
              minutes=minutes)  # fmt: skip
    with looked_at(store, MANAGER, meeting) as gathering:
        found = agenda_of(gathering)
    assert [(one.title, one.minutes, one.begins, one.ends) for one in found] == [
        ("First", 15, time(9, 30), time(9, 45)), ("Second", 20, time(9, 45), time(10, 5)),
        ("Last", 5, time(10, 5), time(10, 10)),
    ]  # fmt: skip


def test_minutes_beyond_all_reason_break_nothing(store: Store, meeting: Entry) -> None:
    for minutes in ("999999999999", "-5", ""):
        begin(store, MANAGER, "item", parent=meeting, minutes=minutes)
    with looked_at(store, MANAGER, meeting) as gathering:
        assert [one.minutes for one in agenda_of(gathering)] == [1440, 0, 0]


@given(st.times())
def test_a_time_of_day_is_read_as_it_is_written(at: time) -> None:
    assert read_clock(f" {at:%H:%M} ") == read_clock(f"{at:%H.%M}") == time(at.hour, at.minute)


@pytest.mark.parametrize("text", ["", None, "ten", "24:00", "10:60", "10", "10:00 or so"])
def test_what_is_no_time_of_day_is_none(text: object) -> None:
    assert read_clock(text) is None


def test_every_concern_is_of_a_kind_that_there_is_and_named_once() -> None:
    assert len({concern.id for concern in CONCERNS}) == len(CONCERNS)
    for concern in CONCERNS:
        assert concern.kind in KINDS
        assert 0 < concern.minutes <= 60
