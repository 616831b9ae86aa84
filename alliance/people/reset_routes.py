"""The pages of a forgotten password: asking for a link, and setting the password by one.

Whether there is an account is told by nothing here: not by words, not by the time an answer takes.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from dash import Dash
from flask import Flask, Response, request

from alliance.mail.post import make_office
from alliance.mail.reset_letter import send_link
from alliance.people.current import current_time
from alliance.people.demonstration import is_demonstration
from alliance.people.passwords import PasswordError
from alliance.people.reset import OVER, RESET, LinkError, find_owner, may_ask, use_link
from alliance.people.routes import FORGOTTEN_PAGE, plain_pages
from alliance.people.sign_in import PAUSED
from alliance.settings import Settings
from alliance.store import Store
from alliance.store.in_app import current_store

EXTENSION = "alliance_letters"
"""Where the server keeps the thread that looks for the account and sends its link."""
DIFFERENT = "The two passwords are not the same. Type the new one twice."


def register_reset(app: Dash, settings: Settings) -> None:
    """Add the pages, where people sign in with passwords at all."""
    if settings.openid is not None and not settings.openid.passwords:
        return
    server: Flask = app.server
    page = plain_pages(app)
    letters = ThreadPoolExecutor(1, thread_name_prefix="alliance-letters")
    server.extensions[EXTENSION] = letters

    def by_mail() -> bool:
        return settings.mail is not None and not is_demonstration()

    def send(store: Store, typed: str, now: datetime) -> None:
        if settings.mail is not None:
            send_link(make_office(store, settings.mail), typed, now=now)

    @server.get(FORGOTTEN_PAGE)
    def show_forgotten() -> Response:
        return page("forgotten.html", 200, by_mail=by_mail())

    @server.post(FORGOTTEN_PAGE)
    def take_forgotten() -> Response:
        if not by_mail():
            return page("forgotten.html", 200, by_mail=False)
        typed, store, now = request.form.get("name", ""), current_store(), current_time()
        if not may_ask(store, typed, address=request.remote_addr or "", now=now):
            return page("forgotten.html", 429, by_mail=True, refusal=PAUSED)
        letters.submit(send, store, typed, now)
        return page("forgotten.html", 200, by_mail=True, asked=True)

    @server.get(f"{RESET}/<token>")
    def show_reset(token: str) -> Response:
        if find_owner(current_store(), token, now=current_time()) is None:
            return secretly(page("refused.html", 410, heading="This link is over", reason=OVER))
        return secretly(page("reset.html", 200))

    @server.post(f"{RESET}/<token>")
    def take_reset(token: str) -> Response:
        password, again = request.form.get("password", ""), request.form.get("again", "")
        store, now = current_store(), current_time()
        try:
            if password != again and find_owner(store, token, now=now) is not None:
                return secretly(page("reset.html", 403, refusal=DIFFERENT))
            use_link(store, token, password, now=now)
        except LinkError as error:
            answer = page("refused.html", 410, heading="This link is over", reason=str(error))
            return secretly(answer)
        except PasswordError as error:
            return secretly(page("reset.html", 403, refusal=str(error)))
        return secretly(page("reset.html", 200, done=True))


def secretly(answer: Response) -> Response:
    """An answer whose address no other page is told of."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
