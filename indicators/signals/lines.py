"""Which indicators make one line of enquiry, for every authority alike: fixed before any authority
is looked at, so that a false discovery rate can be held over lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from indicators.signals.links import Link, Ties


@dataclass(frozen=True)
class Line:
    """Indicators that stand together, in declared order; `link` None of one that stands alone."""

    indicators: tuple[str, ...]
    link: Link | None = None
    ties: Ties = field(default_factory=dict, hash=False)

    @property
    def id(self) -> str:
        """The same in every release in which they stand together."""
        return self.indicators[0]


def make_lines(indicators: Sequence[str], links: Iterable[Link], ties: Ties) -> tuple[Line, ...]:
    """A partition of the indicators: those of a link that are tied to each other, directly or by
    others of it, are one line. One that is in several links is in the first in which it is tied;
    one that is tied in none is a line of its own."""
    left, found = dict.fromkeys(indicators), []
    for link in links:
        members = [key for key in link.indicators if key in left]
        for together in _connected(members, ties):
            found.append(Line(tuple(together), link, _within(together, ties)))
            for key in together:
                del left[key]
    return (*found, *(Line((key,)) for key in left))


def _connected(members: Sequence[str], ties: Ties) -> list[list[str]]:
    """The groups of two or more, each in the order of the members."""
    group = {key: {key} for key in members}
    for pair in ties:
        if pair <= group.keys():
            one, other = pair
            joined = group[one] | group[other]
            group.update(dict.fromkeys(joined, joined))
    wanted = {frozenset(keys): keys for keys in group.values() if len(keys) > 1}
    return [[key for key in members if key in keys] for keys in wanted.values()]


def _within(together: Iterable[str], ties: Ties) -> Ties:
    keys = set(together)
    return {pair: tie for pair, tie in ties.items() if pair <= keys}


def line_of(lines: Iterable[Line]) -> Mapping[str, Line]:
    """The line of each indicator."""
    return {key: line for line in lines for key in line.indicators}
