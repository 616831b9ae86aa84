"""Whatever somebody writes, a PDF is made of it: what no font has is said in words or marked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.exports.glyphs import MISSING, NOTE, shown_as, translated
from alliance.exports.pdf_file import stand_ins_in
from alliance.packs.document import (
    Document,
    Stamp,
    bullets,
    heading,
    labelled,
    para,
    quote,
    render_document,
    table,
    warning,
)
from tests.alliance.packs.reading import words_of

STAMP = Stamp("Release: R1", date(2026, 3, 2), "Confidential: nobody", "Ana", "")
LATIN = "abc"


def everywhere(text: str) -> bytes:
    """A document in which the text stands wherever a text may."""
    blocks = [
        heading(f"H {text}"), para(text), quote(text, text), labelled(text, text),
        bullets([text]), warning(text, [text]), table((text, "b"), [[text, text]], (1, 1)),
    ]  # fmt: skip
    return render_document(Document(f"Name {text}", text, STAMP, blocks))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=25))
@settings(max_examples=40, deadline=None)
def test_whatever_is_written_a_document_is_made_of_it(text: str) -> None:
    assert everywhere(text).startswith(b"%PDF")


def test_a_picture_is_said_in_words() -> None:
    words = words_of(everywhere("Well done \N{THUMBS UP SIGN}"))
    assert "Well done [thumbs up sign]" in words
    assert MISSING not in words


def test_what_cannot_be_shown_is_marked_and_the_document_says_so() -> None:
    words = words_of(everywhere("A word: 漢"))
    assert f"A word: {MISSING}" in words
    assert NOTE in words


@pytest.mark.parametrize("text", ["Żółć, Ðorđe", "Дана", "Αλέξης", "naïve – “quoted” ▶ ⚠ ✓"])
def test_what_can_be_shown_stays_as_it_is(text: str) -> None:
    assert stand_ins_in({"words": text}) == {}
    words = words_of(everywhere(text))
    assert text in words
    assert NOTE not in words


def test_only_the_characters_that_cannot_be_set_are_asked_for_one_by_one() -> None:
    asked: list[str] = []

    def sets(chars: str) -> bool:
        asked.append(chars)
        return "é" not in chars

    assert shown_as(["abc éèê", "plain"], sets) == {ord("é"): MISSING}
    assert asked[0] == "èéê"
    assert translated({"a": ["é", ("b", 1)]}, {ord("é"): "?"}) == {"a": ["?", ["b", 1]]}
    asked.clear()
    assert shown_as(["plain words\nof nobody"], sets) == {}
    assert asked == []


def test_the_same_words_give_the_same_bytes() -> None:
    assert everywhere(LATIN) == everywhere(LATIN)
