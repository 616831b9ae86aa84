"""The routes to publishers, by the id under which a source of the catalogue names them."""

from __future__ import annotations

from ingest.catalogue import RouteId
from ingest.live.routes import ees_api, ees_content, ees_release_page, lait
from ingest.live.routes.base import Find, Search

FINDERS: dict[RouteId, Find] = {
    "ees_content": ees_content.find,
    "ees_release_page": ees_release_page.find,
    "ees_api": ees_api.find,
    "lait": lait.find,
}

__all__ = ["FINDERS", "Search"]
