"""GS1 element strings cut into pieces, in each form in which they reach us.

As a scanner sends them (0x1D between elements), as people type them ("(01)09521234543213(10)ABC"), and as a
GS1 Digital Link address. A damaged element never hides the others: it becomes a Problem.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from merchant_desk.domain.gs1_identifiers import Identifier, identifier
from merchant_desk.domain.gs1_linters import LINTERS, Fault
from merchant_desk.domain.gtins import FORMS, is_digits

SEPARATOR = "\x1d"
"""FNC1 in the middle of a symbol, as scanners send it (GS)."""

_BRACKETED = re.compile(r"\(([0-9]{2,4})\)")
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)

_DIGITAL_LINK_NAMES = {
    "gtin": "01", "itip": "8006", "sscc": "00", "gln": "414",
    "cpv": "22", "lot": "10", "ser": "21", "exp": "17",
}  # fmt: skip
_DIGITAL_LINK_KEYS = frozenset(
    (
        "00",
        "01",
        "253",
        "255",
        "401",
        "402",
        "414",
        "417",
        "8003",
        "8004",
        "8006",
        "8010",
        "8013",
        "8017",
        "8018",
    )
)


@dataclass(frozen=True, slots=True)
class Element:
    """A sound element: an application identifier and its value."""

    ai: str
    value: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one element: `length` characters of `value` from `position` on.

    `code` is one of PROBLEM_CODES: a linter's error, or one about the element: `unknown_ai` (`ai` is then ""
    or what stood in brackets), `too_short`, `too_long`, `not_as_specified` (biip's pattern), `repeated_ai`;
    or about the whole: `wrong_symbology`, `no_digital_link`.
    """

    ai: str
    value: str
    code: str
    position: int
    length: int


PROBLEM_CODES = (
    "unknown_ai", "too_short", "too_long", "not_as_specified", "repeated_ai",
    "wrong_symbology", "no_digital_link",
    "non_digit_character", "invalid_cset82_character", "incorrect_check_digit", "invalid_gcp_prefix",
    "illegal_month", "illegal_day",
)  # fmt: skip
"""Every code that a Problem of a scan can have; each has a text in both languages."""


@dataclass(slots=True)
class Cut:
    """A message in pieces: known identifiers with values of a possible length, and what did not fit."""

    pieces: list[tuple[Identifier, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, ai: str, value: str) -> None:
        """File the value of an identifier that was named apart from it."""
        known = identifier(ai)
        if known is None or known.ai != ai:
            self.refuse(ai, value, "unknown_ai")
        else:
            self.add_known(known, value)

    def add_known(self, known: Identifier, value: str) -> None:
        """File a value, or a problem if its length is impossible."""
        if len(value) < known.shortest:
            self.refuse(known.ai, value, "too_short")
        elif len(value) > known.longest:
            self.problems.append(
                Problem(known.ai, value, "too_long", known.longest, len(value) - known.longest)
            )
        else:
            self.pieces.append((known, value))

    def refuse(self, ai: str, value: str, code: str) -> None:
        """File a problem that concerns the whole value."""
        self.problems.append(Problem(ai, value, code, 0, len(value)))


def is_address(text: str) -> bool:
    """Tell whether the text is an http address, the only form in which a Digital Link comes."""
    return _ADDRESS.match(text) is not None


def is_bracketed(text: str) -> bool:
    """Tell whether the text begins with an identifier in brackets, as people type it."""
    return _BRACKETED.match(text) is not None


def cut(text: str) -> Cut:
    """Cut a message of any form into pieces. Never raises; time grows with the length of the text."""
    if is_address(text):
        return _cut_address(text)
    return _cut_bracketed(text) if is_bracketed(text) else _cut_scanned(text)


def human_readable(text: str) -> str:
    """Return the human readable interpretation "(01)09521234543213(10)ABC", or "" if any element is damaged.

    Only the structure counts, as on a printed label (GS1 General Specifications, section 4.14): identifiers
    and lengths, not check digits, dates or characters.
    """
    found = cut(text)
    return "" if found.problems else "".join(f"({known.ai}){value}" for known, value in found.pieces)


def check_value(known: Identifier, value: str) -> Fault | None:
    """Return the first fault that the identifier's linters find, or else biip's pattern, or None."""
    for linter, start, stop in known.checks:
        part = value[start:stop]
        if part or start == 0:
            fault = LINTERS[linter](part)
            if fault:
                return Fault(fault.error, fault.position + start, fault.length)
    if known.pattern.fullmatch(known.ai + value) is None:
        return Fault("not_as_specified", 0, len(value))
    return None


def _cut_scanned(text: str) -> Cut:
    result = Cut()
    position = 0
    while position < len(text):
        if text[position] == SEPARATOR:
            position += 1
            continue
        end = text.find(SEPARATOR, position)
        end = len(text) if end < 0 else end
        known = identifier(text[position : position + 4])
        if known is None:
            result.refuse("", text[position:end], "unknown_ai")
            position = end
            continue
        start = position + len(known.ai)
        position = min(start + known.longest, end) if known.fixed else end
        result.add_known(known, text[start:position])
    return result


def _cut_bracketed(text: str) -> Cut:
    result = Cut()
    parts = _BRACKETED.split(text)
    for ai, value in zip(parts[1::2], parts[2::2], strict=True):
        result.add(ai, value.strip(" \t\r\n" + SEPARATOR))
    return result


def _cut_address(text: str) -> Cut:
    result = Cut()
    try:
        address = urlsplit(text)
    except ValueError:
        result.refuse("", text, "no_digital_link")
        return result
    path = address.path.split("/")
    keys = (i for i, part in enumerate(path[:-1]) if _digital_link_ai(part) in _DIGITAL_LINK_KEYS)
    first = next(keys, None)
    if first is None:
        result.refuse("", text, "no_digital_link")
        return result
    for name, value in _pairs(path[first:], address.query):
        ai = _digital_link_ai(name)
        if is_digits(ai):
            result.add(ai, value.zfill(14) if ai == "01" and len(value) in FORMS else value)
    return result


def _pairs(path: list[str], query: str) -> Iterator[tuple[str, str]]:
    """Yield the names and values of a Digital Link: key and qualifiers of its path, then the attributes."""
    for name, value in zip(path[::2], path[1::2], strict=False):
        yield name, unquote(value)
    for attribute in query.replace(";", "&").split("&"):
        name, _, value = attribute.partition("=")
        yield name, unquote(value)


def _digital_link_ai(name: str) -> str:
    return _DIGITAL_LINK_NAMES.get(name, name)
