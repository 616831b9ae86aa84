"""Every sentence that a rule can say of the demonstration and of the real figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from alliance.refresh import RefreshReport
from indicators.signals.find import CONTEXT, PERFORMANCE, find_signals
from indicators.signals.panel import Grid, Panel, read_panel
from indicators.signals.rules import RULES, Rule, Tests
from indicators.words import titled
from ingest.release import ReleaseStore
from tests.demonstration import demonstration_home
from tests.indicators.signals.test_rules import CASES

JUDGING = re.compile(r"\b(better|worse|best|worst|good|bad|poor|improv\w+|worsen\w+)\b", re.I)


@pytest.fixture(scope="module")
def demo_panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    home = demonstration_home(tmp_path_factory.getbasetemp())
    return panel_of(ReleaseStore(home).current_path())


def panel_of(path: Path) -> Panel:
    with duckdb.connect(str(path), read_only=True) as connection:
        return read_panel(connection)


def said(panel: Panel) -> Iterator[tuple[Grid, Rule, Tests, int, str]]:
    """What each rule would say of each figure for which its conditions hold, chance or not."""
    for grid in panel.grids:
        for rule in RULES.values():
            tests = rule.find(grid)
            held = np.flatnonzero(tests.fires) if tests else ()
            for i in map(int, held):
                assert tests is not None
                yield grid, rule, tests, i, rule.say(grid, i, tests.evidence(i))


def check_all(panel: Panel) -> set[str]:
    seen = set()
    for grid, rule, tests, i, sentence in said(panel):
        seen.add(rule.id)
        body = sentence.removeprefix(f"{titled(grid.indicator)}: ")
        assert body != sentence, sentence
        assert body.startswith(grid.names[i]), sentence
        assert body.endswith("."), sentence
        assert not re.search(r"\.\.|  ", body), sentence
        assert not re.search(r"\bnan\b|None|\binf\b", body), sentence
        assert re.search(r"\d", body), sentence
        evidence = tests.evidence(i)
        assert evidence["comparator"] in body, sentence
        year = str(grid.ends[-1].year)
        assert grid.periods[-1] in body or year in body, sentence
        if grid.indicator["polarity"] == "none":
            assert not JUDGING.search(body.replace(grid.names[i], "")), sentence
    return seen


def test_every_sentence_of_the_demonstration_has_a_number_a_comparator_and_a_period(
    demo_panel: Panel,
) -> None:
    assert {"outside_funnel", "recent_trend", "latest_change", "wide_gap"} <= check_all(demo_panel)


def test_every_sentence_of_the_real_figures_has_a_number_a_comparator_and_a_period(
    published_report: RefreshReport,
) -> None:
    seen = check_all(panel_of(published_report.path))
    assert {"pulling_away", "far_from_neighbours", "suppression_came", "joint_return"} <= seen


@pytest.mark.parametrize("polarity", ["low", "high", "none"])
def test_every_rule_says_a_number_a_comparator_and_a_period_of_what_is_planted_for_it(
    polarity: str,
) -> None:
    seen = set()
    for rule, plant in CASES.items():
        grid = plant().grid
        indicator = {**grid.indicator, "polarity": polarity}
        names = dict(zip(grid.areas, grid.names, strict=True))
        seen |= check_all(Panel((replace(grid, indicator=indicator),), names))
        assert rule in seen
    assert seen == set(RULES)


def test_a_measure_of_context_is_never_a_matter_of_performance(demo_panel: Panel) -> None:
    polarity = {g.indicator["indicator_id"]: g.indicator["polarity"] for g in demo_panel.grids}
    for signal in find_signals(demo_panel, rate=1.0).signals:
        if polarity[signal.indicator_id] == "none":
            assert signal.kind != PERFORMANCE
            assert signal.direction in ("higher", "lower", None)
        else:
            assert signal.kind != CONTEXT


def test_standing_at_a_past_day_nothing_later_is_used(demo_panel: Panel) -> None:
    last = max(grid.ends[-1] for grid in demo_panel.grids).replace(year=2024)
    past = demo_panel.at(last)
    assert all(end <= last for grid in past.grids for end in grid.ends)
    assert all(grid.value.shape[1] == len(grid.periods) for grid in past.grids)
    mutilated = Panel(
        tuple(grid for grid in demo_panel.grids if grid.ends[0] <= last), demo_panel.names
    )
    for grid in mutilated.grids:
        later = np.array([end > last for end in grid.ends])
        grid.value[:, later] = 0.0
        grid.numerator[:, later] = 0.0
    assert find_signals(mutilated.at(last)) == find_signals(past)


def test_every_release_has_its_lists(published_sql: Callable[..., object]) -> None:
    lines = published_sql("SELECT * FROM enquiry")
    assert len(lines)  # type: ignore[arg-type]
    orphans = published_sql(
        "SELECT * FROM signal AS s LEFT JOIN enquiry AS e USING (area_code, enquiry_id) "
        "WHERE s.enquiry_id IS NOT NULL AND e.area_code IS NULL"
    )
    assert not len(orphans)  # type: ignore[arg-type]
    wrong = published_sql(
        "SELECT * FROM triage WHERE area_code NOT LIKE 'E%' AND (expected_false IS NOT NULL "
        "OR n_listed > 6 OR n_lines > n_signals OR n_listed > n_lines + 1)"
    )
    assert not len(wrong)  # type: ignore[arg-type]
