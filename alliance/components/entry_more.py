"""What a list says of an entry of a kind beside what it says of all: of a priority where it stands,
of a practice how well it is known to work, of a self-assessment its authority's own grades."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from alliance.components.entry_list import More, nothing_more
from alliance.log.asking import Asking
from alliance.log.entry import Entry
from alliance.log.trajectory import (
    agreed_words,
    aim_of,
    courses_of,
    is_withheld,
    latest_words,
    withheld_words,
)
from alliance.log.words import kind_of


def more_of(kind: str, asked: Asking) -> More:
    """What a list of that kind says of each entry, a line each."""
    say = _MORE.get(kind)
    return partial(say, asked) if say else nothing_more


def _of_priority(asked: Asking, entry: Entry) -> Sequence[str]:
    aim = aim_of(asked.served, entry)
    if aim is None:
        measure = str(entry.content.get("measure") or "").strip()
        return (f"How it will be known: {measure}",) if measure else ()
    courses = courses_of(asked.served, entry, aim)
    if is_withheld(aim, courses):
        return (withheld_words(aim),)
    return (agreed_words(aim), latest_words(asked.served, aim, courses, asked.today))


def _told(field_id: str) -> Callable[[Asking, Entry], Sequence[str]]:
    """One field of the entry with its label, where something stands in it."""

    def say(asked: Asking, entry: Entry) -> Sequence[str]:
        field = kind_of(entry).fields[field_id]
        words = asked.names.words(field, entry.content.get(field_id))
        return (f"{field.label.removesuffix('?')}: {words}",) if words else ()

    return say


_MORE: Mapping[str, Callable[[Asking, Entry], Sequence[str]]] = MappingProxyType(
    {
        "priority": _of_priority,
        "practice": _told("strength"),
        "assessment": _told("grade"),
        "support": _told("support_kind"),
    }
)
