"""The picture of a trajectory on paper, and that a figure which is published no more is in none."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.charts.trajectory import Path, Travelled
from alliance.charts.trajectory_picture import WIDTH, draw_trajectory
from alliance.components.trajectory_section import trajectory_section
from alliance.log.entry import Entry
from alliance.log.kinds.priority import PRIORITY
from alliance.log.trajectory import unpublished_fields
from alliance.log.words import Names, changes_between, written_in
from alliance.packs.figures import shown_trajectory, standing_words, standings_of
from alliance.view import parse_view
from tests.alliance.log.frozen_figures import ASHBY, served_of
from tests.alliance.log.test_drift import edit_care, put_cells
from tests.alliance.packs.test_themes import entry
from tests.conftest import Small

SVG = "{http://www.w3.org/2000/svg}"
PATH = Path((date(2021, 3, 31), 20.0), (date(2024, 3, 31), 10.0), 10.0)
TODAY = date(2026, 3, 2)


def rows(*values: float | None) -> list[dict[str, Any]]:
    """Figures of the years from 2020."""
    return [
        {"period": f"{2020 + n}", "period_end": date(2020 + n, 3, 31), "value": value}
        for n, value in enumerate(values)
    ]


def draw(*travelled: Travelled, path: Path | None = PATH) -> str:
    return draw_trajectory(
        travelled, path, title="T", sentence="S <&>", unit_title="Per cent (%)",
        show=lambda value: f"{value:.1f}%",
    )  # fmt: skip


def words_of(svg: str) -> list[str]:
    return [part.text or "" for part in ET.fromstring(svg).iter(f"{SVG}text")]


def lines_of(svg: str, colour: str) -> list[str]:
    return [
        str(part.get("d")) for part in ET.fromstring(svg).iter(f"{SVG}path")
        if part.get("stroke") == colour and part.get("stroke-width") in ("1.0", "3.0")
    ]  # fmt: skip


def test_it_says_its_marks_in_words_and_ends_with_name_and_figure() -> None:
    words = words_of(draw(Travelled("Ashby", rows(22, 20, 17), main=True)))
    assert "Published figures: hollow until it was agreed, full since" in words
    assert "Agreed path to the target (star)" in words
    assert "Ashby" in words
    assert "17.0% in 2022" in words
    assert "Per cent (%). The scale begins at 10.0%." in words
    assert "Per cent (%)." in words_of(draw(Travelled("A", rows(0, 20), main=True)))


def test_figures_until_it_was_agreed_are_hollow_and_those_since_are_full() -> None:
    svg = draw(Travelled("Ashby", rows(22, 20, 17, 15), main=True))
    marks = [part.get("fill") for part in ET.fromstring(svg).iter(f"{SVG}circle")]
    assert marks[-4:] == ["#FFFFFF", "#FFFFFF", "#12436D", "#12436D"]


def test_a_year_without_a_figure_is_a_gap_and_not_a_line() -> None:
    whole = draw(Travelled("Ashby", rows(22, 20, 17, 15, 14), main=True))
    gapped = draw(Travelled("Ashby", rows(22, 20, None, 15, 14), main=True))
    key = 1
    assert len(lines_of(whole, "#12436D")) == 4 + key
    assert len(lines_of(gapped, "#12436D")) == 2 + key


def test_a_target_without_a_day_is_a_level() -> None:
    level = Path((date(2021, 3, 31), 20.0), None, 10.0)
    svg = draw(Travelled("Ashby", rows(22, 20, 17), main=True), path=level)
    assert "Target" in words_of(svg)
    assert not list(ET.fromstring(svg).iter(f"{SVG}rect"))[1:], "no square where it starts"


def test_every_authority_of_several_is_named_apart() -> None:
    several = [Travelled(f"Place {n}", rows(20 + n, 20, 20), main=False) for n in range(6)]
    svg = draw(*several)
    texts = [part for part in ET.fromstring(svg).iter(f"{SVG}text")
             if (part.text or "").startswith("Place")]  # fmt: skip
    levels = sorted(float(part.get("y") or 0) for part in texts)
    assert len(levels) == 6
    assert all(after - before >= 12 for before, after in pairwise(levels))


@pytest.mark.parametrize(("n", "named"), [(1, 2), (4, 8), (5, 5), (14, 14), (15, 0), (153, 0)])
def test_names_stand_beside_the_plot_where_they_fit(n: int, named: int) -> None:
    """All end at the foot of the plot."""
    several = [Travelled(f"Place {k}", rows(30, 20, 10 + k / 1000), main=False) for k in range(n)]
    root = ET.fromstring(draw(*several))
    beside = [part for part in root.iter(f"{SVG}text") if float(part.get("x") or 0) > 540]
    assert len(beside) == named
    high = float(root.get("height") or 0)
    assert all(0 < float(part.get("y") or 0) < high for part in beside)


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="no figure to draw"):
        draw(Travelled("Ashby", rows(None, None), main=True))


@given(
    st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=12).filter(
        lambda values: any(value is not None for value in values)
    ),
    st.floats(-1e6, 1e6),
    st.text(max_size=40),
)
def test_every_mark_lies_within_the_picture(
    values: list[float | None], target: float, name: str
) -> None:
    path = Path((date(2021, 3, 31), 20.0), (date(2024, 3, 31), target), target)
    svg = draw(Travelled(name, rows(*values), main=True), path=path)
    root = ET.fromstring(svg)
    high = float(root.get("height") or 0)
    for part in root.iter(f"{SVG}circle"):
        assert 0 <= float(part.get("cx") or -1) <= WIDTH
        assert 0 <= float(part.get("cy") or -1) <= high
    for part in root.iter(f"{SVG}path"):
        numbers = [float(n) for n in re.findall(r"-?[0-9.]+", str(part.get("d")))]
        assert all(0 <= x <= WIDTH for x in numbers[::2])
        assert all(0 <= y <= high for y in numbers[1::2])


COLUMNS = {
    "title": "", "owner": None, "indicator_id": None, "due_on": None, "audience": "alliance",
    "readers": [],
}  # fmt: skip


# What is published no more -----------------------------------------------------------------------


def priority(**content: Any) -> Entry:
    values = {"baseline": 53.0, "baseline_period": "2024", "target": 99.0, **content}
    return entry("priority", "active", **values)


def test_the_figure_that_a_priority_began_with_is_not_told_once_it_is_suppressed(
    small: Small,
) -> None:
    before = shown_trajectory(served_of(small), priority(), TODAY)
    assert before is not None
    assert "53% when agreed" in before.sentence
    edit_care(small, put_cells(ASHBY, "2024", "c", "c"))
    served = served_of(small)
    shown = shown_trajectory(served, priority(), TODAY)
    assert shown is not None
    assert "no longer published" in shown.sentence
    assert "when agreed" not in shown.sentence
    names_of_nobody = Names({}, {}, {}, {})
    page = trajectory_section(
        served, parse_view(served, {}), priority(), names_of_nobody, TODAY, prefix="p-"
    )
    assert "no longer published" in str(page)
    assert "53" not in str(page)
    assert shown.chart is not None
    names = [series.name for series in shown.chart.series]
    assert names == ["Ashby"], "no path that begins there"
    values = dict(zip(shown.chart.categories, shown.chart.series[0].values, strict=True))
    assert values["2024"] is None
    assert "Agreed path" not in shown.svg
    assert any("2024: suppressed" in note for note in shown.notes)
    assert standing_words(served, priority(), TODAY) == (
        "The figure that it started from is no longer published."
    )
    assert standings_of(served, priority(), TODAY) == []


def test_the_thread_does_not_tell_that_figure_either(small: Small) -> None:
    edit_care(small, put_cells(ASHBY, "2024", "c", "c"))
    fields = unpublished_fields(served_of(small), priority())
    before, after = (
        {"state": "active", "parties": [], "content": {"baseline": figure, "why": why}}
        for figure, why in ((None, "One"), (53.0, "Two"))
    )
    found = {}
    for names in (Names({}, {}, {}, {}), Names({}, {}, {}, {}, unpublished=fields)):
        changes = changes_between(PRIORITY, {**COLUMNS, **before}, {**COLUMNS, **after}, names)
        found[names.unpublished] = {change.label: change.after for change in changes}
    label = PRIORITY.fields["baseline"].label
    assert found[frozenset()] == {label: "53", PRIORITY.fields["why"].label: "Two"}
    assert found[fields] == {
        label: "a figure that is no longer published", PRIORITY.fields["why"].label: "Two",
    }  # fmt: skip


def test_a_priority_without_a_figure_has_no_trajectory(small: Small) -> None:
    assert shown_trajectory(served_of(small), priority(target=None), TODAY) is None
    assert standing_words(served_of(small), priority(target=None), TODAY) == ""


@pytest.mark.parametrize(
    ("state", "label"),
    [("met", "What shows that it was met"), ("not_met", "What was found, and what follows"),
     ("stopped", "Why it is stopped")],
)  # fmt: skip
def test_words_stand_under_the_question_of_the_move_that_asked_for_them(
    state: str, label: str
) -> None:
    found = written_in(entry("priority", state, result="Words"), Names({}, {}, {}, {}))
    assert [(field.label, words) for field, words in found] == [(label, "Words")]
