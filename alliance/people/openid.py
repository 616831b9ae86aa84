"""Signing in with a council's own account by OpenID Connect: the authorisation code flow with PKCE,
state and nonce, by Authlib.

Takes the provider's word for who somebody is. Never makes an account, and gives no right.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, session
from joserfc.errors import JoseError
from werkzeug.wrappers import Response as AnyResponse

from alliance.people.openid_settings import OpenIdSettings
from alliance.people.sign_in import KIND, NOBODY, Outcome, begin_for
from alliance.section import is_trusted_address
from alliance.store import Store
from alliance.store.accounts import Account, accounts_called
from ingest.errors import AllianceError

SECONDS = 10
"""How long the provider may take for an answer."""
LEEWAY_SECONDS = 60
"""By how much its clock may be wrong."""
ALGORITHMS = frozenset(
    f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)
) | {"EdDSA", "Ed25519"}
"""Signatures that are taken: those that only the holder of a private key can make."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
ONWARD = "openid_onward"
"""Where the session keeps the page to go on to."""
AGAIN = "Begin again from the sign-in page."
FAULTS = (
    AuthlibBaseError,
    JoseError,
    requests.RequestException,
    RuntimeError,
    ValueError,
    KeyError,
)


class OpenIdError(AllianceError):
    """The provider could not be asked, or what it says cannot be believed. The message says so;
    `why` is for the record."""

    def __init__(self, words: str, why: str) -> None:
        super().__init__(words)
        self.why = why


class Provider:
    """The provider that settings name. Both methods work within a request."""

    def __init__(self, server: Flask, settings: OpenIdSettings) -> None:
        self.settings = settings
        self._client = OAuth(server).register(
            "openid",
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=f"{settings.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "default_timeout": SECONDS,
            },
        )

    def leave_for(self, answer_address: str, onward: str) -> AnyResponse:
        """Send the browser to the provider, which sends it back to `answer_address`. Raises
        `OpenIdError`."""
        try:
            self._check_provider()
            response: AnyResponse = self._client.authorize_redirect(answer_address)
        except FAULTS as error:
            raise _told(error) from error
        session[ONWARD] = onward
        return response

    def read_answer(self) -> tuple[dict[str, Any], str]:
        """What the provider says of whoever is at the browser, proved to be its word and for this
        sign-in, and the page to go on to. An answer counts once. Raises `OpenIdError`."""
        try:
            metadata = self._check_provider()
            token = self._client.authorize_access_token(
                claims_options={
                    "iss": {"essential": True, "value": metadata["issuer"]},
                    "aud": {"essential": True, "value": self.settings.client_id},
                },
                leeway=LEEWAY_SECONDS,
            )
        except FAULTS as error:
            raise _told(error) from error
        if "userinfo" not in token:
            raise OpenIdError(
                f"Your council’s sign-in did not say who you are. {AGAIN}", "no token"
            )
        return dict(token["userinfo"]), str(session.pop(ONWARD, "/"))

    def _check_provider(self) -> dict[str, Any]:
        """What the provider says of itself. Raises `ValueError` where that is not the issuer of the
        settings, or would send secrets where they can be read."""
        metadata: dict[str, Any] = self._client.load_server_metadata()
        issuer = str(metadata.get("issuer", ""))
        if issuer.rstrip("/") != self.settings.issuer:
            raise ValueError(f"the provider calls itself {issuer[:100]}")
        for name in ENDPOINTS:
            if not is_trusted_address(str(metadata.get(name, "")).partition("?")[0]):
                raise ValueError(f"its {name} is not an https address")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [a for a in offered if a in ALGORITHMS]
        return metadata


def sign_in_by(
    store: Store, settings: OpenIdSettings, claims: dict[str, Any], *, address: str, now: datetime
) -> Outcome:
    """Begin a session for the account that the claims name, if there is one in use."""
    account = _account_of(store, settings, claims)
    if account is None:
        named = str(claims.get(settings.claim, ""))[:100].replace("\x00", "")
        refuse(store, "no account", address=address, now=now, named=named)
        return Outcome(
            refusal="Your council knows you, and there is no account for you here. Ask whoever "
            "runs Alliance for your area to add one."
        )
    return begin_for(store, account, address=address, now=now, how="openid")


def refuse(store: Store, why: str, *, address: str, now: datetime, named: str = "") -> None:
    """Record that nobody was signed in, and why."""
    with store.write(now=now, actor=NOBODY) as unit:
        details = {"address": address, "by": "openid", "why": why, "named": named}
        unit.record("refused", KIND, "openid", details=details)


def _account_of(store: Store, settings: OpenIdSettings, claims: dict[str, Any]) -> Account | None:
    """The only account that the claim names. An email address that the provider itself says is not
    proved names nobody."""
    named = claims.get(settings.claim)
    unproved = settings.claim == "email" and claims.get("email_verified") is False
    if not isinstance(named, str) or not named.strip() or "\x00" in named or unproved:
        return None
    with store.read() as reading:
        found = accounts_called(reading, named)
    return found[0] if len(found) == 1 and found[0].active else None


def _told(error: Exception) -> OpenIdError:
    """What went wrong, in words that give nothing of it away."""
    why = f"{type(error).__name__}: {error}"[:200].replace("\x00", "")
    if isinstance(error, MismatchingStateError):
        words = "This sign-in was begun elsewhere, took too long or was used already."
    elif isinstance(error, requests.RequestException):
        words = "Your council’s sign-in does not answer at the moment. Try again later."
    elif isinstance(error, OAuthError) and error.error == "access_denied":
        words = "You were not signed in at your council."
    else:
        words = "What your council’s sign-in answered could not be confirmed."
    return OpenIdError(f"{words} {AGAIN}", why)
