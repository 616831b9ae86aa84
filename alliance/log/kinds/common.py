"""What several kinds of entry have in common: offices, fields, requirements."""

from __future__ import annotations

from datetime import date

from alliance.access import TRIAD_SIDE, Audience, Office, Role
from alliance.log.fields import NOTE, Field, FieldKind
from alliance.log.workflow import Facts, Move, Requirement, State

ANYBODY = Office()
"""Whoever may read the entry and belongs to the alliance."""
MANAGER = Office(Role.MANAGER)
OWNER = Office(personal="owner")
ROOT_OWNER = Office(personal="root_owner")
"""Whoever owns what a part belongs to: the chair of a meeting, the link director of a priority."""


def director(side: str) -> Office:
    """A director of an authority on that side."""
    return Office(Role.DIRECTOR, side)


def analyst(side: str) -> Office:
    """An analyst of an authority on that side."""
    return Office(Role.ANALYST, side)


def drafters(side: str) -> tuple[Office, ...]:
    """Who drafts for an authority."""
    return (director(side), analyst(side))


def note_field(
    label: str, hint: str = "", *, required: bool = True, field_id: str = "note"
) -> Field:
    """Words that are only ever added."""
    return Field(field_id, label, FieldKind.TEXT, hint, required=required, into=NOTE)


def title_field(label: str, hint: str = "") -> Field:
    """The entry's own line in every list."""
    return Field("title", label, FieldKind.LINE, hint, required=True, into="title")


def text(field_id: str, label: str, hint: str = "", *, required: bool = False) -> Field:
    """Words of the entry itself."""
    return Field(field_id, label, FieldKind.TEXT, hint, required=required)


def due_field(label: str, hint: str = "", *, required: bool = True) -> Field:
    """The day by which something is due."""
    return Field("due_on", label, FieldKind.DAY, hint, required=required, into="due_on")


def owner_field(label: str, hint: str = "") -> Field:
    """Who answers for it."""
    return Field("owner", label, FieldKind.PERSON, hint, required=True, into="owner")


def indicator_field(label: str, hint: str = "", *, required: bool = False) -> Field:
    """The indicator that it is about."""
    return Field(
        "indicator_id", label, FieldKind.INDICATOR, hint, required=required, into="indicator_id"
    )


def audience_field(*choices: tuple[str, str]) -> Field:
    """Who may see it once it is shared."""
    return Field(
        "audience", "Who may see it", FieldKind.CHOICE, required=True, choices=choices,
        into="audience",
    )  # fmt: skip


AUTHORITIES_ONLY = ("authorities", "The authorities with a part in it, and nobody else")
THE_TRIAD = (
    "triad",
    "Those, the other authorities of our triad, and the manager who arranges its meetings",
)
THE_ALLIANCE = ("alliance", "Everyone in the alliance")


def comment(states: tuple[State, ...]) -> Move:
    """A note by anyone who may see the entry, while it is shared and not ended."""
    return Move(
        "note", "Add a note", "added a note",
        tuple(state.id for state in states if not state.private and not state.final), "",
        (ANYBODY,), asks=(note_field("Your note"),),
    )  # fmt: skip


DISCARDED = State(
    "discarded", "Discarded", "A draft that was never shared.", private=True, final=True
)


def discard(side: str) -> Move:
    """The end of a draft, which stays with whoever drafted it."""
    return Move(
        "discard", "Discard the draft", "discarded the draft", ("draft",), "discarded",
        (director(side),), asks=(note_field("Why", required=False),),
    )  # fmt: skip


def needs_triad(facts: Facts) -> str:
    """Where a triad is to see it, its authorities are known."""
    wanted = facts.answers.get("audience") or facts.answers.get("wider")
    own = {facts.person.authority_code, *(facts.answers.get("responders") or ())}
    if facts.entry is not None:
        own |= {code for side, code in facts.entry.parties if side != TRIAD_SIDE}
    if wanted == Audience.TRIAD and not set(facts.answers.get("triad") or ()) - own:
        return "Choose the other authorities of your triad, who are to see it."
    return ""


_WIDTHS = (Audience.AUTHORITIES, Audience.TRIAD, Audience.ALLIANCE)


def needs_no_more_readers(side: str) -> Requirement:
    """A change of what has been shared lets nobody see it who could not. `side` is the one whose
    authorities the form names in the field of its audience."""

    def needs(facts: Facts) -> str:
        entry = facts.entry
        if entry is None or entry.subject.private or entry.audience == Audience.ALLIANCE:
            return ""
        wanted = Audience(facts.answers["audience"])
        named = next((v for k, v in facts.answers.items() if k in ("authorities", "triad")), None)
        more = set(named or ()) - set(entry.on_side(side))
        if _WIDTHS.index(wanted) <= _WIDTHS.index(entry.audience) and not more:
            return ""
        return (
            "It was shared with fewer than that, who wrote for those alone: keep its authorities "
            "and who may see it, or begin another for more."
        )

    return needs


def in_the_future(field_id: str, words: str) -> Requirement:
    """The day that the form gives lies ahead."""

    def needs(facts: Facts) -> str:
        given = facts.answers.get(field_id)
        if given and date.fromisoformat(given) < facts.today:
            return f"{words} lies in the past: give a day to come."
        return ""

    return needs
