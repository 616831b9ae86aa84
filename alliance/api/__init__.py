"""The read-only web API of the release being served, under /api/v1, with its OpenAPI description.

Holds no figures of its own and nothing that people write; whatever it says, anybody may read.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from flask import Flask, Response, request
from flask_smorest import Api  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException

from alliance import __version__
from alliance.api.answers import CACHE, JSON, RELEASE_HEADER
from alliance.api.endpoints import make_blueprint
from alliance.api.errors import (
    DESCRIPTION,
    ROOT,
    ApiError,
    ErrorSchema,
    answer_error,
    answer_http_error,
    is_api,
)

_CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, If-Range, Range",
    "Access-Control-Expose-Headers": f"ETag, Link, X-Pagination, {RELEASE_HEADER}",
}
"""Pages of any site may read: the figures are published, and no answer depends on who asks."""

_WORDS = """Figures of English children's services as this product serves them: read-only, open to
anyone, from one immutable release at a time.

**Figures.** A figure is as published, in its indicator's unit. A figure that was withheld or is not
there is null, with its `status` and the publisher's `symbol`: never 0. Whoever uses the figures
names those in `about.attribution`; where `about.mark` is not null, everything is invented, and that
mark must stand beside it.

**Pages.** `page` and `page_size` (1,000 unless said, 10,000 at most), not a cursor: a release never
changes, so a page number means the same rows for as long as the release is served, pages can be had
in any order and at once, and the number of pages is known from the first. `Link`, `X-Pagination`
and `page.next` lead on; their addresses carry `release`, and answer 409 once another release is
served.

**Again.** Every answer has an ETag of the release and of what was asked for. Send it back with
If-None-Match: 304 says that nothing has changed.

**Forms.** JSON, or CSV with `format=csv` or `Accept: text/csv`: the same rows, with lines that
begin with # before them. A text that a spreadsheet would run has an apostrophe before it in CSV.

**Errors.** One shape: status, code, message, what_to_do. A parameter or a value that is not known
is refused, not ignored.
"""


class _Api(Api):  # type: ignore[misc]
    """Errors of the API in its own shape; those of the pages as they were."""

    ERROR_SCHEMA = ErrorSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def handle_http_exception(self, error: HTTPException) -> Any:
        """An error of Flask or of a parser."""
        return answer_http_error(error)


def register_api(server: Flask) -> None:
    """Add the addresses, their description, and how they refuse."""
    api = _Api(
        server,
        spec_kwargs={
            "title": "Alliance",
            "version": __version__,
            "openapi_version": "3.1.0",
            "info": {"description": _WORDS},
            "servers": [{"url": "/"}],
        },
    )
    api.register_blueprint(make_blueprint())
    server.register_error_handler(ApiError, answer_error)
    text = json.dumps(api.spec.to_dict(), ensure_ascii=False)
    tag = sha256(text.encode()).hexdigest()[:16]

    @server.get(DESCRIPTION)
    def api_description() -> Response:
        response = Response(text, mimetype=JSON)
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = CACHE
        response.make_conditional(request)
        return response

    @server.get(f"{ROOT}/", defaults={"rest": ""})
    @server.get("/api/<path:rest>")
    def api_nothing(rest: str) -> Response:
        raise ApiError(404, "not_found", f"There is nothing at /api/{rest[:60]}.")

    @server.after_request
    def let_others_read(response: Response) -> Response:
        if is_api(request.path):
            for name, value in _CROSS_ORIGIN.items():
                response.headers.setdefault(name, value)
        return response
