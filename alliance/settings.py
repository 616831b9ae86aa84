"""Settings: one frozen object, built once from the command line and the environment."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from alliance.mail.settings import MailSettings, read_mail
from alliance.people.openid_settings import OpenIdSettings, read_openid
from ingest.errors import AllianceError

HOME_VARIABLE = "ALLIANCE_HOME"
DATABASE_VARIABLE = "ALLIANCE_DATABASE_URL"
SECRET_VARIABLE = "ALLIANCE_SECRET_KEY"  # noqa: S105
DEFAULT_HOME = Path("~/.alliance")
KNOWN_SETTINGS = ("authority", "alliance", "alliances", "publishing", "mail", "openid")


@dataclass(frozen=True, slots=True)
class Settings:
    """`home` holds the stores; `authority` and `alliance` are shown first (a DfE number; a region's
    code or a set's name); `alliances` are named sets of authorities: name -> DfE numbers.
    `second_person`: whoever built a release does not publish it.

    Read from `<home>/settings.toml`, which need not exist:

        authority = "873"
        alliance = "Eastern triad"

        [alliances]
        "Eastern triad" = ["873", "874", "926"]

        [publishing]
        second_person = true

        [mail]
        host = "smtp.council.gov.uk"
        from = "alliance@council.gov.uk"
        base_url = "https://alliance.council.gov.uk"

        [openid]
        issuer = "https://login.microsoftonline.com/<tenant>/v2.0"
        client_id = "…"

    and from the environment: `database_url`, where the store is not a file in the home,
    `secret_key`, where the key that signs sessions is not one, and the secrets of `mail` and
    `openid`. None of them is ever printed.
    """

    home: Path
    authority: str = ""
    alliance: str = ""
    alliances: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    second_person: bool = False
    database_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    mail: MailSettings | None = None
    openid: OpenIdSettings | None = None


def load_settings(home: str | Path | None, environment: Mapping[str, str]) -> Settings:
    """`home` (or `ALLIANCE_HOME`, or ~/.alliance) and what its settings.toml declares.

    Raises `AllianceError` naming the file and the fault.
    """
    chosen = Path(home or environment.get(HOME_VARIABLE) or DEFAULT_HOME).expanduser().resolve()
    path = chosen / "settings.toml"
    database_url = environment.get(DATABASE_VARIABLE, "")
    secret_key = environment.get(SECRET_VARIABLE, "")
    if not path.is_file():
        return Settings(chosen, database_url=database_url, secret_key=secret_key)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AllianceError(f"{path} cannot be read: {error}") from error
    unknown = sorted(set(document) - set(KNOWN_SETTINGS))
    if unknown:
        known = ", ".join(KNOWN_SETTINGS)
        raise AllianceError(f"{path}: unknown setting {', '.join(unknown)}; known: {known}.")
    return Settings(
        chosen,
        _text(document, "authority", path),
        _text(document, "alliance", path),
        MappingProxyType(_alliances(document.get("alliances", {}), path)),
        _second_person(document.get("publishing", {}), path),
        database_url,
        secret_key,
        read_mail(document.get("mail"), path, environment),
        read_openid(document.get("openid"), path, environment),
    )


def _text(document: Mapping[str, object], key: str, path: Path) -> str:
    value = document.get(key, "")
    if not isinstance(value, str):
        raise AllianceError(f'{path}: {key} must be in quotes, such as {key} = "873".')
    return value


def _second_person(raw: object, path: Path) -> bool:
    known = isinstance(raw, dict) and set(raw) <= {"second_person"}
    chosen = raw.get("second_person", False) if isinstance(raw, dict) else None
    if not known or not isinstance(chosen, bool):
        raise AllianceError(
            f"{path}: [publishing] may hold second_person = true or false, and nothing else."
        )
    return chosen


def _alliances(raw: object, path: Path) -> dict[str, tuple[str, ...]]:
    if not isinstance(raw, dict):
        raise AllianceError(f'{path}: alliances must be a table of name = ["DfE number", …].')
    for name, codes in raw.items():
        if not isinstance(codes, list) or not codes or not all(isinstance(c, str) for c in codes):
            raise AllianceError(
                f"{path}: alliance “{name}” must be a list of DfE numbers in quotes, "
                'such as ["873", "874"].'
            )
    return {name: tuple(dict.fromkeys(codes)) for name, codes in raw.items()}
