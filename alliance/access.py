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


ROLE_NAMES: Mapping[Role, str] = MappingProxyType(
    {
        Role.MEMBER: "member",
        Role.ANALYST: "analyst",
        Role.DIRECTOR: "director",
        Role.MANAGER: "alliance manager",
        Role.ADMINISTRATOR: "administrator",
    }
)
"""Roles as a person reads them."""


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


Subject = ReleaseSubject | ReturnSubject | SavedSubject | None


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
    by_role = _by_role(person, tuple(Role))
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
    if subject.shared and subject.alliance and person.alliance == subject.alliance:
        return _allow("A member of your alliance shares it.")
    return _deny("It is kept by somebody else, who does not share it with your alliance.")


def _keep_saved(person: Person, subject: Subject) -> Decision:
    own = _withdraw_saved(person, subject)
    if not own.allowed:
        return own
    if isinstance(subject, SavedSubject) and subject.shared:
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


_PUBLISHERS = (Role.ANALYST, Role.MANAGER, Role.ADMINISTRATOR)
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
                _any_role(*Role),
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
