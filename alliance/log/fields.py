"""What a form of the challenge log asks for, and how an answer is read. Knows no entry.

A field is declared once and serves the form, the reading of it, the page and the export.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from alliance.log.errors import AnswersError

LONGEST_LINE, LONGEST_TEXT = 200, 20_000
CONTENT, NOTE = "content", "note"
"""Where most answers go: into the entry's own words, or as a note that is only ever added."""


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[-+]?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})(\.[0-9]{1,15})?")


class FieldKind(StrEnum):
    """What kind of answer a field takes."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    CHOICE = "choice"
    YES = "yes"
    AUTHORITY = "authority"
    AUTHORITIES = "authorities"
    PERSON = "person"
    INDICATOR = "indicator"
    ENQUIRY = "enquiry"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form. `into` says where the answer goes: `content` under the field's id, a
    `note`, a column of the entry (`title`, `owner`, `due_on`, `indicator_id`, `audience`), or
    `side:<side>` for the authorities on a side. `choices` are key and words."""

    id: str
    label: str
    kind: FieldKind
    hint: str = ""
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    into: str = CONTENT

    def words(self, value: Any) -> str:
        """A kept answer as a person reads it; authorities and people by their keys."""
        if value is None or value in ("", ()):
            return ""
        if self.kind == FieldKind.CHOICE:
            return dict(self.choices).get(str(value), str(value))
        if self.kind == FieldKind.YES:
            return "Yes"
        return str(value)


@dataclass(frozen=True, slots=True)
class Known:
    """What an answer may name: authorities of the alliance, people with an account in it,
    indicators of the release, what its list says is worth discussing of the person's own authority.
    Each by key, with the name that a person reads."""

    authorities: Mapping[str, str]
    people: Mapping[str, str]
    indicators: Mapping[str, str]
    enquiries: Mapping[str, str] = dataclasses.field(default_factory=dict)


Raw = Mapping[str, Sequence[str]]
"""A form as it came: every field's values as text."""


def read_answers(fields: Sequence[Field], raw: Raw, known: Known) -> dict[str, Any]:
    """What the form says, by field id: text, a day as ISO 8601, `float`, `True`, codes, or None
    where nothing was given. Raises `AnswersError` with every fault at once."""
    answers: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for field in fields:
        try:
            answers[field.id] = _read(field, raw.get(field.id, ()), known)
        except _FaultError as fault:
            faults[field.id] = str(fault)
    if faults:
        raise AnswersError(faults)
    return answers


class _FaultError(Exception):
    """What is wrong with one answer: a sentence."""


def _read(field: Field, given: Sequence[str], known: Known) -> Any:
    texts = [clean_text(text) for text in given]
    texts = [text for text in texts if _says_something(text)]
    if not texts:
        if field.required:
            raise _FaultError(f"{field.label}: {_MISSING[field.kind]}.")
        return None
    return READERS[field.kind](field, texts, known)


def clean_text(text: str) -> str:
    """Text with one kind of line end and no control characters but line ends and tabs; every word
    stays, and stays apart from the next. Spaces at its ends go."""
    lines = "\n".join(text.splitlines())
    kept = "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return kept.strip()


def _says_something(text: str) -> bool:
    """Whether a reader sees anything: spaces and marks that have no width are no answer."""
    return any(unicodedata.category(c)[0] not in "ZC" for c in text)


def _line(field: Field, texts: Sequence[str], _known: Known) -> str:
    line = " ".join(texts[0].split())
    return _not_longer(field, line, LONGEST_LINE)


def _text(field: Field, texts: Sequence[str], _known: Known) -> str:
    return _not_longer(field, texts[0], LONGEST_TEXT)


def _not_longer(field: Field, text: str, most: int) -> str:
    if len(text) > most:
        raise _FaultError(
            f"{field.label}: {len(text):,} characters, and at most {most:,} are kept. Shorten it."
        )
    return text


