"""The demonstration's tables of children looked after and of care leavers.

As published, they list every authority in every year: one that did not exist is not applicable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from alliance.demonstration.ees_tables import (
    CODE_LAST,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    SMALL,
    SUPPRESSED,
    Layout,
    Publisher,
    Sheet,
    Table,
    Texts,
    format_numbers,
)
from alliance.demonstration.simulation import Counts, Floats, Simulation

Row = tuple[Mapping[str, str], Mapping[str, Texts]]

_padded = partial(
    Layout, identity=CODE_LAST, first_year=2021, padded=True, newest_codes=True, by_code=True
)
LOOKED_AFTER = _padded(
    "cla_number_and_rate_per_10k_children.csv", last_year=2025, byte_order_mark=True
)
PLACEMENTS = _padded("la_cla_placement_stability.csv", last_year=2025)
NEW_PLACEMENTS = _padded("la_cla_during_year_new_placements.csv", last_year=2025)
SCHOOL_MOVES = Layout(
    "la_cla_school_moves.csv",
    CODE_LAST,
    2020,
    2024,
    padded=True,
    newest_codes=True,
    by_code=True,
)
SOCIAL_WORKER_CHANGES = Layout(
    "la_cla_swcount.csv", CODE_LAST, 2024, 2024, newest_codes=True, by_code=True
)
OUTCOMES = _padded("la_conviction_health_outcome_cla.csv", last_year=2025)
ACTIVITY = _padded("la_care_leavers_activity.csv", last_year=2025)
SUITABILITY = _padded("la_care_leavers_accommodation_suitability.csv", last_year=2025)

ON_31_MARCH = "CLA on 31 March"
TWO_YEARS = "CLA 2 years on 31 March"
LONG_TERM = (
    "Children looked after continuously for at least 2.5 years on 31 March aged under 16 years"
)
TOTAL_CHILDREN = "Total children"

NO_SCHOOL_FIGURES_IN = 2020
NEW_ACTIVITY_NAMES_SINCE = 2023
"""From then on apprenticeships are shown apart from training and employment."""

DIFFICULTIES = "Ages 5 to 16 years with SDQ score"
DIFFICULTIES_SPREAD = 7.0
"""Standard deviation of one child's score (0 to 40)."""
HEALTH = "Health assessments: Children looked after all ages"
DEVELOPMENT = "Development assessments: Children looked after ages 0 to 4 years"
CONVICTIONS = "Convictions: Children looked after Ages 10 to 17 years"
CONVICTED = "Convicted or subject to youth cautions, or youth conditional cautions during the year"
SUBSTANCE = "Substance misuse: Children looked after all ages"

CARE_LEAVER_AGES = {"leavers_17": "17 to 18 years", "leavers_19": "19 to 21 years"}


def _cells(
    sheet: Sheet,
    count_column: str,
    percent_column: str,
    part: Counts,
    whole: Counts,
    limits: tuple[int, int] | None = SMALL,
) -> dict[str, Texts]:
    """Count and whole percentage; a small percentage that is not zero is `k`."""
    percent = sheet.ratio(part, whole, decimals=0, limits=limits, rounds_to_zero=True)
    return {count_column: sheet.count(part, limits=limits), percent_column: percent}


def _part_rows(
    sheet: Sheet,
    filters: Mapping[str, str],
    name: str,
    parts: Mapping[str, tuple[Counts, Counts]],
    columns: tuple[str, str] = ("children_count", "children_percent"),
) -> list[Row]:
    """One row for each breakdown: its count, and its percentage of a whole."""
    return [
        ({**filters, name: value}, _cells(sheet, *columns, part, whole))
        for value, (part, whole) in parts.items()
    ]


def looked_after_table(publisher: Publisher) -> Table:
    """Children looked after, starting and ceasing, with the rate per 10,000 children."""
    sheet = publisher.sheet(LOOKED_AFTER, "looked_after")
    flow = publisher.simulation.looked_after
    parts = {
        "Children ceasing to be looked after each year": flow.ending,
        "Children looked after on 31 March each year": publisher.restated(
            "looked_after", flow.at_end
        ),
        "Children starting to be looked after each year": flow.starting,
    }
    population = publisher.simulation.population_before
    return sheet.long_table(
        [
            ({"population_type": name}, _rate_cells(sheet, counts, population))
            for name, counts in parts.items()
        ]
    )


