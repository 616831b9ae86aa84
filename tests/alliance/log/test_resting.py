"""An impact report tells a person what their own entries rest on, and nobody anything of an entry
that they may not see: not on the Data page, nor in its CSV, nor on the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from alliance.access import Person, Role
from alliance.cli import app as command
from alliance.log.entry import Entry
from alliance.log.fields import Known
from alliance.log.resting import drift_finder
from alliance.log.writing import add_evidence, begin_entry, make_move
from alliance.people.accounts import person_of
from alliance.store.accounts import list_accounts
from indicators.impact import DRIFT, read_impact
from tests import builders
from tests.alliance.drawn import draw_for
from tests.alliance.log.frozen_figures import ASHBY, BIRCH, served_of, take
from tests.alliance.people.homes import Home, home_of
from tests.conftest import NOW, Small

TRIAD = "Test triad"
KNOWN = Known({"701": "Ashby", "702": "Birch and Holt", "711": "Elmstead"}, {}, {})
TITLE = "Why do fewer children have a stable home?"
RAISED = {
    "title": [TITLE], "question": ["What happened?"], "responders": [BIRCH],
    "audience": ["authorities"],
}  # fmt: skip
OUTSIDERS = ("cas", "max", "far", "root", "own")
"""Nobody of them may see what Ashby asks Birch; “own” is of Ashby in another alliance."""


@pytest.fixture
def home(small: Small) -> Iterator[Home]:
    (small.store.home / "settings.toml").write_text(
        f'authority = "701"\n[alliances]\n"{TRIAD}" = ["701", "702", "711"]\n', encoding="utf-8"
    )
    made = home_of(small.store.home)
    made.add("ana", Role.DIRECTOR, Role.ANALYST, alliance=TRIAD, authority_code="701")
    made.add("ben", Role.DIRECTOR, Role.ANALYST, alliance=TRIAD, authority_code="702")
    made.add("cas", Role.DIRECTOR, Role.ANALYST, alliance=TRIAD, authority_code="711")
    made.add("max", Role.MANAGER, alliance=TRIAD)
    made.add("far", Role.ANALYST, alliance="T12000002", authority_code="712")
    made.add("root", Role.ADMINISTRATOR)
    made.add("own", Role.ANALYST, Role.DIRECTOR, alliance="Another", authority_code="701")
    yield made
    made.store.close()
    made.app.server.extensions["alliance_store"].store().close()


def person(home: Home, username: str) -> Person:
    with home.store.read() as session:
        found = {account.username: person_of(account) for account in list_accounts(session)}
    return found[username]


def raised(home: Home, small: Small) -> Entry:
    """A draft of Ashby's that rests on its stable homes of 2025."""
    figure = take(served_of(small), ASHBY, "stable_pct", "2025")
    with home.store.write(now=NOW, actor="ana") as unit:
        return begin_entry(
            unit, person(home, "ana"), KNOWN, "challenge", "raise", RAISED, figures=[figure]
        )


def moved(home: Home, entry: Entry, move: str, by: str, **raw: list[str]) -> Entry:
    with home.store.write(now=NOW, actor=by) as unit:
        return make_move(unit, person(home, by), KNOWN, entry.ref, move, raw, version=entry.version)


def hold(small: Small) -> str:
    """A candidate in which Ashby's stable homes of 2025 are 50 of 150: 33 %."""
    table = builders.ees_files()[builders.CARE]
    (row,) = table.find(time_period="2025", old_la_code=ASHBY, stability="Stable")
    row |= {"number": "50", "percentage": "33"}
    small.put({builders.CARE: table.bytes()})
    report = small.refresh(hold=True, reason="the spring edition")
    assert not report.published
    return report.info.release_id


def told(home: Home, small: Small, candidate: str, who: str, **more: object) -> list[str] | None:
    """What the report says of the log to somebody; None where it has no such part."""
    finder = drift_finder(home.store, person(home, who), home.settings, **more)  # type: ignore[arg-type]
    impact = read_impact(
        small.store.path_of(candidate), small.store.current_path(), find_drift=finder
    )
    parts = [part for part in impact.group("What to watch") if part.section == DRIFT]
    return [line.sentence for line in parts[0].lines] if parts else None


