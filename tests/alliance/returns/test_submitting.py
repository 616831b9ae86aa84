"""Giving a return: nothing or all of it is kept, nothing is overwritten, on both databases."""

from __future__ import annotations

import contextlib
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from alliance.access import NotAllowedError, Person
from alliance.returns.records import (
    KIND,
    current_versions,
    figures_of,
    find_submission,
    list_versions,
    newest_id,
)
from alliance.returns.submitting import (
    LONGEST_NOTE,
    ReturnError,
    submit_return,
    withdraw_return,
)
from alliance.service import Served
from alliance.store import ConflictError, Store, StoreError
from alliance.store.tables.local_return import FigureRow, SubmissionRow, VersionRow
from tests.alliance.returns.samples import (
    ANALYST,
    BROADSHIRE,
    COLLEAGUE,
    MANAGER,
    NEIGHBOUR,
    NOW,
    OUTSIDERS,
    submit,
    upload,
)
from tests.demonstration import FENSHIRE, NAMED_ALLIANCE
from tests.ingest.returns.samples import csv_of, row, small_return

ID = small_return().id


def kept(store: Store) -> tuple[int, int, int]:
    """How many submissions, versions and figures are in the store."""
    with store.read() as session:
        return tuple(  # type: ignore[return-value]
            len(session.execute(select(table.__table__)).all())
            for table in (SubmissionRow, VersionRow, FigureRow)
        )


def test_an_accepted_return_is_kept_with_its_bytes_its_figures_and_its_event(
    store: Store, demo_served: Served
) -> None:
    given = upload("Agreed.")
    outcome = submit(store, demo_served, given)
    assert outcome.result == "accepted"
    (version,) = outcome.versions
    assert (version.quarter.label, version.version, version.state) == ("2025/26 Q2", 1, "given")
    assert (version.by, version.at, version.note) == ("ana", NOW, "Agreed.")
    assert version.sha256 == hashlib.sha256(given.data).hexdigest()
    with store.read() as session:
        figures = figures_of(session, ANALYST, [version])[version.id]
        submission = find_submission(session, COLLEAGUE, version.submission_id or 0)
    assert {name: figure.value for name, figure in figures.items()} == {
        "referrals": 200, "again": 40, "open_cases": 500, "opened": 60, "closed": 50,
        "workers_fte": 33.5,
    }  # fmt: skip
    assert submission is not None
    assert submission.data == given.data
    (event,) = store.events(KIND)
    assert (event.action, event.actor) == ("given", "ana")
    assert event.subject_id == f"{ID}/{FENSHIRE}/2025/26 Q2"


def test_a_return_with_an_error_leaves_nothing_behind(store: Store, demo_served: Served) -> None:
    outcome = submit(store, demo_served, upload("My words.", referrals="lots"))
    assert outcome.result == "refused"
    assert [item.cell for item in outcome.answer.of("error")] == ["C2"]
    assert kept(store) == (0, 0, 0)
    assert store.events(KIND) == []


def test_a_figure_that_stands_out_needs_a_comment_and_the_comment_is_kept(
    store: Store, demo_served: Served
) -> None:
    submit(store, demo_served, upload(quarter="2025/26 Q1", open_cases="490"))
    odd = upload(referrals="900", again="170")
    assert submit(store, demo_served, odd).result == "needs_comment"
    assert len(store.events(KIND)) == 1
    told = upload("A new front door opened.", referrals="900", again="170")
    outcome = submit(store, demo_served, told)
    assert outcome.result == "accepted"
    with store.read() as session:
        found = find_submission(session, ANALYST, outcome.versions[0].submission_id or 0)
    assert found is not None
    assert found.note == "A new front door opened."
    assert {item["cell"] for item in found.warnings} >= {"C2"}
    assert {item["check_id"] for item in found.warnings} == {"return_jump"}


def test_a_comment_of_spaces_is_none(store: Store, demo_served: Served) -> None:
    submit(store, demo_served, upload(quarter="2025/26 Q1", open_cases="490"))
    given = upload("  \x00 ", referrals="900", again="170")
    assert submit(store, demo_served, given).result == "needs_comment"


def test_the_same_file_again_makes_no_version(store: Store, demo_served: Served) -> None:
    submit(store, demo_served)
    again = submit(store, demo_served, upload("Other words", name="copy.csv"), who=COLLEAGUE)
    assert again.result == "there_already"
    assert [version.version for version in again.versions] == [1]
    assert kept(store)[:2] == (1, 1)


