"""Every place of the challenge log and every page of one entry in it, for each person: whole, and
silent about what the person may not see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alliance.log.kinds import KINDS
from alliance.log.places import NAVIGATION, PATH_OF, PLACES, Place
from tests.alliance.drawn import text_of
from tests.alliance.log.served import ASHBY, BIRCH, Served, serve, texts

EVERYONE = ("ana", "andy", "ben", "eve", "max", "ada", "oli", "far", "")
HOW_BEGUN: dict[str, tuple[str, str, dict[str, Any]]] = {
    "challenge": ("raise", "share", {
        "question": "Why?", "responders": [BIRCH], "audience": "authorities",
        "evidence_note": "The audit."}),
    "priority": ("draft", "propose", {
        "why": "It matters.", "indicator_id": "need_rate", "baseline": "400", "target": "300",
        "due_on": "2027-03-31", "owner": "ana", "authorities": [ASHBY],
        "audience": "authorities"}),
    "support": ("ask", "", {
        "support_kind": "coaching", "what": "Help.", "asking": ASHBY, "giving": BIRCH,
        "audience": "authorities", "indicator_id": "need_rate"}),
    "practice": ("draft", "", {
        "done": "This.", "whom": "Them.", "strength": "told", "contact": "Ana, director"}),
    "assessment": ("draft", "", {
        "care_know": "Much.", "care_how": "By audit.", "care_grade": "good",
        "front_door_grade": "inadequate", "audience": "authorities"}),
}  # fmt: skip
"""By kind: its first move, the move that shares it (none where the first does, or where it stays a
draft), and answers with which only Ashby, or Ashby and Birch, may see it."""
MAY_SEE = {
    "challenge": {"ana", "andy", "ben"}, "priority": {"ana", "andy"},
    "support": {"ana", "andy", "ben"}, "practice": {"ana", "andy"},
    "assessment": {"ana", "andy"},
}  # fmt: skip


@pytest.fixture(scope="module")
def served(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from serve(small_template, tmp_path_factory.mktemp("places"))


def begin(served: Served, kind: str, title: str, **answers: Any) -> str:
    """Begin an entry of the kind that few may see; its reference."""
    move, then, given = HOW_BEGUN[kind]
    answer = served.send("ana", f"{kind}/begin/{move}", **({"title": title} | given | answers))
    assert answer.status_code == 303, answer.text
    ref = str(answer.location).rpartition("/")[2]
    if then:
        assert served.send("ana", f"{ref}/{then}", version="1").status_code == 303
    return ref


PAIRS = [(place, kind) for place in PLACES for kind in place.kinds]


@pytest.mark.parametrize(("place", "kind"), PAIRS, ids=lambda value: getattr(value, "id", value))
def test_each_person_sees_of_a_kind_what_is_theirs_and_every_page_is_whole(
    served: Served, place: Place, kind: str
) -> None:
    secret = f"Kept among few, a {kind}"
    ref = begin(served, kind, secret)
    for who in EVERYONE:
        for path, query in (
            (place.path, ""), (place.path, "?state=all"), (f"{place.path}/{ref}", ""),
            (f"{place.path}/X-22222", ""),
        ):  # fmt: skip
            drawn = served.page(who, path, query)
            assert drawn.faults() == [], (who, path)
            tells = secret in " ".join(drawn.texts)
            assert tells is (who in MAY_SEE[kind] and "22222" not in path), (who, path, query)
        exported = served.browser(who).get(f"/log/{kind}.csv?state=all").text
        assert (secret in exported) is (who in MAY_SEE[kind]), who


def test_every_kind_that_stands_alone_has_a_place_and_every_list_is_of_states_that_there_are() -> (
    None
):
    alone = {kind.id for kind in KINDS.values() if not kind.part_of}
    assert alone <= set(PATH_OF)
    assert len({path for _, _, path in NAVIGATION}) == len(NAVIGATION)
    for place in PLACES:
        for kind in place.kinds:
            lists = [listed for listed in place.lists if listed.kind == kind]
            named = [state for listed in lists for state in listed.states]
            known = {state.id for state in KINDS[kind].states}
            assert len(named) == len(set(named))
            assert set(named) == known or (len(lists) == 1 and not named)
        for button in place.buttons:
            assert button.kind in place.kinds
            assert button.move in {move.id for move in KINDS[button.kind].begins}
            assert any(f"“{button.label}”" in listed.nothing for listed in place.lists)


def test_buttons_that_begin_an_entry_are_for_those_who_may(served: Served) -> None:
    for who, expected in (
        ("ana", {"Ask for support", "Offer support", "Describe a practice"}),
        ("max", {"Ask for support", "Offer support"}), ("oli", set()),
    ):  # fmt: skip
        drawn = served.page(who, "/support")
        buttons = {part["props"]["href"] for part in drawn.find("A", css="form-button")}
        labels = {text_of(part) for part in drawn.find("A", css="form-button")}
        assert labels == expected, who
        for href in buttons:
            assert served.browser(who).get(href).status_code == 200


def test_a_priority_tells_where_it_stands_in_its_list_and_on_its_page(served: Served) -> None:
    ref = begin(served, "priority", "Told in the list", baseline_period="2024")
    waiting, row = (
        text for text in texts(served.page("ana", "/priorities"), "log-row")
        if "Told in the list" in text
    )  # fmt: skip
    assert "Agree it" in waiting, "she can lift what stands in the way: no lead member is told of"
    assert "From 400" in row
    assert "by 31 March 2027." in row
    drawn = served.page("ana", f"/priorities/{ref}")
    sentence = texts(drawn, "sentence")[0]
    assert "400" in sentence
    assert "the target is 300" in sentence
    assert "Agreed and actual" in drawn.headings
    (graph,) = drawn.find("Graph")
    path = graph["props"]["figure"]["data"][-1]
    assert path["y"] == [400.0, 300.0]
    assert "Confidential: Ashby only" in str(graph["props"]["figure"]["layout"]["meta"])
    before = served.page("ana", f"/priorities/{ref}", "?on=2026-03-01")
    assert list(before.find("Graph")) == []


def test_a_priority_whose_measure_is_in_words_has_no_chart(served: Served) -> None:
    ref = begin(served, "priority", "In words", indicator_id="", baseline="", target="",
                measure="Families say so.")  # fmt: skip
    drawn = served.page("ana", f"/priorities/{ref}")
    assert list(drawn.find("Graph")) == []
    assert any("Families say so." in text for text in texts(served.page("ana", "/priorities"),
                                                            "log-row"))  # fmt: skip


def test_a_priority_of_several_counts_how_many_stand_how(served: Served) -> None:
    ref = begin(served, "priority", "Of two", authorities=[ASHBY, BIRCH], audience="alliance",
                baseline_period="2024")  # fmt: skip
    sentence = texts(served.page("eve", f"/priorities/{ref}"), "sentence")[0]
    assert "of 2 authorities:" in sentence.lower() or "all 2 authorities:" in sentence.lower()


def test_a_self_assessment_is_laid_out_domain_by_domain_and_its_grades_are_not_averaged(
    served: Served,
) -> None:
    ref = begin(served, "assessment", "Autumn")
    drawn = served.page("ana", f"/assessments/{ref}")
    domains = texts(drawn, "domain")
    assert len(domains) == 2
    assert domains[0].startswith("Front door and early helpOwn grade: Inadequate")
    assert "What do we know?Much." in domains[1]
    assert "What are we doing about it?Nothing said." in domains[1]
    assert "Own grade: Good" in domains[1]
    assert "average" not in " ".join(drawn.texts).lower()


def test_the_practice_library_is_filtered_by_indicator(served: Served) -> None:
    begin(served, "practice", "About need", indicator_id="need_rate")
    begin(served, "practice", "About nothing in particular")
    library = text_of(
        served.page("ana", "/support", "?indicator=need_rate").ids["support-practice"]
    )
    assert "About need" in library
    assert "About nothing in particular" not in library


def test_support_is_listed_by_how_far_it_is(served: Served) -> None:
    ref = begin(served, "support", "From asked to given")
    lists = served.page("ben", "/support").ids
    assert "From asked to given" in text_of(lists["support-wanted"])
    answer = served.send("ben", f"{ref}/take_up", version="1", note="We come in May.")
    assert answer.status_code == 303, answer.text
    lists = served.page("ben", "/support").ids
    assert "From asked to given" not in text_of(lists["support-wanted"])
    assert "From asked to given" in text_of(lists["support-given"])
