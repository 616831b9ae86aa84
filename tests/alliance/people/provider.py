"""An OpenID Connect provider on this machine, made of Authlib's server parts: the authorisation
code flow with PKCE, for one client, and faults that a test may ask for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, jsonify
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "alliance-client", "a secret of the client"
Claims = dict[str, Any]


@dataclass
class Client:
    """The only client: the product."""

    redirects: set[str]

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return min(self.redirects)

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri in self.redirects

    def check_client_secret(self, secret: str) -> bool:
        return secret == SECRET

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


@dataclass
class Code:
    """A code that was handed out."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class Idp:
    """The provider: who is at the browser (`user`), and what it does wrong (`spoil` changes the
    claims of a token, `sign_with` is another's key, `denies` refuses everybody)."""

    issuer: str = ""
    user: Claims = field(default_factory=lambda: {"sub": "1", "preferred_username": "j.ashby"})
    spoil: Callable[[Claims], Claims] = lambda claims: claims
    metadata: Callable[[Claims], Claims] = lambda claims: claims
    denies: bool = False
    codes: dict[str, Code] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    sign_with: RSAKey | None = None
    client: Client = field(
        default_factory=lambda: Client({"http://localhost/sign-in/openid/answer"})
    )
    challenges: list[str] = field(default_factory=list)


def app_of(idp: Idp) -> Flask:
    """The provider's own web server."""
    app = Flask("idp")
    app.secret_key = "idp"
    server = AuthorizationServer(
        app, query_client=lambda name: idp.client if name == CLIENT else None,
        save_token=lambda *_: None,
    )  # fmt: skip

    class CodeGrant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

        def save_authorization_code(self, code: str, request: Any) -> None:
            data = request.payload.data
            idp.challenges.append(data.get("code_challenge_method", ""))
            idp.codes[code] = Code(
                code, request.payload.redirect_uri, request.payload.scope, data["nonce"],
                data["code_challenge"], data["code_challenge_method"],
            )  # fmt: skip

        def query_authorization_code(self, code: str, _client: Any) -> Code | None:
            return idp.codes.get(code)

        def delete_authorization_code(self, code: Code) -> None:
            del idp.codes[code.code]

        def authenticate_user(self, _code: Code) -> Claims:
            return idp.user

    class Token(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, _nonce: str, _request: Any) -> bool:
            return False

        def resolve_client_private_key(self, _client: Any) -> RSAKey:
            return idp.sign_with or idp.key

        def get_client_claims(self, _client: Any) -> Claims:
            return {"iss": idp.issuer, "aud": [CLIENT]}

        def get_encode_header(self, _client: Any) -> Claims:
            return {"alg": "RS256", "kid": "one"}

        def generate_user_info(self, user: Claims, _scope: str) -> UserInfo:
            return UserInfo(user)

        def encode_id_token(self, token: Any, request: Any) -> str:
            from joserfc import jwt

            plain = super().encode_id_token(token, request)
            key = self.resolve_client_private_key(None)
            claims = idp.spoil(dict(jwt.decode(plain, key).claims))
            return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)

    server.register_grant(CodeGrant, [Token(), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Any:
        return jsonify(idp.metadata({
            "issuer": idp.issuer,
            "authorization_endpoint": f"{idp.issuer}/authorize",
            "token_endpoint": f"{idp.issuer}/token",
            "jwks_uri": f"{idp.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "none"],
        }))  # fmt: skip

    @app.get("/keys")
    def keys() -> Any:
        return jsonify({"keys": [idp.key.as_dict(private=False)]})

    @app.get("/authorize")
    def authorize() -> Any:
        return server.create_authorization_response(grant_user=None if idp.denies else idp.user)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    return app


@contextmanager
def serving(idp: Idp) -> Iterator[Idp]:
    """The provider, answering."""
    server = make_server("127.0.0.1", 0, Flask("empty"), threaded=True)
    idp.issuer = f"http://127.0.0.1:{server.server_port}"
    server.app = app_of(idp)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield idp
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
