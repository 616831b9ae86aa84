"""Builds the Flask server and the Dash app on it. No query and no page here."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Dash, dcc, html
from flask import Flask, Response, request

from alliance.api import register_api
from alliance.charts.style import FONT
from alliance.context_routes import register_context
from alliance.downloads import register_downloads
from alliance.exports.routes import register_exports
from alliance.home import utc_now
from alliance.log.calendar_file import register_calendar
from alliance.log.routes import register_log
from alliance.mail.routes import register_mail
from alliance.packs.routes import register_packs
from alliance.pages import PAGES, Page
from alliance.people.current import Clock, register_people, token_cookie
from alliance.people.reset_routes import register_reset
from alliance.people.routes import register_routes
from alliance.people.secret import load_secret_key
from alliance.release_routes import register_releases
from alliance.returns.declared import open_returns
from alliance.returns.routes import register_returns
from alliance.saved.routes import register_saved
from alliance.service import EXTENSION, ReleaseService
from alliance.settings import Settings
from alliance.static_files import StaticFiles, load_grid_when_drawn
from alliance.store.in_app import register_store

_INDEX = """<!DOCTYPE html>
<html lang="en-GB">
    <head>
        {%metas%}
        <title>{%title%}</title>
        {%favicon%}
        {%css%}
    </head>
    <body data-grid-script="{grid_script}">
        <noscript>Alliance needs JavaScript to show its charts.</noscript>
        {%app_entry%}
        <footer hidden>{%config%}{%scripts%}{%renderer%}</footer>
    </body>
</html>"""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

REQUIRED: dict[Any, dict[str, Any]] = {dmc.Tabs: {"children": []}, dcc.Link: {"href": "/"}}
"""What a kind of component cannot be made without."""

THEME = {
    "fontFamily": FONT,
    "headings": {"fontFamily": FONT},
    "primaryColor": "navy",
    "primaryShade": 8,
    "colors": {
        "navy": [
            "#EEF3F8", "#D9E4EF", "#B6CADF", "#8FAECD", "#6B93BC",
            "#4C79A7", "#33638F", "#20507D", "#12436D", "#0B2F4E",
        ],
    },
    "cursorType": "pointer",
}  # fmt: skip


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Dash:
    """The Dash app over the releases of `settings.home`; `app.server` is the WSGI application.

    `clock` tells the time in UTC. Raises `AllianceError` where the key that signs sessions can
    neither be read nor made.
    """
    secret_key = load_secret_key(settings)
    server = Flask("alliance")
    server.extensions[EXTENSION] = ReleaseService(settings)
    register_store(server, settings)
    register_people(server, secret_key=secret_key, clock=clock)
    app = Dash(
        "alliance",
        server=server,
        use_pages=True,
        pages_folder="",
        compress=True,
        title="Alliance",
        update_title="",
        enable_mcp=False,
        csrf_token_name=token_cookie(secret_key),
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.index_string = _INDEX.replace("{grid_script}", load_grid_when_drawn(app))
    server.wsgi_app = StaticFiles(server.wsgi_app)  # type: ignore[method-assign]
    _register_pages(app)
    register_downloads(server)
    register_exports(
        server, lambda: [app.get_asset_url(name) for name in ("alliance.css", "people.css")]
    )
    register_routes(app, settings)
    register_reset(app, settings)
    register_mail(app, settings)
    register_returns(app, open_returns())
    register_releases(server, settings)
    register_saved(server)
    register_context(server)
    register_log(app)
    register_calendar(app)
    register_packs(app)
    register_api(server)
    app.layout = _layout

    @server.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app


def settle() -> None:
    """Say that what is loaded by now stays for as long as the process serves: the garbage collector
    need not walk it again, which would hold up one request in twenty."""
    gc.collect()
    gc.freeze()


def _layout() -> Any:
    return dmc.MantineProvider(
        html.Div(dash.page_container, id="alliance-root"), theme=THEME, forceColorScheme="light"
    )


def _register_pages(app: Dash) -> None:
    dash.page_registry.clear()
    for order, page in enumerate(PAGES):
        place = {"path_template": page.template} if page.template else {"path": page.path}
        dash.register_page(
            page.id,
            title=page.title,
            name=page.id,
            order=order,
            layout=_drawn_when_asked_for(page),
            **place,
        )
        page.register(app)


def _drawn_when_asked_for(page: Page) -> Callable[..., Any]:
    """The page's layout where a reader asks for it; where Dash only wants to check the callbacks,
    empty components with the ids that they name."""

    def layout(**query: Any) -> Any:
        if request.path.endswith("/_dash-update-component"):
            return page.layout(**query)
        return html.Div(
            [kind(id=component, **REQUIRED.get(kind, {})) for component, kind in page.named.items()]
        )

    return layout
