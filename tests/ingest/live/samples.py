"""A small catalogue with every route, and the small files that its publishers publish."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from ingest.catalogue import Catalogue, load_catalogue
from tests.ingest.live.server import API, CONTENT, RAW, SITE, Page, Publisher, Release, Table

SLUG = "care-statistics"
FORMER_SLUG = "characteristics-of-care"
TOOL_BASE = "/tool/main/data/"
ROUTES = ("ees_content", "ees_release_page", "ees_api")

CARE = "care_*_to_*.csv"
MOVES = "moves.csv"
PEOPLE = "people_*_to_*.csv"
LONG, DICTIONARY, CODES = "tool_long.parquet", "tool_dictionary.csv", "tool_codes.xlsx"

SOURCES_TOML = f"""
[[route]]
id = "ees_content"
address = "https://{CONTENT}/api/"
hosts = ["{CONTENT}"]
max_megabytes = 2
max_unpacked_megabytes = 3

[[route]]
id = "ees_release_page"
address = "https://{SITE}/find-statistics/"
hosts = ["{SITE}", "{CONTENT}"]
max_megabytes = 2
max_unpacked_megabytes = 3

[[route]]
id = "ees_api"
address = "https://{API}/statistics/v1/"
hosts = ["{API}"]

[[route]]
id = "lait"
address = "https://{RAW}{TOOL_BASE}"
hosts = ["{RAW}"]

[[source]]
id = "care"
publisher = "A department"
publication = "Care statistics"
slug = "{SLUG}"
former_slugs = ["{FORMER_SLUG}"]
homepage = "https://{SITE}/find-statistics/{SLUG}"
licence = "Open Government Licence v3.0"
cadence = "annual"
routes = ["ees_content", "ees_release_page", "ees_api"]

[[source]]
id = "people"
publisher = "An office"
publication = "Population estimates"
slug = "{SLUG}"
homepage = "https://{SITE}/find-statistics/{SLUG}"
licence = "Open Government Licence v3.0"
cadence = "annual"
routes = ["ees_content", "ees_release_page", "ees_api"]

[[source]]
id = "tool"
publisher = "A department"
publication = "The tool"
homepage = "https://{SITE}/tool"
licence = "Open Government Licence v3.0"
cadence = "annual"
routes = ["lait"]

[[source]]
id = "unreached"
publisher = "An inspectorate"
publication = "Judgements"
homepage = "https://{SITE}/judgements"
licence = "Open Government Licence v3.0"
cadence = "annual"

[[file]]
name = "{CARE}"
source = "care"
kind = "ees"
filters = ["group"]
max_megabytes = 1

[[file]]
name = "{MOVES}"
source = "care"
kind = "ees"
filters = ["group", "length"]
max_megabytes = 1

[[file]]
name = "{PEOPLE}"
source = "people"
kind = "ees"
filters = ["age_group"]
max_megabytes = 1

[[file]]
name = "{LONG}"
source = "tool"
kind = "lait_data"
address = "{LONG}"
max_megabytes = 1

[[file]]
name = "{DICTIONARY}"
source = "tool"
kind = "lait_dictionary"
address = "{DICTIONARY}"
max_megabytes = 1

[[file]]
name = "{CODES}"
source = "tool"
kind = "lait_authorities"
address = "{CODES}"
max_megabytes = 1

[[file]]
name = "tool_former.xlsx"
source = "tool"
kind = "neighbours"
model = "2021"

[[file]]
name = "judgements.csv"
source = "unreached"
kind = "ees"
"""

_INDICATOR = """
[[indicator]]
id = "{id}"
title = "{id}"
domain = "Care"
file = "{file}"
where = {{ {where} }}
value = "{value}"
unit = "count"
polarity = "none"
decimals = 0
definition = "Invented."
"""


def write_catalogue(directory: Path, sources: str = SOURCES_TOML) -> Path:
    """Write the catalogue's TOML files."""
    (directory / "indicators").mkdir(parents=True)
    (directory / "sources.toml").write_text(sources, encoding="utf-8")
    text = "".join(
        _INDICATOR.format(id=name, file=file, value=value, where=where)
        for name, file, value, where in (
            ("in_care", CARE, "children", 'group = "All"'),
            ("moved", MOVES, "moves", 'group = "All", length = "Far"'),
            ("people", PEOPLE, "population_estimate", ""),
        )
    )
    (directory / "indicators" / "all.toml").write_text(text, encoding="utf-8")
    return directory


