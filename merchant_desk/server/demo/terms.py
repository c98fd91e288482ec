"""On what terms the demo merchant sells: who takes its parcels, and the taxes in its prices."""

from collections.abc import Iterator
from uuid import UUID

from merchant_desk.domain.carriers import AddCarrier
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.settings import Level, SetSetting
from merchant_desk.domain.settings_known import USUAL_CARRIER, USUAL_TAX
from merchant_desk.domain.taxes import MOST_PRODUCTS, AddTax, SetProductTax, SetTaxRate
from merchant_desk.server.demo.catalogue import articles
from merchant_desk.server.demo.structure import MERCHANT_ID, OUTLETS

CARRIERS = {
    "POST": ("县邮政班车", "https://post.example.com/track?no={tracking}"),
    "COOP": ("供销物流专线", "https://freight.example.com/#/parcels/{tracking}"),
    "VILLAGE": ("村级代送", ""),
}
"""Name and tracking address by code; the addresses lead nowhere."""

STANDARD, REDUCED = "V13", "V09"
REDUCED_CATEGORIES = ("LY", "SX", "NZ")
"""Grain and oil, fresh food, and what farms need bear the reduced rate."""


def carrier_id(code: str) -> UUID:
    """Return the id of a carrier."""
    return derived_id(MERCHANT_ID, "carrier", code)


def settling_terms() -> Iterator[object]:
    """Yield carriers, taxes with their former rates, and who bears which; the products stand already."""
    for code, (name, address) in CARRIERS.items():
        yield AddCarrier(carrier_id(code), code, name, address)
    for outlet in OUTLETS:
        stored = USUAL_CARRIER.kind.stored("POST")
        yield SetSetting(USUAL_CARRIER.key, Level.OUTLET, outlet.outlet_id, stored)
    for code, name, before, now in (
        (STANDARD, "增值税", 160_000, 130_000),
        (REDUCED, "增值税（低税率）", 100_000, 90_000),
    ):
        tax_id = derived_id(MERCHANT_ID, "tax", code)
        yield AddTax(tax_id, code, name, before, 2018_05_01)
        yield SetTaxRate(tax_id, now, 2019_04_01)
    yield SetSetting(USUAL_TAX.key, Level.MERCHANT, None, USUAL_TAX.kind.stored(STANDARD))
    reduced = [one.sku_id for one in articles(MERCHANT_ID) if one.category in REDUCED_CATEGORIES]
    for start in range(0, len(reduced), MOST_PRODUCTS):
        part = tuple(reduced[start : start + MOST_PRODUCTS])
        yield SetProductTax(part, derived_id(MERCHANT_ID, "tax", REDUCED))
