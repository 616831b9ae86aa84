"""“Who to ring”: said of every measure, and of the log only what the person who asks may see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance.access import ANONYMOUS
from alliance.calls import kin_of
from alliance.components.chart_frame import text_of
from alliance.components.who_to_ring_section import NO_CONTACT, who_to_ring
from alliance.people.accounts import person_of
from alliance.service import Served as Release
from alliance.service import current_release
from alliance.store.accounts import find_account
from tests.alliance.drawn import JUDGEMENT, UNREADABLE, grammar_faults
from tests.alliance.log.served import ASHBY, BIRCH, ELMSTEAD, Served, serve
from tests.demonstration import CITY, FENSHIRE, Figures

INDICATOR = "stable_pct"
PRACTICE = {
    "title": "Carers who stay", "done": "A helper for each carer.", "whom": "All carers.",
    "result": "Fewer moved.", "strength": "told", "indicator_id": INDICATOR,
    "contact": "Head of fostering, Birch",
}  # fmt: skip
OFFER = {
    "title": "A day with our carers", "support_kind": "practice", "what": "Come and see.",
    "indicator_id": INDICATOR,
}  # fmt: skip


@pytest.fixture(scope="module")
def served(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from serve(small_template, tmp_path_factory.mktemp("ring"))


def told(served: Served, username: str, indicator: str = INDICATOR, area: str = ASHBY) -> str:
    """The section about an authority as somebody sees it; of nobody where there is no name."""
    with served.home.store.read() as session:
        account = find_account(session, username) if username else None
        person = person_of(account) if account else ANONYMOUS
    with served.home.app.server.test_request_context("/"):
        return text_of(who_to_ring(current_release(), area, indicator, person))


def write(served: Served, username: str, kind: str, move: str, **answers: object) -> str:
    answer = served.send(username, f"{kind}/begin/{move}", **answers)
    assert answer.status_code == 303, answer.text
    return str(answer.location).rpartition("/")[2]


def test_a_shared_practice_is_told_with_whom_to_ask_and_a_draft_to_nobody(served: Served) -> None:
    ref = write(served, "ben", "practice", "draft", **PRACTICE)
    assert ref not in told(served, "ana")
    before = told(served, "eve")
    assert served.send("ben", f"{ref}/share", version="1").status_code == 303
    after = told(served, "ana")
    assert f"Carers who stay ({ref})" in after
    assert "Whom to ask: Head of fostering, Birch." in after
    assert before != told(served, "eve")
    # Nobody rings themselves.
    assert ref not in told(served, "ben", area=BIRCH)


def test_an_offer_that_is_put_to_one_is_told_to_nobody_else(served: Served) -> None:
    third, nobody = told(served, "eve"), told(served, "")
    manager = told(served, "max")
    ref = write(
        served, "ben", "support", "offer", **OFFER, audience="authorities", giving=BIRCH,
        asking=ASHBY,
    )  # fmt: skip
    assert f"A day with our carers ({ref})" in told(served, "ana")
    assert "Ben Birch" in told(served, "ana")
    assert told(served, "eve") == third
    assert told(served, "max") == manager
    assert told(served, "") == nobody


@pytest.mark.parametrize("username", ["", "ada", "far"])
def test_whoever_has_no_part_in_the_log_is_told_of_figures_alone(
    served: Served, username: str
) -> None:
    write(served, "ben", "support", "offer", **OFFER, audience="alliance", giving=BIRCH)
    words = told(served, username)
    assert "Offer of support" not in words
    assert "Practice" not in words.replace("Practice, recording", "")
    if username != "far":
        assert NO_CONTACT not in words


def test_what_is_about_another_topic_is_not_told(served: Served) -> None:
    ref = write(served, "eve", "support", "offer", **OFFER, audience="alliance", giving=ELMSTEAD)
    assert ref in told(served, "ana", "stable_pct")
    with served.home.app.server.test_request_context("/"):
        topics = {key: row["domain"] for key, row in current_release().indicators.items()}
    other = next(key for key, topic in topics.items() if topic != topics[INDICATOR])
    assert ref not in told(served, "ana", other)


def test_of_a_measure_of_context_it_tells_what_is_written_and_nothing_of_figures(
    served: Served,
) -> None:
    with served.home.app.server.test_request_context("/"):
        indicators = current_release().indicators
    context = next(key for key, row in indicators.items() if row["polarity"] == "none")
    assert told(served, "ana", context) == ""
    ref = write(
        served, "eve", "support", "offer", **(OFFER | {"indicator_id": context}),
        audience="alliance", giving=ELMSTEAD,
    )  # fmt: skip
    words = told(served, "ana", context)
    assert ref in words
    assert "measure of context" in words
    assert not JUDGEMENT.search(words.replace(indicators[context]["title"], ""))


def test_it_stands_on_the_page_of_a_challenge_and_of_a_draft_priority(served: Served) -> None:
    ref = served.share(indicator_id=INDICATOR)
    assert "Who to ring" in served.page("ben", f"/challenges/{ref}").headings
    draft = write(
        served, "ana", "priority", "draft", title="Fewer moves", why="They told us.",
        indicator_id=INDICATOR, due_on="2030-03-31", owner="ana", authorities=[ASHBY],
        audience="alliance",
    )  # fmt: skip
    page = served.page("ana", f"/priorities/{draft}")
    assert {"Who to ring"} <= set(page.headings)
    assert "Did it work?" not in page.headings


def test_every_measure_is_told_in_whole_sentences_and_none_of_context_is_judged(
    demo_served: Release,
) -> None:
    named = 0
    for indicator_id, indicator in demo_served.indicators.items():
        for code in (FENSHIRE, CITY):
            section = who_to_ring(demo_served, code, indicator_id, ANONYMOUS)
            if indicator["polarity"] == "none":
                assert section is None, "its figures name nobody, and nobody has written"
                continue
            assert section is not None
            sentence = text_of(section.children[1]).removeprefix(f"{indicator['title']}")
            sentence = f"{indicator['title'][:1].upper()}{sentence}"
            assert grammar_faults(sentence) == [], sentence
            assert not UNREADABLE.search(sentence), sentence
            named += len(section.children) > 3
    assert named > 5


def test_those_who_are_alike_are_the_neighbours_and_the_nearest_by_context(
    demo_served: Release, demo_figures: Figures
) -> None:
    kin = {one.code: one for one in kin_of(demo_served, FENSHIRE)}
    neighbours = demo_figures.column(
        "SELECT neighbour_code FROM neighbour WHERE area_code = ? "
        "AND model = (SELECT MAX(model) FROM neighbour) ORDER BY position",
        FENSHIRE,
    )
    assert [c for c in neighbours if c in kin] == [
        one.code for one in kin.values() if one.neighbour is not None
    ]
    assert FENSHIRE not in kin
    assert all(one.neighbour or one.nearest for one in kin.values())
    assert max(one.nearest or 0 for one in kin.values()) == 10
