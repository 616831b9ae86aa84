"""The web API says what the release says, describes itself truly, and refuses in one way."""

from __future__ import annotations

import ast
import csv
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from dash import Dash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from alliance.access import PERMISSIONS
from alliance.api.answers import answer_csv, open_answer
from alliance.api.columns import COLUMNS, Column
from alliance.api.endpoints import LISTINGS, Listing
from alliance.service import DEMONSTRATION
from ingest.release import ReleaseStore, sha256_of
from tests import builders
from tests.alliance.conftest import make_app
from tests.conftest import REPOSITORY, Small
from tests.demonstration import CITY, FENSHIRE, Figures

ROOT = "/api/v1"
KINDS = {
    "text": ("VARCHAR", "JSON"), "integer": ("INTEGER", "BIGINT"), "number": "DOUBLE",
    "flag": "BOOLEAN", "date": "DATE", "time": "TIMESTAMP", "texts": "VARCHAR[]",
}  # fmt: skip
ONES = ("/release", "/indicators/cla_rate", f"/areas/{FENSHIRE}")
"""Addresses that answer about one thing."""


def ask(app: Dash, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
    address = f"{ROOT}{path}?{urlencode(query, doseq=True)}"
    return app.server.test_client().get(address, headers=headers or {})


def rows_of(app: Dash, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = ask(app, path, **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["data"]
    return found


@pytest.fixture(scope="module")
def description(demo_app: Dash) -> dict[str, Any]:
    found: dict[str, Any] = ask(demo_app, "/openapi.json").json
    return found


# The description ---------------------------------------------------------------------------------


def test_the_description_is_valid_openapi(description: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(description).validate()
    assert description["openapi"].startswith("3.1")


def test_every_route_is_described_and_only_reads(
    demo_app: Dash, description: dict[str, Any]
) -> None:
    rules = [r for r in demo_app.server.url_map.iter_rules() if r.rule.startswith("/api")]
    assert all(rule.methods == {"GET", "HEAD", "OPTIONS"} for rule in rules)
    own = {f"{ROOT}/openapi.json", f"{ROOT}/", "/api/{rest}"}
    found = {rule.rule.replace("<path:", "<").replace("<", "{").replace(">", "}") for rule in rules}
    assert found - own == set(description["paths"])
    assert len(description["paths"]) == len(LISTINGS) + 4


@pytest.mark.parametrize("table", COLUMNS)
def test_every_column_of_the_release_is_described_with_its_kind(
    demo_figures: Figures, table: str
) -> None:
    types = {
        row["column_name"]: row["column_type"] for row in demo_figures.rows(f"DESCRIBE {table}")
    }
    described = {column.name: column.kind for column in COLUMNS[table]}
    assert set(types) <= set(described)
    beyond = {"status", "symbol", "provisional", "joint_with", "numerator", "denominator"}
    assert set(described) - set(types) == (beyond if table == "comparison" else set())
    assert {name for name, kind in types.items() if kind not in KINDS[described[name]]} == set()


def test_every_column_and_parameter_says_what_it_is(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    for table, columns in COLUMNS.items():
        listing = next((item for item in LISTINGS if item.table == table), None)
        properties = schemas[listing.row if listing else "Release"]["properties"]
        assert set(properties) == {column.name for column in columns}
        assert all(properties[column.name]["description"] == column.meaning for column in columns)
    for path in description["paths"].values():
        operation = path["get"]
        assert operation["summary"]
        assert operation["description"].endswith(".")
        named = [*operation.get("parameters", []), *path.get("parameters", [])]
        for parameter in named:
            words = parameter.get("description") or parameter["schema"].get("description")
            assert words or parameter["name"] in {"page", "page_size"}, parameter


def validator(description: dict[str, Any], path: str) -> Draft202012Validator:
    """Of the JSON that the description promises at a path."""
    content = description["paths"][path]["get"]["responses"]["200"]["content"]
    assert set(content) == {"application/json", "text/csv"}
    schema = content["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": description["components"]})


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda item: item.path)
def test_every_list_answers_as_it_is_described(
    demo_app: Dash, description: dict[str, Any], listing: Listing
) -> None:
    answer = ask(demo_app, listing.path, page_size=3_000)
    assert answer.status_code == 200
    assert answer.json["data"]
    validator(description, f"{ROOT}{listing.path}").validate(answer.json)
    names = [column.name for column in listing.columns]
    assert all(list(row) == names for row in answer.json["data"])


@pytest.mark.parametrize(
    ("path", "template"),
    [*zip(ONES, ("/release", "/indicators/{indicator_id}", "/areas/{area_code}"), strict=True)],
)
def test_every_single_thing_answers_as_it_is_described(
    demo_app: Dash, description: dict[str, Any], path: str, template: str
) -> None:
    answer = ask(demo_app, path)
    assert answer.status_code == 200
    validator(description, f"{ROOT}{template}").validate(answer.json)


# What it says ------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["observation", "comparison"])
def test_all_pages_together_hold_each_row_of_the_table_once(
    demo_app: Dash, demo_figures: Figures, table: str
) -> None:
    place = f"{ROOT}/{table}s?page_size=10000"
    client = demo_app.server.test_client()
    found = []
    while place:
        answer = client.get(place).json
        found += [
            (row["indicator_id"], row["area_code"], row["period"], row["value"])
            for row in answer["data"]
        ]
        place = answer["page"]["next"]
    expected = demo_figures.rows(f"SELECT indicator_id, area_code, period, value FROM {table}")
    assert len(found) > 70_000
    assert len(found) == len({row[:3] for row in found}) == answer["page"]["total"]
    assert set(found) == {
        (*list(row.values())[:3], None if row["value"] is None else round(row["value"], 10))
        for row in expected
    }
    assert found == sorted(found, key=lambda row: row[:2])


@pytest.mark.parametrize("size", [1, 7, 100])
def test_pages_of_any_size_follow_each_other(demo_app: Dash, size: int) -> None:
    whole = rows_of(demo_app, "/neighbours", page_size=10_000)
    first = rows_of(demo_app, "/neighbours", page_size=size)
    third = rows_of(demo_app, "/neighbours", page_size=size, page=3)
    assert first == whole[:size]
    assert third == whole[2 * size : 3 * size]
    last = -(-len(whole) // size)
    assert rows_of(demo_app, "/neighbours", page_size=size, page=last)[-1] == whole[-1]
    assert rows_of(demo_app, "/neighbours", page_size=size, page=last + 1) == []


def test_links_lead_to_the_other_pages_of_the_same_release(demo_app: Dash) -> None:
    answer = ask(demo_app, "/indicators", page_size=20, page=2, headline="true")
    links = {
        part.split('rel="')[1].rstrip('"'): part[1 : part.index(">")]
        for part in answer.headers["Link"].split(", ")
    }
    assert set(links) == {"first", "prev", "next", "last"}
    pages = json.loads(answer.headers["X-Pagination"])
    assert (pages["total"], pages["page"], pages["total_pages"]) == (74, 2, 4)
    client = demo_app.server.test_client()
    for rel, number in (("first", 1), ("prev", 1), ("next", 3), ("last", 4)):
        other = client.get(links[rel]).json
        assert other["page"]["page"] == number
        assert other["page"]["total"] == 74
    assert answer.json["page"]["next"] == links["next"]


def test_filters_choose_what_they_name(demo_app: Dash, demo_figures: Figures) -> None:
    found = rows_of(
        demo_app, "/observations", indicator=["cla_rate", "cpp_repeat_pct"], area=[FENSHIRE, CITY],
        period=["2024", "2025"],
    )  # fmt: skip
    assert len(found) == 8
    assert {row["area_code"] for row in found} == {FENSHIRE, CITY}
    regions = rows_of(demo_app, "/areas", level="region")
    assert {row["area_level"] for row in regions} == {"region"}
    eastmere = rows_of(demo_app, "/areas", region="X12000006")
    assert FENSHIRE in {row["area_code"] for row in eastmere}
    national = rows_of(demo_app, "/observations", indicator="cla_rate", level="england")
    assert len({row["area_code"] for row in national}) == 1
    headline = rows_of(demo_app, "/indicators", headline="true")
    others = rows_of(demo_app, "/indicators", headline="false")
    assert len(headline) == 74
    assert len(headline) + len(others) == 75
    domain = headline[0]["domain"]
    assert {row["domain"] for row in rows_of(demo_app, "/indicators", domain=domain)} == {domain}
    assert "cla_rate" in {
        row["indicator_id"] for row in rows_of(demo_app, "/indicators", q="chidren in care")
    }
    assert rows_of(demo_app, "/neighbours", area=FENSHIRE, page_size=3)[0]["position"] == 1


def test_the_latest_period_is_each_indicator_s_own(demo_app: Dash, demo_figures: Figures) -> None:
    found = rows_of(demo_app, "/comparisons", area=FENSHIRE, period="latest")
    expected = demo_figures.rows(
        "SELECT indicator_id, max_by(period, period_end) AS period FROM comparison"
        " WHERE value IS NOT NULL GROUP BY indicator_id"
    )
    assert {(row["indicator_id"], row["period"]) for row in found} == {
        (row["indicator_id"], row["period"]) for row in expected
    }


def test_a_figure_that_is_withheld_is_null_with_its_status_and_symbol(
    demo_app: Dash, demo_figures: Figures
) -> None:
    expected = demo_figures.rows(
        "SELECT indicator_id, area_code, period FROM observation WHERE status = 'suppressed'"
        " AND area_code = ?", CITY,
    )  # fmt: skip
    assert len(expected) > 20
    for path in ("/observations", "/comparisons"):
        found = {
            (row["indicator_id"], row["area_code"], row["period"]): row
            for row in rows_of(demo_app, path, area=CITY, page_size=10_000)
        }
        for row in expected:
            figure = found[tuple(row.values())]
            assert figure["value"] is None
            assert figure["status"] == "suppressed"
            assert figure["symbol"] == "c"
            assert None in (figure["numerator"], figure["denominator"])
        assert all((row["value"] is None) == (row["status"] != "reported") for row in
                   found.values())  # fmt: skip


def test_an_answer_says_whose_its_figures_are(demo_app: Dash) -> None:
    about = ask(demo_app, "/comparisons", indicator="cla_rate", page_size=5).json["about"]
    assert about["mark"] == DEMONSTRATION
    assert about["demonstration"] is True
    assert [row["publisher"] for row in about["attribution"]] == ["Demonstration"]
    assert "never 0" in about["suppression"]
    assert any("interval" in note for note in about["notes"])


def test_real_figures_are_attributed_and_unmarked(real_app: Dash) -> None:
    answer = ask(real_app, "/comparisons", indicator="cla_rate", area="873", period="latest")
    about = answer.json["about"]
    assert about["mark"] is None
    (rights,) = about["attribution"]
    assert rights["publisher"] == "Department for Education"
    assert rights["licence"] == "Open Government Licence v3.0"


def test_no_quarter_is_given_where_the_publisher_asks_for_none(
    real_app: Dash, real_figures: Figures
) -> None:
    (key,) = real_figures.column(
        "SELECT MIN(indicator_id) FROM indicator JOIN comparison USING (indicator_id)"
        " WHERE NOT publisher_bands AND quartile_band IS NOT NULL"
    )
    found = rows_of(real_app, "/comparisons", indicator=key, period="latest")
    assert {row["quartile_band"] for row in found} == {None}
    shown = rows_of(real_app, "/comparisons", indicator="cpp_repeat_pct", period="latest")
    assert {row["quartile_band"] for row in shown} >= {"A", "B", "C", "D"}
    few = [row for row in shown if row["value"] is not None and (row["denominator"] or 0) < 30]
    assert few
    assert {row["quartile_band"] for row in few} == {None}


# CSV ---------------------------------------------------------------------------------------------


def read_csv(text: str) -> tuple[list[str], list[dict[str, str]]]:
    """The lines about the figures, and the rows."""
    assert text.startswith("\ufeff")
    lines = text[1:].splitlines(keepends=True)
    about = [line[2:].strip() for line in lines if line.startswith("# ")]
    return about, list(csv.DictReader(io.StringIO("".join(lines[len(about) :]), newline="")))


def cell_of(column: Column, value: Any) -> str:
    """How a value of JSON stands in CSV."""
    if value is None:
        return ""
    if column.kind == "flag":
        return "true" if value else "false"
    if column.kind == "texts":
        return " ".join(value)
    if column.kind == "number":
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda item: item.path)
def test_csv_holds_the_same_rows_as_json(demo_app: Dash, listing: Listing) -> None:
    rows = rows_of(demo_app, listing.path, page_size=2_000)
    answer = ask(demo_app, listing.path, page_size=2_000, format="csv")
    assert answer.mimetype == "text/csv"
    about, found = read_csv(answer.text)
    expected = [{c.name: cell_of(c, row[c.name]) for c in listing.columns} for row in rows]
    assert found == expected
    assert DEMONSTRATION in about
    assert any(line.startswith("Release: ") for line in about)
    assert any("never 0" in line for line in about)
    assert answer.headers["X-Pagination"]


def test_the_accept_header_asks_for_csv_too_and_format_goes_before_it(demo_app: Dash) -> None:
    as_csv = {"Accept": "text/csv"}
    assert ask(demo_app, "/areas", as_csv).mimetype == "text/csv"
    assert ask(demo_app, "/areas", as_csv, format="json").mimetype == "application/json"
    both = {"Accept": "text/html, application/json;q=0.5, text/csv;q=0.9"}
    assert ask(demo_app, "/areas", both).mimetype == "text/csv"
    assert ask(demo_app, "/areas", {"Accept": "text/html, */*;q=0.1"}).status_code == 200


def test_a_csv_of_one_indicator_has_its_definition_and_caveats(demo_app: Dash) -> None:
    answer = ask(demo_app, "/comparisons", indicator="cla_rate", format="csv")
    about, _ = read_csv(answer.text)
    assert any(line.startswith("Definition: Children looked after") for line in about)
    assert any(line.startswith("Caveats: ") for line in about)


def test_a_text_that_a_spreadsheet_would_run_is_harmless_in_csv(demo_app: Dash) -> None:
    columns = (Column("name", "text", "A name."),)
    with demo_app.server.test_request_context(f"{ROOT}/areas?format=csv"):
        asked = open_answer({"format": "csv"})
        said = {"mark": None, "attribution": [], "suppression": "", "notes": ["=1+1,=2+2"]}
        answer = answer_csv(asked, said, "t", columns, [{"name": "=HYPERLINK(1)"}], "areas")
    text = answer.get_data(as_text=True)
    assert "\r\n'=HYPERLINK(1)\r\n" in text
    assert ",=" not in text


# Again: tags and pinned releases -----------------------------------------------------------------


@pytest.mark.parametrize("path", [*ONES, *(listing.path for listing in LISTINGS), "/release/file"])
def test_what_has_not_changed_is_not_sent_again(demo_app: Dash, path: str) -> None:
    answer = ask(demo_app, path)
    tag = answer.headers["ETag"]
    assert answer.headers["Cache-Control"] == "public, no-cache"
    again = ask(demo_app, path, {"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert again.headers["Alliance-Release"] == answer.headers["Alliance-Release"]
    assert ask(demo_app, path, {"If-None-Match": 'W/"other"'}).status_code == 200


def test_a_tag_is_of_what_was_asked_for(demo_app: Dash) -> None:
    def tag(path: str, headers: dict[str, str] | None = None, **query: Any) -> str:
        return str(ask(demo_app, path, headers, **query).headers["ETag"])

    tags = [
        tag("/areas"), tag("/areas", level="region"), tag("/areas", page=2),
        tag("/areas", format="csv"), tag("/indicators"),
    ]  # fmt: skip
    assert len(set(tags)) == len(tags)
    assert tag("/areas", level="region", page=1) == tag("/areas", page=1, level="region")
    assert tag("/areas", {"Accept": "text/csv"}) != tag("/areas")


def test_tags_and_answers_change_with_the_release(small: Small) -> None:
    app = make_app(small.store.home)
    before = {path: ask(app, path) for path in ("/release", "/observations", "/release/file")}
    pinned = before["/release"].json["data"]["release_id"]
    assert ask(app, "/observations", release=pinned).status_code == 200
    table = builders.ees_files()[builders.NEED]
    table.rows[-1]["again_percent"] = "55"
    small.put({builders.NEED: table.bytes()})
    small.refresh()
    for path, former in before.items():
        now = ask(app, path, {"If-None-Match": former.headers["ETag"]})
        assert now.status_code == 200, path
        assert now.headers["ETag"] != former.headers["ETag"]
        refused = ask(app, path, release=pinned)
        assert refused.status_code == 409
        assert refused.json["code"] == "release_changed"


# The file ----------------------------------------------------------------------------------------


def test_the_release_file_is_handed_out_whole_and_in_parts(
    demo_app: Dash, demonstration: Path
) -> None:
    path = ReleaseStore(demonstration).current_path()
    whole = ask(demo_app, "/release/file")
    assert whole.data == path.read_bytes()
    assert path.name in whole.headers["Content-Disposition"]
    head = demo_app.server.test_client().head(f"{ROOT}/release/file")
    assert int(head.headers["Content-Length"]) == path.stat().st_size
    assert head.headers["Accept-Ranges"] == "bytes"
    part = ask(demo_app, "/release/file", {"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, whole.data[100:200])
    fresh = {"Range": "bytes=0-9", "If-Range": whole.headers["ETag"]}
    assert ask(demo_app, "/release/file", fresh).status_code == 206
    stale = {"Range": "bytes=0-9", "If-Range": '"another"'}
    assert len(ask(demo_app, "/release/file", stale).data) == len(whole.data)
    beyond = ask(demo_app, "/release/file", {"Range": f"bytes={len(whole.data)}-"})
    assert (beyond.status_code, beyond.json["code"]) == (416, "range_not_satisfiable")
    assert len(sha256_of(path)) == 64


# How it refuses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("/nothing", {}, 404, "not_found"),
        ("/", {}, 404, "not_found"),
        ("/release/", {}, 404, "not_found"),
        ("/indicators/nothing", {}, 404, "not_found"),
        ("/areas/999", {}, 404, "not_found"),
        ("/areas/%00", {}, 404, "not_found"),
        ("/areas", {"colour": "red"}, 422, "unknown_parameter"),
        ("/release", {"page": 1}, 422, "unknown_parameter"),
        ("/release/file", {"format": "csv"}, 422, "unknown_parameter"),
        ("/areas", {"page": 0}, 422, "bad_parameter"),
        ("/areas", {"page": "two"}, 422, "bad_parameter"),
        ("/areas", {"page_size": 10_001}, 422, "bad_parameter"),
        ("/areas", {"level": "galaxy"}, 422, "bad_parameter"),
        ("/areas", {"format": "xml"}, 422, "bad_parameter"),
        ("/indicators", {"headline": "perhaps"}, 422, "bad_parameter"),
        ("/indicators", {"q": "x" * 201}, 422, "bad_parameter"),
        ("/observations", {"indicator": "nothing"}, 422, "unknown_value"),
        ("/observations", {"period": "1066"}, 422, "unknown_value"),
        ("/observations", {"period": ["latest", "2025"]}, 422, "bad_parameter"),
        ("/comparisons", {"area": "X12000006"}, 422, "unknown_value"),
        ("/neighbours", {"model": "1066"}, 422, "unknown_value"),
        ("/findings", {"check": "nothing"}, 422, "unknown_value"),
        ("/areas", {"page": [1, 2]}, 400, "repeated_parameter"),
        ("/release", {"release": "20200101T000000Z-00000000"}, 409, "release_changed"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_shape(
    demo_app: Dash, path: str, query: dict[str, Any], status: int, code: str
) -> None:
    assert_refused(ask(demo_app, path, **query), status, code)


def assert_refused(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert set(answer.json) == {"status", "code", "message", "what_to_do"}
    assert answer.json["status"] == status
    assert answer.json["code"] == code
    assert answer.json["message"].endswith(".")
    assert answer.json["what_to_do"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/release", "/observations", "/nothing", "/openapi.json"])
def test_nothing_can_be_written(demo_app: Dash, path: str, method: str) -> None:
    answer = demo_app.server.test_client().open(f"{ROOT}{path}", method=method)
    assert_refused(answer, 405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_form_that_there_is_not_is_refused(demo_app: Dash) -> None:
    assert_refused(ask(demo_app, "/areas", {"Accept": "application/xml"}), 406, "not_acceptable")


@pytest.mark.parametrize("path", ["/release", "/observations", "/areas/873", "/release/file"])
def test_before_the_first_release_there_is_nothing_to_serve_yet(tmp_path: Path, path: str) -> None:
    answer = ask(make_app(tmp_path), path)
    assert_refused(answer, 503, "no_release")
    assert int(answer.headers["Retry-After"]) > 0
    assert str(tmp_path) not in answer.text


def test_pages_and_downloads_refuse_in_their_own_way_as_before(demo_app: Dash) -> None:
    answer = demo_app.server.test_client().get("/download/figures/nothing.csv")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


texts = st.text(max_size=12) | st.sampled_from(
    ["latest", "2025", "cla_rate", FENSHIRE, "csv", "json", "true", "1", "0", "-1", "9" * 30, "\0"]
)
names = st.sampled_from(
    ["page", "page_size", "format", "release", "indicator", "area", "period", "level", "region",
     "headline", "domain", "q", "model", "severity", "check"]
) | st.text(max_size=5)  # fmt: skip
paths = st.sampled_from([*ONES, *(listing.path for listing in LISTINGS)]) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=12
).map(lambda text: f"/areas/{text}")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=paths,
    query=st.lists(st.tuples(names, texts.map(lambda t: t.encode("utf-8", "replace"))), max_size=4),
    accept=st.sampled_from(["", "text/csv", "*/*", "a/b;q=x", "text/html"]),
)
def test_whatever_is_asked_the_server_never_fails(
    demo_app: Dash, path: str, query: list[tuple[str, bytes]], accept: str
) -> None:
    client = demo_app.server.test_client()
    pairs = [(name.encode("utf-8", "replace"), value) for name, value in query]
    address = f"{ROOT}{path.replace('?', '%3F').replace('#', '%23')}?{urlencode(pairs)}"
    answer = client.get(address, headers={"Accept": accept} if accept else {})
    assert answer.status_code in {200, 308, 400, 404, 406, 409, 422}
    if answer.status_code >= 400:
        assert set(answer.json) == {"status", "code", "message", "what_to_do"}


# Who may read ------------------------------------------------------------------------------------


def test_pages_of_other_sites_may_read_and_no_cookie_is_given(demo_app: Dash) -> None:
    for answer in (ask(demo_app, "/release"), ask(demo_app, "/nothing"),
                   ask(demo_app, "/openapi.json")):  # fmt: skip
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Set-Cookie" not in answer.headers
    page = demo_app.server.test_client().get("/help")
    assert "Access-Control-Allow-Origin" not in page.headers
    asked = demo_app.server.test_client().options(f"{ROOT}/release")
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_the_api_knows_nothing_of_what_people_write() -> None:
    """It cannot hand out a local return, an account or a confidential entry: it has no store."""
    forbidden = {"store", "returns", "saved", "people", "publishing", "challenges"}
    found = set()
    for path in (REPOSITORY / "alliance" / "api").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= set(node.module.split(".")) & forbidden
    assert found == set()
    assert "figures.read" in PERMISSIONS
