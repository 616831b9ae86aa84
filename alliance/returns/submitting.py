"""Giving a return and withdrawing it: permission, checks, then one transaction, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Literal

from sqlalchemy.orm import Session

from alliance.access import Person, ReturnSubject, require
from alliance.returns.records import (
    Version,
    add_submission,
    add_withdrawal,
    current_versions,
    figures_of,
)
from alliance.service import Served
from alliance.store import ConflictError, Store
from indicators.series import latest_figure
from ingest.errors import AllianceError
from ingest.returns.declaration import Return
from ingest.returns.figures import Figures, PublishedFigure
from ingest.returns.quarters import Quarter
from ingest.returns.rules import Known
from ingest.returns.upload import Answer, check_upload

LONGEST_NOTE, LONGEST_NAME = 5_000, 200

Result = Literal["refused", "checked", "needs_comment", "overtaken", "there_already", "accepted"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody hands in, with the comment that they wrote."""

    file_name: str
    data: bytes = field(repr=False)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How giving a return ended. Only `accepted` has kept anything.

    `checked`: it was asked for the checks alone, and there is no error.

    `overtaken`: `versions` are those that somebody else gave meanwhile. `there_already`: they are
    the ones that hold the very same file.
    """

    result: Result
    answer: Answer
    versions: tuple[Version, ...] = ()


class ReturnError(AllianceError):
    """A return cannot be given or withdrawn as asked."""


def submit_return(
    store: Store, served: Served, person: Person, declaration: Return, authority_code: str,
    upload: Upload, *, now: datetime, seen: int | None = None,
) -> Outcome:  # fmt: skip
    """Check an upload and keep it as a new version of each of its quarters.

    `seen`: the newest version (`newest_id`) that the person had before them; None where they had
    nothing. Raises `NotAllowedError`; `ReturnError` for words too long to be kept.
    """
    require(person, "return.submit", ReturnSubject(authority_code, person.alliance or ""))
    note, name = _words(upload)
    with store.read() as session:
        known = what_is_known(session, served, person, declaration, authority_code)
    answer = check_return(
        declaration, upload, served, authority_code, today=now.date(), known=known
    )
    if not answer.accepted:
        return Outcome("refused", answer)
    digest = hashlib.sha256(upload.data).hexdigest()
    try:
        with store.write(now=now, actor=person.username) as unit:
            mine = _current(unit.session, person, declaration, authority_code)
            same = _same_file(answer, mine, digest)
            if same:
                return Outcome("there_already", answer, same)
            overtaking = _given_since(answer, mine, seen)
            if overtaking:
                return Outcome("overtaken", answer, overtaking)
            if answer.of("warning") and not note:
                return Outcome("needs_comment", answer)
            versions = add_submission(
                unit,
                person,
                return_id=declaration.id,
                authority_code=authority_code,
                file_name=name,
                sha256=digest,
                data=upload.data,
                note=note,
                warnings=[asdict(item) for item in answer.of("warning")],
                rows=answer.rows,
            )
    except ConflictError:
        with store.read() as session:
            mine = _current(session, person, declaration, authority_code)
        return Outcome("overtaken", answer, _given_since(answer, mine, seen or 0))
    return Outcome("accepted", answer, tuple(versions))


def check_return(
    declaration: Return, upload: Upload, served: Served, authority_code: str, *, today: date,
    known: Known,
) -> Answer:  # fmt: skip
    """What the checks say of an upload, keeping nothing. Raises `ReturnError` for an authority that
    the release does not have."""
    if authority_code not in served.authorities:
        raise ReturnError(f"There is no authority {authority_code} in the release being served.")
    return check_upload(
        declaration,
        upload.data,
        upload.file_name,
        authority=(authority_code, served.name(authority_code)),
        today=today,
        known=known,
    )


def withdraw_return(
    store: Store, person: Person, version: Version, reason: str, *, now: datetime
) -> Version:
    """Say that the figures of a current version no longer stand, and why. They stay in the history.

    Raises `NotAllowedError`; `ReturnError` without a reason; `ConflictError` where another version
    has been given since.
    """
    require(person, "return.submit", ReturnSubject(version.authority_code, version.alliance))
    reason = _clean(reason)
    if not reason:
        raise ReturnError(
            "Say why the figures are withdrawn: members will ask. Nothing was changed."
        )
    if len(reason) > LONGEST_NOTE:
        raise ReturnError(f"The reason may have {LONGEST_NOTE:,} characters. Nothing was changed.")
    with store.write(now=now, actor=person.username) as unit:
        current = {item.id for item in current_versions(unit.session, person, version.return_id)}
        if version.id not in current or not version.given:
            raise ConflictError(
                f"{version.quarter.label} has another version by now. Nothing was changed: look at "
                "it, then decide again."
            )
        return add_withdrawal(unit, person, version, reason)


def what_is_known(
    session: Session, served: Served, person: Person, declaration: Return, authority_code: str
) -> Known:
    """What a return of that authority is held against: what it gave before, as the person may see
    it, and its published annual figures."""
    current = _current(session, person, declaration, authority_code)
    figures = figures_of(session, person, current)
    earlier: dict[Quarter, Figures] = {
        item.quarter: figures[item.id] for item in current if item.given
    }
    return Known(
        earlier,
        published_figures(served, declaration, authority_code),
        population_of(served, declaration, authority_code),
    )


def published_figures(
    served: Served, declaration: Return, authority_code: str
) -> dict[str, PublishedFigure]:
    """The authority's latest published figure of each indicator that the return stands beside."""
    found = {}
    for indicator_id in dict.fromkeys(i.published_as for i in declaration.indicators):
        if indicator_id not in served.indicators:
            continue
        rows = served.release.area_series(indicator_id, [authority_code])
        latest = latest_figure(rows)
        if latest is not None:
            found[indicator_id] = PublishedFigure(latest["value"], latest["period"])
    return found


