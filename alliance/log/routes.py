"""The forms of the challenge log: plain posts that lead back to the page of the entry. Where one is
refused, the answer is the form again with every word that was typed.

Everything is written through `alliance.log.writing`; nothing is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dash import Dash, html
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.wrappers import Response as AnyResponse

from alliance.access import NotAllowedError, Person
from alliance.components.entry_evidence import read_evidence_asked
from alliance.components.entry_form import (
    Filled,
    Offered,
    begin_form,
    error_summary,
    first_answers,
    move_form,
    offered,
)
from alliance.components.entry_thread import changes_since, quote
from alliance.components.plain_html import to_html
from alliance.components.target_finder import DRAFT, TITLE, finder_beside, finder_page
from alliance.log.addresses import FORMS, PATHS, TARGETS, entry_address, list_address
from alliance.log.asking import Asking, asking
from alliance.log.entries import find_entry, history_of
from alliance.log.entry import Entry
from alliance.log.errors import AnswersError, LogError, NoEntryError, ObstaclesError
from alliance.log.export import render_list
from alliance.log.fields import Field
from alliance.log.filtering import read_filters
from alliance.log.freezing import QUERY, SEEN, freeze_seen
from alliance.log.kinds import KINDS
from alliance.log.kinds.priority import PRIORITY
from alliance.log.trajectory import unpublished_fields
from alliance.log.waiting import may_begin
from alliance.log.words import capital, is_final, kind_of
from alliance.log.workflow import NEW, EntryKind, Move
from alliance.log.writing import Figure, begin_entry, make_move, moves_open_to, share_with
from alliance.people.current import current_person, current_time
from alliance.people.demonstration import is_demonstration
from alliance.people.routes import SIGN_IN, same_site_path
from alliance.saved.routes import DONE
from alliance.service import Served, current_release
from alliance.store import ConflictError, StoreError, Unit
from alliance.store.in_app import current_store
from alliance.view import View, parse_view

FIGURE = (*QUERY, SEEN)
"""What names the figure that a form takes into an entry as evidence."""
UNSEEN = {"csrf_token", "version", "next", "parent", "about", *FIGURE}
"""What a form of the log sends beside what somebody typed."""
PREFIX = "form-"
NOTHING_SAVED = "Nothing was saved"
KEPT_PATHS = ("/_dash-update-component", FORMS, *PATHS)
"""Paths whose answers may hold words of the log: no browser and no proxy keeps them."""


@dataclass(frozen=True, slots=True)
class _Refused:
    """Why a form is refused: with which status, under which heading, and what is wrong."""

    status: int
    heading: str
    filled: Filled


def register_log(app: Dash) -> None:
    """Add the routes to the app's server."""
    server: Flask = app.server
    styles = [app.get_asset_url(name) for name in
              ("alliance.css", "people.css", "returns.css", "log.css")]  # fmt: skip

    def page(title: str, body: Sequence[Any], status: int = 200) -> Response:
        values = {"styles": styles, "demo": is_demonstration(), "title": title}
        text = render_template("entry_form.html", body=to_html(list(body)), **values)
        return make_response(text, status)

    @server.get(f"{FORMS}/<kind_id>/begin/<move_id>")
    def show_begin(kind_id: str, move_id: str) -> AnyResponse:
        kind, move = _first_move(kind_id, move_id)
        return _guarded(page, lambda: page(move.label, _begin_page(kind, move)))

    @server.post(f"{FORMS}/<kind_id>/begin/<move_id>")
    def take_begin(kind_id: str, move_id: str) -> AnyResponse:
        kind, move = _first_move(kind_id, move_id)
        return _guarded(page, lambda: _take_begin(page, kind, move), move.asks)

    @server.get(TARGETS)
    def show_targets() -> AnyResponse:
        return _guarded(page, lambda: page(TITLE, _targets_page()))

    @server.get(f"{FORMS}/<ref>/<move_id>")
    def show_move(ref: str, move_id: str) -> AnyResponse:
        return _guarded(page, lambda: page(*_move_page(ref, move_id)))

    @server.post(f"{FORMS}/<ref>/<move_id>")
    def take_move(ref: str, move_id: str) -> AnyResponse:
        return _guarded(page, lambda: _take_move(page, ref, move_id))

    @server.post(f"{FORMS}/<ref>/share/observers")
    def take_observer(ref: str) -> AnyResponse:
        return _guarded(page, lambda: _take_observer(ref))

    @server.get(f"{FORMS}/<kind_id>.csv")
    def list_as_csv(kind_id: str) -> AnyResponse:
        kind = KINDS.get(kind_id) or abort(404)
        return _guarded(page, lambda: _download(kind))

    @server.after_request
    def keep_nothing(response: Response) -> Response:
        if request.path.startswith(KEPT_PATHS):
            response.headers["Cache-Control"] = "no-store"
        return response


