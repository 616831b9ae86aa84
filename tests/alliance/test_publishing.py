"""Held, published, rolled back, discarded: what is served, who may, and what is recorded of it."""

from __future__ import annotations

import random
import re
import shutil
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from alliance.access import NotAllowedError, Role
from alliance.publishing import (
    EVENT_WORDS,
    FOUND_SERVED,
    HELD,
    STATE_WORDS,
    STEPS,
    Outcome,
    ReleaseDesk,
    ServedChangedError,
    State,
    event_sentence,
    open_desk,
)
from alliance.server import create_app
from alliance.service import current_release
from alliance.settings import Settings, load_settings
from alliance.store import Store, StoreError
from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.errors import ReleaseError
from ingest.release import ReleaseStore
from tests.alliance.find_postgresql import Cluster
from tests.alliance.waiting import (
    BUILDER,
    COLLEAGUE,
    HELD_REASON,
    Waiting,
    build_waiting,
    cell,
    person,
)
from tests.conftest import NOW

LATER = NOW + timedelta(days=1)
ANALYST = person(COLLEAGUE)


@pytest.fixture(scope="module")
def waiting_template(
    small_catalogue: Catalogue,
    small_reference: Reference,
    tmp_path_factory: pytest.TempPathFactory,
) -> Waiting:
    return build_waiting(tmp_path_factory.mktemp("waiting"), small_catalogue, small_reference)


@pytest.fixture
def waiting(waiting_template: Waiting, tmp_path: Path) -> Waiting:
    """A home of one's own with a release that is served and one that is held."""
    return waiting_template.copy(tmp_path / "waiting")


def publish(waiting: Waiting, release_id: str, **options: Any) -> None:
    with waiting.desk() as desk:
        desk.publish(release_id, person=ANALYST, now=LATER, reason="Checked", **options)


def roll_back(waiting: Waiting, release_id: str | None = None) -> str:
    with waiting.desk() as desk:
        decided = desk.roll_back(release_id, person=ANALYST, now=LATER, reason="It is wrong")
    return decided.info.release_id


# The registries ----------------------------------------------------------------------------------


def test_every_state_and_every_event_has_words() -> None:
    assert set(STATE_WORDS) == set(State)
    actions = {HELD, FOUND_SERVED}
    actions |= {word for step in STEPS for word in (step.begun, step.done, step.not_done)}
    assert set(EVENT_WORDS) == actions


# Holding -----------------------------------------------------------------------------------------


def test_a_held_release_is_whole_recorded_and_not_served(waiting: Waiting) -> None:
    assert waiting.store.current_id() == waiting.first
    assert waiting.states() == {waiting.second: State.HELD, waiting.first: State.SERVED}
    assert waiting.store.verify(waiting.second).previous_release_id == waiting.first
    with waiting.desk() as desk:
        (event,) = desk.history(waiting.second)
    assert (event.action, event.actor, event.reason) == (HELD, BUILDER, HELD_REASON)
    assert event.at == waiting.small.clock[0]
    assert not list(waiting.store.releases_dir.glob(".*"))


def test_the_report_of_a_hold_says_that_nothing_was_published(waiting: Waiting) -> None:
    waiting.small.put(cell("56"))
    with waiting.desk() as desk:
        report = waiting.refresh(desk, hold=True)
        impact = desk.impact(report.info.release_id)
    assert (report.outcome, report.published) == (Outcome.HELD, False)
    assert report.path == waiting.store.path_of(report.info.release_id)
    assert impact.old is not None
    assert impact.old.release_id == waiting.first
    assert impact.counts["revised"] == 1


@pytest.mark.parametrize("hold", [True, False])
def test_figures_that_are_held_already_make_no_second_release(hold: bool, waiting: Waiting) -> None:
    before = waiting.small.served()
    with waiting.desk() as desk:
        report = waiting.refresh(desk, hold=hold)
    assert report.outcome is Outcome.ALREADY_HELD
    assert report.info.release_id == waiting.second
    assert waiting.small.served() == before
    assert waiting.actions(waiting.second) == [HELD]


def test_figures_that_are_served_are_not_held(waiting: Waiting) -> None:
    publish(waiting, waiting.second)
    with waiting.desk() as desk:
        assert waiting.refresh(desk, hold=True).outcome is Outcome.UNCHANGED
    assert len(waiting.states()) == 2


def test_without_a_record_a_refresh_publishes_as_ever(waiting: Waiting) -> None:
    waiting.small.put(cell("57"))
    report = waiting.small.refresh()
    assert (report.outcome, report.published) == (Outcome.PUBLISHED, True)
    assert waiting.store.current_id() == report.info.release_id


