"""A process that is killed outright at any step of a hold, a publication, a roll-back or a discard:
the release that is served stays whole, and doing the same again finishes it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from alliance.publishing import HELD, STEPS, Outcome, State
from alliance.store import Event
from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from tests import builders
from tests.alliance.waiting import COLLEAGUE, Waiting, build_waiting, cell, person
from tests.conftest import NOW, REPOSITORY

CHILDREN = """
import json, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from alliance.access import Person, Role
from alliance.publishing import ReleaseDesk, open_desk
from alliance.refresh import refresh
from alliance.settings import Settings
from alliance.store import Unit
from ingest.authorities import load_reference
from ingest.catalogue import load_catalogue
from ingest.release import ReleaseStore

NOW = datetime(2026, 4, 1, tzinfo=UTC)

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def die_after(owner, name):
    before = getattr(owner, name)
    setattr(owner, name, lambda *words, **more: (before(*words, **more), die()))

def die_at(point):
    where, _, what = point.partition(" ")
    if where == "before":
        setattr(ReleaseStore, what, die)
    elif where == "after":
        die_after(ReleaseStore, what)
    elif where == "recording":
        record = Unit.record
        def record_and_die(self, action, *words, **more):
            record(self, action, *words, **more)
            if action == what:
                self.session.flush()
                die()
        Unit.record = record_and_die
    elif where == "recorded":
        note = ReleaseDesk._note
        def note_and_die(self, action, *words, **more):
            note(self, action, *words, **more)
            if action == what:
                die()
        ReleaseDesk._note = note_and_die
    elif where == "replacing":
        replace = Path.replace
        Path.replace = lambda self, target: (
            die() if self.name.startswith(".current") else replace(self, target)
        )

def run(action, point, home, folder, catalogue, reference, release_id):
    die_at(point)
    progress = lambda step: die() if point == f"step {step}" else None
    person = Person("k.killed", "K", None, None, frozenset({Role.ANALYST}))
    decide = {"person": person, "now": NOW, "reason": "Before the kill", "progress": progress}
    with open_desk(Settings(Path(home))) as desk:
        if action in {"hold", "refresh"}:
            refresh(
                desk.releases, Path(folder), load_catalogue(Path(catalogue)),
                load_reference(Path(reference)), now=NOW, actor="k.killed", desk=desk,
                hold=action == "hold", reason="Before the kill", progress=progress,
            )
        elif action == "roll_back":
            desk.roll_back(**decide)
        else:
            getattr(desk, action)(release_id, **decide)

ends = {}
for name, *order in json.loads(sys.argv[1]):
    child = os.fork()
    if child == 0:
        run(*order)
        os._exit(0)
    ends[name] = os.WTERMSIG(os.waitpid(child, 0)[1])
