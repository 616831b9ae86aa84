"""How a server ends: told to stop, it takes nothing new, finishes what it has begun, and goes.

For the server that `alliance serve` runs; knows nothing of what is served.
"""

from __future__ import annotations

import select
import signal
import time
from threading import Event
from typing import Any

from waitress import wasyncore

PATIENCE_SECONDS = 8.0
"""How long it finishes: less than the ten seconds after which Docker kills."""
QUIET_SECONDS = 0.2
"""A connection on which nothing was sent for so long has nothing under way."""


def run_until_told(server: Any) -> None:
    """Serve until SIGTERM or Ctrl+C. `server`: what `polite_server` gives. On SIGTERM the port is
    closed at once, so that a proxy asks another replica, and requests that came before are
    answered; after Ctrl+C nobody waits."""
    connections = server._map if hasattr(server, "channel_class") else server.map
    doors = [one for one in connections.values() if hasattr(one, "active_channels")]
    told = Event()

    def tell(_signal: int, _frame: object) -> None:
        told.set()
        doors[0].pull_trigger()

    before = signal.signal(signal.SIGTERM, tell)
    try:
        while not told.is_set():
            _turn(server, connections, server.adj.asyncore_loop_timeout)
        _close_doors(doors)
        _finish(server, connections, doors)
    except KeyboardInterrupt:
        return  # whoever pressed Ctrl+C sits before it
    finally:
        server.task_dispatcher.shutdown(timeout=1)
        signal.signal(signal.SIGTERM, before)


def _turn(server: Any, connections: dict[int, Any], seconds: float) -> None:
    wasyncore.loop(timeout=seconds, use_poll=server.adj.asyncore_use_poll, map=connections, count=1)


def _close_doors(doors: list[Any]) -> None:
    """Take in who has knocked already, then close."""
    for door in doors:
        while select.select([door.socket], [], [], 0)[0]:
            door.handle_accept()
        wasyncore.dispatcher.close(door)


def _finish(server: Any, connections: dict[int, Any], doors: list[Any]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and any(
        _is_busy(channel) for door in doors for channel in list(door.active_channels.values())
    ):
        _turn(server, connections, QUIET_SECONDS / 4)


def _is_busy(channel: Any) -> bool:
    under_way = channel.request or channel.requests or channel.total_outbufs_len
    return bool(under_way) or time.time() - channel.last_activity < QUIET_SECONDS
