"""One indicator's period over every authority: the funnel, the spread and the tile map, each with
the sentence before it and the same numbers as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dash import html

from alliance.charts import CHARTS
from alliance.charts.distribution import distribution, quartiles, shown_quantile
from alliance.charts.funnel import Axes, funnel, place_words
from alliance.charts.tile_map import Band, band_of, find_bands, tile_map
from alliance.charts.tiles import Tile, country_tiles
from alliance.components.chart_frame import chart_frame, stamp
from alliance.components.indicator_subject import Subject, absences
from alliance.components.raise_challenge import raise_on
from alliance.components.tables import grid
from alliance.evidence import FEW_MEMBERS
from indicators.counts import scale_of
from indicators.funnel import INSIDE, Funnel, build_funnel
from indicators.words import (
    GRADE,
    NO_FIGURE,
    UNRANKED_UNITS,
    format_number,
    format_value,
    format_with_unit,
    unit_title,
)

FUNNEL, SPREAD, MAP = "indicator-funnel", "indicator-spread", "indicator-map"
NAMED = 24
"""Up to so many without a figure are named below a chart; of more, the table says who."""

Record = dict[str, Any]


def _section(
    subject: Subject,
    section_id: str,
    prefix: str,
    chart_id: str,
    *,
    title: str,
    sentence: str,
    figure: dict[str, Any],
    table: Any,
    tab: str,
    notes: list[Any],
    kind: str = "country",
) -> html.Section:
    stamp(figure, subject.served, subject.indicator, subject.period)
    section = chart_frame(
        CHARTS[chart_id],
        prefix=prefix,
        title=title,
        sentence=sentence,
        figure=figure,
        table=table,
        tab=tab,
        export=(kind, subject.query()),
        file_name=f"{subject.file_stem}_{section_id}",
        notes=[_notes(notes)] if notes else [],
        actions=raise_on(subject, section_id),
    )
    section.id = section_id
    return section


def _notes(notes: Sequence[Any]) -> html.Div:
    return html.Div(
        [html.P(note) if isinstance(note, str) else note for note in notes], className="absences"
    )


def _opening(subject: Subject) -> str:
    """`Fenshire: 67 per 10,000 on 31 March 2025`, without a full stop."""
    mine = subject.mine
    if mine is None or mine["value"] is None:
        return subject.absent_sentence().removesuffix(".")
    shown = format_with_unit(mine["value"], subject.unit, subject.decimals)
    return f"{subject.name}: {shown} {subject.when}"


def _counted(n: int, one: str, many: str) -> str:
    return f"{n or 'none'} {one if n == 1 else many}"


def _table(
    subject: Subject, prefix: str, columns: Sequence[Record], records: Iterable[Record]
) -> Any:
    """A sortable table of every authority, highest figure first."""
    own = [
        {"field": "name", "headerName": "Authority", "pinned": "left", "width": 205},
        {"field": "value", "headerName": unit_title(subject.unit), "width": 150,
         "type": "rightAligned", "valueFormatter": {"function": "params.data.shown"}},
    ]  # fmt: skip
    ordered = sorted(
        records, key=lambda r: (r["value"] is None, -(r["value"] or 0.0), str(r["name"]))
    )
    label = f"{subject.indicator['title']}: every authority"
    return grid(f"{prefix}-grid", label, [*own, *columns], ordered)


def _record(subject: Subject, row: Mapping[str, Any], **more: Any) -> Record:
    value = row["value"]
    return {
        "name": subject.who.name(row["area_code"]),
        "value": value,
        "shown": "" if value is None else format_value(value, subject.unit, subject.decimals),
        **more,
    }


def _absence_notes(subject: Subject, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    reasons = absences(subject.served, rows)
    return [
        f"No figure ({why}): {', '.join(names)}."
        if len(names) <= NAMED
        else f"No figure ({why}): {len(names)} authorities, named in the table."
        for why, names in reasons.items()
    ]


# The funnel -------------------------------------------------------------------------------------


def read_funnel(subject: Subject) -> Funnel | None:
    """The funnel of the period's figures; None where there are no counts to make one from."""
    indicator = subject.indicator
    return build_funnel(
        subject.figures, method=indicator["interval_method"], scale=scale_of(indicator)
    )


def funnel_section(subject: Subject, tab: str) -> list[html.Section]:
    """The funnel of every authority with whole counts; nothing where there is none."""
    found = read_funnel(subject)
    if found is None:
        return []
    label = subject.indicator["denominator_label"] or "denominator"
    axes = Axes(
        subject.unit, max(subject.decimals, 1), subject.unit_title,
        f"{label[:1].upper()}{label[1:]}",
    )  # fmt: skip
    return [
        _section(
            subject,
            "funnel",
            FUNNEL,
            "funnel",
            title="Against the size of the authority",
            sentence=_funnel_sentence(subject, found),
            figure=funnel(found, subject.who, axes),
            table=_funnel_table(subject, found, axes),
            tab=tab,
            notes=_funnel_notes(subject, found),
            kind="funnel",
        )
    ]


