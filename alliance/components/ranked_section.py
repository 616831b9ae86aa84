"""One indicator in one period: the sentence, the ranked bars and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from alliance.charts import CHARTS
from alliance.charts.grades import grade_bars
from alliance.charts.ranked_bars import Comparator, comparators, median_line, ranked_bars
from alliance.comparison_set import ComparisonSet, Row
from alliance.components.badges import shown_band
from alliance.components.chart_frame import chart_frame, stamp
from alliance.components.indicator_subject import Subject, absences
from alliance.components.raise_challenge import raise_on
from alliance.components.tables import grid
from alliance.service import Served
from alliance.set_figures import set_median
from indicators.rank_interval import RankInterval
from indicators.words import GRADE, UNRANKED_UNITS, format_value, list_words, unit_title

SECTION = "ranked"
RANKED = "indicator-ranked"


def ranked_section(subject: Subject, tab: str) -> html.Section:
    """The section of a subject; `tab` is the one that is open."""
    served, chosen = subject.served, subject.chosen
    lines = _lines(subject)
    figure = _figure(subject, lines)
    if figure is not None:
        stamp(figure, served, subject.indicator, subject.period)
    section = chart_frame(
        CHARTS["grades" if subject.graded else "ranked_bars"],
        prefix=RANKED,
        title=f"{subject.period}: compared with {chosen.name}",
        sentence=subject.sentence(),
        figure=figure,
        table=_table(subject, lines),
        tab=tab,
        export=("figures", subject.query()),
        file_name=subject.file_stem,
        notes=_notes(served, chosen, lines),
        actions=raise_on(subject, SECTION),
    )
    section.id = SECTION
    return section


def _figure(subject: Subject, lines: Sequence[Comparator]) -> dict[str, Any] | None:
    """Bars of the set's figures, or of how many hold each grade; None where there is no figure."""
    rows, names = subject.chosen.rows, subject.who.names
    if not any(row["value"] is not None for row in rows):
        return None
    if subject.graded:
        return grade_bars(rows, names, us=subject.view.us)
    return ranked_bars(
        rows,
        names,
        us=subject.view.us,
        members=subject.who.members,
        unit=subject.unit,
        decimals=subject.decimals,
        unit_title=subject.unit_title,
        lines=lines,
        ranks=subject.ranks,
    )


def _lines(subject: Subject) -> list[Comparator]:
    """England's line and the set's median always; the region's is ours, so only with our row."""
    mine, region = subject.mine, ""
    if mine is None:
        found: list[Row] = [{**other, "region": None} for other in subject.figures[:1]]
    else:
        region = f"{subject.served.region_name(mine)} ({mine['n_region']} authorities)"
        found = [mine]
    lines = [
        line
        for row in found
        for line in comparators(row, country=subject.country, region=region, totals=subject.counted)
    ]
    middle = set_median(subject.view.us, subject.indicator, subject.chosen)
    if middle is not None:
        lines.append(median_line(middle.label, middle.value, neighbours=middle.neighbours))
    return lines


def _notes(served: Served, chosen: ComparisonSet, lines: Sequence[Comparator]) -> list[Any]:
    """Which lines are totals; who has no figure, and why; who answered together; who has ceased
    since."""
    reasons = absences(served, chosen.rows)
    joint = [served.name(row["area_code"]) for row in chosen.rows if row["joint_with"]]
    texts = [f"No figure ({why}): {', '.join(names)}." for why, names in reasons.items()]
    totals = [line.label for line in lines if line.total]
    if totals:
        texts.insert(0, f"{list_words(totals)}: totals of many authorities, in the table alone.")
    if joint:
        texts.append(f"Joint return, one figure for both: {', '.join(joint)}.")
    if chosen.former:
        names = ", ".join(served.name(code) for code in chosen.former)
        texts.append(f"Since ceased, with a figure for this period as published: {names}.")
    return [html.Div([html.P(text) for text in texts], className="absences")] if texts else []


def _table(subject: Subject, lines: Sequence[Comparator]) -> Any:
    served, indicator = subject.served, subject.indicator
    rows = sorted(
        subject.chosen.rows,
        key=lambda row: (
            row["rank_england"] is None,
            row["rank_england"] or 0,
            served.name(row["area_code"]),
        ),
    )
    ranks = {} if subject.graded else subject.ranks
    records = [_record(served, indicator, row, ranks.get(row["area_code"])) for row in rows]
    pinned = [
        {
            "name": line.label,
            "value": line.value,
            "shown": format_value(line.value, subject.unit, subject.decimals),
        }
        for line in lines
    ]
    return grid(
        f"{RANKED}-grid",
        f"{indicator['title']}: {subject.chosen.name}",
        _columns(served, indicator, records),
        records,
        pinned=pinned,
    )


