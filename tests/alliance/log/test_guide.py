"""The guide to the challenge log names every kind, state and move as they are declared."""

from __future__ import annotations

import pytest

from alliance.access import offices_in_words
from alliance.log.kinds import KINDS
from alliance.log.workflow import NEW, EntryKind, Move
from tests.conftest import REPOSITORY

GUIDE = REPOSITORY / "docs" / "challenge-log.md"


def declared(kind: EntryKind, move: Move) -> list[str]:
    """A move as a row of the guide has it: its name, from where, to where, and whose it is."""
    names = {state.id: state.words for state in kind.states} | {NEW: "new"}
    before = ", ".join(names[source] for source in move.sources)
    after = names[move.target] if move.target else "as before"
    return [move.label, before, after, offices_in_words(move.offices)]


def documented() -> dict[str, list[list[str]]]:
    """The rows of each kind's table, by its heading."""
    found: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            rows = found.setdefault(line.removeprefix("### "), [])
        elif line.startswith("| ") and not line.startswith("| move "):
            rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return found


def test_the_guide_has_a_table_for_each_kind_and_for_nothing_else() -> None:
    assert list(documented()) == [kind.plural for kind in KINDS.values()]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_the_guide_says_of_every_move_what_is_declared(kind: EntryKind) -> None:
    assert documented()[kind.plural] == [declared(kind, move) for move in kind.moves]
