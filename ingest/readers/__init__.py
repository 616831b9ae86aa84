"""Readers of published files, by kind, each one module behind the interface in `ingest.tables`."""

from __future__ import annotations

from ingest.readers import lait, neighbours, tabular
from ingest.tables import Reader

FAMILIES: tuple[Reader, ...] = (tabular, lait, neighbours)
"""Every reader, in the order in which their files are loaded."""


def reader_for(kind: str) -> Reader:
    """The reader of that kind of file. Raises `KeyError` for a kind that no reader declares."""
    return next(reader for reader in FAMILIES if kind in reader.KINDS)