def test_a_report_tells_whoever_may_see_the_entry_and_nobody_else(home: Home, small: Small) -> None:
    entry = raised(home, small)
    candidate = hold(small)
    said = (
        f"{entry.ref}, “{TITLE}”: This rests on 53% in the year to 31 March 2025; the revised "
        "figure is 33%. It is now worse than Testland, Northland and its statistical neighbours"
    )
    assert told(home, small, candidate, "ana") == [said]
    for who in ("ben", *OUTSIDERS):
        assert told(home, small, candidate, who) is None
    shared = moved(home, entry, "share", "ana")
    assert told(home, small, candidate, "ben") == [said]
    for who in OUTSIDERS:
        assert told(home, small, candidate, who) is None
    moved(home, shared, "withdraw", "ana", note=["It was answered on the telephone."])
    assert told(home, small, candidate, "ana") is None


def test_a_report_for_other_authorities_leaves_the_entry_out(home: Home, small: Small) -> None:
    raised(home, small)
    candidate = hold(small)
    assert told(home, small, candidate, "ana", areas=(BIRCH,)) is None
    assert told(home, small, candidate, "ana", areas=(ASHBY,)) is not None


def test_what_had_drifted_already_is_not_told_of_the_candidate(home: Home, small: Small) -> None:
    raised(home, small)
    candidate = hold(small)
    small.store.publish(candidate)
    table = builders.ees_files()[builders.ABSENCE]
    table.find(time_period="202425", old_la_code=BIRCH)[0]["absence_percent"] = "9.9"
    small.put({builders.ABSENCE: table.bytes()})
    other = small.refresh(hold=True, reason="absence").info.release_id
    assert other != candidate
    assert told(home, small, other, "ana") is None


def test_nobody_who_is_not_signed_in_is_asked_for(home: Home) -> None:
    nobody = Person("", "Not signed in", None, None, frozenset())
    assert drift_finder(home.store, nobody, home.settings) is None


def shown(home: Home, who: str, release_id: str) -> str:
    browser = home.browser()
    if who:
        assert browser.sign_in(who).status_code == 303
    page = draw_for(browser.client, "/data", f"?release={release_id}", token=browser.token())
    csv = browser.get(f"/download/impact/{release_id}.csv").text
    assert TITLE not in csv
    return " ".join(page.texts)


def test_the_data_page_tells_it_to_whoever_may_see_it_and_nobody_else(
    home: Home, small: Small
) -> None:
    candidate = hold(small)
    readers = ("", "ben", *OUTSIDERS)
    before = {who: shown(home, who, candidate) for who in readers}
    entry = raised(home, small)
    page = shown(home, "ana", candidate)
    assert entry.ref in page
    assert "Evidence that drifts: 1" in page
    for who in readers:
        assert shown(home, who, candidate) == before[who], who


def test_the_command_line_says_the_same_whatever_the_log_holds(home: Home, small: Small) -> None:
    candidate = hold(small)

    def said(*options: str) -> str:
        words = ["--home", str(small.store.home), "releases", "impact", candidate, *options]
        result = CliRunner().invoke(command, words)
        assert result.exit_code == 0, result.output
        return result.output

    before = (said(), said("--json"))
    entry = raised(home, small)
    assert (said(), said("--json")) == before
    assert entry.ref not in "".join(before)
    assert "the Data page tells those who sign in" in before[0].replace("\n", " ")


def test_more_evidence_is_only_ever_added_and_each_drifts_by_itself(
    home: Home, small: Small
) -> None:
    entry = raised(home, small)
    figure = take(served_of(small), BIRCH, "stable_pct", "2025")
    shared = moved(home, entry, "share", "ana")
    with home.store.write(now=NOW, actor="ben") as unit:
        add_evidence(unit, person(home, "ben"), shared.ref, figure, version=shared.version)
    candidate = hold(small)
    lines = told(home, small, candidate, "ben")
    assert lines is not None
    assert any("the revised figure is 33%" in line for line in lines)
    assert all(line.startswith(f"{entry.ref}, ") for line in lines)
