"""Fixtures that several test files share: an HTTP server that can misbehave, and a poll of it."""

import asyncio
import gzip
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import responses
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
import structlog
from hypothesis import settings

from alerts import cli
from alerts.domain import Json, Polled
from alerts.httpclient import Client
from alerts.sources import KINDS
from tests.commands import Result

ROOT = Path(__file__).resolve().parents[1]

LONGEST_HEAD = 1 << 20

settings.register_profile("at length", max_examples=10_000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --at-length."""
    told = "the sizes of docs/promises.md where a run of all tests takes smaller ones"
    parser.addoption("--at-length", action="store_true", help=told)


def pytest_configure(config: pytest.Config) -> None:
    """Let Hypothesis try more at length."""
    if config.getoption("at_length"):
        settings.load_profile("at length")


@pytest.fixture
def choose(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """Return what chooses between two sizes: that of every run, and that with --at-length."""
    at_length = bool(request.config.getoption("at_length"))
    return lambda short, long: long if at_length else short


Payload = bytes | str | dict[str, Any] | list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it arrived. headers: names in lower case; at: monotonic seconds."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server does with a request.

    drip: seconds between the single bytes of the body.
    truncate: only so many bytes of the body come, though Content-Length tells all.
    hang, hang_body: seconds of silence before the status line, or after the headers.
    reset, reset_body: the connection is reset before any byte, or after the headers.
    endless: chunks until the client leaves.
    garbage: these bytes instead of HTTP.
    etag: sent, and a matching If-None-Match gets 304.
    """

    status: int = 200
    body: Payload = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    drip: float | None = None
    truncate: int | None = None
    hang: float = 0.0
    hang_body: float = 0.0
    reset: bool = False
    reset_body: bool = False
    chunked: bool = False
    endless: bool = False
    gzip: bool = False
    garbage: bytes | None = None
    etag: str | None = None
    redirect: str | None = None


Handler = Callable[[Request], Mapping[str, Any]]


class Server:
    """A threaded HTTP/1.1 server, one request a connection, with a programmed answer a path."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self._tls = tls
        self._handlers: dict[str, Handler] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def url(self, path: str = "/") -> str:
        """Return the address of a path here."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{path}"

    def reply(self, path: str, **reply: Any) -> None:
        """Answer every request to this path so; the keys are those of Reply."""
        self.replies(path, [reply])

    def replies(self, path: str, replies: Sequence[Mapping[str, Any]]) -> None:
        """Answer the requests to this path one after another; the last answer repeats."""
        left = list(replies)

        def next_reply(_: Request) -> Mapping[str, Any]:
            with self._lock:
                return left.pop(0) if len(left) > 1 else left[0]

        self.handle(path, next_reply)

    def handle(self, path: str, handler: Handler) -> None:
        """Answer requests to this path as the handler says; its keys are those of Reply."""
        with self._lock:
            self._handlers[path] = handler

    def close(self) -> None:
        """Stop listening, cut every hang short, and wait for the connections."""
        self._closing.set()
        # Closing a socket does not wake a thread that waits in accept(): a connection does.
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._acceptor.join(timeout=5)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=5)

    def _accept(self) -> None:
        while not self._closing.is_set():
            connection, _ = self._listener.accept()
            connection.settimeout(10)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        # A client that leaves early is one of the things under test.
        with connection, suppress(OSError):
            talking = (
                self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            )
            with talking:
                request = read_request(talking)
                if request is None:
                    return
                with self._lock:
                    self.requests.append(request)
                    handler = self._handlers.get(request.path)
                reply = Reply(**handler(request)) if handler else Reply(status=404)
                self._answer(talking, request, reply)

    def _answer(self, connection: socket.socket, request: Request, reply: Reply) -> None:
        self._closing.wait(reply.hang)
        if reply.reset:
            return reset(connection)
        if reply.garbage is not None:
            return connection.sendall(reply.garbage)
        status, headers, body = frame(request, reply)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        connection.sendall(
            f"HTTP/1.1 {status} {responses.get(status, '')}\r\n{head}\r\n".encode("latin-1")
        )
        self._closing.wait(reply.hang_body)
        if reply.reset_body:
            return reset(connection)
        return self._send_body(connection, reply, body)

    def _send_body(self, connection: socket.socket, reply: Reply, body: bytes) -> None:
        while reply.endless and not self._closing.is_set():
            connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        if reply.chunked:
            connection.sendall(
                b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
            )
        elif reply.drip is None:
            connection.sendall(body[: reply.truncate])
        else:
            for position in range(len(body)):
                if self._closing.wait(reply.drip):
                    return
                connection.sendall(body[position : position + 1])


