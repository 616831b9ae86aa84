"""Every kind of export in every form: it opens, says what it holds, and never turns a word into a
number."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import openpyxl
import pytest
from pptx import Presentation

from alliance.charts import CHARTS, EXPORTS
from alliance.exports.forms import FORMS
from alliance.exports.kinds import KINDS, known_view
from alliance.exports.table import FORMS as FORM_NAMES
from alliance.exports.table import Absent, ExportTable, NotThereError
from alliance.exports.xlsx_file import number_format
from alliance.service import DEMONSTRATION, ReleaseService, Served
from alliance.settings import load_settings
from indicators.words import UNRANKED_UNITS
from tests.demonstration import CITY, FENSHIRE, SUCCESSORS

ANY_QUERY = {
    "indicator": "cla_rate", "period": "2025", "us": FENSHIRE, "authority": FENSHIRE,
    "authorities": f"{FENSHIRE},{CITY}", "indicators": "cla_rate,cl_eet_17",
}  # fmt: skip
"""Words for any kind; each takes those that it knows."""
OTHER_INDICATORS = ("cla_placements", "cla_category_of_need", "cl_eet_17", "sw_agency")
SAID = ("Release", "Caveats")


def build(served: Served, kind: str, **words: str) -> ExportTable:
    query = {**ANY_QUERY, **words}
    return KINDS[kind].build(served, known_view(served, query), query)


@pytest.fixture(scope="module")
def small_served(small_template: Path) -> Served:
    """The small release of authorities that are called as real ones may be, so no demonstration."""
    return ReleaseService(load_settings(small_template / "home", {})).current()


@pytest.fixture(scope="module", params=sorted(KINDS))
def table(request: pytest.FixtureRequest, demo_served: Served) -> ExportTable:
    """A table of each kind, of the demonstration."""
    try:
        return build(demo_served, request.param)
    except NotThereError:
        found = next(iter(_of_another_indicator(demo_served, request.param)), None)
        assert found is not None, f"no export of the kind {request.param} can be built"
        return found


def _of_another_indicator(served: Served, kind: str) -> Iterator[ExportTable]:
    for key, periods in served.periods.items():
        try:
            yield build(served, kind, indicator=key, period=periods[-1]["period"])
        except NotThereError:
            continue


def everything_said(form: str, content: bytes) -> str:
    """Every text in a file."""
    return " ".join({"csv": csv_text, "xlsx": xlsx_text, "pptx": pptx_text}[form](content).split())


def csv_text(content: bytes) -> str:
    return content.decode("utf-8-sig")


def xlsx_text(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return "\n".join(
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        if cell is not None
    )  # fmt: skip


def pptx_text(content: bytes) -> str:
    (slide,) = Presentation(io.BytesIO(content)).slides
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    return "\n".join([*texts, slide.notes_slide.notes_text_frame.text])


def test_the_forms_are_those_that_a_chart_may_name() -> None:
    assert set(FORMS) == set(FORM_NAMES)
    assert set(FORMS) | {"png", "svg"} == set(EXPORTS)
    assert all(set(chart.exports) <= set(EXPORTS) for chart in CHARTS.values())


@pytest.mark.parametrize("form", FORMS)
def test_a_file_says_whose_figures_it_holds_of_when_and_how_to_take_them(
    table: ExportTable, form: str, demo_served: Served
) -> None:
    said = everything_said(form, FORMS[form].render(table))
    assert table.title in said
    assert DEMONSTRATION in said
    assert demo_served.info.release_id in said
    assert table.about
    for what, words in table.about:
        spaced = words if form != "csv" else re.sub(r"[,;](?=[^\s\w])", r"\g<0> ", words)
        assert what in said
        assert spaced in said, what


def test_a_table_has_rows_and_every_column_once(table: ExportTable) -> None:
    assert table.rows
    keys = [column.key for column in table.columns]
    assert len(set(keys)) == len(keys)
    assert {key for row in table.rows for key in row} & set(keys)


def test_a_csv_holds_a_row_for_each_figure(table: ExportTable) -> None:
    lines = FORMS["csv"].render(table).decode("utf-8-sig").splitlines()
    first = next(i for i, line in enumerate(lines) if not line.startswith("# "))
    rows = list(csv.DictReader(io.StringIO("\r\n".join(lines[first:]), newline="")))
    assert len(rows) == len(table.rows)
    assert list(rows[0]) == [column.key for column in table.columns]


def test_a_workbook_holds_numbers_as_numbers_and_words_as_words(table: ExportTable) -> None:
    book = openpyxl.load_workbook(io.BytesIO(FORMS["xlsx"].render(table)))
    assert "About" in book.sheetnames
    if not table.parts:
        assert book.sheetnames[0] == "Figures"
    for sheet, part in zip(book.worksheets, table.parts or (table,), strict=False):
        assert_same_sheet(sheet, part)


def assert_same_sheet(sheet: Any, table: ExportTable) -> None:
    assert sheet.freeze_panes
    head = sheet.max_row - len(table.rows)
    shown = table.shown_columns
    labels = [sheet.cell(head, place).value for place in range(1, len(shown) + 1)]
    assert labels == [column.label for column in shown]
    for line, row in enumerate(table.rows, start=head + 1):
        for place, column in enumerate(shown, start=1):
            assert_same_cell(sheet.cell(line, place), row.get(column.key))


def assert_same_cell(cell: Any, value: object) -> None:
    assert cell.data_type != "f"
    assert cell.hyperlink is None
    if value is None or value == "":
        assert cell.value is None
    elif isinstance(value, Absent):
        assert cell.value == value.words
        assert cell.data_type == "s"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        assert cell.data_type == "n"
        assert cell.value == pytest.approx(value, rel=1e-12)
    elif isinstance(value, str):
        assert cell.value == value


def test_a_slide_is_a_slide_of_16_to_9_on_which_nothing_lies_over_anything_else(
    table: ExportTable,
) -> None:
    deck = Presentation(io.BytesIO(FORMS["pptx"].render(table)))
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=1e-3)
    (slide,) = deck.slides
    assert slide.shapes.title.text_frame.text
    boxes = [(s.left, s.top, s.left + s.width, s.top + s.height, s.name) for s in slide.shapes]
    for i, one in enumerate(boxes):
        assert one[0] >= 0
        assert one[1] >= 0
        assert one[2] <= deck.slide_width
        assert one[3] <= deck.slide_height
        for other in boxes[i + 1 :]:
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert apart, (one[4], other[4])


def test_no_text_on_a_slide_is_under_12_points(table: ExportTable) -> None:
    (slide,) = Presentation(io.BytesIO(FORMS["pptx"].render(table))).slides
    sizes = [
        run.font.size.pt
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
    ]
    assert min(sizes) >= 12
    for shape in slide.shapes:
        if shape.has_chart:
            xml = shape.chart._chartSpace.xml
            assert all(int(size) >= 1200 for size in re.findall(r'sz="(\d+)"', xml))
            assert shape._element.nvGraphicFramePr.cNvPr.get("descr")


# What the figures of one indicator hold ----------------------------------------------------------


@pytest.fixture(scope="module")
def suppressed(demo_served: Served) -> tuple[str, str]:
    """An indicator and a period of which the city's figure is suppressed and another's is not."""
    rows = demo_served.release.series("cl_eet_17", CITY)
    return "cl_eet_17", next(row["period"] for row in rows if row["status"] == "suppressed")


@pytest.mark.parametrize("kind", ["figures", "series"])
def test_a_suppressed_figure_is_a_word_in_every_form_and_no_number(
    demo_served: Served, suppressed: tuple[str, str], kind: str
) -> None:
    indicator, period = suppressed
    table = build(demo_served, kind, indicator=indicator, period=period, us=CITY)
    mine = [row for row in table.rows if row["area_code"] == CITY and row["status"] == "suppressed"]
    assert mine
    assert {str(row["value"]) for row in mine} == {"suppressed"}
    for form in FORMS:
        assert "suppressed" in everything_said(form, FORMS[form].render(table))
    name = demo_served.name(CITY)
    if table.chart and kind == "figures":
        assert name not in table.chart.categories
    assert any("suppressed" in note and (name in note) for note in table.notes)


def test_a_series_without_a_figure_has_no_chart(demo_served: Served) -> None:
    table = build(demo_served, "series", indicator="cl_eet_17", us=CITY)
    mine = [row for row in table.rows if row["area_code"] == CITY]
    assert mine
    assert all(isinstance(row["value"], Absent) for row in mine)
    assert table.chart is None
    (slide,) = Presentation(io.BytesIO(FORMS["pptx"].render(table))).slides
    assert not any(shape.has_chart for shape in slide.shapes)


def test_the_bars_of_a_slide_are_the_figures_with_ours_and_the_comparators_told_apart(
    demo_served: Served,
) -> None:
    table = build(demo_served, "figures")
    chart = chart_of(table)
    values = {
        row["name"]: row["value"] for row in table.rows if not isinstance(row["value"], Absent)
    }
    (plot,) = chart.plots
    drawn = dict(zip(plot.categories, plot.series[0].values, strict=True))
    assert {name: drawn[name] for name in values} == values
    country = demo_served.country["name"]
    mine = next(row for row in table.rows if row["area_code"] == FENSHIRE)
    assert drawn[country] == mine["england"]
    assert len(drawn) == len(values) + 3
    assert list(drawn.values()) == sorted(drawn.values(), reverse=True)
    fills = bar_fills(chart)
    names = list(plot.categories)
    assert fills[names.index("Fenshire")] == "12436D"
    assert fills[names.index(country)] == "FFFFFF"
    assert chart.value_axis.minimum_scale == 0


def test_the_bars_of_a_workbook_grow_from_nought_to_the_right_and_begin_at_the_top(
    demo_served: Served,
) -> None:
    table = build(demo_served, "figures")
    with zipfile.ZipFile(io.BytesIO(FORMS["xlsx"].render(table))) as file:
        xml = file.read("xl/charts/chart1.xml").decode()
    names, values = (
        re.search(f"<c:{axis}>.*?</c:{axis}>", xml, re.DOTALL) for axis in ("catAx", "valAx")
    )
    assert names
    assert values
    assert '<c:orientation val="maxMin"/>' in names[0]
    assert '<c:orientation val="minMax"/>' in values[0]
    assert '<c:min val="0"/>' in values[0]
    assert table.chart is not None
    assert f"<a:t>{table.chart.axis_title}</a:t>" in values[0]


def test_a_profile_shows_each_figure_with_the_decimals_of_its_measure(demo_served: Served) -> None:
    table = build(demo_served, "profile")
    book = openpyxl.load_workbook(io.BytesIO(FORMS["xlsx"].render(table)))
    sheet = book["Figures"]
    head = sheet.max_row - len(table.rows)
    place = 1 + [column.key for column in table.shown_columns].index("value")
    for line, row in enumerate(table.rows, start=head + 1):
        cell = sheet.cell(line, place)
        if not isinstance(row["value"], Absent):
            expected = number_format(row["shown_unit"], row["shown_decimals"])
            assert cell.number_format == expected, row["title"]


def test_what_a_file_says_of_its_figures_stands_in_rows_that_are_high_enough(
    table: ExportTable,
) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(FORMS["xlsx"].render(table)))["About"]
    for line in range(1, sheet.max_row + 1):
        words = str(sheet.cell(line, 2).value or "")
        height = sheet.row_dimensions[line].height or 15
        assert height >= min(409, 15 * (len(words) // 100))


def test_a_slide_without_a_chart_shows_the_figures(demo_served: Served) -> None:
    table = build(demo_served, "compare")
    (slide,) = Presentation(io.BytesIO(FORMS["pptx"].render(table))).slides
    (grid,) = [shape.table for shape in slide.shapes if shape.has_table]
    heads = [cell.text_frame.text for cell in grid.rows[0].cells]
    assert {"Authority", "Period", "Value"} <= set(heads)


def test_the_error_bars_of_a_slide_are_the_intervals(demo_served: Served) -> None:
    table = build(demo_served, "figures")
    found = error_bars(chart_of(table))
    by_name = {row["name"]: row for row in table.rows}
    names = list(chart_of(table).plots[0].categories)
    expected = {
        place: (by_name[name]["ci95_high"] - by_name[name]["value"],
                by_name[name]["value"] - by_name[name]["ci95_low"])
        for place, name in enumerate(names)
        if name in by_name and by_name[name]["ci95_low"] is not None
    }  # fmt: skip
    assert expected
    assert found.keys() == expected.keys()
    for place, ends in expected.items():
        assert found[place] == pytest.approx(ends)


def test_many_bars_stand_upright_with_the_comparators_as_lines_across(
    demo_served: Served,
) -> None:
    table = build(demo_served, "figures", scope="england")
    chart = chart_of(table)
    columns, lines = chart.plots
    known = [row["value"] for row in table.rows if not isinstance(row["value"], Absent)]
    assert sorted(columns.series[0].values) == sorted(known)
    mine = next(row for row in table.rows if row["area_code"] == FENSHIRE)
    known.remove(mine["value"])
    assert [set(line.values) for line in lines.series] == [
        {mine["england"]}, {mine["region"]}, {median(known)}
    ]  # fmt: skip
    assert lines.series[2].name == f"Median of the set ({len(known)} others)"
    assert chart.has_legend


@pytest.mark.parametrize("scope", ["neighbours", "region", f"codes-{SUCCESSORS[0]}"])
def test_the_median_beside_bars_is_that_of_the_set_and_is_called_so(
    demo_served: Served, scope: str
) -> None:
    table = build(demo_served, "figures", scope=scope)
    assert table.chart is not None
    others = [row["value"] for row in table.rows
              if row["area_code"] != FENSHIRE and not isinstance(row["value"], Absent)]  # fmt: skip
    n = len(others)
    of_set = f"Median of the set ({n} {'other' if n == 1 else 'others'})"
    name = f"Median of {n} neighbours" if scope == "neighbours" else of_set
    (drawn,) = [c.value for c in table.chart.comparators if c.label == name]
    assert drawn == pytest.approx(median(others))
    assert {c.role for c in table.chart.comparators} == {
        "england", "region", "neighbours" if scope == "neighbours" else "set"
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["figures", "country", "series"])
def test_no_total_of_many_authorities_is_drawn_beside_one_and_the_reason_is_said(
    demo_served: Served, kind: str
) -> None:
    numbers = [k for k, row in demo_served.indicators.items() if row["unit"] in UNRANKED_UNITS]
    assert numbers
    for key in numbers:
        table = build(
            demo_served, kind, indicator=key, period=demo_served.periods[key][-1]["period"]
        )
        assert table.chart is not None
        drawn = {line.role for line in (*table.chart.series, *table.chart.comparators)}
        assert "set" in drawn
        assert not {"england", "region"} & drawn
        assert table.notes[0].startswith("Aldermark and Eastmere: totals of many authorities")
        assert any(row["england"] is not None for row in table.rows)
        (slide,) = Presentation(io.BytesIO(FORMS["pptx"].render(table))).slides
        words = [str(shape.text_frame.text) for shape in slide.shapes if shape.has_text_frame]
        assert any("totals of many authorities" in text for text in words)
        assert not [column for column in table.shown_columns if "ank" in column.label]


def test_a_line_has_a_gap_where_there_is_no_figure(demo_served: Served) -> None:
    table = build(demo_served, "series", indicator="absence_cla", period="2023/24")
    assert table.chart is not None
    (plot,) = chart_of(table).plots
    assert "2019/20" in plot.categories
    ours = plot.series[0].values
    assert ours[list(plot.categories).index("2019/20")] is None
    assert any(value is not None for value in ours)


def test_a_grade_is_counted_and_has_neither_average_nor_rank_for_people(
    demo_served: Served,
) -> None:
    key = next(k for k, row in demo_served.indicators.items() if row["unit"] == "grade")
    period = demo_served.periods[key][-1]["period"]
    table = build(demo_served, "figures", indicator=key, period=period)
    labels = {column.label for column in table.shown_columns}
    assert not {label for label in labels if "Rank" in label or "interval" in label}
    assert table.chart is not None
    assert sum(v or 0 for v in table.chart.series[0].values) == sum(
        not isinstance(row["value"], Absent) for row in table.rows
    )
    assert "Ranks" not in dict(table.about)


def test_a_real_release_is_no_demonstration_in_any_form(small_served: Served) -> None:
    key, periods = next(iter(small_served.periods.items()))
    us = next(iter(small_served.authorities))
    query = {"indicator": key, "period": periods[-1]["period"], "us": us}
    for kind in ("figures", "series"):
        table = KINDS[kind].build(small_served, known_view(small_served, query), query)
        for form, chosen in FORMS.items():
            said = everything_said(form, chosen.render(table))
            assert "Demonstration" not in said
            assert dict(table.about)["Source"] in said
            assert small_served.info.release_id in said


def test_no_export_ranks_one_measure_among_others(demo_served: Served) -> None:
    """A rank is of authorities within a measure: no table orders figures of several units."""
    for kind in KINDS:
        try:
            table = build(demo_served, kind)
        except NotThereError:
            continue
        ranked = [column.key for column in table.columns if column.key.startswith("rank")]
        titles = [row.get("indicator_id") or row.get("title") for row in table.rows]
        measures = {title for title in titles if title}
        authorities = {row.get("area_code") for row in table.rows}
        assert not ranked or len(measures) <= 1 or len(authorities) == 1, kind


def chart_of(table: ExportTable) -> Any:
    (slide,) = Presentation(io.BytesIO(FORMS["pptx"].render(table))).slides
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    return chart


def bar_fills(chart: Any) -> list[str]:
    series = chart.plots[0].series[0]
    return [
        str(series.points[place].format.fill.fore_color.rgb)
        if f'<c:idx val="{place}"/>' in series._element.xml.split("<c:dLbls>")[0]
        else ""
        for place in range(len(series.values))
    ]


def error_bars(chart: Any) -> dict[int, tuple[float, float]]:
    """How far the intervals reach above and below each bar, by its place."""
    xml = chart._chartSpace.xml
    ends = []
    for name in ("plus", "minus"):
        part = re.search(rf"<c:{name}>(.*?)</c:{name}>", xml, re.DOTALL)
        assert part
        points = re.findall(r'<c:pt idx="(\d+)">\s*<c:v>([^<]+)</c:v>', part[1])
        ends.append({int(place): float(value) for place, value in points})
    assert ends[0].keys() == ends[1].keys()
    return {place: (ends[0][place], ends[1][place]) for place in ends[0]}


def test_the_rug_s_file_holds_a_row_for_each_indicator_and_authority_as_the_page_shows_them(
    demo_served: Served,
) -> None:
    whole = build(demo_served, "rug", scope=f"codes-{CITY}")
    headline = list(demo_served.headline)
    assert [row["indicator_id"] for row in whole.rows] == [k for k in headline for _ in range(2)]
    assert [row["area_code"] for row in whole.rows] == [FENSHIRE, CITY] * len(headline)
    cells = {(c["indicator_id"], c["area_code"]): c
             for c in demo_served.release.cells([FENSHIRE, CITY])}  # fmt: skip
    absent = 0
    for row in whole.rows:
        cell = cells.get((row["indicator_id"], row["area_code"]))
        if cell is None or cell["value"] is None:
            assert isinstance(row["value"], Absent)
            absent += 1
        else:
            assert (row["value"], row["period"]) == (cell["value"], cell["period"])
    assert absent
    assert not [column for column in whole.columns if "ank" in column.label]
    topic = demo_served.headline[headline[0]]["domain"]
    assert {row["domain"] for row in build(demo_served, "rug", topic=topic).rows} == {topic}
    with pytest.raises(NotThereError, match="no topic"):
        build(demo_served, "rug", topic="galaxies")