Page = Callable[..., Response]
Act = Callable[[Unit], Entry]


def _guarded(
    page: Page, act: Callable[[], AnyResponse], fields: Sequence[Field] = ()
) -> AnyResponse:
    """Do it; where it cannot be done at all, say why, with the words that were typed. The same
    words for an entry that is not there and for one that the person may not see."""
    if not current_person().username:
        sign_in = html.P(html.A("Sign in", href=SIGN_IN))
        return _refusal(page, 403, "You are not signed in", "Sign in first.", fields, sign_in)
    try:
        return act()
    except NoEntryError as error:
        return _refusal(page, 404, "Not found", str(error))
    except NotAllowedError as error:
        return _refusal(page, 403, "You may not do this", str(error), fields)
    except (LogError, ConflictError) as error:
        return _refusal(page, 409, NOTHING_SAVED, str(error), fields)
    except StoreError as error:
        current_app.logger.error("%s", error)
        words = "The challenge log does not answer at the moment. Try again later."
        return _refusal(page, 503, NOTHING_SAVED, words, fields)


def _refusal(
    page: Page, status: int, heading: str, reason: str, fields: Sequence[Field] = (), *more: Any
) -> Response:
    body = [html.H1(heading), html.P(reason, className="lead"), *more, *kept_words(fields)]
    back = html.P(html.A("Go to the challenge log", href=list_address("challenge")))
    return page(heading, [*body, back], status)


def kept_words(fields: Sequence[Field] = ()) -> list[Any]:
    """What somebody typed into a form that cannot be kept, so that no word of it is lost."""
    labels = {field.id: field.label for field in fields}
    typed = [
        (labels.get(name, ""), text)
        for name, texts in request.form.lists()
        if name not in UNSEEN
        for text in texts
        if text.strip()
    ]
    if not typed:
        return []
    parts: list[Any] = [html.H2("What you had written"),
                        html.P("It was not saved. Copy what you need.")]  # fmt: skip
    for label, text in typed:
        parts += [*([html.H3(label)] if label else []), quote(text)]
    return parts


# Beginning ----------------------------------------------------------------------------------------


def _first_move(kind_id: str, move_id: str) -> tuple[EntryKind, Move]:
    """The kind and its first move. 404 where there is none."""
    kind = KINDS.get(kind_id) or abort(404)
    move = kind.move(move_id)
    if move is None or NEW not in move.sources:
        abort(404)
    return kind, move


def _take_begin(page: Page, kind: EntryKind, move: Move) -> AnyResponse:
    served, person = current_release(), current_person()
    with asking(served) as asked:
        known = asked.known()

    def prepare() -> Act:
        figures = _figures(served)
        return lambda unit: begin_entry(
            unit, person, known, kind.id, move.id, _typed(),
            parent_ref=request.form.get("parent") or None, about=_about(), figures=figures,
        )  # fmt: skip

    done = _attempt(prepare, person)
    if isinstance(done, _Refused):
        body = _begin_page(kind, move, done)
        return page(f"Error: {move.label}", body, done.status)
    return _onward(done, f"You {move.past}.")


def _begin_page(kind: EntryKind, move: Move, refused: _Refused | None = None) -> list[Any]:
    """The page with the form that begins an entry, as sent or new."""
    with asking(current_release()) as asked:
        parent = request.values.get("parent", "")
        above = find_entry(asked.session, asked.person, parent) if parent else None
        filled = refused.filled if refused else _prefilled(kind, move, asked.person)
        evidence = read_evidence_asked(asked.served, request.values)
        offers = _offers(asked, kind)
        beside = _beside(asked, kind, offers)
        form = begin_form(
            kind, move, offers, asked.person, prefix=PREFIX,
            parent=parent, about=_about(), onward=request.values.get("next", ""), filled=filled,
            more=evidence.unseen,
        )  # fmt: skip
    back = above and (above.title, entry_address(above.kind, above.ref))
    crumb = back or (kind.plural, list_address(kind.id))
    heading = f"{move.label}: {kind.words.removeprefix('a ').removeprefix('an ')}"
    return [
        _crumbs(*crumb, move.label),
        *_summary(refused, move, f"{PREFIX}{kind.id}-{move.id}-"),
        html.H1(heading),
        *evidence.shown,
        *beside,
        form,
    ]


