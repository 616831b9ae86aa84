"""Checks on a whole candidate release, once its observations and comparisons are written.

The arithmetic is in `release_checks.sql`, one query for each check; here are the words and the
thresholds (docs/checks.md gives the reason for each). Reports warnings and never changes a figure.
A sum is compared with a total only where every part is published, and a figure that has become
suppressed is never named, so that no message lets one be worked out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from ingest.catalogue import Catalogue
from ingest.checks import CHECKS
from ingest.errors import Finding, ReleaseError

Row = Mapping[str, Any]

_SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_HEAD = re.compile(r"^-- (?:setup|check: (\w+))\n", re.MULTILINE)
_, _, _SETUP, *_PARTS = _HEAD.split(_SQL)
QUERIES = dict(zip(_PARTS[::2], _PARTS[1::2], strict=True))
"""The query of each check, by its id."""

LEAST_SUMS = 5
"""Sums that can be checked before an indicator's totals are taken for sums at all …"""
MOST_WRONG = 0.25
"""… and the largest share of them that may be wrong; more, and they are not meant as sums."""
LEAST_FIGURES = 5
"""Earlier figures that a series needs before a step can be called a jump."""
FURTHEST_STEP = 10.0
"""A step further than this from the usual, in robust standard deviations, is a jump."""
LEAST_FALL = 5
"""Authorities fewer than the year before …"""
LEAST_SHARE = 0.05
"""… and this share of them: suppression comes and goes in ones and twos."""
WHOLE_COUNTRY = 0.9
"""A table with rows for at least this share of authorities is meant to have them all."""


@dataclass(frozen=True, slots=True)
class ReleaseCheck:
    """How one check is asked and told: `words` makes a sentence of a row of its query."""

    check_id: str
    words: Callable[[Row], str]
    thresholds: Mapping[str, float] = field(default_factory=dict)
    needs_previous: bool = False


