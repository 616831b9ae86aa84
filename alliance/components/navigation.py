"""What every page with pickers does when one is changed: lead to the address that shows it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from dash import Input, Output, State, ctx
from flask import has_request_context, request

from alliance.components.pickers import chosen
from alliance.service import current_release
from alliance.view import address


def register_navigation(
    app: Any,
    *,
    url_id: str,
    alliance_id: str,
    us_id: str,
    more: dict[str, str],
    states: dict[str, str] | None = None,
    path_of_us: str = "",
    keep: tuple[str, ...] = (),
) -> None:
    """One callback for a page. `more` and `states` give, by query parameter, the id of a component
    whose `value` goes into the address: of `more` a change leads there at once, of `states` (which
    a page need not have all of) not.
    `path_of_us` is the path where the chosen authority is the page's own subject; `keep` are
    parameters that no component shows and that stay as they are."""
    inputs = {"alliance": Input(alliance_id, "value"), "us": Input(us_id, "value")}
    inputs |= {key: Input(component, "value") for key, component in more.items()}
    kept = {
        key: State(component, "value", allow_optional=True)
        for key, component in (states or {}).items()
    }

    @app.callback(  # type: ignore[untyped-decorator]
        Output(url_id, "href"),
        inputs={
            "choice": inputs, "kept": kept, "path": State(url_id, "pathname"),
            "search": State(url_id, "search"),
        },
        prevent_initial_call=True,
    )  # fmt: skip
    def navigate(
        choice: dict[str, str], kept: dict[str, str], path: str, search: str | None
    ) -> str:
        alliance, us = choice.pop("alliance"), choice.pop("us")
        view = chosen(
            current_release(), ctx.triggered_id, alliance, us, alliance_id=alliance_id, us_id=us_id
        )
        if path_of_us and ctx.triggered_id == us_id:
            path = path_of_us.format(us=us)
        return address(path, {**carried(search, keep), **view, **choice, **kept})


def carried(search: str | None, more: tuple[str, ...] = ()) -> dict[str, str]:
    """What an address holds and no picker shows, of which a choice of something else leaves all as
    it is: the measures and weights of the computed set, how grids are sorted, and `more`."""
    query = shown_query(search)
    return {key: query[key] for key in ("measures", "weights", "sort", *more) if key in query}


def shown_query(search: str | None) -> dict[str, str]:
    """The query of the address that the browser shows. `search` is Dash's idea of it, which misses
    what the browser's own scripts put there since (tabs, sorting, authorities chosen by hand); the
    request itself says from which address it comes."""
    shown = search or ""
    if has_request_context():
        try:
            before = urlsplit(request.referrer or "")
        except ValueError:
            before = urlsplit("")
        shown = before.query if before.netloc == request.host else shown
    return dict(parse_qsl(shown.removeprefix("?")))
