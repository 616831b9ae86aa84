"""The demonstration's published files: invented, alike to the real ones, and adding up."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from alliance.demonstration import looked_after
from alliance.demonstration.country import Country, read_country
from alliance.demonstration.ees_tables import Publisher, format_numbers
from alliance.demonstration.neighbours import measure_distances
from alliance.demonstration.published_files import (
    LEVELS_FILE,
    REFERENCE_DIR,
    TABLES,
    Edition,
    write_published_files,
)
from alliance.demonstration.simulation import YEARS, Simulation, along_years, read_levels

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "published"
needs_published_files = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="the folder of published files is absent"
)

FENSHIRE, ROCHENSHAW, CITY, COUNTY = "629", "545", "500", "650"
SUCCESSORS = ["658", "659"]
WORKBOOK = "sn_may_2025.xlsx"
POPULATION = "ons_mid-year_population_estimates_2012_to_2024.csv"
CHILDREN_IN_NEED = "b1_children_in_need_2013_to_2025.csv"
REFERRALS = "c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv"
FACTORS = "c3_factors_identified_at_end_of_assessment_2018_to_2025.csv"
PLAN_STARTS = "d3_cpps_subsequent_plan_2013_to_2025.csv"
PLANS = "d5_cpps_at31march_by_duration_2013_to_2025.csv"
LOOKED_AFTER = "cla_number_and_rate_per_10k_children.csv"
PLACEMENTS = "la_cla_placement_stability.csv"
NEW_PLACEMENTS = "la_cla_during_year_new_placements.csv"
SCHOOL_MOVES = "la_cla_school_moves.csv"
SOCIAL_WORKER_CHANGES = "la_cla_swcount.csv"
OUTCOMES = "la_conviction_health_outcome_cla.csv"
ACTIVITY = "la_care_leavers_activity.csv"
SUITABILITY = "la_care_leavers_accommodation_suitability.csv"
ABSENCE = "absence_la.csv"
KEY_STAGE_2 = "ks2_la.csv"
KEY_STAGE_4 = "ks4_la.csv"
WORKFORCE = "csww_indicators_2017_to_2025.csv"
NOT_SUPPLIED = {OUTCOMES, KEY_STAGE_2}
"""Tables whose real files are known by their columns only."""
COUNTS_NOT_HIDDEN = {"Total information not known", "No information"}

STANDARD = {
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "old_la_code",
    "new_la_code",
    "la_name",
}
FILTERS = {
    "age_group",
    "category",
    "population_type",
    "cla_group",
    "placement_stability",
    "characteristic",
    "breakdown",
    "move_measure",
    "school_stability",
    "sw_stability",
    "care_leaver_age",
    "absence_terms",
    "social_care_group",
    "phase_type_grouping",
    "version",
}
PARTS_OF_THE_CAPITAL = ["X13000001", "X13000002"]
CAPITAL = "X12000007"


def read_csv(path: Path) -> pd.DataFrame:
    """A published table with every cell as text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def write_edition(directory: Path, edition: Edition, seed: int = 20260331) -> Path:
    directory.mkdir()
    write_published_files(directory, edition=edition, seed=seed)
    return directory


@pytest.fixture(scope="module")
def latest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_edition(tmp_path_factory.mktemp("demo") / "latest", "latest")


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_edition(tmp_path_factory.mktemp("demo") / "previous", "previous")


@pytest.fixture(scope="module")
def frames(latest: Path) -> dict[str, pd.DataFrame]:
    return {path.name: read_csv(path) for path in sorted(latest.glob("*.csv"))}


@pytest.fixture(scope="module")
def country() -> Country:
    return read_country(REFERENCE_DIR)


def figure_columns(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if name not in STANDARD | FILTERS]


def count_columns(frame: pd.DataFrame) -> list[str]:
    """Columns that hold counts of children, pupils or sessions."""
    others = re.compile(
        r"percent|rate|^pt_|^avg_|fte|headcount|CI_|population|att8|ebaccaps|p8score"
    )
    return [name for name in figure_columns(frame) if not others.search(name)]


