"""A document in blocks, and what stands on each of its pages: its release, its day, for whom it is.

Knows neither the log nor a page; typst sets it by the template `document.typ`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from alliance.exports.about import release_pair
from alliance.exports.glyphs import MISSING, NOTE
from alliance.exports.pdf_file import render_pdf, stand_ins_in
from alliance.service import DEMONSTRATION, Served
from indicators.words import format_day

TEMPLATE = "document.typ"
Block = Mapping[str, Any]
WIDEST, HIGHEST = 172.0, 165.0
"""Millimetres of a page for a picture."""
_VIEW_BOX = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands on every page. `marking`: who may see it. `made_for`: whose sight of the log it
    shows; empty for what is for everyone."""

    release: str
    day: date
    marking: str
    made_for: str
    demonstration: str

    @property
    def foot(self) -> str:
        """The release, the day and for whom."""
        who = f" for {self.made_for}" if self.made_for else ""
        return f"Made on {format_day(self.day)}{who}. {self.release}"


def stamp_of(served: Served, day: date, marking: str, made_for: str = "") -> Stamp:
    """The stamp of what is made from the release being served."""
    demonstration = DEMONSTRATION if served.info.demo else ""
    return Stamp(": ".join(release_pair(served)), day, marking, made_for, demonstration)


@dataclass(frozen=True, slots=True)
class Document:
    """`name` is its heading, `subtitle` what kind of document it is."""

    name: str
    subtitle: str
    stamp: Stamp
    blocks: Sequence[Block]


def render_document(document: Document) -> bytes:
    """The document as a tagged PDF (PDF/UA-1); the same document gives the same bytes. Raises
    `alliance.exports.pdf_file.PdfError`."""
    stamp = document.stamp
    data: dict[str, Any] = {
        "title": f"{document.name}: {document.subtitle}",
        "name": document.name,
        "subtitle": document.subtitle,
        "demonstration": stamp.demonstration,
        "marking": stamp.marking,
        "release": stamp.foot,
        "blocks": list(document.blocks),
    }
    if MISSING in stand_ins_in(data).values():
        data["blocks"] = [*document.blocks, small(NOTE)]
    return render_pdf(TEMPLATE, data, at=datetime.combine(stamp.day, time()))


# The blocks ---------------------------------------------------------------------------------------


def heading(words: str, level: int = 1, *, new_page: bool = False) -> Block:
    """A heading; `new_page` begins one with it."""
    return {"kind": "heading", "words": words, "level": level, "new_page": new_page}


def para(words: str, *, strong: bool = False) -> Block:
    """A paragraph."""
    return {"kind": "para", "words": words, "strong": strong}


def small(words: str) -> Block:
    """A remark in small print."""
    return {"kind": "small", "words": words}


def labelled(label: str, words: str) -> Block:
    """What something is, and its words after it."""
    return {"kind": "labelled", "label": _led(label), "words": words}


def bullets(rows: Iterable[str]) -> Block:
    """A list of sentences."""
    return {"kind": "bullets", "rows": list(rows)}


def quote(words: str, by: str = "") -> Block:
    """What somebody wrote, as they wrote it, below who and when."""
    return {"kind": "quote", "words": words, "by": _led(by)}


def warning(words: str, rows: Iterable[str]) -> Block:
    """What must not be overlooked, in a frame."""
    return {"kind": "warning", "words": words, "rows": list(rows)}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> Block:
    """A table; `widths` are shares of the page."""
    kept = [list(row) for row in rows]
    return {"kind": "table", "head": list(head), "rows": kept, "widths": list(widths)}


def pairs(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> Block:
    """A table of what and how much."""
    return {"kind": "pairs", "head": list(head), "rows": [list(row) for row in rows]}


def picture(svg: str, alt: str) -> Block:
    """A picture as wide as the page or as high as fits; `alt` says what it shows."""
    found = _VIEW_BOX.search(svg)
    wide, high = (float(found[1]), float(found[2])) if found else (1.0, 1.0)
    width = min(WIDEST, HIGHEST * wide / high)
    return {"kind": "picture", "svg": svg, "alt": alt, "width": width}


def _led(label: str) -> str:
    """A label with the mark that leads to its words."""
    return f"{label}:" if label and not label.endswith("?") else label
