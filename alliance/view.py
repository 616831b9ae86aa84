"""The state of a view, all of it in the URL: a link reproduces what its sender saw.

Parses with care: what a person typed wrong becomes a note on the page, never an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from alliance.context_measures import Weights, read_weights, write_weights
from alliance.scope import ALLIANCE, scope_fault
from alliance.service import Alliance, Served

SCOPES = {
    "alliance": "Alliance",
    "neighbours": "Statistical neighbours",
    "england": "The whole country",
}
CHART, TABLE = "chart", "table"
ALL_TOPICS = "all"
DEFAULTS = {
    "scope": "alliance", "ranked": CHART, "trend": CHART, "funnel": CHART, "spread": CHART,
    "map": CHART, "breakdown": CHART, "profile": CHART, "judgement": "overall", "topic": ALL_TOPICS,
    "severity": "any", "check": "any", "impact": "everyone",
}  # fmt: skip
"""Query parameters that are left out of an address when they have this value."""


@dataclass(frozen=True, slots=True)
class View:
    """What the reader has chosen. `us` is the authority the reader looks from, `scope` the key of
    the comparator set, `weights` the measures by which the computed set is found (none: the
    declared ones)."""

    alliance: Alliance
    us: str
    notes: tuple[str, ...] = ()
    scope: str = ALLIANCE
    weights: Weights = ()

    @property
    def peers(self) -> tuple[str, ...]:
        """The alliance's members with `us` first."""
        return (self.us, *(code for code in self.alliance.members if code != self.us))


def parse_view(served: Served, query: Mapping[str, str | None]) -> View:
    """Read `alliance` and `us`, of which one that is absent follows from the other; the comparator
    set `scope`, and the `measures` and `weights` of the computed one."""
    notes = [*served.settings_faults]
    us = query.get("us") or ""
    key = query.get("alliance") or ""
    if us and us not in served.authorities:
        notes.append(f"There is no authority {us[:20]}, so another is shown.")
        us = ""
    if key and key not in served.alliances:
        notes.append(f"There is no alliance “{key[:40]}”, so another is shown.")
        key = ""
    settings = served.settings
    if not us and not key:
        us = settings.authority if settings.authority in served.authorities else ""
        key = settings.alliance if settings.alliance in served.alliances else ""
    alliance = served.alliances.get(key) or _alliance_of(served, us)
    if not us:
        home = settings.authority
        us = home if home in alliance.members else alliance.members[0]
    scope = query.get("scope") or ALLIANCE
    fault = scope_fault(served, scope)
    weights, faults = read_weights(served, query.get("measures") or "", query.get("weights") or "")
    notes += [fault] if fault else []
    return View(alliance, us, (*notes, *faults), ALLIANCE if fault else scope, weights)


def _alliance_of(served: Served, us: str) -> Alliance:
    region = served.authorities[us]["region_code"] if us else ""
    return served.alliances.get(region) or next(iter(served.alliances.values()))


def link(path: str, view: View, **more: str | None) -> str:
    """An address of this product with the view in it."""
    chosen = write_weights(view.weights)
    return address(path, {"alliance": view.alliance.key, "us": view.us, **chosen, **more})


def address(path: str, query: Mapping[str, str | None]) -> str:
    """Path and query; parameters that are None, empty or a default are left out."""
    kept = {k: v for k, v in query.items() if v and v != DEFAULTS.get(k)}
    return f"{path}?{urlencode(kept)}" if kept else path
