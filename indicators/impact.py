"""What publishing one release in place of another would change, for a person who must decide.

Compares two release files (impact.sql), says each difference in a sentence, writes all of them as
CSV. Never repeats a figure that the newer release no longer gives.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TextIO

import duckdb

from indicators.words import (
    GRADE,
    format_day,
    format_number,
    format_value,
    format_with_unit,
    ordinal,
)
from ingest.errors import ReleaseError
from ingest.release import ReleaseInfo, read_info
from ingest.statuses import REPORTED, STATUS_WORDS

Row = Mapping[str, Any]

NEWS, REVISIONS, POSITIONS, WATCH = "What is new", "What was revised", "Whose position changes", (
    "What to watch"
)  # fmt: skip
GROUPS = (NEWS, REVISIONS, POSITIONS, WATCH)
"""The order in which a report is read."""

SHOWN = 100
"""How many lines of each section an `Impact` holds; the CSV has all of them."""
EXTRA_DECIMALS = 6
FETCHED_AT_ONCE = 10_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, full-width forms among them."""
_RUNS = re.compile(rf"[^\S\t\r\n]*[{re.escape(''.join(FORMULA_STARTS))}]")
FLOAT_PLACES = 10


@dataclass(frozen=True, slots=True)
class Threshold:
    """By how many places a rank must move to be told of."""

    england: int
    region: int
    neighbours: int


RANK_MOVES = {
    "same_period": Threshold(england=10, region=1, neighbours=1),
    "new_period": Threshold(england=25, region=3, neighbours=3),
}
"""Within the latest period of both releases, where only a revision moves anyone; and from the
period that is served to a new one, where nearly everyone moves a little."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different: `value`, `status`, `rank_region`, …; None where it is absent."""

    measure: str
    old: Any
    new: Any

    @property
    def difference(self) -> float | int | None:
        """New less old, of two numbers."""
        both = (self.old, self.new)
        if all(isinstance(x, int | float) and not isinstance(x, bool) for x in both):
            return self.new - self.old
        return None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report: a sentence, what it is about, and what changes."""

    section: str
    sentence: str
    changes: tuple[Change, ...] = ()
    indicator_id: str | None = None
    title: str | None = None
    headline: bool = False
    unit: str | None = None
    area_code: str | None = None
    area: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one section: `total` of them, the first of which are in `lines`."""

    section: str
    heading: str
    group: str
    total: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """What publishing `new` in place of `old` changes. `old` is None before the first release."""

    new: ReleaseInfo
    old: ReleaseInfo | None
    parts: tuple[Part, ...]
    counts: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        """True where there is nothing to tell."""
        return not any(self.counts.values())

    def group(self, name: str) -> tuple[Part, ...]:
        """The parts of one group that have lines."""
        return tuple(part for part in self.parts if part.group == name and part.total)


