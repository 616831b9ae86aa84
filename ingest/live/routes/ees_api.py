"""The statistics service's public API. It serves some of a publication's tables, without their file
names, so a table is recognised by its columns and by the filter values that indicators select."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from ingest.catalogue import Catalogue, FileSpec
from ingest.live.editions import Edition, OfferedFile, short_hash
from ingest.live.errors import LiveError, NotThereError
from ingest.live.names import Version, fill_pattern, parse_version
from ingest.live.routes.base import Answer, Id, Moment, Search, Slug, Warned

PAGE_SIZE = 20
PUBLISHED = "Published"


class _Publication(Answer):
    id: Id
    slug: Slug


class _DataSet(Answer):
    id: Id
    title: str
    status: str = PUBLISHED


class _Column(Answer):
    column: str


class _Option(Answer):
    label: str


class _Filter(_Column):
    options: tuple[_Option, ...] = ()


class _Meta(Warned):
    filters: list[_Filter]
    indicators: list[_Column]

    @property
    def columns(self) -> frozenset[str]:
        """The names of all its columns but those of time and place."""
        return frozenset(item.column for item in (*self.filters, *self.indicators))

    def has(self, column: str, value: str) -> bool:
        """True where some row has that value in that filter column."""
        labels = [o.label for item in self.filters if item.column == column for o in item.options]
        return value in labels


class _Release(Answer):
    title: str
    slug: Slug


class _Range(Answer):
    start: str = ""
    end: str = ""


class _DataSetVersion(Answer):
    version: str
    status: str = PUBLISHED
    published: Moment | None = None
    release: _Release
    time_periods: _Range = _Range()


@dataclass(frozen=True, slots=True)
class _Table:
    """A data set of the API that is a file of the catalogue, at its latest version."""

    spec: FileSpec
    data_set: _DataSet
    version: _DataSetVersion


def find(search: Search) -> Edition:
    """The newest version of each data set that is a file of the catalogue."""
    notes: list[str] = []
    publication = _publication(search)
    data_sets = [
        item
        for item in search.pages(_DataSet, f"publications/{publication.id}/data-sets", PAGE_SIZE)
        if item.status == PUBLISHED
    ]
    tables = list(_tables(search, data_sets, notes))
    if not tables:
        raise LiveError(f"publications/{publication.slug}: no data set is a file of the catalogue.")
    newest = max(tables, key=lambda table: (_moment(table), table.version.release.slug))
    marks = sorted(f"{table.data_set.id} {table.version.version}" for table in tables)
    return Edition(
        search.source.id,
        search.route.id,
        newest.version.release.slug,
        newest.version.release.title,
        f"api:{short_hash(*marks)}",
        tuple(_offer(table, search.route.address) for table in tables),
        newest.version.published,
        notes=tuple(notes),
    )


def _moment(table: _Table) -> float:
    return table.version.published.timestamp() if table.version.published else 0.0


def _publication(search: Search) -> _Publication:
    found = {item.slug: item for item in search.pages(_Publication, "publications", PAGE_SIZE)}
    for slug in search.slugs:
        if slug in found:
            return found[slug]
    raise NotThereError(
        f"publications: {search.source.slug} is not among the {len(found)} of the API."
    )


def _tables(search: Search, data_sets: list[_DataSet], notes: list[str]) -> Iterator[_Table]:
    """The data sets that are files of the catalogue: each the only one that can be that file."""
    matches: dict[str, list[_DataSet]] = {}
    for data_set in data_sets:
        params = {"types": ["Filters", "Indicators"]}
        meta = search.get(_Meta, f"data-sets/{data_set.id}/meta", params)
        notes.extend(meta.notes)
        fits = [spec.name for spec in search.specs if _can_be(search.catalogue, meta, spec)]
        if len(fits) > 1:
            notes.append(f"{data_set.title}: can be any of {', '.join(fits)}: it was passed over.")
        elif fits:
            matches.setdefault(fits[0], []).append(data_set)
    specs = {spec.name: spec for spec in search.specs}
    for name, candidates in matches.items():
        if len(candidates) > 1:
            titles = ", ".join(item.title for item in candidates)
            notes.append(f"{name}: {len(candidates)} data sets can be it: {titles}.")
            continue
        version = _latest_version(search, candidates[0], notes)
        if version is not None:
            yield _Table(specs[name], candidates[0], version)


def _can_be(catalogue: Catalogue, meta: _Meta, spec: FileSpec) -> bool:
    """True where the data set has every column that the file's indicators read, no other filter,
    and every filter value that they select. A file without indicators is never recognised."""
    own = catalogue.indicators_of(spec)
    lent = [i for i in catalogue.indicators if (i.denominator_file or i.file) == spec.name]
    selections = [*(item.where for item in own), *(item.denominator_where for item in lent)]
    return (
        bool(selections)
        and {item.column for item in meta.filters} <= {*spec.filters}
        and catalogue.columns_of(spec) <= meta.columns
        and all(meta.has(*pair) for selection in selections for pair in selection.items())
    )


def _latest_version(search: Search, data_set: _DataSet, notes: list[str]) -> _DataSetVersion | None:
    address = f"data-sets/{data_set.id}/versions"
    ranked: list[tuple[Version, _DataSetVersion]] = []
    for item in search.pages(_DataSetVersion, address, PAGE_SIZE):
        number = parse_version(item.version)
        if number is None:
            notes.append(f"{data_set.title}: version {item.version!r} was passed over.")
        elif item.status == PUBLISHED:
            ranked.append((number, item))
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _offer(table: _Table, base: str) -> OfferedFile:
    periods = table.version.time_periods
    address = f"data-sets/{table.data_set.id}/csv?dataSetVersion={table.version.version}"
    return OfferedFile(
        fill_pattern(table.spec, periods.start, periods.end),
        urljoin(base, address),
        published_at=table.version.published,
    )
