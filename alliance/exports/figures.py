"""The exports of an indicator's page: one period's comparison, and one authority's series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from alliance.charts.trend import TOTALS
from alliance.comparison_set import ComparisonSet, choose_set, describe_set
from alliance.components.badges import shown_band
from alliance.country_ranks import country_ranks
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
from alliance.set_figures import set_figures, set_median
from alliance.view import View
from indicators.counts import METHODS, scale_of
from indicators.rank_interval import rank_intervals
from indicators.series import with_missing_years
from indicators.set_summary import medians_by_period
from indicators.words import (
    GRADE,
    NOT_THEN,
    UNRANKED_UNITS,
    absence_sentence,
    figure_sentence,
    format_with_unit,
    period_words,
    titled,
    unit_title,
)
from ingest.grades import GRADE_WORDS

Row = Mapping[str, Any]
Query = Mapping[str, str]

_NOT_OF_GRADES = frozenset(
    {"ci95_low", "ci95_high", "england", "region", "region_is_of", "neighbours_mean",
     "neighbours_median", "neighbours_n", "rank_england", "n_england", "rank_england_low",
     "rank_england_high", "rank_region", "n_region", "rank_region_low", "rank_region_high",
     "quartile_band", "change", "vs_england", "numerator", "denominator"}
)  # fmt: skip
"""What a grade has no sense of; the columns stay in the CSV, whose columns are a contract."""
_RANKS = frozenset(
    {"rank_england", "n_england", "rank_england_low", "rank_england_high", "rank_region",
     "n_region", "rank_region_low", "rank_region_high", "quartile_band"}
)  # fmt: skip
"""What a number has no sense of, in the same way."""


def build_figures(served: Served, view: View, query: Query) -> ExportTable:
    """Every authority of the set in one period. query: `indicator`, `period`, `scope`.

    Raises `NotThereError` for an indicator or period that is not there.
    """
    indicator, period = known_period(served, query)
    figures = served.release.figures(indicator["indicator_id"], period)
    chosen = choose_set(served, view, view.scope, figures)
    return _of_one_period(served, view, indicator, period, figures, chosen, chosen.rows)


def build_country(served: Served, view: View, query: Query) -> ExportTable:
    """Every authority in one period, those of the set marked. query: as for `build_figures`.

    Raises `NotThereError` for an indicator or period that is not there.
    """
    indicator, period = known_period(served, query)
    figures = served.release.figures(indicator["indicator_id"], period)
    chosen = choose_set(served, view, view.scope, figures)
    members = chosen.codes
    everyone = choose_set(served, view, "england", figures).rows
    table = _of_one_period(served, view, indicator, period, figures, chosen, everyone)
    rows = [{**row, "in_set": in_set_words(row["area_code"] in members)} for row in table.rows]
    return replace(
        table, columns=(*table.columns, IN_SET), rows=rows, name=f"{table.name}_{COUNTRY}"
    )


IN_SET = Column("in_set", "In the set compared")
COUNTRY = "country"
"""The kind of export that holds every authority, whichever the set."""


def in_set_words(member: bool) -> str:
    """How a file says who belongs to the set."""
    return "yes" if member else ""


def _of_one_period(
    served: Served, view: View, indicator: Row, period: str, figures: Sequence[Row],
    chosen: ComparisonSet, shown: Sequence[Row],
) -> ExportTable:  # fmt: skip
    """The figures `shown` among all of the period, said to be compared with the set `chosen`."""
    mine = next((row for row in figures if row["area_code"] == view.us), None)
    ranks = rank_ends(served, indicator, period, figures)
    return ExportTable(
        title=titled(indicator),
        columns=columns_of(served, indicator),
        rows=[record(served, indicator, row, ranks) for row in shown],
        about=about_indicators(
            served,
            [indicator],
            period,
            ("Authority", served.name(view.us)),
            *describe_set(served, view, view.scope),
            *_set_pairs(served, view, indicator, chosen, figures),
            *_ranks(indicator),
        ),
        chart=_grades(view, shown)
        if indicator["unit"] == GRADE
        else _bars(
            served, view, indicator, shown, _comparators(served, view, indicator, chosen, figures)
        ),
        sentence=_sentence(served, view, indicator, period, mine),
        notes=(*_total_notes(served, view, indicator, mine), *_absent_notes(served, shown)),
        name=f"{indicator['indicator_id']}_{period}",
    )


def build_series(served: Served, view: View, query: Query) -> ExportTable:
    """One authority's figures over time, then those of each member of the set. query: `indicator`,
    `scope`, and the `period` by which the page finds who belongs to it.

    Raises `NotThereError` for an indicator that is not there.
    """
    indicator = known_indicator(served, query)
    key, name = indicator["indicator_id"], served.name(view.us)
    rows = served.release.series(key, view.us)
    others = _members(served, view, indicator, query.get("period") or "")
    middles = medians_by_period(others, view.us)
    return ExportTable(
        title=titled(indicator),
        columns=(*columns_of(served, indicator), *_set_columns(indicator)),
        rows=_series_records(served, indicator, [*rows, *others], middles),
        about=about_indicators(
            served,
            [indicator],
            _span(rows),
            ("Authority", name),
            *describe_set(served, view, view.scope),
            *_ranks(indicator),
        ),
        chart=_lines(served, view, indicator, rows, middles),
        sentence=_first_and_last(name, rows, indicator),
        notes=(
            *_total_notes(served, view, indicator, _latest_based(rows)),
            *_gap_notes(served, name, rows),
        ),
        name=f"{key}_{view.us}",
    )


def known_indicator(served: Served, query: Query) -> Row:
    """The indicator that the query names. Raises `NotThereError`."""
    key = query.get("indicator", "")
    if key not in served.indicators:
        raise NotThereError(f"There is no indicator “{key[:60]}” in the release being served.")
    return served.indicators[key]


def known_period(served: Served, query: Query) -> tuple[Row, str]:
    """The indicator and the period that the query names. Raises `NotThereError`."""
    indicator, period = known_indicator(served, query), query.get("period", "")
    key = indicator["indicator_id"]
    if served.period_end(key, period) is None:
        known = ", ".join(row["period"] for row in reversed(served.periods.get(key, ())))
        raise NotThereError(
            f"{key} has no period “{period[:60]}” in the release being served. It has "
            f"{known or 'no period with a figure'}."
        )
    return indicator, period


def _members(served: Served, view: View, indicator: Row, period: str) -> list[Row]:
    """The figures over time of the set's other members, those first whose name comes first."""
    key = indicator["indicator_id"]
    periods = [row["period"] for row in served.periods.get(key, ())]
    period = period or (periods[-1] if periods else "")
    if period and period not in periods:
        raise NotThereError(f"{key} has no period “{period[:60]}” in the release being served.")
    chosen = choose_set(served, view, view.scope, served.release.figures(key, period))
    found = served.release.series_of(key, sorted(chosen.codes - {view.us}))
    return sorted(found, key=lambda row: (served.name(row["area_code"]), row["area_code"]))


