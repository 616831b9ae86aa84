"""The checks of a release, each on a few hand-made series written into a real candidate."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from indicators.comparison import write_changes, write_comparisons
from ingest.authorities import Reference
from ingest.catalogue import Catalogue, Indicator
from ingest.checks import CHECKS
from ingest.errors import Finding, ReleaseError
from ingest.load import areas_frame
from ingest.release_checks import (
    FURTHEST_STEP,
    LEAST_FALL,
    LEAST_FIGURES,
    QUERIES,
    RELEASE_CHECKS,
    find_release_faults,
)
from ingest.release_writer import ReleaseWriter
from tests.builders import PLACES, capital_part, region_of

ALWAYS = [place.code for place in PLACES if not (place.first or place.last)]
"""The authorities that have always been there."""
PADDED = [place.code for place in PLACES if place.first or place.last]
NORTH = [code for code in ALWAYS if region_of(code) == "T12000001"]

Cell = float | str
"""A figure, or the status of a cell without one."""


def observation(
    area: str, year: int, cell: Cell, numerator: float | None, denominator: float | None
) -> dict[str, object]:
    number = not isinstance(cell, str)
    return {
        "indicator_id": "one",
        "area_code": area,
        "period": str(year),
        "period_start": pd.Timestamp(date(year - 1, 4, 1)),
        "period_end": pd.Timestamp(date(year, 3, 31)),
        "value": cell if number else None,
        "numerator": numerator,
        "denominator": denominator,
        "status": "reported" if number else cell,
        "symbol": None if number else "c",
        "provisional": False,
        "joint_with": None,
        "source_file_id": "f1",
    }


class Figures:
    """Figures of one indicator in the making."""

    def __init__(self, **indicator: object) -> None:
        self.rows: list[dict[str, object]] = []
        self.indicator = {"unit": "percent", "interval_method": "none"} | indicator
        self.findings: list[dict[str, object]] = []

    def add(
        self,
        areas: str | Iterable[str],
        years: int | Iterable[int],
        cell: Cell,
        of: tuple[float, float] | None = None,
        **cells: object,
    ) -> None:
        """A figure for each area and year; `of`: its numerator and denominator. A later one takes
        the place of an earlier."""
        for area in [areas] if isinstance(areas, str) else areas:
            for year in [years] if isinstance(years, int) else years:
                self.remove(area, year)
                row = observation(area, year, cell, *(of or (None, None)))
                self.rows.append(row | cells)

    def remove(self, area: str, year: int) -> None:
        self.rows = [r for r in self.rows if (r["area_code"], r["period"]) != (area, str(year))]

    def frame(self) -> pd.DataFrame:
        """The figures, padded as publishers do for the authorities that come and go."""
        years = {str(row["period"]) for row in self.rows}
        given = {(row["area_code"], row["period"]) for row in self.rows}
        padding = [
            observation(area, int(year), "not_applicable", None, None)
            for year in sorted(years)
            for area in PADDED
            if (area, year) not in given
        ]
        frame = pd.DataFrame([*self.rows, *padding])
        numbers = ["value", "numerator", "denominator"]
        return frame.astype(dict.fromkeys(numbers, "float64"))

    def indicator_frame(self) -> pd.DataFrame:
        texts = dict.fromkeys(
            ["numerator_label", "denominator_label", "definition", "methodology", "caveats"], ""
        )
        told = {
            "indicator_id": "one", "title": "Number one", "domain": "D", "topic": "D",
            "domain_order": 0, "indicator_order": 0, "polarity": "low", "decimals": 1,
            "source_id": "s", "source_key": "a.csv", "headline": True, "cadence": "annual",
            "next_update": None, "timing": "year", "publisher_bands": True,
        }  # fmt: skip
        return pd.DataFrame([texts | told | self.indicator])


SOURCE_FILE = pd.DataFrame(
    [
        {
            "source_file_id": "f1", "source_id": "s", "file_name": "a.csv", "sha256": "0" * 64,
            "bytes": 1, "rows": 1, "publisher": "P", "publication": "P", "licence": "L",
            "homepage": "H", "retrieved_from": "a.csv", "retrieved_at": pd.Timestamp(2026, 1, 1),
        }
    ]
)  # fmt: skip


def declared(**changed: object) -> Catalogue:
    """A catalogue in which the indicator has a published rate and its counts."""
    entry: dict[str, object] = {
        "id": "one", "title": "Number one", "domain": "D", "file": "a.csv", "unit": "percent",
        "polarity": "low", "decimals": 1, "definition": "D", "value": "rate", "numerator": "n",
        "denominator": "d",
    }  # fmt: skip
    return Catalogue((), (), (Indicator(**(entry | changed)),))  # type: ignore[arg-type]


Check = Callable[..., list[Finding]]


@pytest.fixture
def check(small_reference: Reference, tmp_path: Path) -> Check:
    """Writes figures into a candidate and gives what the checks of the release find."""

    @contextmanager
    def written(figures: Figures, path: Path, before: Path | None) -> Iterator[ReleaseWriter]:
        with ReleaseWriter(path) as writer:
            writer.insert("area", areas_frame(small_reference))
            writer.insert("indicator", figures.indicator_frame())
            writer.insert_unchecked("source_file", SOURCE_FILE)
            writer.insert("observation", figures.frame())
            if figures.findings:
                writer.insert_unchecked("finding", pd.DataFrame(figures.findings))
            write_comparisons(writer)
            write_changes(writer, before)
            yield writer

    numbers = itertools.count()

    def run(
        figures: Figures, before: Figures | None = None, catalogue: Catalogue | None = None
    ) -> list[Finding]:
        previous = None
        if before is not None:
            previous = tmp_path / f"before-{next(numbers)}.duckdb"
            with written(before, previous, None):
                pass
        with written(figures, tmp_path / f"{next(numbers)}.duckdb", previous) as writer:
            return find_release_faults(writer.connection, previous, catalogue or declared())

    return run


def test_every_check_of_a_release_is_registered_and_has_a_query() -> None:
    ids = [item.check_id for item in RELEASE_CHECKS]
    assert sorted(ids) == sorted(QUERIES)
    assert {CHECKS[check_id].severity for check_id in ids} == {"warning"}


def test_quiet_figures_give_no_finding(check: Check) -> None:
    figures = Figures()
    figures.add(ALWAYS, range(2018, 2026), 12.5, (125, 1000))
    assert check(figures, before=figures) == []


def test_a_release_before_that_cannot_be_opened_is_named(
    small_reference: Reference, tmp_path: Path
) -> None:
    (tmp_path / "before.duckdb").write_bytes(b"no release")
    figures = Figures()
    figures.add(ALWAYS, 2025, 1.0)
    with ReleaseWriter(tmp_path / "candidate.duckdb") as writer:
        writer.insert("area", areas_frame(small_reference))
        writer.insert("observation", figures.frame())
        with pytest.raises(ReleaseError, match=r"before\.duckdb"):
            find_release_faults(writer.connection, tmp_path / "before.duckdb", declared())


# Rates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "found"),
    [(33.3, False), (33.33, True), (33.4, True), (33.2, True)],
    ids=["rounded", "more decimals than the others", "a step up", "a step down"],
)
def test_a_published_rate_may_be_off_by_its_own_rounding(
    value: float, found: bool, check: Check
) -> None:
    figures = Figures()
    figures.add(ALWAYS, 2025, 12.5, (125, 1_000))
    figures.add("703", 2025, value, (31, 93) if value != 33.33 else (32, 93))
    assert bool(check(figures)) is found


def test_a_rate_that_its_counts_do_not_give_is_shown_with_what_they_give(check: Check) -> None:
    figures = Figures()
    figures.add(ALWAYS, [2024, 2025], 12.5, (125, 1_000))
    figures.add("703", 2025, 14.0, (125, 1_000))
    (finding,) = check(figures)
    assert finding.check_id == "rate_recomputed"
    assert (finding.indicator_id, finding.area_code, finding.period) == ("one", "703", "2025")
    assert finding.file_name == "a.csv"
    assert finding.message.startswith(
        f"Number one: 1 published rate of {2 * len(ALWAYS)} differs from numerator / denominator "
        "by more than rounding explains. Furthest off: Cedarham, 2025, published as 14 where its "
        "counts give 12.5."
    )


def test_the_counts_of_regions_are_rounded_and_those_of_authorities_are_not(check: Check) -> None:
    figures = Figures()
    figures.add(ALWAYS, 2025, 12.5, (125, 1_000))
    figures.add(["T12000001", "T12000002", "T92000001"], 2025, 12.0, (50, 400))  # 45/405 to 55/395
    assert check(figures) == []
    figures.add("703", 2025, 12.0, (51, 401))
    assert [finding.area_code for finding in check(figures)] == ["703"]


def test_a_sum_of_two_rounded_columns_may_be_off_by_both(check: Check) -> None:
    figures = Figures()
    figures.add(ALWAYS, 2025, 20.0, (10.1, 50.5))
    figures.add("703", 2025, 19.9, (1.1, 5.5))  # 1.05 / 5.6 is 18.75
    assert check(figures, catalogue=declared(denominator=("d", "e"))) == []
    figures.add("703", 2025, 18.6, (1.1, 5.5))
    assert len(check(figures, catalogue=declared(denominator=("d", "e")))) == 1


def test_a_rate_that_is_worked_out_here_is_not_worked_out_again(check: Check) -> None:
    figures = Figures()
    figures.add(ALWAYS, 2025, 99.0, (125, 1_000))
    assert check(figures, catalogue=declared(value="")) == []


def test_a_scale_of_its_own_is_that_of_the_catalogue(check: Check) -> None:
    figures = Figures(unit="gbp")
    figures.add(ALWAYS, 2025, 250.0, (2, 8))
    assert check(figures, catalogue=declared(unit="gbp", scale=1_000.0)) == []


# Regions ---------------------------------------------------------------------------------------


def counts(years: Iterable[int] = range(2016, 2026)) -> Figures:
    """Counts of 30 in each authority, and of its region what they make, rounded to 10."""
    figures = Figures(unit="count")
    figures.add(ALWAYS, years, 31.0)
    figures.add("T12000001", years, 10.0 * round(3.1 * len(NORTH)))
    return figures


def test_a_region_s_count_is_the_sum_of_its_authorities_within_rounding(check: Check) -> None:
    assert check(counts(), catalogue=Catalogue((), (), ())) == []


def test_a_region_s_count_that_is_not_the_sum_is_shown_with_it(check: Check) -> None:
    figures = counts()
    figures.add("T12000001", 2020, 200.0)
    (finding,) = check(figures)
    assert finding.check_id == "region_and_authorities"
    assert (finding.area_code, finding.period) == ("T12000001", "2020")
    assert (
        f"1 total of 10 is not the sum of the authorities. Furthest off: Northland, 2020, "
        f"published as 200 where its authorities make {31 * len(NORTH)}." in finding.message
    )


@pytest.mark.parametrize("status", ["suppressed", "not_available", "rounds_to_zero", "missing"])
def test_a_region_of_which_an_authority_s_count_is_not_known_is_let_be(
    status: str, check: Check
) -> None:
    figures = counts()
    figures.add("T12000001", 2020, 200.0)
    figures.add(NORTH[0], 2020, status)
    assert check(figures) == []


def test_a_region_of_which_an_authority_has_no_row_is_let_be(check: Check) -> None:
    figures = counts()
    figures.add("T12000001", 2020, 200.0)
    figures.remove(NORTH[0], 2020)
    found = check(figures)
    assert "region_and_authorities" not in {finding.check_id for finding in found}


def test_an_authority_that_had_ceased_is_not_waited_for(check: Check) -> None:
    south = [code for code in ALWAYS if region_of(code) == "T12000002"]
    figures = Figures(unit="count")
    years = range(2016, 2025)
    figures.add([*south, "713"], years, 31.0)
    figures.add("T12000002", years, 10.0 * round(3.1 * (len(south) + 1)))
    figures.add("713", 2024, "not_applicable")
    figures.add(["715", "716"], 2024, 16.0)
    figures.add("T12000002", 2024, 900.0)
    (finding,) = check(figures)
    assert (finding.area_code, finding.period) == ("T12000002", "2024")
    assert f"make {31 * len(south) + 32}." in finding.message


def test_a_rate_is_not_taken_for_a_sum(check: Check) -> None:
    figures = Figures(unit="count")
    figures.add(ALWAYS, range(2016, 2026), 31.0)
    figures.add("T12000001", range(2016, 2026), 31.0)
    assert check(figures) == []


@pytest.mark.parametrize("marked", [True, False])
def test_a_joint_return_is_added_once(marked: bool, check: Check) -> None:
    pair = NORTH[:2]
    figures = Figures(unit="count")
    years = range(2016, 2026)
    figures.add(ALWAYS, years, 31.0)
    for code, other in (pair, pair[::-1]):
        figures.add(code, years, 62.0, joint_with=other if marked or code == pair[1] else None)
    figures.add("T12000001", years, float(31 * len(NORTH)))
    assert check(figures) == []


def test_london_s_boroughs_make_london_and_its_parts(check: Check) -> None:
    figures = Figures(unit="count")
    years = range(2016, 2026)
    figures.add(ALWAYS, years, 31.0)
    wholes = {"T12000007": region_of, "T13000001": capital_part, "T13000002": capital_part}
    for whole, of in wholes.items():
        own = [code for code in ALWAYS if of(code) == whole]
        figures.add(whole, years, float(31 * len(own)))
    assert check(figures) == []
    figures.add("T13000001", 2025, 90.0)
    assert [finding.area_code for finding in check(figures)] == ["T13000001"]


# Jumps -----------------------------------------------------------------------------------------


def series(latest: float, *, years: int = 9) -> Figures:
    """Series that move by about one a year; `latest` is Cedarham's newest figure."""
    figures = Figures()
    for place, code in enumerate(ALWAYS):
        for year in range(2026 - years, 2026):
            figures.add(code, year, 50.0 + (year * (place + 3)) % 3)
    figures.add("703", 2025, latest)
    return figures


