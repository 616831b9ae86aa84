"""From published files to the frames of a release.

Every file is read and checked. A source with an error in one of its files stops: the files that it
had before stand in for them, and the other sources go on. Knows kinds of files only through
`ingest.readers`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ingest.authorities import AUTHORITY, Reference
from ingest.catalogue import Catalogue, FileSpec
from ingest.checks import CHECKS
from ingest.errors import AllianceError, Finding, IngestError, raise_errors
from ingest.figure_checks import find_figure_faults
from ingest.folder import Folder, Origin, open_file
from ingest.held import NOTHING_HELD, Held
from ingest.observations import find_selection_faults
from ingest.readers import FAMILIES, reader_for
from ingest.schemas.release import INSPECTION_COLUMNS
from ingest.tables import Load, PublishedFile, RawTable, RowAccount, SetAside

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class StoppedSource:
    """A source whose files have errors: `kept` are those of the release before that stand in for
    them, none where there are none."""

    source_id: str
    publication: str
    errors: tuple[Finding, ...]
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What became of every row of one file: `rows` = `used` + all that was set aside."""

    file_name: str
    rows: int
    used: int
    set_aside: tuple[SetAside, ...]


@dataclass(frozen=True)
class Loaded:
    """Everything that goes into a release but the comparisons. Frames as `ingest/release.sql`.

    `accounts`: of every file that was read, those that were not used included.
    """

    areas: pd.DataFrame
    indicators: pd.DataFrame
    observations: Sequence[pd.DataFrame]
    neighbours: pd.DataFrame
    source_files: pd.DataFrame
    findings: tuple[Finding, ...]
    tables: tuple[RawTable, ...]
    accounts: tuple[FileAccount, ...]
    stopped: tuple[StoppedSource, ...]
    inspections: pd.DataFrame


def read_file(file: PublishedFile, catalogue: Catalogue, reference: Reference) -> RawTable:
    """Read one file and check its raw shape; faults are in the table's findings."""
    return reader_for(file.spec.kind).read(file, catalogue, reference)


def last_year(table: RawTable) -> int | None:
    """The calendar year in which the last period of a table ends, None where it has no periods."""
    years = [year for text in table.periods if (year := _last_year_of(text)) is not None]
    return max(years, default=None)


def _last_year_of(text: str) -> int | None:
    """2025 of “2025”, “202425”, “2024-25”, “2025 (Rev)” or “2022/23-24/25”; None of “0”."""
    numbers = re.findall("[0-9]{4}|[0-9]{2}", text)
    if not numbers or len(numbers[0]) < 4:
        return None
    last = numbers[-1]
    return int(last) if len(last) == 4 else int(numbers[0][:2] + last)


def load_folder(
    folder: Folder,
    catalogue: Catalogue,
    reference: Reference,
    *,
    held: Held = NOTHING_HELD,
    allow_loss: bool = False,
    progress: Progress = lambda _: None,
) -> Loaded:
    """Read every file of a folder; what it lacks is taken from the files `held` (unless
    `allow_loss`). `progress` is told each file's name before it is read.

    Raises `IngestError` with every error where no source is left, or where an error belongs to no
    source; then nothing has been loaded. Raises `AllianceError` where the files make no indicator.
    """
    work = _Work(folder, catalogue, reference, held, allow_loss, progress)
    work.read_given()
    doubts = work.choose_editions()
    work.stop_sources([*doubts, *(i for t in work.tables.values() for i in t.findings)])
    work.carry_forward()
    progress("indicators")
    while True:
        loads = _load_families(work.in_order(), catalogue, reference)
        found = [item for load in loads for item in load.findings]
        found += work.check_figures(loads)
        if not any(item.severity == "error" for item in found):
            return work.finish(loads, found)
        work.stop_sources(found)


def _load_families(
    tables: Sequence[RawTable], catalogue: Catalogue, reference: Reference
) -> list[Load]:
    return [
        family.load([t for t in tables if t.file.spec.kind in family.KINDS], catalogue, reference)
        for family in FAMILIES
    ]


