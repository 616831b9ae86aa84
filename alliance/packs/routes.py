"""Where the packs lie. Whoever may not see a meeting is told what they are told of one that is not
there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dash import Dash
from flask import Flask, Response, abort, current_app

from alliance.downloads import attach
from alliance.exports.forms import FORMS
from alliance.exports.table import NotThereError
from alliance.log.asking import Asking, asking, is_insider, may_have_entries
from alliance.log.entries import find_entry, list_published
from alliance.log.entry import Published
from alliance.log.errors import NoEntryError
from alliance.log.gathering import gather
from alliance.log.kinds.meeting import MEETING
from alliance.log.places import THEMES
from alliance.packs.addresses import MEETING_PACKS, report_address
from alliance.packs.before import pack_document
from alliance.packs.document import Document, render_document
from alliance.packs.meeting import Packed, pack_meeting
from alliance.packs.public_report import Report, report_document
from alliance.packs.record import record_document
from alliance.packs.slides import render_pack, render_record
from alliance.packs.themes import read_themes, themes_document
from alliance.people.current import current_person, current_time
from alliance.service import current_release
from alliance.store import StoreError
from alliance.store.in_app import current_store

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack of a meeting: what makes its document, and its slides."""

    id: str
    document: Callable[[Packed], Document]
    slides: Callable[[Packed], bytes]


PACKS: Mapping[str, Pack] = {
    pack.id: pack
    for pack in (
        Pack("pack", pack_document, render_pack),
        Pack("record", record_document, render_record),
    )
}
"""The packs of a meeting by the name that their addresses end in."""


def register_packs(app: Dash) -> None:
    """Add the routes to the app's server."""
    server: Flask = app.server

    @server.get(f"{MEETING_PACKS}/<any({', '.join(PACKS)}):pack_id>.pdf")
    def meeting_pdf(ref: str, pack_id: str) -> Response:
        packed = _packed(ref)
        content = render_document(PACKS[pack_id].document(packed))
        return attach(content, f"{_name(packed, pack_id)}.pdf", PDF)

    @server.get(f"{MEETING_PACKS}/<any({', '.join(PACKS)}):pack_id>.pptx")
    def meeting_slides(ref: str, pack_id: str) -> Response:
        packed = _packed(ref)
        content = PACKS[pack_id].slides(packed)
        return attach(content, f"{_name(packed, pack_id)}.pptx", FORMS["pptx"].mimetype)

    @server.get(THEMES)
    def themes() -> Response:
        if not is_insider(current_person()):
            abort(404)
        with asking(current_release()) as asked:
            read = read_themes(asked.served, asked.session, asked.person, asked.names, asked.today)
        content = render_document(themes_document(read))
        return attach(content, f"themes_{read.name}_{read.today.isoformat()}.pdf", PDF)

    @server.get(report_address("<code>"))
    def public_report(code: str) -> Response:
        served = current_release()
        if code not in served.authorities:
            raise NotThereError(f"There is no authority “{code[:60]}” in the release being served.")
        published = _published(code)
        report = Report(served, code, published, current_time().date())
        content = render_document(report_document(report))
        return attach(content, f"public-report_{code}_{report.name}.pdf", PDF)


def _published(code: str) -> list[Published]:
    """What an authority has published. 503 where the store does not answer: whether there is
    anything is then not known, so the report does not say that there is nothing."""
    try:
        with current_store().read() as session:
            return list_published(session, current_person(), code)
    except StoreError as error:
        current_app.logger.error("%s", error)
        abort(503, "What was published cannot be read at the moment. Try again later.")


def _packed(ref: str) -> Packed:
    """The meeting of that reference as whoever asks may see it. Raises `NotThereError` in the same
    words where there is none."""
    if not may_have_entries(current_person()):
        abort(404)
    with asking(current_release()) as asked:
        return _pack(asked, ref)


def _pack(asked: Asking, ref: str) -> Packed:
    try:
        meeting = find_entry(asked.session, asked.person, ref)
    except NoEntryError as error:
        raise NotThereError(str(error)) from error
    if meeting.kind != MEETING.id:
        raise NotThereError(f"“{meeting.ref}” is no meeting, so it has no pack.")
    return pack_meeting(asked.served, gather(asked, meeting))


def _name(packed: Packed, pack_id: str) -> str:
    """The file's name, which tells nothing of what is in it but its reference and day."""
    return f"{pack_id}_{packed.meeting.ref}_{packed.gathering.today.isoformat()}"