def _number(value: float) -> str:
    """A figure for a sentence: two decimals at most, none where they are nought."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _rate_words(row: Row) -> str:
    return (
        f"{_count(row['figures'], 'published rate', 'published rates')} of {row['checked']:,} "
        f"{'differs' if row['figures'] == 1 else 'differ'} from numerator / denominator by more "
        f"than rounding explains. Furthest off: {row['name']}, {row['period']}, published as "
        f"{_number(row['value'])} where its counts give {_number(row['other'])}."
    )


def _region_words(row: Row) -> str:
    return (
        f"{_count(row['figures'], 'total', 'totals')} of {row['checked']:,} "
        f"{'is' if row['figures'] == 1 else 'are'} not the sum of the authorities. Furthest off: "
        f"{row['name']}, {row['period']}, published as {_number(row['value'])} where its "
        f"authorities make {_number(row['other'])}."
    )


def _jump_words(row: Row) -> str:
    others = row["figures"] - 1
    return (
        f"{row['name']}: {_number(row['value'])} in {row['period']}, where all years before lay "
        f"between {_number(row['low'])} and {_number(row['high'])}."
        + (f" {_count(others, 'other authority', 'other authorities')} as well." if others else "")
    )


def _changed_words(row: Row) -> str:
    first, last = row["first_period"], row["last_period"]
    years = first if first == last else f"{first} to {last}"
    text = f"{_count(row['figures'], 'figure', 'figures')} for {years} changed."
    if row["both_known"]:
        text += (
            f" Most: {row['name']}, {row['period']}, {_number(row['other'])} before and "
            f"{_number(row['value'])} now."
        )
    if row["withheld"]:
        text += f" {_count(row['withheld'], 'is', 'are')} no longer published."
    if row["released"]:
        text += f" {_count(row['released'], 'was', 'were')} not published before."
    return text


def _coverage_words(row: Row) -> str:
    return (
        f"{row['value']:,} authorities have a figure for {row['period']}; "
        f"{row['other']:,} had one for {row['other_period']}."
    )


def _missing_words(row: Row) -> str:
    where = "" if row["periods"] == 1 else f" ({row['periods']:,} periods lack some)"
    others = row["areas"] - 1
    more = f" and {_count(others, 'other', 'others')}" if others else ""
    return f"{row['period']} has no row for {row['name']}{more}{where}."


def _extra_words(row: Row) -> str:
    return (
        f"{_count(row['figures'], 'figure', 'figures')} of "
        f"{_count(row['indicators'], 'indicator', 'indicators')} for "
        f"{_count(row['areas'], 'authority', 'authorities')} that did not exist then, such as "
        f"{row['name']} in {row['period']}."
    )


RELEASE_CHECKS = (
    ReleaseCheck("authority_missing", _missing_words, {"whole_country": WHOLE_COUNTRY}),
    ReleaseCheck("authority_extra", _extra_words),
    ReleaseCheck("rate_recomputed", _rate_words),
    ReleaseCheck(
        "region_and_authorities",
        _region_words,
        {"least_sums": LEAST_SUMS, "most_wrong": MOST_WRONG},
    ),
    ReleaseCheck(
        "history_jump", _jump_words, {"least_figures": LEAST_FIGURES, "furthest": FURTHEST_STEP}
    ),
    ReleaseCheck("closed_year_changed", _changed_words, needs_previous=True),
    ReleaseCheck(
        "coverage_fallen",
        _coverage_words,
        {
            "least_fall": LEAST_FALL,
            "least_share": LEAST_SHARE,
            "whole_country": WHOLE_COUNTRY,
        },
    ),
)


def find_release_faults(
    connection: duckdb.DuckDBPyConnection, previous: Path | None, catalogue: Catalogue
) -> list[Finding]:
    """Run every check of the release on the candidate that `connection` is filling.

    Needs its `area`, `indicator`, `observation`, `comparison`, `change`, `source_file` and
    `finding` tables filled. `previous` is the release before, whose changes `change` holds.
    Gives at most one finding for each check and indicator. Raises `ReleaseError` if the release
    before cannot be opened.
    """
    names = _Names(
        dict(connection.execute("SELECT source_file_id, file_name FROM source_file").fetchall()),
        dict(connection.execute("SELECT indicator_id, title FROM indicator").fetchall()),
    )
    connection.register("published_rate", _published_rates(catalogue))
    connection.execute(_SETUP)
    _attach(connection, previous)
    try:
        return [
            _finding(item, row, names)
            for item in RELEASE_CHECKS
            if previous is not None or not item.needs_previous
            for row in _rows(connection, item)
        ]
    finally:
        if previous is not None:
            connection.execute("DETACH before")
        connection.execute("DROP TABLE series_count")
        connection.unregister("published_rate")


def _attach(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    if previous is None:
        return
    path = str(previous).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{path}' AS before (READ_ONLY)")
    except duckdb.Error as error:
        raise ReleaseError(
            f"The release before, {previous}, cannot be read ({error}). Roll back to another kept "
            "release (alliance releases lists them), and refresh again."
        ) from error


def _published_rates(catalogue: Catalogue) -> pd.DataFrame:
    """The indicators whose rate is published beside the counts that it is made of: what their
    ratio is multiplied by, and of how many rounded columns the denominator is the sum."""
    rows = [
        (item.id, item.multiplier, len(item.denominator_columns))
        for item in catalogue.indicators
        if item.value and item.numerator and item.denominator_columns
    ]
    frame = pd.DataFrame(rows, columns=["indicator_id", "scale", "parts"])
    return frame.astype({"indicator_id": "str", "scale": "float64", "parts": "int64"})


def _rows(connection: duckdb.DuckDBPyConnection, item: ReleaseCheck) -> Iterator[Row]:
    cursor = connection.execute(QUERIES[item.check_id], dict(item.thresholds) or None)
    names = [column[0] for column in cursor.description or ()]
    yield from (dict(zip(names, row, strict=True)) for row in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class _Names:
    """Name of each file by its id, title of each indicator by its own."""

    files: Mapping[str, str]
    titles: Mapping[str, str]


def _finding(item: ReleaseCheck, row: Row, names: _Names) -> Finding:
    indicator_id = row.get("indicator_id")
    head = f"{names.titles[indicator_id]}: " if indicator_id else ""
    return CHECKS[item.check_id].finding(
        f"{head}{item.words(row)}",
        file_name=names.files.get(row["source_file_id"], ""),
        indicator_id=indicator_id or row.get("only_indicator"),
        area_code=row["area_code"] if row.get("areas") == 1 else None,
        period=row["period"] if row["periods"] == 1 else None,
    )
