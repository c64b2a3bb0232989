"""The guard of every request: names resolved once, and no connection to an address refused here.

The table of refused addresses is in alerts/addresses.py.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import zip_longest

import httpcore
import httpx

from alerts.addresses import refusal
from alerts.errors import SourceRefused, SourceUnreachable

MOST_ADDRESSES = 3
"""Addresses of one name that are tried."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Turns host and port into IP addresses; raises OSError where there are none."""


async def resolve_name(host: str, port: int) -> Sequence[str]:
    """Resolve a name as the system does."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves once, checks every address found, and connects to one that it checked.

    The name in the request's Host header and in TLS stays the one that was asked for.
    """

    def __init__(self, resolve: Resolve, *, allow_private: bool) -> None:
        self._resolve = resolve
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = list(dict.fromkeys(await self._resolve(host, port)))
        except (OSError, UnicodeError) as unknown:
            raise SourceUnreachable(f"{host}: the name does not resolve") from unknown
        for address in addresses:
            reason = refusal(address, allow_private=self._allow_private)
            if reason is not None:
                hint = "; allow_private: true permits it" if "private" in reason else ""
                raise SourceRefused(f"{host}: {address} {reason}{hint}")
        failure: Exception = SourceUnreachable(f"{host}: the name has no address")
        for address in alternate(addresses)[:MOST_ADDRESSES]:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                failure = failed
        raise failure

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def alternate(addresses: Sequence[str]) -> list[str]:
    """Order addresses so that one broken family does not hide the other."""
    six = [address for address in addresses if ":" in address]
    four = [address for address in addresses if ":" not in address]
    return [address for pair in zip_longest(six, four) for address in pair if address]


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a guarded backend, for which it has no argument of its own."""

    def __init__(self, backend: GuardedBackend, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, max_connections=1, network_backend=backend
        )
