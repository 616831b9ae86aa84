"""How long the server takes over the pages: each page's layout and each callback that it has.

A sample of authorities and indicators by fixed steps; every request is timed in turn with the
yardstick, after one of each page that is not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice, zip_longest
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from dash import Dash

from alliance.server import create_app, settle
from alliance.service import Served, current_release
from alliance.settings import load_settings
from tests.alliance.drawn import Drawn, client_of, draw
from tests.alliance.visits import (
    Visit,
    visits_of_authorities,
    visits_of_indicators,
    visits_of_the_rest,
)
from tests.benchmarks.bare import bare_request
from tests.benchmarks.registry import Asked, Measured, Result, judge

GOAL_MS = 150
"""How long the server may take over an interaction."""
SAMPLE = 40
"""How many addresses of each kind of page are asked for in each round."""
CALLBACKS_OF = 4
"""On how many addresses of each page its callbacks are asked."""


def measure_interactions(asked: Asked) -> list[Result]:
    """One result for each page, one for its callbacks, and one for all of them together."""
    return [judge(one, GOAL_MS) for one in _measure(asked.home, asked.rounds)]


def _measure(home: Path, rounds: int) -> list[Measured]:
    app = create_app(load_settings(home, {}))
    settle()
    with app.server.app_context():
        served = current_release()
    visits = list(sample(served))
    for page in {place.page: place for place in visits}.values():
        draw(app, page.path, page.query)
    clock = _Clock(bare_request())
    asked: dict[str, int] = defaultdict(int)
    for _ in range(rounds):
        for place in visits:
            drawn = clock.time(f"page {place.page}", place.path + place.query, _drawing(app, place))
            if asked[place.page] < CALLBACKS_OF:
                asked[place.page] += 1
                for output, body in bodies_of(app, drawn):
                    clock.time(f"callbacks {place.page}", output, _posting(app, body))
    return clock.measured()


def sample(served: Served) -> Iterator[Visit]:
    """Addresses of every kind of page, the kinds in turn."""
    authorities = list(visits_of_authorities(served))
    kinds: dict[str, list[Visit]] = defaultdict(list)
    for place in [*authorities, *visits_of_indicators(served), *visits_of_the_rest(served)]:
        kinds[place.page].append(place)
    chosen = [
        list(islice(places, 0, None, max(1, len(places) // SAMPLE))) for places in kinds.values()
    ]
    for together in zip_longest(*chosen):
        yield from (place for place in together if place is not None)


def _drawing(app: Dash, place: Visit) -> Callable[[], Drawn]:
    return lambda: draw(app, place.path, place.query)


def _posting(app: Dash, body: dict[str, Any]) -> Callable[[], None]:
    client = client_of(app)

    def post() -> None:
        answer = client.post("/_dash-update-component", json=body)
        if answer.status_code not in {200, 204}:
            raise RuntimeError(f"{body['output']} answered {answer.status_code}.")

    return post


def bodies_of(app: Dash, drawn: Drawn) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a browser sends for each callback of the page as it stands, by the callback's output.

    Callbacks that run in the browser, and those of other pages, are left out.
    """
    for callback in client_of(app).get("/_dash-dependencies").json:
        named = [*callback["inputs"], *callback["state"]]
        needed = [part for part in named if not part.get("allow_optional")]
        if (
            callback.get("clientside_function")
            or not needed
            or any(part["id"] not in drawn.ids for part in needed)
        ):
            continue
        inputs, state = (
            [_with_value(drawn, part) for part in callback[kind]] for kind in ("inputs", "state")
        )
        first = inputs[0]
        yield (
            callback["output"],
            {
                "output": callback["output"],
                "outputs": _outputs(callback["output"]),
                "inputs": inputs,
                "state": state,
                "changedPropIds": [f"{first['id']}.{first['property']}"],
            },
        )


def _with_value(drawn: Drawn, part: dict[str, Any]) -> dict[str, Any]:
    found = drawn.ids.get(part["id"], {"type": "", "props": {}})
    value = found["props"].get(part["property"])
    if part["property"] == "href" and found["type"] == "Location":
        value = f"http://localhost{drawn.path}"
    return {"id": part["id"], "property": part["property"], "value": value}


def _outputs(output: str) -> Any:
    """The outputs that a callback's name stands for."""
    several = output.startswith("..")
    names = output.strip(".").split("...") if several else [output]
    parts = [
        {"id": name.rpartition(".")[0], "property": name.rpartition(".")[2].split("@")[0]}
        for name in names
    ]
    return parts if several else parts[0]


class _Clock:
    """Times requests, each after one of the yardstick."""

    def __init__(self, yardstick: Callable[[], None]) -> None:
        self._yardstick = yardstick
        self._taken: dict[str, list[float]] = defaultdict(list)
        self._beside: dict[str, list[float]] = defaultdict(list)
        self._processor: dict[str, list[float]] = defaultdict(list)
        self._slowest: dict[str, tuple[float, str]] = {}

    def time(self, name: str, what: str, request: Callable[[], Any]) -> Any:
        begun = perf_counter()
        self._yardstick()
        between, busy = perf_counter(), process_time()
        answer = request()
        ended, spent = perf_counter(), process_time()
        self._processor[name].append((spent - busy) * 1000)
        taken = (ended - between) * 1000
        self._beside[name].append((between - begun) * 1000)
        self._taken[name].append(taken)
        self._slowest[name] = max(self._slowest.get(name, (0.0, "")), (taken, what))
        return answer

    def measured(self) -> list[Measured]:
        """Each kind of request, and all of them together."""
        single = [
            Measured(
                name,
                self._taken[name],
                self._beside[name],
                self._processor[name],
                self._slowest[name][1],
            )
            for name in sorted(self._taken)
        ]
        taken = [value for part in single for value in part.taken]
        beside = [value for part in single for value in part.yardstick]
        processor = [value for part in single for value in part.processor]
        slowest = max(self._slowest.values())[1]
        return [*single, Measured("every interaction", taken, beside, processor, slowest)]
