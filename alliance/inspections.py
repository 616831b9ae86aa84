"""Inspections of a set of authorities: the latest judgements of each, and who is good or better in
every one of them. Counts and lists; a grade is never averaged, and a visit judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from alliance.comparison_set import describe_set, members_of, scope_name
from alliance.exports.about import release_pair, source_pairs
from alliance.exports.table import Absent, Column, ExportTable
from alliance.service import Served
from alliance.view import View
from indicators.words import GRADE
from ingest.grades import GRADE_OF_WORDS

Inspection = Mapping[str, Any]

JUDGED = {
    "overall": "Overall effectiveness",
    "leaders": "Impact of leaders",
    "help_protection": "Help and protection",
    "care": "Children in care",
    "care_leavers": "Care leavers",
}
"""Short titles of the judgements, by column of the release's table of inspections."""
NOT_JUDGED = "not judged on its own before 2023"
"""Why an inspection has no judgement of care leavers."""
GOOD = 2

RULE = (
    "An authority may offer to be a Partner in Practice where its latest inspection judged it good "
    "or outstanding overall and in every other judgement that was made: the impact of leaders, "
    "help and protection, children in care and, where it was judged on its own (since 2023), care "
    "leavers. Focused visits and monitoring visits judge nothing and do not count. A judgement is "
    "of the time of its inspection, and frameworks are not compared with each other."
)
"""The rule for offering to be a Partner in Practice, in words."""


@dataclass(frozen=True)
class Judged:
    """One authority: its inspections and visits, newest first, those of authorities that it
    replaced among them."""

    area: Mapping[str, Any]
    rows: tuple[Inspection, ...]

    @property
    def code(self) -> str:
        """The authority's code."""
        return str(self.area["area_code"])

    @cached_property
    def latest(self) -> Inspection | None:
        """Its own latest inspection; a visit is none."""
        own = (row for row in self.rows if row["area_code"] == self.code)
        return next((row for row in own if row["overall"] is not None), None)

    @cached_property
    def grades(self) -> dict[str, int]:
        """The grade of each judgement that the latest inspection made."""
        row = self.latest
        return {} if row is None else {
            column: GRADE_OF_WORDS[row[column]] for column in JUDGED if row[column] is not None
        }  # fmt: skip

    @property
    def is_good_overall(self) -> bool:
        """Good or outstanding overall."""
        return self.grades.get("overall", GOOD + 1) <= GOOD

    @property
    def is_good_throughout(self) -> bool:
        """Good or outstanding overall and in every judgement made: the `RULE`."""
        return self.is_good_overall and all(grade <= GOOD for grade in self.grades.values())

    @property
    def years(self) -> dict[int, list[Inspection]]:
        """Inspections and visits by the year in which they began, oldest first."""
        found: dict[int, list[Inspection]] = {}
        for row in reversed(self.rows):
            found.setdefault(row["inspected_on"].year, []).append(row)
        return found


def read_judged(served: Served, codes: Sequence[str]) -> list[Judged]:
    """Those authorities in the order given, each with what the release tells of it."""
    before = {
        code: [old for old, area in served.authorities.items() if code in area["successor_codes"]]
        for code in codes
    }
    rows = served.release.inspections([*codes, *(old for olds in before.values() for old in olds)])
    by_code: dict[str, list[Inspection]] = {}
    for row in rows:
        by_code.setdefault(row["area_code"], []).append(row)
    return [
        Judged(
            served.authorities[code],
            tuple(
                sorted(
                    (row for one in (code, *before[code]) for row in by_code.get(one, [])),
                    key=lambda row: row["inspected_on"],
                    reverse=True,
                )
            ),
        )
        for code in codes
    ]


def event_words(inspection: Inspection) -> str:
    """The kind of inspection or visit in sentence case, without the framework's initials."""
    kind = str(inspection["event"]).removeprefix(f"{inspection['framework']} ")
    kind = kind.removeprefix("LA ").lower()
    return f"{kind[:1].upper()}{kind[1:]}"


# The export --------------------------------------------------------------------------------------


def build_inspections(served: Served, view: View, _query: Mapping[str, str]) -> ExportTable:
    """Every inspection of the view's set of authorities and visit to them, one in a row."""
    codes, name = members_of(served, view, view.scope), scope_name(served, view, view.scope)
    judged = read_judged(served, codes)
    return ExportTable(
        title=f"Inspections: {name}",
        columns=(
            Column("area_code", "Code"),
            Column("name", "Authority"),
            Column("inspected", "Authority inspected"),
            Column("framework", "Framework"),
            Column("event", "Inspection or visit"),
            Column("theme", "Theme"),
            Column("inspected_on", "Began"),
            Column("published_on", "Report published"),
            *(Column(key, title) for key, title in JUDGED.items()),
            Column("is_latest", "Latest judgements"),
            Column("throughout", "Good or better in every judgement"),
        ),
        rows=[record for one in judged for record in _records(served, one)],
        about=(
            *_sources(served),
            release_pair(served),
            ("Authority", served.name(view.us)),
            *describe_set(served, view, view.scope),
            ("Good or better in every judgement", RULE),
            ("Grades", "An order, best first: Outstanding, Good, Requires improvement to be good, "
                       "Inadequate. They are never averaged."),
        ),
        sentence=summary_sentence(served, view, name, judged),
        name="inspections",
    )  # fmt: skip


def _sources(served: Served) -> tuple[tuple[str, str], ...]:
    graded = [row for row in served.indicators.values() if row["unit"] == GRADE]
    return source_pairs(served, graded[:1])


def _records(served: Served, judged: Judged) -> list[dict[str, Any]]:
    base = {"area_code": judged.code, "name": judged.area["name"]}
    if not judged.rows:
        return [base | {"event": Absent("none in this release")}]
    return [
        base
        | {key: row[key] for key in ("framework", "theme", "inspected_on", "published_on")}
        | {
            "inspected": served.name(row["area_code"]),
            "event": event_words(row),
            "is_latest": "yes" if row is judged.latest else "",
            "throughout": ("yes" if judged.is_good_throughout else "no")
            if row is judged.latest else "",
        }
        | {key: _cell(row, key) for key in JUDGED}
        for row in judged.rows
    ]  # fmt: skip


def _cell(row: Inspection, column: str) -> Any:
    """A judgement; why there is none of an inspection; nothing of a visit."""
    if row[column] is None and row["overall"] is not None:
        return Absent(NOT_JUDGED)
    return row[column]


def summary_sentence(served: Served, view: View, name: str, judged: Sequence[Judged]) -> str:
    """How many are good or better, and our own latest judgement."""
    known = [one for one in judged if one.latest is not None]
    if not known:
        return f"This release tells of no judgement of {served.name(view.us)} or of {name}."
    good = sum(one.is_good_overall for one in known)
    throughout = sum(one.is_good_throughout for one in known)
    text = (
        f"Of {len(known)} judged {'authority' if len(known) == 1 else 'authorities'} ({name}), "
        f"{good} {'is' if good == 1 else 'are'} good or better overall by the latest inspection, "
        f"and {throughout} in every judgement that it made"
    )
    none = len(judged) - len(known)
    return (
        f"{text}; {none} {'has' if none == 1 else 'have'} not been judged." if none else f"{text}."
    )
