"""Search over the indicators and the authorities of a release: forgives spelling, knows synonyms.

Works on the release's own titles, topics, definitions and publisher's keys; asks no database.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from alliance.service import Served
from alliance.synonyms import (
    ODD_PLURALS,
    Synonyms,
    Words,
    find_concepts,
    hold_concepts,
    open_synonyms,
    singular,
    split_words,
)

LONGEST_QUERY = 100
MOST_AREAS = 6
TITLE, KEY, TOPIC, LABELS, DEFINITION = 1.0, 0.95, 0.6, 0.42, 0.4
FIRM = 0.55
"""A word found with this weight or more is found in the title, the topic or the key."""
PREFIX, MISSPELT, RELATED = 0.85, 0.8, 0.9
BREVITY, BEGINS, OF_THE_TOPIC = 0.3, 0.15, 0.15
"""What a title gains that says little else, begins with what is asked, and is in its topic."""
FEWEST_LETTERS, SURE_LETTERS = 4, 7
"""Shorter words are never corrected: nearly all of them are one letter from another. From so many
letters on the first may be wrong too."""
_EDITS = ((9, 3), (6, 2), (FEWEST_LETTERS, 1))
_IDLE = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "have", "how", "in",
     "is", "it", "its", "not", "of", "on", "or", "our", "per", "than", "that", "the", "their",
     "there", "these", "this", "those", "to", "was", "were", "what", "when", "where", "which",
     "who", "with", "year", "we"}
)  # fmt: skip
"""Words that say nothing of which indicator is meant."""
_UNIT_WORDS = {"10", "000", "percentage", "rate", "number", "per", "child"}
_UNHELPFUL = {"rate", "number", "percentage", "percent", "proportion", "total", "average", "figure"}
"""Words of a query that say no more than that a figure is wanted: nice to find, never needed."""


@dataclass(frozen=True, slots=True)
class Match:
    """An indicator that was found, how well (0 to about 1.3), and why in words: empty where its
    title has the very words."""

    indicator_id: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class AreaMatch:
    """An authority whose name was found."""

    area_code: str
    score: float


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word or a concept of the query: what may stand for it, each with how well it does."""

    asked: str
    forms: Mapping[str, float]
    needed: bool = True


class Index:
    """Where each word and concept stands, over all indicators of a release."""

    def __init__(self, indicators: Mapping[str, Mapping[str, Any]], synonyms: Synonyms) -> None:
        self.synonyms = synonyms
        self.indicators = indicators
        self.concepts_in_title: dict[str, set[str]] = {}
        self.title_size: dict[str, int] = {}
        self.title_words: dict[str, str] = {}
        self.title_start: dict[str, set[str]] = {}
        self.topic_forms: dict[str, set[str]] = {}
        self._places: dict[str, dict[str, float]] = defaultdict(dict)
        for key, row in indicators.items():
            self._add(key, row)
        self._commonness = Counter({form: len(found) for form, found in self._places.items()})
        words = {*ODD_PLURALS, *(word for words in synonyms.concepts for word in words)}
        self.vocabulary = sorted({w for w in {*self._places, *words} if not w.startswith("#")})
        self._known = set(self.vocabulary)
        self._total = max(1, len(indicators))

    def _add(self, key: str, row: Mapping[str, Any]) -> None:
        own_key = row["source_key"] or ""
        fields = (
            (row["title"], TITLE),
            ("" if "." in own_key else f"{own_key} {own_key.replace('_', ' ')}", KEY),
            (key.removeprefix("lait_"), KEY),
            (row["domain"], TOPIC),
            (f"{row['numerator_label'] or ''} {row['denominator_label'] or ''}", LABELS),
            (row["definition"] or "", DEFINITION),
        )
        for text, weight in fields:
            words = split_words(text)
            concepts = hold_concepts(words, self.synonyms)
            for form in (*words, *(f"#{name}" for name in concepts)):
                places = self._places[form]
                places[key] = max(weight, places.get(key, 0.0))
            if weight == TITLE:
                self.concepts_in_title[key] = concepts
                self._note_title(key, words)
            elif weight == TOPIC:
                self.topic_forms[key] = {*words, *(f"#{name}" for name in concepts)}

    def _note_title(self, key: str, words: Words) -> None:
        """How many things a title says besides its unit, and what it begins with."""
        spans = list(find_concepts(words, self.synonyms))
        within = {place for _, start, end in spans for place in range(start, end)}
        telling = [
            word
            for place, word in enumerate(words)
            if place not in within and word not in _IDLE and word not in _UNIT_WORDS
        ]
        self.title_size[key] = max(1, len(spans) + len(telling))
        starts = {name for name, start, _ in spans if start == 0}
        self.title_words[key] = f" {' '.join(words)} "
        self.title_start[key] = {*words[:1], *(f"#{name}" for name in starts)}

    def places(self, form: str) -> Mapping[str, float]:
        """The indicators in which a word or a #concept stands, with the weight of where."""
        return self._places.get(form, {})

    def weigh(self, unit: _Unit) -> float:
        """How much a part of the query says: the rarer it is, the more."""
        common = max((self._commonness[form] for form in unit.forms), default=0)
        return math.log(1 + self._total / (1 + common)) * (1.0 if unit.needed else 0.25)

    def correct(self, word: str) -> str | None:
        """The word of the vocabulary nearest to a misspelt one, if any is near enough."""
        if word in self._known:
            return word
        edits = next((edits for length, edits in _EDITS if len(word) >= length), 0)
        if not edits or word.isdigit():
            return None
        near = process.extract(
            word, self.vocabulary, scorer=DamerauLevenshtein.distance, score_cutoff=edits, limit=12
        )
        ranked = sorted(
            (distance, known[0] != word[0], -self._commonness[known], known)
            for known, distance, _ in near
            if known[0] == word[0] or len(word) >= SURE_LETTERS
        )
        return singular(ranked[0][-1]) if ranked else None

    def begun(self, word: str) -> Iterator[str]:
        """The words that begin so, for one that is still being typed."""
        return (known for known in self.vocabulary if known.startswith(word) and known != word)


