"""Every chart of the registry draws whatever rows there may be, and invents nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from alliance.charts import CHARTS
from alliance.charts.breakdown import Category, Marks, breakdown
from alliance.charts.distribution import distribution, quartiles, shown_quantile
from alliance.charts.funnel import Axes, funnel, place_words
from alliance.charts.grades import grade_bars
from alliance.charts.ranked_bars import MANY, Comparator, comparators, median_line, ranked_bars
from alliance.charts.scatter import Axis, scatter
from alliance.charts.small_multiples import Panel, small_multiples
from alliance.charts.spine import SpineRow, Spread, can_be_drawn, spine
from alliance.charts.style import FONT, GREY, PLUM, TEAL, US, base_layout, wrap
from alliance.charts.tile_map import ON_SHADE, SHADES, band_of, find_bands, tile_map
from alliance.charts.tiles import Tile
from alliance.charts.trajectory import Path, Travelled, Usual, trajectory
from alliance.charts.trend import ORCHID, Peers, lines_of, trend
from alliance.charts.who import SET, Who
from alliance.charts.xmr import xmr
from indicators.funnel import Funnel, FunnelLimit, FunnelPoint
from indicators.rank_interval import RankInterval

Row = dict[str, Any]


def row(code: str, value: float | None, *, rank: int | None = None, year: int = 2025) -> Row:
    """One row of a comparison; a value has an interval of one about it."""
    return {
        "area_code": code,
        "period": str(year),
        "period_end": date(year, 3, 31),
        "value": value,
        "rank_england": rank,
        "n_england": 150,
        "ci95_low": None if value is None else value - 1,
        "ci95_high": None if value is None else value + 1,
        "ci998_low": None if value is None else value - 2,
        "ci998_high": None if value is None else value + 2,
        "england": 50.0,
        "region": 48.0,
        "neighbours_median": 47.5,
        "neighbours_n": 10,
        "joint_with": None,
        "provisional": False,
    }


def without_comparators(found: Row) -> Row:
    return found | {
        "england": None, "region": None, "neighbours_median": None, "neighbours_n": 0,
        "ci95_low": None, "ci95_high": None, "ci998_low": None, "ci998_high": None,
    }  # fmt: skip


ROWS: dict[str, list[Row]] = {
    "ordinary": [row("901", 60.0, rank=3), row("902", 70.0, rank=2), row("903", 80.0, rank=1)],
    "none": [],
    "one": [row("901", 60.0, rank=1)],
    "one suppressed": [row("901", 60.0, rank=1), row("902", None)],
    "all suppressed": [row("901", None), row("902", None)],
    "negative": [row("901", -0.6, rank=2), row("902", 0.4, rank=1), row("903", -3.0, rank=3)],
    "all negative": [row("901", -1.0, rank=1), row("902", -2.0, rank=2)],
    "nought": [row("901", 0.0, rank=1), row("902", 0.0, rank=1)],
    "nothing to compare with": [without_comparators(row("901", 60.0, rank=1))],
    "nothing at all": [without_comparators(row("901", None))],
    "many": [row(str(700 + i), 100.0 - i, rank=i + 1) for i in range(MANY + 12)],
    "everyone": [row(str(500 + i), 200.0 - i, rank=i + 1) for i in range(153)],
    "joint": [
        row("901", 60.0, rank=1) | {"joint_with": "902"},
        row("902", 60.0, rank=1) | {"joint_with": "901"},
    ],
}


NEAR = median_line("Median of 10 neighbours", 47.5, neighbours=True)


def draw_ranked_bars(rows: list[Row], us: str = "901") -> dict[str, Any]:
    names = {found["area_code"]: f"Authority {found['area_code']}" for found in rows}
    return ranked_bars(
        rows, names, us=us, members=frozenset(names), unit="per_10000", decimals=1,
        unit_title="Per 10,000",
        lines=[*(comparators(rows[0], country="Aldermark", region="Eastmere") if rows else []),
               *([NEAR] if any(r["value"] is not None for r in rows) else [])],
    )  # fmt: skip


def draw_trend(rows: list[Row]) -> dict[str, Any]:
    years = [found | {"period": str(2000 + i)} for i, found in enumerate(rows)]
    lines = lines_of("Fenshire", "Eastmere", "Aldermark")
    return trend(years, lines, unit="per_10000", decimals=1, unit_title="Per 10,000")


def draw_trajectory(rows: list[Row]) -> dict[str, Any]:
    years = [found | {"period": str(2000 + i), "period_end": date(2000 + i, 3, 31)}
             for i, found in enumerate(rows)]  # fmt: skip
    path = Path((date(2001, 3, 31), 65.0), (date(2004, 3, 31), 50.0), 50.0)
    travelled = [Travelled("Fenshire", years, main=True),
                 Travelled("Hillshire", years, main=False)]  # fmt: skip
    return trajectory(travelled, path, unit="per_10000", decimals=1, unit_title="Per 10,000")


def draw_grades(rows: list[Row]) -> dict[str, Any]:
    graded = [r | {"value": None if r["value"] is None else 1.0 + i % 4}
              for i, r in enumerate(rows)]  # fmt: skip
    names = {found["area_code"]: f"Authority {found['area_code']}" for found in rows}
    return grade_bars(graded, names | {"901": "Fenshire"}, us="901")


def names_of(rows: list[Row]) -> dict[str, str]:
    return {"901": "Fenshire"} | {r["area_code"]: f"Authority {r['area_code']}" for r in rows}


def who_of(rows: list[Row], us: str = "901") -> Who:
    members = frozenset(found["area_code"] for found in rows[:3])
    return Who(us, members, names_of(rows), "Eastmere")


AXES = Axes("per_10000", 1, "Per 10,000", "Children aged 0 to 17")
PLACES = ("inside", "above_95", "below_95", "above_998", "below_998")


def funnel_of(rows: list[Row]) -> Funnel:
    """A point for each row with a value; every place in turn."""
    known = [found for found in rows if found["value"] is not None]
    points = tuple(
        FunnelPoint(found["area_code"], found["value"], 1000 + 5000 * i, i % 5 - 2.0, PLACES[i % 5])
        for i, found in enumerate(known)
    )
    curve = tuple(FunnelLimit(size, 30.0, 40.0, 60.0, 70.0) for size in (500.0, 90_000.0))
    return Funnel(50.0, 1.0, 0.0, overdispersed=False, points=points, curve=curve)


def draw_funnel(rows: list[Row], us: str = "901") -> dict[str, Any]:
    return funnel(funnel_of(rows), who_of(rows, us), AXES)


def draw_distribution(rows: list[Row]) -> dict[str, Any]:
    return distribution(rows, who_of(rows), unit="per_10000", decimals=1, unit_title="Per 10,000")


def tiles_of(rows: list[Row]) -> dict[str, Tile]:
    codes = [found["area_code"] for found in rows]
    return {code: Tile(code, row=i // 14, column=i % 14) for i, code in enumerate(codes)}


def draw_tile_map(rows: list[Row], us: str = "901") -> dict[str, Any]:
    absent = [r | {"absence": "suppressed"} if r["value"] is None else r for r in rows]
    regions = {r["area_code"]: f"Region {i % 2}" for i, r in enumerate(rows)}
    return tile_map(
        absent, who_of(rows, us), tiles_of(rows), unit="per_10000", decimals=1, regions=regions
    )


def draw_breakdown(rows: list[Row]) -> dict[str, Any]:
    categories = [
        Category(f"Category {i}", r["value"], r["england"], r["neighbours_median"],
                 absence="" if r["value"] is not None else "suppressed", here=i == 0)
        for i, r in enumerate(rows)
    ]  # fmt: skip
    marks = Marks("Fenshire", "Aldermark", "Median of the set")
    return breakdown(categories, marks, unit="percent", decimals=1, unit_title="Per cent (%)")


def draw_spine(rows: list[Row]) -> dict[str, Any]:
    indicator = {
        "indicator_id": "cla_rate", "title": "Children looked after", "domain": "Care",
        "unit": "per_10000", "decimals": 1, "polarity": "none",
    }  # fmt: skip
    spread = Spread(150, 10.0, 20.0, 40.0, 60.0, 80.0, 90.0)
    found = [
        SpineRow(indicator, r | {"vs_england": "higher"}, spread)
        for r in rows
        if can_be_drawn(indicator, r)
    ]
    return spine(found, us="Fenshire", region="Eastmere", country="Aldermark")


def draw_xmr(rows: list[Row]) -> dict[str, Any]:
    quarters = [
        {"label": f"Q1 {2000 + i}", "period_end": date(2000 + i, 6, 30), "value": r["value"]}
        for i, r in enumerate(rows)
    ]
    return xmr(quarters, [], None, unit="percent", decimals=1, unit_title="Per cent (%)")


def draw_scatter(rows: list[Row]) -> dict[str, Any]:
    known = [found for found in rows if found["value"] is not None]
    points = [{"area_code": r["area_code"], "x": r["value"], "y": -r["value"]} for r in known]
    names = {found["area_code"]: f"Authority {found['area_code']}" for found in rows}
    axis = Axis("Referrals", "per_10000", 1, known[0]["value"] if known else None)
    return scatter(points, names, axis, axis, us="901", members=frozenset({"902"}))


def draw_small_multiples(rows: list[Row]) -> dict[str, Any]:
    panels = [
        Panel(f"Authority {r['area_code']}", ("2024", "2025"), (r["value"], None), (None, 1.0),
              "per_10000", 1, ours=r["area_code"] == "901")
        for r in rows
    ]  # fmt: skip
    return small_multiples(panels, same_scale=True)


FITS_ANYWHERE = {"small_multiples"}
"""Charts that are the same at every width: the page draws the panels itself."""

DRAW: dict[str, Callable[[list[Row]], dict[str, Any]]] = {
    "breakdown": draw_breakdown,
    "distribution": draw_distribution,
    "funnel": draw_funnel,
    "grades": draw_grades,
    "ranked_bars": draw_ranked_bars,
    "spine": draw_spine,
    "tile_map": draw_tile_map,
    "scatter": draw_scatter,
    "small_multiples": draw_small_multiples,
    "trajectory": draw_trajectory,
    "trend": draw_trend,
    "xmr": draw_xmr,
}


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_draws_any_rows_as_plain_json(chart: str, kind: str) -> None:
    figure = DRAW[chart](ROWS[kind])
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure
    assert set(figure) == {"data", "layout"}
    assert figure["layout"]["height"] >= 180
    assert figure["layout"]["font"]["family"] == FONT


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_that_fits_its_width_changes_what_it_has(chart: str, kind: str) -> None:
    """What changes is a part of the layout or of a trace, and no figure is another for it."""
    layout, data = (DRAW[chart](ROWS[kind])[part] for part in ("layout", "data"))
    fit = layout.get("meta", {}).get("fit")
    if fit is None:
        assert chart in FITS_ANYWHERE or (chart == "ranked_bars" and len(ROWS[kind]) > MANY)
        return
    assert fit["least"] < fit["most"]
    assert set(fit["layout"]) <= set(layout) | {"annotations"}
    assert len(fit["data"]) <= len(data)
    for trace, changes in zip(data, fit["data"], strict=False):
        assert set(changes) <= {"y", "text"}
        assert {key: len(value) for key, value in changes.items()} == {
            key: len(trace[key]) for key in changes
        }


def test_names_above_bars_are_those_beside_them() -> None:
    layout = draw_ranked_bars(ROWS["ordinary"])["layout"]
    above = [note["text"].strip() for note in layout["meta"]["fit"]["layout"]["annotations"]]
    assert above == [label.strip() for label in layout["yaxis"]["ticktext"]]
    assert layout["meta"]["fit"]["layout"]["yaxis"]["showticklabels"] is False


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_says_how_to_read_it(chart: str) -> None:
    declared = CHARTS[chart]
    assert declared.id == chart
    assert declared.title
    assert declared.how_to_read.endswith(".")
    assert declared.intervals == ("interval" in json.dumps(DRAW[chart](ROWS["ordinary"])))


def points(figure: Mapping[str, Any], axis: str, kind: str = "bar") -> list[float]:
    """Every value that the traces of a kind draw along an axis."""
    found = [trace.get(axis, ()) for trace in figure["data"] if trace["type"] == kind]
    return [v for values in found for v in values if isinstance(v, float)]


@pytest.mark.parametrize("kind", ROWS)
def test_a_bar_stands_for_each_value_and_for_no_suppressed_one(kind: str) -> None:
    figure = draw_ranked_bars(ROWS[kind])
    axis = "y" if kind in {"many", "everyone"} else "x"
    known = [found for found in ROWS[kind] if found["value"] is not None]
    ranked = sorted(known, key=lambda found: (found["rank_england"], found["area_code"]))
    assert points(figure, axis) == [found["value"] for found in ranked]
    assert len(figure["data"][0]["hovertext"]) == len(known)


def test_few_bars_lie_flat_with_their_names_and_figures() -> None:
    figure = draw_ranked_bars(ROWS["ordinary"])
    assert figure["data"][0]["orientation"] == "h"
    labels = figure["layout"]["yaxis"]["ticktext"]
    assert ["80.0" in labels[0], "70.0" in labels[1], "60.0" in labels[2]] == [True] * 3
    assert "<b>Authority" in labels[2]


def test_many_bars_stand_upright_and_ours_is_named() -> None:
    figure = draw_ranked_bars(ROWS["many"], us="705")
    assert "orientation" not in figure["data"][0]
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["<b>▼ Authority 705</b>"]


def test_only_our_bar_has_our_colour() -> None:
    colours = draw_ranked_bars(ROWS["ordinary"])["data"][0]["marker"]["color"]
    assert colours.count(US) == 1
    assert colours[2] == US


def test_an_interval_reaches_from_its_low_to_its_high_end() -> None:
    error = draw_ranked_bars(ROWS["ordinary"])["data"][0]["error_x"]
    assert error["visible"]
    assert error["array"] == error["arrayminus"] == [1.0, 1.0, 1.0]
    assert not draw_ranked_bars(ROWS["nothing to compare with"])["data"][0]["error_x"]["visible"]


@pytest.mark.parametrize(("kind", "axis"), [("ordinary", "error_x"), ("many", "error_y")])
def test_the_wider_interval_is_drawn_too_and_both_are_in_the_legend(kind: str, axis: str) -> None:
    data = draw_ranked_bars(ROWS[kind])["data"]
    wider = next(trace for trace in data[1:] if axis in trace)
    n = len(ROWS[kind])
    assert wider[axis]["array"] == wider[axis]["arrayminus"] == [2.0] * n
    assert wider[axis]["thickness"] < data[0][axis]["thickness"]
    assert "95% (thick) and 99.8% intervals" in [trace.get("name") for trace in data]


def test_a_bar_says_the_rank_that_chance_allows() -> None:
    rows = ROWS["ordinary"]
    (bar, *_) = ranked_bars(
        rows, names_of(rows), us="901", members=frozenset(), unit="percent", decimals=0,
        unit_title="%", lines=[], ranks={"903": RankInterval(3, 15, 153), "901": None},
    )["data"]  # fmt: skip
    assert "by chance between 3rd and 15th of 153" in bar["hovertext"][0]
    assert not any("by chance" in text for text in bar["hovertext"][1:])


def test_comparators_differ_by_their_dashes_and_are_named() -> None:
    found = comparators(row("901", 60.0), country="Aldermark", region="Eastmere")
    assert [(line.label, line.value) for line in found] == [
        ("Aldermark", 50.0),
        ("Eastmere", 48.0),
    ]
    of_set = median_line("Median of the set (4 others)", 47.5, neighbours=False)
    assert len({line.dash for line in (*found, NEAR, of_set)}) == 4
    assert len({line.colour for line in (*found, NEAR, of_set)}) == 4
    assert comparators(ROWS["nothing at all"][0], country="A", region="B") == []


def test_totals_of_many_authorities_are_not_drawn_beside_one() -> None:
    rows = ROWS["ordinary"]
    lines = [*comparators(rows[0], country="Aldermark", region="Eastmere", totals=True), NEAR]
    assert [line.label for line in lines if not line.total] == ["Median of 10 neighbours"]
    figure = ranked_bars(
        rows, {r["area_code"]: r["area_code"] for r in rows}, us="901", members=frozenset(),
        unit="count", decimals=0, unit_title="Number", lines=lines,
    )  # fmt: skip
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [47.5]
    assert not {"Aldermark", "Eastmere"} & {trace.get("name") for trace in figure["data"]}


def test_a_comparator_s_line_spans_the_bars_and_is_in_the_legend() -> None:
    figure = ranked_bars(
        ROWS["ordinary"], {"901": "A", "902": "B", "903": "C"}, us="901",
        members=frozenset({"901", "902", "903"}), unit="percent", decimals=0, unit_title="%",
        lines=[Comparator("Aldermark", 62.5, "solid", GREY)],
    )  # fmt: skip
    (shape,) = figure["layout"]["shapes"]
    assert (shape["x0"], shape["x1"]) == (62.5, 62.5)
    assert (shape["y0"], shape["y1"]) == (-0.5, 2.5)
    assert "Aldermark" in [trace.get("name") for trace in figure["data"]]


def graded(*grades: float | None) -> list[Row]:
    return [row(str(901 + i), grade) for i, grade in enumerate(grades)]


def test_a_bar_of_grades_counts_those_who_hold_it_and_none_without_a_grade() -> None:
    names = {str(901 + i): f"Authority {901 + i}" for i in range(6)}
    figure = grade_bars(graded(2.0, 1.0, 2.0, None, 4.0, 2.0), names, us="901")
    (bar,) = figure["data"]
    assert dict(zip(bar["y"], bar["x"], strict=True)) == {1: 1, 2: 3, 3: 0, 4: 1}
    assert [colour == US for colour in bar["marker"]["color"]] == [False, True, False, False]
    assert bar["text"][1] == "<b>3, with Authority 901</b>"
    assert "Authority 906" in bar["hovertext"][1]
    top, bottom = figure["layout"]["yaxis"]["range"]
    assert top > bottom, "the best grade is on top"


def test_many_who_hold_a_grade_are_counted_and_the_first_named() -> None:
    rows = graded(*[3.0] * 20)
    names = {found["area_code"]: f"Authority {found['area_code']}" for found in rows}
    (bar,) = grade_bars(rows, names, us="901")["data"]
    assert bar["x"] == [0, 0, 20, 0]
    assert "and 8 more" in bar["hovertext"][2]


def test_a_trend_of_grades_has_an_axis_in_words_with_the_best_on_top() -> None:
    rows = [without_comparators(row("901", grade)) for grade in (3.0, 2.0)]
    figure = trend(
        rows, lines_of("Fenshire", "Eastmere", "Aldermark"), unit="grade", decimals=0,
        unit_title="Grade",
    )  # fmt: skip
    axis = figure["layout"]["yaxis"]
    assert axis["tickvals"] == [1, 2, 3, 4]
    assert axis["ticktext"][0] == "Outstanding"
    assert axis["range"][0] > axis["range"][1]
    assert [trace["name"] for trace in figure["data"]] == ["Fenshire"]
    assert figure["data"][0]["text"] == ["Requires improvement to be good", "Good"]


def test_a_gap_in_a_trend_stays_a_gap() -> None:
    figure = draw_trend([row("901", 60.0), row("901", None), row("901", 70.0)])
    (ours,) = [trace for trace in figure["data"] if trace["name"] == "Fenshire"]
    assert ours["y"] == [60.0, None, 70.0]
    assert ours["connectgaps"] is False
    assert figure["layout"]["xaxis"]["categoryarray"] == ["2000", "2001", "2002"]


def test_the_lines_of_a_trend_differ_by_marker_and_dashes() -> None:
    figure = draw_trend(ROWS["ordinary"])
    lines = [trace for trace in figure["data"] if trace["mode"] == "lines+markers"]
    assert {trace["name"] for trace in lines} == {
        "Fenshire", "Eastmere", "Neighbours' median", "Aldermark",
    }  # fmt: skip
    assert len({trace["marker"]["symbol"] for trace in lines}) == 4
    assert len({trace["line"]["dash"] for trace in lines}) == 4


def test_a_line_without_a_figure_is_not_drawn() -> None:
    figure = draw_trend(ROWS["nothing to compare with"])
    assert [trace["name"] for trace in figure["data"]] == ["Fenshire"]


@pytest.mark.parametrize(
    ("values", "mode"),
    [([60.0, 62.0], "normal"), ([2.0, 60.0], "tozero"), ([-3.0, 60.0], "tozero")],
)
def test_an_axis_begins_at_nought_where_figures_reach_most_of_the_way(
    values: list[float], mode: str
) -> None:
    figure = draw_trend([row("901", value) for value in values])
    assert figure["layout"]["yaxis"]["rangemode"] == mode


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast_with_white(colour: str) -> float:
    return 1.05 / (luminance(colour) + 0.05)


@pytest.mark.parametrize("colour", [US, GREY, PLUM, TEAL, ORCHID, SET])
def test_lines_and_our_bar_stand_out_from_white(colour: str) -> None:
    assert contrast_with_white(colour) >= 3


@pytest.mark.parametrize("chart", CHARTS)
def test_text_in_a_chart_stands_out_from_white(chart: str) -> None:
    layout = DRAW[chart](ROWS["many"])["layout"]
    colours = [layout["font"]["color"]]
    colours += [layout[axis]["tickfont"]["color"] for axis in ("xaxis", "yaxis")]
    colours += [note["font"]["color"] for note in layout.get("annotations", ())]
    assert all(contrast_with_white(colour) >= 4.5 for colour in colours)


def test_layouts_share_nothing_that_one_chart_could_change_for_another() -> None:
    first = base_layout(300)
    first["font"]["size"] = 99
    first["margin"]["l"] = 99
    assert base_layout(300)["font"]["size"] == 13
    assert base_layout(300)["margin"]["l"] == 8


@pytest.mark.parametrize("name", ["Wen", "Kingsferry upon Isen", "A " * 40, "Llanfair" * 9])
def test_a_wrapped_name_loses_no_word(name: str) -> None:
    lines = wrap(name).split("<br>")
    assert " ".join(lines).split() == name.split()
    assert all(len(line) <= 22 or " " not in line for line in lines)


# Trend with peers --------------------------------------------------------------------------------


def test_the_interval_of_a_trend_is_an_area_that_a_year_without_one_parts() -> None:
    rows = [row("901", 60.0), row("901", 62.0), row("901", None), row("901", 70.0)]
    (band,) = [t for t in draw_trend(rows)["data"] if t["name"] == "95% interval"]
    assert band["fill"] == "toself"
    assert band["x"] == ["2000", "2001", "2001", "2000", "2000", None, "2003", "2003", "2003", None]
    assert band["y"] == [59.0, 61.0, 63.0, 61.0, 59.0, None, 69.0, 71.0, 69.0, None]


def test_members_of_the_set_are_one_faint_series_named_where_pointed_at() -> None:
    rows = [row("901", 60.0) | {"period": year} for year in ("2024", "2025")]
    members = {"Wenbridge": [("2024", 50.0), ("2025", None)], "Nobody": [("2024", None)]}
    figure = trend(
        rows, lines_of("Fenshire", "Eastmere", "Aldermark"), unit="percent", decimals=0,
        unit_title="%", peers=Peers("Members of the set", members),
    )  # fmt: skip
    first = figure["data"][0]
    assert first["name"] == "Members of the set"
    assert first["y"] == [50.0, None, None]
    assert first["hovertext"] == ["<b>Wenbridge</b><br>2024: 50%", "", ""]


def test_the_median_of_a_set_is_a_line_of_its_own_where_it_is_named() -> None:
    assert "set_median" not in {line.column for line in lines_of("A", "B", "C")}
    assert "set_median" in {line.column for line in lines_of("A", "B", "C", "Median of the set")}


# Funnel -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ROWS)
def test_a_point_of_the_funnel_stands_for_each_figure(kind: str) -> None:
    figure = draw_funnel(ROWS[kind])
    dots = [t for t in figure["data"] if t["mode"] == "markers"]
    drawn = sorted(value for trace in dots for value in trace["y"])
    assert drawn == sorted(r["value"] for r in ROWS[kind] if r["value"] is not None)


def test_the_limits_of_a_funnel_differ_by_their_dashes_and_lie_where_they_were_worked_out() -> None:
    lines = [t for t in draw_funnel(ROWS["many"])["data"] if t["mode"] == "lines"]
    assert [set(line["y"]) for line in lines] == [{50.0}, {40.0}, {60.0}, {30.0}, {70.0}]
    known = [row for row in ROWS["many"] if row["value"] is not None]
    names = [line["name"] for line in lines if line["showlegend"]]
    assert all(len(part) <= 26 for name in names for part in name.split("<br>"))
    assert [name.replace("<br>", " ") for name in names] == [
        f"Average of {len(known)} (50.0)", "95% limits", "99.8% limits",
    ]  # fmt: skip
    assert len({line["line"]["dash"] for line in lines}) == 3


def test_names_in_a_funnel_are_few_and_lie_inside_it_and_not_on_each_other() -> None:
    figure = draw_funnel(ROWS["everyone"], us="540")
    notes = figure["layout"]["annotations"]
    assert 1 < len(notes) <= 6
    assert notes[0]["text"] == "<b>Authority 540</b>"
    for i, note in enumerate(notes):
        for other in notes[i + 1 :]:
            assert (note["x"], note["y"]) != (other["x"], other["y"])
            same_side = note["xanchor"] == other["xanchor"]
            near = abs(note["x"] - other["x"]) < 0.05 and abs(note["y"] - other["y"]) < 5
            assert not (same_side and near)


def test_the_place_of_a_point_is_in_words() -> None:
    assert [place_words(place) for place in PLACES] == [
        "inside the limits", "above the 95% limits", "below the 95% limits",
        "above the 99.8% limits", "below the 99.8% limits",
    ]  # fmt: skip


# Spread -----------------------------------------------------------------------------------------


def test_the_same_rows_give_the_same_spread_in_any_order() -> None:
    rows = [row(str(700 + i), float(i % 4), rank=1) for i in range(30)]
    at = [
        {text: (x, y) for t in draw_distribution(order)["data"] if t["mode"] == "markers"
         for text, x, y in zip(t["hovertext"], t["x"], t["y"], strict=True)}
        for order in (rows, rows[3:] + rows[:3])
    ]  # fmt: skip
    assert at[0] == at[1]
    assert len(at[0]) == 30


def test_dots_with_one_figure_are_stacked_and_not_on_top_of_each_other() -> None:
    rows = [row(str(700 + i), 5.0, rank=1) for i in range(20)]
    places = [
        (x, y) for t in draw_distribution(rows)["data"] if t["mode"] == "markers"
        for x, y in zip(t["x"], t["y"], strict=True)
    ]  # fmt: skip
    assert len(set(places)) == 20
    assert {x for x, _ in places} == {5.0}


def test_the_quartiles_of_a_spread_are_those_of_its_figures() -> None:
    assert quartiles([1.0, 2.0, 3.0, 4.0, 5.0]) == [2.0, 3.0, 4.0]
    assert quartiles([]) == []
    assert shown_quantile(53.0, "percent", 0) == "53%"
    assert shown_quantile(53.25, "percent", 0) == "53.2%"


# Tile map ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ROWS)
def test_a_tile_stands_for_each_row_and_is_hatched_without_a_figure(kind: str) -> None:
    figure = draw_tile_map(ROWS[kind])
    bars = [t for t in figure["data"] if t["type"] == "bar" and t["base"]]
    hatched = [t for t in bars if "pattern" in t["marker"]]
    tiles = [(x, base) for t in bars for x, base in zip(t["x"], t["base"], strict=True)]
    assert len(tiles) == len(set(tiles)) == len(ROWS[kind])
    absent = sum(found["value"] is None for found in ROWS[kind])
    assert sum(len(t["x"]) for t in hatched) == absent
    assert all("suppressed" in text for t in hatched for text in t["hovertext"])


def test_every_shade_of_the_map_has_a_number_that_says_the_same() -> None:
    figure = draw_tile_map(ROWS["everyone"], us="540")
    shaded = [t for t in figure["data"] if t["type"] == "bar"]
    assert [set(t["text"]) for t in shaded] == [{"1"}, {"2"}, {"3"}, {"4"}]
    assert shaded[0]["name"].startswith("1  Lowest: 48.0 to ")
    assert [len(t["x"]) for t in shaded] == [39, 38, 38, 38]


def test_shades_go_from_light_to_dark_and_their_numbers_can_be_read() -> None:
    levels = [luminance(shade) for shade in SHADES]
    assert levels == sorted(levels, reverse=True)
    for shade, text in zip(SHADES, ON_SHADE, strict=True):
        light, dark = sorted((luminance(shade), luminance(text)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (shade, text)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([], []),
        ([5.0], ["5"]),
        ([0.0, 0.0, 0.0], ["0"]),
        ([0.0, 0.0, 0.0, 0.0, 7.0], ["0", "7"]),
        ([1.0, 2.0, 3.0, 4.0], [
            "Lowest quarter: 1", "Second quarter: 2", "Third quarter: 3", "Highest quarter: 4",
        ]),
        ([-2.0, -1.0, None, 1.0, 2.0], [
            "Lowest quarter: −2", "Second quarter: −1", "Third quarter: 1", "Highest quarter: 2",
        ]),
    ],
)  # fmt: skip
def test_bands_hold_every_figure_and_are_called_quarters_only_where_they_are(
    values: list[float | None], labels: list[str]
) -> None:
    bands = find_bands([{"value": value} for value in values], "score", 0)
    assert [band.label for band in bands] == labels
    for value in values:
        number = band_of(value, bands)
        if value is None:
            assert number is None
        else:
            assert number is not None
            assert bands[number].low <= value <= bands[number].high


def test_the_bands_of_grades_are_the_grades() -> None:
    bands = find_bands([{"value": 2.0}, {"value": 4.0}], "grade", 0)
    assert [band.label for band in bands][:2] == ["Outstanding", "Good"]
    assert band_of(2.0, bands) == 1


def test_our_tile_and_those_of_the_set_are_outlined_and_named() -> None:
    figure = draw_tile_map(ROWS["everyone"], us="540")
    outlines = {t["name"]: t for t in figure["data"] if t["type"] == "scatter"}
    assert set(outlines) == {"Eastmere (outlined)", "Authority 540 (outlined)"}
    ours = outlines["Authority 540 (outlined)"]
    assert ours["line"]["width"] > outlines["Eastmere (outlined)"]["line"]["width"]
    tile = tiles_of(ROWS["everyone"])["540"]
    assert abs(sum(ours["x"][:4]) / 4 - tile.column) < 1e-9


def test_a_line_parts_tiles_of_different_regions_alone() -> None:
    rows = [row(code, 1.0) for code in ("901", "902", "903")]
    tiles = {code: Tile(code, 0, i) for i, code in enumerate(("901", "902", "903"))}
    figure = tile_map(
        rows, who_of(rows), tiles, unit="percent", decimals=0,
        regions={"901": "A", "902": "A", "903": "B"},
    )  # fmt: skip
    (shape,) = figure["layout"]["shapes"]
    assert shape["path"] == "M1.5,-0.5L1.5,0.5"


# Breakdown --------------------------------------------------------------------------------------


def test_a_breakdown_keeps_the_order_of_its_categories_and_says_why_a_bar_is_not_there() -> None:
    rows = [row("901", 5.0), row("902", None), row("903", 7.0)]
    figure = draw_breakdown(rows)
    assert figure["data"][0]["x"] == [5.0, None, 7.0]
    labels = figure["layout"]["yaxis"]["ticktext"]
    assert ["<b>5.0%</b>" in labels[0], "suppressed" in labels[1]] == [True, True]
    assert "Fenshire: suppressed" in figure["data"][0]["hovertext"][1]


def test_others_marks_in_a_breakdown_differ_by_shape() -> None:
    marks = [t for t in draw_breakdown(ROWS["ordinary"])["data"] if t["type"] == "scatter"]
    assert {t["name"] for t in marks} == {"Aldermark", "Median of the set"}
    assert len({t["marker"]["symbol"] for t in marks}) == 2


def test_a_trajectory_parts_what_was_before_the_agreement_from_what_came_since() -> None:
    data = {trace["name"]: trace for trace in draw_trajectory(ROWS["ordinary"])["data"]}
    assert data["Fenshire, before"]["y"] == [60.0, 70.0]
    assert data["Fenshire, since it was agreed"]["y"] == [70.0, 80.0]
    assert data["Agreed path to 50.0"]["y"] == [65.0, 50.0]
    assert data["Agreed path to 50.0"]["x"] == ["2001-03-31", "2004-03-31"]
    assert data["Authorities of the priority"]["y"] == [60.0, 70.0, 80.0, None]


def test_a_trajectory_without_a_figure_has_a_gap_and_without_a_day_a_level() -> None:
    rows = [row("901", 60.0, year=2001), row("901", None, year=2002), row("901", 55.0, year=2003)]
    path = Path((date(2001, 3, 31), 60.0), None, 50.0)
    figure = trajectory(
        [Travelled("Fenshire", rows, main=True)], path,
        unit="percent", decimals=1, unit_title="Per cent (%)",
    )  # fmt: skip
    since = figure["data"][1]
    assert (since["y"], since["connectgaps"]) == ([60.0, None, 55.0], False)
    level = figure["data"][-1]
    assert (level["name"], level["y"]) == ("Target: 50.0%", [50.0, 50.0])


def test_what_is_usual_opens_as_a_band_from_where_the_path_starts() -> None:
    path = Path((date(2001, 3, 31), 60.0), (date(2003, 3, 31), 50.0), 50.0)
    usual = [Usual(date(2002, 3, 31), 55.0, 64.0), Usual(date(2003, 3, 31), 52.0, 66.0)]
    figure = trajectory(
        [Travelled("Fenshire", [row("901", 60.0, year=2001)], main=True)], path,
        unit="percent", decimals=1, unit_title="Per cent (%)", usual=usual,
    )  # fmt: skip
    band = figure["data"][0]
    assert band["y"] == [60.0, 64.0, 66.0, 52.0, 55.0, 60.0]
    days = ["2001-03-31", "2002-03-31", "2003-03-31"]
    assert band["x"] == [*days, *reversed(days)]
    assert band["text"][2] == "Usual by 31 March 2003: 52.0% to 66.0%"
