"""Texts and links from outside are made harmless."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.cleaning import INVISIBLE, SEQUENCES, SURROGATE, counted, cut, plain, web_link

ANYTHING = st.text(st.characters(codec=None, categories=None), max_size=80)
ACTING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\tb\r\n c\u2028d\x85e", "a b c d e"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("see \x1b]8;;https://evil.example\x07bank\x1b]8;;\x1b\\ now", "see bank now"),
        ("\x1b]0;title never ends", "]0;title never ends"),
        ("\x1bc reset", "c reset"),
        ("nul\x00bell\x07del\x7f", "nulbelldel"),
        ("invoice\u202excod.exe", "invoicexcod.exe"),
        ("a\u2066b\u2069c\u200ed\ufeff", "abcd"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("hidden \U000e0041\U000e0042tags", "hidden tags"),
        ("磷酸铁锂 出口 管制", "磷酸铁锂 出口 管制"),
        ("family 👨\u200d👩\u200d👧 می\u200cخواهم", "family 👨\u200d👩\u200d👧 می\u200cخواهم"),
        ("  ", ""),
    ],
)
def test_what_acts_is_taken_out_and_what_is_read_stays(text: str, clean: str) -> None:
    assert plain(text) == clean


@given(ANYTHING)
@example("\x1b\x1b[31m[32m")
@example("\x1b\x00]0;x\x07")
def test_nothing_that_acts_is_ever_left(text: str) -> None:
    once = plain(text)

    assert not ACTING.search(once)
    assert plain(once) == once
    assert once.encode().decode() == once


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("short", 5, "short"),
        ("one two three", 9, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two, three", 10, "one two…"),
        ("one-long-unbroken-word", 10, "one-long…"),
        ("a verylongwordindeed", 10, "a verylon…"),
        ("出口管制新规正式生效", 5, "出口管制…"),
        ("abce\u0301fgh", 5, "abc…"),
        ("ab👨\u200d👩\u200d👧", 4, "ab…"),
        ("e" + "\u0301" * 20, 5, "e" + "\u0301" * 3 + "…"),
    ],
)
def test_a_text_is_cut_at_a_word_or_a_whole_character(text: str, limit: int, short: str) -> None:
    assert cut(text, limit) == short


@given(ANYTHING, st.integers(1, 60))
def test_a_cut_text_is_never_too_long(text: str, limit: int) -> None:
    assert len(cut(text, limit)) <= limit


@pytest.mark.parametrize(
    ("url", "host", "address"),
    [
        ("https://a.example/x?y=1#z", "a.example", "https://a.example/x?y=1#z"),
        ("HTTP://A.EXAMPLE", "a.example", "http://a.example"),
        ("https://bank.example@evil.example/", "evil.example", "https://evil.example/"),
        ("https://u:pw@a.example:8443/p", "a.example", "https://a.example:8443/p"),
        ("https://例え.jp/道", "xn--r8jz45g.jp", "https://xn--r8jz45g.jp/%E9%81%93"),
        ("http://[2001:db8::1]:80/x", "2001:db8::1", "http://[2001:db8::1]:80/x"),
        ("http://127.0.0.1:9/x", "127.0.0.1", "http://127.0.0.1:9/x"),
        ("https://a.example/<b>|c d", "a.example", "https://a.example/%3Cb%3E%7Cc%20d"),
        ("https://a.example/%E9%81%93", "a.example", "https://a.example/%E9%81%93"),
    ],
)
def test_a_web_address_is_a_link_called_by_its_real_host(url: str, host: str, address: str) -> None:
    link = web_link(url)

    assert link is not None
    assert (link.text, link.url) == (host, address)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//a.example/x",
        "a.example/x",
        "https://",
        "https:///x",
        "https://a.example:99999/",
        "https://[::1/",
        "https://<!channel>/",
        "https://a..example/",
        "https://a.example/" + "x" * 2000,
    ],
)
def test_anything_else_is_no_link(url: str | None) -> None:
    assert web_link(url) is None


@given(ANYTHING)
def test_a_link_is_ascii_without_space_or_brackets_whatever_it_was_made_of(text: str) -> None:
    for url in (text, f"https://{text}", f"https://a.example/{text}"):
        link = web_link(url)
        if link is not None:
            assert re.fullmatch(r"https?://[!-;=?-\[\]_a-z~]+", link.url)


def test_a_link_can_have_a_name_that_still_tells_its_host() -> None:
    link = web_link("https://a.example/x", "official text")

    assert link is not None
    assert link.text == "official text (a.example)"


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 posts"), (1, "1 post"), (2, "2 posts"), (1234, "1,234 posts")]
)
def test_one_of_a_thing_is_not_told_in_the_plural(number: int, told: str) -> None:
    assert counted(number, "post") == told


def test_no_printable_character_is_removed() -> None:
    """Texts of nothing else are not searched for what is to be removed."""
    printable = "".join(filter(str.isprintable, map(chr, range(0x110000))))

    assert not SEQUENCES.search(printable)
    assert not INVISIBLE.search(printable)
    assert not SURROGATE.search(printable)
