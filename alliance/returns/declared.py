"""The declared returns, read once for each process, and how a request finds them."""

from __future__ import annotations

from functools import cache

from flask import Flask, current_app

from ingest.catalogue import load_catalogue
from ingest.paths import data_dir
from ingest.returns.declaration import Return, load_returns

EXTENSION = "alliance_returns"


@cache
def open_returns() -> tuple[Return, ...]:
    """Every return that `data/catalogue/returns` declares. Raises `CatalogueError`."""
    catalogue = data_dir() / "catalogue"
    return load_returns(catalogue / "returns", load_catalogue(catalogue))


def register_declared(server: Flask, returns: tuple[Return, ...]) -> None:
    """Let requests of this server have the declared returns."""
    server.extensions[EXTENSION] = {item.id: item for item in returns}


def current_returns() -> dict[str, Return]:
    """The declared returns by id, within a request of the app."""
    found: dict[str, Return] = current_app.extensions[EXTENSION]
    return found
