"""Codes that are printed, scanned as QR or typed by hand: enrolment codes and recovery keys.

The bytes are written in Crockford's base 32 (https://www.crockford.com/base32.html: no I, L, O, U;
small letters, full-width letters and look-alikes are read too) in groups of five symbols and one check
symbol. The check symbol is a weighted sum over GF(32) that also depends on the group's place, so that
every wrong symbol, every swap of neighbours and every swap of groups is found and its group named. The
last four bytes are the beginning of SHA-256 over the rest.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from merchant_desk.models.faults import Fault

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DIGEST_BYTES = 4

_LOOK_ALIKE = str.maketrans("OIL", "011")
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_DATA = 5
_GROUP = _DATA + 1
_FEW = 5  # so few groups, all wrong, are not a mistyped code but something else
_SEPARATORS = re.compile(r"[\s\-_–—‐.,，。、]+")
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)


class CodeKind(IntEnum):
    """The first byte of a code; its upper five bits are the first letter that a person sees."""

    ENROLMENT = 0x70  # E
    RECOVERY = 0xC0  # R


@dataclass(eq=False)
class CodeMistyped(Fault):
    """A group has a wrong symbol, is out of place or has lost one; groups count from 1."""

    group: int
    zh: ClassVar[str] = "第 {group} 组有误，请对照原件检查该组。"
    en: ClassVar[str] = "Group {group} is mistyped; compare that group with the original."


@dataclass(eq=False)
class CodeIncomplete(Fault):
    """Groups are missing or too many."""

    expected: int
    found: int
    zh: ClassVar[str] = "代码不完整：应有 {expected} 组，只读到 {found} 组。"
    en: ClassVar[str] = "The code is not complete: {expected} groups expected, {found} read."


@dataclass(eq=False)
class CodeUnreadable(Fault):
    """The text is no such code, or one of a newer version of the program."""

    zh: ClassVar[str] = "这不是本程序能识别的代码，或来自更新的版本。"
    en: ClassVar[str] = "This is not a code of this program, or it comes from a newer version."


@dataclass(eq=False)
class WrongKindOfCode(Fault):
    """A code of another kind: `found` is "enrolment" or "recovery"."""

    found: str
    names: ClassVar[Mapping[object, tuple[str, str]]] = {
        "enrolment": ("这是登记代码", "an enrolment code"),
        "recovery": ("这是恢复密钥", "a recovery key"),
    }
    zh: ClassVar[str] = "代码种类不对（{found}）：登记代码和恢复密钥不能互换。"
    en: ClassVar[str] = (
        "This is a code of another kind ({found}): an enrolment code and a recovery key are two things."
    )


def write_code(kind: CodeKind, payload: bytes) -> str:
    """Write up to 249 bytes as groups joined by "-": upper case, so that a QR code packs it densely.

    Raises:
        ValueError: the payload is longer.
    """
    length = 2 + len(payload) + DIGEST_BYTES
    content = bytes([kind, length]) + payload
    symbols = _symbols(content + hashlib.sha256(content).digest()[:DIGEST_BYTES])
    groups = [symbols[at : at + _DATA] for at in range(0, len(symbols), _DATA)]
    return "-".join(
        "".join(ALPHABET[value] for value in [*group, _check(group, place)])
        for place, group in enumerate(groups)
    )


def read_code(kind: CodeKind, text: str) -> bytes:
    """Read what `write_code` wrote, from a scanner or from fingers; return the payload.

    Raises:
        CodeUnreadable: no such code, or of another version.
        CodeMistyped: the first group that is wrong.
        CodeIncomplete: groups are missing at the end, or there are too many.
        WrongKindOfCode: a good code, but another one is asked for.
    """
    groups = _split(text)
    symbols = _checked_symbols(groups)
    content = _content(symbols)
    if len(content) < 2:
        raise CodeUnreadable
    expected = -(-_symbol_count(content[1]) // _DATA)
    if expected != len(groups):
        raise CodeIncomplete(expected, len(groups))
    if len(symbols) != _symbol_count(content[1]):
        raise CodeMistyped(len(groups))
    body, digest = content[:-DIGEST_BYTES], content[-DIGEST_BYTES:]
    if hashlib.sha256(body).digest()[:DIGEST_BYTES] != digest:
        raise CodeUnreadable
    if body[0] != kind:
        known = {one.value: one.name.lower() for one in CodeKind}
        raise WrongKindOfCode(known[body[0]]) if body[0] in known else CodeUnreadable
    return body[2:]


def _checked_symbols(groups: list[str]) -> list[int]:
    """Return the values of all groups without their check symbols; name the first group that is wrong."""
    symbols: list[int] = []
    wrong = []
    for place, group in enumerate(groups):
        values = [_VALUE.get(symbol, -1) for symbol in group]
        least = 2 if place == len(groups) - 1 else _GROUP
        right = least <= len(values) <= _GROUP and min(values) >= 0
        if not right or _check(values[:-1], place) != values[-1]:
            wrong.append(place + 1)
        symbols += values[:-1]
    foreign = len(groups) < _FEW or any(symbol not in _VALUE for group in groups for symbol in group)
    if len(wrong) == len(groups) and foreign:
        raise CodeUnreadable
    if wrong:
        raise CodeMistyped(wrong[0])
    return symbols


def _split(text: str) -> list[str]:
    """Split into groups, by the separators if they stand where they should, else by counting."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKE)
    parts = [part for part in _SEPARATORS.split(plain) if part]
    if not parts:
        raise CodeUnreadable
    if len(parts) > 1 and all(len(part) <= _GROUP + 1 for part in parts):
        return parts
    joined = "".join(parts)
    return [joined[at : at + _GROUP] for at in range(0, len(joined), _GROUP)]


def _symbol_count(length: int) -> int:
    return -(-length * 8 // 5)


def _symbols(content: bytes) -> list[int]:
    count = _symbol_count(len(content))
    number = int.from_bytes(content, "big") << (count * 5 - len(content) * 8)
    return [(number >> 5 * (count - 1 - at)) & 31 for at in range(count)]


def _content(symbols: list[int]) -> bytes:
    number = 0
    for value in symbols:
        number = number << 5 | value
    length, padding = divmod(len(symbols) * 5, 8)
    return (number >> padding).to_bytes(length, "big")


def _check(values: list[int], place: int) -> int:
    """Return place + sum of x^(i+1) * value[i] over GF(32), for at most 30 values.

    All weights differ and none is 0 or 1, so one changed symbol or two swapped ones change the sum,
    the check symbol (weight 1) included.
    """
    weight, total = 1, place & 31
    for value in values:
        weight = _times_x(weight)
        total ^= _product(weight, value)
    return total


def _times_x(value: int) -> int:
    value <<= 1
    return value ^ _POLYNOMIAL if value & 32 else value


def _product(left: int, right: int) -> int:
    total = 0
    while right:
        if right & 1:
            total ^= left
        left, right = _times_x(left), right >> 1
    return total
