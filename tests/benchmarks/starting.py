"""How long the server takes from its start to its first answer, beside a bare Dash app."""

from __future__ import annotations

from tests.benchmarks.registry import Asked, Result, at_most, middle
from tests.benchmarks.servers import bare_server, our_server

ROUNDS = 3
GOAL_SECONDS, GOAL_RATIO = 2.0, 1.5


def measure_start(asked: Asked) -> list[Result]:
    """Each started several times in turn, after once that is not counted (files then are in the
    machine's memory). Met under two seconds, or within 1.5 times the bare app."""
    ours, bare = [], []
    for _ in range(ROUNDS + 1):
        with bare_server() as (_, seconds):
            bare.append(seconds)
        with our_server(asked.home) as (_, seconds):
            ours.append(seconds)
    taken, yardstick = middle(ours[1:]), middle(bare[1:])
    goal = max(GOAL_RATIO, GOAL_SECONDS / yardstick)
    words = f"{taken:.2f} s beside {yardstick:.2f} s of a bare Dash app"
    return [at_most("server start to first answer", taken, yardstick, goal, words)]
