"""The one HTTP client: what it refuses, how long and how much it reads, what it keeps to itself."""

import asyncio
import gzip
import logging
import ssl
import sys
import time
import traceback
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.addresses import refusal
from alerts.domain import Fetched
from alerts.errors import (
    SourceBroken,
    SourceDenied,
    SourceError,
    SourceLimited,
    SourceRefused,
    SourceUnreachable,
    SourceUnreadable,
)
from alerts.httpclient import LARGEST_BODY, Client, check, inflate, parse_retry_after, read_json

if TYPE_CHECKING:
    from tests.conftest import Server

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

REFUSED = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:db8::1", "2001:2::1", "2001:20::1", "2002:7f00:1::", "2002:808:808::1",
    "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1",
    "ff02::1", "2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1", "4000::1",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "223.255.255.255",
    "2606:4700:4700::1111", "2001:4860:4860::8888", "64:ff9b::808:808", "::ffff:8.8.8.8",
]  # fmt: skip

SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "0x7f000001", "0x7f.1", "2130706433", "017700000001",
    "0177.0.0.1", "localhost", "localhost.", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]", "127。0。0。1", "①②⑦.⓪.⓪.①", "0", "0.0.0.0", "[::]", "user@127.0.0.1",
    "example.org@127.0.0.1", "169.254.169.254", "[fe80::1]", "10.1.2.3", "192.168.0.1",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "127.0.0.1.", "127.0.0.1%2f", "lo%63alhost",
]  # fmt: skip


class Contacts:
    """Every address that this process connects to while it is switched on."""

    def __init__(self) -> None:
        self.on = False
        self.hosts: list[str] = []

    def __call__(self, event: str, details: tuple[Any, ...]) -> None:
        if self.on and event == "socket.connect":
            self.hosts.append(str(details[1][0]))

    def __enter__(self) -> list[str]:
        self.on, self.hosts = True, []
        return self.hosts

    def __exit__(self, *_: object) -> None:
        self.on = False


CONTACTS = Contacts()
# An audit hook cannot be taken away again, so there is one, switched on where it is wanted.
sys.addaudithook(CONTACTS)


def run(awaitable: Awaitable[Fetched]) -> Fetched:
    async def wait() -> Fetched:
        return await awaitable

    return asyncio.run(wait())


def get(url: str, client: Client | None = None, **options: Any) -> Fetched:
    """Fetch as a source that may read from this machine does, unless told otherwise."""

    async def fetch() -> Fetched:
        fetcher = (client or Client()).fetcher(
            allow_private=options.pop("allow_private", True), deadline=options.pop("deadline", 20)
        )
        return await fetcher(url, **options)

    return asyncio.run(fetch())


def post(
    url: str,
    *,
    deadline: float = 15,
    content: bytes = b"{}",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Fetched:
    async def send() -> Fetched:
        sender = Client().sender(allow_private=True, deadline=deadline)
        return await sender(url, content=content, headers=headers)

    return asyncio.run(send())


def answer(status: int, body: bytes = b"", retry_after: str | None = None) -> Fetched:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return Fetched(status=status, url="https://example.org/x?key=K", headers=headers, body=body)


# Addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_inside_is_refused(address: str) -> None:
    assert refusal(address, allow_private=False) is not None


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_outside_is_not_refused(address: str) -> None:
    assert refusal(address, allow_private=False) is None


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd00::1", "8.8.8.8"]
)
def test_allow_private_permits_private_and_loopback_addresses(address: str) -> None:
    assert refusal(address, allow_private=True) is None


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::", "240.0.0.1", "x"]
)
def test_allow_private_permits_nothing_else(address: str) -> None:
    assert refusal(address, allow_private=True) is not None


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_a_private_address_is_contacted(server: "Server", host: str) -> None:
    with CONTACTS as hosts, pytest.raises((SourceRefused, SourceUnreachable)):
        get(f"http://{host}:{server.port}/", allow_private=False)

    assert hosts == []
    assert server.requests == []


def test_the_watch_over_contacts_sees_a_contact(server: "Server") -> None:
    server.reply("/", body="here")

    with CONTACTS as hosts:
        get(server.url())

    assert hosts == ["127.0.0.1"]


