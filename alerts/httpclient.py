"""The only place that talks HTTP: guarded, bounded in time and size, silent about secrets.

Every exchange has its own connection, closed at its end. So a connection that a laxer guard
opened is never used by another source, a request that was cancelled half-way cannot use up a
shared pool, and there is nothing to close. It knows no source, channel, config or clock.
"""

import asyncio
import logging
import math
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import responses
from importlib.metadata import version
from weakref import WeakValueDictionary

import httpx
import orjson

from alerts.domain import Fetch, Fetched, Json, Send
from alerts.errors import (
    SourceBroken,
    SourceDenied,
    SourceError,
    SourceLimited,
    SourceRefused,
    SourceUnreachable,
    SourceUnreadable,
)
from alerts.guard import GuardedBackend, GuardedTransport, Resolve, resolve_name

LARGEST_BODY, LARGEST_RECEIPT = 10 << 20, 64_000
MOST_REDIRECTS = 5
REDIRECTS = {301, 302, 303, 307, 308}
MOST_MEMBERS = 16
INFLATED_AT_ONCE = 1 << 20
MOST_FETCHES = 64
MOST_FETCHES_A_HOST = 4
SECONDS_TO_CONNECT = 5.0
LONGEST_WAIT = 86_400.0

# What may follow a redirect to another origin: nothing in these can be a secret.
HARMLESS_HEADERS = {"accept", "cache-control", "if-modified-since", "if-none-match"}

# Both write whole addresses to their logs, and a webhook's address is a secret.
for noisy in ("httpx", "httpcore"):
    logging.getLogger(noisy).setLevel(logging.WARNING)

# Requests ---------------------------------------------------------------------------------


class Client:
    """Makes the Fetch of a source and the Send of a channel; belongs to one event loop.

    contact: address or mail for the operators of the servers that are polled.
    resolve, tls: how names are resolved and certificates checked; the system's way by default.
    """

    def __init__(
        self,
        *,
        contact: str | None = None,
        resolve: Resolve = resolve_name,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        agent = f"Tocsin/{version('tocsin')}" + (f" ({contact})" if contact else "")
        self._headers = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "gzip, identity"}
        self._resolve = resolve
        self._tls = tls or httpx.create_ssl_context(trust_env=False)
        self._slots = asyncio.Semaphore(MOST_FETCHES)
        self._host_slots: WeakValueDictionary[bytes, asyncio.Semaphore] = WeakValueDictionary()

    def fetcher(
        self, *, allow_private: bool = False, deadline: float = 20.0, hosts: Collection[str] = ()
    ) -> Fetch:
        """Return what gets addresses for one source.

        hosts: if given, a redirect out of them is the answer, with no body; the first is asked.
        deadline: seconds for one fetch with all its redirects, counted from when its host has
            a free slot. The Fetch raises SourceUnreachable, SourceRefused or, for a body that
            is too large or badly compressed, SourceUnreadable.
        """

        async def fetch(
            url: str,
            *,
            params: Mapping[str, str | list[str]] | None = None,
            headers: Mapping[str, str] | None = None,
        ) -> Fetched:
            target = parse_address(url)
            if params:
                target = target.copy_merge_params(dict(params))
            sent = checked_headers(headers or {})
            host_slots = self._host_slots.setdefault(
                target.netloc, asyncio.Semaphore(MOST_FETCHES_A_HOST)
            )
            async with host_slots, self._slots, self._exchange(allow_private) as http:
                return await within(deadline, target, follow(http, target, sent, hosts))

        return fetch

    def sender(self, *, allow_private: bool = False, deadline: float = 15.0) -> Send:
        """Return what posts bodies for one channel.

        deadline: seconds for one try. The Send raises SourceUnreachable or SourceRefused; once
            a status has come, it is the answer, whatever becomes of the receipt after it.
        """

        async def send(url: str, *, content: bytes, headers: Mapping[str, str]) -> Fetched:
            target = parse_address(url)
            sent = checked_headers(headers)
            async with self._exchange(allow_private) as http:
                return await post(http, target, content, sent, deadline)

        return send

    @asynccontextmanager
    async def _exchange(self, allow_private: bool) -> AsyncIterator[httpx.AsyncClient]:
        """Open a client for one exchange."""
        backend = GuardedBackend(self._resolve, allow_private=allow_private)
        async with httpx.AsyncClient(
            transport=GuardedTransport(backend, self._tls),
            headers=self._headers,
            timeout=httpx.Timeout(None, connect=SECONDS_TO_CONNECT),
            trust_env=False,
            follow_redirects=False,
            event_hooks={"response": [set_location_aside]},
        ) as http:
            yield http


