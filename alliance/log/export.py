"""The list of a kind of entry as CSV, as one person sees it: confidential, and every row says for
whom it is."""

from __future__ import annotations

from collections.abc import Iterable

from alliance.exports.about import opening_lines
from alliance.exports.csv_file import write_csv
from alliance.log.asking import Asking
from alliance.log.entries import notes_of
from alliance.log.entry import Entry
from alliance.log.filtering import GROUPS, Filters, filtered
from alliance.log.words import SIDE_WORDS, capital, due_of, kind_of, marking, state_words
from alliance.log.workflow import EntryKind

STAMP = "Confidential: for {person} alone to use as each row’s marking says"
_FIRST = ("marking", "reference", "kind", "state", "title")
_LAST = ("owner", "due_on", "due", "indicator_id", "indicator", "begun_on", "begun_by",
         "changed_on", "changed_by", "notes")  # fmt: skip


def render_list(asked: Asking, kind: EntryKind, filters: Filters) -> str:
    """Every entry of the kind that the person may see and that is as the filters say, one in a
    row: its marking, its sides, every field that its kind declares, and its notes."""
    entries = filtered(asked.session, asked.person, kind.id, filters, asked.names)
    sides = [side for side in SIDE_WORDS if any(entry.on_side(side) for entry in entries)]
    fields = [field for field in kind.fields.values() if _is_kept(field.into)]
    header = [*_FIRST, *(SIDE_WORDS[side].lower().replace(" ", "_") for side in sides),
              *_LAST, *(field.id for field in fields)]  # fmt: skip
    rows = [
        [
            *_first(asked, entry),
            *(asked.names.list_authorities(entry.on_side(side)) for side in sides),
            *_last(asked, entry),
            *(asked.names.words(field, entry.content.get(field.id)) for field in fields),
        ]
        for entry in entries
    ]
    return write_csv(_opening(asked, kind, filters), header, rows)


def _is_kept(into: str) -> bool:
    return into in ("content", "")


def _opening(asked: Asking, kind: EntryKind, filters: Filters) -> list[str]:
    state = GROUPS.get(filters.state) or kind.state(filters.state).words
    return [
        STAMP.format(person=asked.person.display_name),
        f"{kind.plural} of the challenge log as {asked.person.display_name} sees it, "
        f"{asked.today.isoformat()}. {capital(state.lower())}.",
        *opening_lines(asked.served),
    ]


def _first(asked: Asking, entry: Entry) -> Iterable[object]:
    kind = kind_of(entry)
    return (marking(entry, asked.names), entry.ref, kind.id, state_words(entry), entry.title)


def _last(asked: Asking, entry: Entry) -> Iterable[object]:
    names, due = asked.names, due_of(entry, asked.today)
    notes = notes_of(asked.session, asked.person, entry)
    return (
        names.author(entry.owner) if entry.owner else None,
        entry.due_on.isoformat() if entry.due_on else None,
        due.words if due else None,
        entry.indicator_id,
        names.indicators.get(entry.indicator_id or ""),
        entry.created_at.date().isoformat(),
        names.author(entry.created_by),
        entry.changed_at.date().isoformat(),
        names.author(entry.changed_by),
        "\n\n".join(f"{names.author(n.by, n.authority_code)}: {n.text}" for n in notes) or None,
    )
