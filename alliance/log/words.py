"""An entry of the challenge log in words: who may see it, what is due, what was done and changed.

One wording for pages, emails, exports and packs. Knows neither the store nor a page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from alliance.access import (
    SIDES,
    TRIAD_SIDE,
    Audience,
    EntrySubject,
    Party,
    authorities_it_is_for,
)
from alliance.log.entry import Entry, Version
from alliance.log.fields import CONTENT, Field, FieldKind
from alliance.log.kinds import KINDS
from alliance.log.workflow import EntryKind
from indicators.words import format_day, format_number

ACTOR = "alliance"
"""Who the history says did what the product does by itself. No account has this name."""
ITSELF: Mapping[str, str] = MappingProxyType({ACTOR: "Alliance itself"})
MANAGER = "the alliance’s manager"
"""Who sees what a triad sees, beside it."""
SOON = 14
"""So many days before it is due something waits for whoever does it."""
DUE_COUNTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "challenge": ("shared", "in_action", "review_due"),
        "priority": ("active",),
        "milestone": ("ahead",),
        "action": ("open",),
        "support": ("brokered",),
    }
)
"""In which states of a kind a day that has passed means that something is late."""
SIDE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "raising": "Raised by",
        "responding": "Asked",
        "own": "Belongs to",
        "asking": "Asks for support",
        "giving": "Gives support",
        "doing": "For",
        TRIAD_SIDE: "Also in the triad",
    }
)
"""What stands before the authorities on a side."""
BESIDE: Mapping[str, str] = MappingProxyType(
    {
        "evidence_added": "added a figure as evidence",
        "shared_with_observer": "let an observer read it",
        "unshared_with_observer": "let an observer read it no longer",
        "carries_on": "carried an earlier one on with it",
    }
)
"""What the thread says of changes that are no moves."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that go with keys. `places`: the authority that somebody works for, by username.
    `unpublished`: the fields whose figure is published no more, which is then not told."""

    authorities: Mapping[str, str]
    people: Mapping[str, str]
    places: Mapping[str, str | None]
    indicators: Mapping[str, str]
    unpublished: frozenset[str] = frozenset()

    def authority(self, code: str) -> str:
        """An authority by its name, or by its code where the release does not know it."""
        return self.authorities.get(code, code)

    def person(self, username: str) -> str:
        """Somebody by name, who may be the product itself."""
        return self.people.get(username) or ITSELF.get(username, username)

    def author(self, username: str, code: str | None = None) -> str:
        """“Morgan Ashby, Fenshire”."""
        place = code or self.places.get(username)
        return f"{self.person(username)}, {self.authority(place)}" if place else self.person(
            username
        )  # fmt: skip

    def list_authorities(self, codes: Iterable[str]) -> str:
        """“Fenshire, Hillshire and Coastland”, by name."""
        return in_a_list(sorted((self.authority(code) for code in codes), key=str.casefold))

    def words(self, field: Field, value: Any) -> str:
        """A kept answer as a person reads it: keys by their names."""
        if value is None or value in ("", (), []):
            return ""
        if field.id in self.unpublished:
            return "a figure that is no longer published"
        if field.kind in (FieldKind.AUTHORITIES, FieldKind.AUTHORITY):
            codes = [value] if isinstance(value, str) else value
            return self.list_authorities(codes)
        found = {
            FieldKind.PERSON: lambda: self.author(str(value)),
            FieldKind.INDICATOR: lambda: self.indicators.get(str(value), str(value)),
            FieldKind.DAY: lambda: format_day(date.fromisoformat(str(value))),
            FieldKind.NUMBER: lambda: format_plain(float(value)),
        }.get(field.kind)
        return found() if found else field.words(value)


def format_plain(value: float) -> str:
    """A number with no more decimals than it has."""
    decimals = len(f"{value:.6f}".rstrip("0").partition(".")[2])
    return format_number(value, decimals)


def in_a_list(words: Sequence[str]) -> str:
    """“a, b and c”."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def capital(words: str) -> str:
    """The same with a capital letter first."""
    return f"{words[:1].upper()}{words[1:]}"


