"""The demonstration's tables of children in need, and of the population that rates divide by.

Counts hang together: a referral is at most once stopped, children in need at the end of the year
are last year's, plus those who started, less those who ended, and plans are among them.
"""

from __future__ import annotations

import numpy as np

from alliance.demonstration.ees_tables import (
    NAME_LAST,
    NOT_AVAILABLE,
    Layout,
    Publisher,
    Sheet,
    Table,
    Texts,
)
from alliance.demonstration.simulation import FIRST_YEAR, Counts, Simulation

POPULATION = Layout(
    "ons_mid-year_population_estimates_{first}_to_{last}.csv", NAME_LAST, 2012, 2024, day=(6, 30)
)
CHILDREN_IN_NEED = Layout("b1_children_in_need_{first}_to_{last}.csv", NAME_LAST, 2013, 2025)
REFERRALS = Layout(
    "c1_children_in_need_referrals_and_rereferrals_{first}_to_{last}.csv", NAME_LAST, 2013, 2025
)
FACTORS = Layout(
    "c3_factors_identified_at_end_of_assessment_{first}_to_{last}.csv", NAME_LAST, 2018, 2025
)
PLAN_STARTS = Layout("d3_cpps_subsequent_plan_{first}_to_{last}.csv", NAME_LAST, 2013, 2025)
PLANS = Layout("d5_cpps_at31march_by_duration_{first}_to_{last}.csv", NAME_LAST, 2013, 2025)

FACTOR_NAMES = (
    "Alcohol_Misuse_child",
    "Alcohol_Misuse_parent",
    "Alcohol_Misuse_person",
    "Drug_Misuse_child",
    "Drug_Misuse_parent",
    "Drug_Misuse_person",
    "Domestic_Abuse_child",
    "Domestic_Abuse_parent",
    "Domestic_Abuse_person",
    "Mental_Health_child",
    "Mental_Health_parent",
    "Mental_Health_person",
    "Learning_Disability_child",
    "Learning_Disability_parent",
    "Learning_Disability_person",
    "Physical_Disability_child",
    "Physical_Disability_parent",
    "Physical_Disability_person",
    "Young_Carer",
    "Privately_fostered",
    "Unaccompanied_asylum_seeker",
    "Going_missing",
    "Child_sexual_exploitation",
    "Trafficking",
    "Gangs",
    "Socially_unacceptable_behaviour",
    "Self_harm",
    "Neglect",
    "Emotional_Abuse",
    "Physical_Abuse_unknown",
    "Physical_Abuse_child_on_child",
    "Physical_Abuse_adult_on_child",
    "Sexual_Abuse_unknown",
    "Sexual_Abuse_child_on_child",
    "Sexual_Abuse_adult_on_child",
    "Female_Genital_Mutilation",
    "Faith_linked_abuse",
    "Child_criminal_exploitation",
    "Other",
)
FACTOR_FIRST_YEAR = {
    "Physical_Abuse_child_on_child": 2021,
    "Physical_Abuse_adult_on_child": 2021,
    "Sexual_Abuse_child_on_child": 2021,
    "Sexual_Abuse_adult_on_child": 2021,
    "Child_criminal_exploitation": 2022,
}
"""Factors that were asked for later than the others; not available before."""
FACTOR_LAST_YEAR = {"Physical_Abuse_unknown": 2024, "Sexual_Abuse_unknown": 2024}
"""Factors that were no longer asked for afterwards; zero since."""

DURATIONS = (
    "3_months_or_less",
    "more_than_3_months_6_months",
    "more_than_6_months_less_than_1_year",
    "1_year_less_than_2_years",
    "2_years_or_more",
)


def population_table(publisher: Publisher) -> Table:
    """Children aged 0 to 17 in the middle of each year; not rounded."""
    sheet = publisher.sheet(POPULATION, "population")
    cells = sheet.count(publisher.simulation.population, limits=None, exact=True)
    return sheet.table({"population_estimate": cells}, {"age_group": "Children aged 0 to 17 years"})


def children_in_need_table(publisher: Publisher) -> Table:
    """Children in need: at any point, started, ended, on 31 March."""
    sheet = publisher.sheet(CHILDREN_IN_NEED, "children_in_need")
    counts = _count_children_in_need(publisher.simulation)
    return sheet.table(
        {name: sheet.count(values) for name, values in counts.items()},
        {"category": "Children in Need"},
    )


def draw_referrals(simulation: Simulation) -> Counts:
    """Referrals in each year."""
    return simulation.draw_rate("referrals", simulation.population_before)


