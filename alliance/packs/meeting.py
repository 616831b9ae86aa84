"""A meeting as its packs need it: each item with what it is about, what that rests on and what is
asked of the meeting; and what is late. Shows what everybody at the meeting may read, whoever opens
it; writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from alliance.log.agenda import Gathering, Listed, agenda_of, by_day, reasons_for
from alliance.log.drift import as_shown, drifting
from alliance.log.entries import evidence_of, history_of, list_entries, notes_of, parts_of
from alliance.log.entry import Entry, Note
from alliance.log.words import due_of, strictest_marking
from alliance.packs.document import Stamp, stamp_of
from alliance.packs.figures import Shown, shown_evidence, shown_trajectory
from alliance.service import Served

ASKED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("challenge", "shared"): "Hear when the response will come.",
        ("challenge", "responded"): "Hear the response, and record what is proposed.",
        ("challenge", "discussed"): "Hear whether every side agrees with what is proposed.",
        ("challenge", "disputed"): "Hear why a side does not agree, and find what all can agree "
        "to.",
        ("challenge", "agreed"): "Say who begins the work, and when it is reviewed.",
        ("challenge", "in_action"): "Hear how the work goes.",
        ("challenge", "review_due"): "Look whether anything changed. Say how it can be closed, or "
        "how it goes on.",
        ("priority", "proposed"): "Hear whether each of its authorities agrees.",
        ("priority", "active"): "Look where it stands beside the agreed path, and say whether to "
        "go on, change or stop.",
        ("milestone", "ahead"): "Say whether to go on, change or stop.",
        ("action", "open"): "Hear how it goes and what holds it up.",
        ("support", "asked"): "Find who can give it.",
        ("support", "offered"): "Find who can use it.",
        ("support", "brokered"): "Hear how it goes.",
        ("support", "given"): "Hear what came of it.",
        ("practice", "shared"): "Say who could use it.",
        ("assessment", "shared"): "Read it beside the evidence, and say whether its grades hold.",
        ("cycle", "open"): "Say what this round is to look at.",
        ("meeting", "planned"): "Say what it is to talk about.",
        ("meeting", "running"): "Say what it is to talk about.",
        ("meeting", "held"): "Agree its minutes.",
        ("item", "listed"): "Decide it.",
        ("aside", "aside"): "Say whether it stays aside.",
    }
)
"""What a meeting is asked, by the kind and state of what an item is about. Of what has come to its
end nothing is asked."""
BESIDE = ("note",)
"""Moves whose notes are talk beside the matter: they stand in its thread."""


@dataclass(frozen=True, slots=True)
class Matter:
    """An item of the agenda: why it is worth the time and what is asked; the words of what it is
    about, what was said with its moves, its actions, and the figures that it rests on."""

    listed: Listed
    reasons: tuple[str, ...] = ()
    asked: str = ""
    said: tuple[Note, ...] = ()
    actions: tuple[Entry, ...] = ()
    figures: tuple[Shown, ...] = ()

    @property
    def about(self) -> Entry | None:
        """What it is about, where everybody at the meeting may read that."""
        return self.listed.about


@dataclass(frozen=True, slots=True)
class Packed:
    """A meeting with its matters in order, and the actions that are late."""

    served: Served
    gathering: Gathering
    matters: tuple[Matter, ...]
    late: tuple[Entry, ...]

    @property
    def meeting(self) -> Entry:
        """The meeting."""
        return self.gathering.meeting

    @property
    def actions(self) -> list[Entry]:
        """The actions of what is talked about, what is due first first."""
        found = {}
        for matter in self.matters:
            if matter.about is not None and matter.about.kind == "action":
                found[matter.about.id] = matter.about
            found |= {action.id: action for action in matter.actions}
        return by_day(found.values())

    @property
    def marking(self) -> str:
        """For whom all of it is: the strictest of what is in it."""
        return strictest_marking(self._shown(), self.gathering.names)

    @property
    def stamp(self) -> Stamp:
        """What stands on every page and slide of it."""
        who = self.gathering.person.display_name
        return stamp_of(self.served, self.gathering.today, self.marking, who)

    def _shown(self) -> Iterable[Entry]:
        yield self.meeting
        for matter in self.matters:
            if matter.about is not None:
                yield matter.about
            yield from matter.actions
        yield from self.late


def pack_meeting(served: Served, gathering: Gathering) -> Packed:
    """The meeting with everything that its pack shows."""
    matters = tuple(_matter(served, gathering, listed) for listed in agenda_of(gathering))
    return Packed(served, gathering, matters, tuple(late_actions(gathering)))


def late_actions(gathering: Gathering) -> list[Entry]:
    """The actions that are late, the longest first, of those that all at the meeting may read."""
    found = list_entries(gathering.session, gathering.person, "action", states=("open",))
    late = [one for one in gathering.together(found) if _is_late(one, gathering)]
    return by_day(late)


def _is_late(action: Entry, gathering: Gathering) -> bool:
    due = due_of(action, gathering.today)
    return due is not None and due.late


def _matter(served: Served, gathering: Gathering, listed: Listed) -> Matter:
    about = listed.about
    if about is None:
        return Matter(listed)
    evidence = evidence_of(gathering.session, gathering.person, about)
    since = {key: drift.sentences for key, drift in drifting(served, evidence).items()}
    figures = [shown_evidence(as_shown(served, one), since.get(one.id, ())) for one in evidence]
    course = shown_trajectory(served, about, gathering.today)
    drift = [words for sentences in since.values() for words in sentences]
    parts = parts_of(gathering.session, gathering.person, about)
    return Matter(
        listed,
        reasons=tuple(reasons_for(gathering, about, drift)),
        asked=ASKED.get((about.kind, about.state), ""),
        said=tuple(_said(gathering, about)),
        actions=tuple(by_day(gathering.together(p for p in parts if p.kind == "action"))),
        figures=(*([course] if course else []), *figures),
    )


def _said(gathering: Gathering, about: Entry) -> Sequence[Note]:
    """What was said with its moves, oldest first; nothing of the time when it was private, which
    not everybody at the meeting may read."""
    versions = history_of(gathering.session, gathering.person, about)
    shared = {version.version for version in versions if not version.snapshot["private"]}
    notes = notes_of(gathering.session, gathering.person, about)
    return [n for n in notes if n.entry_version in shared and n.move not in BESIDE]
