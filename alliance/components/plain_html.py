"""A part of a page as HTML text, for pages that are drawn without a script: one description of a
form serves both. Every word is escaped; a component that is not plain is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from dash import dcc
from markupsafe import Markup, escape

from alliance.components.native import Input, Select, Textarea

_VOID = {"br", "hr", "img", "input"}
_NAMES = {"className": "class", "htmlFor": "for"}
_LEFT_OUT = {"children", "key", "n_clicks", "n_clicks_timestamp", "disable_n_clicks", "mark",
             "options"}  # fmt: skip


def to_html(part: Any) -> Markup:
    """The HTML of components, texts, numbers and lists of them. Raises `TypeError` for a component
    that needs a script."""
    if part is None:
        return Markup()
    if isinstance(part, str | int | float):
        return escape(str(part))
    if isinstance(part, list | tuple):
        return Markup().join(to_html(child) for child in part)
    return _component(part)


def _component(part: Any) -> Markup:
    props = part.to_plotly_json()["props"]
    if isinstance(part, Textarea):
        value = props.pop("value", "")
        return _tag("textarea", props, escape(f"\n{value}"))
    if isinstance(part, Select):
        value = props.pop("value", "")
        return _tag("select", props, _options(props.get("options", ()), value))
    if isinstance(part, Input):
        return _tag("input", props, Markup())
    if isinstance(part, dcc.Link):
        return _tag("a", props, to_html(props.get("children")))
    if part._namespace != "dash_html_components":
        raise TypeError(f"{type(part).__name__} cannot be drawn without a script.")
    return _tag(part._type.lower(), props, to_html(props.get("children")))


def _tag(name: str, props: Mapping[str, Any], inner: Markup) -> Markup:
    opened = Markup("<{}{}>").format(name, _attributes(props))
    return opened if name in _VOID else opened + inner + Markup("</{}>").format(name)


def _attributes(props: Mapping[str, Any]) -> Markup:
    found = Markup()
    for key, value in props.items():
        if key in _LEFT_OUT or value is None or value is False:
            continue
        name = _NAMES.get(key, key.lower())
        found += Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(
            name, str(value)
        )  # fmt: skip
    return found


def _options(options: Iterable[tuple[str, str, str]], chosen: str) -> Markup:
    found = Markup()
    for heading, choices in groupby(options, key=lambda option: option[2]):
        inner = Markup().join(_option(value, words, chosen) for value, words, _ in choices)
        found += _tag("optgroup", {"label": heading}, inner) if heading else inner
    return found


def _option(value: str, words: str, chosen: str) -> Markup:
    return _tag("option", {"value": value, "selected": value == chosen}, escape(words))
