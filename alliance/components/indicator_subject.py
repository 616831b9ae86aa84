"""What the sections of an indicator's page share, read once: the period's figures, the set that
they are compared with, who is who. Reads; draws nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from alliance.charts.who import Who
from alliance.comparison_set import ComparisonSet, Row, choose_set
from alliance.context_measures import write_weights
from alliance.country_ranks import Ranks, country_ranks
from alliance.service import Served
from alliance.view import View
from indicators.words import (
    GRADE,
    NOT_THEN,
    UNRANKED_UNITS,
    absence_sentence,
    figure_sentence,
    period_words,
    unit_title,
)


@dataclass(frozen=True)
class Subject:
    """One indicator in one period, seen from one authority among a set. `figures` are every
    authority's rows; `chosen` those of the set, ours among them."""

    served: Served
    view: View
    indicator: Row
    period: str
    scope: str
    figures: Sequence[Row]
    chosen: ComparisonSet

    @property
    def key(self) -> str:
        """The indicator's id."""
        return str(self.indicator["indicator_id"])

    @property
    def unit(self) -> str:
        """The indicator's unit."""
        return str(self.indicator["unit"])

    @property
    def decimals(self) -> int:
        """Decimals to show."""
        return int(self.indicator["decimals"])

    @property
    def unit_title(self) -> str:
        """The unit as an axis has it."""
        return unit_title(self.unit)

    @property
    def graded(self) -> bool:
        """True of judgements, which are an order and not a quantity."""
        return self.unit == GRADE

    @property
    def counted(self) -> bool:
        """True of numbers, of which the region's and the country's figures are totals."""
        return self.unit in UNRANKED_UNITS

    @property
    def name(self) -> str:
        """Our authority's name."""
        return self.served.name(self.view.us)

    @property
    def country(self) -> str:
        """The country's name."""
        return str(self.served.country["name"])

    @cached_property
    def mine(self) -> Row | None:
        """Our authority's row, where the release has one."""
        return next((row for row in self.figures if row["area_code"] == self.view.us), None)

    @cached_property
    def known(self) -> list[Row]:
        """The rows with a figure."""
        return [row for row in self.figures if row["value"] is not None]

    @cached_property
    def who(self) -> Who:
        """Whose mark is whose: ours, the set's (none where that is everybody), the others'."""
        everybody = self.chosen.key == "england"
        members = frozenset(self.view.peers) if everybody else self.chosen.codes
        name = self.view.alliance.name if everybody else self.chosen.name
        names = {code: str(area["name"]) for code, area in self.served.authorities.items()}
        return Who(self.view.us, members, names, f"{name[:1].upper()}{name[1:]}")

    @cached_property
    def ranks(self) -> Ranks:
        """What chance allows the rank of each authority with a figure."""
        return country_ranks(self.served, self.indicator, self.period, self.figures)

    @cached_property
    def when(self) -> str:
        """`on 31 March 2025`, `in the year to 31 March 2025`."""
        ends = self.served.period_end(self.key, self.period)
        return period_words(self.period, ends, self.indicator["timing"]) if ends else "then"

    def absent_sentence(self) -> str:
        """`Fenshire: suppressed on 31 March 2025.`"""
        ends = self.served.period_end(self.key, self.period)
        if ends is None:
            return f"{self.name}: no figure in any period."
        existed = self.served.existed(self.view.us, ends)
        status = self.mine["status"] if self.mine is not None else None
        return absence_sentence(self.name, status, self.when, existed=existed)

    def sentence(self) -> str:
        """Where our authority stands, as the page says it before its charts."""
        if self.mine is None:
            return self.absent_sentence()
        return figure_sentence(
            self.name,
            self.mine,
            self.indicator,
            region=self.served.region_of(self.view.us),
            country=self.country,
            existed=self.served.existed(self.view.us, self.mine["period_end"]),
        )

    def query(self) -> dict[str, str | None]:
        """The address's query, from which an export follows."""
        return {
            "indicator": self.key,
            "period": self.period,
            "alliance": self.view.alliance.key,
            "us": self.view.us,
            "scope": self.scope,
            **write_weights(self.view.weights),
        }

    @property
    def file_stem(self) -> str:
        """What files of this indicator and period are called."""
        return f"{self.key}_{self.period.replace('/', '-')}"


def read_subject(served: Served, view: View, indicator: Row, period: str, scope: str) -> Subject:
    """Read the period's figures once, for every section."""
    figures = served.release.figures(indicator["indicator_id"], period)
    chosen = choose_set(served, view, scope, figures)
    return Subject(served, view, indicator, period, scope, figures, chosen)


def absences(served: Served, rows: Sequence[Row]) -> dict[str, list[str]]:
    """The names of those without a figure, by the reason; but for those that did not exist."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row["value"] is None and (words := served.absence(row)) != NOT_THEN:
            reasons.setdefault(words, []).append(served.name(row["area_code"]))
    return reasons
