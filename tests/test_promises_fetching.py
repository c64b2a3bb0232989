"""What docs/promises.md says of fetching, one test a row: addresses, redirects, time, size, TLS."""

import asyncio
import gzip
import itertools
import random
import re
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from alerts.errors import SourceRefused, SourceUnreachable
from alerts.httpclient import MOST_REDIRECTS, Client
from tests.conftest import Server
from tests.watched import PUBLIC, do

INSIDE_4 = (
    "127.0.0.1", "127.8.9.10", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254",
    "100.100.100.200", "0.0.0.0", "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255",
)  # fmt: skip
INSIDE_6 = (
    "::", "::1", "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001", "::127.0.0.1",
    "fe80::1", "fe80::1%25lo", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "100::1",
    "2001::1", "2001:db8::1", "2001:0:7f00:1::", "2002:7f00:1::", "2002:a00:1::1", "3fff::1",
    "5f00::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1",
    "2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:a00:1", "::ffff:0:127.0.0.1",
    "::ffff:127.0.0.1", "0:0:0:0:0:ffff:7f00:1", "::FFFF:7F00:0001",
)  # fmt: skip
NAMES = {
    "example.org": [PUBLIC],
    "localtest.me": ["127.0.0.1"],
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "spoofed.example": ["127.0.0.1"],
    "six.example": ["::1"],
    "mixed.example": [PUBLIC, "127.0.0.1"],
    "mixed-six.example": ["2606:4700:4700::1111", "fd00::1"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "router.lan": ["192.168.0.1"],
    "xn--80akhbyknj4f.example": ["10.0.0.1"],
    "empty.example": [],
}
TRICKS = (
    "http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://lo%63alhost/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://ｌｏｃａｌｈｏｓｔ/", "http://localhost:65535/", "http://ip6-localhost/",
    "http://localhost#@example.org/", "http://example.org@localhost/",
    "http://example.org:80@localhost/", "http://example.org%2f@127.0.0.1/",
    "http://127.0.0.1#@example.org/", "http://127.0.0.1?@example.org/",
    "http://127.0.0.1\\@example.org/", "http://example.org\\@127.0.0.1/",
    "http://127.0.0.1%00.example.org/", "http://127.0.0.1%20/", "http://127.0.0.1%09/",
    "http:127.0.0.1/", "http:/127.0.0.1/", "http:///127.0.0.1/", "http:\\\\127.0.0.1/",
    "//127.0.0.1/", "http://127.0.0.1:80:80/", "http://127.0.0.1:-1/", "http://127.0.0.1:99999/",
    "http://127.0.0.1:/", "http://@127.0.0.1/", "http://:@127.0.0.1/", "http://a:b@c@127.0.0.1/",
    "http://[::1]@127.0.0.1/", "http://[127.0.0.1]/", "http://[::1/", "http://::1/",
    "http://[::1]:80/", "http://[0::1]/", "http://[::1%25lo]/", "http://[v1.127.0.0.1]/",
    "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://127｡0｡0｡1/", "http://127．0．0．1/",
    "http://0/", "http://0x0/", "http://00/", "http://127.0.0.1.:80/", "http://127.0.0.1../",
    "http://.127.0.0.1/", "http://127..1/", "http://256.256.256.256/", "http://383.0.0.1/",
    "http://4294967297/", "http://18446744071562067969/", "http://-2130706433/", "http://1e3/",
    "http://127.0.0.1e0/", "http://0b1111111.0.0.1/", "http://+127.0.0.1/",
    "http://127.000.000.001/", "http://0127.0.0.1/", "http://127.0.0x.1/", "http://127.0.0.0x1/",
    "http://127.0.0.1/http://example.org/", "HTTP://127.0.0.1/", "hTTp://127.1/",
    "https://127.0.0.1/", " http://127.0.0.1/", "http://127.0.0.1\t/", "http://127.0.\n0.1/",
    "http://127.0.0.1\r\nHost: example.org/", "http://127.0.0.1\u200b/",
    "http://\u00ad127.0.0.1/", "http://127.0.0.1\ufe0f/", "http://١٢٧.٠.٠.١/", "ftp://127.0.0.1/",
    "file:///etc/passwd", "file://127.0.0.1/etc/passwd", "gopher://127.0.0.1:70/_x",
    "dict://127.0.0.1:11211/stat", "ldap://127.0.0.1/", "jar:http://127.0.0.1!/",
    "unix:///run/x.sock", "http+unix://%2frun%2fx.sock/", "javascript:1", "data:text/xml,x", "",
    "http://", "http:///", "?", "/", "http://user:pass@[::ffff:7f00:1]:80/",
    "http://router.lan/%2e%2e/", "http://example.org:80@/",
    *(f"http://{name}/" for name in NAMES), *(f"https://{name}:8443/" for name in NAMES),
)  # fmt: skip


def spellings_of_4(dotted: str) -> Iterator[str]:
    """Yield the ways in which an IPv4 address may stand in a web address."""
    a, b, c, d = parts = [int(part) for part in dotted.split(".")]
    number = int(IPv4Address(dotted))
    yield from (
        dotted,
        f"{dotted}.",
        f"{number}",
        f"{number:#x}",
        f"0x{number:08X}",
        f"0{number:o}",
    )
    yield from (".".join(f"{part:#x}" for part in parts), ".".join(f"0{part:o}" for part in parts))
    yield from (".".join(f"{part:04}" for part in parts), f"0{a:o}.{b:#x}.{c}.0{d:o}")
    yield from (
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}",
        f"{a:#x}.{number & 0xFFFFFF:#x}",
    )
    yield from (
        "".join(chr(0xFF10 + int(x)) if x != "." else x for x in dotted),
        dotted.replace(".", "。"),
    )
    yield from (
        dotted.replace(".", "％2e").replace("％", "%"),
        "".join(f"%{ord(x):02x}" for x in dotted),
    )
    yield from (f"user:pass@{dotted}", f"example.org@{dotted}", f"{dotted}:8080", f"{dotted}%2f")
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    yield from (f"[::ffff:{dotted}]", f"[::ffff:{high}:{low}]", f"[0:0:0:0:0:FFFF:{high}:{low}]")
    yield from (f"[::{dotted}]", f"[64:ff9b::{high}:{low}]", f"[2002:{high}:{low}::1]")
    yield from (f"[::ffff:0:{dotted}]", f"[::ffff:{dotted}%25lo]", f"[2606:4700::5efe:{dotted}]")


