"""One entry of the challenge log: what it is, what it rests on, what was done and said, and what
the reader may do next; also as it stood on an earlier day. Every kind is drawn from its
declaration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from dash import dcc, html

from alliance.access import TRIAD_SIDE, Audience, decide
from alliance.components.entry_body import body_of
from alliance.components.entry_evidence import evidence_section
from alliance.components.entry_facts import (
    entry_facts,
    entry_head,
    entry_parts,
)
from alliance.components.entry_form import Offered, offered
from alliance.components.entry_frame import crumbs, for_others, not_there
from alliance.components.entry_moves import begin_steps, entry_moves, sharing
from alliance.components.entry_proposals import entry_proposals
from alliance.components.entry_thread import entry_thread
from alliance.components.frame import page_frame, page_layout
from alliance.components.native import Input, hidden
from alliance.log.addresses import entry_address, list_address
from alliance.log.asking import Asking, asking, may_have_entries, observers_among
from alliance.log.entries import (
    entries_by_id,
    evidence_of,
    find_entry,
    history_of,
    linked_to,
    notes_of,
    parts_of,
)
from alliance.log.entry import Entry, Note, Version
from alliance.log.errors import NoEntryError
from alliance.log.kinds import KINDS
from alliance.log.kinds.meeting import ITEM
from alliance.log.kinds.positions import positions_of
from alliance.log.places import Place
from alliance.log.trajectory import unpublished_fields
from alliance.log.waiting import Step, begins_open_to, steps_of
from alliance.log.words import SIDE_WORDS, kind_of
from alliance.log.workflow import EntryKind
from alliance.saved.asking import asking_person
from alliance.service import Served
from alliance.view import View, link, parse_view
from indicators.words import format_day

POSITION_WORDS = {
    "responded": "✓ Has responded", "agreed": "✓ Agrees", "disputed": "✗ Does not agree",
}  # fmt: skip


def layout_for(place: Place) -> Callable[..., Any]:
    """The page for a query of `alliance`, `us` and `on`: the day to see the entry as it stood."""

    @page_layout
    def layout(served: Served, /, ref: str = "", **query: str | None) -> Any:
        view, url = parse_view(served, query), f"{place.entry_id}-url"
        person = asking_person()
        if not may_have_entries(person):
            content = for_others(served, person, place.title, place.lead, place.path)
            return page_frame(served, view, place.id, content, url_id=url)
        try:
            with asking(served) as asked:
                content = _entry_page(_read(place, asked, view, ref, query.get("on") or ""))
        except NoEntryError as error:
            content = not_there(error)
        return page_frame(served, view, place.id, content, url_id=url)

    return layout


def named_for(place: Place) -> dict[str, Any]:
    """The components that the page's frame names."""
    return {f"{place.entry_id}-url": dcc.Location}


def title_for(place: Place) -> Callable[..., str]:
    """The browser's title: the reference, which tells nothing of what there is."""

    def title(ref: str = "") -> str:
        return f"{ref[:20].upper()} – {place.title} – Alliance"

    return title