def population_of(served: Served, declaration: Return, authority_code: str) -> float | None:
    """Children aged 0 to 17 in the latest estimate of the release, or None."""
    indicator_id = declaration.heading.population_of
    if indicator_id not in served.indicators:
        return None
    rows = served.release.series(indicator_id, authority_code)
    return next((r["denominator"] for r in reversed(rows) if r["denominator"]), None)


def _current(
    session: Session, person: Person, declaration: Return, authority_code: str
) -> list[Version]:
    return [
        version
        for version in current_versions(session, person, declaration.id)
        if version.authority_code == authority_code
    ]


def _same_file(answer: Answer, current: Sequence[Version], digest: str) -> tuple[Version, ...]:
    """The versions that stand, where every quarter of the upload has them from this very file."""
    by_quarter = {version.quarter: version for version in current}
    standing = [by_quarter.get(row.quarter) for row in answer.rows]
    same = tuple(v for v in standing if v is not None and v.given and v.sha256 == digest)
    return same if len(same) == len(standing) else ()


def _given_since(
    answer: Answer, current: Sequence[Version], seen: int | None
) -> tuple[Version, ...]:
    """The versions of the upload's quarters that are newer than what the person had before them."""
    quarters = {row.quarter for row in answer.rows}
    return tuple(v for v in current if seen is not None and v.id > seen and v.quarter in quarters)


def _words(upload: Upload) -> tuple[str, str]:
    note, name = _clean(upload.note), _clean(upload.file_name) or "return"
    if len(note) > LONGEST_NOTE:
        raise ReturnError(
            f"The comment has {len(note):,} characters; the most that can be kept are "
            f"{LONGEST_NOTE:,}. Nothing was stored: shorten it."
        )
    return note, name[-LONGEST_NAME:]


def _clean(text: str) -> str:
    """A text as the store takes it: without NUL, and without space around it."""
    return text.replace("\x00", "").strip()
