"""The page on which somebody says what they want to be told by email."""

from __future__ import annotations

from dash import Dash
from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from alliance.access import NotAllowedError
from alliance.mail.letter import SETTINGS
from alliance.people.current import current_person, current_time
from alliance.people.demonstration import is_demonstration
from alliance.people.routes import SIGN_IN, plain_pages
from alliance.settings import Settings
from alliance.store.accounts import Account, find_account
from alliance.store.in_app import current_store
from alliance.store.mail_choices import find_choice, set_choice

CHOICES = ("messages", "digest")


def register_mail(app: Dash, settings: Settings) -> None:
    """Add the page."""
    server: Flask = app.server
    page = plain_pages(app)

    def show(account: Account, *, saved: bool = False) -> Response:
        with current_store().read() as session:
            choice = find_choice(session, account)
        return page(
            "settings.html", 200, choice=choice, email=account.email, saved=saved,
            sends=settings.mail is not None and not is_demonstration(),
        )  # fmt: skip

    @server.get(SETTINGS)
    def show_settings() -> AnyResponse:
        account = _own_account()
        return show(account) if account else redirect(f"{SIGN_IN}?next={SETTINGS}", 303)

    @server.post(SETTINGS)
    def take_settings() -> AnyResponse:
        account = _own_account()
        if account is None:
            raise NotAllowedError("You are not signed in: sign in first.")
        messages, digest = (request.form.get(name) == "yes" for name in CHOICES)
        with current_store().write(now=current_time(), actor=account.username) as unit:
            set_choice(unit, account, messages=messages, digest=digest)
        return show(account, saved=True)


def _own_account() -> Account | None:
    """The account of whoever asks."""
    person = current_person()
    if not person.username:
        return None
    with current_store().read() as session:
        return find_account(session, person.username)
