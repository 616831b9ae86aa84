"""What the log holds for one person to do or to know, each entry once: due and late, to answer, to
agree, their own actions and drafts; and what drifted of what theirs rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from alliance.log.asking import Asking
from alliance.log.drift import drifting
from alliance.log.entries import list_entries
from alliance.log.entry import Entry
from alliance.log.resting import held_evidence
from alliance.log.waiting import Step, is_theirs, waiting_for
from alliance.log.words import due_of, is_final, kind_of

AGREEING = frozenset({"agree", "agree_minutes", "propose_closing", "close", "approve"})
"""Moves by which somebody gives their agreement."""


@dataclass(frozen=True, slots=True)
class Group:
    """Some of what is for somebody; `one` and `many` are how the strip counts it."""

    id: str
    heading: str
    one: str
    many: str
    holds: Callable[[Asking, Entry, Step | None], bool]


@dataclass(slots=True)
class ForYou:
    """By group, the entries with the step that each waits for, if any; what drifted, with the
    sentences that say how."""

    groups: dict[str, list[tuple[Entry, Step | None]]] = field(default_factory=dict)
    drifted: list[tuple[Entry, Sequence[str]]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do and nothing to know."""
        return not self.drifted and not any(self.groups.values())


def _is_draft(_asked: Asking, entry: Entry, step: Step | None) -> bool:
    return kind_of(entry).state(entry.state).private and step is not None


def _is_due(asked: Asking, entry: Entry, step: Step | None) -> bool:
    due = due_of(entry, asked.today)
    theirs = step is not None or is_theirs(asked.person, entry)
    return due is not None and due.soon and theirs


def _is_to_agree(_asked: Asking, _entry: Entry, step: Step | None) -> bool:
    return step is not None and step.move.id in AGREEING


def _waits(_asked: Asking, _entry: Entry, step: Step | None) -> bool:
    return step is not None


def _is_own_action(asked: Asking, entry: Entry, _step: Step | None) -> bool:
    mine = entry.kind == "action" and entry.owner == asked.person.username
    return mine and not is_final(entry)


GROUPS: tuple[Group, ...] = (
    Group("drafts", "Your drafts", "draft", "drafts", _is_draft),
    Group("due", "Due and late", "due or late", "due or late", _is_due),
    Group("agree", "To agree", "to agree", "to agree", _is_to_agree),
    Group("answer", "To answer and to do", "to answer", "to answer", _waits),
    Group("actions", "Your own actions", "action of yours", "actions of yours", _is_own_action),
)
"""An entry is in the first group that holds it."""
SHOWN = ("due", "answer", "agree", "actions", "drafts")
"""The groups in the order of the page."""


def for_you(asked: Asking) -> ForYou:
    """What there is for whoever asks: of entries that they may see, and of nothing else."""
    entries = list_entries(asked.session, asked.person)
    waiting = waiting_for(asked.session, asked.person, entries, asked.today)
    steps = {entry.id: step for entry, step in waiting}
    rank = {entry.id: place for place, (entry, _) in enumerate(waiting)}
    found = ForYou({group.id: [] for group in GROUPS})
    for entry in sorted(entries, key=lambda one: rank.get(one.id, len(rank))):
        step = steps.get(entry.id)
        group = next((one for one in GROUPS if one.holds(asked, entry, step)), None)
        if group is not None:
            found.groups[group.id].append((entry, step))
    found.drifted = _drifted(asked, entries)
    return found


def _drifted(asked: Asking, entries: Sequence[Entry]) -> list[tuple[Entry, Sequence[str]]]:
    """The open entries of theirs of which a figure drifted, with what became of it."""
    open_ones = [e for e in entries if not is_final(e) and is_theirs(asked.person, e)]
    held = held_evidence(asked.session, asked.person, open_ones)
    drifts = drifting(asked.served, [one for _, one in held])
    sentences: dict[int, list[str]] = {}
    for entry, one in held:
        if one.id in drifts:
            sentences.setdefault(entry.id, []).extend(drifts[one.id].sentences)
    return [(entry, sentences[entry.id]) for entry in open_ones if entry.id in sentences]
