"""The kinds of export, each with what builds its table. A page adds its own with one line.

Imported by the route and the command alone: pages link to a kind by `export_address` of
`alliance.exports.table`, so that a kind may be built by a page's own module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from alliance.compare.export import build_comparison
from alliance.exports.figures import build_figures, build_series
from alliance.exports.table import ExportTable
from alliance.indicator_exports import build_breakdown_export, build_funnel_export
from alliance.inspections import build_inspections
from alliance.profile_export import build_profile
from alliance.service import Served
from alliance.view import View

Build = Callable[[Served, View, Mapping[str, str]], ExportTable]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of export. `build` takes the release, the view and the address's query, and raises
    `NotThereError` for what the release does not have."""

    key: str
    build: Build


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("figures", build_figures),
        Kind("series", build_series),
        Kind("compare", build_comparison),
        Kind("inspections", build_inspections),
        Kind("profile", build_profile),
        Kind("funnel", build_funnel_export),
        Kind("breakdown", build_breakdown_export),
    )
}
