"""Passwords that somebody would guess are refused, and none is kept as it was typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from alliance.people import passwords
from alliance.people.passwords import (
    PasswordError,
    check_password,
    hash_password,
    is_outdated,
    verify_password,
)

OWN = passwords._HASHER
"""The product's, as it was before the tests put a quick one in its place."""


@pytest.fixture(autouse=True)
def own_way_of_keeping(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(passwords, "_HASHER", OWN)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.mark.parametrize(
    "password",
    [
        "three words together",
        "correct horse battery",
        "Ünïcödé wörds",
        "x7!kQ2#mP9$z",
        "a b c d e f g",
    ],
)
def test_a_long_password_of_any_characters_is_taken(password: str) -> None:
    check_password(password, "j.ashby")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "12 characters or more"),
        ("elevenchars", "12 characters or more"),
        ("x" * 257, "256 at most"),
        ("j.ashby is mine", "must not hold the username"),
        ("J.ASHBY-2026-pw", "must not hold the username"),
        ("aaaaaaaaaaaaaaa", "among the first that anyone tries"),
        ("abababababab", "among the first that anyone tries"),
        ("password1234", "among the first that anyone tries"),
        ("Password1234", "among the first that anyone tries"),
        ("qwertyuiop123", "among the first that anyone tries"),
        ("ChildrensServices", "among the first that anyone tries"),
    ],
)
def test_a_password_that_somebody_would_guess_is_refused_with_the_reason(
    password: str, why: str
) -> None:
    with pytest.raises(PasswordError, match=why) as raised:
        check_password(password, "j.ashby")
    assert not password or password not in str(raised.value)


@given(st.text(max_size=11))
def test_no_short_password_is_taken(password: str) -> None:
    import unicodedata

    if len(unicodedata.normalize("NFKC", password)) < 12:
        with pytest.raises(PasswordError):
            check_password(password, "")


def test_every_common_password_is_long_enough_to_be_tried() -> None:
    common = passwords._common()
    assert len(common) > 150
    for password in common:
        assert len(password) >= passwords.SHORTEST, password
        assert password == password.casefold()


def test_what_is_kept_is_argon2id_with_salt() -> None:
    kept = [hash_password("three words together") for _ in range(2)]
    assert kept[0] != kept[1]
    for text in kept:
        assert text.startswith("$argon2id$v=19$m=65536,t=3,p=4$"), "RFC 9106, where memory is dear"
        assert "three" not in text
        assert verify_password(text, "three words together")
        assert not verify_password(text, "three words togethеr"), "a Cyrillic e"
        assert not is_outdated(text)


def test_the_same_characters_from_another_keyboard_are_the_same_password() -> None:
    kept = hash_password("une café à côté")
    assert verify_password(kept, "une cafe\u0301 a\u0300 co\u0302te\u0301")


@pytest.mark.parametrize("kept", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_where_nothing_is_kept_nothing_fits(kept: str | None) -> None:
    assert not verify_password(kept, "three words together")
    assert not verify_password(kept, "nobody's")
    assert not verify_password(kept, "")


def test_a_password_kept_in_a_weaker_way_is_known() -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=1024).hash("three words together")
    assert is_outdated(weaker)