def without_scores(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows whose count column really holds a count."""
    if "breakdown" not in frame:
        return frame
    return frame[frame["breakdown"] != "SDQ average score"]


def local_rows(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["geographic_level"] == "Local authority"]


def numbers(cells: pd.Series) -> pd.Series:
    return pd.to_numeric(cells, errors="coerce")


def series_of(frame: pd.DataFrame, code: str, column: str) -> pd.Series:
    """One authority's figures by period."""
    rows = frame[frame["old_la_code"] == code].sort_values("time_period")
    return numbers(rows.set_index("time_period")[column])


def test_the_same_seed_gives_the_same_bytes(latest: Path, tmp_path: Path) -> None:
    again = write_edition(tmp_path / "again", "latest")
    assert sorted(path.name for path in again.iterdir()) == sorted(
        path.name for path in latest.iterdir()
    )
    for path in latest.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_another_process_gives_the_same_bytes(latest: Path, tmp_path: Path) -> None:
    """Nothing hangs on the order in which one process happens to hash text."""
    code = (
        "import sys; from pathlib import Path; "
        "from alliance.demonstration.published_files import write_published_files; "
        "write_published_files(Path(sys.argv[1]), edition='latest')"
    )
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(root)}
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=True, cwd=root, env=environment
    )
    for path in latest.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_another_seed_gives_other_figures(latest: Path, tmp_path: Path) -> None:
    other = write_edition(tmp_path / "other", "latest", seed=1)
    for path in latest.iterdir():
        assert path.read_bytes() != (other / path.name).read_bytes(), path.name


def test_the_files_returned_are_the_files_written(tmp_path: Path) -> None:
    paths = write_published_files(tmp_path, edition="latest")
    assert len(paths) == len(TABLES) + 4 == 22
    assert sorted(paths) == sorted(tmp_path.iterdir())


def test_an_unknown_edition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'previous' or 'latest'"):
        write_published_files(tmp_path, edition="next")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


# The country


def invented_names() -> set[str]:
    tables = ("authorities.csv", "regions.csv", "names.csv")
    rows = [
        row
        for table in tables
        for row in csv.DictReader((REFERENCE_DIR / table).read_text(encoding="utf-8").splitlines())
    ]
    return {row["name"] for row in rows}


@needs_published_files
def test_no_invented_name_is_a_real_one() -> None:
    real: set[str] = set()
    for path in PUBLISHED.glob("ees/*.csv"):
        frame = read_csv(path)
        real |= {*frame["la_name"], *frame["region_name"], *frame["country_name"]}
    lookup = read_csv(PUBLISHED / "ons" / "LTLA-UTLA_Apr23_Lookup_England-Wales.csv")
    real |= {*lookup["LTLA23NM"], *lookup["UTLA23NM"]}
    folded = {name.casefold() for name in real}
    assert len(folded) > 300
    assert [name for name in invented_names() if name.casefold() in folded] == []


def test_codes_lie_outside_the_real_ranges(
    country: Country, frames: dict[str, pd.DataFrame]
) -> None:
    gss = [code.gss_code for codes in country.gss_codes.values() for code in codes]
    areas = [country.area_code, *(region.area_code for region in country.regions), *gss]
    assert all(re.fullmatch(r"X\d{8}", code) for code in areas)
    assert len(set(areas)) == len(areas)
    numbers_used = [int(authority.area_code) for authority in country.authorities]
    assert len(set(numbers_used)) == len(numbers_used)
    assert min(numbers_used) >= 500
    assert max(numbers_used) <= 659
    for frame in frames.values():
        found = frame[["country_code", "region_code", "new_la_code"]].to_numpy().ravel()
        assert all(
            part.startswith("X") for code in set(found) if code for part in code.split(" / ")
        )


def test_the_country_has_the_shape_of_the_real_one(country: Country) -> None:
    whole = [region for region in country.regions if not region.parent_code]
    parts = [region for region in country.regions if region.parent_code]
    assert len(country.units) == 152
    assert len(whole) == 9
    assert [part.parent_code for part in parts] == [CAPITAL, CAPITAL]
    in_parts = [len(country.units_of_region(part.area_code)) for part in parts]
    assert sum(in_parts) == len(country.units_of_region(CAPITAL)) == 33
    fenshire = country.units[country.unit_position[FENSHIRE]]
    assert fenshire.name == "Fenshire"
    assert len(country.units_of_region(fenshire.region_code)) == 11


def test_authorities_change_as_real_ones_do(country: Country) -> None:
    county = next(a for a in country.authorities if a.area_code == COUNTY)
    assert county.valid_to.isoformat() == "2021-03-31"
    assert list(county.successor_codes) == SUCCESSORS
    assert sum(len(codes) == 2 for codes in country.gss_codes.values()) == 1
    newest = [country.newest_gss_code(unit.area_code) for unit in country.units]
    assert len(set(newest)) == len(newest)


