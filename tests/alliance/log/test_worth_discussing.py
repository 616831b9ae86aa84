"""The list of what is worth discussing: read from the release, in the order of what changed, with
what was set aside kept, shown to those who may see it, and back when the evidence changes."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alliance.components.enquiries import SAYS, mark_key
from alliance.log.kinds.aside import enquiry_key
from alliance.publishing import KIND, PUBLICATION
from alliance.settings import Settings
from alliance.store import Store, open_store
from alliance.store.in_app import EXTENSION
from ingest.release import ReleaseStore
from tests.alliance.drawn import Drawn, text_of
from tests.alliance.lists import AFTER, BEFORE, Planted, enquiry_id, plant
from tests.alliance.log.served import ASHBY, BIRCH, PEOPLE, Served, forms, serve, texts, values_of
from tests.alliance.log.two_worlds import hurry

REASON = "We know: two homes closed in May, and their children moved."
NEEDS = Planted("need_rate", "More children are in need", kind="context", direction="higher")
STABLE = Planted(
    "stable_pct", "Fewer stay with one carer", published=AFTER,
    beside=(("need_rate", "context", "higher"),), link_words="They have moved together.",
)  # fmt: skip
RETURN = Planted("sw_vacancy", "Vacancies cannot be compared", kind="data", direction=None)
LISTED = (NEEDS, STABLE, RETURN)


@pytest.fixture(scope="module")
def ready(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The home with everybody signed in and nothing written, made once."""
    for one in serve(small_template, tmp_path_factory.mktemp("worth")):
        for username in (*PEOPLE, ""):
            one.browser(username)
        yield one


@pytest.fixture
def served(ready: Served, tmp_path: Path) -> Iterator[Served]:
    """The same with a log of its own, which does not wait for the disk, and these lists."""
    home, extensions = ready.home, ready.home.app.server.extensions
    before = extensions[EXTENSION]
    plant(home.settings.home, {ASHBY: LISTED, BIRCH: (STABLE,)})
    with (
        closing(sqlite3.connect(home.settings.home / "alliance.sqlite")) as held,
        closing(sqlite3.connect(tmp_path / "alliance.sqlite")) as copy,
    ):
        held.backup(copy)
    store = hurry(open_store(Settings(tmp_path)))
    extensions[EXTENSION] = Held(store)
    yield ready
    extensions[EXTENSION] = before
    store.close()


@dataclass(frozen=True)
class Held:
    """Stands where the app looks for its store."""

    held: Store

    def store(self) -> Store:
        return self.held


def page(served: Served, who: str, code: str = ASHBY) -> Drawn:
    drawn = served.page(who, "/worth-discussing", f"?us={code}")
    assert drawn.faults() == []
    return drawn


def titles(drawn: Drawn, section: str) -> list[str]:
    """The titles of the items in a section, in their order; none where there is no section."""
    part = drawn.ids.get(f"worth_discussing-{section}")
    wanted = [one.title for one in LISTED]
    words = text_of(part) if part else ""
    return sorted((t for t in wanted if t in words), key=words.index)


def set_aside(served: Served, one: Planted, who: str = "ana", **said: str) -> str:
    """Set an item of Ashby's aside as the page's form does; its reference."""
    values = {
        "item": enquiry_key(enquiry_id(ASHBY, one), one.fingerprint), "title": one.title,
        "reason": REASON, "audience": "authorities", "next": "/worth-discussing", **said,
    }  # fmt: skip
    answer = served.send(who, "aside/begin/set_aside", **values)
    assert answer.status_code == 303, answer.text
    assert answer.location == "/worth-discussing"
    listed = served.browser(who).get("/log/aside.csv?state=all").text.lstrip("\ufeff")
    lines = [line for line in listed.splitlines() if not line.startswith("# ")]
    return next(row["reference"] for row in csv.DictReader(lines) if row["title"] == one.title)


def change_evidence(served: Served, *planted: Planted, tests: int = 312) -> None:
    """Other lists in the release: nothing of it is kept from before."""
    plant(served.home.settings.home, {ASHBY: planted, BIRCH: (STABLE,)}, tests=tests)


def hold_meeting(served: Served, day: str = "2026-03-02") -> None:
    said = {"title": "Spring meeting", "due_on": day, "owner": "max", "audience": "alliance"}
    answer = served.send("max", "meeting/begin/plan", **said)
    assert answer.status_code == 303, answer.text
    ref = str(answer.location).rpartition("/")[2]
    assert served.send("max", f"{ref}/begin", version="1").status_code == 303
    ended = served.send("max", f"{ref}/end", version="2", attended="All")
    assert ended.status_code == 303, ended.text


