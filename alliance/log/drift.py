"""What became of a frozen figure: revised, suppressed, overtaken by a newer one, declared anew.

Compares what was frozen with the release being served, and says it in sentences. Every verdict is
one of the `indicators` package. Never repeats, nor lets be worked out, a figure that the release
being served no longer gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from alliance.comparison_set import Row
from alliance.log.entry import FrozenEvidence
from alliance.log.freezing import (
    COMPARED,
    ENGLAND,
    INTERVALS,
    NEIGHBOURS,
    OWN,
    RANKS,
    REGION,
    draw_picture,
    region_codes,
    verdicts_of,
)
from alliance.service import Served
from indicators.change_test import change_words, moved_words, test_change
from indicators.counts import scale_of
from indicators.impact import places_apart
from indicators.words import (
    GRADE,
    absence_sentence,
    england_words,
    format_number,
    format_with_unit,
    grade_parts,
    list_words,
    period_words,
)
from ingest.grades import grade_words
from ingest.statuses import SUPPRESSED

_FIGURES = """
SELECT
    c.*, o.status, o.symbol, o.provisional, o.joint_with, o.numerator, o.denominator
FROM comparison AS c
JOIN (
    SELECT UNNEST($indicator_ids) AS indicator_id, UNNEST($periods) AS period
) AS w ON w.indicator_id = c.indicator_id AND w.period = c.period
JOIN observation AS o
    ON o.indicator_id = c.indicator_id AND o.area_code = c.area_code AND o.period = c.period
WHERE list_contains($area_codes, c.area_code)
ORDER BY c.indicator_id, c.period_end, c.area_code
"""

_NEAR = """
SELECT area_code, neighbour_code
FROM neighbour
WHERE list_contains($area_codes, area_code) AND model = (SELECT MAX(model) FROM neighbour)
ORDER BY area_code, position
"""


NEWEST = 3
"""Of the periods since, so many are looked at for a figure, the newest first."""


class Kind(StrEnum):
    """What can become of a frozen figure; the first matters most."""

    SUPPRESSED = "suppressed"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    REVISED = "revised"
    APPEARED = "appeared"
    STANDING = "standing"
    NEWER = "newer"
    DEFINITION = "definition"
    NEIGHBOURS = "neighbours"


KIND_WORDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.SUPPRESSED: "Suppressed since",
        Kind.WITHDRAWN: "Withdrawn since",
        Kind.GONE: "No longer in the release",
        Kind.REVISED: "Revised since",
        Kind.APPEARED: "Published since",
        Kind.STANDING: "Stands otherwise beside the others",
        Kind.NEWER: "A newer figure is out",
        Kind.DEFINITION: "Declared anew",
        Kind.NEIGHBOURS: "Other statistical neighbours",
    }
)
"""Each kind in a few words, for a list."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that changed: its kind, and a sentence or more with a full stop."""

    kind: Kind
    sentence: str


@dataclass(frozen=True, slots=True)
class Drift:
    """What became of one frozen figure in the release `release_id`: at least one point, what
    matters most first. `verdict_changed`: it differs from somebody it did not differ from, or no
    longer does, in its own period or the newest. `sentence` is the figure's own sentence, fit to
    show: without a figure that was withdrawn since."""

    evidence_id: int
    release_id: str
    points: tuple[Point, ...]
    verdict_changed: bool
    sentence: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """What to say of it, most important first."""
        return tuple(point.sentence for point in self.points)

    @property
    def words(self) -> str:
        """The most important point in a few words."""
        return KIND_WORDS[self.points[0].kind]


def drift_of(served: Served, frozen: FrozenEvidence) -> Drift | None:
    """What the release being served has otherwise than what was frozen; None where nothing is."""
    return drifting(served, [frozen]).get(frozen.id)


