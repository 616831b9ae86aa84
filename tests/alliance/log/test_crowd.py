"""Eight people who edit the same entries at once lose no word of anybody's, on both databases."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from alliance.access import Person, Role
from alliance.log.entries import find_entry, history_of, list_entries
from alliance.store import ConflictError, Store
from tests.alliance.log.world import DIRECTOR, HERE, LEAD, NOW, begin_in, make_in

PEOPLE = [
    Person(f"analyst {number}", f"A {number}", LEAD, HERE, frozenset({Role.ANALYST}))
    for number in range(8)
]
ENTRIES, SAVES = 50, 1000


def test_eight_people_edit_fifty_entries_a_thousand_times_and_no_edit_is_lost(
    store: Store,
) -> None:
    with store.write(now=NOW, actor=DIRECTOR.username) as unit:
        refs = [begin_in(unit, DIRECTOR, "practice").ref for _ in range(ENTRIES)]
    together = Barrier(len(PEOPLE))

    def edit(number: int) -> tuple[set[str], int]:
        """What one person was told is kept, and how often somebody else had been faster."""
        who, chance = PEOPLE[number], random.Random(number)
        kept: set[str] = set()
        conflicts = 0
        while len(kept) < SAVES // len(PEOPLE):
            first = not kept and not conflicts
            ref = refs[0] if first else chance.choice(refs)
            with store.read() as session:
                entry = find_entry(session, who, ref)
            if first:
                together.wait()
            words = f"{ref}: {who.username} wrote this as {len(kept)}"
            try:
                with store.write(now=NOW, actor=who.username) as unit:
                    make_in(unit, who, entry, "edit", done=words)
            except ConflictError:
                conflicts += 1
            else:
                kept.add(words)
        return kept, conflicts

    with ThreadPoolExecutor(len(PEOPLE)) as crowd:
        results = list(crowd.map(edit, range(len(PEOPLE))))
    promised = set().union(*(kept for kept, _ in results))
    assert len(promised) == SAVES
    assert sum(conflicts for _, conflicts in results) >= len(PEOPLE) - 1, "all began at one version"
    with store.read() as session:
        entries = list_entries(session, DIRECTOR)
        assert sum(entry.version - 1 for entry in entries) == SAVES
        found: Counter[str] = Counter()
        for entry in entries:
            versions = history_of(session, DIRECTOR, entry)
            assert [version.version for version in versions] == list(range(1, entry.version + 1))
            assert versions[-1].snapshot["content"] == entry.content
            found.update(version.snapshot["content"]["done"] for version in versions[1:])
    assert set(found) == promised
    assert set(found.values()) == {1}
