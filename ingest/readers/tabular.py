"""The family of tables of figures: whatever a publisher calls its columns, each kind's reader gives
periods, areas and filters in the columns of the EES format, and the declared indicators are
observed from them all together, because one may divide by a column of another's file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.observations import observe_all
from ingest.readers import ees, fingertips, mhclg, ofsted
from ingest.tables import Load, PublishedFile, RawTable, RowAccount, SetAside

_READ: dict[str, Callable[[PublishedFile, Catalogue, Reference], RawTable]] = {
    "ees": ees.read,
    "fingertips": fingertips.read,
    "mhclg_outturn": mhclg.read,
    "ofsted_outcomes": ofsted.read,
}
KINDS = frozenset(_READ)


def read(file: PublishedFile, catalogue: Catalogue, reference: Reference) -> RawTable:
    """Read one file by the reader of its kind."""
    return _READ[file.spec.kind](file, catalogue, reference)


def load(tables: Sequence[RawTable], catalogue: Catalogue, reference: Reference) -> Load:
    """Observations and indicator rows of every declared indicator whose files are there, and the
    inspections that the files tell of."""
    loaded = observe_all(tables, catalogue)
    events = {
        table.file.source_file_id: table.inspections
        for table in tables
        if table.inspections is not None
    }
    if not events:
        return loaded
    frames = [frame.assign(source_file_id=file_id) for file_id, frame in events.items()]
    told = pd.concat(frames, ignore_index=True)
    told = told.drop_duplicates(["area_code", "inspected_on", "event"], keep="last")
    kept = told["source_file_id"].value_counts()
    accounts = tuple(
        _with_events(account, len(events[account.source_file_id]), kept)
        if account.source_file_id in events
        else account
        for account in loaded.accounts
    )
    return replace(loaded, inspections=told, accounts=accounts)


def _with_events(account: RowAccount, told: int, kept: pd.Series) -> RowAccount:
    """The account with the inspections that the file tells of; the newest file's word stands."""
    used = int(kept.get(account.source_file_id, 0))
    again = SetAside("an inspection that a later edition tells of as well", told - used)
    aside = (*account.set_aside, *((again,) if again.rows else ()))
    return replace(account, used=account.used + used, set_aside=aside)
