"""What a figure can bear: the sentences against the release, and what they may never say."""

from __future__ import annotations

import json
import re
from itertools import cycle
from statistics import fmean, median
from typing import Any

import pytest
from dash import Dash

from alliance.components.evidence_panel import BADGES, draw_evidence, evidence_panel
from alliance.evidence import (
    DEPENDS,
    NO_DIFFERENCE,
    SURVIVES,
    SURVIVES_SOME,
    Evidence,
    Point,
    _survival_point,
    read_evidence,
)
from alliance.service import Served, current_release
from alliance.view import parse_view
from indicators.robust import survives
from indicators.set_summary import summarise_set
from indicators.words import rank_words
from tests.alliance.drawn import UNREADABLE, grammar_faults, text_of, walk
from tests.demonstration import ABOLISHED, CITY, FENSHIRE, JOINT, SUCCESSORS, Figures
from tests.indicators.rows import PERCENT, figure, with_limits

SCOPES = ("alliance", "neighbours", "england")
AUTHORITIES = (FENSHIRE, CITY, ABOLISHED, SUCCESSORS[0], JOINT[0])

NONSENSE = re.compile(
    r"\b0 (fewer|more)\b|\bof 0\b|\b0 others\b|\b1 others\b|\bof the (1|0) others"
)


def read(
    served: Served, code: str, indicator_id: str, period: str = "", scope: str = "alliance"
) -> Evidence:
    view = parse_view(served, {"us": code})
    period = period or served.periods[indicator_id][-1]["period"]
    return read_evidence(served, view, served.indicators[indicator_id], period, scope)


def words_of(evidence: Evidence, key: str) -> str:
    """The sentence of one point; none where it is not there."""
    return next((point.sentence for point in evidence.points if point.key == key), "")


def faults_of(point: Point) -> list[str]:
    """What no sentence may have."""
    patterns = {"unreadable": UNREADABLE, "nonsense": NONSENSE}
    found = [name for name, pattern in patterns.items() if pattern.search(point.sentence)]
    return found + grammar_faults(point.sentence)


def plain(component: Any) -> Any:
    """A drawn component as the browser would get it."""
    return json.loads(json.dumps(component, default=lambda part: part.to_plotly_json()))


def one(figures: Figures, condition: str) -> dict[str, Any]:
    """Some figure of an authority in a release, with its indicator."""
    return figures.row(
        "SELECT c.*, o.numerator, o.denominator, o.joint_with, i.unit, i.polarity "
        "FROM comparison AS c JOIN observation AS o USING (indicator_id, area_code, period) "
        f"JOIN indicator AS i USING (indicator_id) WHERE {condition} "
        "ORDER BY c.indicator_id, c.period DESC, c.area_code LIMIT 1"
    )


@pytest.mark.parametrize("code", AUTHORITIES)
def test_every_indicator_s_evidence_is_plain_and_whole(code: str, demo_served: Served) -> None:
    scopes = cycle(SCOPES)
    for indicator_id, periods in demo_served.periods.items():
        for period in {periods[-1]["period"], periods[0 if code == CITY else -1]["period"]}:
            evidence = read(demo_served, code, indicator_id, period, next(scopes))
            where = f"{code} {indicator_id} {period} {evidence.scope}"
            assert evidence.points, where
            json.dumps(evidence.as_json(), allow_nan=False)
            for point in evidence.points:
                assert faults_of(point) == [], f"{where}: {point.sentence}"


def test_a_measure_of_context_is_never_judged(demo_served: Served) -> None:
    context = [k for k, row in demo_served.headline.items() if row["polarity"] == "none"]
    assert context
    for indicator_id in context:
        said = " ".join(
            point.sentence for point in read(demo_served, FENSHIRE, indicator_id).points
        )
        assert not re.search(
            r"\b(better|best|worse|worst|improving|worsening|would match)\b", said
        ), said


def test_the_rank_is_the_release_s_and_lies_within_its_interval(
    demo_served: Served, demo_figures: Figures
) -> None:
    tested = 0
    for indicator_id, row in demo_served.headline.items():
        evidence = read(demo_served, FENSHIRE, indicator_id)
        if evidence.rank is None:
            continue
        told = demo_figures.row(
            "SELECT rank_england, n_england, rank_region, n_region FROM comparison "
            "WHERE indicator_id = ? AND area_code = ? AND period = ?",
            indicator_id, FENSHIRE, evidence.period,
        )  # fmt: skip
        assert evidence.rank.low <= told["rank_england"] <= evidence.rank.high
        assert evidence.rank.n == told["n_england"]
        place = rank_words(told["rank_england"], told["n_england"], row["polarity"])
        assert place in words_of(evidence, "rank").lower()
        tested += 1
    assert tested > 20


