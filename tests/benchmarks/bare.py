"""The yardsticks: a Dash app with one callback that answers with a chart of 150 bars, no more, and
a Dash app with default settings that shows the components of our first page.

`python tests/benchmarks/bare.py PORT [TREE ASSETS]` serves one, with the server that ours has. It
imports nothing of the product, so that its start is that of a bare app.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dash import Dash, Input, Output, dcc, html

BARS = 150
THREADS = 8


def bare_app() -> Dash:
    """An app of one page, one callback and no data."""
    app = Dash("bare", enable_mcp=False)
    app.layout = html.Div([dcc.Input(id="bars", value=1), dcc.Graph(id="chart")])

    @app.callback(Output("chart", "figure"), Input("bars", "value"))
    def draw(first: int) -> dict[str, Any]:
        heights = [(first + place * 37) % 101 for place in range(BARS)]
        names = [f"Authority {place}" for place in range(BARS)]
        return {
            "data": [{"type": "bar", "x": heights, "y": names, "orientation": "h"}],
            "layout": {"margin": {"l": 120}},
        }

    return app


def bare_body(first: int = 3) -> dict[str, Any]:
    """What a browser sends for that chart."""
    return {
        "output": "chart.figure",
        "outputs": {"id": "chart", "property": "figure"},
        "inputs": [{"id": "bars", "property": "value", "value": first}],
        "changedPropIds": ["bars.value"],
    }


def bare_request() -> Callable[[], None]:
    """Asks that app for its chart once."""
    client = bare_app().server.test_client()

    def ask() -> None:
        answer = client.post("/_dash-update-component", json=bare_body())
        if answer.status_code != 200:
            raise RuntimeError(f"The bare callback answered {answer.status_code}.")

    ask()
    return ask


def default_app(tree: Path, assets: Path) -> Dash:
    """An app with default settings that shows a page's components (`tree`: as a callback answers
    with them) with the same component libraries and assets, and asks for nothing more."""
    import dash_ag_grid  # noqa: F401
    import dash_mantine_components as dmc

    app = Dash("default", assets_folder=str(assets))
    shown = json.loads(tree.read_text(encoding="utf-8"))
    app.layout = dmc.MantineProvider(html.Div(shown, id="alliance-root"), forceColorScheme="light")
    return app


def main(words: list[str]) -> None:
    """Serve until ended."""
    import waitress

    port, *page = words
    app = default_app(Path(page[0]), Path(page[1])) if page else bare_app()
    server = waitress.create_server(app.server, host="127.0.0.1", port=int(port), threads=THREADS)
    server.run()


if __name__ == "__main__":
    main(sys.argv[1:])
