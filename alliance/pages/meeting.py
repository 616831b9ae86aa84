"""One meeting: its agenda and what is proposed for it; item by item for the shared screen; and what
was decided, to print. Each shows what everybody at the meeting may read, whoever opens it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from alliance.access import decide
from alliance.components.agenda_items import (
    action_table,
    agenda_list,
    decided,
    hours,
    proposals_list,
    sum_words,
    what_it_is_about,
)
from alliance.components.enquiries import enquiry_proposals
from alliance.components.entry_facts import entry_facts, entry_head, marking_band
from alliance.components.entry_form import Offered, move_form, offered
from alliance.components.entry_frame import crumbs, for_others, not_there
from alliance.components.entry_moves import begin_steps, entry_moves, sharing
from alliance.components.entry_thread import entry_thread, quote
from alliance.components.frame import page_frame, page_layout
from alliance.log.addresses import entry_address, list_address
from alliance.log.agenda import (
    Gathering,
    Listed,
    actions_of,
    agenda_of,
    propose,
    put_right,
    read_clock,
    when_words,
)
from alliance.log.asides import agenda_title, propose_enquiries
from alliance.log.asking import Asking, asking, may_have_entries, observers_among
from alliance.log.drift import as_shown, drifting
from alliance.log.entries import evidence_of, find_entry, history_of, notes_of
from alliance.log.entry import Entry, FrozenEvidence
from alliance.log.errors import NoEntryError
from alliance.log.gathering import gather
from alliance.log.kinds.meeting import ITEM, MEETING
from alliance.log.places import PLACES
from alliance.log.waiting import begins_open_to, steps_of
from alliance.log.words import kind_of
from alliance.log.workflow import Move
from alliance.log.writing import moves_open_to
from alliance.packs.addresses import FORMS, HELD, pack_address
from alliance.pages import log_entry
from alliance.pages.meetings import LEAD, TITLE
from alliance.saved.asking import asking_person
from alliance.service import Served
from alliance.view import View, link, parse_view
from indicators.words import format_day

URL, PREFIX = "meeting-url", "meeting-"
NAMED: dict[str, Any] = {URL: dcc.Location}
PREVIOUS, NEXT, CLOCK, USED = (f"{PREFIX}{key}" for key in ("previous", "next", "clock", "used"))
"""Ids that the keyboard and the clock of the shared screen look for (`assets/meeting.js`)."""
_as_every_entry = log_entry.layout_for(PLACES[0])
OPEN_TO_CHANGE = ("planned", "running", "held")


@page_layout
def layout(served: Served, /, ref: str = "", **query: str | None) -> Any:
    """The page for a query of `alliance`, `us`, `run` with `item` (the shared screen) and `record`
    (decisions and actions). A cycle or an item is shown as every entry is."""
    view = parse_view(served, query)
    person = asking_person()
    if not may_have_entries(person):
        content = for_others(served, person, TITLE, LEAD, list_address(MEETING.id))
        return page_frame(served, view, "meetings", content, url_id=URL)
    try:
        with asking(served) as asked:
            meeting = find_entry(asked.session, asked.person, ref)
            if meeting.kind != MEETING.id:
                return _as_every_entry(ref=ref, **query)
            content = _content(_Shown(asked, view, meeting), query)
    except NoEntryError as error:
        content = not_there(error)
    return page_frame(served, view, "meetings", content, url_id=URL)


def title(ref: str = "") -> str:
    """The browser's title: the reference, which tells nothing of what there is."""
    return f"{ref[:20].upper()} – Meetings – Alliance"


def register(_app: Any) -> None:
    """Nothing: links and plain forms need no callback."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A meeting, for whom it is drawn."""

    asked: Asking
    view: View
    meeting: Entry

    @property
    def gathering(self) -> Gathering:
        return gather(self.asked, self.meeting)

    @property
    def offers(self) -> Offered:
        return offered(self.asked.served, self.asked.known(), MEETING, self.asked.person)

    def address(self, **more: str) -> str:
        """The meeting's page, with what it is to show."""
        return link(entry_address(MEETING.id, self.meeting.ref), self.view, **more)

    def drift(self, evidence: Sequence[FrozenEvidence]) -> Mapping[int, Sequence[str]]:
        """What became of figures, in sentences."""
        return {key: one.sentences for key, one in drifting(self.asked.served, evidence).items()}


