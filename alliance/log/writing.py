"""The one way in which the challenge log is written: permission, transition, version, answers and
requirements, then the entry, its history, the event and what people are told, in one transaction.

Nothing of a move that is refused, or that a crash ends, is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from alliance.access import (
    Audience,
    EntrySubject,
    MoveSubject,
    Party,
    Person,
    Role,
    decide,
    require,
)
from alliance.log.entries import (
    entries_by_id,
    entry_of,
    evidence_of,
    find_entry,
    parties_of,
    parts_of,
)
from alliance.log.entry import Entry
from alliance.log.errors import LogError, NotNowError, ObstaclesError
from alliance.log.fields import CONTENT, NOTE, Known, Raw, read_answers
from alliance.log.kinds import KINDS
from alliance.log.workflow import NEW, Begin, Changes, EntryKind, Facts, Move
from alliance.people.accounts import person_of
from alliance.store import ConflictError, Unit
from alliance.store.accounts import find_account, list_accounts
from alliance.store.tables.entry import (
    EntryRow,
    EvidenceRow,
    HistoryRow,
    LinkRow,
    NoteRow,
    PartyRow,
    ReaderRow,
)
from alliance.store.tables.outbox import OutboxRow

SUBJECT = "entry"
"""The `subject_kind` of an entry's events; the `subject_id` is its reference."""
WAITING = "waiting"
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_REF_LENGTH = 5
_COLUMNS = ("title", "owner", "indicator_id", "due_on")
_SIDE = "side:"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure to take into an entry as evidence, frozen as it is now."""

    release_id: str
    indicator_id: str
    area_code: str
    period: str
    sentence: str
    address: str
    frozen: Mapping[str, Any]
    picture: str


def begin_entry(
    unit: Unit,
    person: Person,
    known: Known,
    kind_id: str,
    move_id: str,
    raw: Raw,
    *,
    parent_ref: str | None = None,
    figures: Iterable[Figure] = (),
    about: Iterable[tuple[str, str]] = (),
) -> Entry:
    """Begin an entry by one of its kind's first moves, for the person's own authority where it acts
    for one; `about` links it to others, as pairs of relation and reference.

    Raises `NotAllowedError`, `NoEntryError` for a parent or other that cannot be seen, and
    `LogError` for what cannot be kept.
    """
    kind, move = _kind_and_move(kind_id, move_id)
    figures = tuple(figures)
    if NEW not in move.sources:
        raise NotNowError(f"“{move.label}” is for {kind.words} that is there already.")
    parent = _parent(unit, person, kind, parent_ref)
    others = [(relation, find_entry(unit.session, person, ref)) for relation, ref in about]
    require(person, "entry.move", MoveSubject(_to_begin(person, kind, move, parent), move.offices))
    answers = read_answers(move.asks, raw, known)
    facts = Facts(person, answers, unit.now.date(), parent=parent, evidence=len(figures))
    changes = _judge(move, facts)
    row = _new_row(unit, person, kind, move, answers, changes, parent)
    _set_parties(unit, row.id, _parties(_own_side(kind, move, person), move, answers, changes))
    for relation, other in others:
        unit.session.add(LinkRow(from_id=row.id, to_id=other.id, relation=relation))
    for figure in figures:
        _add_evidence(unit, row.id, figure)
    entry = _keep(unit, person, kind, move, row, answers, changes, before=None)
    _require_own_ground(person, entry, move)
    _refuse_blind_owner(unit, entry, move)
    return entry


def make_move(
    unit: Unit,
    person: Person,
    known: Known,
    ref: str,
    move_id: str,
    raw: Raw,
    *,
    version: int,
) -> Entry:
    """Make a move of an entry that was read at `version`. The entry as it then stands.

    Raises `NoEntryError`, `NotAllowedError`, `NotNowError`, `ConflictError` where somebody changed
    it since, `AnswersError` and `ObstaclesError` with everything that is wrong at once.
    """
    entry = find_entry(unit.session, person, ref)
    kind, move = _kind_and_move(entry.kind, move_id)
    require(person, "entry.move", MoveSubject(entry.subject, move.offices))
    _check_version(entry, version)
    if entry.state not in move.sources:
        raise NotNowError(
            f"{kind.words[:1].upper()}{kind.words[1:]} that is "
            f"{kind.state(entry.state).words.lower()} cannot be moved by “{move.label}”."
        )
    _refuse_sealed_parent(unit, person, entry)
    answers = read_answers(move.asks, raw, known)
    facts = _facts(unit, person, entry, answers)
    changes = _judge(move, facts)
    unit.claim(EntryRow, entry.id, entry.version)
    row = unit.session.get_one(EntryRow, entry.id, populate_existing=True)
    _write_row(unit, row, kind, move, answers, changes)
    _set_parties(unit, row.id, _parties(entry.parties, move, answers, changes))
    after = _keep(unit, person, kind, move, row, answers, changes, before=entry)
    if any(asked.into.startswith(_SIDE) for asked in move.asks):
        _require_own_ground(person, after, move)
    _refuse_blind_owner(unit, after, move)
    return after


def add_evidence(unit: Unit, person: Person, ref: str, figure: Figure, *, version: int) -> Entry:
    """Take another figure into an entry. Raises as `make_move`."""
    entry = find_entry(unit.session, person, ref)
    offices = KINDS[entry.kind].moves
    allowed = tuple(office for move in offices if move.id == "note" for office in move.offices)
    require(person, "entry.move", MoveSubject(entry.subject, allowed))
    _check_version(entry, version)
    _refuse_ended(entry)
    _refuse_sealed_parent(unit, person, entry)
    return _change_beside(
        unit, entry, "evidence_added", lambda: _add_evidence(unit, entry.id, figure)
    )


def share_with(
    unit: Unit, person: Person, ref: str, username: str, *, version: int, shared: bool = True
) -> Entry:
    """Let an observer of the alliance read an entry, or no longer. Raises as `make_move`."""
    entry = find_entry(unit.session, person, ref)
    require(person, "entry.share", entry.subject)
    _check_version(entry, version)
    if entry.parent_id is not None:
        raise LogError("It is part of another entry: share that one. Nothing was saved.")
    if shared and username not in observers_of(unit, entry.alliance):
        raise LogError(
            f"“{username[:40]}” is no observer of your alliance, so it cannot be shared with them. "
            "Whoever runs Alliance for your area adds accounts. Nothing was saved."
        )

    if shared == (username in entry.readers):
        how = "already" if shared else "not"
        raise LogError(f"It is {how} shared with “{username[:40]}”. Nothing was saved.")

    def write() -> None:
        if shared:
            unit.session.add(ReaderRow(entry_id=entry.id, username=username))
        else:
            unit.session.delete(unit.session.get_one(ReaderRow, (entry.id, username)))

    action = "shared_with_observer" if shared else "unshared_with_observer"
    return _change_beside(unit, entry, action, write, details={"reader": username})


def observers_of(unit: Unit, alliance: str) -> dict[str, str]:
    """The observers of an alliance with an account in use: display name by username."""
    return {
        account.username: account.display_name
        for account in list_accounts(unit.session)
        if account.active and account.alliance == alliance and Role.OBSERVER in account.roles
    }


def moves_open_to(person: Person, entry: Entry) -> tuple[Move, ...]:
    """The moves that the person may make of an entry as it stands, by their office; what a move
    needs is told when it is tried."""
    return tuple(
        move
        for move in KINDS[entry.kind].moves
        if entry.state in move.sources
        and decide(person, "entry.move", MoveSubject(entry.subject, move.offices)).allowed
    )


# Judging a move ---------------------------------------------------------------------------------


def _kind_and_move(kind_id: str, move_id: str) -> tuple[EntryKind, Move]:
    kind = KINDS.get(kind_id)
    move = kind.move(move_id) if kind else None
    if kind is None or move is None:
        raise LogError(f"There is no move “{move_id[:30]}”. Nothing was saved.")
    return kind, move


def _check_version(entry: Entry, version: int) -> None:
    if entry.version != version:
        raise ConflictError(
            "Somebody else changed this while you had it open. Nothing of yours was written: "
            "look at what they changed, then save again."
        )


def _refuse_ended(entry: Entry) -> None:
    state = KINDS[entry.kind].state(entry.state)
    if state.final or state.sealed:
        raise NotNowError(f"It is {state.words.lower()}, so nothing is added to it any more.")


def _refuse_sealed_parent(unit: Unit, person: Person, entry: Entry) -> None:
    if entry.parent_id is not None:
        _refuse_sealed(entries_by_id(unit.session, person, [entry.parent_id])[entry.parent_id])


def _refuse_sealed(parent: Entry) -> None:
    """Parts of what has ended, or whose minutes are agreed, stay as they are."""
    state = KINDS[parent.kind].state(parent.state)
    if state.final or state.sealed:
        raise NotNowError(
            f"What it belongs to is {state.words.lower()}, so it stays as it is. Nothing was saved."
        )


def _require_own_ground(person: Person, entry: Entry, move: Move) -> None:
    """Nobody writes for an authority that is not theirs: who made the move could still make it.
    Raises `NotAllowedError`, which gives up the unit."""
    if entry.parent_id is None:
        require(person, "entry.move", MoveSubject(entry.subject, move.offices))


def _refuse_blind_owner(unit: Unit, entry: Entry, move: Move) -> None:
    """Whoever is named to answer for it can see it, at the latest when it is shared. Raises
    `ObstaclesError`, which gives up the unit."""
    if not any(asked.into == "owner" for asked in move.asks):
        return
    account = find_account(unit.session, entry.owner)
    shared = replace(entry.subject, private=False)
    if account and not decide(person_of(account), "entry.read", shared).allowed:
        raise ObstaclesError(
            [f"{account.display_name} cannot see it, so cannot answer for it: choose another."]
        )


def _parent(unit: Unit, person: Person, kind: EntryKind, ref: str | None) -> Entry | None:
    if not kind.part_of:
        return None
    if ref is None:
        raise LogError(f"{kind.words} belongs to another entry: say which. Nothing was saved.")
    parent = find_entry(unit.session, person, ref)
    if parent.kind not in kind.part_of:
        raise LogError(f"{kind.words} cannot be a part of that. Nothing was saved.")
    _refuse_sealed(parent)
    return parent


def _own_side(kind: EntryKind, move: Move, person: Person) -> frozenset[Party]:
    """The person's own authority, on the side for which they begin it. None for a part of another
    entry, nor for a manager, who acts for no authority."""
    sides = {
        (office.side, person.authority_code)
        for office in move.offices
        if office.side and person.authority_code and office.role in person.roles
    }
    return frozenset() if kind.part_of else frozenset(sides)


def _to_begin(person: Person, kind: EntryKind, move: Move, parent: Entry | None) -> EntrySubject:
    """What an office is judged by where there is no entry yet: what it is to be a part of, which
    nobody owns; or one of the person's own alliance, on whose sides is whom they act for."""
    if parent is not None:
        return replace(parent.subject, owner="", own=frozenset())
    return EntrySubject(
        alliance=person.alliance or "",
        audience=Audience.ALLIANCE,
        private=False,
        lead=kind.lead,
        created_by=person.username,
        owner="",
        parties=_own_side(kind, move, person),
    )


