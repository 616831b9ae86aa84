"""A figure is frozen as it stands: its numbers by hand, what is missing as what it is, a picture
that needs nothing, and never a figure of a local return."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.charts import frozen_picture as fp
from alliance.charts.frozen_picture import Bar, Comparator, Drawing, draw_frozen
from alliance.components.frozen_evidence import facts_of, frozen_evidence
from alliance.components.indicator_subject import read_subject
from alliance.components.ranked_section import ranked_section
from alliance.log.freezing import (
    COMPARED,
    QUERY,
    SEEN,
    FigureChangedError,
    NoFigureError,
    draw_picture,
    freeze_seen,
    hidden_fields,
    mark_of,
    plain,
    preview,
)
from alliance.returns.declared import open_returns
from alliance.service import DEMONSTRATION, Served
from alliance.view import parse_view
from tests import builders
from tests.alliance.drawn import text_of, walk
from tests.alliance.log.frozen_figures import ASHBY, BIRCH, DUNSTAN, served_of, take
from tests.conftest import Small
from tests.demonstration import CITY, FENSHIRE, Figures

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def served(small: Small) -> Served:
    """The small country's release."""
    return served_of(small)


def texts_of(picture: str) -> list[str]:
    """Every text of a picture, which must be whole XML."""
    root = ElementTree.fromstring(picture)
    return [node.text or "" for node in root.iter(f"{SVG}text")]


def browser_tree(component: Any) -> Any:
    """A drawn component as the browser gets it."""
    return json.loads(json.dumps(component, default=lambda part: part.to_plotly_json()))


def pairs(frozen: Any) -> dict[str, str]:
    return dict(facts_of(frozen))


def test_a_frozen_figure_has_the_numbers_that_were_published(served: Served) -> None:
    # Ashby in 2025: seed (701 × 31 + 25 × 17) mod 97 = 40, so 60 + 20 of 110 + 40 are stable: 53 %.
    figure = take(served, ASHBY, "stable_pct", "2025")
    frozen = figure.frozen
    own = frozen["figure"]
    assert (own["value"], own["numerator"], own["denominator"]) == (53.0, 80.0, 150.0)
    assert (own["status"], own["absence"]) == ("reported", None)
    # Wilson, worked by hand: centre (80/150 + z²/300) / (1 + z²/150) = 0.53250, half 0.07884.
    assert own["ci95_low"] == pytest.approx(45.366, abs=0.002)
    assert own["ci95_high"] == pytest.approx(61.134, abs=0.002)
    assert own["ci998_low"] < own["ci95_low"]
    assert own["ci95_high"] < own["ci998_high"]
    assert frozen["release"]["release_id"] == figure.release_id == served.info.release_id
    assert frozen["period"] == {
        "period": "2025", "period_end": "2025-03-31", "when": "in the year to 31 March 2025",
    }  # fmt: skip
    assert frozen["indicator"]["unit"] == "percent"
    assert frozen["source"]["publication"] == "Care statistics"
    assert frozen["source"]["licence"] == "Open Government Licence v3.0"
    assert re.fullmatch(r"[0-9a-f]{64}", frozen["source"]["sha256"])
    assert frozen["source"]["file_name"] == builders.CARE


