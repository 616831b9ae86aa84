"""The record of a meeting that was held: who was there, what was decided, and the schedule of what
is to be done, by whom, until when."""

from __future__ import annotations

from collections.abc import Iterable

from alliance.exports.table import NotThereError
from alliance.log.agenda import put_right, when_words
from alliance.log.entry import Entry
from alliance.log.kinds.meeting import MEETING
from alliance.log.words import state_words
from alliance.packs.addresses import HELD
from alliance.packs.before import action_rows, actions_table
from alliance.packs.document import (
    Block,
    Document,
    heading,
    labelled,
    para,
    quote,
    small,
    warning,
)
from alliance.packs.meeting import Matter, Packed
from indicators.words import format_day

SUBTITLE = "Decisions and actions"
NOT_AGREED = "The minutes are not agreed yet: what they say may still change."
NO_ACTION = "No action belongs to what was talked about."
NOTHING = "Nothing was on the agenda."


def require_held(meeting: Entry) -> None:
    """Raises `NotThereError` for a meeting that has no record yet."""
    if meeting.state not in HELD:
        words = MEETING.state(meeting.state).words.lower()
        raise NotThereError(
            f"This meeting is {words}, so it has no record yet. Its pack is on its page; the "
            "record is there once the meeting has been ended."
        )


def record_document(packed: Packed) -> Document:
    """The record as a document. Raises `NotThereError` as `require_held`."""
    require_held(packed.meeting)
    blocks = [*_opening(packed), heading("Decisions")]
    for number, matter in enumerate(packed.matters, start=1):
        blocks += _decision(number, matter)
    if not packed.matters:
        blocks.append(para(NOTHING))
    rows = action_rows(packed, packed.actions)
    blocks += [heading("Schedule of actions"), actions_table(rows) if rows else para(NO_ACTION)]
    return Document(packed.meeting.title, SUBTITLE, packed.stamp, [*blocks, *_put_right(packed)])


def _opening(packed: Packed) -> Iterable[Block]:
    meeting, names = packed.meeting, packed.gathering.names
    yield para(when_words(meeting), strong=True)
    yield labelled("Chair", f"{names.author(meeting.owner)}.")
    for key in ("attended", "summary"):
        if meeting.content.get(key):
            yield labelled(MEETING.fields[key].label, str(meeting.content[key]))
    state = MEETING.state(meeting.state)
    if state.sealed:
        yield para(f"{state.words}. {state.meaning}")
    else:
        yield warning(NOT_AGREED, [])


def _decision(number: int, matter: Matter) -> Iterable[Block]:
    item, about = matter.listed.item, matter.about
    yield heading(f"{number}. {matter.listed.title}", 2)
    if about is not None:
        yield small(f"About {about.ref}, now “{state_words(about)}”: {about.title}")
    decision, said = decision_parts(matter)
    left = item.state == "left"
    yield para(decision) if left else labelled("Decided", decision)
    if said:
        yield quote(said, "What was said")


def decision_parts(matter: Matter) -> tuple[str, str]:
    """What was decided of an item, or that it was left, and what was said."""
    content = matter.listed.item.content
    decision, said = str(content.get("decision") or ""), str(content.get("discussion") or "")
    if matter.listed.item.state == "left":
        return f"Left: {decision or 'for another meeting.'}", said
    return decision or "Not dealt with.", said


def _put_right(packed: Packed) -> Iterable[Block]:
    """What was put right in minutes that were agreed, beside them."""
    notes = put_right(packed.gathering)
    if notes:
        yield heading("Put right since")
    for note in notes:
        who = packed.gathering.names.author(note.by, note.authority_code)
        yield quote(note.text, f"{who}, {format_day(note.at.date())}")
