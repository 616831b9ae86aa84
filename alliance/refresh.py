"""One refresh: read a folder, build a candidate release beside the current one, publish it whole.

Whatever fails before the pointer is replaced leaves the served release exactly as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from alliance import __version__
from alliance.publishing import Outcome, ReleaseDesk, State
from indicators.comparison import Engine, compare_here, write_changes, write_comparisons
from indicators.queries import Release, Rows
from indicators.signals.links import declared_links
from indicators.signals.write import write_signals
from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.errors import Finding, ReleaseError
from ingest.folder import Folder, find_files
from ingest.held import read_held
from ingest.kept_files import KeptFiles
from ingest.load import FileAccount, Loaded, StoppedSource, load_folder
from ingest.release import ReleaseInfo, ReleaseStore, make_release_id, read_info
from ingest.release_checks import find_release_faults
from ingest.release_writer import ReleaseWriter, findings_frame


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """The closing summary of a refresh. `published` is False where nothing had changed; `stopped`
    are the sources whose new files have errors; `accounts` say what became of every row."""

    info: ReleaseInfo
    path: Path
    published: bool
    files: int
    bytes_read: int
    rows_read: int
    n_headline: int
    findings: tuple[Finding, ...]
    changes: Rows
    accounts: tuple[FileAccount, ...] = ()
    stopped: tuple[StoppedSource, ...] = ()
    outcome: Outcome = Outcome.PUBLISHED


_SAME_AS = {
    State.SERVED: Outcome.UNCHANGED,
    State.HELD: Outcome.ALREADY_HELD,
    State.KEPT: Outcome.ROLLED_BACK,
}
"""What becomes of a release whose content one in that state has already."""


def refresh(
    store: ReleaseStore,
    source: Path | Folder,
    catalogue: Catalogue,
    reference: Reference,
    *,
    now: datetime,
    actor: str,
    demo: bool = False,
    allow_loss: bool = False,
    hold: bool = False,
    reason: str = "",
    desk: ReleaseDesk | None = None,
    engine: Engine = compare_here,
    progress: Callable[[str], None] = lambda _: None,
) -> RefreshReport:
    """Load published files (all of a folder, or those gathered) into a new release and publish it,
    or hold it for review: where `hold` says so, or the settings of the `desk`, which records what
    is done (without one nothing is recorded). The `engine` works out the comparisons.

    Where the content equals that of the current release, of one that is held or of one that was
    rolled back, no second is made and nothing is published. `now` is in UTC.
    Raises `IngestError` (faults in files), `ReleaseError` (the home cannot be used, would mix
    demonstration and real figures, or would lose figures that the current release has and
    `allow_loss` is not set), and what the `engine` raises.
    """
    desk = desk or ReleaseDesk(store)
    with desk.exclusive(now=now, actor=actor):
        previous = store.current_id()
        refuse_mixing(store, demo)
        folder = find_files(source, catalogue, now=now) if isinstance(source, Path) else source
        loaded = load_folder(
            folder,
            catalogue,
            reference,
            held=read_held(store, catalogue),
            allow_loss=allow_loss,
            progress=progress,
        )
        kept = KeptFiles(store.home)
        for table in loaded.tables:
            kept.keep(table.file)
        candidate = store.new_candidate()
        with ReleaseWriter(candidate) as writer:
            release_id, found = _write(
                writer, loaded, catalogue, store, now, actor, demo, engine, progress
            )
            if not allow_loss:
                _refuse_loss(writer, previous)
        loaded = replace(loaded, findings=(*loaded.findings, *found))
        info = read_info(candidate)
        same = desk.find_same(release_id)
        if same is not None:
            candidate.unlink()
            info = same.info
            if same.state is not State.FOUND:
                path = store.path_of(info.release_id)
                return _report(info, path, _SAME_AS[same.state], loaded, [])
        progress("holding" if hold or desk.second_person else "publishing")
        if same is None:
            store.keep(candidate, release_id)
        path = store.path_of(info.release_id)
        with Release(path) as release:
            changes = release.changes()
        outcome = desk.settle(info, hold=hold, now=now, actor=actor, reason=reason)
        return _report(info, path, outcome, loaded, changes)


def _refuse_loss(writer: ReleaseWriter, previous: str | None) -> None:
    """A folder that lacks files or years of the current release is more likely incomplete, or of an
    older edition, than meant."""
    rows = writer.connection.execute(
        "SELECT kind, COUNT(*), MIN(title), MIN(period) FROM change "
        "WHERE kind IN ('lost_indicator', 'lost_figures') GROUP BY kind ORDER BY kind DESC"
    ).fetchall()
    if not rows:
        return
    lost = " and ".join(
        f"{number:,} {'indicators' if kind == 'lost_indicator' else 'periods of indicators'} "
        f"(such as {title}{f', {period}' if period else ''})"
        for kind, number, title, period in rows
    )
    raise ReleaseError(
        f"This folder would lose {lost} that release {previous} has. Put the missing or newer "
        "files into the folder, or say --allow-loss if they are meant to go."
    )


def refuse_mixing(store: ReleaseStore, demo: bool) -> None:
    """Raises `ReleaseError` if the home holds the other kind: a demonstration release and a real
    one never share a home."""
    for info in store.infos():
        if info.demo != demo:
            held, wanted = ("demonstration", "real") if info.demo else ("real", "demonstration")
            raise ReleaseError(
                f"{store.home} holds {held} figures; {wanted} figures never go into the same home. "
                "Choose another with --home DIR."
            )


def _write(
    writer: ReleaseWriter,
    loaded: Loaded,
    catalogue: Catalogue,
    store: ReleaseStore,
    now: datetime,
    actor: str,
    demo: bool,
    engine: Engine,
    progress: Callable[[str], None],
) -> tuple[str, list[Finding]]:
    """Fill the candidate; returns its release id and what the checks of the release found."""
    progress("observations")
    writer.insert("area", loaded.areas, "area_level, area_code")
    writer.insert("indicator", loaded.indicators, "indicator_order")
    writer.insert("neighbour", loaded.neighbours, "model, area_code, position")
    writer.insert("inspection", loaded.inspections, "area_code, inspected_on, event")
    writer.insert("source_file", loaded.source_files, "file_name")
    writer.insert_unchecked("row_account", _accounts_frame(loaded.accounts))
    for frame in loaded.observations:
        writer.insert("observation", frame, "indicator_id, period_end, area_code")
    file_ids = {table.file.name: table.file.source_file_id for table in loaded.tables}
    writer.insert("finding", findings_frame(loaded.findings, file_ids))
    progress("comparisons")
    write_comparisons(writer, engine)
    progress("signals")
    write_signals(writer, declared_links())
    previous = store.current_id()
    before = store.path_of(previous) if previous else None
    write_changes(writer, before)
    found = find_release_faults(writer.connection, before, catalogue)
    writer.insert("finding", findings_frame(found, file_ids))
    release_id = make_release_id(now, writer.content_hash())
    row = {
        "release_id": release_id,
        "built_at": now.replace(tzinfo=None),
        "built_by": actor,
        "tool_version": __version__,
        "demo": demo,
        "n_observations": sum(len(frame) for frame in loaded.observations),
        "n_indicators": len(loaded.indicators),
        "previous_release_id": previous,
    }
    writer.insert_unchecked("release", pd.DataFrame([row]))
    return release_id, found


def _accounts_frame(accounts: Iterable[FileAccount]) -> pd.DataFrame:
    rows = [
        (item.file_name, outcome, reason, number)
        for item in accounts
        for outcome, reason, number in (
            ("used", None, item.used),
            *(("set_aside", part.reason, part.rows) for part in item.set_aside),
        )
    ]
    return pd.DataFrame(rows, columns=["file_name", "outcome", "reason", "rows"])


def _report(
    info: ReleaseInfo, path: Path, outcome: Outcome, loaded: Loaded, changes: Rows
) -> RefreshReport:
    return RefreshReport(
        info,
        path,
        outcome is Outcome.PUBLISHED,
        files=len(loaded.tables),
        bytes_read=int(loaded.source_files["bytes"].sum()),
        rows_read=int(loaded.source_files["rows"].sum()),
        n_headline=int(loaded.indicators["headline"].sum()),
        findings=loaded.findings,
        changes=changes,
        accounts=loaded.accounts,
        stopped=loaded.stopped,
        outcome=outcome,
    )