# Publishing --------------------------------------------------------------------------------------


def test_publishing_serves_the_release_and_records_who_when_and_why(waiting: Waiting) -> None:
    with waiting.desk() as desk:
        decided = desk.publish(
            waiting.second, person=ANALYST, now=LATER, reason="  Checked against the statement "
        )
        begun, done = desk.history(waiting.second)[1:]
    assert (decided.done, decided.replaced) == (True, waiting.first)
    assert waiting.states() == {waiting.second: State.SERVED, waiting.first: State.KEPT}
    assert (begun.action, done.action) == ("publication begun", "published")
    assert (done.actor, done.at, done.reason) == (
        COLLEAGUE,
        LATER,
        "Checked against the statement",
    )
    assert event_sentence(done) == f"published {waiting.second} in place of {waiting.first}"


def test_publishing_what_is_served_does_nothing(waiting: Waiting) -> None:
    publish(waiting, waiting.second)
    before = waiting.actions()
    with waiting.desk() as desk:
        decided = desk.publish(waiting.second, person=ANALYST, now=LATER, reason="Again")
    assert not decided.done
    assert waiting.actions() == before


@pytest.mark.parametrize("reason", ["", "  \n"])
@pytest.mark.parametrize("what", ["publish", "roll_back", "discard"])
def test_nothing_is_decided_without_a_reason(what: str, reason: str, waiting: Waiting) -> None:
    before, recorded = waiting.small.served(), waiting.actions()
    with waiting.desk() as desk, pytest.raises(ReleaseError, match="Say why"):
        getattr(desk, what)(waiting.second, person=ANALYST, now=LATER, reason=reason)
    assert (waiting.small.served(), waiting.actions()) == (before, recorded)


@pytest.mark.parametrize("what", ["publish", "roll_back", "discard"])
@pytest.mark.parametrize("role", [Role.MEMBER, Role.DIRECTOR])
def test_nothing_is_decided_by_somebody_without_the_right(
    what: str, role: Role, waiting: Waiting
) -> None:
    before, recorded = waiting.small.served(), waiting.actions()
    with waiting.desk() as desk, pytest.raises(NotAllowedError, match="Only an analyst"):
        getattr(desk, what)(waiting.second, person=person("d", role), now=LATER, reason="Why")
    assert (waiting.small.served(), waiting.actions()) == (before, recorded)


# A second person ---------------------------------------------------------------------------------


def test_settings_that_ask_for_a_second_person_hold_every_release(waiting: Waiting) -> None:
    waiting.small.put(cell("56"))
    with waiting.desk(second_person=True) as desk:
        report = waiting.refresh(desk)
    assert report.outcome is Outcome.HELD
    assert waiting.store.current_id() == waiting.first


@pytest.mark.parametrize("name", [BUILDER, BUILDER.upper(), f" {BUILDER} "])
def test_who_built_a_release_does_not_publish_it_where_a_second_person_must(
    name: str, waiting: Waiting
) -> None:
    builder = person(name, *Role)
    with waiting.desk(second_person=True) as desk:
        with pytest.raises(NotAllowedError, match="a second person must publish it"):
            desk.publish(waiting.second, person=builder, now=LATER, reason="Mine")
        assert waiting.store.current_id() == waiting.first
        assert desk.publish(waiting.second, person=ANALYST, now=LATER, reason="Seen").done
    assert waiting.store.current_id() == waiting.second


def test_without_that_setting_the_builder_may_publish(waiting: Waiting) -> None:
    with waiting.desk() as desk:
        assert desk.publish(waiting.second, person=person(BUILDER), now=LATER, reason="Mine").done


def test_going_back_needs_no_second_person(waiting: Waiting) -> None:
    publish(waiting, waiting.second)
    with waiting.desk(second_person=True) as desk:
        assert desk.roll_back(person=person(BUILDER), now=LATER, reason="Wrong").done


# What was compared with what ---------------------------------------------------------------------


def test_nobody_publishes_what_was_compared_with_a_release_no_longer_served(
    waiting: Waiting,
) -> None:
    waiting.small.put(cell("56"))
    with waiting.desk() as desk:
        third = waiting.refresh(desk).info.release_id
    assert waiting.listed(waiting.second).based_elsewhere
    with pytest.raises(ServedChangedError, match="Look at the impact again") as caught:
        publish(waiting, waiting.second)
    assert f"--against {third}" in str(caught.value)
    assert waiting.store.current_id() == third
    with waiting.desk() as desk:
        impact = desk.impact(waiting.second)
    assert impact.old is not None
    assert impact.old.release_id == third
    publish(waiting, waiting.second, against=third)
    assert waiting.store.current_id() == waiting.second
    assert roll_back(waiting) == third


