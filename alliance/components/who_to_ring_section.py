"""“Who to ring” about a concern: authorities alike in context that do better, or have improved, by
more than chance, with what they have recorded that the reader may see. Draws what `alliance.calls`
read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from alliance.access import Person
from alliance.calls import Written, read_asked, read_written
from alliance.components.entry_facts import entry_link
from alliance.log.words import Names, capital, kind_of
from alliance.service import Served
from alliance.view import address
from indicators.counts import Row
from indicators.who_to_ring import Asked, Tested, asked_sentence, kinship_words, ring_sentence

RING = "ring"
MOST_SHOWN = 5
NOTHING_WRITTEN = "They have recorded nothing about it that you may see."
NO_CONTACT = "No contact is recorded: ask for the director of children’s services."
HOW_TO_READ = (
    "Looked at are the statistical neighbours and those that the measures of context bring "
    "nearest, and nobody else: this is no ranking. Of them those are named whose figure is better "
    "than ours, or that have improved over five years to one that is, by more than chance would "
    "explain; of all that are named one in twenty at most is there by chance. Whoever is worse "
    "than the country is not named as better. They stand in order of how alike they are. Practice, "
    "recording and children differ too, so a better figure is a reason to ask and not yet an "
    "answer."
)


def who_to_ring(
    served: Served, area: str, indicator: str, person: Person, *, prefix: str = "ring-",
    within: bool = False,
) -> html.Section | None:  # fmt: skip
    """The section for a concern of an authority (`area`, its code) about an indicator (its id). Of
    the log it shows what `person` may see, and nothing tells whether there is more. `within` a card
    with a title of its own. None of a measure of context about which nobody has written: its
    figures name nobody."""
    row = served.indicators[indicator]
    asked = read_asked(served, area, indicator)
    read = read_written(served, area, indicator, person)
    written, names = read if read is not None else ((), None)
    if not written and row["polarity"] == "none":
        return None
    named = [_named(served, one, asked.ours, area, row, written, names) for one in asked.ring]
    rung = {one.kin.code for one in asked.ring}
    others = [one for one in written if one.code not in rung]
    return html.Section(
        [
            (html.H4 if within else html.H2)("Who to ring"),
            html.P(asked_sentence(asked, served.name(area), row), className="sentence"),
            *_likest_first(named),
            *_others(others, names, within=within),
            *_how_to_read(asked),
        ],
        className="ring-within" if within else "card",
        id=f"{prefix}{RING}",
    )


def _likest_first(named: Sequence[html.Li]) -> list[Any]:
    """The likest, and the others behind a disclosure: nobody rings fourteen."""
    first, more = list(named[:MOST_SHOWN]), list(named[MOST_SHOWN:])
    parts: list[Any] = [html.Ul(first, className="parts")] if first else []
    if more:
        words = f"{len(more)} more, less alike"
        parts.append(html.Details([html.Summary(words), html.Ul(more, className="parts")]))
    return parts


def _how_to_read(asked: Asked) -> list[html.Details]:
    """How it is found whom to ring, where anything was tested."""
    if not asked.tests:
        return []
    return [html.Details([html.Summary("How to read this"), html.P(HOW_TO_READ)])]


def _named(
    served: Served,
    one: Tested,
    ours: Row | None,
    area: str,
    indicator: Row,
    written: Sequence[Written],
    names: Names | None,
) -> html.Li:
    """One to ring: why, how alike, what they have recorded, whom to ask."""
    code = one.kin.code
    profile = address(f"/authority/{code}", {"us": code})
    sentence = (
        ring_sentence(one, ours, served.name(code), served.name(area), indicator) if ours else ""
    )
    parts: list[Any] = [
        html.P([dcc.Link(served.name(code), href=profile), f": {kinship_words(one.kin)}"]),
        html.P(sentence),
    ]
    if names is not None:
        theirs = [item for item in written if item.code == code]
        parts += [_written(item, names, named=False) for item in theirs]
        parts += [] if theirs else [html.P(f"{NOTHING_WRITTEN} {NO_CONTACT}")]
    return html.Li(parts, className="part")


def _others(others: Sequence[Written], names: Names | None, *, within: bool) -> list[Any]:
    """What those have written who are not named by their figures."""
    if not others or names is None:
        return []
    return [
        (html.H5 if within else html.H3)("Others that have written about it"),
        html.P("Their figures do not name them here; what they did may help all the same."),
        *(_written(one, names, named=True) for one in others),
    ]


def _written(one: Written, names: Names, *, named: bool) -> html.P:
    """A practice or an offer, with whom to ask."""
    kind = kind_of(one.entry)
    what = "Offer of support" if kind.id == "support" else "Practice"
    whose = f"{names.authority(one.code)}. " if named else ""
    about = "" if one.same else " (about another measure of the topic)"
    ask = f" Whom to ask: {one.contact}." if one.contact else f" {NO_CONTACT}"
    return html.P([f"{whose}{capital(what)}: ", entry_link(one.entry), f"{about}.{ask}"])
