"""The key of a comparator set in an address: what it may say, and whether there is such a set.

Who belongs to a set is found in `alliance.comparison_set`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from alliance.programmes import programmes_by_key
from alliance.saved.asking import one_saved
from alliance.saved.records import SET, Saved
from alliance.service import Served

ALLIANCE, COMPUTED = "alliance", "computed"
MOST_CODES = 60
LONGEST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class ScopeKind:
    """A kind of comparator set. `fault` says what is wrong with what follows the kind's name in
    the key, as the first part of a sentence, and nothing where there is such a set."""

    name: str
    fault: Callable[[Served, str], str]


def _plain(_served: Served, argument: str) -> str:
    return f"There is no comparator set “{argument[:LONGEST_SHOWN]}”" if argument else ""


def _model(served: Served, argument: str) -> str:
    if not argument or argument in served.neighbour_models:
        return ""
    return f"There is no neighbour model “{argument[:LONGEST_SHOWN]}” in this release"


def _codes(served: Served, argument: str) -> str:
    codes = split_codes(argument)
    if not codes:
        return "The address names no authorities to compare with"
    if len(codes) > MOST_CODES:
        return f"A set may have {MOST_CODES} authorities at most"
    strangers = [code for code in codes if code not in served.authorities]
    return f"There is no authority {strangers[0][:20]} to compare with" if strangers else ""


def _saved(served: Served, argument: str) -> str:
    saved = saved_set(argument)
    if saved is None:
        return "There is no saved set of that number that you can see"
    known = any(code in served.authorities for code in saved.content)
    return "" if known else "No authority of that saved set is in this release"


def _programme(served: Served, argument: str) -> str:
    if argument in programmes_by_key(served):
        return ""
    return f"There is no programme “{argument[:LONGEST_SHOWN]}” to compare within"


KINDS: Mapping[str, ScopeKind] = {
    kind.name: kind
    for kind in (
        ScopeKind(ALLIANCE, _plain),
        ScopeKind("region", _plain),
        ScopeKind("neighbours", _model),
        ScopeKind(COMPUTED, _plain),
        ScopeKind("england", _plain),
        ScopeKind("codes", _codes),
        ScopeKind("set", _saved),
        ScopeKind("programme", _programme),
    )
}
"""Every kind of comparator set by the word that its key begins with."""


def split_scope(key: str) -> tuple[str, str]:
    """The kind's name and what follows it: `neighbours-2021` is `neighbours` and `2021`."""
    kind, _, argument = key.partition("-")
    return kind, argument


def split_codes(argument: str) -> tuple[str, ...]:
    """The authorities that the key of a hand-made set names, each once."""
    return tuple(dict.fromkeys(code for code in argument.split("-") if code))


def codes_scope(codes: tuple[str, ...]) -> str:
    """The key of a hand-made set."""
    return "-".join(("codes", *codes))


def saved_set(argument: str) -> Saved | None:
    """The saved set that a key names, if the person who asks may see it."""
    if not argument.isascii() or not argument.isdigit() or len(argument) > len(str(2**63)):
        return None
    return one_saved(SET, int(argument))


def scope_fault(served: Served, key: str) -> str:
    """Why an address's scope cannot be used, as a note for the page; nothing where it can."""
    fault = find_fault(served, key)
    return f"{fault}, so the alliance is shown." if fault else ""


def find_fault(served: Served, key: str) -> str:
    """The same without what the page does then, as the first part of a sentence."""
    kind, argument = split_scope(key)
    known = KINDS.get(kind)
    fault = _plain(served, key) if known is None else known.fault(served, argument)
    if known is not None and argument and known.fault is _plain:
        fault = _plain(served, key)
    return fault
