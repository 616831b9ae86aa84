"""The headline figures as signals are looked for in them: a grid of authorities by periods for each
indicator. It reads the tables of a release and judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indicators.counts import METHODS, WILSON, Row, scale_of
from indicators.words import is_span
from ingest.statuses import REPORTED

Floats = NDArray[np.float64]
DAYS_OF_A_YEAR, DAYS_MOVED = 365, 31
"""How far apart two years end, and by how much a publisher may move the end of one."""

_FIGURES = """
SELECT o.indicator_id, o.area_code, o.period, o.period_end, o.value, o.numerator, o.denominator,
    o.status, o.joint_with
FROM observation AS o
JOIN area AS a ON a.area_code = o.area_code AND a.area_level = 'authority'
JOIN indicator AS i ON i.indicator_id = o.indicator_id AND i.headline AND i.unit <> 'grade'
ORDER BY o.indicator_id, o.period_end, o.area_code
"""
_INDICATORS = """
SELECT i.*, s.published_on
FROM indicator AS i
LEFT JOIN (
    SELECT source_id, MAX(published_on) AS published_on FROM source_file GROUP BY source_id
) AS s ON s.source_id = i.source_id
WHERE i.headline AND i.unit <> 'grade'
ORDER BY i.domain_order, i.indicator_order
"""
_NEIGHBOURS = """
SELECT model, area_code, neighbour_code FROM neighbour ORDER BY model, area_code, position
"""


@dataclass(frozen=True)
class Grid:
    """One indicator: `value`, `numerator`, `denominator` have a row for each of `areas` and a
    column for each of `periods`, oldest first; what is not there is NaN. `neighbour` has a one
    where the column's authority is a neighbour of the row's."""

    indicator: Mapping[str, Any]
    areas: tuple[str, ...]
    names: tuple[str, ...]
    periods: tuple[str, ...]
    ends: tuple[date, ...]
    value: Floats
    numerator: Floats
    denominator: Floats
    status: NDArray[np.object_]
    joint_with: NDArray[np.object_]
    neighbour: NDArray[np.bool_]

    @property
    def method(self) -> str:
        """Wilson, Byar or none."""
        return str(self.indicator["interval_method"])

    @property
    def scale(self) -> float:
        """What a share is multiplied by in the indicator's unit."""
        return scale_of(self.indicator)

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """True where `indicators.counts.counts_of` has counts."""
        if self.method not in METHODS or is_span(self.periods[-1]):
            return np.zeros(self.value.shape, dtype=bool)
        x, n = self.numerator, self.denominator
        whole = (x == np.floor(x)) & (n == np.floor(n)) & (x >= 0) & (n > 0)
        return whole & ~np.isnan(self.value) & ((x <= n) | (self.method != WILSON))

    @cached_property
    def share(self) -> Floats:
        """Numerator / denominator where there are counts."""
        out = np.full(self.value.shape, np.nan)
        np.divide(self.numerator, self.denominator, out=out, where=self.counted)
        return out

    @cached_property
    def shown(self) -> Floats:
        """The figure as its counts give it, else as published."""
        return np.where(self.counted, self.share * self.scale, self.value)

    def median(self, column: int) -> float:
        """The median of all authorities with a figure, in the unit."""
        return float(np.nanmedian(self.shown[:, column]))

    def n(self, column: int) -> int:
        """How many authorities have a figure."""
        return int((~np.isnan(self.value[:, column])).sum())

    def years(self, n: int) -> list[int] | None:
        """The last `n` columns where each ends a year after the one before it, else None."""
        columns = list(range(len(self.periods)))[-n:]
        ends = [self.ends[i] for i in columns]
        steps = [(after - before).days for before, after in pairwise(ends)]
        yearly = all(abs(step - DAYS_OF_A_YEAR) <= DAYS_MOVED for step in steps)
        return columns if len(ends) == n and yearly else None

    def is_quarterly(self) -> bool:
        """True where the last two periods end within a hundred days."""
        return len(self.ends) > 1 and (self.ends[-1] - self.ends[-2]).days <= 100

    def row(self, area: int, column: int) -> Row:
        """A cell as `Release.figures` gives it."""
        x, n = self.numerator[area, column], self.denominator[area, column]
        value = self.value[area, column]
        return {
            "area_code": self.areas[area], "period": self.periods[column],
            "period_end": self.ends[column], "value": None if np.isnan(value) else float(value),
            "numerator": None if np.isnan(x) else float(x),
            "denominator": None if np.isnan(n) else float(n),
            "status": self.status[area, column], "joint_with": self.joint_with[area, column],
        }  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """Everything that signals are looked for in."""

    grids: tuple[Grid, ...]
    names: Mapping[str, str]

    def at(self, last: date, neighbours_known: bool = True) -> Panel:
        """What was to be seen on that day: no period that ended later. Figures are as the release
        has them, with whatever was revised since."""
        cut = (_cut(grid, last, neighbours_known) for grid in self.grids)
        return Panel(tuple(grid for grid in cut if grid is not None), self.names)


