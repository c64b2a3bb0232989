"""What an enemy writes: feeds with faults put in, shapes that cost much, and markup that acts."""

import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

PIECES = (
    b"&", b"<", b">", b"]]>", b"<![CDATA[", b"<!--", b'"', b"\xe9", b"\0", b"\xff\xfe", b"0", b"[",
    b"</item>", b"<item>", b"&#x110000;", b"&#0;", b"xmlns=", b'encoding="', b"\xed\xa0\x80", b"%s",
    b"9" * 30, b"<!DOCTYPE a [", b"Mon, 99 Foo 0000", b"http://[", b"base64", b":",
)  # fmt: skip
LARGEST = 4_000


@cache
def small_feeds(folder: Path) -> list[bytes]:
    """Return the feeds of a folder that are quickly read."""
    paths = [path for path in sorted(folder.rglob("*.xml")) if path.stat().st_size < LARGEST]
    return [path.read_bytes() for path in paths]


def mutated(folder: Path, chance: random.Random, count: int) -> Iterator[bytes]:
    """Yield so many feeds of a folder, each with one to six faults; the same for the same seed."""
    files = small_feeds(folder)
    for _ in range(count):
        body = bytearray(chance.choice(files))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(body) + 1)
            kind = chance.random()
            if kind < 0.6:
                body[at : at + chance.randint(0, 8)] = chance.choice(PIECES)
            elif kind < 0.8:
                body[at : at + 1] = bytes([chance.randrange(256)])
            elif kind < 0.9:
                end = min(len(body), at + chance.randint(1, 200))
                body[at:at] = body[at:end] * chance.randint(1, 3)
            else:
                del body[at : at + chance.randint(1, 200)]
        yield bytes(body)


def item(description: bytes) -> bytes:
    """Return a feed of one item."""
    head = b'<rss version="2.0"><channel><item><title>x</title><description>'
    return head + description + b"</description></item></channel></rss>"


def channel(items: bytes) -> bytes:
    """Return a feed of these items, or of what stands for them."""
    return b"<rss><channel>%b</channel></rss>" % items


def times(piece: bytes, most: int, size: float) -> bytes:
    """Return a piece that is repeated; size 1 is about the largest that is fetched."""
    return piece * int(most * size)


def numbered(piece: bytes, most: int, size: float) -> bytes:
    """Return a piece that is repeated, with a number of its own for each %d."""
    numbers = (number for number in range(int(most * size)))
    return b"".join(piece.replace(b"%d", b"%d" % number) for number in numbers)


def laughs(size: float) -> bytes:
    """Return a billion laughs, or what fits into the size of them."""
    levels = 10 if size >= 1 else 8
    lines = [b'<!ENTITY e0 "lol">']
    for level in range(1, levels):
        lines.append(b'<!ENTITY e%d "%b">' % (level, b"&e%d;" % (level - 1) * 10))
    return b"<!DOCTYPE r [%b]>%b" % (b"".join(lines), item(b"&e%d;" % (levels - 1)))


def quadratic(size: float) -> bytes:
    """Return a feed that repeats one long entity."""
    long = b'<!DOCTYPE r [<!ENTITY a "%b">]>' % times(b"a", 50_000, size)
    return long + item(times(b"&a;", 50_000, size))


def in_utf_16(size: float) -> bytes:
    """Return tags in another encoding."""
    return ('<?xml version="1.0" encoding="utf-16"?>' + "<a>" * int(400_000 * size)).encode(
        "utf-16"
    )


