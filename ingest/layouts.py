"""Layouts over time: a file whose publisher once named columns otherwise is read all the same; one
of a layout that nobody has declared is refused, with the difference shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import pandas as pd

from ingest.catalogue import FileSpec, Layout
from ingest.checks import CHECKS
from ingest.errors import Finding

PRESENT = "the present one"
STRANGERS_SHOWN = 12


def apply_layout(
    frame: pd.DataFrame, spec: FileSpec, needed: Sequence[str], *, file_name: str, row: int = 1
) -> tuple[pd.DataFrame, list[Finding]]:
    """The frame with the columns that its catalogue entry names today.

    `needed`: every column that must be there; `row`: where the header stands. Gives the frame as it
    was, with an error for each missing column and, where it is more than one column that changed
    its name, one that shows the whole difference. A frame of an older layout gets a note.
    """
    if not _missing(frame, needed):
        return frame, []
    for layout in spec.layouts:
        renamed = _rename(frame, layout)
        if renamed is not None and not _missing(renamed, needed):
            note = CHECKS["layout_older"].finding(
                f"The columns are those of {layout.name}; they were read by their present names.",
                file_name=file_name,
                rows=(row,),
            )
            return renamed, [note]
    return frame, _differences(frame, spec, needed, file_name, row)


def _missing(frame: pd.DataFrame, needed: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(needed) if name not in frame.columns]


def _rename(frame: pd.DataFrame, layout: Layout) -> pd.DataFrame | None:
    """The frame by its present names, or None where it is not of that layout."""
    here = set(frame.columns)
    if not set(layout.columns) <= here or here & set(layout.columns.values()):
        return None
    renamed = frame.rename(columns=layout.columns)
    for column, values in layout.values.items():
        renamed[column] = renamed[column].replace(values)
    return renamed


def _differences(
    frame: pd.DataFrame, spec: FileSpec, needed: Sequence[str], file_name: str, row: int
) -> list[Finding]:
    strangers = [name for name in frame.columns if name not in needed]
    found = []
    for name in _missing(frame, needed):
        near = difflib.get_close_matches(name, strangers, n=1, cutoff=0.5)
        hint = f" The nearest name there is {near[0]}." if near else ""
        found.append(
            CHECKS["columns_known"].finding(
                f"The column is missing.{hint}", file_name=file_name, rows=(row,), column=name
            )
        )
    if len(found) == 1 and not spec.layouts:
        return found
    words = "; ".join(
        f"against {name}, missing {', '.join(lacking)}"
        for name, lacking in _against_each(frame, spec, needed)
    )
    unknown = ", ".join(strangers[:STRANGERS_SHOWN])
    more = len(strangers) - STRANGERS_SHOWN
    unknown += f" and {more} more" if more > 0 else ""
    message = f"The layout is not known: {words}; not in use here: {unknown or 'none'}."
    found.append(CHECKS["layout_known"].finding(message, file_name=file_name, rows=(row,)))
    return found


def _against_each(
    frame: pd.DataFrame, spec: FileSpec, needed: Sequence[str]
) -> list[tuple[str, list[str]]]:
    """What the frame lacks of each known layout, in that layout's own names."""
    against = [(PRESENT, _missing(frame, needed))]
    for layout in spec.layouts:
        own = {present: theirs for theirs, present in layout.columns.items()}
        against.append((layout.name, _missing(frame, [own.get(name, name) for name in needed])))
    return [(name, lacking or ["nothing, but it also has the present columns"])
            for name, lacking in against]  # fmt: skip
