"""Data access to local returns. Every function is handed the person who asks and filters by their
alliance in the query itself: nobody else gets a row, nor a count of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from alliance.access import Person, ReturnSubject, decide
from alliance.store import ConflictError, Unit
from alliance.store.tables.local_return import FigureRow, SubmissionRow, VersionRow
from ingest.returns.figures import Figures, QuarterFigures, ReturnFigure
from ingest.returns.quarters import Quarter, parse_quarter

KIND = "local_return"
"""The `subject_kind` of a return's events; the `subject_id` names return, authority and quarter."""
GIVEN, WITHDRAWN = "given", "withdrawn"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one quarter of an authority's return."""

    id: int
    return_id: str
    authority_code: str
    alliance: str
    quarter: Quarter
    quarter_end: date
    version: int
    state: str
    note: str
    by: str
    at: datetime
    submission_id: int | None
    file_name: str
    sha256: str

    @property
    def given(self) -> bool:
        """True where it has figures; False where it says that they were withdrawn."""
        return self.state == GIVEN


@dataclass(frozen=True, slots=True)
class Submission:
    """An accepted upload with its bytes as they came."""

    id: int
    return_id: str
    authority_code: str
    file_name: str
    data: bytes
    warnings: tuple[Mapping[str, Any], ...]
    note: str


def list_versions(session: Session, person: Person, return_id: str) -> list[Version]:
    """Every version that the person may see, newest first: those of their own alliance."""
    query = (
        select(VersionRow, SubmissionRow.file_name, SubmissionRow.sha256)
        .outerjoin(SubmissionRow, SubmissionRow.id == VersionRow.submission_id)
        .where(_seen_by(person), VersionRow.return_id == return_id)
        .order_by(VersionRow.id.desc())
    )
    return [_version(row, name, digest) for row, name, digest in session.execute(query)]


def current_versions(session: Session, person: Person, return_id: str) -> list[Version]:
    """The newest version of each quarter of each authority that the person may see."""
    newest: dict[tuple[str, Quarter], Version] = {}
    for version in list_versions(session, person, return_id):
        newest.setdefault((version.authority_code, version.quarter), version)
    return list(newest.values())


def figures_of(session: Session, person: Person, versions: Sequence[Version]) -> dict[int, Figures]:
    """Figures by version id, of those that the person may see; none for a withdrawn one."""
    query = (
        select(FigureRow)
        .join(VersionRow, VersionRow.id == FigureRow.version_id)
        .where(_seen_by(person), VersionRow.id.in_([version.id for version in versions]))
    )
    found: dict[int, dict[str, ReturnFigure]] = {version.id: {} for version in versions}
    for row in session.scalars(query):
        found[row.version_id][row.measure] = ReturnFigure(row.value, row.status, row.symbol)
    return dict(found)


def newest_id(session: Session, person: Person, return_id: str, authority_code: str) -> int:
    """The id of the newest version of that authority's return, 0 where there is none to be seen:
    what somebody had before them when they began to give theirs."""
    query = select(func.max(VersionRow.id)).where(
        _seen_by(person),
        VersionRow.return_id == return_id,
        VersionRow.authority_code == authority_code,
    )
    return session.scalar(query) or 0


def find_submission(session: Session, person: Person, submission_id: int) -> Submission | None:
    """An upload as it came, for whoever may submit for that authority; None for anyone else."""
    row = session.scalars(
        select(SubmissionRow).where(
            SubmissionRow.id == submission_id,
            _shared_with(person, SubmissionRow.alliance),
            SubmissionRow.authority_code == (person.authority_code or ""),
        )
    ).one_or_none()
    if row is None:
        return None
    subject = ReturnSubject(row.authority_code, row.alliance)
    if not decide(person, "return.submit", subject).allowed:
        return None
    return Submission(
        row.id, row.return_id, row.authority_code, row.file_name, row.data,
        tuple(row.warnings), row.note,
    )  # fmt: skip


