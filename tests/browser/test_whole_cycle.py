"""A whole cycle, played by four people who sign in, each in a browser of their own: a question from
a chart, its answer, the meeting, what both agree, the action and the priority, new data, the review
and the end; and what each of them sees of it on the way."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from alliance.access import Role
from alliance.people.accounts import create_account
from alliance.publishing import open_desk
from alliance.settings import load_settings
from alliance.store import open_store
from tests import builders
from tests.browser.conftest import _serve
from tests.browser.reader import DESK, Reader
from tests.conftest import Small

PASSWORD = "three words together"
TRIAD = "Test triad"
PEOPLE: dict[str, tuple[str, Role, str | None]] = {
    "ana": ("Ana Ashby", Role.DIRECTOR, "701"),
    "ben": ("Ben Birch", Role.DIRECTOR, "702"),
    "max": ("Max Mandel", Role.MANAGER, None),
    "pat": ("Pat Ashby", Role.ANALYST, "701"),
}
TITLE = "Why do fewer children stay in one home?"
RESPONSE = "Two children’s homes closed in spring."
AGREED = "Birch and Holt finds six foster homes by March."
ACTION = "Recruit six foster carers"
OBJECTIVE = "More children stay in one home"
FOUND = "65% now have one home."
Come = Callable[[str], Reader]


def today(days: int = 0) -> str:
    """A day from now, as a form sends it."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


@pytest.fixture
def come(browser: Browser, small: Small) -> Iterator[Come]:
    """Brings people to the alliance’s home by name, each signed in; nothing goes wrong in any
    browser but what a form refuses, which has status 400."""
    home = Path(small.store.home)
    (home / "settings.toml").write_text(
        f'authority = "701"\n[alliances]\n"{TRIAD}" = ["701", "702", "703"]\n', encoding="utf-8"
    )
    store = open_store(load_settings(home, {}))
    for name, (display_name, role, code) in PEOPLE.items():
        create_account(
            store, username=name, display_name=display_name, password=PASSWORD,
            authority_code=code, alliance=TRIAD, roles=[role], now=datetime.now(UTC), actor="root",
        )  # fmt: skip
    store.close()
    there: dict[str, Reader] = {}
    for address in _serve(home):
        yield partial(bring, browser, address, there)
        problems = [p for one in there.values() for p in one.problems if "400" not in p]
        for one in there.values():
            one.leave()
        assert problems == []


def bring(browser: Browser, address: str, there: dict[str, Reader], name: str) -> Reader:
    """Whoever has that name, with a browser in which they have signed in."""
    if name not in there:
        there[name] = Reader(browser, address, DESK)
        sign_in(there[name], name)
    return there[name]


def sign_in(reader: Reader, name: str) -> None:
    page = reader.open("/sign-in")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".person-name")).to_contain_text(PEOPLE[name][0])


UNFOLD = """(form) => {
    for (let part = form.closest("details"); part; part = part.parentElement.closest("details")) {
        part.open = true;
    }
}"""


def send(page: Page, move: str, press: str, /, **answers: str) -> None:
    """Fill the form of a move, by the names of its fields, and press its button."""
    form = page.locator(f'form[action$="/{move}"]').first
    form.evaluate(UNFOLD)
    for name, words in answers.items():
        place = form.locator(f'[name="{name}"]')
        kind = place.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            form.locator(f'[name="{name}"][value="{words}"]').check()
        elif place.first.evaluate("(part) => part.tagName") == "SELECT":
            place.select_option(words)
        else:
            place.fill(words)
    form.get_by_role("button", name=press, exact=True).click()


def saved(page: Page, words: str) -> None:
    """What was done is said, and the page is drawn."""
    expect(page.locator(".saved-note")).to_contain_text(words)


def test_a_question_from_a_chart_becomes_a_change_and_comes_to_its_end(
    come: Come, small: Small
) -> None:
    ana, ben, the_manager, pat = (come(name) for name in PEOPLE)
    address = raise_from_chart(ana)
    for other in (ben, the_manager):
        other.open(address)
        expect(other.page.get_by_role("heading", level=1)).to_have_text("Not found")
    share(ana)
    answer(ben)
    meet(the_manager, address)
    agree(ana, ben, address)
    priority = put_into_action(ana, ben, address)
    publish_new_figures(pat, small, address)
    review(ana, ben, address, priority)
    close(ana, ben, address)
    report(pat, the_manager, address)


