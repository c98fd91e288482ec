"""What to say of a code that is known, but is no product where a product is expected."""

from typing import Any

from merchant_desk.stations.resolver import Meaning

ITEMS = ("01", "02")
"""Application identifiers that name goods."""


def damaged_item(meaning: Meaning) -> bool:
    """Tell whether a code names goods, but so damaged that nobody can say which."""
    return any(problem.partition(":")[0] in ITEMS for problem in meaning.problems)


def wrong_class(meaning: Meaning) -> tuple[str, dict[str, Any]] | None:
    """Return the refusal's code and facts, or None for a code that nobody knows.

    `found` names the class; what was expected is said by the sentence of the station.
    """
    read = meaning.classified
    if meaning.documents:
        return "expected_product", {"found": "document", "what": meaning.documents[0].number}
    if read.location is not None:
        return "unknown_location", {"location": read.location}
    message = read.elements if read.elements_sure else None
    if message is not None and damaged_item(meaning):
        return None  # its lot or serial belongs to goods whose number cannot be read
    if message is not None and not message.gtin and not message.content_gtin:
        if message.sscc:
            return "expected_product", {"found": "parcel", "what": message.sscc}
        if message.lot:
            return "expected_product", {"found": "lot", "what": message.lot}
        if message.serial:
            return "expected_product", {"found": "serial", "what": message.serial}
    if read.document is not None:
        return "unknown_document", {"number": read.raw}
    if read.reserved:
        return "unknown_card", {"code": read.raw}
    return None
