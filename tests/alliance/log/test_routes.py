"""The forms of the challenge log: what is done, what is refused and why, and that no word which was
typed is lost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance.log.kinds import KINDS
from alliance.log.workflow import NEW, EntryKind, Move
from alliance.store.tables.entry import EntryRow, HistoryRow
from tests.alliance.drawn import walk
from tests.alliance.log.served import BIRCH, ELMSTEAD, QUESTION, Served, forms, serve, texts

HOSTILE = "<script>alert('x')</script> **bold** [a](javascript:x) {{ 7*7 }} & \"quoted\"\n\n# line"


@pytest.fixture(scope="module")
def served(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One home for all of these: each test writes entries of its own."""
    yield from serve(small_template, tmp_path_factory.mktemp("routes"))


@pytest.fixture
def before(served: Served) -> tuple[int, int]:
    """How many entries and versions there were."""
    return count(served)


def count(served: Served) -> tuple[int, int]:
    """How many entries and versions there are."""
    with served.home.store.read() as session:
        return session.query(EntryRow).count(), session.query(HistoryRow).count()


def test_a_form_that_is_right_leads_to_the_entry_which_says_what_was_done(served: Served) -> None:
    served.page("ana", "/challenges")  # shows what was done before, once
    answer = served.send("ana", "challenge/begin/raise", **QUESTION)
    assert answer.status_code == 303
    assert re.fullmatch(r"/challenges/C-[2-9A-Z]{5}", answer.location)
    drawn = served.page("ana", answer.location)
    assert texts(drawn, "saved-note") == ["You began it."]
    ref = answer.location.rpartition("/")[2]
    shared = served.send("ana", f"{ref}/share", version="1")
    assert (shared.status_code, shared.location) == (303, f"/challenges/{ref}")
    (note,) = texts(served.page("ana", shared.location), "saved-note")
    assert note.startswith("You shared it. It is now “Shared”.")


def test_where_a_form_says_so_one_goes_on_to_another_page_of_the_product(served: Served) -> None:
    answer = served.send("ana", "challenge/begin/raise", **QUESTION, next="/meetings?x=1")
    assert answer.location == "/meetings?x=1"
    elsewhere = served.send("ana", "challenge/begin/raise", **QUESTION, next="https://evil.example")
    assert elsewhere.location == "/"


def test_faults_stand_beside_their_fields_with_every_word_that_was_typed(
    served: Served, before: tuple[int, int]
) -> None:
    typed = {
        "title": "", "question": HOSTILE, "responders": [BIRCH, ELMSTEAD, "999"],
        "audience": "triad", "due_on": "soon", "evidence_note": "   kept   as is ",
    }  # fmt: skip
    answer = served.send("ana", "challenge/begin/raise", **typed)
    assert answer.status_code == 400
    assert "<title>Error: " in answer.text
    summary = answer.text[answer.text.index("error-summary") : answer.text.index("<form")]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert len(targets) == 3
    assert all(f'id="{target}"' in answer.text for target in targets)
    for target in targets:
        assert answer.text.count(f'id="{target}"') == 1
    assert "<script>alert" not in answer.text
    assert html.escape(HOSTILE, quote=False).replace("'", "&#39;").replace('"', "&#34;") in (
        answer.text.replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    )
    assert 'value="soon"' in answer.text
    assert "   kept   as is " in answer.text
    boxes = dict(
        re.findall(r'name="responders" value="(\d+)" type="checkbox"( checked)?', answer.text)
    )
    assert boxes == {BIRCH: " checked", ELMSTEAD: " checked"}
    assert re.search(r'value="triad" type="radio" checked', answer.text)
    assert count(served) == before


def test_the_form_with_faults_can_be_sent_again_as_it_stands(served: Served) -> None:
    answer = served.send("ana", "challenge/begin/raise", **(QUESTION | {"title": ""}))
    assert answer.status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert token
    again = served.browser("ana").post("/log/challenge/begin/raise", token[1], **QUESTION)
    assert again.status_code == 303


def test_every_obstacle_is_told_at_once_and_nothing_is_written(served: Served) -> None:
    ref = served.raise_challenge(evidence_note="")
    before = count(served)
    answer = served.send("ana", f"{ref}/share", version="1")
    assert answer.status_code == 400
    assert "This cannot be done yet" in answer.text
    assert "There is no evidence yet" in answer.text
    assert count(served) == before


