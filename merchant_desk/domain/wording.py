"""How sentences count: one row, but 1,200 rows."""

from string import Formatter
from typing import Any

BETWEEN = "|"
"""Stands between the two words of a placeholder that counts: `{rows:row|rows}`."""


def counted(value: int, one: str, many: str = "") -> str:
    """Write a whole number with thousands separators and what it counts (`many`: else `one` with an s)."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def counted_as(value: Any, words: str) -> str:
    """Write a number as a placeholder asks for it that names both words: (1, "row|rows") is "1 row".

    What is no number is written as it is, before the second word.
    """
    one, _, many = words.partition(BETWEEN)
    return counted(value, one, many) if isinstance(value, int) else f"{value} {many}"


UNITS = ((86_400, "天", "day"), (3_600, "小时", "hour"), (60, "分钟", "minute"))


def lasting(seconds: int) -> tuple[str, str]:
    """Write how long something is, in the largest unit of which it is two or more: Chinese, English."""
    for length, zh, en in UNITS:
        if seconds >= 2 * length:
            return f"{seconds // length:,} {zh}", counted(seconds // length, en)
    return f"{seconds:,} 秒", counted(seconds, "second")


class Counting(Formatter):
    """Fills in a sentence's facts as `str.format` does; `{rows:row|rows}` counts."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one fact."""
        if BETWEEN in format_spec:
            return counted_as(value, format_spec)
        return str(super().format_field(value, format_spec))