def _facts(unit: Unit, person: Person, entry: Entry, answers: Mapping[str, Any]) -> Facts:
    return Facts(
        person,
        answers,
        unit.now.date(),
        entry=entry,
        parts=tuple(parts_of(unit.session, person, entry)),
        evidence=len(evidence_of(unit.session, person, entry)),
    )


def _judge(move: Move, facts: Facts) -> Changes:
    """What the move changes. Raises `ObstaclesError` with all that stands in its way."""
    obstacles = [words for words in (needs(facts) for needs in move.needs) if words]
    if obstacles:
        raise ObstaclesError(obstacles)
    return move.effect(facts)


# Writing it -------------------------------------------------------------------------------------


def _new_row(
    unit: Unit,
    person: Person,
    kind: EntryKind,
    move: Move,
    answers: Mapping[str, Any],
    changes: Changes,
    parent: Entry | None,
) -> EntryRow:
    row = _blank_row(unit, kind, person.alliance or "", parent)
    _write_row(unit, row, kind, move, answers, changes)
    unit.session.add(row)
    unit.session.flush()
    return row


def _blank_row(unit: Unit, kind: EntryKind, alliance: str, parent: Entry | None) -> EntryRow:
    audience = parent.audience if parent else kind.audience
    return EntryRow(
        ref=_new_ref(unit, kind),
        kind=kind.id,
        alliance=alliance,
        state=NEW,
        private=False,
        audience=audience.value,
        lead=kind.lead,
        title="",
        content={},
        owner=unit.actor,
        indicator_id=None,
        due_on=None,
        parent_id=parent.id if parent else None,
        root_id=_root_id(unit, parent),
        created_at=unit.now,
        created_by=unit.actor,
        changed_at=unit.now,
        changed_by=unit.actor,
        version=1,
    )