def test_a_figure_far_beyond_its_history_is_shown_with_what_it_was(check: Check) -> None:
    (finding,) = check(series(90.0))
    assert finding.check_id == "history_jump"
    assert (finding.area_code, finding.period) == ("703", "2025")
    assert finding.message.startswith(
        "Number one: Cedarham: 90 in 2025, where all years before lay between 50 and 52."
    )


def test_a_figure_that_moved_as_it_always_did_is_no_jump(check: Check) -> None:
    for latest in (48.0, 55.0, 50.0 + FURTHEST_STEP):
        assert check(series(latest)) == []


def test_a_short_series_has_no_history_to_jump_from(check: Check) -> None:
    assert check(series(90.0, years=LEAST_FIGURES)) == []
    assert len(check(series(90.0, years=LEAST_FIGURES + 1))) == 1


def test_a_series_that_has_jumped_before_is_left_alone(check: Check) -> None:
    figures = series(90.0)
    figures.add("703", 2019, 5.0)
    assert check(figures) == []


def test_grades_do_not_jump(check: Check) -> None:
    figures = series(90.0)
    figures.indicator["unit"] = "grade"
    assert check(figures) == []


# The release before ----------------------------------------------------------------------------


def settled() -> Figures:
    figures = Figures()
    figures.add(ALWAYS, range(2022, 2026), 12.0)
    return figures


