"""A refresh connects by https to hosts of the catalogue at public addresses, and nowhere else."""

from __future__ import annotations

import socket

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.catalogue import Catalogue, Route
from ingest.live import LiveClient, Patience, system_proxy
from ingest.live.errors import RefusedError, UnavailableError
from ingest.live.guard import check_address, resolve_public
from tests.ingest.live.server import CONTENT, ELSEWHERE, Page, Publisher, status

HOSTS = ("stats.example",)


@pytest.mark.parametrize(
    "address",
    [
        "http://stats.example/a",
        "https://other.example/a",
        "https://stats.example.other.example/a",
        "https://xstats.example/a",
        "https://stats.example:8443/a",
        "https://user@stats.example/a",
        "https://user:secret@stats.example/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://localhost/a",
        "ftp://stats.example/a",
        "https://stats.example@other.example/a",
    ],
)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(RefusedError, match="was not followed"):
        check_address(httpx.URL(address), HOSTS)


@pytest.mark.parametrize("address", ["https://stats.example/a", "https://STATS.example:443/a?b=c"])
def test_https_on_a_known_host_is_let_through(address: str) -> None:
    check_address(httpx.URL(address), HOSTS)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "172.16.5.5", "169.254.169.254",
        "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::",
    ],
)  # fmt: skip
def test_a_host_at_a_private_or_loopback_address_is_refused(host: str) -> None:
    with pytest.raises((RefusedError, httpx.ConnectError)) as caught:
        resolve_public(host, 443)
    if isinstance(caught.value, RefusedError):
        assert "not a public address" in str(caught.value)


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="127.0.0.0/8"))
def test_no_address_of_a_private_network_is_let_through(address: object) -> None:
    with pytest.raises(RefusedError):
        resolve_public(str(address), 443)


def test_a_public_address_is_let_through() -> None:
    assert resolve_public("8.8.8.8", 443) == [("8.8.8.8", 443)]


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(RefusedError, match=r"10\.0\.0\.1"):
        resolve_public("stats.example", 443)


def test_a_name_that_cannot_be_looked_up_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    route = Route("ees_content", "https://stats.example/", HOSTS)
    patience = Patience(attempts=2, sleep=lambda _: None)
    with (
        LiveClient(patience=patience) as client,
        pytest.raises(UnavailableError, match="looked up"),
    ):
        client.get_bytes(route, "a")


def test_an_ordinary_client_does_not_even_connect_to_loopback(publisher: Publisher) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        route = Route("ees_content", "https://localhost/api/", ("localhost",))
        with LiveClient() as client, pytest.raises(RefusedError, match="not a public address"):
            client.get_bytes(route, "publications")
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.fixture
def route(live_catalogue: Catalogue) -> Route:
    """The content service's route."""
    return next(item for item in live_catalogue.routes if item.id == "ees_content")


REDIRECTS = [
    f"https://{ELSEWHERE}/a",
    f"http://{CONTENT}/a",
    "https://127.0.0.1/a",
    "https://localhost/a",
    "https://169.254.169.254/latest/meta-data",
    f"https://{CONTENT}:8443/a",
    f"//{ELSEWHERE}/a",
    "ftp://files.example/a",
    f"https://{CONTENT}@{ELSEWHERE}/a",
]


@pytest.mark.parametrize("target", REDIRECTS)
def test_a_redirect_to_anywhere_else_is_refused_and_not_tried_again(
    target: str, publisher: Publisher, client: LiveClient, route: Route
) -> None:
    publisher.put(ELSEWHERE, "/a", Page(b"{}"))
    publisher.put(CONTENT, "/a", Page(b"{}"))
    publisher.fail(CONTENT, "/api/start", *[status(302, Location=target)] * 3)
    with pytest.raises(RefusedError, match="was not followed"):
        client.get_bytes(route, "start")
    assert [seen.path for seen in publisher.log] == ["/api/start"]


