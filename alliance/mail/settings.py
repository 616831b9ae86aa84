"""The `[mail]` section of settings.toml: which server takes the mail, and where its links lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alliance.section import is_this_machine, read_section

PASSWORD_VARIABLE = "ALLIANCE_MAIL_PASSWORD"  # noqa: S105
PORTS: Mapping[str, int] = {"starttls": 587, "ssl": 465, "none": 25}
"""How the way to the server is kept secret, and the port that is usual for it."""
KNOWN = ("host", "port", "security", "user", "from", "base_url", "every_seconds", "timeout_seconds")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """`sender` is whom messages are from; `base_url` where members open the product. With
    `every_seconds` above 0, `alliance serve` sends by itself as often as that."""

    host: str
    port: int
    security: str
    user: str
    sender: str
    base_url: str
    every_seconds: int = 0
    timeout_seconds: int = 30
    password: str = field(default="", repr=False)


def read_mail(raw: object, path: Path, environment: Mapping[str, str]) -> MailSettings | None:
    """What the section says; None where there is none. Raises `AllianceError` naming the fault: a
    password never goes where it can be read."""
    if raw is None:
        return None
    section = read_section("mail", raw, path, KNOWN)
    security = section.get("security", "starttls")
    if security not in PORTS:
        raise section.fault(f"security must be one of {', '.join(PORTS)}, in quotes")
    host, user = section.must("host"), section.get("user", "")
    if security == "none" and not is_this_machine(host):
        raise section.fault('security may be "none" only for a server on this machine')
    sender = section.must("from")
    if "@" not in sender or not sender.isprintable():
        raise section.fault("from must be an email address, such as alliance@council.gov.uk")
    found = MailSettings(
        host=host,
        port=section.get("port", PORTS[security]),
        security=security,
        user=user,
        sender=sender,
        base_url=section.address("base_url"),
        every_seconds=section.get("every_seconds", 0),
        timeout_seconds=section.get("timeout_seconds", 30),
        password=environment.get(PASSWORD_VARIABLE, ""),
    )
    if not 1 <= found.port <= 65535:
        raise section.fault("port must be between 1 and 65535")
    if found.every_seconds and found.every_seconds < 10:
        raise section.fault("every_seconds must be 10 or more, or 0 to send by a command only")
    if not 1 <= found.timeout_seconds <= 60:
        raise section.fault("timeout_seconds must be between 1 and 60")
    if user and not found.password:
        raise section.fault(f"has a user, and no password is given in {PASSWORD_VARIABLE}")
    return found