def note_publication(served: Served, release: str, at: datetime, **details: str) -> None:
    """Keep on record that a release was published then."""
    store = served.home.app.server.extensions[EXTENSION].store()
    with store.write(now=at, actor="ada") as unit:
        unit.record(PUBLICATION.done, KIND, release, details=details)


def test_each_item_says_what_stands_out_and_what_kind_of_thing_it_is(served: Served) -> None:
    drawn = page(served, "")
    for one in LISTED:
        assert one.sentence(ASHBY) in " ".join(drawn.texts)
    assert [text[2:] for text in texts(drawn, "enquiry-kind")[:3]] == [
        SAYS["context"][1], SAYS["worse"][1], SAYS["data"][1],
    ]  # fmt: skip
    assert titles(drawn, "data") == [RETURN.title]
    assert "They have moved together." in " ".join(drawn.texts)
    said = " ".join(drawn.texts)
    assert "Of the 80 lines that stand out in all authorities together, expect about 8" in said
    assert "312 tests of its latest figures were made; 3 stood out beyond chance." in said
    assert "Beside them 1 note about the data" in said
    assert "Context, neither good nor bad: " in said


def test_context_and_data_are_never_good_or_bad() -> None:
    for direction in ("better", "worse", "higher", "lower", None):
        for kind in ("context", "data"):
            words = SAYS[mark_key(kind, direction)][1].lower()
            assert "concern" not in words
            assert "strength" not in words
    assert "concern" in SAYS[mark_key("performance", "worse")][1].lower()


def test_what_is_known_of_the_authority_stands_beside_every_item(served: Served) -> None:
    drawn = page(served, "")
    assert len(texts(drawn, "enquiry-context")) in (0, len(LISTED))
    others = text_of(drawn.ids["worth_discussing-members"])
    assert "Birch and Holt" in others
    assert STABLE.title in others


def test_who_may_not_write_for_the_authority_has_no_way_to_set_anything_aside(
    served: Served,
) -> None:
    for who in ("ben", "max", "oli", "ada", "far", ""):
        assert "/log/aside/begin/set_aside" not in forms(page(served, who)), who
    for who in ("ana", "andy"):
        assert "/log/aside/begin/set_aside" in forms(page(served, who)), who
        assert "/log/aside/begin/set_aside" not in forms(page(served, who, BIRCH)), who


def test_nobody_sets_aside_what_is_on_anothers_list_or_no_longer_as_it_was(
    served: Served,
) -> None:
    for who, key in (
        ("ben", enquiry_key(enquiry_id(ASHBY, NEEDS), NEEDS.fingerprint)),
        ("ana", enquiry_key(enquiry_id(BIRCH, STABLE), STABLE.fingerprint)),
        ("ana", enquiry_key(enquiry_id(ASHBY, NEEDS), "other")),
        ("ana", "nonsense"),
    ):
        answer = served.send(who, "aside/begin/set_aside", item=key, title="x", reason=REASON,
                             audience="authorities")  # fmt: skip
        assert answer.status_code == 400, (who, key)
        assert "list as it now is" in answer.text
        assert REASON in answer.text, "no word is lost"
    assert (
        served.page("ana", "/worth-discussing", f"?us={ASHBY}").ids.get("worth_discussing-aside")
        is None
    )


def test_an_item_needs_a_reason_to_be_set_aside(served: Served) -> None:
    key = enquiry_key(enquiry_id(ASHBY, NEEDS), NEEDS.fingerprint)
    answer = served.send("ana", "aside/begin/set_aside", item=key, title="x", reason=" ",
                         audience="authorities")  # fmt: skip
    assert answer.status_code == 400
    assert "write it in your own words" in answer.text.lower()


def test_what_is_set_aside_is_shown_with_its_reason_who_and_when(served: Served) -> None:
    set_aside(served, NEEDS)
    for who in ("ana", "andy"):
        drawn = page(served, who)
        assert titles(drawn, "list") == [STABLE.title]
        aside = text_of(drawn.ids["worth_discussing-aside"])
        assert NEEDS.title in aside
        assert REASON in aside
        assert "Ana Ashby, Ashby, 2 March 2026" in aside
        assert "Confidential: Ashby only" in aside


def test_those_who_may_not_see_it_have_the_list_as_if_it_had_not_been_set_aside(
    served: Served,
) -> None:
    before = {who: page(served, who).texts for who in ("ben", "max", "oli", "ada", "far", "")}
    set_aside(served, NEEDS)
    for who, seen in before.items():
        assert page(served, who).texts == seen, who
    for form in ("csv", "xlsx"):
        address = f"/download/worth-discussing.{form}?us={ASHBY}"
        mine, theirs = (served.browser(who).get(address) for who in ("ana", "ben"))
        assert mine.status_code == 200
        if form == "csv":
            assert mine.data == theirs.data
            assert REASON not in mine.text


