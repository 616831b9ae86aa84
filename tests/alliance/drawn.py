"""A page as the server draws it: asked for through Dash, and read as the browser would get it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from dash import Dash
from flask.testing import FlaskClient

HEADINGS = ("H1", "H2", "H3", "H4")
WORDS = ("title", "alt", "label", "aria-label", "headerName")
UNREADABLE = re.compile(r"\b(None|nan|NaN|NaT|null|undefined|inf)\b|-0(\.0+)?\b(?![-.\d])|\{\w+\}")
REASONS = (
    "suppressed", "not available", "not applicable", "rounds to zero", "low reliability",
    "not given", "no figure", "did not exist",
)  # fmt: skip
JUDGEMENT = re.compile(r"\b(better|best|worse|worst|last(?! day))\b")


@dataclass(frozen=True)
class Drawn:
    """What the server answered for one address."""

    path: str
    tree: Any
    title: str

    @cached_property
    def parts(self) -> list[dict[str, Any]]:
        """Every component, from the top."""
        return list(walk(self.tree))

    def find(self, kind: str = "", *, css: str = "") -> Iterator[dict[str, Any]]:
        """Components of a type, or with a class, from the top."""
        for component in self.parts:
            classes = str(component["props"].get("className") or "").split()
            if (not kind or component["type"] == kind) and (not css or css in classes):
                yield component

    @cached_property
    def ids(self) -> dict[str, dict[str, Any]]:
        """Components by their id."""
        named = [c for c in self.parts if "id" in c["props"]]
        assert len({c["props"]["id"] for c in named}) == len(named), f"{self.path}: an id twice"
        return {component["props"]["id"]: component for component in named}

    @property
    def headings(self) -> list[str]:
        """The text of each heading, from the top."""
        return [text_of(part) for kind in HEADINGS for part in self.find(kind)]

    @property
    def sentences(self) -> list[str]:
        """The sentences that say a figure: before a chart, and in the lists of a profile."""
        parts = [*self.find(css="sentence")]
        parts += [item for half in self.find(css="half") for item in walk(half)
                  if item["type"] == "Li"]  # fmt: skip
        return [text_of(part) for part in parts]

    @property
    def notes(self) -> list[str]:
        """The other sentences of our making: the lead of the page, and who has no figure."""
        parts = [*self.find(css="lead"), *self.find(css="small")]
        parts += [line for notes in self.find(css="absences") for line in walk(notes)
                  if line["type"] == "P"]  # fmt: skip
        return [text_of(part) for part in parts]

    @property
    def texts(self) -> list[str]:
        """Everything that a person may read or hear, but for data behind a grid."""
        return [text.strip() for component in self.parts for text in _own_texts(component)]

    def faults(self) -> list[str]:
        """What no page may have."""
        found = [f"empty heading in {self.headings}"] if not all(self.headings) else []
        first = [text_of(part) for part in self.find("H1")]
        if len(first) != 1:
            found.append(f"first headings: {first}")
        texts = set(self.texts)
        found += [f"unreadable: {text!r}" for text in texts if UNREADABLE.search(text)]
        found += [f"says nothing: {text!r}" for text in self.sentences if not says_a_figure(text)]
        found += [
            f"{fault}: {sentence!r}"
            for sentence in [*self.sentences, *self.notes]
            for fault in grammar_faults(sentence)
        ]
        assert self.ids
        return found


def says_a_figure(sentence: str) -> bool:
    """True where a sentence has a number, or the reason why there is none."""
    return bool(re.search(r"\d", sentence)) or any(reason in sentence for reason in REASONS)


def grammar_faults(sentence: str) -> list[str]:
    """What is wrong with a sentence, by rules that hold for every one of them."""
    words = sentence.strip()
    rules = {
        "no full stop": words.endswith(".") and not words.endswith(".."),
        "a space too many": not re.search(r"\s\s|\s[.,;:)]|\(\s", words),
        "a mark too many": not re.search(r"[,;:.][,;:]|;\.|:\.", words),
        "a time too many": "did not exist then in" not in words and "then on" not in words,
        "brackets": words.count("(") == words.count(")"),
        "plural": not re.search(
            r"(?<![\d.,])1 (are|days|points|percentage points|indicators|authorities)\b", words
        ),
        "no subject": words[:1] == words[:1].upper() and not words.startswith((":", ".")),
    }
    return [rule for rule, holds in rules.items() if not holds]


def judgements(drawn: Drawn) -> list[str]:
    """Words that judge, in sentences, names of charts, tables and what a chart shows of a bar."""
    texts = list(drawn.sentences)
    texts += [part["props"].get("aria-label", "") for part in drawn.find(css="graph")]
    texts += [text for graph in drawn.find("Graph") for text in _graph_texts(graph)]
    for grid in drawn.find("AgGrid"):
        texts += [str(column["headerName"]) for column in grid["props"]["columnDefs"]]
        texts += [str(row.get("versus", "")) for row in grid["props"]["rowData"]]
    return [text for text in texts if JUDGEMENT.search(text)]


def walk(tree: Any) -> Iterator[dict[str, Any]]:
    """Every component of a tree, from the top."""
    if isinstance(tree, list):
        for part in tree:
            yield from walk(part)
    elif isinstance(tree, dict) and "props" in tree:
        yield tree
        yield from walk(tree["props"].get("children"))


def text_of(tree: Any) -> str:
    """The words of a part of a page, as they stand."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, list):
        return "".join(text_of(part) for part in tree)
    if isinstance(tree, dict) and "props" in tree:
        return text_of(tree["props"].get("children"))
    return "" if tree is None else str(tree)