def test_a_suppressed_figure_bears_nothing_and_is_not_hinted_at(
    demo_served: Served, demo_figures: Figures
) -> None:
    hidden = one(demo_figures, "o.status = 'suppressed' AND i.interval_method = 'wilson'")
    evidence = read(
        demo_served, hidden["area_code"], hidden["indicator_id"], hidden["period"], "england"
    )
    assert [point.key for point in evidence.points] == ["absent"]
    assert "suppressed" in evidence.points[0].sentence
    assert evidence.value is None
    numbers = {
        key: value
        for key, value in evidence.as_json().items()
        if isinstance(value, int | float) or (isinstance(value, dict) and value)
    }
    assert numbers == {}


def test_a_grade_is_counted_and_not_tested(demo_served: Served, demo_figures: Figures) -> None:
    evidence = read(demo_served, FENSHIRE, "ofsted_overall", scope="england")
    assert [point.key for point in evidence.points] == ["grade"]
    rows = demo_figures.column(
        "SELECT value FROM comparison JOIN area USING (area_code) WHERE value IS NOT NULL "
        "AND indicator_id = ? AND period = ? AND area_code <> ? AND valid_to IS NULL",
        "ofsted_overall", evidence.period, FENSHIRE,
    )  # fmt: skip
    words = words_of(evidence, "grade")
    assert f"Of the {len(rows)} others" in words
    same = sum(value == evidence.value for value in rows)
    better = sum(value < (evidence.value or 0) for value in rows)
    assert re.search(rf"\b{same or 'none'} ha(s|ve) the same and {better or 'none'} ha", words)
    assert (evidence.rank, evidence.trend, evidence.set_summary) == (None, None, None)


def test_a_number_that_follows_size_is_not_ranked(demo_served: Served) -> None:
    words = words_of(read(demo_served, FENSHIRE, "population_0_17"), "rank")
    assert words.startswith("Not ranked")


def test_a_measure_without_counts_says_what_cannot_be_tested(demo_served: Served) -> None:
    evidence = read(demo_served, FENSHIRE, "sw_turnover")
    assert [point.key for point in evidence.points][:3] == ["rank", "set", "untested"]
    assert "cannot be said" in words_of(evidence, "rank")
    assert "no counts of separate children" in words_of(evidence, "untested")
    assert evidence.rank is None


def test_the_gap_closes_to_the_median_of_the_others_from_their_counts(
    demo_served: Served, demo_figures: Figures
) -> None:
    evidence = read(demo_served, FENSHIRE, "cla_rate", scope="england")
    counts = {
        row["area_code"]: (row["numerator"], row["denominator"], row["value"])
        for row in demo_figures.rows(
            "SELECT * FROM observation WHERE indicator_id = 'cla_rate' AND period = ? "
            "AND value IS NOT NULL AND area_code IN (SELECT area_code FROM area "
            "WHERE area_level = 'authority' AND valid_to IS NULL)",
            evidence.period,
        )
    }
    x, n, _ = counts.pop(FENSHIRE)
    middle = median(a / b if a is not None and b else v / 10_000 for a, b, v in counts.values())
    assert evidence.gap_to_median is not None
    assert evidence.gap_to_median.unrounded == pytest.approx(x - middle * n)
    assert f"{evidence.gap_to_median.children:,} " in words_of(evidence, "gap")
    assert "before rounding" in words_of(evidence, "gap")


def test_the_gap_of_a_measure_of_context_is_a_difference_and_no_aim(demo_served: Served) -> None:
    evidence = read(demo_served, FENSHIRE, "cla_rate")
    gap = evidence.gap_to_median
    assert gap is not None
    words = words_of(evidence, "gap")
    more = "more" if gap.unrounded > 0 else "fewer"
    assert f"{gap.children:,} {more} children than at the median of" in words
    assert "before rounding). That is the size of the difference and not an aim" in words
    assert evidence.gap_to_best_quarter is None


def test_what_is_of_no_people_has_no_gap_in_children(demo_served: Served) -> None:
    evidence = read(demo_served, FENSHIRE, "rereferral_pct")
    assert words_of(evidence, "gap").startswith("No gap in children: the figure is of referrals")
    assert (evidence.gap_to_median, evidence.gap_to_best_quarter) == (None, None)


def test_a_finding_survives_only_where_every_set_was_tested() -> None:
    summary = summarise_set([figure("950", 50, 1000)], "900", PERCENT)
    nobody = summarise_set([], "900", PERCENT)
    mine = with_limits(figure("900", 100, 1000), "wilson", 100.0)
    whole = _survival_point(survives(mine, {"a": summary, "b": summary, "c": summary}))
    part = _survival_point(survives(mine, {"a": summary, "b": summary, "c": nobody}))
    assert (whole.badge, part.badge) == (SURVIVES, SURVIVES_SOME)
    assert part.sentence == (
        "Worse than a and b alike. Not tested against c: nobody there has a figure to test with."
    )


