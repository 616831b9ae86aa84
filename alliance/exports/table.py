"""What an export holds, whatever its form: columns, rows, what they are, and a chart of them.

Knows no page, no file format and no release; the writers of the forms know nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal, overload

from alliance.context_measures import write_weights
from alliance.view import View, address
from ingest.errors import AllianceError

FORMS = ("csv", "xlsx", "pptx")
"""The forms that the server writes; pictures are made where the chart is drawn."""

Role = Literal["us", "peer", "region", "neighbours", "england", "set"]
"""What a bar or a line stands for: it decides colour, dashes and shape."""


class NotThereError(AllianceError):
    """An export of something that the release does not have."""


class TooManyRowsError(AllianceError):
    """An export of more figures than its form can hold."""


class LazyRows(Sequence[Mapping[str, Any]]):
    """Rows that are read as they are walked and never held together: `count` of them, walked anew
    by `walk` each time. Its first rows are cheap to have, its last ones are not."""

    def __init__(self, count: int, walk: Callable[[], Iterator[Mapping[str, Any]]]) -> None:
        self._count = count
        self._walk = walk

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return self._walk()

    @overload
    def __getitem__(self, place: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, place: slice) -> list[Mapping[str, Any]]: ...

    def __getitem__(self, place: int | slice) -> Mapping[str, Any] | list[Mapping[str, Any]]:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._count)
            return list(islice(self._walk(), start, stop, step))
        if not -self._count <= place < self._count:
            raise IndexError(place)
        return next(islice(self._walk(), place % self._count, None))


@dataclass(frozen=True, slots=True)
class Absent:
    """A figure that is not a number, and why: `suppressed`, `not available`."""

    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` in CSV and in the rows, `label` for people. `unit` and `decimals` (of an
    indicator) say how a number is shown; it is never rounded. `csv_only`: for machines alone.
    `by_row`: each row is of a measure of its own, whose unit and decimals are its `shown_unit` and
    `shown_decimals`."""

    key: str
    label: str
    unit: str = ""
    decimals: int | None = None
    csv_only: bool = False
    by_row: bool = False


@dataclass(frozen=True, slots=True)
class NativeSeries:
    """One line, or one set of bars. `low` and `high` are the ends of 95 % intervals, or empty;
    `roles` are of single bars, where they differ from the series'."""

    name: str
    values: tuple[float | None, ...]
    role: Role = "peer"
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparator:
    """A figure to hold bars against: the country's, the region's, the neighbours' median."""

    label: str
    value: float
    role: Role


@dataclass(frozen=True, slots=True)
class NativeChart:
    """A chart that Excel and PowerPoint draw and their users can edit. A value None is a gap.

    Of bars there is one series, in order of value, best or highest first.
    """

    kind: Literal["bar", "line"]
    categories: tuple[str, ...]
    series: tuple[NativeSeries, ...]
    axis_title: str
    unit: str = "count"
    decimals: int = 0
    comparators: tuple[Comparator, ...] = ()

    def with_comparator_bars(self) -> NativeChart:
        """The same with each comparator as a bar at its place among the others."""
        bars = list(self.bars())
        known = [value for _, value, *_ in bars if value is not None]
        falling = not known or known[0] >= known[-1]
        for item in self.comparators:
            before = [
                value is not None and (value >= item.value if falling else value <= item.value)
                for _, value, *_ in bars
            ]
            bars.insert(sum(before), (item.label, item.value, None, None, item.role))
        labels, values, lows, highs, roles = zip(*bars, strict=True)
        series = replace(self.series[0], values=values, low=lows, high=highs, roles=roles)
        return replace(self, categories=labels, series=(series,), comparators=())

    def bars(self) -> Iterator[tuple[str, float | None, float | None, float | None, Role]]:
        """Label, value, both ends of the interval and role of each bar."""
        series = self.series[0]
        nothing = (None,) * len(series.values)
        yield from zip(
            self.categories, series.values, series.low or nothing, series.high or nothing,
            series.roles or (series.role,) * len(series.values), strict=True,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportTable:
    """An export before it takes a form.

    rows: dicts by column key; a value is a number, a text, a date, None (an empty cell) or
    `Absent`. about: (what, words) pairs in order, of which source and release are never left out.
    sentence: what the figures say, as before the chart on the page. notes: whom the chart leaves
    out and why. name: the file's, without its ending. parts: the same figures by measure, each of
    which a workbook has on a sheet of its own; none where there is but one.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Any]]
    about: tuple[tuple[str, str], ...]
    chart: NativeChart | None = None
    sentence: str = ""
    notes: tuple[str, ...] = ()
    name: str = ""
    parts: tuple[ExportTable, ...] = ()

    @property
    def file_stem(self) -> str:
        """The file's name without its ending: plain letters, digits, hyphens and underscores."""
        return file_stem(self.name or self.title)

    @property
    def demonstration(self) -> str:
        """The words that all is invented; empty for real figures."""
        return next((f"{what}: {words}" for what, words in self.about if what == DEMO), "")

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """The columns for people."""
        return tuple(column for column in self.columns if not column.csv_only)


DEMO = "Demonstration"


def file_stem(words: str) -> str:
    """A name that no file system and no header misreads: whatever else becomes a hyphen."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", words).strip("-")[:100] or "export"


def export_address(kind: str, form: str, view: View, **query: str | None) -> str:
    """Where the file of that kind and form lies, for the view and the page's own query."""
    chosen = {**write_weights(view.weights), **query}
    return query_address(kind, form, {"alliance": view.alliance.key, "us": view.us, **chosen})


def query_address(kind: str, form: str, query: Mapping[str, str | None]) -> str:
    """The same for a query that holds the view already."""
    return address(f"/download/{kind}.{form}", query)
