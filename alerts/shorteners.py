"""Shortened links -> where they lead: asked once each, guarded, and never worth a failed poll.

Two relays of one article often share nothing but its address, each behind a short one of its
own. What cannot be resolved stays as it is, and costs a post nothing but that evidence.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from alerts.domain import Fetch
from alerts.errors import SourceError
from alerts.traces import links_of

HOSTS = frozenset({
    "t.co", "bit.ly", "bitly.com", "j.mp", "tinyurl.com", "goo.gl", "ow.ly", "buff.ly", "is.gd",
    "v.gd", "dlvr.it", "lnkd.in", "fb.me", "ift.tt", "cutt.ly", "rebrand.ly", "shorturl.at",
    "t.ly", "tiny.cc", "rb.gy", "trib.al", "wp.me", "redd.it", "flip.it", "hubs.la", "hubs.ly",
    "zpr.io", "s.id", "soc.cr", "shor.by", "bl.ink", "lnk.to", "smarturl.it", "reut.rs",
    "bloom.bg", "on.ft.com", "nyti.ms", "wapo.st", "econ.st", "cnb.cx", "on.wsj.com", "apne.ws",
    "bbc.in", "politi.co", "cnn.it", "n.pr", "aje.io", "str.sg", "tcrn.ch", "theatln.tc", "sc.mp",
    "gu.com", "t.cn", "url.cn", "dwz.cn", "suo.im", "m.tb.cn", "u.jd.com", "w.url.cn", "sourl.cn",
    "reurl.cc", "pse.is", "lihi.cc",
})  # fmt: skip
"""Hosts that only lead on."""

MOST = 30
"""Links of one poll that are asked for; the rest stay as they are."""

MOST_KEPT = 20_000
"""Answers that are remembered."""

AGAIN = timedelta(hours=6)
"""How long a failure is an answer."""

SECONDS = 8.0
"""Longest that a poll waits for all of its links."""


class Shorteners:
    """Remembers where shortened links lead. Belongs to one event loop."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[str | None, datetime]] = OrderedDict()

    async def resolve(self, links: Iterable[str], fetch: Fetch, now: datetime) -> Mapping[str, str]:
        """Return shortened link -> where it leads, for those that are known or answer in time.

        fetch: asks shorteners only, such as client.fetcher(hosts=HOSTS).
        """
        wanted = [link for link in dict.fromkeys(links) if is_short(link)]
        unknown = [link for link in wanted if not self._is_known(link, now)][:MOST]
        asked = [asyncio.ensure_future(_ask(fetch, link)) for link in unknown]
        if asked:
            _, late = await asyncio.wait(asked, timeout=SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for link, task in zip(unknown, asked, strict=True):
            target = None if task.cancelled() else task.result()
            self._known[link] = (target, now)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        found = {link: self._known[link][0] for link in wanted if link in self._known}
        return {link: target for link, target in found.items() if target is not None}

    def _is_known(self, link: str, now: datetime) -> bool:
        if link not in self._known:
            return False
        target, asked_at = self._known[link]
        return target is not None or now - asked_at < AGAIN


async def _ask(fetch: Fetch, link: str) -> str | None:
    """Return where a link leads, or None: a broken shortener breaks nothing.

    One that refuses, or knows no such link, answers from its own address.
    """
    try:
        to = (await fetch(link)).url
    except SourceError:
        return None
    return None if is_short(to) else to


def is_short(link: str) -> bool:
    """Tell whether a link's host is a known shortener, and it names something there."""
    try:
        parts = urlsplit(link)
        return parts.hostname in HOSTS and len(parts.path) > 1
    except ValueError:
        return False


def short_links(*texts: str | None) -> list[str]:
    """Return the shortened links that stand in texts, in order."""
    return [link for text in texts if text for link in links_of(text) if is_short(link)]
