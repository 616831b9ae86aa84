"""How many requests a second each page's heaviest callback answers, beside a bare callback with 150
bars: the same server program, twenty clients, in turn.
"""

from __future__ import annotations

import http.client
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from itertools import cycle
from threading import Thread
from time import perf_counter
from typing import Any

from alliance.server import create_app
from alliance.service import current_release
from alliance.settings import load_settings
from tests.alliance.drawn import draw, page_body
from tests.benchmarks.bare import bare_body
from tests.benchmarks.interactions import bodies_of, sample
from tests.benchmarks.registry import Asked, Result, at_least, middle
from tests.benchmarks.servers import bare_server, our_server

CLIENTS = 20
SECONDS = 1.0
ADDRESSES = 20
"""So many addresses of a page are asked for in turn, so that no answer is merely repeated."""
GOAL = 0.8


@dataclass(frozen=True, slots=True)
class Request:
    """A callback's body as a browser sends it, and what it is."""

    page: str
    what: str
    body: str


def measure_load(asked: Asked) -> list[Result]:
    """One result for each page: the requests a second of its heaviest callback over those of the
    bare callback."""
    kinds = _requests(asked)
    with our_server(asked.home) as (ours, _), bare_server() as (bare, _):
        yardstick = [Request("", "", json.dumps(bare_body(n))) for n in range(ADDRESSES)]
        return [
            _beside(page, _heaviest(ours, by_callback), ours, bare, yardstick, asked.rounds)
            for page, by_callback in kinds.items()
        ]


def _beside(
    page: str,
    requests: Sequence[Request],
    ours: int,
    bare: int,
    yardstick: Sequence[Request],
    rounds: int,
) -> Result:
    taken, beside = [], []
    for _ in range(rounds):
        beside.append(rate(bare, yardstick))
        taken.append(rate(ours, requests))
    mine, theirs = middle(taken), middle(beside)
    words = f"{mine:.0f} beside {theirs:.0f} requests a second; `{requests[0].what}`"
    return at_least(f"load {page}", mine / theirs, GOAL, words)


def _requests(asked: Asked) -> dict[str, dict[str, list[Request]]]:
    """Every callback of each page, on several addresses, by page and callback."""
    app = create_app(load_settings(asked.home, {}))
    with app.server.app_context():
        visits = list(sample(current_release()))
    found: dict[str, dict[str, list[Request]]] = defaultdict(lambda: defaultdict(list))
    for place in visits:
        of_page = found[place.page]
        if len(of_page["page"]) < ADDRESSES:
            body = json.dumps(page_body(place.path, place.query))
            of_page["page"].append(Request(place.page, "page", body))
            if len(of_page["page"]) <= 2:
                for output, inputs in bodies_of(app, draw(app, place.path, place.query)):
                    request = Request(place.page, output, json.dumps(inputs))
                    of_page[output].append(request)
    return found


def _heaviest(port: int, by_callback: dict[str, list[Request]]) -> list[Request]:
    """The callback that takes longest once it is warm, with all its addresses."""
    taken = {what: _seconds_of(port, requests) for what, requests in by_callback.items()}
    return by_callback[max(taken, key=lambda what: taken[what])]


def _seconds_of(port: int, requests: Sequence[Request]) -> float:
    client = Client(port)
    for request in requests:
        client.ask(request.body)
    begun = perf_counter()
    for request in requests:
        client.ask(request.body)
    return (perf_counter() - begun) / len(requests)


class Client:
    """A browser that has opened the app and keeps its connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._connection.request("GET", "/")
        answer = self._connection.getresponse()
        answer.read()
        cookies = SimpleCookie()
        for line in answer.headers.get_all("Set-Cookie", []):
            cookies.load(line)
        token = next((p.value for name, p in cookies.items() if name.startswith("_csrf")), "")
        self._headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{name}={part.value}" for name, part in cookies.items()),
            "X-CSRFToken": token,
        }

    def ask(self, body: str) -> bytes:
        """The answer to a callback. Raises `RuntimeError` where there is none."""
        self._connection.request("POST", "/_dash-update-component", body, self._headers)
        answer = self._connection.getresponse()
        read = answer.read()
        if answer.status not in {200, 204}:
            raise RuntimeError(f"{body[:300]} answered {answer.status}.")
        return read


def rate(port: int, requests: Sequence[Request]) -> float:
    """Requests a second that the server answers to twenty clients at once, who ask for the several
    addresses in turn."""
    counts: list[int] = []
    clients = [Client(port) for _ in range(CLIENTS)]
    begun = perf_counter()
    threads = [
        Thread(target=_ask_on, args=(client, _from(requests, place), begun + SECONDS, counts))
        for place, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(counts) != CLIENTS:
        raise RuntimeError(f"{CLIENTS - len(counts)} clients were not answered.")
    return sum(counts) / (perf_counter() - begun)


def _from(requests: Sequence[Request], place: int) -> Iterator[str]:
    start = place % len(requests)
    return cycle([request.body for request in [*requests[start:], *requests[:start]]])


def _ask_on(client: Any, bodies: Iterator[str], until: float, counts: list[int]) -> None:
    asked = 0
    while perf_counter() < until:
        client.ask(next(bodies))
        asked += 1
    counts.append(asked)
