"""The themes of an alliance: by domain, which challenges and priorities everybody in it may see,
what improved and what did not, what support was given and what practice written down.

Made of entries for the whole alliance alone: what authorities keep between them is neither shown
nor counted, whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy.orm import Session

from alliance.access import Audience, Person
from alliance.components.entry_facts import parties_words
from alliance.log.entries import list_entries
from alliance.log.entry import Entry
from alliance.log.trajectory import Standing
from alliance.log.words import Names, capital, count, kind_of, state_words, strictest_marking
from alliance.packs.document import (
    Block,
    Document,
    bullets,
    heading,
    para,
    small,
    stamp_of,
    table,
)
from alliance.packs.figures import standing_words, standings_of
from alliance.service import Served
from indicators.words import format_day

SUBTITLE = "Themes of the challenge log"
MARKING = "Confidential: for the alliance only"
LEAD = (
    "By domain of the indicators: what everybody in the alliance may see. What authorities keep "
    "between them, or with their triad, is neither shown nor counted here."
)
NOTHING = "Nothing that everybody in the alliance may see has been written yet."
OTHER = "Without an indicator"
KINDS_COUNTED: Mapping[str, str] = MappingProxyType(
    {
        "challenge": "Challenges",
        "priority": "Priorities",
        "support": "Support",
        "practice": "Practice",
    }
)
"""The kinds that the report is about, and the heading of each."""


class Came(StrEnum):
    """What came of a challenge or a priority."""

    IMPROVED = "Improved"
    NOT = "Not improved"


OUTCOMES: Mapping[str, Came] = MappingProxyType(
    {"improved": Came.IMPROVED, "not_improved": Came.NOT}
)
"""By the outcome of a closed challenge. That it lay in the data, or concerns nobody any more, is
neither."""
ENDS: Mapping[str, Came] = MappingProxyType({"met": Came.IMPROVED, "not_met": Came.NOT})
"""By the state in which a priority ended."""
STANDINGS: Mapping[Standing, Came] = MappingProxyType(
    {
        Standing.REACHED: Came.IMPROVED,
        Standing.ON_THE_WAY: Came.IMPROVED,
        Standing.NOT_MOVING: Came.NOT,
        Standing.FURTHER_AWAY: Came.NOT,
        Standing.PAST: Came.NOT,
    }
)
"""By where the published figures of a priority stand that is being worked on. A context measure is
neither good nor bad, and what has no figure since cannot be told."""


@dataclass(frozen=True, slots=True)
class Themes:
    """What everybody in an alliance may see, for a reader: newest change first."""

    served: Served
    person: Person
    names: Names
    today: date
    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """The alliance's name."""
        found = self.served.alliances.get(self.person.alliance or "")
        return found.name if found else "The alliance"

    def domain_of(self, entry: Entry) -> str:
        """The domain of its indicator."""
        indicator = self.served.indicators.get(entry.indicator_id or "")
        return str(indicator["domain"]) if indicator else OTHER

    def by_domain(self) -> dict[str, list[Entry]]:
        """The entries of each domain that has any, in the release's order of domains."""
        order = [str(row["domain"]) for row in self.served.indicators.values()]
        held: dict[str, list[Entry]] = {domain: [] for domain in [*order, OTHER]}
        for entry in self.entries:
            held[self.domain_of(entry)].append(entry)
        return {domain: found for domain, found in held.items() if found}

    def came_of(self, entry: Entry) -> Came | None:
        """What came of it so far; None where that cannot be told, or is neither."""
        if entry.kind == "challenge":
            closed = entry.state == "closed"
            return OUTCOMES.get(str(entry.content.get("outcome"))) if closed else None
        if entry.kind != "priority":
            return None
        if entry.state != "active":
            return ENDS.get(entry.state)
        came = {STANDINGS.get(one) for one in standings_of(self.served, entry, self.today)}
        return came.pop() if len(came) == 1 else None


def read_themes(
    served: Served, session: Session, person: Person, names: Names, today: date
) -> Themes:
    """The entries that everybody in the person's alliance may see."""
    found = [
        entry
        for entry in list_entries(session, person)
        if entry.kind in KINDS_COUNTED
        and entry.audience == Audience.ALLIANCE
        and not entry.subject.private
    ]
    return Themes(served, person, names, today, tuple(found))


def themes_document(themes: Themes) -> Document:
    """The report as a document."""
    marking = strictest_marking(themes.entries, themes.names) if themes.entries else MARKING
    stamp = stamp_of(themes.served, themes.today, marking, themes.person.display_name)
    domains = themes.by_domain()
    blocks: list[Block] = [para(LEAD)]
    if not domains:
        return Document(themes.name, SUBTITLE, stamp, [*blocks, para(NOTHING)])
    blocks += [heading("In short"), _counts(themes, domains), *_came(themes)]
    for domain, entries in domains.items():
        blocks += [heading(domain), *_domain(themes, entries)]
    return Document(themes.name, SUBTITLE, stamp, blocks)


