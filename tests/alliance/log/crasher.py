"""Makes one move of the log in a process of its own, which kills itself before the statement of a
given number; with 0 it says that the move was kept."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from alliance.log.entries import find_entry
from alliance.settings import Settings
from alliance.store import open_store
from tests.alliance.log.world import NOW, OTHER_DIRECTOR, make_in

COMMITTED = "kept"


def main(home: str, address: str, ref: str, number: str) -> None:
    store = open_store(Settings(Path(home), database_url=address))
    begun = 0

    def before(*_call: Any) -> None:
        nonlocal begun
        begun += 1
        if begun == int(number):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.engine, "before_cursor_execute", before)
    with store.write(now=NOW, actor=OTHER_DIRECTOR.username) as unit:
        entry = find_entry(unit.session, OTHER_DIRECTOR, ref)
        make_in(unit, OTHER_DIRECTOR, entry, "respond")
    os.write(1, COMMITTED.encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
