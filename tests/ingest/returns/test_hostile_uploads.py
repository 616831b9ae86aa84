"""Files that a return must not be: each is refused, in words, and none of them is expanded, run,
followed or written to disk. Every file is built here.
"""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from ingest.returns import container
from ingest.returns.container import MAX_PARTS, MAX_UNPACKED, MAX_UPLOAD
from ingest.returns.sheet import MAX_ROWS
from tests.ingest.returns.samples import (
    HEADER,
    ROW,
    check,
    csv_of,
    found,
    part_of,
    with_parts,
    workbook_of,
)

GOOD = workbook_of(ROW)
SHEET_PART = "xl/worksheets/sheet1.xml"
TYPES = "[Content_Types].xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def hidden(state: str) -> bytes:
    def change(book: openpyxl.Workbook) -> None:
        book.create_sheet("Names of children").sheet_state = state

    return workbook_of(ROW, change=change)


def declared(content_type: str, part: str) -> bytes:
    """A workbook with one more part, declared by its content type under an innocent name."""
    types = part_of(GOOD, TYPES).replace(
        b"</Types>", f'<Override PartName="/{part}" ContentType="{content_type}"/></Types>'.encode()
    )
    return with_parts(GOOD, {TYPES: types, part: b"<a/>"})


def bomb(megabytes: int) -> bytes:
    """A workbook with a part that unpacks to so many megabytes of nothing."""
    buffer = io.BytesIO(GOOD)
    with (
        zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("xl/media/picture.png", "w") as part,
    ):
        for _ in range(megabytes):
            part.write(bytes(1_000_000))
    return buffer.getvalue()