def index_of(served: Served) -> Index:
    """The index of a release, made when first asked for."""
    return served.kept(_build_index)


def _build_index(served: Served) -> Index:
    return Index(served.indicators, open_synonyms())


def search_indicators(served: Served, query: str) -> tuple[Match, ...]:
    """The indicators that a query finds, best first; none for a query without a word.

    Those that have every needed word in title, topic or key come first, then those that have it in
    the definition, then those that have most; within each, headline indicators come first.
    """
    index = index_of(served)
    units = read_query(index, query)
    needed = [unit for unit in units if unit.needed] or units
    if not units:
        return ()
    found: list[tuple[int, Match]] = []
    for key in _candidates(index, needed):
        tier, match = _score(index, key, units, needed)
        if tier < PARTIAL or match.score >= MOST_OF_IT:
            found.append((tier, match))
    for worse in (1, PARTIAL):
        better = [item for item in found if item[0] < worse]
        if len(better) >= ENOUGH[worse]:
            found = better
            break
    found.sort(key=lambda item: _order(served, *item))
    return tuple(match for _, match in found)


PARTIAL = 2
MOST_OF_IT = 0.45
ENOUGH = {1: 3, PARTIAL: 1}
"""With so many of a better kind, those whose definition alone has the words, and those that lack
one of them, are not shown."""


def _order(served: Served, tier: int, match: Match) -> tuple[Any, ...]:
    row = served.indicators[match.indicator_id]
    return tier, not row["headline"], -round(match.score, 3), row["title"]


def _candidates(index: Index, units: Iterable[_Unit]) -> set[str]:
    return {key for unit in units for form in unit.forms for key in index.places(form)}


def read_query(index: Index, query: str) -> list[_Unit]:
    """The words and concepts of a query, misspellings put right."""
    asked = split_words(query[:LONGEST_QUERY])
    corrected = tuple(index.correct(word) or word for word in asked)
    units: list[_Unit] = []
    covered: set[int] = set()
    for name, start, end in find_concepts(corrected, index.synonyms):
        words = " ".join(asked[start:end])
        related = {f"#{other}": RELATED for other in index.synonyms.also[name]}
        units.append(_Unit(words, {f"#{name}": 1.0, **related}))
        covered |= set(range(start, end))
    for place, word in enumerate(corrected):
        last = place == len(corrected) - 1
        if last and place in covered:
            units[-1] = _widen(index, units[-1], asked[place]) if len(asked) == 1 else units[-1]
        elif place not in covered and (word not in _IDLE):
            forms = _forms(index, asked[place], word, typing=last)
            units.append(_Unit(asked[place], forms, word not in _UNHELPFUL))
    return units


def _widen(index: Index, unit: _Unit, word: str) -> _Unit:
    """A concept of one word that may be the beginning of a longer one."""
    return _Unit(unit.asked, {**dict.fromkeys(index.begun(word), 0.5), **unit.forms})


def _forms(index: Index, asked: str, corrected: str, *, typing: bool) -> dict[str, float]:
    forms: dict[str, float] = {}
    if len(asked) >= 2 and (typing or len(asked) >= FEWEST_LETTERS):
        forms = dict.fromkeys(index.begun(asked), PREFIX)
    if asked != corrected and not forms:
        forms[corrected] = MISSPELT
    if asked == corrected:
        forms[asked] = 1.0
    return forms


