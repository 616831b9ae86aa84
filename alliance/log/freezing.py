"""Freezes a published figure as evidence of the challenge log: what the page says of it, what it
was compared with, what it can bear, where it comes from, and a picture.

Reads the release alone: a figure of a local return can never be frozen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from alliance.charts.frozen_picture import Bar, Comparator, Drawing, draw_frozen
from alliance.comparison_set import Row, read_scope
from alliance.components.indicator_subject import Subject, read_subject
from alliance.evidence import read_evidence
from alliance.log.errors import LogError
from alliance.log.writing import Figure
from alliance.people.routes import same_site_path
from alliance.service import DEMONSTRATION, Served
from alliance.set_figures import set_median
from alliance.view import View, link
from alliance.worth_discussing import find_item
from indicators.robust import survives
from indicators.set_summary import summarise_set
from indicators.words import (
    GRADE,
    NOT_THEN,
    UNRANKED_UNITS,
    absence_words,
    format_day,
    format_value,
    format_with_unit,
    list_words,
    unit_title,
)
from ingest.grades import GRADE_WORDS

FORM = 1
"""The form of what is frozen: what reads it later asks which."""
ENGLAND, REGION, NEIGHBOURS = "england", "region", "neighbours"
COMPARED = (ENGLAND, REGION, NEIGHBOURS)
"""With whom a frozen figure has a verdict, by key."""
SEEN = "seen"
"""The hidden field that says which preview somebody saw."""
QUERY = (
    "indicator", "period", "alliance", "us", "scope", "measures", "weights", "from", "enquiry",
)  # fmt: skip
"""The parameters of an address that name a figure to take as evidence; `enquiry` adds the others of
a line of enquiry."""
MOST_FIGURES = 4
"""So many figures are taken in at once: more is for whoever reads them to choose."""

DECLARED = (
    "indicator_id", "title", "unit", "decimals", "polarity", "timing", "interval_method",
    "numerator_label", "denominator_label", "definition", "caveats",
)  # fmt: skip
INTERVALS = ("ci95_low", "ci95_high", "ci998_low", "ci998_high")
OWN = ("value", *INTERVALS, "numerator", "denominator", "change")
"""What is nobody's to know where the figure itself is not published."""
RANKS = (
    "rank_england", "n_england", "rank_region", "n_region", "n_equal_region", "rank_neighbours",
    "n_neighbours",
)  # fmt: skip
_SOURCE = (
    "publisher", "publication", "licence", "file_name", "sha256", "source_row", "published_on",
    "retrieved_at", "retrieved_from",
)  # fmt: skip


class NoFigureError(LogError):
    """The address names no figure of the release being served."""


class FigureChangedError(LogError):
    """What would be frozen is not what was previewed. `figure` is as it is now; where it was begun
    from a list (`from_list`), the words that were filled in may quote what is there no more."""

    def __init__(self, figures: Sequence[Figure], *, from_list: bool = False) -> None:
        self.figure = figures[0]
        now = " ".join(figure.sentence for figure in figures)
        quoted = (
            " Your question may quote what is no longer so: read it again." if from_list else ""
        )
        super().__init__(
            "What this rests on has changed since you looked: another release is served, or the "
            "set that it is compared with is another. Nothing was saved. "
            f"{'The figure as it is' if len(figures) == 1 else 'The figures as they are'} now: "
            f"{now}{quoted} Look at it, then save again."
        )


# Taking a figure --------------------------------------------------------------------------------


def freeze(
    served: Served, view: View, indicator: Row, period: str, scope: str, address: str
) -> Figure:
    """The figure of `view.us` for an indicator (a row of `served.indicators`) and period, compared
    with the set of `scope`, as it is now; `address` is the page that it is taken from."""
    subject = read_subject(served, view, indicator, period, scope)
    evidence = read_evidence(served, view, indicator, period, scope)
    frozen = plain({**record_figure(subject), "evidence": evidence.as_json()})
    return Figure(
        release_id=served.info.release_id,
        indicator_id=subject.key,
        area_code=view.us,
        period=period,
        sentence=frozen["sentence"],
        address=address,
        frozen=frozen,
        picture=draw_picture(frozen),
    )