def kind_of(entry: Entry) -> EntryKind:
    """The declaration of an entry's kind."""
    return KINDS[entry.kind]


def state_words(entry: Entry) -> str:
    """The word for its state."""
    return kind_of(entry).state(entry.state).words


def is_final(entry: Entry) -> bool:
    """Whether it has come to its end."""
    return kind_of(entry).state(entry.state).final


def seen_by_words(entry: Entry, names: Names) -> str:
    """Who may see it: “Fenshire and Hillshire, and nobody else.”"""
    subject = entry.subject
    own = {code for side, code in subject.parties if side != TRIAD_SIDE}
    if subject.private:
        lead = {code for side, code in subject.parties if side == subject.lead}
        who = names.list_authorities(lead) or names.person(subject.created_by)
        return f"{who} alone: it has not been shared yet."
    if subject.audience == Audience.ALLIANCE:
        return f"Everyone in the alliance.{_readers(entry, names)}"
    who = names.list_authorities(own)
    if subject.audience == Audience.TRIAD:
        others = {code for side, code in subject.parties if side == TRIAD_SIDE} - own
        if not own:
            return f"{names.list_authorities(others)}, and {MANAGER}.{_readers(entry, names)}"
        also = f" and, of their triad, {names.list_authorities(others)}" if others else ""
        return f"{who}{also}, and {MANAGER}.{_readers(entry, names)}"
    return f"{who}, and nobody else.{_readers(entry, names)}"


def _readers(entry: Entry, names: Names) -> str:
    readers = sorted((names.person(name) for name in entry.readers), key=str.casefold)
    return f" Shared by name with {in_a_list(readers)}." if readers else ""


def marking(entry: Entry, names: Names) -> str:
    """What is stamped on whatever shows the entry, with everybody whom it is for: “Confidential:
    Fenshire and Hillshire only”."""
    subject = entry.subject
    if subject.private:
        lead = [code for side, code in subject.parties if side == subject.lead]
        return f"Draft: {names.list_authorities(lead) or names.person(subject.created_by)} only"
    return _confidential([subject], names)


def strictest_marking(entries: Iterable[Entry], names: Names) -> str:
    """The marking of what shows several entries: for those alone who may see each of them. Raises
    `ValueError` where there is none."""
    seen = list(entries)
    if not seen:
        raise ValueError("Nothing is shown, so nothing marks it.")
    private = next((entry for entry in seen if entry.subject.private), None)
    if private is not None:
        return marking(private, names)
    return _confidential([entry.subject for entry in seen], names)


def _confidential(subjects: Sequence[EntrySubject], names: Names) -> str:
    """For whom alone it is that may see each of these: their authorities, the manager who arranges
    the meetings of a triad, and observers by name."""
    readers = sorted(
        (names.person(name) for name in frozenset.intersection(*(s.readers for s in subjects))),
        key=str.casefold,
    )
    narrow = [subject for subject in subjects if subject.audience != Audience.ALLIANCE]
    if not narrow:
        return f"Confidential: for {in_a_list(['the alliance', *readers])} only"
    codes = frozenset.intersection(*(authorities_it_is_for(subject) for subject in narrow))
    managers = [MANAGER] if all(s.audience == Audience.TRIAD for s in narrow) else []
    who = [*sorted((names.authority(code) for code in codes), key=str.casefold), *managers]
    if not (who or readers):
        return "Confidential: only for whom it was made"
    return f"Confidential: {in_a_list([*who, *readers])} only"


