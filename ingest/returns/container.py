"""What kind of file an upload is, and whether a workbook is safe to read: its size packed and
unpacked, its parts, its markup. The archive is measured before any XML of it is parsed, and nothing
is written to disk.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ingest.returns.faults import CellFault, fault

MEGABYTE = 1_000_000
MAX_UPLOAD = 20 * MEGABYTE
"""Bytes of the largest file that is taken. A filled return has some ten thousand."""
MAX_UNPACKED = 60 * MEGABYTE
MAX_PARTS = 500
MAX_RATIO = 200
RATIO_FROM = MEGABYTE
"""Below this size unpacked, how well a part was packed does not matter."""
CHUNK = 65_536
MAX_ELEMENTS, MAX_DEPTH = 300_000, 64
"""Of XML, in all parts together: a filled return has some two thousand elements, ten deep."""

ZIP_MARK, EMPTY_ZIP_MARK = b"PK\x03\x04", b"PK\x05\x06"
OLD_OFFICE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError,
    NotImplementedError,
)  # fmt: skip
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK = "xl/workbook.xml"
_OTHERS = {
    "word/": "a Word document",
    "ppt/": "a PowerPoint presentation",
    "content.xml": "an OpenDocument file",
    "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
}


@dataclass(frozen=True, slots=True)
class _Unwanted:
    """Something that a return must not hold: by the names of its parts and by the content types
    that the workbook declares for them."""

    check_id: str
    words: str
    parts: tuple[str, ...]
    types: tuple[str, ...]


_UNWANTED = (
    _Unwanted(
        "return_macros",
        "The workbook holds macros.",
        ("vbaproject", "xl/macrosheets/", "xl/dialogsheets/", "customui/"),
        ("macroenabled", "vbaproject", "macrosheet", "dialogsheet"),
    ),
    _Unwanted(
        "return_links",
        "The workbook is linked to other workbooks or to a data connection.",
        ("xl/externallinks/", "xl/connections", "xl/querytables/"),
        ("externallink", "connections+xml", "querytable"),
    ),
    _Unwanted(
        "return_embedded",
        "The workbook holds embedded files or controls.",
        ("xl/embeddings/", "xl/activex/", "xl/ctrlprops/"),
        ("oleobject", "activex", "controlproperties", ".package"),
    ),
)


def check_size(size: int) -> list[CellFault]:
    """A fault where an upload of that many bytes is larger than is taken."""
    if size <= MAX_UPLOAD:
        return []
    return [
        fault(
            "return_size",
            f"The file has {size / MEGABYTE:,.0f} MB; the most that is taken is "
            f"{MAX_UPLOAD // MEGABYTE} MB.",
        )
    ]


def is_workbook(data: bytes) -> bool:
    """True where the bytes begin as a ZIP archive does, which a workbook is."""
    return data.startswith((ZIP_MARK, EMPTY_ZIP_MARK))


def check_kind(data: bytes, file_name: str) -> list[CellFault]:
    """Faults of what the file is, by its first bytes and its name, without unpacking it."""
    name = file_name.casefold()
    if name.endswith((".xlsm", ".xltm", ".xlam")):
        return [fault("return_macros", f"“{file_name}” is a workbook for macros.")]
    if data.startswith(OLD_OFFICE_MARK):
        if _ENCRYPTED in data:
            return [fault("return_kind", "The workbook is protected with a password.")]
        return [fault("return_kind", "The file is a workbook of the old kind (.xls).")]
    if is_workbook(data) and name.endswith(".csv"):
        return [fault("return_kind", "The file is named .csv but is a workbook or an archive.")]
    if not is_workbook(data) and name.endswith((".xlsx", ".xls", ".xlsb", ".ods")):
        return [fault("return_kind", "The file is named as a workbook but is none, or is cut.")]
    return []


def check_workbook(data: bytes) -> list[CellFault]:
    """Faults of a workbook's container: first its size unpacked, then its parts, then its markup.

    Each stage is only reached where the one before it found nothing.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return (
                list(_measure(archive))
                or list(_identify(archive))
                or list(_unwanted(archive))
                or list(_markup(archive))
            )
    except _DAMAGED:
        return [fault("return_kind", "The workbook is damaged or cut short: it does not unpack.")]
    except RuntimeError:  # what zipfile raises for a part that needs a password
        return [fault("return_kind", "The workbook is protected with a password.")]


