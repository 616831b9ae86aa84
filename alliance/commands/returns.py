"""`alliance returns`: the template, the checks alone, giving a return, and what is there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance.commands.session import Home, Json, fail, home_of, print_json, session
from ingest.errors import AllianceError

if TYPE_CHECKING:
    from alliance.access import Person
    from alliance.returns.records import Version
    from alliance.returns.submitting import Upload
    from alliance.service import Served
    from alliance.settings import Settings
    from ingest.returns.declaration import Return
    from ingest.returns.faults import CellFault

returns_app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="Local returns of an alliance."
)

Authority = Annotated[
    str, typer.Option("--authority", help="DfE number of the authority, such as 873.")
]
Which = Annotated[
    str, typer.Option("--return", help="Id of the return, where more than one is declared.")
]
User = Annotated[str, typer.Option("--user", help="Username of the account that this is done for.")]
File = Annotated[Path, typer.Argument(help="The filled template, or a CSV.", dir_okay=False)]
_WORDS = {"error": "Error", "warning": "Warning", "info": "Note"}


@returns_app.command()
def template(
    authority: Authority, to: Annotated[Path, typer.Option("--to", help="File to write.")],
    quarter: Annotated[str, typer.Option(help="Such as 2025/26 Q1; the last that ended.")] = "",
    which: Which = "", home: Home = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Write the Excel template for an authority.

    Example: alliance returns template --authority 873 --to return.xlsx
    """
    from alliance.returns.shared import notice  # noqa: PLC0415
    from ingest.returns.quarters import last_ended, parse_quarter  # noqa: PLC0415
    from ingest.returns.template import render_template  # noqa: PLC0415

    try:
        declaration = _declared(which)
        settings, served = _open(home)
        name = _name(served, authority)
        chosen = parse_quarter(quarter) if quarter else last_ended(_now().date())
        if chosen is None:
            raise AllianceError(f"“{quarter}” is no quarter: write it as 2025/26 Q1.")
        alliance = _alliance_of(settings, served, authority)
        data = render_template(
            declaration, (authority, name), (chosen,), notice=notice(served, alliance)
        )
        _write(to, data)
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error
    if as_json:
        print_json({"file": str(to), "authority": authority, "quarter": chosen.label})
    else:
        session.out.print(f"Wrote {to} for {name}, {chosen.label}.", markup=False)


@returns_app.command()
def check(
    file: File, authority: Authority, which: Which = "", home: Home = None, as_json: Json = False
) -> None:
    """Check a filled return, cell by cell, without storing anything.

    Held against its declaration and the authority's published figures, not against returns given
    before: those are for members.

    Example: alliance returns check return.xlsx --authority 873
    """
    from alliance.returns.submitting import (  # noqa: PLC0415
        check_return,
        population_of,
        published_figures,
    )
    from ingest.returns.rules import Known  # noqa: PLC0415

    try:
        declaration = _declared(which)
        _, served = _open(home)
        known = Known(
            {},
            published_figures(served, declaration, authority),
            population_of(served, declaration, authority),
        )
        answer = check_return(
            declaration, _read(file), served, authority, today=_now().date(), known=known
        )
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error
    if as_json:
        print_json({"file": str(file), "ok": answer.accepted, **_faults_json(answer.faults)})
    else:
        _print_faults(answer.faults)
        if answer.accepted:
            quarters = ", ".join(row.quarter.label for row in answer.rows)
            session.out.print(f"{file.name}: no fault in {quarters}.", markup=False)
    if not answer.accepted:
        raise typer.Exit(1)


