"""The demonstration's tables of school outcomes: absence, key stage 2 and key stage 4.

Three groups of children, as published: in need, on a child protection plan, looked after.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alliance.demonstration.ees_tables import (
    ACADEMIC_YEAR,
    CODE_LAST,
    LOCAL,
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
from alliance.demonstration.looked_after import draw_twelve_months
from alliance.demonstration.simulation import Counts, Floats, Simulation

ABSENCE = Layout(
    "absence_la.csv",
    CODE_LAST,
    2019,
    2025,
    identifier=ACADEMIC_YEAR,
    newest_codes=True,
    other_names=True,
)
KEY_STAGE_2 = Layout(
    "ks2_la.csv",
    CODE_LAST,
    2019,
    2025,
    identifier=ACADEMIC_YEAR,
    newest_codes=True,
    other_names=True,
    years_left_out=(2020, 2021),
)
KEY_STAGE_4 = Layout(
    "ks4_la.csv",
    CODE_LAST,
    2019,
    2025,
    identifier=ACADEMIC_YEAR,
    newest_codes=True,
    other_names=True,
    byte_order_mark=True,
)

GROUPS = {
    "cino": "CINO at 31 March",
    "cla": "CLA 12 months at 31 March",
    "cppo": "CPPO at 31 March",
}
NO_ABSENCE_IN = 2020
NO_PROGRESS_IN = (2020, 2021, 2025)
REVISED_IN = (2020, 2021)
"""Key stage 4 years whose figures stayed revised ones; the newest year is revised too."""

SESSIONS_POSSIBLE = {"primary": 364.0, "secondary": 341.0, "other": 352.0}
"""Half-day sessions that a pupil could attend in a year."""
ABSENCE_BY_PHASE = {"primary": 0.62, "secondary": 1.47, "other": 0.95}
PERSISTENT_BY_PHASE = {"primary": 0.75, "secondary": 1.33, "other": 0.92}
SEVERE_BY_PHASE = {"primary": 0.38, "secondary": 1.25, "other": 0.95}
"""A phase's level beside that of all pupils."""
PUPIL_SPREAD = 1.1
"""Standard deviation of one pupil's absence rate, beside the mean."""

SUBJECTS = ("read", "writta", "mat", "rwm", "gps", "scita")
FEW = (0, 5)
"""Key stage counts that are suppressed: none is not told from a few."""
POINTS_SPREAD = 15.0
"""Standard deviation of one pupil's attainment 8 score."""
PROGRESS_SPREAD = 1.3

NOT_FOR_AUTHORITIES = {
    "cino": (),
    "cla": ("t_ebacc_e_ptq_ee", "pt_ebacc_e_ptq_ee", "t_ebaccaps", "avg_ebaccaps"),
    "cppo": (
        "t_l2basics_95",
        "pt_l2basics_95",
        "t_l2basics_94",
        "pt_l2basics_94",
        "t_ebacc_e_ptq_ee",
        "pt_ebacc_e_ptq_ee",
        "t_ebaccaps",
        "avg_ebaccaps",
    ),
}
"""Key stage 4 columns that are published for regions only, by group."""

PROGRESS_COLUMNS = ("t_inp8calc", "t_p8score", "avg_p8score", "p8score_CI_low", "p8score_CI_upp")


def draw_group(simulation: Simulation, group: str) -> Counts:
    """The children of a group, of whom some are pupils."""
    if group == "cino":
        return simulation.children_in_need
    return simulation.plans if group == "cppo" else draw_twelve_months(simulation)


def draw_pupils(simulation: Simulation, group: str) -> Counts:
    """Pupils of a group whose absence is known."""
    return simulation.draw_share(f"pupils_{group}", draw_group(simulation, group))


def absence_table(publisher: Publisher) -> Table:
    """Absence by group and phase; for one year nothing is available."""
    sheet = publisher.sheet(ABSENCE, "absence")
    rows = []
    for group, words in GROUPS.items():
        returned = sheet.without(publisher.gaps(f"absence_{group}"), publisher.country)
        phases = _draw_absence(publisher.simulation, group)
        named = {
            "Total": _add_phases(phases),
            "State-funded secondary": phases["secondary"],
            "State-funded primary": phases["primary"],
        }
        for phase, counts in named.items():
            filters = {
                "absence_terms": "six half terms",
                "social_care_group": words,
                "phase_type_grouping": phase,
            }
            rows.append((filters, _absence_cells(returned, counts)))
    return sheet.long_table(rows)


def _split_pupils(simulation: Simulation, group: str) -> dict[str, Counts]:
    pupils = draw_pupils(simulation, group)
    primary = simulation.draw_share("primary", pupils, group)
    secondary = simulation.draw_share("secondary", pupils - primary, group)
    return {"primary": primary, "secondary": secondary, "other": pupils - primary - secondary}


