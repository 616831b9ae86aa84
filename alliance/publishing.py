"""Which release is served is decided by people: hold, publish, roll back, discard, and the record
of who did it, when and why.

Every step is recorded before it is taken and after. What a killed process left between the two is
settled by what is on disk: the pointer and the files are the truth, the record follows them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from alliance.access import Person, ReleaseSubject, require
from alliance.settings import Settings
from alliance.store import Event, Store, open_store
from alliance.store.engine import FILE
from indicators.impact import SHOWN, FindDrift, Impact, read_impact, write_impact_csv
from ingest.errors import ReleaseError
from ingest.release import ReleaseInfo, ReleaseStore, sha256_of

KIND = "release"
"""The `subject_kind` of every event here; the `subject_id` is the release's id."""

HELD = "held"
FOUND_SERVED = "found served"

Progress = Callable[[str], None]


def _tell_nobody(_step: str) -> None:
    """No progress is shown."""


class State(StrEnum):
    """What a release file in the home is. `kept`: it was served once; `found`: whole, but a refresh
    was stopped before it was recorded what to do with it."""

    SERVED = "served"
    HELD = "held"
    KEPT = "kept"
    FOUND = "found"


STATE_WORDS: Mapping[State, str] = {
    State.SERVED: "served",
    State.HELD: "held for review",
    State.KEPT: "kept",
    State.FOUND: "unpublished, found",
}


class Outcome(StrEnum):
    """What became of a newly built release."""

    PUBLISHED = "published"
    HELD = "held"
    UNCHANGED = "unchanged"
    ALREADY_HELD = "already held"
    ROLLED_BACK = "rolled back"


@dataclass(frozen=True, slots=True)
class Step:
    """A change of what is served or kept: the events before and after it, the event where it came
    to nothing, and how it can be seen on disk that it was done."""

    begun: str
    done: str
    not_done: str
    is_done: Callable[[ReleaseStore, str], bool]


def _is_served(releases: ReleaseStore, release_id: str) -> bool:
    return releases.current_id() == release_id


def _is_gone(releases: ReleaseStore, release_id: str) -> bool:
    return not releases.path_of(release_id).exists()


PUBLICATION = Step("publication begun", "published", "publication not done", _is_served)
ROLL_BACK = Step("roll-back begun", "rolled back", "roll-back not done", _is_served)
DISCARDING = Step("discarding begun", "discarded", "discarding not done", _is_gone)
STEPS = (PUBLICATION, ROLL_BACK, DISCARDING)

SERVES = (PUBLICATION.done, ROLL_BACK.done, FOUND_SERVED)
"""The events after which a release is the one that is served."""

EVENT_WORDS: Mapping[str, str] = {
    HELD: "held for review",
    PUBLICATION.begun: "began to publish",
    PUBLICATION.done: "published",
    PUBLICATION.not_done: "publication was stopped before it was served",
    ROLL_BACK.begun: "began to roll back",
    ROLL_BACK.done: "rolled back to",
    ROLL_BACK.not_done: "roll-back was stopped before it was served",
    DISCARDING.begun: "began to discard",
    DISCARDING.done: "discarded",
    DISCARDING.not_done: "discarding was stopped; the release is still there",
    FOUND_SERVED: "found to be served, though nobody published it here",
}
"""Every event of a release, in words."""
EVENT_AFTER = (PUBLICATION.not_done, ROLL_BACK.not_done, DISCARDING.not_done, FOUND_SERVED)
"""The events whose words stand after the release's name."""


def event_sentence(event: Event) -> str:
    """What was done, without who and when: `published 2026… in place of 2025…`."""
    words = f"{EVENT_WORDS.get(event.action, event.action)} {event.subject_id}"
    if event.action in EVENT_AFTER:
        words = f"{event.subject_id}: {EVENT_WORDS[event.action]}"
    replaced = event.details.get("replaced")
    if replaced and event.action in SERVES:
        words += f" in place of {replaced}"
    if event.details.get("found_by"):
        words += f" (stopped on the way; settled by {event.details['found_by']})"
    return words


class ServedChangedError(ReleaseError):
    """Another release is served by now than the one that a candidate was compared with."""


