"""The store within a request of the app: opened when it is first needed, once for each process."""

from __future__ import annotations

from threading import Lock

from flask import Flask, current_app

from alliance.settings import Settings
from alliance.store.store import Store, open_store

EXTENSION = "alliance_store"


class StoreHolder:
    """Opens the store of a home at the first request that needs it: a reader of published figures
    who is not signed in needs none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store: Store | None = None
        self._lock = Lock()

    def store(self) -> Store:
        """The open store. Raises `StoreError` if it cannot be opened."""
        with self._lock:
            if self._store is None:
                self._store = open_store(self._settings)
            return self._store


def register_store(server: Flask, settings: Settings) -> None:
    """Let requests of this server have the store."""
    server.extensions[EXTENSION] = StoreHolder(settings)


def current_store() -> Store:
    """The store, within a request of the app. Raises `StoreError` if it cannot be opened."""
    holder: StoreHolder = current_app.extensions[EXTENSION]
    return holder.store()
