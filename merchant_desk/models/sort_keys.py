"""Sort keys: how names are ordered, the same on every database (pinyin for Chinese)."""

import importlib
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=50_000)
def sort_key(name: str) -> str:
    """Return the text that sorts a name: Chinese by pinyin, everything else case-folded, NFC first."""
    text = unicodedata.normalize("NFC", name).casefold()
    if text.isascii():
        return text
    # Its dictionaries take longer to load than the rest of a desk together: never at the start of a program.
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(text)).casefold()


def load_pinyin() -> None:
    """Load the dictionaries now: whoever names the first product or imports a file does not wait for them.

    A quarter of a second, for some 40 ms of which no other thread runs: never on the writer's thread.
    """
    importlib.import_module("pypinyin")


def plain_letters(name: str) -> str:
    """Return a name as anybody can type it: letters and figures of its sort key, nothing between them."""
    text = unicodedata.normalize("NFKD", sort_key(name))
    return "".join(mark for mark in text if mark.isascii() and mark.isalnum())
