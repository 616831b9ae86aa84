"""What no words of ours may look like."""

from __future__ import annotations

import re

_FAULTS = re.compile(
    r"\bnan\b|None|\binf\b|\s\s|[,;:.][,;:]|\(\)|-\d|\b0 (fewer|more)\b|−0(\.0+)?(?![\d.])"
)


def is_clean(words: str) -> bool:
    """True of words without a trace of code, and without a full stop: others put it."""
    return not _FAULTS.search(words) and bool(words) and not words.endswith(".")