def _record(served: Served, indicator: Row, row: Row, rank: RankInterval | None) -> dict[str, Any]:
    """One authority's line of the table."""
    unit, decimals = indicator["unit"], indicator["decimals"]
    marks = [
        word
        for word, holds in (
            ("" if row["value"] is not None else served.absence(row), True),
            ("provisional", row["provisional"]),
            ("joint return", row["joint_with"]),
        )
        if word and holds
    ]
    return {
        "name": served.name(row["area_code"]),
        "value": row["value"],
        "shown": "" if row["value"] is None else format_value(row["value"], unit, decimals),
        "interval": interval_words(row, indicator),
        "wider": interval_words(row, indicator, "998"),
        "versus": row["vs_england"] or "",
        "band": shown_band(row, indicator) or "",
        "rank_region": row["rank_region"],
        "rank_england": row["rank_england"],
        "rank_span": f"{rank.low} to {rank.high}" if rank else "",
        "change": row["change"],
        "change_shown": _signed(row["change"], indicator),
        "numerator": row["numerator"],
        "denominator": row["denominator"],
        "state": ", ".join(marks),
    }


def interval_words(row: Row, indicator: Row, width: str = "95") -> str:
    """`71.2 to 89.1`; empty where there is no interval. `width`: `95`, or `998` for 99.8 %."""
    if row[f"ci{width}_low"] is None:
        return ""
    decimals = max(1, indicator["decimals"])
    ends = (row[f"ci{width}_low"], row[f"ci{width}_high"])
    return " to ".join(format_value(end, indicator["unit"], decimals) for end in ends)


def _signed(change: float | None, indicator: Row) -> str:
    if change is None:
        return ""
    size = format_value(abs(change), indicator["unit"], indicator["decimals"])
    size = size.replace("%", " points")
    return f"+{size}" if change > 0 else f"−{size}" if change < 0 else size


def _sentence_case(label: str) -> str:
    return f"{label[:1].upper()}{label[1:]}"


def _grade_columns(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A grade has neither a rank among equals, nor an interval, nor a change in points."""
    note = {"field": "state", "headerName": "Note", "width": 190}
    return [
        {"field": "name", "headerName": "Authority", "pinned": "left", "width": 205},
        {"field": "value", "headerName": "Grade", "width": 260,
         "valueFormatter": {"function": "params.data.shown"}},
        *([note] if any(record["state"] for record in records) else []),
    ]  # fmt: skip


def _columns(
    served: Served, indicator: Row, records: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Column definitions; a column in which no authority has anything is left out."""
    optional = {
        "state": {"headerName": "Note", "width": 150},
        "interval": {"headerName": "95% interval", "width": 150},
        "wider": {"headerName": "99.8% interval", "width": 150},
        "versus": {"headerName": f"Against {served.country['name']}", "width": 125},
        "band": {"headerName": "Quarter (A best)", "width": 100},
    }
    if indicator["unit"] == GRADE:
        return _grade_columns(records)
    return [
        {"field": "name", "headerName": "Authority", "pinned": "left", "width": 205},
        {"field": "value", "headerName": unit_title(indicator["unit"]), "width": 110,
         "type": "rightAligned", "valueFormatter": {"function": "params.data.shown"}},
        *({"field": field, **column} for field, column in optional.items()
          if any(record[field] for record in records)),
        *([] if indicator["unit"] in UNRANKED_UNITS else [
            {"field": "rank_region", "headerName": "Rank in region", "width": 100},
            {"field": "rank_england", "headerName": "Rank in country", "width": 108},
        ]),
        *([{"field": "rank_span", "headerName": "By chance between", "width": 118,
            "sortable": False}] if any(record["rank_span"] for record in records) else []),
        {"field": "change", "headerName": "Change on a year earlier", "width": 130,
         "type": "rightAligned", "valueFormatter": {"function": "params.data.change_shown"}},
        *({"field": key, "headerName": _sentence_case(indicator[f"{key}_label"]), "width": 170,
           "type": "rightAligned", "valueFormatter": {
               "function": "params.value == null ? '' : d3.format(',')(params.value)"}}
          for key in ("numerator", "denominator") if indicator[f"{key}_label"]),
    ]  # fmt: skip
