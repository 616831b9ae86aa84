"""What is worth discussing of an authority: a short list with the reason for each item, what
changed since the last meeting first, and what was set aside. All of it is read: from the release,
and from the challenge log as far as the reader may see that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from alliance.components.enquiries import PATH, RING, aside_row, enquiry_card, is_concern, kind_mark
from alliance.components.frame import page_frame, page_layout
from alliance.components.navigation import register_navigation
from alliance.components.pickers import pickers
from alliance.components.who_to_ring_section import who_to_ring
from alliance.exports.table import export_address
from alliance.log.asides import Arranged, Placed, arrange, arrange_as_asked
from alliance.log.asking import Asking, asking, may_have_entries
from alliance.log.entry import Entry
from alliance.log.kinds.aside import ASIDE
from alliance.log.waiting import may_begin
from alliance.log.words import capital, count
from alliance.log.workflow import Move
from alliance.log.writing import moves_open_to
from alliance.saved.asking import asking_person
from alliance.service import Served
from alliance.view import View, link, parse_view
from alliance.worth_discussing import (
    NO_LISTS,
    NOTHING_TESTED,
    Fact,
    Worth,
    context_of,
    expected_words,
    has_lists,
    read_many,
    read_worth,
    tested_words,
)
from alliance.worth_export import KIND
from indicators.words import format_day

URL, PREFIX = "worth_discussing-url", "worth_discussing-"
ALLIANCE, US = "worth_discussing-alliance", "worth_discussing-us"
NAMED: dict[str, Any] = {URL: dcc.Location, ALLIANCE: dmc.Select, US: dmc.Select}
TITLE = "Worth discussing"
METHOD = "help-method-worth_discussing"
QUIET = (
    "Nothing of its latest figures stands out beyond what chance and the other figures explain. "
    "That is an answer too: the time of a meeting is better spent on what was agreed before."
)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A list as it is drawn for its reader; `asked` where they may have anything in the log."""

    served: Served
    view: View
    worth: Worth
    arranged: Arranged
    facts: Sequence[Fact]
    setting: Move | None
    asked: Asking | None
    ring: str | None

    @property
    def name(self) -> str:
        return self.served.name(self.worth.code)


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page for a query of `alliance` and `us`."""
    view = parse_view(served, query)
    worth = read_worth(served, view.us)
    facts = context_of(served, [view.us])[view.us]
    if may_have_entries(asking_person()):
        with asking(served) as asked:
            arranged = arrange_as_asked(asked, worth)
            setting = _setting(asked, view.us)
            shown = _Shown(served, view, worth, arranged, facts, setting, asked, query.get(RING))
            content = _content(shown)
    else:
        arranged = arrange(worth, (), None)
        shown = _Shown(served, view, worth, arranged, facts, None, None, query.get(RING))
        content = _content(shown)
    return page_frame(served, view, "worth_discussing", content, url_id=URL)


def register(app: Any) -> None:
    """A choice leads to the address that shows it."""
    register_navigation(app, url_id=URL, alliance_id=ALLIANCE, us_id=US, more={})


def _setting(asked: Asking, code: str) -> Move | None:
    """The move by which the person sets something aside of that authority's list, if they may."""
    if asked.person.authority_code != code:
        return None
    return next((m for m in ASIDE.begins if may_begin(asked.person, ASIDE, m)), None)


def _content(shown: _Shown) -> list[Any]:
    return [
        html.H1(f"{TITLE}: {shown.name}"),
        html.P(_lead(shown), className="lead"),
        pickers(shown.served, shown.view, alliance_id=ALLIANCE, us_id=US),
        *_sections(shown),
        *_aside(shown),
        *_rest(shown),
        *_about(shown),
    ]


def _lead(shown: _Shown) -> str:
    """How much there is, and how much of it to expect to be nothing."""
    if not shown.served.kept(has_lists):
        return NO_LISTS
    worth, triage = shown.worth, shown.worth.triage
    if triage is None or (not triage["n_tests"] and not worth.items):
        return NOTHING_TESTED
    if not worth.items:
        return f"{tested_words(worth)} {QUIET}"
    words = f"{count(len(worth.items), 'thing')} to talk about. {expected_words(worth)}".strip()
    aside = len(shown.arranged.aside)
    return f"{words} {aside} of them set aside." if aside else words


# The list -----------------------------------------------------------------------------------------


def _sections(shown: _Shown) -> list[Any]:
    found, since = shown.arranged, shown.arranged.since
    if since is None or since.due_on is None:
        parts = [("list", "The list", "", (*found.changed, *found.others))]
    else:
        day = format_day(since.due_on)
        parts = [
            ("changed", f"Changed since the meeting on {day}",
             _changed_words(found, since.title),
             found.changed),
            ("others", f"No change since the meeting on {day}", "", found.others),
        ]  # fmt: skip
    parts.append(
        ("data", "Look at the data first",
         "Here a change in the return is as likely an explanation as a change in practice: what "
         "was counted, by whom, and whether it was counted as before.", found.data)
    )  # fmt: skip
    sections, number = [], 1
    for key, heading, lead, items in parts:
        if items:
            sections.append(_section(shown, key, heading, lead, items, number))
            number += len(items)
    if sections or not shown.worth.items:
        return sections
    return [html.P("Everything on the list is set aside.", className="empty")]