def _draw_absence(simulation: Simulation, group: str) -> dict[str, dict[str, Counts]]:
    """Counts by phase and published column (without `t_`)."""
    return {
        phase: _draw_phase(simulation, group, phase, pupils)
        for phase, pupils in _split_pupils(simulation, group).items()
    }


def _draw_phase(
    simulation: Simulation, group: str, phase: str, pupils: Counts
) -> dict[str, Counts]:
    """One phase's pupils, sessions, absences and absentees."""
    stream = simulation.stream(f"draw absence {group} {phase}")
    noise = stream.standard_normal((2, *simulation.shape))
    few = np.sqrt(np.maximum(pupils, 1))
    possible = pupils * SESSIONS_POSSIBLE[phase] * (1.0 + 0.02 * noise[0] / few)
    rate = simulation.expected(f"absence_{group}") * ABSENCE_BY_PHASE[phase]
    rate = np.clip(rate * np.exp(np.clip(PUPIL_SPREAD * noise[1] / few, -1.0, 1.0)), 0.005, 0.7)
    overall = np.round(possible * rate).astype(np.int64)
    unauthorised = stream.binomial(overall, simulation.expected(f"unauthorised_{group}"))
    persistent = stream.binomial(
        pupils,
        np.minimum(simulation.expected(f"persistent_{group}") * PERSISTENT_BY_PHASE[phase], 0.97),
    )
    severe = stream.binomial(
        persistent,
        np.minimum(simulation.expected(f"severe_{group}") * SEVERE_BY_PHASE[phase], 0.95),
    )
    return {
        "pupils": pupils,
        "sess_possible": np.round(possible).astype(np.int64),
        "sess_overall": overall,
        "sess_authorised": overall - unauthorised,
        "sess_unauthorised": unauthorised,
        "pupils_pa_10_exact": persistent,
        "pupils_pa_50_exact": severe,
    }


def _add_phases(phases: Mapping[str, Mapping[str, Counts]]) -> dict[str, Counts]:
    names = next(iter(phases.values()))
    return {name: np.sum([counts[name] for counts in phases.values()], axis=0) for name in names}


def _absence_cells(sheet: Sheet, counts: Mapping[str, Counts]) -> dict[str, Texts]:
    """Cells in published order; all are suppressed where there are few pupils."""
    pupils, possible = counts["pupils"], counts["sess_possible"]
    figures = {"t_pupils": sheet.count(pupils), "t_sess_possible": sheet.count(possible)}
    for name in ("overall", "authorised", "unauthorised"):
        absences = counts[f"sess_{name}"]
        figures[f"t_sess_{name}"] = sheet.count(absences)
        figures[f"pt_{name}" if name == "overall" else f"pt_sess_{name}"] = sheet.ratio(
            absences, possible, rounds_to_zero=True
        )
    for name in ("pupils_pa_10_exact", "pupils_pa_50_exact"):
        figures[f"t_{name}"] = sheet.count(counts[name])
        figures[f"pt_{name}"] = sheet.ratio(counts[name], pupils)
    _hide_few(sheet, figures, sheet.total(pupils), keep="t_pupils")
    for cells in figures.values():
        cells[sheet.years == NO_ABSENCE_IN] = NOT_AVAILABLE
    return figures


def _hide_few(sheet: Sheet, figures: Mapping[str, Texts], pupils: Floats, keep: str) -> None:
    """Suppress every column where there are few pupils; not applicable where there is none."""
    few = sheet.small(pupils, SMALL)
    none = (pupils == 0) & (figures[keep] == "0")
    for name, cells in figures.items():
        cells[few] = SUPPRESSED
        if name != keep:
            cells[none] = NOT_APPLICABLE
        sheet.mark(cells)


def key_stage_2_table(publisher: Publisher) -> Table:
    """Pupils who met the expected standard at the end of key stage 2, by subject."""
    sheet = publisher.sheet(KEY_STAGE_2, "key_stage_2")
    version = _versions(sheet, ())
    rows = []
    for group, words in GROUPS.items():
        returned = sheet.without(publisher.gaps(f"ks2_{group}"), publisher.country)
        figures = {"version": version.copy(), **_ks2_cells(publisher.simulation, returned, group)}
        rows.append(({"social_care_group": words}, figures))
    return sheet.long_table(rows)


def _versions(sheet: Sheet, revised: tuple[int, ...]) -> Texts:
    """Each row's version: the newest year's figures are revised ones, later they are final."""
    is_revised = np.isin(sheet.years, [*revised, sheet.years.max()])
    return np.where(is_revised, "Revised", "Final").astype(object)


