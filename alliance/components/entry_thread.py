"""The thread of an entry: everything that was done, said and changed, oldest first. What somebody
wrote stands as they typed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import html

from alliance.log.entry import Note, Version
from alliance.log.words import Change, Names, capital, changes_between, past_words
from alliance.log.workflow import EntryKind
from indicators.words import format_day

LONG = 700
"""Words longer than this are folded where they are only shown as what stood before."""


def entry_thread(
    kind: EntryKind, versions: Sequence[Version], notes: Iterable[Note], names: Names
) -> html.Ol:
    """One chronological thread of an entry's versions, as far as the reader may see them, with the
    notes that were written with each."""
    written: dict[int, list[Note]] = {}
    for note in notes:
        written.setdefault(note.entry_version, []).append(note)
    items = []
    for before, version in zip((None, *versions), versions, strict=False):
        changes = (
            changes_between(kind, before.snapshot, version.snapshot, names, version.move)
            if before
            else []
        )
        items.append(
            html.Li(
                [
                    _head(kind, before, version, names),
                    *(quote(note.text) for note in written.get(version.version, ())),
                    *_changes(changes),
                ],
                className="step" if version.version in written else "step step-quiet",
                **{"data-version": str(version.version)},
            )
        )
    return html.Ol(items, className="thread")


def changes_since(
    kind: EntryKind, versions: Sequence[Version], since: int, names: Names
) -> html.Section:
    """What others did to an entry after it was read at version `since`: each change with who made
    it and when, then what stands differently now."""
    seen = next((v for v in versions if v.version == since), None)
    later = [version for version in versions if version.version > since]
    items = [
        html.Li(
            f"{names.author(v.by)} {past_words(kind, v)}, {moment(v.at)}."
        )
        for v in later
    ]  # fmt: skip
    changes = (
        changes_between(kind, seen.snapshot, later[-1].snapshot, names) if seen and later else []
    )
    return html.Section(
        [
            html.H2("What changed while you had it open"),
            html.Ul(items),
            *([change_list(changes)] if changes else []),
        ],
        className="changed-since",
    )


def quote(text: str) -> html.Blockquote:
    """Words as somebody typed them, line for line."""
    return html.Blockquote(text, className="typed-words")


def moment(at: datetime) -> str:
    """“3 May 2026 at 14:05 UTC”."""
    return f"{format_day(at.date())} at {at:%H:%M} UTC"


def change_list(changes: Iterable[Change]) -> html.Dl:
    """What stood before and what stands now, field by field."""
    parts: list[Any] = []
    for change in changes:
        parts.append(html.Dt(change.label))
        parts.append(
            html.Dd(
                [
                    *(
                        [html.Del([html.Span("Before: ", className="vh"), change.before])]
                        if change.before
                        else []
                    ),
                    *(
                        [html.Ins([html.Span("Now: ", className="vh"), change.after])]
                        if change.after
                        else [html.Span("taken out", className="unit")]
                    ),
                ]
            )
        )
    return html.Dl(parts, className="changes")


def _head(kind: EntryKind, before: Version | None, version: Version, names: Names) -> html.P:
    """“Morgan Ashby, Fenshire, shared it. 3 May 2026 at 14:05 UTC”, with the state it came to."""
    return html.P(
        [
            html.Strong(names.author(version.by)),
            f" {past_words(kind, version)} ",
            *_state_step(kind, before.snapshot if before else None, version.snapshot),
            html.Time(moment(version.at), dateTime=version.at.isoformat(), className="step-when"),
        ],
        className="step-head",
    )


def _state_step(
    kind: EntryKind, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> list[Any]:
    if before is not None and before["state"] == after["state"]:
        return []
    words = kind.state(after["state"]).words
    return [html.Span([html.Span("→ ", **{"aria-hidden": "true"}), capital(words)],
                      className="step-state"), " "]  # fmt: skip


def _changes(changes: Sequence[Change]) -> list[Any]:
    if not changes:
        return []
    labels = ", ".join(dict.fromkeys(change.label for change in changes))
    size = sum(len(change.before) + len(change.after) for change in changes)
    if size <= LONG and len(changes) <= 3:
        return [change_list(changes)]
    return [html.Details([html.Summary(f"What changed: {labels}"), change_list(changes)])]
