"""Where each step of setting up a shop is done: a screen, and what is begun there."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from merchant_desk.domain.readiness import Step


@dataclass(frozen=True, slots=True)
class Way:
    """A screen, and the action that is begun there (empty: none is)."""

    screen: str
    action: str = ""


FIRST: Mapping[Step, Way] = MappingProxyType(
    {
        Step.OUTLETS: Way("outlets", "outlets.add"),
        Step.LOCATIONS: Way("locations", "locations.add"),
        Step.PRODUCTS: Way("imports", "imports.choose"),
        Step.BARCODES: Way("products"),
        Step.PRICES: Way("products"),
        Step.TAXES: Way("taxes", "taxes.add"),
        Step.STOCK: Way("imports", "imports.choose"),
        Step.SUPPLIERS: Way("suppliers", "suppliers.add"),
        Step.CUSTOMERS: Way("imports", "imports.choose"),
        Step.CARRIERS: Way("carriers", "carriers.add"),
        Step.PEOPLE: Way("people", "people.add"),
        Step.BADGES: Way("people"),
        Step.PRINTERS: Way("devices", "devices.add"),
        Step.SCANNER: Way("devices", "devices.begin"),
        Step.DESKS: Way("people", "people.invite"),
        Step.LIVE: Way("opening"),
    }
)
"""How a step is done, texts `setup.do.STEP`."""

OTHER: Mapping[Step, Way] = MappingProxyType(
    {
        Step.LOCATIONS: Way("locations", "locations.labels"),
        Step.PRODUCTS: Way("products", "products.new"),
        Step.BARCODES: Way("imports", "imports.choose"),
        Step.PRICES: Way("imports", "imports.choose"),
        Step.TAXES: Way("taxes", "taxes.currency"),
        Step.STOCK: Way("stocktake"),
        Step.SUPPLIERS: Way("imports", "imports.choose"),
    }
)
"""How else, or what comes after, texts `setup.other.STEP`."""