def _day(field: Field, texts: Sequence[str], _known: Known) -> str:
    try:
        day = date.fromisoformat(texts[0]) if _DAY.fullmatch(texts[0]) else None
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2100:
        raise _FaultError(f"{field.label}: give a day such as 2027-03-31.")
    return day.isoformat()


def _number(field: Field, texts: Sequence[str], _known: Known) -> float:
    """A comma stands between thousands alone: “57,5” is refused, never read as 575."""
    plain = texts[0].removesuffix("%").strip().replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(plain):
        raise _FaultError(f"{field.label}: give a number such as 57.5 or 1,250.")
    return float(plain.replace(",", ""))


def _choice(field: Field, texts: Sequence[str], _known: Known) -> str:
    if texts[0] not in dict(field.choices):
        words = ", ".join(words for _, words in field.choices)
        raise _FaultError(f"{field.label}: choose one of {words}.")
    return texts[0]


def _yes(field: Field, texts: Sequence[str], _known: Known) -> bool:
    if texts[0].lower() not in ("yes", "on", "true", "1"):
        raise _FaultError(f"{field.label}: tick the box to confirm, or leave it.")
    return True


def _authority(field: Field, texts: Sequence[str], known: Known) -> str:
    return _among(field, texts[0], known.authorities, "an authority of your alliance")


def _authorities(field: Field, texts: Sequence[str], known: Known) -> tuple[str, ...]:
    codes = dict.fromkeys(code for text in texts for code in re.split(r"[\s,]+", text) if code)
    return tuple(sorted(_authority(field, (code,), known) for code in codes))


def _person(field: Field, texts: Sequence[str], known: Known) -> str:
    return _among(field, texts[0], known.people, "somebody with an account in your alliance")


def _indicator(field: Field, texts: Sequence[str], known: Known) -> str:
    return _among(field, texts[0], known.indicators, "an indicator of the release being served")


def _enquiry(field: Field, texts: Sequence[str], known: Known) -> str:
    return _among(
        field, texts[0], known.enquiries, "on your authority’s list as it now is: look at it again"
    )


def _among(field: Field, key: str, among: Mapping[str, str], what: str) -> str:
    if key not in among:
        raise _FaultError(f"{field.label}: “{key[:40]}” is not {what}.")
    return key


def _address(field: Field, texts: Sequence[str], _known: Known) -> str:
    address = _line(field, texts, _known)
    if not re.fullmatch(r"https://[A-Za-z0-9.-]+(:\d+)?(/[^\s<>\"'\\]*)?", address):
        raise _FaultError(f"{field.label}: give an address that begins with https://.")
    return address


Reader = Callable[[Field, Sequence[str], Known], Any]

READERS: Mapping[FieldKind, Reader] = MappingProxyType(
    {
        FieldKind.LINE: _line,
        FieldKind.TEXT: _text,
        FieldKind.DAY: _day,
        FieldKind.NUMBER: _number,
        FieldKind.CHOICE: _choice,
        FieldKind.YES: _yes,
        FieldKind.AUTHORITY: _authority,
        FieldKind.AUTHORITIES: _authorities,
        FieldKind.PERSON: _person,
        FieldKind.INDICATOR: _indicator,
        FieldKind.ENQUIRY: _enquiry,
        FieldKind.ADDRESS: _address,
    }
)
"""How the answer to each kind of field is read."""

_MISSING: Mapping[FieldKind, str] = MappingProxyType(
    {
        FieldKind.LINE: "write it in a line",
        FieldKind.TEXT: "write it in your own words",
        FieldKind.DAY: "give a day",
        FieldKind.NUMBER: "give a number",
        FieldKind.CHOICE: "choose one",
        FieldKind.YES: "tick the box to confirm",
        FieldKind.AUTHORITY: "choose an authority",
        FieldKind.AUTHORITIES: "choose one authority or more",
        FieldKind.PERSON: "choose a person",
        FieldKind.INDICATOR: "choose an indicator",
        FieldKind.ENQUIRY: "choose an item of the list",
        FieldKind.ADDRESS: "give an address",
    }
)
