"""Charts that PowerPoint draws: bars or columns with intervals, and lines.

python-pptx makes the chart and its workbook; error bars, and lines across columns, it has no way to
say, so those are put into the chart's XML here, as PowerPoint itself writes them.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_AXIS_CROSSES,
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Pt

from alliance.charts.style import GREY, INK, ORCHID, PEER, PLUM, RULE, TEAL, US
from alliance.exports.table import NativeChart, NativeSeries, Role
from alliance.exports.xlsx_file import clean_text, number_format, reach

MANY = 20
"""Above this many, bars stand upright without names: a slide has no room for more."""
POINTS = 12
SHORT = 0.15
"""A bar under this share of the longest has no room for its figure."""
PALE_PEER = "#BAC2C9"
FONT = "Arial"
_COLOURS = {"us": US, "peer": PEER, "region": PLUM, "neighbours": TEAL, "england": GREY,
            "set": ORCHID}  # fmt: skip
_DASHES = {
    "us": MSO_LINE.SOLID, "peer": MSO_LINE.SOLID, "region": MSO_LINE.DASH,
    "neighbours": MSO_LINE.ROUND_DOT, "england": MSO_LINE.LONG_DASH,
    "set": MSO_LINE.DASH_DOT,
}  # fmt: skip
_MARKERS = {
    "us": XL_MARKER_STYLE.CIRCLE, "peer": XL_MARKER_STYLE.CIRCLE,
    "region": XL_MARKER_STYLE.DIAMOND, "neighbours": XL_MARKER_STYLE.TRIANGLE,
    "england": XL_MARKER_STYLE.SQUARE, "set": XL_MARKER_STYLE.X,
}  # fmt: skip
_C = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_AFTER_ERROR_BARS = ("c:cat", "c:val", "c:smooth", "c:shape", "c:extLst")


def add_chart(slide: Any, chart: NativeChart, place: tuple[Any, ...], alt_text: str) -> None:
    """Put the chart on the slide, with what it says for those who cannot see it."""
    upright = chart.kind == "bar" and len(chart.categories) + len(chart.comparators) > MANY
    if chart.kind == "bar" and not upright:
        chart = chart.with_comparator_bars()
    kind = {"line": XL_CHART_TYPE.LINE_MARKERS, "bar": XL_CHART_TYPE.BAR_CLUSTERED}[chart.kind]
    if upright:
        kind = XL_CHART_TYPE.COLUMN_CLUSTERED
    frame = slide.shapes.add_chart(kind, *place, _data(chart, upright=upright))
    frame.name = "Chart"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean_text(alt_text))
    native = frame.chart
    _look(native, chart)
    if chart.kind == "line":
        _look_of_lines(native, chart)
    else:
        _look_of_bars(native, chart, upright=upright)


def _data(chart: NativeChart, *, upright: bool) -> Any:
    library: Any = CategoryChartData
    data = library(number_format=number_format(chart.unit, chart.decimals))
    data.categories = [clean_text(name) for name in chart.categories]
    for series in chart.series:
        name = f"Each authority ({series.name})" if upright else series.name
        data.add_series(clean_text(name), series.values)
    if upright:
        for item in chart.comparators:
            data.add_series(clean_text(item.label), [item.value] * len(chart.categories))
    return data


def _look(native: Any, chart: NativeChart) -> None:
    """What all have in common: type, grid, no title (the slide has one), gaps left open."""
    native.font.name, native.font.size = FONT, Pt(POINTS)
    native.font.color.rgb = rgb(INK)
    native.has_title = False
    native._chartSpace.chart.get_or_add_autoTitleDeleted().set("val", "1")
    values, categories = native.value_axis, native.category_axis
    values.has_title = True
    values.axis_title.text_frame.text = clean_text(chart.axis_title)
    for run in values.axis_title.text_frame.paragraphs[0].runs:
        run.font.size, run.font.bold = Pt(POINTS), False
    values.major_gridlines.format.line.color.rgb = rgb(RULE)
    values.format.line.fill.background()
    values.tick_labels.number_format = number_format(chart.unit, chart.decimals)
    values.tick_labels.number_format_is_linked = False
    categories.format.line.color.rgb = rgb(RULE)
    categories.major_tick_mark = values.major_tick_mark = XL_TICK_MARK.NONE
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW


def _look_of_lines(native: Any, chart: NativeChart) -> None:
    for line, series in zip(native.plots[0].series, chart.series, strict=True):
        _draw_line(line, series.role)
        _add_error_bars(line._element, series, across=True)
    _legend(native)


def _draw_line(line: Any, role: Role) -> None:
    colour = rgb(_COLOURS[role])
    line.smooth = False
    line.format.line.color.rgb = colour
    line.format.line.width = Pt(3 if role == "us" else 2)
    line.format.line.dash_style = _DASHES[role]
    line.marker.style = _MARKERS[role]
    line.marker.size = 9 if role == "us" else 7
    line.marker.format.fill.solid()
    line.marker.format.fill.fore_color.rgb = colour
    line.marker.format.line.color.rgb = colour


def _look_of_bars(native: Any, chart: NativeChart, *, upright: bool) -> None:
    plot = native.plots[0]
    plot.gap_width = 25 if upright else 45
    plot.vary_by_categories = False
    bars, series = plot.series[0], chart.series[0]
    if all(value is None or value >= 0 for value in series.values):
        native.value_axis.minimum_scale = 0
    bars.invert_if_negative = False
    bars.format.fill.solid()
    bars.format.fill.fore_color.rgb = rgb(PALE_PEER)
    for place, role in enumerate(series.roles):
        if role != "peer":
            _fill(bars.points[place].format, role)
    if upright:
        native.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
        _name_ours(bars, chart)
    else:
        native.category_axis.reverse_order = True
        native.category_axis.crosses = XL_AXIS_CROSSES.MAXIMUM
        _skip_no_label(native)
        _label_values(plot, series)
    _add_error_bars(bars._element, series, across=False)
    if upright and chart.comparators:
        _draw_lines_across(native, chart)
        _legend(native)
    else:
        native.has_legend = False


def _fill(shape: Any, role: Role) -> None:
    """Ours full; a comparator's hollow, so that nobody takes it for an authority."""
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(US if role == "us" else "#FFFFFF")
    if role != "us":
        shape.line.color.rgb = rgb(_COLOURS[role])
        shape.line.width = Pt(2)


