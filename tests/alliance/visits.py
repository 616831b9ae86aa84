"""Which addresses of the real release a reader may come by: for the walk of every page, and for the
benchmarks. Chosen by fixed steps, so that a run can be repeated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import urlencode

from alliance.pages import PAGES
from alliance.service import Served

CITY_OF_LONDON, SCILLY = "201", "420"
TINY = (CITY_OF_LONDON, SCILLY)
SCOPES = ("alliance", "region", "neighbours", "england", "computed")


@dataclass(frozen=True, slots=True)
class Visit:
    """A page of the product at one of its addresses."""

    page: str
    path: str
    query: str


def visit(page: str, path: str, **query: str) -> Visit:
    """A visit with that query."""
    return Visit(page, path, f"?{urlencode(query)}" if query else "")


def telling_authorities(served: Served) -> tuple[str, ...]:
    """Those that make figures hard: the two tiniest, one that ceased, one that is new, and a joint
    return's; of a country without those, such as it has."""
    areas = served.authorities
    tiny = tuple(code for code in TINY if code in areas)
    gone = [code for code, area in areas.items() if area["valid_to"] is not None]
    new = [code for code, area in areas.items() if area["valid_from"] is not None]
    return (*tiny, *gone[-1:], *new[-1:]) or tuple(areas)[:4]


def visits_of_authorities(served: Served) -> Iterator[Visit]:
    """The overview, the profile and the neighbours of every authority, scopes in turn."""
    topics = cycle(dict.fromkeys(row["domain"] for row in served.headline.values()))
    scopes = cycle(SCOPES)
    for code in served.authorities:
        scope = next(scopes)
        yield visit("overview", "/", us=code, topic=next(topics), scope=scope)
        yield visit("authority", f"/authority/{code}", us=code, scope=scope)
        yield visit("neighbours", f"/neighbours/{code}", us=code, scope=scope)


def visits_of_indicators(served: Served) -> Iterator[Visit]:
    """Every indicator from one of the telling authorities in turn; headline indicators from another
    of them and from one of all the others besides."""
    telling = telling_authorities(served)
    others = cycle([code for code in served.authorities if code not in telling])
    turn, scopes = cycle(telling), cycle(SCOPES)
    for key, row in served.indicators.items():
        chosen = (next(turn), next(turn), next(others)) if row["headline"] else (next(turn),)
        for us in chosen:
            yield visit("indicator", f"/indicator/{key}", us=us, scope=next(scopes))


def visits_of_the_rest(served: Served) -> Iterator[Visit]:
    """Every other page, from each of the telling authorities."""
    done = {"overview", "authority", "neighbours", "indicator"}
    for page in PAGES:
        if page.id in done:
            continue
        for us in telling_authorities(served):
            yield visit(page.id, page.path or page.template.split("<")[0].rstrip("/"), us=us)
