"""Ready-made comparisons for a reader who has chosen nothing yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from alliance.compare.selection import MULTIPLES, SCATTER, compare_address
from alliance.service import Served
from alliance.view import View


@dataclass(frozen=True, slots=True)
class Example:
    """A comparison worth looking at: what it asks, and how it is shown. `needs` are the indicators
    by parameter: of each that the release has, the one with the most years stands."""

    title: str
    words: str
    show: str
    needs: Mapping[str, tuple[str, ...]]


EXAMPLES = (
    Example(
        "Demand against outcome",
        "Do authorities with more referrals see more families come back within a year? "
        "Where does {us} stand among all of them?",
        SCATTER,
        {"x": ("referral_rate",), "y": ("rereferral_pct",)},
    ),
    Example(
        "Spending against outcome",
        "Spending on children’s social care per child against care leavers in education, "
        "employment or training, with {us} and {set} named.",
        SCATTER,
        {"x": ("cs_spend_per_child",), "y": ("cl_eet_19",)},
    ),
    Example(
        "Ten years of children looked after",
        "The rate of children looked after in {us} and in each authority of {set}, side by side "
        "on one scale.",
        MULTIPLES,
        {"indicators": ("cla_rate", "lait_lac")},
    ),
)


def examples_for(served: Served, view: View) -> Iterator[tuple[str, str, str]]:
    """Title, words and address of each example that the release can show."""
    place = {"us": served.name(view.us), "set": view.alliance.name}
    for example in EXAMPLES:
        found = {key: _longest(served, ids) for key, ids in example.needs.items()}
        if all(found.values()):
            years = _ten_years(served, found["indicators"]) if example.show == MULTIPLES else {}
            query = {**found, **years, "show": example.show}
            query |= {"alliance": view.alliance.key, "us": view.us}
            yield example.title, example.words.format(**place), compare_address(query)


def _longest(served: Served, ids: tuple[str, ...]) -> str:
    """The indicator with the most periods, the first of those that have as many; "" for none."""
    return (
        max(ids, key=lambda key: len(served.periods.get(key, ())))
        if any(served.periods.get(key) for key in ids)
        else ""
    )


def _ten_years(served: Served, indicator_id: str) -> dict[str, str]:
    last = served.periods[indicator_id][-1]["period_end"].year
    return {"from": str(last - 9), "to": str(last)}
