"""Every permission × role × subject: denied unless declared, and always with a reason."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.access import (
    ANONYMOUS,
    PERMISSIONS,
    ROLE_NAMES,
    NotAllowedError,
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
BY_ROLE: dict[str, frozenset[Role | None]] = {
    "figures.read": ANYONE,
    "release.review": frozenset({Role.ANALYST, Role.MANAGER, Role.ADMINISTRATOR}),
    "release.build": frozenset({Role.ANALYST, Role.ADMINISTRATOR}),
    "release.publish": frozenset({Role.ANALYST, Role.MANAGER, Role.ADMINISTRATOR}),
    "release.roll_back": frozenset({Role.ANALYST, Role.MANAGER, Role.ADMINISTRATOR}),
    "return.read": frozenset(Role),
    "return.submit": frozenset({Role.ANALYST, Role.DIRECTOR}),
    "return.template": frozenset(Role),
    "saved.read": frozenset(Role),
    "saved.keep": frozenset(Role),
    "saved.change": frozenset(Role),
    "saved.withdraw": frozenset(Role),
    "accounts.manage": frozenset({Role.ADMINISTRATOR}),
}
"""Who may, at the most: where the subject is theirs in every way. None: not signed in."""
TRIAD = "Eastern triad"
OURS = ReturnSubject("873", TRIAD)
BUILT = ReleaseSubject("somebody else", second_person=True)
KEPT = SavedSubject("j.ashby", TRIAD, shared=False)
SUBJECTS: tuple[Subject, ...] = (
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
subjects = st.one_of(
    st.none(),
    st.builds(ReleaseSubject, names, st.booleans()),
    st.builds(ReturnSubject, codes.map(lambda code: code or ""), alliances.map(lambda a: a or "")),
    st.builds(SavedSubject, names, alliances.map(lambda a: a or ""), st.booleans()),
)
permissions = st.sampled_from(sorted(PERMISSIONS))


def somebody(*roles: Role, code: str | None = "873", alliance: str | None = TRIAD) -> Person:
    return Person("j.ashby", "Jo Ashby", code, alliance, frozenset(roles))


def subject_of(permission: str) -> Subject:
    if permission.startswith("saved."):
        return KEPT
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
        assert held & BY_ROLE[permission]


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


def test_why_somebody_may_not_is_said_in_their_words() -> None:
    theirs = SavedSubject("p.nair", TRIAD, shared=True)
    jo = somebody(Role.ANALYST)
    assert "save one of your own" in decide(jo, "saved.change", theirs).reason
    alone = somebody(Role.ANALYST, alliance=None)
    own = SavedSubject("j.ashby", "", shared=True)
    assert "nobody to share it with" in decide(alone, "saved.keep", own).reason
    assert "sign in" in decide(ANONYMOUS, "saved.keep", own).reason
