"""What people call things: the declared synonyms, checked as a whole when they are loaded.

Searches nothing; `alliance.search` does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked

from ingest.catalogue import read_declared
from ingest.errors import CatalogueError
from ingest.paths import data_dir

Text = Annotated[str, Field(min_length=1)]
Words = tuple[str, ...]
"""Words of a text as they are compared: small letters, without accents, plurals or marks."""

_TABLES = ("synonym", "place")
ODD_PLURALS = {"children": "child"}
_NEGATIONS = {"not", "non", "no", "without"}


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class Synonym:
    """`terms` are other words for `name`; who looks for it is also shown those of `also`, which are
    names of other entries."""

    name: Text
    terms: Annotated[tuple[Text, ...], Field(min_length=1)]
    also: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What each sequence of words stands for: concepts of indicators, and names of places."""

    concepts: Mapping[Words, str]
    places: Mapping[Words, Words]
    by_name: Mapping[str, tuple[str, ...]]
    also: Mapping[str, tuple[str, ...]]
    reach: Mapping[str, int]
    """How many words the longest term has that begins with that word."""


def split_words(text: str) -> Words:
    """The words of a text as they are compared."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "").replace("'", ""))
    plain = plain.replace("&", " and ").replace("£", " pound ").replace("st.", "st ")
    return tuple(singular(word) for word in re.findall(r"[a-z0-9]+", _without_accents(plain)))


def _without_accents(text: str) -> str:
    return "".join(mark for mark in text if not unicodedata.combining(mark))


def singular(word: str) -> str:
    """The word without the ending of a plural, roughly: both sides of a search go through it."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = f"{word[:-3]}y" if word.endswith("ies") else word[:-1]
    return ODD_PLURALS.get(word, word)


def load_synonyms(path: Path) -> Synonyms:
    """Read the declared synonyms.

    Raises `CatalogueError` with every fault (unknown or missing key, wrong value, a term that two
    entries claim or that has no letter), each with file and line.
    """
    faults: list[str] = []
    synonyms = read_declared(path, "synonym", Synonym, faults, _TABLES)
    places = read_declared(path, "place", Synonym, faults, _TABLES)
    concepts = _claimed(synonyms, faults)
    named = _claimed(places, faults, own=False)
    faults += _strangers(synonyms)
    if faults:
        raise CatalogueError(
            "The declared synonyms have faults; correct them and run again.\n" + "\n".join(faults)
        )
    return Synonyms(
        concepts,
        {words: split_words(name) for words, name in named.items()},
        {entry.name: entry.terms for entry, _ in synonyms},
        {entry.name: entry.also for entry, _ in synonyms},
        _reach(concepts),
    )


def _strangers(synonyms: list[tuple[Synonym, str]]) -> list[str]:
    names = {entry.name for entry, _ in synonyms}
    return [
        f"{place}: {entry.name} also shows “{other}”, which is the name of no entry"
        for entry, place in synonyms
        for other in entry.also
        if other not in names
    ]


def _reach(concepts: Iterable[Words]) -> dict[str, int]:
    found: dict[str, int] = {}
    for words in concepts:
        found[words[0]] = max(len(words), found.get(words[0], 0))
    return found


def _claimed(
    entries: list[tuple[Synonym, str]], faults: list[str], *, own: bool = True
) -> dict[Words, str]:
    """Whose each sequence of words is; what two entries claim is a fault. A name is a term of its
    own entry, unless `own` is false."""
    found: dict[Words, tuple[str, str]] = {}
    for entry, place in entries:
        for term in (*((entry.name,) if own else ()), *entry.terms):
            words = split_words(term)
            if not words:
                faults.append(f"{place}: “{term}” of {entry.name} has no letter or digit")
                continue
            owner, first = found.setdefault(words, (entry.name, place))
            if owner != entry.name:
                faults.append(f"{place}: “{term}” of {entry.name} is of {owner} too ({first})")
    return {words: owner for words, (owner, _) in found.items()}


@cache
def open_synonyms() -> Synonyms:
    """The product's own, read once for each process. Raises `CatalogueError`."""
    return load_synonyms(data_dir() / "catalogue" / "synonyms.toml")


def find_concepts(words: Words, synonyms: Synonyms) -> Iterator[tuple[str, int, int]]:
    """Each concept in the words with its first place and the one after its last: the longest
    sequence first, and what is in it once."""
    start = 0
    while start < len(words):
        found = next(_starting_at(words, start, synonyms), None)
        if found is None:
            start += 1
        else:
            yield found
            start = found[2]


def hold_concepts(words: Words, synonyms: Synonyms) -> set[str]:
    """Every concept in the words, those within a longer one too; none just after a negation."""
    return {
        name
        for start, word in enumerate(words)
        if word in synonyms.reach and not _NEGATIONS & set(words[max(0, start - 2) : start])
        for name, _, _ in _starting_at(words, start, synonyms)
    }


def _starting_at(words: Words, start: int, synonyms: Synonyms) -> Iterator[tuple[str, int, int]]:
    reach = min(synonyms.reach.get(words[start], 0), len(words) - start)
    for length in range(reach, 0, -1):
        name = synonyms.concepts.get(words[start : start + length])
        if name is not None:
            yield name, start, start + length
