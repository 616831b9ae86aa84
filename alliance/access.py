"""Who may do what: every permission is declared and decided here, and nowhere else.

Denies by default, and every decision says why in a sentence. Knows nothing of accounts, sessions,
pages or the store: it is handed a person and the subject.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from ingest.errors import AllianceError


class Role(StrEnum):
    """What somebody is in the alliance. One person may be several."""

    MEMBER = "member"
    ANALYST = "analyst"
    DIRECTOR = "director"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    OBSERVER = "observer"


ROLE_NAMES: Mapping[Role, str] = MappingProxyType(
    {
        Role.MEMBER: "member",
        Role.ANALYST: "analyst",
        Role.DIRECTOR: "director",
        Role.MANAGER: "alliance manager",
        Role.ADMINISTRATOR: "administrator",
        Role.OBSERVER: "observer",
    }
)
"""Roles as a person reads them. An observer, from the department, a partner or an elected member,
sees of what an alliance writes only what is shared with that one."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks for something. `authority_code` is the DfE number of the authority that
    they work for, `alliance` the key of their alliance; None where they have none. Without a
    role a person has no more rights than anyone."""

    username: str
    display_name: str
    authority_code: str | None
    alliance: str | None
    roles: frozenset[Role]


ANONYMOUS = Person("", "Not signed in", None, None, frozenset())
"""Anyone: who is not signed in, or whose account is not active."""


@dataclass(frozen=True, slots=True)
class ReleaseSubject:
    """A release that waits for a decision: who built it, and whether settings want another person
    to publish it."""

    built_by: str
    second_person: bool = False


@dataclass(frozen=True, slots=True)
class ReturnSubject:
    """A local return: whose figures it holds, and the alliance that it is shared with."""

    authority_code: str
    alliance: str


@dataclass(frozen=True, slots=True)
class SavedSubject:
    """A comparator set or a view that somebody keeps: whose it is, the alliance that it is or would
    be shared with, and whether it is. What is shared stays with that alliance when its owner moves
    to another: readable there, in nobody else's sight, and as it was when they left."""

    owner: str
    alliance: str
    shared: bool


class Audience(StrEnum):
    """Who an entry of the challenge log is for: its authorities, their triad with the manager who
    arranges its meetings, the alliance."""

    AUTHORITIES = "authorities"
    TRIAD = "triad"
    ALLIANCE = "alliance"


TRIAD_SIDE = "triad"
"""The side of an authority with no part in an entry, of the triad that it is shared with."""

Party = tuple[str, str]
"""A side and the DfE number of an authority on it."""


@dataclass(frozen=True, slots=True)
class EntrySubject:
    """An entry of the challenge log. `parties` are the authorities with a part in it; while it is
    `private` only its `lead` side sees it. `readers` are the people it is shared with by name.
    A part of another entry (an action of a challenge) is as confidential as that one: `own` are the
    authorities with a side in the part itself, `root_owner` owns what it is a part of."""

    alliance: str
    audience: Audience
    private: bool
    lead: str
    created_by: str
    owner: str
    parties: frozenset[Party]
    readers: frozenset[str] = frozenset()
    own: frozenset[Party] = frozenset()
    root_owner: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """In what capacity somebody acts on an entry: with a role, for an authority on a side, or as
    the owner of it (`owner`) or of what it is a part of (`root_owner`). What is None does not
    matter; with all three None, whoever may read it."""

    role: Role | None = None
    side: str | None = None
    personal: str | None = None


SIDES: Mapping[str, str] = MappingProxyType(
    {
        "raising": "the authority that raised it",
        "responding": "the authority that was asked",
        "own": "the authority that it belongs to",
        "asking": "the authority that asks for support",
        "giving": "the authority that gives support",
        "doing": "the authority that acts",
    }
)
"""The sides of an entry as a sentence has them."""


@dataclass(frozen=True, slots=True)
class MoveSubject:
    """A move of an entry, and the offices that may make it."""

    entry: EntrySubject
    offices: tuple[Office, ...]