# The files beside the real ones


@needs_published_files
def test_each_table_has_the_columns_of_the_real_one(frames: dict[str, pd.DataFrame]) -> None:
    for name, frame in frames.items():
        if name not in NOT_SUPPLIED:
            assert list(frame.columns) == list(read_csv(PUBLISHED / "ees" / name).columns), name


@needs_published_files
def test_periods_levels_and_filter_values_are_those_of_the_real_tables(
    frames: dict[str, pd.DataFrame],
) -> None:
    for name, frame in frames.items():
        if name in NOT_SUPPLIED:
            continue
        real = read_csv(PUBLISHED / "ees" / name)
        for column in ("time_period", "time_identifier", "geographic_level"):
            assert set(frame[column]) == set(real[column]), (name, column)
        for column in FILTERS & set(frame.columns):
            assert set(frame[column]) <= set(real[column]), (name, column)


@needs_published_files
def test_every_headline_indicator_finds_its_rows(frames: dict[str, pd.DataFrame]) -> None:
    headlines = read_csv(PUBLISHED / "headline_indicators.csv")
    found = 0
    for headline in headlines[headlines["file"].isin(frames)].itertuples():
        rows = frames[str(headline.file)]
        for column, value in json.loads(str(headline.filters) or "{}").items():
            rows = rows[rows[column] == value]
        rows = rows[rows["time_period"] == rows["time_period"].max()]
        assert not rows.duplicated(["geographic_level", "region_code", "old_la_code"]).any()
        column = headline.published_value
        column = headline.numerator if column == "(derive)" else column
        known = numbers(local_rows(rows)[str(column)]).notna()
        assert known.mean() > 0.3, headline.id
        found += 1
    assert found == 66


def test_some_files_have_a_byte_order_mark_and_columns_come_in_several_orders(
    latest: Path, frames: dict[str, pd.DataFrame]
) -> None:
    marked = [p.read_bytes().startswith(b"\xef\xbb\xbf") for p in sorted(latest.glob("*.csv"))]
    assert 0 < sum(marked) < len(marked)
    assert len({tuple(frame.columns[:10]) for frame in frames.values()}) == 2


def test_authorities_of_the_capital_carry_its_part_and_regions_are_eleven(
    country: Country, frames: dict[str, pd.DataFrame]
) -> None:
    for name, frame in frames.items():
        regional = frame[frame["geographic_level"] == "Regional"]
        per_period = regional.groupby("time_period")["region_code"].nunique()
        assert set(per_period) == {11}, name
        codes = set(local_rows(frame)["region_code"])
        assert CAPITAL not in codes
        assert set(PARTS_OF_THE_CAPITAL) <= codes


def test_a_table_lists_each_authority_only_while_it_exists(
    frames: dict[str, pd.DataFrame],
) -> None:
    for name, first_new in ((CHILDREN_IN_NEED, "2022"), (WORKFORCE, "2021"), (POPULATION, "2021")):
        frame = frames[name]
        assert frame[frame["old_la_code"] == COUNTY]["time_period"].max() < first_new
        new = frame[frame["old_la_code"].isin(SUCCESSORS)]
        assert new["time_period"].min() == first_new


def test_looked_after_tables_pad_authorities_that_did_not_exist(
    frames: dict[str, pd.DataFrame],
) -> None:
    for name in (LOOKED_AFTER, PLACEMENTS, ACTIVITY, SUITABILITY, OUTCOMES, NEW_PLACEMENTS):
        frame = frames[name]
        column = next(c for c in count_columns(frame))
        gone = frame[(frame["old_la_code"] == COUNTY) & (frame["time_period"] > "2021")]
        unborn = frame[frame["old_la_code"].isin(SUCCESSORS) & (frame["time_period"] == "2021")]
        assert len(gone) > 0
        assert len(unborn) > 0
        assert set(gone[column]) | set(unborn[column]) == {"z"}, name
    padded = frames[LOOKED_AFTER]
    padded = padded[padded["rate_per_10000"] == "z"]
    assert set(padded["population_estimate"]) == {"x"}


