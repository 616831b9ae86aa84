"""Search finds what directors and analysts look for, as they type it, misspellings and all."""

from __future__ import annotations

import pytest
from dash import Dash
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.search import search_areas, search_indicators, words_for
from alliance.service import Served, current_release
from tests.alliance.drawn import draw, text_of

REAL = {
    "LAC": "cla_rate",
    "CLA rate": "cla_rate",
    "children in care": "cla_rate",
    "chidren in care": "cla_rate",
    "looked after childern": "cla_rate",
    "CIN": "cin_rate",
    "child in need": "cin_rate",
    "CPP": "cpp_rate",
    "child protection plans": "cpp_rate",
    "repeat cp plans": "cpp_repeat_pct",
    "second or subsequent plan": "cpp_repeat_pct",
    "plans for two years": "cpp_2yr_pct",
    "NEET": "cl_neet_19",
    "care leavers not in education": "cl_neet_19",
    "16-17 neet": "lait_16_17_neet",
    "EET": "cl_eet_19",
    "SW": "sw_agency",
    "agency": "sw_agency",
    "agncy staff": "sw_agency",
    "social worker turnover": "sw_turnover",
    "staff turnover": "sw_turnover",
    "vacancies": "sw_vacancy",
    "caseloads": "sw_caseload",
    "cases per social worker": "sw_caseload",
    "sickness": "sw_absence",
    "SDQ": "lait_emotional_lac",
    "edge of care": "cla_start_rate",
    "entering care": "cla_start_rate",
    "exits from care": "cla_cease_rate",
    "EHCP": "lait_lac_sen_statement",
    "EHCP 20 weeks": "lait_sen_ehc_excpt_20wks",
    "UASC": "lait_unacc_asylmn_seek_childn",
    "asylum seekers": "lait_unacc_asylmn_seek_childn_pct",
    "re-referals": "rereferral_pct",
    "repeat referrals": "rereferral_pct",
    "front door": "referral_rate",
    "NFA": "referral_nfa_pct",
    "domestic violence": "factor_domestic_abuse_parent",
    "county lines": "factor_child_criminal_exploitation",
    "CSE": "factor_child_sexual_exploitation",
    "placement stability": "cla_3plus_placements",
    "placment moves": "cla_3plus_placements",
    "out of area placements": "new_plac_outside_20mi",
    "20 miles": "new_plac_outside_20mi",
    "kinship": "lait_lac_ceased_sgo_pct",
    "adoption": "lait_pct_of_lac_adopted",
    "suitable accomodation": "cl_suitable_19",
    "care leavers university": "cl_he_19",
    "section 47": "lait_section_47",
    "s47 enquiries": "lait_section_47",
    "ICPC in 15 days": "lait_cp_conf_15days",
    "cafcass": "lait_careapplications",
    "persistant absence": "pa_cla",
    "exclusions": "lait_totpermex",
    "GCSE results children in care": "att8_cla",
    "KS2 children in care": "lait_lac_ks2_expstd_m",
    "spend per child": "cs_spend_per_child",
    "teenage pregnancy": "lait_under18concep",
    "child poverty": "lait_childpov",
    "ofsted": "ofsted_overall",
    "leadership grade": "ofsted_leaders",
    "dentist": "lait_lacdental_pct",
    "youth offending": "lait_firstyjs",
    "CPP_Total_NumRef": "lait_cpp_total_numref",
    "population": "population_0_17",
}
"""What people type, and an indicator that must be among the first five of the real release."""

DEMONSTRATION = {
    "LAC": "cla_rate",
    "chidren in care": "cla_rate",
    "CIN": "cin_rate",
    "CPP": "cpp_rate",
    "SDQ": "cla_sdq_avg",
    "NEET": "cl_neet_17",
    "agency": "sw_agency",
    "agncy": "sw_agency",
    "dentist": "cla_dental",
    "jabs": "cla_immunised",
    "drugs": "cla_substance",
    "sats": "ks2rwm_cla",
    "attendence": "absence_cla",
    "edge of care": "cla_start_rate",
    "spending per child": "cs_spend_per_child",
    "population": "population_0_17",
    "absen": "absence_cla",
}


@pytest.fixture(scope="module")
def real_served(real_app: Dash) -> Served:
    with real_app.server.app_context():
        return current_release()


def first_five(served: Served, query: str) -> list[str]:
    return [match.indicator_id for match in search_indicators(served, query)[:5]]


@pytest.mark.parametrize(("query", "expected"), REAL.items())
def test_a_real_search_has_what_is_meant_among_its_first_five(
    real_served: Served, query: str, expected: str
) -> None:
    assert expected in first_five(real_served, query)


