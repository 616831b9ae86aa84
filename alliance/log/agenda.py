"""The agenda of a meeting: its items in order with what they are about, and what is proposed for
it, each with its reason. Shows what everybody at the meeting may read (`alliance.log.together`),
whoever asks; writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from alliance.access import Person
from alliance.log.entries import evidence_of, linked_to, list_entries, notes_of, parts_of
from alliance.log.entry import Entry, FrozenEvidence, Note
from alliance.log.kinds.positions import AGREED, DISPUTED, positions_of
from alliance.log.together import audience_of, may_all_read
from alliance.log.words import Names, capital, count, due_of, kind_of
from indicators.words import format_day

ABOUT = "about"
"""The relation of an item to what it is about."""
MOST_MINUTES = 24 * 60
"""An item is not given more than a day."""
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")

Drifting = Callable[[Sequence[FrozenEvidence]], Mapping[int, Sequence[str]]]
"""What became of frozen figures: sentences by the evidence's number, of those that drifted."""


@dataclass(frozen=True, slots=True)
class Gathering:
    """A meeting as one of its people looks at it. `members`: the authorities of its alliance."""

    session: Session
    person: Person
    meeting: Entry
    members: Collection[str]
    names: Names
    today: date

    def together(self, entries: Iterable[Entry]) -> list[Entry]:
        """Those that everybody at the meeting may read."""
        audience = audience_of(self.meeting, self.members)
        return [entry for entry in entries if may_all_read(audience, entry)]


