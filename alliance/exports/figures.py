"""The exports of an indicator's page: one period's comparison, and one authority's series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alliance.comparison_set import choose_set, read_scope
from alliance.components.badges import shown_band
from alliance.exports.about import RANKS, about_indicators
from alliance.exports.table import (
    Absent,
    Column,
    Comparator,
    ExportTable,
    NativeChart,
    NativeSeries,
    NotThereError,
    Role,
)
from alliance.service import Served
from alliance.view import DEFAULTS, View
from indicators.series import with_missing_years
from indicators.words import (
    GRADE,
    NOT_THEN,
    absence_sentence,
    figure_sentence,
    format_with_unit,
    period_words,
    unit_title,
    unit_words,
)
from ingest.grades import GRADE_WORDS

Row = Mapping[str, Any]
Query = Mapping[str, str]

_NOT_OF_GRADES = frozenset(
    {"ci95_low", "ci95_high", "england", "region", "region_is_of", "neighbours_mean",
     "neighbours_median", "neighbours_n", "rank_england", "n_england", "rank_region", "n_region",
     "quartile_band", "change", "vs_england", "numerator", "denominator"}
)  # fmt: skip
"""What a grade has no sense of; the columns stay in the CSV, whose columns are a contract."""


def build_figures(served: Served, view: View, query: Query) -> ExportTable:
    """Every authority of the scope in one period. query: `indicator`, `period`, `scope`.

    Raises `NotThereError` for an indicator, period or scope that is not there.
    """
    indicator = known_indicator(served, query)
    key, period = indicator["indicator_id"], query.get("period", "")
    scope = known_scope(served, view, query)
    if served.period_end(key, period) is None:
        raise NotThereError(f"{key} has no period “{period}” in the release being served.")
    figures = served.release.figures(key, period)
    chosen = choose_set(served, view, scope, figures)
    mine = next((row for row in figures if row["area_code"] == view.us), None)
    return ExportTable(
        title=_title(indicator),
        columns=columns_of(served, indicator),
        rows=[record(served, indicator, row) for row in chosen.rows],
        about=about_indicators(
            served, [indicator], period, ("Compared with", chosen.name), *_ranks(indicator)
        ),
        chart=_grades(view, chosen.rows)
        if indicator["unit"] == GRADE
        else _bars(served, view, indicator, chosen.rows, mine),
        sentence=_sentence(served, view, indicator, period, mine),
        notes=_absent_notes(served, chosen.rows),
        name=f"{key}_{period}",
    )


def build_series(served: Served, view: View, query: Query) -> ExportTable:
    """One authority's figures over time. query: `indicator`.

    Raises `NotThereError` for an indicator that is not there.
    """
    indicator = known_indicator(served, query)
    key = indicator["indicator_id"]
    rows = served.release.series(key, view.us)
    name = served.name(view.us)
    return ExportTable(
        title=_title(indicator),
        columns=columns_of(served, indicator),
        rows=[record(served, indicator, row) for row in rows],
        about=about_indicators(
            served, [indicator], _span(rows), ("Authority", name), *_ranks(indicator)
        ),
        chart=_lines(served, view, indicator, rows),
        sentence=_first_and_last(name, rows, indicator),
        notes=_gap_notes(served, name, rows),
        name=f"{key}_{view.us}",
    )


def known_indicator(served: Served, query: Query) -> Row:
    """The indicator that the query names. Raises `NotThereError`."""
    key = query.get("indicator", "")
    if key not in served.indicators:
        raise NotThereError(f"There is no indicator “{key[:60]}” in the release being served.")
    return served.indicators[key]


def known_scope(served: Served, view: View, query: Query) -> str:
    """The comparison set that the query names. Raises `NotThereError` for one that is not there,
    for figures of another set than asked for would mislead."""
    scope = query.get("scope") or DEFAULTS["scope"]
    if read_scope(served, view, query) != scope:
        raise NotThereError(f"There is no comparison set “{scope[:60]}”.")
    return scope


def columns_of(served: Served, indicator: Row) -> tuple[Column, ...]:
    """The columns of figures: in CSV always the same, for people those that the indicator has."""
    unit, decimals = indicator["unit"], indicator["decimals"]
    ends = max(1, decimals)
    country = served.country["name"]
    found = (
        Column("area_code", "Code"),
        Column("name", "Authority"),
        Column("region_name", "Region"),
        Column("period", "Period"),
        Column("value", unit_title(unit), unit, decimals),
        Column("status", "Status"),
        Column("ci95_low", "95% interval, low", unit, ends),
        Column("ci95_high", "95% interval, high", unit, ends),
        Column("england", country, unit, decimals),
        Column("region", "Region's figure", unit, decimals),
        Column("region_is_of", "Region's figure is of"),
        Column("neighbours_mean", "Neighbours' mean", unit, decimals),
        Column("neighbours_median", "Neighbours' median", unit, decimals),
        Column("neighbours_n", "Neighbours with a figure", "count", 0),
        Column("rank_england", "Rank in country", "count", 0),
        Column("n_england", "of", "count", 0),
        Column("rank_region", "Rank in region", "count", 0),
        Column("n_region", "of", "count", 0),
        Column("quartile_band", "Quarter (A best)"),
        Column("change", "Change on a year earlier", _difference_unit(unit), decimals),
        Column("vs_england", f"Against {country}"),
        Column("numerator", _label(indicator, "numerator"), "count"),
        Column("denominator", _label(indicator, "denominator"), "count"),
    )
    if unit != GRADE:
        return found
    return tuple(
        Column(c.key, c.label, c.unit, c.decimals, csv_only=c.key in _NOT_OF_GRADES) for c in found
    )


def record(served: Served, indicator: Row, row: Row) -> dict[str, Any]:
    """One authority's figure in one period, with every column of `columns_of`."""
    return {
        **figure_record(served, row),
        "region_is_of": served.region_name(row),
        "quartile_band": shown_band(row, indicator),
    }


