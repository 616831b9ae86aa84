"""The yardstick: a Dash app with one callback that answers with a chart of 150 bars, no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, dcc, html

BARS = 150


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


def bare_request() -> Callable[[], None]:
    """Asks that app for its chart once."""
    client = bare_app().server.test_client()
    body = {
        "output": "chart.figure",
        "outputs": {"id": "chart", "property": "figure"},
        "inputs": [{"id": "bars", "property": "value", "value": 3}],
        "changedPropIds": ["bars.value"],
    }

    def ask() -> None:
        answer = client.post("/_dash-update-component", json=body)
        if answer.status_code != 200:
            raise RuntimeError(f"The bare callback answered {answer.status_code}.")

    ask()
    return ask
