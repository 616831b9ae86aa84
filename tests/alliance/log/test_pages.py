"""The pages of the challenge log: what each person sees of it, and what everybody else does not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from dash import dcc, html

from alliance.components.entry_form import FIELDS, Filled, Offered, entry_form
from alliance.components.plain_html import to_html
from alliance.log.calendar import make_due_moves
from alliance.log.fields import Field, FieldKind, Known
from alliance.log.kinds import KINDS
from alliance.log.waiting import NEXT, UNDER_WAY
from alliance.log.words import ACTOR, DUE_COUNTS, Names, format_plain, in_a_list
from tests.alliance.drawn import text_of
from tests.alliance.log.served import (
    BIRCH,
    ELMSTEAD,
    Served,
    forms,
    serve,
    texts,
    values_of,
)

HOSTILE = "<script>alert('x')</script> **bold** [a](javascript:x) <img src=x onerror=y>"
LIST = "/challenges"
STEPS_TO_AGREED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("ben", "respond", {"note": "x"}), ("ana", "discuss", {"note": "x", "agreement": "y"}),
    ("ana", "agree", {}), ("ben", "agree", {}),
)  # fmt: skip
"""From shared to agreed: who makes which move and says what."""


@pytest.fixture(scope="module")
def served(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One home for all of these: each test writes entries of its own."""
    yield from serve(small_template, tmp_path_factory.mktemp("pages"))


def titles(served: Served, who: str, **query: str) -> list[str]:
    """The titles of a list as that person sees it."""
    drawn = served.page(who, LIST, f"?{urlencode(query)}" if query else "")
    log = drawn.ids["challenges-log"]
    return [text_of(part) for part in drawn.find(css="log-title") if _is_in(part, log)]


def _is_in(part: object, whole: dict[str, object]) -> bool:
    return repr(part) in repr(whole)


# Who sees what -----------------------------------------------------------------------------------


def test_a_page_is_whole_for_everyone(served: Served) -> None:
    ref = served.share(title="For everyone to look at", audience="alliance")
    for who in ("ana", "andy", "ben", "eve", "max", "ada", "oli", "far", ""):
        for path in (LIST, f"{LIST}/new", f"{LIST}/{ref}", f"{LIST}/C-22222", f"{LIST}/x"):
            assert served.page(who, path).faults() == [], (who, path)


@pytest.mark.parametrize("who", ["eve", "max", "ada", "oli", "far", ""])
def test_nobody_without_the_right_learns_of_an_entry_by_any_page(served: Served, who: str) -> None:
    secret = f"A secret kept from {who or 'nobody'}"
    ref = served.share(title=secret, question=f"{secret}, at length")
    absent = "C-22222"
    for path in (LIST, f"{LIST}/new", f"{LIST}/{ref}"):
        for query in ("", "?state=all", f"?state=all&q={urlencode({'': secret})[1:]}", f"?q={ref}"):
            drawn = served.page(who, path, query)
            told = " ".join(drawn.texts).replace(f"“{ref}”", "")
            assert secret not in told.replace(query, ""), (path, query)
    here, nowhere = (served.page(who, f"{LIST}/{r}", "?on=2026-03-01") for r in (ref, absent))
    assert [t.replace(ref, "#") for t in here.texts] == [
        t.replace(absent, "#") for t in nowhere.texts
    ]
    answer = served.browser(who).get("/log/challenge.csv?state=all")
    assert secret not in answer.text
    assert ref not in answer.text


def test_a_count_is_of_what_the_person_sees(served: Served) -> None:
    words = "Counted by each for themselves"
    served.share(title=words)
    served.raise_challenge(title=words)
    for who, expected in (("ana", 2), ("ben", 1), ("eve", 0), ("max", 0)):
        drawn = served.page(who, LIST, f"?{urlencode({'q': words})}")
        assert texts(drawn, "log-count")[0].startswith(f"{expected} challenge")


def test_the_way_to_the_log_is_shown_to_those_who_may_have_any_of_it(served: Served) -> None:
    for who, shown in (("ana", True), ("max", True), ("oli", True), ("ada", False), ("", False)):
        links = [text_of(part) for part in served.page(who, "/help").find(css="nav-link")]
        assert ("Challenge log" in links) is shown, who
    (how,) = [p for p in served.page("", LIST).find("A") if text_of(p) == "Sign in"
              and "next" in p["props"]["href"]]  # fmt: skip
    assert how["props"]["href"] == "/sign-in?next=/challenges"


# The list ----------------------------------------------------------------------------------------


