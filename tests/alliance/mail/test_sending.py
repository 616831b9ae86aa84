"""From the outbox to people: what they are told, when, once, and never more than they may see."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.mail.sending import (
    LEASE,
    LONGEST_PAUSE,
    Office,
    Run,
    pause_after,
    send_waiting,
)
from alliance.people.accounts import change, set_active
from alliance.store.accounts import find_account
from alliance.store.mail_choices import set_choice
from alliance.store.outbox import claim_item, count_items, settle_item
from tests.alliance.mail.post_office import (
    TAKEN,
    PostOffice,
    disappear,
    html_of,
    running,
    sleep,
    text_of,
)
from tests.alliance.mail.town import NOW, TITLE, Town

JO = "jo@council.example"


def test_who_was_asked_is_told_and_nobody_else(town: Town, office: PostOffice) -> None:
    entry = town.raise_challenge()
    with running(office) as port:
        run = send_waiting(town.office(port))
        assert send_waiting(town.office(port)) == Run()
    assert run == Run(sent=2)
    assert sorted(office.recipients) == ["ana@council.example", JO]
    (letter,) = office.to(JO)
    words = text_of(letter)
    assert "Dear Jo Lister," in words
    assert "Kit Marsh, Fenshire, shared it." in words
    assert f"Challenge {entry.ref}: {TITLE}" in words
    assert "It waits for you: respond." in words
    assert f"https://alliance.example/challenges/{entry.ref}" in words
    assert "Confidential: Broadshire and Fenshire only." in words
    assert f'href="https://alliance.example/challenges/{entry.ref}"' in html_of(letter)
    assert set(town.states()) == {("jo", "sent"), ("ana", "sent")}


def test_a_subject_says_nothing_of_what_or_whose_it_is(town: Town) -> None:
    entry = town.raise_challenge()
    send_waiting(town.own_office())
    town.move("jo", entry, "respond", note=["We looked."])
    send_waiting(town.own_office())
    subjects = [str(letter["Subject"]) for letter in town.letters]
    assert "Alliance: a challenge waits for your response" in subjects
    for subject in subjects:
        assert subject.startswith("Alliance: ")
        for word in (entry.ref, "children", "care", "Fenshire", "Broadshire", "Kit", "Jo"):
            assert word not in subject


def test_what_people_wrote_is_text_in_the_html(town: Town) -> None:
    town.raise_challenge(title=["Is 5 < 6 & <script>alert(1)</script>?"])
    send_waiting(town.own_office())
    page = html_of(town.letters[0])
    assert "<script" not in page
    assert "Is 5 &lt; 6 &amp; &lt;script&gt;" in page
    assert "Is 5 < 6 & <script>alert(1)</script>?" in text_of(town.letters[0])


def test_a_message_never_holds_what_was_written_in_the_thread(town: Town) -> None:
    entry = town.raise_challenge()
    town.move("jo", entry, "respond", note=["A secret of Broadshire's."])
    send_waiting(town.own_office())
    whole = "".join(letter.as_string() for letter in town.letters)
    assert town.letters
    assert "A secret" not in whole
    assert "nobody" not in whole, "nor the question itself"


@pytest.mark.parametrize(
    ("lose", "reason"),
    [
        (lambda t: change(t.store, "jo", now=NOW, actor="root", authority_code="903"), "nothing"),
        (lambda t: change(t.store, "jo", now=NOW, actor="root", alliance="Another"), "nothing"),
        (lambda t: change(t.store, "jo", now=NOW, actor="root", roles=("administrator",)),
         "nothing to tell"),
        (lambda t: set_active(t.store, "jo", False, now=NOW, actor="root"), "out of use"),
        (lambda t: change(t.store, "jo", now=NOW, actor="root", email=None), "no email address"),
    ],
)  # fmt: skip
def test_who_may_not_see_it_any_more_gets_nothing(
    town: Town, lose: Callable[[Town], object], reason: str
) -> None:
    entry = town.raise_challenge()
    lose(town)
    run = send_waiting(town.own_office())
    assert (run.sent, run.not_wanted) == (1, 1)
    assert [letter["To"] for letter in town.letters] == ["ana@council.example"]
    (item,) = [item for item in town.outbox() if item.username == "jo"]
    assert item.state == "not_wanted"
    assert reason in item.fault
    assert entry.ref not in item.fault
    assert TITLE not in item.fault


def test_who_wants_no_messages_gets_none(town: Town) -> None:
    town.raise_challenge()
    with town.store.write(now=NOW, actor="jo") as unit:
        account = find_account(unit.session, "jo")
        assert account is not None
        set_choice(unit, account, messages=False, digest=True)
    send_waiting(town.own_office())
    assert [letter["To"] for letter in town.letters] == ["ana@council.example"]


def test_a_message_tells_how_it_stands_when_it_is_sent(town: Town) -> None:
    entry = town.raise_challenge()
    town.move("kit", entry, "withdraw", note=["Asked too soon."])
    send_waiting(town.own_office())
    words = [text_of(letter) for letter in town.letters]
    assert len(words) >= 3
    assert all("It is withdrawn." in text for text in words)
    assert not [text for text in words if "It waits for you" in text]


# The server does not do what one wants ---------------------------------------------------------


def test_a_server_that_is_not_there_is_tried_again_and_the_decision_stands(town: Town) -> None:
    entry = town.raise_challenge()
    run = send_waiting(town.office(port=1))
    assert (run.sent, run.later) == (0, 1)
    assert "The mail server 127.0.0.1:1 did not take the message" in run.fault
    assert [item.attempts for item in town.outbox()] == [1, 0], (
        "the other was not tried for nothing"
    )
    assert town.move("jo", entry, "respond", note=["Still works."]).state == "responded"


def test_a_recipient_who_is_refused_is_given_up_at_once_and_the_others_are_told(
    town: Town, office: PostOffice
) -> None:
    office.at_rcpt = lambda address: "550 No such person" if address == JO else TAKEN
    town.raise_challenge()
    with running(office) as port:
        run = send_waiting(town.office(port))
    assert (run.sent, run.given_up, run.fault) == (1, 1, "")
    (item,) = [item for item in town.outbox() if item.username == "jo"]
    assert (item.state, item.fault) == ("given_up", "The mail server answered 550: No such person")


def test_a_server_that_asks_for_patience_is_tried_again_later(
    town: Town, office: PostOffice
) -> None:
    asked: list[str] = []

    def greylist(address: str) -> str:
        asked.append(address)
        return "451 Try again later" if asked.count(address) == 1 else TAKEN

    office.at_rcpt = greylist
    town.raise_challenge()
    with running(office) as port:
        assert send_waiting(town.office(port)) == Run(later=2)
        assert send_waiting(town.office(port)) == Run(), "not before its time"
        town.later(minutes=1)
        assert send_waiting(town.office(port)) == Run(sent=2)
    assert {item.attempts for item in town.outbox()} == {2}
    assert {item.fault for item in town.outbox()} == {""}


@pytest.mark.parametrize("fault", [disappear, sleep], ids=["disappears", "sleeps"])
def test_a_server_that_goes_silent_midway_loses_no_message(
    town: Town, office: PostOffice, fault: Callable[..., object]
) -> None:
    office.at_data = fault  # type: ignore[assignment]
    town.raise_challenge()
    with running(office) as port:
        run = send_waiting(town.office(port))
        assert (run.sent, run.later) == (0, 1)
        assert run.fault
        office.at_data = None
        town.later(minutes=1)
        assert send_waiting(town.office(port)).sent == 2
    assert len(office.letters) == 2
    assert set(town.states()) == {("jo", "sent"), ("ana", "sent")}


def test_a_message_that_is_sent_again_can_be_known_by_its_name(town: Town) -> None:
    town.raise_challenge()
    office = town.own_office()

    def take_and_fail(message: EmailMessage) -> None:
        from alliance.mail.transport import UnreachableError

        town.letters.append(message)
        raise UnreachableError("The line broke after the message.")

    send_waiting(Office(office.store, office.settings, {}, take_and_fail, office.clock))
    town.later(minutes=1)
    send_waiting(office)
    names = [str(letter["Message-ID"]) for letter in town.letters]
    assert len(names) == 3
    assert len(set(names)) == 2
    assert all(name.endswith("@council.example>") for name in names)


def test_after_a_day_of_trying_it_is_given_up_and_says_so(town: Town, office: PostOffice) -> None:
    office.at_rcpt = lambda _address: "451 Not today"
    town.raise_challenge()
    gave_up_after = []
    with running(office) as port:
        while not gave_up_after:
            run = send_waiting(town.office(port))
            if run.given_up:
                gave_up_after.append(town.clock[0] - NOW)
            town.later(minutes=30)
    assert timedelta(days=1) <= gave_up_after[0] <= timedelta(days=1, hours=3)
    item = next(item for item in town.outbox() if item.state == "given_up")
    assert item.fault == (
        f"Given up after {item.attempts} tries. The mail server answered 451: Not today"
    )
    assert 12 <= item.attempts <= 25


def test_old_news_is_not_sent_when_mail_is_set_up_at_last(town: Town) -> None:
    town.raise_challenge()
    town.later(days=3)
    assert send_waiting(town.own_office()) == Run(given_up=2)
    assert town.letters == []
    assert "three days old" in town.outbox()[0].fault


@given(st.integers(1, 60))
def test_pauses_grow_to_a_limit_and_differ_by_chance(attempts: int) -> None:
    seconds = min(60 * 2 ** (attempts - 1), LONGEST_PAUSE.total_seconds())
    whole = timedelta(seconds=seconds)
    assert whole * 0.75 <= pause_after(attempts) <= whole


# Two senders -----------------------------------------------------------------------------------


def test_two_senders_at_once_send_each_message_once(each_town: Town) -> None:
    town = each_town
    for _ in range(6):
        town.raise_challenge()
    together = Barrier(4)

    def send(_: int) -> Run:
        together.wait()
        return send_waiting(town.own_office())

    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(send, range(4)))
    names = [str(letter["Message-ID"]) for letter in town.letters]
    assert len(names) == len(set(names)) == 12
    assert sum(run.sent for run in runs) == 12
    with town.store.read() as session:
        assert count_items(session) == {"waiting": 0, "sent": 12, "given_up": 0, "not_wanted": 0}


def test_what_somebody_claimed_is_theirs_until_the_lease_is_over(each_town: Town) -> None:
    town = each_town
    town.raise_challenge()

    def claim() -> object:
        with town.store.write(now=town.clock[0], actor="alliance") as unit:
            return claim_item(unit, lease=LEASE)

    first, second = claim(), claim()
    assert first is not None
    assert second is not None
    assert claim() is None
    town.later(minutes=15)
    again = claim()
    assert again is not None
    with town.store.write(now=town.clock[0], actor="alliance") as unit:
        assert not settle_item(unit, first, "sent"), "it is another's to settle"  # type: ignore[arg-type]
        assert settle_item(unit, again, "sent")  # type: ignore[arg-type]
        assert not settle_item(unit, again, "waiting"), "and once"  # type: ignore[arg-type]
