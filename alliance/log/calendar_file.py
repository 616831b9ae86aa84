"""A meeting as a calendar file (RFC 5545), and the days on which somebody's own actions are due.
Calendars are copied to telephones and read by others: no word that anybody wrote of what is talked
about goes into one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dash import Dash
from flask import Flask, Response, abort
from icalendar import Calendar, Event

from alliance.log.addresses import FORMS, list_address
from alliance.log.agenda import read_clock
from alliance.log.asking import asking, is_insider, may_have_entries
from alliance.log.entries import find_entry, list_entries
from alliance.log.entry import Entry
from alliance.log.errors import NoEntryError
from alliance.people.current import current_person
from alliance.service import current_release

SUMMARY, DUE_SUMMARY = "Alliance meeting", "Alliance: an action of yours is due"
HERE = ZoneInfo("Europe/London")
"""Where a time of day that somebody wrote is meant."""
USUAL_HOURS = 2
"""How long a meeting is taken to last where nobody said."""
MIME = "text/calendar"


def register_calendar(app: Dash) -> None:
    """Add the routes to the app's server: the same answer for a meeting that is not there and for
    one that the person may not see."""

    server: Flask = app.server

    @server.get(f"{list_address('meeting')}/<ref>.ics")
    def meeting_file(ref: str) -> Response:
        if not may_have_entries(current_person()):
            abort(404)
        with asking(current_release()) as asked:
            try:
                meeting = find_entry(asked.session, asked.person, ref)
            except NoEntryError:
                abort(404)
        if meeting.kind != "meeting" or meeting.due_on is None:
            abort(404)
        return _answer(calendar_of([meeting_event(meeting)]), f"meeting_{meeting.ref}")

    @server.get(f"{FORMS}/my-days.ics")
    def own_days() -> Response:
        person = current_person()
        if not is_insider(person):
            abort(404)
        with asking(current_release()) as asked:
            actions = list_entries(asked.session, asked.person, "action", states=("open",))
        own = [action for action in actions if action.owner == person.username]
        return _answer(calendar_of(due_events(own)), "my-actions")


def calendar_of(events: Iterable[Event]) -> bytes:
    """The events as a file."""
    calendar = Calendar()
    calendar.add("prodid", "-//Alliance//Challenge log//EN")
    calendar.add("version", "2.0")
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def meeting_event(meeting: Entry) -> Event:
    """A meeting that has a day, as one event: its hours in UTC, or the whole day where nobody said
    when it begins. A later file of the same meeting replaces it."""
    event = _event(meeting, SUMMARY)
    day, content = meeting.due_on or date.min, meeting.content
    begins, ends = read_clock(content.get("starts_at")), read_clock(content.get("ends_at"))
    if begins is None:
        _whole_day(event, day)
    else:
        start = _in_utc(day, begins)
        end = _in_utc(day, ends) if ends else start
        event.add("dtstart", start)
        event.add("dtend", end if end > start else start + timedelta(hours=USUAL_HOURS))
    if content.get("place"):
        event.add("location", str(content["place"]))
    event.add("status", "CANCELLED" if meeting.state == "cancelled" else "CONFIRMED")
    return event


def due_events(actions: Iterable[Entry]) -> list[Event]:
    """The days on which actions are due, as events that say nothing of them but their reference."""
    found = []
    for action in actions:
        if action.due_on is not None:
            event = _event(action, f"{DUE_SUMMARY} ({action.ref})")
            _whole_day(event, action.due_on)
            event.add("transp", "TRANSPARENT")
            found.append(event)
    return found


def _event(entry: Entry, summary: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.ref}@alliance.invalid")
    event.add("sequence", entry.version)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("summary", summary)
    event.add("class", "CONFIDENTIAL")
    return event


def _whole_day(event: Event, day: date) -> None:
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))


def _in_utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, HERE).astimezone(UTC)


def _answer(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype=MIME)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.ics")
    return answer
