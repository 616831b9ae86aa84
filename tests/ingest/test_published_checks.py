"""What the checks say of the real published files, against an independent reading of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from alliance.refresh import RefreshReport
from ingest.errors import Finding
from ingest.release_checks import RELEASE_CHECKS
from tests import published as raw

OF_THE_RELEASE = {item.check_id for item in RELEASE_CHECKS}
ABOLISHED = {"835", "836", "837", "909", "928"}
FEW_ENOUGH_TO_READ = 40


def of_check(report: RefreshReport, check_id: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.check_id == check_id]


def test_an_analyst_can_read_all_that_is_found_on_the_release(
    published_report: RefreshReport,
) -> None:
    found = [f for f in published_report.findings if f.check_id in OF_THE_RELEASE]
    assert 0 < len(found) <= FEW_ENOUGH_TO_READ
    times = Counter((f.check_id, f.indicator_id) for f in found if f.indicator_id)
    assert max(times.values()) == 1
    assert all(f.file_name for f in found)


def test_a_regional_rate_that_is_far_from_its_large_counts_is_reported(
    published: Path, published_report: RefreshReport
) -> None:
    figures = raw.expected_headline(published)
    rates = {row["id"] for row in raw.headline_rows(published) if row["unit"] == "%"}
    large = figures[
        figures["indicator_id"].isin(rates)
        & figures["area"].str.startswith("E")
        & (figures["denominator"] >= 1_000)
    ]
    recomputed = 100 * large["numerator"] / large["denominator"]
    # Half a point, and counts that are rounded to 10, explain up to 1.25 where there are 1,000.
    far = large[(recomputed - large["value"]).abs() > 1.25]
    assert len(far)
    reported = {f.indicator_id for f in of_check(published_report, "rate_recomputed")}
    assert set(far["indicator_id"]) <= reported


def test_no_rate_of_an_authority_is_reported(published_report: RefreshReport) -> None:
    """headline_indicators.csv: where counts are whole, no authority's rate differs; the few of the
    workforce that do are of counts that are rounded to one decimal."""
    for finding in of_check(published_report, "rate_recomputed"):
        assert finding.area_code is None or finding.area_code.startswith("E")


def regional_sums(folder: Path) -> pd.DataFrame:
    """Each region's figure of each measure of the tool, and the sum of its authorities' where all
    of them have one: measure, region, period, whole, parts."""
    figures = raw.expected_lait(folder)
    parts = {"E13000001": "E12000007", "E13000002": "E12000007"}
    region_of = {
        code: parts.get(region, region) for code, region in raw.published_region(folder).items()
    }
    local = figures[figures["area_code"].isin(region_of) & ~figures["area_code"].isin(ABOLISHED)]
    keys = ["measure", "period", "region"]
    groups = local.assign(region=local["area_code"].map(region_of)).groupby(keys)["value"]
    sums = pd.DataFrame({"parts": groups.sum(), "known": groups.count(), "all": groups.size()})
    wholes = figures.rename(columns={"area_code": "region", "value": "whole"}).set_index(keys)
    joined = sums.join(wholes["whole"], how="inner").dropna()
    return joined[joined["known"] == joined["all"]].reset_index()


def test_a_regional_count_that_is_far_from_its_authorities_is_reported(
    published: Path, published_report: RefreshReport
) -> None:
    sums = regional_sums(published)
    off = (sums["whole"] - sums["parts"]).abs() / sums["whole"].abs().clip(lower=1)
    agreeing = (off < 0.02).groupby(sums["measure"]).transform("mean")
    far = sums[(agreeing > 0.9) & (off > 0.1) & (sums["whole"] > 1_000)]
    assert len(far) >= 3
    messages = " ".join(f.message for f in of_check(published_report, "region_and_authorities"))
    for row in far.to_dict("records"):
        assert f"{row['whole']:,.0f}" in messages, row


def test_no_oddity_of_shape_is_found_in_the_files_of_explore_education_statistics(
    published: Path, published_report: RefreshReport
) -> None:
    names = {path.name for path in (published / "ees").iterdir()}
    grave = [
        finding
        for finding in published_report.findings
        if finding.file_name in names and finding.severity != "info"
    ]
    assert {finding.check_id for finding in grave} <= OF_THE_RELEASE
