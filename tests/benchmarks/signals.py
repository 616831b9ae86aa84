"""How far the signals keep what they promise: on simulated alliances, and on history replayed.

The tables in docs/methods.md are what these print, whatever they show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from indicators.counts import METHODS
from indicators.funnel import INSIDE, build_funnel
from indicators.signals.find import DATA, Signal, find_signals
from indicators.signals.lines import Line, line_of, make_lines
from indicators.signals.links import declared_links, find_ties
from indicators.signals.panel import Grid, Panel, read_panel
from ingest.release import ReleaseStore
from tests.indicators.signals.alliances import PLANTED, simulate

ALLIANCES, PLANTINGS, COUNTRIES = 1_000, 100, 20
MEASURES, TOGETHER = 18, 6
SIZES = (1.1, 1.25, 1.5, 2.0, 3.0)
TAIL = 0.2
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """Alliances that are simulated: how many authorities, of which some are planted, and how many
    measures stand on one line."""

    words: str
    authorities: int
    planted: int
    together: int

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its lines of enquiry."""
        keys = [f"measure_{k}" for k in range(MEASURES)]
        parts = [keys[n : n + self.together] for n in range(0, MEASURES, self.together)]
        return tuple(Line(tuple(part)) for part in parts)


ALONE = Setting("20 authorities, 18 lines of one measure", 20, PLANTED, 1)
LINKED = Setting("20 authorities, 3 lines of six", 20, PLANTED, TOGETHER)
COUNTRY = Setting("150 authorities, 3 lines of six", 150, 12, TOGETHER)


@dataclass(frozen=True, slots=True)
class Simulated:
    """Of alliances with one planting: how many lines were flagged, the mean share of them that was
    false, the share of alliances with any such line, and the share of planted lines that were
    flagged."""

    setting: Setting
    times: float
    alliances: int
    flags: int
    false_share: float
    any_false: float
    power: float | None


def measure_simulated(times: float, alliances: int, setting: Setting = ALONE) -> Simulated:
    """Alliances of so many authorities and eighteen measures. A line is false where neither its
    authority nor a neighbour of it was planted: against planted neighbours an authority differs."""
    shares, false_alliances, flags, hits = [], 0, 0, 0
    planted = setting.planted if times != 1 else 0
    of = line_of(setting.lines)
    for seed in range(alliances):
        panel = simulate(
            seed, authorities=setting.authorities, measures=MEASURES, times=times,
            planted=setting.planted,
        )  # fmt: skip
        signals = find_signals(panel, setting.lines).signals
        found = {(s.area_code, of[s.indicator_id].id) for s in signals if s.kind != DATA}
        beside = panel.grids[0].neighbour[:, :planted].any(axis=1)
        beside[:planted] = True
        wrong = {cell for cell in found if not beside[int(cell[0])]}
        right = {cell for cell in found if int(cell[0]) < planted}
        counted = len(wrong) + len(right)
        shares.append(len(wrong) / counted if counted else 0.0)
        false_alliances += bool(wrong)
        flags += counted
        hits += len(right)
    power = hits / (alliances * planted * len(setting.lines)) if planted else None
    return Simulated(
        setting, times, alliances, flags, float(np.mean(shares)), false_alliances / alliances, power
    )


def simulated_table(
    alliances: int = ALLIANCES, plantings: int = PLANTINGS, countries: int = COUNTRIES
) -> str:
    """The Markdown table of the simulation."""
    rows = [measure_simulated(1.0, alliances, setting) for setting in (ALONE, LINKED)]
    rows += [measure_simulated(times, plantings, s) for s in (ALONE, LINKED) for times in SIZES]
    rows += [measure_simulated(times, countries, COUNTRY) for times in SIZES]
    head = (
        "| alliance | planted figure | simulated | lines flagged | false, mean share of flagged | "
        "with a false line | planted found |\n|---|---|---:|---:|---:|---:|---:|"
    )
    lines = [
        f"| {r.setting.words} | {'none' if r.power is None else f'{r.times:g} × expected'} | "
        f"{r.alliances:,} | {r.flags:,} | {r.false_share:.1%} | {r.any_false:.1%} | "
        f"{'' if r.power is None else f'{r.power:.0%}'} |"
        for r in rows
    ]
    return "\n".join([head, *lines])


# History ------------------------------------------------------------------------------------------


