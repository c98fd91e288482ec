"""Messages spoiled in every way that a line, a disk or a program gone wrong may spoil them."""

import dataclasses
import random
import typing
from collections.abc import Callable, Sequence
from types import UnionType
from typing import Any
from uuid import UUID

import msgspec

from merchant_desk.domain.operations import Kind

WHOLE = [0, 1, -1, 2**31, 2**53, 2**63 - 1, 2**63, 2**64 - 1, -(2**63)]
TEXTS = ["", "a", "\x00", "'; DROP TABLE feed; --", "é" * 300, "\ud7ff", "𝔘", "ﷺ" * 5_000, "../../etc", "%s"]
HUGE = [
    b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\xdb\x7f\xff\xff\xff",
    b"\xc9\xff\xff\xff\xff\x01", b"\xdc\xff\xff", b"\xd9\xff",
]  # fmt: skip
"""Heads of arrays, maps, bytes, texts and extensions that announce more than there is."""

DEEP = 3_000
"""Far beyond what a reader of nested values goes into."""


def any_value(dice: random.Random, depth: int = 0) -> Any:
    """Return something that MessagePack can carry."""
    simple: list[Callable[[], Any]] = [
        lambda: None,
        lambda: dice.choice(WHOLE),
        lambda: dice.choice(TEXTS),
        lambda: dice.randbytes(dice.choice([0, 1, 16, 32, 64])),
        lambda: dice.random() * 1e300,
        lambda: dice.random() < 0.5,
    ]
    if depth > 3 or dice.random() < 0.7:
        return dice.choice(simple)()
    if dice.random() < 0.5:
        return [any_value(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {str(any_value(dice, 9)): any_value(dice, depth + 1) for _ in range(dice.randrange(4))}


def mutated(dice: random.Random, data: bytes) -> bytes:
    """Return bytes that differ a little."""
    changed = bytearray(data)
    for _ in range(dice.randrange(1, 4)):
        place = dice.randrange(len(changed) + 1)
        match dice.randrange(5):
            case 0:
                changed[place:place] = dice.randbytes(dice.randrange(1, 5))
            case 1:
                del changed[place : place + dice.randrange(1, 9)]
            case 2 if changed:
                changed[place % len(changed)] = dice.randrange(256)
            case 3 if changed:
                changed[place % len(changed)] ^= 1 << dice.randrange(8)
            case _:
                changed[place : place + 16] = dice.randbytes(16)
    return bytes(changed)


def spoiled(dice: random.Random, good: Sequence[bytes]) -> bytes:
    """Return one of some good messages, spoiled in its bytes, its length, its values or its nesting."""
    data = dice.choice(good)
    place = dice.randrange(len(data) + 1)
    match dice.randrange(10):
        case 0:
            return data[:place]
        case 1:
            other = dice.choice(good)
            return data[:place] + other[dice.randrange(len(other) + 1) :]
        case 2:
            return data[:place] + dice.choice(HUGE) + data[place + dice.randrange(2) :]
        case 3 if dice.random() < 0.1:
            return _nested(dice, data, place)
        case 4:
            return _with_more(dice, data)
        case 5 | 6 | 7:
            return _other_value(dice, data)
        case _:
            return mutated(dice, data)


def _nested(dice: random.Random, data: bytes, place: int) -> bytes:
    """Put a value far too deep somewhere, or where a newer version would put a value of its own."""
    deep = dice.choice([b"\x91", b"\x81\xa1a"]) * DEEP + b"\xc0"
    if dice.random() < 0.5 and data and 0x80 <= data[0] < 0x9F and data[0] != 0x8F:
        more = (b"\xa1?" if data[0] < 0x90 else b"") + deep
        return bytes([data[0] + 1]) + data[1:] + more
    return data[:place] + deep + data[place + 1 :]


def _with_more(dice: random.Random, data: bytes) -> bytes:
    """Give a map its pairs twice, with other values; give anything else a tail."""
    try:
        value = msgspec.msgpack.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return mutated(dice, data)
    if not isinstance(value, dict) or not value:
        return data + msgspec.msgpack.encode(any_value(dice))
    pairs = [*value.items(), *((name, any_value(dice)) for name in value)]
    packed = b"".join(msgspec.msgpack.encode(part) for pair in pairs for part in pair)
    return b"\xde" + len(pairs).to_bytes(2, "big") + packed


def _other_value(dice: random.Random, data: bytes) -> bytes:
    """Put another type, a longer list or nothing in the place of one value."""
    try:
        return msgspec.msgpack.encode(_swapped(dice, msgspec.msgpack.decode(data)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return mutated(dice, data)


def _swapped(dice: random.Random, value: Any) -> Any:
    if isinstance(value, list | dict) and value and dice.random() < 0.85:
        key = dice.randrange(len(value)) if isinstance(value, list) else dice.choice(list(value))
        match dice.randrange(8):
            case 0:
                del value[key]
            case 1 if isinstance(value, list):
                value[key:key] = [value[key]] * dice.randrange(1, 40)
            case _:
                value[key] = _swapped(dice, value[key])
        return value
    match dice.randrange(4):
        case 0:
            return [value]
        case 1 if isinstance(value, bytes):
            return mutated(dice, value)
        case 1 if isinstance(value, str):
            return value.encode()
        case _:
            return any_value(dice)


def body_of(dice: random.Random, kind: Kind, known: list[UUID]) -> dict[str, Any]:
    """Return fields of the right types and the wrong values."""
    hints = typing.get_type_hints(kind.body)
    return {field.name: value_of(dice, hints[field.name], known) for field in dataclasses.fields(kind.body)}


def value_of(dice: random.Random, hint: Any, known: list[UUID]) -> Any:
    """Return a value of a type as MessagePack carries it, often an absurd one."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (UnionType, typing.Union):
        return value_of(dice, dice.choice(arguments), known)
    if hint is UUID:
        return dice.choice(known).bytes if dice.random() < 0.8 else dice.randbytes(16)
    if hint is int:
        return dice.choice([1, 1_000_000, 20251121, *WHOLE])
    if hint is str:
        return dice.choice(["A-01", "storage", "manager", "sellable", "opening", "other", *TEXTS])
    if hint is bytes:
        return dice.randbytes(32)
    if hint is bool:
        return dice.random() < 0.5
    if origin is tuple:
        return [value_of(dice, arguments[0], known) for _ in range(dice.randrange(3))]
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return {field.name: value_of(dice, hints[field.name], known) for field in dataclasses.fields(hint)}
    return None