URLS = sorted(
    {f"http://{host}/" for dotted in INSIDE_4 for host in spellings_of_4(dotted)}
    | {f"http://[{six}]/" for six in INSIDE_6}
    | set(TRICKS)
)


# F1, F2: addresses ----------------------------------------------------------------------------


def test_no_spelling_in_any_way_contacts_an_address_inside() -> None:
    done = do(task="contact", urls=URLS, names=NAMES, private=False)

    assert (len(URLS), done["ways"]) == (495, 7)
    assert sum(done["said"].values()) == len(URLS) * done["ways"]
    assert "answered" not in done["said"]
    # A leading zero means octal, so a few spellings are other addresses, outside.
    assert PUBLIC in done["contacted"]
    assert all(IPv4Address(address).is_global for address in done["contacted"])


def test_the_hook_sees_contacts_where_they_are_allowed() -> None:
    done = do(task="contact", urls=URLS, names=NAMES, private=True)

    seen = [ip_address(address.partition("%")[0]) for address in done["contacted"]]
    assert {"127.0.0.1", "127.8.9.10", "10.0.0.1", "100.100.100.200"} <= set(done["contacted"])
    assert {"::1", "fd00:ec2::254"} <= set(done["contacted"])
    assert not any(address.is_link_local or address.is_multicast for address in seen)
    assert not any(address.is_unspecified for address in seen)
    assert done["contacts"] > 500


def test_a_thousand_rebinds_contact_nothing_inside_and_look_once_each() -> None:
    done = do(task="rebind", rounds=1_000)

    assert (done["looks"], done["refused"]) == (1_000, 1_000)
    assert done["contacted"] == [PUBLIC]
    assert done["contacts"] == done["public"] == 200


# F3, F4: redirects and proxies ----------------------------------------------------------------

SECRETS = {"Authorization": "Bearer SECRET", "X-Api-Key": "SECRET", "Cookie": "k=SECRET"}
BAD_ENDS = (
    "http://169.254.169.254/latest", "file:///etc/passwd", "ftp://127.0.0.1/", "javascript:1",
    "http://[::1", "http://127.0.0.1:99999/", "http://224.0.0.1/", "gopher://127.0.0.1/", "http://",
)  # fmt: skip


def chain(
    chance: random.Random, servers: Sequence[Server], number: int
) -> tuple[list[Server], str | None]:
    """Lay a chain of one to eight hops; return its servers, and where it ends if not in a page."""
    hops = [chance.choice(servers) for _ in range(chance.randint(1, 8))]
    end = chance.choice(BAD_ENDS) if chance.random() < 0.3 else None
    for at, hop in enumerate(hops):
        target = hops[at + 1].url(f"/{number}/{at + 1}") if at + 1 < len(hops) else end
        hop.reply(f"/{number}/{at}", **({"redirect": target} if target else {"body": "end"}))
    return hops, end


