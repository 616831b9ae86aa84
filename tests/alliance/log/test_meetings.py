"""The pages of meetings: what each person sees, what everybody at a meeting may see, and minutes
that nothing changes once they are agreed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from icalendar import Calendar

from alliance.log.kinds import KINDS
from tests.alliance.drawn import Drawn, text_of, walk
from tests.alliance.log.served import ASHBY, BIRCH, ELMSTEAD, PEOPLE, Served, forms, serve, texts

LIST = "/meetings"
EVERYBODY = (*PEOPLE, "")
WIDE = {"audience": "alliance", "triad": []}
OUTSIDERS = ("ada", "oli", "far", "")


@pytest.fixture(scope="module")
def served(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One home for all of these: each test writes entries of its own."""
    yield from serve(small_template, tmp_path_factory.mktemp("meetings"))


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


def dispute(served: Served, title: str, **said: object) -> str:
    """A challenge that Birch disputes; its reference."""
    ref = served.share(title=title, **said)
    for who, version, move, answers in (
        ("ben", 2, "respond", {"note": "We know."}),
        ("ana", 3, "discuss", {"note": "We talked.", "agreement": "An audit."}),
        ("ben", 4, "dispute", {"note": "Not like that."}),
    ):
        answer = served.send(who, f"{ref}/{move}", version=str(version), **answers)
        assert answer.status_code == 303, answer.text
    return ref


def put_on(served: Served, meeting: str, entry: str, who: str = "max") -> str:
    """Send the form of the proposal as the page draws it; the item's reference."""
    drawn = served.page(who, f"{LIST}/{meeting}")
    (sent,) = [
        {p["props"]["name"]: p["props"]["value"] for p in walk(form) if p["type"] == "Input"}
        for form in drawn.find("Form")
        if f"about:{entry}" in repr(form)
    ]
    answer = served.send(who, "item/begin/list", **sent)
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, f"{LIST}/{meeting}")
    return listed(served, meeting)[-1]


def listed(served: Served, meeting: str) -> list[str]:
    """The references of the items of a meeting, by the forms that the chair has of them."""
    addresses = forms(served.page("ana", f"{LIST}/{meeting}"))
    found = [a.split("/")[2] for a in addresses if a.startswith("/log/I-")]
    return list(dict.fromkeys(found))


def move(served: Served, who: str, ref: str, key: str, version: int, **said: str) -> int:
    return served.send(who, f"{ref}/{key}", version=str(version), **said).status_code


def pages_of(meeting: str) -> list[tuple[str, str]]:
    return [
        (LIST, ""), (f"{LIST}/{meeting}", ""), (f"{LIST}/{meeting}", "?run=1"),
        (f"{LIST}/{meeting}", "?record=1"), (f"/challenges/{meeting}", ""),
    ]  # fmt: skip


# Who sees what ------------------------------------------------------------------------------------


def test_every_page_of_meetings_is_whole_for_everyone(served: Served) -> None:
    meeting = plan(served, **WIDE)
    put_on(served, meeting, dispute(served, "For everyone", audience="alliance"))
    answer = served.send("max", "cycle/begin/open", title="Spring 2026", starts_on="2026-01-05",
                         due_on="2026-07-20", triad_1=[ASHBY, BIRCH])  # fmt: skip
    cycle = answer.location.rpartition("/")[2]
    item = listed(served, meeting)[0]
    others = [(f"{LIST}/{ref}", "") for ref in (cycle, item, "M-22222")]
    others.append((f"{LIST}/{meeting}", "?run=1&item=x"))
    for who in EVERYBODY:
        for path, query in [*pages_of(meeting), *others]:
            assert served.page(who, path, query).faults() == [], (who, path, query)
    cycles = text_of(served.page("eve", LIST).ids["meetings-cycles"])
    assert "Triad 1: Ashby and Birch and Holt" in cycles


