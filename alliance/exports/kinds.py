"""The kinds of export, each with what builds its table. A page adds its own with one line.

Imported by the route and the command alone: pages link to a kind by `export_address` of
`alliance.exports.table`, so that a kind may be built by a page's own module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from alliance.compare.export import build_comparison
from alliance.context_measures import read_weights
from alliance.exports.figures import COUNTRY, build_country, build_figures, build_series
from alliance.exports.table import ExportTable, NotThereError
from alliance.indicator_exports import build_breakdown_export, build_funnel_export
from alliance.inspections import build_inspections
from alliance.profile_export import build_profile
from alliance.rug_export import build_rug
from alliance.scope import ALLIANCE, find_fault
from alliance.service import Served
from alliance.view import View, parse_view
from alliance.worth_export import KIND as WORTH
from alliance.worth_export import build_worth

Build = Callable[[Served, View, Mapping[str, str]], ExportTable]
FROM_WHERE = ("alliance", "us")
SET = ("scope", "measures", "weights")
ONE_PERIOD = ("indicator", "period", *SET)
COMPARED = ("areas", "indicators", "from", "to", "periods", "show", "cells", "of", "x", "y", *SET)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of export. `build` takes the release, the view and the address's query, and raises
    `NotThereError` for what the release does not have. `takes` are the parameters that it follows,
    besides those of `FROM_WHERE`."""

    key: str
    build: Build
    takes: tuple[str, ...]


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("figures", build_figures, ONE_PERIOD),
        Kind("series", build_series, ONE_PERIOD),
        Kind(COUNTRY, build_country, ONE_PERIOD),
        Kind("compare", build_comparison, COMPARED),
        Kind("inspections", build_inspections, SET),
        Kind("profile", build_profile, ("authority", "topic")),
        Kind("funnel", build_funnel_export, ONE_PERIOD),
        Kind("breakdown", build_breakdown_export, ONE_PERIOD),
        Kind("rug", build_rug, ("topic", *SET)),
        Kind(WORTH, build_worth, ()),
    )
}


def build_export(served: Served, kind: str, query: Mapping[str, str]) -> ExportTable:
    """The table of a kind that there is, for an address's query. Raises `NotThereError` for
    whatever in it cannot be followed: a page may show another set, a file may not."""
    chosen = KINDS[kind]
    refuse_strangers(query, chosen.takes)
    return chosen.build(served, known_view(served, query), query)


def refuse_strangers(query: Iterable[str], takes: Iterable[str]) -> None:
    """Stop at a parameter that a file does not follow. Raises `NotThereError`."""
    known = sorted({*FROM_WHERE, *takes})
    strangers = sorted(set(query) - set(known))
    if strangers:
        raise NotThereError(
            f"This file does not follow “{strangers[0][:60]}”: leave it out, or use one of "
            f"{', '.join(known)}."
        )


def known_view(served: Served, query: Mapping[str, str]) -> View:
    """The view that the query asks for. Raises `NotThereError` where it names an authority, an
    alliance, a set of authorities, or measures and weights of one, that cannot be used."""
    for key, registry in (("us", served.authorities), ("alliance", served.alliances)):
        if query.get(key) and query[key] not in registry:
            raise NotThereError(f"There is no {key} “{query[key][:60]}” in this release.")
    if fault := find_fault(served, query.get("scope") or ALLIANCE):
        raise NotThereError(
            f"{fault}. Open the page that the file is of, choose a set under “Compare with”, and "
            "download it from there."
        )
    _, faults = read_weights(served, query.get("measures") or "", query.get("weights") or "")
    if faults:
        raise NotThereError(f"{' '.join(faults)} A file is of the measures asked for or none.")
    return parse_view(served, query)
