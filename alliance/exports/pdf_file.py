"""PDF by typst: tagged, PDF/UA-1, with embedded fonts and without a network.

A template of this package and data as JSON: nothing of the data is ever read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from alliance.exports.glyphs import shown_as, texts_in, translated
from ingest.errors import AllianceError

STANDARD = "ua-1"
LOOK = "look.typ"
"""What every template has in common."""


class PdfError(AllianceError):
    """A document that typst did not set."""


def render_pdf(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """The document of a template (`profile.typ`) and its data. at: the time (UTC) that the file
    bears; the same data and time give the same bytes. What no font here has stands as
    `alliance.exports.glyphs` says. Raises `PdfError`."""
    data = translated(data, stand_ins_in(data))
    try:
        return bytes(
            _compile(
                template,
                data,
                format="pdf",
                pdf_standards=STANDARD,
                timestamp=at.replace(microsecond=0, tzinfo=UTC),
            )
        )
    except typst.TypstError as error:
        raise PdfError(f"The PDF of {template} could not be set: {error}.") from error


def stand_ins_in(data: Mapping[str, Any]) -> dict[int, str]:
    """What stands for each character in the data that no font here has."""
    return shown_as(texts_in(data), _sets)


_SPECIMEN = b"""#set document(title: "x")
#set text(lang: "en", font: "Libertinus Serif")
#let chars = json(bytes(sys.inputs.data))
#chars *#chars* _#chars _"""


def _sets(chars: str) -> bool:
    """Whether the fonts have all of these characters, upright, bold and slanted."""
    options: dict[str, Any] = {"format": "pdf", "pdf_standards": STANDARD}
    try:
        typst.compile(
            _SPECIMEN,
            sys_inputs={"data": json.dumps(chars)},
            ignore_system_fonts=True,
            **options,
        )
    except typst.TypstError:
        return False
    return True


def _compile(template: str, data: Mapping[str, Any], **options: Any) -> Any:
    """What typst makes of it. System fonts are left alone, so that a document looks the same
    wherever it is set."""
    return typst.compile(
        {"main": template_bytes(template), LOOK: template_bytes(LOOK)},
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        ignore_system_fonts=True,
        **options,
    )


@cache
def template_bytes(name: str) -> bytes:
    """A template of this package."""
    return files("alliance.exports").joinpath(name).read_bytes()
