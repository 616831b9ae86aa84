"""What a comparison is of: authorities, indicators, years and the way to show them, from the URL.

What an address has wrong becomes a note on the page, never an error. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from alliance.comparison_set import members_of, read_scope
from alliance.context_measures import write_weights
from alliance.scope import ALLIANCE
from alliance.service import Served
from alliance.view import View

PATH = "/compare"
TABLE, MULTIPLES, SCATTER = "table", "multiples", "scatter"
SHOWN = {TABLE: "Table", MULTIPLES: "Small multiples", SCATTER: "Scatter"}
VALUES, INTERVALS = "values", "intervals"
EVERY = "every"
"""Stands for every indicator chosen, where a panel is drawn for each."""
STANDARD = {"scope": "alliance", "show": TABLE, "cells": VALUES}
"""Parameters left out of an address when they have this value."""
YEARS = {TABLE: 5, MULTIPLES: 10, SCATTER: 1}
"""How many years are shown where the address names none."""
Query = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Selection:
    """What the reader has chosen. `areas` has `us` first; `named` are those of the address, empty
    where they are the members of `scope`. `first` and `last` are years in which periods end."""

    areas: tuple[str, ...]
    named: tuple[str, ...]
    scope: str
    indicators: tuple[str, ...]
    first: int
    last: int
    periods: tuple[str, ...]
    show: str
    cells: str
    of: str
    x: str
    y: str
    years_asked: bool
    notes: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True where nothing is chosen that could be shown."""
        return not self.indicators and not (self.show == SCATTER and self.x and self.y)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day on which a period may end."""
        return date(self.first, 1, 1), date(self.last, 12, 31)


def read_selection(served: Served, view: View, query: Query) -> Selection:
    """Read `areas` or `scope`, `indicators`, `from` and `to` or `periods`, `show`, `cells`, `of`,
    `x` and `y`."""
    notes: list[str] = []
    named = _known(_listed(query, "areas"), served.authorities, "authority", notes)
    scope = ALLIANCE if named else read_scope(served, view, query)
    areas = named or members_of(served, view, scope)
    indicators = _known(_listed(query, "indicators"), served.indicators, "indicator", notes)
    show = query.get("show") or TABLE
    show = show if show in SHOWN else TABLE
    x, y = _axes(served, query, indicators, notes)
    of = query.get("of") or ""
    of = of if of in (*indicators, EVERY) else next(iter(indicators), "")
    years = years_of(served, indicators or tuple(filter(None, (x, y))))
    first, last = _span(query, years, show)
    periods = _listed(query, "periods")
    return Selection(
        areas=tuple(dict.fromkeys((view.us, *areas))),
        named=named,
        scope=scope,
        indicators=indicators,
        first=years[0] if periods and years else first,
        last=years[-1] if periods and years else last,
        periods=periods,
        show=show,
        cells=INTERVALS if query.get("cells") == INTERVALS else VALUES,
        of=of,
        x=x,
        y=y,
        years_asked=bool(query.get("from") or query.get("to")),
        notes=tuple(notes),
    )


def years_of(served: Served, indicators: Iterable[str]) -> list[int]:
    """The years in which periods with a figure end, of any of the indicators, oldest first."""
    found = {row["period_end"].year for key in indicators for row in served.periods.get(key, ())}
    return sorted(found)


def periods_of(served: Served, chosen: Selection, indicator_id: str) -> list[dict[str, Any]]:
    """The periods of one indicator that the selection shows, oldest first."""
    rows = served.periods.get(indicator_id, [])
    if chosen.periods:
        return [row for row in rows if row["period"] in chosen.periods]
    return [row for row in rows if chosen.first <= row["period_end"].year <= chosen.last]


def compare_query(chosen: Selection, view: View, **changed: str | None) -> dict[str, str]:
    """The parameters that reproduce the selection, with some changed; those that are empty or
    standard are left out."""
    query: dict[str, str | None] = {
        "areas": ",".join(chosen.named),
        "scope": None if chosen.named else chosen.scope,
        "indicators": ",".join(chosen.indicators),
        "from": str(chosen.first) if chosen.years_asked else None,
        "to": str(chosen.last) if chosen.years_asked else None,
        "periods": ",".join(chosen.periods),
        "show": chosen.show,
        "cells": chosen.cells,
        "of": chosen.of if chosen.of not in chosen.indicators[:1] else None,
        "x": chosen.x if (chosen.x, chosen.y) != chosen.indicators[:2] else None,
        "y": chosen.y if (chosen.x, chosen.y) != chosen.indicators[:2] else None,
        "alliance": view.alliance.key,
        "us": view.us,
        **write_weights(view.weights),
    }
    return _worth_saying({**query, **changed})


def compare_address(query: Mapping[str, str | None]) -> str:
    """An address of the page; parameters that are empty or standard are left out."""
    kept = _worth_saying(query)
    return f"{PATH}?{urlencode(kept, safe=',')}" if kept else PATH


def change_selection(chosen: Selection, **changes: Any) -> Selection:
    """The selection with something else in it."""
    return replace(chosen, **changes)


def _worth_saying(query: Mapping[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in query.items() if value and value != STANDARD.get(key)}


def _listed(query: Query, parameter: str) -> tuple[str, ...]:
    words = (word.strip() for word in (query.get(parameter) or "").split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def _known(
    asked: Sequence[str], registry: Mapping[str, Any], what: str, notes: list[str]
) -> tuple[str, ...]:
    strangers = [word[:40] for word in asked if word not in registry]
    if strangers:
        notes.append(f"There is no {what} {', '.join(strangers[:5])} in this release.")
    return tuple(word for word in asked if word in registry)


def _axes(
    served: Served, query: Query, indicators: Sequence[str], notes: list[str]
) -> tuple[str, str]:
    """The indicators across and up: those asked for, else the first two chosen."""
    asked = [query.get("x") or "", query.get("y") or ""]
    for key in filter(None, asked):
        _known((key,), served.indicators, "indicator", notes)
    found = [key if key in served.indicators else "" for key in asked]
    spare = [key for key in indicators if key not in found]
    x = found[0] or (spare.pop(0) if spare else "")
    return x, found[1] or (spare.pop(0) if spare else "")


def _span(query: Query, years: Sequence[int], show: str) -> tuple[int, int]:
    """The first and the last year shown; the wrong way round is put right."""
    if not years:
        return 1, 1
    last = _year(query.get("to"), years, years[-1])
    first = _year(query.get("from"), years, last - YEARS[show] + 1)
    return min(first, last), max(first, last)


def _year(words: str | None, years: Sequence[int], standard: int) -> int:
    year = int(words) if words and words.isdecimal() and len(words) == 4 else standard
    return max(years[0], min(years[-1], year))
