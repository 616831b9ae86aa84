"""The files that releases were made of, kept in the home by their content and never changed.

So that a source whose new file has a fault keeps the file it had, and a figure can be followed back
to the very bytes that it was read from.
"""

from __future__ import annotations

from pathlib import Path

from ingest.durable import write_whole
from ingest.errors import AllianceError
from ingest.tables import PublishedFile


class KeptFiles:
    """The kept files of one home: `<home>/files/<first two of sha256>/<sha256>/<name>`."""

    def __init__(self, home: Path) -> None:
        self.root = home / "files"

    def find(self, sha256: str, name: str) -> Path | None:
        """Where that file is, or None."""
        path = self._path(sha256, name)
        return path if path.is_file() else None

    def keep(self, file: PublishedFile) -> Path:
        """Keep a file, durably; one that is there already stays. Raises `AllianceError` where the
        home cannot be written to."""
        path = self._path(file.sha256, file.name)
        if path.is_file() and path.stat().st_size == len(file.data):
            return path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, file.data)
        except OSError as error:
            raise AllianceError(
                f"{path} cannot be kept: {error.strerror}. Make room or give leave to write, and "
                "run again."
            ) from error
        return path

    def _path(self, sha256: str, name: str) -> Path:
        return self.root / sha256[:2] / sha256 / name
