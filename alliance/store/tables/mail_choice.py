"""The table of what people want to be told by email. Beside the account, because a change of the
account ends its sessions."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from alliance.store.base import Base


class MailChoiceRow(Base):
    """What one person wants: a message when something happens, a digest a day. `digest_on` is the
    day of the last digest. Where there is no row, both are wanted."""

    __tablename__ = "mail_choice"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    messages: Mapped[bool]
    digest: Mapped[bool]
    digest_on: Mapped[date | None]
