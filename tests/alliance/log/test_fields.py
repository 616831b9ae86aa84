"""An answer is kept as it was meant or refused with what to do: never as something else."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.log.errors import AnswersError
from alliance.log.fields import (
    LONGEST_LINE,
    LONGEST_TEXT,
    READERS,
    Field,
    FieldKind,
    clean_text,
    read_answers,
)
from tests.alliance.log.world import KNOWN

KEPT: list[tuple[FieldKind, str, Any]] = [
    (FieldKind.NUMBER, "57.5", 57.5),
    (FieldKind.NUMBER, " 1,250 ", 1250.0),
    (FieldKind.NUMBER, "12,345,678.9", 12345678.9),
    (FieldKind.NUMBER, "57.5 %", 57.5),
    (FieldKind.NUMBER, "\N{MINUS SIGN}3", -3.0),
    (FieldKind.NUMBER, "0", 0.0),
    (FieldKind.DAY, "2028-02-29", "2028-02-29"),
    (FieldKind.LINE, " a\n  b\tc ", "a b c"),
    (FieldKind.TEXT, " a\r\nb\x0bc\x85d\x07 ", "a\nb\nc\nd"),
    (FieldKind.YES, "on", True),
    (FieldKind.CHOICE, "one", "one"),
    (FieldKind.AUTHORITY, "701", "701"),
    (FieldKind.AUTHORITIES, "702, 701 702", ("701", "702")),
    (FieldKind.PERSON, "director.lead", "director.lead"),
    (FieldKind.INDICATOR, "need_rate", "need_rate"),
    (FieldKind.ENQUIRY, "701-need_rate~aaaa1111", "701-need_rate~aaaa1111"),
    (FieldKind.ADDRESS, "https://example.org:8443/a?b=c#d", "https://example.org:8443/a?b=c#d"),
]
REFUSED: list[tuple[FieldKind, str]] = [
    *[(FieldKind.NUMBER, given) for given in (
        "57,5", "1,25,000", "57 5", "1e5", "nan", "inf", "٥", "5.", ".5", "--5", "0x10",
        "9" * 16, "1" * 10**6, "5%%", "about 5",
    )],
    *[(FieldKind.DAY, given) for given in (
        "31/03/2027", "2027-3-1", "2027-02-30", "1999-12-31", "2101-01-01", "٢٠٢٧-٠٣-٣١",
        "2027-03-31T00:00", "20270331", "tomorrow", "2027-W10-1",
    )],
    (FieldKind.LINE, "x" * (LONGEST_LINE + 1)),
    (FieldKind.TEXT, "x" * (LONGEST_TEXT + 1)),
    (FieldKind.TEXT, "x" * 10**6),
    (FieldKind.YES, "no"),
    (FieldKind.CHOICE, "three"),
    (FieldKind.CHOICE, "One"),
    (FieldKind.AUTHORITY, "999"),
    (FieldKind.AUTHORITIES, "701,999"),
    (FieldKind.AUTHORITIES, "9 " * 10**5),
    (FieldKind.PERSON, "director.outside"),
    (FieldKind.INDICATOR, "sw_vacancy"),
    *[(FieldKind.ENQUIRY, given) for given in (
        "701-need_rate", "701-need_rate~bbbb2222", "702-need_rate~aaaa1111", "~",
    )],
    *[(FieldKind.ADDRESS, given) for given in (
        "http://example.org", "javascript:alert(1)", "https://", "https://a b", "//example.org",
        "https://example.org/\"onclick", "https://user@example.org", "data:text/html,x",
    )],
]  # fmt: skip
NOTHING = ("", " ", "\n\t", "\x00", "\u200b", "\u202e\u2066", "\ud800", "\ufeff")


def field(kind: FieldKind, *, required: bool = False) -> Field:
    choices = (("one", "First"), ("two", "Second")) if kind == FieldKind.CHOICE else ()
    return Field("answer", "The answer", kind, required=required, choices=choices)


def read(kind: FieldKind, *given: str, required: bool = False) -> Any:
    return read_answers([field(kind, required=required)], {"answer": given}, KNOWN)["answer"]


@pytest.mark.parametrize(("kind", "given", "kept"), KEPT)
def test_an_answer_is_kept_as_it_was_meant(kind: FieldKind, given: str, kept: object) -> None:
    assert read(kind, given) == kept
    assert read(kind, given, required=True) == kept


@pytest.mark.parametrize(("kind", "given"), REFUSED, ids=lambda part: str(part)[:20])
def test_what_cannot_be_kept_is_refused_in_a_sentence(kind: FieldKind, given: str) -> None:
    with pytest.raises(AnswersError) as told:
        read(kind, given)
    (fault,) = told.value.faults.values()
    assert fault.startswith("The answer: ")
    assert fault.endswith(".")
    assert len(fault) < 200


def test_every_kind_of_field_has_its_cases() -> None:
    assert {kind for kind, _, _ in KEPT} == set(FieldKind) == set(READERS)


@pytest.mark.parametrize("kind", FieldKind)
def test_what_says_nothing_is_no_answer(kind: FieldKind) -> None:
    for nothing in NOTHING:
        assert read(kind, nothing) is None
        with pytest.raises(AnswersError, match="The answer: "):
            read(kind, nothing, required=True)
    assert read(kind) is None


@given(st.sampled_from(FieldKind), st.lists(st.text(), max_size=3))
def test_any_answer_is_kept_or_refused_and_what_is_kept_can_be_stored(
    kind: FieldKind, given: list[str]
) -> None:
    try:
        kept = read(kind, *given)
    except AnswersError:
        return
    for part in kept if isinstance(kept, tuple) else (kept,):
        if isinstance(part, str):
            assert "\x00" not in part
            part.encode()
        elif part is not None:
            assert math.isfinite(part)


@given(st.text())
def test_cleaning_a_text_loses_no_word_and_runs_none_together(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    seen = [c for c in text if c.isalnum()]
    assert [c for c in cleaned if c.isalnum()] == seen
    for word, line in ((w, part) for part in text.splitlines() for w in part.split()):
        if word.isalnum():
            assert word in cleaned, line


@given(st.floats(-1e14, 1e14).map(lambda n: round(n, 3)))
def test_a_number_is_read_as_it_is_written(number: float) -> None:
    for written in (f"{number:.3f}", f"{number:,.3f}"):
        assert read(FieldKind.NUMBER, written) == float(f"{number:.3f}")
