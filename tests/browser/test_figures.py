"""The figures on the pages are those of the release, read here by SQL and shaped anew."""

from __future__ import annotations

from datetime import date
from statistics import median
from typing import Any

import pytest

from tests.browser.reader import Reader
from tests.demonstration import ABOLISHED, CITY, EASTMERE, FENSHIRE, JOINT, Figures

ABSENT = {
    "suppressed": "suppressed",
    "not_available": "not available",
    "not_applicable": "not applicable",
    "rounds_to_zero": "rounds to zero",
    "low_reliability": "low reliability, not shown",
}
UNITS = {
    "percent": "%", "per_10000": "per 10,000", "score": "score", "ratio": "ratio",
    "grade": "grade", "gbp": "£",
}  # fmt: skip
GRADES = {1: "Outstanding", 2: "Good", 3: "Requires improvement to be good", 4: "Inadequate"}
BEGUN_AFTERWARDS = "did not exist then"

LATEST = """
    SELECT indicator_id, max(period_end) AS period_end
    FROM comparison JOIN indicator USING (indicator_id)
    WHERE headline AND value IS NOT NULL
    GROUP BY indicator_id
"""
COMPARISONS = """
    SELECT c.*, o.status, o.joint_with, o.numerator, o.denominator, i.title, i.unit, i.decimals,
        i.publisher_bands, i.interval_method, a.name, a.valid_from, a.valid_to
    FROM comparison AS c
    JOIN observation AS o USING (indicator_id, area_code, period)
    JOIN indicator AS i USING (indicator_id)
    JOIN area AS a USING (area_code)
"""

IN_LATEST = f"""
    JOIN ({LATEST}) AS l ON l.indicator_id = c.indicator_id AND l.period_end = c.period_end
"""


def shown(value: float | None, row: dict[str, Any]) -> str:
    """A figure as a table cell has it."""
    if row["unit"] == "grade":
        return "not averaged" if value is None else GRADES[int(value)]
    if value is None:
        return "no figure"
    text = f"{value:,.{row['decimals']}f}".replace("-", "−")
    text = f"£{text}" if row["unit"] == "gbp" else text
    return f"{text}%" if row["unit"] == "percent" else text


def own(row: dict[str, Any]) -> str:
    """An authority's own figure as a table cell has it, or why there is none."""
    if row["value"] is not None:
        return shown(row["value"], row) + ("*" if row["joint_with"] else "")
    first, last = row["valid_from"] or date.min, row["valid_to"] or date.max
    there = first <= row["period_end"] <= last
    return ABSENT[row["status"]] if there else BEGUN_AFTERWARDS


def ranked(rank: int | None, n: int) -> str:
    return "" if rank is None else f"{rank} of {n}"


def place(row: dict[str, Any], among: str) -> str:
    """A rank in a profile; a grade that most others share too is shown without one."""
    if row["unit"] == "grade" or row[f"n_{among}"] <= 1:
        return ""
    return ranked(row[f"rank_{among}"], row[f"n_{among}"])


@pytest.mark.parametrize("us", [FENSHIRE, ABOLISHED, JOINT[0]])
def test_every_cell_of_the_overview_is_the_figure_of_the_release(
    onlooker: Reader, figures: Figures, us: str
) -> None:
    page = onlooker.open(f"/?us={us}")
    head, *body = page.eval_on_selector_all(
        ".rug tr",
        """(rows) => rows.map((row) => [...row.children].map((cell) =>
            [...cell.childNodes].map((node) => node.textContent.trim()).join(" ")))""",
    )
    mine = figures.row("SELECT * FROM area WHERE area_code = ?", us)
    peers = figures.rows(
        "SELECT * FROM area WHERE area_level = 'authority' AND region_code = ?"
        " AND valid_to IS NULL AND area_code <> ? ORDER BY name",
        mine["region_code"],
        us,
    )
    names = [mine["name"], *(peer["name"] for peer in peers)]
    assert head == ["Indicator", names[0], "Aldermark", *names[1:]]
    expected = []
    for key in figures.column(
        f"SELECT indicator_id FROM indicator JOIN ({LATEST}) USING (indicator_id)"
        " ORDER BY domain_order, indicator_order"
    ):
        found = figures.rows(f"{COMPARISONS} {IN_LATEST} WHERE c.indicator_id = ?", key)
        rows = {row["name"]: row for row in found}
        cells = [
            f"{own(rows[name])} {mark(rows[name])}".strip() if name in rows else "no figure"
            for name in names
        ]
        some = found[0]
        head = headed(some)
        expected.append([head, cells[0], shown(some["england"], some), *cells[1:]])
    assert [row for row in body if len(row) > 1] == expected