def _rate_cells(sheet: Sheet, counts: Counts, population: Floats) -> dict[str, Texts]:
    children = sheet.count(population, limits=None, exact=True)
    children[~sheet.exists] = NOT_AVAILABLE
    return {
        "population_estimate": children,
        "children_count": sheet.count(counts),
        "rate_per_10000": sheet.ratio(counts, population, scale=10_000.0, decimals=0),
    }


def draw_two_years(simulation: Simulation) -> Counts:
    """Children looked after for two years or more on 31 March."""
    return simulation.draw_share("two_years", simulation.looked_after.at_end)


def draw_twelve_months(simulation: Simulation) -> Counts:
    """Children looked after for twelve months or more on 31 March."""
    return simulation.draw_share("twelve_months", simulation.looked_after.at_end)


def placements_table(publisher: Publisher) -> Table:
    """How stable placements are, for three groups of children looked after."""
    simulation = publisher.simulation
    sheet = publisher.sheet(PLACEMENTS, "placements")
    here = simulation.looked_after.at_end
    two_years = draw_two_years(simulation)
    long_term = simulation.draw_share("long_term", two_years)
    draw = simulation.draw_share
    groups = {
        LONG_TERM: {
            "Living with the same carer for at least 2 years": draw("same_carer", long_term),
            TOTAL_CHILDREN: long_term,
        },
        TWO_YEARS: {
            TOTAL_CHILDREN: two_years,
            "With 3 or more placements during the previous 2 years": draw(
                "two_years_three_placements", two_years
            ),
        },
        ON_31_MARCH: {
            TOTAL_CHILDREN: here,
            "With 3 or more placements during the year": draw("placements_three", here),
        },
    }
    rows: list[Row] = []
    for group, parts in groups.items():
        wholes = {name: (part, parts[TOTAL_CHILDREN]) for name, part in parts.items()}
        rows += _part_rows(sheet, {"cla_group": group}, "placement_stability", wholes)
    return sheet.long_table(rows)


def new_placements_table(publisher: Publisher) -> Table:
    """Where new placements of the year lie, and why placements changed."""
    simulation = publisher.simulation
    sheet = publisher.sheet(NEW_PLACEMENTS, "new_placements")
    expected = simulation.expected("new_placements") * simulation.looked_after.starting
    total = simulation.stream("draw new_placements").poisson(expected)
    located = _locate_placements(simulation, total)
    changing = simulation.draw_share("placements_changing", total)
    plan = simulation.draw_share("change_of_plan", changing)
    other = simulation.draw_share("change_other", changing - plan)
    reasons = {
        "Change to/implementation of care plan": plan,
        "Other": other,
        "Total placements changing": changing,
    }
    rows = _part_rows(
        sheet,
        {"characteristic": "Location of new placements during the year"},
        "breakdown",
        {name: (part, total) for name, part in located.items()},
    )
    rows += _part_rows(
        sheet,
        {"characteristic": "Reason for placement change during the year"},
        "breakdown",
        {name: (part, changing) for name, part in reasons.items()},
    )
    return sheet.long_table(rows)


def _locate_placements(simulation: Simulation, total: Counts) -> dict[str, Counts]:
    """New placements by where they lie; the five places add up to the total."""
    far = simulation.draw_share("placed_far", total)
    unknown = simulation.draw_share("place_unknown", total - far)
    known = total - far - unknown
    outside_near = simulation.draw_share("placed_outside_near", known)
    inside_far = simulation.draw_share("placed_inside_far", known - outside_near)
    return {
        "Distance not known or not recorded": unknown,
        "Placed inside LA boundary less than 20 miles from home": known - outside_near - inside_far,
        "Placed inside LA boundary more than 20 miles from home": inside_far,
        "Placed outside LA boundary less than 20 miles from home": outside_near,
        "Placed outside LA boundary more than 20 miles from home": far,
        "Total new placements": total,
    }