def test_a_name_that_changes_its_address_is_resolved_once_and_never_reaches_inside(
    server: "Server",
) -> None:
    asked: list[str] = []

    async def rebind(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) % 2 == 0 else ["203.0.113.1"]

    with CONTACTS as hosts:
        for _ in range(20):
            with pytest.raises(SourceRefused):
                get(
                    f"http://rebind.test:{server.port}/",
                    Client(resolve=rebind),
                    allow_private=False,
                )

    assert len(asked) == 20
    assert hosts == []


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    async def mixed(host: str, port: int) -> Sequence[str]:
        return ["8.8.8.8", "127.0.0.1"]

    with CONTACTS as hosts, pytest.raises(SourceRefused, match=r"mixed\.test: 127\.0\.0\.1"):
        get("http://mixed.test/", Client(resolve=mixed), allow_private=False)

    assert hosts == []


def test_the_checked_address_is_contacted_under_the_asked_name(server: "Server") -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    server.reply("/", body="here")

    found = get(f"http://feed.test:{server.port}/", Client(resolve=resolve))

    assert found.body == b"here"
    assert server.requests[0].headers["host"] == f"feed.test:{server.port}"


def test_a_second_address_is_tried_when_the_first_does_not_answer(server: "Server") -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    server.reply("/", body="here")

    assert get(f"http://feed.test:{server.port}/", Client(resolve=resolve)).body == b"here"


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/", "file:///etc/passwd", "gopher://x/", "/path", "", "http://", "http:///x",
     "http://[::1", "javascript:alert(1)", "data:text/plain,x", "http://example.org:99999/"],
)  # fmt: skip
def test_what_is_not_a_web_address_is_refused(url: str) -> None:
    with pytest.raises(SourceRefused):
        get(url)


def test_the_environment_names_no_proxy(server: "Server", monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.reply("/", body="direct")

    assert get(server.url()).body == b"direct"


# Redirects --------------------------------------------------------------------------------


def test_redirects_are_followed_and_the_last_address_is_told(server: "Server") -> None:
    server.reply("/a", redirect="/b?x=1", status=301)
    server.reply("/b", redirect=server.url("/c"), status=308)
    server.reply("/c", body="there")

    found = get(server.url("/a"), headers={"X-Api-Key": "K"})

    assert (found.body, found.url) == (b"there", server.url("/c"))
    assert [request.headers["x-api-key"] for request in server.requests] == ["K", "K", "K"]


def test_another_origin_gets_no_secret(
    server: "Server", make_server: Callable[..., "Server"]
) -> None:
    other = make_server()
    server.reply("/", redirect=other.url("/"))
    other.reply("/", body="there")

    get(
        server.url("/").replace("//", "//user:password@"),
        headers={
            "Authorization": "Bearer K",
            "X-Api-Key": "K",
            "Cookie": "K",
            "Accept": "text/xml",
        },
    )

    sent = other.requests[0].headers
    assert not {"authorization", "x-api-key", "cookie"} & set(sent)
    assert sent["accept"] == "text/xml"


def test_a_redirect_to_an_address_inside_is_refused(server: "Server") -> None:
    """Only the first host may be private here, and by name."""
    server.reply("/", redirect="http://169.254.169.254/latest/meta-data")

    with CONTACTS as hosts, pytest.raises(SourceRefused, match=r"169\.254\.169\.254"):
        get(server.url())

    assert hosts == ["127.0.0.1"]


@pytest.mark.parametrize(
    "target", ["ftp://example.org/x", "file:///etc/passwd", "javascript:alert(1)", "http://[::1"]
)
def test_a_redirect_to_what_is_no_web_address_is_refused(server: "Server", target: str) -> None:
    server.reply("/", redirect=target)

    with pytest.raises(SourceRefused):
        get(server.url())


def test_a_loop_of_redirects_ends(server: "Server") -> None:
    server.reply("/", redirect="/")

    with pytest.raises(SourceRefused, match="more than 5 redirects"):
        get(server.url())

    assert len(server.requests) == 6


# Time and size ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behaviour",
    [{"hang": 30}, {"hang_body": 30, "body": "x"}, {"drip": 0.05, "body": "x" * 1000}],
    ids=["head", "body", "drip"],
)
def test_a_slow_answer_ends_at_the_deadline(server: "Server", behaviour: dict[str, Any]) -> None:
    server.reply("/", **behaviour)
    started = time.monotonic()

    with pytest.raises(SourceUnreachable, match=r"no whole answer within 0\.3 s"):
        get(server.url(), deadline=0.3)

    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    "behaviour",
    [
        {"endless": True},
        {"body": b"x" * (LARGEST_BODY + 1)},
        {"body": b"x" * (LARGEST_BODY + 1), "chunked": True},
    ],
    ids=["endless", "long", "chunked"],
)
def test_a_body_that_is_too_large_is_refused(server: "Server", behaviour: dict[str, Any]) -> None:
    server.reply("/", **behaviour)

    with pytest.raises(SourceUnreadable, match="more than 10 MiB"):
        get(server.url())


