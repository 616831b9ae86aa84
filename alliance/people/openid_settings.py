"""The `[openid]` section of settings.toml: whose word is taken for who somebody is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from alliance.section import read_section

CLIENT_SECRET_VARIABLE = "ALLIANCE_OPENID_SECRET"  # noqa: S105
KNOWN = ("issuer", "client_id", "claim", "label", "passwords")
OF_EVERYBODY = frozenset({"common", "organizations", "consumers"})
"""Tenants of Entra ID that speak for anybody at all: no one council vouches for what they say."""


@dataclass(frozen=True, slots=True)
class OpenIdSettings:
    """`claim` names the account: its username or email address. `label` is on the button. Without
    `passwords` nobody signs in with a password of this product."""

    issuer: str
    client_id: str
    claim: str = "preferred_username"
    label: str = "Sign in with your council account"
    passwords: bool = True
    client_secret: str = field(default="", repr=False)


def read_openid(raw: object, path: Path, environment: Mapping[str, str]) -> OpenIdSettings | None:
    """What the section says; None where there is none. Raises `AllianceError` naming the fault."""
    if raw is None:
        return None
    section = read_section("openid", raw, path, KNOWN)
    default = OpenIdSettings("", "")
    issuer = section.address("issuer")
    if OF_EVERYBODY & set(urlsplit(issuer).path.casefold().split("/")):
        raise section.fault("issuer must be that of your own tenant, not one for everybody")
    secret = environment.get(CLIENT_SECRET_VARIABLE, "")
    if not secret:
        raise section.fault(f"needs the client’s secret in {CLIENT_SECRET_VARIABLE}")
    return OpenIdSettings(
        issuer=issuer,
        client_id=section.must("client_id"),
        claim=section.get("claim", default.claim),
        label=section.get("label", default.label),
        passwords=section.get("passwords", default.passwords),
        client_secret=secret,
    )
