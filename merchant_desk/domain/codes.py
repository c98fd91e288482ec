"""Codes: everything that the text of one scan can mean by its form, before anything is looked up.

No reading is preferred by guess: a code has all the readings that its form allows, and the resolver, which
knows the merchant's barcodes, locations, documents and people, sees which of them exist.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

from merchant_desk.domain.gs1 import Elements, parse_elements
from merchant_desk.domain.gs1_elements import SEPARATOR, is_address, is_bracketed
from merchant_desk.domain.gs1_identifiers import can_begin
from merchant_desk.domain.gtins import FORMS, GtinForm, check_digit, gtin14, is_digits, upc_e_gtin14
from merchant_desk.domain.house_codes import (
    Command,
    command,
    is_document_number,
    is_reserved,
    location_code,
    person_badge,
)
from merchant_desk.domain.in_store import InStorePattern, InStoreReading, parse_in_store
from merchant_desk.domain.symbologies import UNKNOWN, ElementStrings, Symbology, split_aim, symbology

__all__ = [
    "Classified",
    "GtinReading",
    "check_digit",
    "classify",
    "fold",
    "gtin14",
    "sku_key",
    "upc_e_gtin14",
    "visible",
]

_EDGES = " \t\r\n"
_ADD_ON = re.compile(r"([0-9]{12,13}) ?([0-9]{5}|[0-9]{2})")
_CONTROLS = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC"
    " FS GS RS US"
)
_CONTROL_NAMES = {code: f"<{name}>" for code, name in enumerate(_CONTROLS.split())} | {0x7F: "<DEL>"}
"""Control characters by their abbreviations (ISO/IEC 646): few fonts have the pictures of them."""

_NUL_PICTURE = "\u2400"


@dataclass(frozen=True, slots=True)
class GtinReading:
    """A GTIN-14 key, the form of the number that it was read from, and the digits of an add-on symbol."""

    key: str
    form: GtinForm
    add_on: str = ""


@dataclass(frozen=True, slots=True)
class Classified:
    """All readings of one code.

    `raw` is the barcode to look up as it is (never case-folded), `sku_key` the key for SKUs and numbers of
    other houses. `document` is `sku_key` where it has the form of our document numbers. `gtins` are keys with
    a right check digit (EAN-8 and UPC-E may both fit). `elements` are there if the text can be a GS1 message
    at all; unless `elements_sure` it may just as well be a plain number ("96385074" is an EAN-8 and AI 96),
    and an AI 10 or 400 in it is no lot or order until a person says so. `reserved`: the code is ours to give,
    no product may learn it.
    """

    raw: str
    aim: str | None
    sku_key: str
    command: Command | None = None
    location: str | None = None
    person: str | None = None
    document: str | None = None
    gtins: tuple[GtinReading, ...] = ()
    in_store: tuple[InStoreReading, ...] = ()
    elements: Elements | None = None
    elements_sure: bool = False
    reserved: bool = False

    @property
    def gtin_keys(self) -> tuple[str, ...]:
        """Every GTIN-14 key that the scanned item itself may have, each once."""
        in_elements = (self.elements.gtin,) if self.elements and self.elements.gtin else ()
        return tuple(dict.fromkeys((*(reading.key for reading in self.gtins), *in_elements)))


def fold(text: str) -> str:
    """Return the raw code to store and compare: NFC, without blanks and line ends at its edges; case is kept.

    A separator (0x1D) at an edge stays, although Python counts it as white space.
    """
    return normalize("NFC", text).strip(_EDGES)


def sku_key(text: str) -> str:
    """Return the key under which SKUs and document numbers compare: NFC and case-folded, edges trimmed."""
    return normalize("NFC", fold(text).casefold())


def visible(text: str) -> str:
    """Return the text with control characters as their names (0x1D as <GS>), to be shown to a person."""
    return text.translate(_CONTROL_NAMES)


def storable(text: str) -> str:
    """Return the text as every database can keep it: NUL, which a misread may hold, as its picture."""
    return text.replace("\x00", _NUL_PICTURE)


def classify(raw: str, aim: str | None, patterns: Sequence[InStorePattern], today: int) -> Classified:
    """Return every reading that the form of a code allows. Never raises on any text; looks nothing up.

    Args:
        raw: the scanned text; a leading AIM identifier is split off if `aim` is None.
        aim: the AIM identifier that the scanner sent ("]C1"), or None.
        patterns: how the merchant's scales write their codes.
        today: the business day, yyyymmdd, against which two-digit years are read.
    """
    aim, payload = (aim, raw) if aim else split_aim(raw)
    carrier = symbology(aim) if aim else UNKNOWN
    text = fold(payload)
    elements, sure = _elements(text, aim, carrier, today)
    if is_digits(text):
        in_store = parse_in_store(text, patterns) if GtinForm.EAN_13 in carrier.gtin_forms else ()
        return Classified(
            text,
            aim,
            text,
            gtins=_gtins(text, aim, carrier),
            in_store=in_store,
            elements=elements,
            elements_sure=sure,
        )
    key = sku_key(text)
    return Classified(
        text,
        aim,
        key,
        command=command(text),
        location=location_code(text),
        person=person_badge(text),
        document=key if is_document_number(key) else None,
        gtins=_gtins_with_add_on(text, carrier),
        elements=elements,
        elements_sure=sure,
        reserved=is_reserved(text),
    )


def _gtins(text: str, aim: str | None, carrier: Symbology) -> tuple[GtinReading, ...]:
    if len(text) not in FORMS:
        return _gtins_with_add_on(text, carrier) if aim and carrier.add_on else ()
    form = FORMS[len(text)]
    key = gtin14(text) if form in carrier.gtin_forms else None
    readings = (GtinReading(key, form),) if key else ()
    expanded = upc_e_gtin14(text) if GtinForm.UPC_E in carrier.gtin_forms else None
    return (*readings, GtinReading(expanded, GtinForm.UPC_E)) if expanded else readings


def _gtins_with_add_on(text: str, carrier: Symbology) -> tuple[GtinReading, ...]:
    """Return the reading of an EAN-13 or UPC-A with the two or five digits of an add-on behind it."""
    found = _ADD_ON.fullmatch(text) if carrier.add_on else None
    key = gtin14(found[1]) if found else None
    return (GtinReading(key, FORMS[len(found[1])], found[2]),) if found and key else ()


def _elements(text: str, aim: str | None, carrier: Symbology, today: int) -> tuple[Elements | None, bool]:
    """Return what the text says as a GS1 message (None if it is none), and whether it can be nothing else."""
    always = carrier.element_strings is ElementStrings.ALWAYS
    marked = is_address(text) or is_bracketed(text) or SEPARATOR in text
    if carrier.element_strings is ElementStrings.NEVER and not is_address(text):
        return None, False
    if not (always or marked or can_begin(text)):
        return None, False
    found = parse_elements(text, aim, today)
    if always:
        return found, True
    if marked:
        named = any(problem.ai and problem.code != "unknown_ai" for problem in found.problems)
        return (found, bool(found.elements)) if found.elements or named else (None, False)
    if found.key or not found.problems or _looks_like_message(text):
        return found, found.key is not None
    return None, False


def _looks_like_message(text: str) -> bool:
    """Tell whether an unmarked text begins with AI 00, 01 or 02 and all its digits: a damaged scan, then."""
    return text[:2] in ("00", "01", "02") and can_begin(text) and is_digits(text[:16])
