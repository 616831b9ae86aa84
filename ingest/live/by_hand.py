"""Takes the analyst's own download into the cache of editions: a folder, or a release's archive."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from ingest.catalogue import Catalogue, FileSpec
from ingest.live.archive import open_archive
from ingest.live.cache import EditionCache, Stage
from ingest.live.content import check_content, hash_file
from ingest.live.editions import CachedEdition, CachedFile, Edition, short_hash
from ingest.live.errors import LiveError
from ingest.live.names import kept_name, match_name

BY_HAND = "by_hand"
MOST_UNPACKED_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that the catalogue names, with the archive it came in, if it did."""

    path: Path
    name: str
    spec: FileSpec
    archive: str = ""
    member: str = ""


def register_folder(
    catalogue: Catalogue,
    cache: EditionCache,
    place: Path,
    *,
    published_on: date,
    now: datetime,
    title: str = "",
) -> list[CachedEdition]:
    """Copy the catalogue's files of a folder (or archive) into the cache, one edition for each
    source. `published_on`: the day on which they came out, which decides what they replace.

    The same files again are the same edition. Raises `LiveError` where there is none of the
    catalogue's files, two go by one name, or one is not what its name says.
    """
    with cache.exclusive(), ExitStack() as stack:
        unpacked = cache.work / "by-hand"
        stack.callback(shutil.rmtree, unpacked, ignore_errors=True)
        found = _one_of_each(_look_through(place, catalogue, unpacked))
        if not found:
            raise LiveError(f"{place} holds no file that the catalogue names.")
        sources = dict.fromkeys(item.spec.source for item in found)
        wanted = title or f"{place.name}, by hand"
        return [
            _register(cache, source_id, found, published_on, now, wanted) for source_id in sources
        ]


def _look_through(place: Path, catalogue: Catalogue, unpacked: Path) -> Iterator[_Found]:
    paths = sorted(place.rglob("*")) if place.is_dir() else [place]
    for path in (path for path in paths if path.is_file()):
        spec = match_name(path.name, catalogue.files)
        if spec is not None:
            yield _Found(path, kept_name(path.name, spec), spec)
        elif path.suffix.lower() == ".zip":
            yield from _unpack(path, catalogue, unpacked)


def _unpack(path: Path, catalogue: Catalogue, unpacked: Path) -> Iterator[_Found]:
    folder = unpacked / short_hash(str(path))
    folder.mkdir(parents=True, exist_ok=True)
    with open_archive(
        path, catalogue.files, what=path.name, max_bytes=MOST_UNPACKED_BYTES
    ) as archive:
        for member in archive.members:
            name = kept_name(member.name, member.spec)
            archive.take(member, folder / name)
            yield _Found(folder / name, name, member.spec, path.name, member.name)


def _one_of_each(found: Iterator[_Found]) -> list[_Found]:
    by_spec: dict[str, _Found] = {}
    for item in found:
        rival = by_spec.setdefault(item.spec.name, item)
        if rival is not item and hash_file(rival.path) != hash_file(item.path):
            raise LiveError(
                f"Two files are {item.spec.name}: {rival.name} and {item.name}. Keep the edition "
                "you want and move the other out of the folder."
            )
    return list(by_spec.values())


def _register(
    cache: EditionCache,
    source_id: str,
    found: list[_Found],
    published_on: date,
    now: datetime,
    title: str,
) -> CachedEdition:
    mine = [item for item in found if item.spec.source == source_id]
    hashes = sorted(hash_file(item.path) for item in mine)
    version = f"{BY_HAND}:{short_hash(str(published_on), *hashes)}"
    for held in cache.editions(source_id):
        if held.version == version:
            return held
    moment = datetime.combine(published_on, time(), tzinfo=UTC)
    stage = cache.stage(source_id, version)
    for item in mine:
        _stage(stage, item, moment, now)
    edition = Edition(source_id, BY_HAND, "by-hand", title, version, (), moment)
    return stage.commit(edition, published_at=moment, dated_by="analyst")


def _stage(stage: Stage, item: _Found, moment: datetime, now: datetime) -> None:
    temporary = stage.temporary()
    shutil.copyfile(item.path, temporary)
    check_content(temporary, item.name)
    stage.add(
        temporary,
        CachedFile(
            path=temporary,
            name=item.name,
            spec=item.spec.name,
            source_id=item.spec.source,
            address=f"by hand: {item.archive or item.path.name}",
            member=item.member,
            etag="",
            last_modified="",
            sha256=hash_file(temporary),
            bytes=temporary.stat().st_size,
            retrieved_at=now.astimezone(UTC),
            published_at=moment,
            dated_by="analyst",
        ),
    )
