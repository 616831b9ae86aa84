"""The comparison table on hand-made figures: ranks, bands, neighbours, regions, intervals."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from indicators.comparison import write_comparisons
from indicators.intervals import byar_limits, wilson_limits
from ingest.authorities import Reference
from ingest.load import areas_frame
from ingest.release_writer import ReleaseWriter
from tests import builders
from tests.builders import PLACES
from tests.indicators import oracle

CODES = [place.code for place in PLACES]
KEY = ["indicator_id", "area_code", "period"]
Compare = Callable[..., pd.DataFrame]


@contextmanager
def release() -> Iterator[ReleaseWriter]:
    with (
        tempfile.TemporaryDirectory() as folder,
        ReleaseWriter(Path(folder) / "a.duckdb") as writer,
    ):
        yield writer


def fill(
    writer: ReleaseWriter,
    reference: Reference,
    figures: pd.DataFrame,
    indicators: dict[str, dict[str, str]],
    neighbours: dict[str, list[str]],
) -> None:
    """Write figures (indicator_id, area_code, period, value, numerator, denominator)."""
    writer.insert_unchecked("area", areas_frame(reference))
    blank = dict.fromkeys(
        ["numerator_label", "denominator_label", "source_id", "definition", "methodology",
         "caveats", "cadence"], "",
    )  # fmt: skip
    rows = [
        {
            "indicator_id": name, "title": name, "domain": "d", "topic": "d", "domain_order": 0,
            "indicator_order": i, "decimals": 0, "source_key": name, "headline": True,
            "timing": "year", "publisher_bands": True, "unit": "percent",
            "interval_method": "none", **blank, **facts,
        }
        for i, (name, facts) in enumerate(indicators.items())
    ]  # fmt: skip
    writer.insert("indicator", pd.DataFrame(rows))
    near = [
        {"model": "2025", "area_code": code, "position": i, "neighbour_code": other,
         "closeness": "Close"}
        for code, others in neighbours.items()
        for i, other in enumerate(others, start=1)
    ]  # fmt: skip
    if near:
        writer.insert("neighbour", pd.DataFrame(near))
    figures = figures.reset_index(drop=True)
    years = figures["period"].str[:4].astype(int)
    frame = figures.assign(
        period_start=pd.to_datetime((years - 1).astype(str) + "-04-01"),
        period_end=pd.to_datetime(years.astype(str) + "-03-31"),
        status=np.where(figures["value"].notna(), "reported", "suppressed"),
        symbol=None,
        provisional=False,
        joint_with=None,
        source_file_id="f",
    )
    for column in ("numerator", "denominator"):
        if column not in frame:
            frame[column] = np.nan
    writer.insert("observation", frame)


@pytest.fixture
def compare(small_reference: Reference) -> Compare:
    """Gives the comparisons of figures, indexed by indicator, authority and period."""

    def run(
        figures: pd.DataFrame,
        indicators: dict[str, dict[str, str]],
        neighbours: dict[str, list[str]] | None = None,
    ) -> pd.DataFrame:
        with release() as writer:
            fill(writer, small_reference, figures, indicators, neighbours or {})
            n = write_comparisons(writer)
            frame = writer.connection.execute("SELECT * FROM comparison").df()
        assert len(frame) == n
        return frame.set_index(KEY)

    return run


def figures_of(
    values: dict[str, float | None], period: str = "2025", name: str = "i"
) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"indicator_id": name, "area_code": code, "period": period, "value": value}
            for code, value in values.items()
        ]
    ).astype({"value": float})


def column(
    frame: pd.DataFrame, name: str, indicator: str = "i", period: str = "2025"
) -> dict[str, Any]:
    part = frame.xs((indicator, period), level=("indicator_id", "period"))[name]
    return {code: None if pd.isna(value) else value for code, value in part.items()}


FOUR = {"701": 10.0, "702": 20.0, "703": 20.0, "704": 30.0, "711": None}


@pytest.mark.parametrize(
    ("polarity", "ranks", "bands"),
    [
        ("low", {"701": 1, "702": 2, "703": 2, "704": 4}, "ABBD"),
        ("high", {"701": 4, "702": 2, "703": 2, "704": 1}, "DCCA"),
        ("none", {"701": 4, "702": 2, "703": 2, "704": 1}, ""),
    ],
)  # fmt: skip
def test_ties_share_the_smallest_rank_and_polarity_says_which_end_is_first(
    polarity: str, ranks: dict[str, int], bands: str, compare: Compare
) -> None:
    found = compare(figures_of(FOUR), {"i": {"polarity": polarity}})
    assert column(found, "rank_england") == {**ranks, "711": None}
    assert column(found, "quartile_band") == dict.fromkeys(FOUR) | dict(
        zip(FOUR, bands, strict=False)
    )
    assert set(column(found, "n_england").values()) == {4}


def test_an_authority_without_a_value_has_no_rank_and_is_not_in_n(compare: Compare) -> None:
    found = compare(figures_of(FOUR), {"i": {"polarity": "low"}}, {"711": ["701", "702"]})
    row = found.loc[("i", "711", "2025")]
    assert row["n_england"] == 4
    assert (row["n_region"], row["n_neighbours"], row["neighbours_n"]) == (0, 2, 2)
    assert row["neighbours_mean"] == 15.0
    for name in ("rank_england", "rank_region", "rank_neighbours", "quartile_band", "change"):
        assert pd.isna(row[name]), name


def test_a_figure_that_stands_alone_is_first_of_one(compare: Compare) -> None:
    found = compare(figures_of({"701": 5.0}), {"i": {"polarity": "high"}})
    row = found.loc[("i", "701", "2025")]
    assert (row["rank_england"], row["n_england"]) == (1, 1)
    assert (row["rank_region"], row["n_region"]) == (1, 1)
    assert row["quartile_band"] == "D"  # not above its own quartiles, as the rule says
    assert pd.isna(row["england"])
    assert pd.isna(row["region"])


def test_a_period_in_which_nobody_has_a_value_is_kept_and_compared_with_nothing(
    compare: Compare,
) -> None:
    found = compare(figures_of(dict.fromkeys(CODES)), {"i": {"polarity": "low"}})
    assert len(found) == len(CODES)
    assert set(column(found, "n_england").values()) == {0}
    assert set(column(found, "rank_england").values()) == {None}
    assert set(column(found, "quartile_band").values()) == {None}


def test_the_region_is_the_published_row_and_the_capital_falls_back_to_its_parts(
    compare: Compare,
) -> None:
    values: dict[str, float | None] = dict.fromkeys(CODES, 1.0)
    regions = {"T92000001": 50.0, "T12000001": 11.0, "T13000001": 33.0, "T13000002": 44.0}
    capital = {"T12000007": 22.0}
    figures = pd.concat(
        [
            figures_of({**values, **regions, **capital}, "2025"),
            figures_of({**values, **regions}, "2024"),
            figures_of({**values, **regions, "T12000007": None}, "2023"),
        ]
    )
    found = compare(figures, {"i": {"polarity": "none"}})
    whole = column(found, "region", period="2025")
    assert (whole["701"], whole["721"], whole["724"], whole["711"]) == (11.0, 22.0, 22.0, None)
    for period in ("2024", "2023"):
        parts = column(found, "region", period=period)
        assert (parts["701"], parts["721"], parts["724"]) == (11.0, 33.0, 44.0)
        basis = column(found, "region_basis", period=period)
        assert (basis["701"], basis["721"], basis["724"]) == ("T12000001", "T13000001", "T13000002")
        assert basis["711"] is None
    assert set(column(found, "england").values()) == {50.0}
    # The capital's authorities are ranked together, whatever the region's figure rests on.
    assert column(found, "n_region", period="2024")["721"] == 4


def test_neighbours_without_a_value_are_left_out_and_the_rest_are_counted(
    compare: Compare,
) -> None:
    values: dict[str, float | None] = {"701": 5.0, "702": 1.0, "703": None, "704": 5.0, "711": 9.0}
    near = {"701": ["702", "703", "704", "711"], "702": ["703"], "703": ["702", "704"]}
    found = compare(figures_of(values), {"i": {"polarity": "low"}}, near)
    row = found.loc[("i", "701", "2025")]
    assert (row["neighbours_n"], row["n_neighbours"]) == (3, 4)
    assert row["neighbours_mean"] == 5.0
    assert row["neighbours_median"] == 5.0
    assert row["rank_neighbours"] == 2  # level with 704, behind 702
    alone = found.loc[("i", "702", "2025")]
    assert (alone["neighbours_n"], alone["n_neighbours"]) == (0, 0)
    assert pd.isna(alone[["neighbours_mean", "neighbours_median", "rank_neighbours"]]).all()


def test_the_newest_model_s_neighbours_are_used(small_sql: Compare) -> None:
    held = small_sql(
        "SELECT area_code, neighbours_mean FROM comparison "
        "WHERE indicator_id = 'rereferral_pct' AND period = '2025'"
    ).set_index("area_code")["neighbours_mean"]
    values = small_sql(
        "SELECT area_code, value FROM observation "
        "WHERE indicator_id = 'rereferral_pct' AND period = '2025'"
    ).set_index("area_code")["value"]
    assert builders.neighbours_of("701", "2025") != builders.neighbours_of("701", "2021")
    assert held["701"] == pytest.approx(values[builders.neighbours_of("701", "2025")].mean())


def test_change_is_since_the_year_before_and_over_a_gap_there_is_none(compare: Compare) -> None:
    figures = pd.concat(
        [
            figures_of({"701": 10.0, "702": 1.0}, "2020"),
            figures_of({"701": 12.5, "702": None}, "2021"),
            figures_of({"701": 12.0, "702": 3.0}, "2023"),
            figures_of({"701": 11.0, "702": 4.0, "703": 9.0}, "2024"),
        ]
    )
    found = compare(figures, {"i": {"polarity": "low"}})
    assert column(found, "change", period="2020") == {"701": None, "702": None}
    assert column(found, "change", period="2021") == {"701": 2.5, "702": None}
    assert column(found, "change", period="2023") == {"701": None, "702": None}
    assert column(found, "change", period="2024") == {"701": -1.0, "702": 1.0, "703": None}


@pytest.mark.parametrize(
    ("polarity", "verdicts"),
    [
        ("low", {"701": "better", "702": "similar", "703": "worse"}),
        ("high", {"701": "worse", "702": "similar", "703": "better"}),
        ("none", {"701": "lower", "702": "similar", "703": "higher"}),
    ],
)
def test_the_verdict_against_the_country_needs_an_interval_that_leaves_it_out(
    polarity: str, verdicts: dict[str, str], compare: Compare
) -> None:
    figures = figures_of({"701": 5.0, "702": 50.0, "703": 95.0, "704": 50.0, "T92000001": 50.0})
    figures = figures.assign(
        numerator=[5, 50, 95, 50.5, 500], denominator=[100, 100, 100, 101, 1000]
    )
    found = compare(figures, {"i": {"polarity": polarity, "interval_method": "wilson"}})
    assert column(found, "vs_england") == {**verdicts, "704": None}
    without = compare(figures, {"i": {"polarity": polarity}})
    assert set(column(without, "vs_england").values()) == {None}


@pytest.mark.parametrize("edge", ["low", "high"])
def test_a_country_on_the_edge_of_the_interval_is_similar(edge: str, compare: Compare) -> None:
    low, high = wilson_limits(10, 100)
    figures = figures_of({"701": 10.0, "T92000001": 0.0}).assign(
        numerator=[10.0, np.nan], denominator=[100.0, np.nan]
    )
    facts = {"i": {"polarity": "low", "interval_method": "wilson"}}
    limit = compare(figures, facts).loc[("i", "701", "2025"), f"ci95_{edge}"]
    assert limit == pytest.approx(100 * (low if edge == "low" else high), rel=1e-12)
    figures.loc[1, "value"] = limit
    assert compare(figures, facts).loc[("i", "701", "2025"), "vs_england"] == "similar"


@pytest.mark.parametrize(
    ("numerator", "denominator", "verdict"),
    [(176, 1000, "better"), (174, 1000, "similar"), (np.nan, np.nan, "better")],
)
def test_the_verdict_rests_on_the_country_s_figure_as_it_is_not_as_it_is_printed(
    numerator: float, denominator: float, verdict: str, compare: Compare
) -> None:
    # 10 of 100 may be up to 17.44 %: less than 17.6 %, not less than 17.4 %; 18 % is printed.
    figures = figures_of({"701": 10.0, "T92000001": 18.0}).assign(
        numerator=[10, numerator], denominator=[100, denominator]
    )
    found = compare(figures, {"i": {"polarity": "low", "interval_method": "wilson"}})
    row = found.loc[("i", "701", "2025")]
    assert row["england"] == 18.0
    assert row["vs_england"] == verdict


# Intervals in SQL ------------------------------------------------------------------------------


def limits_of(
    compare: Compare, method: str, unit: str, counts: list[tuple[float, float]]
) -> pd.DataFrame:
    """The limits that the release holds for these counts, one period for each."""
    figures = pd.DataFrame(
        [
            {
                "indicator_id": "i", "area_code": "701", "period": f"{1900 + i}", "value": 1.0,
                "numerator": float(x), "denominator": float(n),
            }
            for i, (x, n) in enumerate(counts)
        ]
    )  # fmt: skip
    facts = {"i": {"polarity": "none", "interval_method": method, "unit": unit}}
    found = compare(figures, facts).sort_index(level="period")
    return found[["ci95_low", "ci95_high", "ci998_low", "ci998_high"]].reset_index(drop=True)


EDGES = [(0, 1), (1, 1), (0, 2), (1, 2), (2, 2), (0, 20), (10, 100), (9, 10), (10, 10), (1, 10**6)]


@pytest.mark.parametrize("method", ["wilson", "byar"])
def test_the_release_s_limits_are_those_of_the_functions_and_of_statsmodels(
    method: str, compare: Compare
) -> None:
    @settings(max_examples=5)
    @given(
        st.lists(
            st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
            min_size=20, max_size=60,
        )
    )  # fmt: skip
    def check(counts: list[tuple[int, int]]) -> None:
        counts = [*EDGES, *counts]
        unit, scale = ("percent", 100) if method == "wilson" else ("per_10000", 10_000)
        found = limits_of(compare, method, unit, counts)
        for confidence, name in ((0.95, "ci95"), (0.998, "ci998")):
            mine = found[[f"{name}_low", f"{name}_high"]].to_numpy()
            expected = np.array([limits_per_one(method, x, n, confidence) for x, n in counts])
            np.testing.assert_allclose(mine, expected * scale, rtol=1e-9, atol=1e-12)
            if method == "wilson":
                tops, bottoms = np.array(counts).T
                other = proportion_confint(tops, bottoms, alpha=1 - confidence, method="wilson")
                np.testing.assert_allclose(mine.T, np.array(other) * scale, rtol=1e-9, atol=1e-9)

    check()


def limits_per_one(method: str, x: int, n: int, confidence: float) -> tuple[float, float]:
    if method == "wilson":
        return wilson_limits(x, n, confidence)
    low, high = byar_limits(x, confidence)
    return low / n, high / n


def test_the_release_s_limits_give_the_reference_values(compare: Compare) -> None:
    wilson = limits_of(compare, "wilson", "percent", [(10, 100), (0, 20)])
    assert list(wilson.loc[0]) == pytest.approx([5.523, 17.437, 3.968, 23.006], abs=5e-4)
    assert list(wilson.loc[1, ["ci95_low", "ci95_high"]]) == pytest.approx([0, 16.113], abs=5e-4)
    byar = limits_of(compare, "byar", "per_10000", [(5, 10_000), (65, 10_000)])
    assert list(byar.loc[0, ["ci95_low", "ci95_high"]]) == pytest.approx(
        [1.62349, 11.66833], abs=5e-6
    )
    assert list(byar.loc[1, ["ci95_low", "ci95_high"]]) == pytest.approx([50.163, 82.849], abs=5e-4)


def test_a_share_of_nought_or_all_has_its_own_limit_exactly(compare: Compare) -> None:
    counts = [(0, n) for n in range(1, 200)] + [(n, n) for n in range(1, 200)]
    found = limits_of(compare, "wilson", "percent", counts[:199])
    assert (found[["ci95_low", "ci998_low"]] == 0).all(axis=None)
    found = limits_of(compare, "wilson", "percent", counts[199:])
    assert (found[["ci95_high", "ci998_high"]] == 100).all(axis=None)


@pytest.mark.parametrize(
    ("method", "x", "n"),
    [
        ("wilson", 5, 0), ("wilson", 6, 5), ("wilson", 2.5, 5), ("wilson", np.nan, 5),
        ("wilson", 5, np.nan), ("byar", 5, 0), ("byar", 2.5, 5), ("byar", np.nan, 5),
        ("none", 5, 10),
    ],
)  # fmt: skip
def test_what_is_no_share_or_rate_of_whole_counts_has_no_limits(
    method: str, x: float, n: float, compare: Compare
) -> None:
    assert limits_of(compare, method, "percent", [(x, n)]).isna().all(axis=None)


def test_a_rate_may_count_more_than_its_population(compare: Compare) -> None:
    found = limits_of(compare, "byar", "per_1000", [(12, 10)])
    assert list(found.loc[0, ["ci95_low", "ci95_high"]]) == pytest.approx(
        [limit / 10 * 1000 for limit in byar_limits(12)], rel=1e-9
    )


# Everything together ---------------------------------------------------------------------------

values = st.one_of(
    st.none(),
    st.sampled_from([0.0, 1.0, 2.0, 2.5, 3.0]),
    st.floats(-1000, 10_000, allow_nan=False).map(lambda x: round(x, 3)),
)
REGION_OF = {code: builders.region_of(code) for code in CODES}
PART_OF = {code: part for code in CODES if (part := builders.capital_part(code))}
AREAS = [*CODES, builders.COUNTRY[0], *builders.REGIONS]


@settings(max_examples=8)
@given(data=st.data())
def test_any_figures_are_compared_as_the_independent_calculation_does(
    data: st.DataObject, small_reference: Reference
) -> None:
    polarities = {"a": "low", "b": "high", "c": "none"}
    records = [
        {"indicator_id": name, "area_code": code, "period": period, "value": value}
        for name, period in itertools.product(polarities, ["2020", "2021", "2023"])
        for code, value in zip(
            AREAS,
            data.draw(st.lists(values, min_size=len(AREAS), max_size=len(AREAS))),
            strict=True,
        )
        if value is not None or data.draw(st.booleans())
    ]
    if not records:
        return
    figures = pd.DataFrame(records).astype({"value": float})
    near = {
        code: data.draw(st.permutations([o for o in CODES if o != code]))[:4] for code in CODES[:9]
    }
    with release() as writer:
        facts = {name: {"polarity": polarity} for name, polarity in polarities.items()}
        fill(writer, small_reference, figures, facts, near)
        write_comparisons(writer)
        found = writer.connection.execute("SELECT * FROM comparison").df()
    expected = oracle.compare(
        figures,
        country=builders.COUNTRY[0],
        polarity=polarities,
        region_of=REGION_OF,
        part_of=PART_OF,
        neighbours=near,
    )
    both = found.merge(expected, on=KEY, how="outer", suffixes=("", "_expected"), validate="1:1")
    assert len(both) == len(found) == len(expected)
    for name in expected.columns.difference(KEY):
        mine, theirs = both[name], both[f"{name}_expected"]
        if name in {"neighbours_mean", "neighbours_median", "change"}:
            same = np.isclose(mine.astype(float), theirs.astype(float), rtol=1e-9, atol=1e-9)
        else:
            same = mine == theirs
        assert (same | (mine.isna() & theirs.isna())).all(), name


def test_comparisons_do_not_depend_on_the_order_in_which_figures_were_written(
    compare: Compare,
) -> None:
    figures = pd.concat(
        [figures_of({c: float(i % 5) for i, c in enumerate(CODES)}, p) for p in ("2024", "2025")]
    )
    near = {code: [o for o in CODES if o != code][:6] for code in CODES}
    one = compare(figures, {"i": {"polarity": "low"}}, near)
    other = compare(figures.sample(frac=1, random_state=7), {"i": {"polarity": "low"}}, near)
    pd.testing.assert_frame_equal(one.sort_index(), other.sort_index())
