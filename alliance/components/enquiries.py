"""A line of enquiry as a card: what stands out with its number, comparator and period, what stands
beside it, and what can be done with it. Draws what it is handed; decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from alliance.components.entry_form import Filled, Offered, entry_form, move_form
from alliance.components.entry_thread import quote
from alliance.components.raise_challenge import NEW_CHALLENGE, raising
from alliance.log.addresses import begin_address, entry_address
from alliance.log.asides import Placed
from alliance.log.entry import Entry
from alliance.log.fields import Known
from alliance.log.freezing import MOST_FIGURES
from alliance.log.kinds.aside import ASIDE, ITEM, enquiry_key
from alliance.log.kinds.meeting import ITEM as ITEM_KIND
from alliance.log.words import Names, capital, marking
from alliance.log.workflow import Move
from alliance.view import View, address, link
from alliance.worth_discussing import CONTEXT, DATA, Fact, Item
from indicators.words import format_day

PATH = "/worth-discussing"
RING = "ring"
"""The part of the address that names the item about which somebody is to be rung."""
MINUTES = 12
"""What a list is worth to a meeting."""
NOTHING = Offered(Known({}, {}, {}), {})
SAYS: Mapping[str, tuple[str, str]] = {
    "worse": ("▼", "For concern"),
    "better": ("▲", "A strength to share"),
    CONTEXT: ("◆", "Context: neither good nor bad"),
    DATA: ("⚠", "The data may explain it"),
    "": ("●", "Stands out"),
}
"""What a mark says of an item: the shape, and the words that stand beside it."""


def mark_key(kind: str, direction: str | None) -> str:
    """Which mark: a measure of context and a signal of the data are never good or bad."""
    if kind in (CONTEXT, DATA):
        return kind
    return direction if direction and direction in SAYS else ""


def is_concern(item: Item) -> bool:
    """Whether somebody who does better might be rung about it."""
    return mark_key(item.kind, item.direction) == "worse"


def kind_mark(item: Item) -> html.Span:
    """Whether an item is for concern, a strength, context or the data: in words and a shape."""
    key = mark_key(item.kind, item.direction)
    shape, words = SAYS[key]
    css = f"enquiry-kind enquiry-of-{key or 'plain'}"
    return html.Span([html.Span(f"{shape} ", **{"aria-hidden": "true"}), words], className=css)


def enquiry_card(
    placed: Placed, view: View, number: int, facts: Sequence[Fact], *,
    prefix: str, since: Entry | None = None, setting: Move | None = None,
    names: Names | None = None, ring: html.Section | None = None,
) -> html.Article:  # fmt: skip
    """One item. `number` is its place on the page, `facts` what is known beside it, `setting` the
    move that sets it aside for whoever may make it; `since` the meeting that it may be newer than;
    `ring` whom to ring about it, where that was asked for."""
    item, name = placed.item, f"{prefix}item-{number}"
    return html.Article(
        [
            html.P([kind_mark(item), *_news(placed, since)], className="enquiry-marks"),
            html.H3(f"{number}. {item.title}", id=name),
            html.Div(
                [
                    html.P(item.row["sentence"], className="sentence"),
                    *_beside(item),
                    *([html.P(context_words(facts), className="enquiry-context")] if facts else []),
                    *(_before(placed, names) if names is not None and placed.came_back else []),
                    *(_brought_back(placed, names) if names is not None and placed.back else []),
                ],
                className="enquiry-body",
            ),
            html.P(_ways(item, view, name, rung=ring is not None), className="enquiry-ways"),
            *([ring] if ring is not None else []),
            *([_set_aside(item, view, setting, name)] if setting is not None else []),
        ],
        className="card enquiry",
        **{"aria-labelledby": name},
    )


def context_words(facts: Sequence[Fact]) -> list[Any]:
    """What is known beside an item, as one line."""
    words = "; ".join(f"{fact.label.lower()}: {fact.words}{_of(fact)}" for fact in facts)
    return [html.Strong("Known beside it: "), f"{words}."]


def _of(fact: Fact) -> str:
    return f" ({fact.when})" if fact.when else ""


def _news(placed: Placed, since: Entry | None) -> list[Any]:
    if placed.came_back:
        return [html.Span("Back: its evidence has changed", className="enquiry-new")]
    if placed.is_new and since is not None and since.due_on is not None:
        words = f"New since the meeting on {format_day(since.due_on)}"
        return [html.Span(words, className="enquiry-new")]
    return []


def _beside(item: Item) -> list[Any]:
    """Every other signal of the line of enquiry, and why they stand together."""
    parts: list[Any] = []
    if item.beside:
        rows = [html.Li([*_told_apart(item, s), s["sentence"]]) for s in item.beside]
        parts.append(html.Ul(rows, className="enquiry-beside"))
    if item.row["link_words"]:
        parts.append(html.P(item.row["link_words"], className="small"))
    return parts


def _told_apart(item: Item, signal: Mapping[str, Any]) -> list[Any]:
    """What kind of thing a signal is, where it is of another kind than the one that leads."""
    words = {DATA: "About the data: ", CONTEXT: "Context, neither good nor bad: "}
    if signal["kind"] == item.kind or signal["kind"] not in words:
        return []
    return [html.Strong(words[signal["kind"]])]


def _ways(item: Item, view: View, name: str, *, rung: bool) -> list[Any]:
    indicator, period = item.lead
    figure = link(f"/indicator/{indicator}", view, period=period)
    links: list[Any] = []
    if raising():
        links.append(
            dcc.Link(
                ["Draft a challenge", html.Span(f" on {item.title}", className="vh")],
                href=challenge_address(item, view),
                className="form-button form-button-second",
            )
        )
    links.append(
        dcc.Link(["See the figure", html.Span(f" of {item.title}", className="vh")], href=figure)
    )
    if is_concern(item) and not rung:
        links.append(
            dcc.Link(
                ["Who to ring", html.Span(f" about {item.title}", className="vh")],
                href=f"{link(PATH, view, **{RING: item.id})}#{name}",
            )
        )
    if item.row["published_on"]:
        day = format_day(item.row["published_on"])
        links.append(html.Span(f"Published {day}", className="enquiry-when"))
    return links


def challenge_address(item: Item, view: View) -> str:
    """Where an item opens as a draft challenge, with the figures that it rests on in place."""
    indicator, period = item.lead
    return address(
        NEW_CHALLENGE,
        {
            "indicator": indicator,
            "period": period,
            "alliance": view.alliance.key,
            "us": view.us,
            "scope": view.scope,
            "from": link(PATH, view),
            "enquiry": item.id,
        },
    )


def _set_aside(item: Item, view: View, move: Move, name: str) -> html.Details:
    """The form that sets an item aside: which it is, it knows by itself."""
    asked = [field for field in move.asks if field.id not in (ITEM, "title")]
    form = entry_form(
        begin_address(ASIDE.id, move.id), move.label, asked, NOTHING, prefix=f"{name}-",
        filled=Filled({"audience": [ASIDE.audience.value]}),
        unseen={ITEM: enquiry_key(item.id, item.fingerprint), "title": item.title,
                "next": link(PATH, view)},
        hint=move.hint, second=True,
    )  # fmt: skip
    summary = [f"{move.label}, with a reason", html.Span(f": {item.title}", className="vh")]
    return html.Details([html.Summary(summary), form], className="other-step")


# What was set aside -------------------------------------------------------------------------------


def _before(placed: Placed, names: Names) -> list[Any]:
    return [
        html.Div(
            [html.P("It was set aside for other evidence than there is now:"),
             *(_reason(entry, names) for entry in placed.asides)],
            className="enquiry-before",
        )
    ]  # fmt: skip


def _brought_back(placed: Placed, names: Names) -> list[Any]:
    """Why it was set aside before somebody brought it back: what was said stays."""
    return [
        html.Details(
            [html.Summary("It was set aside, and brought back"),
             *(_reason(entry, names) for entry in placed.back)]
        )
    ]  # fmt: skip


def _reason(entry: Entry, names: Names) -> html.Div:
    """The reason with who gave it, when, and who sees it."""
    who, day = names.author(entry.created_by), format_day(entry.created_at.date())
    return html.Div(
        [
            quote(str(entry.content.get("reason", ""))),
            html.P([f"{who}, {day}. {marking(entry, names)}. ",
                    dcc.Link("Its history", href=entry_address(entry.kind, entry.ref))],
                   className="enquiry-when"),
        ]
    )  # fmt: skip


def aside_row(
    entry: Entry, names: Names, *, prefix: str, item: Item | None = None,
    moves: Sequence[Move] = (), onward: str = "",
) -> html.Li:  # fmt: skip
    """Something set aside, with its reason; what the release says of it now, where it still does;
    and the way back for whoever may take it."""
    gone = "It is no line of the list now: its figures no longer stand out by themselves."
    return html.Li(
        [
            html.H3(entry.title),
            html.P(item.row["sentence"] if item is not None else gone),
            _reason(entry, names),
            *(
                html.Details(
                    [
                        html.Summary([move.label, html.Span(f": {entry.title}", className="vh")]),
                        move_form(move, entry, NOTHING, prefix=f"{prefix}{entry.ref}-",
                                  onward=onward, second=True),
                    ],
                    className="other-step",
                )
                for move in moves
            ),
        ],
        className="part",
    )  # fmt: skip


def enquiry_proposals(
    proposed: Sequence[tuple[str, Placed]], meeting: Entry, *, may_add: bool, onward: str
) -> html.Ul:
    """What leads the list of each authority, as pairs of the line that it has on the agenda and
    the item, each with the button that puts it there for whoever may."""
    rows = []
    for title, placed in proposed:
        sentence = str(placed.item.row["sentence"])
        body: list[Any] = [
            html.P([kind_mark(placed.item), " ", html.Span(title, className="log-title")]),
            html.P(sentence),
        ]
        if may_add:
            unseen = {"parent": meeting.ref, "next": onward, "title": title, "why": sentence,
                      "minutes": str(MINUTES)}  # fmt: skip
            body.append(
                entry_form(begin_address(ITEM_KIND.id, "list"), "Put on the agenda", (), NOTHING,
                           prefix="", unseen=unseen, second=True)
            )  # fmt: skip
        rows.append(html.Li(body, className="agenda-item"))
    return html.Ul(rows, className="proposals")


def question_of(item: Item) -> str:
    """What a draft challenge on an item begins with: what stands out in the figures that are taken
    into it, and what is asked of it."""
    kept = item.figures[:MOST_FIGURES]
    beside = [s for s in item.beside if (str(s["indicator_id"]), str(s["period"])) in kept]
    lines = [str(item.row["sentence"]), *(str(s["sentence"]) for s in beside)]
    asked = {
        CONTEXT: "It is a measure of context, neither good nor bad in itself. What lies behind it, "
                 "and what does it mean for the children?",
        DATA: "Does the return explain it? What was counted, and was it counted as before?",
        "better": "What lies behind it, and what of it could others take up?",
    }  # fmt: skip
    key = mark_key(item.kind, item.direction)
    return "\n".join([*lines, "", asked.get(key, "What lies behind it, and what would help?")])


def title_of(item: Item) -> str:
    """The line under which a draft challenge on an item begins."""
    return capital(item.title)
