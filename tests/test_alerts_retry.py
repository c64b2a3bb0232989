"""What becomes of a delivery after a try."""

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.domain import DeliveryState, Outcome, Verdict
from alerts.errors import (
    SourceBroken,
    SourceDenied,
    SourceError,
    SourceLimited,
    SourceRefused,
    SourceUnreachable,
    SourceUnreadable,
)
from alerts.httpclient import parse_retry_after
from alerts.retry import (
    FAIR_TRIES,
    LIFETIME,
    LONGEST_WAIT,
    SCHEDULE,
    TRIES,
    decide,
    unanswered,
)

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = 86_400.0


def failed(retry_after: float | None = None) -> Outcome:
    return Outcome(verdict=Verdict.RETRY, detail="answered 503", retry_after=retry_after)


def test_a_message_that_was_taken_is_sent() -> None:
    settled = decide(Outcome(verdict=Verdict.SENT, detail="answered 200"), 1, NOW, NOW, 0.5)

    assert settled.state is DeliveryState.SENT
    assert settled.next_attempt_at is None
    assert not settled.disable_channel


@pytest.mark.parametrize("attempts", [1, 5, TRIES])
def test_a_refused_message_is_dead_at_once_and_its_channel_stays_on(attempts: int) -> None:
    settled = decide(
        Outcome(verdict=Verdict.REJECTED, detail="answered 413"), attempts, NOW, NOW, 0.5
    )

    assert settled.state is DeliveryState.DEAD
    assert settled.reason == "refused: answered 413"
    assert not settled.disable_channel


@pytest.mark.parametrize("attempts", [1, 5, TRIES])
def test_a_receiver_that_is_gone_has_its_channel_disabled(attempts: int) -> None:
    settled = decide(Outcome(verdict=Verdict.GONE, detail="answered 410"), attempts, NOW, NOW, 0.5)

    assert settled.state is DeliveryState.DEAD
    assert settled.reason == "the receiver is gone: answered 410"
    assert settled.disable_channel


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [
        (1, 5),
        (2, 5 * 60),
        (3, 30 * 60),
        (4, 2 * 3600),
        (5, 5 * 3600),
        (6, 10 * 3600),
        (7, 14 * 3600),
        (8, 20 * 3600),
        (9, 24 * 3600),
    ],
)
def test_a_failed_try_is_repeated_by_the_schedule(attempts: int, seconds: int) -> None:
    for jitter, factor in [(0.0, 0.8), (0.5, 1.0), (0.25, 0.9)]:
        settled = decide(failed(), attempts, NOW, NOW, jitter)

        assert settled.state is DeliveryState.PENDING
        assert settled.next_attempt_at == NOW + timedelta(seconds=seconds * factor)


def test_the_tenth_failure_is_the_last() -> None:
    settled = decide(failed(), 10, NOW, NOW, 0.5)

    assert settled.state is DeliveryState.DEAD
    assert settled.next_attempt_at is None
    assert settled.reason == "given up after 10 tries: answered 503"
    assert not settled.disable_channel


def test_a_whole_run_of_failures_takes_about_three_days() -> None:
    now, tries = NOW, 1
    while (settled := decide(failed(), tries, now, NOW, 0.5)).next_attempt_at is not None:
        now, tries = settled.next_attempt_at, tries + 1

    assert tries == TRIES
    assert timedelta(days=3) < now - NOW < timedelta(days=3.5)


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        (None, 5.0),
        (0.0, 5.0),
        (-1.0, 5.0),
        (-math.inf, 5.0),
        (math.nan, 5.0),
        (1.0, 5.0),
        (90.0, 90.0),
        (DAY, DAY),
        (DAY + 1, DAY),
        (1e20, DAY),
        (1.7e308, DAY),
        (math.inf, DAY),
    ],
)
def test_retry_after_is_kept_to_and_held_between_none_and_a_day(
    asked: float | None, waited: float
) -> None:
    settled = decide(failed(asked), 1, NOW, NOW, 0.5)

    assert settled.next_attempt_at == NOW + timedelta(seconds=waited)


def asked_waits(count: int) -> Iterator[str]:
    """Yield values of Retry-After: numbers and dates of every form and size, whole and mangled."""
    chance = random.Random(6)
    for _ in range(count):
        size = str(chance.randint(-(10**25), 10**25))
        odd = ("-1", "NaN", "inf", "-inf", "1e20", "1e400", "0x10", "1_0", "٣", "")
        number = chance.choice((*odd, size, str(chance.random())))
        year, day = chance.choice((0, 1, 1970, 2026, 9999, 99999)), chance.randint(0, 40)
        clock = f"{chance.randint(0, 30):02}:{chance.randint(0, 70):02}:{chance.randint(0, 70):02}"
        zone = chance.choice(("GMT", "UTC", "-0000", "+2500", "-9999", "EST", "", "X" * 99))
        month = chance.choice(("Jan", "Nov", "Foo", "11"))
        date = f"Sat, {day:02} {month} {year:04} {clock} {zone}"
        value = chance.choice((number, date, f" {number} ", f"{number}, {date}", date.lower()))
        for _ in range(chance.choice((0, 0, 1, 3))):
            place = chance.randint(0, len(value))
            letter = chr(chance.choice((0, 9, 32, 45, 48, 0x7F, 0xE9, 0x1F600)))
            value = value[:place] + letter + value[place + 1 :]
        yield value


