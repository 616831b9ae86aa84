"""What every command shares: the consoles, the options, progress, and how a failure is told."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from alliance.settings import HOME_VARIABLE, Settings, load_settings
from ingest.errors import AllianceError, IngestError

Home = Annotated[
    Path | None,
    typer.Option("--home", help=f"Where the stores are (or {HOME_VARIABLE}; ~/.alliance)."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


class Session:
    """The consoles and the `--home` given before a command."""

    def __init__(self) -> None:
        self.begin(None)

    def begin(self, home: Path | None) -> None:
        """Start a call: the consoles follow the streams that it has."""
        self.home = home
        self.out = Console(highlight=False, soft_wrap=True)
        self.err = Console(stderr=True, highlight=False, soft_wrap=True)


session = Session()


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[str], None]]:
    """A progress bar on a terminal, nothing elsewhere. Told each step's name as it begins."""
    columns = (SpinnerColumn(), TextColumn("{task.percentage:>3.0f}%"),
               TextColumn("{task.description}"), TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, console=session.err, transient=True,
                  disable=not session.err.is_terminal) as bar:  # fmt: skip
        task = bar.add_task("starting", total=total)

        def step(name: str) -> None:
            bar.update(task, advance=1, description=name)

        yield step


def print_json(result: Any) -> None:
    """Print a result for a program to read."""
    typer.echo(json.dumps(result, indent=2, default=str, ensure_ascii=False))


def fail(error: AllianceError, *, as_json: bool) -> typer.Exit:
    """Print a failure in the form that was asked for; exit status 1."""
    findings = error.findings if isinstance(error, IngestError) else ()
    if as_json:
        print_json({"error": str(error), "findings": [asdict(item) for item in findings]})
    elif findings:
        for item in findings:
            session.err.print(f"Error: {item}", markup=False)
    else:
        session.err.print(f"Error: {error}", markup=False)
    return typer.Exit(1)


def current_user() -> str:
    """The name of who runs the command; the number where the system knows no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "unknown"


def home_of(home: Path | None) -> Path:
    """The home folder that this call is about."""
    return load_settings(home or session.home, os.environ).home


def is_demonstration_home(settings: Settings) -> bool:
    """Whether a home serves invented figures, and keeps what is written beside them."""
    from ingest.release import ReleaseStore, read_info  # noqa: PLC0415

    releases = ReleaseStore(settings.home)
    if settings.database_url or releases.current_id() is None:
        return False
    return read_info(releases.current_path()).demo


def count(number: int, noun: str) -> str:
    """“1 warning”, “2 warnings”."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