def read_request(connection: socket.socket) -> Request | None:
    """Read one request whole, or None if the client left before it was complete."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk or len(received) > LONGEST_HEAD:
            return None
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    while len(body) < int(headers.get("content-length", "0")):
        chunk = connection.recv(65536)
        if not chunk:
            return None
        body += chunk
    parts = urlsplit(target)
    return Request(
        method=method,
        path=parts.path,
        query=parse_qs(parts.query, keep_blank_values=True),
        headers=headers,
        body=body,
        at=time.monotonic(),
    )


def frame(request: Request, reply: Reply) -> tuple[int, dict[str, str], bytes]:
    """Return the status, the headers and the body that a reply stands for."""
    status, body = reply.status, encode(reply.body)
    headers = {"Content-Type": content_type(reply.body), "Connection": "close"}
    if reply.redirect is not None:
        status = reply.status if 300 <= reply.status < 400 else 302
        headers["Location"] = reply.redirect
    if reply.etag is not None:
        headers["ETag"] = reply.etag
        if request.headers.get("if-none-match") == reply.etag:
            status, body = 304, b""
    if reply.gzip:
        body = gzip.compress(body)
        headers["Content-Encoding"] = "gzip"
    if reply.chunked or reply.endless:
        headers["Transfer-Encoding"] = "chunked"
    elif status != 304:
        headers["Content-Length"] = str(len(body))
    return status, headers | dict(reply.headers), body


def encode(body: Payload) -> bytes:
    """Return a body's bytes; what is neither bytes nor text is sent as JSON."""
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else orjson.dumps(body)


def content_type(body: Payload) -> str:
    """Return the type to announce where the test names none."""
    if isinstance(body, bytes):
        return "application/octet-stream"
    return "text/plain; charset=utf-8" if isinstance(body, str) else "application/json"


def reset(connection: socket.socket) -> None:
    """Close a connection so that the client sees it reset, not ended."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.fixture
def make_server() -> Iterator[Callable[..., Server]]:
    """Make servers on as many ports as a test needs, with TLS if it gives a context."""
    made: list[Server] = []

    def make(tls: ssl.SSLContext | None = None) -> Server:
        made.append(Server(tls))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture
def server(make_server: Callable[..., Server]) -> Server:
    """One HTTP server on 127.0.0.1."""
    return make_server()


@pytest.fixture
def poll() -> Callable[..., Polled]:
    """Poll a source of some kind once, on 2026-11-24 at noon, as the service would."""

    def poll_once(
        kind: str, *, cursor: Mapping[str, Json] | None = None, deadline: float = 20, **keys: Any
    ) -> Polled:
        config = KINDS[kind].config(**{"name": "wire", "allow_private": True, **keys})
        now = datetime(2026, 11, 24, 12, tzinfo=UTC)

        async def poll_it() -> Polled:
            fetch = Client().fetcher(allow_private=config.allow_private, deadline=deadline)
            return await KINDS[kind].poll(config, fetch, cursor or {}, now)

        return asyncio.run(poll_it())

    return poll_once


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    """Undo what a command set up for its logs: its standard error is closed after its test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def tocsin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """Run a command in this process, in an empty folder, with the shipped models."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_MODELS", str(ROOT / "models"))

    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as caught:
            cli.main(arguments)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Result(int(caught.value.code or 0), said.out, said.err.splitlines())

    return run