# The agenda ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of the agenda: what it is about where everybody at the meeting may read that, and
    from when to when it lasts where the meeting has a beginning."""

    item: Entry
    about: Entry | None
    begins: time | None = None
    ends: time | None = None

    @property
    def title(self) -> str:
        """What stands on the agenda: the line of what it is about, unless somebody wrote one."""
        if self.about is not None and self.item.title == neutral_title(self.about):
            return self.about.title
        return self.item.title

    @property
    def minutes(self) -> int:
        """How long it is to take; 0 where nobody said."""
        return minutes_of(self.item)


def agenda_of(gathering: Gathering) -> list[Listed]:
    """The items of the meeting in their order: by their place, those without one last."""
    parts = parts_of(gathering.session, gathering.person, gathering.meeting)
    items = sorted((p for p in parts if p.kind == "item"), key=_place)
    about = [_about(gathering, item) for item in items]
    times = _times(gathering.meeting, items)
    return [Listed(i, a, *t) for i, a, t in zip(items, about, times, strict=True)]


def neutral_title(entry: Entry) -> str:
    """What an item about the entry is called in the store: “A challenge”. Whoever reads the item
    may not be one of those who may read the entry."""
    return capital(kind_of(entry).words)


def when_words(meeting: Entry) -> str:
    """“20 March 2026, from 10:00 until 12:30, Town hall”."""
    content = meeting.content
    parts = [format_day(meeting.due_on)] if meeting.due_on else []
    hours = [f"{word} {content[key]}" for word, key in (("from", "starts_at"), ("until", "ends_at"))
             if content.get(key)]  # fmt: skip
    parts += [" ".join(hours)] if hours else []
    parts += [str(content["place"])] if content.get("place") else []
    return ", ".join(parts)


def minutes_of(item: Entry) -> int:
    """The minutes that an item is given; 0 where nobody said."""
    return min(MOST_MINUTES, max(0, round(item.content.get("minutes") or 0)))


def read_clock(text: object) -> time | None:
    """A time of day as somebody wrote it, “10:00” or “9.30”; None where it is none."""
    found = _CLOCK.fullmatch(str(text or "").strip())
    return time(int(found[1]), int(found[2])) if found else None


def actions_of(gathering: Gathering, agenda: Sequence[Listed]) -> list[Entry]:
    """The actions of what the items are about, what is due first first."""
    found: dict[int, Entry] = {}
    for listed in agenda:
        if listed.about is not None:
            parts = parts_of(gathering.session, gathering.person, listed.about)
            found |= {p.id: p for p in (listed.about, *parts) if p.kind == "action"}
    return by_day(gathering.together(found.values()))


def by_day(entries: Iterable[Entry]) -> list[Entry]:
    """What is due first first; what has no day last."""
    return sorted(entries, key=lambda one: (one.due_on is None, one.due_on, one.id))


def put_right(gathering: Gathering) -> list[Note]:
    """What was put right in minutes that were agreed, oldest first."""
    notes = notes_of(gathering.session, gathering.person, gathering.meeting)
    return [note for note in notes if note.move == "put_right"]


def _place(item: Entry) -> tuple[bool, float, int]:
    place = item.content.get("place_in_order")
    return (place is None, place or 0, item.id)


def _about(gathering: Gathering, item: Entry) -> Entry | None:
    links = linked_to(gathering.session, gathering.person, item)
    seen = gathering.together(other for relation, other in links if relation == ABOUT)
    return seen[0] if seen else None


def _times(meeting: Entry, items: Sequence[Entry]) -> list[tuple[time | None, time | None]]:
    """From when to when each item lasts, one after the other."""
    begins = read_clock(meeting.content.get("starts_at"))
    if begins is None:
        return [(None, None)] * len(items)
    at = datetime.combine(meeting.due_on or date.min, begins)
    found: list[tuple[time | None, time | None]] = []
    for item in items:
        end = at + timedelta(minutes=minutes_of(item))
        found.append((at.time(), end.time()))
        at = end
    return found


# What is proposed ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry to talk about: why, in sentences, what matters most first; and for how long."""

    entry: Entry
    reasons: tuple[str, ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class _Looked:
    """An entry, and what its reasons are told from."""

    entry: Entry
    names: Names
    today: date
    drift: Sequence[str]


@dataclass(frozen=True, slots=True)
class Concern:
    """Why an entry of a kind is worth a meeting's time: `says` the sentence, or nothing."""

    id: str
    kind: str
    minutes: int
    says: Callable[[_Looked], str]


def _disputed(looked: _Looked) -> str:
    if looked.entry.state != "disputed":
        return ""
    who = _those_who(looked, DISPUTED)
    return f"It is disputed: {looked.names.list_authorities(who)} did not agree." if who else (
        "It is disputed."
    )  # fmt: skip


def _review(looked: _Looked) -> str:
    entry = looked.entry
    if entry.state == "review_due":
        past = entry.due_on is not None and entry.due_on <= looked.today
        return f"Its review was due on {format_day(entry.due_on)}." if past and entry.due_on else (
            "Its review is due."
        )  # fmt: skip
    if entry.state == "in_action" and entry.due_on and entry.due_on <= looked.today:
        return f"Its review was wanted by {format_day(entry.due_on)}, and nobody has called it."
    return ""


def _waits_to_agree(looked: _Looked) -> str:
    if looked.entry.state != "discussed":
        return ""
    parties = {*looked.entry.on_side("raising"), *looked.entry.on_side("responding")}
    waiting = parties - _those_who(looked, AGREED)
    return (
        f"It was discussed, and waits for {looked.names.list_authorities(waiting)} to agree."
        if waiting
        else "It was discussed, and waits to be agreed."
    )


def _responded(looked: _Looked) -> str:
    waits = looked.entry.state == "responded"
    return "Everyone asked has responded, and it waits to be discussed." if waits else ""


def _drifted(looked: _Looked) -> str:
    return f"What it rests on has moved on. {looked.drift[0]}" if looked.drift else ""


def _late(looked: _Looked) -> str:
    due, day = due_of(looked.entry, looked.today), looked.entry.due_on
    if due is None or day is None or not due.late:
        return ""
    days = count((looked.today - day).days, "day")
    return f"It was due on {format_day(day)}, and is {days} late."


def _those_who(looked: _Looked, position: str) -> set[str]:
    held = positions_of(looked.entry.content)
    return {code for code, said in held.items() if said["position"] == position}


CONCERNS: tuple[Concern, ...] = (
    Concern("disputed", "challenge", 20, _disputed),
    Concern("review", "challenge", 15, _review),
    Concern("to_agree", "challenge", 10, _waits_to_agree),
    Concern("responded", "challenge", 15, _responded),
    Concern("drifted", "challenge", 10, _drifted),
    Concern("late", "action", 5, _late),
)
"""Why something is proposed for a meeting; what matters most first."""


def propose(gathering: Gathering, drifting: Drifting) -> list[Proposal]:
    """What is worth the meeting's time and not on its agenda, what matters most first: only what
    everybody at the meeting may read."""
    kinds = {concern.kind for concern in CONCERNS}
    listed = _listed(gathering)
    found = [
        entry
        for entry in list_entries(gathering.session, gathering.person)
        if entry.kind in kinds and entry.id not in listed and not kind_of(entry).state(
            entry.state).final
    ]  # fmt: skip
    seen = gathering.together(found)
    drift = _drift_of(gathering, seen, drifting)
    weighed = [_weigh(gathering, entry, drift.get(entry.id, ())) for entry in seen]
    return [proposal for _, proposal in sorted(filter(None, weighed), key=_urgency)]


def _listed(gathering: Gathering) -> set[int]:
    """What is on the agenda, also where others at the meeting may not see it."""
    parts = parts_of(gathering.session, gathering.person, gathering.meeting)
    return {
        other.id
        for item in parts
        for relation, other in linked_to(gathering.session, gathering.person, item)
        if relation == ABOUT
    }


def _drift_of(
    gathering: Gathering, entries: Iterable[Entry], drifting: Drifting
) -> dict[int, list[str]]:
    """What became of the evidence of entries, by the entry's number: every figure asked at once."""
    evidence = [
        one for entry in entries
        for one in evidence_of(gathering.session, gathering.person, entry)
    ]  # fmt: skip
    said = drifting(evidence) if evidence else {}
    found: dict[int, list[str]] = {}
    for one in evidence:
        found.setdefault(one.entry_id, []).extend(said.get(one.id, ()))
    return found


def reasons_for(gathering: Gathering, entry: Entry, drift: Sequence[str]) -> list[str]:
    """Why the entry is worth the meeting's time, what matters most first."""
    return [words for _, _, words in _said(gathering, entry, drift)]


def _said(
    gathering: Gathering, entry: Entry, drift: Sequence[str]
) -> list[tuple[int, Concern, str]]:
    looked = _Looked(entry, gathering.names, gathering.today, drift)
    return [
        (place, concern, words)
        for place, concern in enumerate(CONCERNS)
        if concern.kind == entry.kind and (words := concern.says(looked))
    ]


def _weigh(gathering: Gathering, entry: Entry, drift: Sequence[str]) -> tuple[int, Proposal] | None:
    """The proposal of an entry with the place of what matters most, None where nothing does."""
    said = _said(gathering, entry, drift)
    if not said:
        return None
    minutes = max(concern.minutes for _, concern, _ in said)
    return said[0][0], Proposal(entry, tuple(words for _, _, words in said), minutes)


def _urgency(weighed: tuple[int, Proposal]) -> tuple[int, date, datetime]:
    place, proposal = weighed
    return place, proposal.entry.due_on or date.max, proposal.entry.changed_at
