"""What every kind of channel must do, whatever it sends to; a new kind is tested by being one.

The network is real: the service's own client against a server on 127.0.0.1.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from standardwebhooks.webhooks import Webhook

from alerts.channels import KINDS
from alerts.cleaning import cut, plain
from alerts.domain import Alert, Delivery, DeliveryState, Outcome, Reason, Send, Verdict
from alerts.httpclient import Client
from alerts.settings import ChannelSettings
from alerts.spells import Kind as SpellKind
from alerts.spells import Spell, begin_notice, end_notice

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DATA = Path(__file__).parent / "data"
NAUGHTY = Path(__file__).resolve().parents[2] / "shared" / "hostile" / "text" / "blns.json"
DEADLINE = 0.3

PATH = "/services/T0pathsecret/B0pathsecret"
QUERY = "key=querysecret"
SIGNING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECRETS = ("T0pathsecret", "B0pathsecret", "querysecret", SIGNING, SIGNING.removeprefix("whsec_"))

EXAMPLES: dict[str, dict[str, Any]] = {
    "console": {},
    "slack": {"url": f"https://hooks.example{PATH}?{QUERY}"},
    "webhook": {"url": f"https://hooks.example{PATH}?{QUERY}", "secret": SIGNING},
}
"""Kind -> the keys that it needs beside name and kind."""

NETWORKED = [kind for kind, keys in EXAMPLES.items() if "url" in keys]

INJECTIONS = [
    f"{before}{call}{after}"
    for call in (
        "<!channel>",
        "<!here>",
        "<!everyone|all>",
        "<@U012AB3CD>",
        "<@W012|boss>",
        "<#C012AB3CD|general>",
        "<!subteam^S012|team>",
        "<!date^1795435200^{date}^https://evil.example|now>",
        "<https://evil.example|https://bank.example>",
        "<mailto:evil@evil.example|bank>",
        "<javascript:alert(1)|x>",
        "<slack://channel?team=T1&id=C1|general>",
        "&lt;!channel&gt;",
        "&#60;!channel&#62;",
        "\u003c!channel\u003e",
    )
    for before, after in (("", ""), (">", "<"), ("|", "|"), ("`", "`"), ("\u202e", ""), ("&", ";"))
] + [
    "x" * 2999 + "<!channel>",
    "&" * 5000,
    "<" * 5000,
    "\x1b]8;;https://evil.example\x07bank\x1b]8;;\x07",
    "\x1b[2J\x1b[H\x9b31m\x90q\x9c",
    "a\r\nwebhook-id: forged\r\n\r\n{}",
    '"},"type":"alert.forged',
    "\x00\ud800\udc00\udfff\uffff",
    "https://evil.example/|bank>",
    "https://evil.example/<!channel>",
    "https://user:pass@evil.example/",
    "javascript:alert(1)",
]


@dataclass(frozen=True)
class Channel:
    """One channel of a kind, ready to use."""

    kind: str
    config: ChannelSettings

    def render(self, alert: Alert) -> bytes:
        return KINDS[self.kind].render(self.config, alert)

    def send(self, body: bytes = b"{}", deadline: float = DEADLINE) -> Outcome:
        return asyncio.run(
            self.send_through(Client().sender(allow_private=True, deadline=deadline), body)
        )

    async def send_through(self, post: Send, body: bytes, now: datetime = NOW) -> Outcome:
        return await KINDS[self.kind].send(self.config, delivery(body), post, now)


def channel_of(kind: str, **keys: Any) -> Channel:
    given = {"name": "one", "kind": kind} | EXAMPLES[kind] | keys
    return Channel(kind, KINDS[kind].config.model_validate(given))


def delivery(body: bytes) -> Delivery:
    return Delivery(
        id="d1",
        alert="a1",
        channel="one",
        body=body,
        state=DeliveryState.SENDING,
        attempts=1,
        created_at=NOW,
        next_attempt_at=NOW,
        last_error=None,
    )


@pytest.fixture(params=sorted(KINDS))
def channel(request: pytest.FixtureRequest) -> Channel:
    """A channel of each kind."""
    return channel_of(request.param)


@pytest.fixture(params=NETWORKED)
def networked(request: pytest.FixtureRequest, server: Any) -> Channel:
    """A channel of each kind that sends over the network, to the local server."""
    return channel_of(request.param, url=server.url(f"{PATH}?{QUERY}"))


def an_alert() -> Alert:
    return TypeAdapter(Alert).validate_json((DATA / "alert.json").read_bytes())


@pytest.fixture
def alert() -> Alert:
    """A whole alert."""
    return an_alert()


def filled_with(text: str) -> Alert:
    """An alert with this text in every field that content can reach, and in most others."""
    alert = an_alert()
    texts: dict[str, Any] = dict.fromkeys(
        ("instrument", "authority", "jurisdiction", "number", "published_on", "effective_on"), text
    )
    act = replace(alert.event.act, **texts, targets=(text,) * 30, items=(text, text))
    texts = dict.fromkeys(("source", "external_id", "title", "text", "lang", "author", "url"), text)
    post = replace(alert.posts[1], **texts, platform_tags=(text, text))
    reached = replace(post, url=f"https://post.example/{text}", title="", author=None)
    event = replace(alert.event, title=text, act=act, sources=(text, text), official_url=text)
    tagging = replace(
        alert.tagging,
        topics={**alert.tagging.topics, text: 0.9},
        tags=(text,),
        model=text,
        terms={text: ((text, 1.0), ("licence", -0.5)), "policy": ((text, 2.0),)},
    )
    return replace(
        alert,
        rule=text,
        reason=Reason.UPDATED,
        changes=(text, text),
        event=event,
        tagging=tagging,
        relevance=alert.relevance._replace(topic=text),
        posts=(post, reached),
        matched=(text,),
        config=text,
    )


def digest_of(alert: Alert, size: int = 60) -> Alert:
    """A digest of so many alerts, most of them the same."""
    return replace(alert, reason=Reason.DIGEST, note=alert.rule, gathered=(alert,) * size)


# What is valid ------------------------------------------------------------------------------


class Limited(BaseModel):
    """A part of a Slack message; a key that Slack does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PlainText(Limited):
    type: Literal["plain_text"]
    text: Annotated[str, Field(min_length=1, max_length=150)]
    emoji: bool = True


