"""`alliance check`: every check of one published file, without loading it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from alliance.commands.session import Home, Json, count, fail, home_of, print_json, session
from ingest.errors import AllianceError


def check(
    file: Annotated[Path, typer.Argument(help="A published file.", exists=True, dir_okay=False)],
    name: Annotated[
        str | None,
        typer.Option("--as", help="The file's published name, where it was renamed."),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Check one published file without loading it.

    With the home of a demonstration, against the demonstration's authorities.

    Example: alliance check ~/Downloads/ks4_la.csv
    """
    from alliance.home import open_catalogue, open_reference  # noqa: PLC0415
    from ingest.load import check_file  # noqa: PLC0415
    from ingest.release import ReleaseStore  # noqa: PLC0415

    try:
        demo = any(info.demo for info in ReleaseStore(home_of(home)).infos())
        reference = open_reference(demo=demo)
        result = check_file(file, open_catalogue(), reference, published_name=name)
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error
    errors = [item for item in result.findings if item.severity == "error"]
    if as_json:
        print_json(
            {
                "file": str(file),
                "rows": result.rows,
                "periods": list(result.periods),
                "indicators": list(result.indicators),
                "ok": not errors,
                "findings": [asdict(item) for item in result.findings],
            }
        )
    else:
        for item in result.findings:
            word = {"error": "Error", "warning": "Warning"}.get(item.severity, "Note")
            (session.err if item.severity == "error" else session.out).print(
                f"{word}: {item}", markup=False
            )
        if not errors:
            span = (
                f", periods {result.periods[0]} to {result.periods[-1]}" if result.periods else ""
            )
            session.out.print(
                f"{file.name}: no fault in {result.rows:,} rows{span}"
                + (
                    f"; {count(len(result.indicators), 'indicator')} can be read from it."
                    if result.indicators
                    else "."
                ),
                markup=False,
            )
    if errors:
        raise typer.Exit(1)
