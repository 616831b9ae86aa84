"""The read-only queries of a release. A cursor for each query; parameters always bound.

A release file never changes, so a `Release` may be kept open for as long as it is served.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from ingest.errors import ReleaseError
from ingest.release import ReleaseInfo, read_info

Rows = list[dict[str, Any]]
"""One dict for each row, keyed by column name; an absent figure is None."""

_AREAS = """
SELECT area_code, area_level, name, gss_code, region_code, region, subregion_code,
    authority_type, valid_from, valid_to, successor_codes
FROM area
ORDER BY area_level, name
"""

_INDICATORS = """
SELECT i.*, s.publisher, s.publication, s.licence, s.homepage
FROM indicator AS i
LEFT JOIN (
    SELECT source_id, ANY_VALUE(publisher) AS publisher, ANY_VALUE(publication) AS publication,
        ANY_VALUE(licence) AS licence, ANY_VALUE(homepage) AS homepage
    FROM source_file
    GROUP BY source_id
) AS s ON s.source_id = i.source_id
ORDER BY i.domain_order, i.indicator_order
"""

_PERIODS = """
SELECT indicator_id, period, period_end, COUNT(value) AS n_values
FROM comparison
GROUP BY indicator_id, period, period_end
ORDER BY indicator_id, period_end
"""

_FIGURES = """
SELECT c.*, o.status, o.symbol, o.provisional, o.joint_with, o.numerator, o.denominator
FROM comparison AS c
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE c.indicator_id = $indicator_id AND c.period = $period
ORDER BY c.area_code
"""

_SERIES = """
SELECT c.*, o.status, o.symbol, o.provisional, o.joint_with, o.numerator, o.denominator,
    o.period_start
FROM comparison AS c
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE c.indicator_id = $indicator_id AND c.area_code = $area_code
ORDER BY c.period_end
"""

_AREA_SERIES = """
SELECT area_code, period, period_end, value, status, joint_with
FROM observation
WHERE indicator_id = $indicator_id AND list_contains($area_codes, area_code)
ORDER BY area_code, period_end
"""

_SERIES_OF = """
SELECT c.*, o.status, o.symbol, o.provisional, o.joint_with, o.numerator, o.denominator,
    o.period_start
FROM comparison AS c
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE c.indicator_id = $indicator_id AND list_contains($area_codes, c.area_code)
ORDER BY c.area_code, c.period_end
"""

_HISTORY = """
SELECT c.area_code, c.period, c.period_end, c.value, c.rank_england, c.n_england, o.joint_with,
    o.numerator, o.denominator
FROM comparison AS c
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE c.indicator_id = $indicator_id AND c.value IS NOT NULL
ORDER BY c.period_end, c.area_code
"""

_COMPARED_COUNTS = """
SELECT c.indicator_id, c.period, COUNT(*) AS n
FROM comparison AS c
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE list_contains($indicator_ids, c.indicator_id)
    AND list_contains($area_codes, c.area_code)
GROUP BY c.indicator_id, c.period
ORDER BY c.indicator_id, c.period
"""

_COMPARED = """
SELECT
    c.indicator_id, c.area_code, c.period, c.period_end, c.value, c.ci95_low, c.ci95_high,
    o.numerator, o.denominator, o.status, o.symbol, o.provisional, o.joint_with
FROM comparison AS c
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE list_contains($indicator_ids, c.indicator_id)
    AND list_contains($area_codes, c.area_code)
    AND c.period_end BETWEEN $first AND $last
ORDER BY c.indicator_id, c.period_end, c.period, c.area_code
"""

_RUG = """
WITH latest AS (
    SELECT c.indicator_id, MAX(c.period_end) AS period_end
    FROM comparison AS c
    JOIN indicator AS i ON i.indicator_id = c.indicator_id
    WHERE i.headline AND c.value IS NOT NULL
    GROUP BY c.indicator_id
)
SELECT c.*, o.status, o.symbol, o.provisional, o.joint_with, o.numerator, o.denominator
FROM comparison AS c
JOIN latest AS l ON l.indicator_id = c.indicator_id AND l.period_end = c.period_end
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE list_contains($area_codes, c.area_code)
"""

_CELLS = """
SELECT c.indicator_id, c.area_code, c.period, c.period_end, c.value, c.england, c.quartile_band,
    c.vs_england, o.status, o.joint_with, o.denominator
