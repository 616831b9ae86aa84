"""A release's tables as an analyst asks for them: filtered, in one stable order, a page at a time.

Says nothing of addresses or formats. Parameters are always bound; a filter that is None lets all
rows through. The order is a key of the table, so pages of one release never overlap.
"""

# ruff: noqa: S608 - every query here is put together from constants of this module alone

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from indicators.counts import FEW_DENOMINATOR, METHODS
from indicators.queries import Release, Rows
from indicators.words import UNRANKED_UNITS

Filters = Mapping[str, Any]
"""Value by name of a filter; a name that is absent filters nothing."""


@dataclass(frozen=True, slots=True)
class TablePage:
    """Rows `first` to `first + len(rows) - 1` (from 0) of `total`."""

    rows: Rows
    total: int


@dataclass(frozen=True, slots=True)
class TableQuery:
    """How a table is read: how many rows each part of it has under the filters, and the rows of
    some parts in order. The parts are in order themselves, so that a page far down need not sort
    what lies before it."""

    filters: tuple[str, ...]
    count: str
    rows: str


_AREA_FILTER = """
    ($level IS NULL OR list_contains($level, t.area_level))
    AND ($region IS NULL OR list_contains($region, t.region_code)
        OR list_contains($region, t.subregion_code))
    AND ($area IS NULL OR list_contains($area, t.area_code))
"""

_AREAS = TableQuery(
    ("level", "region", "area"),
    f"SELECT area_level AS part, COUNT(*) AS n FROM area AS t WHERE {_AREA_FILTER}"
    " GROUP BY part ORDER BY part",
    f"""
SELECT area_code, area_level, name, gss_code, region_code, region, subregion_code,
    authority_type, valid_from, valid_to, successor_codes
FROM area AS t
WHERE t.area_level IN (SELECT UNNEST($parts)) AND {_AREA_FILTER}
ORDER BY t.area_level, t.area_code
LIMIT $limit OFFSET $offset
""",
)

_INDICATOR_FILTER = """
    ($headline IS NULL OR t.headline = $headline)
    AND ($domain IS NULL OR list_contains($domain, t.domain))
    AND ($indicator IS NULL OR list_contains($indicator, t.indicator_id))
"""

_INDICATORS = TableQuery(
    ("headline", "domain", "indicator"),
    f"SELECT domain_order AS part, COUNT(*) AS n FROM indicator AS t WHERE {_INDICATOR_FILTER}"
    " GROUP BY part ORDER BY part",
    f"""
SELECT indicator_id, title, domain, topic, domain_order, indicator_order, unit, polarity, decimals,
    numerator_label, denominator_label, source_id, source_key, headline, definition, methodology,
    caveats, cadence, next_update, interval_method, timing, publisher_bands
FROM indicator AS t
WHERE t.domain_order IN (SELECT UNNEST($parts)) AND {_INDICATOR_FILTER}
ORDER BY t.domain_order, t.indicator_order, t.indicator_id
LIMIT $limit OFFSET $offset
""",
)

_FIGURE_FILTER = """
    ($indicator IS NULL OR list_contains($indicator, t.indicator_id))
    AND ($area IS NULL OR list_contains($area, t.area_code))
    AND ($period IS NULL OR list_contains($period, t.period))
    AND ($latest IS NULL OR list_contains($latest, t.indicator_id || ' ' || t.period))
"""
_LEVEL_FILTER = """
    AND ($level IS NULL OR t.area_code IN (
        SELECT area_code FROM area WHERE list_contains($level, area_level)))
"""

_OBSERVATIONS = TableQuery(
    ("indicator", "area", "period", "latest", "level"),
    "SELECT indicator_id AS part, COUNT(*) AS n FROM observation AS t"
    f" WHERE {_FIGURE_FILTER} {_LEVEL_FILTER} GROUP BY part ORDER BY part",
    f"""
SELECT indicator_id, area_code, period, period_start, period_end, value, numerator, denominator,
    status, symbol, provisional, joint_with, source_file_id, source_row
FROM observation AS t
WHERE t.indicator_id IN (SELECT UNNEST($parts)) AND {_FIGURE_FILTER} {_LEVEL_FILTER}
ORDER BY t.indicator_id, t.area_code, t.period_end, t.period
LIMIT $limit OFFSET $offset
""",
)

_SHOWN_BAND = (
    "CASE WHEN i.publisher_bands"
    f" AND NOT list_contains({list(UNRANKED_UNITS)}, i.unit)"
    f" AND (NOT list_contains({list(METHODS)}, i.interval_method)"
    f" OR o.denominator >= {FEW_DENOMINATOR}) THEN t.quartile_band END"
)
"""A quarter where one may be said, as `bears_a_quarter` has it."""

