"""The addresses of the web API, each declared: what it lists, which filters it takes.

Reads only, and only the release being served: nothing that people write passes through here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import marshmallow as ma
from flask import Response, request, send_file
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from flask_smorest.pagination import (  # type: ignore[import-untyped]
    PaginationParameters,
)

from alliance.access import ANONYMOUS, decide
from alliance.api import parameters as p
from alliance.api import schemas
from alliance.api.answers import (
    CACHE,
    CSV,
    JSON,
    RELEASE_HEADER,
    Asked,
    about,
    answer_csv,
    answer_json,
    open_answer,
    open_release,
    plain_rows,
)
from alliance.api.columns import COLUMNS, PERIOD_OF_INDICATOR, RELEASE, Column
from alliance.api.errors import ROOT, ApiError, ErrorSchema
from alliance.exports.about import RANKS
from alliance.search import search_indicators
from alliance.service import Served
from indicators.queries import Rows
from indicators.table_pages import TablePage, periods_of, read_page

FILE = "/release/file"
DUCKDB = "application/vnd.duckdb"
_INTERVAL_NOTE = (
    "ci95 and ci998 are confidence intervals: how far chance alone may have moved the figure. "
    "A difference within them may be chance."
)
_CHANCE_NOTE = (
    "Each is a question and not a finding; /triage says how many to expect to be chance alone. "
    "That one indicator causes another is never meant."
)
_GRADES_NOTE = "A figure in grades is an order from 1 to 4, never averaged."
_HEADERS = {
    "ETag": "Changes with the release and with what is asked for.",
    RELEASE_HEADER: "The release that was answered from.",
}
_ERRORS = {
    400: "A parameter that takes one value was given several.",
    404: "There is no such thing.",
    406: "The Accept header allows neither JSON nor CSV.",
    409: "Another release is served than the one that was asked for.",
    422: "A parameter is unknown, or its value is.",
    503: "There is no release yet. Retry-After says when to ask again.",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """An address that lists a table of the release: what its rows are, its filters and notes.

    `extra` are parameters beside the filters; `narrow` turns them into filters.
    """

    path: str
    table: str
    row: str
    summary: str
    meaning: str
    filters: tuple[p.Filter, ...] = ()
    notes: tuple[str, ...] = ()
    extra: Mapping[str, ma.fields.Field[Any]] | None = None
    narrow: Callable[[Served, Mapping[str, Any]], dict[str, Any]] | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of its rows."""
        return COLUMNS[self.table]

    @property
    def query(self) -> type[ma.Schema]:
        """The schema of its query, without the paging."""
        fields = {item.name: item.field for item in self.filters}
        return ma.Schema.from_dict(
            {**fields, **(self.extra or {}), **p.COMMON}, name=f"{self.row}Query"
        )


