"""A letter as plain text and as simple HTML, made of the same paragraphs. Knows no entry and no
server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from html import escape
from textwrap import fill
from uuid import NAMESPACE_URL, uuid5

from alliance.mail.settings import MailSettings

WIDTH = 76
SETTINGS = "/you/settings"
"""Where somebody says what they want to be told."""


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph, or a heading; with `href`, a link of those words."""

    words: str
    href: str = ""
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said to one person. `key` tells it from every other: said twice, a mail program can
    know it."""

    to: str
    subject: str
    parts: Sequence[Part]
    key: str


def write_message(letter: Letter, settings: MailSettings, *, now: datetime) -> EmailMessage:
    """The letter as it is handed to a server."""
    message = EmailMessage()
    message["From"], message["To"] = settings.sender, letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    domain = parseaddr(settings.sender)[1].rpartition("@")[2]
    name = uuid5(NAMESPACE_URL, f"{settings.base_url}/{letter.key}")
    message["Message-ID"] = f"<{name}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(_plain(part) for part in letter.parts) + "\n")
    message.add_alternative(_html(letter), subtype="html")
    return message


def _plain(part: Part) -> str:
    words = fill(part.words, WIDTH, break_long_words=False, break_on_hyphens=False)
    if part.heading:
        return f"{words}\n{'-' * min(len(part.words), WIDTH)}"
    return f"{words}\n{part.href}" if part.href else words


def _html(letter: Letter) -> str:
    body = "\n".join(_html_part(part) for part in letter.parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f"<title>{escape(letter.subject)}</title></head>\n"
        '<body style="font-family: Arial, sans-serif; font-size: 16px; line-height: 1.4; '
        f'color: #0b0c0c; max-width: 40em">\n{body}\n</body></html>\n'
    )


def _html_part(part: Part) -> str:
    words = escape(part.words)
    if part.heading:
        return f'<h2 style="font-size: 18px">{words}</h2>'
    if part.href:
        return f'<p><a href="{escape(part.href)}" style="color: #0b4f8a">{words}</a></p>'
    return f"<p>{words}</p>"
