"""Two years and more of invented local returns for the demonstration's alliance, tied to its
invented published figures and given by the same path as any other: one authority is late, one gave
a second version.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from alliance.access import Person, Role
from alliance.demonstration.colleagues import COLLEAGUES
from alliance.people.demonstration import people_of
from alliance.returns.records import list_versions
from alliance.returns.submitting import (
    Upload,
    population_of,
    published_figures,
    submit_return,
)
from alliance.service import Served
from alliance.store import Store
from ingest.errors import AllianceError
from ingest.returns.declaration import AUTHORITY, QUARTER, Return
from ingest.returns.figures import PublishedFigure
from ingest.returns.quarters import Quarter, last_quarters

QUARTERS = 10
"""Enough for the natural process limits of a series, one authority being a quarter late."""
_TYPICAL = {
    "referral_rate": 540.0, "rereferral_pct": 22.0, "cin_rate": 330.0, "cpp_rate": 41.0,
    "cpp_start_rate": 52.0, "cpp_repeat_pct": 24.0, "cla_rate": 68.0, "cla_start_rate": 27.0,
    "cla_cease_rate": 26.0,
    "cla_3plus_placements": 10.0, "cl_suitable_19": 88.0, "cl_eet_19": 54.0, "sw_caseload": 16.0,
    "sw_vacancy": 17.0, "sw_agency": 16.0,
}  # fmt: skip
"""A level to begin from where an invented figure is suppressed."""
_NOTE = "Taken from the case-management system on the day of submission."
_CORRECTED = "Corrected: a batch of re-referrals had been entered twice."


def fill_returns(
    store: Store, served: Served, declarations: Sequence[Return], *, now: datetime
) -> int:
    """Give each member of the demonstration's alliance its quarters that are not there yet.

    Returns how many versions were added. Raises `AllianceError` if the product's own checks refuse
    an invented return.
    """
    director = people_of(served.settings)["director"]
    alliance = served.alliances.get(director.alliance or "")
    if alliance is None:
        return 0
    added = 0
    for declaration in declarations:
        with store.read() as session:
            there = bool(list_versions(session, director, declaration.id))
        if there:
            continue
        people = _givers(served, alliance.members)
        for place, person in enumerate(people):
            late = place == len(people) - 1 > 0
            corrects = place == 1
            added += _fill(
                store, served, declaration, person, now=now, late=late, corrects=corrects
            )
    return added


def _givers(served: Served, codes: Sequence[str]) -> list[Person]:
    """Who gives each member's return: one of the demonstration's people, or a colleague."""
    known = {
        person.authority_code: person
        for person in people_of(served.settings).values()
        if {Role.ANALYST, Role.DIRECTOR} & person.roles
    }
    alliance = next(iter(known.values())).alliance or ""
    known |= {
        one.authority_code: one.person(alliance)
        for one in COLLEAGUES
        if one.authority_code not in known
    }
    return [known[code] for code in codes if code in known]


def _fill(
    store: Store, served: Served, declaration: Return, person: Person, *, now: datetime,
    late: bool, corrects: bool,
) -> int:  # fmt: skip
    code = person.authority_code or ""
    quarters = last_quarters(now.date(), QUARTERS)
    rows = _year(served, declaration, code, quarters)
    given = 0
    for number, quarter in enumerate(quarters[: -1 if late else None]):
        row = rows[quarter]
        if corrects and number == 0:
            wrong = {**row, "rereferrals": str(round(int(row["rereferrals"]) * 1.2))}
            _give(store, served, declaration, person, quarter, wrong, _NOTE, now=now)
            given += 1
        note = _CORRECTED if corrects and number == 0 else _NOTE
        days = 24 if corrects and number == 0 else 0
        _give(store, served, declaration, person, quarter, row, note, now=now, later=days)
        given += 1
    return given


def _give(
    store: Store, served: Served, declaration: Return, person: Person, quarter: Quarter,
    row: Mapping[str, str], note: str, *, now: datetime, later: int = 0,
) -> None:  # fmt: skip
    day = quarter.end + timedelta(days=16 + later + len(person.username))
    at = min(datetime.combine(day, time(9, 40), UTC), now)
    label = quarter.label.replace("/", "-").replace(" ", "-")
    upload = Upload(f"return-{label}.csv", _write(declaration, person, quarter, row), note)
    outcome = submit_return(
        store, served, person, declaration, person.authority_code or "", upload, now=at
    )
    if outcome.result != "accepted":
        faults = "; ".join(str(item) for item in outcome.answer.faults[:3])
        raise AllianceError(
            f"The demonstration's return of {person.authority_code} for {quarter.label} was not "
            f"accepted ({outcome.result}): {faults}"
        )


def _write(declaration: Return, person: Person, quarter: Quarter, row: Mapping[str, str]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    cells = {**row, AUTHORITY: person.authority_code, QUARTER: quarter.label}
    writer.writerow(declaration.columns)
    writer.writerow([cells.get(name, "") for name in declaration.columns])
    return buffer.getvalue().encode()


def _year(
    served: Served, declaration: Return, code: str, quarters: Sequence[Quarter]
) -> dict[Quarter, dict[str, str]]:
    """Rows whose stocks follow from what came and left."""
    published = published_figures(served, declaration, code)
    level = _TYPICAL | {name: published[name].value for name in _TYPICAL if name in published}
    children = population_of(served, declaration, code) or 100_000.0
    chance = random.Random(f"local returns of {code}")  # noqa: S311 - invented figures
    stocks = {
        name: round(level[rate] * children / 10_000)
        for name, rate in (("cla_at_end", "cla_rate"), ("cpp_at_end", "cpp_rate"))
    }
    growth = (level["cla_start_rate"] - level["cla_cease_rate"]) * children / 40_000
    stocks["cla_at_end"] -= round(growth * _until_published(published, quarters))
    rows = {}
    for quarter in quarters:
        figures = _quarter(level, children, stocks, chance)
        stocks = {name: int(figures[name]) for name in stocks}
        rows[quarter] = figures
    return rows


def _until_published(published: Mapping[str, PublishedFigure], quarters: Sequence[Quarter]) -> int:
    """How many of the quarters end by the day of the published figure of children looked after."""
    known = published.get("cla_rate")
    day = date(int(known.period[:4]), 3, 31) if known else date.min
    return sum(quarter.end <= day for quarter in quarters)


def _quarter(
    level: Mapping[str, float], children: float, before: Mapping[str, int], chance: random.Random
) -> dict[str, str]:
    """One row, as text: counts about the published level, in whole children."""

    def about(value: float) -> int:
        return max(round(value * chance.uniform(0.95, 1.05)), 0)

    def part(whole: float, percent: float) -> int:
        return min(about(whole * percent / 100), int(whole))

    referrals = about(level["referral_rate"] * children / 40_000)
    assessments = about(referrals * 0.94)
    plans = about(level["cpp_start_rate"] * children / 40_000)
    ended = part(before["cpp_at_end"] + plans, 100 * plans / max(before["cpp_at_end"] + plans, 1))
    cpp = before["cpp_at_end"] + plans - ended
    came = about(level["cla_start_rate"] * children / 40_000)
    gone = min(about(level["cla_cease_rate"] * children / 40_000), before["cla_at_end"])
    cla = before["cla_at_end"] + came - gone
    conferences = about(plans * 1.12)
    cin = about(level["cin_rate"] * children / 10_000)
    leavers = about(cla * 0.55)
    cases = about(cin * 0.95)
    holders = cases / level["sw_caseload"]
    in_post = holders * 1.45
    counts = {
        "contacts": about(referrals * 3.6),
        "referrals": referrals,
        "rereferrals": part(referrals, level["rereferral_pct"]),
        "assessments_completed": assessments,
        "assessments_within_45_days": part(assessments, 84),
        "section_47_enquiries": about(conferences * 2.3),
        "initial_conferences": conferences,
        "conferences_within_15_days": part(conferences, 80),
        "cin_at_end": cin,
        "cpp_at_end": cpp,
        "cpp_started": plans,
        "cpp_ended": ended,
        "cpp_second_or_later": part(plans, level["cpp_repeat_pct"]),
        "cla_at_end": cla,
        "cla_started": came,
        "cla_ceased": gone,
        "cla_three_or_more_placements": part(cla, level["cla_3plus_placements"]),
        "care_leavers": leavers,
        "care_leavers_in_touch": part(leavers, 93),
        "care_leavers_suitable_accommodation": part(leavers, level["cl_suitable_19"]),
        "care_leavers_eet": part(leavers, level["cl_eet_19"]),
        "cases_held": cases,
    }
    equivalents = {
        "social_workers_fte": in_post,
        "vacancies_fte": _beside(in_post, level["sw_vacancy"]),
        "agency_social_workers_fte": _beside(in_post, level["sw_agency"]),
        "case_holders_fte": holders,
    }
    return {name: str(value) for name, value in counts.items()} | {
        name: f"{value:.1f}" for name, value in equivalents.items()
    }


def _beside(in_post: float, percent: float) -> float:
    """How many there are beside those in post, where they are that share of both together."""
    return in_post * percent / max(100 - percent, 1)