Subject = ReleaseSubject | ReturnSubject | SavedSubject | EntrySubject | MoveSubject | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it is allowed, and why: a sentence."""

    allowed: bool
    reason: str


Rule = Callable[[Person, Subject], Decision]


@dataclass(frozen=True, slots=True)
class Permission:
    """A declared permission: `sentence` says what it lets a person do, `rule` decides."""

    id: str
    sentence: str
    rule: Rule


class NotAllowedError(AllianceError):
    """Somebody asked for what they may not do. The message is the reason."""


class UnknownPermissionError(AllianceError):
    """The product asked for a permission that is not declared."""


def decide(person: Person, permission_id: str, subject: Subject = None) -> Decision:
    """Whether that person may do that to the subject, and why or why not.

    Raises `UnknownPermissionError` for a permission that is not declared.
    """
    permission = PERMISSIONS.get(permission_id)
    if permission is None:
        raise UnknownPermissionError(
            f"There is no permission “{permission_id}”; known: {', '.join(PERMISSIONS)}."
        )
    return permission.rule(person, subject)


def require(person: Person, permission_id: str, subject: Subject = None) -> None:
    """Go on only where `decide` allows it. Raises `NotAllowedError` with the reason."""
    decision = decide(person, permission_id, subject)
    if not decision.allowed:
        raise NotAllowedError(decision.reason)


def _allow(reason: str) -> Decision:
    return Decision(True, reason)


def _deny(reason: str) -> Decision:
    return Decision(False, reason)


def _anyone(_person: Person, _subject: Subject) -> Decision:
    return _allow("Published figures are open to everyone.")


def _published(_person: Person, _subject: Subject) -> Decision:
    return _allow("What a director has published is open to everyone.")


def _any_role(*roles: Role) -> Rule:
    """Whoever has one of these roles, whatever the subject."""

    def rule(person: Person, _subject: Subject) -> Decision:
        return _by_role(person, roles)

    return rule


def _by_role(person: Person, roles: tuple[Role, ...]) -> Decision:
    if not person.username:
        return _deny("You are not signed in: sign in first.")
    held = next((role for role in roles if role in person.roles), None)
    if held is None:
        return _deny(f"Only {_roles_in_words(roles)} may do this, and you are not one.")
    return _allow(f"You may do this as {_with_article(ROLE_NAMES[held])}.")


def _publish(person: Person, subject: Subject) -> Decision:
    by_role = _by_role(person, _PUBLISHERS)
    if not by_role.allowed:
        return by_role
    if not isinstance(subject, ReleaseSubject):
        return _deny("It is not known which release this is about, so nobody may publish it.")
    if subject.second_person and _same_person(person.username, subject.built_by):
        return _deny(
            "You built this release, and a second person must publish it: ask a colleague who is "
            f"{_roles_in_words(_PUBLISHERS)}."
        )
    return by_role


def _read_return(person: Person, subject: Subject) -> Decision:
    by_role = _by_role(person, _OF_AN_ALLIANCE)
    if not by_role.allowed:
        return by_role
    if not isinstance(subject, ReturnSubject) or not subject.alliance:
        return _deny("It is not known which alliance this return belongs to, so nobody may see it.")
    if person.alliance != subject.alliance:
        return _deny("Local returns are for members of their own alliance only.")
    return _allow("You belong to the alliance that this return is shared with.")


def _submit_return(person: Person, subject: Subject) -> Decision:
    readable = _read_return(person, subject)
    if not readable.allowed:
        return readable
    by_role = _by_role(person, _SUBMITTERS)
    if not by_role.allowed:
        return by_role
    if not isinstance(subject, ReturnSubject) or not _works_for(person, subject.authority_code):
        return _deny("You may submit returns of your own authority only.")
    return _allow("You may submit your own authority's return.")


def _read_saved(person: Person, subject: Subject) -> Decision:
    by_role = _by_role(person, tuple(Role))
    if not by_role.allowed:
        return by_role
    if not isinstance(subject, SavedSubject):
        return _deny("It is not known whose this is, so nobody may see it.")
    if subject.owner and person.username == subject.owner:
        return _allow("It is your own.")
    insider = _by_role(person, _OF_AN_ALLIANCE).allowed
    if insider and subject.shared and subject.alliance and person.alliance == subject.alliance:
        return _allow("A member of your alliance shares it.")
    return _deny("It is kept by somebody else, who does not share it with your alliance.")


def _keep_saved(person: Person, subject: Subject) -> Decision:
    own = _withdraw_saved(person, subject)
    if not own.allowed:
        return own
    if isinstance(subject, SavedSubject) and subject.shared:
        if not _by_role(person, _OF_AN_ALLIANCE).allowed:
            return _deny("An observer keeps sets and views for themselves alone.")
        if not person.alliance:
            return _deny("You belong to no alliance, so there is nobody to share it with.")
        if person.alliance != subject.alliance:
            return _deny("You may share it with your own alliance only.")
    return own


def _withdraw_saved(person: Person, subject: Subject) -> Decision:
    readable = _read_saved(person, subject)
    if not readable.allowed:
        return readable
    if not isinstance(subject, SavedSubject) or person.username != subject.owner:
        return _deny("Only whoever keeps it may change it. You can save one of your own like it.")
    return readable


def _read_entry(person: Person, subject: Subject) -> Decision:
    if not person.username:
        return _deny("You are not signed in: sign in first.")
    if not isinstance(subject, EntrySubject) or not subject.alliance:
        return _deny("It is not known whose entry this is, so nobody may see it.")
    if person.alliance != subject.alliance:
        return _deny("The challenge log is for members of its own alliance only.")
    return (_read_private if subject.private else _read_shared)(person, subject)


def _read_shared(person: Person, subject: EntrySubject) -> Decision:
    if person.roles and person.username in subject.readers:
        return _allow("It is shared with you.")
    by_role = _by_role(person, INSIDERS)
    return by_role if not by_role.allowed else _read_as_insider(person, subject)


def _read_as_insider(person: Person, subject: EntrySubject) -> Decision:
    if subject.audience == Audience.ALLIANCE:
        return _allow("It is shared with your alliance.")
    if subject.audience == Audience.TRIAD and Role.MANAGER in person.roles:
        return _allow("It is shared with a triad, whose meetings you arrange.")
    if person.authority_code and person.authority_code in authorities_it_is_for(subject):
        return _allow("Your authority is one of those that it is shared with.")
    return _deny("It is shared with other authorities, and yours is not one of them.")


def authorities_it_is_for(subject: EntrySubject) -> frozenset[str]:
    """The authorities whose people may see an entry by its parties, once it is shared. A triad that
    is named counts where it is the audience. Those of the whole alliance are not listed."""
    return frozenset(
        code
        for side, code in subject.parties
        if side != TRIAD_SIDE or subject.audience == Audience.TRIAD
    )


def _read_private(person: Person, subject: EntrySubject) -> Decision:
    by_role = _by_role(person, INSIDERS)
    if not by_role.allowed:
        return by_role
    if person.username == subject.created_by and Role.MANAGER in person.roles:
        return _allow("You are drafting it for its authorities.")
    if _has_side(person, subject.lead, subject.parties):
        return _allow("Your authority is drafting it.")
    return _deny("It is not shared yet.")


def _move_entry(person: Person, subject: Subject) -> Decision:
    if not isinstance(subject, MoveSubject):
        return _deny("It is not known what this is about, so nobody may do it.")
    readable = _read_entry(person, subject.entry)
    if not readable.allowed:
        return readable
    by_role = _by_role(person, INSIDERS)
    if not by_role.allowed:
        return _deny("It is shared with you to read. Its authorities may change it.")
    held = next((o for o in subject.offices if _holds(person, o, subject.entry)), None)
    if held is None:
        return _deny(f"Only {offices_in_words(subject.offices)} may do this, and you are not that.")
    return _allow(f"You may do this as {_office_in_words(held)}.")


def _share_entry(person: Person, subject: Subject) -> Decision:
    if not isinstance(subject, EntrySubject):
        return _deny("It is not known whose entry this is, so nobody may share it.")
    if subject.private:
        return _deny("It is a draft. Share it with its authorities first.")
    offices = [Office(Role.DIRECTOR, side) for side in SIDES]
    if subject.audience == Audience.ALLIANCE:
        offices.append(Office(Role.MANAGER))
    decision = _move_entry(person, MoveSubject(subject, tuple(offices)))
    if decision.allowed:
        return decision
    if not _read_entry(person, subject).allowed:
        return decision
    return _deny("Only a director of one of its authorities may share it with an observer.")


def _holds(person: Person, office: Office, entry: EntrySubject) -> bool:
    """Whether the person, who may read the entry, acts in that capacity."""
    if office.role is not None and office.role not in person.roles:
        return False
    if office.side is not None and not _has_side(person, office.side, entry.parties | entry.own):
        return False
    people = {"owner": entry.owner, "root_owner": entry.root_owner}
    return office.personal is None or people[office.personal] == person.username


def _has_side(person: Person, side: str, parties: frozenset[Party]) -> bool:
    return bool(person.authority_code) and (side, person.authority_code) in parties


def offices_in_words(offices: tuple[Office, ...]) -> str:
    """“a director of the authority that raised it or an alliance manager”."""
    *first, last = list(dict.fromkeys(_office_in_words(office) for office in offices)) or ["nobody"]
    return f"{', '.join(first)} or {last}" if first else last


def _office_in_words(office: Office) -> str:
    if office.personal is not None:
        return {
            "owner": "whoever owns it", "root_owner": "whoever owns what it belongs to",
        }[office.personal]  # fmt: skip
    if office.role is None:
        return "whoever may see it" if office.side is None else f"anybody of {SIDES[office.side]}"
    who = _with_article(ROLE_NAMES[office.role])
    return who if office.side is None else f"{who} of {SIDES[office.side]}"


def _change_saved(person: Person, subject: Subject) -> Decision:
    own = _withdraw_saved(person, subject)
    if not own.allowed:
        return own
    if isinstance(subject, SavedSubject) and is_left_behind(person, subject):
        return _deny(
            "It is shared with an alliance that you have left, whose members keep it as it is. "
            "Stop sharing it first, or save another like it."
        )
    return own


def is_left_behind(person: Person, subject: SavedSubject) -> bool:
    """True of what its owner shared with an alliance that they no longer belong to."""
    owned = bool(subject.owner) and person.username == subject.owner
    return owned and subject.shared and person.alliance != subject.alliance


def _works_for(person: Person, authority_code: str) -> bool:
    return bool(authority_code) and person.authority_code == authority_code


def _same_person(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _roles_in_words(roles: tuple[Role, ...]) -> str:
    """“an analyst, an alliance manager or an administrator”."""
    *first, last = [_with_article(ROLE_NAMES[role]) for role in roles]
    return f"{', '.join(first)} or {last}" if first else last


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


INSIDERS = (Role.MEMBER, Role.ANALYST, Role.DIRECTOR, Role.MANAGER)
"""Who belongs to an alliance's own conversation: everyone in it but administrators, who run the
machine, and observers, who see what is shared with them."""
_PUBLISHERS = (Role.ANALYST, Role.MANAGER, Role.ADMINISTRATOR)
_OF_AN_ALLIANCE = (*INSIDERS, Role.ADMINISTRATOR)
_SUBMITTERS = (Role.ANALYST, Role.DIRECTOR)

PERMISSIONS: Mapping[str, Permission] = MappingProxyType(
    {
        permission.id: permission
        for permission in (
            Permission("figures.read", "Read published figures.", _anyone),
            Permission(
                "release.review",
                "See a release that is held back, and what it would change.",
                _any_role(*_PUBLISHERS),
            ),
            Permission(
                "release.build",
                "Build a release from the publishers' files.",
                _any_role(Role.ANALYST, Role.ADMINISTRATOR),
            ),
            Permission("release.publish", "Publish a release that is held back.", _publish),
            Permission(
                "release.roll_back",
                "Go back to an earlier release.",
                _any_role(*_PUBLISHERS),
            ),
            Permission("return.read", "Read a local return of the alliance.", _read_return),
            Permission("return.submit", "Submit a local return.", _submit_return),
            Permission(
                "return.template",
                "Download the template of a local return.",
                _any_role(*_OF_AN_ALLIANCE),
            ),
            Permission(
                "saved.read",
                "See a comparator set or view: one’s own, or shared by the alliance.",
                _read_saved,
            ),
            Permission(
                "saved.keep",
                "Keep a comparator set or view, and share it with one’s alliance.",
                _keep_saved,
            ),
            Permission(
                "saved.change",
                "Change one’s own comparator set or view.",
                _change_saved,
            ),
            Permission("entry.read", "See an entry of the challenge log.", _read_entry),
            Permission(
                "entry.move",
                "Make a move of an entry of the challenge log: raise, respond, agree, close.",
                _move_entry,
            ),
            Permission(
                "entry.share",
                "Let an observer read an entry of the challenge log.",
                _share_entry,
            ),
            Permission(
                "report.read",
                "Read what an authority’s director has published of its priorities.",
                _published,
            ),
            Permission(
                "saved.withdraw",
                "Stop sharing, delete or bring back one’s own comparator set or view.",
                _withdraw_saved,
            ),
            Permission(
                "accounts.manage",
                "Add accounts, change them and take them out of use.",
                _any_role(Role.ADMINISTRATOR),
            ),
        )
    }
)
"""Every permission of the product, by id."""