def parse_address(text: str) -> httpx.URL:
    """Return a web address. Raises SourceRefused for anything else."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        # The cause would repeat the address, secrets included.
        raise SourceRefused("this is not a web address") from None
    if url.scheme not in {"http", "https"} or not url.host or not 0 < (url.port or 80) < 1 << 16:
        raise SourceRefused("only http and https addresses are fetched")
    return url


def name(url: httpx.URL) -> str:
    """Return the part of an address that may be shown: host and port."""
    return url.netloc.decode("ascii")


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers if HTTP allows them. Raises SourceRefused without repeating any value."""
    for header, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            raise SourceRefused(f"the value for the header {header} has characters that HTTP bars")
    return dict(headers)


def explain(failed: httpx.TransportError) -> str:
    """Say what went wrong; the library's own words may repeat what was sent."""
    cause: BaseException | None = failed
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted ({cause.verify_message})"
        if isinstance(cause, ssl.SSLError):
            return "TLS could not be agreed on"
        if isinstance(cause, ConnectionRefusedError):
            return "refuses the connection"
        cause = cause.__cause__ or cause.__context__
    if isinstance(failed, httpx.ConnectTimeout):
        return f"does not answer within {SECONDS_TO_CONNECT:g} s"
    if isinstance(failed, httpx.ConnectError):
        return "cannot be reached"
    if isinstance(failed, httpx.ProtocolError):
        return "broke off its answer, or does not speak HTTP"
    return "broke the connection"


@contextmanager
def naming(url: httpx.URL) -> Iterator[None]:
    """Turn a broken connection into SourceUnreachable with the host's name."""
    try:
        yield
    except httpx.TransportError as failed:
        raise SourceUnreachable(f"{name(url)}: {explain(failed)}") from failed


async def within(deadline: float, url: httpx.URL, answer: Awaitable[Fetched]) -> Fetched:
    """Wait for an answer, but no longer than the deadline in seconds."""
    try:
        async with asyncio.timeout(deadline):
            return await answer
    except TimeoutError as late:
        raise SourceUnreachable(f"{name(url)}: no whole answer within {deadline:g} s") from late


async def follow(
    http: httpx.AsyncClient, start: httpx.URL, headers: dict[str, str], hosts: Collection[str]
) -> Fetched:
    """Get an address, and what it redirects to while that is at one of the hosts, if any."""
    url = start
    for _ in range(MOST_REDIRECTS + 1):
        with naming(url):
            async with http.stream("GET", url, headers=headers) as response:
                location = response.extensions["location"]
                if location is None or response.status_code not in REDIRECTS:
                    return as_fetched(url, response, await read_whole(response, url))
            following = parse_redirect(url, location)
            if hosts and following.host not in hosts:
                return as_fetched(following, response, b"")
        if (following.scheme, following.netloc) != (url.scheme, url.netloc):
            headers = {k: v for k, v in headers.items() if k.lower() in HARMLESS_HEADERS}
        url = following
    raise SourceRefused(f"{name(start)}: more than {MOST_REDIRECTS} redirects")


async def set_location_aside(response: httpx.Response) -> None:
    """Hide where an answer redirects to: httpx resolves that even where it must not follow."""
    response.extensions["location"] = response.headers.pop("location", None)


def as_fetched(url: httpx.URL, response: httpx.Response, body: bytes) -> Fetched:
    """Return an answer as our own value, without the address's user name and password."""
    return Fetched(
        status=response.status_code,
        url=str(url.copy_with(userinfo=b"")),
        headers=dict(response.headers.items()),
        body=body,
    )


def parse_redirect(url: httpx.URL, location: str) -> httpx.URL:
    """Return where a redirect leads. Raises SourceRefused where it may not be followed."""
    try:
        following = parse_address(str(url.join(location)))
    except (SourceRefused, httpx.InvalidURL, UnicodeError, ValueError):
        raise SourceRefused(f"{name(url)}: redirects to what is not a web address") from None
    if (url.scheme, following.scheme) == ("https", "http"):
        raise SourceRefused(f"{name(url)}: redirects from https to http")
    return following