def test_no_form_of_retry_after_raises_or_leaves_its_bounds() -> None:
    kept = 0
    for value in asked_waits(10_000):
        seconds = parse_retry_after(value, NOW)
        settled = decide(failed(seconds), 1, NOW, NOW, 0.5)

        assert seconds is None or 0 <= seconds <= DAY, value
        assert settled.next_attempt_at is not None
        assert 5 <= (settled.next_attempt_at - NOW).total_seconds() <= DAY, value
        kept += seconds is not None and 5 < seconds < DAY
    # Some of them are waits that are kept to, so that the rest of the test says something.
    assert kept > 20


def test_retry_after_does_not_hurry_a_later_try() -> None:
    settled = decide(failed(1.0), 4, NOW, NOW, 0.5)

    assert settled.next_attempt_at == NOW + timedelta(hours=2)


def test_an_old_delivery_is_given_up_when_its_next_try_would_be_too_late() -> None:
    made = NOW - LIFETIME

    settled = decide(failed(), FAIR_TRIES, NOW, made, 0.5)

    assert settled.state is DeliveryState.DEAD
    assert settled.reason == "given up after 4 tries, 5 days old: answered 503"


def test_a_try_exactly_at_the_end_of_the_lifetime_is_made() -> None:
    wait = SCHEDULE[FAIR_TRIES - 1]

    settled = decide(failed(), FAIR_TRIES, NOW, NOW + wait - LIFETIME, 0.5)

    assert settled.next_attempt_at == NOW + wait


@pytest.mark.parametrize("attempts", range(1, FAIR_TRIES))
def test_a_delivery_from_before_a_long_outage_still_gets_its_fair_tries(attempts: int) -> None:
    settled = decide(failed(), attempts, NOW, NOW - timedelta(days=300), 0.5)

    assert settled.state is DeliveryState.PENDING


def test_a_delivery_from_the_future_is_still_tried() -> None:
    settled = decide(failed(), 9, NOW, NOW + timedelta(days=300), 0.5)

    assert settled.state is DeliveryState.PENDING


@given(
    attempts=st.integers(1, 40),
    asked=st.none() | st.floats(),
    jitter=st.floats(0, 1, exclude_max=True),
    age=st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_every_next_try_is_in_its_bounds(
    attempts: int, asked: float | None, jitter: float, age: timedelta
) -> None:
    settled = decide(failed(asked), attempts, NOW, NOW - age, jitter)

    assert (settled.state is DeliveryState.PENDING) == (settled.next_attempt_at is not None)
    assert settled.state is not DeliveryState.SENT
    if settled.next_attempt_at is not None:
        wait, planned = settled.next_attempt_at - NOW, SCHEDULE[attempts - 1]
        assert wait >= planned * 0.8
        assert wait <= max(planned * 1.2, LONGEST_WAIT)
        if asked is not None and 0 <= asked <= DAY:
            assert wait >= timedelta(seconds=asked)
        assert attempts < FAIR_TRIES or wait + age <= LIFETIME
    else:
        assert attempts >= FAIR_TRIES


@given(attempts=st.integers(1, 9), one=st.floats(0, 1), other=st.floats(0, 1))
def test_more_jitter_never_waits_less(attempts: int, one: float, other: float) -> None:
    low, high = sorted((one, other))

    sooner = decide(failed(), attempts, NOW, NOW, low).next_attempt_at
    later = decide(failed(), attempts, NOW, NOW, high).next_attempt_at

    assert sooner is not None
    assert later is not None
    assert sooner <= later


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (SourceUnreachable("hooks.example: refuses the connection"), Verdict.RETRY),
        (SourceLimited("hooks.example: answers 429", retry_after=30.0), Verdict.RETRY),
        (SourceBroken("hooks.example: answers 500"), Verdict.RETRY),
        (SourceDenied("hooks.example: answers 401"), Verdict.RETRY),
        (SourceUnreadable("hooks.example: answers with too much"), Verdict.RETRY),
        (SourceRefused("hooks.example: 10.0.0.1 is private"), Verdict.REJECTED),
    ],
)
def test_a_try_without_an_answer_is_repeated_unless_the_address_is_barred(
    error: SourceError, verdict: Verdict
) -> None:
    outcome = unanswered(error)

    assert outcome.verdict is verdict
    assert outcome.detail == str(error)
    assert outcome.retry_after == error.retry_after


def test_an_error_never_repeats_a_part_of_an_address_but_its_host() -> None:
    address = "https://bot:pa55%20word@hooks.example:8443/services/T0AAA/B0BBB/tOkEn?key=k3yk3y"
    error = SourceUnreachable(
        f"cannot post to {address}\r\n: /services/T0AAA/B0BBB/tOkEn of hooks.example:8443 "
        "wants bot and pa55 word, not k3yk3y"
    )

    detail = unanswered(error, [address]).detail

    assert "hooks.example:8443" in detail
    assert "\n" not in detail
    for secret in ("pa55", "word", "T0AAA", "B0BBB", "tOkEn", "k3yk3y"):
        assert secret not in detail


def test_an_error_without_words_is_called_by_its_name() -> None:
    assert unanswered(SourceUnreachable("")).detail == "SourceUnreachable"


def test_a_long_error_is_cut() -> None:
    assert len(unanswered(SourceUnreachable("word " * 1000)).detail) <= 300