def drifting(served: Served, frozen: Sequence[FrozenEvidence]) -> dict[int, Drift]:
    """The drift of many figures by the evidence's number, of those that drifted: two queries,
    however many there are."""
    older = [one for one in frozen if one.release_id != served.info.release_id]
    known = [one for one in older if _followable(served, one)]
    now = _Now(served, known) if known else None
    found = {}
    for one in older:
        points, changed = (
            (_lost(served, one), False)
            if now is None or one not in known
            else _Since(served, one, now).points()
        )
        if points:
            found[one.id] = Drift(
                one.id, served.info.release_id, tuple(points), changed,
                _sentence(served, one, points),
            )  # fmt: skip
    return found


def nothing_changed(frozen: FrozenEvidence) -> str:
    """What is said of a figure that has not drifted."""
    kept = frozen.frozen
    if kept["figure"]["value"] is None:
        return f"Nothing has changed: the figure is still {_absence_then(kept)} {_when(kept)}."
    said = _standing({key: (now, now) for key, now in kept["verdicts"].items()}, _names(kept))
    beside = f". It {said}." if said else _country_then(kept)
    return (
        f"Nothing has changed: the release being served has the same {_noun(kept)}, "
        f"{_shown(kept, kept['figure']['value'])} {_when(kept)}{beside}"
    )


def _later(served: Served, one: FrozenEvidence) -> dict[str, date]:
    """The periods in which somebody has a figure, since that of the frozen one, oldest first, with
    their last days."""
    end = date.fromisoformat(one.frozen["period"]["period_end"])
    rows = served.periods.get(one.indicator_id, [])
    return {row["period"]: row["period_end"] for row in rows if row["period_end"] > end}


def _followable(served: Served, one: FrozenEvidence) -> bool:
    return one.indicator_id in served.indicators and one.area_code in served.authorities


# What the release being served has ---------------------------------------------------------------


class _Now:
    """The figures and neighbours now served of many frozen figures, read at once."""

    def __init__(self, served: Served, frozen: Sequence[FrozenEvidence]) -> None:
        own = sorted({one.area_code for one in frozen})
        self.near: dict[str, list[str]] = {code: [] for code in own}
        for row in served.release.ask(_NEAR, area_codes=own):
            self.near[row["area_code"]].append(row["neighbour_code"])
        self.sets = {
            code: {REGION: region_codes(served, code), NEIGHBOURS: frozenset(self.near[code])}
            for code in own
        }
        wanted = {code for sets in self.sets.values() for codes in sets.values() for code in codes}
        pairs = sorted({
            (one.indicator_id, period)
            for one in frozen
            for period in (one.period, *list(_later(served, one))[-NEWEST:])
        })  # fmt: skip
        self.figures: dict[str, dict[str, list[Row]]] = {key: {} for key, _ in pairs}
        for row in served.release.ask(
            _FIGURES,
            indicator_ids=[key for key, _ in pairs],
            periods=[period for _, period in pairs],
            area_codes=sorted({*own, *wanted}),
        ):
            self.figures[row["indicator_id"]].setdefault(row["period"], []).append(row)

    def row(self, one: FrozenEvidence, period: str) -> Row | None:
        """The authority's own row of a period."""
        rows = self.figures[one.indicator_id].get(period, [])
        return next((row for row in rows if row["area_code"] == one.area_code), None)


