"""The statistics service's public page of a release, whose embedded JSON names the archive.

Not a published contract: a way that works where the content service's own routes do not.
"""

from __future__ import annotations

import json
import re

from ingest.live.editions import Edition
from ingest.live.errors import LiveError, NotThereError
from ingest.live.routes.base import Answer, PartialDate, Search, read_as
from ingest.live.routes.ees_content import VersionSummary, edition_of_archive

_NEXT_DATA = re.compile(r'<script[^>]*\bid="__NEXT_DATA__"[^>]*>(.*?)</script>', re.DOTALL)


class _Publication(Answer):
    next_release_date: PartialDate = ""


class _PageProps(Answer):
    release_version_summary: VersionSummary
    publication_summary: _Publication = _Publication()


class _Props(Answer):
    page_props: _PageProps


class _NextData(Answer):
    props: _Props


def find(search: Search) -> Edition:
    """The release that the publication's page shows, which is the latest."""
    slug, page = _first_page(search)
    match = _NEXT_DATA.search(page)
    if match is None:
        raise LiveError(f"find-statistics/{slug}: the page has no __NEXT_DATA__ block.")
    try:
        data = json.loads(match[1])
    except ValueError as error:
        raise LiveError(f"find-statistics/{slug}: its __NEXT_DATA__ is not JSON.") from error
    props = read_as(_NextData, data, f"find-statistics/{slug}").props.page_props
    next_release = props.publication_summary.next_release_date
    return edition_of_archive(search, props.release_version_summary, next_release)


def _first_page(search: Search) -> tuple[str, str]:
    missing: NotThereError | None = None
    for slug in search.slugs:
        try:
            return slug, search.client.get_text(search.route, slug)
        except NotThereError as error:
            missing = missing or error
    raise missing or NotThereError(
        f"{search.source.id} has no slug in data/catalogue/sources.toml."
    )