def preview(served: Served, view: View, query: Mapping[str, str | None]) -> Figure | None:
    """The figure that an address names, as it would be frozen now; None where it names none. query:
    `indicator`, `period` (the latest where there is none), `scope`, `from`; `view` is of the same
    query."""
    indicator = served.indicators.get(query.get("indicator") or "")
    if indicator is None:
        return None
    key = indicator["indicator_id"]
    periods = [row["period"] for row in served.periods.get(key, [])]
    period = query.get("period") or (periods[-1] if periods else "")
    if period not in periods:
        return None
    scope = read_scope(served, view, query)
    page = same_site_path(query.get("from") or "")
    address = link(f"/indicator/{key}", view, period=period, scope=scope) if page == "/" else page
    return freeze(served, view, indicator, period, scope, address)


def previews(served: Served, view: View, query: Mapping[str, str | None]) -> list[Figure]:
    """The figure that an address names, and the others of the line of enquiry that it names, as
    they would be frozen now; none where it names none."""
    first = preview(served, view, query)
    if first is None:
        return []
    item = find_item(served, view.us, query.get("enquiry"))
    others = [key for key in (item.figures if item else ()) if key[0] != first.indicator_id]
    scope = read_scope(served, view, query)
    return [
        first,
        *(
            freeze(served, view, served.indicators[key], period, scope, first.address)
            for key, period in others[: MOST_FIGURES - 1]
            if key in served.indicators
        ),
    ]


def hidden_fields(figures: Sequence[Figure], query: Mapping[str, str | None]) -> dict[str, str]:
    """What a form carries so that `freeze_seen` finds the figures again: the query, and a mark of
    what was seen. Never the figures: those are read anew."""
    return {key: value for key in QUERY if (value := query.get(key))} | {SEEN: mark_of(*figures)}


def freeze_seen(served: Served, view: View, query: Mapping[str, str | None]) -> list[Figure]:
    """The figures of a form with `hidden_fields`, frozen now, the one it is about first.

    Raises `NoFigureError` where there is none, and `FigureChangedError` where they are not what
    their reader saw.
    """
    figures = previews(served, view, query)
    if not figures:
        raise NoFigureError(
            "The figure that you began with is not in the release being served. Nothing was saved. "
            "Go back to the chart and raise it from there."
        )
    if query.get(SEEN) != mark_of(*figures):
        raise FigureChangedError(figures, from_list=bool(query.get("enquiry")))
    return figures


def mark_of(*figures: Figure) -> str:
    """A mark that differs where anything of frozen figures does."""
    text = "".join(json.dumps(one.frozen, sort_keys=True, ensure_ascii=False) for one in figures)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def plain(value: Any) -> Any:
    """The value as JSON gives it back: lists, texts, numbers; days and moments in ISO 8601."""
    return json.loads(json.dumps(value, default=_as_text, allow_nan=False))