@dataclass
class _Work:
    """One load as it goes: `tables` are those in use, by `FileSpec.key`; so is `given`."""

    folder: Folder
    catalogue: Catalogue
    reference: Reference
    held: Held
    allow_loss: bool
    progress: Progress
    tables: dict[str, RawTable] = field(default_factory=dict)
    given: dict[str, list[RawTable]] = field(default_factory=dict)
    unused: list[tuple[RawTable, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    stopped: dict[str, StoppedSource] = field(default_factory=dict)
    origins: dict[Path, Origin] = field(default_factory=dict)

    def read_given(self) -> None:
        """Read every file of the folder."""
        self.findings += self.folder.findings
        self.origins |= self.folder.origins
        for path, spec in self.folder.files:
            table = self._read(path, spec)
            self.given.setdefault(spec.key(last_year(table)), []).append(table)

    def _read(self, path: Path, spec: FileSpec) -> RawTable:
        self.progress(path.name)
        return read_file(open_file(path, spec), self.catalogue, self.reference)

    def choose_editions(self) -> list[Finding]:
        """Of several files that are one file take the newest, and none that is older than what is
        held. Returns an error of each file of which it cannot be told which is newer."""
        doubts = []
        for name, tables in self.given.items():
            newest = _newest(tables)
            for table in tables:
                if table is not newest:
                    doubts += self._put_aside(table, newest)
            self.tables[name] = newest
            if not self.allow_loss:
                self._prefer_held(name, newest)
        return doubts

    def _put_aside(self, table: RawTable, newest: RawTable) -> list[Finding]:
        """Set aside one of several files that are one file; an error where it is in doubt."""
        file, other = table.file, newest.file
        here, there = self._place(file), self._place(other)
        if file.sha256 == other.sha256:
            self.unused.append((table, "the same bytes as another file"))
            message = f"{there} and {here} hold the same bytes; the first was read."
            self.findings.append(CHECKS["file_repeated"].finding(message, file_name=file.name))
            return []
        if _has_error(newest) or last_year(table) == last_year(newest):
            self.unused.append((table, "one of two files that are the same file"))
            message = f"{there} and {here} are both this file, and neither is known to be newer."
            return [CHECKS["file_unique"].finding(message, file_name=other.name)]
        self.unused.append((table, f"an older edition than {there}"))
        message = f"{here} ends in {last_year(table)}, {there} in {last_year(newest)}."
        self.findings.append(CHECKS["older_edition"].finding(message, file_name=file.name))
        return []

    def _place(self, file: PublishedFile) -> str:
        return self.origins[file.path].retrieved_from

    def _prefer_held(self, name: str, table: RawTable) -> None:
        held = self.held.files.get(name)
        if held is None or held.sha256 == table.file.sha256 or _has_error(table):
            return
        year = last_year(table)
        ends_earlier = year is not None and held.last_year is not None and year < held.last_year
        if not ends_earlier and table.file.sha256 not in self.held.superseded:
            return
        why = (
            f"it ends in {year}, that of release {self.held.release_id} in {held.last_year}"
            if ends_earlier
            else f"release {self.held.release_id} has one that replaced it"
        )
        message = f"The file is an older edition: {why}, which stays in use."
        self.findings.append(CHECKS["older_edition"].finding(message, file_name=table.file.name))
        self.unused.append((table, "an older edition than the one in use"))
        self._take_held(name)

    def _take_held(self, name: str) -> bool:
        """Use the held file of that key. False where there is none or it has an error now."""
        self.tables.pop(name, None)
        held = self.held.files.get(name)
        if held is None:
            return False
        table = self._read(held.path, held.spec)
        self.origins[held.path] = held.origin
        if _has_error(table):
            return False
        self.tables[name] = table
        return True

    def stop_sources(self, findings: Iterable[Finding]) -> None:
        """Stop every source that has an error among these findings. Raises `IngestError` for an
        error of no source."""
        of_file = {
            table.file.name: table.file.spec.source
            for tables in ([*self.tables.values()], *self.given.values())
            for table in tables
        }
        faults = [item for item in findings if item.severity == "error"]
        strays = [item for item in faults if item.file_name not in of_file]
        if strays:
            raise IngestError(strays)
        errors: dict[str, list[Finding]] = {}
        for item in faults:
            errors.setdefault(of_file[item.file_name], []).append(item)
        for source_id, items in errors.items():
            self.findings += items
            self._stop(source_id, items)

    def _stop(self, source_id: str, errors: Sequence[Finding]) -> None:
        """Take the source's files out of use, and those that are held into use in their place. If
        these fail in their turn, the source is left out."""
        before = self.stopped.get(source_id)
        names = [name for name, t in self.tables.items() if t.file.spec.source == source_id]
        for name in names:
            self.unused.append((self.tables.pop(name), "a source with an error stops as a whole"))
        kept: list[str] = []
        if before is None:
            own = [n for n, h in self.held.files.items() if h.spec.source == source_id]
            kept = [self.tables[name].file.name for name in own if self._take_held(name)]
        found = (*before.errors, *errors) if before else tuple(errors)
        publication = self.catalogue.source_by_id[source_id].publication
        self.stopped[source_id] = StoppedSource(source_id, publication, found, tuple(kept))

    def carry_forward(self) -> None:
        """Take what was not given from the files that are held; note what is nowhere."""
        given = {table.file.spec.name for tables in self.given.values() for table in tables}
        for spec in self.catalogue.files:
            if spec.source in self.stopped or (spec.name in given and not spec.one_year):
                continue
            keys = [key for key, held in self.held.files.items() if held.spec == spec]
            carried = [
                key
                for key in keys
                if not self.allow_loss and key not in self.given and self._take_held(key)
            ]
            for key in carried:
                message = f"The file was not given; release {self.held.release_id} has it."
                name = self.held.files[key].path.name
                self.findings.append(CHECKS["file_carried"].finding(message, file_name=name))
            if not carried and spec.name not in given:
                self.findings.append(
                    CHECKS["file_absent"].finding("The file is not there.", file_name=spec.name)
                )

    def in_order(self) -> list[RawTable]:
        """The tables in use, of one file the oldest year first."""
        return sorted(
            self.tables.values(), key=lambda table: (table.file.spec.name, last_year(table) or 0)
        )

    def check_figures(self, loads: Sequence[Load]) -> list[Finding]:
        """What the figures themselves show, whatever file they came from."""
        indicators = [load.indicators for load in loads if load.indicators is not None]
        if all(frame.empty for frame in indicators):
            return []
        names = {table.file.source_file_id: table.file.name for table in self.tables.values()}
        observations = [frame for load in loads for frame in load.observations]
        return find_figure_faults(observations, pd.concat(indicators), self.catalogue, names)

    def finish(self, loads: Sequence[Load], found: Sequence[Finding]) -> Loaded:
        """Put everything together, with what was `found` on the way. Raises `IngestError` or
        `AllianceError` if nothing is left."""
        tables = self.in_order()
        findings = [*self.findings, *(item for table in tables for item in table.findings)]
        findings += found
        indicators = [load.indicators for load in loads if load.indicators is not None]
        if all(frame.empty for frame in indicators):
            raise_errors(findings)
            raise AllianceError(
                f"The files in {self.folder.place} make no indicator. Each needs every file that "
                f"its entry in data/catalogue/indicators names; found here: "
                f"{', '.join(path.name for path, _ in self.folder.files)}."
            )
        neighbours = [load.neighbours for load in loads if load.neighbours is not None]
        inspections = [load.inspections for load in loads if load.inspections is not None]
        return Loaded(
            areas_frame(self.reference),
            _order(indicators, self.catalogue),
            [frame for load in loads for frame in load.observations],
            pd.concat(neighbours) if neighbours else _no_neighbours(),
            _source_files(tables, self.catalogue, self.origins),
            tuple(findings),
            tuple(tables),
            _account_for(tables, loads, self.unused),
            tuple(self.stopped.values()),
            pd.concat(inspections) if inspections else pd.DataFrame(columns=INSPECTION_COLUMNS),
        )


def _has_error(table: RawTable) -> bool:
    return any(item.severity == "error" for item in table.findings)


def _newest(tables: Sequence[RawTable]) -> RawTable:
    """The table that ends last, the first of those that do; but one that has an error comes first:
    it may be the newest, and must be put right before another is taken for it."""
    return max(tables, key=lambda table: (_has_error(table), last_year(table) or 0))


def _account_for(
    tables: Sequence[RawTable], loads: Sequence[Load], unused: Sequence[tuple[RawTable, str]]
) -> tuple[FileAccount, ...]:
    """What became of every row. Raises `IngestError` where a row is unaccounted for: that would be
    a fault of a reader."""
    of_file: dict[str, RowAccount] = {
        account.source_file_id: account for load in loads for account in load.accounts
    }
    accounts = []
    for table in tables:
        own = of_file.get(table.file.source_file_id)
        used, more = (own.used, own.set_aside) if own else (0, (_no_use(table),))
        aside = tuple(item for item in (*table.set_aside, *more) if item.rows)
        accounts.append(FileAccount(table.file.name, table.rows_read, used, aside))
    for table, reason in unused:
        aside = (SetAside(reason, table.rows_read),)
        accounts.append(FileAccount(table.file.name, table.rows_read, 0, aside))
    raise_errors(
        CHECKS["rows_accounted"].finding(
            f"Of {item.rows:,} rows {item.used:,} were used and "
            f"{sum(part.rows for part in item.set_aside):,} set aside.",
            file_name=item.file_name,
        )
        for item in accounts
        if item.rows != item.used + sum(part.rows for part in item.set_aside)
    )
    return tuple(accounts)


def _no_use(table: RawTable) -> SetAside:
    return SetAside("in a file that no indicator could be read from", len(table.frame))


def _no_neighbours() -> pd.DataFrame:
    return pd.DataFrame(columns=["model", "area_code", "position", "neighbour_code", "closeness"])


def _order(frames: list[pd.DataFrame], catalogue: Catalogue) -> pd.DataFrame:
    """All indicators in one frame, domains numbered: the declared ones first, in their order."""
    frame = pd.concat([frame for frame in frames if not frame.empty], ignore_index=True)
    domains = dict.fromkeys([*catalogue.domains, *frame["domain"]])
    order = {domain: number for number, domain in enumerate(domains)}
    return frame.assign(domain_order=frame["domain"].map(order), indicator_order=range(len(frame)))


def areas_frame(reference: Reference) -> pd.DataFrame:
    """The `area` table: the country, its regions, and every authority there is or was."""
    regions: list[dict[str, object]] = [
        {
            "area_code": item.area_code,
            "area_level": item.area_level,
            "name": item.name,
            "gss_code": item.area_code,
            "region_code": item.parent_code or None,
            "region": None,
            "subregion_code": None,
            "authority_type": None,
            "valid_from": None,
            "valid_to": None,
            "successor_codes": [],
        }
        for item in reference.regions
    ]
    authorities = [
        {
            "area_code": item.area_code,
            "area_level": AUTHORITY,
            "name": item.name,
            "gss_code": reference.current_gss[item.area_code],
            "region_code": item.region_code,
            "region": reference.region_by_code[item.region_code].name,
            "subregion_code": item.subregion_code or None,
            "authority_type": item.authority_type,
            "valid_from": item.valid_from,
            "valid_to": item.valid_to,
            "successor_codes": list(item.successor_codes),
        }
        for item in reference.authorities
    ]
    return pd.DataFrame([*regions, *authorities])


def _source_files(
    tables: Sequence[RawTable], catalogue: Catalogue, origins: Mapping[Path, Origin]
) -> pd.DataFrame:
    rows = []
    for table in tables:
        origin = origins[table.file.path]
        source = catalogue.source_by_id[table.file.spec.source]
        rows.append(
            {
                "source_file_id": table.file.source_file_id,
                "source_id": source.id,
                "file_name": table.file.name,
                "sha256": table.file.sha256,
                "bytes": len(table.file.data),
                "rows": table.rows_read,
                "last_year": last_year(table),
                "publisher": source.publisher,
                "publication": source.publication,
                "licence": source.licence,
                "homepage": source.homepage,
                "retrieved_from": origin.retrieved_from,
                "retrieved_at": origin.retrieved_at.replace(tzinfo=None),
                "published_on": origin.published_on,
            }
        )
    return pd.DataFrame(rows)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What `check_file` found: rows read, periods, indicators that can be read, findings."""

    rows: int
    periods: tuple[str, ...]
    indicators: tuple[str, ...]
    findings: tuple[Finding, ...]


def check_file(
    path: Path, catalogue: Catalogue, reference: Reference, *, published_name: str | None = None
) -> CheckedFile:
    """Run every check on one file by itself, without loading it into a release.

    `published_name` is the name to look up where the file was renamed. Raises `AllianceError` if
    the catalogue has no such file.
    """
    name = published_name or path.name
    spec = catalogue.file_for(name)
    if spec is None:
        near = difflib.get_close_matches(name, [item.name for item in catalogue.files], n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise AllianceError(
            f"{name} is not in the catalogue.{hint} Give its published name with --as, "
            "or add an entry to data/catalogue/sources.toml."
        )
    file = open_file(path, spec)
    table = read_file(file, catalogue, reference)
    findings = list(table.findings)
    indicators: list[str] = []
    if not any(item.severity == "error" for item in findings):
        indicators = [item.id for item in catalogue.indicators_of(spec)]
        findings += find_selection_faults(table, catalogue) if indicators else []
    return CheckedFile(
        len(table.frame), tuple(sorted(table.periods)), tuple(indicators), tuple(findings)
    )
