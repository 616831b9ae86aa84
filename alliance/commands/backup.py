"""`alliance backup` and `alliance restore`: a home in one file, and back."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance.commands.session import (
    Home,
    Json,
    count,
    current_user,
    fail,
    home_of,
    print_json,
    progress_bar,
    session,
)
from alliance.settings import load_settings
from ingest.errors import AllianceError

if TYPE_CHECKING:
    from alliance.backup.archive import Manifest

MEGABYTE = 1_000_000
ToKey = Annotated[
    str,
    typer.Option("--to-key", metavar="AGE1…", help="Encrypt it to this public key of age."),
]
NewKey = Annotated[
    Path | None,
    typer.Option("--new-key", help="Make a pair of keys first; the secret one goes to this file."),
]
KeyFile = Annotated[
    Path | None, typer.Option("--key-file", help="The file with the secret key of age.")
]
Check = Annotated[
    bool, typer.Option("--check", help="Restore it into a folder that is removed again.")
]


def backup(
    to: Annotated[Path, typer.Argument(help="A folder, or the file to write.")],
    home: Home = None,
    to_key: ToKey = "",
    new_key: NewKey = None,
    as_json: Json = False,
) -> None:
    """Write the home and the challenge log to one file, while they are in use.

    Example: alliance backup /mnt/backups --to-key age1…
    """
    from alliance.backup.archive import new_key as make_key  # noqa: PLC0415
    from alliance.backup.making import STEPS, make_backup  # noqa: PLC0415

    now = datetime.now(UTC)
    try:
        to_key = make_key(new_key) if new_key is not None else to_key
        path = _file_of(to, now, encrypted=bool(to_key))
        with progress_bar(len(STEPS)) as progress:
            made = make_backup(
                load_settings(home_of(home), os.environ), path, now=now, actor=current_user(),
                to_key=to_key, progress=progress,
            )  # fmt: skip
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error
    if as_json:
        print_json({"path": str(made.path), "bytes": made.size, **asdict(made.manifest)})
        return
    session.out.print(f"Backed up {home_of(home)} to {made.path}\n", markup=False)
    _print_contents(made.manifest)
    size = f"{made.size / MEGABYTE:,.1f} MB{', encrypted' if to_key else ''}"
    session.out.print(f"  {'Size':<16}  {size}\n", markup=False)
    if new_key is not None:
        session.out.print(
            f"The secret key is in {new_key}: without it nobody can restore. Keep it elsewhere. "
            f"Next time: --to-key {to_key}\n",
            markup=False,
        )
    session.out.print(
        "Who is signed in is not part of it: after a restore everyone signs in again.\n"
        f"Keep it away from the home, and see that it can be restored: alliance restore {path} "
        "--check",
        markup=False,
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.", exists=True, dir_okay=False)],
    home: Home = None,
    key_file: KeyFile = None,
    check: Check = False,
    as_json: Json = False,
) -> None:
    """Put a backup back into an empty home, or see that it can be.

    Example: alliance restore /mnt/backups/alliance-20261129T093100Z.zip --home /srv/alliance
    """
    from alliance.backup.restoring import STEPS, try_restore  # noqa: PLC0415
    from alliance.backup.restoring import restore as put_back  # noqa: PLC0415

    act = try_restore if check else put_back
    try:
        with progress_bar(len(STEPS)) as progress:
            done = act(
                load_settings(home_of(home), os.environ), file, now=datetime.now(UTC),
                actor=current_user(), key_file=key_file, progress=progress,
            )  # fmt: skip
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error
    if as_json:
        print_json({"checked_only": check, **asdict(done)})
        return
    words = (
        f"{file} can be restored: it was, into a folder that is removed again."
        if check
        else f"Restored {file} to {home_of(home)}"
    )
    session.out.print(f"{words}\n", markup=False)
    _print_contents(done.manifest)
    if done.were_there or done.log_was_there:
        there = f"{count(done.were_there, 'file')}{' and the log' if done.log_was_there else ''}"
        session.out.print(
            f"  {'Was there':<16}  {there}, from a restore that was stopped", markup=False
        )
    if not check:
        session.out.print(
            "\nEveryone signs in again. Mail that waited when the backup was made is sent again.",
            markup=False,
        )


def _file_of(to: Path, now: datetime, *, encrypted: bool) -> Path:
    """The file to write: named after the moment where a folder was given."""
    if not to.is_dir():
        return to
    return to / f"alliance-{now:%Y%m%dT%H%M%SZ}.zip{'.age' if encrypted else ''}"


def _print_contents(manifest: Manifest) -> None:
    """What a backup holds, for a person to read."""
    releases, files = manifest.within("releases/"), manifest.within("files/")
    rows = sum(member.rows or 0 for member in manifest.within("store/"))
    lines: dict[str, Any] = {
        "Made": f"{manifest.made_at} by {manifest.made_by}, version {manifest.tool_version}",
        "Releases": f"{len(releases)} (served: {manifest.served or 'none'})",
        "Published files": f"{len(files)}, {sum(m.bytes for m in files) / MEGABYTE:,.1f} MB",
        "What was written": f"{count(rows, 'row')} in {len(manifest.within('store/'))} tables",
    }
    for label, words in lines.items():
        session.out.print(f"  {label:<16}  {words}", markup=False)
