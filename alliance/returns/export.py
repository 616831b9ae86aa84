"""Local returns as CSV, for members: each line says that it is provisional, and for whom it is."""

from __future__ import annotations

from collections.abc import Iterable

from alliance.exports.csv_file import write_csv
from alliance.returns.shared import Shared
from alliance.service import Served
from ingest.returns.faults import CellFault

_FIGURE_COLUMNS = (
    "notice", "authority_code", "authority", "quarter", "version", "indicator_id", "indicator",
    "unit", "value", "status", "numerator", "denominator",
)  # fmt: skip
_ANSWER_COLUMNS = ("cell", "row", "column", "value", "severity", "message", "check")


def render_figures(shared: Shared, served: Served, notice: str) -> str:
    """Every figure of every quarter that stands, one in a row."""
    rows = []
    for (code, quarter), version in sorted(
        shared.current.items(), key=lambda item: (item[0][0], item[0][1])
    ):
        for indicator in shared.declaration.indicators:
            figure = shared.derived(indicator, code, quarter)
            if figure is None:
                continue
            rows.append(
                [
                    notice, code, served.name(code), quarter.label, version.version, indicator.id,
                    indicator.title, indicator.unit, figure.value, figure.status,
                    figure.numerator, figure.denominator,
                ]
            )  # fmt: skip
    return write_csv((), _FIGURE_COLUMNS, rows)


def render_answer(faults: Iterable[CellFault]) -> str:
    """What the checks said of an upload, a row for each cell."""
    return write_csv(
        (),
        _ANSWER_COLUMNS,
        [
            [item.cell, item.row or None, item.column, item.value, item.severity, item.message,
             item.check_id]
            for item in faults
        ],
    )  # fmt: skip