def _targets_page() -> list[Any]:
    """What a target would mean, for whoever may begin a priority."""
    with asking(current_release()) as asked:
        if not may_begin(asked.person, PRIORITY, DRAFT):
            raise LogError("A priority is drafted by those who may begin one in an alliance.")
        view = _view_of(asked)
        offers = _offers(asked, PRIORITY)
        return [
            _crumbs(PRIORITY.plural, list_address(PRIORITY.id), TITLE),
            *finder_page(asked.served, view, offers, request.args),
        ]


def _view_of(asked: Asking) -> View:
    """The view of the address, from the person's own authority where it names none."""
    given = {key: text for key, text in request.args.items() if text}
    own = asked.person.authority_code
    return parse_view(asked.served, given if "us" in given or not own else {**given, "us": own})


def _beside(asked: Asking, kind: EntryKind, offers: Offered) -> list[Any]:
    """What helps whoever begins an entry of that kind."""
    if kind.id != PRIORITY.id:
        return []
    return [finder_beside(offers, request.values, _view_of(asked).us)]


def _figures(served: Served) -> list[Figure]:
    """The figures that a form names, frozen now. Raises as `freeze_seen`."""
    if SEEN not in request.form:
        return []
    return freeze_seen(served, parse_view(served, request.form), request.form)


def _offers(asked: Asking, kind: EntryKind) -> Offered:
    return offered(asked.served, asked.known(), kind, asked.person)


def _prefilled(kind: EntryKind, move: Move, person: Person) -> Filled:
    """What the address gives for the form's fields, else what a new one has."""
    first = first_answers(kind, move, person)
    given = {f.id: request.args.getlist(f.id) for f in move.asks if f.id in request.args}
    return Filled({**first, **given})


# Moving -------------------------------------------------------------------------------------------


def _take_move(page: Page, ref: str, move_id: str) -> AnyResponse:
    served, person = current_release(), current_person()
    with asking(served) as asked:
        entry, move = _entry_and_move(asked, ref, move_id)
        known = asked.known()
    version = _version()

    def prepare() -> Act:
        return lambda unit: make_move(unit, person, known, ref, move_id, _typed(), version=version)

    done = _attempt(prepare, person)
    if isinstance(done, _Refused):
        return page(*_refused_page(served, entry.ref, move, done), done.status)
    state = kind_of(done).state(done.state)
    now = "" if done.state == entry.state else f" It is now “{state.words}”. {state.meaning}"
    return _onward(done, f"You {move.past}.{now}")


def _move_page(ref: str, move_id: str) -> tuple[str, list[Any]]:
    """The page with the form of a move. Raises as `make_move` would for whoever may not make it."""
    with asking(current_release()) as asked:
        entry, move = _entry_and_move(asked, ref, move_id)
        if move not in moves_open_to(asked.person, entry):
            raise LogError(
                f"“{move.label}” is not open to you as it stands: look at the entry, which may "
                "have changed."
            )
        offers = _offers(asked, kind_of(entry))
    onward = request.args.get("next", "")
    form = move_form(move, entry, offers, prefix=PREFIX, onward=onward)
    return move.label, [_crumbs_of(entry, move.label), html.H1(move.label), form]