def _funnel_sentence(subject: Subject, found: Funnel) -> str:
    point = found.point(subject.view.us)
    where = (
        "it has no point in the funnel, whose limits are"
        if point is None
        else place_words(point.place)
    )
    beyond = sum(p.place.endswith("998") for p in found.points)
    between = sum(p.place != INSIDE for p in found.points) - beyond
    return (
        f"{_opening(subject)}; {where} around the {line_words(subject, found)}. Beyond the 99.8% "
        f"limits: {beyond or 'none'}; between those and the 95% limits: {between or 'none'}."
    )


def line_words(subject: Subject, found: Funnel) -> str:
    """What the line of the funnel is, where it lies, and that it is not the country's published
    figure, which stands beside it where there is one."""
    target = format_value(found.target, subject.unit, max(subject.decimals, 1))
    published = next((r["england"] for r in subject.figures if r["england"] is not None), None)
    if published is None:
        return f"{found.line}, {target}"
    shown = format_value(published, subject.unit, subject.decimals)
    return f"{found.line}, {target} ({subject.country}’s published figure: {shown})"


def _funnel_notes(subject: Subject, found: Funnel) -> list[str]:
    spread = (
        "The authorities differ by more than chance and the size of their populations explain "
        "(over-dispersion), so the limits are widened by the variance between them. A point "
        "outside them stands out even so."
        if found.overdispersed
        else "The authorities differ no more than chance would have it, so the limits are those of "
        "chance alone."
    )
    shown = {point.area_code for point in found.points}
    left = [row for row in subject.known if row["area_code"] not in shown]
    names = ", ".join(subject.who.name(row["area_code"]) for row in left[:NAMED])
    without = [f"With a figure but without whole counts, so without a point: {names}."]
    return [spread, *(without if left else [])]


def _funnel_table(subject: Subject, found: Funnel, axes: Axes) -> Any:
    rows = {row["area_code"]: row for row in subject.figures}
    records = [
        _record(
            subject,
            rows[point.area_code],
            # The point's own figure: worked out of the counts, where the published one is rounded.
            value=point.value,
            shown=format_value(point.value, subject.unit, max(subject.decimals, 1)),
            size=point.denominator,
            size_shown=format_number(point.denominator, 0),
            z=round(point.z, 2),
            place=place_words(point.place),
        )
        for point in found.points
    ]
    columns: list[Record] = [
        {"field": "size", "headerName": axes.denominator_title, "width": 170,
         "type": "rightAligned", "valueFormatter": {"function": "params.data.size_shown"}},
        {"field": "z", "headerName": "Standard deviations from the average", "width": 150,
         "type": "rightAligned"},
        {"field": "place", "headerName": "Place", "width": 210},
    ]  # fmt: skip
    line = line_words(subject, found)
    note = html.P(f"The average is the {line}.", className="small")
    return html.Div([_table(subject, FUNNEL, columns, records), note])


# The spread -------------------------------------------------------------------------------------


def spread_section(subject: Subject, tab: str) -> list[html.Section]:
    """A dot for every authority; nothing of grades, nor of so few figures that they have no
    quarters."""
    if subject.graded or len(subject.known) < FEW_MEMBERS:
        return []
    return [
        _section(
            subject,
            "spread",
            SPREAD,
            "distribution",
            title="The spread of all authorities",
            sentence=_spread_sentence(subject),
            figure=distribution(
                subject.known,
                subject.who,
                unit=subject.unit,
                decimals=subject.decimals,
                unit_title=subject.unit_title,
            ),
            table=_spread_table(subject),
            tab=tab,
            notes=_size_note(subject),
        )
    ]


def _size_note(subject: Subject) -> list[str]:
    if subject.unit not in UNRANKED_UNITS:
        return []
    return ["A number follows the size of the authority, so its place among others says little."]


def _spread_sentence(subject: Subject) -> str:
    low, middle, high = (
        shown_quantile(value, subject.unit, subject.decimals)
        for value in quartiles([row["value"] for row in subject.known])
    )
    return (
        f"{_opening(subject)}. Half of the {len(subject.known)} authorities with a figure lie "
        f"between {low} and {high}; the median is {middle}."
    )


def _spread_table(subject: Subject) -> Any:
    bands = find_bands(subject.known, subject.unit, subject.decimals)
    records = [_record(subject, row, where=_quarter(bands, row["value"])) for row in subject.known]
    columns = [{"field": "where", "headerName": "Lies in", "width": 260}]
    return _table(subject, SPREAD, columns, records)


def _quarter(bands: Sequence[Band], value: float | None) -> str:
    number = band_of(value, bands)
    return NO_FIGURE if number is None else bands[number].label


# The tile map -----------------------------------------------------------------------------------