def _set_columns(indicator: Row) -> tuple[Column, ...]:
    """The median of the set's other members; in CSV alone of grades, which have none."""
    graded = indicator["unit"] == GRADE
    return (
        Column("set_median", "Median of the set", indicator["unit"], indicator["decimals"],
               csv_only=graded),
        Column("set_n", "Others of the set with a figure", "count", 0, csv_only=graded),
    )  # fmt: skip


def _series_records(
    served: Served, indicator: Row, rows: Sequence[Row], middles: Mapping[str, tuple[float, int]]
) -> list[dict[str, Any]]:
    key = indicator["indicator_id"]
    ranks = {
        period: rank_ends(served, indicator, period, served.release.figures(key, period))
        for period in {row["period"] for row in rows}
    }
    graded = indicator["unit"] == GRADE
    nothing: tuple[float | None, int | None] = (None, None)
    return [
        record(served, indicator, row, ranks[row["period"]])
        | dict(
            zip(
                ("set_median", "set_n"),
                nothing if graded else middles.get(row["period"], (None, 0)),
                strict=True,
            )
        )
        for row in rows
    ]


def rank_ends(
    served: Served, indicator: Row, period: str, figures: Sequence[Row]
) -> dict[str, dict[str, int]]:
    """Between which ranks chance alone would let each authority stand, in the country and in its
    region, by code. figures: every authority's of that indicator and period. None where the counts
    are not published, nor in a region that the release ranked otherwise."""
    if indicator["interval_method"] not in METHODS:
        return {}
    found: dict[str, dict[str, int]] = {}
    regions: dict[str, list[Row]] = {}
    for row in figures:
        regions.setdefault(served.authorities[row["area_code"]]["region_code"], []).append(row)
    among = [("england", country_ranks(served, indicator, period, figures))]
    among += [
        ("region", rank_intervals(
            rows, polarity=indicator["polarity"], method=indicator["interval_method"],
            scale=scale_of(indicator),
        ))
        for rows in regions.values()
    ]  # fmt: skip
    by_code = {row["area_code"]: row for row in figures}
    for where, intervals in among:
        for code, interval in intervals.items():
            if interval is not None and interval.n == by_code[code][f"n_{where}"]:
                found.setdefault(code, {}).update(
                    {f"rank_{where}_low": interval.low, f"rank_{where}_high": interval.high}
                )
    return found


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
        Column("rank_england_low", "by chance from", "count", 0),
        Column("rank_england_high", "to", "count", 0),
        Column("rank_region", "Rank in region", "count", 0),
        Column("n_region", "of", "count", 0),
        Column("rank_region_low", "by chance from", "count", 0),
        Column("rank_region_high", "to", "count", 0),
        Column("quartile_band", "Quarter (A best)"),
        Column("change", "Change on a year earlier", _difference_unit(unit), decimals),
        Column("vs_england", f"Against {country}"),
        Column("numerator", _label(indicator, "numerator"), "count"),
        Column("denominator", _label(indicator, "denominator"), "count"),
    )
    hidden = _NOT_OF_GRADES if unit == GRADE else _RANKS if unit in UNRANKED_UNITS else frozenset()
    return tuple(
        Column(c.key, c.label, c.unit, c.decimals, csv_only=c.key in hidden) for c in found
    )