def _narrow_indicators(served: Served, arguments: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if arguments.get("headline") is not None:
        found["headline"] = arguments["headline"]
    if arguments.get("q"):
        found["indicator"] = [
            match.indicator_id for match in search_indicators(served, arguments["q"])
        ]
    return found


LISTINGS: tuple[Listing, ...] = (
    Listing(
        "/indicators",
        "indicator",
        "Indicator",
        "Indicators",
        "Every indicator with its unit, polarity, definition and caveats, in the order of the "
        "pages.",
        (p.DOMAIN,),
        extra={"headline": p.HEADLINE, "q": p.SEARCH},
        narrow=_narrow_indicators,
    ),
    Listing(
        "/areas",
        "area",
        "Area",
        "Areas",
        "Authorities (those that have ceased too), regions and the country.",
        (p.LEVEL, p.REGION),
    ),
    Listing(
        "/observations",
        "observation",
        "Observation",
        "Published figures",
        "Every figure of authorities, regions and the country as published, or why there is none. "
        "In the order of indicator_id, area_code, period_end.",
        (p.INDICATOR, p.AREA, p.PERIOD, p.LEVEL),
        (_GRADES_NOTE,),
    ),
    Listing(
        "/comparisons",
        "comparison",
        "Comparison",
        "Figures compared",
        "Every authority's figure beside the country's, its region's and its statistical "
        "neighbours', with intervals and ranks. In the order of indicator_id, area_code, "
        "period_end.",
        (p.INDICATOR, p.AUTHORITY, p.PERIOD),
        (_INTERVAL_NOTE, f"Ranks: {RANKS}", _GRADES_NOTE),
    ),
    Listing(
        "/neighbours",
        "neighbour",
        "Neighbour",
        "Statistical neighbours",
        "Each authority's statistical neighbours by model, the closest first.",
        (p.AUTHORITY, p.MODEL),
    ),
    Listing(
        "/inspections",
        "inspection",
        "Inspection",
        "Inspections",
        "Ofsted's inspections of authorities and visits to them, with judgements in words.",
        (p.AUTHORITY,),
    ),
    Listing(
        "/enquiries",
        "enquiry",
        "Enquiry",
        "What is worth discussing",
        "The lines of each authority's short list of what is worth discussing, in its order.",
        (p.AUTHORITY,),
        (_CHANCE_NOTE,),
    ),
    Listing(
        "/signals",
        "signal",
        "Signal",
        "What stands out",
        "Every figure that stands out, with the rule and the evidence, on a list or not.",
        (p.AUTHORITY, p.INDICATOR),
        (_CHANCE_NOTE,),
    ),
    Listing(
        "/triage",
        "triage",
        "Triage",
        "Tests made and false flags to expect",
        "How many tests each authority had and how many false flags to expect on its list; the row "
        "of the country is of all authorities together.",
        (p.AUTHORITY,),
    ),
    Listing(
        "/sources",
        "source_file",
        "SourceFile",
        "Published files",
        "The files that the release was made from, each with its publisher, licence and sha256.",
    ),
    Listing(
        "/findings",
        "finding",
        "Finding",
        "What the checks found",
        "What the checks found in the published files.",
        (p.SEVERITY, p.CHECK, p.INDICATOR),
    ),
)
"""Every address that lists rows."""


class PagedBlueprint(Blueprint):  # type: ignore[misc]
    """A blueprint whose pages also say in a Link header where the others are."""

    DEFAULT_PAGINATION_PARAMETERS = {  # noqa: RUF012 - the library's own way to set it
        "page": 1,
        "page_size": p.PAGE_SIZE,
        "max_page_size": p.LARGEST_PAGE,
    }

    def _set_pagination_metadata(
        self, page_params: PaginationParameters, result: Any, headers: Any
    ) -> tuple[Any, Any]:
        result, headers = super()._set_pagination_metadata(page_params, result, headers)
        if isinstance(result, Response):
            headers["Link"] = _links(page_params, result.headers[RELEASE_HEADER])
        return result, headers


def make_blueprint() -> Blueprint:
    """The addresses, ready to be registered with an API."""
    blueprint = PagedBlueprint(
        "figures", __name__, url_prefix=ROOT, description="The release being served, read-only."
    )
    blueprint.before_request(_allow_anybody)
    _add_release(blueprint)
    for listing in LISTINGS:
        _add_listing(blueprint, listing)
    _add_indicator(blueprint)
    _add_area(blueprint)
    return blueprint


def _allow_anybody() -> None:
    """Answers are for anybody, so it is asked whether anybody may have them, whoever asks."""
    decision = decide(ANONYMOUS, "figures.read")
    if not decision.allowed:
        raise ApiError(403, "not_allowed", decision.reason, "Ask whoever runs this server.")


def _described(
    blueprint: Blueprint, schema: type[ma.Schema], summary: str, meaning: str, *codes: int
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What every address of rows says of itself: its answers in both forms, and its errors."""
    headers = {
        name: {"description": words, "schema": {"type": "string"}}
        for name, words in _HEADERS.items()
    }

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        for status in codes:
            view = blueprint.alt_response(status, schema=ErrorSchema, description=_ERRORS[status])(
                view
            )
        view = blueprint.alt_response(
            304, description="What If-None-Match names still holds.", schema=None
        )(view)
        view = blueprint.alt_response(
            200, content_type=CSV, schema={"type": "string"}, description=meaning, success=True
        )(view)
        view = blueprint.response(200, schema, description=meaning, headers=headers)(view)
        decorated: Callable[..., Any] = blueprint.doc(summary=summary, description=meaning)(view)
        return decorated

    return decorate


def _strict(schema: type[ma.Schema], *, paged: bool) -> Callable[..., Any]:
    """Refuse what the query holds beyond that schema, before anything is read of it."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            p.refuse_strangers(schema, paged=paged)
            return view(*args, **kwargs)

        return checked

    return decorate


def _add_listing(blueprint: Blueprint, listing: Listing) -> None:
    row = schemas.row_schema(listing.row, listing.columns)
    query = listing.query

    def view(arguments: dict[str, Any], pagination_parameters: PaginationParameters) -> Response:
        asked = open_answer(arguments)
        filters = p.read_filters(asked.served, listing.filters, arguments)
        if listing.narrow:
            filters |= listing.narrow(asked.served, arguments)
        found = read_page(
            asked.served.release,
            listing.table,
            filters,
            first=pagination_parameters.first_item,
            size=pagination_parameters.page_size,
        )
        pagination_parameters.item_count = found.total
        return _answer_page(asked, listing, found, pagination_parameters)

    view.__name__ = listing.table
    view.__doc__ = listing.summary
    _route(
        blueprint, listing.path, view, query, schemas.rows_schema(f"{listing.row}Rows", row),
        listing.summary, listing.meaning, paged=True,
    )  # fmt: skip


def _route(
    blueprint: Blueprint,
    path: str,
    view: Callable[..., Any],
    query: type[ma.Schema],
    schema: type[ma.Schema],
    summary: str,
    meaning: str,
    *,
    paged: bool = False,
    parameters: list[dict[str, Any]] | None = None,
) -> None:
    """One address: its query checked, its pages counted, its answers described."""
    if paged:
        view = blueprint.paginate()(view)
    view = blueprint.arguments(query, location="query")(view)
    codes = [400, 406, 409, 422, 503, *([404] if parameters else [])]
    view = _described(blueprint, schema, summary, meaning, *codes)(view)
    view = _strict(query, paged=paged)(view)
    blueprint.route(path, parameters=parameters)(view)


def _answer_page(
    asked: Asked, listing: Listing, found: TablePage, page: PaginationParameters
) -> Response:
    rows = plain_rows(found.rows, listing.columns)
    said = about(asked.served, _rights(asked.served, listing, rows), listing.notes)
    if asked.form == JSON:
        return answer_json(asked, {"about": said, "page": _page(page, asked), "data": rows})
    title = (
        f"{listing.summary}: page {page.page} of {max(1, _pages(page))}, {found.total} rows in all"
    )
    return answer_csv(asked, said, title, listing.columns, rows, listing.table)


def _rights(served: Served, listing: Listing, rows: Rows) -> Rows:
    """Whose figures a page holds: of its indicators, where its rows name them."""
    if listing.table in {"indicator", "observation", "comparison", "signal"}:
        return [served.indicators[key] for key in {row["indicator_id"] for row in rows}]
    files = served.release.source_files()
    if listing.table not in {"source_file", "inspection"}:
        return files
    named = {row["source_file_id"] for row in rows}
    return [row for row in files if row["source_file_id"] in named]


def _pages(page: PaginationParameters) -> int:
    return -(-(page.item_count or 0) // page.page_size)


def _page(page: PaginationParameters, asked: Asked) -> dict[str, Any]:
    more = page.page < _pages(page)
    return {
        "page": page.page,
        "page_size": page.page_size,
        "total": page.item_count,
        "total_pages": _pages(page),
        "next": _page_address(page.page + 1, asked.served.info.release_id) if more else None,
    }


def _links(page: PaginationParameters, release_id: str) -> str:
    """Where the first, previous, next and last page of this release are (RFC 8288)."""
    last = max(1, _pages(page))
    places = {"first": 1, "last": last}
    if 1 < page.page <= last:
        places["prev"] = page.page - 1
    if page.page < last:
        places["next"] = page.page + 1
    return ", ".join(
        f'<{_page_address(number, release_id)}>; rel="{rel}"' for rel, number in places.items()
    )


def _page_address(number: int, release_id: str) -> str:
    """This address with another page of the same release."""
    query = [(name, value) for name, value in request.args.items(multi=True)
             if name not in {"page", "release"}]  # fmt: skip
    return f"{request.path}?{urlencode([*query, ('page', number), ('release', release_id)])}"


def _add_indicator(blueprint: Blueprint) -> None:
    columns = COLUMNS["indicator"]
    row = schemas.row_schema("IndicatorWithPeriods", columns)
    period = schemas.row_schema("PeriodOfIndicator", PERIOD_OF_INDICATOR)
    whole = ma.Schema.from_dict(
        {**row().fields, "periods": schemas.nested_rows(period, "Its periods, oldest first.")},
        name="IndicatorWithPeriods",
    )

    def view(arguments: dict[str, Any], indicator_id: str) -> Response:
        asked = open_answer(arguments)
        found = _one(asked, "indicator", indicator_id)
        said = about(asked.served, [asked.served.indicators[indicator_id]])
        if asked.form == CSV:
            return answer_csv(asked, said, found["title"], columns, [found], indicator_id)
        periods = plain_rows(periods_of(asked.served.release, indicator_id), PERIOD_OF_INDICATOR)
        return answer_json(asked, {"about": said, "data": {**found, "periods": periods}})

    view.__name__ = "one_indicator"
    _route(
        blueprint, "/indicators/<indicator_id>", view, _common("IndicatorQuery"),
        schemas.one_schema("OneIndicator", whole), "One indicator",
        "An indicator with the periods that it has. As CSV without them.",
        parameters=[_path_parameter("indicator_id", "The indicator's id.")],
    )  # fmt: skip


def _add_area(blueprint: Blueprint) -> None:
    columns = COLUMNS["area"]

    def view(arguments: dict[str, Any], area_code: str) -> Response:
        asked = open_answer(arguments)
        found = _one(asked, "area", area_code)
        said = about(asked.served, asked.served.release.source_files())
        return _answer_one(asked, said, found["name"], columns, found, f"area_{area_code}")

    view.__name__ = "one_area"
    _route(
        blueprint, "/areas/<area_code>", view, _common("AreaQuery"),
        schemas.one_schema("OneArea", schemas.row_schema("AreaAlone", columns)), "One area",
        "An authority, a region or the country.",
        parameters=[_path_parameter("area_code", "The area's code.")],
    )  # fmt: skip


def _add_release(blueprint: Blueprint) -> None:
    def view(arguments: dict[str, Any]) -> Response:
        asked = open_answer(arguments)
        said = about(asked.served, asked.served.release.source_files())
        info = {name.name: getattr(asked.served.info, name.name) for name in RELEASE}
        (found,) = plain_rows([info], RELEASE)
        return _answer_one(asked, said, "The release being served", RELEASE, found, "release")

    view.__name__ = "release"
    _route(
        blueprint, "/release", view, _common("ReleaseQuery"),
        schemas.one_schema("OneRelease", schemas.row_schema("Release", RELEASE)),
        "The release being served",
        "When the release that everything here is answered from was built, and what it holds.",
    )  # fmt: skip
    _add_file(blueprint)


def _add_file(blueprint: Blueprint) -> None:
    query = ma.Schema.from_dict({"release": p.COMMON["release"]}, name="FileQuery")

    errors = {**{code: _ERRORS[code] for code in (409, 422, 503)}, 416: "It has no such bytes."}

    def release_file(arguments: dict[str, Any]) -> Response:
        served = open_release(arguments.get("release"))
        info = served.info
        response = send_file(
            served.release.path,
            mimetype=DUCKDB,
            as_attachment=True,
            download_name=f"{info.release_id}.duckdb",
            etag=info.release_id,
            last_modified=info.built_at.replace(tzinfo=UTC),
        )
        response.headers["Cache-Control"] = CACHE
        response.headers[RELEASE_HEADER] = info.release_id
        return response

    view: Callable[..., Any] = blueprint.arguments(query, location="query")(release_file)
    for status, words in errors.items():
        view = blueprint.alt_response(status, schema=ErrorSchema, description=words)(view)
    for status, words in ((206, "The bytes asked for."), (304, "If-None-Match names this file.")):
        view = blueprint.alt_response(status, content_type=DUCKDB, description=words)(view)
    view = blueprint.response(
        200, {"type": "string", "format": "binary"}, content_type=DUCKDB, description="The file."
    )(view)
    view = blueprint.doc(summary="The release file", description=_ABOUT_FILE)(view)
    blueprint.route(FILE)(_strict(query, paged=False)(view))


_ABOUT_FILE = (
    "The whole release as one DuckDB file, to download or to ATTACH. Answers HEAD and Range. With "
    "release= it is that file or 409, so that a reader of parts never mixes two releases."
)


def _answer_one(
    asked: Asked,
    said: Mapping[str, Any],
    title: str,
    columns: tuple[Column, ...],
    row: dict[str, Any],
    name: str,
) -> Response:
    if asked.form == CSV:
        return answer_csv(asked, said, title, columns, [row], name)
    return answer_json(asked, {"about": said, "data": row})


def _one(asked: Asked, table: str, key: str) -> dict[str, Any]:
    """The one row of a table with that key. Raises `ApiError` (404) where there is none."""
    filters = {table: [key]}
    rows = read_page(asked.served.release, table, filters, first=0, size=1).rows
    if not rows:
        raise ApiError(
            404,
            "not_found",
            f"This release has no {table} “{key[:60]}”.",
            f"{ROOT}/{table}s lists what there is.",
        )
    return plain_rows(rows, COLUMNS[table])[0]


def _common(name: str) -> type[ma.Schema]:
    return ma.Schema.from_dict(dict(p.COMMON), name=name)


def _path_parameter(name: str, meaning: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "required": True, "description": meaning,
            "schema": {"type": "string"}}  # fmt: skip