def test_a_bomb_is_not_inflated(server: "Server") -> None:
    bomb = gzip.compress(bytes(200 << 20), compresslevel=1)
    server.reply("/", body=bomb, headers={"Content-Encoding": "gzip"})

    with pytest.raises(SourceUnreadable, match="inflates to more than 10 MiB"):
        get(server.url())


def test_inflating_a_bomb_takes_little_memory() -> None:
    bomb = gzip.compress(bytes(200 << 20), compresslevel=1)
    tracemalloc.start()

    with pytest.raises(OverflowError):
        inflate(bomb, "gzip", LARGEST_BODY)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 << 20


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "gzip, identity, deflate"])
def test_an_encoding_that_was_not_asked_for_is_refused(server: "Server", encoding: str) -> None:
    server.reply("/", body=gzip.compress(b"x", mtime=0), headers={"Content-Encoding": encoding})

    with pytest.raises(SourceUnreadable, match="encoding"):
        get(server.url())


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("x-gzip", gzip.compress(b"hel", mtime=0) + gzip.compress(b"lo", mtime=0)),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("identity", b"hello"),
        ("GZIP", gzip.compress(b"hello", mtime=0) + b"\0\0"),
    ],
)
def test_one_encoding_is_inflated(server: "Server", encoding: str, body: bytes) -> None:
    server.reply("/", body=body, headers={"Content-Encoding": encoding})

    assert get(server.url()).body == b"hello"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (gzip.compress(b"hello" * 100, mtime=0)[:-10], "ends too early"),
        (b"not gzip at all", "is damaged"),
        (gzip.compress(b"", mtime=0) * 17, "too many pieces"),
    ],
)
def test_a_damaged_encoding_is_named(server: "Server", body: bytes, told: str) -> None:
    server.reply("/", body=body, headers={"Content-Encoding": "gzip"})

    with pytest.raises(SourceUnreadable, match=told):
        get(server.url())


def test_a_flood_of_headers_is_refused(server: "Server") -> None:
    flood = b"".join(b"X-%d: x\r\n" % number for number in range(200_000))
    server.reply("/", garbage=b"HTTP/1.1 200 OK\r\n" + flood + b"\r\n")
    started = time.monotonic()

    with pytest.raises(SourceUnreachable):
        get(server.url())

    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "behaviour",
    [
        {"reset": True},
        {"reset_body": True, "body": "x"},
        {"truncate": 2, "body": "xyz"},
        {"garbage": b"SSH-2.0\r\n"},
        {"garbage": b""},
    ],
    ids=["reset", "reset-body", "truncated", "garbage", "closed"],
)
def test_a_broken_connection_is_named_with_its_host(
    server: "Server", behaviour: dict[str, Any]
) -> None:
    server.reply("/", **behaviour)

    with pytest.raises(SourceUnreachable, match=rf"127\.0\.0\.1:{server.port}: broke"):
        get(server.url())


def test_a_closed_port_is_named() -> None:
    with pytest.raises(SourceUnreachable, match=r"127\.0\.0\.1:9: refuses the connection"):
        get("http://127.0.0.1:9/")


def test_a_name_that_does_not_exist_is_named() -> None:
    with pytest.raises(SourceUnreachable, match=r"nowhere\.invalid: the name does not resolve"):
        get("http://nowhere.invalid/")


def test_requests_that_are_given_up_use_nothing_up(server: "Server") -> None:
    server.reply("/slow", hang=30)
    server.reply("/quick", body="ok")

    async def scenario() -> tuple[bytes, float]:
        client = Client()
        fetch = client.fetcher(allow_private=True)
        for _ in range(30):
            given_up = [asyncio.ensure_future(fetch(server.url("/slow"))) for _ in range(10)]
            await asyncio.sleep(0.005)
            for task in given_up:
                task.cancel()
            await asyncio.gather(*given_up, return_exceptions=True)
        started = time.monotonic()
        found = await fetch(server.url("/quick"))
        return found.body, time.monotonic() - started

    body, seconds = asyncio.run(scenario())

    assert body == b"ok"
    assert seconds < 1