def raise_from_chart(ana: Reader) -> str:
    """Ana asks about Birch's figure, from the chart that shows it; where the draft is."""
    page = ana.open("/indicator/stable_pct?us=702")
    page.locator(".raise-link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Raise a challenge")
    expect(page.get_by_role("main")).to_contain_text("Birch and Holt: 52% in the year to 31 March")
    asked = page.get_by_role("group", name="Which authorities")
    expect(asked.get_by_label("Birch")).to_be_checked()
    page.get_by_label("Key line of enquiry").fill(TITLE)
    page.get_by_label("What do you want to understand?").fill("The share fell. What happened?")
    page.get_by_label("Those, the other authorities of our triad").check()
    triad = page.get_by_role("group", name="Other authorities of our triad")
    triad.get_by_label("Cedarham").check()
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.locator(".marking")).to_have_text("Draft: Ashby only")
    expect(page.locator("#challenge-evidence")).to_contain_text("52%")
    return page.url.removeprefix(ana.address)


def share(ana: Reader) -> None:
    """The draft becomes a question to Birch."""
    ana.page.get_by_role("button", name="Share it", exact=True).click()
    saved(ana.page, "You shared it.")
    expect(ana.page.locator("#challenge-moves")).to_contain_text("“Respond” is the next step.")
    expect(ana.page.locator(".marking")).to_have_text(
        "Confidential: Ashby, Birch and Holt, Cedarham and the alliance’s manager only"
    )


def answer(ben: Reader) -> None:
    """Ben finds it among what waits for him, and answers."""
    page = ben.open("/")
    expect(page.locator(".for-you-strip")).to_contain_text("1 to answer")
    page.locator(".for-you-strip").get_by_role("link", name="For you").click()
    expect(page.locator("#you-answer")).to_contain_text(TITLE)
    page.get_by_role("link", name=re.compile(f"^Respond.*{re.escape(TITLE)}")).click()
    page.get_by_label("Your response").fill(RESPONSE)
    page.get_by_role("button", name="Respond", exact=True).click()
    saved(page, "You responded.")


def meet(the_manager: Reader, address: str) -> None:
    """Max plans a meeting of the triad, puts the challenge on its agenda, and records live what was
    decided."""
    page = the_manager.open("/meetings")
    page.get_by_role("link", name="Plan the meeting").click()
    send(page, "meeting/begin/plan", "Plan the meeting", title="Spring meeting", due_on=today(7),
         starts_at="10:00", ends_at="11:00", place="Town hall", audience="triad")  # fmt: skip
    for code in ("701", "702", "703"):
        page.locator(f'[name="triad"][value="{code}"]').check()
    page.get_by_role("button", name="Plan the meeting").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Spring meeting")
    proposed = page.locator("#meeting-proposed")
    expect(proposed).to_contain_text(TITLE)
    expect(proposed).to_contain_text("Everyone asked has responded, and it waits to be discussed.")
    proposed.get_by_role("button", name="Put on the agenda").first.click()
    expect(page.locator("#meeting-agenda")).to_contain_text(TITLE)
    page.get_by_role("link", name="Show it item by item").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_role("main")).to_contain_text("Birch and Holt: 52%")
    page.get_by_role("button", name="Begin the meeting").click()
    page.get_by_label("What was decided").fill(AGREED)
    page.get_by_role("button", name="Record the decision").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Decisions and actions: Spring meeting")
    expect(page.locator("#meeting-decisions")).to_contain_text(AGREED)
    the_manager.open(address)
    send(page, "discuss", "Record the discussion", note="Homes and carers.", agreement=AGREED)
    saved(page, "You recorded the discussion.")


def agree(ana: Reader, ben: Reader, address: str) -> None:
    """Agreed is what both have agreed."""
    page = ana.open(address)
    expect(page.get_by_role("main")).to_contain_text(AGREED)
    send(page, "agree", "Agree")
    saved(page, "You agreed.")
    expect(page.locator("#challenge-positions")).to_contain_text("Has not said yet")
    page = ben.open("/you")
    expect(page.locator("#you-agree")).to_contain_text(TITLE)
    ben.open(address)
    send(page, "agree", "Agree")
    saved(page, "It is now “Agreed”.")


