"""Words by number: what is sent arrives, each word once, also when both ends begin anew."""

import pytest

from alerts import vocabulary
from alerts.vocabulary import Listener, Speaker


def test_words_arrive_and_each_is_sent_once() -> None:
    said, heard = Speaker(), Listener()
    sent: list[str] = []
    for words in (["tariff", "", "on"], [], ["on", "钢铁", "tariff", "on"]):
        numbers = said.numbers(words)
        heard.learn(said.new, fresh=said.fresh)
        sent += said.new
        said.sent()

        assert list(heard.words(numbers)) == words

    assert sent == ["tariff", "", "on", "钢铁"]


def test_both_ends_begin_anew_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "MOST_WORDS", 5)
    said, heard = Speaker(), Listener()
    for first in range(0, 40, 2):
        words = [f"w{first + more}" for more in range(4)]
        numbers = said.numbers(words)
        heard.learn(said.new, fresh=said.fresh)
        said.sent()

        assert list(heard.words(numbers)) == words
        assert len(heard._words) <= 5 + 4
