"""Where a refresh may connect to: https, to hosts that the catalogue names, at public addresses.

Every hop passes here, redirects included, and the address that was checked is the one connected to.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence

import httpx

from ingest.live.errors import RefusedError

Resolve = Callable[[str, int], Sequence[tuple[str, int]]]
"""Host and port to the addresses and ports to connect to, in order of preference."""

HTTPS_PORT = 443


def check_address(url: httpx.URL, hosts: Sequence[str]) -> None:
    """Raise `RefusedError` unless the address is https, on a known host, at the usual port."""
    plain = url.scheme == "https" and url.port in {None, HTTPS_PORT} and not url.userinfo
    if not plain or url.host not in hosts:
        raise RefusedError(
            f"{url.copy_with(query=None)} was not followed: a refresh goes by https to "
            f"{', '.join(hosts)} and nowhere else. If the publisher moved, add the host to the "
            "route in data/catalogue/sources.toml."
        )


def resolve_public(host: str, port: int) -> list[tuple[str, int]]:
    """The host's addresses. Raises `RefusedError` if one of them is private, loopback or reserved,
    and `httpx.ConnectError` if the name cannot be looked up."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"the name {host} cannot be looked up ({error})") from error
    addresses = list(dict.fromkeys(str(item[4][0]).split("%")[0] for item in found))
    for address in addresses:
        if not _is_public(address):
            raise RefusedError(
                f"{host} leads to {address}, which is not a public address: nothing was sent. "
                "Where the network reaches the internet through a proxy, name the proxy."
            )
    return [(address, port) for address in addresses]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text)
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = inner or address
    return address.is_global and not address.is_multicast


class GuardedTransport(httpx.BaseTransport):
    """Checks every request, then sends it to the address that was checked.

    The request's extension `hosts` names the hosts it may go to. With a `proxy`, which looks names
    up itself, only scheme and host are checked. One connection pool for each host, so that a
    connection opened for one is never used for another that shares its address.
    """

    def __init__(
        self,
        *,
        resolve: Resolve,
        context: ssl.SSLContext,
        limits: httpx.Limits,
        proxy: str | None = None,
    ) -> None:
        self._resolve = resolve
        self._context = context
        self._limits = limits
        self._proxy = proxy
        self._pools: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises `RefusedError` where it must not be sent."""
        check_address(request.url, request.extensions["hosts"])
        host = request.url.host
        pool = self._pool_of(host)
        if self._proxy is not None:
            return pool.handle_request(request)
        *others, last = self._resolve(host, HTTPS_PORT)
        for address in others:
            try:
                return pool.handle_request(_send_to(request, *address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return pool.handle_request(_send_to(request, *last))

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()

    def _pool_of(self, host: str) -> httpx.HTTPTransport:
        if host not in self._pools:
            self._pools[host] = httpx.HTTPTransport(
                verify=self._context,
                http2=False,
                trust_env=False,
                limits=self._limits,
                proxy=self._proxy,
            )
        return self._pools[host]


def _send_to(request: httpx.Request, address: str, port: int) -> httpx.Request:
    """The same request to that address; the certificate must still be the host's."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address, port=port),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )
