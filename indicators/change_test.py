"""Change tested: whether two figures of one authority differ by more than chance.

The interval of the difference combines the two figures' own limits (R. G. Newcombe, Statistics in
Medicine 17 (1998) 873–890, method 10, for proportions; G. Zou and A. Donner, Statistics in Medicine
27 (2008) 1693–1702, for rates). The test is Pearson's chi-square of two proportions, Fisher's exact
test where fewer than five are expected in a cell, and the exact comparison of two Poisson counts
(J. Przyborowski and H. Wilenski, Biometrika 31 (1940) 313–323).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from indicators.counts import METHODS, WILSON, Counted, Row, counts_of, limits_of
from indicators.recent_trend import NO_COUNTS, SIGNIFICANT, p_words
from indicators.words import format_difference, format_number, is_span

FEW_EXPECTED = 5
"""Below this many expected in a cell the chi-square is not to be trusted."""


@dataclass(frozen=True, slots=True)
class Change:
    """`difference`, `low` and `high` (95 %) in the unit of `scale`; `significant` None where
    nothing could be tested (then `reason` says why)."""

    difference: float | None
    p_value: float | None
    significant: bool | None
    low: float | None
    high: float | None
    reason: str


def test_change(
    earlier_row: Row | None,
    later_row: Row | None,
    *,
    method: str,
    scale: float = 1.0,  # noqa: PT028
) -> Change:
    """The change from one row of `Release.series` to a later one of the same authority.

    A change is significant where the test says so and the interval leaves nought out.
    """
    reason = _why_not(earlier_row, later_row, method)
    earlier = counts_of(earlier_row, method) if earlier_row else None
    later = counts_of(later_row, method) if later_row else None
    if reason or earlier is None or later is None:
        return Change(None, None, None, None, None, reason)
    low, high = difference_limits(earlier, later, method)
    p_value = p_of_proportions(earlier, later) if method == WILSON else p_of_rates(earlier, later)
    significant = p_value < SIGNIFICANT and not low <= 0 <= high
    difference = later.share - earlier.share
    return Change(difference * scale, p_value, significant, low * scale, high * scale, "")


test_change.__test__ = False  # type: ignore[attr-defined]


def difference_limits(earlier: Counted, later: Counted, method: str) -> tuple[float, float]:
    """95 % limits of later less earlier, from the limits of each."""
    low1, high1 = limits_of(earlier, method)
    low2, high2 = limits_of(later, method)
    a, b = earlier.share, later.share
    return (
        b - a - math.hypot(b - low2, high1 - a),
        b - a + math.hypot(high2 - b, a - low1),
    )


def p_of_proportions(earlier: Counted, later: Counted) -> float:
    """Two-sided p of two proportions being the same."""
    x, n = earlier.numerator + later.numerator, earlier.denominator + later.denominator
    smallest = min(earlier.denominator, later.denominator)
    if min(x, n - x) * smallest / n < FEW_EXPECTED:
        table = [[c.numerator, c.denominator - c.numerator] for c in (earlier, later)]
        from scipy.stats import fisher_exact  # noqa: PLC0415  (a third of the server's start)

        return min(1.0, float(fisher_exact(table).pvalue))
    share = x / n
    variance = share * (1 - share) * (1 / earlier.denominator + 1 / later.denominator)
    return float(special.chdtrc(1, (later.share - earlier.share) ** 2 / variance))


def p_of_rates(earlier: Counted, later: Counted) -> float:
    """Two-sided p of two Poisson rates being the same: given how many there were in all, the later
    ones are a binomial share of them; twice the smaller tail."""
    total = earlier.numerator + later.numerator
    if total == 0:
        return 1.0
    share = later.denominator / (earlier.denominator + later.denominator)
    k = later.numerator
    below = float(special.bdtr(k, total, share))
    above = 1.0 if k == 0 else float(special.bdtrc(k - 1, total, share))
    return min(1.0, 2 * min(below, above))


def change_words(change: Change, *, unit: str, decimals: int, since: str = "") -> str:
    """`up 2.1 percentage points, more than chance would explain (95% interval +0.3 to +4.0,
    p = 0.02)`; `since` (“on a year earlier”) follows the size. No full stop."""
    if change.significant is None or change.difference is None:
        return f"not tested: {change.reason}"
    fine = max(decimals, 1)
    inside = f"95% interval {_signed(change.low, fine)} to {_signed(change.high, fine)}"
    how = f"({inside}, {p_words(change.p_value)})"
    moved = f"{moved_words(change.difference, unit, decimals)} {since}".strip()
    if change.significant:
        return f"{moved}, more than chance would explain {how}"
    return f"{moved} {how}" if "no change" in moved else f"{moved}, which may be chance {how}"


def moved_words(difference: float, unit: str, decimals: int) -> str:
    """A change as a fact: `up 2.1 percentage points`; one that shows as nought is said to be too
    small to show."""
    if format_number(abs(difference), decimals).strip("0.,") == "":
        return "no change" if difference == 0 else "almost no change"
    size = format_difference(difference, unit, decimals)
    return f"{'up' if difference > 0 else 'down'} {size}"


def _signed(value: float | None, decimals: int) -> str:
    text = format_number(value or 0.0, decimals)
    nought = text.strip("0.,") == ""
    return text if nought or text.startswith("−") else f"+{text}"


def _why_not(earlier: Row | None, later: Row | None, method: str) -> str:
    """Why the two cannot be tested; empty where they can."""
    if method not in METHODS:
        return NO_COUNTS
    if later is None or later["value"] is None:
        return "there is no figure"
    if earlier is None or earlier["value"] is None:
        return "there is no figure a year earlier"
    if is_span(later["period"]):
        return "the two periods overlap"
    for row in (earlier, later):
        if counts_of(row, method) is None:
            return f"there are no whole counts for {row['period']}"
    return ""