async def read_whole(response: httpx.Response, url: httpx.URL) -> bytes:
    """Read a body and inflate it, up to LARGEST_BODY bytes of either."""
    encodings = [e.strip().lower() for e in response.headers.get("content-encoding", "").split(",")]
    encodings = [encoding for encoding in encodings if encoding not in {"", "identity"}]
    if len(encodings) > 1 or not set(encodings) <= {"gzip", "x-gzip", "deflate"}:
        raise SourceUnreadable(f"{name(url)}: answers in an encoding that was not asked for")
    raw = bytearray()
    async for chunk in response.aiter_raw():
        raw += chunk
        if len(raw) > LARGEST_BODY:
            raise SourceUnreadable(f"{name(url)}: answers with more than {LARGEST_BODY >> 20} MiB")
    if not encodings or not raw:
        return bytes(raw)
    try:
        return inflate(bytes(raw), encodings[0], LARGEST_BODY)
    except (zlib.error, OverflowError) as damaged:
        raise SourceUnreadable(f"{name(url)}: its compressed answer {damaged}") from damaged


def inflate(raw: bytes, encoding: str, largest: int) -> bytes:
    """Inflate gzip or deflate. Raises OverflowError beyond `largest` bytes, zlib.error if damaged.

    "deflate" is a zlib stream by RFC 9110, section 8.4.1.2, and a bare one from some servers.
    """
    zlib_stream = raw[0] & 0x0F == 8 and int.from_bytes(raw[:2], "big") % 31 == 0
    bits = 31 if "gzip" in encoding else 15 if zlib_stream else -15
    whole = bytearray()
    for _ in range(MOST_MEMBERS):
        member = zlib.decompressobj(bits)
        while not member.eof:
            try:
                piece = member.decompress(raw, INFLATED_AT_ONCE)
            except zlib.error:
                raise zlib.error("is damaged") from None
            whole += piece
            if len(whole) > largest:
                raise OverflowError(f"inflates to more than {largest >> 20} MiB")
            raw = member.unconsumed_tail
            if not piece and not raw and not member.eof:
                raise zlib.error("ends too early")
        raw = member.unused_data
        if bits != 31 or not raw.startswith(b"\x1f\x8b"):
            return bytes(whole)
    raise OverflowError("comes in too many pieces")


async def post(
    http: httpx.AsyncClient,
    url: httpx.URL,
    content: bytes,
    headers: dict[str, str],
    deadline: float,
) -> Fetched:
    """Post a body; read the status, and as much of the receipt as comes in time."""
    headers = {"Accept-Encoding": "identity"} | headers
    response: httpx.Response | None = None
    receipt = bytearray()
    try:
        with naming(url):
            async with (
                asyncio.timeout(deadline),
                http.stream("POST", url, content=content, headers=headers) as response,
            ):
                with suppress(httpx.TransportError):
                    async for chunk in response.aiter_raw():
                        receipt += chunk
                        if len(receipt) >= LARGEST_RECEIPT:
                            break
    except TimeoutError as late:
        if response is None:
            raise SourceUnreachable(f"{name(url)}: no answer within {deadline:g} s") from late
    return as_fetched(url, response, bytes(receipt[:LARGEST_RECEIPT]))


# Answers ----------------------------------------------------------------------------------


def check(fetched: Fetched, now: datetime) -> Fetched:
    """Return an answer that is one (2xx, or 304); raise the SourceError that fits any other."""
    status = fetched.status
    if 200 <= status < 300 or status == 304:
        return fetched
    wait = parse_retry_after(fetched.headers.get("retry-after"), now)
    text = f"{name(httpx.URL(fetched.url))}: answers {status} {responses.get(status, '')}".rstrip()
    kind: type[SourceError] = SourceUnreadable
    if status in {401, 402, 403}:
        kind = SourceDenied
    elif status == 429:
        kind = SourceLimited
    elif status in {404, 410} or status >= 500:
        kind = SourceBroken
    raise kind(text, retry_after=wait)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, between 0 and a day.

    It holds seconds or an HTTP date (RFC 9110, section 10.2.3). None: absent, or neither.
    """
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            date = parsedate_to_datetime(value)
            seconds = ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT)


def read_json(fetched: Fetched) -> Json:
    """Return the JSON of an answer. Raises SourceUnreadable."""
    try:
        return orjson.loads(fetched.body)
    except orjson.JSONDecodeError as wrong:
        host = name(httpx.URL(fetched.url))
        start = fetched.body.lstrip()[:1]
        found = "an HTML page" if start == b"<" else "nothing" if not start else "broken data"
        raise SourceUnreadable(f"{host}: answers with {found} instead of JSON") from wrong
