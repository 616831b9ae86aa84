"""Nothing that the server answers tells anybody of an entry that they may not see: every route of
the server, every page and every callback, as each role in each place.

What somebody is answered is the same, byte for byte, in a world in which what they may not see was
never written; what is hidden is refused as what was never there. A new route, page or callback
that nobody has said how to walk fails here.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from alliance.access import ANONYMOUS, Person
from alliance.api.endpoints import LISTINGS
from alliance.log.addresses import entry_address
from alliance.log.kinds import KINDS
from alliance.mail.digest import digest_for
from alliance.mail.letter import Letter, write_message
from alliance.mail.news import news_for
from alliance.mail.sending import names_of
from alliance.pages import PAGES
from alliance.settings import Settings
from alliance.store import Store, open_store
from alliance.store.accounts import find_account
from alliance.store.in_app import EXTENSION
from alliance.store.outbox import list_items
from alliance.store.sign_ins import begin_session
from ingest.release import ReleaseStore
from tests import builders
from tests.alliance.lists import AFTER, Planted, plant
from tests.alliance.log.frozen_figures import served_of, take
from tests.alliance.log.two_worlds import SCENES, Played, Scene, hurry, settings_text, world_of
from tests.alliance.log.world import EVERYBODY, KNOWN, LEAD, OTHER, add_accounts, dump, form
from tests.alliance.mail.post_office import settings_at
from tests.alliance.people.homes import Browser, Home, home_of
from tests.conftest import Small

LISTED = (Planted("need_rate", "More children are in care", published=AFTER),
          Planted("stable_pct", "Fewer stay with one carer"))  # fmt: skip
"""What the release lists of two authorities; one sets the first aside."""
WALKERS = (
    "", "member.lead", "director.other", "analyst.third", "director.member", "manager.nowhere",
    "manager.lead", "administrator.lead", "observer.nowhere", "observer.lead", "director.outside",
    "analyst.nowhere",
)  # fmt: skip
"""Who walks: every role, every place, and somebody for each choice of entries that anybody sees."""
LOG_TABLES = re.compile(r"\b(entry\w*|outbox)\b")
TOKEN = re.compile(r"[\w-]{40,}\.[\w-]{6}\.[\w-]{27}")
"""A token against forged requests, which holds the time."""
END = re.compile(r'"end_id":"[^"]*"')
"""What Dash draws by chance for each page."""
ABSENT = "ZZZZZ"
SIZES = ("Date", "Set-Cookie")
ODD = "state=nowhere&authority=999&indicator=none&page=99&sort=title&on=never&item=%00&q=%00%22"


@dataclass(frozen=True)
class Ask:
    """What a browser asks: an address, a page of it through Dash, or a form sent to it."""

    path: str
    as_page: bool = False
    sent: Mapping[str, Any] | None = None
    callback: Mapping[str, Any] | None = None

    def instead(self, ref: str, other: str) -> Ask:
        """The same of another reference."""
        swapped = {key: [str(v).replace(ref, other) for v in values]
                   for key, values in (self.sent or {}).items()}  # fmt: skip
        path = self.path.replace(ref, other).replace(ref.lower(), other.lower())
        return Ask(path, self.as_page, swapped if self.sent is not None else None)


Answer = tuple[int, tuple[tuple[str, str], ...], bytes]


@dataclass(repr=False)
class Worlds:
    """A served home, the world in which everything was written, and the others as they are asked
    for."""

    home: Home
    template: Path
    folder: Path
    candidate: str
    figure: Any
    tokens: Mapping[str, str]
    whole: Played
    twins: dict[frozenset[str], Played] = field(default_factory=dict)
    browsers: dict[str, Browser] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    absent: dict[str, Answer] = field(default_factory=dict)

    def twin_of(self, person: Person) -> Played:
        """The world in which what that person may not see was never written."""
        seen = frozenset(scene.key for scene in SCENES if scene.is_seen_by(person))
        if seen not in self.twins:
            scenes = [scene for scene in SCENES if scene.key in seen]
            folder = self.folder / f"twin-{len(self.twins)}"
            self.twins[seen] = world_of(self.template, folder, scenes, self.figure)
        return self.twins[seen]

    def ask(self, who: str, ask: Ask, played: Played) -> Answer:
        """What that person is answered in that world."""
        self.home.app.server.extensions[EXTENSION] = _Holder(played.store)
        if who not in self.browsers:
            self.browsers[who] = self._browser(who)
        self.read.clear()
        return _plain(_send(self.browsers[who], ask))

    def listen(self, store: Store) -> None:
        """Note every statement that names a table of the log."""

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if LOG_TABLES.search(statement):
                self.read.append(statement)

        event.listen(store.engine, "before_cursor_execute", note)

    def _browser(self, who: str) -> Browser:
        browser = self.home.browser()
        if who:
            with browser.client.session_transaction() as session:
                session["_user_id"] = self.tokens[who]
        return browser


@dataclass(frozen=True)
class _Holder:
    """Stands where the app looks for its store."""

    held: Store

    def store(self) -> Store:
        return self.held


def _send(browser: Browser, ask: Ask) -> TestResponse:
    headers = {"X-CSRFToken": browser.token()}
    if ask.callback is not None:
        return browser.client.post("/_dash-update-component", json=ask.callback, headers=headers)
    if ask.as_page:
        path, _, query = ask.path.partition("?")
        return browser.client.post(
            "/_dash-update-component", json=_page_wanted(path, query), headers=headers
        )
    if ask.sent is not None:
        return browser.client.post(ask.path, data={**ask.sent, "csrf_token": browser.token()})
    return browser.get(ask.path)


def _page_wanted(path: str, query: str) -> dict[str, Any]:
    return {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [{"id": "_pages_content", "property": "children"},
                    {"id": "_pages_store", "property": "data"}],
        "inputs": [{"id": "_pages_location", "property": "pathname", "value": path},
                   {"id": "_pages_location", "property": "search",
                    "value": f"?{query}" if query else ""}],
        "changedPropIds": ["_pages_location.pathname"],
    }  # fmt: skip


def _plain(answer: TestResponse) -> Answer:
    headers = tuple(sorted((k, v) for k, v in answer.headers if k not in SIZES))
    body = TOKEN.sub("#", END.sub("#", answer.get_data().decode("utf-8", "surrogateescape")))
    return answer.status_code, headers, body.encode("utf-8", "surrogateescape")


@pytest.fixture(scope="module")
def worlds(
    small_template: Path, tmp_path_factory: pytest.TempPathFactory, small_catalogue: Any,
    small_reference: Any,
) -> Iterator[Worlds]:  # fmt: skip
    folder = tmp_path_factory.mktemp("nothing-tells")
    shutil.copytree(small_template, folder, dirs_exist_ok=True)
    small = Small(small_catalogue, small_reference, folder / "published",
                  ReleaseStore(folder / "home"))  # fmt: skip
    (folder / "home" / "settings.toml").write_text(settings_text(), encoding="utf-8")
    taken = take(served_of(small), OTHER, "stable_pct", "2025")
    revise(small, number="60", percentage="40")
    candidate = revise(small, number="70", percentage="47", hold=True, reason="the spring edition")
    plant(folder / "home", dict.fromkeys((LEAD, OTHER), LISTED))
    home = home_of(folder / "home")
    home.store.close()
    home.later(days=30)
    tokens = prepare(folder / "template", home)

    def figure(word: str) -> Any:
        return replace(taken, address=f"/indicator/stable_pct?{word}")

    whole = world_of(folder / "template", folder / "whole", SCENES, figure)
    made = Worlds(home, folder / "template", folder, candidate, figure, tokens, whole)
    made.listen(whole.store)
    yield made
    for played in (whole, *made.twins.values()):
        played.store.close()


def revise(small: Small, *, number: str, percentage: str, **more: Any) -> str:
    """Another release, in which the figure that entries rest on is another."""
    table = builders.ees_files()[builders.CARE]
    (row,) = table.find(time_period="2025", old_la_code=OTHER, stability="Stable")
    row |= {"number": number, "percentage": percentage}
    small.put({builders.CARE: table.bytes()})
    return small.refresh(**more).info.release_id


def prepare(folder: Path, home: Home) -> dict[str, str]:
    """A store in which everybody has an account and is signed in, and nothing is written."""
    store = hurry(open_store(Settings(folder)))
    add_accounts(store)
    tokens = {}
    with store.write(now=home.clock[0], actor="somebody") as unit:
        for name in EVERYBODY:
            account = find_account(unit.session, name)
            assert account is not None
            tokens[name] = begin_session(unit, account, lasts=timedelta(days=400))
    store.close()
    return tokens


def assert_same(told: Answer, other: Answer, ask: Ask) -> None:
    """The answers are the same; where they are not, what is about the first difference is told."""
    if told == other:
        return
    pairs = enumerate(zip(told[2], other[2], strict=False))
    at = next((place for place, (one, two) in pairs if one != two), 0)
    near = slice(max(0, at - 150), at + 150)
    pytest.fail(f"{ask}: {told[0]} and {other[0]}\n{told[2][near]!r}\n{other[2][near]!r}")


# What there is to walk ----------------------------------------------------------------------------

NAMED = "is asked for with the reference of every entry that is hidden, in `naming`"
ROUTES: Mapping[str, Sequence[str] | str] = {
    "/": ("/",),
    "/<path:path>": ("/challenges", "/priorities", "/nowhere"),
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": "a script of ours",
    "/_dash-dependencies": ("/_dash-dependencies",),
    "/_dash-layout": ("/_dash-layout",),
    "/_favicon.ico": "a picture of ours",
    "/_reload-hash": "tells of the product's own files",
    "_dash_assets.static": "a file of ours",
    "static": "a file of ours",
    "api_nothing": ("/api/v1/", "/api/v1/entries", "/api/v1/challenges"),
    "api_description": ("/api/v1/openapi.json",),
    "figures.release": ("/api/v1/release",),
    "figures.release_file": ("/api/v1/release/file",),
    "figures.one_area": (f"/api/v1/areas/{LEAD}",),
    "figures.one_indicator": ("/api/v1/indicators/stable_pct",),
    **{f"figures.{one.table}": (f"/api/v1{one.path}?limit=5",) for one in LISTINGS},
    "export": (f"/download/figures.csv?indicator=stable_pct&period=2025&us={LEAD}",),
    "old_export": (f"/download/figures/stable_pct.csv?period=2025&us={LEAD}",),
    "profile_pdf": (f"/download/profile.pdf?authority={LEAD}",),
    "findings": ("/download/findings.csv",),
    "release_impact": ("/download/impact/{candidate}.csv",
                       "/download/impact/{candidate}.csv?impact=us&us=702"),
    "show_forgotten": ("/forgotten",),
    "show_reset": ("/reset/x",),
    "show_sign_in": ("/sign-in",),
    "list_as_csv": tuple(
        f"/log/{kind}.csv?{query}" for kind in KINDS for query in ("state=all", "q={word}")
    ),
    "show_begin": tuple(
        f"/log/{kind.id}/begin/{move.id}" for kind in KINDS.values() for move in kind.begins
    ),
    "show_targets": ("/log/targets", "/log/targets?indicator_id=stable_pct&due_on=2030-03-31"),
    "show_move": NAMED,
    "own_days": ("/log/my-days.ics",),
    "meeting_file": NAMED,
    "meeting_pdf": NAMED,
    "meeting_slides": NAMED,
    "themes": ("/priorities/themes.pdf",),
    "public_report": (f"/authority/{LEAD}/public-report.pdf",),
    "weigh": (f"/neighbours/{LEAD}/weigh",),
    "return_figures": ("/returns/figures/x.csv",),
    "give": ("/returns/give/x",),
    "original": ("/returns/original/1",),
    "template": ("/returns/template/x.xlsx",),
    "show_settings": ("/you/settings",),
}  # fmt: skip
"""By endpoint, the addresses at which it is asked, or why it is not."""
FORMS: Mapping[str, Sequence[str] | str] = {
    "/_dash-update-component": "every page and callback is asked for by it",
    "decide_release": ("/data/releases/{candidate}/nothing",),
    "change_part": ("/demonstration/part",),
    "take_begin": NAMED,
    "take_move": NAMED,
    "take_observer": NAMED,
    "take_forgotten": "answers everybody alike, and knows accounts alone",
    "take_reset": ("/reset/x",),
    "take_sign_in": "begins a session; knows accounts alone",
    "take_sign_out": "ends a session",
    "take": ("/returns/give/x",),
    "withdraw": ("/returns/withdraw/x",),
    **{f"saved_{what}_take_new": (f"/saved/{what}s",) for what in ("set", "view")},
    **{f"saved_{what}_take_{act}": (f"/saved/{what}s/1{end}",) for what in ("set", "view")
       for act, end in (("change", ""), ("delete", "/delete"), ("restore", "/restore"))},
    "take_settings": ("/you/settings",),
}  # fmt: skip
"""The same of what takes a form."""
LISTS = ("", "state=all", "state=ended&authority=702", "indicator=need_rate", "state=all&q={word}",
         ODD)  # fmt: skip
VIEWS: Mapping[str, Sequence[str]] = {
    "overview": ("/", "/?us=702&scope=alliance"),
    "indicator_list": ("/indicator", "/indicator?q={word}"),
    "indicator": ("/indicator/need_rate", "/indicator/stable_pct?us=702"),
    "authority": (f"/authority/{LEAD}", f"/authority/{OTHER}"),
    "compare": (f"/compare?indicators=stable_pct&areas={LEAD},{OTHER}",),
    "inspections": ("/inspections",),
    "worth_discussing": (f"/worth-discussing?us={LEAD}", f"/worth-discussing?us={OTHER}"),
    "returns": ("/returns",),
    "challenge_new": ("/challenges/new", "/challenges/new?indicator=stable_pct&period=2025&us=702"),
    **{place: tuple(f"/{place}?{query}" for query in queries) for place, queries in (
        ("challenges", LISTS), ("priorities", LISTS[::2]), ("support", LISTS[1::2]),
        ("assessments", LISTS[1::3]))},
    "challenge": (), "priority": (), "support_entry": (), "assessment": (), "meeting": (),
    "you": ("/you",),
    "meetings": ("/meetings", f"/meetings?{ODD}"),
    "data": ("/data", "/data?release={candidate}", "/data?release={candidate}&impact=us&us=702"),
    "help": ("/help",),
    "neighbours": (f"/neighbours/{LEAD}",),
    "views": ("/views",),
    "not_found_404": ("/nowhere",),
}  # fmt: skip
"""By page, the addresses at which it is drawn; those of an entry are drawn for every entry."""
QUIET_CALLBACKS = {
    "overview-url.href", "indicators-found.children", "indicator-url.href", "authority-url.href",
    "compare-url.href", "inspections-url.href", "data-url.href", "neighbours-url.href",
    "worth_discussing-url.href",
}  # fmt: skip
"""Every callback that the server answers beside that of the pages: none reads the log."""


def test_every_route_page_and_callback_is_walked(worlds: Worlds) -> None:
    rules = list(worlds.home.app.server.url_map.iter_rules())
    asked = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
    taking = {rule.endpoint for rule in rules
              if (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}}  # fmt: skip
    assert asked == set(ROUTES)
    assert taking == set(FORMS)
    assert {page.id for page in PAGES} == set(VIEWS)
    assert set(callbacks_of(worlds)) == QUIET_CALLBACKS


def callbacks_of(worlds: Worlds) -> dict[str, Mapping[str, Any]]:
    """What the server answers beside pages, by what it changes."""
    worlds.home.app.server.test_client().get("/")
    return {
        key: declared
        for key, declared in worlds.home.app.callback_map.items()
        if "callback" in declared and not key.startswith(".._pages_content")
    }


# The walk -----------------------------------------------------------------------------------------


def person_of(who: str) -> Person:
    """The walker."""
    return EVERYBODY[who] if who else ANONYMOUS


def hidden_from(who: str) -> list[Scene]:
    """What the walker may not see."""
    return [scene for scene in SCENES if not scene.is_seen_by(person_of(who))]


def asks_of_no_entry(worlds: Worlds, who: str) -> Iterator[Ask]:
    """Everything that can be asked for without naming an entry."""
    hidden = hidden_from(who)
    word = hidden[WALKERS.index(who) % len(hidden)].word
    tables: list[tuple[Mapping[str, Sequence[str] | str], dict[str, Any]]] = [
        (ROUTES, {}), (VIEWS, {"as_page": True}),
    ]  # fmt: skip
    for table, how in tables:
        for paths in table.values():
            for path in () if isinstance(paths, str) else in_turn(paths, who):
                filled = path.replace("{candidate}", worlds.candidate)
                yield Ask(filled.replace("{word}", word), **how)


def in_turn(paths: Sequence[str], who: str) -> Sequence[str]:
    """Of many addresses of one route every third, of each walker others; of files every one."""
    few = len(paths) < 3 or paths[0].startswith(f"/log/{next(iter(KINDS))}.csv")
    return paths if few else paths[WALKERS.index(who) % 3 :: 3]


@pytest.mark.parametrize("who", WALKERS)
def test_each_is_answered_as_if_what_they_may_not_see_had_never_been_written(
    worlds: Worlds, who: str
) -> None:
    person = person_of(who)
    twin = worlds.twin_of(person)
    heard: set[str] = set()
    found = 0
    for ask in asks_of_no_entry(worlds, who):
        told = worlds.ask(who, ask, worlds.whole)
        found += told[0] == 200
        if not worlds.read:
            continue
        assert_same(told, worlds.ask(who, ask, twin), ask)
        heard |= {scene.word for scene in SCENES
                  if scene.word.encode() in told[2] and scene.word not in ask.path}  # fmt: skip
    assert heard == {scene.word for scene in SCENES if scene.is_seen_by(person)}
    assert found > 40


@pytest.mark.parametrize("who", WALKERS)
def test_what_is_hidden_is_refused_as_what_was_never_there(worlds: Worlds, who: str) -> None:
    for number, scene in enumerate(hidden_from(who)[WALKERS.index(who) % 2 :: 2]):
        refs = worlds.whole.refs[scene.key]
        ref = refs[(WALKERS.index(who) + number) % len(refs)]
        absent = f"{ref[0]}-{ABSENT}"
        asks = list(naming(ref, number))
        chosen = [*asks[:2], asks[2 + (WALKERS.index(who) + number) % (len(asks) - 2)]]
        for ask in chosen:
            told = without(worlds.ask(who, ask, worlds.whole), ref)
            other = ask.instead(ref, absent)
            key = f"{who} {other}"
            if key not in worlds.absent:
                worlds.absent[key] = without(worlds.ask(who, other, worlds.whole), absent)
            assert_same(told, worlds.absent[key], ask)
            assert told[0] != 303, ask
            assert scene.word.encode() not in told[2], ask


def naming(ref: str, number: int) -> Iterator[Ask]:
    """Everything that can be asked for of an entry by its reference: each of its moves in turn."""
    kind = next(kind for kind in KINDS.values() if kind.prefix == ref[0])
    move = kind.moves[number % len(kind.moves)]
    page, typed = entry_address(kind.id, ref), {**form(move, kind.id), "version": ["1"]}
    yield Ask(page, as_page=True)
    yield Ask(f"/log/{ref}/{move.id}", sent=typed)
    yield Ask(page)
    yield Ask(f"{page.replace(ref, ref.lower())}?on=2026-03-03", as_page=True)
    yield Ask(f"/meetings/{ref}?run=1&item={ref}", as_page=True)
    yield Ask(f"/meetings/{ref}?record=1", as_page=True)
    yield Ask(f"/meetings/{ref}.ics")
    yield Ask(f"/meetings/{ref}/pack.pdf")
    yield Ask(f"/meetings/{ref}/record.pptx")
    yield Ask(f"/log/{ref}/{move.id}")
    yield Ask(f"/log/{ref}/nonsense", sent={"version": ["1"]})
    yield Ask(f"/log/{ref}/{move.id}", sent={"note": ["Words that are not lost."]})
    shared = {"username": ["observer.nowhere"], "version": ["1"], "shared": ["yes"]}
    yield Ask(f"/log/{ref}/share/observers", sent=shared)
    for part in KINDS.values():
        if part.part_of:
            begin = part.begins[0]
            yield Ask(f"/log/{part.id}/begin/{begin.id}?parent={ref}")
            yield Ask(f"/log/{part.id}/begin/{begin.id}",
                      sent={**form(begin, part.id), "parent": [ref]})  # fmt: skip
    begin = KINDS["practice"].begins[0]
    yield Ask(f"/log/practice/begin/{begin.id}?about=about:{ref}")
    yield Ask(f"/log/practice/begin/{begin.id}",
              sent={**form(begin, "practice"), "about": [f"about:{ref}"]})  # fmt: skip


def without(answer: Answer, ref: str) -> Answer:
    """The answer without the reference that was asked for."""
    status, headers, body = answer
    for form_of_it in (ref, ref.lower(), quote(ref)):
        body = body.replace(form_of_it.encode(), b"#")
    return status, tuple((k, v) for k, v in headers if k != "Content-Length"), body


BESIDE = ("about_secrets", "with_secret_items", "narrowed", "challengecarried_forward",
          "meetingrunning", "itemlisted")  # fmt: skip
"""Scenes that are linked to others, of which a reader may see one and not the other."""
READERS = ("director.other", "analyst.third", "director.member", "manager.nowhere",
           "observer.nowhere", "director.outside")  # fmt: skip
"""Those of the walkers who may read something, and not the same."""


@pytest.mark.parametrize("who", READERS)
def test_an_entry_tells_nothing_of_what_it_is_linked_to(worlds: Worlds, who: str) -> None:
    person = person_of(who)
    twin = worlds.twin_of(person)
    turn = cycle(range(9))
    for scene in SCENES:
        if not scene.is_seen_by(person) or (scene.key not in BESIDE and next(turn)):
            continue
        for ref in worlds.whole.refs[scene.key]:
            for ask in shown(ref):
                told = worlds.ask(who, ask, worlds.whole)
                assert told[0] == 200, ask
                assert_same(told, worlds.ask(who, ask, twin), ask)
                foreign = [o.word for o in hidden_from(who) if o.word.encode() in told[2]]
                assert foreign == [], ask


def shown(ref: str) -> Iterator[Ask]:
    """The pages of an entry."""
    kind = next(kind for kind in KINDS.values() if kind.prefix == ref[0])
    page = entry_address(kind.id, ref)
    yield Ask(page, as_page=True)
    if kind.id == "meeting":
        yield Ask(f"{page}?run=1", as_page=True)
        yield Ask(f"{page}?record=1", as_page=True)
        yield Ask(f"{page}.ics")
        yield Ask(f"{page}/pack.pdf")
    else:
        yield Ask(f"{page}?on=2026-03-03", as_page=True)


@pytest.mark.parametrize("who", ["director.lead", "manager.nowhere"])
def test_no_form_of_anything_else_reads_the_log(worlds: Worlds, who: str) -> None:
    for paths in FORMS.values():
        for path in () if isinstance(paths, str) else paths:
            worlds.browsers.pop(who, None)
            ask = Ask(path.replace("{candidate}", worlds.candidate), sent={"version": "1"})
            assert worlds.ask(who, ask, worlds.whole)[0] < 500, ask
            assert worlds.read == [], ask
    worlds.browsers.pop(who, None)


@pytest.mark.parametrize("who", ["director.other", "observer.nowhere"])
def test_no_callback_reads_the_log(worlds: Worlds, who: str) -> None:
    for key, declared in callbacks_of(worlds).items():
        parts = [*declared["inputs"], *declared["state"]]
        values = [{**part, "value": _value_for(part)} for part in parts]
        n = len(declared["inputs"])
        output, _, name = key.rpartition(".")
        body = {
            "output": key, "outputs": {"id": output, "property": name}, "inputs": values[:n],
            "state": values[n:], "changedPropIds": [f"{parts[0]['id']}.{parts[0]['property']}"],
        }  # fmt: skip
        answer = worlds.ask(who, Ask(key, callback=body), worlds.whole)
        assert answer[0] in (200, 204), key
        assert worlds.read == [], key


def _value_for(part: Mapping[str, Any]) -> Any:
    by_property = {"pathname": "/indicator/stable_pct", "search": "?us=702", "n_clicks": 1,
                   "data": {"alliance": "", "us": LEAD}}  # fmt: skip
    lists = ("compare-indicators", "compare-areas")
    return [] if part["id"] in lists else by_property.get(part["property"], "stable")


def test_what_is_refused_writes_nothing(worlds: Worlds) -> None:
    before = dump(worlds.whole.store)
    for who in WALKERS[::2]:
        for scene in hidden_from(who)[::9]:
            for ask in naming(worlds.whole.refs[scene.key][0], WALKERS.index(who)):
                if ask.sent is not None:
                    worlds.ask(who, ask, worlds.whole)
    assert dump(worlds.whole.store) == before


# Letters ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", WALKERS[1::2])
def test_letters_are_those_of_a_world_without_what_is_hidden(worlds: Worlds, who: str) -> None:
    whole = letters_to(worlds, worlds.whole.store, who)
    assert whole == letters_to(worlds, worlds.twin_of(person_of(who)).store, who)
    hidden = [scene.word.encode() for scene in hidden_from(who)]
    assert [word for word in hidden for letter in whole if word in letter] == []


def test_somebody_is_written_to(worlds: Worlds) -> None:
    for who in ("director.other", "manager.nowhere"):
        assert len(letters_to(worlds, worlds.whole.store, who)) > 10, who


def letters_to(worlds: Worlds, store: Store, who: str) -> list[bytes]:
    """Every letter that would be sent to somebody now, as it goes out, and their digest."""
    now, settings = worlds.home.clock[0], settings_at(25)
    with store.read() as session:
        account = find_account(session, who)
        assert account is not None
        names = names_of(session, KNOWN.authorities)
        found: list[Letter | None] = [
            news_for(session, account, person_of(who), item, names,
                     base_url=settings.base_url, today=now.date())
            for item in list_items(session, most=100_000) if item.username == who
        ]  # fmt: skip
        found.append(digest_for(session, account, now, settings.base_url))
    messages = [write_message(letter, settings, now=now) for letter in found if letter]
    for message in messages:
        message.set_boundary("part")
    return [bytes(message) for message in messages]
