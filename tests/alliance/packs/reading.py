"""What stands in a document that was made: its words, page by page, and whether it is tagged."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
from pptx import Presentation
from pypdf import PdfReader


def pages_of(content: bytes) -> list[str]:
    """The words of each page, on one line."""
    pages = PdfReader(io.BytesIO(content)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def words_of(content: bytes) -> str:
    """The words of all the pages."""
    return " ".join(pages_of(content))


def pictures_of(content: bytes) -> list[str]:
    """What the pictures say to those who cannot see them, by the tags."""
    root: Any = PdfReader(io.BytesIO(content)).root_object
    return _alternatives(root["/StructTreeRoot"])


def _alternatives(node: Any) -> list[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [words for child in node for words in _alternatives(child)]
    if not isinstance(node, dict):
        return []
    found = [str(node["/Alt"])] if node.get("/S") == "/Figure" and "/Alt" in node else []
    return found + (_alternatives(node["/K"]) if "/K" in node else [])


def assert_tagged(content: bytes, title: str) -> None:
    """That it is a tagged PDF/UA-1 in English with a title, whose fonts are in it."""
    reader = PdfReader(io.BytesIO(content))
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/StructTreeRoot"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    assert reader.metadata is not None
    assert reader.metadata.title == title
    for page in reader.pages:
        fonts: Any = page["/Resources"].get_object()["/Font"]
        for font in fonts.values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)


def slides_of(content: bytes) -> list[Any]:
    """The slides of a presentation."""
    return list(Presentation(io.BytesIO(content)).slides)


def texts_of(slide: Any) -> list[str]:
    """Every text on a slide: boxes, tables, its chart's names, and its notes."""
    found = [slide.notes_slide.notes_text_frame.text]
    for shape in slide.shapes:
        if shape.has_text_frame:
            found.append(shape.text_frame.text)
        if shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
        if shape.has_chart:
            found += [str(name) for name in shape.chart.plots[0].categories]
            found += [series.name for plot in shape.chart.plots for series in plot.series]
    return found


def everything_in(content: bytes) -> str:
    """Every part of a file that is a zip, workbooks within it too, as text."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            inner = parts.read(name)
            found.append(
                everything_in(inner) if name.endswith(".xlsx") else inner.decode("latin-1")
            )
    return "\n".join(found)


def charts_of(content: bytes) -> list[Any]:
    """The charts of a presentation, that PowerPoint draws."""
    return [s.chart for slide in slides_of(content) for s in slide.shapes if s.has_chart]


def workbook_of(chart: Any) -> list[tuple[Any, ...]]:
    """The rows of the workbook behind a chart."""
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    return list(book.active.iter_rows(values_only=True))


def assert_fits(content: bytes) -> None:
    """That every slide holds its shapes, none over another, with no text under 12 points."""
    deck = Presentation(io.BytesIO(content))
    for slide in deck.slides:
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height, s.name) for s in slide.shapes]
        for left, top, right, bottom, name in boxes:
            assert left >= 0, name
            assert top >= 0, name
            assert right <= deck.slide_width, name
            assert bottom <= deck.slide_height, name
        for place, one in enumerate(boxes):
            for other in boxes[place + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0]
                apart |= one[3] <= other[1] or other[3] <= one[1]
                assert apart, (one[4], other[4], slide.shapes.title.text_frame.text)
        for shape in slide.shapes:
            frames = [shape.text_frame] if shape.has_text_frame else []
            if shape.has_table:
                frames += [cell.text_frame for row in shape.table.rows for cell in row.cells]
            for frame in frames:
                for paragraph in frame.paragraphs:
                    assert all(run.font.size.pt >= 12 for run in paragraph.runs), shape.name
