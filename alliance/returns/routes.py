"""The plain pages and downloads of local returns: they need no script.

Who may do what is asked of `alliance.access`; nothing here reads a file or the store by itself.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from dash import Dash
from flask import Flask, Response, abort, make_response, redirect, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from alliance.access import Person, ReturnSubject, decide, require
from alliance.people.current import current_person, current_time
from alliance.people.demonstration import is_demonstration
from alliance.returns.declared import current_returns, register_declared
from alliance.returns.door import MAX_REQUEST, TOO_LARGE
from alliance.returns.export import render_answer, render_figures
from alliance.returns.records import find_submission, list_versions, newest_id
from alliance.returns.shared import Shared, alliance_of, notice, read_shared
from alliance.returns.submitting import (
    Outcome,
    ReturnError,
    Upload,
    check_return,
    submit_return,
    what_is_known,
    withdraw_return,
)
from alliance.service import Served, current_release
from alliance.store import ConflictError
from alliance.store.in_app import current_store
from ingest.errors import ReleaseError
from ingest.returns.container import MAX_UPLOAD, MEGABYTE
from ingest.returns.declaration import Return
from ingest.returns.quarters import last_ended, parse_quarter
from ingest.returns.template import render_template as render_workbook

PAGE = "/returns"
TEMPLATE, GIVE, WITHDRAW = f"{PAGE}/template", f"{PAGE}/give", f"{PAGE}/withdraw"
FIGURES, ORIGINAL = f"{PAGE}/figures", f"{PAGE}/original"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT_BYTES = 300_000
"""A file up to this size stays in the form, so that whoever has to add a comment need not choose it
again; a filled template has some ten thousand."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request about one return: by whom, of which return, for which authority."""

    served: Served
    person: Person
    declaration: Return
    authority_code: str

    @property
    def subject(self) -> ReturnSubject:
        """The return that is asked for, as permissions know it."""
        return ReturnSubject(self.authority_code, self.person.alliance or "")


def register_returns(app: Dash, returns: tuple[Return, ...]) -> None:
    """Add the routes to the app's server, and the most that any request to it may hold."""
    server: Flask = app.server
    register_declared(server, returns)
    server.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST

    def page(template: str, values: Mapping[str, object], status: int = 200) -> Response:
        style = [app.get_asset_url(name) for name in ("alliance.css", "people.css", "returns.css")]
        answer = make_response(render_template(template, styles=style, **values), status)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @server.get(f"{TEMPLATE}/<return_id>.xlsx")
    def template(return_id: str) -> Response:
        return _template(_asked(return_id))

    @server.get(f"{GIVE}/<return_id>")
    def give(return_id: str) -> Response:
        asked = _asked(return_id)
        require(asked.person, "return.submit", asked.subject)
        return page("return_give.html", _form(asked))

    @server.post(f"{GIVE}/<return_id>")
    def take(return_id: str) -> Response:
        status, values = _take(_asked(return_id))
        return page("return_give.html", values, status)

    @server.post(f"{WITHDRAW}/<return_id>")
    def withdraw(return_id: str) -> AnyResponse:
        asked = _asked(return_id)
        try:
            _withdraw(asked)
        except ConflictError as error:
            return refusal("Nothing was withdrawn", str(error), 409)
        return redirect(PAGE, 303)

    @server.get(f"{FIGURES}/<return_id>.csv")
    def return_figures(return_id: str) -> Response:
        asked = _asked(return_id)
        shared = _shared(asked)
        text = render_figures(shared, asked.served, notice(asked.served, shared.alliance.name))
        return _file(text.encode(), "text/csv", f"local-returns_{return_id}.csv")

    @server.get(f"{ORIGINAL}/<int:submission_id>")
    def original(submission_id: int) -> Response:
        with current_store().read() as session:
            found = find_submission(session, current_person(), submission_id)
        if found is None:
            abort(404)
        return _file(found.data, "application/octet-stream", found.file_name)

    def refusal(heading: str, reason: str, status: int) -> Response:
        values = {"heading": heading, "reason": reason, "demo": is_demonstration()}
        return page("refused.html", values, status)

    @server.errorhandler(ReturnError)
    def refuse(error: ReturnError) -> Response:
        return refusal("This cannot be done", str(error), 400)

    @server.errorhandler(RequestEntityTooLarge)
    def refuse_size(_error: RequestEntityTooLarge) -> Response:
        return refusal(*TOO_LARGE, 413)


def template_address(return_id: str) -> str:
    """Where the template of a return is downloaded."""
    return f"{TEMPLATE}/{return_id}.xlsx"


def _asked(return_id: str) -> _Asked:
    """What the request is about. 404 for a return that is not declared."""
    declaration = current_returns().get(return_id) or abort(404)
    try:
        served = current_release()
    except ReleaseError:
        abort(404)
    person = current_person()
    return _Asked(served, person, declaration, person.authority_code or "")


def _shared(asked: _Asked) -> Shared:
    """What the person may see of the return. Raises `NotAllowedError`; 404 without an alliance."""
    require(asked.person, "return.read", asked.subject)
    shared = read_shared(
        current_store(), asked.served, asked.person, asked.declaration,
        today=current_time().date(),
    )  # fmt: skip
    return shared or abort(404)


