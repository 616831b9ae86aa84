"""Declared links: what is in the file, and what makes a tie of them."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.rank_correlation import RankCorrelation
from indicators.signals.find import find_signals
from indicators.signals.lines import Line, make_lines
from indicators.signals.links import Link, Tie, declared_links, find_ties, load_links
from indicators.signals.panel import Panel
from indicators.signals.triage import LISTED, list_enquiries
from ingest.catalogue import Catalogue
from ingest.errors import CatalogueError
from tests.indicators.signals.alliances import grid_of, indicator_of, simulate

LINK = Link("pair", "A pair", "they are of the same children", ("one", "other"))


def two_measures(together: bool) -> Panel:
    rng = np.random.default_rng(3)
    base = rng.permutation(40)[:, None] + 60.0
    other = base if together else rng.permutation(40)[:, None] + 60.0
    size = np.full((40, 1), 1000.0)
    return Panel(
        (
            grid_of(indicator_of("one", "wilson", "low"), base, size),
            grid_of(indicator_of("other", "wilson", "low"), other + rng.integers(0, 3, (40, 1)),
                    size),
        ),
        {},
    )  # fmt: skip


@pytest.mark.parametrize("link", declared_links(), ids=lambda link: link.id)
def test_a_link_names_headline_indicators(link: Link, catalogue: Catalogue) -> None:
    headline = {indicator.id for indicator in catalogue.indicators if indicator.headline}
    assert set(link.indicators) <= headline
    assert not link.why.endswith(".")
    assert "cause" not in link.why.lower()


def test_only_measures_that_move_together_are_tied() -> None:
    assert find_ties(two_measures(together=True), [LINK]).keys() == {frozenset(("one", "other"))}
    assert not find_ties(two_measures(together=False), [LINK])


def test_a_link_of_one_indicator_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "links.toml"
    path.write_text(
        '[[link]]\nid = "a"\ntitle = "A"\nwhy = "b"\nindicators = ["one"]\n', encoding="utf-8"
    )
    with pytest.raises(CatalogueError, match="two indicators or more"):
        load_links(path)


def test_a_list_is_short_and_each_signal_on_one_line() -> None:
    panel = simulate(5, times=3.0, measures=12)
    found = find_signals(panel).signals
    own = [signal for signal in found if signal.area_code == "000"]
    lines = [Line((grid.indicator["indicator_id"],)) for grid in panel.grids]
    enquiries = list_enquiries(own, lines)
    assert len({s.indicator_id for s in own}) > LISTED == len(enquiries)
    listed = [signal for line in enquiries for signal in line.signals]
    assert len(listed) == len(set(listed))
    assert enquiries == list_enquiries(reversed(own), lines)


@given(st.data())
def test_lines_part_the_indicators_and_join_none_that_are_not_tied(data: st.DataObject) -> None:
    keys = [f"m{n}" for n in range(9)]
    some = st.lists(st.sampled_from(keys), min_size=2, max_size=5, unique=True)
    links = [
        Link(f"l{n}", f"L{n}", "w", tuple(found))
        for n, found in enumerate(data.draw(st.lists(some, max_size=4)))
    ]
    pairs = {frozenset(pair) for link in links for pair in combinations(link.indicators, 2)}
    chosen = data.draw(st.sets(st.sampled_from(sorted(pairs, key=sorted)))) if pairs else set()
    ties = {pair: Tie(links[0], RankCorrelation(0.5, 9, 0.1, 0.8)) for pair in chosen}
    lines = make_lines(keys, links, ties)
    assert sorted(key for line in lines for key in line.indicators) == keys
    assert len({line.id for line in lines}) == len(lines)
    for line in lines:
        assert (line.link is None) == (len(line.indicators) == 1)
        if line.link is not None:
            assert set(line.indicators) <= set(line.link.indicators)
            assert all(any(key in pair for pair in line.ties) for key in line.indicators)


def test_measures_of_two_links_stand_in_the_first_in_which_they_are_tied() -> None:
    links = [Link("a", "A", "w", ("x", "y")), Link("b", "B", "w", ("y", "z"))]
    tie = Tie(links[0], RankCorrelation(0.5, 9, 0.1, 0.8))
    both = make_lines("xyz", links, {frozenset("xy"): tie, frozenset("yz"): tie})
    assert [line.indicators for line in both] == [("x", "y"), ("z",)]
    second = make_lines("xyz", links, {frozenset("yz"): tie})
    assert sorted(line.indicators for line in second) == [("x",), ("y", "z")]