@pytest.mark.parametrize("scope", ["region", "neighbours", "england"])
def test_mean_median_and_published_figures_are_each_called_what_they_are(
    scope: str, demo_served: Served, demo_figures: Figures
) -> None:
    for indicator_id in ("cla_rate", "rereferral_pct", "cl_eet_19", "sw_turnover"):
        indicator = demo_served.indicators[indicator_id]
        evidence = read(demo_served, FENSHIRE, indicator_id, scope=scope)
        rows = demo_figures.rows(
            "SELECT * FROM observation WHERE indicator_id = ? AND period = ?",
            indicator_id, evidence.period,
        )  # fmt: skip
        codes = set(evidence.set_codes) - {FENSHIRE}
        others = [row for row in rows if row["area_code"] in codes]
        values = [row["value"] for row in others if row["value"] is not None]
        words, decimals = words_of(evidence, "set"), max(indicator["decimals"], 1)
        assert f"The {len(values)} others of" in words
        assert f"median {median(values):,.{decimals}f}" in words
        hidden = any(row["status"] == "suppressed" for row in others)
        assert (f"mean {fmean(values):,.{decimals}f}" in words) != hidden
        assert ("No mean and no sum" in words) == hidden
        assert ("worked out here and not published" in words) == (
            not hidden and indicator["interval_method"] != "none"
        )
        told = demo_figures.row(
            "SELECT england FROM comparison WHERE area_code = ? AND indicator_id = ? "
            "AND period = ?",
            FENSHIRE, indicator_id, evidence.period,
        )  # fmt: skip
        country = f"{told['england']:,.{indicator['decimals']}f}"
        assert f"ublished figures: {demo_served.country['name']} {country}" in words


def test_no_sum_stands_beside_a_published_total_where_a_member_is_suppressed(
    demo_served: Served, demo_figures: Figures
) -> None:
    hidden = demo_figures.rows(
        "SELECT s.indicator_id, s.period, MIN(o.area_code) AS us FROM observation AS s "
        "JOIN area AS sa ON sa.area_code = s.area_code "
        "JOIN area AS oa ON oa.region_code = sa.region_code "
        "JOIN observation AS o ON o.area_code = oa.area_code AND o.indicator_id = s.indicator_id "
        "AND o.period = s.period JOIN indicator AS i ON i.indicator_id = s.indicator_id "
        "WHERE s.status = 'suppressed' AND o.value IS NOT NULL AND i.unit <> 'grade' "
        "AND sa.valid_to IS NULL AND oa.valid_to IS NULL "
        "GROUP BY s.indicator_id, s.period, sa.region_code ORDER BY ALL LIMIT 40"
    )
    assert len(hidden) == 40
    for row in hidden:
        evidence = read(demo_served, row["us"], row["indicator_id"], row["period"], "region")
        words = words_of(evidence, "set")
        assert not re.search(r"\bmean \d|added up", words), words
        assert "No mean and no sum" in words or words.startswith("One other of"), words


def test_small_numbers_are_said_with_what_one_child_moves(
    demo_served: Served, demo_figures: Figures
) -> None:
    small = one(
        demo_figures,
        "c.value IS NOT NULL AND i.interval_method = 'wilson' AND o.numerator < 10 "
        "AND o.denominator BETWEEN 20 AND 200 AND o.numerator = FLOOR(o.numerator)",
    )
    evidence = read(demo_served, small["area_code"], small["indicator_id"], small["period"])
    words = words_of(evidence, "small")
    assert f"rests on {small['numerator']:.0f} of {small['denominator']:.0f}" in words
    assert f"{100 / small['denominator']:.1f} percentage point" in words


def test_nought_of_a_number_that_is_suppressed_is_of_few_all_the_same(
    demo_served: Served, demo_figures: Figures
) -> None:
    few = one(
        demo_figures,
        "c.value = 0 AND i.interval_method = 'wilson' AND o.numerator = 0 "
        "AND o.denominator IS NULL",
    )
    evidence = read(demo_served, few["area_code"], few["indicator_id"], few["period"])
    assert "rests on few" in words_of(evidence, "small")
    assert not re.search(r"\d", words_of(evidence, "small"))


def test_enough_children_have_no_mark_of_small_numbers(demo_served: Served) -> None:
    assert words_of(read(demo_served, FENSHIRE, "referral_rate"), "small") == ""


