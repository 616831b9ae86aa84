"""The one route of every export, and the old addresses of two of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import BoundedSemaphore
from weakref import finalize

from flask import Flask, Response, abort, make_response, render_template, request
from werkzeug.datastructures import MultiDict

from alliance.downloads import attach
from alliance.exports.forms import FORMS
from alliance.exports.kinds import KINDS, build_export, refuse_strangers
from alliance.exports.profile_document import profile_name, render_profile
from alliance.exports.table import NotThereError, TooManyRowsError
from alliance.people.demonstration import is_demonstration
from alliance.service import Served, current_release
from ingest.errors import AllianceError

_OLD = ("figures", "series")
LARGE, LARGE_AT_ONCE = 20_000, 2
"""A file of more figures than that is large, and so many are written at once: whoever reads pages
must not wait for them."""
RETRY_AFTER_SECONDS = 60
PROFILE = ("authority",)


class BusyError(AllianceError):
    """As many large files are being written as may be at once."""


_REFUSALS: Mapping[type[AllianceError], tuple[int, str]] = {
    NotThereError: (404, "There is no such file"),
    TooManyRowsError: (422, "There are too many figures for such a file"),
    BusyError: (503, "Too many large files are being written"),
}
"""Status and heading of each reason for which there is no file."""


def register_exports(server: Flask, styles: Callable[[], list[str]]) -> None:
    """Add the routes. Whatever the release does not have, or a file cannot hold, is refused on a
    page that says what and what to do. styles: addresses of that page's style sheets."""
    places = BoundedSemaphore(LARGE_AT_ONCE)

    @server.get("/download/<kind>.<form>")
    def export(kind: str, form: str) -> Response:
        return _respond(places, kind, form, _one_each(request.args))

    @server.get("/download/profile.pdf")
    def profile_pdf() -> Response:
        served, query = _served(), _one_each(request.args)
        refuse_strangers(query, PROFILE)
        code = query.get("authority") or query.get("us") or ""
        document = render_profile(served, code)
        return attach(document, f"{profile_name(served, code)}.pdf", "application/pdf")

    @server.get(f"/download/<any({', '.join(_OLD)}):kind>/<indicator_id>.csv")
    def old_export(kind: str, indicator_id: str) -> Response:
        query = {**_one_each(request.args), "indicator": indicator_id}
        return _respond(places, kind, "csv", query)

    def refuse(error: AllianceError) -> Response:
        status, heading = _REFUSALS[type(error)]
        page = render_template(
            "refused.html", styles=styles(), demo=is_demonstration(),
            heading=heading, reason=str(error),
        )  # fmt: skip
        answer = make_response(page, status)
        answer.headers["Cache-Control"] = "no-store"
        if isinstance(error, BusyError):
            answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return answer

    for reason in _REFUSALS:
        server.register_error_handler(reason, refuse)


def _one_each(query: MultiDict[str, str]) -> dict[str, str]:
    """The query as one value for each parameter. Raises `NotThereError` for one given twice."""
    several = [key for key, values in query.lists() if len(values) > 1]
    if several:
        raise NotThereError(f"“{several[0][:60]}” is given more than once: give it once.")
    return query.to_dict()


def _respond(places: BoundedSemaphore, kind: str, form: str, query: Mapping[str, str]) -> Response:
    """The file of that kind and form; 404 for a kind or form that there is not."""
    if kind not in KINDS or form not in FORMS:
        abort(404)
    table, chosen = build_export(_served(), kind, query), FORMS[form]
    pieces = chosen.pieces
    if len(table.rows) > LARGE:
        content: bytes | Iterator[bytes] = _Placed(places, lambda: pieces(table))
    else:
        content = b"".join(pieces(table))
    return attach(content, f"{table.file_stem}.{form}", chosen.mimetype)


class _Placed(Iterator[bytes]):
    """The pieces of a large file, which holds its place until it is sent, or given up for whatever
    reason. Raises `BusyError` where there is none."""

    def __init__(self, places: BoundedSemaphore, begin: Callable[[], Iterator[bytes]]) -> None:
        if not places.acquire(blocking=False):
            raise BusyError(
                "As many large files are being written as this server writes at once. Try again "
                "in a minute, or ask for fewer indicators, authorities or years. Every figure of "
                "the release is also in one file, at /api/v1/release/file."
            )
        self._leave = finalize(self, places.release)
        try:
            self._pieces = begin()
        except BaseException:
            self._leave()
            raise

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Give the place up."""
        self._leave()


def _served() -> Served:
    """The release being served; 404 where there is none yet."""
    try:
        return current_release()
    except AllianceError:
        abort(404)
