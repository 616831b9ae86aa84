"""Whoever may not see an entry is told nothing of it: the SQL of every query says the same as the
permission, for any person, entry, part and reader, on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.access import Audience, EntrySubject, Party, Person, Role, decide
from alliance.log.entries import (
    as_it_stood,
    entries_by_id,
    evidence_of,
    find_entry,
    history_of,
    linked_to,
    list_entries,
    notes_of,
    parts_of,
    what_changed,
)
from alliance.log.entry import Entry
from alliance.log.errors import NoEntryError
from alliance.store import Store, Unit
from alliance.store.tables.entry import (
    EntryRow,
    EvidenceRow,
    HistoryRow,
    LinkRow,
    NoteRow,
    PartyRow,
    ReaderRow,
)
from tests.alliance.log.world import (
    DIRECTOR,
    HERE,
    MANAGER,
    MEMBER_DIRECTOR,
    NOW,
    OBSERVER,
    OTHER_DIRECTOR,
    THIRD_DIRECTOR,
    begin,
    begin_in,
    make,
    make_in,
    now_of,
    reach,
    tried,
)

CODES = ("701", "702", "703")
names = st.sampled_from(("ann", "ben", "cat"))
alliances = st.sampled_from((HERE, "Hills"))


@dataclass(frozen=True)
class Drawn:
    """An entry as it is drawn, and whether it has a part that somebody else began."""

    alliance: str
    audience: Audience
    private: bool
    lead: str
    created_by: str
    parties: frozenset[Party]
    readers: frozenset[str]
    part: bool
    part_by: str
    part_parties: frozenset[Party]

    @property
    def subject(self) -> EntrySubject:
        return EntrySubject(
            self.alliance, self.audience, self.private, self.lead, self.created_by, "",
            self.parties, self.readers,
        )  # fmt: skip


people = st.builds(
    Person, st.one_of(names, st.just("")), st.just("Somebody"),
    st.one_of(st.none(), st.sampled_from(CODES)), st.one_of(st.none(), alliances),
    st.frozensets(st.sampled_from(Role), max_size=2),
)  # fmt: skip
parties = st.frozensets(
    st.tuples(st.sampled_from(("raising", "responding", "triad")), st.sampled_from(CODES)),
    max_size=3,
)
drawn = st.builds(
    Drawn, alliances, st.sampled_from(Audience), st.booleans(),
    st.sampled_from(("raising", "own")), names, parties, st.frozensets(names, max_size=2),
    st.booleans(), names, parties,
)  # fmt: skip


def put(unit: Unit, one: Drawn, number: int) -> tuple[EntryRow, EntryRow | None]:
    """The rows of a drawn entry and of its part, each with a note, evidence and history."""
    root = _row(unit, one, f"C-2222{'23456789'[number]}", one.created_by, one.parties, None)
    for reader in one.readers:
        unit.session.add(ReaderRow(entry_id=root.id, username=reader))
    if not one.part:
        return root, None
    ref = f"A-2222{'23456789'[number]}"
    return root, _row(unit, one, ref, one.part_by, one.part_parties, root.id)


def _row(
    unit: Unit, one: Drawn, ref: str, by: str, on_sides: frozenset[Party], root: int | None
) -> EntryRow:
    row = EntryRow(
        ref=ref, kind="challenge" if root is None else "action", alliance=one.alliance,
        state="shared", private=one.private if root is None else False,
        audience=one.audience.value, lead=one.lead, title="Secret words", content={}, owner=by,
        indicator_id="need_rate", due_on=None, parent_id=root, root_id=root, created_at=NOW,
        created_by=by, changed_at=NOW, changed_by=by, version=1,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    for side, code in on_sides:
        unit.session.add(PartyRow(entry_id=row.id, side=side, authority_code=code))
    unit.session.add(
        NoteRow(entry_id=row.id, entry_version=1, at=NOW, by=by, authority_code="701", move="note",
                text="Secret note")
    )  # fmt: skip
    unit.session.add(
        EvidenceRow(entry_id=row.id, at=NOW, by=by, release_id="r", indicator_id="need_rate",
                    area_code="701", period="2025", sentence="s", address="/", frozen={},
                    picture="")
    )  # fmt: skip
    drafters = sorted(code for side, code in one.parties if side == one.lead)
    snapshot = {"private": one.private, "drafted_by": drafters, "parties": [], "content": {}}
    unit.session.add(
        HistoryRow(entry_id=row.id, version=1, at=NOW, by=by, move="raise", snapshot=snapshot)
    )
    unit.session.flush()
    return row


def as_anybody(row: EntryRow, subject: EntrySubject) -> Entry:
    """An entry in the hands of somebody who should not have it."""
    return Entry(
        row.id, row.ref, row.kind, row.alliance, row.state, row.title, row.content, row.owner,
        row.indicator_id, row.due_on, frozenset(), row.created_at, row.created_by, row.changed_at,
        row.changed_by, row.version, subject, row.parent_id,
    )  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds=st.lists(drawn, min_size=1, max_size=4), asking=st.lists(people, max_size=6))
def test_every_query_gives_what_the_permission_gives_and_nothing_else(
    store: Store, worlds: list[Drawn], asking: list[Person]
) -> None:
    with tried(store, DIRECTOR) as unit:
        rows = [(one, *put(unit, one, number)) for number, one in enumerate(worlds)]
        roots = [root for _, root, _ in rows]
        for start, end in pairwise(roots):
            unit.session.add(LinkRow(from_id=start.id, to_id=end.id, relation="about"))
        unit.session.flush()
        for who in asking:
            _ask_everything(unit, who, rows)


def _ask_everything(
    unit: Unit, who: Person, rows: list[tuple[Drawn, EntryRow, EntryRow | None]]
) -> None:
    session = unit.session
    allowed = {
        row.id: decide(who, "entry.read", one.subject).allowed
        for one, root, part in rows
        for row in (root, part)
        if row is not None
    }
    visible = {number for number, may in allowed.items() if may}
    assert {entry.id for entry in list_entries(session, who)} == visible
    assert set(entries_by_id(session, who, allowed)) == visible
    for place, (one, root, part) in enumerate(rows):
        may = allowed[root.id]
        entry = as_anybody(root, one.subject)
        beside = [rows[near][1].id for near in (place - 1, place + 1) if 0 <= near < len(rows)]
        linked = {other.id for _, other in linked_to(session, who, entry)}
        assert linked == {number for number in beside if allowed[number]}
        parts = [found.id for found in parts_of(session, who, entry)]
        assert parts == ([part.id] if may and part is not None else [])
        for row in (root, part):
            if row is None:
                continue
            held = as_anybody(row, one.subject)
            assert len(notes_of(session, who, held)) == may
            assert len(evidence_of(session, who, held)) == may
            assert len(history_of(session, who, held)) == may
            assert len(what_changed(session, who, held, 0)) == may
            assert (as_it_stood(session, who, held, NOW) is not None) == may
            if may:
                assert find_entry(session, who, row.ref).id == row.id
            else:
                _not_found(unit, who, row.ref)


def _not_found(unit: Unit, who: Person, ref: str) -> None:
    """In the same words as what is not there at all."""
    absent = "C-ZZZZZ"
    messages = []
    for wanted in (ref, absent):
        with pytest.raises(NoEntryError) as told:
            find_entry(unit.session, who, wanted)
        messages.append(str(told.value).replace(wanted, "?"))
    assert messages[0] == messages[1]
    assert "Secret" not in messages[0]


@pytest.mark.parametrize(
    "ref",
    [
        "", " ", "C-7KQ4", "C-7KQ4M7", "c\N{EN DASH}7kq4m", "C-7KQ4M\x00", "\ud800", "' OR 1=1 --",
        "C-%", "x" * 10**6,
    ],
    ids=str.__len__,
)  # fmt: skip
def test_whatever_is_asked_for_is_not_there_in_the_same_words(store: Store, ref: str) -> None:
    reach(store, "challenge", "draft")
    with store.read() as session, pytest.raises(NoEntryError) as told:
        find_entry(session, DIRECTOR, ref)
    assert str(told.value) == str(NoEntryError(ref))
    assert len(str(told.value)) < 200


def test_a_reference_is_found_in_any_case(sqlite_store: Store) -> None:
    entry = reach(sqlite_store, "challenge", "draft")
    with sqlite_store.read() as session:
        assert find_entry(session, DIRECTOR, f" {entry.ref.lower()} ").id == entry.id


def test_words_of_the_time_when_it_was_a_draft_stay_with_its_drafters(sqlite_store: Store) -> None:
    store = sqlite_store
    entry = begin(store, DIRECTOR, "challenge", title="You are failing children")
    part = begin(store, DIRECTOR, "action", parent=entry, title="Embarrass them")
    make(store, DIRECTOR, part, "progress", note="Not to be read by them")
    make(store, DIRECTOR, part, "edit", title="Ask them", note="Kinder")
    make(store, DIRECTOR, entry, "edit", title="What do you make of this?")
    make(store, DIRECTOR, entry, "share")
    make(store, OTHER_DIRECTOR, part, "progress", note="Asked")
    for who, numbers, part_numbers, notes in (
        (DIRECTOR, [1, 2, 3], [1, 2, 3, 4], ["Not to be read by them", "Kinder", "Asked"]),
        (OTHER_DIRECTOR, [3], [4], ["Asked"]),
    ):
        now, now_part = now_of(store, who, entry), now_of(store, who, part)
        with store.read() as session:
            assert [v.version for v in history_of(session, who, now)] == numbers
            assert [v.version for v in history_of(session, who, now_part)] == part_numbers
            assert [note.text for note in notes_of(session, who, now_part)] == notes
            told = repr([what_changed(session, who, thing, 0) for thing in (now, now_part)])
            assert ("failing" in told) == ("Embarrass" in told) == (who == DIRECTOR)
            early = as_it_stood(session, who, now, NOW - timedelta(days=1))
            assert early is None


@pytest.mark.parametrize(
    ("kind", "state"),
    [("challenge", "discarded"), ("priority", "discarded"), ("practice", "discarded"),
     ("assessment", "discarded")],
)  # fmt: skip
def test_a_draft_that_is_discarded_is_not_shared_by_its_end(
    sqlite_store: Store, kind: str, state: str
) -> None:
    entry = reach(sqlite_store, kind, state, audience="alliance")
    assert now_of(sqlite_store, DIRECTOR, entry).state == state
    with sqlite_store.read() as session:
        for who in (MEMBER_DIRECTOR, MANAGER, THIRD_DIRECTOR):
            assert list_entries(session, who) == []


def test_a_drafter_who_moved_to_another_authority_leaves_the_draft_behind(
    sqlite_store: Store,
) -> None:
    reach(sqlite_store, "challenge", "draft")
    moved = Person(DIRECTOR.username, "D", "702", HERE, DIRECTOR.roles)
    away = Person(DIRECTOR.username, "D", "701", "Hills", DIRECTOR.roles)
    without = Person(DIRECTOR.username, "D", "701", HERE, frozenset())
    with sqlite_store.read() as session:
        assert len(list_entries(session, DIRECTOR)) == 1
        for who in (moved, away, without):
            assert list_entries(session, who) == []


def test_a_manager_sees_the_draft_of_a_priority_that_they_draft_for_others(
    sqlite_store: Store,
) -> None:
    entry = begin(sqlite_store, MANAGER, "priority")
    other = Person("m", "M", None, HERE, MANAGER.roles)
    with sqlite_store.read() as session:
        assert find_entry(session, MANAGER, entry.ref).subject.private
        assert len(list_entries(session, OTHER_DIRECTOR)) == 1
        assert list_entries(session, other) == []


def test_a_triad_that_is_named_sees_nothing_where_it_is_not_the_audience(
    sqlite_store: Store,
) -> None:
    entry = reach(sqlite_store, "challenge", "shared", audience="authorities", triad=["703"])
    assert ("triad", "703") in entry.parties
    with sqlite_store.read() as session:
        assert list_entries(session, THIRD_DIRECTOR) == []


def test_links_are_made_to_what_one_sees_alone_and_give_nobody_a_right(
    sqlite_store: Store,
) -> None:
    store = sqlite_store
    hidden = reach(store, "challenge", "draft")
    with (
        pytest.raises(NoEntryError),
        store.write(now=NOW, actor=MEMBER_DIRECTOR.username) as unit,
    ):
        begin_in(unit, MEMBER_DIRECTOR, "practice", about=[("about", hidden.ref)])
    with store.write(now=NOW, actor=DIRECTOR.username) as unit:
        open_one = begin_in(unit, DIRECTOR, "practice", about=[("about", hidden.ref)])
    open_one = make(store, DIRECTOR, open_one, "share")
    with store.read() as session:
        assert [(r, e.ref) for r, e in linked_to(session, DIRECTOR, open_one)] == [
            ("about", hidden.ref)
        ]
        assert linked_to(session, MEMBER_DIRECTOR, open_one) == []


def test_what_is_carried_forward_takes_nobodys_words_to_new_eyes(sqlite_store: Store) -> None:
    store = sqlite_store
    entry = reach(store, "challenge", "responded", audience="triad")
    make(store, DIRECTOR, entry, "carry_forward")
    with store.read() as session:
        old = find_entry(session, DIRECTOR, entry.ref)
        ((_, new),) = linked_to(session, DIRECTOR, old)
        assert (new.state, new.audience, new.parties) == ("shared", old.audience, old.parties)
        assert set(new.content) == {"question", "evidence_note"}
        assert (new.due_on, new.readers) == (None, frozenset())
        assert history_of(session, OTHER_DIRECTOR, new)[0].snapshot["private"] is False
        assert list_entries(session, MEMBER_DIRECTOR) == []
        assert {e.ref for e in list_entries(session, THIRD_DIRECTOR)} == {old.ref, new.ref}


def test_an_observer_sees_what_is_shared_by_name_and_moves_nothing(sqlite_store: Store) -> None:
    store = sqlite_store
    entry = reach(store, "challenge", "shared")
    part = begin(store, DIRECTOR, "action", parent=entry)
    with store.write(now=NOW, actor=DIRECTOR.username) as unit:
        unit.session.add(ReaderRow(entry_id=entry.id, username=OBSERVER.username))
    with store.read() as session:
        assert {e.ref for e in list_entries(session, OBSERVER)} == {entry.ref, part.ref}
    for thing in (entry, part):
        with pytest.raises(Exception, match="to read"), tried(store, OBSERVER) as unit:
            make_in(unit, OBSERVER, thing, "note")