def test_a_list_is_filtered_by_its_address_alone(served: Served) -> None:
    mark = "Filtered"
    served.share(title=f"{mark} one", indicator_id="need_rate", responders=[BIRCH])
    served.share(title=f"{mark} two", responders=[ELMSTEAD])
    ref = served.share(title=f"{mark} three")
    served.send("ben", f"{ref}/respond", version="2", note="The word is marzipan.")
    gone = served.share(title=f"{mark} gone")
    served.send("ana", f"{gone}/withdraw", version="2", note="Asked twice.")
    found = {
        key: {title.removeprefix(f"{mark} ") for title in titles(served, "ana", **query)
              if title.startswith(mark)}
        for key, query in {
            "open": {}, "ended": {"state": "ended"}, "all": {"state": "all"},
            "shared": {"state": "shared"}, "elmstead": {"authority": ELMSTEAD},
            "indicator": {"indicator": "need_rate"}, "note": {"q": "MARZIPAN word"},
            "reference": {"q": ref.lower()}, "nonsense": {"state": "nowhere"},
        }.items()
    }  # fmt: skip
    assert found == {
        "open": {"one", "two", "three"}, "ended": {"gone"},
        "all": {"one", "two", "three", "gone"}, "shared": {"one", "two"}, "elmstead": {"two"},
        "indicator": {"one"}, "note": {"three"}, "reference": {"three"},
        "nonsense": {"one", "two", "three"},
    }  # fmt: skip
    drawn = served.page("ana", LIST, "?state=ended&q=x&indicator=need_rate")
    (form,) = drawn.find(css="filters")
    sent = values_of(form)
    assert (sent["state"], sent["q"], sent["indicator"]) == ("ended", "x", "need_rate")
    assert form["props"]["method"] == "get"


def test_what_waits_stands_first_for_whoever_it_waits_for_and_says_when_nothing_does(
    served: Served,
) -> None:
    ref = served.share(title="Waits for Ben", due_on="2026-02-20")
    drawn = served.page("ben", LIST)
    waiting = text_of(drawn.ids["challenges-waiting"])
    assert "Waits for Ben" in waiting
    assert "⚠ Response wanted by: 20 February 2026, 10 days late" in waiting
    assert "Respond – Waits for Ben" in waiting
    assert "Waits for Ben" not in text_of(served.page("ana", LIST).ids["challenges-waiting"])
    served.send("ben", f"{ref}/respond", version="2", note="Done.")
    assert "Respond – Waits for Ben" not in text_of(
        served.page("ben", LIST).ids["challenges-waiting"]
    )
    assert "Nothing waits for you" in text_of(served.page("oli", LIST).ids["challenges-waiting"])


def test_the_list_is_a_file_of_what_the_person_sees_and_nothing_in_it_runs(served: Served) -> None:
    served.share(title="=HYPERLINK(1)", question="+1\n@x", evidence_note="-2", audience="triad",
                 triad=[ELMSTEAD])  # fmt: skip
    text = served.browser("eve").get("/log/challenge.csv").text
    lines = text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("# Confidential: for Eve Elm alone")
    body = "\n".join(line for line in lines if not line.startswith("#"))
    rows = list(csv.DictReader(io.StringIO(body)))
    row = next(row for row in rows if "HYPERLINK" in row["title"])
    assert row["marking"] == (
        "Confidential: Ashby, Birch and Holt, Elmstead and the alliance’s manager only"
    )
    assert all(row["marking"] for row in rows)
    for cell in (row["title"], row["question"], row["evidence_note"]):
        assert cell[0] not in "=+-@"
    assert served.browser("far").get("/log/challenge.csv").text.count("HYPERLINK") == 0


# One entry ---------------------------------------------------------------------------------------


def test_an_entry_tells_its_state_who_sees_it_and_who_has_a_part_in_it(served: Served) -> None:
    ref = served.share(title="At a glance", audience="triad", triad=[ELMSTEAD],
                       indicator_id="need_rate", due_on="2026-03-04")  # fmt: skip
    drawn = served.page("eve", f"{LIST}/{ref}")
    assert texts(drawn, "marking") == [
        ("Confidential: Ashby, Birch and Holt, Elmstead and the alliance’s manager only")
    ]
    standing = texts(drawn, "entry-standing")[0]
    assert "Waits for the response of those that were asked." in standing
    assert "Response wanted by: 4 March 2026, in 2 days" in standing
    facts = text_of(drawn.ids["challenge-facts"])
    for words in ("Raised byAshby", "AskedBirch and Holt", "Also in the triadElmstead",
                  "OwnerAna Ashby, Ashby"):  # fmt: skip
        assert words in facts
    (way,) = [part for part in drawn.find("Link") if "/indicator/need_rate" in
              part["props"]["href"]]  # fmt: skip
    assert text_of(way)


