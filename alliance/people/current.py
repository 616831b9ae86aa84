"""Who is asking: the session behind a request, and the guard on everything that changes state.

Owns cookies and sessions. What a person may do is decided in `alliance.access`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, Response, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import (  # type: ignore[import-untyped]
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)
from flask_wtf.csrf import CSRFProtect, generate_csrf  # type: ignore[import-untyped]

from alliance.access import ANONYMOUS, Person
from alliance.people import demonstration
from alliance.people.accounts import person_of
from alliance.service import EXTENSION as SERVICE
from alliance.service import ReleaseService
from alliance.store.in_app import current_store
from alliance.store.sign_ins import find_session

Clock = Callable[[], datetime]
COOKIE_HOLDS = timedelta(days=365)
"""A page that stays open goes on answering. How long somebody stays signed in is decided by the
session in the store, and the browser forgets its cookies when it is closed."""
PART = "demonstration_part"
"""Where the session keeps who one is in the demonstration."""
_CLOCK = "alliance_clock"


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """A person with a session; `token` is what the browser holds of it."""

    token: str
    person: Person

    def get_id(self) -> str:
        """What Flask-Login keeps in the browser's cookie."""
        return self.token


class _Cookies(SecureCookieSessionInterface):
    """Session cookies that a browser sends over https only, where it came over https."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def token_cookie(secret_key: str) -> str:
    """Name of the cookie with the token that Dash sends back with every callback. Each home has
    its own: a browser does not tell the ports of one machine apart."""
    return f"_csrf_token_{_mark(secret_key)}"


def register_people(server: Flask, *, secret_key: str, clock: Clock) -> None:
    """Give this server sessions, and refuse every request that changes something without the
    token that its own pages hold. `clock` tells the time in UTC."""
    server.secret_key = secret_key
    server.session_interface = _Cookies()
    server.extensions[_CLOCK] = clock
    server.config.update(
        SESSION_COOKIE_NAME=f"alliance_session_{_mark(secret_key)}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=COOKIE_HOLDS,
        WTF_CSRF_TIME_LIMIT=None,
    )
    CSRFProtect(server)
    manager = LoginManager(server)
    manager.session_protection = None
    manager.user_loader(_find_signed_in)
    cookie = token_cookie(secret_key)

    @server.after_request
    def hand_out_token(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.set_cookie(cookie, generate_csrf(), samesite="Lax", secure=request.is_secure)
        return response


def current_time() -> datetime:
    """The time, within a request of the app."""
    clock: Clock = current_app.extensions[_CLOCK]
    return clock()


def current_person() -> Person:
    """Who is asking, within a request of the app: `ANONYMOUS` where nobody is signed in.

    In the demonstration, whoever was chosen in the header; its director at first.
    """
    if "alliance_person" not in g:
        g.alliance_person = _find_person()
    found: Person = g.alliance_person
    return found


def begin(token: str) -> None:
    """Let the browser hold that session, and nothing of the one before."""
    session.clear()
    forget_tokens()
    user = _find_signed_in(token)
    if user is not None:
        login_user(user)


def end() -> str:
    """Let the browser forget its session; the token that it held, or nothing."""
    token = str(session.get("_user_id", ""))
    logout_user()
    session.clear()
    forget_tokens()
    return token


def play(key: str) -> None:
    """Be that part of the demonstration from now on."""
    session.clear()
    forget_tokens()
    session[PART] = key


def forget_tokens() -> None:
    """A new session needs a new token: forget those made in this request."""
    g.pop("csrf_token", None)
    g.pop("alliance_person", None)


def current_part() -> str:
    """Who one is in the demonstration: the key of a part."""
    return str(session.get(PART, demonstration.FIRST))


def _find_person() -> Person:
    if demonstration.is_demonstration():
        service: ReleaseService = current_app.extensions[SERVICE]
        return demonstration.people_of(service.settings).get(current_part(), ANONYMOUS)
    return current_user.person if current_user.is_authenticated else ANONYMOUS


def _find_signed_in(token: str) -> SignedIn | None:
    with current_store().read() as reading:
        account = find_session(reading, token, now=current_time())
    person = person_of(account)
    return SignedIn(token, person) if person.username else None


def _mark(secret_key: str) -> str:
    return hashlib.sha256(f"cookies of {secret_key}".encode()).hexdigest()[:8]
