"""The one normaliser and tokeniser, shared by training, serving and the gazetteer.

    fold | split

fold maps single characters, split cuts the folded text into atoms. Both take time linear in the
length of the text, whatever it holds.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

READS = 20_000
"""Characters of a text that are read; what a post is about stands before that."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
LETTER = rf"[^\W_{_CJK}]"
"""A letter or digit of a script with spaces between its words."""

ATOM = re.compile(
    rf"(?:https?://|www\.)[!-~]+"  # link
    rf"|[@#]\w{{1,80}}"  # mention, hashtag
    rf"|\$[A-Za-z]{{1,6}}(?!\w)"  # cashtag
    rf"|(?<!\w)(?:[A-Za-z]\.){{2,6}}(?!\w)"  # U.S.
    rf"|'[sS](?!\w)"  # possessive
    rf"|\d+(?:[.,]\d+)+"  # 1,200.5
    rf"|{LETTER}{{1,40}}(?:'(?:t|re|ve|ll|d|m)(?!\w))?"  # word, number, H20, don't
    rf"|[{_CJK}]"  # one character of a script without spaces
    rf"|[\U0001f000-\U0001faff\u2600-\u27bf]"  # emoji
    rf"|[,;:!?()\[\]\"|\n。、《》%]|\.(?!\w)|—|(?<=\s)-(?=\s)"  # what ends a phrase
)
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\WA-Za-z\d_]+")
_BREAKS = frozenset(',;:!?()[]"|\n。、《》.—-')
_QUOTES = {"’": "'", "‘": "'", "ʼ": "'", "＇": "'", "´": "'", "`": "'", "“": '"', "”": '"'}
_DASHES = dict.fromkeys("‐‑‒–−", "-")
_INVISIBLE = ("Cf", "Cs", "Co", "Cn")


@cache
def _simplified() -> dict[str, str]:
    """Return zhconv's single-character pairs, traditional to simplified."""
    from zhconv.zhconv import getdict

    pairs: dict[str, str] = getdict("zh-hans")
    return {old: new for old, new in pairs.items() if len(old) == 1 and len(new) == 1}


def fold_character(character: str) -> str:
    """Return what one character is read as: NFKC, without accents, quotes straight, simplified."""
    known = _QUOTES.get(character) or _DASHES.get(character)
    if known:
        return known
    category = unicodedata.category(character)
    if category in _INVISIBLE or "\ufe00" <= character <= "\ufe0f":
        return ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category == "Cc":
        return "\n" if character == "\n" else " "
    apart = unicodedata.normalize("NFKD", character)
    plain = "".join(part for part in apart if not "\u0300" <= part <= "\u036f")
    whole = unicodedata.normalize("NFKC", plain)
    if len(whole) > 4:  # one Arabic ligature stands for eighteen letters
        return character
    simplified = _simplified()
    return "".join(simplified.get(part, part) for part in whole)


class _Folds(dict[int, str]):
    """Code point -> what it is read as; filled on first sight."""

    def __missing__(self, point: int) -> str:
        folded = fold_character(chr(point))
        self[point] = folded
        return folded


_FOLDS = _Folds()


def fold(text: str) -> str:
    """Return the text character by character in its plain form; case is kept."""
    text = text[:READS]
    if text.isascii() and text.isprintable() and "`" not in text:
        # It is read as it stands.
        return text
    return text.translate(_FOLDS)


def split(text: str) -> list[str]:
    """Return the atoms of a text in order: words with their case, CJK characters, breaks, ...

    A possessive 's is dropped, U.S. becomes US, and a hashtag is followed by its parts.
    """
    return list(_settle(ATOM.findall(fold(text))))


def _settle(found: list[str]) -> Iterator[str]:
    for atom in found:
        first = atom[0]
        if atom in ("'s", "'S"):
            continue
        if first == "#" and len(atom) > 1:
            yield from _open_hashtag(atom)
        elif len(atom) > 2 and atom[1] == "." and first.isalpha():
            yield atom.replace(".", "")
        else:
            yield atom


@lru_cache(maxsize=10_000)
def _open_hashtag(atom: str) -> tuple[str, ...]:
    """Return the tag and its parts: #ChipWar -> #ChipWar, Chip, War; #出口管制 -> 出, 口, ..."""
    if not atom.isascii():
        return ("#", *ATOM.findall(atom[1:]))
    return (atom, *_CAMEL.findall(atom[1:]))


def is_break(atom: str) -> bool:
    """Return whether the atom ends a phrase, so that no word pair or name runs across it."""
    return atom in _BREAKS


@lru_cache(maxsize=200_000)
def word(atom: str) -> str:
    """Return the word that an atom counts as: case-folded, numbers, links and mentions alike."""
    first = atom[0]
    if first.isdigit():
        return _number(atom)
    if first == "@" and len(atom) > 1:
        return "<user>"
    if "://" in atom or atom.startswith("www."):
        return "<link>"
    return atom.lower()


def _number(atom: str) -> str:
    bare = atom.rstrip("0123456789.,")
    if not bare:
        is_year = len(atom) == 4 and atom.isdigit() and atom[:2] in ("19", "20")
        return "<year>" if is_year else "<number>"
    return "<number>" + atom.lstrip("0123456789.,").lower()