def test_the_thread_tells_what_was_done_said_and_changed_in_order(served: Served) -> None:
    ref = served.share(title="A thread")
    served.send("ben", f"{ref}/respond", version="2", note="First line\n\nthird line")
    served.send("ana", f"{ref}/discuss", version="3", note="We talked", agreement="We do this")
    served.send("ana", f"{ref}/amend", version="4", agreement="We do that", note="")
    steps = texts(served.page("ana", f"{LIST}/{ref}"), "step")
    assert len(steps) == 5
    assert steps[0].startswith("Ana Ashby, Ashby began it → Draft")
    assert steps[2].startswith("Ben Birch, Birch and Holt responded → Responded")
    assert "First line\n\nthird line" in steps[2]
    assert steps[3].endswith("What is proposedNow: We do this")
    assert steps[4].endswith("What is proposedBefore: We do thisNow: We do that")
    other = texts(served.page("ben", f"{LIST}/{ref}"), "step")
    assert len(other) == 4
    assert not any("Draft" in step for step in other), "a draft is its authors' alone"


def test_what_somebody_wrote_stands_as_it_was_typed_and_never_runs(served: Served) -> None:
    ref = served.share(title=HOSTILE, question=f"{HOSTILE}\n# heading", evidence_note=HOSTILE)
    served.send("ben", f"{ref}/respond", version="2", note=HOSTILE)
    for who, path in (("ben", f"{LIST}/{ref}"), ("ana", LIST)):
        drawn = served.page(who, path)
        assert any(HOSTILE in text for text in drawn.texts)
        assert not {"Markdown", "DangerouslySetInnerHTML", "Script"} & {
            part["type"] for part in drawn.parts
        }
    form = served.browser("ana").get(f"/log/{ref}/discuss").text
    assert "<script>alert" not in form
    assert "<img src=x" not in form


def test_the_main_step_comes_first_and_the_others_behind_a_disclosure(served: Served) -> None:
    ref = served.share(title="Steps")
    drawn = served.page("ben", f"{LIST}/{ref}")
    moves = drawn.ids["challenge-moves"]
    assert text_of(moves).startswith("Respond")
    action, values = next(iter((k, v) for k, v in forms(drawn).items() if k.endswith("/respond")))
    assert action == f"/log/{ref}/respond"
    assert (values["version"], values["note"]) == ("2", "")
    assert values["csrf_token"]
    ana = served.page("ana", f"{LIST}/{ref}")
    assert f"/log/{ref}/respond" not in forms(ana)
    whose = "“Respond” is the next step. A director of the authority that was asked may take it."
    assert whose in text_of(ana.ids["challenge-moves"])
    assert f"/log/{ref}/withdraw" in forms(ana)


def test_what_stands_in_the_way_is_told_before_it_is_tried(served: Served) -> None:
    ref = served.share(title="In the way")
    served.send("ben", f"{ref}/respond", version="2", note="x")
    served.send("ana", f"{ref}/discuss", version="3", note="x", agreement="y")
    served.send("ana", f"{ref}/agree", version="4")
    served.send("ben", f"{ref}/agree", version="5")
    drawn = served.page("ana", f"{LIST}/{ref}")
    assert "Add an action with an owner and a day first" in text_of(drawn.ids["challenge-moves"])
    assert f"/log/{ref}/start" not in forms(drawn)
    (begin,) = [a for a in forms(drawn) if a.startswith("/log/action/begin")]
    sent = forms(drawn)[begin]
    assert (sent["parent"], sent["owner"], sent["next"]) == (ref, "ana", f"{LIST}/{ref}")
    answer = served.send("ana", "action/begin/add", parent=ref, title="Ring", owner="ana",
                         doing="701", due_on="2026-02-01")  # fmt: skip
    after = served.page("ana", f"{LIST}/{ref}")
    assert f"/log/{ref}/start" in forms(after)
    assert "⚠ Due: 1 February 2026, 29 days late" in text_of(after.ids["challenge-parts-action"])
    part = served.page("ana", answer.location)
    assert part.faults() == []
    assert "Part of" in text_of(part.ids["challenge-facts"])


