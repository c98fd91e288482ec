"""Locations: places in a warehouse that are scanned by their labels, made by the aisle from a pattern."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal

LOCATION_KINDS = ("storage", "receiving", "staging", "transit")

MOST_CODE = 24
"""Characters: more make no label that a scanner reads from a step away."""

MOST_AT_ONCE = 500
"""Locations in one operation."""

MOST_OF_PATTERN = 5_000

_GROUP = re.compile(r"\[([^\[\]]*)\]")
_NUMBERS = re.compile(r"([0-9]{1,6})-([0-9]{1,6})")
_LETTERS = re.compile(r"([a-z])-([a-z])|([A-Z])-([A-Z])")
_CODE = re.compile(r"[!-~]+")


@operation("add_locations", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class AddLocations:
    """Decision: places of one kind in a warehouse where stock can stand; at most `MOST_AT_ONCE`.

    A code that is there already stays as it is, one that was archived is brought back: two desks that make
    the same aisle offline make it once.
    """

    outlet_id: UUID
    warehouse_id: UUID
    kind: str
    codes: tuple[str, ...]


@operation("archive_location", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class ArchiveLocation:
    """Decision: an empty place is used no more; its label opens nothing. Added again, it is back."""

    outlet_id: UUID
    location_id: UUID


def location_id(warehouse_id: UUID, code: str) -> UUID:
    """Return the id of the location that a code names in a warehouse, whoever makes it."""
    return derived_id(warehouse_id, "location", sku_key(code))


def check_location_kind(kind: str) -> None:
    """Refuse a kind of location that does not exist (`unknown_location_kind`)."""
    if kind not in LOCATION_KINDS:
        raise Refusal("unknown_location_kind", kind=kind)


def check_location_code(code: str) -> None:
    """Refuse what no label can say or nobody can read: `location_code_unreadable`.

    A label is Code 128 (ASCII alone); a blank in a code cannot be told from none on paper.
    """
    if len(code) > MOST_CODE or _CODE.fullmatch(code) is None:
        raise Refusal("location_code_unreadable", code=code, most=MOST_CODE)


def codes_of(pattern: str) -> tuple[str, ...]:
    """Return the codes that a pattern stands for, in walking order: what stands last varies first.

        A-[01-12]-[1-4]     A-01-1, A-01-2 ... A-12-4     48 codes
        [A-C][1,3,5]        A1, A3, A5, B1 ... C5          9 codes

    A group is a list of values and ranges with commas between; a range goes over numbers (filled up with
    zeros to the length of its first) or letters of one case. Without a group the pattern is one code.

    Raises:
        Refusal: `location_pattern_unreadable` (`part`: what cannot be read), `too_many_locations` (beyond
            `MOST_OF_PATTERN`), `location_code_unreadable`.
    """
    parts: list[list[str]] = []
    end = 0
    for found in _GROUP.finditer(pattern):
        parts.append([pattern[end : found.start()]])
        parts.append(list(_values(found[1])))
        end = found.end()
    parts.append([pattern[end:]])
    rest = "".join(part[0] for part in parts[::2])
    if set("[]") & set(rest):
        raise Refusal("location_pattern_unreadable", part=rest)
    count = prod(len(part) for part in parts)
    if count > MOST_OF_PATTERN:
        raise Refusal("too_many_locations", locations=count, most=MOST_OF_PATTERN)
    codes = tuple(dict.fromkeys("".join(one) for one in product(*parts)))
    for code in codes:
        check_location_code(code)
    return codes


def _values(group: str) -> Iterator[str]:
    """Yield the values of one group."""
    for part in group.split(","):
        numbers, letters = _NUMBERS.fullmatch(part), _LETTERS.fullmatch(part)
        if numbers is not None:
            first, last = int(numbers[1]), int(numbers[2])
            if first > last or last - first >= MOST_OF_PATTERN:
                raise Refusal("location_pattern_unreadable", part=part)
            yield from (str(n).zfill(len(numbers[1])) for n in range(first, last + 1))
        elif letters is not None:
            a, z = (text for text in letters.groups() if text)
            if a > z:
                raise Refusal("location_pattern_unreadable", part=part)
            yield from map(chr, range(ord(a), ord(z) + 1))
        elif part and not set(part) & set(" -"):
            yield part
        else:
            raise Refusal("location_pattern_unreadable", part=part or group or "[]")