def written_in(
    entry: Entry, names: Names, *, but: Collection[str] = frozenset()
) -> list[tuple[Field, str]]:
    """What is written in the entry itself: each field that holds something, as the move that came
    to its state asked it, with its words; but for those that are shown otherwise."""
    came = [f for move in kind_of(entry).moves if move.target == entry.state for f in move.asks]
    asked_last = {asked.id: asked for asked in came}
    return [
        (asked_last.get(key, asked), names.words(asked, entry.content[key]))
        for key, asked in kind_of(entry).fields.items()
        if key not in but
        and asked.into in (CONTENT, "")
        and entry.content.get(key) not in (None, "", ())
    ]


@dataclass(frozen=True, slots=True)
class Due:
    """What is due: the label of its day, how it stands in words, whether it is late."""

    label: str
    words: str
    late: bool
    soon: bool


def due_of(entry: Entry, today: date) -> Due | None:
    """When it is due and how that stands; None where there is no day."""
    if entry.due_on is None:
        return None
    day, left = format_day(entry.due_on), (entry.due_on - today).days
    if entry.state not in DUE_COUNTS.get(entry.kind, ()):
        return Due(due_label(entry), day, late=False, soon=False)
    if left < 0:
        return Due(due_label(entry), f"{day}, {count(-left, 'day')} late", late=True, soon=True)
    when = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
    return Due(due_label(entry), f"{day}, {when}", late=False, soon=left <= SOON)


def due_label(entry: Entry) -> str:
    """What its day is: that of the last move before its state which asked for one."""
    kind = kind_of(entry)
    order = [state.id for state in kind.states]
    found, place = "Due", -1
    for move in kind.moves:
        for asked in move.asks:
            reached = order.index(move.target) if move.target else -1
            if asked.into == "due_on" and place < reached <= order.index(entry.state):
                found, place = asked.label, reached
    return {"By when": "Due", "Until when": "Until"}.get(found, found)


def count(n: int, one: str, many: str = "") -> str:
    """“1 day”, “3 days”."""
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"


def past_words(kind: EntryKind, version: Version) -> str:
    """What was done with a version: “shared it”."""
    move = kind.move(version.move)
    return move.past if move else BESIDE.get(version.move, "changed it")


@dataclass(frozen=True, slots=True)
class Change:
    """What stood in a field before and after."""

    label: str
    before: str
    after: str


def changes_between(
    kind: EntryKind,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    names: Names,
    move_id: str = "",
) -> list[Change]:
    """What is different between two snapshots, in words, but for the state; called as the move that
    made the change calls it."""
    found = []
    fields = kind.fields
    move = kind.move(move_id)
    asked = [*(move.asks if move else ()), *fields.values()]
    for column, label in _COLUMNS.items():
        field = next((f for f in asked if f.into == column), None)
        words = [_column(column, side.get(column), field, names) for side in (before, after)]
        found.append(Change(field.label if field else label, *words))
    for key, field in fields.items():
        words = [names.words(field, side["content"].get(key)) for side in (before, after)]
        found.append(Change(field.label, *words))
    sides = {party[0] for side in (before, after) for party in side["parties"]}
    for key in sorted(sides):
        words = [_on_side(side["parties"], key, names) for side in (before, after)]
        found.append(Change(SIDE_WORDS.get(key, capital(SIDES.get(key, key))), *words))
    return [change for change in found if change.before != change.after]


_COLUMNS = {
    "title": "Title", "owner": "Owner", "indicator_id": "Indicator", "due_on": "Due",
    "audience": "Who may see it", "readers": "Shared by name with",
}  # fmt: skip
_AUDIENCES = {
    Audience.AUTHORITIES: "the authorities with a part in it",
    Audience.TRIAD: "those and their triad",
    Audience.ALLIANCE: "everyone in the alliance",
}


def _column(column: str, value: Any, field: Field | None, names: Names) -> str:
    if column == "audience":
        return _AUDIENCES[Audience(value)]
    if column == "readers":
        return in_a_list([names.person(name) for name in value])
    if column == "owner":
        return names.author(value) if value else ""
    return names.words(field, value) if field else str(value or "")


def _on_side(parties: Iterable[Party], side: str, names: Names) -> str:
    return names.list_authorities(code for held, code in parties if held == side)
