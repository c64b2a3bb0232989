"""Words and /re2 patterns/ of rules: checked and compiled once, then looked for in a text. Pure.

Text and words are folded alike, by the classifier's own folding: traditional characters count
as simplified, full-width as half-width, case and accents don't count.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import re2
from pydantic import AfterValidator

from classifier.text import READS, fold

CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
UNSPACED = re.compile(rf"[{_UNSPACED}]")
"""A character of a script without spaces between its words (Thai, Lao, Burmese and Khmer too)."""

TOKEN = re.compile(rf"[^\W{_UNSPACED}]+")
JOINED = re.compile(rf"[^\W{_UNSPACED}]{{2}}")
PATTERN = re.compile(r"/.+/", re.DOTALL)

FEW = 16
"""Words that are sooner looked for one by one than a text is cut into its tokens."""

MAX_PATTERN = 2000
"""Characters in one word or pattern; longer ones are mistakes more often than rules."""


@dataclass(slots=True)
class Searched:
    """A text made ready to be searched by many rules. text: folded, in lower case."""

    text: str
    _tokens: frozenset[str] | None = field(default=None, repr=False, compare=False)

    @property
    def tokens(self) -> frozenset[str]:
        """Its runs of letters, digits and underscores of scripts with spaces, and ""."""
        if self._tokens is None:
            self._tokens = frozenset(("", *TOKEN.findall(self.text)))
        return self._tokens

    def has_any(self, words: frozenset[str]) -> bool:
        """Tell whether one of these words is among the tokens."""
        if self._tokens is None and len(words) <= FEW:
            # Most texts hold no word of most rules, not even as a part of another.
            return any(word in self.text and word in self.tokens for word in words)
        return not words.isdisjoint(self.tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordList:
    """A rule's words, sorted by how they are found fastest.

    tokens: single words, found whole.
    parts: what is found anywhere, since its script puts no spaces between words.
    phrases: the first of its tokens, and all of it, found whole.
    pattern: all the /patterns/ in one, or None.
    """

    tokens: frozenset[str]
    parts: tuple[str, ...]
    phrases: tuple[tuple[str, str], ...]
    pattern: Any

    def found_in(self, searched: Searched) -> bool:
        """Tell whether at least one of the words is in the text."""
        text = searched.text
        if searched.has_any(self.tokens):
            return True
        if self.parts and not text.isascii():
            for part in self.parts:
                if part in text:
                    return True
        for token, phrase in self.phrases:
            if phrase in text and token in searched.tokens and _stands_whole(phrase, text):
                return True
        return self.pattern is not None and self.pattern.search(text) is not None


def searched(text: str) -> Searched:
    """Make a text ready to be searched."""
    # The classifier folds no more than it reads; a word counts wherever it stands.
    starts = range(0, len(text), READS)
    folded = "".join(fold(text[start : start + READS]) for start in starts).lower()
    return Searched(folded)


def check_word(word: str) -> str:
    """Refuse an empty word, and a /pattern/ that re2 does not take."""
    if not fold_word(word):
        raise ValueError("must not be empty: an empty word matches every post")
    if len(word) > MAX_PATTERN:
        raise ValueError(f"is longer than {MAX_PATTERN} characters")
    if is_pattern(word):
        _compile(fold_pattern(word[1:-1]))
    return word


Word = Annotated[str, AfterValidator(check_word)]


def is_pattern(word: str) -> bool:
    """Tell /a re2 pattern/ from a plain word."""
    return PATTERN.fullmatch(word) is not None


def fold_word(word: str) -> str:
    """Return a plain word as it would stand in a folded text."""
    return fold(word).strip().lower()


def fold_pattern(pattern: str) -> str:
    """Fold a pattern's characters, so that none that stands for itself becomes an operator."""
    return "".join(
        written if (folded := fold(written)) == written else str(re2.escape(folded))
        for written in pattern
    )


def compile_patterns(patterns: Iterable[str]) -> Any:
    """Return one re2 pattern for several /patterns/. Raises ValueError."""
    return _compile("|".join(f"(?:{fold_pattern(one[1:-1])})" for one in patterns))


def _compile(pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0] if error.args else "unknown error"
        said = said.decode() if isinstance(said, bytes) else str(said)
        raise ValueError(
            f"is not a pattern that re2 takes: {said} "
            "(re2 has no look-around and no back-references)"
        ) from error


def word_list(words: Sequence[str]) -> WordList:
    """Sort and compile a rule's words."""
    plain = [fold_word(word) for word in words if not is_pattern(word)]
    patterns = [word for word in words if is_pattern(word)]
    parts = [word for word in plain if UNSPACED.search(word)]
    spaced = [word for word in plain if not UNSPACED.search(word)]
    return WordList(
        tokens=frozenset(word for word in spaced if TOKEN.fullmatch(word)),
        parts=tuple(parts),
        phrases=tuple((_first_token(word), word) for word in spaced if not TOKEN.fullmatch(word)),
        pattern=compile_patterns(patterns) if patterns else None,
    )


def contains(words: tuple[str, ...], text: str) -> bool:
    """Tell whether one of these words or /patterns/ is in a text."""
    return word_list(words).found_in(searched(text))


def _first_token(word: str) -> str:
    """Return a token that stands whole in every text with the word; "" is in all of them."""
    first = TOKEN.match(word)
    return first[0] if first else ""


def _stands_whole(phrase: str, text: str) -> bool:
    """Tell whether a phrase is in a text with no letter of a longer word before or after it."""
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        before, after = text[max(at - 1, 0) : at + 1], text[end - 1 : end + 1]
        if not JOINED.fullmatch(before) and not JOINED.fullmatch(after):
            return True
        at = text.find(phrase, at + 1)
    return False
