"""Marks of a picture that is drawn as SVG without a library: it needs no script, no font and no
address of another place, and every text in it is escaped.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from xml.sax.saxutils import escape

from alliance.charts.style import INK

FONT = "Arial, Helvetica, sans-serif"


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high`, both of them round."""

    low: float
    high: float
    step: float

    def share(self, value: float) -> float:
        """Where a value lies between the ends, from 0 to 1."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    @property
    def ticks(self) -> list[float]:
        """The round values from end to end."""
        count = round((self.high - self.low) / self.step)
        return [self.low + self.step * place for place in range(count + 1)]


def round_step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= rough * (1 - 1e-9))


def stroke(
    x0: float, y0: float, x1: float, y1: float, colour: str, width: float, dash: str = ""
) -> str:
    """A straight line; `dash` as SVG has it."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" stroke="{colour}" '
        f'stroke-width="{width:.1f}"{dashes}/>'
    )


def label(
    x: float,
    y: float,
    words: str,
    *,
    size: int,
    bold: bool = False,
    colour: str = INK,
    anchor: str = "start",
) -> str:
    """Words whose baseline is at `y`."""
    weight = ' font-weight="bold"' if bold else ""
    place = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}"{weight}{place}>'
        f"{escaped(words)}</text>"
    )


def plain(words: str) -> str:
    """Words on one line without what XML cannot hold."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in words)
    return " ".join(kept.split())


def escaped(words: str) -> str:
    """Words on one line as XML holds them."""
    return escape(plain(words))
