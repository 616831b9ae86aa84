"""The declared synonyms are checked when they are loaded, and find what people mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.synonyms import (
    find_concepts,
    hold_concepts,
    load_synonyms,
    open_synonyms,
    singular,
    split_words,
)
from ingest.errors import CatalogueError

GOOD = """
[[synonym]]
name = "children looked after"
terms = ["LAC", "children in care", "care"]

[[synonym]]
name = "in work"
terms = ["employed"]
also = ["children looked after"]

[[place]]
name = "Fenshire"
terms = ["Fens"]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "synonyms.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_product_s_own_are_sound() -> None:
    found = open_synonyms()
    assert len(found.by_name) > 60
    assert found.concepts["uasc",] == "unaccompanied asylum seeking children"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (GOOD.replace('"LAC", ', '"LAC", "employed", '), 6, "“employed” of in work is of children"),
        (GOOD.replace('["employed"]', '["!?"]'), 6, "“!?” of in work has no letter or digit"),
        (GOOD.replace('["employed"]', "[]"), 8, "terms"),
        (GOOD.replace("also", "alsoo"), 9, "unknown key alsoo"),
        (GOOD.replace('also = ["children looked after"]', 'also = ["x"]'), 6, "shows “x”"),
        (GOOD.replace("[[place]]", "[[town]]"), 11, "town does not belong"),
    ],
)
def test_a_fault_is_told_with_file_and_line(
    text: str, line: int, what: str, tmp_path: Path
) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_synonyms(write(tmp_path, text))
    message = str(caught.value)
    assert what in message
    assert f"synonyms.toml, line {line}:" in message


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"synonyms\.toml"):
        load_synonyms(tmp_path / "synonyms.toml")


def test_the_longest_term_stands(tmp_path: Path) -> None:
    synonyms = load_synonyms(write(tmp_path, GOOD))
    words = split_words("Children in care, and care")
    assert list(find_concepts(words, synonyms)) == [
        ("children looked after", 0, 3),
        ("children looked after", 4, 5),
    ]


def test_what_follows_a_negation_is_not_held(tmp_path: Path) -> None:
    synonyms = load_synonyms(write(tmp_path, GOOD))
    assert hold_concepts(split_words("people in work"), synonyms) == {"in work"}
    assert hold_concepts(split_words("people not in work"), synonyms) == set()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Children’s St. Helens", ("child", "st", "helen")),
        ("EHCPs & NEETs", ("ehcp", "and", "neet")),
        ("Enquiries, (re-referrals)", ("enquiry", "re", "referral")),
        ("£ per child", ("pound", "per", "child")),
        ("Café crisis progress", ("cafe", "crisis", "progress")),
    ],
)
def test_words_are_compared_without_plurals_and_marks(text: str, words: tuple[str, ...]) -> None:
    assert split_words(text) == words


@given(st.text(max_size=60))
def test_any_text_has_plain_words(text: str) -> None:
    words = split_words(text)
    assert all(word.isalnum() and word == word.casefold() for word in words)
    assert split_words(" ".join(words)) == tuple(singular(word) for word in words)
