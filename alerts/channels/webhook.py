"""Alerts to any HTTP receiver, signed as Standard Webhooks says (v1, HMAC-SHA256).

The specification: https://github.com/standard-webhooks/standard-webhooks
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

import orjson
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, SecretStr

from alerts.document import document
from alerts.domain import Alert, Delivery, Fetched, Json, Notice, Outcome, Send, Verdict
from alerts.errors import SourceError
from alerts.httpclient import parse_retry_after
from alerts.retry import unanswered
from alerts.settings import ChannelSettings, Secret, WebAddress

LARGEST_BODY = 20_000
"""Bytes; what Standard Webhooks advises, since receivers often take no more."""

PREFIX = "whsec_"

STATUSES: Mapping[int, Verdict] = {410: Verdict.GONE, 413: Verdict.REJECTED}
"""Status -> what it means; 2xx is sent, and every other one is tried again."""


def check_secret(secret: SecretStr) -> SecretStr:
    """Refuse a secret that no receiver could verify with, without repeating it.

    A reference that nobody resolved (a command that sends nothing) passes as it is written.
    """
    if "${" not in secret.get_secret_value():
        key(secret)
    return secret


def key(secret: SecretStr) -> bytes:
    """Return the key that a secret stands for: what follows whsec_, out of base64.

    A secret without the prefix is base64 as well. Raises ValueError.
    """
    encoded = secret.get_secret_value().strip().removeprefix(PREFIX).rstrip("=")
    try:
        decoded = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        decoded = b""
    if not decoded:
        # The cause would repeat the secret.
        raise ValueError("must be whsec_ and then base64") from None
    return decoded


def as_list(value: object) -> object:
    """Take one secret as a list of one."""
    return [value] if isinstance(value, str | SecretStr) else value


SigningSecret = Annotated[Secret, AfterValidator(check_secret)]


class Config(ChannelSettings):
    """A webhook channel.

    url: address of the receiver; kept secret, for many carry a token.
    secret: one or, while a new one is brought in, several; every one of them signs.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    kind: Literal["webhook"]
    url: WebAddress
    secret: Annotated[
        tuple[SigningSecret, ...], BeforeValidator(as_list), Field(min_length=1, max_length=5)
    ]


def render(config: Config, alert: Alert) -> bytes:
    """Return the body: the alert's document, its lists shortened until it is small enough."""
    told = document(alert)
    body = orjson.dumps(told)
    for items in (30, 25, 20, 15, 10, 7, 5, 3, 1, 0):
        if len(body) <= LARGEST_BODY:
            break
        told = shorten(told, items)
        body = orjson.dumps(told)
    return body


def notify(config: Config, notice: Notice) -> bytes:
    """Return the body of a notice."""
    return orjson.dumps(
        {
            "type": notice.type,
            "timestamp": f"{notice.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "data": {"notice_id": notice.id, "headline": notice.headline, **notice.facts},
        }
    )


def shorten(told: Mapping[str, Json], items: int) -> dict[str, Json]:
    """Return a document whose lists have so many items at most, and that says so.

    The rule's conditions and the tags stay; event.posts still counts every post, and a digest's
    events all of its events.
    """
    data, why = told["data"], told["data"]["why"]
    gathered = [_shorten_act(one, min(items, 3)) for one in data.get("alerts", ())]
    return {
        **told,
        "data": {
            **_shorten_act(data, items),
            **({"alerts": gathered[: max(items, 1)]} if gathered else {}),
            "posts": [
                {**post, "platform_tags": post["platform_tags"][:items]}
                for post in data["posts"][: max(items, 1)]
            ],
            "why": {**why, "terms": {t: terms[:items] for t, terms in why["terms"].items()}},
            "shortened": True,
        },
    }


def _shorten_act(data: Mapping[str, Json], items: int) -> dict[str, Json]:
    act, event = data["act"], data["event"]
    return {
        **data,
        "changes": data["changes"][: max(items, 3)],
        "act": {**act, "items": act["items"][:items], "targets": act["targets"][:items]},
        "event": {**event, "sources": event["sources"][:items]},
    }


def sign(secret: SecretStr, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of one message: v1, and the HMAC of id, time and body in base64."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key(secret), signed, hashlib.sha256)).decode()


async def send(config: Config, delivery: Delivery, post: Send, now: datetime) -> Outcome:
    """Post the body once, signed for this try."""
    address, timestamp = config.url.get_secret_value(), int(now.timestamp())
    signatures = (sign(secret, delivery.id, timestamp, delivery.body) for secret in config.secret)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
    try:
        answer = await post(address, content=delivery.body, headers=headers)
    except SourceError as error:
        secrets = (secret.get_secret_value() for secret in config.secret)
        return unanswered(error, [address, *secrets])
    return judge(answer, now)


def judge(answer: Fetched, now: datetime) -> Outcome:
    """Read the receiver's answer. Its body is never repeated: it may echo a secret."""
    detail = f"the receiver answered {answer.status}"
    if 200 <= answer.status < 300:
        return Outcome(verdict=Verdict.SENT, detail=detail)
    if answer.headers.get("webhook-delivery", "").strip().lower() == "abort-message":
        return Outcome(verdict=Verdict.REJECTED, detail=f"{detail} and wants no further try")
    return Outcome(
        verdict=STATUSES.get(answer.status, Verdict.RETRY),
        detail=detail,
        retry_after=parse_retry_after(answer.headers.get("retry-after"), now),
    )
