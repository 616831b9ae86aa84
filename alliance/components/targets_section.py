"""What a target would mean, as a table: each level in figures, in children, and by how many others
who stood alike it was ever reached in as many years. Draws what `alliance.prospects` read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from dash import html

from alliance.components.tables import plain_table
from alliance.log.words import capital
from alliance.prospects import Prospects, Row, read_prospects
from alliance.service import Served
from alliance.view import View
from indicators.counts import has_small_counts
from indicators.history import LEAST
from indicators.targets import (
    TREND,
    Target,
    alike_words,
    change_size,
    in_children,
    moved_words,
    usual_words,
    years_words,
)
from indicators.words import format_value, format_with_unit, list_words

Take = Callable[[Prospects, Target], Any]
"""What stands beside a level by which it is taken as a target."""
MOST_NAMED = 3
NOT_HERE = (
    "Nothing can be said of a target here: {name} has no published figure, or the measure is a "
    "grade or a number that follows the size of the authority."
)
HOW_TO_READ = (
    "Authorities are alike here where they stood as far from the median of all authorities of "
    "their year, measured by how far apart all authorities lay then. Every stretch of so many "
    "years that began there is looked at, whenever it was, in the whole history that this release "
    "holds. The share counts each authority once, however often it stood there. Some of them "
    "worked at it and some did not, and the history cannot tell which. Figures far from the "
    "median tend to move back by themselves. The gap in children is reckoned with the number of "
    "children of the latest figure. A neighbour’s level is a comparison and not a standard: "
    "whether it is right for these children is for those who know them to say."
)


def targets_section(
    served: Served,
    view: View,
    code: str,
    indicator_id: str,
    by: date | None,
    *,
    prefix: str,
    agreed: float | None = None,
    take: Take | None = None,
) -> html.Section:
    """The section for an authority and an indicator. `agreed`: the target that is written down;
    `take` draws what takes a level as the target of a form."""
    found = read_prospects(served, view, code, indicator_id, by, agreed=agreed)
    words = [html.P(NOT_HERE.format(name=served.name(code)))]
    if found is not None:
        words = _found(served, found, take)
    return html.Section(
        [html.H2(f"What a target would mean for {served.name(code)}"), *words],
        className="card targets",
        id=f"{prefix}targets",
    )


def _found(served: Served, found: Prospects, take: Take | None) -> list[Any]:
    name = served.name(found.code)
    parts: list[Any] = [html.P(_where(served, found), className="sentence")]
    parts += [html.P(text) for text in _history(found, name) if text]
    parts.append(_table(served, found, take))
    return [*parts, html.Details([html.Summary("How to read this"), html.P(HOW_TO_READ)])]


def _where(served: Served, found: Prospects) -> str:
    indicator, row = found.indicator, found.row
    now = format_with_unit(row["value"], indicator["unit"], indicator["decimals"])
    provisional = " (provisional)" if row["provisional"] else ""
    few = (
        " It rests on so few that one child more or fewer moves it far."
        if has_small_counts(row, indicator["interval_method"])
        else ""
    )
    name = served.name(found.code)
    return f"{indicator['title']}, {name}: {now} in {row['period']}{provisional}.{few}"


def _history(found: Prospects, name: str) -> list[str]:
    """Who stood alike and what usually became of them."""
    if found.by is None:
        return ["Give a day: how far others moved is told for as many years as there are until it."]
    if not found.years:
        return [
            "No yearly figure is of a time between the latest one and that day, so none can show a "
            "change by then."
        ]
    spells, years = found.spells, years_words(found.years)
    if spells is None or not spells.n:
        return [f"No other authority stood alike and has a figure {years} later in this release."]
    alike = f"{capital(alike_words(spells, name, found.indicator))}."
    if found.course and found.course[-1].years == found.years:
        return [f"{alike} {capital(usual_words(found.course[-1], found.row, found.indicator))}."]
    few = f"That is fewer than {LEAST}, so what usually happens there is not said."
    return [f"{alike} {few}"]


def _table(served: Served, found: Prospects, take: Take | None) -> Any:
    """A row for each level, with the columns of which anything can be said."""
    columns: dict[str, list[Any]] = {
        "Level": [_level(target) for target in found.targets],
        "Figure": [_figure(target, found.indicator) for target in found.targets],
        "From here": [_from_here(target, found) for target in found.targets],
        "In children": [_children(target, found.indicator) for target in found.targets],
        _far_heading(found): [_far_words(served, found, target) for target in found.targets],
    }
    if take is not None:
        columns["Draft"] = [take(found, target) for target in found.targets]
    columns = {head: cells for head, cells in columns.items() if any(cells)}
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    name = served.name(found.code)
    return plain_table(f"What a target would mean for {name}", list(columns), {"": rows})


def _level(target: Target) -> list[Any]:
    basis = html.Span(f" ({target.level.basis})", className="targets-basis")
    return [capital(target.level.name), basis]


def _figure(target: Target, indicator: Row) -> str:
    return format_value(target.level.value, indicator["unit"], indicator["decimals"])


def _from_here(target: Target, found: Prospects) -> str:
    """The way between the two figures as they are shown, so that a reader can check it."""
    if target.reached:
        return _reached_words(target, found.indicator["polarity"])
    decimals = found.indicator["decimals"]
    shown = round(target.level.value, decimals) - round(found.row["value"], decimals)
    return change_size(shown, found.indicator)


def _children(target: Target, indicator: Row) -> str:
    return "" if target.reached else in_children(target, indicator)


def _far_heading(found: Prospects) -> str:
    return f"Has anyone like us moved so far in {years_words(found.years)}?"


def _far_words(served: Served, found: Prospects, target: Target) -> str:
    """How many moved as far, and which of the statistical neighbours did."""
    if target.reached or not found.years:
        return ""
    if target.moved is None:
        return "Nobody stood alike, so the history cannot tell"
    words = capital(moved_words(target.moved))
    near = [(code, year) for code, year in target.moved.who if code in found.neighbours]
    named = [f"{served.name(code)} (from {year})" for code, year in near[:MOST_NAMED]]
    more = len(near) - len(named)
    if not near:
        return words
    others = [f"{more} more"] if more else []
    return f"{words}; of the statistical neighbours {list_words([*named, *others])}"


def _reached_words(target: Target, polarity: str) -> str:
    if abs(target.change) == 0 or polarity == "none":
        return "there already"
    return "leads no nearer" if target.level.kind == TREND else "there already, or better"
