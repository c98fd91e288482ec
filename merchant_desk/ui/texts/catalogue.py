"""The catalogue: all subjects' texts in one mapping, checked when it is put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from string import Formatter
from types import MappingProxyType

from merchant_desk.ui import texts


class LanguageCode(StrEnum):
    """A language that every text exists in."""

    CHINESE = "zh_CN"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Plural:
    """An English text that differs for exactly one; `count` names the fact that decides.

    `single` is what that fact is then: a quantity counts 10^-6 base units.
    """

    one: str
    many: str
    count: str = "n"
    single: int = 1


Text = str | Plural
Pair = tuple[str, Text]
Texts = Mapping[str, Pair]

NOT_SUBJECTS = frozenset({"catalogue", "formats", "speech"})
"""Files of this folder that hold no texts."""


def placeholders(text: Text) -> frozenset[str]:
    """Return the names of the facts that a text shows."""
    if isinstance(text, Plural):
        return placeholders(text.many) | placeholders(text.one) | {text.count}
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def join(subjects: Mapping[str, Texts]) -> Texts:
    """Return all subjects' texts in one mapping.

    Raises:
        ValueError: two subjects use one key.
    """
    result: dict[str, Pair] = {}
    for subject, pairs in subjects.items():
        doubled = result.keys() & pairs.keys()
        if doubled:
            raise ValueError(f"texts of {subject} repeat {', '.join(sorted(doubled))}")
        result.update(pairs)
    return MappingProxyType(result)


@lru_cache(maxsize=1)
def catalogue() -> Texts:
    """Return every text of the product by key; the subject files are found in this folder."""
    names = sorted({module.name for module in iter_modules(texts.__path__)} - NOT_SUBJECTS)
    modules = {name: import_module(f"{texts.__name__}.{name}") for name in names}
    return join({name: module.TEXTS for name, module in modules.items()})
