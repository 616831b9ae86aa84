"""A small invented return, and workbooks and files in its form, sound and hostile."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from ingest.catalogue import Catalogue, load_catalogue
from ingest.returns.declaration import Return, load_returns
from ingest.returns.faults import CellFault
from ingest.returns.rules import NOTHING_KNOWN, Known
from ingest.returns.upload import Answer, check_upload
from tests import builders

RETURN_TOML = """\
[[return]]
id = "quarterly"
title = "Quarterly return"
cadence = "quarterly"
due_days = 30
population_of = "need_rate"
introduction = "Counts of one quarter."

[[measure]]
column = "referrals"
label = "Referrals"
topic = "Need"
definition = "Referrals received in the quarter."
unit = "count"
timing = "quarter"

[[measure]]
column = "again"
label = "Re-referrals"
topic = "Need"
definition = "Referrals within a year of another."
unit = "count"
timing = "quarter"

[[measure]]
column = "open_cases"
label = "Children in need"
topic = "Need"
definition = "Children in need on the last day."
unit = "count"
timing = "snapshot"
required = false

[[measure]]
column = "opened"
label = "Cases opened"
topic = "Need"
definition = "Cases opened in the quarter."
unit = "count"
timing = "quarter"
required = false

[[measure]]
column = "closed"
label = "Cases closed"
topic = "Need"
definition = "Cases closed in the quarter."
unit = "count"
timing = "quarter"
required = false

[[measure]]
column = "workers_fte"
label = "Social workers"
topic = "Workforce"
definition = "Full-time equivalents on the last day."
unit = "fte"
timing = "snapshot"
required = false

[[relation]]
part = "again"
whole = "referrals"
because = "they are counted among the referrals."

[[balance]]
stock = "open_cases"
came = "opened"
left = "closed"

[[indicator]]
id = "quarterly_again_pct"
title = "Re-referrals"
topic = "Need"
unit = "percent"
polarity = "low"
decimals = 1
numerator = "again"
denominator = "referrals"
published_as = "rereferral_pct"
difference = "Of one quarter, where the published figure is of a year."
comparable = true

[[indicator]]
id = "quarterly_need_rate"
title = "Children in need per 10,000 children"
topic = "Need"
unit = "per_10000"
polarity = "none"
decimals = 1
numerator = "open_cases"
denominator = "population"
published_as = "need_rate"
difference = "On the last day of the quarter, where the published figure is of 31 March."
comparable = true

[[indicator]]
id = "quarterly_referral_rate"
title = "Referrals per 10,000 children, annualised"
topic = "Need"
unit = "per_10000"
polarity = "none"
decimals = 1
numerator = "referrals"
denominator = "population"
annualised = true

[[indicator]]
id = "quarterly_cases_per_worker"
title = "Cases per social worker"
topic = "Workforce"
unit = "ratio"
polarity = "low"
decimals = 1
numerator = "open_cases"
denominator = "workers_fte"
"""

TODAY = date(2025, 11, 20)
"""The last quarter that has ended is 2025/26 Q2."""
ASHBY = ("701", "Ashby")
HEADER = (
    "authority_code", "quarter", "referrals", "again", "open_cases", "opened", "closed",
    "workers_fte",
)  # fmt: skip
ROW = ("701", "2025/26 Q2", "200", "40", "500", "60", "50", "33.5")
"""A row without a fault."""


@cache
def small_return() -> Return:
    """The small return."""
    with TemporaryDirectory() as folder:
        return read_declared(RETURN_TOML, Path(folder))


def small_catalogue(folder: Path) -> Catalogue:
    return load_catalogue(builders.write_catalogue(folder / "catalogue"))


def read_declared(text: str, folder: Path) -> Return:
    """The return that a TOML text declares."""
    returns = folder / "returns"
    returns.mkdir(parents=True, exist_ok=True)
    (returns / "quarterly.toml").write_text(text, encoding="utf-8")
    (found,) = load_returns(returns, small_catalogue(folder))
    return found


def csv_of(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> bytes:
    """A CSV file of these rows."""
    return "".join(",".join(f'"{c}"' if "," in c else c for c in r) + "\r\n"
                   for r in (header, *rows)).encode()  # fmt: skip


def row(**cells: str) -> tuple[str, ...]:
    """The row without a fault, with other cells in some of its columns."""
    return tuple(cells.get(name, cell) for name, cell in zip(HEADER, ROW, strict=True))


def workbook_of(
    *rows: tuple[object, ...], header: tuple[str, ...] = HEADER,
    change: Callable[[openpyxl.Workbook], None] | None = None, name: str = "Return",
) -> bytes:  # fmt: skip
    """A workbook as Excel would save it, changed further by `change`."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for cells in (header, *rows):
        sheet.append(list(cells))
    if change is not None:
        change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """A workbook with further parts, or others in the place of its own."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return buffer.getvalue()


def part_of(data: bytes, name: str) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def check(data: bytes, name: str = "return.xlsx", known: Known = NOTHING_KNOWN) -> Answer:
    """What the checks say of an upload for Ashby."""
    return check_upload(small_return(), data, name, authority=ASHBY, today=TODAY, known=known)


def check_csv(*rows: tuple[str, ...], known: Known = NOTHING_KNOWN) -> Answer:
    """What the checks say of a CSV file of these rows."""
    return check(csv_of(*rows), "return.csv", known)


def found(answer: Answer) -> list[tuple[str, str]]:
    """Check and cell of each fault."""
    return [(item.check_id, item.cell) for item in answer.faults]


def only(answer: Answer) -> CellFault:
    """The one fault."""
    (fault,) = answer.faults
    return fault
