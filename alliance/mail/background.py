"""The server's own sender: a thread that does now and then what `alliance mail send` does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from alliance.log.calendar import make_due_moves
from alliance.mail.post import make_office
from alliance.mail.sending import send_waiting
from alliance.mail.settings import MailSettings
from alliance.store import Store
from ingest.errors import AllianceError

_log = logging.getLogger(__name__)


def begin_sending(store: Store, settings: MailSettings) -> Callable[[], None]:
    """Send every `settings.every_seconds` from now on; gives what ends it. What fails is logged and
    tried again."""
    stop = Event()
    office = make_office(store, settings)

    def send() -> None:
        while not stop.wait(settings.every_seconds):
            try:
                make_due_moves(store, now=office.clock())
                run = send_waiting(office)
            except AllianceError as error:
                _log.error("Mail was not sent: %s", error)
            else:
                if run.fault:
                    _log.error("Mail was not sent: %s", run.fault)

    thread = Thread(target=send, name="alliance-mail", daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(settings.timeout_seconds)

    return end
