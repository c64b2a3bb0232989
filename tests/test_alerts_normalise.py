"""From a source's item to a post: text, characters, language, links and dates."""

import hashlib
import json
import time
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.dates import ISO, parse_date, read, read_free
from alerts.domain import Figures, Post, RawPost
from alerts.normalise import (
    LINE_BREAK,
    REMOVED,
    SPACES,
    language,
    normalise,
    post_id,
    read_html,
    read_text,
    tidy,
)

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[2] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="no folder of shared texts")


def make(now: datetime = NOW, official: bool = False, **fields: Any) -> Post:
    raw = RawPost(**{"source": "wire", "external_id": "1", **fields})
    return normalise(raw, official=official, now=now)


# Text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One.</p><p>Two <b>bold</b> words.</p>", "One.\n\nTwo bold words."),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>x<li>y</ul>", "x\ny"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2"),
        ("x<script>alert('<p>')</script>y<style>p{}</style>z", "xyz"),
        ("x<SCRIPT >a</ScRiPt >y", "xy"),
        ("x<script>never closed", "x"),
        ("a <!-- <p>no</p> --> b", "a b"),
        ("a <!-- never closed", "a"),
        ('<a href="x > y">link</a> <a title=\'it"s\'>b</a>', "link b"),
        ("<p class=it's>x</p>", "x"),
        ("3 < 5 and 7 > 6", "3 < 5 and 7 > 6"),
        ("AT&amp;T &lt;3 &#8220;q&#8221; &nbsp;x", "AT&T <3 “q” x"),
        ("AT&amp;amp;T", "AT&T"),
        ("&amp;lt;p&amp;gt;Hi&amp;lt;/p&amp;gt; there", "Hi\n\nthere"),
        ("<![CDATA[x]]>y", "y"),
        ("<?php x ?>y", "y"),
        ("<p>电池<br/>出口</p>", "电池\n出口"),
        ("&#" + "9" * 5000 + ";x", "�x"),
        ("", ""),
        ("<", "<"),
        ("a <b", "a"),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert read_html(markup) == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("AT&amp;T &quot;x&quot; &#39;y&#39;", "AT&T \"x\" 'y'"),
        ("5 < 6 & <b> stays", "5 < 6 & <b> stays"),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("a\x00b\x1b[31mc\x7f\x85d", "ab[31mc\nd"),
        ("\u202eevil\u202c \u2066x\u2069 \u200b\ufeff", "evil x"),
        ("x\ud800y\udfffz", "xyz"),
        ("a \t\u3000\xa0 b\n\n\n\n c ", "a b\n\nc"),
        ("x\U000e0041y", "xy"),
        ("👨\u200d👩 stays", "👨\u200d👩 stays"),
    ],
)
def test_characters_become_safe(said: str, text: str) -> None:
    assert read_text(said) == text


@pytest.mark.parametrize(
    "unit",
    ["<div>", "<a><b><div>", "<font color=1>", "<!--", "<!-- -", "<a b='", '<a "', "<a b= ",
     "<script>", "<script></scrip", "&", "&amp;lt;p&amp;gt;", "</", "<!", "<a", " \n", "\n", "&#9",
     "<p <p "],
)  # fmt: skip
def test_hostile_markup_is_read_in_linear_time(unit: str) -> None:
    started = time.perf_counter()

    read_html(unit * (500_000 // len(unit)))

    assert time.perf_counter() - started < 2


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(codec=None), max_size=300))
def test_any_text_becomes_storable(said: str) -> None:
    for markup in ("text", "html"):
        post = make(title=said, body=said, markup=markup, author=said, url=said, external_id=said)
        for text in (post.text, post.title, post.author or "", post.external_id, post.url or ""):
            text.encode()
            assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in text.replace("\n", ""))


@pytest.mark.parametrize(
    ("title", "body", "text"),
    [
        ("A ban", "It starts today.", "A ban\n\nIt starts today."),
        ("A ban", "A  ban\nIt starts today.", "A  ban\nIt starts today."),
        ("A ban on …", "a ban on gallium starts.", "a ban on gallium starts."),
        ("A ban", "", "A ban"),
        (None, "It starts today.", "It starts today."),
        (None, None, ""),
    ],
)
def test_a_title_is_not_said_twice(title: str | None, body: str | None, text: str) -> None:
    assert make(title=title, body=body).text == read_text(text)


def test_a_post_without_a_title_is_headed_by_its_first_line() -> None:
    assert make(body="First line.\nSecond line.").title == "First line."
    assert len(make(body="word " * 100).title) == 140


def test_a_long_text_is_cut_and_says_so() -> None:
    post = make(body="x" * 300_000)

    assert len(post.text) <= 100_000
    assert post.text.endswith("[…]")


# The rest ---------------------------------------------------------------------------------