def _score(index: Index, key: str, units: list[_Unit], needed: list[_Unit]) -> tuple[int, Match]:
    """The tier and the match of one indicator: the share of the query's weight that it holds, and
    a little for a title that says little else."""
    held = {unit.asked: _held(index, key, unit) for unit in units}
    total = sum(index.weigh(unit) for unit in units)
    score = sum(index.weigh(unit) * held[unit.asked][1] for unit in units) / (total or 1.0)
    weakest = min(held[unit.asked][1] for unit in needed)
    tier = 0 if weakest >= FIRM * MISSPELT else 1 if weakest > 0 else PARTIAL
    forms = {form for form, weight in held.values() if weight}
    firm = sum(held[unit.asked][1] >= TITLE * MISSPELT for unit in units)
    score += BREVITY * min(1.0, firm / index.title_size[key])
    score += BEGINS * bool(forms & index.title_start[key])
    score += OF_THE_TOPIC * bool(forms & index.topic_forms[key])
    return tier, Match(key, score, _reason(index, key, units, held))


def _held(index: Index, key: str, unit: _Unit) -> tuple[str, float]:
    """Which form of a part of the query an indicator has, and how well it stands for it."""
    best = ("", 0.0)
    for form, quality in unit.forms.items():
        weight = quality * index.places(form).get(key, 0.0)
        if weight > best[1]:
            best = (form, weight)
    return best


def _reason(
    index: Index, key: str, units: list[_Unit], held: Mapping[str, tuple[str, float]]
) -> str:
    title = index.title_words[key]
    said: dict[str, None] = {}
    elsewhere = False
    for unit in units:
        form, weight = held[unit.asked]
        if not form or f" {unit.asked} " in title:
            continue
        name = form.removeprefix("#")
        in_title = name in index.concepts_in_title[key] or f" {name} " in title
        if in_title and name != unit.asked:
            said[f"“{name}”"] = None
        elif not in_title:
            elsewhere = elsewhere or weight < FIRM
            if weight >= FIRM and form.startswith("#"):
                said[f"“{name}”"] = None
    words = f"matches {' and '.join(said)}" if said else ""
    return "; ".join(filter(None, (words, "in its definition" if elsewhere else "")))


def words_for(served: Served, indicator_id: str) -> str:
    """Everything that people call the things in an indicator's title, for a picker's search."""
    index = index_of(served)
    names = index.concepts_in_title[indicator_id]
    terms = [term for name in sorted(names) for term in (name, *index.synonyms.by_name[name])]
    return " ".join(terms).casefold()


# Authorities -----------------------------------------------------------------------------------

_IDLE_NAMES = {"the", "of", "and", "upon", "city", "county", "council", "borough", "with", "on"}
_SAME = {"saint": "st"}


def search_areas(served: Served, query: str) -> tuple[AreaMatch, ...]:
    """The authorities whose name a query finds, best first, at most six; those that exist before
    those that have ceased."""
    places = open_synonyms().places
    words = _place_words(query[:LONGEST_QUERY])
    if not words:
        return ()
    spelt_out = _spell_out(words, places)
    found = []
    for code, area in served.authorities.items():
        name = _place_words(area["name"])
        score = max(_name_score(words, name), _name_score(spelt_out, name))
        if score:
            found.append((area["valid_to"] is not None, -score, area["name"], code))
    return tuple(AreaMatch(code, -score) for _, score, _, code in sorted(found)[:MOST_AREAS])


def _spell_out(words: Words, places: Mapping[Words, Words]) -> Words:
    """The words with what stands for a name, or for a part of one, written out."""
    whole = places.get(words)
    if whole is not None:
        return tuple(word for word in whole if word not in _IDLE_NAMES)
    return tuple(part for word in words for part in places.get((word,), (word,)))


def _place_words(text: str) -> Words:
    words = tuple(_SAME.get(word, word) for word in split_words(text))
    return tuple(word for word in words if word not in _IDLE_NAMES)


def _name_score(asked: Words, name: Words) -> float:
    """How well a name holds every word asked for; 0 where one is not in it."""
    scores = [max((_word_score(word, own) for own in name), default=0.0) for word in asked]
    if not scores or min(scores) == 0:
        return 0.0
    return sum(scores) / max(len(name), len(asked))


def _word_score(asked: str, own: str) -> float:
    if asked == own:
        return 1.0
    if len(asked) >= 3 and own.startswith(asked):
        return PREFIX
    edits = 2 if len(asked) >= 8 else 1 if len(asked) >= 5 else 0
    near = (
        edits
        and asked[0] == own[0]
        and (
            DamerauLevenshtein.distance(asked, own, score_cutoff=edits) <= edits
            or _once(asked) == _once(own)
        )
    )
    return MISSPELT if near else 0.0


def _once(word: str) -> str:
    """A word without its doubled letters, of which the wrong one is often doubled: “Wirall”."""
    return "".join(letter for letter, _ in groupby(word))
