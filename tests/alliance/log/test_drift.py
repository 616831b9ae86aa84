"""What became of a frozen figure, over two releases by hand, and what no sentence may say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alliance.components.indicator_subject import read_subject
from alliance.log.drift import (
    KIND_WORDS,
    Drift,
    Kind,
    Point,
    as_shown,
    drift_of,
    drifting,
    nothing_changed,
)
from alliance.log.entry import FrozenEvidence
from alliance.log.freezing import plain, record_figure
from alliance.service import Served
from alliance.settings import load_settings
from alliance.view import parse_view
from indicators.queries import Release
from ingest.release import ReleaseStore
from tests import builders
from tests.alliance.drawn import JUDGEMENT, UNREADABLE, grammar_faults, says_a_figure
from tests.alliance.log.frozen_figures import ASHBY, AT, BIRCH, DUNSTAN, kept, served_of, take
from tests.conftest import Small
from tests.demonstration import CITY, FENSHIRE, Figures

Edit = Callable[[builders.Table], None]
OTHER = "20200101T000000Z-00000000"
"""A release that is not the one being served."""


def edit_care(small: Small, edit: Edit) -> None:
    """A second release, in which the table of stable homes is edited."""
    table = builders.ees_files()[builders.CARE]
    edit(table)
    small.put({builders.CARE: table.bytes()})
    small.refresh()


def put_cells(code: str, year: str, number: str, percentage: str) -> Edit:
    def edit(table: builders.Table) -> None:
        (row,) = table.find(time_period=year, old_la_code=code, stability="Stable")
        row |= {"number": number, "percentage": percentage}

    return edit


def drift_after(small: Small, edit: Edit, code: str = ASHBY, period: str = "2025") -> Drift | None:
    figure = kept(take(served_of(small), code, "stable_pct", period))
    edit_care(small, edit)
    return drift_of(served_of(small), figure)


def kinds(drift: Drift | None) -> list[Kind]:
    assert drift is not None
    return [point.kind for point in drift.points]


def without_year(table: builders.Table, year: str) -> builders.Table:
    return builders.Table(table.columns, [r for r in table.rows if r["time_period"] != year])


def test_in_the_release_that_it_was_frozen_from_nothing_has_drifted(small: Small) -> None:
    served = served_of(small)
    figure = kept(take(served, ASHBY, "stable_pct", "2025"))
    assert drift_of(served, figure) is None
    assert nothing_changed(figure) == (
        "Nothing has changed: the release being served has the same figure, 53% in the year to "
        "31 March 2025. It still does not differ by more than chance from Testland, Northland "
        "and its statistical neighbours."
    )


def test_a_revised_figure_is_told_with_what_it_now_differs_from(small: Small) -> None:
    # 80 of 150 (53 %) become 50 of 150 (33 %): Wilson 26.3 to 41.2 %. Testland has 53 %; the rest
    # of Northland together have 69 + 84 of 128 + 159 (53 %): both lie above, and higher is better.
    drift = drift_after(small, put_cells(ASHBY, "2025", "50", "33"))
    assert kinds(drift) == [Kind.REVISED]
    assert drift is not None
    assert drift.verdict_changed
    assert drift.sentences == (
        "This rests on 53% in the year to 31 March 2025; the revised figure is 33%. It is now "
        "worse than Testland, Northland and its statistical neighbours.",
    )
    assert drift.words == "Revised since"


def test_a_revision_back_no_longer_differs(small: Small) -> None:
    edit_care(small, put_cells(ASHBY, "2025", "50", "33"))
    drift = drift_after(small, put_cells(ASHBY, "2025", "81", "54"))
    assert drift is not None
    assert drift.verdict_changed
    assert drift.sentences[0] == (
        "This rests on 33% in the year to 31 March 2025; the revised figure is 54%. It no longer "
        "differs by more than chance from Testland, Northland and its statistical neighbours."
    )


@pytest.mark.parametrize(
    ("symbol", "kind", "words"),
    [("c", Kind.SUPPRESSED, "suppressed"), ("x", Kind.WITHDRAWN, "not available")],
)
def test_a_figure_that_is_no_longer_given_is_never_repeated(
    small: Small, symbol: str, kind: Kind, words: str
) -> None:
    edit_care(small, put_cells(ASHBY, "2025", "62", "41"))
    before = kept(take(served_of(small), ASHBY, "stable_pct", "2025"))
    edit_care(small, put_cells(ASHBY, "2025", symbol, symbol))
    served = served_of(small)
    drift = drift_of(served, before)
    assert kinds(drift)[0] is kind
    assert drift is not None
    shown = as_shown(served, before)
    assert words in drift.sentences[0]
    assert before.frozen["figure"]["value"] == 41.0
    own = shown.frozen["figure"]
    assert {own[name] for name in ("value", "numerator", "ci95_low", "rank_region")} == {None}
    for said in (*drift.sentences, drift.sentence, shown.sentence, shown.picture):
        assert "41%" not in said
    assert shown.frozen["evidence"] is None


def test_another_member_s_figure_that_is_now_suppressed_is_not_shown_either(small: Small) -> None:
    before = kept(take(served_of(small), ASHBY, "stable_pct", "2025"))
    edit_care(small, put_cells(BIRCH, "2025", "c", "c"))
    served = served_of(small)
    shown = as_shown(served, before)
    (birch,) = [m for m in shown.frozen["set"]["members"] if m["code"] == BIRCH]
    (was,) = [m for m in before.frozen["set"]["members"] if m["code"] == BIRCH]
    assert was["value"] is not None
    assert (birch["value"], birch["ci95_low"], birch["rank_england"]) == (None, None, None)
    assert "No figure (suppressed, since this was taken): Birch and Holt." in shown.picture
    assert shown.frozen["figure"] == before.frozen["figure"]
    assert before.frozen["set"]["median"]["label"] in before.picture
    assert shown.frozen["set"]["median"] is None
    assert before.frozen["set"]["median"]["label"] not in shown.picture
    near = {row["code"] for row in before.frozen["neighbours"]}
    mean = shown.frozen["comparators"]["neighbours_mean"]
    assert (mean is None) == (BIRCH in near)


def test_evidence_from_the_release_being_served_is_shown_as_it_is(small: Small) -> None:
    served = served_of(small)
    figure = kept(take(served, ASHBY, "stable_pct", "2025"))
    assert as_shown(served, figure) is figure


def test_a_figure_that_was_suppressed_and_is_published_since_is_told(small: Small) -> None:
    drift = drift_after(small, put_cells(DUNSTAN, "2025", "50", "43"), DUNSTAN)
    assert kinds(drift) == [Kind.APPEARED]
    assert drift is not None
    assert drift.sentences[0].startswith(
        "When this was taken the figure in the year to 31 March 2025 was suppressed; it is now 43%"
    )


def test_a_figure_that_stands_beside_others_that_were_revised(small: Small) -> None:
    def others_lower(table: builders.Table) -> None:
        for row in table.find(time_period="2025", stability="Stable"):
            if row["old_la_code"] not in (ASHBY, DUNSTAN) and row["number"].isdigit():
                row |= {"number": str(int(row["number"]) // 3), "percentage": "18"}

    drift = drift_after(small, others_lower)
    assert kinds(drift) == [Kind.STANDING]
    assert drift is not None
    assert drift.sentences[0] == (
        "The figure is still 53% in the year to 31 March 2025, but what it is compared with has "
        "changed: it is now better than Testland, Northland and its statistical neighbours."
    )


def test_a_newer_figure_says_which_way_and_whether_chance_would_do(small: Small) -> None:
    files = builders.ees_files()
    full = files[builders.CARE]
    small.put({builders.CARE: without_year(full, "2025").bytes()})
    small.refresh()
    before = kept(take(served_of(small), ASHBY, "stable_pct", "2024"))
    # Ashby in 2024: seed (701 × 31 + 24 × 17) mod 97 = 23: 71 of 133, 53 %; in 2025 50 of 150.
    put_cells(ASHBY, "2025", "50", "33")(full)
    small.put({builders.CARE: full.bytes()})
    small.refresh()
    drift = drift_of(served_of(small), before)
    assert kinds(drift) == [Kind.NEWER]
    assert drift is not None
    words = drift.sentences[0]
    assert words.startswith(
        "The newer figure is 33% in the year to 31 March 2025, down 20 percentage points since "
        "2024, more than chance would explain (95% interval −"
    )
    assert words.endswith(
        "It is now worse than Testland, Northland and its statistical neighbours."
    )


def test_a_newer_period_without_a_figure_is_told_as_what_it_is(small: Small) -> None:
    full = builders.ees_files()[builders.CARE]
    small.put({builders.CARE: without_year(full, "2025").bytes()})
    small.refresh()
    before = kept(take(served_of(small), ASHBY, "stable_pct", "2024"))
    put_cells(ASHBY, "2025", "c", "c")(full)
    small.put({builders.CARE: full.bytes()})
    small.refresh()
    drift = drift_of(served_of(small), before)
    assert drift is not None
    assert drift.sentences == (
        "A newer period is out. Ashby: suppressed in the year to 31 March 2025.",
    )


def tampered(one: FrozenEvidence, **changes: Any) -> FrozenEvidence:
    """A figure as if it had been frozen from another release."""
    return replace(one, release_id=OTHER, frozen={**one.frozen, **changes})


def test_an_indicator_or_authority_that_is_gone_cannot_be_followed(small: Small) -> None:
    served = served_of(small)
    figure = tampered(kept(take(served, ASHBY, "stable_pct", "2025")))
    gone = drift_of(served, replace(figure, indicator_id="other"))
    assert kinds(gone) == [Kind.GONE]
    assert gone is not None
    assert "(53% in the year to 31 March 2025) cannot be followed." in gone.sentences[0]
    assert kinds(drift_of(served, replace(figure, area_code="799"))) == [Kind.GONE]
    assert as_shown(served, replace(figure, indicator_id="other")).picture == figure.picture


def test_a_period_that_the_release_no_longer_has_is_told(small: Small) -> None:
    served = served_of(small)
    figure = tampered(kept(take(served, ASHBY, "stable_pct", "2025")))
    drift = drift_of(served, replace(figure, period="2001"))
    assert kinds(drift)[0] is Kind.GONE


def test_an_indicator_that_was_declared_anew_says_in_what(small: Small) -> None:
    served = served_of(small)
    figure = kept(take(served, ASHBY, "stable_pct", "2025"))
    then = figure.frozen["indicator"] | {"definition": "Another.", "polarity": "low"}
    drift = drift_of(served, tampered(figure, indicator=then))
    assert kinds(drift) == [Kind.DEFINITION]
    assert drift is not None
    assert drift.sentences[0].startswith("Its definition and which way is better have changed")


def test_figures_in_another_unit_are_not_set_beside_each_other(small: Small) -> None:
    served = served_of(small)
    figure = kept(take(served, ASHBY, "stable_pct", "2025"))
    then = figure.frozen["indicator"] | {"unit": "per_10000"}
    own = figure.frozen["figure"] | {"value": 1.0}
    drift = drift_of(served, tampered(figure, indicator=then, figure=own))
    assert kinds(drift) == [Kind.DEFINITION]


def test_other_statistical_neighbours_are_named(small: Small) -> None:
    served = served_of(small)
    figure = kept(take(served, ASHBY, "stable_pct", "2025"))
    then = list(figure.frozen["neighbours"])
    lost = then[0]
    changed = [{"code": "799", "name": "Old Place"}, *then[1:]]
    drift = drift_of(served, tampered(figure, neighbours=changed))
    assert kinds(drift) == [Kind.NEIGHBOURS]
    assert drift is not None
    assert drift.sentences[0] == (
        "Ashby has other statistical neighbours than when this was taken, 10 now and 10 then: "
        f"{lost['name']} came; Old Place went."
    )


def test_many_are_read_with_two_queries_and_say_what_each_says_alone(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = served_of(small)
    many = [
        kept(take(served, code, indicator_id), number)
        for number, (code, indicator_id) in enumerate(
            (code, key) for code in (ASHBY, BIRCH, DUNSTAN) for key in served.indicators
        )
    ]
    edit_care(small, put_cells(ASHBY, "2025", "50", "33"))
    now = served_of(small)
    alone = {one.id: drift for one in many if (drift := drift_of(now, one)) is not None}
    asked: list[str] = []
    rows = Release._rows

    def counted(release: Release, sql: str, **parameters: Any) -> Any:
        asked.append(sql)
        return rows(release, sql, **parameters)

    monkeypatch.setattr(Release, "_rows", counted)
    together = drifting(now, many)
    assert len(asked) == 2
    assert together == alone
    assert alone


# Every sentence ---------------------------------------------------------------------------------


def light(served: Served, code: str, indicator_id: str, period: str) -> FrozenEvidence:
    """A figure as frozen from another release, without its picture and tests."""
    view = parse_view(served, {"us": code})
    subject = read_subject(served, view, served.indicators[indicator_id], period, "region")
    frozen = plain(record_figure(subject))
    return FrozenEvidence(
        1, 1, AT, "ana", OTHER, indicator_id, code, period, frozen["sentence"], "/", frozen, ""
    )


def variants(one: FrozenEvidence) -> list[FrozenEvidence]:
    """The figure as it may have been: the same, other, suppressed, with other verdicts."""
    frozen = one.frozen
    own, polarity = frozen["figure"], frozen["indicator"]["polarity"]
    judged = ("higher", "lower") if polarity == "none" else ("better", "worse")
    found = [one]
    if own["value"] is not None:
        other = own["value"] * 0.9 + 1
        if frozen["indicator"]["unit"] == "grade":
            other = own["value"] % 4 + 1
        found.append(replace(one, frozen={**frozen, "figure": own | {"value": other}}))
        for verdict in (*judged, "similar", None):
            tested = {key: verdict if now else None for key, now in frozen["verdicts"].items()}
            found.append(replace(one, frozen={**frozen, "verdicts": tested}))
    absent = own | {"value": None, "absence": "suppressed"}
    found.append(replace(one, frozen={**frozen, "figure": absent}))
    found.append(replace(one, indicator_id="gone"))
    return found


STANDS = (Kind.REVISED, Kind.APPEARED, Kind.STANDING, Kind.NEWER)
"""The kinds whose sentence sets a figure beside somebody's."""


