"""What a reader takes away: the table as CSV, the chart as PNG and SVG."""

from __future__ import annotations

import csv
import html
import itertools
import re
import struct
from pathlib import Path
from typing import Any

import pytest

from tests.browser.reader import BANNER, Reader
from tests.demonstration import EASTMERE, FENSHIRE, Figures

INDICATOR = "cla_rate"
TITLE = "Children looked after per 10,000 children"


def download(reader: Reader, button: str, folder: Path, frame: int = 0) -> Path:
    with reader.page.expect_download() as started:
        reader.page.get_by_label(button).nth(frame).click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def read_csv(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """The lines about the figures, and the figures."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    about = [line for line in lines if line.startswith("# ")]
    return about, list(csv.DictReader(lines[len(about) :]))


@pytest.mark.parametrize(
    ("query", "where", "values"),
    [
        ("?period=2024", "period = '2024' AND region_code = ? AND valid_to IS NULL", [EASTMERE]),
        (
            "?period=2023&scope=neighbours",
            "period = '2023' AND (area_code = ? OR area_code IN"
            " (SELECT neighbour_code FROM neighbour WHERE neighbour.area_code = ?))",
            [FENSHIRE, FENSHIRE],
        ),
        (
            "?period=2025&scope=england",
            "period = '2025' AND (valid_to IS NULL OR value IS NOT NULL)",
            [],
        ),
    ],
    ids=["alliance", "neighbours", "england"],
)
def test_the_csv_of_a_comparison_holds_its_figures_and_what_they_are(
    onlooker: Reader, figures: Figures, tmp_path: Path, query: str, where: str, values: list[str]
) -> None:
    onlooker.open(f"/indicator/{INDICATOR}{query}")
    about, found = read_csv(download(onlooker, "Download table as CSV", tmp_path))
    expected = figures.rows(
        "SELECT c.*, a.name FROM comparison AS c JOIN area AS a USING (area_code)"
        f" WHERE indicator_id = ? AND {where} ORDER BY area_code",
        INDICATOR,
        *values,
    )
    assert_same_figures(found, expected)
    assert_about(about, figures)


def assert_same_figures(found: list[dict[str, str]], expected: list[dict[str, Any]]) -> None:
    assert expected
    columns = [name for name in found[0] if name in expected[0]]
    assert {"area_code", "name", "value", "ci95_low", "england", "rank_region"} <= set(columns)
    for row, figure in zip(found, expected, strict=True):
        for name in columns:
            if isinstance(figure[name], float):
                assert float(row[name]) == pytest.approx(figure[name], abs=1e-9), name
            else:
                assert row[name] == ("" if figure[name] is None else str(figure[name])), name


def assert_about(about: list[str], figures: Figures) -> None:
    """Source, release, definition, caveats and the word that all is invented."""
    text = "\n".join(about)
    indicator = figures.row("SELECT * FROM indicator WHERE indicator_id = ?", INDICATOR)
    assert TITLE in text
    assert BANNER in text
    assert figures.column("SELECT release_id FROM release")[0] in text
    assert " ".join(indicator["definition"].split()) in text
    assert f"Caveats: {' '.join(indicator['caveats'].split())}" in text


def test_the_csv_of_a_series_holds_its_figures_and_what_they_are(
    onlooker: Reader, figures: Figures, tmp_path: Path
) -> None:
    onlooker.open(f"/indicator/{INDICATOR}")
    about, found = read_csv(download(onlooker, "Download table as CSV", tmp_path, frame=1))
    expected = figures.rows(
        "SELECT c.*, a.name FROM comparison AS c JOIN area AS a USING (area_code)"
        " WHERE indicator_id = ? AND (area_code = ? OR region_code = ? AND valid_to IS NULL)"
        " ORDER BY area_code <> ?, name, period_end",
        INDICATOR, FENSHIRE, EASTMERE, FENSHIRE,
    )  # fmt: skip
    assert_same_figures(found, expected)
    assert_about(about, figures)


@pytest.mark.parametrize("scope", ["alliance", "england"])
@pytest.mark.parametrize("frame", [0, 1], ids=["ranked", "trend"])
def test_the_svg_of_a_chart_says_what_it_is(
    onlooker: Reader, figures: Figures, tmp_path: Path, frame: int, scope: str
) -> None:
    onlooker.open(f"/indicator/{INDICATOR}?period=2024&scope={scope}")
    path = download(onlooker, "Download chart as SVG", tmp_path, frame)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<svg")
    words = " ".join(html.unescape(" ".join(re.findall(r">([^<>]+)<", text))).split())
    assert TITLE in words
    assert BANNER in words
    assert figures.column("SELECT release_id FROM release")[0] in words
    assert ("2024" if frame == 0 else "All periods") in words
    caveats = figures.column("SELECT caveats FROM indicator WHERE indicator_id = ?", INDICATOR)[0]
    assert " ".join(caveats.split()) in words


def test_every_picture_of_a_page_says_what_it_shows_and_how_it_is_read(
    onlooker: Reader, figures: Figures, tmp_path: Path
) -> None:
    onlooker.open(f"/indicator/{INDICATOR}?period=2024")
    buttons = onlooker.page.get_by_label("Download chart as SVG").count()
    assert buttons >= 2
    release = figures.column("SELECT release_id FROM release")[0]
    for frame in range(buttons):
        path = download(onlooker, "Download chart as SVG", tmp_path, frame)
        text = path.read_text(encoding="utf-8")
        words = " ".join(html.unescape(" ".join(re.findall(r">([^<>]+)<", text))).split())
        for said in (BANNER, release, "How to read this:", "Caveats:", "Fenshire"):
            assert said in words, (path.name, said)


@pytest.mark.parametrize(
    ("label", "ending"),
    [("Download table as Excel", ".xlsx"), ("Download slide as PowerPoint", ".pptx")],
)
def test_a_link_leads_to_an_office_file(
    onlooker: Reader, tmp_path: Path, label: str, ending: str
) -> None:
    onlooker.open(f"/indicator/{INDICATOR}?period=2024&scope=england")
    path = download(onlooker, label, tmp_path)
    assert path.name == f"cla_rate_2024{ending}"
    assert path.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("title", [TITLE, f"{TITLE} ({TITLE}, {TITLE})"], ids=["short", "long"])
@pytest.mark.parametrize(("frame", "scope"), [(0, "alliance"), (0, "england"), (1, "alliance")])
def test_nothing_in_the_picture_of_a_chart_lies_over_anything_else(
    onlooker: Reader, tmp_path: Path, frame: int, scope: str, title: str
) -> None:
    onlooker.open(f"/indicator/{INDICATOR}?period=2025&scope={scope}")
    onlooker.page.evaluate(
        """(title) => document.querySelectorAll(".js-plotly-plot").forEach(
            (graph) => { graph.layout.meta.title = title; })""",
        title,
    )
    path = download(onlooker, "Download chart as SVG", tmp_path, frame)
    onlooker.page.set_content(path.read_text(encoding="utf-8"))
    picture, *parts = onlooker.page.evaluate(
        """() => ["svg", ".picture-title", ".picture-sentence", ".legendtext", ".cartesianlayer",
                  ".picture-caption"]
            .map((name) => {
                const all = (side) => [...document.querySelectorAll(name)]
                    .map((part) => part.getBoundingClientRect()[side]);
                return [Math.min(...all("left")), Math.max(...all("right")),
                    Math.min(...all("top")), Math.max(...all("bottom"))];
            })"""
    )
    assert all(left < right and top < bottom for left, right, top, bottom in parts)
    assert all(part[0] >= picture[0] and part[1] <= picture[1] for part in parts)
    assert all(part[2] >= picture[2] and part[3] <= picture[3] for part in parts)
    assert all(above[3] <= below[2] for above, below in itertools.pairwise(parts))


@pytest.mark.parametrize("frame", [0, 1], ids=["ranked", "trend"])
def test_the_png_of_a_chart_is_a_picture(onlooker: Reader, tmp_path: Path, frame: int) -> None:
    onlooker.open(f"/indicator/{INDICATOR}?period=2024")
    path = download(onlooker, "Download chart as PNG", tmp_path, frame)
    data = path.read_bytes()
    assert path.suffix == ".png"
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert width == 2000
    assert height > 700
    assert len(data) > 20_000