def school_moves_table(publisher: Publisher) -> Table:
    """School moves of children looked after; nothing is available for the first year."""
    simulation = publisher.simulation
    sheet = publisher.sheet(SCHOOL_MOVES, "school_moves")
    draw = simulation.draw_share
    two_years = draw("two_years_school_age", draw_two_years(simulation))
    here = np.maximum(draw("school_age", simulation.looked_after.at_end), two_years)
    two_years_moved = draw("two_years_school_moves", two_years)
    moved = draw("school_moves", here)
    groups = (
        (TWO_YEARS, "Any moves", "moves", "previous 2 years", two_years, two_years_moved),
        (
            TWO_YEARS,
            "Mid-year moves",
            "mid-year moves",
            "previous 2 years",
            two_years,
            draw("two_years_mid_year_moves", two_years_moved),
        ),
        (ON_31_MARCH, "Any moves", "moves", "year", here, moved),
        (
            ON_31_MARCH,
            "Mid-year moves",
            "mid-year moves",
            "year",
            here,
            draw("mid_year_moves", moved),
        ),
    )
    rows: list[Row] = []
    for group, measure, words, span, whole, part in groups:
        parts = {
            TOTAL_CHILDREN: (whole, whole),
            f"With one or more {words} during the {span}": (part, whole),
        }
        filters = {"cla_group": group, "move_measure": measure}
        columns = ("number", "percentage")
        rows += _part_rows(sheet, filters, "school_stability", parts, columns)
    for _, figures in rows:
        for cells in figures.values():
            cells[sheet.years == NO_SCHOOL_FIGURES_IN] = NOT_AVAILABLE
    return sheet.long_table(rows)


def social_worker_changes_table(publisher: Publisher) -> Table:
    """Children looked after who had three or more social workers in the year."""
    simulation = publisher.simulation
    sheet = publisher.sheet(SOCIAL_WORKER_CHANGES, "social_worker_changes")
    here = simulation.looked_after.at_end
    parts = {
        TOTAL_CHILDREN: (here, here),
        "3 or more social workers during the year": (
            simulation.draw_share("social_workers_three", here),
            here,
        ),
    }
    columns = ("number", "percentage")
    return sheet.long_table(
        _part_rows(sheet, {"cla_group": ON_31_MARCH}, "sw_stability", parts, columns)
    )


def outcomes_table(publisher: Publisher) -> Table:
    """Convictions, health and development of children looked after for twelve months."""
    simulation = publisher.simulation
    sheet = publisher.sheet(OUTCOMES, "outcomes")
    here = draw_twelve_months(simulation)
    draw = simulation.draw_share
    young = draw("under_five", here)
    older = np.minimum(draw("ten_and_over", here), here - young)
    groups = {
        HEALTH: {
            "Had their annual health assessment": (draw("health_assessed", here), here),
            "Had their immunisations up to date": (draw("immunised", here), here),
            "Had their teeth checked by a dentist": (draw("dental", here), here),
            "Total all ages": (here, here),
        },
        DEVELOPMENT: {
            "Development assessments up to date": (draw("development", young), young),
            "Total ages 0 to 4 years": (young, young),
        },
        CONVICTIONS: {
            CONVICTED: (draw("convicted", older), older),
            "Total ages 10 to 17 years": (older, older),
        },
        SUBSTANCE: {
            "Identified as having a substance misuse problem": (draw("substance", here), here),
            "Total all ages": (here, here),
        },
    }
    rows = _difficulties_rows(simulation, sheet, here)
    for group, parts in groups.items():
        rows += _part_rows(sheet, {"characteristic": group}, "breakdown", parts)
    return sheet.long_table(rows)


def _difficulties_rows(simulation: Simulation, sheet: Sheet, here: Counts) -> list[Row]:
    """Strengths and difficulties: the average score stands in the column of counts."""
    received = simulation.draw_share("difficulties_received", here)
    concern = simulation.draw_share("difficulties_concern", received)
    normal = simulation.draw_share("difficulties_normal", received - concern)
    noise = simulation.stream("draw difficulties_score").standard_normal(simulation.shape)
    points = received * simulation.expected("difficulties_score")
    points = points + noise * DIFFICULTIES_SPREAD * np.sqrt(received)
    average: Row = (
        {"characteristic": DIFFICULTIES, "breakdown": "SDQ average score"},
        {
            "children_count": _score_cells(sheet, points, received),
            "children_percent": sheet.all_cells(NOT_APPLICABLE),
        },
    )
    parts = {
        "SDQ score is a cause for concern": (concern, received),
        "SDQ score is normal": (normal, received),
        "SDQ score was received": (received, received),
    }
    return [average, *_part_rows(sheet, {"characteristic": DIFFICULTIES}, "breakdown", parts)]


