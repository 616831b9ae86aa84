"""The comparisons of a release of the real files equal an independent calculation, for every
headline indicator and every measure of the comparison tool, in every period."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests import published as raw
from tests.conftest import REPOSITORY
from tests.indicators import oracle

Sql = Callable[..., pd.DataFrame]
KEY = ["indicator_id", "area_code", "period"]
EXACT = [
    "value", "england", "region", "rank_england", "n_england", "rank_region", "n_region",
    "n_equal_region",
    "rank_neighbours", "n_neighbours", "neighbours_n", "neighbours_median",
]  # fmt: skip
WORDS = ["region_basis", "quartile_band"]
CLOSE = ["neighbours_mean", "change"]


def geography(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Whole region of each authority, and its part of London, from the files' own rows."""
    found = raw.published_region(folder)
    parts = {code: region for code, region in found.items() if region.startswith("E13")}
    return found | dict.fromkeys(parts, "E12000007"), parts


@pytest.fixture(scope="module")
def held(published_sql: Sql) -> pd.DataFrame:
    """Every comparison of the release."""
    return published_sql(
        "SELECT c.*, i.source_key, i.headline, i.polarity FROM comparison AS c "
        "JOIN indicator AS i USING (indicator_id)"
    )


@pytest.fixture(scope="module")
def headline(held: pd.DataFrame, published: Path) -> pd.DataFrame:
    """Headline comparisons beside the independent ones (columns with `_expected`)."""
    figures = raw.expected_headline(published)
    polarity = {row["id"]: raw.POLARITY_OF[row["polarity"]] for row in raw.headline_rows(published)}
    regions, parts = geography(published)
    expected = oracle.compare(
        figures,
        country=raw.COUNTRY,
        polarity=polarity,
        region_of=regions,
        part_of=parts,
        neighbours=raw.neighbours(published),
    )
    expected = expected.merge(figures[[*KEY, "numerator", "denominator"]], on=KEY, validate="1:1")
    mine = held["headline"] & held["indicator_id"].isin(polarity)
    return match(held[mine], expected.assign(headline=True))


@pytest.fixture(scope="module")
def lait(held: pd.DataFrame, published: Path) -> pd.DataFrame:
    """The tool's comparisons beside the independent ones."""
    figures = raw.expected_lait(published).rename(columns={"measure": "indicator_id"})
    told = raw.dictionary(published).drop_duplicates("Measure_short").set_index("Measure_short")
    known = {"high": "high", "low": "low"}
    polarity = {
        measure: known.get(word.strip().lower(), "none")
        for measure, word in told["Polarity"].items()
    }
    regions, parts = geography(published)
    expected = oracle.compare(
        figures,
        country=raw.COUNTRY,
        polarity=polarity,
        region_of=regions,
        part_of=parts,
        neighbours=raw.neighbours(published),
    )
    mine = held[held["indicator_id"].str.startswith("lait_")]
    return match(mine.assign(indicator_id=mine["source_key"]), expected)


