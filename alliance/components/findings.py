"""What the checks found: chosen by severity and check, to be read and downloaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dash import html

from alliance.components.pickers import select
from alliance.components.tables import plain_table
from indicators.queries import Rows
from ingest.checks import CHECKS
from ingest.errors import ROWS_SHOWN

ANY = "any"
SEVERITIES = {ANY: "Errors, warnings and notes", "error": "Errors", "warning": "Warnings",
              "info": "Notes"}  # fmt: skip
HEAD = ("Severity", "Check", "File", "Rows", "What was found")
SHOWN = 300
SEVERITY_WORDS = {"error": "Error", "warning": "Warning", "info": "Note"}


def choose_findings(findings: Rows, severity: str, check_id: str) -> Rows:
    """Those of that severity and that check; `any` takes all."""
    return [
        row
        for row in findings
        if severity in {ANY, row["severity"]} and check_id in {ANY, row["check_id"]}
    ]


def findings_section(
    findings: Rows, severity: str, check_id: str, ids: tuple[str, str], download: str
) -> html.Section:
    """The findings that were chosen, the first of very many. `ids`: of the two pickers;
    `download`: where the CSV of all that were chosen lies."""
    severity_id, check_picker_id = ids
    chosen = choose_findings(findings, severity, check_id)
    return html.Section(
        [
            html.H2("What the checks found"),
            html.P(_lead(findings), className="sentence"),
            html.Div(
                [
                    select("Show", severity_id, _items(SEVERITIES), severity),
                    select("Check", check_picker_id, _checks(findings), check_id),
                ],
                className="pickers",
            ),
            *_about(check_id),
            plain_table("Findings", HEAD, {"": [_row(row) for row in chosen[:SHOWN]]}, kind="wide")
            if chosen
            else html.P("Nothing of that kind was found.", className="empty"),
            html.P(
                [
                    f"{min(len(chosen), SHOWN)} of {len(findings)} findings; all {len(chosen)} as ",
                    html.A("CSV", href=download),
                    ".",
                ],
                className="small",
            ),
        ],
        className="card",
        id="data-findings",
    )


def _lead(findings: Rows) -> str:
    number = Counter(row["severity"] for row in findings)
    return (
        f"{number['error']} errors, {number['warning']} warnings and {number['info']} notes on the "
        "files of this release. An error stops its source; a warning travels with the figures."
    )


def _items(words: dict[str, str]) -> list[dict[str, str]]:
    return [{"value": key, "label": label} for key, label in words.items()]


def _checks(findings: Rows) -> list[dict[str, str]]:
    number = Counter(row["check_id"] for row in findings)
    return [
        {"value": ANY, "label": "Every check"},
        *(
            {"value": key, "label": f"{key.replace('_', ' ')} ({count})"}
            for key, count in sorted(number.items())
        ),
    ]


def _about(check_id: str) -> list[Any]:
    check = CHECKS.get(check_id)
    return [html.P(f"What it checks: {check.sentence}", className="small")] if check else []


def _row(finding: dict[str, Any]) -> list[Any]:
    severity = finding["severity"]
    return [
        html.Span(SEVERITY_WORDS[severity], className=f"severity severity-{severity}"),
        finding["check_id"].replace("_", " "),
        html.Span(finding["file_name"] or "", className="hash"),
        _first(str(finding["rows"] or "").split()),
        finding["message"],
    ]


def _first(rows: Sequence[str]) -> str:
    more = len(rows) - ROWS_SHOWN
    return ", ".join(rows[:ROWS_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