def headed(row: dict[str, Any]) -> str:
    """Title, unit unless the title says it, and period, as they stand before a row."""
    title, unit = str(row["title"]), UNITS[row["unit"]]
    said = unit in title or "share of" in title
    return f"{title} {row['period']}" if said else f"{title} {unit}, {row['period']}"


def mark(row: dict[str, Any]) -> str:
    """The letter or the triangle beside a figure."""
    of_few = row["interval_method"] != "none" and not (row["denominator"] or 0) >= 30
    if row["quartile_band"] and row["publisher_bands"] and not of_few:
        return str(row["quartile_band"])
    return {"higher": "△", "lower": "▽"}.get(row["vs_england"] or "", "")


@pytest.mark.parametrize("code", [FENSHIRE, CITY])
def test_every_row_of_a_profile_is_the_figure_of_the_release(
    onlooker: Reader, figures: Figures, code: str
) -> None:
    onlooker.open(f"/authority/{code}?profile=table")
    expected = [
        {
            "Indicator": headed(row),
            "Figure": own(row),
            "Aldermark": shown(row["england"], row),
            "Against Aldermark": row["vs_england"] or "",
            "Rank in region": place(row, "region"),
            "Rank among neighbours": place(row, "neighbours"),
        }
        for row in figures.rows(
            f"{COMPARISONS} {IN_LATEST}"
            " WHERE c.area_code = ? ORDER BY i.domain_order, i.indicator_order",
            code,
        )
    ]
    found = onlooker.table(".profile")
    for row in found:
        row["Against Aldermark"] = row["Against Aldermark"].split(" ")[-1]
        for mark in ("small numbers", "provisional"):
            row["Figure"] = row["Figure"].removesuffix(mark).strip(", \n")
        for key in ("Indicator", "Rank in region", "Rank among neighbours"):
            row[key] = row[key].split("\n")[0].strip()
    assert [{key: row[key] for key in expected[0]} for row in found] == expected


SENTENCES = """
    SELECT c.*, a.name, r.name AS region_name, o.status
    FROM comparison AS c
    JOIN observation AS o USING (indicator_id, area_code, period)
    JOIN area AS a USING (area_code)
    JOIN area AS r ON r.area_code = a.region_code
    WHERE c.indicator_id = ? AND c.area_code = ? AND c.period = ?
"""
ALONE_IN_RANK = """
    (SELECT count(*) FROM comparison AS d JOIN area AS b USING (area_code)
    WHERE d.indicator_id = c.indicator_id AND d.period = c.period
    AND b.region_code = a.region_code AND d.rank_region = c.rank_region) = 1
"""


def test_the_sentence_of_a_context_measure_says_what_the_release_holds(
    onlooker: Reader, figures: Figures
) -> None:
    page = onlooker.open("/indicator/cla_rate?period=2025")
    row = figures.row(SENTENCES, "cla_rate", FENSHIRE, "2025")
    assert row["vs_england"] == "higher"
    assert row["rank_region"] == 1
    assert row["change"] > 0
    assert page.locator(".sentence").first.inner_text() == (
        f"Fenshire: {row['value']:.0f} per 10,000 on 31 March 2025, highest of {row['n_region']} "
        f"in Eastmere; above Aldermark ({row['england']:.0f}); up {row['change']:.0f} per 10,000 "
        "on a year earlier."
    )