def _score_cells(sheet: Sheet, points: Floats, children: Counts) -> Texts:
    """Average score, to one decimal; suppressed where few children have one."""
    totals = sheet.total(children)
    averages = np.divide(sheet.total(points), totals, out=np.zeros_like(totals), where=totals > 0)
    cells = format_numbers(averages, 1)
    cells[sheet.small(totals, SMALL)] = SUPPRESSED
    cells[totals == 0] = NOT_APPLICABLE
    return sheet.mark(cells)


def _draw_care_leavers(simulation: Simulation, age: str) -> Counts:
    return simulation.draw_share(age, simulation.looked_after.at_end)


def activity_table(publisher: Publisher) -> Table:
    """What care leavers do: education, employment or training, or none of them."""
    sheet = publisher.sheet(ACTIVITY, "activity")
    rows: list[Row] = []
    for age, words in CARE_LEAVER_AGES.items():
        rows += _activity_rows(publisher.simulation, sheet, age, words)
    return sheet.long_table(rows)


def _activity_rows(simulation: Simulation, sheet: Sheet, age: str, words: str) -> list[Row]:
    """Rows of one age group; in it, not in it and not known add up to the total."""
    total = _draw_care_leavers(simulation, age)
    unknown = simulation.draw_share(f"{age}_not_known", total)
    none = simulation.draw_share(f"{age}_not_in_eet", total - unknown)
    active = total - unknown - none
    higher = simulation.draw_share(f"{age}_higher", active)
    education = simulation.draw_share(f"{age}_education", active - higher)
    working = active - higher - education
    apprentices = simulation.draw_share(f"{age}_apprentice", working)
    parts = {
        "Education other than higher education": education,
        "Higher education i.e. studies beyond A level": higher,
        "In an apprenticeship": apprentices,
        "In training or employment": working,
        "In training or employment (excl. apprenticeship)": working - apprentices,
        "Total": total,
        "Total in education, employment or training": active,
        "Total information not known": unknown,
        "Total not in education, employment or training": none,
    }
    columns = ("care_leaver_count", "care_leaver_percent")
    rows: list[Row] = []
    for name, part in parts.items():
        limits = None if name == "Total information not known" else SMALL
        cells = _cells(sheet, *columns, part, total, limits)
        rows.append(({"care_leaver_age": words, "breakdown": name}, cells))
    _rename_activities(sheet, rows)
    return rows


def _rename_activities(sheet: Sheet, rows: Sequence[Row]) -> None:
    """Not applicable where the breakdown was not in use that year."""
    since = sheet.years >= NEW_ACTIVITY_NAMES_SINCE
    unused = {
        "In an apprenticeship": ~since,
        "In training or employment (excl. apprenticeship)": ~since,
        "In training or employment": since,
    }
    for filters, figures in rows:
        if filters["breakdown"] in unused:
            for cells in figures.values():
                cells[unused[filters["breakdown"]]] = NOT_APPLICABLE


def suitability_table(publisher: Publisher) -> Table:
    """Whether care leavers live in suitable accommodation."""
    simulation = publisher.simulation
    sheet = publisher.sheet(SUITABILITY, "suitability")
    columns = ("care_leaver_count", "care_leaver_percent")
    rows: list[Row] = []
    for age, words in CARE_LEAVER_AGES.items():
        total = _draw_care_leavers(simulation, age)
        unknown = simulation.draw_share(f"{age}_not_known", total)
        suitable = simulation.draw_share(f"{age}_suitable", total - unknown)
        parts = {
            "Accommodation considered suitable": suitable,
            "Accommodation considered unsuitable": total - unknown - suitable,
            "No information": unknown,
            "Suitability total": total,
        }
        for name, part in parts.items():
            limits = None if name == "No information" else SMALL
            cells = _cells(sheet, *columns, part, total, limits)
            rows.append(({"care_leaver_age": words, "breakdown": name}, cells))
    return sheet.long_table(rows)