def test_the_later_of_two_sees_what_changed_and_by_whom_and_keeps_their_own_words(
    served: Served,
) -> None:
    ref = served.raise_challenge()
    served.send("andy", f"{ref}/edit", version="1", **(QUESTION | {"title": "Andy’s title"}))
    mine = QUESTION | {"title": "Ana’s title", "question": "Ana’s\n\nown words"}
    answer = served.send("ana", f"{ref}/edit", version="1", **mine)
    assert answer.status_code == 409
    assert "Andy Ashby, Ashby changed the draft" in answer.text
    assert "Andy’s title" in answer.text
    assert "Ana’s\n\nown words" in answer.text
    assert 'name="title" value="Ana’s title"' in answer.text
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version
    assert version[1] == "2"
    again = served.send("ana", f"{ref}/edit", version=version[1], **mine)
    assert again.status_code == 303
    assert served.page("ana", f"/challenges/{ref}").headings[0] == "Ana’s title"


def test_words_for_what_cannot_be_done_any_more_stay_to_be_copied(served: Served) -> None:
    ref = served.share()
    served.send("ana", f"{ref}/withdraw", version="2", note="We know now.")
    answer = served.send("ben", f"{ref}/respond", version="2", note="A long\nresponse & more")
    assert answer.status_code == 409
    assert "Ana Ashby, Ashby withdrew it" in answer.text
    assert "What you had written" in answer.text
    assert "A long\nresponse &amp; more" in answer.text
    assert "<form" not in answer.text


MOVES = [
    (kind, move)
    for kind in KINDS.values()
    for move in kind.moves
    if NEW not in move.sources
]  # fmt: skip


@pytest.mark.parametrize("username", ["eve", "max", "ada", "oli", "far", "andy"])
def test_what_one_may_not_see_is_not_there_in_the_very_same_words(
    served: Served, username: str
) -> None:
    """Of a draft of Birch and Holt's, nobody of these learns, whatever move they try."""
    ref = served.raise_challenge("ben", responders=["701"])
    absent, before = "C-22222", count(served)
    for move in {move.id for _, move in MOVES} | {"nothing", "share/observers"}:
        told = [
            served.send(username, f"{asked}/{move}", version="1", note="My words", username="oli")
            for asked in (ref, absent)
        ]
        assert [answer.status_code for answer in told] == [404, 404], move
        first, second = (
            answer.text.replace(asked, "#")
            for answer, asked in zip(told, (ref, absent), strict=True)
        )
        assert first == second
        assert "My words" in first
        seen = [served.browser(username).get(f"/log/{asked}/{move}") for asked in (ref, absent)]
        assert seen[0].status_code == seen[1].status_code
    assert count(served) == before


def test_what_one_may_see_and_not_do_is_refused_with_the_reason_and_the_words(
    served: Served,
) -> None:
    ref = served.share(audience="alliance")
    answer = served.send("eve", f"{ref}/respond", version="2", note="Not mine to say")
    assert answer.status_code == 403
    assert "Only a director of the authority that was asked may do this" in answer.text
    assert "Not mine to say" in answer.text


def test_who_is_not_signed_in_is_told_so_with_their_words(served: Served) -> None:
    ref = served.share()
    before = count(served)
    for asked in (ref, "C-22222"):
        answer = served.send("", f"{asked}/respond", version="2", note="Typed for an hour")
        assert answer.status_code == 403
        assert "Sign in first" in answer.text
        assert "Typed for an hour" in answer.text
    assert count(served) == before


def test_a_form_without_the_pages_token_is_refused(served: Served) -> None:
    ref = served.share()
    before = count(served)
    answer = served.browser("ben").post(f"/log/{ref}/respond", "", version="2", note="x")
    assert answer.status_code == 400
    assert count(served) == before


@pytest.mark.parametrize("version", ["", "x", "-1", "1; DROP TABLE entry", "9" * 40])
def test_a_version_that_is_no_number_is_refused(served: Served, version: str) -> None:
    ref = served.share()
    assert served.send("ben", f"{ref}/respond", version=version, note="x").status_code == 400


@pytest.mark.parametrize(
    "path", ["nothing/begin/raise", "challenge/begin/share", "challenge/begin/nothing", "x.csv"]
)
def test_a_kind_or_move_that_is_not_declared_is_not_there(served: Served, path: str) -> None:
    assert served.browser("ana").get(f"/log/{path}").status_code == 404
    if not path.endswith("csv"):
        assert served.send("ana", path, note="x").status_code == 404