def replay(panel: Panel) -> Iterator[tuple[int, dict[str, set[Cell]], set[Cell], set[Cell]]]:
    """For each past year: what each rule flagged with what was known then, the figures that could
    be flagged, and those that lay outside the 95% funnel limits a year later."""
    ends = sorted({end.year for grid in panel.grids for end in grid.ends})
    for year in ends[:-1]:
        then = panel.at(date(year, 12, 31), neighbours_known=False)
        later = {g.indicator["indicator_id"]: g for g in panel.at(date(year + 1, 12, 31)).grids}
        grids = [g for g in then.grids if _is_followed(g, later)]
        possible = {
            (code, g.indicator["indicator_id"])
            for g in grids for i, code in enumerate(g.areas)
            if g.counted[i, -1] and later[g.indicator["indicator_id"]].counted[i, -1]
        }  # fmt: skip
        differed = {cell for g in grids for cell in _outside(later[g.indicator["indicator_id"]])}
        flagged = _by_rule(Panel(tuple(grids), panel.names))
        flagged["top or bottom 20%"] = {cell for g in grids for cell in _extreme(g)}
        yield year, {k: v & possible for k, v in flagged.items()}, possible, differed & possible


def replay_table(panel: Panel) -> str:
    """The Markdown table of the replay, all years together and each year for the whole list."""
    total: dict[str, list[int]] = {}
    years: list[str] = []
    for year, flagged, possible, differed in replay(panel):
        if not possible:
            continue
        every = {"any figure": possible, **flagged}
        for name, cells in every.items():
            held = total.setdefault(name, [0, 0])
            held[0] += len(cells)
            held[1] += len(cells & differed)
        both = [flagged.get(name, set()) for name in ("the list", "top or bottom 20%")]
        years.append(
            f"| {year} | {len(possible):,} | "
            + " | ".join(f"{len(c):,} | {_share(len(c & differed), len(c))}" for c in both)
            + f" | {_share(len(differed), len(possible))} |"
        )
    head = "| flagged by | figures flagged | differed the year after |\n|---|---:|---:|"
    rows = [f"| {name} | {n:,} | {_share(k, n)} |" for name, (n, k) in total.items()]
    year_head = (
        "| standing at | figures | the list | differed | top or bottom 20% | differed | "
        "any figure differed |\n|---|---:|---:|---:|---:|---:|---:|"
    )
    return "\n".join([head, *rows, "", year_head, *years])


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _is_followed(grid: Grid, later: dict[str, Grid]) -> bool:
    """True where the newest figure of a year later is of the year after."""
    after = later.get(grid.indicator["indicator_id"])
    return (
        grid.method in METHODS and after is not None
        and after.ends[-1].year == grid.ends[-1].year + 1
    )  # fmt: skip


def _by_rule(panel: Panel) -> dict[str, set[Cell]]:
    links, keys = declared_links(), [g.indicator["indicator_id"] for g in panel.grids]
    lines = make_lines(keys, links, find_ties(panel, links))
    signals = [s for s in find_signals(panel, lines).signals if s.kind != DATA]
    found = {"the list": _cells(signals)}
    for rule in sorted({s.rule for s in signals}):
        found[f"of it, {rule}"] = _cells([s for s in signals if s.rule == rule])
    return found


def _cells(signals: Sequence[Signal]) -> set[Cell]:
    return {(s.area_code, s.indicator_id) for s in signals}


def _outside(grid: Grid) -> Iterator[Cell]:
    rows = [grid.row(int(i), len(grid.periods) - 1) for i in np.flatnonzero(grid.counted[:, -1])]
    funnel = build_funnel(rows, method=grid.method, scale=grid.scale)
    for point in funnel.points if funnel else ():
        if point.place != INSIDE:
            yield point.area_code, grid.indicator["indicator_id"]


def _extreme(grid: Grid) -> Iterator[Cell]:
    value = grid.shown[:, -1]
    low, high = np.nanquantile(value, [TAIL, 1 - TAIL])
    for i in np.flatnonzero((value <= low) | (value >= high)):
        yield grid.areas[i], grid.indicator["indicator_id"]


def _replayed(home: Path) -> str:
    path = ReleaseStore(home).current_path()
    with duckdb.connect(str(path), read_only=True) as connection:
        return replay_table(read_panel(connection))


def _simulated(_home: Path) -> str:
    return simulated_table()


TABLES: dict[str, Callable[[Path], str]] = {
    "false-flags": _simulated,
    "history-replayed": _replayed,
}
"""Every table, by the word that asks for it; each is handed a home with a release."""