_COMPARISONS = TableQuery(
    ("indicator", "area", "period", "latest"),
    "SELECT indicator_id AS part, COUNT(*) AS n FROM comparison AS t"
    f" WHERE {_FIGURE_FILTER} GROUP BY part ORDER BY part",
    f"""
SELECT t.indicator_id, t.area_code, t.period, t.period_end, t.value, o.status, o.symbol,
    o.provisional, o.joint_with, o.numerator, o.denominator, t.england, t.england_unrounded,
    t.region, t.region_basis, t.neighbours_mean, t.neighbours_median, t.neighbours_n,
    t.rank_england, t.n_england, t.rank_region, t.n_region, t.n_equal_region, t.rank_neighbours,
    t.n_neighbours, {_SHOWN_BAND} AS quartile_band,
    t.change, t.ci95_low, t.ci95_high, t.ci998_low, t.ci998_high, t.vs_england
FROM comparison AS t
JOIN observation AS o
    ON o.indicator_id = t.indicator_id AND o.area_code = t.area_code AND o.period = t.period
JOIN indicator AS i ON i.indicator_id = t.indicator_id
WHERE t.indicator_id IN (SELECT UNNEST($parts)) AND {_FIGURE_FILTER}
    AND ($area IS NULL OR list_contains($area, o.area_code))
ORDER BY t.indicator_id, t.area_code, t.period_end, t.period
LIMIT $limit OFFSET $offset
""",
)

_NEIGHBOUR_FILTER = """
    ($area IS NULL OR list_contains($area, t.area_code))
    AND ($model IS NULL OR list_contains($model, t.model))
"""

_NEIGHBOURS = TableQuery(
    ("area", "model"),
    f"SELECT model AS part, COUNT(*) AS n FROM neighbour AS t WHERE {_NEIGHBOUR_FILTER}"
    " GROUP BY part ORDER BY part",
    f"""
SELECT model, area_code, position, neighbour_code, closeness
FROM neighbour AS t
WHERE t.model IN (SELECT UNNEST($parts)) AND {_NEIGHBOUR_FILTER}
ORDER BY t.model, t.area_code, t.position
LIMIT $limit OFFSET $offset
""",
)

_OF_AREA = "($area IS NULL OR list_contains($area, t.area_code))"

_INSPECTIONS = TableQuery(
    ("area",),
    f"SELECT area_code AS part, COUNT(*) AS n FROM inspection AS t WHERE {_OF_AREA}"
    " GROUP BY part ORDER BY part",
    f"""
SELECT area_code, framework, event, theme, inspected_on, published_on, overall, leaders,
    help_protection, care, care_leavers, source_file_id
FROM inspection AS t
WHERE t.area_code IN (SELECT UNNEST($parts)) AND {_OF_AREA}
ORDER BY t.area_code, t.inspected_on, t.event
LIMIT $limit OFFSET $offset
""",
)

_SOURCES = TableQuery(
    (),
    "SELECT source_id AS part, COUNT(*) AS n FROM source_file AS t GROUP BY part ORDER BY part",
    """
SELECT source_file_id, source_id, file_name, sha256, bytes, rows, last_year, publisher, publication,
    licence, homepage, retrieved_from, retrieved_at, published_on
FROM source_file AS t
WHERE t.source_id IN (SELECT UNNEST($parts))
ORDER BY t.source_id, t.source_file_id
LIMIT $limit OFFSET $offset
""",
)

_FINDING_FILTER = """
    ($severity IS NULL OR list_contains($severity, t.severity))
    AND ($check IS NULL OR list_contains($check, t.check_id))
    AND ($indicator IS NULL OR list_contains($indicator, t.indicator_id))
"""

_FINDINGS = TableQuery(
    ("severity", "check", "indicator"),
    f"SELECT check_id AS part, COUNT(*) AS n FROM finding AS t WHERE {_FINDING_FILTER}"
    " GROUP BY part ORDER BY part",
    f"""
SELECT check_id, severity, source_file_id, file_name, "column", indicator_id, area_code, period,
    message, rows
FROM finding AS t
WHERE t.check_id IN (SELECT UNNEST($parts)) AND {_FINDING_FILTER}
ORDER BY ALL
LIMIT $limit OFFSET $offset
""",
)

_ENQUIRIES = TableQuery(
    ("area",),
    f"SELECT area_code AS part, COUNT(*) AS n FROM enquiry AS t WHERE {_OF_AREA}"
    " GROUP BY part ORDER BY part",
    f"""
SELECT area_code, position, enquiry_id, title, sentence, kind, domain, lead_indicator_id, lead_rule,
    period, n_signals, fingerprint, published_on, link_words
FROM enquiry AS t
WHERE t.area_code IN (SELECT UNNEST($parts)) AND {_OF_AREA}
ORDER BY t.area_code, t.position
LIMIT $limit OFFSET $offset
""",
)

