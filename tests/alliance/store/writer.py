"""Writes to the store in a process of its own until it is killed, and says what was taken."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from alliance.settings import Settings
from alliance.store import open_store


def main(home: str, address: str, name: str) -> None:
    store = open_store(Settings(Path(home), database_url=address))
    for number in count():
        with store.write(now=datetime.now(UTC), actor=name) as unit:
            for half in ("first", "second"):
                unit.record(half, "thing", f"{name} {number}")
                unit.session.flush()
        os.write(1, f"{number}\n".encode())


main(*sys.argv[1:])
