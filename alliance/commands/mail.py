"""`alliance mail`: sending what waits, the daily digest, and how far the telling has got. Shows no
word of what is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance.commands.session import (
    Home,
    Json,
    count,
    fail,
    is_demonstration_home,
    print_json,
    session,
)
from alliance.settings import Settings, load_settings
from ingest.errors import AllianceError

if TYPE_CHECKING:
    from alliance.mail.sending import Office, Run
    from alliance.store import Store
    from alliance.store.outbox import Item

mail_app = typer.Typer(
    help="Send what waits to be told by email, and show how far that has got.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
NOT_SET_UP = "No mail is set up: docs/mail.md says what [mail] in settings.toml holds."


@mail_app.callback()
def root(home: Home = None) -> None:
    """Send what waits to be told by email, and show how far that has got."""
    if home is not None:
        session.home = home


@mail_app.command("send")
def send(home: Home = None, as_json: Json = False) -> None:
    """Call the reviews whose day has come, and send every message whose time has come. For a timer
    that runs it every few minutes.

    Example: alliance mail send
    """
    from alliance.home import utc_now  # noqa: PLC0415
    from alliance.log.calendar import make_due_moves  # noqa: PLC0415
    from alliance.mail.sending import send_waiting  # noqa: PLC0415

    with _opened(home, as_json=as_json) as (store, settings):
        called = make_due_moves(store, now=utc_now())
        if settings.mail is None:
            _say_called(called, as_json=as_json)
        else:
            _run(send_waiting, store, settings, as_json=as_json, called=called)


@mail_app.command("digest")
def digest(home: Home = None, as_json: Json = False) -> None:
    """Send today's digest to everyone who wants one, has something waiting and has not had it. For
    a timer that runs it each morning.

    Example: alliance mail digest
    """
    from alliance.mail.digest import send_digests  # noqa: PLC0415

    with _opened(home, as_json=as_json) as (store, settings):
        _run(send_digests, store, settings, as_json=as_json)


@mail_app.command("list")
def list_mail(
    state: Annotated[
        str, typer.Option("--state", help="Only: waiting, sent, given_up or not_wanted.")
    ] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show how far telling people has got: who, since when, how often it was tried and what the
    mail server said. Never what it is about.

    Example: alliance mail list --state given_up
    """
    from alliance.store.outbox import count_items, list_items  # noqa: PLC0415

    with _opened(home, as_json=as_json, any_home=True) as (store, _settings):
        with store.read() as reading:
            counts = count_items(reading)
            if state and state not in counts:
                raise AllianceError(f"There is no state “{state}”; known: {', '.join(counts)}.")
            items = list_items(reading, state=state or None)
        if as_json:
            print_json({"counts": counts, "messages": [_open_parts(item) for item in items]})
            return
        words = ", ".join(f"{number} {key.replace('_', ' ')}" for key, number in counts.items())
        session.out.print(f"{words}.", markup=False)
        for item in items:
            session.out.print(_line(item), markup=False)


def _run(
    work: Callable[[Office], Run],
    store: Store,
    settings: Settings,
    *,
    as_json: bool,
    called: int | None = None,
) -> None:
    """Send by that work and say how it went. Raises `AllianceError` where no mail is set up, and
    `typer.Exit` where the server could not be reached."""
    from alliance.mail.post import make_office  # noqa: PLC0415

    if settings.mail is None:
        raise AllianceError(NOT_SET_UP)
    run = work(make_office(store, settings.mail))
    if as_json:
        print_json(asdict(run) | ({} if called is None else {"reviews_called": called}))
    else:
        reviews = f"{count(called, 'review')} called. " if called else ""
        session.out.print(
            f"{reviews}{count(run.sent, 'message')} sent, {run.later} to be tried again, "
            f"{run.given_up} given up, {run.not_wanted} not wanted any more.",
            markup=False,
        )
    if run.fault:
        session.err.print(f"Error: {run.fault}", markup=False)
        raise typer.Exit(1)


def _say_called(called: int, *, as_json: bool) -> None:
    if as_json:
        print_json({"reviews_called": called, "note": NOT_SET_UP})
    else:
        session.out.print(f"{count(called, 'review')} called. {NOT_SET_UP}", markup=False)


@contextmanager
def _opened(
    home: Home, *, as_json: bool, any_home: bool = False
) -> Iterator[tuple[Store, Settings]]:
    """The store of a home; of the demonstration's only to look at."""
    from alliance.store import open_store  # noqa: PLC0415

    try:
        settings = load_settings(home or session.home, os.environ)
        if is_demonstration_home(settings) and not any_home:
            raise AllianceError(f"{settings.home} is a demonstration: it sends no email.")
        store = open_store(settings)
        try:
            yield store, settings
        finally:
            store.close()
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error


def _line(item: Item) -> str:
    when = f"{item.at:%Y-%m-%d %H:%M}"
    tries = f"{item.attempts} {'try' if item.attempts == 1 else 'tries'}"
    state = item.state.replace("_", " ")
    next_try = f", next at {item.next_try_at:%H:%M}" if item.state == "waiting" else ""
    return f"{when}  {item.username}  {state}  {tries}{next_try}  {item.fault}".rstrip()


def _open_parts(item: Item) -> dict[str, Any]:
    """What may be told of a message: not of which entry, nor what was done to it."""
    return {
        "id": item.id,
        "username": item.username,
        "at": item.at,
        "state": item.state,
        "attempts": item.attempts,
        "next_try_at": item.next_try_at,
        "fault": item.fault,
    }