def _measure(archive: zipfile.ZipFile) -> Iterator[CellFault]:
    """Compare what the archive declares, and what it really unpacks to, with what is allowed."""
    parts = archive.infolist()
    declared = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MAX_PARTS:
        yield fault("return_archive", f"The workbook has {len(parts):,} parts.")
    elif len({part.filename.casefold() for part in parts}) < len(parts):
        yield fault("return_archive", "The workbook has two parts of the same name.")
    elif declared > MAX_UNPACKED or not _unpacks_within(archive, MAX_UNPACKED):
        yield fault(
            "return_archive",
            f"The workbook unpacks to more than {MAX_UNPACKED // MEGABYTE} MB.",
        )
    elif declared > RATIO_FROM and declared > MAX_RATIO * max(packed, 1):
        times = declared // max(packed, 1)
        yield fault("return_archive", f"The workbook unpacks to {times:,} times its size.")


def _unpacks_within(archive: zipfile.ZipFile, most: int) -> bool:
    """Unpack every part, keeping nothing, and stop as soon as there is more than `most` bytes."""
    total = 0
    for part in archive.infolist():
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                total += len(chunk)
                if total > most:
                    return False
    return True


def _identify(archive: zipfile.ZipFile) -> Iterator[CellFault]:
    names = [name.casefold() for name in archive.namelist()]
    if _WORKBOOK in names:
        return
    for start, words in _OTHERS.items():
        if any(name.startswith(start) for name in names):
            yield fault("return_kind", f"The file is {words}.")
            return
    yield fault("return_kind", "The file is an archive and no workbook.")


def _unwanted(archive: zipfile.ZipFile) -> Iterator[CellFault]:
    names = [posixpath.normpath(name.casefold().replace("\\", "/")) for name in archive.namelist()]
    types = _content_types(archive)
    for thing in _UNWANTED:
        named = any(part in name for name in names for part in thing.parts)
        if named or any(word in types for word in thing.types):
            yield fault(thing.check_id, thing.words)


def _content_types(archive: zipfile.ZipFile) -> str:
    """The declared content types, folded; the text is searched and never parsed here."""
    name = next((n for n in archive.namelist() if n.casefold() == "[content_types].xml"), None)
    return archive.read(name).decode("utf-8", "replace").casefold() if name else ""


class _Measure:
    """Counts what a parser finds and keeps nothing of it."""

    def __init__(self) -> None:
        self.elements = self.depth = self.deepest = 0

    def start(self, _tag: str, _attributes: object) -> None:
        """An element begins."""
        self.elements += 1
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)

    def end(self, _tag: str) -> None:
        """An element ends."""
        self.depth -= 1

    def close(self) -> None:
        """The end of a part."""


def _markup(archive: zipfile.ZipFile) -> Iterator[CellFault]:
    """A fault for each part that is no plain XML, or where all of them together hold more than a
    return could. Expands no entity, fetches nothing and keeps no tree."""
    elements = 0
    for name in archive.namelist():
        if not name.casefold().endswith((".xml", ".rels")):
            continue
        found = _Measure()
        parser: Any = DefusedXMLParser(target=found, forbid_dtd=True)
        try:
            with archive.open(name) as stream:
                while chunk := stream.read(CHUNK):
                    parser.feed(chunk)
                    if elements + found.elements > MAX_ELEMENTS or found.deepest > MAX_DEPTH:
                        yield fault("return_archive", f"The part {name} is far too long or deep.")
                        return
            parser.close()
        except DefusedXmlException:
            yield fault("return_markup", f"The part {name} declares a document type or entities.")
        except ParseError:
            yield fault("return_markup", f"The part {name} is not well-formed XML.")
        elements += found.elements