def authority_and_tls() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a client trusts, and what a server on 127.0.0.1 shows."""
    authority = trustme.CA()
    shown, trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(shown)
    authority.configure_trust(trusted)
    return trusted, shown


def test_two_hundred_chains_of_redirects_take_no_secret_to_another_origin(
    make_server: Callable[..., Server],
) -> None:
    trusted, shown = authority_and_tls()
    servers = [make_server(), make_server(), make_server(shown)]
    chance = random.Random(20261128)
    chains = [chain(chance, servers, number) for number in range(200)]
    counted = {"kept": 0, "dropped": 0, "refused": 0}

    async def follow_all() -> None:
        fetch = Client(tls=trusted).fetcher(allow_private=True)
        for number, (hops, end) in enumerate(chains):
            start = hops[0].url(f"/{number}/0").replace("//", "//user:SECRET@")
            downgraded = any(a is servers[2] and b is not a for a, b in itertools.pairwise(hops))
            barred = bool(downgraded or end or len(hops) > MOST_REDIRECTS + 1)
            try:
                found = await fetch(start, headers={**SECRETS, "Accept": "text/xml"})
                told = found.url
                assert told == hops[-1].url(f"/{number}/{len(hops) - 1}")
            except SourceRefused as error:
                told = None
                assert "SECRET" not in str(error)  # noqa: PT017 - either end is right
                counted["refused"] += 1
            assert barred == (told is None)

    asyncio.run(follow_all())
    for number, (hops, _) in enumerate(chains):
        stayed = next((at for at, hop in enumerate(hops) if hop is not hops[0]), len(hops))
        for at, hop in enumerate(hops):
            for request in (one for one in hop.requests if one.path == f"/{number}/{at}"):
                sent = "SECRET" in str(request.headers) or "authorization" in request.headers
                assert sent == (at < stayed)
                assert request.headers["accept"] == "text/xml"
                counted["kept" if sent else "dropped"] += 1
    assert min(counted.values()) > 50


def test_neither_fetch_nor_post_looks_for_a_proxy_or_a_password_in_the_environment(
    server: Server,
    make_server: Callable[..., Server],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = make_server()
    server.reply("/", body="direct")
    for name in (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ):
        monkeypatch.setenv(name, proxy.url())
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login user password SECRET")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))

    async def talk() -> None:
        client = Client()
        assert (await client.fetcher(allow_private=True)(server.url())).body == b"direct"
        await client.sender(allow_private=True)(server.url(), content=b"", headers={})

    asyncio.run(talk())

    assert proxy.requests == []
    assert all("authorization" not in request.headers for request in server.requests)
    assert len(server.requests) == 2
    # Another client does obey: the environment says what the test thinks it says.
    httpx.get(server.url())
    assert len(proxy.requests) == 1


# F5: time -------------------------------------------------------------------------------------


async def drip(writer: asyncio.StreamWriter, head: bytes, piece: bytes) -> None:
    """Send a head, then a piece each 50 ms until the client leaves."""
    with suppress(OSError):
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.05)


SLOW = {
    "silence": (b"", b""),
    "status line": (b"HTTP/1.1 2", b"0"),
    "header": (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X: x\r\n"),
    "interim": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "chunk size": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    "until closed": (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "gzip": (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", b"\x1f"),
}  # fmt: skip


def test_fifty_slow_answers_of_ten_kinds_end_at_the_deadline() -> None:
    kinds = list(itertools.islice(itertools.cycle(SLOW), 50))
    ended: list[float] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async def scenario() -> None:
        waiting: set[asyncio.Task[None]] = set()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked = (await reader.readuntil(b"\r\n\r\n")).split()[1]
            head, piece = SLOW[kinds[int(asked[1:])]]
            waiting.add(task := asyncio.ensure_future(drip(writer, head, piece)))
            with suppress(asyncio.CancelledError):
                await task
            writer.transport.abort()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as listener:
            port = listener.sockets[0].getsockname()[1]
            fetch = Client(resolve=resolve).fetcher(allow_private=True, deadline=1)
            asked = [fetch(f"http://h{at}.test:{port}/{at}") for at in range(50)]
            started = time.monotonic()
            for soonest in asyncio.as_completed(asked):
                with pytest.raises(SourceUnreachable):
                    await soonest
                ended.append(time.monotonic() - started)
            for task in waiting:
                task.cancel()
            # Each connection is closed here, not by whichever test runs next.
            await asyncio.sleep(0.05)

    asyncio.run(scenario())

    assert len(ended) == 50
    assert max(ended) < 2


# F6, F7, F8: size -----------------------------------------------------------------------------

MIB = 1 << 20
OK = b"HTTP/1.1 200 OK\r\n"
LENGTH, CHUNKED = b"Content-Length: %d\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"


def gibibyte() -> bytes:
    """Return a gzip stream of 1 GiB of zeros: one block that stands there 64 times."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = deflate.compress(bytes(16 * MIB)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block * 64 + b"\x03\0" + bytes(8)


