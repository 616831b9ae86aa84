"""Authorities over time, and the reference tables that say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ingest.authorities import Reference, fold_name, load_reference, split_joint_code
from ingest.errors import CatalogueError
from ingest.paths import data_dir
from tests import builders


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Helens", "St Helens"),
        ("Bath & North East Somerset", "Bath and North East Somerset"),
        ("Yorkshire and The Humber", "Yorkshire and the Humber"),
        ("Rutland UA", "Rutland"),
        ("Rutland ", "Rutland"),
        ("Kingston upon Hull, City of", "Kingston upon Hull City of"),
        ("Redcar  and Cleveland", "Redcar and Cleveland"),
    ],
)
def test_spellings_that_publishers_mix_are_one_name(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Dorset", "Dorset (until March 2019)"), ("Northumberland", "Cumberland"), ("UA", "")],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("314", ("314",)),
        ("314 / 318", ("314", "318")),
        ("314/318", ("314", "318")),
        ("314 /318 / 319", ("314", "318", "319")),
        ("314/", ("314", "")),
    ],
)
def test_a_joint_code_is_split_into_its_authorities(code: str, parts: tuple[str, ...]) -> None:
    assert split_joint_code(code) == parts


def test_england_has_153_authorities_today_and_remembers_five_that_are_no_more(
    reference: Reference,
) -> None:
    today = [a for a in reference.authorities if a.valid_to is None]
    gone = {a.area_code: a for a in reference.authorities if a.valid_to is not None}
    assert len(today) == 153
    assert set(gone) == {"835", "836", "837", "909", "928"}
    assert gone["909"].successor_codes == ("942", "943")
    assert gone["928"].successor_codes == ("940", "941")
    assert gone["928"].valid_to == date(2021, 3, 31)


@pytest.mark.parametrize("country", ["reference", "demo/reference"])
def test_every_abolished_authority_is_followed_by_successors_from_the_next_day(
    country: str,
) -> None:
    tables = load_reference(data_dir() / country)
    for authority in tables.authorities:
        assert bool(authority.successor_codes) == (authority.valid_to is not None)
        for code in authority.successor_codes:
            start = tables.authority_by_code[code].valid_from
            assert start is not None
            assert authority.valid_to is not None
            assert (start - authority.valid_to).days == 1


@pytest.mark.parametrize("country", ["reference", "demo/reference"])
def test_every_authority_lies_in_a_region_and_a_part_only_of_that_region(country: str) -> None:
    tables = load_reference(data_dir() / country)
    regions = {r.area_code for r in tables.regions if r.area_level == "region"}
    for authority in tables.authorities:
        assert authority.region_code in regions
        assert not tables.region_by_code[authority.region_code].parent_code
        if authority.subregion_code:
            part = tables.region_by_code[authority.subregion_code]
            assert part.parent_code == authority.region_code


def test_invented_areas_share_no_code_and_no_name_with_real_ones(reference: Reference) -> None:
    demo = load_reference(data_dir() / "demo" / "reference")
    assert not set(demo.authority_by_code) & set(reference.authority_by_code)
    assert not set(demo.region_by_code) & set(reference.region_by_code)
    codes = {item.gss_code for item in demo.gss_codes}
    assert not codes & {item.gss_code for item in reference.gss_codes}
    names = {fold_name(a.name) for a in (*demo.authorities, *demo.regions)}
    assert not names & {fold_name(a.name) for a in (*reference.authorities, *reference.regions)}


def test_the_newest_gss_code_is_the_current_one(reference: Reference) -> None:
    assert reference.current_gss["825"] == "E06000060"
    assert reference.current_gss["815"] == "E06000065"
    assert reference.current_gss["933"] == "E06000066"
    assert {"E10000023", "E06000065"} <= reference.gss_of["815"]
    assert {"E08000016", "E08000038"} <= reference.gss_of["370"]
    assert {"E08000019", "E08000039"} <= reference.gss_of["373"]


def test_regions_are_found_by_the_comparison_tool_s_number(small_reference: Reference) -> None:
    area = small_reference.area_by_lait_number
    assert area["970"] == "T92000001"
    assert area["987"] == "T13000001"
    assert area["701"] == "701"
    assert "" not in area


def test_other_spellings_are_known_for_the_authority_they_are_of(
    small_reference: Reference,
) -> None:
    assert fold_name("Birch (with Holt)") in small_reference.known_names["702"]
    assert fold_name("Birch & Holt") in small_reference.known_names["702"]
    assert fold_name("Ashby") not in small_reference.known_names["702"]


Change = Callable[[str], str]

FAULTS = [
    ("authorities.csv", lambda t: t.replace("region_code", "regioncode", 1), "region_code"),
    ("authorities.csv", lambda t: t.replace("2023-03-31", "31/03/2023"), "row 8"),
    ("authorities.csv", lambda t: t.replace("Ashby,", "Ashby,,"), "row 2"),
    ("authorities.csv", lambda t: t.replace("Ashby,T12000001", "Ashby,T1"), "701"),
    ("authorities.csv", lambda t: t.replace("Ashby,T12000001", "Ashby,"), "701"),
    ("authorities.csv", lambda t: t.replace("715 716", "715 999"), "999"),
    ("authorities.csv", lambda t: t + t.splitlines()[1] + "\n", "701 is there twice"),
    ("authorities.csv", lambda _: "", "area_code"),
    ("regions.csv", lambda t: t + "T92000002,england,Otherland,971,\n", "exactly one"),
    ("regions.csv", lambda t: t + t.splitlines()[2] + "\n", "T12000001 is there twice"),
    ("regions.csv", lambda t: t.replace(",981,", ",980,"), "980 is there twice"),
    ("regions.csv", lambda t: t.replace("987,T12000007", "987,T19"), "T19"),
    ("gss_codes.csv", lambda t: t.replace("701,", "702,"), "701"),
    ("gss_codes.csv", lambda t: t + "999,T1,,,\n", "999"),
    ("names.csv", lambda t: t + "999,Nowhere\n", "999"),
]


@pytest.mark.parametrize(
    ("table", "change", "words"), FAULTS, ids=[f"{t}-{w}" for t, _, w in FAULTS]
)
def test_a_fault_in_a_reference_table_is_named(
    table: str, change: Change, words: str, tmp_path: Path
) -> None:
    path = builders.write_reference(tmp_path) / table
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    with pytest.raises(CatalogueError, match=words) as caught:
        load_reference(tmp_path)
    assert str(tmp_path) in str(caught.value) or table in str(caught.value)


def test_several_faults_in_the_reference_tables_are_reported_together(tmp_path: Path) -> None:
    path = builders.write_reference(tmp_path) / "authorities.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("Ashby,T12000001", "Ashby,T1").replace("715 716", "715 999"))
    with pytest.raises(CatalogueError) as caught:
        load_reference(tmp_path)
    assert "T1 " in str(caught.value)
    assert "999" in str(caught.value)


def test_a_missing_or_wrongly_encoded_reference_table_is_named(tmp_path: Path) -> None:
    path = builders.write_reference(tmp_path) / "names.csv"
    path.write_bytes(b"area_code,name\n702,Birch \xe9 Holt\n")
    with pytest.raises(CatalogueError, match=r"names\.csv"):
        load_reference(tmp_path)
    path.unlink()
    with pytest.raises(CatalogueError, match=r"names\.csv"):
        load_reference(tmp_path)


def test_a_byte_order_mark_as_a_spreadsheet_writes_it_does_no_harm(tmp_path: Path) -> None:
    path = builders.write_reference(tmp_path) / "authorities.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_reference(tmp_path).authority_by_code["701"].name == "Ashby"