def test_the_sentence_of_a_measure_with_a_better_direction_says_what_the_release_holds(
    onlooker: Reader, figures: Figures
) -> None:
    code = figures.column(
        "SELECT area_code FROM comparison AS c JOIN area AS a USING (area_code)"
        " WHERE indicator_id = 'cpp_repeat_pct' AND period = '2025' AND vs_england = 'worse'"
        " AND abs(change) > 0.1 AND rank_region BETWEEN 4 AND least(n_region - 1, 20)"
        f" AND {ALONE_IN_RANK} ORDER BY area_code"
    )[0]
    page = onlooker.open(f"/indicator/cpp_repeat_pct?period=2025&us={code}")
    row = figures.row(SENTENCES, "cpp_repeat_pct", code, "2025")
    assert page.locator(".sentence").first.inner_text() == (
        f"{row['name']}: {row['value']:.1f}% in the year to 31 March 2025, "
        f"{row['rank_region']}th best of {row['n_region']} in {row['region_name']}; "
        f"worse than Aldermark ({row['england']:.1f}%); "
        f"{'up' if row['change'] > 0 else 'down'} {abs(row['change']):.1f} percentage points "
        "on a year earlier."
    )


def test_the_sentence_where_there_is_no_figure_gives_the_reason(
    onlooker: Reader, figures: Figures
) -> None:
    page = onlooker.open(f"/indicator/cla_sdq_avg?us={CITY}&period=2025")
    row = figures.row(SENTENCES, "cla_sdq_avg", CITY, "2025")
    assert row["value"] is None
    assert page.locator(".sentence").first.inner_text() == (
        f"{row['name']}: {ABSENT[row['status']]} in the year to 31 March 2025."
    )


SCOPES = {
    "alliance": "a.region_code = $region AND a.valid_to IS NULL",
    "neighbours": "(c.area_code = $us OR c.area_code IN "
    "(SELECT neighbour_code FROM neighbour WHERE area_code = $us))",
    "england": "(a.valid_to IS NULL OR c.value IS NOT NULL)",
}


def members(figures: Figures, indicator: str, period: str, scope: str) -> list[dict[str, Any]]:
    where = SCOPES[scope].replace("$region", f"'{EASTMERE}'").replace("$us", f"'{FENSHIRE}'")
    return figures.rows(
        f"{COMPARISONS} WHERE c.indicator_id = ? AND c.period = ? AND {where}"
        " ORDER BY c.rank_england, a.name",
        indicator,
        period,
    )


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("indicator", ["cla_rate", "cpp_repeat_pct"])
def test_the_bars_are_the_figures_of_the_release_in_order_of_rank(
    onlooker: Reader, figures: Figures, indicator: str, scope: str
) -> None:
    onlooker.open(f"/indicator/{indicator}?period=2025&scope={scope}")
    graph = onlooker.graph("indicator-ranked-graph")
    rows = [r for r in members(figures, indicator, "2025", scope) if r["value"] is not None]
    bar = graph["data"][0]
    value, error = ("y", "error_y") if scope == "england" else ("x", "error_x")
    assert len(rows) > (100 if scope == "england" else 8)
    assert bar[value] == [row["value"] for row in rows]
    highs = [v + plus for v, plus in zip(bar[value], bar[error]["array"], strict=True)]
    lows = [v - less for v, less in zip(bar[value], bar[error]["arrayminus"], strict=True)]
    assert highs == pytest.approx([row["ci95_high"] for row in rows])
    assert lows == pytest.approx([row["ci95_low"] for row in rows])
    names = [text.split("<b>")[1].split("</b>")[0] for text in bar["hovertext"]]
    assert names == [row["name"] for row in rows]
    (mine,) = [row for row in rows if row["area_code"] == FENSHIRE]
    others = [row["value"] for row in rows if row["area_code"] != FENSHIRE]
    ends = "y0" if scope == "england" else "x0"
    assert [shape[ends] for shape in graph["layout"]["shapes"]] == [
        mine["england"],
        mine["region"],
        pytest.approx(median(others)),
    ]
    n = len(others)
    of_set = f"Median of {n} neighbours" if scope == "neighbours" else f"the set ({n} others)"
    assert any(trace.get("name", "").endswith(of_set) for trace in graph["data"])


