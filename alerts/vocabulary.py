"""Words that two processes know by number, so that each word is sent once. Pure.

A post has some fifty words, and most of them stood in posts before it. To make each one anew where
it arrives, and to look it up then, takes longer than to fetch it from a list.
"""

from array import array
from collections.abc import Iterable, Iterator

MOST_WORDS = 100_000
"""Words that are known at once; then both processes begin anew."""


class Speaker:
    """The end that sends. new: words that were not sent yet; fresh: whether they are all."""

    def __init__(self) -> None:
        self.fresh = True
        self.new: list[str] = []
        self._numbers: dict[str, int] = {}

    def numbers(self, words: Iterable[str]) -> bytes:
        """Return the numbers of words."""
        known = self._numbers.get
        return array("i", [known(word) or self._learn(word) for word in words]).tobytes()

    def _learn(self, word: str) -> int:
        number = self._numbers[word] = len(self._numbers) + 1
        self.new.append(word)
        return number

    def sent(self) -> None:
        """Note that what is new was sent; begin anew where there are too many words."""
        self.fresh = len(self._numbers) >= MOST_WORDS
        self.new = []
        if self.fresh:
            self._numbers.clear()


class Listener:
    """The end that receives."""

    def __init__(self) -> None:
        self._words: list[str] = [""]

    def learn(self, new: Iterable[str], *, fresh: bool) -> None:
        """Take in the words that came with a message, before those that it names by number."""
        if fresh:
            self._words = [""]
        self._words += new

    def words(self, numbers: bytes) -> Iterator[str]:
        """Return the words of these numbers."""
        return map(self._words.__getitem__, array("i", numbers))
