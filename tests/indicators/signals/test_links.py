"""Declared links: what is in the file, and what makes a tie of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indicators.signals.find import find_signals
from indicators.signals.links import Link, declared_links, find_ties, load_links
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
    found = find_signals(simulate(5, times=3.0, measures=12)).signals
    own = [signal for signal in found if signal.area_code == "000"]
    lines = list_enquiries(own, {})
    assert len({s.indicator_id for s in own}) > LISTED == len(lines)
    listed = [signal for line in lines for signal in line.signals]
    assert len(listed) == len(set(listed))
    assert lines == list_enquiries(reversed(own), {})
