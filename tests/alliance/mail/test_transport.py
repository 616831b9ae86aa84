"""The way to the mail server: secret, known, and never waited for too long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme

from alliance.mail.letter import Letter, Part, write_message
from alliance.mail.settings import MailSettings
from alliance.mail.transport import LaterError, RefusedError, UnreachableError, deliver_by
from tests.alliance.mail.post_office import (
    PostOffice,
    context_of,
    free_port,
    knows,
    running,
    settings_at,
    sleep,
    text_of,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SECURE = [
    ("starttls", lambda context: {"tls_context": context, "require_starttls": True}),
    ("ssl", lambda context: {"ssl_context": context}),
]


def letter(words: str = "A word.") -> EmailMessage:
    made = Letter("jo@council.example", "Alliance: news", [Part(words)], "1")
    return write_message(made, settings_at(25), now=NOW)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


def secure(port: int, security: str, **more: Any) -> MailSettings:
    return settings_at(port, security=security, user="alliance", password="hunter two", **more)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(("security", "options"), SECURE, ids=["starttls", "ssl"])
def test_a_message_goes_by_an_encrypted_line_to_a_server_that_knows_us(
    office: PostOffice, authority: trustme.CA, security: str, options: Callable[..., Any]
) -> None:
    context = context_of(authority.issue_cert("127.0.0.1"))
    signing_in = {"authenticator": knows, "auth_required": True, "auth_require_tls": False}
    with running(office, **options(context), **signing_in) as port:
        deliver_by(secure(port, security))(letter("Zoë’s “question”."))
        with pytest.raises(UnreachableError, match=r"does not take the user and password \(535\)"):
            deliver_by(settings_at(port, security=security, user="alliance", password="x"))(
                letter()
            )
    (got,) = office.letters
    assert text_of(got) == "Zoë’s “question”."
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["From"] == "Alliance <alliance@council.example>"


@pytest.mark.parametrize(("security", "options"), SECURE, ids=["starttls", "ssl"])
def test_a_server_that_nobody_vouches_for_is_told_nothing(
    office: PostOffice, authority: trustme.CA, security: str, options: Callable[..., Any]
) -> None:
    heard: list[Any] = []

    def listens(*given: Any) -> Any:
        heard.append(given)
        return knows(*given)

    context = context_of(authority.issue_cert("127.0.0.1"))
    with (
        running(office, **options(context), authenticator=listens, auth_require_tls=False) as port,
        pytest.raises(UnreachableError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        deliver_by(secure(port, security))(letter())
    assert (heard, office.letters) == ([], [])


def test_a_server_that_cannot_encrypt_is_told_nothing(office: PostOffice) -> None:
    with (
        running(office, authenticator=knows, auth_require_tls=False) as port,
        pytest.raises(UnreachableError, match="STARTTLS"),
    ):
        deliver_by(secure(port, "starttls"))(letter())
    assert office.letters == []


def test_nobody_is_waited_for_without_end(office: PostOffice) -> None:
    office.at_data = sleep
    with running(office) as port, pytest.raises(UnreachableError, match="timed out"):
        deliver_by(settings_at(port, timeout_seconds=1))(letter())


def test_nothing_that_listens_is_told_in_words() -> None:
    with pytest.raises(UnreachableError, match="did not take the message: ConnectionRefusedError"):
        deliver_by(settings_at(free_port()))(letter())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("452 Mailbox full", LaterError),
        ("554 This is spam", RefusedError),
        ("550 5.7.1 No", RefusedError),
    ],
)
def test_what_the_server_says_of_a_message_is_kept(
    office: PostOffice, answer: str, kind: type[Exception]
) -> None:
    async def say(*_: Any) -> str:
        return answer

    office.at_data = say
    with running(office) as port, pytest.raises(kind, match=answer[4:]):
        deliver_by(settings_at(port))(letter())


def test_an_address_cannot_smuggle_in_another_header() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        write_message(
            Letter("jo@x.example\nBcc: all@x.example", "S", [Part("w")], "1"),
            settings_at(25),
            now=NOW,
        )
