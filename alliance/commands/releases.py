"""`alliance releases`: which releases there are and which is served; impact, publish, roll back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance.commands.impact import impact_json, print_impact
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
from alliance.settings import Settings, load_settings
from ingest.errors import AllianceError

if TYPE_CHECKING:
    from alliance.access import Person
    from alliance.publishing import Decided, ListedRelease, ReleaseDesk
    from alliance.store import Event
    from ingest.release import ReleaseInfo

releases_app = typer.Typer(rich_markup_mode=None)

STEPS_TOLD = 4
Which = Annotated[
    str, typer.Argument(metavar="ID", help="The release, or the beginning of its name.")
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the record.")]


@releases_app.callback(invoke_without_command=True)
def list_releases(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """List the releases, newest first: which is served, which wait for review, which are kept.

    Example: alliance releases
    """
    if home is not None:
        session.home = home
    if context.invoked_subcommand is not None:
        return
    with _desk(home, as_json=as_json, reading=True) as desk:
        listed, damaged = desk.listed(), desk.releases.damaged()
    if as_json:
        print_json([_listed_json(item) for item in listed])
    elif not listed:
        session.out.print(
            f"There is no release in {desk.releases.home} yet: run “alliance refresh --from DIR”.",
            markup=False,
        )
    for item in () if as_json else listed:
        session.out.print(_listed_line(item), markup=False)
    for why in damaged:
        session.err.print(f"Warning: {why}", markup=False)


@contextmanager
def _desk(home: Path | None, *, as_json: bool, reading: bool = False) -> Iterator[ReleaseDesk]:
    """The releases of the home; a failure is told, with exit status 1."""
    from alliance.publishing import open_desk  # noqa: PLC0415

    try:
        with open_desk(_settings(home), reading=reading) as desk:
            yield desk
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error


def _settings(home: Path | None) -> Settings:
    return load_settings(home_of(home), os.environ)


def _listed_json(item: ListedRelease) -> dict[str, Any]:
    return asdict(item.info) | {
        "current": item.state == "served",
        "state": str(item.state),
        "based_elsewhere": item.based_elsewhere,
        "rolled_back": item.rolled_back,
    }


def _listed_line(item: ListedRelease) -> str:
    from alliance.publishing import STATE_WORDS  # noqa: PLC0415

    notes = [STATE_WORDS[item.state]]
    if item.rolled_back:
        notes.append("rolled back")
    if item.based_elsewhere:
        notes.append("the served release has changed since it was built")
    mark = "* " if item.state == "served" else "  "
    return f"{mark}{_release_words(item.info)}  ({', '.join(notes)})"


def _release_words(info: ReleaseInfo) -> str:
    kind = ", demonstration" if info.demo else ""
    return (
        f"{info.release_id}  {info.n_indicators} indicators, {info.n_observations:,} "
        f"observations, by {info.built_by}{kind}"
    )


@releases_app.command("current")
def current_release(
    home: Home = None,
    path: Annotated[bool, typer.Option("--path", help="Print only the file's path.")] = False,
    as_json: Json = False,
) -> None:
    """Print which release is served.

    Example: duckdb -readonly "$(alliance releases current --path)"
    """
    from ingest.release import ReleaseStore, read_info  # noqa: PLC0415

    store = ReleaseStore(home_of(home))
    try:
        file = store.current_path()
        info = read_info(file)
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error
    if as_json:
        print_json(asdict(info) | {"path": str(file)})
    else:
        typer.echo(str(file) if path else f"{_release_words(info)}  (served)")


@releases_app.command("history")
def history(
    which: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="One release; without it, all.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print who held, published, rolled back or discarded which release, when and why.

    Example: alliance releases history
    """
    with _desk(home, as_json=as_json, reading=True) as desk:
        events, unfinished = desk.history(), desk.unfinished()
    events = [event for event in events if event.subject_id.startswith(which or "")]
    if as_json:
        print_json([asdict(event) for event in events])
        return
    for event in events:
        if event in unfinished or not _only_begins(event):
            session.out.print(_event_line(event, event in unfinished), markup=False)
    if not events:
        session.out.print("Nothing is recorded.", markup=False)


def _only_begins(event: Event) -> bool:
    from alliance.publishing import STEPS  # noqa: PLC0415

    return event.action in {step.begun for step in STEPS}


def _event_line(event: Event, unfinished: bool) -> str:
    from alliance.publishing import event_sentence  # noqa: PLC0415

    words = f"{event.at:%Y-%m-%d %H:%M} UTC  {event.actor}  {event_sentence(event)}"
    why = f"  “{event.reason}”" if event.reason else ""
    return f"{words}{' (no end is recorded yet)' if unfinished else ''}{why}"


