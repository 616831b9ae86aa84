"""The forms by which sets and views are kept, changed, shared, deleted and brought back: plain
posts that lead back to the page, which says what became of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Flask, abort, flash, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from alliance.access import NotAllowedError, Person, require
from alliance.people.current import current_person, current_time
from alliance.people.routes import LONGEST_PATH, onward, same_site_path
from alliance.saved.records import (
    SET,
    VIEW,
    Kind,
    Saved,
    SavedError,
    change,
    delete,
    keep,
    restore,
)
from alliance.scope import MOST_CODES
from alliance.service import Served, current_release
from alliance.store import ConflictError, Unit
from alliance.store.in_app import current_store

DONE, REFUSED, UNDO = "saved-done", "saved-refused", "saved-undo"
"""Categories of what the next page tells; what can be undone tells `kind number name`."""
SHARED = "shared"
_KEEP = "/saved"

Reader = Callable[[Served], Any]


@dataclass(frozen=True, slots=True)
class Form:
    """The forms of one kind of kept thing: the part of the address, and how what it holds is read
    from a form."""

    part: str
    kind: Kind
    read: Reader


def _read_codes(served: Served) -> list[str]:
    """The authorities that a form names, each once. Raises `SavedError`."""
    text = " ".join(request.form.getlist("codes"))
    codes = list(dict.fromkeys(re.findall(r"[^\s,-]+", text)))
    strangers = [code for code in codes if code not in served.authorities]
    if not codes:
        raise SavedError("Choose one authority or more. Nothing was saved.")
    if strangers:
        raise SavedError(f"There is no authority {strangers[0][:20]}. Nothing was saved.")
    if len(codes) > MOST_CODES:
        raise SavedError(f"A set may have {MOST_CODES} authorities at most. Nothing was saved.")
    return codes


def _read_address(_served: Served) -> str:
    """The view that a form names: the page's address. Raises `SavedError`."""
    given = request.form.get("address", "") or onward()
    if len(given) > LONGEST_PATH:
        raise SavedError("This view's address is too long to be kept. Nothing was saved.")
    if same_site_path(given) != given:
        raise SavedError("Only a page of this product can be kept as a view. Nothing was saved.")
    return given


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        form.kind.id: form
        for form in (Form("sets", SET, _read_codes), Form("views", VIEW, _read_address))
    }
)


def keep_address(kind: Kind) -> str:
    """Where the form of something new leads."""
    return f"{_KEEP}/{FORMS[kind.id].part}"


def change_address(kind: Kind, number: int, action: str = "") -> str:
    """Where a form about a kept thing leads: a change, or `delete` or `restore`."""
    return "/".join((keep_address(kind), str(number), action)).rstrip("/")


def register_saved(server: Flask) -> None:
    """Add the routes of every kind."""
    for form in FORMS.values():
        _register(server, form)


def _register(server: Flask, form: Form) -> None:
    base, kind = f"{_KEEP}/{form.part}", form.kind

    def take_new() -> AnyResponse:
        return _attempt(kind, "is saved", lambda unit, person: _keep(unit, person, form))

    def take_change(number: int) -> AnyResponse:
        return _attempt(
            kind, "is changed", lambda unit, person: _change(unit, person, form, number)
        )

    def take_delete(number: int) -> AnyResponse:
        return _attempt(
            kind,
            "is deleted",
            lambda unit, person: delete(unit, person, kind, number, _version()),
            undo=True,
        )

    def take_restore(number: int) -> AnyResponse:
        return _attempt(
            kind, "is there again", lambda unit, person: restore(unit, person, kind, number)
        )

    one = f"{base}/<int:number>"
    for rule, view in (
        (base, take_new),
        (one, take_change),
        (f"{one}/delete", take_delete),
        (f"{one}/restore", take_restore),
    ):
        server.add_url_rule(rule, f"{kind.id}_{view.__name__}", view, methods=["POST"])


def _keep(unit: Unit, person: Person, form: Form) -> Saved:
    name, content = request.form.get("name", ""), form.read(current_release())
    return keep(unit, person, form.kind, name=name, content=content, shared=_is_shared())


def _change(unit: Unit, person: Person, form: Form, number: int) -> Saved:
    """Change what the form holds, and leave the rest."""
    values: dict[str, Any] = {}
    if "name" in request.form:
        values["name"] = request.form["name"]
    if SHARED in request.form:
        values["shared"] = _is_shared()
    if form.kind.content in request.form:
        values["content"] = form.read(current_release())
    return change(unit, person, form.kind, number, _version(), **values)


def _attempt(
    kind: Kind, done: str, act: Callable[[Unit, Person], Saved], *, undo: bool = False
) -> AnyResponse:
    """Do it, and lead back to the page, which says what became of it; of what is refused with the
    words that were typed. Raises `NotAllowedError` for somebody who is not signed in."""
    person = current_person()
    if not person.username:
        require(person, "saved.keep")
    typed = request.form.get("name", "").strip()
    try:
        with current_store().write(now=current_time(), actor=person.username) as unit:
            saved = act(unit, person)
    except (SavedError, ConflictError, NotAllowedError) as error:
        flash(f"{error} You typed “{typed[:500]}”." if typed else str(error), REFUSED)
        return redirect(_back(), 303)
    text = f"The {kind.words} “{saved.name}” {done}."
    flash(f"{kind.id} {saved.id} {text}" if undo else text, UNDO if undo else DONE)
    return redirect(_back(), 303)


def _back() -> str:
    """The page to go back to: what the form says, or the one that the reader is on."""
    given = request.form.get("next", "")
    return same_site_path(given) if given else onward()


def _is_shared() -> bool:
    return request.form.get(SHARED) == "yes"


def _version() -> int:
    """The version that the form was drawn with. 400 where it holds none."""
    text = request.form.get("version", "")
    if not re.fullmatch(r"[0-9]{1,9}", text):
        abort(400)
    return int(text)
