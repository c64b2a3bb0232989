"""What docs/promises.md says of parsing: feeds, bombs, entities, JSON, naughty strings, dates."""

import asyncio
import csv
import io
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from dateutil import parser
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from alerts import config as config_file
from alerts import pipeline as stages
from alerts.acts import load_reader
from alerts.dates import EARLIEST, parse_date
from alerts.domain import Fetched, Polled, Post, RawPost
from alerts.errors import SourceUnreadable
from alerts.httpclient import read_json
from alerts.normalise import LEFT_ENTITY, MARKUP, normalise, read_html, tidy, tidy_url
from alerts.sources.feed import read
from alerts.sources.feed_worker import PARSER_FAILS, FeedReader, FeedUnreadable
from alerts.store import tables
from alerts.store.connect import open_store
from alerts.window import Window
from classifier import exchange
from classifier.labels import Example
from tests import fuzz
from tests.hostile import SHAPES, attacks, item, mutated
from tests.test_alerts_scheduler import WordTagger
from tests.watched import do

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "hostile"
FEEDS = SHARED / "feeds"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOOD = b'<rss version="2.0"><channel><item><title>Good</title></item></channel></rss>'


FORMULAS = ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "'=1", "''=1", "＝1", '="a",b', "=a\nb")
PAYLOADS = (
    "<script>ATTACK</script>", "<SCRIPT SRC=//x>ATTACK</SCRIPT>", "<svg onload=ATTACK>",
    "<scr<script>ipt>x</script>", "<img src=x onerror=ATTACK>", "<img src=x onerror=ATTACK",
    "<svg><script>ATTACK</script></svg>", "<a href=javascript:ATTACK>x</a>", "<%00script>x",
    "<style>@import 'ATTACK'</style>", "<iframe srcdoc='ATTACK'>", "<template>ATTACK</template>",
    "<math><mtext><style><img src=x onerror=ATTACK></style>", "<object data=ATTACK>x</object>",
    "<noscript><p title='</noscript><img src=x onerror=ATTACK>'>", "<x/onclick=ATTACK>x",
    "<img src='x' title='>' onerror='ATTACK'>", "<img/src=x/onerror=ATTACK>",
    "<textarea></textarea><img src=x onerror=ATTACK>", "<b/onx='><img src=ATTACK>'>",
    "<form><button formaction=javascript:ATTACK>x", "<meta http-equiv=refresh content=ATTACK>",
    "<base href=ATTACK>", "<!doctype ATTACK>", "<?xml ATTACK?>", "<![CDATA[<img onerror=ATTACK>]]>",
    "<a title='<b>' onclick='ATTACK'>x</a>", "</p onclick=ATTACK>", "<a\nhref=ATTACK\n>x</a>",
)  # fmt: skip


CONFIG = """\
service: {{database: "sqlite:///{}/t.db"}}
sources: [{{name: wire, kind: feed, url: "https://wire.example/f"}}]
"""


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., stages.Pipeline]]:
    made: list[stages.Pipeline] = []

    def build() -> stages.Pipeline:
        folder = tmp_path_factory.mktemp("parsing")
        text = CONFIG.format(folder)
        config = config_file.parse(text, folder / "t.yaml", topics=(), secrets=False)
        pipeline = stages.Pipeline(
            store=open_store(config.service.database), config=config, model=WordTagger(),
            reader=load_reader(ROOT / "data"), window=Window(7),
        )  # fmt: skip
        made.append(pipeline)
        stages.prepare(made[-1], NOW)
        return made[-1]

    yield build
    for pipeline in made:
        pipeline.store.close()


def needs_shared(test: Any) -> Any:
    """Mark a test that needs the hostile files; CI makes sure that it ran."""
    missing = pytest.mark.skipif(not SHARED.is_dir(), reason="no folder of hostile files")
    return missing(pytest.mark.shared(test))


def fetched(body: bytes) -> Fetched:
    return Fetched(status=200, url="https://wire.example/f", headers={}, body=body)


def read_now(body: bytes) -> tuple[RawPost, ...]:
    return asyncio.run(read("wire", fetched(body))).posts


@pytest.fixture
def reader() -> Iterator[FeedReader]:
    made = FeedReader(cpu=1, wall=8.0)
    yield made
    made.close()


