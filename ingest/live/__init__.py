"""The live part of a refresh: finds new editions at their publishers and brings them into a cache.

Ends with whole files on disk and where each is from; reading them is for `ingest.load`.
"""

from __future__ import annotations

from ingest.live.by_hand import register_folder
from ingest.live.cache import EditionCache
from ingest.live.client import LiveClient, system_proxy
from ingest.live.editions import CachedEdition, CachedFile, Edition, OfferedFile
from ingest.live.errors import LiveError, NoRouteError, RouteFailure
from ingest.live.fetch import FetchedFolder, check_sources, fetch_sources, find_latest
from ingest.live.patience import Patience
from ingest.live.states import SourceState, load_states

__all__ = [
    "CachedEdition",
    "CachedFile",
    "Edition",
    "EditionCache",
    "FetchedFolder",
    "LiveClient",
    "LiveError",
    "NoRouteError",
    "OfferedFile",
    "Patience",
    "RouteFailure",
    "SourceState",
    "check_sources",
    "fetch_sources",
    "find_latest",
    "load_states",
    "register_folder",
    "system_proxy",
]