@pytest.mark.parametrize("who", ["eve", *OUTSIDERS])
def test_nobody_without_the_right_learns_of_a_meeting(served: Served, who: str) -> None:
    secret = f"Kept from {who or 'nobody'}"
    meeting = plan(served, title=secret, place=secret, attendees=secret)
    for path, query in pages_of(meeting):
        assert secret not in " ".join(served.page(who, path, query).texts), (path, query)
    here, nowhere = (served.page(who, f"{LIST}/{ref}") for ref in (meeting, "M-22222"))
    assert [t.replace(meeting, "#") for t in here.texts] == [
        t.replace("M-22222", "#") for t in nowhere.texts
    ]
    hidden, absent = (served.browser(who).get(f"{LIST}/{ref}.ics") for ref in (meeting, "M-22222"))
    assert (hidden.status_code, hidden.data) == (absent.status_code, absent.data)
    assert hidden.status_code == 404


def test_a_meeting_shows_no_more_than_everybody_at_it_may_see_whoever_opens_it(
    served: Served,
) -> None:
    meeting = plan(served, title="For the alliance", **WIDE)
    secret = "Between the two of us"
    ref = dispute(served, secret)
    about = {"parent": meeting, "about": f"about:{ref}", "title": "A challenge", "minutes": "10"}
    assert served.send("ana", "item/begin/list", **about).status_code == 303
    action = served.send("ana", "action/begin/add", parent=ref, title=f"{secret}: act", owner="ana",
                         doing=ASHBY, due_on="2026-01-10")  # fmt: skip
    assert action.status_code == 303, action.text
    for who in EVERYBODY:
        for path, query in pages_of(meeting)[1:4]:
            told = " ".join(served.page(who, path, query).texts)
            assert secret not in told, (who, query)
            assert ref not in told, (who, query)
    assert texts(served.page("eve", f"{LIST}/{meeting}"), "agenda-title")[0].startswith(
        "A challenge"
    )


# The list and the agenda --------------------------------------------------------------------------


def test_the_next_meeting_stands_first_and_past_ones_last(served: Served) -> None:
    for title, day in (("Later", "2026-12-01"), ("Next of all", "2026-03-03"),
                       ("Long ago", "2025-05-05")):  # fmt: skip
        plan(served, title=title, due_on=day, **WIDE)
    drawn = served.page("eve", LIST)
    following = text_of(drawn.ids["meetings-next"])
    assert "Next of all" in following
    assert "3 March 2026, from 10:00 until 12:00, Town hall. Planned." in following
    assert "Later" in text_of(drawn.ids["meetings-ahead"])
    assert "Long ago" in text_of(drawn.ids["meetings-past"])
    assert "Plan the meeting" not in drawn.texts
    assert "Plan the meeting" in " ".join(served.page("max", LIST).texts)


def test_a_proposal_says_why_and_is_put_on_the_agenda_without_its_words(served: Served) -> None:
    meeting = plan(served, title="With a proposal")
    ref = dispute(served, "A question for both", audience="triad", triad=[ELMSTEAD])
    proposed = text_of(served.page("ana", f"{LIST}/{meeting}").ids["meeting-proposed"])
    assert "A question for both" in proposed
    assert "It is disputed: Birch and Holt did not agree." in proposed
    assert f"about:{ref}" not in repr(served.page("ben", f"{LIST}/{meeting}").tree)
    item = put_on(served, meeting, ref, "ana")
    drawn = served.page("ben", f"{LIST}/{meeting}")
    facts = text_of(drawn.ids["meeting-facts"])
    assert "Who may see itAshby and Birch and Holt, and the alliance’s manager.Also" in facts
    agenda = text_of(drawn.ids["meeting-agenda"])
    assert "A question for both" in agenda
    assert "10:00 to 10:20, 20 minutes" in agenda
    assert "1 item, 20 minutes in all of 120: 100 minutes to spare." in agenda
    assert "A question for both" not in text_of(drawn.ids["meeting-proposed"])
    (own,) = [text_of(h) for h in served.page("ben", f"{LIST}/{item}").find("H1")]
    assert own == "A challenge"


def test_an_agenda_that_is_longer_than_the_meeting_says_so(served: Served) -> None:
    meeting = plan(served, title="Too long", ends_at="10:30")
    served.send("max", "item/begin/list", parent=meeting, title="All of it", minutes="45")
    agenda = text_of(served.page("ana", f"{LIST}/{meeting}").ids["meeting-agenda"])
    assert "⚠ 1 item, 45 minutes in all: 15 minutes more than the meeting has." in agenda


# The shared screen --------------------------------------------------------------------------------


