"""Which of two editions is newer, and what a new one would bring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.catalogue import FileSpec
from ingest.live.editions import (
    CachedEdition,
    CachedFile,
    Edition,
    OfferedFile,
    files_by_spec,
    find_additions,
    newest_of_each,
)
from ingest.live.errors import LiveError

DAY = datetime(2025, 11, 20, 9, 30, tzinfo=UTC)
NEXT_DAY = DAY + timedelta(days=1)
CARE, MOVES = FileSpec("care_*.csv", "care", "ees"), FileSpec("moves.csv", "care", "ees")
SPECS = (CARE, MOVES)


def cached(
    version: str,
    published: datetime = DAY,
    *,
    specs: tuple[FileSpec, ...] = SPECS,
    members: tuple[str, ...] = (),
    retrieved: datetime = DAY,
) -> CachedEdition:
    folder = Path(version)
    files = tuple(
        CachedFile(
            path=folder / spec.name, name=spec.name, spec=spec.name, source_id="care", address="",
            member="", etag="", last_modified="", sha256=version, bytes=1,
            retrieved_at=retrieved, published_at=published, dated_by="publisher",
        )
        for spec in specs
    )  # fmt: skip
    return CachedEdition(
        folder, "care", "r", "2025", "2025", version, published, "publisher", "", members, files
    )


def offered(
    version: str,
    published: datetime | None = DAY,
    *names: str,
    archive: bool = False,
) -> Edition:
    files = tuple(
        OfferedFile(name, f"https://a/{name}") for name in names or ("care_2025.csv", "moves.csv")
    )
    if archive:
        files = (OfferedFile("r.zip", "https://a/r.zip", is_archive=True),)
    return Edition("care", "r", "2025", "2025", version, files, published)


def names(edition: Edition, *held: CachedEdition) -> list[str]:
    return [spec.name for spec in find_additions(edition, SPECS, held)]


def test_into_an_empty_cache_everything_is_new() -> None:
    assert names(offered("release:a")) == [CARE.name, MOVES.name]


def test_the_same_edition_brings_nothing_however_it_is_dated() -> None:
    for published in (DAY, NEXT_DAY, None):
        assert names(offered("release:a", published), cached("release:a")) == []


def test_a_later_edition_brings_everything() -> None:
    assert names(offered("release:b", NEXT_DAY), cached("release:a")) == [CARE.name, MOVES.name]


def test_a_correction_of_the_same_day_brings_everything() -> None:
    later = DAY + timedelta(minutes=5)
    assert names(offered("release:b", later), cached("release:a")) == [CARE.name, MOVES.name]


def test_an_older_edition_brings_nothing() -> None:
    assert names(offered("release:a"), cached("release:b", NEXT_DAY)) == []


def test_by_another_way_the_same_day_brings_nothing() -> None:
    later = DAY + timedelta(minutes=5)
    assert names(offered("api:a", later), cached("release:a")) == []
    assert names(offered("api:a", NEXT_DAY), cached("release:a")) == [CARE.name, MOVES.name]


def test_a_file_that_the_cache_lacks_is_brought_although_the_edition_is_not_newer() -> None:
    held = cached("api:a", specs=(CARE,))
    assert names(offered("release:a"), held) == [MOVES.name]
    same = cached("release:a", specs=(CARE,))
    assert names(offered("release:a"), same) == [MOVES.name]


def test_a_file_that_the_edition_does_not_have_is_not_expected_of_it() -> None:
    assert names(offered("release:b", NEXT_DAY, "moves.csv", "other.csv"), cached("release:a")) == [
        MOVES.name
    ]


def test_an_archive_may_hold_anything_until_it_has_been_looked_through() -> None:
    new = offered("release:b", NEXT_DAY, archive=True)
    assert names(new, cached("release:a")) == [CARE.name, MOVES.name]
    seen = cached("release:b", NEXT_DAY, specs=(MOVES,), members=("data/moves.csv", "data/x.csv"))
    assert names(new, cached("release:a"), seen) == []


def test_an_archive_is_asked_again_for_a_file_that_was_declared_since() -> None:
    seen = cached("release:b", specs=(MOVES,), members=("data/moves.csv", "data/care_2025.csv"))
    assert names(offered("release:b", archive=True), seen) == [CARE.name]


def test_an_undated_offer_of_another_state_is_taken_for_new() -> None:
    assert names(offered("files:b", None), cached("files:a", NEXT_DAY)) == [CARE.name, MOVES.name]
    assert names(offered("", None), cached("files:a")) == [CARE.name, MOVES.name]


def test_two_offered_files_of_one_name_are_a_fault() -> None:
    edition = offered("release:a", DAY, "care_2024.csv", "CARE_2025.csv")
    with pytest.raises(LiveError, match=r"two files are care_\*\.csv: care_2024\.csv, CARE_2025"):
        files_by_spec(edition, SPECS)


moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)


@given(st.lists(st.tuples(moments, moments), min_size=1, max_size=8))
def test_of_every_file_the_one_that_came_out_last_wins_in_whatever_order_they_came(
    dates: list[tuple[datetime, datetime]],
) -> None:
    editions = [
        cached(f"release:{i}", published, retrieved=retrieved)
        for i, (published, retrieved) in enumerate(dates)
    ]
    newest = newest_of_each(editions)
    assert newest[CARE.name].published_at == max(published for published, _ in dates)
    again = newest_of_each(reversed(editions))
    key = (newest[CARE.name].published_at, newest[CARE.name].retrieved_at)
    assert (again[CARE.name].published_at, again[CARE.name].retrieved_at) == key


@given(moments, st.lists(moments, max_size=6))
def test_what_is_not_later_than_the_cache_is_never_brought(
    offer: datetime, held: list[datetime]
) -> None:
    editions = [cached(f"release:{i}", published) for i, published in enumerate(held)]
    brought = names(offered("release:new", offer), *editions)
    assert bool(brought) == all(offer > published for published in held)
