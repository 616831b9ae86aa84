"""The forms of the challenge log, drawn from what a move asks: every field with its label, its
hint, what was typed, and what is wrong with it. The same description serves a page of the app and
the plain page that answers a form with a fault (`plain_html`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from dash import html
from flask import has_request_context
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]

from alliance.access import Person
from alliance.components.native import Input, Option, Select, Textarea, hidden
from alliance.log.addresses import begin_address, move_address
from alliance.log.entry import Entry
from alliance.log.fields import CONTENT, NOTE, Field, FieldKind, Known, Raw
from alliance.log.words import capital
from alliance.log.workflow import EntryKind, Move
from alliance.service import Served

MOST_RADIOS = 6
CHOOSE = "Choose"
PUT_TO_OTHERS = "raising"
"""The lead side of what an authority puts to others, never to itself."""
_SIDE = "side:"


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a form: what was typed or kept, as it would come from a form, and what is
    wrong with it by field. `obstacles` are what is wrong with no field in particular."""

    values: Raw = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    obstacles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """What a form offers: what answers may name, and the topic of each indicator."""

    known: Known
    topics: Mapping[str, str]


def offered(
    served: Served, known: Known, kind: EntryKind | None = None, person: Person | None = None
) -> Offered:
    """What a form offers of this release. Where an entry of the `kind` is put to others, the
    `person`’s own authority is not among them."""
    if kind is not None and person is not None and kind.lead == PUT_TO_OTHERS:
        others = {c: name for c, name in known.authorities.items() if c != person.authority_code}
        known = replace(known, authorities=others)
    return Offered(known, {key: row["domain"] for key, row in served.indicators.items()})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a field is drawn: what begins its id, what marks its form, what is typed and wrong."""

    prefix: str
    mark: str
    offered: Offered
    filled: Filled

    def id(self, asked: Field) -> str:
        return f"{self.prefix}{asked.id}"

    def texts(self, asked: Field) -> Sequence[str]:
        return self.filled.values.get(asked.id, ())

    def text(self, asked: Field) -> str:
        return next(iter(self.texts(asked)), "")


def entry_form(
    action: str,
    button: str,
    fields: Sequence[Field],
    offers: Offered,
    *,
    prefix: str,
    filled: Filled | None = None,
    unseen: Mapping[str, str | Sequence[str]] = MappingProxyType({}),
    hint: str = "",
    second: bool = False,
) -> html.Form:
    """A form of these fields that is sent to `action`. `prefix` begins every id in it, `unseen` is
    sent with it, `hint` stands before its button, `second` makes the button a quiet one."""
    place = _Place(prefix, _mark(action, unseen), offers, filled or Filled())
    token = generate_csrf() if has_request_context() else ""
    sent = [hidden("csrf_token", token)]
    for name, value in unseen.items():
        sent += [hidden(name, v) for v in ([value] if isinstance(value, str) else value)]
    css = "form-button form-button-second" if second else "form-button"
    return html.Form(
        [
            *sent,
            *(_group(asked, place) for asked in fields),
            *([html.P(hint, className="hint")] if hint else []),
            html.Button(button, type="submit", className=css),
        ],
        action=action,
        method="post",
        noValidate="noValidate",
        className="entry-form",
    )


def move_form(
    move: Move,
    entry: Entry,
    offers: Offered,
    *,
    prefix: str,
    onward: str = "",
    filled: Filled | None = None,
    second: bool = False,
) -> html.Form:
    """The form of a move of an entry, with what is kept of it in its fields. `onward` is the page
    to go on to; the entry's own where none is given."""
    return entry_form(
        move_address(entry.ref, move.id),
        move.label,
        move.asks,
        offers,
        prefix=f"{prefix}{move.id}-",
        filled=filled or Filled(kept_answers(entry, move)),
        unseen={"version": str(entry.version), **_onward(onward)},
        hint=move.hint,
        second=second,
    )


def begin_form(
    kind: EntryKind,
    move: Move,
    offers: Offered,
    person: Person,
    *,
    prefix: str,
    parent: str = "",
    about: Sequence[tuple[str, str]] = (),
    more: Mapping[str, str] = MappingProxyType({}),
    onward: str = "",
    filled: Filled | None = None,
    second: bool = False,
) -> html.Form:
    """The form that begins an entry, as a part of the one with the reference `parent`, `about`
    others as pairs of relation and reference. `more` is sent unseen, such as the figure to freeze
    as evidence."""
    unseen: dict[str, str | Sequence[str]] = {**more, **_onward(onward)}
    if parent:
        unseen["parent"] = parent
    if about:
        unseen["about"] = [f"{relation}:{ref}" for relation, ref in about]
    return entry_form(
        begin_address(kind.id, move.id),
        move.label,
        move.asks,
        offers,
        prefix=f"{prefix}{kind.id}-{move.id}-",
        filled=filled or Filled(first_answers(kind, move, person)),
        unseen=unseen,
        hint=move.hint,
        second=second,
    )