def test_the_members_of_the_set_keep_their_published_figures(served: Served) -> None:
    frozen = take(served, ASHBY, "stable_pct", "2025").frozen
    members = {member["code"]: member for member in frozen["set"]["members"]}
    assert set(members) == {"701", "702", "703", "704"}
    for code in ("701", "702", "703"):
        s = builders.seed("Local authority", code, 2025)
        assert members[code]["value"] == round(100 * (60 + s // 2) / (110 + s))
    suppressed = members[DUNSTAN]
    assert suppressed["value"] is None
    assert suppressed["absence"] == "suppressed"
    assert frozen["set"]["name"] == "Northland"


def test_the_picture_has_the_median_of_the_others_of_the_set(served: Served) -> None:
    figure = take(served, ASHBY, "stable_pct", "2025")
    others = []
    for code in ("702", "703"):
        s = builders.seed("Local authority", code, 2025)
        others.append(round(100 * (60 + s // 2) / (110 + s)))
    assert figure.frozen["set"]["median"] == {
        "label": "Median of the set (2 others)", "value": sum(others) / 2,
    }  # fmt: skip
    assert "Median of the set (2 others)" in figure.picture
    assert "statistical neighbour" not in figure.picture


def test_what_was_frozen_before_it_was_kept_has_that_of_the_neighbours(served: Served) -> None:
    figure = take(served, ASHBY, "stable_pct", "2025")
    older = {key: value for key, value in figure.frozen["set"].items() if key != "median"}
    assert "statistical neighbour" in draw_picture({**figure.frozen, "set": older})


def test_the_sentence_is_the_page_s_own(served: Served) -> None:
    figure = take(served, ASHBY, "stable_pct", "2025")
    view = parse_view(served, {"us": ASHBY})
    subject = read_subject(served, view, served.indicators["stable_pct"], "2025", "region")
    page = browser_tree(ranked_section(subject, "chart"))
    shown = [text_of(n) for n in walk(page) if n["props"].get("className") == "sentence"]
    assert figure.sentence in shown
    assert figure.frozen["sentence"] == figure.sentence


def test_the_verdicts_are_those_of_the_evidence(demo_served: Served) -> None:
    names = {"region": "its region", "neighbours": "its statistical neighbours"}
    tested = 0
    for indicator_id in demo_served.headline:
        frozen = take(demo_served, FENSHIRE, indicator_id).frozen
        survival = frozen["evidence"]["survival"]
        for key, name in names.items():
            if survival:
                assert frozen["verdicts"][key] == survival["verdicts"].get(name)
                tested += 1
    assert tested > 20


def test_a_suppressed_figure_stays_suppressed_in_every_part(served: Served) -> None:
    figure = take(served, DUNSTAN, "stable_pct", "2025")
    own = figure.frozen["figure"]
    assert own["absence"] == "suppressed"
    numbers = ("value", "numerator", "denominator", "ci95_low", "ci998_high", "rank_region")
    assert [own[name] for name in numbers] == [None] * len(numbers)
    assert set(figure.frozen["verdicts"].values()) == {None}
    assert "St. Dunstan: suppressed" in figure.sentence
    assert any("St. Dunstan: suppressed" in text for text in texts_of(figure.picture))
    facts = pairs(figure.frozen)
    assert facts["St. Dunstan, in the year to 31 March 2025"] == "suppressed"
    assert "95% interval" not in facts


def test_who_did_not_exist_then_is_said_to_and_has_no_bar(served: Served) -> None:
    figure = take(served, "715", "stable_pct", "2023")
    assert figure.frozen["figure"]["value"] is None
    assert "did not exist" in figure.sentence
    assert "East Gorse" in " ".join(texts_of(figure.picture))


@pytest.mark.parametrize("scope", ["region", "neighbours", "england", "codes-701", "computed"])
def test_what_is_frozen_is_plain_json_that_comes_back_the_same(served: Served, scope: str) -> None:
    for indicator_id in served.indicators:
        frozen = take(served, ASHBY, indicator_id, scope=scope).frozen
        assert json.loads(json.dumps(frozen, allow_nan=False)) == frozen
        assert plain(frozen) == frozen


def test_the_picture_says_who_what_when_and_from_where(served: Served) -> None:
    figure = take(served, ASHBY, "stable_pct", "2025")
    said = " ".join(texts_of(figure.picture))
    for words in (
        "Children looked after with a stable home, 2025", "Ashby: 53%", "Testland:", "Northland",
        "Compared with: Northland", "No figure (suppressed): St. Dunstan.", "Ministry of Testing",
        "Period: 2025", f"Release {figure.release_id}", "▶",
    ):  # fmt: skip
        assert words in said
    assert draw_picture(figure.frozen) == figure.picture


def test_a_picture_needs_nothing_from_elsewhere_and_runs_nothing(demo_served: Served) -> None:
    for scope in ("alliance", "england"):
        picture = take(demo_served, FENSHIRE, "cla_rate", scope=scope).picture
        root = ElementTree.fromstring(picture)
        names = {node.tag.removeprefix(SVG) for node in root.iter()}
        assert names <= {"svg", "title", "desc", "rect", "path", "circle", "text"}
        assert not re.search(r"url\(|href|@import|https?://(?!www\.w3\.org/2000/svg)", picture)
        assert DEMONSTRATION in " ".join(texts_of(picture))


def test_ours_is_marked_by_more_than_colour(demo_served: Served) -> None:
    few = take(demo_served, FENSHIRE, "cla_rate", scope="alliance").picture
    many = take(demo_served, FENSHIRE, "cla_rate", scope="england").picture
    assert texts_of(few).count("▶") == 1
    assert sum("▼" in text for text in texts_of(many)) == 1


def test_a_large_set_counts_those_without_a_figure(
    demo_served: Served, demo_figures: Figures
) -> None:
    row = demo_figures.row(
        "SELECT indicator_id, period, COUNT(*) AS n FROM observation AS o "
        "JOIN area AS a USING (area_code) "
        "WHERE status = 'suppressed' AND area_level = 'authority' GROUP BY ALL "
        "HAVING COUNT(*) BETWEEN 2 AND 60 ORDER BY ALL DESC LIMIT 1"
    )
    own = demo_figures.row(
        "SELECT MIN(area_code) AS code FROM observation WHERE indicator_id = ? AND period = ? "
        "AND value IS NOT NULL AND LENGTH(area_code) = 3",
        row["indicator_id"], row["period"],
    )  # fmt: skip
    figure = take(demo_served, own["code"], row["indicator_id"], row["period"], "england")
    assert f"No figure (suppressed): {row['n']} of the set." in texts_of(figure.picture)


def test_grades_are_counted_in_words(demo_served: Served) -> None:
    grade = next(k for k, row in demo_served.indicators.items() if row["unit"] == "grade")
    figure = take(demo_served, FENSHIRE, grade)
    said = texts_of(figure.picture)
    assert {"Outstanding", "Good", "Number of authorities"} <= set(said)
    values = [m["value"] for m in figure.frozen["set"]["members"]]
    assert said[said.index("Good") + 1] == str(values.count(2.0))


def test_a_picture_of_a_number_has_no_total_of_many_authorities_and_says_so(
    demo_served: Served,
) -> None:
    counts = [k for k, row in demo_served.indicators.items() if row["unit"] == "count"]
    assert counts
    for indicator_id in counts:
        said = texts_of(take(demo_served, FENSHIRE, indicator_id).picture)
        assert any("totals of many authorities, not drawn beside one" in text for text in said)
        assert not any(text.startswith(("Aldermark: ", "Eastmere (")) for text in said)


def test_one_authority_alone_has_a_picture(served: Served) -> None:
    figure = take(served, ASHBY, "stable_pct", "2025", "codes-701")
    assert [m["code"] for m in figure.frozen["set"]["members"]] == [ASHBY]
    assert texts_of(figure.picture).count("Ashby") == 1


WORDS = st.text(max_size=40)
NUMBERS = st.floats(-1e7, 1e7)


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    value = draw(st.none() | NUMBERS)
    span = None if value is None else draw(st.none() | st.just((value - 1, value + 1)))
    return Bar(draw(WORDS), value, draw(WORDS), draw(st.booleans()), span, span)


@given(
    bars=st.lists(bars(), max_size=60),
    lines=st.lists(st.builds(Comparator, NUMBERS, WORDS, st.integers(0, 2)), max_size=3),
    words=WORDS,
)
def test_any_words_and_figures_make_whole_xml_within_the_sheet(
    bars: list[Bar], lines: list[Comparator], words: str
) -> None:
    picture = draw_frozen(
        Drawing(words, words, bars, lines, words, (words,), (words,), lambda value: f"{value:g}")
    )
    root = ElementTree.fromstring(picture)
    height = float(root.attrib["height"])
    for node in root.iter(f"{SVG}text"):
        assert 0 <= float(node.attrib["x"]) <= fp.WIDTH
        assert 0 <= float(node.attrib["y"]) <= height
    for node in root.iter(f"{SVG}rect"):
        assert float(node.attrib.get("x", 0)) + float(node.attrib["width"]) <= fp.WIDTH + 1
    assert "nan" not in picture


def test_a_bar_is_as_long_as_its_figure() -> None:
    drawing = Drawing(
        "T", "S.", [Bar("A", 50.0, "50"), Bar("B", 25.0, "25")], (), "Per cent (%)", (), (),
        lambda value: f"{value:g}",
    )  # fmt: skip
    root = ElementTree.fromstring(draw_frozen(drawing))
    wide = [float(n.attrib["width"]) for n in root.iter(f"{SVG}rect") if "x" in n.attrib]
    assert wide[0] == pytest.approx(2 * wide[1], abs=0.2)


def test_a_name_with_marks_of_xml_is_shown_as_it_is() -> None:
    bar = Bar("<b>Ash & Co</b>", 1.0, "1 < 2")
    drawing = Drawing("<script>", "a & b", [bar], (), "%", (), (), lambda value: f"{value:g}")
    texts = texts_of(draw_frozen(drawing))
    assert {"<b>Ash & Co</b>", "<script>", "a & b", "1 < 2"} <= set(texts)


# What an address names --------------------------------------------------------------------------


def asked(served: Served, **query: str) -> Any:
    return preview(served, parse_view(served, query), query)


def test_a_preview_is_the_figure_as_it_will_be_frozen(served: Served) -> None:
    query = {"indicator": "stable_pct", "period": "2025", "us": ASHBY, "scope": "region"}
    figure = asked(served, **query)
    assert figure.frozen == take(served, ASHBY, "stable_pct", "2025").frozen
    form = hidden_fields([figure], query)
    assert set(form) == {*query, SEEN}
    assert set(form) <= {*QUERY, SEEN}
    again = freeze_seen(served, parse_view(served, form), form)
    assert again == [figure]


def test_an_address_that_names_no_figure_previews_nothing(served: Served) -> None:
    assert asked(served, us=ASHBY) is None
    assert asked(served, us=ASHBY, indicator="nonsense") is None
    assert asked(served, us=ASHBY, indicator="stable_pct", period="1999") is None
    with pytest.raises(NoFigureError, match="Nothing was saved"):
        freeze_seen(served, parse_view(served, {}), {"indicator": "nonsense"})


def test_a_figure_leads_back_only_to_a_page_of_ours(served: Served) -> None:
    query = {"indicator": "stable_pct", "us": ASHBY}
    live = "/indicator/stable_pct?"
    assert asked(served, **query).address.startswith(live)
    for odd in ("https://example.org/", "//example.org", "javascript:alert(1)", "/\\example.org"):
        assert asked(served, **query, **{"from": odd}).address.startswith(live)
    own = "/authority/701?us=701"
    assert asked(served, **query, **{"from": own}).address == own


def test_no_measure_of_a_local_return_can_be_frozen(demo_served: Served) -> None:
    measures = {measure.column for item in open_returns() for measure in item.measures}
    assert measures
    assert not measures & set(demo_served.indicators)
    for measure in measures:
        assert asked(demo_served, us=FENSHIRE, indicator=measure) is None


def test_a_figure_that_changed_since_it_was_seen_is_refused_and_shown(small: Small) -> None:
    served = served_of(small)
    query = {"indicator": "stable_pct", "period": "2025", "us": ASHBY, "scope": "region"}
    form = hidden_fields([asked(served, **query)], query)
    revise(small)
    now = served_of(small)
    with pytest.raises(FigureChangedError, match="Nothing was saved") as refused:
        freeze_seen(now, parse_view(now, form), form)
    assert "33%" in str(refused.value)
    shown = refused.value.figure
    again = hidden_fields([shown], query)
    assert freeze_seen(now, parse_view(now, again), again) == [shown]


def test_a_form_without_the_mark_of_what_was_seen_is_refused(served: Served) -> None:
    query = {"indicator": "stable_pct", "us": ASHBY}
    with pytest.raises(FigureChangedError):
        freeze_seen(served, parse_view(served, query), query)


def test_a_mark_tells_another_set_from_the_one_that_was_seen(served: Served) -> None:
    marks = {
        mark_of(take(served, ASHBY, "stable_pct", "2025", scope))
        for scope in ("region", "england", "codes-701-702", "codes-701-703")
    }
    assert len(marks) == 4


def revise(small: Small) -> None:
    """Ashby's stable homes of 2025 become 50 of 150: 33 %."""
    table = builders.ees_files()[builders.CARE]
    (row,) = table.find(time_period="2025", old_la_code=ASHBY, stability="Stable")
    row |= {"number": "50", "percentage": "33"}
    small.put({builders.CARE: table.bytes()})
    small.refresh()


# As it is shown ---------------------------------------------------------------------------------


def test_the_picture_s_words_are_the_sentence(served: Served) -> None:
    figure = take(served, ASHBY, "stable_pct", "2025")
    drawn = browser_tree(frozen_evidence(figure, ["It was revised to 33%."]))
    (picture,) = [node["props"] for node in walk(drawn) if node["type"] == "Img"]
    assert picture["alt"] == figure.sentence
    assert picture["src"].startswith("data:image/svg+xml,")
    assert "It was revised to 33%." in text_of(drawn)
    cells = [text_of(node) for node in walk(drawn) if node["type"] in ("Td", "Th")]
    assert cells[cells.index("St. Dunstan") + 1] == "suppressed"
    assert cells[cells.index("Ashby") + 1] == "53%"


def test_the_facts_of_every_indicator_are_readable(demo_served: Served) -> None:
    for indicator_id in demo_served.indicators:
        for code in (FENSHIRE, CITY):
            for what, words in facts_of(take(demo_served, code, indicator_id).frozen):
                assert what.strip() == what != ""
                assert not re.search(r"\b(None|nan)\b", f"{what} {words}"), f"{what}: {words}"


def test_a_figure_is_frozen_whole(served: Served) -> None:
    figure = take(served, BIRCH, "need_rate")
    assert {field.name for field in dataclasses.fields(figure)} == {
        "release_id", "indicator_id", "area_code", "period", "sentence", "address", "frozen",
        "picture",
    }  # fmt: skip
    assert set(figure.frozen["verdicts"]) == set(COMPARED)
