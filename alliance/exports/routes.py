"""The one route of every export, and the old addresses of two of them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, abort, request

from alliance.downloads import attach
from alliance.exports.forms import FORMS
from alliance.exports.kinds import KINDS
from alliance.exports.profile_document import profile_name, render_profile
from alliance.exports.table import NotThereError
from alliance.service import Served, current_release
from alliance.view import View, parse_view
from ingest.errors import AllianceError

_OLD = ("figures", "series")


def register_exports(server: Flask) -> None:
    """Add the routes. 404 for a kind or form that there is not, and for whatever the release does
    not have: an authority, alliance, indicator, period or comparison set."""

    @server.get("/download/<kind>.<form>")
    def export(kind: str, form: str) -> Response:
        return respond(kind, form, request.args)

    @server.get("/download/profile.pdf")
    def profile_pdf() -> Response:
        served = _served()
        code = request.args.get("authority") or request.args.get("us") or ""
        try:
            document = render_profile(served, code)
        except NotThereError:
            abort(404)
        return attach(document, f"{profile_name(served, code)}.pdf", "application/pdf")

    @server.get(f"/download/<any({', '.join(_OLD)}):kind>/<indicator_id>.csv")
    def old_export(kind: str, indicator_id: str) -> Response:
        return respond(kind, "csv", {**request.args, "indicator": indicator_id})


def respond(kind: str, form: str, query: Mapping[str, str]) -> Response:
    """The file of that kind and form."""
    if kind not in KINDS or form not in FORMS:
        abort(404)
    served = _served()
    chosen = FORMS[form]
    try:
        table = KINDS[kind].build(served, known_view(served, query), query)
    except NotThereError:
        abort(404)
    return attach(chosen.render(table), f"{table.file_stem}.{form}", chosen.mimetype)


def _served() -> Served:
    """The release being served; 404 where there is none yet."""
    try:
        return current_release()
    except AllianceError:
        abort(404)


def known_view(served: Served, query: Mapping[str, str]) -> View:
    """The view that the query asks for. Raises `NotThereError` where it names an authority or an
    alliance that is not there: a page may show another, a file may not."""
    for key, registry in (("us", served.authorities), ("alliance", served.alliances)):
        if query.get(key) and query[key] not in registry:
            raise NotThereError(f"There is no {key} “{query[key][:60]}” in this release.")
    return parse_view(served, query)
