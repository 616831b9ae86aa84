"""What publishing a release would change for the entries of the challenge log that rest on its
figures: for one person, of the entries that this person may see.

Whoever reads a report that is not made for one person (the command line, a CSV file) is told
nothing of the log, not even that there is nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from alliance.access import Person
from alliance.log.drift import Drift, drifting
from alliance.log.entries import evidence_of, list_entries
from alliance.log.entry import Entry, FrozenEvidence
from alliance.log.kinds import KINDS
from alliance.service import Served
from alliance.settings import Settings
from alliance.store import Store
from indicators.impact import DRIFT, FindDrift, Line
from indicators.queries import Release

Held = tuple[Entry, FrozenEvidence]


def held_evidence(session: Session, person: Person, entries: Iterable[Entry]) -> list[Held]:
    """Every figure that these entries rest on, which the person may see."""
    return [(entry, one) for entry in entries for one in evidence_of(session, person, entry)]


def drift_finder(
    store: Store, person: Person, settings: Settings, areas: Collection[str] | None = None
) -> FindDrift | None:
    """Finds, between two releases, the open entries that the person may see whose evidence drifts
    further with the newer one; `areas`: whose figures are asked for, None for all. None for
    somebody who is not signed in."""
    if not person.username:
        return None

    def find(old: Path, new: Path) -> Iterator[Line]:
        with store.read() as session:
            entries = [e for e in list_entries(session, person) if not _has_ended(e)]
            held = held_evidence(session, person, entries)
        held = [(e, one) for e, one in held if areas is None or one.area_code in areas]
        if not held:
            return
        before, after = (_drift_in(path, held, settings) for path in (old, new))
        for entry, one in held:
            drift = after.get(one.id)
            known = before[one.id].sentences if one.id in before else ()
            for sentence in drift.sentences if drift else ():
                if sentence not in known:
                    yield _line(entry, one, sentence)

    return find


def _has_ended(entry: Entry) -> bool:
    return KINDS[entry.kind].state(entry.state).final


def _drift_in(path: Path, held: Iterable[Held], settings: Settings) -> dict[int, Drift]:
    with Release(path) as release:
        return drifting(Served(release, settings), [one for _, one in held])


def _line(entry: Entry, one: FrozenEvidence, sentence: str) -> Line:
    return Line(
        DRIFT,
        f"{entry.ref}, “{entry.title}”: {sentence.removesuffix('.')}",
        indicator_id=one.indicator_id,
        area_code=one.area_code,
        period=one.period,
    )
