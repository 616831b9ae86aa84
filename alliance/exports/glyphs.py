"""Characters that a PDF cannot show: no font that is set with has them, and a document that may be
read aloud must not have a hole. Each is said in words or stands as one mark; nothing else changes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

MISSING = "\N{REPLACEMENT CHARACTER}"
NOTE = (
    f"{MISSING} stands for a character that this file cannot show. The page that the words come "
    "from has it."
)
_NEVER = ((0x2E80, 0xABFF), (0xAC00, 0xD7FF), (0xE000, 0xFAFF), (0x1F000, 0x10FFFF))
"""Code points that no font here has: scripts of East Asia, private ones, pictures beyond the plain
ones."""

Sets = Callable[[str], bool]
"""Whether all the characters of a text can be set."""


def shown_as(texts: Iterable[str], sets: Sets) -> dict[int, str]:
    """What stands for each character of the texts that cannot be set, for `str.translate`."""
    found = {c for text in texts for c in text if not c.isascii() or ord(c) < 32} - {"\n"}
    never = {c for c in found if any(low <= ord(c) <= high for low, high in _NEVER)}
    rest = "".join(sorted(found - never))
    return {ord(c): _stand_in(c) for c in (*never, *_unset(rest, sets))}


@lru_cache(maxsize=1024)
def _unset(chars: str, sets: Sets) -> tuple[str, ...]:
    """Those of the characters that cannot be set, by halves."""
    if not chars or sets(chars):
        return ()
    if len(chars) == 1:
        return (chars,)
    half = len(chars) // 2
    return (*_unset(chars[:half], sets), *_unset(chars[half:], sets))


def _stand_in(char: str) -> str:
    """The name of a picture, “[thumbs up sign]”; nothing for what has no width; else one mark."""
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Mn"):
        return ""
    name = unicodedata.name(char, "")
    return f"[{name.lower()}]" if category == "So" and name else MISSING


def translated(data: Any, stand_ins: Mapping[int, str]) -> Any:
    """The data with every text in it put so."""
    if isinstance(data, str):
        return data.translate(stand_ins)
    if isinstance(data, Mapping):
        return {key: translated(value, stand_ins) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [translated(value, stand_ins) for value in data]
    return data


def texts_in(data: Any) -> Iterable[str]:
    """Every text in the data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from texts_in(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from texts_in(value)
