"""What an entry says, as its page lays it out: for most kinds field by field, of a priority with
its trajectory, its target and whether it worked, of a self-assessment domain by domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from dash import html

from alliance.components.did_it_work_section import did_it_work_section
from alliance.components.entry_facts import entry_words
from alliance.components.entry_thread import quote
from alliance.components.targets_section import targets_section
from alliance.components.trajectory_section import trajectory_section
from alliance.components.who_to_ring_section import who_to_ring
from alliance.log.asking import Asking
from alliance.log.entry import Entry, Version
from alliance.log.kinds.assessment import DOMAINS, QUESTIONS
from alliance.log.kinds.challenge import CHALLENGE, RESPONDING
from alliance.log.kinds.priority import OWN, PRIORITY, published_in
from alliance.log.trajectory import aim_of, unpublished_fields
from alliance.log.words import is_final, kind_of
from alliance.packs.addresses import report_address
from alliance.view import View
from indicators.words import format_day

WHOSE: Mapping[str, str] = MappingProxyType({PRIORITY.id: OWN, CHALLENGE.id: RESPONDING})
"""On which side of a kind those are whose figure is looked at."""
START = "start"
"""The move by which the work on a challenge begins."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where it is shown. `now`: as it stands, and not as it stood on an earlier day."""

    asked: Asking
    view: View
    versions: Sequence[Version]
    prefix: str
    now: bool


def body_of(
    asked: Asking,
    view: View,
    entry: Entry,
    versions: Sequence[Version],
    *,
    prefix: str,
    now: bool,
) -> list[Any]:
    """The sections with what an entry says; none where it says nothing yet. versions: those that
    the person may see, oldest first."""
    draw = _BODIES.get(entry.kind, _as_written)
    return draw(_Place(asked, view, versions, prefix, now), entry)


def _as_written(
    place: _Place,
    entry: Entry,
    *,
    but: frozenset[str] = frozenset(),
    said: Mapping[str, str] | None = None,
) -> list[Any]:
    words = entry_words(entry, place.asked.names, but=but, said=said)
    if not words:
        return []
    return [html.Section([html.H2("What it says"), *words], className="card entry-words")]


def _of_priority(place: _Place, entry: Entry) -> list[Any]:
    """Published figures are those of today: beside what stood on an earlier day they would
    mislead."""
    asked = place.asked
    drawn = (
        trajectory_section(
            asked.served, place.view, entry, asked.names, asked.today, prefix=place.prefix
        )
        if place.now
        else []
    )
    aim = aim_of(asked.served, entry)
    figures = {"baseline": aim.show(aim.baseline), "target": aim.show(aim.target)} if aim else {}
    but = unpublished_fields(asked.served, entry)
    way = aim.target - aim.baseline if aim else 0.0
    looked = (
        [*_worked(place, entry, _agreed(entry), way), *_targets(place, entry)]
        if place.now and not but
        else []
    )
    return [
        *drawn,
        *looked,
        *_as_written(place, entry, but=but, said=figures),
        *(_ring(place, entry) if place.now else []),
        *_published(place, entry),
    ]


def _targets(place: _Place, entry: Entry) -> list[Any]:
    """What its target would mean, while it is not ended."""
    code = _whose(place, entry, OWN)
    if not code or entry.indicator_id is None or is_final(entry):
        return []
    target = entry.content.get("target")
    return [
        targets_section(
            place.asked.served, place.view, code, entry.indicator_id, entry.due_on,
            prefix=place.prefix, agreed=None if target is None else float(target),
        )
    ]  # fmt: skip


def _worked(place: _Place, entry: Entry, agreed_on: date | None, aim: float) -> list[Any]:
    """Whether it worked, once it is agreed."""
    code = _whose(place, entry, WHOSE[entry.kind])
    if not code or entry.indicator_id is None or agreed_on is None:
        return []
    return [
        did_it_work_section(
            place.asked.served, code, entry.indicator_id, agreed_on, aim, prefix=place.prefix
        )
    ]


