"""Where the packs lie, for pages that link to them."""

from __future__ import annotations

from alliance.log.addresses import entry_address, list_address

MEETING_PACKS = f"{list_address('meeting')}/<ref>"
"""The rule below which a meeting's packs lie."""
FORMS = ("pdf", "pptx")
"""The forms in which a meeting's packs come."""
HELD = ("held", "minuted")
"""The states of a meeting that has a record."""


def report_address(code: str) -> str:
    """The public report of an authority."""
    return f"/authority/{code}/public-report.pdf"


def pack_address(ref: str, pack_id: str, form: str) -> str:
    """The file of a meeting's `pack` or `record`, as `pdf` or `pptx`."""
    return f"{entry_address('meeting', ref)}/{pack_id}.{form}"