class FindDrift(Protocol):
    """Finds the records that rest on figures which the newer release has differently; what reader
    may see which is its affair."""

    def __call__(self, old: Path, new: Path) -> Iterable[Line]: ...


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of difference: the query of impact.sql, the sentence for each of its rows, and the
    columns (measure, old, new) that the sentence tells of. `listed` False: in the CSV alone."""

    id: str
    group: str
    heading: str
    say: Callable[[Row], str]
    measures: tuple[tuple[str, str, str], ...] = ()
    listed: bool = True

    def line(self, row: Row) -> Line:
        """A row of the query as a line."""
        changes = (Change(name, row.get(old), row.get(new)) for name, old, new in self.measures)
        return Line(
            self.id,
            self.say(row),
            tuple(change for change in changes if change.old != change.new),
            row.get("indicator_id"),
            row.get("title"),
            bool(row.get("headline")),
            row.get("unit"),
            row.get("area_code"),
            row.get("area"),
            row.get("period"),
        )


# Sentences ---------------------------------------------------------------------------------------


def _who(row: Row, noun: str = "authorities") -> str:
    """`151 authorities`, or the name of the only one."""
    n = row["authorities"]
    return row["area"] if n == 1 and row.get("area") else f"{n:,} {noun}"


def _number(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _place(row: Row) -> str:
    """`Fenshire, Children looked after, 2024`."""
    return f"{row['area']}, {row['title']}, {row['period']}"


def places_apart(old: float, new: float, decimals: int) -> int:
    """Decimals, `decimals` or as many more as it takes to tell the two apart."""
    for more in range(EXTRA_DECIMALS + 1):
        if format_number(old, decimals + more) != format_number(new, decimals + more):
            break
    return decimals + more


def format_pair(old: float, new: float, unit: str, decimals: int) -> str:
    """`66 → 67 per 10,000`; with as many decimals more as it takes to tell the two apart."""
    places = places_apart(old, new, decimals)
    return f"{format_value(old, unit, places)} → {format_with_unit(new, unit, places)}"


def _figure(row: Row) -> str:
    return format_with_unit(row["new_value"], row["unit"], row["decimals"])


def _say_new_indicator(row: Row) -> str:
    extent = f"{_number(row['periods'], 'period')}, figures of {row['authorities']:,} authorities"
    return f"{row['title']} is a new indicator ({extent})"


def _say_lost_indicator(row: Row) -> str:
    return f"{row['title']} is no longer there (it had {_number(row['periods'], 'period')})"


def _say_new_period(row: Row) -> str:
    if not row["authorities"]:
        return f"{row['title']}: {row['period']} is new, without a figure"
    notes = []
    if row["suppressed"]:
        notes.append(f"suppressed for {row['suppressed']:,}")
    if row["provisional"]:
        notes.append("provisional")
    note = f" ({', '.join(notes)})" if notes else ""
    return f"{row['title']}: {row['period']} is new for {_who(row)}{note}"


def _say_lost_period(row: Row) -> str:
    return f"{row['title']}: {row['period']} is no longer there, for {_who(row)}"


def _say_changed_indicator(row: Row) -> str:
    return f"{row['title']}: declared anew ({row['fields']})"


def _say_area(row: Row) -> str:
    if row["old_name"] is None:
        return f"{row['new_name']} is new"
    if row["new_name"] is None:
        return f"{row['old_name']} is no longer there"
    told = []
    if row["old_name"] != row["new_name"]:
        told.append(f"now named {row['new_name']}")
    if row["old_region"] != row["new_region"]:
        told.append(f"now in {row['new_region']}")
    if row["old_valid_to"] != row["new_valid_to"]:
        until = row["new_valid_to"]
        told.append(f"until {until:%Y-%m-%d}" if until else "without an end")
    return f"{row['old_name']}: {', '.join(told) or 'another code of the national statistics'}"


def _say_neighbours(row: Row) -> str:
    if row["old_model"] is None:
        return f"{row['area']} has {_number(row['neighbours'], 'statistical neighbour')}"
    old, new = row["old_model"], row["new_model"] or row["old_model"]
    model = f"(model of {old if old == new else f'{old} → {new}'})"
    if not row["neighbours"]:
        return f"{row['area']} no longer has statistical neighbours {model}"
    whole = f"{row['neighbours']} statistical neighbours"
    if row["came"]:
        told = f"{row['came']} of {whole} are new"
    elif row["went"]:
        told = f"{row['went']} of {row['neighbours'] + row['went']} statistical neighbours went"
    elif row["nearer_or_further"]:
        told = f"{row['nearer_or_further']} of {whole} are nearer or further than they were"
    else:
        told = f"{row['moved']} of {whole} stand in another order"
    return f"{row['area']}: {told} {model}"


def _say_file(row: Row) -> str:
    rows = _number(row["new_rows"] or row["old_rows"], "row")
    if not row["was_there"]:
        return f"{row['file_name']} is new ({row['publication']}, {rows})"
    if not row["is_there"]:
        return f"{row['file_name']} is no longer in use ({row['publication']}, {rows})"
    change = f"{row['old_rows']:,} → {rows}"
    same = row["old_rows"] == row["new_rows"]
    return f"{row['file_name']} is not as it was ({f'{rows} as before' if same else change})"


def _say_revisions(row: Row) -> str:
    pair = format_pair(row["old_value"], row["new_value"], row["unit"], row["decimals"])
    if row["unit"] == GRADE:
        return f"{row['title']}, {row['period']}: {_number(row['figures'], 'grade')} revised"
    if row["figures"] == 1:
        return f"{row['title']}, {row['period']}: 1 figure revised: {row['area']}, {pair}"
    return (
        f"{row['title']}, {row['period']}: {row['figures']:,} figures revised, "
        f"{row['higher']:,} up and {row['lower']:,} down; most: {row['area']}, {pair}"
    )


def _say_revised(row: Row) -> str:
    pair = format_pair(row["old_value"], row["new_value"], row["unit"], row["decimals"])
    return f"{_place(row)}: {pair}"


def _was(row: Row) -> str:
    status = row["old_status"]
    return f"was {STATUS_WORDS[status]}" if status else "there was no figure"


def _say_suppression_came(row: Row) -> str:
    if row["old_status"] == REPORTED:
        return f"{_place(row)}: figure withdrawn: now suppressed"
    return f"{_place(row)}: now suppressed ({_was(row)})"


def _say_suppression_went(row: Row) -> str:
    if row["new_value"] is None:
        return f"{_place(row)}: no longer suppressed: {STATUS_WORDS[row['new_status']]}"
    return f"{_place(row)}: no longer suppressed: {_figure(row)}"


def _say_other_status(row: Row) -> str:
    if row["new_value"] is not None:
        return f"{_place(row)}: {_figure(row)} ({_was(row)})"
    words = STATUS_WORDS[row["new_status"]]
    if row["old_status"] == REPORTED:
        return f"{_place(row)}: figure withdrawn: now {words}"
    return f"{_place(row)}: now {words} ({_was(row)})"


def _say_added(row: Row) -> str:
    if row["new_value"] is None:
        return f"{_place(row)}: {STATUS_WORDS[row['new_status']]}, where there was nothing"
    return f"{_place(row)}: {_figure(row)}, where there was no figure"


def _say_lost(row: Row) -> str:
    return f"{_place(row)}: no longer there ({_was(row)})"


def _say_inspection(row: Row) -> str:
    place = f"{row['area']}: {row['event']} of {format_day(row['inspected_on'])}"
    if row["kind"] == "went":
        return f"{place} is no longer there"
    if row["kind"] == "changed":
        return f"{place} has changed: {_judgement(row['new_overall'])}"
    return f"{place} is new: {_judgement(row['new_overall'])}"


def _judgement(words: str | None) -> str:
    return f"overall {words}" if words else "no overall judgement"


def _say_revised_counts(row: Row) -> str:
    return (
        f"{row['title']}, {row['period']}: numerator or denominator revised behind "
        f"{_number(row['figures'], 'figure')} that stay the same"
    )


def _say_provisional(row: Row) -> str:
    now = "now provisional" if row["is_provisional"] else "no longer provisional"
    return f"{row['title']}, {row['period']}: {_number(row['figures'], 'figure')} {now}"


def _rank_move(row: Row, scope: str, words: str) -> str:
    old, new, n = row[f"old_rank_{scope}"], row[f"new_rank_{scope}"], row[f"n_{scope}"]
    return f"rank {words} {ordinal(old)} → {ordinal(new)} of {n}"


def _moves(row: Row) -> Iterator[str]:
    if row["moved_region"]:
        yield _rank_move(row, "region", "in the region")
    if row["moved_neighbours"]:
        yield _rank_move(row, "neighbours", "among statistical neighbours")
    if row["moved_england"]:
        yield _rank_move(row, "england", f"in {row['country']}")
    if row["flipped_band"]:
        yield f"band {row['old_band'] or 'none'} → {row['new_band'] or 'none'}"
    if row["flipped_verdict"]:
        old, new = (_VERDICTS[row[key]] for key in ("old_verdict", "new_verdict"))
        yield f"{old} → {new} {row['country']}"


_VERDICTS = {
    None: "not compared with",
    "better": "better than",
    "worse": "worse than",
    "higher": "above",
    "lower": "below",
    "similar": "similar to",
}


def _say_position(row: Row) -> str:
    old, new = row["old_value"], row["new_value"]
    same = f"{_figure(row)} as before"
    value = same if old == new else format_pair(old, new, row["unit"], row["decimals"])
    return f"{_place(row)}: {'; '.join([value, *_moves(row)])}"


def _say_latest_position(row: Row) -> str:
    value = format_pair(row["old_value"], row["new_value"], row["unit"], row["decimals"])
    periods = f"{row['old_period']} → {row['period']}"
    return f"{row['area']}, {row['title']}, {periods}: {'; '.join([value, *_moves(row)])}"


def _say_signal(row: Row) -> str:
    place = f"{row['area']}, {row['title']}"
    if row["kind"] == "came":
        return f"{place}: new: {row['new_sentence']}"
    if row["kind"] == "went":
        return f"{place}: no longer: {row['old_sentence'] or row['rule']}"
    return f"{place}: now: {row['new_sentence']}"


_SEVERITIES = {"error": "error", "warning": "warning", "info": "note"}


def _say_new_finding(row: Row) -> str:
    file = f"{row['file_name']}: " if row["file_name"] else ""
    return f"New {_SEVERITIES[row['severity']]}: {file}{row['message']}"


def _say_gone_finding(row: Row) -> str:
    about = (row["file_name"], row["title"], row["area"], row["period"])
    words = ", ".join(text for text in about if text)
    size = _number(row["findings"], _SEVERITIES[row["severity"]])
    return f"No longer found: {size} of {row['check_id']}{f' ({words})' if words else ''}"


# Sections ----------------------------------------------------------------------------------------

_VALUE = ("value", "old_value", "new_value")
_STATUS = ("status", "old_status", "new_status")
_PLACES = (
    _VALUE,
    ("rank_region", "old_rank_region", "new_rank_region"),
    ("rank_neighbours", "old_rank_neighbours", "new_rank_neighbours"),
    ("rank_england", "old_rank_england", "new_rank_england"),
    ("quartile_band", "old_band", "new_band"),
    ("vs_england", "old_verdict", "new_verdict"),
)
_JUDGEMENTS = ("overall", "leaders", "help_protection", "care", "care_leavers")

SECTIONS = (
    Section("new_indicators", NEWS, "New indicators", _say_new_indicator,
            (("periods", "", "periods"),)),
    Section("new_periods", NEWS, "New periods", _say_new_period,
            (("authorities", "", "authorities"),)),
    Section("lost_indicators", NEWS, "Indicators no longer there", _say_lost_indicator,
            (("periods", "periods", ""),)),
    Section("lost_periods", NEWS, "Periods no longer there", _say_lost_period,
            (("authorities", "authorities", ""),)),
    Section("changed_indicators", NEWS, "Indicators declared anew", _say_changed_indicator,
            (("fields", "", "fields"),)),
    Section("areas", NEWS, "Authorities and regions", _say_area,
            (("name", "old_name", "new_name"), ("region", "old_region", "new_region"),
             ("valid_to", "old_valid_to", "new_valid_to"))),
    Section("neighbours", NEWS, "Statistical neighbours", _say_neighbours,
            (("model", "old_model", "new_model"),)),
    Section("files", NEWS, "Files", _say_file, (("rows", "old_rows", "new_rows"),)),
    Section("revisions", REVISIONS, "Revised periods", _say_revisions,
            (("revised_figures", "", "figures"),)),
    Section("revised", REVISIONS, "Largest revisions, against how far authorities lie apart",
            _say_revised, (_VALUE,)),
    Section("suppression_came", REVISIONS, "Now suppressed", _say_suppression_came, (_STATUS,)),
    Section("suppression_went", REVISIONS, "No longer suppressed", _say_suppression_went,
            (_STATUS, _VALUE)),
    Section("other_statuses", REVISIONS, "Figures that came, or went, in words",
            _say_other_status, (_STATUS, _VALUE)),
    Section("added_figures", REVISIONS, "Figures added to a period", _say_added,
            (_STATUS, _VALUE)),
    Section("lost_figures", REVISIONS, "Figures no longer there", _say_lost, (_STATUS,)),
    Section("revised_counts", REVISIONS, "Revised counts", _say_revised_counts,
            (("revised_counts", "", "figures"),)),
    Section("provisional", REVISIONS, "Provisional figures", _say_provisional,
            (("provisional", "", "figures"),)),
    Section("positions", POSITIONS, "In the same period", _say_position, _PLACES),
    Section("latest_positions", POSITIONS, "With the new period", _say_latest_position, _PLACES),
    Section("signals", WATCH, "Worth discussing", _say_signal,
            (("kind", "old_kind", "new_kind"), ("sentence", "old_sentence", "new_sentence"))),
    Section("inspections", WATCH, "Inspections", _say_inspection,
            tuple((name, f"old_{name}", f"new_{name}") for name in _JUDGEMENTS)),
    Section("new_findings", WATCH, "New findings of the checks", _say_new_finding,
            (("finding", "", "message"),)),
    Section("gone_findings", WATCH, "Findings no longer there", _say_gone_finding,
            (("findings", "findings", ""),)),
    Section("new_figures", NEWS, "Figures of new periods", _say_added, (_STATUS, _VALUE),
            listed=False),
    Section("gone_figures", NEWS, "Figures of periods no longer there", _say_lost, (_STATUS,),
            listed=False),
)  # fmt: skip
"""Every kind of difference, in the order in which it is read."""

DRIFT = "drift"
FIGURES = (
    "revised", "suppression_came", "suppression_went", "other_statuses", "added_figures",
    "lost_figures", "new_figures", "gone_figures",
)  # fmt: skip
"""The sections that say of one figure each what becomes of it: together, of every one."""

TOTALS = """
SELECT
    SUM(CASE WHEN moved_england OR moved_region OR moved_neighbours THEN 1 ELSE 0 END)
        AS moved_ranks,
    SUM(CASE WHEN flipped_band THEN 1 ELSE 0 END) AS flipped_bands,
    SUM(CASE WHEN flipped_verdict THEN 1 ELSE 0 END) AS flipped_verdicts
