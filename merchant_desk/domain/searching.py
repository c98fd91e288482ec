"""How text is cut for searching: Chinese by one and two characters, letters and figures by up to three.

A word (a run of one script without a space) is cut at every character into a gram of its full length, and
at its end into what is left: 青岛啤酒 -> 青岛 岛啤 啤酒 酒; 20781 -> 207 078 781 81 1. A part of a word is
then a phrase of the word's grams, and no phrase can run from one word into the next. What is shorter than a
gram is found among the `shorts`, each once.
"""

import re
import unicodedata
from functools import lru_cache
from operator import add
from typing import NamedTuple

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


def tokens(text: str) -> tuple[str, str]:
    """Return a text for the index: its grams in order, and its shorts, each once.

    A word that comes again says nothing new: no phrase runs from one word into the next.
    """
    cut = [_cut(word) for word in dict.fromkeys(words(text))]
    found: dict[str, None] = {}
    for _, pieces in cut:
        found.update(pieces)
    return " ".join([grams for grams, _ in cut]), " ".join(found)


@lru_cache(maxsize=20_000)
def _cut(word: Word) -> tuple[str, dict[str, None]]:
    """Cut one word; the same names come again and again."""
    text = word.text
    pairs = [*map(add, text, text[1:])]
    if word.length == WIDE:
        return " ".join([*pairs, text[-1]]), dict.fromkeys(text)
    grams = [*map(add, pairs, text[2:]), *pairs[-1:], text[-1]]
    return " ".join(grams), dict.fromkeys([*text, *pairs])


def initials(sort_key: str) -> str:
    """Return the first letters of a pinyin sort key, figures whole: "qing dao 500 ml" -> "qd500m"."""
    return "".join(part if part[:1].isdigit() else part[:1] for part in sort_key.split())


def match(typed: str, grams_column: str = "grams", shorts_column: str = "shorts") -> str:
    """Return the FTS5 expression that finds every word typed; empty when nothing was typed to find.

    https://www.sqlite.org/fts5.html#full_text_query_syntax
    """
    return " AND ".join(_clause(word, grams_column, shorts_column) for word in words(typed))


def _clause(word: Word, grams_column: str, shorts_column: str) -> str:
    size = word.length
    if len(word.text) < size:
        return f'{shorts_column} : "{word.text}"'
    phrase = " ".join(word.text[i : i + size] for i in range(len(word.text) - size + 1))
    return f'{grams_column} : "{phrase}"'