# P1: feeds ------------------------------------------------------------------------------------

DIFFER = {
    "atom03_feed_entry_id": "an id that is an address is the link where there is no other",
    "atom10_feed_entry_id": "an id that is an address is the link where there is no other",
    "entry_id_xml_base": "an id that is an address is the link where there is no other",
    "feed_item_guid_-_atom03_feed_entry_id": "an id is the link where there is no other",
    "feed_item_guid_-_atom10_feed_entry_id": "an id is the link where there is no other",
    "rss_channel_item_uri_at_protocol": "an attribute `uri` is taken for the link, and refused",
    "atom03_feed_entry_title_base64_escaped_markup": "markup that was escaped twice is read",
    "rss_channel_item_guid_no_permalink": "an id that is no address is no link",
    "version_rdf_090": "an RDF with nothing in it is not known to be a feed",
}
"""gofeed's file -> why what we read of it differs, each looked at by hand."""


def links(item: dict[str, Any]) -> str | None:
    """Return the link that gofeed expects of an item."""
    link = item.get("link") or next(iter(item.get("links") or ()), None)
    return tidy_url(link.get("href") if isinstance(link, dict) else link)


def compare(items: list[dict[str, Any]], posts: list[Post], counted: Counter[str]) -> bool:
    """Tell whether title, link and date are gofeed's; count what was compared."""
    same = len(items) == len(posts)
    for found, post in zip(items, posts, strict=False):
        title = " ".join(read_html(found.get("title") or "").split())
        dates = [found.get(k) for k in ("publishedParsed", "pubDateParsed", "updatedParsed")]
        dates += (found.get("dcExt") or {}).get("date") or []
        date = next(filter(None, dates), None)
        at = parser.parse(date).astimezone(UTC) if date else None
        same &= post.url == links(found)
        same &= not title or post.title == title
        same &= at is None or (post.dated and post.published_at == at)
        counted.update(items=1, titles=bool(title), links=bool(links(found)), dates=at is not None)
    return same


@needs_shared
def test_what_gofeed_reads_of_its_feeds_is_read_here_too() -> None:
    counted: Counter[str] = Counter()
    differ = set()
    files = sorted((FEEDS / "gofeed").rglob("*.xml"))
    for path in files:
        oracle = path.with_suffix(".json")
        if not oracle.exists():
            counted["without"] += 1
            continue
        expected = orjson.loads(oracle.read_bytes())
        items = expected.get("items") or expected.get("entries") or []
        try:
            raws = read_now(path.read_bytes())
        except SourceUnreadable:
            differ.add(path.stem)
            continue
        posts = [normalise(raw, official=False, now=datetime.now(UTC)) for raw in raws]
        if not compare(items, posts, counted):
            differ.add(path.stem)

    assert (len(files), counted["without"]) == (541, 8)
    assert differ == set(DIFFER)
    assert (counted["items"], counted["titles"], counted["links"], counted["dates"]) == (
        264,
        50,
        17,
        11,
    )


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20261128, 20261132))
def test_mutations_crash_nothing_and_each_error_has_its_name(reader: FeedReader, seed: int) -> None:
    said: Counter[str] = Counter()

    for body in mutated(FEEDS, random.Random(seed), 2_500):
        try:
            reader.read(body, {"content-location": "https://wire.example/f"})
            said["read"] += 1
        except FeedUnreadable as named:
            said[str(named)] += 1

    assert said["read"] > 2_400
    assert set(said) == {"read", PARSER_FAILS}
    assert said.total() == 2_500
    assert reader.read(GOOD, {})["entries"]


def test_fuzzing_finds_a_crash_and_a_feed_that_takes_too_long() -> None:
    """Guard the guard."""

    async def crash(_: bytes) -> str:
        raise KeyError("title")

    async def last(_: bytes) -> str:
        await asyncio.sleep(0.01)
        return "posts"

    crashed, late, good = (
        asyncio.run(fuzz.attempt(b"", take, most))
        for take, most in ((crash, 9.0), (last, 0.005), (last, 9.0))
    )

    assert (crashed.said, crashed.fault) == ("KeyError: 'title'", True)
    assert (late.said, late.fault, good.fault) == ("posts", True, False)


