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

from ingest.errors import AllianceError

STANDARD = "ua-1"
LOOK = "look.typ"
"""What every template has in common."""


class PdfError(AllianceError):
    """A document that typst did not set."""


def render_pdf(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """The document of a template (`profile.typ`) and its data. at: the time (UTC) that the file
    bears; the same data and time give the same bytes. Raises `PdfError`."""
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