def test_the_second_hop_is_checked_like_the_first(
    publisher: Publisher, client: LiveClient, route: Route
) -> None:
    publisher.fail(CONTENT, "/api/start", status(302, Location="/api/next"))
    publisher.fail(CONTENT, "/api/next", status(302, Location=f"https://{ELSEWHERE}/a"))
    publisher.put(ELSEWHERE, "/a", Page(b"{}"))
    with pytest.raises(RefusedError, match="was not followed"):
        client.get_bytes(route, "start")
    assert [seen.host for seen in publisher.log] == [CONTENT, CONTENT]


def test_a_host_that_only_another_route_may_go_to_is_refused(
    publisher: Publisher, client: LiveClient, route: Route
) -> None:
    publisher.fail(
        CONTENT, "/api/start", status(302, Location="https://raw.githubusercontent.com/a")
    )
    with pytest.raises(RefusedError):
        client.get_bytes(route, "start")


def test_a_redirect_on_the_same_host_is_followed(
    publisher: Publisher, client: LiveClient, route: Route
) -> None:
    publisher.fail(CONTENT, "/api/start", status(301, Location="/api/all-files/v1"))
    publisher.put(CONTENT, "/api/all-files/v1", Page(b"here"))
    assert client.get_bytes(route, "start") == b"here"


def test_a_circle_of_redirects_ends(publisher: Publisher, client: LiveClient, route: Route) -> None:
    publisher.fail(CONTENT, "/api/a", *[status(302, Location="/api/b")] * 20)
    publisher.fail(CONTENT, "/api/b", *[status(302, Location="/api/a")] * 20)
    with pytest.raises(RefusedError, match="in a circle"):
        client.get_bytes(route, "a")
    assert len(publisher.log) <= 7


def test_a_certificate_of_another_host_is_refused_and_not_tried_again(
    publisher: Publisher, patience: Patience
) -> None:
    route = Route("ees_content", "https://unnamed.example/", ("unnamed.example",))
    with (
        LiveClient(
            patience=patience, resolve=publisher.resolve, context=publisher.context()
        ) as client,
        pytest.raises(RefusedError, match="certificate"),
    ):
        client.get_bytes(route, "a")
    assert publisher.log == []


def test_a_certificate_that_nobody_vouches_for_is_refused(
    publisher: Publisher, patience: Patience, route: Route
) -> None:
    with (
        LiveClient(patience=patience, resolve=publisher.resolve) as client,
        pytest.raises(RefusedError, match="SSL_CERT_FILE"),
    ):
        client.get_bytes(route, "a")


def test_the_next_address_of_a_host_is_tried_where_the_first_does_not_answer(
    publisher: Publisher, patience: Patience, route: Route
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = taken.getsockname()
    publisher.put(CONTENT, "/api/a", Page(b"here"))
    addresses = [closed, ("127.0.0.1", publisher.port)]
    with LiveClient(
        patience=patience, resolve=lambda *_: addresses, context=publisher.context()
    ) as client:
        assert client.get_bytes(route, "a") == b"here"


def test_two_hosts_at_one_address_never_share_a_connection(
    publisher: Publisher, client: LiveClient, live_catalogue: Catalogue
) -> None:
    page = next(item for item in live_catalogue.routes if item.id == "ees_release_page")
    for host in page.hosts:
        publisher.put(host, "/a", Page(host.encode()))
    for host in (*page.hosts, *page.hosts):
        assert client.get_bytes(page, f"https://{host}/a") == host.encode()
    assert [seen.headers["host"] for seen in publisher.log] == [*page.hosts, *page.hosts]
    first, second, *again = [seen.connection for seen in publisher.log]
    assert first != second
    assert again == [first, second], "each host's own connection is kept open"


def test_with_a_proxy_names_are_left_to_it_and_hosts_are_still_checked(
    patience: Patience, route: Route
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with LiveClient(patience=patience, proxy=f"http://127.0.0.1:{port}") as client:
        with pytest.raises(UnavailableError, match="connection could not be made"):
            client.get_bytes(route, "a")
        with pytest.raises(RefusedError, match="was not followed"):
            client.get_bytes(route, f"https://{ELSEWHERE}/a")


def test_the_proxy_is_the_one_that_the_machine_is_set_to_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:8080")
    assert system_proxy() == "http://proxy.example:8080"
    monkeypatch.setattr("ingest.live.client.getproxies", dict)
    assert system_proxy() is None
