"""How the web API refuses: one shape for every error, with what to do about it.

Only for addresses of the API; the pages have their own way of saying no.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response, request
from werkzeug.exceptions import HTTPException

ROOT = "/api/v1"
DESCRIPTION = f"{ROOT}/openapi.json"
_SEE = f"{DESCRIPTION} describes every address and parameter."
RETRY_AFTER_SECONDS = 60


class ErrorSchema(ma.Schema):
    """The shape of every error."""

    status = ma.fields.Integer(required=True, metadata={"description": "The HTTP status."})
    code = ma.fields.String(
        required=True, metadata={"description": "Which error, for a program to tell them apart."}
    )
    message = ma.fields.String(required=True, metadata={"description": "What is wrong."})
    what_to_do = ma.fields.String(required=True, metadata={"description": "What to do about it."})


class ApiError(Exception):
    """A request that the API does not answer: status, code, what is wrong, what to do."""

    def __init__(self, status: int, code: str, message: str, what_to_do: str = _SEE) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.what_to_do = what_to_do


_BY_STATUS = {
    400: ("bad_request", "The request cannot be read.", _SEE),
    404: ("not_found", "There is nothing at this address.", _SEE),
    405: ("method_not_allowed", "This API only reads: GET and HEAD.", "Ask with GET or HEAD."),
    416: (
        "range_not_satisfiable",
        "The file does not have those bytes.",
        "Ask with HEAD how long the file is, and for bytes within it.",
    ),
    500: (
        "failed",
        "The server failed to answer. Nothing was changed.",
        "Try again; if it fails again, tell whoever runs this server the address and the time.",
    ),
}
"""What is said of errors that the server itself raises."""


def is_api(path: str) -> bool:
    """True for addresses of the API."""
    return path.startswith("/api/")


def answer_error(error: ApiError) -> Response:
    """The answer to a request that is refused."""
    body = {
        "status": error.status,
        "code": error.code,
        "message": error.message,
        "what_to_do": error.what_to_do,
    }
    response = Response(
        json.dumps(body, ensure_ascii=False), error.status, mimetype="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def answer_http_error(error: HTTPException) -> Any:
    """The answer to an error that Flask or a parser raised; of a page, what it would have been."""
    if not is_api(request.path) or error.response is not None or error.code is None:
        return error
    response = answer_error(_explain(error))
    for name, value in error.get_headers():
        if name in {"Allow", "Content-Range"}:
            response.headers[name] = value
    return response


def _explain(error: HTTPException) -> ApiError:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    messages = getattr(error, "data", {}).get("messages") if status == 422 else None
    if messages:
        faults = "; ".join(
            f"{name}: {_words_of(fault)}"
            for parts in messages.values()
            for name, fault in parts.items()
        )
        return ApiError(422, "bad_parameter", faults, f"Correct it: {_SEE}")
    phrase = HTTPStatus(status).phrase
    code = phrase.lower().replace(" ", "_")
    return ApiError(status, *_BY_STATUS.get(status, (code, f"{phrase}.", _SEE)))


def _words_of(fault: Any) -> str:
    """The sentences of a parser's fault, of a list's items too."""
    if isinstance(fault, dict):
        return " ".join(_words_of(part) for part in fault.values())
    if isinstance(fault, list):
        return " ".join(_words_of(part) for part in fault)
    return str(fault)
