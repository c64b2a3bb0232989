"""Opens the page's port and serves it in the service's own event loop."""

import asyncio
import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn

from alerts.errors import WebError
from alerts.web.guard import Guard

log = structlog.get_logger()

CONNECTIONS = 64
"""Open connections above which a request is told to come back later."""

LONGEST_HEAD = 16_384
"""Bytes of a request line with its headers."""

GRACE = 2
"""Seconds that answers under way have when the service stops."""


class _Server(uvicorn.Server):
    """uvicorn's server without its signal handlers: the service has its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(app: Guard, host: str, port: int) -> socket.socket:
    """Open the port to listen on.

    Raises WebError if the port is taken or not allowed, or if the address is not this machine's
    own and the application asks for no token.
    """
    where = f"service.web: {host}:{port}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise WebError(f"{where}: there is no such address") from error
    family, _, _, _, address = found[0]
    # The address that is checked is the one that is opened; a name is not looked up twice.
    own = ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback
    if not own and app.token is None:
        raise WebError(
            f"{where}: would show everything to the network: set a token, or use 127.0.0.1"
        )
    try:
        return socket.create_server((str(address[0]), int(address[1])), family=family)
    except OSError as error:
        said = os.strerror(error.errno) if error.errno else str(error)
        raise WebError(f"{where}: cannot be opened: {said}") from error


async def serve(app: Guard, listener: socket.socket, stop: asyncio.Event) -> None:
    """Answer requests until `stop` is set, then finish what is under way and close the port."""
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        timeout_graceful_shutdown=GRACE,
    )
    server = _Server(config)
    host, port = listener.getsockname()[:2]
    log.info(
        "web page", url=f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
    )
    with listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            server.should_exit = True
            await serving
