"""Where the form of context measures and weights leads: to the address that shows the choice."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from alliance.context_measures import choosable_measures, read_weights
from alliance.service import current_release
from alliance.view import View, link, parse_view
from ingest.errors import ReleaseError

WEIGHT, ADD = "weight.", "add"
"""The form's fields: the weight of each measure, and a measure to be added."""


def weigh_address(code: str) -> str:
    """Where the form leads."""
    return f"/neighbours/{quote(code)}/weigh"


def register_context(server: Flask) -> None:
    """Add the route. 404 for an authority that is not there."""

    @server.get("/neighbours/<code>/weigh")
    def weigh(code: str) -> AnyResponse:
        try:
            served = current_release()
        except ReleaseError:
            abort(404)
        if code not in served.authorities:
            abort(404)
        chosen = {
            name.removeprefix(WEIGHT): text
            for name, text in request.args.items()
            if name.startswith(WEIGHT) and text != "0"
        }
        added = request.args.get(ADD, "")
        if added in choosable_measures(served):
            chosen.setdefault(added, "1")
        weights, _ = read_weights(served, ",".join(chosen), ",".join(chosen.values()))
        view = parse_view(served, {"us": code, "alliance": request.args.get("alliance")})
        shown = View(view.alliance, view.us, weights=weights)
        return redirect(f"{link(f'/neighbours/{code}', shown)}#neighbours-computed", 303)