@returns_app.command()
def submit(
    file: File, user: User, note: Annotated[str, typer.Option(help="Comment.")] = "",
    which: Which = "", home: Home = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Give the return of an account's own authority: the same checks and rights as in the app.

    Example: alliance returns submit return.xlsx --user p.nair --note "Agreed with the director."
    """
    from alliance.returns.submitting import submit_return  # noqa: PLC0415
    from alliance.store import open_store  # noqa: PLC0415

    try:
        declaration = _declared(which)
        settings, served = _open(home)
        store = open_store(settings)
        try:
            person = _person(store, user)
            outcome = submit_return(
                store, served, person, declaration, person.authority_code or "",
                _read(file, note), now=_now(),
            )  # fmt: skip
        finally:
            store.close()
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error
    done = outcome.result in {"accepted", "there_already"}
    if as_json:
        versions = [_version_json(item) for item in outcome.versions]
        print_json(
            {"file": str(file), "ok": done, "result": outcome.result, "versions": versions,
             **_faults_json(outcome.answer.faults)}
        )  # fmt: skip
    else:
        _print_faults(outcome.answer.faults)
        words = {
            "accepted": "Stored as a provisional return",
            "there_already": "This very file is there already; nothing was stored again",
            "refused": "Nothing was stored: correct the errors above and submit again",
            "needs_comment": "Nothing was stored: say with --note what lies behind the warnings",
        }
        for_people = session.out if done else session.err
        for_people.print(f"{file.name}: {words[outcome.result]}.", markup=False)
        for item in outcome.versions:
            session.out.print(f"  {_version_line(item)}", markup=False)
    if not done:
        raise typer.Exit(1)


@returns_app.command("list")
def list_returns(user: User, which: Which = "", home: Home = None, as_json: Json = False) -> None:
    """List the versions that an account may see: those of its own alliance.

    Example: alliance returns list --user p.nair
    """
    from alliance.returns.records import list_versions  # noqa: PLC0415
    from alliance.store import open_store  # noqa: PLC0415

    try:
        declaration = _declared(which)
        settings = _settings(home)
        store = open_store(settings)
        try:
            person = _person(store, user)
            with store.read() as reading:
                versions = list_versions(reading, person, declaration.id)
        finally:
            store.close()
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error
    if as_json:
        print_json([_version_json(item) for item in versions])
        return
    for item in versions:
        session.out.print(_version_line(item), markup=False)
    if not versions:
        session.out.print(f"{person.display_name} has no local return to see.", markup=False)


def _now() -> datetime:
    return datetime.now(UTC)


def _settings(home: Path | None) -> Settings:
    from alliance.settings import load_settings  # noqa: PLC0415

    return load_settings(home_of(home), os.environ)


def _open(home: Path | None) -> tuple[Settings, Served]:
    """Settings and the release being served. Raises `AllianceError` where there is none."""
    from alliance.service import ReleaseService  # noqa: PLC0415

    settings = _settings(home)
    return settings, ReleaseService(settings).current()


def _declared(which: str) -> Return:
    """The return of that id; the only one where none is named. Raises `AllianceError`."""
    from alliance.returns.declared import open_returns  # noqa: PLC0415

    returns = {item.id: item for item in open_returns()}
    if which in returns:
        return returns[which]
    if not which and len(returns) == 1:
        return next(iter(returns.values()))
    raise AllianceError(f"Name the return with --return; declared: {', '.join(returns) or 'none'}.")


def _name(served: Served, authority: str) -> str:
    if authority not in served.authorities:
        raise AllianceError(f"There is no authority {authority} in the release being served.")
    return served.name(authority)


def _alliance_of(settings: Settings, served: Served, authority: str) -> str:
    """The name of the alliance that an authority's template is for: the first set that settings
    name with it, or its region."""
    named = (name for name, codes in settings.alliances.items() if authority in codes)
    return next(named, served.region_of(authority))


def _person(store: Any, username: str) -> Person:
    """The person of an account in use. Raises `AllianceError` where there is none."""
    from alliance.people.accounts import person_of  # noqa: PLC0415
    from alliance.store.accounts import find_account  # noqa: PLC0415

    with store.read() as reading:
        person = person_of(find_account(reading, username))
    if not person.username:
        raise AllianceError(f"There is no account “{username}” in use: see “alliance users”.")
    return person


def _read(file: Path, note: str = "") -> Upload:
    """The file, or as much of it as tells that it is too large. Raises `AllianceError`."""
    from alliance.returns.submitting import Upload  # noqa: PLC0415
    from ingest.returns.container import MAX_UPLOAD  # noqa: PLC0415

    try:
        with file.open("rb") as stream:
            return Upload(file.name, stream.read(MAX_UPLOAD + 1), note)
    except OSError as error:
        raise AllianceError(f"{file} cannot be read: {error.strerror}.") from error


def _write(to: Path, data: bytes) -> None:
    try:
        to.write_bytes(data)
    except OSError as error:
        raise AllianceError(f"{to} cannot be written: {error.strerror}.") from error


def _print_faults(faults: Iterable[CellFault]) -> None:
    for item in faults:
        (session.err if item.severity == "error" else session.out).print(
            f"{_WORDS[item.severity]}: {item}", markup=False
        )


def _faults_json(faults: Iterable[CellFault]) -> dict[str, Any]:
    return {"findings": [asdict(item) for item in faults]}


def _version_json(version: Version) -> dict[str, Any]:
    return {
        "return": version.return_id,
        "authority_code": version.authority_code,
        "quarter": version.quarter.label,
        "version": version.version,
        "state": version.state,
        "provisional": True,
        "by": version.by,
        "at": version.at,
        "file_name": version.file_name,
        "sha256": version.sha256,
        "note": version.note,
    }


def _version_line(version: Version) -> str:
    return (
        f"{version.quarter.label}  {version.authority_code}  version {version.version}  "
        f"{version.state}  {version.at:%Y-%m-%d %H:%M} UTC  {version.by}  {version.file_name}"
    ).rstrip()