def record(
    served: Served, indicator: Row, row: Row, ranks: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    """One authority's figure in one period, with every column of `columns_of`. ranks: of that
    period, as `rank_ends` gives them."""
    return {
        **figure_record(served, row),
        **ranks.get(row["area_code"], {}),
        "region_is_of": served.region_name(row),
        "quartile_band": shown_band(row, indicator),
    }


def figure_record(served: Served, row: Row) -> dict[str, Any]:
    """A figure as every file has it, with whose it is."""
    code = row["area_code"]
    return {
        **row,
        **value_and_status(served, row),
        "name": served.name(code),
        "region_name": served.areas[code]["region"],
    }


def value_and_status(
    served: Served, row: Row, marks: Sequence[str] | None = None
) -> dict[str, Any]:
    """The value or why there is none, and its status in words. marks: all that is to be borne in
    mind of it (else that it is provisional)."""
    absent = "" if row["value"] is not None else served.absence(row)
    words = (
        absent or "reported",
        *(["provisional"] if marks is None and row["provisional"] else marks or []),
        f"joint return with {row['joint_with']}" if row["joint_with"] else "",
    )
    return {
        "value": Absent(absent) if absent else row["value"],
        "status": ", ".join(word for word in words if word),
    }


def _set_pairs(
    served: Served, view: View, indicator: Row, chosen: ComparisonSet, figures: Sequence[Row]
) -> list[tuple[str, str]]:
    """The set in figures, as the page says them."""
    found = set_figures(served, view.us, indicator, chosen, figures)
    return [(figure.label, f"{figure.shown}. {figure.what}") for figure in found]


def _ranks(indicator: Row) -> list[tuple[str, str]]:
    return [] if indicator["unit"] in (GRADE, *UNRANKED_UNITS) else [("Ranks", RANKS)]


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


def _total_notes(served: Served, view: View, indicator: Row, row: Row | None) -> tuple[str, ...]:
    """Why the region's and the country's figures are in no chart of numbers. row: ours, by which
    the region's is known."""
    if indicator["unit"] not in UNRANKED_UNITS:
        return ()
    region = served.region_of(view.us) if row is None else served.region_name(row)
    return (
        f"{served.country['name']} and {region}: totals of many authorities, no measure for one. "
        "They are in the table alone.",
    )


def _latest_based(rows: Sequence[Row]) -> Row | None:
    """The latest row beside which the region has a figure."""
    return next((row for row in reversed(rows) if row["region_basis"]), None)


def _bars(
    served: Served,
    view: View,
    indicator: Row,
    rows: Sequence[Row],
    against: tuple[Comparator, ...],
) -> NativeChart | None:
    """Bars in order of rank, and the comparators `against`; none where nobody has a figure."""
    if all(row["value"] is None for row in rows):
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
        against,
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


def _comparators(
    served: Served, view: View, indicator: Row, chosen: ComparisonSet, figures: Sequence[Row]
) -> tuple[Comparator, ...]:
    """The country always, the region with our row, and the set's median; of numbers the last
    alone, for the others are totals of many authorities."""
    found: list[tuple[str, Role, float | None]] = []
    mine = next((row for row in figures if row["area_code"] == view.us), None)
    if figures and indicator["unit"] not in UNRANKED_UNITS:
        found.append((served.country["name"], "england", figures[0]["england"]))
        if mine is not None:
            found.append((f"{served.region_name(mine)} (region)", "region", mine["region"]))
    middle = set_median(view.us, indicator, chosen)
    if middle is not None:
        found.append((middle.label, "neighbours" if middle.neighbours else "set", middle.value))
    return tuple(
        Comparator(label, value, role) for label, role, value in found if value is not None
    )


def _lines(
    served: Served, view: View, indicator: Row, rows: Sequence[Row],
    middles: Mapping[str, tuple[float, int]],
) -> NativeChart | None:  # fmt: skip
    """The authority's line with its intervals, and the comparators' that the page draws; none of
    grades."""
    series = [
        {**row, "set_median": middles.get(row["period"], (None, 0))[0]}
        for row in with_missing_years(rows)
    ]
    if indicator["unit"] == GRADE or all(row["value"] is None for row in series):
        return None
    based = _latest_based(rows)
    region = served.region_of(view.us) if based is None else served.region_name(based)
    own: tuple[tuple[str, str, Role], ...] = (
        () if view.scope == "neighbours" else (("set_median", "Median of the set", "set"),)
    )
    lines: tuple[tuple[str, str, Role], ...] = (
        ("value", served.name(view.us), "us"),
        *own,
        ("region", region, "region"),
        ("neighbours_median", "Neighbours' median", "neighbours"),
        ("england", served.country["name"], "england"),
    )
    counted = indicator["unit"] in UNRANKED_UNITS
    lines = tuple(line for line in lines if not (counted and line[0] in TOTALS))

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