FROM comparison AS c
JOIN (
    SELECT c.indicator_id, MAX(c.period_end) AS period_end
    FROM comparison AS c
    JOIN indicator AS i ON i.indicator_id = c.indicator_id
    WHERE i.headline AND c.value IS NOT NULL
    GROUP BY c.indicator_id
) AS l ON l.indicator_id = c.indicator_id AND l.period_end = c.period_end
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE list_contains($area_codes, c.area_code)
"""

_KNOWN_FIGURES = """
SELECT c.indicator_id, c.area_code, c.period, c.value, c.ci95_low, c.ci95_high, c.rank_england,
    o.status, o.joint_with, o.numerator, o.denominator
FROM comparison AS c
JOIN (
    SELECT UNNEST($indicator_ids) AS indicator_id, UNNEST($periods) AS period
) AS k ON k.indicator_id = c.indicator_id AND k.period = c.period
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE c.value IS NOT NULL
ORDER BY c.indicator_id, c.area_code
"""

_LAST_FIGURES = """
SELECT c.*, o.status, o.symbol, o.provisional, o.joint_with, o.numerator, o.denominator
FROM (
    SELECT
        c.*, ROW_NUMBER() OVER (PARTITION BY c.indicator_id ORDER BY c.period_end DESC) AS newness
    FROM comparison AS c
    JOIN indicator AS i ON i.indicator_id = c.indicator_id
    WHERE i.headline AND c.area_code = $area_code AND c.value IS NOT NULL
) AS c
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE c.newness = 1
"""

_PROFILE_SERIES = """
SELECT c.*, o.status, o.symbol, o.provisional, o.joint_with, o.numerator, o.denominator
FROM comparison AS c
JOIN indicator AS i ON i.indicator_id = c.indicator_id
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE i.headline AND c.area_code = $area_code
ORDER BY c.indicator_id, c.period_end
"""

_NEIGHBOURS = """
SELECT neighbour_code, position, closeness
FROM neighbour
WHERE area_code = $area_code AND model = COALESCE($model, (SELECT MAX(model) FROM neighbour))
ORDER BY position
"""

_NEIGHBOUR_MODELS = "SELECT DISTINCT model FROM neighbour ORDER BY model DESC"

_LATEST_VALUES = """
WITH latest AS (
    SELECT indicator_id, MAX(period_end) AS period_end
    FROM comparison
    WHERE list_contains($indicator_ids, indicator_id) AND value IS NOT NULL
    GROUP BY indicator_id
)
SELECT c.indicator_id, c.area_code, c.period, c.value
FROM comparison AS c
JOIN latest AS l ON l.indicator_id = c.indicator_id AND l.period_end = c.period_end
WHERE c.value IS NOT NULL
ORDER BY c.indicator_id, c.area_code
"""

_INSPECTIONS = """
SELECT area_code, framework, event, theme, inspected_on, published_on,
    overall, leaders, help_protection, care, care_leavers
FROM inspection
WHERE list_contains($area_codes, area_code)
ORDER BY inspected_on DESC, event
"""

_ENQUIRIES = """
SELECT *
FROM enquiry
WHERE list_contains($area_codes, area_code)
ORDER BY area_code, position
"""

_LISTED_SIGNALS = """
SELECT s.*
FROM signal AS s
JOIN enquiry AS e ON e.area_code = s.area_code AND e.enquiry_id = s.enquiry_id
WHERE list_contains($area_codes, s.area_code)
ORDER BY
    s.area_code, e.position, s.indicator_id <> e.lead_indicator_id, s.rule <> e.lead_rule,
    s.p_value, s.indicator_id, s.period, s.rule