def _content(shown: _Shown, query: Mapping[str, str | None]) -> list[Any]:
    agenda = agenda_of(shown.gathering)
    if query.get("record"):
        return _record(shown, agenda)
    if query.get("run") and agenda:
        return _run(shown, agenda, query.get("item") or "")
    return _overview(shown, agenda)


def _crumbs(shown: _Shown, here: str = "") -> html.Nav:
    steps = [(MEETING.plural, link(list_address(MEETING.id), shown.view))]
    if here:
        steps.append((shown.meeting.title, shown.address()))
    return crumbs(steps, here or shown.meeting.ref)


# The meeting --------------------------------------------------------------------------------------


def _overview(shown: _Shown, agenda: Sequence[Listed]) -> list[Any]:
    meeting, asked = shown.meeting, shown.asked
    main, others = steps_of(asked.session, asked.person, meeting, asked.today)
    return [
        _crumbs(shown),
        entry_head(meeting, asked.names, asked.today),
        html.P(f"{when_words(meeting)}. Chair: {asked.names.author(meeting.owner)}.",
               className="meeting-when"),
        _ways(shown, agenda),
        html.Div(
            [
                html.Div(
                    [
                        _agenda(shown, agenda),
                        *_proposals(shown),
                        entry_moves(meeting, main, others, shown.offers, prefix=PREFIX),
                        _thread(shown),
                    ],
                    className="entry-main",
                ),
                html.Div(_aside(shown), className="entry-aside"),
            ],
            className="entry-columns",
        ),
    ]  # fmt: skip


def _ways(shown: _Shown, agenda: Sequence[Listed]) -> html.P:
    links: list[Any] = []
    if agenda and shown.meeting.state in ("planned", "running"):
        links.append(dcc.Link("Show it item by item", href=shown.address(run="1"),
                              className="form-button"))  # fmt: skip
    file = f"{entry_address(MEETING.id, shown.meeting.ref)}.ics"
    links += [
        dcc.Link("Decisions and actions, to print", href=shown.address(record="1")),
        *_packs(shown),
        html.A("Calendar file", href=file, className="download"),
    ]
    return html.P(links, className="meeting-ways")


def _packs(shown: _Shown) -> list[html.A]:
    """The files to take along: the pack, and the record of a meeting that was held."""
    meeting = shown.meeting
    kinds = {"pack": "Pack for the meeting"}
    if meeting.state in HELD:
        kinds["record"] = "Decisions and actions"
    return [
        html.A(f"{words} ({form.upper()})", href=pack_address(meeting.ref, key, form),
               className="download")
        for key, words in kinds.items()
        for form in FORMS
    ]  # fmt: skip


def _agenda(shown: _Shown, agenda: Sequence[Listed]) -> html.Section:
    person, meeting = shown.asked.person, shown.meeting
    changes = meeting.state in OPEN_TO_CHANGE
    moves = {one.item.id: _moves_of(shown, one.item) for one in agenda} if changes else {}
    begins = [pair for pair in begins_open_to(person, meeting) if pair[0].id == ITEM.id]
    here = shown.address()
    return html.Section(
        [
            html.H2("Agenda"),
            html.P(sum_words(agenda, _length(meeting)), className="log-count"),
            agenda_list(agenda, moves, shown.offers, prefix=PREFIX, onward=here),
            *begin_steps(begins, shown.offers, person, prefix=PREFIX, parent=meeting.ref,
                         onward=here),
        ],
        className="card",
        id=f"{PREFIX}agenda",
    )  # fmt: skip


def _moves_of(shown: _Shown, item: Entry) -> tuple[Move, ...]:
    return moves_open_to(shown.asked.person, item)


def _length(meeting: Entry) -> int | None:
    """The meeting's own minutes; None where nobody said from when to when."""
    begins, ends = (read_clock(meeting.content.get(key)) for key in ("starts_at", "ends_at"))
    if begins is None or ends is None or ends <= begins:
        return None
    return 60 * (ends.hour - begins.hour) + ends.minute - begins.minute