def _root_id(unit: Unit, parent: Entry | None) -> int | None:
    if parent is None:
        return None
    row = unit.session.get_one(EntryRow, parent.id)
    return row.root_id or row.id


def _new_ref(unit: Unit, kind: EntryKind) -> str:
    """A reference that tells nothing of how many there are."""
    while True:
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_REF_LENGTH))
        ref = f"{kind.prefix}-{code}"
        if unit.session.scalar(select(EntryRow.id).where(EntryRow.ref == ref)) is None:
            return ref


def _write_row(
    unit: Unit,
    row: EntryRow,
    kind: EntryKind,
    move: Move,
    answers: Mapping[str, Any],
    changes: Changes,
) -> None:
    """Lay a move over an entry's row."""
    state = changes.state or move.target or row.state
    row.state = state
    row.private = kind.state(state).private
    row.changed_at, row.changed_by = unit.now, unit.actor
    content = dict(row.content)
    for asked in move.asks:
        if asked.into == CONTENT:
            content[asked.id] = answers[asked.id]
        elif asked.into == "audience" and answers[asked.id]:
            row.audience = answers[asked.id]
        elif asked.into in _COLUMNS:
            setattr(row, asked.into, _for_column(asked.into, answers[asked.id]))
    row.content = {key: value for key, value in {**content, **changes.content}.items()
                   if value is not None}  # fmt: skip
    if changes.audience is not None:
        row.audience = changes.audience.value


