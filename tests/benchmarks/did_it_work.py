"""What “Did it work?” would have said of authorities for whom nothing was agreed:
`python -m tests.benchmarks.did_it_work --home DIR`.

Every authority of every headline measure with a better direction is taken as if something had been
agreed at the end of each year, and looked at two years later, once for all and once for those that
then lay in the worst fifth. It prints a Markdown table. Real authorities did act, so that some of
what is called beyond the usual is; what is promised is one in twenty at most where nobody did.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from indicators.did_it_work import Review, Verdict, review_change
from indicators.history import has_history, read_history
from indicators.queries import Release
from ingest.release import ReleaseStore

Row = Mapping[str, Any]
YEARS = 2
WORST = 0.2


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table of a home's release."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", required=True, help="a home with a release")
    asked = parser.parse_args(arguments)
    with Release(ReleaseStore(Path(asked.home)).current_path()) as release:
        sys.stdout.write(table(release) + "\n")
    return 0


def table(release: Release) -> str:
    """Rows: whom; columns: how many, those that looked better, passed a test of two figures, and
    were called improved beyond what usually happens."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for indicator in release.indicators():
        if indicator["headline"] and indicator["polarity"] != "none" and has_history(indicator):
            for row, found in replay(release, indicator):
                groups = ["all", *(["worst fifth"] if _is_worst(row) else [])]
                for group in groups:
                    counts[group].update(_said(found, indicator))
    head = (
        "| two years on, of | reviews | moved the better way | change beyond chance by its two "
        "figures | “improved beyond what usually happens” | can’t tell |\n|---|---:|---:|---:|---:|"
        "---:|"
    )
    rows = [
        f"| {group} | {held['n']:,} | {_share(held, 'better')} | {_share(held, 'tested')} | "
        f"{_share(held, 'beyond')} | {_share(held, 'cannot')} |"
        for group, held in counts.items()
    ]
    return "\n".join([head, *rows])


def replay(release: Release, indicator: Row) -> Iterator[tuple[Row, Review]]:
    """Each authority's figure of each year with the review of two years later."""
    rows = [row | {"status": "reported"} for row in release.history(indicator["indicator_id"])]
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_code[row["area_code"]].append(row)
    aim = 1.0 if indicator["polarity"] == "high" else -1.0
    for code, series in by_code.items():
        history = read_history(rows, code, indicator)
        near = [one["neighbour_code"] for one in release.neighbours(code)]
        neighbours = [row for other in near for row in by_code.get(other, [])]
        for row in series:
            end = row["period_end"].year + YEARS
            known = [later for later in series if later["period_end"].year <= end]
            if known[-1]["period_end"].year == end:
                yield (
                    row,
                    review_change(known, row["period_end"], aim, history, neighbours, indicator),
                )


def _is_worst(row: Row) -> bool:
    rank, n = row["rank_england"], row["n_england"]
    return bool(rank and n and rank > (1 - WORST) * n)


def _said(found: Review, indicator: Row) -> list[str]:
    sign = 1 if indicator["polarity"] == "high" else -1
    better = found.change is not None and sign * found.change > 0
    tested = better and found.tested is not None and found.tested.significant is True
    return [
        "n",
        *(["better"] if better else []),
        *(["tested"] if tested else []),
        *(["beyond"] if found.verdict == Verdict.BEYOND else []),
        *(["cannot"] if found.verdict == Verdict.CANNOT_TELL else []),
    ]


def _share(held: Counter[str], key: str) -> str:
    return f"{100 * held[key] / held['n']:.1f}%"


if __name__ == "__main__":
    raise SystemExit(main())