def test_what_is_shared_with_the_alliance_is_seen_by_all_of_it(served: Served) -> None:
    set_aside(served, NEEDS, audience="alliance")
    for who in ("ben", "max", "eve"):
        drawn = page(served, who)
        assert REASON in text_of(drawn.ids["worth_discussing-aside"])
        assert "Bring it back" not in " ".join(drawn.texts)
    for who in ("oli", "far", "ada", ""):
        assert REASON not in " ".join(page(served, who).texts)


def test_it_comes_back_when_its_evidence_changes_with_what_was_said_of_it(served: Served) -> None:
    set_aside(served, NEEDS)
    change_evidence(served, NEEDS, RETURN)
    assert titles(page(served, "ana"), "list") == []
    now = Planted("need_rate", NEEDS.title, kind="context", direction="higher",
                  fingerprint="bbbb2222")  # fmt: skip
    change_evidence(served, now, RETURN)
    drawn = page(served, "ana")
    assert titles(drawn, "list") == [NEEDS.title]
    (before,) = texts(drawn, "enquiry-before")
    assert REASON in before
    assert any("its evidence has changed" in text for text in texts(drawn, "enquiry-new"))
    assert "evidence has changed" not in " ".join(page(served, "ben").texts)


def test_what_is_no_longer_listed_keeps_the_reason_for_which_it_was_set_aside(
    served: Served,
) -> None:
    set_aside(served, NEEDS)
    change_evidence(served, STABLE)
    aside = text_of(page(served, "ana").ids["worth_discussing-aside"])
    assert REASON in aside
    assert "is no line of the list now" in aside


def test_it_is_brought_back_by_hand_and_nothing_of_it_is_lost(served: Served) -> None:
    ref = set_aside(served, NEEDS)
    assert f"/log/{ref}/bring_back" in forms(page(served, "andy"))
    assert served.send("ben", f"{ref}/bring_back", version="1").status_code == 404
    answer = served.send("andy", f"{ref}/bring_back", version="1", note="The homes are open.")
    assert answer.status_code == 303
    drawn = page(served, "ana")
    assert titles(drawn, "list") == [NEEDS.title, STABLE.title]
    assert "worth_discussing-aside" not in drawn.ids
    said = " ".join(drawn.texts)
    assert "It was set aside, and brought back" in said
    assert REASON in said
    assert REASON not in " ".join(page(served, "ben").texts)
    kept = " ".join(served.page("ana", f"/challenges/{ref}").texts)
    assert REASON in kept
    assert "The homes are open." in kept


def test_what_was_published_since_the_last_meeting_stands_first(served: Served) -> None:
    assert titles(page(served, "ana"), "list") == [NEEDS.title, STABLE.title]
    hold_meeting(served)
    for who in ("ana", "ben"):
        drawn = page(served, who)
        assert titles(drawn, "changed") == [STABLE.title]
        assert titles(drawn, "others") == [NEEDS.title]
        assert any("2 March 2026" in text for text in texts(drawn, "enquiry-new"))
    assert titles(page(served, "far"), "list") == [NEEDS.title, STABLE.title]
    assert BEFORE.isoformat() < "2026-03-02" < AFTER.isoformat()


def test_what_changed_is_told_from_the_release_that_was_served_at_the_last_meeting(
    served: Served,
) -> None:
    releases = ReleaseStore(served.home.settings.home)
    hold_meeting(served)
    change_evidence(served, NEEDS, STABLE)
    then = str(releases.current_id())
    later = Planted("need_rate", NEEDS.title, kind="context", direction="higher",
                    fingerprint="bbbb2222")  # fmt: skip
    fresh = Planted("sw_vacancy", "Vacancies rise")
    change_evidence(served, later, STABLE, fresh)
    now = str(releases.current_id())
    note_publication(served, then, datetime(2026, 2, 20, tzinfo=UTC))
    note_publication(served, now, datetime(2026, 3, 20, tzinfo=UTC), replaced=then)
    drawn = page(served, "ana")
    changed = text_of(drawn.ids["worth_discussing-changed"])
    assert NEEDS.title in changed, "it rests on other figures"
    assert fresh.title in changed, "it was not on the list"
    assert STABLE.title in text_of(drawn.ids["worth_discussing-others"]), (
        "its source came out since and says the same of it"
    )
    assert "resting on other figures than it did then" in changed
    assert texts(drawn, "enquiry-new") == ["New since the meeting on 2 March 2026"] * 2


def test_without_the_release_of_that_day_what_was_published_since_is_what_changed(
    served: Served,
) -> None:
    hold_meeting(served)
    note_publication(served, "20260101T000000Z-00000000", datetime(2026, 2, 20, tzinfo=UTC))
    drawn = page(served, "ana")
    assert titles(drawn, "changed") == [STABLE.title]
    assert "Published after “Spring meeting”" in text_of(drawn.ids["worth_discussing-changed"])


