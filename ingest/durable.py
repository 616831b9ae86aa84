"""Writing that survives a killed process or a lost machine: whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path


def sync_file(path: Path) -> None:
    """Have the file's bytes on disk."""
    with path.open("r+b") as file:  # some systems sync only what may be written to
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have renames in the folder on disk, where the system allows a folder to be opened."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: str | bytes | Iterable[bytes]) -> None:
    """Write a file (a text as UTF-8, or piece by piece) under another name, then give it its
    own."""
    whole = content.encode() if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as file:
        file.writelines((whole,) if isinstance(whole, bytes) else whole)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def copy_whole(source: Path, path: Path) -> None:
    """Copy a file under another name, then give the copy its own."""
    temporary = path.with_name(f".{path.name}.new")
    shutil.copyfile(source, temporary)
    sync_file(temporary)
    temporary.replace(path)
    sync_folder(path.parent)
