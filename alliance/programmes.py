"""The programmes and structures that authorities take or took part in, with dates and sources.

Kept in `data/reference/programmes.csv`, the demonstration's invented ones in its own folder: which
of the two is read follows from the release, so that they never mix. Nothing here takes a part for
current because no end is recorded: a source must say so, as at a date.
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
    "area_code", "programme", "kind", "from", "to", "running_on", "source_title", "source_url",
    "later_title", "later_url", "read_on",
)  # fmt: skip
KINDS: Mapping[str, str] = {
    "partner_in_practice": "Partner in Practice",
    "innovation_pilot": "Innovation programme",
    "accreditation_phase": "Accreditation of social workers",
    "trust_or_mutual": "Children’s trust, company or mutual",
    "intervention": "Government intervention",
}
"""The kinds of programme and structure, in the order in which they are shown."""
ENDED = "ended"
"""In place of an end's date: the source says that it ended, and not when."""
RUNNING, OVER, UNKNOWN = "running", "ended", "end not recorded"
"""What is known of a part: that it ran on a day, that it ended, or neither."""
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Taken:
    """One authority's part in one programme. `begun`, `ended` and `running_on` (when a source says
    that it ran) are as precise as the source (`2017`, `2017-04`, `2017-04-01`), and empty where it
    does not say; `ended` may be `ENDED`. The later source, if any, tells of the end or that it ran.
    """

    area_code: str
    programme: str
    kind: str
    begun: str
    ended: str
    running_on: str
    source_title: str
    source_url: str
    later_title: str
    later_url: str
    read_on: date

    @property
    def state(self) -> str:
        """`RUNNING`, `OVER` or `UNKNOWN`."""
        return OVER if self.ended else RUNNING if self.running_on else UNKNOWN


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme, or all of one kind, with authorities that take or took part. `running` says
    when sources saw all of these at it (`2018 to 2023`); empty of a set that holds everybody
    recorded, whatever became of it."""

    key: str
    name: str
    codes: tuple[str, ...]
    running: str = ""

    @property
    def label(self) -> str:
        """As a picker has it."""
        return f"{self.name}: {self._when()}"

    @property
    def set_name(self) -> str:
        """As a sentence has it, after “compared with”."""
        return f"those recorded in “{self.name}”, {self._when()}"

    def _when(self) -> str:
        return f"running when last recorded ({self.running})" if self.running else "now or before"


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
        "source_url must be a whole https or http address": _is_address(row["source_url"]),
        "a later source needs both its title and a whole https or http address":
        not (row["later_title"] or row["later_url"])
        or (bool(row["later_title"].strip()) and _is_address(row["later_url"])),
        "read_on must be a day such as 2026-11-22": len(row["read_on"]) == len("2026-11-22")
        and _is_date(row["read_on"]),
        **{
            f"{name} “{row[name]}” must be a year, a month or a day, such as 2017-04, or empty":
            not row[name] or _is_date(row[name])
            for name in ("from", "running_on")
        },
        f"to “{row['to']}” must be a year, a month or a day, such as 2017-04, or “{ENDED}” where "
        "the source does not say when, or empty": row["to"] in {"", ENDED} or _is_date(row["to"]),
    }  # fmt: skip
    faults = [rule for rule, holds in rules.items() if not holds]
    return faults or _faults_of_order(row)


def _faults_of_order(row: Mapping[str, str]) -> list[str]:
    """What is wrong with dates that each can be read."""
    faults = []
    begun, read_on = row["from"], row["read_on"]
    end = "" if row["to"] == ENDED else row["to"]
    if row["to"] and row["running_on"]:
        faults.append("it cannot both have an end and be running")
    if row["later_url"] and not row["to"] and not row["running_on"]:
        faults.append("its later source tells neither of an end nor when it was running")
    for word, last in (("ends", end), ("is running", row["running_on"])):
        if begun and last and _earlier(last, begun):
            faults.append(f"it {word} ({last}) before it begins ({begun})")
    faults += [
        f"{name} “{row[name]}” is after the day on which its source was read"
        for name, last in (("from", begun), ("to", end), ("running_on", row["running_on"]))
        if last and _earlier(read_on, last)
    ]
    return faults


def _earlier(one: str, other: str) -> bool:
    """True where `one` is before `other`, as far as the less precise of the two can tell."""
    length = min(len(one), len(other))
    return one[:length] < other[:length]


def _is_address(text: str) -> bool:
    return bool(re.fullmatch(r"https?://[^\s/]+/\S*", text))


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
        row["running_on"],
        row["source_title"].strip(),
        row["source_url"],
        row["later_title"].strip(),
        row["later_url"],
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
    or more take or took part in; and where some of them, but not all, were seen at it by a source
    and have no end, those as a set of their own (`…-running`)."""
    taken = programmes_of(served)
    groups: dict[str, tuple[str, list[Taken]]] = {}
    named = [(kind_key(item.kind), KINDS[item.kind], item) for kind in KINDS
             for item in taken if item.kind == kind]  # fmt: skip
    named += [(programme_key(item.programme), item.programme, item) for item in taken]
    for key, name, item in named:
        groups.setdefault(key, (name, []))[1].append(item)
    found: dict[str, Programme] = {}
    for key, (name, items) in groups.items():
        running = [item for item in items if item.state == RUNNING]
        everybody, now = _codes_of(items), _codes_of(running)
        if len(everybody) > 1:
            found[key] = Programme(key, name, everybody, _years(running) * (now == everybody))
        if 1 < len(now) < len(everybody):
            found[f"{key}-{RUNNING}"] = Programme(f"{key}-{RUNNING}", name, now, _years(running))
    return found


def _codes_of(items: Iterable[Taken]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.area_code for item in items))


def _years(running: Iterable[Taken]) -> str:
    """The years in which sources saw them running: `2018`, `2018 to 2023`."""
    years = sorted({item.running_on[: len("2018")] for item in running})
    return " to ".join(dict.fromkeys((years[0], years[-1]))) if years else ""


def kind_key(kind: str) -> str:
    """The key of all programmes of a kind: `partner-in-practice`."""
    return kind.replace("_", "-")


def programme_key(programme: str) -> str:
    """The key of a programme: its name in small letters and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", programme.casefold()).strip("-")


def when_words(taken: Taken) -> str:
    """When, as precisely as the sources say: “from April 2017 to 2021”, “from 2012; end not
    recorded”, “from 2014; running on 25 August 2023, end not recorded”."""
    begun = f"from {_date_words(taken.begun)}" if taken.begun else ""
    if taken.ended not in {"", ENDED}:
        end = _date_words(taken.ended)
        return f"{begun} to {end}" if begun else f"until {end}; beginning not recorded"
    if taken.ended:
        return f"{begun}; ended, date not recorded" if begun else "ended; dates not recorded"
    if taken.running_on:
        return f"{begun or 'beginning not recorded'}; {state_words(taken)}, end not recorded"
    return f"{begun}; end not recorded" if begun else "dates not recorded"


def state_words(taken: Taken) -> str:
    """What is known of it now: “running on 25 August 2023”, “ended”, “end not recorded”."""
    if taken.state != RUNNING:
        return taken.state
    preposition = "on" if len(taken.running_on) > len("2017-04") else "in"
    return f"running {preposition} {_date_words(taken.running_on)}"


def _date_words(text: str) -> str:
    if len(text) == len("2017"):
        return text
    day = date.fromisoformat(text if len(text) > len("2017-04") else f"{text}-01")
    return format_day(day) if len(text) > len("2017-04") else f"{day:%B %Y}"
