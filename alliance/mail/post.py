"""Puts the sender together for whoever sends: a command, the server's own thread, a page."""

from __future__ import annotations

from functools import cache

from alliance.home import open_reference, utc_now
from alliance.mail.sending import Clock, Office
from alliance.mail.settings import MailSettings
from alliance.mail.transport import deliver_by
from alliance.store import Store


def make_office(store: Store, settings: MailSettings, *, clock: Clock = utc_now) -> Office:
    """The sender over that store and that server."""
    return Office(store, settings, _authorities(), deliver_by(settings), clock)


@cache
def _authorities() -> dict[str, str]:
    return {a.area_code: a.name for a in open_reference().authorities}