FROM positions
"""

CSV_COLUMNS = (
    "section", "indicator_id", "indicator", "headline", "unit", "area_code", "area", "period",
    "measure", "old", "new", "difference", "sentence",
)  # fmt: skip


# Two releases ------------------------------------------------------------------------------------

_TABLES = (
    "area", "indicator", "observation", "comparison", "neighbour", "source_file", "finding",
    "signal", "inspection",
)  # fmt: skip
_NEEDS = {"inspections": "inspection"}
"""The query that is about a table which releases of earlier versions do not have."""
_HELD = "SELECT database_name, table_name FROM duckdb_tables()"
_QUERIES = dict(
    re.findall(
        r"^-- query: (\w+)\n(.*?)(?=^-- query: |\Z)",
        Path(__file__).with_name("impact.sql").read_text(encoding="utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
)


class ReleasePair:
    """Two releases side by side, each query of impact.sql answered once. A context manager."""

    def __init__(self, new: Path, old: Path | None, areas: Collection[str] | None = None) -> None:
        """`areas`: the codes whose figures are asked for; None for all. Raises `ReleaseError` if
        one of the files is not a whole release."""
        self.new, self.old = read_info(new), read_info(old) if old else None
        self._connection = duckdb.connect()
        try:
            self._attach(new, old)
            self._choose(areas)
            for name, query in _QUERIES.items():
                self._answer(name, query)
        except duckdb.Error as error:
            self._connection.close()
            raise ReleaseError(f"{new} cannot be compared with {old} ({error}).") from error

    def __enter__(self) -> ReleasePair:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _attach(self, new: Path, old: Path | None) -> None:
        """Views of each table, with the columns of both: a release of an earlier version of the
        product may lack some, and before the first there is none at all."""
        self._connection.execute("SET enable_progress_bar = false")
        for alias, path in (("after", new), ("before", old or new)):
            quoted = str(path).replace("'", "''")
            self._connection.execute(f"ATTACH '{quoted}' AS {alias} (READ_ONLY)")
        held = self._connection.execute(_HELD).fetchall()
        self._tables = {table for _, table in held}
        for table in _TABLES:
            self._view(table, [alias for alias in ("after", "before") if (alias, table) in held])

    def _view(self, table: str, held_by: list[str]) -> None:
        """Make the views old_ and new_ of a table, where one of the releases has it."""
        for side, alias in (("old", "before"), ("new", "after")):
            there = alias in held_by and (side == "new" or self.old is not None)
            parts = [f"SELECT * FROM {alias}.{table}"] if there else []  # noqa: S608
            parts += [f"SELECT * FROM {other}.{table} WHERE false" for other in held_by]  # noqa: S608
            if parts:
                self._connection.execute(
                    f"CREATE TEMP VIEW {side}_{table} AS {' UNION ALL BY NAME '.join(parts)}"
                )

    def _answer(self, name: str, query: str) -> None:
        """Keep a query's result under its name; nothing where no release has what it is about."""
        known = _NEEDS.get(name) in {None, *self._tables}
        result = f"AS {query}" if known else "(nothing BOOLEAN)"
        self._connection.execute(f"CREATE TABLE {name} {result}")

    def _choose(self, areas: Collection[str] | None) -> None:
        self._connection.execute(
            "CREATE TEMP TABLE choice AS SELECT CAST(? AS BOOLEAN) AS everyone", [areas is None]
        )
        self._connection.execute(
            "CREATE TEMP TABLE chosen AS SELECT DISTINCT area_code FROM ("
            "SELECT area_code FROM new_area UNION ALL SELECT area_code FROM old_area) "
            "WHERE ? OR list_contains(?, area_code)",
            [areas is None, list(areas or ())],
        )
        self._connection.execute(
            "CREATE TEMP TABLE threshold "
            "(basis VARCHAR, england INTEGER, region INTEGER, neighbours INTEGER)"
        )
        self._connection.executemany(
            "INSERT INTO threshold VALUES (?, ?, ?, ?)",
            [(basis, t.england, t.region, t.neighbours) for basis, t in RANK_MOVES.items()],
        )

    def total(self, section: Section) -> int:
        """How many lines a section has."""
        row = self._connection.execute(f"SELECT COUNT(*) FROM {section.id}").fetchone()  # noqa: S608
        assert row is not None  # noqa: S101 - an aggregate has one row
        return int(row[0])

    def lines(self, section: Section, limit: int | None = None) -> Iterator[Line]:
        """The lines of a section, in the order in which they are read."""
        ending = "" if limit is None else f" LIMIT {int(limit)}"
        with self._connection.cursor() as cursor:
            result = cursor.execute(f"SELECT * FROM {section.id}{ending}")  # noqa: S608
            names = [column[0] for column in result.description]
            while rows := result.fetchmany(FETCHED_AT_ONCE):
                for row in rows:
                    yield section.line(dict(zip(names, row, strict=True)))

    def counts(self) -> dict[str, int]:
        """How many lines each section has, how many ranks move, and how many bands and verdicts
        flip, in the latest period of both releases."""
        totals = {section.id: self.total(section) for section in SECTIONS}
        result = self._connection.execute(TOTALS)
        names = [column[0] for column in result.description]
        row = result.fetchone() or ()
        return totals | {name: int(n or 0) for name, n in zip(names, row, strict=True)}


