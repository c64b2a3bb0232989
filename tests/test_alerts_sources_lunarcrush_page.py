"""LunarCrush's post page: what is real in it, what is scrambled, and other layouts."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from alerts.domain import Figures, Polled
from alerts.errors import SourceDenied, SourceUnreadable
from alerts.sources.lunarcrush_page import count

if TYPE_CHECKING:
    from tests.conftest import Server

DATA = Path(__file__).parent / "data" / "sources"
GUEST = (DATA / "lunarcrush_page_guest.txt").read_text(encoding="utf-8")
FULL = (DATA / "lunarcrush_page.txt").read_text(encoding="utf-8")
SEED = Path(__file__).resolve().parents[2] / "shared" / "seed" / "lunarcrush_post_page.txt"
PAGE = "/post/tweet/1990000000000000009"
Poll = Callable[..., Polled]


def test_a_guests_page_has_its_words_and_no_figure(server: "Server", poll: Poll) -> None:
    server.reply(PAGE, body=GUEST)

    found = poll("lunarcrush_page", url=server.url(PAGE))

    (post,) = found.posts
    assert post.external_id == "tweet::1990000000000000009"
    assert post.url == "https://x.com/harbourdesk/status/1990000000000000009"
    assert (post.author, post.published) == ("harbourdesk", "2026-11-23 08:15:30 UTC")
    assert post.platform_tags == ("stocks technology", "drone")
    assert post.figures == Figures()
    assert post.limited
    assert post.body is not None
    assert post.body.startswith("From our correspondent.")
    assert post.body.endswith("is it the XL size?")
    assert "About … of the world's supply" in post.body
    assert "and … units left" in post.body
    assert post.body.count("drone motors") == 1
    assert found.health == (
        f"127.0.0.1:{server.port}: answers in guest mode, without figures: no API key is set",
    )


def test_a_page_with_a_key_has_its_figures(server: "Server", poll: Poll) -> None:
    server.reply(PAGE, body=FULL)

    found = poll("lunarcrush_page", url=server.url(PAGE), api_key="KEY-123")

    (post,) = found.posts
    assert post.figures == Figures(followers=10_500, interactions=1_234)
    assert not post.limited
    assert "About 80% of the world's supply" in (post.body or "")
    assert found.health == ()
    assert server.requests[0].headers["authorization"] == "Bearer KEY-123"


def test_a_wrong_key_is_told(server: "Server", poll: Poll) -> None:
    server.reply(PAGE, body=GUEST)

    found = poll("lunarcrush_page", url=server.url(PAGE), api_key="KEY-123")

    assert found.health[0].endswith("the API key is wrong")
    assert "KEY-123" not in found.health[0]


def test_scrambled_figures_count_even_without_the_banner(server: "Server", poll: Poll) -> None:
    server.reply(PAGE, body=re.sub(r"\[GUEST[^\]]*\]", "", GUEST))

    (post,) = poll("lunarcrush_page", url=server.url(PAGE)).posts

    assert post.limited
    assert post.figures == Figures()


def test_a_page_around_the_text_is_read_too(server: "Server", poll: Poll) -> None:
    page = f"<!doctype html><html><head><style>p{{}}</style></head><pre>{GUEST}</pre></html>"
    server.reply(PAGE, body=page)

    (post,) = poll("lunarcrush_page", url=server.url(PAGE)).posts

    assert post.external_id == "tweet::1990000000000000009"
    assert (post.body or "").startswith("From our correspondent.")


def test_a_post_that_quotes_the_layout_is_read_whole(server: "Server", poll: Poll) -> None:
    quoting = GUEST.replace("A reader asks", "99 engagements\n\nA reader asks")
    server.reply(PAGE, body=quoting)

    (post,) = poll("lunarcrush_page", url=server.url(PAGE)).posts

    assert (post.body or "").endswith("is it the XL size?")


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (GUEST.replace("[@harbourdesk]", "@harbourdesk"), "no author"),
        (GUEST.replace("Created: 2026", "Made: 2026"), "no date"),
        (GUEST.replace("XX engagements", "many engagements"), "no engagements"),
        (GUEST.replace("[Post Link]", "[Link]"), "no link"),
        ("# China\n### Engagements: XXX,XXX (24h)\n", "no author"),
        ("<html><body>Just a moment...</body></html>", "no author"),
        ("", "nothing instead of a page"),
    ],
)
def test_another_layout_is_named(server: "Server", poll: Poll, page: str, told: str) -> None:
    server.reply("/post", body=page)

    with pytest.raises(SourceUnreadable, match=told):
        poll("lunarcrush_page", url=server.url("/post"))


def test_the_address_names_the_post_where_the_page_does_not(server: "Server", poll: Poll) -> None:
    server.reply(PAGE, body=GUEST[: GUEST.rindex("post/tweet") - 1].replace("/p:tweet::", "/q:"))

    (post,) = poll("lunarcrush_page", url=server.url(PAGE)).posts

    assert post.external_id == "tweet::1990000000000000009"


def test_an_error_with_status_200_is_one(server: "Server", poll: Poll) -> None:
    server.reply(PAGE, body={"error": "unauthorised"})

    with pytest.raises(SourceDenied):
        poll("lunarcrush_page", url=server.url(PAGE))


@pytest.mark.parametrize(
    ("figure", "number"),
    [("1,234", 1234), ("10.5K", 10_500), ("2M", 2_000_000), ("1.5 B", 1_500_000_000), ("0", 0),
     ("XXX", None), (".", None), ("1.2.3", None)],
)  # fmt: skip
def test_a_figure_is_read(figure: str, number: int | None) -> None:
    assert count(figure) == number


@pytest.mark.parametrize("unit", ["[@", "\n", "X,", "XX engagements\n", "post/", "[a](/topic/"])
def test_a_hostile_page_is_named_in_linear_time(server: "Server", poll: Poll, unit: str) -> None:
    filler = unit * (300_000 // len(unit))
    page = GUEST.replace("A reader asks", filler).replace("Dark | Light", filler)
    server.reply(PAGE, body=page)

    assert len(poll("lunarcrush_page", url=server.url(PAGE), deadline=5).posts) == 1


@pytest.mark.skipif(not SEED.is_file(), reason="no folder of shared texts")
@pytest.mark.shared
def test_a_real_page_is_read(server: "Server", poll: Poll) -> None:
    server.reply("/post/tweet/1945147363653509237", body=SEED.read_bytes())

    (post,) = poll("lunarcrush_page", url=server.url("/post/tweet/1945147363653509237")).posts

    assert post.external_id == "tweet::1945147363653509237"
    assert post.url == "https://x.com/kmartyn5/status/1945147363653509237"
    assert (post.author, post.published) == ("kmartyn5", "2025-07-15 15:44:05 UTC")
    assert post.platform_tags == ("stocks technology", "electric vehicle", "china")
    assert post.limited
    assert post.figures == Figures()
    assert post.body is not None
    assert post.body.count("LFP batteries") == 1
    assert "X%" not in post.body
