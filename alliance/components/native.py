"""The browser's own form fields: input, text area and list to choose from.

Dash's have no day, no box to tick with a name, and nothing that says what is wrong with an answer.
These are drawn by `assets/native.js` on a page, and by `plain_html` where there is no script.
"""

from __future__ import annotations

from typing import Any, ClassVar

from dash.development.base_component import Component

Option = tuple[str, str, str]
"""What can be chosen: its value, its words, and the heading that it stands under or nothing."""


class _Native(Component):  # type: ignore[misc]
    """A field that starts with `value` and then is the reader's. `mark` tells one entry's form from
    another's: what was typed in one never stands in another."""

    _namespace = "alliance_native"
    _children_props: ClassVar[list[str]] = []
    _base_nodes: ClassVar[list[str]] = []
    _prop_names: ClassVar[list[str]] = ["id", "name", "value", "className", "mark"]
    _valid_wildcard_attributes: ClassVar[list[str]] = ["aria-", "data-"]

    def __init__(self, **given: Any) -> None:
        self.available_properties = self._prop_names
        self.available_wildcard_properties = self._valid_wildcard_attributes
        super().__init__(**given)


class Input(_Native):
    """An input of a `type`."""

    _type = "Input"
    _prop_names: ClassVar[list[str]] = [
        *_Native._prop_names, "type", "checked", "inputMode", "autoComplete",
    ]  # fmt: skip


class Textarea(_Native):
    """Room for words, as high as so many `rows`."""

    _type = "Textarea"
    _prop_names: ClassVar[list[str]] = [*_Native._prop_names, "rows"]


class Select(_Native):
    """A list to choose one from: `options` as `Option`."""

    _type = "Select"
    _prop_names: ClassVar[list[str]] = [*_Native._prop_names, "options"]


def hidden(name: str, value: str) -> Input:
    """What a form sends unseen."""
    return Input(type="hidden", name=name, value=value)
