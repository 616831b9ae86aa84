"""What the log holds for one person: on the page “For you”, in the strip on the overview, and on
the pages of indicators and authorities; nothing of what they may not see, nothing for others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance.log.for_you import GROUPS, SHOWN
from tests.alliance.drawn import text_of
from tests.alliance.log.served import ASHBY, BIRCH, Served, serve, texts

EVERYONE = ("ana", "andy", "ben", "eve", "max", "ada", "oli", "far", "")
STRIP = "for-you-strip"


@pytest.fixture
def served(small_template: Path, tmp_path: Path) -> Iterator[Served]:
    yield from serve(small_template, tmp_path)


def sections(served: Served, who: str) -> dict[str, str]:
    """The sections of the page by id, as that person reads them."""
    drawn = served.page(who, "/you")
    assert drawn.faults() == [], who
    return {
        key.removeprefix("you-"): text_of(part)
        for key, part in drawn.ids.items()
        if key.startswith("you-") and part["type"] == "Section"
    }


def test_every_group_is_shown() -> None:
    assert sorted(SHOWN) == sorted(group.id for group in GROUPS)


def test_an_entry_is_in_one_group_of_whoever_it_waits_for_and_in_none_of_others(
    served: Served,
) -> None:
    ref = served.share(title="Only between two")
    holding = {
        who: [key for key, words in sections(served, who).items() if "Only between two" in words]
        for who in EVERYONE
    }
    assert holding["ben"] == ["answer"]
    assert all(found == [] for who, found in holding.items() if who != "ben")
    (line,) = texts(served.page("ben", "/"), STRIP)
    assert line == "For you: 1 to answer. "
    for who in EVERYONE:
        assert bool(texts(served.page(who, "/"), STRIP)) is (who == "ben"), who
    served.send("ben", f"{ref}/respond", version="2", note="Because.")
    served.send("ana", f"{ref}/discuss", version="3", note="So.", agreement="This.")
    assert "Only between two" in sections(served, "ana")["agree"]
    assert "Only between two" in sections(served, "ben")["agree"]
    assert "answer" not in sections(served, "ben")


def test_drafts_late_answers_and_own_actions_have_their_groups(served: Served) -> None:
    served.raise_challenge(title="Still a draft")
    late = served.share(title="Wanted long ago", due_on="2026-02-20")
    assert "Still a draft" in sections(served, "ana")["drafts"]
    assert "Still a draft" not in " ".join(sections(served, "ben").values())
    assert "10 days late" in sections(served, "ben")["due"]
    served.send("ben", f"{late}/respond", version="2", note="x")
    served.send("ana", f"{late}/discuss", version="3", note="x", agreement="y")
    served.send("ana", f"{late}/agree", version="4")
    served.send("ben", f"{late}/agree", version="5")
    for title, due in (("Far ahead", "2027-02-01"), ("Overdue", "2026-02-01")):
        answer = served.send("ana", "action/begin/add", parent=late, title=title, owner="andy",
                             doing=ASHBY, due_on=due)  # fmt: skip
        assert answer.status_code == 303, answer.text
    found = sections(served, "andy")
    assert "Far ahead" in found["actions"]
    assert "Overdue" in found["due"]
    assert "Far ahead" not in found["due"]


def test_the_next_meeting_is_named_for_those_who_may_see_it(served: Served) -> None:
    assert "No meeting is planned" in sections(served, "ana")["meeting"]
    answer = served.send("max", "meeting/begin/plan", title="Spring meeting", due_on="2026-04-20",
                         owner="max", audience="alliance")  # fmt: skip
    assert answer.status_code == 303, answer.text
    assert "Spring meeting, 20 April 2026" in sections(served, "ana")["meeting"]
    served.share(title="Waits")
    (line,) = texts(served.page("ben", "/"), STRIP)
    assert "Next meeting: Spring meeting, 20 April 2026" in line


@pytest.mark.parametrize(
    ("path", "section"),
    [("/indicator/need_rate", "indicator-log"), (f"/authority/{BIRCH}", "authority-log")],
)
def test_a_page_names_the_open_entries_about_it_that_the_reader_may_see(
    served: Served, path: str, section: str
) -> None:
    served.share(title="Raised once", indicator_id="need_rate")
    served.share(title="Raised twice over", indicator_id="need_rate", audience="alliance")
    gone = served.share(title="Ended", indicator_id="need_rate")
    served.send("ana", f"{gone}/withdraw", version="2", note="Asked twice.")
    expected = {
        "ana": "2 challenges are about this.", "andy": "2 challenges are about this.",
        "ben": "2 challenges are about this.", "eve": "A challenge is about this.",
        "max": "A challenge is about this.",
    }  # fmt: skip
    for who in EVERYONE:
        drawn = served.page(who, path)
        assert drawn.faults() == [], who
        if who in expected:
            words = text_of(drawn.ids[section])
            assert expected[who] in words, who
            assert "Ended" not in words
            assert ("Raised once" in words) is (who in ("ana", "andy", "ben"))
        else:
            assert section not in drawn.ids, who
            assert "Raised" not in " ".join(drawn.texts), who
