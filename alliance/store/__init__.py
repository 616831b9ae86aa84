"""The store of what people write: one transactional database beside the releases.

The only way in is `open_store`; everything is changed within `Store.write`, whose events can never
be altered. Nothing here knows of releases, pages or permissions: whoever writes asks
`alliance.access` first.
"""

from alliance.store.errors import ConflictError, StoreError
from alliance.store.events import Event
from alliance.store.store import Store, Unit, open_store

__all__ = ["ConflictError", "Event", "Store", "StoreError", "Unit", "open_store"]
