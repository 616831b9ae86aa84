"""The catalogue: which sources, files and indicators exist, declared in TOML.

Loaded into frozen dataclasses and validated as a whole: every fault is collected, with its file and
line, and raised once. This module reads no published file.
"""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urljoin, urlsplit

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from ingest.errors import CatalogueError

Unit = Literal[
    "percent",
    "per_1000",
    "per_10000",
    "per_100000",
    "count",
    "score",
    "gbp",
    "fte",
    "days",
    "grade",
    "ratio",
]
Polarity = Literal["high", "low", "none"]
Interval = Literal["wilson", "byar", "none"]
Timing = Literal["snapshot", "year", "label"]
"""On the day the period ends; during it; or what the publisher's label says and no more."""
Kind = Literal[
    "ees",
    "fingertips",
    "mhclg_outturn",
    "ofsted_outcomes",
    "lait_data",
    "lait_dictionary",
    "lait_authorities",
    "neighbours",
]
TABULAR_KINDS = frozenset({"ees", "fingertips", "mhclg_outturn", "ofsted_outcomes"})
"""The kinds whose figures indicators are declared on; `ingest.readers.tabular` reads them."""
SHEET_KINDS = frozenset({"mhclg_outturn", "ofsted_outcomes"})
"""The kinds that stand in a named sheet of a workbook."""
RouteId = Literal["ees_content", "ees_release_page", "ees_api", "lait"]
"""The ways to a publisher's files; `ingest.live.routes` has one module for each."""

Text = Annotated[str, Field(min_length=1)]
Host = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$")]
Megabytes = Annotated[int, Field(strict=True, gt=0, le=2_000)]
Decimals = Annotated[int, Field(strict=True, ge=0, le=4)]
Years = Annotated[int, Field(strict=True, ge=0)]
YesNo = Annotated[bool, Field(strict=True)]
Scale = Annotated[float, Field(gt=0)] | None

SCALE_OF_UNIT: dict[str, float] = {
    "percent": 100.0,
    "per_1000": 1_000.0,
    "per_10000": 10_000.0,
    "per_100000": 100_000.0,
}
"""What a numerator / denominator is multiplied by; every other unit by 1."""

_TABLES_OF = {"sources.toml": ("route", "source", "file")}
"""The tables of a catalogue file; one that is not named here holds indicators."""