def test_a_form_of_a_draft_holds_what_is_kept_of_it(served: Served) -> None:
    ref = served.raise_challenge(title="Kept", triad=[ELMSTEAD], audience="triad",
                                 due_on="2026-05-01", indicator_id="need_rate")  # fmt: skip
    sent = forms(served.page("andy", f"{LIST}/{ref}"))[f"/log/{ref}/edit"]
    assert sent["title"] == "Kept"
    assert sent["responders"] == [BIRCH]
    assert (sent["audience"], sent["triad"]) == (["triad"], [ELMSTEAD])
    assert (sent["due_on"], sent["indicator_id"]) == ("2026-05-01", "need_rate")
    again = served.send("andy", f"{ref}/edit", **{k: v for k, v in sent.items()
                                                  if k != "csrf_token"})  # fmt: skip
    assert again.status_code == 303


def test_as_it_stood_on_a_day_it_is_shown_without_what_came_later(served: Served) -> None:
    ref = served.share(title="As it stood")
    later(served, 40)
    served.send("ben", f"{ref}/respond", version="2", note="Much later")
    then = served.page("ana", f"{LIST}/{ref}", "?on=2026-03-02")
    assert then.faults() == []
    assert "As it stood at the end of 2 March 2026" in " ".join(then.texts)
    assert "Much later" not in " ".join(then.texts)
    assert texts(then, "state")[0] == "Shared"
    assert forms(then) == {}
    before = served.page("ben", f"{LIST}/{ref}", "?on=2026-03-01")
    assert "there was nothing of it for you to see" in " ".join(before.texts)
    odd = served.page("ana", f"{LIST}/{ref}", "?on=yesterday")
    assert "“yesterday” is no day" in " ".join(odd.texts)
    later(served, -40)


def later(served: Served, days: int) -> None:
    """Time passes, and everyone signs in again."""
    served.home.later(days=days)
    served.browsers.clear()


def test_a_director_shares_with_an_observer_on_the_page_and_others_are_not_offered_it(
    served: Served,
) -> None:
    ref = served.share(title="For an observer", audience="alliance")
    path = f"/log/{ref}/share/observers"
    sent = forms(served.page("ana", f"{LIST}/{ref}"))
    assert path in sent
    for who in ("andy", "eve"):
        assert path not in forms(served.page(who, f"{LIST}/{ref}"))
    served.send("ana", path.removeprefix("/log/"), version="2", username="oli", shared="yes")
    drawn = served.page("oli", f"{LIST}/{ref}")
    assert drawn.faults() == []
    assert forms(drawn) == {}
    assert "Shared by name with Oli Observer." in text_of(drawn.ids["challenge-facts"])


def test_an_observer_is_offered_nobody_by_any_form(served: Served) -> None:
    answer = served.browser("oli").get("/log/challenge/begin/raise")
    for name in ("Ben Birch", "Eve Elm", "Andy Ashby"):
        assert name not in answer.text


def test_a_form_without_chart_begins_with_the_indicator_and_never_offers_ones_own(
    served: Served,
) -> None:
    drawn = served.page("ana", f"{LIST}/new", f"?indicator=need_rate&for={BIRCH}")
    sent = forms(drawn)["/log/challenge/begin/raise"]
    assert (sent["indicator_id"], sent["responders"]) == ("need_rate", [BIRCH])
    boxes = {part["props"]["value"] for part in drawn.find("Input")
             if part["props"].get("name") == "responders"}  # fmt: skip
    assert boxes == {BIRCH, ELMSTEAD}
    assert "/log/challenge/begin/raise" not in forms(served.page("max", f"{LIST}/new"))


# Declarations ------------------------------------------------------------------------------------


def test_every_kind_says_which_moves_lead_on_and_they_are_declared() -> None:
    assert set(NEXT) == set(KINDS)
    for kind_id, by_state in NEXT.items():
        kind = KINDS[kind_id]
        states = {state.id: state for state in kind.states}
        for state, moves in by_state.items():
            assert not states[state].final
            for move in moves:
                found = kind.move(move)
                assert found is not None, (kind_id, move)
                assert state in found.sources, (kind_id, move)
    for declared in (UNDER_WAY, DUE_COUNTS):
        for kind_id, names in declared.items():
            assert set(names) <= {state.id for state in KINDS[kind_id].states if not state.final}


def test_every_kind_of_field_is_drawn_on_a_page_and_without_a_script_alike() -> None:
    known = Known({"701": "Ashby"}, {"ana": "Ana"}, {"x": "X"})
    for kind in FieldKind:
        choices = (("a", "A"), ("b", "B"))
        field = Field("asked", "Asked", kind, "A hint", required=True, choices=choices)
        filled = Filled({"asked": ["<a&b>"]}, {"asked": "Asked: wrong."})
        form = entry_form("/x", "Send", (field,), Offered(known, {}), prefix="p-", filled=filled)
        drawn = str(to_html(form))
        assert "A hint" in drawn
        assert "Wrong." in drawn
        assert 'name="asked"' in drawn
        assert "<a&b>" not in drawn
    together = {FieldKind.AUTHORITIES, FieldKind.YES}
    assert set(FIELDS) == set(FieldKind) - together


