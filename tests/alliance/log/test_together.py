"""What a meeting shows is what everybody who may read it may read."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from alliance.access import TRIAD_SIDE, Audience, EntrySubject, Person, Role, decide
from alliance.log.entry import Entry
from alliance.log.together import audience_of, seen_together
from tests.alliance.log.world import NOW

HERE, MEMBERS = "Fen and coast", ("701", "702", "703", "704")
CODES = (*MEMBERS, "999")
parties = st.frozensets(
    st.tuples(st.sampled_from(("raising", "responding", "own", TRIAD_SIDE)),
              st.sampled_from(CODES)), max_size=4,
)  # fmt: skip
names = st.frozensets(st.sampled_from(("ann", "ben", "cat")), max_size=2)


def subjects(private: st.SearchStrategy[bool]) -> st.SearchStrategy[EntrySubject]:
    return st.builds(
        EntrySubject,
        alliance=st.sampled_from((HERE, "Hills")),
        audience=st.sampled_from(Audience),
        private=private,
        lead=st.sampled_from(("raising", "own")),
        created_by=st.sampled_from(("ann", "ben", "cat")),
        owner=st.sampled_from(("ann", "ben", "cat")),
        parties=parties,
        readers=names,
    )


people = st.builds(
    Person,
    username=st.sampled_from(("ann", "ben", "cat")),
    display_name=st.just("Somebody"),
    authority_code=st.sampled_from((*CODES, "998", None)),
    alliance=st.sampled_from((HERE, "Hills")),
    roles=st.frozensets(st.sampled_from(Role), max_size=3),
)


def entry(kind: str, subject: EntrySubject, number: int = 1) -> Entry:
    return Entry(
        number, f"M-2222{number}", kind, subject.alliance, "planned", "", {}, subject.owner, None,
        None, subject.parties, NOW, subject.created_by, NOW, subject.created_by, 1, subject,
    )  # fmt: skip


@given(
    meeting=subjects(st.just(False)), others=st.lists(subjects(st.booleans()), max_size=4),
    reader=people,
)  # fmt: skip
def test_nobody_is_shown_at_a_meeting_what_they_may_not_read(
    meeting: EntrySubject, others: list[EntrySubject], reader: Person
) -> None:
    held = replace(meeting, alliance=HERE)
    shown = seen_together(entry("meeting", held), [entry("challenge", s) for s in others], MEMBERS)
    if decide(reader, "entry.read", held).allowed:
        for one in shown:
            assert decide(reader, "entry.read", one.subject).allowed


@given(meeting=subjects(st.just(False)))
def test_the_manager_is_in_the_audience_of_what_a_triad_or_the_alliance_sees(
    meeting: EntrySubject,
) -> None:
    audience = audience_of(entry("meeting", meeting), MEMBERS)
    manages = any(Role.MANAGER in one.roles for one in audience)
    assert manages is (meeting.audience != Audience.AUTHORITIES)


def subject(audience: Audience, *triad: str) -> EntrySubject:
    own = frozenset({("raising", "701"), ("responding", "702")})
    return EntrySubject(
        HERE, audience, False, "raising", "ann", "ann",
        own | {(TRIAD_SIDE, code) for code in triad},
    )  # fmt: skip


def test_a_triad_talks_of_what_the_triad_sees_and_the_alliance_of_what_the_alliance_sees() -> None:
    own = frozenset((TRIAD_SIDE, code) for code in ("701", "702", "703"))
    of_triad = entry("meeting", EntrySubject(
        HERE, Audience.TRIAD, False, "own", "max", "max", own))  # fmt: skip
    of_all = entry("meeting", EntrySubject(
        HERE, Audience.ALLIANCE, False, "own", "max", "max", own))  # fmt: skip
    between = entry("challenge", subject(Audience.AUTHORITIES, "703"), 2)
    triad = entry("challenge", subject(Audience.TRIAD, "703"), 3)
    narrower = entry("challenge", subject(Audience.TRIAD), 4)
    wide = entry("challenge", subject(Audience.ALLIANCE), 5)
    entries = [between, triad, narrower, wide]
    assert seen_together(of_triad, entries, MEMBERS) == [triad, wide]
    assert seen_together(of_all, entries, MEMBERS) == [wide]


def test_an_observer_whom_a_meeting_is_shared_with_limits_what_it_shows() -> None:
    open_to_all = subject(Audience.ALLIANCE)
    meeting = entry("meeting", replace(open_to_all, readers=frozenset({"oli"})))
    kept, shared = (
        entry("challenge", open_to_all, 2),
        entry("challenge", replace(open_to_all, readers=frozenset({"oli"})), 3),
    )
    assert seen_together(meeting, [kept, shared], MEMBERS) == [shared]


def test_a_draft_is_in_nobody_s_meeting() -> None:
    open_to_all = subject(Audience.ALLIANCE)
    draft = entry("challenge", replace(open_to_all, private=True), 2)
    assert seen_together(entry("meeting", open_to_all), [draft], MEMBERS) == []
