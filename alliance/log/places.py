"""Where each kind of entry has its pages: a list, and below it one page for each entry.

Declared here, drawn by `alliance.pages.log_list` and `log_entry`, walked by tests. Says nothing of
who may see what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Button:
    """A way to begin an entry: by which first move of which kind. `address` is a page of its own
    for it, where there is one."""

    label: str
    kind: str
    move: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of the whole page for those who write in the log."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A list on the page: which kind, in which of its states (none named: in all). `one` and
    `many` are what is counted; `nothing` is said where there is none at all."""

    id: str
    heading: str
    kind: str
    one: str
    nothing: str
    states: tuple[str, ...] = ()
    many: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The pages of some kinds: `id` names the list page, `entry_id` the page of one entry."""

    id: str
    entry_id: str
    path: str
    title: str
    lead: str
    lists: tuple[Listed, ...]
    buttons: tuple[Button, ...] = ()
    papers: tuple[Paper, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that it lists."""
        return tuple(dict.fromkeys(listed.kind for listed in self.lists))


THEMES = "/priorities/themes.pdf"
"""The report of what the whole alliance works on."""
PLACES: tuple[Place, ...] = (
    Place(
        "challenges",
        "challenge",
        "/challenges",
        "Challenges",
        "Neighbours ask each other, on the evidence, why a figure is as it is, agree what to do, "
        "and look later whether it worked. Each challenge is seen only by those that it is shared "
        "with.",
        (
            Listed(
                "log", "The log", "challenge", "challenge",
                "There is no challenge that you can see yet. Raise one from a chart, or with "
                "“Raise a challenge”.",
            ),
        ),
        (Button("Raise a challenge", "challenge", "raise", "/challenges/new"),),
    ),
    Place(
        "priorities",
        "priority",
        "/priorities",
        "Priorities",
        "What an authority, or the whole alliance, has agreed to improve: from which figure to "
        "which, by when, and where it stands by the latest published figure.",
        (
            Listed(
                "log", "What was agreed", "priority", "priority",
                "There is no priority that you can see yet. Draft one with “Draft a priority”, or "
                "let one follow from a challenge.", many="priorities",
            ),
        ),
        (Button("Draft a priority", "priority", "draft"),),
        (Paper("Themes of the alliance (PDF)", THEMES),),
    ),
    Place(
        "support",
        "support_entry",
        "/support",
        "Support and practice",
        "Authorities ask each other for help and offer it, say what came of it, and write down "
        "what works so that others need not find it out again.",
        (
            Listed(
                "wanted", "Asked for and offered", "support", "request or offer",
                "Nobody asks for support or offers it. Begin with “Ask for support” or “Offer "
                "support”.", ("asked", "offered", "withdrawn"), "requests and offers",
            ),
            Listed(
                "given", "Arranged and given", "support", "arrangement",
                "No support has been arranged yet.", ("brokered", "given", "evaluated"),
            ),
            Listed(
                "practice", "Practice library", "practice", "practice",
                "The library is empty. Write down what worked with “Describe a practice”.",
            ),
        ),
        (
            Button("Ask for support", "support", "ask"),
            Button("Offer support", "support", "offer"),
            Button("Describe a practice", "practice", "draft"),
        ),
    ),
    Place(
        "assessments",
        "assessment",
        "/assessments",
        "Self-assessments",
        "What each authority knows of itself, how it knows it, and what it is doing: written by "
        "the authority, approved by those who answer for it, and read by its neighbours before "
        "they meet. Grades are its own; they are never averaged.",
        (
            Listed(
                "log", "By cycle and authority", "assessment", "self-assessment",
                "There is no self-assessment that you can see yet. Begin your authority’s with "
                "“Begin a self-assessment”.",
            ),
        ),
        (Button("Begin a self-assessment", "assessment", "draft"),),
    ),
)  # fmt: skip
"""Every place of the log, in the order of its navigation."""
MEETINGS = ("meetings", "Meetings", "/meetings")
"""Id, title and path of the pages of meetings, which are drawn as no other kind's are."""
FOR_YOU = ("you", "For you", "/you")
"""The same of the page with what waits for whoever is signed in."""
NAVIGATION: tuple[tuple[str, str, str], ...] = (
    FOR_YOU,
    *((place.id, place.title, place.path) for place in PLACES[:3]),
    MEETINGS,
    *((place.id, place.title, place.path) for place in PLACES[3:]),
)
"""The pages of the log in the order of its navigation: id, title and path."""
IDS = frozenset({key for key, _, _ in NAVIGATION} | {place.entry_id for place in PLACES})
PATH_OF: Mapping[str, str] = MappingProxyType(
    {
        **{kind: place.path for place in PLACES for kind in place.kinds},
        **dict.fromkeys(("meeting", "item", "cycle"), MEETINGS[2]),
        "milestone": "/priorities",
        "aside": "/challenges",
    }
)
"""Where entries of a kind are listed, below which each has its page. A kind that is not here is
shown where a challenge is, by the same pieces."""
