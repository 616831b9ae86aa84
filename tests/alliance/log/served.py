"""A served home in which an alliance of three authorities writes its log, with a browser for each
of its people; the forms are sent as the pages draw them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from alliance.access import Role
from tests.alliance.drawn import Drawn, draw_for, text_of, walk
from tests.alliance.people.homes import Browser, Home, home_of

TRIAD = "Test triad"
ASHBY, BIRCH, ELMSTEAD = "701", "702", "711"
PEOPLE: dict[str, tuple[str, tuple[Role, ...], str | None, str]] = {
    "ana": ("Ana Ashby", (Role.DIRECTOR,), ASHBY, TRIAD),
    "andy": ("Andy Ashby", (Role.ANALYST,), ASHBY, TRIAD),
    "ben": ("Ben Birch", (Role.DIRECTOR,), BIRCH, TRIAD),
    "eve": ("Eve Elm", (Role.DIRECTOR,), ELMSTEAD, TRIAD),
    "max": ("Max Manager", (Role.MANAGER,), None, TRIAD),
    "ada": ("Ada Admin", (Role.ADMINISTRATOR,), None, TRIAD),
    "oli": ("Oli Observer", (Role.OBSERVER,), None, TRIAD),
    "far": ("Far Away", (Role.DIRECTOR,), None, "T12000002"),
}
"""Everyone: display name, roles, authority, alliance."""
QUESTION = {
    "title": "Why do more children come back?",
    "question": "Your rate of children who return has doubled.",
    "responders": [BIRCH],
    "audience": "authorities",
    "evidence_note": "The audit of last autumn.",
}
"""A challenge by Ashby to Birch and Holt, ready to be shared."""


@dataclass
class Served:
    """The home, and who has signed in to it."""

    home: Home
    browsers: dict[str, Browser] = field(default_factory=dict)

    def browser(self, username: str) -> Browser:
        """The browser of that person, signed in; of nobody where there is no name."""
        if username not in self.browsers:
            browser = self.home.browser()
            if username:
                assert browser.sign_in(username).status_code == 303
                browser.get("/")
            self.browsers[username] = browser
        return self.browsers[username]

    def page(self, username: str, path: str, query: str = "") -> Drawn:
        """A page as that person sees it."""
        browser = self.browser(username)
        return draw_for(browser.client, path, query, token=browser.token())

    def send(self, who: str, path: str, /, **values: Any) -> TestResponse:
        """Send a form to an address below `/log`."""
        return self.browser(who).post(f"/log/{path}", **values)

    def raise_challenge(self, username: str = "ana", **answers: Any) -> str:
        """Begin a challenge; its reference."""
        answer = self.send(username, "challenge/begin/raise", **(QUESTION | answers))
        assert answer.status_code == 303, answer.text
        return str(answer.location).rpartition("/")[2]

    def share(self, **answers: Any) -> str:
        """Begin a challenge and share it; its reference."""
        ref = self.raise_challenge(**answers)
        assert self.send("ana", f"{ref}/share", version="1").status_code == 303
        return ref


def serve(template: Path, folder: Path) -> Iterator[Served]:
    """A home of the invented country (a copy of `template`'s, in `folder`) with these people."""
    shutil.copytree(template / "home", folder / "home")
    (folder / "home" / "settings.toml").write_text(
        f'authority = "701"\n[alliances]\n"{TRIAD}" = ["{ASHBY}", "{BIRCH}", "{ELMSTEAD}"]\n',
        encoding="utf-8",
    )
    home = home_of(folder / "home")
    for username, (name, roles, code, alliance) in PEOPLE.items():
        home.add(username, *roles, display_name=name, authority_code=code, alliance=alliance)
    yield Served(home)
    home.store.close()
    home.app.server.extensions["alliance_store"].store().close()


def forms(drawn: Drawn) -> dict[str, dict[str, Any]]:
    """Each form of a page by where it leads, as the values that it would send."""
    return {
        part["props"]["action"]: values_of(part)
        for part in drawn.find("Form")
        if part["props"]["action"].startswith("/log/")
    }


def values_of(form: dict[str, Any]) -> dict[str, Any]:
    """What a form would send if it were sent as it is drawn."""
    found: dict[str, Any] = {}
    for part in walk(form):
        props = part["props"]
        if part["type"] not in ("Input", "Textarea", "Select") or not props.get("name"):
            continue
        if props.get("type") in ("checkbox", "radio"):
            if props.get("checked"):
                found.setdefault(props["name"], []).append(props["value"])
        else:
            found[props["name"]] = props.get("value", "")
    return found


def texts(drawn: Drawn, css: str) -> list[str]:
    """The words of every part with that class."""
    return [text_of(part) for part in drawn.find(css=css)]


def names(parts: Sequence[dict[str, Any]]) -> list[str]:
    """The words of parts."""
    return [text_of(part) for part in parts]
