"""Ofsted's four grades: an ordinal, whose numbers say which is better and nothing more.

They are counted and compared, never averaged, subtracted or given an interval.
"""

from __future__ import annotations

GRADE_WORDS = {
    1: "Outstanding",
    2: "Good",
    3: "Requires improvement to be good",
    4: "Inadequate",
}
GRADE_OF_WORDS = {words: grade for grade, words in GRADE_WORDS.items()} | {
    "Requires improvement": 3,
}
"""The grade that each wording stands for; the shorter one is of publications before 2018."""


def grade_words(value: float) -> str:
    """The words of a grade. Raises `KeyError` for a number that is no grade, such as a mean."""
    return GRADE_WORDS[int(value) if float(value).is_integer() else -1]