def add_submission(
    unit: Unit, person: Person, *, return_id: str, authority_code: str, file_name: str,
    sha256: str, data: bytes, note: str, warnings: Sequence[Mapping[str, Any]],
    rows: Sequence[QuarterFigures],
) -> list[Version]:  # fmt: skip
    """Keep an accepted upload and a new version of each of its quarters, with their events.

    Raises `ConflictError` where somebody else gave the same version at the same moment.
    """
    submission = SubmissionRow(
        return_id=return_id,
        authority_code=authority_code,
        alliance=person.alliance or "",
        file_name=file_name,
        sha256=sha256,
        data=data,
        note=note,
        warnings=[dict(item) for item in warnings],
        submitted_by=unit.actor,
        submitted_at=unit.now,
    )
    unit.session.add(submission)
    unit.session.flush()
    added = []
    for row in sorted(rows, key=lambda item: item.quarter):
        version = _add_version(
            unit, person, return_id, authority_code, row.quarter, submission, GIVEN, note
        )
        unit.session.add_all(
            FigureRow(
                version_id=version.id,
                measure=measure,
                value=figure.value,
                status=figure.status,
                symbol=figure.symbol,
            )
            for measure, figure in row.figures.items()
        )
        added.append(version)
    return added


def add_withdrawal(unit: Unit, person: Person, version: Version, reason: str) -> Version:
    """Keep that the figures of a version no longer stand: a version of its own, without figures."""
    return _add_version(
        unit, person, version.return_id, version.authority_code, version.quarter, None,
        WITHDRAWN, reason,
    )  # fmt: skip


def _add_version(
    unit: Unit, person: Person, return_id: str, authority_code: str, quarter: Quarter,
    submission: SubmissionRow | None, state: str, note: str,
) -> Version:  # fmt: skip
    last = unit.session.scalar(
        select(func.max(VersionRow.version)).where(
            _seen_by(person),
            VersionRow.return_id == return_id,
            VersionRow.authority_code == authority_code,
            VersionRow.quarter == quarter.label,
        )
    )
    row = VersionRow(
        submission_id=submission.id if submission else None,
        return_id=return_id,
        authority_code=authority_code,
        alliance=person.alliance or "",
        quarter=quarter.label,
        quarter_end=quarter.end,
        version=(last or 0) + 1,
        state=state,
        note=note,
        by=unit.actor,
        at=unit.now,
    )
    unit.session.add(row)
    try:
        unit.session.flush()
    except IntegrityError as error:
        raise ConflictError(
            f"Somebody else gave version {row.version} of {quarter.label} at the same moment. "
            "Nothing of yours was kept: look at theirs, then submit again."
        ) from error
    unit.record(
        state,
        KIND,
        f"{return_id}/{authority_code}/{quarter.label}",
        reason=note,
        details={
            "alliance": row.alliance,
            "version": row.version,
            "file_name": submission.file_name if submission else None,
            "sha256": submission.sha256 if submission else None,
        },
    )
    name, digest = (submission.file_name, submission.sha256) if submission else ("", "")
    return _version(row, name, digest)


def _seen_by(person: Person) -> ColumnElement[bool]:
    return _shared_with(person, VersionRow.alliance)


def _shared_with(person: Person, column: Any) -> ColumnElement[bool]:
    """The rows of the person's own alliance; none for whoever may read no return of it."""
    subject = ReturnSubject("", person.alliance or "")
    if not decide(person, "return.read", subject).allowed:
        return false()
    shared: ColumnElement[bool] = column == person.alliance
    return shared


def _version(row: VersionRow, file_name: str | None, sha256: str | None) -> Version:
    quarter = parse_quarter(row.quarter)
    assert quarter is not None  # noqa: S101 - what is written is always a quarter's own label
    return Version(
        row.id,
        row.return_id,
        row.authority_code,
        row.alliance,
        quarter,
        row.quarter_end,
        row.version,
        row.state,
        row.note,
        row.by,
        row.at,
        row.submission_id,
        file_name or "",
        sha256 or "",
    )