def _ks2_cells(simulation: Simulation, sheet: Sheet, group: str) -> dict[str, Texts]:
    pupils = simulation.draw_share(f"ks2_pupils_{group}", draw_group(simulation, group))
    met = {"rwm": simulation.draw_share(f"ks2_rwm_{group}", pupils)}
    for subject in SUBJECTS:
        if subject != "rwm":
            rest = pupils - met["rwm"]
            met[subject] = met["rwm"] + simulation.draw_share(f"ks2_{subject}", rest, group)
    figures = {}
    for subject in SUBJECTS:
        figures[f"t_{subject}_eligible_pupils"] = sheet.count(pupils)
        figures[f"t_{subject}_met_expected_standard"] = sheet.count(met[subject], limits=FEW)
        figures[f"pt_{subject}_met_expected_standard"] = sheet.ratio(
            met[subject], pupils, decimals=0, limits=FEW
        )
    _hide_few(sheet, figures, sheet.total(pupils), keep="t_rwm_eligible_pupils")
    return figures


def key_stage_4_table(publisher: Publisher) -> Table:
    """Attainment at the end of key stage 4."""
    sheet = publisher.sheet(KEY_STAGE_4, "key_stage_4")
    version = _versions(sheet, REVISED_IN)
    rows = []
    for group, words in GROUPS.items():
        returned = sheet.without(publisher.gaps(f"ks4_{group}"), publisher.country)
        figures = {"version": version.copy(), **_ks4_cells(publisher.simulation, returned, group)}
        rows.append(({"social_care_group": words}, figures))
    return sheet.long_table(rows)


def _ks4_cells(simulation: Simulation, sheet: Sheet, group: str) -> dict[str, Texts]:
    """Cells in published order, from the pupils at the end of key stage 4."""
    pupils = simulation.draw_share(f"ks4_pupils_{group}", draw_group(simulation, group))
    points = _draw_points(simulation, group, pupils)
    basics = simulation.draw_share(f"basics_{group}", pupils)
    strong = simulation.draw_share("basics_strong", basics, group)
    entered = simulation.draw_share("language_entry", pupils, group)
    language = np.round(points * simulation.expected("language_points"), 2)
    figures = {
        "t_pupils": sheet.count(pupils),
        "t_att8": sheet.count(points, limits=None, decimals=2, exact=True),
        "avg_att8": sheet.ratio(points, pupils, scale=1.0),
        "t_l2basics_95": sheet.count(strong, limits=FEW),
        "pt_l2basics_95": sheet.ratio(strong, pupils, limits=FEW),
        "t_l2basics_94": sheet.count(basics, limits=FEW),
        "pt_l2basics_94": sheet.ratio(basics, pupils, limits=FEW),
        "t_ebacc_e_ptq_ee": sheet.count(entered, limits=FEW),
        "pt_ebacc_e_ptq_ee": sheet.ratio(entered, pupils, limits=FEW),
        "t_ebaccaps": sheet.count(language, limits=None, decimals=2, exact=True),
        "avg_ebaccaps": sheet.ratio(language, pupils, scale=1.0, decimals=2),
        **_progress_cells(simulation, sheet, group, pupils),
    }
    _hide_few(sheet, figures, sheet.total(pupils), keep="t_pupils")
    local = sheet.identity["geographic_level"] == LOCAL
    for name in NOT_FOR_AUTHORITIES[group]:
        figures[name][local] = NOT_AVAILABLE
    for name in PROGRESS_COLUMNS:
        figures[name][np.isin(sheet.years, NO_PROGRESS_IN)] = NOT_AVAILABLE
    return figures


def _draw_points(simulation: Simulation, group: str, pupils: Counts) -> Floats:
    """Attainment 8 points of all pupils together, in quarters of a point."""
    noise = simulation.stream(f"draw attainment {group}").standard_normal(simulation.shape)
    points = pupils * simulation.expected(f"attainment_{group}")
    points = points + noise * POINTS_SPREAD * np.sqrt(pupils)
    return np.maximum(np.round(points * 4.0) / 4.0, 0.5 * pupils)


def _progress_cells(
    simulation: Simulation, sheet: Sheet, group: str, pupils: Counts
) -> dict[str, Texts]:
    """Progress 8: score, and its interval from the spread between pupils."""
    counted = simulation.draw_share("progress_counted", pupils, group)
    noise = simulation.stream(f"draw progress {group}").standard_normal(simulation.shape)
    score = counted * simulation.expected(f"progress_{group}")
    score = np.round(score + noise * PROGRESS_SPREAD * np.sqrt(counted), 3)
    totals = np.maximum(sheet.total(counted), 1.0)
    average = sheet.total(score) / totals
    half = 1.96 * PROGRESS_SPREAD / np.sqrt(totals)
    few = sheet.small(sheet.total(counted), FEW)
    figures = {
        "t_inp8calc": sheet.count(counted),
        "t_p8score": format_numbers(sheet.total(score), 3),
        "avg_p8score": format_numbers(average, 2),
        "p8score_CI_low": format_numbers(average - half, 2),
        "p8score_CI_upp": format_numbers(average + half, 2),
    }
    for cells in figures.values():
        cells[few] = SUPPRESSED
        sheet.mark(cells)
    return figures
