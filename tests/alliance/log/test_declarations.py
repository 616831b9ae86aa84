"""Every kind of entry is walked: what it declares can be carried out, read and told."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from alliance.access import SIDES, TRIAD_SIDE, Audience, Office
from alliance.log.entries import REFERENCE
from alliance.log.fields import CONTENT, NOTE, READERS, Field, FieldKind
from alliance.log.kinds import KINDS
from alliance.log.workflow import NEW, EntryKind, Move, State

BRANCHES = {
    ("challenge", "respond"): {"shared"},
    ("challenge", "agree"): {"discussed"},
    ("priority", "agree"): {"proposed"},
}
"""Where a move comes to besides its target: it waits for others."""
SHARING = {
    ("challenge", "share"), ("priority", "propose"), ("practice", "share"),
    ("assessment", "share"),
}  # fmt: skip
"""The moves by which others come to see what was private. There is no other."""
REOPENING = {("action", "reopen"), ("item", "take_up")}
"""The moves that lead out of an end."""
PUBLISHING = {("priority", "publish"), ("priority", "unpublish")}
"""The moves that are made in an end too: they leave it as it is."""
COLUMNS = {"title", "owner", "due_on", "indicator_id", "audience"}
SNAPSHOT = COLUMNS | {"state", "private", "drafted_by", "content", "parties", "readers"}
KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.id)


def moves() -> Iterator[tuple[EntryKind, Move]]:
    for kind in KINDS.values():
        for move in kind.moves:
            yield kind, move


def fields() -> Iterator[tuple[EntryKind, Move, Field]]:
    for kind, move in moves():
        for asked in move.asks:
            yield kind, move, asked


def targets(kind: EntryKind, move: Move) -> set[str]:
    return {move.target or "="} | BRANCHES.get((kind.id, move.id), set())


def reachable(kind: EntryKind, start: str) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for move in kind.moves:
            if here in move.sources:
                new = {here if t == "=" else t for t in targets(kind, move)} - found
                found |= new
                waiting += sorted(new)
    return found


def test_prefixes_and_ids_are_each_kinds_own() -> None:
    assert len({kind.prefix for kind in KINDS.values()}) == len(KINDS)
    for key, kind in KINDS.items():
        assert key == kind.id
        assert REFERENCE.fullmatch(f"{kind.prefix}-7KQ4M")
        assert len({state.id for state in kind.states}) == len(kind.states)
        assert len({move.id for move in kind.moves}) == len(kind.moves)


def test_every_move_goes_from_and_to_states_that_are_declared() -> None:
    for kind, move in moves():
        states = {state.id for state in kind.states}
        assert move.sources, (kind.id, move.id)
        assert set(move.sources) == {NEW} or set(move.sources) <= states, (kind.id, move.id)
        assert targets(kind, move) - {"="} <= states, (kind.id, move.id)
        assert move.target or NEW not in move.sources, (kind.id, move.id)


@KIND
def test_every_state_is_reached_and_has_a_way_to_an_end(kind: EntryKind) -> None:
    states = {state.id: state for state in kind.states}
    assert reachable(kind, NEW) - {NEW} == set(states)
    for state in kind.states:
        ends = {s for s in reachable(kind, state.id) if states[s].final or states[s].sealed}
        assert ends, state.id


def test_nothing_leaves_an_end_but_what_opens_it_again() -> None:
    for kind, move in moves():
        states = {state.id: state for state in kind.states}
        ends = [s for s in move.sources if s != NEW and states[s].final]
        if (kind.id, move.id) in PUBLISHING:
            assert move.target == "", "it stays where it is"
            assert {asked.into for asked in move.asks} <= {""}, "and as it is"
            continue
        assert bool(ends) == ((kind.id, move.id) in REOPENING), (kind.id, move.id)
        assert not ends or not states[move.target].final


def test_a_sealed_entry_keeps_its_words() -> None:
    for kind, move in moves():
        for source in move.sources:
            if source != NEW and kind.state(source).sealed:
                assert {asked.into for asked in move.asks} == {NOTE}, (kind.id, move.id)
                assert targets(kind, move) <= {"=", source}


def test_only_the_moves_of_sharing_let_others_see_what_was_private() -> None:
    found = set()
    for kind, move in moves():
        for source in move.sources:
            private = source != NEW and kind.state(source).private
            ends = {source if t == "=" else t for t in targets(kind, move)}
            if private and any(not kind.state(end).private for end in ends):
                found.add((kind.id, move.id))
            if source != NEW and not private:
                assert not any(kind.state(end).private for end in ends), (kind.id, move.id)
    assert found == SHARING


def test_the_audience_of_what_is_shared_is_no_field_of_a_form_but_where_it_cannot_grow() -> None:
    for kind, move, asked in fields():
        shared = any(s != NEW and not kind.state(s).private for s in move.sources)
        if asked.into == "audience" and shared:
            needs = [needs.__qualname__ for needs in move.needs]
            assert any("needs_no_more_readers" in name for name in needs), (kind.id, move.id)


def test_every_office_is_of_a_side_that_is_declared_and_words_name_it() -> None:
    for kind, move in moves():
        assert move.offices, (kind.id, move.id)
        for office in (*move.offices, *move.tells):
            assert office.side is None or office.side in SIDES, (kind.id, move.id)
            assert office.personal in (None, "owner", "root_owner")
            assert office.personal != "root_owner" or kind.part_of, (kind.id, move.id)
        assert kind.lead in SIDES


def test_offices_of_one_side_are_of_a_side_that_the_kind_has() -> None:
    named = {
        kind.id: {a.into.removeprefix("side:") for k, _, a in fields() if k == kind
                  if a.into.startswith("side:")} | {kind.lead}
        for kind in KINDS.values()
    }  # fmt: skip
    for kind, move in moves():
        roots = {side for parent in kind.part_of for side in named[parent]}
        for office in (*move.offices, *move.tells):
            assert office.side is None or office.side in named[kind.id] | roots, (kind.id, move.id)


def test_nobody_acts_on_what_is_begun_as_the_owner_of_it() -> None:
    for kind, move in moves():
        if NEW in move.sources:
            assert Office(personal="owner") not in move.offices, (kind.id, move.id)


def test_every_answer_goes_where_the_log_keeps_it() -> None:
    for kind, move, asked in fields():
        where = (kind.id, move.id, asked.id)
        side = asked.into.removeprefix("side:")
        assert (
            asked.into in {CONTENT, NOTE, ""} | COLUMNS or side in {*SIDES, TRIAD_SIDE}
        ), where  # fmt: skip
        assert asked.kind in READERS, where
        kinds = {
            "owner": FieldKind.PERSON, "due_on": FieldKind.DAY, "audience": FieldKind.CHOICE,
            "indicator_id": FieldKind.INDICATOR, "title": FieldKind.LINE, NOTE: FieldKind.TEXT,
        }  # fmt: skip
        assert asked.kind == kinds.get(asked.into, asked.kind), where
        if asked.into.startswith("side:"):
            assert asked.kind in (FieldKind.AUTHORITY, FieldKind.AUTHORITIES), where
        if asked.into == "":
            assert move.effect.__name__ != "no_effect", where


def test_what_a_table_must_have_is_asked_for() -> None:
    for kind, move, asked in fields():
        if asked.into in ("title", "owner", "audience"):
            assert asked.required, (kind.id, move.id, asked.id)
        if asked.into == "audience":
            assert {key for key, _ in asked.choices} <= {a.value for a in Audience}
    for kind, move in moves():
        if NEW in move.sources:
            assert "title" in {asked.into for asked in move.asks}, (kind.id, move.id)


def test_a_field_is_one_question_within_a_kind() -> None:
    for kind, move in moves():
        ids = [asked.id for asked in move.asks]
        assert len(ids) == len(set(ids)), (kind.id, move.id)
    for kind, _, asked in fields():
        first = kind.fields[asked.id]
        if {first.into, asked.into} == {CONTENT}:
            assert (first.kind, first.choices) == (asked.kind, asked.choices), (kind.id, asked.id)


def test_no_words_of_an_entry_stand_under_the_name_of_a_column() -> None:
    for kind, move, asked in fields():
        if asked.into == CONTENT:
            assert asked.id not in SNAPSHOT, (kind.id, move.id, asked.id)
            assert ":" not in asked.id


def test_choices_are_keys_with_words() -> None:
    for kind, move, asked in fields():
        where = (kind.id, move.id, asked.id)
        assert bool(asked.choices) == (asked.kind == FieldKind.CHOICE), where
        keys = [key for key, _ in asked.choices]
        assert len(keys) == len(set(keys)), where
        for key, words in asked.choices:
            assert re.fullmatch(r"[a-z_]+", key), where
            assert asked.words(key) == words != key, where


def sentence_case(words: str) -> bool:
    return bool(words.strip() == words and words[:1].isupper() and not words.endswith("."))


def test_labels_are_words_in_sentence_case_and_hints_are_sentences() -> None:
    states: list[State] = [state for kind in KINDS.values() for state in kind.states]
    for state in states:
        assert sentence_case(state.words)
        assert state.meaning.endswith(".")
        assert state.meaning[:1].isupper()
    for kind, move in moves():
        assert sentence_case(move.label), (kind.id, move.id)
        assert re.fullmatch(r"[a-z][a-z ]+", move.past), (kind.id, move.id)
        assert not move.hint or move.hint.endswith(".")
    for _, _, asked in fields():
        assert sentence_case(asked.label.rstrip("?")), asked.label
        assert not asked.hint or asked.hint.rstrip("”").endswith((".", "?")), asked.hint
    for kind in KINDS.values():
        assert sentence_case(kind.plural)
        assert kind.words == kind.words.lower()


def test_labels_of_the_moves_from_one_state_can_be_told_apart() -> None:
    for kind in KINDS.values():
        for state in (NEW, *(state.id for state in kind.states)):
            labels = [move.label for move in kind.moves if state in move.sources]
            assert len(labels) == len(set(labels)), (kind.id, state)


def test_parts_belong_to_kinds_that_belong_to_none() -> None:
    for kind in KINDS.values():
        for parent in kind.part_of:
            assert not KINDS[parent].part_of, "a part of a part has no sides of its own"
        if kind.part_of:
            assert not any(state.private for state in kind.states)
            assert "audience" not in {asked.into for k, _, asked in fields() if k == kind}
