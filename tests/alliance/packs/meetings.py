"""Meetings with something to talk about, written by their people as the pages send it."""

from __future__ import annotations

from alliance.log.freezing import hidden_fields, preview
from alliance.service import current_release
from alliance.view import parse_view
from tests.alliance.log.served import ASHBY, BIRCH, Served

WIDE = {"audience": "alliance", "triad": []}
FIGURE = {"indicator": "stable_pct", "us": BIRCH, "scope": "region", "period": "2024"}
"""A figure of Birch that a challenge rests on."""


def plan(served: Served, **said: object) -> str:
    """Plan a meeting of the triad of Ashby and Birch; its reference."""
    answers = {
        "title": "Spring meeting", "due_on": "2026-06-20", "starts_at": "10:00", "ends_at": "12:00",
        "place": "Town hall", "owner": "ana", "audience": "triad", "triad": [ASHBY, BIRCH],
        "attendees": "Both directors", **said,
    }  # fmt: skip
    answer = served.send("max", "meeting/begin/plan", **answers)
    assert answer.status_code == 303, answer.text
    return str(answer.location).rpartition("/")[2]


def evidence(served: Served) -> dict[str, str]:
    """What a form sends so that the figure is taken into what it begins."""
    with served.home.app.server.test_request_context():
        release = current_release()
        figure = preview(release, parse_view(release, FIGURE), FIGURE)
    assert figure is not None
    return hidden_fields([figure], FIGURE)


def ask(served: Served, title: str, **said: object) -> str:
    """A challenge with a figure, to which Birch has responded; its reference."""
    ref = served.share(title=title, **{**evidence(served), **said})
    answer = served.send("ben", f"{ref}/respond", version="2", note=f"Response to {title}")
    assert answer.status_code == 303, answer.text
    return ref


def put_on(served: Served, meeting: str, ref: str = "", **said: object) -> str:
    """Put something on the agenda, about that entry; the item's reference."""
    about = {"about": f"about:{ref}", "title": "A challenge"} if ref else {}
    answers = {"parent": meeting, "minutes": "20", **about, **said}
    answer = served.send("ana", "item/begin/list", **answers)
    assert answer.status_code == 303, answer.text
    return str(answer.location).rpartition("/")[2]


def act(served: Served, ref: str, title: str, day: str) -> None:
    """An action of Birch's by a day."""
    answer = served.send("ben", "action/begin/add", parent=ref, title=title, owner="ben",
                         doing=BIRCH, due_on=day)  # fmt: skip
    assert answer.status_code == 303, answer.text


def move(served: Served, who: str, ref: str, key: str, version: int, **said: str) -> None:
    """Make a move of an entry."""
    answer = served.send(who, f"{ref}/{key}", version=str(version), **said)
    assert answer.status_code == 303, answer.text
