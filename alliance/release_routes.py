"""The decisions about releases that the Data page offers, and the CSV of an impact report.

Plain forms: who may decide is asked of `alliance.access` by the desk, nothing is decided here.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection
from dataclasses import dataclass

from flask import Flask, Response, abort, flash, redirect, request, session
from werkzeug.wrappers import Response as AnyResponse

from alliance.access import ANONYMOUS, Person, decide
from alliance.downloads import attach_csv
from alliance.exports.csv_file import csv_opening
from alliance.people.current import current_person, current_time
from alliance.publishing import ReleaseDesk
from alliance.service import DEMONSTRATION, Served, current_release
from alliance.settings import Settings
from alliance.store.in_app import current_store
from alliance.view import View, address, parse_view
from ingest.errors import AllianceError
from ingest.release import RELEASE_ID, ReleaseStore

PAGE = "/data"
_DECIDE = f"{PAGE}/releases"
_IMPACT = "/download/impact"
MOST_REASON = 1_000
"""The longest reason, in characters; the form does not take more."""
TYPED = "release_reason"
"""Where the session keeps a reason that was typed for a decision that was refused."""

EVERYONE, ALLIANCE, US = "everyone", "alliance", "us"


@dataclass(frozen=True, slots=True)
class Action:
    """A decision that the page offers: what its button says and what follows when it is done."""

    id: str
    label: str
    done: str
    act: Callable[[ReleaseDesk, str, Person, str, str], None]


def _publish(desk: ReleaseDesk, release_id: str, person: Person, reason: str, seen: str) -> None:
    desk.publish(release_id, person=person, now=current_time(), reason=reason, against=seen or None)


def _roll_back(desk: ReleaseDesk, release_id: str, person: Person, reason: str, _: str) -> None:
    desk.roll_back(release_id, person=person, now=current_time(), reason=reason)


def _discard(desk: ReleaseDesk, release_id: str, person: Person, reason: str, _: str) -> None:
    desk.discard(release_id, person=person, now=current_time(), reason=reason)


ACTIONS = {
    action.id: action
    for action in (
        Action("publish", "Publish this release", "is published and served now", _publish),
        Action("roll-back", "Roll back to this release", "is served again", _roll_back),
        Action("discard", "Discard this release", "is discarded", _discard),
    )
}


def desk_for(served: Served, person: Person) -> ReleaseDesk:
    """The desk as that person sees it: for somebody who is not signed in, without the record."""
    store = None if person == ANONYMOUS else current_store()
    return ReleaseDesk(ReleaseStore(served.settings.home), store, served.settings.second_person)


def action_address(action_id: str, release_id: str) -> str:
    """Where the form of a decision leads."""
    return f"{_DECIDE}/{release_id}/{action_id}"


def impact_csv_address(release_id: str, view: View, scope: str) -> str:
    """Where the CSV of a release's impact lies."""
    query = {"impact": scope, "alliance": view.alliance.key, "us": view.us}
    return address(f"{_IMPACT}/{release_id}.csv", query)


def areas_of(view: View, scope: str) -> Collection[str] | None:
    """The areas that an impact report is asked for; None for all."""
    return {ALLIANCE: view.alliance.members, US: (view.us,)}.get(scope)


def may_see(desk: ReleaseDesk, release_id: str, person: Person) -> bool:
    """Whether that person may see that release: one that waits is for those who review it."""
    found = next((item for item in desk.listed() if item.info.release_id == release_id), None)
    return found is not None and (not found.waits or decide(person, "release.review").allowed)


def register_releases(server: Flask, settings: Settings) -> None:
    """Add the routes. A decision leads back to the page, which says what became of it."""

    @server.post(f"{_DECIDE}/<release_id>/<action_id>")
    def decide_release(release_id: str, action_id: str) -> AnyResponse:
        action = ACTIONS.get(action_id) or abort(404)
        _known_id(release_id)
        reason = request.form.get("reason", "").strip()[:MOST_REASON]
        desk = ReleaseDesk(ReleaseStore(settings.home), current_store(), settings.second_person)
        back = address(PAGE, {"release": release_id})
        try:
            action.act(desk, release_id, current_person(), reason, request.form.get("against", ""))
        except AllianceError as error:
            flash(str(error), "refused")
            session[TYPED] = [release_id, reason]
            return redirect(f"{back}#data-releases", 303)
        flash(f"Release {release_id} {action.done}.", "done")
        session.pop(TYPED, None)
        return redirect(f"{PAGE}#data-releases", 303)

    @server.get(f"{_IMPACT}/<release_id>.csv")
    def release_impact(release_id: str) -> Response:
        served, person = current_release(), current_person()
        _known_id(release_id)
        desk = desk_for(served, person)
        if not may_see(desk, release_id, person):
            abort(404)
        view = parse_view(served, request.args)
        scope = request.args.get("impact", EVERYONE)
        text = io.StringIO(newline="")
        text.write(csv_opening([DEMONSTRATION] if served.info.demo else []))
        desk.write_impact(text, release_id, areas=areas_of(view, scope))
        return attach_csv(text.getvalue(), f"impact_{release_id}")


def _known_id(release_id: str) -> None:
    if not RELEASE_ID.match(release_id):
        abort(404)
