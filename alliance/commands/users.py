"""`alliance users`: accounts, by whoever may write to the home. Passwords are asked for twice or
read from standard input; they never stand on the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance.access import Role
from alliance.commands.session import (
    Home,
    Json,
    current_user,
    fail,
    is_demonstration_home,
    print_json,
    session,
)
from alliance.settings import Settings, load_settings
from ingest.errors import AllianceError

if TYPE_CHECKING:
    from alliance.store import Store
    from alliance.store.accounts import Account

users_app = typer.Typer(
    help="Add, list and change the accounts of people who sign in.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The username, such as j.ashby.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the record.")]
FromInput = Annotated[
    bool,
    typer.Option("--password-stdin", help="Read the password from standard input, one line."),
]


@users_app.callback()
def root(home: Home = None) -> None:
    """Add, list and change the accounts of people who sign in."""
    if home is not None:
        session.home = home


@users_app.command("add")
def add(
    name: Name,
    display_name: Annotated[str, typer.Option("--display-name", help="The name others read.")],
    role: Annotated[list[Role], typer.Option("--role", help="What they are; may be repeated.")],
    authority: Annotated[
        str | None, typer.Option("--authority", help="DfE number of their authority.")
    ] = None,
    alliance: Annotated[
        str | None,
        typer.Option("--alliance", help="Their alliance: a set in settings.toml, or a region."),
    ] = None,
    email: Annotated[
        str | None,
        typer.Option("--email", help="Where they are told; no other member sees it."),
    ] = None,
    no_password: Annotated[
        bool,
        typer.Option("--no-password", help="They sign in with their council, or by a reset link."),
    ] = False,
    password_stdin: FromInput = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add an account. The password is asked for.

    An observer, from the department, the LGA or among elected members, belongs to an alliance, may
    have no authority, and sees of what the alliance writes only what is shared with them.

    Example: alliance users add j.ashby --display-name "Jo Ashby" --authority 873
    --alliance "Eastern triad" --role analyst --email jo.ashby@council.gov.uk
    """
    from alliance.home import open_reference, utc_now  # noqa: PLC0415
    from alliance.people import accounts  # noqa: PLC0415
    from alliance.people.passwords import check_password  # noqa: PLC0415

    with _told(as_json), _opened(home) as (store, settings):
        _refuse_demonstration(settings)
        username = accounts.check_username(name)
        reference = open_reference()
        code = accounts.check_authority(authority, reference)
        key = accounts.check_alliance(alliance, code, settings, reference)
        roles = accounts.check_roles(role, key)
        accounts.check_display_name(display_name)
        address = accounts.check_email(email)
        password = None if no_password else _ask_password(from_input=password_stdin)
        if password is not None:
            check_password(password, username)
        account = accounts.create_account(
            store,
            username=username,
            display_name=display_name,
            password=password,
            authority_code=code,
            alliance=key,
            roles=roles,
            now=utc_now(),
            actor=current_user(),
            email=address,
        )
        _say(f"Added {account.username}.", account, as_json=as_json)


@users_app.command("list")
def list_users(home: Home = None, as_json: Json = False) -> None:
    """List the accounts.

    Example: alliance users list
    """
    from alliance.store.accounts import list_accounts  # noqa: PLC0415

    with _told(as_json), _opened(home) as (store, _settings):
        with store.read() as reading:
            accounts = list_accounts(reading)
        if as_json:
            print_json([_open_parts(account) for account in accounts])
        elif not accounts:
            session.out.print(
                "There is no account yet: “alliance users add” adds one.", markup=False
            )
        for account in () if as_json else accounts:
            session.out.print(_line(account), markup=False)


@users_app.command("disable")
def disable(name: Name, reason: Reason = "", home: Home = None, as_json: Json = False) -> None:
    """Take an account out of use: its sessions end at once. What the person wrote stays.

    Example: alliance users disable j.ashby --reason "Left the council"
    """
    _set_active(name, False, reason, home, as_json=as_json)


@users_app.command("enable")
def enable(name: Name, reason: Reason = "", home: Home = None, as_json: Json = False) -> None:
    """Put an account into use again.

    Example: alliance users enable j.ashby
    """
    _set_active(name, True, reason, home, as_json=as_json)


@users_app.command("set-password")
def set_password(
    name: Name, password_stdin: FromInput = False, home: Home = None, as_json: Json = False
) -> None:
    """Give an account a new password, which ends its sessions. The password is asked for.

    Example: alliance users set-password j.ashby
    """
    from alliance.home import utc_now  # noqa: PLC0415
    from alliance.people import accounts  # noqa: PLC0415

    with _told(as_json), _opened(home) as (store, settings):
        _refuse_demonstration(settings)
        account = accounts.get_account(store, name)
        password = _ask_password(from_input=password_stdin)
        accounts.set_password(store, name, password, now=utc_now(), actor=current_user())
        account = accounts.get_account(store, name)
        _say(f"{account.username} has a new password.", account, as_json=as_json)


