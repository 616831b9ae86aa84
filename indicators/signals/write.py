"""Fills a release's `signal`, `enquiry` and `triage` tables from the figures already written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from indicators.signals.error_rate import RATE
from indicators.signals.find import DATA, Found, Signal, find_signals
from indicators.signals.lines import make_lines
from indicators.signals.links import Link, find_ties
from indicators.signals.panel import Panel, read_panel
from indicators.signals.rules import RULES
from indicators.signals.triage import Enquiry, list_enquiries
from indicators.words import format_number, list_words
from ingest.release_writer import ReleaseWriter

_SIGNAL = (
    "area_code", "indicator_id", "period", "rule", "sentence", "p_value", "q_value", "kind",
    "evidence", "direction", "enquiry_id", "fingerprint",
)  # fmt: skip
_ENQUIRY = (
    "area_code", "position", "enquiry_id", "title", "sentence", "kind", "domain",
    "lead_indicator_id", "lead_rule", "period", "n_signals", "fingerprint", "published_on",
    "link_words",
)  # fmt: skip
_TRIAGE = (
    "area_code", "n_tests", "n_signals", "n_data", "n_lines", "n_listed", "rate", "expected_false",
)  # fmt: skip


def write_signals(writer: ReleaseWriter, links: Iterable[Link]) -> int:
    """Find what stands out and list it for each authority; returns how many signals there are.

    Reads the areas, indicators, observations, neighbours and source files already written.
    """
    panel = read_panel(writer.connection)
    keys = [grid.indicator["indicator_id"] for grid in panel.grids]
    links = tuple(links)
    lines = make_lines(keys, links, find_ties(panel, links))
    found = find_signals(panel, lines)
    by_area: dict[str, list[Signal]] = {}
    for signal in found.signals:
        by_area.setdefault(signal.area_code, []).append(signal)
    listed = {code: list_enquiries(signals, lines) for code, signals in by_area.items()}
    of_line = {
        (s.area_code, s.indicator_id, s.rule): enquiry.id
        for enquiries in listed.values() for enquiry in enquiries for s in enquiry.signals
    }  # fmt: skip
    rows = [_signal_row(signal, of_line) for signal in found.signals]
    _insert(writer, "signal", rows, _SIGNAL, "area_code, indicator_id, rule")
    indicators = {grid.indicator["indicator_id"]: grid.indicator for grid in panel.grids}
    rows_of_lines = [
        _enquiry_row(enquiry, position, indicators)
        for enquiries in listed.values() for position, enquiry in enumerate(enquiries, 1)
    ]  # fmt: skip
    _insert(writer, "enquiry", rows_of_lines, _ENQUIRY, "area_code, position")
    _insert(writer, "triage", _triage(writer, panel, found, listed), _TRIAGE, "area_code")
    return len(rows)


def _insert(
    writer: ReleaseWriter, table: str, rows: list[dict[str, Any]], names: tuple[str, ...], by: str
) -> None:
    if rows:
        writer.insert(table, pd.DataFrame(rows, columns=list(names)), by)


def _signal_row(signal: Signal, of_line: Mapping[tuple[str, str, str], str]) -> dict[str, Any]:
    row = {name: getattr(signal, name, None) for name in _SIGNAL}
    return row | {
        "evidence": json.dumps(dict(signal.evidence), ensure_ascii=False, sort_keys=True),
        "enquiry_id": of_line.get((signal.area_code, signal.indicator_id, signal.rule)),
    }


def _enquiry_row(
    enquiry: Enquiry, position: int, indicators: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    lead = enquiry.lead
    days = [indicators[key]["published_on"] for key in enquiry.indicators]
    return {
        "area_code": lead.area_code, "position": position, "enquiry_id": enquiry.id,
        "title": _title(enquiry, indicators), "sentence": lead.sentence, "kind": lead.kind,
        "domain": indicators[lead.indicator_id]["domain"], "lead_indicator_id": lead.indicator_id,
        "lead_rule": lead.rule, "period": lead.period, "n_signals": len(enquiry.signals),
        "fingerprint": enquiry.fingerprint,
        "published_on": max((day for day in days if day is not None), default=None),
        "link_words": _link_words(enquiry, indicators),
    }  # fmt: skip


def _title(enquiry: Enquiry, indicators: Mapping[str, Mapping[str, Any]]) -> str:
    """The link's where several of its measures stand out that are all of one kind, else the leading
    indicator's: what is neither good nor bad is named by no title that is judged."""
    title = str(indicators[enquiry.lead.indicator_id]["title"])
    if enquiry.line is None:
        return f"The figures themselves: {RULES[enquiry.lead.rule].title.lower()}"
    if len(enquiry.indicators) == 1:
        return title
    if enquiry.is_mixed or enquiry.line.link is None:
        return f"{title}, and what belongs to it"
    return enquiry.line.link.title


def _link_words(enquiry: Enquiry, indicators: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Why the indicators stand on one line: what is declared, and how far their figures go
    together across authorities."""
    lead, *others = enquiry.indicators
    if enquiry.line is None or enquiry.line.link is None or not others:
        return None
    tied = {other: enquiry.line.ties.get(frozenset((lead, other))) for other in others}
    moved = [
        f"“{indicators[other]['title']}” {_signed(tie.correlation.rho)} "
        f"({tie.correlation.n} authorities)"
        for other, tie in tied.items()
        if tie is not None
    ]
    title = indicators[lead]["title"]
    together = f": rank correlation with “{title}”: {list_words(moved)}" if moved else ""
    return (
        f"They are declared to belong together ({enquiry.line.link.why}) and their figures go "
        f"together across authorities{together}. That one causes the other is not shown."
    )


def _signed(rho: float | None) -> str:
    text = format_number(rho or 0.0, 2)
    return text if text.startswith("−") else f"+{text}"


def _triage(
    writer: ReleaseWriter, panel: Panel, found: Found, listed: Mapping[str, tuple[Enquiry, ...]]
) -> list[dict[str, Any]]:
    """A row for each authority with figures, and one of them all under the country's code. Of all
    of them together alone it is known how many lines to expect to be chance."""
    codes = sorted({code for grid in panel.grids for code in grid.areas})
    rows = [_count(code, found, listed.get(code, ())) for code in codes]
    country = writer.connection.execute(
        "SELECT MIN(area_code) FROM area WHERE area_level = 'england'"
    ).fetchone()
    if country and country[0] and rows:
        counted = ("n_tests", "n_signals", "n_data", "n_lines", "n_listed")
        summed = {name: sum(row[name] for row in rows) for name in counted}
        expected = round(RATE * summed["n_lines"], 10)
        rows.append({"area_code": country[0], "rate": RATE, "expected_false": expected, **summed})
    return rows


def _count(code: str, found: Found, lines: Sequence[Enquiry]) -> dict[str, Any]:
    own = [signal for signal in found.signals if signal.area_code == code]
    data = sum(signal.kind == DATA for signal in own)
    return {
        "area_code": code, "n_tests": found.n_tests.get(code, 0), "n_signals": len(own) - data,
        "n_data": data, "n_lines": found.n_lines.get(code, 0), "n_listed": len(lines), "rate": RATE,
        "expected_false": None,
    }  # fmt: skip