def test_a_changed_code_is_of_the_time_in_some_tables_and_back_dated_in_others(
    frames: dict[str, pd.DataFrame],
) -> None:
    of_the_time = frames[CHILDREN_IN_NEED]
    codes = of_the_time[of_the_time["old_la_code"] == "633"].groupby("new_la_code")["time_period"]
    assert codes.agg(["min", "max"]).to_numpy().tolist() == [["2024", "2025"], ["2013", "2023"]]
    back_dated = frames[ABSENCE]
    assert back_dated[back_dated["old_la_code"] == "633"]["new_la_code"].nunique() == 1


def test_two_authorities_send_one_workforce_return(frames: dict[str, pd.DataFrame]) -> None:
    frame = frames[WORKFORCE]
    joint = frame[frame["old_la_code"] == "511 / 512"]
    assert len(joint) == frame["time_period"].nunique()
    assert joint["new_la_code"].str.fullmatch(r"X\d{8} / X\d{8}").all()
    assert joint["la_name"].str.count(" / ").eq(1).all()
    assert not frame["old_la_code"].isin(["511", "512"]).any()


def test_no_absence_is_available_for_the_year_without_schools(
    frames: dict[str, pd.DataFrame],
) -> None:
    frame = frames[ABSENCE]
    year = frame[frame["time_period"] == "201920"]
    assert len(year) > 0
    assert set(year[figure_columns(year)].to_numpy().ravel()) == {"x"}
    assert set(frames[KEY_STAGE_2]["time_period"]).isdisjoint({"201920", "202021"})


# Figures that hang together


PARTS = [
    (CHILDREN_IN_NEED, "At31_episodes", "Anypoint_episodes"),
    (CHILDREN_IN_NEED, "Started_child", "Started_episodes"),
    (CHILDREN_IN_NEED, "Ended_episodes", "Anypoint_episodes"),
    (CHILDREN_IN_NEED, "awaiting_assessment", "At31_episodes"),
    (REFERRALS, "rereferral_count", "referral_count"),
    (REFERRALS, "no_further_action_count", "referral_count"),
    (REFERRALS, "not_in_need_count", "referral_count"),
    (REFERRALS, "referral_child_count", "referral_count"),
    (REFERRALS, "rereferral_child_count", "referral_child_count"),
    (PLAN_STARTS, "CPP_subsequent", "CPP_start"),
    (PLANS, "2_years_or_more", "CPP_At31"),
    (PLANS, "3_months_or_less", "CPP_At31"),
    (ABSENCE, "t_sess_overall", "t_sess_possible"),
    (ABSENCE, "t_sess_unauthorised", "t_sess_overall"),
    (ABSENCE, "t_pupils_pa_10_exact", "t_pupils"),
    (ABSENCE, "t_pupils_pa_50_exact", "t_pupils_pa_10_exact"),
    (KEY_STAGE_2, "t_rwm_met_expected_standard", "t_rwm_eligible_pupils"),
    (KEY_STAGE_2, "t_rwm_met_expected_standard", "t_mat_met_expected_standard"),
    (KEY_STAGE_4, "t_l2basics_95", "t_l2basics_94"),
    (KEY_STAGE_4, "t_l2basics_94", "t_pupils"),
    (KEY_STAGE_4, "t_inp8calc", "t_pupils"),
    (WORKFORCE, "agency_cover_fte", "agency_fte"),
    (WORKFORCE, "agency_cover_fte", "vacancy_fte"),
    (WORKFORCE, "inpost_fte", "inpost_headcount"),
    (WORKFORCE, "leavers_headcount", "inpost_headcount"),
]


@pytest.mark.parametrize(("name", "part", "whole"), PARTS)
def test_a_part_never_exceeds_its_whole(
    frames: dict[str, pd.DataFrame], name: str, part: str, whole: str
) -> None:
    parts, wholes = numbers(frames[name][part]), numbers(frames[name][whole])
    both = parts.notna() & wholes.notna()
    assert both.sum() > 300
    assert (parts[both] <= wholes[both]).all()


BREAKDOWNS = [
    (PLACEMENTS, "placement_stability", "children_count", "Total children"),
    (NEW_PLACEMENTS, "breakdown", "children_count", "Total new placements"),
    (SCHOOL_MOVES, "school_stability", "number", "Total children"),
    (SOCIAL_WORKER_CHANGES, "sw_stability", "number", "Total children"),
    (ACTIVITY, "breakdown", "care_leaver_count", "Total"),
    (SUITABILITY, "breakdown", "care_leaver_count", "Suitability total"),
    (OUTCOMES, "breakdown", "children_count", "Total all ages"),
    (OUTCOMES, "breakdown", "children_count", "SDQ score was received"),
]


