"""A served home with accounts, a browser without a screen, and a clock that can be moved."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dash import Dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from alliance.access import Role
from alliance.people.accounts import create_account
from alliance.server import create_app
from alliance.settings import Settings, load_settings
from alliance.store import Store, open_store
from tests.alliance.drawn import text_of, walk

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PASSWORD = "three words together"
HELP = {
    "output": ".._pages_content.children..._pages_store.data..",
    "outputs": [
        {"id": "_pages_content", "property": "children"},
        {"id": "_pages_store", "property": "data"},
    ],
    "inputs": [
        {"id": "_pages_location", "property": "pathname", "value": "/help"},
        {"id": "_pages_location", "property": "search", "value": ""},
    ],
    "changedPropIds": ["_pages_location.pathname"],
}
"""What Dash asks for when a browser opens the help page."""


@dataclass
class Home:
    """A served home and its store."""

    settings: Settings
    clock: list[datetime] = field(default_factory=lambda: [NOW])

    def __post_init__(self) -> None:
        self.app: Dash = create_app(self.settings, clock=lambda: self.clock[0])
        self.app.server.testing = True
        self.store: Store = open_store(self.settings)

    def later(self, **by: float) -> None:
        """Time passes."""
        self.clock[0] += timedelta(**by)

    def add(self, username: str = "j.ashby", *roles: Role, **more: Any) -> None:
        """Add an account whose password is `PASSWORD`."""
        values = {"display_name": "Jo Ashby", "authority_code": None, "alliance": None} | more
        create_account(
            self.store, username=username, password=PASSWORD, roles=roles or (Role.ANALYST,),
            now=self.clock[0], actor="root", **values,
        )  # fmt: skip

    def browser(self, **environment: str) -> Browser:
        """A browser that has opened the overview."""
        return Browser(self, environment)


class Browser:
    """Sends what a browser sends: its cookies, and the token of the page that it shows."""

    def __init__(self, home: Home, environment: dict[str, str]) -> None:
        self.home = home
        self.client: FlaskClient = home.app.server.test_client()
        self.environment = environment
        self.opened = self.get("/")

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, environ_overrides=self.environment, **more)

    def token(self) -> str:
        """What a script in the page reads from the cookie."""
        cookie = self.client.get_cookie(self.home.app.config.csrf_token_name)
        return cookie.value if cookie else ""

    def form_token(self, path: str = "/sign-in") -> str:
        """What a form of that page holds."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert found
        return found[1]

    def post(self, path: str, token: str | None = None, **values: str) -> TestResponse:
        """Send a form."""
        sent = {**values, "csrf_token": self.token() if token is None else token}
        return self.client.post(path, data=sent, environ_overrides=self.environment)

    def sign_in(self, username: str = "j.ashby", password: str = PASSWORD) -> TestResponse:
        return self.post("/sign-in", username=username, password=password)

    def callback(self, token: str | None = None) -> TestResponse:
        """Ask for the help page as Dash does, with the token of the cookie."""
        headers = {"X-CSRFToken": self.token() if token is None else token}
        return self.client.post(
            "/_dash-update-component", json=HELP, headers=headers,
            environ_overrides=self.environment,
        )  # fmt: skip

    def header(self) -> list[dict[str, Any]]:
        """The parts of the help page's header that say who one is."""
        answer = self.callback()
        assert answer.status_code == 200, answer.text[:300]
        tree = answer.get_json()["response"]["_pages_content"]["children"]
        (found,) = [part for part in walk(tree) if part["props"].get("className") == "person"]
        return list(walk(found))

    def person(self) -> str:
        """Who the header says one is; “nobody” where it offers to sign in."""
        parts = self.header()
        if [part for part in parts if part["props"].get("href") == "/sign-in"]:
            return "nobody"
        (name,) = [p for p in parts if p["props"].get("className") == "person-name"]
        return text_of(name)


def home_of(folder: Path, **settings: Any) -> Home:
    """The home in that folder."""
    return Home(load_settings(folder, settings))