def encoded(encoding: bytes, times: int) -> bytes:
    """Return an answer of 64 MiB of zeros, compressed so many times."""
    body = bytes(64 * MIB)
    for _ in range(times):
        body = gzip.compress(body)
    return OK + encoding + LENGTH % len(body) + body


GZIP = b"Content-Encoding: gzip\r\n"
HINT = b"HTTP/1.1 103 Early Hints\r\n\r\n"
MANY = b"".join(b"X-%d: x\r\n" % at for at in range(200_000))
TOO_LONG, BROKEN, FOREIGN, TAKEN = "more than 10 MiB", "broke off", "not asked for", "^$"

TOO_MUCH: dict[str, tuple[Callable[[], bytes], str]] = {
    "no length": (lambda: OK + b"\r\n" + bytes(30 * MIB), TOO_LONG),
    "length too short": (lambda: OK + LENGTH % 3 + bytes(30 * MIB), TAKEN),
    "length too long": (lambda: OK + LENGTH % 30 + b"x", BROKEN),
    "length of 10^20": (lambda: OK + LENGTH % 10**20 + bytes(30 * MIB), f"{BROKEN}|{TOO_LONG}"),
    "negative length": (lambda: OK + LENGTH % -5 + b"x", BROKEN),
    "two lengths": (lambda: OK + b"Content-Length: 1\r\n" + LENGTH % 2 + b"xx", BROKEN),
    "both": (lambda: OK + b"Content-Length: 1\r\n" + CHUNKED + b"1\r\nx\r\n0\r\n\r\n", TAKEN),
    "one huge chunk": (lambda: OK + CHUNKED + b"ffffffff\r\n" + bytes(30 * MIB), TOO_LONG),
    "chunk of 10^36": (lambda: OK + CHUNKED + b"f" * 30 + b"\r\n" + bytes(MIB), BROKEN),
    "many chunks": (lambda: OK + CHUNKED + b"400\r\n%b\r\n" % bytes(1024) * 12_000, TOO_LONG),
    "a gibibyte": (lambda: OK + GZIP + b"\r\n" + gibibyte(), "inflates to more than 10 MiB"),
    "gzip thrice": (lambda: encoded(b"Content-Encoding: gzip, gzip, gzip\r\n", 3), FOREIGN),
    "gzip thrice, line by line": (lambda: encoded(GZIP * 3, 3), FOREIGN),
    "brotli": (lambda: encoded(b"Content-Encoding: br\r\n", 1), FOREIGN),
    "gzip within gzip": (lambda: encoded(GZIP, 2), TAKEN),
    "200,000 headers": (lambda: OK + MANY + b"\r\n", BROKEN),
    "a header of 20 MiB": (lambda: OK + b"X: " + b"x" * 20 * MIB + b"\r\n\r\n", BROKEN),
    "a status line of 20 MiB": (lambda: b"HTTP/1.1 200 " + b"x" * 20 * MIB, BROKEN),
    "100,000 interim answers": (lambda: HINT * 100_000 + OK + b"\r\n", TAKEN),
}


@pytest.fixture(scope="module")
def costs() -> dict[str, dict[str, Any]]:
    """What every answer of TOO_MUCH costs a process that fetches one after the other."""
    server = Server()
    server.reply("/warm", body="x")
    paths = [f"/{number}" for number in range(len(TOO_MUCH))]
    for path, (make, _) in zip(paths, TOO_MUCH.values(), strict=True):
        server.reply(path, garbage=make())
    done = do(
        task="measure",
        urls=[server.url(path) for path in ("/warm", *paths)],
        deadline=20,
        open_ports=[server.port],
    )
    server.close()
    return dict(zip(TOO_MUCH, done["found"], strict=True))


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_an_answer_that_is_too_much_is_named_and_costs_little(
    costs: dict[str, dict[str, Any]], kind: str
) -> None:
    cost = costs[kind]

    assert re.search(TOO_MUCH[kind][1], cost["said"])
    assert cost["size"] <= 10 * MIB
    # What was read, the same in one piece, and what lies in buffers meanwhile.
    assert cost["grown"] < (10 if "header" in kind else 25) * MIB
    assert cost["peak"] < 200 * MIB
    assert cost["seconds"] < 5