sys.stdout.write(json.dumps(ends))
"""

SERVING = (
    "step checking the file", "step recording what begins", "step moving the pointer",
    "replacing the pointer", "after publish", "step recording that it is done",
)  # fmt: skip
POINTS = {
    "hold": (
        "step comparisons", "before keep", "after keep", f"recording {HELD}", f"recorded {HELD}",
    ),
    "refresh": (
        "step publishing", "after keep", "recorded publication begun", "replacing the pointer",
        "after publish", "recorded published",
    ),
    "publish": (
        *SERVING, "recording publication begun", "recorded publication begun",
        "recording published", "recorded published",
    ),
    "roll_back": (
        *SERVING, "recording roll-back begun", "recorded roll-back begun",
        "recording rolled back", "recorded rolled back",
    ),
    "discard": (
        "step recording what begins", "recording discarding begun", "step removing the file",
        "step recording that it is done", "recording discarded", "recorded discarded",
    ),
}  # fmt: skip
"""Where a process that does each of these is killed."""
CASES = [(action, point) for action, points in POINTS.items() for point in points]


@dataclass(frozen=True)
class Killed:
    """A home in which a process was killed, and what a reader saw there before."""

    waiting: Waiting
    before: dict[str, bytes]
    events: int


def prepare(action: str, waiting: Waiting) -> None:
    """Bring the home to where the action begins."""
    if action in {"hold", "refresh"}:
        waiting.small.put(cell("56"))
    if action == "roll_back":
        with waiting.desk() as desk:
            desk.publish(waiting.second, person=person(COLLEAGUE), now=NOW, reason="Checked")


@pytest.fixture(scope="module")
def killed(
    small_catalogue: Catalogue,
    small_reference: Reference,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[tuple[str, str], Killed]:
    """A home for each case, in which the process was killed at that point."""
    root = tmp_path_factory.mktemp("killed")
    template = build_waiting(root / "template", small_catalogue, small_reference)
    catalogue = builders.write_catalogue(root / "catalogue")
    reference = builders.write_reference(root / "reference")
    made, orders = {}, []
    for number, (action, point) in enumerate(CASES):
        waiting = template.copy(root / str(number))
        prepare(action, waiting)
        events = len(waiting.actions())
        made[action, point] = Killed(waiting, waiting.small.served(), events)
        places = (waiting.home, waiting.small.folder, catalogue, reference, waiting.second)
        orders.append([f"{action} {point}", action, point, *map(str, places)])
    parent = subprocess.run(
        [sys.executable, "-c", CHILDREN, json.dumps(orders)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    ends = json.loads(parent.stdout)
    assert ends == {f"{a} {p}": signal.SIGKILL.value for a, p in CASES}, parent.stderr
    return made


def do_again(action: str, waiting: Waiting) -> None:
    """What somebody does who saw the process die: the same."""
    now = waiting.small.clock[0]
    decide = {"person": person(COLLEAGUE), "now": now, "reason": "Once more"}
    with waiting.desk() as desk:
        if action in {"hold", "refresh"}:
            report = waiting.refresh(desk, hold=action == "hold", reason="Once more")
            finished = (
                {Outcome.HELD, Outcome.ALREADY_HELD}
                if action == "hold"
                else {Outcome.PUBLISHED, Outcome.UNCHANGED}
            )
            assert report.outcome in finished
        elif action == "publish":
            desk.publish(waiting.second, **decide)  # type: ignore[arg-type]
        elif action == "roll_back":
            desk.roll_back(**decide)  # type: ignore[arg-type]
        elif waiting.second in desk.releases.ids():
            desk.discard(waiting.second, **decide)  # type: ignore[arg-type]
        else:
            with desk.exclusive(now=now, actor=COLLEAGUE):
                assert desk.history()[-1].action == "discarded"


def served_after(action: str, waiting: Waiting) -> str:
    """The release that must be served once the work is done."""
    newest = max(waiting.store.ids())
    return {"refresh": newest, "publish": waiting.second}.get(action, waiting.first)


def nothing_said_is_lost(recorded: list[Event]) -> None:
    """Once the first event is kept, its reason and who began stay, whatever is done next."""
    begun = {step.begun for step in STEPS} | {HELD}
    first = next(event for event in recorded if event.action in begun)
    assert first.reason in {"Before the kill", "Once more"}
    for event in recorded:
        if event.details.get("found_by"):
            assert (event.actor, event.reason) == ("k.killed", "Before the kill")


@pytest.mark.parametrize(("action", "point"), CASES)
def test_a_killed_process_leaves_the_served_release_whole_and_the_next_one_finishes(
    action: str, point: str, killed: dict[tuple[str, str], Killed]
) -> None:
    home = killed[action, point]
    waiting, store = home.waiting, home.waiting.store
    seen = waiting.small.served()
    files = {name: data for name, data in home.before.items() if name != "current"}
    if action == "discard":
        files.pop(f"releases/{waiting.second}.duckdb")
    assert seen.items() >= files.items(), "no release is touched"
    served = store.current_id()
    assert served is not None
    assert f"releases/{served}.duckdb" in seen
    store.verify(served)
    assert list(waiting.states().values()).count(State.SERVED) == 1
    assert store.damaged() == []
    do_again(action, waiting)
    assert store.current_id() == served_after(action, waiting)
    assert len(store.ids()) == {"hold": 3, "refresh": 3, "discard": 1}.get(action, 2)
    assert not list(store.releases_dir.glob(".*"))
    assert not list(store.home.glob(".current-*"))
    with waiting.desk() as desk:
        assert desk.unfinished() == []
        recorded = desk.history()[home.events :]
    ends = {step.done: step for step in STEPS} | {HELD: None}
    done = [event for event in recorded if event.action in ends]
    assert len(done) == 1, [event.action for event in recorded]
    nothing_said_is_lost(recorded)
    assert waiting.states().get(waiting.second) == {
        "publish": State.SERVED, "roll_back": State.KEPT, "discard": None,
    }.get(action, State.HELD)  # fmt: skip


def test_every_step_that_is_told_of_is_one_at_which_a_process_was_killed(
    small_catalogue: Catalogue, small_reference: Reference, tmp_path: Path
) -> None:
    waiting = build_waiting(tmp_path, small_catalogue, small_reference)
    told: dict[str, list[str]] = {"publish": [], "roll_back": [], "discard": []}
    decide = {"person": person(COLLEAGUE), "now": NOW, "reason": "Rehearsal"}
    with waiting.desk() as desk:
        desk.publish(waiting.second, progress=told["publish"].append, **decide)  # type: ignore[arg-type]
        desk.roll_back(progress=told["roll_back"].append, **decide)  # type: ignore[arg-type]
        waiting.small.put(cell("57"))
        third = waiting.refresh(desk, hold=True).info.release_id
        desk.discard(third, progress=told["discard"].append, **decide)  # type: ignore[arg-type]
    for action, steps in told.items():
        points = set(POINTS[action])
        assert steps
        assert {f"step {step}" for step in steps} <= points