def _as_text(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be frozen")


# What is kept -----------------------------------------------------------------------------------


def record_figure(subject: Subject) -> dict[str, Any]:
    """Everything of a figure but what `alliance.evidence` tests."""
    served, view, mine = subject.served, subject.view, subject.mine
    area, info = served.authorities[view.us], served.info
    return {
        "form": FORM,
        "sentence": subject.sentence(),
        "demonstration": info.demo,
        "attribution": served.attribution(subject.indicator),
        "release": {"release_id": info.release_id, "built_at": info.built_at},
        "indicator": {name: subject.indicator[name] for name in DECLARED},
        "area": {"code": view.us, "name": area["name"], "region": area["region"]},
        "country": subject.country,
        "period": {
            "period": subject.period,
            "period_end": served.period_end(subject.key, subject.period),
            "when": subject.when,
        },
        "figure": _own(served, view.us, mine),
        "comparators": _comparators(served, mine),
        "verdicts": _verdicts(subject),
        "neighbours": [
            {"code": row["neighbour_code"], "name": served.name(row["neighbour_code"])}
            for row in served.release.neighbours(view.us)
        ],
        "set": _set(subject),
        "source": _source(served, subject),
    }


def _own(served: Served, us: str, row: Row | None) -> dict[str, Any]:
    """A row's own figure and place; where it has no figure, why."""
    there = row is not None and row["value"] is not None
    kept: dict[str, Any] = {
        name: row[name] if row is not None and there else None for name in (*OWN, *RANKS)
    }
    return kept | {
        "status": row["status"] if row else None,
        "absence": None if there else _absence(served, us, row),
        "provisional": bool(row and row["provisional"]),
        "joint_with": served.name(row["joint_with"]) if row and row["joint_with"] else None,
    }


def _absence(served: Served, code: str, row: Row | None) -> str:
    return served.absence(row) if row is not None else absence_words(None, existed=True)


def _comparators(served: Served, mine: Row | None) -> dict[str, Any]:
    names = ("england", "region", "neighbours_mean", "neighbours_median", "neighbours_n")
    if mine is None:
        return dict.fromkeys((*names, "region_name", "n_region"))
    kept = {name: mine[name] for name in names}
    return kept | {"region_name": served.region_name(mine), "n_region": mine["n_region"]}


def _set(subject: Subject) -> dict[str, Any]:
    served, chosen = subject.served, subject.chosen
    median = set_median(subject.view.us, subject.indicator, chosen)
    return {
        "scope": chosen.key,
        "name": chosen.name,
        "median": {"label": median.label, "value": median.value} if median else None,
        "members": [
            {
                "code": row["area_code"],
                "name": served.name(row["area_code"]),
                "value": row["value"],
                **{name: row[name] for name in INTERVALS},
                "rank_england": row["rank_england"],
                "status": row["status"],
                "absence": None if row["value"] is not None else served.absence(row),
                "provisional": row["provisional"],
                "joint_with": served.name(row["joint_with"]) if row["joint_with"] else None,
            }
            for row in chosen.rows
        ],
    }


def _source(served: Served, subject: Subject) -> dict[str, Any]:
    """The file that the figure stands in; of an absent one, the publication alone."""
    found = served.release.provenance(subject.key, subject.view.us, subject.period)
    row: Row = found[0] if found else {}
    fallback = subject.indicator if not found else {}
    return {name: row.get(name, fallback.get(name)) for name in _SOURCE}


# Verdicts ---------------------------------------------------------------------------------------


def region_codes(served: Served, area_code: str) -> frozenset[str]:
    """The authorities of an authority's region, itself and those that have ceased among them."""
    region = served.authorities[area_code]["region_code"]
    return frozenset(c for c, area in served.authorities.items() if area["region_code"] == region)


def verdicts_of(
    row: Row, figures: Iterable[Row], indicator: Row, sets: Mapping[str, Collection[str]]
) -> dict[str, str | None]:
    """How a figure stands to the country (as the release has it) and to each of `sets` taken
    together (`indicators.robust`); None where it cannot be tested."""
    figures = list(figures)
    summaries = {
        key: summarise_set(
            [other for other in figures if other["area_code"] in codes], row["area_code"], indicator
        )
        for key, codes in sets.items()
    }
    return {ENGLAND: row["vs_england"], **survives(row, summaries).verdicts}


def _verdicts(subject: Subject) -> dict[str, str | None]:
    mine, served = subject.mine, subject.served
    if mine is None or mine["value"] is None:
        return dict.fromkeys(COMPARED)
    us = subject.view.us
    near = [row["neighbour_code"] for row in served.release.neighbours(us)]
    sets = {REGION: region_codes(served, us), NEIGHBOURS: near}
    return verdicts_of(mine, subject.figures, subject.indicator, sets)


# The picture ------------------------------------------------------------------------------------


def draw_picture(frozen: Mapping[str, Any]) -> str:
    """The picture of what was frozen, as SVG: a function of that alone, so that it can be drawn
    again."""
    graded = frozen["indicator"]["unit"] == GRADE
    return draw_frozen(
        Drawing(
            title=_title(frozen),
            sentence=frozen["sentence"],
            bars=_grade_bars(frozen) if graded else _bars(frozen),
            comparators=() if graded else tuple(_lines(frozen)),
            scale="Number of authorities" if graded else unit_title(frozen["indicator"]["unit"]),
            notes=tuple(_notes(frozen)),
            foot=_foot(frozen),
            show=_whole if graded else _shower(frozen),
        )
    )


def _title(frozen: Mapping[str, Any]) -> str:
    title = str(frozen["indicator"]["title"])
    return f"{title}, {frozen['period']['period']}"


def _whole(value: float) -> str:
    return format_value(value, "count", 0) if float(value).is_integer() else ""


def _shower(frozen: Mapping[str, Any]) -> Any:
    """Writes a tick of the axis."""
    unit, decimals = frozen["indicator"]["unit"], frozen["indicator"]["decimals"]

    def show(value: float) -> str:
        return format_value(value, unit, 0 if float(value).is_integer() else max(decimals, 1))

    return show


def _bars(frozen: Mapping[str, Any]) -> list[Bar]:
    """Those with a figure in their order, then those without; who did not exist is left out."""
    us, indicator = frozen["area"]["code"], frozen["indicator"]
    members = frozen["set"]["members"]
    if us not in {member["code"] for member in members}:
        own = {"code": us, "name": frozen["area"]["name"], **frozen["figure"]}
        members = [*members, own]
    ranked = sorted(
        members,
        key=lambda m: (m["rank_england"] is None, m["rank_england"] or 0, m["name"]),
    )
    return [
        Bar(
            member["name"],
            member["value"],
            member["absence"]
            if member["value"] is None
            else format_value(member["value"], indicator["unit"], indicator["decimals"])
            + (" p" if member["provisional"] else "")
            + (" *" if member["joint_with"] else ""),
            member["code"] == us,
            _span(member, "95"),
            _span(member, "998"),
        )
        for member in ranked
        if member["absence"] != NOT_THEN or member["code"] == us
    ]


def _span(member: Mapping[str, Any], width: str) -> tuple[float, float] | None:
    low, high = member[f"ci{width}_low"], member[f"ci{width}_high"]
    return None if low is None or high is None else (low, high)


def _grade_bars(frozen: Mapping[str, Any]) -> list[Bar]:
    """How many of the set hold each grade; ours marked. Grades are counted and nothing else."""
    us, own = frozen["area"], frozen["figure"]["value"]
    grades = [member["value"] for member in frozen["set"]["members"]]
    bars = [
        Bar(words, float(n := grades.count(grade)), f"{n}", own == grade)
        for grade, words in GRADE_WORDS.items()
    ]
    bars += [
        Bar(member["name"], None, member["absence"])
        for member in frozen["set"]["members"]
        if member["value"] is None
        and member["code"] != us["code"]
        and member["absence"] != NOT_THEN
    ]
    if own is None:
        bars.append(Bar(us["name"], None, frozen["figure"]["absence"], ours=True))
    return bars


def _lines(frozen: Mapping[str, Any]) -> Iterable[Comparator]:
    """The country, the region and the median of the set: always in that order and drawn alike.
    Of numbers the first two are totals of many authorities, and left out."""
    kept, indicator = frozen["comparators"], frozen["indicator"]
    counted = indicator["unit"] in UNRANKED_UNITS
    named = (
        (None if counted else kept["england"], frozen["country"]),
        (
            None if counted else kept["region"],
            f"{kept['region_name']} ({kept['n_region']} authorities)",
        ),
        _set_median(frozen),
    )
    for look, (value, name) in enumerate(named):
        if value is not None:
            shown = format_with_unit(value, indicator["unit"], indicator["decimals"])
            yield Comparator(value, f"{name}: {shown}", look)


def _set_median(frozen: Mapping[str, Any]) -> tuple[float | None, str]:
    """The median of the set that was looked at; what was frozen before it was kept has that of the
    statistical neighbours."""
    if "median" in frozen["set"]:
        kept = frozen["set"]["median"] or {"value": None, "label": ""}
        return kept["value"], kept["label"]
    n = frozen["comparators"]["neighbours_n"]
    near = f"Median of {n} statistical {_plural('neighbour', n)}"
    return frozen["comparators"]["neighbours_median"], near


def _plural(noun: str, n: int | None) -> str:
    return noun if n == 1 else f"{noun}s"


def _notes(frozen: Mapping[str, Any]) -> Iterable[str]:
    members = frozen["set"]["members"]
    yield f"Compared with: {frozen['set']['name']}. ▶ is {frozen['area']['name']}."
    if frozen["indicator"]["unit"] in UNRANKED_UNITS:
        region = frozen["comparators"]["region_name"]
        totals = list_words([name for name in (frozen["country"], region) if name])
        yield f"{totals}: totals of many authorities, not drawn beside one."
    valued = [member for member in members if member["value"] is not None]
    if any(member["provisional"] for member in valued):
        yield "p: provisional."
    if any(member["joint_with"] for member in valued):
        yield "*: joint return, one figure for two authorities."


def _foot(frozen: Mapping[str, Any]) -> tuple[str, ...]:
    release = frozen["release"]
    built = format_day(datetime.fromisoformat(release["built_at"]).date())
    return (
        f"{frozen['attribution'].removesuffix('.')}.",
        f"Period: {frozen['period']['period']}. Release {release['release_id']}, built {built}.",
        *((f"{DEMONSTRATION}.",) if frozen["demonstration"]
          and DEMONSTRATION not in frozen["attribution"] else ()),
    )  # fmt: skip