def _changed_words(found: Arranged, title: str) -> str:
    if found.compared:
        return f"Not on the list before “{title}”, or resting on other figures than it did then."
    return f"Published after “{title}”, or set aside before for other evidence."


def _section(
    shown: _Shown, key: str, heading: str, lead: str, items: Sequence[Placed], first: int
) -> html.Section:
    cards = [
        enquiry_card(
            one, shown.view, number, shown.facts, prefix=PREFIX, since=shown.arranged.since,
            setting=shown.setting, names=shown.asked.names if shown.asked else None,
            ring=_ring(shown, one, number),
        )
        for number, one in enumerate(items, first)
    ]  # fmt: skip
    return html.Section(
        [html.H2(f"{heading} ({len(items)})"), *([html.P(lead)] if lead else []), *cards],
        id=f"{PREFIX}{key}",
        className="enquiries",
    )


def _ring(shown: _Shown, placed: Placed, number: int) -> html.Section | None:
    """Whom to ring about an item, where the address asks for it: the figures name nobody of another
    item until somebody asks."""
    if placed.item.id != shown.ring or not is_concern(placed.item):
        return None
    indicator, _ = placed.item.lead
    prefix = f"{PREFIX}{number}-"
    return who_to_ring(
        shown.served, shown.worth.code, indicator, asking_person(), prefix=prefix, within=True
    )


# Set aside ----------------------------------------------------------------------------------------


def _aside(shown: _Shown) -> list[html.Section]:
    """What is set aside, as far as the reader may see, and what was and is on the list no more."""
    asked, found = shown.asked, shown.arranged
    if asked is None or not (found.aside or found.gone):
        return []
    pairs = [(entry, placed.item) for placed in found.aside for entry in placed.asides]
    entries: list[tuple[Entry, Any]] = [*pairs, *((entry, None) for entry in found.gone)]
    rows = [
        aside_row(
            entry, asked.names, prefix=PREFIX, item=item, onward=link(PATH, shown.view),
            moves=[m for m in moves_open_to(asked.person, entry) if m.id == "bring_back"],
        )
        for entry, item in entries
    ]  # fmt: skip
    lead = "Each with its reason. It comes back by itself when the figures that it rests on change."
    return [
        html.Section(
            [html.H2(f"Set aside ({len(rows)})"), html.P(lead), html.Ul(rows, className="parts")],
            className="card",
            id=f"{PREFIX}aside",
        )
    ]


# The others, and what it rests on -----------------------------------------------------------------


def _rest(shown: _Shown) -> list[html.Section]:
    """What leads the list of every other member, by name: none stands before another."""
    served, view = shown.served, shown.view
    codes = [code for code in view.alliance.members if code != view.us]
    lists = read_many(served, codes)
    if not any(worth.items for worth in lists):
        return []
    facts = context_of(served, codes)
    rows = [_member(served, view, worth, facts[worth.code]) for worth in lists]
    lead = (
        "By name, with what leads the list of each. A longer list is no worse an authority: more "
        "of its figures moved."
    )
    return [
        html.Section(
            [
                html.H2(f"The others in {view.alliance.name}"),
                html.P(lead),
                html.Ul(rows, className="enquiry-members"),
            ],
            className="card",
            id=f"{PREFIX}members",
        )
    ]


def _member(served: Served, view: View, worth: Worth, facts: Sequence[Fact]) -> html.Li:
    there = dcc.Link(served.name(worth.code), href=link(PATH, view, us=worth.code))
    leads: Any = html.Span("Nothing stands out", className="absent")
    if worth.items:
        first, more = worth.items[0], len(worth.items) - 1
        leads = [kind_mark(first), f" {first.title}", f", and {more} more" if more else ""]
    known = "; ".join(f"{fact.label.lower()}: {fact.words}" for fact in facts)
    beside = [html.P(f"{capital(known)}.", className="small")] if known else []
    return html.Li([html.P(there), html.P(leads), *beside])


def _about(shown: _Shown) -> list[html.Section]:
    view = shown.view
    if shown.worth.triage is None:
        return []
    files = [
        html.A(label, href=export_address(KIND, form, view), className="download",
               **{"aria-label": f"Download the list as {label}"})
        for form, label in (("csv", "CSV"), ("xlsx", "Excel"))
    ]  # fmt: skip
    return [
        html.Section(
            [
                html.H2("What the list rests on"),
                html.P(f"{tested_words(shown.worth)} {expected_words(shown.worth)}".strip()),
                html.P(
                    "Each item says what stands out, by which figure, against what and of when. It "
                    "is a question, not a finding: figures that move together are put on one line "
                    "of enquiry and neither explains the other."
                ),
                html.P(
                    [
                        dcc.Link(
                            "How the list is made",
                            href=f"{link('/help', view)}#{METHOD}",
                        ),
                        ".",
                    ]
                ),
                html.Div(["Download the list with every signal:", *files], className="downloads"),
            ],
            className="card",
            id=f"{PREFIX}about",
        )
    ]