def _proposals(shown: _Shown) -> list[html.Section]:
    """What is proposed, while the agenda can still be changed."""
    if shown.meeting.state not in ("planned", "running"):
        return []
    may_add = any(k.id == ITEM.id for k, _ in begins_open_to(shown.asked.person, shown.meeting))
    found = propose(shown.gathering, shown.drift)
    rows = proposals_list(found, shown.meeting, may_add=may_add, onward=shown.address())
    lead = "From what everybody at this meeting may see; what matters most stands first."
    section = html.Section([html.H2("Proposed"), html.P(lead), rows], className="card",
                           id=f"{PREFIX}proposed")  # fmt: skip
    return [section, *_from_figures(shown, may_add=may_add)]


def _from_figures(shown: _Shown, *, may_add: bool) -> list[html.Section]:
    """What leads each authority's list of what is worth discussing, where anything does."""
    served = shown.asked.served
    found = propose_enquiries(served, shown.gathering)
    if not found:
        return []
    pairs = [(agenda_title(served, code, placed.item), placed) for code, placed in found]
    rows = enquiry_proposals(pairs, shown.meeting, may_add=may_add, onward=shown.address())
    lead = "What leads each authority’s list of what is worth discussing, by name."
    return [html.Section([html.H2("From the published figures"), html.P(lead), rows],
                         className="card", id=f"{PREFIX}figures")]  # fmt: skip


def _thread(shown: _Shown) -> html.Section:
    asked, meeting = shown.asked, shown.meeting
    versions = history_of(asked.session, asked.person, meeting)
    notes = notes_of(asked.session, asked.person, meeting)
    thread = entry_thread(kind_of(meeting), versions, notes, asked.names)
    return html.Section([html.H2("What was done and said"), thread], className="card",
                        id=f"{PREFIX}thread")  # fmt: skip


def _aside(shown: _Shown) -> list[Any]:
    asked, meeting = shown.asked, shown.meeting
    facts = entry_facts(meeting, asked.names, asked.today, shown.view)
    may_share = decide(asked.person, "entry.share", meeting.subject).allowed
    share = [sharing(meeting, observers_among(asked), prefix=PREFIX)] if may_share else []
    return [
        html.Section([html.H2("At a glance"), facts, *_written(meeting), *share], className="card",
                     id=f"{PREFIX}facts")
    ]  # fmt: skip


def _written(meeting: Entry) -> list[Any]:
    """Who attends, who was there and the meeting in short, as it was typed; when and where stand
    above."""
    fields = MEETING.fields
    return [
        part
        for key in ("attendees", "attended", "summary")
        if meeting.content.get(key)
        for part in (html.H3(fields[key].label, className="field-label"),
                     quote(str(meeting.content[key])))
    ]  # fmt: skip


# The shared screen --------------------------------------------------------------------------------


def _run(shown: _Shown, agenda: Sequence[Listed], wanted: str) -> list[Any]:
    """One item at a time: that of the reference, else the first that is to be dealt with."""
    refs = [one.item.ref for one in agenda]
    waiting = next((n for n, one in enumerate(agenda) if one.item.state == "listed"), 0)
    place = refs.index(wanted.upper()) if wanted.upper() in refs else waiting
    listed = agenda[place]
    before = refs[place - 1] if place else ""
    after = refs[place + 1] if place + 1 < len(refs) else ""
    return [
        _crumbs(shown, f"Item {place + 1} of {len(refs)}"),
        marking_band(shown.meeting, shown.asked.names),
        html.Div(
            [
                html.P(f"Item {place + 1} of {len(refs)}: {hours(listed)}", className="run-place"),
                html.H1(listed.title),
                _clock(listed),
                _turn(shown, before, after),
                html.Div(
                    [
                        html.Div(_about(shown, listed), className="run-about"),
                        html.Div(_decide(shown, listed, after), className="run-decide"),
                    ],
                    className="run-columns",
                ),
            ],
            className="run",
        ),
    ]


def _clock(listed: Listed) -> html.P:
    """The time used, which the browser counts, against the time given."""
    given = f"of {listed.minutes} minutes" if listed.minutes else "used; no time was given"
    used = html.Span("", id=USED)
    return html.P(
        [used, html.Span(f" {given}" if listed.minutes else "")],
        id=CLOCK,
        className="run-clock",
        hidden=True,
        **{"data-item": listed.item.ref, "data-minutes": str(listed.minutes)},
    )


