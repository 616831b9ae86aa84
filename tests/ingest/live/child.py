"""One fetch in a process of its own, which a test kills: `python -m tests.ingest.live.child JSON`.

Kills itself at the n-th time that something is made durable, or is killed from outside.
"""

from __future__ import annotations

import json
import os
import signal
import ssl
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ingest.catalogue import load_catalogue
from ingest.live import EditionCache, LiveClient, Patience, fetch_sources


def kill_at_fsync(number: int) -> None:
    """Have the process killed as it makes something durable for the n-th time."""
    left = [number]
    really = os.fsync

    def fsync(descriptor: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        really(descriptor)

    os.fsync = fsync


def main(words: dict[str, object]) -> None:
    catalogue = load_catalogue(Path(str(words["catalogue"])))
    sources = tuple(
        replace(source, routes=(str(words["route"]),))
        for source in catalogue.sources
        if source.id == words["source"]
    )
    port = int(str(words["port"]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=str(words["authority"]))
    if words["kill_at"]:
        kill_at_fsync(int(str(words["kill_at"])))
    with LiveClient(
        patience=Patience(read_seconds=30, sleep=lambda _: None),
        resolve=lambda *_: [("127.0.0.1", port)],
        context=context,
    ) as client:
        fetch_sources(
            replace(catalogue, sources=sources),
            EditionCache(Path(str(words["cache"]))),
            client,
            now=datetime.fromisoformat(str(words["now"])),
        )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