def test_the_id_is_the_hash_of_source_and_external_id() -> None:
    expected = hashlib.sha256(b"wire\x00tag:1").hexdigest()[:16]

    assert post_id("wire", "tag:1") == expected
    assert make(external_id=" tag:1\x00 ").id == expected
    assert make(external_id="x" * 5000).external_id.startswith("sha256:")
    assert make(source="other").id != make().id


@pytest.mark.parametrize(
    ("raw", "official", "result"),
    [(None, True, True), (None, False, False), (True, False, True), (False, True, False)],
)
def test_what_an_item_says_of_its_publisher_comes_first(
    raw: bool | None, official: bool, result: bool
) -> None:
    assert make(official=official).official is official
    assert (
        normalise(
            RawPost(source="s", external_id="1", official=raw), official=official, now=NOW
        ).official
        is result
    )


@pytest.mark.parametrize(
    ("tag", "text", "code"),
    [
        ("en-US", "Export controls", "en"),
        ("EN", "Export controls", "en"),
        ("fr_FR", "Contrôle des exportations", "fr"),
        ("zh-Hant", "出口管制公告", "zh"),
        (None, "出口管制公告 on EV", "zh"),
        ("en", "商务部公布出口管制清单", "zh"),
        (None, "輸出規制をめぐるニュース", "ja"),
        ("ja", "輸出規制", "ja"),
        (None, "수출 통제 발표", "ko"),
        ("zh", "Only Latin letters here", "en"),
        ("!!", "Export controls", "en"),
        (None, "", "en"),
        (None, "TSMC (台积电) reports the strongest quarter of its history in Taiwan", "en"),
    ],
)
def test_a_language_is_found(tag: str | None, text: str, code: str) -> None:
    assert language(tag, text) == code


@pytest.mark.parametrize(
    ("given_url", "url"),
    [
        ("https://example.org/a?utm_source=x#y", "https://example.org/a?utm_source=x#y"),
        (" HTTP://Example.org/a b\n", "HTTP://Example.org/a%20b"),
        ('https://example.org/"><script>', "https://example.org/%22%3E%3Cscript%3E"),
        ("https://example.org/\u202egpj", "https://example.org/gpj"),
        ("https://例え.jp/路", "https://例え.jp/路"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.org/a", None),
        ("/a", None),
        ("https://", None),
        ("https://[::1", None),
        ("https://example.org/" + "x" * 5000, None),
        (None, None),
    ],
)
def test_only_a_web_address_is_a_link(given_url: str | None, url: str | None) -> None:
    assert make(url=given_url).url == url


def test_figures_tags_and_names_are_made_plausible() -> None:
    post = make(
        figures=Figures(followers=-1, interactions=1 << 60),
        platform_tags=("china", " china ", "", "electric\nvehicle", "x" * 500),
        author="  Ann\n\x00Other ",
    )

    assert post.figures == Figures()
    assert post.platform_tags[:2] == ("china", "electric vehicle")
    assert len(post.platform_tags[2]) == 200
    assert post.author == "Ann Other"


# Dates ------------------------------------------------------------------------------------

DATES = {
    "2026-11-23T12:00:00+08:00": "2026-11-23T04:00:00",
    "2026-11-23T12:00:00Z": "2026-11-23T12:00:00",
    "2026-11-23T12:00:00.123456789Z": "2026-11-23T12:00:00.123456",
    "2026-11-23T16:15:00.000-05:00": "2026-11-23T21:15:00",
    "2026-11-23 12:00:00": "2026-11-23T12:00:00",
    "2026-11-23": "2026-11-23T00:00:00",
    "20261123": "2026-11-23T00:00:00",
    "20261123T120000Z": "2026-11-23T12:00:00",
    "20261123120000": "2026-11-23T12:00:00",
    "2026-11-23T24:00:00Z": "2026-11-24T00:00:00",
    "2026-11-23 24:00": "2026-11-24T00:00:00",
    "Mon, 23 Nov 2026 12:00:00 +0800": "2026-11-23T04:00:00",
    "Mon, 23 Nov 2026 12:00:00 +0800 (CST)": "2026-11-23T04:00:00",
    "Mon, 23 Nov 2026 12:00 EST": "2026-11-23T17:00:00",
    "Mon, 23 Nov 2026 12:00:00 EDT": "2026-11-23T16:00:00",
    "Mon, 23 Nov 2026 12:00:00 CET": "2026-11-23T11:00:00",
    "Mon, 23 Nov 2026 12:00:00 BST": "2026-11-23T11:00:00",
    "Mon, 23 Nov 2026 12:00:00 JST": "2026-11-23T03:00:00",
    "Mon, 23 Nov 2026 12:00:00 XYZ": "2026-11-23T12:00:00",
    "Mon, 23 Nov 2026 12:00:00 GMT+3": "2026-11-23T09:00:00",
    "23 Nov 26 12:00 GMT": "2026-11-23T12:00:00",
    "2026年11月23日": "2026-11-22T16:00:00",
    "2026年11月23日 09:30": "2026-11-23T01:30:00",
    "2026年11月23日 09:30:15": "2026-11-23T01:30:15",
    "2026年11月23日星期一 下午3时05分": "2026-11-23T07:05:00",
    "２０２６年１１月２３日": "2026-11-22T16:00:00",
    "2026/11/23 12:00": "2026-11-23T12:00:00",
    "11/23/2026": "2026-11-23T00:00:00",
    "23/11/2026": "2026-11-23T00:00:00",
    "11/23/2026 at 08:45 AM": "2026-11-23T08:45:00",
    "Nov 23, 2026": "2026-11-23T00:00:00",
    "Monday, November 23, 2026 - 12:00": "2026-11-23T12:00:00",
    "1795435200": "2026-11-23T12:00:00",
    "1795435200000": "2026-11-23T12:00:00",
    "1795435200.5": "2026-11-23T12:00:00.500000",
    "1987-02-26T15:01:01Z": "1987-02-26T15:01:01",
}
NO_DATES = [
    "", " ", "24:00", "12", "2026", "2026-11", "23 Nov", "November", "Monday", "yesterday", "0",
    "0000-00-00", "0000-01-01T00:00:00Z", "9999-12-31", "9999-12-31T23:59:59Z", "2026-13-40",
    "2026年13月1日", "2026年11月23日 25:00", "20261340", "Thu, 01 Jan 1970 00:00:00 GMT",
    "2026-11-23T12:00:00+99:00", "2026-11-23T12:00:00Z junk", "x" * 5000, "1" * 200, "NaN", "\0",
    "99999999999999", "2099-01-01",
]  # fmt: skip


@pytest.mark.parametrize(("text", "moment"), DATES.items())
def test_a_date_is_read(text: str, moment: str) -> None:
    assert parse_date(text, NOW) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text, NOW) is None


