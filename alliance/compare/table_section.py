"""The comparison's table in its frame, and what each indicator compared is and comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from alliance.compare.rows import Compared
from alliance.compare.selection import Selection, compare_address, compare_query, periods_of
from alliance.compare.table import compare_grid, lines_on_top
from alliance.comparison_set import hand_made
from alliance.components.raise_challenge import raise_link, raising
from alliance.components.tables import plain_table
from alliance.exports.table import query_address
from alliance.scope import MOST_CODES
from alliance.service import Served
from alliance.view import View, link
from indicators.words import GRADE, format_value, format_with_unit, unit_words

PREFIX = "compare-table"
SPOKEN = 3
"""Of so many indicators the sentence says the figures; of more it says how many there are."""
POLARITY_WORDS = {"high": "higher is better", "low": "lower is better", "none": "context"}


def table_section(served: Served, view: View, compared: Compared) -> html.Section:
    """The grid with the sentence before it and its files."""
    return html.Section(
        [
            html.H2("Side by side", id=f"{PREFIX}-title"),
            html.P(comparison_sentence(served, view, compared), className="sentence"),
            html.Div(
                [html.P("Choose a column’s heading to sort by it.", className="compare-hint"),
                 _downloads(compared.chosen, view)],
                className="chart-bar",
            ),
            compare_grid(served, view, compared),
            html.Div([html.P(line) for line in _marks(compared)], className="absences"),
            *_lines_on_top(compared),
            html.Details(
                [
                    html.Summary("How to read this"),
                    html.P(
                        "One line for each authority, yours first and in bold; one column for each "
                        "period of an indicator, under its title and unit. The lines on top "
                        "are the median of the other authorities with a figure, their mean (each "
                        "counts the same, whatever its size) and the best of them; whose it is, "
                        "and of how many they are, stands below the table. Where neither way is "
                        "better there is no best, and the best of many owes something to chance. "
                        "There is no rank: different indicators cannot be added up, and the order "
                        "of authorities on one of them is often chance. Ask for the 95% intervals "
                        "to see how far. "
                        "The change is the last figure less the first, as a fact and not a trend."
                    ),
                ]
            ),
        ],
        className="card",
        **{"aria-labelledby": f"{PREFIX}-title"},
    )  # fmt: skip


def _lines_on_top(compared: Compared) -> list[html.Details]:
    """Whose the best is and of how many the rest: the grid says it only where it is pointed at."""
    if len(compared.chosen.areas) < 2:
        return []
    lines, latest = lines_on_top(compared)
    if not lines:
        return []
    head = ["Indicator", "Period", "Others with a figure", "Best of the others"]
    note = [html.P("The latest period shown of each indicator.", className="small")]
    table = plain_table("What the lines on top rest on", head, {"": lines}, kind="on-top")
    return [
        html.Details(
            [html.Summary("Whose the best is, and of how many"), *(note if latest else []), table],
            className="compare-on-top",
        )
    ]


def comparison_sentence(served: Served, view: View, compared: Compared) -> str:
    """How much is compared, and of a few indicators our latest figure beside the others'."""
    chosen = compared.chosen
    n, k = len(chosen.areas), len(compared.indicators)
    counts = (
        f"{n} {'authority' if n == 1 else 'authorities'}, "
        f"{k} {'indicator' if k == 1 else 'indicators'}, "
        + (str(chosen.last) if chosen.first == chosen.last else f"{chosen.first} to {chosen.last}")
    )
    if k > SPOKEN:
        return f"{counts}."
    said = [_standing(compared, key) for key in compared.indicators if compared.periods(key)]
    return f"{counts}. {served.name(view.us)}: {'; '.join(said)}." if said else f"{counts}."


def _standing(compared: Compared, key: str) -> str:
    """One indicator's latest figure beside the median of the others."""
    indicator, period = compared.served.indicators[key], compared.periods(key)[-1]
    unit, decimals = indicator["unit"], indicator["decimals"]
    value = compared.value(key, period, compared.chosen.areas[0])
    if value is None:
        absent = compared.absence(key, period, compared.chosen.areas[0])
        return f"{indicator['title']}, {absent} in {period}"
    words = f"{indicator['title']}, {format_with_unit(value, unit, decimals)} in {period}"
    middle = compared.median(key, period)
    if middle is None:
        return words
    return f"{words} (median of the others {format_value(middle, unit, decimals)})"


def _marks(compared: Compared) -> list[str]:
    """What the marks in the cells mean, of those that are there."""
    lines = []
    if any(row["provisional"] for row in compared.rows):
        lines.append("p: provisional.")
    if any(row["joint_with"] for row in compared.rows):
        lines.append("*: joint return, one figure for two authorities.")
    lacking = [
        compared.served.indicators[key]["title"]
        for key in compared.indicators
        if not compared.periods(key)
    ]
    if lacking:
        lines.append(f"No period in these years: {', '.join(lacking)}.")
    if any(compared.served.indicators[key]["unit"] == GRADE for key in compared.indicators):
        lines.append("Grades are an order and are not averaged.")
    return lines


def _downloads(chosen: Selection, view: View) -> html.Div:
    query = compare_query(chosen, view)
    links = [
        html.A(
            words,
            href=query_address("compare", form, query),
            className="download",
            **{"aria-label": f"Download the comparison as {words}"},
        )
        for form, words in (("csv", "CSV"), ("xlsx", "Excel"))
    ]
    return html.Div(["Download:", *links], className="downloads")


def about_section(
    served: Served, view: View, chosen: Selection, indicators: Sequence[str]
) -> html.Section:
    """Unit, direction, periods and source of each indicator compared."""
    body = [_about(served, view, chosen, key) for key in indicators]
    head = ["Indicator", "Unit", "Reading it", "Periods shown", "Source",
            *(["Challenge"] if raising() else [])]  # fmt: skip
    return html.Section(
        [html.H2("What is compared"), plain_table("The indicators compared", head, {"": body})],
        className="card compare-about",
    )


def _about(served: Served, view: View, chosen: Selection, key: str) -> list[Any]:
    row = served.indicators[key]
    periods = [str(found["period"]) for found in periods_of(served, chosen, key)]
    return [
        dcc.Link(row["title"], href=link(f"/indicator/{key}", view)),
        unit_words(row["unit"]),
        POLARITY_WORDS[row["polarity"]],
        ", ".join(periods) or "none in these years",
        served.attribution(row).removeprefix("Source: "),
        *([_raise(served, view, chosen, row, periods)] if raising() else []),
    ]


def _raise(
    served: Served, view: View, chosen: Selection, row: Mapping[str, Any], periods: Sequence[str]
) -> list[Any]:
    """The way to a question about the reader's own figure among those compared, in the last period
    shown."""
    if not periods:
        return []
    return raise_link(
        view, row["indicator_id"], periods[-1], scope=_scope(chosen, view),
        about=f"{row['title']} of {served.name(view.us)}",
        page=compare_address(compare_query(chosen, view)), label="Raise",
    )  # fmt: skip


def _scope(chosen: Selection, view: View) -> str:
    """The set that was chosen, or the authorities compared by name where they are not too many."""
    if not chosen.named:
        return chosen.scope
    others = [code for code in chosen.named if code != view.us]
    return hand_made(others) if 0 < len(others) <= MOST_CODES else view.scope
