"""The rules between a return's figures: parts and wholes, what came and left, the quarter before,
and the authority's own published figure. Each yields a fault for the cell to look at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.returns.declaration import Balance, Measure, Relation, Return, ReturnIndicator
from ingest.returns.faults import CellFault, fault
from ingest.returns.figures import (
    NOT_GIVEN,
    Derived,
    Figures,
    PublishedFigure,
    QuarterFigures,
    ReturnFigure,
    derive,
)
from ingest.returns.quarters import Quarter
from ingest.statuses import REPORTED, SUPPRESSED

BEYOND_CHANCE = 3.0
"""Standard errors: smaller differences are what counts of that size do by themselves."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a return is held against: the figures that the authority gave before, by quarter; its
    published annual figures, by indicator; its children aged 0 to 17."""

    earlier: Mapping[Quarter, Figures]
    published: Mapping[str, PublishedFigure]
    population: float | None = None


NOTHING_KNOWN = Known({}, {})


@dataclass(frozen=True, slots=True)
class Cells:
    """Where the cells of a return stand: column by name, row by quarter."""

    at: Mapping[str, int]
    row: Mapping[Quarter, int]

    def fault(self, check_id: str, message: str, quarter: Quarter, column: str,
              figure: ReturnFigure) -> CellFault:  # fmt: skip
        """A fault of that check in that cell."""
        value = (figure.symbol or "") if figure.value is None else write_number(figure.value)
        return fault(
            check_id,
            message,
            row=self.row[quarter],
            at=self.at.get(column),
            column=column,
            value=value,
        )


def rule_faults(
    declaration: Return, rows: Sequence[QuarterFigures], cells: Cells, known: Known
) -> Iterator[CellFault]:
    """Every fault of every rule. Rules whose figures are not all numbers are passed over."""
    before = {**known.earlier, **{row.quarter: row.figures for row in rows}}
    for row in rows:
        for relation in declaration.relations:
            yield from _relation(relation, row, cells, declaration)
        earlier = before.get(row.quarter.previous, {})
        for balance in declaration.balances:
            yield from _balance(balance, row, earlier, cells, declaration)
        for measure in declaration.measures:
            yield from _jump(measure, row, earlier, cells)
        for indicator in declaration.indicators:
            yield from _published(indicator, row, cells, known)


def _relation(
    relation: Relation, row: QuarterFigures, cells: Cells, declaration: Return
) -> Iterator[CellFault]:
    part, whole = (row.figures.get(name, NOT_GIVEN) for name in (relation.part, relation.whole))
    if part.value is None or whole.value is None or part.value <= whole.value:
        return
    message = (
        f"{_label(declaration, relation.part)} ({write_number(part.value)}) is more than "
        f"{_small(_label(declaration, relation.whole))} ({write_number(whole.value)}): "
        f"{relation.because}"
    )
    yield cells.fault("return_relation", message, row.quarter, relation.part, part)


def _balance(
    balance: Balance, row: QuarterFigures, earlier: Figures, cells: Cells, declaration: Return
) -> Iterator[CellFault]:
    now = row.figures.get(balance.stock, NOT_GIVEN)
    was = earlier.get(balance.stock, NOT_GIVEN)
    came = row.figures.get(balance.came, NOT_GIVEN)
    left = row.figures.get(balance.left, NOT_GIVEN)
    label = _label(declaration, balance.stock)
    values = [figure.value for figure in (now, was, came, left)]
    known = [value for value in values if value is not None]
    if len(known) == 4 and known[0] != known[1] + known[2] - known[3]:
        yield cells.fault(
            "return_balance",
            f"{label} is {write_number(known[0])}, but the quarter before "
            f"({write_number(known[1])}) plus those who came ({write_number(known[2])}) less "
            f"those who left ({write_number(known[3])}) is "
            f"{write_number(known[1] + known[2] - known[3])}.",
            row.quarter, balance.stock, now,
        )  # fmt: skip
    names = (balance.stock, "", balance.came, balance.left)
    hidden = [
        (name, figure)
        for name, figure in zip(names, (now, was, came, left), strict=True)
        if figure.status == SUPPRESSED
    ]
    if len(hidden) == 1 and len(known) == 3:
        name, figure = hidden[0]
        where = name or balance.stock
        whose = label if not name else _label(declaration, name)
        when = "" if name else " of the quarter before"
        yield cells.fault(
            "return_suppression",
            f"{whose}{when} is suppressed, but can be worked out from the other three figures.",
            row.quarter, where, figure if name else now,
        )  # fmt: skip


def _jump(
    measure: Measure, row: QuarterFigures, earlier: Figures, cells: Cells
) -> Iterator[CellFault]:
    now = row.figures.get(measure.column, NOT_GIVEN)
    was = earlier.get(measure.column, NOT_GIVEN)
    if now.value is None or was.value is None:
        return
    change = abs(now.value - was.value)
    usual = measure.jump_percent / 100 * was.value
    if change > usual and change > BEYOND_CHANCE * math.sqrt(now.value + was.value):
        yield cells.fault(
            "return_jump",
            f"{measure.label}: {write_number(now.value)}, where {row.quarter.previous.label} had "
            f"{write_number(was.value)}.",
            row.quarter, measure.column, now,
        )  # fmt: skip


def _published(
    indicator: ReturnIndicator, row: QuarterFigures, cells: Cells, known: Known
) -> Iterator[CellFault]:
    published = known.published.get(indicator.published_as)
    if published is None or not indicator.comparable:
        return
    ours = derive(indicator, row.figures, known.population)
    if ours.value is None or ours.status != REPORTED:
        return
    apart = abs(ours.value - published.value)
    if apart > indicator.published_percent / 100 * abs(published.value) and apart > _chance(
        indicator, ours
    ):
        places = indicator.decimals
        yield cells.fault(
            "return_published",
            f"{indicator.title}: {ours.value:,.{places}f} from this return, where the published "
            f"figure for {published.period} is {published.value:,.{places}f}.",
            row.quarter,
            indicator.numerator,
            row.figures[indicator.numerator],
        )


def _chance(indicator: ReturnIndicator, ours: Derived) -> float:
    """How far chance alone takes such a figure: a proportion's by its binomial error, any other's
    by its count's (Poisson)."""
    value, count = ours.value or 0.0, ours.numerator or 0.0
    if indicator.unit == "percent" and ours.denominator:
        share = min(max(value / 100, 0.0), 1.0)
        return BEYOND_CHANCE * 100 * math.sqrt(share * (1 - share) / ours.denominator)
    return BEYOND_CHANCE * value / math.sqrt(count) if count else math.inf


def _label(declaration: Return, column: str) -> str:
    return declaration.measure_by_column[column].label


def _small(label: str) -> str:
    """A label within a sentence; one that begins with an abbreviation stays as it is."""
    return label if label[1:2].isupper() else f"{label[:1].lower()}{label[1:]}"


def write_number(value: float) -> str:
    """A figure as a person reads it: 1,234 or 12.5."""
    return f"{value:,.0f}" if value.is_integer() else f"{value:,}"