@pytest.mark.parametrize(("query", "expected"), DEMONSTRATION.items())
def test_a_search_of_the_demonstration_has_what_is_meant_among_its_first_five(
    demo_served: Served, query: str, expected: str
) -> None:
    assert expected in first_five(demo_served, query)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("st helens", "St. Helens"),
        ("Saint Helens", "St. Helens"),
        ("Yorks", "North Yorkshire"),
        ("Yorks", "York"),
        ("Notts", "Nottinghamshire"),
        ("kingston hull", "Kingston upon Hull, City of"),
        ("Hull", "Kingston upon Hull, City of"),
        ("BCP", "Bournemouth, Christchurch and Poole"),
        ("Cambrigeshire", "Cambridgeshire"),
        ("north northants", "North Northamptonshire"),
        ("scilly", "Isles of Scilly"),
        ("cumbria", "Cumbria"),
        ("wirall", "Wirral"),
        ("RBWM", "Windsor and Maidenhead"),
    ],
)
def test_an_authority_is_found_by_what_people_call_it(
    real_served: Served, query: str, name: str
) -> None:
    found = [real_served.name(match.area_code) for match in search_areas(real_served, query)]
    assert name in found


def test_authorities_that_exist_come_before_those_that_have_ceased(real_served: Served) -> None:
    found = [match.area_code for match in search_areas(real_served, "dorset")]
    assert found.index("838") < found.index("835")


@pytest.mark.parametrize("query", ["", "  ", "the of and", "zebra", "?!", "xqzzyv"])
def test_words_that_say_nothing_find_nothing(demo_served: Served, query: str) -> None:
    assert search_indicators(demo_served, query) == ()
    assert search_areas(demo_served, query) == ()


@given(query=st.text(max_size=120))
@settings(max_examples=60)
def test_any_query_is_answered(demo_served: Served, query: str) -> None:
    found = search_indicators(demo_served, query)
    ids = [match.indicator_id for match in found]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= set(demo_served.indicators)
    assert len(search_areas(demo_served, query)) <= 6


def test_headline_indicators_come_before_others_that_match_as_well(real_served: Served) -> None:
    assert first_five(real_served, "turnover") == ["sw_turnover", "lait_work_force_to_rate"]


def test_a_find_is_explained(demo_served: Served) -> None:
    reasons = {m.indicator_id: m.reason for m in search_indicators(demo_served, "LAC")}
    assert reasons["cla_rate"] == "matches “children looked after”"
    reasons = {m.indicator_id: m.reason for m in search_indicators(demo_served, "agency")}
    assert reasons["sw_agency"] == ""
    assert reasons["sw_turnover"] == "in its definition"


def test_a_picker_knows_what_people_call_an_indicator(demo_served: Served) -> None:
    assert "lac" in words_for(demo_served, "cla_rate").split()
    assert "neet" in words_for(demo_served, "cl_neet_17").split()


# The page ---------------------------------------------------------------------------------------


def test_the_list_has_every_indicator_under_its_topic_headline_first(demo_app: Dash) -> None:
    drawn = draw(demo_app, "/indicator")
    assert drawn.faults() == []
    assert len(list(drawn.find(css="entry"))) == 75
    topics = [text_of(part) for part in drawn.find("H2")]
    assert len(topics) == len(set(topics)) > 8
    first = next(drawn.find(css="entry"))
    assert "Headline" in text_of(first)


def test_a_link_to_a_search_shows_what_it_found(demo_app: Dash) -> None:
    drawn = draw(demo_app, "/indicator", "?q=children+in+care")
    assert drawn.faults() == []
    (count,) = drawn.find(css="found-count")
    assert "found: “children in care” matches “children looked after”." in text_of(count)
    links = [text_of(part) for entry in drawn.find(css="entry-title")
             for part in entry["props"]["children"] if part["type"] == "Link"]  # fmt: skip
    assert links[0] == "Children looked after per 10,000 children"


def test_a_search_finds_authorities_too(demo_app: Dash) -> None:
    drawn = draw(demo_app, "/indicator", "?q=fnshire")
    (places,) = drawn.find(css="places")
    assert "Fenshire" in text_of(places)
    (count,) = drawn.find(css="found-count")
    assert text_of(count) == "1 authority found."


def test_nothing_found_says_what_to_do(demo_app: Dash) -> None:
    drawn = draw(demo_app, "/indicator", "?q=zebra")
    assert drawn.faults() == []
    assert "Nothing found for “zebra”. Try fewer words, or other ones." in drawn.texts