def test_everything_of_the_log_is_kept_by_no_browser(served: Served) -> None:
    ref = served.share()
    browser = served.browser("ana")
    for path in (f"/challenges/{ref}", "/challenges", f"/log/{ref}/withdraw", "/log/challenge.csv",
                 "/log/challenge/begin/raise", "/log/C-22222/note"):  # fmt: skip
        assert browser.get(path).headers["Cache-Control"] == "no-store", path
    callback = browser.callback()
    assert callback.headers["Cache-Control"] == "no-store"
    answer = served.send("ana", f"{ref}/withdraw", version="x")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("kind", "move"),
    [(kind, move) for kind in KINDS.values() for move in kind.begins],
    ids=lambda item: item.id,
)
def test_every_kind_has_a_form_that_begins_it_and_says_what_is_wrong(
    served: Served, kind: EntryKind, move: Move
) -> None:
    path = f"{kind.id}/begin/{move.id}"
    parent = f"?parent={served.share()}" if kind.part_of else ""
    who = "max" if kind.id in ("cycle", "meeting", "item", "milestone") else "ana"
    shown = served.browser("ana").get(f"/log/{path}{parent}")
    assert shown.status_code == 200
    for asked in move.asks:
        assert html.escape(asked.label) in shown.text
        assert f'name="{asked.id}"' in shown.text
    if not kind.part_of:
        answer = served.send(who, path)
        assert answer.status_code == 400
        required = [asked for asked in move.asks if asked.required]
        assert answer.text.count('class="error-message"') == len(required)


def test_a_part_is_begun_below_its_entry_and_leads_back_to_it(served: Served) -> None:
    ref = served.share()
    values = {"title": "Ring the school", "owner": "ana", "doing": "701", "due_on": "2026-04-01"}
    answer = served.send("ana", "action/begin/add", parent=ref, next=f"/challenges/{ref}", **values)
    assert (answer.status_code, answer.location) == (303, f"/challenges/{ref}")
    wrong = served.send("ana", "action/begin/add", parent=ref, **(values | {"owner": "oli"}))
    assert wrong.status_code == 400
    assert f'name="parent" value="{ref}"' in wrong.text
    assert "Why do more children come back?" in wrong.text


def test_an_observer_reads_by_name_what_a_director_shares_and_no_longer_when_taken_back(
    served: Served,
) -> None:
    ref = served.share()
    assert served.page("oli", f"/challenges/{ref}").headings == ["Not found"]
    path, oli = f"{ref}/share/observers", {"username": "oli", "shared": "yes"}
    refused = served.send("andy", path, version="2", **oli)
    assert refused.status_code == 403
    shared = served.send("ana", path, version="2", **oli)
    assert shared.status_code == 303
    drawn = served.page("oli", f"/challenges/{ref}")
    assert drawn.headings[0] == QUESTION["title"]
    assert served.send("oli", f"{ref}/note", version="3", note="x").status_code == 403
    assert served.browser("oli").get(f"/log/{ref}/note").status_code == 409
    stranger = served.send("ana", path, version="3", username="far", shared="yes")
    assert stranger.status_code == 409
    served.send("ana", path, version="3", username="oli", shared="")
    assert served.page("oli", f"/challenges/{ref}").headings == ["Not found"]


def test_a_figure_is_shown_before_it_is_frozen_and_stays_with_the_challenge(
    served: Served,
) -> None:
    query = "?indicator=need_rate&us=702&from=/indicator/need_rate"
    drawn = served.page("ana", "/challenges/new", query)
    assert drawn.faults() == []
    (preview,) = texts(drawn, "sentence")
    assert "Birch and Holt" in preview
    sent = forms(drawn)["/log/challenge/begin/raise"]
    assert sent["responders"] == ["702"]
    values = QUESTION | {"evidence_note": ""} | {
        name: sent[name] for name in ("indicator", "us", "from", "seen", "indicator_id")
    }  # fmt: skip
    faulty = served.send("ana", "challenge/begin/raise", **(values | {"title": ""}))
    assert faulty.status_code == 400
    assert f'name="seen" value="{sent["seen"]}"' in faulty.text
    assert preview in html.unescape(faulty.text)
    changed = served.send("ana", "challenge/begin/raise", **(values | {"seen": "another"}))
    assert changed.status_code == 409
    assert "has changed since you looked" in changed.text
    assert f'name="seen" value="{sent["seen"]}"' in changed.text
    assert QUESTION["question"] in changed.text
    answer = served.send("ana", "challenge/begin/raise", **values)
    assert answer.status_code == 303
    kept = served.page("ana", answer.location)
    assert texts(kept, "sentence") == [preview]
    (picture,) = [part for frozen in kept.find(css="frozen") for part in walk(frozen)
                  if part["type"] == "Img"]  # fmt: skip
    assert picture["props"]["src"].startswith("data:image/svg+xml")
    assert picture["props"]["alt"] == preview