def _turn(shown: _Shown, before: str, after: str) -> html.Nav:
    links: list[Any] = []
    if before:
        links.append(dcc.Link("← Previous item", id=PREVIOUS,
                              href=shown.address(run="1", item=before)))  # fmt: skip
    if after:
        links.append(dcc.Link("Next item →", id=NEXT, href=shown.address(run="1", item=after)))
    else:
        links.append(dcc.Link("Decisions and actions →", id=NEXT, href=shown.address(record="1")))
    links.append(html.Span("Or use the arrow keys.", className="hint run-keys"))
    return html.Nav(links, className="run-turn", **{"aria-label": "Items"})


def _about(shown: _Shown, listed: Listed) -> list[Any]:
    why = listed.item.content.get("why")
    parts: list[Any] = [html.P(str(why), className="typed-line")] if why else []
    if listed.about is None:
        return parts or [html.P("Nothing is shown beside this item.", className="empty")]
    asked, about = shown.asked, listed.about
    evidence = evidence_of(asked.session, asked.person, about)
    fit = [as_shown(asked.served, one) for one in evidence]
    return [*parts, *what_it_is_about(shown.gathering, about, fit, shown.drift(evidence))]


def _decide(shown: _Shown, listed: Listed, after: str) -> list[Any]:
    """What was decided, and the forms by which it is recorded as it is made."""
    item, meeting = listed.item, shown.meeting
    onward = shown.address(run="1", item=after) if after else shown.address(record="1")
    parts = decided(item)
    begin = [move for move in moves_open_to(shown.asked.person, meeting) if move.id == "begin"]
    here = shown.address(run="1", item=item.ref)
    parts += [move_form(m, meeting, shown.offers, prefix=PREFIX, onward=here) for m in begin]
    moves = [] if begin or meeting.state not in OPEN_TO_CHANGE else _moves_of(shown, item)
    for move in moves:
        form = move_form(move, item, shown.offers, prefix=f"{PREFIX}run-", onward=onward,
                         second=move.id != "decide")  # fmt: skip
        is_first = move.id == "decide"
        parts.append(html.Section([html.H2(move.label), form]) if is_first else html.Details(
            [html.Summary(move.label), form], className="other-step"))  # fmt: skip
    return parts


# Decisions and actions ----------------------------------------------------------------------------


def _record(shown: _Shown, agenda: Sequence[Listed]) -> list[Any]:
    """What was decided and what is to be done by whom, on one page to print."""
    meeting, asked = shown.meeting, shown.asked
    actions = actions_of(shown.gathering, agenda)
    stamp = (
        f"As it stood on {format_day(asked.today)}, with release "
        f"{asked.served.info.release_id}."
    )  # fmt: skip
    return [
        _crumbs(shown, "Decisions and actions"),
        marking_band(meeting, asked.names),
        html.H1(f"Decisions and actions: {meeting.title}"),
        html.P(f"{when_words(meeting)}. Chair: {asked.names.author(meeting.owner)}. "
               f"{kind_of(meeting).state(meeting.state).words}.", className="meeting-when"),
        html.P(stamp, className="small"),
        *_written(meeting),
        html.Section(
            [html.H2("Decisions"), *(_decision(one) for one in agenda)]
            if agenda
            else [html.H2("Decisions"), html.P("Nothing was on the agenda.", className="empty")],
            className="card",
            id=f"{PREFIX}decisions",
        ),
        html.Section(
            [html.H2("Actions"), action_table(actions, shown.gathering)],
            className="card",
            id=f"{PREFIX}actions",
        ),
        *_put_right(shown),
    ]  # fmt: skip


def _decision(listed: Listed) -> html.Div:
    nothing = [html.P("Not dealt with yet." if listed.item.state == "listed" else "Left.")]
    return html.Div([html.H3(listed.title), *(decided(listed.item) or nothing)],
                    className="meeting-decision")  # fmt: skip


def _put_right(shown: _Shown) -> list[html.Section]:
    """What was put right in minutes that were agreed, beside them."""
    asked = shown.asked
    notes = put_right(shown.gathering)
    if not notes:
        return []
    body = [
        html.Div([
            html.P(f"{asked.names.author(n.by, n.authority_code)}, {format_day(n.at.date())}:"),
            html.Blockquote(n.text, className="typed-words"),
        ])
        for n in notes
    ]  # fmt: skip
    return [html.Section([html.H2("Put right since"), *body], className="card",
                         id=f"{PREFIX}put-right")]  # fmt: skip
