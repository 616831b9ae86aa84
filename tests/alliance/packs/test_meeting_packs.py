"""A meeting's pack and record: what they say, on which pages, and that they tell nobody what is not
open to everybody at the meeting."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from alliance.access import Audience, EntrySubject
from alliance.log.drift import as_shown
from alliance.log.entry import Entry
from alliance.log.kinds import KINDS
from alliance.log.words import Names, strictest_marking
from alliance.packs.addresses import FORMS
from alliance.packs.document import Document, para, render_document, stamp_of
from alliance.packs.figures import shown_evidence
from alliance.packs.meeting import ASKED
from alliance.packs.routes import PACKS
from alliance.service import DEMONSTRATION, current_release
from alliance.service import Served as Release
from tests.alliance.log.frozen_figures import kept, served_of, take
from tests.alliance.log.served import ASHBY, BIRCH, ELMSTEAD, Served
from tests.alliance.log.test_drift import edit_care, put_cells
from tests.alliance.packs.meetings import FIGURE, WIDE, act, ask, move, plan, put_on
from tests.alliance.packs.reading import (
    assert_fits,
    assert_tagged,
    charts_of,
    everything_in,
    pages_of,
    pictures_of,
    slides_of,
    texts_of,
    words_of,
    workbook_of,
)
from tests.conftest import Small

OPEN_TO_ALL = {"audience": "alliance"}
EVERY_FILE = [f"{pack}.{form}" for pack in PACKS for form in FORMS]


def fetch(served: Served, who: str, meeting: str, file: str = "pack.pdf") -> bytes:
    """A file as that person gets it."""
    answer = served.browser(who).get(f"/meetings/{meeting}/{file}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.data


@pytest.fixture(scope="module")
def prepared(served: Served) -> tuple[str, str]:
    """A meeting of the triad with a challenge on its agenda, and the challenge."""
    meeting = plan(served, title="Winter meeting")
    ref = ask(served, "Why do more return?", audience="triad", triad=[ELMSTEAD])
    act(served, ref, "Audit twenty cases", "2026-01-10")
    put_on(served, meeting, ref, why="The figure stands apart.")
    return meeting, ref


# What they say ------------------------------------------------------------------------------------


def test_a_pack_is_tagged_and_every_page_says_release_day_and_for_whom(
    served: Served, prepared: tuple[str, str]
) -> None:
    content = fetch(served, "ana", prepared[0])
    assert_tagged(content, "Winter meeting: Pack for a meeting")
    pages = pages_of(content)
    for number, text in enumerate(pages, start=1):
        assert "Confidential: Ashby, Birch and Holt and the alliance’s manager only" in text
        assert "Made on 2 March 2026 for Ana Ashby." in text
        assert re.search(r"Release: \d{8}T\d{6}Z-[0-9a-f]{8}, built", text)
        assert f"Page {number} of {len(pages)}" in text
        assert DEMONSTRATION not in text, "these figures are not invented"


def test_a_pack_has_the_agenda_the_matter_its_figure_and_what_is_asked(
    served: Served, prepared: tuple[str, str]
) -> None:
    meeting, ref = prepared
    content = fetch(served, "ben", meeting)
    words = words_of(content)
    for said in (
        "20 June 2026, from 10:00 until 12:00, Town hall", "Chair: Ana Ashby, Ashby.",
        "10:00 to 10:20, 20 minutes", "The figure stands apart.",
        f"Challenge {ref}, Ashby to Birch and Holt. Responded:", "Hear the response",
        "Everyone asked has responded, and it waits to be discussed.",
        "Your rate of children who return has doubled.", "Response to Why do more return?",
        "Ben Birch, Birch and Holt responded, 2 March 2026:", "Audit twenty cases",
        "95% interval", "As it was taken", "Compared with",
    ):  # fmt: skip
        assert said in words, said
    late = words.partition("Late actions")[2]
    assert "⚠ 10 January 2026, 51 days late" in late
    (alternative,) = pictures_of(content)
    assert alternative.startswith("Birch and Holt: ")
    assert alternative in words, "the picture's words are the figure's sentence"


def test_a_meeting_without_anything_on_its_agenda_has_a_pack_that_says_so(served: Served) -> None:
    words = words_of(fetch(served, "max", plan(served, title="Empty", **WIDE)))
    assert "Nothing is on the agenda yet." in words
    assert "Confidential: for the alliance only" in words


def test_a_record_is_there_once_the_meeting_was_held(served: Served) -> None:
    meeting = plan(served, title="To be held")
    ref = ask(served, "Decided upon", audience="triad", triad=[ELMSTEAD])
    act(served, ref, "Read ten plans", "2026-05-01")
    first, second = put_on(served, meeting, ref), put_on(served, meeting, title="Dates")
    early = served.browser("ana").get(f"/meetings/{meeting}/record.pdf")
    assert early.status_code == 404
    assert "This meeting is planned, so it has no record yet." in early.text
    move(served, "ana", meeting, "begin", 1)
    move(served, "ana", first, "decide", 1, decision="An audit by May", discussion="At length")
    move(served, "ana", second, "leave", 1, decision="By email")
    move(served, "ana", meeting, "end", 2, attended="All but one")
    before = words_of(fetch(served, "ben", meeting, "record.pdf"))
    assert "The minutes are not agreed yet" in before
    move(served, "ana", meeting, "agree_minutes", 3, summary="Short and good")
    move(served, "ana", meeting, "put_right", 4, note="June, not May")
    content = fetch(served, "ben", meeting, "record.pdf")
    assert_tagged(content, "To be held: Decisions and actions")
    words = words_of(content)
    for said in (
        "Who was there: All but one", "In short: Short and good", "1. Decided upon",
        "Decided: An audit by May", "At length", "Left: By email", "Read ten plans",
        "Ben Birch, Birch and Holt", "1 May 2026", "Put right since", "June, not May",
        "Minutes agreed.",
    ):  # fmt: skip
        assert said in words, said
    assert "not agreed yet" not in words
    deck = fetch(served, "ben", meeting, "record.pptx")
    assert_fits(deck)
    told = "\n".join(text for slide in slides_of(deck) for text in texts_of(slide))
    for said in ("All but one", "An audit by May", "At length", "Left: By email", "Read ten plans",
                 "June, not May", "Minutes agreed."):  # fmt: skip
        assert said in told, said


def test_slides_are_whole_and_each_says_release_day_and_for_whom(
    served: Served, prepared: tuple[str, str]
) -> None:
    content = fetch(served, "ben", prepared[0], "pack.pptx")
    assert_fits(content)
    slides = slides_of(content)
    for number, slide in enumerate(slides, start=1):
        texts = [s.text_frame.text for s in slide.shapes if s.has_text_frame]
        assert "Confidential: Ashby, Birch and Holt and the alliance’s manager only" in texts
        (foot,) = [text for text in texts if text.endswith(f"Slide {number} of {len(slides)}")]
        assert "Made on 2 March 2026 for Ben Birch. Release: " in foot
        assert slide.shapes.title.text_frame.text
    told = "\n".join(text for slide in slides for text in texts_of(slide))
    for said in (
        "20 June 2026, from 10:00 until 12:00, Town hall", "Hear the response",
        "Your rate of children who return has doubled.", "Response to Why do more return?",
        "Audit twenty cases", "⚠ 10 January 2026, 51 days late", "The figure in numbers",
    ):  # fmt: skip
        assert said in told, said


def test_the_chart_of_a_slide_is_powerpoints_own_with_the_frozen_figures(
    served: Served, prepared: tuple[str, str]
) -> None:
    (chart,) = charts_of(fetch(served, "ben", prepared[0], "pack.pptx"))
    with served.home.app.server.test_request_context():
        release = current_release()
    figures = {row["area_code"]: row["value"] for row in release.release.figures(
        FIGURE["indicator"], FIGURE["period"])}  # fmt: skip
    _, *rows = workbook_of(chart)
    found = {name: value for name, value, *_ in rows}
    assert found["Birch and Holt"] == figures[BIRCH]
    assert found["Ashby"] == figures[ASHBY]
    assert list(chart.plots[0].categories) == [name for name, *_ in rows]
    assert list(chart.plots[0].series[0].values) == [value for _, value, *_ in rows]


def test_what_does_not_fit_on_a_slide_stands_in_full_in_its_notes(served: Served) -> None:
    meeting = plan(served, title="Long " * 30, **WIDE)
    long = "A sentence that goes on for a while and says one thing. " * 60
    ref = ask(served, "Of many words", question=long, **OPEN_TO_ALL)
    for number in range(24):
        act(served, ref, f"Action {number} " + "with many words in it " * 7, "2026-01-10")
    put_on(served, meeting, ref, title="Word " * 30, why=long)
    content = fetch(served, "ana", meeting, "pack.pptx")
    assert_fits(content)
    told = [" ".join(text.split()) for slide in slides_of(content) for text in texts_of(slide)]
    assert any(" ".join(long.split()) in text for text in told)
    for number in range(24):
        assert any(f"Action {number} with" in text for text in told), number


def test_the_page_of_a_meeting_leads_to_the_files_that_there_are(
    served: Served, prepared: tuple[str, str]
) -> None:
    meeting = prepared[0]
    drawn = served.page("ana", f"/meetings/{meeting}")
    links = {part["props"]["href"] for part in drawn.find("A", css="download")}
    packs = {link for link in links if "/pack." in link or "/record." in link}
    assert f"/meetings/{meeting}/pack.pdf" in packs
    assert not any("/record." in link for link in packs), "it was not held yet"
    for link in packs:
        assert served.browser("ana").get(link).status_code == 200, link


# Who gets them ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["eve", "ada", "oli", "far", ""])
@pytest.mark.parametrize("file", EVERY_FILE)
def test_who_may_not_see_a_meeting_is_told_what_they_are_told_of_none(
    served: Served, prepared: tuple[str, str], who: str, file: str
) -> None:
    meeting = prepared[0]
    hidden, absent = (
        served.browser(who).get(f"/meetings/{ref}/{file}") for ref in (meeting, "M-22222")
    )
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(meeting, "#") == absent.text.replace("M-22222", "#")


def test_what_is_no_meeting_has_no_pack(served: Served, prepared: tuple[str, str]) -> None:
    for who in ("ana", "eve"):
        answer = served.browser(who).get(f"/meetings/{prepared[1]}/pack.pdf")
        assert answer.status_code == 404, who
    assert "Why do more return?" not in answer.text


def test_a_pack_holds_no_more_than_everybody_at_the_meeting_may_see_whoever_opens_it(
    served: Served,
) -> None:
    meeting = plan(served, title="For all", **WIDE)
    secret = "Between the two of us"
    ref = ask(served, secret)
    act(served, ref, f"{secret}: act", "2026-01-07")
    put_on(served, meeting, ref)
    told = ask(served, "Told to all", **OPEN_TO_ALL)
    act(served, told, "Late for all to see", "2026-01-11")
    for who in ("ana", "ben", "eve", "max"):
        words = words_of(fetch(served, who, meeting))
        slides = everything_in(fetch(served, who, meeting, "pack.pptx"))
        for hidden in (secret, ref, f"Response to {secret}"):
            assert hidden not in words, who
            assert hidden not in slides, who
        assert "1 A challenge" in words, "the item itself is everybody's"
        late = words.partition("Late actions")[2]
        assert "Late for all to see" in late
        assert "7 January" not in late


def test_an_observer_gets_the_pack_of_a_meeting_that_is_shared_with_them_and_nothing_more_in_it(
    served: Served,
) -> None:
    meeting = plan(served, title="With a guest", **WIDE)
    kept_back, shown = "For insiders", "For the guest too"
    first, second = (ask(served, title, **OPEN_TO_ALL) for title in (kept_back, shown))
    for ref in (first, second):
        put_on(served, meeting, ref)
    for ref, version in ((meeting, 1), (second, 3)):
        answer = served.send("ana" if ref == second else "max", f"{ref}/share/observers",
                             version=str(version), username="oli", shared="yes")  # fmt: skip
        assert answer.status_code == 303, answer.text
    for who in ("oli", "ana"):
        slides = everything_in(fetch(served, who, meeting, "pack.pptx"))
        assert kept_back not in slides, who
        assert shown in slides, who
        words = words_of(fetch(served, who, meeting))
        assert kept_back not in words, who
        assert first not in words, who
        assert "Response to For the guest too" in words, who


def test_what_was_said_while_it_was_drafted_is_in_no_pack(served: Served) -> None:
    """Whoever drafted it may read it still; the others at the meeting never could."""
    answer = served.send("ana", "priority/begin/draft", title="Fewer moves", why="They matter.",
                         measure="We count.", due_on="2027-03-31", owner="ana",
                         authorities=[ASHBY], audience="alliance")  # fmt: skip
    priority = str(answer.location).rpartition("/")[2]
    answer = served.send("ana", "milestone/begin/add", parent=priority, title="A team",
                         due_on="2026-09-01", test="Six in post")  # fmt: skip
    milestone = str(answer.location).rpartition("/")[2]
    move(served, "ana", milestone, "decide", 1, decision="change", note="Said in private")
    move(served, "ana", priority, "propose", 1)
    meeting = plan(served, title="Reads it", **WIDE)
    put_on(served, meeting, milestone)
    for who in ("ana", "ben"):
        words = words_of(fetch(served, who, meeting))
        assert f"Milestone {milestone}" in words, who
        assert "Said in private" not in words, who
        slides = everything_in(fetch(served, who, meeting, "pack.pptx"))
        assert milestone in slides, who
        assert "Said in private" not in slides, who
    page = " ".join(served.page("ana", f"/priorities/{milestone}").texts)
    assert "Said in private" in page, "its author reads it where only its authority does"


# Figures ------------------------------------------------------------------------------------------


def test_a_figure_that_was_suppressed_since_is_in_no_part_of_a_pack(small: Small) -> None:
    taken = kept(take(served_of(small), ASHBY, "stable_pct", "2025"))
    value = taken.frozen["figure"]["value"]
    edit_care(small, put_cells(ASHBY, "2025", "c", "c"))
    fit = as_shown(served_of(small), taken)
    before, after = shown_evidence(taken, ()), shown_evidence(fit, ())
    assert before.chart is not None
    assert value in before.chart.series[0].values
    assert after.chart is not None
    assert value not in after.chart.series[0].values
    assert before.facts[0][1] == f"{value:.0f}%"
    assert f"{value:.0f}%" in before.sentence
    assert after.facts[0][1] == "suppressed, since this was taken"
    assert f"{value:.0f}%" not in after.sentence
    counts = {f"{taken.frozen['figure'][key]:.0f}" for key in ("numerator", "denominator")}
    assert counts <= {words for _, words in before.facts}
    assert not counts & {words for _, words in after.facts}
    assert any("suppressed, since this was taken" in note for note in after.notes)


# Markings -----------------------------------------------------------------------------------------

NAMES = Names({ASHBY: "Ashby", BIRCH: "Birch", ELMSTEAD: "Elmstead"}, {}, {}, {})


def entry(audience: Audience, *codes: str, private: bool = False) -> Entry:
    """An entry with no words, for those authorities."""
    parties = frozenset(("own", code) for code in codes)
    subject = EntrySubject("here", audience, private, "own", "ana", "ana", parties)
    return Entry(
        1, "P-22222", "priority", "here", "active", "", {}, "ana", None, None, parties,
        None, "ana", None, "ana", 1, subject,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([entry(Audience.ALLIANCE, ASHBY)], "Confidential: for the alliance only"),
        ([entry(Audience.ALLIANCE, ASHBY), entry(Audience.AUTHORITIES, ASHBY, BIRCH)],
         "Confidential: Ashby and Birch only"),
        ([entry(Audience.AUTHORITIES, ELMSTEAD, BIRCH), entry(Audience.AUTHORITIES, ASHBY, BIRCH)],
         "Confidential: Birch only"),
        ([entry(Audience.AUTHORITIES, ASHBY), entry(Audience.AUTHORITIES, BIRCH)],
         "Confidential: only for whom it was made"),
        ([entry(Audience.ALLIANCE, ASHBY), entry(Audience.ALLIANCE, BIRCH, private=True)],
         "Draft: Birch only"),
    ],
)  # fmt: skip
def test_what_shows_several_entries_is_marked_for_those_who_may_see_each(
    entries: list[Entry], words: str
) -> None:
    assert strictest_marking(entries, NAMES) == words
    assert strictest_marking(entries[::-1], NAMES) == words


def test_what_shows_nothing_has_no_marking() -> None:
    with pytest.raises(ValueError, match="Nothing is shown"):
        strictest_marking([], NAMES)


def test_what_is_invented_says_so_on_every_page(demo_served: Release) -> None:
    stamp = stamp_of(demo_served, demo_served.info.built_at.date(), "Confidential: nobody")
    blocks = [para(f"Line {n}") for n in range(120)]
    pages = pages_of(render_document(Document("Long", "Words", stamp, blocks)))
    assert len(pages) > 1
    for text in pages:
        assert DEMONSTRATION in text
        assert "Confidential: nobody" in text
    real = replace(stamp, demonstration="")
    assert DEMONSTRATION not in words_of(render_document(Document("Long", "W", real, blocks)))


@pytest.mark.parametrize("words", ["#panic()", "*bold* $x$ @ref", '#import "x"', "\\ ] [ {{"])
def test_what_looks_like_markup_is_set_as_it_stands(demo_served: Release, words: str) -> None:
    stamp = stamp_of(demo_served, demo_served.info.built_at.date(), words)
    told = words_of(render_document(Document(words, words, stamp, [para(words)])))
    assert told.replace(" ", "").count(words.replace(" ", "")) >= 3


def test_something_is_asked_of_every_state_in_which_something_can_still_be_done() -> None:
    open_states = {
        (kind.id, state.id)
        for kind in KINDS.values()
        for state in kind.states
        if not (state.private or state.final or state.sealed)
    }
    assert set(ASKED) == open_states
    assert all(words.endswith(".") and words[0].isupper() for words in ASKED.values())