def _label_values(plot: Any, series: NativeSeries) -> None:
    """Each bar's figure at its foot, clear of the interval at its end; on ours, which is dark, in
    white where the bar is long enough to hold it."""
    labels = plot.series[0].data_labels
    labels.position = XL_LABEL_POSITION.INSIDE_BASE
    labels.font.size, labels.font.bold = Pt(POINTS), True
    labels.font.color.rgb = rgb(INK)
    labels.show_value = True
    longest = max((abs(value) for value in series.values if value is not None), default=0.0)
    for place, (value, role) in enumerate(zip(series.values, series.roles, strict=True)):
        if role == "us" and value is not None:
            holds = abs(value) > SHORT * longest
            label = plot.series[0].points[place].data_label
            label.font.size, label.font.bold = Pt(POINTS), True
            label.font.color.rgb = rgb("#FFFFFF" if holds else INK)
            inside, outside = XL_LABEL_POSITION.INSIDE_BASE, XL_LABEL_POSITION.OUTSIDE_END
            label.position = inside if holds else outside


def _name_ours(bars: Any, chart: NativeChart) -> None:
    for place, (label, *_, role) in enumerate(chart.bars()):
        if role == "us":
            shown = bars.points[place].data_label
            shown.text_frame.text = clean_text(label)
            shown.position = XL_LABEL_POSITION.OUTSIDE_END
            for run in shown.text_frame.paragraphs[0].runs:
                run.font.size, run.font.bold = Pt(POINTS), True
                run.font.color.rgb = rgb(US)


def _skip_no_label(native: Any) -> None:
    """Every bar's name, though PowerPoint would leave some out."""
    axis = native.category_axis._element
    skip = parse_xml(f'<c:tickLblSkip {_C} val="1"/>')
    after = next(
        (child for name in ("c:tickMarkSkip", "c:noMultiLvlLbl", "c:extLst")
         if (child := axis.find(qn(name))) is not None), None
    )  # fmt: skip
    if after is None:
        axis.append(skip)
    else:
        after.addprevious(skip)


def _draw_lines_across(native: Any, chart: NativeChart) -> None:
    """The comparators' series from columns into lines across them, on the same axes."""
    columns = native._chartSpace.chart.plotArea.find(qn("c:barChart"))
    across = parse_xml(
        f'<c:lineChart {_C}><c:grouping val="standard"/><c:varyColors val="0"/></c:lineChart>'
    )
    for series in columns.findall(qn("c:ser"))[1:]:
        for name in ("c:invertIfNegative", "c:spPr"):
            for part in series.findall(qn(name)):
                series.remove(part)
        across.append(series)
    across.append(parse_xml(f'<c:marker {_C} val="1"/>'))
    for axis in columns.findall(qn("c:axId")):
        across.append(deepcopy(axis))
    columns.addnext(across)
    for line, item in zip(native.plots[1].series, chart.comparators, strict=True):
        _draw_line(line, item.role)
        line.marker.style = XL_MARKER_STYLE.NONE


def _legend(native: Any) -> None:
    native.has_legend = True
    native.legend.position = XL_LEGEND_POSITION.TOP
    native.legend.include_in_layout = False
    native.legend.font.size = Pt(POINTS)


def _add_error_bars(element: Any, series: NativeSeries, *, across: bool) -> None:
    """The 95 % intervals as error bars of their own for each point; none where there are none."""
    if all(value is None for value in series.low):
        return
    ends = [("plus", series.high), ("minus", series.low)]
    lists = "".join(
        f"<c:{name}><c:numLit><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{len(values)}"/>{_points(reach(series.values, values))}</c:numLit>'
        f"</c:{name}>"
        for name, values in ends
    )
    direction = '<c:errDir val="y"/>' if across else ""
    bars = parse_xml(
        f"<c:errBars {_C} {_A}>{direction}"
        '<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f'{lists}<c:spPr><a:ln w="12700"><a:solidFill><a:srgbClr val="{INK[1:]}"/></a:solidFill>'
        "</a:ln></c:spPr></c:errBars>"
    )
    found = (element.find(qn(name)) for name in _AFTER_ERROR_BARS)
    after = next(child for child in found if child is not None)
    after.addprevious(bars)


def _points(values: tuple[float | None, ...]) -> str:
    return "".join(
        f'<c:pt idx="{place}"><c:v>{value!r}</c:v></c:pt>'
        for place, value in enumerate(values)
        if value is not None
    )


def rgb(colour: str) -> Any:
    """`#12436D` as the library has it."""
    library: Any = RGBColor
    return library.from_string(colour.removeprefix("#"))
