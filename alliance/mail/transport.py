"""Handing a message to the mail server (SMTP, RFC 5321), and what its answer means.

Knows nothing of what a message says.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage

from alliance.mail.settings import MailSettings
from ingest.errors import AllianceError

Deliver = Callable[[EmailMessage], None]
"""Hands over one message; raises `MailError`."""
PERMANENT = 500
"""Answers from here on mean that it is no use to try again (RFC 5321, 4.2.1)."""


class MailError(AllianceError):
    """A message was not taken, as far as is known. The message says why."""


class UnreachableError(MailError):
    """The server itself does not work for us now: the next message would fare no better."""


class LaterError(MailError):
    """The server wants this message another time."""


class RefusedError(MailError):
    """The server does not want this message at all."""


def deliver_by(settings: MailSettings) -> Deliver:
    """The way to the server that settings name; each message has a connection of its own."""

    def deliver(message: EmailMessage) -> None:
        try:
            with _connect(settings) as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            ((code, words),) = error.recipients.values()
            raise _refusal(code, words) from error
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPAuthenticationError as error:
            raise UnreachableError(
                f"The mail server does not take the user and password ({error.smtp_code})."
            ) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise UnreachableError(
                f"The mail server {settings.host}:{settings.port} did not take the message: "
                f"{type(error).__name__}: {_line(str(error))}"
            ) from error

    return deliver


def _connect(settings: MailSettings) -> smtplib.SMTP:
    """A server that may be trusted with the message: nothing is said to it before it is known who
    it is."""
    place = (settings.host, settings.port)
    if settings.security == "ssl":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            *place, timeout=settings.timeout_seconds, context=context
        )
    else:
        server = smtplib.SMTP(*place, timeout=settings.timeout_seconds)
    try:
        if settings.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.user:
            server.login(settings.user, settings.password)
    except BaseException:
        server.close()
        raise
    return server


def _refusal(code: int, words: bytes | str) -> MailError:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    kind = RefusedError if code >= PERMANENT else LaterError
    return kind(f"The mail server answered {code}: {_line(text)}")


def _line(text: str) -> str:
    """The first line of what a server says, as text."""
    line = (text.strip().splitlines() or ["it gave no reason"])[0]
    return "".join(c for c in line if c.isprintable())[:200]
