"""Charts: plain functions from rows to a figure (a plain dict, cheap to make and to send).

Each is declared in `CHARTS` with how to read it; tests walk the registry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alliance.charts.breakdown import breakdown
from alliance.charts.distribution import distribution
from alliance.charts.funnel import funnel
from alliance.charts.grades import grade_bars
from alliance.charts.ranked_bars import ranked_bars
from alliance.charts.scatter import scatter
from alliance.charts.small_multiples import small_multiples
from alliance.charts.spine import spine
from alliance.charts.tile_map import tile_map
from alliance.charts.trajectory import trajectory
from alliance.charts.trend import trend
from alliance.charts.xmr import xmr

EXPORTS = ("png", "svg", "csv", "xlsx", "pptx")
"""Every form that a chart or its numbers may leave the product in."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of the product: what draws it, what it shows, how to read it, how it may leave."""

    id: str
    title: str
    draw: Callable[..., dict[str, Any]]
    how_to_read: str
    intervals: bool
    exports: tuple[str, ...] = EXPORTS


CHARTS: dict[str, Chart] = {
    chart.id: chart
    for chart in (
        Chart(
            "ranked_bars",
            "Ranked comparison",
            ranked_bars,
            "Each bar is one authority's figure, in order of value. The dark bar is the authority "
            "you look from. The thick line across the end of a bar is its 95% confidence interval "
            "and the thin one the 99.8%: where they span the comparator's line, the difference may "
            "be chance. A bar without them rests on figures from which no interval can be had. A "
            "rank moves with chance too: point at a bar, or open the table, for the places "
            "between which it may lie. Authorities without a figure are named below the chart "
            "with the reason.",
            intervals=True,
        ),
        Chart(
            "grades",
            "Judgements",
            grade_bars,
            "One bar for each of Ofsted's four grades, as long as the number of authorities that "
            "hold it. The dark bar is the grade of the authority you look from. Grades are an "
            "order and not a quantity: nobody is half way between two of them, so they are "
            "counted, and there is no average, no interval and no quarter. A judgement is of the "
            "time of its inspection.",
            intervals=False,
        ),
        Chart(
            "trend",
            "Trend",
            trend,
            "One line for each series, told apart by its marker and its dashes as well as by "
            "colour. A shaded band around the authority's own line is what chance allows (95%). "
            "The faint grey lines are the other members of the set: point at one for its name. A "
            "break in a line is a year without a figure; it is never nought.",
            intervals=True,
        ),
        Chart(
            "trajectory",
            "Trajectory",
            trajectory,
            "The dashed line is the path that was agreed: from the figure that the priority starts "
            "from to its target (the star) on the agreed day. The heavy line holds the figures "
            "published for a time after it was agreed, the thin line with hollow marks those "
            "before. Where a priority belongs to several authorities, the others are grey. A break "
            "in a line is a period without a figure; it is never nought. The pale band with a "
            "dotted edge is where four in five other authorities came to lie that had stood alike, "
            "whatever they did: what would be usual, and no forecast. Figures that were chosen "
            "because they were unusual tend to move back by themselves, so a move towards the "
            "target does not show by itself that the work brought it about.",
            intervals=False,
            exports=("png", "svg", "csv"),
        ),
        Chart(
            "funnel",
            "Funnel",
            funnel,
            "Each point is an authority: the further right, the more children (or cases) its "
            "figure rests on. The dotted line is the average of the authorities with counts, all "
            "their cases together, and not the country's published figure. The dashed and the "
            "solid curves are where 95 and 99.8 in 100 authorities of each size would lie if all "
            "were alike but for chance, and wider where authorities differ by more than chance "
            "anyway. A small authority may lie far from the line by chance, a "
            "large one hardly. Outside the curves is a reason to ask, not an answer. This is not "
            "the interval of one authority's figure, which the ranked bars show.",
            intervals=False,
            exports=("png", "svg", "csv", "xlsx"),
        ),
        Chart(
            "distribution",
            "Spread",
            distribution,
            "One dot for each authority, placed by its figure; dots with nearly the same figure "
            "are stacked, and their height means nothing more. The diamond is the authority you "
            "look from and the dark dots its set. Half of all authorities lie between the dashed "
            "and the dotted line, and as many above the solid line as below it.",
            intervals=False,
            exports=("png", "svg", "csv", "xlsx"),
        ),
        Chart(
            "tile_map",
            "Tile map",
            tile_map,
            "One tile for each authority, all of the same size and near where the authority lies; "
            "lines part the regions. The number in a tile and its shade say in which quarter of "
            "the figures it lies, 1 the lowest: not whether that is good. A hatched tile has no "
            "figure. The heavy outline is the authority you look from, the finer ones its set. "
            "An authority that has ceased has no tile.",
            intervals=False,
            exports=("png", "svg", "csv", "xlsx"),
        ),
        Chart(
            "breakdown",
            "Breakdown",
            breakdown,
            "One bar for each category, all in one unit: the figure of the authority you look "
            "from. The square is the country's figure and the triangle the median of the other "
            "members of the set. Each category is an indicator with a page of its own, where its "
            "intervals are; the one of this page is in bold.",
            intervals=False,
            exports=("png", "svg", "csv", "xlsx"),
        ),
        Chart(
            "spine",
            "Profile",
            spine,
            "One row for each indicator. The line in the middle is the country, and better is "
            "always to the right; of a measure of context neither side is better, and its right "
            "is higher. The pale bar spans every authority and its darker part the middle half "
            "of them. The diamond is the region. The shape that stands for the authority points "
            "up where it is better than the country, down where it is worse (hollow where it is "
            "merely higher or lower), and is round where its 95% interval holds that figure or, "
            "hollow, where no interval can be had. Each row has a scale of its own, on which 95 "
            "in 100 authorities fit: one that lies further out is drawn at the edge, so lengths "
            "are not to be compared between rows.",
            intervals=True,
            exports=("png", "svg", "csv", "xlsx"),
        ),
        Chart(
            "xmr",
            "Quarterly local figures",
            xmr,
            "Each dot is one quarter of the authority's own return. The solid grey line is their "
            "mean; the dashed lines are the natural process limits, between which quarters fall "
            "as long as nothing changes. A quarter beyond them, or one of eight or more in a row "
            "on one side of the mean, is a signal worth asking about and has a shape of its own; "
            "every other rise or fall is ordinary. White squares are published annual figures, "
            "with a grey bar over the year that they are of: the two are never joined, because "
            "they are not measured alike.",
            intervals=False,
            exports=("png", "svg", "csv"),
        ),
        Chart(
            "scatter",
            "Two indicators",
            scatter,
            "Each point is an authority: the further right, the higher its figure on the first "
            "indicator; the higher up, the higher on the second. The diamond is the authority you "
            "look from, the grey points are the set compared and the pale ones everyone else. The "
            "dotted lines are the medians of all the points. That two figures rise together does "
            "not show that one brings about the other.",
            intervals=False,
            exports=("png", "svg", "csv", "xlsx"),
        ),
        Chart(
            "small_multiples",
            "Small multiples",
            small_multiples,
            "One small trend for each authority, or for each indicator. Panels of one indicator "
            "have one scale, so heights may be compared between them; panels of different "
            "indicators have scales of their own and may not. The dashed grey line is the median "
            "of the other authorities. A break in a line is a year without a figure, which is "
            "named below the panel; it is never nought.",
            intervals=False,
            exports=("png", "svg", "csv", "xlsx"),
        ),
    )
}
