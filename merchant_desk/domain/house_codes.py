"""House codes: what we print ourselves on command cards, shelf labels, badges and documents.

    MD:OK  MD:UNDO  MD:MINUS  MD:QTY  MD:QTY:12  MD:QTY:1.5  MD:NEXT  MD:FINISH  MD:PRINT   command cards
    L:<location code>     P:<badge>     RC-03-000123                                        labels, papers

Upper and lower case count, but in document numbers. One grammar for the printer and for the scanner.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from merchant_desk.domain.amounts import MICRO

COMMAND_PREFIX = "MD:"
LOCATION_PREFIX = "L:"
PERSON_PREFIX = "P:"
RESERVED_PREFIXES = (COMMAND_PREFIX, LOCATION_PREFIX, PERSON_PREFIX)

_QUANTITY = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,6}))?")
_DOCUMENT_NUMBER = re.compile(r"[a-z]{2,4}-[0-9a-z]{1,8}-[0-9]{6,12}(?:-[0-9]{1,3})?")


class CommandKind(StrEnum):
    """What a command card asks for."""

    OK = "OK"
    UNDO = "UNDO"
    MINUS = "MINUS"
    QUANTITY = "QTY"
    NEXT = "NEXT"
    FINISH = "FINISH"
    PRINT = "PRINT"


@dataclass(frozen=True, slots=True)
class Command:
    """A command; `quantity` (10^-6 base units) only with QUANTITY, None there to ask for one."""

    kind: CommandKind
    quantity: int | None = None


def command(text: str) -> Command | None:
    """Return the command that a code is, or None. Any quantity is passed on: rules judge 0 and the absurd."""
    if not text.startswith(COMMAND_PREFIX):
        return None
    verb, _, argument = text.removeprefix(COMMAND_PREFIX).partition(":")
    if verb not in set(CommandKind):
        return None
    kind = CommandKind(verb)
    if text == COMMAND_PREFIX + verb:
        return Command(kind)
    found = _QUANTITY.fullmatch(argument)
    if found is None or kind is not CommandKind.QUANTITY:
        return None
    return Command(kind, int(found[1]) * MICRO + int((found[2] or "").ljust(6, "0")))


def command_code(wanted: Command) -> str:
    """Return the text to print on a command card; `command` reads it back.

    Raises:
        ValueError: a quantity that no card can carry: negative, above 999,999,999, or with another command.
    """
    text = COMMAND_PREFIX + wanted.kind
    if wanted.quantity is not None:
        whole, rest = divmod(wanted.quantity, MICRO)
        text += f":{whole}" + (f".{rest:06}".rstrip("0") if rest else "")
    if command(text) != wanted:
        raise ValueError(f"no card can say {wanted}")
    return text


def location_code(text: str) -> str | None:
    """Return the location's code on a shelf label, or None."""
    return _behind(LOCATION_PREFIX, text)


def location_label(code: str) -> str:
    """Return the text to print on the label of a location."""
    return LOCATION_PREFIX + code


def person_badge(text: str) -> str | None:
    """Return what a person's badge says, or None."""
    return _behind(PERSON_PREFIX, text)


def badge_code(badge: str) -> str:
    """Return the text to print on a person's badge."""
    return PERSON_PREFIX + badge


def is_document_number(key: str) -> bool:
    """Tell whether a case-folded text has the form of our document numbers: "rc-03-000123".

    Kind, desk code and count; a fork's second document of that number has a further number behind it.
    """
    return _DOCUMENT_NUMBER.fullmatch(key) is not None


def is_reserved(text: str) -> bool:
    """Tell whether the code is ours to give: no product may learn it, readable command or not."""
    return text.startswith(RESERVED_PREFIXES)


def _behind(prefix: str, text: str) -> str | None:
    return text.removeprefix(prefix) or None if text.startswith(prefix) else None