@pytest.mark.parametrize(("name", "column", "figure", "total"), BREAKDOWNS)
def test_no_breakdown_exceeds_the_total_of_its_group(
    frames: dict[str, pd.DataFrame], name: str, column: str, figure: str, total: str
) -> None:
    frame = without_scores(frames[name])
    keys = [c for c in frame.columns if c in STANDARD | FILTERS and c != column]
    totals = frame[frame[column] == total].set_index(keys)[figure].rename("total")
    joined = frame.join(totals, on=keys)
    parts, wholes = numbers(joined[figure]), numbers(joined["total"])
    both = parts.notna() & wholes.notna()
    assert both.sum() > 200
    assert (parts[both] <= wholes[both]).all()


def test_durations_of_plans_add_up_to_all_plans(frames: dict[str, pd.DataFrame]) -> None:
    local = local_rows(frames[PLANS])
    parts = [c for c in count_columns(local) if c != "CPP_At31"]
    values = local[[*parts, "CPP_At31"]].apply(numbers).dropna()
    assert len(values) > 500
    assert (values[parts].sum(axis=1) == values["CPP_At31"]).all()


def test_episodes_at_any_point_are_those_open_and_those_ended(
    frames: dict[str, pd.DataFrame],
) -> None:
    values = local_rows(frames[CHILDREN_IN_NEED])[
        ["Anypoint_episodes", "At31_episodes", "Ended_episodes"]
    ]
    values = values.apply(numbers).dropna()
    assert (values["Anypoint_episodes"] == values.iloc[:, 1] + values.iloc[:, 2]).all()


def test_published_rates_divide_by_the_population_of_the_year_before(
    frames: dict[str, pd.DataFrame],
) -> None:
    frame, population = local_rows(frames[LOOKED_AFTER]), local_rows(frames[POPULATION])
    before = population.assign(time_period=(numbers(population["time_period"]) + 1).astype(str))
    keyed = before.set_index(["time_period", "old_la_code"])["population_estimate"]
    joined = frame.join(keyed.rename("before"), on=["time_period", "old_la_code"])
    known = joined[joined["population_estimate"] != "x"]
    assert (known["population_estimate"] == known["before"]).all()
    counts, rates = numbers(known["children_count"]), numbers(known["rate_per_10000"])
    both = counts.notna()
    exact = 10_000 * counts[both] / numbers(known["before"])[both]
    assert (rates[both] - exact).abs().max() <= 0.5 + 1e-9


def test_percentages_are_those_of_the_published_counts(frames: dict[str, pd.DataFrame]) -> None:
    local = local_rows(frames[REFERRALS])
    for name in ("rereferral", "no_further_action", "not_in_need"):
        counts = local[[f"{name}_count", f"{name}_percent", "referral_count"]].apply(numbers)
        counts = counts.dropna()
        exact = 100 * counts.iloc[:, 0] / counts.iloc[:, 2]
        assert (exact - counts.iloc[:, 1]).abs().max() <= 0.05 + 1e-9