def _count_children_in_need(simulation: Simulation) -> dict[str, Counts]:
    """Counts by published column; who was in need at any point is who still is, and who ended."""
    at_end = simulation.children_in_need
    before = np.concatenate([at_end[:, :1], at_end[:, :-1]], axis=1)
    started = simulation.draw_share("started", draw_referrals(simulation))
    ended = np.maximum(before + started - at_end, started // 2)
    any_point = at_end + ended
    return {
        "Anypoint_episodes": any_point,
        "Anypoint_child": _children_of(simulation, any_point, "any point"),
        "Started_episodes": started,
        "Started_child": _children_of(simulation, started, "started"),
        "Ended_episodes": ended,
        "Ended_child": _children_of(simulation, ended, "ended"),
        "At31_episodes": at_end,
        "awaiting_assessment": simulation.draw_share("awaiting_assessment", at_end),
    }


def _children_of(simulation: Simulation, episodes: Counts, stream: str) -> Counts:
    return simulation.draw_share("one_child_per_episode", episodes, stream)


def referrals_table(publisher: Publisher) -> Table:
    """Referrals, how many came again within a year, and how they ended."""
    simulation = publisher.simulation
    sheet = publisher.sheet(REFERRALS, "referrals")
    referrals = draw_referrals(simulation)
    children = simulation.draw_share("referred_children", referrals)
    again = simulation.draw_share("rereferrals", referrals)
    stopped = simulation.draw_share("no_further_action", referrals)
    not_in_need = simulation.draw_share("not_in_need", referrals - stopped)
    children_again = np.minimum(simulation.draw_share("rereferred_children", again), children)
    figures = {
        "referral_count": sheet.count(referrals),
        **_count_and_percent(sheet, "rereferral", again, referrals),
        **_count_and_percent(sheet, "no_further_action", stopped, referrals),
        **_count_and_percent(sheet, "not_in_need", not_in_need, referrals),
        "referral_child_count": sheet.count(children),
        **_count_and_percent(sheet, "rereferral_child", children_again, children),
    }
    return sheet.table(figures, {"category": "Referrals and Re-referrals"})


def _count_and_percent(sheet: Sheet, name: str, part: Counts, whole: Counts) -> dict[str, Texts]:
    return {f"{name}_count": sheet.count(part), f"{name}_percent": sheet.ratio(part, whole)}


def factors_table(publisher: Publisher) -> Table:
    """Factors found at the end of an assessment; an assessment can find several."""
    simulation = publisher.simulation
    sheet = publisher.sheet(FACTORS, "factors")
    assessed = simulation.draw_share("assessed", draw_referrals(simulation))
    figures = {"Episodes_with_assessment_factor": sheet.count(assessed)}
    for name in FACTOR_NAMES:
        figures[name] = _factor_cells(sheet, name, simulation.draw_share(name, assessed))
    publisher.hide_columns("factors", sheet, figures)
    return sheet.table(figures, {"category": "Factors identified at the end of assessment"})


def _factor_cells(sheet: Sheet, name: str, counts: Counts) -> Texts:
    """Cells of one factor, whose question may be younger than the table, or gone."""
    if name in FACTOR_LAST_YEAR:
        counts = counts.copy()
        counts[:, FACTOR_LAST_YEAR[name] - FIRST_YEAR + 1 :] = 0
    cells = sheet.count(counts)
    cells[sheet.years < FACTOR_FIRST_YEAR.get(name, FIRST_YEAR)] = NOT_AVAILABLE
    return cells


def plan_starts_table(publisher: Publisher) -> Table:
    """Child protection plans that started, and how many were not the child's first."""
    simulation = publisher.simulation
    sheet = publisher.sheet(PLAN_STARTS, "plan_starts")
    expected = simulation.expected("plan_starts") * simulation.plans
    starts = simulation.stream("draw plan_starts").poisson(expected)
    repeats = simulation.draw_share("repeat_plans", starts)
    figures = {
        "CPP_start": sheet.count(starts),
        "CPP_subsequent": sheet.count(repeats),
        "CPP_subsequent_percent": sheet.ratio(repeats, starts),
    }
    return sheet.table(
        figures, {"category": "Child Protection Plans which are a second or subsequent plan"}
    )


def plans_table(publisher: Publisher) -> Table:
    """Child protection plans on 31 March, by how long they have lasted."""
    sheet = publisher.sheet(PLANS, "plans")
    plans = publisher.simulation.plans
    figures = {"CPP_At31": sheet.count(plans)}
    for name, counts in _split_by_duration(publisher.simulation).items():
        figures[name] = sheet.count(counts)
        figures[f"{name}_percent"] = sheet.ratio(counts, plans)
    return sheet.table(figures, {"category": "Child Protection Plans by length of time"})


def _split_by_duration(simulation: Simulation) -> dict[str, Counts]:
    """Plans by duration, which add up to all plans."""
    rest = simulation.plans
    parts = []
    for name in ("plans_two_years", "plans_one_year", "plans_six_months", "plans_three_months"):
        parts.append(simulation.draw_share(name, rest))
        rest = rest - parts[-1]
    return dict(zip(DURATIONS, [rest, *reversed(parts)], strict=True))