SHAPES: dict[str, Callable[[float], bytes]] = {
    "comments that are opened": lambda n: item(b"&lt;!--" * 40_000),
    "comments in a section": lambda n: item(b"<![CDATA[" + b"<!--" * 40_000 + b"]]>"),
    "tags that are opened": lambda n: b"<rss><channel><item>" + times(b"<a>", 3_000_000, n),
    "tags within tags": lambda n: item(times(b"<a>", 900_000, n) + times(b"</a>", 900_000, n)),
    "tags in a description": lambda n: item(times(b"&lt;a&gt;", 1_000_000, n)),
    "brackets": lambda n: item(times(b"&lt;", 2_000_000, n)),
    "ampersands": lambda n: item(times(b"&amp;", 1_500_000, n)),
    "bare ampersands": lambda n: item(times(b"&", 5_000_000, n)),
    "a long attribute": lambda n: channel(b'<item a="%b"/>' % times(b"x", 9_000_000, n)),
    "many attributes": lambda n: channel(b"<item %b/>" % numbered(b'a%d="" ', 600_000, n)),
    "many names": lambda n: channel(numbered(b"<n%d/>", 800_000, n)),
    "many prefixes": lambda n: b"<rss %b/>" % numbered(b'xmlns:p%d="u%d" ', 300_000, n),
    "many items": lambda n: channel(times(b"<item><title>t</title></item>", 300_000, n)),
    "many categories": lambda n: channel(
        b"<item>%b</item>" % times(b"<category>c</category>", 400_000, n)
    ),
    "one comment": lambda n: b"<rss><channel><!-- " + times(b"x", 10_000_000, n),
    "one tag": lambda n: b"<rss><channel><item" + times(b" ", 10_000_000, n),
    "sections that are opened": lambda n: item(times(b"<![CDATA[", 1_000_000, n)),
    "a billion laughs": laughs,
    "a quadratic entity": quadratic,
    "numbers for characters": lambda n: item(times(b"&#1234567890;", 700_000, n)),
    "spaces": lambda n: item(times(b" ", 9_000_000, n)),
    "declarations": lambda n: (
        b"<!DOCTYPE r [%b]>%b" % (times(b'<!ENTITY a "a">', 600_000, n), item(b"&a;"))
    ),
    "another encoding": in_utf_16,
    "a long date": lambda n: channel(
        b"<item><pubDate>%b</pubDate></item>" % times(b"1 ", 4_000_000, n)
    ),
}
"""Shape -> a feed of it, for a size between 0 and 1."""

ACTS = (
    "<script>fetch('{}')</script>", "<script src={}></script>", "<img src={}>", "<embed src={}>",
    "<img src=x onerror=fetch('{}')>", "<svg onload=fetch('{}')>", "<iframe src={}></iframe>",
    "<iframe srcdoc=\"<img src='{}'>\"></iframe>", "<object data={}></object>",
    "<link rel=stylesheet href={}>", "<meta http-equiv=refresh content='0;url={}'>",
    "<body onload=fetch('{}')>", "<video src={}></video>", "<audio src={}></audio>",
    "<video><source src={}></video>", "<video poster={}></video>", "<input type=image src={}>",
    "<input autofocus onfocus=fetch('{}')>", "<details open ontoggle=fetch('{}')>x</details>",
    "<style>@import '{}';</style>", "<div style='background:url({})'>x</div>",
    "<svg><image href={} /></svg>", "<table background={}><tr><td>x</table>",
    "<picture><source srcset={}><img></picture>", "<img srcset='{} 1x'>",
    "<x/onclick=x><img src={}>", "<svg><style>*{{background:url({})}}</style></svg>",
    "<math><mtext><img src={}></mtext></math>",
)  # fmt: skip
"""What calls an address when a browser shows it."""

WAYS_OUT = (
    "", '">', "'>", "</title></style></textarea></script>", "-->", "\0", "]]>", "</a></p></td></tr>"
)  # fmt: skip
"""What may end the place that a text stands in, so that what follows is markup."""


def attacks(address: str) -> list[str]:
    """Return each act after each way out. address: what is called, with {} for the act's number."""
    return [
        way + act.format(address.format(number))
        for way in WAYS_OUT
        for number, act in enumerate(ACTS)
    ]