def _for_column(column: str, answer: Any) -> Any:
    if column == "due_on":
        return date.fromisoformat(answer) if answer else None
    return answer or ("" if column in ("title", "owner") else None)


def _parties(
    before: frozenset[Party], move: Move, answers: Mapping[str, Any], changes: Changes
) -> frozenset[Party]:
    """Who has a part in it after the move: a side that the form names is as the form says."""
    parties = set(before if changes.parties is None else changes.parties)
    for asked in move.asks:
        if asked.into.startswith(_SIDE):
            side = asked.into.removeprefix(_SIDE)
            given = answers[asked.id] or ()
            codes = (given,) if isinstance(given, str) else given
            parties = {party for party in parties if party[0] != side}
            parties |= {(side, code) for code in codes}
    return frozenset(parties)


def _set_parties(unit: Unit, entry_id: int, parties: frozenset[Party]) -> None:
    there = {
        (row.side, row.authority_code): row
        for row in unit.session.scalars(select(PartyRow).where(PartyRow.entry_id == entry_id))
    }
    for party, row in there.items():
        if party not in parties:
            unit.session.delete(row)
    for side, code in sorted(parties - set(there)):
        unit.session.add(PartyRow(entry_id=entry_id, side=side, authority_code=code))


def _add_evidence(unit: Unit, entry_id: int, figure: Figure) -> None:
    unit.session.add(
        EvidenceRow(
            entry_id=entry_id,
            at=unit.now,
            by=unit.actor,
            release_id=figure.release_id,
            indicator_id=figure.indicator_id,
            area_code=figure.area_code,
            period=figure.period,
            sentence=figure.sentence,
            address=figure.address,
            frozen=dict(figure.frozen),
            picture=figure.picture,
        )
    )


def _keep(
    unit: Unit,
    person: Person,
    kind: EntryKind,
    move: Move,
    row: EntryRow,
    answers: Mapping[str, Any],
    changes: Changes,
    *,
    before: Entry | None,
) -> Entry:
    """Notes, history, the event, what it begins, and what people are told."""
    unit.session.flush()
    for asked in move.asks:
        if asked.into == NOTE and answers[asked.id]:
            _add_note(unit, person, row, move.id, answers[asked.id])
    entry = _told(unit, row, move.id, before=before)
    for begun in changes.new:
        _begin_linked(unit, entry, begun)
    _tell(unit, entry, move)
    return entry