def test_joint_returns_are_marked(demo_served: Served, demo_figures: Figures) -> None:
    joint = one(demo_figures, "o.joint_with IS NOT NULL AND c.value IS NOT NULL")
    evidence = read(demo_served, joint["area_code"], joint["indicator_id"], joint["period"])
    assert demo_served.name(joint["joint_with"]) in words_of(evidence, "joint")


def test_real_authorities_of_every_kind_have_plain_evidence(real_app: Dash) -> None:
    # The City of London, the Isles of Scilly, one that has ceased and one that is new.
    with real_app.server.app_context():
        served = current_release()
    scopes = cycle(SCOPES)
    for code in ("201", "420", "835", "942"):
        for indicator_id in served.headline:
            evidence = read(served, code, indicator_id, scope=next(scopes))
            for point in evidence.points:
                assert faults_of(point) == [], f"{code} {indicator_id}: {point.sentence}"


def test_provisional_figures_are_marked(real_app: Dash, real_figures: Figures) -> None:
    with real_app.server.app_context():
        served = current_release()
    early = one(real_figures, "o.provisional AND c.value IS NOT NULL")
    evidence = read(served, early["area_code"], early["indicator_id"], early["period"])
    assert "provisional" in words_of(evidence, "provisional")


def test_the_trend_ends_at_the_period_that_is_looked_at(demo_served: Served) -> None:
    periods = [row["period"] for row in demo_served.periods["referral_rate"]]
    evidence = read(demo_served, FENSHIRE, "referral_rate", periods[-2])
    assert evidence.trend is not None
    assert (evidence.trend.first_period, evidence.trend.last_period) == (periods[-6], periods[-2])


def test_the_choice_of_comparators_has_a_badge_that_fits_its_verdicts(
    demo_served: Served,
) -> None:
    seen = set()
    for indicator_id in demo_served.headline:
        evidence = read(demo_served, FENSHIRE, indicator_id)
        if evidence.survival is None:
            continue
        said = [verdict for verdict in evidence.survival.verdicts.values() if verdict]
        (point,) = (point for point in evidence.points if point.key == "survival")
        seen.add(point.badge)
        agree = len(set(said)) == 1
        assert (point.badge == DEPENDS) == (len(set(said)) > 1)
        found = agree and len(said) > 1 and said[0] != "similar"
        assert (point.badge == SURVIVES) == (found and len(said) == 3)
        assert (point.badge == SURVIVES_SOME) == (found and len(said) < 3)
        assert ("Not tested against" in point.sentence) == (0 < len(said) < 3)
        assert (point.badge == NO_DIFFERENCE) == (agree and len(said) > 1 and said[0] == "similar")
    assert {SURVIVES, DEPENDS} <= seen


def test_the_same_figure_has_the_same_evidence_every_time(demo_served: Served) -> None:
    assert read(demo_served, FENSHIRE, "cpp_2yr_pct") == read(demo_served, FENSHIRE, "cpp_2yr_pct")


def test_the_panel_draws_every_point_under_its_heading(demo_served: Served) -> None:
    view = parse_view(demo_served, {"us": FENSHIRE})
    indicator = demo_served.indicators["cl_suitable_19"]
    period = demo_served.periods["cl_suitable_19"][-1]["period"]
    evidence = read_evidence(demo_served, view, indicator, period, "neighbours")
    drawn = plain(evidence_panel(demo_served, view, indicator, period, "neighbours"))
    assert drawn["props"]["id"] == "evidence"
    parts = list(walk(drawn))
    assert [text_of(part) for part in parts if part["type"] == "H2"] == [
        "What this figure can bear"
    ]
    terms = [text_of(part) for part in parts if part["type"] == "Dt"]
    said = [text_of(part) for part in parts if part["type"] == "Dd"]
    assert terms == [point.label for point in evidence.points]
    assert all(
        words.endswith(point.sentence) for words, point in zip(said, evidence.points, strict=True)
    )
    assert [part for part in parts if part["type"] == "Summary"]


@pytest.mark.parametrize("badge", sorted(BADGES))
def test_a_badge_is_an_icon_and_words(badge: str) -> None:
    point = Point("survival", "Choice of comparators", "Worse than both.", badge)
    evidence = Evidence("r", "i", "1", "2025", "england", "England", (), 1.0, (point,))
    parts = list(walk(plain(draw_evidence(evidence))))
    icon, words = BADGES[badge]
    (hidden,) = (part for part in parts if part["props"].get("aria-hidden"))
    assert text_of(hidden) == icon
    (entry,) = (part for part in parts if part["type"] == "Dd")
    assert text_of(entry) == f"{icon} {words}. Worse than both."