@dataclass(frozen=True, slots=True)
class _Since:
    """One frozen figure beside what is served now."""

    served: Served
    one: FrozenEvidence
    now: _Now

    @property
    def frozen(self) -> Mapping[str, Any]:
        return self.one.frozen

    @property
    def indicator(self) -> Row:
        return self.served.indicators[self.one.indicator_id]

    @property
    def comparable(self) -> bool:
        """Whether figures then and now are of one unit."""
        return bool(self.indicator["unit"] == self.frozen["indicator"]["unit"])

    def points(self) -> tuple[list[Point], bool]:
        """What changed, most important first, and whether a verdict did."""
        row = self.now.row(self.one, self.one.period)
        own, changed_then = self._own_point(row)
        newer, changed_now = self._newer_point(row)
        parts = (own, newer, self._definition_point(row), self._neighbours_point())
        return [point for point in parts if point is not None], changed_then or changed_now

    # The figure itself

    def _own_point(self, row: Row | None) -> tuple[Point | None, bool]:
        old = self.frozen["figure"]["value"]
        if self.one.period not in self.now.figures[self.one.indicator_id]:
            return self._period_gone(), False
        if row is None or row["value"] is None:
            return (None if old is None else self._no_longer(row)), False
        if not self.comparable:
            return None, False
        verdicts = self._verdicts(row)
        changed = _changed(verdicts)
        if old is None:
            return self._appeared(row), False
        if _told_apart(old, row["value"], self._unit):
            return self._revised(old, row, verdicts), bool(changed)
        return (self._stands_otherwise(row, changed) if changed else None), bool(changed)

    @property
    def _unit(self) -> str:
        return str(self.indicator["unit"])

    def _period_gone(self) -> Point:
        shown = _shown_then(self.frozen)
        return Point(
            Kind.GONE,
            f"The release being served has no figures for {self.one.period} any more, so this "
            f"one ({shown} {_when(self.frozen)}) cannot be checked against it.",
        )

    def _no_longer(self, row: Row | None) -> Point:
        """Never says what the figure was."""
        who = f"of {self.served.name(self.one.area_code)} {_when(self.frozen)}"
        if row is not None and row["status"] == SUPPRESSED:
            return Point(
                Kind.SUPPRESSED,
                f"The {_noun(self.frozen)} {who}, on which this rests, is now suppressed by its "
                "publisher, so it is no longer shown.",
            )
        why = self.served.absence(row) if row is not None else "no figure"
        return Point(
            Kind.WITHDRAWN,
            f"The {_noun(self.frozen)} {who}, on which this rests, has been withdrawn by its "
            f"publisher (now: {why}), so it is no longer shown.",
        )

    def _appeared(self, row: Row) -> Point:
        verdicts: _Verdicts = {key: (None, new) for key, (_, new) in self._verdicts(row).items()}
        return Point(
            Kind.APPEARED,
            f"When this was taken the {_noun(self.frozen)} {_when(self.frozen)} was "
            f"{_absence_then(self.frozen)}; it is now {self._value(row)}"
            f"{self._beside(row, verdicts)}",
        )

    def _revised(self, old: float, row: Row, verdicts: _Verdicts) -> Point:
        places = places_apart(old, row["value"], self.indicator["decimals"])
        was, now = (format_with_unit(value, self._unit, places) for value in (old, row["value"]))
        return Point(
            Kind.REVISED,
            f"This rests on {was} {_when(self.frozen)}; the revised {_noun(self.frozen)} is {now}"
            f"{self._beside(row, verdicts)}",
        )

    def _stands_otherwise(self, row: Row, changed: _Verdicts) -> Point:
        return Point(
            Kind.STANDING,
            f"The {_noun(self.frozen)} is still {self._value(row)} {_when(self.frozen)}, but what "
            f"it is compared with has changed: it {_standing(changed, self._names(row))}.",
        )

    # A newer one

    def _newer_point(self, row: Row | None) -> tuple[Point | None, bool]:
        later = list(_later(self.served, self.one))
        if not later:
            return None, False
        rows = [found for period in later if (found := self.now.row(self.one, period)) is not None]
        known = [found for found in rows if found["value"] is not None]
        if not known or not self.comparable:
            return self._newer_absent(later[-1], rows), False
        newest = known[-1]
        verdicts = self._verdicts(newest)
        words = self._newer_words(row, newest, verdicts)
        if newest["period"] != later[-1]:
            words += f" {self._absent_in(later[-1], rows)}"
        return Point(Kind.NEWER, words), bool(_changed(verdicts))

    def _newer_absent(self, period: str, rows: Sequence[Row]) -> Point:
        return Point(Kind.NEWER, f"A newer period is out. {self._absent_in(period, rows)}")

    def _absent_in(self, period: str, rows: Sequence[Row]) -> str:
        """That there is no figure of this authority in a period, or one in another unit."""
        ends = _later(self.served, self.one)[period]
        when = period_words(period, ends, self.indicator["timing"])
        newest = next((row for row in rows if row["period"] == period), None)
        name = self.served.name(self.one.area_code)
        if newest is not None and newest["value"] is not None:
            return f"{name}: {self._value(newest)} {when}, in another unit than then."
        existed = self.served.existed(self.one.area_code, ends)
        return absence_sentence(name, newest["status"] if newest else None, when, existed=existed)

    def _newer_words(self, earlier: Row | None, newest: Row, verdicts: _Verdicts) -> str:
        when = period_words(newest["period"], newest["period_end"], self.indicator["timing"])
        marks = " (provisional)" if newest["provisional"] else ""
        opening = f"The newer {_noun(self.frozen)} is {self._value(newest)} {when}{marks}"
        if earlier is not None and earlier["value"] is not None:
            opening += f", {self._moved(earlier, newest)}"
        return f"{opening}{self._beside(newest, verdicts)}"

    def _moved(self, earlier: Row, newest: Row) -> str:
        """How far the newer figure is from the one that this rests on, as it is now served."""
        if self._unit == GRADE:
            same = earlier["value"] == newest["value"]
            return "as it was" if same else f"where it was {grade_words(earlier['value'])}"
        decimals, since = self.indicator["decimals"], f"since {self.one.period}"
        difference = newest["value"] - earlier["value"]
        change = test_change(
            earlier, newest, method=self.indicator["interval_method"],
            scale=scale_of(self.indicator),
        )  # fmt: skip
        if change.significant is None:
            moved = moved_words(difference, self._unit, decimals)
            return f"{moved} {since} (not tested: {change.reason})"
        change = replace(change, difference=difference)
        return change_words(change, unit=self._unit, decimals=decimals, since=since)

    # What it is measured by and against

    def _definition_point(self, row: Row | None) -> Point | None:
        then, now = self.frozen["indicator"], self.indicator
        changed = [words for key, words in _DECLARED.items() if then.get(key) != now[key]]
        if not changed:
            return None
        have = "has" if len(changed) == 1 else "have"
        what = list_words(changed)
        gone = row is None or row["value"] is None
        shown = "a figure" if gone else _shown_then(self.frozen)
        return Point(
            Kind.DEFINITION,
            f"{_capital(what)} {have} changed since this was taken ({shown} "
            f"{_when(self.frozen)}), so figures then and now may not be of the same thing.",
        )

    def _neighbours_point(self) -> Point | None:
        then = {row["code"]: row["name"] for row in self.frozen["neighbours"]}
        now = self.now.near[self.one.area_code]
        if not then or set(then) == set(now):
            return None
        name = self.served.name(self.one.area_code)
        if not now:
            words = f"The release being served no longer says who they are: they were {len(then)}."
            return Point(Kind.NEIGHBOURS, f"{name} had statistical neighbours then. {words}")
        came = [self.served.name(code) for code in now if code not in then]
        went = [called for code, called in then.items() if code not in now]
        parts = [
            *([f"{list_words(came)} came"] if came else []),
            *([f"{list_words(went)} went"] if went else []),
        ]
        return Point(
            Kind.NEIGHBOURS,
            f"{name} has other statistical neighbours than when this was taken, {len(now)} now and "
            f"{len(then)} then: {'; '.join(parts)}.",
        )

    # Words

    def _value(self, row: Row) -> str:
        return format_with_unit(row["value"], self._unit, self.indicator["decimals"])

    def _names(self, row: Row) -> Mapping[str, str]:
        return {
            ENGLAND: str(self.served.country["name"]),
            REGION: self.served.region_of(row["area_code"]),
            NEIGHBOURS: "its statistical neighbours",
        }

    def _verdicts(self, row: Row) -> _Verdicts:
        """What was said of the figure against each, and what is now said of that row."""
        figures = self.now.figures[self.one.indicator_id].get(row["period"], [])
        now = verdicts_of(row, figures, self.indicator, self.now.sets[self.one.area_code])
        then = self.frozen["verdicts"]
        return {key: (then.get(key), now.get(key)) for key in COMPARED}

    def _beside(self, row: Row, verdicts: _Verdicts) -> str:
        """The rest of a sentence that has named a figure: how it stands to the others, tested or,
        where nothing can be, as a fact."""
        said = _standing(verdicts, self._names(row))
        if said:
            return f". It {said}."
        if self._unit == GRADE:
            parts = grade_parts(row, self.served.region_of(row["area_code"]))
            return f". {_capital('; '.join(parts))}." if parts else "."
        words = england_words(row, self.indicator, self.served.country["name"])
        return f". {_capital(words)}."


