"""The demonstration's table of social workers.

Full-time equivalents are held in tenths, as they are published to one decimal, so that they add up.
"""

from __future__ import annotations

import numpy as np

from alliance.demonstration.ees_tables import (
    NAME_LAST,
    NOT_APPLICABLE,
    Layout,
    Publisher,
    Sheet,
    Table,
    Texts,
)
from alliance.demonstration.simulation import Counts, Floats, Simulation

WORKFORCE = Layout("csww_indicators_{first}_to_{last}.csv", NAME_LAST, 2017, 2025, day=(9, 30))
LOW = "low"
"""Rounds to zero but is not zero."""
TENTHS = 10
WORKING_DAYS = 253
FEW_HEADS = 2
"""Agency workers so few that their hours may round to nothing."""


def workforce_table(publisher: Publisher) -> Table:
    """Social workers in post, coming, going, from agencies, missing; their cases and absence."""
    sheet = publisher.sheet(WORKFORCE, "workforce")
    staff = _draw_staff(publisher.simulation)
    figures = _workforce_cells(sheet, staff)
    publisher.hide_columns("workforce", sheet, figures)
    return sheet.table(figures)


def _draw_staff(simulation: Simulation) -> dict[str, Counts]:
    """Heads, tenths of full-time equivalents (`_fte`), cases, and tenths of days lost."""
    expected = simulation.expected("social_workers") * simulation.population
    inpost = np.maximum(np.round(expected).astype(np.int64), 1)
    leavers = simulation.draw_share("turnover", inpost)
    starters = simulation.draw_share("joiners", inpost)
    agency = _draw_beside(simulation, "agency", inpost.astype(np.float64))
    staff = {"inpost": inpost, "starters": starters, "leavers": leavers, "agency": agency}
    staff |= {f"{name}_fte": _hours(simulation, name, heads) for name, heads in staff.items()}
    staff["agency_fte"] = _few_hours(simulation, agency, staff["agency_fte"])
    vacancy = _draw_beside(simulation, "vacancies", staff["inpost_fte"] / TENTHS)
    staff["vacancy_fte"] = vacancy * TENTHS
    cover = simulation.draw_share("agency_cover", staff["agency_fte"])
    staff["agency_cover_fte"] = np.minimum(cover, staff["vacancy_fte"])
    available = staff["inpost_fte"] + staff["agency_fte"]
    holders = np.round(available * simulation.expected("case_holders")).astype(np.int64)
    staff["case_holders_fte"] = np.maximum(holders, TENTHS)
    cases = staff["case_holders_fte"] / TENTHS * simulation.expected("caseload")
    staff["cases"] = np.round(cases).astype(np.int64)
    days = staff["inpost_fte"] * WORKING_DAYS * simulation.expected("sickness")
    staff["working_days_lost_fte"] = np.round(days).astype(np.int64)
    return staff


def _draw_beside(simulation: Simulation, name: str, base: Floats) -> Counts:
    """Counts that make up the measure's share of themselves and the base together."""
    share = simulation.expected(name)
    return simulation.stream(f"draw {name}").poisson(base * share / (1.0 - share))


def _hours(simulation: Simulation, name: str, heads: Counts) -> Counts:
    """Tenths of full-time equivalents of that many heads; never more than the heads."""
    share = simulation.expected("part_time")
    noise = simulation.stream(f"hours {name}").standard_normal(simulation.shape)
    worked = np.clip(share + 0.02 * noise, 0.5, 1.0)
    return np.round(heads * TENTHS * worked).astype(np.int64)


def _few_hours(simulation: Simulation, heads: Counts, tenths: Counts) -> Counts:
    """Where one or two agency workers came for a few hours only, their hours round to nothing."""
    rare = simulation.stream("hours few").random(simulation.shape) < 0.5
    return np.where(rare & (heads > 0) & (heads <= FEW_HEADS), 0, tenths)


def _workforce_cells(sheet: Sheet, staff: dict[str, Counts]) -> dict[str, Texts]:
    """Cells in published order; nothing is rounded to 10 or suppressed in this table."""

    def heads(name: str) -> Texts:
        return sheet.count(staff[name], limits=None, exact=True)

    def fte(name: str) -> Texts:
        return _tenths_cells(sheet, staff[f"{name}_fte"])

    def percent(part: Counts, whole: Counts) -> Texts:
        return sheet.ratio(part, whole, limits=None)

    inpost, agency = staff["inpost_fte"], staff["agency_fte"]
    vacancy, cover = staff["vacancy_fte"], staff["agency_cover_fte"]
    figures = {
        "inpost_fte": fte("inpost"),
        "inpost_headcount": heads("inpost"),
        "starters_fte": fte("starters"),
        "starters_headcount": heads("starters"),
        "leavers_fte": fte("leavers"),
        "leavers_headcount": heads("leavers"),
        "turnover_rate_fte": percent(staff["leavers_fte"], inpost),
        "turnover_rate_headcount": percent(staff["leavers"], staff["inpost"]),
        "agency_fte": fte("agency"),
        "agency_headcount": heads("agency"),
        "agency_rate_fte": percent(agency, inpost + agency),
        "agency_rate_headcount": percent(staff["agency"], staff["inpost"] + staff["agency"]),
        "agency_cover_fte": fte("agency_cover"),
        "agency_cover_rate_fte": percent(cover, agency),
        "vacancy_fte": fte("vacancy"),
        "vacancy_rate_fte": percent(vacancy, inpost + vacancy),
        "vacancy_agency_cover_rate_fte": percent(cover, vacancy),
        "case_holders_fte": fte("case_holders"),
        "cases": heads("cases"),
        "caseload_fte": sheet.ratio(
            TENTHS * staff["cases"], staff["case_holders_fte"], scale=1.0, limits=None
        ),
        "working_days_lost_fte": fte("working_days_lost"),
        "absence_rate_fte": percent(staff["working_days_lost_fte"], WORKING_DAYS * inpost),
    }
    traces = (sheet.total(agency) == 0) & (sheet.total(staff["agency"]) > 0)
    _show_traces(figures, sheet, traces)
    return figures


def _tenths_cells(sheet: Sheet, tenths: Counts) -> Texts:
    return sheet.count(tenths / TENTHS, limits=None, decimals=1, exact=True)


def _show_traces(
    figures: dict[str, Texts], sheet: Sheet, traces: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> None:
    """Agency staff whose hours round to nothing are `low`, not none."""
    for name in ("agency_fte", "agency_rate_fte", "agency_cover_fte"):
        figures[name][traces] = LOW
    figures["agency_cover_rate_fte"][traces] = NOT_APPLICABLE
    for cells in figures.values():
        sheet.mark(cells)
