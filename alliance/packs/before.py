"""The pack before a meeting: its agenda, what each item is about with the evidence that it rests
on, what is asked of the meeting, and what is late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alliance.components.agenda_items import hours
from alliance.components.entry_facts import parties_words
from alliance.exports.about import RANKS, SUPPRESSION
from alliance.log.agenda import when_words
from alliance.log.entry import Entry, Note
from alliance.log.fields import FieldKind
from alliance.log.words import (
    Names,
    capital,
    due_label,
    due_of,
    kind_of,
    state_words,
    written_in,
)
from alliance.packs.document import (
    Block,
    Document,
    bullets,
    heading,
    labelled,
    para,
    quote,
    small,
    table,
)
from alliance.packs.figures import blocks_of
from alliance.packs.meeting import Matter, Packed
from indicators.words import format_day

SUBTITLE = "Pack for a meeting"
FROZEN = (
    "Each figure stands as it was when it was taken into the log, with its period and release; "
    "what became of it since is said beside it."
)
ON_PAPER = (
    "The thick line over a bar is its 95% interval, the thin one its 99.8% interval: a difference "
    "within them may be chance."
)
READING = (FROZEN, ON_PAPER, SUPPRESSION, RANKS)
"""How the figures and their pictures are to be taken."""
FIGURES_ALREADY = frozenset({"baseline", "baseline_period", "baseline_release", "target"})
"""Fields of a priority that its trajectory says, from what is still published."""
AGENDA_HEAD, AGENDA_WIDTHS = ("Item", "What", "When", "Asked of the meeting"), (6, 25, 22, 37)
ACTION_HEAD, ACTION_WIDTHS = ("Action", "Who", "For", "By", "State"), (34, 22, 18, 20, 10)
"""The heads of the two tables, and the share of the page that each column has."""
NOTHING_LATE = "No action that everybody at this meeting may see is late."


def pack_document(packed: Packed) -> Document:
    """The pack as a document."""
    blocks = [*_opening(packed), *agenda_blocks(packed), *_late(packed), *_reading()]
    for number, matter in enumerate(packed.matters, start=1):
        blocks += _matter(packed, number, matter)
    return Document(packed.meeting.title, SUBTITLE, packed.stamp, blocks)


def _opening(packed: Packed) -> Iterable[Block]:
    meeting, names = packed.meeting, packed.gathering.names
    yield para(when_words(meeting), strong=True)
    yield labelled("Chair", f"{names.author(meeting.owner)}. {state_words(meeting)}.")
    if meeting.content.get("attendees"):
        yield labelled("Who attends", str(meeting.content["attendees"]))


def _reading() -> Iterable[Block]:
    yield heading("How to read the figures")
    yield from (small(words) for words in READING)


def agenda_blocks(packed: Packed) -> list[Block]:
    """The agenda as a table."""
    if not packed.matters:
        return [heading("Agenda"), para("Nothing is on the agenda yet.")]
    return [heading("Agenda"), table(AGENDA_HEAD, agenda_rows(packed), AGENDA_WIDTHS)]


def agenda_rows(packed: Packed) -> list[list[str]]:
    """The agenda: its number, what it is, when, and what the meeting is asked."""
    return [
        [str(number), matter.listed.title, hours(matter.listed), asked_words(matter)]
        for number, matter in enumerate(packed.matters, start=1)
    ]


def asked_words(matter: Matter) -> str:
    """What the meeting is asked of an item; why it is on the agenda where nothing is declared."""
    return matter.asked or str(matter.listed.item.content.get("why") or "")


def _late(packed: Packed) -> list[Block]:
    rows = action_rows(packed, packed.late)
    return [heading("Late actions"), actions_table(rows) if rows else para(NOTHING_LATE)]


def action_rows(packed: Packed, actions: Iterable[Entry]) -> list[list[str]]:
    """Actions as rows: what, who, for whom, by when, how far."""
    gathering, names = packed.gathering, packed.gathering.names
    rows = []
    for action in actions:
        due = due_of(action, gathering.today)
        rows.append(
            [
                f"{action.title} ({action.ref})",
                names.author(action.owner) if action.owner else "Nobody yet",
                names.list_authorities(action.on_side("doing")),
                f"{'⚠ ' if due.late else ''}{due.words}" if due else "No day",
                state_words(action),
            ]
        )
    return rows


def actions_table(rows: Sequence[Sequence[str]]) -> Block:
    """The schedule of actions."""
    return table(ACTION_HEAD, rows, ACTION_WIDTHS)


def _matter(packed: Packed, number: int, matter: Matter) -> Iterable[Block]:
    listed, names = matter.listed, packed.gathering.names
    about = matter.about
    yield heading(f"{number}. {listed.title}", new_page=bool(matter.figures))
    yield small(f"{capital(hours(listed))}.")
    if listed.item.content.get("why"):
        yield labelled("Why it is on the agenda", str(listed.item.content["why"]))
    if about is None:
        return
    kind = kind_of(about)
    who = parties_words(about, names)
    yield para(
        f"{capital(kind.words.split()[-1])} {about.ref}"
        f"{f', {who}' if who else ''}. {state_words(about)}: "
        f"{kind.state(about.state).meaning}"
    )  # fmt: skip
    if matter.asked or matter.reasons:
        yield heading("Asked of this meeting", 2)
        yield bullets([words for words in (matter.asked, *matter.reasons) if words])
    yield from _written(about, names)
    yield from _said(matter.said, about, names)
    if matter.actions:
        yield heading("Its actions", 2)
        yield actions_table(action_rows(packed, matter.actions))
    if matter.figures:
        yield heading("What it rests on", 2)
    for shown in matter.figures:
        yield from blocks_of(shown)


def _written(about: Entry, names: Names) -> Iterable[Block]:
    """The words of the entry itself, as they were typed."""
    yield heading("In its own words", 2)
    if about.title:
        yield para(about.title, strong=True)
    if about.due_on is not None:
        yield labelled(due_label(about), format_day(about.due_on))
    for field, words in written_in(about, names, but=FIGURES_ALREADY):
        if field.kind == FieldKind.TEXT:
            yield quote(words, field.label)
        else:
            yield labelled(field.label, words)


def _said(notes: Sequence[Note], about: Entry, names: Names) -> Iterable[Block]:
    if not notes:
        return
    kind = kind_of(about)
    yield heading("What was said", 2)
    for note in notes:
        move = kind.move(note.move)
        did = move.past if move else "changed it"
        who = names.author(note.by, note.authority_code)
        yield quote(note.text, f"{who} {did}, {format_day(note.at.date())}")
