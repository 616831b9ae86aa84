"""Data access to what people keep. Every function is handed the person who asks and filters by them
in the query itself; who may change what is asked of `alliance.access`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from alliance.access import Person, SavedSubject, decide, require
from alliance.store import Unit
from alliance.store.tables.saved import SavedRow, SavedSetRow, SavedViewRow
from ingest.errors import AllianceError

LONGEST_NAME = 80


class SavedError(AllianceError):
    """What somebody wants to keep cannot be kept as it is. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of kept thing: its table, the column of what it holds, and what people call it.
    `id` is also the `subject_kind` of its events, whose `subject_id` is its number."""

    id: str
    row: type[SavedRow]
    content: str
    words: str


SET = Kind("saved_set", SavedSetRow, "codes", "set")
VIEW = Kind("saved_view", SavedViewRow, "address", "view")


@dataclass(frozen=True, slots=True)
class Saved:
    """A kept thing as it stood when it was read. `content`: a set's codes or a view's address."""

    id: int
    owner: str
    alliance: str | None
    name: str
    shared: bool
    deleted: bool
    changed_at: datetime
    version: int
    content: Any

    @property
    def subject(self) -> SavedSubject:
        """It, as permissions know it."""
        return SavedSubject(self.owner, self.alliance or "", self.shared)


def list_saved(session: Session, person: Person, kind: Kind) -> list[Saved]:
    """Everything of that kind that the person may see, by name: their own, and what members of
    their alliance share."""
    query = select(kind.row).where(_seen_by(person, kind.row), kind.row.deleted.is_(False))
    found = [_saved(row, kind) for row in session.scalars(query)]
    return sorted(found, key=lambda saved: (saved.name.casefold(), saved.id))


def find_saved(session: Session, person: Person, kind: Kind, number: int) -> Saved | None:
    """The one of that number; None where there is none that the person may see."""
    found = _find(session, person, kind, number)
    return None if found is None or found.deleted else found


def _find(session: Session, person: Person, kind: Kind, number: int) -> Saved | None:
    if not 0 < number < 2**63:
        return None
    query = select(kind.row).where(_seen_by(person, kind.row), kind.row.id == number)
    row = session.scalars(query).one_or_none()
    return None if row is None else _saved(row, kind)


def keep(unit: Unit, person: Person, kind: Kind, *, name: str, content: Any, shared: bool) -> Saved:
    """Keep something under a name. Raises `NotAllowedError`, and `SavedError` for a name that
    cannot be."""
    subject = SavedSubject(person.username, person.alliance or "", shared)
    require(person, "saved.keep", subject)
    row = kind.row(
        owner=person.username,
        alliance=person.alliance or None,
        name=clean_name(name),
        shared=shared,
        deleted=False,
        created_at=unit.now,
        changed_at=unit.now,
        version=1,
        **{kind.content: content},
    )
    unit.session.add(row)
    unit.session.flush()
    saved = _saved(row, kind)
    unit.record("kept", kind.id, str(saved.id), details=_told(saved))
    return saved


def change(
    unit: Unit, person: Person, kind: Kind, number: int, version: int, **values: Any
) -> Saved:
    """Give one's own another `name`, `content` or `shared`. What is shared already stays with the
    alliance that it is shared with. Raises `NotAllowedError`, `SavedError` where there is none of
    that number; `ConflictError` if it was changed since `version`."""
    only_taken_back = values == {"shared": False}
    before = _own(unit, person, kind, number, "withdraw" if only_taken_back else "change")
    if "name" in values:
        values["name"] = clean_name(values["name"])
    if values.get("shared") and not before.shared:
        subject = SavedSubject(person.username, person.alliance or "", shared=True)
        require(person, "saved.keep", subject)
        values["alliance"] = person.alliance
    if "content" in values:
        values[kind.content] = values.pop("content")
    return _write(unit, kind, before, version, "changed", values)


def delete(unit: Unit, person: Person, kind: Kind, number: int, version: int) -> Saved:
    """Take one's own out of use; `restore` brings it back. Raises as `change`."""
    before = _own(unit, person, kind, number, "withdraw")
    return _write(unit, kind, before, version, "deleted", {"deleted": True})


def restore(unit: Unit, person: Person, kind: Kind, number: int) -> Saved:
    """Bring one's own back after `delete`. Raises `NotAllowedError` as `change`."""
    before = _own(unit, person, kind, number, "withdraw", deleted=True)
    return _write(unit, kind, before, before.version, "restored", {"deleted": False})


def clean_name(name: str) -> str:
    """A name without odd spaces. Raises `SavedError` for none, or one that is too long."""
    cleaned = " ".join(name.split())
    if not cleaned or not cleaned.isprintable():
        raise SavedError("Give it a name of letters, numbers and spaces. Nothing was saved.")
    if len(cleaned) > LONGEST_NAME:
        raise SavedError(
            f"The name has {len(cleaned)} characters; at most {LONGEST_NAME} are kept. Shorten it "
            "and save again."
        )
    return cleaned


def _own(
    unit: Unit, person: Person, kind: Kind, number: int, act: str, *, deleted: bool = False
) -> Saved:
    """One's own, where `saved.<act>` allows it."""
    found = _find(unit.session, person, kind, number)
    if found is None or (found.deleted and not deleted):
        raise SavedError(f"There is no {kind.words} {number} that you can change.")
    require(person, f"saved.{act}", found.subject)
    return found


def _write(
    unit: Unit, kind: Kind, before: Saved, version: int, action: str, values: Mapping[str, Any]
) -> Saved:
    unit.claim(kind.row, before.id, version)
    row = unit.session.get_one(kind.row, before.id, populate_existing=True)
    for name, value in {**values, "changed_at": unit.now}.items():
        setattr(row, name, value)
    unit.session.flush()
    after = _saved(row, kind)
    details = {"before": _told(before), "after": _told(after)}
    unit.record(action, kind.id, str(before.id), details=details)
    return after


def _seen_by(person: Person, row: type[SavedRow]) -> ColumnElement[bool]:
    """What `saved.read` allows, as a condition on the rows. One that is deleted is its owner's."""
    if not decide(person, "saved.read", SavedSubject(person.username, "", shared=False)).allowed:
        return false()
    own = row.owner == person.username
    somebody_elses = SavedSubject("", person.alliance or "", shared=True)
    if not decide(person, "saved.read", somebody_elses).allowed:
        return own
    return or_(
        own,
        and_(row.shared.is_(True), row.deleted.is_(False), row.alliance == person.alliance),
    )


def _told(saved: Saved) -> dict[str, Any]:
    """A kept thing as its events tell it: nothing that somebody wrote is lost with a change."""
    names = ("name", "content", "shared", "alliance", "deleted")
    return {name: getattr(saved, name) for name in names}


def _saved(row: SavedRow, kind: Kind) -> Saved:
    return Saved(
        row.id,
        row.owner,
        row.alliance,
        row.name,
        row.shared,
        row.deleted,
        row.changed_at,
        row.version,
        getattr(row, kind.content),
    )