def kept_answers(entry: Entry, move: Move) -> dict[str, list[str]]:
    """What an entry holds for the fields of a move, as a form has it; a note begins empty."""
    columns = {
        "title": entry.title,
        "owner": entry.owner,
        "indicator_id": entry.indicator_id,
        "due_on": entry.due_on.isoformat() if entry.due_on else None,
        "audience": entry.audience.value,
    }
    found: dict[str, list[str]] = {}
    for asked in move.asks:
        if asked.into.startswith(_SIDE):
            value: Any = entry.on_side(asked.into.removeprefix(_SIDE))
        elif asked.into == CONTENT:
            value = entry.content.get(asked.id)
        else:
            value = None if asked.into == NOTE else columns.get(asked.into)
        found[asked.id] = _as_sent(value)
    return found


def first_answers(kind: EntryKind, move: Move, person: Person) -> dict[str, list[str]]:
    """What stands in a form that begins an entry: oneself, one's own authority, and whom entries of
    the kind are for as a rule."""
    own = person.authority_code or ""
    found: dict[str, list[str]] = {}
    for asked in move.asks:
        if asked.kind == FieldKind.PERSON:
            found[asked.id] = [person.username]
        elif asked.kind == FieldKind.AUTHORITY or asked.into == f"{_SIDE}{kind.lead}":
            found[asked.id] = [own] if own else []
        elif asked.into == "audience":
            found[asked.id] = [kind.audience.value]
    return found


def error_summary(heading: str, fields: Sequence[Field], filled: Filled, prefix: str) -> html.Div:
    """Everything that is wrong, each fault with a link to its field."""
    faulty = [asked for asked in fields if asked.id in filled.faults]
    items = [
        html.Li(html.A(filled.faults[asked.id], href=f"#{_first_id(asked, prefix)}"))
        for asked in faulty
    ]
    items += [html.Li(words) for words in filled.obstacles]
    return html.Div([html.H2(heading), html.Ul(items)], className="error-summary", role="alert")


def _onward(onward: str) -> dict[str, str]:
    return {"next": onward} if onward else {}


def _mark(action: str, unseen: Mapping[str, str | Sequence[str]]) -> str:
    return f"{action}|{unseen.get('version', '')}|{unseen.get('parent', '')}"


def _as_sent(value: Any) -> list[str]:
    if value is None or value in ("", ()):
        return []
    if isinstance(value, bool):
        return ["yes"] if value else []
    if isinstance(value, float):
        return [f"{value:.10f}".rstrip("0").rstrip(".")]
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]


# Fields -------------------------------------------------------------------------------------------


def _first_id(asked: Field, prefix: str) -> str:
    """The id of the first thing that can be filled in a field."""
    many = asked.kind == FieldKind.AUTHORITIES or _is_radios(asked)
    return f"{prefix}{asked.id}-1" if many else f"{prefix}{asked.id}"


def _is_radios(asked: Field) -> bool:
    return asked.kind == FieldKind.CHOICE and asked.required and len(asked.choices) <= MOST_RADIOS


def _group(asked: Field, place: _Place) -> Any:
    fault = place.filled.faults.get(asked.id)
    css = "form-group form-group-wrong" if fault else "form-group"
    label = (
        asked.label
        if asked.required or asked.kind == FieldKind.YES
        else f"{asked.label} (optional)"
    )
    beside = _beside(asked, place)
    if asked.kind == FieldKind.AUTHORITIES or _is_radios(asked):
        described = _described(asked, place)
        legend = html.Legend(label)
        return html.Fieldset([legend, *beside, _several(asked, place)], className=css, **described)
    if asked.kind == FieldKind.YES:
        return html.Div([*beside, _box(asked, place, "checkbox", "yes", label, "")], className=css)
    head = html.Label(label, htmlFor=place.id(asked))
    return html.Div([head, *beside, FIELDS[asked.kind](asked, place)], className=css)


