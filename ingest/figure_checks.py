"""Checks on figures as they stand in observations, before a release is written: values that cannot
be, values that are unusual for their unit, counts larger than what they are counted among.

Knows nothing of files' shapes. Works on whole columns: a release has several 100,000 figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ingest.catalogue import Catalogue
from ingest.checks import CHECKS
from ingest.errors import Finding

_NEARLY = 1e-9
LOWEST_GRADE, HIGHEST_GRADE = 1, 4

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns of observations, row for row. `share`: the figure is a share of a whole."""

    value: Values
    numerator: Values
    denominator: Values
    unit: npt.NDArray[np.object_]
    share: Flags


def _impossible(columns: _Columns) -> Flags:
    """Negative counts and rates, grades that there are none of, shares of more than the whole."""
    value, unit = columns.value, columns.unit
    negative = value < 0
    countable = np.isin(unit, ["count", "per_1000", "per_10000", "per_100000", "fte", "days"])
    graded = unit == "grade"
    no_grade = (value < LOWEST_GRADE) | (value > HIGHEST_GRADE) | (value != np.floor(value))
    whole = columns.share & (negative | (value > 100 + _NEARLY))
    reported = np.isfinite(value)
    return reported & ((countable & negative) | (graded & no_grade) | whole)


def _unusual(columns: _Columns) -> Flags:
    """Percentages outside 0 to 100 that are no share of a whole (a gap, a rate of take-up over an
    estimated population), and negative spending or ratios."""
    value, unit = columns.value, columns.unit
    outside = (unit == "percent") & ~columns.share & ((value < 0) | (value > 100 + _NEARLY))
    return outside | (np.isin(unit, ["gbp", "ratio"]) & (value < 0))


def _more_than_all(columns: _Columns) -> Flags:
    return columns.share & (columns.numerator > columns.denominator + _NEARLY)


@dataclass(frozen=True, slots=True)
class _FigureCheck:
    """Which figures a check marks, how far each is out, and the words for the furthest."""

    check_id: str
    marks: Callable[[_Columns], Flags]
    distance: Callable[[_Columns], Values]
    words: Callable[[pd.Series], str]


def _figure_words(row: pd.Series) -> str:
    return f"{row['value']:,g}"


def _count_words(row: pd.Series) -> str:
    return f"{row['numerator']:,g} of {row['denominator']:,g}"


_FIGURE_CHECKS = (
    _FigureCheck("value_possible", _impossible, lambda c: np.abs(c.value - 50), _figure_words),
    _FigureCheck("value_in_range", _unusual, lambda c: np.abs(c.value - 50), _figure_words),
    _FigureCheck(
        "numerator_within", _more_than_all, lambda c: c.numerator - c.denominator, _count_words
    ),
)


def find_figure_faults(
    observations: Sequence[pd.DataFrame],
    indicators: pd.DataFrame,
    catalogue: Catalogue,
    file_names: Mapping[str, str],
) -> list[Finding]:
    """Figures outside what their unit allows: one finding for each check, file and indicator.

    `observations` and `indicators`: shaped as the tables of `ingest/release.sql`; `file_names`:
    name by source_file_id. An indicator that the catalogue declares with a Wilson interval is a
    share of a whole. Errors are on figures that cannot be; warnings on what is merely unusual.
    """
    shares = {item.id for item in catalogue.indicators if item.interval == "wilson"}
    about = indicators.set_index("indicator_id")[["title", "unit"]]
    return [
        finding
        for frame in observations
        for finding in _faults_of(frame, about, shares, file_names)
    ]


def _faults_of(
    frame: pd.DataFrame, about: pd.DataFrame, shares: set[str], file_names: Mapping[str, str]
) -> Iterator[Finding]:
    codes, ids = pd.factorize(frame["indicator_id"])
    units = about["unit"].reindex(ids).to_numpy(dtype=object)
    is_share = np.array([str(item) in shares for item in ids], dtype=bool)
    value, numerator, denominator = (
        frame[name].to_numpy(dtype=np.float64) for name in ("value", "numerator", "denominator")
    )
    # Units are told apart once for each indicator, not for each of its figures.
    columns = _Columns(value, numerator, denominator, units[codes], is_share[codes])
    for item in _FIGURE_CHECKS:
        rows = np.flatnonzero(item.marks(columns))
        if len(rows):
            marked = frame.iloc[rows].assign(distance=item.distance(columns)[rows])
            for (indicator_id, file_id), group in marked.groupby(
                ["indicator_id", "source_file_id"], sort=False
            ):
                title = str(about.at[indicator_id, "title"])
                name = file_names.get(str(file_id), "")
                yield _finding(item, group, str(indicator_id), title, name)


def _finding(
    item: _FigureCheck, group: pd.DataFrame, indicator_id: str, title: str, file_name: str
) -> Finding:
    worst = group.loc[group["distance"].idxmax()]
    words = f"{item.words(worst)} for area {worst['area_code']} in {worst['period']}"
    return CHECKS[item.check_id].finding(
        f"{title}: {words}."
        if len(group) == 1
        else f"{title}: {len(group):,} figures, the furthest out {words}.",
        file_name=file_name,
        indicator_id=indicator_id,
        area_code=str(worst["area_code"]) if group["area_code"].nunique() == 1 else None,
        period=str(worst["period"]) if group["period"].nunique() == 1 else None,
    )