def figure_record(served: Served, row: Row) -> dict[str, Any]:
    """A figure as every file has it: whose it is, its value or why there is none, and its status
    in words."""
    absent = "" if row["value"] is not None else served.absence(row)
    status = (
        absent or "reported",
        "provisional" if row["provisional"] else "",
        f"joint return with {row['joint_with']}" if row["joint_with"] else "",
    )
    return {
        **row,
        "name": served.name(row["area_code"]),
        "value": row["value"] if row["value"] is not None else Absent(absent),
        "status": ", ".join(word for word in status if word),
        "region_name": served.areas[row["area_code"]]["region"],
    }


def _title(indicator: Row) -> str:
    return f"{indicator['title']} ({unit_words(indicator['unit'])})"


def _ranks(indicator: Row) -> list[tuple[str, str]]:
    return [] if indicator["unit"] == GRADE else [("Ranks", RANKS)]


def _label(indicator: Row, part: str) -> str:
    label = indicator[f"{part}_label"] or part
    return f"{label[:1].upper()}{label[1:]}"


def _difference_unit(unit: str) -> str:
    """A difference of percentages is in percentage points."""
    return "points" if unit == "percent" else unit


def _sentence(served: Served, view: View, indicator: Row, period: str, mine: Row | None) -> str:
    name = served.name(view.us)
    ends = served.period_end(indicator["indicator_id"], period)
    if ends is None:
        return f"{name}: no figure in any period."
    existed = served.existed(view.us, ends)
    if mine is None:
        when = period_words(period, ends, indicator["timing"])
        return absence_sentence(name, None, when, existed=existed)
    region, country = served.region_of(view.us), served.country["name"]
    return figure_sentence(name, mine, indicator, region=region, country=country, existed=existed)


def _first_and_last(name: str, rows: Sequence[Row], indicator: Row) -> str:
    """First and last figure as facts, no trend claimed."""
    known = [row for row in rows if row["value"] is not None]
    if not known:
        return f"{name}: no figure in any period."

    def shown(row: Row) -> str:
        words = format_with_unit(row["value"], indicator["unit"], indicator["decimals"])
        return f"{words} in {row['period']}{' (provisional)' if row['provisional'] else ''}"

    first, last = known[0], known[-1]
    if first is last:
        return f"{name}: {shown(last)}, the only period with a figure."
    return f"{name}: {shown(last)}; it was {shown(first)}."


def _span(rows: Sequence[Row]) -> str:
    if not rows:
        return "no period"
    first, last = rows[0]["period"], rows[-1]["period"]
    return str(first) if first == last else f"{first} to {last}"


