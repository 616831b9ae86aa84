"""Raising a challenge without a chart: the form, with the indicator that an address names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from alliance.components.enquiries import question_of, title_of
from alliance.components.entry_evidence import read_evidence_asked
from alliance.components.entry_form import Filled, begin_form, first_answers, offered
from alliance.components.entry_frame import crumbs, for_others
from alliance.components.frame import page_frame, page_layout
from alliance.log.addresses import list_address
from alliance.log.asking import asking, may_have_entries
from alliance.log.kinds.challenge import CHALLENGE
from alliance.log.places import PLACES
from alliance.log.waiting import may_begin
from alliance.saved.asking import asking_person
from alliance.service import Served
from alliance.view import View, link, parse_view
from alliance.worth_discussing import find_item

URL, PREFIX = "challenge_new-url", "challenge_new-"
NAMED: dict[str, Any] = {URL: dcc.Location}
TITLE = "Raise a challenge"
WHO = (
    "A challenge is raised by a director or an analyst of an authority. You can read what is "
    "shared with you, and add notes."
)


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page for a query of `alliance`, `us`, `indicator` and `for` (the authority asked); with
    `from` and `period`, which name a figure to take as evidence, `us` is whose figure it is; with
    `enquiry` the form begins with that item of its list, and takes all its figures."""
    view = parse_view(served, query)
    person = asking_person()
    back = crumbs([("Challenges", link("/challenges", view))], TITLE)
    move = CHALLENGE.begins[0]
    if not may_have_entries(person):
        content = for_others(
            served, person, TITLE, PLACES[0].lead, f"{list_address('challenge')}/new"
        )
    elif not may_begin(person, CHALLENGE, move):
        content = [back, html.H1(TITLE), html.P(WHO, className="lead")]
    else:
        with asking(served) as asked:
            offers = offered(served, asked.known(), CHALLENGE, person)
        evidence = read_evidence_asked(served, query)
        whose = query.get("for") or (view.us if evidence.unseen else "")
        given = {"indicator_id": query.get("indicator"), "responders": whose}
        first = first_answers(CHALLENGE, move, person)
        first |= {key: [value] for key, value in given.items() if value}
        first |= _of_enquiry(served, view, query)
        content = [
            back,
            html.H1(TITLE),
            html.P(
                "It is saved as a draft, which only your own authority sees. A director shares it.",
                className="lead",
            ),
            html.Div(
                [
                    html.Div(
                        begin_form(
                            CHALLENGE, move, offers, person, prefix=PREFIX, filled=Filled(first),
                            more=evidence.unseen,
                        ),
                        className="card",
                    ),
                    *evidence.shown,
                ],
                className="raise-columns" if evidence.shown else "",
            ),
        ]  # fmt: skip
    return page_frame(served, view, "challenges", content, url_id=URL)


def _of_enquiry(
    served: Served, view: View, query: Mapping[str, str | None]
) -> dict[str, list[str]]:
    """What the form begins with for an item of the list of what is worth discussing."""
    item = find_item(served, view.us, query.get("enquiry"))
    if item is None:
        return {}
    return {"title": [title_of(item)], "question": [question_of(item)]}


def register(_app: Any) -> None:
    """Nothing: a plain form needs no callback."""
