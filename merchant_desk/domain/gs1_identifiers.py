"""GS1 application identifiers: what may stand behind each, and which linters look at it.

Identifiers, titles and patterns are biip's; ours are only the linters, and the lengths of seven identifiers
whose `format` in biip 5.2 disagrees with its own pattern.
"""

import re
from dataclasses import dataclass
from functools import cache

_COMPONENT = re.compile(r"(\[?)\+?([NXYZ])(\.\.)?(\d+)")
_LEADING_DIGITS = re.compile(r"[0-9]{2,4}")

_TEMPERATURE = (("N", 6, 6), ("X", 0, 1))
_COMPONENTS = {
    "423": (("N", 3, 15),),
    "425": (("N", 3, 15),),
    "4330": _TEMPERATURE,
    "4331": _TEMPERATURE,
    "4332": _TEMPERATURE,
    "4333": _TEMPERATURE,
    "8043": (("N", 18, 20),),
}

Check = tuple[str, int, int | None]
"""A linter's name and the slice of the value that it looks at."""

_COMPANY_KEY: tuple[Check, ...] = (("csum", 0, 13), ("gcppos1", 0, 13))
_TRADE_ITEM: tuple[Check, ...] = (("csum", 0, 14), ("gcppos2", 0, 14))
_SERVICE_KEY: tuple[Check, ...] = (("csum", 0, 18), ("gcppos1", 0, 18))
_ASSET: tuple[Check, ...] = (("gcppos1", 0, None),)
_MOMENT: tuple[Check, ...] = (("yymmdd", 0, 6),)

_CHECKS: dict[str, tuple[Check, ...]] = {
    "00": (("csum", 0, 18), ("gcppos2", 0, 18)),
    **dict.fromkeys(("01", "02", "03", "8006", "8026"), _TRADE_ITEM),
    **dict.fromkeys(("11", "12", "13", "15", "16", "17", "4324", "4325"), (("yymmd0", 0, 6),)),
    **dict.fromkeys(("4326", "7003", "7006", "7011", "8008"), _MOMENT),
    "7007": (*_MOMENT, ("yymmdd", 6, 12)),
    **dict.fromkeys(("253", "255", *(str(ai) for ai in range(410, 418))), _COMPANY_KEY),
    "402": (("csum", 0, 17), ("gcppos1", 0, 17)),
    "8003": (("csum", 1, 14), ("gcppos1", 1, 14)),
    **dict.fromkeys(("8017", "8018"), _SERVICE_KEY),
    **dict.fromkeys(("401", "7023", "8004", "8010", "8013", "8014"), _ASSET),
}

_CHARACTERS = {"N": "csetnumeric", "X": "cset82"}
"""Component types that a linter of ours knows; biip's pattern decides on the others (Y and Z)."""


_LEAST_LENGTHS = {
    "00": 20,
    **dict.fromkeys(("01", "02", "03", "41"), 16),
    **dict.fromkeys(("31", "32", "33", "34", "35", "36"), 10),
    **dict.fromkeys(("11", "12", "13", "15", "16", "17"), 8),
    **dict.fromkeys(("39", "43", "70", "72", "80", "81", "82"), 5),
    **dict.fromkeys(("20", "23", "24", "25", "40", "42", "71"), 4),
    **dict.fromkeys(("10", "21", "22", "30", "37", *(str(ai) for ai in range(90, 100))), 3),
}


@dataclass(frozen=True, slots=True)
class Identifier:
    """An application identifier: its title, how long a value may be, the checks in the dictionary's order.

    `fixed` values end by their length; all others end at a separator or with the data.
    """

    ai: str
    title: str
    shortest: int
    longest: int
    checks: tuple[Check, ...]
    pattern: re.Pattern[str]

    @property
    def fixed(self) -> bool:
        """Whether every value has the same length."""
        return self.shortest == self.longest


def can_begin(text: str) -> bool:
    """Tell whether a sound message can begin so: an identifier and enough data. Does not need the library."""
    return len(text) >= _LEAST_LENGTHS.get(text[:2], len(text) + 1)


def identifier(text: str) -> Identifier | None:
    """Return the application identifier that the text begins with, or None."""
    digits = _LEADING_DIGITS.match(text[:4])
    return _identifier(digits[0]) if digits else None


@cache
def _identifier(digits: str) -> Identifier | None:
    # Unbounded, yet at most 11,100 keys: two to four digits.
    from biip import ParseError
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

    try:
        found = GS1ApplicationIdentifier.extract(digits)
    except ParseError:
        return None
    components = _COMPONENTS.get(found.ai) or _components(found.format)
    return Identifier(
        found.ai,
        found.data_title,
        sum(shortest for _, shortest, _ in components),
        sum(longest for _, _, longest in components),
        (*_character_checks(components), *_CHECKS.get(found.ai, ())),
        re.compile(found.pattern, re.ASCII),
    )


def _components(layout: str) -> tuple[tuple[str, int, int], ...]:
    """Return type, shortest and longest of each component of a format like "N3+N13[+X..17]"."""
    _, _, value = layout.partition("+")
    return tuple(
        (kind, 0 if optional else (1 if dots else int(size)), int(size))
        for optional, kind, dots, size in _COMPONENT.findall(value)
    )


def _character_checks(components: tuple[tuple[str, int, int], ...]) -> list[Check]:
    checks: list[Check] = []
    start = 0
    for kind, _, longest in components:
        linter = _CHARACTERS.get(kind)
        if linter:
            checks.append((linter, start, start + longest))
        start += longest
    return checks