_Verdicts = Mapping[str, tuple[str | None, str | None]]
"""With whom, to what was said then and what is said now; None where it could not be tested."""

_DECLARED: Mapping[str, str] = MappingProxyType(
    {
        "title": "the indicator's title",
        "definition": "its definition",
        "unit": "its unit",
        "polarity": "which way is better",
        "timing": "what its periods are",
        "numerator_label": "what is counted",
        "denominator_label": "what it is counted out of",
        "interval_method": "the method of its interval",
    }
)
"""What of an indicator's declaration makes its figures others, in words."""


# Lost altogether ---------------------------------------------------------------------------------


def _lost(served: Served, one: FrozenEvidence) -> list[Point]:
    """Of what is not in the release at all any more: the indicator or the authority."""
    kept = one.frozen
    what = (
        f"The indicator “{kept['indicator']['title']}”"
        if one.indicator_id not in served.indicators
        else str(kept["area"]["name"])
    )
    return [
        Point(
            Kind.GONE,
            f"{what} is no longer in the release being served, so the figure that this rests on "
            f"({_shown_then(kept)} {_when(kept)}) cannot be followed.",
        )
    ]


# Standing in words -------------------------------------------------------------------------------


def _changed(verdicts: _Verdicts) -> _Verdicts:
    """Those that could be tested then and say something else now."""
    return {key: (old, new) for key, (old, new) in verdicts.items() if old and old != new}