def _template(asked: _Asked) -> Response:
    """The workbook for the person's own authority, or for the member that the address names."""
    require(asked.person, "return.template")
    alliance = alliance_of(asked.served, asked.person)
    code = request.args.get("authority") or asked.authority_code
    members = alliance.members if alliance else ()
    if code not in members:
        raise ReturnError(
            "A template is made for an authority of your alliance, and your account has none. Ask "
            "whoever runs Alliance for your area."
        )
    last = last_ended(current_time().date())
    quarter = parse_quarter(request.args.get("quarter", "")) or last
    data = render_workbook(
        asked.declaration,
        (code, asked.served.name(code)),
        (quarter,),
        notice=notice(asked.served, alliance.name if alliance else ""),
    )
    label = quarter.label.replace("/", "-").replace(" ", "-")
    return _file(data, XLSX, f"{asked.declaration.id}_{code}_{label}.xlsx")


def _form(asked: _Asked, **more: object) -> dict[str, object]:
    """What the page with the form needs."""
    alliance = alliance_of(asked.served, asked.person)
    with current_store().read() as session:
        seen = newest_id(session, asked.person, asked.declaration.id, asked.authority_code)
    served = asked.served
    name = served.name(asked.authority_code) if asked.authority_code in served.authorities else ""
    return {
        "demo": asked.served.info.demo,
        "declaration": asked.declaration,
        "authority": name,
        "alliance": alliance.name if alliance else "",
        "action": f"{GIVE}/{asked.declaration.id}",
        "template": template_address(asked.declaration.id),
        "back": PAGE,
        "limit": MAX_UPLOAD // MEGABYTE,
        "seen": seen,
        "note": "",
        "result": "",
        **more,
    }


def _take(asked: _Asked) -> tuple[int, dict[str, object]]:
    """The status and the page that answer an upload. What was typed stays in the form."""
    require(asked.person, "return.submit", asked.subject)
    upload = _upload()
    note = request.form.get("note", "")
    if upload is None:
        return 400, _form(asked, result="no_file", note=note)
    try:
        outcome = _check(asked, upload) if "check" in request.form else _submit(asked, upload)
    except ReturnError as error:
        return 400, _form(asked, result="error", reason=str(error), note=note, kept=_kept(upload))
    status = 422 if outcome.result in {"refused", "needs_comment", "overtaken"} else 200
    keeps = outcome.result in {"needs_comment", "overtaken", "checked"}
    return status, _form(
        asked,
        result=outcome.result,
        answer=outcome.answer,
        versions=outcome.versions,
        file_name=upload.file_name,
        download=_data_address(render_answer(outcome.answer.faults)),
        note="" if outcome.result == "accepted" else note,
        kept=_kept(upload) if keeps and outcome.answer.accepted else None,
    )


def _upload() -> Upload | None:
    """The file that was chosen, or the one that stayed in the form; None where there is neither."""
    note = request.form.get("note", "")
    chosen = request.files.get("file")
    if chosen is not None and chosen.filename:
        return Upload(chosen.filename, chosen.stream.read(MAX_UPLOAD + 1), note)
    kept = request.form.get("kept", "")
    try:
        data = base64.b64decode(kept, validate=True)
    except binascii.Error:
        return None
    return Upload(request.form.get("kept_name", ""), data, note) if data else None


def _kept(upload: Upload) -> Mapping[str, str] | None:
    if len(upload.data) > KEPT_BYTES:
        return None
    return {"name": upload.file_name, "data": base64.b64encode(upload.data).decode()}


def _submit(asked: _Asked, upload: Upload) -> Outcome:
    seen = request.form.get("seen", "")
    return submit_return(
        current_store(), asked.served, asked.person, asked.declaration, asked.authority_code,
        upload, now=current_time(), seen=int(seen) if seen.isascii() and seen.isdigit() else 0,
    )  # fmt: skip


def _check(asked: _Asked, upload: Upload) -> Outcome:
    """What the checks say, keeping nothing."""
    with current_store().read() as session:
        known = what_is_known(
            session, asked.served, asked.person, asked.declaration, asked.authority_code
        )
    answer = check_return(
        asked.declaration, upload, asked.served, asked.authority_code,
        today=current_time().date(), known=known,
    )  # fmt: skip
    return Outcome("checked" if answer.accepted else "refused", answer)


def _withdraw(asked: _Asked) -> None:
    wanted = request.form.get("version", "")
    with current_store().read() as session:
        versions = list_versions(session, asked.person, asked.declaration.id)
    version = next((item for item in versions if str(item.id) == wanted), None) or abort(404)
    withdraw_return(
        current_store(), asked.person, version, request.form.get("reason", ""),
        now=current_time(),
    )  # fmt: skip


def may_submit(person: Person) -> bool:
    """True where the person may give their own authority's return."""
    subject = ReturnSubject(person.authority_code or "", person.alliance or "")
    return decide(person, "return.submit", subject).allowed


def _data_address(text: str) -> str:
    """An address that holds the text itself: the answer to an upload is kept nowhere."""
    return f"data:text/csv;charset=utf-8;base64,{base64.b64encode(text.encode()).decode()}"


def _file(data: bytes, kind: str, name: str) -> Response:
    answer = Response(data, mimetype=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
