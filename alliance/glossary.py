"""The glossary: the declared terms, checked as a whole when they are loaded.

Draws nothing; the help page does.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from ingest.catalogue import read_declared
from ingest.errors import CatalogueError
from ingest.paths import data_dir

Text = Annotated[str, Field(min_length=1)]
TOPICS = (
    "Figures",
    "Comparing",
    "Chance and signal",
    "Places",
    "Children's services",
    "This product",
)
"""The headings that terms stand under, in the order of the page."""


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Term:
    """A term and what it means. `also` are other words for it, `see` the ids of other terms,
    `charts` the ids of the charts whose help leads to it."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    term: Text
    topic: Text
    meaning: Annotated[str, Field(pattern=r"^[A-Z].+\.$")]
    also: tuple[Text, ...] = ()
    see: tuple[Text, ...] = ()
    charts: tuple[Text, ...] = ()


def load_glossary(path: Path) -> tuple[Term, ...]:
    """Read the declared terms, in the order of the file.

    Raises `CatalogueError` with every fault (unknown or missing key, wrong value, an id twice, a
    topic or a term that there is not), each with file and line.
    """
    faults: list[str] = []
    entries = read_declared(path, "term", Term, faults, ("term",))
    known = {entry.id for entry, _ in entries}
    seen: set[str] = set()
    for entry, place in entries:
        if entry.id in seen:
            faults.append(f"{place}: {entry.id} is declared twice")
        seen.add(entry.id)
        if entry.topic not in TOPICS:
            faults.append(f"{place}: {entry.id}: topic “{entry.topic}”; known: {', '.join(TOPICS)}")
        faults += [
            f"{place}: {entry.id} leads to “{other}”, which is the id of no term"
            for other in entry.see
            if other not in known
        ]
    if faults:
        raise CatalogueError(
            "The declared glossary has faults; correct them and run again.\n" + "\n".join(faults)
        )
    return tuple(entry for entry, _ in entries)


@cache
def open_glossary() -> tuple[Term, ...]:
    """The product's own glossary, read once."""
    return load_glossary(data_dir() / "catalogue" / "glossary.toml")