def _beside(asked: Field, place: _Place) -> list[Any]:
    """The hint of a field, and what is wrong with it."""
    found: list[Any] = []
    if asked.hint:
        found.append(html.P(asked.hint, className="hint", id=f"{place.id(asked)}-hint"))
    if fault := place.filled.faults.get(asked.id):
        beside = capital(fault.removeprefix(f"{asked.label}: "))
        words = [html.Span("Error: ", className="vh"), beside]
        found.append(html.P(words, className="error-message", id=f"{place.id(asked)}-error"))
    return found


def _described(asked: Field, place: _Place) -> dict[str, str]:
    """The attributes by which a field is told with its hint and its fault."""
    ids = [f"{place.id(asked)}-hint"] if asked.hint else []
    if asked.id in place.filled.faults:
        ids.append(f"{place.id(asked)}-error")
    return {"aria-describedby": " ".join(ids)} if ids else {}


def _attributes(asked: Field, place: _Place) -> dict[str, Any]:
    wrong = {"aria-invalid": "true"} if asked.id in place.filled.faults else {}
    return {
        "id": place.id(asked),
        "name": asked.id,
        "value": place.text(asked),
        "mark": place.mark,
        **_described(asked, place),
        **wrong,
    }


def _line(asked: Field, place: _Place) -> Input:
    return Input(type="text", autoComplete="off", className="answer-line",
                 **_attributes(asked, place))  # fmt: skip


def _words(asked: Field, place: _Place) -> Textarea:
    rows = min(16, max(5, place.text(asked).count("\n") + len(place.text(asked)) // 90 + 2))
    return Textarea(rows=rows, **_attributes(asked, place))


def _day(asked: Field, place: _Place) -> Input:
    return Input(type="date", className="answer-day", **_attributes(asked, place))


def _number(asked: Field, place: _Place) -> Input:
    return Input(type="text", inputMode="decimal", autoComplete="off", className="answer-number",
                 **_attributes(asked, place))  # fmt: skip


def _address(asked: Field, place: _Place) -> Input:
    return Input(type="text", inputMode="url", autoComplete="off", className="answer-line",
                 **_attributes(asked, place))  # fmt: skip


def _select(asked: Field, place: _Place) -> Select:
    chosen, options = place.text(asked), _options(asked, place.offered)
    if chosen and chosen not in {value for value, _, _ in options}:
        options.append((chosen, f"{chosen} (not known here any more)", ""))
    return Select(
        options=[("", CHOOSE if asked.required else "None", ""), *options],
        className="answer-choice",
        **_attributes(asked, place),
    )


def _options(asked: Field, offers: Offered) -> list[Option]:
    known = offers.known
    if asked.kind == FieldKind.CHOICE:
        return [(key, words, "") for key, words in asked.choices]
    if asked.kind == FieldKind.INDICATOR:
        return indicator_options(offers)
    named = {FieldKind.PERSON: known.people, FieldKind.ENQUIRY: known.enquiries}
    return [(key, name, "") for key, name in named.get(asked.kind, known.authorities).items()]


def indicator_options(offers: Offered) -> list[Option]:
    """The indicators to choose from, topic by topic."""
    groups: dict[str, list[Option]] = {}
    for key, title in offers.known.indicators.items():
        topic = offers.topics.get(key, "")
        groups.setdefault(topic, []).append((key, title, topic))
    return [option for group in groups.values() for option in group]


def _several(asked: Field, place: _Place) -> html.Div:
    kind = "radio" if asked.kind == FieldKind.CHOICE else "checkbox"
    options = _options(asked, place.offered)
    boxes = [
        _box(asked, place, kind, value, words, f"-{number}")
        for number, (value, words, _) in enumerate(options, 1)
    ]
    return html.Div(boxes, className="boxes boxes-many" if len(boxes) > MOST_RADIOS else "boxes")


def _box(asked: Field, place: _Place, kind: str, value: str, words: str, number: str) -> html.Label:
    box = Input(
        type=kind, id=f"{place.id(asked)}{number}", name=asked.id, value=value,
        checked=value in place.texts(asked), mark=place.mark,
    )  # fmt: skip
    return html.Label([box, html.Span(words)], className="box")


FIELDS: Mapping[FieldKind, Callable[[Field, _Place], Any]] = MappingProxyType(
    {
        FieldKind.LINE: _line,
        FieldKind.TEXT: _words,
        FieldKind.DAY: _day,
        FieldKind.NUMBER: _number,
        FieldKind.CHOICE: _select,
        FieldKind.AUTHORITY: _select,
        FieldKind.PERSON: _select,
        FieldKind.INDICATOR: _select,
        FieldKind.ENQUIRY: _select,
        FieldKind.ADDRESS: _address,
    }
)
"""How each kind of field is drawn; boxes to tick and dots to choose from are drawn together."""