def test_items_are_shown_one_at_a_time_and_decided_as_one_goes(served: Served) -> None:
    meeting = plan(served, title="Run it")
    ref = dispute(served, "What the screen shows", audience="triad", triad=[ELMSTEAD])
    first = put_on(served, meeting, ref)
    served.send("max", "item/begin/list", parent=meeting, title="Any other business")
    second = next(r for r in listed(served, meeting) if r != first)
    run = f"{LIST}/{meeting}", "?run=1"
    before = served.page("ana", *run)
    assert [text_of(h) for h in before.find("H1")] == ["What the screen shows"]
    assert "Your rate of children who return has doubled." in before.texts
    assert "Any other business" not in before.texts
    assert f"item={second}" in before.ids["meeting-next"]["props"]["href"]
    assert "meeting-previous" not in before.ids
    assert before.ids["meeting-clock"]["props"]["data-minutes"] == "20"
    assert list(forms(before)) == [f"/log/{meeting}/begin"]
    assert move(served, "ana", meeting, "begin", 1) == 303
    form = forms(served.page("ana", *run))[f"/log/{first}/decide"]
    form |= {"decision": "An audit by May", "discussion": "At length"}
    answer = served.send("ana", f"{first}/decide", **form)
    assert f"item={second}" in answer.location
    now = served.page("ben", *run)
    assert [text_of(h) for h in now.find("H1")] == ["Any other business"]
    assert forms(now) == {}
    again = served.page("ben", f"{LIST}/{meeting}", f"?{urlencode({'run': 1, 'item': first})}")
    assert "An audit by May" in again.texts
    assert "record=1" in now.ids["meeting-next"]["props"]["href"]


def test_decisions_and_actions_stand_on_one_page(served: Served) -> None:
    meeting = plan(served, title="On record")
    ref = dispute(served, "Recorded", audience="triad", triad=[ELMSTEAD])
    item = put_on(served, meeting, ref)
    served.send("ben", "action/begin/add", parent=ref, title="Audit twenty cases", owner="ben",
                doing=BIRCH, due_on="2026-05-01")  # fmt: skip
    assert move(served, "max", item, "decide", 1, decision="We will audit") == 303
    drawn = served.page("ana", f"{LIST}/{meeting}", "?record=1")
    assert "RecordedDecidedWe will audit" in text_of(drawn.ids["meeting-decisions"])
    actions = text_of(drawn.ids["meeting-actions"])
    assert "Audit twenty casesBen Birch, Birch and HoltBirch and Holt1 May 2026Open" in actions
    assert texts(drawn, "marking") == [
        "Confidential: Ashby, Birch and Holt and the alliance’s manager only"
    ]
    assert any("with release" in words for words in texts(drawn, "small"))


# Minutes ------------------------------------------------------------------------------------------


def test_agreed_minutes_are_changed_by_nobody_and_put_right_beside(served: Served) -> None:
    meeting = plan(served, title="Sealed")
    for title in ("One", "Two"):
        served.send("max", "item/begin/list", parent=meeting, title=title)
    one, two = listed(served, meeting)
    assert move(served, "ana", meeting, "begin", 1) == 303
    assert move(served, "ana", one, "decide", 1, decision="So it is") == 303
    assert move(served, "ana", meeting, "end", 2, attended="All") == 400
    assert move(served, "ana", two, "leave", 1) == 303
    assert move(served, "ana", meeting, "end", 2, attended="All") == 303
    assert move(served, "ana", meeting, "agree_minutes", 3, summary="Short") == 303
    before = words_of(served, meeting)
    for ref, version in ((meeting, 4), (one, 2), (two, 2)):
        for declared in KINDS["meeting" if ref == meeting else "item"].moves:
            if declared.id not in ("put_right", "plan", "list"):
                status = move(served, "max", ref, declared.id, version, decision="Otherwise",
                              title="Otherwise", note="Otherwise", attended="x", summary="x",
                              due_on="2026-06-20", owner="max", audience="triad")  # fmt: skip
                assert status == 409, (ref, declared.id)
    late = served.send("max", "item/begin/list", parent=meeting, title="Late")
    assert late.status_code == 409
    assert words_of(served, meeting) == before
    drawn = served.page("ana", f"{LIST}/{meeting}")
    assert set(forms(drawn)) <= {f"/log/{meeting}/put_right", f"/log/{meeting}/share/observers"}
    assert move(served, "ana", meeting, "put_right", 4, note="It was May, not June") == 303
    assert words_of(served, meeting) == before
    record = served.page("ben", f"{LIST}/{meeting}", "?record=1")
    assert "It was May, not June" in text_of(record.ids["meeting-put-right"])


