"""What can go wrong with a backup."""

from __future__ import annotations

from ingest.errors import AllianceError


class BackupError(AllianceError):
    """A backup cannot be made, is not whole, or cannot be put back where it was asked to."""