def lying_bomb() -> bytes:
    """A bomb whose directory says that the part is small."""
    data = bytearray(bomb(MAX_UNPACKED // 1_000_000 + 5))
    size = ((MAX_UNPACKED // 1_000_000 + 5) * 1_000_000).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(data)


def laughs() -> bytes:
    """A billion laughs in the place of the sheet."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    text = f'<?xml version="1.0"?><!DOCTYPE x [{entities}]><worksheet xmlns="{NAMESPACE}">&l9;'
    return with_parts(GOOD, {SHEET_PART: f"{text}</worksheet>".encode()})


def outside_entity() -> bytes:
    text = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        f'<sst xmlns="{NAMESPACE}"><si><t>&f;</t></si></sst>'
    )
    return with_parts(GOOD, {"xl/sharedStrings.xml": text.encode()})


def in_utf_16(data: bytes) -> bytes:
    """The laughs again, in an encoding in which no search for text would find them."""
    text = (
        part_of(data, SHEET_PART)
        .decode()
        .replace('version="1.0"', 'version="1.0" encoding="UTF-16"')
    )
    return with_parts(data, {SHEET_PART: text.encode("utf-16")})


def many_elements() -> bytes:
    rows = "".join(f'<row r="{number}"/>' for number in range(400_000))
    text = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'
    return with_parts(GOOD, {SHEET_PART: text.encode()})


def deep() -> bytes:
    text = f'<worksheet xmlns="{NAMESPACE}">{"<a>" * 5_000}{"</a>" * 5_000}</worksheet>'
    return with_parts(GOOD, {SHEET_PART: text.encode()})


def with_formula(book: openpyxl.Workbook) -> None:
    book["Return"]["C2"] = "=SUM(D2:F2)"
    book["Return"]["G2"] = ArrayFormula("G2:G2", "=D2*2")
    book.create_sheet("Working")["B3"] = "=1+1"


def encrypted_part() -> bytes:
    """A workbook whose parts say that they are encrypted as ZIP programs do it."""
    data = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def other_office(folder: str, main: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(TYPES, "<Types/>")
        archive.writestr(f"{folder}{main}", "<a/>")
    return buffer.getvalue()


def many_parts() -> bytes:
    return with_parts(GOOD, {f"xl/media/{n}.png": b"x" for n in range(MAX_PARTS + 1)})


def twin_parts() -> bytes:
    buffer = io.BytesIO(GOOD)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/Workbook.xml", "<a/>")
    return buffer.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = OLD + b"\x00" * 504 + "EncryptedPackage".encode("utf-16-le")
VBA = "xl/vbaProject.bin"

HOSTILE: dict[str, tuple[Callable[[], bytes], str, str, str]] = {
    "old workbook": (lambda: OLD + b"\x00" * 2048, "a.xls", "return_kind", "old kind"),
    "password": (lambda: LOCKED, "a.xlsx", "return_kind", "password"),
    "password of a ZIP": (encrypted_part, "a.xlsx", "return_kind", "password"),
    "named for macros": (lambda: GOOD, "a.xlsm", "return_macros", "for macros"),
    "macros": (lambda: with_parts(GOOD, {VBA: b"x"}), "a.xlsx", "return_macros", "macros"),
    "macros elsewhere": (
        lambda: with_parts(GOOD, {"xl/innocent/VBAPROJECT.bin": b"x"}),
        "a.xlsx", "return_macros", "macros",
    ),
    "declared for macros": (
        lambda: declared("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "xl/a.xml"),
        "a.xlsx", "return_macros", "macros",
    ),
    "old macro sheet": (
        lambda: with_parts(GOOD, {"xl/macrosheets/sheet1.xml": b"<a/>"}),
        "a.xlsx", "return_macros", "macros",
    ),
    "formula": (
        lambda: workbook_of(ROW, change=with_formula), "a.xlsx", "return_formula", "formula",
    ),
    "hidden sheet": (
        lambda: hidden("hidden"), "a.xlsx", "return_hidden_sheet", "“Names of children” is hidden",
    ),
    "very hidden sheet": (
        lambda: hidden("veryHidden"), "a.xlsx", "return_hidden_sheet", "“Names of children”",
    ),
    "link": (
        lambda: with_parts(GOOD, {"xl/externalLinks/externalLink1.xml": b"<a/>"}),
        "a.xlsx", "return_links", "linked to other workbooks",
    ),
    "link under another name": (
        lambda: declared(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml",
            "xl/b.xml",
        ),
        "a.xlsx", "return_links", "linked",
    ),
    "connection": (
        lambda: with_parts(GOOD, {"xl/connections.xml": b"<a/>"}), "a.xlsx", "return_links", "data",
    ),
    "embedded file": (
        lambda: with_parts(GOOD, {"xl/embeddings/oleObject1.bin": b"x"}),
        "a.xlsx", "return_embedded", "embedded",
    ),
    "control": (
        lambda: with_parts(GOOD, {"xl/activeX/activeX1.xml": b"<a/>"}),
        "a.xlsx", "return_embedded", "controls",
    ),
    "billion laughs": (laughs, "a.xlsx", "return_markup", "document type or entities"),
    "billion laughs in UTF-16": (
        lambda: in_utf_16(laughs()), "a.xlsx", "return_markup", "document type or entities",
    ),
    "entity from outside": (outside_entity, "a.xlsx", "return_markup", "entities"),
    "broken markup": (
        lambda: with_parts(GOOD, {SHEET_PART: b"<worksheet><row>"}),
        "a.xlsx", "return_markup", "not well-formed",
    ),
    "zip bomb": (
        lambda: bomb(MAX_UNPACKED // 1_000_000 + 5), "a.xlsx", "return_archive", "more than 60 MB",
    ),
    "zip bomb of a thousand to one": (
        lambda: bomb(30), "a.xlsx", "return_archive", "times its size",
    ),
    "zip bomb with a false size": (lying_bomb, "a.xlsx", "return_kind", "damaged"),
    "many elements": (many_elements, "a.xlsx", "return_archive", "far too long or deep"),
    "deep elements": (deep, "a.xlsx", "return_archive", "far too long or deep"),
    "many parts": (many_parts, "a.xlsx", "return_archive", "parts"),
    "two parts of one name": (twin_parts, "a.xlsx", "return_archive", "same name"),
    "too large": (
        lambda: GOOD + bytes(MAX_UPLOAD), "a.xlsx", "return_size", "is taken is 20 MB",
    ),
    "cut short": (lambda: GOOD[: len(GOOD) // 2], "a.xlsx", "return_kind", "damaged or cut"),
    "cut to its start": (lambda: GOOD[:3], "a.xlsx", "return_kind", "is none, or is cut"),
    "Word": (
        lambda: other_office("word/", "document.xml"), "a.xlsx", "return_kind", "a Word document",
    ),
    "PowerPoint": (
        lambda: other_office("ppt/", "presentation.xml"), "a.xlsx", "return_kind", "PowerPoint",
    ),
    "OpenDocument": (
        lambda: other_office("", "content.xml"), "a.ods", "return_kind", "OpenDocument",
    ),
    "binary workbook": (
        lambda: other_office("xl/", "workbook.bin"), "a.xlsb", "return_kind", "binary",
    ),
    "any archive": (
        lambda: other_office("x/", "y.txt"), "a.xlsx", "return_kind", "no workbook",
    ),
    "no relations": (
        lambda: with_parts(GOOD, {"xl/_rels/workbook.xml.rels": b"<a/>"}),
        "a.xlsx", "return_rows", "no row",
    ),
    "wrong sheet": (
        lambda: workbook_of(ROW, name="Sheet1"), "a.xlsx", "return_sheet", "there is “Sheet1”",
    ),
    "long sheet": (
        lambda: workbook_of(*[ROW] * (MAX_ROWS + 1)), "a.xlsx", "return_rows", "more than 400 rows",
    ),
    "workbook named CSV": (lambda: GOOD, "a.csv", "return_kind", "named .csv"),
    "NULs in CSV": (
        lambda: csv_of(ROW).replace(b"200", b"2\x000"), "a.csv", "file_encoding", "0x00",
    ),
    "UTF-16": (
        lambda: csv_of(ROW).decode().encode("utf-16"), "a.csv", "file_encoding", "UTF-16",
    ),
    "Latin-1": (
        lambda: csv_of(ROW).replace(b"200", b"\xa3200"), "a.csv", "file_encoding", "0xa3",
    ),
    "semicolons": (
        lambda: csv_of(ROW).replace(b",", b";"), "a.csv", "csv_delimiter", "semicolons",
    ),
    "ragged CSV": (
        lambda: csv_of(ROW, (*ROW, "5")), "a.csv", "csv_rows_whole", "9 cells",
    ),
    "open quotation": (
        lambda: csv_of(ROW).replace(b"200", b'"200'), "a.csv", "csv_rows_whole", "",
    ),
    "web page": (lambda: b"<!doctype html><p>Sign in", "a.csv", "file_kind", "web page"),
    "long CSV": (lambda: csv_of(*[ROW] * 5_000), "a.csv", "return_rows", "more than 400 rows"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_in_words(case: str) -> None:
    make, name, check_id, said = HOSTILE[case]
    answer = check(make(), name)
    faults = [item for item in answer.of("error") if item.check_id == check_id]
    assert faults, found(answer)
    assert any(said in item.message for item in faults), [item.message for item in faults]
    assert answer.rows == ()
    assert all(len(item.message) < 400 for item in answer.faults)


def test_every_formula_is_named_by_its_cell_on_whichever_sheet() -> None:
    answer = check(workbook_of(ROW, change=with_formula))
    cells = {item.cell for item in answer.faults if item.check_id == "return_formula"}
    assert cells == {"C2", "G2", "Working!B3"}
    assert len(answer.faults) == 3


def test_the_good_workbook_that_the_hostile_ones_are_made_of_is_taken() -> None:
    assert check(GOOD).faults == ()
    assert check(with_parts(GOOD, {"customXml/item1.xml": b"<a/>"})).faults == ()


@pytest.mark.parametrize("case", ["zip bomb", "zip bomb of a thousand to one", "many elements",
                                  "billion laughs", "deep elements"])  # fmt: skip
def test_what_unpacks_to_much_is_not_held_in_memory(case: str) -> None:
    make, name, *_ = HOSTILE[case]
    data = make()
    check(GOOD)
    tracemalloc.start()
    check(data, name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000 + 2 * len(data)


def test_no_markup_is_parsed_before_the_archive_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed: list[str] = []
    real = container._markup
    monkeypatch.setattr(container, "_markup", lambda archive: parsed.append("x") or real(archive))
    check(HOSTILE["zip bomb"][0]())
    check(HOSTILE["many parts"][0]())
    check(HOSTILE["macros"][0]())
    assert parsed == []
    check(GOOD)
    assert parsed == ["x"]


def test_a_text_that_looks_like_a_formula_is_text_and_no_number() -> None:
    cells = dict(zip(HEADER, ROW, strict=True)) | {"referrals": "=1+1"}
    answer = check(csv_of(tuple(cells.values())), "a.csv")
    assert found(answer) == [("return_number", "C2")]