def faults_of(point: Point, one: FrozenEvidence, country: str) -> list[str]:
    """What is wrong with one sentence about a frozen figure."""
    indicator = one.frozen["indicator"]
    sentence = point.sentence.replace(indicator["title"], "this")
    found = grammar_faults(sentence)
    found += ["no figure"] if not says_a_figure(sentence) else []
    found += ["unreadable"] if UNREADABLE.search(sentence) else []
    if point.kind is not Kind.NEIGHBOURS and one.indicator_id != "gone":
        found += ["no period"] if not re.search(r"\b(19|20)\d\d", sentence) else []
    bare = sentence.startswith("A newer period is out.") or indicator["unit"] == "grade"
    if point.kind in STANDS and not bare:
        compared = (country, one.frozen["area"]["region"], "statistical neighbours")
        found += ["no comparator"] if not any(who in sentence for who in compared) else []
    if indicator["polarity"] == "none":
        found += ["judges"] if JUDGEMENT.search(sentence) else []
    return found


def stood_beside_nothing(one: FrozenEvidence) -> bool:
    """Whether there was nothing to set the figure beside."""
    tested = any(one.frozen["verdicts"].values())
    return not tested and one.frozen["comparators"]["england"] is None


def check_every_sentence(served: Served, codes: tuple[str, ...]) -> set[Kind]:
    """Every sentence of every indicator; the kinds that were said."""
    said: set[Kind] = set()
    for indicator_id, periods in served.periods.items():
        many = [
            version
            for code, row in zip(codes, (periods[0], periods[-1]), strict=True)
            for version in variants(light(served, code, indicator_id, row["period"]))
        ]
        many = [replace(version, id=number) for number, version in enumerate(many)]
        found = drifting(served, many)
        for version in many:
            points = found[version.id].points if version.id in found else ()
            said |= {point.kind for point in points}
            same = Point(Kind.STANDING, nothing_changed(version))
            checked = points if version.frozen["figure"]["value"] is None else (*points, same)
            for point in checked:
                faults = faults_of(point, version, served.country["name"])
                if point is same and stood_beside_nothing(version):
                    faults = [fault for fault in faults if fault != "no comparator"]
                assert faults == [], f"{indicator_id} {version.area_code}: {point.sentence}"
    return said