_STRICT = ConfigDict(extra="forbid", str_strip_whitespace=False)
_ID = re.compile(r"[a-z0-9][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Route:
    """A way to publishers' files: where it starts, the only hosts that it may go to, and how much
    it may fetch (`max_megabytes`: in one download; `max_unpacked_megabytes`: out of one archive).
    """

    __pydantic_config__ = _STRICT

    id: RouteId
    address: str
    hosts: tuple[Host, ...]
    max_megabytes: Megabytes = 200
    max_unpacked_megabytes: Megabytes = 500

    def leads_to(self, address: str) -> bool:
        """True for an https address on one of the route's hosts."""
        parts = urlsplit(address)
        return parts.scheme == "https" and parts.netloc in self.hosts


@dataclass(frozen=True, slots=True)
class Source:
    """A publication: who publishes it, under which title and licence.

    `routes`: the ways to its files, tried in this order; without one it is only read from a folder.
    `former_slugs`: addresses that the publication had before, tried after its own.
    """

    __pydantic_config__ = _STRICT

    id: str
    publisher: str
    publication: str
    homepage: str
    licence: str
    cadence: Literal["annual", "termly", "quarterly", "irregular"]
    slug: str = ""
    former_slugs: tuple[str, ...] = ()
    routes: tuple[RouteId, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns as the publisher once named them: `name` says when, `columns` gives each one's
    present name, `values` the present spelling of a filter's values (by present column name)."""

    __pydantic_config__ = _STRICT

    name: Text
    columns: dict[str, str]
    values: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One published file: its name (a pattern where the publisher puts years in it) and shape.

    `omits`: the authorities that the publisher leaves out of it; any other that is missing shows
    that the file was cut short. `sheet`: the name of the workbook's sheet that the figures stand
    in, with * for what changes from year to year. `address`: where the file is, for a route that
    has fixed addresses (relative to the route's own). `max_megabytes`: a download larger than this
    is refused. `layouts`: how its columns were named in older editions, tried in this order.
    """

    __pydantic_config__ = _STRICT

    name: str
    source: str
    kind: Kind
    filters: tuple[str, ...] = ()
    year_ends: str = "03-31"
    omits: tuple[str, ...] = ()
    model: str = ""
    sheet: str = ""
    address: str = ""
    max_megabytes: Megabytes = 100
    layouts: tuple[Layout, ...] = ()
    one_year: YesNo = False

    def key(self, last_year: int | None) -> str:
        """What tells one edition from another file: the name, and of a file that holds one year
        that year, so that each year's file stays beside the others."""
        return f"{self.name} {last_year}" if self.one_year else self.name

    def matches(self, file_name: str) -> bool:
        """True where a file of that name is this file."""
        return fnmatch.fnmatchcase(file_name, self.name)

    @property
    def year_end(self) -> tuple[int, int]:
        """(month, day) on which a four-digit year of this file ends."""
        month, day = self.year_ends.split("-")
        return int(month), int(day)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of a table of figures: where its figure stands and what it means.

    `value` is the published column; where it is empty the figure is numerator / denominator times
    the scale of the unit, or times `scale` where that is given (1000 makes pounds per child of
    thousands of pounds). `numerator_less` is a column that is taken off the numerator. `decimals`
    is for display only: figures are kept as published.
    """

    __pydantic_config__ = _STRICT

    id: str
    title: Text
    domain: Text
    file: str
    unit: Unit
    polarity: Polarity
    decimals: Decimals
    definition: Text
    where: dict[str, str] = field(default_factory=dict)
    value: str = ""
    numerator: str = ""
    numerator_less: str = ""
    denominator: str | tuple[str, ...] = ()
    denominator_where: dict[str, str] = field(default_factory=dict)
    denominator_file: str = ""
    denominator_years_before: Years = 0
    scale: Scale = None
    interval: Interval = "none"
    timing: Timing = "year"
    numerator_label: str = ""
    denominator_label: str = ""
    caveats: str = ""
    headline: YesNo = False

    @property
    def denominator_columns(self) -> tuple[str, ...]:
        """The columns that are added to make the denominator."""
        if isinstance(self.denominator, str):
            return (self.denominator,) if self.denominator else ()
        return self.denominator

    @property
    def numerator_columns(self) -> tuple[str, ...]:
        """The columns that make the numerator: the first, less the second where there is one."""
        return tuple(name for name in (self.numerator, self.numerator_less) if name)

    @property
    def multiplier(self) -> float:
        """What numerator / denominator is multiplied by to give the figure."""
        return self.scale or SCALE_OF_UNIT.get(self.unit, 1.0)

    @property
    def columns(self) -> frozenset[str]:
        """Every column that the indicator reads from its own file."""
        own = {self.value, *self.numerator_columns, *self.where} - {""}
        return frozenset(own if self.denominator_file else {*own, *self.denominator_columns})


@dataclass(frozen=True)
class Catalogue:
    """All that is declared. Domains are in the order in which they are declared."""

    sources: tuple[Source, ...]
    files: tuple[FileSpec, ...]
    indicators: tuple[Indicator, ...]
    routes: tuple[Route, ...] = ()

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """Domain titles in declared order."""
        return tuple(dict.fromkeys(indicator.domain for indicator in self.indicators))

    @cached_property
    def source_by_id(self) -> dict[str, Source]:
        """Source by its id."""
        return {source.id: source for source in self.sources}

    def file_for(self, file_name: str) -> FileSpec | None:
        """The declared file that a published file of this name is, or None."""
        return next((spec for spec in self.files if spec.matches(file_name)), None)

    def indicators_of(self, spec: FileSpec) -> tuple[Indicator, ...]:
        """The indicators whose figures stand in that file."""
        return tuple(indicator for indicator in self.indicators if indicator.file == spec.name)

    def columns_of(self, spec: FileSpec) -> frozenset[str]:
        """Every column of that file that some indicator reads (filters included)."""
        own = {column for item in self.indicators_of(spec) for column in item.columns}
        lent = {
            column
            for item in self.indicators
            if item.denominator_file == spec.name
            for column in item.denominator_columns
        }
        return frozenset(own | lent | set(spec.filters))


Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class _Located:
    """A declared entry with the TOML file and line it starts on."""

    entry: Any
    place: str


def load_catalogue(directory: Path) -> Catalogue:
    """Read `sources.toml` and `indicators/*.toml`.

    Raises `CatalogueError` with every fault (unknown or missing key, wrong value, duplicate id,
    reference to something undeclared), each with file and line.
    """
    faults: list[str] = []
    routes = list(_read(directory / "sources.toml", "route", Route, faults))
    sources = list(_read(directory / "sources.toml", "source", Source, faults))
    files = list(_read(directory / "sources.toml", "file", FileSpec, faults))
    indicators = [
        located
        for path in sorted((directory / "indicators").glob("*.toml"))
        for located in _read(path, "indicator", Indicator, faults)
    ]
    catalogue = Catalogue(
        tuple(item.entry for item in sources if isinstance(item.entry, Source)),
        tuple(item.entry for item in files if isinstance(item.entry, FileSpec)),
        tuple(item.entry for item in indicators if isinstance(item.entry, Indicator)),
        tuple(item.entry for item in routes if isinstance(item.entry, Route)),
    )
    faults += (
        _duplicates(sources, "id") + _duplicates(files, "name") + _duplicates(indicators, "id")
    )
    faults += _duplicates(routes, "id")
    faults += [fault for item in routes for fault in _route_faults(item)]
    faults += [fault for item in sources for fault in _source_faults(item, catalogue)]
    faults += [fault for item in files for fault in _file_faults(item, catalogue)]
    faults += [fault for item in indicators for fault in _indicator_faults(item, catalogue)]
    if faults:
        raise CatalogueError(
            "The catalogue has faults; correct them and run again.\n" + "\n".join(faults)
        )
    return catalogue


def read_declared(
    path: Path, table: str, kind: type[Entry], faults: list[str], tables: tuple[str, ...]
) -> list[tuple[Entry, str]]:
    """The entries of one kind of a TOML file beside the catalogue, each with its file and line.

    `tables` are those that the file may have; what is wrong goes into `faults`.
    """
    return [(item.entry, item.place) for item in _read(path, table, kind, faults, tables)]


def _read(
    path: Path,
    table: str,
    kind: type[Entry],
    faults: list[str],
    tables: tuple[str, ...] = ("indicator",),
) -> Iterator[_Located]:
    """Yield the entries of one kind of one TOML file; what is wrong goes into `faults`."""
    text = _read_text(path, faults)
    if text is None:
        return
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _add(faults, f"{path.name}: not valid TOML: {error}")
        return
    for name, content in document.items():
        line = f"{path.name}, line {_line_of(text, name)}"
        if name not in _TABLES_OF.get(path.name, tables):
            _add(faults, f"{line}: {name} does not belong in this file")
        elif not isinstance(content, list) or not all(isinstance(raw, dict) for raw in content):
            _add(faults, f"{line}: write each {name} as a table headed [[{name}]]")
    adapter: TypeAdapter[Entry] = TypeAdapter(kind)
    entries = document.get(table, [])
    for number, raw in enumerate(entries if isinstance(entries, list) else []):
        if not isinstance(raw, dict):
            continue
        lines = _block_lines(text, table, number)
        try:
            entry = adapter.validate_python(_tuples(raw))
        except ValidationError as error:
            faults += [_explain(path, lines, table, raw, item) for item in error.errors()]
        else:
            yield _Located(entry, f"{path.name}, line {lines.start}")


def _read_text(path: Path, faults: list[str]) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        _add(faults, f"{path}: cannot be read: {error}")
        return None


def _add(faults: list[str], fault: str) -> None:
    """Note a fault once: sources.toml is read for its sources and again for its files."""
    if fault not in faults:
        faults.append(fault)


def _line_of(text: str, name: str) -> int:
    """The line on which a top-level name of the document first stands."""
    pattern = re.compile(rf'\s*(\[{{1,2}}\s*)?"?{re.escape(name)}"?\s*[\].=]')
    lines = text.splitlines()
    return next((i for i, line in enumerate(lines, start=1) if pattern.match(line)), 1)


def _tuples(raw: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of the TOML text that one entry stands on."""

    start: int
    lines: tuple[str, ...]

    def line_of(self, key: str) -> int:
        """Line of that key, or of the entry's head where the key is absent."""
        pattern = re.compile(rf'^\s*"?{re.escape(key)}"?\s*=')
        for offset, line in enumerate(self.lines):
            if pattern.match(line):
                return self.start + offset
        return self.start


def _block_lines(text: str, table: str, number: int) -> _Block:
    """Find the n-th `[[table]]` of the text (tomllib keeps no line numbers)."""
    lines = text.splitlines()
    heads = [i for i, line in enumerate(lines) if line.strip().startswith("[[")]
    mine = [i for i in heads if re.match(rf"\s*\[\[\s*{table}\s*\]\]", lines[i])]
    start = mine[number] if number < len(mine) else 0
    end = next((i for i in heads if i > start), len(lines))
    return _Block(start + 1, tuple(lines[start:end]))


def _explain(path: Path, block: _Block, table: str, raw: dict[str, Any], error: Any) -> str:
    key = str(error["loc"][0]) if error["loc"] else ""
    name = raw.get("id") or raw.get("name") or raw.get("column") or "without a name"
    what = {
        "missing": f"{key} is missing",
        "unexpected_keyword_argument": f"unknown key {key}",
        "extra_forbidden": f"unknown key {key}",
    }.get(error["type"], f"{key}: {error['msg']} (found {error.get('input')!r})")
    return f"{path.name}, line {block.line_of(key)}: {table} {name}: {what}"


def _duplicates(located: list[_Located], key: str) -> list[str]:
    first: dict[str, str] = {}
    faults = []
    for item in located:
        name = getattr(item.entry, key)
        if name in first:
            faults.append(f"{item.place}: {key} {name} is already declared at {first[name]}")
        first.setdefault(name, item.place)
    return faults


def _route_faults(item: _Located) -> Iterator[str]:
    route = item.entry
    assert isinstance(route, Route)  # noqa: S101 - tells the type checker what _read yields
    if not route.leads_to(route.address):
        yield (
            f"{item.place}: route {route.id}: address must be https on one of its hosts "
            f"({', '.join(route.hosts)}; found {route.address!r})"
        )


def _source_faults(item: _Located, catalogue: Catalogue) -> Iterator[str]:
    source = item.entry
    assert isinstance(source, Source)  # noqa: S101 - tells the type checker what _read yields
    declared = {route.id for route in catalogue.routes}
    for route in source.routes:
        if route not in declared:
            yield f"{item.place}: source {source.id}: route {route} is not declared"
        elif route != "lait" and not source.slug:
            yield f"{item.place}: source {source.id}: route {route} needs slug"


def _address_faults(spec: FileSpec, place: str, catalogue: Catalogue) -> Iterator[str]:
    source = catalogue.source_by_id.get(spec.source)
    ways = [route for route in catalogue.routes if source and route.id in source.routes]
    fixed = next((route for route in ways if route.id == "lait"), None)
    if spec.address and fixed is None:
        yield f"{place}: file {spec.name}: address needs a source with the route lait"
    elif fixed and not fixed.leads_to(urljoin(fixed.address, spec.address)):
        yield (
            f"{place}: file {spec.name}: address must be https on a host of the route lait "
            f"({', '.join(fixed.hosts)}; found {spec.address!r})"
        )


def _file_faults(item: _Located, catalogue: Catalogue) -> Iterator[str]:
    spec = item.entry
    assert isinstance(spec, FileSpec)  # noqa: S101 - tells the type checker what _read yields
    if spec.source not in catalogue.source_by_id:
        yield f"{item.place}: file {spec.name}: source {spec.source} is not declared"
    if not _is_month_day(spec.year_ends):
        yield f"{item.place}: file {spec.name}: year_ends must be MM-DD (found {spec.year_ends!r})"
    if spec.kind == "neighbours" and not spec.model:
        yield f"{item.place}: file {spec.name}: model is missing"
    if (spec.kind in SHEET_KINDS) != bool(spec.sheet):
        verb = "is missing" if spec.kind in SHEET_KINDS else "is only for workbooks of figures"
        yield f"{item.place}: file {spec.name}: sheet {verb}"
    yield from _address_faults(spec, item.place, catalogue)
    yield from _layout_faults(spec, item.place, catalogue)


def _layout_faults(spec: FileSpec, place: str, catalogue: Catalogue) -> Iterator[str]:
    known = catalogue.columns_of(spec)
    for layout in spec.layouts:
        where = f"{place}: file {spec.name}: layout {layout.name}"
        present = list(layout.columns.values())
        for name in sorted({*present, *layout.values} - known):
            yield f"{where}: {name} is no column that an indicator reads"
        for name in sorted({name for name in present if present.count(name) > 1}):
            yield f"{where}: two columns would be called {name}"


def _is_month_day(text: str) -> bool:
    if not re.fullmatch("[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(f"2024-{text}")
    except ValueError:
        return False
    return True


def _indicator_faults(item: _Located, catalogue: Catalogue) -> Iterator[str]:
    indicator = item.entry
    assert isinstance(indicator, Indicator)  # noqa: S101 - tells the type checker what _read yields
    where = f"{item.place}: indicator {indicator.id}"
    files = {spec.name: spec for spec in catalogue.files}
    if not _ID.fullmatch(indicator.id):
        yield f"{where}: id must be lower-case letters, digits and underscores"
    lender = indicator.denominator_file or indicator.file
    for key, name, filters in (
        ("file", indicator.file, indicator.where),
        ("denominator_file", lender, indicator.denominator_where),
    ):
        first = key == "file" or name != indicator.file
        if name not in files and first:
            yield f"{where}: {key} {name} is not declared in sources.toml"
        elif name in files and files[name].kind not in TABULAR_KINDS and first:
            kinds = ", ".join(sorted(TABULAR_KINDS))
            yield f"{where}: {key} {name} is of kind {files[name].kind}; it must be one of {kinds}"
        elif name in files and (stray := {*filters} - {*files[name].filters}):
            yield f"{where}: {', '.join(sorted(stray))} is not among the filters of {name}"
    if indicator.denominator_years_before and not indicator.denominator_file:
        yield f"{where}: denominator_years_before needs denominator_file"
    if not indicator.value and not (indicator.numerator and indicator.denominator_columns):
        yield f"{where}: give value, or both numerator and denominator to derive it from"
    if indicator.interval != "none" and not (indicator.numerator and indicator.denominator_columns):
        yield f"{where}: interval {indicator.interval} needs numerator and denominator"
    if indicator.interval == "wilson" and indicator.unit != "percent":
        yield f"{where}: interval wilson is for a percent, not {indicator.unit}"
    yield from _arithmetic_faults(indicator, where)


def _arithmetic_faults(indicator: Indicator, where: str) -> Iterator[str]:
    """What would give a figure a meaning that it has not."""
    if indicator.numerator_less and not indicator.numerator:
        yield f"{where}: numerator_less needs numerator"
    if indicator.scale and (indicator.value or indicator.interval != "none"):
        yield f"{where}: scale is for a figure that is derived and has no interval"
    if indicator.unit == "grade" and (
        not indicator.value or indicator.numerator or indicator.denominator_columns
    ):
        yield f"{where}: a grade is given as value and has neither numerator nor denominator"
    if indicator.unit == "grade" and (indicator.polarity != "low" or indicator.decimals):
        yield f"{where}: a grade has polarity low (1 is the best) and no decimals"