def test_a_new_file_makes_a_new_version_and_the_old_one_stays(
    store: Store, demo_served: Served
) -> None:
    submit(store, demo_served)
    submit(store, demo_served, upload(again="41"), now=NOW + timedelta(days=1))
    submit(store, demo_served, now=NOW + timedelta(days=2))
    with store.read() as session:
        versions = list_versions(session, NEIGHBOUR, ID)
        current = current_versions(session, NEIGHBOUR, ID)
        figures = figures_of(session, NEIGHBOUR, versions)
    assert [version.version for version in versions] == [3, 2, 1]
    assert [version.version for version in current] == [3]
    assert [figures[version.id]["again"].value for version in versions] == [40, 41, 40]


def test_each_quarter_has_versions_of_its_own(store: Store, demo_served: Served) -> None:
    cells = {"authority_code": FENSHIRE}
    both = csv_of(row(**cells), row(quarter="2025/26 Q1", open_cases="490", **cells))
    submit(store, demo_served, upload())
    given = upload("", again="39")
    outcome = submit_return(
        store, demo_served, ANALYST, small_return(), FENSHIRE,
        type(given)("both.csv", both), now=NOW,
    )  # fmt: skip
    assert [(v.quarter.label, v.version) for v in outcome.versions] == [
        ("2025/26 Q1", 1), ("2025/26 Q2", 2),
    ]  # fmt: skip


def test_authorities_versions_are_counted_apart(store: Store, demo_served: Served) -> None:
    submit(store, demo_served)
    outcome = submit(store, demo_served, upload("x", code=BROADSHIRE), who=NEIGHBOUR)
    assert [version.version for version in outcome.versions] == [1]


def test_a_return_for_another_authority_is_not_taken(store: Store, demo_served: Served) -> None:
    with pytest.raises(NotAllowedError, match="own authority"):
        submit_return(
            store, demo_served, ANALYST, small_return(), BROADSHIRE, upload(code=BROADSHIRE),
            now=NOW,
        )  # fmt: skip
    assert submit(store, demo_served, upload(code=BROADSHIRE)).result == "refused"
    assert kept(store) == (0, 0, 0)


@pytest.mark.parametrize("who", [*OUTSIDERS, MANAGER], ids=lambda who: who.username or "nobody")
def test_whoever_may_not_submit_leaves_nothing_behind(
    store: Store, demo_served: Served, who: Person
) -> None:
    # “odd” and “far” belong to other alliances: what they may give is theirs and not this one's.
    with contextlib.suppress(NotAllowedError):
        submit(store, demo_served, upload("x"), who=who)
    with store.read() as session:
        assert list_versions(session, ANALYST, ID) == []


def test_the_figures_of_the_quarter_before_are_held_against_the_new_ones(
    store: Store, demo_served: Served
) -> None:
    submit(store, demo_served, upload(quarter="2025/26 Q1", open_cases="480"))
    outcome = submit(store, demo_served)
    assert [item.check_id for item in outcome.answer.of("warning")] == ["return_balance"]


def test_what_somebody_gave_meanwhile_is_not_passed_over(store: Store, demo_served: Served) -> None:
    with store.read() as session:
        seen = newest_id(session, ANALYST, ID, FENSHIRE)
    assert seen == 0
    submit(store, demo_served, who=COLLEAGUE)
    late = submit(store, demo_served, upload(again="41"), seen=seen)
    assert late.result == "overtaken"
    assert [(version.by, version.version) for version in late.versions] == [("col", 1)]
    assert kept(store)[1] == 1
    with store.read() as session:
        seen = newest_id(session, ANALYST, ID, FENSHIRE)
    assert submit(store, demo_served, upload(again="41"), seen=seen).result == "accepted"


def test_another_quarter_that_was_given_meanwhile_does_not_stand_in_the_way(
    store: Store, demo_served: Served
) -> None:
    submit(store, demo_served, upload(quarter="2025/26 Q1", open_cases="490"), who=COLLEAGUE)
    assert submit(store, demo_served, seen=0).result == "accepted"