# P2: bombs ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_a_bomb_ends_in_time_and_the_next_feed_is_read(reader: FeedReader, shape: str) -> None:
    started = time.monotonic()
    try:
        reader.read(SHAPES[shape](0.2), {})
        said = "read"
    except FeedUnreadable as named:
        said = str(named)
    took, started = time.monotonic() - started, time.monotonic()

    assert said.startswith(("read", "takes more than", "needs more than", "makes the feed parser"))
    assert took < 10
    assert reader.read(GOOD, {})["entries"][0]["title"] == "Good"
    assert time.monotonic() - started < 5


# P3: entities ---------------------------------------------------------------------------------

OUTSIDE = "http://169.254.169.254/x"


def xxe(canary: str) -> list[str]:
    """Return feeds that ask for a file or an address; %s stands for either."""
    heads = (
        '<!DOCTYPE r [<!ENTITY x SYSTEM "%s">]>', '<!DOCTYPE r [<!ENTITY x PUBLIC "a" "%s">]>',
        '<!DOCTYPE r SYSTEM "%s">', '<!DOCTYPE r PUBLIC "-//a//b" "%s">',
        '<!DOCTYPE r [<!ENTITY %% p SYSTEM "%s"> %%p;]>',
        '<!DOCTYPE r [<!ENTITY %% p SYSTEM "%s"><!ENTITY %% q "<!ENTITY x \'&#37;p;\'>"> %%q;]>',
        '<!DOCTYPE r [<!ENTITY y SYSTEM "%s"><!ENTITY x "&y;">]>',
        '<!DOCTYPE r [<!ELEMENT r ANY><!ATTLIST r a ENTITY #IMPLIED><!NOTATION n SYSTEM "%s">]>',
        '<?xml-stylesheet type="text/xsl" href="%s"?>', '<?xml-model href="%s"?>',
    )  # fmt: skip
    bodies = (
        "&x;", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="%s" parse="text"/>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="%s"/></svg>',
        '<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="u %s"/>',
        '<content src="%s"/>', '<a xml:base="%s" href="."/>',
    )  # fmt: skip
    targets = (
        f"file://{canary}",
        canary,
        OUTSIDE,
        "ftp://169.254.169.254/x",
        f"jar:file://{canary}!/",
    )
    feeds = []
    for target in targets:
        for head in heads:
            whole = item(b"&x;").decode()
            feeds.append(
                '<?xml version="1.0"?>' + head.replace("%s", target).replace("%%", "%") + whole
            )
        feeds += [item(body.replace("%s", target).encode()).decode() for body in bodies]
    return feeds


def test_no_entity_reads_a_file_or_reaches_an_address(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("CANARY-1")
    feeds = xxe(str(canary))

    done = do(task="parse", feeds=feeds, canary=str(canary), control=False)
    control = do(task="parse", feeds=[], canary=str(canary), control=True)

    assert len(feeds) == 80
    assert (done["contacted"], done["opened"], done["leaked"]) == ([], 0, 0)
    assert (control["contacts"], control["opened"]) == (1, 1)


# P4: JSON and naughty strings -----------------------------------------------------------------


@needs_shared
def test_json_is_decided_as_the_test_suite_says() -> None:
    files = sorted((SHARED / "json").glob("*.json"))
    wrong, kinds = [], Counter(path.name[0] for path in files)

    for path in files:
        body = path.read_bytes()
        try:
            read_json(fetched(body))
            taken = True
        except SourceUnreadable:
            taken = False
        if path.name[0] in "yn" and taken != path.name.startswith("y"):
            wrong.append(path.name)
        try:
            read_now(body)
        except SourceUnreadable:
            continue

    assert kinds == {"y": 95, "n": 188, "i": 35}
    assert wrong == []


@pytest.mark.parametrize(
    "body",
    [b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","content_text":"a\\u0000b"}]}',
     b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","id":"2","content_text":"ab"}]}',
     b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1e400,"content_text":"ab"}]}',
     b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":99999999999999999999,"content_text":"ab"}]}',
     b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"\\ud800","content_text":"ab"}]}',
     b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 5_000],
)  # fmt: skip
def test_odd_json_is_a_post_or_is_named(body: bytes) -> None:
    try:
        posts = [normalise(raw, official=False, now=NOW) for raw in read_now(body)]
    except SourceUnreadable:
        posts = []
        assert b"1e400" in body or b"ud800" in body or b"[[" in body

    assert not posts or [post.text for post in posts] == ["ab"]
    assert not any("\0" in post.external_id for post in posts)


