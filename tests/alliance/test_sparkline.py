"""A trend line in a table cell: a gap stays a gap, and every figure keeps inside the picture."""

from __future__ import annotations

import re
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.charts.sparkline import HEIGHT, PAD, WIDTH, sparkline

SVG = "{http://www.w3.org/2000/svg}"
Values = list[float | None]
VALUES = st.lists(st.none() | st.floats(-1e9, 1e9), max_size=40)


def picture(values: Values) -> ElementTree.Element:
    address = sparkline(values)
    assert address is not None
    kind, _, text = address.partition(",")
    assert kind == "data:image/svg+xml"
    return ElementTree.fromstring(unquote(text))


def lines(values: Values) -> list[list[tuple[float, float]]]:
    return [
        [(float(x), float(y)) for x, y in (pair.split(",") for pair in line.get("points").split())]
        for line in picture(values).iter(f"{SVG}polyline")
    ]


def dots(values: Values) -> list[tuple[float, float, float]]:
    return [
        tuple(float(dot.get(name, "")) for name in ("cx", "cy", "r"))
        for dot in picture(values).iter(f"{SVG}circle")
    ]


@pytest.mark.parametrize("values", [[], [None], [1.0], [None, 2.0, None], [None, None]])
def test_fewer_than_two_figures_make_no_line(values: Values) -> None:
    assert sparkline(values) is None


def test_the_line_goes_from_left_to_right_and_from_the_lowest_to_the_highest() -> None:
    ((first, *_, last),) = lines([1.0, 2.0, 3.0])
    assert first == (PAD, HEIGHT - PAD)
    assert last == (WIDTH - PAD, PAD)


def test_a_gap_breaks_the_line() -> None:
    assert [len(line) for line in lines([1.0, 2.0, None, 3.0, 4.0, 5.0])] == [2, 3]


def test_a_figure_between_gaps_is_a_dot() -> None:
    values = [1.0, None, 2.0, None, 3.0, 4.0]
    assert [len(line) for line in lines(values)] == [2]
    assert len(dots(values)) == 3


def test_the_last_figure_is_marked() -> None:
    x, y, radius = dots([3.0, 2.0, 1.0])[-1]
    assert (x, y) == (WIDTH - PAD, HEIGHT - PAD)
    assert radius > 2


def test_equal_figures_make_a_level_line() -> None:
    ((_, first), (_, second)) = lines([5.0, 5.0])[0]
    assert first == second


@given(VALUES)
def test_whatever_the_figures_every_point_is_inside_the_picture(values: Values) -> None:
    known = [value for value in values if value is not None]
    address = sparkline(values)
    assert (address is None) == (len(known) < 2)
    if address is None:
        return
    assert not re.search("nan|inf", address)
    drawn = lines(values)
    marks = dots(values)
    assert sum(len(line) for line in drawn) + len(marks) >= len(known)
    places = [point for line in drawn for point in line] + [(x, y) for x, y, _ in marks]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
    assert [x for line in drawn for x, _ in line] == sorted(x for line in drawn for x, _ in line)
