"""On paper a page is whole: its words, its charts as wide as the sheet, and where it is from."""

from __future__ import annotations

import io
import unicodedata

import pytest
from pypdf import PdfReader

from alliance.pages import PAGES
from tests.browser.reader import BANNER, DESK, Reader
from tests.browser.take_screenshots import PICTURES, picture_file

SHEET = (718, 1000)
"""What A4 leaves between its margins, in CSS pixels."""


def _words(text: str) -> str:
    """The text with single spaces, and letters that are drawn as one taken apart."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("page_id", PICTURES)
def test_a_printed_page_says_what_it_is_and_is_cut_nowhere(onlooker: Reader, page_id: str) -> None:
    page = onlooker.open(PICTURES[page_id])
    heading = page.locator("main h1").inner_text()
    sheets = [_words(sheet.extract_text()) for sheet in PdfReader(io.BytesIO(page.pdf())).pages]
    assert BANNER in sheets[0]
    assert heading in sheets[0]
    assert any("Release " in sheet for sheet in sheets)
    page.emulate_media(media="print")
    onlooker.resize(SHEET)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    unreadable = onlooker.unreadable()
    beyond = onlooker.sideways()
    wide = page.eval_on_selector_all(
        ".graph .main-svg",
        "(all) => all.filter((e) => e.getBoundingClientRect().right > 718).length",
    )
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    onlooker.resize(DESK)
    assert wide == 0
    assert beyond <= 0
    assert unreadable == []


def test_every_page_has_its_pictures_in_the_documents() -> None:
    pages = {page.id for page in PAGES} - {"not_found_404"}
    assert set(PICTURES) == pages
    for page_id in pages:
        for suffix in ("", "_phone"):
            assert picture_file(page_id, suffix).stat().st_size > 10_000, page_id
