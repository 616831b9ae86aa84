"""What is done to accounts, by rules: names, roles and passwords are checked, then kept.

Whether somebody may do it is asked before (`accounts.manage`); nothing here prints or prompts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from alliance.access import ANONYMOUS, Person, Role
from alliance.people.passwords import check_password, hash_password
from alliance.settings import Settings
from alliance.store import Store
from alliance.store.accounts import Account, add_account, change_account, find_account
from ingest.authorities import Reference, Region
from ingest.errors import AllianceError

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?")
RESERVED = frozenset({"alliance"})
"""Names of no person: what the product does by itself, such as calling a review on its day, is done
by “alliance”."""
LONGEST_NAME = 100
EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
LONGEST_EMAIL = 254


class AccountError(AllianceError):
    """An account cannot be added or changed as asked. Nothing was written."""


def person_of(account: Account | None) -> Person:
    """Who an account stands for. Nobody in particular, where it is out of use or there is none; a
    role that this version does not know gives no right."""
    if account is None or not account.active:
        return ANONYMOUS
    roles = frozenset(role for role in Role if role.value in account.roles)
    return Person(
        account.username, account.display_name, account.authority_code, account.alliance, roles
    )


def check_username(username: str) -> str:
    """The username as it is kept: in small letters. Raises `AccountError` if it cannot be one."""
    kept = username.strip().lower()
    if not USERNAME.fullmatch(kept):
        raise AccountError(
            f"“{username[:70]}” cannot be a username: use up to 64 letters, digits, and . _ @ - "
            "between them, such as j.ashby."
        )
    if kept in RESERVED:
        raise AccountError(f"“{kept}” is the name of no person: choose another.")
    return kept


def check_email(address: str | None) -> str | None:
    """The address as it is kept: in small letters. Raises `AccountError` if it cannot be one."""
    if address is None:
        return None
    kept = address.strip().lower()
    if not EMAIL.fullmatch(kept) or len(kept) > LONGEST_EMAIL:
        raise AccountError(
            f"“{address[:70]}” cannot be an email address: give one such as j.ashby@council.gov.uk."
        )
    return kept


def check_roles(roles: Iterable[Role], alliance: str | None) -> tuple[Role, ...]:
    """The roles of an account in that alliance, each once. Raises `AccountError` for none, and for
    an observer who would be anything else besides, or of no alliance."""
    kept = tuple(sorted(set(roles)))
    if not kept:
        raise AccountError("An account needs a role: without one it gives no right.")
    if Role.OBSERVER in kept and len(kept) > 1:
        raise AccountError(
            "An observer sees what is shared with them and nothing else, so has no other role."
        )
    if Role.OBSERVER in kept and alliance is None:
        raise AccountError(
            "An observer belongs to an alliance, whose members share entries with them: say which "
            "with --alliance."
        )
    return kept


def check_display_name(name: str) -> str:
    """The name as others read it. Raises `AccountError` if there is none."""
    kept = " ".join(name.split())
    if not kept or len(kept) > LONGEST_NAME or not kept.isprintable():
        raise AccountError(f"The display name must have 1 to {LONGEST_NAME} characters.")
    return kept


def check_authority(code: str | None, reference: Reference) -> str | None:
    """The DfE number of an authority that there is or was. Raises `AccountError` otherwise."""
    if code is not None and code not in reference.authority_by_code:
        raise AccountError(f"There is no authority {code}: give a DfE number, such as 873.")
    return code


def check_alliance(
    name: str | None, authority: str | None, settings: Settings, reference: Reference
) -> str | None:
    """The key of an alliance: the name of a set in settings.toml, or the code of a region, which
    may be given by its name. Raises `AccountError` for one that there is not, or that the
    authority does not belong to."""
    if name is None:
        return None
    members = _members(name, settings, reference)
    if members is None:
        known = [*settings.alliances, *(region.name for region in _regions(reference))]
        raise AccountError(f"There is no alliance “{name}”; known: {', '.join(known)}.")
    key, codes = members
    if authority is not None and authority not in codes:
        raise AccountError(f"Authority {authority} does not belong to the alliance “{name}”.")
    return key


def _members(
    name: str, settings: Settings, reference: Reference
) -> tuple[str, Collection[str]] | None:
    if name in settings.alliances:
        return name, settings.alliances[name]
    for region in _regions(reference):
        if name in {region.area_code, region.name}:
            code = region.area_code
            return code, {a.area_code for a in reference.authorities if a.region_code == code}
    return None


def _regions(reference: Reference) -> list[Region]:
    return [r for r in reference.regions if r.area_level == "region" and not r.parent_code]


def create_account(
    store: Store,
    *,
    username: str,
    display_name: str,
    password: str | None,
    authority_code: str | None,
    alliance: str | None,
    roles: Iterable[Role],
    now: datetime,
    actor: str,
    email: str | None = None,
) -> Account:
    """Add an account; authority and alliance have been checked. Without a password nobody can sign
    in to it with one. Raises `AccountError`, `PasswordError`, or `StoreError` where the name or the
    address is taken."""
    kept_name = check_username(username)
    kept_roles = sorted({role.value for role in roles})
    if not kept_roles:
        raise AccountError("An account needs a role: without one it gives no right.")
    if password is not None:
        check_password(password, kept_name)
    with store.write(now=now, actor=actor) as unit:
        return add_account(
            unit,
            username=kept_name,
            display_name=check_display_name(display_name),
            password_hash="" if password is None else hash_password(password),
            authority_code=authority_code,
            alliance=alliance,
            roles=kept_roles,
            email=check_email(email),
        )


def get_account(store: Store, username: str) -> Account:
    """The account of that username. Raises `AccountError` if there is none."""
    with store.read() as session:
        account = find_account(session, username)
    if account is None:
        raise AccountError(
            f"There is no account “{username}”: “alliance users list” shows those there are."
        )
    return account


def set_active(
    store: Store, username: str, active: bool, *, now: datetime, actor: str, reason: str = ""
) -> bool:
    """Put an account into use or take it out, which ends its sessions; what the person wrote
    stays. False where it was so already. Raises `AccountError` if there is none."""
    account = get_account(store, username)
    if account.active == active:
        return False
    action = "enabled" if active else "disabled"
    with store.write(now=now, actor=actor) as unit:
        change_account(unit, account, action=action, reason=reason, active=active)
    return True


def set_password(store: Store, username: str, password: str, *, now: datetime, actor: str) -> None:
    """Give an account a new password, which ends its sessions. Raises `AccountError` if there is
    none, `PasswordError` if somebody would guess it."""
    account = get_account(store, username)
    check_password(password, account.username)
    kept = hash_password(password)
    with store.write(now=now, actor=actor) as unit:
        change_account(unit, account, action="password_set", password_hash=kept)


def change(
    store: Store, username: str, *, now: datetime, actor: str, reason: str = "", **values: Any
) -> tuple[str, ...]:
    """Give an account what is new of its `display_name`, `authority_code`, `alliance`, `roles` and
    `email`, all of which have been checked; its sessions end, also where somebody only moves. The
    names of what changed: none where all of it was so already. Raises `AccountError` if there is no
    such account, `StoreError` for an address that is taken."""
    account = get_account(store, username)
    new = {name: value for name, value in values.items() if value != getattr(account, name)}
    if new:
        with store.write(now=now, actor=actor) as unit:
            change_account(unit, account, action="changed", reason=reason, **new)
    return tuple(new)
