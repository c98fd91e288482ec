"""Barcode symbologies: what an AIM identifier (ISO/IEC 15424) says about the data behind it."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from merchant_desk.domain.gtins import GtinForm

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_COMPOSITE = frozenset(("e1", "e2", "e3"))
_ADD_ON_ONLY = frozenset(("E1", "E2"))
_WITH_ADD_ON = "E3"
_ALL_FORMS = frozenset(GtinForm)
_EAN_13_FAMILY = frozenset((GtinForm.EAN_13, GtinForm.UPC_A, GtinForm.UPC_E))


class ElementStrings(Enum):
    """Whether a symbol holds GS1 element strings."""

    ALWAYS = "always"
    POSSIBLE = "possible"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Symbology:
    """What a symbol can hold: element strings, GTINs of some forms, an add-on of two or five digits."""

    name: str
    element_strings: ElementStrings
    gtin_forms: frozenset[GtinForm]
    add_on: bool = False


UNKNOWN = Symbology("", ElementStrings.POSSIBLE, _ALL_FORMS, add_on=True)
"""No identifier was sent: everything is possible."""


def split_aim(text: str) -> tuple[str | None, str]:
    """Split a leading AIM identifier off: ("]C1", "0109...") from "]C10109..."; without one (None, text)."""
    if _AIM.match(text) is None:
        return None, text
    return text[:3], text[3:]


@lru_cache(maxsize=256)
def symbology(aim: str) -> Symbology:
    """Return what the AIM identifier (with or without its "]") says; one that nobody knows says nothing.

    ]C1 GS1-128, ]e0 GS1 DataBar, ]e1 to ]e3 GS1 Composite, ]d2 GS1 DataMatrix, ]Q3 GS1 QR Code and ]J1 GS1
    DotCode hold element strings. ]E0 is EAN-13, UPC-A or UPC-E, ]E3 the same with an add-on, ]E4 EAN-8,
    ]I0 and ]I1 ITF-14; ]E1 and ]E2 are add-ons alone. Any other carries plain text.
    """
    from biip.symbology import GS1Symbology, ISOSymbology

    code = aim.removeprefix("]")
    gs1 = GS1Symbology(code) if code in {known.value for known in GS1Symbology} else None
    if gs1 is None and code[:1] not in {known.value for known in ISOSymbology}:
        return UNKNOWN
    name = gs1.name if gs1 else ISOSymbology(code[0]).name
    if gs1 in GS1Symbology.with_gs1_messages() or code in _COMPOSITE:
        return Symbology(name, ElementStrings.ALWAYS, frozenset())
    if code.startswith("E"):
        return _ean(name, code)
    if code.startswith("I"):
        return Symbology(name, ElementStrings.NEVER, frozenset((GtinForm.GTIN_14,)))
    return Symbology(name, ElementStrings.POSSIBLE, _ALL_FORMS)


def _ean(name: str, code: str) -> Symbology:
    if code in _ADD_ON_ONLY:
        return Symbology(name, ElementStrings.NEVER, frozenset())
    forms = frozenset((GtinForm.EAN_8,)) if code == "E4" else _EAN_13_FAMILY
    return Symbology(name, ElementStrings.NEVER, forms, add_on=code == _WITH_ADD_ON)
