"""Signing in and out, and the demonstration's change of part: plain pages and forms, which need no
script."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from dash import Dash
from flask import Flask, Response, abort, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from werkzeug.wrappers import Response as AnyResponse

from alliance.access import NotAllowedError
from alliance.people.current import (
    begin,
    current_person,
    current_time,
    end,
    play,
)
from alliance.people.demonstration import is_demonstration, people_of
from alliance.people.openid import OpenIdError, Provider, refuse, sign_in_by
from alliance.people.reset import RESET
from alliance.people.sign_in import LONGEST_TYPED, Outcome, sign_in, sign_out
from alliance.settings import Settings
from alliance.store import StoreError
from alliance.store.in_app import current_store

SIGN_IN, SIGN_OUT, CHANGE_PART = "/sign-in", "/sign-out", "/demonstration/part"
OPENID, OPENID_ANSWER = "/sign-in/openid", "/sign-in/openid/answer"
FORGOTTEN_PAGE = "/forgotten"
_OWN_PATHS = (SIGN_IN, SIGN_OUT, CHANGE_PART, FORGOTTEN_PAGE, RESET, "/_dash")
LONGEST_PATH = 2000
TOO_LONG = "This page has been open too long"
LOAD_ANEW = "Nothing was changed. Go back, load the page anew and try again."
FAILED = "This does not work at the moment"
TRY_LATER = "Published figures can still be read. Try again later."


def register_routes(app: Dash, settings: Settings) -> None:
    """Add the pages and forms to the app's server."""
    server: Flask = app.server
    page = plain_pages(app)
    passwords = settings.openid is None or settings.openid.passwords

    def form(status: int = 200, *, username: str = "", refusal: str = "") -> Response:
        return page(
            "sign_in.html",
            status,
            username=username[:LONGEST_TYPED],
            refusal=refusal,
            onward=onward(),
            person=current_person(),
            passwords=passwords,
            openid=settings.openid,
        )

    @server.get(SIGN_IN)
    def show_sign_in() -> Response:
        return form()

    @server.post(SIGN_IN)
    def take_sign_in() -> AnyResponse:
        if is_demonstration() or not passwords:
            return form()
        username = request.form.get("username", "")
        outcome = sign_in(
            current_store(),
            username=username,
            password=request.form.get("password", ""),
            address=request.remote_addr or "",
            now=current_time(),
        )
        if not outcome.token:
            status = 429 if outcome.paused else 403
            return form(status, username=username, refusal=outcome.refusal)
        begin(outcome.token)
        return redirect(onward(), 303)

    if settings.openid is not None:
        _register_openid(server, Provider(server, settings.openid), form)

    @server.post(SIGN_OUT)
    def take_sign_out() -> AnyResponse:
        username = current_person().username
        token = end()
        if token and username:
            sign_out(current_store(), token, now=current_time(), actor=username)
        return redirect("/", 303)

    @server.post(CHANGE_PART)
    def change_part() -> AnyResponse:
        key = request.form.get("part", "")
        if not is_demonstration() or key not in people_of(settings):
            abort(404)
        play(key)
        return redirect(onward(), 303)

    @server.errorhandler(CSRFError)
    def refuse_without_token(_error: CSRFError) -> Response:
        answer = page("refused.html", 400, heading=TOO_LONG, reason=LOAD_ANEW)
        answer.headers["X-Alliance-Token"] = "refused"
        return answer

    @server.errorhandler(NotAllowedError)
    def refuse(error: NotAllowedError) -> Response:
        return page("refused.html", 403, heading="You may not do this", reason=str(error))

    @server.errorhandler(StoreError)
    def say_what_failed(error: StoreError) -> Response:
        server.logger.error("%s", error)
        return page("refused.html", 503, heading=FAILED, reason=TRY_LATER)


Page = Callable[..., Response]


def plain_pages(app: Dash) -> Page:
    """Gives `page(template, status, **values)`: a page without a script, which no cache keeps."""

    def page(template: str, status: int, **values: object) -> Response:
        style = [app.get_asset_url(name) for name in ("alliance.css", "people.css")]
        demo = is_demonstration()
        answer = make_response(render_template(template, styles=style, demo=demo, **values), status)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return page


def _register_openid(server: Flask, provider: Provider, form: Page) -> None:
    """Add the way to the council's own sign-in and back."""

    def refused(error: OpenIdError) -> Response:
        address = request.remote_addr or ""
        refuse(current_store(), error.why, address=address, now=current_time())
        return form(403, refusal=str(error))

    @server.post(OPENID)
    def leave_for_openid() -> AnyResponse:
        if is_demonstration():
            return form()
        try:
            return provider.leave_for(request.host_url.rstrip("/") + OPENID_ANSWER, onward())
        except OpenIdError as error:
            return refused(error)

    @server.get(OPENID_ANSWER)
    def take_openid_answer() -> AnyResponse:
        if is_demonstration():
            return form()
        try:
            claims, target = provider.read_answer()
        except OpenIdError as error:
            return refused(error)
        outcome: Outcome = sign_in_by(
            current_store(),
            provider.settings,
            claims,
            address=request.remote_addr or "",
            now=current_time(),
        )
        if not outcome.token:
            return form(403, refusal=outcome.refusal)
        begin(outcome.token)
        return redirect(same_site_path(target), 303)


def same_site_path(target: str) -> str:
    """The path to go on to, with its query: the overview unless it is one of this product's pages,
    whatever tricks of other sites' addresses it tries."""
    odd = any(character <= " " or character in "\\\x7f" for character in target)
    if odd or len(target) > LONGEST_PATH or not target.startswith("/") or target.startswith("//"):
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path.startswith(("//", *_OWN_PATHS)):
        return "/"
    return target


def onward() -> str:
    """Where to go on to: what the form or the address says, or the page that the reader is on."""
    named = request.values.get("next", "")
    if named:
        return same_site_path(named)
    try:
        before = urlsplit(request.referrer or "")
    except ValueError:
        return "/"
    if before.netloc != request.host:
        return "/"
    return same_site_path(f"{before.path}?{before.query}" if before.query else before.path)