def test_plain_html_escapes_every_word_and_refuses_what_needs_a_script() -> None:
    part = html.P(["<b>", html.A("x&y", href='"><script>', **{"aria-label": "'\""})])
    drawn = str(to_html([part, 3, None]))
    assert "<script>" not in drawn
    assert "&lt;b&gt;" in drawn
    assert drawn.endswith("3")
    with pytest.raises(TypeError, match="Graph"):
        to_html(dcc.Graph())


@pytest.mark.parametrize(
    ("value", "expected"), [(3.0, "3"), (14.25, "14.25"), (-0.5, "−0.5"), (1234.0, "1,234")]
)
def test_a_number_is_told_with_no_more_decimals_than_it_has(value: float, expected: str) -> None:
    assert format_plain(value) == expected


def test_a_list_in_words() -> None:
    assert [in_a_list(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip


def test_whoever_is_to_confirm_something_reads_what_it_is(served: Served) -> None:
    ref = served.share(title="Wider and closed")
    served.send("ben", f"{ref}/propose_audience", version="2", wider="triad", triad=ELMSTEAD)
    words = text_of(served.page("ana", f"{LIST}/{ref}").ids["challenge-proposals"])
    assert "To let more people see it" in words
    assert "Elmstead" in words
    assert "Wanted by Birch and Holt." in words
    assert "challenge-proposals" not in served.page("ana", f"{LIST}/{served.share()}").ids
    steps = (("ana", "narrow_audience", {}), *STEPS_TO_AGREED)
    for version, (who, move, answers) in enumerate(steps, 3):
        assert served.send(who, f"{ref}/{move}", version=str(version), **answers).status_code == 303
    assert "challenge-proposals" not in served.page("ana", f"{LIST}/{ref}").ids
    served.send("ana", "action/begin/add", parent=ref, title="Do it", owner="ben", doing=BIRCH,
                due_on="2027-01-01")  # fmt: skip
    served.send("ana", f"{ref}/start", version="8", due_on="2027-02-01")
    served.send("ana", f"{ref}/call_review", version="9")
    before = text_of(served.page("ben", f"{LIST}/{ref}").ids["challenge-moves"])
    assert before.startswith("Propose to close it")
    (action,) = [
        part["props"]["href"].rpartition("/")[2]
        for part in served.page("ana", f"{LIST}/{ref}").find("Link")
        if text_of(part) == "Do it"
    ]
    served.send("ben", f"{action}/finish", version="1", note="Done.")
    served.send("ben", f"{ref}/propose_closing", version="10", outcome="no_concern",
                finding="It was a fault in the file.")  # fmt: skip
    for who, next_step in (("ana", "Confirm and close"), ("ben", "Confirm and close")):
        drawn = served.page(who, f"{LIST}/{ref}")
        words = text_of(drawn.ids["challenge-proposals"])
        assert "To close it: No longer a concern" in words
        assert "It was a fault in the file." in words
        assert "Proposed by Ben Birch, Birch and Holt" in words
        moves = text_of(drawn.ids["challenge-moves"])
        assert moves.startswith(next_step)
        assert ("somebody else must confirm it" in moves) is (who == "ben")
        assert drawn.faults() == []


def test_what_the_product_does_by_itself_has_its_name(served: Served) -> None:
    names = Names({}, {"ana": "Ana Ashby"}, {}, {})
    assert [names.author(who) for who in (ACTOR, "ana", "gone")] == [
        "Alliance itself", "Ana Ashby", "gone",
    ]  # fmt: skip
    ref = served.share(title="Reviewed by the calendar")
    for version, (who, move, answers) in enumerate(STEPS_TO_AGREED, 2):
        assert served.send(who, f"{ref}/{move}", version=str(version), **answers).status_code == 303
    served.send("ana", "action/begin/add", parent=ref, title="Do it", owner="ben", doing=BIRCH,
                due_on="2027-01-01")  # fmt: skip
    served.send("ana", f"{ref}/start", version="6", due_on="2026-03-05")
    later = served.home.clock[0] + timedelta(days=9)
    make_due_moves(served.home.store, now=later)
    thread = text_of(served.page("ben", f"{LIST}/{ref}").ids["challenge-thread"])
    assert "Alliance itself called the review" in thread
