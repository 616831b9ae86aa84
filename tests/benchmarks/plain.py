"""The same figures worked out plainly in pandas, as an analyst would: the long table in memory,
filtered at each question, and one measure and period compared at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pandas as pd

from indicators.queries import Release

_LONG = """
SELECT o.*, a.name, a.area_level, a.region_code, a.subregion_code, i.title, i.polarity, i.headline
FROM observation AS o
JOIN area AS a USING (area_code)
JOIN indicator AS i USING (indicator_id)
ORDER BY i.indicator_order, o.period_end, o.area_code
"""


class Long:
    """The long table of a release, and who is near whom."""

    def __init__(self, release: Release) -> None:
        self.rows = long_table(release.path)
        near = pd.DataFrame(release.ask("SELECT model, area_code, neighbour_code FROM neighbour"))
        self.near = near[near["model"] == near["model"].max()]

    def of(self, indicator_id: str, period: str | None = None) -> pd.DataFrame:
        """One indicator's rows, or those of one period, from the whole table."""
        chosen = self.rows["indicator_id"] == indicator_id
        if period is not None:
            chosen &= self.rows["period"] == period
        return self.rows[chosen]

    def compared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Every authority's comparison in each indicator and period of those rows."""
        groups = rows.groupby(["indicator_id", "period"], sort=False)
        return pd.concat([compare(group, self.near) for _, group in groups])

    def latest(self, indicator_ids: Iterable[str]) -> pd.DataFrame:
        """The rows of each indicator's latest period in which an authority has a value."""
        found = []
        for indicator_id in indicator_ids:
            rows = self.of(indicator_id)
            mine = rows[(rows["area_level"] == "authority") & rows["value"].notna()]
            found.append(rows[rows["period_end"] == mine["period_end"].max()])
        return pd.concat(found)


def long_table(path: Path) -> pd.DataFrame:
    """Every observation with its area's and its indicator's words."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(_LONG).df()


def compare(group: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    """The authorities of one indicator and period beside England, region and neighbours."""
    own = group[group["area_level"] == "authority"].copy()
    values = group.set_index("area_code")["value"]
    ascending = own["polarity"].iloc[0] == "low" if len(own) else True
    england = group.loc[group["area_level"] == "england", "value"]
    own["england"] = england.iloc[0] if len(england) else None
    own["region"] = own["region_code"].map(values).fillna(own["subregion_code"].map(values))
    own["rank_england"] = own["value"].rank(method="min", ascending=ascending)
    own["n_england"] = own["value"].count()
    by_region = own.groupby("region_code")["value"]
    own["rank_region"] = by_region.rank(method="min", ascending=ascending)
    own["n_region"] = by_region.transform("count")
    pairs = near.assign(theirs=near["neighbour_code"].map(values)).dropna(subset="theirs")
    around = pairs.groupby("area_code")["theirs"].agg(["mean", "median", "count"])
    own["neighbours_mean"] = own["area_code"].map(around["mean"])
    own["neighbours_median"] = own["area_code"].map(around["median"])
    own["neighbours_n"] = own["area_code"].map(around["count"]).fillna(0)
    quartiles = own["value"].quantile([0.25, 0.5, 0.75])
    own["quartile_band"] = (own["value"].to_numpy()[:, None] > quartiles.to_numpy()).sum(axis=1)
    return own
