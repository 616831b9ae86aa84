"""What stands in a document that was made: its words, page by page, and whether it is tagged."""

from __future__ import annotations

import io
from typing import Any

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
