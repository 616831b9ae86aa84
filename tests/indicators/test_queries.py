"""The read-only queries of a release, on the invented country's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pytest

from indicators.queries import Release
from ingest.errors import ReleaseError
from ingest.release import ReleaseStore
from tests import builders
from tests.builders import CARE, NEED, PLACES


@pytest.fixture(scope="module")
def release(small_template: Path) -> Iterator[Release]:
    """The good release of the invented country, open for reading."""
    with Release(ReleaseStore(small_template / "home").current_path()) as opened:
        yield opened


def published(code: str, year: str) -> float:
    row = builders.ees_files()[NEED].find(old_la_code=code, time_period=year)[0]
    return float(row["again_percent"])


def test_areas_are_ordered_by_level_and_name(release: Release) -> None:
    areas = release.areas()
    assert len(areas) == len(PLACES) + len(builders.REGIONS) + 1
    keys = [(area["area_level"], area["name"]) for area in areas]
    assert keys == sorted(keys)
    gorse = next(area for area in areas if area["area_code"] == "713")
    assert gorse["successor_codes"] == ["715", "716"]
    hazel = next(area for area in areas if area["area_code"] == "714")
    assert hazel["gss_code"] == "T06000044"


def test_indicators_are_in_declared_order_with_their_publication(release: Release) -> None:
    indicators = release.indicators()
    names = [row["indicator_id"] for row in indicators]
    assert names[:5] == ["need_rate", "rereferral_pct", "stable_pct", "absence_pct", "vacancy_pct"]
    assert set(names[5:]) == {
        "lait_absent", "lait_absent_pct", "lait_spend", "lait_span",
    }  # fmt: skip
    assert len(names) == 9
    assert {row["publisher"] for row in indicators} == {"Ministry of Testing"}
    assert indicators[0]["publication"] == "Care statistics"
    assert indicators[-1]["publication"] == "Comparison tool"
    assert all(row["licence"] == "Open Government Licence v3.0" for row in indicators)


def test_periods_are_oldest_first_and_count_the_authorities_with_a_value(
    release: Release,
) -> None:
    mine = [row for row in release.periods() if row["indicator_id"] == "absence_pct"]
    assert [(row["period"], row["n_values"]) for row in mine] == [
        ("2021/22", 12),
        ("2022/23", 0),
        ("2023/24", 13),
        ("2024/25", 13),
    ]


def test_the_figures_of_a_period_are_every_authority_s_comparison_and_observation(
    release: Release,
) -> None:
    rows = release.figures("rereferral_pct", "2025")
    codes = [row["area_code"] for row in rows]
    assert codes == sorted(p.code for p in PLACES if builders.exists_in(p, 2025))
    for row in rows:
        assert row["value"] == published(row["area_code"], "2025")
        assert row["status"] == "reported"
        assert row["numerator"] < row["denominator"]
        assert row["ci95_low"] < row["value"] < row["ci95_high"]


def test_a_missing_figure_is_none_and_says_why(release: Release) -> None:
    rows = {row["area_code"]: row for row in release.figures("stable_pct", "2025")}
    assert len(rows) == len(PLACES)
    assert (rows["704"]["value"], rows["704"]["status"]) == (None, "suppressed")
    assert (rows["713"]["value"], rows["713"]["status"]) == (None, "not_applicable")
    assert rows["704"]["rank_england"] is None


def test_a_series_is_one_authority_s_figures_oldest_first(release: Release) -> None:
    rows = release.series("rereferral_pct", "703")
    assert [row["period"] for row in rows] == ["2022", "2023", "2024", "2025"]
    assert [row["value"] for row in rows] == [published("703", row["period"]) for row in rows]
    steps = [row["change"] for row in rows]
    assert steps[0] is None
    assert steps[1:] == pytest.approx(
        [published("703", y) - published("703", str(int(y) - 1)) for y in ("2023", "2024", "2025")]
    )


def test_an_area_series_is_of_any_areas(release: Release) -> None:
    rows = release.area_series("rereferral_pct", ["T92000001", "T12000001", "701"])
    assert {row["area_code"] for row in rows} == {"T92000001", "T12000001", "701"}
    assert len(rows) == 3 * 4
    keys = [(row["area_code"], row["period_end"]) for row in rows]
    assert keys == sorted(keys)
    assert release.area_series("rereferral_pct", []) == []


def test_a_comparison_is_of_any_indicators_and_authorities_between_two_days(
    release: Release,
) -> None:
    rows = release.compared(
        ["rereferral_pct", "stable_pct"], ["701", "704"], first=date(2024, 1, 1),
        last=date(2025, 12, 31),
    )  # fmt: skip
    keys = [(row["indicator_id"], row["period"], row["area_code"]) for row in rows]
    assert keys == [
        (name, year, code)
        for name in ("rereferral_pct", "stable_pct")
        for year in ("2024", "2025")
        for code in ("701", "704")
    ]
    known = dict(zip(keys, rows, strict=True))
    figure = known["rereferral_pct", "2025", "701"]
    assert figure["value"] == published("701", "2025")
    assert figure["ci95_low"] < figure["value"] < figure["ci95_high"]
    absent = known["stable_pct", "2025", "704"]
    assert (absent["value"], absent["status"]) == (None, "suppressed")
    assert release.compared([], [], first=date(2024, 1, 1), last=date(2025, 1, 1)) == []


def test_the_rug_is_of_each_headline_s_latest_period_with_any_value(release: Release) -> None:
    rows = release.rug(["701", "704", "713"])
    by_key = {(row["indicator_id"], row["area_code"]): row for row in rows}
    assert len(by_key) == len(rows)
    assert {name for name, _ in by_key} == {
        "need_rate", "rereferral_pct", "stable_pct", "absence_pct",
    }  # fmt: skip
    assert by_key["absence_pct", "701"]["period"] == "2024/25"
    assert by_key["rereferral_pct", "701"]["value"] == published("701", "2025")
    assert by_key["stable_pct", "704"]["value"] is None
    assert ("rereferral_pct", "713") not in by_key  # abolished: no row in the latest period


def test_cells_are_the_rug_s_figures_with_no_more_than_is_shown(release: Release) -> None:
    codes = ["701", "704", "713"]
    cells = {(row["indicator_id"], row["area_code"]): row for row in release.cells(codes)}
    rug = {(row["indicator_id"], row["area_code"]): row for row in release.rug(codes)}
    assert set(cells) == set(rug)
    for key, cell in cells.items():
        assert cell == {name: rug[key][name] for name in cell}


def test_known_figures_are_every_authority_s_numbers_of_those_periods(release: Release) -> None:
    rows = release.known_figures({"rereferral_pct": "2025", "stable_pct": "2024"})
    assert {(row["indicator_id"], row["period"]) for row in rows} == {
        ("rereferral_pct", "2025"), ("stable_pct", "2024"),
    }  # fmt: skip
    for key, period in (("rereferral_pct", "2025"), ("stable_pct", "2024")):
        figures = {
            r["area_code"]: r for r in release.figures(key, period) if r["value"] is not None
        }
        found = {row["area_code"]: row for row in rows if row["indicator_id"] == key}
        assert set(found) == set(figures)
        for code, row in found.items():
            assert row == {name: figures[code][name] for name in row}
    assert release.known_figures({}) == []


def test_the_last_figures_of_an_abolished_authority_are_those_of_its_last_year(
    release: Release,
) -> None:
    rows = {row["indicator_id"]: row for row in release.last_figures("713")}
    assert rows["rereferral_pct"]["period"] == "2023"
    assert rows["rereferral_pct"]["value"] == published("713", "2023")
    assert rows["absence_pct"]["period"] == "2021/22"
    assert "vacancy_pct" not in rows  # not a headline


def test_a_profile_has_every_headline_figure_of_an_authority_over_time(release: Release) -> None:
    rows = release.profile_series("701")
    counts = {
        name: sum(r["indicator_id"] == name for r in rows) for name in ("need_rate", "stable_pct")
    }
    assert counts == {"need_rate": 4, "stable_pct": 3}
    assert "vacancy_pct" not in {row["indicator_id"] for row in rows}
    keys = [(row["indicator_id"], row["period_end"]) for row in rows]
    assert keys == sorted(keys)


def test_neighbours_are_of_the_newest_model_in_order(release: Release) -> None:
    rows = release.neighbours("701")
    assert [row["neighbour_code"] for row in rows] == builders.neighbours_of("701", "2025")
    assert [row["position"] for row in rows] == list(range(1, 11))
    assert release.neighbours("713") == []


def test_the_sources_of_an_indicator_are_the_files_its_figures_stand_in(release: Release) -> None:
    assert [row["file_name"] for row in release.sources_of("stable_pct")] == [CARE]
    assert len(release.source_files()) == len(builders.all_files())


def test_what_is_not_there_gives_nothing(release: Release) -> None:
    assert release.figures("no such indicator", "2025") == []
    assert release.figures("rereferral_pct", "1999") == []
    assert release.series("rereferral_pct", "000") == []
    assert release.rug([]) == []
    assert release.changes() == []


def test_parameters_are_bound_and_never_part_of_the_query(release: Release) -> None:
    trick = "x'; DROP TABLE observation; --"
    assert release.figures(trick, trick) == []
    assert release.series(trick, trick) == []
    assert release.rug([trick]) == []
    assert release.figures("rereferral_pct", "2025")


def test_many_threads_may_ask_at_once(release: Release) -> None:
    expected = release.figures("rereferral_pct", "2025")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: release.figures("rereferral_pct", "2025"), range(40)))
    assert all(rows == expected for rows in found)


def test_a_release_cannot_be_written_to(release: Release) -> None:
    with (
        duckdb.connect(str(release.path), read_only=True) as connection,
        pytest.raises(duckdb.InvalidInputException),
    ):
        connection.execute("DELETE FROM observation")


@pytest.mark.parametrize("content", [None, b"", b"junk" * 5000])
def test_what_is_no_release_cannot_be_opened(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ReleaseError, match=r"a\.duckdb"):
        Release(path)
