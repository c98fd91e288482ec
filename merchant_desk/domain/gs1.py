"""GS1 messages: what the elements of one scan say about an item.

biip names the identifiers and their patterns. Ours is what it lacks: a damaged element does not take the
sound ones with it, a two-digit year is read against a day that is passed in, and faults have a place.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.gs1_elements import Cut, Element, Problem, check_value, cut, is_address
from merchant_desk.domain.gs1_identifiers import Identifier, identifier
from merchant_desk.domain.symbologies import ElementStrings, split_aim, symbology

_TEXTS = {
    "00": "sscc", "01": "gtin", "02": "content_gtin", "10": "lot", "20": "variant", "21": "serial",
    "240": "additional_id", "241": "customer_part",
    "400": "order_number", "410": "ship_to", "414": "location", "420": "postcode",
}  # fmt: skip
_DAYS = {
    "11": "production",
    "12": "due",
    "13": "packed",
    "15": "best_before",
    "16": "sell_by",
    "17": "expiry",
}
_COUNTS = {"30": "variable_count", "37": "content_count"}
_EXPIRY_MOMENT = "7003"
_NET_WEIGHT_KG = "310"


@dataclass(frozen=True, slots=True)
class Price:
    """A price, `number` / 10^`decimals`; `currency` is ISO 4217 numeric, None for the place's own (392n)."""

    number: int
    decimals: int
    currency: str | None

    @property
    def micro(self) -> int | None:
        """The price in 10^-6 of the major unit, or None if it is finer than that."""
        quotient, rest = divmod(self.number * MICRO, 10**self.decimals)
        return None if rest else quotient


@dataclass(frozen=True, slots=True)
class Elements:
    """What one message says. Days are yyyymmdd, counts whole pieces, measures 10^-6 of their unit.

    Every field comes from a sound element alone; what is damaged stands in `problems`. `gtin` (01) names the
    scanned item, `content_gtin` (02) with `content_count` (37) what a logistic unit holds; `variable_count`
    (30) is the number of pieces in a variable-measure item. `expiry` is AI 17, or the day of 7003.
    `measures` pairs the first three digits of identifiers 31nn to 36nn ("310": net weight, kg) with a value.
    `elements` holds every sound element, those without a field of their own included.
    """

    elements: tuple[Element, ...] = ()
    problems: tuple[Problem, ...] = ()
    gtin: str | None = None
    content_gtin: str | None = None
    sscc: str | None = None
    lot: str | None = None
    serial: str | None = None
    variant: str | None = None
    expiry: int | None = None
    best_before: int | None = None
    sell_by: int | None = None
    production: int | None = None
    packed: int | None = None
    due: int | None = None
    variable_count: int | None = None
    content_count: int | None = None
    measures: tuple[tuple[str, int], ...] = ()
    price: Price | None = None
    additional_id: str | None = None
    customer_part: str | None = None
    order_number: str | None = None
    ship_to: str | None = None
    location: str | None = None
    postcode: str | None = None

    @property
    def key(self) -> str | None:
        """What the message is about: the item's GTIN, else the contained items' GTIN, else the SSCC."""
        return self.gtin or self.content_gtin or self.sscc

    @property
    def count(self) -> int | None:
        """Whole pieces: AI 30, else AI 37."""
        return self.content_count if self.variable_count is None else self.variable_count

    @property
    def net_weight(self) -> int | None:
        """Net weight in 10^-6 kg (AI 310n)."""
        return dict(self.measures).get(_NET_WEIGHT_KG)

    def value(self, ai: str) -> str | None:
        """Return the raw value of a sound element, or None."""
        return next((element.value for element in self.elements if element.ai == ai), None)


def preload() -> None:
    """Load the GS1 library and its tables (about 0.1 s, once), so that no scan has to wait for it."""
    identifier("01")
    symbology("]C1")


def parse_elements(raw: str, aim: str | None, today: int) -> Elements:
    """Read a GS1 message: as scanned, with brackets, or as a Digital Link address.

    Never raises on any text: what cannot be read becomes a problem and the rest is kept.

    Args:
        raw: the message; a leading AIM identifier is split off if `aim` is None, a leading FNC1 is skipped.
        aim: the AIM identifier that the scanner sent, "]C1"; a symbol that never holds element strings
            (EAN, ITF-14) gives the problem `wrong_symbology` and nothing else.
        today: the business day, yyyymmdd, against which two-digit years are read (GS1 General Specifications,
            section 7.12: from 49 years back to 50 years ahead).
    """
    aim, text = (aim, raw) if aim else split_aim(raw)
    if aim and symbology(aim).element_strings is ElementStrings.NEVER and not is_address(text):
        return Elements(problems=(Problem("", text, "wrong_symbology", 0, len(text)),))
    return _read(cut(text), today)


def day_of(yymmdd: str, today: int) -> int | None:
    """Return the day yyyymmdd of a six-digit date, None if there is no such day. Day 00 is the month's last.

    Args:
        yymmdd: six digits.
        today: yyyymmdd; the year is taken from 49 years before to 50 years after it.
    """
    this_year = today // 10_000
    year = this_year - this_year % 100 + int(yymmdd[:2])
    if year - this_year > 50:
        year -= 100
    elif year - this_year < -49:
        year += 100
    month, day = int(yymmdd[2:4]), int(yymmdd[4:])
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    return year * 10_000 + month * 100 + (day or last) if day <= last else None


def _read(message: Cut, today: int) -> Elements:
    problems = list(message.problems)
    seen: dict[str, Element] = {}
    for known, value in message.pieces:
        fault = check_value(known, value)
        if fault is None and _date_ai(known) and day_of(value[:6], today) is None:
            problems.append(Problem(known.ai, value, "illegal_day", 4, 2))
        elif fault is not None:
            problems.append(Problem(known.ai, value, fault.error, fault.position, fault.length))
        else:
            element = Element(known.ai, value)
            if seen.setdefault(_stem(known.ai), element) != element:
                problems.append(Problem(known.ai, value, "repeated_ai", 0, len(value)))
    elements = tuple(seen.values())
    return Elements(elements, tuple(problems), **_meaning(elements, today))


def _date_ai(known: Identifier) -> bool:
    return known.ai in _DAYS or known.ai == _EXPIRY_MOMENT


def _stem(ai: str) -> str:
    """Return what may stand once in a message: an identifier, without the decimals of measures and prices."""
    return ai[:3] if len(ai) == 4 and ai[0] == "3" else ai


def _meaning(elements: tuple[Element, ...], today: int) -> dict[str, Any]:
    """Return the fields of Elements that sound elements fill."""
    fields: dict[str, Any] = {}
    measures: list[tuple[str, int]] = []
    for element in elements:
        ai, value = element.ai, element.value
        if ai in _TEXTS:
            fields[_TEXTS[ai]] = value
        elif ai in _DAYS:
            fields[_DAYS[ai]] = day_of(value, today)
        elif ai in _COUNTS:
            fields[_COUNTS[ai]] = int(value)
        elif ai == _EXPIRY_MOMENT:
            fields.setdefault("expiry", day_of(value[:6], today))
        elif _stem(ai) in _PRICES:
            fields["price"] = _PRICES[_stem(ai)](value, int(ai[3]))
        elif "310" <= _stem(ai) <= "369":
            measures.append((_stem(ai), int(value) * 10 ** (6 - int(ai[3]))))
    return fields | {"measures": tuple(measures)}


_PRICES: dict[str, Callable[[str, int], Price]] = {
    "392": lambda value, decimals: Price(int(value), decimals, None),
    "393": lambda value, decimals: Price(int(value[3:]), decimals, value[:3]),
}