class Mrkdwn(Limited):
    type: Literal["mrkdwn"]
    text: Annotated[str, Field(min_length=1, max_length=3000)]
    verbatim: bool = False


class FieldText(Mrkdwn):
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class Header(Limited):
    type: Literal["header"]
    text: PlainText
    block_id: Annotated[str, Field(max_length=255)] = ""


class Section(Limited):
    type: Literal["section"]
    text: Mrkdwn | None = None
    fields: Annotated[list[FieldText], Field(min_length=1, max_length=10)] | None = None
    block_id: Annotated[str, Field(max_length=255)] = ""


class Context(Limited):
    type: Literal["context"]
    elements: Annotated[list[Mrkdwn], Field(min_length=1, max_length=10)]
    block_id: Annotated[str, Field(max_length=255)] = ""


Block = Annotated[Header | Section | Context, Field(discriminator="type")]


class SlackMessage(Limited):
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    blocks: Annotated[list[Block], Field(min_length=1, max_length=50)]
    unfurl_links: bool
    unfurl_media: bool


OUR_LINK = re.compile(r"<https?://[^<>|\s]+\|[^<>|]+>")
ENTITY = re.compile(r"&(?:amp|lt|gt);")
ACTING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def strings_in(value: Any) -> Iterator[str]:
    """Yield every string of a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner)


def check_console(body: bytes) -> None:
    text = body.decode()
    assert text.endswith("\n")
    assert text.startswith("[critical] ")


def check_slack(body: bytes) -> None:
    message = SlackMessage.model_validate_json(body)
    # Slack may count UTF-16 units, which is the stricter way.
    assert all(
        len(text.encode("utf-16-le")) // 2 <= 3000 for text in strings_in(orjson.loads(body))
    )
    for text in strings_in(message.model_dump()):
        rest = ENTITY.sub("", OUR_LINK.sub("", text))
        assert not set("<>&") & set(rest), text


def check_webhook(body: bytes) -> None:
    data = orjson.loads(body)
    assert len(body) <= 20_000
    assert data["type"] in ("alert.updated", "alert.digest")
    assert data["data"]["act"]["stage"] == "adopted"
    shown = [*data["data"]["posts"], *data["data"].get("alerts", ())]
    links = [data["data"]["event"]["official_url"], *(one["url"] for one in shown)]
    assert all(link is None or re.match(r"https?://", link) for link in links)


CHECKS: dict[str, Callable[[bytes], None]] = {
    "console": check_console,
    "slack": check_slack,
    "webhook": check_webhook,
}
"""Kind -> what every body of it must be."""


def check_body(channel: Channel, body: bytes) -> None:
    """Fail unless a body is one that the receiver takes and that acts on nobody."""
    CHECKS[channel.kind](body)
    texts = [body.decode()] if channel.kind == "console" else strings_in(orjson.loads(body))
    for text in texts:
        assert not ACTING.search(text)


NOTICE_CHECKS: dict[str, Callable[[bytes], object]] = {
    "console": bytes.decode,
    "slack": SlackMessage.model_validate_json,
    "webhook": orjson.loads,
}
"""Kind -> what every body of a notice must be."""


# The contracts ------------------------------------------------------------------------------


def test_every_kind_has_an_example_and_a_check() -> None:
    assert set(EXAMPLES) == set(KINDS) == set(CHECKS)


@pytest.mark.parametrize("count", [1, 3, 60])
@pytest.mark.parametrize("text", ["bis", *INJECTIONS[::7], "<" * 5000, "\x1b[2J\x00\u202e"])
def test_a_notice_is_taken_and_acts_on_nobody(channel: Channel, count: int, text: str) -> None:
    spells = [
        Spell(
            kind=SpellKind.FAILING, about="source", name=f"{text[:90]} {number}", since=NOW,
            says=cut(plain(f"failed: {text}"), 300), check=("look", "try"),
        )
        for number in range(count)
    ]  # fmt: skip

    for notice in (begin_notice(spells, NOW), end_notice(spells, NOW)):
        body = KINDS[channel.kind].notify(channel.config, notice)

        NOTICE_CHECKS[channel.kind](body)
        assert channel.kind != "webhook" or len(body) <= 20_000
        told = [body.decode()] if channel.kind == "console" else strings_in(orjson.loads(body))
        for one in told:
            assert not ACTING.search(one)
            assert channel.kind != "slack" or not set("<>") & set(OUR_LINK.sub("", one))


def test_a_config_needs_its_own_kind_and_takes_no_other_keys(channel: Channel) -> None:
    model = KINDS[channel.kind].config
    keys = {"name": "one"} | EXAMPLES[channel.kind]

    for wrong in (keys | {"kind": "other"}, keys, keys | {"kind": channel.kind, "colour": 1}):
        with pytest.raises(ValueError):
            model.model_validate(wrong)
    assert channel.config.model_config["frozen"] is True


def test_slack_is_given_a_second_between_messages() -> None:
    assert KINDS["slack"].pace == 1.0


def test_rendering_is_the_same_every_time(channel: Channel, alert: Alert) -> None:
    first = channel.render(alert)

    assert first == channel.render(an_alert())
    assert alert == an_alert()
    assert channel_of(channel.kind).render(alert) == first


def test_every_reason_of_an_alert_is_rendered(channel: Channel, alert: Alert) -> None:
    bodies = {channel.render(replace(alert, reason=reason)) for reason in Reason}

    assert len(bodies) == len(Reason)


def test_the_facts_of_the_alert_are_in_every_body(channel: Channel, alert: Alert) -> None:
    body = channel.render(alert).decode()

    for fact in (
        "Ministry adds cathode know-how",
        "MOFCOM 2026-61",
        "export restriction",
        "2026-12-01",
        "https://www.mofcom.example/zwgk/2026/61.html",
        "https://x.example/battery_watch/status/100200300",
        "export controls on EV technology",
        "min_policy",
        "electric vehicle",
        "2026-11-24-1",
        "sha256:5f0c2f",
    ):
        assert fact in body


def test_a_body_holds_no_secret(channel: Channel, alert: Alert) -> None:
    body = channel.render(alert).decode()

    assert not [secret for secret in SECRETS if secret in body]


def test_a_config_shows_no_secret(channel: Channel) -> None:
    shown = f"{channel.config!r} {channel.config} {channel.config.model_dump_json()}"

    assert not [secret for secret in SECRETS if secret in shown]


def test_naughty_strings_in_every_field_make_a_valid_body(channel: Channel) -> None:
    if not NAUGHTY.exists():
        pytest.skip("the shared folder with the naughty strings is not beside the checkout")
    strings = orjson.loads(NAUGHTY.read_bytes())

    assert len(strings) == 515
    for text in strings:
        check_body(channel, channel.render(filled_with(text)))
        check_body(channel, channel.render(digest_of(filled_with(text), 3)))


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_is_injected_stays_text(channel: Channel, text: str) -> None:
    check_body(channel, channel.render(filled_with(text)))
    check_body(channel, channel.render(digest_of(filled_with(text))))


@pytest.mark.parametrize("size", [1, 40, 41, 500])
def test_a_digest_tells_its_events_and_counts_the_rest(
    channel: Channel, alert: Alert, size: int
) -> None:
    body = channel.render(digest_of(replace(alert, changes=("x" * 150,) * 30), size))

    check_body(channel, body)
    told = body.decode()
    assert f"{size} event" in told
    if channel.kind == "webhook":
        data = orjson.loads(body)["data"]
        assert data["events"] == size
        assert 1 <= len(data["alerts"]) <= 40
    else:
        assert told.count(f"{min(size, 40)}. critical") == 1
        assert (f"and {size - 40} more" in told) is (size > 40)


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(codec=None, categories=None), max_size=400))
def test_any_text_in_every_field_makes_a_valid_body(text: str) -> None:
    for kind in KINDS:
        channel = channel_of(kind)
        check_body(channel, channel.render(filled_with(text)))
        check_body(channel, channel.render(digest_of(filled_with(text), 2)))


def test_a_body_check_can_fail(alert: Alert) -> None:
    body = channel_of("slack").render(replace(alert, reason=Reason.UPDATED))

    with pytest.raises(AssertionError):
        check_slack(body.replace(b"LFP cathode", b"<!channel>"))
    with pytest.raises(ValueError, match="at most 150"):
        check_slack(body.replace(b"Ministry adds", b"x" * 150))


def test_the_receiver_gets_the_bytes_that_were_rendered(
    networked: Channel, server: Any, alert: Alert
) -> None:
    server.reply(PATH, body="ok")
    body = networked.render(alert)

    outcome = networked.send(body)

    (request,) = server.requests
    assert outcome.verdict is Verdict.SENT
    assert (request.method, request.body) == ("POST", body)
    assert request.query == {"key": ["querysecret"]}
    assert request.headers["content-type"].startswith("application/json")


def test_a_received_webhook_verifies(server: Any, alert: Alert) -> None:
    server.reply(PATH)
    webhook = channel_of("webhook", url=server.url(PATH))
    body = webhook.render(alert)
    post = Client().sender(allow_private=True)

    asyncio.run(webhook.send_through(post, body, datetime.now(UTC)))

    (request,) = server.requests
    assert request.headers["webhook-id"] == "d1"
    assert Webhook(SIGNING).verify(request.body, dict(request.headers)) == orjson.loads(body)


def test_every_status_has_an_outcome(networked: Channel, server: Any) -> None:
    statuses = range(100, 600)
    for status in statuses:
        server.reply(f"/{status}", status=status, headers={"Retry-After": "7"}, body="ok")

    async def send_all() -> list[Outcome]:
        post = Client().sender(allow_private=True, deadline=DEADLINE)
        channels = (channel_of(networked.kind, url=server.url(f"/{n}")) for n in statuses)
        return [await channel.send_through(post, b"{}") for channel in channels]

    outcomes = dict(zip(statuses, asyncio.run(send_all()), strict=True))

    for status, outcome in outcomes.items():
        successful = 200 <= status < 300
        bodiless = status == 204 and networked.kind == "slack"
        assert (outcome.verdict is Verdict.SENT) == (successful and not bodiless), status
        assert "\n" not in outcome.detail
        if status < 200 or 300 <= status < 400 or status >= 500 or status in (408, 425, 429):
            assert outcome.verdict is Verdict.RETRY, status
    assert outcomes[410].verdict is Verdict.GONE
    assert outcomes[429].retry_after == outcomes[503].retry_after == 7.0


@dataclass(frozen=True)
class Misbehaviour:
    """What the server does wrong, and how it is called."""

    name: str
    reply: dict[str, Any] = field(default_factory=dict)


MISBEHAVIOURS = (
    Misbehaviour("resets before the answer", {"reset": True}),
    Misbehaviour("resets after the headers", {"reset_body": True, "status": 500, "body": "ok"}),
    Misbehaviour("says nothing", {"hang": 5.0}),
    Misbehaviour("stops after the headers", {"hang_body": 5.0, "status": 500, "body": "ok"}),
    Misbehaviour("drips", {"drip": 0.2, "status": 500, "body": "x" * 100}),
    Misbehaviour("ends too early", {"truncate": 1, "status": 500, "body": "oops"}),
    Misbehaviour("never ends", {"endless": True, "status": 500}),
    Misbehaviour("speaks no HTTP", {"garbage": b"SSH-2.0-x\r\n"}),
    Misbehaviour("answers with nothing", {"garbage": b""}),
    Misbehaviour("answers with half a line", {"garbage": b"HTTP/1.1 2"}),
    Misbehaviour("redirects", {"redirect": "/elsewhere"}),
    Misbehaviour("redirects for good", {"redirect": "/elsewhere", "status": 308}),
)


@pytest.mark.parametrize("wrong", MISBEHAVIOURS, ids=lambda wrong: wrong.name)
def test_a_receiver_that_misbehaves_is_tried_again(
    networked: Channel, server: Any, wrong: Misbehaviour
) -> None:
    server.reply(PATH, **wrong.reply)
    server.reply("/elsewhere", body="ok")

    outcome = networked.send()

    assert outcome.verdict is Verdict.RETRY
    assert not [secret for secret in SECRETS if secret in outcome.detail]
    assert [request.path for request in server.requests] == [PATH]


@pytest.mark.parametrize("reply", [{"hang_body": 5.0}, {"reset_body": True}, {"truncate": 1}])
def test_a_2xx_with_a_broken_receipt_is_enough_unless_the_receipt_says_it(
    networked: Channel, server: Any, reply: dict[str, Any]
) -> None:
    server.reply(PATH, status=200, body="ok", **reply)

    outcome = networked.send()

    # Slack's ok is in the body, so without it nobody knows.
    expected = Verdict.RETRY if networked.kind == "slack" else Verdict.SENT
    assert outcome.verdict is expected


@pytest.mark.parametrize("kind", NETWORKED)
def test_a_receiver_that_is_not_there_is_tried_again(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    outcome = channel_of(kind, url=f"http://127.0.0.1:{port}{PATH}?{QUERY}").send()

    assert outcome.verdict is Verdict.RETRY
    assert f"127.0.0.1:{port}" in outcome.detail
    assert not [secret for secret in SECRETS if secret in outcome.detail]


@pytest.mark.parametrize("kind", NETWORKED)
def test_a_certificate_that_nobody_signed_is_tried_again_and_never_accepted(
    kind: str, make_server: Callable[..., Any]
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    unknown = make_server(tls)
    unknown.reply(PATH, body="ok")

    outcome = channel_of(kind, url=unknown.url(PATH)).send(deadline=5.0)

    assert outcome.verdict is Verdict.RETRY
    assert "certificate" in outcome.detail
    assert unknown.requests == []


@pytest.mark.parametrize("kind", NETWORKED)
def test_a_private_address_is_refused_unless_allowed(kind: str, server: Any) -> None:
    server.reply(PATH, body="ok")
    channel = channel_of(kind, url=server.url(f"{PATH}?{QUERY}"))
    post = Client().sender(allow_private=False)

    outcome = asyncio.run(channel.send_through(post, b"{}"))

    assert outcome.verdict is Verdict.REJECTED
    assert not [secret for secret in SECRETS if secret in outcome.detail]
    assert server.requests == []


@pytest.mark.parametrize("echoed", [f"{PATH}?{QUERY}", SIGNING, "T0pathsecret"])
def test_an_answer_that_echoes_a_secret_is_not_repeated(
    networked: Channel, server: Any, echoed: str
) -> None:
    for status in (200, 302, 400, 404, 410, 429, 500):
        server.reply(PATH, status=status, body=echoed, headers={"X-Echo": echoed})

        outcome = networked.send()

        assert not [secret for secret in SECRETS if secret in outcome.detail]


def test_every_try_sends_the_same_body_and_id(networked: Channel, server: Any) -> None:
    server.replies(PATH, [{"status": 503}, {"reset": True}, {"body": "ok"}])

    outcomes = [networked.send(b'{"a":1}').verdict for _ in range(3)]

    assert outcomes == [Verdict.RETRY, Verdict.RETRY, Verdict.SENT]
    assert {request.body for request in server.requests} == {b'{"a":1}'}
    assert len({request.headers.get("webhook-id") for request in server.requests}) == 1


def test_the_alert_is_filled_everywhere() -> None:
    """Guard the guard: every text field of an event's act and posts holds the text."""
    filled: Sequence[Any] = [filled_with("needle").event.act, filled_with("needle").posts[0]]

    for value in filled:
        for inner in fields(value):
            said = getattr(value, inner.name)
            if isinstance(said, str) and inner.name not in ("id", "stage"):
                assert said == "needle", inner.name
