"""`alliance serve` and `alliance demo`: the app over a home that has a release."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from alliance.commands.session import (
    Home,
    Json,
    current_user,
    fail,
    home_of,
    is_demonstration_home,
    print_json,
    progress_bar,
    session,
)
from alliance.settings import HOME_VARIABLE, Settings, load_settings
from ingest.errors import AllianceError
from ingest.release import ReleaseStore

FIRST_PORT, PORTS_TRIED = 8050, 20
THREADS = 8
FORWARDED = "x-forwarded-for x-forwarded-host x-forwarded-proto"

Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Port to listen on.")]


BehindProxy = Annotated[
    str,
    typer.Option(
        "--behind-proxy",
        metavar="ADDRESS",
        help="Address of the proxy that answers for https: its X-Forwarded headers are believed.",
    ),
]


def serve(
    home: Home = None,
    host: str = "127.0.0.1",
    port: Port = None,
    behind_proxy: BehindProxy = "",
) -> None:
    """Serve the app from a home that has a release.

    Example: alliance serve --home /srv/alliance --port 8050
    """
    try:
        ReleaseStore(home_of(home)).current_path()
        _serve(home, host, port or FIRST_PORT, behind_proxy=behind_proxy)
    except AllianceError as error:
        raise fail(error, as_json=False) from error


def demo(
    home: Home = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Build it and stop.")] = False,
    port: Port = None,
    as_json: Json = False,
) -> None:
    """Build a demonstration with invented authorities and figures, and serve it.

    Example: alliance demo
    """
    from alliance.home import DEMONSTRATION_HOME, build_demonstration  # noqa: PLC0415

    chosen = home or session.home or os.environ.get(HOME_VARIABLE) or DEMONSTRATION_HOME
    place = home_of(Path(chosen))
    try:
        with progress_bar(total=60) as step:
            built = build_demonstration(place, actor=current_user(), progress=step)
        info = built.info
        if as_json:
            print_json(asdict(info) | {"path": str(built.path), "home": str(place)})
        else:
            made = "Built" if built.published else "Found"
            session.out.print(
                f"{made} the demonstration (invented authorities and figures) in {place}: "
                f"{info.n_indicators} indicators, {info.n_observations:,} observations.",
                markup=False,
            )
        if not no_serve:
            _serve(place, "127.0.0.1", port or _free_port())
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error


def _free_port() -> int:
    """The first port from 8050 on that nothing listens on."""
    import socket  # noqa: PLC0415

    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AllianceError(
        f"Ports {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} are in use: give --port."
    )


def _serve(home: Path | None, host: str, port: int, *, behind_proxy: str = "") -> None:
    """Serve until told to stop. Raises `AllianceError` if the port cannot be had, or the store of
    what people write cannot be opened."""
    from alliance.leaving import run_until_told  # noqa: PLC0415
    from alliance.returns.door import polite_server  # noqa: PLC0415
    from alliance.server import create_app, settle  # noqa: PLC0415
    from alliance.store import open_store  # noqa: PLC0415

    settings = load_settings(home or session.home, os.environ)
    open_store(settings).close()
    dash_app = create_app(settings)
    proxy = {"trusted_proxy": behind_proxy, "trusted_proxy_headers": FORWARDED}
    try:
        server = polite_server(
            dash_app.server,
            host=host,
            port=port,
            threads=THREADS,
            clear_untrusted_proxy_headers=True,
            **(proxy if behind_proxy else {}),
        )
    except OSError as error:
        raise AllianceError(
            f"Port {port} on {host} cannot be used ({error.strerror}): choose another with --port."
        ) from error
    stop_sending = _send_meanwhile(settings)
    settle()
    session.out.print(f"Serving at http://{host}:{port}/  (Ctrl+C stops it)", markup=False)
    session.out.file.flush()
    try:
        run_until_told(server)
    finally:
        server.close()
        stop_sending()


def _send_meanwhile(settings: Settings) -> Callable[[], None]:
    """Send mail as often as settings say, never from a demonstration; gives what ends it."""
    from alliance.mail.background import begin_sending  # noqa: PLC0415
    from alliance.store import open_store  # noqa: PLC0415

    mail = settings.mail
    if mail is None or not mail.every_seconds or is_demonstration_home(settings):
        return lambda: None
    store = open_store(settings)
    end = begin_sending(store, mail)

    def stop() -> None:
        end()
        store.close()

    return stop