def test_one_host_gets_four_requests_at_once(server: "Server") -> None:
    active, most = [0], [0]

    async def scenario() -> None:
        fetch = Client().fetcher(allow_private=True)
        await asyncio.gather(*(fetch(server.url("/x")) for _ in range(12)))

    def counted(_: object) -> dict[str, Any]:
        active[0] += 1
        most[0] = max(most[0], active[0])
        time.sleep(0.02)
        active[0] -= 1
        return {"body": "x"}

    server.handle("/x", counted)
    asyncio.run(scenario())

    assert 2 <= most[0] <= 4


# TLS --------------------------------------------------------------------------------------


def serving(cert: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_a_certificate_of_a_known_authority_is_accepted(
    make_server: Callable[..., "Server"],
) -> None:
    authority = trustme.CA()
    server = make_server(tls=serving(authority.issue_cert("127.0.0.1")))
    server.reply("/", body="safe")

    assert get(server.url(), Client(tls=trusting(authority))).body == b"safe"


@pytest.mark.parametrize("fault", ["unknown authority", "wrong host", "expired"])
def test_any_other_certificate_is_refused(make_server: Callable[..., "Server"], fault: str) -> None:
    authority = trustme.CA()
    past = datetime.now(UTC) - timedelta(days=1) if fault == "expired" else None
    name = "other.test" if fault == "wrong host" else "127.0.0.1"
    server = make_server(tls=serving(authority.issue_cert(name, not_after=past)))
    client = Client() if fault == "unknown authority" else Client(tls=trusting(authority))

    with pytest.raises(SourceUnreachable, match="certificate is not accepted"):
        get(server.url(), client)

    assert server.requests == []


def test_https_never_falls_back_to_http(
    server: "Server", make_server: Callable[..., "Server"]
) -> None:
    authority = trustme.CA()
    secure = make_server(tls=serving(authority.issue_cert("127.0.0.1")))
    secure.reply("/", redirect=server.url("/"))

    with pytest.raises(SourceRefused, match="from https to http"):
        get(secure.url(), Client(tls=trusting(authority)))


# Secrets ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behaviour",
    [{"hang": 5}, {"reset": True}, {"garbage": b"x"}, {"redirect": "/SECRET"}, {"redirect": "http://u:SECRET@[::1"},
     {"body": "x", "headers": {"Content-Encoding": "br"}}],
)  # fmt: skip
def test_an_error_tells_no_secret(
    server: "Server", behaviour: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.reply("/SECRET", **behaviour)
    url = server.url("/SECRET?key=SECRET").replace("//", "//user:SECRET@")

    with pytest.raises(SourceError) as caught:
        get(url, headers={"Authorization": "Bearer SECRET"}, deadline=0.2)

    assert "SECRET" not in str(caught.value)
    assert "SECRET" not in caplog.text


@pytest.mark.parametrize("value", ["SECRET\nX: y", "SECRET密", "SECRET\0"], ids=["n", "u", "0"])
def test_a_header_that_cannot_be_sent_is_not_repeated(server: "Server", value: str) -> None:
    with pytest.raises(SourceRefused, match="Authorization") as caught:
        get(server.url(), headers={"Authorization": value})

    assert "SECRET" not in "".join(traceback.format_exception(caught.value))


def test_an_address_that_cannot_be_read_is_not_repeated() -> None:
    # Spelt so that the trace of this test itself does not hold it.
    secret = "SEC" + "RET"

    with pytest.raises(SourceRefused) as caught:
        get(f"http://user:{secret}@[::1/{secret}")

    assert secret not in "".join(traceback.format_exception(caught.value))


def test_the_answer_tells_no_password(server: "Server") -> None:
    server.reply("/x", body="ok")

    found = get(server.url("/x").replace("//", "//user:SECRET@"))

    assert found.url == server.url("/x")
    assert server.requests[0].headers["authorization"].startswith("Basic ")


def test_every_request_names_us(server: "Server") -> None:
    server.reply("/", body="ok")

    get(server.url(), Client(contact="ops@example.org"), params={"q": ["a b", "c"]})

    assert server.requests[0].headers["user-agent"].startswith("Tocsin/")
    assert "(ops@example.org)" in server.requests[0].headers["user-agent"]
    assert server.requests[0].query == {"q": ["a b", "c"]}


# Sending ----------------------------------------------------------------------------------


def test_a_body_is_posted_as_it_is(server: "Server") -> None:
    server.reply("/hook", status=202, body="taken")

    found = post(server.url("/hook"), content=b'{"a": "\xc3\xa9"}', headers={"webhook-id": "m1"})

    assert (found.status, found.body) == (202, b"taken")
    request = server.requests[0]
    assert (request.method, request.body) == ("POST", b'{"a": "\xc3\xa9"}')
    assert request.headers["webhook-id"] == "m1"


def test_a_post_is_not_redirected(server: "Server") -> None:
    server.reply("/hook", redirect="/other", status=307)

    assert post(server.url("/hook")).status == 307
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("behaviour", "most"),
    [
        ({"endless": True}, 64_000),
        ({"reset_body": True, "body": "ok"}, 0),
        ({"truncate": 1, "body": "ok"}, 1),
        ({"hang_body": 30, "body": "ok"}, 0),
        ({"body": "x" * 100_000}, 64_000),
    ],
)
def test_a_status_counts_whatever_becomes_of_the_receipt(
    server: "Server", behaviour: dict[str, Any], most: int
) -> None:
    server.reply("/", **behaviour)

    found = post(server.url(), deadline=0.5)

    assert found.status == 200
    assert len(found.body) == most