"""

_TRIAGE = "SELECT * FROM triage WHERE list_contains($area_codes, area_code)"

_MARKS = "SELECT enquiry_id, fingerprint FROM enquiry"

_TABLES = "SELECT table_name FROM information_schema.tables"

_SOURCE_FILES = "SELECT * FROM source_file ORDER BY publication, file_name"

_SOURCES_OF = """
SELECT DISTINCT s.file_name, s.sha256, s.publication, s.publisher, s.retrieved_at
FROM observation AS o
JOIN source_file AS s USING (source_file_id)
WHERE o.indicator_id = $indicator_id
"""

_FRESHNESS = """
SELECT
    f.source_id, f.publication, f.publisher, f.homepage, f.files, f.retrieved_at, f.published_on,
    l.cadence, l.period, l.next_update
FROM (
    SELECT
        source_id, ANY_VALUE(publication) AS publication, ANY_VALUE(publisher) AS publisher,
        ANY_VALUE(homepage) AS homepage, COUNT(*) AS files, MAX(retrieved_at) AS retrieved_at,
        MAX(published_on) AS published_on
    FROM source_file
    GROUP BY source_id
) AS f
LEFT JOIN (
    SELECT
        i.source_id, ANY_VALUE(i.cadence) AS cadence, MAX_BY(c.period, c.period_end) AS period,
        MIN(i.next_update) FILTER (i.next_update >= $today) AS next_update
    FROM indicator AS i
    JOIN comparison AS c ON c.indicator_id = i.indicator_id AND c.value IS NOT NULL
    GROUP BY i.source_id
) AS l ON l.source_id = f.source_id
ORDER BY f.publication, f.source_id
"""

_FINDINGS = """
SELECT
    f.check_id, f.severity, COALESCE(f.file_name, s.file_name) AS file_name, f."column",
    f.indicator_id, f.area_code, f.period, f.message, f.rows
FROM finding AS f
LEFT JOIN source_file AS s ON s.source_file_id = f.source_file_id
ORDER BY
    CASE f.severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, f.check_id, file_name,
    f.indicator_id, f.message
"""

_ROW_ACCOUNTS = """
SELECT file_name, outcome, reason, rows
FROM row_account
ORDER BY file_name, outcome DESC, reason
"""

_PROVENANCE = """
SELECT
    o.*, s.file_name, s.sha256, s.bytes, s.publisher, s.publication, s.licence, s.homepage,
    s.retrieved_from, s.retrieved_at, s.published_on
