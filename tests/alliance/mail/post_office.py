"""A real mail server on this machine, whose answers a test decides."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from alliance.mail.settings import MailSettings

TAKEN = "250 OK"
AtData = Callable[[Any, Envelope], Awaitable[str]]


@dataclass
class PostOffice:
    """What the server does, and what it was given. `at_rcpt` answers for a recipient, `at_data` for
    a message."""

    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    at_rcpt: Callable[[str], str] = lambda _address: TAKEN
    at_data: AtData | None = None
    was_tls: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.at_rcpt(address)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.at_data is not None:
            return await self.at_data(server, envelope)
        self.take(envelope)
        self.was_tls.append(session.ssl is not None)
        return TAKEN

    def take(self, envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        self.recipients += envelope.rcpt_tos
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to one person."""
        return [letter for letter in self.letters if letter["To"] == address]


async def disappear(server: Any, _envelope: Envelope) -> str:
    """Cut the line in the middle of a message."""
    server.transport.abort()
    return TAKEN


async def sleep(_server: Any, _envelope: Envelope) -> str:
    """Take longer than anybody waits."""
    await asyncio.sleep(4)
    return TAKEN


def text_of(letter: EmailMessage) -> str:
    """Its plain text, however it is broken into lines."""
    part = letter.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def html_of(letter: EmailMessage) -> str:
    part = letter.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    """Takes one user and password."""
    right = given.login == b"alliance" and given.password == b"hunter two"
    return AuthResult(success=right, handled=False)


@contextmanager
def running(office: PostOffice, **options: Any) -> Iterator[int]:
    """The server, and its port."""
    port = free_port()
    controller = Controller(office, hostname="127.0.0.1", port=port, ready_timeout=30, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def settings_at(port: int, **more: Any) -> MailSettings:
    values = {
        "host": "127.0.0.1", "port": port, "security": "none", "user": "",
        "sender": "Alliance <alliance@council.example>", "base_url": "https://alliance.example",
        "timeout_seconds": 2,
    }  # fmt: skip
    return MailSettings(**(values | more))


def context_of(certificate: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