def match(mine: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """Rows of both sides by key; none may be without the other."""
    both = mine.merge(
        expected, on=KEY, how="outer", suffixes=("", "_expected"), indicator="side", validate="1:1"
    )
    stray = both[both["side"] != "both"]
    assert stray[[*KEY, "side"]].to_dict("records") == []
    return both


def differing(frame: pd.DataFrame, column: str, tolerance: float = 0.0) -> list[dict[str, object]]:
    """The first rows in which a column is not what was expected (empty equals empty)."""
    mine, expected = frame[column], frame[f"{column}_expected"]
    empty = mine.isna() & expected.isna()
    if tolerance:
        same = np.isclose(mine, expected, rtol=tolerance, atol=tolerance)
    else:
        same = mine == expected
    wrong = frame[~(empty | same)]
    return wrong[[*KEY, column, f"{column}_expected"]].head(5).to_dict("records")


@pytest.mark.parametrize("column", EXACT)
def test_the_comparison_of_every_headline_figure_is_the_independent_one(
    column: str, headline: pd.DataFrame
) -> None:
    derived = column in {"value", "england", "region", "neighbours_median"}
    assert differing(headline, column, 1e-12 if derived else 0.0) == []
    assert headline[column].notna().sum() > 30_000


@pytest.mark.parametrize("column", WORDS)
def test_the_band_and_region_of_every_headline_figure_are_the_independent_ones(
    column: str, headline: pd.DataFrame
) -> None:
    assert differing(headline, column) == []
    assert headline[column].notna().sum() > 30_000


@pytest.mark.parametrize("column", CLOSE)
def test_the_neighbour_mean_and_change_of_every_headline_figure_are_the_independent_ones(
    column: str, headline: pd.DataFrame
) -> None:
    assert differing(headline, column, 1e-10) == []
    assert headline[column].notna().sum() > 30_000


@pytest.mark.parametrize("column", EXACT)
def test_the_comparison_of_every_figure_of_the_tool_is_the_independent_one(
    column: str, lait: pd.DataFrame
) -> None:
    tolerance = 1e-12 if column == "neighbours_median" else 0.0
    assert differing(lait, column, tolerance) == []
    assert lait[column].notna().sum() > 400_000


@pytest.mark.parametrize("column", WORDS)
def test_the_band_and_region_of_every_figure_of_the_tool_are_the_independent_ones(
    column: str, lait: pd.DataFrame
) -> None:
    assert differing(lait, column) == []
    assert lait[column].notna().sum() > 300_000


@pytest.mark.parametrize("column", CLOSE)
def test_the_neighbour_mean_and_change_of_every_figure_of_the_tool_are_the_independent_ones(
    column: str, lait: pd.DataFrame
) -> None:
    assert differing(lait, column, 1e-9) == []
    assert lait[column].notna().sum() > 300_000


@pytest.fixture(scope="module")
def methods() -> dict[str, str]:
    """The interval method that the catalogue declares for each indicator."""
    paths = (REPOSITORY / "data" / "catalogue" / "indicators").glob("*.toml")
    entries = [e for path in paths for e in tomllib.loads(path.read_text("utf-8"))["indicator"]]
    return {entry["id"]: entry.get("interval", "none") for entry in entries}


@pytest.mark.parametrize(("confidence", "prefix"), [(0.95, "ci95"), (0.998, "ci998")])
def test_the_intervals_of_every_headline_figure_are_the_independent_ones(
    confidence: float, prefix: str, headline: pd.DataFrame, methods: dict[str, str]
) -> None:
    frame = with_limits(headline, methods, confidence, prefix)
    assert differing(frame, f"{prefix}_low", 1e-10) == []
    assert differing(frame, f"{prefix}_high", 1e-10) == []
    by_method = frame.dropna(subset=f"{prefix}_low").groupby("method").size()
    assert by_method["wilson"] > 25_000
    assert by_method["byar"] > 10_000


def with_limits(
    frame: pd.DataFrame, methods: dict[str, str], confidence: float, prefix: str
) -> pd.DataFrame:
    method = frame["indicator_id"].map(methods)
    scale = method.map({"wilson": 100.0, "byar": 10_000.0, "none": np.nan})
    low, high = oracle.limits(
        frame["numerator"].where(frame["value"].notna()).to_numpy(dtype=float),
        frame["denominator"].to_numpy(dtype=float),
        method.to_numpy(dtype=object),
        scale.to_numpy(dtype=float),
        confidence,
    )
    expected = {f"{prefix}_low_expected": low, f"{prefix}_high_expected": high}
    return frame.assign(method=method, **expected)


def test_every_verdict_against_england_follows_from_the_95_percent_limits(
    headline: pd.DataFrame, methods: dict[str, str], published: Path
) -> None:
    # England's figure as it is: most percentages are published as whole numbers.
    country = raw.expected_headline(published)
    country = country[country["area_code"] == raw.COUNTRY]
    frame = with_limits(headline, methods, 0.95, "ci95")
    scale = frame["method"].map({"wilson": 100.0, "byar": 10_000.0})
    england = frame.merge(
        country, how="left", on=["indicator_id", "period"], suffixes=("", "_of_england")
    )
    unrounded = england["numerator_of_england"] / england["denominator_of_england"] * scale
    assert (unrounded - england["england"]).abs().max() < 0.51
    expected = oracle.verdict(
        frame["ci95_low_expected"].to_numpy(dtype=float),
        frame["ci95_high_expected"].to_numpy(dtype=float),
        unrounded.fillna(frame["england_expected"]).to_numpy(dtype=float),
        frame["polarity"].to_numpy(dtype=object),
    )
    frame = frame.assign(vs_england_expected=expected)
    assert differing(frame, "vs_england") == []
    assert set(frame["vs_england"].dropna()) == {"better", "worse", "higher", "lower", "similar"}


def test_the_tool_s_measures_have_no_interval_as_their_counts_are_not_published(
    lait: pd.DataFrame,
) -> None:
    columns = ["ci95_low", "ci95_high", "ci998_low", "ci998_high", "vs_england"]
    assert lait[columns].isna().all(axis=None)


def test_a_published_rate_lies_within_its_own_limits_but_for_rounding(
    headline: pd.DataFrame,
) -> None:
    limited = headline.dropna(subset="ci95_low")
    assert (limited["ci95_low"] <= limited["value"] + 0.5).all()
    assert (limited["value"] - 0.5 <= limited["ci95_high"]).all()
    assert (limited["ci998_low"] <= limited["ci95_low"]).all()
    assert (limited["ci95_high"] <= limited["ci998_high"]).all()


def test_comparisons_are_of_authorities_alone(published_sql: Sql) -> None:
    levels = published_sql("SELECT DISTINCT area_level FROM comparison JOIN area USING (area_code)")
    assert list(levels["area_level"]) == ["authority"]


def test_london_falls_back_to_its_parts_only_where_london_is_not_published(
    headline: pd.DataFrame, lait: pd.DataFrame
) -> None:
    both = pd.concat([headline, lait])
    inner = both[both["region_basis"].isin(["E13000001", "E13000002"])]
    whole = both[both["region_basis"] == "E12000007"]
    assert len(whole) > 100_000
    groups = inner[["indicator_id", "period"]].drop_duplicates()
    assert whole.merge(groups, on=["indicator_id", "period"]).empty


def test_an_authority_without_a_value_has_no_rank_no_band_and_no_limits(
    headline: pd.DataFrame, lait: pd.DataFrame
) -> None:
    both = pd.concat([headline, lait])
    empty = both[both["value"].isna()]
    columns = [
        "rank_england", "rank_region", "rank_neighbours", "quartile_band", "change", "ci95_low",
        "ci998_high", "vs_england",
    ]  # fmt: skip
    assert len(empty) > 10_000
    assert empty[columns].isna().all(axis=None)
