"""Every section of a page has an id, and beside its heading a quiet link to it: an address that
ends with `#id` scrolls there (`assets/views.js`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dash import html

NOT_WALKED = (html.Table, html.H2, html.P)


def link_sections(children: Sequence[Any], *, prefix: str) -> list[Any]:
    """The same children; each second-level heading with a link to its section after it. A section
    without an id gets one from its heading, with the page's `prefix`."""
    for child in children:
        _walk(child, None, prefix)
    return [_headed(child, None, prefix) for child in children]


def _walk(component: Any, section: Any, prefix: str) -> None:
    """Go through a part of the page; `section` is the one that the part lies in and whose heading
    has not been found yet."""
    if isinstance(component, NOT_WALKED):
        return
    section = component if isinstance(component, html.Section) else section
    children = getattr(component, "children", None)
    if isinstance(children, list | tuple):
        for child in children:
            _walk(child, section, prefix)
        component.children = [_headed(child, section, prefix) for child in children]
    elif children is not None and not isinstance(children, str):
        _walk(children, section, prefix)
        component.children = _headed(children, section, prefix)


def _headed(child: Any, section: Any, prefix: str) -> Any:
    if not isinstance(child, html.H2):
        return child
    target = _target(child, section, prefix)
    if not target:
        return child
    link = html.A(
        "#",
        href=f"#{target}",
        className="section-link",
        **{"aria-label": f"Link to this section: {heading_text(child)}"},
    )
    return html.Div([child, link], className="section-head")


def _target(heading: Any, section: Any, prefix: str) -> str:
    """The id to link to: the section's, the heading's own, or a new one for the section."""
    own = getattr(heading, "id", None)
    outer = getattr(section, "id", None)
    if section is None or own:
        return str(own or "")
    if outer is None:
        section.id = outer = f"{prefix}{_slug(heading_text(heading))}"
    return str(outer)


def heading_text(part: Any) -> str:
    """The words of a heading."""
    if isinstance(part, str | int | float):
        return str(part)
    if isinstance(part, list | tuple):
        return "".join(heading_text(child) for child in part)
    return heading_text(getattr(part, "children", None) or "")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:60]
