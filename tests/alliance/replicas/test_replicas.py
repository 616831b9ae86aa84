"""Two replicas, nginx and PostgreSQL, all real: what is done through one replica holds on the
other, and a replica that is killed takes no word with it that somebody was told was saved."""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from html import unescape
from itertools import count
from pathlib import Path

import httpx
import openpyxl
import pytest

from alliance.access import Role
from alliance.people.accounts import create_account
from alliance.people.sign_in import FAILURES_ALLOWED
from alliance.publishing import open_desk
from alliance.refresh import refresh
from alliance.returns.declared import open_returns
from alliance.returns.door import MAX_REQUEST, TOO_LARGE
from alliance.settings import Settings, load_settings
from alliance.store import Store, open_store
from alliance.store.tables.entry import EntryRow, HistoryRow
from ingest.authorities import Reference
from ingest.catalogue import Catalogue
from ingest.release import ReleaseStore
from tests import builders
from tests.alliance.find_postgresql import Cluster
from tests.alliance.log.served import ASHBY, BIRCH, ELMSTEAD, PEOPLE, QUESTION, TRIAD
from tests.alliance.people.homes import PASSWORD
from tests.alliance.replicas.find_nginx import NoNginxError
from tests.alliance.replicas.running import Browser, Replicas, run_replicas
from tests.alliance.waiting import cell
from tests.conftest import NOW

(RETURN,) = open_returns()
GIVE = f"/returns/give/{RETURN.id}"
BEGIN = "/log/challenge/begin/raise"
WRITERS, WRITTEN_BEFORE, WRITTEN_AFTER = 4, 3, 3
"""How many people write while a replica is killed, and how many entries each has been told were
saved before that and after."""


@pytest.fixture(scope="module")
def running(
    small_template: Path,
    small_catalogue: Catalogue,
    small_reference: Reference,
    postgresql: Cluster,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Replicas]:
    """Both over one home, in which one release is served and another waits."""
    home = tmp_path_factory.mktemp("replicas") / "home"
    releases = ReleaseStore(home)
    releases.releases_dir.mkdir(parents=True)
    template = ReleaseStore(small_template / "home")
    served = template.current_path()
    releases.path_of(served.stem).write_bytes(served.read_bytes())
    releases.publish(served.stem)
    names = '", "'.join((ASHBY, BIRCH, ELMSTEAD))
    text = f'authority = "{ASHBY}"\n[alliances]\n"{TRIAD}" = ["{names}"]\n'
    (home / "settings.toml").write_text(text, encoding="utf-8")
    folder = builders.write_files(home.parent / "published", builders.all_files() | cell("55"))
    with postgresql.new_database() as address:
        settings = load_settings(home, {"ALLIANCE_DATABASE_URL": address})
        with open_desk(settings) as desk:
            refresh(
                releases, folder, small_catalogue, small_reference,
                now=NOW, actor="b.birch", desk=desk, hold=True, reason="Look at it first",
            )  # fmt: skip
            assert desk.store is not None
            _add_people(desk.store)
        try:
            with run_replicas(home, address, tmp_path_factory.mktemp("proxy")) as both:
                yield both
        except NoNginxError as error:
            pytest.fail(str(error), pytrace=False)


def _add_people(store: Store) -> None:
    for username, (name, roles, code, alliance) in PEOPLE.items():
        create_account(
            store, username=username, password=PASSWORD, display_name=name,
            roles=(*roles, Role.ANALYST) if username == "max" else roles,
            authority_code=code, alliance=alliance, now=datetime.now(UTC), actor="root",
        )  # fmt: skip


@pytest.fixture
def replicas(running: Replicas) -> Replicas:
    """Both, each of which runs, whatever a test before this one did to it."""
    running.revive()
    return running


@pytest.fixture
def store(replicas: Replicas) -> Iterator[Store]:
    """The log that both write to."""
    opened = open_store(Settings(replicas.home, database_url=replicas.database_url))
    yield opened
    opened.close()


def _raise(browser: Browser, title: str, **answers: object) -> httpx.Response:
    return browser.post(BEGIN, **(QUESTION | {"title": title} | answers))