def test_every_sentence_of_the_demonstration_is_plain_and_judges_no_context(
    demo_served: Served,
) -> None:
    said = check_every_sentence(demo_served, (FENSHIRE, CITY))
    assert {Kind.REVISED, Kind.NEWER, Kind.STANDING, Kind.GONE, Kind.APPEARED} <= said


def test_every_sentence_of_the_real_release_is_plain_and_judges_no_context(
    real_home: Path,
) -> None:
    release = Release(ReleaseStore(real_home).current_path())
    served = Served(release, load_settings(real_home, {}))
    said = check_every_sentence(served, ("873", "420"))
    assert {Kind.REVISED, Kind.NEWER, Kind.STANDING, Kind.GONE, Kind.APPEARED} <= said


def test_every_kind_has_its_words() -> None:
    assert set(KIND_WORDS) == set(Kind)


def test_a_figure_of_the_edition_before_has_drifted_as_the_release_says(
    demonstration: Path, demo_served: Served, demo_figures: Figures
) -> None:
    store = ReleaseStore(demonstration)
    before = store.path_of(str(demo_served.info.previous_release_id))
    earlier = Served(Release(before), load_settings(demonstration, {}))
    tested = 0
    for indicator_id in list(demo_served.headline)[:12]:
        if indicator_id not in earlier.periods:
            continue
        period = earlier.periods[indicator_id][-1]["period"]
        one = replace(light(earlier, FENSHIRE, indicator_id, period), release_id=before.stem)
        now = demo_figures.rows(
            "SELECT value FROM observation WHERE indicator_id = ? AND area_code = ? "
            "AND period = ?", indicator_id, FENSHIRE, period,
        )  # fmt: skip
        drift = drift_of(demo_served, one)
        newer = any(p["period_end"].isoformat() > one.frozen["period"]["period_end"]
                    for p in demo_served.periods[indicator_id])  # fmt: skip
        revised = bool(now) and now[0]["value"] not in (None, one.frozen["figure"]["value"])
        found = set(kinds(drift)) if drift else set()
        assert (Kind.NEWER in found) == newer
        assert (Kind.REVISED in found) == (revised and one.frozen["figure"]["value"] is not None)
        tested += newer or revised
    assert tested