def _add_note(unit: Unit, person: Person, row: EntryRow, move: str, text: str) -> None:
    unit.session.add(
        NoteRow(
            entry_id=row.id,
            entry_version=row.version,
            at=unit.now,
            by=person.username,
            authority_code=person.authority_code,
            move=move,
            text=text,
        )
    )


def _told(
    unit: Unit,
    row: EntryRow,
    move: str,
    *,
    before: Entry | None,
    details: Mapping[str, Any] | None = None,
) -> Entry:
    """The entry as it now stands, in its history and as an event."""
    unit.session.flush()
    entry = _read_back(unit, row)
    snapshot = snapshot_of(entry)
    unit.session.add(
        HistoryRow(
            entry_id=row.id,
            version=row.version,
            at=unit.now,
            by=unit.actor,
            move=move,
            snapshot=snapshot,
        )
    )
    unit.record(
        move,
        SUBJECT,
        row.ref,
        details={
            "kind": row.kind,
            "version": row.version,
            "before": before.state if before else None,
            "after": row.state,
            **(details or {}),
        },
    )
    return entry


def _read_back(unit: Unit, row: EntryRow) -> Entry:
    root = unit.session.get_one(EntryRow, row.root_id) if row.root_id else row
    ids = {row.id, root.id}
    readers = {
        number: frozenset(
            unit.session.scalars(select(ReaderRow.username).where(ReaderRow.entry_id == number))
        )
        for number in ids
    }
    return entry_of(row, root, parties_of(unit.session, ids), readers)


def snapshot_of(entry: Entry) -> dict[str, Any]:
    """All of an entry as JSON keeps it. `drafted_by` are the authorities to which it, or what it is
    a part of, was private."""
    subject = entry.subject
    drafters = [code for side, code in subject.parties if side == subject.lead]
    return {
        "state": entry.state,
        "private": subject.private,
        "drafted_by": sorted(drafters) if subject.private else [],
        "audience": entry.audience.value,
        "title": entry.title,
        "content": dict(entry.content),
        "owner": entry.owner,
        "indicator_id": entry.indicator_id,
        "due_on": entry.due_on.isoformat() if entry.due_on else None,
        "parties": [list(party) for party in sorted(entry.parties)],
        "readers": sorted(entry.readers),
    }


def _change_beside(
    unit: Unit,
    entry: Entry,
    action: str,
    write: Any,
    *,
    details: Mapping[str, Any] | None = None,
) -> Entry:
    """Change what lies beside an entry, as a version of it."""
    unit.claim(EntryRow, entry.id, entry.version)
    row = unit.session.get_one(EntryRow, entry.id, populate_existing=True)
    row.changed_at, row.changed_by = unit.now, unit.actor
    write()
    return _told(unit, row, action, before=entry, details=details)


def _begin_linked(unit: Unit, entry: Entry, begun: Begin) -> None:
    """Begin an entry that a move of another brings with it."""
    kind = KINDS[begun.kind]
    row = _blank_row(unit, kind, entry.alliance, None)
    row.state, row.private = begun.state, kind.state(begun.state).private
    row.title, row.content = begun.title, dict(begun.content)
    row.audience, row.owner = begun.audience.value, begun.owner or unit.actor
    row.indicator_id, row.due_on = begun.indicator_id, begun.due_on
    unit.session.add(row)
    unit.session.flush()
    _set_parties(unit, row.id, begun.parties)
    unit.session.add(LinkRow(from_id=row.id, to_id=entry.id, relation=begun.relation))
    _told(unit, row, begun.relation, before=None)


def _tell(unit: Unit, entry: Entry, move: Move) -> None:
    """Put what happened into the outbox of everyone who is told of it and may see it."""
    if not move.tells:
        return
    telling = MoveSubject(entry.subject, move.tells)
    for account in list_accounts(unit.session):
        person = person_of(account)
        if person.username in ("", unit.actor):
            continue
        if decide(person, "entry.move", telling).allowed:
            unit.session.add(
                OutboxRow(
                    username=person.username,
                    entry_id=entry.id,
                    move=move.id,
                    at=unit.now,
                    state=WAITING,
                    attempts=0,
                    next_try_at=unit.now,
                    fault="",
                )
            )
