"""The statistics service's content service: its list of data set files, each fetched by itself, or
the archive of the whole release where the list is not to be had."""

from __future__ import annotations

from urllib.parse import urljoin

from ingest.live.editions import Edition, OfferedFile
from ingest.live.errors import LiveError
from ingest.live.routes.base import Answer, Id, Moment, PartialDate, Search, Slug

PAGE_SIZE = 40


class _Release(Answer):
    slug: Slug
    title: str


class _Publication(Answer):
    id: Id
    slug: Slug
    latest_release: _Release
    next_release_date: PartialDate = ""


class _Version(Answer):
    id: Id
    title: str = ""


class _DataSetFile(Answer):
    id: Id
    filename: str
    published: Moment
    release: _Version


class VersionSummary(Answer):
    """One version of a release. `last_updated`: when this very version came out."""

    id: Id
    slug: Slug
    title: str
    published: Moment | None = None
    last_updated: Moment | None = None


def find(search: Search) -> Edition:
    """The latest release: the list of its files, or failing that its archive."""
    publication = search.first_slug(_Publication, "publications/{}")
    notes = []
    try:
        return _from_list(search, publication)
    except LiveError as error:
        notes.append(f"The list of files was not to be had, so the whole archive is: {error}")
    release = publication.latest_release
    address = f"publications/{publication.slug}/releases/{release.slug}/version-summary"
    summary = search.get(VersionSummary, address)
    return edition_of_archive(search, summary, publication.next_release_date, tuple(notes))


def _from_list(search: Search, publication: _Publication) -> Edition:
    params = {"publicationId": publication.id, "latestOnly": "true"}
    rows = list(search.pages(_DataSetFile, "data-set-files", PAGE_SIZE, params))
    versions = sorted({row.release.id for row in rows})
    if len(versions) != 1:
        raise LiveError(f"data-set-files: {len(versions)} releases are listed as the latest.")
    release = publication.latest_release
    base = search.route.address
    return Edition(
        search.source.id,
        search.route.id,
        release.slug,
        release.title,
        f"release:{versions[0]}",
        tuple(
            OfferedFile(row.filename, urljoin(base, f"data-set-files/{row.id}/download"))
            for row in rows
        ),
        max(row.published for row in rows),
        publication.next_release_date,
    )


def edition_of_archive(
    search: Search, summary: VersionSummary, next_release: str, notes: tuple[str, ...] = ()
) -> Edition:
    """An edition whose files are in the archive of everything that the release holds. Raises
    `LiveError` where the catalogue does not declare the content service, which has it."""
    content = next((item for item in search.catalogue.routes if item.id == "ees_content"), None)
    if content is None:
        raise LiveError("The route ees_content, whose address has the archives, is not declared.")
    address = urljoin(content.address, f"releases/{summary.id}/files")
    return Edition(
        search.source.id,
        search.route.id,
        summary.slug,
        summary.title,
        f"release:{summary.id}",
        (OfferedFile(f"{search.source.slug}_{summary.slug}.zip", address, is_archive=True),),
        summary.last_updated or summary.published,
        next_release,
        notes,
    )