def read_impact(
    new: Path,
    old: Path | None,
    *,
    areas: Collection[str] | None = None,
    shown: int = SHOWN,
    find_drift: FindDrift | None = None,
) -> Impact:
    """What publishing the release file `new` in place of `old` changes, for everyone or for the
    areas whose codes are given; the first `shown` lines of each section.

    Raises `ReleaseError` if one of the files is not a whole release.
    """
    with ReleasePair(new, old, areas) as pair:
        counts = pair.counts()
        parts = [
            Part(s.id, s.heading, s.group, counts[s.id], tuple(pair.lines(s, shown)))
            for s in SECTIONS
            if s.listed
        ]
        if find_drift is not None and old is not None:
            drift = tuple(find_drift(old, new))
            counts[DRIFT] = len(drift)
            parts.append(Part(DRIFT, "Evidence that drifts", WATCH, len(drift), drift[:shown]))
        return Impact(pair.new, pair.old, tuple(parts), counts)


def write_impact_csv(
    file: TextIO, new: Path, old: Path | None, *, areas: Collection[str] | None = None
) -> int:
    """Every difference as CSV, a row for each change (`CSV_COLUMNS`); returns how many rows.

    Raises `ReleaseError` if one of the release files is not whole.
    """
    writer = csv.writer(file)
    writer.writerow(CSV_COLUMNS)
    written = 0
    with ReleasePair(new, old, areas) as pair:
        for section in SECTIONS:
            for line in pair.lines(section):
                rows = [_csv_row(line, change) for change in line.changes or (Change("", "", ""),)]
                writer.writerows(rows)
                written += len(rows)
    return written


def _csv_row(line: Line, change: Change) -> list[Any]:
    difference = None if line.unit == GRADE else change.difference
    cells = (
        line.section, line.indicator_id, line.title, "yes" if line.headline else "no", line.unit,
        line.area_code, line.area, line.period, change.measure, change.old, change.new,
        difference, line.sentence,
    )  # fmt: skip
    return [safe_cell(cell) for cell in cells]


def safe_cell(cell: object) -> object:
    """A cell as CSV has it: None is empty, a difference without the dust of binary arithmetic; a
    text that a spreadsheet would take for a formula has an apostrophe before it."""
    if isinstance(cell, float):
        return round(cell, FLOAT_PLACES)
    return f"'{cell}" if isinstance(cell, str) and would_run(cell) else cell


def would_run(text: str) -> bool:
    """True of a text that a spreadsheet would take for a formula, spaces before it or not."""
    return _RUNS.match(text) is not None