@pytest.mark.parametrize("indicator", ["cla_rate", "sw_agency"])
def test_the_ranked_table_holds_the_figures_of_the_release(
    onlooker: Reader, figures: Figures, indicator: str
) -> None:
    onlooker.open(f"/indicator/{indicator}?period=2025&ranked=table")
    rows = members(figures, indicator, "2025", "alliance")
    found = onlooker.grid("indicator-ranked-grid")
    heads = onlooker.page.locator(".ag-header-cell-text").all_inner_texts()
    labels = figures.row("SELECT * FROM indicator WHERE indicator_id = ?", indicator)
    for label in (labels["numerator_label"], labels["denominator_label"]):
        assert label[0].upper() + label[1:] in heads
    assert [(row["name"], row["value"]) for row in found] == [
        (row["name"], "" if row["value"] is None else shown(row["value"], row)) for row in rows
    ]
    for cells, row in zip(found, rows, strict=True):
        assert cells["rank_region"] == str(row["rank_region"] or "")
        assert cells["rank_england"] == str(row["rank_england"] or "")
        assert cells.get("versus", "") == (row["vs_england"] or "")
        assert cells["numerator"] == f"{row['numerator']:,g}"
        assert cells["denominator"] == f"{row['denominator']:,.12g}"


@pytest.mark.parametrize(
    ("indicator", "us"), [("cla_rate", FENSHIRE), ("sw_agency", JOINT[1]), ("cl_eet_17", CITY)]
)
def test_the_trend_table_holds_the_series_of_the_release(
    onlooker: Reader, figures: Figures, indicator: str, us: str
) -> None:
    onlooker.open(f"/indicator/{indicator}?us={us}&trend=table")
    rows = figures.rows(
        f"{COMPARISONS} WHERE c.indicator_id = ? AND c.area_code = ? ORDER BY c.period_end DESC",
        indicator,
        us,
    )
    assert len(rows) > 3
    name = rows[0]["name"]
    region = figures.column(
        "SELECT r.name FROM area AS a JOIN area AS r ON r.area_code = a.region_code"
        " WHERE a.area_code = ?",
        us,
    )[0]
    found = onlooker.table("section[aria-labelledby=indicator-trend-title] .table")
    expected = [
        {
            "Period": row["period"],
            name: own(row).removesuffix("*"),
            region: resting(row["region"], row["n_region"], row),
            "Neighbours' median": resting(row["neighbours_median"], row["neighbours_n"], row),
            "Aldermark": resting(row["england"], row["n_england"], row),
            "Rank in region": ranked(row["rank_region"], row["n_region"]),
            "Rank in country": ranked(row["rank_england"], row["n_england"]),
        }
        for row in rows
    ]
    assert [{key: row[key] for key in expected[0]} for row in found] == expected


def resting(value: float | None, n: int, row: dict[str, Any]) -> str:
    """A comparator's figure, with how many authorities have one."""
    return "no figure" if value is None else f"{shown(value, row)} ({n})"


def test_the_lines_of_the_trend_are_the_series_of_the_release(
    onlooker: Reader, figures: Figures
) -> None:
    onlooker.open("/indicator/cla_rate")
    data = {trace["name"]: trace for trace in onlooker.graph("indicator-trend-graph")["data"]}
    rows = figures.rows(
        f"{COMPARISONS} WHERE c.indicator_id = 'cla_rate' AND c.area_code = ?"
        " ORDER BY c.period_end",
        FENSHIRE,
    )
    for name, column in (
        ("Fenshire", "value"),
        ("Eastmere", "region"),
        ("Neighbours' median", "neighbours_median"),
        ("Aldermark", "england"),
    ):
        assert data[name]["x"] == [row["period"] for row in rows]
        assert data[name]["y"] == [row[column] for row in rows]


@pytest.mark.parametrize(
    "path",
    ["/indicator/cla_rate", "/indicator/cpp_repeat_pct?scope=england", "/indicator/att8_cla"],
)
def test_a_graph_has_the_sentence_before_it_as_its_name(onlooker: Reader, path: str) -> None:
    page = onlooker.open(path)
    graphs = page.locator(".graph")
    assert graphs.count() > 3
    for graph in graphs.all():
        sentence = graph.locator("xpath=ancestor::section[1]").locator(".sentence").inner_text()
        assert graph.get_attribute("role") == "img"
        assert graph.get_attribute("aria-label") == sentence
        assert graph.locator(".js-plotly-plot").is_visible()
