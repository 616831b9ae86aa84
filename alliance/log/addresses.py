"""Where entries are shown, and where their forms lead. Each in one place, so that a page, a route,
an email and an export mean the same address."""

from __future__ import annotations

from alliance.log.places import NAVIGATION, PATH_OF

FORMS = "/log"
"""Where every form of the challenge log leads."""
TARGETS = f"{FORMS}/targets"
"""The page that tells what a target would mean before a priority is written."""
OTHERWISE = "/challenges"
PATHS = tuple(path for _, _, path in NAVIGATION)
"""Every page of the log, below which its entries are."""


def list_address(kind: str) -> str:
    """The list of entries of that kind."""
    return PATH_OF.get(kind, OTHERWISE)


def entry_address(kind: str, ref: str) -> str:
    """The page of an entry."""
    return f"{list_address(kind)}/{ref}"


def begin_address(kind: str, move: str) -> str:
    """Where the form of a first move leads."""
    return f"{FORMS}/{kind}/begin/{move}"


def move_address(ref: str, move: str) -> str:
    """Where the form of a move leads."""
    return f"{FORMS}/{ref}/{move}"


def observers_address(ref: str) -> str:
    """Where the form leads by which an observer may read an entry, or no longer."""
    return f"{FORMS}/{ref}/share/observers"


def export_address(kind: str) -> str:
    """Where the list of a kind is downloaded."""
    return f"{FORMS}/{kind}.csv"
