"""A self-assessment: per authority and cycle, what it knows of itself, how it knows it, and what it
is doing; approved by those who answer for it, shared, moderated, amended beside and never over."""

from __future__ import annotations

from alliance.access import Audience
from alliance.log.fields import Field, FieldKind
from alliance.log.kinds.common import (
    AUTHORITIES_ONLY,
    DISCARDED,
    MANAGER,
    THE_ALLIANCE,
    audience_field,
    comment,
    director,
    discard,
    drafters,
    note_field,
    text,
    title_field,
)
from alliance.log.workflow import NEW, Changes, EntryKind, Facts, Move, State

OWN = "own"
DOMAINS = (
    ("leaders", "Leadership and partnership"),
    ("front_door", "Front door and early help"),
    ("protection", "Help and protection"),
    ("care", "Children in our care"),
    ("leavers", "Care leavers"),
    ("workforce", "Workforce"),
)
GRADES = (
    ("outstanding", "Outstanding"),
    ("good", "Good"),
    ("requires_improvement", "Requires improvement to be good"),
    ("inadequate", "Inadequate"),
)
QUESTIONS = (
    ("know", "What do we know?"),
    ("how", "How do we know it?"),
    ("doing", "What are we doing about it?"),
)
_APPROVALS = (
    ("director", "Director of children’s services"),
    ("chief", "Chief executive"),
    ("member", "Lead member for children"),
)

STATES = (
    State("draft", "Draft", "Only the authority itself sees it.", private=True),
    State("approved", "Approved", "Approved, and not shared yet.", private=True),
    State("shared", "Shared", "The alliance reads it before it meets."),
    State("moderated", "Moderated", "Neighbours have said what they make of it.", sealed=True),
    State("withdrawn", "Withdrawn", "Taken back.", final=True),
    DISCARDED,
)


def _domain(key: str, title: str) -> tuple[Field, ...]:
    asked = (text(f"{key}_{question}", f"{title}: {words}") for question, words in QUESTIONS)
    grade = Field(f"{key}_grade", f"{title}: our own grade", FieldKind.CHOICE, choices=GRADES)
    return (*asked, grade)


def needs_a_domain(facts: Facts) -> str:
    """At least one domain says what is known, and every one that does says how."""
    content = facts.content
    begun = [key for key, _ in DOMAINS if content.get(f"{key}_know")]
    if not begun:
        return "Nothing is said of any domain yet: say what you know of one, and how."
    bare = [title for key, title in DOMAINS if key in begun and not content.get(f"{key}_how")]
    if bare:
        return f"Say how you know it: {', '.join(bare)}."
    return ""


def _back(_facts: Facts) -> Changes:
    """Words that will be changed are not those that were approved."""
    return Changes(content={asked.id: None for asked in _APPROVED})


_ASKS = (
    title_field("Name", "Such as “Autumn 2026”."),
    *(asked for key, title in DOMAINS for asked in _domain(key, title)),
    text("strengths", "Our strengths"),
    text("concerns", "Our concerns"),
    Field("grade", "Our own grade overall", FieldKind.CHOICE, choices=GRADES),
    audience_field(THE_ALLIANCE, AUTHORITIES_ONLY),
)
_APPROVED = tuple(
    asked
    for key, words in _APPROVALS
    for asked in (
        Field(f"{key}_name", f"{words}: name", FieldKind.LINE, required=True),
        Field(f"{key}_on", f"{words}: approved on", FieldKind.DAY, required=True),
    )
)

ASSESSMENT = EntryKind(
    id="assessment",
    prefix="E",
    words="a self-assessment",
    plural="Self-assessments",
    lead=OWN,
    states=STATES,
    audience=Audience.ALLIANCE,
    moves=(
        Move("draft", "Save as a draft", "began it", (NEW,), "draft", drafters(OWN), asks=_ASKS),
        Move("edit", "Change the draft", "changed the draft", ("draft",), "draft", drafters(OWN),
             asks=_ASKS),
        Move("approve", "Record the approval", "recorded the approval", ("draft",), "approved",
             (director(OWN),), asks=_APPROVED, needs=(needs_a_domain,)),
        Move("back", "Back to draft", "took it back to a draft", ("approved",), "draft",
             (director(OWN),), effect=_back),
        Move("share", "Share it", "shared it", ("approved",), "shared", (director(OWN),),
             tells=(MANAGER,)),
        Move("moderate", "Record the moderation", "recorded the moderation", ("shared",),
             "moderated", (MANAGER,),
             asks=(note_field("What neighbours made of it"),
                   Field("moderated_grade", "Grade after moderation", FieldKind.CHOICE,
                         choices=GRADES)),
             tells=drafters(OWN)),
        Move("amend", "Add to it", "added to it", ("shared", "moderated"), "", (director(OWN),),
             asks=(note_field("What is to be added or put right"),), tells=(MANAGER,)),
        Move("withdraw", "Withdraw it", "withdrew it", ("shared",), "withdrawn", (director(OWN),),
             asks=(note_field("Why"),)),
        discard(OWN),
        comment(STATES),
    ),
)  # fmt: skip
"""The kind itself."""
