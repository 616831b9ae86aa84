"""Every permission × role × subject: denied unless declared, and always with a reason."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.access import (
    ANONYMOUS,
    PERMISSIONS,
    ROLE_NAMES,
    Audience,
    EntrySubject,
    MoveSubject,
    NotAllowedError,
    Office,
    Person,
    ReleaseSubject,
    ReturnSubject,
    Role,
    SavedSubject,
    Subject,
    UnknownPermissionError,
    decide,
    require,
)
from ingest.errors import AllianceError

ANYONE = frozenset({None, *Role})
MEMBERS = frozenset(Role) - {Role.OBSERVER}
BY_ROLE: dict[str, frozenset[Role | None]] = {
    "figures.read": ANYONE,
    "release.review": frozenset({Role.ANALYST, Role.MANAGER, Role.ADMINISTRATOR}),
    "release.build": frozenset({Role.ANALYST, Role.ADMINISTRATOR}),
    "release.publish": frozenset({Role.ANALYST, Role.MANAGER, Role.ADMINISTRATOR}),
    "release.roll_back": frozenset({Role.ANALYST, Role.MANAGER, Role.ADMINISTRATOR}),
    "return.read": MEMBERS,
    "return.submit": frozenset({Role.ANALYST, Role.DIRECTOR}),
    "return.template": MEMBERS,
    "saved.read": frozenset(Role),
    "saved.keep": frozenset(Role),
    "saved.change": frozenset(Role),
    "entry.read": MEMBERS - {Role.ADMINISTRATOR},
    "entry.move": MEMBERS - {Role.ADMINISTRATOR},
    "entry.share": frozenset({Role.DIRECTOR}),
    "report.read": ANYONE,
    "saved.withdraw": frozenset(Role),
    "accounts.manage": frozenset({Role.ADMINISTRATOR}),
}
"""Who may, at the most: where the subject is theirs in every way. None: not signed in."""
TRIAD = "Eastern triad"
OURS = ReturnSubject("873", TRIAD)
BUILT = ReleaseSubject("somebody else", second_person=True)
KEPT = SavedSubject("j.ashby", TRIAD, shared=False)
ENTRY = EntrySubject(
    TRIAD, Audience.AUTHORITIES, False, "own", "p.nair", "p.nair", frozenset({("own", "873")})
)
SUBJECTS: tuple[Subject, ...] = (
    ENTRY, MoveSubject(ENTRY, (Office(),)),
    None, OURS, ReturnSubject("874", TRIAD), ReturnSubject("873", "Another"), ReturnSubject("", ""),
    BUILT, ReleaseSubject("j.ashby", second_person=True), ReleaseSubject("j.ashby"),
    KEPT, SavedSubject("p.nair", TRIAD, shared=True), SavedSubject("p.nair", "", shared=False),
)  # fmt: skip

names = st.sampled_from(["", "j.ashby", "J.Ashby", "p.nair"])
codes = st.sampled_from([None, "", "873", "874"])
alliances = st.sampled_from([None, "", TRIAD, "Another"])
people = st.builds(
    Person, names, st.just("Somebody"), codes, alliances, st.frozensets(st.sampled_from(Role))
)
sides = st.frozensets(
    st.tuples(st.sampled_from(["own", "asking", "triad"]), st.sampled_from(["873", "874"])),
    max_size=2,
)
entries = st.builds(
    EntrySubject, alliances.map(lambda a: a or ""), st.sampled_from(Audience), st.booleans(),
    st.sampled_from(["own", "asking"]), names, names, sides, st.frozensets(names, max_size=1),
)  # fmt: skip
offices = st.builds(
    Office, st.one_of(st.none(), st.sampled_from(Role)),
    st.one_of(st.none(), st.sampled_from(["own", "asking"])),
    st.one_of(st.none(), st.sampled_from(["owner", "root_owner"])),
)  # fmt: skip
subjects = st.one_of(
    st.none(),
    st.builds(ReleaseSubject, names, st.booleans()),
    st.builds(ReturnSubject, codes.map(lambda code: code or ""), alliances.map(lambda a: a or "")),
    st.builds(SavedSubject, names, alliances.map(lambda a: a or ""), st.booleans()),
    entries,
    st.builds(MoveSubject, entries, st.lists(offices, max_size=2).map(tuple)),
)
permissions = st.sampled_from(sorted(PERMISSIONS))


def somebody(*roles: Role, code: str | None = "873", alliance: str | None = TRIAD) -> Person:
    return Person("j.ashby", "Jo Ashby", code, alliance, frozenset(roles))


def subject_of(permission: str) -> Subject:
    if permission.startswith("saved."):
        return KEPT
    if permission.startswith("entry."):
        return MoveSubject(ENTRY, (Office(),)) if permission == "entry.move" else ENTRY
    return OURS if permission.startswith("return.") else BUILT


def test_the_table_of_this_test_names_every_permission() -> None:
    assert set(BY_ROLE) == set(PERMISSIONS)


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize("permission", BY_ROLE)
def test_each_role_may_do_what_is_declared_and_nothing_else(
    permission: str, role: Role | None
) -> None:
    person = ANONYMOUS if role is None else somebody(role)
    decision = decide(person, permission, subject_of(permission))
    assert decision.allowed == (role in BY_ROLE[permission]), decision.reason


@pytest.mark.parametrize("permission", BY_ROLE)
def test_without_a_role_an_account_gives_no_more_than_anyone_has(permission: str) -> None:
    for subject in SUBJECTS:
        ours = decide(somebody(), permission, subject).allowed
        assert ours == decide(ANONYMOUS, permission, subject).allowed


@given(people, permissions, subjects)
def test_every_decision_gives_its_reason_in_a_sentence(
    person: Person, permission: str, subject: Subject
) -> None:
    decision = decide(person, permission, subject)
    assert re.fullmatch(r"[A-Z].+\.", decision.reason)
    assert "None" not in decision.reason


@given(people, permissions, subjects)
def test_nobody_has_a_right_that_no_role_of_theirs_has(
    person: Person, permission: str, subject: Subject
) -> None:
    if decide(person, permission, subject).allowed:
        held: set[Role | None] = {*person.roles, None} if person.username else {None}
        by_name = permission == "entry.read" and isinstance(subject, EntrySubject)
        assert held & BY_ROLE[permission] or (by_name and person.username in subject.readers)


@given(people, st.sampled_from(["return.read", "return.submit"]), subjects)
def test_nobody_outside_the_alliance_ever_has_a_return(
    person: Person, permission: str, subject: Subject
) -> None:
    if decide(person, permission, subject).allowed:
        assert isinstance(subject, ReturnSubject)
        assert subject.alliance
        assert person.alliance == subject.alliance
        assert person.username


@given(people, subjects)
def test_nobody_submits_a_return_of_another_authority(person: Person, subject: Subject) -> None:
    if decide(person, "return.submit", subject).allowed:
        assert isinstance(subject, ReturnSubject)
        assert subject.authority_code
        assert person.authority_code == subject.authority_code


@given(people, st.booleans())
def test_where_settings_want_a_second_person_nobody_publishes_what_they_built(
    person: Person, second_person: bool
) -> None:
    built = ReleaseSubject(person.username.upper(), second_person)
    decision = decide(person, "release.publish", built)
    may = bool(person.username) and bool(person.roles & BY_ROLE["release.publish"])
    assert decision.allowed == (may and not second_person)


def test_the_second_person_is_told_whom_to_ask() -> None:
    decision = decide(
        somebody(Role.ANALYST), "release.publish", ReleaseSubject("j.ashby", second_person=True)
    )
    assert decision.reason == (
        "You built this release, and a second person must publish it: ask a colleague who is "
        "an analyst, an alliance manager or an administrator."
    )


@pytest.mark.parametrize("permission", ["release.publish", "return.read", "return.submit"])
@pytest.mark.parametrize("role", Role)
def test_without_the_subject_nobody_may(permission: str, role: Role) -> None:
    assert not decide(somebody(role), permission).allowed
    wrong = OURS if permission == "release.publish" else BUILT
    assert not decide(somebody(role), permission, wrong).allowed


@given(people, subjects, st.text().filter(lambda text: text not in PERMISSIONS))
def test_a_permission_that_is_not_declared_is_an_error(
    person: Person, subject: Subject, permission: str
) -> None:
    with pytest.raises(UnknownPermissionError, match=r"There is no permission"):
        decide(person, permission, subject)


def test_requiring_raises_the_reason_or_lets_on() -> None:
    require(ANONYMOUS, "figures.read")
    with pytest.raises(NotAllowedError, match="You are not signed in") as raised:
        require(ANONYMOUS, "release.build")
    assert isinstance(raised.value, AllianceError)
    with pytest.raises(NotAllowedError, match="Only an administrator may do this"):
        require(somebody(Role.MEMBER), "accounts.manage")


def test_every_permission_says_what_it_lets_a_person_do() -> None:
    for key, permission in PERMISSIONS.items():
        assert permission.id == key
        assert re.fullmatch(r"[A-Z].+\.", permission.sentence)
    assert set(ROLE_NAMES) == set(Role)


SAVED = [key for key in sorted(PERMISSIONS) if key.startswith("saved.")]


@given(people, st.sampled_from(SAVED), subjects)
def test_what_somebody_keeps_is_theirs_or_shared_with_their_own_alliance(
    person: Person, permission: str, subject: Subject
) -> None:
    if decide(person, permission, subject).allowed:
        assert isinstance(subject, SavedSubject)
        shared = subject.shared and subject.alliance and subject.alliance == person.alliance
        assert person.username == subject.owner or (permission == "saved.read" and shared)
        if permission in {"saved.keep", "saved.change"}:
            assert not subject.shared or subject.alliance == person.alliance


@given(people, st.sampled_from(["entry.read", "entry.move", "entry.share"]), subjects)
def test_nobody_outside_its_alliance_ever_has_an_entry(
    person: Person, permission: str, subject: Subject
) -> None:
    if decide(person, permission, subject).allowed:
        entry = subject.entry if isinstance(subject, MoveSubject) else subject
        assert isinstance(entry, EntrySubject)
        assert entry.alliance
        assert entry.alliance == person.alliance
        assert person.username
        assert person.roles


@given(people, entries, st.lists(offices, max_size=2).map(tuple))
def test_nobody_moves_or_shares_what_they_cannot_read(
    person: Person, entry: EntrySubject, held: tuple[Office, ...]
) -> None:
    if not decide(person, "entry.read", entry).allowed:
        assert not decide(person, "entry.move", MoveSubject(entry, held)).allowed
        assert not decide(person, "entry.share", entry).allowed


@given(people, entries)
def test_an_office_of_a_side_is_held_for_ones_own_authority_alone(
    person: Person, entry: EntrySubject
) -> None:
    for side in ("own", "asking"):
        move = MoveSubject(entry, (Office(Role.DIRECTOR, side),))
        if decide(person, "entry.move", move).allowed:
            assert Role.DIRECTOR in person.roles
            assert (side, person.authority_code) in entry.parties


def test_a_draft_is_shared_with_no_observer() -> None:
    draft = replace(ENTRY, private=True)
    assert "It is a draft" in decide(somebody(Role.DIRECTOR), "entry.share", draft).reason
    assert decide(somebody(Role.DIRECTOR), "entry.share", ENTRY).allowed


def test_why_somebody_may_not_is_said_in_their_words() -> None:
    theirs = SavedSubject("p.nair", TRIAD, shared=True)
    jo = somebody(Role.ANALYST)
    assert "save one of your own" in decide(jo, "saved.change", theirs).reason
    alone = somebody(Role.ANALYST, alliance=None)
    own = SavedSubject("j.ashby", "", shared=True)
    assert "nobody to share it with" in decide(alone, "saved.keep", own).reason
    assert "sign in" in decide(ANONYMOUS, "saved.keep", own).reason