def _ref(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text[:500]
    return answer.headers["Location"].rpartition("/")[2]


def _titles(store: Store) -> dict[str, str]:
    with store.read() as session:
        return {row.ref: row.title for row in session.query(EntryRow)}


def _words(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_who_signed_in_by_one_is_known_to_the_other_until_they_sign_out(
    replicas: Replicas,
) -> None:
    ana = replicas.browser("ana")
    for answer in replicas.by_each(lambda: ana.page("/help")):
        assert "Ana Ashby" in answer.text
    assert all(cookie.secure for cookie in ana.client.cookies.jar)
    thief = replicas.browser()
    for cookie in ana.client.cookies.jar:
        thief.client.cookies.jar.set_cookie(cookie)
    assert ana.post("/sign-out").status_code == 303
    for answer in replicas.by_each(lambda: thief.page("/help")):
        assert answer.status_code == 200
        assert "Ana Ashby" not in answer.text


def test_the_page_of_one_can_be_sent_to_the_other_and_a_forged_one_to_neither(
    replicas: Replicas,
) -> None:
    ana = replicas.browser("ana")
    for number, answer in enumerate(replicas.by_each(lambda: _raise(ana, "By either"))):
        assert answer.status_code == 303, number
    values = QUESTION | {"csrf_token": "forged"}
    for answer in replicas.by_each(lambda: ana.post(BEGIN, **values)):
        assert answer.status_code == 400


def test_guesses_are_counted_together_by_the_address_that_the_proxy_saw(
    replicas: Replicas,
) -> None:
    guesser, name = replicas.browser(), "oli"
    used = set()
    for number in range(FAILURES_ALLOWED):
        pretended = {"X-Forwarded-For": f"192.0.2.{number}"}
        answer = guesser.sign_in(name, "a wrong password", **pretended)
        used.add(replicas.asked(answer.request.headers["X-Question"])[-1])
        assert answer.status_code == 403
    assert len(used) == 2
    for answer in replicas.by_each(lambda: guesser.sign_in(name)):
        assert answer.status_code == 429


def test_a_release_that_is_published_by_one_is_served_by_both_at_once(replicas: Replicas) -> None:
    releases = ReleaseStore(replicas.home)
    first, newest = releases.current_id(), max(releases.ids())
    assert first != newest
    max_ = replicas.browser("max")

    def served() -> set[str]:
        answers = replicas.by_each(lambda: max_.get("/api/v1/release"))
        return {answer.json()["about"]["release_id"] for answer in answers}

    assert served() == {first}
    for action, serves in (("publish", newest), ("roll-back", first)):
        address = f"/data/releases/{newest if serves == newest else first}/{action}"
        answer = max_.post(address, reason="Looked at it")
        assert answer.status_code == 303, answer.text[:300]
        assert served() == {serves}
        for answer in replicas.by_each(lambda: max_.page("/data")):
            assert str(serves) in answer.text


def test_a_return_that_is_given_to_one_is_there_on_the_other_with_what_became_of_it(
    replicas: Replicas,
) -> None:
    andy, ben = replicas.browser("andy"), replicas.browser("ben")
    template = andy.get(f"/returns/template/{RETURN.id}.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(template.content))["Return"]
    columns = [str(cell.value) for cell in sheet[1]]
    row = [str(cell.value) for cell in sheet[2]][:2] + ["40"] * (len(columns) - 2)
    text = io.StringIO()
    csv.writer(text).writerows([columns, row])
    file = {"file": ("return.csv", text.getvalue().encode())}
    note = "Counted twice, by two people."
    given = andy.post(GIVE, files=file, note=note, seen="0")
    assert "The return is stored" in _words(given), _words(given)
    for answer in replicas.by_each(lambda: andy.post(GIVE, files=file, note=note, seen="0")):
        assert "This very file is there already" in _words(answer)
    for answer in replicas.by_each(lambda: ben.page("/returns")):
        assert note in answer.text
    for answer in replicas.by_each(lambda: andy.get("/returns/original/1")):
        assert answer.text == text.getvalue()


def test_a_file_that_is_too_large_is_answered_in_words_through_the_proxy_too(
    replicas: Replicas,
) -> None:
    andy = replicas.browser("andy")
    file = {"file": ("return.csv", bytes(MAX_REQUEST))}
    for answer in replicas.by_each(lambda: andy.post(GIVE, files=file)):
        assert answer.status_code == 413
        assert TOO_LARGE[0] in _words(answer)


def test_of_two_who_change_the_same_the_second_is_told_and_keeps_every_word(
    replicas: Replicas,
) -> None:
    ana, andy = replicas.browser("ana"), replicas.browser("andy")
    ref = _ref(_raise(ana, "Whose words?"))
    first = andy.post(f"/log/{ref}/edit", version="1", **(QUESTION | {"title": "A title by Andy"}))
    assert first.status_code == 303
    mine = QUESTION | {"title": "A title by Ana", "question": "Words of Ana"}
    for answer in replicas.by_each(lambda: ana.post(f"/log/{ref}/edit", version="1", **mine)):
        assert answer.status_code == 409
        assert "Andy Ashby, Ashby changed the draft" in answer.text
        assert "A title by Andy" in answer.text
        assert "Words of Ana" in answer.text
    for answer in replicas.by_each(lambda: ana.page(f"/challenges/{ref}")):
        assert "A title by Andy" in answer.text


def test_of_many_who_change_the_same_at_once_one_is_first_and_the_others_are_told(
    replicas: Replicas, store: Store
) -> None:
    ana = replicas.browser("ana")
    ref = _ref(_raise(ana, "Everybody at once"))
    browsers = [replicas.browser(name) for name in ("ana", "andy") * 4]
    start = threading.Barrier(len(browsers))

    def change(number: int) -> httpx.Response:
        start.wait()
        values = QUESTION | {"title": f"Title {number}"}
        return browsers[number].post(f"/log/{ref}/edit", version="1", **values)

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(change, range(len(browsers))))
    asked = {replicas.asked(answer.request.headers["X-Question"]) for answer in answers}
    assert len(asked) == 2, "both replicas had their part in it"
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 7
    (first,) = [number for number, answer in enumerate(answers) if answer.status_code == 303]
    assert _titles(store)[ref] == f"Title {first}"
    for number, answer in enumerate(answers):
        assert number == first or f"Title {number}" in unescape(answer.text)


class _Writer:
    """Somebody who goes on raising challenges; notes what was answered to each."""

    def __init__(self, browser: Browser, name: str) -> None:
        self.browser, self.name = browser, name
        self.saved: dict[str, str] = {}
        self.unanswered: list[str] = []

    def write(self, number: int) -> httpx.Response:
        title = f"{self.name} {number}"
        answer = _raise(self.browser, title)
        if answer.status_code == 303:
            self.saved[_ref(answer)] = title
        else:
            self.unanswered.append(title)
            assert answer.status_code == 503
            assert "Alliance did not answer" in _words(answer)
        return answer


def _write_on(writer: _Writer, ready: threading.Barrier, gone: threading.Event) -> None:
    """Write until so much was saved before the replica went, and so much since."""
    numbers = count()
    while len(writer.saved) < WRITTEN_BEFORE:
        writer.write(next(numbers))
    ready.wait()
    while not gone.is_set():
        writer.write(next(numbers))
    for _ in range(WRITTEN_AFTER):
        assert writer.write(next(numbers)).status_code == 303, "the other one serves on"


def _write_while(replicas: Replicas, name: str, act: threading.Thread) -> list[_Writer]:
    """Let everybody write while `act` is done to one of the replicas."""
    writers = [_Writer(replicas.browser("ana"), f"{name} {n}") for n in range(WRITERS)]
    ready, gone = threading.Barrier(WRITERS + 1), threading.Event()
    with ThreadPoolExecutor(WRITERS) as pool:
        tasks = [pool.submit(_write_on, writer, ready, gone) for writer in writers]
        ready.wait()
        act.start()
        act.join()
        gone.set()
        for task in tasks:
            task.result()
    return writers


def test_a_replica_that_is_killed_while_people_write_loses_nothing_that_was_saved(
    replicas: Replicas, store: Store
) -> None:
    one, other = replicas.both
    reader = replicas.browser("ben")
    writers = _write_while(replicas, "Killed", threading.Thread(target=one.kill))
    saved = {ref: title for writer in writers for ref, title in writer.saved.items()}
    unanswered = {title for writer in writers for title in writer.unanswered}
    assert len(saved) >= WRITERS * (WRITTEN_BEFORE + WRITTEN_AFTER)
    kept = {r: title for r, title in _titles(store).items() if title.startswith("Killed")}
    assert saved.items() <= kept.items()
    assert set(kept.values()) - set(saved.values()) <= unanswered
    assert len(unanswered) <= WRITERS, "only what was under way has no answer"
    with store.read() as session:
        versions = {row.entry_id for row in session.query(HistoryRow)}
        assert {row.id for row in session.query(EntryRow)} == versions, "no half of an entry"
    for _ in range(4):
        answer = reader.get("/")
        assert answer.status_code == 200
        assert replicas.asked(answer.request.headers["X-Question"])[-1] == other.address
    replicas.revive()
    for answer in replicas.by_each(lambda: reader.page("/help")):
        assert "Ben Birch" in answer.text


def test_whoever_asks_without_encryption_is_led_to_where_there_is_some(replicas: Replicas) -> None:
    address = f"http://127.0.0.1:{replicas.plain_port}/challenges?us=701"
    answer = httpx.get(address, trust_env=False)
    assert answer.status_code == 301
    assert answer.headers["Location"] == "https://127.0.0.1/challenges?us=701"


def test_a_replica_that_is_told_to_stop_answers_what_it_has_begun(
    replicas: Replicas, store: Store
) -> None:
    one = replicas.both[1]
    ended: list[int] = []
    stop = threading.Thread(target=lambda: ended.append(one.stop()))
    writers = _write_while(replicas, "Stopped", stop)
    assert ended == [0]
    assert [writer.unanswered for writer in writers] == [[]] * WRITERS
    saved = {ref: title for writer in writers for ref, title in writer.saved.items()}
    kept = {r: title for r, title in _titles(store).items() if title.startswith("Stopped")}
    assert kept == saved