@releases_app.command("impact")
def impact(
    which: Which,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="ID", help="Another release than the one served."),
    ] = None,
    authority: Annotated[
        list[str] | None,
        typer.Option("--authority", metavar="CODE", help="Only this authority; may be repeated."),
    ] = None,
    alliance: Annotated[
        str | None,
        typer.Option("--alliance", help="Only this alliance: a set of settings, or a region."),
    ] = None,
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write every difference to a file.",
                     dir_okay=False),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Say what publishing a release would change: what is new, what was revised, whose position
    changes, what to watch.

    Example: alliance releases impact 20261121 --authority 873
    """
    with _desk(home, as_json=as_json, reading=True) as desk:
        release_id = desk.releases.find(which)
        base = desk.releases.find(against) if against else None
        areas = _areas(desk, release_id, authority or [], alliance, _settings(home))
        report = desk.impact(release_id, against=base, areas=areas)
        written = _write_csv(desk, csv_file, release_id, base, areas) if csv_file else 0
    if as_json:
        print_json(impact_json(report) | ({"csv": str(csv_file)} if csv_file else {}))
        return
    print_impact(report)
    if csv_file:
        session.out.print(f"\nWrote {count(written, 'row')} to {csv_file}", markup=False)


def _areas(
    desk: ReleaseDesk, release_id: str, codes: list[str], alliance: str | None, settings: Settings
) -> frozenset[str] | None:
    """The codes of the areas that are asked for; None for all. Wrong words end with status 2."""
    from indicators.queries import Release  # noqa: PLC0415

    if not codes and alliance is None:
        return None
    with Release(desk.releases.path_of(release_id)) as release:
        areas = release.areas()
    known = {row["area_code"] for row in areas}
    for code in codes:
        if code not in known:
            raise typer.BadParameter(f"There is no authority {code}: give its DfE number.")
    chosen = set(codes)
    if alliance is not None:
        members = {
            row["area_code"] for row in areas if alliance in {row["region_code"], row["region"]}
        }
        members |= set(settings.alliances.get(alliance, ()))
        if not members:
            raise typer.BadParameter(
                f"There is no alliance “{alliance}”: give a set of settings.toml or a region."
            )
        chosen |= members
    return frozenset(chosen)


def _write_csv(
    desk: ReleaseDesk, file: Path, release_id: str, base: str | None, areas: frozenset[str] | None
) -> int:
    from alliance.exports.csv_file import csv_opening  # noqa: PLC0415
    from alliance.service import DEMONSTRATION  # noqa: PLC0415
    from ingest.release import read_info  # noqa: PLC0415

    demo = read_info(desk.releases.path_of(release_id)).demo
    try:
        with file.open("w", encoding="utf-8", newline="") as target:
            target.write(csv_opening([DEMONSTRATION] if demo else []))
            return desk.write_impact(target, release_id, against=base, areas=areas)
    except OSError as error:
        raise AllianceError(f"{file} cannot be written: {error.strerror}.") from error


@releases_app.command("publish")
def publish(
    which: Which,
    reason: Reason,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="ID",
                     help="The release that you compared it with, if not the one it was built on."),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Serve a release that was held for review.

    Example: alliance releases publish 20261121 --reason "Checked against the statement"
    """
    from alliance.home import utc_now  # noqa: PLC0415
    from alliance.publishing import ServedChangedError  # noqa: PLC0415

    with _desk(home, as_json=as_json) as desk:
        release_id = desk.releases.find(which)
        base = desk.releases.find(against) if against else None
        try:
            with progress_bar(STEPS_TOLD) as step:
                decided = desk.publish(
                    release_id, person=_person(), now=utc_now(), reason=_stated(reason),
                    against=base, progress=step,
                )  # fmt: skip
        except ServedChangedError:
            if not as_json:
                print_impact(desk.impact(release_id))
                session.out.print()
            raise
    _tell(decided, "Published", as_json=as_json)


@releases_app.command("roll-back")
def roll_back(
    reason: Reason,
    which: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="By default the release that was served before."),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Serve a release again that was served before. To go further back, name the release.

    Example: alliance releases roll-back --reason "Regions of the 2025 file are wrong"
    """
    from alliance.home import utc_now  # noqa: PLC0415

    with _desk(home, as_json=as_json) as desk:
        release_id = desk.releases.find(which) if which else None
        with progress_bar(STEPS_TOLD) as step:
            decided = desk.roll_back(
                release_id, person=_person(), now=utc_now(), reason=_stated(reason), progress=step
            )
    _tell(decided, "Rolled back to", as_json=as_json)


@releases_app.command("discard")
def discard(which: Which, reason: Reason, home: Home = None, as_json: Json = False) -> None:
    """Remove a release that was never served; the record of it stays.

    Example: alliance releases discard 20261121 --reason "The publisher withdrew the file"
    """
    from alliance.home import utc_now  # noqa: PLC0415

    with _desk(home, as_json=as_json) as desk:
        release_id = desk.releases.find(which)
        desk.discard(release_id, person=_person(), now=utc_now(), reason=_stated(reason))
    if as_json:
        print_json({"release_id": release_id, "discarded": True})
    else:
        session.out.print(f"Discarded release {release_id}", markup=False)


def _person() -> Person:
    """Whoever runs the command: one who may write to the home administers it."""
    from alliance.access import Person, Role  # noqa: PLC0415

    name = current_user()
    return Person(name, name, None, None, frozenset({Role.ADMINISTRATOR}))


def _stated(reason: str) -> str:
    if not reason.strip():
        raise typer.BadParameter("--reason must say why: it is kept with the decision.")
    return reason


def _tell(decided: Decided, words: str, *, as_json: bool) -> None:
    release_id, replaced = decided.info.release_id, decided.replaced
    if as_json:
        print_json({"release_id": release_id, "replaced": replaced, "done": decided.done})
        return
    before = f"; {replaced} was served before" if replaced else ""
    session.out.print(
        f"{words} release {release_id}{before}"
        if decided.done
        else f"Release {release_id} is served already: nothing was left to do.",
        markup=False,
    )