def test_a_figure_of_a_closed_year_that_changed_is_shown_before_and_after(check: Check) -> None:
    now = settled()
    now.add("703", 2023, 13.0)
    now.add("704", 2022, 12.5)
    (finding,) = check(now, before=settled())
    assert finding.check_id == "closed_year_changed"
    assert finding.message.startswith(
        "Number one: 2 figures for 2022 to 2023 changed. Most: Cedarham, 2023, 12 before and 13 "
        "now."
    )
    assert (finding.area_code, finding.period) == (None, None)


def test_the_newest_year_is_not_closed(check: Check) -> None:
    now = settled()
    now.add("703", 2025, 13.0)
    assert check(now, before=settled()) == []


def test_a_provisional_figure_was_not_closed(check: Check) -> None:
    before, now = settled(), settled()
    before.add("703", 2023, 11.0, provisional=True)
    assert check(now, before=before) == []
    before.add("703", 2023, 11.0)
    assert len(check(now, before=before)) == 1


def test_a_figure_that_is_suppressed_now_is_counted_and_not_quoted(check: Check) -> None:
    before, now = settled(), settled()
    before.add("703", 2023, 7.25)
    now.add("703", 2023, "suppressed")
    (finding,) = check(now, before=before)
    assert finding.message.startswith("Number one: 1 figure for 2023 changed. 1 is no longer publ")
    assert "7.25" not in finding.message


