"""The `alliance` command: puts the commands together.

Results go to standard output, progress and errors to standard error. Exit status 0; 1 where the
work or a check failed; 2 where the words were wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from alliance.commands.backup import backup, restore
from alliance.commands.check import check
from alliance.commands.export import export_app
from alliance.commands.mail import mail_app
from alliance.commands.refresh import refresh
from alliance.commands.releases import releases_app
from alliance.commands.returns import returns_app
from alliance.commands.serve import demo, serve
from alliance.commands.session import Home, session
from alliance.commands.users import users_app
from ingest.errors import AllianceError

app = typer.Typer(
    help="Compare how neighbouring councils' children's services perform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (refresh, check, serve, demo, backup, restore):
    app.command()(command)
app.add_typer(releases_app, name="releases")
app.add_typer(users_app, name="users")
app.add_typer(mail_app, name="mail")
app.add_typer(returns_app, name="returns")
app.add_typer(export_app, name="export")


@app.callback()
def root(home: Home = None) -> None:
    """Compare how neighbouring councils' children's services perform."""
    session.begin(home)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; the entry point of the console script."""
    try:
        app(args=list(arguments) if arguments is not None else None)
    except AllianceError as error:
        session.err.print(f"Error: {error}", markup=False)
        sys.exit(1)
