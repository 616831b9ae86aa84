"""The pages, each with its own address. Declared here, registered by `alliance.server`, walked by
tests. A page is `layout()` and thin callbacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alliance.log.places import PLACES, Place
from alliance.pages import (
    authority,
    challenge_new,
    compare,
    data,
    help_page,
    indicator,
    indicator_list,
    inspections,
    log_entry,
    log_list,
    meeting,
    meetings,
    neighbours,
    not_found,
    overview,
    returns,
    views,
    worth_discussing,
    you,
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its address (`path`, or `template` with a variable), layout, title and callbacks.

    `named` are the components that its callbacks name, by id: Dash checks callbacks against them
    when it starts, without a release to draw a page from.
    """

    id: str
    layout: Callable[..., Any]
    named: Mapping[str, Any]
    title: str | Callable[..., str]
    register: Callable[[Any], None]
    path: str = ""
    template: str = ""


def _pages_of(place: Place) -> tuple[Page, Page]:
    """The list and the entry of a place of the challenge log."""
    return (
        Page(
            place.id,
            log_list.layout_for(place),
            log_list.named_for(place),
            f"{place.title} – Alliance",
            log_list.register,
            path=place.path,
        ),
        Page(
            place.entry_id,
            log_entry.layout_for(place),
            log_entry.named_for(place),
            log_entry.title_for(place),
            log_entry.register,
            template=f"{place.path}/<ref>",
        ),
    )


PAGES: tuple[Page, ...] = (
    Page(
        "overview",
        overview.layout,
        overview.NAMED,
        "Overview – Alliance",
        overview.register,
        path="/",
    ),
    Page(
        "indicator_list",
        indicator_list.layout,
        indicator_list.NAMED,
        "Indicators – Alliance",
        indicator_list.register,
        path="/indicator",
    ),
    Page(
        "indicator",
        indicator.layout,
        indicator.NAMED,
        indicator.title,
        indicator.register,
        template="/indicator/<indicator_id>",
    ),
    Page(
        "authority",
        authority.layout,
        authority.NAMED,
        authority.title,
        authority.register,
        template="/authority/<code>",
    ),
    Page(
        "compare",
        compare.layout,
        compare.NAMED,
        "Compare – Alliance",
        compare.register,
        path="/compare",
    ),
    Page(
        "inspections",
        inspections.layout,
        inspections.NAMED,
        "Inspections – Alliance",
        inspections.register,
        path="/inspections",
    ),
    Page(
        "returns",
        returns.layout,
        returns.NAMED,
        "Local returns – Alliance",
        returns.register,
        path="/returns",
    ),
    Page(
        "worth_discussing",
        worth_discussing.layout,
        worth_discussing.NAMED,
        "Worth discussing – Alliance",
        worth_discussing.register,
        path="/worth-discussing",
    ),
    Page(
        "challenge_new",
        challenge_new.layout,
        challenge_new.NAMED,
        "Raise a challenge – Alliance",
        challenge_new.register,
        path="/challenges/new",
    ),
    *(page for place in PLACES for page in _pages_of(place)),
    Page(
        "you",
        you.layout,
        you.NAMED,
        "For you – Alliance",
        you.register,
        path="/you",
    ),
    Page(
        "meetings",
        meetings.layout,
        meetings.NAMED,
        "Meetings – Alliance",
        meetings.register,
        path="/meetings",
    ),
    Page(
        "meeting",
        meeting.layout,
        meeting.NAMED,
        meeting.title,
        meeting.register,
        template="/meetings/<ref>",
    ),
    Page(
        "data",
        data.layout,
        data.NAMED,
        "Data – Alliance",
        data.register,
        path="/data",
    ),
    Page(
        "help",
        help_page.layout,
        help_page.NAMED,
        "Help – Alliance",
        help_page.register,
        path="/help",
    ),
    Page(
        "neighbours",
        neighbours.layout,
        neighbours.NAMED,
        neighbours.title,
        neighbours.register,
        template="/neighbours/<code>",
    ),
    Page(
        "views",
        views.layout,
        views.NAMED,
        "Saved views – Alliance",
        views.register,
        path="/views",
    ),
    Page(
        "not_found_404",
        not_found.layout,
        not_found.NAMED,
        "Page not found – Alliance",
        not_found.register,
        path="/not-found",
    ),
)