def _standing(verdicts: _Verdicts, names: Mapping[str, str]) -> str:
    """`is still worse than England and no longer differs from East of England`: whom it stands
    alike to is named together. Empty where nothing could or can be tested."""
    groups: dict[str, list[str]] = {}
    for key, (old, new) in verdicts.items():
        if old or new:
            groups.setdefault(_stands(old, new), []).append(names[key])
    said = [f"{words} {list_words(whom)}" for words, whom in groups.items()]
    if len(said) < 2:
        return "".join(said)
    return f"{', '.join(said[:-1])}, and {said[-1]}"


def _stands(old: str | None, new: str | None) -> str:
    """The verb of one comparison, then and now."""
    if new is None:
        return "can no longer be tested against"
    if new == _SIMILAR:
        return {None: "does not differ by more than chance from",
                _SIMILAR: "still does not differ by more than chance from"}.get(
                    old, "no longer differs by more than chance from")  # fmt: skip
    if old is None:
        return f"is {new} than"
    return f"is {'still' if old == new else 'now'} {new} than"


_SIMILAR = "similar"


def _names(frozen: Mapping[str, Any]) -> Mapping[str, str]:
    return {
        ENGLAND: frozen["country"],
        REGION: frozen["area"]["region"],
        NEIGHBOURS: "its statistical neighbours",
    }


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _noun(frozen: Mapping[str, Any]) -> str:
    return "judgement" if frozen["indicator"]["unit"] == GRADE else "figure"