def _absent_notes(served: Served, rows: Sequence[Row]) -> tuple[str, ...]:
    """Who has no figure and why, but for those that did not exist then."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row["value"] is None and (words := served.absence(row)) != NOT_THEN:
            reasons.setdefault(words, []).append(served.name(row["area_code"]))
    notes = [f"No figure ({why}): {', '.join(names)}." for why, names in reasons.items()]
    joint = [served.name(row["area_code"]) for row in rows if row["joint_with"]]
    if joint:
        notes.append(f"Joint return, one figure for both: {', '.join(joint)}.")
    return tuple(notes)


def _gap_notes(served: Served, name: str, rows: Sequence[Row]) -> tuple[str, ...]:
    gaps = [
        f"{row['period']}: {served.absence(row)}"
        for row in with_missing_years(rows)
        if row["value"] is None
    ]
    return (f"No figure for {name}. {'; '.join(gaps)}.",) if gaps else ()


def _bars(
    served: Served, view: View, indicator: Row, rows: Sequence[Row], mine: Row | None
) -> NativeChart | None:
    """Bars in order of rank, and the comparators; none of grades."""
    if indicator["unit"] == GRADE or all(row["value"] is None for row in rows):
        return None
    ranked = sorted(
        (row for row in rows if row["value"] is not None),
        key=lambda row: (row["rank_england"], served.name(row["area_code"])),
    )
    roles: tuple[Role, ...] = tuple(
        "us" if row["area_code"] == view.us else "peer" for row in ranked
    )
    series = NativeSeries(
        unit_title(indicator["unit"]),
        tuple(row["value"] for row in ranked),
        "peer",
        tuple(row["ci95_low"] for row in ranked),
        tuple(row["ci95_high"] for row in ranked),
        roles,
    )
    return NativeChart(
        "bar",
        tuple(served.name(row["area_code"]) for row in ranked),
        (series,),
        unit_title(indicator["unit"]),
        indicator["unit"],
        indicator["decimals"],
        _comparators(served, mine or ranked[0], ours=mine is not None),
    )


def _grades(view: View, rows: Sequence[Row]) -> NativeChart | None:
    """How many authorities hold each grade, ours marked."""
    held = [int(row["value"]) for row in rows if row["value"] is not None]
    if not held:
        return None
    ours = {row["value"] for row in rows if row["area_code"] == view.us}
    roles: tuple[Role, ...] = tuple("us" if grade in ours else "peer" for grade in GRADE_WORDS)
    counts = tuple(float(held.count(grade)) for grade in GRADE_WORDS)
    series = NativeSeries("Authorities", counts, "peer", roles=roles)
    return NativeChart("bar", tuple(GRADE_WORDS.values()), (series,), "Authorities")


def _comparators(served: Served, row: Row, *, ours: bool) -> tuple[Comparator, ...]:
    """The country always; the region and the neighbours are of one authority, so with its row."""
    found: list[tuple[str, Role, float | None]] = [
        (served.country["name"], "england", row["england"])
    ]
    if ours:
        found += [
            (f"{served.region_name(row)} (region)", "region", row["region"]),
            (f"Median of {row['neighbours_n']} neighbours", "neighbours",
             row["neighbours_median"]),
        ]  # fmt: skip
    return tuple(
        Comparator(label, value, role) for label, role, value in found if value is not None
    )


def _lines(served: Served, view: View, indicator: Row, rows: Sequence[Row]) -> NativeChart | None:
    """The authority's line with its intervals, and the comparators'; none of grades."""
    series = list(with_missing_years(rows))
    if indicator["unit"] == GRADE or all(row["value"] is None for row in series):
        return None
    based = [row for row in rows if row["region_basis"]]
    region = served.region_name(based[-1]) if based else served.region_of(view.us)
    lines: tuple[tuple[str, str, Role], ...] = (
        ("value", served.name(view.us), "us"),
        ("region", region, "region"),
        ("neighbours_median", "Neighbours' median", "neighbours"),
        ("england", served.country["name"], "england"),
    )

    def of(column: str) -> tuple[float | None, ...]:
        return tuple(row[column] for row in series)

    return NativeChart(
        "line",
        tuple(str(row["period"]) for row in series),
        tuple(
            NativeSeries(
                name, of(column), role,
                of("ci95_low") if role == "us" else (), of("ci95_high") if role == "us" else (),
            )
            for column, name, role in lines
            if any(value is not None for value in of(column))
        ),
        unit_title(indicator["unit"]),
        indicator["unit"],
        indicator["decimals"],
    )  # fmt: skip
