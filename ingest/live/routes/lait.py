"""The files of the Local Authority Interactive Tool, which lie at fixed addresses.

Their publisher gives no release: what the server says of each file stands for it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from ingest.live.client import Head
from ingest.live.editions import Edition, OfferedFile, short_hash
from ingest.live.errors import LiveError, NotThereError
from ingest.live.routes.base import Search


def find(search: Search) -> Edition:
    """The files as they stand now. One that is gone is noted; raises `LiveError` if all are."""
    offers, notes = [], []
    for spec in search.specs:
        if not spec.address:
            continue
        address = urljoin(search.route.address, spec.address)
        try:
            offers.append(_offer(spec.name, address, search.client.head(search.route, address)))
        except NotThereError as error:
            notes.append(f"{spec.name} is not at its address any more: {error}")
    if not offers:
        raise LiveError(f"{search.source.id}: no file is at its address.\n" + "\n".join(notes))
    version = _version(offers)
    if not version:
        notes.append("The server marks no state of the files: a download shows if they changed.")
    dates = [offer.published_at for offer in offers if offer.published_at is not None]
    return Edition(
        search.source.id,
        search.route.id,
        "",
        "files at their fixed addresses",
        version,
        tuple(offers),
        max(dates) if len(dates) == len(offers) else None,
        notes=tuple(notes),
    )


def _offer(name: str, address: str, head: Head) -> OfferedFile:
    moment = _read_date(head.validators.last_modified)
    return OfferedFile(name, address, head.bytes, head.validators, moment)


def _version(offers: list[OfferedFile]) -> str:
    """A mark of the state of all the files; empty where the server says nothing of one of them."""
    states = [offer.validators.etag or offer.validators.last_modified for offer in offers]
    if not all(states):
        return ""
    names = [offer.name for offer in offers]
    return f"files:{short_hash(*names, *states)}"


def _read_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except ValueError:
        return None
