"""What may be asked for in the query of an address of the web API, and how it is checked.

A filter is declared once: its description, and which of its values the release knows. A value that
the release does not know is refused, because an empty answer would hide a slip of the pen.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask import request

from alliance.api.columns import COLUMNS
from alliance.api.errors import ROOT, ApiError
from alliance.service import Served
from indicators.table_pages import all_checks, all_models, all_periods

FORMATS = ("json", "csv")
PAGE_SIZE, LARGEST_PAGE = 1_000, 10_000
LATEST = "latest"
MOST_VALUES = 1_000
LONGEST_SEARCH = 200

COMMON: dict[str, ma.fields.Field[Any]] = {
    "format": ma.fields.String(
        validate=ma.validate.OneOf(FORMATS),
        metadata={
            "description": "json (the default) or csv. Goes before the Accept header.",
        },
    ),
    "release": ma.fields.String(
        metadata={
            "description": "Answer from this release only: 409 once another is served. Pages of "
            "one release never overlap and leave nothing out.",
        }
    ),
}
"""What every address takes."""

PAGING = frozenset({"page", "page_size"})


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of rows: `known` are the values that the release has, `where` lists them."""

    name: str
    meaning: str
    known: Callable[[Served], Container[str]] | None = None
    where: str = ""
    values: tuple[str, ...] = ()

    @property
    def field(self) -> ma.fields.Field[Any]:
        """How it is read: any number of times, each time one value."""
        check = ma.validate.OneOf(self.values) if self.values else None
        return ma.fields.List(
            ma.fields.String(validate=check),
            validate=ma.validate.Length(max=MOST_VALUES),
            metadata={"description": f"{self.meaning} May be given several times: any of them."},
        )


def _values(table: str, column: str) -> tuple[str, ...]:
    return next(c.values for c in COLUMNS[table] if c.name == column)


def _regions(served: Served) -> Container[str]:
    return {code for code, area in served.areas.items() if area["area_level"] == "region"}


def _periods(served: Served) -> Container[str]:
    return all_periods(served.release) | {LATEST}


def _domains(served: Served) -> Container[str]:
    return {row["domain"] for row in served.indicators.values()}


INDICATOR = Filter(
    "indicator", "An indicator's id.", lambda served: served.indicators, f"{ROOT}/indicators"
)
AREA = Filter("area", "An area's code.", lambda served: served.areas, f"{ROOT}/areas")
AUTHORITY = Filter(
    "area",
    "An authority's code.",
    lambda served: served.authorities,
    f"{ROOT}/areas?level=authority",
)
PERIOD = Filter(
    "period",
    "A period, as in the figures (2025, 2024/25), or latest: each indicator's newest with a "
    "figure of some authority.",
    _periods,
    f"{ROOT}/indicators/INDICATOR_ID",
)
LEVEL = Filter("level", "A kind of area.", values=_values("area", "area_level"))
REGION = Filter(
    "region",
    "A region's code: the areas that lie in it.",
    _regions,
    f"{ROOT}/areas?level=region",
)
DOMAIN = Filter("domain", "A domain, spelt as in the answers.", _domains, f"{ROOT}/indicators")
MODEL = Filter(
    "model", "The year of a neighbour model.", lambda s: all_models(s.release), f"{ROOT}/neighbours"
)
SEVERITY = Filter("severity", "How grave.", values=_values("finding", "severity"))
CHECK = Filter("check", "A check's id.", lambda s: all_checks(s.release), f"{ROOT}/findings")

HEADLINE = ma.fields.Boolean(
    metadata={"description": "true: headline indicators only. false: the others only."}
)
SEARCH = ma.fields.String(
    validate=ma.validate.Length(min=1, max=LONGEST_SEARCH),
    metadata={
        "description": "Words to look for, as the search of the pages does: it forgives spelling "
        "and knows synonyms. The order stays that of the list."
    },
)


def refuse_strangers(schema: type[ma.Schema], *, paged: bool) -> None:
    """Stop where the query has a parameter that is not declared, or one value too many.

    Raises `ApiError`: 422 for a stranger, 400 for a repeated parameter that takes one value.
    """
    fields = schema().fields
    known = {*fields, *(PAGING if paged else ())}
    strangers = sorted(set(request.args) - known)
    if strangers:
        named = ", ".join(f"“{name[:60]}”" for name in strangers[:5])
        raise ApiError(
            422,
            "unknown_parameter",
            f"There is no parameter {named} here.",
            f"Leave it out, or use one of: {', '.join(sorted(known))}.",
        )
    several = [
        name
        for name in request.args
        if len(request.args.getlist(name)) > 1 and not isinstance(fields.get(name), ma.fields.List)
    ]
    if several:
        raise ApiError(
            400,
            "repeated_parameter",
            f"“{several[0]}” is given more than once and takes one value.",
            "Give it once.",
        )


def read_filters(
    served: Served, filters: tuple[Filter, ...], arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """The filters of the query as `indicators.table_pages` takes them.

    Raises `ApiError` (422) for a value that the release does not know.
    """
    read: dict[str, Any] = {}
    for item in filters:
        chosen = arguments.get(item.name)
        if chosen is None:
            continue
        known = item.known(served) if item.known else None
        unknown = [value for value in chosen if known is not None and value not in known]
        if unknown:
            raise ApiError(
                422,
                "unknown_value",
                f"This release has no {item.name} “{unknown[0][:60]}”.",
                f"{item.where} lists what there is.",
            )
        read[item.name] = chosen
    return _with_latest(served, read)


def _with_latest(served: Served, read: dict[str, Any]) -> dict[str, Any]:
    """`period=latest` as the newest period of each indicator that has one."""
    chosen = read.get("period")
    if not chosen or LATEST not in chosen:
        return read
    if len(chosen) > 1:
        raise ApiError(
            422,
            "bad_parameter",
            "period: latest goes with no other period.",
            "Ask for latest alone, or name the periods.",
        )
    newest = [f"{key} {rows[-1]['period']}" for key, rows in served.periods.items()]
    return {**{k: v for k, v in read.items() if k != "period"}, LATEST: newest}
