"""What an alliance's members share: who has given which quarter, and the figures side by side with
the published ones. Read for one person; for anybody else than a member there is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from alliance.access import Person, ReturnSubject, decide
from alliance.returns.records import Version, figures_of, list_versions
from alliance.returns.submitting import population_of
from alliance.service import DEMONSTRATION, Alliance, Served
from alliance.store import Store
from alliance.store.accounts import list_accounts
from indicators.words import format_value
from ingest.returns.declaration import Return, ReturnIndicator
from ingest.returns.figures import Derived, Figures, derive
from ingest.returns.quarters import Quarter, last_ended, last_quarters
from ingest.statuses import STATUS_WORDS

QUARTERS_SHOWN = 5
"""The last quarters that ended: the year, and the same quarter of the year before."""
NOT_GIVEN, WITHDRAWN = "not given", "withdrawn"
PROVISIONAL = "Provisional local return – for members of {alliance} only"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an authority stands with the quarter that is due."""

    authority_code: str
    state: str
    version: Version | None


@dataclass(frozen=True)
class Shared:
    """What one person may see of a return.

    `versions` are all of them, newest first; `figures` those of the newest version of a quarter,
    by authority and quarter, where it was not withdrawn. `names`: display name of whoever gave one.
    """

    declaration: Return
    alliance: Alliance
    today: date
    versions: tuple[Version, ...]
    current: Mapping[tuple[str, Quarter], Version]
    figures: Mapping[tuple[str, Quarter], Figures]
    population: Mapping[str, float | None]
    names: Mapping[str, str]

    @property
    def quarter_due(self) -> Quarter:
        """The last quarter that has ended."""
        return last_ended(self.today)

    @property
    def due_on(self) -> date:
        """The last day on which its return is in time."""
        return self.quarter_due.due(self.declaration.heading.due_days)

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """The quarters to show, oldest first."""
        return last_quarters(self.today, QUARTERS_SHOWN)

    def standing(self) -> list[Standing]:
        """Where each member stands with the quarter that is due."""
        return [self._standing_of(code) for code in self.alliance.members]

    def _standing_of(self, code: str) -> Standing:
        version = self.current.get((code, self.quarter_due))
        if version is not None and version.given:
            return Standing(code, "given", version)
        if self.today > self.due_on:
            return Standing(code, "late", version)
        return Standing(code, "due", version)

    def derived(self, indicator: ReturnIndicator, code: str, quarter: Quarter) -> Derived | None:
        """The indicator's figure of an authority and quarter; None where no return is given."""
        figures = self.figures.get((code, quarter))
        return None if figures is None else derive(indicator, figures, self.population.get(code))

    def words(self, indicator: ReturnIndicator, code: str, quarter: Quarter) -> str:
        """The same as a table has it."""
        figure = self.derived(indicator, code, quarter)
        if figure is None:
            return WITHDRAWN if (code, quarter) in self.current else NOT_GIVEN
        if figure.value is None:
            return NOT_GIVEN if figure.status == "missing" else STATUS_WORDS[figure.status]
        return format_value(figure.value, indicator.unit, indicator.decimals)


def notice(served: Served, alliance: str) -> str:
    """What stands on everything that is made from local returns."""
    words = PROVISIONAL.format(alliance=alliance)
    return f"{DEMONSTRATION}. {words}" if served.info.demo else words


def alliance_of(served: Served, person: Person) -> Alliance | None:
    """The person's own alliance, where they may see its returns and the release knows it."""
    subject = ReturnSubject("", person.alliance or "")
    if not decide(person, "return.read", subject).allowed:
        return None
    return served.alliances.get(person.alliance or "")


def read_shared(
    store: Store, served: Served, person: Person, declaration: Return, *, today: date
) -> Shared | None:
    """What that person may see of a return; None for whoever is no member of an alliance."""
    alliance = alliance_of(served, person)
    if alliance is None:
        return None
    with store.read() as session:
        versions = list_versions(session, person, declaration.id)
        current: dict[tuple[str, Quarter], Version] = {}
        for version in versions:
            current.setdefault((version.authority_code, version.quarter), version)
        figures = figures_of(session, person, list(current.values()))
        names = {account.username: account.display_name for account in list_accounts(session)}
    return Shared(
        declaration,
        alliance,
        today,
        tuple(versions),
        current,
        {key: figures[version.id] for key, version in current.items() if version.given},
        {code: population_of(served, declaration, code) for code in alliance.members},
        {version.by: names.get(version.by, version.by) for version in versions},
    )


def published_beside(
    served: Served, indicator: ReturnIndicator, codes: Sequence[str]
) -> tuple[str, dict[str, str]]:
    """The latest published period of the indicator that it stands beside, and each authority's
    figure in it, in words. Nothing where it stands beside none."""
    published = served.indicators.get(indicator.published_as)
    if published is None:
        return "", {}
    rows = served.release.area_series(indicator.published_as, codes)
    latest = max((row["period_end"] for row in rows if row["value"] is not None), default=None)
    found = [row for row in rows if row["period_end"] == latest]
    words = {row["area_code"]: _published_words(served, row, published) for row in found}
    return (found[0]["period"] if found else ""), words


def _published_words(served: Served, row: Mapping[str, Any], published: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return served.absence(row)
    return format_value(row["value"], published["unit"], published["decimals"])