@dataclass(frozen=True, slots=True)
class ListedRelease:
    """A release of the home: its state, and of one that waits: whether another release is served
    now than the one it was compared with when it was built (`based_elsewhere`). `rolled_back`: it
    was served, and somebody went back from it. `events`: what was done with it, newest last."""

    info: ReleaseInfo
    state: State
    based_elsewhere: bool = False
    rolled_back: bool = False
    events: tuple[Event, ...] = ()

    @property
    def waits(self) -> bool:
        """True where somebody must publish or discard it."""
        return self.state in {State.HELD, State.FOUND}


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of a release. `replaced` was served before; `done` is False where it was so
    already and there was nothing left to do."""

    info: ReleaseInfo
    replaced: str | None
    done: bool


class Record:
    """What the events say of each release."""

    def __init__(self, events: Sequence[Event] = ()) -> None:
        self.events = tuple(events)

    def of(self, release_id: str) -> tuple[Event, ...]:
        """The events of one release, newest last."""
        return tuple(event for event in self.events if event.subject_id == release_id)

    def was_held(self, release_id: str) -> bool:
        """True where it was held for review."""
        return any(event.action == HELD for event in self.of(release_id))

    def was_served(self, release_id: str) -> bool:
        """True where it was the one that is served, at some time."""
        return any(
            event.action in SERVES
            and release_id in {event.subject_id, event.details.get("replaced")}
            for event in self.events
        )

    def was_rolled_back(self, release_id: str) -> bool:
        """True where somebody went back from it and it was not served again."""
        answer = False
        for event in self.events:
            if event.action == ROLL_BACK.done and event.details.get("replaced") == release_id:
                answer = True
            elif event.action in SERVES and event.subject_id == release_id:
                answer = False
        return answer

    def was_rolled_back_to(self, release_id: str) -> bool:
        """True where it is served because somebody went back to it."""
        served = [event for event in self.events if event.action in SERVES]
        last = served[-1] if served else None
        return last is not None and (last.action, last.subject_id) == (ROLL_BACK.done, release_id)

    def served_last(self) -> str | None:
        """The release that the record says is served."""
        served = [event.subject_id for event in self.events if event.action in SERVES]
        return served[-1] if served else None

    def served_before(self, day: date) -> str | None:
        """The release that was served when that day began (in UTC), as far as is recorded."""
        served = [event for event in self.events if event.action in SERVES]
        before = [event.subject_id for event in served if event.at.date() < day]
        after = [event.details.get("replaced") for event in served if event.at.date() >= day]
        return next(iter([*before[-1:], *after[:1]]), None)

    def replaced_by(self, release_id: str) -> str | None:
        """The release that was served when that one was last published."""
        published = [e for e in self.of(release_id) if e.action == PUBLICATION.done]
        return published[-1].details.get("replaced") if published else None

    def sha256(self, release_id: str) -> str | None:
        """The sha256 of its file when it was built."""
        known = [e.details["sha256"] for e in self.of(release_id) if e.details.get("sha256")]
        return str(known[0]) if known else None

    def unfinished(self) -> list[tuple[Step, Event]]:
        """The steps that were begun and of which no end is recorded."""
        open_steps: dict[tuple[str, str], tuple[Step, Event]] = {}
        for event in self.events:
            for step in STEPS:
                if event.action == step.begun:
                    open_steps[step.begun, event.subject_id] = (step, event)
                elif event.action in {step.done, step.not_done}:
                    open_steps.pop((step.begun, event.subject_id), None)
        return list(open_steps.values())


@dataclass
class ReleaseDesk:
    """The releases of a home and the record of what was done with them. Without a store (a home of
    the ones that keep no record) the same is done and nothing is recorded.

    `second_person`: whoever built a release does not publish it. Every method that changes
    something holds the home while it does; `now` is in UTC.
    """

    releases: ReleaseStore
    store: Store | None = None
    second_person: bool = False

    # Reading ------------------------------------------------------------------------------------

    def listed(self) -> list[ListedRelease]:
        """The releases that can be read, newest first."""
        record, infos, served = self._record(), self.releases.infos(), self.releases.current_id()
        return [self._listed(info, record, infos, served) for info in infos]

    def history(self, release_id: str | None = None) -> list[Event]:
        """What was done with one release, or with all; newest last."""
        record = self._record()
        return list(record.events if release_id is None else record.of(release_id))

    def impact(
        self,
        release_id: str,
        *,
        against: str | None = None,
        areas: Collection[str] | None = None,
        shown: int = SHOWN,
        find_drift: FindDrift | None = None,
    ) -> Impact:
        """What publishing that release would change, against the one that is served now (of the
        served one: what it did change). `areas`: codes of those asked for; None for all.
        `find_drift` finds what the log rests on, for the person who reads the report; without it
        nothing is said of the log.

        Raises `ReleaseError` if a file cannot be read.
        """
        new, old = self._pair(release_id, against)
        return read_impact(new, old, areas=areas, shown=shown, find_drift=find_drift)

    def write_impact(
        self,
        file: TextIO,
        release_id: str,
        *,
        against: str | None = None,
        areas: Collection[str] | None = None,
    ) -> int:
        """Every difference that `impact` tells of, as CSV; returns how many rows."""
        new, old = self._pair(release_id, against)
        return write_impact_csv(file, new, old, areas=areas)

    def unfinished(self) -> list[Event]:
        """The events of what was begun and of which no end is recorded yet."""
        return [event for _, event in self._record().unfinished()]

    def _pair(self, release_id: str, against: str | None) -> tuple[Path, Path | None]:
        served = self.releases.current_id()
        base = against or (served if served != release_id else self._served_before(release_id))
        return self.releases.path_of(release_id), self.releases.path_of(base) if base else None

    def _record(self) -> Record:
        return Record(self.store.events(KIND) if self.store else ())

    def _listed(
        self, info: ReleaseInfo, record: Record, infos: Sequence[ReleaseInfo], served: str | None
    ) -> ListedRelease:
        state = self._state(info.release_id, record, infos, served)
        return ListedRelease(
            info,
            state,
            state in {State.HELD, State.FOUND} and info.previous_release_id != served,
            record.was_rolled_back(info.release_id),
            record.of(info.release_id),
        )

    @staticmethod
    def _state(
        release_id: str, record: Record, infos: Sequence[ReleaseInfo], served: str | None
    ) -> State:
        """A release that no event names was served if another was built while it was."""
        if release_id == served:
            return State.SERVED
        built_upon = any(info.previous_release_id == release_id for info in infos)
        if record.was_served(release_id) or built_upon:
            return State.KEPT
        return State.HELD if record.was_held(release_id) else State.FOUND

    def _state_now(self, release_id: str) -> State:
        return self._state(release_id, self._record(), self.releases.infos(), self._served())

    def _served(self) -> str | None:
        """The release being served, or None where the pointer names none: one that is broken is put
        right by publishing or rolling back."""
        try:
            return self.releases.current_id()
        except ReleaseError:
            return None

    def _served_before(self, release_id: str) -> str | None:
        """The kept release that was served before that one."""
        before = self._record().replaced_by(release_id)
        before = before or self.releases.info(release_id).previous_release_id
        return before if before and self.releases.path_of(before).is_file() else None

    # Deciding -----------------------------------------------------------------------------------

    def publish(
        self,
        release_id: str,
        *,
        person: Person,
        now: datetime,
        reason: str,
        against: str | None = None,
        progress: Progress = _tell_nobody,
    ) -> Decided:
        """Serve a release that is held, found or kept. `against`: the release with which its impact
        was compared; by default the one that it was built upon.

        Raises `NotAllowedError` where that person may not; `ReleaseError` where no reason is given,
        another release than `against` is served by now, or the file is not as it was built.
        """
        stated = _stated(reason)
        info = self.releases.info(release_id)
        require(person, "release.publish", ReleaseSubject(info.built_by, self.second_person))
        with self.exclusive(now=now, actor=person.username):
            served = self._served()
            if served == release_id:
                return Decided(info, None, done=False)
            _refuse_unseen(info, served, against)
            return self._serve(
                PUBLICATION, info, replaced=served,
                now=now, actor=person.username, reason=stated, progress=progress,
            )  # fmt: skip

    def roll_back(
        self,
        release_id: str | None = None,
        *,
        person: Person,
        now: datetime,
        reason: str,
        progress: Progress = _tell_nobody,
    ) -> Decided:
        """Serve a release again that was served before; by default the one before that is kept.
        Where the one that is served was rolled back to, the default is that one: nobody goes back
        twice by doing again what may not have been finished.

        Raises `NotAllowedError` where that person may not; `ReleaseError` where no reason is given,
        there is no such release, or the file is not as it was built.
        """
        stated = _stated(reason)
        require(person, "release.roll_back")
        with self.exclusive(now=now, actor=person.username):
            served = self._served()
            target = release_id or self._before_the_served()
            if target == served:
                return Decided(self.releases.info(target), None, done=False)
            if self._state_now(target) is not State.KEPT:
                raise ReleaseError(
                    f"Release {target} was never served, so nothing rolls back to it. "
                    "Publish it: alliance releases publish ID --reason “…”."
                )
            return self._serve(
                ROLL_BACK, self.releases.info(target), replaced=served,
                now=now, actor=person.username, reason=stated, progress=progress,
            )  # fmt: skip

    def discard(
        self,
        release_id: str,
        *,
        person: Person,
        now: datetime,
        reason: str,
        progress: Progress = _tell_nobody,
    ) -> None:
        """Remove the file of a release that was never served; what was recorded of it stays.

        Raises `NotAllowedError` where that person may not; `ReleaseError` where no reason is given,
        it was served once, or it cannot be removed.
        """
        stated = _stated(reason)
        require(person, "release.publish", ReleaseSubject(built_by=""))
        with self.exclusive(now=now, actor=person.username):
            state = self._state_now(release_id)
            if state not in {State.HELD, State.FOUND}:
                raise ReleaseError(
                    f"Release {release_id} is {STATE_WORDS[state]}: only one that was never served "
                    "can be discarded."
                )
            actor = person.username
            progress("recording what begins")
            self._note(DISCARDING.begun, release_id, now=now, actor=actor, reason=stated)
            progress("removing the file")
            self.releases.discard(release_id)
            progress("recording that it is done")
            self._note(DISCARDING.done, release_id, now=now, actor=actor, reason=stated)

    def _before_the_served(self) -> str:
        served = self.releases.current_id()
        if served is not None and self._record().was_rolled_back_to(served):
            return served
        before = self._served_before(served) if served else None
        if before is None:
            raise ReleaseError(
                "No release that was served before is kept. Name the one to go back to: "
                f"{', '.join(self.releases.ids()) or 'there is none'}."
            )
        return before

    def _serve(
        self,
        step: Step,
        info: ReleaseInfo,
        *,
        replaced: str | None,
        now: datetime,
        actor: str,
        reason: str,
        progress: Progress,
        sha256: str | None = None,
    ) -> Decided:
        """Move the pointer, recorded before and after. `sha256` of a file that was just built; any
        other is read and compared with what it was."""
        release_id = info.release_id
        if sha256 is None:
            progress("checking the file")
            self._verify(release_id, replaced)
        details = {"replaced": replaced} | ({"sha256": sha256} if sha256 else {})
        progress("recording what begins")
        self._note(step.begun, release_id, now=now, actor=actor, reason=reason, details=details)
        progress("moving the pointer")
        self.releases.publish(release_id)
        progress("recording that it is done")
        self._note(step.done, release_id, now=now, actor=actor, reason=reason, details=details)
        return Decided(info, replaced, done=True)

    def _verify(self, release_id: str, served: str | None) -> None:
        info = self.releases.verify(release_id, self._record().sha256(release_id))
        if served is not None and self.releases.info(served).demo != info.demo:
            raise ReleaseError(
                f"Release {release_id} and the one that is served are not both real figures, or "
                "both a demonstration: they never share a home. Discard it."
            )

    # Building -----------------------------------------------------------------------------------

    def find_same(self, release_id: str) -> ListedRelease | None:
        """A release with the content of that one, as its id tells, for which no second is needed:
        it is served, waits for a decision, or was rolled back. (One that was found counts only if
        it is as it was built, upon the release that is served: it may be published at once.)"""
        same = [
            item for item in self.listed()
            if content_of(item.info.release_id) == content_of(release_id)
            and (item.state is not State.KEPT or item.rolled_back)
            and (item.state is not State.FOUND or self._may_be_used(item))
        ]  # fmt: skip
        return min(same, key=lambda item: list(State).index(item.state), default=None)

    def _may_be_used(self, found: ListedRelease) -> bool:
        if found.based_elsewhere:
            return False
        try:
            self.releases.verify(found.info.release_id)
        except ReleaseError:
            return False
        return True

    def settle(
        self,
        info: ReleaseInfo,
        *,
        hold: bool,
        now: datetime,
        actor: str,
        reason: str,
        progress: Progress = _tell_nobody,
    ) -> Outcome:
        """Hold a release that was just built and kept, or publish it; within `exclusive`.

        Settings that ask for a second person hold every release.
        """
        sha256 = sha256_of(self.releases.path_of(info.release_id))
        if hold or self.second_person:
            details = {"sha256": sha256, "built_upon": info.previous_release_id}
            progress("recording that it is held")
            self._note(
                HELD, info.release_id, now=now, actor=actor, reason=reason, details=details
            )  # fmt: skip
            return Outcome.HELD
        self._serve(
            PUBLICATION, info, replaced=self.releases.current_id(), sha256=sha256,
            now=now, actor=actor, reason=reason, progress=progress,
        )  # fmt: skip
        return Outcome.PUBLISHED

    # The record ---------------------------------------------------------------------------------

    @contextmanager
    def exclusive(self, *, now: datetime, actor: str) -> Iterator[None]:
        """Hold the home, and settle first what a killed process left begun. Raises `ReleaseError`
        if another holds it, `StoreError` if nothing can be recorded."""
        with self._alone(), self.releases.exclusive():
            if self.store is not None:
                self._settle(now, actor)
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Of the machines that share the store, be the only one at this. The home's own lock is a
        file's, which not every shared folder makes known to other machines; it comes second,
        because whoever has it clears away what others were building."""
        if self.store is None:
            yield
            return
        with self.store.publishing() as alone:
            if not alone:
                raise ReleaseError(
                    f"Another refresh is running on a machine that shares {self.store.place}, or a "
                    "release is being published there. Wait until it has finished."
                )
            yield

    def _settle(self, now: datetime, actor: str) -> None:
        """End in the record what was begun: by what is on disk, in the name of who began it."""
        if self._served() is None and self.releases.pointer.exists():
            return  # nothing can be told from a pointer that is broken
        for step, begun in self._record().unfinished():
            done = step.is_done(self.releases, begun.subject_id)
            details = dict(begun.details) | {
                "begun_at": begun.at.isoformat(),
                "found_by": actor,
            }
            self._note(
                step.done if done else step.not_done, begun.subject_id,
                now=now, actor=begun.actor, reason=begun.reason, details=details,
            )  # fmt: skip
        self._note_pointer(now, actor)

    def _note_pointer(self, now: datetime, actor: str) -> None:
        """Say in the record that another release is served than the last that it knows of: the
        pointer was put right by hand, or the home was restored."""
        last, served = self._record().served_last(), self._served()
        if last is not None and served is not None and last != served:
            self._note(
                FOUND_SERVED, served, now=now, actor=actor, reason="", details={"replaced": last}
            )

    def _note(
        self,
        action: str,
        release_id: str,
        *,
        now: datetime,
        actor: str,
        reason: str,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        if self.store is None:
            return
        with self.store.write(now=now, actor=actor) as unit:
            unit.record(action, KIND, release_id, reason=reason, details=details)


def content_of(release_id: str) -> str:
    """The part of a release's id that stands for its content."""
    return release_id.rsplit("-", 1)[1]


def _stated(reason: str) -> str:
    stated = reason.strip()
    if not stated:
        raise ReleaseError("Say why, in a few words: the reason is kept with the decision.")
    return stated


def _refuse_unseen(info: ReleaseInfo, served: str | None, against: str | None) -> None:
    """Nobody publishes what was compared with a release that is no longer served."""
    seen = against or info.previous_release_id
    if served is None or served == seen:
        return
    raise ServedChangedError(
        f"The served release has changed since: {info.release_id} was compared with "
        f"{seen or 'none'}, and {served} is served now. Look at the impact again (alliance "
        f"releases impact {info.release_id}), then publish with --against {served}."
    )


@contextmanager
def open_desk(settings: Settings, *, reading: bool = False) -> Iterator[ReleaseDesk]:
    """The desk of a home. With `reading` nothing is made: a home without a store has no record.

    Raises `StoreError` if the store cannot be opened.
    """
    releases = ReleaseStore(settings.home)
    none_there = not settings.database_url and not (settings.home / FILE).exists()
    store = None if reading and none_there else open_store(settings)
    try:
        yield ReleaseDesk(releases, store, settings.second_person)
    finally:
        if store is not None:
            store.close()