def _ring(place: _Place, entry: Entry) -> list[Any]:
    """Who to ring about it, until it is ended."""
    code = _whose(place, entry, WHOSE[entry.kind])
    if not code or entry.indicator_id is None or is_final(entry):
        return []
    asked = place.asked
    section = who_to_ring(asked.served, code, entry.indicator_id, asked.person, prefix=place.prefix)
    return [section] if section is not None else []


def _whose(place: _Place, entry: Entry, side: str) -> str:
    """Of the authorities on a side the one that is looked from, or the only one; nothing where that
    leaves it open, or where the release has no such indicator."""
    served, codes = place.asked.served, entry.on_side(side)
    code = place.view.us if place.view.us in codes else codes[0] if len(codes) == 1 else ""
    known = entry.indicator_id in served.indicators and code in served.authorities
    return code if known else ""


def _agreed(entry: Entry) -> date | None:
    """When a priority was agreed by all whose it is."""
    given = entry.content.get("agreed_on")
    return date.fromisoformat(given) if given else None


def _of_challenge(place: _Place, entry: Entry) -> list[Any]:
    """What it says, and once its work has begun whether that worked: which way is better is the
    measure's own, for a challenge sets no target."""
    looked = [*_of_work(place, entry), *_ring(place, entry)] if place.now else []
    return [*_as_written(place, entry), *looked]


def _of_work(place: _Place, entry: Entry) -> list[Any]:
    indicator = place.asked.served.indicators.get(entry.indicator_id or "")
    begun = next((v.at.date() for v in place.versions if v.move == START), None)
    if indicator is None or begun is None:
        return []
    aim = {"low": -1.0, "high": 1.0}.get(indicator["polarity"], 0.0)
    return _worked(place, entry, begun, aim)


def _published(place: _Place, entry: Entry) -> list[Any]:
    """What each authority has published of it, with the way to the report that anybody may read."""
    held, names = published_in(entry.content), place.asked.names
    parts: list[Any] = []
    for code in sorted(held, key=names.authority):
        one = held[code]
        on = format_day(date.fromisoformat(one["on"]))
        link = html.A("Public report (PDF)", href=report_address(code), className="download")
        parts += [html.H3(names.authority(code)), html.P([f"Published on {on}. ", link])]
        for key in ("objective", "done", "result"):
            if one[key]:
                label = kind_of(entry).fields[f"public_{key}"].label
                parts += [html.H4(label, className="field-label"), quote(str(one[key]))]
    if not parts:
        return []
    section = html.Section(
        [html.H2("Published"), *parts], className="card", id=f"{place.prefix}published"
    )
    return [section]


def _of_assessment(place: _Place, entry: Entry) -> list[Any]:
    """Each domain with what is known, how, and what is done, side by side; then the rest."""
    laid_out = frozenset(
        f"{key}_{part}" for key, _ in DOMAINS for part in (*(q for q, _ in QUESTIONS), "grade")
    )
    domains = [
        html.Section(
            [html.H3(title), _grade(place, entry, key), _questions(entry, key)],
            className="domain",
        )
        for key, title in DOMAINS
        if any(entry.content.get(f"{key}_{part}") for part, _ in QUESTIONS)
        or entry.content.get(f"{key}_grade")
    ]
    section = html.Section(
        [html.H2("Domain by domain"), *domains], className="card", id=f"{place.prefix}domains"
    )
    return [*([section] if domains else []), *_as_written(place, entry, but=laid_out)]


def _grade(place: _Place, entry: Entry, key: str) -> html.P:
    field = kind_of(entry).fields[f"{key}_grade"]
    words = place.asked.names.words(field, entry.content.get(field.id))
    return html.P(["Own grade: ", html.Strong(words or "none given")], className="domain-grade")


def _questions(entry: Entry, key: str) -> html.Div:
    return html.Div(
        [
            html.Div([html.H4(words), _answer(entry.content.get(f"{key}_{part}"))])
            for part, words in QUESTIONS
        ],
        className="domain-columns",
    )


def _answer(words: object) -> Any:
    return quote(str(words)) if words else html.P("Nothing said.", className="empty")


_BODIES: Mapping[str, Callable[[_Place, Entry], list[Any]]] = MappingProxyType(
    {"priority": _of_priority, "challenge": _of_challenge, "assessment": _of_assessment}
)
