"""Reading one section of settings.toml: its keys, their kinds, and addresses that may be trusted.

Knows no section by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ingest.errors import AllianceError

Kind = TypeVar("Kind", str, int, bool)


@dataclass(frozen=True, slots=True)
class Section:
    """A section as it stands in the file `path`."""

    name: str
    values: Mapping[str, Any]
    path: Path

    def get(self, key: str, default: Kind) -> Kind:
        """The value of a key, or what stands for it where it is not given. Raises `AllianceError`
        for one of another kind than that."""
        value = self.values.get(key, default)
        if type(value) is not type(default):
            kinds = {str: "in quotes", int: "a whole number", bool: "true or false"}
            raise self.fault(f"{key} must be {kinds[type(default)]}")
        return value

    def must(self, key: str) -> str:
        """The text of a key that cannot be left out. Raises `AllianceError`."""
        value = self.get(key, "")
        if not value.strip():
            raise self.fault(f"{key} is missing")
        return value.strip()

    def address(self, key: str) -> str:
        """An address without a slash at its end: https, or of this machine alone. Raises
        `AllianceError` for another."""
        value = self.must(key).rstrip("/")
        if not is_trusted_address(value):
            raise self.fault(f"{key} must be an address that begins with https://, not “{value}”")
        return value

    def fault(self, words: str) -> AllianceError:
        """What is wrong with the section, for somebody who has the file open."""
        return AllianceError(f"{self.path}: [{self.name}] {words}.")


def read_section(name: str, raw: object, path: Path, known: tuple[str, ...]) -> Section:
    """The section as it is in the file. Raises `AllianceError` for what is none, or has a key that
    is not known."""
    section = Section(name, raw if isinstance(raw, dict) else {}, path)
    if not isinstance(raw, dict):
        raise section.fault("must be a section of its own, with one setting in each line")
    if unknown := sorted(set(raw) - set(known)):
        raise section.fault(f"has unknown {', '.join(unknown)}; known: {', '.join(known)}")
    return section


def is_trusted_address(address: str) -> bool:
    """Whether what is sent to that address cannot be read on its way: https, or this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    odd = parts.username or parts.query or parts.fragment or any(c <= " " for c in address)
    if odd or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host))


def is_this_machine(host: str) -> bool:
    """Whether that host is the machine that the product runs on."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