FROM observation AS o
JOIN source_file AS s ON s.source_file_id = o.source_file_id
WHERE o.indicator_id = $indicator_id AND o.area_code = $area_code AND o.period = $period
"""

_CHANGES = "SELECT kind, indicator_id, title, period, figures FROM change ORDER BY ALL"


KEPT = 32
"""Answers kept of the queries that several parts of one page ask."""


class Release:
    """A release file, open for reading. Every method runs one query on a cursor of its own; the
    last few answers of those that a page asks more than once are kept, for a release never changes.
    Rows are to be read and not to be changed."""

    def __init__(self, path: Path) -> None:
        """Raises `ReleaseError` if the file is not a whole release."""
        self.path = path
        self.info: ReleaseInfo = read_info(path)
        try:
            self._connection = duckdb.connect(str(path), read_only=True)
        except duckdb.Error as error:
            raise ReleaseError(f"{path} cannot be opened: {error}") from error
        self._kept: OrderedDict[Hashable, Rows] = OrderedDict()
        self._lock = Lock()

    def __enter__(self) -> Release:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _rows(self, sql: str, **parameters: Any) -> Rows:
        with self._connection.cursor() as cursor:
            result = cursor.execute(sql, parameters or None)
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _kept_rows(self, sql: str, **parameters: Any) -> Rows:
        """The same, from the answers kept where it is among them. A list of its own for each."""
        key = (sql, *(tuple(v) if isinstance(v, list) else v for v in parameters.values()))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return list(self._kept[key])
        rows = self._rows(sql, **parameters)
        with self._lock:
            self._kept[key] = rows
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return list(rows)

    def ask(self, sql: str, **parameters: Any) -> Rows:
        """The rows of a read-only query of another module; parameters are bound by name."""
        return self._rows(sql, **parameters)

    def has_table(self, name: str) -> bool:
        """True unless the release is from before there was such a table."""
        return self._has(name)

    def areas(self) -> Rows:
        """Every area, ordered by level and name; columns as the `area` table."""
        return self._rows(_AREAS)

    def indicators(self) -> Rows:
        """Every indicator in display order, with its publisher, publication and licence."""
        return self._rows(_INDICATORS)

    def periods(self) -> Rows:
        """indicator_id, period, period_end, n_values (authorities with a value), oldest first."""
        return self._rows(_PERIODS)

    def figures(self, indicator_id: str, period: str) -> Rows:
        """Every authority's comparison and observation for one indicator and period."""
        return self._kept_rows(_FIGURES, indicator_id=indicator_id, period=period)

    def series(self, indicator_id: str, area_code: str) -> Rows:
        """One authority's comparisons and observations over time, oldest first."""
        return self._kept_rows(_SERIES, indicator_id=indicator_id, area_code=area_code)

    def area_series(self, indicator_id: str, area_codes: Sequence[str]) -> Rows:
        """Observations of any areas over time: area_code, period, period_end, value, status,
        joint_with."""
        return self._rows(_AREA_SERIES, indicator_id=indicator_id, area_codes=list(area_codes))

    def series_of(self, indicator_id: str, area_codes: Sequence[str]) -> Rows:
        """Several authorities' comparisons and observations over time, each oldest first."""
        return self._rows(_SERIES_OF, indicator_id=indicator_id, area_codes=list(area_codes))

    def history(self, indicator_id: str) -> Rows:
        """Every authority's figures of every period that are numbers, oldest first: area_code,
        period, period_end, value, rank_england, n_england, joint_with, numerator, denominator."""
        return self._kept_rows(_HISTORY, indicator_id=indicator_id)

    def compared_counts(self, indicator_ids: Sequence[str], area_codes: Sequence[str]) -> Rows:
        """How many figures `compared` has of each indicator and period: indicator_id, period, n."""
        return self._rows(
            _COMPARED_COUNTS, indicator_ids=list(indicator_ids), area_codes=list(area_codes)
        )

    def compared(
        self,
        indicator_ids: Sequence[str],
        area_codes: Sequence[str],
        *,
        first: date,
        last: date,
    ) -> Rows:
        """Those authorities' figures of those indicators in the periods that end between those
        days, with their 95 % intervals; by indicator, oldest period first, then authority."""
        return self._rows(
            _COMPARED,
            indicator_ids=list(indicator_ids),
            area_codes=list(area_codes),
            first=first,
            last=last,
        )

    def rug(self, area_codes: Sequence[str]) -> Rows:
        """Those authorities' comparisons in each headline indicator's latest period."""
        return self._rows(_RUG, area_codes=list(area_codes))

    def cells(self, area_codes: Sequence[str]) -> Rows:
        """The same with no more than a cell shows, for many authorities: indicator_id, area_code,
        period, period_end, value, england, quartile_band, vs_england, status, joint_with,
        denominator."""
        return self._rows(_CELLS, area_codes=list(area_codes))

    def known_figures(self, periods: Mapping[str, str]) -> Rows:
        """Every authority's figure of each indicator in its period (`periods`: by indicator id)
        that is a number: its interval, rank, status, numerator and denominator."""
        return self._rows(
            _KNOWN_FIGURES, indicator_ids=list(periods), periods=list(periods.values())
        )

    def last_figures(self, area_code: str) -> Rows:
        """One authority's last headline figures that are numbers (for one that is no more)."""
        return self._rows(_LAST_FIGURES, area_code=area_code)

    def profile_series(self, area_code: str) -> Rows:
        """One authority's headline figures over time by indicator, oldest first: the columns of
        `series` but for period_start."""
        return self._rows(_PROFILE_SERIES, area_code=area_code)

    def neighbours(self, area_code: str, model: str | None = None) -> Rows:
        """Statistical neighbours of that model, or of the newest: neighbour_code, position,
        closeness."""
        return self._kept_rows(_NEIGHBOURS, area_code=area_code, model=model)

    def neighbour_models(self) -> list[str]:
        """The models of statistical neighbours by name, newest first."""
        return [str(row["model"]) for row in self._rows(_NEIGHBOUR_MODELS)]

    def latest_values(self, indicator_ids: Sequence[str]) -> Rows:
        """Every authority's value of those indicators in each one's latest period: indicator_id,
        area_code, period, value; no row where there is no value."""
        return self._rows(_LATEST_VALUES, indicator_ids=list(indicator_ids))

    def inspections(self, area_codes: Sequence[str]) -> Rows:
        """Inspections of those authorities and visits to them, newest first; columns as the
        `inspection` table. None of a release from before there was such a table."""
        if not self._has("inspection"):
            return []
        return self._rows(_INSPECTIONS, area_codes=list(area_codes))

    def has_lists(self) -> bool:
        """False of a release that was built before there were lists of what is worth discussing;
        the four queries that follow are for one that has them."""
        return all(self._has(table) for table in ("enquiry", "signal", "triage"))

    def enquiries(self, area_codes: Sequence[str]) -> Rows:
        """The lines of enquiry listed for those authorities, each list in its order; columns as the
        `enquiry` table."""
        return self._rows(_ENQUIRIES, area_codes=list(area_codes))

    def listed_signals(self, area_codes: Sequence[str]) -> Rows:
        """The signals of those lines in the same order, the leading one of each line first; columns
        as the `signal` table."""
        return self._rows(_LISTED_SIGNALS, area_codes=list(area_codes))

    def triage(self, area_codes: Sequence[str]) -> Rows:
        """How many tests those authorities had (by the country's code: all of them) and how many
        false flags to expect; a row for each that had any."""
        return self._rows(_TRIAGE, area_codes=list(area_codes))

    def enquiry_marks(self) -> dict[str, str]:
        """The fingerprint of every line of enquiry of the release, by the line's id."""
        return {row["enquiry_id"]: row["fingerprint"] for row in self._rows(_MARKS)}

    def _has(self, table: str) -> bool:
        return any(row["table_name"] == table for row in self._rows(_TABLES))

    def source_files(self) -> Rows:
        """The files that the release was made from; columns as the `source_file` table."""
        return self._rows(_SOURCE_FILES)

    def sources_of(self, indicator_id: str) -> Rows:
        """The files that an indicator's figures come from."""
        return self._rows(_SOURCES_OF, indicator_id=indicator_id)

    def freshness(self, today: date) -> Rows:
        """One row for each source: its files, the latest period with a figure, when it came out and
        was fetched, how often it comes, and the next update from `today` on that it announces."""
        return self._rows(_FRESHNESS, today=today)

    def findings(self) -> Rows:
        """What the checks found, errors first, then warnings, then notes."""
        return self._rows(_FINDINGS)

    def row_accounts(self) -> Rows:
        """What became of every row of every file: file_name, outcome, reason, rows. None of a
        release from before rows were accounted for."""
        return self._rows(_ROW_ACCOUNTS) if self._has("row_account") else []

    def provenance(self, indicator_id: str, area_code: str, period: str) -> Rows:
        """One figure with the file that it stands in: the columns of `observation` and those of
        `source_file`; no row where there is no such figure."""
        return self._rows(
            _PROVENANCE, indicator_id=indicator_id, area_code=area_code, period=period
        )

    def changes(self) -> Rows:
        """What the release has against the one before it; columns as the `change` table."""
        return self._rows(_CHANGES)
