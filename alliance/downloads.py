"""Where the files that leave the product lie, and how one is handed out; the findings' CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Flask, Response, abort, request

from alliance.components.findings import ANY, SEVERITIES, choose_findings
from alliance.exports.about import opening_lines
from alliance.exports.csv_file import write_csv
from alliance.exports.table import file_stem
from alliance.service import Served, current_release
from alliance.view import View, address
from ingest.checks import CHECKS
from ingest.errors import AllianceError

_FIGURES, _SERIES = "/download/figures", "/download/series"
_FINDINGS = "/download/findings.csv"


def figures_address(indicator_id: str, period: str, view: View, scope: str) -> str:
    """Where the CSV of one period's comparison lies."""
    query = {"period": period, "alliance": view.alliance.key, "us": view.us, "scope": scope}
    return address(f"{_FIGURES}/{indicator_id}.csv", query)


def series_address(indicator_id: str, view: View) -> str:
    """Where the CSV of one authority's series lies."""
    return address(f"{_SERIES}/{indicator_id}.csv", {"us": view.us})


def findings_address(severity: str, check_id: str) -> str:
    """Where the CSV of those findings lies."""
    return address(_FINDINGS, {"severity": severity, "check": check_id})


def register_downloads(server: Flask) -> None:
    """Add the route of the findings. 404 for a severity or check that is not there."""

    @server.get(_FINDINGS)
    def findings() -> Response:
        served = _served()
        severity, check_id = request.args.get("severity", ANY), request.args.get("check", ANY)
        _known(SEVERITIES, severity)
        _known({ANY: None, **CHECKS}, check_id)
        chosen = choose_findings(served.release.findings(), severity, check_id)
        return attach_csv(_findings_csv(served, chosen), "findings")


def _served() -> Served:
    """The release being served; 404 where there is none yet."""
    try:
        return current_release()
    except AllianceError:
        abort(404)


def _known(registry: Mapping[str, Any], key: str) -> Any:
    return registry[key] if key in registry else abort(404)


def attach(content: str | bytes | Iterator[bytes], name: str, mimetype: str) -> Response:
    """A file to be saved under that name, whose every part but its ending is made harmless."""
    stem, _, ending = name.rpartition(".")
    return Response(
        content,
        mimetype=mimetype,
        headers={"Content-Disposition": f'attachment; filename="{file_stem(stem)}.{ending}"'},
    )


def attach_csv(text: str, name: str) -> Response:
    """A CSV to be saved under that name."""
    return attach(text, f"{name}.csv", "text/csv")


def _findings_csv(served: Served, findings: Sequence[Mapping[str, Any]]) -> str:
    rows = ([row[column] for column in _FINDING_COLUMNS] for row in findings)
    return write_csv(opening_lines(served), _FINDING_COLUMNS, rows)


_FINDING_COLUMNS = (
    "severity", "check_id", "file_name", "rows", "column", "indicator_id", "area_code", "period",
    "message",
)  # fmt: skip
