"""Versions compare as numbers; files are matched by name, letter case aside."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.catalogue import Catalogue, FileSpec
from ingest.live.names import fill_pattern, kept_name, match_name, parse_version

numbers = st.integers(0, 999_999)
YEARS = FileSpec("b1_children_in_need_*_to_*.csv", "need", "ees")
PLAIN = FileSpec("absence_la.csv", "outcomes", "ees")
SPECS = (YEARS, PLAIN)


@given(numbers, numbers, numbers)
def test_a_version_is_read_as_its_numbers(major: int, minor: int, patch: int) -> None:
    assert parse_version(f"{major}.{minor}.{patch}") == (major, minor, patch)
    assert parse_version(f"{major}.{minor}") == (major, minor, 0)


@given(st.tuples(numbers, numbers, numbers), st.tuples(numbers, numbers, numbers))
def test_versions_compare_as_their_numbers_do(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    first, second = (parse_version(".".join(map(str, item))) for item in (one, other))
    assert first is not None
    assert second is not None
    assert (first < second) == (one < other)
    assert (first == second) == (one == other)


def test_version_ten_is_newer_than_version_nine() -> None:
    assert max(["1.9", "1.10", "1.2.30"], key=lambda text: parse_version(text) or ()) == "1.10"


@given(st.text())
def test_any_other_text_is_no_version_and_no_fault(text: str) -> None:
    version = parse_version(text)
    assert (
        version is None
        or [int(part) for part in text.split(".")] == list(version)[: text.count(".") + 1]
    )


@pytest.mark.parametrize(
    "text", ["", "1", "v1.0", "1.0.0.0", "1.x", " 1.0", "1.0\n", "-1.0", "١.٢"]
)
def test_what_is_not_major_minor_is_no_version(text: str) -> None:
    assert parse_version(text) is None


def cased(text: str) -> st.SearchStrategy[str]:
    """The text with any of its letters in either case."""
    return st.lists(st.booleans(), min_size=len(text), max_size=len(text)).map(
        lambda flips: "".join(
            c.upper() if up else c.lower() for c, up in zip(text, flips, strict=True)
        )
    )


@given(
    st.integers(1900, 2999),
    st.integers(1900, 2999),
    st.sampled_from(["", "data/", "release_1/data/", "data\\", "./"]),
    st.data(),
)
def test_a_file_is_matched_whatever_its_years_folder_and_letter_case(
    first: int, last: int, folder: str, data: st.DataObject
) -> None:
    name = data.draw(cased(f"b1_children_in_need_{first}_to_{last}.csv"))
    assert match_name(folder + name, SPECS) is YEARS
    kept = kept_name(folder + name, YEARS)
    assert kept == f"b1_children_in_need_{first}_to_{last}.csv"
    assert YEARS.matches(kept)


@given(st.text(alphabet=string.printable, max_size=60))
def test_no_odd_name_is_matched_unless_it_is_the_file_s(text: str) -> None:
    spec = match_name(text, SPECS)
    if spec is not None:
        kept = kept_name(text, spec)
        assert spec.matches(kept)
        assert not {*kept} & {*"/\\:\0\n"}
        assert kept not in {".", ".."}


@given(st.text(max_size=30), st.text(max_size=30))
def test_what_a_publisher_puts_in_place_of_a_star_never_leads_out_of_the_folder(
    one: str, other: str
) -> None:
    spec = match_name(f"b1_children_in_need_{one}_to_{other}.csv", SPECS)
    if spec is not None:
        assert "/" not in kept_name(f"b1_children_in_need_{one}_to_{other}.csv", spec)


@pytest.mark.parametrize(
    "name",
    [
        "absence_la.meta.csv",
        "b1_children_in_need_2013_to_2025.meta.csv",
        "xabsence_la.csv",
        "absence_la.csv.gz",
        "absence_la.csv/",
        ".absence_la.csv",
        "",
    ],
)
def test_a_meta_file_or_another_file_is_not_the_table(name: str) -> None:
    assert match_name(name, SPECS) is None


def test_every_declared_file_is_matched_in_capitals(catalogue: Catalogue) -> None:
    for spec in catalogue.files:
        name = spec.name.replace("*", "2025")
        assert match_name(f"DATA/{name.upper()}", catalogue.files) is spec
        assert kept_name(name.upper(), spec) == name


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("2013", "2025", "b1_children_in_need_2013_to_2025.csv"),
        ("2013/14", "2024/25", "b1_children_in_need_2013-14_to_2024-25.csv"),
        ("", "", "b1_children_in_need_unknown_to_unknown.csv"),
        ("../x", "2025", "b1_children_in_need_unknown_to_2025.csv"),
    ],
)
def test_a_table_without_a_name_is_called_by_its_years(first: str, last: str, name: str) -> None:
    assert fill_pattern(YEARS, first, last) == name
    assert match_name(name, SPECS) is YEARS
    assert fill_pattern(PLAIN, first, last) == "absence_la.csv"