def make_catalogue(directory: Path, sources: str = SOURCES_TOML) -> Catalogue:
    """The catalogue, loaded."""
    return load_catalogue(write_catalogue(directory, sources))


def csv_table(header: str, mark: str, rows: int = 300) -> bytes:
    """A table of a few kilobytes whose every row tells which edition it is of."""
    columns = header.split(",")
    lines = [header]
    lines += [",".join(f"{mark}{i * 7919 % 997}{c[:2]}" for c in columns) for i in range(rows)]
    return ("\r\n".join(lines) + "\r\n").encode()


def tables(year: str, *, mark: str = "") -> tuple[Table, ...]:
    """The tables of one release: the catalogue's three, and one that it does not name."""
    word = mark or f"e{year}"
    return (
        Table(
            f"care_2013_to_{year}.csv",
            csv_table("time_period,group,children", word),
            ("group",),
            ("children",),
            (("group", "All"), ("group", "Boys")),
        ),
        Table(
            "moves.csv",
            csv_table("time_period,group,length,moves", word),
            ("group", "length"),
            ("moves",),
            (("group", "All"), ("length", "Far"), ("length", "Near")),
        ),
        Table(
            f"people_2012_to_{int(year) - 1}.csv",
            csv_table("time_period,age_group,population_estimate", word),
            ("age_group",),
            ("population_estimate",),
        ),
        Table("sundry.csv", csv_table("time_period,other", word), ("other",), ("sundry",)),
    )


def archive_of(members: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def release_archive(files: tuple[Table, ...]) -> bytes:
    """The zip of everything, as the statistics service makes it."""
    members = {f"data/{table.name}": table.body for table in files}
    members |= {
        f"data/{table.name.removesuffix('.csv')}.meta.csv": b"col_name,label\r\n" for table in files
    }
    members["data-guidance/data-guidance.txt"] = b"About the data"
    members["supporting-files/moves.csv"] = b"another,table\r\nof the,name\r\n"
    return archive_of(members)


def release(
    year: str = "2025",
    *,
    version: str = "",
    published: str = "",
    files: tuple[Table, ...] | None = None,
    archive: bytes | None = None,
) -> Release:
    """A release of the care statistics."""
    files = tables(year) if files is None else files
    return Release(
        SLUG,
        year,
        version or f"v-{year}",
        published or f"{year}-11-20T09:30:00.1234567+00:00",
        files,
        {"year": int(year) + 1, "month": 11, "day": None},
        release_archive(files) if archive is None else archive,
    )


def parquet(mark: str) -> bytes:
    """A small Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(pa.table({"Values": [f"{mark}{i}" for i in range(500)]}), buffer)
    return buffer.getvalue()


def workbook(mark: str) -> bytes:
    """A small workbook."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2025, 11, 20, tzinfo=UTC)})
        book.add_worksheet().write(0, 0, mark)
    return buffer.getvalue()


def tool_files(mark: str) -> dict[str, bytes]:
    """The tool's files."""
    dictionary = csv_table("Measure,Title", mark, 100)
    return {LONG: parquet(mark), DICTIONARY: dictionary, CODES: workbook(mark)}


def publish_tool(publisher: Publisher, files: dict[str, bytes], mark: str) -> None:
    """Serve the tool's files, with entity tags and no date."""
    for name, body in files.items():
        publisher.put(RAW, TOOL_BASE + name, Page(body, etag=f'"{mark}-{len(name)}"'))