def test_of_two_people_at_once_one_is_told(store: Store, demo_served: Served) -> None:
    files = [upload(again=str(number)) for number in range(30, 36)]
    with ThreadPoolExecutor(len(files)) as pool:
        outcomes = list(pool.map(lambda f: submit(store, demo_served, f, seen=0), files))
    results = sorted(outcome.result for outcome in outcomes)
    assert results == ["accepted", *["overtaken"] * 5]
    with store.read() as session:
        assert [v.version for v in list_versions(session, ANALYST, ID)] == [1]


def test_many_at_once_who_mean_it_each_get_a_number_or_are_told(
    store: Store, demo_served: Served
) -> None:
    files = [upload(again=str(number)) for number in range(30, 36)]
    with ThreadPoolExecutor(len(files)) as pool:
        outcomes = list(pool.map(lambda f: submit(store, demo_served, f), files))
    taken = [outcome for outcome in outcomes if outcome.result == "accepted"]
    with store.read() as session:
        numbers = [v.version for v in list_versions(session, ANALYST, ID)]
    assert sorted(numbers) == list(range(1, len(taken) + 1))
    assert {o.result for o in outcomes} == {"accepted"}


def test_withdrawing_is_a_version_and_deletes_nothing(store: Store, demo_served: Served) -> None:
    (version,) = submit(store, demo_served).versions
    gone = withdraw_return(store, COLLEAGUE, version, "Wrong extract.", now=NOW)
    assert (gone.version, gone.state, gone.note) == (2, "withdrawn", "Wrong extract.")
    with store.read() as session:
        (current,) = current_versions(session, ANALYST, ID)
        assert not current.given
        assert figures_of(session, ANALYST, [current])[current.id] == {}
        assert len(figures_of(session, ANALYST, [version])[version.id]) == 6
    assert kept(store) == (1, 2, 6)
    assert [event.action for event in store.events(KIND)] == ["given", "withdrawn"]
    assert submit(store, demo_served).versions[0].version == 3


def test_withdrawing_needs_a_reason_and_the_newest_version(
    store: Store, demo_served: Served
) -> None:
    (first,) = submit(store, demo_served).versions
    with pytest.raises(ReturnError, match="Say why"):
        withdraw_return(store, ANALYST, first, " ", now=NOW)
    with pytest.raises(NotAllowedError):
        withdraw_return(store, NEIGHBOUR, first, "x", now=NOW)
    submit(store, demo_served, upload(again="41"))
    with pytest.raises(ConflictError, match="another version"):
        withdraw_return(store, ANALYST, first, "x", now=NOW)
    assert kept(store)[1] == 2


def test_words_too_long_to_be_kept_are_told_and_not_cut(store: Store, demo_served: Served) -> None:
    with pytest.raises(ReturnError, match="5,001 characters"):
        submit(store, demo_served, upload("x" * (LONGEST_NOTE + 1)))
    assert kept(store) == (0, 0, 0)


@pytest.mark.parametrize("row_type", [SubmissionRow, VersionRow, FigureRow])
def test_the_database_itself_refuses_to_change_or_delete_a_return(
    store: Store, demo_served: Served, row_type: type
) -> None:
    submit(store, demo_served)
    changes = {
        SubmissionRow: {"note": "x"},
        VersionRow: {"state": "withdrawn"},
        FigureRow: {"value": 1},
    }
    for statement in (update(row_type).values(changes[row_type]), delete(row_type)):
        with (
            pytest.raises((StoreError, DatabaseError), match="never changed or deleted"),
            store.write(now=NOW, actor="x") as unit,
        ):
            unit.session.execute(statement)
    assert kept(store) == (1, 1, 6)


def test_a_replacement_is_refused_too(store: Store, demo_served: Served) -> None:
    submit(store, demo_served)
    if store.engine.dialect.name != "sqlite":
        statement = "TRUNCATE return_figure"
    else:
        statement = (
            "INSERT OR REPLACE INTO return_figure (version_id, measure, value, status) "
            "SELECT version_id, measure, 0, 'reported' FROM return_figure"
        )
    with (
        pytest.raises((StoreError, DatabaseError), match="never changed or deleted"),
        store.write(now=NOW, actor="x") as unit,
    ):
        unit.session.execute(text(statement))
    assert kept(store) == (1, 1, 6)


def test_a_return_is_of_the_alliance_of_whoever_gave_it(store: Store, demo_served: Served) -> None:
    (version,) = submit(store, demo_served).versions
    assert version.alliance == NAMED_ALLIANCE
