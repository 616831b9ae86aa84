"""Which authorities a figure is shown among: the alliance, the region, neighbours of any model,
those that context measures bring near, everyone, a set made by hand, a programme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alliance.context_measures import Weights, context_values, default_weights
from alliance.programmes import programmes_by_key
from alliance.saved.asking import saved_of
from alliance.saved.records import SET
from alliance.scope import (
    ALLIANCE,
    COMPUTED,
    codes_scope,
    saved_set,
    scope_fault,
    split_codes,
    split_scope,
)
from alliance.service import Served
from alliance.view import View
from indicators.nearest import Neighbour, nearest
from indicators.words import NO_FIGURE, NOT_THEN, list_words

Row = Mapping[str, Any]
NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ComparisonSet:
    """Their rows, and their name as a set: `compared with {name}`. `key` is the scope's."""

    rows: tuple[Row, ...]
    name: str
    former: tuple[str, ...]
    key: str = ALLIANCE

    @property
    def codes(self) -> frozenset[str]:
        """The authorities' codes."""
        return frozenset(row["area_code"] for row in self.rows)


@dataclass(frozen=True, slots=True)
class _Members:
    """A set before it meets figures: its name in a sentence, its members, and the region whose
    authorities that have since ceased belong to it too (`*`: every region's)."""

    name: str
    codes: tuple[str, ...]
    region: str = ""


def read_scope(served: Served, view: View, query: Mapping[str, str | None]) -> str:
    """The scope that an address asks for; the alliance where there is no such set (why, is among
    the notes of `parse_view`)."""
    scope = query.get("scope") or ALLIANCE
    return ALLIANCE if scope_fault(served, scope) else scope


def choose_set(served: Served, view: View, scope: str, figures: Iterable[Row]) -> ComparisonSet:
    """The rows of `figures` (one indicator and period) that the scope shows, ours among them.

    Of a region those of its authorities are shown that exist now or have a figure: in an earlier
    year that may be one that has since ceased (`former`), and it was a peer then.
    """
    members = _members(served, view, scope)
    codes = frozenset((view.us, *members.codes))
    rows = [
        row for row in figures if row["area_code"] in codes or _ceased_peer(served, row, members)
    ]
    former = tuple(
        row["area_code"]
        for row in rows
        if row["value"] is not None and served.authorities[row["area_code"]]["valid_to"] is not None
    )
    return ComparisonSet(tuple(rows), members.name, former, scope)


def members_of(served: Served, view: View, scope: str) -> tuple[str, ...]:
    """The authorities of the set, ours first, each once."""
    return tuple(dict.fromkeys((view.us, *_members(served, view, scope).codes)))


def scope_name(served: Served, view: View, scope: str) -> str:
    """The set's name as a sentence has it: “the statistical neighbours of Fenshire”."""
    return _members(served, view, scope).name


def describe_set(served: Served, view: View, scope: str) -> tuple[tuple[str, str], ...]:
    """What a file says of the set that it answers for: (what, words) of its name, who belongs to
    it besides ours, and by which model or measures."""
    kind, argument = split_scope(scope)
    pairs = [("Compared with", scope_name(served, view, scope))]
    if kind == "neighbours":
        newest = next(iter(served.neighbour_models), "none in this release")
        pairs.append(("Model of statistical neighbours", argument or newest))
    if kind == COMPUTED:
        pairs.append(("Measures of the set", _measures_words(served, view)))
    if kind != "england":
        names = [served.name(code) for code in members_of(served, view, scope)[1:]]
        listed = "; ".join(names) or "none: the set has no other authority"
        pairs.append(("Members of the set", listed))
    return tuple(pairs)


def _measures_words(served: Served, view: View) -> str:
    """`Population (weight 2); …`, and of which ours has no figure."""
    weights = weights_of(served, view)
    words = "; ".join(
        f"{served.indicators[key]['title']} (weight {weight:g})" for key, weight in weights
    )
    missing = missing_context(served, view)
    if not missing:
        return words or "none in this release"
    return (
        f"{words}. {served.name(view.us)} has no figure for {'; '.join(missing)}, so nothing can "
        f"be computed: leave {'that measure' if len(missing) == 1 else 'those measures'} out"
    )


def computed_neighbours(served: Served, view: View) -> tuple[Neighbour, ...]:
    """The ten authorities nearest to ours by the view's measures and weights, nearest first; none
    where ours has no value of one of the measures."""
    weights = dict(weights_of(served, view))
    return nearest(context_values(served, weights), weights, view.us)


def missing_context(served: Served, view: View) -> tuple[str, ...]:
    """The computed set's measures of which ours has no figure, so that it has no such set, each
    with its latest period and why: `“Population” (2025: suppressed)`."""
    weights = dict(weights_of(served, view))
    values = context_values(served, weights)
    return tuple(
        f"“{served.indicators[key]['title']}” {_why_missing(served, view, key)}"
        for key in weights
        if view.us not in values[key]
    )


def _why_missing(served: Served, view: View, indicator_id: str) -> str:
    period = served.periods[indicator_id][-1]["period"]
    if served.authorities[view.us]["valid_to"] is not None:
        return f"({period}: {NOT_THEN})"
    rows = served.release.figures(indicator_id, period)
    mine = next((row for row in rows if row["area_code"] == view.us), None)
    return f"({period}: {NO_FIGURE if mine is None else served.absence(mine)})"