def _counts(themes: Themes, domains: Mapping[str, Sequence[Entry]]) -> Block:
    head = ("Domain", *KINDS_COUNTED.values(), *Came)
    rows = []
    for domain, entries in domains.items():
        kinds = [sum(entry.kind == kind for entry in entries) for kind in KINDS_COUNTED]
        came = [themes.came_of(entry) for entry in entries]
        rows.append([domain, *map(str, kinds), *(str(came.count(one)) for one in Came)])
    return table(head, rows, (30, 12, 12, 12, 12, 12, 14))


def _came(themes: Themes) -> Iterable[Block]:
    """What improved and what did not, each with its words."""
    for came in Came:
        found = [entry for entry in themes.entries if themes.came_of(entry) == came]
        yield heading(came.value, 2)
        if found:
            yield bullets(_came_words(themes, entry) for entry in found)
        else:
            yield para("Nothing so far.")
    yield small(
        "A challenge by the outcome that its sides confirmed; a priority by the end that was "
        "recorded or, while it is worked on, by published figures, where all its authorities stand "
        "alike. What cannot be told yet, and context measures, are in neither list. A change "
        "beside the work does not prove that the work made it."
    )


def _came_words(themes: Themes, entry: Entry) -> str:
    said = str(entry.content.get("finding") or entry.content.get("result") or "")
    where = standing_words(themes.served, entry, themes.today) if entry.kind == "priority" else ""
    parts = [_line(themes, entry), f"{where}" if where else "", said]
    return "\n".join(part for part in parts if part)


def _line(themes: Themes, entry: Entry) -> str:
    who = parties_words(entry, themes.names)
    kind = capital(kind_of(entry).words.removeprefix("a "))
    return f"{kind} {entry.ref}, {who}: {entry.title}" if who else f"{kind}: {entry.title}"


def _domain(themes: Themes, entries: Sequence[Entry]) -> Iterable[Block]:
    for kind, title in KINDS_COUNTED.items():
        found = [entry for entry in entries if entry.kind == kind]
        if found:
            yield heading(f"{title} ({count(len(found), 'entry', 'entries')})", 2)
            yield _LISTS[kind](themes, found)


def _challenges(themes: Themes, entries: Sequence[Entry]) -> Block:
    rows = [
        [f"{e.title} ({e.ref})", parties_words(e, themes.names), _indicator(themes, e),
         _outcome(themes, e)]
        for e in entries
    ]  # fmt: skip
    return table(("Question", "Between", "About", "Where it stands"), rows, (32, 24, 24, 20))


def _outcome(themes: Themes, entry: Entry) -> str:
    field = kind_of(entry).fields["outcome"]
    words = themes.names.words(field, entry.content.get("outcome"))
    closed = entry.state == "closed" and words
    return f"{state_words(entry)}: {words}" if closed else state_words(entry)


def _priorities(themes: Themes, entries: Sequence[Entry]) -> Block:
    rows = [
        [f"{e.title} ({e.ref})", parties_words(e, themes.names), state_words(e),
         standing_words(themes.served, e, themes.today) or "No figure measures it."]
        for e in entries
    ]  # fmt: skip
    return table(("Objective", "Of", "State", "By published figures"), rows, (30, 24, 12, 34))


def _support(themes: Themes, entries: Sequence[Entry]) -> Block:
    names = themes.names
    worth = kind_of(entries[0]).fields["worth"]
    rows = [
        [f"{e.title} ({e.ref})", names.list_authorities(e.on_side("giving")) or "Nobody yet",
         names.list_authorities(e.on_side("asking")) or "Nobody yet",
         ". ".join(w for w in (state_words(e), names.words(worth, e.content.get("worth"))) if w)]
        for e in entries
    ]  # fmt: skip
    return table(("What", "From", "To", "What came of it"), rows, (36, 20, 20, 24))


def _practice(themes: Themes, entries: Sequence[Entry]) -> Block:
    names = themes.names
    strength = kind_of(entries[0]).fields["strength"]
    rows = [
        [f"{e.title} ({e.ref})", names.list_authorities(e.on_side("own")),
         names.words(strength, e.content.get("strength")), format_day(e.created_at.date())]
        for e in entries
    ]  # fmt: skip
    head = ("Practice", "Of", "How well it is known", "Written down")
    return table(head, rows, (40, 20, 24, 16))


def _indicator(themes: Themes, entry: Entry) -> str:
    return themes.names.indicators.get(entry.indicator_id or "", "")


_LISTS = MappingProxyType(
    {
        "challenge": _challenges,
        "priority": _priorities,
        "support": _support,
        "practice": _practice,
    }
)