def map_section(subject: Subject, tab: str) -> list[html.Section]:
    """A tile for every authority there is now; nothing of numbers, which would map the size of the
    authorities, nor where no authority with a figure has a tile."""
    tiles = country_tiles(demo=subject.served.info.demo)
    if subject.unit in UNRANKED_UNITS or not any(r["area_code"] in tiles for r in subject.known):
        return []
    rows = _map_rows(subject, tiles)
    bands = find_bands(rows, subject.unit, subject.decimals)
    regions = {c: str(a["region"]) for c, a in subject.served.authorities.items()}
    return [
        _section(
            subject,
            "map",
            MAP,
            "tile_map",
            title=f"Map of {subject.country}",
            sentence=_map_sentence(subject, bands),
            figure=tile_map(
                rows,
                subject.who,
                tiles,
                unit=subject.unit,
                decimals=subject.decimals,
                regions=regions,
            ),
            table=_map_table(subject, rows, bands, regions),
            tab=tab,
            notes=_map_notes(subject, rows, bands, tiles),
        )
    ]


def _map_rows(subject: Subject, tiles: Mapping[str, Tile]) -> list[Mapping[str, Any]]:
    """The period's rows, each with why there is no figure; and one for each authority with a tile
    that the period has no row of."""
    served = subject.served
    rows = [
        row if row["value"] is not None else {**row, "absence": served.absence(row)}
        for row in subject.figures
    ]
    held = {row["area_code"] for row in rows}
    ends = served.period_end(subject.key, subject.period)
    missing = [
        {"area_code": code, "value": None, "status": None, "period_end": ends, "joint_with": None}
        for code in tiles
        if code in served.authorities and code not in held
    ]
    return [*rows, *({**row, "absence": served.absence(row)} for row in missing)]


def _map_sentence(subject: Subject, bands: Sequence[Band]) -> str:
    mine, n = subject.mine, len(subject.known)
    if mine is None or mine["value"] is None:
        return f"{_opening(subject)}. {_counted(n, 'authority has', 'authorities have')} a figure."
    if subject.graded:
        same = sum(row["value"] == mine["value"] for row in subject.known)
        return f"{_opening(subject)}; held by {same} of the {n} authorities with a judgement."
    label = bands[band_of(mine["value"], bands) or 0].label
    name, _, span = label.rpartition(": ")
    lies = f"in the {name.lower()} ({span})" if name else f"among those from {span}"
    return f"{_opening(subject)}; {lies} of the {n} authorities with a figure."


def _map_notes(
    subject: Subject,
    rows: Sequence[Mapping[str, Any]],
    bands: Sequence[Band],
    tiles: Mapping[str, Tile],
) -> list[Any]:
    former = [
        f"{subject.who.name(row['area_code'])} "
        f"({format_value(row['value'], subject.unit, subject.decimals)})"
        for row in rows
        if row["area_code"] not in tiles and row["value"] is not None
    ]
    gone = [f"With a figure for this period but no tile, having ceased since: {', '.join(former)}."]
    return [
        *_where_members_lie(subject, bands),
        *_absence_notes(subject, [row for row in rows if row["area_code"] in tiles]),
        *(gone if former else []),
    ]


def _where_members_lie(subject: Subject, bands: Sequence[Band]) -> list[Any]:
    """Which of the set lie in each band, the highest first."""
    members = [row for row in subject.known if row["area_code"] in subject.who.members]
    if not members or subject.who.members >= {row["area_code"] for row in subject.known}:
        return []
    held: dict[int, list[str]] = {}
    for row in members:
        number = band_of(row["value"], bands)
        if number is not None:
            held.setdefault(number, []).append(subject.who.name(row["area_code"]))
    entries = [
        part
        for number in sorted(held, reverse=True)
        for part in (
            html.Dt(f"{number + 1}  {bands[number].label}"),
            html.Dd(", ".join(sorted(held[number]))),
        )
    ]
    return [html.H3(subject.who.set_name), html.Dl(entries, className="where")]


def _map_table(
    subject: Subject,
    rows: Sequence[Mapping[str, Any]],
    bands: Sequence[Band],
    regions: Mapping[str, str],
) -> Any:
    authorities = subject.served.authorities
    records = [
        _record(
            subject,
            row,
            region=regions[row["area_code"]],
            where=row["absence"] if row["value"] is None else _quarter(bands, row["value"]),
        )
        for row in rows
        if row["value"] is not None or authorities[row["area_code"]]["valid_to"] is None
    ]
    columns: list[Record] = [
        {"field": "where", "headerName": "Judgement" if subject.unit == GRADE else "Lies in",
         "width": 260},
        {"field": "region", "headerName": "Region", "width": 210},
    ]  # fmt: skip
    return _table(subject, MAP, columns, records)


SECTIONS: dict[str, Callable[[Subject, str], list[html.Section]]] = {
    "funnel": funnel_section,
    "spread": spread_section,
    "map": map_section,
}
"""By the query parameter of their tab, in their order on the page."""