def words_of(served: Served, meeting: str) -> tuple[list[str], str]:
    drawn = served.page("ben", f"{LIST}/{meeting}", "?record=1")
    overview = served.page("ben", f"{LIST}/{meeting}")
    return texts(overview, "agenda-item"), text_of(drawn.ids["meeting-decisions"])


# Calendar files -----------------------------------------------------------------------------------


def events_of(served: Served, who: str, path: str) -> list[dict[str, object]]:
    answer = served.browser(who).get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "no-store"
    calendar = Calendar.from_ical(answer.data)
    return [
        {key.lower(): getattr(value, "dt", value) for key, value in event.items()}
        for event in calendar.walk("VEVENT")
    ]


def test_a_calendar_file_says_when_and_where_in_utc_and_nothing_that_is_talked_of(
    served: Served,
) -> None:
    meeting = plan(served, title="Secret matter", attendees="Secret guest")
    path = f"{LIST}/{meeting}.ics"
    (event,) = events_of(served, "ben", path)
    assert event["dtstart"] == datetime(2026, 6, 20, 9, tzinfo=UTC), "summer time"
    assert event["dtend"] == datetime(2026, 6, 20, 11, tzinfo=UTC)
    assert (event["summary"], event["location"]) == ("Alliance meeting", "Town hall")
    assert b"Secret" not in served.browser("ben").get(path).data
    answers = {"title": "Secret matter", "due_on": "2026-12-01", "starts_at": "9.15",
               "owner": "ana", "audience": "triad", "triad": [ASHBY, BIRCH]}  # fmt: skip
    assert served.send("max", f"{meeting}/edit", version="1", **answers).status_code == 303
    (later,) = events_of(served, "ben", path)
    assert later["uid"] == event["uid"]
    assert int(str(later["sequence"])) > int(str(event["sequence"]))
    assert later["dtstart"] == datetime(2026, 12, 1, 9, 15, tzinfo=UTC), "winter time"
    assert served.send("max", f"{meeting}/cancel", version="2", note="Snow").status_code == 303
    (ended,) = events_of(served, "ben", path)
    assert ended["status"] == "CANCELLED"


def test_a_meeting_without_an_hour_takes_the_day(served: Served) -> None:
    meeting = plan(served, starts_at="in the morning")
    (event,) = events_of(served, "ben", f"{LIST}/{meeting}.ics")
    assert (event["dtstart"], event["dtend"]) == (date(2026, 6, 20), date(2026, 6, 21))


def test_what_is_no_meeting_has_no_calendar_file(served: Served) -> None:
    ref = served.share(title="No meeting")
    for path in (ref, "x", "M-22222"):
        assert served.browser("ana").get(f"{LIST}/{path}.ics").status_code == 404


def test_the_days_of_one_s_own_actions_are_a_calendar_without_their_words(served: Served) -> None:
    ref = dispute(served, "With an action")
    for owner in ("ana", "ben"):
        served.send("ana", "action/begin/add", parent=ref, title=f"Words of {owner}", owner=owner,
                    doing=ASHBY, due_on="2026-07-01")  # fmt: skip
    found = events_of(served, "ben", "/log/my-days.ics")
    assert [event["dtstart"] for event in found].count(date(2026, 7, 1)) == 1, "not Ana's"
    assert b"Words of" not in served.browser("ben").get("/log/my-days.ics").data
    for who in ("ada", "oli", ""):
        assert served.browser(who).get("/log/my-days.ics").status_code == 404, who


def test_the_way_to_meetings_is_shown_to_those_who_may_have_any(served: Served) -> None:
    def links(drawn: Drawn) -> list[str]:
        return [text_of(part) for part in drawn.find(css="nav-link")]

    for who, shown in (("ana", True), ("max", True), ("ada", False), ("", False)):
        assert ("Challenge log" in links(served.page(who, "/help"))) is shown, who
        meetings = [text_of(part) for part in served.page(who, LIST).find(css="log-nav-link")]
        assert ("Meetings" in meetings) is shown, who