@users_app.command("change")
def change(
    name: Name,
    display_name: Annotated[
        str | None, typer.Option("--display-name", help="The name others read.")
    ] = None,
    role: Annotated[
        list[Role] | None,
        typer.Option("--role", help="What they are from now on; may be repeated."),
    ] = None,
    authority: Annotated[
        str | None, typer.Option("--authority", help="DfE number of their authority, or none.")
    ] = None,
    alliance: Annotated[
        str | None, typer.Option("--alliance", help="Their alliance, or none.")
    ] = None,
    email: Annotated[
        str | None, typer.Option("--email", help="Their email address, or none.")
    ] = None,
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Change what is given of an account, because people move; the rest stays. Its sessions end.

    Example: alliance users change j.ashby --authority 874 --role director --reason "New post"
    """
    from alliance.home import open_reference, utc_now  # noqa: PLC0415
    from alliance.people import accounts  # noqa: PLC0415

    with _told(as_json), _opened(home) as (store, settings):
        _refuse_demonstration(settings)
        account = accounts.get_account(store, name)
        reference = open_reference()
        code = accounts.check_authority(_given(authority, account.authority_code), reference)
        key = accounts.check_alliance(_given(alliance, account.alliance), code, settings, reference)
        kept = role or [Role(held) for held in account.roles]
        changed = accounts.change(
            store,
            name,
            now=utc_now(),
            actor=current_user(),
            reason=reason,
            display_name=accounts.check_display_name(display_name or account.display_name),
            authority_code=code,
            alliance=key,
            roles=tuple(held.value for held in accounts.check_roles(kept, key)),
            email=accounts.check_email(_given(email, account.email)),
        )
        what = ", ".join(part.removesuffix("_code").replace("_", " ") for part in changed)
        done = f"changed ({what}), and signed out" if changed else "as it was"
        _say(f"{account.username} is {done}.", accounts.get_account(store, name), as_json=as_json)


@users_app.command("reset-link")
def reset_link(
    name: Name,
    address: Annotated[
        str, typer.Option("--address", help="Where people open Alliance; else [mail] base_url.")
    ] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print a link by which somebody sets a new password: once, within an hour. Give it to nobody
    else.

    Example: alliance users reset-link j.ashby --address https://alliance.council.gov.uk
    """
    from alliance.home import utc_now  # noqa: PLC0415
    from alliance.people.reset import make_link  # noqa: PLC0415

    with _told(as_json), _opened(home) as (store, settings):
        _refuse_demonstration(settings)
        if settings.openid is not None and not settings.openid.passwords:
            raise AllianceError("Nobody signs in with a password here: [openid] says so.")
        place = address or (settings.mail.base_url if settings.mail else "")
        if not place:
            raise AllianceError(
                "It is not known where people open Alliance: add --address, or [mail] base_url to "
                "settings.toml."
            )
        path = make_link(store, name, now=utc_now(), actor=current_user())
        link = f"{place.rstrip('/')}{path}"
        if as_json:
            print_json({"username": name, "link": link})
        else:
            session.out.print(link, markup=False)


def _given(value: str | None, before: str | None) -> str | None:
    """What an option says: as before where it is not given, nothing where it says none."""
    if value is None:
        return before
    return None if value.strip().casefold() in ("", "none") else value


def _set_active(name: str, active: bool, reason: str, home: Home, *, as_json: bool) -> None:
    from alliance.home import utc_now  # noqa: PLC0415
    from alliance.people import accounts  # noqa: PLC0415

    with _told(as_json), _opened(home) as (store, settings):
        _refuse_demonstration(settings)
        changed = accounts.set_active(
            store, name, active, now=utc_now(), actor=current_user(), reason=reason
        )
        account = accounts.get_account(store, name)
        state = "in use" if active else "out of use"
        verb = "is" if changed else "was already"
        _say(f"{account.username} {verb} {state}.", account, as_json=as_json)


@contextmanager
def _told(as_json: bool) -> Iterator[None]:
    try:
        yield
    except AllianceError as error:
        raise fail(error, as_json=as_json) from error


@contextmanager
def _opened(home: Home) -> Iterator[tuple[Store, Settings]]:
    from alliance.store import open_store  # noqa: PLC0415

    settings = load_settings(home or session.home, os.environ)
    store = open_store(settings)
    try:
        yield store, settings
    finally:
        store.close()


def _refuse_demonstration(settings: Settings) -> None:
    """Raises `AllianceError` in the demonstration's home: nobody signs in there."""
    if is_demonstration_home(settings):
        raise AllianceError(
            f"{settings.home} is a demonstration: nobody signs in there, and its people are "
            "chosen at the top of each page. Accounts belong into another home (--home DIR)."
        )


def _ask_password(*, from_input: bool) -> str:
    if from_input:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise AllianceError("There is no password on standard input: write it as one line.")
        return password
    if not sys.stdin.isatty():
        raise AllianceError(
            "The password can only be asked for on a terminal. Elsewhere, write it to standard "
            "input and add --password-stdin."
        )
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _say(sentence: str, account: Account, *, as_json: bool) -> None:
    if as_json:
        print_json(_open_parts(account))
    else:
        session.out.print(sentence, markup=False)


def _line(account: Account) -> str:
    place = ", ".join(part for part in (account.authority_code, account.alliance) if part)
    state = "" if account.active else "  (out of use)"
    roles = ", ".join(account.roles)
    words = (account.username, account.display_name, roles, place, account.email or "")
    return "  ".join(word for word in words if word) + state


def _open_parts(account: Account) -> dict[str, Any]:
    """What may be told of an account."""
    return {
        "username": account.username,
        "display_name": account.display_name,
        "authority_code": account.authority_code,
        "alliance": account.alliance,
        "roles": list(account.roles),
        "active": account.active,
        "email": account.email,
        "created_at": account.created_at,
        "created_by": account.created_by,
        "version": account.version,
    }