@given(
    st.datetimes(NOW.replace(year=1972, tzinfo=None), NOW.replace(tzinfo=None)),
    st.sampled_from(["T", " "]),
    st.sampled_from(["seconds", "milliseconds", "microseconds"]),
    st.sampled_from(["", "Z", "+00:00", "+08:00", "-05:30"]),
)
def test_the_short_way_reads_dates_as_the_long_one(
    moment: datetime, between: str, precision: str, zone: str
) -> None:
    text = moment.isoformat(between, precision) + zone

    assert ISO.fullmatch(text)
    assert read(text) == read_free(text)


def test_a_date_ahead_is_now() -> None:
    assert parse_date("2026-12-24", NOW) == NOW
    assert make(published="2027-01-01").published_at == NOW


def test_a_post_without_a_usable_date_has_the_one_when_it_was_seen() -> None:
    undated, dated = make(published="9999-01-01"), make(published="2026-11-23")

    assert (undated.published_at, undated.dated) == (NOW, False)
    assert (dated.published_at, dated.dated) == (datetime(2026, 11, 23, tzinfo=UTC), True)
    assert undated.first_seen_at == dated.first_seen_at == NOW


@settings(max_examples=500, deadline=None)
@given(
    st.one_of(
        st.text(max_size=40),
        st.text(alphabet="0123456789-/:TZ+. ,年月日APMamp", max_size=30),
        st.datetimes().map(str),
        st.integers(-(10**20), 10**20).map(str),
    )
)
def test_any_date_is_read_or_is_none(text: str) -> None:
    moment = parse_date(text, NOW)

    assert moment is None or (NOW - timedelta(days=40_000) < moment <= NOW and moment.tzinfo is UTC)


# Texts that break things ------------------------------------------------------------------


@needs_shared
@pytest.mark.shared
def test_the_naughty_strings_become_storable() -> None:
    strings = json.loads((SHARED / "hostile" / "text" / "blns.json").read_text(encoding="utf-8"))

    assert len(strings) == 515
    for said in strings:
        for markup in ("text", "html"):
            post = make(
                title=said, body=said, markup=markup, published=said, url=said, language=said
            )
            json.dumps(post.text).encode()
            assert "\x00" not in post.text
            assert "\x1b" not in post.title


def test_of_printable_characters_only_spaces_are_tidied() -> None:
    """Texts of nothing else are not searched for what is to be removed."""
    printable = "".join(filter(str.isprintable, map(chr, range(0x21, 0x110000))))

    assert not REMOVED.search(printable)
    assert not LINE_BREAK.search(printable)
    assert not SPACES.search(printable)
    assert tidy(" a b ") == "a b"
    assert tidy("a  b") == "a b"
    assert tidy("a b\x07 ") == "a b"
