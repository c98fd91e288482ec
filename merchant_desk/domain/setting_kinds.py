"""What a setting's value can be: how it is typed, judged, stored and written again."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from merchant_desk.domain.refusals import Refusal

Value = bool | int | str | tuple[str, ...]
T = TypeVar("T", bound=Value)

MOST_LETTERS = 200
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")
_ON, _OFF = ("true", "on", "yes", "1", "开", "是"), ("false", "off", "no", "0", "关", "否")


class Kind(ABC, Generic[T]):
    """A type with its limits."""

    @abstractmethod
    def judged(self, value: object) -> T:
        """Return a value as one of this kind.

        Raises:
            Refusal: it is none, or beyond the limits; the code names the limit.
        """

    @abstractmethod
    def read(self, typed: str) -> T:
        """Return what a person typed, as on the command line. Raises Refusal as `judged` does."""

    def written(self, value: T) -> str:
        """Return a value as it would be typed."""
        return str(value)

    def stored(self, value: T) -> str:
        """Return a value as it is kept and sent: JSON."""
        return json.dumps(value, ensure_ascii=False)

    def restored(self, stored: str) -> T:
        """Return a kept value. Raises Refusal as `judged` does, for what is no JSON too."""
        try:
            found: Any = json.loads(stored)
        except ValueError:
            raise Refusal("setting_unreadable", value=stored[:MOST_LETTERS]) from None
        return self.judged(tuple(found) if isinstance(found, list) else found)


@dataclass(frozen=True, slots=True)
class Switch(Kind[bool]):
    """On or off."""

    def judged(self, value: object) -> bool:
        """As `Kind.judged`: `not_a_switch`."""
        if not isinstance(value, bool):
            raise Refusal("not_a_switch", value=str(value))
        return value

    def read(self, typed: str) -> bool:
        """As `Kind.read`; several words of both languages mean on and off."""
        word = typed.strip().casefold()
        if word in _ON or word in _OFF:
            return word in _ON
        raise Refusal("not_a_switch", value=typed)

    def written(self, value: bool) -> str:
        """As `Kind.written`."""
        return "on" if value else "off"


@dataclass(frozen=True, slots=True)
class Whole(Kind[int]):
    """A whole number between two limits; `unit` is a key of the texts (`measure.minutes`), or empty."""

    least: int
    most: int
    unit: str = ""

    def judged(self, value: object) -> int:
        """As `Kind.judged`: `not_a_whole_number`, `number_out_of_range`."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refusal("not_a_whole_number", value=str(value))
        if not self.least <= value <= self.most:
            raise Refusal("number_out_of_range", value=str(value), least=self.least, most=self.most)
        return value

    def read(self, typed: str) -> int:
        """As `Kind.read`."""
        try:
            number = int(typed)
        except ValueError:
            raise Refusal("not_a_whole_number", value=typed) from None
        return self.judged(number)


@dataclass(frozen=True, slots=True)
class Clock(Kind[int]):
    """A time of day in minutes after midnight, typed as 04:30."""

    def judged(self, value: object) -> int:
        """As `Kind.judged`: `not_a_time_of_day`."""
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 24 * 60:
            raise Refusal("not_a_time_of_day", value=str(value))
        return value

    def read(self, typed: str) -> int:
        """As `Kind.read`."""
        hours, _, minutes = typed.strip().replace("：", ":").partition(":")
        fits = hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60
        if not fits:
            raise Refusal("not_a_time_of_day", value=typed)
        return self.judged(int(hours) * 60 + int(minutes))

    def written(self, value: int) -> str:
        """As `Kind.written`."""
        return f"{value // 60:02}:{value % 60:02}"


@dataclass(frozen=True, slots=True)
class Choice(Kind[str]):
    """One of a few; `names` begins the keys of their texts (`policy` for `policy.ask`)."""

    options: tuple[str, ...]
    names: str = "choice"

    def judged(self, value: object) -> str:
        """As `Kind.judged`: `not_a_choice`."""
        if not isinstance(value, str) or value not in self.options:
            raise Refusal("not_a_choice", value=str(value), options=", ".join(self.options))
        return str(value)

    def read(self, typed: str) -> str:
        """As `Kind.read`."""
        return self.judged(typed.strip())


@dataclass(frozen=True, slots=True)
class Several(Kind[tuple[str, ...]]):
    """Some of a few, at least `least`, in the order of the options; typed with commas between them."""

    options: tuple[str, ...]
    names: str = "choice"
    least: int = 0

    def judged(self, value: object) -> tuple[str, ...]:
        """As `Kind.judged`: `not_a_choice`, `too_few_chosen`."""
        chosen = value if isinstance(value, tuple) else (value,)
        for one in chosen:
            if one not in self.options:
                raise Refusal("not_a_choice", value=str(one), options=", ".join(self.options))
        if len(chosen) < self.least:
            raise Refusal("too_few_chosen", least=self.least)
        return tuple(one for one in self.options if one in chosen)

    def read(self, typed: str) -> tuple[str, ...]:
        """As `Kind.read`."""
        return self.judged(tuple(part.strip() for part in typed.split(",") if part.strip()))

    def written(self, value: tuple[str, ...]) -> str:
        """As `Kind.written`."""
        return ",".join(value)


def _anything(text: str) -> None:
    """Judge nothing."""


def _any_texts(texts: tuple[str, ...]) -> None:
    """Judge nothing."""


@dataclass(frozen=True, slots=True)
class Words(Kind[str]):
    """A text of at most so many characters; `check` raises Refusal for one that makes no sense."""

    most: int = MOST_LETTERS
    check: Callable[[str], None] = _anything

    def judged(self, value: object) -> str:
        """As `Kind.judged`: `not_a_text`, `text_too_long`, and what `check` refuses."""
        if not isinstance(value, str):
            raise Refusal("not_a_text", value=str(value))
        if len(value) > self.most:
            raise Refusal("text_too_long", most=self.most)
        self.check(value)
        return value

    def read(self, typed: str) -> str:
        """As `Kind.read`."""
        return self.judged(typed.strip())


@dataclass(frozen=True, slots=True)
class Keys(Kind[str]):
    """What a machine types, at most so many characters; control characters are written as `\\x02`."""

    most: int = 20

    def judged(self, value: object) -> str:
        """As `Kind.judged`: `not_a_text`, `text_too_long`."""
        return Words(self.most).judged(value)

    def read(self, typed: str) -> str:
        """As `Kind.read`."""
        return self.judged(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), typed))

    def written(self, value: str) -> str:
        """As `Kind.written`."""
        return "".join(f"\\x{ord(one):02x}" if ord(one) < 0x20 else one for one in value)


@dataclass(frozen=True, slots=True)
class Listed(Kind[tuple[str, ...]]):
    """Any number of short texts, none of them empty; typed with spaces between them.

    `check` raises Refusal for texts that make no sense.
    """

    most: int = 20
    check: Callable[[tuple[str, ...]], None] = _any_texts

    def judged(self, value: object) -> tuple[str, ...]:
        """As `Kind.judged`: `not_a_text`, `text_too_long`, and what `check` refuses."""
        if not isinstance(value, tuple) or not all(isinstance(one, str) and one for one in value):
            raise Refusal("not_a_text", value=str(value))
        if any(len(one) > self.most for one in value):
            raise Refusal("text_too_long", most=self.most)
        self.check(value)
        return value

    def read(self, typed: str) -> tuple[str, ...]:
        """As `Kind.read`."""
        return self.judged(tuple(typed.split()))

    def written(self, value: tuple[str, ...]) -> str:
        """As `Kind.written`."""
        return " ".join(value)
