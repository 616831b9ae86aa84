"""What somebody is told of an entry that was moved: made when it is sent, of what that person may
then see, through `alliance.log.entries` alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

from sqlalchemy.orm import Session

from alliance.access import Person
from alliance.log.addresses import entry_address
from alliance.log.entries import entries_by_id, history_of
from alliance.log.entry import Entry
from alliance.log.waiting import Step, waits_for
from alliance.log.words import Names, capital, due_of, kind_of, marking, past_words
from alliance.mail.letter import SETTINGS, Letter, Part
from alliance.store.accounts import Account
from alliance.store.outbox import Item

SUBJECTS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("challenge", "respond"): "a challenge waits for your response",
        ("challenge", "agree"): "a challenge waits for your agreement",
        ("challenge", "close"): "a challenge waits for you to confirm its outcome",
        ("challenge", "propose_closing"): "the review of a challenge is due",
        ("priority", "agree"): "a priority waits for your agreement",
        ("support", "evaluate"): "support waits for you to say what came of it",
        ("meeting", "agree_minutes"): "minutes wait to be agreed",
    }
)
"""Subjects by kind and the move that waits. A subject is read over shoulders and on locked screens:
it never says what an entry is about, nor whose it is."""


def news_for(
    session: Session,
    account: Account,
    person: Person,
    item: Item,
    names: Names,
    *,
    base_url: str,
    today: date,
) -> Letter | None:
    """What to say to that person of the thing in their outbox; None where they may not see the
    entry any more."""  # fmt: skip
    entry = entries_by_id(session, person, [item.entry_id]).get(item.entry_id)
    if entry is None or not account.email:
        return None
    step = waits_for(session, person, entry, today)
    parts = [
        Part(f"Dear {account.display_name},"),
        Part(_what_happened(session, person, entry, item, names)),
        *describe(entry, step, today, base_url=base_url),
        *close(base_url, marking(entry, names)),
    ]
    return Letter(account.email, _subject(entry, step), parts, _key(entry, item))


def _key(entry: Entry, item: Item) -> str:
    """Tells the letter from others by what its reader knows: a number in the outbox would tell how
    much others are written."""
    return f"news/{entry.ref}/{item.move}/{item.at.isoformat()}/{item.username}"


def describe(entry: Entry, step: Step | None, today: date, *, base_url: str) -> Iterator[Part]:
    """An entry as it stands: what it is, what is due, what waits for the reader, and its page."""
    kind = kind_of(entry)
    state = kind.state(entry.state)
    yield Part(f"{capital(kind.words.partition(' ')[2] or kind.words)} {entry.ref}: {entry.title}")
    lines = [f"It is {state.words.lower()}. {state.meaning}"]
    due = due_of(entry, today)
    if due is not None and (due.soon or due.late):
        lines.append(f"{due.label}: {due.words}.")
    if step is not None:
        lines.append(f"It waits for you: {step.move.label.lower()}.")
    yield Part(" ".join(lines))
    yield Part(f"Open {entry.ref}", href=f"{base_url}{entry_address(entry.kind, entry.ref)}")


def close(base_url: str, marked: str) -> Iterator[Part]:
    """How every letter about entries ends."""
    yield Part(f"{marked}. Do not pass this message on.")
    yield Part("Choose what you are told by email", href=f"{base_url}{SETTINGS}")


def _subject(entry: Entry, step: Step | None) -> str:
    words = kind_of(entry).words
    if step is None:
        return f"Alliance: news of {words}"
    return f"Alliance: {SUBJECTS.get((entry.kind, step.move.id), f'{words} waits for you')}"


def _what_happened(session: Session, person: Person, entry: Entry, item: Item, names: Names) -> str:
    """“Kit Marsh, Fenshire, responded.”, where that is a version that the person may see."""
    kind = kind_of(entry)
    for version in history_of(session, person, entry):
        if (version.move, version.at) == (item.move, item.at):
            who = names.author(version.by)
            comma = "," if "," in who else ""
            return f"{who}{comma} {past_words(kind, version)}."
    return "Something that you can see has changed."