def naughty() -> list[str]:
    strings: list[str] = orjson.loads((SHARED / "text" / "blns.json").read_bytes())
    return strings


@needs_shared
def test_naughty_strings_come_through_feed_and_database_unharmed(
    make: Callable[..., stages.Pipeline],
) -> None:
    strings = [text for text in naughty() if text.strip()]
    told = {"version": "https://jsonfeed.org/version/1.1",
            "items": [{"id": f"n{n}", "title": text, "content_text": text, "tags": [text],
                       "author": {"name": text}} for n, text in enumerate(strings)]}  # fmt: skip
    pipeline = make()
    source = pipeline.config.sources[0]
    polled = Polled(posts=read_now(orjson.dumps(told)), cursor={})

    report = stages.ingest(pipeline, source, polled, NOW)
    with pipeline.store.read() as connection:
        rows = {row.external_id: row.text for row in connection.execute(select(tables.posts))}

    changed = [text for n, text in enumerate(strings) if rows[f"n{n}"] != tidy(text)]
    assert (len(rows), report.error) == (len(strings), None)
    # What some feeds escape twice is read twice: here, strings that are escaped markup.
    assert [text for text in changed if not LEFT_ENTITY.search(text)] == []
    assert len(changed) == 6


@needs_shared
def test_naughty_strings_come_back_from_csv_and_none_is_a_formula() -> None:
    strings = naughty()
    kept = [text for text in strings if text.strip()]
    examples = [
        Example(id=f"n{n}", text=text, lang="en", style="social", topics=frozenset(), policy=0)
        for n, text in enumerate([*kept, *FORMULAS])
    ]

    content = exchange.write("csv", examples)
    said: list[str] = []
    back = exchange.read("csv", content, "n", said.append, said.append, defaults={})

    assert len(strings) == 515
    # Some are invisible: as labels they are refused, by line.
    assert [line for line in said if not line.endswith("text has nothing to read")] == []
    wanted = {example.id: example.text for example in examples}
    assert all(wanted[example.id] == example.text for _, example in back)
    assert len(back) + len(said) == len(examples)
    cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\0"))] == []


# P5: markup -----------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [*PAYLOADS, *attacks("ATTACK{}")])
def test_markup_becomes_text_in_time_and_runs_nowhere(payload: str) -> None:
    text = read_html(payload)

    assert "ATTACK" not in text
    assert not MARKUP.search(text)


@pytest.mark.parametrize("shape", ["<a>", "<", "<!--", "&", "<a b='", "</p>", "<tr><td>", "&#x41;"])
def test_half_a_megabyte_of_markup_is_read_within_a_second_and_a_half(shape: str) -> None:
    started = time.process_time()

    read_html(shape * (500_000 // len(shape)))

    assert time.process_time() - started < 1.5


# P6: dates ------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["Mon", "Tue,", "31", "29", "Feb", "2026", "0000", "9999", "99999999999", "12:60:61", "24:00",
     "T", "Z", "+9999", "-00:00", "GMT+3", "EST", "年", "月", "日", "上午", "-", "/", ":", ".", " ",
     "AM", "٣", "1e9", "W53", "BC", "\0", "\u202e"]
)  # fmt: skip
ANY_DATE = st.one_of(
    st.text(max_size=40),
    st.lists(PIECES, max_size=9).map(" ".join),
    st.lists(PIECES, max_size=9).map("".join),
    st.datetimes().map(datetime.isoformat),
    st.datetimes(timezones=st.just(UTC)).map(format_datetime),
    st.integers().map(str),
    st.floats().map(str),
)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(ANY_DATE)
def test_any_date_is_none_or_a_moment_that_can_be_ordered(text: str) -> None:
    found = parse_date(text, NOW)
    raw = RawPost(source="s", external_id="1", body="x", published=text)
    post = normalise(raw, official=False, now=NOW)

    assert found is None or (found.utcoffset() == timedelta(0) and EARLIEST <= found <= NOW)
    assert post.first_seen_at == NOW
    assert (post.published_at, post.id) <= (NOW, post.id)