def _shown(frozen: Mapping[str, Any], value: float) -> str:
    return format_with_unit(value, frozen["indicator"]["unit"], frozen["indicator"]["decimals"])


def _shown_then(frozen: Mapping[str, Any]) -> str:
    value = frozen["figure"]["value"]
    return _absence_then(frozen) if value is None else _shown(frozen, value)


def _absence_then(frozen: Mapping[str, Any]) -> str:
    return str(frozen["figure"]["absence"])


def _when(frozen: Mapping[str, Any]) -> str:
    return str(frozen["period"]["when"])


def _country_then(frozen: Mapping[str, Any]) -> str:
    """The rest of a sentence: the country's figure, where there was one."""
    value = frozen["comparators"]["england"]
    return "." if value is None else f". {frozen['country']}: {_shown(frozen, value)}."


def _told_apart(old: float, new: float, unit: str) -> bool:
    """True where two figures differ in the decimals that a revision is told with."""
    if unit == GRADE:
        return old != new
    places = places_apart(old, new, 0)
    return format_number(old, places) != format_number(new, places)


# What may still be shown -------------------------------------------------------------------------


def as_shown(served: Served, one: FrozenEvidence) -> FrozenEvidence:
    """The evidence fit to show: as it was frozen, without the figures that the release being served
    no longer gives for that period, nor those that would let them be worked out."""
    if one.release_id == served.info.release_id or not _followable(served, one):
        return one
    rows = served.release.figures(one.indicator_id, one.period)
    if not rows:
        return one
    now = {row["area_code"]: row for row in rows}
    hidden = {
        code
        for code, value in _values(one.frozen)
        if value is not None and (code not in now or now[code]["value"] is None)
    }
    if not hidden:
        return one
    kept = _without(one.frozen, hidden, {code: _why(served, now.get(code)) for code in hidden})
    return replace(one, sentence=kept["sentence"], frozen=kept, picture=draw_picture(kept))


def _values(frozen: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    yield frozen["area"]["code"], frozen["figure"]["value"]
    for member in frozen["set"]["members"]:
        yield member["code"], member["value"]


def _why(served: Served, row: Row | None) -> str:
    why = "no figure" if row is None else served.absence(row)
    return f"{why}, since this was taken"


def _without(
    frozen: Mapping[str, Any], hidden: Iterable[str], why: Mapping[str, str]
) -> dict[str, Any]:
    """What was frozen without those authorities' figures, and without what rests on them."""
    gone = set(hidden)
    kept = dict(frozen)
    own = frozen["area"]["code"]
    kept["set"] = frozen["set"] | {
        "members": [
            member | dict.fromkeys((*INTERVALS, "value", "rank_england"))
            | {"absence": why[member["code"]]} if member["code"] in gone else member
            for member in frozen["set"]["members"]
        ]
    }  # fmt: skip
    kept["evidence"] = None
    if gone - {own} and frozen["set"].get("median"):
        kept["set"]["median"] = None
    near = {row["code"] for row in frozen["neighbours"]}
    if near & gone:
        kept["comparators"] = frozen["comparators"] | dict.fromkeys(
            ("neighbours_mean", "neighbours_median")
        )
    if own in gone:
        kept["figure"] = frozen["figure"] | dict.fromkeys((*OWN, *RANKS)) | {"absence": why[own]}
        kept["verdicts"] = dict.fromkeys(frozen["verdicts"])
        kept["sentence"] = f"{frozen['area']['name']}: {why[own]} ({_when(frozen)})."
    return kept


def _sentence(served: Served, one: FrozenEvidence, points: Sequence[Point]) -> str:
    """The figure's own sentence, unless the figure is no longer given."""
    if {point.kind for point in points} & {Kind.SUPPRESSED, Kind.WITHDRAWN}:
        words = KIND_WORDS[points[0].kind].lower()
        return f"{one.frozen['area']['name']}: {words} by its publisher ({_when(one.frozen)})."
    return one.sentence
