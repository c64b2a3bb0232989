"""Alerts to any HTTP receiver, signed as Standard Webhooks says."""

import asyncio
import base64
import hashlib
import hmac
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, TypeAdapter, ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from alerts.channels import webhook
from alerts.domain import Act, Alert, Delivery, DeliveryState, Fetched, Outcome, Verdict
from alerts.errors import SourceRefused, SourceUnreachable

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DATA = Path(__file__).parent / "data"
ADDRESS = "https://receiver.example/hook/tokensecret?key=k3ysecret"
OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def configured(**keys: Any) -> webhook.Config:
    base = {"name": "archive", "kind": "webhook", "url": ADDRESS, "secret": NEW}
    return webhook.Config.model_validate(base | keys)


def delivery(body: bytes = b'{"a":1}', id: str = "d1") -> Delivery:
    return Delivery(
        id=id,
        alert="a1",
        channel="archive",
        body=body,
        state=DeliveryState.SENDING,
        attempts=1,
        created_at=NOW,
        next_attempt_at=NOW,
        last_error=None,
    )


@dataclass
class Receiver:
    """Answers as told, and keeps what it was sent."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    failure: Exception | None = None
    got: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    async def __call__(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Fetched:
        self.got.append((url, content, headers))
        if self.failure is not None:
            raise self.failure
        return Fetched(status=self.status, url=url, headers=self.headers, body=self.body)


def outcome_of(receiver: Receiver) -> Outcome:
    return asyncio.run(webhook.send(configured(), delivery(), receiver, NOW))


def sent_with(config: webhook.Config, sent: Delivery, now: datetime = NOW) -> dict[str, str]:
    receiver = Receiver()
    asyncio.run(webhook.send(config, sent, receiver, now))
    ((url, content, headers),) = receiver.got
    assert (url, content) == (ADDRESS, sent.body)
    return dict(headers)


@pytest.fixture
def alert() -> Alert:
    """A whole alert."""
    return TypeAdapter(Alert).validate_json((DATA / "alert.json").read_bytes())


# The signature ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "id", "timestamp", "body", "signature"),
    [
        (
            OLD,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            NEW,
            "msg_test0001",
            1795435200,
            b'{"type":"alert.created","timestamp":"2026-11-23T12:00:00Z","data":{"id":"a1"}}',
            "v1,gqtB9YnhNiOcyrSp4FN2S8pXeB9x+JpjBPJ+qdHN9WU=",
        ),
        (
            "whsec_plJ3nmyCDGBKInavdOK15jsl",
            "msg_loFOjxBNrRLzqYUf",
            1731705121,
            b'{"event_type":"ping","data":{"success":true}}',
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
        ),
    ],
    ids=["standard webhooks", "computed", "svix"],
)
def test_the_published_examples_are_signed_alike(
    secret: str, id: str, timestamp: int, body: bytes, signature: str
) -> None:
    headers = sent_with(
        configured(secret=secret), delivery(body, id), datetime.fromtimestamp(timestamp, UTC)
    )

    assert headers == {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }


def test_the_reference_library_verifies_a_whole_alert(alert: Alert) -> None:
    body = webhook.render(configured(), alert)

    headers = sent_with(configured(), delivery(body), datetime.now(UTC))

    assert Webhook(NEW).verify(body, headers) == orjson.loads(body)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(body, headers)


@given(body=st.text(max_size=200).map(str.encode), position=st.integers(0), bit=st.integers(0, 7))
def test_every_body_verifies_and_a_changed_bit_does_not(
    body: bytes, position: int, bit: int
) -> None:
    headers = sent_with(configured(), delivery(body))

    def verifies(received: bytes) -> bool:
        signed = f"d1.{headers['webhook-timestamp']}.".encode() + received
        mac = hmac.new(bytes(range(32)), signed, hashlib.sha256).digest()
        return headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()

    assert verifies(body)
    if body:
        changed = bytearray(body)
        changed[position % len(body)] ^= 1 << bit
        assert not verifies(bytes(changed))


@given(
    text=st.text(max_size=80), line=st.sampled_from(["\r\n", "\n", "\r", "\0", "\x85", "\u2028"])
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_content_makes_a_header(alert: Alert, text: str, line: str) -> None:
    evil = f"{text}{line}X-Injected: yes{line}{line}{text}"
    posts = tuple(replace(post, title=evil, author=evil, url=evil) for post in alert.posts)
    event = replace(alert.event, title=evil, sources=(evil,))
    body = webhook.render(configured(), replace(alert, rule=evil, event=event, posts=posts))

    headers = sent_with(configured(), delivery(body))

    assert set(headers) == {
        "Content-Type", "webhook-id", "webhook-timestamp", "webhook-signature",
    }  # fmt: skip
    assert all(value.isascii() and value.isprintable() for value in headers.values())
    assert orjson.loads(body)


def test_ten_thousand_bodies_verify_and_none_with_one_bit_changed() -> None:
    chance = random.Random(11)
    config, receiver, now = configured(), Receiver(), datetime.now(UTC)
    letters = ("a", '"', "\\", "é", "出口", "😀", "\x00", "\n", "\u2028", "{}", "1e999")

    async def send_all() -> None:
        for number in range(10_000):
            text = "".join(chance.choices(letters, k=chance.randint(0, 40)))
            body = orjson.dumps(text) if number % 2 else text.encode()
            await webhook.send(config, delivery(body, f"msg_{number}"), receiver, now)

    asyncio.run(send_all())

    verify, refused = Webhook(NEW), 0
    for _, body, headers in receiver.got:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode()
        mac = hmac.new(bytes(range(32)), signed + body, hashlib.sha256).digest()
        assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
        changed = bytearray(body or b"\x00")
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        assert accepts(verify, body, headers)
        refused += not accepts(verify, bytes(changed), headers)
    assert refused == 10_000


def accepts(verify: Webhook, body: bytes, headers: Mapping[str, str]) -> bool:
    """Tell whether the reference library takes a body."""
    try:
        verify.verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, UnicodeDecodeError):
        return False
    return True


def test_a_later_try_has_the_same_id_and_a_fresh_time_and_signature() -> None:
    first = sent_with(configured(), delivery())
    second = sent_with(configured(), delivery(), NOW + timedelta(seconds=5))

    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) == int(first["webhook-timestamp"]) + 5
    assert first["webhook-signature"] != second["webhook-signature"]


def test_the_time_zone_of_the_clock_does_not_matter() -> None:
    east = NOW.astimezone(timezone(timedelta(hours=8)))

    assert sent_with(configured(), delivery(), east) == sent_with(configured(), delivery(), NOW)


def test_while_a_secret_is_replaced_both_sign() -> None:
    now = datetime.now(UTC)

    headers = sent_with(configured(secret=[NEW, OLD]), delivery(), now)

    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (NEW, OLD):
        Webhook(secret).verify(b'{"a":1}', headers)


# The answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_sent_whatever_the_body_says(status: int) -> None:
    outcome = outcome_of(Receiver(status=status, body=b"error: no"))

    assert outcome == Outcome(verdict=Verdict.SENT, detail=f"the receiver answered {status}")


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (301, Verdict.RETRY),
        (302, Verdict.RETRY),
        (307, Verdict.RETRY),
        (308, Verdict.RETRY),
        (400, Verdict.RETRY),
        (401, Verdict.RETRY),
        (403, Verdict.RETRY),
        (404, Verdict.RETRY),
        (405, Verdict.RETRY),
        (408, Verdict.RETRY),
        (410, Verdict.GONE),
        (413, Verdict.REJECTED),
        (415, Verdict.RETRY),
        (422, Verdict.RETRY),
        (429, Verdict.RETRY),
        (500, Verdict.RETRY),
        (502, Verdict.RETRY),
        (503, Verdict.RETRY),
        (504, Verdict.RETRY),
    ],
)
def test_every_other_status_is_judged_by_the_table(status: int, verdict: Verdict) -> None:
    outcome = outcome_of(Receiver(status=status))

    assert outcome == Outcome(verdict=verdict, detail=f"the receiver answered {status}")


@pytest.mark.parametrize("status", [429, 502, 503, 504, 400])
def test_the_wait_that_a_receiver_asks_for_is_told(status: int) -> None:
    outcome = outcome_of(Receiver(status=status, headers={"retry-after": "120"}))

    assert outcome.retry_after == 120.0


def test_a_receiver_can_stop_the_tries() -> None:
    stop = {"webhook-delivery": "Abort-Message"}

    assert outcome_of(Receiver(status=500, headers=stop)).verdict is Verdict.REJECTED
    assert outcome_of(Receiver(status=200, headers=stop)).verdict is Verdict.SENT
    other = {"webhook-delivery": "again"}
    assert outcome_of(Receiver(status=500, headers=other)).verdict is Verdict.RETRY


def test_no_answer_is_tried_again_and_a_barred_address_is_not() -> None:
    unreachable = outcome_of(Receiver(failure=SourceUnreachable(f"{ADDRESS}: {NEW}: broken")))
    refused = outcome_of(Receiver(failure=SourceRefused(f"{ADDRESS}: private")))

    assert unreachable.verdict is Verdict.RETRY
    assert refused.verdict is Verdict.REJECTED
    for outcome in (unreachable, refused):
        assert "receiver.example" in outcome.detail
        for secret in ("tokensecret", "k3ysecret", NEW, NEW.removeprefix("whsec_")):
            assert secret not in outcome.detail


def test_an_answer_that_echoes_a_secret_is_not_repeated() -> None:
    outcome = outcome_of(Receiver(status=404, body=ADDRESS.encode()))

    assert "secret" not in outcome.detail


# The body -----------------------------------------------------------------------------------


def test_a_body_that_is_small_enough_is_whole(alert: Alert) -> None:
    data = orjson.loads(webhook.render(configured(), alert))["data"]

    assert "shortened" not in data
    assert len(data["posts"]) == 2


def test_a_large_body_is_shortened_and_says_so(alert: Alert) -> None:
    post = replace(alert.posts[1], title="出口管制" * 100, url="https://x.example/" + "y" * 900)
    large = replace(alert, posts=(alert.posts[0], *[post] * 30))

    body = webhook.render(configured(), large)

    data = orjson.loads(body)["data"]
    assert len(body) <= 20_000
    assert data["shortened"] is True
    assert data["event"]["posts"] == alert.event.posts
    assert data["posts"][0]["title"] == "Announcement No. 61 of 2026"
    assert len(data["posts"]) == 10
    assert data["why"]["rule"] == ["topics", "min_policy"]


def test_the_largest_alert_is_still_within_the_limit(alert: Alert) -> None:
    long = "😀" * 1000
    many = (long,) * 100
    url = "https://x.example/" + "y" * 1900
    act = Act(
        instrument=long,
        authority=long,
        jurisdiction=long,
        number=long,
        targets=many,
        items=many,
        published_on=long,
        effective_on=long,
    )
    post = replace(
        alert.posts[0],
        title=long,
        url=url,
        author=long,
        source=long,
        external_id=long,
        platform_tags=many,
    )
    terms = dict.fromkeys((*alert.tagging.topics, "policy"), ((long, 1.0),) * 100)
    largest = replace(
        alert,
        changes=many,
        event=replace(alert.event, title=long, act=act, sources=many, official_url=url),
        posts=(post,) * 50,
        tagging=replace(alert.tagging, terms=terms),
    )

    body = webhook.render(configured(), largest)

    assert len(body) <= 20_000
    data = orjson.loads(body)["data"]
    assert len(data["posts"]) == 1
    assert len(data["changes"]) == 3


# The config ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "secret",
    [
        NEW,
        NEW.rstrip("="),
        NEW.removeprefix("whsec_"),
        f"  {NEW}\n",
    ],
)
def test_a_secret_may_lack_its_prefix_and_padding(secret: str) -> None:
    assert webhook.key(SecretStr(secret)) == bytes(range(32))


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_====", "not base64 sEcReT!", "whsec_sEcReT?", "sEcReTsEcReTs", []],
)
def test_a_secret_that_nobody_could_verify_with_is_refused_without_repeating_it(
    secret: object,
) -> None:
    with pytest.raises(ValidationError) as caught:
        configured(secret=secret)

    assert "sEcReT" not in str(caught.value)


def test_what_is_no_web_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(ValidationError, match="must be an http or https address") as caught:
        configured(url="receiver.example/tokensecret")

    assert "tokensecret" not in str(caught.value)


def test_a_secret_is_read_through_the_loader() -> None:
    given = {"${env:OLD}": OLD, "${file:new}": NEW, "${env:URL}": ADDRESS}
    config = webhook.Config.model_validate(
        {
            "name": "archive",
            "kind": "webhook",
            "url": "${env:URL}",
            "secret": ["${file:new}", "${env:OLD}"],
        },
        context={"read_secret": given.__getitem__},
    )

    assert config.url.get_secret_value() == ADDRESS
    assert [secret.get_secret_value() for secret in config.secret] == [NEW, OLD]


def test_without_a_loader_a_reference_stays_as_it_is_written() -> None:
    config = configured(url="${env:URL}", secret="${file:/run/secrets/tocsin}")

    assert config.url.get_secret_value() == "${env:URL}"
    assert config.secret[0].get_secret_value() == "${file:/run/secrets/tocsin}"


def test_a_config_never_shows_its_secrets() -> None:
    config = configured(secret=[NEW, OLD])

    shown = f"{config!r} {config} {config.model_dump_json()}"

    for secret in ("tokensecret", "k3ysecret", NEW[6:], OLD[6:]):
        assert secret not in shown