def put_into_action(ana: Reader, ben: Reader, address: str) -> str:
    """Ben takes an action, and makes it a priority of his authority; where that is."""
    page = ben.open(address)
    send(page, "action/begin/add", "Add the action", title=ACTION, due_on=today(20))
    expect(page.locator("#challenge-parts-action")).to_contain_text(ACTION)
    send(page, "start", "Start the work", due_on=today(30))
    saved(page, "It is now “In action”.")
    page.get_by_role("link", name=ACTION).first.click()
    send(page, "finish", "It is done", note="Six carers approved.")
    saved(page, "You did it.")
    ben.open("/priorities")
    page.get_by_role("link", name="Draft a priority").click()
    send(page, "priority/begin/draft", "Save as a draft", title=OBJECTIVE, why="Moves harm.",
         indicator_id="stable_pct", baseline="52", baseline_period="2025", target="60",
         due_on=today(400), audience="alliance", lead_member="Cllr Reed",
         lead_member_on=today())  # fmt: skip
    expect(page.get_by_role("heading", level=1)).to_have_text(OBJECTIVE)
    send(page, "propose", "Propose it")
    saved(page, "You proposed it.")
    send(page, "agree", "Agree it")
    saved(page, "It is now “Active”.")
    return page.url.removeprefix(ben.address)


def publish_new_figures(pat: Reader, small: Small, address: str) -> None:
    """Pat holds a release with a revised figure, reads what it would change, and publishes it."""
    table = builders.ees_files()[builders.CARE]
    (row,) = table.find(time_period="2025", old_la_code="702", stability="Stable")
    row |= {"number": "100", "percentage": "65"}
    small.put({builders.CARE: table.bytes()})
    with open_desk(load_settings(Path(small.store.home), {})) as desk:
        report = small.refresh(hold=True, desk=desk, actor="pat", reason="the spring edition")
    page = pat.open(f"/data?release={report.info.release_id}")
    expect(page.get_by_role("main")).to_contain_text(TITLE)
    send(page, "publish", "Publish this release", reason="Checked against the publication.")
    expect(page.get_by_role("main")).to_contain_text("is published and served now")


def review(ana: Reader, ben: Reader, address: str, priority: str) -> None:
    """The entry says what became of its figure; the priority's path shows the new one."""
    page = ana.open("/you")
    expect(page.locator("#you-drifted")).to_contain_text(TITLE)
    ana.open(address)
    expect(page.locator("#challenge-evidence")).to_contain_text("65%")
    send(page, "call_review", "Call the review")
    saved(page, "It is now “Review due”.")
    page = ben.open(priority)
    expect(page.get_by_role("main")).to_contain_text("65")


def close(ana: Reader, ben: Reader, address: str) -> None:
    """Ana proposes how it ended, and is told that she does not confirm it herself; Ben reads what
    she proposed, and does."""
    page = ana.open(address)
    send(page, "propose_closing", "Propose to close it", outcome="improved", finding=FOUND)
    saved(page, "You proposed to close it.")
    moves = page.locator("#challenge-moves")
    expect(moves.get_by_role("heading", level=2)).to_have_text("Confirm and close")
    expect(moves).to_contain_text("You proposed the outcome: somebody else must confirm it.")
    expect(moves.get_by_role("button", name="Confirm and close")).to_have_count(0)
    ana.open("/you")
    expect(page.get_by_role("main")).to_contain_text("Nothing waits for you")
    page = ben.open("/you")
    expect(page.locator("#you-agree")).to_contain_text(TITLE)
    ben.open(address)
    proposed = page.locator("#challenge-proposals")
    expect(proposed).to_contain_text("To close it: Improved")
    expect(proposed).to_contain_text(FOUND)
    expect(proposed).to_contain_text("Proposed by Ana Ashby, Ashby")
    send(page, "close", "Confirm and close")
    saved(page, "It is now “Closed”.")
    expect(page.locator("#challenge-proposals")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text(FOUND)


def report(pat: Reader, the_manager: Reader, address: str) -> None:
    """What is left of it: who said and did what, the meeting that took it up, and the file."""
    page = pat.open(address)
    thread = page.locator("#challenge-thread")
    for words in ("Ana Ashby", "Ben Birch", "Max Mandel", RESPONSE, AGREED, "Closed"):
        expect(thread).to_contain_text(words)
    expect(page.locator("#challenge-moves")).to_contain_text("Nothing more happens to it.")
    page = pat.open("/challenges?state=all")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download challenges (CSV)").click()
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    lines = [line for line in csv.reader(io.StringIO(text)) if TITLE in line]
    assert len(lines) == 1
    assert {"Closed", "Improved", FOUND} <= set(lines[0])
    page = the_manager.open(address)
    page.locator("#challenge-facts").get_by_role("link", name="Spring meeting").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Spring meeting")
    expect(page.locator("#meeting-agenda")).to_contain_text(AGREED)
