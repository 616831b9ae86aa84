"""A quarterly local series beside the published one of the same measure."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from alliance.charts.xmr import LEGEND, xmr
from alliance.components.returns_section import series_sentence
from alliance.people.demonstration import people_of
from alliance.returns.declared import open_returns
from alliance.returns.series import QuarterlySeries, read_series
from alliance.returns.shared import read_shared
from alliance.service import Served
from alliance.settings import load_settings
from alliance.store import open_store
from indicators.xmr import ONE_SIDE, OUTSIDE, RULE_WORDS, build_xmr
from tests.alliance.drawn import grammar_faults
from tests.conftest import NOW
from tests.demonstration import FENSHIRE

(RETURN,) = open_returns()
BY_ID = {item.id: item for item in RETURN.indicators}
CLA = BY_ID["quarterly_cla_rate"]


def quarters(*values: float | None) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "label": f"20{20 + i // 4}/{21 + i // 4} Q{i % 4 + 1}",
            "period_end": date(2020 + i // 4, 3 * (i % 4) + 3, 28),
            "value": value,
            "words": "not given" if value is None else str(value),
        }
        for i, value in enumerate(values)
    )


def series(*values: float | None, published: tuple[dict[str, Any], ...] = ()) -> QuarterlySeries:
    return QuarterlySeries(CLA, quarters(*values), published, build_xmr(values))


def draw(found: QuarterlySeries) -> dict[str, Any]:
    return xmr(
        found.quarters, found.published, found.chart,
        unit="per_10000", decimals=0, unit_title="Per 10,000",
    )  # fmt: skip


def traces(figure: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for trace in figure["data"]:
        found.setdefault(trace["name"], []).append(trace)
    return found


def test_a_quarter_outside_the_limits_has_a_shape_of_its_own() -> None:
    figure = draw(series(60, 61, 60, 61, 60, 61, 60, 90))
    (signal,) = traces(figure)[LEGEND[OUTSIDE]]
    assert signal["y"] == [90]
    assert all(RULE_WORDS[OUTSIDE] in words for words in signal["hovertext"])
    (line,) = traces(figure)["Local, quarterly"]
    assert signal["marker"]["symbol"] != line["marker"]["symbol"]


def test_a_run_on_one_side_has_another_shape() -> None:
    values = [60, 70] * 5 + [60, 62, 61, 62, 61, 62, 61, 62, 61]
    found = series(*values)
    rules = {rule for _, rule in found.chart.signals} if found.chart else set()
    assert ONE_SIDE in rules
    assert LEGEND[ONE_SIDE] in traces(draw(found))


def test_a_missing_quarter_is_a_gap_and_never_nought() -> None:
    (line,) = traces(draw(series(60, None, 61)))["Local, quarterly"]
    assert line["y"] == [60, None, 61]
    assert line["connectgaps"] is False


def test_local_and_published_are_never_one_line() -> None:
    year = {"period": "2024", "period_start": None, "period_end": date(2024, 3, 31), "value": 65.0}
    span = {"period": "2023", "period_start": date(2022, 4, 1), "period_end": date(2023, 3, 31),
            "value": 64.0}  # fmt: skip
    figure = draw(series(60, 61, 60, 61, 60, 61, published=(span, year)))
    (published,) = traces(figure)["Published, annual"]
    assert published["y"] == [64.0, 64.0, None, 65.0, None]
    assert published["connectgaps"] is False
    (line,) = traces(figure)["Local, quarterly"]
    assert not {64.0, 65.0} & set(line["y"])
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((60, 61, 60), "Limits need 6 quarters with a figure; 3 have one."),
        ((60,), "Limits need 6 quarters with a figure; 1 has one."),
        ((60, 61, 60, 61, 60, 61), "No quarter is a signal."),
        ((60, 61, 60, 61, 60, 61, 60, 90), "Worth asking about: 2021/22 Q4."),
        ((None, None), "no figure in any of 2 quarters."),
    ],
)
def test_the_sentence_says_what_is_ordinary_and_what_is_not(
    values: tuple[float | None, ...], said: str
) -> None:
    sentence = series_sentence("Fenshire", series(*values))
    assert said in sentence
    assert grammar_faults(sentence) == []


@pytest.mark.parametrize("indicator", [i.id for i in RETURN.indicators if i.published_as])
def test_every_measure_of_the_demonstration_has_its_quarters_and_years(
    indicator: str, demo_served: Served
) -> None:
    store = open_store(load_settings(demo_served.settings.home, {}))
    director = people_of(demo_served.settings)["director"]
    shared = read_shared(store, demo_served, director, RETURN, today=NOW.date())
    assert shared is not None
    found = read_series(demo_served, shared, BY_ID[indicator], FENSHIRE)
    assert len(found.known) >= 6
    assert found.chart is not None
    ends = [row["period_end"] for row in found.quarters]
    assert ends == sorted(ends)
    for row in found.published:
        rows = demo_served.release.series(BY_ID[indicator].published_as, FENSHIRE)
        assert row["value"] in [other["value"] for other in rows]
        assert row["value"] is not None
    figure = draw(found)
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure


def test_an_authority_that_gave_nothing_has_no_series(demo_served: Served) -> None:
    store = open_store(load_settings(demo_served.settings.home, {}))
    director = people_of(demo_served.settings)["director"]
    shared = read_shared(store, demo_served, director, RETURN, today=NOW.date())
    assert shared is not None
    assert read_series(demo_served, shared, CLA, "500").quarters == ()