def test_a_figure_that_was_suppressed_is_counted_apart(check: Check) -> None:
    before = settled()
    before.add(["703", "704"], 2023, "suppressed")
    (finding,) = check(settled(), before=before)
    assert "2 figures for 2023 changed. 2 were not published before." in finding.message


# Coverage --------------------------------------------------------------------------------------


def test_fewer_authorities_with_a_figure_than_the_year_before_are_counted(check: Check) -> None:
    figures = settled()
    figures.add(ALWAYS[: LEAST_FALL - 1], 2025, "suppressed")
    assert check(figures) == []
    figures.add(ALWAYS[:LEAST_FALL], 2025, "suppressed")
    (finding,) = check(figures)
    assert (finding.check_id, finding.period) == ("coverage_fallen", "2025")
    assert (
        f"{len(ALWAYS) - LEAST_FALL} authorities have a figure for 2025; {len(ALWAYS)} had one for "
        "2024." in finding.message
    )


def test_a_table_that_lists_only_some_authorities_has_no_coverage(check: Check) -> None:
    figures = Figures()
    figures.add(ALWAYS[:9], 2024, 3.0)
    figures.add(ALWAYS[9:], 2025, 2.0)
    assert check(figures) == []


def test_an_authority_without_a_row_is_missing(check: Check) -> None:
    figures = settled()
    figures.add(["713"], [2022, 2023], 12.0)
    figures.add(["715", "716"], [2024, 2025], 12.0)
    assert check(figures) == []
    figures.remove("703", 2024)
    (finding,) = check(figures)
    assert finding.check_id == "authority_missing"
    assert (finding.area_code, finding.period) == ("703", "2024")
    assert finding.message.startswith("Number one: 2024 has no row for Cedarham.")


def test_a_figure_for_an_authority_that_was_not_there_is_extra(check: Check) -> None:
    figures = settled()
    figures.add(["713"], [2022, 2023], 12.0)
    figures.add(["715", "716"], [2024, 2025], 12.0)
    figures.add("715", 2022, "not_applicable")
    assert check(figures) == []
    figures.add("715", 2022, 12.0)
    (finding,) = check(figures)
    assert (finding.check_id, finding.indicator_id) == ("authority_extra", "one")
    assert (finding.area_code, finding.period) == ("715", "2022")
    assert "1 figure of 1 indicator for 1 authority that did not exist then" in finding.message


def test_what_a_reader_noted_already_is_not_said_again(check: Check) -> None:
    figures = settled()
    figures.add("713", 2025, 12.0)
    assert [finding.check_id for finding in check(figures)] == ["authority_extra"]
    figures.findings.append(
        {
            "check_id": "outside_lifetime", "severity": "warning", "source_file_id": "f1",
            "area_code": "713", "message": "Noted.",
        }
    )  # fmt: skip
    assert check(figures) == []