_SIGNAL_FILTER = f"""
    {_OF_AREA}
    AND ($indicator IS NULL OR list_contains($indicator, t.indicator_id))
"""

_SIGNALS = TableQuery(
    ("area", "indicator"),
    f"SELECT area_code AS part, COUNT(*) AS n FROM signal AS t WHERE {_SIGNAL_FILTER}"
    " GROUP BY part ORDER BY part",
    f"""
SELECT area_code, indicator_id, period, rule, sentence, p_value, q_value, kind,
    CAST(evidence AS VARCHAR) AS evidence, direction, enquiry_id, fingerprint
FROM signal AS t
WHERE t.area_code IN (SELECT UNNEST($parts)) AND {_SIGNAL_FILTER}
ORDER BY t.area_code, t.indicator_id, t.period, t.rule
LIMIT $limit OFFSET $offset
""",
)

_TRIAGE = TableQuery(
    ("area",),
    f"SELECT area_code AS part, COUNT(*) AS n FROM triage AS t WHERE {_OF_AREA}"
    " GROUP BY part ORDER BY part",
    f"""
SELECT area_code, n_tests, n_signals, n_data, n_lines, n_listed, rate, expected_false
FROM triage AS t
WHERE t.area_code IN (SELECT UNNEST($parts)) AND {_OF_AREA}
ORDER BY t.area_code
LIMIT $limit OFFSET $offset
""",
)

TABLES: Mapping[str, TableQuery] = MappingProxyType(
    {
        "area": _AREAS,
        "indicator": _INDICATORS,
        "observation": _OBSERVATIONS,
        "comparison": _COMPARISONS,
        "neighbour": _NEIGHBOURS,
        "inspection": _INSPECTIONS,
        "source_file": _SOURCES,
        "finding": _FINDINGS,
        "enquiry": _ENQUIRIES,
        "signal": _SIGNALS,
        "triage": _TRIAGE,
    }
)
"""The tables that are read so, by name."""

_PERIODS_OF = """
SELECT o.period, o.period_start, o.period_end,
    COUNT(o.value) FILTER (a.area_level = 'authority') AS authorities_with_a_figure
FROM observation AS o
JOIN area AS a ON a.area_code = o.area_code
WHERE o.indicator_id = $indicator_id
GROUP BY o.period, o.period_start, o.period_end
ORDER BY o.period_end, o.period
"""

_ALL_PERIODS = "SELECT DISTINCT period AS known FROM observation"
_ALL_MODELS = "SELECT DISTINCT model AS known FROM neighbour"
_ALL_CHECKS = "SELECT DISTINCT check_id AS known FROM finding"


def read_page(
    release: Release, table: str, filters: Filters, *, first: int, size: int
) -> TablePage:
    """At most `size` rows of a table from row `first` (from 0) on, in its order.

    `filters` are those of `TABLES[table]`. Raises `KeyError` for a table that is not read so.
    """
    query = TABLES[table]
    if not release.has_table(table):
        return TablePage([], 0)
    bound = {name: filters.get(name) for name in query.filters}
    parts = release.ask(query.count, **bound)
    chosen, skipped = _parts_of_page(parts, first, size)
    total = sum(part["n"] for part in parts)
    if not chosen:
        return TablePage([], total)
    return TablePage(
        release.ask(query.rows, **bound, parts=chosen, limit=size, offset=first - skipped), total
    )


def _parts_of_page(parts: Rows, first: int, size: int) -> tuple[list[Any], int]:
    """The parts that a page lies in, and how many rows lie before the first of them."""
    chosen: list[Any] = []
    start = skipped = 0
    for part in parts:
        end = start + part["n"]
        if end <= first:
            skipped = end
        elif start < first + size:
            chosen.append(part["part"])
        start = end
    return chosen, skipped


def periods_of(release: Release, indicator_id: str) -> Rows:
    """Every period of an indicator, oldest first, and how many authorities have a figure in it."""
    return release.ask(_PERIODS_OF, indicator_id=indicator_id)


def all_periods(release: Release) -> frozenset[str]:
    """Every period that any indicator has."""
    return _known(release, _ALL_PERIODS)


def all_models(release: Release) -> frozenset[str]:
    """Every statistical neighbour model, by its year."""
    return _known(release, _ALL_MODELS)


def all_checks(release: Release) -> frozenset[str]:
    """Every check that found something."""
    return _known(release, _ALL_CHECKS)


def _known(release: Release, sql: str) -> frozenset[str]:
    return frozenset(row["known"] for row in release.ask(sql))
