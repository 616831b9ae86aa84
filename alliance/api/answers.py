"""An answer of the web API: what it says of itself, as JSON or CSV, with its tag.

Every answer depends on the release, the address and the version of the product alone, never on who
asks: anybody may keep a copy, and ask whether it still holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException

from alliance import __version__
from alliance.api.columns import Column
from alliance.api.errors import ApiError
from alliance.exports.about import about_indicators, release_pair
from alliance.exports.csv_file import write_csv
from alliance.service import DEMONSTRATION, Served, current_release
from indicators.impact import safe_cell
from indicators.queries import Rows
from ingest.errors import AllianceError

JSON, CSV = "application/json", "text/csv"
SUPPRESSION = (
    "A figure that is suppressed, not available, not applicable or missing is null, in CSV an "
    "empty cell, with the reason in status: never 0. It leaves every count, mean, median and rank."
)
RELEASE_HEADER = "Alliance-Release"
CACHE = "public, no-cache"
"""Anybody may keep it, and must ask each time whether it holds: a release may come any day."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be answered: from which release, in which form, under which tag."""

    served: Served
    form: str
    tag: str


class _NotModifiedError(HTTPException):
    code = 304


def open_release(pinned: str | None) -> Served:
    """The release being served.

    Raises `ApiError`: 503 where there is none yet, 409 where it is not the one that was asked for.
    """
    try:
        served = current_release()
    except AllianceError as error:
        raise ApiError(
            503,
            "no_release",
            "There is no release to serve.",
            "Try again later; whoever runs this server publishes one with alliance refresh.",
        ) from error
    if pinned and pinned != served.info.release_id:
        raise ApiError(
            409,
            "release_changed",
            f"Release “{pinned[:60]}” is not the one being served: that is "
            f"{served.info.release_id}.",
            "Begin again from the first page, with the release that is served.",
        )
    return served


def open_answer(arguments: Mapping[str, Any]) -> Asked:
    """What the request may be answered with. Raises `ApiError`; and answers 304 where whoever asks
    has that answer already."""
    form = _form(arguments.get("format"))
    served = open_release(arguments.get("release"))
    asked = Asked(served, form, tag_of(served.info.release_id, form))
    if request.if_none_match.contains_weak(asked.tag):
        raise _NotModifiedError(response=_finish(Response(status=304), asked))
    return asked


def tag_of(release_id: str, form: str) -> str:
    """The tag of the answer to this request: release, and what was asked for in whatever order."""
    query = sorted(request.args.items(multi=True))
    what = json.dumps([__version__, form, request.path, query])
    return f"{release_id}.{hashlib.sha256(what.encode()).hexdigest()[:16]}"


def _form(named: str | None) -> str:
    if named:
        return CSV if named == "csv" else JSON
    if not request.accept_mimetypes:
        return JSON
    best = request.accept_mimetypes.best_match([JSON, CSV])
    if best is None:
        raise ApiError(
            406,
            "not_acceptable",
            f"There is no such form of it as “{str(request.accept_mimetypes)[:100]}”.",
            "Accept application/json or text/csv, or ask with format=json or format=csv.",
        )
    return best


def about(
    served: Served, rights: Iterable[Mapping[str, Any]], notes: Sequence[str] = ()
) -> dict[str, Any]:
    """What an answer says of itself. rights: rows with publisher, publication, licence, homepage of
    whatever the answer holds."""
    info = served.info
    names = ("publisher", "publication", "licence", "homepage")
    named = {tuple(str(row[name] or "") for name in names) for row in rights}
    return {
        "release_id": info.release_id,
        "built_at": _time(info.built_at),
        "demonstration": info.demo,
        "mark": DEMONSTRATION if info.demo else None,
        "attribution": [dict(zip(names, row, strict=True)) for row in sorted(named)],
        "suppression": SUPPRESSION,
        "notes": list(notes),
    }


def answer_json(asked: Asked, body: Mapping[str, Any]) -> Response:
    """The answer as JSON; `body` is plain already."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _finish(Response(text, mimetype=JSON), asked)


def answer_csv(
    asked: Asked,
    said: Mapping[str, Any],
    title: str,
    columns: Sequence[Column],
    rows: Rows,
    name: str,
) -> Response:
    """The same rows as CSV, with what is said of them in lines that begin with #."""
    head = [column.name for column in columns]
    cells = ([_csv_cell(row[key]) for key in head] for row in rows)
    response = _finish(
        Response(write_csv(_lines(asked.served, said, title, rows), head, cells), mimetype=CSV),
        asked,
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(served: Served, said: Mapping[str, Any], title: str, rows: Rows) -> list[str]:
    """What a CSV says before its rows: of one indicator its definition and caveats too."""
    keys = {row.get("indicator_id") for row in rows}
    alone = served.indicators.get(str(next(iter(keys)))) if len(keys) == 1 else None
    if alone is not None:
        pairs = about_indicators(served, [alone], "as each row has it")
        lines = [f"{what}: {words}" for what, words in pairs]
    else:
        rights = [
            f"Source: {row['publisher']}, {row['publication']} ({row['licence']})"
            for row in said["attribution"]
        ]
        lines = [*([said["mark"]] if said["mark"] else rights), ": ".join(release_pair(served))]
    return [title, *lines, said["suppression"], *said["notes"]]


def _finish(response: Response, asked: Asked) -> Response:
    response.set_etag(asked.tag, weak=True)
    response.headers["Cache-Control"] = CACHE
    response.headers[RELEASE_HEADER] = asked.served.info.release_id
    response.vary.add("Accept")
    return response


def plain_rows(rows: Rows, columns: Sequence[Column]) -> Rows:
    """Rows as JSON has them: those columns in their order, dates and times as ISO texts."""
    return [{column.name: plain(row[column.name]) for column in columns} for row in rows]


def plain(value: Any) -> Any:
    """One value as JSON has it."""
    if isinstance(value, float):
        return safe_cell(value)
    if isinstance(value, datetime):
        return _time(value)
    return value.isoformat() if isinstance(value, date) else value


def _csv_cell(value: Any) -> object:
    """One value, plain already, as a cell: yes and no as JSON has them, several with blanks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value) if isinstance(value, list) else value


def _time(moment: datetime) -> str:
    """A time in UTC, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
