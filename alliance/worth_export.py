"""The list of what is worth discussing as a file: every signal in a row, in the order of the list.

From the release alone: a file says the same whatever the challenge log holds, so that it tells
nobody what was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alliance.exports.about import release_pair, source_pairs
from alliance.exports.table import Absent, Column, ExportTable
from alliance.service import Served
from alliance.view import View
from alliance.worth_discussing import (
    NO_LISTS,
    Item,
    Row,
    Worth,
    context_of,
    expected_words,
    has_lists,
    read_worth,
    tested_words,
)

KIND = "worth-discussing"
WHAT_IT_IS = (
    "Each line of enquiry is a question and no finding. Indicators stand on one line because they "
    "are declared to belong together or moved together; neither is shown to cause the other. A "
    "measure of context is neither good nor bad, and a signal of the data says nothing of practice."
)
COLUMNS = (
    Column("area_code", "Code"),
    Column("name", "Authority"),
    Column("position", "Place on the list"),
    Column("enquiry_id", "Line of enquiry, key", csv_only=True),
    Column("enquiry", "Line of enquiry"),
    Column("indicator_id", "Indicator, key", csv_only=True),
    Column("indicator", "Indicator"),
    Column("period", "Period"),
    Column("rule", "Rule"),
    Column("kind", "About"),
    Column("direction", "Direction"),
    Column("sentence", "What stands out"),
    Column("p_value", "p", csv_only=True),
    Column("q_value", "q (false discovery rate)", csv_only=True),
    Column("link_words", "Why they stand together"),
    Column("published_on", "Published"),
)


def build_worth(served: Served, view: View, _query: Mapping[str, str]) -> ExportTable:
    """The list of the view's authority, a signal in a row; one row that says so where nothing is
    listed."""
    worth, name = read_worth(served, view.us), served.name(view.us)
    records = [
        _record(served, worth, item, signal) for item in worth.items for signal in item.signals
    ]
    why = "nothing is listed" if served.kept(has_lists) else NO_LISTS
    nothing = {"area_code": view.us, "name": name, "sentence": Absent(why)}
    ids = dict.fromkeys(str(record["indicator_id"]) for record in records)
    indicators = [served.indicators[key] for key in ids if key in served.indicators]
    return ExportTable(
        title=f"Worth discussing: {name}",
        columns=COLUMNS,
        rows=records or [nothing],
        about=(
            *source_pairs(served, indicators or list(served.headline.values())[:1]),
            release_pair(served),
            ("Authority", name),
            *_known(served, view.us),
            ("What it is", WHAT_IT_IS),
            *([("False flags", f"{tested_words(worth)} {expected_words(worth)}".strip())]
              if worth.triage else []),
        ),
        sentence=f"{name}: {len(worth.items) or 'nothing'} worth discussing.",
        name="worth-discussing",
    )  # fmt: skip


def _known(served: Served, code: str) -> list[tuple[str, str]]:
    facts = context_of(served, [code])[code]
    return [(fact.label, f"{fact.words} ({fact.when})") for fact in facts]


def _record(served: Served, worth: Worth, item: Item, signal: Row) -> dict[str, Any]:
    indicator = served.indicators.get(str(signal["indicator_id"]))
    return {
        "area_code": worth.code,
        "name": served.name(worth.code),
        "position": item.row["position"],
        "enquiry_id": item.id,
        "enquiry": item.title,
        "indicator": indicator["title"] if indicator else signal["indicator_id"],
        "link_words": item.row["link_words"] or "",
        "published_on": item.row["published_on"],
        "direction": signal["direction"] or "",
        **{
            key: signal[key]
            for key in ("indicator_id", "period", "rule", "kind", "sentence", "p_value", "q_value")
        },
    }