@pytest.mark.parametrize("behaviour", [{"hang": 30}, {"reset": True}, {"garbage": b"\0"}])
def test_a_post_without_an_answer_is_unreachable(
    server: "Server", behaviour: dict[str, Any]
) -> None:
    server.reply("/SECRET", **behaviour)

    with pytest.raises(SourceUnreachable) as caught:
        post(server.url("/SECRET"), deadline=0.3)

    assert "SECRET" not in str(caught.value)


def test_a_post_inside_is_refused(server: "Server") -> None:
    async def send() -> None:
        await Client().sender()(server.url("/"), content=b"", headers={})

    with pytest.raises(SourceRefused):
        asyncio.run(send())

    assert server.requests == []


# Answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, SourceDenied), (402, SourceDenied), (403, SourceDenied), (429, SourceLimited),
        (404, SourceBroken), (410, SourceBroken), (500, SourceBroken), (503, SourceBroken),
        (599, SourceBroken), (400, SourceUnreadable), (406, SourceUnreadable),
        (302, SourceUnreadable), (101, SourceUnreadable),
    ],
)  # fmt: skip
def test_a_status_is_turned_into_the_error_that_fits(status: int, kind: type[SourceError]) -> None:
    with pytest.raises(SourceError, match=rf"example\.org: answers {status}") as caught:
        check(answer(status, retry_after="30"), NOW)

    assert type(caught.value) is kind
    assert caught.value.retry_after == 30
    assert "key" not in str(caught.value)


@pytest.mark.parametrize("status", [200, 201, 204, 304])
def test_an_answer_passes(status: int) -> None:
    assert check(answer(status), NOW).status == status


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None), ("", None), ("soon", None), ("nan", None), ("120", 120), (" 1.5 ", 1.5),
        ("-1", 0), ("0", 0), ("1e20", 86400), ("inf", 86400), ("99999999999999999999", 86400),
        (format_datetime(NOW + timedelta(minutes=2), usegmt=True), 120),
        (format_datetime(NOW - timedelta(days=9), usegmt=True), 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400), ("Tue, 24 Nov 2026 12:00:30 -0000", 30),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0),
    ],
)  # fmt: skip
def test_retry_after_is_read_and_kept_within_a_day(
    value: str | None, seconds: float | None
) -> None:
    assert parse_retry_after(value, NOW) == seconds


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.floats().map(str), st.datetimes().map(format_datetime)))
def test_retry_after_survives_anything(value: str) -> None:
    seconds = parse_retry_after(value, NOW)

    assert seconds is None or 0 <= seconds <= 86400


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<!doctype html>", "an HTML page"),
        (b"", "nothing"),
        (b'{"a": ', "broken data"),
        (b"NaN", "broken data"),
    ],
)
def test_what_is_no_json_is_named(body: bytes, told: str) -> None:
    with pytest.raises(SourceUnreadable, match=rf"example\.org: answers with {told}"):
        read_json(answer(200, body))


def test_json_is_read() -> None:
    assert read_json(answer(200, b'{"a": [1]}')) == {"a": [1]}