def read_panel(connection: duckdb.DuckDBPyConnection) -> Panel:
    """The headline figures of the release that the connection uses; neighbours of the newest
    model."""
    names = dict(connection.execute("SELECT area_code, name FROM area").fetchall())
    frame = connection.execute(_FIGURES).df()
    pairs = connection.execute(_NEIGHBOURS).fetchall()
    newest = max((model for model, _, _ in pairs), default=None)
    known = {(area, other) for model, area, other in pairs if model == newest}
    held = dict(tuple(frame.groupby("indicator_id", sort=False)))
    indicators = connection.execute(_INDICATORS).df().astype(object)
    found = [
        _grid(row, held[row["indicator_id"]], names, known)
        for row in indicators.where(indicators.notna(), None).to_dict("records")
        if row["indicator_id"] in held
    ]
    return Panel(tuple(grid for grid in found if grid is not None), names)


def _grid(
    indicator: Mapping[Any, Any],
    frame: pd.DataFrame,
    names: Mapping[str, str],
    known: Set[tuple[str, str]],
) -> Grid | None:
    """Periods up to the last one in which anybody has a figure; None where nobody has."""
    ends = frame.drop_duplicates("period").set_index("period")["period_end"]
    areas = tuple(sorted(frame["area_code"].unique()))
    row = frame["area_code"].map({code: i for i, code in enumerate(areas)}).to_numpy()
    column = frame["period"].map({period: i for i, period in enumerate(ends.index)}).to_numpy()

    def spread(name: str, empty: Any, kind: type) -> Any:
        out: NDArray[Any] = np.full((len(areas), len(ends)), empty, dtype=kind)
        out[row, column] = frame[name].to_numpy(dtype=kind)
        return out

    at = {code: i for i, code in enumerate(areas)}
    neighbour = np.zeros((len(areas), len(areas)), dtype=bool)
    for a, b in known:
        if a in at and b in at:
            neighbour[at[a], at[b]] = True
    joint = spread("joint_with", None, object)
    joint[pd.isna(joint)] = None
    grid = Grid(
        indicator, areas, tuple(names[code] for code in areas), tuple(ends.index),
        tuple(pd.Timestamp(end).date() for end in ends),
        spread("value", np.nan, float), spread("numerator", np.nan, float),
        spread("denominator", np.nan, float), spread("status", None, object), joint, neighbour,
    )  # fmt: skip
    return _cut(grid, max(grid.ends))


def _cut(grid: Grid, last: date, neighbours_known: bool = True) -> Grid | None:
    kept = [i for i, end in enumerate(grid.ends) if end <= last]
    while kept and not (grid.status[:, kept[-1]] == REPORTED).any():
        kept.pop()
    if not kept:
        return None
    size = len(kept)
    return replace(
        grid, periods=grid.periods[:size], ends=grid.ends[:size], value=grid.value[:, :size],
        numerator=grid.numerator[:, :size], denominator=grid.denominator[:, :size],
        status=grid.status[:, :size], joint_with=grid.joint_with[:, :size],
        neighbour=grid.neighbour if neighbours_known else np.zeros_like(grid.neighbour),
    )  # fmt: skip
