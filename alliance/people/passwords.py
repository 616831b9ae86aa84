"""Passwords: which are good enough, and how they are kept (argon2id, RFC 9106).

Never keeps, tells or logs a password.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ingest.errors import AllianceError

SHORTEST, LONGEST = 12, 256
FEWEST_CHARACTERS = 5
"""Different characters that a password has at least."""
_HASHER = PasswordHasher()
_COMMON = Path(__file__).with_name("common_passwords.txt")


class PasswordError(AllianceError):
    """A password is not good enough. The message says why and what would be."""


def check_password(password: str, username: str) -> None:
    """Raises `PasswordError` for a password that somebody would guess."""
    plain = _normalise(password)
    folded = plain.casefold()
    if not SHORTEST <= len(plain) <= LONGEST:
        raise PasswordError(
            f"The password must have {SHORTEST} characters or more (and {LONGEST} at most). "
            "Three words that do not belong together are easy to remember."
        )
    if username and username.casefold() in folded:
        raise PasswordError("The password must not hold the username. Choose another.")
    if len(set(folded)) < FEWEST_CHARACTERS or folded in _common():
        raise PasswordError("That password is among the first that anyone tries. Choose another.")


def hash_password(password: str) -> str:
    """What is kept of a password: it cannot be worked out from that."""
    return _HASHER.hash(_normalise(password))


def verify_password(kept: str | None, password: str) -> bool:
    """Whether that is the password. Takes as long where there is none to compare with."""
    try:
        return _HASHER.verify(kept or _nobodys(), _normalise(password)[:LONGEST]) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether a password was kept in a weaker way than today's."""
    return _HASHER.check_needs_rehash(kept)


def _normalise(password: str) -> str:
    """One way to write what different keyboards send for the same characters."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    """A hash that no password has, to compare with where there is no account."""
    return _HASHER.hash("nobody's")


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())