def _refused_page(served: Served, ref: str, move: Move, refused: _Refused) -> tuple[str, list[Any]]:
    """The form as it was sent, with what is wrong; where somebody was quicker, with what they did.
    What can no longer be done at all stays as words to copy."""
    with asking(served) as asked:
        entry = find_entry(asked.session, asked.person, ref)
        offers = _offers(asked, kind_of(entry))
        is_open = move in moves_open_to(asked.person, entry)
        seen = _version()
        later = []
        if entry.version > seen:
            versions = history_of(asked.session, asked.person, entry)
            names = replace(asked.names, unpublished=unpublished_fields(served, entry))
            later = [changes_since(kind_of(entry), versions, seen, names)]
    filled = Filled({**refused.filled.values}, refused.filled.faults, refused.filled.obstacles)
    onward = request.form.get("next", "")
    form = move_form(move, entry, offers, prefix=PREFIX, onward=onward, filled=filled)
    can_send = is_open and not (is_final(entry) and later)
    return (
        f"Error: {move.label}",
        [
            _crumbs_of(entry, move.label),
            *_summary(refused, move, f"{PREFIX}{move.id}-"),
            html.H1(move.label),
            *later,
            *([form] if can_send else kept_words(move.asks)),
        ],
    )


def _entry_and_move(asked: Asking, ref: str, move_id: str) -> tuple[Entry, Move]:
    entry = find_entry(asked.session, asked.person, ref)
    move = kind_of(entry).move(move_id)
    if move is None or NEW in move.sources:
        abort(404)
    return entry, move


def _take_observer(ref: str) -> AnyResponse:
    person, version = current_person(), _version()
    username, shared = request.form.get("username", ""), request.form.get("shared") == "yes"
    with current_store().write(now=current_time(), actor=person.username) as unit:
        entry = share_with(unit, person, ref, username, version=version, shared=shared)
    words = "They can read it now" if shared else "They can read it no longer"
    return _onward(entry, f"{words}.")


def _download(kind: EntryKind) -> Response:
    """The list of a kind, filtered as the address says, as the person sees it."""
    filters = read_filters((kind,), request.args)
    with asking(current_release()) as asked:
        text = render_list(asked, kind, filters)
    answer = Response(text, mimetype="text/csv")
    name = f"{kind.plural.lower().replace(' ', '-')}_{asked.today}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _attempt(prepare: Callable[[], Act], person: Person) -> Entry | _Refused:
    """The entry as it then stands, or why not: what can be put right in the form. What takes long
    is prepared before anything is written."""
    typed = _typed()
    try:
        act = prepare()
        with current_store().write(now=current_time(), actor=person.username) as unit:
            return act(unit)
    except AnswersError as error:
        return _Refused(400, "There is something to put right", Filled(typed, error.faults))
    except ObstaclesError as error:
        return _Refused(400, "This cannot be done yet", Filled(typed, {}, error.obstacles))
    except ConflictError:
        words = (
            "Somebody else changed this while you had it open. Nothing of yours was saved, and "
            "nothing of it is lost: read what changed, then send it again if it still holds.",
        )
        return _Refused(409, NOTHING_SAVED, Filled(typed, {}, words))
    except NoEntryError:
        raise
    except LogError as error:
        return _Refused(409, NOTHING_SAVED, Filled(typed, {}, (str(error),)))


def _typed() -> dict[str, list[str]]:
    """What the form says, but for what it sends unseen."""
    return {name: texts for name, texts in request.form.lists() if name not in UNSEEN}


def _about() -> list[tuple[str, str]]:
    """What the form says that a new entry is about: pairs of relation and reference."""
    found = (text.partition(":") for text in request.values.getlist("about"))
    return [(relation[:30], ref) for relation, _, ref in found if ref]


def _version() -> int:
    """The version that the form was drawn with. 400 where it holds none."""
    text = request.form.get("version", "")
    if not re.fullmatch(r"[0-9]{1,9}", text):
        abort(400)
    return int(text)


def _onward(entry: Entry, words: str) -> AnyResponse:
    flash(words, DONE)
    given = request.form.get("next", "")
    return redirect(same_site_path(given) if given else entry_address(entry.kind, entry.ref), 303)


def _summary(refused: _Refused | None, move: Move, prefix: str) -> list[Any]:
    if refused is None:
        return []
    return [error_summary(refused.heading, move.asks, refused.filled, prefix)]


def _crumbs_of(entry: Entry, here: str) -> html.Nav:
    title = entry.title or capital(kind_of(entry).words)
    return _crumbs(title, entry_address(entry.kind, entry.ref), here)


def _crumbs(words: str, address: str, here: str) -> html.Nav:
    return html.Nav(
        [html.A(words, href=address), f" / {here}"],
        className="crumbs",
        **{"aria-label": "Where you are"},
    )