def test_the_impact_of_the_served_release_is_what_it_changed(waiting: Waiting) -> None:
    publish(waiting, waiting.second)
    with waiting.desk() as desk:
        impact = desk.impact(waiting.second)
        back = desk.impact(waiting.first)
    assert impact.old is not None
    assert back.old is not None
    assert (impact.old.release_id, back.old.release_id) == (waiting.first, waiting.second)


# Going back --------------------------------------------------------------------------------------


def test_rolling_back_serves_the_release_before_and_records_it(waiting: Waiting) -> None:
    publish(waiting, waiting.second)
    assert roll_back(waiting) == waiting.first
    assert waiting.states() == {waiting.second: State.KEPT, waiting.first: State.SERVED}
    assert waiting.listed(waiting.second).rolled_back
    assert waiting.actions(waiting.first)[-2:] == ["roll-back begun", "rolled back"]
    with waiting.desk() as desk:
        event = desk.history()[-1]
    assert (event.actor, event.reason) == (COLLEAGUE, "It is wrong")
    assert event.details["replaced"] == waiting.second


def test_there_is_nothing_before_the_first_release(waiting: Waiting) -> None:
    with pytest.raises(ReleaseError, match="No release that was served before"):
        roll_back(waiting)
    assert waiting.store.current_id() == waiting.first


def test_nobody_goes_back_twice_by_saying_the_same_again(waiting: Waiting) -> None:
    publish(waiting, waiting.second)
    waiting.small.put(cell("56"))
    with waiting.desk() as desk:
        waiting.refresh(desk)
        assert desk.roll_back(person=ANALYST, now=LATER, reason="Wrong").done
        again = desk.roll_back(person=ANALYST, now=LATER, reason="Wrong")
    assert (again.done, again.info.release_id) == (False, waiting.second)
    assert waiting.store.current_id() == waiting.second
    assert roll_back(waiting, waiting.first) == waiting.first


def test_a_release_that_was_rolled_back_is_not_published_again_by_a_refresh(
    waiting: Waiting,
) -> None:
    publish(waiting, waiting.second)
    roll_back(waiting)
    with waiting.desk() as desk:
        report = waiting.refresh(desk)
    assert report.outcome is Outcome.ROLLED_BACK
    assert report.info.release_id == waiting.second
    assert waiting.store.current_id() == waiting.first
    assert len(waiting.states()) == 2
    waiting.small.put(cell("58"))
    with waiting.desk() as desk:
        assert waiting.refresh(desk).published


def test_a_release_that_was_rolled_back_may_be_published_again_by_a_person(
    waiting: Waiting,
) -> None:
    publish(waiting, waiting.second)
    roll_back(waiting)
    publish(waiting, waiting.second)
    assert waiting.store.current_id() == waiting.second
    assert not waiting.listed(waiting.second).rolled_back


def test_any_kept_release_may_be_gone_back_to(waiting: Waiting) -> None:
    publish(waiting, waiting.second)
    waiting.small.put(cell("56"))
    with waiting.desk() as desk:
        third = waiting.refresh(desk).info.release_id
    assert waiting.states()[third] is State.SERVED
    assert roll_back(waiting, waiting.first) == waiting.first
    assert set(waiting.states().values()) == {State.SERVED, State.KEPT}


def test_nothing_rolls_back_to_a_release_that_was_never_served(waiting: Waiting) -> None:
    with pytest.raises(ReleaseError, match="never served"):
        roll_back(waiting, waiting.second)
    assert waiting.store.current_id() == waiting.first


def test_a_running_app_serves_what_was_published_and_rolled_back_without_a_restart(
    waiting: Waiting,
) -> None:
    app = create_app(load_settings(waiting.home, {}))

    def shown() -> tuple[str, float]:
        with app.server.app_context():
            served = current_release()
            figures = served.release.figures("rereferral_pct", "2025")
        values = {row["area_code"]: row["value"] for row in figures}
        return served.info.release_id, values["703"]

    before = shown()
    assert before[0] == waiting.first
    publish(waiting, waiting.second)
    assert shown() == (waiting.second, 55.0)
    roll_back(waiting)
    assert shown() == before


# Discarding --------------------------------------------------------------------------------------


