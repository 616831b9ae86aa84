"""Two worlds that are the same but for what one person may not see: in the first everything was
written, in the other only what that person may see. Every entry holds a word of its own wherever
words are typed. Who may see what is said here in so many words, and asks nothing of the product."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from alliance.access import Person, Role
from alliance.log import writing
from alliance.log.entries import find_entry
from alliance.log.entry import Entry
from alliance.log.fields import FieldKind
from alliance.log.kinds import KINDS
from alliance.log.workflow import EntryKind
from alliance.log.writing import Figure, share_with
from alliance.settings import Settings
from alliance.store import Store, Unit, open_store
from tests.alliance.log import world
from tests.alliance.log.world import (
    DIRECTOR,
    EVERYBODY,
    HERE,
    LEAD,
    MANAGER,
    NOW,
    OBSERVER,
    OTHER,
    OTHER_DIRECTOR,
    PARENTS,
    PATHS,
    THIRD,
    begin,
    begin_in,
    make,
    reach,
)

AUTHORITIES, TRIAD, ALLIANCE, PRIVATE = "authorities", "triad", "alliance", "private"
INSIDE = {Role.MEMBER, Role.ANALYST, Role.DIRECTOR, Role.MANAGER}
BETWEEN: Mapping[str, tuple[str, ...]] = {
    "challenge": ("lead", "other"), "priority": ("lead", "other"), "support": ("lead", "other"),
    "assessment": ("lead",), "practice": ("lead",), "aside": ("lead",),
}  # fmt: skip
"""Whose people see an entry of a kind that is for its authorities alone."""
DRAFTING: Mapping[str, tuple[str, ...]] = {
    "challenge": ("lead",), "priority": ("lead", "other"), "assessment": ("lead",),
    "practice": ("lead",),
}  # fmt: skip
"""Whose people see it while it is a draft."""
IN_TRIAD: Mapping[str, tuple[str, ...]] = {
    "challenge": ("lead", "other", "third"), "meeting": ("other", "third"),
}  # fmt: skip
"""Whose people see it, beside the manager, where it is for a triad."""
FIRST_SAID: Mapping[str, Mapping[str, Sequence[str]]] = {"meeting": {"triad": [OTHER, THIRD]}}
"""What the first form says beside the usual."""


@dataclass
class Played:
    """What has been written so far: the references by scene, the first of them the scene's own."""

    store: Store
    figure: Callable[[str], Figure]
    refs: dict[str, list[str]] = field(default_factory=dict)

    def about(self, *scenes: str) -> list[tuple[str, str]]:
        """Links to those scenes that there are in this world."""
        return [("about", self.refs[key][0]) for key in scenes if key in self.refs]


@dataclass(frozen=True)
class Scene:
    """Something that is written. `word` stands wherever its people type; `places` see it, and
    managers where `managers`; `readers` and `by` see it by name."""

    key: str
    word: str
    kind: str
    audience: str
    play: Callable[[Played, Scene], Entry]
    places: tuple[str, ...] = ()
    managers: bool = False
    readers: tuple[str, ...] = ()
    by: str = ""
    alliance: str = HERE

    def is_seen_by(self, person: Person) -> bool:
        """Whether that person may see it, by the rules as a person would say them."""
        if not person.username or person.alliance != self.alliance:
            return False
        if person.username in self.readers:
            return True
        if not person.roles & INSIDE:
            return False
        if self.audience == ALLIANCE:
            return True
        if Role.MANAGER in person.roles and (self.managers or person.username == self.by):
            return True
        return person.username.partition(".")[2] in self.places


def _scene(key: str, kind: str, audience: str, play: Callable[[Played, Scene], Entry],
           **more: object) -> Scene:  # fmt: skip
    """A scene with the places that its audience has by its kind."""
    by_audience = {
        PRIVATE: DRAFTING.get(kind, ()), AUTHORITIES: BETWEEN.get(kind, ()),
        TRIAD: IN_TRIAD.get(kind, ()), ALLIANCE: (),
    }  # fmt: skip
    values = {"places": by_audience[audience], "managers": audience == TRIAD} | more
    word = f"Qz{''.join(c for c in key if c.isalnum())}zq".lower()
    return Scene(key, word, kind, audience, play, **values)  # type: ignore[arg-type]


def _root_of(kind: str, state: str) -> tuple[str, str]:
    return PARENTS.get(kind, (kind, state))


def _audiences(kind: EntryKind) -> tuple[str, ...]:
    """The audiences that the first form of a kind offers; its own where it offers none."""
    offered = [f for f in kind.begins[0].asks if f.into == "audience"]
    return tuple(key for key, _ in offered[0].choices) if offered else (kind.audience.value,)


def _reached(state: str) -> Callable[[Played, Scene], Entry]:
    def play(played: Played, scene: Scene) -> Entry:
        root, _ = _root_of(scene.kind, state)
        said: dict[str, object] = dict(FIRST_SAID.get(root, {}))
        if root == "challenge":
            said["figures"] = [played.figure(scene.word)]
        if scene.audience != PRIVATE and len(_audiences(KINDS[root])) > 1:
            said["audience"] = scene.audience
        return reach(played.store, scene.kind, state, **said)

    return play


def _every_state() -> Iterable[Scene]:
    """Every state of every kind, with the audiences of the kind in turn."""
    for kind, paths in PATHS.items():
        for number, state in enumerate(paths):
            root, root_state = _root_of(kind, state)
            audiences = _audiences(KINDS[root])
            private = KINDS[root].state(root_state).private
            audience = PRIVATE if private else audiences[number % len(audiences)]
            scene = _scene(f"{kind}{state}", root, audience, _reached(state))
            yield replace(scene, kind=kind)


