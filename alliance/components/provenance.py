"""Where one figure comes from, down to the row of the file and the hash of its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from alliance.service import Served
from indicators.words import format_day, format_number, format_with_unit, period_words


def provenance_section(
    served: Served,
    indicator: Mapping[str, Any],
    area_code: str,
    period: str,
    choose: Any,
    indicator_link: str,
) -> html.Section:
    """One figure and its file. `choose` are the pickers that choose another."""
    rows = served.release.provenance(indicator["indicator_id"], area_code, period)
    return html.Section(
        [
            html.H2("Where a figure comes from"),
            choose,
            *(
                _found(served, indicator, rows[0], indicator_link)
                if rows
                else [
                    html.P(
                        f"{served.name(area_code)} has no figure for {period or 'any period'}: "
                        "no row of the published files is about it.",
                        className="empty",
                    )
                ]
            ),
        ],
        className="card",
        id="data-figure",
    )


def _found(
    served: Served, indicator: Mapping[str, Any], row: Mapping[str, Any], indicator_link: str
) -> list[Any]:
    when = period_words(row["period"], row["period_end"], indicator["timing"])
    return [
        html.P(
            [
                f"{served.name(row['area_code'])}, ",
                dcc.Link(indicator["title"], href=indicator_link),
                f", {when}: ",
                html.Strong(_figure(served, indicator, row)),
                ".",
            ],
            className="sentence",
        ),
        html.Div(
            html.Dl(
                [
                    part
                    for term, words in _facts(indicator, row)
                    for part in (html.Dt(term), html.Dd(words))
                ]
            ),
            className="about",
        ),
    ]


def _figure(served: Served, indicator: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        symbol = f" (published as “{row['symbol']}”)" if row["symbol"] else ""
        return served.absence(row) + symbol
    return format_with_unit(row["value"], indicator["unit"], indicator["decimals"])


def _facts(indicator: Mapping[str, Any], row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    place = row.get("source_row")
    facts: list[tuple[str, Any]] = [
        ("File", row["file_name"]),
        ("Row", f"{place:,}" if place else "not recorded in this release"),
        ("sha256 of the file", html.Code(row["sha256"], className="hash")),
        ("Publication", f"{row['publisher']}: {row['publication']}"),
        ("Licence", row["licence"]),
        ("Came from", html.Span(row["retrieved_from"], className="hash")),
        ("Loaded on", format_day(row["retrieved_at"].date())),
    ]
    if row["published_on"] is not None:
        facts.insert(5, ("Came out on", format_day(row["published_on"])))
    facts += [
        (label[:1].upper() + label[1:], _plain(row[key]))
        for key, label in (
            ("numerator", indicator["numerator_label"] or "numerator"),
            ("denominator", indicator["denominator_label"] or "denominator"),
        )
        if row[key] is not None
    ]
    if row["joint_with"]:
        facts.append(("Joint return with", row["joint_with"]))
    return facts


def _plain(number: float) -> str:
    return format_number(number, 0 if float(number).is_integer() else 1)
