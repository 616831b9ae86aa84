"""A comparison of everything is written as it is read, and never at the cost of other readers."""

from __future__ import annotations

import csv
import gc
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from dash import Dash
from hypothesis import given
from hypothesis import strategies as st

from alliance.exports import routes
from alliance.exports.forms import FORMS
from alliance.exports.kinds import build_export
from alliance.exports.table import ExportTable, LazyRows, TooManyRowsError
from alliance.service import Served
from indicators.queries import Release
from tests.demonstration import FENSHIRE, Figures

EVERY_YEAR = {"us": FENSHIRE, "scope": "england", "from": "1990", "to": "2990"}


def everything(served: Served) -> dict[str, str]:
    """All authorities on all indicators over all years."""
    last = max(row[-1]["period_end"].year for row in served.periods.values())
    return EVERY_YEAR | {"to": str(last), "indicators": ",".join(served.indicators)}


@pytest.fixture(scope="module")
def whole(demo_served: Served) -> ExportTable:
    return build_export(demo_served, "compare", everything(demo_served))


@given(st.integers(0, 30), st.integers(-40, 40), st.integers(-40, 40))
def test_lazy_rows_are_a_list_that_is_never_held(n: int, first: int, last: int) -> None:
    held = [{"n": place} for place in range(n)]
    lazy = LazyRows(n, lambda: iter(held))
    assert len(lazy) == n
    assert list(lazy) == list(lazy) == held
    assert lazy[first:last] == held[first:last]
    if -n <= first < n:
        assert lazy[first] == held[first]
    else:
        with pytest.raises(IndexError):
            lazy[first]


def test_everything_is_read_one_indicator_at_a_time_and_only_when_it_is_written(
    demo_served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    compared = Release.compared

    def counted(self: Release, keys: Any, areas: Any, **days: Any) -> Any:
        asked.append(len(keys))
        return compared(self, keys, areas, **days)

    monkeypatch.setattr(Release, "compared", counted)
    table = build_export(demo_served, "compare", everything(demo_served))
    pieces = FORMS["csv"].pieces(table)
    assert asked == []
    next(pieces)
    assert asked
    assert set(asked) == {1}
    assert len(asked) < len(demo_served.indicators) / 2


def test_everything_has_a_line_for_each_figure_of_the_release(
    whole: ExportTable, demo_figures: Figures
) -> None:
    text = FORMS["csv"].render(whole).decode("utf-8-sig")
    body = io.StringIO(text[text.index("\nindicator_id,") + 1 :], newline="")
    found = {(r["indicator_id"], r["area_code"], r["period"]) for r in csv.DictReader(body)}
    expected = demo_figures.rows(
        "WITH shown AS (SELECT indicator_id, period FROM comparison GROUP BY ALL"
        " HAVING COUNT(value) > 0)"
        " SELECT c.indicator_id, c.area_code, c.period FROM comparison AS c"
        " JOIN shown USING (indicator_id, period) JOIN area AS a USING (area_code)"
        " WHERE a.valid_to IS NULL"
    )
    assert found == {tuple(row.values()) for row in expected}
    assert len(whole.rows) == len(found) == sum(len(part.rows) for part in whole.parts)


def test_a_slide_of_everything_reads_its_first_rows_alone(
    whole: ExportTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked = []

    def walk() -> Iterator[Any]:
        for place, row in enumerate(whole.rows):
            walked.append(place)
            yield row

    FORMS["pptx"].render(replace(whole, rows=LazyRows(len(whole.rows), walk)))
    assert 0 < max(walked) < 100


def test_a_workbook_of_too_many_figures_is_refused_with_what_to_do(
    demo_app: Dash, demo_served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FORMS, "xlsx", replace(FORMS["xlsx"], most_rows=50))
    words = urlencode({"us": FENSHIRE, "indicators": "cla_rate", "scope": "england"})
    client = demo_app.server.test_client()
    answer = client.get(f"/download/compare.xlsx?{words}")
    assert answer.status_code == 422
    for told in ("50 at most", "Choose CSV", "/api/v1/release/file"):
        assert told in answer.text
    assert client.get(f"/download/compare.csv?{words}").status_code == 200
    table = build_export(demo_served, "compare", dict(EVERY_YEAR, indicators="cla_rate", to="2025"))
    with pytest.raises(TooManyRowsError):
        FORMS["xlsx"].pieces(table)


def test_as_many_large_files_at_once_as_there_are_places_and_each_place_is_given_up(
    demo_app: Dash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "LARGE", 50)
    client = demo_app.server.test_client()
    address = "/download/compare.csv?" + urlencode(
        {"us": FENSHIRE, "indicators": "cla_rate", "scope": "england"}
    )
    small = "/download/compare.csv?" + urlencode({"us": FENSHIRE, "indicators": "cla_rate",
                                                  "scope": "alliance", "from": "2025"})  # fmt: skip
    for _ in range(5):
        assert client.head(address).status_code == 200
        gc.collect()
    open_answers = [client.get(address, buffered=False) for _ in range(routes.LARGE_AT_ONCE)]
    assert all(answer.is_streamed for answer in open_answers)
    refused = client.get(address)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert "/api/v1/release/file" in refused.text
    assert client.get(small).status_code == 200
    for answer in open_answers:
        answer.close()
    assert client.get(address).status_code == 200
