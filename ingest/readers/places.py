"""Areas and periods as tables outside Explore Education Statistics write them, in that format's
columns, so that nothing after the readers knows the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ingest.authorities import Reference, fold_name
from ingest.checks import CHECKS
from ingest.errors import Finding
from ingest.schemas.ees import LOCAL, NATIONAL, REGIONAL, STANDARD_COLUMNS, find_gaps
from ingest.tables import RawTable


def level_of(code: str, reference: Reference) -> str:
    """The geographic level of a GSS code: of the country, of a region, else of an authority."""
    if code == reference.country.area_code:
        return NATIONAL
    return REGIONAL if code in reference.region_by_code else LOCAL


def with_identity(
    figures: pd.DataFrame,
    *,
    codes: Sequence[str],
    names: Sequence[str],
    periods: Sequence[str],
    identifiers: Sequence[str],
    reference: Reference,
) -> pd.DataFrame:
    """The figures with the format's standard columns before them.

    `codes`: GSS codes of the country, of regions and of authorities, every one of them known.
    """
    rows = [
        _identity(code, name, reference) | {"time_period": period, "time_identifier": identifier}
        for code, name, period, identifier in zip(codes, names, periods, identifiers, strict=True)
    ]
    identity = pd.DataFrame(rows, columns=list(STANDARD_COLUMNS), dtype="str")
    return pd.concat([identity, figures.reset_index(drop=True)], axis="columns")


def _identity(code: str, name: str, reference: Reference) -> dict[str, str]:
    level = level_of(code, reference)
    row = dict.fromkeys(STANDARD_COLUMNS, "") | {
        "geographic_level": level,
        "country_code": reference.country.area_code,
        "country_name": reference.country.name,
    }
    if level == REGIONAL:
        row |= {"region_code": code, "region_name": name}
    elif level == LOCAL:
        authority = reference.authority_by_code[reference.code_of_gss[code]]
        region = authority.subregion_code or authority.region_code
        row |= {
            "region_code": region,
            "region_name": reference.region_by_code[region].name,
            "old_la_code": authority.area_code,
            "new_la_code": code,
            "la_name": name,
        }
    return row


def warn_of_names(
    places: Iterable[tuple[str, str, int]], reference: Reference, *, file_name: str, column: str
) -> list[Finding]:
    """A warning for each authority under a name that is not on record; it was matched on its code.

    `places`: GSS code, name and row number of each row.
    """
    first: dict[tuple[str, str], int] = {}
    for code, name, row in places:
        if code in reference.code_of_gss:
            first.setdefault((reference.code_of_gss[code], name), row)
    return [
        CHECKS["name_known"].finding(
            f"“{name}” is not a known name of authority {code}.",
            file_name=file_name,
            rows=(row,),
            column=column,
            area_code=code,
        )
        for (code, name), row in first.items()
        if fold_name(name) not in reference.known_names[code]
    ]


def gap_findings(table: RawTable, reference: Reference, column: str) -> list[Finding]:
    """What a table lacks, once its keys are sound. `column` is the publisher's, of area codes."""
    return [
        CHECKS["periods_whole"].finding(
            sentence, file_name=table.file.name, rows=table.rows_at(positions), column=column
        )
        for sentence, positions in find_gaps(table.frame, table.file.spec, reference)
    ]
