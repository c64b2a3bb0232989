"""Shortened links: where they lead, asked once, guarded, at no cost when they fail."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts import shorteners as shorteners_module
from alerts.domain import Fetched
from alerts.errors import SourceUnreachable
from alerts.httpclient import Client
from alerts.shorteners import AGAIN, HOSTS, MOST, Shorteners, is_short, short_links

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


class Asked:
    """A Fetch that answers from a table and remembers what it was asked."""

    def __init__(self, leads: Mapping[str, str]) -> None:
        self.leads = leads
        self.links: list[str] = []

    async def __call__(
        self,
        url: str,
        *,
        params: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        self.links.append(url)
        if url not in self.leads:
            raise SourceUnreachable("no answer")
        return Fetched(status=301, url=self.leads[url], headers={}, body=b"")


def test_a_link_is_resolved_once_and_remembered() -> None:
    shorteners, fetch = Shorteners(), Asked({"https://t.co/a": "https://example.org/story"})
    links = ["https://t.co/a", "https://example.org/other", "https://t.co/a"]

    async def twice() -> list[Mapping[str, str]]:
        return [await shorteners.resolve(links, fetch, NOW) for _ in range(2)]

    assert asyncio.run(twice()) == [{"https://t.co/a": "https://example.org/story"}] * 2
    assert fetch.links == ["https://t.co/a"]


def test_a_failure_costs_nothing_and_is_tried_again_later() -> None:
    shorteners, fetch = Shorteners(), Asked({})

    async def later() -> list[Mapping[str, str]]:
        return [
            await shorteners.resolve(["https://bit.ly/x"], fetch, NOW + after)
            for after in (timedelta(0), timedelta(minutes=5), AGAIN)
        ]

    assert asyncio.run(later()) == [{}, {}, {}]
    assert len(fetch.links) == 2


@pytest.mark.parametrize("status", [404, 429, 503])
def test_a_shortener_that_refuses_is_asked_again_later(
    server: Any, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(shorteners_module, "HOSTS", {"127.0.0.1"})
    story = "https://example.invalid/story"
    server.replies("/a", [{"status": status}, {"redirect": story}])
    shorteners = Shorteners()

    async def later() -> list[Mapping[str, str]]:
        fetch = Client().fetcher(allow_private=True, hosts={"127.0.0.1"})
        return [
            await shorteners.resolve([server.url("/a")], fetch, NOW + after)
            for after in (timedelta(0), timedelta(minutes=5), AGAIN)
        ]

    assert asyncio.run(later()) == [{}, {}, {server.url("/a"): story}]
    assert len(server.requests) == 2


def test_a_poll_asks_for_so_many_links() -> None:
    links = [f"https://t.co/{number}" for number in range(MOST + 5)]
    shorteners = Shorteners()
    fetch = Asked({link: link.replace("t.co", "example.org") for link in links})

    assert len(asyncio.run(shorteners.resolve(links, fetch, NOW))) == MOST
    assert fetch.links == links[:MOST]


@pytest.mark.parametrize(
    ("link", "short"),
    [
        ("https://t.co/a", True),
        ("https://t.co/", False),
        ("https://www.t.company/a", False),
        ("http://[bad", False),
    ],
)
def test_only_known_shorteners_are_asked(link: str, short: bool) -> None:
    assert is_short(link) is short


def test_links_are_found_in_addresses_texts_and_markup() -> None:
    texts = (
        "https://t.co/a", None, "See https://bit.ly/b. And https://example.org/x",
        '<a href="https://ow.ly/c">more</a>',
    )  # fmt: skip

    assert short_links(*texts) == ["https://t.co/a", "https://bit.ly/b", "https://ow.ly/c"]


def test_the_client_stops_where_a_redirect_leaves_the_shorteners(server: Any) -> None:
    server.reply("/short", redirect="https://example.invalid/story?utm_source=x")
    fetch = Client().fetcher(allow_private=True, hosts={"127.0.0.1"})

    async def ask() -> str:
        return (await fetch(server.url("/short"))).url

    assert asyncio.run(ask()) == "https://example.invalid/story?utm_source=x"
    assert len(server.requests) == 1


def test_a_shortener_that_points_inside_is_not_asked(server: Any) -> None:
    async def inside(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    client = Client(resolve=inside)

    async def ask() -> Mapping[str, str]:
        link = server.url("/a").replace("127.0.0.1", "t.co")
        return await Shorteners().resolve([link], client.fetcher(hosts=HOSTS), NOW)

    assert asyncio.run(ask()) == {}
    assert server.requests == []
