"""What each authority with a part in an entry has said of what is proposed: kept in the entry's
words, by the authority's code. Nobody's word stands for another authority's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from alliance.log.workflow import Facts

POSITIONS = "positions"
"""Where the content keeps them: code to position, who and when."""
RESPONDED, AGREED, DISPUTED = "responded", "agreed", "disputed"
Positions = Mapping[str, Mapping[str, str]]


def positions_of(content: Mapping[str, Any]) -> Positions:
    """What each authority has said, by code."""
    found: Positions = content.get(POSITIONS) or {}
    return found


def take(facts: Facts, position: str) -> dict[str, dict[str, str]]:
    """Positions with that of the person's own authority."""
    held = {code: dict(said) for code, said in positions_of(facts.existing.content).items()}
    held[facts.person.authority_code or ""] = {
        "position": position, "by": facts.person.username, "on": facts.today.isoformat(),
    }  # fmt: skip
    return held


def all_hold(held: Positions, codes: Iterable[str], position: str) -> bool:
    """Whether each of these authorities has said the same."""
    return all(held.get(code, {}).get("position") == position for code in codes)