def _of_another_pair(played: Played, _scene: Scene) -> Entry:
    entry = begin(played.store, OTHER_DIRECTOR, "challenge", responders=[THIRD])
    return make(played.store, OTHER_DIRECTOR, entry, "share")


def _managers_draft(played: Played, _scene: Scene) -> Entry:
    return begin(played.store, MANAGER, "priority", authorities=[LEAD, OTHER])


def _for_an_observer(played: Played, _scene: Scene) -> Entry:
    entry = reach(played.store, "challenge", "shared")
    with played.store.write(now=world.NOW, actor=DIRECTOR.username) as unit:
        return share_with(unit, DIRECTOR, entry.ref, OBSERVER.username, version=entry.version)


def _elsewhere(played: Played, _scene: Scene) -> Entry:
    who = EVERYBODY["director.outside"]
    return make(played.store, who, begin(played.store, who, "practice"), "share")


def _narrowed(played: Played, _scene: Scene) -> Entry:
    """Seen by all at first, and kept to its two authorities since: others were told of it."""
    entry = reach(played.store, "challenge", "responded", audience="alliance")
    return make(played.store, DIRECTOR, entry, "narrow_audience")


def _about_secrets(played: Played, _scene: Scene) -> Entry:
    """Practice that everybody reads, linked to what only some may see."""
    with played.store.write(now=world.NOW, actor=DIRECTOR.username) as unit:
        about = played.about("challengedraft", "challengeshared", "prioritydraft")
        entry = begin_in(unit, DIRECTOR, "practice", about=about)
    return make(played.store, DIRECTOR, entry, "share")


def _with_secret_items(played: Played, _scene: Scene) -> Entry:
    """A meeting of the alliance with items about what only some may see, under their bare names."""
    meeting = begin(played.store, MANAGER, "meeting", audience="alliance", owner=DIRECTOR.username,
                    due_on="2026-03-20", starts_at="10:00", ends_at="12:00")  # fmt: skip
    for key in ("challengein_action", "challengeresponded", "narrowed"):
        with played.store.write(now=world.NOW, actor=DIRECTOR.username) as unit:
            begin_in(unit, DIRECTOR, "item", parent=find_entry(unit.session, DIRECTOR, meeting.ref),
                     about=played.about(key), title="A challenge", why="", minutes="15",
                     place_in_order="")  # fmt: skip
    return meeting


SCENES: tuple[Scene, ...] = (
    *_every_state(),
    _scene("another_pair", "challenge", AUTHORITIES, _of_another_pair, places=("other", "third")),
    _scene("managers_draft", "priority", PRIVATE, _managers_draft, by=MANAGER.username),
    _scene("for_an_observer", "challenge", AUTHORITIES, _for_an_observer,
           readers=(OBSERVER.username,)),
    _scene("elsewhere", "practice", ALLIANCE, _elsewhere, alliance=world.ELSEWHERE),
    _scene("narrowed", "challenge", AUTHORITIES, _narrowed),
    _scene("about_secrets", "practice", ALLIANCE, _about_secrets),
    _scene("with_secret_items", "meeting", ALLIANCE, _with_secret_items),
)  # fmt: skip
"""Everything that is written in the first world, in its order."""


def settings_text() -> str:
    """The settings of a home in which these people write."""
    places = {code: alliance for code, alliance in world.PLACES.values() if code}
    members = {name: [c for c, a in places.items() if a == name] for name in places.values()}
    lines = [f'"{name}" = {[*codes]}'.replace("'", '"') for name, codes in members.items()]
    return "\n".join([f'authority = "{LEAD}"', "[alliances]", *lines, ""])


def hurry(store: Store) -> Store:
    """The store, which does not wait for the disk any more."""
    event.listen(store.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous = OFF"))
    store.engine.dispose()
    return store


def world_of(template: Path, folder: Path, scenes: Iterable[Scene],
             figure: Callable[[str], Figure]) -> Played:  # fmt: skip
    """A store like the one in `template`, in which those scenes were played."""
    folder.mkdir()
    shutil.copy(template / "alliance.sqlite", folder)
    played = Played(hurry(open_store(Settings(folder))), figure)
    with pytest.MonkeyPatch.context() as patch:
        for number, scene in enumerate(SCENES):
            if scene in scenes:
                _play(patch, played, scene, number)
    return played


def _play(patch: pytest.MonkeyPatch, played: Played, scene: Scene, number: int) -> None:
    """One scene at its own time, with its own word and references, whatever was played before."""
    refs: list[str] = []

    def new_ref(_unit: Unit, kind: EntryKind) -> str:
        code = f"{number:02}{len(refs):03}".translate(str.maketrans("01", "XY"))
        refs.append(f"{kind.prefix}-{code}")
        return refs[-1]

    words = {kind: f"{scene.word} {text}" for kind, text in world.BY_FIELD.items()
             if kind in (FieldKind.LINE, FieldKind.TEXT)}  # fmt: skip
    words[FieldKind.ADDRESS] = f"https://example.org/{scene.word}"
    patch.setattr(writing, "_new_ref", new_ref)
    patch.setattr(world, "NOW", NOW + timedelta(minutes=number))
    with pytest.MonkeyPatch.context() as speaking:
        speaking.setattr(world, "BY_FIELD", {**world.BY_FIELD, **words})
        entry = scene.play(played, scene)
    played.refs[scene.key] = [entry.ref, *(ref for ref in refs if ref != entry.ref)]
