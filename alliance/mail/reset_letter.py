"""The letter with the link by which a password is set anew."""

from __future__ import annotations

import logging
from datetime import datetime

from alliance.log.words import ACTOR
from alliance.mail.letter import Letter, Part, write_message
from alliance.mail.sending import Office
from alliance.mail.transport import MailError
from alliance.people.reset import make_link_for
from alliance.store.accounts import KIND
from ingest.errors import AllianceError

SUBJECT = "Alliance: set a new password"
_log = logging.getLogger(__name__)


def send_link(office: Office, typed: str, *, now: datetime) -> None:
    """Send the account of that username or email address, if there is one, a link. Tells nobody how
    that went but the record: whoever asked may be anyone."""
    try:
        _send(office, typed, now)
    except AllianceError as error:
        _log.error("A link was not sent: %s", error)


def _send(office: Office, typed: str, now: datetime) -> None:
    made = make_link_for(office.store, typed, now=now)
    if made is None:
        return
    account, path = made
    parts = [
        Part(f"Dear {account.display_name},"),
        Part("Somebody asked for a new password for your account. If it was you, set it here:"),
        Part("Set a new password", href=f"{office.settings.base_url}{path}"),
        Part(
            "The link is good for one hour and for one use. If it was not you, do nothing: your "
            "password stays as it is."
        ),
    ]
    letter = Letter(account.email or "", SUBJECT, parts, f"reset{path}")
    action, reason = "reset_link_sent", ""
    try:
        office.deliver(write_message(letter, office.settings, now=now))
    except MailError as error:
        action, reason = "reset_link_not_sent", str(error)
    with office.store.write(now=now, actor=ACTOR) as unit:
        unit.record(action, KIND, account.username, reason=reason)