def no_set_note(served: Served, view: View) -> str:
    """Why the computed set that is asked for has nobody in it; empty where it has."""
    if split_scope(view.scope)[0] != COMPUTED or computed_neighbours(served, view):
        return ""
    us, missing = served.name(view.us), missing_context(served, view)
    if not missing:
        return "Nobody is near by context: this release holds no measure to reckon it by."
    return (
        f"{us} has no neighbours by context, so nobody is compared with it here: it has no figure "
        f"for {list_words(missing)}, and a distance needs every measure chosen. Choose other "
        "measures on Who is like us, or compare with another set."
    )


def weights_of(served: Served, view: View) -> Weights:
    """The measures and weights of the computed set: those chosen, or the declared ones."""
    return view.weights or default_weights(served)


def _ceased_peer(served: Served, row: Row, members: _Members) -> bool:
    if row["value"] is None or not members.region:
        return False
    region = served.authorities[row["area_code"]]["region_code"]
    return members.region in {"*", region}


Resolver = Callable[[Served, View, str], _Members]


def _alliance(_served: Served, view: View, _argument: str) -> _Members:
    return _Members(view.alliance.name, view.peers, view.alliance.key)


def _region(served: Served, view: View, _argument: str) -> _Members:
    region = served.authorities[view.us]["region_code"]
    return _Members(served.region_of(view.us), _current(served, region), region)


def _neighbours(served: Served, view: View, argument: str) -> _Members:
    model = argument or None
    found = served.release.neighbours(view.us, model)
    older = f" in the model of {argument}" if argument else ""
    return _Members(
        f"the statistical neighbours of {served.name(view.us)}{older}",
        tuple(row["neighbour_code"] for row in found),
    )


def _computed(served: Served, view: View, _argument: str) -> _Members:
    found = computed_neighbours(served, view)
    name = f"the authorities nearest to {served.name(view.us)} by context"
    return _Members(name, tuple(neighbour.area_code for neighbour in found))


def _england(served: Served, _view: View, _argument: str) -> _Members:
    return _Members(served.country["name"], _current(served), "*")


def _codes(served: Served, _view: View, argument: str) -> _Members:
    codes = split_codes(argument)
    names = [served.name(code) for code in codes]
    more = len(names) - NAMES_SHOWN
    listed = ", ".join(names) if more <= 0 else f"{', '.join(names[:NAMES_SHOWN])} and {more} more"
    return _Members(listed, codes)


def _saved(served: Served, view: View, argument: str) -> _Members:
    saved = saved_set(argument)
    if saved is None:
        return _alliance(served, view, "")
    codes = tuple(code for code in saved.content if code in served.authorities)
    return _Members(f"the set “{saved.name}”", codes)


def _programme(served: Served, _view: View, argument: str) -> _Members:
    programme = programmes_by_key(served)[argument]
    return _Members(programme.set_name, programme.codes)


RESOLVERS: Mapping[str, Resolver] = {
    ALLIANCE: _alliance,
    "region": _region,
    "neighbours": _neighbours,
    COMPUTED: _computed,
    "england": _england,
    "codes": _codes,
    "set": _saved,
    "programme": _programme,
}
"""Who belongs to each kind of set, by the names of `alliance.scope.KINDS`."""


def _members(served: Served, view: View, scope: str) -> _Members:
    """The set of a scope; of one that is not there, the alliance."""
    if scope_fault(served, scope):
        scope = ALLIANCE
    kind, argument = split_scope(scope)
    return RESOLVERS[kind](served, view, argument)


def _current(served: Served, region: str = "") -> tuple[str, ...]:
    return tuple(
        code
        for code, area in served.authorities.items()
        if area["valid_to"] is None and region in {"", area["region_code"]}
    )


# The picker -------------------------------------------------------------------------------------


def scope_options(served: Served, view: View) -> list[Any]:
    """Every set that the reader may choose, in groups as a picker takes them; the set that the
    address asks for is always among them."""
    groups = {
        "Places": _place_options(served, view),
        "Authorities like ours": _alike_options(served),
        "Saved sets": [_option(f"set-{saved.id}", saved.name) for saved in saved_of(SET)],
        "Programmes and structures": [
            _option(f"programme-{key}", programme.label)
            for key, programme in programmes_by_key(served).items()
        ],
    }
    offered = {option["value"] for options in groups.values() for option in options}
    if view.scope not in offered:
        label = scope_label(served, view, view.scope)
        groups["In this address"] = [_option(view.scope, label)]
    return [{"group": name, "items": items} for name, items in groups.items() if items]


def scope_label(served: Served, view: View, scope: str) -> str:
    """A set that is offered nowhere, as a picker names it."""
    name = scope_name(served, view, scope)
    return f"{name[:1].upper()}{name[1:]}"


def _place_options(served: Served, view: View) -> list[dict[str, str]]:
    region = served.authorities[view.us]["region_code"]
    options = [_option(ALLIANCE, "Alliance")]
    if view.alliance.key != region:
        options.append(_option("region", f"Region: {served.region_of(view.us)}"))
    return [*options, _option("england", "The whole country")]


def _alike_options(served: Served) -> list[dict[str, str]]:
    older = served.neighbour_models[1:]
    return [
        _option("neighbours", "Statistical neighbours"),
        *(_option(f"neighbours-{model}", f"Statistical neighbours, {model}") for model in older),
        _option(COMPUTED, "Nearest by context measures"),
    ]


def _option(value: str, label: str) -> dict[str, str]:
    return {"value": value, "label": label}


def hand_made(codes: Iterable[str]) -> str:
    """The scope of a set made by hand."""
    return codes_scope(tuple(dict.fromkeys(codes)))