def test_a_discarded_release_is_gone_and_its_record_stays(waiting: Waiting) -> None:
    with waiting.desk() as desk:
        desk.discard(waiting.second, person=ANALYST, now=LATER, reason="The file was withdrawn")
    assert waiting.states() == {waiting.first: State.SERVED}
    assert not waiting.store.path_of(waiting.second).exists()
    assert waiting.actions(waiting.second) == [HELD, "discarding begun", "discarded"]
    with waiting.desk() as desk:
        assert waiting.refresh(desk, hold=True).outcome is Outcome.HELD


def test_only_a_release_that_was_never_served_is_discarded(waiting: Waiting) -> None:
    publish(waiting, waiting.second)
    before = waiting.small.served()
    for release_id in (waiting.first, waiting.second):
        with waiting.desk() as desk, pytest.raises(ReleaseError, match="never served"):
            desk.discard(release_id, person=ANALYST, now=LATER, reason="Room")
    assert waiting.small.served() == before


def test_a_damaged_release_that_waits_can_be_discarded(waiting: Waiting) -> None:
    waiting.store.path_of(waiting.second).write_bytes(b"junk" * 3000)
    with waiting.desk() as desk:
        desk.discard(waiting.second, person=ANALYST, now=LATER, reason="Damaged")
    assert waiting.store.ids() == [waiting.first]


# Whole files only --------------------------------------------------------------------------------


def test_a_changed_byte_anywhere_in_a_held_file_is_refused(waiting: Waiting) -> None:
    path = waiting.store.path_of(waiting.second)
    data = path.read_bytes()
    places = random.Random(7).sample(range(len(data)), 8)
    for place in (0, len(data) - 1, *places):
        changed = bytearray(data)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises(ReleaseError, match=re.escape(str(path))):
            publish(waiting, waiting.second)
        assert waiting.store.current_id() == waiting.first
    path.write_bytes(data)
    publish(waiting, waiting.second)
    assert waiting.store.current_id() == waiting.second


def test_a_figure_changed_in_a_file_of_which_nothing_is_recorded_is_refused(
    waiting: Waiting,
) -> None:
    with duckdb.connect(str(waiting.store.path_of(waiting.second))) as connection:
        connection.execute("UPDATE observation SET value = value + 1 WHERE area_code = '703'")
    desk = ReleaseDesk(waiting.store)
    with pytest.raises(ReleaseError, match="not as it was built"):
        desk.publish(waiting.second, person=ANALYST, now=LATER, reason="Why not")
    assert waiting.store.current_id() == waiting.first


def test_a_release_under_the_name_of_another_is_refused(waiting: Waiting) -> None:
    other = "20270101T000000Z-" + waiting.second.rsplit("-", 1)[1]
    shutil.copy(waiting.store.path_of(waiting.second), waiting.store.path_of(other))
    with pytest.raises(ReleaseError, match=f"is not release {other} but a copy of"):
        publish(waiting, other, against=waiting.first)
    assert waiting.store.current_id() == waiting.first
    assert set(waiting.states()) == {waiting.first, waiting.second}
    assert len(waiting.store.damaged()) == 1


def test_a_demonstration_that_was_put_beside_real_figures_is_never_served(
    waiting: Waiting, tmp_path: Path
) -> None:
    demo = waiting.small.refresh(store=ReleaseStore(tmp_path / "demo"), demo=True)
    shutil.copy(demo.path, waiting.store.releases_dir)
    with pytest.raises(ReleaseError, match="never share a home"):
        publish(waiting, demo.info.release_id, against=waiting.first)
    assert waiting.store.current_id() == waiting.first


# Homes that are not as they should be ------------------------------------------------------------


def test_a_home_whose_releases_are_older_than_the_record_works(waiting: Waiting) -> None:
    waiting.store.publish(waiting.second)
    for file in waiting.home.glob("alliance.sqlite*"):
        file.unlink()
    with open_desk(Settings(waiting.home), reading=True) as desk:
        assert [item.state for item in desk.listed()] == [State.SERVED, State.KEPT]
        assert desk.history() == []
    assert not (waiting.home / "alliance.sqlite").exists()
    assert roll_back(waiting) == waiting.first
    assert waiting.states() == {waiting.second: State.KEPT, waiting.first: State.SERVED}
    assert waiting.listed(waiting.second).rolled_back


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe"])
def test_a_broken_pointer_is_put_right_by_naming_a_release(
    content: bytes, waiting: Waiting
) -> None:
    waiting.store.pointer.write_bytes(content)
    with waiting.desk() as desk:
        with pytest.raises(ReleaseError, match="roll-back ID"):
            desk.roll_back(person=ANALYST, now=LATER, reason="Broken")
        assert desk.roll_back(waiting.first, person=ANALYST, now=LATER, reason="Broken").done
    assert waiting.store.current_id() == waiting.first


