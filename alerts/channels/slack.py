"""Alerts to a Slack incoming webhook, as Block Kit within Slack's limits.

The webhook's address is a secret: whoever has it can write to the channel. Limits and error
texts are those of Slack's reference for incoming webhooks and blocks.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

import orjson
from pydantic import ConfigDict

from alerts.cleaning import Link, cut, plain
from alerts.domain import Alert, Delivery, Fetched, Json, Notice, Outcome, Send, Verdict
from alerts.errors import SourceError
from alerts.httpclient import parse_retry_after
from alerts.render import Line, headline, lines
from alerts.retry import unanswered
from alerts.settings import ChannelSettings, WebAddress

PACE = 1.0
"""Seconds between two messages, as Slack asks of one webhook; bursts may be refused."""

HEADER = 150
SECTION = 3000
FALLBACK = 3000
CONTEXT = 1000
MOST_CONTEXTS = 10

SAID: Mapping[str, Verdict] = {
    "channel_is_archived": Verdict.GONE,
    "channel_not_found": Verdict.GONE,
    "invalid_token": Verdict.GONE,
    "no_active_hooks": Verdict.GONE,
    "no_service": Verdict.GONE,
    "no_service_id": Verdict.GONE,
    "no_team": Verdict.GONE,
    "team_disabled": Verdict.GONE,
    "action_prohibited": Verdict.REJECTED,
    "invalid_blocks": Verdict.REJECTED,
    "invalid_payload": Verdict.REJECTED,
    "missing_text_or_fallback_or_attachments": Verdict.REJECTED,
    "msg_blocks_too_long": Verdict.REJECTED,
    "no_text": Verdict.REJECTED,
    "posting_to_general_channel_denied": Verdict.REJECTED,
    "too_many_attachments": Verdict.REJECTED,
    "user_not_found": Verdict.REJECTED,
    "rollup_error": Verdict.RETRY,
}
"""Slack's error text -> what it means, whatever the status beside it."""

STATUSES: Mapping[int, Verdict] = {
    400: Verdict.REJECTED,
    403: Verdict.REJECTED,
    404: Verdict.GONE,
    410: Verdict.GONE,
    413: Verdict.REJECTED,
}
"""Status -> what it means without a known text; every other one is tried again."""


class Config(ChannelSettings):
    """A Slack channel.

    url: address of the incoming webhook.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    kind: Literal["slack"]
    url: WebAddress


def render(config: Config, alert: Alert) -> bytes:
    """Return the message's JSON."""
    return message(headline(alert), lines(alert))


def notify(config: Config, notice: Notice) -> bytes:
    """Return a notice's message, in JSON."""
    told = [Line(label=plain(label), text=plain(text)) for label, text in notice.lines]
    return message(plain(notice.headline), told)


def message(title: str, told: Sequence[Line]) -> bytes:
    """Return a header, sections, and small print as blocks."""
    blocks: list[Json] = [
        {"type": "header", "text": {"type": "plain_text", "text": fit(title, HEADER)}},
        *sections([line for line in told if not line.minor]),
    ]
    prints = [mrkdwn(line, CONTEXT) for line in told if line.minor][-MOST_CONTEXTS:]
    if prints:
        blocks.append({"type": "context", "elements": [text_object(text) for text in prints]})
    return orjson.dumps(
        {
            "text": fit(f"{title}\n{told[0].text}", FALLBACK),
            "blocks": blocks,
            "unfurl_links": False,
            "unfurl_media": False,
        }
    )


def sections(told: Iterable[Line]) -> list[Json]:
    """Put lines into section blocks: the first alone, the others as many together as fit."""
    texts: list[str] = []
    for line in told:
        text = mrkdwn(line, SECTION)
        if len(texts) > 1 and units(texts[-1]) + 1 + units(text) <= SECTION:
            texts[-1] += f"\n{text}"
        else:
            texts.append(text)
    return [{"type": "section", "text": text_object(text)} for text in texts]


def text_object(text: str) -> Json:
    """Return a text with our own links and marks only: verbatim makes none out of the content."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def mrkdwn(line: Line, limit: int) -> str:
    """Return one line in Slack's markup, within so many characters; a link is whole or left out."""
    label = f"*{escape(line.label)}:* " if line.label else ""
    links = "".join(f" · {anchor(link)}" for link in line.links)
    if units(label) + units(links) > limit // 2:
        links = ""
    return f"{label}{fit(line.text, limit - units(label) - units(links))}{links}"


def anchor(link: Link) -> str:
    """Return a link in Slack's markup; nothing in it can end it early."""
    address = link.url.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E")
    return f"<{escape(address)}|{escape(link.text).replace('|', '¦')}>"


def escape(text: str) -> str:
    """Escape the three characters that mean something to Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fit(text: str, limit: int) -> str:
    """Escape a text and shorten it to so many characters, never inside an entity."""
    while (excess := units(escape(text)) - limit) > 0:
        # One character becomes five units at most.
        text = cut(text, len(text) - max(1, excess // 5))
    return escape(text)


def units(text: str) -> int:
    """Return the length in UTF-16 units, which is never less than what Slack may count."""
    return len(text.encode("utf-16-le")) // 2


async def send(config: Config, delivery: Delivery, post: Send, now: datetime) -> Outcome:
    """Post the message once."""
    address = config.url.get_secret_value()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        answer = await post(address, content=delivery.body, headers=headers)
    except SourceError as error:
        return unanswered(error, [address])
    return judge(answer, now)


def judge(answer: Fetched, now: datetime) -> Outcome:
    """Read Slack's answer: the status and the plain text beside it.

    Only texts that Slack is known to give are repeated: anything else might be an echo of the
    address.
    """
    said = answer.body[:200].decode("utf-8", "replace").strip()
    detail = f"Slack answered {answer.status}"
    if said in SAID:
        return Outcome(
            verdict=SAID[said], detail=f"{detail}, {said}", retry_after=asked(answer, now)
        )
    if 200 <= answer.status < 300 and said == "ok":
        return Outcome(verdict=Verdict.SENT, detail=f"{detail}, ok")
    verdict = STATUSES.get(answer.status, Verdict.RETRY)
    if 200 <= answer.status < 300:
        detail += ", but not with the ok that Slack gives"
    return Outcome(verdict=verdict, detail=detail, retry_after=asked(answer, now))


def asked(answer: Fetched, now: datetime) -> float | None:
    """Return the seconds that Slack asked to wait: in the header, or in the JSON of a 429."""
    seconds = parse_retry_after(answer.headers.get("retry-after"), now)
    if seconds is not None or answer.status != 429:
        return seconds
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None
    wait = said.get("retry_after") if isinstance(said, dict) else None
    return float(wait) if isinstance(wait, int | float) else None
