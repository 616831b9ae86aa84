"""What became of every row of every file: used, or set aside with a reason."""

from __future__ import annotations

from typing import Any

from dash import html

from alliance.components.tables import plain_table
from indicators.queries import Rows


def row_accounts_section(accounts: Rows) -> html.Section:
    """File by file, folded; its summary is the proof that no row was lost."""
    files: dict[str, list[dict[str, Any]]] = {}
    for row in accounts:
        files.setdefault(row["file_name"], []).append(row)
    used = sum(row["rows"] for row in accounts if row["outcome"] == "used")
    aside = sum(row["rows"] for row in accounts if row["outcome"] != "used")
    if not files:
        return html.Section(
            [
                html.H2("Every row accounted for"),
                html.P("This release was built before rows were accounted for.", className="empty"),
            ],
            className="card",
        )
    return html.Section(
        [
            html.H2("Every row accounted for"),
            html.P(
                f"{used + aside:,} rows read = {used:,} used + {aside:,} set aside with a reason.",
                className="sentence",
            ),
            html.Details(
                [
                    html.Summary("File by file"),
                    plain_table(
                        "What became of the rows of each file",
                        ["File", "Rows read", "Used", "Set aside"],
                        {"": [_row(name, rows) for name, rows in files.items()]},
                        kind="wide",
                    ),
                ]
            ),
        ],
        className="card",
        id="data-rows",
    )


def _row(name: str, rows: list[dict[str, Any]]) -> list[Any]:
    aside = [row for row in rows if row["outcome"] != "used"]
    used = sum(row["rows"] for row in rows if row["outcome"] == "used")
    return [
        name,
        f"{sum(row['rows'] for row in rows):,}",
        f"{used:,}",
        [html.Div(f"{row['rows']:,} {row['reason']}") for row in aside] or "none",
    ]
