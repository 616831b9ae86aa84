"""The programmes and structures that authorities take or took part in, with dates and source.

Kept in `data/reference/programmes.csv`, the demonstration's invented ones in its own folder: which
of the two is read follows from the release, so that they never mix.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from alliance.service import Served
from indicators.words import format_day
from ingest.authorities import load_reference
from ingest.errors import CatalogueError
from ingest.paths import data_dir

FILE = "programmes.csv"
COLUMNS = (
    "area_code", "programme", "kind", "from", "to", "source_title", "source_url", "read_on",
)  # fmt: skip
KINDS: Mapping[str, str] = {
    "partner_in_practice": "Partner in Practice",
    "innovation_pilot": "Innovation programme",
    "accreditation_phase": "Accreditation of social workers",
    "trust_or_mutual": "Children’s trust, company or mutual",
    "intervention": "Government intervention",
}
"""The kinds of programme and structure, in the order in which they are shown."""
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Taken:
    """One authority's part in one programme. `begun` and `ended` are as precise as the source
    (`2017`, `2017-04`, `2017-04-01`), and empty where it does not say."""

    area_code: str
    programme: str
    kind: str
    begun: str
    ended: str
    source_title: str
    source_url: str
    read_on: date


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme, or all of one kind, with the authorities that take or took part."""

    key: str
    name: str
    codes: tuple[str, ...]


def load_programmes(folder: Path) -> tuple[Taken, ...]:
    """Read `programmes.csv` of a folder of reference tables, whose authorities it must name.

    Raises `CatalogueError` with every fault, each with file and line.
    """
    path = folder / FILE
    known = load_reference(folder).authority_by_code
    found, faults = [], []
    for line, row in _lines(path):
        wrong = _faults(row, known)
        faults += [f"{path}, line {line}: {fault}" for fault in wrong]
        if not wrong:
            found.append(_taken(row))
    faults += _repeated(path, found)
    if faults:
        raise CatalogueError("\n".join(faults))
    return tuple(found)


def _lines(path: Path) -> Iterable[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            head = tuple(next(reader, ()))
            if head != COLUMNS:
                raise CatalogueError(f"{path}, line 1: the columns must be {', '.join(COLUMNS)}.")
            for cells in reader:
                if len(cells) != len(COLUMNS):
                    raise CatalogueError(
                        f"{path}, line {reader.line_num}: {len(cells)} cells, not {len(COLUMNS)}."
                    )
                yield reader.line_num, dict(zip(COLUMNS, cells, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError(f"{path} cannot be read: {error}") from error


def _faults(row: Mapping[str, str], known: Mapping[str, object]) -> list[str]:
    """What is wrong with one line."""
    rules = {
        f"there is no authority “{row['area_code']}”": row["area_code"] in known,
        f"kind “{row['kind']}” is none of {', '.join(KINDS)}": row["kind"] in KINDS,
        "it needs the name of the programme": bool(row["programme"].strip()),
        "it needs the title of its source": bool(row["source_title"].strip()),
        "source_url must be a whole https or http address": bool(
            re.fullmatch(r"https?://[^\s/]+/\S*", row["source_url"])
        ),
        "read_on must be a day such as 2026-11-22": len(row["read_on"]) == len("2026-11-22")
        and _is_date(row["read_on"]),
        **{
            f"{name} “{row[name]}” must be a year, a month or a day, such as 2017-04, or empty":
            not row[name] or _is_date(row[name])
            for name in ("from", "to")
        },
    }  # fmt: skip
    faults = [rule for rule, holds in rules.items() if not holds]
    if not faults and row["from"] and row["to"] and row["to"] < row["from"][: len(row["to"])]:
        faults.append(f"it ends ({row['to']}) before it begins ({row['from']})")
    return faults


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return False
    return True


def _taken(row: Mapping[str, str]) -> Taken:
    return Taken(
        row["area_code"],
        row["programme"].strip(),
        row["kind"],
        row["from"],
        row["to"],
        row["source_title"].strip(),
        row["source_url"],
        date.fromisoformat(row["read_on"]),
    )


def _repeated(path: Path, found: Iterable[Taken]) -> list[str]:
    seen: set[tuple[str, str, str]] = set()
    faults = []
    for taken in found:
        key = (taken.area_code, taken.programme, taken.begun)
        if key in seen:
            faults.append(f"{path}: {taken.area_code} has “{taken.programme}” twice.")
        seen.add(key)
    return faults


@cache
def _of_country(demo: bool) -> tuple[Taken, ...]:
    return load_programmes(data_dir() / ("demo/reference" if demo else "reference"))


def programmes_of(served: Served) -> tuple[Taken, ...]:
    """Every part taken by an authority of the release: real ones of a real release, invented ones
    of the demonstration's. Raises `CatalogueError` where the product's own file has a fault."""
    taken = _of_country(served.info.demo)
    return tuple(item for item in taken if item.area_code in served.authorities)


def programmes_by_key(served: Served) -> dict[str, Programme]:
    """The programmes as comparator sets: of each kind, and of each programme, that two authorities
    or more take or took part in."""
    groups: dict[str, tuple[str, dict[str, None]]] = {}
    taken = programmes_of(served)
    named = [(kind_key(item.kind), KINDS[item.kind], item) for kind in KINDS
             for item in taken if item.kind == kind]  # fmt: skip
    named += [(programme_key(item.programme), item.programme, item) for item in taken]
    for key, name, item in named:
        groups.setdefault(key, (name, {}))[1][item.area_code] = None
    return {
        key: Programme(key, name, tuple(codes))
        for key, (name, codes) in groups.items()
        if len(codes) > 1
    }


def kind_key(kind: str) -> str:
    """The key of all programmes of a kind: `partner-in-practice`."""
    return kind.replace("_", "-")


def programme_key(programme: str) -> str:
    """The key of a programme: its name in small letters and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", programme.casefold()).strip("-")


def when_words(taken: Taken) -> str:
    """When, as precisely as the source says: “from April 2017 to 2021”, “dates not given”."""
    parts = [("from", taken.begun), ("to" if taken.begun else "until", taken.ended)]
    words = " ".join(f"{word} {_date_words(text)}" for word, text in parts if text)
    return words or "dates not given"


def _date_words(text: str) -> str:
    if len(text) == len("2017"):
        return text
    day = date.fromisoformat(text if len(text) > len("2017-04") else f"{text}-01")
    return format_day(day) if len(text) > len("2017-04") else f"{day:%B %Y}"