def register(_app: Any) -> None:
    """Nothing: links and plain forms need no callback."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """An entry as it is shown: as it stands, or as it stood on a day; with all that belongs to
    it."""

    place: Place
    asked: Asking
    view: View
    now: Entry
    entry: Entry | None
    on: date | None
    fault: str
    versions: Sequence[Version]
    notes: Sequence[Note]

    @property
    def prefix(self) -> str:
        """What begins every id of the page."""
        return f"{self.place.entry_id}-"

    @property
    def kind(self) -> EntryKind:
        return kind_of(self.now)

    @property
    def day(self) -> date:
        """The day that it is looked at from."""
        return self.on or self.asked.today

    @property
    def offers(self) -> Offered:
        return offered(self.asked.served, self.asked.known(), self.kind, self.asked.person)


def _read(place: Place, asked: Asking, view: View, ref: str, on: str) -> _Shown:
    entry = find_entry(asked.session, asked.person, ref)
    day = _day(on)
    versions = history_of(asked.session, asked.person, entry)
    notes = notes_of(asked.session, asked.person, entry)
    fault = f"“{on[:20]}” is no day, so the entry is shown as it stands." if on and not day else ""
    if day is None or day >= asked.today:
        return _Shown(place, asked, view, entry, entry, None, fault, versions, notes)
    end = datetime.combine(day, time.max, tzinfo=UTC)
    then = [version for version in versions if version.at <= end]
    return _Shown(
        place, asked, view, entry, as_of(entry, then[-1]) if then else None, day, fault, then,
        [note for note in notes if note.at <= end],
    )  # fmt: skip


def as_of(entry: Entry, version: Version) -> Entry:
    """The entry as a version of it holds it."""
    kept = version.snapshot
    parties = frozenset((side, code) for side, code in kept["parties"])
    is_part = entry.parent_id is not None
    subject = replace(
        entry.subject,
        audience=Audience(kept["audience"]),
        private=bool(kept["private"]),
        owner=kept["owner"],
        readers=frozenset(kept["readers"]),
        parties=entry.subject.parties if is_part else parties,
        own=parties if is_part else frozenset(),
    )
    return replace(
        entry,
        state=kept["state"],
        title=kept["title"],
        content=kept["content"],
        owner=kept["owner"],
        indicator_id=kept["indicator_id"],
        due_on=_day(kept["due_on"] or ""),
        parties=parties,
        changed_at=version.at,
        changed_by=version.by,
        version=version.version,
        subject=subject,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _entry_page(shown: _Shown) -> list[Any]:
    now = shown.now
    steps = [(shown.kind.plural, link(list_address(now.kind), shown.view))]
    parent = _parent(shown)
    if parent is not None:
        steps = [
            (kind_of(parent).plural, link(list_address(parent.kind), shown.view)),
            (parent.title, entry_address(parent.kind, parent.ref)),
        ]
    where = crumbs(steps, now.ref)
    if shown.entry is None:
        day = format_day(shown.on) if shown.on else ""
        words = f"On {day} there was nothing of it for you to see."
        return [where, html.H1(now.ref), *_then(shown), html.P(words)]
    entry, asked = shown.entry, shown.asked
    main, others = steps_of(asked.session, asked.person, now, asked.today)
    return [
        where,
        entry_head(entry, shown.asked.names, shown.day),
        *_then(shown),
        *_next(shown, main),
        html.Div(
            [
                html.Div(
                    [*_main(shown, entry), *_moves(shown, main, others)], className="entry-main"
                ),
                html.Div(_aside(shown, entry, parent), className="entry-aside"),
            ],
            className="entry-columns",
        ),
    ]


def _parent(shown: _Shown) -> Entry | None:
    number = shown.now.parent_id
    if number is None:
        return None
    found = entries_by_id(shown.asked.session, shown.asked.person, [number])
    return found.get(number)


def _next(shown: _Shown, main: Step | None) -> list[Any]:
    """The way to what the reader may do, which stands below all that was said."""
    if shown.on is not None or main is None:
        return []
    way = html.A(main.move.label, href=f"#{shown.prefix}moves")
    return [html.P(["Next: ", way], className="entry-next")]


def _then(shown: _Shown) -> list[Any]:
    """That it is shown as it stood on a day, with the way back."""
    if shown.fault:
        return [html.P(shown.fault, className="as-it-stood", role="note")]
    if shown.on is None:
        return []
    note = html.Div(
        [
            html.P(f"As it stood at the end of {format_day(shown.on)}. Nothing can be done here."),
            dcc.Link("See it as it stands now",
                     href=link(entry_address(shown.now.kind, shown.now.ref), shown.view)),
        ],
        className="as-it-stood",
        role="note",
    )  # fmt: skip
    return [note]


def _main(shown: _Shown, entry: Entry) -> list[Any]:
    return [
        *body_of(
            shown.asked,
            shown.view,
            entry,
            shown.versions,
            prefix=shown.prefix,
            now=shown.on is None,
        ),
        *_evidence(shown),
        *_positions(shown, entry),
        *entry_proposals(entry, shown.asked.names, prefix=shown.prefix),
        *_parts(shown, entry),
        html.Section(
            [
                html.H2("What was done and said"),
                entry_thread(
                    shown.kind,
                    shown.versions,
                    shown.notes,
                    replace(
                        shown.asked.names,
                        unpublished=unpublished_fields(shown.asked.served, shown.now),
                    ),
                ),
            ],
            className="card",
            id=f"{shown.prefix}thread",
        ),
    ]


def _evidence(shown: _Shown) -> list[Any]:
    asked = shown.asked
    found = evidence_of(asked.session, asked.person, shown.now)
    if shown.on is not None:
        end = datetime.combine(shown.on, time.max, tzinfo=UTC)
        found = [item for item in found if item.at <= end]
    if not found:
        return []
    return evidence_section(asked.served, found, asked.names, prefix=shown.prefix)


def _positions(shown: _Shown, entry: Entry) -> list[Any]:
    """What each authority with a part in it has said."""
    held = positions_of(entry.content)
    if not held:
        return []
    names = shown.asked.names
    codes = [code for side in SIDE_WORDS if side != TRIAD_SIDE for code in entry.on_side(side)]
    items = []
    for code in codes:
        said = held.get(code)
        words = POSITION_WORDS.get(said["position"], "") if said else "Has not said yet"
        who = f", {names.person(said['by'])}, {format_day(date.fromisoformat(said['on']))}" if (
            said
        ) else ""  # fmt: skip
        items += [html.Dt(names.authority(code)), html.Dd(f"{words}{who}")]
    return [
        html.Section([html.H2("Where each stands"), html.Dl(items, className="facts")],
                     className="card", id=f"{shown.prefix}positions")
    ]  # fmt: skip


def _parts(shown: _Shown, entry: Entry) -> list[Any]:
    """The parts of an entry by kind, and the forms that begin another."""
    asked = shown.asked
    parts = parts_of(asked.session, asked.person, shown.now)
    begins = begins_open_to(asked.person, entry) if shown.on is None else []
    if shown.on is not None:
        parts = _parts_then(asked, parts, shown.on)
    sections = []
    for kind in KINDS.values():
        mine = [part for part in parts if part.kind == kind.id]
        possible = [pair for pair in begins if pair[0].id == kind.id]
        if entry.kind not in kind.part_of or not (mine or possible):
            continue
        here = entry_address(entry.kind, entry.ref)
        sections.append(
            html.Section(
                [
                    html.H2(kind.plural),
                    entry_parts(mine, asked.names, shown.day,
                                nothing=f"There are no {kind.plural.lower()} yet."),
                    *begin_steps(possible, shown.offers, asked.person, prefix=shown.prefix,
                                 parent=entry.ref, onward=here),
                ],
                className="card",
                id=f"{shown.prefix}parts-{kind.id}",
            )
        )  # fmt: skip
    return sections


def _parts_then(asked: Asking, parts: Sequence[Entry], on: date) -> list[Entry]:
    end = datetime.combine(on, time.max, tzinfo=UTC)
    found = []
    for part in parts:
        then = [v for v in history_of(asked.session, asked.person, part) if v.at <= end]
        found += [as_of(part, then[-1])] if then else []
    return found


def _moves(shown: _Shown, main: Step | None, others: Sequence[Step]) -> list[Any]:
    if shown.on is not None:
        return []
    return [entry_moves(shown.now, main, others, shown.offers, prefix=shown.prefix)]


def _aside(shown: _Shown, entry: Entry, parent: Entry | None) -> list[Any]:
    asked = shown.asked
    facts = entry_facts(
        entry, asked.names, shown.day, shown.view,
        linked=_linked(shown), parent=parent,
        indicators=asked.served.indicators,
    )  # fmt: skip
    return [
        html.Section([html.H2("At a glance"), facts], className="card", id=f"{shown.prefix}facts"),
        html.Section(
            [html.H2("Look back, share"), _look_back(shown), *_sharing(shown)],
            className="card entry-tools",
            id=f"{shown.prefix}tools",
        ),
    ]


def _linked(shown: _Shown) -> list[tuple[str, Entry]]:
    """What it is about and what is about it; where that is an item of an agenda, the meeting."""
    asked = shown.asked
    found = linked_to(asked.session, asked.person, shown.now)
    items = [other.parent_id for _, other in found if other.kind == ITEM.id and other.parent_id]
    meetings = entries_by_id(asked.session, asked.person, items)
    return [(relation, meetings.get(other.parent_id or 0, other)) for relation, other in found]


def _look_back(shown: _Shown) -> html.Form:
    """The form that shows the entry as it stood on a day."""
    first = shown.now.created_at.date().isoformat()
    return html.Form(
        [
            hidden("alliance", shown.view.alliance.key),
            hidden("us", shown.view.us),
            html.Label("As it stood on", htmlFor=f"{shown.prefix}on"),
            Input(type="date", id=f"{shown.prefix}on", name="on", className="answer-day",
                  mark=first, value=shown.on.isoformat() if shown.on else first),
            html.Button("Show", type="submit", className="act act-second"),
        ],
        action=entry_address(shown.now.kind, shown.now.ref),
        method="get",
        className="look-back",
    )  # fmt: skip


def _sharing(shown: _Shown) -> list[Any]:
    entry, asked = shown.now, shown.asked
    may = entry.parent_id is None and decide(asked.person, "entry.share", entry.subject).allowed
    if not may or shown.on is not None:
        return []
    return [sharing(entry, observers_among(asked), prefix=shown.prefix)]
