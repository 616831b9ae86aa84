"""Data access to the challenge log. Every function is handed the person who asks and filters by
them in the query itself: nobody else gets a row, nor a count of rows. `seen_by` says in SQL what
the permission `entry.read` says of one entry; a test holds the two together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from alliance.access import (
    INSIDERS,
    TRIAD_SIDE,
    Audience,
    EntrySubject,
    Party,
    Person,
    Role,
    decide,
    require,
)
from alliance.log.entry import (
    Changed,
    Difference,
    Entry,
    FrozenEvidence,
    Note,
    Published,
    Version,
)
from alliance.log.errors import NoEntryError
from alliance.log.kinds.priority import OWN, PRIORITY, published_in
from alliance.store.tables.entry import (
    EntryRow,
    EvidenceRow,
    HistoryRow,
    LinkRow,
    NoteRow,
    PartyRow,
    ReaderRow,
)

Root = aliased(EntryRow, name="root")
"""The entry that decides who may see one: itself, or the one that it is a part of."""
REFERENCE = re.compile(r"[A-Z]-[2-9A-Z]{5}")
"""What a reference looks like. Whatever else is asked for is not there."""
_ROOT_ID = func.coalesce(EntryRow.root_id, EntryRow.id)


def list_entries(
    session: Session,
    person: Person,
    kind: str | None = None,
    *,
    states: Collection[str] | None = None,
    indicator_id: str | None = None,
) -> list[Entry]:
    """Every entry of a kind (of every kind: None) that the person may see, newest change first."""
    conditions: list[ColumnElement[bool]] = []
    if kind is not None:
        conditions.append(EntryRow.kind == kind)
    if states is not None:
        conditions.append(EntryRow.state.in_(states))
    if indicator_id is not None:
        conditions.append(EntryRow.indicator_id == indicator_id)
    return _entries(session, person, *conditions)


def find_entry(session: Session, person: Person, ref: str) -> Entry:
    """The entry of that reference. Raises `NoEntryError` where there is none that the person may
    see, in the same words whether there is one or not."""
    wanted = ref.strip().upper()
    known_form = REFERENCE.fullmatch(wanted)
    found = _entries(session, person, EntryRow.ref == wanted) if known_form else []
    if not found:
        raise NoEntryError(ref)
    return found[0]


def list_published(session: Session, person: Person, authority_code: str) -> list[Published]:
    """What an authority's director has published of its priorities, the newest decision first:
    the words of that decision and nothing else, whoever asks."""
    require(person, "report.read")
    rows = session.scalars(
        select(EntryRow)
        .join(PartyRow, PartyRow.entry_id == EntryRow.id)
        .where(
            EntryRow.kind == PRIORITY.id,
            EntryRow.private.is_(False),
            PartyRow.side == OWN,
            PartyRow.authority_code == authority_code,
        )
        .order_by(EntryRow.id)
    )
    held = [published_in(row.content).get(authority_code) for row in rows]
    found = [_published(one) for one in held if one is not None]
    return sorted(found, key=lambda one: one.on, reverse=True)


def _published(held: Mapping[str, Any]) -> Published:
    return Published(
        objective=held["objective"],
        done=held["done"],
        result=held["result"] or "",
        indicator_id=held["indicator_id"],
        baseline_period=str(held["baseline_period"] or "").strip(),
        target=held["target"],
        by=date.fromisoformat(held["by"]) if held["by"] else None,
        state=held["state"],
        on=date.fromisoformat(held["on"]),
    )


def parts_of(session: Session, person: Person, entry: Entry) -> list[Entry]:
    """The entries that are parts of it, oldest first."""
    found = _entries(session, person, EntryRow.parent_id == entry.id)
    return sorted(found, key=lambda part: part.id)


def entries_by_id(session: Session, person: Person, ids: Iterable[int]) -> dict[int, Entry]:
    """Those of these numbers that the person may see, by number."""
    wanted = [number for number in set(ids) if number]
    return {entry.id: entry for entry in _entries(session, person, EntryRow.id.in_(wanted))}


def linked_to(session: Session, person: Person, entry: Entry) -> list[tuple[str, Entry]]:
    """The entries that it is about or that are about it, which the person may see: the relation
    (of those that are about it, with `by-` before it) and the entry."""
    links = session.execute(
        select(LinkRow.from_id, LinkRow.to_id, LinkRow.relation)
        .where(or_(LinkRow.from_id == entry.id, LinkRow.to_id == entry.id))
        .order_by(LinkRow.from_id, LinkRow.to_id)
    ).all()
    others = entries_by_id(session, person, (a if b == entry.id else b for a, b, _ in links))
    found = []
    for start, end, relation in links:
        other = others.get(end if start == entry.id else start)
        if other is not None:
            found.append((relation if start == entry.id else f"by-{relation}", other))
    return found


def notes_of(session: Session, person: Person, entry: Entry) -> list[Note]:
    """What people wrote with its moves, oldest first. Of the time when it was private, only its
    lead side has anything."""
    seen = {version.version for version in history_of(session, person, entry)}
    rows = session.scalars(
        _about(select(NoteRow), NoteRow.entry_id, person, entry).order_by(NoteRow.id)
    )
    return [
        Note(r.id, r.entry_id, r.entry_version, r.at, r.by, r.authority_code, r.move, r.text)
        for r in rows
        if r.entry_version in seen
    ]


def evidence_of(session: Session, person: Person, entry: Entry) -> list[FrozenEvidence]:
    """The figures that were taken into it, oldest first."""
    rows = session.scalars(
        _about(select(EvidenceRow), EvidenceRow.entry_id, person, entry).order_by(EvidenceRow.id)
    )
    return [
        FrozenEvidence(
            r.id, r.entry_id, r.at, r.by, r.release_id, r.indicator_id, r.area_code, r.period,
            r.sentence, r.address, r.frozen, r.picture,
        )
        for r in rows
    ]  # fmt: skip


def history_of(session: Session, person: Person, entry: Entry) -> list[Version]:
    """It as it stood after each change, oldest first: as many as its version says. Of the time
    when it was private, only its lead side has anything."""
    rows = session.scalars(
        _about(select(HistoryRow), HistoryRow.entry_id, person, entry).order_by(HistoryRow.version)
    )
    versions = [Version(r.version, r.at, r.by, r.move, r.snapshot) for r in rows]
    return [version for version in versions if _may_see_version(person, entry, version)]


def as_it_stood(session: Session, person: Person, entry: Entry, when: datetime) -> Version | None:
    """It as it stood at that moment, None where there was nothing then for the person to see."""
    found = [v for v in history_of(session, person, entry) if v.at <= when]
    return found[-1] if found else None


def what_changed(
    session: Session, person: Person, entry: Entry, since_version: int
) -> list[Changed]:
    """Who changed what since that version of an entry, place by place, oldest first: for somebody
    who had that version open when others saved. Only what the person may see of its history."""
    versions = history_of(session, person, entry)
    notes: dict[int, list[Note]] = defaultdict(list)
    for note in notes_of(session, person, entry):
        notes[note.entry_version].append(note)
    found = []
    for before, after in zip([None, *versions], versions, strict=False):
        if after.version > since_version:
            differences = _differences(before.snapshot if before else {}, after.snapshot)
            found.append(Changed(after, differences, tuple(notes[after.version])))
    return found


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """What is different between two snapshots, by place."""
    was, now = _places(before), _places(after)
    return tuple(
        Difference(place, was.get(place), now.get(place))
        for place in dict.fromkeys([*now, *was])
        if was.get(place) != now.get(place)
    )


def _places(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """A snapshot as one value for each place: the words of its content beside its columns, and the
    codes on each side."""
    beside = ("content", "parties", "private", "drafted_by")
    columns = {key: value for key, value in snapshot.items() if key not in beside}
    sides: dict[str, list[str]] = defaultdict(list)
    for side, code in snapshot.get("parties", ()):
        sides[f"side:{side}"].append(code)
    return {**columns, **snapshot.get("content", {}), **sides}


def _may_see_version(person: Person, entry: Entry, version: Version) -> bool:
    """A draft stays with whoever drafted it, also when the entry has been shared since. A part was
    drafted by those who drafted what it is a part of."""
    if not version.snapshot["private"]:
        return True
    lead = entry.subject.lead
    drafters = frozenset((lead, code) for code in version.snapshot["drafted_by"])
    then = replace(entry.subject, private=True, parties=drafters)
    return decide(person, "entry.read", then).allowed


def _about(query: Any, column: Any, person: Person, entry: Entry) -> Any:
    """A query of what belongs to an entry, for whoever may see that."""
    return (
        query.join(EntryRow, EntryRow.id == column)
        .join(Root, Root.id == _ROOT_ID)
        .where(column == entry.id, seen_by(person))
    )


@lru_cache(maxsize=256)
def seen_by(person: Person) -> ColumnElement[bool]:
    """What `entry.read` allows, as a condition on the root of an entry. It follows from the person
    alone, and one page asks for it many times."""
    if not person.username or not person.alliance or not person.roles:
        return false()
    shared_by_name = and_(Root.private.is_(False), _has_reader(person.username))
    return and_(
        Root.alliance == person.alliance,
        or_(shared_by_name, _seen_by_insider(person)),
    )


def _seen_by_insider(person: Person) -> ColumnElement[bool]:
    if not set(person.roles) & set(INSIDERS):
        return false()
    manages = Role.MANAGER in person.roles
    drafted = and_(
        Root.private.is_(True),
        or_(
            and_(Root.created_by == person.username, true() if manages else false()),
            _has_party(person, PartyRow.side == Root.lead),
        ),
    )
    wide = (Audience.ALLIANCE, Audience.TRIAD) if manages else (Audience.ALLIANCE,)
    shared = and_(
        Root.private.is_(False),
        or_(
            Root.audience.in_(wide),
            _has_party(person, or_(PartyRow.side != TRIAD_SIDE, Root.audience == Audience.TRIAD)),
        ),
    )
    return or_(drafted, shared)


def _has_party(person: Person, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    if not person.authority_code:
        return false()
    return (
        select(PartyRow.entry_id)
        .where(
            PartyRow.entry_id == Root.id,
            PartyRow.authority_code == person.authority_code,
            condition,
        )
        .exists()
    )


def _has_reader(username: str) -> ColumnElement[bool]:
    return (
        select(ReaderRow.entry_id)
        .where(ReaderRow.entry_id == Root.id, ReaderRow.username == username)
        .exists()
    )


def _entries(session: Session, person: Person, *conditions: ColumnElement[bool]) -> list[Entry]:
    query = (
        select(EntryRow, Root)
        .join(Root, Root.id == _ROOT_ID)
        .where(seen_by(person), *conditions)
        .order_by(EntryRow.changed_at.desc(), EntryRow.id.desc())
    )
    rows = session.execute(query).all()
    ids = {row.id for pair in rows for row in pair}
    parties, readers = parties_of(session, ids), _readers_of(session, ids)
    return [entry_of(row, root, parties, readers) for row, root in rows]


def parties_of(session: Session, ids: Collection[int]) -> Mapping[int, frozenset[Party]]:
    """The authorities with a part in each of these entries, by number."""
    found: dict[int, set[Party]] = defaultdict(set)
    for row in session.scalars(select(PartyRow).where(PartyRow.entry_id.in_(ids))):
        found[row.entry_id].add((row.side, row.authority_code))
    return {number: frozenset(found[number]) for number in ids}


def _readers_of(session: Session, ids: Collection[int]) -> Mapping[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for row in session.scalars(select(ReaderRow).where(ReaderRow.entry_id.in_(ids))):
        found[row.entry_id].add(row.username)
    return {number: frozenset(found[number]) for number in ids}


def entry_of(
    row: EntryRow,
    root: EntryRow,
    parties: Mapping[int, frozenset[Party]],
    readers: Mapping[int, frozenset[str]],
) -> Entry:
    """The entry that a row holds; `root` is the row that decides who may see it."""
    subject = EntrySubject(
        alliance=root.alliance,
        audience=Audience(root.audience),
        private=root.private,
        lead=root.lead,
        created_by=root.created_by,
        owner=row.owner,
        parties=parties[root.id],
        readers=readers[root.id],
        own=frozenset() if root is row else parties[row.id],
        root_owner=root.owner,
    )
    return Entry(
        id=row.id,
        ref=row.ref,
        kind=row.kind,
        alliance=row.alliance,
        state=row.state,
        title=row.title,
        content=row.content,
        owner=row.owner,
        indicator_id=row.indicator_id,
        due_on=row.due_on,
        parties=parties[row.id],
        created_at=row.created_at,
        created_by=row.created_by,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        version=row.version,
        subject=subject,
        parent_id=row.parent_id,
    )
