"""What a release says is worth discussing of an authority: its lines of enquiry with their signals,
how many false flags to expect, and the known context beside them. Reads the release and works out
nothing: every test was made when it was built.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from alliance.inspections import event_words, read_judged
from alliance.service import Served
from indicators.queries import Release
from indicators.words import format_day, format_with_unit
from ingest.errors import ReleaseError

Row = Mapping[str, Any]

PERFORMANCE, CONTEXT, DATA = "performance", "context", "data"
KNOWN_CONTEXT = ("population_0_17", "lait_childpov")
"""How many children there are, and how many of them are poor: what a reader should know before a
figure surprises them."""
NOTHING_TESTED = "It has no latest figures that could be tested."
NO_LISTS = "This release is from before such lists were made. Refresh, and the next one has them."
MOST_KEPT = 8
"""Releases whose marks are kept: as many as there are meetings that are looked back to."""


@dataclass(frozen=True)
class Item:
    """A line of enquiry with its signals, the leading one first."""

    row: Row
    signals: tuple[Row, ...]

    @property
    def id(self) -> str:
        """What it is called in every release."""
        return str(self.row["enquiry_id"])

    @property
    def fingerprint(self) -> str:
        """The mark of its evidence: the same as long as that has not changed."""
        return str(self.row["fingerprint"])

    @property
    def kind(self) -> str:
        """Whether it is about performance, context or the data."""
        return str(self.row["kind"])

    @property
    def title(self) -> str:
        """What it is about, in plain words."""
        return str(self.row["title"])

    @property
    def lead(self) -> tuple[str, str]:
        """The leading indicator and its period."""
        return str(self.row["lead_indicator_id"]), str(self.row["period"])

    @property
    def figures(self) -> list[tuple[str, str]]:
        """The indicators and periods that it rests on, the leading one first."""
        rest = [(str(s["indicator_id"]), str(s["period"])) for s in self.signals]
        return list(dict.fromkeys([self.lead, *rest]))

    @property
    def beside(self) -> list[Row]:
        """What else was found: every other sentence, once."""
        found = {s["sentence"]: s for s in self.signals if s["sentence"] != self.row["sentence"]}
        return list(found.values())

    @property
    def direction(self) -> str | None:
        """Which way its leading signal points; None for one of the data."""
        return self.signals[0]["direction"] if self.signals else None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known beside a list: what, how much, of when."""

    label: str
    words: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Worth:
    """The list of an authority; `triage`, its own and that `of_all` authorities together, None
    where the release has none."""

    code: str
    items: tuple[Item, ...]
    triage: Row | None
    of_all: Row | None = None

    def find(self, enquiry_id: str | None) -> Item | None:
        """The item of that id, None where it is not on the list."""
        return next((item for item in self.items if item.id == enquiry_id), None)


def has_lists(served: Served) -> bool:
    """False for a release from before there were such lists."""
    return served.release.has_lists()


@lru_cache(maxsize=MOST_KEPT)
def marks_of(path: Path) -> Mapping[str, str] | None:
    """The fingerprint of every line of enquiry of the release in that file, by its id; None where
    the file is there no more, cannot be read or is from before there were such lists."""
    try:
        with Release(path) as release:
            return release.enquiry_marks() if release.has_lists() else None
    except ReleaseError:
        return None


def read_worth(served: Served, code: str) -> Worth:
    """The list of an authority in the order of the release; empty where nothing stands out."""
    return next(iter(read_many(served, [code])))


def find_item(served: Served, code: str, enquiry_id: str | None) -> Item | None:
    """The item of that id on an authority's list; None where none is named, or it is not there."""
    return read_worth(served, code).find(enquiry_id) if enquiry_id else None


def read_many(served: Served, codes: Sequence[str]) -> list[Worth]:
    """The lists of those authorities in the order given."""
    if not served.kept(has_lists):
        return [Worth(code, (), None) for code in codes]
    release = served.release
    signals: dict[tuple[str, str], list[Row]] = {}
    for signal in release.listed_signals(codes):
        signals.setdefault((signal["area_code"], signal["enquiry_id"]), []).append(signal)
    items: dict[str, list[Item]] = {code: [] for code in codes}
    for row in release.enquiries(codes):
        held = signals.get((row["area_code"], row["enquiry_id"]), ())
        items[row["area_code"]].append(Item(row, tuple(held)))
    country = served.country["area_code"]
    triage = {row["area_code"]: row for row in release.triage([*codes, country])}
    of_all = triage.get(country)
    return [Worth(code, tuple(items[code]), triage.get(code), of_all) for code in codes]


def expected_words(worth: Worth) -> str:
    """How many false flags to expect: “Of 6 listed, expect at most 0.6 to be chance alone.”"""
    own, of_all = worth.triage, worth.of_all
    if own is None or of_all is None or not own["n_lines"]:
        return ""
    few = float(of_all["expected_false"])
    amount = "fewer than one" if few < 1 else f"about {few:.0f}"
    return (
        f"Of the {of_all['n_lines']:,} lines that stand out in all authorities together, expect "
        f"{amount} to be chance alone ({float(of_all['rate']):.0%} at most); which, nobody can say."
    )


def tested_words(worth: Worth) -> str:
    """How much was looked at for the list, and what of it stood out."""
    own = worth.triage
    if own is None or not own["n_tests"]:
        return NOTHING_TESTED
    tests = "1 test of its latest figures was" if own["n_tests"] == 1 else (
        f"{own['n_tests']:,} tests of its latest figures were"
    )  # fmt: skip
    words = f"{tests} made; {own['n_signals'] or 'none':} stood out beyond chance."
    notes = own["n_data"]
    if notes:
        some = "1 note" if notes == 1 else f"{notes} notes"
        words += f" Beside them {some} about the data, which rest on no test."
    return words


# Known context ------------------------------------------------------------------------------------


def _latest_context(served: Served) -> dict[tuple[str, str], Row]:
    known = [key for key in KNOWN_CONTEXT if key in served.periods]
    rows = served.release.latest_values(known) if known else []
    return {(row["area_code"], row["indicator_id"]): row for row in rows}


def context_of(served: Served, codes: Iterable[str]) -> dict[str, list[Fact]]:
    """What is known of each authority beside its list: the number of children, the share of them
    who are poor, the latest inspection; whatever is not published is left out."""
    codes = list(codes)
    latest = served.kept(_latest_context)
    found: dict[str, list[Fact]] = {code: [] for code in codes}
    for code in codes:
        for key in KNOWN_CONTEXT:
            row = latest.get((code, key))
            if row is not None:
                found[code].append(_fact(served.indicators[key], row))
    for judged in read_judged(served, codes):
        if judged.latest is not None:
            row = judged.latest
            words = f"{row['overall']}, {event_words(row).lower()}"
            found[judged.code].append(Fact("Latest inspection", words, _began(row["inspected_on"])))
    return found


def _fact(indicator: Row, row: Row) -> Fact:
    value = format_with_unit(row["value"], indicator["unit"], indicator["decimals"])
    return Fact(str(indicator["title"]), value, str(row["period"]))


def _began(day: date) -> str:
    return f"began {format_day(day)}"
