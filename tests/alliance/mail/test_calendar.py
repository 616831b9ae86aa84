"""A review is called on its day, by the product itself, through the one write path."""

from __future__ import annotations

from sqlalchemy import delete

from alliance.log.calendar import ON_THEIR_DAY, make_due_moves
from alliance.log.entries import find_entry, history_of
from alliance.log.entry import Entry
from alliance.log.kinds import KINDS
from alliance.log.words import ACTOR
from alliance.mail.sending import send_waiting
from alliance.people.accounts import set_active
from alliance.store.tables.outbox import OutboxRow
from tests.alliance.mail.post_office import text_of
from tests.alliance.mail.town import NOW, Town


def as_it_is(town: Town, entry: Entry) -> Entry:
    with town.store.read() as session:
        return find_entry(session, town.person("jo"), entry.ref)


def test_a_review_is_called_on_its_day_and_once(each_town: Town) -> None:
    town = each_town
    entry = town.put_into_action("2026-03-04")
    town.later(days=1)
    assert make_due_moves(town.store, now=town.clock[0]) == 0
    assert as_it_is(town, entry).state == "in_action"
    town.later(days=1)
    assert make_due_moves(town.store, now=town.clock[0]) == 1
    assert make_due_moves(town.store, now=town.clock[0]) == 0
    after = as_it_is(town, entry)
    assert after.state == "review_due"
    with town.store.read() as session:
        versions = history_of(session, town.person("kit"), after)
    assert len(versions) == after.version
    assert (versions[-1].by, versions[-1].move) == (ACTOR, "call_review")
    event = town.store.events("entry", entry.ref)[-1]
    assert (event.actor, event.action, event.at) == (ACTOR, "call_review", town.clock[0])


def test_both_sides_are_told_that_the_review_is_due(town: Town) -> None:
    entry = town.put_into_action("2026-03-04")
    with town.store.write(now=NOW, actor="root") as unit:
        unit.session.execute(delete(OutboxRow))
    town.later(days=2)
    make_due_moves(town.store, now=town.clock[0])
    send_waiting(town.own_office())
    assert sorted(letter["To"] for letter in town.letters) == [
        "jo@council.example", "kit@council.example",
    ]  # fmt: skip
    for letter in town.letters:
        assert "Alliance itself called the review." in text_of(letter)
        assert entry.ref in text_of(letter)


def test_what_nobody_with_an_account_could_move_stays_as_it_is(town: Town) -> None:
    entry = town.put_into_action("2026-03-04")
    for name in ("kit", "jo"):
        set_active(town.store, name, False, now=NOW, actor="root")
    town.later(days=2)
    assert make_due_moves(town.store, now=town.clock[0]) == 0
    set_active(town.store, "jo", True, now=NOW, actor="root")
    assert as_it_is(town, entry).state == "in_action"
    assert make_due_moves(town.store, now=town.clock[0]) == 1


def test_what_is_made_by_itself_is_declared_and_asks_nothing() -> None:
    for kind, (state, key) in ON_THEIR_DAY.items():
        move = KINDS[kind].move(key)
        assert move is not None
        assert state in move.sources
        assert not move.asks
        assert move.target