def fully_known_totals(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Sums of authorities by period and filters where each authority's figure is shown.

    Padding is no authority; a period with any other symbol is left out.
    """
    keys = ["time_period", *(c for c in frame.columns if c in FILTERS)]
    local = local_rows(frame)
    local = local[local[column] != "z"].assign(value=numbers(local[column]))
    whole = local.groupby(keys)["value"].agg(lambda v: v.sum() if v.notna().all() else np.nan)
    national = frame[frame["geographic_level"] == "National"].set_index(keys)[column]
    return pd.DataFrame({"sum": whole, "national": numbers(national)}).dropna()


@pytest.mark.parametrize(
    "name", [CHILDREN_IN_NEED, REFERRALS, LOOKED_AFTER, PLACEMENTS, ACTIVITY, ABSENCE, SUITABILITY]
)
def test_the_country_is_the_sum_of_its_authorities_rounded_to_ten(
    frames: dict[str, pd.DataFrame], name: str
) -> None:
    compared = 0
    for column in count_columns(frames[name]):
        totals = fully_known_totals(frames[name], column)
        rounded = np.floor(totals["sum"] / 10 + 0.5) * 10
        assert (rounded == totals["national"]).all(), column
        compared += len(totals)
    assert compared > 0


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        (POPULATION, ["population_estimate"]),
        (WORKFORCE, ["inpost_fte", "inpost_headcount", "leavers_fte", "cases"]),
    ],
)
def test_population_and_workforce_add_up_exactly(
    frames: dict[str, pd.DataFrame], name: str, columns: list[str]
) -> None:
    for column in columns:
        totals = fully_known_totals(frames[name], column)
        assert len(totals) >= 8
        assert np.allclose(totals["sum"], totals["national"], atol=1e-6)


def test_regional_counts_are_rounded_and_the_parts_of_the_capital_make_it_up(
    frames: dict[str, pd.DataFrame],
) -> None:
    for name, frame in frames.items():
        if name in {POPULATION, WORKFORCE}:
            continue
        rows = without_scores(frame)
        rows = rows[rows["geographic_level"] != "Local authority"]
        for column in count_columns(rows):
            values = numbers(rows[column]).dropna()
            assert (values % 10 == 0).all(), (name, column)
    population = frames[POPULATION]
    newest = population[population["time_period"] == population["time_period"].max()]
    newest = newest[newest["geographic_level"] == "Regional"].set_index("region_code")
    values = numbers(newest["population_estimate"])
    assert values[CAPITAL] == values[PARTS_OF_THE_CAPITAL].sum()


# Symbols


def test_small_counts_of_authorities_are_suppressed_with_their_percentages(
    frames: dict[str, pd.DataFrame],
) -> None:
    suppressed = 0
    for name, frame in frames.items():
        if name in {POPULATION, WORKFORCE}:
            continue
        local = without_scores(local_rows(frame))
        if "breakdown" in local:
            local = local[~local["breakdown"].isin(COUNTS_NOT_HIDDEN)]
        for column in count_columns(local):
            values = numbers(local[column])
            assert not values.between(1, 5).any(), (name, column)
            suppressed += int((local[column] == "c").sum())
    assert suppressed > 1_000


@pytest.mark.parametrize(
    ("name", "count", "percent"),
    [
        (PLANS, "2_years_or_more", "2_years_or_more_percent"),
        (REFERRALS, "no_further_action_count", "no_further_action_percent"),
        (LOOKED_AFTER, "children_count", "rate_per_10000"),
        (PLACEMENTS, "children_count", "children_percent"),
        (OUTCOMES, "children_count", "children_percent"),
        (ABSENCE, "t_pupils_pa_50_exact", "pt_pupils_pa_50_exact"),
        (KEY_STAGE_2, "t_rwm_met_expected_standard", "pt_rwm_met_expected_standard"),
        (KEY_STAGE_4, "t_l2basics_94", "pt_l2basics_94"),
    ],
)
def test_a_suppressed_count_has_no_percentage(
    frames: dict[str, pd.DataFrame], name: str, count: str, percent: str
) -> None:
    hidden = frames[name][frames[name][count] == "c"]
    if "breakdown" in hidden:
        hidden = hidden[hidden["breakdown"] != "SDQ average score"]
    assert len(hidden) > 0
    assert set(hidden[percent]) == {"c"}


def test_every_cell_is_a_number_or_a_known_symbol(frames: dict[str, pd.DataFrame]) -> None:
    found: set[str] = set()
    for name, frame in frames.items():
        cells = pd.Series(pd.unique(frame[figure_columns(frame)].to_numpy().ravel()))
        symbols = set(cells[~cells.str.fullmatch(r"-?\d+(\.\d+)?")])
        assert symbols <= {"c", "x", "z", "k", "u", "low"}, name
        found |= symbols
    assert found == {"c", "x", "z", "k", "u", "low"}


def test_an_authority_without_a_return_is_not_available_and_not_counted(
    frames: dict[str, pd.DataFrame],
) -> None:
    frame = frames[CHILDREN_IN_NEED]
    year = frame[frame["time_period"] == "2022"]
    missing = year[year["old_la_code"] == "525"]
    assert set(missing[figure_columns(frame)].to_numpy().ravel()) == {"x"}
    local = numbers(local_rows(year)["At31_episodes"])
    national = numbers(year[year["geographic_level"] == "National"]["At31_episodes"])
    assert abs(local.sum() - national.iloc[0]) <= 10


# The edition before


def test_the_edition_before_lacks_the_newest_period_of_each_table(
    frames: dict[str, pd.DataFrame], previous: Path
) -> None:
    earlier = {re.sub(r"_to_\d{4}", "", p.name): read_csv(p) for p in previous.glob("*.csv")}
    for name, frame in frames.items():
        newest = frame["time_period"].max()
        stem = re.sub(r"_to_\d{4}", "", name)
        if name == SOCIAL_WORKER_CHANGES:
            assert stem not in earlier
            continue
        assert set(frame["time_period"]) - set(earlier[stem]["time_period"]) == {newest}, name
        assert list(frame.columns) == list(earlier[stem].columns)


def test_file_names_say_the_years_that_are_in_them(previous: Path) -> None:
    names = {path.name for path in previous.glob("*_to_*.csv")}
    assert "b1_children_in_need_2013_to_2024.csv" in names
    assert "ons_mid-year_population_estimates_2012_to_2023.csv" in names
    for name in names:
        periods = read_csv(previous / name)["time_period"]
        assert name.endswith(f"_{periods.min()}_to_{periods.max()}.csv")


def test_the_latest_edition_restates_a_handful_of_figures_in_one_table(
    frames: dict[str, pd.DataFrame], previous: Path
) -> None:
    levels = read_levels(REFERENCE_DIR.parent / LEVELS_FILE)
    for path in previous.glob("*.csv"):
        before = read_csv(path).drop(columns="version", errors="ignore")
        stem = path.name.split("_to_")[0]
        now = next(frame for name, frame in frames.items() if name.startswith(stem))
        now = now[now["time_period"].isin(set(before["time_period"]))].reset_index(drop=True)
        changed = (now[before.columns] != before).any(axis=1)
        if path.name != LOOKED_AFTER:
            assert not changed.any(), path.name
            continue
        rows = now[changed]
        codes = {code for revision in levels.revisions for code in revision.area_codes}
        assert set(local_rows(rows)["old_la_code"]) == codes
        assert set(rows["time_period"]) == {"2023", "2024"}
        assert set(rows["population_type"]) == {"Children looked after on 31 March each year"}
        assert FENSHIRE not in codes


# Neighbours


def workbook_rows(path: Path) -> list[list[object]]:
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python(skip_empty_area=False)]


@needs_published_files
def test_the_workbook_is_laid_out_as_the_real_one(latest: Path) -> None:
    own = workbook_rows(latest / WORKBOOK)
    real = workbook_rows(PUBLISHED / "lait" / WORKBOOK)
    assert own[:3] == real[:3]
    assert {len(row) for row in own} == {len(row) for row in real}
    words = {str(cell).strip().casefold() for row in own[3:] for cell in row[6::2]}
    assert words == {str(cell).strip().casefold() for row in real[3:] for cell in row[6::2]}
    assert any(row[1] == "Old SNs:" for row in own)


def test_every_authority_has_ten_neighbours_that_are_like_it(
    latest: Path, country: Country
) -> None:
    rows = [row for row in workbook_rows(latest / WORKBOOK)[3:] if isinstance(row[0], float)]
    assert len(rows) == len(country.authorities)
    simulation = Simulation(country, read_levels(REFERENCE_DIR.parent / LEVELS_FILE), seed=20260331)
    distances = measure_distances(simulation)
    for row in rows:
        code = str(int(row[0]))  # type: ignore[call-overload]
        neighbours = [str(int(cell)) for cell in row[5::2]]  # type: ignore[call-overload]
        assert len(set(neighbours)) == 10
        assert code not in neighbours
        if code in country.unit_position:
            own = distances[country.unit_position[code]]
            near = own[[country.unit_position[other] for other in neighbours]]
            assert (np.diff(near) >= 0).all()
            assert near.max() < np.median(own)


def test_closeness_is_written_in_several_ways(latest: Path) -> None:
    words = {str(c) for row in workbook_rows(latest / WORKBOOK)[3:] for c in row[6::2] if c}
    assert {"Very close", "Very close ", "Very Close"} <= words


# The story


def test_fenshire_looks_after_more_children_than_its_neighbours_and_more_each_year(
    latest: Path, frames: dict[str, pd.DataFrame]
) -> None:
    frame = frames[LOOKED_AFTER]
    here = frame[frame["population_type"] == "Children looked after on 31 March each year"]
    rates = series_of(here, FENSHIRE, "rate_per_10000")
    assert rates.is_monotonic_increasing
    assert rates.iloc[-1] - rates.iloc[0] >= 12
    assert series_of(here, FENSHIRE, "children_count").iloc[-1] > 700
    row = next(r for r in workbook_rows(latest / WORKBOOK) if r[1] == "Fenshire")
    neighbours = [str(int(cell)) for cell in row[5::2]]  # type: ignore[call-overload]
    newest = here[here["time_period"] == "2025"].set_index("old_la_code")["rate_per_10000"]
    assert numbers(newest[neighbours]).mean() + 5 < rates.iloc[-1]


def test_fenshires_agency_staff_rise_while_its_care_leavers_do_better(
    frames: dict[str, pd.DataFrame],
) -> None:
    agency = series_of(frames[WORKFORCE], FENSHIRE, "agency_rate_fte")
    assert agency["2025"] > 1.5 * agency["2020"]
    activity = frames[ACTIVITY]
    activity = activity[
        (activity["breakdown"] == "Total in education, employment or training")
        & (activity["care_leaver_age"] == "19 to 21 years")
    ]
    shares = series_of(activity, FENSHIRE, "care_leaver_percent")
    assert shares["2025"] >= shares["2021"] + 8


def test_one_authority_improves_strongly(frames: dict[str, pd.DataFrame]) -> None:
    again = series_of(frames[REFERRALS], ROCHENSHAW, "rereferral_percent")
    assert again.tail(3).mean() < 0.85 * again.head(3).mean()
    agency = series_of(frames[WORKFORCE], ROCHENSHAW, "agency_rate_fte")
    assert agency.tail(2).mean() < 0.8 * agency.head(2).mean()


def test_levels_are_plausible_for_children_s_services(frames: dict[str, pd.DataFrame]) -> None:
    frame = frames[LOOKED_AFTER]
    here = frame[frame["population_type"] == "Children looked after on 31 March each year"]
    rates = numbers(local_rows(here[here["time_period"] == "2025"])["rate_per_10000"]).dropna()
    assert 55 < rates.median() < 80
    assert rates.quantile(0.95) > 1.5 * rates.median()
    population = local_rows(frames[POPULATION])
    sizes = numbers(population["population_estimate"])
    assert sizes.drop(population.index[population["old_la_code"] == CITY]).min() > 7_000
    assert sizes.max() < 330_000
    assert sizes[population["old_la_code"] == CITY].max() < 1_500


# Properties


@given(
    st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=30),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_numbers_are_written_rounded_half_up_without_trailing_zeros(
    scaled: list[int], places: int, decimals: int
) -> None:
    texts = format_numbers(np.array(scaled, dtype=np.float64) / 10**places, decimals)
    for number, text in zip(scaled, texts, strict=True):
        unit = Decimal(1).scaleb(-decimals)
        half = unit / 2
        exact = (Decimal(number).scaleb(-places) + half).quantize(unit, rounding=ROUND_FLOOR)
        assert Decimal(text) == exact
        assert text == text.strip()
        assert "." not in text or not text.endswith(("0", "."))


@given(
    st.dictionaries(
        st.integers(2005, 2030).map(str), st.floats(-50, 50), min_size=1, max_size=6
    ).map(lambda points: dict(sorted(points.items())))
)
def test_levels_between_two_years_lie_between_their_values(points: dict[str, float]) -> None:
    values = along_years(points)
    assert values.shape == YEARS.shape
    assert values.min() >= min(points.values()) - 1e-9
    assert values.max() <= max(points.values()) + 1e-9
    for year, value in zip(YEARS, values, strict=True):
        if str(year) in points:
            assert value == pytest.approx(points[str(year)])


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_seed_gives_counts_that_hang_together(seed: int) -> None:
    country = read_country(REFERENCE_DIR)
    levels = read_levels(REFERENCE_DIR.parent / LEVELS_FILE)
    simulation = Simulation(country, levels, seed)
    flow = simulation.looked_after
    assert (flow.at_end >= 0).all()
    assert (flow.ending >= 0).all()
    steps = flow.at_end[:, 1:] - flow.at_end[:, :-1]
    assert (steps == flow.starting[:, 1:] - flow.ending[:, 1:]).all()
    assert (simulation.plans <= simulation.children_in_need).all()
    assert (flow.at_end < simulation.population).all()
    publisher = Publisher(country, levels, simulation, previous=False)
    table = looked_after.placements_table(publisher)
    local = np.asarray(table.columns["geographic_level"] == "Local authority")
    shown = pd.to_numeric(pd.Series(table.columns["children_count"][local]), errors="coerce")
    assert not shown.between(1, 5).any()
