"""How text is cut for searching: Chinese by two characters, letters and figures by three.

A word (a run of one script without a space) is cut at every character into a gram of its full length, and
at its end into what is left: 青岛啤酒 -> 青岛 岛啤 啤酒 酒; 20781 -> 207 078 781 81 1. A part of a word is
then a phrase of the word's grams, and no phrase can run from one word into the next. What is shorter than a
gram is how a gram begins: the index keeps the beginnings of grams apart, so that they are found as fast.
"""

import re
import sys
import unicodedata
from array import array
from typing import Final, NamedTuple

WIDE, NARROW = 2, 3
"""Characters of a gram in either kind of script; see docs/decisions/0031-search.md."""

WORD = re.compile(r"([^\W\u0000-\u2e7f]+)|([^\W_\u2e80-\U0010ffff]+)")
"""A run of letters and figures: of the scripts that write without spaces (U+2E80 and on), or of others."""

_WIDE = re.compile(r"[\u2e80-\U0010ffff]")

ACCENT = re.compile("[\u0300-\u036f]+")


class Word(NamedTuple):
    """A run of one kind of script, folded; `length` is that of its grams."""

    text: str
    length: int


def folded(text: str) -> str:
    """Return a text as it is compared: full width as half, capitals as small, accents off."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", ACCENT.sub("", unicodedata.normalize("NFKD", text).casefold()))


def is_wide(text: str) -> bool:
    """Tell whether a text has characters of a script that writes without spaces."""
    return not text.isascii() and _WIDE.search(text) is not None


def words(text: str) -> list[Word]:
    """Return the words of a text: a script ends one, so does everything that is neither letter nor figure."""
    return [Word(wide or narrow, WIDE if wide else NARROW) for wide, narrow in WORD.findall(folded(text))]


def tokens(text: str) -> str:
    """Return the grams of a text, in order, for the index.

    A word that comes again says nothing new: no phrase runs from one word into the next. Between two words
    stands what a gram has room for beyond the first one's end, and before the second one's begin.
    """
    if not text.isascii():
        text = folded(text)  # what had accents has none now
    if text.isascii():
        return _grams_of_bytes(b"  ".join(dict.fromkeys(text.encode().translate(_PLAIN).split())))
    cut = WORD.findall(text)
    narrow = dict.fromkeys([word for _, word in cut if word])
    wide = dict.fromkeys([word for word, _ in cut if word])
    return " ".join([_grams("  ".join(narrow), NARROW), _grams(" ".join(wide), WIDE)])


_PLAIN: Final = bytes(code if chr(code).isalnum() else 32 for code in bytes(range(128)).lower()) + bytes(128)
"""Each ASCII character as it is compared; a space for what ends a word."""


def _grams_of_bytes(text: bytes) -> str:
    """Like `_grams`, for ASCII by threes: one assignment of a slice for each place of all grams."""
    end = len(text)
    padded = text + b"  "
    grams = bytearray(b" ") * (4 * end)
    grams[0::4] = text
    grams[1::4] = padded[1 : end + 1]
    grams[2::4] = padded[2 : end + 2]
    return grams.decode()


_UTF_32: Final = f"utf-32-{sys.byteorder[0]}e"


def _grams(text: str, length: int) -> str:
    """Return what begins at each character of a text, `length` characters long, with spaces between."""
    if not text:
        return ""
    end = len(text)
    padded = array("I", (text + " " * length).encode(_UTF_32))
    grams = array("I", (" " * ((length + 1) * end)).encode(_UTF_32))
    for place in range(length):
        grams[place :: length + 1] = padded[place : place + end]
    return grams.tobytes().decode(_UTF_32)


def initials(sort_key: str) -> str:
    """Return the first letters of a pinyin sort key, figures whole: "qing dao 500 ml" -> "qd500m"."""
    return "".join(part if part[:1].isdigit() else part[:1] for part in sort_key.split())


def match(typed: str, column: str = "grams") -> str:
    """Return the FTS5 expression that finds every word typed; empty when nothing was typed to find.

    https://www.sqlite.org/fts5.html#full_text_query_syntax
    """
    return " AND ".join(_clause(word, column) for word in words(typed))


def _clause(word: Word, column: str) -> str:
    size = word.length
    if len(word.text) < size:
        return f'{column} : "{word.text}" *'
    phrase = " ".join(word.text[i : i + size] for i in range(len(word.text) - size + 1))
    return f'{column} : "{phrase}"'
