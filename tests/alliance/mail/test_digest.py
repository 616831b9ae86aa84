"""One digest a day, of what waits for that person, and only where something does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from alliance.mail.digest import send_digests
from alliance.mail.sending import Office, Run
from alliance.mail.transport import UnreachableError
from alliance.store.accounts import find_account
from alliance.store.mail_choices import set_choice
from tests.alliance.mail.post_office import text_of
from tests.alliance.mail.town import NOW, TITLE, Town


def addressed(town: Town) -> list[str]:
    return sorted(str(letter["To"]).partition("@")[0] for letter in town.letters)


def test_what_waits_for_somebody_is_told_to_them_alone(town: Town) -> None:
    entry = town.raise_challenge()
    assert send_digests(town.own_office()) == Run(sent=1)
    (letter,) = town.letters
    assert letter["To"] == "jo@council.example"
    assert letter["Subject"] == "Alliance: what waits for you"
    words = text_of(letter)
    assert f"Respond: {TITLE} ({entry.ref})." in words
    assert f"https://alliance.example/challenges/{entry.ref}" in words


def test_nobody_is_written_to_where_nothing_waits(town: Town) -> None:
    assert send_digests(town.own_office()) == Run()


def test_one_digest_a_day_and_another_the_next(town: Town) -> None:
    town.raise_challenge()
    assert send_digests(town.own_office()).sent == 1
    assert send_digests(town.own_office()).sent == 0
    town.later(days=1)
    assert send_digests(town.own_office()).sent == 1


def test_many_senders_send_one_digest(each_town: Town) -> None:
    each_town.raise_challenge()
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: send_digests(each_town.own_office()), range(4)))
    assert sum(run.sent for run in runs) == len(each_town.letters) == 1


def test_a_digest_that_the_server_did_not_take_is_sent_later_that_day(town: Town) -> None:
    town.raise_challenge()
    office = town.own_office()

    def fail(_message: object) -> None:
        raise UnreachableError("The mail server is away.")

    run = send_digests(Office(office.store, office.settings, {}, fail, office.clock))
    assert (run.sent, run.fault) == (0, "The mail server is away.")
    assert send_digests(office).sent == 1


def test_who_wants_no_digest_gets_none(town: Town) -> None:
    town.raise_challenge()
    with town.store.write(now=NOW, actor="jo") as unit:
        account = find_account(unit.session, "jo")
        assert account is not None
        set_choice(unit, account, messages=True, digest=False)
    assert send_digests(town.own_office()) == Run()
    assert [e.action for e in town.store.events("account", "jo")] == ["added", "mail_chosen"]


def test_what_is_due_soon_and_late_is_told_to_whoever_answers_for_it(town: Town) -> None:
    town.put_into_action("2026-06-30")
    town.later(days=1)
    send_digests(town.own_office())
    (letter,) = [one for one in town.letters if one["To"] == "ana@council.example"]
    assert "Begin the team" in text_of(letter)
    assert "10 March 2026, in 7 days" in text_of(letter)
    town.letters.clear()
    town.later(days=10)
    send_digests(town.own_office())
    (letter,) = [one for one in town.letters if one["To"] == "ana@council.example"]
    assert "3 days late" in text_of(letter)


def test_no_digest_tells_anybody_of_what_they_may_not_see(town: Town) -> None:
    entry = town.put_into_action("2026-03-05")
    for _ in range(20):
        town.later(days=1)
        send_digests(town.own_office())
    assert {"jo", "kit", "ana"} <= set(addressed(town))
    for letter in town.letters:
        if letter["To"] in ("zoe@council.example", "obi@council.example", "tom@council.example"):
            assert entry.ref not in text_of(letter)
            assert "Begin the team" not in text_of(letter)