def test_a_pointer_that_was_moved_by_hand_is_noticed_and_recorded(waiting: Waiting) -> None:
    waiting.store.publish(waiting.second)
    with waiting.desk() as desk:
        decided = desk.roll_back(person=ANALYST, now=LATER, reason="Nobody published it")
    assert decided.info.release_id == waiting.first
    assert waiting.actions(waiting.second) == [HELD, FOUND_SERVED]


def test_a_record_that_cannot_be_opened_stops_before_anything_is_done(waiting: Waiting) -> None:
    before = waiting.small.served()
    for file in waiting.home.glob("alliance.sqlite*"):
        file.unlink()
    (waiting.home / "alliance.sqlite").mkdir()
    with pytest.raises(StoreError, match=r"alliance\.sqlite"):
        publish(waiting, waiting.second)
    assert waiting.small.served() == before


def test_a_pointer_that_cannot_be_replaced_is_told_recorded_and_done_the_next_time(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if self.name.startswith(".current-"):
            raise OSError(28, "No space left on device")
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(ReleaseError, match="No space left on device"):
            publish(waiting, waiting.second)
    assert waiting.store.current_id() == waiting.first
    assert not list(waiting.home.glob(".current-*"))
    publish(waiting, waiting.second)
    assert waiting.store.current_id() == waiting.second
    assert waiting.actions(waiting.second) == [
        HELD, "publication begun", "publication not done", "publication begun", "published",
    ]  # fmt: skip


def test_of_two_publishers_at_once_one_is_told_to_wait(waiting: Waiting) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def wait(step: str) -> None:
        if step == "moving the pointer":
            reached.set()
            assert go_on.wait(60)

    slow = threading.Thread(
        target=publish, args=(waiting, waiting.second), kwargs={"progress": wait}
    )
    slow.start()
    try:
        assert reached.wait(60)
        with pytest.raises(ReleaseError, match="a release is being published"):
            publish(waiting, waiting.second)
        with pytest.raises(ReleaseError, match="Another refresh is running"):
            waiting.small.refresh()
        assert waiting.store.current_id() == waiting.first
    finally:
        go_on.set()
        slow.join(60)
    assert waiting.store.current_id() == waiting.second
    assert waiting.actions(waiting.second) == [HELD, "publication begun", "published"]


def test_two_machines_that_share_a_database_take_turns_whatever_their_folder_locks(
    waiting: Waiting, postgresql: Cluster, tmp_path: Path
) -> None:
    """Each has a folder of its own here: the lock of neither is known to the other."""
    other = waiting.copy(tmp_path / "other")
    reached, go_on = threading.Event(), threading.Event()

    def wait(step: str) -> None:
        if step == "moving the pointer":
            reached.set()
            assert go_on.wait(60)

    def publish_at(place: Waiting, **more: Any) -> None:
        with open_desk(Settings(place.home, database_url=address)) as desk:
            desk.publish(place.second, person=ANALYST, now=LATER, reason="Checked", **more)

    with postgresql.new_database() as address:
        slow = threading.Thread(target=publish_at, args=(waiting,), kwargs={"progress": wait})
        slow.start()
        try:
            assert reached.wait(60)
            half_built = other.store.new_candidate()
            half_built.touch()
            with pytest.raises(ReleaseError, match="on a machine that shares postgresql://") as no:
                publish_at(other)
            assert "Wait until it has finished" in str(no.value)
            assert half_built.exists(), "what another machine builds is not cleared away"
            assert other.store.current_id() == other.first
        finally:
            go_on.set()
            slow.join(60)
        assert waiting.store.current_id() == waiting.second
        publish_at(other)
        assert other.store.current_id() == other.second


# Both databases ----------------------------------------------------------------------------------


def test_the_record_is_the_same_in_either_database(waiting: Waiting, store: Store) -> None:
    desk = ReleaseDesk(waiting.store, store)
    assert [item.state for item in desk.listed()] == [State.FOUND, State.SERVED]
    desk.publish(waiting.second, person=ANALYST, now=LATER, reason="Found and checked")
    desk.roll_back(person=ANALYST, now=LATER, reason="It is wrong")
    assert [(e.action, e.subject_id, e.reason) for e in desk.history()] == [
        ("publication begun", waiting.second, "Found and checked"),
        ("published", waiting.second, "Found and checked"),
        ("roll-back begun", waiting.first, "It is wrong"),
        ("rolled back", waiting.first, "It is wrong"),
    ]
    assert [item.state for item in desk.listed()] == [State.KEPT, State.SERVED]
