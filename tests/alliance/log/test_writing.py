"""What is written stays: conflicts, evidence, observers, notes, and every wording there was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from alliance.access import NotAllowedError
from alliance.log.entries import (
    evidence_of,
    find_entry,
    history_of,
    list_entries,
    notes_of,
    parts_of,
    what_changed,
)
from alliance.log.entry import Entry
from alliance.log.errors import AnswersError, LogError, NotNowError, ObstaclesError
from alliance.log.kinds import KINDS
from alliance.log.writing import (
    SUBJECT,
    add_evidence,
    begin_entry,
    make_move,
    moves_open_to,
    share_with,
    snapshot_of,
)
from alliance.store import ConflictError, Store, Unit
from alliance.store.events import list_events
from alliance.store.tables.entry import HistoryRow, LinkRow, NoteRow
from alliance.store.tables.outbox import OutboxRow
from tests.alliance.log.world import (
    DIRECTOR,
    EVERYBODY,
    FIGURE,
    KNOWN,
    MANAGER,
    NOW,
    OBSERVER,
    OTHER,
    OTHER_DIRECTOR,
    OWNER,
    PARENTS,
    RolledBackError,
    add_accounts,
    begin,
    begin_in,
    dump,
    form,
    make,
    make_in,
    now_of,
    reach,
)


def test_an_entry_is_given_back_as_it_was_written(store: Store) -> None:
    words = "Ça va? “Yes” — naïve 👩\u200d👧 \\u0000 '; DROP TABLE entry; --\n\ttab\u2028line"
    entry = begin(store, DIRECTOR, "challenge", title=f" {words} ", question=words)
    assert entry.title == " ".join(words.split())
    assert entry.content["question"] == words.replace("\u2028", "\n")
    assert now_of(store, DIRECTOR, entry) == entry


def test_whoever_had_an_older_version_open_is_refused_and_told_what_changed(store: Store) -> None:
    old = begin(store, DIRECTOR, "challenge", title="First")
    make(store, DIRECTOR, old, "edit", title="Second")
    make(store, EVERYBODY["analyst.lead"], old, "edit", title="Third", responders=["703"])
    before = dump(store)
    with (
        pytest.raises(ConflictError),
        store.write(now=NOW, actor=DIRECTOR.username) as unit,
    ):
        make_in(unit, DIRECTOR, old, "edit", title="Mine")
    assert dump(store) == before
    with store.read() as session:
        now = find_entry(session, DIRECTOR, old.ref)
        first, second = what_changed(session, DIRECTOR, now, old.version)
        assert what_changed(session, DIRECTOR, now, now.version) == []
    assert (first.version.by, second.version.by) == (DIRECTOR.username, "analyst.lead")
    told = {d.place: (d.before, d.after) for d in second.differences}
    assert told == {"title": ("Second", "Third"), "side:responding": (["702"], ["703"])}


def test_what_changed_tells_notes_words_that_went_and_words_that_came(sqlite_store: Store) -> None:
    old = reach(sqlite_store, "priority", "proposed")
    make(sqlite_store, DIRECTOR, old, "edit", measure=[], why="Another reason")
    make(sqlite_store, OTHER_DIRECTOR, old, "note", note="Is it enough?")
    with sqlite_store.read() as session:
        now = find_entry(session, DIRECTOR, old.ref)
        edited, noted = what_changed(session, DIRECTOR, now, old.version)
    told = {d.place: (d.before, d.after) for d in edited.differences}
    assert told == {
        "measure": ("Words of measure.\nAnd more.", None),
        "why": ("Words of why.\nAnd more.", "Another reason"),
    }
    assert [note.text for note in noted.notes] == ["Is it enough?"]
    assert noted.differences == ()


def test_evidence_is_added_to_what_is_open_alone(sqlite_store: Store) -> None:
    store = sqlite_store
    entry = reach(store, "challenge", "shared")

    def add(thing: Entry) -> Entry:
        with store.write(now=NOW, actor=OTHER_DIRECTOR.username) as unit:
            return add_evidence(
                unit, OTHER_DIRECTOR, thing.ref, FIGURE, version=thing.version
            )  # fmt: skip

    after = add(entry)
    with store.read() as session:
        (kept,) = evidence_of(session, DIRECTOR, after)
    assert (kept.sentence, kept.frozen, kept.picture) == (
        FIGURE.sentence, FIGURE.frozen, FIGURE.picture,
    )  # fmt: skip
    assert after.version == entry.version + 1
    with pytest.raises(ConflictError):
        add(entry)
    ended = [
        reach(store, "challenge", "closed"), reach(store, "action", "done"),
        reach(store, "assessment", "moderated", audience="alliance"),
    ]  # fmt: skip
    carried = reach(store, "challenge", "in_action")
    with store.read() as session:
        ended += parts_of(session, DIRECTOR, carried)
    make(store, DIRECTOR, carried, "carry_forward")
    for thing in ended:
        with pytest.raises(NotNowError):
            add(thing)
    minuted = reach(store, "meeting", "minuted", audience="alliance")
    before = dump(store)
    with pytest.raises(NotNowError, match="minutes agreed"):
        add(minuted)
    assert dump(store) == before


def test_an_entry_is_shared_with_an_observer_of_its_alliance_and_taken_back(
    sqlite_store: Store,
) -> None:
    store = sqlite_store
    add_accounts(store)
    entry = reach(store, "challenge", "shared")

    def share(who: Any, name: str, *, shared: bool = True) -> Entry:
        now = now_of(store, DIRECTOR, entry)
        with store.write(now=NOW, actor=who.username) as unit:
            return share_with(unit, who, entry.ref, name, version=now.version, shared=shared)

    def seen() -> int:
        with store.read() as session:
            return len(list_entries(session, OBSERVER))

    before = dump(store)
    for name in ("observer.outside", "director.third", "nobody", "x\x00", "y" * 10_000, "'"):
        with pytest.raises(LogError, match="no observer of your alliance"):
            share(DIRECTOR, name)
        with pytest.raises(LogError, match="not shared with"):
            share(DIRECTOR, name, shared=False)
    with pytest.raises(NotAllowedError, match="Only a director"):
        share(EVERYBODY["analyst.other"], OBSERVER.username)
    assert dump(store) == before
    assert seen() == 0
    assert share(OTHER_DIRECTOR, OBSERVER.username).readers == {OBSERVER.username}
    assert seen() == 1
    with pytest.raises(LogError, match="already shared"):
        share(DIRECTOR, OBSERVER.username)
    share(DIRECTOR, OBSERVER.username, shared=False)
    assert seen() == 0


def test_the_outbox_names_whoever_is_told_and_may_see_it_and_no_words(
    sqlite_store: Store,
) -> None:
    store = sqlite_store
    add_accounts(store)
    reach(store, "challenge", "draft", title="Secret words")
    assert dump(store)["outbox"] == []
    entry = reach(store, "challenge", "responded", title="Secret words", audience="authorities")
    with store.read() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.entry_id == entry.id)).all()
    assert {(row.username, row.move) for row in rows} == {
        ("director.other", "share"), ("analyst.other", "share"), ("analyst.lead", "respond"),
        ("director.lead", "respond"), ("manager.lead", "respond"), ("manager.other", "respond"),
    }  # fmt: skip
    kept = dump(store)
    assert "Secret" not in repr(kept["outbox"]) + repr(kept["event"])


def test_events_tell_who_did_what_from_where_to_where(sqlite_store: Store) -> None:
    entry = reach(sqlite_store, "challenge", "shared")
    with sqlite_store.read() as session:
        events = list_events(session, SUBJECT, entry.ref)
    assert [(e.actor, e.action, e.details["before"], e.details["after"]) for e in events] == [
        (DIRECTOR.username, "raise", None, "draft"),
        (DIRECTOR.username, "share", "draft", "shared"),
    ]  # fmt: skip


@pytest.mark.parametrize("move", ["", "raise", "nothing", "x" * 10**5, "\x00"])
def test_a_move_that_there_is_not_is_refused(sqlite_store: Store, move: str) -> None:
    entry = reach(sqlite_store, "challenge", "shared")
    before = dump(sqlite_store)
    with (
        pytest.raises(LogError) as told,
        sqlite_store.write(now=NOW, actor=DIRECTOR.username) as unit,
    ):
        make_move(unit, DIRECTOR, KNOWN, entry.ref, move, {}, version=entry.version)
    assert len(str(told.value)) < 200
    with (
        pytest.raises(LogError),
        sqlite_store.write(now=NOW, actor=DIRECTOR.username) as unit,
    ):
        begin_entry(unit, DIRECTOR, KNOWN, move, "share", {})
    assert dump(sqlite_store) == before


def test_a_part_is_begun_in_what_it_can_be_a_part_of_alone(sqlite_store: Store) -> None:
    meeting = reach(sqlite_store, "meeting", "planned")
    with pytest.raises(LogError, match="cannot be a part of that"):
        begin(sqlite_store, MANAGER, "milestone", parent=meeting)
    with pytest.raises(LogError, match="say which"):
        begin(sqlite_store, MANAGER, "item")
    with pytest.raises(NotNowError):
        begin(sqlite_store, DIRECTOR, "challenge", move="share")


# Any sequence of moves ----------------------------------------------------------------------------

PLAYERS = (
    DIRECTOR, OTHER_DIRECTOR, MANAGER, OWNER, EVERYBODY["director.third"],
    EVERYBODY["analyst.lead"], EVERYBODY["director.member"],
)  # fmt: skip


class Teller:
    """Counts what it says, so that no two wordings are alike."""

    def __init__(self) -> None:
        self.said: set[str] = set()

    def form(self, move: Any, kind: str) -> dict[str, list[str]]:
        filled = form(move, kind, {"audience": "alliance"})
        for asked in move.asks:
            if asked.kind in ("line", "text"):
                words = f"wording {len(self.said) + 1}!"
                self.said.add(words)
                filled[asked.id] = [words]
        return filled


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(KINDS)), st.lists(st.tuples(st.integers(0), st.integers(0)),
                                                max_size=14))  # fmt: skip
def test_no_sequence_of_moves_loses_a_word_or_a_version(
    sqlite_store: Store, kind: str, choices: list[tuple[int, int]]
) -> None:
    teller = Teller()
    try:
        with sqlite_store.write(now=NOW, actor=DIRECTOR.username) as unit:
            entry = _begin_in_unit(unit, kind, teller)
            for player, choice in choices:
                entry = _play(unit, entry, player, choice, teller)
                _check(unit, entry, teller)
            raise RolledBackError
    except RolledBackError:
        pass


def _begin_in_unit(unit: Unit, kind: str, teller: Teller) -> Entry:
    parent = None
    if kind in PARENTS:
        who = MANAGER if kind == "item" else DIRECTOR
        parent = begin_in(unit, who, PARENTS[kind][0], audience="alliance")
    who = MANAGER if kind in ("cycle", "meeting", "item") else DIRECTOR
    move = KINDS[kind].begins[0]
    return begin_entry(
        unit, who, KNOWN, kind, move.id, teller.form(move, kind),
        parent_ref=parent.ref if parent else None,
    )  # fmt: skip


def _play(unit: Unit, entry: Entry, player: int, choice: int, teller: Teller) -> Entry:
    """A move by somebody who may make one; what stands in its way is part of the play."""
    able = [who for who in PLAYERS if _moves(unit, who, entry)]
    if not able:
        return entry
    who = able[player % len(able)]
    moves = _moves(unit, who, entry)
    move = moves[choice % len(moves)]
    before = set(teller.said)
    try:
        filled = teller.form(move, entry.kind)
        return make_move(
            unit, who, KNOWN, entry.ref, move.id, filled, version=entry.version
        )  # fmt: skip
    except (ObstaclesError, AnswersError):
        teller.said = before
        return entry


def _moves(unit: Unit, who: Any, entry: Entry) -> list[Any]:
    found = {one.ref: one for one in list_entries(unit.session, who, entry.kind)}
    return list(moves_open_to(who, found[entry.ref])) if entry.ref in found else []


def _check(unit: Unit, entry: Entry, teller: Teller) -> None:
    rows = list(
        unit.session.scalars(
            select(HistoryRow).where(HistoryRow.entry_id == entry.id).order_by(HistoryRow.version)
        )
    )
    assert [row.version for row in rows] == list(range(1, entry.version + 1))
    last = json.loads(json.dumps(rows[-1].snapshot))
    assert last == json.loads(json.dumps(snapshot_of(entry)))
    events = list_events(unit.session, SUBJECT, entry.ref)
    assert [event.details["version"] for event in events] == [row.version for row in rows]
    begun = {entry.id, *unit.session.scalars(
        select(LinkRow.from_id).where(LinkRow.to_id == entry.id))}  # fmt: skip
    notes = unit.session.scalars(select(NoteRow).where(NoteRow.entry_id.in_(begun))).all()
    kept = {note.text for note in notes} | set(_texts([row.snapshot for row in rows]))
    assert teller.said <= kept


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def test_notes_are_read_in_the_order_in_which_they_were_written(store: Store) -> None:
    entry = reach(store, "challenge", "shared")
    for number in range(5):
        make(store, OTHER_DIRECTOR if number % 2 else DIRECTOR, entry, "note", note=f"{number}")
    with store.read() as session:
        now = find_entry(session, DIRECTOR, entry.ref)
        notes = notes_of(session, DIRECTOR, now)
        assert [note.text for note in notes] == ["0", "1", "2", "3", "4"]
        assert [note.authority_code for note in notes[:2]] == ["701", OTHER]
        assert len(history_of(session, DIRECTOR, now)) == now.version
