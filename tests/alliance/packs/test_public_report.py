"""The report for elected members and the public: made of what a director decided to publish and of
published figures, and of nothing else, for whoever asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from alliance.log.entry import Published
from alliance.log.trajectory import Standing
from alliance.packs.document import render_document
from alliance.packs.public_report import (
    MARKING,
    NO_FIGURE,
    NOT_TO_BE_TOLD,
    VERDICTS,
    Report,
    report_document,
    show_published,
    verdict_words,
)
from tests.alliance.drawn import text_of
from tests.alliance.log.frozen_figures import served_of
from tests.alliance.log.served import ASHBY, BIRCH, ELMSTEAD, PEOPLE, Served, forms
from tests.alliance.log.test_drift import edit_care, put_cells
from tests.alliance.packs.meetings import move
from tests.alliance.packs.reading import assert_tagged, pages_of, pictures_of, words_of
from tests.alliance.people.homes import Browser
from tests.alliance.people.test_signing_in import home_of_broken
from tests.conftest import Small

SAID = {
    "public_objective": "Homes that last", "public_done": "More carers were found.",
    "public_result": "Children say so too.", "public_sure": "yes",
}  # fmt: skip
TODAY = date(2026, 3, 2)


def fetch(served: Served, who: str = "", code: str = ASHBY) -> bytes:
    answer = served.browser(who).get(f"/authority/{code}/public-report.pdf")
    assert answer.status_code == 200, answer.text
    return answer.data


def agree(served: Served, word: str, *codes: str, **said: object) -> str:
    """A priority that is agreed, with that word in everything that is written; its reference."""
    answers = {
        "title": f"{word} title", "why": f"{word} why", "indicator_id": "stable_pct",
        "baseline": "41.7", "baseline_period": "2024", "target": "60", "due_on": "2027-03-31",
        "measure": f"{word} measure", "baseline_release": f"{word} release", "owner": "ana",
        "authorities": list(codes or (ASHBY,)), "audience": "authorities",
        "lead_member": f"{word} member", "lead_member_on": "2026-01-10", **said,
    }  # fmt: skip
    answer = served.send("ana", "priority/begin/draft", **answers)
    assert answer.status_code == 303, answer.text
    ref = str(answer.location).rpartition("/")[2]
    move(served, "ana", ref, "propose", 1)
    move(served, "ana", ref, "agree", 2)
    for version, who in enumerate(["ben"] if BIRCH in codes else [], start=3):
        move(served, who, ref, "agree", version)
    return ref


def work_on(served: Served, ref: str, word: str) -> None:
    """Notes, an action, a milestone, a challenge behind it and support, all with that word."""
    for path, answers in (
        ("action/begin/add", {"parent": ref, "title": f"{word} act", "owner": "ana",
                              "doing": ASHBY, "due_on": "2026-02-01"}),
        ("milestone/begin/add", {"parent": ref, "title": f"{word} stage", "test": f"{word} test",
                                 "due_on": "2026-09-01"}),
        ("support/begin/ask", {"title": f"{word} help", "support_kind": "coaching",
                               "what": f"{word} what", "audience": "alliance", "asking": ASHBY,
                               "about": f"helps:{ref}"}),
        ("practice/begin/draft", {"title": f"{word} way", "done": f"{word} done", "whom": word,
                                  "strength": "told", "contact": f"{word} contact"}),
        (f"{ref}/review", {"version": "3", "note": f"{word} note"}),
    ):  # fmt: skip
        answer = served.send("ana", path, **answers)
        assert answer.status_code == 303, (path, answer.text)
    served.share(title=f"{word} challenge", question=f"{word} question")


def publish(served: Served, ref: str, version: int, who: str = "ana", **said: str) -> None:
    move(served, who, ref, "publish", version, **{**SAID, **said})


def test_until_something_is_published_the_report_says_so_whatever_there_is(served: Served) -> None:
    before = fetch(served, code=ASHBY)
    words = words_of(before)
    assert "Ashby has not published an objective here." in words
    ref = agree(served, "Canary")
    work_on(served, ref, "Canary")
    for who in (*PEOPLE, ""):
        assert fetch(served, who) == before, who


def test_a_report_is_made_of_what_was_published_and_nothing_else_of_the_log(served: Served) -> None:
    """Two priorities that have nothing in common but what was published give the same file."""
    files = []
    for word, more in (("Canary", {}), ("Finch", {"baseline": "12.3", "audience": "alliance"})):
        ref = agree(served, word, **more)
        work_on(served, ref, word)
        nothing = fetch(served)
        publish(served, ref, 4)
        files.append(fetch(served))
        assert files[-1] != nothing
        words = words_of(files[-1])
        for hidden in (word, ref, "Ana", "41.7", "12.3"):
            assert hidden not in words, hidden
        move(served, "ana", ref, "unpublish", 5)
        assert fetch(served) == nothing, "it was taken back"
    assert files[0] == files[1]


def test_a_report_says_objective_work_and_whether_it_worked_and_is_tagged(served: Served) -> None:
    ref = agree(served, "Swift")
    publish(served, ref, 3)
    for who in (*PEOPLE, ""):
        content = fetch(served, who)
        assert content == fetch(served), f"{who} reads what everybody reads"
    assert_tagged(content, "Ashby: What we set out to improve, and whether it worked")
    for text in pages_of(content):
        assert MARKING in text
        assert "Made on 2 March 2026. Release: " in text
    words = words_of(content)
    for said in (*SAID.values(), "Did it work?", "the target is 60% by 31 March 2027"):
        assert said == "yes" or said in words, said
    (alternative,) = pictures_of(content)
    assert alternative.startswith(
        "Children looked after with a stable home, Ashby: 53% when agreed"
    )
    move(served, "ana", ref, "unpublish", 4)


def test_each_authority_publishes_for_itself_alone(served: Served) -> None:
    ref = agree(served, "Both", ASHBY, BIRCH)
    before = fetch(served, code=ASHBY)
    publish(served, ref, 4, "ben", public_done="Birch’s own words.")
    assert fetch(served, code=ASHBY) == before
    assert "Birch’s own words." in words_of(fetch(served, code=BIRCH))
    for who, status in (("eve", 404), ("max", 404), ("andy", 403), ("oli", 404), ("", 403)):
        answer = served.send(who, f"{ref}/publish", version="5", **SAID)
        assert answer.status_code == status, who
    assert fetch(served, code=ASHBY) == before
    assert "has not published" in words_of(fetch(served, code=ELMSTEAD))
    page = served.page("ana", f"/priorities/{ref}")
    published = next(text_of(part) for key, part in page.ids.items() if key.endswith("-published"))
    assert "Birch’s own words." in published
    assert "Birch and HoltPublished on 2 March 2026." in published


def test_what_is_changed_after_it_was_published_is_not_public(served: Served) -> None:
    ref = agree(served, "Later")
    publish(served, ref, 3)
    before = fetch(served)
    move(served, "ana", ref, "move_date", 4, due_on="2028-03-31", note="More time")
    move(served, "ana", ref, "miss", 5, result="It failed")
    assert fetch(served) == before
    page = served.page("ana", f"/priorities/{ref}")
    assert f"/log/{ref}/publish" in forms(page), "it can be published again at its end"
    publish(served, ref, 6, public_result="It failed, and we say so.")
    words = words_of(fetch(served))
    assert "31 March 2028" in words
    assert "It failed, and we say so." in words
    move(served, "ana", ref, "unpublish", 7)


def test_there_is_a_report_of_every_authority_of_the_release_and_of_no_other(
    served: Served,
) -> None:
    for code in ("704", "711"):
        assert "has not published" in words_of(fetch(served, code=code))
    answer = served.browser("").get("/authority/nowhere/public-report.pdf")
    assert answer.status_code == 404
    assert "There is no authority “nowhere”" in answer.text
    page = served.page("", f"/authority/{ASHBY}")
    assert any(part["props"].get("href") == f"/authority/{ASHBY}/public-report.pdf"
               for part in page.find("A"))  # fmt: skip


def test_a_store_that_does_not_answer_is_not_taken_for_one_that_holds_nothing(small: Small) -> None:
    broken = home_of_broken(small.store.home, "postgresql://alliance:hunter2@127.0.0.1:1/nowhere")
    browser = Browser(broken, {})  # type: ignore[arg-type]
    answer = browser.get(f"/authority/{ASHBY}/public-report.pdf")
    assert answer.status_code == 503
    assert "cannot be read at the moment" in answer.text
    assert "127.0.0.1" not in answer.text


# Figures ------------------------------------------------------------------------------------------


def published(**changes: Any) -> Published:
    values = {
        "objective": "Homes that last", "done": "Carers.", "result": "",
        "indicator_id": "stable_pct", "baseline_period": "2024", "target": 99.0,
        "by": date(2027, 3, 31), "state": "active", "on": TODAY,
    }  # fmt: skip
    return Published(**(values | changes))


def report(small: Small, one: Published) -> Report:
    return Report(served_of(small), ASHBY, [one], TODAY)


def test_the_path_begins_at_the_published_figure(small: Small) -> None:
    made = report(small, published())
    row = next(r for r in made.served.release.series("stable_pct", ASHBY) if r["period"] == "2024")
    shown = show_published(made, published())
    assert shown is not None
    assert f"{row['value']:.0f}% when agreed" in shown.sentence
    assert shown.chart is not None
    path = shown.chart.series[-1]
    assert path.values[shown.chart.categories.index("2024")] == row["value"]
    assert path.values[-1] == 99.0


@pytest.mark.parametrize("year", ["2024", "2025"])
def test_a_suppressed_figure_is_in_no_part_of_a_report(small: Small, year: str) -> None:
    """The one that it started from, and the one that shows what became of it."""
    edit_care(small, put_cells(ASHBY, year, "c", "c"))
    made = report(small, published())
    shown = show_published(made, published())
    assert shown is not None
    assert any(f"{year}: suppressed" in note for note in shown.notes)
    assert shown.chart is not None
    values = dict(zip(shown.chart.categories, shown.chart.series[0].values, strict=True))
    assert values[year] is None
    verdict = verdict_words(made, published())
    words = words_of(render_document(report_document(made)))
    if year == "2024":
        assert verdict == NOT_TO_BE_TOLD
        assert "when agreed" not in words
    else:
        assert verdict == VERDICTS[Standing.NOTHING_YET]
    assert verdict in words


@pytest.mark.parametrize(
    "changes", [{"indicator_id": None}, {"indicator_id": "gone"}, {"target": None}]
)
def test_an_objective_without_a_figure_says_that_no_figure_shows_it(
    small: Small, changes: dict[str, Any]
) -> None:
    made = report(small, published(**changes))
    assert show_published(made, made.published[0]) is None
    assert NO_FIGURE in words_of(render_document(report_document(made)))


def test_a_context_measure_is_neither_good_nor_bad() -> None:
    assert set(VERDICTS) == set(Standing)
    for standing in (Standing.ABOVE, Standing.BELOW, Standing.ON_PATH):
        assert not VERDICTS[standing].startswith(("Yes", "No"))
