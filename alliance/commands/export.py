"""`alliance export`: the files that pages offer, and the release itself, written to disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alliance.commands.session import Home, Json, fail, home_of, print_json, session
from ingest.errors import AllianceError

if TYPE_CHECKING:
    from alliance.exports.table import ExportTable
    from alliance.service import Served

export_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Write figures, a profile or the release to a file that says what it holds.",
)

Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.", dir_okay=False)]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Write over a file that is there already.")
]
Form = Annotated[str, typer.Option("--format", help="csv, xlsx or pptx; by default as FILE ends.")]
Indicator = Annotated[str, typer.Option("--indicator", metavar="ID", help="Such as cla_rate.")]
Authority = Annotated[
    str, typer.Option("--authority", metavar="CODE", help="DfE number, such as 873.")
]
AllianceKey = Annotated[
    str, typer.Option("--alliance", help="A set of settings.toml, or a region's code.")
]


Scope = Annotated[str, typer.Option(help="alliance, region, neighbours, england, codes-873-925, …")]


@export_app.command()
def figures(
    indicator: Indicator,
    out: Out,
    period: Annotated[
        str, typer.Option(help="Such as 2025 or 2024/25; by default the latest.")
    ] = "",
    scope: Scope = "alliance",
    authority: Authority = "",
    alliance: AllianceKey = "",
    form: Form = "",
    overwrite: Overwrite = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write one indicator's figures in one period, as the indicator's page offers them.

    Example: alliance export figures --indicator cla_rate --scope england --out cla_rate.xlsx
    """
    query = {"indicator": indicator, "period": period, "scope": scope}
    _export("figures", query, authority, alliance, form, out, overwrite, home, as_json)


@export_app.command()
def series(
    indicator: Indicator,
    authority: Authority,
    out: Out,
    scope: Scope = "alliance",
    form: Form = "",
    overwrite: Overwrite = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write one authority's figures over time, and those of its comparison set.

    Example: alliance export series --indicator cla_rate --authority 873 --out cla_rate.pptx
    """
    query = {"indicator": indicator, "scope": scope}
    _export("series", query, authority, "", form, out, overwrite, home, as_json)


@export_app.command("table")
def any_table(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="A kind of export.")],
    out: Out,
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="As in the address of the page's link."),
    ] = None,
    authority: Authority = "",
    alliance: AllianceKey = "",
    form: Form = "",
    overwrite: Overwrite = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write any kind of export that a page offers, by the words of its address.

    Example: alliance export table funnel indicator=cla_rate period=2025 --out funnel.csv
    """
    pairs = [item.partition("=") for item in query or []]
    if wrong := next((key for key, equals, _ in pairs if not equals), None):
        raise typer.BadParameter(f"“{wrong}” is not of the form KEY=VALUE.")
    words = {key: value for key, _, value in pairs}
    _export(kind, words, authority, alliance, form, out, overwrite, home, as_json)


@export_app.command()
def profile(
    authority: Authority,
    out: Out,
    overwrite: Overwrite = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write an authority's profile as an accessible PDF.

    Example: alliance export profile --authority 873 --out cambridgeshire.pdf
    """
    from alliance.exports.profile_document import render_profile  # noqa: PLC0415

    try:
        _refuse_to_overwrite(out, overwrite)
        served = _served(home)
        _write(out, render_profile(served, authority))
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error
    _tell(out, served, "profile", as_json=as_json)


@export_app.command()
def release(
    out: Out, overwrite: Overwrite = False, home: Home = None, as_json: Json = False
) -> None:
    """Write a copy of the release being served: a DuckDB file with every figure.

    Example: alliance export release --out alliance.duckdb
    """
    from ingest.durable import copy_whole  # noqa: PLC0415

    try:
        _refuse_to_overwrite(out, overwrite)
        served = _served(home)
        try:
            copy_whole(served.release.path, out)
        except OSError as error:
            raise AllianceError(f"{out} cannot be written: {error.strerror}.") from error
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error
    _tell(out, served, "release", as_json=as_json)


def _export(
    kind: str, query: Mapping[str, str], authority: str, alliance: str, form: str, out: Path,
    overwrite: bool, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Build a kind's table, render it in a form and write it."""
    from alliance.exports.forms import FORMS as RENDERERS  # noqa: PLC0415

    chosen = _form_of(form, out)
    try:
        _refuse_to_overwrite(out, overwrite)
        served = _served(home)
        known = {"us": authority, "alliance": alliance, **query}
        words = {key: value for key, value in known.items() if value}
        table = _build(served, kind, words)
        _write(out, RENDERERS[chosen].pieces(table))
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error
    _tell(out, served, kind, as_json=as_json, rows=len(table.rows))


def _form_of(form: str, out: Path) -> str:
    from alliance.exports.table import FORMS  # noqa: PLC0415

    chosen = form or out.suffix.removeprefix(".").lower()
    if chosen not in FORMS:
        raise typer.BadParameter(
            f"“{chosen}” is no form of export: give --format {', '.join(FORMS)}."
        )
    return chosen


def _build(served: Served, kind: str, query: dict[str, str]) -> ExportTable:
    from alliance.exports.kinds import KINDS, build_export  # noqa: PLC0415

    if kind not in KINDS:
        raise typer.BadParameter(f"“{kind}” is no kind of export: give {', '.join(KINDS)}.")
    periods = served.periods.get(query.get("indicator", ""), [])
    if kind == "figures" and "period" not in query and periods:
        query["period"] = periods[-1]["period"]
    return build_export(served, kind, query)


def _served(home: Path | None) -> Served:
    from alliance.service import ReleaseService  # noqa: PLC0415
    from alliance.settings import load_settings  # noqa: PLC0415

    return ReleaseService(load_settings(home_of(home), os.environ)).current()


def _refuse_to_overwrite(out: Path, overwrite: bool) -> None:
    if out.exists() and not overwrite:
        raise AllianceError(
            f"{out} is there already, and was left as it is: give another name, or --overwrite."
        )


def _write(out: Path, content: bytes | Iterable[bytes]) -> None:
    from ingest.durable import write_whole  # noqa: PLC0415

    try:
        write_whole(out, content)
    except OSError as error:
        raise AllianceError(f"{out} cannot be written: {error.strerror}.") from error


def _tell(out: Path, served: Served, kind: str, *, as_json: bool, rows: int | None = None) -> None:
    from alliance.service import DEMONSTRATION  # noqa: PLC0415

    demo = f" {DEMONSTRATION}." if served.info.demo else ""
    if as_json:
        counted = {} if rows is None else {"rows": rows}
        result = {"file": str(out), "kind": kind, "release_id": served.info.release_id,
                  "demo": served.info.demo, "bytes": out.stat().st_size, **counted}  # fmt: skip
        print_json(result)
    else:
        words = f"Wrote {out} from release {served.info.release_id}.{demo}"
        session.out.print(words, markup=False)