def _own_texts(component: dict[str, Any]) -> Iterator[str]:
    """The texts of one component, without those of the components in it."""
    props = component["props"]
    children = props.get("children")
    for child in children if isinstance(children, list) else [children]:
        if isinstance(child, str | int | float):
            yield str(child)
    yield from (str(props[name]) for name in WORDS if props.get(name))
    if component["type"] == "Graph":
        yield from _graph_texts(component)
    if component["type"] == "AgGrid":
        yield from (str(column["headerName"]) for column in props["columnDefs"])
        for row in props["rowData"]:
            yield from (cell for cell in row.values() if isinstance(cell, str))


def _graph_texts(graph: dict[str, Any]) -> Iterator[str]:
    figure = graph["props"]["figure"]
    for trace in figure["data"]:
        yield str(trace.get("name", ""))
        for key in ("hovertext", "text"):
            yield from trace.get(key) or ()
    layout = figure["layout"]
    yield from (str(note["text"]) for note in layout.get("annotations", ()))
    fit = layout["meta"].get("fit", {"layout": {}, "data": []})
    yield from (str(note["text"]) for note in fit["layout"].get("annotations", ()))
    for trace in fit["data"]:
        yield from trace.get("text", ())
    for words in (layout["meta"][key] for key in layout["meta"] if key != "fit"):
        yield from words if isinstance(words, list) else [words]
    for axis in ("xaxis", "yaxis"):
        yield from layout[axis].get("ticktext", ())


def draw(app: Dash, path: str, query: str = "") -> Drawn:
    """Ask the server for the page of an address, as the browser of somebody unknown does."""
    return draw_for(client_of(app), path, query)


def draw_for(client: FlaskClient, path: str, query: str = "", *, token: str = "") -> Drawn:
    """The same for whoever has that client's cookies, with the `token` of the page it shows."""
    body = page_body(path, query)
    headers = {"X-CSRFToken": token} if token else {}
    answer = client.post("/_dash-update-component", json=body, headers=headers)
    assert answer.status_code == 200, f"{path}{query}: {answer.status_code} {answer.text[:500]}"
    response = json.loads(answer.text, parse_constant=_refuse)["response"]
    return Drawn(
        path + query,
        response["_pages_content"]["children"],
        response["_pages_store"]["data"]["title"],
    )


def page_body(path: str, query: str = "") -> dict[str, Any]:
    """What a browser sends for the page of an address."""
    return {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [
            {"id": "_pages_location", "property": "pathname", "value": path},
            {"id": "_pages_location", "property": "search", "value": query},
        ],
        "changedPropIds": ["_pages_location.pathname"],
    }


@cache
def client_of(app: Dash) -> FlaskClient:
    """A browser that has opened the app: it sends the token of its page with every callback."""
    client = app.server.test_client()
    client.get("/")
    token = client.get_cookie(app.config.csrf_token_name)
    assert token is not None
    client.environ_base["HTTP_X_CSRFTOKEN"] = token.value
    return client


def _refuse(constant: str) -> Any:
    raise AssertionError(f"{constant} is not JSON")
