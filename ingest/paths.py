"""Where the product's own data folder lies: beside the packages in a checkout, inside them when
installed from a wheel."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def data_dir() -> Path:
    """Folder with `catalogue/`, `reference/` and `demo/`."""
    packaged = _HERE / "_data"
    return packaged if packaged.is_dir() else _HERE.parent / "data"