def test_whom_to_ring_is_told_of_a_concern_where_it_is_asked_for(served: Served) -> None:
    def ring_links(drawn: Drawn) -> list[str]:
        links = [part["props"]["href"] for part in drawn.find("Link")]
        return [href for href in links if "ring=" in href]

    (way,) = ring_links(page(served, "ben"))
    assert f"ring={enquiry_id(ASHBY, STABLE)}" in way, "of no measure of context, and of no data"
    for who in ("ben", ""):
        path, _, query = way.partition("?")
        drawn = served.page(who, path, f"?{query.partition('#')[0]}")
        assert drawn.faults() == []
        assert "Who to ring" in text_of(drawn.ids["worth_discussing-2-ring"])
        assert way.partition("#")[2] in drawn.ids
        assert ring_links(drawn) == []
    for one in (NEEDS, RETURN):
        asked = served.page(
            "ben", "/worth-discussing", f"?us={ASHBY}&ring={enquiry_id(ASHBY, one)}"
        )
        assert not [key for key in asked.ids if key.endswith("-ring")]


def test_an_item_opens_as_a_draft_challenge_with_its_figures_in_place(served: Served) -> None:
    drawn = page(served, "ben")
    links = [p["props"]["href"] for p in drawn.find("Link", css="form-button")]
    (way,) = [href for href in links if enquiry_id(ASHBY, STABLE) in href]
    path, _, query = way.partition("?")
    form = forms(served.page("ben", path, f"?{query}"))["/log/challenge/begin/raise"]
    assert form["title"] == STABLE.title
    assert form["question"].startswith(STABLE.sentence(ASHBY))
    assert form["indicator_id"] == "stable_pct"
    assert form["responders"] == [ASHBY]
    answer = served.send("ben", "challenge/begin/raise", **form)
    assert answer.status_code == 303, answer.text
    entry = served.page("ben", str(answer.location))
    rests = text_of(entry.ids["challenge-evidence"])
    assert rests.count("Frozen on") == 2, "the leading figure and the one beside it"
    assert STABLE.title not in " ".join(served.page("ana", "/challenges", "?state=all").texts)


def test_a_meeting_proposes_what_leads_each_list_until_it_is_on_its_agenda(
    served: Served,
) -> None:
    said = {"title": "Next", "due_on": "2026-06-01", "owner": "max", "audience": "alliance"}
    path = str(served.send("max", "meeting/begin/plan", **said).location)
    set_aside(served, NEEDS)
    figures = text_of(served.page("max", path).ids["meeting-figures"])
    assert f"Ashby: {NEEDS.title}" in figures, "not all at the meeting may know that it is aside"
    assert f"Ashby: {NEEDS.title}" in text_of(served.page("ana", path).ids["meeting-figures"])
    (form,) = [
        form
        for part in served.page("max", path).find("Form")
        for form in [values_of(part)]
        if form.get("title") == f"Ashby: {NEEDS.title}"
    ]
    assert served.send("max", "item/begin/list", **form).status_code == 303
    drawn = served.page("max", path)
    assert f"Ashby: {NEEDS.title}" not in text_of(drawn.ids["meeting-figures"])
    assert NEEDS.sentence(ASHBY) in text_of(drawn.ids["meeting-agenda"])


def test_the_overview_shows_what_leads_the_list_and_leaves_out_what_is_set_aside(
    served: Served,
) -> None:
    def shown(who: str) -> str:
        return text_of(served.page(who, "/", f"?us={ASHBY}").ids["overview-worth"])

    assert NEEDS.title in shown("ana")
    set_aside(served, NEEDS)
    assert NEEDS.title not in shown("ana")
    assert STABLE.title in shown("ana")
    assert NEEDS.title in shown("ben")


def test_an_authority_without_a_list_is_told_that_nothing_stands_out(served: Served) -> None:
    change_evidence(served)
    drawn = page(served, "ana")
    assert "That is an answer too" in " ".join(drawn.texts)
    file = served.browser("ana").get(f"/download/worth-discussing.csv?us={ASHBY}").text
    assert "nothing is listed" in file


def test_where_nothing_could_be_tested_nothing_is_said_to_be_well(served: Served) -> None:
    change_evidence(served, tests=0)
    said = " ".join(page(served, "ana").texts)
    assert "It has no latest figures that could be tested." in said
    assert "That is an answer too" not in said


def test_a_list_of_the_data_alone_says_nothing_of_false_flags(served: Served) -> None:
    change_evidence(served, RETURN)
    said = " ".join(page(served, "ana").texts)
    assert "chance alone" not in said
    assert "none stood out beyond chance. Beside them 1 note about the data" in said
