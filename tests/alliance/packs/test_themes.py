"""The themes of an alliance: made of what everybody in it may see, and of nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alliance.access import Audience, EntrySubject
from alliance.log.entry import Entry
from alliance.log.kinds import KINDS
from alliance.log.trajectory import Standing
from alliance.log.words import Names
from alliance.packs.themes import ENDS, KINDS_COUNTED, OUTCOMES, STANDINGS, Came, Themes
from alliance.service import Served as Release
from tests.alliance.log.frozen_figures import served_of
from tests.alliance.log.served import ASHBY, BIRCH, ELMSTEAD, PEOPLE, Served
from tests.alliance.log.world import DIRECTOR, NOW
from tests.alliance.packs.meetings import move
from tests.alliance.packs.reading import assert_tagged, pages_of, words_of
from tests.conftest import Small

ADDRESS = "/priorities/themes.pdf"
INSIDERS = ("ana", "andy", "ben", "eve", "max")


def fetch(served: Served, who: str) -> bytes:
    answer = served.browser(who).get(ADDRESS)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.data


def told(served: Served, who: str) -> str:
    """What somebody reads, but for their own name in the foot."""
    return words_of(fetch(served, who)).replace(PEOPLE[who][0], "somebody")


def keep_back(served: Served, secret: str) -> None:
    """Entries of every kind that is counted and of every narrower audience, and drafts."""
    for audience, triad in (("authorities", []), ("triad", [ELMSTEAD])):
        served.share(title=f"{secret} question", audience=audience, triad=triad,
                     indicator_id="stable_pct")  # fmt: skip
    served.raise_challenge(title=f"{secret} draft", audience="alliance")
    priority = {"why": secret, "measure": secret, "due_on": "2027-03-31", "owner": "ana",
                "authorities": [ASHBY, BIRCH]}  # fmt: skip
    for path, answers in (
        ("priority/begin/draft", {**priority, "title": secret, "audience": "alliance"}),
        ("priority/begin/draft", {**priority, "title": secret, "audience": "authorities"}),
        ("support/begin/ask", {"title": secret, "support_kind": "coaching", "what": secret,
                               "audience": "authorities", "asking": ASHBY, "giving": BIRCH}),
        ("practice/begin/draft", {"title": secret, "done": secret, "whom": secret,
                                  "strength": "told", "contact": secret}),
    ):  # fmt: skip
        answer = served.send("ana", path, **answers)
        assert answer.status_code == 303, (path, answer.text)
    move(served, "ana", str(answer.location).rpartition("/")[2], "discard", 1)


def test_it_is_the_same_for_everyone_and_no_confidential_entry_is_in_it_or_counted(
    served: Served,
) -> None:
    shown = served.share(title="For everyone", audience="alliance", indicator_id="stable_pct")
    before = told(served, "eve")
    assert "For everyone" in before
    assert shown in before
    keep_back(served, "Canary")
    for who in INSIDERS:
        assert told(served, who) == before, who
    assert "Canary" not in before
    content = fetch(served, "ana")
    assert_tagged(content, "Test triad: Themes of the challenge log")
    for text in pages_of(content):
        assert "Confidential: for the alliance only" in text
        assert "Made on 2 March 2026 for Ana Ashby. Release: " in text


@pytest.mark.parametrize("who", ["ada", "oli", ""])
def test_who_is_none_of_the_alliance_is_told_that_there_is_no_such_file(
    served: Served, who: str
) -> None:
    assert served.browser(who).get(ADDRESS).status_code == 404
    page = served.page(who, "/priorities")
    assert not any(part["props"].get("href") == ADDRESS for part in page.find("A"))


def test_another_alliance_has_themes_of_its_own(served: Served) -> None:
    served.share(title="Not theirs", audience="alliance")
    assert "Not theirs" not in told(served, "far")


def test_the_page_of_priorities_leads_to_it(served: Served) -> None:
    page = served.page("eve", "/priorities")
    assert any(part["props"].get("href") == ADDRESS for part in page.find("A"))


def test_support_practice_and_outcomes_stand_under_their_domain(served: Served) -> None:
    answer = served.send("ana", "support/begin/ask", title="A coach", support_kind="coaching",
                         what="For a team.", audience="alliance", asking=ASHBY,
                         indicator_id="stable_pct")  # fmt: skip
    coach = str(answer.location).rpartition("/")[2]
    answer = served.send("ben", "practice/begin/draft", title="What works", done="This",
                         whom="Those", strength="before_after", contact="Head of service",
                         indicator_id="stable_pct")  # fmt: skip
    practice = str(answer.location).rpartition("/")[2]
    move(served, "ben", practice, "share", 1)
    words = told(served, "eve")
    for said in (f"A coach ({coach})", "Nobody yet", "Asked for", f"What works ({practice})",
                 "Figures before and after"):  # fmt: skip
        assert said in words, said


# What improved ------------------------------------------------------------------------------------


def themes(served: Release) -> Themes:
    return Themes(served, DIRECTOR, Names({}, {}, {}, {}), NOW.date(), ())


def entry(kind: str, state: str, **content: Any) -> Entry:
    subject = EntrySubject("here", Audience.ALLIANCE, False, "own", "ana", "ana", frozenset())
    return Entry(
        1, "P-22222", kind, "here", state, "A title", content, "ana",
        "stable_pct" if kind == "priority" else None, None, frozenset({("own", ASHBY)}), NOW,
        "ana", NOW, "ana", 1, subject,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "state", "content", "came"),
    [
        ("challenge", "closed", {"outcome": "improved"}, Came.IMPROVED),
        ("challenge", "closed", {"outcome": "not_improved"}, Came.NOT),
        ("challenge", "closed", {"outcome": "data_artefact"}, None),
        ("challenge", "closed", {"outcome": "no_concern"}, None),
        ("challenge", "review_due", {"closing": {"outcome": "improved"}}, None),
        ("priority", "met", {}, Came.IMPROVED),
        ("priority", "not_met", {}, Came.NOT),
        ("priority", "stopped", {}, None),
        ("priority", "proposed", {"baseline": 10.0, "target": 50.0}, None),
        ("priority", "active", {}, None),
        ("support", "evaluated", {"worth": "much"}, None),
    ],
)
def test_what_improved_is_what_was_confirmed_or_recorded(
    small: Small, kind: str, state: str, content: dict[str, Any], came: Came | None
) -> None:
    assert themes(served_of(small)).came_of(entry(kind, state, **content)) == came


def test_a_priority_that_is_worked_on_improved_by_published_figures_alone(small: Small) -> None:
    """The figure of 2025 is 53%: by a target that it has reached, and one that it moves away from
    or does not move towards."""
    read = themes(served_of(small))
    reached = entry("priority", "active", baseline=40.0, target=50.0, baseline_period="2024")
    away = entry("priority", "active", baseline=53.0, target=90.0, baseline_period="2024")
    assert read.came_of(reached) == Came.IMPROVED
    assert read.came_of(away) == Came.NOT
    unknown = replace(reached, content={**reached.content, "baseline_period": "2025"})
    assert read.came_of(unknown) is None, "nothing has been published since"


def test_every_outcome_end_and_standing_is_known() -> None:
    assert set(OUTCOMES) < {key for key, _ in KINDS["challenge"].fields["outcome"].choices}
    assert set(ENDS) < {state.id for state in KINDS["priority"].states if state.final}
    assert set(KINDS_COUNTED) <= set(KINDS)
    neutral = {Standing.ABOVE, Standing.BELOW, Standing.ON_PATH, Standing.NOTHING_YET}
    assert set(STANDINGS) == set(Standing) - neutral
