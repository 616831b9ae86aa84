"""Every table of the store, one module for each record type.

Importing this package is what makes the metadata whole: a new record type is a module here, a line
below, and a migration.
"""

from alliance.store.tables import (
    account,
    entry,
    event,
    local_return,
    mail_choice,
    outbox,
    saved,
    sign_in,
)

__all__ = [
    "account", "entry", "event", "local_return", "mail_choice", "outbox", "saved", "sign_in",
]  # fmt: skip
