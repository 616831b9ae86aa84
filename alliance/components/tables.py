"""Tables: AG Grid for what a reader sorts and filters, a plain table for what is read through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
from dash import html

HEADER_HEIGHT, ROW_HEIGHT = 104, 42
GRID_OPTIONS: dict[str, Any] = {
    "theme": {
        "function": "themeQuartz.withParams({fontFamily: 'inherit', fontSize: 15, "
        "headerFontWeight: 600, foregroundColor: '#1D2429', headerTextColor: '#1D2429', "
        "headerBackgroundColor: '#F4F6F8', borderColor: '#D5DADF', wrapperBorderRadius: 4})"
    },
    "domLayout": "normal",
    "ensureDomOrder": True,
    "suppressMovableColumns": True,
    "enableCellTextSelection": True,
    "suppressColumnVirtualisation": True,
    "localeText": {"noMatchingRows": "Nothing found. Try fewer words, or other ones."},
}


def grid(
    component_id: str, label: str, columns: list[dict[str, Any]], rows: list[dict[str, Any]],
    *, height: int = 520, filter_text: str | None = None,
    pinned: list[dict[str, Any]] | None = None,
) -> html.Div:  # fmt: skip
    """A sortable grid. `columns` are AG Grid column definitions; `pinned` rows stay on top."""
    needed = min(height, HEADER_HEIGHT + ROW_HEIGHT * (len(rows) + len(pinned or ())))
    options = GRID_OPTIONS | ({"quickFilterText": filter_text} if filter_text else {})
    options |= {"pinnedTopRowData": pinned} if pinned else {}
    return html.Div(
        dag.AgGrid(
            id=component_id,
            columnDefs=columns,
            rowData=rows,
            defaultColDef={"sortable": True, "resizable": True, "wrapHeaderText": True,
                           "autoHeaderHeight": True, "suppressHeaderMenuButton": True},
            dashGridOptions=options,
            columnSize=None,
            style={"height": f"{needed}px", "width": "100%"},
            className="grid",
            dangerously_allow_code=False,
        ),
        role="region",
        **{"aria-label": label},
    )  # fmt: skip


def plain_table(
    caption: str,
    head: Sequence[Any],
    groups: Mapping[str, Sequence[Sequence[Any]]],
    *,
    kind: str = "",
) -> html.Div:
    """A table whose first column heads its rows; scrolls on its own where it is too wide.

    `groups` are rows by the heading that stands over them; the heading "" is not shown.
    """
    body: list[Any] = []
    for heading, rows in groups.items():
        if heading:
            over = html.Th(heading, colSpan=len(head), scope="colgroup", className="group")
            body.append(html.Tr(over))
        body += [
            html.Tr([html.Th(row[0], scope="row"), *(html.Td(cell) for cell in row[1:])])
            for row in rows
        ]
    return html.Div(
        html.Table(
            [
                html.Caption(caption, className="vh"),
                html.Thead(html.Tr([html.Th(cell, scope="col") for cell in head])),
                html.Tbody(body),
            ],
            className=f"table {kind}".strip(),
        ),
        className="table-scroll",
        tabIndex=0,
        role="region",
        **{"aria-label": caption},
    )
