"""`alliance refresh`: published files into a new release, and the closing summary."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from enum import StrEnum
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
from alliance.settings import load_settings
from ingest.errors import AllianceError, Finding

if TYPE_CHECKING:
    from alliance.publishing import ReleaseDesk
    from alliance.refresh import RefreshReport
    from indicators.comparison import Engine
    from indicators.impact import Impact
    from ingest.catalogue import Catalogue
    from ingest.folder import Folder
    from ingest.live import SourceState
    from ingest.load import FileAccount, StoppedSource


class EngineName(StrEnum):
    """What works out the comparisons; the figures are the same."""

    EMBEDDED = "embedded"
    SPARK = "spark"


def refresh(
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Folder of published files; sub-folders are searched too. "
            "Without it the publishers are asked.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    home: Home = None,
    look: Annotated[
        bool, typer.Option("--check", help="Only say what the publishers have that is new.")
    ] = False,
    allow_loss: Annotated[
        bool,
        typer.Option("--allow-loss", help="Publish even if figures of the current release go."),
    ] = False,
    hold: Annotated[
        bool,
        typer.Option("--hold", help="Hold the release for review and say what it would change."),
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")] = "",
    engine: Annotated[
        EngineName,
        typer.Option(
            "--engine",
            help="What works out the comparisons: this machine, or an Apache Spark cluster. The "
            "figures are the same.",
        ),
    ] = EngineName.EMBEDDED,
    master: Annotated[
        str, typer.Option("--master", help="The Spark cluster: spark://HOST:PORT.")
    ] = "",
    verbose: Annotated[bool, typer.Option("--verbose", help="List every note.")] = False,
    as_json: Json = False,
) -> None:
    """Load published files into a new release and publish it, or hold it for review.

    From the publishers, downloading what changed; or from a folder, which then holds every file
    that the release is to be made of, not only the new one.

    Example: alliance refresh --from ~/published
    """
    if look and source is not None:
        raise typer.BadParameter("--check asks the publishers; leave --from out.")
    if look and (hold or reason):
        raise typer.BadParameter("--check builds nothing; leave --hold and --reason out.")
    if look and (master or engine is not EngineName.EMBEDDED):
        raise typer.BadParameter("--check builds nothing; leave --engine and --master out.")
    if (engine is EngineName.SPARK) != bool(master):
        raise typer.BadParameter("--engine spark and --master URL go together; say both.")
    place = home_of(home)
    if look:
        _look(place, as_json=as_json)
    else:
        _refresh(
            place, source, allow_loss=allow_loss, hold=hold, reason=reason.strip(),
            master=master, verbose=verbose, as_json=as_json,
        )  # fmt: skip


def _open_engine(place: Path, master: str) -> Engine:
    """The engine, looked at before any file is read. Raises `AllianceError`."""
    from indicators.comparison import compare_here  # noqa: PLC0415
    from indicators.spark_comparison import SparkEngine  # noqa: PLC0415

    if not master:
        return compare_here
    engine = SparkEngine(master, place / "spark")
    engine.check(os.environ)
    return engine


def _look(place: Path, *, as_json: bool) -> None:
    """Say what each publisher has; exit status 1 where one could not be asked."""
    from alliance.home import open_catalogue, utc_now  # noqa: PLC0415
    from alliance.live import look_for_news  # noqa: PLC0415
    from ingest.live import LiveClient, system_proxy  # noqa: PLC0415

    try:
        catalogue = open_catalogue()
        with (
            progress_bar(len(catalogue.sources)) as step,
            LiveClient(proxy=system_proxy()) as client,
        ):
            states = look_for_news(place, catalogue, client, now=utc_now(), progress=step)
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error
    if as_json:
        print_json([asdict(state) | {"sentence": state.sentence} for state in states])
    else:
        _print_states(states)
    if any(state.outcome == "failed" for state in states):
        raise typer.Exit(1)


def _print_states(states: Iterable[SourceState]) -> None:
    for state in states:
        failed = state.outcome == "failed"
        (session.err if failed else session.out).print(state.sentence, markup=False)
        for failure in state.failures if failed else ():
            session.err.print(f"  {failure}", markup=False)


def _refresh(
    place: Path,
    source: Path | None,
    *,
    allow_loss: bool,
    hold: bool,
    reason: str,
    master: str,
    verbose: bool,
    as_json: bool,
) -> None:
    from alliance.home import open_catalogue, open_reference, utc_now  # noqa: PLC0415
    from alliance.publishing import open_desk  # noqa: PLC0415
    from alliance.refresh import refresh as run  # noqa: PLC0415
    from ingest.release import ReleaseStore  # noqa: PLC0415

    store = ReleaseStore(place)
    settings = load_settings(place, os.environ)
    states: tuple[SourceState, ...] = ()
    try:
        engine = _open_engine(place, master)
        catalogue = open_catalogue()
        with (
            open_desk(settings) as desk,
            progress_bar(total=len(catalogue.files) + 4) as step,
        ):
            files, states = _files(place, source, catalogue, step)
            report = run(
                store, files, catalogue, open_reference(),
                now=utc_now(), actor=current_user(), allow_loss=allow_loss,
                hold=hold, reason=reason, desk=desk, engine=engine, progress=step,
            )  # fmt: skip
            impact = _impact(desk, report)
    except AllianceError as error:
        failure = fail(error, as_json=as_json)
        if not as_json:
            _say_still_served(store)
        raise failure from error
    if as_json:
        told = [asdict(state) | {"sentence": state.sentence} for state in states]
        told_impact = impact_json(impact) if impact else None
        print_json(_report_json(report) | {"sources": told, "impact": told_impact})
    else:
        _print_states(states)
        _print_report(report, catalogue_files=len(catalogue.files), verbose=verbose)
        if impact is not None:
            print_impact(impact)
            _print_next(report, second_person=settings.second_person)
    if report.stopped or any(state.outcome == "failed" for state in states):
        raise typer.Exit(1)


def _files(
    place: Path, source: Path | None, catalogue: Catalogue, step: Callable[[str], None]
) -> tuple[Path | Folder, tuple[SourceState, ...]]:
    """The folder that was given, or what the publishers have."""
    if source is not None:
        return source, ()
    from alliance.home import utc_now  # noqa: PLC0415
    from alliance.live import bring_editions  # noqa: PLC0415
    from ingest.live import LiveClient, system_proxy  # noqa: PLC0415

    with LiveClient(proxy=system_proxy()) as client:
        return bring_editions(place, catalogue, client, now=utc_now(), progress=step)


def _impact(desk: ReleaseDesk, report: RefreshReport) -> Impact | None:
    """What the release would change, where it waits for somebody to decide."""
    from alliance.publishing import Outcome  # noqa: PLC0415

    if report.outcome in {Outcome.PUBLISHED, Outcome.UNCHANGED}:
        return None
    return desk.impact(report.info.release_id)


def _print_next(report: RefreshReport, *, second_person: bool) -> None:
    """Who decides next, and by which commands."""
    release_id, out = report.info.release_id, session.out
    who = f", by somebody other than {report.info.built_by}" if second_person else ""
    out.print(f"\nWhat next{who}", markup=False)
    for words, what in (
        ("impact", "[--authority CODE] [--csv FILE]"),
        ("publish", '--reason "…"'),
        ("discard", '--reason "…"'),
    ):
        out.print(f"  alliance releases {words} {release_id} {what}", markup=False)


def _say_still_served(store: Any) -> None:
    """After a failure: nothing was published, and what is served still is."""
    try:
        current = store.current_id()
    except AllianceError:
        return
    still = f"Release {current} is still served." if current else "There is no release yet."
    session.err.print(f"Nothing was published. {still}", markup=False)


def _report_json(report: RefreshReport) -> dict[str, Any]:
    return {
        "release": asdict(report.info),
        "path": str(report.path),
        "published": report.published,
        "outcome": str(report.outcome),
        "files": report.files,
        "bytes": report.bytes_read,
        "rows": report.rows_read,
        "indicators": report.info.n_indicators,
        "headline_indicators": report.n_headline,
        "observations": report.info.n_observations,
        "findings": [asdict(item) for item in report.findings],
        "changes": report.changes,
        "accounts": [asdict(item) for item in report.accounts],
        "stopped": [asdict(item) for item in report.stopped],
    }


OUTCOME_WORDS = {
    "published": "Published release {}",
    "held": "Held release {} for review. Nothing was published.",
    "unchanged": "Nothing has changed: release {} already holds these figures, and is still "
    "served.",
    "already held": "Release {} holds these figures and waits for review: no second was made. "
    "Nothing was published.",
    "rolled back": "Release {} holds these figures and was rolled back: no second was made. "
    "Nothing was published.",
}
"""What became of the release, by the outcome."""


def _print_report(report: RefreshReport, *, catalogue_files: int, verbose: bool) -> None:
    info, out = report.info, session.out
    others = info.n_indicators - report.n_headline
    severities = Counter(item.severity for item in report.findings)
    lines = [
        ("Files read", f"{report.files} of the {catalogue_files} in the catalogue, "
                       f"{report.bytes_read / 1e6:,.1f} MB"),
        ("Rows read", _rows_words(report.accounts)),
        ("Indicators", f"{info.n_indicators} ({report.n_headline} headline, {others} others)"),
        ("Observations", f"{info.n_observations:,}"),
        ("Findings", f"{count(severities['warning'], 'warning')}, "
                     f"{count(severities['info'], 'note')}"),
    ]  # fmt: skip
    out.print(f"{OUTCOME_WORDS[report.outcome].format(info.release_id)}\n", markup=False)
    for label, words in lines:
        out.print(f"  {label:<14}{words}", markup=False)
    _print_news(report)
    _print_findings(report.findings, verbose=verbose)
    if verbose:
        _print_accounts(report.accounts)
    _print_stopped(report.stopped)


def _rows_words(accounts: Sequence[FileAccount]) -> str:
    used = sum(item.used for item in accounts)
    aside = sum(part.rows for item in accounts for part in item.set_aside)
    return f"{used + aside:,} = {used:,} used + {aside:,} set aside with a reason"


def _print_accounts(accounts: Sequence[FileAccount]) -> None:
    """File by file: rows read = rows used + rows set aside, and why."""
    session.out.print("\nRows of each file", markup=False)
    for item in accounts:
        aside = "".join(f" + {part.rows:,} {part.reason}" for part in item.set_aside)
        session.out.print(
            f"  {item.file_name}: {item.rows:,} = {item.used:,} used{aside}", markup=False
        )


def _print_stopped(stopped: Sequence[StoppedSource]) -> None:
    """Each source that stopped, why, and what stands in for it."""
    for source in stopped:
        instead = (
            f"the files it had before stay in use ({', '.join(source.kept)})"
            if source.kept
            else "its indicators are left out"
        )
        session.err.print(f"\nStopped: {source.publication}; {instead}.", markup=False)
        for item in source.errors:
            session.err.print(f"Error: {item}", markup=False)


NEWS = (
    ("new_indicator", "new indicators"),
    ("new_period", "new periods"),
    ("revised", "revised figures"),
    ("lost_figures", "figures no longer there"),
    ("lost_indicator", "indicators no longer there"),
)
NEWS_SHOWN = 6


def _print_news(report: RefreshReport) -> None:
    """What the release has against the one before it."""
    out = session.out
    if report.info.previous_release_id is None:
        out.print("  What is new   everything: this is the first release here", markup=False)
        return
    if not report.published:
        return
    if not report.changes:
        out.print("  What is new   nothing that the figures show", markup=False)
    for kind, words in NEWS:
        rows = [row for row in report.changes if row["kind"] == kind]
        if not rows:
            continue
        figures = sum(row["figures"] or 0 for row in rows)
        size = (
            f"{figures:,} in {count(len(rows), 'period')}"
            if kind in {"revised", "lost_figures"}
            else f"{len(rows)}"
        )
        out.print(f"  What is new   {words}: {size}", markup=False)
        for row in rows[:NEWS_SHOWN]:
            period = f", {row['period']}" if row["period"] else ""
            size = f" ({row['figures']:,} authorities)" if row["figures"] else ""
            out.print(f"                  {row['title']}{period}{size}", markup=False)
        if len(rows) > NEWS_SHOWN:
            out.print(f"                  and {len(rows) - NEWS_SHOWN} more", markup=False)


def _print_findings(findings: Sequence[Finding], *, verbose: bool) -> None:
    """Warnings in full; notes only when asked for."""
    shown = [item for item in findings if verbose or item.severity == "warning"]
    if shown:
        session.out.print()
    for item in shown:
        word = {"warning": "Warning", "info": "Note"}.get(item.severity, "Error")
        session.out.print(f"{word}: {item}", markup=False)
    if not verbose and any(item.severity == "info" for item in findings):
        session.out.print("\n--verbose lists the notes.", markup=False)
