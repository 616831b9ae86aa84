"""The key that signs the cookies of this product: from the environment, or a file in the home that
its owner alone can read."""

from __future__ import annotations

import os
import secrets
import uuid
from pathlib import Path

from alliance.settings import SECRET_VARIABLE, Settings
from ingest.errors import AllianceError

FILE = "secret.key"
_BYTES = 32
SHORTEST = 32
"""Characters that a key has at least."""


def load_secret_key(settings: Settings) -> str:
    """The key, which is made where there is none yet. Processes that start together get the same.

    Raises `AllianceError` for a key that is too short, or a home that cannot be written to.
    """
    if settings.secret_key:
        return _checked(settings.secret_key, f"The environment variable {SECRET_VARIABLE}")
    path = settings.home / FILE
    try:
        if not path.exists():
            _make(path)
        key = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise AllianceError(
            f"The key that signs sessions, {path}, cannot be read or made: {error.strerror}. "
            f"Make the home writable, or give a key in {SECRET_VARIABLE}."
        ) from error
    return _checked(key, str(path))


def _checked(key: str, place: str) -> str:
    if len(key) < SHORTEST:
        raise AllianceError(
            f"{place} holds a key of {len(key)} characters; it needs {SHORTEST} or more, by chance."
        )
    return key


def _make(path: Path) -> None:
    """Write a new key beside its place and link it there when it is whole: of two processes the
    first one's stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, secrets.token_hex(_BYTES).encode("ascii") + b"\n")
        os.fsync(file)
    finally:
        os.close(file)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
