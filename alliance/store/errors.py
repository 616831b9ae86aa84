"""The store's own errors."""

from __future__ import annotations

from ingest.errors import AllianceError


class StoreError(AllianceError):
    """The store cannot be opened, read or written to."""


class ConflictError(AllianceError):
    """Somebody else changed the record since it was read. Nothing was written."""
