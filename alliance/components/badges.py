"""Bands and verdicts as words and shapes first, colour second."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from indicators.counts import bears_a_quarter

BAND_WORDS = {
    "A": "best quarter",
    "B": "second quarter",
    "C": "third quarter",
    "D": "worst quarter",
}
VERDICT_MARKS = {
    "better": "▲",
    "worse": "▼",
    "similar": "●",
    "higher": "△",
    "lower": "▽",
}
VERDICT_WORDS = {
    "better": "better than {country}",
    "worse": "worse than {country}",
    "similar": "similar to {country}",
    "higher": "higher than {country}",
    "lower": "lower than {country}",
}


def shown_band(figure: Mapping[str, Any], indicator: Mapping[str, Any]) -> str | None:
    """The quartile band, where the publisher does not advise against bands for the measure and the
    figure can bear one."""
    shown = indicator["publisher_bands"] and bears_a_quarter(figure, indicator)
    return figure["quartile_band"] if shown else None


def band_badge(band: str | None) -> html.Span | str:
    """A band as a letter with its words for a screen reader."""
    if band is None:
        return ""
    return html.Span(
        [html.Span(band, **{"aria-hidden": "true"}), html.Span(BAND_WORDS[band], className="vh")],
        className=f"band band-{band.lower()}",
        title=f"{BAND_WORDS[band]} of authorities nationally",
    )


def verdict_words(verdict: str | None, country: str) -> str:
    """`worse than England`; empty where no interval can be had."""
    return VERDICT_WORDS[verdict].format(country=country) if verdict else ""
